"""Passes over tensors: on the host, or where the tensors are."""

# States belong to the pass that made them.
# ruff: noqa: ANN401

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from rank_soft import _host
from rank_soft._host import Extras
from rank_soft._options import operator, result_shape
from rank_soft._torch_device import RANKS, DeviceState, Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rank_soft._options import Options


def array(tensor: torch.Tensor) -> NDArray[Any]:
    """View a tensor of the CPU as an array; others are copied."""
    if tensor.is_cpu and not tensor.is_neg():
        return tensor.detach().contiguous().numpy()
    return tensor.contiguous().numpy(force=True)


def tensor_like(values: Any, like: torch.Tensor) -> torch.Tensor:
    """Put an array onto the device of a tensor, in its dtype."""
    tensor = torch.from_numpy(np.asarray(values))
    return tensor if like.is_cpu and tensor.dtype is like.dtype else tensor.to(device=like.device, dtype=like.dtype)


def forward(values: torch.Tensor, extras: Extras, options: Options) -> tuple[torch.Tensor, Any]:
    """Do the pass; its state is for ``pulled``."""
    if values.is_cuda and on_device(options) and values.numel():
        operator(options)  # Refuses what the operations would not look at.
        found = DevicePass(values, extras, options)
        if found.finite:
            return found.forward(), found
    arrays = Extras(*(None if tensor is None else array(tensor) for tensor in extras))
    result, state = _host.forward(options, array(values), arrays)
    return tensor_like(result, values), state


