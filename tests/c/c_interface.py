"""What the tests of the C interface share."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = ROOT / "bindings" / "c" / "include" / "reseau_c.h"
PICTURES = ROOT / "examples" / "pictures"


def enumerators() -> dict[str, int]:
    """Every `RESEAU_X = number` of the header."""
    return {name: int(number) for name, number in re.findall(r"\b(RESEAU_\w+) = (\d+)", HEADER.read_text())}
