"""What may be named on the command line or in a list, and what bad input does."""

import os
import shutil
import socket

import pytest
from PIL import Image

from conftest import CLEAR, FATAL, UNEXAMINED
from pictures import huge_png_header, photograph


@pytest.fixture
def bad(tmp_path):
    """name -> (outcome, whether the exit code must tell of it)"""
    whole = tmp_path / "whole.jpg"
    photograph(1).save(whole, quality=90)
    os.mkfifo(tmp_path / "fifo.jpg")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("This is no picture, whatever its name says.\n" * 20)
    (tmp_path / "cut.jpg").write_bytes(whole.read_bytes()[:640])  # its tables, and not one row
    (tmp_path / "list.mp4").write_text("#EXTM3U\nfile:///etc/passwd\n")
    (tmp_path / "bomb.png").write_bytes(huge_png_header())
    (tmp_path / "dangling.jpg").symlink_to("nowhere")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.jpg"))
    Image.new("RGB", (64, 64), "red").save(tmp_path / "flat.png")
    return {
        "missing.jpg": ("io_error", True),
        "fifo.jpg": ("policy_filetype", True),
        "socket.jpg": ("policy_filetype", True),
        "/dev/zero": ("policy_filetype", True),
        "empty.jpg": ("empty", False),
        "text.jpg": ("unsupported_format", False),
        "cut.jpg": ("corrupt", True),
        "list.mp4": ("policy_protocol", True),
        "bomb.png": ("limit_pixels", True),
        "dangling.jpg": ("io_error", True),
        "flat.png": ("low_information", False),
    }


@pytest.mark.parametrize("command", ["hash", "match", "add"])
def test_bad_input_is_a_row_with_a_reason(reseau, bank, bad, command):
    before = reseau("bank", "list", bank, "--labels", expect=CLEAR).stdout
    arguments = {"hash": ["hash"], "match": ["match", bank], "add": ["bank", "add", bank]}[command]
    for name, (outcome, must_tell) in bad.items():
        row, = reseau.rows(*arguments, name, expect=UNEXAMINED if must_tell else CLEAR)
        assert row["path"] == name
        if name == "flat.png":
            if command == "add":  # known by its exact bytes
                reseau("bank", "remove", bank, row["entry"], expect=CLEAR)
            continue
        assert row["error"]["code"] == outcome, row
        message = row["error"]["message"]
        assert message and "\n" not in message and not message.endswith(".")
    assert reseau("bank", "list", bank, "--labels", expect=CLEAR).stdout == before


def test_digests_are_there_whenever_bytes_could_be_read(reseau, bad):
    for name in ("empty.jpg", "text.jpg", "cut.jpg", "bomb.png", "flat.png"):
        row, = reseau.rows("hash", name, expect=UNEXAMINED if bad[name][1] else CLEAR)
        assert len(row["sha256"]) == 64 and row["bytes"] == (reseau.folder / name).stat().st_size


def test_a_folder_is_walked_in_the_order_of_sorted_paths(reseau, originals, tmp_path):
    names = ["t/b.png", "t/a.png", "t/a/z.png", "t/a!.png", "t/a.b/c.png", "t/A.png", "t/a/y/deep.png", "t/Ä.png"]
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(originals / "00.png", path)
    (tmp_path / "t" / "nothing").mkdir()
    expected = sorted(os.fsencode(name) for name in names)
    for folder in ("t", "t/"):
        assert [os.fsencode(row["path"]) for row in reseau.rows("hash", folder)] == expected


def test_a_walk_follows_no_link_and_stops_at_no_fifo(reseau, originals, tmp_path):
    walked = tmp_path / "w"
    walked.mkdir()
    (walked / "circle").symlink_to(walked)
    (walked / "link.png").symlink_to(originals / "00.png")
    os.mkfifo(walked / "pipe")
    rows = reseau.rows("hash", "w", expect=UNEXAMINED)
    assert [(row["path"], row["outcome"]) for row in rows] == [
        ("w/circle", "policy_filetype"), ("w/link.png", "policy_filetype"), ("w/pipe", "policy_filetype")]
    # What is named by itself is followed.
    assert reseau.rows("hash", "w/link.png")[0]["outcome"] == "ok"


