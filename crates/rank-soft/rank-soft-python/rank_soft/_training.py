"""The training loop of a network, as the Rust crate has it."""

from __future__ import annotations

import importlib
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rank_soft._errors import InvalidInputError, MissingPackageError, ShapeError
from rank_soft._network import Floats, at_least, shuffled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rank_soft._network import Layers, Network
    from rank_soft._rank_soft import Loss

Items: TypeAlias = tuple[Floats, Floats, NDArray[np.int64]]


@dataclass(frozen=True)
class History:
    """How a training went.

    Args:
        losses: The mean loss of the batches of each epoch.
        values: The mean measure of the queries that were held out, after each epoch.
        best: The epoch of which the weights are, from 0: that of the best value, or the last one.
        stopped: Whether it ended because the value no longer rose.

    Example:
        >>> History(losses=[0.5, 0.4], values=[0.7, 0.8], best=1).stopped
        False
    """

    losses: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    best: int = 0
    stopped: bool = False


@dataclass(frozen=True)
class Training:
    """Mini-batches of queries, AdamW, early stopping."""

    loss: Loss
    epochs: int
    batch: int
    rate: float
    weight_decay: float
    patience: int
    seed: int
    progress: bool

    def __post_init__(self) -> None:
        for argument, number, least in (("epochs", self.epochs, 0), ("batch", self.batch, 1)):
            at_least(argument, number, least)
        at_least("patience", self.patience, 1)
        if not (self.rate > 0 and math.isfinite(self.rate)):
            raise InvalidInputError(f"rate: expected a positive number, got {self.rate}; pass another")
        if not (self.weight_decay >= 0 and math.isfinite(self.weight_decay)):
            raise InvalidInputError(
                f"weight_decay: expected a number of at least 0, got {self.weight_decay}; pass another"
            )

    def fit(self, network: Network, items: Items, held_out: Items | None, measure: str) -> History:
        """Train the network; its layers are those of the best epoch at the end, whichever way that comes."""
        features, labels, offsets = _judged(items)
        network.check(features)
        network.learn_scale(features)
        held = None if held_out is None else _HeldOut(network, held_out, measure)
        inputs = network.standardized(features)
        optimizer = _AdamW(network.layers, self.rate, self.weight_decay)
        best, at, stopped, done = network.snapshot(), 0, False, False
        losses: list[float] = []
        values: list[float] = []
        try:
            for epoch in _bar(range(self.epochs), self.progress):
                losses.append(self._epoch(network, optimizer, (inputs, labels, offsets), epoch))
                if held is not None:
                    values.append(held.value(network, epoch))
                if held is None or epoch == 0 or values[-1] > values[at]:
                    at, best = epoch, network.snapshot()
                elif epoch - at >= self.patience:
                    stopped = True
                    break
            done = True
        finally:
            if held is not None or not done:
                network.layers = best
        return History(losses, values, at, stopped)

    def _epoch(self, network: Network, optimizer: _AdamW, items: Items, epoch: int) -> float:
        """Take a step for each batch; return the mean loss."""
        inputs, labels, offsets = items
        found = []
        order = shuffled(len(offsets) - 1, self.seed, epoch)
        for start in range(0, len(order), self.batch):
            rows, bounds = _gathered(offsets, order[start : start + self.batch])
            if not len(rows):
                found.append(0.0)
                continue
            values = network.forward(inputs[rows])
            scores = values[-1][:, 0].copy()
            _finite(scores, epoch)
            value, slopes = self.loss(scores, labels[rows], offsets=bounds)
            optimizer.step(network.layers, network.gradients(values, slopes))
            found.append(float(value))
        return float(np.mean(found)) if found else 0.0


