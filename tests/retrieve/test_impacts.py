"""Impacts and weights in a byte each, through the installed wheel."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from rank_retrieve import Bm25Index, DtypeError, InvalidInputError, Scoring, SparseIndex

if TYPE_CHECKING:
    from pathlib import Path

TERMS = st.lists(st.sampled_from("abcde"), max_size=10)


@given(documents=st.lists(TERMS, min_size=1, max_size=20), query=TERMS, k=st.integers(0, 25))
def test_scores_are_sums_of_whole_steps(documents: list[list[str]], query: list[str], k: int) -> None:
    plain, index = Bm25Index(), Bm25Index(impacts="u8")
    for each in (plain, index):
        each.add_documents(range(len(documents)), documents)
    expected = dict.fromkeys(range(len(documents)), np.float32(0))
    parts = []
    for term in sorted(set(query)):
        impacts = plain.retrieve([term], k=len(documents))
        if impacts:
            best = np.float32(impacts[0][1])
            width = best / np.float32(255)
            parts.append((np.float32(query.count(term)) * width, width, impacts))
    # What can add most first; sums in float32.
    for weight, width, impacts in sorted(parts, key=lambda part: -float(part[0] * np.float32(255))):
        for document, impact in impacts:
            steps = max(1, math.floor(np.float32(impact) / width + np.float32(0.5)))
            assert isinstance(document, int)
            expected[document] += weight * np.float32(steps)
    ranked = sorted(
        ((document, float(score)) for document, score in expected.items() if score > 0),
        key=lambda hit: (-hit[1], hit[0]),
    )
    assert index.retrieve(query, k=k) == ranked[:k]
    index.prepare()
    assert index.retrieve(query, k=k) == ranked[:k]


def test_the_form_is_kept(tmp_path: Path) -> None:
    index = Bm25Index(impacts="u8")
    assert (index.impacts, Bm25Index().impacts) == ("u8", "f32")
    rng = np.random.default_rng(4)
    documents = [[f"t{rng.integers(50)}" for _ in range(20)] for _ in range(400)]
    index.add_documents(range(400), documents)
    hits = index.retrieve(["t1", "t2"], k=20)
    index.save(tmp_path / "saved")
    index.commit(tmp_path / "committed")
    built = Bm25Index(impacts="u8").build(tmp_path / "built", enumerate(documents))
    assert (tmp_path / "built").read_bytes() == (tmp_path / "saved").read_bytes()
    for other in (Bm25Index.load(tmp_path / "saved"), Bm25Index.load(tmp_path / "committed"), built):
        assert other.impacts == "u8"
        assert other.retrieve(["t1", "t2"], k=20) == hits
        scoring = Scoring("bm25+", k1=0.9)
        assert other.retrieve(["t1"], scoring=scoring) == index.retrieve(["t1"], scoring=scoring)
    best, score = hits[0]
    why = index.explain(best, ["t1", "t2"])
    assert why is not None
    assert why.score == score
    assert sum(term.contribution for term in why.terms) == pytest.approx(score)
    wide = Bm25Index()
    wide.add_documents(range(400), documents)
    wide.save(tmp_path / "wide")
    assert (tmp_path / "saved").stat().st_size < 0.8 * (tmp_path / "wide").stat().st_size


def test_whole_weights_lose_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    documents = sp.csr_array((rng.integers(0, 256, (300, 30)) * (rng.random((300, 30)) < 0.3)).astype(np.float32))
    queries = sp.csr_array(rng.random((10, 30)).astype(np.float32))
    plain, whole = SparseIndex(), SparseIndex(impacts="u8")
    assert (whole.impacts, whole.max_weight, plain.impacts) == ("u8", None, "f32")
    for each in (plain, whole):
        each.add(range(300), documents)
    expected = plain.search_batch(queries, k=12)
    whole.save(tmp_path / "index")
    loaded = SparseIndex.load(tmp_path / "index")
    for index in (whole, loaded):
        ids, scores = index.search_batch(queries, k=12)
        assert np.array_equal(ids, expected[0])
        assert np.array_equal(scores, expected[1])
    path = tmp_path / "vectors.jsonl"
    path.write_text("".join(json.dumps({"id": f"d{i}", "vector": {"fox": i, "hen": 255}}) + "\n" for i in range(5)))
    read = SparseIndex(impacts="u8")
    assert read.extend(path) == 5
    built = SparseIndex.build(tmp_path / "built", path, impacts="u8")
    assert built.impacts == "u8"
    for index in (read, built):
        assert index.search_named({"fox": 2.0}) == [(f"d{i}", 2.0 * i) for i in (4, 3, 2, 1)]


def test_other_weights_are_rounded_when_asked(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    dense = rng.random((300, 30)) * 3 * (rng.random((300, 30)) < 0.3)
    documents = sp.csr_array(dense.astype(np.float32))
    queries = sp.csr_array(rng.random((10, 30)).astype(np.float32))
    index = SparseIndex(impacts="u8", max_weight=3.0)
    index.add(range(300), documents)
    assert index.max_weight == 3.0
    ids, scores = index.search_batch(queries, k=300)
    exact = np.asarray((queries @ documents.T).toarray())
    # Half a step for each weight, a whole one where a weight is less than half of one.
    halves = (dense > 0).astype(np.float64) + ((dense > 0) & (dense < 3 / 510))
    slack = 3.0 / 510 * np.asarray(queries @ halves.T)
    for row in range(10):
        found = ids[row] >= 0
        assert found.sum() == (exact[row] > 0).sum()
        off = np.abs(exact[row, ids[row, found]] - scores[row, found])
        assert (off <= slack[row, ids[row, found]] + 1e-4).all()
    built = SparseIndex.build(tmp_path / "built", [(1, {"a": 1.0})], impacts="u8", max_weight=3.0)
    assert SparseIndex.load(tmp_path / "built").max_weight == built.max_weight == 3.0


def test_what_does_not_go_into_a_byte_is_refused(tmp_path: Path) -> None:
    index = SparseIndex(impacts="u8")
    with pytest.raises(
        InvalidInputError, match=r'^weights: expected whole numbers of at most 255, got 0.5 for "b"; choose'
    ):
        index.add_named(1, {"a": 1, "b": 0.5})
    with pytest.raises(
        InvalidInputError, match=r"^values: expected whole numbers of at most 255, got 300 at 0; choose"
    ):
        index.add([1], sp.csr_array(np.array([[300.0]], np.float32)))
    assert len(index) == 0
    with pytest.raises(InvalidInputError, match=r"expected numbers of at most 2, got 2\.5"):
        SparseIndex.build(tmp_path / "index", [(1, {"a": 2.5})], impacts="u8", max_weight=2)
    assert not (tmp_path / "index").exists()
    with pytest.raises(InvalidInputError, match=r"^max_weight: expected a number from 1e-30 to 1e30, got 0; "):
        SparseIndex(impacts="u8", max_weight=0)
    with pytest.raises(InvalidInputError, match=r"^max_weight: expected none for impacts in f32, got 4; "):
        SparseIndex(max_weight=4)
    for make in (Bm25Index, SparseIndex):
        with pytest.raises(InvalidInputError, match=r'^impacts: expected f32 or u8, got "u16"; choose one of them$'):
            make(impacts="u16")  # type: ignore[arg-type]
    with pytest.raises((TypeError, DtypeError)):
        SparseIndex(impacts="u8", max_weight="4")  # type: ignore[arg-type]
