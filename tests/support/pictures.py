"""Pictures with the large soft fields and hard edges of photographs, always the same for a seed."""

import random
import struct
import zlib

from PIL import Image, ImageDraw


def _field(chance, width, height, size):
    """Smooth colours: a few random ones, drawn large."""
    small = Image.frombytes("RGB", (width, height), chance.randbytes(3 * width * height))
    return small.resize(size, Image.BICUBIC)


def photograph(seed, size=(480, 360)):
    chance = random.Random(seed)
    picture = Image.blend(_field(chance, 4, 3, size), _field(chance, 13, 10, size), 0.4)
    draw = ImageDraw.Draw(picture)
    for _ in range(9):
        colour = tuple(chance.randbytes(3))
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        w, h = chance.randrange(20, size[0] // 3), chance.randrange(20, size[1] // 3)
        if chance.random() < 0.5:
            draw.ellipse((x - w, y - h, x + w, y + h), fill=colour)
        else:
            corners = [(x + chance.randint(-w, w), y + chance.randint(-h, h)) for _ in range(4)]
            draw.polygon(corners, fill=colour)
    return Image.blend(picture, _field(chance, 60, 45, size), 0.1)


def huge_png_header(width=50_000, height=50_000):
    """A PNG that claims to be huge, and has hardly a byte of pixels."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99))
            + chunk(b"IEND", b""))
