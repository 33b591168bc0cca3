"""A picture cannot be hidden behind another one of the same file."""

import io
import struct

import pytest
from PIL import Image

from conftest import CLEAR, MATCH, UNEXAMINED
from films import avi, frames_of
from pictures import photograph

ANIMATED = {
    "gif": {"format": "GIF"},
    "webp": {"format": "WEBP", "quality": 90},
    "png": {"format": "PNG"},
}


def matches(reseau, bank, name, expect=MATCH):
    """part -> entries that it matches"""
    rows = reseau.rows("match", bank, name, expect=expect)
    assert rows[0]["part"] is None and rows[0]["sha256"]
    assert all(row["path"] == name and row["sha256"] is None for row in rows[1:])
    return {row["part"]: [match["entry"] for match in row["matches"]] for row in rows}


@pytest.mark.parametrize("kind", ANIMATED)
@pytest.mark.parametrize("hidden", [1, 4])
def test_a_picture_hidden_in_any_frame_is_found(reseau, bank, kind, hidden):
    frames = [photograph(20)] * 5
    frames[hidden] = photograph(3)
    frames[0].save(reseau.folder / "a", save_all=True, append_images=frames[1:], duration=0, **ANIMATED[kind])
    found = matches(reseau, bank, "a")
    # Frames that look like one before them have no row. (Pillow leaves out what repeats itself.)
    first, frame, film = found
    assert first is None and frame.startswith("frame ") and film == "animation"
    assert found == {None: [], frame: ["4"], film: ["4"]}


@pytest.mark.parametrize("kind", ANIMATED)
def test_a_frame_is_looked_at_as_it_is_shown(reseau, bank, kind):
    """Each frame brings a piece; only the last shows the whole."""
    known = photograph(5)
    frames = [Image.new("RGB", known.size, "white")]
    for i in range(4):
        frames.append(frames[-1].copy())
        piece = (120 * i, 0, 120 * i + 120, 360)
        frames[-1].paste(known.crop(piece), piece[:2])
    frames[0].save(reseau.folder / "a", save_all=True, append_images=frames[1:], duration=100, **ANIMATED[kind])
    assert matches(reseau, bank, "a")["frame 5"] == ["6"]


