from typing import Any, Literal, Never, TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

_Float = TypeVar("_Float", np.float32, np.float64)
# What only an array of unknown dimensions matches.
_UnknownShape: TypeAlias = tuple[Never, Never, Never]

def soft_rank(
    values: NDArray[_Float],
    strength: float = 1.0,
    *,
    direction: Literal["ascending", "descending"] = "ascending",
    regularization: Literal["l2", "kl"] = "l2",
) -> NDArray[_Float]:
    """Soft ranks: the projection of ``values / strength`` onto the permutahedron of ``(1, …, n)``, exact.

    Args:
        values: float32 or float64, shape ``(n,)`` or ``(rows, n)``, C-contiguous, read without a copy. Each row is
            ranked by itself.
        strength: 0 to 1e300, in the units of the values; the paper's epsilon. Larger is softer, 0 is hard. For n values
            that span R, R / n is a good start; with l2, twice that pools all.
        direction: Which value has rank 1: ``"ascending"`` the smallest, ``"descending"`` the largest.
        regularization: ``"l2"``, piecewise linear and hard where values lie further apart than the strength, or
            ``"kl"``, smooth within each block.

    Returns:
        Ranks from 1 to n with sum n (n + 1) / 2 in each row, in shape and dtype of ``values``. Equal values have equal
        ranks. Sums are made in float64. O(n log n).

    Raises:
        InvalidInputError: A NaN, an infinity, a strength out of its range, an option that is not known.
        ShapeError: Another shape or other strides.
        DtypeError: No array, or one of another dtype.

    Source:
        Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).

    Example:
        >>> soft_rank(np.array([2.5, 0.0, 1.0]), strength=0.5)
        array([3., 1., 2.])
        >>> soft_rank(np.array([3.0, 0.0, 1.5]), strength=2.0)  # one block: 2 + (value - 1.5) / 2
        array([2.75, 1.25, 2.  ])
    """

def soft_sort(
    values: NDArray[_Float],
    strength: float = 1.0,
    *,
    direction: Literal["ascending", "descending"] = "ascending",
    regularization: Literal["l2", "kl"] = "l2",
) -> NDArray[_Float]:
    """The softly sorted values: the projection of ``(n, …, 1) / strength`` onto their permutahedron, exact.

    Args:
        values: float32 or float64, shape ``(n,)`` or ``(rows, n)``, C-contiguous, read without a copy. Each row is
            sorted by itself.
        strength: 0 to 1e300, in the inverse of the values' units; the paper's epsilon. Larger is softer, 0 is hard.
        direction: ``"ascending"`` or ``"descending"``.
        regularization: ``"l2"``, hard where neighbors lie closer than 1 / strength, or ``"kl"``, which exponentiates
            the values as they are: standardize them first.

    Returns:
        The sorted values, in shape and dtype of ``values``; with l2 each row keeps its sum. O(n log n).

    Raises:
        InvalidInputError: A NaN, an infinity, a strength out of its range, an option that is not known.
        ShapeError: Another shape or other strides.
        DtypeError: No array, or one of another dtype.

    Source:
        Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).

    Example:
        >>> soft_sort(np.array([3.0, 0.0, 1.5]), strength=0.1)
        array([0. , 1.5, 3. ])
        >>> soft_sort(np.array([3.0, 0.0, 1.5]), strength=2.0)  # one block of mean 1.5, in steps of 1 / 2
        array([1. , 1.5, 2. ])
    """

def soft_rank_vjp(
    values: NDArray[_Float],
    cotangent: NDArray[_Float],
    strength: float = 1.0,
    *,
    direction: Literal["ascending", "descending"] = "ascending",
    regularization: Literal["l2", "kl"] = "l2",
) -> NDArray[_Float]:
    """The gradient, to the values, of the inner product of ``cotangent`` and ``soft_rank(values)``. Exact.

    Args:
        values: As for ``soft_rank``.
        cotangent: What the ranks are multiplied with, in shape and dtype of ``values``; finite.
        strength: As for ``soft_rank``.
        direction: As for ``soft_rank``.
        regularization: As for ``soft_rank``.

    Returns:
        The gradient, in shape and dtype of ``values``: 0 for a value that shares its block with no other, and at
        strength 0. Where two blocks just touch, or values are equal, they count as one block. O(n log n).

    Raises:
        InvalidInputError: A NaN, an infinity, a strength out of its range, an option that is not known.
        ShapeError: Another shape or other strides, or two shapes.
        DtypeError: No array, one of another dtype, or two dtypes.

    Source:
        Blondel, Teboul, Berthet, Djolonga (ICML 2020), proposition 4.

    Example:
        >>> soft_rank_vjp(np.array([2.5, 0.0, 1.0]), np.array([3.0, 0.0, 0.0]), strength=2.0)
        array([ 1. , -0.5, -0.5])
    """

