"""A module includes only what its row of the table in docs/architecture.md names."""

import re

import pytest

from conftest import ROOT

# Words of the table's third column, as what they are included by.
THIRD_PARTIES = {
    "libjpeg-turbo": r"j(peglib|error|config|morecfg)\.h",
    "libspng": r"spng\.h",
    "libwebp": r"webp/.*",
    "libtiff": r"tiff(io|conf)?\.h",
    "giflib": r"gif_lib\.h",
    "libheif": r"libheif/.*",
    "libavif": r"avif/.*",
    "libjxl": r"jxl/.*",
    "OpenJPEG": r"openjpeg\.h",
    "libseccomp": r"seccomp\.h",
    "Eigen": r"Eigen/.*",
    "FFmpeg": r"lib(av\w+|swscale)/.*",
    "OpenSSL": r"openssl/.*",
    "FAISS": r"faiss/.*",
    "Highway": r"hwy/.*",
    "OpenMP": r"omp\.h",
    "SQLite": r"sqlite3\.h",
    "libsodium": r"sodium\.h",
    "CLI11": r"CLI/.*",
    "nlohmann-json": r"nlohmann/.*",
    "OpenCV": r"opencv2/.*",
    "oneTBB": r"(one)?(api/)?tbb/.*",
}
EVERY_THIRD_PARTY = re.compile("|".join(f"(?:{p})" for p in THIRD_PARTIES.values()) + "|opencv.*")


def rows():
    """module -> (headers, modules it may include, third parties), from the page's table."""
    table = {}
    for line in (ROOT / "docs" / "architecture.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 5 and re.fullmatch(r"`\w+`", cells[0]):
            words = [set(re.findall(r"[\w-]+", cell.replace("`", ""))) - {"-"} for cell in cells[:4]]
            table[words[0].pop()] = (set(re.findall(r"`(\w+\.h)`", cells[1])), words[2], words[3])
    return table


TABLE = rows()
HEADER_MODULE = {header: module for module, (headers, _, _) in TABLE.items() for header in headers}


def includes(path):
    return re.findall(r"^\s*#\s*include\s*[<\"]([^>\"]+)", path.read_text(), re.M)


def files_of(module):
    folder = ROOT / "src" / module
    own = [path for path in folder.rglob("*") if path.suffix in {".h", ".cpp"}]
    return own + [ROOT / "include" / "reseau" / header for header in TABLE[module][0]]


def test_the_table_names_every_folder_and_every_header():
    folders = {p.name for p in (ROOT / "src").iterdir() if any(p.rglob("*.cpp"))}
    assert folders == set(TABLE)
    headers = {p.name for p in (ROOT / "include" / "reseau").glob("*.h")}
    assert headers - {"reseau.h"} == set(HEADER_MODULE)


def test_bindings_see_public_headers_only():
    for path in (ROOT / "bindings").rglob("*"):
        if path.suffix in {".h", ".cpp"}:
            assert not [name for name in includes(path) if name.split("/")[0] in TABLE], path
            assert not [name for name in includes(path) if EVERY_THIRD_PARTY.fullmatch(name)], path


@pytest.mark.parametrize("module", sorted(TABLE))
def test_a_module_reaches_only_below_itself(module):
    _, allowed, third_parties = TABLE[module]
    allowed = {module} | (set(TABLE) - {"cli"} if "all" in allowed else allowed)
    patterns = [THIRD_PARTIES[word] for word in third_parties if word in THIRD_PARTIES]
    wrong = []
    for path in files_of(module):
        for name in includes(path):
            if name.startswith("reseau/"):
                header = name.removeprefix("reseau/")
                fine = HEADER_MODULE.get(header) in allowed or (header == "reseau.h" and module == "cli")
                fine = fine or path.name == "reseau.h"
            elif name.split("/")[0] in TABLE:
                # Inner headers are seen only from within their module, but for those of core.
                fine = name.split("/")[0] in {module, "core"}
            elif EVERY_THIRD_PARTY.fullmatch(name):
                fine = path.suffix == ".cpp" or path.parent.name == module
                fine = fine and any(re.fullmatch(pattern, name) for pattern in patterns)
            else:
                fine = True  # the standard library, the system, the generated version
            if not fine:
                wrong.append(f"{path.relative_to(ROOT)} includes {name}")
    assert not wrong
