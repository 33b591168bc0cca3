"""Pictures and videos to signatures: one, or as many as there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, get_args, overload

import numpy as np
import numpy.typing as npt

from . import _reseau
from ._checks import one_of, threads_or_all, whole
from ._errors import error_for
from ._inputs import Input, Isolation, Limits, Readable, how, is_one, many, resolve, resolve_all
from ._reseau import Signature, VideoSignature

if TYPE_CHECKING:
    import pandas
    import pyarrow

Kind: TypeAlias = Literal["grid", "pdq"]
Level: TypeAlias = Literal["base", "standard", "extended"]
Progress: TypeAlias = Callable[[int], object]


class PilImage(Protocol):
    """A PIL image, to those who check types."""

    @property
    def mode(self) -> str: ...
    def getbands(self) -> tuple[str, ...]: ...


One: TypeAlias = "str | bytes | bytearray | memoryview | os.PathLike[str] | Readable | PilImage | npt.NDArray[np.uint8]"
Rows: TypeAlias = "Batch | list[Signature] | tuple[Signature, ...]"

WIDTHS: dict[str, int] = {"grid": 96, "pdq": 32}
_MEASURES = ("grid", "grid_aligned", "pdq")


@overload
def hash(  # type: ignore[misc]  # a str is an iterable too, and one input
    x: One, *, level: Level = ..., limits: Limits | None = ..., isolation: Isolation = ..., key_frames: bool = ...
) -> Signature: ...
@overload
def hash(
    x: Iterable[Any], *, level: Level = ..., limits: Limits | None = ..., isolation: Isolation = ...,
    key_frames: bool = ...,
) -> list[Signature]: ...
def hash(
    x: Input | Iterable[Input],
    *,
    level: Level = "base",
    limits: Limits | None = None,
    isolation: Isolation = "confine",
    key_frames: bool = False,
) -> Signature | list[Signature]:
    """The signature of a picture or video; of an iterable of them, a list.

    x       a path, the bytes of a file, a file object opened for bytes, a NumPy array of shape
            (h, w) or (h, w, 3 or 4), uint8, in the order red, green, blue (OpenCV's arrays are
            the other way round: `array[..., ::-1]`), or a PIL image.
    level   for which windows: see Bank.create. A query needs none.
    limits  what a decoder may spend on one file.
    isolation   "confine": files are decoded in processes that can do nothing else (`isolation` of
            the signature says what holds them), and in this one, with a RuntimeWarning, where such
            cannot be started; "require": raises IsolationError instead, and where anything of the
            confinement is missing; "none": in this process, for files that are trusted.
    key_frames  decode only the key frames of videos: far quicker, and what lies between is not seen.

    Raises an InputError of its kind, with the file's name, if the picture could not be hashed. One
    that was hashed with a reservation (cut short, little to recognise) is returned: see `outcome`
    and `message`. Of an animation or a document it is the first picture; `more` has the others. A
    video has its frames in `video`, and those that could be had where the outcome is not "ok".

    >>> card = reseau.hash(reseau.testcard_png())
    >>> card.outcome, card.width, card.height, card.grid.shape, card.pdq.shape
    ('ok', 1024, 768, (96,), (32,))
    """
    examine = how(limits, isolation, key_frames, level)
    if is_one(x):
        return _hash_one(x, examine)
    inputs: Iterable[Any] = x  # type: ignore[assignment]
    return [_hash_one(each, examine) for each in inputs]


def _hash_one(x: Input, examine: dict[str, Any]) -> Signature:
    signature: Signature = next(_reseau.Stream(iter([resolve(x, examine["max_bytes"])]), examine, 1))
    if not signature.hashed:
        raise error_for(signature.outcome, signature.message, signature.name or "")
    return signature


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that could not be hashed, and why."""

    index: int  #: which of the inputs, from 0
    name: str | None  #: its path, if it has one
    code: str  #: "corrupt", "io_error", ...
    message: str  #: one sentence


