"""An installed copy serves those who come after: CMake's find_package, pkg-config, the loader."""

import os
import pathlib
import re
import subprocess

import pytest

CONSUMER = """
#include <reseau/reseau.h>
#include <cstdio>
int main() {
  const std::vector<unsigned char> gray(64 * 64, 128);
  const auto hashed = reseau::pdq({gray.data(), 64, 64, 64, reseau::PixelLayout::gray8}).value();
  const auto seen = reseau::examine(reseau::Bytes(reseau::testcard_png()));
  std::printf("%s %d %s\\n", std::string(reseau::version()).c_str(), hashed.quality,
              std::string(name(seen.outcome)).c_str());
}
"""
CMAKELISTS = """
cmake_minimum_required(VERSION 3.25)
project(consumer CXX)
find_package(reseau 0.1 REQUIRED)
add_executable(consumer main.cpp)
target_link_libraries(consumer PRIVATE reseau::reseau)
"""


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def prefix(build, tmp_path_factory):
    prefix = tmp_path_factory.mktemp("prefix")
    run("cmake", "--install", build, "--prefix", prefix)
    return prefix


@pytest.fixture(scope="module")
def library(prefix):
    return next(prefix.rglob("libreseau.so"))


@pytest.fixture(scope="module", params=["libreseau.so", "libreseau_evaluate.so"])
def any_library(request, prefix):
    return next(prefix.rglob(request.param))


def test_find_package_gives_a_target_that_works(prefix, tmp_path):
    (tmp_path / "main.cpp").write_text(CONSUMER)
    (tmp_path / "CMakeLists.txt").write_text(CMAKELISTS)
    run("cmake", "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", tmp_path / "build")
    assert run(tmp_path / "build" / "consumer") == "0.1.0 0 ok\n"


def test_find_package_gives_evaluation_to_those_who_ask(prefix, tmp_path):
    (tmp_path / "main.cpp").write_text("""
#include <reseau/reseau.h>
#include <cstdio>
int main() {
  reseau::EvaluateOptions options;
  options.photographs = {"/nonexistent"};
  std::puts(std::string(name(reseau::evaluate(options).error().code)).c_str());
}
""")
    (tmp_path / "CMakeLists.txt").write_text(CMAKELISTS.replace("reseau::reseau", "reseau::evaluate"))
    run("cmake", "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", tmp_path / "build")
    assert run(tmp_path / "build" / "consumer") == "not_found\n"


def test_pkg_config_gives_flags_that_work(prefix, library, tmp_path):
    (tmp_path / "main.cpp").write_text(CONSUMER)
    environment = dict(os.environ, PKG_CONFIG_PATH=str(library.parent / "pkgconfig"))
    # The file names the prefix it was configured for; a moved copy is told so.
    flags = run("pkg-config", f"--define-variable=prefix={prefix}", "--cflags", "--libs", "reseau",
                env=environment).split()
    run("g++", tmp_path / "main.cpp", "-o", tmp_path / "consumer", *flags, f"-Wl,-rpath,{library.parent}")
    assert run(tmp_path / "consumer") == "0.1.0 0 ok\n"


@pytest.mark.parametrize("package", ["pkg-config", "cmake"])
def test_an_installed_copy_serves_c(prefix, library, tmp_path, package):
    source = pathlib.Path(__file__).resolve().parents[2] / "examples" / "first_match_c.c"
    if package == "cmake":
        (tmp_path / "main.c").write_text(source.read_text())
        (tmp_path / "CMakeLists.txt").write_text(
            CMAKELISTS.replace("CXX", "C").replace("main.cpp", "main.c").replace("reseau::reseau", "reseau::c"))
        run("cmake", "-S", tmp_path, "-B", tmp_path, f"-DCMAKE_PREFIX_PATH={prefix}")
        run("cmake", "--build", tmp_path)
    else:
        environment = dict(os.environ, PKG_CONFIG_PATH=str(library.parent / "pkgconfig"))
        flags = run("pkg-config", f"--define-variable=prefix={prefix}", "--cflags", "--libs", "reseau-c",
                    env=environment).split()
        run("cc", "-std=c11", "-Wall", "-Wpedantic", "-Werror", source, "-o", tmp_path / "consumer", *flags,
            f"-Wl,-rpath,{library.parent}")
    done = subprocess.run([tmp_path / "consumer", "none.bank", source], capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.startswith("bank_missing: ")


def test_the_installed_program_finds_its_library(prefix):
    assert "reseau 0.1.0" in run(prefix / "bin" / "reseau", "--version")


def test_only_our_own_names_are_shown(any_library):
    names = run("nm", "-D", "--defined-only", "-C", any_library).splitlines()
    symbols = [line.split(" ", 2)[2] for line in names]
    foreign = [s for s in symbols if not re.search(r"\breseau::", s)]
    # Inline functions and templates of the standard library that were used here.
    foreign = [s for s in foreign if not re.match(r"(.*\bstd::|.*__gnu_cxx|typeinfo|vtable|guard)", s)]
    foreign = [s for s in foreign if s not in {"__bss_start", "_edata", "_end"}]  # of the linker
    assert not foreign


def test_the_library_carries_a_versioned_name(any_library):
    assert any_library.name + ".0.1" in run("readelf", "-d", any_library)
