"""Videos: where one lies in another, and Meta's vPDQ for exchange."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from . import _reseau
from ._checks import number, whole
from ._errors import error_for
from ._inputs import Input, Isolation, checked, resolve
from ._reseau import VideoSignature, Vpdq


class Stretch(NamedTuple):
    """A part of a query that shows a part of what is known. Times in seconds, of each one's own."""

    query_from: float
    query_to: float
    entry_from: float
    entry_to: float
    speed: float  #: seconds of the entry in a second of the query
    turn: int  #: how the query's frames lie over the entry's: degrees clockwise
    mirror: bool
    negative: bool
    frames: int  #: of the query that agree; 1 is a single look, and weaker evidence
    distance: int  #: of the two frames that agree best
    expected_false: float  #: stretches this good expected among as many unrelated frames
    view: str  #: for people: "mirrored"


class VpdqComparison(NamedTuple):
    """Which share of either's frames has one of the other's within the limit, in per cent."""

    query_percent: float
    known_percent: float


def find_stretches(query: VideoSignature, known: VideoSignature, *, among: int = 1000) -> tuple[Stretch, ...]:
    """Where a video shows a part of another, the least expected by chance first.

    among   frames of known videos in which this one was found: the more, the stronger the evidence that
            is asked for, and `expected_false` counts them

    Both as of hash(x).video, VideoSignature.from_bytes() or Vpdq.video(). What is longer than a few
    hours takes time by the product of both lengths.
    """
    for video in (query, known):
        if not isinstance(video, VideoSignature):
            raise TypeError(f"both are VideoSignatures, as of hash(x).video; not {type(video).__name__}")
    return stretches_of(_reseau.find_stretches(query, known, whole("among", among)))


def hash_vpdq(x: Input, *, seconds: float = 1.0, isolation: Isolation = "confine") -> Vpdq:
    """Meta's vPDQ of a video: PDQ hashes of its frames, as the reference takes them, for exchange.

    x          a path, the bytes of a video, or a file object
    seconds    between frames, by the reference's rule; 0: every frame
    isolation  as for hash()

    Reseau matches videos by the frames of hash(x).video, not by this. Raises an InputError of its
    kind if no frame could be had; of a video that could be looked at in part, `outcome` and `message`
    say why.
    """
    if not 0 <= number("seconds", seconds) < float("inf"):
        raise ValueError(f"seconds between frames are not negative, and finite; not {seconds}")
    made = _reseau.hash_vpdq(resolve(x), float(seconds), checked(isolation))
    if made.outcome != "ok" and not len(made):
        raise error_for(made.outcome, made.message, made.name or "")
    return made


def compare_vpdq(query: Vpdq, known: Vpdq, *, limit: int = 30, quality: int = 50) -> VpdqComparison:
    """vPDQ's own measure, whatever the order of the frames.

    limit    bits between two frames, inclusive; the reference's code, told 31, takes 30
    quality  frames of less do not count on either side

    >>> one = reseau.Vpdq.from_text("0,100," + "0f" * 32 + ",0.0\\n1,100," + "f0" * 32 + ",1.0\\n")
    >>> two = reseau.Vpdq.from_json('["' + "0f" * 32 + ',100,0.0"]')
    >>> reseau.compare_vpdq(one, two)
    VpdqComparison(query_percent=50.0, known_percent=100.0)
    """
    for vpdq in (query, known):
        if not isinstance(vpdq, Vpdq):
            raise TypeError(f"both are Vpdqs, as of hash_vpdq(); not {type(vpdq).__name__}")
    most, least = whole("limit", limit, 0, 2**31 - 1), whole("quality", quality, 0, 2**31 - 1)
    return VpdqComparison(*_reseau.compare_vpdq(query, known, most, least))


def stretches_of(rows: Iterable[tuple[Any, ...]]) -> tuple[Stretch, ...]:
    return tuple(Stretch(*row) for row in rows)
