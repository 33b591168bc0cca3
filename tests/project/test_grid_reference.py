"""A second implementation of docs/signature.md, slow and plain, that shares with the library the
page and the trained table only: a signature that depends on a compiler, a CPU or an optimisation
would differ from it. It also proves that the page says enough."""

import json
import math
import os
import re
import struct
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("RESEAU_BUILD", ROOT / "build" / "tests")) / "src/cli/reseau"
UNIT = 4096
SECTORS = [(h, h, t, n) for h in (1, -1) for t in (1, -1) for n in (1, -1)] + [
    (-1, 1, 0, 1),
    (-1, 1, 0, -1),
]


def table():
    text = (ROOT / "src/hash/projection_table.cpp").read_text()
    coefficients, columns, mean, _ = (
        [int(number) for number in re.findall(r"-?\d+", numbers)]
        for numbers in re.findall(r"\{\n([\s\d,-]+)\}", text)
    )
    return coefficients, columns, mean


def luma(pixel):
    red, green, blue = pixel
    return (19595 * red + 38470 * green + 7471 * blue + 512) >> 10


def shares(length, parts):
    """For each of `parts` equal parts, the pixels in it with their shares, in 1/parts of a pixel."""
    result = []
    for i in range(parts):
        start, end = i * length, (i + 1) * length
        part = []
        while start < end:
            pixel = start // parts
            stop = min(end, (pixel + 1) * parts)
            part.append((pixel, stop - start))
            start = stop
        result.append(part)
    return result


