"""Every public header compiles alone, with both compilers, and shows no third party's types."""

import re
import shutil
import subprocess

import pytest

from conftest import ROOT

HEADERS = sorted(path.name for path in (ROOT / "include" / "reseau").glob("*.h"))
THIRD_PARTIES = re.compile(r"opencv|faiss|hwy|Eigen|sqlite|sodium|openssl|jpeg|png|webp|tiff|gif_lib|tbb|nlohmann", re.I)


@pytest.mark.parametrize("compiler", ["g++", "clang++"])
@pytest.mark.parametrize("header", HEADERS)
def test_a_header_needs_nothing_included_before_it(header, compiler):
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    source = f"#include <reseau/{header}>\n#include <reseau/{header}>\n"
    run = subprocess.run(
        [compiler, "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
         "-I", str(ROOT / "include"), "-x", "c++", "-"],
        input=source, text=True, capture_output=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("header", HEADERS)
def test_no_third_party_leaks_into_what_users_include(header):
    text = (ROOT / "include" / "reseau" / header).read_text()
    includes = re.findall(r"#include\s*[<\"]([^>\"]+)", text)
    assert not [name for name in includes if THIRD_PARTIES.search(name)]


def test_the_umbrella_includes_every_other_header():
    text = (ROOT / "include" / "reseau" / "reseau.h").read_text()
    assert set(re.findall(r"#include <reseau/([^>]+)>", text)) == set(HEADERS) - {"reseau.h", "export.h"}
