"""Standardized features, and linear layers with ReLU between them; the numbers are those of the Rust crate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rank_soft._errors import InvalidInputError, ShapeError

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats: TypeAlias = NDArray[np.float32]
Layers: TypeAlias = list[tuple[Floats, Floats]]
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@dataclass
class Network:
    """Scale of the features; weight and bias of each layer."""

    mean: Floats
    deviation: Floats
    layers: Layers

    @classmethod
    def random(cls, columns: int, hidden: Sequence[int], seed: int) -> Network:
        """Draw the weights."""
        for argument, number in (("columns", columns), *(("hidden", width) for width in hidden)):
            at_least(argument, number, 1)
        layers: Layers = []
        for layer, (start, end) in enumerate(pairwise([columns, *hidden, 1])):
            # Behind the last layer is no ReLU that halves what comes through.
            bound = math.sqrt((1.0 if layer == len(hidden) else 6.0) / start)
            weights = (2.0 * _uniform(seed, layer, start * end) - 1.0) * bound
            layers.append((weights.astype(np.float32).reshape(end, start), np.zeros(end, np.float32)))
        return cls(np.zeros(columns, np.float32), np.ones(columns, np.float32), layers)

    def learn_scale(self, features: Floats) -> None:
        """Take mean and deviation of the features, if there are none yet."""
        if not len(features) or self.mean.any() or (self.deviation != 1).any():
            return
        self.mean = features.mean(axis=0, dtype=np.float64).astype(np.float32)
        deviation = features.std(axis=0, dtype=np.float64).astype(np.float32)
        # A feature that is the same everywhere says nothing, whatever it is divided by.
        self.deviation = np.where((deviation > 0) & np.isfinite(deviation), deviation, np.float32(1))

    def standardized(self, features: Floats) -> Floats:
        """Less the mean, over the deviation."""
        self.check(features)
        return ((features - self.mean) / self.deviation).astype(np.float32, copy=False)

    def check(self, features: Floats) -> None:
        """Refuse features that the network does not take."""
        if features.ndim != 2 or features.shape[1] != len(self.mean):  # noqa: PLR2004 - a matrix
            raise ShapeError(
                f"features: expected shape (items, {len(self.mean)}), got {features.shape}; pass that many columns"
            )
        if not np.isfinite(features).all():
            row, column = np.argwhere(~np.isfinite(features))[0]
            raise InvalidInputError(
                f"features[{row}][{column}]: expected a finite number, got {features[row, column]}; repair or drop it"
            )

    def forward(self, inputs: Floats) -> list[Floats]:
        """Compute what goes into each layer, and what comes out of the last."""
        values = [inputs]
        with np.errstate(over="ignore", invalid="ignore"):
            for number, (weight, bias) in enumerate(self.layers):
                out = values[-1] @ weight.T + bias
                values.append(np.maximum(out, 0) if number + 1 < len(self.layers) else out)
        return values

    def gradients(self, values: list[Floats], slopes: Floats) -> Layers:
        """Pull the gradient to the scores back to the layers, through what ``forward`` found."""
        back, found = slopes[:, None], []
        for number in range(len(self.layers) - 1, -1, -1):
            found.append((back.T @ values[number], back.sum(axis=0)))
            if number:
                back = (back @ self.layers[number][0]) * (values[number] > 0)
        return found[::-1]

    def snapshot(self) -> Layers:
        """Copy the layers."""
        return [(weight.copy(), bias.copy()) for weight, bias in self.layers]


def shuffled(count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """Order queries by Fisher and Yates."""
    order = list(range(count))
    # Streams of the weights begin at 0.
    numbers = _uniform(seed, (1 << 32) + epoch, max(count, 1))
    for last in range(count - 1, 0, -1):
        at = min(int(numbers[last] * (last + 1)), last)
        order[last], order[at] = order[at], order[last]
    return np.array(order, np.int64)


def _uniform(seed: int, stream: int, count: int) -> NDArray[np.float64]:
    """Draw a stream of numbers between 0 and 1."""
    if not 0 <= seed < 1 << 64:
        raise InvalidInputError(f"seed: expected a number from 0 to 2 ** 64 - 1, got {seed}; pass another")
    start = _mixed(_mixed(np.array([seed], np.uint64) + _GOLDEN) + np.array([stream], np.uint64) * _GOLDEN)
    bits = _mixed(start + np.arange(1, count + 1, dtype=np.uint64) * _GOLDEN)
    return ((bits >> np.uint64(12)).astype(np.float64) + 0.5) / 2.0**52


def _mixed(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    # The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def at_least(argument: str, number: int, least: int) -> None:
    """Refuse a smaller number."""
    if number < least:
        raise InvalidInputError(f"{argument}: expected at least {least}, got {number}; pass another")
