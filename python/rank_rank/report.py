"""What the stages are worth: measures, time, and whether the difference to BM25 is luck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import rank_eval
from rank_rank.collection import Collection
from rank_rank.pipeline import StageRun

MEASURES = ("nDCG@10", "MRR@10", "recall@100")
_IN_RANK_EVAL = {"nDCG@10": "nDCG@10", "MRR@10": "RR@10", "recall@100": "recall@100"}
# The usual level: a difference with a smaller p is called one.
_SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class StageReport:
    """One stage.

    Attributes:
        stage: Its name.
        means: Each of ``MEASURES``, the mean over all queries.
        milliseconds: Mean time of a query in this stage alone.
        p_value: Of nDCG@10 against the first stage; None for the first stage itself.
    """

    stage: str
    means: Mapping[str, float]
    milliseconds: float
    p_value: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """All stages on one collection.

    Attributes:
        title: Collection and encoder.
        queries: How many queries were measured.
        stages: In the order of the pipeline.
        findings: What the numbers say, a sentence each.
    """

    title: str
    queries: int
    stages: tuple[StageReport, ...]
    findings: tuple[str, ...]

    @property
    def best(self) -> StageReport:
        """Of the stages that are better than the first beyond chance, that of the highest nDCG@10; else the first.

        Of equal ones it is the earliest, which costs least.
        """
        first, *others = self.stages
        better = [
            stage
            for stage in others
            if stage.means["nDCG@10"] > first.means["nDCG@10"] and (stage.p_value or 0.0) < _SIGNIFICANT
        ]
        return max(better, key=lambda stage: stage.means["nDCG@10"], default=first)


def evaluate(collection: Collection, runs: Sequence[StageRun], encoder: str) -> Report:
    """Measures runs.

    Args:
        collection: What they searched.
        runs: One for each stage, the baseline first.
        encoder: The name of the encoder, for the title.

    Returns:
        The report.
    """
    qrels = rank_eval.Qrels.from_dict({query: dict(collection.qrels[query]) for query in collection.queries})
    per_query: dict[str, Mapping[str, Mapping[str, float]]] = {}
    stages: list[StageReport] = []
    for run in runs:
        answers = rank_eval.Run.from_dict({query: dict(ranked) for query, ranked in run.lists.items()})
        result = rank_eval.evaluate(qrels, answers, list(_IN_RANK_EVAL.values()))
        per_query[run.stage] = result.per_query
        stages.append(
            StageReport(
                run.stage,
                {name: result.means[measure] for name, measure in _IN_RANK_EVAL.items()},
                1000 * run.seconds / len(collection.queries),
                _p_value(result.per_query, per_query[runs[0].stage], "nDCG@10") if stages else None,
            )
        )
    # The reranker has to be worth its time: better than the list that it was given. And fusion may help the reranker
    # by finding more, whatever its own order is worth.
    first, fused, last = stages[0], stages[-2], stages[-1]
    compared = [(stage, first, "nDCG@10") for stage in stages[1:]]
    compared += [(last, fused, "nDCG@10"), (fused, first, "recall@100")]
    findings = (
        _finding(stage, other, measure, _p_value(per_query[stage.stage], per_query[other.stage], measure))
        for stage, other, measure in compared
    )
    return Report(f"{collection.name}, encoder {encoder}", len(collection.queries), tuple(stages), tuple(findings))


def _p_value(a: Mapping[str, Mapping[str, float]], b: Mapping[str, Mapping[str, float]], measure: str) -> float:
    """Two-sided, by randomization over the queries (Smucker, Allan, Carterette 2007)."""
    ours, others = a[_IN_RANK_EVAL[measure]], b[_IN_RANK_EVAL[measure]]
    return rank_eval.randomization_test([ours[query] for query in ours], [others[query] for query in ours]).p_value


def _finding(stage: StageReport, other: StageReport, measure: str, p_value: float) -> str:
    difference = stage.means[measure] - other.means[measure]
    numbers = f"{measure} {difference:+.4f}, p = {p_value:.4f}"
    if p_value >= _SIGNIFICANT:
        return f"{stage.stage} does not help here: its difference to {other.stage} may be chance ({numbers})."
    if difference < 0:
        return f"{stage.stage} does not help here: it is worse than {other.stage} ({numbers})."
    return f"{stage.stage} is better than {other.stage} ({numbers})."
