"""Signal types for Meta's ThreatExchange tools: `tx` and HMA. Needs PyPI's `threatexchange`.

    tx config extensions add reseau.threatexchange
    tx match photo upload.jpg

`reseau_grid` is the grid signature of a whole picture, as 192 hex digits. Its index finds copies
also mirrored, turned by quarters and inverted; parts of pictures are found by a reseau.Bank, which
keeps more than one signature a picture.

HMA, and whoever builds a list of signal types: `SIGNAL_TYPES=[GridSignal, FastPdqSignal, ...]`.
FastPdqSignal takes the place of threatexchange's own PdqSignal, under its name, with the same hashes
and limit and an index that is exact and takes entries away; it is not in the manifest, since `tx`
has that name already.
"""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import json
import re
import struct
import sys
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO, ClassVar, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from threatexchange.content_type.content_base import ContentType
from threatexchange.content_type.photo import PhotoContent
from threatexchange.extensions.manifest import ThreatExchangeExtensionManifest
from threatexchange.signal_type.index import IndexMatchUntyped, SignalSimilarityInfoWithIntDistance, SignalTypeIndex
from threatexchange.signal_type.pdq.signal import PdqSignal
from threatexchange.signal_type.signal_base import (
    BytesHasher,
    CanGenerateRandomSignal,
    SignalComparisonResult,
    SignalType,
)

from ._errors import InputError, SnapshotError
from ._hash import WIDTHS, Kind, default_limit, views
from ._hash import hash as hash_picture
from ._index import Index

T = TypeVar("T")
_Rows = npt.NDArray[np.uint8]


class _ExactIndex(SignalTypeIndex, Generic[T]):  # type: ignore[misc]
    """Signals and what belongs to them; the same signal may be there many times."""

    KIND: ClassVar[Kind]
    LIMIT: ClassVar[int]  #: inclusive

    def __init__(self, entries: Iterable[tuple[str, T]] = ()) -> None:
        self._signals: list[bytes] = []
        self._entries: list[T] = []
        self._index = Index(self.KIND)
        self.add_all(entries)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, signal_str: str, entry: T) -> None:
        self.add_all([(signal_str, entry)])

    def add_all(self, entries: Iterable[tuple[str, T]]) -> None:
        """All or none."""
        listed = list(entries)
        signals = [_signal(self.KIND, signal) for signal, _ in listed]
        if not listed:
            return
        first = len(self._entries)
        rows = np.frombuffer(b"".join(signals), np.uint8).reshape(len(signals), -1)
        self._index.add(np.arange(first, first + len(listed)), rows)
        self._signals += signals
        self._entries += [entry for _, entry in listed]

    def queries(self, signal: bytes) -> _Rows:
        """What is looked for, for one signal."""
        return np.frombuffer(signal, np.uint8).reshape(1, -1)

    def query(self, query: str) -> Sequence[IndexMatchUntyped]:
        """Every entry within the limit, the nearest first. An empty signal (nothing to hash) has none."""
        if not query.strip():
            return []
        hits = self._index.range_search(self.queries(_signal(self.KIND, query)), self.LIMIT, threads=1)
        nearest: dict[int, int] = {}
        for entry, distance in zip(hits.ids.tolist(), hits.distances.tolist()):
            nearest[entry] = min(distance, nearest.get(entry, distance))
        return [
            IndexMatchUntyped(SignalSimilarityInfoWithIntDistance(distance), self._entries[entry])
            for entry, distance in sorted(nearest.items(), key=lambda item: (item[1], item[0]))
        ]

    def serialize(self, fout: BinaryIO) -> None:
        """Our own form, not pickle, so that reading an index runs no code that is in it.

        "RSAUTX1" and a zero; the kind, eight bytes; the number of entries and the length of the JSON,
        eight bytes each, little-endian; the signatures; the entries as JSON; SHA-256 of all that.
        Entries are what JSON has, tuples, sets, bytes, enumerators and dataclasses (as `tx` uses).
        """
        entries = json.dumps([_plain(entry) for entry in self._entries], separators=(",", ":")).encode()
        body = b"".join(
            [_MAGIC, self.KIND.encode().ljust(8, b"\0"), struct.pack("<QQ", len(self._entries), len(entries)),
             *self._signals, entries]
        )
        fout.write(body)
        fout.write(hashlib.sha256(body).digest())

    @classmethod
    def deserialize(cls, fin: BinaryIO) -> _ExactIndex[T]:
        """Raises SnapshotError if it is not what serialize() wrote."""
        data = fin.read()
        head = len(_MAGIC) + 24
        if data[: len(_MAGIC)] != _MAGIC or data[len(_MAGIC) : head - 16] != cls.KIND.encode().ljust(8, b"\0"):
            raise SnapshotError("snapshot_foreign", f"not an index of {cls.KIND} signals of ours; build it anew")
        body, digest = data[:-32], data[-32:]
        if len(data) < head + 32 or hashlib.sha256(body).digest() != digest:
            raise SnapshotError("snapshot_damaged", "the index is damaged; build it anew")
        count, length = struct.unpack("<QQ", data[head - 16 : head])
        width = WIDTHS[cls.KIND]
        if len(body) != head + count * width + length:
            raise SnapshotError("snapshot_damaged", "the index is damaged; build it anew")
        entries = json.loads(body[head + count * width :])
        index = cls()
        index.add_all(
            (body[head + i * width : head + (i + 1) * width].hex(), _thing(entry)) for i, entry in enumerate(entries)
        )
        return index

    def __getstate__(self) -> None:
        raise TypeError("an index is not pickled; use serialize()")

    def dispose(self) -> None:
        self.__init__()  # type: ignore[misc]


