from collections.abc import Sequence
from os import PathLike
from typing import Any, ClassVar, Literal, Never, TypeAlias, TypeVar, final, overload

import numpy as np
from numpy.typing import NDArray

_Float = TypeVar("_Float", np.float16, np.float32, np.float64)
_Method: TypeAlias = Literal[
    "l2",
    "kl",
    "lapsum",
    "softsort",
    "neuralsort",
    "sinkhorn",
    "odd_even",
    "odd_even_logistic",
    "odd_even_reciprocal",
    "odd_even_optimal",
    "bitonic",
    "bitonic_logistic",
    "bitonic_reciprocal",
    "bitonic_optimal",
    "sigmoid",
    "subset",
]
_Direction: TypeAlias = Literal["ascending", "descending"]
_Scale: TypeAlias = Literal["absolute", "auto"]
# Of losses.
_Real = TypeVar("_Real", np.float32, np.float64)
# What only an array of unknown dimensions matches.
_UnknownShape: TypeAlias = tuple[Never, Never, Never]

def soft_rank(
    values: NDArray[_Float],
    strength: float = 1.0,
    *,
    direction: _Direction = "ascending",
    method: _Method = "l2",
    scale: _Scale = "absolute",
    axis: int | None = None,
    mask: NDArray[np.bool_] | None = None,
    weights: NDArray[_Float] | None = None,
    strengths: NDArray[_Float] | None = None,
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
    progress: bool = False,
) -> NDArray[_Float]:
    """Soft ranks: with l2 and KL ``values / strength`` projected onto the permutahedron of ``(1, …, n)``, exact.

    Args:
        values: float16, float32 or float64, of any shape ``(..., n)``, C-contiguous, read without a copy. Each row is
            ranked by itself. Infinite values have hard ranks, ties their average.
        strength: 0 to 1e300, in the units of the values; the paper's epsilon. Larger is softer, 0 is hard. For n values
            that span R, R / n is a good start; with l2, twice that pools all.
        direction: Which value has rank 1: ``"ascending"`` the smallest, ``"descending"`` the largest.
        method: ``"l2"``, piecewise linear and hard where values lie further apart than the strength; ``"kl"``, smooth
            within each block; ``"lapsum"`` (O(n log n)), ``"softsort"``, ``"neuralsort"``, ``"odd_even"`` (O(n²)),
            ``"bitonic"``, ``"sinkhorn"`` (50 rounds of O(n²), strength without unit); or ``"sigmoid"``, ranks from 0
            to 1 whose strength is a slope: larger is harder. Of networks the comparator is Cauchy's, or named:
            ``"bitonic_optimal"``.
        scale: ``"absolute"``, or ``"auto"``: the strength is in units of R / n of each row.
        axis: Along which rows lie, None being the last; another costs a copy.
        mask: bool, in the shape of ``values``: which numbers count. Others have rank 0.
        weights: In shape and dtype of ``values``, positive: how many equal items each stands for.
        strengths: Factors of the strength: positive, in shape and dtype of ``values``, one for each number, which is
            divided by it; or from 0, one for each row, in the shape of ``values`` without its axis.
        offsets: int64, shape ``(rows + 1,)``: where each row of flat ``values`` begins, and where the last one ends.
        threads: How many threads share the rows; 0: as many as the machine has. Results do not depend on it.
        progress: Whether to show a bar. Ctrl-C ends long work in any case.

    Returns:
        Ranks from 1 to n with sum n (n + 1) / 2 in each row, in shape and dtype of ``values``. Equal values have equal
        ranks. Sums are made in float64. O(n log n).

    Raises:
        InvalidInputError: A NaN, a number out of its range, an option that is not known.
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

def soft_rank_vjp(
    values: NDArray[_Float],
    cotangent: NDArray[_Float],
    strength: float = 1.0,
    *,
    direction: _Direction = "ascending",
    method: _Method = "l2",
    scale: _Scale = "absolute",
    axis: int | None = None,
    mask: NDArray[np.bool_] | None = None,
    weights: NDArray[_Float] | None = None,
    strengths: NDArray[_Float] | None = None,
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
    progress: bool = False,
) -> NDArray[_Float]:
    """The gradient, to the values, of the inner product of ``cotangent`` and ``soft_rank(values)``. Exact.

    Ranks and gradients together are one fit less by ``Operator.forward``.

    Args:
        values: As for ``soft_rank``.
        cotangent: What the ranks are multiplied with, in shape and dtype of ``values``; finite.
        strength: As for ``soft_rank``.
        direction: As for ``soft_rank``.
        method: As for ``soft_rank``.
        scale: As for ``soft_rank``; no gradient flows through the range.
        axis: As for ``soft_rank``.
        mask: As for ``soft_rank``; the others have gradient 0.
        weights: As for ``soft_rank``.
        strengths: As for ``soft_rank``; constants.
        offsets: As for ``soft_rank``.
        threads: As for ``soft_rank``.
        progress: As for ``soft_rank``.

    Returns:
        The gradient, in shape and dtype of ``values``: 0 for a value that shares its block with no other, and at
        strength 0. Where two blocks just touch, or values are equal, they count as one block. O(n log n).

    Raises:
        InvalidInputError: A NaN, a number out of its range, an option that is not known.
        ShapeError: Another shape or other strides.
        DtypeError: No array, or one of another dtype.

    Source:
        Blondel, Teboul, Berthet, Djolonga (ICML 2020), proposition 4.

    Example:
        >>> soft_rank_vjp(np.array([2.5, 0.0, 1.0]), np.array([3.0, 0.0, 0.0]), strength=2.0)
        array([ 1. , -0.5, -0.5])
    """

def soft_sort(
    values: NDArray[_Float],
    strength: float = 1.0,
    *,
    direction: _Direction = "ascending",
    method: _Method = "l2",
    scale: _Scale = "absolute",
    axis: int | None = None,
    mask: NDArray[np.bool_] | None = None,
    weights: NDArray[_Float] | None = None,
    strengths: NDArray[_Float] | None = None,
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
    progress: bool = False,
) -> NDArray[_Float]:
    """The softly sorted values: with l2 and KL the projection of ``(n, …, 1) / strength`` onto their permutahedron.

    Args:
        values: As for ``soft_rank``. Infinite values stay where they are sorted to.
        strength: 0 to 1e300, in the inverse of the values' units; the paper's epsilon. Larger is softer, 0 is hard.
        direction: ``"ascending"`` or ``"descending"``.
        method: ``"l2"``, hard where neighbors lie closer than 1 / strength, or ``"kl"``, which exponentiates the values
            as they are: standardize them first.
        scale: ``"absolute"``, or ``"auto"``: the strength is in units of n / R, where R is the range of the row.
        axis: Along which rows lie, None being the last; another costs a copy.
        mask: bool, in the shape of ``values``: which numbers count. Others are left out, and zeros fill the row.
        weights: None: only ranks have weights.
        strengths: Factors of the strength, from 0, one for each row, in the shape of ``values`` without its axis.
        offsets: int64, shape ``(rows + 1,)``: where each row of flat ``values`` begins, and where the last one ends.
        threads: How many threads share the rows; 0: as many as the machine has. Results do not depend on it.
        progress: Whether to show a bar. Ctrl-C ends long work in any case.

    Returns:
        The sorted values, in shape and dtype of ``values``; with l2 each row keeps its sum. O(n log n).

    Raises:
        InvalidInputError: A NaN, a number out of its range, an option that is not known.
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