class Batch(Sequence[str | None]):
    """What hash_many gives: arrays with one row an input, in the order of the inputs.

    The row is of the input's first picture; hash_iter gives those of frames and pages too (`more`).
    A video has no row in grid and pdq (zeros), but in `videos`.

    names        paths, or None; also what the batch itself is a sequence of
    outcomes     codes: "ok", "corrupt", ...
    grid         (n, 96) int8; squared L2 is its distance
    pdq          (n, 32) uint8; Hamming is its distance
    quality, pdq_quality  (n,) int16, 0 to 100
    hashed       (n,) bool; where it is False, there is no picture, and grid and pdq are zeros
    videos       a VideoSignature where the input is a video, or None
    sha256       (n,) bytes, 32 each; where the bytes are unknown, b""
    failures     what was not hashed
    """

    def __init__(self, signatures: Iterable[Signature], progress: Progress | None = None) -> None:
        self.names: list[str | None] = []
        self.outcomes: list[str] = []
        self.failures: list[Failure] = []
        self._messages: list[str] = []
        self._columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
        self.sha256: list[bytes] = []
        self.videos: list[VideoSignature | None] = []
        rows = {kind: bytearray() for kind in WIDTHS}
        qualities: list[int] = []
        pdq_qualities: list[int] = []
        hashed: list[bool] = []
        for signature in signatures:
            self._append(signature)
            for kind, value in (("grid", signature.grid), ("pdq", signature.pdq)):
                rows[kind] += bytes(WIDTHS[kind]) if value is None else value.data.cast("B")
            qualities.append(-1 if signature.quality is None else signature.quality)
            pdq_qualities.append(-1 if signature.pdq_quality is None else signature.pdq_quality)
            hashed.append(signature.hashed and signature.video is None)
            if progress is not None:
                progress(1)
        self.grid: npt.NDArray[np.int8] = np.frombuffer(rows["grid"], np.int8).reshape(-1, 96)
        self.pdq: npt.NDArray[np.uint8] = np.frombuffer(rows["pdq"], np.uint8).reshape(-1, 32)
        self.quality: npt.NDArray[np.int16] = np.array(qualities, np.int16)
        self.pdq_quality: npt.NDArray[np.int16] = np.array(pdq_qualities, np.int16)
        self.hashed: npt.NDArray[np.bool_] = np.array(hashed, np.bool_)

    def _append(self, signature: Signature) -> None:
        if not signature.hashed:
            self.failures.append(Failure(len(self.names), signature.name, signature.outcome, signature.message))
        self.names.append(signature.name)
        self.outcomes.append(signature.outcome)
        self.videos.append(signature.video)
        self._messages.append(signature.message)
        self.sha256.append(bytes.fromhex(signature.sha256 or ""))
        for name, column in self._columns.items():
            column.append(getattr(signature, name))

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> str | None: ...
    @overload
    def __getitem__(self, index: slice) -> list[str | None]: ...
    def __getitem__(self, index: int | slice) -> str | None | list[str | None]:
        return self.names[index]

    def __repr__(self) -> str:
        return f"<reseau.Batch of {len(self)}, {len(self.failures)} not hashed>"

    def columns(self) -> dict[str, list[Any]]:
        """A list a field, named as by the program's `hash`; signatures and digests in hex.

        Unlike there, a row is an input's first picture (no `part`), `completeness` is left out, and
        `message` is the text of `error`, whose code is `outcome`. `duration` is of a video, in
        seconds, and `video` its compact form, as VideoSignature.from_bytes() reads it.
        """
        def hexes(rows: npt.NDArray[Any]) -> list[str | None]:
            return [row.tobytes().hex() if there else None for row, there in zip(rows, self.hashed)]

        return {
            "path": self.names,
            **{name: self._columns[name] for name in _COLUMNS[:6]},
            "outcome": self.outcomes,
            "isolation": self._columns["isolation"],
            "grid": hexes(self.grid),
            "pdq": hexes(self.pdq),
            **{name: self._columns[name] for name in _COLUMNS[6:9]},
            "duration": self._columns["duration"],
            "video": [None if video is None else bytes(video).hex() for video in self.videos],
            "message": self._messages,
        }

    def to_pandas(self) -> pandas.DataFrame:
        """A row an input, the columns of columns(). Needs pandas.

        The program's CSV has `part`, `completeness` and, for `message`, `error_code` and
        `error_message`; it has no `duration` and `video`.
        """
        import pandas

        columns: dict[str, Any] = self.columns()
        for name in ("path", "message"):  # not all names are text to those who keep it as UTF-8
            columns[name] = pandas.Series(columns[name], dtype=object)
        frame = pandas.DataFrame(columns)
        whole = ("bytes", "width", "height", "quality", "pdq_quality")
        return frame.astype({name: "Int64" for name in whole})

    def to_arrow(self) -> pyarrow.Table:
        """The same but sha1 and md5, with signatures and sha256 as bytes, for Parquet. Needs pyarrow."""
        import pyarrow

        def binary(rows: npt.NDArray[Any], width: int) -> Any:
            values = [row.tobytes() if there else None for row, there in zip(rows, self.hashed)]
            return pyarrow.array(values, pyarrow.binary(width))

        return pyarrow.table(
            {
                "path": pyarrow.array([_text(name) for name in self.names], pyarrow.string()),
                "outcome": pyarrow.array(self.outcomes, pyarrow.string()),
                "message": pyarrow.array([_text(message) for message in self._messages], pyarrow.string()),
                **{name: pyarrow.array(self._columns[name], pyarrow.string()) for name in ("isolation", "media")},
                **{name: pyarrow.array(self._columns[name], pyarrow.int64()) for name in ("bytes", "width", "height")},
                "quality": pyarrow.array(self._columns["quality"], pyarrow.int16()),
                "pdq_quality": pyarrow.array(self._columns["pdq_quality"], pyarrow.int16()),
                "grid": binary(self.grid, 96),
                "pdq": binary(self.pdq, 32),
                "sha256": pyarrow.array([digest or None for digest in self.sha256], pyarrow.binary(32)),
                "duration": pyarrow.array(self._columns["duration"], pyarrow.float64()),
                "video": pyarrow.array([None if v is None else bytes(v) for v in self.videos], pyarrow.binary()),
            }
        )


