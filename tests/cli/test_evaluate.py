"""Figures of one's own photographs: files where they were asked for, rows, and reasons."""

import json
import signal
import time

import pytest

from conftest import CLEAR, FATAL
from films import avi, frames_of
from pictures import photograph


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photographs")
    for seed in range(24):
        photograph(seed, (200, 150)).save(folder / f"{seed:02}.png")
    return folder


SMALL = ("--level", "base", "--queries", "2", "-q")


def test_a_report_is_written_and_shows_no_photograph(reseau, photographs):
    done = reseau("evaluate", photographs, "--out", "new/report", *SMALL, expect=CLEAR)
    assert done.stdout.startswith(b"24 photographs known")
    page = (reseau.folder / "new/report/report.html").read_text()
    assert "<svg" in page and "<img" not in page and "<script" not in page
    figures = json.loads((reseau.folder / "new/report/evaluation.json").read_text())
    assert figures["format"] == 1 and figures["levels"] == ["base"]


def test_rows_are_the_rules_of_the_report(reseau, photographs):
    rows = reseau.rows("evaluate", photographs, "--out", "report", *SMALL)
    figures = json.loads((reseau.folder / "report/evaluation.json").read_text())
    assert rows == figures["rules"]
    table = reseau("evaluate", photographs, "--out", "report", "--format", "csv", *SMALL, expect=CLEAR)
    assert table.stdout.startswith(b"rule,rate,entries") and len(table.stdout.splitlines()) == len(rows) + 1


def test_a_list_on_standard_input_is_as_good_as_a_folder(reseau, photographs):
    listed = "".join(f"{path}\n" for path in sorted(photographs.iterdir()))
    by_list = reseau.rows("calibrate", "-", *SMALL, input=listed.encode())
    assert by_list == reseau.rows("calibrate", photographs, *SMALL)
    assert [row["kind"] for row in by_list] == ["grid", "pdq"]


def test_calibrate_says_how_its_limits_are_used(reseau, photographs):
    text = reseau("calibrate", photographs, "--entries", "10", *SMALL, expect=CLEAR).stdout.decode()
    assert "among 10 entries" in text and "--aligned-limit" in text
    reseau("calibrate", photographs, *SMALL, "--out", "limits.json", expect=CLEAR)
    assert json.loads((reseau.folder / "limits.json").read_text())["curves"]


@pytest.mark.parametrize("arguments, reason", [
    (("evaluate", "PHOTOS"), "--out"),
    (("evaluate", "missing", "--out", "report"), "missing"),
    (("evaluate", "PHOTOS/00.png", "--out", "report"), "could be read: 1;"),
    (("evaluate", "PHOTOS", "--out", "/proc/report"), "/proc/report"),
    (("evaluate", "PHOTOS", "--out", "report", "--groups", "none.csv"), "none.csv"),
    (("evaluate", "PHOTOS", "--out", "report", "--protocol", "copydays"), "original/"),
    (("evaluate", "--video", "PHOTOS", "--out", "report"), "show different things"),
    (("evaluate", "--video", "PHOTOS", "--out", "report", "--level", "base"), "--level"),
    (("evaluate", "PHOTOS", "--out", "report", "--clips", "2"), "--video"),
    (("calibrate", "PHOTOS", "--entries", "0"), "--entries"),
    (("calibrate", "PHOTOS", "--entries", "-5"), "less than zero"),
    (("calibrate", "PHOTOS", "--queries", "-1"), "less than zero"),
    (("calibrate", "PHOTOS", "--seed", "-1"), "less than zero"),
    (("calibrate", "PHOTOS", "--out", "PHOTOS/00.png"), "exists already"),
    (("calibrate", "PHOTOS", "--out", "none/limits.json"), "No such file"),
    (("calibrate", "PHOTOS", "--expected-false", "0"), "--expected-false"),
])
def test_what_cannot_be_done_is_said_in_one_sentence(reseau, photographs, arguments, reason):
    arguments = [word.replace("PHOTOS", str(photographs)) for word in arguments]
    assert reason in reseau(*arguments, expect=FATAL).stderr.decode()


def test_videos_have_a_report_of_their_own(reseau):
    films = reseau.folder / "films"
    films.mkdir()
    for seed in range(4):
        (films / f"{seed}.avi").write_bytes(avi(frames_of(seed, 2, size=(160, 96))))
    done = reseau("evaluate", "--video", films, "--out", "report", "--hours", "0.01", "-q", expect=CLEAR)
    assert done.stdout.startswith(b"4 videos of 4 distinct scenes")
    figures = json.loads((reseau.folder / "report/evaluation.json").read_text())
    # No clip fits into two seconds, and that is said.
    assert figures["protocol"] == "video" and figures["clips"] == []
    assert [length["clips"] for length in figures["videos"]["lengths"]] == [0, 0, 0, 0]
    assert figures["strangers"]["hours"] == pytest.approx(0.01, rel=0.05)
    page = (reseau.folder / "report/report.html").read_text()
    assert "4 distinct scenes" in page and "<img" not in page and "<script" not in page


def test_an_interrupted_evaluation_leaves_no_report(reseau, photographs):
    running = reseau.start("evaluate", photographs, "--out", "report", "--queries", "0", "--threads", "1")
    time.sleep(1.5)
    running.send_signal(signal.SIGINT)
    _, messages = running.communicate(timeout=60)
    assert running.returncode == 130 and not messages
    assert not list((reseau.folder / "report").iterdir())


def test_an_aligned_limit_is_a_limit_of_its_own(reseau, bank, originals):
    crop = reseau.folder / "crop.png"
    from PIL import Image
    picture = Image.open(sorted(originals.iterdir())[2])
    width, height = picture.size
    picture.crop((width // 14, height // 14, width - width // 14, height - height // 14)).save(crop)
    rows = reseau.rows("match", bank, crop, "--kind", "grid", "--limit", "0", "--aligned-limit", "60000", expect=1)
    assert [match["entry"] for match in rows[0]["matches"]] == ["3"]
    assert rows[0]["matches"][0]["limit"] == 60000
    reseau("match", bank, crop, "--kind", "grid", "--limit", "0", "--aligned-limit", "0", expect=CLEAR)
