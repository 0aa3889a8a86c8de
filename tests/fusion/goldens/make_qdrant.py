"""Writes qdrant.json: what Qdrant's own engine, in process, makes of a few lists by RRF and by DBSF.

In a fresh environment, so that the tests need no engine:

    python -m venv /tmp/rivals
    /tmp/rivals/bin/pip install qdrant-edge-py==0.9.0 numpy
    /tmp/rivals/bin/python tests/fusion/goldens/make_qdrant.py > tests/fusion/goldens/qdrant.json

A list is a named vector of one dimension, which only the documents of the list have: its product with 1 is the score.
"""

import json
import sys
import tempfile
from importlib.metadata import version
from typing import Any

import numpy as np
from qdrant_edge import (
    Distance,
    EdgeConfig,
    EdgeShard,
    EdgeVectorParams,
    Fusion,
    Point,
    Prefetch,
    Query,
    QueryRequest,
    UpdateOperation,
)

Lists = list[list[tuple[int, float]]]
LIMIT = 1000


def cases() -> dict[str, Lists]:
    generator = np.random.default_rng(23)

    def ranked(length: int, low: float, high: float) -> list[tuple[int, float]]:
        ids = generator.permutation(60)[:length].tolist()
        # Numbers that f32 holds, as Qdrant does.
        scores = np.sort(generator.uniform(low, high, length).astype(np.float32))[::-1]
        return list(zip(ids, scores.tolist(), strict=True))

    return {
        "two": [[(0, 12.0), (1, 9.5), (2, 3.0)], [(1, 0.75), (3, 0.5)]],
        "three": [ranked(40, 0.0, 30.0), ranked(25, 0.2, 0.9), ranked(10, -4.0, 4.0)],
        "five": [ranked(length, 0.0, 3.0 * length) for length in (50, 40, 30, 20, 10)],
        "one document": [[(0, 12.0), (1, 9.5)], [(1, 42.0)]],
        "equal scores": [[(0, 12.0), (1, 9.5)], [(2, -2.0), (1, -2.0)]],
        "an empty list": [[(0, 12.0), (1, 9.5), (2, 9.0)], []],
    }


def fused(lists: Lists, fusion: Any) -> dict[str, float]:  # noqa: ANN401
    vectors: dict[int, dict[str, Any]] = {}
    for place, ranking in enumerate(lists):
        for name, score in ranking:
            vectors.setdefault(name, {})[f"list{place}"] = [score]
    parameters = {f"list{place}": EdgeVectorParams(size=1, distance=Distance.Dot) for place in range(len(lists))}
    with tempfile.TemporaryDirectory() as folder:
        shard = EdgeShard.create(folder, EdgeConfig(vectors=parameters))
        shard.update(UpdateOperation.upsert_points([Point(name, vector) for name, vector in vectors.items()]))
        prefetches = [Prefetch(LIMIT, Query.Nearest([1.0], using=using)) for using in parameters]
        found = shard.query(QueryRequest(LIMIT, query=fusion, prefetches=prefetches))
        shard.close()
    return {str(point.id): point.score for point in found}


def main() -> None:
    results = []
    for name, lists in cases().items():
        weights = [0.5, 3.0, 1.0, 0.25, 2.0][: len(lists)]
        expected = {
            "rrf": fused(lists, Fusion.Rrf(2)),
            "rrf, k=60": fused(lists, Fusion.Rrf(60)),
            "weighted rrf": fused(lists, Fusion.Rrf(2, weights)),
            "dbsf": fused(lists, Fusion.Dbsf()),
        }
        results.append({"case": name, "lists": lists, "weights": weights, "expected": expected})
    json.dump({"versions": {"qdrant-edge-py": version("qdrant-edge-py")}, "cases": results}, sys.stdout)


if __name__ == "__main__":
    main()
