"""How fast pictures are hashed from Python, beside the program and beside what people use, in one run.

    PYTHONPATH=build/tests/bindings/python python bench/python/rates.py PHOTOGRAPHS PROGRAM

Needs pdqhash, opencv-python-headless, imagehash and Pillow from PyPI; who is missing is left out. Each is
run on as many processes (or threads, ours) as there are processors, over the same files, all read before; the
best of three. CPU is user and system time of all processes: what load on the machine disturbs least.
"""

import multiprocessing
import os
import pathlib
import resource
import subprocess
import sys
import time

import numpy as np
import reseau


def pdqhash_one(path):
    import cv2
    import pdqhash
    return pdqhash.compute(cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB))[1]


def phash_one(path):
    import imagehash
    from PIL import Image
    return int(str(imagehash.phash(Image.open(path))), 16)


def in_processes(work):
    def run(paths):
        with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
            return len(pool.map(work, paths, chunksize=8))
    return run


def cpu():
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def measured(name, run, paths):
    runs = []
    for _ in range(3):
        start, used = time.perf_counter(), cpu()
        assert run(paths) == len(paths), name
        runs.append((time.perf_counter() - start, cpu() - used))
    wall, used = min(w for w, _ in runs), min(u for _, u in runs)
    print(f"| {name} | {len(paths) / wall:.0f} | {len(paths) / used:.0f} |", flush=True)


def searched(kind, entries, queries, limit):
    """What Python adds to a search: the same queries on an empty index do everything but search."""
    random = np.random.default_rng(1)
    width = 32 if kind == "pdq" else 96
    known = random.integers(0, 256, (entries, width), np.uint8)
    asked = random.integers(0, 256, (queries, width), np.uint8)
    index, empty = reseau.Index(kind), reseau.Index(kind)
    index.add(np.arange(entries), known)
    index.settle()
    best = []
    for each in (index, empty):
        times = []
        for _ in range(5):
            start = time.thread_time()
            each.range_search(asked, limit, threads=1)
            times.append(time.thread_time() - start)
        best.append(min(times))
    print(f"| {kind}, {entries:,} entries, {queries} queries within {limit} | {best[0] * 1e3 / queries:.4f} | "
          f"{best[1] * 1e3 / queries:.5f} | {best[1] / best[0]:.2%} |", flush=True)


def main():
    folder, program = sys.argv[1:3]
    paths = [str(path) for path in sorted(pathlib.Path(folder).rglob("*")) if path.suffix.lower() in (".jpg", ".jpeg")]
    for path in paths:
        pathlib.Path(path).read_bytes()
    print(f"{len(paths)} JPEGs, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
    print("| | files/s | files/CPU-s |\n|---|---|---|")
    for confined in ([], ["--no-isolation"]):
        def run_program(paths, options=tuple(confined)):
            done = subprocess.run([program, "hash", "--format", "jsonl", "--quiet", "--no-progress", *options, "--null", "-"],
                                  input="\0".join(paths), text=True, capture_output=True, check=False)
            return sum('"part":null' in line for line in done.stdout.splitlines())
        measured(" ".join(["`reseau hash`", *confined]), run_program, paths)
    measured("`reseau.hash_many`", lambda p: len(reseau.hash_many(p)), paths)
    for name, work in (("`pdqhash`, decoded by OpenCV", pdqhash_one), ("`imagehash.phash`, decoded by Pillow", phash_one)):
        try:
            work(paths[0])
        except ImportError as error:
            print(f"| {name}: {error} | | |")
            continue
        measured(name, in_processes(work), paths)
    print("\n| search | ms a query | of that, what Python adds | |\n|---|---|---|---|")
    searched("pdq", 1_000_000, 2_000, 31)
    searched("grid", 200_000, 256, 5_000)


if __name__ == "__main__":
    main()
