"""The ordinal loss in operations of JAX."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp

from rank_soft._errors import InvalidInputError, ShapeError
from rank_soft._jax_checks import check, check_mask, same_dtype, wide

if TYPE_CHECKING:
    from typing import Literal

    from rank_soft._jax_checks import Array


def ordinal_loss(
    logits: Array,
    labels: Array,
    *,
    mask: Array | None = None,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> jax.Array:
    """The ordinal loss, as by ``rank_soft.ordinal_loss``, in operations of JAX: every derivative and device is there.

    Args:
        logits: float32, float64, float16 or bfloat16, shape ``(..., n, grades)``. The first of an item says how likely
            it reaches grade 1. A NaN makes the loss NaN.
        labels: In their dtype, shape ``(..., n)``; constants.
        mask: bool, in the shape of the labels: which items count.
        reduction: ``"mean"`` of the items, ``"sum"``, or ``"none"``: one for each item.

    Returns:
        A scalar, or without reduction the shape of the labels, in the dtype of the logits.

    Raises:
        InvalidInputError: No grade, an unknown reduction.
        ShapeError: Shapes that do not fit.
        DtypeError: No array, or one of another dtype.

    Source:
        Niu, Zhou, Wang, Gao, Hua: Ordinal regression with multiple output CNN for age estimation (CVPR 2016).

    Example:
        >>> import jax.numpy as jnp
        >>> round(float(ordinal_loss(jnp.array([[0.0, 0.0]]), jnp.array([1.0]))), 6)  # twice log 2
        1.386294
    """
    check(logits, "logits")
    check(labels, "labels")
    same_dtype(labels, logits, "labels", "logits")
    if labels.shape != logits.shape[:-1]:
        raise ShapeError(
            f"labels: expected shape {logits.shape[:-1]}, which logits without its last axis has, got {labels.shape}; "
            "pass one for each"
        )
    if not logits.shape[-1]:
        raise InvalidInputError("grades: expected at least 1, got 0; pass another")
    if reduction not in {"mean", "sum", "none"}:
        raise InvalidInputError(f'reduction: expected one of "mean", "sum", "none", got {reduction!r}; pass one')
    check_mask(mask, labels, "labels")
    numbers = wide(logits)
    reached = wide(labels)[..., None] >= jnp.arange(1, logits.shape[-1] + 1)
    items = jnp.sum(jax.nn.softplus(numbers) - jnp.where(reached, numbers, 0), axis=-1)
    if mask is not None:
        items = jnp.where(mask, items, 0)
    if reduction != "none":
        count = labels.size if mask is None else jnp.maximum(jnp.sum(jnp.asarray(mask)), 1)
        items = items.sum() / (jnp.maximum(count, 1) if reduction == "mean" else 1)
    return items.astype(logits.dtype)
