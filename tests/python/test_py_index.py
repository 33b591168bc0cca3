"""The index from Python: complete, on arrays, and what is wrong with them is told."""

import signal
import threading
import time

import numpy as np
import pytest
import reseau

WIDTH = {"grid": 96, "pdq": 32}


def rows(kind, n, seed=1):
    random = np.random.default_rng(seed)
    if kind == "pdq":
        base = random.integers(0, 256, (8, 32), np.uint8)
        flips = np.packbits(random.random((n, 256)) < 0.06, axis=1)
        return base[random.integers(0, 8, n)] ^ flips
    base = random.normal(0, 30, (8, 96))
    return np.clip(base[random.integers(0, 8, n)] + random.normal(0, 8, (n, 96)), -127, 127).astype(np.int8)


def apart(kind, a, b):
    if kind == "pdq":
        return np.unpackbits(a[:, None] ^ b[None], axis=2).sum(2, dtype=int)
    return ((a[:, None].astype(int) - b[None]) ** 2).sum(2)


@pytest.mark.parametrize("kind, limit", [("pdq", 31), ("pdq", 0), ("pdq", 256), ("grid", 15_000), ("grid", 0)])
def test_a_search_finds_what_numpy_finds(kind, limit):
    known, queries = rows(kind, 500), rows(kind, 40, seed=2)
    queries[0] = known[3]
    ids = np.arange(500) * 7 - 1000
    index = reseau.Index(kind)
    index.add(ids, known)
    index.settle()
    hits = index.range_search(queries, limit)
    distances = apart(kind, queries, known)
    assert hits.offsets.dtype == np.int64 and hits.ids.dtype == np.int64 and hits.distances.dtype == np.int32
    for q in range(len(queries)):
        wanted = sorted((d, i) for d, i in zip(distances[q], ids) if d <= limit)
        found_ids, found_distances = hits.of(q)
        assert list(zip(found_distances, found_ids)) == wanted
    assert hits.offsets[-1] == len(hits.ids) == (distances <= limit).sum()
    for threads in (1, 2, 7):
        again = index.range_search(queries, limit, threads=threads)
        assert all((a == b).all() for a, b in zip(again, hits))


@pytest.mark.parametrize("kind", ["pdq", "grid"])
def test_the_nearest_are_the_nearest(kind):
    known, queries = rows(kind, 300), rows(kind, 5, seed=3)
    index = reseau.Index(kind)
    index.add(range(300), known)
    hits = index.nearest(queries, 4)
    assert hits.offsets.tolist() == [0, 4, 8, 12, 16, 20]
    for q, distances in enumerate(apart(kind, queries, known)):
        assert hits.of(q)[1].tolist() == sorted(distances)[:4]
    assert len(index.nearest(queries[0], 1000).ids) == 300
    assert len(index.nearest(queries[0], 5, limit=0).ids) == 0


def test_changes_are_seen_and_all_or_nothing():
    known = rows("grid", 10)
    index = reseau.Index("grid")
    index.add([1, 2], known[:2])
    with pytest.raises(reseau.ExistsError):
        index.add([3, 1], known[2:4])
    assert len(index) == 2
    with pytest.raises(reseau.NotFoundError):
        index.remove([1, 9])
    index.replace([2], known[5])
    assert index.range_search(known[5], 0).ids.tolist() == [2]
    index.remove([2])
    assert len(index) == 1 and index.kind == "grid" and index.nbytes > 0


def test_what_was_saved_comes_back_and_damage_does_not(tmp_path):
    index = reseau.Index("pdq")
    index.add(range(100), rows("pdq", 100))
    digest = index.save(tmp_path / "i", owner=b"me")
    loaded = reseau.Index.load(tmp_path / "i", "pdq", digest, owner=b"me")
    query = rows("pdq", 3, seed=4)
    assert all((a == b).all() for a, b in zip(loaded.range_search(query, 60), index.range_search(query, 60)))
    for wrong in ({"owner": b"you"}, {"digest": bytes(32)}, {"kind": "grid"}):
        arguments = {"kind": "pdq", "digest": digest, "owner": b"me", **wrong}
        with pytest.raises(reseau.SnapshotError):
            reseau.Index.load(tmp_path / "i", arguments["kind"], arguments["digest"], owner=arguments["owner"])
    with pytest.raises(OSError, match="nowhere"):
        reseau.Index.load(tmp_path / "nowhere", "pdq", digest)


