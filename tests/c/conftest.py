import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))


@pytest.fixture(scope="session")
def build() -> pathlib.Path:
    """The build folder under test: tests/run.sh says which."""
    return pathlib.Path(os.environ.get("RESEAU_BUILD", ROOT / "build" / "tests"))


@pytest.fixture(scope="session")
def library(build) -> pathlib.Path:
    return build / "bindings" / "c" / "libreseau_c.so"