def test_a_folder_that_cannot_be_read_is_a_row_and_not_a_silence(reseau, originals, tmp_path):
    deep = tmp_path / "deep"
    deep.mkdir()
    shutil.copy(originals / "00.png", deep / "zz.png")
    here = os.open(deep, os.O_RDONLY)
    for _ in range(20):  # together longer than any path may be
        os.mkdir("x" * 250, dir_fd=here)
        there = os.open("x" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = there
    os.close(here)
    unread, good = reseau.rows("hash", "deep", expect=UNEXAMINED)
    assert unread["outcome"] == "io_error" and unread["path"].startswith("deep/xxx")
    assert (good["path"], good["outcome"]) == ("deep/zz.png", "ok")


def test_an_empty_folder_is_no_error(reseau, tmp_path):
    (tmp_path / "nothing").mkdir()
    done = reseau("hash", "nothing", expect=CLEAR)
    assert done.stdout == b"" and b"0 files" in done.stderr


@pytest.mark.parametrize("separator, options", [(b"\n", []), (b"\0", ["--null"]), (b"\0", ["-0"])])
def test_a_list_on_standard_input(reseau, originals, separator, options):
    names = [os.fsencode(originals / "01.png"), b"\xffmissing", os.fsencode(originals)]
    for end in (separator, b"", separator * 3):
        rows = reseau.rows("hash", "-", *options, input=separator.join(names) + end, expect=UNEXAMINED)
        assert [os.fsencode(row["path"]) for row in rows[:2]] == names[:2]
        assert len(rows) == 2 + 12


def test_a_list_may_name_paths_with_line_feeds(reseau, originals, tmp_path):
    shutil.copy(originals / "01.png", tmp_path / "a\nb.png")
    row, = reseau.rows("hash", "-", "--null", input=b"a\nb.png\0")
    assert row["path"] == "a\nb.png"


def test_a_list_that_is_none_fails_in_bounded_memory(reseau):
    done = reseau("hash", "-", input=b"x" * 1_000_000, expect=FATAL)
    assert b"standard input" in done.stderr and b"--null" in done.stderr
    row, = reseau.rows("hash", "-", input=b"a.png\0b.png\0", expect=UNEXAMINED)  # --null forgotten
    assert row["outcome"] == "io_error"


def test_names_that_look_like_something_else(reseau, originals, tmp_path):
    names = ["[a,b]", "[", "hash", "bank", "-rf.png", "--help", "\x01[x]", "a=b", "~", "*"]
    for name in names:
        shutil.copy(originals / "00.png", tmp_path / name)
    done = reseau("hash", "--format", "csv", "-q", "--", *names, expect=CLEAR)
    assert [line.split(b",,image,")[0].strip(b'"') for line in done.stdout.splitlines()[1:]] == [
        os.fsencode(name) for name in names]


def test_limits_are_held_and_can_be_moved(reseau, originals):
    picture = originals / "00.png"
    for options, outcome in [(["--max-pixels", "1000"], "limit_pixels"), (["--max-bytes", "1K"], "limit_bytes"),
                             (["--max-pixels", "1k"], "limit_pixels")]:
        assert reseau.rows("hash", picture, *options, expect=UNEXAMINED)[0]["outcome"] == outcome
    assert reseau.rows("hash", picture, "--max-pixels", "1M", "--max-bytes", "1G")[0]["outcome"] == "ok"


def test_compare(reseau, originals, tmp_path, bad):
    photograph(0).resize((240, 180)).transpose(Image.ROTATE_90).save(tmp_path / "edited.jpg", quality=80)
    row, = reseau.rows("compare", originals / "00.png", "edited.jpg")
    assert list(row) == ["a", "b", "same_bytes", "same_picture", "grid", "aligned", "pdq", "vpdq", "stretches"]
    assert list(row["grid"]) == ["distance", "limit", "view", "expected_false"]
    assert row["a"]["isolation"] == row["b"]["isolation"] and row["a"]["isolation"].startswith("worker+")
    inside, = reseau.rows("compare", "--no-isolation", originals / "00.png", "edited.jpg")
    assert inside["b"].pop("isolation") == inside["a"].pop("isolation") == "none"
    assert inside == {**row, **{side: {k: v for k, v in row[side].items() if k != "isolation"} for side in "ab"}}
    assert (row["same_bytes"], row["same_picture"]) == (False, True)
    assert row["grid"]["view"]["turn"] in (90, 270) and row["pdq"]["view"] == row["grid"]["view"]
    row, = reseau.rows("compare", originals / "00.png", originals / "00.png")
    assert row["same_bytes"] is True and row["grid"]["distance"] == row["pdq"]["distance"] == 0
    row, = reseau.rows("compare", originals / "00.png", "cut.jpg", expect=UNEXAMINED)
    assert (row["same_bytes"], row["same_picture"], row["grid"]) == (False, None, None)
    assert row["b"]["error"]["code"] == "corrupt"
    row, = reseau.rows("compare", originals / "00.png", "missing.jpg", expect=UNEXAMINED)
    assert row["same_bytes"] is None  # unknown is not no
    picture = Image.open(originals / "00.png")
    width, height = picture.size
    picture.crop((width // 10, height // 10, width * 7 // 10, height * 7 // 10)).save(tmp_path / "part.png")
    row, = reseau.rows("compare", "part.png", originals / "00.png")
    assert row["same_picture"] and row["aligned"]["distance"] < row["aligned"]["limit"] < row["grid"]["distance"]
    for format_ in ("text", "csv"):
        assert reseau("compare", originals / "00.png", "edited.jpg", "--format", format_, expect=CLEAR).stdout
    reseau("compare", originals / "00.png", expect=FATAL)
    reseau("compare", "--no-isolation", "--require-isolation", originals / "00.png", "edited.jpg", expect=FATAL)
    reseau("compare", "-", originals / "00.png", expect=FATAL)


def test_nothing_is_left_behind(reseau, bank, originals):
    def files():  # but for SQLite's journal and its index, beside the bank
        return {p.name for p in reseau.folder.iterdir()} - {"known.bank-wal", "known.bank-shm"}

    before = files()
    reseau("match", bank, originals)
    reseau("hash", originals)
    reseau("compare", originals / "00.png", originals / "01.png")
    assert files() == before
