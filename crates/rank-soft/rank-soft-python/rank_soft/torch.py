"""The operators on PyTorch tensors, with gradients by autograd.

Needs ``pip install "rank-soft[torch]"``.

**Devices.** Tensors of the CPU are read in place. On CUDA, ``"l2"`` and, but for sorts, ``"kl"`` are tensor operations
in float64, about log n rounds of them: nothing is copied to the host but one flag a round. Numbers are those of the
host to rounding. This path is tested on tensors of the CPU alone; it has not been run on a GPU. All else is copied to
the host, computed there and copied back, which waits for the device; so is a tensor with an infinite value, and
everything after ``torch.use_deterministic_algorithms(True)``, for sums on CUDA are of no fixed order.

**Dtypes.** float32 and float64 give the numbers of the NumPy functions, to the bit. float16 and bfloat16 are computed
in float32; float16 holds ranks to 2,048 exactly, bfloat16 to 256: ask for ``dtype=torch.float32``.

**Transforms.** ``torch.func.grad``, ``vmap``, ``jacrev`` and ``torch.compile(fullgraph=True)`` work. A second
derivative is refused, and there is no forward mode. Gradients of compiled functions do the pass again.

**NaN.** A NaN among the values is an error that says where; one that reaches the gradients spreads over its block.
"""

# autograd.Function.apply and custom operators have no types.
# mypy: disable-error-code="no-untyped-call, no-any-return, untyped-decorator"

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rank_soft._errors import DtypeError, InvalidInputError, MissingPackageError
from rank_soft._host import Extras
from rank_soft._options import Options, from_last

try:
    import torch
except ImportError:
    raise MissingPackageError(
        'torch: expected the package torch, got none; run pip install "rank-soft[torch]"'
    ) from None

from rank_soft import _torch_compiled as compiled
from rank_soft._torch_autograd import Listwise, Pass, Spearman, applied
from rank_soft._torch_checks import HALF, WIDE, check, check_extras, check_mask, same
from rank_soft._torch_ordinal import ordinal_loss

if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from rank_soft._rank_soft import Loss, _Direction, _Method, _Scale

    _Gradient: TypeAlias = Literal["exact", "straight_through", "black_box"]

__all__ = [
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
    values: torch.Tensor,
    strength: float = 1.0,
    *,
    direction: _Direction = "ascending",
    method: _Method = "l2",
    scale: _Scale = "absolute",
    gradient: _Gradient = "exact",
    reach: float = 1.0,
    dim: int = -1,
    mask: torch.Tensor | None = None,
    weights: torch.Tensor | None = None,
    strengths: torch.Tensor | None = None,
    offsets: torch.Tensor | None = None,
    dtype: torch.dtype | None = None,
    threads: int = 1,
) -> torch.Tensor:
    """Soft ranks, as by ``rank_soft.soft_rank``.

    Args:
        values: float32, float64, float16 or bfloat16, any shape with at least one dimension, any device.
        strength: 0 to 1e300; larger is softer, 0 is hard.
        direction: Which value has rank 1: ``"ascending"`` the smallest, ``"descending"`` the largest.
        method: What makes it smooth.
        scale: ``"absolute"``, or ``"auto"``: the strength is in units of R / n of each row.
        gradient: As for ``rank_soft.Operator``.
        reach: As for ``rank_soft.Operator``.
        dim: Along which rows lie.
        mask: bool, in the shape of ``values``: which numbers count. Others have rank 0 and gradient 0.
        weights: In shape and dtype of ``values``, positive: how many equal items each stands for; constants.
        strengths: Factors of the strength: positive, in shape and dtype of ``values``, one for each number, which is
            divided by it; or from 0, one for each row, in the shape of ``values`` without its ``dim``; constants.
        offsets: int64, shape ``(rows + 1,)``: where each row of flat ``values`` begins, and where the last one ends.
        dtype: Of the result; None: that of ``values``.
        threads: How many threads share the rows; 0: as many as the machine has.

    Returns:
        Ranks from 1 to n, in the shape and on the device of ``values``, differentiable once.

    Raises:
        InvalidInputError: A NaN, a number out of its range, an option that is not known, a tensor without numbers.
        ShapeError: No dimension, or a mask of another shape.
        DtypeError: No tensor, or one of another dtype.

    Source:
        Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).

    Example:
        >>> import torch
        >>> values = torch.tensor([3.0, 0.0, 1.5], requires_grad=True)
        >>> ranks = soft_rank(values, strength=2.0)
        >>> ranks.tolist()
        [2.75, 1.25, 2.0]
        >>> ranks[0].backward()
        >>> [round(number, 4) for number in values.grad.tolist()]
        [0.3333, -0.1667, -0.1667]
    """
    options = Options(
        "rank",
        strength,
        direction=direction,
        method=method,
        scale=scale,
        gradient=gradient,
        reach=reach,
        threads=threads,
    )
    return _apply(values, Extras(mask, weights, strengths, offsets), dim, dtype, options)


