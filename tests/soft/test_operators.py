"""``rank_soft``'s operators and their gradients, against differences, against torch, and what they refuse."""

import math
import re
import tracemalloc
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rank_soft import (
    DtypeError,
    InvalidInputError,
    RankError,
    ShapeError,
    soft_rank,
    soft_rank_vjp,
    soft_sort,
    soft_sort_vjp,
    spearman_loss,
    spearman_loss_grad,
)

Floats = NDArray[np.float64]
Direction = Literal["ascending", "descending"]
Regularization = Literal["l2", "kl"]

VALUES = np.array([0.3137, -1.2291, 0.9143, 2.0469, -0.4173, 0.7631])
TARGETS = np.array([1.0318, 0.1127, 0.6713, 0.4939, -0.2221, 1.2057])
COTANGENT = np.array([0.7, -0.2, 1.5, -1.1, 0.4, 0.9])
DIRECTIONS: list[Direction] = ["ascending", "descending"]
REGULARIZATIONS: list[Regularization] = ["l2", "kl"]


def differences(at: Floats, objective: Callable[[Floats], float]) -> Floats:
    step = 1e-6
    moves = np.eye(at.size).reshape(at.size, *at.shape) * step
    return np.array([(objective(at + move) - objective(at - move)) / (2 * step) for move in moves]).reshape(at.shape)


def torch_soft_rank(values: torch.Tensor, strength: float) -> torch.Tensor:
    """The l2 projection by the min-max formula over all runs, for autograd to differentiate."""
    ordered, order = torch.sort(values, descending=True)
    count = len(values)
    fit = ordered / strength - torch.arange(count, 0, -1, dtype=values.dtype)
    sums = torch.cat([torch.zeros(1, dtype=values.dtype), torch.cumsum(fit, 0)])
    solution = [
        torch.stack(
            [
                torch.stack([(sums[last + 1] - sums[first]) / (last + 1 - first) for last in range(i, count)]).amax()
                for first in range(i + 1)
            ]
        ).amin()
        for i in range(count)
    ]
    projected = ordered / strength - torch.stack(solution)
    return projected[torch.argsort(order)]


@pytest.mark.parametrize("strength", [0.2, 0.5, 2.0, 10.0])
def test_equals_torch(strength: float) -> None:
    values = torch.tensor(VALUES, requires_grad=True)
    targets = torch.tensor(TARGETS, requires_grad=True)
    ranks = torch_soft_rank(values, strength)
    np.testing.assert_allclose(soft_rank(VALUES, strength), ranks.detach().numpy(), rtol=1e-12)
    (vjp,) = torch.autograd.grad(ranks, values, torch.tensor(COTANGENT), retain_graph=True)
    np.testing.assert_allclose(soft_rank_vjp(VALUES, COTANGENT, strength), vjp.numpy(), atol=1e-12)

    pair = torch.stack([ranks, torch_soft_rank(targets, strength)])
    loss = 1 - torch.corrcoef(pair)[0, 1]
    assert math.isclose(spearman_loss(VALUES, TARGETS, strength), loss.item(), rel_tol=1e-12)
    expected = torch.autograd.grad(loss, [values, targets])
    for got, gradient in zip(spearman_loss_grad(VALUES, TARGETS, strength), expected, strict=True):
        np.testing.assert_allclose(got, gradient.numpy(), atol=1e-12)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("regularization", REGULARIZATIONS)
@pytest.mark.parametrize("shape", [(6,), (2, 3)])
def test_gradients_agree_with_differences(
    direction: Direction, regularization: Regularization, shape: tuple[int, ...]
) -> None:
    values, targets, cotangent = (array.reshape(shape) for array in (VALUES, TARGETS, COTANGENT))

    def rank(x: Floats) -> float:
        return float(np.sum(cotangent * soft_rank(x, 2.0, direction=direction, regularization=regularization)))

    def sort(x: Floats) -> float:
        return float(np.sum(cotangent * soft_sort(x, 2.0, direction=direction, regularization=regularization)))

    ranked = soft_rank_vjp(values, cotangent, 2.0, direction=direction, regularization=regularization)
    ordered = soft_sort_vjp(values, cotangent, 2.0, direction=direction, regularization=regularization)
    assert np.abs(ranked).max() > 0.1
    np.testing.assert_allclose(ranked, differences(values, rank), atol=1e-7)
    np.testing.assert_allclose(ordered, differences(values, sort), atol=1e-7)

    def loss(x: Floats, y: Floats) -> float:
        return float(np.sum(spearman_loss(x, y, 2.0, regularization=regularization)))

    to_values, to_targets = spearman_loss_grad(values, targets, 2.0, regularization=regularization)
    np.testing.assert_allclose(to_values, differences(values, lambda x: loss(x, targets)), atol=1e-7)
    np.testing.assert_allclose(to_targets, differences(targets, lambda y: loss(values, y)), atol=1e-7)


@given(
    rows=st.lists(st.lists(st.floats(-4, 4, width=32), min_size=5, max_size=5), min_size=1, max_size=4),
    strength=st.floats(0, 10),
)
def test_rows_are_ranked_one_by_one(rows: list[list[float]], strength: float) -> None:
    for dtype in (np.float32, np.float64):
        batch: NDArray[Any] = np.array(rows, dtype=dtype)
        ranks, ordered = soft_rank(batch, strength), soft_sort(batch, strength)
        losses = spearman_loss(batch, ranks, strength)
        assert ranks.dtype == ordered.dtype == losses.dtype == dtype
        assert ranks.shape == ordered.shape == batch.shape
        assert losses.shape == (len(rows),)
        for i, row in enumerate(batch):
            np.testing.assert_array_equal(ranks[i], soft_rank(row, strength))
            np.testing.assert_array_equal(ordered[i], soft_sort(row, strength))
            assert losses[i] == dtype(spearman_loss(row, ranks[i], strength))
        np.testing.assert_allclose(ranks.sum(axis=1), 15, rtol=1e-5)


