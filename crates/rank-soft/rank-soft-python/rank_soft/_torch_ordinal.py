"""The ordinal loss in operations of PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from rank_soft._errors import DtypeError, InvalidInputError, ShapeError
from rank_soft._torch_checks import HALF, check, check_mask

if TYPE_CHECKING:
    from typing import Literal


def ordinal_loss(
    logits: torch.Tensor,
    labels: torch.Tensor,
    *,
    mask: torch.Tensor | None = None,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> torch.Tensor:
    """The ordinal loss, as by ``rank_soft.ordinal_loss``, in PyTorch's operations, on any device.

    Args:
        logits: float32, float64, float16 or bfloat16, shape ``(..., n, grades)``. The first of an item says how likely
            it reaches grade 1. A NaN makes the loss NaN.
        labels: In their dtype and on their device, shape ``(..., n)``; constants.
        mask: bool, in the shape of the labels: which items count.
        reduction: ``"mean"`` of the items, ``"sum"``, or ``"none"``: one for each item.

    Returns:
        A scalar, or without reduction the shape of the labels, in the dtype of the logits.

    Raises:
        InvalidInputError: No grade, an unknown reduction, tensors on two devices.
        ShapeError: Shapes that do not fit.
        DtypeError: No tensor, or one of another dtype.

    Source:
        Niu, Zhou, Wang, Gao, Hua: Ordinal regression with multiple output CNN for age estimation (CVPR 2016).

    Example:
        >>> import torch
        >>> round(ordinal_loss(torch.tensor([[0.0, 0.0]]), torch.tensor([1.0])).item(), 6)  # twice log 2
        1.386294
    """
    check(logits, "logits")
    check(labels, "labels")
    if labels.dtype is not logits.dtype:
        raise DtypeError(
            f"labels: expected {logits.dtype}, which logits has, got {labels.dtype}; pass labels.to(logits.dtype)"
        )
    if labels.shape != logits.shape[:-1]:
        raise ShapeError(
            f"labels: expected shape {tuple(logits.shape[:-1])}, which logits without its last axis has, "
            f"got {tuple(labels.shape)}; pass one for each"
        )
    if labels.device != logits.device:
        raise InvalidInputError(
            f"labels: expected device {logits.device}, where logits is, got {labels.device}; "
            "pass labels.to(logits.device)"
        )
    if not logits.shape[-1]:
        raise InvalidInputError("grades: expected at least 1, got 0; pass another")
    if reduction not in {"mean", "sum", "none"}:
        raise InvalidInputError(f'reduction: expected one of "mean", "sum", "none", got {reduction!r}; pass one')
    check_mask(mask, labels, "labels")
    half = logits.dtype in HALF
    numbers, grades = (logits.float(), labels.float()) if half else (logits, labels)
    grade = torch.arange(1, logits.shape[-1] + 1, device=logits.device)
    reached = grades.detach().unsqueeze(-1) >= grade
    # log(1 + e^x), exact for large x too.
    items = (torch.logaddexp(numbers, torch.zeros_like(numbers)) - numbers * reached).sum(-1)
    if mask is not None:
        items = torch.where(mask, items, 0)
    if reduction != "none":
        items = items.sum()
    if reduction == "mean":
        items = items / (max(labels.numel(), 1) if mask is None else mask.sum().clamp(min=1))
    return items.to(logits.dtype)
