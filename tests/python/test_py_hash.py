"""Pictures to signatures from Python: as the program has them, whatever they come in."""

import copy
import io
import json
import multiprocessing
import os
import pathlib
import pickle
import signal
import subprocess
import threading
import time

import numpy as np
import pytest
import reseau
from PIL import Image


def test_a_folder_hashes_to_the_byte_as_the_program_does(program, odd_folder):
    done = subprocess.run([program, "hash", "--format", "jsonl", odd_folder], capture_output=True, check=False)
    everything = [json.loads(line) for line in done.stdout.splitlines()]
    rows = [row for row in everything if row["part"] is None]
    assert len(rows) > 15
    batch = reseau.hash_many([row["path"] for row in rows])
    columns = batch.columns()
    for name in ("path", "media", "bytes", "width", "height", "quality", "pdq_quality", "outcome", "grid", "pdq",
                 "sha256", "sha1", "md5"):
        assert columns[name] == [row[name] for row in rows], name
    assert {"ok", "ok_partial", "corrupt", "empty", "unsupported_format", "low_information"} <= set(batch.outcomes)
    pictures = [p for s in reseau.hash_iter([row["path"] for row in rows]) for p in (s, *s.more)]
    assert [(p.name, p.part, p.outcome, p.grid is not None and p.hex()) for p in pictures] == [
        (row["path"], row["part"], row["outcome"], row["grid"] or False) for row in everything]
    assert any(p.part == "frame 2" for p in pictures)
    assert [f.name for f in batch.failures] == [row["path"] for row in rows if row["grid"] is None]
    for failure in batch.failures:
        assert failure.message == rows[failure.index]["error"]["message"]
    assert any("\udcff\udcfe" in name for name in batch.names)


def test_a_picture_is_the_same_whatever_it_comes_in(photographs):
    path = photographs[0]
    data = path.read_bytes()
    image = Image.open(path)
    pixels = np.asarray(image)
    from_path = reseau.hash(path)
    with open(path, "rb") as file:
        assert reseau.hash(file) == from_path  # its name too
    for same in (str(path), data, bytearray(data), memoryview(data), io.BytesIO(data)):
        assert reseau.hash(same).sha256 == from_path.sha256
    for same in (image, pixels, image.convert("RGBA"), np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])):
        signature = reseau.hash(same)
        assert signature.hex() == from_path.hex() and signature.hex("pdq") == from_path.hex("pdq")
        assert signature.sha256 is None and signature.bytes is None
    assert [s.hex() for s in reseau.hash([path, pixels])] == [from_path.hex()] * 2
    assert reseau.hash(np.stack([pixels, pixels]))[1].hex() == from_path.hex()


def test_arrays_of_any_layout_hash_alike(photographs):
    pixels = np.asarray(Image.open(photographs[1]))
    wanted = reseau.hash(pixels).hex()
    padded = np.zeros((pixels.shape[0], pixels.shape[1] + 7, 3), np.uint8)
    padded[:, 3:-4] = pixels
    read_only = pixels.copy()
    read_only.setflags(write=False)
    for same in (padded[:, 3:-4], np.asfortranarray(pixels), pixels[::-1][::-1], pixels[..., ::-1][..., ::-1],
                 read_only, np.ma.masked_array(pixels), pixels[::-1].copy()[::-1]):
        assert reseau.hash(same).hex() == wanted
    grey = np.asarray(Image.open(photographs[1]).convert("L"))
    assert reseau.hash(grey[:, :, None]).hex() == reseau.hash(grey).hex()
    assert reseau.hash(pixels[::2, ::2]).width == (pixels.shape[1] + 1) // 2


def test_transparency_is_over_white_as_in_files(odd_folder):
    assert reseau.hash(Image.open(odd_folder / "alpha.png")).hex() == reseau.hash(odd_folder / "alpha.png").hex()
    assert reseau.hash(np.asarray(Image.open(odd_folder / "alpha.png"))).hex() == \
        reseau.hash(odd_folder / "alpha.png").hex()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV"])
