"""The options of an operator, in one hashable value."""

from __future__ import annotations

from typing import Any, NamedTuple

from rank_soft._errors import InvalidInputError
from rank_soft._rank_soft import Operator


class Options(NamedTuple):
    """What an ``Operator`` is made of, and the axis that it works along, counted from the last."""

    kind: str
    strength: float
    k: int | None = None
    level: float | None = None
    method: str = "l2"
    direction: str = "ascending"
    scale: str = "absolute"
    gradient: str = "exact"
    reach: float = 1.0
    axis: int = -1
    threads: int = 1


_KEPT: dict[Options, Operator] = {}
_MOST_KEPT = 256


def operator(options: Options) -> Operator:
    """Make the operator, or give back the one made before."""
    kept = _KEPT.get(options)
    if kept is not None:
        return kept
    keywords: dict[str, Any] = options._asdict()
    kind, strength = keywords.pop("kind"), keywords.pop("strength")
    del keywords["axis"], keywords["threads"]
    made = Operator(kind, strength, **keywords)
    if len(_KEPT) < _MOST_KEPT:
        _KEPT[options] = made
    return made


def from_last(axis: int, dimensions: int, argument: str) -> int:
    """Count an axis from the last one, so that axes put before all others do not move it."""
    if not -dimensions <= axis < dimensions:
        raise InvalidInputError(
            f"{argument}: expected an axis of {dimensions} dimensions, got {axis}; "
            f"pass one from {-dimensions} to {dimensions - 1}"
        )
    return axis - dimensions if axis >= 0 else axis


def result_shape(options: Options, shape: tuple[int, ...], rows: int | None = None) -> tuple[int, ...]:
    """Say which shape the result has for values of that shape; ragged ones are so many rows."""
    axis = len(shape) + options.axis
    before, behind = shape[:axis], shape[axis + 1 :]
    if options.kind not in {"top_k", "quantile"}:
        return shape
    each = () if rows is None else (rows,)
    of_row = (options.k,) if options.kind == "top_k" and options.k is not None else ()
    return (*before, *each, *of_row, *behind)
