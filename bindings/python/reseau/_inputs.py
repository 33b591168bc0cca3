"""From what a caller has to what the library examines: a path, bytes or pixels."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias, get_args, runtime_checkable

import numpy as np
import numpy.typing as npt

from ._errors import Error, error_for


@runtime_checkable
class Readable(Protocol):
    """A file object opened for bytes."""

    def read(self) -> bytes: ...


#: What can be examined: a path, the bytes of a file, a file object, an array of shape (h, w) or
#: (h, w, 3 or 4) of uint8 in the order red, green, blue, or a PIL image.
Input: TypeAlias = "str | os.PathLike[str] | bytes | bytearray | memoryview | Readable | npt.NDArray[np.uint8] | Any"

#: Where files are decoded: "confine", in processes that can do nothing else, as far as this system
#: can; "require", likewise, or IsolationError unless it can in all respects; "none", in this process.
Isolation: TypeAlias = Literal["confine", "require", "none"]

#: (name, kind, source), as the library's input.h says.
Resolved: TypeAlias = "tuple[bytes, str, Any]"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a decoder may spend on one file; checked before anything is allocated."""

    max_bytes: int = 256 << 20  #: of the file
    max_pixels: int = 64 << 20  #: of one picture
    max_side: int = 65_535  #: pixels
    max_ratio: int = 10_000  #: pixels a byte, asked of pictures of over 16 Mpx only
    max_frames: int = 1024  #: pictures of one file that are decoded

    def __post_init__(self) -> None:
        for field, value in asdict(self).items():
            most = 2**31 if field in ("max_side", "max_frames") else 2**63
            if not 1 <= value < most:
                raise ValueError(f"{field} is a positive number, not {value}")


def checked(isolation: Isolation) -> Isolation:
    if isolation not in get_args(Isolation):
        raise ValueError(f"isolation is one of {', '.join(map(repr, get_args(Isolation)))}, not {isolation!r}")
    return isolation


def how(limits: Limits | None, isolation: Isolation, key_frames: bool, level: str = "base") -> dict[str, Any]:
    """How inputs are examined, as the library's streams take it."""
    bounds = {} if limits is None else asdict(limits)
    return {**bounds, "level": level, "isolation": checked(isolation), "key_frames": key_frames}


def is_one(x: object) -> bool:
    """One input, rather than an iterable of them."""
    if isinstance(x, np.ndarray):
        return x.ndim < 4
    return (
        isinstance(x, (str, bytes, bytearray, memoryview, os.PathLike, Readable))
        or _is_pil(x)
        or not isinstance(x, Iterable)
    )


def _is_pil(x: object) -> bool:
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(x, module.Image)


def resolve(x: Input) -> Resolved:
    """Fails: TypeError, ValueError, or what a file object's read() raises."""
    if isinstance(x, np.ndarray):
        return b"", "pixels", pixels(x)
    if isinstance(x, str) or isinstance(x, os.PathLike):
        path = os.fsencode(x)
        if b"\0" in path:
            raise ValueError("a path holds no zero bytes")
        return path, "path", path
    if isinstance(x, bytes):
        return b"", "bytes", x
    if isinstance(x, (bytearray, memoryview)):
        return b"", "bytes", bytes(x)  # a copy: the owner might write to it meanwhile
    if _is_pil(x):
        name = getattr(x, "filename", "")
        return os.fsencode(name) if isinstance(name, (str, os.PathLike)) else b"", "pixels", pixels_of_pil(x)
    if isinstance(x, Readable):
        data = x.read()
        if not isinstance(data, bytes):
            raise TypeError("the file is open for text; open it with mode 'rb'")
        name = getattr(x, "name", "")
        return os.fsencode(name) if isinstance(name, (str, os.PathLike)) else b"", "bytes", data
    if hasattr(x, "__array__") and not isinstance(x, np.generic):
        return b"", "pixels", pixels(np.asarray(x))
    raise TypeError(
        f"cannot examine {type(x).__name__}; give a path, the bytes of a file, a file object, "
        "an array (h, w[, 3 or 4]) of uint8 or a PIL image"
    )


def resolve_all(inputs: Iterable[Input]) -> Iterator[Resolved]:
    """What cannot be resolved is refused by name, and never ends the others."""
    for x in inputs:
        try:
            yield resolve(x)
        except Error as error:
            yield os.fsencode(error.name or ""), "refused", (error.code.encode(), error.message.encode())
        except (TypeError, ValueError, OSError) as error:
            code = b"io_error" if isinstance(error, OSError) else b"invalid_argument"
            yield b"", "refused", (code, str(error).encode("utf-8", "surrogateescape"))


def pixels(array: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Checked, over white, rows from the top with pixels side by side. No copy where none is needed."""
    if array.dtype != np.uint8 or array.ndim == 0:
        hint = "; multiply by 255 and convert" if array.dtype.kind == "f" else ""
        raise TypeError(f"pixels are uint8, not {array.dtype}{hint}")
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise ValueError(f"pixels have the shape (h, w), (h, w, 3) or (h, w, 4), not {array.shape}")
    height, width = array.shape[:2]
    if height == 0 or width == 0:
        raise error_for("empty", "a picture of no pixels")
    if max(height, width) > 65_535:
        raise error_for("limit_dimension", f"a side of {max(height, width)} pixels; there may be 65,535")
    array = np.asarray(array)  # a subclass (masked, matrix) has strides of its own meaning
    if array.ndim == 3 and array.shape[2] == 4:
        array = _over_white(array)
    beside = array.strides[1:] == (array.shape[2:] + (1,) if array.ndim == 3 else (1,))
    return array if beside and array.strides[0] >= array[0].nbytes else np.ascontiguousarray(array)


def _over_white(array: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """As the library's decoders: c * a + 255 * (1 - a), rounded."""
    alpha = array[:, :, 3:].astype(np.uint32)
    over = (array[:, :, :3] * alpha + 255 * (255 - alpha) + 127) // 255
    return over.astype(np.uint8)


def pixels_of_pil(image: Any) -> npt.NDArray[np.uint8]:
    """The picture as it stands: PIL's ImageOps.exif_transpose turns one from a camera upright."""
    mode = image.mode
    if mode in ("I", "F"):
        raise TypeError(f"a PIL image of mode {mode} has no levels from 0 to 255; convert it first")
    if mode.startswith("I;16"):
        return pixels((np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8))
    if mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in image.info:
        return pixels(np.asarray(image.convert("RGBA")))
    return pixels(np.asarray(image.convert("L" if mode in ("1", "L") else "RGB")))


def walk(folder: str | os.PathLike[str]) -> Iterator[Path]:
    """The files in a folder and below it, in the order of their names; links to folders are not followed."""
    for where, folders, files in os.walk(folder):
        folders.sort()
        yield from (Path(where, file) for file in sorted(files))


def threads_or_all(threads: int | None) -> int:
    """As many as there are processors for this process, if None or 0."""
    if threads:
        if threads < 0 or threads > 1024:
            raise ValueError(f"threads is a number from 1 to 1024, not {threads}")
        return threads
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
