"""Each method by its own name, by `method`, and against a plain reference."""

import math
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rank_fusion

Lists = list[list[tuple[int, float]]]

A = [("x", 4.0), ("y", 3.0), ("z", 2.0)]
B = [("y", 9.0), ("w", 5.0)]
BY_RANK = [
    "inverse_root_rank",
    "isr",
    "log_isr",
    "logn_isr",
    "rbc",
    "borda",
    "borda_of_list",
    "median_rank",
    "condorcet",
    "copeland",
    "kemeny",
]
BY_SCORE = [
    "combsum",
    "combmnz",
    "combgmnz",
    "combanz",
    "combmax",
    "combmin",
    "combmed",
    "weighted_mnz",
    "mixed",
    "geometric_mean",
    "harmonic_mean",
    "nearest_to_best",
]


@pytest.mark.parametrize("name", [*BY_RANK, "dbsf", "standardized"])
def test_functions_by_rank_are_fuse(name: str) -> None:
    function = getattr(rank_fusion, name)
    assert function([A, B]) == rank_fusion.fuse([A, B], name)
    assert function([A, B], weights=[0.25, 0.75]) == rank_fusion.fuse([A, B], name, weights=[0.25, 0.75])
    assert function([A, B], top_k=2) == function([A, B])[:2]


@pytest.mark.parametrize("name", BY_SCORE)
@pytest.mark.parametrize("norm", ["min_max", "identity", "z_score(-1, 1)", "bounds(0, 10)", "bounds(0, _, 1, 9)"])
def test_functions_by_score_are_fuse(name: str, norm: str) -> None:
    function = getattr(rank_fusion, name)
    assert function([A, B], norm=norm) == rank_fusion.fuse([A, B], name, norm=norm)
    assert function([A, B]) == rank_fusion.fuse([A, B], name, norm="min_max")


