"""Presets answer as the systems' own code does."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rank_fusion

qdrant_fusion = pytest.importorskip("qdrant_client.hybrid.fusion")
models = pytest.importorskip("qdrant_client.models")

GOLDENS = json.loads(Path(__file__).with_name("goldens").joinpath("presets.json").read_text())
# LlamaIndex ignores the weights of its reciprocal rank fusion, and its "simple" mode and Haystack's "concatenate" and
# "distribution_based_rank_fusion" have none.
WITHOUT_WEIGHTS = {
    "llamaindex",
    "llamaindex_simple",
    "haystack_concatenate",
    "haystack_dbsf",
}


@pytest.mark.parametrize("case", GOLDENS["cases"], ids=lambda case: case["case"])
@pytest.mark.parametrize("preset", [name for name in GOLDENS["cases"][0]["expected"] if name != "langchain"])
def test_goldens(case: dict[str, Any], preset: str) -> None:
    weights = None if preset in WITHOUT_WEIGHTS else case["weights"]
    lists = [[(name, score) for name, score in ranking] for ranking in case["lists"]]
    fused = dict(rank_fusion.fuse(lists, compat=preset, weights=weights))
    assert fused == pytest.approx(case["expected"][preset], rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("case", GOLDENS["cases"], ids=lambda case: case["case"])
def test_langchain_orders_alike(case: dict[str, Any]) -> None:
    lists = [[(name, score) for name, score in ranking] for ranking in case["lists"]]
    fused = dict(rank_fusion.fuse(lists, compat="langchain", weights=case["weights"]))
    order = case["expected"]["langchain"]
    assert fused.keys() == set(order)
    scores = [fused[name] for name in order]
    assert all(before >= after - 1e-15 for before, after in pairwise(scores))


def points(ranking: list[tuple[int, float]]) -> list[Any]:
    return [models.ScoredPoint(id=name, version=0, score=score) for name, score in ranking]


def qdrant_lists() -> list[list[list[tuple[int, float]]]]:
    generator = np.random.default_rng(11)

    def ranking(length: int) -> list[tuple[int, float]]:
        scores = np.sort(generator.uniform(-1.0, 9.0, length))[::-1]
        return list(zip(generator.permutation(50)[:length].tolist(), scores.tolist(), strict=True))

    cases = [[ranking(length) for length in lengths] for lengths in ((20, 30), (1, 5, 9), (40, 0, 2))]
    return [*cases, [[(1, 2.0), (2, 2.0)], [(2, 0.5)]]]


@pytest.mark.parametrize("lists", qdrant_lists(), ids=["two", "three", "an empty list", "equal scores"])
def test_qdrant_client(lists: list[list[tuple[int, float]]]) -> None:
    def theirs(found: list[Any]) -> dict[int, float]:
        return {point.id: point.score for point in found}

    rrf = qdrant_fusion.reciprocal_rank_fusion([points(ranking) for ranking in lists], limit=1000)
    assert dict(rank_fusion.fuse(lists, compat="qdrant")) == pytest.approx(theirs(rrf), rel=1e-12)
    weights = [0.5, 3.0, 0.0][: len(lists)]
    weighted = qdrant_fusion.reciprocal_rank_fusion([points(ranking) for ranking in lists], limit=1000, weights=weights)
    fused = dict(rank_fusion.fuse(lists, compat="qdrant", weights=weights))
    assert fused == pytest.approx(theirs(weighted), rel=1e-12)
    other_k = qdrant_fusion.reciprocal_rank_fusion(
        [points(ranking) for ranking in lists], limit=1000, ranking_constant_k=60
    )
    assert dict(rank_fusion.fuse(lists, "qdrant_rrf(k=60)")) == pytest.approx(theirs(other_k), rel=1e-12)
    dbsf = qdrant_fusion.distribution_based_score_fusion([points(ranking) for ranking in lists], limit=1000)
    assert dict(rank_fusion.fuse(lists, compat="qdrant_dbsf")) == pytest.approx(theirs(dbsf), rel=1e-12, abs=1e-12)


def test_chroma_is_best_least_first() -> None:
    fused = rank_fusion.fuse([[("a", 2.0), ("b", 1.0)], [("b", 1.0)]], compat="chroma")
    assert [document for document, _ in fused] == ["b", "a"]
    assert [score for _, score in fused] == pytest.approx([-1 / 61 - 1 / 60, -1 / 60])


def test_every_preset_has_a_formula() -> None:
    presets = rank_fusion.presets()
    assert {
        "elastic",
        "opensearch",
        "qdrant",
        "weaviate",
        "vespa",
        "azure",
        "llamaindex",
        "langchain",
    } <= presets.keys()
    assert all(presets.values())