def test_pil_images_of_every_mode_are_hashed(mode, photographs):
    image = Image.open(photographs[0])
    if mode in ("LA", "PA"):
        image = image.convert("L" if mode == "LA" else "P")
    assert reseau.hash(image.convert(mode)).hashed


def test_sixteen_bit_images_keep_their_upper_byte(photographs):
    grey = np.asarray(Image.open(photographs[0]).convert("L"))
    deep = Image.fromarray(grey.astype(np.uint16) * 257)
    assert deep.mode == "I;16"
    assert reseau.hash(deep).hex() == reseau.hash(grey).hex()


@pytest.mark.parametrize("wrong, kind", [
    (None, TypeError), (17, TypeError), (3.5, TypeError), (object(), TypeError), (io.StringIO("x"), TypeError),
    (np.zeros((8, 8)), TypeError), (np.zeros((8, 8), bool), TypeError), (np.zeros((8, 8), np.int8), TypeError),
    (np.zeros((8, 8), np.uint16), TypeError), (np.array("x"), TypeError), (np.zeros((8, 8), object), TypeError),
    (np.zeros(8, np.uint8), ValueError), (np.zeros((8, 8, 2), np.uint8), ValueError),
    (np.zeros((3, 8, 8), np.uint8), ValueError), (np.uint8(3), TypeError),
    (np.zeros((0, 8), np.uint8), reseau.CorruptError), (np.zeros((1, 70_000), np.uint8), reseau.LimitError),
    (Image.new("F", (9, 9)), TypeError), (Image.new("I", (9, 9)), TypeError),
    (b"", reseau.CorruptError), (b"text", reseau.UnsupportedFormatError), ("a\0b", ValueError), ("", OSError),
    ("/nonexistent.jpg", OSError), ("/dev/zero", reseau.PolicyError), ("/", reseau.PolicyError),
    ("\ud800.jpg", ValueError), ({"a": 1}, OSError),
])
def test_what_cannot_be_examined_raises_by_its_kind(wrong, kind):
    with pytest.raises(kind) as caught:
        reseau.hash(wrong)
    assert str(caught.value)
    if isinstance(wrong, str) and isinstance(caught.value, reseau.Error):
        assert caught.value.name == (wrong or None)
        assert caught.value.code in str(caught.value)
        assert type(pickle.loads(pickle.dumps(caught.value))) is type(caught.value)


def test_signatures_are_views_and_cannot_be_changed(photographs):
    signature = reseau.hash(photographs[0])
    view = signature.grid
    assert view.base is signature and view.dtype == np.int8 and view.shape == (96,)
    assert np.shares_memory(view, signature.grid) and bytes(signature) == view.tobytes()
    with pytest.raises(ValueError):
        view[0] = 1
    with pytest.raises(ValueError):
        view.flags.writeable = True
    with pytest.raises(AttributeError):
        signature.quality = 3
    copy = bytes(view)
    del signature
    assert bytes(view) == copy  # it keeps what it looks at
    other = reseau.hash(photographs[1])
    apart = np.sum((view.astype(int) - other.grid.astype(int)) ** 2)
    assert reseau.distance(reseau.hash(photographs[0]), other) == apart


def test_signatures_travel_between_processes_whole(odd_folder):
    for path in odd_folder.glob("*.*"):
        (signature,) = reseau.hash_iter([path], level="extended")
        again = pickle.loads(pickle.dumps(signature))
        assert again == signature and hash(again) == hash(signature)
        assert again.outcome == signature.outcome and again.format == signature.format
        assert again.sha256 == signature.sha256
    with pytest.raises(ValueError):
        reseau.Signature._from_state(b"", b"\x05\0\0\0\0\0\0\0wrong", [])


def test_no_input_ends_a_batch_and_order_is_kept(photographs):
    inputs = [photographs[0], None, b"", np.zeros((4, 4)), "/nonexistent", *photographs, "\ud800"] * 5
    counted = []
    batch = reseau.hash_many(iter(inputs), threads=4, progress=counted.append)
    assert counted == [1] * len(inputs) == [1] * len(batch)
    assert np.flatnonzero(batch.hashed).tolist() == [i for i, x in enumerate(inputs) if isinstance(x, pathlib.Path)]
    for row in np.flatnonzero(batch.hashed):
        assert batch.names[row] == str(inputs[row])
        assert batch.grid[row].tobytes() == bytes(reseau.hash(inputs[row]))
    assert [f.code for f in batch.failures[:4]] == ["invalid_argument", "empty", "invalid_argument", "io_error"]
    assert not batch.grid[~batch.hashed].any()


