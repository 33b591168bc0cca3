#!/usr/bin/env python3
"""R1: every file of a corpus gives exactly one row of a known outcome, and the program lives.

    bench/hostile/corpora.py PROGRAM FOLDER...
"""

import collections
import json
import pathlib
import subprocess
import sys
import time

OUTCOMES = {"ok", "ok_partial", "low_information", "empty", "unsupported_format", "corrupt", "limit_bytes",
            "limit_pixels", "limit_dimension", "limit_ratio", "limit_frames", "limit_cpu", "limit_wall",
            "limit_memory", "policy_protocol", "policy_filetype", "io_error", "worker_crashed"}


def main():
    program, folders = sys.argv[1], sys.argv[2:]
    files = sum(path.is_file() for folder in folders for path in pathlib.Path(folder).rglob("*"))
    start = time.monotonic()
    done = subprocess.run([program, "hash", "--format", "jsonl", "-q", *folders], stdout=subprocess.PIPE,
                          check=False)
    seconds = time.monotonic() - start
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    first = [row for row in rows if row["part"] is None]
    counts = collections.Counter(row["outcome"] for row in first)
    print(f"{files} files: {len(first)} rows and {len(rows) - len(first)} of further pictures in {seconds:.1f} s, "
          f"exit {done.returncode}")
    for outcome, count in counts.most_common():
        print(f"  {outcome}: {count}")
    for row in first:
        if row["outcome"] in ("worker_crashed", "limit_wall"):
            print(f"  {row['outcome']}: {row['path']}: {row['error']['message']}")
    media = collections.Counter(row["media"] for row in first if row["outcome"] == "unsupported_format")
    print(f"  of unsupported_format: {media[None]} no media by their content, {media['image']} pictures, "
          f"{media['video']} videos")
    assert len(first) == files and set(counts) <= OUTCOMES and done.returncode in (0, 3)


if __name__ == "__main__":
    main()
