"""The projections in tensor operations, for tensors that shall stay on their device: values and gradients, in float64.

A projection is one isotonic fit, whose blocks are found from above: a segment is cut where the sums of what lies above
a level are greatest, all segments of all rows at a time, until none can be cut: about log n rounds. Numbers are those
of the core to rounding; where blocks just touch, rounding decides whether they count as one.
"""

# mypy: disable-error-code=no-untyped-call

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from rank_soft._options import Options

RANKS = {"rank", "top_k_mask"}
TINY = 1e-300
# A cut must gain more than this share of what was added up.
ROUNDING = 1e-15


class Rows(NamedTuple):
    """Values in rows, shape ``(rows, n)``, float64, and what goes with them."""

    values: Tensor
    mask: Tensor | None
    weights: Tensor | None
    strengths: Tensor  # of each row, shape (rows, 1)


class Segments:
    """Runs of neighbors in a matrix, none of them across rows, and sums over them."""

    def __init__(self, starts: Tensor) -> None:
        self.starts = starts
        self.ids = starts.reshape(-1).cumsum(0) - 1
        self.places = torch.arange(self.ids.numel(), device=starts.device)
        self.first = self._least(self.places)
        self.count = self.sums(torch.ones_like(starts, dtype=torch.float64))

    def _least(self, numbers: Tensor) -> Tensor:
        full = torch.full_like(numbers, self.ids.numel())
        return full.scatter_reduce(0, self.ids, numbers, "amin")[self.ids].view_as(self.starts)

    def sums(self, numbers: Tensor) -> Tensor:
        """Give each number the sum of its segment."""
        flat = numbers.reshape(-1)
        return torch.zeros_like(flat).index_add(0, self.ids, flat)[self.ids].view_as(numbers)

    def most(self, numbers: Tensor) -> Tensor:
        """Give each number the greatest of its segment."""
        flat = numbers.reshape(-1)
        full = torch.full_like(flat, -torch.inf)
        return full.scatter_reduce(0, self.ids, flat, "amax")[self.ids].view_as(numbers)

    def at_first(self, numbers: Tensor) -> Tensor:
        """Give each number the first of its segment."""
        return numbers.reshape(-1)[self.first]

    def cuts(self, above: Tensor) -> Tensor:
        """Mark the first place of what lies below, where the sums of ``above`` from the start are greatest."""
        sums = above.cumsum(1)
        sums = sums - self.at_first(sums - above)
        last = self.first + self.count.long() - 1
        inner = self.places.view_as(last) < last
        # All above, or all below, is no cut.
        least = sums.reshape(-1)[last].clamp(min=0) + ROUNDING * self.sums(above.abs())
        sums = torch.where(inner, sums, -torch.inf)
        most = self.most(sums)
        gain = most > least
        far = self.ids.numel()
        best = self._least(torch.where(inner & gain & (sums == most), self.places.view_as(last), far).reshape(-1))
        return self.places.view_as(last) == best + 1


class Fit:
    """What is fitted: above a level are numbers whose ``excess`` over it is positive."""

    def __init__(self, options: Options, ordered: Tensor, weights: Tensor, totals: Tensor, strengths: Tensor) -> None:
        self.kl = options.method == "kl"
        self.sort = options.kind not in RANKS
        self.ordered, self.weights, self.totals, self.strengths = ordered, weights, totals, strengths

    def excess(self, segments: Segments) -> tuple[Tensor, Tensor]:
        """Over the mean of each segment, which tells whether it can be cut, and over the level of its middle."""
        middle = segments.first + (segments.count.long() - 1) // 2
        # From the first of each segment, so that what is far above costs no digits.
        rest = self.ordered - segments.at_first(self.ordered)
        if not self.kl:
            # The mean of these over a block is its level.
            terms = (
                self.totals - self.strengths * rest if self.sort else self.weights * rest - self.strengths * self.totals
            )
            mean = segments.sums(terms) / segments.sums(self.weights)
            level = (terms / self.weights).reshape(-1)[middle]
            return terms - self.weights * mean, terms - self.weights * level
        scaled = rest / self.strengths
        logs = scaled + self.weights.log()
        whole = segments.sums(self.totals)
        share = logs.exp()
        mean = share / segments.sums(share) * whole
        level = (logs - self.totals.log()).reshape(-1)[middle]
        # Beyond all that is below, more is no more.
        return mean - self.totals, torch.minimum((logs - level).exp(), 2 * whole) - self.totals

    def blocks(self, starts: Tensor) -> Segments:
        """Cut until nothing is left to cut."""
        segments = Segments(starts)
        while True:
            of_mean, of_middle = self.excess(segments)
            cuts = segments.cuts(of_mean)
            cut = segments.most(cuts.double()) > 0
            if not bool(cut.any()):
                return segments
            halves = segments.cuts(torch.where(of_middle.isfinite(), of_middle, 0.0)) & cut
            halved = segments.most(halves.double()) > 0
            segments = Segments(segments.starts | torch.where(halved, halves, cuts))


