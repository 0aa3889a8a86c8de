"""Fusion of 5 runs of 1,000 queries, 1,000 documents each: rank-fusion beside ranx, rankops and plain Python dicts.

Reciprocal rank fusion and min-max CombMNZ, from dicts to dicts and from columns to columns, and the weights of five
runs on the grid of 1,001 points. The contenders take turns; times are seconds of the processor, all threads
together, medians. Answers are checked in the same run.

ranx is timed on its own ``Run``, and rankops on lists that are sorted already and with lists as its answer. What turns
dicts into these and the answers into dicts is timed beside it, and a line "from dicts to dicts" adds the three. Another
line is the floor: Python's own loops over the same dicts, which read every entry and write the answer, no more.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import time
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import rankops
import ranx  # type: ignore[import-untyped, unused-ignore]

import rank_fusion

if TYPE_CHECKING:
    from collections.abc import Callable

Run = dict[str, dict[str, float]]
COLLECTION = 5_000_000


def synthetic(runs: int, queries: int, depth: int) -> list[Run]:
    """Runs over the same queries, each best first, out of a pool of 2.5 times their depth per query."""
    rng = np.random.default_rng(11)
    pool_size = depth * 5 // 2
    fused: list[Run] = [{} for _ in range(runs)]
    for query in range(queries):
        pool = [f"D{number:07d}" for number in rng.choice(COLLECTION, size=pool_size, replace=False).tolist()]
        quality = rng.normal(size=pool_size)
        for place, run in enumerate(fused):
            noisy = quality + rng.normal(scale=0.7 + 0.2 * place, size=pool_size)
            top = np.argsort(-noisy)[:depth]
            scores = (10 + 5 * place) * (noisy[top] - noisy.min())
            run[f"q{query:05d}"] = {pool[j]: float(score) for j, score in zip(top, scores, strict=True)}
    return fused


def python_rrf(runs: list[Run], k: float = 60) -> Run:
    """Ten lines that anybody would write."""
    fused = {}
    for query in runs[0]:
        scores: dict[str, float] = {}
        for run in runs:
            ranking = sorted(run[query], key=run[query].__getitem__, reverse=True)
            for rank, doc in enumerate(ranking, 1):
                scores[doc] = scores.get(doc, 0.0) + 1 / (k + rank)
        fused[query] = dict(sorted(scores.items(), key=lambda item: -item[1]))
    return fused


def python_comb_mnz(runs: list[Run]) -> Run:
    """The same for min-max CombMNZ."""
    fused = {}
    for query in runs[0]:
        sums: dict[str, float] = {}
        counts: dict[str, int] = {}
        for run in runs:
            low, high = min(run[query].values()), max(run[query].values())
            for doc, score in run[query].items():
                sums[doc] = sums.get(doc, 0.0) + (score - low) / (high - low)
                counts[doc] = counts.get(doc, 0) + 1
        scores = {doc: sums[doc] * counts[doc] for doc in sums}
        fused[query] = dict(sorted(scores.items(), key=lambda item: -item[1]))
    return fused


def read_and_written(runs: list[Run], answers: dict[str, tuple[list[str], Any]]) -> Run:
    """Python's own loops in C over the same dicts, with nothing in between: each entry is read, the answer written."""
    fused = {}
    for query, (docs, scores) in answers.items():
        for run in runs:
            list(run[query])
            sum(run[query].values())
        fused[query] = dict(zip(docs, scores.tolist(), strict=True))
    return fused


def columns(run: Run) -> tuple[Any, Any, Any]:
    """A run as three arrays; ids become the numbers in them."""
    queries = np.repeat([int(query[1:]) for query in run], [len(docs) for docs in run.values()])
    docs = np.array([int(doc[1:]) for ranking in run.values() for doc in ranking])
    return queries, docs, np.array([score for ranking in run.values() for score in ranking.values()])


