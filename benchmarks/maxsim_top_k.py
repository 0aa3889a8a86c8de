"""The best ten of many documents by MaxSim on one thread: those that cannot be among them are left early.

1,000 and 10,000 documents of 300 tokens of dim 128, one query of 32 tokens and 100, as float32 and bfloat16. The full
ranking and the best ten of rank-rerank beside torch and maxsim-cpu, which score all documents. The contenders take
turns; time is that of the processor, the least counts. The best ten are first checked to be the first ten of all, to
the bit, and the scores of the others to be near. 100 queries meet 1,000 documents only. ``--quick`` is a tenth of the
documents.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
os.environ.setdefault("RAYON_NUM_THREADS", "1")

import argparse
import importlib.util
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

import rank_rerank

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Ranked = list[list[tuple[int, float]]]

maxsim_cpu: Any = importlib.import_module("maxsim_cpu") if importlib.util.find_spec("maxsim_cpu") else None

K, LENGTH, QUERY_TOKENS, DIM = 10, 300, 32, 128


def unit(rng: np.random.Generator, rows: int) -> NDArray[np.float32]:
    """Topics and noise about them, of norm 1, as in ``maxsim.py``."""
    topics = np.random.default_rng(0).standard_normal((512, DIM))
    vectors = topics[rng.integers(0, 512, rows)] + rng.standard_normal((rows, DIM))
    directions: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return directions


def best(scores: NDArray[np.float32]) -> Ranked:
    """The best of each row."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :K]
    return [[(int(at), float(row[at])) for at in places] for places, row in zip(order, scores, strict=True)]


def contenders(
    values: NDArray[np.float32], queries: NDArray[np.float32], dtype: str
) -> dict[str, Callable[[], Ranked]]:
    """Each returns the best ten of each query."""
    store = rank_rerank.TokenStore(DIM, "float32" if dtype == "f32" else "bfloat16")
    documents = values.reshape(-1, LENGTH, DIM)
    for number, document in enumerate(documents):
        store.append(number, document)
    asked = list(queries)
    tensor = torch.from_numpy(values)
    flat = torch.from_numpy(queries.reshape(-1, DIM))
    if dtype == "bf16":
        tensor, flat = tensor.bfloat16(), flat.bfloat16()

    def by_torch() -> Ranked:
        rows = [
            (document @ flat.T).amax(0).view(len(queries), QUERY_TOKENS).float().sum(1)
            for document in tensor.view(-1, LENGTH, DIM)
        ]
        return best(torch.stack(rows, dim=1).numpy())

    def by_maxsim_cpu() -> Ranked:
        parts = list(documents)
        return best(np.stack([maxsim_cpu.maxsim_scores_variable(query, parts) for query in queries]))

    runs: dict[str, Callable[[], Ranked]] = {
        "rank_rerank, best ten": lambda: store.rank_batch(asked, K),
        "rank_rerank, all ranked": lambda: [ranked[:K] for ranked in store.rank_batch(asked)],
        "torch, per document": by_torch,
    }
    if maxsim_cpu is not None and dtype == "f32":
        runs["maxsim-cpu"] = by_maxsim_cpu
    return runs


def measure(title: str, runs: dict[str, Callable[[], Ranked]], rounds: int) -> None:
    """Checks, measures and prints."""
    answers = {name: run() for name, run in runs.items()}
    ours = answers["rank_rerank, best ten"]
    assert ours == answers["rank_rerank, all ranked"]
    for name, ranked in answers.items():
        scores = np.array([[score for _, score in row] for row in ranked])
        near = np.array([[score for _, score in row] for row in ours])
        assert np.abs(scores / near - 1).max() < 5e-3, name
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.process_time()
            run()
            times[name].append(time.process_time() - start)
    print(f"{title:36}{'least ms':>10}{'median':>10}{'times ours':>12}")
    first = min(times["rank_rerank, best ten"])
    for name, seconds in times.items():
        least, median = 1e3 * min(seconds), 1e3 * float(np.median(seconds))
        print(f"{name:36}{least:10.2f}{median:10.2f}{min(seconds) / first:12.2f}")
    print()


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the documents")
    quick = parser.parse_args().quick
    torch.set_num_threads(1)
    rng = np.random.default_rng(1)
    queries = unit(rng, 100 * QUERY_TOKENS).reshape(100, QUERY_TOKENS, DIM)
    for count in (100, 1_000) if quick else (1_000, 10_000):
        values = np.concatenate([unit(rng, 100 * LENGTH) for _ in range(count // 100)])
        for dtype in ("f32", "bf16"):
            measure(f"one query, {count:,} documents, {dtype}", contenders(values, queries[:1], dtype), rounds=7)
            if count <= 1_000:
                measure(f"100 queries, {count:,} documents, {dtype}", contenders(values, queries, dtype), rounds=3)


if __name__ == "__main__":
    main()
