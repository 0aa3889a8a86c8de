"""MMR and DPP, beside the same selections in NumPy; answers checked in the same run.

CPU time, one thread, medians of interleaved rounds: 1,000 candidates, 100 selected, 384 dimensions. The NumPy form is
the incremental one: running maxima for MMR, Cholesky updates for DPP; both start from embeddings, as ours do.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import statistics
import time
from typing import TYPE_CHECKING

import numpy as np

from rank_rerank import dpp, facility_location, max_sum, mmr

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

N, K, DIM, ROUNDS = 1000, 100, 384, 31


def topics(rng: np.random.Generator) -> tuple[list[tuple[int, float]], Matrix]:
    """Candidates around 50 topics, as a result page has them."""
    centers = rng.normal(size=(50, DIM))
    rows = centers[rng.integers(50, size=N)] + 0.7 * rng.normal(size=(N, DIM))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    relevance = np.sort(rng.uniform(size=N))[::-1]
    return list(enumerate(relevance.tolist())), rows.astype(np.float32)


def numpy_mmr(candidates: list[tuple[int, float]], rows: Matrix, weight: float, k: int) -> list[int]:
    """MMR with running maxima."""
    relevance = np.array([score for _, score in candidates], dtype=np.float32)
    maxima = np.full(len(rows), -np.inf, dtype=np.float32)
    best = int(relevance.argmax())
    chosen = [best]
    taken = np.zeros(len(rows), dtype=bool)
    taken[best] = True
    while len(chosen) < k:
        np.maximum(maxima, rows @ rows[best], out=maxima)
        gains = weight * relevance - (1 - weight) * maxima
        gains[taken] = -np.inf
        best = int(gains.argmax())
        taken[best] = True
        chosen.append(best)
    return chosen


def numpy_dpp(candidates: list[tuple[int, float]], rows: Matrix, k: int) -> list[int]:
    """Greedy DPP by Cholesky updates."""
    quality = np.array([2 * score for _, score in candidates])
    residual = np.ones(len(rows))
    factors = np.zeros((k, len(rows)))
    best = int(quality.argmax())
    chosen = [best]
    while len(chosen) < k:
        done = len(chosen) - 1
        entries = (rows @ rows[best] - factors[:done, best] @ factors[:done]) / np.sqrt(residual[best])
        factors[done] = entries
        residual = residual - entries**2
        gains = quality + np.log(np.maximum(residual, 1e-12))
        gains[chosen] = -np.inf
        best = int(gains.argmax())
        chosen.append(best)
    return chosen


def main() -> None:
    """Prints the medians."""
    candidates, rows = topics(np.random.default_rng(0))
    cases: dict[str, Callable[[], list[int]]] = {
        "mmr, ours": lambda: [document for document, _ in mmr(candidates, rows, 0.5, K)],
        "mmr, numpy": lambda: numpy_mmr(candidates, rows, 0.5, K),
        "dpp, ours": lambda: [document for document, _ in dpp(candidates, rows, 1.0, K)],
        "dpp, numpy": lambda: numpy_dpp(candidates, rows, K),
        "max_sum, ours": lambda: [document for document, _ in max_sum(candidates, rows, 0.5, K)],
        "facility_location, ours": lambda: [document for document, _ in facility_location(candidates, rows, 0.5, K)],
    }
    answers = {name: case() for name, case in cases.items()}
    for method in ("mmr", "dpp"):
        agree = answers[f"{method}, ours"] == answers[f"{method}, numpy"]
        print(f"{method}: the selections are {'the same' if agree else 'DIFFERENT'}")
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, case in cases.items():
            start = time.process_time()
            case()
            times[name].append(time.process_time() - start)
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, median in medians.items():
        rival = medians.get(name.replace("ours", "numpy"))
        ratio = f"{rival / median:6.1f} x numpy" if rival and "ours" in name else ""
        print(f"{name:26}{1000 * median:9.3f} ms {ratio}")


if __name__ == "__main__":
    main()
