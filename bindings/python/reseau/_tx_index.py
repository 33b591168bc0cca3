"""What the indexes of reseau.threatexchange share: entries beside signals, and the form they are saved in."""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import itertools
import json
import struct
import sys
from collections.abc import Iterable
from typing import Any, BinaryIO, ClassVar, Generic, TypeVar

from threatexchange.signal_type.index import SignalTypeIndex

from ._errors import SnapshotError

T = TypeVar("T")

_MAGIC = b"RSAUTX2\0"
_HEAD = struct.Struct("<8s8sQQ")


class OwnIndex(SignalTypeIndex, Generic[T]):  # type: ignore[misc]
    """Signals and what belongs to them; the same signal may be there many times."""

    NAME: ClassVar[str]  #: of the kind of signal, in what is saved

    def __init__(self, entries: Iterable[tuple[str, T]] = ()) -> None:
        self._signals: list[bytes] = []
        self._entries: list[T] = []
        self.add_all(entries)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, signal_str: str, entry: T) -> None:
        self.add_all([(signal_str, entry)])

    def add_all(self, entries: Iterable[tuple[str, T]]) -> None:
        """All or none."""
        listed = list(entries)
        signals = [self.parse(signal) for signal, _ in listed]
        if not listed:
            return
        self.take(signals)
        self._signals += signals
        self._entries += [entry for _, entry in listed]

    @classmethod
    def parse(cls, signal: str) -> bytes:
        """Raises ValueError."""
        raise NotImplementedError

    def take(self, signals: list[bytes]) -> None:
        """Makes entries len(self), len(self) + 1, ... of them; all or none."""
        raise NotImplementedError

    def serialize(self, fout: BinaryIO) -> None:
        """Our own form, not pickle, so that reading an index runs no code that is in it.

        "RSAUTX2" and a zero; the kind of signal, eight bytes; the number of entries and the length of
        the JSON, eight bytes each, little-endian; each signal, its length in four bytes before it; the
        entries as JSON; SHA-256 of all that. Entries are what JSON has, tuples, sets, bytes,
        enumerators and dataclasses (as `tx` uses).
        """
        entries = json.dumps([_plain(entry) for entry in self._entries], separators=(",", ":")).encode()
        head = _HEAD.pack(_MAGIC, self.NAME.encode(), len(self._entries), len(entries))
        signals = itertools.chain.from_iterable((struct.pack("<I", len(each)), each) for each in self._signals)
        body = b"".join([head, *signals, entries])
        fout.write(body)
        fout.write(hashlib.sha256(body).digest())

    @classmethod
    def deserialize(cls, fin: BinaryIO) -> OwnIndex[T]:
        """Raises SnapshotError if it is not what serialize() wrote."""
        data = fin.read()
        if data[:16] != _MAGIC + cls.NAME.encode().ljust(8, b"\0"):
            raise SnapshotError("snapshot_foreign", f"not an index of {cls.NAME} signals of ours; build it anew")
        damaged = SnapshotError("snapshot_damaged", "the index is damaged; build it anew")
        body, digest = data[:-32], data[-32:]
        if len(body) < _HEAD.size or hashlib.sha256(body).digest() != digest:
            raise damaged
        *_, count, length = _HEAD.unpack_from(body)
        signals = []
        at = _HEAD.size
        for _ in range(count):
            if at + 4 > len(body):
                raise damaged
            (size,) = struct.unpack_from("<I", body, at)
            signals.append(body[at + 4 : at + 4 + size])
            at += 4 + size
        if len(body) != at + length:
            raise damaged
        entries = [_thing(entry) for entry in json.loads(body[at:])]
        if len(entries) != count:
            raise damaged
        index = cls()
        if signals:
            index.take(signals)
        index._signals, index._entries = signals, entries
        return index

    def __getstate__(self) -> None:
        raise TypeError("an index is not pickled; use serialize()")

    def dispose(self) -> None:
        self.__init__()  # type: ignore[misc]


def _plain(thing: Any) -> Any:
    """As JSON can say it; whatever else than JSON's own is an object with "@"."""
    if isinstance(thing, enum.Enum):
        return {"@": "enum", "of": _name(type(thing)), "is": _plain(thing.value)}
    if thing is None or isinstance(thing, (bool, int, float, str)):
        return thing
    if isinstance(thing, bytes):
        return {"@": "bytes", "is": thing.hex()}
    if isinstance(thing, list):
        return [_plain(each) for each in thing]
    if isinstance(thing, (tuple, set, frozenset)):
        kind = "tuple" if isinstance(thing, tuple) else "set"
        members = [_plain(each) for each in thing]
        return {"@": kind, "is": sorted(members, key=json.dumps) if kind == "set" else members}
    if isinstance(thing, dict):
        return {"@": "dict", "is": [[_plain(key), _plain(value)] for key, value in thing.items()]}
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        fields = {field.name: _plain(getattr(thing, field.name)) for field in dataclasses.fields(thing)}
        return {"@": "dataclass", "of": _name(type(thing)), "is": fields}
    raise TypeError(f"an entry with a {type(thing).__name__} in it cannot be saved; use an id, and keep the rest elsewhere")


def _thing(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_thing(each) for each in plain]
    if not isinstance(plain, dict):
        return plain
    kind, value = plain["@"], plain["is"]
    if kind == "bytes":
        return bytes.fromhex(value)
    if kind == "tuple":
        return tuple(_thing(each) for each in value)
    if kind == "set":
        return {_thing(each) for each in value}
    if kind == "dict":
        return {_thing(key): _thing(each) for key, each in value}
    wanted = _class(plain["of"])
    if kind == "enum" and issubclass(wanted, enum.Enum):
        return wanted(_thing(value))
    if kind == "dataclass" and dataclasses.is_dataclass(wanted):
        made: Any = object.__new__(wanted)
        for name, each in value.items():
            object.__setattr__(made, name, _thing(each))
        return made
    raise SnapshotError("snapshot_foreign", f"an entry of a kind that is not known here: {kind} {plain['of']}")


def _name(of: type) -> str:
    return f"{of.__module__}:{of.__qualname__}"


def _class(name: str) -> type:
    """Of a module that somebody has imported already: reading an index imports nothing."""
    module, _, path = name.partition(":")
    found: Any = sys.modules.get(module)
    for part in path.split("."):
        found = getattr(found, part, None)
    if not isinstance(found, type):
        raise SnapshotError("snapshot_foreign", f"an entry of a class that is not loaded: {name}")
    return found
