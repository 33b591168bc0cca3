"""Manners: help, usage errors, streams that fail, signals, completion."""

import os
import pathlib
import pty
import re
import shutil
import signal
import subprocess
import time

import pytest
from PIL import Image

from conftest import CLEAR, FATAL, UNEXAMINED, program_path

COMMANDS = [["hash"], ["compare"], ["match"], ["bank"], ["bank", "init"], ["bank", "add"], ["bank", "remove"],
            ["bank", "list"], ["bank", "info"], ["bank", "verify"], ["evaluate"], ["calibrate"], ["testcard"],
            ["completion"]]


@pytest.mark.parametrize("command", [[], *COMMANDS], ids=" ".join)
def test_every_command_has_a_manual(reseau, command):
    page = reseau(*command, "--help", expect=CLEAR).stdout.decode()
    sections = re.findall(r"^[A-Z][A-Z ]+$", page, re.M)
    assert sections[:3] == ["NAME", "SYNOPSIS", "DESCRIPTION"]
    assert sections[-3:] == ["EXAMPLES", "EXIT STATUS", "ENVIRONMENT"]
    assert f"reseau {' '.join(command)}".strip() in page
    assert max(len(line) for line in page.splitlines()) < 80
    assert page == reseau(*command, "-h", expect=CLEAR).stdout.decode()
    for later in ("scan", "audit", "serve"):  # not there yet
        assert not re.search(rf"(?<![\w-]){later}\b", page)


def test_version(reseau):
    assert re.fullmatch(rb"reseau \d+\.\d+\.\d+\n", reseau("--version", expect=CLEAR).stdout)


@pytest.mark.parametrize("arguments, words", [
    ([], "a command is missing"), (["bank"], "a command is missing"), (["hsh", "a"], "no command hsh"),
    (["bank", "ad"], "no command ad"), (["hash"], "PATH is required"), (["hash", "--fromat", "csv", "a"], "no option --fromat"),
    (["hash", "--format", "xml", "a"], "--format"), (["hash", "--threads", "0", "a"], "--threads"),
    (["hash", "--threads", "many", "a"], "--threads"), (["hash", "--max-pixels", "-1", "a"], "--max-pixels"),
    (["hash", "--max-bytes", "1X", "a"], "--max-bytes"), (["testcard", "a", "b"], "too many: b"),
    (["match", "known.bank"], "PATH is required"), (["completion", "tcsh"], "SHELL"), (["hash", "-", "-"], "twice")])
def test_wrong_usage_says_what_is_wrong_and_where_to_read(reseau, arguments, words):
    done = reseau(*arguments, expect=FATAL)
    assert words in done.stderr.decode() and done.stdout == b""
    if words != "twice":
        assert re.search(r"; see reseau.* --help\n$", done.stderr.decode())


def test_testcard_writes_a_picture_and_never_overwrites(reseau):
    reseau("testcard", "card.png", expect=CLEAR)
    card = (reseau.folder / "card.png").read_bytes()
    picture = Image.open(reseau.folder / "card.png")
    assert picture.format == "PNG" and picture.size == (1024, 768)
    picture.load()
    assert reseau("testcard", expect=CLEAR).stdout == reseau("testcard", "-", expect=CLEAR).stdout == card
    (reseau.folder / "card.png").write_text("mine")
    assert b"--force" in reseau("testcard", "card.png", expect=FATAL).stderr
    assert (reseau.folder / "card.png").read_text() == "mine"
    reseau("testcard", "card.png", "--force", expect=CLEAR)
    assert (reseau.folder / "card.png").read_bytes() == card
    reseau("testcard", "no/such/folder.png", expect=FATAL)
    assert b"/dev/full" in reseau("testcard", "/dev/full", "--force", expect=FATAL).stderr