@pytest.mark.parametrize("ids, signatures, kind", [
    ([1], np.zeros((1, 95), np.uint8), ValueError), ([1], np.zeros((2, 96), np.uint8), ValueError),
    ([1], np.zeros((1, 96)), TypeError), ([1], np.zeros((1, 1, 96), np.uint8), ValueError), ([1], None, TypeError),
    ([1.5], np.zeros((1, 96), np.uint8), TypeError), (["a"], np.zeros((1, 96), np.uint8), TypeError),
    ([[1]], np.zeros((1, 96), np.uint8), ValueError), (None, np.zeros((1, 96), np.uint8), TypeError),
    (np.array([2**63], np.uint64), np.zeros((1, 96), np.uint8), ValueError), ([1], "abc", TypeError),
])
def test_wrong_arrays_are_refused_by_kind(ids, signatures, kind):
    index = reseau.Index("grid")
    with pytest.raises(kind):
        index.add(ids, signatures)
    assert len(index) == 0


def test_arrays_of_any_layout_are_taken():
    known = rows("grid", 6)
    strided = np.zeros((12, 200), np.int8)
    strided[::2, :96] = known
    index = reseau.Index("grid")
    index.add(np.arange(6, dtype=np.uint16), strided[::2, :96])
    read_only = known.copy()
    read_only.setflags(write=False)
    for queries in (known, known.view(np.uint8), np.asfortranarray(known), read_only, known[::-1][::-1]):
        assert index.range_search(queries, 0).ids.tolist() == list(range(6))
    assert index.range_search(np.zeros((0, 96), np.uint8), 10).offsets.tolist() == [0]


@pytest.mark.parametrize("limit, kind", [(-1, ValueError), (2**31, ValueError), (0.5, TypeError)])
def test_a_limit_is_a_whole_number(limit, kind):
    with pytest.raises(kind):
        reseau.Index("grid").range_search(np.zeros((1, 96), np.uint8), limit)


def test_threads_search_while_others_change():
    index = reseau.Index("pdq")
    known = rows("pdq", 4000)
    index.add(range(2000), known[:2000])
    done = threading.Event()
    found = []

    def search():
        while not done.is_set():
            found.append(len(index.range_search(known[:20], 0).ids))
    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for i in range(2000, 4000, 100):
        index.add(range(i, i + 100), known[i : i + 100])
    done.set()
    for thread in threads:
        thread.join()
    assert len(index) == 4000 and min(found) >= 20


def test_views_are_of_the_turned_picture(photographs):
    from PIL import Image
    image = Image.open(photographs[0])
    looked = reseau.views(reseau.hash(image))
    assert looked.shape == (1, 16, 96)
    turned = reseau.hash(image.transpose(Image.Transpose.ROTATE_270)).grid
    distances = ((looked[0].view(np.int8).astype(int) - turned) ** 2).sum(1)
    assert distances.argmin() == 1 and distances.min() < 1000


def test_an_approximate_index_finds_nearly_all_and_says_how_much(tmp_path):
    known = np.clip(np.random.default_rng(3).normal(0, 32, (20_000, 96)), -127, 127).astype(np.int8)
    exact, lists = reseau.Index("grid"), reseau.Index("grid", search="ivf")
    for index in (exact, lists):
        index.add(np.arange(len(known)), known)
        index.settle()
    assert (exact.search, lists.search) == ("exact", "ivf")
    assert exact.recall(12_000) == 1 and .97 < lists.recall(12_000, sample=300) <= 1
    digest = lists.save(tmp_path / "an.index")
    loaded = reseau.Index.load(tmp_path / "an.index", "grid", digest, search="ivf")
    for index in (lists, loaded):
        assert index.range_search(known[:50], 0).ids.tolist() == list(range(50))
    assert reseau.Index("pdq", search="ivf").search == "exact"
    with pytest.raises(ValueError, match="'exact' or 'ivf', not 'hnsw'"):
        reseau.Index("grid", search="hnsw")


