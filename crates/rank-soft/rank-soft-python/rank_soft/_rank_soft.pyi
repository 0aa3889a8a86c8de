from typing import Any, Literal, Never, TypeAlias, TypeVar, final, overload

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
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
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
        offsets: int64, shape ``(rows + 1,)``: where each row of flat ``values`` begins, and where the last one ends.
        threads: How many threads share the rows; 0: as many as the machine has. Results do not depend on it.

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
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
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
        offsets: As for ``soft_rank``.
        threads: As for ``soft_rank``.

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
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
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
        offsets: int64, shape ``(rows + 1,)``: where each row of flat ``values`` begins, and where the last one ends.
        threads: How many threads share the rows; 0: as many as the machine has. Results do not depend on it.

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
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
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
        offsets: As for ``soft_sort``.
        threads: As for ``soft_sort``.

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
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
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
        offsets: As for ``soft_rank``.
        threads: As for ``soft_rank``.

    Returns:
        Numbers from 0 to 1 with sum k (or n) in each row, in shape and dtype of ``values``.

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
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
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
        offsets: As for ``soft_rank``.
        threads: As for ``soft_rank``.

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
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
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
        offsets: As for ``soft_rank``.
        threads: As for ``soft_rank``.

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
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
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
        offsets: As for ``soft_rank``.
        threads: As for ``soft_rank``.

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
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
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
        offsets: As for ``soft_rank``.
        threads: As for ``soft_rank``.

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
    offsets: NDArray[np.int64] | None = None,
    threads: int = 1,
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
        offsets: As for ``soft_rank``.
        threads: As for ``soft_rank``.

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
class State:
    """What the gradient of an ``Operator`` needs of its forward pass: order, blocks, strengths."""

    def vjp(self, cotangent: NDArray[_Float]) -> NDArray[_Float]:
        """The gradient, to the values, of the inner product of the result with ``cotangent``. Exact.

        Args:
            cotangent: In shape and dtype of the result.

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
    count them. A row without a pair or a relevant item has loss 0 and gradient 0.

    Args:
        name: ``"rank_net"``, ``"rank_net_label_difference"``, ``"lambda_rank"``, ``"lambda_loss_1"``,
            ``"lambda_loss_2"``, ``"lambda_loss_2_plus_plus"``, ``"pairwise_hinge"`` (or ``"rank_svm"``, ``"triplet"``),
            ``"pairwise_squared_hinge"``, ``"pairwise_soft_zero_one"``, ``"pairwise_qr"``, ``"pairwise_mse"``,
            ``"margin_mse"``, ``"kendall"``, ``"softmax"``, ``"list_net"``, ``"poly1_softmax"``, ``"unique_softmax"``,
            ``"list_mle"``, ``"p_list_mle"``, ``"kl_distillation"``, ``"pointwise_mse"``, ``"pointwise_sigmoid"``; or of
            ``dcg``, ``ndcg``, ``mrr``, ``ap``, ``precision`` and ``recall``, with ``approx_`` (sums of sigmoids),
            ``bound_`` or ``soft_`` (l2 soft ranks) before it.
        temperature: Of smooth ranks, Kendall's and distillation: smaller is harder. TF-Ranking's default is 0.1.
        sigma: The slope of logistic pairs.
        margin: Of the hinge.
        tau: The quantile of ``"pairwise_qr"``.
        epsilon: The factor of the polynomial of ``"poly1_softmax"``.
        top: Cut off after that many ranks: for metrics and lambda weights.
        pair_weight: Other weights of pairs, for any pairwise loss: ``"none"``, ``"label_difference"``,
            ``"lambda_rank"``, ``"lambda_loss_1"``, ``"lambda_loss_2"`` or ``"lambda_loss_2_plus_plus"``.
        normalize: Gains of lambda weights over the ideal DCG.
        times_length: Lambda weights times the length of the row, masked items included, as in Rax.
        labels: Other labels of a softmax: ``"raw"``, ``"normalized"`` or ``"softmax"``.
        method: Other smooth ranks of a metric: those of ``soft_rank`` by this method, with the temperature for its
            strength.

    Raises:
        InvalidInputError: A name that is not known, a number out of its range.

    Source:
        Burges et al. (2005, 2006), Cao et al. (2007), Xia et al. (2008), Qin et al. (2010), Wang et al. (2018),
        Jagerman et al. (Rax, 2022).

    Example:
        >>> value, gradient = Loss("rank_net")(np.array([0.0, 0.0]), np.array([1.0, 0.0]))
        >>> round(value, 6), gradient.tolist()  # log 2
        (0.693147, [-0.5, 0.5])
    """

    def __new__(
        cls,
        name: str,
        *,
        temperature: float = 1.0,
        sigma: float = 1.0,
        margin: float = 1.0,
        tau: float = 0.5,
        epsilon: float = 1.0,
        top: int | None = None,
        pair_weight: str | None = None,
        normalize: bool = False,
        times_length: bool = True,
        labels: Literal["raw", "normalized", "softmax"] | None = None,
        method: _Method | None = None,
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
