"""Adds up what every runner said, names what failed, and ends with the one line that counts.

    tally.py RESULTS    the folder with JUnit files (*.xml) and checks.txt (lines "passed NAME")
"""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def outcomes(results: pathlib.Path):
    """(outcome, name) of every test."""
    for file in sorted(results.glob("*.xml")):
        for case in ElementTree.parse(file).getroot().iter("testcase"):
            tags = {child.tag for child in case}
            name = f"{file.stem}: {case.get('name')}"
            if tags & {"failure", "error"} or case.get("status") == "fail":
                yield "failed", name
            elif "skipped" in tags:
                yield "skipped", name
            else:
                yield "passed", name
    checks = results / "checks.txt"
    if checks.exists():
        for line in checks.read_text().splitlines():
            yield tuple(line.split(" ", 1))


def main() -> int:
    all_outcomes = list(outcomes(pathlib.Path(sys.argv[1])))
    count = {kind: sum(outcome == kind for outcome, _ in all_outcomes) for kind in ("passed", "failed", "skipped")}
    print()
    for outcome, name in all_outcomes:
        if outcome != "passed":
            print(f"{outcome}: {name}")
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return 1 if count["failed"] or not count["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
