"""Videos are taken as pictures are, and a match says where."""

import json
import os

import pytest

from conftest import CLEAR, MATCH, UNEXAMINED
from films import frames_of, write_films


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    return write_films(tmp_path_factory.mktemp("films"))


@pytest.fixture
def film_bank(reseau, films):
    reseau("bank", "init", "films.bank", expect=CLEAR)
    assert reseau.rows("bank", "add", "films.bank", films / "known.avi")[0]["entry"] == "1"
    return "films.bank"


def test_hash_gives_frames_with_their_times(reseau, films):
    row, = reseau.rows("hash", films / "known.avi")
    assert row["media"] == "video" and row["outcome"] == "ok" and "error" not in row
    assert row["isolation"].startswith("worker+no_new_privs+seccomp")
    assert {**row, "isolation": "none"} == reseau.rows("hash", "--no-isolation", films / "known.avi")[0]
    assert row["duration"] == pytest.approx(20, abs=0.3) and (row["width"], row["height"]) == (320, 192)
    assert row["grid"] is None and row["pdq"] is None and len(row["sha256"]) == 64
    times = [frame["time"] for frame in row["frames"]]
    assert times == sorted(times) and 20 <= len(times) <= 45
    assert all(len(frame["grid"]) == 192 and len(frame["pdq"]) == 64 for frame in row["frames"])


def test_a_clip_is_located(reseau, films, film_bank):
    row, = reseau.rows("match", film_bank, films / "upload.avi", expect=MATCH)
    found, = row["matches"]
    assert found["entry"] == "1" and found["entry_media"] == "video" and found["verdict"] == "near"
    stretch, = found["stretches"]
    assert stretch["query_from"] == pytest.approx(6, abs=1) and stretch["query_to"] == pytest.approx(16, abs=1)
    assert stretch["entry_from"] == pytest.approx(5, abs=1) and stretch["entry_to"] == pytest.approx(15, abs=1)
    assert stretch["speed"] == pytest.approx(1, abs=0.05) and stretch["frames"] > 10
    text = reseau("match", film_bank, films / "upload.avi", expect=MATCH).stdout.decode()
    assert "shows the entry 0:00:0" in text and "a person should review it" in text


def test_other_films_and_stills_are_told_apart(reseau, films, film_bank):
    assert reseau.rows("match", film_bank, films / "other.avi")[0]["matches"] == []
    found, = reseau.rows("match", film_bank, films / "still.png", expect=MATCH)[0]["matches"]
    assert found["entry_media"] == "video" and found["stretches"][0]["frames"] == 1
    assert found["stretches"][0]["entry_from"] == pytest.approx(10, abs=0.6)


ANIMATIONS = {"GIF": "gif", "WEBP": "webp", "PNG": "png"}