def test_defaults() -> None:
    np.testing.assert_array_equal(soft_rank(VALUES), soft_rank(VALUES, 1.0, direction="ascending"))
    np.testing.assert_array_equal(soft_sort(VALUES), soft_sort(VALUES, 1.0, regularization="l2"))
    assert spearman_loss(VALUES, TARGETS) == spearman_loss(VALUES, TARGETS, 1.0, regularization="l2")
    assert isinstance(spearman_loss(VALUES, TARGETS), float)
    assert soft_rank(VALUES, 0.0, direction="descending").tolist() == [4, 6, 2, 1, 5, 3]


def test_what_is_empty_or_constant() -> None:
    none = np.zeros(0)
    assert soft_rank(none).shape == soft_sort(none).shape == soft_rank_vjp(none, none).shape == (0,)
    assert soft_rank(np.zeros((0, 3))).shape == (0, 3)
    assert soft_rank(np.zeros((3, 0))).shape == (3, 0)
    assert spearman_loss(none, none) == 1.0
    assert spearman_loss(np.ones(3), VALUES[:3]) == 1.0
    assert [gradient.tolist() for gradient in spearman_loss_grad(np.ones(3), VALUES[:3])] == [[0.0] * 3] * 2


def test_arrays_are_read_in_place() -> None:
    # 40 MB in rows of 10, of which one row at a time is worked on: the answer is all that is new.
    values = np.random.default_rng(0).random((1_000_000, 10), dtype=np.float32)
    tracemalloc.start()
    losses = spearman_loss(values, values, 0.1)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert losses.nbytes == 4_000_000
    assert peak < values.nbytes / 2


BAD: list[tuple[Callable[[], object], type[RankError], str]] = [
    (
        lambda: soft_rank(np.array([0.0, np.nan])),
        InvalidInputError,
        "values[1]: expected a number of magnitude at most 1e300, got NaN; repair or drop it",
    ),
    (lambda: soft_sort(np.array([[0.0, 1.0], [np.inf, 0.0]])), InvalidInputError, "values[1][0]: expected a number"),
    (lambda: soft_rank_vjp(VALUES, VALUES * np.nan), InvalidInputError, "cotangent[0]: expected a number"),
    (lambda: spearman_loss(VALUES, VALUES * np.inf), InvalidInputError, "targets[0]: expected a number"),
    (
        lambda: spearman_loss_grad(VALUES[None] * np.inf, VALUES[None]),
        InvalidInputError,
        "predictions[0][0]: expected a number",
    ),
    (lambda: soft_rank(VALUES, -1.0), InvalidInputError, "strength: expected a number from 0 to 1e300, got -1"),
    (lambda: soft_rank(VALUES, math.nan), InvalidInputError, "strength: expected a number from 0 to 1e300, got NaN"),
    (
        lambda: soft_rank(VALUES, direction="up"),  # type: ignore[arg-type]
        InvalidInputError,
        'direction: expected "ascending" or "descending", got "up"; pass one of them',
    ),
    (
        lambda: soft_rank(VALUES, regularization="l1"),  # type: ignore[arg-type]
        InvalidInputError,
        'regularization: expected "l2" or "kl", got "l1"; pass one of them',
    ),
    (
        lambda: soft_rank(np.arange(3)),  # type: ignore[type-var]
        DtypeError,
        "values: expected float32 or float64, got int64; pass values.astype(numpy.float64)",
    ),
    (lambda: soft_sort([1.0, 2.0]), DtypeError, "values: expected a numpy array of float64, got list"),  # type: ignore[arg-type]
    (
        lambda: soft_rank_vjp(VALUES, VALUES.astype(np.float32)),
        DtypeError,
        "cotangent: expected float64, got float32; pass cotangent.astype(numpy.float64)",
    ),
    (
        lambda: spearman_loss(VALUES.astype(np.float32), VALUES),
        DtypeError,
        "targets: expected float32, got float64; pass targets.astype(numpy.float32)",
    ),
    (lambda: soft_rank(np.zeros((1, 2, 3))), ShapeError, "values: expected an array of shape (n,) or (rows, n), got"),
    (lambda: soft_rank(VALUES[::2]), ShapeError, "values: expected a C-contiguous array"),
    (lambda: soft_rank(np.zeros((3, 2)).T), ShapeError, "values: expected a C-contiguous array"),
    (
        lambda: soft_sort_vjp(VALUES, VALUES[:5]),
        ShapeError,
        "cotangent: expected shape [6], which values has, got shape [5]; pass one number for each",
    ),
    (
        lambda: spearman_loss(VALUES.reshape(2, 3), VALUES),
        ShapeError,
        "targets: expected shape [2, 3], which predictions has, got shape [6]; pass one number for each",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD, ids=[message.split(";")[0] for _, _, message in BAD])
def test_bad_input(call: Callable[[], object], error: type[RankError], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)) as raised:
        call()
    assert isinstance(raised.value, (ValueError, TypeError))
