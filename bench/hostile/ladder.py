#!/usr/bin/env python3
"""The truncation ladder: photographs cut to 1 to 99 % of their bytes, in every format.

    bench/hostile/ladder.py PROGRAM FOLDER [--photos N] [--level standard] [--formats jpeg,png,...]

A bank is made of all photographs; each is then asked for, cut. Says for each format and share of
rows that are there how many are found, and over all how many match a photograph that they are not
of. Completeness is held against the share of bytes of pixels where that is the truth (BMP).
"""

import argparse
import collections
import io
import json
import pathlib
import subprocess
import tempfile

from PIL import Image

PERCENT = (1, 2, 5, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 95, 99)
FORMATS = {
    "jpeg": {"format": "JPEG", "quality": 88},
    "jpeg-progressive": {"format": "JPEG", "quality": 88, "progressive": True},
    "png": {"format": "PNG", "compress_level": 3},
    "webp": {"format": "WEBP", "quality": 85},
    "gif": {"format": "GIF"},
    "bmp": {"format": "BMP"},
    "tiff": {"format": "TIFF"},
}
BINS = (0.0, 0.2, 0.25, 0.5, 0.75, 0.95, 1.01)


def run(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, check=False)
    assert done.returncode in (0, 1, 3), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--photos", type=int, default=400)
    parser.add_argument("--level", default="standard")
    parser.add_argument("--formats", default=",".join(FORMATS))
    options = parser.parse_args()
    photos = sorted(path for path in options.folder.rglob("*") if path.is_file())[: options.photos]

    with tempfile.TemporaryDirectory() as folder:
        bank = pathlib.Path(folder) / "known.bank"
        subprocess.run([options.program, "bank", "init", bank, "--level", options.level], check=True)
        known = collections.defaultdict(set)  # a file's entries: its picture, and others within it
        for row in run(options.program, "bank", "add", bank, "--format", "jsonl", "-q", *photos):
            if "entry" in row:
                known[row["path"]].add(row["entry"])
        asked = false = 0
        worst = 0.0
        outcomes = collections.Counter()
        for name in options.formats.split(","):
            found, there = collections.Counter(), collections.Counter()
            for photo in photos:
                if str(photo) not in known:
                    continue
                whole = io.BytesIO()
                picture = Image.open(photo).convert("RGB")
                picture.save(whole, **FORMATS[name])
                whole, paths = whole.getvalue(), []
                for percent in PERCENT:
                    path = pathlib.Path(folder) / f"cut-{percent}"
                    path.write_bytes(whole[: len(whole) * percent // 100])
                    paths.append(path)
                rows = run(options.program, "match", bank, "--format", "jsonl", "-q", *paths)
                for percent, row in zip(PERCENT, rows, strict=True):
                    asked += 1
                    outcomes[row["outcome"]] += 1
                    entries = {match["entry"] for match in row["matches"]}
                    for match in row["matches"]:
                        if match["entry"] not in known[str(photo)]:
                            print(f"false: {photo.name} as {name}, {percent} %:", json.dumps(match), flush=True)
                    false += len(entries - known[str(photo)])
                    if (share := row["completeness"]) is None:
                        continue
                    if name == "bmp":
                        worst = max(worst, abs(share - percent / 100))
                    at = max(b for b in BINS if b <= share)
                    there[at] += 1
                    found[at] += bool(known[str(photo)] & entries)
            print(name + ":", ", ".join(f"from {b:.2f}: {found[b]}/{there[b]}" for b in BINS if there[b]), flush=True)
        print(f"{asked} asked of {len(known)}: {false} false; outcomes {dict(outcomes)}; "
              f"completeness is off by at most {worst:.3f} (bmp)")


if __name__ == "__main__":
    main()