def soft_sort_vjp(
    values: NDArray[_Float],
    cotangent: NDArray[_Float],
    strength: float = 1.0,
    *,
    direction: _Direction = "ascending",
    method: _Method = "l2",
    scale: _Scale = "absolute",
    axis: int | None = None,
    mask: NDArray[np.bool_] | None = None,
    weights: NDArray[_Float] | None = None,
    strengths: NDArray[_Float] | None = None,
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
    progress: bool = False,
) -> NDArray[_Float]:
    """The gradient, to the values, of the inner product of ``cotangent`` and ``soft_sort(values)``. Exact.

    Ranks and gradients together are one fit less by ``Operator.forward``.

    Args:
        values: As for ``soft_sort``.
        cotangent: What the sorted values are multiplied with, in shape and dtype of ``values``; finite.
        strength: As for ``soft_sort``.
        direction: As for ``soft_sort``.
        method: As for ``soft_sort``.
        scale: As for ``soft_sort``; no gradient flows through the range.
        axis: As for ``soft_sort``.
        mask: As for ``soft_sort``; the others have gradient 0.
        weights: As for ``soft_sort``.
        strengths: As for ``soft_sort``; constants.
        offsets: As for ``soft_sort``.
        threads: As for ``soft_sort``.
        progress: As for ``soft_rank``.

    Returns:
        The gradient, in shape and dtype of ``values``. With l2, the values of a block share the mean of its cotangents.
        O(n log n).

    Raises:
        InvalidInputError: A NaN, a number out of its range, an option that is not known.
        ShapeError: Another shape or other strides.
        DtypeError: No array, or one of another dtype.

    Source:
        Blondel, Teboul, Berthet, Djolonga (ICML 2020), proposition 4.

    Example:
        >>> soft_sort_vjp(np.array([3.0, 0.0, 1.5]), np.array([10.0, 20.0, 30.0]), strength=0.0)
        array([30., 10., 20.])
    """

def soft_top_k_mask(
    values: NDArray[_Float],
    k: int,
    strength: float = 1.0,
    *,
    method: _Method = "l2",
    scale: _Scale = "absolute",
    axis: int | None = None,
    mask: NDArray[np.bool_] | None = None,
    weights: NDArray[_Float] | None = None,
    strengths: NDArray[_Float] | None = None,
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
    progress: bool = False,
) -> NDArray[_Float]:
    """How far each value belongs to the ``k`` largest: ``values / strength`` projected onto k ones, else zeros.

    ``Operator`` has its gradient.

    Args:
        values: As for ``soft_rank``.
        k: How many are chosen.
        strength: As for ``soft_rank``.
        method: As for ``soft_rank``.
        scale: As for ``soft_rank``.
        axis: As for ``soft_rank``.
        mask: Which numbers count.
        weights: As for ``soft_rank``.
        strengths: As for ``soft_rank``.
        offsets: As for ``soft_rank``.
        threads: As for ``soft_rank``.
        progress: As for ``soft_rank``.

    Returns:
        Numbers from 0 to 1 in shape and dtype of ``values``; a row of them, each times its weight, has sum k (or n).

    Raises:
        InvalidInputError: A NaN, a number out of its range, an option that is not known.
        ShapeError: Another shape or other strides.
        DtypeError: No array, or one of another dtype.

    Source:
        Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).

    Example:
        >>> soft_top_k_mask(np.array([3.0, 0.0, 2.0, 1.5]), 2, strength=0.1)
        array([1., 0., 1., 0.])
        >>> soft_top_k_mask(np.array([3.0, 0.0, 2.0, 1.5]), 2, strength=1.0)  # 2 and 1.5 share one: ½ ± ¼
        array([1.  , 0.  , 0.75, 0.25])
    """

def soft_top_k(
    values: NDArray[_Float],
    k: int,
    strength: float = 1.0,
    *,
    method: _Method = "l2",
    scale: _Scale = "absolute",
    axis: int | None = None,
    mask: NDArray[np.bool_] | None = None,
    strengths: NDArray[_Float] | None = None,
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
    progress: bool = False,
) -> NDArray[_Float]:
    """The ``k`` largest values, softly sorted, the largest first.

    ``Operator`` has its gradient.

    Args:
        values: As for ``soft_rank``.
        k: How many.
        strength: As for ``soft_sort``.
        method: As for ``soft_sort``.
        scale: As for ``soft_sort``.
        axis: As for ``soft_rank``.
        mask: Which numbers count.
        strengths: As for ``soft_sort``.
        offsets: As for ``soft_rank``.
        threads: As for ``soft_rank``.
        progress: As for ``soft_rank``.

    Returns:
        Shape ``(..., k)``, in the dtype of ``values``; 0 beyond the end of a row.

    Raises:
        InvalidInputError: A NaN, a number out of its range, an option that is not known.
        ShapeError: Another shape or other strides.
        DtypeError: No array, or one of another dtype.

    Source:
        Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).

    Example:
        >>> soft_top_k(np.array([3.0, 0.0, 1.5]), 2, strength=0.1)
        array([3. , 1.5])
    """

