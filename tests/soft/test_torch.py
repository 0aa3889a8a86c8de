"""The operators on torch tensors: the numbers of NumPy, exact gradients, transforms, and what is refused."""

# torch's autograd has no types.
# mypy: disable-error-code=no-untyped-call

import doctest
import re
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np
import pytest
import torch

import rank_soft
import rank_soft.torch as soft
from rank_soft import DtypeError, InvalidInputError, MissingPackageError, RankError, ShapeError

VALUES = torch.tensor(
    [[0.3137, -1.2291, 0.9143, 2.0469, -0.4173, 0.7631], [1.0318, 0.1127, 0.6713, 0.4939, -0.2221, 1.2057]],
    dtype=torch.float64,
)
TARGETS = torch.tensor(
    [[0.7137, 0.2291, -0.9143, 1.0469, 0.4173, -0.7631], [0.0318, 1.1127, -0.6713, 1.4939, 0.2221, 0.2057]],
    dtype=torch.float64,
)
MASK = torch.tensor([[True, True, False, True, True, True], [True] * 6])

Function = Callable[[torch.Tensor], torch.Tensor]
OPERATORS: dict[str, tuple[Function, Callable[[Any], Any]]] = {
    "rank": (lambda x: soft.soft_rank(x, 0.7), lambda x: rank_soft.soft_rank(x, 0.7)),
    "rank, kl": (
        lambda x: soft.soft_rank(x, 0.7, method="kl", direction="descending"),
        lambda x: rank_soft.soft_rank(x, 0.7, method="kl", direction="descending"),
    ),
    "sort": (lambda x: soft.soft_sort(x, 1.3), lambda x: rank_soft.soft_sort(x, 1.3)),
    "mask of the top": (lambda x: soft.soft_top_k_mask(x, 2, 0.9), lambda x: rank_soft.soft_top_k_mask(x, 2, 0.9)),
    "top": (lambda x: soft.soft_top_k(x, 2, 0.9), lambda x: rank_soft.soft_top_k(x, 2, 0.9)),
    "quantile": (lambda x: soft.soft_quantile(x, 0.3, 0.9), lambda x: rank_soft.soft_quantile(x, 0.3, 0.9)),
    "median": (lambda x: soft.soft_median(x, 0.9), lambda x: rank_soft.soft_median(x, 0.9)),
    "min": (lambda x: soft.soft_min(x, 0.9), lambda x: rank_soft.soft_min(x, 0.9)),
    "max": (lambda x: soft.soft_max(x, 0.9), lambda x: rank_soft.soft_max(x, 0.9)),
    "spearman": (
        lambda x: soft.spearman_loss(x, TARGETS.to(x.dtype).reshape(-1)[: x.numel()].reshape(x.shape), 0.8),
        lambda x: rank_soft.spearman_loss(
            x, TARGETS.numpy().astype(x.dtype).reshape(-1)[: x.size].reshape(x.shape), 0.8
        ),
    ),
}
PAIRS = pytest.mark.parametrize(("function", "plain"), OPERATORS.values(), ids=list(OPERATORS))
EACH = pytest.mark.parametrize("function", [function for function, _ in OPERATORS.values()], ids=list(OPERATORS))


@PAIRS
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_numbers_are_those_of_numpy_to_the_bit(
    function: Function, plain: Callable[[Any], Any], dtype: torch.dtype
) -> None:
    for values in (VALUES, VALUES[0]):
        got, want = function(values.to(dtype)), np.asarray(plain(values.to(dtype).numpy()))
        assert got.dtype is dtype
        assert got.shape == want.shape
        assert np.array_equal(got.numpy(), want.astype(got.numpy().dtype))


@EACH
def test_gradients_are_those_of_differences(function: Function) -> None:
    assert torch.autograd.gradcheck(function, VALUES.clone().requires_grad_(), eps=1e-6, atol=1e-6)


@EACH
def test_vmap_is_the_batch(function: Function) -> None:
    stack = torch.stack([VALUES, VALUES.flip(0) * 1.1, VALUES - 0.3], dim=1)
    want = torch.stack([function(stack[:, at]) for at in range(3)])
    assert torch.equal(torch.func.vmap(function, in_dims=1)(stack), want)
    twice = torch.func.vmap(torch.func.vmap(lambda row: function(row.expand(2, -1))[0]))
    assert torch.equal(twice(VALUES.expand(3, 2, 6))[1], twice(VALUES[None])[0])


