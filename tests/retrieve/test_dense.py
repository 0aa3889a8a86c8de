"""The dense indexes, through the installed wheel."""

from __future__ import annotations

import os
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rank_retrieve import (
    DenseIndex,
    DtypeError,
    DuplicateIdError,
    ExactDenseIndex,
    InvalidInputError,
    MissingPackageError,
    ShapeError,
)

if TYPE_CHECKING:
    from pathlib import Path

Index = type[ExactDenseIndex] | type[DenseIndex]
both = pytest.mark.parametrize("index_class", [ExactDenseIndex, DenseIndex])


def vector(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, dtype=np.float32)


@given(st.integers(0, 2**32 - 1), st.integers(0, 30), st.integers(0, 40), st.sampled_from(["cosine", "dot"]))
def test_exact_search_equals_numpy(seed: int, number: int, k: int, metric: Literal["cosine", "dot"]) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(number, 7)).astype(np.float32)
    query = rng.normal(size=7).astype(np.float32)
    index = ExactDenseIndex(7, metric)
    index.add_batch(range(number), vectors)
    scores = vectors.astype(np.float64) @ query.astype(np.float64)
    if metric == "cosine":
        scores /= np.linalg.norm(vectors.astype(np.float64), axis=1) * np.linalg.norm(query.astype(np.float64))
    hits = index.search(query, k=k)
    order = np.argsort(-scores, kind="stable")[:k]
    assert [key for key, _ in hits] == order.tolist()
    assert np.allclose([score for _, score in hits], scores[order], atol=1e-5)
    assert index.search_batch(query[None], k=k) == [hits]


@both
def test_ids_metric_and_order(index_class: Index) -> None:
    index = index_class(dim=2, metric="dot")
    index.add("east", vector(1, 0))
    index.add_batch([4, "north", 3], np.array([[1, 0], [0, 2], [-1, 0]], dtype=np.float32))
    assert (len(index), index.dim, index.metric) == (4, 2, "dot")
    assert "east" in index
    assert 4 in index
    assert "4" not in index
    assert index.search(vector(1, 0)) == [(4, 1.0), ("east", 1.0), ("north", 0.0), (3, -1.0)]
    assert index.search(vector(0, 1), k=1) == [("north", 2.0)]
    assert index.search(vector(0, 1), k=0) == []


@both
def test_bad_input_is_named_and_changes_nothing(index_class: Index) -> None:
    index = index_class(2)
    index.add("a", vector(1, 0))
    with pytest.raises(DuplicateIdError, match=r'^id: expected a new document id, got "a" again; '):
        index.add("a", vector(0, 1))
    with pytest.raises(DuplicateIdError, match=r'^ids\[1\]: expected a new document id, got "a" again; '):
        index.add_batch(["b", "a"], np.eye(2, dtype=np.float32))
    with pytest.raises(ShapeError, match=r"^ids: expected as many as vectors, got 1 for 2; "):
        index.add_batch(["b"], np.eye(2, dtype=np.float32))
    with pytest.raises(ShapeError, match=r"^vectors: expected rows of 2 components, got 3; "):
        index.add_batch(["b", "c", "d"], np.eye(3, dtype=np.float32))
    with pytest.raises(ShapeError, match=r"^vectors: expected rows of 2 components, got 3; "):
        index.search_batch(np.eye(3, dtype=np.float32))
    with pytest.raises(ShapeError, match=r"^vector: expected 2 components, got 3; "):
        index.search(vector(1, 2, 3))
    with pytest.raises(ShapeError, match=r"^vector: expected an array of shape \(dim,\), got shape \[1, 2\]; "):
        index.search(np.ones((1, 2), dtype=np.float32))
    with pytest.raises(ShapeError, match=r"^vectors: expected a C-contiguous array, "):
        index.search_batch(np.asfortranarray(np.ones((2, 2), dtype=np.float32)))
    with pytest.raises(DtypeError, match=r"^vector: expected float32, got float64; pass vector.astype"):
        index.add("b", np.ones(2))  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"^vector: expected a numpy array of float32, got list; "):
        index.search([1.0, 0.0])  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match=r"^vector\[1\]: expected a finite number, got NaN; "):
        index.add("b", vector(0, np.nan))
    with pytest.raises(InvalidInputError, match=r"^vector: expected a direction, got only zeros; "):
        index.search(vector(0, 0))
    with pytest.raises(InvalidInputError, match=r"^vectors\[0\]\[1\]: expected a finite number, got inf; "):
        index.add_batch(["b", "c"], np.array([[1, np.inf], [1, 1]], dtype=np.float32))
    with pytest.raises(InvalidInputError, match=r"^vectors\[1\]: expected a direction, got only zeros; "):
        index.search_batch(np.array([[1, 1], [0, 0]], dtype=np.float32))
    with pytest.raises(InvalidInputError, match=r"^k: expected at least 0, got -1; "):
        index.search(vector(1, 1), k=-1)
    assert len(index) == 1
    with pytest.raises(InvalidInputError, match=r"^dim: expected at least 1, got 0; "):
        index_class(0)
    with pytest.raises(DtypeError, match=r"^dim: expected a whole number, got str; "):
        index_class("2")  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match=r'^metric: expected "cosine" or "dot", got "l2"; '):
        index_class(2, "l2")  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match=r"^vector\[0\]: expected a magnitude of at most "):
        index_class(2, "dot").search(vector(1e30, 0))


