"""What a bank says it holds, it holds; what it cannot take, it says, and stays as it was."""

import json
import os
import pathlib
import resource
import shutil
import signal
import random
import re
import sqlite3
import subprocess

import pytest
from PIL import Image

from conftest import CLEAR, FATAL, MATCH, UNEXAMINED
from pictures import photograph

ADD_FIELDS = ["path", "entry", "existing"]
LIST_FIELDS = ["entry", "added", "signatures", "bytes", "width", "height", "quality", "pdq_quality",
               "sha256", "sha1", "md5"]


def ids(reseau, bank, *options):
    return [row["entry"] for row in reseau.rows("bank", "list", bank, *options)]


def test_init_never_overwrites(reseau, bank):
    before = bank.read_bytes()
    done = reseau("bank", "init", bank, expect=FATAL)
    assert b"known.bank" in done.stderr and bank.read_bytes() == before
    (reseau.folder / "letter").write_text("dear")
    reseau("bank", "init", "letter", expect=FATAL)
    assert (reseau.folder / "letter").read_text() == "dear"
    reseau("bank", "init", "no/such/folder/x.bank", expect=FATAL)


def test_add_reports_and_does_not_add_twice(reseau, bank, originals):
    rows = reseau.rows("bank", "add", bank, originals / "00.png", originals / "10.png", originals / "10.png")
    assert [list(row) for row in rows] == [ADD_FIELDS] * 3
    assert [(row["entry"], row["existing"]) for row in rows] == [("1", True), ("9", False), ("9", True)]
    error, = reseau.rows("bank", "add", bank, "missing", expect=UNEXAMINED)
    assert list(error) == ["path", "error"] and list(error["error"]) == ["code", "message"]
    done = reseau("bank", "add", bank, originals / "00.png", "missing", "--format", "csv", expect=UNEXAMINED)
    header, good, bad = done.stdout.decode().splitlines()
    assert header == "path,entry,existing,part,error_code,error_message"
    assert good.endswith("00.png,1,true,,,") and bad.startswith("missing,,,,io_error,")
    assert b"0 added, 1 there already, 1 not added" in done.stderr


def test_labels_join(reseau, bank, originals):
    reseau("bank", "add", bank, originals / "00.png", "--label", "b, \"c\"", "--label", "[d]", expect=CLEAR)
    rows = reseau.rows("bank", "list", bank, "--label", "[d]", "--labels")
    assert [row["entry"] for row in rows] == ["1"]
    assert sorted(rows[0]["labels"]) == sorted(["case-17", "b, \"c\"", "[d]"])
    assert rows[0]["origin"] == str(originals / "00.png")


def test_pictures_with_nothing_to_recognise_match_by_their_bytes_only(reseau, bank):
    Image.new("RGB", (100, 100), "navy").save(reseau.folder / "flat.png")
    Image.new("RGB", (90, 90), "navy").save(reseau.folder / "flatter.png")
    done = reseau("bank", "add", bank, "flat.png", expect=CLEAR)
    assert b"exact bytes only" in done.stdout
    assert reseau.rows("bank", "list", bank)[-1]["signatures"] == []
    flat, flatter = reseau.rows("match", bank, "flat.png", "flatter.png", expect=MATCH)
    assert [m["verdict"] for m in flat["matches"]] == ["exact"] and flatter["matches"] == []


def test_list_shows_what_is_asked_for(reseau, bank):
    row = reseau.rows("bank", "list", bank)[0]
    assert list(row) == LIST_FIELDS and row["signatures"] == ["grid", "pdq"]
    assert (row["width"], row["height"]) == (480, 360)
    assert list(reseau.rows("bank", "list", bank, "--labels", "--signatures")[0]) == LIST_FIELDS + [
        "origin", "labels", "grid", "pdq"]
    header = reseau("bank", "list", bank, "--format", "csv", expect=CLEAR).stdout.decode().splitlines()[0]
    assert header.split(",") == LIST_FIELDS
    assert len(reseau("bank", "list", bank, expect=CLEAR).stdout.splitlines()) == 8


def test_info_and_verify(reseau, bank):
    info, = reseau.rows("bank", "info", bank)
    assert list(info) == ["path", "id", "created", "format", "level", "search", "recall", "entries", "with_grid",
                          "windows", "with_pdq", "videos", "frames", "file_bytes", "saved"]
    assert (info["entries"], info["with_grid"], info["with_pdq"]) == (8, 8, 8)
    assert (info["search"], info["recall"], info["saved"]) == ("exact", 1, False)
    assert reseau.rows("bank", "verify", bank) == [
        {"path": str(bank), "sound": True, "entries": 8, "problems": []}]


