"""Videos from Python: frames as arrays, matches that say where, and Meta's vPDQ."""

import json
import pickle
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import reseau

from films import avi, frames_of, write_films


def test_a_build_without_ffmpeg_says_so_by_name():
    film = avi(frames_of(3, 1))
    if reseau.video_is_supported():
        assert reseau.hash(film).video is not None
        return
    for call in (reseau.hash, reseau.hash_vpdq):
        with pytest.raises(reseau.UnsupportedFormatError, match="RESEAU_VIDEO"):
            call(film)


needs_ffmpeg = pytest.mark.skipif(not reseau.video_is_supported(), reason="built without FFmpeg")


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    return write_films(tmp_path_factory.mktemp("films"))


@needs_ffmpeg
def test_frames_are_the_program_s_to_the_byte(program, films):
    for options in ([], ["--key-frames"]):
        done = subprocess.run([program, "hash", "--format", "jsonl", *options, films], capture_output=True, check=False)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        batch = reseau.hash_many([row["path"] for row in rows], key_frames=bool(options))
        assert sum(video is not None for video in batch.videos) == 4
        columns = batch.columns()
        for name in ("path", "media", "bytes", "width", "height", "quality", "outcome", "isolation", "sha256"):
            assert columns[name] == [row[name] for row in rows], name
        for video, row, duration in zip(batch.videos, rows, columns["duration"]):
            if video is None:
                assert row["media"] == "image" and duration is None
                continue
            frames = row["frames"]
            assert video.times.tolist() == [frame["time"] for frame in frames]
            assert video.until.tolist() == [frame["until"] for frame in frames]
            assert video.quality.tolist() == [frame["quality"] for frame in frames]
            assert [grid.tobytes().hex() for grid in video.grid] == [frame["grid"] for frame in frames]
            assert [pdq.tobytes().hex() for pdq in video.pdq] == [frame["pdq"] for frame in frames]
            assert round(duration, 3) == row["duration"] == video.duration


@needs_ffmpeg
def test_frames_are_views_that_keep_what_they_look_at(films):
    signature = reseau.hash(films / "known.avi")
    video = signature.video
    count = len(video)
    assert 20 <= count <= 45 and video.grid.shape == (count, 96) and video.pdq.shape == (count, 32)
    assert (video.grid.dtype, video.pdq.dtype, video.times.dtype) == (np.int8, np.uint8, np.float64)
    assert np.shares_memory(video.grid, signature.video.grid) and video.shots[0] and video.has_grid.all()
    assert np.all(np.diff(video.times) > 0) and np.all(video.until >= video.times)
    grid, times = video.grid, video.times
    before = grid.tobytes(), times.tobytes()
    for view in (grid, times, video.quality):
        with pytest.raises(ValueError):
            view[0] = 1
    del signature, video
    reseau.hash(films / "other.avi")
    assert (grid.tobytes(), times.tobytes()) == before
    still = reseau.hash(films / "still.png")
    assert still.video is None and still.duration is None


@needs_ffmpeg
def test_videos_are_decoded_in_confinement_and_are_the_same_without(films):
    paths = sorted(films.iterdir())
    confined, here = reseau.hash_many(paths), reseau.hash_many(paths, isolation="none")
    assert all(posture.startswith("worker+no_new_privs+seccomp") for posture in confined.columns()["isolation"])
    assert set(here.columns()["isolation"]) == {"none"}
    assert confined.videos == here.videos and confined.outcomes == here.outcomes
    assert reseau.hash(films / "known.avi", isolation="require").video == here.videos[paths.index(films / "known.avi")]


@needs_ffmpeg
def test_videos_travel_and_what_is_damaged_is_refused(films):
    signature = reseau.hash(films / "known.avi")
    video, data = signature.video, bytes(signature.video)
    again = pickle.loads(pickle.dumps(signature))
    assert again == signature and again.video == video and again.duration == signature.duration
    for copy in (reseau.VideoSignature.from_bytes(data), pickle.loads(pickle.dumps(video))):
        assert copy == video and hash(copy) == hash(video) and bytes(copy) == data
        assert copy.grid.tobytes() == video.grid.tobytes()
    assert video != reseau.hash(films / "other.avi").video and video != data
    for wrong in (b"", data[:-1], data + b"\0", b"x" + data[1:]):
        with pytest.raises(reseau.ArgumentError):
            reseau.VideoSignature.from_bytes(wrong)


