"""The operators and losses on JAX arrays, with gradients by ``jax.grad``, under ``jit`` and ``vmap``.

Needs ``pip install "rank-soft[jax]"``.

**Where it runs.** On the host: a compiled program calls back (``jax.pure_callback``), which costs some tens of
microseconds a call beside the work itself, and for arrays of another device the way to the host and back.

**Dtypes.** float32, and float64 where ``jax_enable_x64`` is on, give the numbers of the NumPy functions, to the bit.
float16 and bfloat16 are computed in float32; float16 holds ranks to 2,048 exactly, bfloat16 to 256: ask for
``dtype=jnp.float32``.

**Transforms.** ``jax.grad``, ``jax.vjp``, ``jax.jacrev``, ``jax.vmap`` and ``jax.jit`` work. There is no forward mode,
and a second derivative is refused. Gradients of operators do the pass again; losses keep theirs.

**Errors.** Options, shapes and dtypes are checked when a function is called or traced. A NaN or a bad weight is found
in the numbers: in a compiled program or under ``vmap`` JAX raises it as ``jax.errors.JaxRuntimeError``, the message
inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from rank_soft._errors import DtypeError, InvalidInputError, MissingPackageError
from rank_soft._host import Extras
from rank_soft._options import Options, from_last, operator
from rank_soft._rank_soft import spearman_loss as _spearman_of_arrays

try:
    import jax
except ImportError:
    raise MissingPackageError('jax: expected the package jax, got none; run pip install "rank-soft[jax]"') from None

import jax.numpy as jnp
import numpy as np

from rank_soft import _jax_callbacks as callbacks
from rank_soft._jax_checks import HALF, WIDE, check, check_double, check_extras, check_mask, same, wide
from rank_soft._jax_ordinal import ordinal_loss
from rank_soft._jax_sampling import gumbel_noise, gumbel_top_k

if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from jax.typing import DTypeLike
    from numpy.typing import NDArray

    from rank_soft._rank_soft import Loss, _Direction, _Method, _Scale

    _Array: TypeAlias = jax.Array | NDArray[Any]
    _Gradient: TypeAlias = Literal["exact", "straight_through", "black_box"]

__all__ = [
    "gumbel_noise",
    "gumbel_top_k",
    "ordinal_loss",
    "ranking_loss",
    "soft_max",
    "soft_median",
    "soft_min",
    "soft_quantile",
    "soft_rank",
    "soft_sort",
    "soft_top_k",
    "soft_top_k_mask",
    "spearman_loss",
]


def soft_rank(
    values: _Array,
    strength: float = 1.0,
    *,
    direction: _Direction = "ascending",
    method: _Method = "l2",
    scale: _Scale = "absolute",
    gradient: _Gradient = "exact",
    reach: float = 1.0,
    axis: int = -1,
    mask: _Array | None = None,
    weights: _Array | None = None,
    strengths: _Array | None = None,
    offsets: _Array | None = None,
    dtype: DTypeLike | None = None,
    threads: int = 1,
) -> jax.Array:
    """Soft ranks, as by ``rank_soft.soft_rank``.

    Args:
        values: float32, float64, float16 or bfloat16, any shape with at least one dimension.
        strength: 0 to 1e300, not traced; larger is softer, 0 is hard.
        direction: Which value has rank 1: ``"ascending"`` the smallest, ``"descending"`` the largest.
        method: What makes it smooth.
        scale: ``"absolute"``, or ``"auto"``: the strength is in units of R / n of each row.
        gradient: As for ``rank_soft.Operator``.
        reach: As for ``rank_soft.Operator``.
        axis: Along which rows lie.
        mask: bool, in the shape of ``values``: which numbers count. Others have rank 0 and gradient 0.
        weights: In shape and dtype of ``values``, positive: how many equal items each stands for; constants.
        strengths: Factors of the strength: positive, in shape and dtype of ``values``, one for each number, which is
            divided by it; or from 0, one for each row, in the shape of ``values`` without its ``axis``; constants.
        offsets: Integers, shape ``(rows + 1,)``: where each row of flat ``values`` begins, and where the last one ends.
        dtype: Of the result; None: that of ``values``.
        threads: How many threads share the rows; 0: as many as the machine has.

    Returns:
        Ranks from 1 to n, in the shape of ``values``, differentiable once.

    Raises:
        InvalidInputError: A NaN, a number out of its range, an option that is not known.
        ShapeError: No dimension, or a mask of another shape.
        DtypeError: No array, or one of another dtype.

    Source:
        Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).

    Example:
        >>> import jax
        >>> import jax.numpy as jnp
        >>> values = jnp.array([3.0, 0.0, 1.5])
        >>> soft_rank(values, strength=2.0).tolist()
        [2.75, 1.25, 2.0]
        >>> gradient = jax.jit(jax.grad(lambda x: soft_rank(x, strength=2.0)[0]))(values)
        >>> [round(number, 4) for number in gradient.tolist()]
        [0.3333, -0.1667, -0.1667]
    """
    return _apply(
        values,
        Extras(mask, weights, strengths, offsets),
        axis,
        dtype,
        Options(
            "rank",
            strength,
            direction=direction,
            method=method,
            scale=scale,
            gradient=gradient,
            reach=reach,
            threads=threads,
        ),
    )


def soft_sort(
    values: _Array,
    strength: float = 1.0,
    *,
    direction: _Direction = "ascending",
    method: _Method = "l2",
    scale: _Scale = "absolute",
    gradient: _Gradient = "exact",
    axis: int = -1,
    mask: _Array | None = None,
    weights: _Array | None = None,
    strengths: _Array | None = None,
    offsets: _Array | None = None,
    dtype: DTypeLike | None = None,
    threads: int = 1,
) -> jax.Array:
    """Softly sorted values, as by ``rank_soft.soft_sort``.

    Args:
        values: As for ``soft_rank``.
        strength: 0 to 1e300, in the inverse of the values' units; larger is softer, 0 is hard.
        direction: ``"ascending"`` or ``"descending"``.
        method: What makes it smooth.
        scale: ``"absolute"``, or ``"auto"``: the strength is in units of n / R, where R is the range of the row.
        gradient: ``"exact"`` or ``"straight_through"``.
        axis: Along which rows lie.
        mask: bool, in the shape of ``values``: which numbers count. Others are left out, and zeros fill the row.
        weights: None: only ranks and masks of the top have weights.
        strengths: Factors of the strength, from 0, one for each row, in the shape of ``values`` without its ``axis``.
        offsets: As for ``soft_rank``.
        dtype: Of the result; None: that of ``values``.
        threads: As for ``soft_rank``.

    Returns:
        In the shape of ``values``, differentiable once.

    Raises:
        InvalidInputError: As for ``soft_rank``.
        ShapeError: As for ``soft_rank``.
        DtypeError: As for ``soft_rank``.

    Source:
        Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).

    Example:
        >>> import jax.numpy as jnp
        >>> soft_sort(jnp.array([3.0, 0.0, 1.5]), strength=2.0).tolist()  # one block of mean 1.5, in steps of 1 / 2
        [1.0, 1.5, 2.0]
    """
    options = Options(
        "sort", strength, direction=direction, method=method, scale=scale, gradient=gradient, threads=threads
    )
    return _apply(values, Extras(mask, weights, strengths, offsets), axis, dtype, options)


def soft_top_k_mask(
    values: _Array,
    k: int,
    strength: float = 1.0,
    *,
    method: _Method = "l2",
    scale: _Scale = "absolute",
    gradient: _Gradient = "exact",
    reach: float = 1.0,
    axis: int = -1,
    mask: _Array | None = None,
    weights: _Array | None = None,
    strengths: _Array | None = None,
    offsets: _Array | None = None,
    dtype: DTypeLike | None = None,
    threads: int = 1,
) -> jax.Array:
    """How far each value belongs to the k largest, as by ``rank_soft.soft_top_k_mask``.

    Args:
        values: As for ``soft_rank``.
        k: How many.
        strength: As for ``soft_rank``.
        method: What makes it smooth.
        scale: As for ``soft_rank``.
        gradient: As for ``rank_soft.Operator``.
        reach: As for ``rank_soft.Operator``.
        axis: Along which rows lie.
        mask: bool, in the shape of ``values``: which numbers count.
        weights: As for ``soft_rank``.
        strengths: As for ``soft_rank``.
        offsets: As for ``soft_rank``.
        dtype: Of the result; None: that of ``values``.
        threads: As for ``soft_rank``.

    Returns:
        Numbers from 0 to 1 in the shape of ``values``, differentiable once.

    Raises:
        InvalidInputError: As for ``soft_rank``.
        ShapeError: As for ``soft_rank``.
        DtypeError: As for ``soft_rank``.

    Example:
        >>> import jax.numpy as jnp
        >>> soft_top_k_mask(jnp.array([3.0, 0.0, 2.0, 1.5]), 2).tolist()
        [1.0, 0.0, 0.75, 0.25]
    """
    options = Options(
        "top_k_mask", strength, k=k, method=method, scale=scale, gradient=gradient, reach=reach, threads=threads
    )
    return _apply(values, Extras(mask, weights, strengths, offsets), axis, dtype, options)


def soft_top_k(
    values: _Array,
    k: int,
    strength: float = 1.0,
    *,
    method: _Method = "l2",
    scale: _Scale = "absolute",
    gradient: _Gradient = "exact",
    axis: int = -1,
    mask: _Array | None = None,
    strengths: _Array | None = None,
    offsets: _Array | None = None,
    dtype: DTypeLike | None = None,
    threads: int = 1,
) -> jax.Array:
    """The k largest values, softly, as by ``rank_soft.soft_top_k``.

    Args:
        values: As for ``soft_rank``.
        k: How many.
        strength: As for ``soft_sort``.
        method: What makes it smooth.
        scale: As for ``soft_sort``.
        gradient: As for ``soft_sort``.
        axis: Along which rows lie.
        mask: bool, in the shape of ``values``: which numbers count.
        strengths: As for ``soft_sort``.
        offsets: As for ``soft_rank``.
        dtype: Of the result; None: that of ``values``.
        threads: As for ``soft_rank``.

    Returns:
        Descending, k of them along ``axis``, differentiable once.

    Raises:
        InvalidInputError: As for ``soft_rank``.
        ShapeError: As for ``soft_rank``.
        DtypeError: As for ``soft_rank``.

    Example:
        >>> import jax.numpy as jnp
        >>> soft_top_k(jnp.array([3.0, 0.0, 1.5]), 2, strength=0.1).tolist()
        [3.0, 1.5]
    """
    options = Options("top_k", strength, k=k, method=method, scale=scale, gradient=gradient, threads=threads)
    return _apply(values, Extras(mask, None, strengths, offsets), axis, dtype, options)


def soft_quantile(
    values: _Array,
    level: float,
    strength: float = 1.0,
    *,
    method: _Method = "l2",
    scale: _Scale = "absolute",
    gradient: _Gradient = "exact",
    axis: int = -1,
    mask: _Array | None = None,
    strengths: _Array | None = None,
    offsets: _Array | None = None,
    dtype: DTypeLike | None = None,
    threads: int = 1,
) -> jax.Array:
    """The soft quantile, as by ``rank_soft.soft_quantile``.

    Args:
        values: As for ``soft_rank``.
        level: 0 to 1: the share of the row below it.
        strength: As for ``soft_sort``.
        method: What makes it smooth.
        scale: As for ``soft_sort``.
        gradient: As for ``soft_sort``.
        axis: Along which rows lie; the result lacks it.
        mask: bool, in the shape of ``values``: which numbers count.
        strengths: As for ``soft_sort``.
        offsets: As for ``soft_rank``.
        dtype: Of the result; None: that of ``values``.
        threads: As for ``soft_rank``.

    Returns:
        One number a row, differentiable once.

    Raises:
        InvalidInputError: As for ``soft_rank``.
        ShapeError: As for ``soft_rank``.
        DtypeError: As for ``soft_rank``.

    Example:
        >>> import jax.numpy as jnp
        >>> soft_quantile(jnp.array([3.0, 0.0, 1.5]), 0.5, strength=0.1).item()
        1.5
    """
    options = Options("quantile", strength, level=level, method=method, scale=scale, gradient=gradient, threads=threads)
    return _apply(values, Extras(mask, None, strengths, offsets), axis, dtype, options)


def soft_median(values: _Array, strength: float = 1.0, **options: Any) -> jax.Array:  # noqa: ANN401
    """The soft median.

    Args:
        values: As for ``soft_rank``.
        strength: As for ``soft_sort``.
        **options: As for ``soft_quantile``.

    Returns:
        One number a row, differentiable once.

    Raises:
        InvalidInputError: As for ``soft_rank``.
        ShapeError: As for ``soft_rank``.
        DtypeError: As for ``soft_rank``.

    Example:
        >>> import jax.numpy as jnp
        >>> soft_median(jnp.array([3.0, 0.0, 1.5]), strength=0.1).item()
        1.5
    """
    return soft_quantile(values, 0.5, strength, **options)


def soft_min(values: _Array, strength: float = 1.0, **options: Any) -> jax.Array:  # noqa: ANN401
    """The soft minimum.

    Args:
        values: As for ``soft_rank``.
        strength: As for ``soft_sort``.
        **options: As for ``soft_quantile``.

    Returns:
        One number a row, differentiable once.

    Raises:
        InvalidInputError: As for ``soft_rank``.
        ShapeError: As for ``soft_rank``.
        DtypeError: As for ``soft_rank``.

    Example:
        >>> import jax.numpy as jnp
        >>> soft_min(jnp.array([3.0, 0.0, 1.5]), strength=2.0).item()
        1.0
    """
    return soft_quantile(values, 0.0, strength, **options)


def soft_max(values: _Array, strength: float = 1.0, **options: Any) -> jax.Array:  # noqa: ANN401
    """The soft maximum.

    Args:
        values: As for ``soft_rank``.
        strength: As for ``soft_sort``.
        **options: As for ``soft_quantile``.

    Returns:
        One number a row, differentiable once.

    Raises:
        InvalidInputError: As for ``soft_rank``.
        ShapeError: As for ``soft_rank``.
        DtypeError: As for ``soft_rank``.

    Example:
        >>> import jax.numpy as jnp
        >>> soft_max(jnp.array([3.0, 0.0, 1.5]), strength=2.0).item()
        2.0
    """
    return soft_quantile(values, 1.0, strength, **options)


def spearman_loss(predictions: _Array, targets: _Array, strength: float = 1.0, *, method: _Method = "l2") -> jax.Array:
    """1 less the Pearson correlation of the soft ranks of both sides, as by ``rank_soft.spearman_loss``.

    Args:
        predictions: float32, float64, float16 or bfloat16, shape ``(..., n)``.
        targets: In the shape and in the dtype of the predictions.
        strength: As for ``soft_rank``.
        method: ``"l2"`` or ``"kl"``.

    Returns:
        The loss of each row, shape ``(...)``, from 0 (same order) to 2 (reversed): take its mean. Differentiable once,
        to both sides.

    Raises:
        InvalidInputError: A number that is not finite, an option that is not known.
        ShapeError: No dimension, or two shapes.
        DtypeError: No array, one of another dtype, or two dtypes.

    Source:
        Blondel, Teboul, Berthet, Djolonga (ICML 2020), section 6.

    Example:
        >>> import jax.numpy as jnp
        >>> loss = spearman_loss(jnp.array([[0.1, 0.5, 0.9]]), jnp.array([[20.0, 10.0, 30.0]]), strength=0.1)
        >>> round(loss.mean().item(), 6)
        0.5
    """
    check(predictions, "predictions")
    check(targets, "targets")
    same(targets, predictions, "targets", "predictions")
    strength = float(strength)
    _spearman_of_arrays(np.zeros(0), np.zeros(0), strength, method=method)
    losses = callbacks.spearman(strength, method, wide(predictions), wide(targets))
    return cast("jax.Array", losses.astype(predictions.dtype))


def ranking_loss(
    scores: _Array,
    labels: _Array,
    loss: Loss,
    *,
    mask: _Array | None = None,
    weights: _Array | None = None,
    reduction: Literal["mean", "sum", "none"] = "mean",
    threads: int = 1,
) -> jax.Array:
    """A ranking loss of ``rank_soft.Loss``, differentiable to the scores.

    Args:
        scores: float32, float64, float16 or bfloat16, shape ``(..., n)``; finite.
        labels: In the shape and in the dtype of the scores; constants.
        loss: Which one; make it once, as a compiled function is compiled again for another.
        mask: bool, in the shape of the scores: which items count.
        weights: In shape and dtype of the scores, positive; constants.
        reduction: ``"mean"``, ``"sum"``, or ``"none"``: each row's own mean.
        threads: As for ``soft_rank``.

    Returns:
        A scalar, or without reduction one number a row, shape ``(...)``, in the dtype of the scores.

    Raises:
        InvalidInputError: A number that is not finite, a weight that is not positive, an unknown reduction.
        ShapeError: No dimension, or two shapes.
        DtypeError: No array, one of another dtype, or two dtypes.

    Example:
        >>> import jax
        >>> import jax.numpy as jnp
        >>> from rank_soft import Loss
        >>> rank_net, labels = Loss("rank_net"), jnp.array([1.0, 0.0])
        >>> jax.grad(lambda scores: ranking_loss(scores, labels, rank_net))(jnp.zeros(2)).tolist()
        [-0.5, 0.5]
    """
    check(scores, "scores")
    for array, argument in ((labels, "labels"), (weights, "weights")):
        if array is not None:
            check(array, argument)
            same(array, scores, argument, "scores")
    check_mask(mask, scores, "scores")
    if reduction not in ("mean", "sum", "none"):
        raise InvalidInputError(f'reduction: expected one of "mean", "sum", "none", got {reduction!r}; pass one')
    listed = callbacks.Listed(loss, reduction, threads, scores.ndim)
    shares = None if weights is None else wide(weights)
    marks = None if mask is None else jnp.asarray(mask)
    value = callbacks.listwise(listed, wide(scores), wide(labels), marks, shares)
    return cast("jax.Array", value.astype(scores.dtype))


def _apply(values: _Array, extras: Extras, axis: int, dtype: DTypeLike | None, options: Options) -> jax.Array:
    check(values, "values")
    wanted = values.dtype if dtype is None else jnp.dtype(dtype)
    if wanted.name not in WIDE + HALF:
        raise DtypeError(f"dtype: expected a float dtype of at most 64 bits, got {wanted}; pass jax.numpy.float32")
    check_double(wanted, "dtype", "jax.numpy.float32")
    options = options._replace(strength=float(options.strength), axis=from_last(axis, values.ndim, "axis"))
    operator(options)
    check_extras(values, extras, options.axis)
    mask, weights, strengths, offsets = extras
    given = Extras(
        None if mask is None else jnp.asarray(mask),
        None if weights is None else wide(weights),
        None if strengths is None else wide(strengths),
        None if offsets is None else jnp.asarray(offsets),
    )
    return cast("jax.Array", callbacks.apply(options, wide(values), given).astype(wanted))
