"""Past one machine: Spark with executors that are processes of their own, and one that dies.
Runs where PyPI's pyspark and pyarrow are installed."""

import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

import pytest
import reseau

pytest.importorskip("pyspark", reason="pyspark is not installed (pip install pyspark)")
pytest.importorskip("pyarrow", reason="pyarrow is not installed (pip install pyarrow)")

from pyspark.sql import SparkSession  # noqa: E402
from reseau import spark  # noqa: E402


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    made = (
        SparkSession.builder.master("local-cluster[2,1,512]")
        .config("spark.executorEnv.PYTHONPATH", os.environ.get("PYTHONPATH", ""))
        .config("spark.executor.memory", "512m")
        .config("spark.ui.enabled", "false")
        .config("spark.worker.timeout", "5")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.local.dir", str(tmp_path_factory.mktemp("spark")))
        .getOrCreate()
    )
    made.sparkContext.setLogLevel("OFF")
    yield made
    made.stop()


def executors():
    """Process ids of this test's executors: children of the driver's Java, at any depth."""
    parents, found = {}, []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int(entry.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            if b"CoarseGrainedExecutorBackend" in entry.joinpath("cmdline").read_bytes():
                found.append(int(entry.name))
        except (OSError, ValueError):
            continue

    def ours(pid):
        while pid > 1:
            if pid == os.getpid():
                return True
            pid = parents.get(pid, 0)
        return False
    return [pid for pid in found if ours(pid)]


@pytest.fixture(scope="module")
def files(tmp_path_factory, photographs):
    """Some hundreds of paths, with all that goes wrong among them."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "text.jpg").write_bytes(b"not a picture")
    links = []
    for number in range(400):
        link = folder / f"{number:04}.jpg"
        link.symlink_to(photographs[number % len(photographs)])
        links.append(link)
    return [*links, folder / "empty.jpg", folder / "text.jpg", folder / "gone.jpg"]


def test_an_executor_killed_in_the_middle_costs_no_file(session, files, tmp_path):
    killed = []

    def kill():
        while len(list(tmp_path.glob("out/*.parquet"))) < 3:
            time.sleep(0.02)
        victim = executors()[0]
        killed.append((victim, len(list(tmp_path.glob("out/*.parquet")))))
        os.kill(victim, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    frame = spark.hash_paths(session, files, tmp_path / "out", shard=10)
    killer.join()
    rows = {row.path: row for row in frame.collect()}
    (victim, done_before), = killed
    assert done_before < 41, "it was to be killed in the middle"
    assert victim not in executors()
    assert frame.count() == len(files) and set(rows) == {str(path) for path in files}
    assert rows[str(files[-3])].outcome == "empty" and rows[str(files[-2])].outcome == "unsupported_format"
    assert rows[str(files[-1])].outcome == "io_error"
    wanted = reseau.hash_many(files[:5])
    for number, path in enumerate(files[:400]):
        assert bytes(rows[str(path)].grid) == wanted.grid[number % 5].tobytes()


def test_a_run_that_is_repeated_does_what_is_left_and_no_more(session, files, tmp_path):
    out = tmp_path / "out"
    spark.hash_paths(session, files[:40], out, shard=10)
    parts = sorted(out.glob("*.parquet"))
    times = [part.stat().st_mtime_ns for part in parts]
    parts[1].unlink()
    (out / ".part-00000002.killed").write_bytes(b"half a file")
    assert spark.hash_paths(session, None, out, shard=10).count() == 40
    assert sorted(out.glob("*.parquet")) == parts
    assert [part.stat().st_mtime_ns == time for part, time in zip(parts, times)] == [True, False, True, True]
    with pytest.raises(ValueError, match="other paths"):
        spark.hash_paths(session, files[:50], out, shard=10)
    with pytest.raises(ValueError, match="again"):
        spark.hash_paths(session, None, tmp_path / "fresh", shard=10)


def test_matches_are_those_of_one_machine(session, files, photographs, tmp_path):
    with reseau.Bank.create(tmp_path / "known.bank", level="standard") as bank:
        bank.add(photographs[:2])
        with pytest.raises(ValueError, match="close"):
            bank.add([photographs[2]])
            spark.match_paths(session, files, tmp_path / "out", bank=tmp_path / "known.bank")
        bank.remove([3])
    frame = spark.match_paths(session, files, tmp_path / "out", bank=tmp_path / "known.bank", shard=50)
    rows = frame.collect()
    assert {row.path for row in rows} == {str(path) for path in files}
    for row in rows:
        number = files.index(pathlib.Path(row.path))
        if number < 400:
            assert row.entry == (number % 5 + 1 if number % 5 < 2 else None), row
        else:
            assert row.entry is None and row.fully_examined == (number < 402)
    assert {row.verdict for row in rows if row.entry} == {"exact"}


def test_spark_is_no_burden_to_those_without_it():
    done = subprocess.run([sys.executable, "-B", "-c", "import sys, reseau; assert 'pyspark' not in sys.modules"],
                          capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