@both
def test_a_bad_row_is_named_and_the_rows_before_it_stay(index_class: Index) -> None:
    index = index_class(2)
    with pytest.raises(InvalidInputError, match=r"^vectors\[2\]: expected a direction"):
        index.add_batch([5, 6, 7, 8], np.array([[1, 0], [0, 1], [0, 0], [1, 1]], dtype=np.float32))
    assert [5 in index, 6 in index, 7 in index, 8 in index] == [True, True, False, False]


@both
def test_progress(index_class: Index, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    index = index_class(4)
    rows = np.random.default_rng(0).normal(size=(200, 4)).astype(np.float32)
    index.add_batch(range(200), rows, progress=True)
    index.search_batch(rows[:100], progress=True)
    shown = capfd.readouterr().err
    assert "200/200" in shown
    assert "100/100" in shown
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(MissingPackageError, match="pip install tqdm"):
        index.search_batch(rows, progress=True)


@both
def test_arrays_are_not_copied(index_class: Index) -> None:
    rows = np.random.default_rng(0).normal(size=(64, 50_000)).astype(np.float32)
    index = index_class(50_000)
    tracemalloc.start()
    try:
        index.add_batch(range(64), rows)
        index.add("again", rows[0])
        index.search_batch(rows, k=1)
        index.search(rows[0], k=1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < rows.nbytes / 50


def test_the_graph_finds_nearly_all_true_neighbors() -> None:
    rng = np.random.default_rng(0)
    vectors = (rng.normal(size=(20, 16))[np.arange(2000) % 20] + 0.3 * rng.normal(size=(2000, 16))).astype(np.float32)
    graph, exact = DenseIndex(16), ExactDenseIndex(16)
    graph.add_batch(range(2000), vectors)
    exact.add_batch(range(2000), vectors)
    found = 0
    for approximate, truth in zip(graph.search_batch(vectors[:50]), exact.search_batch(vectors[:50]), strict=True):
        found += len({key for key, _ in approximate} & {key for key, _ in truth})
    assert found >= 475


def test_saving_keeps_ids_and_options(tmp_path: Path) -> None:
    path = tmp_path / "index.hnsw"
    rows = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)
    ids = [i if i % 2 else f"doc {i}" for i in range(300)]
    index = DenseIndex(8, connectivity=8, expansion_add=40, expansion_search=99, precision="f16")
    index.add_batch(ids, rows)
    index.save(path)
    loaded = DenseIndex.load(os.fspath(path))
    assert (len(loaded), loaded.dim, loaded.metric, loaded.expansion_search) == (300, 8, "cosine", 99)
    assert loaded.search_batch(rows, k=5) == index.search_batch(rows, k=5)
    assert "doc 0" in loaded
    assert 1 in loaded
    loaded.expansion_search = 200
    loaded.add("new", rows[0])
    loaded.save(path)
    assert DenseIndex.load(path).expansion_search == 200
    assert sorted(tmp_path.iterdir()) == [path]


def test_files_that_cannot_be_loaded(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"missing\.hnsw"):
        DenseIndex.load(tmp_path / "missing.hnsw")
    index = DenseIndex(2)
    index.add("a", vector(1, 0))
    with pytest.raises(FileNotFoundError, match="folder"):
        index.save(tmp_path / "folder" / "index.hnsw")
    with pytest.raises(IsADirectoryError):
        DenseIndex.load(tmp_path)
    path = tmp_path / "index.hnsw"
    index.save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-7])
    with pytest.raises(
        InvalidInputError, match=r"index\.hnsw: expected a saved index, got a damaged or truncated file"
    ):
        DenseIndex.load(path)
    path.write_text("something else")
    with pytest.raises(InvalidInputError, match=r"index\.hnsw: expected a saved index, got a file of another kind"):
        DenseIndex.load(path)


def test_options_are_checked() -> None:
    with pytest.raises(InvalidInputError, match=r"^connectivity: expected 2 to 1024, got 1; 16 is the default$"):
        DenseIndex(2, connectivity=1)
    with pytest.raises(InvalidInputError, match=r"^expansion_add: expected 1 to 1000000, got 0; "):
        DenseIndex(2, expansion_add=0)
    with pytest.raises(InvalidInputError, match=r"^expansion_search: expected at least 0, got -1; "):
        DenseIndex(2).expansion_search = -1
    with pytest.raises(InvalidInputError, match=r'^precision: expected "f32" or "f16", got "i8"; '):
        DenseIndex(2, precision="i8")  # type: ignore[arg-type]


def test_many_threads_search_at_once() -> None:
    rows = np.random.default_rng(0).normal(size=(500, 16)).astype(np.float32)
    index = DenseIndex(16)
    index.add_batch(range(500), rows)
    expected = index.search_batch(rows)
    with ThreadPoolExecutor(32) as pool:
        assert list(pool.map(index.search, rows)) == expected