class DeviceState:
    """What the gradient needs of a pass."""

    def __init__(self, options: Options, rows: Rows) -> None:
        self.options, self.rows = options, rows
        self.ranks = options.kind in RANKS
        descending = options.direction == "descending"
        flips = {"rank": descending, "sort": not descending, "quantile": True}
        self.sign = -1.0 if flips.get(options.kind, False) else 1.0

    def order(self, values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Sort what counts in front; say where it stood and which places count."""
        values = values * self.sign
        if self.rows.mask is not None:
            values = values.masked_fill(~self.rows.mask, -torch.inf)
        ordered, order = values.sort(dim=1, descending=True, stable=True)
        counted = torch.ones_like(order, dtype=torch.bool)
        if self.rows.mask is not None:
            counted = self.rows.mask.gather(1, order)
        return torch.where(counted, ordered, 0.0), order, counted

    def targets(self, order: Tensor, counted: Tensor) -> tuple[Tensor, Tensor]:
        """Give the weight of each place, and what it is projected upon, times the weight."""
        if self.rows.weights is None:
            weights = counted.double()
        else:
            weights = torch.where(counted, self.rows.weights.gather(1, order), 0.0)
        before = weights.cumsum(1) - weights
        if self.options.kind == "top_k_mask":
            k = float(self.options.k or 0)
            return weights, (before + weights).clamp(max=k) - before.clamp(max=k)
        return weights, weights * (weights.sum(1, keepdim=True) - before - (weights - 1) / 2)

    def hard(self, values: Tensor) -> Tensor:
        """Ranks, sorted values or entries of a mask at strength 0, in sorted order, and where each stood."""
        ordered, order, counted = self.order(values)
        if self.ranks:
            weights, totals = self.targets(order, counted)
            ties = Segments(starts_of(ordered, counted, ties=True))
            return self.back(ties.sums(totals) / ties.sums(weights).clamp(min=TINY), order)
        return self.sign * ordered

    def back(self, places: Tensor, order: Tensor) -> Tensor:
        """Put what was found for the sorted order where it stood."""
        return torch.zeros_like(places).scatter(1, order, places)

    def forward(self) -> Tensor:
        """Do the pass."""
        values = self.rows.values
        if self.options.gradient == "black_box":
            return self.hard(values)
        ordered, order, counted = self.order(values)
        weights, totals = self.targets(order, counted)
        self.ordering, self.counted = order, counted
        self.weights = torch.where(counted, weights, 1.0)
        # At strength 0 nothing is pooled but equal values, in ranks.
        hard = self.rows.strengths < TINY
        self.strengths = torch.where(hard, 1.0, self.rows.strengths)
        soft = Fit(self.options, ordered, self.weights, totals, self.strengths)
        apart = starts_of(ordered, counted, ties=True) if self.ranks else torch.ones_like(counted)
        self.blocks = soft.blocks(starts_of(ordered, counted) | (hard & apart))
        self.moving = counted & ~hard & (self.blocks.count > 1)
        rest = ordered - self.blocks.at_first(ordered)
        mass = self.blocks.sums(self.weights)
        result = self._soft(rest, ordered, totals, mass)
        result = torch.where(counted, result, 0.0)
        if self.options.gradient == "straight_through":
            return self.hard(values)
        return self.back(result, order) if self.ranks else self.sign * result + 0.0

    def _soft(self, rest: Tensor, ordered: Tensor, totals: Tensor, mass: Tensor) -> Tensor:
        whole = self.blocks.sums(totals)
        if self.options.method == "kl":
            shares = (rest / self.strengths).exp()
            self.shares = shares * whole / self.blocks.sums(self.weights * shares)
            return torch.where(self.moving, self.shares, whole / mass)
        mean = self.blocks.sums(self.weights * rest) / mass
        if self.ranks:
            return torch.where(self.moving, (rest - mean) / self.strengths, 0.0) + whole / mass
        step = (mass - 1) / 2 - (self.blocks.places.view_as(rest) - self.blocks.first)
        level = self.blocks.at_first(ordered) + mean
        return torch.where(self.moving, level + step / self.strengths, ordered)

    def vjp(self, cotangent: Tensor) -> Tensor:
        """Pull back."""
        if self.options.gradient == "black_box":
            reach, values = self.options.reach, self.rows.values
            moved = values - self.sign * reach * cotangent
            return self.sign * (self.hard(values) - self.hard(moved)) / reach
        if not self.ranks:
            mean = self.blocks.sums(cotangent) / self.blocks.count
            return self.back(torch.where(self.counted, mean, 0.0), self.ordering)
        u = cotangent.gather(1, self.ordering)
        if self.options.method == "kl":
            total = self.blocks.sums(self.weights * self.shares)
            mean = self.blocks.sums(u * self.shares) / total.clamp(min=TINY)
            slope = self.shares * (u - self.weights * mean)
        else:
            slope = u - self.weights * (self.blocks.sums(u) / self.blocks.sums(self.weights))
        slope = torch.where(self.moving, self.sign * slope / self.strengths, 0.0)
        return self.back(slope, self.ordering)


def starts_of(ordered: Tensor, counted: Tensor, *, ties: bool = False) -> Tensor:
    """Mark the first place of each row, what does not count, and on demand each that differs from the one before."""
    starts = ~counted
    starts[:, :1] = True
    if ties:
        starts[:, 1:] |= ordered[:, 1:] != ordered[:, :-1]
    return starts
