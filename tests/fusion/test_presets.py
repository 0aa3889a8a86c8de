"""Presets answer as the systems' own code does."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rank_fusion

qdrant_fusion = pytest.importorskip("qdrant_client.hybrid.fusion")
models = pytest.importorskip("qdrant_client.models")

GOLDENS = json.loads(Path(__file__).with_name("goldens").joinpath("presets.json").read_text())
QDRANT = json.loads(Path(__file__).with_name("goldens").joinpath("qdrant.json").read_text())
Ranked = list[tuple[str, float]]
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


@pytest.mark.parametrize("case", QDRANT["cases"], ids=lambda case: case["case"])
def test_qdrants_engine(case: dict[str, Any]) -> None:
    lists = [[(name, score) for name, score in ranking] for ranking in case["lists"]]
    ours: dict[str, dict[str, Any]] = {
        "rrf": {"compat": "qdrant"},
        "rrf, k=60": {"method": "qdrant_rrf(k=60)"},
        "weighted rrf": {"compat": "qdrant", "weights": case["weights"]},
        "dbsf": {"compat": "qdrant_dbsf"},
    }
    assert case["expected"].keys() == ours.keys()
    for name, options in ours.items():
        expected = {int(document): score for document, score in case["expected"][name].items()}
        # The engine computes in f32: a score near 0, where terms cancel, keeps fewer digits.
        assert dict(rank_fusion.fuse(lists, **options)) == pytest.approx(expected, rel=3e-7, abs=3e-7), name


def two_lists() -> tuple[Ranked, Ranked]:
    """Keywords and vectors, which share some documents."""
    generator = np.random.default_rng(31)

    def ranking(length: int, low: float, high: float) -> Ranked:
        scores = np.sort(generator.uniform(low, high, length))[::-1]
        names = [f"d{number:02d}" for number in generator.permutation(40)[:length]]
        return list(zip(names, scores.tolist(), strict=True))

    return ranking(30, 0.0, 25.0), ranking(20, 0.3, 0.9)


def added(*lists: dict[str, float]) -> dict[str, float]:
    total: dict[str, float] = {}
    for worth in lists:
        for name, score in worth.items():
            total[name] = total.get(name, 0.0) + score
    return total


def test_vespa() -> None:
    # ReciprocalRankNormalizer.java: 1 / (k + 1 + i), the best hit having i = 0; the documentation's k is 60.
    keywords, vectors = two_lists()
    terms = [{name: 1.0 / (60.0 + 1.0 + i) for i, (name, _) in enumerate(ranking)} for ranking in (keywords, vectors)]
    fused = dict(rank_fusion.fuse([keywords, vectors], compat="vespa"))
    assert fused == pytest.approx(added(*terms), rel=1e-15)


def test_azure() -> None:
    # "Relevance scoring in hybrid search": 1 / (rank + k), k = 60, ranks from 1; a vector query's weight multiplies it.
    keywords, vectors = two_lists()
    terms = [
        {name: weight / (rank + 60) for rank, (name, _) in enumerate(ranking, 1)}
        for weight, ranking in ((1.0, keywords), (2.5, vectors))
    ]
    fused = dict(rank_fusion.fuse([keywords, vectors], compat="azure", weights=[1.0, 2.5]))
    assert fused == pytest.approx(added(*terms), rel=1e-15)
    assert rank_fusion.fuse([[("a", 1.0)]], compat="azure") == [("a", 1 / 61)]


@pytest.mark.parametrize("alpha", [None, 0.5])
def test_weaviate(alpha: float | None) -> None:
    # hybrid_fusion.go. FusionRanked: weight / (i + 60), the best hit having i = 0. FusionRelativeScore: weight times
    # (score - minimum) / (maximum - minimum), the weight alone where the two are equal. The usual alpha is 0.75.
    lists = two_lists()
    weights = [0.25, 0.75] if alpha is None else [1 - alpha, alpha]
    options: dict[str, Any] = {} if alpha is None else {"weights": weights}
    ranked = [
        {name: weight / (i + 60) for i, (name, _) in enumerate(ranking)}
        for weight, ranking in zip(weights, lists, strict=True)
    ]
    fused = dict(rank_fusion.fuse(lists, compat="weaviate_ranked", **options))
    assert fused == pytest.approx(added(*ranked), rel=1e-15)
    relative = [
        {name: weight * (score - ranking[-1][1]) / (ranking[0][1] - ranking[-1][1]) for name, score in ranking}
        for weight, ranking in zip(weights, lists, strict=True)
    ]
    fused = dict(rank_fusion.fuse(lists, compat="weaviate", **options))
    assert fused == pytest.approx(added(*relative), rel=1e-14, abs=1e-15)
    equal = [[("a", 3.0), ("b", 3.0)], [("b", 0.5)]]
    assert dict(rank_fusion.fuse(equal, compat="weaviate", **options)) == {"a": weights[0], "b": sum(weights)}


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


def test_the_page_on_fusion_has_them_as_they_are() -> None:
    page = Path(__file__).parents[2].joinpath("docs", "fusion.md").read_text()
    section = page.split("## Presets")[1].split("| --- |")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE)
    assert {name: formula.replace("\\|", "|") for name, formula in rows} == rank_fusion.presets()


def test_opensearch_bounds() -> None:
    scores = [("a", 4.0), ("b", 3.0), ("c", 2.4), ("d", 2.0)]
    normalized = rank_fusion.normalize(scores, "min_max_opensearch(apply 2.5, ignore)")
    assert dict(normalized) == pytest.approx({"a": 1.0, "b": 1 / 3, "c": 0.2, "d": 0.001}, rel=1e-15)
    # Rust's tests go through all of them.
    lists, norm = [scores, [("b", 0.9)]], "min_max_opensearch(clip 0, ignore, ignore, ignore)"
    fused = rank_fusion.fuse(lists, compat="opensearch_arithmetic_mean", norm=norm)
    assert dict(fused) == pytest.approx({"b": 0.875, "a": 0.5, "c": 0.3, "d": 0.25}, rel=1e-15)
    with pytest.raises(rank_fusion.InvalidInputError, match="bound: expected one of ignore, apply and a number"):
        rank_fusion.normalize(scores, "min_max_opensearch(cut 2, ignore)")
    with pytest.raises(rank_fusion.ShapeError, match="bounds: expected one for each of 3 lists, got 2"):
        rank_fusion.fuse([*lists, scores], "combsum", norm=norm)


def test_cosmosdb_turns_lists_of_negative_weight() -> None:
    a, b = [("x", 3.0), ("y", 2.0)], [("y", 0.9), ("z", 0.5)]
    fused = rank_fusion.fuse([a, b], compat="cosmosdb", weights=[1.0, -2.0])
    assert dict(fused) == pytest.approx({"z": 2 / 61, "y": 1 / 62 + 2 / 62, "x": 1 / 61}, rel=1e-15)
    with pytest.raises(rank_fusion.InvalidInputError, match=r"weights\[1\]"):
        rank_fusion.fuse([a, b], weights=[1.0, -2.0])


def test_opensearch_z_score() -> None:
    scores = [9.0, 5.0, 4.0, 1.0]
    deviation = float(np.std(scores, ddof=1))
    fused = rank_fusion.fuse([list(zip("abcd", scores, strict=True)), [("e", 3.0)]], compat="opensearch_z_score")
    expected = {"a": (9 - 4.75) / deviation / 2, "b": 0.25 / deviation / 2, "c": 0.0005, "d": 0.0005, "e": 1.5}
    assert dict(fused) == pytest.approx(expected, rel=1e-6)


def test_opensearch_gives_the_mean_the_maximum() -> None:
    fused = rank_fusion.fuse([[("a", 9.0), ("b", 6.0), ("c", 3.0)]], compat="opensearch_z_score")
    assert fused == [("b", 9.0), ("a", 1.0), ("c", float(np.float32(0.001)))]
    assert rank_fusion.normalize([("a", 9.0), ("b", 6.0)], "z_score_opensearch")[1][1] == float(np.float32(0.001))


def test_rankops() -> None:
    # What rankops 0.1.23 returns for borda_multi, isr_multi and isr_multi with k=3, in f32.
    lists = [
        [("d1", 9.0), ("d2", 7.5), ("d3", 7.0), ("d4", 1.0)],
        [("d3", 0.9), ("d5", 0.8)],
        [("d5", 30.0), ("d1", 20.0), ("d6", 10.0)],
    ]
    borda = {"d1": 6.0, "d2": 3.0, "d3": 4.0, "d4": 1.0, "d5": 4.0, "d6": 1.0}
    isr = {"d1": 1.70710683, "d2": 0.70710677, "d3": 1.57735026, "d4": 0.5, "d5": 1.70710683, "d6": 0.57735026}
    isr_3 = {"d1": 1.07735026, "d2": 0.5, "d3": 1.02456379, "d4": 0.40824828, "d5": 1.07735026, "d6": 0.44721359}
    assert dict(rank_fusion.fuse(lists, compat="rankops_borda")) == borda
    assert dict(rank_fusion.fuse(lists, compat="rankops_isr")) == pytest.approx(isr, rel=1e-6)
    assert dict(rank_fusion.inverse_root_rank(lists, k=2)) == pytest.approx(isr_3, rel=1e-6)


@pytest.mark.parametrize(
    ("constant", "worth"), [("usual", 1.0), ("sign", 0.0), ("raw", -2.0), (0.25, 0.25), ("0.25", 0.25), (None, 1.0)]
)
def test_lists_of_equal_scores(constant: str | float | None, worth: float) -> None:
    lists = [[("a", -2.0), ("b", -2.0)]]
    options: Any = {"constant": constant}
    assert rank_fusion.fuse(lists, "combsum", **options) == [("a", worth), ("b", worth)]
    assert rank_fusion.fuse_runs([{"q": dict(lists[0])}], "combsum", **options) == {"q": {"a": worth, "b": worth}}
    assert rank_fusion.explain(lists, "combsum", **options).results[0].score == worth


def test_floor_and_scale() -> None:
    lists = [[("a", 2.0), ("b", 1.0)]]
    assert rank_fusion.fuse(lists, "combsum", floor=0.125, scale=4) == [("a", 4.0), ("b", 0.5)]
    stream = rank_fusion.StreamingFusion(1, "combsum", floor=0.125, scale=4)
    stream.set(0, lists[0])
    assert stream.fused() == [("a", 4.0), ("b", 0.5)]
    pages = rank_fusion.Pages(2, "combsum", floor=0.125, scale=4)
    pages.update(lists)
    assert pages.page(0) == [("a", 4.0), ("b", 0.5)]
    for wrong in ({"constant": "one"}, {"floor": float("nan")}, {"scale": float("inf")}, {"constant": float("nan")}):
        with pytest.raises(rank_fusion.InvalidInputError, match=next(iter(wrong))):
            rank_fusion.fuse(lists, "combsum", **wrong)
    with pytest.raises(rank_fusion.DtypeError, match="constant"):
        rank_fusion.fuse(lists, "combsum", constant=[1])  # type: ignore[arg-type]
