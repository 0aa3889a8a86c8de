"""``rank_soft``'s operators and their gradients, against differences, against torch, and what they refuse."""

import math
import os
import re
import subprocess
import sys
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
    Operator,
    RankError,
    ShapeError,
    gumbel_noise,
    gumbel_top_k,
    soft_max,
    soft_median,
    soft_min,
    soft_quantile,
    soft_rank,
    soft_rank_vjp,
    soft_sort,
    soft_sort_vjp,
    soft_top_k,
    soft_top_k_mask,
    spearman_loss,
    spearman_loss_grad,
)

Floats = NDArray[np.float64]
Direction = Literal["ascending", "descending"]
Method = Literal["l2", "kl"]

VALUES = np.array([0.3137, -1.2291, 0.9143, 2.0469, -0.4173, 0.7631])
TARGETS = np.array([1.0318, 0.1127, 0.6713, 0.4939, -0.2221, 1.2057])
COTANGENT = np.array([0.7, -0.2, 1.5, -1.1, 0.4, 0.9])
DIRECTIONS: list[Direction] = ["ascending", "descending"]
METHODS: list[Method] = ["l2", "kl"]


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
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(6,), (2, 3)])
def test_gradients_agree_with_differences(direction: Direction, method: Method, shape: tuple[int, ...]) -> None:
    values, targets, cotangent = (array.reshape(shape) for array in (VALUES, TARGETS, COTANGENT))

    def rank(x: Floats) -> float:
        return float(np.sum(cotangent * soft_rank(x, 2.0, direction=direction, method=method)))

    def sort(x: Floats) -> float:
        return float(np.sum(cotangent * soft_sort(x, 2.0, direction=direction, method=method)))

    ranked = soft_rank_vjp(values, cotangent, 2.0, direction=direction, method=method)
    ordered = soft_sort_vjp(values, cotangent, 2.0, direction=direction, method=method)
    assert np.abs(ranked).max() > 0.1
    np.testing.assert_allclose(ranked, differences(values, rank), atol=1e-7)
    np.testing.assert_allclose(ordered, differences(values, sort), atol=1e-7)

    def loss(x: Floats, y: Floats) -> float:
        return float(np.sum(spearman_loss(x, y, 2.0, method=method)))

    to_values, to_targets = spearman_loss_grad(values, targets, 2.0, method=method)
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