def pulled(state: Any, cotangent: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Pull back to the values."""
    if isinstance(state, DevicePass):
        return state.vjp(cotangent)
    return tensor_like(state.vjp(array(cotangent)), like)


def on_device(options: Options) -> bool:
    """Whether the operator is there in tensor operations: a projection, but for the KL sort.

    Sums on CUDA are of no fixed order; where torch is asked for one, all is the host's.
    """
    if torch.are_deterministic_algorithms_enabled():
        return False
    return options.method == "l2" or (options.method == "kl" and options.kind in RANKS)


class DevicePass:
    """A pass over a tensor of any shape, as one over the rows of a matrix."""

    def __init__(self, values: torch.Tensor, extras: Extras, options: Options) -> None:
        self.options, self.shape, self.dtype = options, values.shape, values.dtype
        self.axis = len(self.shape) + options.axis
        self.places: torch.Tensor | None = None
        outer = (*self.shape[: self.axis], *self.shape[self.axis + 1 :])
        mask = None if extras.mask is None else self.lined(extras.mask)
        count = 1 if extras.offsets is None else extras.offsets.shape[-1] - 1
        self.result = result_shape(options, tuple(self.shape), None if extras.offsets is None else count)
        if extras.offsets is not None:
            offsets = extras.offsets.to(values.device)
            starts, ends = offsets[..., 0], offsets[..., -1]
            self.finite = bool(((starts == 0) & (ends == self.shape[-1]) & (offsets.diff() >= 0).all(-1)).all())
            if not self.finite:
                return
            outer = (*self.shape[:-1], count)
            mask = self.ragged(offsets, mask)
        rows = self.padded(self.lined(values)).double()
        weights = None if extras.weights is None else self.padded(self.lined(extras.weights)).double()
        strength = torch.full((rows.shape[0], 1), options.strength, dtype=torch.float64, device=rows.device)
        self.divisors: torch.Tensor | None = None
        if extras.strengths is not None and tuple(extras.strengths.shape) == outer != tuple(self.shape):
            strength = strength * extras.strengths.reshape(-1, 1).double()
        elif extras.strengths is not None:
            self.divisors = self.padded(self.lined(extras.strengths)).double()
            rows = rows / self.divisors
        whole = rows if mask is None else torch.where(mask, rows, 0.0)
        # What is refused, and what is infinite, is the host's to say.
        fine = [whole.isfinite().all(), (strength >= 0).all(), (strength <= 1e300).all()]  # noqa: PLR2004
        fine += [((own > 0) & own.isfinite()).all() for own in (weights, self.divisors) if own is not None]
        self.finite = bool(torch.stack(fine).all()) and rows.shape[1] > 0 and (weights is None or options.kind in RANKS)
        self.finite = self.finite and (self.divisors is None or options.kind in RANKS)
        self.rows = Rows(whole, mask, weights, self.scaled(whole, mask, strength))

    def lined(self, tensor: torch.Tensor) -> torch.Tensor:
        """Bring the rows of a tensor into a matrix."""
        return tensor.movedim(self.axis, -1).reshape(-1, self.shape[self.axis])

    def ragged(self, offsets: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        """Find the places of ragged rows in a matrix, whose rows the longest fills, and what counts there."""
        numbers = self.shape[-1]
        each = offsets.expand(*self.shape[:-1], offsets.shape[-1]).reshape(-1, offsets.shape[-1])
        lengths = each.diff(dim=1).reshape(-1, 1)
        starts = each[:, :-1] + numbers * torch.arange(each.shape[0], device=offsets.device)[:, None]
        along = torch.arange(int(lengths.max()) if lengths.numel() else 0, device=offsets.device)
        counted = along < lengths
        self.places = torch.where(counted, starts.reshape(-1, 1) + along, 0)
        self.inside = counted
        return counted if mask is None else counted & mask.reshape(-1)[self.places]

    def padded(self, rows: torch.Tensor) -> torch.Tensor:
        """Lay ragged rows out in the matrix."""
        return rows if self.places is None else rows.reshape(-1)[self.places]

    def flat(self, rows: torch.Tensor) -> torch.Tensor:
        """Give the matrix the shape of the values again."""
        if self.places is not None:
            flat = torch.zeros(self.shape.numel(), dtype=rows.dtype, device=rows.device)
            return flat.index_put((self.places[self.inside],), rows[self.inside]).reshape(self.shape)
        moved = (*self.shape[: self.axis], *self.shape[self.axis + 1 :], self.shape[self.axis])
        return rows.reshape(moved).movedim(-1, self.axis)

    def scaled(self, values: torch.Tensor, mask: torch.Tensor | None, strength: torch.Tensor) -> torch.Tensor:
        """Give the strength of each row in the units of its values."""
        if self.options.scale == "absolute" or values.shape[1] == 0:
            return strength
        marks = torch.ones_like(values, dtype=torch.bool) if mask is None else mask
        most = torch.where(marks, values, -torch.inf).amax(1, keepdim=True)
        least = torch.where(marks, values, torch.inf).amin(1, keepdim=True)
        gap = (most - least) / marks.sum(1, keepdim=True)
        gap = torch.where((gap > 0) & gap.isfinite(), gap, 1.0)
        return strength * gap if self.options.kind in RANKS else strength / gap

    def entries(self, count: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Say which sorted values a quantile is made of, and their shares."""
        counted = torch.full((count, 1), self.rows.values.shape[1], device=self.rows.values.device)
        if self.rows.mask is not None:
            counted = self.rows.mask.sum(1, keepdim=True)
        place = (self.options.level or 0.0) * (counted - 1).clamp(min=0).double()
        low = place.floor().long()
        share = place - low
        high = (low + 1).clamp(max=self.rows.values.shape[1] - 1)
        empty = torch.where(counted > 0, 1.0, torch.nan)
        return [(low, (1 - share) * empty), (high, share * empty)]

    def forward(self) -> torch.Tensor:
        """Do the pass."""
        self.state = DeviceState(self.options, self.rows)
        result = self.state.forward()
        if self.options.kind == "top_k":
            k, columns = self.options.k or 0, result.shape[1]
            result = torch.nn.functional.pad(result[:, : min(k, columns)], (0, max(0, k - columns)))
            return self.by_row(result, k)
        if self.options.kind == "quantile":
            shares = self.entries(result.shape[0])
            return self.by_row(sum(share * result.gather(1, at) for at, share in shares), None)  # type: ignore[arg-type]
        return self.flat(result).to(self.dtype).contiguous()

    def by_row(self, result: torch.Tensor, k: int | None) -> torch.Tensor:
        """Give what comes of each row its place."""
        if self.places is not None or k is None:
            return result.reshape(self.result).to(self.dtype)
        outer = (*self.shape[: self.axis], *self.shape[self.axis + 1 :])
        return result.reshape(*outer, k).movedim(-1, self.axis).to(self.dtype).contiguous()

    def vjp(self, cotangent: torch.Tensor) -> torch.Tensor:
        """Pull back."""
        rows, columns = self.rows.values.shape
        if self.options.kind == "top_k":
            k = self.options.k or 0
            lined = cotangent if self.places is not None else cotangent.movedim(self.axis, -1)
            u = torch.nn.functional.pad(lined.reshape(rows, k).double(), (0, max(0, columns - k)))[:, :columns]
        elif self.options.kind == "quantile":
            u = torch.zeros_like(self.rows.values)
            for at, share in self.entries(rows):
                u = u.scatter_add(1, at, share.nan_to_num() * cotangent.reshape(rows, 1).double())
        else:
            u = self.padded(self.lined(cotangent)).double()
        gradient = self.state.vjp(u)
        if self.rows.mask is not None:
            gradient = torch.where(self.rows.mask, gradient, 0.0)
        if self.divisors is not None:
            gradient = gradient / self.divisors
        return self.flat(gradient).to(self.dtype).contiguous()