def reduced(rows):
    height, width = len(rows), len(rows[0])
    side = max(width, height)
    across, down = width, height
    if side > 256:
        across = max(1, (width * 256 + side // 2) // side)
        down = max(1, (height * 256 + side // 2) // side)
    scale = 1.0 / (float(width) * height)
    plane = []
    for part in shares(height, down):
        band = [sum(share * luma(rows[y][x]) for y, share in part) for x in range(width)]
        plane.append(
            [
                int(float(sum(share * band[x] for x, share in columns)) * scale + 0.5)
                for columns in shares(width, across)
            ]
        )
    return plane


def integral(plane):
    sums = [[0] * (len(plane[0]) + 1)]
    for row in plane:
        total, line = 0, [0]
        for x, value in enumerate(row):
            total += value
            line.append(sums[-1][x + 1] + total)
        sums.append(line)

    def at(x, y):
        column = min(x // UNIT, len(plane[0]) - 1)
        row = min(y // UNIT, len(plane) - 1)
        right, down = x - column * UNIT, y - row * UNIT

        def along(line):
            return line[column] * (UNIT - right) + line[column + 1] * right

        return along(sums[row]) * (UNIT - down) + along(sums[row + 1]) * down

    return at


def samples(plane, box=None):
    at = integral(plane)
    left, top, right, bottom = box or (0, 0, len(plane[0]) * UNIT, len(plane) * UNIT)
    xs = [left + ((right - left) * i + 17) // 34 for i in range(35)]
    ys = [top + ((bottom - top) * i + 17) // 34 for i in range(35)]
    corners = [[at(x, y) for x in xs] for y in ys]
    grid = []
    for j in range(34):
        per_height = 1.0 / (64 * (ys[j + 1] - ys[j]))
        grid.append(
            [
                float(
                    (corners[j + 1][i + 1] - corners[j + 1][i])
                    - (corners[j][i + 1] - corners[j][i])
                )
                * (1.0 / (xs[i + 1] - xs[i]))
                * per_height
                for i in range(34)
            ]
        )
    return grid


def turned_samples(plane, x, y, width, height, cosine, sine):
    """Of a window by its middle and sides in pixels, turned clockwise."""
    sums = [[0] * (len(plane[0]) + 1)]
    for row in plane:
        total, line = 0, [0]
        for column, value in enumerate(row):
            total += value
            line.append(sums[-1][column + 1] + total)
        sums.append(line)
    plane_width, plane_height = len(plane[0]), len(plane)

    def at(u, v):
        column, row = min(int(u), plane_width - 1), min(int(v), plane_height - 1)
        right, down = u - column, v - row
        upper = sums[row][column] + (sums[row][column + 1] - sums[row][column]) * right
        lower = sums[row + 1][column] + (sums[row + 1][column + 1] - sums[row + 1][column]) * right
        return upper + (lower - upper) * down

    across, along = width / 34, height / 34
    wide, high = min(across, plane_width), min(along, plane_height)
    grid = []
    for j in range(34):
        v = (j + 0.5) * along - height / 2
        row = []
        for i in range(34):
            u = (i + 0.5) * across - width / 2
            centre_x = x + (cosine * u - sine * v)
            centre_y = y + (sine * u + cosine * v)
            left = max(0.0, min(centre_x - wide / 2, plane_width - wide))
            top = max(0.0, min(centre_y - high / 2, plane_height - high))
            right = min(left + wide, plane_width)
            bottom = min(top + high, plane_height)
            total = (at(right, bottom) - at(left, bottom)) - (at(right, top) - at(left, top))
            row.append(total / (wide * high * 64))
        grid.append(row)
    return grid


def extended_windows(plane):
    """The samples of each."""
    width, height = len(plane[0]), len(plane)

    def upright(x, y, w, h):
        edges = ((x, width), (y, height), (x + w, width), (y + h, height))
        return samples(plane, [(hundredths * side * UNIT + 50) // 100 for hundredths, side in edges])

    cosine, sine = 0.9902680687415704, 0.13917310096006544
    share = min(width / (width * cosine + height * sine), height / (width * sine + height * cosine))
    windows = [upright(*w) for w in ((0, 0, 85, 100), (15, 0, 85, 100), (0, 0, 100, 85), (0, 15, 100, 85), (0, 0, 100, 60),
                                      (0, 40, 100, 60))]
    for turn in (sine, -sine):
        place = (width / 2, height / 2, width * share, height * share, cosine, turn)
        windows.append(turned_samples(plane, *place))
    sevenths, halves = (0, 6, 12, 18, 24, 30), (0, 6, 12, 19, 25, 31, 38, 44, 50)
    windows += [upright(x, y, 70, 70) for i, y in enumerate(sevenths) for x in ((5, 15, 25) if i % 2 else (0, 10, 20, 30))]
    return windows + [upright(x, y, 50, 50) for i, y in enumerate(halves)
                      for x in ((4, 11, 18, 25, 32, 39, 46) if i % 2 else (0, 7, 14, 21, 29, 36, 43, 50))]


def cells(grid):
    values = [[[0.0] * 4 for _ in range(12)] for _ in range(12)]
    places = [(i + 0.5) * 12 / 32 - 0.5 for i in range(32)]
    for y in range(32):
        row = [[0.0] * 4 for _ in range(14)]  # cells -1 to 12
        for x in range(32):
            dx = grid[y + 1][x + 2] - grid[y + 1][x]
            dy = grid[y + 2][x + 1] - grid[y][x + 1]
            root = math.sqrt(max(1e-6, math.sqrt(dx * dx + dy * dy)))
            low = math.floor(places[x])
            for channel, wave in enumerate((max(dx, 0.0), max(-dx, 0.0), max(dy, 0.0), max(-dy, 0.0))):
                row[low + 1][channel] += (1.0 - (places[x] - low)) * (wave / root)
                row[low + 2][channel] += (places[x] - low) * (wave / root)
        low = math.floor(places[y])
        for cell, share in ((low, 1.0 - (places[y] - low)), (low + 1, places[y] - low)):
            if 0 <= cell < 12:
                for x in range(12):
                    for channel in range(4):
                        values[cell][x][channel] += share * row[x + 1][channel]
    return values


def roots(values):
    total = 0.0
    for row in values:
        for cell in row:
            for value in cell:
                total += value
    return [
        [[math.floor(math.sqrt(value / total) * 16384 + 0.5) for value in cell] for cell in row]
        for row in values
    ]


def quarter(v, h, up, n, direction):
    """The sum over the eight cells that h, v and n make of one, with their signs; direction 0: x."""

    def plain(r, c):
        return v[r][c][2 * direction] + n * v[r][c][2 * direction + 1]

    # A mirror image swaps right and left (x), one upside down swaps down and up (y).
    across = h * n if direction == 0 else h
    along = up if direction == 0 else up * n

    def value(r, c):
        return (
            plain(r, c)
            + across * plain(r, 11 - c)
            + along * (plain(11 - r, c) + across * plain(11 - r, 11 - c))
        )

    return [[value(r, c) for c in range(6)] for r in range(6)]


def signature(rows):
    return projected(samples(reduced(rows)))


def projected(grid):
    v = roots(cells(grid))
    coefficients, columns, mean = table()
    sums, at = [], 0
    for sector, (h, up, t, n) in enumerate(SECTORS):
        x, y = quarter(v, h, up, n, 0), quarter(v, h, up, n, 1)
        if t:
            groups = [[x[r][c] + t * y[c][r] for r in range(6) for c in range(6)]]
        else:
            first = [x[r][c] for r in range(6) for c in range(6)]
            first += [y[r][c] for r in range(6) for c in range(6)]
            x, y = quarter(v, up, h, n, 0), quarter(v, up, h, n, 1)
            second = [y[c][r] for r in range(6) for c in range(6)]
            second += [x[c][r] for r in range(6) for c in range(6)]
            groups = [first, second]
        if sector == 0:
            groups = [[value - m for value, m in zip(groups[0], mean)]]
        size = len(groups[0])
        for group in groups:
            for column in range(columns[sector]):
                start = at + column * size
                sums.append(sum(c * g for c, g in zip(coefficients[start : start + size], group)))
        at += columns[sector] * size
    squares = 0.0
    for value in sums:
        squares += float(value) * float(value)
    scale = 317.5 / math.sqrt(squares)

    def rounded(value):
        whole = math.floor(abs(value) + 0.5)
        return int(math.copysign(min(127, whole), value))

    return struct.pack("96b", *(rounded(float(value) * scale) for value in sums)).hex()


def quality(grid):
    values = [value for row in cells(grid) for cell in row for value in cell]
    spread = sum(values) ** 2 / (576 * sum(v * v for v in values))
    common = sum(sum(values[c::4]) ** 2 for c in range(4)) / 144
    variety = 1 - common / sum(v * v for v in values)

    curves = [
        [
            grid[y][x - 1] + grid[y][x + 1] + grid[y - 1][x] + grid[y + 1][x] - 4 * grid[y][x]
            for x in range(1, 33)
        ]
        for y in range(1, 33)
    ]
    detail = sum(abs(v) for row in curves for v in row) / 1024
    largest = max(abs(v) for row in curves for v in row)
    whole = [[int((v / largest + 1) * 1000 + 0.5) - 1000 for v in row] for row in curves]

    def correlation(right, down):
        pairs = [
            (whole[y][x], whole[y + down][x + right])
            for y in range(32 - down)
            for x in range(max(0, -right), min(32, 32 - right))
        ]
        a, b = sum(p * p for p, _ in pairs), sum(q * q for _, q in pairs)
        return sum(p * q for p, q in pairs) / math.sqrt(a * b) if a and b else 1

    moves = [m for by in range(3, 17) for m in ((by, 0), (0, by), (by, by), (-by, by))]
    novelty = 1 - max(0, *(correlation(*move) for move in moves))

    result = 100.0
    for value, nothing, enough in ((detail, 1, 9), (spread, 0.2, 0.36), (variety, 0.08, 0.16), (novelty, 0.25, 0.45)):
        result *= min(1.0, max(0.0, (value - nothing) / (enough - nothing)))
    return int(result)


def picture(width, height, seed, rectangles=14, largest=2):
    """Coloured rectangles over each other, by a linear congruential generator."""

    def number(below):
        nonlocal seed
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        return (seed >> 8) % below

    rows = [[(x * 255 // width, y * 255 // height, 90) for x in range(width)] for y in range(height)]
    for _ in range(rectangles):
        left, top = number(width), number(height)
        colour = (number(256), number(256), number(256))
        for y in range(top, min(height, top + 4 + number(height // largest))):
            for x in range(left, min(width, left + 4 + width // (largest + 1))):
                rows[y][x] = colour
    return rows


def bmp(rows):
    height, width = len(rows), len(rows[0])
    padding = b"\0" * (-3 * width % 4)
    pixels = b"".join(
        b"".join(bytes((blue, green, red)) for red, green, blue in row) + padding
        for row in reversed(rows)
    )
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(pixels), 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54) + header + pixels


@pytest.mark.parametrize(
    "width, height", [(5, 5), (61, 97), (256, 40), (320, 240), (301, 517), (700, 21)]
)
def test_another_implementation_of_the_specification_gives_the_same_bytes(tmp_path, width, height):
    rows = picture(width, height, 7 * width + height)
    file = tmp_path / "picture.bmp"
    file.write_bytes(bmp(rows))
    out = subprocess.run(
        [PROGRAM, "hash", file, "--format", "jsonl"], check=True, capture_output=True
    ).stdout
    row = json.loads(out)
    assert row["grid"] == signature(rows)
    assert abs(row["quality"] - quality(samples(reduced(rows)))) <= 1


@pytest.mark.parametrize("width, height", [(320, 240), (90, 200)])
def test_another_implementation_gives_the_same_windows(tmp_path, width, height):
    rows = picture(width, height, 5 * width + height, rectangles=400, largest=9)
    file = tmp_path / "picture.bmp"
    file.write_bytes(bmp(rows))
    out = subprocess.run(
        [PROGRAM, "hash", file, "--format", "jsonl", "--level", "extended"], check=True, capture_output=True
    ).stdout
    found = [window["grid"] for window in json.loads(out)["windows"]]
    plane = reduced(rows)
    wanted = [projected(grid) for grid in extended_windows(plane) if quality(grid) >= 50]
    assert found[:10] + found[-20:] == wanted[:10] + wanted[-20:]
    assert 50 < len(found)