def soft_quantile(
    values: NDArray[_Float],
    level: float,
    strength: float = 1.0,
    *,
    method: _Method = "l2",
    scale: _Scale = "absolute",
    axis: int | None = None,
    mask: NDArray[np.bool_] | None = None,
    strengths: NDArray[_Float] | None = None,
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
    progress: bool = False,
) -> NDArray[_Float]:
    """The soft quantile: entries of ``soft_sort``, between which is interpolated.

    ``Operator`` has its gradient.

    Args:
        values: As for ``soft_rank``.
        level: 0 to 1: the share of the row below it.
        strength: As for ``soft_sort``.
        method: As for ``soft_sort``.
        scale: As for ``soft_sort``.
        axis: As for ``soft_rank``.
        mask: Which numbers count.
        strengths: As for ``soft_sort``.
        offsets: As for ``soft_rank``.
        threads: As for ``soft_rank``.
        progress: As for ``soft_rank``.

    Returns:
        Shape ``(...)``, in the dtype of ``values``; NaN for an empty row.

    Raises:
        InvalidInputError: A NaN, a number out of its range, an option that is not known.
        ShapeError: Another shape or other strides.
        DtypeError: No array, or one of another dtype.

    Source:
        Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).

    Example:
        >>> float(soft_quantile(np.array([3.0, 0.0, 1.0]), 0.75, strength=0.1))
        2.0
    """

def soft_median(
    values: NDArray[_Float],
    strength: float = 1.0,
    *,
    method: _Method = "l2",
    scale: _Scale = "absolute",
    axis: int | None = None,
    mask: NDArray[np.bool_] | None = None,
    strengths: NDArray[_Float] | None = None,
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
    progress: bool = False,
) -> NDArray[_Float]:
    """The soft median: an entry of ``soft_sort``.

    ``Operator`` has its gradient.

    Args:
        values: As for ``soft_rank``.
        strength: As for ``soft_sort``.
        method: As for ``soft_sort``.
        scale: As for ``soft_sort``.
        axis: As for ``soft_rank``.
        mask: Which numbers count.
        strengths: As for ``soft_sort``.
        offsets: As for ``soft_rank``.
        threads: As for ``soft_rank``.
        progress: As for ``soft_rank``.

    Returns:
        Shape ``(...)``, in the dtype of ``values``; NaN for an empty row.

    Raises:
        InvalidInputError: A NaN, a number out of its range, an option that is not known.
        ShapeError: Another shape or other strides.
        DtypeError: No array, or one of another dtype.

    Source:
        Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).

    Example:
        >>> float(soft_median(np.array([3.0, 0.0, 1.0]), strength=0.1))
        1.0
    """

def soft_min(
    values: NDArray[_Float],
    strength: float = 1.0,
    *,
    method: _Method = "l2",
    scale: _Scale = "absolute",
    axis: int | None = None,
    mask: NDArray[np.bool_] | None = None,
    strengths: NDArray[_Float] | None = None,
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
    progress: bool = False,
) -> NDArray[_Float]:
    """The soft minimum: an entry of ``soft_sort``.

    ``Operator`` has its gradient.

    Args:
        values: As for ``soft_rank``.
        strength: As for ``soft_sort``.
        method: As for ``soft_sort``.
        scale: As for ``soft_sort``.
        axis: As for ``soft_rank``.
        mask: Which numbers count.
        strengths: As for ``soft_sort``.
        offsets: As for ``soft_rank``.
        threads: As for ``soft_rank``.
        progress: As for ``soft_rank``.

    Returns:
        Shape ``(...)``, in the dtype of ``values``; NaN for an empty row.

    Raises:
        InvalidInputError: A NaN, a number out of its range, an option that is not known.
        ShapeError: Another shape or other strides.
        DtypeError: No array, or one of another dtype.

    Source:
        Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).

    Example:
        >>> float(soft_min(np.array([3.0, 0.0, 1.0]), strength=0.1))
        0.0
    """

def soft_max(
    values: NDArray[_Float],
    strength: float = 1.0,
    *,
    method: _Method = "l2",
    scale: _Scale = "absolute",
    axis: int | None = None,
    mask: NDArray[np.bool_] | None = None,
    strengths: NDArray[_Float] | None = None,
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
    progress: bool = False,
) -> NDArray[_Float]:
    """The soft maximum: an entry of ``soft_sort``.

    ``Operator`` has its gradient.

    Args:
        values: As for ``soft_rank``.
        strength: As for ``soft_sort``.
        method: As for ``soft_sort``.
        scale: As for ``soft_sort``.
        axis: As for ``soft_rank``.
        mask: Which numbers count.
        strengths: As for ``soft_sort``.
        offsets: As for ``soft_rank``.
        threads: As for ``soft_rank``.
        progress: As for ``soft_rank``.

    Returns:
        Shape ``(...)``, in the dtype of ``values``; NaN for an empty row.

    Raises:
        InvalidInputError: A NaN, a number out of its range, an option that is not known.
        ShapeError: Another shape or other strides.
        DtypeError: No array, or one of another dtype.

    Source:
        Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).

    Example:
        >>> float(soft_max(np.array([3.0, 0.0, 1.0]), strength=0.1))
        3.0
    """

