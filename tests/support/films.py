"""Small videos: JPEG frames in an AVI, by hand, so that no encoder of videos is needed."""

import io
import struct

from PIL import Image

from pictures import photograph


def frames_of(seed, seconds, rate=8, size=(320, 192)):
    """A window that moves over a photograph-like picture."""
    ground = photograph(seed).convert("RGB").resize((2 * size[0], 2 * size[1]))
    frames = []
    for i in range(int(seconds * rate)):
        def swing(x):
            return abs((x + 1) % 2 - 1)
        left = int(swing(0.013 * i + seed / 7) * size[0])
        top = int(swing(0.021 * i + seed / 5) * size[1])
        frames.append(ground.crop((left, top, left + size[0], top + size[1])))
    return frames


def chunk(kind, data):
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def avi(frames, rate=8):
    """The bytes of the file."""
    width, height = frames[0].size
    pictures = []
    for frame in frames:
        out = io.BytesIO()
        frame.save(out, "JPEG", quality=85)
        pictures.append(out.getvalue())
    main = struct.pack("<14I", 1_000_000 // rate, 0, 0, 0x10, len(frames), 0, 1, 0, width, height, 0, 0, 0, 0)
    stream = b"vidsMJPG" + struct.pack("<IHHIIIIIIII4H", 0, 0, 0, 0, 1, rate, 0, len(frames), 0, 0, 0,
                                       0, 0, width, height)
    picture = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, b"MJPG", width * height * 3, 0, 0, 0, 0)
    header = chunk(b"LIST", b"hdrl" + chunk(b"avih", main) +
                   chunk(b"LIST", b"strl" + chunk(b"strh", stream) + chunk(b"strf", picture)))
    index, body = b"", b"movi"
    for data in pictures:
        index += b"00dc" + struct.pack("<III", 0x10, len(body), len(data))
        body += chunk(b"00dc", data)
    return chunk(b"RIFF", b"AVI " + header + chunk(b"LIST", body) + chunk(b"idx1", index))


def write_films(folder):
    """A known film, an upload with half of it between others, another one, one that is cut, a still."""
    known = frames_of(3, 20)
    (folder / "known.avi").write_bytes(avi(known))
    (folder / "upload.avi").write_bytes(avi(frames_of(5, 6) + known[40:120] + frames_of(7, 6)))
    (folder / "other.avi").write_bytes(avi(frames_of(9, 10)))
    (folder / "cut.avi").write_bytes(avi(known)[:-200_000])
    known[80].save(folder / "still.png")
    return folder
