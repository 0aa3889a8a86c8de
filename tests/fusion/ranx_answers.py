"""Fuses with ranx what comes in as JSON and writes what it answers as JSON; run by test_ranx.py.

A process of its own, because numba must be told before its import not to compile: the same code, interpreted, answers
at once, where compiling takes minutes.
"""

import json
import sys
from typing import Any

from ranx import Qrels, Run, fuse, optimize_fusion
from ranx.fusion import (
    bayesfuse_train,
    mapfuse_train,
    posfuse_train,
    probfuse_train,
    segfuse_train,
    slidefuse_train,
)
from ranx.fusion.condorcet import _compare
from ranx.fusion_optimization.optimize_weights import get_possible_weights, get_trial_configs

TRAIN = {
    "bayesfuse": ("log_odds", bayesfuse_train),
    "mapfuse": ("map_scores", mapfuse_train),
    "posfuse": ("probs", posfuse_train),
    "probfuse": ("probs", probfuse_train),
    "segfuse": ("probs", segfuse_train),
    "slidefuse": ("probs", slidefuse_train),
}


def answer(runs: list[Any], job: dict[str, Any], qrels: dict[str, Any]) -> object:
    def read(run: dict[str, Any]) -> Run:
        if not job.get("one by one"):
            return Run(run)
        built = Run()
        for query, ranking in run.items():
            for document, score in ranking.items():
                built.add_score(query, document, score)
        return built

    if "compare" in job:
        return [_compare(0, 1, job["compare"]), _compare(1, 0, job["compare"])]
    if "points" in job:
        return [len(get_trial_configs(get_possible_weights(step), count)) for step, count in job["points"]]
    read_runs = [read(run) for run in runs]
    if "optimize" in job:
        return optimize_fusion(
            Qrels(job["optimize"]), read_runs, norm=None, method="wsum", metric="mrr", show_progress=False
        )
    parameters = dict(job.get("params", {}))
    if job["method"] in TRAIN:
        name, train = TRAIN[job["method"]]
        more = [parameters.pop("n_segments")] if job["method"] == "probfuse" else []
        parameters[name] = train(Qrels(job.get("qrels", qrels)), read_runs, *more)
    try:
        fused = fuse(runs=read_runs, norm=job.get("norm"), method=job["method"], params=parameters)
    except (AssertionError, IndexError, TypeError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    return {query: dict(ranking) for query, ranking in fused.to_dict().items()}


def main() -> None:
    task = json.load(sys.stdin)
    answers = [answer(job.get("runs", task.get("runs")), job, task.get("qrels", {})) for job in task["jobs"]]
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
