"""Passes over arrays, as torch and JAX ask for them: with axes in front that a transform has put there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rank_soft._options import Options, operator, result_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Extras(NamedTuple):
    """What goes with the values: arrays, or tensors."""

    mask: Any = None
    weights: Any = None
    strengths: Any = None
    offsets: Any = None


class Folded:
    """The state of ragged rows of many, told apart again."""

    def __init__(self, state: Any, shape: tuple[int, ...], result: tuple[int, ...]) -> None:  # noqa: ANN401
        self.state, self.shape, self.result = state, shape, result

    def vjp(self, cotangent: NDArray[Any]) -> NDArray[Any]:
        """Pull back."""
        return np.asarray(self.state.vjp(cotangent.reshape(self.result)).reshape(self.shape))


def forward(options: Options, values: NDArray[Any], extras: Extras) -> tuple[NDArray[Any], Any]:
    """Do the pass; its state has ``vjp``."""
    mask, weights, strengths, offsets = extras
    made = operator(options)
    if offsets is None or values.ndim == 1:
        return made.forward(
            values,
            axis=options.axis,
            mask=mask,
            weights=weights,
            strengths=strengths,
            offsets=offsets,
            threads=options.threads,
        )
    # Each batch has its numbers, and its rows of them: together they are more rows of more numbers.
    outer, numbers = values.shape[:-1], values.shape[-1]
    each = np.broadcast_to(offsets, (*outer, offsets.shape[-1])).reshape(-1, offsets.shape[-1])
    for row in np.flatnonzero((each[:, 0] != 0) | (each[:, -1] != numbers)):
        made(values.reshape(-1, numbers)[row], offsets=np.ascontiguousarray(each[row]))
    starts = each[:, :-1] + numbers * np.arange(len(each))[:, None]
    flat = [None if array is None else array.reshape(-1) for array in (mask, weights, strengths)]
    result, state = made.forward(
        values.reshape(-1),
        mask=flat[0],
        weights=flat[1],
        strengths=flat[2],
        offsets=np.append(starts, len(each) * numbers),
        threads=options.threads,
    )
    shape = result_shape(options, values.shape, offsets.shape[-1] - 1)
    return result.reshape(shape), Folded(state, values.shape, result.shape)
