"""The C interface, called from another language by dlopen: what it gives is what the program gives,
and what is wrong is told, whatever is passed."""

import ctypes
import json
import re
import struct
import subprocess
import threading
import zlib

import pytest

from c_interface import HEADER, PICTURES, enumerators
from films import write_films

N = enumerators()


class Error(ctypes.Structure):
    _fields_ = [("code", ctypes.c_int), ("message", ctypes.c_char * 508)]


class Limits(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("max_bytes", ctypes.c_uint64), ("max_pixels", ctypes.c_uint64),
                ("max_side", ctypes.c_int), ("max_ratio", ctypes.c_uint64), ("decoders", ctypes.c_void_p)]


class Isolation(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("workers", ctypes.c_int), ("require_all", ctypes.c_int),
                ("max_memory", ctypes.c_uint64), ("max_cpu", ctypes.c_int), ("max_wall", ctypes.c_int),
                ("decoder", ctypes.c_char_p)]


class MatchOptions(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), *((name, ctypes.c_int) for name in (
        "grid", "pdq", "digests", "grid_limit", "pdq_limit", "align", "aligned_limit", "align_budget", "every_kind")),
        ("limits", ctypes.POINTER(Limits))]


class Info(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("bytes", ctypes.c_int64), ("width", ctypes.c_int),
                ("height", ctypes.c_int), ("quality", ctypes.c_int), ("pdq_quality", ctypes.c_int),
                ("format", ctypes.c_char * 16), ("completeness", ctypes.c_double)]


class Match(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("entry", ctypes.c_int64), ("kind", ctypes.c_int),
                ("verdict", ctypes.c_int), ("distance", ctypes.c_int), ("limit", ctypes.c_int),
                ("aligned", ctypes.c_int), ("partial", ctypes.c_int), ("turn", ctypes.c_int), ("mirror", ctypes.c_int),
                ("negative", ctypes.c_int), ("tilt", ctypes.c_float), ("part", ctypes.c_float * 4),
                ("expected_false", ctypes.c_double)]


class MatchOfNow(Match):
    _fields_ = [("of_video", ctypes.c_int), ("stretches", ctypes.c_size_t)]


class MatchOptionsOfNow(MatchOptions):
    _fields_ = [("threads", ctypes.c_int)]


class Stretch(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), *((name, ctypes.c_double) for name in (
        "query_from", "query_to", "entry_from", "entry_to", "speed")), *((name, ctypes.c_int) for name in (
            "turn", "mirror", "negative", "distance")), ("frames", ctypes.c_size_t),
        ("expected_false", ctypes.c_double)]


@pytest.fixture(scope="module")
def c(library):
    loaded = ctypes.CDLL(str(library))
    for name in ("version", "code_name", "examined_message", "examined_isolation", "decoders_isolation",
                 "matches_describe"):
        getattr(loaded, f"reseau_{name}").restype = ctypes.c_char_p
    for name in ("bank_size", "matches_count", "matches_unaligned"):
        getattr(loaded, f"reseau_{name}").restype = ctypes.c_size_t
    return loaded


@pytest.fixture(scope="module")
def program(build):
    return build / "src" / "cli" / "reseau"


@pytest.fixture()
def error():
    return Error()


@pytest.fixture()
def known(c, tmp_path, error):
    """A path to a bank of shirt.jpg, at level standard."""
    bank, examined, entry = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_int64()
    path = str(tmp_path / "known.bank").encode()
    e = ctypes.byref(error)
    assert c.reseau_bank_create(path, N["RESEAU_STANDARD"], ctypes.byref(bank), e) == 0, error.message
    file = str(PICTURES / "shirt.jpg").encode()
    assert c.reseau_examine_file(file, N["RESEAU_STANDARD"], None, ctypes.byref(examined), e) == 0
    assert c.reseau_bank_add(bank, examined, b"shirt.jpg", b"evidence", ctypes.byref(entry), None, e) == 0
    assert (entry.value, c.reseau_bank_size(bank)) == (1, 1)
    c.reseau_examined_free(examined)
    c.reseau_bank_free(bank)
    return path


