import builtins
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

version: str

class Signature:
    """What was learnt of one picture or video. Immutable; pickles within one release; a copy is itself."""

    @property
    def name(self) -> str | None:
        """The file's path, if it has one."""
    @property
    def outcome(self) -> str:
        """"ok", or the code of what keeps it from being fully examined."""
    @property
    def message(self) -> str:
        """Why, where the outcome is not "ok"."""
    @property
    def isolation(self) -> str | None:
        """What held the decoder back: "worker+no_new_privs+seccomp+landlock+limits", or "none" if it
        was this process; None for pixels, and where nothing was decoded."""
    @property
    def hashed(self) -> bool:
        """There are signatures."""
    @property
    def fully_examined(self) -> bool:
        """Nothing in it is left unlooked at."""
    @property
    def part(self) -> str | None:
        """Which of the file's pictures: None for the first, "frame 7", "page 2", ..."""
    @property
    def more(self) -> tuple[Signature, ...]:
        """The file's other pictures (frames, pages, files embedded in it) that look unlike this one."""
    @property
    def media(self) -> Literal["image", "video"] | None: ...
    @property
    def format(self) -> str:
        """"JPEG", ...; "unknown"."""
    @property
    def bytes(self) -> int | None:
        """Of the file."""
    @property
    def width(self) -> int | None:
        """Of the upright picture, in pixels."""
    @property
    def height(self) -> int | None: ...
    @property
    def completeness(self) -> float | None:
        """How much of the picture is there, 0 to 1."""
    @property
    def quality(self) -> int | None:
        """Of grid: how much there is to recognise, 0 to 100."""
    @property
    def pdq_quality(self) -> int | None: ...
    @property
    def duration(self) -> float | None:
        """Of a video, in seconds, as far as it was reached."""
    @property
    def video(self) -> VideoSignature | None:
        """A video's frames. It has no grid or pdq of its own; `quality` is that of its best frame."""
    @property
    def grid(self) -> npt.NDArray[np.int8] | None:
        """(96,), a read-only view without a copy."""
    @property
    def pdq(self) -> npt.NDArray[np.uint8] | None:
        """(32,), a read-only view without a copy."""
    @property
    def sha256(self) -> str | None:
        """In hex; None for pixels, whose file is not known."""
    @property
    def sha1(self) -> str | None: ...
    @property
    def md5(self) -> str | None: ...
    @property
    def _windows(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int8]]: ...
    def hex(self, kind: Literal["grid", "pdq"] = "grid") -> str: ...
    def __bytes__(self) -> builtins.bytes:
        """Of grid."""
    def __copy__(self) -> Signature: ...
    def __deepcopy__(self, memo: dict[int, Any]) -> Signature: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

class VideoSignature:
    """What a video is reduced to: its sampled frames, in order of time, as arrays without copies.

    A frame stands for what looks like it: from its time until `until`. docs/video.md says which
    frames are sampled. Immutable; pickles; equal to what has the same bytes().
    """

    @property
    def width(self) -> int:
        """Of the upright frames, in pixels."""
    @property
    def height(self) -> int: ...
    @property
    def duration(self) -> float:
        """In seconds."""
    def __len__(self) -> int:
        """Frames."""
    @property
    def times(self) -> npt.NDArray[np.float64]:
        """(n,), seconds after the first frame."""
    @property
    def until(self) -> npt.NDArray[np.float64]:
        """(n,), seconds: up to here, what follows looks like the frame."""
    @property
    def shots(self) -> npt.NDArray[np.bool_]:
        """(n,), whether it is the first of a shot."""
    @property
    def quality(self) -> npt.NDArray[np.int32]:
        """(n,), of grid, 0 to 100."""
    @property
    def pdq_quality(self) -> npt.NDArray[np.int32]: ...
    @property
    def grid(self) -> npt.NDArray[np.int8]:
        """(n, 96); zeros where `has_grid` is False. Rows are not side by side in memory."""
    @property
    def pdq(self) -> npt.NDArray[np.uint8]:
        """(n, 32), likewise."""
    @property
    def has_grid(self) -> npt.NDArray[np.bool_]:
        """(n,)"""
    @property
    def has_pdq(self) -> npt.NDArray[np.bool_]: ...
    def _looks(self, known: bool) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]: ...
    def __bytes__(self) -> builtins.bytes:
        """The compact form: 24 bytes, and 141 a frame (with borders 247)."""
    @staticmethod
    def from_bytes(data: builtins.bytes) -> VideoSignature:
        """Raises ArgumentError for anything that bytes() does not give."""
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...

