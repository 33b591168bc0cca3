"""`python -m reseau`: the program."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path


def main() -> int:
    beside = Path(__file__).resolve().parent / "bin" / "reseau"
    built = Path(__file__).parent / "bin" / "reseau"  # not resolved: the package in a build folder is links
    program = next((str(path) for path in (built, beside) if path.exists()), None) or shutil.which("reseau")
    if program is None:
        print("reseau: this build of the package comes without the program, and none is on the PATH", file=sys.stderr)
        return 2
    os.execv(program, ["reseau", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
