"""What the operators on JAX arrays refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from rank_soft._errors import DtypeError, InvalidInputError, ShapeError

if TYPE_CHECKING:
    from rank_soft._host import Extras

Array: TypeAlias = jax.Array | NDArray[Any]

WIDE = ("float32", "float64")
HALF = ("float16", "bfloat16")


def wide(array: Array) -> jax.Array:
    """Widen halves."""
    return jnp.asarray(array, jnp.float32 if array.dtype.name in HALF else array.dtype)


def check(array: Array, argument: str) -> None:
    """Refuse what is no array of floats."""
    if not isinstance(array, jax.Array | np.ndarray):
        raise DtypeError(
            f"{argument}: expected a JAX array, got {type(array).__name__}; pass jax.numpy.asarray({argument})"
        )
    if array.dtype.name not in WIDE + HALF:
        raise DtypeError(
            f"{argument}: expected float32, float64, float16 or bfloat16, got {array.dtype}; "
            f"pass {argument}.astype(jax.numpy.float32)"
        )
    check_double(array.dtype, argument, f"{argument}.astype(jax.numpy.float32)")
    if array.ndim == 0:
        raise ShapeError(f"{argument}: expected at least one dimension, got a scalar; pass {argument}.reshape(1)")


def check_double(dtype: np.dtype[Any], argument: str, cure: str) -> None:
    """Refuse float64 where JAX would narrow it."""
    if dtype.name == "float64" and jax.dtypes.canonicalize_dtype(dtype) != dtype:
        raise DtypeError(
            f"{argument}: expected float32 while jax_enable_x64 is off, got float64; "
            f'pass {cure}, or jax.config.update("jax_enable_x64", True) first'
        )


def same_dtype(array: Array, other: Array, argument: str, other_argument: str) -> None:
    """Refuse another dtype."""
    if array.dtype != other.dtype:
        raise DtypeError(
            f"{argument}: expected {other.dtype}, which {other_argument} has, got {array.dtype}; "
            f"pass {argument}.astype({other_argument}.dtype)"
        )


def same(array: Array, other: Array, argument: str, other_argument: str) -> None:
    """Refuse another dtype or shape."""
    same_dtype(array, other, argument, other_argument)
    same_shape(array, other, argument, other_argument)


def same_shape(array: Array, other: Array, argument: str, other_argument: str) -> None:
    """Refuse another shape."""
    if array.shape != other.shape:
        raise ShapeError(
            f"{argument}: expected shape {other.shape}, which {other_argument} has, got {array.shape}; "
            "pass one number for each"
        )


def check_mask(mask: Array | None, values: Array, argument: str) -> None:
    """Refuse a mask that does not fit."""
    if mask is None:
        return
    if not isinstance(mask, jax.Array | np.ndarray) or mask.dtype != bool:
        found = mask.dtype if isinstance(mask, jax.Array | np.ndarray) else type(mask).__name__
        raise DtypeError(f"mask: expected bool, got {found}; pass a comparison or mask.astype(bool)")
    same_shape(mask, values, "mask", argument)


def check_extras(values: Array, extras: Extras, axis: int) -> None:
    """Refuse what does not go with these values."""
    check_mask(extras.mask, values, "values")
    if extras.weights is not None:
        check(extras.weights, "weights")
        same(extras.weights, values, "weights", "values")
    offsets = extras.offsets
    if offsets is not None:
        if not isinstance(offsets, jax.Array | np.ndarray) or offsets.dtype.kind != "i" or offsets.ndim != 1:
            is_array = isinstance(offsets, jax.Array | np.ndarray)
            found = f"{offsets.dtype} of {offsets.ndim}" if is_array else type(offsets).__name__
            raise DtypeError(
                f"offsets: expected an array of integers of one dimension, got {found}; "
                "pass where each row begins and the last one ends"
            )
        if values.ndim != 1:
            raise ShapeError(
                f"values: expected an array of shape (numbers,) beside offsets, got shape {values.shape}; flatten it"
            )
        if not offsets.shape[0]:
            raise InvalidInputError("offsets: expected at least one position, got none; pass 0 for no rows")
    if extras.strengths is None:
        return
    place = values.ndim + axis
    rows = (*values.shape[:place], *values.shape[place + 1 :]) if offsets is None else (offsets.shape[0] - 1,)
    if not isinstance(extras.strengths, jax.Array | np.ndarray):
        check(extras.strengths, "strengths")
    same_dtype(extras.strengths, values, "strengths", "values")
    if extras.strengths.shape not in {values.shape, rows}:
        raise ShapeError(
            f"strengths: expected shape {values.shape}, which values has, or {rows}, one for each row, "
            f"got {extras.strengths.shape}; pass one of them"
        )
