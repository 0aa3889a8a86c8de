"""Reproduction, abstention, instructions and recommendation, each against its definition."""

import json
import math
import random
import statistics
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rank_eval
from rank_eval import DtypeError, InvalidInputError, ShapeError

GOLDENS = Path(__file__).parent / "goldens"
# What mteb, recmetrics, quantecon, xclib and trec_eval say; beyond.py tells how it was made.
THEIRS: dict[str, Any] = json.loads((GOLDENS / "beyond.json").read_text())

values = st.lists(st.integers(0, 8).map(lambda eighths: eighths / 8), min_size=2, max_size=30)


def test_reproduction() -> None:
    # By repro_eval 0.5.0: RMSE, ER and DRI of these scores.
    base, advanced = [0.25, 0.5, 0.125, 0.75], [0.5, 0.5, 0.25, 1.0]
    base_again, advanced_again = [0.25, 0.25, 0.5, 0.5], [0.5, 0.25, 0.375, 1.0]
    assert rank_eval.root_mean_square_error(advanced, advanced_again) == pytest.approx(0.13975424859373686, rel=1e-14)
    samples = (base, advanced, base_again, advanced_again)
    assert rank_eval.effect_ratio(*samples) == pytest.approx(1.0, rel=1e-14)
    assert rank_eval.delta_relative_improvement(*samples) == pytest.approx(-0.03205128205128205, rel=1e-12)
    by_query = [dict(zip("wxyz", sample, strict=True)) for sample in samples]
    assert rank_eval.effect_ratio(*by_query) == rank_eval.effect_ratio(*samples)
    assert math.isinf(rank_eval.effect_ratio([0.5], [0.5], [0.5], [1.0]))

    for compute in (rank_eval.effect_ratio, rank_eval.delta_relative_improvement):
        with pytest.raises(ShapeError, match="expected 1 values, one for each row, got 2"):
            compute([1.0], [1.0, 2.0], [1.0], [1.0])
        with pytest.raises(ShapeError, match="repeated_advanced: expected the same queries as repeated_baseline"):
            compute([1.0], [1.0], {"q": 1.0}, {"r": 1.0})
        with pytest.raises(InvalidInputError, match="baseline"):
            compute([math.nan], [1.0], [1.0], [1.0])
    with pytest.raises(InvalidInputError, match="expected at least 1 value, got none"):
        rank_eval.root_mean_square_error([], [])
    with pytest.raises(DtypeError, match="original: expected a sequence of numbers"):
        rank_eval.root_mean_square_error("x", [1.0])  # type: ignore[arg-type]


def nauc(confidences: list[float], scores: list[float], rates: list[float]) -> float:
    """The definition, for confidences that all differ."""

    def curve(keys: list[float]) -> list[float]:
        order = sorted(range(len(keys)), key=lambda place: keys[place])
        left = [order[min(round(rate * len(keys)), len(keys) - 1) :] for rate in rates]
        return [statistics.fmean(scores[place] for place in places) for places in left]

    flat = statistics.fmean(scores) * (rates[-1] - rates[0])
    area = [float(np.trapezoid(curve(keys), rates)) for keys in (confidences, scores)]
    return (area[0] - flat) / (area[1] - flat)


@given(values, st.randoms(use_true_random=False))
def test_abstention(scores: list[float], draw: random.Random) -> None:
    confidences = [float(place) for place in range(len(scores))]
    draw.shuffle(confidences)
    ours = rank_eval.abstention_nauc(confidences, scores)
    if len(set(scores)) == 1:
        assert math.isnan(ours)
        return
    rates = [tenths / 10 for tenths in range(10)]
    assert ours == pytest.approx(nauc(confidences, scores, rates), rel=1e-9, abs=1e-9)
    # Equal confidences: the mean over all orders, which is what says nothing.
    assert rank_eval.abstention_nauc([0.0] * len(scores), scores) == pytest.approx(0.0, abs=1e-9)
    assert rank_eval.abstention_nauc(scores, scores) == pytest.approx(1.0)


@pytest.mark.parametrize("case", THEIRS["abstention"], ids=lambda case: str(len(case["values"])))
def test_abstention_is_that_of_mteb(case: dict[str, Any]) -> None:
    ours = rank_eval.abstention_nauc(case["confidences"], case["values"])
    assert ours == pytest.approx(case["nauc"], abs=1e-12)


@pytest.mark.parametrize("case", THEIRS["confidence"], ids=lambda case: str(len(case["scores"])))
def test_confidence_is_that_of_mteb(case: dict[str, Any]) -> None:
    ours = {
        "max": rank_eval.confidence(case["scores"]),
        "std": rank_eval.confidence(case["scores"], "deviation"),
        "diff1": rank_eval.confidence(case["scores"], "lead"),
    }
    assert ours == pytest.approx({name: case[name] for name in ours}, abs=1e-12)


