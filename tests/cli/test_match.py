"""Copies are found, other pictures are not, and the exit code says which."""

import hashlib
import shutil
import subprocess
import time

import pytest
from PIL import Image, ImageEnhance

from conftest import CLEAR, FATAL, MATCH, UNEXAMINED, Program
from pictures import photograph


def edits(picture):
    width, height = picture.size
    return {
        "again.jpg": picture,
        "half.jpg": picture.resize((width // 2, height // 2)),
        "cropped.jpg": picture.crop((width // 50, height // 50, width - width // 50, height - height // 50)),
        "mirrored.jpg": picture.transpose(Image.FLIP_LEFT_RIGHT),
        "turned.jpg": picture.transpose(Image.ROTATE_90),
        "brighter.jpg": ImageEnhance.Brightness(picture).enhance(1.2),
        "grey.jpg": picture.convert("L"),
        "other.webp": picture,
        "other.gif": picture.quantize(64),
        "other.bmp": picture,
        "other.tiff": picture,
    }


def test_edited_copies_are_found(reseau, bank):
    names = {}
    for seed in (0, 5):
        for name, edited in edits(photograph(seed)).items():
            names[f"{seed}-{name}"] = str(seed + 1)
            edited.save(reseau.folder / f"{seed}-{name}")
    for row in reseau.rows("match", bank, *names, expect=MATCH):
        best = row["matches"][0]
        assert best["entry"] == names[row["path"]] and best["verdict"] in ("near", "similar"), row
        assert 0 <= best["distance"] <= best["limit"] and 0 < best["expected_false"] < 0.01


def test_the_view_says_how_it_was_found(reseau, bank):
    photograph(2).transpose(Image.FLIP_LEFT_RIGHT).save(reseau.folder / "mirrored.png")
    photograph(2).transpose(Image.ROTATE_270).save(reseau.folder / "turned.png")  # a quarter clockwise
    mirrored, turned = reseau.rows("match", bank, "mirrored.png", "turned.png", expect=MATCH)
    assert (mirrored["matches"][0]["view"]["mirror"], mirrored["matches"][0]["view"]["turn"]) == (True, 0)
    assert (turned["matches"][0]["view"]["mirror"], turned["matches"][0]["view"]["turn"]) == (False, 270)


def test_exit_codes(reseau, bank, originals):
    known, other = originals / "00.png", originals / "11.png"
    (reseau.folder / "notes.txt").write_text("no picture")
    cases = [([other], CLEAR), ([other, "notes.txt"], CLEAR), ([known], MATCH), ([other, "missing"], UNEXAMINED),
             ([known, "missing"], MATCH), ([], FATAL)]
    for paths, expected in cases:
        reseau("match", bank, *paths, "--format", "csv", expect=expected)
    assert reseau.rows("match", bank, other)[0]["matches"] == []
    assert b": no match\n" in reseau("match", bank, other, expect=CLEAR).stdout


def test_damaged_copies_still_match_by_digest(reseau, bank):
    photograph(3).save(reseau.folder / "cut.jpg")
    cut = (reseau.folder / "cut.jpg").read_bytes()[:640]
    (reseau.folder / "cut.jpg").write_bytes(cut)
    row, = reseau.rows("hash", "cut.jpg", expect=UNEXAMINED)
    (reseau.folder / "list.csv").write_text("md5\n" + row["md5"] + "\n")
    reseau("bank", "add", bank, "--hashes", "list.csv", expect=CLEAR)
    row, = reseau.rows("match", bank, "cut.jpg", expect=MATCH)
    assert [(m["algorithm"], m["verdict"]) for m in row["matches"]] == [("md5", "exact")]
    assert row["outcome"] == "corrupt"
    text = reseau("match", bank, "cut.jpg", expect=MATCH).stdout
    assert b"MATCH entry 9, exact" in text and b"NOT FULLY EXAMINED: corrupt" in text


def test_kinds_and_limits(reseau, bank, originals):
    photograph(0).resize((300, 225)).save(reseau.folder / "small.jpg", quality=60)

    def found(*options):
        row, = reseau.rows("match", bank, "small.jpg", *options, expect=None)
        return [(m["algorithm"], m["limit"]) for m in row["matches"] if m["entry"] == "1"]

    assert found("--kind", "digest") == []
    assert [kind for kind, _ in found("--kind", "grid")] == ["grid"]
    assert [kind for kind, _ in found("--kind", "pdq")] == ["pdq"]
    assert sorted(kind for kind, _ in found("--all")) == ["grid", "grid", "pdq"]  # as it is, and aligned
    assert found("--kind", "pdq", "--limit", "0") == []
    assert found("--kind", "pdq", "--limit", "64") == [("pdq", 64)]
    plain = ["--kind", "grid", "--budget", "0"]
    distance = reseau.rows("match", bank, "small.jpg", *plain, expect=MATCH)[0]["matches"][0]["distance"]
    assert found(*plain, "--limit", str(distance)) == [("grid", distance)]  # limits are inclusive
    assert found(*plain, "--limit", str(distance - 1)) == []
    for wrong in (["--limit", "3"], ["--kind", "digest", "--limit", "3"], ["--kind", "phash"],
                  ["--kind", "grid", "--kind", "pdq", "--limit", "3"], ["--kind", "pdq", "--limit", "257"],
                  ["--kind", "pdq", "--limit", "-1"], ["--kind", "pdq", "--limit", "many"]):
        reseau("match", bank, originals / "00.png", *wrong, expect=FATAL)


def test_labels_are_shown_only_where_asked_for(reseau, bank, originals):
    for command in (["match", bank, originals / "00.png"], ["bank", "list", bank], ["bank", "info", bank]):
        for format_ in ("text", "jsonl", "csv"):
            done = reseau(*command, "--format", format_)
            assert b"case-17" not in done.stdout + done.stderr
    row, = reseau.rows("match", bank, originals / "00.png", "--labels", expect=MATCH)
    assert row["matches"][0]["labels"] == ["case-17"]
    assert b"; labels: case-17\n" in reseau("match", bank, originals / "00.png", "--labels").stdout
    assert b'"[""case-17""]"' in reseau("match", bank, originals / "00.png", "--labels", "--format", "csv").stdout


@pytest.mark.parametrize("empty", [True, False])
def test_the_test_card_is_always_found_as_what_it_is(reseau, bank, empty):
    if empty:
        bank = "empty.bank"
        reseau("bank", "init", bank, expect=CLEAR)
    reseau("testcard", "card.png", expect=CLEAR)
    card = Image.open(reseau.folder / "card.png")
    card.convert("RGB").save(reseau.folder / "card.jpg", quality=70)
    card.resize((400, 300)).save(reseau.folder / "card.webp")
    card.transpose(Image.FLIP_LEFT_RIGHT).save(reseau.folder / "card.bmp")
    rows = reseau.rows("match", bank, "card.png", "card.jpg", "card.webp", "card.bmp", "--labels", expect=MATCH)
    for row in rows:
        assert [(m["entry"], m["verdict"], m["labels"]) for m in row["matches"]] == [("testcard", "test", [])]
    text = reseau("match", bank, "card.jpg", expect=MATCH).stdout
    assert b"card.jpg: MATCH test card (" in text and b"a person should review" not in text


def test_matching_goes_on_while_another_process_adds(reseau, bank, originals):
    photograph(4).save(reseau.folder / "copy.jpg")
    adding = reseau.start("bank", "add", bank, "-", "--format", "jsonl", stdin=subprocess.PIPE)
    for seed in range(100, 110):
        photograph(seed, (200, 150)).save(reseau.folder / f"{seed}.png")
        adding.stdin.write(f"{seed}.png\n".encode())
        adding.stdin.flush()
        row, = reseau.rows("match", bank, "copy.jpg", expect=MATCH)
        assert row["matches"][0]["entry"] == "5"
    adding.stdin.close()
    assert adding.wait(30) == CLEAR and adding.stdout.read().count(b"\n") == 10
    adding.stderr.close()
    assert reseau("match", bank, "109.png", "--kind", "digest", expect=MATCH)


@pytest.fixture(scope="module")
def many(originals, tmp_path_factory):
    """So many entries that inputs are searched for together."""
    folder = tmp_path_factory.mktemp("many")
    program = Program(folder)
    program("bank", "init", "many.bank", "--level", "standard", expect=CLEAR)
    program("bank", "add", "many.bank", originals, expect=CLEAR)
    hashes = (hashlib.sha256(str(i).encode()).hexdigest() for i in range(20_000))
    (folder / "list.csv").write_text("pdq\n" + "\n".join(hashes) + "\n")
    program("bank", "add", "many.bank", "--hashes", "list.csv", "--quiet", expect=CLEAR)
    return folder / "many.bank"


@pytest.mark.parametrize("known", ["bank", "many"])
def test_a_list_that_trickles_in_is_answered_as_it_comes(reseau, known, originals, request):
    """What pipes paths in and waits for rows must not wait for ever."""
    for name in ("empty", "folder"):
        (reseau.folder / name).mkdir()
    shutil.copy(originals / "02.png", reseau.folder / "folder")
    matching = reseau.start("match", request.getfixturevalue(known), "folder", "empty", "-", "--format", "jsonl",
                            "--quiet", stdin=subprocess.PIPE)
    assert b"02.png" in matching.stdout.readline()
    for name, end in (("00.png", "\nempty\n"), ("01.png", "\n\n"), ("02.png", "\n03")):
        matching.stdin.write(f"{originals / name}{end}".encode())
        matching.stdin.flush()
        started = time.monotonic()
        assert name.encode() in matching.stdout.readline()
        assert time.monotonic() - started < 10
    matching.stdin.write(b"\nfolder")
    matching.stdin.close()
    assert [b"folder" in line for line in matching.stdout] == [False, True]
    assert matching.wait(30) == MATCH
    matching.stdout.close()
    matching.stderr.close()


def test_what_is_searched_for_together_is_found_as_by_itself(reseau, many, originals):
    for name, copy in edits(photograph(3)).items():
        copy.save(reseau.folder / name)
    (reseau.folder / "damaged.jpg").write_bytes((reseau.folder / "again.jpg").read_bytes()[:900])
    (reseau.folder / "text.txt").write_text("no picture")
    paths = sorted(path.name for path in reseau.folder.iterdir())
    together = reseau.rows("match", many, *paths, originals, expect=MATCH)
    assert [row["path"] for row in together[:len(paths)]] == paths and len(together) == len(paths) + 12
    for row in together:
        alone, = reseau.rows("match", many, row["path"], expect=MATCH if row["matches"] else None)
        assert row == alone


def test_a_crop_is_found_in_a_bank_of_windows_and_the_part_is_named(reseau, originals, tmp_path):
    made = reseau.rows("bank", "init", "standard.bank", "--level", "standard")
    assert made[0]["level"] == "standard"
    reseau("bank", "add", "standard.bank", originals, expect=CLEAR)
    info, = reseau.rows("bank", "info", "standard.bank")
    assert info["level"] == "standard" and info["windows"] >= 8 * 15
    with Image.open(originals / "02.png") as picture:
        width, height = picture.size
        picture.crop((0, 0, width * 7 // 10, height * 3 // 4)).save(tmp_path / "crop.png")
    row, = reseau.rows("match", "standard.bank", tmp_path / "crop.png", expect=MATCH)
    match, = row["matches"]
    assert (match["entry"], match["algorithm"], match["aligned"], row["unaligned"]) == ("3", "grid", True, 0)
    part = match["view"]["rectangle"]
    assert abs(part["x"]) < 0.03 and abs(part["y"]) < 0.03
    assert abs(part["width"] - 0.7) < 0.04 and abs(part["height"] - 0.75) < 0.04
    said = reseau("match", "standard.bank", tmp_path / "crop.png", expect=MATCH).stdout
    assert b"the top left 7" in said
    # Without alignment windows are not asked.
    row, = reseau.rows("match", "standard.bank", tmp_path / "crop.png", "--budget", "0")
    assert row["matches"] == []


def test_an_unknown_level_is_named_with_those_there_are(reseau, tmp_path):
    done = reseau("bank", "init", tmp_path / "b", "--level", "best", expect=FATAL)
    assert b"best" in done.stderr and b"standard" in done.stderr and not (tmp_path / "b").exists()


def test_pdq_can_be_asked_to_agree(reseau, bank, originals):
    copy = reseau.folder / "copy.jpg"
    Image.open(sorted(originals.iterdir())[1]).save(copy, quality=40)
    assert reseau.rows("match", bank, copy, "--kind", "grid", "--agree", "99", expect=MATCH)[0]["matches"]
    reseau("match", bank, copy, "--kind", "grid", "--agree", "257", expect=FATAL)


def test_cutting_the_tail_off_a_file_is_neither_an_escape_nor_a_verdict(reseau, bank, originals):
    Image.open(originals / "03.png").save(reseau.folder / "cut.jpg", quality=90)
    whole = (reseau.folder / "cut.jpg").read_bytes()
    (reseau.folder / "cut.jpg").write_bytes(whole[: len(whole) * 9 // 10])
    row, = reseau.rows("match", bank, "cut.jpg", expect=MATCH)
    assert row["outcome"] == "ok_partial" and 0.8 < row["completeness"] < 0.95
    assert row["height"] < 360 == Image.open(originals / "03.png").height
    assert [(m["entry"], m["partial"], m["verdict"]) for m in row["matches"]] == [("4", True, "similar")]
    text = reseau("match", bank, "cut.jpg", expect=MATCH).stdout
    assert b"by what is there of the file" in text and b"NOT FULLY EXAMINED: ok_partial" in text
    # Of another picture, cut as much, nothing is said but that it was not examined in full.
    Image.open(originals / "10.png").save(reseau.folder / "cut.jpg", quality=90)
    whole = (reseau.folder / "cut.jpg").read_bytes()
    (reseau.folder / "cut.jpg").write_bytes(whole[: len(whole) * 9 // 10])
    row, = reseau.rows("match", bank, "cut.jpg", expect=UNEXAMINED)
    assert row["outcome"] == "ok_partial" and row["matches"] == []
