"""What can go wrong, by kind. Every exception has the code that the program and C++ have too."""

from __future__ import annotations


class Error(Exception):
    """Something that reseau could not do.

    `code` is a name of the library's one vocabulary ("corrupt", "bank_missing"), `message` one
    sentence that says what to do, and `name` what it is about: a file's path, or None.
    """

    def __init__(self, code: str, message: str, name: str | None = None) -> None:
        self.code = code
        self.message = message
        self.name = name or None
        Exception.__init__(self, code, message, name)  # not OSError.__init__, which would read them as errno, ...

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
    """Could not be opened or read."""


class BankError(Error):
    """A bank cannot be used."""


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


def error_for(code: str, message: str, name: str = "") -> Error:
    """The exception of a code's kind; of its family, for one that a later release has added."""
    family = _FAMILIES.get(code.partition("_")[0], Error)
    return _KINDS.get(code, family)(code, message, name)
