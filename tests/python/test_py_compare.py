"""reseau.compare says what the program says, and what is unknown is None."""

import json
import subprocess

import pytest
import reseau
from PIL import Image, ImageOps

from films import avi, frames_of, write_films


KINDS = ("grid", "aligned", "pdq")


def of_program(program, a, b) -> dict:
    done = subprocess.run([program, "compare", "--format", "jsonl", a, b], capture_output=True, check=False)
    row = json.loads(done.stdout)
    for kind in KINDS:
        if row[kind]:
            row[kind] |= row[kind].pop("view")
    return row


def check_same(found: reseau.Comparison, row: dict) -> None:
    assert (found.same_bytes, found.same_picture) == (row["same_bytes"], row["same_picture"])
    for kind in KINDS:
        nearness = getattr(found, kind)
        assert (nearness is None) == (row[kind] is None), kind
        for name in () if nearness is None else ("distance", "limit", "turn", "mirror", "negative", "expected_false"):
            assert getattr(nearness, name) == row[kind][name], (kind, name)
    assert len(found.stretches) == len(row["stretches"])
    for stretch, told in zip(found.stretches, row["stretches"]):
        assert (stretch.query_from, stretch.entry_to) == (told["query_from"], told["entry_to"])


@pytest.fixture(scope="module")
def pictures(tmp_path_factory, photographs):
    folder = tmp_path_factory.mktemp("pictures")
    whole = Image.open(photographs[0])
    whole.save(folder / "whole.png")
    ImageOps.mirror(whole).save(folder / "mirrored.jpg", quality=70)
    width, height = whole.size
    whole.crop((width // 10, height // 10, width * 7 // 10, height * 7 // 10)).save(folder / "part.jpg")
    Image.open(photographs[1]).save(folder / "other.jpg")
    Image.new("RGB", (64, 64), (9, 9, 9)).save(folder / "flat.png")
    return folder


@pytest.mark.parametrize("name", ["whole.png", "mirrored.jpg", "part.jpg", "other.jpg", "flat.png"])
def test_pictures_compare_as_the_program_says(program, pictures, name):
    a, b = pictures / name, pictures / "whole.png"
    found = reseau.compare(a, b)
    check_same(found, of_program(program, a, b))
    assert found.a.name == str(a) and found.b.sha256 == reseau.hash(b).sha256


def test_a_part_is_named_with_the_rectangle_that_it_shows(pictures):
    found = reseau.compare(Image.open(pictures / "part.jpg"), pictures / "whole.png")
    assert found.same_picture is True and found.same_bytes is None  # of pixels, no bytes are known
    assert found.aligned is not None and found.aligned.within
    assert found.aligned.rectangle == pytest.approx((0.1, 0.1, 0.6, 0.6), abs=0.03)


def test_signatures_compare_without_their_pictures(pictures):
    whole = reseau.hash(pictures / "whole.png", level="extended")
    mirrored = reseau.hash(pictures / "mirrored.jpg")
    found = reseau.compare(mirrored, whole)
    assert found.same_picture and found.same_bytes is False and found.grid.mirror
    assert found.aligned is None and found.a is mirrored
    assert reseau.compare(pictures / "part.jpg", whole).aligned.within


def test_what_could_not_be_looked_at_is_an_error_and_no_other_picture(pictures, tmp_path):
    text = tmp_path / "letter.jpg"
    text.write_bytes(b"not a picture\n" * 20)
    with pytest.raises(reseau.UnsupportedFormatError, match="letter"):
        reseau.compare(pictures / "whole.png", text)
    with pytest.raises(reseau.ReadError, match="missing"):
        reseau.compare(tmp_path / "missing.jpg", pictures / "whole.png")
    assert reseau.compare(text, text).same_picture is True  # the same bytes need no looking at
    assert reseau.compare(pictures / "flat.png", pictures / "whole.png").same_picture is None


@pytest.mark.skipif(not reseau.video_is_supported(), reason="built without FFmpeg")
def test_videos_compare_as_the_program_says(program, tmp_path):
    films = write_films(tmp_path)
    strange = tmp_path / "strange.avi"
    strange.write_bytes(avi(frames_of(9, 4)))
    for name in ("upload.avi", "strange.avi"):
        found = reseau.compare(films / name, films / "known.avi")
        check_same(found, of_program(program, films / name, films / "known.avi"))
    assert found.same_picture is False