def test_what_the_inputs_raise_is_passed_on(photographs):
    def broken():
        yield photographs[0]
        raise KeyError("the database went away")
    with pytest.raises(KeyError):
        reseau.hash_many(broken())

    def stop(_):
        raise RuntimeError("enough")
    with pytest.raises(RuntimeError):
        reseau.hash_many(photographs, progress=stop)


def test_a_stream_takes_few_inputs_ahead(photographs):
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield photographs[0]
    stream = reseau.hash_iter(endless(), threads=2)
    for _ in range(20):
        next(stream)
    assert len(taken) <= 20 + 2 * 4


def test_an_empty_batch_has_the_shape_of_others():
    batch = reseau.hash_many([])
    assert batch.grid.shape == (0, 96) and batch.pdq.shape == (0, 32) and len(batch) == 0
    assert list(batch.to_pandas().columns)[:2] == ["path", "media"]


def test_other_threads_run_while_a_picture_is_hashed():
    picture = np.random.default_rng(1).integers(0, 256, (6000, 6000, 3), np.uint8)
    ended = threading.Event()
    thread = threading.Thread(target=lambda: (reseau.hash(picture), ended.set()))
    thread.start()
    count = 0
    while not ended.is_set():
        count += 1
    thread.join()
    assert count > 1000


ENDLESS = """
import itertools, sys, reseau
print("ready", flush=True)
reseau.hash_many(itertools.repeat(sys.argv[1]), progress={progress})
"""


def test_ctrl_c_ends_a_batch(photographs, start):
    process = start(ENDLESS.format(progress="None"), photographs[0])
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    assert process.returncode == -signal.SIGINT and "KeyboardInterrupt" in errors


def test_the_interpreter_may_end_in_the_middle(photographs, start):
    code = """
import itertools, sys, threading, time, reseau
work = lambda: [None for s in reseau.hash_iter(itertools.repeat(sys.argv[1]))]
one = lambda: [reseau.hash(sys.argv[1]) for _ in itertools.count()]
for target in (work, one, one):
    threading.Thread(target=target, daemon=True).start()
time.sleep(0.2)
"""
    for _ in range(5):
        process = start(code, photographs[0])
        output = process.communicate(timeout=20)
        assert (process.returncode, *output) == (0, "", "")


def hex_of(path):
    return reseau.hash(path).hex()


def whole(path):
    return reseau.hash(path)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_worker_processes_hash_after_the_parent_did(method, photographs):
    wanted = [s.hex() for s in reseau.hash_iter(photographs, threads=2)]
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(hex_of, photographs) == wanted
        assert [s.hex() for s in pool.map(whole, photographs)] == wanted


def test_a_forked_child_is_told_what_it_cannot_use(tmp_path, photographs, start):
    code = """
import os, sys, numpy as np, reseau
bank = reseau.Bank.create(sys.argv[1])
bank.add([sys.argv[2]])
index = reseau.Index("pdq"); index.add([1], reseau.hash(sys.argv[2]))
stream = reseau.hash_iter([sys.argv[2]] * 50); next(stream)
child = os.fork()
if child == 0:
    failures = []
    for call in (lambda: len(bank), lambda: index.range_search(np.zeros((1, 32), np.uint8), 3), lambda: next(stream)):
        try:
            call()
        except (reseau.ClosedError, reseau.ArgumentError) as error:
            failures.append(error)
    again = reseau.Bank(sys.argv[1])
    del bank, index, stream
    sys.exit(0 if len(failures) == 3 and len(again) == 1 else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert len(bank) == 1 and len(index) == 1 and len(list(stream)) == 49
bank.add([reseau.testcard_png()])
assert len(bank) == 2
"""
    process = start(code, tmp_path / "b", photographs[0])
    assert process.communicate(timeout=20) == ("", "") and process.returncode == 0
    assert reseau.Bank.verify(tmp_path / "b") == []


