"""The plug-in for Meta's `tx` and HMA. Runs where PyPI's threatexchange is installed."""

import base64
import dataclasses
import io
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest
import reseau
from PIL import Image, ImageOps

pytest.importorskip("threatexchange", reason="threatexchange is not installed (pip install threatexchange)")

from reseau import threatexchange as plugin  # noqa: E402
from films import avi, frames_of, write_films  # noqa: E402
from reseau._tx_index import _thing  # noqa: E402
from threatexchange.exchanges.fetch_state import FetchedSignalMetadata, SignalOpinion, SignalOpinionCategory  # noqa: E402
from threatexchange.extensions.manifest import ThreatExchangeExtensionManifest  # noqa: E402


def grid_of(image):
    return reseau.hash(np.asarray(image)).hex()


def test_tx_loads_it():
    manifest = ThreatExchangeExtensionManifest.load_from_module_name("reseau.threatexchange")
    videos = ["reseau_video"] if reseau.video_is_supported() else []
    assert [t.get_name() for t in manifest.signal_types] == ["reseau_grid", *videos]


def test_its_examples_are_signals_and_the_test_card():
    for example in plugin.GridSignal.get_examples():
        assert plugin.GridSignal.validate_signal_str(example.upper()) == example
        result = plugin.GridSignal.compare_hash(example, example)
        assert result.match and result.distance.distance == 0
    assert plugin.GridSignal.hash_from_bytes(reseau.testcard_png()) == plugin.GridSignal.get_examples()[0]
    for _ in range(20):
        assert plugin.GridSignal.validate_signal_str(plugin.GridSignal.get_random_signal())


@pytest.mark.parametrize("wrong", ["", "00", "zz" * 96, "00" * 95, "00" * 97, "not a signal"])
def test_what_is_no_signal_is_refused(wrong):
    with pytest.raises(ValueError):
        plugin.GridSignal.validate_signal_str(wrong)
    with pytest.raises(ValueError):
        plugin.GridIndex.build([("00" * 96, 1), (wrong, 2)])


def test_what_cannot_be_hashed_has_no_signal_and_no_match():
    flat = io.BytesIO()
    Image.new("RGB", (64, 64)).save(flat, "png")
    for data in (b"", b"text", flat.getvalue()):
        assert plugin.GridSignal.hash_from_bytes(data) == ""
        assert plugin.FastPdqSignal.hash_from_bytes(data) == ""
    assert plugin.GridIndex.build([("00" * 96, 1)]).query("") == []


def test_turned_and_mirrored_copies_are_found_and_strangers_are_not(photographs):
    index = plugin.GridIndex.build([(plugin.GridSignal.hash_from_file(path), path.stem) for path in photographs[:4]])
    coat = Image.open(photographs[0])
    for edited in (coat, ImageOps.mirror(coat), coat.rotate(180), ImageOps.invert(coat), coat.resize((123, 150))):
        assert [m.metadata for m in index.query(grid_of(edited))] == ["coat"]
        assert plugin.GridSignal.compare_hash(grid_of(edited), grid_of(coat)).match
    assert index.query(grid_of(Image.open(photographs[4]))) == []
    assert not plugin.GridSignal.compare_hash(grid_of(coat), grid_of(Image.open(photographs[4]))).match


def test_one_signal_may_have_many_entries(photographs):
    signal = plugin.GridSignal.hash_from_file(photographs[0])
    index = plugin.GridIndex.build([(signal, "a"), (signal, "b")])
    index.add(signal, "c")
    assert [m.metadata for m in index.query(signal)] == ["a", "b", "c"]
    assert index.query(signal)[0].similarity_info.pretty_str() == "0"


def test_pdq_finds_what_threatexchange_s_own_index_finds():
    from threatexchange.signal_type.pdq.pdq_index import PDQIndex
    random = np.random.default_rng(3)
    rows = random.integers(0, 256, (200, 32), np.uint8)
    near = rows[:50] ^ np.packbits(random.random((50, 256)) < 0.12, axis=1)
    entries = [(row.tobytes().hex(), number) for number, row in enumerate(rows)]
    ours, theirs = plugin.PdqIndex.build(entries), PDQIndex.build(entries)
    found = 0
    for row in near:
        def hits(index):
            return sorted((m.similarity_info.distance, m.metadata) for m in index.query(row.tobytes().hex()))
        assert hits(ours) == hits(theirs)
        found += len(hits(ours))
    assert 5 < found < 50  # some are just beyond the limit
    assert plugin.FastPdqSignal.get_name() == "pdq"


