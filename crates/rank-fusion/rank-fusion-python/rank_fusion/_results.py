"""What ``explain`` and ``optimize`` return, as named tuples."""

from __future__ import annotations

from typing import Any, NamedTuple


class Part(NamedTuple):
    """What one list says of one document.

    Attributes:
        rank: The document's rank in the list, from 1; None if the list lacks it.
        score: Its score in the list.
        value: The score normalized, or what the rank is worth.
        weight: The weight of the list.
        contribution: What the list adds to the fused score.
    """

    rank: int | None
    score: float | None
    value: float | None
    weight: float
    contribution: float


class Explained(NamedTuple):
    """A document of a fused list.

    Attributes:
        id: The document.
        score: Its fused score.
        rank: Its rank, from 1.
        parts: What each list says of it.
        rank_without: Per list, its rank if that list were not there; None if it would not be among the results.
    """

    id: Any
    score: float
    rank: int
    parts: tuple[Part, ...]
    rank_without: tuple[int | None, ...]


class ListReport(NamedTuple):
    """What a list did for a fused list.

    Attributes:
        documents: How many documents it has.
        alone: How many of them no other list has.
        in_results: How many of the results it holds.
        contribution: The sum of its contributions to the results.
        lost_without: Results that would not be among the results without it.
        gained_without: What would be among the results instead.
    """

    documents: int
    alone: int
    in_results: int
    contribution: float
    lost_without: list[Any]
    gained_without: list[Any]


class Explanation(NamedTuple):
    """A fused list with the reasons for it.

    Attributes:
        results: The fused list, best first.
        lists: What each list did.
        overlap: For each pair of lists, the documents that both hold over those that either holds.
        is_sum: Whether the score is by its definition the sum of the contributions. Where it is not, they share it out,
            and taking a list away does not take its contribution from the score.
    """

    results: list[Explained]
    lists: list[ListReport]
    overlap: list[list[float]]
    is_sum: bool


class Trial(NamedTuple):
    """What was tried, and how good it was.

    Attributes:
        method: The method with its parameters.
        norm: The normalization; None for methods that do not look at scores.
        weights: The weight of each list.
        mean: The mean of the measure over all queries.
    """

    method: str
    norm: str | None
    weights: list[float]
    mean: float


class Fold(NamedTuple):
    """One part of the queries, and what was chosen on the others.

    Attributes:
        queries: The queries of this part.
        trial: What was the best on the others.
        train: Its mean on the others.
        test: Its mean on this part.
        baseline: The mean of the baseline on this part.
    """

    queries: list[Any]
    trial: Trial
    train: float
    test: float
    baseline: float


class Validation(NamedTuple):
    """What a choice is worth on queries that had no part in it.

    Attributes:
        folds: The folds.
        mean: The mean over all queries, each under the choice that was made without it.
        interval: The bounds of that mean, 95 %, by resampling queries.
        baseline: The mean of the baseline over the same queries.
        values: The value of each query under the choice that was made without it.
    """

    folds: list[Fold]
    mean: float
    interval: tuple[float, float]
    baseline: float
    values: dict[Any, float]


class Optimized(NamedTuple):
    """What a search found.

    Attributes:
        best: The best trial on all queries.
        baseline: The first method and normalization with equal weights.
        trials: Every trial, the baseline first.
        validation: What the choice is worth on queries that had no part in it; None without folds.
        p_value: How likely a difference from the baseline as large as this one is by chance alone: on held-out queries
            if there is a validation.
        warning: What speaks against the choice; None for a significant gain.
    """

    best: Trial
    baseline: Trial
    trials: list[Trial]
    validation: Validation | None
    p_value: float
    warning: str | None
