"""Learned sparse vectors, through the installed wheel."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.sparse as sp

from rank_retrieve import DtypeError, DuplicateIdError, InvalidInputError, ShapeError, SparseIndex, field

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def vectors(rows: int, seed: int) -> sp.csr_array:
    rng = np.random.default_rng(seed)
    weights = np.round(rng.random((rows, 40)) * 8) / 4 * (rng.random((rows, 40)) < 0.2)
    return sp.csr_array(weights.astype(np.float32))


def test_inner_products_are_those_of_scipy(tmp_path: Path) -> None:
    documents, queries = vectors(500, 1), vectors(30, 2)
    index = SparseIndex()
    index.add(range(500), documents)
    ids, scores = index.search_batch(queries, k=7)
    exact = (queries @ documents.T).toarray()
    order = np.lexsort((np.broadcast_to(np.arange(500), exact.shape), -exact), axis=1)[:, :7]
    best = np.take_along_axis(exact, order, axis=1)
    assert np.array_equal(ids, np.where(best > 0, order, -1))
    assert np.array_equal(scores, np.where(best > 0, best, -np.inf))
    again = index.search_batch(queries, k=7, threads=3)
    assert np.array_equal(again[0], ids)
    index.save(tmp_path / "index")
    loaded = SparseIndex.load(tmp_path / "index")
    assert np.array_equal(loaded.search_batch(queries, k=7)[1], scores)
    assert loaded.remove(int(ids[0, 0]))
    assert ids[0, 0] not in loaded.search_batch(queries[:1], k=7)[0]
    assert len(loaded) == 499
    assert 499 in loaded


def test_named_dimensions() -> None:
    index = SparseIndex()
    index.add_named("d1", {"fox": 2, "##es": 0.5})
    index.add_named("d2", {"fox": 1.0})
    assert index.search_named({"fox": 3.0, "##es": 1, "hen": 1}) == [("d1", 6.5), ("d2", 3.0)]
    assert index.search_named({"hen": 1.0}) == []


def test_bad_vectors_are_refused() -> None:
    index = SparseIndex()
    one = vectors(1, 3)
    with pytest.raises(
        DtypeError, match=r"^vectors: expected a CSR matrix of SciPy or its three arrays, got numpy.ndarray; "
    ):
        index.add([1], np.ones((1, 2), np.float32))  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"^vectors: expected a CSR matrix of SciPy, got the format csc; "):
        index.add([1], sp.csc_array(one))
    with pytest.raises(DtypeError, match=r"^vectors.data: expected float32, got float64; "):
        index.add([1], one.astype(np.float64))
    with pytest.raises(InvalidInputError, match=r"^values: expected finite numbers of at least 0, got -"):
        index.add([1], -one)
    with pytest.raises(ShapeError, match=r"^ids: expected as many as vectors, got 2 for 1; "):
        index.add([1, 2], one)
    with pytest.raises(DtypeError, match=r"^weights: expected a dict of str to weight, or a text of pieces, got list"):
        index.add_named(1, ["fox"])  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"^weights\[1\]: expected a str, got int; "):
        index.add_named(1, {1: 1.0})  # type: ignore[dict-item]
    with pytest.raises(InvalidInputError, match=r"^weights: expected finite numbers of at least 0, got -1; "):
        index.search_named({"fox": -1.0})
    index.add([1], one)
    with pytest.raises(DuplicateIdError, match=r"^ids\[0\]: expected a new document id, got 1 again; "):
        index.add([1], one)
    assert len(index) == 1


def test_vectors_come_and_go(tmp_path: Path) -> None:
    documents, queries = vectors(60, 4), vectors(5, 5)
    index = SparseIndex()
    index.add(range(40), documents[:40])
    index.set_fields(3, {"year": 2020})
    assert index.update(range(20, 60), documents[20:]) == 20
    assert index.update([3], documents[50:51]) == 1
    assert index.fields(3) == {"year": 2020}
    assert index.remove(7)
    index.merge()
    fresh = SparseIndex()
    kept = [number for number in range(60) if number != 7]
    rows = documents[[50 if number == 3 else number for number in kept]]
    fresh.add(kept, rows)
    for ours, its in zip(index.search_batch(queries, k=60), fresh.search_batch(queries, k=60), strict=True):
        assert np.array_equal(ours, its)
    with pytest.raises(InvalidInputError, match=r"^dimensions: expected numbers, as the index has, got names; "):
        index.update_named(3, {"fox": 1})
    with pytest.raises(DuplicateIdError, match=r"^ids\[1\]: expected a new document id, got 1 again; "):
        index.update([1, 1], documents[:2])

    # From a stream of matrices, in memory and in a file.
    def stream() -> Iterator[tuple[list[int], sp.csr_array]]:
        return ((kept[at : at + 25], rows[at : at + 25]) for at in range(0, 59, 25))

    extended = SparseIndex()
    assert extended.extend(stream()) == 59
    for made in (extended, SparseIndex.build(tmp_path / "index", stream())):
        assert np.array_equal(made.search_batch(queries, k=60)[1], fresh.search_batch(queries, k=60)[1])


def test_streams_bring_what_is_stored(tmp_path: Path) -> None:
    mixed: list[Any] = [(1, "fox", {"year": 1}), (2, "fox", {"year": "one"})]
    numbers: list[Any] = [1]
    both: list[Any] = [(1, "fox"), ([2], vectors(1, 6))]
    triples: list[Any] = [(1, {"fox": 1.0}, {"year": 2019}), (2, "fox fox", None), (3, "fox", {"year": 2021})]
    dicts = [{"id": key, "vector": weights, **(stored or {})} for key, weights, stored in triples]
    (tmp_path / "vectors.jsonl").write_text("\n".join(json.dumps(document) for document in dicts))
    sources: list[Any] = [triples, dicts, tmp_path / "vectors.jsonl"]
    for source in sources:
        index = SparseIndex()
        assert index.extend(source, fields="year") == 3
        built = SparseIndex.build(tmp_path / "index", source, fields=["year"])
        for made in (index, built):
            assert made.search_named("fox", filter=field("year") > 2000) == [(1, 1.0), (3, 1.0)]
    with pytest.raises(InvalidInputError, match=r"^documents\[1\]: fields\[\"year\"\]: expected a value of type int, "):
        SparseIndex().extend(mixed)
    with pytest.raises(
        DtypeError, match=r"^documents\[0\]: expected \(id, weights\), \(ids, matrix\) or a dict, got int; "
    ):
        SparseIndex().extend(numbers)
    with pytest.raises(
        InvalidInputError, match=r"^documents\[1\]: dimensions: expected names, as the index has, got numb"
    ):
        SparseIndex().extend(both)
