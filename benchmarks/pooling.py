"""Token pooling on one thread: rank-rerank beside sentence-transformers and SciPy's linkage.

Documents of 300 tokens of dim 128, to 150. The contenders take turns, document by document, so that a noisy moment hits
all of them. Time is that of the processor; the medians count. Clusters are checked first: all are the same, token by
token. ``--quick`` is a tenth of the documents.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import argparse
import importlib.util
import statistics
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

import rank_rerank

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

TOKENS, DIM, FACTOR = 300, 128, 2.0


def document(rng: np.random.Generator) -> NDArray[np.float32]:
    """Topics and noise about them, of norm 1, as tokens of texts are."""
    topics = rng.standard_normal((TOKENS // 3, DIM))
    vectors = topics[rng.integers(0, len(topics), TOKENS)] + 0.7 * rng.standard_normal((TOKENS, DIM))
    unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def with_scipy(tokens: NDArray[np.float32]) -> NDArray[np.int32]:
    """Clusters by SciPy, products by NumPy."""
    condensed = squareform((1 - tokens @ tokens.T).clip(0, 2), checks=False)
    clusters = max(int(len(tokens) // FACTOR), 1)
    labels: NDArray[np.int32] = fcluster(linkage(condensed, "ward"), clusters, "maxclust") - 1
    return labels


def by_first(labels: NDArray[Any]) -> NDArray[Any]:
    """Clusters named by their first tokens: where two merges are equally high to rounding, numbers differ."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    named: NDArray[Any] = first[inverse]
    return named


def main() -> None:
    """Checks, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the documents")
    count = 30 if parser.parse_args().quick else 300
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    documents = [document(rng) for _ in range(count)]

    for tokens in documents:
        found = rank_rerank.token_clusters(tokens, FACTOR)
        np.testing.assert_array_equal(by_first(found), by_first(with_scipy(tokens)))
    contenders: dict[str, Callable[[NDArray[np.float32]], Any]] = {
        "rank_rerank, hierarchical": lambda tokens: rank_rerank.pool_tokens(tokens, FACTOR),
        "SciPy's clusters alone": with_scipy,
        "SciPy's linkage alone": lambda tokens: linkage(
            squareform((1 - tokens @ tokens.T).clip(0, 2), checks=False), "ward"
        ),
        "rank_rerank, greedy": lambda tokens: rank_rerank.pool_tokens(tokens, FACTOR, method="greedy"),
        "rank_rerank, sequential": lambda tokens: rank_rerank.pool_tokens(tokens, FACTOR, method="sequential"),
    }
    if importlib.util.find_spec("sentence_transformers"):
        modules = importlib.import_module("sentence_transformers.multi_vector_encoder.modules")
        pooling = modules.HierarchicalTokenPooling(FACTOR)
        contenders["sentence-transformers"] = lambda tokens: pooling.pool([torch.from_numpy(tokens)])[0]
        contenders["rank_rerank, sentence_transformers"] = lambda tokens: rank_rerank.pool_tokens(
            tokens, FACTOR, method="sentence_transformers"
        )
        for tokens in documents:
            theirs = contenders["sentence-transformers"](tokens).numpy()
            cosines = contenders["rank_rerank, sentence_transformers"](tokens) @ theirs.T
            np.testing.assert_allclose(cosines.max(axis=1), 1, atol=1e-6)
            assert sorted(cosines.argmax(axis=1)) == list(range(len(theirs)))

    times: dict[str, list[float]] = {name: [] for name in contenders}
    for tokens in documents:
        for name, contender in contenders.items():
            start = time.process_time_ns()
            contender(tokens)
            times[name].append((time.process_time_ns() - start) / 1e6)
    ours = statistics.median(times["rank_rerank, hierarchical"])
    print(f"{count} documents, {TOKENS} tokens of dim {DIM} to {int(TOKENS // FACTOR)}; the same clusters")
    for name, each in times.items():
        median = statistics.median(each)
        print(f"{name:36} {median:8.3f} ms a document, {median / ours:6.2f} times ours")


if __name__ == "__main__":
    main()
