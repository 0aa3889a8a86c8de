"""Refinement, batches, alignments, highlights from Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rank_rerank import (
    Alignment,
    DtypeError,
    DuplicateIdError,
    InvalidInputError,
    ShapeError,
    colbert_alignments,
    colbert_highlight,
    colbert_rank,
    colbert_rank_batch,
    colbert_rank_with_top_k,
    colbert_refine,
    highlight_spans,
    maxsim_batch,
    patches_to_regions,
    quantize_int8,
    to_bf16,
)

RNG = np.random.default_rng(11)
QUERY = RNG.standard_normal((6, 24)).astype(np.float32)
DOCUMENTS = {f"d{n}": RNG.standard_normal((1 + n % 7, 24)).astype(np.float32) for n in range(30)}


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 70),
    st.sampled_from(["float32", "float16", "bf16", "int8"]),
    st.booleans(),
)
def test_contributions_are_the_score(start: int, length: int, kind: str, cosine: bool) -> None:
    rng = np.random.default_rng(start)
    query, document = (
        rng.standard_normal((5, 24)).astype(np.float32),
        rng.standard_normal((length, 24)).astype(np.float32),
    )
    keywords: dict[str, Any] = {"cosine": cosine, "weights": rng.standard_normal(5).astype(np.float32)}
    stored: Any = (
        document.astype(np.float16) if kind == "float16" else to_bf16(document) if kind == "bf16" else document
    )
    offsets = np.array([0, length])
    if kind == "int8":
        stored, keywords["scales"] = quantize_int8(document)
    found = colbert_alignments(query, stored, **keywords)
    score = maxsim_batch(query, stored, offsets, **keywords)[0]
    assert np.float32(sum(each.contribution for each in found)) == score
    assert sum(each.share for each in found) == pytest.approx(1, abs=1e-9 * sum(abs(each.share) for each in found))
    assert [each.query_token for each in found] == list(range(5))
    exact = query.astype(np.float64) @ document.T.astype(np.float64)
    if kind == "float32" and not cosine:
        assert [each.doc_token for each in found] == exact.argmax(axis=1).tolist()
        np.testing.assert_allclose([each.similarity for each in found], exact.max(axis=1), rtol=1e-4, atol=1e-4)


def test_ranked_lists() -> None:
    ranked = colbert_rank(QUERY, DOCUMENTS)
    assert colbert_rank_with_top_k(QUERY, DOCUMENTS, 4) == ranked[:4]
    assert colbert_rank_with_top_k(QUERY, DOCUMENTS, 0) == []
    assert colbert_rank_batch([QUERY, QUERY[1:].copy()], DOCUMENTS, 3, threads=2, progress=True) == [
        ranked[:3],
        colbert_rank_with_top_k(QUERY[1:].copy(), DOCUMENTS, 3),
    ]
    assert colbert_rank_batch([], DOCUMENTS) == []
    assert colbert_rank_batch([QUERY], {}) == [[]]
    weights = np.arange(6, dtype=np.float32)
    values, offsets = np.concatenate(list(DOCUMENTS.values())), np.cumsum([0, *map(len, DOCUMENTS.values())])
    scores = maxsim_batch(QUERY, values, offsets, weights=weights, cosine=True)
    assert dict(colbert_rank(QUERY, DOCUMENTS, weights=weights, cosine=True)) == dict(
        zip(DOCUMENTS, scores.tolist(), strict=True)
    )
    mixed: dict[str, Any] = {
        "a": DOCUMENTS["d3"].astype(np.float16),
        "b": to_bf16(DOCUMENTS["d4"]),
        "c": DOCUMENTS["d5"],
    }
    assert dict(colbert_rank(QUERY, mixed)).keys() == mixed.keys()


def test_refinement() -> None:
    first = {"d1": 1.0, "d2": 5.0, "d3": 3.0}
    maxsim = np.array([dict(colbert_rank(QUERY, DOCUMENTS))[name] for name in first])
    original = np.array(list(first.values()))

    def scaled(scores: np.ndarray) -> np.ndarray:
        result: np.ndarray = (scores - scores.min()) / (scores.max() - scores.min())
        return result

    expected = dict(zip(first, 0.25 * scaled(original) + 0.75 * scaled(maxsim), strict=True))
    refined = colbert_refine(first, QUERY, DOCUMENTS, 0.25)
    assert dict(refined) == pytest.approx(expected, rel=1e-6)
    assert [score for _, score in refined] == sorted(expected.values(), reverse=True) or refined
    assert colbert_refine(first, QUERY, DOCUMENTS, 0.25, k=1) == refined[:1]
    plain = dict(colbert_refine(first, QUERY, DOCUMENTS, 0.25, normalize=False))
    assert plain == pytest.approx(dict(zip(first, 0.25 * original + 0.75 * maxsim, strict=True)), rel=1e-5)
    assert colbert_refine([], QUERY, DOCUMENTS) == []


def test_highlights() -> None:
    query = np.eye(2, dtype=np.float32)
    found = colbert_alignments(query, np.array([[0, 0], [1, 0], [0, 0.75], [0, 0.5]], dtype=np.float32))
    assert colbert_highlight(found, 0.6) == [1, 2]
    assert colbert_highlight(found, 0.9) == [1]
    assert highlight_spans(found, [(0, 0), (0, 4), (5, 9), (10, 11)], 0.6) == [(0, 9, 1.0)]
    assert found[0] == colbert_alignments(query, np.array([[0, 0], [1, 0], [0, 0.75]], dtype=np.float32))[0]
    assert isinstance(found[0], Alignment)
    assert patches_to_regions([0, 3], 10, 20, 2) == [(0, 0, 5, 10), (5, 10, 5, 10)]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: colbert_rank(QUERY, [("a", DOCUMENTS["d1"]), ("a", DOCUMENTS["d1"])]), DuplicateIdError, "candidates"),
        (lambda: colbert_rank(QUERY, [1]), DtypeError, r"candidates\[0\]: expected an \(id, tokens\) pair, got int"),  # type: ignore[arg-type]
        (
            lambda: colbert_rank(QUERY, {"a": QUERY[:, :2].copy()}),
            ShapeError,
            r"candidates\[0\]: expected dim 24, got 2",
        ),
        (lambda: colbert_rank_with_top_k(QUERY, DOCUMENTS, -1), InvalidInputError, "k: expected at least 0, got -1"),
        (
            lambda: colbert_refine({"x": 1.0}, QUERY, DOCUMENTS),
            InvalidInputError,
            r"candidates\[0\]: expected tokens for",
        ),
        (
            lambda: colbert_refine({"d1": 1.0}, QUERY, DOCUMENTS, 7),
            InvalidInputError,
            "alpha: expected a weight from 0",
        ),
        (
            lambda: colbert_refine({"d1": np.inf}, QUERY, DOCUMENTS),
            InvalidInputError,
            "expected a finite score, got inf",
        ),
        (lambda: colbert_alignments(QUERY, DOCUMENTS["d1"][:0]), ShapeError, "doc_tokens: expected at least one token"),
        (
            lambda: colbert_alignments(QUERY, QUERY * np.float32(np.inf)),
            InvalidInputError,
            "doc_tokens: expected finite",
        ),
        (
            lambda: colbert_alignments(QUERY, QUERY * 0, cosine=True),
            InvalidInputError,
            "doc_tokens: expected tokens with",
        ),
        (lambda: colbert_highlight([1], 0.5), DtypeError, r"alignments\[0\]: expected an Alignment, got int"),  # type: ignore[list-item]
        (lambda: highlight_spans([], [1], 0.5), DtypeError, r"offsets\[0\]: expected a \(start, end\) pair"),  # type: ignore[list-item]
        (lambda: highlight_spans([], [(2, 1)], 0.5), InvalidInputError, "offsets: expected start <= end"),
        (
            lambda: highlight_spans(colbert_alignments(QUERY, QUERY), [], -9),
            InvalidInputError,
            "offsets: expected one for each token of the document, got other in token 0",
        ),
        (lambda: patches_to_regions([4], 10, 10, 2), InvalidInputError, "patches: expected numbers below 4, got 4"),
        (
            lambda: patches_to_regions([-1], 10, 10, 2),
            DtypeError,
            "patches: expected a list of ints from 0 on, got list",
        ),
    ],
)
def test_refusals(call: Any, error: type[Exception], message: str) -> None:  # noqa: ANN401
    with pytest.raises(error, match=message):
        call()