def test_queries_counted_from_the_end_and_none_beyond():
    known = rows("pdq", 30)
    index = reseau.Index("pdq")
    index.add(range(30), known)
    hits = index.range_search(known[:3], 0)
    for query in range(3):
        assert all((a == b).all() for a, b in zip(hits.of(query - 3), hits.of(query))) and query in hits.of(query)[0]
    for beyond in (3, -4, np.int64(100)):
        with pytest.raises(IndexError, match="3 queries"):
            hits.of(beyond)
    with pytest.raises(IndexError):
        index.range_search(known[:0], 0).of(-1)


def test_a_path_is_never_cut_short(tmp_path):
    index = reseau.Index("pdq")
    for path in (f"{tmp_path}/a\0.index", f"{tmp_path}/a\0.index".encode()):
        with pytest.raises(ValueError, match="zero bytes"):
            index.save(path)
        with pytest.raises(ValueError, match="zero bytes"):
            reseau.Index.load(path, "pdq", bytes(32))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call, kind", [
    (lambda i, q: i.range_search(q, "5"), TypeError), (lambda i, q: i.range_search(q, None), TypeError),
    (lambda i, q: i.range_search(q, 5, threads=-1), ValueError), (lambda i, q: i.nearest(q, 5, threads=1025), ValueError),
    (lambda i, q: i.nearest(q, 5, threads="2"), TypeError), (lambda i, q: i.range_search(q, 5, threads=1.5), TypeError),
    (lambda i, q: i.nearest(q, -1), ValueError), (lambda i, q: i.nearest(q, 1.5), TypeError),
    (lambda i, q: i.recall(5, sample=-1), ValueError), (lambda i, q: i.save(None), TypeError),
    (lambda i, q: i.save("unwritten", owner=None), TypeError), (lambda i, q: reseau.Index(None), TypeError),
    (lambda i, q: reseau.Index("pdq", search=5), TypeError), (lambda i, q: reseau.Index("phash"), ValueError),
    (lambda i, q: reseau.Index.load("none", "pdq", None), TypeError),
    (lambda i, q: reseau.Index.load("none", "pdq", bytes(32), threads=-1), ValueError),
])
def test_wrong_arguments_are_told_in_a_sentence(call, kind):
    index = reseau.Index("pdq")
    index.add([1], rows("pdq", 1))
    with pytest.raises(kind) as caught:
        call(index, rows("pdq", 2))
    assert "incompatible" not in str(caught.value) and "Unable to cast" not in str(caught.value)


@pytest.mark.parametrize("kind", ["pdq", "grid"])
def test_parts_of_a_search_are_together_what_it_is_at_once(kind, monkeypatch):
    known, queries = rows(kind, 400), rows(kind, 400)[:150]
    index = reseau.Index(kind)
    index.add(range(400), known)
    limit = 40 if kind == "pdq" else 15_000
    wanted = reseau.Hits(*index._index.within(queries.view(np.uint8), limit, 1))
    nearest = reseau.Hits(*index._index.nearest(queries.view(np.uint8), 7, limit, 1))
    monkeypatch.setattr("reseau._index._HEARD_EVERY", 0)
    monkeypatch.setattr(reseau.Index, "__len__", lambda self: 2**40)  # so that the first part is small too
    for made, whole in ((index.range_search(queries, limit), wanted), (index.nearest(queries, 7, limit=limit), nearest)):
        assert len(whole.ids) > 0
        assert all((a == b).all() and a.dtype == b.dtype for a, b in zip(made, whole))


def test_ctrl_c_ends_a_search_of_many_queries(start):
    code = """
import numpy as np, reseau
known = np.random.default_rng(1).integers(0, 256, (200_000, 32), np.uint8)
index = reseau.Index("pdq")
index.add(np.arange(len(known)), known)
print("ready", flush=True)
index.nearest(known[:50_000] ^ 85, 10)
"""
    process = start(code)
    process.stdout.readline()
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in process.communicate(timeout=10)[1]
