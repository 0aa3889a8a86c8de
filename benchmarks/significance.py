"""Tests of significance: rank-eval beside NumPy, SciPy and ranx, two runs, CPU seconds, answers checked.

The contenders take turns in one process, so that a noisy moment hits all of them; the median counts. NumPy's sign flip
goes in chunks of 500 arrangements, which is faster than all at once. `--quick` runs a small case.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import argparse
import statistics
import time
import warnings
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

import rank_eval

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def sign_flip(difference: NDArray[np.float64], permutations: int) -> float:
    """The randomization test in NumPy."""
    generator = np.random.default_rng(0)
    observed, extreme = abs(difference.mean()), 0
    for start in range(0, permutations, 500):
        rows = min(500, permutations - start)
        signs = generator.integers(0, 2, (rows, difference.size), dtype=np.int8).astype(np.float64) * 2 - 1
        extreme += int(np.count_nonzero(np.abs(signs @ difference) / difference.size >= observed - 1e-12))
    return float((extreme + 1) / (permutations + 1))


def tukey_range(samples: NDArray[np.float64], permutations: int) -> float:
    """The randomized Tukey test of the first two runs in NumPy."""
    generator = np.random.default_rng(0)
    difference = abs(samples[0].mean() - samples[1].mean())
    ranges = [np.ptp(generator.permuted(samples, axis=0).mean(axis=1)) for _ in range(permutations)]
    return float((sum(value >= difference - 1e-12 for value in ranges) + 1) / (permutations + 1))


def measure(
    title: str,
    contenders: dict[str, Callable[[], float]],
    tolerance: float,
    rounds: int,
) -> None:
    """Runs the contenders in turn, checks that they agree, prints."""
    answers = {name: run() for name, run in contenders.items()}
    first = next(iter(answers.values()))
    assert all(abs(answer - first) <= tolerance for answer in answers.values()), (title, answers)
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            start = time.process_time()
            run()
            times[name].append(time.process_time() - start)
    print(f"\n{title}\n{'':26}{'median ms':>12}{'least ms':>12}{'times ours':>12}{'answer':>14}")
    ours = statistics.median(times["rank_eval"])
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(f"{name:26}{1e3 * median:12.3f}{1e3 * min(seconds):12.3f}{median / ours:12.1f}{answers[name]:14.6g}")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small case")
    parser.add_argument("--topics", type=int, default=1_000)
    parser.add_argument("--permutations", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    topics, permutations = (100, 1_000) if arguments.quick else (arguments.topics, arguments.permutations)
    rounds = arguments.rounds

    generator = np.random.default_rng(1)
    a = generator.uniform(size=topics)
    b = np.clip(a + generator.normal(0.002, 0.1, topics), 0, 1)
    noise = 6 * (0.5 / permutations) ** 0.5

    contenders: dict[str, Callable[[], float]] = {
        "rank_eval": lambda: rank_eval.randomization_test(a, b, permutations).p_value,
        "numpy": lambda: sign_flip(a - b, permutations),
        "scipy": lambda: float(
            stats.permutation_test(
                (a, b),
                lambda x, y, axis: np.mean(x, axis=axis) - np.mean(y, axis=axis),
                permutation_type="samples",
                n_resamples=permutations,
                batch=200,
                rng=np.random.default_rng(0),
            ).pvalue
        ),
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from ranx.statistical_tests.fisher_randomization_test import (  # noqa: PLC0415 - takes its time
                fisher_randomization_test,
            )
    except ImportError:
        print("ranx is not installed")
    else:
        contenders["ranx"] = lambda: float(fisher_randomization_test(a, b, permutations, 0.01, 42)[0])
    measure(f"randomization test, {topics} topics, {permutations} permutations: p", contenders, noise, rounds)

    measure(
        f"BCa interval, {topics} topics, {permutations} resamples: lower end",
        {
            "rank_eval": lambda: rank_eval.bootstrap_interval(a, b, resamples=permutations).low,
            "scipy": lambda: float(
                stats.bootstrap(
                    (a - b,), np.mean, n_resamples=permutations, batch=500, rng=np.random.default_rng(0)
                ).confidence_interval.low
            ),
        },
        float(np.std(a - b)) / topics**0.5 * 0.2,
        rounds,
    )
    measure(
        f"Wilcoxon signed-rank test, {topics} topics: p",
        {
            "rank_eval": lambda: rank_eval.wilcoxon_test(a, b, method="normal").p_value,
            "scipy": lambda: float(stats.wilcoxon(a, b, method="asymptotic").pvalue),  # type: ignore[call-overload]
        },
        1e-9,
        rounds,
    )
    runs = np.clip(a + generator.normal(0, 0.1, (10, topics)), 0, 1)
    some = permutations // 10
    measure(
        f"randomized Tukey HSD, 10 runs, {topics} topics, {some} permutations: p of the first two",
        {
            "rank_eval": lambda: rank_eval.randomized_tukey_hsd(runs, some).pairs[0].p_value,
            "numpy": lambda: tukey_range(runs, some),
        },
        6 * (0.5 / some) ** 0.5,
        min(rounds, 3),
    )
    blocked = rank_eval.tukey_hsd(runs)
    degrees = blocked.degrees_of_freedom
    measure(
        "Tukey HSD, 10 runs: 45 p-values, the first",
        {
            "rank_eval": lambda: rank_eval.tukey_hsd(runs).pairs[0].p_value,
            "scipy, distribution alone": lambda: float(
                np.asarray(stats.studentized_range.sf([pair.statistic for pair in blocked.pairs], 10, degrees))[0]
            ),
        },
        1e-9,
        min(rounds, 3),
    )


if __name__ == "__main__":
    main()