@EACH
def test_gradients_by_transforms(function: Function) -> None:
    jacobian = torch.autograd.functional.jacobian(function, VALUES)
    assert torch.allclose(torch.func.jacrev(function)(VALUES), jacobian, atol=1e-14)
    weights = torch.linspace(-1.0, 2.0, 3, dtype=torch.float64)
    stack = VALUES[None] * weights[:, None, None]

    def objective(values: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        return (function(values) * weight).square().sum()

    def summed(values: torch.Tensor) -> torch.Tensor:
        return function(values).sum()

    got = torch.func.vmap(torch.func.grad(objective))(stack, weights)
    plainly = torch.func.vmap(torch.func.grad(summed))(stack)
    for at in range(3):
        assert torch.allclose(got[at], torch.func.grad(objective)(stack[at], weights[at]), atol=1e-14)
        assert torch.allclose(plainly[at], torch.func.grad(summed)(stack[at]), atol=1e-14)
    # Many cotangents of many passes.
    many = torch.func.vmap(torch.func.jacrev(function))(stack)
    assert torch.allclose(many[2], torch.func.jacrev(function)(stack[2]), atol=1e-14)


@EACH
def test_second_derivatives_are_refused(function: Function) -> None:
    values = VALUES.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(function(values).square().sum(), values, create_graph=True)
    with pytest.raises(InvalidInputError, match="create_graph: expected first derivatives only"):
        gradient.square().sum().backward()

    def objective(x: torch.Tensor) -> torch.Tensor:
        return function(x).square().sum()

    with pytest.raises(InvalidInputError, match="create_graph: expected first derivatives only"):
        torch.func.jacrev(torch.func.grad(objective))(VALUES)


@pytest.mark.parametrize("name", ["rank", "sort", "mask of the top", "top", "quantile", "spearman"])
def test_compiled_functions(name: str) -> None:
    function = OPERATORS[name][0]
    compiled = torch.compile(function, backend="aot_eager", fullgraph=True)
    values, same = VALUES.clone().requires_grad_(), VALUES.clone().requires_grad_()
    got, want = compiled(values), function(same)
    assert torch.equal(got, want)
    got.square().sum().backward()
    want.square().sum().backward()
    assert values.grad is not None
    assert same.grad is not None
    assert torch.equal(values.grad, same.grad)
    torch.compiler.reset()


def test_custom_operators_hold_what_torch_asks_of_them() -> None:
    options = ("rank", 0.7, None, None, "l2", "ascending", "absolute", "exact", 1.0, -1, 1)
    extras = (MASK, VALUES.exp(), None, None)
    values = VALUES.clone().requires_grad_()
    checks = ("test_schema", "test_autograd_registration", "test_faketensor")
    torch.library.opcheck(torch.ops.rank_soft.forward.default, (values, *extras, *options), test_utils=checks)
    torch.library.opcheck(torch.ops.rank_soft.vjp.default, (VALUES, VALUES, *extras, *options), test_utils=checks)
    loss = torch.ops.rank_soft.spearman_loss.default
    torch.library.opcheck(loss, (values, TARGETS, 0.7, "l2"), test_utils=checks)
    pull = torch.ops.rank_soft.spearman_loss_vjp.default
    torch.library.opcheck(pull, (VALUES, TARGETS, VALUES[:, 0].contiguous(), 0.7, "l2"), test_utils=checks)
    stack = torch.stack([VALUES, VALUES + VALUES.flip(1)])
    mapped = torch.func.vmap(lambda one: torch.ops.rank_soft.forward(one, *extras, *options))(stack)
    assert torch.equal(mapped[1], soft.soft_rank(stack[1], 0.7, mask=MASK, weights=VALUES.exp()))
    gradient, _ = torch.func.vmap(
        lambda one: torch.ops.rank_soft.spearman_loss_vjp(one, TARGETS, one[:, 0], 0.7, "l2")
    )(stack)
    want = torch.ops.rank_soft.spearman_loss_vjp(stack[1], TARGETS, stack[1][:, 0], 0.7, "l2")[0]
    assert torch.equal(gradient[1], want)


def test_any_axis_and_masks() -> None:
    cube = torch.stack([VALUES, VALUES.flip(1), VALUES * 0.5])
    for dim in (0, 1, 2, -1, -2, -3):
        want = rank_soft.soft_rank(cube.numpy(), 0.7, axis=dim)
        assert np.array_equal(soft.soft_rank(cube, 0.7, dim=dim).numpy(), want)
        top = partial(soft.soft_top_k, k=2, strength=0.9, dim=dim)
        assert torch.autograd.gradcheck(top, cube.clone().requires_grad_())
    masked = VALUES.clone().requires_grad_()
    ranks = soft.soft_rank(masked, 0.7, mask=MASK)
    assert np.array_equal(ranks.detach().numpy(), rank_soft.soft_rank(VALUES.numpy(), 0.7, mask=MASK.numpy()))
    ranks.square().sum().backward()
    assert masked.grad is not None
    assert masked.grad[0, 2] == 0
    mapped = torch.func.vmap(lambda x, marks: soft.soft_rank(x, 0.7, mask=marks))(VALUES, MASK)
    assert torch.equal(mapped, ranks.detach())


def test_strength_in_units_of_the_row() -> None:
    want = rank_soft.soft_rank(VALUES.numpy(), 1.5, scale="auto")
    assert np.array_equal(soft.soft_rank(VALUES, 1.5, scale="auto").numpy(), want)


def test_other_gradients() -> None:
    for gradient in ("straight_through", "black_box"):
        values = VALUES.clone().requires_grad_()
        ranks = soft.soft_rank(values, 0.7, gradient=gradient, reach=2.0)
        want, state = rank_soft.Operator("rank", 0.7, gradient=gradient, reach=2.0).forward(VALUES.numpy())
        assert np.array_equal(ranks.detach(), want)
        ranks.backward(TARGETS)
        assert values.grad is not None
        assert np.array_equal(values.grad, state.vjp(TARGETS.numpy()))
    hard = soft.soft_top_k_mask(VALUES, 2, gradient="black_box")
    assert torch.equal(hard.sort().values, torch.tensor([[0.0, 0, 0, 0, 1, 1]] * 2, dtype=torch.float64))
    assert torch.equal(soft.soft_sort(VALUES, gradient="straight_through"), VALUES.sort().values)
    assert torch.equal(soft.soft_top_k(VALUES, 2, gradient="straight_through"), VALUES.topk(2).values)
    assert torch.equal(soft.soft_median(VALUES, gradient="straight_through"), VALUES.quantile(0.5, dim=1))


def test_views_and_expanded_tensors() -> None:
    assert torch.equal(soft.soft_rank(VALUES.t(), 0.7, dim=0), soft.soft_rank(VALUES, 0.7).t())
    assert torch.equal(soft.soft_rank(VALUES[:1].expand(3, 6), 0.7)[2], soft.soft_rank(VALUES[0], 0.7))
    three = torch.stack([VALUES, VALUES])
    assert soft.spearman_loss(three, torch.stack([TARGETS, TARGETS]), 0.8).shape == (2, 2)
    assert soft.soft_rank(VALUES[:0], 0.7).shape == (0, 6)
    assert soft.soft_rank(VALUES[:, :0], 0.7).shape == (2, 0)
    assert soft.spearman_loss(VALUES[:, :0], TARGETS[:, :0]).tolist() == [1.0, 1.0]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_single(dtype: torch.dtype) -> None:
    values = VALUES.to(dtype).requires_grad_()
    wide = soft.soft_rank(values.detach().float(), 0.7)
    ranks = soft.soft_rank(values, 0.7)
    assert ranks.dtype is dtype
    assert torch.equal(ranks, wide.to(dtype))
    assert torch.equal(soft.soft_rank(values, 0.7, dtype=torch.float32), wide)
    ranks.square().sum().backward()
    assert values.grad is not None
    assert values.grad.dtype is dtype
    loss = soft.spearman_loss(values.detach(), TARGETS.to(dtype), 0.7)
    assert loss.dtype is dtype


def test_training_lowers_the_loss() -> None:
    scores = VALUES.clone().requires_grad_()
    optimizer = torch.optim.SGD([scores], lr=1.0)
    first = soft.spearman_loss(scores, TARGETS, 2.0).mean().item()
    for _ in range(40):
        optimizer.zero_grad()
        soft.spearman_loss(scores, TARGETS, 2.0).mean().backward()
        optimizer.step()
    assert soft.spearman_loss(scores, TARGETS, 2.0).mean().item() < 0.5 * first


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", ["rank_net", "list_net", "approx_ndcg"])
def test_ranking_losses(name: str, reduction: Literal["mean", "sum", "none"]) -> None:
    loss = rank_soft.Loss(name)
    labels, weights = (TARGETS > 0.3).double(), TARGETS.abs() + 0.1

    def function(scores: torch.Tensor) -> torch.Tensor:
        return soft.ranking_loss(scores, labels, loss, mask=MASK, weights=weights, reduction=reduction)

    arrays = [tensor.numpy() for tensor in (VALUES, labels, MASK, weights)]
    want, _ = loss(*arrays[:2], mask=arrays[2], weights=arrays[3], reduction=reduction)
    assert np.array_equal(function(VALUES).numpy(), want)
    assert torch.autograd.gradcheck(function, VALUES.clone().requires_grad_(), atol=1e-6)
    stack = torch.stack([VALUES, VALUES * 0.5])
    assert torch.equal(torch.func.vmap(function)(stack)[1], function(stack[1]))

    def objective(scores: torch.Tensor) -> torch.Tensor:
        return function(scores).square().sum()

    gradients = torch.func.vmap(torch.func.grad(objective))(stack)
    assert torch.allclose(gradients[1], torch.func.grad(objective)(stack[1]), atol=1e-14)
    values = VALUES.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(objective(values), values, create_graph=True)
    with pytest.raises(InvalidInputError, match="create_graph: expected first derivatives only"):
        gradient.sum().backward()
    compiled = torch.compile(function, backend="eager")
    assert torch.equal(compiled(VALUES), function(VALUES))
    torch.compiler.reset()
    half = soft.ranking_loss(VALUES.bfloat16(), labels.bfloat16(), loss, reduction=reduction)
    assert half.dtype is torch.bfloat16


ERRORS: list[tuple[Callable[[], Any], type[RankError], str]] = [
    (
        lambda: soft.soft_rank([1.0]),  # type: ignore[arg-type]
        DtypeError,
        "values: expected a torch tensor, got list; pass torch.as_tensor(values)",
    ),
    (
        lambda: soft.soft_rank(torch.tensor([1])),
        DtypeError,
        "values: expected float32, float64, float16 or bfloat16, got torch.int64; pass values.float()",
    ),
    (
        lambda: soft.soft_rank(torch.tensor(1.0)),
        ShapeError,
        "values: expected at least one dimension, got a scalar; pass values.reshape(1)",
    ),
    (
        lambda: soft.soft_rank(torch.ones(2, device="meta")),
        InvalidInputError,
        "values: expected numbers, got a tensor on the meta device; pass one that has them",
    ),
    (
        lambda: soft.soft_rank(VALUES, dim=2),
        InvalidInputError,
        "dim: expected an axis of 2 dimensions, got 2; pass one from -2 to 1",
    ),
    (
        lambda: soft.soft_rank(VALUES, mask=VALUES),
        DtypeError,
        "mask: expected torch.bool, got torch.float64; pass a comparison or mask.bool()",
    ),
    (
        lambda: soft.soft_rank(VALUES, mask=MASK[0]),
        ShapeError,
        "mask: expected shape (2, 6), which values has, got (6,); pass one number for each",
    ),
    (
        lambda: soft.soft_rank(VALUES, mask=MASK.to("meta")),
        InvalidInputError,
        "mask: expected device cpu, where values is, got meta; pass mask.to(values.device)",
    ),
    (
        lambda: soft.soft_rank(VALUES, dtype=torch.int64),
        DtypeError,
        "dtype: expected a float dtype of at most 64 bits, got torch.int64; pass torch.float32",
    ),
    (lambda: soft.soft_rank(VALUES, -1.0), InvalidInputError, "strength: expected "),
    (
        lambda: soft.soft_rank(VALUES, torch.tensor(1.0, requires_grad=True)),  # type: ignore[arg-type]
        InvalidInputError,
        "strength: expected a constant, got a tensor that requires a gradient; pass strength.item(), or take the",
    ),
    (lambda: soft.soft_rank(VALUES * np.nan), InvalidInputError, "values"),
    (
        lambda: soft.spearman_loss(VALUES, TARGETS.float()),
        DtypeError,
        "targets: expected torch.float64, which predictions has, got torch.float32; pass targets.to(predictions.dtype)",
    ),
    (
        lambda: soft.ordinal_loss(VALUES, TARGETS),
        ShapeError,
        "labels: expected shape (2,), which logits without its last axis has, got (2, 6); pass one for each",
    ),
    (lambda: soft.ordinal_loss(VALUES[:, :0], TARGETS[:, 0]), InvalidInputError, "grades: expected at least 1, got 0"),
    (
        lambda: soft.ordinal_loss(VALUES, TARGETS[:, 0], reduction="all"),  # type: ignore[arg-type]
        InvalidInputError,
        'reduction: expected one of "mean", "sum", "none", got',
    ),
    (lambda: soft.ordinal_loss(VALUES, TARGETS[:, 0].float()), DtypeError, "labels: expected torch.float64, which"),
    (lambda: soft.ordinal_loss(VALUES, TARGETS[:, 0], mask=MASK), ShapeError, "mask: expected shape (2,), which"),
    (
        lambda: soft.ranking_loss(VALUES, TARGETS.float(), rank_soft.Loss("rank_net")),
        DtypeError,
        "labels: expected torch.float64, which scores has, got torch.float32; pass labels.to(scores.dtype)",
    ),
    (
        lambda: soft.ranking_loss(VALUES, TARGETS, rank_soft.Loss("rank_net"), weights=TARGETS[0]),
        ShapeError,
        "weights: expected shape (2, 6), which scores has, got (6,); pass one number for each",
    ),
    (
        lambda: soft.spearman_loss(VALUES, TARGETS[0]),
        ShapeError,
        "targets: expected shape (2, 6), which predictions has, got (6,); pass one number for each",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), ERRORS, ids=[message for _, _, message in ERRORS])
def test_errors(call: Callable[[], Any], error: type[RankError], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        call()


def test_without_torch() -> None:
    program = "import sys; sys.modules['torch'] = None; import rank_soft; import rank_soft.torch"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert 'torch: expected the package torch, got none; run pip install "rank-soft[torch]"' in done.stderr
    assert MissingPackageError.__name__ in done.stderr


def test_examples() -> None:
    result = doctest.testmod(soft)
    assert result.failed == 0
    assert result.attempted > 0


def test_every_function_of_a_tensor_is_documented() -> None:
    for name in soft.__all__:
        assert ">>>" in (getattr(soft, name).__doc__ or ""), name


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_ordinal_loss(reduction: Any) -> None:  # noqa: ANN401
    rng = np.random.default_rng(5)
    logits, labels = rng.standard_normal((2, 6, 3)), (np.arange(12) % 4).astype(float).reshape(2, 6)
    for mask in (None, rng.random((2, 6)) < 0.7):
        want, gradient = rank_soft.ordinal_loss(logits, labels, mask=mask, reduction=reduction)
        at, marks = torch.tensor(logits, requires_grad=True), None if mask is None else torch.tensor(mask)
        got = soft.ordinal_loss(at, torch.tensor(labels), mask=marks, reduction=reduction)
        np.testing.assert_allclose(got.detach().numpy(), want, rtol=1e-14)
        torch.autograd.backward(got.sum())
        assert at.grad is not None
        np.testing.assert_allclose(at.grad.numpy(), gradient, atol=1e-15)
    large = soft.ordinal_loss(torch.tensor([[800.0, -800.0]]), torch.tensor([1.0]))
    assert large.item() == 0
    half = soft.ordinal_loss(torch.tensor([[0.5]], dtype=torch.bfloat16), torch.tensor([1.0], dtype=torch.bfloat16))
    assert half.dtype is torch.bfloat16