_COLUMNS = ("media", "bytes", "width", "height", "quality", "pdq_quality", "sha256", "sha1", "md5", "isolation", "duration")


def _text(value: str | None) -> str | None:
    """As UTF-8 can say it: a path's other bytes become \\xNN."""
    return None if value is None else value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def hash_iter(
    inputs: Iterable[Input],
    *,
    level: Level = "base",
    threads: int | None = None,
    limits: Limits | None = None,
    isolation: Isolation = "confine",
    key_frames: bool = False,
) -> Iterator[Signature]:
    """The signatures of any number of inputs, in their order, as they come; on `threads` threads.

    A few inputs a thread are taken from `inputs` ahead of what is returned, so it may be endless. An
    array may be used again as soon as the next input is asked for, unless `inputs` is a sequence.
    Nothing is raised for an input: what could not be hashed comes too (`hashed` is False, `outcome`
    says why). An exception that `inputs` itself raises is passed on after all before it have come.
    """
    examine = how(limits, isolation, key_frames, level)
    return iter(_reseau.Stream(resolve_all(many(inputs), examine["max_bytes"]), examine, threads_or_all(threads)))


def hash_many(
    inputs: Iterable[Input],
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
    isolation: Isolation = "confine",
    key_frames: bool = False,
) -> Batch:
    """Hashes many pictures and videos on all cores, without Python's lock, and keeps their order.

    inputs    paths, bytes, arrays, ...: see hash()
    threads   how many; None: one a processor
    progress  called with 1 for each input that is done: `progress=tqdm(total=n).update`
    limits, isolation, key_frames  as for hash()

    No input ends the batch: what could not be hashed is in `failures`, by index and name. Ctrl-C
    does, within the time that the pictures in the works take.

    >>> batch = reseau.hash_many([reseau.testcard_png(), b"no picture", None])
    >>> batch.grid.shape, batch.hashed.tolist()
    ((3, 96), [True, False, False])
    >>> [(failure.index, failure.code) for failure in batch.failures]
    [(1, 'unsupported_format'), (2, 'invalid_argument')]
    """
    made = hash_iter(inputs, threads=threads, limits=limits, isolation=isolation, key_frames=key_frames)
    return Batch(made, progress)


