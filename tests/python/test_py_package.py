"""The package as its users meet it: documented examples run, types check, the program starts."""

import doctest
import importlib
import importlib.util
import inspect
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
import reseau

from conftest import ROOT

MODULES = ["reseau", "reseau._hash", "reseau._index", "reseau._bank", "reseau._group", "reseau._video"]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_the_documentation_run(name, tmp_path):
    module = importlib.import_module(name)
    found = [t for t in doctest.DocTestFinder().find(module, extraglobs={"reseau": reseau, "np": np, "folder": tmp_path})
             if t.examples]
    assert found
    for test in found:
        result = doctest.DocTestRunner().run(test)
        assert result.failed == 0, test.name


def test_everything_public_is_documented_and_there():
    for name in reseau.__all__:
        thing = getattr(reseau, name)
        assert thing.__doc__ or name in ("Signature", "testcard_png"), name


def test_the_stub_names_what_the_module_has():
    import ast
    package = os.path.dirname(reseau.__file__)
    tree = ast.parse(open(os.path.join(package, "_reseau.pyi")).read())
    from reseau import _reseau
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            bound = getattr(_reseau, node.name)
            for item in node.body:
                if isinstance(item, ast.FunctionDef):
                    assert hasattr(bound, item.name), f"{node.name}.{item.name}"
            stubbed = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
            assert {n for n in vars(bound) if not n.startswith("_")} <= stubbed, node.name
        elif isinstance(node, ast.FunctionDef):
            assert hasattr(_reseau, node.name), node.name
    stubbed = {n.name for n in tree.body if isinstance(n, (ast.ClassDef, ast.FunctionDef))} | {"version"}
    assert {n for n in vars(_reseau) if not n.startswith("_")} <= stubbed


USER = """
import pathlib
from collections.abc import Iterable
from typing import BinaryIO
import numpy as np
import numpy.typing as npt
import reseau

def grids(folder: pathlib.Path) -> npt.NDArray[np.int8]:
    batch = reseau.hash_many(folder.glob("*.jpg"), progress=lambda n: None)
    names: list[str | None] = batch.names
    assert names
    return batch.grid

def known(path: str) -> int:
    signature = reseau.hash(path)
    width: int | None = signature.width
    assert width
    with reseau.Bank(path, "r") as bank:
        return sum(match.distance for match in reseau.match(bank, path, kinds=["grid"], limit=3))

def places(path: str, bank: reseau.Bank) -> list[tuple[float, float]]:
    video = reseau.hash(path).video
    times: npt.NDArray[np.float64] | None = None if video is None else video.times
    assert times is not None
    return [(s.query_from, s.query_to) for m in bank.match(path, isolation="require") for s in m.stretches]

def near(rows: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    index = reseau.Index("pdq")
    index.add(np.arange(len(rows)), rows)
    return index.range_search(rows, limit=31).offsets

def of_a_path(path: pathlib.Path) -> reseau.Signature:
    return reseau.hash(path)

def of_pixels(pixels: npt.NDArray[np.uint8]) -> reseau.Signature:
    return reseau.hash(pixels)

def of_an_image(image: Image) -> reseau.Signature:
    return reseau.hash(image)

def of_a_file(file: BinaryIO) -> reseau.Signature:
    return reseau.hash(file)

def first(path: pathlib.Path) -> reseau.Signature:
    with open(path, "rb") as file:
        return reseau.hash(file, level="extended")

def many(paths: Iterable[pathlib.Path], folder: pathlib.Path) -> list[reseau.Signature]:
    return reseau.hash(paths) + reseau.hash(folder.glob("*")) + reseau.hash([b"", "a"])

def apart(a: reseau.Signature, b: reseau.Signature) -> int:
    return reseau.distance(a, b, kind="pdq")

def all_apart(a: reseau.Batch, b: list[reseau.Signature]) -> npt.NDArray[np.int32]:
    return reseau.distance(a, b)
"""

#: As of PIL, whose types are not everywhere.
IMAGE = """
class Image:
    @property
    def mode(self) -> str:
        return "RGB"
    def getbands(self) -> tuple[str, ...]:
        return tuple(self.mode)
"""


def mypy(*arguments, cwd):
    program = shutil.which("mypy")
    if importlib.util.find_spec("mypy"):
        command = [sys.executable, "-m", "mypy"]  # of those whose packages are tested
    elif program:
        command = [program]
    else:
        pytest.skip("mypy is not installed")
    return subprocess.run([*command, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def test_the_package_is_clean_by_mypy_strict(tmp_path):
    done = mypy("--config-file", ROOT / "pyproject.toml", "--cache-dir", tmp_path, "bindings/python/reseau", cwd=ROOT)
    assert done.returncode == 0, done.stdout


def test_strict_users_see_no_error_and_wrong_users_do(tmp_path):
    (tmp_path / "user.py").write_text(USER + IMAGE)
    (tmp_path / "wrong.py").write_text("import reseau\nreseau.Index('phash')\nx: int = reseau.hash('a').width\n"
                                       "reseau.hash('a', isolation='off')\n"
                                       "y: int = reseau.hash([b''])\nz: str = reseau.hash(b'')\n")
    done = mypy("--strict", "--cache-dir", tmp_path / "c", "user.py", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    done = mypy("--strict", "--cache-dir", tmp_path / "c", "wrong.py", cwd=tmp_path)
    assert "Index" in done.stdout and "Found 5 errors" in done.stdout


def test_python_m_reseau_is_the_program(program, photographs):
    for arguments in (["--version"], ["hash", "--quiet", photographs[0]], ["hash", "--quiet", "/none"], ["nonsense"]):
        ours = subprocess.run([sys.executable, "-B", "-m", "reseau", *arguments], capture_output=True, check=False)
        theirs = subprocess.run([program, *arguments], capture_output=True, check=False)
        assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)
    assert reseau.__version__ in subprocess.run([program, "--version"], capture_output=True, text=True).stdout


def test_signatures_of_functions_are_real():
    assert list(inspect.signature(reseau.hash_many).parameters)[:1] == ["inputs"]
    assert inspect.signature(reseau.Index.range_search).parameters["limit"].kind.name == "POSITIONAL_OR_KEYWORD"


@pytest.mark.parametrize("name", ["Signature", "VideoSignature", "Vpdq", "Bank", "Index", "Stream"])
def test_an_object_with_nothing_in_it_is_refused_and_not_read(name):
    code = f"""
from reseau import _reseau
bound = _reseau.{name}
sub = type("sub", (bound,), {{}})
for base in (bound, bound.__base__):
    for made in (bound, sub):
        try:
            empty = base.__new__(made)
        except TypeError:
            continue
        [getattr(empty, name, None) for name in dir(empty)]
        empty.text()
try:
    bound()
except TypeError:
    print("refused", end="")
"""
    done = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "refused"), done.stderr