def examine(c, data):
    examined = ctypes.c_void_p()
    assert c.reseau_examine(data, ctypes.c_size_t(len(data)), 0, None, ctypes.byref(examined), None) == 0
    return examined


def taken(c, call, examined, which, size):
    buffer = ctypes.create_string_buffer(size)
    assert getattr(c, call)(examined, which, buffer, ctypes.c_size_t(size), None) == 0
    return buffer.raw.hex()


@pytest.mark.parametrize("picture", sorted(p.name for p in PICTURES.glob("*.jpg")))
def test_c_gives_what_the_program_gives(c, program, picture):
    path = PICTURES / picture
    row = json.loads(subprocess.run([program, "hash", "--format", "jsonl", path], check=True,
                                    capture_output=True).stdout)
    examined = examine(c, path.read_bytes())
    info = Info(struct_size=ctypes.sizeof(Info))
    assert c.reseau_examined_info(examined, ctypes.byref(info), None) == 0
    assert taken(c, "reseau_examined_signature", examined, N["RESEAU_GRID"], 96) == row["grid"]
    assert taken(c, "reseau_examined_signature", examined, N["RESEAU_PDQ"], 32) == row["pdq"]
    assert taken(c, "reseau_examined_digest", examined, N["RESEAU_SHA256"], 32) == row["sha256"]
    assert taken(c, "reseau_examined_digest", examined, N["RESEAU_SHA1"], 20) == row["sha1"]
    assert taken(c, "reseau_examined_digest", examined, N["RESEAU_MD5"], 16) == row["md5"]
    for field in ("bytes", "width", "height", "quality", "pdq_quality"):
        assert getattr(info, field) == row[field]
    assert info.format == b"JPEG" and c.reseau_examined_fully(examined) == 1
    c.reseau_examined_free(examined)


def test_a_known_picture_is_found_by_threads_on_one_bank(c, known, error):
    bank = ctypes.c_void_p()
    assert c.reseau_bank_open(known, N["RESEAU_READ"], ctypes.byref(bank), ctypes.byref(error)) == 0
    upload = (PICTURES / "shirt.jpg").read_bytes()
    found = []

    def look():
        matches, match = ctypes.c_void_p(), Match(struct_size=ctypes.sizeof(Match))
        assert c.reseau_match_bytes(bank, upload, ctypes.c_size_t(len(upload)), None, ctypes.byref(matches), None) == 0
        assert c.reseau_matches_get(matches, ctypes.c_size_t(0), ctypes.byref(match), None) == 0
        found.append((c.reseau_matches_count(matches), match.entry, match.verdict, match.kind))
        c.reseau_matches_free(matches)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    c.reseau_bank_free(bank)
    assert found == [(1, 1, N["RESEAU_EXACT"], N["RESEAU_BY_SHA256"])] * 4


def test_a_clip_is_located_in_a_video(c, tmp_path, error):
    films = write_films(tmp_path)
    bank, entry, e = ctypes.c_void_p(), ctypes.c_int64(), ctypes.byref(error)
    assert c.reseau_bank_create(str(tmp_path / "films.bank").encode(), N["RESEAU_BASE"], ctypes.byref(bank), e) == 0
    known = examine(c, (films / "known.avi").read_bytes())
    if c.reseau_examined_fully(known) != 1:
        pytest.skip("built without FFmpeg")
    assert c.reseau_bank_add(bank, known, b"known.avi", b"", ctypes.byref(entry), None, e) == 0, error.message
    upload = (films / "upload.avi").read_bytes()
    matches = ctypes.c_void_p()
    options = MatchOptionsOfNow(ctypes.sizeof(MatchOptionsOfNow), 1, 1, 1, -1, -1, 1, -1, 100, 0, None, 2)
    assert c.reseau_match_bytes(bank, upload, ctypes.c_size_t(len(upload)), ctypes.byref(options),
                                ctypes.byref(matches), e) == 0, error.message
    match = MatchOfNow(struct_size=ctypes.sizeof(MatchOfNow))
    assert c.reseau_matches_get(matches, ctypes.c_size_t(0), ctypes.byref(match), e) == 0
    assert (match.entry, match.of_video, match.stretches) == (1, 1, 1)
    stretch = Stretch(struct_size=ctypes.sizeof(Stretch))
    first, beyond = ctypes.c_size_t(0), ctypes.c_size_t(1)
    assert c.reseau_matches_stretch(matches, first, first, ctypes.byref(stretch), e) == 0
    assert stretch.query_from == pytest.approx(6, abs=1) and stretch.query_to == pytest.approx(16, abs=1)
    assert stretch.entry_from == pytest.approx(5, abs=1) and stretch.speed == pytest.approx(1, abs=0.05)
    assert stretch.frames > 10 and stretch.expected_false < 1e-6
    for which, number in ((first, beyond), (beyond, first)):
        assert c.reseau_matches_stretch(matches, which, number, ctypes.byref(stretch), e) == N["RESEAU_NOT_FOUND"]
    assert c.reseau_matches_stretch(matches, first, first, None, e) == N["RESEAU_INVALID_ARGUMENT"]
    options.threads = -1
    assert c.reseau_match_bytes(bank, upload, ctypes.c_size_t(len(upload)), ctypes.byref(options),
                                ctypes.byref(ctypes.c_void_p()), e) == N["RESEAU_INVALID_ARGUMENT"]
    c.reseau_matches_free(matches)
    c.reseau_examined_free(known)
    c.reseau_bank_free(bank)


