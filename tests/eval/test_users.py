"""Measures of users who go down a ranking, against cwl-eval and its definitions."""

import json
import math
from pathlib import Path

import pytest

import rank_eval
from rank_eval import Browsing, DtypeError, InvalidInputError, Measure, ShapeError

CASES = json.loads((Path(__file__).parent / "goldens/users.json").read_text())
RANKS = 1000


def numbers(user: Browsing) -> list[float]:
    return [user.utility, user.total_utility, user.cost, user.total_cost, user.items]


@pytest.mark.parametrize("case", CASES, ids=[str(len(case["gains"])) for case in CASES])
def test_users_are_those_of_cwl_eval(case: dict[str, object]) -> None:
    gains, costs, users = case["gains"], case["costs"], case["users"]
    assert isinstance(users, dict)
    for name, theirs in users.items():
        ours = rank_eval.browse(name, gains, costs or None)  # type: ignore[arg-type, call-overload, unused-ignore]
        for bound, (utility, _, cost, _, items) in zip([ours.worst, ours.best], theirs, strict=True):
            assert bound.utility == pytest.approx(utility, rel=1e-12, abs=1e-12), name
            assert bound.cost == pytest.approx(cost, rel=1e-12), name
            assert bound.items == pytest.approx(items, rel=1e-12), name
            # Its own totals leave out the users who are still there at rank 1000.
            assert bound.total_utility == pytest.approx(utility * items, rel=1e-12, abs=1e-12), name
            assert bound.total_cost == pytest.approx(cost * items, rel=1e-12), name


def test_runs_are_followed() -> None:
    qrels = {"q1": {"a": 3, "b": 0, "c": 1}, "q2": {"x": 1}, "q3": {"y": 1}}
    run = {"q1": {"a": 4.0, "b": 3.0, "z": 2.0, "c": 1.0}, "q2": {"w": 1.0}}
    users = rank_eval.browse_run(qrels, run, "INST(max_rel=3)")
    assert list(users) == ["q1", "q2"]
    alone = rank_eval.browse("INST", [1.0, 0.0, None, 1 / 3])
    assert numbers(users["q1"].worst) == pytest.approx(numbers(alone.worst), rel=1e-12)
    assert numbers(users["q1"].best) == pytest.approx(numbers(alone.best), rel=1e-12)
    means = rank_eval.evaluate(qrels, run, ["INST(max_rel=3)"]).per_query["INST(max_rel=3)"]
    assert means["q1"] == pytest.approx(alone.worst.utility, rel=1e-12)
    assert means["q3"] == 0.0

    costs = {"a": 2.0, "b": 5.0, "c": 1.0, "z": 4.0, "w": 1.0}
    paid = rank_eval.browse_run(qrels, run, "TBG(half_life=4)", costs)["q1"]
    assert paid.worst.total_utility == pytest.approx(1 + 2 ** (-11 / 4))
    assert rank_eval.browse_run({7: {1: 1}}, {7: {1: 1.0}}, "P@1", {1: 3.0})["7"].worst.cost == 3.0
    assert repr(rank_eval.browse("P@1", [1]).worst).startswith("Browsing(utility=1.0, total_utility=1.0, cost=1.0")
    assert repr(rank_eval.browse("P@1", [1])).startswith("BrowsingBounds(worst=Browsing(")


def test_the_user_of_ap_gains_the_ap_of_what_is_ranked() -> None:
    qrels = {"q": {"a": 1, "b": 1, "c": 1, "x": 0}}
    run = {"q": {"x": 4.0, "a": 3.0, "b": 2.0}}
    for name in ("AP", "TrAP"):
        user = rank_eval.browse_run(qrels, run, name)["q"].worst
        assert user.utility == pytest.approx((1 / 2 + 2 / 3) / 2)
        # Looks in proportion to 5/6, 5/6, 1/3.
        assert user.items == pytest.approx(2 / (5 / 6))
    means = rank_eval.evaluate(qrels, run, ["AP", "TrAP"])
    assert means["AP"] == pytest.approx((1 / 2 + 2 / 3) / 3)
    assert means["TrAP"] == pytest.approx((1 / 2 + 2 / 3) / 2)


