"""Ties: the order asked for, and the queries that depend on it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rank_eval
from rank_eval import InvalidInputError

MEASURES = ["nDCG@3", "P@2", "AP", "RR"]

runs = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([0.5, 0.25, -1.0]), min_size=1)
judgments = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3), min_size=1)


def values_of_all_orders(judged: dict[str, int], run: dict[str, float]) -> dict[str, list[float]]:
    groups = [
        [name for name, score in run.items() if score == level] for level in sorted(set(run.values()), reverse=True)
    ]
    values: dict[str, list[float]] = {name: [] for name in MEASURES}
    for order in itertools.product(*map(itertools.permutations, groups)):
        ranking = {name: -float(place) for place, name in enumerate(itertools.chain.from_iterable(order))}
        for name, value in rank_eval.evaluate({"q": judged}, {"q": ranking}, MEASURES).means.items():
            values[name].append(value)
    return values


@given(judged=judgments, run=runs)
def test_ties_are_the_bounds_of_all_orders(judged: dict[str, int], run: dict[str, float]) -> None:
    expected = {
        name: (min(values), max(values))
        for name, values in values_of_all_orders(judged, run).items()
        if min(values) < max(values)
    }
    found = rank_eval.ties({"q": judged}, {"q": run}, MEASURES)
    assert {tie.measure: (tie.least, tie.greatest) for tie in found} == expected
    means = rank_eval.evaluate({"q": judged}, {"q": run}, MEASURES).means
    for tie in found:
        assert tie.query == "q"
        assert tie.value == means[tie.measure]


def test_ties_name_measures_as_asked() -> None:
    found = rank_eval.ties({"q": {"a": 1}}, {"q": {"a": 0.5, "b": 0.5}}, ["recip_rank"], order="expected")
    assert repr(found) == '[Tie("q", "recip_rank", value=0.75, least=0.5, greatest=1.0)]'


def test_near_ties_of_trec_eval_9() -> None:
    qrels, run = {"q": {"a": 1}}, {"q": {"b": 1.0, "a": 1.00000001}}
    assert rank_eval.ties(qrels, run, ["RR"]) == []
    (tie,) = rank_eval.ties(qrels, run, ["RR"], compat="9")
    assert (tie.value, tie.least, tie.greatest) == (0.5, 0.5, 1.0)


def test_ties_refuse_what_evaluate_refuses() -> None:
    with pytest.raises(InvalidInputError, match="order: expected "):
        rank_eval.ties({"q": {"a": 1}}, {"q": {"a": 1.0}}, ["RR"], order="random")  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="run: expected at least one query"):
        rank_eval.ties({"q": {"a": 1}}, {"p": {"a": 1.0}}, ["RR"])
