"""What each fusion method makes of real runs: nDCG@10 and recall@100 on TREC Deep Learning 2021, in Markdown.

    RANK_DATA_DIR=... python benchmarks/fusion_quality.py

Two pairs and a triple of runs of the passage task (100 documents for each of 477 queries, of which NIST judged 53).
nDCG@10 takes the grades as they are; recall@100 counts grades 2 and 3, as the track does. Trained methods and searches
are cross-validated in five parts of the queries: what answers a query was chosen without it.
"""

from __future__ import annotations

import gzip
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import rank_eval
import rank_fusion

if TYPE_CHECKING:
    from collections.abc import Callable

Run = dict[str, dict[str, float]]
Judgments = dict[str, dict[str, int]]

SETS = {
    "BM25 + dense": ("p_bm25", "p_tct1"),
    "learned sparse + dense": ("ielab-uniCOIL", "TUW_TAS-B_ANN"),
    "BM25 + learned sparse + dense": ("p_bm25", "ielab-uniCOIL", "TUW_TAS-B_ANN"),
}
BY_RANK = [
    "rrf",
    "rrf(k=10)",
    "rrf(k=0)",
    "isr",
    "log_isr",
    "logn_isr",
    "rbc(phi=0.8)",
    "rbc(phi=0.95)",
    "borda",
    "median_rank",
    "condorcet",
    "copeland",
    "kemeny",
]
BY_SCORE = [
    "combsum",
    "combmnz",
    "combanz",
    "combmax",
    "combmin",
    "combmed",
    "combgmnz(gamma=0.5)",
    "weighted_mnz",
    "mixed",
    "geometric_mean",
    "harmonic_mean",
    "nearest_to_best",
]
COMBSUM_NORMS = ["identity", "max", "sum", "z_score", "three_sigma", "l2", "rank", "borda", "sigmoid", "quantile"]
TRAINED: dict[str, dict[str, Any]] = {
    "bayesfuse": {},
    "mapfuse": {},
    "posfuse": {},
    "probfuse": {"segments": 25},
    "segfuse": {},
    "slidefuse": {"window": 5},
}
# Cross-validated as well.
SEARCHES: dict[str, dict[str, list[str]]] = {
    "weights of rrf": {"methods": ["rrf"], "norms": ["min_max"]},
    "weights of combsum, min-max": {"methods": ["combsum"], "norms": ["min_max"]},
    "method, normalization and weights": {
        "methods": ["rrf", "rrf(k=10)", "combsum", "combmnz"],
        "norms": ["min_max", "three_sigma", "l2", "rank"],
    },
}
FOLDS = 5


def read_run(path: Path, judged: Judgments) -> Run:
    """The ranked lists of the judged queries."""
    run: Run = {}
    with gzip.open(path, "rt") as lines:
        for line in lines:
            query, _, document, _, score, _ = line.split()
            if query in judged:
                run.setdefault(query, {})[document] = float(score)
    return run


def read_qrels(path: Path) -> Judgments:
    """The grades of the judged documents."""
    qrels: Judgments = {}
    with path.open() as lines:
        for line in lines:
            query, _, document, grade = line.split()
            qrels.setdefault(query, {})[document] = int(grade)
    return qrels


def evaluate(qrels: Judgments, run: Run) -> tuple[float, float]:
    """NDCG@10 and recall@100."""
    relevant = {query: {document: int(grade >= 2) for document, grade in row.items()} for query, row in qrels.items()}
    ndcg = rank_eval.evaluate(qrels, run, ["nDCG@10"]).means["nDCG@10"]
    return ndcg, rank_eval.evaluate(relevant, run, ["R@100"]).means["R@100"]


def validated(runs: list[Run], qrels: Judgments, choose: Callable[[list[Run], Judgments], dict[str, Any]]) -> Run:
    """A fused run, each part of whose queries is fused as ``choose`` says from the others."""
    queries = sorted(qrels)
    parts = np.random.default_rng(0).permutation(len(queries)) % FOLDS
    fused: Run = {}
    for part in range(FOLDS):
        inside = {query for query, of in zip(queries, parts, strict=True) if of == part}
        outside = {query: grades for query, grades in qrels.items() if query not in inside}
        others = [{query: row for query, row in run.items() if query not in inside} for run in runs]
        held_out = [{query: row for query, row in run.items() if query in inside} for run in runs]
        fused |= rank_fusion.fuse_runs(held_out, **choose(others, outside))
    return fused


def train(name: str) -> Callable[[list[Run], Judgments], dict[str, Any]]:
    """What trains a method."""
    return lambda runs, qrels: {"method": rank_fusion.Trained.train(name, runs, qrels, **TRAINED[name])}


def optimize(methods: list[str], norms: list[str]) -> Callable[[list[Run], Judgments], dict[str, Any]]:
    """What finds the best of the methods, norms and weights in steps of 0.1."""

    def search(runs: list[Run], qrels: Judgments) -> dict[str, Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            best = rank_fusion.optimize(runs, qrels, methods=methods, norms=norms, step=0.1, folds=0).best
        return {"method": best.method, "norm": best.norm, "weights": best.weights}

    return search


def rows(runs: list[Run], qrels: Judgments, names: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    """The table of one set of runs."""
    table = {f"*list {place + 1}*": evaluate(qrels, run) for place, run in enumerate(runs)}
    for method in BY_RANK:
        table[f"`{method}`"] = evaluate(qrels, rank_fusion.fuse_runs(runs, method))
    for method in BY_SCORE:
        table[f"`{method}`, min-max"] = evaluate(qrels, rank_fusion.fuse_runs(runs, method, norm="min_max"))
    for norm in COMBSUM_NORMS:
        table[f"`combsum`, {norm}"] = evaluate(qrels, rank_fusion.fuse_runs(runs, "combsum", norm=norm))
    for method in TRAINED:
        table[f"`{method}`, cross-validated"] = evaluate(qrels, validated(runs, qrels, train(method)))
    plain = rank_fusion.fuse_runs(runs, "rrf")
    for title, search in SEARCHES.items():
        optimized = validated(runs, qrels, optimize(**search))
        table[f"**{title}**"] = evaluate(qrels, optimized)
        values = [
            list(rank_eval.evaluate(qrels, run, ["nDCG@10"]).per_query["nDCG@10"].values())
            for run in (optimized, plain)
        ]
        p_value = rank_eval.randomization_test(values[0], values[1]).p_value
        print(f"{' + '.join(names)}: {title} against `rrf`, nDCG@10: p = {p_value:.2f}")
    return table


def main() -> None:
    """Measures and prints."""
    folder = Path(os.environ["RANK_DATA_DIR"]) / "trec-dl21"
    qrels = read_qrels(folder / "qrels.txt")
    tables = {
        title: rows([read_run(folder / "runs" / f"{name}.gz", qrels) for name in names], qrels, names)
        for title, names in SETS.items()
    }
    print("| | " + " | ".join(f"{title}, nDCG@10 | recall@100" for title in tables) + " |")
    print("| --- |" + " ---: | ---: |" * len(tables))
    for row in max(tables.values(), key=len):
        cells = [f"{table[row][0]:.4f} | {table[row][1]:.4f}" if row in table else " | " for table in tables.values()]
        print(f"| {row} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
