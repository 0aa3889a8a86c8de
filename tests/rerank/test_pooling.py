"""Pooling against SciPy's Ward linkage, as sentence-transformers, PyLate and ColBERT use it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from rank_rerank import DtypeError, InvalidInputError, ShapeError, pool_tokens, pool_tokens_batch, token_clusters


def tokens(start: int, count: int, dim: int) -> np.ndarray:
    """Topics and noise about them, of norm 1, as tokens of texts are."""
    rng = np.random.default_rng(start)
    topics = rng.standard_normal((1 + count // 3, dim))
    vectors = topics[rng.integers(0, len(topics), count)] + 0.5 * rng.standard_normal((count, dim))
    unit: np.ndarray = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def scipy_clusters(rows: np.ndarray, count: int, square: bool) -> np.ndarray:
    distances = 1 - rows @ rows.T
    if not square:
        distances = squareform(distances.clip(0, 2), checks=False)
    labels: np.ndarray = fcluster(linkage(distances, "ward"), count, "maxclust") - 1
    return labels


def by_first(labels: np.ndarray) -> np.ndarray:
    """Clusters named by their first tokens: where two merges are equally high to rounding, numbers differ."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    named: np.ndarray = first[inverse]
    return named


# The same examples each time: of enough random ones, one has two merges that are equally high at the cut.
@given(st.integers(0, 2**32 - 1), st.integers(3, 120), st.integers(4, 64), st.floats(1, 6))
@settings(max_examples=60, derandomize=True)
@pytest.mark.filterwarnings("ignore::scipy.cluster.hierarchy.ClusterWarning")
def test_clusters_are_those_of_scipy(start: int, count: int, dim: int, factor: float) -> None:
    rows = tokens(start, count, dim)
    for method, square, protected, last, normalize in (
        ("hierarchical", False, 0, False, True),
        ("sentence_transformers", False, 1, False, True),
        ("pylate", False, 1, False, False),
        ("pylate_1_3_4", True, 1, True, False),
        ("colbert", True, 0, True, False),
        ("colpali", True, 0, False, True),
    ):
        rest = rows[protected:]
        clusters = max(int(len(rest) // factor), 1)
        expected = scipy_clusters(rest, clusters, square) if clusters < len(rest) else np.arange(len(rest))
        found = token_clusters(rows, factor, method=method)  # type: ignore[arg-type]
        first = 0 if last else protected
        np.testing.assert_array_equal(by_first(found[protected:]), by_first(expected))
        expected = found[protected:] - first
        pooled = pool_tokens(rows, factor, method=method)  # type: ignore[arg-type]
        means = np.stack(
            [rest[expected == cluster].astype(np.float64).mean(axis=0) for cluster in range(expected.max() + 1)]
        )
        if normalize:
            means /= np.linalg.norm(means, axis=1, keepdims=True)
        np.testing.assert_allclose(pooled[first : first + len(means)], means, atol=1e-5)
        if protected:
            np.testing.assert_allclose(pooled[-1 if last else 0], rows[0], atol=1e-6)


def test_batches_and_other_methods() -> None:
    parts = [tokens(start, 5 + 3 * start, 16) for start in range(12)]
    offsets = np.cumsum([0, *map(len, parts)])
    for method, extra in (("greedy", {}), ("sequential", {}), ("adaptive", {"max_distance": 0.5}), ("pylate", {})):
        keywords: dict[str, Any] = {"method": method, **extra}
        values, ends = pool_tokens_batch(np.concatenate(parts), offsets, 2.0, progress=True, **keywords)
        for part, start, end in zip(parts, ends, ends[1:], strict=False):
            np.testing.assert_array_equal(values[start:end], pool_tokens(part, 2.0, **keywords))
    listed, _ = pool_tokens_batch(parts, method="pylate")
    np.testing.assert_array_equal(listed, values)
    assert token_clusters(parts[2], 4, method="sequential").tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2]
    assert len(pool_tokens(parts[2], method="adaptive", max_distance=0)) == len(parts[2])
    assert len(pool_tokens(parts[2], method="adaptive", max_distance=99)) == 1
    assert len(pool_tokens(parts[2], method="greedy", protected=3)) == 3 + 4
    np.testing.assert_allclose(
        np.linalg.norm(pool_tokens(parts[2], method="pylate", normalize=True), axis=1), 1, atol=1e-6
    )


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: pool_tokens(tokens(0, 3, 4), 0.5),
            InvalidInputError,
            "factor: expected a finite number of at least 1",
        ),
        (lambda: pool_tokens(tokens(0, 3, 4), 1.5, method="sequential"), InvalidInputError, "factor: expected a whole"),
        (lambda: pool_tokens(tokens(0, 3, 4), method="other"), InvalidInputError, 'method: expected "hierarchical"'),  # type: ignore[arg-type]
        (
            lambda: pool_tokens(tokens(0, 3, 4), method="adaptive"),
            InvalidInputError,
            "max_distance: expected a distance",
        ),
        (lambda: pool_tokens(tokens(0, 3, 4), max_distance=1), InvalidInputError, "max_distance: expected None for"),
        (
            lambda: pool_tokens(tokens(0, 3, 4), method="adaptive", max_distance=-1),
            InvalidInputError,
            "max_distance: expected a finite distance",
        ),
        (lambda: pool_tokens(tokens(0, 3, 4)[:0]), ShapeError, "tokens: expected at least one token"),
        (lambda: pool_tokens(tokens(0, 3, 4) * np.float32(np.nan)), InvalidInputError, "tokens: expected finite"),
        (
            lambda: pool_tokens_batch([tokens(0, 3, 4), tokens(0, 3, 4) * np.float32(np.nan)]),
            InvalidInputError,
            r"values \(document 1\): expected finite components, got NaN in token 0",
        ),
        (lambda: pool_tokens_batch([tokens(0, 3, 4).astype(np.float16)]), DtypeError, "values: expected float32"),
    ],
)
def test_refusals(call: Any, error: type[Exception], message: str) -> None:  # noqa: ANN401
    with pytest.raises(error, match=message):
        call()
