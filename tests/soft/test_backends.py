"""One file of numbers, written by the Rust crate: NumPy, torch and JAX have them all."""

import json
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import rank_soft
import rank_soft.jax
import rank_soft.torch
from rank_soft import Loss, Operator

ROOT = Path(__file__).parents[2]
GOLDEN: dict[str, Any] = json.loads((ROOT / "crates/rank-soft/tests/data/golden.json").read_text("utf-8"))
VALUES, LABELS, WEIGHTS, MASK = (
    np.array(GOLDEN[name]).reshape(2, 4) for name in ("values", "labels", "weights", "mask")
)
EXTRAS: dict[str, dict[str, Any]] = {"top_k_mask": {"k": 2}, "top_k": {"k": 2}, "quantile": {"level": 0.3}}
close = np.testing.assert_allclose


def cotangent(shape: tuple[int, ...]) -> Any:  # noqa: ANN401
    return np.array(GOLDEN["cotangent"])[: int(np.prod(shape))].reshape(shape)


@pytest.mark.parametrize("kind", ["rank", "sort", "top_k_mask", "top_k", "quantile"])
def test_operators(kind: str) -> None:
    cases = [case for case in GOLDEN["operators"] if case["kind"] == kind]
    assert len(cases) >= 14
    for case in cases:
        options: Any = EXTRAS.get(kind, {}) | {"method": case["method"]}
        value, state = Operator(kind, 0.7, **options).forward(VALUES)  # type: ignore[arg-type]
        close(value.ravel(), case["value"], rtol=1e-10, atol=1e-10)
        close(state.vjp(cotangent(value.shape)).ravel(), case["gradient"], rtol=1e-10, atol=1e-10)

        tensor = torch.tensor(VALUES, requires_grad=True)
        result = getattr(rank_soft.torch, f"soft_{kind}")(tensor, strength=0.7, **options)
        assert np.array_equal(result.detach().numpy(), value)
        result.backward(torch.tensor(cotangent(value.shape)))
        assert tensor.grad is not None
        assert np.array_equal(tensor.grad.numpy(), state.vjp(cotangent(value.shape)))

        with jax.enable_x64(new_val=True):
            of_jax = getattr(rank_soft.jax, f"soft_{kind}")
            result, pull = jax.vjp(lambda x, f=of_jax, o=options: f(x, strength=0.7, **o), jnp.asarray(VALUES))
            assert np.array_equal(result, value)
            assert np.array_equal(pull(jnp.asarray(cotangent(value.shape)))[0], state.vjp(cotangent(value.shape)))


def compare(loss: Loss, case: dict[str, Any], reduction: Any) -> None:  # noqa: ANN401
    value, gradient = loss(VALUES, LABELS, mask=MASK, weights=WEIGHTS, reduction=reduction)
    close(value, case["value"], rtol=1e-10, atol=1e-10)
    close(gradient.ravel(), case["gradient"], rtol=1e-10, atol=1e-10)

    tensors = [torch.tensor(array) for array in (VALUES, LABELS, MASK, WEIGHTS)]
    scores = tensors[0].requires_grad_()
    result = rank_soft.torch.ranking_loss(
        scores, tensors[1], loss, mask=tensors[2], weights=tensors[3], reduction=reduction
    )
    torch.autograd.backward(result)
    assert result.item() == value
    assert scores.grad is not None
    assert np.array_equal(scores.grad.numpy(), gradient)

    with jax.enable_x64(new_val=True):
        labels, mask, weights = (jnp.asarray(array) for array in (LABELS, MASK, WEIGHTS))
        found, slopes = jax.value_and_grad(
            lambda x: rank_soft.jax.ranking_loss(x, labels, loss, mask=mask, weights=weights, reduction=reduction)
        )(jnp.asarray(VALUES))
        assert found.item() == value
        assert np.array_equal(slopes, gradient)


@pytest.mark.parametrize("preset", ["rax", "allrank", "tf_ranking"])
def test_losses(preset: Any) -> None:  # noqa: ANN401
    cases = [case for case in GOLDEN["losses"] if case["preset"] == preset]
    assert [case["name"] for case in cases] == list(Loss.NAMES)
    for case in cases:
        compare(Loss(case["name"], preset=preset), case, "mean")


def test_options_of_losses() -> None:
    cases = GOLDEN["options"]
    assert len({json.dumps(case["keywords"]) for case in cases}) == 27
    for case in cases:
        compare(Loss(case["name"], **case["keywords"]), case, "sum")