def test_a_bank_searched_approximately_says_what_share_it_finds(reseau, tmp_path):
    """And opens from the index that was saved beside it, which is an aid and may be lost."""
    bank = tmp_path / "large.bank"
    reseau("bank", "init", bank, "--search", "ivf", expect=CLEAR)
    random.seed(7)
    values = [[random.gauss(0, 32) for _ in range(96)] for _ in range(20_000)]
    lines = [bytes(round(max(-127, min(127, v))) & 255 for v in row).hex() for row in values]
    lines[:2] = ["4d" * 96, "37" * 96]  # known again however a saved index has laid them out
    (tmp_path / "list.csv").write_text("grid\n" + "\n".join(lines))
    done = reseau("bank", "add", bank, "--hashes", tmp_path / "list.csv", expect=CLEAR)
    assert done.stdout.count(b"\n") == 20_000
    info, = reseau.rows("bank", "info", bank)
    assert (info["search"], info["saved"]) == ("ivf", True) and .97 < info["recall"] <= 1
    saved = tmp_path / "large.bank-grid"
    assert saved.stat().st_mode & 0o777 == 0o600
    saved.write_bytes(saved.read_bytes()[:5000])  # cut short
    assert reseau.rows("bank", "info", bank)[0]["entries"] == 20_000
    reseau("bank", "remove", bank, "1", expect=CLEAR)
    assert not re.search(rb"M{4}(?:.{60}M{4}){7}", saved.read_bytes(), re.DOTALL)
    assert re.search(rb"7{4}(?:.{60}7{4}){7}", saved.read_bytes(), re.DOTALL)
    refused = reseau("bank", "init", tmp_path / "b", "--search", "hnsw", expect=FATAL)
    assert b"exact" in refused.stderr and b"ivf" in refused.stderr


def test_remove_is_all_or_none(reseau, bank, originals):
    reseau("bank", "remove", bank, "2", "999", expect=FATAL)
    assert len(ids(reseau, bank)) == 8
    rows = reseau.rows("bank", "remove", bank, "2", "3", "2")
    assert rows == [{"entry": "2"}, {"entry": "3"}]
    reseau("bank", "remove", bank, "-", input=b"5\r\n\n6\n", expect=CLEAR)
    assert ids(reseau, bank) == ["1", "4", "7", "8"]
    assert "2" not in [m["entry"] for m in reseau.rows("match", bank, originals / "01.png", expect=None)[0]["matches"]]
    assert reseau.rows("bank", "add", bank, originals / "01.png")[0]["entry"] == "9"  # no number comes again
    for wrong in ("0", "-1", "one", "1.5", "99999999999999999999", "testcard", "", " 1"):
        reseau("bank", "remove", bank, "--", wrong, expect=FATAL)


HASHES = ["sha256", "sha1", "md5", "grid", "pdq"]


def test_hashes_are_taken_without_pictures(reseau, bank, originals):
    row, = reseau.rows("hash", originals / "10.png")
    reseau("bank", "init", "hashes.bank", expect=CLEAR)
    for bom, end, quote in [("", "\n", ""), ("\ufeff", "\r\n", '"')]:
        lines = [",".join(quote + cell + quote for cell in cells) for cells in
                 ([h.upper() for h in HASHES], [row[h].upper() for h in HASHES])]
        (reseau.folder / "list.csv").write_bytes((bom + end.join([lines[0], "", lines[1], "", ""])).encode())
        added, = reseau.rows("bank", "add", "hashes.bank", "--hashes", "list.csv", "--label", "x")
        assert (added["path"], added["entry"]) == ("list.csv:3", "1")
    listed, = reseau.rows("bank", "list", "hashes.bank", "--signatures", "--labels")
    assert {h: listed[h] for h in HASHES} == {h: row[h] for h in HASHES}
    assert (listed["labels"], listed["origin"]) == (["x"], "list.csv:3")
    assert reseau.rows("match", "hashes.bank", originals / "10.png", expect=MATCH)[0]["matches"][0]["verdict"] == "exact"


def test_a_wrong_line_of_hashes_spoils_only_itself(reseau, bank):
    good = ["%064x" % n for n in (1, 2, 3)]
    lines = ["sha256,md5", good[0] + ",", "xyz,", good[1] + ",12", '"' + good[1], ",", good[1], good[1] + ",,",
             '"' + good[1] + '"x,', "\x00" + good[1][1:] + ",", good[1] + ",", good[2] + ","]
    (reseau.folder / "list.csv").write_text("\n".join(lines))
    rows = reseau.rows("bank", "add", bank, "--hashes", "list.csv", expect=UNEXAMINED)
    assert [row["path"] for row in rows] == [f"list.csv:{n}" for n in range(2, 13)]
    assert [row["entry"] for row in rows if "entry" in row] == ["9", "10", "11"]
    assert [n for n, row in enumerate(rows, 2) if "entry" in row] == [2, 11, 12]
    errors = {n: row["error"]["message"] for n, row in enumerate(rows, 2) if "error" in row}
    assert errors[3].startswith("line 3, column sha256: ") and errors[4].startswith("line 4, column md5: ")
    assert all(row["error"]["code"] == "invalid_argument" for row in rows if "error" in row)


