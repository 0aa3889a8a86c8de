"""The PLAID-style index beside scoring every document: recall and time of one thread.

100,000 documents of 100 tokens, dim 128, in bfloat16, and queries of 32 tokens, made as follows. There are 256 topics
and 16,384 senses of words, each near to a topic. A document speaks of three topics: its tokens are those of 40 senses
of these, some of them far more often than others, moved by noise and by a direction of the document's own. Of a query's
tokens three quarters are near to tokens of one document, the others are of any senses of its topics. All are of norm 1.

The oracle scores every document by the bfloat16 kernel; float32 is timed on a part of the documents. Recall is that of
the 100 best. Time is that of the processor, the median over the queries, the oracle's measured between them.
``--documents`` is another size.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import rank_rerank
from rank_rerank import PlaidIndex, ResidualCodec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

DIM, TOKENS, QUERY_TOKENS, K = 128, 100, 32, 100
TOPICS, SENSES, AT_ONCE = 256, 16_384, 10_000
Setting = tuple[int, int, int]
PROBES = ((8, 1024), (16, 1024), (16, 2048), (32, 2048), (32, 4096), (64, 8192))
SETTINGS: list[Setting] = [(*probe, rescored) for probe in PROBES for rescored in (0, 200, 400)]


def unit(vectors: Floats) -> Floats:
    """Of norm 1."""
    directions: Floats = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return directions


class Language:
    """Topics and senses."""

    def __init__(self) -> None:
        """Draws them."""
        rng = np.random.default_rng(0)
        topics = rng.standard_normal((TOPICS, DIM), dtype=np.float32)
        self.of_topic = rng.permutation(SENSES).reshape(TOPICS, -1)
        noise = rng.standard_normal((SENSES, DIM), dtype=np.float32)
        of_sense = np.empty(SENSES, dtype=np.int64)
        of_sense[self.of_topic] = np.arange(TOPICS)[:, None]
        self.senses = unit(topics[of_sense] + 1.2 * noise)

    def documents(self, number: int, count: int) -> tuple[Floats, NDArray[np.int64]]:
        """Some documents, ``(count, TOKENS, DIM)``, and their topics."""
        rng = np.random.default_rng([1, number])
        topics = rng.integers(0, TOPICS, (count, 3))
        size = self.of_topic.shape[1]
        known = self.of_topic[
            topics[np.arange(count)[:, None], rng.integers(0, 3, (count, 40))], rng.integers(0, size, (count, 40))
        ]
        rank = np.minimum((40 * rng.random((count, TOKENS)) ** 2).astype(np.int64), 39)
        tokens = self.senses[np.take_along_axis(known, rank, axis=1)]
        own = unit(rng.standard_normal((count, 1, DIM), dtype=np.float32))
        noise = rng.standard_normal((count, TOKENS, DIM), dtype=np.float32) / np.sqrt(np.float32(DIM))
        return unit(tokens + 0.45 * noise + 0.25 * own), topics

    def queries(self, documents: Floats, topics: NDArray[np.int64], count: int) -> Floats:
        """Queries for some of the documents."""
        rng = np.random.default_rng(2)
        asked = rng.integers(0, len(documents), count)
        near = documents[asked[:, None], rng.integers(0, TOKENS, (count, 24))]
        size = self.of_topic.shape[1]
        other = self.of_topic[topics[asked[:, None], rng.integers(0, 3, (count, 8))], rng.integers(0, size, (count, 8))]
        tokens = np.concatenate([near, self.senses[other]], axis=1)
        noise = rng.standard_normal(tokens.shape, dtype=np.float32) / np.sqrt(np.float32(DIM))
        return unit(tokens + 0.35 * noise)


@dataclass
class Collection:
    """Tokens as bfloat16, those of the first documents as float32 too, and queries."""

    values: NDArray[np.uint16]
    first: Floats
    queries: Floats

    @staticmethod
    def make(count: int, queries: int) -> Collection:
        """Documents, some at a time."""
        language = Language()
        values = np.empty((count * TOKENS, DIM), dtype=np.uint16)
        parts: list[Floats] = []
        for number, start in enumerate(range(0, count, AT_ONCE)):
            made, topics = language.documents(number, min(AT_ONCE, count - start))
            values[start * TOKENS : (start + len(made)) * TOKENS] = rank_rerank.to_bf16(made.reshape(-1, DIM))
            if not parts:
                parts = [made.reshape(-1, DIM), language.queries(made, topics, queries)]
        return Collection(values, *parts)

    def wide(self, rows: Any) -> Floats:  # noqa: ANN401
        """Some tokens as float32."""
        tokens: Floats = (self.values[rows].astype(np.uint32) << 16).view(np.float32)
        return tokens


def build(collection: Collection, bits: int, centroids: int | None) -> PlaidIndex:
    """The index, and what it takes to make it."""
    values = collection.values
    start = time.process_time()
    rows = np.random.default_rng(3).integers(0, len(values), min(len(values), 600_000))
    codec = ResidualCodec.train(collection.wide(rows), bits=bits, centroids=centroids, expected_tokens=len(values))
    trained = time.process_time()
    index = PlaidIndex(codec)
    index.add(range(len(values) // TOKENS), values, np.arange(0, len(values) + 1, TOKENS))
    added = time.process_time()
    print(f"{len(index)} documents, {len(codec.centroids)} centroids, {bits} bits")
    print(f"training {trained - start:.1f} s, adding {added - trained:.1f} s of the processor")
    tokens = collection.wide(slice(0, 1 << 16))
    error = np.linalg.norm(codec.decode(*codec.encode(tokens)) - tokens, axis=1).mean()
    print(f"mean distance of a decoded token from its own: {error:.4f}")
    return index


def search(index: PlaidIndex, values: NDArray[np.uint16], query: Floats, setting: Setting) -> list[int]:
    """The documents that are found, scored again by their tokens if asked for."""
    nprobe, candidates, rescored = setting
    found = index.search(query, max(rescored, K), nprobe=nprobe, candidates=candidates)
    ids = [int(document) for document, _ in found]
    if rescored:
        tokens = [values[document * TOKENS : (document + 1) * TOKENS] for document in ids]
        places, _ = rank_rerank.maxsim_top_k(query, tokens, k=K)
        ids = [ids[place] for place in places]
    return ids[:K]


def curve(index: PlaidIndex, collection: Collection) -> None:
    """Recall and time by setting."""
    values, first = collection.values, collection.first
    offsets, offsets_first = (np.arange(0, len(rows) + 1, TOKENS) for rows in (values, first))
    whole: list[float] = []
    wide: list[float] = []
    times: dict[Setting, list[float]] = {setting: [] for setting in SETTINGS}
    recalls: dict[Setting, list[float]] = {setting: [] for setting in SETTINGS}
    for query in collection.queries:
        start = time.process_time()
        best, _ = rank_rerank.maxsim_top_k(query, values, offsets, k=K)
        whole.append(time.process_time() - start)
        start = time.process_time()
        rank_rerank.maxsim_top_k(query, first, offsets_first, k=K)
        wide.append((time.process_time() - start) * len(values) / len(first))
        exact = set(best.tolist())
        for setting in SETTINGS:
            start = time.process_time()
            found = search(index, values, query, setting)
            times[setting].append(time.process_time() - start)
            recalls[setting].append(len(exact & set(found)) / K)
    base, base_wide = float(np.median(whole)), float(np.median(wide))
    print(f"every document: bfloat16 {1e3 * base:.1f} ms, float32 {1e3 * base_wide:.1f} ms (of {len(first)} tokens)")
    print(f"{'nprobe':>8}{'candidates':>12}{'rescored':>10}{'recall@100':>12}{'ms':>8}{'of bf16':>9}{'of f32':>9}")
    for setting, seconds in ((setting, float(np.median(taken))) for setting, taken in times.items()):
        nprobe, candidates, rescored = setting
        print(
            f"{nprobe:8}{candidates:12}{rescored:10}{np.mean(recalls[setting]):12.4f}{1e3 * seconds:8.2f}"
            f"{seconds / base:9.3f}{seconds / base_wide:9.3f}"
        )


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=12)
    parser.add_argument("--bits", type=int, default=4)
    parser.add_argument("--centroids", type=int, default=4096)
    arguments = parser.parse_args()
    collection = Collection.make(arguments.documents, arguments.queries)
    index = build(collection, arguments.bits, arguments.centroids)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        index.save(path)
        print(f"{path.stat().st_size / len(collection.values):.1f} bytes a token in the file, bfloat16 {2 * DIM}")
        start = time.process_time()
        index = PlaidIndex.open(path)
        print(f"opened in {time.process_time() - start:.2f} s of the processor")
        curve(index, collection)


if __name__ == "__main__":
    main()
