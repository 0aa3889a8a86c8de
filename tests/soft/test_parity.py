"""Every option on every backend: NumPy, torch, JAX, and torch's own operations for CUDA have one answer."""

# torch's autograd has no types.
# mypy: disable-error-code=no-untyped-call

import re
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

import rank_soft
import rank_soft.jax
import rank_soft.torch
from rank_soft import DtypeError, InvalidInputError, Operator, RankError, ShapeError
from rank_soft._host import Extras
from rank_soft._options import Options, from_last
from rank_soft._torch_rows import DevicePass, on_device

RNG = np.random.default_rng(7)
SHAPE = (2, 3, 5)
VALUES = RNG.standard_normal(SHAPE)
MASK = RNG.random(SHAPE) < 0.7
MASK[0, 0] = False
WEIGHTS = RNG.uniform(0.5, 2.0, SHAPE)
EACH = RNG.uniform(0.5, 2.0, SHAPE)
OFFSETS = np.array([0, 4, 4, 11, 30])
METHODS = (
    "l2",
    "kl",
    "lapsum",
    "softsort",
    "neuralsort",
    "sinkhorn",
    "odd_even_optimal",
    "bitonic",
    "sigmoid",
    "subset",
)
KINDS: dict[str, dict[str, Any]] = {
    "rank": {},
    "sort": {},
    "top_k_mask": {"k": 2},
    "top_k": {"k": 4},
    "quantile": {"level": 0.3},
}
RANKS = {"rank", "top_k_mask"}
EXTRAS = (
    "plain",
    "mask",
    "weights",
    "of rows",
    "of each",
    "axis",
    "offsets",
    "offsets, all",
    "descending",
    "auto",
    "all",
)
RULES = ("exact", "straight_through", "black_box")


def fits(kind: str, method: str, extra: str, rule: str) -> bool:
    """Whether these go together."""
    ranks, projection = kind in RANKS, method in {"l2", "kl"}
    ways = {
        "weights": ranks and projection,
        "of each": ranks,
        "descending": kind in {"rank", "sort"},
        "auto": ranks or method != "kl",
    }
    only = {"sigmoid": "rank", "subset": "top_k_mask"}.get(method, kind)
    return ways.get(extra, True) and only == kind and (ranks or rule != "black_box")


def case(kind: str, method: str, extra: str, rule: str = "exact") -> tuple[dict[str, Any], dict[str, Any]]:
    """Options of the operator, and what goes with the values."""
    options = KINDS[kind] | {"method": method, "gradient": rule, "reach": 1.5}
    wanted = {extra}
    if extra in {"all", "offsets, all"}:
        each = "of each" if kind in RANKS else "of rows"
        wanted |= {"mask", each} | {one for one in ("weights",) if fits(kind, method, one, rule)}
        if extra == "all":
            wanted |= {one for one in ("descending", "auto") if fits(kind, method, one, rule)}
    axis = {"axis": 1, "all": -2}.get(extra, -1)
    of_rows = np.ascontiguousarray(EACH.take(0, axis))
    every: dict[str, Any] = {"mask": MASK, "weights": WEIGHTS, "of each": EACH, "of rows": of_rows}
    names = {"of each": "strengths", "of rows": "strengths"}
    given = {names.get(name, name): array for name, array in every.items() if name in wanted}
    if extra.startswith("offsets"):
        given = {name: array.reshape(-1) for name, array in given.items()} | {"offsets": OFFSETS}
        if "of rows" in wanted:
            given["strengths"] = EACH[0, 0, :4]
    options |= {"direction": "descending"} if "descending" in wanted else {}
    options |= {"scale": "auto"} if "auto" in wanted else {}
    return options, given | ({"axis": axis} if axis != -1 else {})


CASES = [
    (kind, method, extra, "exact")
    for kind in KINDS
    for method in METHODS
    for extra in EXTRAS
    if fits(kind, method, extra, "exact")
] + [
    (kind, method, extra, rule)
    for kind in KINDS
    for method in ("l2", "kl", "softsort")
    for extra in ("mask", "all", "offsets, all")
    for rule in RULES[1:]
    if fits(kind, method, extra, rule)
]


