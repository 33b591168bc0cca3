"""Banks of known pictures and videos."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import index
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import numpy as np

from . import _reseau
from ._checks import one_of, path_bytes, threads_or_all
from ._errors import ClosedError, NotFoundError
from ._hash import Level, Progress
from ._index import Search
from ._inputs import Input, Isolation, Limits, how, many, resolve_all
from ._reseau import Signature, VideoSignature

if TYPE_CHECKING:
    from ._match import Matches

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
        keeps, searched = one_of("level", level, get_args(Level)), one_of("search", search, get_args(Search))
        bank._bank = _reseau.Bank.create(path_bytes(path), keeps, searched)
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
    def level(self) -> Level:
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
        labels: Iterable[str] = (),
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

    def add_hashes(self, rows: Iterable[Mapping[str, Any]], *, labels: Iterable[str] = ()) -> list[int]:
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
        self._bank.remove([_id(entry) for entry in entries])

    def __getitem__(self, entry: int) -> Entry:
        """Raises NotFoundError, which is a LookupError."""
        return Entry(*self._bank.get(_id(entry)))

    def __contains__(self, entry: object) -> bool:
        """Whether there is an entry of this id."""
        try:
            self._bank.get(_id(entry))  # type: ignore[arg-type]
        except (TypeError, NotFoundError):
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
        from ._match import match

        return match(self, x, **options)

    def __repr__(self) -> str:
        try:
            state = f"{len(self)} entries"
        except ClosedError:  # or it is another process's
            state = "closed"
        return f"<reseau.Bank {self.path!r}, {state}>"


def _id(entry: int) -> int:
    """Raises TypeError, and NotFoundError for what no entry can have."""
    number = index(entry)
    if not -(2**63) <= number < 2**63:
        raise NotFoundError("not_found", f"there is no entry {number}")
    return number


def _labels(labels: Iterable[str]) -> list[str]:
    made = [] if isinstance(labels, str) else list(labels)
    if isinstance(labels, str) or not all(isinstance(label, str) for label in made):
        raise TypeError(f'labels are a sequence of str, as ["case 17"]; not {labels!r}')
    for label in made:
        try:
            label.encode()
        except UnicodeEncodeError:
            raise ValueError(f"a label is text, and {label!r} holds halves of characters") from None
    return made


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
