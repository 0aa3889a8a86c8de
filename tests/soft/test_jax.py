"""The operators and losses on JAX arrays: the numbers of NumPy, exact gradients, transforms, and what is refused."""

import doctest
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import rank_soft
import rank_soft.jax as soft
from rank_soft import (
    DtypeError,
    InvalidInputError,
    MissingPackageError,
    RankError,
    ShapeError,
    _jax_ordinal,
    _jax_sampling,
)

VALUES = np.array(
    [[0.3137, -1.2291, 0.9143, 2.0469, -0.4173, 0.7631], [1.0318, 0.1127, 0.6713, 0.4939, -0.2221, 1.2057]]
)
TARGETS = np.array(
    [[0.7137, 0.2291, -0.9143, 1.0469, 0.4173, -0.7631], [0.0318, 1.1127, -0.6713, 1.4939, 0.2221, 0.2057]]
)
MASK = np.array([[True, True, False, True, True, True], [True] * 6])
METHODS: tuple[Any, ...] = ("kl", "lapsum", "sinkhorn", "bitonic_optimal")
LOSSES = ("rank_net", "lambda_rank", "list_net", "approx_ndcg", "soft_ap", "pairwise_hinge", "kl_distillation")

Function = Callable[[Any], Any]


def like_targets(values: Any) -> Any:  # noqa: ANN401 - of NumPy or of JAX
    return TARGETS.reshape(-1)[: values.size].reshape(values.shape).astype(values.dtype)


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "rank": lambda of, x: of.soft_rank(x, 0.7),
    "rank, kl": lambda of, x: of.soft_rank(x, 0.7, method="kl", direction="descending"),
    "rank, sigmoid": lambda of, x: of.soft_rank(x, 0.7, method="sigmoid"),
    **{
        f"sort, {method}": partial(lambda method, of, x: of.soft_sort(x, 1.3, method=method), method)
        for method in METHODS
    },
    "sort": lambda of, x: of.soft_sort(x, 1.3),
    "sort, descending": lambda of, x: of.soft_sort(x, 1.3, direction="descending"),
    "mask of the top": lambda of, x: of.soft_top_k_mask(x, 2, 0.9),
    "mask of the top, subset": lambda of, x: of.soft_top_k_mask(x, 2, 0.9, method="subset"),
    "top": lambda of, x: of.soft_top_k(x, 2, 0.9),
    "quantile": lambda of, x: of.soft_quantile(x, 0.3, 0.9),
    "median": lambda of, x: of.soft_median(x, 0.9),
    "min": lambda of, x: of.soft_min(x, 0.9),
    "max": lambda of, x: of.soft_max(x, 0.9),
    "spearman": lambda of, x: of.spearman_loss(x, like_targets(x), 0.8),
}
EACH = pytest.mark.parametrize("operator", OPERATORS.values(), ids=list(OPERATORS))


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    with jax.enable_x64(new_val=True):
        yield


def differences(function: Function, values: Any, cotangent: Any) -> Any:  # noqa: ANN401
    """The gradient of the inner product of the result with the cotangent, by central differences."""
    gradient = np.zeros_like(values)
    for at in np.ndindex(*values.shape):
        moved = values.copy()
        moved[at] += 1e-6
        above = np.asarray(function(moved))
        moved[at] -= 2e-6
        gradient[at] = ((above - np.asarray(function(moved))) * cotangent).sum() / 2e-6
    return gradient


@EACH
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_numbers_are_those_of_numpy_to_the_bit(operator: Callable[[Any, Any], Any], dtype: Any) -> None:  # noqa: ANN401
    for values in (VALUES.astype(dtype), VALUES[0].astype(dtype)):
        want = np.asarray(operator(rank_soft, values))
        for function in (partial(operator, soft), jax.jit(partial(operator, soft))):
            got = function(jnp.asarray(values))
            assert got.dtype == dtype
            assert got.shape == want.shape
            assert np.array_equal(got, want.astype(dtype))


