"""Near-duplicates of a folder or of an array."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

from ._hash import Batch, Kind, Progress, default_limit, hash_many, rows_of, views
from ._index import Index
from ._inputs import Input, Isolation, walk

if TYPE_CHECKING:
    import pandas

_QUERIES = 4096  # views searched at once


class Groups(Sequence[list[int]]):
    """Clusters of near-duplicates, the largest first: lists of row numbers, in order.

    labels  (n,) of each input: the number of its group, or -1 if it is alone or was not hashed
    batch   what was hashed; None if signatures were given
    limit   within which two were taken for copies
    """

    def __init__(self, labels: npt.NDArray[np.int64], batch: Batch | None, limit: int) -> None:
        self.labels = labels
        self.batch = batch
        self.limit = limit
        self._groups: list[list[int]] = [[] for _ in range(labels.max(initial=-1) + 1)]
        for row in np.flatnonzero(labels >= 0):
            self._groups[labels[row]].append(int(row))

    def __len__(self) -> int:
        return len(self._groups)

    @overload
    def __getitem__(self, index: int) -> list[int]: ...
    @overload
    def __getitem__(self, index: slice) -> list[list[int]]: ...
    def __getitem__(self, index: int | slice) -> list[int] | list[list[int]]:
        return self._groups[index]

    def names(self) -> list[list[str | None]]:
        """The groups by the names of their files."""
        if self.batch is None:
            raise ValueError("signatures were given, which have no names")
        return [[self.batch.names[row] for row in group] for group in self._groups]

    def to_pandas(self) -> pandas.DataFrame:
        """A row an input: its name and its group. Needs pandas."""
        import pandas

        names = [None] * len(self.labels) if self.batch is None else self.batch.names
        return pandas.DataFrame({"path": pandas.Series(names, dtype=object), "group": self.labels})

    def __repr__(self) -> str:
        return f"<reseau.Groups: {len(self)} of {len(self.labels)} inputs, limit {self.limit}>"


def group(
    x: str | os.PathLike[str] | Iterable[Input] | Batch | npt.NDArray[Any],
    *,
    kind: Kind = "grid",
    limit: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    isolation: Isolation = "confine",
) -> Groups:
    """Which of these pictures are copies of each other, also mirrored, turned by quarters, inverted?

    x      a folder, an iterable of pictures (see hash()), a Batch, or signatures (n, width)
    limit  how far apart two copies may be; None: the one for a bank of so many entries
    threads, progress, isolation  as for hash_many()

    Groups are connected components: if A is near B and B near C, all three are in one. Pictures
    with too little to recognise (quality under 20; for pdq under 50) are in none, since flat
    pictures are all alike. Nor are videos. Whole pictures are compared: for parts of them, use a Bank.

    >>> card = reseau.testcard_png()
    >>> reseau.group([card, b"no picture", card]).labels
    array([ 0, -1,  0])
    """
    batch, rows, usable = _signatures(x, kind, threads, progress, isolation)
    members = np.flatnonzero(usable)
    if limit is None:
        limit = default_limit(kind, len(members))
    labels = np.full(len(usable), -1, np.int64)
    labels[members] = _components(rows[members], kind, limit, threads)
    return Groups(labels, batch, limit)


def _signatures(
    x: Any, kind: Kind, threads: int | None, progress: Progress | None, isolation: Isolation
) -> tuple[Batch | None, npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    if isinstance(x, np.ndarray) and x.ndim == 2:
        rows = rows_of(kind, x)
        return None, rows, np.ones(len(rows), np.bool_)
    if isinstance(x, (str, os.PathLike)):
        if not os.path.isdir(x):
            raise NotADirectoryError(f"{os.fspath(x)} is not a folder")
        x = walk(x)
    batch = x
    if not isinstance(x, Batch):
        batch = hash_many(x, threads=threads, progress=progress, isolation=isolation)
    enough = batch.quality >= 20 if kind == "grid" else batch.pdq_quality >= 50
    return batch, getattr(batch, kind).view(np.uint8), batch.hashed & enough


def _components(rows: npt.NDArray[np.uint8], kind: Kind, limit: int, threads: int | None) -> npt.NDArray[np.int64]:
    """The number of each row's group, largest group first; -1 for those that are alone."""
    parent = np.arange(len(rows))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for a, b in _pairs(rows, kind, limit, threads):
        first, second = sorted((root(a), root(b)))
        parent[second] = first
    roots = np.array([root(row) for row in range(len(rows))], np.int64)
    found, counts = np.unique(roots, return_counts=True)
    order = [r for r, count in sorted(zip(found, counts), key=lambda each: (-each[1], each[0])) if count > 1]
    number = {r: i for i, r in enumerate(order)}
    return np.array([number.get(r, -1) for r in roots], np.int64)


def _pairs(rows: npt.NDArray[np.uint8], kind: Kind, limit: int, threads: int | None) -> Iterator[tuple[int, int]]:
    """Two rows that are within the limit of each other in some view."""
    index = Index(kind)
    index.add(np.arange(len(rows)), rows)
    step = _QUERIES // 16
    for start in range(0, len(rows), step):
        looked = views(rows[start : start + step], kind=kind)
        hits = index.range_search(looked.reshape(-1, rows.shape[1]), limit, threads=threads)
        query = start + np.repeat(np.arange(len(hits.offsets) - 1), np.diff(hits.offsets)) // 16
        apart = hits.ids != query
        yield from zip(query[apart].tolist(), hits.ids[apart].tolist())