def soft_sort(
    values: torch.Tensor,
    strength: float = 1.0,
    *,
    direction: _Direction = "ascending",
    method: _Method = "l2",
    scale: _Scale = "absolute",
    gradient: _Gradient = "exact",
    dim: int = -1,
    mask: torch.Tensor | None = None,
    weights: torch.Tensor | None = None,
    strengths: torch.Tensor | None = None,
    offsets: torch.Tensor | None = None,
    dtype: torch.dtype | None = None,
    threads: int = 1,
) -> torch.Tensor:
    """Softly sorted values, as by ``rank_soft.soft_sort``.

    Args:
        values: As for ``soft_rank``.
        strength: 0 to 1e300, in the inverse of the values' units; larger is softer, 0 is hard.
        direction: ``"ascending"`` or ``"descending"``.
        method: What makes it smooth.
        scale: ``"absolute"``, or ``"auto"``: the strength is in units of n / R, where R is the range of the row.
        gradient: ``"exact"`` or ``"straight_through"``.
        dim: Along which rows lie.
        mask: bool, in the shape of ``values``: which numbers count. Others are left out, and zeros fill the row.
        weights: None: only ranks and masks of the top have weights.
        strengths: Factors of the strength, from 0, one for each row, in the shape of ``values`` without its ``dim``.
        offsets: As for ``soft_rank``.
        dtype: Of the result; None: that of ``values``.
        threads: As for ``soft_rank``.

    Returns:
        In the shape and on the device of ``values``, differentiable once.

    Raises:
        InvalidInputError: As for ``soft_rank``.
        ShapeError: As for ``soft_rank``.
        DtypeError: As for ``soft_rank``.

    Source:
        Blondel, Teboul, Berthet, Djolonga: Fast differentiable sorting and ranking (ICML 2020).

    Example:
        >>> import torch
        >>> soft_sort(torch.tensor([3.0, 0.0, 1.5]), strength=2.0)  # one block of mean 1.5, in steps of 1 / 2
        tensor([1.0000, 1.5000, 2.0000])
    """
    options = Options(
        "sort", strength, direction=direction, method=method, scale=scale, gradient=gradient, threads=threads
    )
    return _apply(values, Extras(mask, weights, strengths, offsets), dim, dtype, options)


def soft_top_k_mask(
    values: torch.Tensor,
    k: int,
    strength: float = 1.0,
    *,
    method: _Method = "l2",
    scale: _Scale = "absolute",
    gradient: _Gradient = "exact",
    reach: float = 1.0,
    dim: int = -1,
    mask: torch.Tensor | None = None,
    weights: torch.Tensor | None = None,
    strengths: torch.Tensor | None = None,
    offsets: torch.Tensor | None = None,
    dtype: torch.dtype | None = None,
    threads: int = 1,
) -> torch.Tensor:
    """How far each value belongs to the k largest, as by ``rank_soft.soft_top_k_mask``.

    Args:
        values: As for ``soft_rank``.
        k: How many.
        strength: As for ``soft_rank``.
        method: What makes it smooth.
        scale: As for ``soft_rank``.
        gradient: As for ``rank_soft.Operator``.
        reach: As for ``rank_soft.Operator``.
        dim: Along which rows lie.
        mask: bool, in the shape of ``values``: which numbers count.
        weights: As for ``soft_rank``.
        strengths: As for ``soft_rank``.
        offsets: As for ``soft_rank``.
        dtype: Of the result; None: that of ``values``.
        threads: As for ``soft_rank``.

    Returns:
        Numbers from 0 to 1 in the shape and on the device of ``values``, differentiable once.

    Raises:
        InvalidInputError: As for ``soft_rank``.
        ShapeError: As for ``soft_rank``.
        DtypeError: As for ``soft_rank``.

    Example:
        >>> import torch
        >>> soft_top_k_mask(torch.tensor([3.0, 0.0, 2.0, 1.5]), 2)
        tensor([1.0000, 0.0000, 0.7500, 0.2500])
    """
    options = Options(
        "top_k_mask", strength, k=k, method=method, scale=scale, gradient=gradient, reach=reach, threads=threads
    )
    return _apply(values, Extras(mask, weights, strengths, offsets), dim, dtype, options)