Options = dict[str, Any]
KINDS: list[Options] = [
    {"kind": "rank"},
    {"kind": "rank", "direction": "descending"},
    {"kind": "sort"},
    {"kind": "sort", "direction": "descending"},
    {"kind": "top_k_mask", "k": 2},
    {"kind": "top_k", "k": 3},
    {"kind": "quantile", "level": 0.3},
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize(
    "extras", ["plain", "mask", "axis", "offsets", "strengths", "row strengths", "weights", "auto"]
)
def test_every_operator_against_differences(method: Method, kind: Options, extras: str) -> None:
    sorts = kind["kind"] in ("sort", "top_k", "quantile")
    if (sorts and extras in ("strengths", "weights")) or (sorts and method == "kl" and extras == "auto"):
        return  # not defined
    scale: Literal["absolute", "auto"] = "auto" if extras == "auto" else "absolute"
    operator = Operator(**kind, strength=1.3, method=method, scale=scale)
    values = np.stack([VALUES, TARGETS, -VALUES + 0.1 * COTANGENT])
    options: Options = {}
    if extras == "mask":
        options["mask"] = np.array([[1, 1, 0, 1, 1, 1], [1, 1, 1, 1, 1, 1], [0, 1, 1, 0, 1, 1]], dtype=bool)
    elif extras == "axis":
        values, options = np.ascontiguousarray(values.T).reshape(6, 3, 1), {"axis": 0}
    elif extras == "offsets":
        values, options = values.ravel(), {"offsets": np.array([0, 7, 7, 12, 18])}
        if kind["kind"] == "quantile":
            options["offsets"] = np.array([0, 7, 12, 18])
    elif extras == "strengths":
        options["strengths"] = 1 + np.abs(values)
    elif extras == "row strengths":
        options["strengths"] = np.array([0.5, 1.0, 2.0])
    elif extras == "weights":
        options["weights"] = 0.5 + np.abs(values[::-1])
    result, state = operator.forward(values, **options)
    cotangent = np.random.default_rng(3).standard_normal(result.shape)
    step = 1e-6 if extras != "auto" else 0.0
    gradient = state.vjp(cotangent)
    assert gradient.shape == values.shape
    if step:
        expected = differences(values, lambda x: float(np.sum(cotangent * operator(x, **options))))
        np.testing.assert_allclose(gradient, expected, atol=2e-7)
    else:
        # No gradient flows through the scale: the strength is that of the row.
        span = values.max(axis=1) - values.min(axis=1)
        same = Operator(**kind, strength=1.3, method=method)
        strengths = span / 6 if not sorts else 6 / span
        fixed, fixed_state = same.forward(values, strengths=strengths)
        np.testing.assert_allclose(result, fixed, rtol=1e-12)
        np.testing.assert_allclose(gradient, fixed_state.vjp(cotangent), rtol=1e-12)


def test_a_weight_counts_as_equal_items() -> None:
    weights = np.array([1.0, 3.0, 2.0, 1.0, 1.0, 2.0])
    repeated = np.repeat(VALUES, weights.astype(int))
    for method in METHODS:
        for strength in (0.0, 0.3, 2.0):
            ranks = soft_rank(VALUES, strength, method=method, weights=weights)
            np.testing.assert_allclose(
                np.repeat(ranks, weights.astype(int)), soft_rank(repeated, strength, method=method), rtol=1e-12
            )


def test_axes_masks_offsets_and_threads_give_the_same_rows() -> None:
    values = np.random.default_rng(0).standard_normal((40, 300)).astype(np.float32)
    ranks = soft_rank(values, 0.01)
    np.testing.assert_array_equal(soft_rank(np.ascontiguousarray(values.T), 0.01, axis=0), ranks.T)
    np.testing.assert_array_equal(soft_rank(values.reshape(4, 10, 300), 0.01), ranks.reshape(4, 10, 300))
    offsets = np.arange(0, 12_001, 300)
    np.testing.assert_array_equal(soft_rank(values.ravel(), 0.01, offsets=offsets, threads=3), ranks.ravel())
    for threads in (0, 2, 5):
        operator = Operator("rank", 0.01)
        got, state = operator.forward(values, threads=threads)
        np.testing.assert_array_equal(got, ranks)
        np.testing.assert_array_equal(state.vjp(values), soft_rank_vjp(values, values, 0.01))
    mask = np.arange(300) % 3 > 0
    masked = soft_rank(values, 0.01, mask=np.tile(mask, (40, 1)))
    np.testing.assert_array_equal(masked[:, mask], soft_rank(np.ascontiguousarray(values[:, mask]), 0.01))
    np.testing.assert_array_equal(masked[:, ~mask], 0)


def test_top_k_and_quantiles() -> None:
    np.testing.assert_array_equal(soft_top_k_mask(VALUES, 2, 0.0), [0, 0, 1, 1, 0, 0])
    np.testing.assert_array_equal(soft_top_k_mask(np.array([1.0, 1.0, 0.0]), 1, 0.0), [0.5, 0.5, 0])
    np.testing.assert_array_equal(soft_top_k_mask(VALUES, 0), np.zeros(6))
    np.testing.assert_allclose(soft_top_k_mask(VALUES, 9, 5.0), np.ones(6), rtol=1e-15)
    for method in METHODS:
        mask = soft_top_k_mask(VALUES, 2, 3.0, method=method)
        assert mask.min() >= 0
        assert mask.max() <= 1
        assert math.isclose(mask.sum(), 2)
    np.testing.assert_array_equal(soft_top_k(VALUES, 8, 0.0), [*np.sort(VALUES)[::-1], 0, 0])
    for level in (0.0, 0.25, 0.5, 0.9, 1.0):
        np.testing.assert_allclose(soft_quantile(VALUES, level, 0.0), np.quantile(VALUES, level), rtol=1e-15)
    assert soft_median(VALUES, 0.0) == np.median(VALUES)
    assert (soft_min(VALUES, 0.0), soft_max(VALUES, 0.0)) == (VALUES.min(), VALUES.max())
    assert np.isnan(soft_median(np.zeros((2, 0)))).tolist() == [True, True]


def test_infinite_values_are_hard() -> None:
    values = np.array([1.0, np.inf, -np.inf, 1.5, np.inf])
    for method in METHODS:
        ranks, state = Operator("rank", 2.0, method=method).forward(values)
        assert ranks[[1, 2, 4]].tolist() == [4.5, 1, 4.5]
        np.testing.assert_allclose(ranks[[0, 3]], 1 + soft_rank(np.array([1.0, 1.5]), 2.0, method=method)[:2], atol=1)
        gradient = state.vjp(np.arange(5.0))
        assert np.isfinite(gradient).all()
        assert gradient[[1, 2, 4]].tolist() == [0, 0, 0]
        ordered, state = Operator("sort", 2.0, method=method).forward(values)
        assert ordered[[0, 3, 4]].tolist() == [-np.inf, np.inf, np.inf]
        assert state.vjp(np.arange(5.0))[[1, 2, 4]].tolist() == [0, 0, 0]
    np.testing.assert_array_equal(soft_rank(values, 2.0), [2.375, 4.5, 1, 2.625, 4.5])


def test_straight_through_and_black_box() -> None:
    soft, hard = Operator("rank", 2.0), Operator("rank", 2.0, gradient="straight_through")
    ranks, state = hard.forward(VALUES)
    np.testing.assert_array_equal(ranks, soft_rank(VALUES, 0.0))
    np.testing.assert_array_equal(state.vjp(COTANGENT), soft.forward(VALUES)[1].vjp(COTANGENT))
    for direction in DIRECTIONS:
        box = Operator("rank", gradient="black_box", reach=1.5, direction=direction)
        ranks, state = box.forward(VALUES)
        sign = 1 if direction == "ascending" else -1
        moved = soft_rank(VALUES - sign * 1.5 * COTANGENT, 0.0, direction=direction)
        np.testing.assert_allclose(state.vjp(COTANGENT), sign * (ranks - moved) / 1.5, rtol=1e-12)


def test_halves() -> None:
    values = VALUES.astype(np.float16)
    ranks, state = Operator("rank", 2.0).forward(values)
    exact, exact_state = Operator("rank", 2.0).forward(values.astype(np.float64))
    assert ranks.dtype == np.float16
    np.testing.assert_array_equal(ranks, exact.astype(np.float16))
    cotangent = COTANGENT.astype(np.float16)
    expected = exact_state.vjp(cotangent.astype(np.float64)).astype(np.float16)
    np.testing.assert_array_equal(state.vjp(cotangent), expected)


@pytest.mark.parametrize("count", [2, 100, 161, 1_000, 100_000])
@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_nan_at_any_strength(count: int, method: Method) -> None:
    rng = np.random.default_rng(count)
    values = rng.standard_normal(count).astype(np.float32)
    values[: count // 3] = np.round(values[: count // 3], 1)
    cotangent = rng.standard_normal(count).astype(np.float32)
    for strength in 10.0 ** np.arange(-6, 7, 2):
        for kind in ("rank", "sort"):
            operator = Operator(kind, float(strength), method=method)
            result, state = operator.forward(values)
            gradient = state.vjp(cotangent)
            assert np.isfinite(result).all()
            assert np.isfinite(gradient).all()
            if kind == "rank":
                wide, wide_state = operator.forward(values.astype(np.float64))
                np.testing.assert_array_equal(result, wide.astype(np.float32))
                exact = wide_state.vjp(cotangent.astype(np.float64))
                assert np.linalg.norm(gradient - exact) <= 1e-6 * np.linalg.norm(exact)


@pytest.mark.parametrize("axis", [-1, 0])
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_gradients_to_strengths_agree_with_differences(kind: Options, axis: int) -> None:
    values = np.ascontiguousarray(np.moveaxis(np.stack([VALUES, 1.3 * TARGETS]), -1, axis))
    factors, step = np.array([1.2, 0.7]), 1e-6
    operator = Operator(**kind, strength=1.0)
    result, state = operator.forward(values, axis=axis, strengths=factors)
    cotangent = np.random.default_rng(1).standard_normal(result.shape)
    np.testing.assert_array_equal(state.strengths(), factors)

    def objective(factors: Floats) -> float:
        return float(np.sum(cotangent * operator(values, axis=axis, strengths=factors)))

    np.testing.assert_allclose(state.strength_vjp(values, cotangent), differences(factors, objective), atol=1e-7)
    if kind["kind"] in {"rank", "top_k_mask"}:
        strengths = 1 + np.abs(values)
        _, state = operator.forward(values, axis=axis, strengths=strengths)
        expected = np.zeros_like(values)
        for place in np.ndindex(values.shape):
            move = np.zeros_like(values)
            move[place] = step
            up, down = (operator(values, axis=axis, strengths=strengths + by) for by in (move, -move))
            expected[place] = np.sum(cotangent * (up - down)) / (2 * step)
        np.testing.assert_allclose(state.strengths_vjp(values, cotangent), expected, atol=1e-7)


def test_diagnoses() -> None:
    rows = np.random.default_rng(0).standard_normal((20, 50)).astype(np.float32)
    pooled = Operator("rank", 10.0).diagnose(rows)
    assert (pooled.rows, pooled.pooled_rows, pooled.hard_rows, pooled.pooled_share) == (20, 20, 0, 1.0)
    assert str(pooled).startswith("fully pooled: each of 20 rows")
    assert repr(pooled) == f"<Diagnosis: {pooled}>"
    hard = Operator("rank", 1e-6).diagnose(rows)
    assert (hard.hard_rows, hard.pooled_share) == (20, 0.0)
    fitting = Operator("rank", pooled.suggested_strength).diagnose(rows)
    assert 0.2 < fitting.pooled_share < 1
    turned = Operator("rank", 10.0).diagnose(np.ascontiguousarray(rows.T), axis=0)
    assert turned.suggested_strength == pooled.suggested_strength
    masked = Operator("rank", 10.0).diagnose(rows, mask=np.arange(50) < np.ones((20, 1)))
    assert (masked.rows, str(masked)) == (0, "no row has two numbers")


def test_gumbel_top_k() -> None:
    scores = np.log(np.tile([3.0, 2.0, 1.0], (20_000, 1)))
    positions, perturbed = gumbel_top_k(scores, 2, seed=9)
    assert positions.shape == perturbed.shape == (20_000, 2)
    np.testing.assert_allclose(np.bincount(positions[:, 0]) / 20_000, [1 / 2, 1 / 3, 1 / 6], atol=0.015)
    second = positions[positions[:, 0] == 0, 1]
    np.testing.assert_allclose(np.mean(second == 1), 2 / 3, atol=0.02)
    noisy = scores + gumbel_noise(scores.shape, 9)
    np.testing.assert_array_equal(positions, np.argsort(-noisy, axis=1)[:, :2])
    np.testing.assert_array_equal(perturbed, -np.sort(-noisy, axis=1)[:, :2])
    narrow: NDArray[np.float32] = scores[:2].astype(np.float32)
    np.testing.assert_array_equal(gumbel_top_k(narrow, 1, 9)[0], positions[:2, :1])
    offsets, mask = np.array([0, 1, 4]), np.array([True, False, True, True])
    positions, _ = gumbel_top_k(np.array([0.0, 9.0, 1.0, -np.inf]), 2, 3, mask=mask, offsets=offsets)
    assert positions.tolist() == [[0, -1], [1, -1]]


PROGRAM = """
import _thread, threading, time
import numpy as np
import rank_soft
rng = np.random.default_rng(0)
values, labels = rng.standard_normal({shape}), rng.integers(0, 3, {shape}).astype(float)
threading.Timer(0.5, _thread.interrupt_main).start()
start = time.perf_counter()
try:
    {call}
except KeyboardInterrupt:
    print(time.perf_counter() - start)
"""


@pytest.mark.parametrize(
    ("call", "shape"),
    [
        ("rank_soft.soft_rank(values, method='sinkhorn')", "100_000"),
        ("rank_soft.soft_sort(values, method='neuralsort', threads=2)", "(2, 100_000)"),
        ("rank_soft.Loss('neural_ndcg')(values, labels)", "30_000"),
        ("rank_soft.Loss('lambda_rank')(values, labels, threads=2)", "(2, 100_000)"),
        ("rank_soft.Loss('kendall_tau_b')(values, labels)", "200_000"),
        ("rank_soft.Loss('approx_ndcg')(values, labels)", "200_000"),
        ("rank_soft.Loss('softmax', samples=100_000)(values, labels)", "10_000"),
        ("rank_soft.lambda_gradients(values, labels, np.array([0, 200_000]))", "200_000"),
        (
            (
                "rank_soft.Ranker(1).fit(values[:, None].astype(np.float32), labels, np.arange(0, 200_001, 10), "
                "loss='softmax', epochs=100_000)"
            ),
            "200_000",
        ),
    ],
)
def test_ctrl_c_ends_long_work(call: str, shape: str) -> None:
    program = PROGRAM.format(call=call, shape=shape)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout, done.stderr


FORKED = """
import os
import numpy as np
import rank_soft
values = np.random.default_rng(0).standard_normal((20, 5_000))
before = rank_soft.soft_rank(values, 0.01, threads=2)
child = os.fork()
if not child:
    os._exit(0 if np.array_equal(before, rank_soft.soft_rank(values, 0.01, threads=2)) else 3)
assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_threads_after_a_fork() -> None:
    done = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_progress(capfd: pytest.CaptureFixture[str]) -> None:
    ranks, state = Operator("rank", method="softsort").forward(np.stack([VALUES] * 3), progress=True)
    state.vjp(ranks, progress=True)
    np.testing.assert_array_equal(soft_rank(VALUES, method="softsort", progress=True), ranks[0])
    assert capfd.readouterr().err.count("18/18") >= 1


def test_blocks_are_counted() -> None:
    values = np.stack([VALUES, 100 * VALUES])
    counts = [Operator("rank", strength).forward(values)[1].block_counts().tolist() for strength in (0.01, 10.0, 1e4)]
    assert counts[0] == [6, 6]
    assert counts[1][0] == 1
    assert counts[2] == [1, 1]


def test_defaults() -> None:
    np.testing.assert_array_equal(soft_rank(VALUES), soft_rank(VALUES, 1.0, direction="ascending"))
    np.testing.assert_array_equal(soft_sort(VALUES), soft_sort(VALUES, 1.0, method="l2"))
    assert spearman_loss(VALUES, TARGETS) == spearman_loss(VALUES, TARGETS, 1.0, method="l2")
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
        "values[1]: expected a number of magnitude at most 1e300, or an infinity, got NaN; repair or drop it",
    ),
    (lambda: soft_sort(np.array([[0.0, 1.0], [np.nan, 0.0]])), InvalidInputError, "values[1][0]: expected a number"),
    (lambda: soft_rank_vjp(VALUES, VALUES * np.nan), InvalidInputError, "cotangent[0]: expected a finite number"),
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
        lambda: soft_rank(VALUES, method="l1"),  # type: ignore[arg-type]
        InvalidInputError,
        'method: expected "l2", "kl", "lapsum", "softsort", "neuralsort", "sinkhorn", "odd_even", "bitonic" (these',
    ),
    (
        lambda: soft_rank(np.arange(3)),  # type: ignore[type-var]
        DtypeError,
        "values: expected float64, float32 or float16, got int64; pass values.astype(numpy.float64)",
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
    (lambda: soft_rank(np.array(1.0)), ShapeError, "values: expected an array of at least one dimension, got shape []"),
    (
        lambda: soft_rank(VALUES, axis=1),
        ShapeError,
        "axis: expected a number from -1 to 0, got 1; values has 1 dimensions",
    ),
    (lambda: soft_rank(VALUES, scale="big"), InvalidInputError, 'scale: expected "absolute" or "auto", got "big"'),  # type: ignore[arg-type]
    (
        lambda: soft_sort(VALUES, method="kl", scale="auto"),
        InvalidInputError,
        'scale: expected "absolute" for a KL sort, which has no scale of its own, got "auto"',
    ),
    (
        lambda: soft_sort(VALUES, weights=VALUES**2),
        InvalidInputError,
        'weights: expected none but for ranks and masks by l2 or KL, got "some"',
    ),
    (lambda: soft_rank(VALUES, weights=VALUES), InvalidInputError, "weights: expected positive numbers, got -1.2291"),
    (lambda: soft_rank(VALUES, weights=VALUES[:3]), ShapeError, "weights: expected shape [6], which values has"),
    (lambda: soft_rank(VALUES, mask=np.ones(5, bool)), ShapeError, "mask: expected shape [6], which values has"),
    (lambda: soft_rank(VALUES, offsets=np.array([0, 7])), InvalidInputError, "offsets: expected ascending row numbers"),
    (
        lambda: soft_rank(VALUES[None], offsets=np.array([0, 6])),
        ShapeError,
        "values: expected an array of shape (numbers,) beside offsets, got shape [1, 6]; flatten it",
    ),
    (lambda: soft_quantile(VALUES, 1.5), InvalidInputError, "level: expected a number from 0 to 1, got 1.5"),
    (lambda: Operator("top_k"), InvalidInputError, 'k: expected a number for kind "top_k", got None; pass one'),
    (lambda: Operator("best"), InvalidInputError, 'kind: expected "rank", "sort", "top_k_mask", "top_k" or "quantile"'),  # type: ignore[arg-type]
    (lambda: Operator("rank", gradient="none"), InvalidInputError, 'gradient: expected "exact", "straight_through" or'),  # type: ignore[arg-type]
    (
        lambda: Operator("sort", gradient="black_box"),
        InvalidInputError,
        'gradient: expected "exact" or "straight_through", as only ranks and top-k masks have others, got "black_box"',
    ),
    (
        lambda: Operator("rank", gradient="black_box", reach=0.0),
        InvalidInputError,
        "reach: expected a positive number, got 0",
    ),
    (
        lambda: Operator("rank").forward(VALUES)[1].vjp(VALUES[:2]),
        ShapeError,
        "cotangent: expected shape [6], which the result has, got shape [2]",
    ),
    (
        lambda: Operator("rank", method="sinkhorn").forward(VALUES)[1].strength_vjp(VALUES, VALUES),
        InvalidInputError,
        'method: expected another than "sinkhorn", which has no gradient to its strength, got "sinkhorn"',
    ),
    (
        lambda: Operator("rank", gradient="black_box").forward(VALUES)[1].strength_vjp(VALUES, VALUES),
        InvalidInputError,
        'gradient: expected "exact" or "straight_through" for a gradient to the strength, got "black_box"',
    ),
    (
        lambda: Operator("sort").forward(VALUES)[1].strengths_vjp(VALUES, VALUES),
        InvalidInputError,
        'strengths: expected none for a sort, got "some"',
    ),
    (
        lambda: Operator("rank", method="lapsum").diagnose(VALUES),
        InvalidInputError,
        'method: expected "l2" or "kl", whose values lie in blocks, got "lapsum"',
    ),
    (lambda: gumbel_top_k(VALUES * np.nan, 1, 0), InvalidInputError, "values[0]: expected a number of magnitude"),
    (lambda: gumbel_top_k(np.array(1.0), 1, 0), ShapeError, "values: expected an array of at least one dimension"),
    (
        lambda: gumbel_top_k(VALUES[None], 1, 0, offsets=np.array([0, 6])),
        ShapeError,
        "values: expected an array of shape (numbers,) beside offsets, got shape [1, 6]; flatten it",
    ),
    (lambda: soft_rank(VALUES[::2]), ShapeError, "values: expected a C-contiguous array"),
    (lambda: soft_rank(np.zeros((3, 2)).T), ShapeError, "values: expected a C-contiguous array"),
    (
        lambda: soft_sort_vjp(VALUES, VALUES[:5]),
        ShapeError,
        "cotangent: expected shape [6], which the result has, got shape [5]; pass one number for each",
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


@pytest.mark.parametrize("strength", [1e-6, 1e-3, 1.0, 1e3, 1e6])
@pytest.mark.parametrize("method", ["l2", "kl", "lapsum"])
def test_no_number_of_100_000_is_lost(method: Any, strength: float) -> None:  # noqa: ANN401
    """Values and gradients of long rows are finite at any strength; ranks stay within their range."""
    values = np.random.default_rng(0).standard_normal(100_000)
    cotangent = np.cos(np.arange(len(values)))
    ranks, state = Operator("rank", strength, method=method).forward(values)
    gradient = state.vjp(cotangent)
    assert np.isfinite(ranks).all()
    assert np.isfinite(gradient).all()
    assert 1 - 1e-6 <= ranks.min() <= ranks.max() <= len(values) + 1e-6


@pytest.mark.parametrize("strength", [1e-6, 1e-3, 1.0, 1e3, 1e6])
@pytest.mark.parametrize("method", ["sigmoid", "softsort", "neuralsort", "sinkhorn", "bitonic", "odd_even"])
def test_no_number_of_a_matrix_is_lost(method: Any, strength: float) -> None:  # noqa: ANN401
    """The same of methods that compare all with all, on rows that take a moment."""
    values = np.random.default_rng(0).standard_normal(300)
    for kind in ("rank", "sort"):
        if kind == "sort" and method == "sigmoid":
            continue
        result, state = Operator(kind, strength, method=method).forward(values)
        assert np.isfinite(result).all()
        assert np.isfinite(state.vjp(np.cos(np.arange(300)))).all()
