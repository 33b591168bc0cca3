"""How well edited copies are found among your own photographs, and which limits to hold them to."""

from __future__ import annotations

import atexit
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from ._checks import number, one_of, path_bytes, threads_or_all, whole
from ._hash import Level

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures as docs/evaluation.md explains them."""

    figures: dict[str, Any] = field(repr=False)  #: everything
    html: str = field(repr=False)  #: the same to look at: one page that needs nothing else
    text: str  #: the same in some thirty lines

    def to_pandas(self) -> pandas.DataFrame:
        """A row an edit, kind of signature and level: recall at equal rates of false matches."""
        import pandas

        return pandas.DataFrame(rows_of(self.figures))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Limits for your own photographs."""

    figures: dict[str, Any] = field(repr=False)
    text: str

    def to_pandas(self) -> pandas.DataFrame:
        """A row a kind of signature (grid: a row a level): `limit` and, of grid, `aligned_limit`, the ones
        that are built in, and whether they were counted or by how many decades fitted beyond."""
        import pandas

        return pandas.DataFrame(self.figures["limits"])


def evaluate(
    photographs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    protocol: Literal["edits", "copydays", "disc21"] = "edits",
    levels: Sequence[Level] = ("base", "standard", "extended"),
    queries: int = 200,
    seed: int = 1,
    threads: int | None = None,
    same: str | os.PathLike[str] = "",
    groups: str | os.PathLike[str] = "",
    progress: Callable[[int, int], object] | None = None,
) -> Evaluation:
    """Makes edited copies of photographs and counts how many are found again, at equal false matches.

    photographs  files, and folders with everything below them; at least 20 that can be read
    queries      of how many photographs copies are looked for; 0: of all
    progress     called with what is done and what there is to do

    About 4 core-seconds a query among 1,000 photographs. Ctrl-C stops it. Needs the module
    reseau._evaluate, which a build without OpenCV does not have.
    """
    fields = _fields(photographs, protocol, levels, queries, seed, threads, same, groups)
    figures, html, text = _library().evaluate(fields, _called(progress))
    return Evaluation(json.loads(figures), html, text)


def calibrate(
    photographs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    levels: Sequence[Level] = ("base", "standard", "extended"),
    queries: int = 200,
    seed: int = 1,
    threads: int | None = None,
    same: str | os.PathLike[str] = "",
    entries: int = 10_000_000,
    expected_false: float = 0.0005,
    progress: Callable[[int, int], object] | None = None,
) -> Calibration:
    """The limits that keep `expected_false` false matches a query and kind among `entries` entries.

    Fails and costs as evaluate().
    """
    fields = _fields(photographs, "edits", levels, queries, seed, threads, same, "")
    among, share = whole("entries", entries, 1), number("expected_false", expected_false)
    figures, text = _library().calibrate(fields, _called(progress), among, share)
    return Calibration(json.loads(figures), text)


def _called(progress: Callable[[int, int], object] | None) -> Callable[[int, int], object] | None:
    if progress is not None and not callable(progress):
        raise TypeError(f"progress is called with two numbers; {type(progress).__name__} cannot be")
    return progress


def _library() -> Any:
    try:
        from . import _evaluate
    except ImportError as error:
        raise ImportError(
            "this build of reseau has no evaluation, which needs OpenCV; build it from source with "
            "libopencv-imgproc-dev and libopencv-contrib-dev installed"
        ) from error
    atexit.register(_evaluate.leave_python)
    return _evaluate


def _fields(
    photographs: Any, protocol: str, levels: Sequence[str], queries: int, seed: int, threads: int | None,
    same: Any, groups: Any,
) -> dict[str, Any]:
    if isinstance(photographs, (str, bytes, os.PathLike)):
        photographs = [photographs]
    if isinstance(levels, str):
        raise TypeError(f"levels is a list of some of {', '.join(get_args(Level))}; write [{levels!r}]")
    return {
        "photographs": [path_bytes(path) for path in photographs],
        "protocol": one_of("protocol", protocol, ("edits", "copydays", "disc21")),
        "levels": [one_of("level", level, get_args(Level)) for level in levels],
        "queries": whole("queries", queries), "seed": whole("seed", seed, 0, 2**64 - 1),
        "threads": threads_or_all(threads), "same": path_bytes(same), "groups": path_bytes(groups),
    }


def rows_of(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures as a table; `held_to` says at which false matches: a rate, a bank's size or a source."""
    rows = []
    for rule in figures["rules"]:
        held_to = next((f"{key} {rule[key]}" for key in ("rate", "entries", "recommended_by") if key in rule), "")
        for edit, found in rule["edits"].items():
            low, high = found["interval"]
            rows.append({"rule": rule["rule"], "held_to": held_to, "edit": edit, "recall": found["recall"],
                         "low": low, "high": high, "false_rate": rule["false"].get("rate")})
    return rows
