"""From what a caller has to what the library examines: a path, bytes or pixels."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias, TypeVar, get_args, runtime_checkable

import numpy as np
import numpy.typing as npt

from ._checks import flag, path_bytes
from ._errors import Error, error_for

T = TypeVar("T")

_READ = 16 << 20  # bytes of a file object at once
_ROWS = 64  # of pixels at once


@runtime_checkable
class Readable(Protocol):
    """A file object opened for bytes."""

    def read(self, size: int = ..., /) -> bytes: ...


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
            if not isinstance(value, (int, np.integer)) or isinstance(value, bool):
                raise TypeError(f"{field} is a whole number, not {value!r:.60}")
            if not 1 <= value < most:
                raise ValueError(f"{field} is a positive number, not {value}")


_MAX_BYTES = Limits().max_bytes


def checked(isolation: Isolation) -> Isolation:
    if isolation not in get_args(Isolation):
        raise ValueError(f"isolation is one of {', '.join(map(repr, get_args(Isolation)))}, not {isolation!r}")
    return isolation


def how(limits: Limits | None, isolation: Isolation, key_frames: bool, level: str = "base") -> dict[str, Any]:
    """How inputs are examined, as the library's streams take it."""
    if limits is not None and not isinstance(limits, Limits):
        raise TypeError(f"limits are reseau.Limits, not {type(limits).__name__}")
    if not isinstance(level, str):
        raise TypeError(f"level is 'base', 'standard' or 'extended', not {level!r:.60}")
    bounds = asdict(limits or Limits())
    return {**bounds, "level": level, "isolation": checked(isolation), "key_frames": flag("key_frames", key_frames)}


def is_one(x: object) -> bool:
    """One input, rather than an iterable of them."""
    if isinstance(x, np.ndarray):
        return x.ndim < 4 and not (x.ndim == 1 and x.dtype.kind in "OU")  # of paths, as of a table's column
    if isinstance(x, (str, bytes, bytearray, memoryview, os.PathLike, Readable)) or _is_pil(x):
        return True
    if hasattr(x, "__array__"):  # of other libraries; columns of paths have one dimension
        return len(getattr(x, "shape", ()) or np.shape(x)) in (2, 3)
    return not isinstance(x, Iterable)


def _is_pil(x: object) -> bool:
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(x, module.Image)


def many(inputs: Iterable[T]) -> Iterable[T]:
    """`inputs`, unless that is a single one, of which the parts would be taken for inputs."""
    if is_one(inputs):
        raise TypeError(
            f"inputs are an iterable of pictures, and this is one {type(inputs).__name__}; put it into a list "
            "(of a folder, give the files: Path(folder).rglob('*'))"
        )
    return inputs


def name_of(x: object) -> bytes:
    """A path, or what a file object or PIL image was opened from; b"" where that is not known."""
    name = x if isinstance(x, (str, os.PathLike)) else getattr(x, "filename" if _is_pil(x) else "name", "")
    if not isinstance(name, (str, bytes, os.PathLike)):
        return b""
    try:
        return os.fsencode(name)
    except UnicodeEncodeError:  # halves of characters, which no path has
        return str(name).encode("utf-8", "backslashreplace")


def resolve(x: Input, max_bytes: int = _MAX_BYTES) -> Resolved:
    """Fails: Error, TypeError, ValueError."""
    if isinstance(x, np.ndarray):
        return b"", "pixels", pixels(x)
    if isinstance(x, (str, os.PathLike)):
        path = path_bytes(x)
        return path, "path", path
    if isinstance(x, bytes):
        return b"", "bytes", x
    if isinstance(x, (bytearray, memoryview)):
        return b"", "bytes", bytes(x)  # a copy: the owner might write to it meanwhile
    if _is_pil(x):
        return name_of(x), "pixels", pixels_of_pil(x)
    if isinstance(x, Readable):
        return name_of(x), "bytes", _contents(x, max_bytes)
    if hasattr(x, "__array__") and not isinstance(x, np.generic):
        return b"", "pixels", pixels(np.asarray(x))
    raise TypeError(
        f"cannot examine {type(x).__name__}; give a path, the bytes of a file, a file object, "
        "an array (h, w[, 3 or 4]) of uint8 or a PIL image"
    )


def _contents(file: Readable, max_bytes: int) -> bytes:
    """As far as one byte more than may be there, since a small compressed file can hold any number."""
    parts: list[bytes] = []
    left = max_bytes + 1
    while left > 0:
        try:
            part = file.read(min(left, _READ))
        except Exception as why:  # of whatever library the file is
            raise error_for("io_error", f"reading it failed: {type(why).__name__}: {why}") from why
        if isinstance(part, str):
            raise TypeError("the file is open for text; open it with mode 'rb'")
        if not isinstance(part, (bytes, bytearray, memoryview)):
            raise TypeError(f"read() gives {type(part).__name__} and not bytes; open the file for blocking reads")
        if not part:
            break
        parts.append(bytes(part))
        left -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def resolve_all(
    inputs: Iterable[T], max_bytes: int = _MAX_BYTES, resolve: Callable[[T, int], Resolved] = resolve
) -> Iterator[Resolved]:
    """What cannot be resolved is refused by name, and never ends the others. Raises what `inputs` raises.

    Resolved inputs are kept for a while. Of an array that an iterator has made, that takes a copy: the
    iterator may use its memory for the next.
    """
    kept = isinstance(inputs, (Sequence, np.ndarray))
    for x in inputs:
        try:
            name, kind, source = resolve(x, max_bytes)
            yield name, kind, source.copy() if kind == "pixels" and not kept else source
        except Error as error:
            name = os.fsencode(error.name) if error.name else name_of(x)
            yield name, "refused", (error.code.encode(), error.message.encode("utf-8", "backslashreplace"))
        except Exception as error:
            yield name_of(x), "refused", (b"invalid_argument", str(error).encode("utf-8", "backslashreplace"))


def pixels(array: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Checked, over white, rows from the top with pixels side by side. No copy where none is needed."""
    if array.dtype != np.uint8:
        hint = "; multiply by 255 and convert" if array.dtype.kind == "f" else ""
        raise TypeError(f"pixels are uint8, not {array.dtype}{hint}")
    if array.ndim == 0:
        raise TypeError("pixels are an array, not a single number")
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
    alpha = array[:, :, 3:]
    if alpha.min() == 255:
        return np.ascontiguousarray(array[:, :, :3])
    over = np.empty((*array.shape[:2], 3), np.uint8)
    for top in range(0, len(array), _ROWS):  # products have 16 bits, and are not to fill the memory
        rows = slice(top, top + _ROWS)
        share = alpha[rows].astype(np.uint16)
        over[rows] = (array[rows, :, :3] * share + 255 * (255 - share) + 127) // 255
    return over


def pixels_of_pil(image: Any) -> npt.NDArray[np.uint8]:
    """The picture as it stands: PIL's ImageOps.exif_transpose turns one from a camera upright."""
    mode = image.mode
    if mode in ("I", "F"):
        raise TypeError(f"a PIL image of mode {mode} has no levels from 0 to 255; convert it first")
    try:
        image.load()  # PIL decodes when pixels are asked for
    except (MemoryError, ValueError):
        raise
    except Exception as why:  # what its formats raise: OSError, SyntaxError, ...
        raise error_for("corrupt", f"PIL cannot decode it: {why}") from why
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
