"""Draws without replacement on JAX arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from rank_soft import _rank_soft as arrays
from rank_soft._errors import InvalidInputError
from rank_soft._jax_checks import check, check_mask, wide

if TYPE_CHECKING:
    from rank_soft._jax_checks import Array


def gumbel_noise(shape: int | tuple[int, ...], seed: int) -> jax.Array:
    """Standard Gumbel noise, the numbers of ``rank_soft.gumbel_noise``: made when it is called or traced.

    Args:
        shape: Of the result.
        seed: 0 to 2 ** 64 - 1; no key of JAX.

    Returns:
        JAX's default float dtype.

    Raises:
        InvalidInputError: A seed out of its range.

    Example:
        >>> noise = gumbel_noise((2, 3), 7)
        >>> bool((noise.ravel() == gumbel_noise(6, 7)).all())
        True
    """
    return jnp.asarray(arrays.gumbel_noise(shape, seed), jnp.result_type(float))


def gumbel_top_k(values: Array, k: int, seed: int, *, mask: Array | None = None) -> tuple[jax.Array, jax.Array]:
    """``k`` draws without replacement of each row, as by ``rank_soft.gumbel_top_k``; no gradient.

    Its relaxation has gradients: ``soft_top_k_mask(values + gumbel_noise(values.shape, seed), k, method="subset")``.

    Args:
        values: float32, float64, float16 or bfloat16, shape ``(..., n)``. Minus infinity is never drawn.
        k: How many.
        seed: 0 to 2 ** 64 - 1; the same gives the same draws. Another batch needs another.
        mask: bool, in the shape of ``values``: what may be drawn.

    Returns:
        Positions in the row, int32, shape ``(..., k)``, in the order of drawing, -1 where nothing is left; and the
        values with their noise, descending, minus infinity where nothing is left.

    Raises:
        InvalidInputError: A NaN or plus infinity, a negative k.
        ShapeError: No dimension, or a mask of another shape.
        DtypeError: No array, or one of another dtype.

    Source:
        Kool, van Hoof, Welling: Stochastic beams and where to find them (ICML 2019).

    Example:
        >>> import jax.numpy as jnp
        >>> positions, _ = gumbel_top_k(jnp.array([0.0, 100.0, -jnp.inf]), 3, seed=7)
        >>> positions.tolist()
        [1, 0, -1]
    """
    check(values, "values")
    check_mask(mask, values, "values")
    if k < 0:
        raise InvalidInputError(f"k: expected at least 0, got {k}; pass another")
    given = jax.lax.stop_gradient(wide(values))
    shape = (*values.shape[:-1], k)
    result = jax.ShapeDtypeStruct(shape, jnp.int32), jax.ShapeDtypeStruct(shape, given.dtype)  # type: ignore[no-untyped-call]
    marks = None if mask is None else jnp.asarray(mask)

    def draw(values: Any, mask: Any) -> tuple[Any, Any]:  # noqa: ANN401 - of a callback
        chosen = None if mask is None else np.ascontiguousarray(mask)
        positions, perturbed = arrays.gumbel_top_k(np.ascontiguousarray(values), k, seed, mask=chosen)
        return positions.astype(np.int32), perturbed.astype(values.dtype)

    if isinstance(given, jax.core.Tracer) or isinstance(marks, jax.core.Tracer):
        drawn: tuple[jax.Array, jax.Array] = jax.pure_callback(draw, result, given, marks, vmap_method="broadcast_all")
        return drawn
    positions, perturbed = draw(given, marks)
    return jnp.asarray(positions), jnp.asarray(perturbed)