@pytest.mark.parametrize("content, word", [
    (b"", b"empty"), (b"pdq,phash\n", b'"phash"'), (b"f" * 64 + b"\n", b"first line"), (b"md5,MD5\n", b"twice"),
    ("pdq\n".encode("utf-16"), b"UTF-16"), (b'"pdq\n', b"quote"), (b"\n\n", b"empty"), (b"\x00" * 99, b"first line"),
    (b"pdq\n" + b"0" * 1_000_000, b"65,536")],
    ids=lambda value: value.decode(errors="replace") if len(value) < 10 else "")
def test_what_is_no_list_of_hashes_is_refused(reseau, bank, content, word):
    (reseau.folder / "list.csv").write_bytes(content)
    done = reseau("bank", "add", bank, "--hashes", "list.csv", expect=FATAL)
    assert b"list.csv" in done.stderr and word in done.stderr, done.stderr
    assert len(ids(reseau, bank)) == 8


def test_hashes_from_standard_input(reseau, bank):
    row, = reseau.rows("bank", "add", bank, "--hashes", "-", input=b"md5\n" + b"0" * 32)
    assert (row["path"], row["entry"]) == ("-:2", "9")
    for wrong in (["--hashes", "missing.csv"], ["--hashes", "."], ["-", "--hashes", "-"], ["-", "-"], []):
        reseau("bank", "add", bank, *wrong, expect=FATAL)


def run_sql(path, statement):
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.close()


