"""Everything within a distance: arrays in, arrays out."""

from __future__ import annotations

import operator
import os
import time
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from . import _reseau
from ._checks import contents, one_of, path_bytes, threads_or_all, whole
from ._errors import ArgumentError
from ._hash import Kind, rows_of

Search = Literal["exact", "ivf"]

_HEARD_EVERY = 0.2  # seconds of a search, about, after which Ctrl-C is heard


class Hits(NamedTuple):
    """Query i has ids[offsets[i]:offsets[i + 1]], nearest first, ties by id; as FAISS's range_search."""

    ids: npt.NDArray[np.int64]
    distances: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]

    def of(self, query: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """The ids and distances of one query: views, no copies. -1 is the last. Raises IndexError."""
        queries = len(self.offsets) - 1
        which = operator.index(query)
        if not -queries <= which < queries:
            raise IndexError(f"there are {queries} queries, and no query {which}")
        which %= queries
        at = slice(self.offsets[which], self.offsets[which + 1])
        return self.ids[at], self.distances[at]


class Index:
    """Ids and signatures in memory, searched while others add and remove.

    >>> index = reseau.Index("pdq")
    >>> known = np.arange(64, dtype=np.uint8).reshape(2, 32)
    >>> index.add([10, 20], known)
    >>> index.range_search(known, limit=0)
    Hits(ids=array([10, 20]), distances=array([0, 0], dtype=int32), offsets=array([0, 1, 2]))

    search  "exact", or for grid "ivf": approximate, for many millions of signatures. recall() says how
            much of what there is it finds. An index of pdq is exact all the same.

    Any number of threads may use it at once. It stays in its process: a forked child is told so.
    """

    def __init__(self, kind: Kind, *, search: Search = "exact") -> None:
        self._index = _reseau.Index(_kind(kind), _searched(search))

    @property
    def kind(self) -> Kind:
        return self._index.kind()

    @property
    def search(self) -> Search:
        return self._index.search()

    def recall(self, limit: int, *, sample: int = 1000) -> float:
        """Measured: the share found of copies, by chance, that are as far from an entry as `limit`; 1 if exact."""
        return self._index.recall(_limit(limit), whole("sample", sample, 1))

    def __len__(self) -> int:
        return self._index.size()

    @property
    def nbytes(self) -> int:
        """Of memory that the entries take."""
        return self._index.nbytes()

    def add(self, ids: npt.ArrayLike, signatures: Any) -> None:
        """Adds signatures[i] under ids[i]; all or nothing.

        ids         (n,) of integers
        signatures  (n, 96) for grid or (n, 32) for pdq, of int8 or uint8; or a Batch

        Raises ExistsError if an id is there or given twice.
        """
        self._index.add(_ids(ids), rows_of(self.kind, signatures))

    def replace(self, ids: npt.ArrayLike, signatures: Any) -> None:
        """Gives ids that are there new signatures. Raises NotFoundError."""
        self._index.replace(_ids(ids), rows_of(self.kind, signatures))

    def remove(self, ids: npt.ArrayLike) -> None:
        """Raises NotFoundError if one is not there; then none is removed."""
        self._index.remove(_ids(ids))

    def settle(self) -> None:
        """Waits until what makes small limits quick is built over everything."""
        self._index.settle()

    def range_search(self, queries: Any, limit: int, *, threads: int | None = None) -> Hits:
        """Every entry within `limit` (inclusive) of each query. Complete, unless its search is "ivf".

        threads  on how many to search; None: one a processor. The result is the same.

        Many queries are searched a part at a time, so that Ctrl-C ends them soon: what other threads
        add and remove meanwhile may be seen by the later ones only. So also nearest().
        """
        rows, most, workers = rows_of(self.kind, queries), _limit(limit), threads_or_all(threads)
        first = max(16, 2**27 // max(1, len(self)))
        return _in_parts(rows, first, 16, lambda part: self._index.within(part, most, workers))

    def nearest(self, queries: Any, k: int, *, limit: int = 2**31 - 1, threads: int | None = None) -> Hits:
        """The k nearest of each query that are within `limit`; fewer, if there are fewer."""
        rows, most, workers = rows_of(self.kind, queries), _limit(limit), threads_or_all(threads)
        count, fewest = whole("k", k), 4 * workers  # each query is one thread's
        first = max(fewest, 2**23 // max(1, len(self)))
        return _in_parts(rows, first, fewest, lambda part: self._index.nearest(part, count, most, workers))

    def save(self, path: str | os.PathLike[str], *, owner: bytes = b"") -> bytes:
        """Writes the entries to a file, and gives the digest to keep where its writer cannot reach.

        Raises StorageError, DiskError; what was there before is then untouched.
        """
        return self._index.save(path_bytes(path), contents("owner", owner))

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        kind: Kind,
        digest: bytes,
        *,
        owner: bytes = b"",
        threads: int | None = None,
        search: Search = "exact",
    ) -> Index:
        """What save() has written. Raises SnapshotError if any byte is not as it was saved; StorageError."""
        whose, saved = contents("owner", owner), contents("digest", digest)
        loaded = cls.__new__(cls)
        loaded._index = _reseau.Index.load(
            path_bytes(path), _kind(kind), saved, whose, threads_or_all(threads), _searched(search)
        )
        return loaded

    def __repr__(self) -> str:
        try:
            return f"<reseau.Index of {len(self)} {self.kind} signatures>"
        except ArgumentError:
            return "<reseau.Index of another process>"


def _ids(ids: npt.ArrayLike) -> npt.NDArray[np.int64]:
    array = np.asarray(ids)
    if array.size and array.dtype.kind not in "iu":
        raise TypeError(f"ids are integers, not {array.dtype}")
    if array.dtype == np.uint64 and (array > np.uint64(np.iinfo(np.int64).max)).any():
        raise ValueError("an id is over 2**63 - 1")
    return np.ascontiguousarray(array, np.int64)


def _kind(kind: str) -> str:
    return one_of("kind", kind, get_args(Kind))


def _searched(search: str) -> str:
    return one_of("search", search, get_args(Search))


def _limit(limit: int) -> int:
    return whole("limit", limit, 0, 2**31 - 1)


def _in_parts(
    rows: npt.NDArray[np.uint8], step: int, fewest: int, search: Callable[[npt.NDArray[np.uint8]], _reseau._Arrays]
) -> Hits:
    """Searches `step` queries first, and then as many at a time as Ctrl-C may wait for, and `fewest`."""
    found: list[_reseau._Arrays] = []
    at = 0
    while at < len(rows) or not found:
        began = time.monotonic()
        found.append(search(rows[at : at + step]))
        at += step
        took = max(time.monotonic() - began, 1e-6)
        step = max(fewest, int(step * min(8.0, _HEARD_EVERY / took)))
    if len(found) == 1:
        return Hits(*found[0])
    ids, distances, offsets = zip(*found)
    lengths = np.concatenate([np.diff(each) for each in offsets])
    return Hits(np.concatenate(ids), np.concatenate(distances), np.concatenate([[0], np.cumsum(lengths)]))