@final
class Operator:
    """A soft operator with its options, its values and its gradient.

    Args:
        kind: What is computed of each row: ``"rank"``, ``"sort"``, ``"top_k_mask"``, ``"top_k"`` or ``"quantile"``.
        strength: Larger is softer, 0 is hard.
        k: Of a mask or of top-k values.
        level: Of a quantile.
        method: What makes it smooth.
        direction: Of ranks and sorting.
        scale: In what the strength is measured.
        gradient: ``"exact"``; ``"straight_through"``, the hard value with the soft gradient; or ``"black_box"``, the
            hard value with the difference of two hard ones for a gradient (Pogančić et al. 2020), for ranks and masks.
        reach: How far the black box looks: the paper's lambda.

    Raises:
        InvalidInputError: An option that is not known, or options that do not go together.

    Example:
        >>> ranks, state = Operator("rank", 2.0).forward(np.array([3.0, 0.0, 1.5]))
        >>> ranks
        array([2.75, 1.25, 2.  ])
        >>> state.vjp(np.array([3.0, 0.0, 0.0]))
        array([ 1. , -0.5, -0.5])
    """

    def __new__(
        cls,
        kind: Literal["rank", "sort", "top_k_mask", "top_k", "quantile"],
        strength: float = 1.0,
        *,
        k: int | None = None,
        level: float | None = None,
        method: _Method = "l2",
        direction: _Direction = "ascending",
        scale: _Scale = "absolute",
        gradient: Literal["exact", "straight_through", "black_box"] = "exact",
        reach: float = 1.0,
    ) -> Operator: ...
    def __call__(
        self,
        values: NDArray[_Float],
        *,
        axis: int | None = None,
        mask: NDArray[np.bool_] | None = None,
        weights: NDArray[_Float] | None = None,
        strengths: NDArray[_Float] | None = None,
        offsets: NDArray[np.int64] | None = None,
        threads: int = 1,
        progress: bool = False,
    ) -> NDArray[_Float]:
        """The values alone.

        Args:
            values: As for ``soft_rank``.
            axis: As for ``soft_rank``.
            mask: As for ``soft_rank``.
            weights: As for ``soft_rank``.
            strengths: Factors of the strength: positive, in shape and dtype of ``values``, one for each number of a
                rank or mask; or one for each row, in the shape of the rows.
            offsets: As for ``soft_rank``.
            threads: As for ``soft_rank``.
            progress: As for ``soft_rank``.

        Returns:
            As the function of the kind does.

        Raises:
            InvalidInputError: A NaN, a number out of its range, an option that is not known.
            ShapeError: Another shape or other strides.
            DtypeError: No array, or one of another dtype.

        Example:
            >>> Operator("sort", 0.0)(np.array([3.0, 0.0, 1.5]))
            array([0. , 1.5, 3. ])
        """

    def diagnose(
        self,
        values: NDArray[_Float],
        *,
        axis: int | None = None,
        mask: NDArray[np.bool_] | None = None,
        weights: NDArray[_Float] | None = None,
        strengths: NDArray[_Float] | None = None,
        offsets: NDArray[np.int64] | None = None,
    ) -> Diagnosis:
        """How hard or how pooled these rows are at the operator's strength, and which strength to try.

        Args:
            values: As for ``soft_rank``.
            axis: As for ``soft_rank``.
            mask: As for ``soft_rank``.
            weights: As for ``soft_rank``.
            strengths: As for ``forward``.
            offsets: As for ``soft_rank``.

        Returns:
            What was found; its text says it in a sentence.

        Raises:
            InvalidInputError: As for ``forward``; a method other than l2 and KL, which have blocks.
            ShapeError: Another shape or other strides.
            DtypeError: No array, or one of another dtype.

        Example:
            >>> print(Operator("rank", 1.0).diagnose(np.array([0.0, 0.5, 1.0, 0.25])))
            fully pooled: each of 1 rows is one block, in which the order has no say; try strength 0.125
        """

    def forward(
        self,
        values: NDArray[_Float],
        *,
        axis: int | None = None,
        mask: NDArray[np.bool_] | None = None,
        weights: NDArray[_Float] | None = None,
        strengths: NDArray[_Float] | None = None,
        offsets: NDArray[np.int64] | None = None,
        threads: int = 1,
        progress: bool = False,
    ) -> tuple[NDArray[_Float], State]:
        """The values, and what their gradient needs.

        Args:
            values: As for ``soft_rank``.
            axis: As for ``soft_rank``.
            mask: As for ``soft_rank``.
            weights: As for ``soft_rank``.
            strengths: Factors of the strength: positive, in shape and dtype of ``values``, one for each number of a
                rank or mask; or one for each row, in the shape of the rows.
            offsets: As for ``soft_rank``.
            threads: As for ``soft_rank``.
            progress: As for ``soft_rank``.

        Returns:
            The values, and the state of the pass.

        Raises:
            InvalidInputError: A NaN, a number out of its range, an option that is not known.
            ShapeError: Another shape or other strides.
            DtypeError: No array, or one of another dtype.

        Example:
            >>> mask, state = Operator("top_k_mask", 1.0, k=2).forward(np.array([3.0, 0.0, 2.0, 1.5]))
            >>> state.vjp(np.array([0.0, 0.0, 1.0, 0.0]))  # 2 and 1.5 share a block
            array([ 0. ,  0. ,  0.5, -0.5])
        """

@final
class Diagnosis:
    """What an operator of one strength does to rows of numbers. Made by ``Operator.diagnose``; ``str`` says it.

    Rows count that have at least two numbers.

    Example:
        >>> Operator("rank", 0.1).diagnose(np.array([1.0, 2.0, 4.0]))
        <Diagnosis: fully hard: in none of 1 rows do numbers share a block; try strength 0.5>
    """

    @property
    def rows(self) -> int:
        """How many rows there are.

        Returns:
            The number.

        Example:
            >>> Operator("rank").diagnose(np.zeros((3, 2))).rows
            3
        """

    @property
    def hard_rows(self) -> int:
        """How many of them are hard: no two different numbers share a block.

        Returns:
            The number.

        Example:
            >>> Operator("rank", 0.1).diagnose(np.array([1.0, 2.0, 4.0])).hard_rows
            1
        """

    @property
    def pooled_rows(self) -> int:
        """How many of them are one block.

        Returns:
            The number.

        Example:
            >>> Operator("rank", 9.0).diagnose(np.array([1.0, 2.0, 4.0])).pooled_rows
            1
        """

    @property
    def pooled_share(self) -> float:
        """The share of numbers that share a block with a different one.

        Returns:
            From 0 to 1.

        Example:
            >>> Operator("rank", 1.0).diagnose(np.array([1.0, 1.5, 4.0, 9.0])).pooled_share
            0.5
        """

    @property
    def suggested_strength(self) -> float:
        """A strength, in the units of the operator's, at which neighbors begin to pool: the median of the rows.

        Returns:
            With l2 half a mean gap of neighbors for ranks; for sorted values the inverse of one.

        Example:
            >>> Operator("rank", 1.0).diagnose(np.array([1.0, 2.0, 4.0])).suggested_strength
            0.5
        """

