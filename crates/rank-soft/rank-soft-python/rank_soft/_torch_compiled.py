"""The operators as torch's compiler sees them: opaque, with shapes and gradients. Gradients do the pass again."""

# Contexts belong to torch, which reads the annotations as well.
# ruff: noqa: ANN401, TC002

from __future__ import annotations

from typing import Any

import torch
from torch.library import custom_op

from rank_soft import _torch_rows as rows
from rank_soft._host import Extras
from rank_soft._options import Options, result_shape
from rank_soft._torch_autograd import Spearman, SpearmanPull, folded, refused

_OPTIONS = (
    "str kind, float strength, int? k, float? level, str method, str direction, str scale, str gradient, float reach, "
    "int axis, int threads"
)


_EXTRAS = "Tensor? mask, Tensor? weights, Tensor? strengths, Tensor? offsets"


@custom_op("rank_soft::forward", mutates_args=(), schema=f"(Tensor values, {_EXTRAS}, {_OPTIONS}) -> Tensor")
def forward(values: torch.Tensor, *rest: Any) -> torch.Tensor:
    """Do the pass."""
    return rows.forward(values, Extras(*rest[:4]), Options(*rest[4:]))[0]


@custom_op(
    "rank_soft::vjp", mutates_args=(), schema=f"(Tensor values, Tensor cotangent, {_EXTRAS}, {_OPTIONS}) -> Tensor"
)
def vjp(values: torch.Tensor, cotangent: torch.Tensor, *rest: Any) -> torch.Tensor:
    """Do the pass, and pull back."""
    _, state = rows.forward(values, Extras(*rest[:4]), Options(*rest[4:]))
    return rows.pulled(state, cotangent, values)


@custom_op(
    "rank_soft::spearman_loss",
    mutates_args=(),
    schema="(Tensor predictions, Tensor targets, float strength, str method) -> Tensor",
)
def spearman(predictions: torch.Tensor, targets: torch.Tensor, strength: float, method: str) -> torch.Tensor:
    """Compute the loss of each row."""
    return Spearman.forward(predictions, targets, strength, method)


@custom_op(
    "rank_soft::spearman_loss_vjp",
    mutates_args=(),
    schema="(Tensor predictions, Tensor targets, Tensor cotangent, float strength, str method) -> (Tensor, Tensor)",
)
def spearman_vjp(
    predictions: torch.Tensor, targets: torch.Tensor, cotangent: torch.Tensor, strength: float, method: str
) -> tuple[torch.Tensor, torch.Tensor]:
    """Pull back to both sides."""
    return SpearmanPull.forward(predictions, targets, cotangent, strength, method)


def _forward_fake(values: torch.Tensor, *rest: Any) -> torch.Tensor:
    count = None if rest[3] is None else rest[3].shape[-1] - 1
    return values.new_empty(result_shape(Options(*rest[4:]), tuple(values.shape), count))


def _vjp_fake(values: torch.Tensor, *_: Any) -> torch.Tensor:
    return values.new_empty(values.shape)


def _spearman_fake(predictions: torch.Tensor, *_: Any) -> torch.Tensor:
    return predictions.new_empty(predictions.shape[:-1])


def _spearman_vjp_fake(predictions: torch.Tensor, *_: Any) -> tuple[torch.Tensor, torch.Tensor]:
    return predictions.new_empty(predictions.shape), predictions.new_empty(predictions.shape)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:  # noqa: ARG001 - torch passes it by name
    ctx.save_for_backward(*inputs[:2])
    ctx.options = inputs[2:]


def _keep_pass(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:  # noqa: ARG001 - torch passes it by name
    ctx.save_for_backward(*inputs[:5])
    ctx.options = inputs[5:]


def _forward_backward(ctx: Any, cotangent: torch.Tensor) -> Any:
    values, *extras = ctx.saved_tensors
    return vjp(values, cotangent, *extras, *ctx.options), *(None for _ in (*extras, *ctx.options))


def _spearman_backward(ctx: Any, cotangent: torch.Tensor) -> Any:
    return *spearman_vjp(*ctx.saved_tensors, cotangent, *ctx.options), None, None


def _refuse(*_: Any) -> Any:
    raise refused()


def _fold(op: Any, tensors: int, outputs: int) -> Any:
    def rule(info: Any, in_dims: Any, *arguments: Any) -> Any:
        batched = folded(info.batch_size, in_dims[:tensors], arguments[:tensors])
        return op(*batched, *arguments[tensors:]), 0 if outputs == 1 else (0,) * outputs

    return rule


forward.register_fake(_forward_fake)
vjp.register_fake(_vjp_fake)
spearman.register_fake(_spearman_fake)
spearman_vjp.register_fake(_spearman_vjp_fake)
forward.register_autograd(_forward_backward, setup_context=_keep_pass)
vjp.register_autograd(_refuse)
spearman.register_autograd(_spearman_backward, setup_context=_keep)
spearman_vjp.register_autograd(_refuse)
for _op, _tensors, _outputs in ((forward, 5, 1), (vjp, 6, 1), (spearman, 2, 1), (spearman_vjp, 3, 2)):
    _op.register_vmap(_fold(_op, _tensors, _outputs))
