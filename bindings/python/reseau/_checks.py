"""What callers give, checked before the library sees it, so that what is wrong is told in a sentence."""

from __future__ import annotations

import operator
import os
from typing import Any

import numpy as np


def whole(name: str, value: Any, least: int = 0, most: int = 2**63 - 1) -> int:
    """A whole number, also one that a float holds. Raises TypeError, ValueError."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        value = int(value)
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is a whole number, not {value!r:.60}") from None
    if not least <= number <= most:
        raise ValueError(f"{name} is a whole number from {least} to {most}, not {number}")
    return number


def number(name: str, value: Any) -> float:
    """Any number. Raises TypeError."""
    if not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} is a number, not {value!r:.60}")
    return float(value)


def flag(name: str, value: Any) -> bool:
    """Raises TypeError."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} is True or False, not {value!r:.60}")
    return bool(value)


def one_of(name: str, value: Any, choices: tuple[str, ...]) -> str:
    """Raises TypeError for what is no str, and ValueError for another one."""
    if not isinstance(value, str) or value not in choices:
        kind = ValueError if isinstance(value, str) else TypeError
        raise kind(f"{name} is {', '.join(map(repr, choices[:-1]))} or {choices[-1]!r}, not {value!r:.60}")
    return value


def contents(name: str, value: Any) -> bytes:
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise TypeError(f"{name} is bytes, not {value!r:.60}")
    return bytes(value)


def path_bytes(path: str | os.PathLike[str]) -> bytes:
    """A path as the system has it. Raises TypeError, and ValueError for one that it would cut short."""
    made = os.fsencode(path)
    if b"\0" in made:
        raise ValueError("a path holds no zero bytes")
    return made


def threads_or_all(threads: int | None) -> int:
    """As many as there are processors for this process, if None or 0. Raises TypeError, ValueError."""
    if threads is not None and threads != 0:
        return whole("threads", threads, 1, 1024)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