class Vpdq:
    """Meta's vPDQ: a video as a list of PDQ hashes, as arrays without copies. See hash_vpdq()."""

    @staticmethod
    def from_text(text: str) -> Vpdq:
        """Lines of "frame,quality,hash[,seconds]". Raises ArgumentError, naming the line."""
    @staticmethod
    def from_json(json: str) -> Vpdq:
        """threatexchange's array of "hash,quality,seconds", or its older object. Raises ArgumentError."""
    def text(self) -> str: ...
    def json(self) -> str: ...
    def __len__(self) -> int: ...
    @property
    def frames(self) -> npt.NDArray[np.int64]:
        """(n,), counted from 0."""
    @property
    def times(self) -> npt.NDArray[np.float64]:
        """(n,), seconds."""
    @property
    def quality(self) -> npt.NDArray[np.int32]:
        """(n,), PDQ's, 0 to 100."""
    @property
    def pdq(self) -> npt.NDArray[np.uint8]:
        """(n, 32)"""
    @property
    def name(self) -> str | None: ...
    @property
    def isolation(self) -> str | None:
        """What held the decoder back, as of a Signature; None for a list that was read."""
    @property
    def outcome(self) -> str:
        """"ok", or the code of what keeps the video from being fully examined."""
    @property
    def message(self) -> str: ...
    def video(self) -> VideoSignature:
        """To be matched, by pdq alone."""
    def __eq__(self, other: object) -> bool: ...

class Bank:
    @staticmethod
    def create(path: bytes, level: str, search: str) -> Bank: ...
    @staticmethod
    def open(path: bytes, write: bool) -> Bank: ...
    @staticmethod
    def verify(path: bytes) -> tuple[int, list[str]]: ...
    def close(self) -> None: ...
    def closed(self) -> bool: ...
    def path(self) -> str: ...
    def size(self) -> int: ...
    def level(self) -> Literal["base", "standard", "extended"]: ...
    def info(self) -> dict[str, Any]: ...
    def add(self, signatures: list[Signature], labels: list[str]) -> list[tuple[int, bool]]: ...
    def add_hashes(self, rows: list[dict[str, Any]]) -> list[tuple[int, bool]]: ...
    def knows(self, signature: Signature) -> bool: ...
    def remove(self, ids: list[int]) -> None: ...
    def get(self, id: int) -> tuple[Any, ...]: ...
    def entries(self, after: int, count: int) -> list[tuple[Any, ...]]: ...
    def refresh(self) -> None: ...
    def save_index(self) -> None: ...

_Arrays = tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.int64]]
_Rows = npt.NDArray[np.uint8]
_Ids = npt.NDArray[np.int64]

class Index:
    def __init__(self, kind: str, search: str) -> None: ...
    @staticmethod
    def load(path: bytes, kind: str, digest: bytes, owner: bytes, threads: int, search: str) -> Index: ...
    def kind(self) -> Literal["grid", "pdq"]: ...
    def search(self) -> Literal["exact", "ivf"]: ...
    def recall(self, limit: int, sample: int) -> float: ...
    def size(self) -> int: ...
    def nbytes(self) -> int: ...
    def add(self, ids: _Ids, rows: _Rows) -> None: ...
    def replace(self, ids: _Ids, rows: _Rows) -> None: ...
    def remove(self, ids: _Ids) -> None: ...
    def settle(self) -> None: ...
    def within(self, queries: _Rows, limit: int, threads: int) -> _Arrays: ...
    def nearest(self, queries: _Rows, k: int, limit: int, threads: int) -> _Arrays: ...
    def save(self, path: bytes, owner: bytes) -> bytes: ...

class Stream(Iterator[Any]):
    def __init__(
        self,
        inputs: Iterable[tuple[bytes, str, Any]],
        how: dict[str, Any],
        threads: int,
        bank: Bank | None = ...,
        options: dict[str, Any] = ...,
    ) -> None: ...
    def __iter__(self) -> Stream: ...
    def __next__(self) -> Any: ...

def leave_python() -> None: ...
def system_message(error: int) -> str: ...
def testcard_png() -> bytes:
    """A harmless picture that every bank knows, as a PNG file: to prove a pipeline end to end."""

def video_is_supported() -> bool:
    """Whether this build can decode videos (CMake option RESEAU_VIDEO)."""

def find_stretches(query: VideoSignature, known: VideoSignature, among: int) -> tuple[tuple[Any, ...], ...]: ...
def hash_vpdq(resolved: tuple[bytes, str, Any], seconds: float, isolation: str) -> Vpdq: ...
def signature_of_video(video: VideoSignature) -> Signature: ...
def compare_vpdq(query: Vpdq, known: Vpdq, limit: int, quality: int) -> tuple[float, float]: ...
def compare(
    a: Signature | tuple[bytes, str, Any], b: Signature | tuple[bytes, str, Any], how: dict[str, Any]
) -> tuple[Any, ...]: ...
def views(rows: _Rows, kind: str) -> _Rows: ...
def distances(a: _Rows, b: _Rows, kind: str) -> npt.NDArray[np.int32]: ...
def width_of(kind: str) -> int: ...
def default_limit(measure: str, entries: int, level: str) -> int: ...
def false_positive_rate(measure: str, distance: int, level: str) -> float: ...