def test_every_page_is_looked_at(reseau, bank):
    pages = [photograph(20), photograph(21), photograph(2), photograph(6)]
    pages[0].save(reseau.folder / "a.tif", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    found = matches(reseau, bank, "a.tif")
    assert found == {None: [], "page 2": [], "page 3": ["3"], "page 4": ["7"]}


def test_a_crop_does_not_hide_behind_many_pages(reseau, bank):
    """What aligning looks at is kept for every page, however many there are."""
    pages = [photograph(100 + i).resize((160, 120)) for i in range(70)]
    known = photograph(3)
    width, height = known.size
    pages.append(known.crop((width // 8, height // 8, width * 7 // 8, height * 7 // 8)))
    pages[0].save(reseau.folder / "a.tif", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    result = reseau("match", bank, "a.tif", expect=MATCH)
    found = [line for line in result.stdout.decode().splitlines() if "MATCH" in line]
    assert len(found) == 1 and "page 71" in found[0] and "entry 4" in found[0]
    assert result.stderr.decode().rstrip().endswith("1 file matched")


def test_what_is_behind_the_end_is_looked_at(reseau, bank):
    def saved(picture, kind):
        file = io.BytesIO()
        picture.save(file, kind)
        return file.getvalue()

    kinds = ["PNG", "JPEG", "GIF", "WEBP"]
    for outer in kinds:
        for inner in kinds:
            cover = saved(photograph(22), outer)
            (reseau.folder / "a").write_bytes(cover + b"\0junk" + saved(photograph(4), inner))
            assert matches(reseau, bank, "a") == {None: [], f"embedded at byte {len(cover) + 5}": ["5"]}


def test_a_film_behind_a_picture_is_looked_at(reseau):
    """As phones put it there: "motion photos"."""
    film = avi(frames_of(3, 6))
    cover = io.BytesIO()
    photograph(22).save(cover, "JPEG")
    (reseau.folder / "film").write_bytes(film)
    (reseau.folder / "a").write_bytes(cover.getvalue() + film)
    reseau("bank", "init", "film.bank", expect=CLEAR)
    assert reseau.rows("bank", "add", "film.bank", "film")[0]["entry"] == "1"
    place = f"embedded at byte {len(cover.getvalue())}"
    assert matches(reseau, "film.bank", "a") == {None: [], place: ["1"]}
    (reseau.folder / "a").write_bytes(cover.getvalue() + film[: len(film) // 2])
    rows = reseau.rows("match", "film.bank", "a", expect=MATCH)
    assert [row["outcome"] for row in rows] == ["limit_frames", "ok_partial"]


def test_a_picture_behind_a_film_or_beside_its_frames_is_looked_at(reseau, bank):
    film = avi(frames_of(3, 6))
    hidden = io.BytesIO()
    photograph(4).save(hidden, "JPEG")
    picture = hidden.getvalue()
    (reseau.folder / "a").write_bytes(film)
    rows = reseau.rows("match", bank, "a", expect=CLEAR)
    assert [(row["part"], row["outcome"]) for row in rows] == [(None, "ok")]
    (reseau.folder / "a").write_bytes(film + b"\0junk" + picture)
    assert matches(reseau, bank, "a") == {None: [], f"embedded at byte {len(film) + 5}": ["5"]}
    # In a chunk for which no player looks, before the frames.
    junk = b"JUNK" + struct.pack("<I", len(picture)) + picture + b"\0" * (len(picture) % 2)
    (reseau.folder / "a").write_bytes(film[:4] + struct.pack("<I", len(film) - 8 + len(junk)) + b"AVI " + junk + film[12:])
    assert matches(reseau, bank, "a") == {None: [], "embedded at byte 20": ["5"]}
    for tail, outcome in ((picture[:-2000], "ok_partial"), (film, "ok")):
        (reseau.folder / "a").write_bytes(film + tail)
        rows = reseau.rows("hash", "a", expect=UNEXAMINED if outcome == "ok_partial" else CLEAR)
        assert [row["outcome"] for row in rows] == ["limit_frames" if outcome == "ok_partial" else "ok", outcome]
        assert rows[1]["part"] == f"embedded at byte {len(film)}"


def test_a_thumbnail_that_differs_is_looked_at_and_one_that_does_not_is_no_row(reseau, bank):
    for seed, parts in ((22, 1), (4, 2)):
        thumbnail = io.BytesIO()
        photograph(seed).resize((240, 180)).save(thumbnail, "JPEG")
        # Exif, one directory without entries, and then the thumbnail's, as cameras write it.
        thumb = thumbnail.getvalue()
        exif = (b"Exif\0\0II*\0\x08\0\0\0" + b"\0\0" + b"\x0e\0\0\0" + b"\x02\0"
                + b"\x01\x02\x04\0\x01\0\0\0" + (44).to_bytes(4, "little")
                + b"\x02\x02\x04\0\x01\0\0\0" + len(thumb).to_bytes(4, "little") + b"\0" * 6 + thumb)
        photograph(22).save(reseau.folder / "a.jpg", exif=exif)
        found = matches(reseau, bank, "a.jpg", expect=MATCH if seed == 4 else CLEAR)
        assert len(found) == parts and found[None] == []
        if seed == 4:
            assert [entries for part, entries in found.items() if part] == [["5"]]


def test_what_only_shows_over_black_is_looked_at(reseau, bank):
    """White shapes on a transparent ground: nothing over white, a picture over black."""
    known = photograph(3).convert("L")
    picture = Image.merge("LA", (Image.new("L", known.size, 255), known))
    for kind in ("PNG", "WEBP", "TIFF"):
        picture.convert("RGBA").save(reseau.folder / "a", kind, **({"lossless": True} if kind == "WEBP" else {}))
        assert matches(reseau, bank, "a") == {None: [], "over black": ["4"]}
    # And so it is with what comes later.
    picture = picture.convert("RGBA")
    other = photograph(30).convert("RGBA")
    for kind, part, options in (("PNG", "frame 2", {"disposal": 1}), ("WEBP", "frame 2", {"lossless": True}),
                                ("TIFF", "page 2", {})):
        other.save(reseau.folder / "a", kind, save_all=True, append_images=[picture], **options)
        assert matches(reseau, bank, "a")[part + ", over black"] == ["4"]
        assert [row["outcome"] for row in reseau.rows("hash", "a")] == ["ok"] * (2 if kind == "TIFF" else 3)
    other.resize((64, 64)).save(reseau.folder / "a", "ICO", append_images=[picture.resize((48, 48))], sizes=[(64, 64), (48, 48)])
    assert matches(reseau, bank, "a")["page 2, over black"] == ["4"]


def test_an_animation_in_an_icon_is_looked_at_frame_by_frame(reseau):
    frames = [photograph(seed, (96, 72)) for seed in range(50, 53)]
    still, animated = io.BytesIO(), io.BytesIO()
    photograph(53).save(still, "PNG")
    frames[0].save(animated, "PNG", save_all=True, append_images=frames[1:])
    pictures = [still.getvalue(), animated.getvalue()]
    icon, offset = b"\0\0\1\0" + len(pictures).to_bytes(2, "little"), 6 + 16 * len(pictures)
    for picture in pictures:
        icon += b"\0\0\0\0\1\0\x20\0" + len(picture).to_bytes(4, "little") + offset.to_bytes(4, "little")
        offset += len(picture)
    (reseau.folder / "a.ico").write_bytes(icon + b"".join(pictures))
    assert len(pictures[0]) > len(pictures[1])
    place = f"embedded at byte {offset - len(pictures[1])}, frame "
    parts = [row["part"] for row in reseau.rows("hash", "a.ico")]
    assert parts[:4] == [None, "page 2", place + "2", place + "3"]


def test_the_pages_of_a_document_are_all_that_is_in_it(reseau):
    """Pillow leaves before each page the header of a file of its own."""
    pages = [photograph(seed, (160, 120)) for seed in range(40, 44)]
    for mode in ("RGB", "L", "RGBA"):
        first, *others = [page.convert(mode) for page in pages]
        first.save(reseau.folder / "a.tif", save_all=True, append_images=others)
        rows = reseau.rows("hash", "a.tif")
        assert [(row["part"], row["outcome"]) for row in rows] == [
            (part, "ok") for part in (None, "page 2", "page 3", "page 4")]


def test_colours_under_full_transparency_neither_hide_nor_match(reseau, bank):
    shown, hidden = photograph(3), photograph(6)
    picture = hidden.convert("RGBA")
    picture.putalpha(0)
    picture.paste(shown, (0, 0))  # opaque where it is
    for kind in ("PNG", "WEBP"):
        picture.save(reseau.folder / "a", kind, **({"lossless": True, "exact": True} if kind == "WEBP" else {}))
        assert matches(reseau, bank, "a") == {None: ["4"]}
    picture = hidden.convert("RGBA")
    picture.putalpha(0)
    picture.save(reseau.folder / "a", "PNG")
    assert matches(reseau, bank, "a", expect=CLEAR) == {None: []}


def test_more_frames_than_the_limit_are_told_of(reseau, bank):
    frames = [photograph(seed, (96, 72)) for seed in range(30, 36)]
    frames[0].save(reseau.folder / "a.gif", save_all=True, append_images=frames[1:])
    rows = reseau.rows("match", bank, "a.gif", "--max-frames", "4", expect=UNEXAMINED)
    assert rows[0]["outcome"] == "limit_frames"
    assert [row["part"] for row in rows] == [None, "frame 2", "frame 3", "frame 4", "animation"]
    assert rows[-1]["outcome"] == "limit_frames"
    assert [row["outcome"] for row in rows[1:-1]] == ["ok"] * 3
    assert [row["outcome"] for row in reseau.rows("match", bank, "a.gif")] == ["ok"] * 7


def test_an_animation_that_is_cut_is_not_examined_in_full(reseau, bank):
    frames = [photograph(seed, (96, 72)) for seed in range(30, 36)]
    for kind, options in ANIMATED.items():
        frames[0].save(reseau.folder / "a", save_all=True, append_images=frames[1:], **options)
        whole = (reseau.folder / "a").read_bytes()
        (reseau.folder / "a").write_bytes(whole[: len(whole) * 2 // 3])
        rows = reseau.rows("match", bank, "a", expect=UNEXAMINED)
        assert rows[0]["outcome"] == "limit_frames", kind
        assert len(rows) >= 3


def test_frames_go_into_a_bank_once(reseau, bank):
    frames = [photograph(seed) for seed in (40, 41, 42)]
    frames[0].save(reseau.folder / "a.gif", save_all=True, append_images=frames[1:])
    first = reseau.rows("bank", "add", bank, "a.gif", "a.gif")
    assert [(row["entry"], row.get("part"), row["existing"]) for row in first] == [
        ("9", None, False), ("10", "frame 2", False), ("11", "frame 3", False), ("12", "animation", False),
        ("9", None, True)]
    again = reseau.rows("bank", "add", bank, "a.gif")
    assert [(row["entry"], row["existing"]) for row in again] == [("9", True)]
    photograph(42).resize((300, 225)).save(reseau.folder / "b.jpg")
    assert matches(reseau, bank, "b.jpg") == {None: ["11", "12"]}
