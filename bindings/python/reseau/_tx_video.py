"""The signal type of videos in reseau.threatexchange."""

from __future__ import annotations

import base64
import binascii
import bisect
import dataclasses
import math
import pathlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from threatexchange.content_type.content_base import ContentType
from threatexchange.content_type.video import VideoContent
from threatexchange.signal_type.index import IndexMatchUntyped, SignalSimilarityInfo
from threatexchange.signal_type.signal_base import FileHasher, SignalComparisonResult, SignalType

from ._errors import ArgumentError, LowInformationError, UnsupportedFormatError, error_for
from ._hash import false_positive_rate, hash, views
from ._index import Index
from ._reseau import VideoSignature
from ._tx_index import OwnIndex, T
from ._video import Stretch, find_stretches

_MOST_LIKELY = 48  # entries whose videos are laid over the query's


@dataclasses.dataclass
class VideoSimilarity(SignalSimilarityInfo):  # type: ignore[misc]
    """Where the query shows a known video: the best stretch first. Less is better, as of distances."""

    stretches: tuple[Stretch, ...] = ()

    def pretty_str(self) -> str:
        """Of the best stretch, in the query: "0:12-0:25.5"."""
        if not self.stretches:
            return super().pretty_str()  # type: ignore[no-any-return]
        best = self.stretches[0]
        return f"{_clock(best.query_from)}-{_clock(best.query_to)}"

    def __lt__(self, other: Any) -> bool:
        if not isinstance(other, VideoSimilarity):
            return NotImplemented
        return self._expected() < other._expected()

    def _expected(self) -> float:
        return self.stretches[0].expected_false if self.stretches else math.inf


class VideoIndex(OwnIndex[T]):
    """Finds the known videos of which a video shows a part. An entry's frames count one each."""

    NAME = "video"

    def __init__(self, entries: Iterable[tuple[str, T]] = ()) -> None:
        self._index = Index("grid")
        self._owners: list[int] = []  # of the index's ids: entries
        super().__init__(entries)

    @classmethod
    def parse(cls, signal: str) -> bytes:
        return bytes(_video(signal))

    def take(self, signals: list[bytes]) -> None:
        looks = [VideoSignature.from_bytes(signal)._looks(known=True)[0] for signal in signals]
        first = len(self._owners)
        rows = np.concatenate(looks)
        self._index.add(np.arange(first, first + len(rows)), rows)
        for entry, look in enumerate(looks, len(self)):
            self._owners += [entry] * len(look)

    def query(self, query: str) -> Sequence[IndexMatchUntyped]:
        """Every entry of which it shows a part, the surest first. An empty signal has none."""
        if not query.strip():
            return []
        video = _video(query)
        among = max(1000, len(self._owners))
        found: list[tuple[float, IndexMatchUntyped]] = []
        for entry in self._likely(video, among):
            stretches = find_stretches(video, VideoSignature.from_bytes(self._signals[entry]), among=among)
            if stretches:
                match = IndexMatchUntyped(VideoSimilarity(stretches), self._entries[entry])
                found.append((stretches[0].expected_false, match))
        return [match for _, match in sorted(found, key=lambda pair: pair[0])]

    def _likely(self, video: VideoSignature, among: int) -> list[int]:
        """Entries that have a frame where few strangers are this near, by how many and how near."""
        rows, frames = video._looks(known=False)
        if not len(rows):
            return []
        strangers = bisect.bisect_right(
            range(60_000), 4 / among, key=lambda distance: false_positive_rate("grid", distance)
        )
        looked = views(rows, kind="grid")
        hits = self._index.range_search(looked.reshape(-1, rows.shape[1]), max(0, strangers - 1), threads=1)
        asked = np.repeat(np.repeat(frames, looked.shape[1]), np.diff(hits.offsets))
        nearest: dict[tuple[int, int], int] = {}
        for id, frame, distance in zip(hits.ids.tolist(), asked.tolist(), hits.distances.tolist()):
            pair = self._owners[id], frame
            nearest[pair] = min(distance, nearest.get(pair, distance))
        weights: dict[int, float] = {}
        for (entry, _), distance in nearest.items():
            weights[entry] = weights.get(entry, 0) - math.log10(false_positive_rate("grid", distance))
        return sorted(weights, key=lambda entry: -weights[entry])[:_MOST_LIKELY]


def _video(signal: str) -> VideoSignature:
    """From base64. Raises ValueError."""
    try:
        video = VideoSignature.from_bytes(base64.b64decode(signal.strip(), validate=True))
    except (ArgumentError, binascii.Error) as error:
        raise ValueError(f"a video signal is a VideoSignature's bytes in base64, not {signal[:20]!r}: {error}") from None
    if not len(video._looks(known=True)[0]):
        raise ValueError("a video signal without a frame by which it could be recognised")
    return video


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


class VideoSignal(SignalType, FileHasher):  # type: ignore[misc]
    """The signature of a video: docs/video.md."""

    @classmethod
    def get_name(cls) -> str:
        return "reseau_video"

    @classmethod
    def get_content_types(cls) -> list[type[ContentType]]:
        return [VideoContent]

    @classmethod
    def get_index_cls(cls) -> type[VideoIndex[Any]]:
        return VideoIndex

    @classmethod
    def validate_signal_str(cls, signal_str: str) -> str:
        return base64.b64encode(bytes(_video(signal_str))).decode()

    @classmethod
    def hash_from_file(cls, file: pathlib.Path) -> str:
        """ "" for what is no video, or has no frame to recognise. Of one that ends early, what is there.

        Raises the InputError of a file that cannot be read, and of one that is damaged so that nothing
        is there, since "" would be taken for "no match".
        """
        try:
            signature = hash(file)
        except (LowInformationError, UnsupportedFormatError):
            return ""
        video = signature.video
        if video is not None and len(video._looks(known=True)[0]):
            return base64.b64encode(bytes(video)).decode()
        if video is not None and signature.outcome not in ("ok", "low_information"):
            raise error_for(signature.outcome, signature.message, signature.name or "")
        return ""

    @classmethod
    def compare_hash(cls, hash1: str, hash2: str) -> SignalComparisonResult:
        """Whether the first shows a part of the second."""
        stretches = find_stretches(_video(hash1), _video(hash2))
        return SignalComparisonResult(bool(stretches), VideoSimilarity(stretches))

    @staticmethod
    def get_examples() -> list[str]:
        return [_TESTCARD_VIDEO]

#: The test card as a video of one frame.
_TESTCARD_VIDEO = (
    "UlNWUwEBAQAAAgAAgAEAAAAAAAABAAAAAAAAAAAAAAAPZGT4AvzqN8cKCwsJCzsNBO/qEfc26tjVDSMI9g3vRzLwQQr68w4U"
    "Bw32utv7Fvv88O4VCAMcOeejCNwJKCO1yPDR6DLlAvzj7/Uj4/Uh+TvX2vgGLQxR+9UF6tgB5iAEDfkDnhue2boeSf5w3wPO"
    "SAB3j6dcnkAMT9I7FfgLm2K4eAAAAAj////XZAL5EeQq1+/8/uoOORT999wb6zfFwsk3NxH5FPcoBdsXFgMSDyYFBgSH7wIh"
    "+QoS7RQF+zYM770qCeU6GcrC/wHxHf/R+enmCgvr6gb9OuDj/xIwCSIG3g8NHzg3APT0EA=="
)