def on_terminal(*arguments, cwd, stdout_too=False, term="xterm"):
    """What a terminal shows on standard error (and output), and the exit code."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([program_path(), *arguments], cwd=cwd, stdin=subprocess.DEVNULL, stderr=theirs,
                               stdout=theirs if stdout_too else subprocess.DEVNULL, env={**os.environ, "TERM": term})
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    return shown, process.wait(60)


def test_the_bar_is_drawn_on_terminals_only_and_cleans_up(reseau, slow):
    work = ["hash", "--threads", "1", *[slow] * 6]
    shown, code = on_terminal(*work, cwd=reseau.folder)
    assert code == CLEAR and b" of 6 files, " in shown and b"/s, 0 not examined" in shown
    assert re.search(rb"\r\x1b\[Kreseau: 6 files in [^\r\n]*\r?\n$", shown)
    for options, term in ([["--no-progress"], "xterm"], [[], "dumb"]):
        shown, _ = on_terminal(*work, *options, cwd=reseau.folder, term=term)
        assert b"\x1b" not in shown
    shown, _ = on_terminal(*work, cwd=reseau.folder, stdout_too=True)
    lines = re.sub(rb"[^\n]*\r\x1b\[K", b"", shown.replace(b"\r\n", b"\n")).decode().splitlines()
    assert sum(line.startswith(f"{slow}: PNG image") for line in lines) == 6  # none is written over


def test_a_png_is_not_thrown_at_a_terminal(reseau):
    shown, code = on_terminal("testcard", cwd=reseau.folder, stdout_too=True)
    assert code == FATAL and b"PNG\r\n\x1a" not in shown and b"name a file" in shown


def test_results_that_cannot_be_written_are_an_error(reseau, bank, originals):
    full = open("/dev/full", "wb")
    for command in (["hash", originals / "00.png"], ["match", bank, originals / "11.png"], ["bank", "list", bank],
                    ["--help"], ["testcard"], ["compare", originals / "00.png", originals / "01.png"]):
        done = subprocess.run([program_path(), *command], stdout=full, stderr=subprocess.PIPE, cwd=reseau.folder, check=False)
        assert done.returncode == FATAL and b"No space left on device" in done.stderr, command
        closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", program_path(), *command], capture_output=True,
                                cwd=reseau.folder, check=False)
        assert closed.returncode == FATAL and closed.stderr.count(b"\n") == 1
    full.close()
    assert reseau.rows("bank", "verify", bank)[0]["sound"]


def test_a_reader_that_leaves_is_no_error_to_talk_about(reseau, originals, slow):
    hashing = reseau.start("hash", "-q", originals / "00.png", *[slow] * 20)
    hashing.stdout.readline()
    hashing.stdout.close()
    assert hashing.wait(30) == -signal.SIGPIPE and hashing.stderr.read() == b""
    hashing.stderr.close()


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interruption_finishes_what_is_under_way(reseau, originals, slow, number, code):
    # Waiting for a list that does not come.
    hashing = reseau.start("hash", "-", "--format", "jsonl", stdin=subprocess.PIPE)
    hashing.stdin.write(str(originals / "00.png").encode() + b"\n")
    hashing.stdin.flush()
    assert b'"outcome":"ok"' in hashing.stdout.readline()
    hashing.send_signal(number)
    out, err = hashing.communicate(timeout=30)
    assert hashing.returncode == code and out == b"" and b"1 file in " in err
    # In the midst of work: every row is whole, and not all are there.
    hashing = reseau.start("hash", "--format", "jsonl", *[slow] * 200)
    first = hashing.stdout.readline()
    hashing.send_signal(number)
    rest, err = hashing.communicate(timeout=30)
    lines = rest.splitlines()
    assert hashing.returncode == code and len(lines) < 199 and set(lines) <= {first.rstrip(b"\n")}


def until_it_listens(process, number):
    """A busy machine takes its time until a program has said what a signal is to do."""
    caught = 1 << (number - 1)
    for _ in range(3000):
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        if int(re.search(r"SigCgt:\s*(\w+)", status)[1], 16) & caught:
            return
        time.sleep(0.01)
    raise AssertionError("the signal is not caught")


def test_an_interrupted_add_keeps_what_it_reported(reseau, bank, originals):
    adding = reseau.start("bank", "add", bank, "-", "--format", "jsonl", stdin=subprocess.PIPE)
    adding.stdin.write(str(originals / "10.png").encode() + b"\n")
    adding.stdin.flush()
    until_it_listens(adding, signal.SIGINT)
    time.sleep(0.3)
    adding.send_signal(signal.SIGINT)
    out, _ = adding.communicate(timeout=30)
    assert adding.returncode == 130
    assert len(reseau.rows("bank", "list", bank)) == 8 + out.count(b"\n")


def complete(*words):
    """What bash offers for the last of the words."""
    script = """
        source <("$1" completion bash); shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _reseau; printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = subprocess.run(["bash", "-c", script, "bash", program_path(), *words], capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout.decode().split()


def test_bash_completes_commands_options_and_values(reseau):
    assert complete("reseau", "") == ["hash", "compare", "match", "bank", "evaluate", "calibrate",
                                      "testcard", "completion"]
    assert complete("reseau", "bank", "in") == ["init", "info"]
    assert complete("reseau", "match", "x.bank", "--format", "") == ["text", "jsonl", "csv"]
    assert complete("reseau", "match", "--kind", "p") == ["pdq"]
    assert complete("reseau", "bank", "add", "--ha") == ["--hashes"]
    assert complete("reseau", "completion", "") == ["bash", "zsh", "fish"]
    assert complete("reseau", "hash", "/dev/nul") == ["/dev/null"]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_completion_knows_every_option_of_the_manual(reseau, command):
    page = reseau(*command, "--help", expect=CLEAR).stdout.decode()
    options = set(re.findall(r"^ {4}(?:-\w, )?(--[\w-]+)", page, re.M))
    assert options and options <= set(complete("reseau", *command, "-"))


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_can_read_their_scripts(reseau, shell):
    script = reseau("completion", shell, expect=CLEAR).stdout
    assert b"jsonl" in script and b"verify" in script
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    (reseau.folder / "script").write_bytes(script)
    assert subprocess.run([shell, "-n", reseau.folder / "script"], capture_output=True, check=True).stderr == b""


def test_unexamined_files_are_counted_in_the_summary(reseau):
    assert b"; 2 not (fully) examined\n" in reseau("hash", "a", "b", expect=UNEXAMINED).stderr
