"""What a bank knows of a picture or video."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import starmap
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, overload

from . import _reseau
from ._bank import Bank
from ._checks import flag, threads_or_all, whole
from ._errors import error_for
from ._hash import Kind
from ._inputs import Input, Isolation, Limits, Resolved, how, many, resolve, resolve_all
from ._reseau import Signature, VideoSignature
from ._video import Stretch, stretches_of

if TYPE_CHECKING:
    import pandas

Rectangle = tuple[float, float, float, float]


class Match(NamedTuple):
    """A reason for a person to look; never a finding about anyone."""

    entry: int  #: 0: the test card
    kind: str  #: "grid", "pdq", "sha256", "sha1", "md5"
    verdict: str  #: "exact", "near", "similar", "test"
    distance: int
    limit: int  #: what the distance was held to
    aligned: bool  #: a grid distance after alignment
    partial: bool  #: by what is there of a query that is cut short
    part: str | None  #: in which of the query's pictures: "frame 7", "page 2"; None: the first
    turn: int  #: how the query lies over the known picture: degrees clockwise
    mirror: bool
    negative: bool
    trim: Rectangle  #: what was looked at of the query: x, y, width, height, 0 to 1
    rectangle: Rectangle  #: the part of the known picture that was found
    tilt: float  #: degrees clockwise beyond `turn`
    expected_false: float  #: unrelated entries of such a bank expected this near
    view: str  #: the same for people: "mirrored, turned 90 degrees"
    entry_media: Literal["image", "video"]  #: what is known; "image" where only digests are
    stretches: tuple[Stretch, ...]  #: of videos: where. A still of one, or in one, has a single look


class Matches(Sequence[Match]):
    """Of one query: the strongest first. Empty means "no match" only if query.fully_examined."""

    def __init__(self, query: Signature, rows: Iterable[tuple[Any, ...]], unaligned: int) -> None:
        self.query = query
        self.unaligned = unaligned  #: candidates beyond `candidates` or `budget`, which were not aligned
        self._found = [Match(*(*row[:-1], stretches_of(row[-1]))) for row in rows]

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, index: int) -> Match: ...
    @overload
    def __getitem__(self, index: slice) -> list[Match]: ...
    def __getitem__(self, index: int | slice) -> Match | list[Match]:
        return self._found[index]

    def __repr__(self) -> str:
        state = "" if self.query.fully_examined else f", query {self.query.outcome}"
        return f"<reseau.Matches {self._found!r}{state}>"

    def to_pandas(self) -> pandas.DataFrame:
        """A row a match. Needs pandas."""
        import pandas

        return pandas.DataFrame(self._found, columns=list(Match._fields))


def _options(
    kinds: Sequence[Kind | Literal["digest"]], limit: int | None, aligned_limit: int | None, agree: int | None,
    budget: int, candidates: int, all: bool,
) -> dict[str, Any]:
    known = {"grid", "pdq", "digest"}
    asked = kinds if isinstance(kinds, str) else tuple(kinds)
    if isinstance(asked, str) or not set(asked) <= known or not asked:
        raise ValueError(f"kinds are some of {sorted(known)}, not {asked!r}")
    kinds = asked
    if limit is not None and ("grid" in kinds) == ("pdq" in kinds):
        raise ValueError('a limit is of one kind; say which with kinds=["grid"] or kinds=["pdq"]')

    def distance(name: str, value: int | None) -> int | None:
        return None if value is None else whole(name, value, 0, 2**31 - 1)

    limit, budget = distance("limit", limit), whole("budget", budget, 0, 2**31 - 1)
    return {
        "grid": "grid" in kinds, "pdq": "pdq" in kinds, "digests": "digest" in kinds,
        "grid_limit": limit if "grid" in kinds else None, "pdq_limit": limit if "pdq" in kinds else None,
        "aligned_limit": distance("aligned_limit", aligned_limit), "agree": distance("agree", agree),
        "align": budget > 0, "budget": budget, "candidates": whole("candidates", candidates, 1, 100_000),
        "all": flag("all", all),
    }


def match(
    bank: Bank,
    x: Input | Signature | VideoSignature,
    *,
    kinds: Sequence[Kind | Literal["digest"]] = ("grid", "pdq", "digest"),
    limit: int | None = None,
    aligned_limit: int | None = None,
    agree: int | None = None,
    budget: int = 100,
    candidates: int = 256,
    all: bool = False,
    threads: int | None = None,
    limits: Limits | None = None,
    isolation: Isolation = "confine",
    key_frames: bool = False,
) -> Matches:
    """Which entries of the bank is a picture or video a copy of? Decodes, hashes, looks up; keeps nothing.

    x       as for hash(); or a Signature: a picture's cannot be aligned (its pixels are gone); or a
            VideoSignature
    kinds   what is asked: how it looks ("grid", "pdq"), the same bytes ("digest")
    limit   of the one kind asked, inclusive; None: the one for a bank of this size
    aligned_limit  of grid distances after alignment, which are shorter; None: as rare as grid's `limit`,
            or else the one for a bank of this size
    agree   a match by grid counts only if pdq is within this too
    budget  milliseconds for alignment; 0: none
    candidates  how many of the nearest entries are aligned; in banks of millions fewer are searched for sooner
    all     every kind that agrees, not only an entry's strongest
    threads  on how many a video is looked up; None: on all processors
    limits, isolation, key_frames  as for hash()

    Raises the InputError of the query's outcome if it is no picture or video, or could not be (fully)
    examined, and nothing was found, so that silence is never taken for "no match"; a BankError of its
    kind.

    >>> with reseau.Bank.create(folder / "empty.bank") as bank:
    ...     reseau.match(bank, reseau.testcard_png())[0].verdict
    'test'
    """
    options = _options(kinds, limit, aligned_limit, agree, budget, candidates, all)
    options["threads"] = threads_or_all(threads)
    examine = how(limits, isolation, key_frames)
    query = _query(x, examine["max_bytes"])
    found = Matches(*next(_reseau.Stream(iter([query]), examine, 1, _bank_of(bank), options)))
    if not found:
        for picture in (found.query, *found.query.more):
            if picture.outcome not in ("ok", "low_information"):
                raise error_for(picture.outcome, picture.message, picture.name or "")
    return found


def _bank_of(bank: Bank) -> _reseau.Bank:
    if not isinstance(bank, Bank):
        raise TypeError(f"a bank is a reseau.Bank, not {type(bank).__name__}; open it with reseau.Bank(path)")
    return bank._bank


def _query(x: Input | Signature | VideoSignature, max_bytes: int) -> Resolved:
    if isinstance(x, VideoSignature):
        x = _reseau.signature_of_video(x)
    if isinstance(x, Signature):
        return os.fsencode(x.name or ""), "signature", x
    return resolve(x, max_bytes)


def match_many(
    bank: Bank,
    inputs: Iterable[Input | Signature | VideoSignature],
    *,
    kinds: Sequence[Kind | Literal["digest"]] = ("grid", "pdq", "digest"),
    limit: int | None = None,
    aligned_limit: int | None = None,
    agree: int | None = None,
    budget: int = 100,
    candidates: int = 256,
    all: bool = False,
    threads: int | None = None,
    limits: Limits | None = None,
    isolation: Isolation = "confine",
    key_frames: bool = False,
) -> Iterator[Matches]:
    """The same for any number of inputs, in their order, as they come; on `threads` threads.

    Nothing is raised for an input: look at `query.fully_examined` before an empty Matches is taken
    for "no match".
    """
    options = _options(kinds, limit, aligned_limit, agree, budget, candidates, all)
    examine = how(limits, isolation, key_frames)
    queries = resolve_all(many(inputs), examine["max_bytes"], _query)
    stream = _reseau.Stream(queries, examine, threads_or_all(threads), _bank_of(bank), options)
    return starmap(Matches, stream)
