"""Learned sparse search over 100,000 documents: rank-retrieve beside Qdrant edge and a loop over SciPy's columns.

The vectors are made here: about 150 of 30,000 dimensions a document and 44 a query, the dimensions Zipf-distributed,
in topics, the weights log-normal, as SPLADE's are. With ``--vectors``, a folder of ``docs.npz`` and ``queries.npz``
takes their place.

One thread. The contenders take turns; times are seconds of the processor, medians. Queries are asked one at a time, and
in a batch of ours; ``u8`` is that batch with weights in a byte. Answers are checked in the same run against SciPy's
product.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import qdrant_edge as edge  # type: ignore[import-not-found, unused-ignore]
import scipy.sparse as sp
from numpy.typing import NDArray

from rank_retrieve import SparseIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DIMENSIONS = 30_000
Vector = tuple[NDArray[np.int32], NDArray[np.float32]]


def synthetic(rows: int, mean: int, rng: np.random.Generator) -> sp.csr_array:
    """Vectors whose dimensions are half those of their topic, half those of all."""
    share = 1 / (np.arange(DIMENSIONS) + 20.0)
    cumulative = np.cumsum(share / share.sum())
    counts = np.clip(rng.normal(mean, mean / 4, rows).astype(int), 3, None)
    draws = np.minimum(np.searchsorted(cumulative, rng.random(counts.sum())), DIMENSIONS - 1)
    row = np.repeat(np.arange(rows), counts)
    topic = np.repeat(rng.integers(200, size=rows), counts)
    shifted = (draws * 7919 + topic * 104_729) % DIMENSIONS
    dimensions = np.where(rng.random(len(draws)) < 0.5, draws, shifted)
    weights = np.minimum(rng.lognormal(-0.6, 0.7, len(draws)), 3.5).astype(np.float32)
    matrix = sp.coo_array((weights, (row, dimensions.astype(np.int32))), shape=(rows, DIMENSIONS)).tocsr()
    matrix.sum_duplicates()
    arrays = (matrix.data, matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32))
    return sp.csr_array(arrays, shape=matrix.shape)


def scipy_search(documents: sp.csr_array) -> Callable[[Vector, int], object]:
    """A loop over the columns of the query's dimensions."""
    columns = documents.tocsc()

    def search(vector: Vector, k: int) -> object:
        scores = np.zeros(documents.shape[0], np.float32)
        for dimension, weight in zip(*vector, strict=True):
            part = slice(columns.indptr[dimension], columns.indptr[dimension + 1])
            scores[columns.indices[part]] += weight * columns.data[part]
        top = np.argpartition(-scores, k - 1)[:k]
        return top[np.argsort(-scores[top])]

    return search


def edge_shard(documents: sp.csr_array, folder: str) -> edge.EdgeShard:
    """A shard of all documents, optimized."""
    config = edge.EdgeConfig(sparse_vectors={"s": edge.EdgeSparseVectorParams()}, max_search_threads=1)
    shard = edge.EdgeShard.create(folder, config)
    for start in range(0, documents.shape[0], 1000):
        points = []
        for row in range(start, min(start + 1000, documents.shape[0])):
            part = slice(documents.indptr[row], documents.indptr[row + 1])
            vector = edge.SparseVector(indices=documents.indices[part].tolist(), values=documents.data[part].tolist())
            points.append(edge.Point(row, {"s": vector}, {}))
        shard.update(edge.UpdateOperation.upsert_points(points))
    shard.optimize()
    return shard


def ask(shard: edge.EdgeShard, query: edge.Query, k: int) -> object:
    """One query of the shard."""
    return shard.query(edge.QueryRequest(limit=k, query=query))


def each(search: Callable[..., object], queries: Sequence[object], k: int) -> None:
    """One query after the other."""
    for query in queries:
        search(query, k)


def timed(call: Callable[[], object]) -> float:
    """Seconds of the processor."""
    gc.collect()
    start = time.process_time()
    call()
    return time.process_time() - start


