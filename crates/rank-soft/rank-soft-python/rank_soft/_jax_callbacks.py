"""What JAX knows of the operators: calls of the host with gradients of their own, under ``vmap`` and ``jit`` too."""

# The arguments of a callback and what a rule returns are JAX's to name.
# ruff: noqa: ANN401
# mypy: disable-error-code=no-any-return

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.custom_derivatives import SymbolicZero

from rank_soft import _host
from rank_soft._errors import InvalidInputError
from rank_soft._host import Extras
from rank_soft._options import Options, result_shape
from rank_soft._rank_soft import spearman_loss, spearman_loss_grad

if TYPE_CHECKING:
    from collections.abc import Callable

    from rank_soft._rank_soft import Loss


class Listed(NamedTuple):
    """A loss, how rows become one number, and of how many dimensions the scores are."""

    loss: Loss
    reduction: Any
    threads: int
    dimensions: int


def _array(value: Any) -> Any:
    return None if value is None else np.ascontiguousarray(value)


def _rows(value: Any) -> Any:
    return _array(value).reshape(math.prod(value.shape[:-1]), value.shape[-1])


def _on_host(function: Callable[..., Any], results: Any, *arguments: Any) -> Any:
    """Call the function with arrays: at once where they are known, otherwise when the program runs."""
    if any(isinstance(argument, jax.core.Tracer) for argument in arguments):
        return jax.pure_callback(function, results, *arguments, vmap_method="broadcast_all")
    return jax.tree.map(lambda result, like: jnp.asarray(result, like.dtype), function(*arguments), results)


def _like(value: Any, shape: tuple[int, ...] | None = None) -> Any:
    return jax.ShapeDtypeStruct(value.shape if shape is None else shape, value.dtype)  # type: ignore[no-untyped-call]


def refused() -> InvalidInputError:
    """Say that there is no second derivative."""
    return InvalidInputError(
        "grad: expected first derivatives only, got a derivative of a gradient of rank_soft; "
        "stop the gradient, or differentiate once"
    )


def _refuse(*_: Any) -> Any:
    raise refused()


def _pass(options: Options, values: Any, extras: Extras) -> Any:
    mask, weights, strengths, offsets = (_array(extra) for extra in extras)
    wide = None if offsets is None else offsets.astype(np.int64)
    return _host.forward(options, _array(values), Extras(mask, weights, strengths, wide))


def _values(options: Options, values: Any, *extras: Any) -> Any:
    return _pass(options, values, Extras(*extras))[0]


def _gradient(options: Options, cotangent: Any, values: Any, *extras: Any) -> Any:
    return _pass(options, values, Extras(*extras))[1].vjp(_array(cotangent))


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def apply(options: Options, values: Any, extras: Extras) -> Any:
    """Do the pass."""
    rows = None if extras.offsets is None else extras.offsets.shape[-1] - 1
    result = _like(values, result_shape(options, values.shape, rows))
    return _on_host(partial(_values, options), result, values, *extras)


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def pull(options: Options, values: Any, extras: Extras, cotangent: Any) -> Any:
    """Do the pass again, and pull back."""
    return _on_host(partial(_gradient, options), _like(values), cotangent, values, *extras)


def _apply_forward(options: Options, values: Any, extras: Extras) -> Any:
    for name in ("weights", "strengths"):
        extra = getattr(extras, name)
        if extra is not None and extra.perturbed:
            raise InvalidInputError(
                f"{name}: expected constants, got an array that is differentiated; pass jax.lax.stop_gradient({name})"
            )
    known = values.value, Extras(*(None if extra is None else extra.value for extra in extras))
    return apply(options, *known), known


def _apply_backward(options: Options, kept: Any, cotangent: Any) -> Any:
    if isinstance(cotangent, SymbolicZero):
        return jnp.zeros_like(kept[0]), None
    return pull(options, *kept, cotangent), None


apply.defvjp(_apply_forward, _apply_backward, symbolic_zeros=True)
pull.defvjp(_refuse, _refuse)


def _spearman(strength: float, method: Any, predictions: Any, targets: Any) -> Any:
    losses = spearman_loss(_rows(predictions), _rows(targets), strength, method=method)
    return losses.reshape(predictions.shape[:-1])


def _spearman_gradients(strength: float, method: Any, predictions: Any, targets: Any) -> Any:
    sides = spearman_loss_grad(_rows(predictions), _rows(targets), strength, method=method)
    return tuple(side.reshape(predictions.shape) for side in sides)


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def spearman(strength: float, method: Any, predictions: Any, targets: Any) -> Any:
    """Compute the loss of each row."""
    result = _like(predictions, predictions.shape[:-1])
    return _on_host(partial(_spearman, strength, method), result, predictions, targets)


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def spearman_pull(strength: float, method: Any, predictions: Any, targets: Any) -> Any:
    """Compute the gradients of each row's loss, to both sides."""
    results = (_like(predictions), _like(predictions))
    return _on_host(partial(_spearman_gradients, strength, method), results, predictions, targets)


def _spearman_forward(strength: float, method: Any, predictions: Any, targets: Any) -> Any:
    return spearman(strength, method, predictions, targets), (predictions, targets)


def _spearman_backward(strength: float, method: Any, kept: Any, cotangent: Any) -> Any:
    return tuple(side * cotangent[..., None] for side in spearman_pull(strength, method, *kept))


spearman.defvjp(_spearman_forward, _spearman_backward)
spearman_pull.defvjp(_refuse, _refuse)


def _listwise(listed: Listed, scores: Any, labels: Any, mask: Any, weights: Any) -> Any:
    arrays = [_array(value) for value in (scores, labels, mask, weights)]
    outer = arrays[0].shape[: arrays[0].ndim - listed.dimensions]

    def one(scores: Any, labels: Any, mask: Any, weights: Any) -> tuple[Any, Any]:
        return listed.loss(
            scores, labels, mask=mask, weights=weights, reduction=listed.reduction, threads=listed.threads
        )

    if not outer or listed.reduction == "none":
        value, gradient = one(*arrays)
        return np.asarray(value, arrays[0].dtype), gradient
    # Under vmap each has a mean of its own.
    values, gradients = np.empty(outer, arrays[0].dtype), np.empty_like(arrays[0])
    for at in np.ndindex(*outer):
        values[at], gradients[at] = one(*(None if array is None else array[at] for array in arrays))
    return values, gradients


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def listwise(listed: Listed, scores: Any, labels: Any, mask: Any, weights: Any) -> Any:
    """Compute a ranking loss."""
    return listwise_with_gradient(listed, scores, labels, mask, weights)[0]


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def listwise_with_gradient(listed: Listed, scores: Any, labels: Any, mask: Any, weights: Any) -> Any:
    """Compute a ranking loss and its gradient."""
    results = (_like(scores, scores.shape[:-1] if listed.reduction == "none" else ()), _like(scores))
    return _on_host(partial(_listwise, listed), results, scores, labels, mask, weights)


def _listwise_forward(listed: Listed, scores: Any, labels: Any, mask: Any, weights: Any) -> Any:
    return listwise_with_gradient(listed, scores, labels, mask, weights)


def _listwise_backward(_listed: Listed, gradient: Any, cotangent: Any) -> Any:
    whole = cotangent.reshape(*cotangent.shape, *(1 for _ in range(gradient.ndim - cotangent.ndim)))
    return gradient * whole, None, None, None


listwise.defvjp(_listwise_forward, _listwise_backward)
listwise_with_gradient.defvjp(_refuse, _refuse)