@final
class State:
    """What the gradient of an ``Operator`` needs of its forward pass: order, blocks, strengths."""

    def vjp(self, cotangent: NDArray[_Float], *, progress: bool = False) -> NDArray[_Float]:
        """The gradient, to the values, of the inner product of the result with ``cotangent``. Exact.

        Args:
            cotangent: In shape and dtype of the result.
            progress: As for ``soft_rank``.

        Returns:
            In shape and dtype of the values.

        Raises:
            ShapeError: Another shape or other strides.
            DtypeError: No array, or one of another dtype.

        Example:
            >>> _, state = Operator("sort", 2.0).forward(np.array([3.0, 0.0, 1.5]))
            >>> state.vjp(np.array([3.0, 0.0, 0.0]))  # one block, which shares the mean
            array([1., 1., 1.])
        """

    def strength_vjp(self, values: NDArray[_Float], cotangent: NDArray[_Float]) -> NDArray[np.float64]:
        """The gradient, to the strength of each row, of the inner product of its result with ``cotangent``. Exact.

        Args:
            values: Those of the forward pass.
            cotangent: In shape and dtype of the result; finite.

        Returns:
            One for each row, to the strength that ``strengths`` names: for a strength that rows share, take the sum;
            for a factor of a row, times strength over factor. 0 at strength 0.

        Raises:
            InvalidInputError: Of Sinkhorn and of a black box, which have none.
            ShapeError: Another shape or other strides.
            DtypeError: No array, or one of another dtype.

        Example:
            >>> values = np.array([3.0, 0.0, 1.5])
            >>> ranks, state = Operator("rank", 2.0).forward(values)  # 2 + (value - 1.5) / strength
            >>> float(state.strength_vjp(values, np.array([1.0, 0.0, 0.0]))[()])
            -0.375
        """

    def strengths_vjp(self, values: NDArray[_Float], cotangent: NDArray[_Float]) -> NDArray[np.float64]:
        """The gradient to the factors of the strength that each number of a rank or a mask has.

        Args:
            values: Those of the forward pass.
            cotangent: In shape and dtype of the result; finite.

        Returns:
            One for each number, in the shape of the values.

        Raises:
            InvalidInputError: Of a sort, Sinkhorn and a black box, which have none.
            ShapeError: Another shape or other strides.
            DtypeError: No array, or one of another dtype.

        Example:
            >>> values = np.array([3.0, 0.0, 1.5])
            >>> ranks, state = Operator("rank", 2.0).forward(values, strengths=np.ones(3))
            >>> state.strengths_vjp(values, np.array([1.0, 0.0, 0.0]))  # -values times their gradients
            array([-1.  ,  0.  ,  0.25])
        """

    def strengths(self) -> NDArray[np.float64]:
        """The strength that each row was computed with: that of the operator, times the row's factor and scale.

        Returns:
            One for each row.

        Example:
            >>> _, state = Operator("rank", 2.0, scale="auto").forward(np.array([[3.0, 0.0, 1.5]]))
            >>> state.strengths()  # in units of 3 / 3
            array([2.])
        """

    def block_counts(self) -> NDArray[np.int64]:
        """How many blocks each row has: n where it is hard throughout, 1 where it is fully pooled.

        Returns:
            One for each row.

        Example:
            >>> Operator("rank", 1.0).forward(np.array([3.0, 0.0, 2.5]))[1].block_counts().item()
            2
        """

