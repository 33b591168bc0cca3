"""How reseau.spark scales from one executor to two, each a process of one core, on this machine.

    PYTHONPATH=build/tests/bindings/python python bench/python/spark_scale.py PHOTOGRAPHS [PASSES]

Needs PyPI's pyspark and pyarrow, and Java 17. PHOTOGRAPHS are listed PASSES times over (4). The two are
measured by turns, three times each, after a run that warms Python's workers up; what is told is the best.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

SHARD = 100


def measure(executors, paths):
    """The seconds that all paths take. A process has one Spark, so each measurement is one of its own."""
    from pyspark.sql import SparkSession
    from reseau import spark

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    session = (
        SparkSession.builder.master(f"local-cluster[{executors},1,512]")
        .config("spark.executorEnv.PYTHONPATH", os.environ.get("PYTHONPATH", ""))
        .config("spark.executor.memory", "512m")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    with tempfile.TemporaryDirectory() as folder:
        spark.hash_paths(session, paths[: 4 * SHARD], f"{folder}/warm", shard=SHARD)
        start = time.perf_counter()
        frame = spark.hash_paths(session, paths, f"{folder}/out", shard=SHARD)
        seconds = time.perf_counter() - start
        assert frame.count() == len(paths)
    session.stop()
    return seconds


def main():
    if sys.argv[1] == "--measure":
        paths = pathlib.Path(sys.argv[3]).read_text().splitlines()
        print(f"SECONDS {measure(int(sys.argv[2]), paths)}")
        return
    files = sorted(str(path) for path in pathlib.Path(sys.argv[1]).rglob("*.jpg"))
    paths = files * int(sys.argv[2] if len(sys.argv) > 2 else 4)
    for path in files:
        pathlib.Path(path).read_bytes()  # so that no run is the first to read them
    best = {1: float("inf"), 2: float("inf")}
    with tempfile.NamedTemporaryFile("w") as listed:
        listed.write("\n".join(paths))
        listed.flush()
        for executors in (1, 2) * 3:
            done = subprocess.run([sys.executable, __file__, "--measure", str(executors), listed.name],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
            best[executors] = min(best[executors], float(done.stdout.split("SECONDS ")[1]))
    print("| executors | files a second |\n|---|---|")
    for executors, seconds in best.items():
        print(f"| {executors} | {len(paths) / seconds:.0f} |")
    print(f"\n{len(paths)} files; two are {best[1] / best[2]:.2f} times one; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
