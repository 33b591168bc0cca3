"""Everything within a distance: arrays in, arrays out."""

from __future__ import annotations

import os
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from . import _reseau
from ._hash import Kind, rows_of


Search = Literal["exact", "ivf"]


class Hits(NamedTuple):
    """Query i has ids[offsets[i]:offsets[i + 1]], nearest first, ties by id; as FAISS's range_search."""

    ids: npt.NDArray[np.int64]
    distances: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]

    def of(self, query: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """The ids and distances of one query: views, no copies."""
        at = slice(self.offsets[query], self.offsets[query + 1])
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
        self._index = _reseau.Index(kind, search)

    @property
    def kind(self) -> str:
        return self._index.kind()

    @property
    def search(self) -> str:
        return self._index.search()

    def recall(self, limit: int, *, sample: int = 1000) -> float:
        """Measured: the share found of copies, by chance, that are as far from an entry as `limit`; 1 if exact."""
        return self._index.recall(_limit(limit), sample)

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
        """
        return Hits(*self._index.within(rows_of(self.kind, queries), _limit(limit), threads or 0))

    def nearest(self, queries: Any, k: int, *, limit: int = 2**31 - 1, threads: int | None = None) -> Hits:
        """The k nearest of each query that are within `limit`; fewer, if there are fewer."""
        return Hits(*self._index.nearest(rows_of(self.kind, queries), k, _limit(limit), threads or 0))

    def save(self, path: str | os.PathLike[str], *, owner: bytes = b"") -> bytes:
        """Writes the entries to a file, and gives the digest to keep where its writer cannot reach."""
        return self._index.save(os.fsencode(path), owner)

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
        """What save() has written. Raises SnapshotError if any byte is not as it was saved."""
        loaded = cls.__new__(cls)
        loaded._index = _reseau.Index.load(os.fsencode(path), kind, digest, owner, threads or 0, search)
        return loaded

    def __repr__(self) -> str:
        return f"<reseau.Index of {len(self)} {self.kind} signatures>"


def _ids(ids: npt.ArrayLike) -> npt.NDArray[np.int64]:
    array = np.asarray(ids)
    if array.size and array.dtype.kind not in "iu":
        raise TypeError(f"ids are integers, not {array.dtype}")
    if array.dtype == np.uint64 and (array > np.uint64(np.iinfo(np.int64).max)).any():
        raise ValueError("an id is over 2**63 - 1")
    return np.ascontiguousarray(array, np.int64)


def _limit(limit: int) -> int:
    if isinstance(limit, (float, np.floating)) and not float(limit).is_integer():
        raise TypeError("a limit is a whole number, and inclusive")
    if not 0 <= int(limit) < 2**31:
        raise ValueError(f"a limit is 0 to 2**31 - 1, not {limit}")
    return int(limit)
