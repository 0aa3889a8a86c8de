"""What the functions of tensors ask of their arguments."""

from __future__ import annotations

import torch

from rank_soft._errors import DtypeError, InvalidInputError, ShapeError

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