def test_an_index_is_saved_without_pickle_and_comes_back(photographs):
    signal = plugin.GridSignal.hash_from_file(photographs[0])

    opinion = SignalOpinion(True, SignalOpinionCategory.POSITIVE_CLASS, {"b", "a"})
    entries = [1, "two", None, [("collab", FetchedSignalMetadata())], opinion, {"k": (1, b"\0")}]
    index = plugin.GridIndex.build([(signal, entry) for entry in entries])
    saved = io.BytesIO()
    index.serialize(saved)
    assert b"pickle" not in saved.getvalue() and saved.getvalue()[:7] == b"RSAUTX2"
    loaded = plugin.GridIndex.deserialize(io.BytesIO(saved.getvalue()))
    assert [m.metadata for m in loaded.query(signal)] == entries
    for at in range(0, len(saved.getvalue()), 7):
        damaged = bytearray(saved.getvalue())
        damaged[at] ^= 1
        with pytest.raises(reseau.SnapshotError):
            plugin.GridIndex.deserialize(io.BytesIO(damaged))
    with pytest.raises(reseau.SnapshotError):
        plugin.PdqIndex.deserialize(io.BytesIO(saved.getvalue()))
    with pytest.raises(TypeError, match="object"):
        plugin.GridIndex.build([(signal, object())]).serialize(io.BytesIO())


def test_a_saved_index_calls_nothing_it_names(photographs):
    with pytest.raises(reseau.SnapshotError):
        _thing({"@": "dataclass", "of": "os:system", "is": {"command": "true"}})
    with pytest.raises(reseau.SnapshotError):
        _thing({"@": "enum", "of": "subprocess:Popen", "is": ["true"]})
    with pytest.raises(reseau.SnapshotError):
        _thing({"@": "dataclass", "of": "a.module.not.loaded:X", "is": {}})
    assert not dataclasses.is_dataclass(subprocess.Popen)