def soft_top_k(
    values: torch.Tensor,
    k: int,
    strength: float = 1.0,
    *,
    method: _Method = "l2",
    scale: _Scale = "absolute",
    gradient: _Gradient = "exact",
    dim: int = -1,
    mask: torch.Tensor | None = None,
    strengths: torch.Tensor | None = None,
    offsets: torch.Tensor | None = None,
    dtype: torch.dtype | None = None,
    threads: int = 1,
) -> torch.Tensor:
    """The k largest values, softly, as by ``rank_soft.soft_top_k``.

    Args:
        values: As for ``soft_rank``.
        k: How many.
        strength: As for ``soft_sort``.
        method: What makes it smooth.
        scale: As for ``soft_sort``.
        gradient: As for ``soft_sort``.
        dim: Along which rows lie.
        mask: bool, in the shape of ``values``: which numbers count.
        strengths: As for ``soft_sort``.
        offsets: As for ``soft_rank``.
        dtype: Of the result; None: that of ``values``.
        threads: As for ``soft_rank``.

    Returns:
        Descending, k of them along ``dim``, differentiable once.

    Raises:
        InvalidInputError: As for ``soft_rank``.
        ShapeError: As for ``soft_rank``.
        DtypeError: As for ``soft_rank``.

    Example:
        >>> import torch
        >>> soft_top_k(torch.tensor([3.0, 0.0, 1.5]), 2, strength=0.1)
        tensor([3.0000, 1.5000])
    """
    options = Options("top_k", strength, k=k, method=method, scale=scale, gradient=gradient, threads=threads)
    return _apply(values, Extras(mask, None, strengths, offsets), dim, dtype, options)


def soft_quantile(
    values: torch.Tensor,
    level: float,
    strength: float = 1.0,
    *,
    method: _Method = "l2",
    scale: _Scale = "absolute",
    gradient: _Gradient = "exact",
    dim: int = -1,
    mask: torch.Tensor | None = None,
    strengths: torch.Tensor | None = None,
    offsets: torch.Tensor | None = None,
    dtype: torch.dtype | None = None,
    threads: int = 1,
) -> torch.Tensor:
    """The soft quantile, as by ``rank_soft.soft_quantile``.

    Args:
        values: As for ``soft_rank``.
        level: 0 to 1: the share of the row below it.
        strength: As for ``soft_sort``.
        method: What makes it smooth.
        scale: As for ``soft_sort``.
        gradient: As for ``soft_sort``.
        dim: Along which rows lie; the result lacks it.
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
        >>> import torch
        >>> soft_quantile(torch.tensor([3.0, 0.0, 1.5]), 0.5, strength=0.1)
        tensor(1.5000)
    """
    options = Options("quantile", strength, level=level, method=method, scale=scale, gradient=gradient, threads=threads)
    return _apply(values, Extras(mask, None, strengths, offsets), dim, dtype, options)


def soft_median(values: torch.Tensor, strength: float = 1.0, **options: Any) -> torch.Tensor:  # noqa: ANN401
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
        >>> import torch
        >>> soft_median(torch.tensor([3.0, 0.0, 1.5]), strength=0.1)
        tensor(1.5000)
    """
    return soft_quantile(values, 0.5, strength, **options)


def soft_min(values: torch.Tensor, strength: float = 1.0, **options: Any) -> torch.Tensor:  # noqa: ANN401
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
        >>> import torch
        >>> soft_min(torch.tensor([3.0, 0.0, 1.5]), strength=2.0)
        tensor(1.)
    """
    return soft_quantile(values, 0.0, strength, **options)