_MAGIC = b"RSAUTX1\0"


def _signal(kind: Kind, text: str) -> bytes:
    """From hex digits. Raises ValueError."""
    digits = 2 * WIDTHS[kind]
    if not re.fullmatch(rf"[0-9a-fA-F]{{{digits}}}", text.strip()):
        raise ValueError(f"a {kind} signal has {digits} hex digits, not {text[:20]!r} ({len(text)} characters)")
    return bytes.fromhex(text.strip())


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


class GridIndex(_ExactIndex[T]):
    """Finds a picture in any of its sixteen views."""

    KIND = "grid"
    LIMIT = default_limit("grid", 10_000_000)

    def queries(self, signal: bytes) -> _Rows:
        looked: _Rows = views(np.frombuffer(signal, np.uint8), kind="grid")[0]
        return looked


class PdqIndex(_ExactIndex[T]):
    """Exact, with the limit of threatexchange's own."""

    KIND = "pdq"
    LIMIT = 31


class GridSignal(SignalType, BytesHasher, CanGenerateRandomSignal):  # type: ignore[misc]
    """The grid signature of a picture: docs/signature.md."""

    @classmethod
    def get_name(cls) -> str:
        return "reseau_grid"

    @classmethod
    def get_content_types(cls) -> list[type[ContentType]]:
        return [PhotoContent]

    @classmethod
    def get_index_cls(cls) -> type[GridIndex[Any]]:
        return GridIndex

    @classmethod
    def validate_signal_str(cls, signal_str: str) -> str:
        return _signal("grid", signal_str).hex()

    @classmethod
    def hash_from_bytes(cls, bytes_: bytes) -> str:
        """ "" for what cannot be hashed, or has too little to recognise."""
        try:
            signature = hash_picture(bytes_)
        except InputError:
            return ""
        return signature.hex() if (signature.quality or 0) >= 20 else ""

    @classmethod
    def compare_hash(cls, hash1: str, hash2: str) -> SignalComparisonResult:
        """The nearest of the sixteen views, within the limit for 10 million entries."""
        first = GridIndex().queries(_signal("grid", hash1)).view(np.int8).astype(np.int64)
        second = np.frombuffer(_signal("grid", hash2), np.int8)
        return SignalComparisonResult.from_simple_dist(int(((first - second) ** 2).sum(1).min()), GridIndex.LIMIT)

    @classmethod
    def get_random_signal(cls) -> str:
        row = np.random.default_rng().normal(0, 32, WIDTHS["grid"])
        return np.clip(row, -127, 127).astype(np.int8).tobytes().hex()

    @staticmethod
    def get_examples() -> list[str]:
        return [_TESTCARD]


class FastPdqSignal(PdqSignal):  # type: ignore[misc]
    """threatexchange's PDQ, hashed and searched by this library."""

    @classmethod
    def get_name(cls) -> str:
        return str(PdqSignal.get_name())

    @classmethod
    def get_index_cls(cls) -> type[PdqIndex[Any]]:
        return PdqIndex

    @classmethod
    def hash_from_bytes(cls, bytes_: bytes) -> str:
        try:
            signature = hash_picture(bytes_)
        except InputError:
            return ""
        return signature.hex("pdq") if (signature.pdq_quality or 0) >= cls.QUALITY_THRESHOLD else ""


#: Of the test card, which is what `tx` shows as a sample and matches with `reseau testcard`.
_TESTCARD = (
    "f802fdea37c70a0b0b090b3b0d04efea11f736ead7d50d2208f60cee4732f0410afaf40e14070df7badbfb16fafcf0ee"
    "1508031b39e7a208db092823b4c9efd1e832e502fce3eff623e3f520fa3bd8daf8052d0c51fad404ead902e620040df9"
)

TX_MANIFEST = ThreatExchangeExtensionManifest(signal_types=(GridSignal,))