def rows_of(kind: str, x: Any) -> npt.NDArray[np.uint8]:
    """Signatures as the library takes them: (n, width) of uint8, rows without gaps.

    From a Batch, an array (n, width) or (width,) of int8 or uint8, one or several Signatures, or bytes.
    Raises ValueError for a Batch in which something was not hashed: its row would be zeros.
    """
    if kind not in WIDTHS:
        raise ValueError(f'a kind is "grid" or "pdq", not {kind!r}')
    if isinstance(x, Batch):
        if not x.hashed.all():
            raise ValueError(f"{np.sum(~x.hashed)} of the batch are no hashed pictures; take batch.{kind}[batch.hashed]")
        x = getattr(x, kind)
    if isinstance(x, Signature):
        x = [x]
    if isinstance(x, (list, tuple)) and not x:
        return np.empty((0, WIDTHS[kind]), np.uint8)
    if isinstance(x, (list, tuple)) and any(isinstance(each, Signature) for each in x):
        if not all(isinstance(each, Signature) for each in x):
            raise TypeError("signatures are all reseau.Signature, or all bytes")
        parts = [getattr(each, kind) for each in x]
        if any(part is None for part in parts):
            raise ValueError(f"a signature has no {kind}")
        x = np.stack(parts)
    if isinstance(x, (bytes, bytearray)):
        x = [x]
    if isinstance(x, (list, tuple)) and x and all(isinstance(each, (bytes, bytearray)) for each in x):
        x = np.stack([np.frombuffer(each, np.uint8) for each in x])
    array = np.asarray(x)
    if array.dtype not in (np.int8, np.uint8):
        raise TypeError(f"signatures are bytes (int8 or uint8), not {array.dtype}")
    if array.ndim == 1:
        array = array[np.newaxis]
    if array.ndim != 2 or array.shape[1] != WIDTHS[kind]:
        raise ValueError(f"signatures of {kind} have the shape (n, {WIDTHS[kind]}), not {np.shape(x)}")
    return np.ascontiguousarray(array).view(np.uint8)


def views(x: Any, *, kind: Kind = "grid") -> npt.NDArray[np.uint8]:
    """Each signature as the sixteen views of its picture would have it: (n, 16, width).

    The first is as is; then the turns by 90, 180 and 270 degrees, the same mirrored, then all of
    those as negatives. For pdq approximate, a few bits off.
    """
    return _reseau.views(rows_of(kind, x), kind)


@overload
def distance(a: Signature, b: Signature, *, kind: Kind = ...) -> int: ...
@overload
def distance(a: Rows, b: Any, *, kind: Kind = ...) -> npt.NDArray[np.int32]: ...
@overload
def distance(a: Any, b: Rows, *, kind: Kind = ...) -> npt.NDArray[np.int32]: ...
@overload
def distance(a: Any, b: Any, *, kind: Kind = ...) -> int | npt.NDArray[np.int32]: ...
def distance(a: Any, b: Any, *, kind: Kind = "grid") -> int | npt.NDArray[np.int32]:
    """How far apart: bits for pdq, squared L2 for grid. Of rows of arrays, an array.

    >>> card = reseau.hash(reseau.testcard_png())
    >>> reseau.distance(card, card), reseau.distance(card.pdq, ~card.pdq, kind="pdq")
    (0, 256)
    """
    one = all(isinstance(x, (Signature, bytes, bytearray)) or getattr(x, "ndim", 2) == 1 for x in (a, b))
    apart = _reseau.distances(rows_of(kind, a), rows_of(kind, b), kind)
    return int(apart[0]) if one else apart


def default_limit(measure: Literal["grid", "grid_aligned", "pdq"], entries: int, *, level: Level = "base") -> int:
    """The limit that holds among so many entries if none is asked for: see docs/matching.md."""
    one_of("measure", measure, _MEASURES)
    return _reseau.default_limit(measure, whole("entries", entries), one_of("level", level, get_args(Level)))


def false_positive_rate(measure: Literal["grid", "grid_aligned", "pdq"], distance: int, *, level: Level = "base") -> float:
    """Of pairs of unrelated pictures, the share that is at most this far apart in the nearest view."""
    one_of("measure", measure, _MEASURES)
    apart = whole("distance", distance, 0, 2**31 - 1)
    return _reseau.false_positive_rate(measure, apart, one_of("level", level, get_args(Level)))
