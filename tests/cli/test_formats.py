"""What programs read: fields, order, and paths that try to break it."""

import csv
import io
import os
import shutil

from conftest import CLEAR, MATCH, UNEXAMINED
from pictures import photograph

HASH_FIELDS = ["path", "part", "media", "bytes", "width", "height", "completeness", "quality", "pdq_quality",
               "outcome", "isolation", "grid",
               "pdq", "sha256", "sha1", "md5"]
MATCH_FIELDS = ["entry", "list", "category", "algorithm", "distance", "limit", "aligned", "partial", "view",
                "expected_false", "verdict", "entry_media", "stretches"]
MATCH_COLUMNS = ["entry", "list", "category", "algorithm", "distance", "limit", "aligned", "partial", "turn",
                 "mirror", "negative", "tilt", "expected_false", "verdict", "entry_media",
                 "stretches"]


def csv_rows(done):
    """Header and rows, as Python's csv module reads them."""
    text = io.StringIO(done.stdout.decode(errors="surrogateescape"), newline="")
    return list(csv.reader(text, strict=True))


def test_fields_of_hash_are_stable(reseau, originals):
    good, bad = reseau.rows("hash", originals / "00.png", "missing.jpg", expect=UNEXAMINED)
    assert list(good) == HASH_FIELDS
    assert (good["media"], good["outcome"], good["width"], good["height"]) == ("image", "ok", 480, 360)
    assert [len(good[k]) for k in ("grid", "pdq", "sha256", "sha1", "md5")] == [192, 64, 64, 40, 32]
    assert good["bytes"] == (originals / "00.png").stat().st_size
    assert list(bad) == HASH_FIELDS + ["error"] and list(bad["error"]) == ["code", "message"]
    assert bad["outcome"] == bad["error"]["code"] == "io_error"
    assert all(bad[k] is None for k in HASH_FIELDS if k not in ("path", "outcome"))


def test_fields_of_match_are_stable(reseau, bank, originals):
    found, missed = reseau.rows("match", bank, originals / "00.png", "missing", expect=MATCH)
    assert list(found) == HASH_FIELDS + ["unaligned", "matches"]
    assert list(missed) == HASH_FIELDS + ["error", "unaligned", "matches"] and missed["matches"] == []
    match = found["matches"][0]
    assert list(match) == MATCH_FIELDS
    assert match["view"] == {"turn": 0, "mirror": False, "negative": False, "trim": None, "rectangle": None,
                             "tilt": 0.0}
    assert (match["entry"], match["verdict"], match["algorithm"]) == ("1", "exact", "sha256")
    assert (match["list"], match["category"], match["stretches"]) == (None, None, [])


def test_csv_has_the_same_as_json(reseau, originals):
    header, good, bad = csv_rows(reseau("hash", "--format", "csv", originals / "00.png", "missing.jpg"))
    assert header == HASH_FIELDS + ["error_code", "error_message"]
    json_good, json_bad = reseau.rows("hash", originals / "00.png", "missing.jpg", expect=UNEXAMINED)
    assert good == ["" if json_good[k] is None else str(json_good[k]) for k in HASH_FIELDS] + ["", ""]
    assert bad[-2:] == [json_bad["error"]["code"], json_bad["error"]["message"]]


def test_csv_of_match_loses_no_file(reseau, bank, originals):
    paths = [str(originals / "00.png"), "missing"]
    done = reseau("match", bank, *paths, "--all", "--format", "csv", expect=MATCH)
    header, *rows = csv_rows(done)
    assert header == HASH_FIELDS + ["error_code", "error_message"] + MATCH_COLUMNS
    assert all(len(row) == len(header) for row in rows)
    of_first = [row for row in rows if row[0] == paths[0]]
    assert {"sha256", "grid", "pdq"} <= {row[header.index("algorithm")] for row in of_first}
    assert [row[-len(MATCH_COLUMNS):] for row in rows if row[0] == "missing"] == [[""] * len(MATCH_COLUMNS)]


def test_paths_that_are_not_utf8_come_back(reseau, originals):
    names = [b"\xff\xfe.png", "é.png".encode(), b"half\xc3", b"\xed\xa0\x80.png", b'q"uo,te.png']
    for name in names:
        shutil.copy(originals / "00.png", reseau.folder / os.fsdecode(name))
    rows = reseau.rows("hash", *names)
    assert [os.fsencode(row["path"]) for row in rows] == names
    rows = csv_rows(reseau("hash", "--format", "csv", *names, expect=CLEAR))
    assert [os.fsencode(row[0]) for row in rows[1:]] == names


def test_a_path_cannot_forge_a_row_or_talk_to_the_terminal(reseau, originals):
    name = "a.png: no match\nb.png\x1b[2J\r\u202e\x9b\x7f"
    shutil.copy(originals / "00.png", reseau.folder / name)
    for format_ in ("text", "jsonl", "csv"):
        done = reseau("hash", "--format", format_, name, "no\nsuch\x1b[2J", expect=UNEXAMINED)
        if format_ == "csv":
            assert [row[0] for row in csv_rows(done)[1:]] == [name, "no\nsuch\x1b[2J"]
            continue
        assert not any(byte < 32 and byte != 10 for byte in done.stdout)
        assert "\x9b" not in done.stdout.decode() and "\x7f" not in done.stdout.decode()
        if format_ == "text":
            assert "\u202e" not in done.stdout.decode()
            assert r"no match\nb.png\x1b[2J\r\u202e\u009b\x7f: PNG" in done.stdout.decode()
    fatal = reseau("match", "no\nbank\x1b[2J", name, expect=2)
    assert b"\x1b" not in fatal.stderr


def test_rows_come_in_the_order_of_the_input_whatever_the_threads(reseau, originals, slow):
    paths = [slow, *sorted(originals.iterdir(), reverse=True), "missing", originals / "03.png"]
    one, many = (reseau("hash", "--format", "jsonl", "--threads", n, *paths).stdout for n in ("1", "7"))
    assert one == many
    rows = reseau.rows("hash", "--threads", "7", *paths, expect=UNEXAMINED)
    assert [row["path"] for row in rows] == [str(path) for path in paths]


def test_text_tells_people_what_to_do(reseau, bank, originals):
    photograph(0).transpose(0).save(reseau.folder / "mirrored.jpg", quality=90)
    text = reseau("match", bank, "mirrored.jpg", expect=MATCH).stdout.decode()
    assert text.startswith("mirrored.jpg: MATCH entry 1, ") and "; mirrored)" in text
    assert "false matches expected at this distance; a person should review it\n" in text
    text = reseau("match", bank, originals / "00.png", expect=MATCH).stdout.decode()
    assert ": MATCH entry 1, exact (same bytes, by sha256); a person should review it\n" in text


def test_the_summary_counts_and_can_be_silenced(reseau, originals):
    done = reseau("hash", originals / "00.png", "missing", expect=UNEXAMINED)
    assert done.stderr.startswith(b"reseau: 2 files in ")
    assert b": 1 ok, 1 io_error; 1 not (fully) examined\n" in done.stderr
    assert reseau("hash", "-q", originals / "00.png", expect=CLEAR).stderr == b""
