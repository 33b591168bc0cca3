"""Near-duplicates of a folder."""

import numpy as np
import pytest
import reseau
from PIL import Image, ImageOps


def test_copies_are_in_one_group_and_strangers_in_none(tmp_path, photographs):
    for path in photographs:
        image = Image.open(path)
        image.save(tmp_path / f"{path.stem}-0.jpg")
    coat, shirt = Image.open(photographs[0]), Image.open(photographs[4])
    ImageOps.mirror(coat).save(tmp_path / "coat-1.png")
    coat.resize((200, 260)).save(tmp_path / "coat-2.webp")
    shirt.rotate(90, expand=True).save(tmp_path / "shirt-1.jpg")
    Image.new("RGB", (64, 64)).save(tmp_path / "flat-0.png")
    Image.new("RGB", (80, 64)).save(tmp_path / "flat-1.png")
    (tmp_path / "notes.txt").write_text("no picture")
    groups = reseau.group(tmp_path)
    names = [[name.rpartition("/")[2] for name in group] for group in groups.names()]
    assert names == [["coat-0.jpg", "coat-1.png", "coat-2.webp"], ["shirt-0.jpg", "shirt-1.jpg"]]
    assert (groups.labels == -1).sum() == len(groups.labels) - 5
    assert len(groups.to_pandas()) == len(groups.labels)


@pytest.mark.parametrize("kind", ["grid", "pdq"])
def test_groups_are_the_components_numpy_finds(kind):
    random = np.random.default_rng(5)
    width, top = (96, 127) if kind == "grid" else (32, 255)
    rows = random.integers(0, top, (60, width), np.uint8)
    rows[7] = rows[3]
    rows[30:34] = rows[29]
    groups = reseau.group(rows, kind=kind, limit=0)
    assert groups[:] == [[29, 30, 31, 32, 33], [3, 7]]
    assert groups.batch is None
    with pytest.raises(ValueError):
        groups.names()


def test_nothing_has_no_groups_and_a_file_is_no_folder(photographs):
    assert len(reseau.group([])) == 0 and reseau.group([]).labels.shape == (0,)
    with pytest.raises(NotADirectoryError):
        reseau.group(photographs[0])