def test_abstention_says_what_is_wrong() -> None:
    for rates in ([0.5], [0.5, 0.25], [0.0, 1.0], [-0.5, 0.5]):
        with pytest.raises(
            InvalidInputError, match="rates: expected two numbers or more from 0 and below 1, ascending"
        ):
            rank_eval.abstention_nauc([1.0, 2.0], [1.0, 2.0], rates)
    with pytest.raises(ShapeError, match="expected 1 values"):
        rank_eval.abstention_nauc([1.0], [1.0, 2.0])
    with pytest.raises(InvalidInputError, match="confidences"):
        rank_eval.abstention_nauc([math.inf], [1.0])
    with pytest.raises(InvalidInputError, match="expected at least 1 value, got none"):
        rank_eval.abstention_nauc([], [])


@given(st.lists(st.floats(-8, 8, width=16), min_size=1, max_size=9))
def test_confidence(scores: list[float]) -> None:
    best = sorted(scores, reverse=True)
    assert rank_eval.confidence(scores) == best[0]
    assert rank_eval.confidence(scores, "lead") == (best[0] - best[1] if len(best) > 1 else 0.0)
    assert rank_eval.confidence(scores, "deviation") == pytest.approx(statistics.pstdev(scores), abs=1e-12)


def test_confidence_says_what_is_wrong() -> None:
    with pytest.raises(InvalidInputError, match='kind: expected "max", "deviation" or "lead", got "x"'):
        rank_eval.confidence([1.0], "x")  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="expected at least 1 value, got none"):
        rank_eval.confidence([])
    with pytest.raises(InvalidInputError, match=r"scores\[0\]"):
        rank_eval.confidence([math.nan])


@given(st.permutations(list("abcdef")), st.permutations(list("abcdef")), st.integers(1, 6), st.integers(1, 6))
def test_p_mrr(before: list[str], after: list[str], ranked_before: int, ranked_after: int) -> None:
    original = {document: -float(place) for place, document in enumerate(before[:ranked_before])}
    changed = {document: -float(place) for place, document in enumerate(after[:ranked_after])}

    def score(document: str) -> float:
        og = before.index(document) + 1 if document in original else len(original) + 1
        new = after.index(document) + 1 if document in changed else len(changed) + 1
        return (1 / og) / (1 / new) - 1 if og >= new else 1 - (1 / new) / (1 / og)

    ours = rank_eval.p_mrr({"q": original}, {"q": changed}, {"q": ["a", "b"]})
    assert ours == {"q": pytest.approx((score("a") + score("b")) / 2, abs=1e-12)}


@pytest.mark.parametrize("case", THEIRS["p_mrr"], ids=lambda case: str(len(case["documents"])))
def test_p_mrr_is_that_of_mteb(case: dict[str, Any]) -> None:
    ours = rank_eval.p_mrr(case["original"], case["changed"], case["documents"])
    assert statistics.fmean(ours.values()) == pytest.approx(case["p_mrr"], abs=1e-12)


def test_the_worst_forms_are_those_of_mteb() -> None:
    case = THEIRS["worst"]
    groups = [form.split("_")[0] for form in case["ndcg"]]
    robustness = rank_eval.mean_of_worst(case["ndcg"].values(), groups)
    accuracy = rank_eval.mean_of_worst(case["first"].values(), groups)
    assert robustness == pytest.approx(case["robustness"], abs=1e-12)
    assert accuracy == pytest.approx(case["paired_accuracy"], abs=1e-12)


def test_p_mrr_says_what_is_wrong() -> None:
    run = {"q": {"a": 1.0}}
    with pytest.raises(InvalidInputError, match='original: expected a ranking for query "r", got none'):
        rank_eval.p_mrr(run, run, {"r": ["a"]})
    with pytest.raises(InvalidInputError, match='changed: expected a ranking for query "q", got none'):
        rank_eval.p_mrr(run, {}, {"q": ["a"]})
    with pytest.raises(InvalidInputError, match="expected at least 1 value, got none"):
        rank_eval.p_mrr(run, run, {})
    with pytest.raises(DtypeError, match="documents: expected a dict of query id to document ids"):
        rank_eval.p_mrr(run, run, ["a"])  # type: ignore[arg-type]
    assert rank_eval.p_mrr({1: {2: 1.0}}, {1: {2: 1.0}}, {1: [2]}) == {"1": 0.0}


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("abc")), min_size=1, max_size=12))
def test_mean_of_worst(rows: list[tuple[int, str]]) -> None:
    groups = sorted({group for _, group in rows})
    least = [min(value for value, other in rows if other == group) for group in groups]
    ours = rank_eval.mean_of_worst([value for value, _ in rows], [group for _, group in rows])
    assert ours == pytest.approx(statistics.fmean(least))


