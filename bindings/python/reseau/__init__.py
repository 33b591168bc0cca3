"""Finds known pictures again, edited or not, without anyone keeping the pictures.

>>> signature = reseau.hash(reseau.testcard_png())
>>> signature.quality, signature.sha256[:8], signature.hex("pdq")[:8]
(100, '463f5e53', '139e1b9e')

hash, hash_many, hash_iter   pictures and videos to signatures
Bank, match, match_many      what is known, and which of it a picture or video is a copy of
compare                      two pictures or videos held against each other
find_stretches               where one video lies in another
hash_vpdq, compare_vpdq      Meta's vPDQ of videos, for exchange
Index, views, distance       everything within a distance, on arrays
group                        near-duplicates of a folder
evaluate, calibrate          how well copies of your own photographs are found, and limits for them

A match is a reason for a person to look, never a finding about anyone. Signatures are sensitive:
pictures have been roughly reconstructed from such hashes. docs/python.md has a walk through it all.
"""

from __future__ import annotations

import atexit as _atexit

from . import _reseau
from ._bank import Added, Bank, Entry
from ._compare import Comparison, Nearness, compare
from ._errors import (
    ArgumentError,
    BankDamagedError,
    BankError,
    BankForeignError,
    BankLockedError,
    BankMissingError,
    BankReadOnlyError,
    BankStorageError,
    ClosedError,
    CorruptError,
    DiskError,
    Error,
    ExistsError,
    InputError,
    IsolationError,
    LimitError,
    LowInformationError,
    MissingError,
    NotFoundError,
    PolicyError,
    ReadError,
    SnapshotError,
    StorageError,
    StorageMissingError,
    UnsupportedFormatError,
)
from ._evaluation import Calibration, Evaluation, calibrate, evaluate
from ._group import Groups, group
from ._hash import (
    Batch,
    Failure,
    default_limit,
    distance,
    false_positive_rate,
    hash,
    hash_iter,
    hash_many,
    views,
)
from ._index import Hits, Index
from ._inputs import Limits
from ._match import Match, Matches, match, match_many
from ._reseau import Signature, VideoSignature, Vpdq, testcard_png, video_is_supported
from ._video import Stretch, VpdqComparison, compare_vpdq, find_stretches, hash_vpdq

__version__: str = _reseau.version

__all__ = [
    "Added", "ArgumentError", "Bank", "BankDamagedError", "BankError", "BankForeignError", "BankLockedError",
    "BankMissingError", "BankReadOnlyError", "BankStorageError", "Batch", "Calibration", "ClosedError",
    "Comparison", "CorruptError", "DiskError", "Entry", "Error", "Evaluation", "ExistsError", "Failure", "Groups",
    "Hits", "Index", "InputError", "IsolationError", "LimitError", "Limits", "LowInformationError", "Match",
    "Matches", "MissingError", "Nearness", "NotFoundError", "PolicyError", "ReadError", "Signature",
    "SnapshotError", "StorageError", "StorageMissingError", "Stretch", "UnsupportedFormatError", "VideoSignature",
    "Vpdq", "VpdqComparison", "calibrate", "compare", "compare_vpdq", "default_limit", "distance", "evaluate",
    "false_positive_rate", "find_stretches", "group", "hash", "hash_iter", "hash_many", "hash_vpdq", "match",
    "match_many", "testcard_png", "video_is_supported", "views",
]

_atexit.register(_reseau.leave_python)
