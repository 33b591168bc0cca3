"""What the README shows is what the examples do."""

import re
import subprocess
import textwrap

import pytest

from conftest import ROOT

README = (ROOT / "README.md").read_text()


def block(language):
    """The first code block of a language."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.M | re.S)
    return next(text for word, text in blocks if word == language)


@pytest.fixture(scope="module")
def world(build, tmp_path_factory):
    """The quickstart's bank of four photographs, and edited copies of them."""
    folder = tmp_path_factory.mktemp("readme")
    program = build / "src" / "cli" / "reseau"
    pictures = ROOT / "examples" / "pictures"
    known = [pictures / f"{name}.jpg" for name in ("coat", "raincoat", "sandals", "shirt")]
    for command in ([program, "bank", "init", "known.bank", "--level", "standard"],
                    [program, "bank", "add", "known.bank", *known],
                    [build / "examples" / "make_edits", pictures, "uploads"]):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def test_the_first_example_is_cut_from_a_program_that_runs():
    source = (ROOT / "examples" / "first_match.cpp").read_text()
    region = re.search(r"// README: begin\n(.*?)\s*// README: end", source, re.S).group(1)
    shown = block("cpp").replace("#include <reseau/reseau.h>\n\n", "")
    assert shown.strip() == textwrap.dedent(region).strip()


def test_the_first_example_prints_what_is_shown(build, world):
    done = subprocess.run([build / "examples" / "first_match", "known.bank", "uploads/shirt-mirrored.webp"],
                          cwd=world, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert done.stdout == block("")


def test_every_edited_copy_is_found_and_nothing_else(build, world):
    (world / "uploads" / "unrelated.jpg").write_bytes(
        (ROOT / "examples" / "pictures" / "flip-flops.jpg").read_bytes())
    done = subprocess.run([build / "src" / "cli" / "reseau", "match", "known.bank", "uploads"],
                          cwd=world, capture_output=True, text=True)
    rows = {line.split(":")[0]: line for line in done.stdout.splitlines()}
    assert done.returncode == 1
    assert rows.pop("uploads/unrelated.jpg").endswith("no match")
    assert len(rows) == 5 and all("MATCH entry" in row for row in rows.values())


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
