"""The program as its users meet it: arguments in; rows, messages and an exit code out."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from pictures import photograph  # noqa: E402
from processes import started  # noqa: E402

CLEAR, MATCH, FATAL, UNEXAMINED = 0, 1, 2, 3


def program_path():
    if "RESEAU_PROGRAM" in os.environ:
        return os.environ["RESEAU_PROGRAM"]
    build = pathlib.Path(os.environ.get("RESEAU_BUILD", ROOT / "build" / "tests"))
    return str(build / "src" / "cli" / "reseau")


class Program:
    """Runs in a folder of its own; paths may be str, bytes or Path."""

    def __init__(self, folder):
        self.path = program_path()
        self.folder = folder

    def __call__(self, *arguments, expect=None, **options):
        done = subprocess.run([self.path, *arguments], cwd=self.folder, capture_output=True,
                              stdin=None if "input" in options else subprocess.DEVNULL,
                              timeout=60, check=False, **options)
        if expect is not None:
            assert done.returncode == expect, (arguments, done)
        if done.returncode == FATAL and "verify" not in arguments:
            # One sentence on one line, that says who is speaking.
            assert done.stderr.startswith(b"reseau: ") and done.stderr.count(b"\n") == 1, done
        return done

    def rows(self, *arguments, expect=CLEAR, **options):
        done = self(*arguments, "--format", "jsonl", expect=expect, **options)
        return [json.loads(line) for line in done.stdout.decode().splitlines()]

    def start(self, *arguments, **options):
        return started([self.path, *arguments], cwd=self.folder, **options)


@pytest.fixture(scope="session")
def originals(tmp_path_factory):
    """Twelve photograph-like pictures, each unlike the others."""
    folder = tmp_path_factory.mktemp("originals")
    for seed in range(12):
        photograph(seed).save(folder / f"{seed:02}.png")
    return folder


@pytest.fixture(scope="session")
def slow(tmp_path_factory):
    """A picture that takes a noticeable time."""
    path = tmp_path_factory.mktemp("slow") / "slow.png"
    photograph(1, (400, 300)).resize((2400, 1800)).save(path, compress_level=1)
    return path


@pytest.fixture
def reseau(tmp_path):
    return Program(tmp_path)


@pytest.fixture
def bank(reseau, originals):
    """A bank of the first eight originals: entries 1 to 8."""
    reseau("bank", "init", "known.bank", expect=CLEAR)
    known = sorted(originals.iterdir())[:8]
    rows = reseau.rows("bank", "add", "known.bank", *known, "--label", "case-17")
    assert [row["entry"] for row in rows] == [str(n) for n in range(1, 9)]
    return reseau.folder / "known.bank"