def animated(path, frames, rate=8, **options):
    shortened = [frame.quantize(128, dither=0) for frame in frames] if path.suffix == ".gif" else frames
    shortened[0].save(path, save_all=True, append_images=shortened[1:], duration=1000 // rate, **options)
    return path


@pytest.mark.parametrize("suffix", ANIMATIONS.values())
def test_an_animation_of_a_known_video_is_located_in_it(reseau, film_bank, tmp_path, suffix):
    path = animated(tmp_path / f"clip.{suffix}", frames_of(3, 20)[40:120])
    *pictures, film = reseau.rows("match", film_bank, path, expect=MATCH)
    assert pictures[0]["part"] is None and film["part"] == "animation" and film["sha256"] is None
    assert film["duration"] == pytest.approx(10, abs=0.5)  # GIF counts hundredths
    found, = film["matches"]
    assert found["entry"] == "1" and found["entry_media"] == "video" and found["verdict"] == "near"
    stretch, = found["stretches"]
    assert stretch["entry_from"] == pytest.approx(5, abs=0.7) and stretch["entry_to"] == pytest.approx(15, abs=0.7)


def test_a_known_animation_is_found_in_a_video(reseau, films, tmp_path):
    path = animated(tmp_path / "known.gif", frames_of(3, 20)[40:120])
    reseau("bank", "init", "animations.bank", expect=CLEAR)
    added = reseau.rows("bank", "add", "animations.bank", path)
    film = added[-1]["entry"]
    assert added[-1]["part"] == "animation"
    row, = reseau.rows("match", "animations.bank", films / "upload.avi", expect=MATCH)
    found = next(match for match in row["matches"] if match["entry"] == film)
    assert found["entry_media"] == "video" and found["verdict"] == "near"
    assert found["stretches"][0]["query_from"] == pytest.approx(6, abs=0.7)
    assert found["stretches"][0]["entry_to"] == pytest.approx(10, abs=0.7)
    assert [row["existing"] for row in reseau.rows("bank", "add", "animations.bank", path)] == [True]


@pytest.mark.parametrize("suffix", ANIMATIONS.values())
def test_a_picture_hidden_in_an_animation_is_found(reseau, films, bank, tmp_path, suffix):
    hidden = frames_of(11, 1)[0]
    hidden.save(tmp_path / "hidden.png")
    reseau.rows("bank", "add", bank, tmp_path / "hidden.png")
    frames = frames_of(5, 6)
    frames[29] = hidden  # shown for an eighth of a second
    rows = reseau.rows("match", bank, animated(tmp_path / f"long.{suffix}", frames), expect=MATCH)
    found = {row["part"]: row["matches"] for row in rows if row["matches"]}
    assert "frame 30" in found and found["animation"][0]["entry_media"] == "image"
    assert found["animation"][0]["stretches"][0]["query_from"] == pytest.approx(29 / 8, abs=0.2)


def test_a_picture_that_only_blinks_is_no_video(reseau, tmp_path):
    still = frames_of(4, 1)[0]
    rows = reseau.rows("hash", animated(tmp_path / "still.webp", [still, still, still], lossless=True))
    assert [row["part"] for row in rows] == [None]


def test_what_is_cut_short_is_never_no_match(reseau, films, bank):
    row, = reseau.rows("match", bank, films / "cut.avi", expect=UNEXAMINED)
    assert row["outcome"] == "ok_partial" and row["matches"] == []
    assert "cut short" in reseau("match", bank, films / "cut.avi", expect=UNEXAMINED).stdout.decode()


def test_compare_says_where(reseau, films):
    row, = reseau.rows("compare", films / "upload.avi", films / "known.avi")
    assert row["same_picture"] is True and len(row["stretches"]) == 1
    row, = reseau.rows("compare", films / "other.avi", films / "known.avi")
    assert row["same_picture"] is False and row["stretches"] == []


@pytest.fixture
def vpdq_lists(reseau, films, tmp_path):
    """known.avi as lines, other.avi as JSON."""
    def listed(name):
        frames = reseau.rows("hash", films / name)[0]["frames"]
        return [(frame["pdq"], frame["pdq_quality"], frame["time"]) for frame in frames]

    known = tmp_path / "known.txt"
    known.write_text("".join(f"{i},{quality},{pdq},{time:.3f}\n" for i, (pdq, quality, time) in enumerate(listed("known.avi"))))
    other = tmp_path / "other.json"
    other.write_text(json.dumps([f"{pdq},{quality},{time:.3f}" for pdq, quality, time in listed("other.avi")]))
    return known, other


def test_videos_known_by_vpdq_lists_alone_are_found(reseau, films, vpdq_lists, tmp_path):
    known, other = vpdq_lists
    (tmp_path / "letter.txt").write_text("Dear Sir,\n")
    (tmp_path / "dim.txt").write_text("".join(f"{i},40,{'0f' * 32},{i}.0\n" for i in range(20)))
    wrong = [tmp_path / "letter.txt", tmp_path / "dim.txt", tmp_path / "gone.txt"]
    reseau("bank", "init", "lists.bank", expect=CLEAR)
    rows = reseau.rows("bank", "add", "lists.bank", "--vpdq", known, *wrong, other, expect=UNEXAMINED)
    assert [row.get("entry") for row in rows] == ["1", None, None, None, "2"]
    assert [row["error"]["code"] for row in rows[1:4]] == ["unsupported_format", "low_information", "io_error"]
    again, = reseau.rows("bank", "add", "lists.bank", "--vpdq", known, expect=CLEAR)
    assert again["entry"] == "1" and again["existing"]
    found, = reseau.rows("match", "lists.bank", films / "upload.avi", expect=MATCH)[0]["matches"]
    assert (found["entry"], found["algorithm"], found["entry_media"]) == ("1", "pdq", "video")
    assert found["stretches"][0]["query_from"] == pytest.approx(6, abs=1.1)
    assert reseau.rows("bank", "list", "lists.bank", "--labels")[0]["origin"] == str(known)


def test_one_video_that_is_too_long_for_a_bank_does_not_keep_others_out(reseau, vpdq_lists, tmp_path):
    known, other = vpdq_lists
    long = tmp_path / "long.txt"
    long.write_text("".join(f"{i},100,{'0f' * 32},{i / 2}\n" for i in range(2**19 + 1)))
    reseau("bank", "init", "long.bank", expect=CLEAR)
    rows = reseau.rows("bank", "add", "long.bank", "--vpdq", known, long, other, expect=UNEXAMINED)
    assert [row.get("entry") for row in rows] == ["1", None, "2"]
    assert rows[1]["error"]["code"] == "invalid_argument" and "frames" in rows[1]["error"]["message"]


def test_compare_takes_vpdq_lists_in_vpdqs_own_measure(reseau, films, vpdq_lists):
    known, other = vpdq_lists
    row, = reseau.rows("compare", films / "upload.avi", known)
    assert row["same_picture"] is True and row["stretches"][0]["query_from"] == pytest.approx(6, abs=1)
    assert 30 < row["vpdq"]["a_percent"] < 70 and 15 < row["vpdq"]["b_percent"] < 70
    assert reseau.rows("compare", known, known)[0]["vpdq"] == {"a_percent": 100, "b_percent": 100}
    row, = reseau.rows("compare", known, other)
    assert row["same_picture"] is False and row["vpdq"] == {"a_percent": 0, "b_percent": 0}
    assert "of A's frames are in B" in reseau("compare", known, other, expect=CLEAR).stdout.decode()
    assert reseau.rows("compare", films / "upload.avi", films / "known.avi")[0]["vpdq"] is None


@pytest.mark.parametrize("text", ["0,100," + "0" * 64 + ",0\n1,100,short,1\n", "[1, 2]", "{", "[" * 100000])
def test_what_begins_as_a_vpdq_list_and_is_none_is_named(reseau, films, tmp_path, text):
    (tmp_path / "list").write_text(text)
    row, = reseau.rows("compare", films / "known.avi", tmp_path / "list", expect=UNEXAMINED)
    assert row["b"]["outcome"] == "unsupported_format" and "begins as a vPDQ list" in row["b"]["error"]["message"]
    assert row["same_picture"] is None


def test_comparing_leaves_the_time_of_last_access_alone(reseau, films):
    paths = films / "upload.avi", films / "still.png"
    for path in paths:
        os.utime(path, (1_000_000_000, path.stat().st_mtime))
    reseau.rows("compare", *paths)
    assert [int(path.stat().st_atime) for path in paths] == [1_000_000_000] * 2  # it is evidence


def test_compare_takes_videos_that_are_too_large_to_be_held(reseau, films):
    row, = reseau.rows("compare", "--max-bytes", "100K", films / "upload.avi", films / "known.avi")
    assert row["same_picture"] is True and len(row["stretches"]) == 1


def test_key_frames_are_enough_where_all_are(reseau, films, film_bank):
    row, = reseau.rows("match", film_bank, films / "upload.avi", "--key-frames", expect=MATCH)
    assert row["matches"][0]["stretches"][0]["frames"] > 10
