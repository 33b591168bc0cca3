"""What is given to be hashed, and how it may be wrong."""

import gzip
import io
import subprocess
import sys
import time
import zipfile
from unittest import mock

import numpy as np
import pytest
import reseau
from PIL import Image


@pytest.fixture
def broken(tmp_path, photographs):
    """Pictures and files that raise while they are read, by what their libraries raise."""
    data = photographs[0].read_bytes()
    chunk = tmp_path / "chunk.png"
    Image.open(photographs[0]).save(chunk)
    png = bytearray(chunk.read_bytes())
    second = png.index(b"IDAT", png.index(b"IDAT") + 4)
    png[second : second + 4] = b"\xff\xff\xff\xff"
    chunk.write_bytes(png)
    (tmp_path / "cut.jpg").write_bytes(data[: len(data) // 2])
    (tmp_path / "cut.gz").write_bytes(gzip.compress(data)[:-2000])
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.jpg", data)
    bad = bytearray((tmp_path / "a.zip").read_bytes())
    bad[200] ^= 1
    (tmp_path / "a.zip").write_bytes(bad)
    closed = open(photographs[0], "rb")
    closed.close()
    return [Image.open(chunk), Image.open(tmp_path / "cut.jpg"), gzip.open(tmp_path / "cut.gz"),
            zipfile.ZipFile(tmp_path / "a.zip").open("a.jpg"), closed]


def test_a_broken_input_of_any_library_costs_itself_only(broken, photographs):
    batch = reseau.hash_many([photographs[0], *broken, "a\0b", "\ud800.jpg", photographs[1]])
    assert batch.hashed.tolist() == [True, *[False] * 7, True]
    assert [f.code for f in batch.failures] == [
        "corrupt", "corrupt", "io_error", "io_error", "io_error", "invalid_argument", "invalid_argument"]
    named = ("chunk.png", "cut.jpg", "cut.gz", "a.jpg", photographs[0].name, "b", ".jpg")
    for failure, name in zip(batch.failures, named):
        assert failure.name.endswith(name) and failure.message
    for x in broken:
        with pytest.raises(reseau.InputError):
            reseau.hash(x)


def test_an_array_may_be_used_again_for_the_next_input(photographs):
    pictures = [np.asarray(Image.open(p).convert("RGB").resize((320, 240))) for p in photographs[:3]]

    def frames():
        frame = np.empty_like(pictures[0])
        for picture in pictures * 3:
            frame[...] = picture
            yield frame

    wanted = [reseau.hash(picture).hex() for picture in pictures] * 3
    assert [s.hex() for s in reseau.hash_iter(frames(), threads=2)] == wanted


def test_what_was_given_before_the_inputs_raised_is_not_lost(photographs):
    def inputs():
        yield from photographs[:3]
        raise RuntimeError("the disk went away")

    stream = reseau.hash_iter(inputs(), threads=2)
    assert [next(stream).outcome for _ in range(3)] == ["ok"] * 3
    with pytest.raises(RuntimeError, match="went away"):
        next(stream)
    assert list(stream) == []


def test_a_slow_source_does_not_hold_back_what_is_done(photographs):
    taken = 0

    def inputs():
        nonlocal taken
        for _ in range(16):
            time.sleep(0.1)
            taken += 1
            yield photographs[0].read_bytes()

    next(reseau.hash_iter(inputs(), threads=4))
    assert taken < 10  # of 16 that there is room for


def test_one_input_is_not_taken_apart(photographs, tmp_path):
    with reseau.Bank.create(tmp_path / "b") as bank, open(photographs[0], "rb") as file:
        for one in (str(photographs[0]), photographs[0], photographs[0].read_bytes(), file, tmp_path,
                    Image.open(photographs[0]), np.zeros((9, 9, 3), np.uint8)):
            for call in (reseau.hash_many, reseau.hash_iter, bank.add, lambda x: reseau.match_many(bank, x)):
                with pytest.raises(TypeError, match="put it into a list"):
                    call(one)


def test_an_array_of_paths_is_many_inputs(photographs, tmp_path):
    paths = np.array([str(p) for p in photographs[:2]])
    wanted = [reseau.hash(p).hex() for p in photographs[:2]]
    for column in (paths, paths.astype(object)):
        assert [row.tobytes().hex() for row in reseau.hash_many(column).grid] == wanted
        assert [s.hex() for s in reseau.hash(column)] == wanted
        with reseau.Bank.create(tmp_path / column.dtype.kind) as bank:
            assert [added.outcome for added in bank.add(column)] == ["ok", "ok"]


class Endless(io.RawIOBase):
    given = 0

    def read(self, size=-1):
        assert size > 0, "all of it at once"
        self.given += size
        return bytes(size)


def test_a_file_object_is_not_read_beyond_the_limit():
    file = Endless()
    with pytest.raises(reseau.LimitError):
        reseau.hash(file, limits=reseau.Limits(max_bytes=100_000))
    assert file.given == 100_001


class Odd:
    def __init__(self, gives):
        self.gives = gives

    def read(self, size=-1):
        return self.gives


@pytest.mark.parametrize("gives, said", [("text", "open for text"), (None, "blocking"), (5, "not bytes")])
def test_what_read_gives_is_said_if_it_is_not_bytes(gives, said):
    with pytest.raises(TypeError, match=said):
        reseau.hash(Odd(gives))


def test_a_file_that_is_read_in_pieces_is_read_whole(photographs):
    class Pieces(io.BytesIO):
        def read(self, size=-1):
            return bytearray(super().read(min(size, 1000)))

    data = photographs[0].read_bytes()
    assert reseau.hash(Pieces(data)).sha256 == reseau.hash(data).sha256


@pytest.mark.skipif(sys.platform == "win32", reason="no resource module")
def test_more_threads_than_files_may_be_open_blame_no_file(photographs):
    code = """
import resource, sys, reseau
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
batch = reseau.hash_many(sys.argv[1:] * 40, threads=60)
assert not batch.failures, batch.failures[0]
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code, *photographs], check=True, timeout=120)


def test_an_array_of_another_library_is_one_input(photographs):
    class Tensor:
        def __init__(self, array):
            self._array = array
            self.shape = array.shape

        def __array__(self, dtype=None, copy=None):
            return self._array

        def __iter__(self):
            return map(Tensor, self._array)

    pixels = np.asarray(Image.open(photographs[0]))
    assert reseau.hash(Tensor(pixels)) == reseau.hash(pixels)
    with pytest.raises(TypeError, match="iterable"):
        reseau.hash_many(Tensor(pixels))


def test_a_child_forked_by_the_inputs_is_told_and_does_not_wait(photographs):
    code = """if True:
        import os, sys, reseau
        def inputs():
            yield sys.argv[1]
            child = os.fork()
            if child:
                assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
            yield sys.argv[1]
        try:
            hashed = reseau.hash_many(inputs(), threads=1)
        except reseau.ArgumentError:
            os._exit(7)
        assert hashed.hashed.all()
    """
    ended = subprocess.run([sys.executable, "-B", "-c", code, photographs[0]], timeout=60, check=False)
    assert ended.returncode == 0


def test_signatures_of_all_kinds_of_lists(photographs):
    signature = reseau.hash(photographs[0])
    index = reseau.Index("pdq")
    index.add([], [])
    assert reseau.views([]).shape == (0, 16, 96)
    assert len(index.range_search([], 5).ids) == 0
    with pytest.raises(TypeError):
        index.range_search([signature, bytes(32)], 0)
    assert signature == mock.ANY
    assert signature != 5
