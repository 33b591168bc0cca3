"""Two pictures or videos held against each other."""

from __future__ import annotations

from typing import NamedTuple

from . import _reseau
from ._errors import error_for
from ._inputs import Input, Isolation, Limits, Resolved, how, resolve
from ._match import Rectangle
from ._reseau import Signature
from ._video import Stretch, stretches_of


class Nearness(NamedTuple):
    """How far apart two pictures are by one kind of signature, in the nearest view."""

    distance: int
    limit: int  #: up to here, two pictures count as copies of one
    within: bool
    turn: int  #: how `a` lies over `b`: degrees clockwise
    mirror: bool
    negative: bool
    trim: Rectangle  #: what was looked at of `a`: x, y, width, height, 0 to 1
    rectangle: Rectangle  #: the part of `b` that `a` shows
    tilt: float  #: degrees clockwise beyond `turn`
    expected_false: float  #: unrelated pictures expected this near, where one is asked
    view: str  #: for people: "the left third, mirrored"


class Comparison(NamedTuple):
    """What compare() found. What could not be told is None, which is not False."""

    same_picture: bool | None  #: by any of what follows; None: they could not be compared
    same_bytes: bool | None
    grid: Nearness | None  #: None: one of them has no such signature
    aligned: Nearness | None  #: by grid, after `a` was laid over `b`; None: too far apart to begin with
    pdq: Nearness | None
    stretches: tuple[Stretch, ...]  #: where one is a video: where `a` shows a part of `b`
    a: Signature  #: what was learnt of each; its outcome says whether it was fully examined
    b: Signature


def compare(
    a: Input | Signature,
    b: Input | Signature,
    *,
    limits: Limits | None = None,
    isolation: Isolation = "confine",
    key_frames: bool = False,
) -> Comparison:
    """Are two pictures or videos copies of one, and which part of `b` does `a` show?

    As `reseau compare A B`. A part is found in its whole, and not the whole in its part: try
    compare(b, a) too.

    a, b    as for hash(); or a Signature, whose pixels are gone: then `a` is not aligned, and of `b`
            only what was hashed is known (level="extended" finds the smallest parts)
    limits, isolation, key_frames  as for hash()

    Raises the InputError of the outcome of what could not be looked at at all, the first if both.

    >>> card = reseau.testcard_png()
    >>> found = reseau.compare(card, reseau.hash(card))
    >>> found.same_picture, found.same_bytes, found.pdq.distance, found.grid.view
    (True, True, 0, 'as is')
    """
    examine = how(limits, isolation, key_frames, "extended")
    same_picture, same_bytes, *kinds, stretches, first, second = _reseau.compare(_side(a), _side(b), examine)
    for side in (first, second):
        if not side.hashed and same_picture is None and side.outcome != "low_information":
            raise error_for(side.outcome, side.message, side.name or "")
    grid, aligned, pdq = (kind and Nearness(*kind) for kind in kinds)
    return Comparison(same_picture, same_bytes, grid, aligned, pdq, stretches_of(stretches), first, second)


def _side(x: Input | Signature) -> Signature | Resolved:
    return x if isinstance(x, Signature) else resolve(x)
