"""Hashes and matches what is too much for one machine, on Apache Spark. docs/spark.md is the guide.

    from pyspark.sql import SparkSession
    from reseau import spark as reseau_spark

    session = SparkSession.builder.getOrCreate()
    reseau_spark.hash_paths(session, paths, "hdfs-or-shared/hashes", shard=2_000)
    reseau_spark.match_paths(session, paths, "hdfs-or-shared/matches", bank="known.bank")

The unit of work is a shard: so many paths, examined by one task, whose rows become one Parquet file.
A file is written under another name and moved into its place when it is whole, so that a shard is
done or not done, whoever dies. Running the same again does what is left; a shard that two executors
did (Spark retries, speculates) has the same rows, and one of them stays.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._bank import Bank
from ._hash import hash_many, _text
from ._inputs import Isolation, Limits
from ._match import match_many

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def hash_paths(
    session: SparkSession,
    paths: Iterable[str | os.PathLike[str]] | None,
    out: str | os.PathLike[str],
    *,
    shard: int = 2_000,
    threads: int = 1,
    limits: Limits | None = None,
    isolation: Isolation = "confine",
) -> DataFrame:
    """A row a path: what Batch.to_arrow() has. Returns a DataFrame over the files in `out`.

    paths    files that every executor can read, under the same names. Taken one by one: for a
             table, `(row.path for row in frame.select("path").toLocalIterator())`. None: those of
             an earlier run with this `out`
    out      a folder that all of them can write: Parquet files, and the lists of paths
    shard    paths a task; what is done again if an executor dies
    threads  a task; 1 if Spark gives each core a task of its own, which it does
    limits, isolation  as for hash()

    No file is lost: one that cannot be examined has a row that says why. Run it again after a crash,
    with the same paths: it does what is left. Raises ValueError if `out` is of other paths.
    """
    return _run(session, paths, out, shard, _Job("hash", threads, limits, isolation, None))


def match_paths(
    session: SparkSession,
    paths: Iterable[str | os.PathLike[str]] | None,
    out: str | os.PathLike[str],
    *,
    bank: str | os.PathLike[str],
    shard: int = 2_000,
    threads: int = 1,
    limits: Limits | None = None,
    isolation: Isolation = "confine",
) -> DataFrame:
    """A row a path and match; a path without matches has one row, with `entry` null and its outcome.

    bank  the file; it is sent to every executor once, and held open by its processes from task to
          task. Other arguments as hash_paths().
    """
    return _run(session, paths, out, shard, _Job("match", threads, limits, isolation, os.fspath(bank)))


class _Job:
    """What a task does with a shard; sent to the executors by pickle."""

    def __init__(self, what: str, threads: int, limits: Limits | None, isolation: Isolation, bank: str | None) -> None:
        self.what = what
        self.threads = threads
        self.limits = limits
        self.isolation = isolation
        self.bank_path = bank
        if bank is not None and os.path.exists(f"{bank}-wal") and os.path.getsize(f"{bank}-wal"):
            raise ValueError(f"{bank} is being written to; close it there first")
        self.bank_digest = "" if bank is None else _digest_of(bank)

    def description(self) -> dict[str, Any]:
        return {"what": self.what, "bank": self.bank_digest}

    def table(self, paths: Sequence[str]) -> Any:
        if self.what == "hash":
            return hash_many(paths, threads=self.threads, limits=self.limits, isolation=self.isolation).to_arrow()
        return self._match(paths)

    def _match(self, paths: Sequence[str]) -> Any:
        import pyarrow

        schema = _match_schema()
        columns: dict[str, list[Any]] = {name: [] for name in schema.names}
        bank = _bank_of_this_process(self.bank_digest)
        for found in match_many(bank, paths, threads=self.threads, limits=self.limits, isolation=self.isolation):
            query = found.query
            for match in found or (None,):
                row = {} if match is None else match._asdict()
                row["stretches"] = [stretch._asdict() for stretch in row.get("stretches", ())]
                row |= {"path": _text(query.name), "outcome": query.outcome, "message": _text(query.message),
                        "fully_examined": query.fully_examined}
                for name in schema.names:
                    columns[name].append(row.get(name))
        return pyarrow.table(columns, schema=schema)


def _match_schema() -> Any:
    import pyarrow as pa

    names = ("query_from", "query_to", "entry_from", "entry_to", "speed", "expected_false")
    stretch = pa.struct([("frames", pa.int32()), ("view", pa.string()), *((name, pa.float64()) for name in names)])
    return pa.schema(
        [("path", pa.string()), ("outcome", pa.string()), ("message", pa.string()), ("fully_examined", pa.bool_()),
         ("entry", pa.int64()), ("kind", pa.string()), ("verdict", pa.string()), ("distance", pa.int32()),
         ("limit", pa.int32()), ("aligned", pa.bool_()), ("partial", pa.bool_()), ("view", pa.string()),
         ("expected_false", pa.float64()), ("entry_media", pa.string()), ("stretches", pa.list_(stretch))]
    )


def _run(session: SparkSession, paths: Iterable[Any] | None, out: Any, shard: int, job: _Job) -> DataFrame:
    if shard < 1:
        raise ValueError("a shard has at least one path")
    folder = Path(out)
    names = _manifest(folder, paths, shard, job.description())
    left = [name for name in names if not (folder / f"{name}.parquet").exists()]
    if left:
        context = session.sparkContext
        if job.bank_path is not None:
            context.addFile(job.bank_path)  # to each executor once, not to each task
        context.parallelize(left, len(left)).foreach(_Task(job, os.fspath(folder)))
    if not names:
        return session.createDataFrame([], "path string, outcome string")
    return session.read.parquet(os.fspath(folder))


def _manifest(folder: Path, paths: Iterable[Any] | None, size: int, description: dict[str, Any]) -> list[str]:
    """Writes a file of paths for each shard, and gives their names. Paths are never all in memory.

    A name has a digest of the paths in it, so that results of others are never taken for them.
    """
    lists = folder / "_shards"  # Spark passes over names with an underscore
    lists.mkdir(parents=True, exist_ok=True)
    names, whole = [], hashlib.sha256()
    for number, part in enumerate(_parts(paths, size)):
        data = b"\0".join(part)
        digest = hashlib.sha256(data).digest()
        whole.update(digest)
        names.append(f"part-{number:08}-{digest.hex()[:16]}")
        if not (lists / names[-1]).exists():
            _write_whole(lists / names[-1], data)
    mark = folder / "_manifest.json"
    if paths is None:
        if not mark.exists():
            raise ValueError(f"{folder} has no complete list of paths; give them again")
        names = sorted(path.name for path in lists.glob("part-*"))
        whole = hashlib.sha256(b"".join(hashlib.sha256((lists / name).read_bytes()).digest() for name in names))
    text = json.dumps({**description, "shards": len(names), "digest": whole.hexdigest()}, indent=1)
    if not mark.exists():
        _write_whole(mark, text.encode())
    elif mark.read_text() != text:
        raise ValueError(f"{folder} holds results of other paths, another bank or other shards; choose another folder")
    return names


def _parts(paths: Iterable[Any] | None, size: int) -> Iterator[list[bytes]]:
    encoded = (os.fsencode(path) for path in paths or ())
    while part := list(itertools.islice(encoded, size)):
        yield part


class _Task:
    def __init__(self, job: _Job, folder: str) -> None:
        self.job = job
        self.folder = folder

    def __call__(self, name: str) -> None:
        import pyarrow
        from pyarrow import parquet

        target = Path(self.folder, f"{name}.parquet")
        if target.exists():
            return
        paths = [os.fsdecode(path) for path in Path(self.folder, "_shards", name).read_bytes().split(b"\0")]
        buffer = pyarrow.BufferOutputStream()
        parquet.write_table(self.job.table(paths), buffer)
        _write_whole(target, buffer.getvalue().to_pybytes())


def _write_whole(target: Path, data: bytes) -> None:
    """Written, on the disk, then moved into its place: there whole or not at all."""
    part = target.with_name(f".{target.name}.{os.uname().nodename}.{os.getpid()}.{threading.get_ident()}")
    with open(part, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, target)


_banks: dict[str, Bank] = {}


def _bank_of_this_process(digest: str) -> Bank:
    """Spark's Python workers live on from task to task, and the bank with them."""
    if digest not in _banks:
        from pyspark import SparkFiles

        found = next((path for path in _files(SparkFiles.getRootDirectory()) if _digest_of(path) == digest), None)
        if found is None:
            raise RuntimeError("the bank did not reach this executor; is it the file that was there at the start?")
        _banks[digest] = Bank(found)
    return _banks[digest]


def _files(folder: str) -> Iterator[str]:
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            yield path


def _digest_of(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