def test_without_double_precision() -> None:
    with jax.enable_x64(new_val=False):
        values = VALUES.astype(np.float32)
        assert np.array_equal(jax.jit(soft.soft_rank)(values), rank_soft.soft_rank(values))
        with pytest.raises(DtypeError, match="values: expected float32 while jax_enable_x64 is off, got float64"):
            soft.soft_rank(VALUES)
        with pytest.raises(DtypeError, match="dtype: expected float32 while jax_enable_x64 is off, got float64"):
            soft.soft_rank(values, dtype=np.float64)


@EACH
def test_gradients_are_those_of_differences(operator: Callable[[Any, Any], Any]) -> None:
    function = partial(operator, soft)
    result, pull = jax.vjp(function, jnp.asarray(VALUES))
    cotangent = np.cos(np.arange(result.size)).reshape(result.shape)
    (gradient,) = pull(jnp.asarray(cotangent))
    np.testing.assert_allclose(gradient, differences(partial(operator, rank_soft), VALUES, cotangent), atol=1e-7)
    compiled = jax.jit(lambda x, u: jax.vjp(function, x)[1](u)[0])(VALUES, cotangent)
    assert np.array_equal(compiled, gradient)


@EACH
def test_transforms_are_the_batch(operator: Callable[[Any, Any], Any]) -> None:
    function = partial(operator, soft)
    stack = jnp.stack([VALUES, VALUES[::-1] * 1.1, VALUES - 0.3], axis=1)
    want = np.stack([function(stack[:, at]) for at in range(3)])
    assert np.array_equal(jax.vmap(function, in_axes=1)(stack), want)
    assert np.array_equal(jax.jit(jax.vmap(function, in_axes=1))(stack), want)

    def objective(values: Any) -> Any:  # noqa: ANN401
        return (function(values) ** 2).sum()

    gradients = jax.vmap(jax.grad(objective), in_axes=1)(stack)
    for at in range(3):
        np.testing.assert_allclose(gradients[at], jax.grad(objective)(stack[:, at]), atol=1e-14)
    # Many cotangents of one pass, and of many.
    jacobians = jax.jit(jax.vmap(jax.jacrev(function), in_axes=1))(stack)
    np.testing.assert_allclose(jacobians[2], jax.jacrev(function)(stack[:, 2]), atol=1e-14)


@EACH
def test_second_derivatives_are_refused(operator: Callable[[Any, Any], Any]) -> None:
    def objective(values: Any) -> Any:  # noqa: ANN401
        return (operator(soft, values) ** 2).sum()

    values = jnp.asarray(VALUES)
    for second in (jax.jacrev(jax.grad(objective)), jax.jit(jax.jacrev(jax.grad(objective)))):
        with pytest.raises(InvalidInputError, match="grad: expected first derivatives only"):
            second(values)
    with pytest.raises(TypeError, match="forward-mode"):
        jax.jvp(objective, (values,), (values,))


def test_strength_in_units_of_the_row() -> None:
    want = rank_soft.soft_rank(VALUES, 1.5, scale="auto")
    assert np.array_equal(soft.soft_rank(VALUES, 1.5, scale="auto"), want)


def test_other_gradients() -> None:
    cotangent = jnp.asarray(TARGETS)
    for gradient in ("straight_through", "black_box"):
        result, pull = jax.vjp(lambda x, rule=gradient: soft.soft_rank(x, 0.7, gradient=rule, reach=2.0), VALUES)
        want, state = rank_soft.Operator("rank", 0.7, gradient=gradient, reach=2.0).forward(VALUES)
        assert np.array_equal(result, want)
        assert np.array_equal(pull(cotangent)[0], state.vjp(TARGETS))