def measured(cases: dict[str, Callable[[], Any]], rounds: int) -> tuple[dict[str, Any], dict[str, float]]:
    """The last result and the median CPU seconds of each case."""
    times: dict[str, list[float]] = {name: [] for name in cases}
    results: dict[str, Any] = {}
    for _ in range(rounds):
        for name, case in cases.items():
            results.pop(name, None)
            gc.collect()
            start = time.process_time()
            results[name] = case()
            times[name].append(time.process_time() - start)
    return results, {name: statistics.median(seconds) for name, seconds in times.items()}


def largest_difference(a: Run, b: Run) -> float:
    """Over all queries, whose documents must be the same."""
    largest = 0.0
    for query, expected in b.items():
        assert a[query].keys() == expected.keys()
        largest = max(largest, *(abs(a[query][doc] - score) for doc, score in expected.items()))
    return largest


def show(title: str, times: dict[str, float], ours: str) -> None:
    """A table."""
    print(f"\n{title}\n{'':44}{'CPU s':>9}{'times ours':>12}")
    for name, seconds in times.items():
        print(f"{name:44}{seconds:9.3f}{seconds / times[ours]:12.1f}")


def fusing(runs: list[Run], rounds: int) -> None:
    """Both methods."""
    ranx_runs = [ranx.Run(run, name=str(place)) for place, run in enumerate(runs)]
    lists = {query: [sorted(run[query].items(), key=lambda item: -item[1]) for run in runs] for query in runs[0]}
    arrays = [columns(run) for run in runs]
    answers = {
        query: (list(docs), np.array(list(docs.values()))) for query, docs in rank_fusion.fuse_runs(runs).items()
    }
    cases: dict[str, Callable[[], Any]] = {
        "rank_fusion RRF, dicts": lambda: rank_fusion.fuse_runs(runs),
        "rank_fusion RRF, columns, one thread": lambda: rank_fusion.fuse_runs(arrays, threads=1),
        "rank_fusion RRF, columns": lambda: rank_fusion.fuse_runs(arrays),
        "ranx RRF": lambda: ranx.fuse(ranx_runs, norm=None, method="rrf"),
        "Python dicts RRF": lambda: python_rrf(runs),
        "rankops RRF": lambda: {query: rankops.rrf_multi(ranked, k=60) for query, ranked in lists.items()},
        "rank_fusion CombMNZ, dicts": lambda: rank_fusion.fuse_runs(runs, "combmnz"),
        "rank_fusion CombMNZ, columns, one thread": lambda: rank_fusion.fuse_runs(arrays, "combmnz", threads=1),
        "rank_fusion CombMNZ, columns": lambda: rank_fusion.fuse_runs(arrays, "combmnz"),
        "ranx CombMNZ": lambda: ranx.fuse(ranx_runs, norm="min-max", method="mnz"),
        "Python dicts CombMNZ": lambda: python_comb_mnz(runs),
        "rankops CombMNZ": lambda: {query: rankops.combmnz_multi(ranked) for query, ranked in lists.items()},
        "  (dicts read and written, nothing computed)": lambda: read_and_written(runs, answers),
        "  (dicts to ranx.Run)": lambda: [ranx.Run(run, name=str(place)) for place, run in enumerate(runs)],
        "  (dicts to sorted lists for rankops)": lambda: {
            query: [sorted(run[query].items(), key=lambda item: -item[1]) for run in runs] for query in runs[0]
        },
    }
    results, times = measured(cases, rounds)
    theirs = results["ranx RRF"], results["rankops RRF"]
    back: dict[str, Callable[[], Any]] = {
        "  (ranx.Run to dicts)": theirs[0].to_dict,
        "  (rankops' lists to dicts)": lambda: {query: dict(ranking) for query, ranking in theirs[1].items()},
    }
    times |= measured(back, rounds)[1]
    for method in ("RRF", "CombMNZ"):
        times[f"ranx {method}, from dicts to dicts"] = sum(
            times[name] for name in (f"ranx {method}", "  (dicts to ranx.Run)", "  (ranx.Run to dicts)")
        )
        times[f"rankops {method}, from dicts to dicts"] = sum(
            times[name]
            for name in (f"rankops {method}", "  (dicts to sorted lists for rankops)", "  (rankops' lists to dicts)")
        )
        ours = results[f"rank_fusion {method}, dicts"]
        assert largest_difference(results[f"ranx {method}"].run, ours) < 1e-12
        assert largest_difference(results[f"Python dicts {method}"], ours) < 1e-12
        queries, docs, scores = results[f"rank_fusion {method}, columns"]
        rows = [
            (f"q{query:05d}", f"D{doc:07d}", score) for query, doc, score in zip(queries, docs, scores, strict=True)
        ]
        # Ids of equal length order as their numbers do.
        assert rows == [(query, doc, score) for query, ranking in ours.items() for doc, score in ranking.items()]
        title = f"{method}: {len(runs)} runs x {len(runs[0])} queries"
        shown = {name: seconds for name, seconds in times.items() if method in name or name.startswith("  ")}
        show(title, shown, f"rank_fusion {method}, dicts")
    best = max(
        abs(score - results["rank_fusion CombMNZ, dicts"][q][d]) / (1 + score)
        for q, ranking in results["rankops CombMNZ"].items()
        for d, score in ranking
    )
    assert best < 1e-3, best