@needs_ffmpeg
def test_videos_among_pictures_keep_their_place_and_are_no_pictures(films, photographs, tmp_path):
    inputs = [photographs[0], films / "known.avi", None, films / "known.avi", photographs[0], films / "cut.avi"]
    batch = reseau.hash_many(inputs)
    assert batch.hashed.tolist() == [True, False, False, False, True, False]
    assert [video is not None for video in batch.videos] == [False, True, False, True, False, True]
    assert [failure.index for failure in batch.failures] == [2] and batch.outcomes[5] == "ok_partial"
    assert not batch.grid[1].any() and batch.quality[1] > 50
    # Rows of zeros would all be copies of each other.
    assert reseau.group(batch).labels.tolist() == [0, -1, -1, -1, 0, -1]
    with pytest.raises(ValueError, match="4 of the batch"):
        reseau.Index("grid").add(range(6), batch)
    videos = batch.to_pandas()["video"]
    assert reseau.VideoSignature.from_bytes(bytes.fromhex(videos[1])) == batch.videos[1]
    pytest.importorskip("pyarrow")
    from pyarrow import parquet
    parquet.write_table(batch.to_arrow(), tmp_path / "t.parquet")
    table = parquet.read_table(tmp_path / "t.parquet")
    assert table["video"][3].as_py() == bytes(batch.videos[3]) and table["video"][0].as_py() is None
    assert table["duration"][1].as_py() == pytest.approx(20, abs=0.3)


@needs_ffmpeg
def test_a_match_says_where_as_the_program_does(program, films, tmp_path):
    with reseau.Bank.create(tmp_path / "films") as bank:
        (added,) = bank.add([films / "known.avi"], labels=["case"])
        assert added.entry == 1 and bank.info()["videos"] == 1 and bank.info()["frames"] > 20
        (entry,) = bank
        assert entry.video == reseau.hash(films / "known.avi").video and entry.grid is None
        done = subprocess.run([program, "match", tmp_path / "films", films, "--format", "jsonl"], capture_output=True,
                              check=False)
        rows = {row["path"]: row["matches"] for row in map(json.loads, done.stdout.splitlines())}
        for found in reseau.match_many(bank, rows):
            theirs = rows[found.query.name]
            assert [m.verdict for m in found] == [m["verdict"] for m in theirs]
            for ours, same in zip(found, theirs):
                assert ours.entry_media == same["entry_media"]
                for stretch, other in zip(ours.stretches, same["stretches"], strict=True):
                    for field in ("query_from", "query_to", "entry_from", "entry_to", "speed"):
                        assert getattr(stretch, field) == pytest.approx(other[field], abs=0.001)
                    assert (stretch.frames, stretch.distance) == (other["frames"], other["distance"])
                    assert stretch.expected_false == other["expected_false"]
        (found,) = bank.match(films / "upload.avi")
        (stretch,) = found.stretches
        assert found.verdict == "near" and stretch.frames > 10 and stretch.view == "as is"
        assert [stretch.query_from, stretch.entry_from] == [pytest.approx(6, abs=1), pytest.approx(5, abs=1)]
        (still,) = bank.match(films / "still.png")
        assert [s.frames for s in still.stretches] == [1]
        upload = reseau.hash(films / "upload.avi")
        assert [m.stretches for m in bank.match(upload)] == [found.stretches]  # without its pixels
        assert reseau.find_stretches(upload.video, entry.video)[0][:4] == stretch[:4]
        assert not reseau.find_stretches(reseau.hash(films / "other.avi").video, entry.video)


@needs_ffmpeg
def test_what_is_cut_short_is_known_and_looked_up_by_what_is_there(films, tmp_path):
    with reseau.Bank.create(tmp_path / "b") as bank:
        with pytest.raises(reseau.InputError, match="ok_partial"):
            bank.match(films / "cut.avi")  # silence would be taken for "no match"
        (row,) = bank.add([films / "cut.avi"])
        assert (row.entry, row.outcome) == (1, "ok_partial")
        (found,) = bank.match(films / "upload.avi")
        assert found.entry_media == "video" and found.stretches[0].frames > 5


