"""What the functions of tensors ask of their arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from rank_soft._errors import DtypeError, InvalidInputError, ShapeError

if TYPE_CHECKING:
    from rank_soft._host import Extras

WIDE = (torch.float32, torch.float64)
HALF = (torch.float16, torch.bfloat16)


def check(tensor: torch.Tensor, argument: str) -> None:
    """Refuse what is no tensor of numbers."""
    if not isinstance(tensor, torch.Tensor):
        raise DtypeError(
            f"{argument}: expected a torch tensor, got {type(tensor).__name__}; pass torch.as_tensor({argument})"
        )
    if tensor.dtype not in WIDE + HALF:
        raise DtypeError(
            f"{argument}: expected float32, float64, float16 or bfloat16, got {tensor.dtype}; pass {argument}.float()"
        )
    if tensor.dim() == 0:
        raise ShapeError(f"{argument}: expected at least one dimension, got a scalar; pass {argument}.reshape(1)")
    if tensor.device.type == "meta":
        raise InvalidInputError(
            f"{argument}: expected numbers, got a tensor on the meta device; pass one that has them"
        )


def same(tensor: torch.Tensor, other: torch.Tensor, argument: str, other_argument: str) -> None:
    """Refuse another shape or device."""
    if tensor.shape != other.shape:
        raise ShapeError(
            f"{argument}: expected shape {tuple(other.shape)}, which {other_argument} has, got {tuple(tensor.shape)}; "
            "pass one number for each"
        )
    if tensor.device != other.device:
        raise InvalidInputError(
            f"{argument}: expected device {other.device}, where {other_argument} is, got {tensor.device}; "
            f"pass {argument}.to({other_argument}.device)"
        )


def check_mask(mask: torch.Tensor | None, values: torch.Tensor, argument: str) -> None:
    """Refuse what is no mask of these values."""
    if mask is None:
        return
    if not isinstance(mask, torch.Tensor) or mask.dtype is not torch.bool:
        found = mask.dtype if isinstance(mask, torch.Tensor) else type(mask).__name__
        raise DtypeError(f"mask: expected torch.bool, got {found}; pass a comparison or mask.bool()")
    same(mask, values, "mask", argument)


def check_extras(values: torch.Tensor, extras: Extras, axis: int) -> None:
    """Refuse what does not go with these values."""
    check_mask(extras.mask, values, "values")
    if extras.weights is not None:
        _check_constant(extras.weights, values, "weights")
        same(extras.weights, values, "weights", "values")
    offsets = extras.offsets
    if offsets is not None:
        is_tensor = isinstance(offsets, torch.Tensor)
        if not is_tensor or offsets.dtype is not torch.int64 or offsets.dim() != 1:
            found = f"{offsets.dtype} of {offsets.dim()}" if is_tensor else type(offsets).__name__
            raise DtypeError(
                f"offsets: expected a torch.int64 tensor of one dimension, got {found}; "
                "pass torch.tensor of where each row begins and the last one ends"
            )
        if values.dim() != 1:
            raise ShapeError(
                "values: expected a tensor of shape (numbers,) beside offsets, "
                f"got shape {tuple(values.shape)}; flatten it"
            )
        if not offsets.shape[0]:
            raise InvalidInputError("offsets: expected at least one position, got none; pass 0 for no rows")
    if extras.strengths is None:
        return
    _check_constant(extras.strengths, values, "strengths")
    place = values.dim() + axis
    rows = (*values.shape[:place], *values.shape[place + 1 :]) if offsets is None else (offsets.shape[0] - 1,)
    if extras.strengths.shape not in {values.shape, torch.Size(rows)}:
        raise ShapeError(
            f"strengths: expected shape {tuple(values.shape)}, which values has, or {rows}, one for each row, "
            f"got {tuple(extras.strengths.shape)}; pass one of them"
        )
    if extras.strengths.device != values.device:
        same(extras.strengths, values.new_empty(extras.strengths.shape), "strengths", "values")


def _check_constant(tensor: torch.Tensor, values: torch.Tensor, argument: str) -> None:
    if not isinstance(tensor, torch.Tensor) or tensor.dtype is not values.dtype:
        found = tensor.dtype if isinstance(tensor, torch.Tensor) else type(tensor).__name__
        raise DtypeError(f"{argument}: expected {values.dtype}, which values has, got {found}; pass one of that dtype")
    if tensor.requires_grad:
        raise InvalidInputError(
            f"{argument}: expected constants, got a tensor that requires a gradient; pass {argument}.detach()"
        )
