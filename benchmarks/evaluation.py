"""Evaluation of a run by five measures, from what a user has in hand: rank-eval beside pytrec_eval and ranx.

10,000 queries of 1,000 documents by default, 50 judgments a query, no ties. Each contender is a process of its own, so
that its peak memory is its own; within a process the median of the rounds counts. Time is that of the processor, over
all threads. The means of all contenders are compared before anything is printed.
"""

# ruff: noqa: PLC0415 - a process imports what it measures

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TREC = ["ndcg_cut_10", "map", "recip_rank", "recall_100", "P_10"]
OURS = ["nDCG@10", "AP", "RR", "R@100", "P@10"]
RANX = ["ndcg@10", "map", "mrr", "recall@100", "precision@10"]
COLLECTION, JUDGMENTS = 5_000_000, 50

Answer = list[float]


def topics(queries: int, depth: int) -> Iterator[tuple[str, list[str], list[float], dict[str, int]]]:
    """Yields query, ranked documents, their scores and the judgments; fewer queries are the first of more."""
    rng = np.random.default_rng(3)
    for query in range(queries):
        drawn = rng.choice(COLLECTION, size=depth + JUDGMENTS, replace=False)
        names = [f"D{number:07}" for number in drawn.tolist()]
        scores = np.round(30 - 0.02 * np.arange(depth) - rng.uniform(0, 0.01, depth), 6)
        # Three of five judged documents are ranked, most of them near the top.
        ranked = np.unique((rng.beta(0.6, 3.0, JUDGMENTS * 3 // 5) * depth).astype(int))
        judged = [names[position] for position in ranked] + names[depth : depth + JUDGMENTS - len(ranked)]
        grades = rng.choice(4, size=len(judged), p=[0.5, 0.25, 0.15, 0.1])
        yield f"q{query:05}", names[:depth], scores.tolist(), dict(zip(judged, grades.tolist(), strict=True))


def write(folder: Path, queries: int, depth: int) -> None:
    """Writes the files that the contenders read."""
    with (folder / "run.trec").open("w") as run, (folder / "qrels.trec").open("w") as qrels:
        for query, names, scores, judged in topics(queries, depth):
            ranked = enumerate(zip(names, scores, strict=True), 1)
            run.writelines(f"{query} Q0 {name} {rank} {score:.6f} bench\n" for rank, (name, score) in ranked)
            qrels.writelines(f"{query} 0 {name} {grade}\n" for name, grade in judged.items())


def dicts(queries: int, depth: int) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, float]]]:
    """Judgments and run, whose equal ids are one object, as a reader that interns them would leave them."""
    qrels: dict[str, dict[str, int]] = {}
    run: dict[str, dict[str, float]] = {}
    for query, names, scores, judged in topics(queries, depth):
        run[query] = dict(zip(map(sys.intern, names), scores, strict=True))
        qrels[query] = {sys.intern(name): grade for name, grade in judged.items()}
    return qrels, run


def ours(evaluation: Any) -> Answer:  # noqa: ANN401 - no import where a rival is measured
    """The means, in order."""
    return [evaluation[name] for name in OURS]


def theirs(per_query: dict[str, dict[str, float]]) -> Answer:
    """The means of pytrec_eval's values."""
    return [statistics.fmean(values[name] for values in per_query.values()) for name in TREC]


def pytrec_files(folder: Path, queries: int, depth: int) -> Callable[[], Answer]:  # noqa: ARG001
    """Parses both files and evaluates."""
    import pytrec_eval

    def evaluate() -> Answer:
        with (folder / "qrels.trec").open() as qrels, (folder / "run.trec").open() as run:
            evaluator = pytrec_eval.RelevanceEvaluator(pytrec_eval.parse_qrel(qrels), set(TREC))
            return theirs(evaluator.evaluate(pytrec_eval.parse_run(run)))

    return evaluate


def our_files(folder: Path, queries: int, depth: int) -> Callable[[], Answer]:  # noqa: ARG001
    """The same."""
    import rank_eval

    return lambda: ours(rank_eval.evaluate(folder / "qrels.trec", folder / "run.trec", OURS, missing="skip"))


def pytrec_dict(folder: Path, queries: int, depth: int) -> Callable[[], Answer]:  # noqa: ARG001
    """Evaluates dicts; the judgments are read before the clock starts."""
    import pytrec_eval

    qrels, run = dicts(queries, depth)
    evaluator = pytrec_eval.RelevanceEvaluator(qrels, set(TREC))
    return lambda: theirs(evaluator.evaluate(run))


def our_dict(folder: Path, queries: int, depth: int) -> Callable[[], Answer]:  # noqa: ARG001
    """The same."""
    import rank_eval

    judged, run = dicts(queries, depth)
    qrels = rank_eval.Qrels.from_dict(judged)
    return lambda: ours(rank_eval.evaluate(qrels, run, OURS))


def our_columns(folder: Path, queries: int, depth: int) -> Callable[[], Answer]:  # noqa: ARG001
    """From three columns of NumPy: texts of fixed width and float64."""
    import rank_eval

    judged, run = dicts(queries, depth)
    qrels = rank_eval.Qrels.from_dict(judged)
    names = np.repeat(np.array(list(run)), depth)
    ids = np.array([name for ranked in run.values() for name in ranked])
    scores = np.array([score for ranked in run.values() for score in ranked.values()])
    del run, judged
    return lambda: ours(rank_eval.evaluate(qrels, rank_eval.Run.from_columns(names, ids, scores), OURS))


