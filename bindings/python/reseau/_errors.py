"""What can go wrong, by kind. Every exception has the code that the program and C++ have too."""

from __future__ import annotations

import errno
import re
import sys
import warnings
from typing import Literal

from ._reseau import system_message

_NUMBERS = {system_message(number): number for number in errno.errorcode}


class Error(Exception):
    """Something that reseau could not do.

    `code` is a name of the library's one vocabulary ("corrupt", "bank_missing"), `message` one
    sentence that says what to do, and `name` what it is about: a file's path, or None. Where it is an
    OSError, that is its `filename` too, and `errno` is there where the system has given one.
    """

    def __init__(self, code: str, message: str, name: str | None = None) -> None:
        self.code = code
        self.message = message
        self.name = name or None
        Exception.__init__(self, code, message, name)  # not OSError.__init__, which would read them as errno, ...
        failed: BaseException = self
        if isinstance(failed, OSError):
            failed.filename = self.name
            if (number := _number(message)) is not None:
                failed.errno = number

    def __str__(self) -> str:
        about = "" if self.name is None or self.name in self.message else f"{self.name}: "
        return f"{about}{self.message} [{self.code}]"


class InputError(Error, ValueError):
    """A picture (or whatever was given for one) could not be examined."""


class CorruptError(InputError):
    """Damaged, so that nothing of a picture is there."""


class UnsupportedFormatError(InputError):
    """Of a type that this build does not decode, or no media at all."""


class LimitError(InputError):
    """Larger, longer or more work than the limits allow."""


class LowInformationError(InputError):
    """There is too little in it to recognise."""


class PolicyError(InputError):
    """A thing that is not opened: a pipe, a device, a folder, a playlist."""


class ReadError(InputError, OSError):
    """An input could not be opened or read."""


class MissingError(ReadError, FileNotFoundError):
    """There is no input at that path."""


class StorageError(Error, OSError):
    """A file of the library's own (a saved index, a bank) could not be opened, read or written."""


class StorageMissingError(StorageError, FileNotFoundError):
    """There is no such file, or no folder to put it into."""


class BankError(Error):
    """A bank cannot be used."""


class BankStorageError(BankError, StorageError):
    """A bank's file could not be made, opened, read or written."""


class BankMissingError(BankError, FileNotFoundError):
    """There is no bank at that path."""


class BankForeignError(BankError):
    """A file, but no bank of ours, or one of a newer release."""


class BankDamagedError(BankError):
    """The file was changed or has rotted."""


class BankLockedError(BankError, BlockingIOError):
    """Another process is writing, and did not finish in time."""


class BankReadOnlyError(BankError, PermissionError):
    """Opened for reading, or the file may not be written."""


class ClosedError(BankError, ValueError):
    """The bank was closed, or is another process's."""


class IsolationError(Error):
    """Decoding cannot be confined here as was asked for."""


class SnapshotError(Error):
    """A saved index that is damaged, or another one."""


class NotFoundError(Error, LookupError):
    """There is no such entry."""


class ExistsError(Error, FileExistsError):
    """Would overwrite what is there."""


class ArgumentError(Error, ValueError):
    """The arguments are not of the call's form."""


class DiskError(Error, OSError):
    """The disk is full, or cannot be written; nothing was."""


_KINDS: dict[str, type[Error]] = {
    "corrupt": CorruptError,
    "empty": CorruptError,
    "unsupported_format": UnsupportedFormatError,
    "low_information": LowInformationError,
    "ok_partial": InputError,
    "io_error": ReadError,
    "bank_missing": BankMissingError,
    "bank_foreign": BankForeignError,
    "bank_newer": BankForeignError,
    "bank_damaged": BankDamagedError,
    "bank_locked": BankLockedError,
    "bank_read_only": BankReadOnlyError,
    "not_found": NotFoundError,
    "already_exists": ExistsError,
    "invalid_argument": ArgumentError,
    "unlike_signatures": ArgumentError,
    "disk_full": DiskError,
}
_FAMILIES: dict[str, type[Error]] = {
    "limit": LimitError,
    "policy": PolicyError,
    "worker": InputError,
    "isolation": IsolationError,
    "bank": BankError,
    "snapshot": SnapshotError,
}


_MISSING: dict[type[Error], type[Error]] = {ReadError: MissingError, StorageError: StorageMissingError}


def error_for(
    code: str, message: str, name: str = "", about: Literal["input", "bank", "other"] = "input"
) -> Error:
    """The exception of a code's kind; of its family, for one that a later release has added.

    What is not about an input is no InputError, so that those who pass over inputs do not pass over it.
    """
    family = _FAMILIES.get(code.partition("_")[0], Error)
    kind = _KINDS.get(code, family)
    if about != "input" and issubclass(kind, InputError):
        kind = _not_of_an_input(kind, about)
    if _number(message) == errno.ENOENT:
        kind = _MISSING.get(kind, kind)
    return kind(code, message, name)


def warn(message: str) -> None:
    """A RuntimeWarning about the line that called this package, however deep within it this is called."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == "reseau":
        level, frame = level + 1, frame.f_back
    warnings.warn(message, RuntimeWarning, stacklevel=level)


def _not_of_an_input(kind: type[Error], about: str) -> type[Error]:
    if issubclass(kind, ReadError):
        return BankStorageError if about == "bank" else StorageError
    return BankError if about == "bank" else Error


def _number(message: str) -> int | None:
    """The system's error that a message ends in, or has before what to do."""
    parts = reversed(re.split(": |; ", message))  # a path comes first, whatever it holds
    return next((_NUMBERS[part] for part in parts if part in _NUMBERS), None)