def tx_at(home):
    """Runs the program tx with a home of its own."""
    tx = shutil.which("tx", path=os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ["PATH"]]))
    if tx is None:
        pytest.skip("the program tx is not installed")

    def run(*arguments):
        done = subprocess.run([tx, *arguments], capture_output=True, text=True,
                              env={**os.environ, "HOME": str(home)}, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
    return run


def test_tx_match_finds_an_edited_photograph(tmp_path, photographs):
    run = tx_at(tmp_path)
    run("config", "extensions", "add", "reseau.threatexchange")
    signal = run("hash", "photo", photographs[4]).split("\n")
    known = next(line.split()[1] for line in signal if line.startswith("reseau_grid"))
    assert known == plugin.GridSignal.hash_from_file(photographs[4])
    (tmp_path / "known.txt").write_text(f"reseau_grid {known}\n")
    run("config", "collab", "edit", "local_file", "--create", "ours", "--filename", str(tmp_path / "known.txt"))
    run("fetch")
    edited = ImageOps.mirror(Image.open(photographs[4])).resize((301, 377))
    edited.save(tmp_path / "upload.jpg", quality=60)
    assert "reseau_grid" in run("match", "photo", tmp_path / "upload.jpg")
    assert "reseau_grid" not in run("match", "photo", photographs[0])


needs_ffmpeg = pytest.mark.skipif(not reseau.video_is_supported(), reason="built without FFmpeg")


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    return write_films(tmp_path_factory.mktemp("films"))


def test_the_example_of_a_video_is_a_signal_and_compares_with_itself():
    (example,) = plugin.VideoSignal.get_examples()
    assert plugin.VideoSignal.validate_signal_str(f" {example}\n") == example
    assert plugin.VideoSignal.compare_hash(example, example).match
    assert [m.metadata for m in plugin.VideoIndex.build([(example, "card")]).query(example)] == ["card"]


@needs_ffmpeg
def test_a_clip_is_found_in_an_upload_with_where_it_lies(films):
    known = plugin.VideoSignal.hash_from_file(films / "known.avi")
    other = plugin.VideoSignal.hash_from_file(films / "other.avi")
    upload = plugin.VideoSignal.hash_from_file(films / "upload.avi")
    index = plugin.VideoIndex.build([(other, "other"), (known, "known")])
    index.add(known, "again")
    matches = index.query(upload)
    assert [m.metadata for m in matches] == ["known", "again"]
    best = matches[0].similarity_info.stretches[0]
    assert best.query_from == pytest.approx(6, abs=1) and best.entry_from == pytest.approx(5, abs=1)
    assert matches[0].similarity_info.pretty_str().startswith("0:0")
    assert " " not in matches[0].similarity_info.pretty_str()
    assert plugin.VideoSignal.compare_hash(upload, known).match
    assert not plugin.VideoSignal.compare_hash(other, known).match
    assert [m.metadata for m in index.query(other)] == ["other"]
    assert index.query("") == [] and plugin.VideoIndex().query(upload) == []


@needs_ffmpeg
def test_a_mirrored_and_letterboxed_copy_is_found_too(films, tmp_path):
    def edited(frame):
        bars = Image.new("RGB", (frame.width, frame.height * 3 // 2))
        bars.paste(ImageOps.mirror(frame), (0, frame.height // 4))
        return bars
    (tmp_path / "edited.avi").write_bytes(avi([edited(frame) for frame in frames_of(3, 20)]))
    known = plugin.VideoSignal.hash_from_file(films / "known.avi")
    index = plugin.VideoIndex.build([(known, "known")])
    (match,) = index.query(plugin.VideoSignal.hash_from_file(tmp_path / "edited.avi"))
    assert match.similarity_info.stretches[0].mirror


@needs_ffmpeg
def test_what_is_no_video_has_no_signal(films, tmp_path):
    (tmp_path / "text.mp4").write_bytes(b"not a video\n" * 20)
    (tmp_path / "black.avi").write_bytes(avi([Image.new("RGB", (320, 192))] * 16))
    for path in (tmp_path / "text.mp4", tmp_path / "black.avi", films / "still.png"):
        assert plugin.VideoSignal.hash_from_file(path) == ""
    black = reseau.hash(tmp_path / "black.avi").video
    for wrong in ("", "00", "not base64!", base64.b64encode(b"x" * 200).decode(), base64.b64encode(bytes(black)).decode()):
        with pytest.raises(ValueError):
            plugin.VideoSignal.validate_signal_str(wrong)
        with pytest.raises(ValueError):
            plugin.VideoIndex.build([(wrong, 1)])


@needs_ffmpeg
def test_a_video_has_no_signal_of_a_picture_and_is_no_error(films):
    data = (films / "known.avi").read_bytes()
    assert plugin.GridSignal.hash_from_bytes(data) == plugin.FastPdqSignal.hash_from_bytes(data) == ""


@needs_ffmpeg
def test_a_video_that_cannot_be_looked_at_is_not_passed_off_as_no_match(films, tmp_path):
    known = (films / "known.avi").read_bytes()
    (tmp_path / "cut.avi").write_bytes(known[:600])
    (tmp_path / "empty.avi").write_bytes(b"")
    black = avi([Image.new("RGB", (320, 192))] * 16)
    (tmp_path / "black.avi").write_bytes(black[: len(black) // 2])
    for signal in (plugin.VideoSignal, plugin.GridSignal):
        with pytest.raises(FileNotFoundError):
            signal.hash_from_file(tmp_path / "missing.mp4")
    for name in ("cut.avi", "empty.avi", "black.avi"):
        with pytest.raises(reseau.InputError, match=name):
            plugin.VideoSignal.hash_from_file(tmp_path / name)


def test_an_index_of_videos_is_saved_and_comes_back():
    (example,) = plugin.VideoSignal.get_examples()
    saved = io.BytesIO()
    plugin.VideoIndex.build([(example, "a"), (example, "b")]).serialize(saved)
    loaded = plugin.VideoIndex.deserialize(io.BytesIO(saved.getvalue()))
    assert [m.metadata for m in loaded.query(example)] == ["a", "b"]
    for at in range(len(saved.getvalue())):
        damaged = bytearray(saved.getvalue())
        damaged[at] ^= 1
        with pytest.raises(reseau.SnapshotError):
            plugin.VideoIndex.deserialize(io.BytesIO(damaged))
    with pytest.raises(reseau.SnapshotError):
        plugin.GridIndex.deserialize(io.BytesIO(saved.getvalue()))


@needs_ffmpeg
def test_tx_match_finds_a_clip(tmp_path, films):
    run = tx_at(tmp_path)
    run("config", "extensions", "add", "reseau.threatexchange")
    (tmp_path / "known.txt").write_text(f"reseau_video {plugin.VideoSignal.hash_from_file(films / 'known.avi')}\n")
    run("config", "collab", "edit", "local_file", "--create", "ours", "--filename", str(tmp_path / "known.txt"))
    run("fetch")
    assert "reseau_video 0:0" in run("match", "video", films / "upload.avi")
    assert "reseau_video" not in run("match", "video", films / "other.avi")