def test_a_scale_has_a_lowest_grade() -> None:
    qrels, run = {"q": {"a": 1, "b": 2, "c": 3}}, {"q": {"a": 3.0, "b": 2.0, "c": 1.0}}
    for name in ("INST", "INSQ", "BPM", "NERR8", "NERR9", "NERR10", "NERR11", "IFT", "NPV", "TBG", "UMeasure"):
        scaled = Measure(f"{name}(min_rel=1,max_rel=3)@5")
        expected = rank_eval.browse(f"{name}@5", [0.0, 0.5, 1.0]).worst.utility
        assert rank_eval.evaluate(qrels, run, [str(scaled)])[str(scaled)] == pytest.approx(expected, rel=1e-12), name
    sdcg = rank_eval.evaluate(qrels, run, ["SDCG(min_rel=1,max_rel=3)@2"])["SDCG(min_rel=1,max_rel=3)@2"]
    assert sdcg == pytest.approx((0.5 / math.log2(3)) / (1 + 1 / math.log2(3)))
    with pytest.raises(InvalidInputError, match="expected min_rel to be below a max_rel"):
        Measure("INST(min_rel=3,max_rel=3)")
    with pytest.raises(InvalidInputError, match="expected min_rel to be below a max_rel"):
        Measure("INST(min_rel=1)")


def test_residuals_are_those_of_cwl_eval() -> None:
    qrels = {"q": {"a": 3, "c": 1}}
    run = {"q": {"a": 4.0, "b": 3.0, "c": 2.0, "d": 1.0}}
    for name in ("INST(T=2,max_rel=3)@4", "BPM(max_rel=3)@4", "NERR9(max_rel=3)@4", "IFT(max_rel=3)@4"):
        bounds = rank_eval.browse_run(qrels, run, name)["q"]
        residual = rank_eval.coverage(qrels, run, [name])[name].residual
        assert residual == pytest.approx(bounds.best.utility - bounds.worst.utility, rel=1e-12)


def test_what_is_wrong_is_said() -> None:
    with pytest.raises(InvalidInputError, match=r"measure: expected one of a user who goes down the list, .* got nDCG"):
        rank_eval.browse("nDCG", [1.0])
    with pytest.raises(InvalidInputError, match=r"gains\[1\]: expected a number from 0 to 1, got 2"):
        rank_eval.browse("INST", [1.0, 2.0])
    with pytest.raises(InvalidInputError, match=r"costs\[0\]: expected a finite number above 0, got 0"):
        rank_eval.browse("INST", [1.0], [0.0])
    with pytest.raises(ShapeError, match="costs: expected 1 values, one for each row, got 2"):
        rank_eval.browse("INST", [1.0], [1.0, 2.0])
    with pytest.raises(DtypeError, match="gains: expected a sequence of numbers, got dict"):
        rank_eval.browse("INST", {1.0: 2})
    with pytest.raises(DtypeError, match=r"gains\[0\]: expected a number, got str"):
        rank_eval.browse("INST", ["x"])  # type: ignore[list-item]
    with pytest.raises(DtypeError, match="costs: expected a sequence of numbers, got int"):
        rank_eval.browse("INST", [1.0], 3)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match='costs: expected a cost for each ranked document, got none for "a"'):
        rank_eval.browse_run({"q": {"a": 1}}, {"q": {"a": 1.0}}, "TBG", {"b": 1.0})
    with pytest.raises(DtypeError, match="costs: expected a dict of document id to cost"):
        rank_eval.browse_run({"q": {"a": 1}}, {"q": {"a": 1.0}}, "TBG", [1.0])  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="qrels: expected grades of at most 3"):
        rank_eval.browse_run({"q": {"a": 4}}, {"q": {"a": 1.0}}, "INST(max_rel=3)")
    with pytest.raises(InvalidInputError, match=r"T to be a number of at least 0.5"):
        Measure("INST(T=0.1)")