def numpy_of(kind: str, options: dict[str, Any], given: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Value, cotangent and gradient."""
    values = VALUES.reshape(-1) if "offsets" in given else VALUES
    value, state = Operator(kind, 0.7, **options).forward(values, **given)  # type: ignore[arg-type]
    cotangent = np.cos(np.arange(value.size)).reshape(value.shape)
    return value, cotangent, state.vjp(cotangent)


def keywords(kind: str, options: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What the functions of tensors take: a kind without a choice has no such argument."""
    found = {name: value for name, value in options.items() if name != "reach" or kind in RANKS} | given
    return found | {"strength": 0.7}


@pytest.mark.parametrize(("kind", "method", "extra", "rule"), CASES)
def test_every_option_on_every_backend(kind: str, method: str, extra: str, rule: str) -> None:
    options, given = case(kind, method, extra, rule)
    value, cotangent, gradient = numpy_of(kind, options, given)
    values = VALUES.reshape(-1) if "offsets" in given else VALUES
    if rule == "exact":
        function = getattr(rank_soft, f"soft_{kind}")
        plain = {key: one for key, one in keywords(kind, options, given).items() if key not in {"gradient", "reach"}}
        assert np.array_equal(function(values, **plain), value, equal_nan=True)

    chosen = keywords(kind, options, given)
    axis = chosen.pop("axis", -1)
    tensors = {key: torch.from_numpy(one) if isinstance(one, np.ndarray) else one for key, one in chosen.items()}
    tensor = torch.tensor(values, requires_grad=True)
    result = getattr(rank_soft.torch, f"soft_{kind}")(tensor, dim=axis, **tensors)
    assert np.array_equal(result.detach().numpy(), value, equal_nan=True)
    result.backward(torch.from_numpy(cotangent))
    assert tensor.grad is not None
    assert np.array_equal(tensor.grad.numpy(), gradient)

    with jax.enable_x64(new_val=True):
        arrays = {key: jnp.asarray(one) if isinstance(one, np.ndarray) else one for key, one in chosen.items()}
        of_jax = getattr(rank_soft.jax, f"soft_{kind}")
        result, pull = jax.vjp(lambda x: of_jax(x, axis=axis, **arrays), jnp.asarray(values))
        assert np.array_equal(result, value, equal_nan=True)
        assert np.array_equal(pull(jnp.asarray(cotangent))[0], gradient)

    chosen_options = Options(kind, 0.7, **options, axis=from_last(axis, values.ndim, "axis"))
    if on_device(chosen_options):
        extras = Extras(*(tensors.get(name) for name in Extras._fields))
        device = DevicePass(torch.from_numpy(values), extras, chosen_options)
        assert device.finite
        np.testing.assert_allclose(device.forward().numpy(), value, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(device.vjp(torch.from_numpy(cotangent)).numpy(), gradient, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("strength", [0.0, 1e-6, 1e-3, 0.02, 0.3, 1.0, 30.0, 1e6])
@pytest.mark.parametrize("method", ["l2", "kl"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_operations_for_cuda_are_the_host_s(kind: str, method: str, strength: float) -> None:
    """On the CPU, where they can be run: long rows, ties, strengths from hard to fully pooled."""
    options = Options(kind, strength, method=method, **KINDS[kind])
    if not on_device(options):
        return
    values = RNG.standard_normal((3, 400))
    # Ties, but no blocks that just touch: there either gradient is one.
    values[1] = np.round(values[1], 1) * np.pi / 3
    values[2] = np.exp(6 * values[2])
    value, state = Operator(kind, strength, method=method, **KINDS[kind]).forward(values)  # type: ignore[arg-type]
    cotangent = np.cos(np.arange(value.size)).reshape(value.shape)
    device = DevicePass(torch.from_numpy(values), Extras(), options)
    np.testing.assert_allclose(device.forward().numpy(), value, rtol=1e-9, atol=1e-9)
    gradient = state.vjp(cotangent)
    found = device.vjp(torch.from_numpy(cotangent)).numpy()
    # Differences of what is divided by the strength.
    rounding = 1e-14 / strength if strength else 0.0
    np.testing.assert_allclose(found, gradient, rtol=1e-8, atol=1e-9 * np.abs(gradient).max() + rounding)


def test_what_cuda_s_operations_leave_to_the_host() -> None:
    for bad in (np.inf, np.nan):
        values = torch.tensor([[1.0, bad, 0.0]], dtype=torch.float64)
        assert not DevicePass(values, Extras(), Options("rank", 1.0)).finite
        hidden = Extras(mask=torch.tensor([[True, False, True]]))
        assert DevicePass(values, hidden, Options("rank", 1.0)).finite
    assert not DevicePass(torch.ones(2), Extras(weights=-torch.ones(2)), Options("rank", 1.0)).finite
    for offsets in ([0, 4], [1, 3], [0, 2, 1, 3]):
        ragged = Extras(offsets=torch.tensor(offsets))
        assert not DevicePass(torch.ones(3), ragged, Options("rank", 1.0)).finite
    assert not on_device(Options("sort", 1.0, method="kl"))
    torch.use_deterministic_algorithms(mode=True)
    try:
        assert not on_device(Options("rank", 1.0))
    finally:
        torch.use_deterministic_algorithms(mode=False)
    assert not on_device(Options("rank", 1.0, method="lapsum"))


@pytest.mark.parametrize("method", ["l2", "kl"])
def test_a_weight_is_a_number_of_equal_items(method: Any) -> None:  # noqa: ANN401
    values, weights = np.array([0.3, 1.0, -0.5]), np.array([2.0, 3.0, 1.0])
    items = np.repeat(values, weights.astype(int))
    first = [0, 2, 5]
    for k in range(8):
        want = rank_soft.soft_top_k_mask(items, k, 0.7, method=method)[first]
        np.testing.assert_allclose(
            rank_soft.soft_top_k_mask(values, k, 0.7, method=method, weights=weights), want, atol=1e-14
        )
    want = rank_soft.soft_rank(items, 0.7, method=method)[first]
    np.testing.assert_allclose(rank_soft.soft_rank(values, 0.7, method=method, weights=weights), want, atol=1e-14)


def torch_pass(values: torch.Tensor, each: torch.Tensor, mask: torch.Tensor, offsets: torch.Tensor) -> torch.Tensor:
    return rank_soft.torch.soft_rank(values, 0.7, weights=each, strengths=each, mask=mask, offsets=offsets)


def test_torch_transforms_with_everything() -> None:
    mask, each = torch.from_numpy(MASK.reshape(-1)), torch.from_numpy(EACH.reshape(-1))
    offsets = torch.from_numpy(OFFSETS)
    values = torch.stack([torch.from_numpy(VALUES.reshape(-1)), torch.linspace(0, 1, 30, dtype=torch.float64)])
    want = torch.stack([torch_pass(row, each, mask, offsets) for row in values])
    mapped = torch.func.vmap(torch_pass, in_dims=(0, None, None, None))
    assert torch.equal(mapped(values, each, mask, offsets), want)
    many = torch.stack([offsets, torch.tensor([0, 10, 20, 25, 30])])
    got = torch.func.vmap(torch_pass, in_dims=(0, None, None, 0))(values, each, mask, many)
    assert torch.equal(got[1], torch_pass(values[1], each, mask, many[1]))

    def objective(row: torch.Tensor) -> torch.Tensor:
        return torch_pass(row, each, mask, offsets).square().sum()

    gradients = torch.func.vmap(torch.func.grad(objective))(values)
    assert torch.allclose(gradients[1], torch.func.grad(objective)(values[1]), atol=1e-14)

    def top(row: torch.Tensor) -> torch.Tensor:
        return rank_soft.torch.soft_top_k(row, 3, 0.4, offsets=offsets, mask=mask)

    assert torch.equal(torch.func.vmap(top)(values)[1], top(values[1]))
    assert torch.func.vmap(top)(values).shape == (2, 4, 3)
    compiled = torch.compile(torch_pass, backend="aot_eager", fullgraph=True)
    row, same = values[0].clone().requires_grad_(), values[0].clone().requires_grad_()
    one, other = compiled(row, each, mask, offsets), torch_pass(same, each, mask, offsets)
    assert torch.equal(one, other)
    one.square().sum().backward()
    other.square().sum().backward()
    assert row.grad is not None
    assert same.grad is not None
    assert torch.equal(row.grad, same.grad)
    torch.compiler.reset()
    half = rank_soft.torch.soft_rank(values.half(), 0.7, strengths=values.half().abs() + 0.5)
    assert half.dtype is torch.float16


def test_jax_transforms_with_everything() -> None:
    with jax.enable_x64(new_val=True):
        mask, each, offsets = (jnp.asarray(array.reshape(-1)) for array in (MASK, EACH, OFFSETS))
        values = jnp.stack([jnp.asarray(VALUES.reshape(-1)), jnp.linspace(0, 1, 30)])

        def function(row: Any, offsets: Any = offsets) -> Any:  # noqa: ANN401
            return rank_soft.jax.soft_rank(row, 0.7, weights=each, strengths=each, mask=mask, offsets=offsets)

        want = jnp.stack([function(row) for row in values])
        assert jnp.array_equal(jax.vmap(function)(values), want)
        assert jnp.array_equal(jax.jit(jax.vmap(function, in_axes=(0, None)))(values, offsets), want)
        many = jnp.stack([offsets, jnp.array([0, 10, 20, 25, 30])])
        assert jnp.array_equal(jax.vmap(function)(values, many)[1], function(values[1], many[1]))
        gradients = jax.jit(jax.vmap(jax.grad(lambda row: (function(row) ** 2).sum())))(values)
        one = jax.grad(lambda row: (function(row) ** 2).sum())(values[1])
        np.testing.assert_allclose(gradients[1], one, atol=1e-14)
        for name in ("weights", "strengths"):
            with pytest.raises(InvalidInputError, match=f"{name}: expected constants"):
                jax.grad(lambda share, n=name: rank_soft.jax.soft_rank(values, **{n: share}).sum())(jnp.exp(values))


CALLS: list[tuple[Callable[[Any, dict[str, Any]], Any], Callable[[Any], Any]]] = [
    (lambda values, extra: rank_soft.soft_rank(values, **extra), np.asarray),
    (lambda values, extra: rank_soft.torch.soft_rank(torch.from_numpy(values), **extra), torch.as_tensor),
    (lambda values, extra: rank_soft.jax.soft_rank(values.astype(np.float32), **extra), jnp.asarray),
]
FLAT: NDArray[np.float64] = VALUES.reshape(-1)
BAD: list[tuple[Any, dict[str, Any], type[RankError], str]] = [
    (VALUES, {"weights": EACH[0]}, ShapeError, "weights: expected shape"),
    (VALUES, {"weights": -EACH}, RankError, "weights: expected positive numbers, got -"),
    (VALUES, {"weights": MASK}, DtypeError, "weights: expected "),
    (VALUES, {"strengths": EACH[0, 0]}, ShapeError, "strengths: expected shape"),
    (VALUES, {"strengths": -EACH}, RankError, "strengths: expected positive numbers, got -"),
    (VALUES, {"strengths": -EACH[..., 0]}, RankError, "strengths: expected numbers from 0 to 1e300, got -"),
    (VALUES, {"offsets": OFFSETS}, ShapeError, "beside offsets, got shape"),
    (FLAT, {"offsets": OFFSETS[:-1]}, RankError, "offsets: expected ascending"),
    (FLAT, {"offsets": OFFSETS[::-1].copy()}, RankError, "offsets: expected ascending"),
    (FLAT, {"offsets": EACH[0, 0]}, DtypeError, "offsets: expected "),
]


@pytest.mark.parametrize("backend", [0, 1, 2], ids=["numpy", "torch", "jax"])
@pytest.mark.parametrize(("values", "extra", "error", "message"), BAD, ids=[message for *_, message in BAD])
def test_what_does_not_fit(
    backend: int,
    values: NDArray[np.float64],
    extra: dict[str, Any],
    error: type[RankError],
    message: str,
) -> None:
    call, make = CALLS[backend]
    one = {
        name: make(array.astype(np.float32) if backend == 2 and array.dtype == float else array)
        for name, array in extra.items()
    }
    with pytest.raises(error, match=re.escape(message)):
        call(values, one)


def test_constants_must_be_constants() -> None:
    for name in ("weights", "strengths"):
        extra: dict[str, Any] = {name: torch.ones(3, requires_grad=True)}
        with pytest.raises(InvalidInputError, match=f"{name}: expected constants, got a tensor that requires"):
            rank_soft.torch.soft_rank(torch.ones(3), **extra)
    with pytest.raises(InvalidInputError, match="offsets: expected "):
        torch.func.vmap(lambda row: rank_soft.torch.soft_rank(row, offsets=torch.tensor([0, 2])))(torch.ones(2, 3))