def soft_max(values: torch.Tensor, strength: float = 1.0, **options: Any) -> torch.Tensor:  # noqa: ANN401
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
        >>> import torch
        >>> soft_max(torch.tensor([3.0, 0.0, 1.5]), strength=2.0)
        tensor(2.)
    """
    return soft_quantile(values, 1.0, strength, **options)


def spearman_loss(
    predictions: torch.Tensor, targets: torch.Tensor, strength: float = 1.0, *, method: _Method = "l2"
) -> torch.Tensor:
    """1 less the Pearson correlation of the soft ranks of both sides, as by ``rank_soft.spearman_loss``.

    Args:
        predictions: float32, float64, float16 or bfloat16, shape ``(..., n)``, any device.
        targets: In the shape, in the dtype and on the device of the predictions.
        strength: As for ``soft_rank``.
        method: ``"l2"`` or ``"kl"``.

    Returns:
        The loss of each row, shape ``(...)``, from 0 (same order) to 2 (reversed): take its mean. Differentiable once,
        to both sides.

    Raises:
        InvalidInputError: A number that is not finite, an option that is not known, tensors on two devices.
        ShapeError: No dimension, or two shapes.
        DtypeError: No tensor, one of another dtype, or two dtypes.

    Source:
        Blondel, Teboul, Berthet, Djolonga (ICML 2020), section 6.

    Example:
        >>> import torch
        >>> scores = torch.tensor([[0.1, 0.5, 0.9]], dtype=torch.float64, requires_grad=True)
        >>> loss = spearman_loss(scores, torch.tensor([[20.0, 10.0, 30.0]], dtype=torch.float64), strength=0.1)
        >>> round(loss.mean().item(), 12)
        0.5
    """
    check(predictions, "predictions")
    check(targets, "targets")
    if targets.dtype is not predictions.dtype:
        raise DtypeError(
            f"targets: expected {predictions.dtype}, which predictions has, got {targets.dtype}; "
            "pass targets.to(predictions.dtype)"
        )
    same(targets, predictions, "targets", "predictions")
    if predictions.dtype in HALF:
        return spearman_loss(predictions.float(), targets.float(), strength, method=method).to(predictions.dtype)
    if torch.compiler.is_compiling():
        return compiled.spearman(predictions, targets, strength, method)
    return applied(Spearman, predictions, targets, strength, method)


def ranking_loss(
    scores: torch.Tensor,
    labels: torch.Tensor,
    loss: Loss,
    *,
    mask: torch.Tensor | None = None,
    weights: torch.Tensor | None = None,
    reduction: Literal["mean", "sum", "none"] = "mean",
    threads: int = 1,
) -> torch.Tensor:
    """A ranking loss of ``rank_soft.Loss``, differentiable to the scores. A compiled function leaves its graph for it.

    Args:
        scores: float32, float64, float16 or bfloat16, shape ``(..., n)``, any device; finite.
        labels: In the shape, in the dtype and on the device of the scores; constants.
        loss: Which one.
        mask: bool, in the shape of the scores: which items count.
        weights: In shape and dtype of the scores, positive; constants.
        reduction: ``"mean"``, ``"sum"``, or ``"none"``: each row's own mean.
        threads: As for ``soft_rank``.

    Returns:
        A scalar, or without reduction one number a row, shape ``(...)``, in the dtype of the scores.

    Raises:
        InvalidInputError: A number that is not finite, a weight that is not positive, an unknown reduction, tensors on
            two devices.
        ShapeError: No dimension, or two shapes.
        DtypeError: No tensor, one of another dtype, or two dtypes.

    Example:
        >>> import torch
        >>> from rank_soft import Loss
        >>> scores = torch.tensor([0.0, 0.0], requires_grad=True)
        >>> ranking_loss(scores, torch.tensor([1.0, 0.0]), Loss("rank_net")).backward()
        >>> scores.grad
        tensor([-0.5000,  0.5000])
    """
    check(scores, "scores")
    for tensor, argument in ((labels, "labels"), (weights, "weights")):
        if tensor is not None:
            check(tensor, argument)
            if tensor.dtype is not scores.dtype:
                raise DtypeError(
                    f"{argument}: expected {scores.dtype}, which scores has, got {tensor.dtype}; "
                    f"pass {argument}.to(scores.dtype)"
                )
            same(tensor, scores, argument, "scores")
    check_mask(mask, scores, "scores")
    wide = [tensor.float() if tensor is not None and tensor.dtype in HALF else tensor for tensor in (labels, weights)]
    values = scores.float() if scores.dtype in HALF else scores
    result, _ = _listwise(values, wide[0], mask, wide[1], loss, reduction, threads)
    return result.to(scores.dtype)


@torch.compiler.disable
def _listwise(*arguments: Any) -> Any:  # noqa: ANN401
    return applied(Listwise, *arguments)


def _apply(values: torch.Tensor, extras: Extras, dim: int, dtype: torch.dtype | None, options: Options) -> torch.Tensor:
    check(values, "values")
    options = options._replace(strength=_number(options.strength), axis=from_last(dim, values.dim(), "dim"))
    if any(extra is not None for extra in extras):
        check_extras(values, extras, options.axis)
    if dtype is not None and dtype not in WIDE + HALF:
        raise DtypeError(f"dtype: expected a float dtype of at most 64 bits, got {dtype}; pass torch.float32")
    wide = values
    if values.dtype in HALF:
        wide = values.float()
        extras = Extras(*(extra.float() if extra is not None and extra.dtype in HALF else extra for extra in extras))
    if torch.compiler.is_compiling():
        result = compiled.forward(wide, *extras, *options)
    else:
        result, _ = applied(Pass, wide, *extras, options)
    wanted = values.dtype if dtype is None else dtype
    return result if result.dtype is wanted else result.to(wanted)


def _number(strength: Any) -> float:  # noqa: ANN401
    if isinstance(strength, torch.Tensor) and strength.requires_grad:
        raise InvalidInputError(
            "strength: expected a constant, got a tensor that requires a gradient; "
            "pass strength.item(), or take the gradient by rank_soft.State.strength_vjp"
        )
    return float(strength)