def soft_sort_vjp(
    values: NDArray[_Float],
    cotangent: NDArray[_Float],
    strength: float = 1.0,
    *,
    direction: Literal["ascending", "descending"] = "ascending",
    regularization: Literal["l2", "kl"] = "l2",
) -> NDArray[_Float]:
    """The gradient, to the values, of the inner product of ``cotangent`` and ``soft_sort(values)``. Exact.

    Args:
        values: As for ``soft_sort``.
        cotangent: What the sorted values are multiplied with, in shape and dtype of ``values``; finite.
        strength: As for ``soft_sort``.
        direction: As for ``soft_sort``.
        regularization: As for ``soft_sort``.

    Returns:
        The gradient, in shape and dtype of ``values``. With l2, the values of a block share the mean of its cotangents.
        O(n log n).

    Raises:
        InvalidInputError: A NaN, an infinity, a strength out of its range, an option that is not known.
        ShapeError: Another shape or other strides, or two shapes.
        DtypeError: No array, one of another dtype, or two dtypes.

    Source:
        Blondel, Teboul, Berthet, Djolonga (ICML 2020), proposition 4; KL: the derivative of each block's log-sum-exp.

    Example:
        >>> soft_sort_vjp(np.array([3.0, 0.0, 1.5]), np.array([10.0, 20.0, 30.0]), strength=0.0)
        array([30., 10., 20.])
    """

@overload
def spearman_loss(
    predictions: np.ndarray[_UnknownShape, np.dtype[_Float]],
    targets: np.ndarray[_UnknownShape, np.dtype[_Float]],
    strength: float = 1.0,
    *,
    regularization: Literal["l2", "kl"] = "l2",
) -> Any: ...  # noqa: ANN401
@overload
def spearman_loss(
    predictions: np.ndarray[tuple[int], np.dtype[_Float]],
    targets: np.ndarray[tuple[int], np.dtype[_Float]],
    strength: float = 1.0,
    *,
    regularization: Literal["l2", "kl"] = "l2",
) -> float: ...
@overload
def spearman_loss(
    predictions: np.ndarray[tuple[int, int], np.dtype[_Float]],
    targets: np.ndarray[tuple[int, int], np.dtype[_Float]],
    strength: float = 1.0,
    *,
    regularization: Literal["l2", "kl"] = "l2",
) -> np.ndarray[tuple[int], np.dtype[_Float]]:
    """The soft Spearman loss: 1 less the Pearson correlation of the soft ranks of both arguments.

    Args:
        predictions: float32 or float64, shape ``(n,)`` or ``(rows, n)``, C-contiguous, read without a copy.
        targets: The same shape and dtype; ranked as softly as the predictions.
        strength: As for ``soft_rank``. At 0 the loss is 1 less Spearman's coefficient, ties getting average ranks. Once
            it pools everything (l2), the loss is 1 less the Pearson correlation of the raw numbers.
        regularization: As for ``soft_rank``.

    Returns:
        A float from 0 (same order) to 2 (reversed); for rows an array of shape ``(rows,)``, one loss for each. Where
        the correlation is not defined, all ranks of one side being equal or n < 2, the loss is 1. O(n log n).

    Raises:
        InvalidInputError: A NaN, an infinity, a strength out of its range, an option that is not known.
        ShapeError: Another shape or other strides, or two shapes.
        DtypeError: No array, one of another dtype, or two dtypes.

    Source:
        Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020), section 6.

    Example:
        >>> round(spearman_loss(np.array([0.1, 0.5, 0.9]), np.array([20.0, 10.0, 30.0]), strength=0.1), 12)
        0.5
    """

def spearman_loss_grad(
    predictions: NDArray[_Float],
    targets: NDArray[_Float],
    strength: float = 1.0,
    *,
    regularization: Literal["l2", "kl"] = "l2",
) -> tuple[NDArray[_Float], NDArray[_Float]]:
    """The gradients of ``spearman_loss``, of each row's own loss for rows. Exact.

    Args:
        predictions: As for ``spearman_loss``.
        targets: As for ``spearman_loss``.
        strength: As for ``spearman_loss``.
        regularization: As for ``soft_rank``.

    Returns:
        The gradients to the predictions and to the targets, in their shape and dtype; 0 where the correlation is not
        defined. O(n log n).

    Raises:
        InvalidInputError: A NaN, an infinity, a strength out of its range, an option that is not known.
        ShapeError: Another shape or other strides, or two shapes.
        DtypeError: No array, one of another dtype, or two dtypes.

    Source:
        The chain rule over ``soft_rank_vjp`` of Blondel, Teboul, Berthet, Djolonga (ICML 2020).

    Example:
        >>> scores, targets = np.array([0.0, 1.0, 3.0]), np.array([2.0, 1.0, 0.0])
        >>> to_scores, _ = spearman_loss_grad(scores, targets, strength=4.0)
        >>> bool(spearman_loss(scores - 0.1 * to_scores, targets, 4.0) < spearman_loss(scores, targets, 4.0))
        True
    """