def test_mean_of_worst_says_what_is_wrong() -> None:
    with pytest.raises(ShapeError, match="expected 1 values"):
        rank_eval.mean_of_worst([1.0], ["a", "b"])
    with pytest.raises(InvalidInputError, match="expected at least 1 value, got none"):
        rank_eval.mean_of_worst([], [])
    with pytest.raises(InvalidInputError, match=r"values\[0\]"):
        rank_eval.mean_of_worst([math.nan], ["a"])


lists = st.dictionaries(
    st.sampled_from("uvw"), st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True), min_size=1
)


def as_run(shown: dict[str, list[str]]) -> dict[str, dict[str, float]]:
    return {user: {item: -float(place) for place, item in enumerate(items)} for user, items in shown.items()}


@given(lists, st.integers(1, 5))
def test_exposure(shown: dict[str, list[str]], k: int) -> None:
    seen = Counter(item for items in shown.values() for item in items[:k])
    assert rank_eval.catalog_coverage(as_run(shown), 9, k) == len(seen) / 9
    counts = [seen[item] for item in "abcdefghi"]
    differences = sum(abs(a - b) for a in counts for b in counts)
    assert rank_eval.gini_index(as_run(shown), 9, k) == pytest.approx(differences / (2 * 9 * sum(counts)))


@given(lists, st.integers(1, 5))
def test_novelty_and_serendipity(shown: dict[str, list[str]], k: int) -> None:
    popularity = {item: place + 1 for place, item in enumerate("abcdefgh")}
    ours = rank_eval.novelty(as_run(shown), popularity, 8, k)
    assert list(ours) == sorted(shown)
    for user, items in shown.items():
        bits = [-math.log2(popularity[item] / 8) for item in items[:k]]
        assert ours[user] == pytest.approx(statistics.fmean(bits), abs=1e-12)

    likes = {user: {"a": 1, "b": 2, "c": 0, "d": 1} for user in "uw"}
    obvious = {"u": ["a", "e", "d"], "v": ["b"]}
    if not shown.keys() & likes.keys():
        with pytest.raises(InvalidInputError):
            rank_eval.serendipity(likes, as_run(shown), as_run(obvious), k)
        return
    found = rank_eval.serendipity(likes, as_run(shown), as_run(obvious), k)
    assert list(found) == sorted(shown.keys() & likes.keys())
    for user, share in found.items():
        surprising = set(shown[user][:k]) & set("abd") - set(obvious.get(user, [])[:k])
        assert share == len(surprising) / k


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True), st.integers(1, 6))
def test_propensity(items: list[str], k: int) -> None:
    labels = {item: 3**place for place, item in enumerate("abcdefg")}
    likes = {"a": 1, "c": 2, "g": 1, "h": 1, "b": 0}

    def worth(item: str, a: float = 0.55, b: float = 1.5) -> float:
        scale = (math.log(500) - 1) * (b + 1) ** a
        return 1 + scale * (labels.get(item, 0) + b) ** -a if likes.get(item, 0) > 0 else 0.0

    def ndcg(some: list[float]) -> float:
        return sum(value / math.log2(place + 2) for place, value in enumerate(some))

    for options in ({}, {"a": 0.5, "b": 0.4}):
        found = [worth(item, **options) for item in items[:k]]
        best = sorted((worth(item, **options) for item in likes), reverse=True)[:k]
        ours = rank_eval.propensity_scored({"u": likes}, as_run({"u": items}), labels, 500, k, **options)["u"]
        assert ours.precision == pytest.approx(sum(found) / sum(best))
        assert ours.ndcg == pytest.approx(ndcg(found) / ndcg(best))


def test_recommendation_is_that_of_other_tools() -> None:
    case = THEIRS["recommendation"]
    run, catalog = as_run(case["lists"]), len(case["catalog"])
    novelty = rank_eval.novelty(run, case["popularity"], 50, 5)
    assert novelty == pytest.approx(case["novelty"], abs=1e-12)
    assert statistics.fmean(novelty.values()) == pytest.approx(case["mean_novelty"], abs=1e-12)
    # A percentage of two digits.
    assert rank_eval.catalog_coverage(run, catalog, 5) == pytest.approx(case["coverage_percent"] / 100, abs=5e-5)
    assert rank_eval.gini_index(run, catalog, 5) == pytest.approx(case["gini"], abs=1e-12)


