"""Measures as values of their own: names, descriptions, one list, and the tables of known answers."""

import math
from typing import Any

import ir_measures
import pytest

import rank_eval
from rank_eval import DtypeError, InvalidInputError, Measure, SubtopicQrels


def test_a_measure_has_names() -> None:
    measure = Measure("ndcg_cut_10")
    assert (str(measure), repr(measure), measure.cutoff) == ("nDCG@10", 'Measure("nDCG@10")', 10)
    assert measure == Measure("ndcg@10")
    assert hash(measure) == hash(Measure("ndcg@10"))
    assert measure != Measure("nDCG")
    assert measure != "nDCG@10"
    assert [measure.name_in(name) for name in ("ir_measures", "trec_eval", "ranx")] == [
        "nDCG@10",
        "ndcg_cut_10",
        "ndcg@10",
    ]
    assert Measure("ERR@20").name_in("trec_eval") is None
    assert Measure("AP").cutoff is None
    assert not measure.needs_subtopics
    assert Measure("alpha_nDCG@10").needs_subtopics
    assert "k = 10" in measure.describe()
    assert len(Measure.parse_many("all_trec")) == 93
    with pytest.raises(TypeError):
        _ = measure < Measure("AP")  # type: ignore[operator]


def test_names_are_checked() -> None:
    for name in ("bogus", "P", "RBP(p=2)"):
        with pytest.raises(InvalidInputError, match="measure: expected"):
            Measure(name)
    with pytest.raises(InvalidInputError, match="measure: expected"):
        Measure.parse_many("AP bogus")
    with pytest.raises(InvalidInputError, match='dialect: expected "ir_measures", "trec_eval" or "ranx", got "x"'):
        Measure("AP").name_in("x")  # type: ignore[arg-type]


ABC = [("a", 3.0), ("b", 2.0), ("c", 1.0)]


@pytest.mark.parametrize(
    ("name", "reranked", "truth", "value"),
    [
        ("nDCG", ABC, {"a": 1, "b": 2, "c": 3}, 0.7900),
        ("nDCG(dcg='exp-log2')@3", ABC, {"a": 1, "b": 2, "c": 3}, 0.6806),
        ("AP@5", [(str(i), -i) for i in range(5)], {str(i): 1 for i in range(20)}, 0.25),
        ("bpref", [("a", 3), ("c", 2), ("b", 1)], {"a": 1, "b": 1}, 1.0),
        ("infAP", [("a", 2), ("b", 1)], {"a": -1, "b": 1}, 0.75),
        ("RBP(p=0.8,max_rel=3)", [("a", 2), ("b", 1)], {"a": 3, "b": 3}, 0.36),
        ("set_F.2", ABC, {"a": 1, "b": 1}, 0.8571),
        ("RBP(p=0.8)", [("a", 1)], {"a": 1}, 0.2),
        ("RBPResidual(p=0.8)", [("a", 1)], {"a": 1}, 0.8),
        ("RBPResidual(p=0.8)", [], {"a": 1}, 1.0),
        # 1/16 + 15/16 x 7/16 / 2: grades 1 and 3 of at most 4.
        ("ERR", [("a", 2), ("b", 1)], {"a": 1, "b": 3}, 1 / 16 + 15 / 16 * 7 / 16 / 2),
        ("ndcg.1=0.5,2=0.9", [("a", 2), ("b", 1)], {"a": 2, "b": 1}, 1.0),
        ("Accuracy", ABC, {"b": 1}, 0.5),
        ("OPA", ABC, {"a": 1, "b": 2}, 2 / 3),
        ("relative_P_10", ABC, {"a": 1, "b": 1, "x": 1}, 2 / 3),
        ("P(judged_only=True)@1", ABC, {"b": 1}, 1.0),
        ("utility.1,-1,-1,0", ABC, {"a": 1, "x": 1}, -2.0),
    ],
)
def test_known_values(name: str, reranked: list[tuple[str, float]], truth: dict[str, int], value: float) -> None:
    assert Measure(name).value_of(reranked, truth) == pytest.approx(value, abs=5e-5)


def test_one_list_is_checked() -> None:
    with pytest.raises(InvalidInputError, match="qrels: expected grades of at most 2 for ERR"):
        Measure("ERR(max_rel=2)").value_of([("a", 1.0)], {"a": 3})
    with pytest.raises(InvalidInputError, match="needs subtopics"):
        Measure("StRecall@1").value_of([("a", 1.0)], {"a": 3})
    with pytest.raises(InvalidInputError, match="expected a score, got NaN"):
        Measure("AP").value_of([("a", math.nan)], {"a": 3})


def test_a_scale_is_checked_for_a_run() -> None:
    with pytest.raises(InvalidInputError, match="qrels: expected grades of at most 4 for ERR@10, got 5"):
        rank_eval.evaluate({"q": {"a": 5}}, {"q": {"a": 1.0}}, ["ERR@10"])


def test_what_a_run_lacks_counts_as_with_trec_eval() -> None:
    qrels = {"q1": {"a": 1}, "q2": {"a": 1, "b": 1}}
    names = ["NumRel", "NumQ", "NumRet", "AP", "gm_map", "RBPResidual", "yaap"]
    means = rank_eval.evaluate(qrels, {"q1": {"a": 1.0}}, names).means
    assert [means[name] for name in names[:4]] == [3.0, 2.0, 1.0, 0.5]
    assert means["gm_map"] == pytest.approx(math.sqrt(1e-5))
    assert means["RBPResidual"] == pytest.approx((0.8 + 1.0) / 2)
    assert means["yaap"] == pytest.approx(math.log(2) / 2)