def damage(bank):
    """One bit of a label: what SQLite itself does not notice."""
    run_sql(bank, "PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(bank.read_bytes())
    data[data.index(b"case-17")] ^= 1
    bank.write_bytes(data)


def test_banks_that_are_none_or_not_ours(reseau, bank, originals, tmp_path):
    (tmp_path / "foreign").write_bytes(b"\xff\xd8\xff" + bytes(5000))
    (tmp_path / "nothing").touch()
    run_sql(tmp_path / "other.db", "CREATE TABLE t(x)")
    shutil.copy(bank, tmp_path / "newer.bank")
    run_sql(tmp_path / "newer.bank", "PRAGMA user_version=99")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    for name in ("missing", "foreign", "nothing", "other.db", "newer.bank", "folder", "fifo", "/dev/null"):
        before = (tmp_path / name).read_bytes() if (tmp_path / name).is_file() else None
        for command in (["match", name, originals / "00.png"], ["bank", "add", name, originals / "00.png"],
                        ["bank", "list", name], ["bank", "info", name], ["bank", "remove", name, "1"]):
            done = reseau(*command, expect=FATAL)
            assert name.encode() in done.stderr and done.stdout == b""
        reseau("bank", "verify", name, expect=FATAL)
        if before is not None:
            assert (tmp_path / name).read_bytes() == before


def test_damage_is_found_and_told(reseau, bank, originals):
    damage(bank)
    verified, = reseau.rows("bank", "verify", bank, expect=FATAL)
    assert verified["sound"] is False and verified["problems"]
    text = reseau("bank", "verify", bank, expect=FATAL).stdout
    assert b"DAMAGED" in text and len(text.splitlines()) == len(verified["problems"]) + 1
    done = reseau("match", bank, originals / "00.png", expect=FATAL)
    assert b"known.bank" in done.stderr and done.stdout == b""


def test_a_locked_bank_is_waited_for_and_then_told(reseau, bank, originals):
    holder = sqlite3.connect(bank, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    done = reseau("bank", "add", bank, originals / "10.png", expect=FATAL)
    assert b"known.bank" in done.stderr and done.stdout == b""
    reseau("match", bank, originals / "00.png", expect=MATCH)  # readers do not wait
    holder.execute("ROLLBACK")
    holder.close()
    assert len(ids(reseau, bank)) == 8


def test_a_full_disk_leaves_the_bank_as_it_was(reseau, bank, originals):
    before = reseau("bank", "list", bank, "--labels", "--signatures", expect=CLEAR).stdout
    size = sum(path.stat().st_size for path in reseau.folder.glob("known.bank*"))

    def nearly_full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, size // 2))

    (reseau.folder / "many.csv").write_text("sha256\n" + "".join("%064x\n" % n for n in range(5000)))
    done = reseau("bank", "add", bank, "--hashes", "many.csv", expect=FATAL, preexec_fn=nearly_full)
    assert b"known.bank" in done.stderr
    acknowledged = done.stdout.count(b"\n")
    after = reseau("bank", "list", bank, "--labels", "--signatures", expect=CLEAR).stdout
    assert after.startswith(before) and len(ids(reseau, bank)) == 8 + acknowledged
    assert reseau.rows("bank", "verify", bank)[0]["sound"]
    reseau("bank", "init", "new.bank", expect=FATAL,
           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))


def test_what_was_reported_survives_a_kill(reseau, bank, tmp_path):
    (tmp_path / "many.csv").write_text("sha256\n" + "".join("%064x\n" % n for n in range(200_000)))
    for rounds in range(3):
        adding = reseau.start("bank", "add", bank, "--hashes", "many.csv", "--format", "jsonl")
        lines = [adding.stdout.readline() for _ in range(1500 * (rounds + 1))]
        adding.send_signal(signal.SIGKILL)
        rest = adding.stdout.read()
        adding.wait(30)
        adding.stderr.close()
        lines += rest[: rest.rfind(b"\n") + 1].splitlines()
        reported = {json.loads(line)["entry"] for line in lines}
        assert reported <= set(ids(reseau, bank))
        assert reseau.rows("bank", "verify", bank)[0]["sound"]


def test_two_processes_may_add_at_once(reseau, bank, originals):
    adders = []
    for n in range(2):
        names = [f"{n}-{seed}.png" for seed in range(6)]
        for seed, name in enumerate(names):
            photograph(1000 + 10 * n + seed, (160, 120)).save(reseau.folder / name)
        adders.append(reseau.start("bank", "add", bank, *names, "--format", "jsonl"))
    entries = []
    for adder in adders:
        out, err = adder.communicate(timeout=60)
        assert adder.returncode == CLEAR, err
        entries += [json.loads(line)["entry"] for line in out.splitlines()]
    assert len(set(entries)) == 12 and len(ids(reseau, bank)) == 20


def test_rows_of_a_trickling_list_are_acknowledged(reseau, bank, originals):
    """A feeder that waits for each acknowledgement must get it."""
    for options in (["-"], ["--hashes", "-"]):
        adding = reseau.start("bank", "add", bank, *options, "--format", "jsonl", stdin=subprocess.PIPE)
        first = str(originals / "09.png") + "\n" if options == ["-"] else "md5\n" + "7" * 32 + "\n"
        adding.stdin.write(first.encode())
        adding.stdin.flush()
        assert b'"entry":' in adding.stdout.readline()
        adding.stdin.close()
        assert adding.wait(30) == CLEAR
        adding.stdout.close()
        adding.stderr.close()


def adding_slowly(reseau, bank, picture):
    """A `bank add` that has acknowledged a picture and waits for more."""
    adding = reseau.start("bank", "add", bank, "-", stdin=subprocess.PIPE)
    adding.stdin.write(f"{picture}\n".encode())
    adding.stdin.flush()
    assert b": entry " in adding.stdout.readline()
    return adding


def test_the_file_is_all_of_the_bank_though_others_have_it_open(reseau, bank, originals, tmp_path):
    """Whoever copies it must not leave half of it behind in a journal."""
    known = len(ids(reseau, bank))
    reading = reseau.start("match", bank, "-", stdin=subprocess.PIPE)
    reading.stdin.write(f"{originals / '00.png'}\n".encode())
    reading.stdin.flush()
    assert b"MATCH" in reading.stdout.readline()
    reseau("bank", "add", bank, originals / "09.png", expect=CLEAR)
    shutil.copyfile(bank, tmp_path / "copy.bank")
    assert len(ids(reseau, tmp_path / "copy.bank")) == known + 1
    reading.communicate()


def test_nothing_is_acknowledged_that_goes_into_a_deleted_file(reseau, bank, originals):
    adding = adding_slowly(reseau, bank, originals / "08.png")
    os.unlink(bank)
    out, err = adding.communicate(f"{originals / '09.png'}\n".encode(), timeout=30)
    assert adding.returncode == FATAL
    assert b"entry" not in out and b"moved or deleted" in err


def test_a_journal_that_is_not_of_the_copy_is_named(reseau, bank):
    """Who restores a copy beside it would go round in a circle."""
    data = bytearray(pathlib.Path(bank).read_bytes())
    data[-3000:] = bytes(byte ^ 1 for byte in data[-3000:])
    pathlib.Path(bank).write_bytes(data)
    assert b"-wal" not in reseau("bank", "info", bank, expect=FATAL).stderr
    pathlib.Path(f"{bank}-wal").write_bytes(b"of another" * 10)
    assert b"-wal" in reseau("bank", "info", bank, expect=FATAL).stderr


def test_what_the_bank_refuses_is_in_the_exit_status(reseau, bank, originals):
    labels = ["--label", "a" * 40_000, "--label", "b" * 40_000]
    assert b"NOT ADDED" in reseau("bank", "add", bank, originals / "09.png", *labels, expect=UNEXAMINED).stdout