def test_any_axis_and_masks() -> None:
    cube = jnp.stack([VALUES, VALUES[:, ::-1], VALUES * 0.5])
    for axis in (0, 1, 2, -1, -2, -3):
        want = rank_soft.soft_rank(np.asarray(cube), 0.7, axis=axis)
        assert np.array_equal(soft.soft_rank(cube, 0.7, axis=axis), want)
        assert soft.soft_top_k(cube, 2, axis=axis).shape == tuple(
            2 if at == axis % 3 else length for at, length in enumerate(cube.shape)
        )
    ranks, pull = jax.vjp(lambda x: soft.soft_rank(x, 0.7, mask=MASK), VALUES)
    assert np.array_equal(ranks, rank_soft.soft_rank(VALUES, 0.7, mask=MASK))
    assert pull(jnp.ones_like(ranks))[0][0, 2] == 0
    mapped = jax.vmap(lambda x, marks: soft.soft_rank(x, 0.7, mask=marks))(VALUES, MASK)
    assert np.array_equal(mapped, ranks)
    shared = jax.vmap(lambda x: soft.soft_rank(x, 0.7, mask=MASK[0]))(VALUES)
    assert np.array_equal(shared[1], rank_soft.soft_rank(VALUES[1], 0.7, mask=MASK[0]))
    assert soft.soft_rank(VALUES[:0]).shape == (0, 6)
    assert jax.jit(soft.soft_rank)(VALUES[:, :0]).shape == (2, 0)


@pytest.mark.parametrize("dtype", [jnp.float16, jnp.bfloat16])
def test_half_precision_is_computed_in_single(dtype: Any) -> None:  # noqa: ANN401
    values = jnp.asarray(VALUES, dtype)
    wide = soft.soft_rank(values.astype(np.float32), 0.7)
    assert np.array_equal(soft.soft_rank(values, 0.7), wide.astype(dtype))
    assert np.array_equal(soft.soft_rank(values, 0.7, dtype=np.float32), wide)
    assert jax.grad(lambda x: soft.soft_rank(x, 0.7)[0, 0])(values).dtype == dtype
    assert soft.spearman_loss(values, jnp.asarray(TARGETS, dtype)).dtype == dtype


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", LOSSES)
def test_ranking_losses(name: str, reduction: Literal["mean", "sum", "none"]) -> None:
    loss = rank_soft.Loss(name)
    labels, weights = (TARGETS > 0.3).astype(float), np.abs(TARGETS) + 0.1

    def function(scores: Any) -> Any:  # noqa: ANN401
        return soft.ranking_loss(scores, labels, loss, mask=MASK, weights=weights, reduction=reduction)

    want, gradient = loss(VALUES, labels, mask=MASK, weights=weights, reduction=reduction)
    values = jnp.asarray(VALUES)
    for chosen in (function, jax.jit(function)):
        assert np.array_equal(chosen(values), want)
        assert np.array_equal(jax.grad(lambda x, of=chosen: of(x).sum())(values), gradient)
    stack = jnp.stack([VALUES, VALUES * 0.5])
    mapped = jax.vmap(function)(stack)
    gradients = jax.jit(jax.vmap(jax.grad(lambda x: (function(x) ** 2).sum())))(stack)
    for at in range(2):
        np.testing.assert_allclose(mapped[at], function(stack[at]), rtol=1e-15)
        np.testing.assert_allclose(gradients[at], jax.grad(lambda x: (function(x) ** 2).sum())(stack[at]), atol=1e-14)
    with pytest.raises(InvalidInputError, match="grad: expected first derivatives only"):
        jax.jacrev(jax.grad(lambda x: function(x).sum()))(values)
    half = soft.ranking_loss(values.astype(jnp.bfloat16), jnp.asarray(labels, jnp.bfloat16), loss, reduction=reduction)
    assert half.dtype == jnp.bfloat16


def test_large_arrays_pass_through_compiled_programs() -> None:
    values = np.random.default_rng(0).normal(size=(64, 10_000)).astype(np.float32)

    @jax.jit
    def step(values: Any) -> Any:  # noqa: ANN401
        return jax.value_and_grad(lambda x: (soft.soft_rank(x * 2, 0.01) ** 2).sum())(values)

    for _ in range(3):
        _, gradient = step(values)
    ranks, state = rank_soft.Operator("rank", 0.01).forward(values * 2)
    np.testing.assert_allclose(gradient, 2 * state.vjp(2 * ranks), rtol=1e-6)