def test_damaged_bytes_are_never_no_match(c, known, error):
    bank, matches = ctypes.c_void_p(), ctypes.c_void_p(1)
    assert c.reseau_bank_open(known, 0, ctypes.byref(bank), None) == 0
    upload = (PICTURES / "coat.jpg").read_bytes()[:300]
    code = c.reseau_match_bytes(bank, upload, ctypes.c_size_t(len(upload)), None, ctypes.byref(matches),
                                ctypes.byref(error))
    assert code == error.code == N["RESEAU_CORRUPT"] and error.message
    assert matches.value is None
    assert c.reseau_code_name(code) == b"corrupt"
    c.reseau_bank_free(bank)


def test_a_missing_bank_is_told_with_its_name(c, error):
    bank = ctypes.c_void_p(1)
    assert c.reseau_bank_open(b"/nonexistent/known.bank", 0, ctypes.byref(bank), ctypes.byref(error)) \
        == N["RESEAU_BANK_MISSING"]
    assert b"/nonexistent/known.bank" in error.message and bank.value is None


def test_a_message_longer_than_its_room_is_cut_and_ended(c, error):
    bank = ctypes.c_void_p()
    assert c.reseau_bank_open(b"/" + b"x" * 3000, 0, ctypes.byref(bank), ctypes.byref(error)) != 0
    assert len(error.message) == 507


def test_null_pointers_are_refused_and_nothing_crashes(c, error):
    """Every function of the library, with nothing in every argument."""
    functions = re.findall(r"RESEAU_C_API ([\w\s*]*?\*?)\s*\b(reseau_\w+)\(([^)]*)\)", HEADER.read_text())
    assert len(functions) > 20
    for kind, name, arguments in functions:
        values = [] if arguments == "void" else [
            ctypes.byref(error) if "reseau_error" in a else ctypes.c_void_p(None) for a in arguments.split(",")]
        error.code = 0
        code = getattr(c, name)(*values)
        if kind == "reseau_code" and "reseau_error" in arguments:
            assert code == N["RESEAU_INVALID_ARGUMENT"] == error.code, name


def test_a_struct_of_no_size_is_refused(c, error):
    examined = examine(c, (PICTURES / "shirt.jpg").read_bytes())
    assert c.reseau_examined_info(examined, ctypes.byref(Info()), ctypes.byref(error)) == N["RESEAU_INVALID_ARGUMENT"]
    assert b"struct_size" in error.message
    c.reseau_examined_free(examined)


