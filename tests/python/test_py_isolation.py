"""Decoders that Python calls are confined, and nothing of Python goes down with them."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
import reseau


def run(code, *arguments, **options):
    return subprocess.run([sys.executable, "-B", "-c", code, *map(str, arguments)], capture_output=True, text=True,
                          timeout=60, check=False, **options)


def children(pid):
    try:
        tasks = pathlib.Path(f"/proc/{pid}/task").glob("*/children")
        return [int(child) for task in tasks for child in task.read_text().split()]
    except OSError:
        return []


def decoders():
    """Process ids of the workers: children of a child that is our decoder."""
    def is_decoder(pid):
        try:
            return pathlib.Path(f"/proc/{pid}/comm").read_text() == "reseau-decoder\n"
        except OSError:
            return False
    return [worker for zygote in filter(is_decoder, children("self")) for worker in children(zygote)]


def test_every_call_decodes_in_a_worker_and_says_so(photographs, tmp_path):
    path = photographs[0]
    with reseau.Bank.create(tmp_path / "b") as bank:
        bank.add([path])
        seen = [reseau.hash(path), reseau.hash(path.read_bytes()), *reseau.hash_iter([path]),
                reseau.match(bank, path).query, *(m.query for m in reseau.match_many(bank, [path]))]
    assert all(s.isolation.startswith("worker+no_new_privs+seccomp") for s in seen)
    batch = reseau.hash_many([path, "/gone"])
    assert batch.columns()["isolation"] == [seen[0].isolation, None]
    assert batch.to_pandas()["isolation"][0] == seen[0].isolation
    assert reseau.group([path]).batch.columns()["isolation"] == [seen[0].isolation]


def test_it_can_be_turned_off_and_the_answers_are_the_same(odd_folder, photographs, tmp_path):
    paths = sorted(odd_folder.glob("*.*"))
    confined, here = reseau.hash_many(paths), reseau.hash_many(paths, isolation="none")
    assert set(here.columns()["isolation"]) <= {"none", None}
    for name, column in confined.columns().items():
        assert name == "isolation" or column == here.columns()[name], name
    with reseau.Bank.create(tmp_path / "b") as bank:
        bank.add(photographs[:2], isolation="none")
        matches = [reseau.match(bank, photographs[1], isolation=how) for how in ("confine", "none")]
    assert list(matches[0]) == list(matches[1]) and matches[1].query.isolation == "none"
    for wrong in ("off", None, True):
        with pytest.raises(ValueError, match="isolation is one of"):
            reseau.hash(paths[0], isolation=wrong)


def test_pixels_start_no_decoder(photographs):
    done = run("""
import sys, numpy as np, reseau
from PIL import Image
image = Image.open(sys.argv[1])
for signature in (reseau.hash(image), reseau.hash(np.asarray(image), isolation="require"), *reseau.hash_iter([image])):
    assert signature.isolation is None
from pathlib import Path
assert not [c for t in Path("/proc/self/task").glob("*/children") for c in t.read_text().split()]
assert reseau.hash(sys.argv[1]).isolation
""", photographs[0])
    assert (done.returncode, done.stderr) == (0, "")


def test_a_worker_that_is_killed_costs_its_file_and_no_other(photographs):
    killed, over = [], threading.Event()

    def kill():
        while not over.wait(0.02):
            for worker in decoders():  # other tests may have left idle ones
                with contextlib.suppress(ProcessLookupError):  # it is being replaced
                    os.kill(worker, signal.SIGKILL)
                    killed.append(worker)
    reseau.hash(photographs[0])
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        batch = reseau.hash_many([photographs[0]] * 500, threads=2)
    finally:
        over.set()
        killer.join()
    crashed = batch.outcomes.count("worker_crashed")
    assert len(batch) == 500 and set(batch.outcomes) == {"ok", "worker_crashed"}
    assert crashed <= len(killed)
    assert [f.code for f in batch.failures] == ["worker_crashed"] * crashed
    # The last kill may yet be on its way.
    assert reseau.hash_many([photographs[0]] * 3, threads=1).outcomes[-1] == "ok"


def test_where_there_is_no_decoder_it_is_said_or_refused(photographs, tmp_path):
    """A library of which the decoder was lost, as some packers of programs do."""
    library = next(line.split()[-1] for line in open("/proc/self/maps") if "/libreseau.so" in line)
    shutil.copy(library, tmp_path)
    code = """
import sys, warnings, reseau
try:
    reseau.hash(sys.argv[1], isolation="require")
except reseau.IsolationError as error:
    assert error.code == "isolation_missing" and "reseau-decoder" in str(error)
else:
    sys.exit("hashed all the same")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("default")
    assert reseau.hash(sys.argv[1]).isolation == "none"
assert [w.category for w in caught] == [RuntimeWarning] and "in this process" in str(caught[0].message)
assert caught[0].filename == "<string>"  # this line, and none within the package
warnings.simplefilter("error")
try:
    reseau.hash_many([sys.argv[1]])
except RuntimeWarning:
    sys.exit(0)
