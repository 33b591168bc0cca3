"""Near-duplicates of a folder."""

import io
import time

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


def test_a_thousand_copies_of_one_file_do_not_take_a_minute():
    rows = np.tile(np.random.default_rng(1).integers(0, 127, (2, 96), np.uint8), (4000, 1))
    start = time.process_time()
    assert reseau.group(rows, limit=0).labels.tolist() == [0, 1] * 4000
    assert time.process_time() - start < 5


@pytest.mark.parametrize("kind, limit, pairs", [("grid", 961, 1 << 20), ("grid", 961, 10), ("pdq", 8, 10)])
def test_chains_are_joined_as_one_by_one(kind, limit, pairs, monkeypatch):
    monkeypatch.setattr("reseau._group._PAIRS", pairs)
    random = np.random.default_rng(3)
    rows = random.integers(40, 80, (40, 96 if kind == "grid" else 32), np.uint8)[random.integers(0, 40, 200)]
    for row in range(1, 60):  # a chain, whose ends are far apart
        rows[row] = rows[row - 1]
        rows[row, row % 30] ^= 31 if kind == "grid" else 7
    random.shuffle(rows)
    parent = list(range(200))
    for a in range(200):
        for b in range(a):
            near = reseau.distance(rows[a], rows[b], kind=kind) <= limit
            if near and parent[a] != parent[b]:
                parent = [min(parent[a], parent[b]) if p in (parent[a], parent[b]) else p for p in parent]
    counted = sorted({p for p in parent if parent.count(p) > 1}, key=lambda p: (-parent.count(p), p))
    wanted = [counted.index(p) if p in counted else -1 for p in parent]
    assert reseau.group(rows, kind=kind, limit=limit).labels.tolist() == wanted and wanted.count(0) >= 60


def test_signatures_are_grouped_as_the_pictures_they_are_of(photographs):
    inputs = [photographs[0], photographs[1], Image.open(photographs[0]), Image.new("RGB", (64, 64)), photographs[0]]
    signatures = [*reseau.hash_iter(inputs), *reseau.hash_iter([b"no picture"])]
    for given in (signatures, tuple(signatures), iter(signatures), reseau.hash_iter([*inputs, b"no picture"])):
        groups = reseau.group(given)
        assert groups.labels.tolist() == [0, -1, 0, -1, 0, -1]
        assert groups.names()[0][0] == str(photographs[0])
    with pytest.raises(TypeError, match="not both"):
        reseau.group([photographs[0], signatures[0]])
    assert reseau.group([None, photographs[0], photographs[0]]).labels.tolist() == [-1, 0, 0]


@pytest.mark.parametrize("one", [
    b"whole", bytearray(8), np.zeros((8, 8, 3), np.uint8), np.zeros(96, np.uint8), io.BytesIO(b"x"), None, 5,
    Image.new("RGB", (9, 9))])
def test_one_picture_is_not_silently_a_list_of_its_bytes(one):
    with pytest.raises(TypeError, match="give a folder or an iterable"):
        reseau.group(one)


@pytest.mark.parametrize("options, kind", [({"limit": "5"}, TypeError), ({"limit": -1}, ValueError), ({"kind": None}, TypeError)])
def test_options_are_looked_at_before_anything_is_hashed(options, kind):
    with pytest.raises(kind):
        reseau.group([], **options)
