"""Weights of query tokens, scores made comparable, single vectors and nested lists, against NumPy; every refusal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rank_rerank as rr

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = Path(__file__).parents[2] / "docs" / "reranking.md"
FLOATS = np.array([0.5, 1.5], dtype=np.float32)


@given(st.integers(0, 2**32 - 1))
def test_weights_are_the_formulas(seed: int) -> None:
    rng = np.random.default_rng(seed)
    df, tf = rng.integers(0, 1001, 7), rng.integers(1, 9, 7)
    idf = np.log(1 + (1000 - df + 0.5) / (df + 0.5))
    assert np.allclose(rr.idf_weights(df, 1000), idf / idf.mean(), rtol=1e-6)
    assert np.allclose(rr.idf_weights(df.tolist(), documents=1000), idf / idf.mean(), rtol=1e-6)
    bm25 = idf * 2.2 * tf / (1.2 + tf)
    assert np.allclose(rr.bm25_weights(df, tf, 1000), bm25 / bm25.mean(), rtol=1e-6)
    attention = rng.random((5, 7)).astype(np.float32)
    received = attention.sum(axis=0, dtype=np.float64)
    assert np.allclose(rr.attention_weights(attention), received / received.mean(), rtol=1e-6)
    weights = rr.idf_weights(df, 1000)
    query, document = (rng.standard_normal((n, 8)).astype(np.float32) for n in (7, 20))
    wanted = float(((query @ document.T).max(axis=1) * weights).sum())
    assert rr.maxsim_batch(query, [document], weights=weights)[0] == pytest.approx(wanted, rel=1e-4, abs=1e-4)


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 10), st.integers(0, 30))
def test_scores(seed: int, temperature: float, k: int) -> None:
    scores = np.random.default_rng(seed).standard_normal(20).astype(np.float32)
    powers = np.exp(scores.astype(np.float64) / temperature)
    assert np.allclose(rr.softmax_scores(scores, temperature), powers / powers.sum(), atol=1e-6)
    assert np.allclose(rr.normalize_scores(scores), (scores - scores.min()) / np.ptp(scores), atol=1e-6)
    assert rr.top_k_indices(scores, k).tolist() == np.argsort(-scores, kind="stable")[:k].tolist()
    assert np.allclose(rr.normalize_maxsim_batch(scores, 32), scores / 32)
    assert rr.normalize_maxsim(float(scores[0]), 32) == scores[0] / 32
    assert rr.normalize_scores(np.full(3, 7, dtype=np.float32)).tolist() == [1, 1, 1]


@given(st.integers(0, 2**32 - 1), st.integers(1, 100))
def test_vectors(seed: int, dim: int) -> None:
    a, b = np.random.default_rng(seed).standard_normal((2, dim)).astype(np.float32)
    wide = a.astype(np.float64), b.astype(np.float64)
    norms = [np.linalg.norm(vector) for vector in wide]
    assert rr.dot(a, b) == pytest.approx(wide[0] @ wide[1], abs=1e-4)
    assert rr.norm(a) == pytest.approx(norms[0], rel=1e-5)
    assert rr.cosine(a, b) == pytest.approx(wide[0] @ wide[1] / (norms[0] * norms[1]), abs=1e-5)
    assert np.allclose(rr.normalize(a), wide[0] / norms[0], atol=1e-6)
    zero = np.zeros(dim, dtype=np.float32)
    assert rr.cosine(a, zero) == 0
    assert rr.normalize_or_zero(zero).tolist() == zero.tolist()


def test_vectors_of_torch() -> None:
    torch = pytest.importorskip("torch")
    assert rr.dot(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])) == 11
    assert rr.from_bf16(torch.tensor([[1.5]], dtype=torch.bfloat16)).tolist() == [[1.5]]


@given(st.integers(0, 2**32 - 1))
def test_what_was_made_smaller_is_near(seed: int) -> None:
    tokens = np.random.default_rng(seed).standard_normal((5, 16)).astype(np.float32)
    codes, scales = rr.quantize_int8(tokens)
    back = rr.dequantize_int8(codes, scales)
    assert np.array_equal(back, codes * scales[:, None])
    assert (np.linalg.norm(back - tokens, axis=1) <= 0.02 * np.linalg.norm(tokens, axis=1)).all()
    bits = rr.to_bf16(tokens)
    assert np.array_equal(rr.from_bf16(bits), (bits.astype(np.uint32) << 16).view(np.float32))


@given(st.integers(0, 2**32 - 1))
def test_nested_lists(seed: int) -> None:
    rng = np.random.default_rng(seed)
    query, document = (rng.standard_normal((n, 4)).astype(np.float32) for n in (3, 6))
    lists = query.tolist(), document.tolist()
    assert rr.maxsim_vecs(*lists) == rr.maxsim(query, document)
    assert rr.maxsim_vecs(query, document) == rr.maxsim(query, document)  # type: ignore[arg-type]
    assert rr.maxsim_cosine_vecs(*lists) == rr.maxsim_cosine(query, document)
    for found, wanted in [
        (rr.maxsim_alignments_vecs(*lists), rr.colbert_alignments(query, document)),
        (rr.maxsim_alignments_cosine_vecs(*lists), rr.colbert_alignments(query, document, cosine=True)),
    ]:
        assert found == [(a.query_token, a.doc_token, a.similarity) for a in wanted]
    wanted_tokens = rr.colbert_highlight(rr.colbert_alignments(query, document), 0.5)
    assert rr.highlight_matches_vecs(*lists, 0.5) == wanted_tokens


@pytest.mark.parametrize("cosine", [False, True])
def test_explanations(cosine: bool) -> None:
    rng = np.random.default_rng(1)
    query, document = (rng.standard_normal((n, 8)).astype(np.float32) for n in (5, 9))
    weights = rng.random(5).astype(np.float32)
    explanation = rr.colbert_explain(query, document, weights=weights, cosine=cosine)
    assert explanation.score == rr.maxsim_batch(query, [document], weights=weights, cosine=cosine)[0]
    assert explanation.alignments == rr.colbert_alignments(query, document, weights=weights, cosine=cosine)
    assert np.float32(sum(a.contribution for a in explanation.alignments)) == explanation.score
    store = rr.TokenStore(8)
    store.append("a", document)
    assert store.explain(query, "a", weights=weights, cosine=cosine) == explanation
    assert store.explain(query, "a") != explanation
    with pytest.raises(rr.InvalidInputError, match="id"):
        store.explain(query, "b")


def test_selections_of_alignments() -> None:
    rng = np.random.default_rng(2)
    query, document = (rng.standard_normal((n, 8)).astype(np.float32) for n in (6, 9))
    found = rr.colbert_alignments(query, document)
    similarities = np.array([a.similarity for a in found], dtype=np.float32)
    assert [a.similarity for a in rr.top_k_alignments(found, 3)] == sorted(similarities.tolist(), reverse=True)[:3]
    bar = float(np.median(similarities))
    assert rr.filter_alignments(found, bar) == [a for a in found if a.similarity >= bar]
    assert rr.alignments_for_query_tokens(found, [0, 4]) == [found[0], found[4]]
    token = found[2].doc_token
    assert rr.alignments_for_doc_tokens(found, np.array([token])) == [a for a in found if a.doc_token == token]
    stats = rr.alignment_stats(found)
    assert stats is not None
    assert (stats.min, stats.max, stats.count) == (similarities.min(), similarities.max(), 6)
    assert stats.sum == pytest.approx(similarities.sum(dtype=np.float64))
    assert stats.mean == pytest.approx(stats.sum / 6)
    assert rr.alignment_stats([]) is None
    best = rr.top_k_alignments(found, 1)[0].doc_token
    assert best in rr.extract_snippet_indices(found, 9, 1, 4)
    assert rr.extract_snippet_indices(found, 9, 9, 99) == list(range(9))


def test_contextual() -> None:
    shown: list[str] = []

    def judge(batch: list[str]) -> list[bool]:
        shown.extend(batch)
        return [int(document) >= 20 for document in batch]

    candidates = [str(number) for number in range(25)]
    ranked = rr.rerank_contextual(candidates, judge, batch_size=5, exploration_rounds=10, total_rounds=60)
    assert len(shown) == 300
    assert {document for document, _ in ranked[:5]} == {"20", "21", "22", "23", "24"}
    for document, known in ranked:
        assert known.judged == shown.count(document)
        assert known.score == (known.relevant + 1) / (known.judged + 2)
    assert rr.rerank_contextual(candidates, lambda batch: np.ones(len(batch), dtype=bool), total_rounds=30)
    with pytest.raises(ZeroDivisionError):
        rr.rerank_contextual(candidates, lambda _: [1 // 0 == 1])


def test_names_of_the_new_types() -> None:
    score = rr.rerank_contextual([7], lambda _: [True], exploration_rounds=0, total_rounds=1)[0][1]
    assert repr(score) == f"ContextualScore(score={2 / 3}, relevant=1, judged=1)"


def test_the_page_on_reranking() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), flags=re.DOTALL | re.MULTILINE)
    assert blocks
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), {})  # noqa: S102 - what the page shows is what happens


REFUSALS: dict[str, tuple[Callable[[], object], type[Exception]]] = {
    "document_frequencies: expected numbers of at most 10": (lambda: rr.idf_weights([11], 10), rr.InvalidInputError),
    "documents: expected at least 1, got 0": (lambda: rr.idf_weights([0], 0), rr.InvalidInputError),
    r"document_frequencies\[1\]: expected at least 0, got -1": (
        lambda: rr.idf_weights([1, -1], 10),
        rr.InvalidInputError,
    ),
    r"document_frequencies\[0\]: expected a whole number, got float": (
        lambda: rr.idf_weights([1.5], 10),  # type: ignore[list-item]
        rr.DtypeError,
    ),
    "query_frequencies: expected 1": (lambda: rr.bm25_weights([1], [1, 1], 10), rr.InvalidInputError),
    "k3: expected a finite number": (lambda: rr.bm25_weights([1], [1], 10, k3=-1), rr.InvalidInputError),
    "attention: expected an array of shape": (lambda: rr.attention_weights(FLOATS), rr.ShapeError),
    "attention: expected attention to a token": (
        lambda: rr.attention_weights(np.zeros((2, 2), dtype=np.float32)),
        rr.InvalidInputError,
    ),
    "attention: expected rows of 3 numbers": (
        lambda: rr.attention_weights(np.zeros((0, 3), dtype=np.float32)),
        rr.InvalidInputError,
    ),
    "query_length: expected a finite number above 0": (lambda: rr.normalize_maxsim(1, 0), rr.InvalidInputError),
    "score: expected a number, got str": (lambda: rr.normalize_maxsim("1", 1), rr.DtypeError),  # type: ignore[arg-type]
    "scores: expected finite numbers, got NaN at position 1": (
        lambda: rr.normalize_scores(np.array([1, np.nan], dtype=np.float32)),
        rr.InvalidInputError,
    ),
    "scores: expected float32, got float64": (
        lambda: rr.softmax_scores(np.ones(2)),  # type: ignore[arg-type]
        rr.DtypeError,
    ),
    "temperature: expected a finite number above 0": (lambda: rr.softmax_scores(FLOATS, 0), rr.InvalidInputError),
    "k: expected at least 0, got -1": (lambda: rr.top_k_indices(FLOATS, -1), rr.InvalidInputError),
    "b: expected dim 2, got 1": (lambda: rr.dot(FLOATS, FLOATS[:1]), rr.ShapeError),
    "a: expected a C-contiguous array": (lambda: rr.cosine(np.zeros(4, np.float32)[::2], FLOATS), rr.ShapeError),
    "vector: expected tokens with a direction": (
        lambda: rr.normalize(np.zeros(2, dtype=np.float32)),
        rr.InvalidInputError,
    ),
    "vector: expected an array of shape": (lambda: rr.norm(np.zeros((2, 2), np.float32)), rr.ShapeError),
    "codes: expected int8": (lambda: rr.dequantize_int8(FLOATS[None], FLOATS), rr.DtypeError),  # type: ignore[arg-type]
    "scales: expected 1, one for each token, got 2": (
        lambda: rr.dequantize_int8(np.zeros((1, 2), np.int8), FLOATS),
        rr.InvalidInputError,
    ),
    "bits: expected uint16": (lambda: rr.from_bf16(FLOATS[None]), rr.DtypeError),  # type: ignore[arg-type]
    "query_tokens: expected at least one token": (lambda: rr.maxsim_vecs([], [[1]]), rr.ShapeError),
    "doc_tokens: expected dim 1, got 2": (lambda: rr.maxsim_vecs([[1]], [[1, 2]]), rr.ShapeError),
    "doc_tokens: expected 2 components in each token, got 1 in token 1": (
        lambda: rr.maxsim_vecs([[1, 2]], [[1, 2], [1]]),
        rr.InvalidInputError,
    ),
    r"query_tokens\[0\]\[1\]: expected a number, got str": (
        lambda: rr.maxsim_vecs([[1, "2"]], [[1, 2]]),  # type: ignore[list-item]
        rr.DtypeError,
    ),
    "doc_tokens: expected tokens with a direction": (
        lambda: rr.maxsim_alignments_cosine_vecs([[1]], [[0]]),
        rr.InvalidInputError,
    ),
    "query_tokens: expected finite components, got NaN in token 0": (
        lambda: rr.highlight_matches_vecs([[float("nan")]], [[0]], 1),
        rr.InvalidInputError,
    ),
    "doc_tokens: expected dim 2, got 3": (
        lambda: rr.colbert_explain(FLOATS[None], np.ones((1, 3), np.float32)),
        rr.ShapeError,
    ),
    r"alignments\[0\]: expected an Alignment": (
        lambda: rr.alignment_stats([1]),  # type: ignore[list-item]
        rr.DtypeError,
    ),
    "judge: expected a function": (lambda: rr.rerank_contextual([1], 3), rr.DtypeError),  # type: ignore[arg-type]
    "judge: expected a list of bool, got int at position 0": (
        lambda: rr.rerank_contextual([1], lambda _: [1]),  # type: ignore[list-item]
        rr.DtypeError,
    ),
    "judge: expected 1 judgments": (lambda: rr.rerank_contextual([1], lambda _: []), rr.InvalidInputError),
    r"candidates\[1\]: expected each id once": (
        lambda: rr.rerank_contextual([1, 1], lambda _: [True]),
        rr.DuplicateIdError,
    ),
    "exploration_rounds: expected at most 3": (
        lambda: rr.rerank_contextual([1], lambda _: [True], total_rounds=3),
        rr.InvalidInputError,
    ),
}


@pytest.mark.parametrize("message", REFUSALS)
def test_refusals(message: str) -> None:
    call, error = REFUSALS[message]
    with pytest.raises(error, match=message):
        call()
