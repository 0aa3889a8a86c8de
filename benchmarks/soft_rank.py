"""Soft ranks on one thread, rank-soft beside torchsort, fast-soft-sort and the floor, ``numpy.argsort``.

Rows of normal numbers as float32, forward and backward with a random cotangent, at strength 1, where a long row is one
block, and at 1 / n, where blocks are many. The contenders take turns; time is that of the processor, the median counts.
Values and gradients of the first rows are checked against rank-soft in float64, which is checked against an isotonic
fit written here. Then KL, and two threads beside one by the clock on the wall. ``--quick`` leaves the largest size out.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import argparse
import importlib.util
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

import rank_soft

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

torch.set_num_threads(1)


def optional(name: str) -> Any:  # noqa: ANN401
    """A rival, where it is installed."""
    return importlib.import_module(name) if importlib.util.find_spec(name.partition(".")[0]) else None


torchsort, fast_soft_sort = optional("torchsort"), optional("fast_soft_sort.numpy_ops")

SIZES = [(128, 100), (1, 10_000), (128, 1_000), (128, 10_000)]
GOALS = {(128, 100): 3.0, (1, 10_000): 6.0, (128, 1_000): 5.0, (128, 10_000): 6.0}
CHECKED = 4


def reference(row: NDArray[np.float64], cotangent: NDArray[np.float64], strength: float) -> tuple[Any, Any]:
    """Soft ranks by l2 and their gradient of one row, by pooling adjacent violators as the paper has it."""
    order = np.argsort(-row, kind="stable")
    fit = row[order] / strength - np.arange(len(row), 0, -1)
    sums: list[float] = []
    counts: list[int] = []
    for value in fit:
        total, count = float(value), 1
        while sums and sums[-1] * count <= total * counts[-1]:
            total, count = total + sums.pop(), count + counts.pop()
        sums.append(total)
        counts.append(count)
    level = np.repeat(np.array(sums) / counts, counts)
    block = np.repeat(np.arange(len(counts)), counts)
    ranks, gradient = np.empty_like(row), np.empty_like(row)
    ranks[order] = row[order] / strength - level
    u = cotangent[order]
    gradient[order] = (u - (np.bincount(block, u) / counts)[block]) / strength
    return ranks, gradient


def median(run: Callable[[], Any], repeats: int, clock: Callable[[], float]) -> float:
    """Seconds of one run, of as many at a time as take a few milliseconds."""
    start = clock()
    for _ in range(repeats):
        run()
    return (clock() - start) / repeats


def contenders(values: Floats, cotangent: Floats, strength: float) -> dict[str, Callable[[], Any]]:
    """What is measured; those that return two arrays return values and gradient."""
    operators = {kind: rank_soft.Operator("rank", strength, method=kind) for kind in ("l2", "kl")}

    def ours(kind: str) -> tuple[Floats, Floats]:
        ranks, state = operators[kind].forward(values)
        return ranks, state.vjp(cotangent)

    runs: dict[str, Callable[[], Any]] = {
        "rank_soft": lambda: ours("l2"),
        "rank_soft KL": lambda: ours("kl"),
        "rank_soft, forward": lambda: operators["l2"](values),
        "numpy.argsort": lambda: np.argsort(values, axis=1),
    }
    if torchsort is not None:
        tensor, direction = torch.from_numpy(values).requires_grad_(), torch.from_numpy(cotangent)

        def theirs(kind: str) -> tuple[Floats, Floats]:
            tensor.grad = None
            ranks = torchsort.soft_rank(tensor, regularization=kind, regularization_strength=strength)
            ranks.backward(direction)
            assert tensor.grad is not None
            return ranks.detach().numpy(), tensor.grad.numpy()

        runs["torchsort"] = lambda: theirs("l2")
        runs["torchsort KL"] = lambda: theirs("kl")
    if fast_soft_sort is not None and values.size <= 200_000:

        def rows() -> tuple[Floats, Floats]:
            results = []
            for row, u in zip(values, cotangent, strict=True):
                operator = fast_soft_sort.SoftRank(row, regularization_strength=strength)
                results.append((operator.compute(), operator.vjp(u)))
            return np.stack([ranks for ranks, _ in results]), np.stack([gradient for _, gradient in results])

        runs["fast-soft-sort"] = rows
    return runs


def check(values: Floats, cotangent: Floats, strength: float, runs: dict[str, Callable[[], Any]]) -> dict[str, str]:
    """The largest error of ranks, and the relative error of the gradient, of each that computes both."""
    errors = {}
    wide, u = values[:CHECKED].astype(np.float64), cotangent[:CHECKED].astype(np.float64)
    for kind in ("l2", "kl"):
        exact, state = rank_soft.Operator("rank", strength, method=kind).forward(wide)
        gradient = state.vjp(u)
        if kind == "l2":
            for row in range(len(wide)):
                ranks, slopes = reference(wide[row], u[row], strength)
                np.testing.assert_allclose(exact[row], ranks, rtol=0, atol=1e-6 * max(1.0, 1e-3 / strength))
                if strength == 1.0:
                    np.testing.assert_allclose(gradient[row], slopes, rtol=0, atol=1e-9)
        for name, run in runs.items():
            answer = run()
            if isinstance(answer, tuple) and name.endswith("KL") == (kind == "kl"):
                value = np.abs(answer[0][:CHECKED] - exact).max()
                slope = np.linalg.norm(answer[1][:CHECKED] - gradient) / (np.linalg.norm(gradient) + 1e-300)
                errors[name] = f"{value:9.1e}{slope:9.1e}"
                assert not name.startswith("rank_soft") or (value < 2e-7 * values.shape[1] and slope < 1e-6), name
    return errors


def measure(batch: int, count: int, rounds: int, rng: np.random.Generator) -> None:
    """One size, at both strengths."""
    values = rng.standard_normal((batch, count), dtype=np.float32)
    cotangent = rng.standard_normal((batch, count), dtype=np.float32)
    repeats = max(1, 200_000 // values.size)
    for name, strength in (("1", 1.0), ("1/n", 1.0 / count)):
        runs = contenders(values, cotangent, strength)
        errors = check(values, cotangent, strength, runs)
        times: dict[str, list[float]] = {key: [] for key in runs}
        for _ in range(rounds):
            for key, run in runs.items():
                times[key].append(median(run, repeats, time.process_time))
        least = {key: float(np.median(seconds)) for key, seconds in times.items()}
        print(f"{batch} x {count}, strength {name:18}{'µs':>10}{'times ours':>12}   errors of value and gradient")
        for key, seconds in least.items():
            print(f"  {key:34}{1e6 * seconds:10.1f}{seconds / least['rank_soft']:12.2f}   {errors.get(key, '')}")
        if "torchsort" in least:
            ratio, goal = least["torchsort"] / least["rank_soft"], GOALS[batch, count]
            print(f"  torchsort takes {ratio:.2f} times ours, {goal:.0f} is the goal")
        forward = least["rank_soft, forward"] / least["numpy.argsort"]
        kl = least["rank_soft KL"] / least["rank_soft"]
        print(f"  forward takes {forward:.2f} of numpy.argsort; KL {kl:.2f} of l2")
    if batch > 1 and values.size > 100_000:
        two_threads(values, cotangent, repeats, rounds)
    print()


def two_threads(values: Floats, cotangent: Floats, repeats: int, rounds: int) -> None:
    """Forward and backward on one thread and on two."""
    operator = rank_soft.Operator("rank", 1.0)

    def both(threads: int) -> None:
        _, state = operator.forward(values, threads=threads)
        state.vjp(cotangent)

    one, two = [], []
    for _ in range(rounds):
        one.append(median(lambda: both(1), repeats, time.perf_counter))
        two.append(median(lambda: both(2), repeats, time.perf_counter))
    print(f"  two threads are {min(one) / min(two):.2f} times as fast as one, by the wall")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="without the largest size")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    rng = np.random.default_rng(0)
    for batch, count in SIZES[: 3 if arguments.quick else 4]:
        measure(batch, count, arguments.rounds, rng)


if __name__ == "__main__":
    main()
