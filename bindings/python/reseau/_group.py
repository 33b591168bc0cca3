"""Near-duplicates of a folder or of an array."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, get_args, overload

import numpy as np
import numpy.typing as npt

from ._checks import one_of, whole
from ._hash import Batch, Kind, Progress, default_limit, hash_many, rows_of, views
from ._index import Index
from ._inputs import Input, Isolation, is_one, walk
from ._reseau import Signature

if TYPE_CHECKING:
    import pandas

_QUERIES = 4096  # views searched at once
_PAIRS = 1 << 20  # joined at once


class Groups(Sequence[list[int]]):
    """Clusters of near-duplicates, the largest first: lists of row numbers, in order.

    labels  (n,) of each input: the number of its group, or -1 if it is alone or was not hashed
    batch   what was hashed; None if an array was given
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
            raise ValueError("an array was given, whose rows have no names")
        return [[self.batch.names[row] for row in group] for group in self._groups]

    def to_pandas(self) -> pandas.DataFrame:
        """A row an input: its name and its group. Needs pandas."""
        import pandas

        names = [None] * len(self.labels) if self.batch is None else self.batch.names
        return pandas.DataFrame({"path": pandas.Series(names, dtype=object), "group": self.labels})

    def __repr__(self) -> str:
        return f"<reseau.Groups: {len(self)} of {len(self.labels)} inputs, limit {self.limit}>"


def group(
    x: str | os.PathLike[str] | Iterable[Input | Signature] | Batch | npt.NDArray[Any],
    *,
    kind: Kind = "grid",
    limit: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    isolation: Isolation = "confine",
) -> Groups:
    """Which of these pictures are copies of each other, also mirrored, turned by quarters, inverted?

    x      a folder, an iterable of pictures (see hash()) or of Signatures, a Batch, or an array of
           signatures (n, width)
    limit  how far apart two copies may be; None: the one for a bank of so many entries
    threads, progress, isolation  as for hash_many()

    Groups are connected components: if A is near B and B near C, all three are in one. Pictures
    with too little to recognise (quality under 20; for pdq under 50) are in none, since flat
    pictures are all alike. Nor are videos. Whole pictures are compared: for parts of them, use a Bank.

    >>> card = reseau.testcard_png()
    >>> reseau.group([card, b"no picture", card]).labels
    array([ 0, -1,  0])
    """
    one_of("kind", kind, get_args(Kind))
    if limit is not None:
        limit = whole("limit", limit, 0, 2**31 - 1)
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
    batch = x if isinstance(x, Batch) else _hashed(x, threads, progress, isolation)
    enough = batch.quality >= 20 if kind == "grid" else batch.pdq_quality >= 50
    return batch, getattr(batch, kind).view(np.uint8), batch.hashed & enough


def _hashed(x: Any, threads: int | None, progress: Progress | None, isolation: Isolation) -> Batch:
    """Of pictures, or of what was hashed before."""
    if is_one(x):
        raise TypeError(f"a group is of many: give a folder or an iterable of pictures, not {type(x).__name__}")
    each = iter(x)
    first = list(islice(each, 1))
    signatures = bool(first) and isinstance(first[0], Signature)

    def alike() -> Iterator[Any]:
        for one in chain(first, each):
            if isinstance(one, Signature) != signatures:
                raise TypeError("give pictures or Signatures, and not both")
            yield one

    if signatures:
        return Batch(alike(), progress)
    return hash_many(alike(), threads=threads, progress=progress, isolation=isolation)


def _components(rows: npt.NDArray[np.uint8], kind: Kind, limit: int, threads: int | None) -> npt.NDArray[np.int64]:
    """The number of each row's group, largest group first; -1 for those that are alone."""
    whole_rows = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1])))[:, 0]
    _, at, which = np.unique(whole_rows, return_index=True, return_inverse=True)
    linked = _joined(rows[at], kind, limit, threads)[which]
    _, firsts, groups, counts = np.unique(linked, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((firsts, -counts))
    number = np.full(len(counts), -1, np.int64)
    number[order] = np.where(counts[order] > 1, np.arange(len(order)), -1)
    return number[groups]


def _joined(rows: npt.NDArray[np.uint8], kind: Kind, limit: int, threads: int | None) -> npt.NDArray[np.int64]:
    """Of each row the least that it is connected to."""
    least = np.arange(len(rows))
    waiting: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []
    for pair in chain(_pairs(rows, kind, limit, threads), [None]):
        if pair is not None:
            waiting.append(pair)
        if waiting and (pair is None or sum(len(a) for a, _ in waiting) > _PAIRS):
            least = _join(least, *(np.concatenate(side) for side in zip(*waiting)))
            waiting.clear()
    return least


def _join(least: npt.NDArray[np.int64], a: npt.NDArray[np.int64], b: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The same with a[i] and b[i] connected: every row points to the least of its group, before and after."""
    while True:
        a, b = least[a], least[b]
        apart = a != b
        if not apart.any():
            return least
        a, b = a[apart], b[apart]
        np.minimum.at(least, np.maximum(a, b), np.minimum(a, b))
        while not np.array_equal(further := least[least], least):
            least = further


def _pairs(
    rows: npt.NDArray[np.uint8], kind: Kind, limit: int, threads: int | None
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Rows that are within the limit of each other in some view."""
    index = Index(kind)
    index.add(np.arange(len(rows)), rows)
    step = _QUERIES // 16
    for start in range(0, len(rows), step):
        looked = views(rows[start : start + step], kind=kind)
        hits = index.range_search(looked.reshape(-1, rows.shape[1]), limit, threads=threads)
        query = start + np.repeat(np.arange(len(hits.offsets) - 1), np.diff(hits.offsets)) // 16
        apart = hits.ids != query
        yield query[apart], hits.ids[apart]