def test_subtopics() -> None:
    qrels = SubtopicQrels.from_rows([("0", "a", "A", 1), ("0", "b", "B", 1), ("0", "b", "D", 1), ("0", "c", "C", 1)])
    assert (len(qrels), qrels.queries, qrels.subtopics("0"), qrels.subtopics("1")) == (1, ["0"], ["a", "b", "c"], None)
    run = {"0": {"A": 9.3, "D": 8.4, "E": 8.1, "B": 7.6}}
    names = ["ERR_IA@5", "nERR_IA@5", "alpha_DCG@5", "alpha_nDCG@5", "NRBP", "nNRBP", "AP_IA", "P_IA@5", "StRecall@5"]
    means = rank_eval.evaluate_subtopics(qrels, run, names).means
    # The test of github.com/seanmacavaney/pyndeval.
    theirs = [0.3933, 0.8297, 0.4052, 0.7868, 0.3906, 0.8620, 0.5, 0.2, 0.6666]
    assert list(means.values()) == pytest.approx(theirs, abs=1e-4)
    with pytest.raises(InvalidInputError, match="expected one over subtopics"):
        rank_eval.evaluate_subtopics(qrels, run, ["AP"])
    with pytest.raises(rank_eval.DuplicateIdError, match="expected each document once"):
        SubtopicQrels.from_rows([("q", "1", "a", 1), ("q", "1", "a", 1)])
    with pytest.raises(DtypeError, match=r"rows\[0\]: expected a tuple"):
        SubtopicQrels.from_rows([("q", "1", 2, 1)])  # type: ignore[list-item]
    with pytest.raises(FileNotFoundError):
        SubtopicQrels.read("none")
    with pytest.raises(InvalidInputError, match="missing: expected"):
        rank_eval.evaluate_subtopics(qrels, run, ["NRBP"], missing="x")  # type: ignore[arg-type]


def test_options_of_subtopics() -> None:
    qrels = SubtopicQrels.from_rows([("q", "1", "a", 1), ("q", "2", "c", 2)])
    run = {"q": {"a": 1.0, "c": 1.0 + 1e-12, "b": 1.0}}
    options: list[tuple[str, dict[str, Any], float]] = [
        ("P_IA@2", {}, 0.25),
        ("P_IA@2", {"order": "docid_asc"}, 0.5),
        ("StRecall(rel=2)@2", {"order": "docid_asc", "compat": "9"}, 0.0),
        ("StRecall(rel=2)@2", {"order": "stable", "compat": "9"}, 1.0),
        ("P_IA", {}, 1 / 3),
        ("P_IA", {"judged_only": True}, 0.5),
        ("P_IA", {"depth": 1}, 0.5),
        ("AP_IA@2", {}, 0.5),
        ("StRecall", {"level": 3}, 0.0),
    ]
    for name, given, value in options:
        assert rank_eval.evaluate_subtopics(qrels, run, [name], **given)[name] == value, (name, given)
    for order in ("expected", "best", "worst"):
        with pytest.raises(InvalidInputError, match="order: expected an order by id or stable, got one by grades"):
            rank_eval.evaluate_subtopics(qrels, run, ["P_IA"], order=order)  # type: ignore[arg-type]


# Values for the parameters of ir_measures.
VALUES: dict[str, list[object]] = {
    "cutoff": [5],
    "rel": [1, 2],
    "judged_only": [True, False],
    "T": [1.0, 2.5],
    "min_rel": [0, 1],
    "max_rel": [4],
    "p": [0.5],
    "normalize": [True, False],
    "alpha": [0.3],
    "beta": [0.25],
    "recall": [0.2],
    "dcg": ["log2", "exp-log2"],
    "gains": [{1: 2, 2: 5}],
    "relative": [True, False],
}


@pytest.mark.parametrize("name", ir_measures.measures.registry)
def test_every_name_of_ir_measures_is_read(name: str) -> None:
    measure = ir_measures.measures.registry[name]
    needed = {key: VALUES[key][0] for key, info in measure.SUPPORTED_PARAMS.items() if info.required or key == "cutoff"}
    given = [needed]
    for key, info in measure.SUPPORTED_PARAMS.items():
        choices = info.choices if isinstance(info.choices, list) else VALUES[key]
        given += [{**needed, key: value} for value in VALUES[key] if value in choices]
    for parameters in given:
        written = str(measure(**parameters))
        # Also by the other names of a measure, and with parameters that it leaves out because they are the default.
        cutoff = f"@{parameters['cutoff']}" if "cutoff" in parameters else ""
        recall = f"@{parameters['recall']}" if "recall" in parameters else ""
        rest = ",".join(f"{key}={value!r}" for key, value in parameters.items() if key not in ("cutoff", "recall"))
        spelled = f"{name}({rest}){cutoff}{recall}" if rest else f"{name}{cutoff}{recall}"
        # A level of 1 is said for good; without it, the evaluation is asked.
        same = name == measure.NAME and parameters.get("rel") != 1
        assert (Measure(spelled) == Measure(written)) >= same, (spelled, written)
        assert str(ir_measures.parse_measure(written)) == written
