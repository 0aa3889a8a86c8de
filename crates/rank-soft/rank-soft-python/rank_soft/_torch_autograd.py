"""What autograd knows of the operators: passes, and the pulling back of gradients, under ``torch.func`` as well."""

# Contexts and states belong to torch; it names what it passes.
# ruff: noqa: ANN401, ARG004
# mypy: disable-error-code=no-untyped-call

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd import Function

from rank_soft._errors import InvalidInputError
from rank_soft._host import Extras
from rank_soft._rank_soft import spearman_loss, spearman_loss_grad
from rank_soft._torch_rows import array, forward, pulled, tensor_like

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from rank_soft._options import Options
    from rank_soft._rank_soft import Loss


_transforming: Callable[[], bool] = getattr(torch._C, "_are_functorch_transforms_active", lambda: True)  # noqa: SLF001


def applied(function: type[Function], *arguments: Any) -> Any:
    """Apply a function; outside of torch.func without inspecting its signature, half of the cost of a short row."""
    if _transforming():
        return function.apply(*arguments)
    return super(Function, function).apply(*arguments)  # type: ignore[misc]


def once() -> bool:
    """Whether a backward pass will not be differentiated itself."""
    return not torch.is_grad_enabled() and not _transforming()


def folded(size: int, dims: tuple[int | None, ...], tensors: tuple[torch.Tensor | None, ...]) -> list[Any]:
    """Put the mapped axis of each tensor first; one that has none is repeated."""
    return [
        tensor if tensor is None else tensor.movedim(dim, 0) if dim is not None else tensor.expand(size, *tensor.shape)
        for dim, tensor in zip(dims, tensors, strict=True)
    ]


def refused() -> InvalidInputError:
    """Say that there is no second derivative."""
    return InvalidInputError(
        "create_graph: expected first derivatives only, got a derivative of a gradient of rank_soft; "
        "detach the gradient, or differentiate once"
    )


class Pass(Function):
    """An operator: values, and the state that their gradient needs."""

    @staticmethod
    def forward(  # noqa: PLR0917 - autograd hands them over by place
        values: torch.Tensor,
        mask: torch.Tensor | None,
        weights: torch.Tensor | None,
        strengths: torch.Tensor | None,
        offsets: torch.Tensor | None,
        options: Options,
    ) -> tuple[torch.Tensor, Any]:
        return forward(values, Extras(mask, weights, strengths, offsets), options)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Any, ...]) -> None:
        ctx.save_for_backward(inputs[0])
        ctx.state = output[1]

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> Any:
        (values,) = ctx.saved_tensors
        if once():
            return pulled(ctx.state, cotangents[0], values), None, None, None, None, None
        return Pull.apply(values, cotangents[0], ctx.state), None, None, None, None, None

    @staticmethod
    def vmap(info: Any, in_dims: Any, *arguments: Any) -> Any:
        # Rows that all have the same offsets share them.
        tensors = folded(info.batch_size, in_dims[:4], arguments[:4])
        offsets = arguments[4] if in_dims[4] is None else arguments[4].movedim(in_dims[4], 0)
        return Pass.apply(*tensors, offsets, arguments[5]), (0, None)


class Pull(Function):
    """The gradient of a pass. It takes the values along for their mapped axes, which the state has too."""

    @staticmethod
    def forward(values: torch.Tensor, cotangent: torch.Tensor, state: Any) -> torch.Tensor:
        return pulled(state, cotangent, values)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        pass

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> Any:
        raise refused()

    @staticmethod
    def vmap(info: Any, in_dims: Any, *arguments: Any) -> Any:
        values, cotangent, state = arguments
        if in_dims[0] is None:
            # Many cotangents of one pass, as for a Jacobian.
            return torch.stack([Pull.apply(values, one, state) for one in cotangent.movedim(in_dims[1], 0)]), 0
        values, cotangent = folded(info.batch_size, in_dims[:2], (values, cotangent))
        return Pull.apply(values, cotangent, state), 0