class _AdamW:
    """Loshchilov, Hutter (ICLR 2019)."""

    def __init__(self, layers: Layers, rate: float, weight_decay: float) -> None:
        self.rate, self.weight_decay, self.steps = rate, weight_decay, 0
        self.moments = [(np.zeros_like(part), np.zeros_like(part)) for layer in layers for part in layer]

    def step(self, layers: Layers, gradients: Layers) -> None:
        self.steps += 1
        shares = np.float32(1 - 0.9**self.steps), np.float32(1 - 0.999**self.steps)
        parts = (part for layer in layers for part in layer)
        slopes = (slope for layer in gradients for slope in layer)
        with np.errstate(over="ignore", invalid="ignore"):
            for part, slope, (first, second) in zip(parts, slopes, self.moments, strict=True):
                first[...] = np.float32(0.9) * first + np.float32(0.1) * slope
                second[...] = np.float32(0.999) * second + np.float32(0.001) * (slope * slope)
                change = (first / shares[0]) / (np.sqrt(second / shares[1]) + np.float32(1e-8))
                part[...] = part * np.float32(1 - self.rate * self.weight_decay) - np.float32(self.rate) * change


class _HeldOut:
    """Queries on which a network is measured, as rows that are filled up to the longest."""

    def __init__(self, network: Network, items: Items, measure: str) -> None:
        try:
            self.rank_eval: Any = importlib.import_module("rank_eval")
        except ImportError:
            raise MissingPackageError(
                "held_out: expected the package rank-eval, got none; run pip install rank-eval, or pass None"
            ) from None
        features, labels, offsets = _judged(items)
        self.measure, self.inputs, lengths = measure, network.standardized(features), np.diff(offsets)
        self.mask = np.arange(lengths.max(initial=0)) < lengths[:, None]
        self.labels = np.zeros(self.mask.shape, np.float32)
        self.labels[self.mask] = labels

    def value(self, network: Network, epoch: int) -> float:
        """Measure; the mean over the queries."""
        scores = np.zeros(self.mask.shape, np.float32)
        flat = network.forward(self.inputs)[-1][:, 0]
        _finite(flat, epoch)
        scores[self.mask] = flat
        try:
            evaluation = self.rank_eval.evaluate_arrays(scores, self.labels, [self.measure], self.mask)
        except ValueError as error:
            raise InvalidInputError(str(error)) from None
        column = evaluation.column(self.measure)
        return float(column.mean()) if len(column) else 0.0


def _finite(scores: Floats, epoch: int) -> None:
    if not np.isfinite(scores).all():
        raise InvalidInputError(
            f"rate: expected one that keeps scores finite, got other scores in epoch {epoch}; pass a smaller one"
        )


def _judged(items: Items) -> Items:
    features, labels, offsets = items
    if labels.shape != features.shape[:1]:
        raise ShapeError(
            f"labels: expected shape {features.shape[:1]}, one for each row of features, got {labels.shape}; "
            "pass one for each"
        )
    ends = (offsets[0], offsets[-1]) if offsets.ndim == 1 and len(offsets) else (-1, -1)
    if ends != (0, len(labels)) or (np.diff(offsets) < 0).any():
        raise InvalidInputError(
            f"offsets: expected ascending positions from 0 to {len(labels)}, got others; "
            "offsets[i] is where query i begins"
        )
    if not np.isfinite(labels).all():
        at = int(np.flatnonzero(~np.isfinite(labels))[0])
        raise InvalidInputError(f"labels[{at}]: expected a finite number, got {labels[at]}; repair or drop it")
    return features, np.ascontiguousarray(labels, np.float32), offsets


def _gathered(offsets: NDArray[np.int64], queries: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the items of the queries, and where those of each begin among them."""
    starts, ends = offsets[queries], offsets[queries + 1]
    bounds = np.concatenate([[0], np.cumsum(ends - starts)])
    return np.repeat(starts - bounds[:-1], ends - starts) + np.arange(bounds[-1]), bounds


def _bar(epochs: range, progress: bool) -> Iterable[int]:
    if not progress:
        return epochs
    try:
        tqdm: Any = importlib.import_module("tqdm").tqdm
    except ImportError:
        raise MissingPackageError(
            "progress: expected the package tqdm, got none; pip install tqdm, or pass progress=False"
        ) from None
    bar: Iterable[int] = tqdm(epochs, "epochs", leave=False)
    return bar