def test_what_failed_hands_out_nothing_that_could_be_freed(c, error):
    """Whatever the caller's variable held before."""
    def left_by(name, *arguments):
        handle = ctypes.c_void_p(1)
        assert getattr(c, name)(*arguments, ctypes.byref(handle), ctypes.byref(error)) != 0, name
        return handle.value

    no, five, size = None, ctypes.c_int(5), ctypes.c_size_t(5)
    assert left_by("reseau_examine", no, size, 0, no) is None
    assert left_by("reseau_examine_file", no, 0, no) is None
    assert left_by("reseau_examine_pixels", no, five, five, size, 0, 0) is None
    assert left_by("reseau_examine_pixels", bytes(25), five, five, ctypes.c_size_t(1), 0, 0) is None
    assert left_by("reseau_bank_open", no, 0) is None
    assert left_by("reseau_bank_create", no, 0) is None
    assert left_by("reseau_match_bytes", no, no, size, no) is None
    assert left_by("reseau_match_examined", no, no, no) is None


def test_asking_nothing_is_no_answer(c, known, error):
    """A struct of zeros is what many begin with."""
    nothing = MatchOptionsOfNow(struct_size=ctypes.sizeof(MatchOptionsOfNow))
    upload = (PICTURES / "shirt.jpg").read_bytes()
    bank = ctypes.c_void_p()
    assert c.reseau_bank_open(known, N["RESEAU_READ"], ctypes.byref(bank), None) == 0
    code = c.reseau_match_bytes(bank, upload, ctypes.c_size_t(len(upload)), ctypes.byref(nothing),
                                ctypes.byref(ctypes.c_void_p()), ctypes.byref(error))
    c.reseau_bank_free(bank)
    assert code == N["RESEAU_INVALID_ARGUMENT"]
    assert b"nothing is asked" in error.message


def test_an_older_caller_s_smaller_struct_is_not_written_past(c):
    examined = examine(c, (PICTURES / "shirt.jpg").read_bytes())
    info = Info(struct_size=Info.quality.offset, quality=-7, pdq_quality=-7)
    assert c.reseau_examined_info(examined, ctypes.byref(info), None) == 0
    assert info.width > 0 and (info.quality, info.pdq_quality) == (-7, -7)
    assert info.struct_size == Info.quality.offset
    c.reseau_examined_free(examined)


def flat_png(side):
    """Takes far more than a millisecond to decode."""
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    rows = zlib.compress(bytes(side * (side + 1)))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", rows) + chunk(b"IEND", b""))


def test_decoding_is_confined_where_decoders_are_given(c, known, error):
    e, decoders, bank = ctypes.byref(error), ctypes.c_void_p(), ctypes.c_void_p()
    wanted = Isolation(struct_size=ctypes.sizeof(Isolation), workers=1, max_wall=20_000)
    assert c.reseau_decoders_start(ctypes.byref(wanted), ctypes.byref(decoders), e) == 0, error.message
    posture = c.reseau_decoders_isolation(decoders)
    assert posture.startswith(b"worker+no_new_privs+seccomp")
    limits = Limits(struct_size=ctypes.sizeof(Limits), decoders=decoders)
    data = (PICTURES / "shirt.jpg").read_bytes()
    for options, isolation in ((ctypes.byref(limits), posture), (None, b"none")):
        for call in (lambda to: c.reseau_examine(data, ctypes.c_size_t(len(data)), 0, options, to, e),
                     lambda to: c.reseau_examine_file(str(PICTURES / "shirt.jpg").encode(), 0, options, to, e)):
            examined = ctypes.c_void_p()
            assert call(ctypes.byref(examined)) == 0, error.message
            assert c.reseau_examined_isolation(examined) == isolation
            assert c.reseau_examined_fully(examined) == 1
            signature = taken(c, "reseau_examined_signature", examined, N["RESEAU_GRID"], 96)
            assert signature == taken(c, "reseau_examined_signature", examine(c, data), N["RESEAU_GRID"], 96)
            c.reseau_examined_free(examined)
    assert c.reseau_bank_open(known, 0, ctypes.byref(bank), e) == 0
    slow = Isolation(struct_size=ctypes.sizeof(Isolation), max_wall=1)
    stopped = ctypes.c_void_p()
    assert c.reseau_decoders_start(ctypes.byref(slow), ctypes.byref(stopped), e) == 0
    matches = ctypes.c_void_p()
    large = flat_png(5000)
    for pool, code in ((decoders, 0), (stopped, N["RESEAU_LIMIT_WALL"])):
        limits.decoders = pool
        how = MatchOptions(ctypes.sizeof(MatchOptions), 1, 1, 0, -1, -1, 1, -1, 100, 0, ctypes.pointer(limits))
        assert c.reseau_match_bytes(bank, large, ctypes.c_size_t(len(large)), ctypes.byref(how), ctypes.byref(matches),
                                    e) == code
    for handle in (decoders, stopped):
        c.reseau_decoders_free(handle)
    c.reseau_bank_free(bank)