def our_ragged(folder: Path, queries: int, depth: int) -> Callable[[], Answer]:  # noqa: ARG001
    """From ragged arrays of NumPy: document numbers of 64 bits and float64."""
    import rank_eval

    judged, run = dicts(queries, depth)
    qrels = rank_eval.Qrels.from_dict({query: {int(d[1:]): g for d, g in row.items()} for query, row in judged.items()})  # type: ignore[arg-type]
    names, offsets = np.array(list(run)), np.arange(0, queries * depth + 1, depth)
    ids = np.array([int(name[1:]) for ranked in run.values() for name in ranked])
    scores = np.array([score for ranked in run.values() for score in ranked.values()])
    del run, judged
    return lambda: ours(rank_eval.evaluate(qrels, rank_eval.Run.from_arrays(names, offsets, ids, scores), OURS))


def our_arrow(folder: Path, queries: int, depth: int) -> Callable[[], Answer]:  # noqa: ARG001
    """From a table of pyarrow: strings and float64."""
    import rank_eval

    judged, run = dicts(queries, depth)
    qrels = rank_eval.Qrels.from_dict(judged)
    table = rank_eval.Run.from_dict(run).to_arrow()
    del run, judged
    return lambda: ours(rank_eval.evaluate(qrels, table, OURS))


def ranx_built(folder: Path, queries: int, depth: int) -> Callable[[], Answer]:  # noqa: ARG001
    """Evaluates objects of ranx that are compiled for and built already."""
    import ranx

    judged, scored = dicts(queries, depth)
    qrels, run = ranx.Qrels(judged), ranx.Run(scored)
    return lambda: list(ranx.evaluate(qrels, run, RANX, save_results_in_run=False).values())


def our_built(folder: Path, queries: int, depth: int) -> Callable[[], Answer]:  # noqa: ARG001
    """Evaluates a run that is built already."""
    import rank_eval

    judged, scored = dicts(queries, depth)
    qrels, run = rank_eval.Qrels.from_dict(judged), rank_eval.Run.from_dict(scored)
    return lambda: ours(rank_eval.evaluate(qrels, run, OURS))


CONTENDERS: dict[str, tuple[Callable[[Path, int, int], Callable[[], Answer]], str]] = {
    "files: pytrec_eval": (pytrec_files, "files: pytrec_eval"),
    "files: rank_eval": (our_files, "files: pytrec_eval"),
    "dict: pytrec_eval": (pytrec_dict, "dict: pytrec_eval"),
    "dict: rank_eval": (our_dict, "dict: pytrec_eval"),
    "numpy columns: rank_eval": (our_columns, "dict: pytrec_eval"),
    "numpy ragged: rank_eval": (our_ragged, "dict: pytrec_eval"),
    "arrow: rank_eval": (our_arrow, "dict: pytrec_eval"),
    "built: ranx": (ranx_built, "built: ranx"),
    "built: rank_eval": (our_built, "built: ranx"),
}

FIRST = {
    "first result: pytrec_eval": "import pytrec_eval\n"
    "print(pytrec_eval.RelevanceEvaluator({'q': {'a': 1}}, {'map'}).evaluate({'q': {'a': 1.0}})['q']['map'])",
    "first result: rank_eval": "import rank_eval\n"
    "print(rank_eval.evaluate({'q': {'a': 1}}, {'q': {'a': 1.0}}, ['AP'])['AP'])",
}


def measure(name: str, folder: Path, queries: int, depth: int, rounds: int) -> None:
    """One contender, in this process; prints what was measured as JSON."""
    run = CONTENDERS[name][0](folder, queries, depth)
    loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, answer = [], run()
    for _ in range(rounds):
        start = time.process_time()
        answer = run()
        seconds.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": statistics.median(seconds), "answer": answer, "peak": peak, "loaded": loaded}))


def in_process(command: list[str]) -> tuple[str, float]:
    """What a fresh process prints, and its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--depth", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="200 queries, 3 rounds")
    parser.add_argument("--without", default="", help="leave out contenders whose name holds this, such as ranx")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.quick:
        args.queries, args.rounds = 200, 3
    if args.measure:
        measure(args.measure, args.data, args.queries, args.depth, args.rounds)
        return

    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), args.queries, args.depth)
        size = ["--queries", str(args.queries), "--depth", str(args.depth), "--rounds", str(args.rounds)]
        for name in CONTENDERS:
            if args.without and args.without in name:
                continue
            command = [sys.executable, __file__, "--measure", name, "--data", folder, *size]
            found[name] = json.loads(in_process(command)[0].splitlines()[-1])
    expected = found["files: pytrec_eval"]["answer"]
    for name, figures in found.items():
        assert np.allclose(figures["answer"], expected, rtol=0, atol=1e-9), (name, figures["answer"], expected)

    print(f"{args.queries} queries x {args.depth} documents, {', '.join(OURS)}: {[round(v, 6) for v in expected]}")
    print(f"{'':28}{'CPU s':>9}{'rival / it':>12}{'peak MB':>9}{'input MB':>10}")
    for name, figures in found.items():
        rival = found.get(CONTENDERS[name][1], {"seconds": float("nan")})["seconds"]
        print(
            f"{name:28}{figures['seconds']:9.3f}{rival / figures['seconds']:12.1f}{figures['peak'] / 1024:9.0f}"
            f"{figures['loaded'] / 1024:10.0f}"
        )
    firsts: dict[str, list[float]] = {name: [] for name in FIRST}
    for _ in range(max(5, args.rounds)):
        for name, program in FIRST.items():
            printed, seconds = in_process([sys.executable, "-c", program])
            assert float(printed) == 1.0
            firsts[name].append(seconds)
    rival = statistics.median(firsts["first result: pytrec_eval"])
    for name, taken in firsts.items():
        print(f"{name:28}{statistics.median(taken):9.3f}{rival / statistics.median(taken):12.1f}")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