def test_training_lowers_the_loss() -> None:
    @jax.jit
    def step(scores: Any) -> Any:  # noqa: ANN401
        loss, gradient = jax.value_and_grad(lambda x: soft.spearman_loss(x, TARGETS, 2.0).mean())(scores)
        return loss, scores - gradient

    scores, losses = jnp.asarray(VALUES), []
    for _ in range(40):
        loss, scores = step(scores)
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]


ERRORS: list[tuple[Callable[[], Any], type[RankError], str]] = [
    (
        lambda: soft.soft_rank([1.0]),  # type: ignore[arg-type]
        DtypeError,
        "values: expected a JAX array, got list; pass jax.numpy.asarray(values)",
    ),
    (
        lambda: soft.soft_rank(jnp.array([1])),
        DtypeError,
        "values: expected float32, float64, float16 or bfloat16, got int64; pass values.astype(jax.numpy.float32)",
    ),
    (
        lambda: soft.soft_rank(jnp.array(1.0)),
        ShapeError,
        "values: expected at least one dimension, got a scalar; pass values.reshape(1)",
    ),
    (
        lambda: soft.soft_rank(VALUES, axis=2),
        InvalidInputError,
        "axis: expected an axis of 2 dimensions, got 2; pass one from -2 to 1",
    ),
    (
        lambda: soft.soft_rank(VALUES, mask=VALUES),
        DtypeError,
        "mask: expected bool, got float64; pass a comparison or mask.astype(bool)",
    ),
    (
        lambda: soft.soft_rank(VALUES, mask=[True]),  # type: ignore[arg-type]
        DtypeError,
        "mask: expected bool, got list; pass a comparison or mask.astype(bool)",
    ),
    (
        lambda: soft.soft_rank(VALUES, mask=MASK[0]),
        ShapeError,
        "mask: expected shape (2, 6), which values has, got (6,); pass one number for each",
    ),
    (
        lambda: soft.soft_rank(VALUES, dtype=np.int64),
        DtypeError,
        "dtype: expected a float dtype of at most 64 bits, got int64; pass jax.numpy.float32",
    ),
    (lambda: soft.soft_rank(VALUES, -1.0), InvalidInputError, "strength: expected "),
    (lambda: jax.jit(lambda x: soft.soft_rank(x, -1.0))(VALUES), InvalidInputError, "strength: expected "),
    (lambda: soft.soft_rank(VALUES * np.nan), InvalidInputError, "values[0][0]: expected "),
    (lambda: soft.spearman_loss(VALUES, TARGETS, -1.0), InvalidInputError, "strength: expected "),
    (
        lambda: soft.spearman_loss(VALUES, TARGETS.astype(np.float32)),
        DtypeError,
        "targets: expected float64, which predictions has, got float32; pass targets.astype(predictions.dtype)",
    ),
    (
        lambda: soft.spearman_loss(VALUES, TARGETS[0]),
        ShapeError,
        "targets: expected shape (2, 6), which predictions has, got (6,); pass one number for each",
    ),
    (
        lambda: soft.ranking_loss(VALUES, TARGETS, rank_soft.Loss("rank_net"), weights=TARGETS[0]),
        ShapeError,
        "weights: expected shape (2, 6), which scores has, got (6,); pass one number for each",
    ),
    (
        lambda: soft.ranking_loss(VALUES, TARGETS, rank_soft.Loss("rank_net"), reduction="all"),  # type: ignore[arg-type]
        InvalidInputError,
        'reduction: expected one of "mean", "sum", "none", got \'all\'; pass one',
    ),
    (lambda: soft.ordinal_loss(VALUES, TARGETS), ShapeError, "labels: expected shape (2,), which logits without its"),
    (lambda: soft.ordinal_loss(VALUES[:, :0], TARGETS[:, 0]), InvalidInputError, "grades: expected at least 1, got 0"),
    (
        lambda: soft.ordinal_loss(VALUES, TARGETS[:, 0], reduction="all"),  # type: ignore[arg-type]
        InvalidInputError,
        "reduction: expected one of",
    ),
    (lambda: soft.ordinal_loss(VALUES, VALUES[:, 0].astype(np.float32)), DtypeError, "labels: expected float64, which"),
    (lambda: soft.gumbel_top_k(VALUES, -1, 0), InvalidInputError, "k: expected at least 0, got -1"),
    (lambda: soft.gumbel_top_k(VALUES * np.nan, 1, 0), InvalidInputError, "values[0]: expected a number"),
]