sys.exit("the warning was lost")
"""
    beside = pathlib.Path(library).parents[2] / "reseau.libs"  # where a repaired wheel has what it links
    alone = {**os.environ, "LD_PRELOAD": str(tmp_path / os.path.basename(library)), "LD_LIBRARY_PATH": str(beside)}
    done = run(code, photographs[0], env=alone)
    assert (done.returncode, done.stderr) == (0, "")


def test_forked_children_have_decoders_of_their_own_and_leave_none_behind(photographs):
    done = run("""
import os, sys, reseau
from pathlib import Path
def mine():
    return {c for t in Path("/proc/self/task").glob("*/children") for c in t.read_text().split()}
first = reseau.hash(sys.argv[1])
before = mine()
for _ in range(3):
    child = os.fork()
    if child == 0:
        assert reseau.hash(sys.argv[1]) == first and mine() and not mine() & before
        grandchild = os.fork()
        if grandchild == 0:
            os._exit(reseau.hash(sys.argv[1]) != first)
        assert os.waitpid(grandchild, 0)[1] == 0
        sys.exit(0)  # with all that is to be done at the end
    assert os.waitpid(child, 0)[1] == 0
    assert reseau.hash(sys.argv[1]) == first
print(*before)
""", photographs[0])
    assert (done.returncode, done.stderr) == (0, "")
    wait_until_gone([int(pid) for pid in done.stdout.split()])


def wait_until_gone(pids):
    def alive(pid):
        try:
            return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
        except OSError:
            return False
    for _ in range(250):
        if not any(map(alive, pids)):
            return
        time.sleep(0.02)
    raise AssertionError(f"left behind: {pids}")


@pytest.mark.parametrize("end", ["", "import os; os._exit(0)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
def test_no_process_is_left_behind_however_python_ends(end, photographs):
    done = run("""
import itertools, sys, threading, time, reseau
from pathlib import Path
for _ in range(2):
    threading.Thread(target=lambda: list(reseau.hash_iter(itertools.repeat(sys.argv[1]))), daemon=True).start()
def below(pid):
    return [int(c) for t in Path(f"/proc/{pid}/task").glob("*/children") for c in t.read_text().split()]
time.sleep(0.3)
zygotes = below("self")
print(*zygotes, *(worker for zygote in zygotes for worker in below(zygote)), flush=True)
""" + end, photographs[0])
    assert done.stderr == ""
    pids = [int(pid) for pid in done.stdout.split()]
    assert len(pids) >= 3
    wait_until_gone(pids)


def test_many_threads_share_the_decoders(photographs):
    wanted = [reseau.hash(path).hex() for path in photographs]
    wrong = []

    def look(number):
        for i in range(10):
            path = (number + i) % len(photographs)
            if reseau.hash(photographs[path]).hex() != wanted[path]:
                wrong.append(path)
    threads = [threading.Thread(target=look, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_ctrl_c_reaches_python_and_not_the_workers(photographs, start):
    process = start("""
import itertools, sys, reseau
try:
    print("ready", flush=True)
    reseau.hash_many(itertools.repeat(sys.argv[1]))
except KeyboardInterrupt:
    print(reseau.hash(sys.argv[1]).outcome, flush=True)
""", photographs[0], start_new_session=True)
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.4)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    assert process.communicate(timeout=20) == ("ok\n", "") and process.returncode == 0


def test_limits_that_cannot_be_met_cost_no_later_file(photographs):
    endless = reseau.Limits(max_pixels=2**63 - 1, max_side=2**31 - 1)
    code = """if True:
        import resource, sys, reseau
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
        wide = reseau.Limits(max_pixels=2 << 30, max_side=2**31 - 1)
        assert not reseau.hash_many(sys.argv[1:], limits=wide).hashed.any()
        assert reseau.hash_many(sys.argv[1:] * 3).hashed.all()
    """
    ended = run(code, *photographs[:3])
    assert ended.returncode == 0, ended.stderr
    assert reseau.hash_many(photographs[:3], limits=endless).hashed.all()


@pytest.mark.parametrize("call", ["index.settle()", "index.range_search(rows, 60)", "reseau.compare(pixels, pixels)"])
def test_daemons_at_work_do_not_crash_the_end(call):
    code = f"""if True:
        import threading, time, numpy as np, reseau
        index, rows = reseau.Index("pdq"), np.zeros((1, 32), np.uint8)
        pixels = np.random.default_rng(1).integers(0, 256, (64, 64), np.uint8)
        def work():
            while True:
                {call}
        for _ in range(4):
            threading.Thread(target=work, daemon=True).start()
        time.sleep(.2)
    """
    for _ in range(3):
        ended = run(code)
        assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("call", ["reseau.compare(C, C)", "list(hashed)", "reseau.hash_many([C])"])
def test_what_is_asked_after_the_end_has_an_answer_or_an_error(call):
    code = f"""if True:
        import atexit
        def late():
            try:
                {call}
            except reseau.Error:
                pass
            print("answered")
        atexit.register(late)
        import itertools, reseau
        C = reseau.testcard_png()
        hashed = reseau.hash_iter(itertools.repeat(C, 100), threads=2)
        next(hashed)
    """
    ended = run(code)
    assert ended.stdout == "answered\n", ended.stderr
    assert ended.returncode == 0