def test_decoders_that_cannot_be_started_say_why(c, error):
    decoders = ctypes.c_void_p()
    wanted = Isolation(struct_size=ctypes.sizeof(Isolation), decoder=b"/nowhere/reseau-decoder")
    code = c.reseau_decoders_start(ctypes.byref(wanted), ctypes.byref(decoders), ctypes.byref(error))
    assert code == N["RESEAU_ISOLATION_MISSING"] and b"/nowhere/reseau-decoder" in error.message
    assert not decoders.value
    wanted = Isolation(struct_size=ctypes.sizeof(Isolation), workers=-1)
    code = c.reseau_decoders_start(ctypes.byref(wanted), ctypes.byref(decoders), ctypes.byref(error))
    assert code == N["RESEAU_INVALID_ARGUMENT"]


def test_wrong_sizes_and_numbers_are_refused(c, error):
    examined, e = examine(c, (PICTURES / "shirt.jpg").read_bytes()), ctypes.byref(error)
    buffer, other = ctypes.create_string_buffer(96), ctypes.c_void_p()
    refused = N["RESEAU_INVALID_ARGUMENT"]
    size = ctypes.c_size_t
    assert c.reseau_examined_signature(examined, N["RESEAU_PDQ"], buffer, size(96), e) == refused
    assert c.reseau_examined_signature(examined, 7, buffer, size(96), e) == refused
    assert c.reseau_examined_digest(examined, 9, buffer, size(32), e) == refused
    assert c.reseau_examine_file(b"x", 9, None, ctypes.byref(other), e) == refused
    distance = ctypes.c_int()
    assert c.reseau_distance(0, buffer, buffer, size(95), ctypes.byref(distance), e) == refused
    for width, height, stride, layout in ((0, 1, 3, 1), (1, 65536, 3, 1), (2, 2, 5, 1), (2, 2, 6, 3), (2, 2, -6, 1)):
        assert c.reseau_examine_pixels(buffer, width, height, ctypes.c_ssize_t(stride), layout, 0,
                                       ctypes.byref(other), e) == refused
    c.reseau_examined_free(examined)


def test_what_cannot_be_matched_is_not_added(c, tmp_path, error):
    bank, entry = ctypes.c_void_p(), ctypes.c_int64()
    assert c.reseau_bank_create(str(tmp_path / "b").encode(), 0, ctypes.byref(bank), None) == 0
    examined = ctypes.c_void_p()
    assert c.reseau_examine_file(b"/nonexistent.jpg", 0, None, ctypes.byref(examined), None) == 0
    assert c.reseau_examined_outcome(examined) == N["RESEAU_IO_ERROR"]
    assert c.reseau_bank_add(bank, examined, None, None, ctypes.byref(entry), None, ctypes.byref(error)) \
        == N["RESEAU_IO_ERROR"]
    assert b"No such file" in error.message and c.reseau_bank_size(bank) == 0
    c.reseau_examined_free(examined)
    damaged = (PICTURES / "coat.jpg").read_bytes()[:300]
    examined = examine(c, damaged)
    assert c.reseau_bank_add(bank, examined, None, None, ctypes.byref(entry), None, None) == N["RESEAU_CORRUPT"]
    assert c.reseau_bank_size(bank) == 0
    c.reseau_examined_free(examined)
    c.reseau_bank_free(bank)


def test_the_example_finds_what_the_readme_shows(build, known, tmp_path):
    done = subprocess.run([build / "examples" / "first_match_c", known, PICTURES / "shirt.jpg"],
                          capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "entry 1 at distance 0, as is; 0 false matches expected\n")
    done = subprocess.run([build / "examples" / "first_match_c", tmp_path / "none", PICTURES / "shirt.jpg"],
                          capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.startswith("bank_missing: ")