def test_results_go_where_analysts_are(odd_folder, tmp_path):
    batch = reseau.hash_many(sorted(odd_folder.iterdir()))
    frame = batch.to_pandas()
    assert list(frame["path"]) == batch.names == list(reseau.group(batch).to_pandas()["path"])
    assert len(frame) == len(batch) and frame["width"].dtype == "Int64"
    assert frame[frame["grid"].isna()]["outcome"].isin(["corrupt", "empty", "unsupported_format", "policy_filetype"]).all()
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet
    parquet.write_table(batch.to_arrow(), tmp_path / "t.parquet")
    table = parquet.read_table(tmp_path / "t.parquet")
    assert table.num_rows == len(batch)
    row = batch.names.index(str(odd_folder / "coat.png"))
    assert table["grid"][row].as_py() == batch.grid[row].tobytes()
    assert pyarrow.types.is_fixed_size_binary(table["pdq"].type)


def test_limits_are_held_to(photographs):
    with pytest.raises(reseau.LimitError, match="limit_pixels"):
        reseau.hash(photographs[0], limits=reseau.Limits(max_pixels=1000))
    with pytest.raises(reseau.LimitError, match="limit_bytes"):
        reseau.hash(photographs[0], limits=reseau.Limits(max_bytes=1000))
    with pytest.raises(ValueError):
        reseau.Limits(max_side=0)
    for threads in (-1, 5000):
        with pytest.raises(ValueError):
            reseau.hash_many(photographs, threads=threads)
    with pytest.raises(ValueError, match="level"):
        reseau.hash(photographs[0], level="most")


def test_the_columns_are_the_ones_that_are_documented(program, photographs):
    pytest.importorskip("pandas")
    batch = reseau.hash_many([photographs[0], "/nonexistent"])
    done = subprocess.run([program, "hash", "--quiet", "--format", "csv", photographs[0]], capture_output=True, text=True, check=False)
    theirs, ours = done.stdout.splitlines()[0].split(","), list(batch.columns())
    assert set(theirs) - set(ours) == {"part", "completeness", "error_code", "error_message"}
    assert set(ours) - set(theirs) == {"message", "duration", "video"}
    assert list(batch.to_pandas().columns) == ours
    assert all(name in batch.to_pandas.__doc__ for name in set(theirs) ^ set(ours))


def test_a_copy_of_a_signature_is_itself():
    signature = reseau.hash(reseau.testcard_png())
    assert copy.copy(signature) is signature and copy.deepcopy([signature])[0] is signature
    assert pickle.loads(pickle.dumps(signature)) == signature


@pytest.mark.parametrize("call, kind", [
    (lambda: reseau.default_limit("grid", 1.5), TypeError), (lambda: reseau.default_limit("grid", -1), ValueError),
    (lambda: reseau.default_limit("hash", 5), ValueError), (lambda: reseau.default_limit(None, 5), TypeError),
    (lambda: reseau.default_limit("grid", 5, level=None), TypeError),
    (lambda: reseau.false_positive_rate("pdq", "3"), TypeError), (lambda: reseau.false_positive_rate("pdq", -3), ValueError),
])
def test_wrong_measures_are_told_in_a_sentence(call, kind):
    with pytest.raises(kind) as caught:
        call()
    assert "incompatible" not in str(caught.value)
    assert reseau.default_limit("grid", 1e6) == reseau.default_limit("grid", 10**6)


@pytest.mark.parametrize("options, kind", [
    ({"level": None}, TypeError), ({"level": "most"}, ValueError), ({"key_frames": "x"}, TypeError),
    ({"limits": {"max_bytes": 5}}, TypeError), ({"isolation": None}, ValueError)])
def test_wrong_options_are_told_in_a_sentence(options, kind):
    with pytest.raises(kind) as caught:
        reseau.hash(reseau.testcard_png(), **options)
    assert "incompatible" not in str(caught.value) and "nable to cast" not in str(caught.value)
    with pytest.raises(TypeError, match="max_bytes is a whole number"):
        reseau.Limits(max_bytes=1.5)
