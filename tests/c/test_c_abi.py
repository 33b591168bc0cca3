"""What programs are compiled against must not move under them: symbols, numbers and layouts are held
against what is recorded in bindings/c/abi.txt. To record a deliberate change, run
RESEAU_RECORD_ABI=1 pytest tests/c/test_c_abi.py, and read the difference: lines may only be added."""

import os
import re
import shutil
import subprocess

import pytest

from c_interface import HEADER, ROOT, enumerators

RECORD = ROOT / "bindings" / "c" / "abi.txt"
FIELD = re.compile(r"^\s+[\w*\s]*?\b(\w+)(?:\[\d+\])?;", re.M)


def symbols(library):
    lines = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True,
                           text=True).stdout.splitlines()
    return sorted("symbol " + line.split()[2] for line in lines if line.split()[1] in "TDBRV")


def structs():
    """(name, fields) of every struct whose fields callers see."""
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.S)
    return [(name, FIELD.findall(body)) for name, body in re.findall(r"typedef struct (\w+) \{(.*?)\n\}", text, re.S)]


def layouts(folder):
    lines = ["#include <reseau_c.h>", "#include <stdio.h>", "int main(void) {"]
    for name, fields in structs():
        lines.append(f'printf("struct {name} %zu bytes\\n", sizeof({name}));')
        for field in fields:
            lines.append(f'printf("struct {name} {field} at %zu\\n", offsetof({name}, {field}));')
    source = folder / "layout.c"
    source.write_text("\n".join([*lines, "return 0; }"]))
    subprocess.run(["cc", "-std=c11", "-I", HEADER.parent, source, "-o", folder / "layout"], check=True)
    return subprocess.run([folder / "layout"], check=True, capture_output=True, text=True).stdout.splitlines()


def test_nothing_that_programs_were_compiled_against_has_moved(library, tmp_path):
    numbers = [f"number {name} {value}" for name, value in enumerators().items()]
    now = "\n".join(["# x86-64 and other LP64 systems", *symbols(library), *numbers, *layouts(tmp_path)]) + "\n"
    if os.environ.get("RESEAU_RECORD_ABI"):
        RECORD.write_text(now)
    assert now == RECORD.read_text()


def test_every_symbol_says_since_when_it_is_there(library):
    assert len(symbols(library)) > 20
    assert all(re.fullmatch(r"symbol (reseau_\w+@@RESEAU_C_0\.1|RESEAU_C_0\.1(@@RESEAU_C_0\.1)?)", s)
               for s in symbols(library))


def test_every_declared_function_is_there_and_no_other(library):
    declared = set(re.findall(r"RESEAU_C_API [\w\s*]*?\*?\s*\b(reseau_\w+)\(", HEADER.read_text()))
    shown = {s.split()[1].split("@")[0] for s in symbols(library)} - {"RESEAU_C_0.1"}
    assert declared == shown


def test_every_code_of_the_library_has_a_number():
    text = (ROOT / "include" / "reseau" / "result.h").read_text()
    body = re.search(r"enum class Code \{(.*?)\n\};", text, re.S).group(1)
    codes = re.findall(r"^\s+(\w+),", body, re.M)
    assert len(codes) > 20
    table = (ROOT / "bindings" / "c" / "error.cpp").read_text()
    for code in codes:
        assert f"RESEAU_{code.upper()}" in enumerators(), f"give {code} a number in reseau_c.h"
        assert f"Code::{code}, RESEAU_{code.upper()}}}" in table, f"name {code} in bindings/c/error.cpp"


def test_a_number_is_given_once():
    body = re.search(r"typedef enum reseau_code \{(.*?)\}", HEADER.read_text(), re.S).group(1)
    numbers = re.findall(r"= (\d+)", body)
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("compiler", [["gcc", "-x", "c"], ["clang", "-x", "c"], ["g++", "-x", "c++"]])
@pytest.mark.parametrize("standard", ["c99", "c11", "c17"])
def test_the_header_is_plain_c_and_cxx(compiler, standard, tmp_path):
    if not shutil.which(compiler[0]):
        pytest.skip(f"{compiler[0]} is not installed")
    if compiler[0] == "g++":
        standard = standard.replace("c99", "c++11").replace("c11", "c++17").replace("c17", "c++20")
    source = "#include <reseau_c.h>\n#include <reseau_c.h>\nint main(void) { return RESEAU_OK; }\n"
    done = subprocess.run([*compiler, f"-std={standard}", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                           "-fsyntax-only", "-I", HEADER.parent, "-"], input=source, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
