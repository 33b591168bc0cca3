"""Banks and matching from Python."""

import hashlib
import json
import subprocess
import sys
import threading

import numpy as np
import pytest
import reseau
from PIL import Image, ImageOps


@pytest.fixture
def known(tmp_path, photographs):
    with reseau.Bank.create(tmp_path / "known.bank", level="standard") as bank:
        bank.add(photographs[:3], labels=["evidence"])
    return tmp_path / "known.bank"


def test_a_bank_made_here_is_the_bank_the_program_makes(program, odd_folder, tmp_path):
    subprocess.run([program, "bank", "init", "--level", "extended", tmp_path / "program"], check=True)
    done = subprocess.run([program, "bank", "add", tmp_path / "program", odd_folder, "--format", "jsonl"],
                          capture_output=True, check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    with reseau.Bank.create(tmp_path / "python", level="extended") as bank:
        added = bank.add(row["path"] for row in rows if not row.get("part"))
        here = [entry._replace(added="") for entry in bank]
        levels = bank.info()["windows"]
    assert [(a.name, a.part, a.entry and str(a.entry)) for a in added] == [
        (r["path"], r.get("part"), r.get("entry")) for r in rows]
    assert any(a.part == "frame 2" for a in added)
    with reseau.Bank(tmp_path / "program") as bank:
        assert [entry._replace(added="") for entry in bank] == here
        assert bank.info()["windows"] == levels > 0


def test_matches_are_the_program_s_to_the_last_figure(program, known, odd_folder):
    done = subprocess.run([program, "match", known, odd_folder, "--format", "jsonl", "--budget", "60000", "--all"],
                          capture_output=True, check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    first = [row for row in rows if row["part"] is None]
    with reseau.Bank(known) as bank:
        found = list(reseau.match_many(bank, [row["path"] for row in first], budget=60_000, all=True))
    assert sum(bool(f) for f in found) > 5
    for row, matches in zip(first, found, strict=True):
        theirs = [{**match, "part": r["part"]} for r in rows if r["path"] == row["path"] for match in r["matches"]]
        assert len(theirs) == len(matches)
        for ours in matches:
            entry = str(ours.entry) if ours.entry else "testcard"
            key = (ours.part, ours.kind, entry, ours.aligned)
            (same,) = [m for m in theirs if (m["part"], m["algorithm"], m["entry"], m["aligned"]) == key]
            for field in ("distance", "limit", "aligned", "verdict", "expected_false"):
                assert same[field] == getattr(ours, field)
            for field in ("turn", "mirror", "negative"):
                assert same["view"][field] == getattr(ours, field)
    assert any(m.part == "frame 2" and m.entry == 2 for matches in found for m in matches)


def test_what_is_looked_up_together_finds_what_each_finds_alone(photographs, tmp_path):
    with reseau.Bank.create(tmp_path / "many.bank", level="standard") as bank:
        bank.add(photographs)
        bank.add_hashes({"pdq": hashlib.sha256(b"%d" % i).hexdigest()} for i in range(20_000))  # so many are enough
        queries = [*photographs, tmp_path / "missing.jpg", *photographs]
        together = list(reseau.match_many(bank, queries, threads=2))
        for query, found in zip(queries, together, strict=True):
            (alone,) = reseau.match_many(bank, [query])
            assert list(found) == list(alone) and found.query.outcome == alone.query.outcome
        assert [found[0].entry if found else None for found in together] == [1, 2, 3, 4, 5, None, 1, 2, 3, 4, 5]


def test_edited_copies_are_found_however_they_come(known, photographs):
    image = Image.open(photographs[1])
    with reseau.Bank(known) as bank:
        for edited in (ImageOps.mirror(image), image.rotate(90, expand=True), image.resize((300, 200)),
                       image.crop((0, 0, int(image.width * 0.85), image.height))):
            (first, *_) = reseau.match(bank, np.asarray(edited))
            assert first.entry == 2 and first.verdict in ("near", "similar")
        assert not bank.match(photographs[4])
        assert bank.match(reseau.testcard_png())[0].verdict == "test"
        (exact,) = bank.match(photographs[1])
        assert exact.verdict == "exact" and exact.kind == "sha256"
        frame = bank.match(photographs[1], all=True).to_pandas()
        assert set(frame["kind"]) == {"sha256", "grid", "pdq"}


def test_a_signature_is_matched_without_its_pixels(known, photographs):
    signature = reseau.hash(photographs[0])
    with reseau.Bank(known) as bank:
        assert reseau.match(bank, signature)[0].entry == 1


def test_signatures_are_matched_in_batches_with_all_their_pictures(known, photographs, tmp_path):
    coat = Image.open(photographs[3])
    coat.save(tmp_path / "two.gif", save_all=True, append_images=[Image.open(photographs[0]).resize(coat.size)])
    first, animated = reseau.hash(photographs[0]), next(iter(reseau.hash_iter([tmp_path / "two.gif"])))
    assert animated.more
    with reseau.Bank(known) as bank:
        of_path, of_signature, of_second = reseau.match_many(bank, [photographs[0], first, animated])
        assert of_path[0].entry == of_signature[0].entry == of_second[0].entry == 1
        assert of_second[0].part == "frame 2" and of_signature.query == first
        assert [m.entry for m in reseau.match(bank, animated)] == [1]


def test_silence_about_what_was_not_examined_is_an_error(known, photographs, tmp_path):
    header = photographs[0].read_bytes()[:300]
    with reseau.Bank(known) as bank:
        with pytest.raises(reseau.CorruptError):
            reseau.match(bank, header)
        with pytest.raises(reseau.ReadError, match="gone.jpg"):
            reseau.match(bank, tmp_path / "gone.jpg")
        (matches,) = reseau.match_many(bank, [header])
        assert not matches and not matches.query.fully_examined
        for nothing, kind in (b"", reseau.CorruptError), (b"just text", reseau.UnsupportedFormatError):
            with pytest.raises(kind):
                reseau.match(bank, nothing)
            (matches,) = reseau.match_many(bank, [nothing])  # no media: nothing is left unlooked at
            assert not matches and matches.query.fully_examined
        with open(photographs[0], "rb") as file:
            assert reseau.match(bank, file)
            with pytest.raises(reseau.CorruptError):  # it is at its end
                reseau.match(bank, file)


@pytest.mark.parametrize("options", [
    {"kinds": "grid"}, {"kinds": []}, {"kinds": ["phash"]}, {"limit": 5}, {"limit": -1, "kinds": ["pdq"]},
    {"budget": -1}, {"agree": 2**31}, {"kinds": iter([])}])
def test_options_that_make_no_sense_are_refused(known, photographs, options):
    with reseau.Bank(known) as bank, pytest.raises(ValueError):
        reseau.match(bank, photographs[0], **options)


def test_options_are_taken_as_they_are_given(known, photographs, tmp_path):
    """An iterator is used up by whoever looks at it first; arithmetic gives floats."""
    with reseau.Bank(known) as bank:
        assert reseau.match(bank, photographs[0], kinds=iter(["pdq"]))[0].kind == "pdq"
        found = reseau.match(bank, photographs[0], kinds=["pdq"], limit=30.0, budget=100.0, candidates=np.float64(256))
        assert found[0].limit == 30
        with pytest.raises(TypeError):
            reseau.match(bank, photographs[0], all="no")
    with reseau.Bank.create(tmp_path / "new.bank") as bank:
        assert bank.add(photographs[:1], labels=(label for label in ["case 17"]))[0].entry == 1
        assert bank.add_hashes([{"pdq": "0f" * 32}], labels=map(str, ["case 18"])) == [2]
        assert [entry.labels for entry in bank] == [("case 17",), ("case 18",)]
        with pytest.raises(ValueError, match="label"):
            bank.add(photographs[:1], labels=["\udcff"])
        with pytest.raises(reseau.NotFoundError):
            bank[2**63]
    with pytest.raises(TypeError, match="level"):
        reseau.Bank.create(tmp_path / "other.bank", level=3)


def test_what_is_shown_of_a_bank_in_a_forked_child_does_not_raise(known):
    code = """if True:
        import os, sys, reseau
        bank, index = reseau.Bank(sys.argv[1]), reseau.Index("pdq")
        if os.fork() == 0:
            os._exit(0 if "closed" in repr(bank) and "another" in repr(index) else 1)
        sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
    """
    assert subprocess.run([sys.executable, "-B", "-c", code, known], check=False).returncode == 0


def test_limits_of_one_s_own_are_held_to(known, photographs):
    edited = np.asarray(Image.open(photographs[0]).resize((211, 173)))
    with reseau.Bank(known) as bank:
        (found,) = reseau.match(bank, edited, kinds=["pdq"], limit=60)
        assert found.kind == "pdq" and found.limit == 60 and found.distance > 0
        assert not reseau.match(bank, edited, kinds=["pdq"], limit=found.distance - 1)
        assert reseau.match(bank, edited, kinds=["pdq"], limit=found.distance)


def test_banks_that_cannot_be_opened_say_why(tmp_path, photographs, known):
    with pytest.raises(reseau.BankMissingError, match="nowhere") as caught:
        reseau.Bank(tmp_path / "nowhere")
    assert isinstance(caught.value, FileNotFoundError) and caught.value.code == "bank_missing"
    with pytest.raises(reseau.BankForeignError):
        reseau.Bank(photographs[0])
    with pytest.raises(FileExistsError):
        reseau.Bank.create(known)
    with pytest.raises(ValueError):
        reseau.Bank(known, "a")
    with reseau.Bank(known) as bank, pytest.raises(reseau.BankReadOnlyError):
        bank.add([photographs[4]])
    data = bytearray(known.read_bytes())
    for at in range(4096, len(data), 97):
        data[at] ^= 1
    (tmp_path / "rotten").write_bytes(data)
    with pytest.raises(reseau.BankError):
        reseau.Bank(tmp_path / "rotten")
    assert reseau.Bank.verify(tmp_path / "rotten")


def test_a_bank_is_closed_while_others_use_it(known, photographs):
    bank = reseau.Bank(known)
    outcomes = []
    ready = threading.Barrier(4)

    def look():
        ready.wait()
        for _ in range(200):
            try:
                outcomes.append(reseau.match(bank, photographs[0])[0].entry)
            except reseau.ClosedError:
                outcomes.append(None)
                return
    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    ready.wait()
    while not outcomes:
        pass
    bank.close()
    for thread in threads:
        thread.join()
    assert set(outcomes) == {1, None} and bank.closed
    bank.close()
    for call in (lambda: len(bank), bank.info, lambda: list(bank), lambda: bank[1], bank.refresh,
                 lambda: bank.add([]), lambda: bank.remove([1])):
        with pytest.raises(reseau.ClosedError, match="known.bank"):
            call()
    assert "closed" in repr(bank)


def test_entries_are_added_removed_and_read(tmp_path, photographs):
    with reseau.Bank.create(tmp_path / "b") as bank:
        counted = []
        first = bank.add([photographs[0], "/nonexistent.jpg", photographs[0]], progress=counted.append)
        assert [(a.entry, a.existing) for a in first] == [(1, False), (None, False), (1, True)]
        assert first[1].outcome == "io_error" and counted == [1, 1, 1]
        entry = bank[1]
        assert entry.origin == str(photographs[0]) and entry.grid == bytes(reseau.hash(photographs[0]))
        ids = bank.add_hashes([{"pdq": reseau.hash(photographs[1]).hex("pdq"), "origin": "list:1"},
                               {"sha256": reseau.hash(photographs[2]).sha256}], labels=["list"])
        assert [e.id for e in bank] == [1, *ids] and bank[ids[0]].labels == ("list",)
        assert reseau.match(bank, photographs[1])[0].kind == "pdq"
        assert reseau.match(bank, photographs[2])[0].kind == "sha256"
        bank.remove([1])
        with pytest.raises(LookupError):
            bank[1]
        with pytest.raises(reseau.NotFoundError):
            bank.remove([1])
        for wrong in ({"pdq": "00"}, {"sha256": b"short"}, {"phash": "00"}, {"pdq": "zz" * 32}, {}):
            with pytest.raises(ValueError):
                bank.add_hashes([wrong])
        with pytest.raises(TypeError):
            bank.add(str(photographs[0]))
        assert len(bank) == 2


def test_a_mistake_is_never_a_change_of_the_bank(known, photographs):
    with reseau.Bank(known, "w") as bank:
        for wrong in (
            lambda: bank.add_hashes([{"grid": 96}]), lambda: bank.add_hashes([{"pdq": np.zeros(4)}]),
            lambda: bank.add_hashes([{"sha256": [1] * 32}]), lambda: bank.add_hashes([{"video": 5}]),
            lambda: bank.add_hashes([{"md5": "00" * 16}], labels="case 17"), lambda: bank.remove("12"),
            lambda: bank.remove([1.7]), lambda: bank.add(photographs[3:4], labels="case 17"),
            lambda: bank.add(photographs[3]), lambda: bank.add(open(photographs[3], "rb")), lambda: bank["1"],
            lambda: bank.match(photographs[0], kinds=["grid"], limit=3.5),
            lambda: bank.match(photographs[0], budget=0.5), lambda: reseau.match(str(known), photographs[0]),
        ):
            with pytest.raises(TypeError):
                wrong()
        assert [entry.id for entry in bank] == [1, 2, 3] and all(entry.labels == ("evidence",) for entry in bank)
        assert 1 in bank and np.int64(3) in bank and 4 not in bank and "1" not in bank
        grid, pdq = np.frombuffer(bank[1].grid, np.int8), bank[1].pdq
        bank.add_hashes([{"grid": grid, "pdq": bytearray(pdq), "md5": "0F" * 16}])
        assert bank[4].grid == bank[1].grid and bank[4].pdq == pdq
        assert reseau.distance(bank[1].grid, bank[4].grid) == 0
        assert reseau.distance([bank[1].pdq] * 2, [pdq, pdq], kind="pdq").tolist() == [0, 0]


def test_all_entries_are_seen_once_however_many_there_are(tmp_path):
    with reseau.Bank.create(tmp_path / "many") as bank:
        ids = bank.add_hashes({"md5": i.to_bytes(16, "big")} for i in range(10_000))
        bank.remove(ids[4000:4200])
        assert [entry.id for entry in bank] == ids[:4000] + ids[4200:]


def test_one_reads_what_another_writes(known, photographs):
    with reseau.Bank(known) as reader, reseau.Bank(known, "w") as writer:
        writer.add([photographs[4]])
        reader.refresh()
        assert len(reader) == 4


def test_flat_pixels_are_not_added(tmp_path):
    with reseau.Bank.create(tmp_path / "b") as bank:
        (row,) = bank.add([np.zeros((64, 64), np.uint8)])
        assert row.entry is None and row.outcome == "low_information"


def test_a_bank_may_be_searched_approximately_and_saves_its_index(tmp_path):
    with reseau.Bank.create(tmp_path / "large.bank", search="ivf") as bank:
        bank.save_index()  # of a small bank there is nothing worth saving
        assert (bank.info()["search"], bank.info()["saved"]) == ("ivf", False)
    with reseau.Bank(tmp_path / "large.bank") as bank, pytest.raises(reseau.BankError):
        bank.save_index()  # opened for reading