@final
class Loss:
    """A ranking loss with its gradient to the scores.

    Numbers are those of Rax 0.4.0, except that masked items count nowhere, where its average precision and its cut-offs
    count them. A row without a pair or a relevant item has loss 0 and gradient 0; a row of equal scores has a tau-b
    and a Spearman loss of 1.

    Args:
        name: ``"rank_net"``, ``"rank_net_label_difference"``, ``"lambda_rank"``, ``"lambda_loss_1"``,
            ``"lambda_loss_2"``, ``"lambda_loss_2_plus_plus"``, ``"pairwise_hinge"`` (or ``"rank_svm"``, ``"triplet"``),
            ``"pairwise_squared_hinge"``, ``"pairwise_soft_zero_one"``, ``"pairwise_qr"``, ``"pairwise_mse"``,
            ``"margin_mse"``, ``"arp_loss_1"``, ``"arp_loss_2"``, ``"yeti"`` (TF-Ranking's YetiRank, of 8 samples),
            ``"kendall"``, ``"kendall_tau_b"``, ``"softmax"``, ``"list_net"``, ``"poly1_softmax"``,
            ``"unique_softmax"``, ``"list_mle"``, ``"p_list_mle"``, ``"kl_distillation"``, ``"pointwise_mse"``,
            ``"pointwise_sigmoid"``, ``"spearman"`` (of hard ranks of the labels), ``"pirank"``,
            ``"rank_net_label_square_difference"``; or of
            ``dcg``, ``ndcg``, ``mrr``, ``ap``, ``precision`` and ``recall``, with ``approx_`` (sums of sigmoids),
            ``gumbel_`` (the same, of 8 samples), ``bound_`` or ``soft_`` (l2 soft ranks) before it, or, but for
            ``mrr``, ``neural_`` (NeuralNDCG's matrix), ``pirank_`` (NeuralSort's) or ``smoothi_``; or, but for
            ``precision``, ``black_box_`` (hard ranks and their black-box gradient), where recall is the mean of
            ``log(1 + log(1 + x))`` over relevant items below x others. ``Loss.NAMES`` has them all.
        temperature: Smaller is harder: of smooth ranks and matrices, of Kendall's coefficients and of both sides of
            distillation; other losses divide their scores by it, as in TF-Ranking. None: 1. Black-box ranks have none.
        sigma: The slope of logistic and soft 0-1 pairs.
        margin: Of the hinge (None: 1), or of black-box ranks between relevant and other items (None: 0).
        tau: The quantile of ``"pairwise_qr"``.
        epsilon: The factor of the polynomial of ``"poly1_softmax"``.
        delta: How far SmoothI pushes back what was placed.
        mu: The factor of LambdaLoss 2 in 2++.
        smooth_fraction: 0 to 1: the share of LambdaRank in the pair weight ``"ndcg"``.
        reach: How far black-box ranks look: the paper's lambda. Its code divides ranks by n: pass that lambda times n.
        top: Cut off after that many ranks: for metrics and lambda weights.
        pair_weight: Other weights of pairs, for any pairwise loss: ``"none"``, ``"label"``, ``"label_difference"``,
            ``"label_square_difference"``, ``"lambda_rank"``, ``"lambda_loss_1"``, ``"lambda_loss_2"``,
            ``"lambda_loss_2_plus_plus"``, ``"precision"`` (1 across the cut-off), ``"neighbors"`` (YetiRank's)
            or ``"ndcg"`` (TF-Ranking's ``NDCGLambdaWeight``: LambdaLoss 2 with a share of LambdaRank, of pairs of which
            one is within the cut-off).
        normalize: Gains of lambda weights over the ideal DCG. None: False.
        times_length: Lambda weights times the length of the row, masked items included, as in Rax. None: True.
        base_2: Logarithms of logistic pairs of base 2. None: False.
        top_pairs: The cut-off drops pairs of which an item ranks behind it, not their discounts. None: False.
        all_pairs: Pairs of equal labels count, and each item with itself. None: False.
        labels: Other labels of a softmax: ``"raw"``, ``"normalized"`` or ``"softmax"``.
        gain: Of a label: ``"exponential"``, 2 ** label - 1; ``"linear"``; or ``"power"``, 2 ** label, as in the code of
            SmoothI's authors.
        ties: Ranks of equal scores in lambda weights: ``"first"``, in the order of appearance, or ``"average"``.
        method: Other smooth ranks of a metric or of ``"spearman"``: those of ``soft_rank`` by this method, with the
            temperature for its strength.
        straight_through: The value of the hard order, the gradient of the matrix.
        samples: The mean over so many draws of Gumbel noise on the scores (Bruch et al. 2020); 0: none. None: as the
            name says.
        noise: The scale of that noise.
        seed: Of that noise, which is the same for the same seed and position.
        preset: Whose conventions: ``"rax"``; ``"allrank"``, whose lambda weights are normalized, not times the length,
            of base 2, of pairs within the cut-off, and in LambdaLoss 1 of all pairs (its default reduction is the sum);
            ``"tf_ranking"``, those of its Keras losses: sigmoid ranks of temperature 0.1; lambda weights normalized,
            without the items' weights; pairwise and pointwise means over all items, masked ones included; reciprocal
            ranks of all items, weighted by labels; labels of the pointwise logistic loss not clipped; the epsilon of
            poly-1 times the sum of labels; of listwise losses but softmax the weights' mean by labels as one factor.
            What is passed beside it stands above it.

    Raises:
        InvalidInputError: A name that is not known, a number out of its range, an option that the loss does not use.

    Source:
        Burges et al. (2005, 2006), Cao et al. (2007), Xia et al. (2008), Qin et al. (2010), Wang et al. (2018),
        Pobrotyn and Białobrzeski (NeuralNDCG, 2021), Swezey et al. (PiRank, 2021), Thonet et al. (SmoothI, 2022),
        Rolínek et al. (black box, 2020), Gulin et al. (YetiRank, 2011), Kendall (tau-b, 1945),
        Jagerman et al. (Rax, 2022).

    Example:
        >>> value, gradient = Loss("rank_net")(np.array([0.0, 0.0]), np.array([1.0, 0.0]))
        >>> round(value, 6), gradient.tolist()  # log 2
        (0.693147, [-0.5, 0.5])
    """

    # All names; some are of one loss.
    NAMES: ClassVar[tuple[str, ...]]

    def __new__(
        cls,
        name: str,
        *,
        temperature: float | None = None,
        sigma: float = 1.0,
        margin: float | None = None,
        tau: float = 0.5,
        epsilon: float = 1.0,
        delta: float = 0.1,
        mu: float = 10.0,
        smooth_fraction: float = 0.0,
        reach: float = 1.0,
        top: int | None = None,
        pair_weight: str | None = None,
        normalize: bool | None = None,
        times_length: bool | None = None,
        base_2: bool | None = None,
        top_pairs: bool | None = None,
        all_pairs: bool | None = None,
        labels: Literal["raw", "normalized", "softmax"] | None = None,
        gain: Literal["exponential", "linear", "power"] = "exponential",
        ties: Literal["first", "average"] = "first",
        method: _Method | None = None,
        straight_through: bool = False,
        samples: int | None = None,
        noise: float = 1.0,
        seed: int = 0,
        preset: Literal["rax", "allrank", "tf_ranking"] = "rax",
    ) -> Loss: ...
    def __call__(
        self,
        scores: NDArray[_Float],
        labels: NDArray[_Float],
        *,
        mask: NDArray[np.bool_] | None = None,
        weights: NDArray[_Float] | None = None,
        offsets: NDArray[np.int64] | None = None,
        reduction: Literal["mean", "sum", "none"] = "mean",
        threads: int = 1,
        progress: bool = False,
    ) -> tuple[Any, NDArray[_Float]]:
        """The loss, and its gradient to the scores.

        Args:
            scores: float16, float32 or float64, of any shape ``(..., n)``, C-contiguous, read without a copy; finite.
            labels: In their shape and dtype: relevance, or a teacher's scores.
            mask: bool, in their shape: which items count.
            weights: In their shape and dtype, positive: the weight of each item, of a pair that of its better one.
            offsets: int64, shape ``(rows + 1,)``: where each row of flat scores begins, and where the last one ends.
            reduction: ``"mean"`` (of items, of the valid pairs of the whole batch, or of lists), ``"sum"``, or
                ``"none"``: each row's own mean.
            threads: How many threads share the rows; 0: as many as the machine has. Results do not depend on it.
            progress: Whether to show a bar. Ctrl-C ends long work in any case.

        Returns:
            The loss, a float, or a float64 array of the rows without reduction; and the gradient, in shape and dtype of
            the scores.

        Raises:
            InvalidInputError: A number that is not finite, a weight that is not positive, an unknown reduction.
            ShapeError: Another shape or other strides.
            DtypeError: No array, or one of another dtype.

        Example:
            >>> value, gradient = Loss("approx_ndcg")(np.array([0.0, 0.0]), np.array([1.0, 0.0]))
            >>> round(value, 6)  # both have rank 1.5: -1 / log2(2.5)
            -0.756471
        """