class Spearman(Function):
    """The loss of each row."""

    @staticmethod
    def forward(predictions: torch.Tensor, targets: torch.Tensor, strength: float, method: Any) -> torch.Tensor:
        rows = (rows_of(predictions), rows_of(targets))
        losses = spearman_loss(*rows, strength, method=method)
        return tensor_like(losses, predictions).reshape(predictions.shape[:-1])

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        predictions, targets, ctx.strength, ctx.method = inputs
        ctx.save_for_backward(predictions, targets)

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> Any:
        predictions, targets = ctx.saved_tensors
        pull = SpearmanPull.forward if once() else SpearmanPull.apply
        gradients = pull(predictions, targets, cotangents[0], ctx.strength, ctx.method)
        return *gradients, None, None

    @staticmethod
    def vmap(info: Any, in_dims: Any, *arguments: Any) -> Any:
        predictions, targets = folded(info.batch_size, in_dims[:2], arguments[:2])
        return Spearman.apply(predictions, targets, *arguments[2:]), 0


class SpearmanPull(Function):
    """The gradients of the loss to both sides."""

    @staticmethod
    def forward(
        predictions: torch.Tensor, targets: torch.Tensor, cotangent: torch.Tensor, strength: float, method: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        sides = spearman_loss_grad(rows_of(predictions), rows_of(targets), strength, method=method)
        to_predictions, to_targets = (tensor_like(side, predictions).reshape(predictions.shape) for side in sides)
        return to_predictions * cotangent[..., None], to_targets * cotangent[..., None]

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        pass

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> Any:
        raise refused()

    @staticmethod
    def vmap(info: Any, in_dims: Any, *arguments: Any) -> Any:
        predictions, targets, cotangent = folded(info.batch_size, in_dims[:3], arguments[:3])
        return SpearmanPull.apply(predictions, targets, cotangent, *arguments[3:]), (0, 0)


class Listwise(Function):
    """A ranking loss, and the gradient that comes with it."""

    @staticmethod
    def forward(  # noqa: PLR0917 - autograd hands them over by place
        scores: torch.Tensor,
        labels: torch.Tensor,
        mask: torch.Tensor | None,
        weights: torch.Tensor | None,
        loss: Loss,
        reduction: Any,
        threads: int,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        marks, shares = (None if tensor is None else array(tensor) for tensor in (mask, weights))
        value, gradient = loss(
            array(scores), array(labels), mask=marks, weights=shares, reduction=reduction, threads=threads
        )
        shape = scores.shape[:-1] if reduction == "none" else ()
        return tensor_like(value, scores).reshape(shape), tensor_like(gradient, scores)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Any, ...]) -> None:
        ctx.mark_non_differentiable(output[1])
        ctx.save_for_backward(inputs[0], output[1])

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> Any:
        scores, gradient = ctx.saved_tensors
        pull = ListwisePull.forward if once() else ListwisePull.apply
        return pull(scores, gradient, cotangents[0]), None, None, None, None, None, None

    @staticmethod
    def vmap(info: Any, in_dims: Any, *arguments: Any) -> Any:
        tensors, rest = folded(info.batch_size, in_dims[:4], arguments[:4]), arguments[4:]
        if rest[1] == "none":
            return Listwise.apply(*tensors, *rest), (0, 0)
        # Each has a mean of its own.
        each = [
            Listwise.apply(*(tensor if tensor is None else tensor[at] for tensor in tensors), *rest)
            for at in range(info.batch_size)
        ]
        return tuple(torch.stack(parts) for parts in zip(*each, strict=True)), (0, 0)


class ListwisePull(Function):
    """The gradient of a ranking loss. It takes the scores along, to refuse a second derivative to them."""

    @staticmethod
    def forward(scores: torch.Tensor, gradient: torch.Tensor, cotangent: torch.Tensor) -> torch.Tensor:
        return gradient * cotangent.reshape(*cotangent.shape, *(1 for _ in range(gradient.dim() - cotangent.dim())))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        pass

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> Any:
        raise refused()

    @staticmethod
    def vmap(info: Any, in_dims: Any, *arguments: Any) -> Any:
        return ListwisePull.apply(*folded(info.batch_size, in_dims, arguments)), 0


def rows_of(tensor: torch.Tensor) -> NDArray[Any]:
    """View a tensor of any shape ``(..., n)`` as rows."""
    return array(tensor).reshape(math.prod(tensor.shape[:-1]), tensor.shape[-1])