def check(index: SparseIndex, narrow: SparseIndex, documents: sp.csr_array, queries: sp.csr_array) -> None:
    """The answers are the best of SciPy's products, with rounded weights those of these."""
    exact = (queries @ documents.T).toarray()
    step = float(documents.data.max()) / 255
    rounded = documents.copy()
    rounded.data = (np.maximum(np.floor(documents.data / step + 0.5), 1) * step).astype(np.float32)
    products = (queries @ rounded.T).toarray()
    for k in (10, 1000):
        ids, scores = index.search_batch(queries, k)
        best = -np.sort(-exact, axis=1)[:, :k]
        found = scores > 0
        assert np.array_equal(found, best > 0)
        assert np.allclose(scores[found], best[found], rtol=1e-5)
        assert np.allclose(np.take_along_axis(exact, ids, axis=1)[found], best[found], rtol=1e-5)
        scores = narrow.search_batch(queries, k)[1]
        best = -np.sort(-products, axis=1)[:, :k]
        assert np.allclose(scores[best > 0], best[best > 0], rtol=1e-3)


def main() -> None:
    """Prints a line for each measurement."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--vectors", type=Path, help="a folder of docs.npz and queries.npz")
    parser.add_argument("--quick", action="store_true", help="a tenth of all")
    args = parser.parse_args()
    if args.quick:
        args.documents, args.queries = args.documents // 10, args.queries // 10
    if args.vectors:
        documents = sp.csr_array(sp.load_npz(args.vectors / "docs.npz"))
        queries = sp.csr_array(sp.load_npz(args.vectors / "queries.npz"))[: args.queries]
    else:
        rng = np.random.default_rng(5)
        documents, queries = synthetic(args.documents, 160, rng), synthetic(args.queries, 44, rng)
    index = SparseIndex()
    seconds = timed(lambda: index.add(range(documents.shape[0]), documents))
    warm = timed(lambda: index.search_batch(queries, 10))
    narrow = SparseIndex(impacts="u8", max_weight=float(documents.data.max()))
    narrow.add(range(documents.shape[0]), documents)
    print(f"{documents.shape[0]} documents of {documents.nnz / documents.shape[0]:.0f} values")
    print(
        f"{queries.shape[0]} queries of {queries.nnz / queries.shape[0]:.0f}; build {seconds:.2f} s, first {warm:.2f} s"
    )
    with tempfile.TemporaryDirectory() as folder:
        index.save(f"{folder}/f32")
        narrow.save(f"{folder}/u8")
        sizes = [Path(folder, name).stat().st_size / 1e6 for name in ("f32", "u8")]
    print(f"{sizes[0]:.0f} MB on the disk, {sizes[1]:.0f} MB with weights in a byte")
    check(index, narrow, documents, queries[:30])
    parts = [slice(queries.indptr[i], queries.indptr[i + 1]) for i in range(queries.shape[0])]
    rows = [queries[i : i + 1] for i in range(queries.shape[0])]
    arrays = [(queries.indices[part], queries.data[part]) for part in parts]
    loop = scipy_search(documents)
    with tempfile.TemporaryDirectory() as folder:
        shard = edge_shard(documents, folder)
        nearest = [
            edge.Query.Nearest(edge.SparseVector(indices=i.tolist(), values=w.tolist()), using="s") for i, w in arrays
        ]
        for k in (10, 1000):
            contenders: dict[str, Callable[[], object]] = {
                "batch": partial(index.search_batch, queries, k),
                "u8": partial(narrow.search_batch, queries, k),
                "single": partial(each, index.search_batch, rows, k),
                "edge": partial(each, partial(ask, shard), nearest, k),
                "scipy": partial(each, loop, arrays, k),
            }
            times: dict[str, list[float]] = {name: [] for name in contenders}
            for _ in range(args.repeats):
                for name, contender in contenders.items():
                    times[name].append(timed(contender))
            rates = {name: queries.shape[0] / statistics.median(taken) for name, taken in times.items()}
            line = "   ".join(f"{name} {rate:6.0f}/s" for name, rate in rates.items())
            print(f"k {k:>4}  {line}   {rates['batch'] / rates['edge']:.2f} x edge, "
                  f"{rates['single'] / rates['edge']:.2f} one by one, "
                  f"{rates['batch'] / rates['scipy']:.2f} x scipy")  # fmt: skip
        shard.close()


if __name__ == "__main__":
    main()
