"""Banks of known pictures, and matching against them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import index
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, overload

import numpy as np

from . import _reseau
from ._checks import path_bytes, threads_or_all, whole
from ._errors import NotFoundError, error_for
from ._hash import Kind, Level, Progress
from ._index import Search
from ._inputs import Input, Isolation, Limits, Resolved, how, many, resolve, resolve_all
from ._reseau import Signature, VideoSignature
from ._video import Stretch, stretches_of

if TYPE_CHECKING:
    import pandas

_TOGETHER = 256  # signatures that share one wait for the disk,
_AT_MOST = 1.0  # and for how many seconds they wait for each other


class Added(NamedTuple):
    """What became of one input given to Bank.add."""

    name: str | None
    entry: int | None  #: its id; None if it was not added
    existing: bool  #: the same bytes were there already
    outcome: str  #: "ok", "corrupt", ...
    message: str
    part: str | None = None  #: which of the input's pictures, if it has more than one


class Entry(NamedTuple):
    """What is known of one picture or video."""

    id: int
    added: str  #: UTC, ISO 8601
    origin: str
    labels: tuple[str, ...]  #: may name victims
    grid: bytes | None
    pdq: bytes | None
    quality: int | None
    pdq_quality: int | None
    sha256: str | None
    sha1: str | None
    md5: str | None
    width: int | None
    height: int | None
    bytes: int | None
    windows: int  #: signatures of parts, and of the picture without its borders
    video: VideoSignature | None  #: of a video, which has no grid or pdq of its own


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
        self.unaligned = unaligned  #: candidates that were not aligned since the budget ran out
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


class Bank:
    """Known pictures and videos, as signatures and never as pictures, in one file.

    >>> with reseau.Bank.create(folder / "known.bank", level="standard") as bank:
    ...     added = bank.add([reseau.testcard_png()], labels=["case 17"])
    ...     len(bank), added[0].entry
    (1, 1)

    Any number of threads may use one; any number of processes read while one writes. It can be
    closed while other threads use it: their calls end as they would have, later ones raise
    ClosedError. A forked child has to open it anew.
    """

    def __init__(self, path: str | os.PathLike[str], mode: Literal["r", "w"] = "r") -> None:
        """Opens a bank for reading or for writing. Raises a BankError of its kind."""
        if mode not in ("r", "w"):
            raise ValueError(f'a mode is "r" or "w", not {mode!r}')
        self._bank = _reseau.Bank.open(path_bytes(path), mode == "w")

    @classmethod
    def open(cls, path: str | os.PathLike[str], mode: Literal["r", "w"] = "r") -> Bank:
        """The same as Bank(path, mode)."""
        return cls(path, mode)

    @classmethod
    def create(
        cls, path: str | os.PathLike[str], *, level: Level = "base", search: Search = "exact"
    ) -> Bank:
        """Makes an empty bank and opens it for writing. Raises ExistsError.

        level   how much is kept of every picture, and so how small a part of it is found again:
                "base", "standard" or "extended"; see docs/matching.md.
        search  how grid signatures are searched; see Index.
        """
        bank = cls.__new__(cls)
        bank._bank = _reseau.Bank.create(path_bytes(path), level, search)
        return bank

    @staticmethod
    def verify(path: str | os.PathLike[str]) -> list[str]:
        """Reads everything and names what is damaged: an empty list for a sound bank."""
        return _reseau.Bank.verify(path_bytes(path))[1]

    def close(self) -> None:
        self._bank.close()

    @property
    def closed(self) -> bool:
        return self._bank.closed()

    def __enter__(self) -> Bank:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def path(self) -> str:
        return self._bank.path()

    @property
    def level(self) -> str:
        return self._bank.level()

    def __len__(self) -> int:
        return self._bank.size()

    def __bool__(self) -> bool:
        return True

    def info(self) -> dict[str, Any]:
        """path, id, created, format, level, search, entries, with_grid, windows, with_pdq, videos, frames,
        file_bytes, saved."""
        return self._bank.info()

    def save_index(self) -> None:
        """Saves the index beside the bank, where much is new, so that it opens in a fraction of the time."""
        self._bank.save_index()

    def add(
        self,
        inputs: Iterable[Input],
        *,
        labels: Sequence[str] = (),
        threads: int | None = None,
        progress: Progress | None = None,
        limits: Limits | None = None,
        isolation: Isolation = "confine",
        key_frames: bool = False,
    ) -> list[Added]:
        """Examines pictures and videos for the bank's level and adds them, durably; a row an input, in order.

        Inputs are as for hash_many. What could not be hashed is not added, and has a row that says
        why. Frames and pages that look unlike the first are entries, and rows, of their own; a video
        is one entry. Ctrl-C loses what was not added yet, and nothing else.
        """
        names = _labels(labels)
        examine = how(limits, isolation, key_frames, self.level)
        stream = _reseau.Stream(resolve_all(many(inputs), examine["max_bytes"]), examine, threads_or_all(threads))
        rows: list[Added] = []
        waiting: list[Signature] = []
        last = monotonic()

        def commit() -> None:
            nonlocal last
            known = iter(self._bank.add([s for s in waiting if _can_be_known(s)], names))
            for s in waiting:
                entry, existing = next(known) if _can_be_known(s) else (None, False)
                rows.append(Added(s.name, entry, existing, s.outcome, s.message, s.part))
                if progress is not None and s.part is None:
                    progress(1)
            waiting.clear()
            last = monotonic()

        files: set[str | None] = set()
        for signature in stream:
            waiting.append(signature)
            if signature.more and signature.sha256 not in files and not self._bank.knows(signature):
                waiting += signature.more
            files.add(signature.sha256)
            if len(waiting) >= _TOGETHER or monotonic() - last > _AT_MOST:
                commit()
        commit()
        return rows

    def add_hashes(self, rows: Iterable[Mapping[str, Any]], *, labels: Sequence[str] = ()) -> list[int]:
        """Adds entries of which only hashes are known, and gives their ids; all or none.

        rows  mappings with any of "grid", "pdq", "sha256", "sha1", "md5": bytes or hex digits;
              "video": a VideoSignature (of a vPDQ list: Vpdq.video()); and "origin", a str.
        """
        names = _labels(labels)
        made = []
        for row in rows:
            unknown = set(row) - _FIELDS
            if unknown:
                raise ValueError(f"a row has {', '.join(sorted(_FIELDS))}; not {', '.join(sorted(unknown))}")
            each: dict[str, Any] = {name: _hash(name, row[name]) for name in _HASHES if row.get(name) is not None}
            video = row.get("video")
            if video is not None:
                if not isinstance(video, VideoSignature):
                    raise TypeError(f"video is a VideoSignature, not {type(video).__name__}")
                each["video"] = video
            made.append({**each, "origin": os.fsencode(row.get("origin") or ""), "labels": names})
        return [entry for entry, _ in self._bank.add_hashes(made)]

    def remove(self, entries: Iterable[int]) -> None:
        """Removes all or none; their bytes are overwritten. Raises NotFoundError."""
        self._bank.remove([index(entry) for entry in entries])

    def __getitem__(self, entry: int) -> Entry:
        """Raises NotFoundError, which is a LookupError."""
        return Entry(*self._bank.get(index(entry)))

    def __contains__(self, entry: object) -> bool:
        """Whether there is an entry of this id."""
        try:
            self._bank.get(index(entry))  # type: ignore[arg-type]
        except (TypeError, OverflowError, NotFoundError):
            return False
        return True

    def __iter__(self) -> Iterator[Entry]:
        """Entries in order of their ids."""
        last = 0
        while rows := self._bank.entries(last, 4096):
            for row in rows:
                yield Entry(*row)
            last = rows[-1][0]

    def refresh(self) -> None:
        """Takes in what other processes have added and removed."""
        self._bank.refresh()

    def match(self, x: Input | Signature | VideoSignature, **options: Any) -> Matches:
        """The same as reseau.match(bank, x, **options)."""
        return match(self, x, **options)

    def __repr__(self) -> str:
        return f"<reseau.Bank {self.path!r}, " + ("closed>" if self.closed else f"{len(self)} entries>")


def _labels(labels: Sequence[str]) -> list[str]:
    if isinstance(labels, str) or not all(isinstance(label, str) for label in labels):
        raise TypeError(f'labels are a sequence of str, as ["case 17"]; not {labels!r}')
    return list(labels)


def _hash(name: str, value: Any) -> bytes:
    if isinstance(value, str):
        return bytes.fromhex(value)
    if isinstance(value, (bytes, bytearray)) or getattr(value, "dtype", None) in (np.int8, np.uint8):
        return bytes(value)
    raise TypeError(f"{name} is bytes, hex digits or an array of bytes, not {type(value).__name__}")


_HASHES = ("grid", "pdq", "sha256", "sha1", "md5")
_FIELDS = {*_HASHES, "video", "origin"}


_KNOWN = ("ok", "ok_partial", "low_information", "limit_frames")


def _can_be_known(signature: Signature) -> bool:
    """It was decoded, and there is something by which it is found again."""
    if signature.video is not None:
        return signature.outcome in (*_KNOWN, "limit_cpu")
    return signature.hashed and (signature.sha256 is not None or signature.outcome == "ok")


def _options(
    kinds: Sequence[Kind | Literal["digest"]], limit: int | None, aligned_limit: int | None, agree: int | None,
    budget: int, all: bool,
) -> dict[str, Any]:
    known = {"grid", "pdq", "digest"}
    if isinstance(kinds, str) or not set(kinds) <= known or not kinds:
        raise ValueError(f"kinds are some of {sorted(known)}, not {kinds!r}")
    if limit is not None and ("grid" in kinds) == ("pdq" in kinds):
        raise ValueError('a limit is of one kind; say which with kinds=["grid"] or kinds=["pdq"]')
    for name, value in (("limit", limit), ("aligned_limit", aligned_limit), ("agree", agree), ("budget", budget)):
        if value is not None:
            whole(name, value, 0, 2**31 - 1)
    return {
        "grid": "grid" in kinds, "pdq": "pdq" in kinds, "digests": "digest" in kinds,
        "grid_limit": limit if "grid" in kinds else None, "pdq_limit": limit if "pdq" in kinds else None,
        "aligned_limit": aligned_limit, "agree": agree, "align": budget > 0, "budget": budget, "all": all,
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
    aligned_limit  of grid distances after alignment
    agree   a match by grid counts only if pdq is within this too
    budget  milliseconds for alignment; 0: none
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
    options = _options(kinds, limit, aligned_limit, agree, budget, all) | {"threads": threads_or_all(threads)}
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
    options = _options(kinds, limit, aligned_limit, agree, budget, all)
    examine = how(limits, isolation, key_frames)
    queries = resolve_all(many(inputs), examine["max_bytes"], _query)
    stream = _reseau.Stream(queries, examine, threads_or_all(threads), _bank_of(bank), options)
    return (Matches(*each) for each in stream)