@pytest.mark.parametrize(("call", "error", "message"), ERRORS, ids=[message for _, _, message in ERRORS])
def test_errors(call: Callable[[], Any], error: type[RankError], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        call()


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_ordinal_loss(reduction: Literal["mean", "sum", "none"]) -> None:
    logits = np.stack([VALUES, TARGETS, VALUES - 0.4], axis=-1)
    labels = (np.arange(12) % 4).astype(float).reshape(2, 6)

    def function(logits: Any, mask: Any = MASK) -> Any:  # noqa: ANN401
        return soft.ordinal_loss(logits, jnp.asarray(labels), mask=mask, reduction=reduction)

    want, gradient = rank_soft.ordinal_loss(logits, labels, mask=MASK, reduction=reduction)
    for chosen in (function, jax.jit(function)):
        np.testing.assert_allclose(chosen(logits), want, rtol=1e-14)
        slopes = jax.grad(lambda x, of=chosen: of(x).sum())(jnp.asarray(logits))
        np.testing.assert_allclose(slopes, gradient, atol=1e-15)
    curvature = jax.hessian(lambda x: function(x).sum())(jnp.asarray(logits))
    assert curvature[0, 0, 0, 0, 0, 0] > 0
    assert not function(logits, np.zeros_like(MASK)).any()
    assert soft.ordinal_loss(jnp.asarray(logits, jnp.float16), jnp.asarray(labels, jnp.float16)).dtype == jnp.float16


def test_draws_without_replacement() -> None:
    want = rank_soft.gumbel_top_k(VALUES, 3, 7, mask=MASK)
    mapped = soft.gumbel_top_k(jnp.asarray(VALUES), 3, 7, mask=MASK)
    compiled = jax.jit(lambda x, marks: soft.gumbel_top_k(x, 3, 7, mask=marks))(VALUES, MASK)
    for got in (mapped, compiled):
        assert got[0].dtype == jnp.int32
        assert np.array_equal(got[0], want[0])
        assert np.array_equal(got[1], want[1])
    slopes = jax.grad(lambda x: soft.gumbel_top_k(x, 3, 7)[1].sum())(jnp.asarray(VALUES))
    assert not slopes.any()
    assert np.array_equal(soft.gumbel_noise((2, 3), 5), rank_soft.gumbel_noise((2, 3), 5))
    drawn = soft.soft_top_k_mask(VALUES + soft.gumbel_noise((2, 6), 5), 2, method="subset")
    np.testing.assert_allclose(drawn.sum(axis=-1), 2)


def test_bad_numbers_in_a_compiled_program() -> None:
    with pytest.raises(jax.errors.JaxRuntimeError, match=r"values\[0\]\[0\]: expected a number"):
        jax.jit(soft.soft_rank)(VALUES * np.nan).block_until_ready()


def test_without_jax() -> None:
    program = "import sys; sys.modules['jax'] = None; import rank_soft; import rank_soft.jax"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert 'jax: expected the package jax, got none; run pip install "rank-soft[jax]"' in done.stderr
    assert MissingPackageError.__name__ in done.stderr


def test_examples() -> None:
    with jax.enable_x64(new_val=False):
        results = [doctest.testmod(module) for module in (soft, _jax_ordinal, _jax_sampling)]
    assert all(result.failed == 0 < result.attempted for result in results)


def test_every_function_is_documented() -> None:
    for name in soft.__all__:
        assert ">>>" in (getattr(soft, name).__doc__ or ""), name