def ordinal_loss(
    logits: NDArray[_Float],
    labels: NDArray[_Float],
    *,
    mask: NDArray[np.bool_] | None = None,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> tuple[Any, NDArray[_Float]]:
    """The ordinal loss: for each item and grade, the logistic loss of whether the label reaches that grade.

    Args:
        logits: float16, float32 or float64, shape ``(..., n, grades)``, C-contiguous; finite. The first of an item says
            how likely it reaches grade 1. allRank takes their sigmoids.
        labels: In their dtype, shape ``(..., n)``.
        mask: bool, in the shape of the labels: which items count.
        reduction: ``"mean"`` of the items, ``"sum"``, or ``"none"``: one for each item.

    Returns:
        The loss, and its gradient to the logits.

    Raises:
        InvalidInputError: A number that is not finite, no grade, an unknown reduction.
        ShapeError: Another shape or other strides.
        DtypeError: No array, or one of another dtype.

    Source:
        Niu, Zhou, Wang, Gao, Hua: Ordinal regression with multiple output CNN for age estimation (CVPR 2016).

    Example:
        >>> value, gradient = ordinal_loss(np.array([[0.0, 0.0]]), np.array([1.0]))
        >>> round(value, 6), gradient.tolist()  # twice log 2
        (1.386294, [[-0.5, 0.5]])
    """

def gumbel_noise(shape: int | tuple[int, ...], seed: int) -> NDArray[np.float64]:
    """Standard Gumbel noise, which depends on seed and position alone.

    Added to scores, it makes the softmax's choice of their largest; ``soft_top_k_mask(scores + noise, k,
    method="subset")`` relaxes ``gumbel_top_k``, and has gradients.

    Args:
        shape: Of the result.
        seed: 0 to 2 ** 64 - 1.

    Returns:
        Numbers of mean 0.5772 and variance 1.6449.

    Example:
        >>> bool(np.all(gumbel_noise((2, 3), 7).ravel() == gumbel_noise(6, 7)))
        True
    """

def gumbel_top_k(
    values: NDArray[_Float],
    k: int,
    seed: int,
    *,
    mask: NDArray[np.bool_] | None = None,
    offsets: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """``k`` draws without replacement of each row, from the softmax of its values.

    Args:
        values: float16, float32 or float64, of any shape ``(..., n)``, C-contiguous. Minus infinity is never drawn.
        k: How many.
        seed: 0 to 2 ** 64 - 1; the same gives the same draws. Another batch needs another.
        mask: bool, in the shape of ``values``: what may be drawn.
        offsets: As for ``soft_rank``.

    Returns:
        Positions in the row, shape ``(..., k)``, in the order of drawing, -1 where nothing is left; and the values with
        their noise, descending, minus infinity where nothing is left.

    Raises:
        InvalidInputError: A NaN or plus infinity.
        ShapeError: Another shape or other strides.
        DtypeError: No array, or one of another dtype.

    Source:
        Kool, van Hoof, Welling: Stochastic beams and where to find them (ICML 2019).

    Example:
        >>> positions, perturbed = gumbel_top_k(np.array([0.0, 100.0, -np.inf]), 3, seed=7)
        >>> positions.tolist()
        [1, 0, -1]
    """

@overload
def spearman_loss(
    predictions: np.ndarray[_UnknownShape, np.dtype[_Real]],
    targets: np.ndarray[_UnknownShape, np.dtype[_Real]],
    strength: float = 1.0,
    *,
    method: _Method = "l2",
) -> Any: ...  # noqa: ANN401
@overload
def spearman_loss(
    predictions: np.ndarray[tuple[int], np.dtype[_Real]],
    targets: np.ndarray[tuple[int], np.dtype[_Real]],
    strength: float = 1.0,
    *,
    method: _Method = "l2",
) -> float: ...
@overload
def spearman_loss(
    predictions: np.ndarray[tuple[int, int], np.dtype[_Real]],
    targets: np.ndarray[tuple[int, int], np.dtype[_Real]],
    strength: float = 1.0,
    *,
    method: _Method = "l2",
) -> np.ndarray[tuple[int], np.dtype[_Real]]:
    """The soft Spearman loss: 1 less the Pearson correlation of the soft ranks of both arguments.

    Args:
        predictions: float32 or float64, shape ``(n,)`` or ``(rows, n)``, C-contiguous, read without a copy.
        targets: The same shape and dtype; ranked as softly as the predictions.
        strength: As for ``soft_rank``. At 0 the loss is 1 less Spearman's coefficient, ties getting average ranks. Once
            it pools everything (l2), the loss is 1 less the Pearson correlation of the raw numbers.
        method: As for ``soft_rank``.

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
    predictions: NDArray[_Real],
    targets: NDArray[_Real],
    strength: float = 1.0,
    *,
    method: _Method = "l2",
) -> tuple[NDArray[_Real], NDArray[_Real]]:
    """The gradients of ``spearman_loss``, of each row's own loss for rows. Exact.

    Args:
        predictions: As for ``spearman_loss``.
        targets: As for ``spearman_loss``.
        strength: As for ``spearman_loss``.
        method: As for ``soft_rank``.

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

def read_letor(
    path: str | PathLike[str],
    *,
    columns: int | None = None,
    zero_based: bool = False,
    threads: int = 1,
) -> tuple[
    np.ndarray[tuple[int, int], np.dtype[np.float32]],
    np.ndarray[tuple[int], np.dtype[np.float32]],
    np.ndarray[tuple[int], np.dtype[np.int64]],
    list[str],
]:
    r"""Reads a file of judged feature vectors, as of LETOR and SVMlight: ``label qid:7 1:0.5 3:2 # a comment``.

    Args:
        path: Plain, gzip or zstd, known by its first bytes.
        columns: How many features an item has; None: as many as the highest number says.
        zero_based: Whether features are counted from 0.
        threads: How many threads parse; 0: as many as the machine has.

    Returns:
        Features, float32, shape ``(items, columns)``; labels, float32, shape ``(items,)``; where the items of each
        query begin and those of the last one end, int64, shape ``(queries + 1,)``; and the ids of the queries. A file
        without ``qid`` is one query, whose id is empty.

    Raises:
        InvalidInputError: A line that is not of the form, by file and number: no label, a number that is not finite,
            features that do not ascend, a query that was met before.
        FileNotFoundError: There is no such file.
        OSError: The system does not read it.

    Source:
        Joachims: Making large-scale SVM learning practical (1999); Qin, Liu, Xu, Li: LETOR (2010).

    Example:
        >>> from pathlib import Path
        >>> _ = Path("train.txt").write_text("2 qid:7 1:0.5 3:2 # the best\n0 qid:7 2:1\n1 qid:8 1:-1e3\n")
        >>> features, labels, offsets, queries = read_letor("train.txt")
        >>> features.tolist()
        [[0.5, 0.0, 2.0], [0.0, 1.0, 0.0], [-1000.0, 0.0, 0.0]]
        >>> labels.tolist(), offsets.tolist(), " ".join(queries)
        ([2.0, 0.0, 1.0], [0, 2, 3], '7 8')
    """

def write_letor(
    path: str | PathLike[str],
    features: NDArray[np.float32],
    labels: NDArray[np.float32],
    offsets: NDArray[np.int64],
    queries: Sequence[str] | None = None,
) -> None:
    """Writes a file that ``read_letor`` reads to the same bits, features counted from 1 and zeros left out.

    Args:
        path: Compressed where its name ends with ``.gz`` or ``.zst``. It is written beside itself and renamed.
        features: float32, shape ``(items, columns)``, C-contiguous, finite.
        labels: float32, shape ``(items,)``, finite.
        offsets: int64, shape ``(queries + 1,)``: where the items of each query begin, and those of the last one end.
        queries: Ids without blanks, each once; None: their numbers from 1.

    Raises:
        InvalidInputError: A number that is not finite, an id that cannot be written.
        ShapeError: Parts that do not fit together.
        DtypeError: No array, or one of another dtype.
        OSError: The system does not write it.

    Example:
        >>> features = np.array([[0.5, 0.0], [0.0, 2.0]], dtype=np.float32)
        >>> write_letor("test.txt.zst", features, np.array([1, 0], dtype=np.float32), np.array([0, 2]), "q7".split())
        >>> bool((read_letor("test.txt.zst")[0] == features).all())
        True
    """

def lambda_gradients(
    scores: NDArray[_Float],
    labels: NDArray[_Float],
    offsets: NDArray[np.int64],
    *,
    weights: NDArray[_Float] | None = None,
    like: Literal["lightgbm", "xgboost"] | None = None,
    sigma: float = 1.0,
    top: int | None = None,
    threads: int = 1,
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """LambdaMART's gradients and second derivatives, for gradient boosting.

    Of each pair of items of which i has the higher label, with d the difference of their scores and
    ``change = |gain_i - gain_j| |discount_i - discount_j| / ideal DCG``: ``-sigma sigmoid(-sigma d) change`` and
    ``sigma² sigmoid(sigma d) sigmoid(-sigma d) change``.

    Args:
        scores: float16, float32 or float64, shape ``(items,)``, C-contiguous, finite.
        labels: In their shape and dtype.
        offsets: int64, shape ``(queries + 1,)``: where the items of each query begin, and those of the last one end.
        weights: In their shape and dtype, positive: factors of what the items get.
        like: ``"lightgbm"`` or ``"xgboost"``: with their truncation (30, 32), division by ``0.01 + |d|``, and
            normalization of a query; XGBoost doubles the second derivative. None: nothing of that.
        sigma: The slope of the sigmoid.
        top: Pairs count of which one is among that many best; None: as ``like`` says.
        threads: How many threads share the queries; 0: as many as the machine has.

    Returns:
        Gradients and second derivatives, float64, shape ``(items,)``; zeros for a query without a pair.

    Raises:
        InvalidInputError: A number that is not finite or out of its range, offsets that do not fit.
        ShapeError: Another shape or other strides.
        DtypeError: No array, or one of another dtype.

    Source:
        Burges: From RankNet to LambdaRank to LambdaMART (2010).

    Example:
        >>> scores, labels, offsets = np.zeros(2), np.array([1.0, 0.0]), np.array([0, 2])
        >>> gradients, hessians = lambda_gradients(scores, labels, offsets)
        >>> gradients.round(4).tolist(), hessians.round(4).tolist()  # halves and quarters of 1 - 1 / log2(3)
        ([-0.1845, 0.1845], [0.0923, 0.0923])
    """

def mean_ndcg(
    scores: NDArray[_Float],
    labels: NDArray[_Float],
    offsets: NDArray[np.int64],
    *,
    top: int | None = None,
    threads: int = 1,
) -> float:
    """The mean nDCG of queries with gains ``2^label - 1``, for early stopping; ``rank_eval`` is for reports.

    Args:
        scores: As for ``lambda_gradients``.
        labels: As for ``lambda_gradients``.
        offsets: As for ``lambda_gradients``.
        top: How many ranks count; None: all.
        threads: As for ``lambda_gradients``.

    Returns:
        From 0 to 1. A query without a relevant item counts as 1, as in LightGBM and XGBoost; no query gives 0.

    Raises:
        InvalidInputError: A number that is not finite, offsets that do not fit.
        ShapeError: Another shape or other strides.
        DtypeError: No array, or one of another dtype.

    Source:
        Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques (2002).

    Example:
        >>> round(mean_ndcg(np.array([0.5, 0.1]), np.array([0.0, 1.0]), np.array([0, 2]), top=10), 4)  # 1 / log2(3)
        0.6309
    """
