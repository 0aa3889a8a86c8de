"""Diverse selections from Python: the same as plain NumPy makes them, and every error."""

import re
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rank_rerank import (
    DtypeError,
    DuplicateIdError,
    InvalidInputError,
    ShapeError,
    dpp,
    facility_location,
    max_sum,
    mmr,
    mmr_adaptive,
    mmr_curve,
)

SELECTIONS: list[Callable[..., Any]] = [dpp, facility_location, max_sum, mmr, mmr_adaptive]
LIST = [("a", 1.0), ("b", 0.75), ("c", 0.5)]
ROWS = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)


def curve(*arguments: Any, **options: Any) -> list[tuple[float, float, float]]:  # noqa: ANN401 - wrong ones as well
    call: Callable[..., Any] = mmr_curve
    return list(call(*arguments, [0.5], **options))


def unit(rng: np.random.Generator, n: int, dim: int) -> NDArray[np.float32]:
    rows = rng.normal(size=(n, dim))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32)


def cosines(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    exact = rows.astype(np.float64)
    exact /= np.linalg.norm(exact, axis=1, keepdims=True)
    similarity: NDArray[np.float64] = exact @ exact.T
    return similarity


@pytest.mark.parametrize("lambda_mult", [0.0, 0.3, 1.0])
def test_mmr_is_that_of_numpy(lambda_mult: float) -> None:
    rng = np.random.default_rng(3)
    rows, relevance = unit(rng, 200, 48), rng.uniform(size=200)
    similarity = cosines(rows)
    expected = [int(np.argmax(relevance))]
    while len(expected) < 40:
        gains = lambda_mult * relevance - (1 - lambda_mult) * similarity[:, expected].max(axis=1)
        gains[expected] = -np.inf
        expected.append(int(np.argmax(gains)))
    selected = mmr(list(enumerate(relevance.tolist())), rows, lambda_mult, 40)
    assert [position for position, _ in selected] == expected


def test_dpp_adds_the_log_determinant() -> None:
    rng = np.random.default_rng(4)
    rows, relevance = unit(rng, 60, 32), rng.uniform(size=60)
    kernel = cosines(rows) * np.exp(relevance[:, None] + relevance[None, :])
    selected = dpp(list(enumerate(relevance.tolist())), rows, 1.0, 12)
    chosen: list[int] = []
    for position, gain in selected:
        before = np.linalg.slogdet(kernel[np.ix_(chosen, chosen)])[1] if chosen else 0.0
        values = [np.linalg.slogdet(kernel[np.ix_([*chosen, other], [*chosen, other])])[1] for other in range(60)]
        values = [-np.inf if other in chosen else value for other, value in enumerate(values)]
        assert int(np.argmax(values)) == position
        assert gain == pytest.approx(values[position] - before, abs=1e-5)
        chosen.append(position)


@pytest.mark.parametrize("select", SELECTIONS)
def test_precomputed_similarities_give_the_same(select: Callable[..., Any]) -> None:
    rows = np.array([[1, 0], [0.6, 0.8], [0, 1], [0.8, 0.6]], dtype=np.float32)
    candidates = [(7, 1.0), (3, 0.5), (5, 0.25), (9, 0.0)]
    direct = select(candidates, rows, k=3)
    known = select(candidates, cosines(rows).astype(np.float32), k=3, metric="precomputed")
    assert [document for document, _ in direct] == [document for document, _ in known]
    np.testing.assert_allclose([gain for _, gain in direct], [gain for _, gain in known], atol=1e-5)


@pytest.mark.parametrize("select", SELECTIONS)
def test_nothing_and_zero(select: Callable[..., Any]) -> None:
    assert select([], np.empty((0, 4), dtype=np.float32)) == []
    assert select(LIST, ROWS, k=0) == []


def test_a_curve_from_relevance_to_diversity() -> None:
    rng = np.random.default_rng(5)
    rows, relevance = unit(rng, 100, 8), rng.uniform(size=100)
    points = mmr_curve(list(enumerate(relevance.tolist())), rows, [0.0, 0.5, 1.0], 10)
    assert [weight for weight, _, _ in points] == [0.0, 0.5, 1.0]
    assert points[2][1] == pytest.approx(np.sort(relevance)[-10:].mean())
    assert points[0][1] < points[2][1]
    assert points[0][2] > points[2][2]


def test_embeddings_are_read_in_place() -> None:
    rows = np.ones((20_000, 256), dtype=np.float32)
    candidates = [(position, 1.0) for position in range(20_000)]
    tracemalloc.start()
    mmr(candidates, rows, k=2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < rows.nbytes / 4


@pytest.mark.parametrize("select", [*SELECTIONS, curve])
def test_every_error_names_the_argument(select: Callable[..., Any]) -> None:
    cases: list[tuple[type[Exception], str, tuple[Any, Any], dict[str, Any]]] = [
        (ShapeError, "embeddings: expected an array of shape (candidates, dim) for 3 candidates", (LIST, ROWS[:2]), {}),
        (
            ShapeError,
            "embeddings: expected an array of shape (candidates, candidates)",
            (LIST, ROWS),
            {"metric": "precomputed"},
        ),
        (InvalidInputError, 'metric: expected "cosine" or "precomputed", got "dot"', (LIST, ROWS), {"metric": "dot"}),
        (InvalidInputError, "k: expected at least 0, got -1", (LIST, ROWS), {"k": -1}),
        (
            InvalidInputError,
            "candidates[1]: expected a finite score",
            ([("a", 1.0), ("b", float("inf")), ("c", 0.0)], ROWS),
            {},
        ),
        (InvalidInputError, "embeddings: expected finite components", (LIST, ROWS * np.float32("nan")), {}),
        (DuplicateIdError, "candidates[2]: expected each id once", ([("a", 1.0), ("b", 0.0), ("a", 0.5)], ROWS), {}),
        (
            DtypeError,
            "candidates: expected a list of (id, score) pairs in the order of the rows, got dict",
            (dict(LIST), ROWS),
            {},
        ),
        (DtypeError, "embeddings: expected float32, got float64", (LIST, ROWS.astype(np.float64)), {}),
    ]
    for error, message, arguments, options in cases:
        with pytest.raises(error, match="^" + re.escape(message)):
            select(*arguments, **options)


def test_weights_out_of_range() -> None:
    for select in (mmr, max_sum, facility_location):
        with pytest.raises(InvalidInputError, match=r"^lambda_mult: expected a weight from 0 .* got 2"):
            select(LIST, ROWS, 2.0)
    with pytest.raises(InvalidInputError, match=r"^lambda_end: expected a weight"):
        mmr_adaptive(LIST, ROWS, 1.0, -1.0)
    with pytest.raises(InvalidInputError, match=r"^lambdas: expected a weight"):
        mmr_curve(LIST, ROWS, [0.5, 3.0])
    with pytest.raises(InvalidInputError, match=r"^alpha: expected a finite weight of at least 0, got -1"):
        dpp(LIST, ROWS, -1.0)


def test_weights_that_are_no_sequence() -> None:
    weights: Any = 0.5
    with pytest.raises(DtypeError, match=r"^lambdas: expected a sequence of numbers, got float; pass a list$"):
        mmr_curve(LIST, ROWS, weights)