@needs_ffmpeg
def test_vpdq_is_written_read_and_compared(films, tmp_path):
    made = reseau.hash_vpdq(films / "known.avi")
    assert made.outcome == "ok" and len(made) == 20 and made.times.tolist() == list(range(20))
    assert made.frames.tolist() == list(range(0, 160, 8)) and made.pdq.shape == (20, 32)
    assert reseau.Vpdq.from_text(made.text()) == made and made.name == str(films / "known.avi")
    again = reseau.Vpdq.from_json(made.json())
    assert again.pdq.tobytes() == made.pdq.tobytes() and json.loads(made.json())[3].startswith(made.pdq[3].tobytes().hex())
    assert reseau.compare_vpdq(again, made) == (100, 100)
    here = reseau.hash_vpdq(films / "known.avi", isolation="none")
    assert here == made and (here.isolation, again.isolation) == ("none", None)
    assert made.isolation.startswith("worker+no_new_privs+seccomp")
    part = reseau.compare_vpdq(made, reseau.hash_vpdq((films / "upload.avi").read_bytes()))
    assert 40 < part.query_percent < 100 and part.known_percent > 40
    (stretch, *_) = reseau.find_stretches(reseau.hash_vpdq(films / "upload.avi").video(), made.video())
    assert stretch.query_from == pytest.approx(6, abs=1.1)


def test_vpdq_that_is_none_is_refused_by_name(tmp_path):
    for wrong in ("0,100,ff,0.0", "nonsense", "0,100," + "0g" * 32):
        with pytest.raises(reseau.ArgumentError, match="line 1"):
            reseau.Vpdq.from_text(wrong)
    for wrong in ("", "[", "[3]", '["00,1,2"]'):
        with pytest.raises(reseau.ArgumentError):
            reseau.Vpdq.from_json(wrong)
    assert len(reseau.Vpdq.from_text("")) == 0 == reseau.Vpdq.from_text("").pdq.size
    with pytest.raises(reseau.ArgumentError, match="pixels"):
        reseau.hash_vpdq(np.zeros((64, 64), np.uint8))
    with pytest.raises(reseau.ReadError, match="gone"):
        reseau.hash_vpdq(tmp_path / "gone.mp4")
    for seconds in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError):
            reseau.hash_vpdq(tmp_path / "gone.mp4", seconds=seconds)


@pytest.fixture(scope="module")
def long_film(tmp_path_factory):
    """Ten minutes, each frame unlike the one before."""
    path = tmp_path_factory.mktemp("long") / "film.avi"
    scenes = [frames_of(seed, 12, rate=1) for seed in range(10)]
    path.write_bytes(avi([frame for scene in zip(*scenes) for frame in scene] * 10, rate=2))
    return path


@needs_ffmpeg
@pytest.mark.parametrize("call", ["hash(path)", "hash_many([path])", "hash_vpdq(path, seconds=0)"])
def test_ctrl_c_ends_one_video_in_its_middle(call, long_film, start):
    code = f"import sys, reseau; path = sys.argv[1]; print(flush=True); reseau.{call}; print('to the end')"
    process = start(code, long_film)
    process.stdout.readline()
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGINT and output == "" and "KeyboardInterrupt" in errors


@needs_ffmpeg
def test_the_interpreter_may_end_in_the_middle_of_a_video(long_film):
    code = """
import sys, threading, time, reseau
for call in (reseau.hash, lambda path: reseau.hash_vpdq(path, seconds=0)):
    threading.Thread(target=call, args=sys.argv[1:], daemon=True).start()
time.sleep(0.3)
"""
    done = subprocess.run([sys.executable, "-B", "-c", code, long_film], capture_output=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize("call, kind", [
    (lambda video, vpdq: reseau.find_stretches(video, None), TypeError),
    (lambda video, vpdq: reseau.find_stretches("film.avi", video), TypeError),
    (lambda video, vpdq: reseau.find_stretches(video, video, among=-1), ValueError),
    (lambda video, vpdq: reseau.find_stretches(video, video, among=1.5), TypeError),
    (lambda video, vpdq: reseau.compare_vpdq(vpdq, video), TypeError),
    (lambda video, vpdq: reseau.compare_vpdq(vpdq, vpdq, limit="31"), TypeError),
    (lambda video, vpdq: reseau.compare_vpdq(vpdq, vpdq, quality=-1), ValueError),
    (lambda video, vpdq: reseau.hash_vpdq(b"", seconds="1"), TypeError),
])
def test_wrong_arguments_are_told_in_a_sentence(call, kind):
    vpdq = reseau.Vpdq.from_text("0,100," + "0f" * 32 + ",0.0\n")
    with pytest.raises(kind) as caught:
        call(vpdq.video(), vpdq)
    assert "incompatible" not in str(caught.value) and "not supported between" not in str(caught.value)
