#!/usr/bin/env python3
"""R2: 40 bombs, each named for what it is, soon, in little memory.

    bench/hostile/bombs.py PROGRAM [FILES...]

Time is of the whole program with its confined workers, from start to exit; processor time and memory
(the greatest) of the program that decodes in its own process (--no-isolation), so that nothing escapes
the measurement. An empty run of either is told first.
"""

import io
import json
import multiprocessing
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import time
import zlib

from PIL import Image

SIDES = (10_000, 20_000, 30_000, 50_000, 65_500)


def png(side, bits, colour, body=None):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    if body is None:
        body = zlib.compress(b"\0" * 4096)
    header = struct.pack(">IIBBBBB", side, side, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def zeros(length):
    """Of a deflate stream, without holding what it stands for."""
    packer, parts, left = zlib.compressobj(9), [], length
    while left > 0:
        parts.append(packer.compress(b"\0" * min(left, 1 << 20)))
        left -= 1 << 20
    return b"".join(parts) + packer.flush()


def patched(kind, side, **options):
    """A small file of which the header claims more."""
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(file, kind, **options)
    data = bytearray(file.getvalue())
    if kind == "JPEG":
        at = data.index(b"\xff\xc2" if options.get("progressive") else b"\xff\xc0") + 5
        data[at: at + 4] = struct.pack(">HH", side, side)
    elif kind == "GIF":
        data[6:10] = struct.pack("<HH", side, side)
        at = data.index(b"\x2c") + 5
        data[at: at + 4] = struct.pack("<HH", side, side)
    elif kind == "BMP":
        data[18:26] = struct.pack("<ii", side, side)
    elif kind == "TIFF":
        for tag in (256, 257):
            at = data.index(struct.pack("<HH", tag, 4)) if struct.pack("<HH", tag, 4) in data else data.index(
                struct.pack("<HH", tag, 3))
            data[at + 2: at + 12] = struct.pack("<HII", 4, 1, side)
    return bytes(data)


def scans(side, count):
    """A progressive JPEG that goes on refining nothing."""
    file = io.BytesIO()
    Image.new("L", (side, side), 128).save(file, "JPEG", progressive=True)
    data = file.getvalue()
    at = data.rindex(b"\xff\xda")
    return data[:-2] + data[at:-2] * count + b"\xff\xd9"


def bombs():
    for side in SIDES:
        yield f"png-{side}", png(side, 8, 2)
        yield f"png-1bit-{side}", png(side, 1, 0)
        yield f"jpeg-{side}", patched("JPEG", side)
        yield f"jpeg-progressive-{side}", patched("JPEG", side, progressive=True)
        yield f"gif-{side}", patched("GIF", side)
        yield f"bmp-{side}", patched("BMP", side)
        yield f"tiff-{side}", patched("TIFF", side, compression="tiff_lzw")
    yield "png-full-9000-1bit", png(9_000, 1, 0, zeros(9_000 * 1126))
    yield "png-full-20000", png(20_000, 8, 0, zeros(20_000 * 20_001 // 8))
    yield "jpeg-scans-512", scans(512, 3000)
    yield "jpeg-scans-2048", scans(2048, 3000)
    yield "jpeg-scans-8000", scans(8000, 1000)


def write_all(folder):
    for name, data in bombs():
        (pathlib.Path(folder) / name).write_bytes(data)


def measure(program, *arguments):
    """Seconds on the clock and of processors, mebibytes, outcome."""
    start = time.monotonic()
    run = subprocess.Popen([program, "hash", "--format", "jsonl", "-q", "--threads", "1", *map(str, arguments)],
                           stdout=subprocess.PIPE)
    out = run.stdout.read()
    _, status, usage = os.wait4(run.pid, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 3)
    rows = [json.loads(line) for line in out.splitlines()]
    return (time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024,
            rows[0]["outcome"] if rows else None)


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        nothing = pathlib.Path(folder) / "nothing"
        nothing.mkdir()
        seconds, _, _, _ = measure(program, nothing)
        _, cpu, mebibytes, _ = measure(program, "--no-isolation", nothing)
        print(f"nothing: {seconds * 1000:.0f} ms; in one process {cpu * 1000:.0f} ms of processor time, "
              f"{mebibytes:.0f} MiB")
        # In a process of its own: a child's greatest size is never told as less than its parent's.
        writer = multiprocessing.Process(target=write_all, args=(folder,))
        writer.start()
        writer.join()
        files = [path for path in sorted(pathlib.Path(folder).iterdir()) if path != nothing]
        files += map(pathlib.Path, sys.argv[2:])
        worst = [0.0, 0.0, 0.0]
        for path in files:
            seconds, _, _, outcome = measure(program, path)
            _, cpu, mebibytes, same = measure(program, "--no-isolation", path)
            assert outcome == same or "limit" in outcome
            worst = [max(pair) for pair in zip(worst, (seconds, cpu, mebibytes), strict=True)]
            print(f"{path.name}: {path.stat().st_size} bytes: {outcome}, {seconds * 1000:.0f} ms; in one process "
                  f"{cpu * 1000:.0f} ms, {mebibytes:.0f} MiB", flush=True)
        print(f"{len(files)} bombs: at worst {worst[0] * 1000:.0f} ms; in one process {worst[1] * 1000:.0f} ms, "
              f"{worst[2]:.0f} MiB")


if __name__ == "__main__":
    main()