@pytest.mark.parametrize("case", THEIRS["propensity"], ids=lambda case: str(case["k"]))
def test_propensity_is_that_of_xclib(case: dict[str, Any]) -> None:
    items = [str(number) for number in range(len(case["counts"]))]
    qrels = {"u": {item: int(grade) for item, grade in zip(items, case["relevant"], strict=True)}}
    run = {"u": dict(zip(items, case["scores"], strict=True))}
    labels = dict(zip(items, case["counts"], strict=True))
    ours = rank_eval.propensity_scored(qrels, run, labels, 100, case["k"], a=case["a"], b=case["b"])["u"]
    assert ours.precision == pytest.approx(case["precision"], abs=1e-12)
    # It discounts in float32.
    assert ours.ndcg == pytest.approx(case["ndcg"], abs=1e-6)


@pytest.mark.parametrize("case", THEIRS["ndcg_p"], ids=lambda case: f"{case['case']} {case['measure']}")
def test_the_first_ndcg_is_that_of_trec_eval(case: dict[str, Any]) -> None:
    qrels, run = (GOLDENS / "cases" / f"{case['case']}.{kind}" for kind in ("qrels", "run"))
    evaluation = rank_eval.evaluate(qrels, run, [case["measure"]], missing="skip", compat="9")
    values = {**evaluation.per_query[case["measure"]], "all": evaluation[case["measure"]]}
    # It prints four digits, and where no relevant document is ranked it prints 0.
    assert values == pytest.approx(case["values"], abs=5.1e-5)


def test_recommendation_says_what_is_wrong() -> None:
    run = {"u": {"a": 1.0, "b": 0.5}}
    for compute in (rank_eval.catalog_coverage, rank_eval.gini_index):
        with pytest.raises(InvalidInputError, match="catalog: expected the number of all items, at least the 2"):
            compute(run, 1)
        with pytest.raises(InvalidInputError, match="k: expected at least 1"):
            compute(run, 5, 0)
    with pytest.raises(InvalidInputError, match='popularity: expected a number of users from 1 to 5 for item "b"'):
        rank_eval.novelty(run, {"a": 1, "b": 9}, 5)
    with pytest.raises(DtypeError, match=r"popularity\['a'\]: expected an int of at least 0, got float"):
        rank_eval.novelty(run, {"a": 1.5}, 5)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="propensity: expected 3 instances or more"):
        rank_eval.propensity_scored({"u": {"a": 1}}, run, {}, 2)
    with pytest.raises(InvalidInputError, match="propensity: expected 3 instances or more"):
        rank_eval.propensity_scored({"u": {"a": 1}}, run, {}, 9, a=-1.0)
    with pytest.raises(InvalidInputError, match="quer"):
        rank_eval.propensity_scored({"v": {"a": 1}}, run, {}, 9)
    scored = rank_eval.propensity_scored({"u": {"x": 1}}, run, {}, 9)["u"]
    assert repr(scored) == "PropensityScored(precision=0.0, ndcg=0.0)"


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.integers(0, 3))
def test_curve(relevant: list[bool], missing: int) -> None:
    ranked = [(str(place), -float(place)) for place in range(len(relevant))]
    truth = {str(place) for place, is_relevant in enumerate(relevant) if is_relevant}
    truth |= {f"m{number}" for number in range(missing)}
    points = rank_eval.precision_recall_curve(ranked, truth)
    hits = [place for place, is_relevant in enumerate(relevant) if is_relevant]
    assert points == [((number + 1) / len(truth), (number + 1) / (place + 1)) for number, place in enumerate(hits)]


@given(
    st.dictionaries(
        st.sampled_from(["q1", "q2"]),
        st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 2).map(float), min_size=1),
        min_size=1,
    ),
    st.integers(1, 9),
)
def test_holes(run: dict[str, dict[str, float]], k: int) -> None:
    qrels = {"q1": {"a": 1, "b": 0}, "q2": {"c": -1, "d": 2}, "q3": {"e": 0}}
    evaluation = rank_eval.evaluate(qrels, run, [f"Hole@{k}"], missing="skip")
    for order in ("docid_desc", "docid_asc"):
        evaluation = rank_eval.evaluate(qrels, run, [f"Hole@{k}"], missing="skip", order=order)
        for query, documents in run.items():
            ranked = sorted(documents, reverse=order == "docid_desc")
            ranked.sort(key=lambda document: -documents[document])
            expected = sum(document not in "abcde" for document in ranked[:k]) / k
            assert evaluation.per_query[f"Hole@{k}"][query] == expected
    bounds = [
        rank_eval.evaluate(qrels, run, [f"Hole@{k}"], missing="skip", order=order).per_query[f"Hole@{k}"]
        for order in ("best", "expected", "worst")
    ]
    for query in run:
        best, expected, worst = (values[query] for values in bounds)
        assert best - 1e-12 <= expected <= worst + 1e-12
        assert best <= evaluation.per_query[f"Hole@{k}"][query] <= worst
