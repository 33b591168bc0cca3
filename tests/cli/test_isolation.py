"""Decoders are confined, and the program outlives them."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

from conftest import CLEAR, FATAL, UNEXAMINED


def test_every_row_says_what_held_the_decoder_back(reseau, originals):
    row, = reseau.rows("hash", originals / "00.png")
    assert row["isolation"].startswith("worker+no_new_privs+seccomp")
    row, = reseau.rows("hash", "--no-isolation", originals / "00.png")
    assert row["isolation"] == "none"
    reseau("hash", "--no-isolation", "--require-isolation", originals / "00.png", expect=FATAL)


def test_the_answers_are_the_same_with_and_without(reseau, bank, originals, tmp_path):
    (tmp_path / "cut.png").write_bytes((originals / "00.png").read_bytes()[:90_000])

    def rows(*options):
        found = reseau.rows("match", bank, originals, "cut.png", *options, expect=None)
        return [{key: value for key, value in row.items() if key != "isolation"} for row in found]

    assert rows() == rows("--no-isolation")


def children(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_workers_that_are_killed_cost_rows_and_not_the_run(reseau, originals):
    if not pathlib.Path("/proc/self/task").exists():
        pytest.skip("no /proc")
    folder = reseau.folder / "many"
    folder.mkdir()
    picture = (originals / "00.png").read_bytes()
    for i in range(300):
        (folder / f"{i:03}.png").write_bytes(picture)
    run = reseau.start("hash", "--format", "csv", "--threads", "2", folder)
    killed = 0
    end = time.monotonic() + 30
    while run.poll() is None and time.monotonic() < end and killed < 40:
        for task in pathlib.Path(f"/proc/{run.pid}/task").glob("*/children"):
            try:
                zygotes = [int(child) for child in task.read_text().split()]
                workers = [worker for zygote in zygotes for worker in children(zygote)]
            except OSError:
                continue
            for worker in workers[:1]:
                try:
                    os.kill(worker, signal.SIGKILL)
                    killed += 1
                except ProcessLookupError:
                    pass
        time.sleep(0.01)
    out, _ = run.communicate(timeout=60)
    assert run.returncode in (CLEAR, UNEXAMINED) and killed > 0
    rows = out.decode().splitlines()[1:]
    assert len(rows) == 300
    crashed = sum(",worker_crashed," in row for row in rows)
    assert crashed + sum(",ok," in row for row in rows) == 300
    assert crashed <= killed and (crashed > 0) == (run.returncode == UNEXAMINED)


def test_a_hard_limit_of_memory_is_no_reason_to_look_at_nothing(reseau, originals):
    """'ulimit -v' in a service's unit: without the right to raise it, every picture was limit_memory."""
    maps = subprocess.run(["ldd", reseau.path], capture_output=True, text=True, check=True).stdout
    if "asan" in maps or "tsan" in maps:
        pytest.skip("sanitizers want terabytes of addresses")
    without = ["setpriv", "--bounding-set=-sys_resource", "--inh-caps=-sys_resource"] if os.geteuid() == 0 else []
    done = subprocess.run([*without, "prlimit", "--as=4000000000:4000000000", reseau.path, "hash", "--format", "csv",
                           originals / "00.png"], capture_output=True, text=True, check=False)
    assert done.returncode == CLEAR and ",ok," in done.stdout, done


def test_no_zombie_is_left_to_whoever_adopts(reseau, originals):
    """In a container that is a service, which reaps nothing."""
    code = """if True:
        import ctypes, os, subprocess, sys, time
        assert ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) == 0  # PR_SET_CHILD_SUBREAPER
        subprocess.run(sys.argv[1:], check=True, capture_output=True)
        time.sleep(0.1)
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            sys.exit(0)
        sys.exit("there are children")
    """
    program = [reseau.path, "hash", *[str(originals / f"{i:02}.png") for i in range(5)]]
    done = subprocess.run([sys.executable, "-c", code, *program], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_no_process_is_left_behind(reseau, originals):
    """Neither after the end nor when the program is killed in the middle."""
    many = [originals / "00.png"] * 2000  # more than the pipe of its results holds
    run = reseau.start("hash", *many)
    zygotes, workers = [], []
    for _ in range(1000):  # however busy the machine is
        zygotes = [int(child) for task in pathlib.Path(f"/proc/{run.pid}/task").glob("*/children")
                   for child in task.read_text().split()]
        workers = [worker for zygote in zygotes for worker in children(zygote)]
        if workers:
            break
        time.sleep(0.01)
    assert zygotes and workers
    run.kill()
    run.communicate()
    for _ in range(200):
        left = [pid for pid in zygotes + workers if is_alive(pid)]
        if not left:
            break
        time.sleep(0.02)
    assert not left


def is_alive(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state not in "ZX"
