"""Signal types for Meta's ThreatExchange tools: `tx` and HMA. Needs PyPI's `threatexchange`.

    tx config extensions add reseau.threatexchange
    tx match photo upload.jpg

`reseau_grid` is the grid signature of a whole picture, as 192 hex digits. Its index finds copies
also mirrored, turned by quarters and inverted; parts of pictures are found by a reseau.Bank, which
keeps more than one signature a picture.

`reseau_video` is the signature of a video, as base64 of its compact form (docs/video.md). Its index
finds a clip of one in another, also edited, and says where: "1:02-1:17" of the query. There where the
library was built with videos.

HMA, and whoever builds a list of signal types: `SIGNAL_TYPES=[GridSignal, FastPdqSignal, ...]`.
FastPdqSignal takes the place of threatexchange's own PdqSignal, under its name, with the same hashes
and limit and an index that is exact and takes entries away; it is not in the manifest, since `tx`
has that name already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from threatexchange.content_type.content_base import ContentType
from threatexchange.content_type.photo import PhotoContent
from threatexchange.extensions.manifest import ThreatExchangeExtensionManifest
from threatexchange.signal_type.index import IndexMatchUntyped, SignalSimilarityInfoWithIntDistance
from threatexchange.signal_type.pdq.signal import PdqSignal
from threatexchange.signal_type.signal_base import (
    BytesHasher,
    CanGenerateRandomSignal,
    SignalComparisonResult,
    SignalType,
)

from ._errors import InputError
from ._hash import WIDTHS, Kind, default_limit, views
from ._hash import hash as hash_of
from ._index import Index
from ._reseau import video_is_supported
from ._tx_index import OwnIndex, T
from ._tx_video import VideoIndex, VideoSignal, VideoSimilarity

__all__ = [
    "FastPdqSignal", "GridIndex", "GridSignal", "PdqIndex", "TX_MANIFEST", "VideoIndex", "VideoSignal", "VideoSimilarity",
]
_Rows = npt.NDArray[np.uint8]


class _ExactIndex(OwnIndex[T]):
    """Signals of one width, within a distance."""

    KIND: ClassVar[Kind]
    LIMIT: ClassVar[int]  #: inclusive

    def __init__(self, entries: Iterable[tuple[str, T]] = ()) -> None:
        self._index = Index(self.KIND)
        super().__init__(entries)

    @classmethod
    def parse(cls, signal: str) -> bytes:
        return _signal(cls.KIND, signal)

    def take(self, signals: list[bytes]) -> None:
        rows = np.frombuffer(b"".join(signals), np.uint8).reshape(len(signals), -1)
        self._index.add(np.arange(len(self), len(self) + len(signals)), rows)

    def queries(self, signal: bytes) -> _Rows:
        """What is looked for, for one signal."""
        return np.frombuffer(signal, np.uint8).reshape(1, -1)

    def query(self, query: str) -> Sequence[IndexMatchUntyped]:
        """Every entry within the limit, the nearest first. An empty signal (nothing to hash) has none."""
        if not query.strip():
            return []
        hits = self._index.range_search(self.queries(self.parse(query)), self.LIMIT, threads=1)
        nearest: dict[int, int] = {}
        for entry, distance in zip(hits.ids.tolist(), hits.distances.tolist()):
            nearest[entry] = min(distance, nearest.get(entry, distance))
        return [
            IndexMatchUntyped(SignalSimilarityInfoWithIntDistance(distance), self._entries[entry])
            for entry, distance in sorted(nearest.items(), key=lambda item: (item[1], item[0]))
        ]


def _signal(kind: Kind, text: str) -> bytes:
    """From hex digits. Raises ValueError."""
    digits = 2 * WIDTHS[kind]
    if not re.fullmatch(rf"[0-9a-fA-F]{{{digits}}}", text.strip()):
        raise ValueError(f"a {kind} signal has {digits} hex digits, not {text[:20]!r} ({len(text)} characters)")
    return bytes.fromhex(text.strip())


class GridIndex(_ExactIndex[T]):
    """Finds a picture in any of its sixteen views."""

    NAME = KIND = "grid"
    LIMIT = default_limit("grid", 10_000_000)

    def queries(self, signal: bytes) -> _Rows:
        looked: _Rows = views(np.frombuffer(signal, np.uint8), kind="grid")[0]
        return looked


class PdqIndex(_ExactIndex[T]):
    """Exact, with the limit of threatexchange's own."""

    NAME = KIND = "pdq"
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
        """ "" for what cannot be hashed, has too little to recognise, or is no picture."""
        try:
            signature = hash_of(bytes_)
        except InputError:
            return ""
        return signature.hex() if signature.grid is not None and (signature.quality or 0) >= 20 else ""

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
            signature = hash_of(bytes_)
        except InputError:
            return ""
        good = signature.pdq is not None and (signature.pdq_quality or 0) >= cls.QUALITY_THRESHOLD
        return signature.hex("pdq") if good else ""


#: Of the test card, which is what `tx` shows as a sample and matches with `reseau testcard`.
_TESTCARD = (
    "f802fdea37c70a0b0b090b3b0d04efea11f736ead7d50d2208f60cee4732f0410afaf40e14070df7badbfb16fafcf0ee"
    "1508031b39e7a208db092823b4c9efd1e832e502fce3eff623e3f520fa3bd8daf8052d0c51fad404ead902e620040df9"
)

TX_MANIFEST = ThreatExchangeExtensionManifest(
    signal_types=(GridSignal, VideoSignal) if video_is_supported() else (GridSignal,)
)
