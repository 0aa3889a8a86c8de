"""MaxSim of one query and 1,000 documents on one thread: rank-rerank beside NumPy and PyTorch.

A query of 32 tokens, documents of 300 tokens, dim 128, float32. The contenders take turns, so that a noisy moment hits
all of them; the median counts. Time is that of the processor, which other programs disturb less than the clock on the
wall. Each answer is checked against float64 first.
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
import torch

import rank_rerank

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

QUERY_TOKENS, DOCUMENTS, DOC_TOKENS, DIM = 32, 1_000, 300, 128
ROUNDS = 9


def unit(rng: np.random.Generator, rows: int) -> NDArray[np.float32]:
    """Random directions."""
    vectors = rng.standard_normal((rows, DIM))
    directions: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return directions


def main() -> None:
    """Measures and prints."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(1)
    query, values = unit(rng, QUERY_TOKENS), unit(rng, DOCUMENTS * DOC_TOKENS)
    offsets = np.arange(0, DOCUMENTS * DOC_TOKENS + 1, DOC_TOKENS)
    documents = values.reshape(DOCUMENTS, DOC_TOKENS, DIM)
    parts = list(documents)
    torch_query, torch_documents = torch.from_numpy(query), torch.from_numpy(documents)

    def numpy_blocks() -> NDArray[np.float32]:
        blocks = [
            (values[start * DOC_TOKENS : (start + 8) * DOC_TOKENS] @ query.T).reshape(8, DOC_TOKENS, QUERY_TOKENS)
            for start in range(0, DOCUMENTS, 8)
        ]
        return np.concatenate([block.max(axis=1).sum(axis=1) for block in blocks])

    def torch_per_document() -> NDArray[np.float32]:
        return torch.stack([(doc @ torch_query.T).amax(0).sum() for doc in torch_documents]).numpy()

    def torch_einsum() -> NDArray[np.float32]:
        scores: NDArray[np.float32] = torch.einsum("qe,dte->dqt", torch_query, torch_documents).amax(2).sum(1).numpy()
        return scores

    contenders: dict[str, Callable[[], NDArray[np.float32]]] = {
        "rank_rerank, flat": lambda: rank_rerank.maxsim_batch(query, values, offsets),
        "rank_rerank, list of arrays": lambda: rank_rerank.maxsim_batch(query, parts),
        "numpy, blocks of 8": numpy_blocks,
        "torch, per document": torch_per_document,
        "torch, einsum": torch_einsum,
    }

    exact = np.array([(part.astype(np.float64) @ query.T.astype(np.float64)).max(axis=0).sum() for part in parts])
    errors = {name: np.abs(run() / exact - 1).max() for name, run in contenders.items()}
    assert max(errors.values()) < 1e-6, errors

    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, run in contenders.items():
            start = time.process_time()
            run()
            times[name].append(time.process_time() - start)

    operations = 2 * QUERY_TOKENS * DOCUMENTS * DOC_TOKENS * DIM
    first = statistics.median(times["rank_rerank, flat"])
    print(f"{'':30}{'median ms':>10}{'least ms':>10}{'GF/s':>8}{'times ours':>12}{'error':>10}")
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(
            f"{name:30}{1e3 * median:10.1f}{1e3 * min(seconds):10.1f}{operations / median / 1e9:8.0f}"
            f"{median / first:12.2f}{errors[name]:10.1e}"
        )


if __name__ == "__main__":
    main()