def test_parameters() -> None:
    assert rank_fusion.reciprocal_rank_fusion([A, B], 7) == rank_fusion.fuse([A, B], "rrf(k=7)")
    assert rank_fusion.rbc([A, B], phi=0.5) == rank_fusion.fuse([A, B], "rbc(0.5)")
    assert rank_fusion.inverse_root_rank([A, B], 2) == rank_fusion.fuse([A, B], "inverse_root_rank(k=2)")
    assert rank_fusion.logn_isr([A, B], sigma=0.5) == rank_fusion.fuse([A, B], "logn_isr(sigma=0.5)")
    assert rank_fusion.combgmnz([A, B], gamma=0.0) == rank_fusion.combsum([A, B])
    assert rank_fusion.standardized([A, B], -1.0, 1.0) == rank_fusion.fuse([A, B], "standardized(-1, 1)")
    assert rank_fusion.relative_score([A, B], 0.5) == rank_fusion.weighted_sum([A, B], [0.5, 0.5])
    assert rank_fusion.additive_multi_task([A, B], [1.0, 2.0]) == rank_fusion.weighted_sum([A, B], [1.0, 2.0])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: rank_fusion.combsum([A, B], weights=[1.0]),
            rank_fusion.ShapeError,
            "weights: expected one for each of 2",
        ),
        (
            lambda: rank_fusion.combsum([A, B], weights=[1.0, -1.0]),
            rank_fusion.InvalidInputError,
            r"weights\[1\]: expected",
        ),
        (
            lambda: rank_fusion.combsum([A], weights=[0.0]),
            rank_fusion.InvalidInputError,
            "weights: expected at least one",
        ),
        (
            lambda: rank_fusion.combsum([A], norm="minmax"),
            rank_fusion.InvalidInputError,
            "normalization: expected one of",
        ),
        (lambda: rank_fusion.combsum([[("a", math.inf)]]), rank_fusion.InvalidInputError, "expected a finite score"),
        (lambda: rank_fusion.rbc([A], phi=1.0), rank_fusion.InvalidInputError, "phi: expected a number of at least 0"),
        (
            lambda: rank_fusion.combgmnz([A], gamma=-1.0),
            rank_fusion.InvalidInputError,
            "gamma: expected a finite number",
        ),
        (
            lambda: rank_fusion.relative_score([A], 2.0),
            rank_fusion.InvalidInputError,
            "alpha: expected a number from 0",
        ),
        (lambda: rank_fusion.fuse([A], "rff"), rank_fusion.InvalidInputError, "method: expected one of rrf"),
        (lambda: rank_fusion.fuse([A], compat="solr"), rank_fusion.InvalidInputError, "compat: expected one of azure"),
        (lambda: rank_fusion.fuse([A], missing="drop"), rank_fusion.InvalidInputError, "missing: expected one of"),
        (
            lambda: rank_fusion.fuse([A], "combsum", missing="worst_rank"),
            rank_fusion.InvalidInputError,
            "missing: expected a policy that combsum can follow, got worst_rank",
        ),
        (lambda: rank_fusion.condorcet([[("a", 1.0), ("a", 0.5)]]), rank_fusion.DuplicateIdError, r"lists\[0\]\[1\]"),
    ],
)
def test_errors(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


@st.composite
def ranked(draw: st.DrawFn) -> list[tuple[int, float]]:
    ids = draw(st.lists(st.integers(0, 30), unique=True, max_size=20))
    scores = sorted(draw(st.lists(st.integers(-20, 60), min_size=len(ids), max_size=len(ids))), reverse=True)
    return [(name, score / 4) for name, score in zip(ids, scores, strict=True)]


@given(st.lists(ranked(), min_size=1, max_size=4))
def test_against_a_plain_reference(lists: Lists) -> None:
    def min_max(ranking: list[tuple[int, float]]) -> dict[int, float]:
        scores = [score for _, score in ranking]
        low, high = min(scores, default=0.0), max(scores, default=0.0)
        return {name: 1.0 if low == high else (score - low) / (high - low) for name, score in ranking}

    normalized = [min_max(ranking) for ranking in lists]
    ids = sorted({name for ranking in lists for name, _ in ranking})
    found = {name: [scores[name] for scores in normalized if name in scores] for name in ids}
    expected: dict[str, dict[int, float]] = {
        "combsum": {name: sum(scores) for name, scores in found.items()},
        "combmnz": {name: len(scores) * sum(scores) for name, scores in found.items()},
        "combanz": {name: sum(scores) / len(scores) for name, scores in found.items()},
        "combmax": {name: max(scores) for name, scores in found.items()},
        "combmin": {name: min(scores) for name, scores in found.items()},
        "rrf": {
            name: sum(
                1 / (61 + [other for other, _ in ranking].index(name)) for ranking in lists if name in dict(ranking)
            )
            for name in ids
        },
    }
    for method, scores in expected.items():
        fused = rank_fusion.fuse(lists, method)
        assert dict(fused) == pytest.approx(scores, rel=1e-12, abs=1e-12)
        assert fused == sorted(fused, key=lambda entry: (-entry[1], entry[0]))


@given(st.lists(ranked(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_a_dict_does_not_matter_where_lists_are_sorted(lists: Lists, random: Random) -> None:
    shuffled = [dict(random.sample(ranking, len(ranking))) for ranking in lists]
    for method in ("rrf", "borda", "combmnz", "condorcet", "kemeny"):
        assert rank_fusion.fuse(shuffled, method, order="sorted") == rank_fusion.fuse(lists, method, order="sorted")


def test_trained_methods_are_kept(tmp_path: Path) -> None:
    runs = [{"q1": {"a": 3.0, "b": 2.0}, "q2": {"c": 1.0}}, {"q1": {"b": 2.0}, "q2": {"d": 2.0, "c": 1.0}}]
    qrels = {"q1": {"a": 1}, "q2": {"c": 2, "d": 0}}
    for method in ("bayesfuse", "mapfuse", "posfuse", "probfuse", "segfuse", "slidefuse"):
        trained = rank_fusion.Trained.train(method, runs, qrels)
        path = tmp_path / f"{method}.txt"
        trained.save(path)
        again = rank_fusion.Trained.load(path)
        assert again.name == method
        assert again.tables == trained.tables
        lists = [[("p", 2.0), ("q", 1.0)], [("q", 5.0)]]
        assert rank_fusion.fuse(lists, again) == rank_fusion.fuse(lists, trained)
        with pytest.raises(rank_fusion.ShapeError, match="lists: expected one for each of 2 lists, got 1"):
            rank_fusion.fuse(lists[:1], trained)
    with pytest.raises(FileNotFoundError):
        rank_fusion.Trained.load(tmp_path / "none.txt")
    (tmp_path / "other.txt").write_text("other")
    with pytest.raises(rank_fusion.InvalidInputError, match="expected a trained method"):
        rank_fusion.Trained.load(tmp_path / "other.txt")