def optimizing(runs: list[Run], rounds: int) -> None:
    """The weights of all runs, by tenths: ranx tries those of its 1,001 points whose floats add up to exactly 1."""
    rng = np.random.default_rng(5)
    qrels = {
        query: {doc: int(rng.integers(1, 4)) for doc in list(ranking)[: 60 : int(rng.integers(2, 7))]}
        for query, ranking in runs[0].items()
    }
    ranx_runs = [ranx.Run(run, name=str(place)) for place, run in enumerate(runs)]
    ranx_qrels = ranx.Qrels(qrels)

    def theirs() -> Any:  # noqa: ANN401
        return ranx.optimize_fusion(
            qrels=ranx_qrels,
            runs=ranx_runs,
            norm="min-max",
            method="wsum",
            metric="ndcg@10",
            step=0.1,
            show_progress=False,
        )

    def ours() -> rank_fusion.Optimized:
        return rank_fusion.optimize(runs, qrels, measure="nDCG@10", folds=0)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results, times = measured({"rank_fusion, grid": ours, "ranx.optimize_fusion": theirs}, rounds)
    parameters = results["ranx.optimize_fusion"]
    found = results["rank_fusion, grid"]
    by_weights = {tuple(round(w, 1) for w in trial.weights): trial.mean for trial in found.trials[1:]}
    theirs_best = by_weights[tuple(round(float(w), 1) for w in parameters["weights"])]
    # ranx leaves points out, so ours may be better.
    assert found.best.mean >= theirs_best - 1e-12
    title = f"weights of {len(runs)} runs, {len(runs[0])} queries, {len(by_weights)} points"
    show(title, times, "rank_fusion, grid")
    print(f"best nDCG@10: rank_fusion {found.best.mean:.6f}, ranx {theirs_best:.6f}")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--depth", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--grid-queries", type=int, default=20, help="ranx takes a second and more for each ten")
    parser.add_argument("--only", choices=["fusing", "optimizing"])
    args = parser.parse_args()

    small = [ranx.Run(run, name=str(place)) for place, run in enumerate(synthetic(5, 12, 50))]
    ranx.fuse(small, norm=None, method="rrf")
    ranx.fuse(small, norm="min-max", method="mnz")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if args.only != "optimizing":
        fusing(synthetic(5, args.queries, args.depth), args.rounds)
    if args.only != "fusing":
        optimizing(synthetic(5, args.grid_queries, 100), 1)


if __name__ == "__main__":
    main()
