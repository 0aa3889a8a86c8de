"""Parts of runs and qrels, and several made one."""

from typing import Any

import pytest

from rank_eval import DtypeError, DuplicateIdError, InvalidInputError, Qrels, Run, evaluate

RUN = Run.from_dict({"q1": {"a": 0.9, "b": 0.5}, "q2": {"c": 0.7}, "3": {"a": 0.1}})
QRELS = Qrels.from_dict({"q1": {"a": 1, "c": 0}, "q2": {"c": 2}})


def test_a_slice_has_the_queries_asked_for() -> None:
    assert RUN.slice(["q2", 3]).to_dict() == {"3": {"a": 0.1}, "q2": {"c": 0.7}}
    assert RUN.slice([]).to_dict() == {}
    assert QRELS.slice({"q1"}).to_dict() == {"q1": {"a": 1, "c": 0}}
    with pytest.raises(InvalidInputError, match=r'^queries\[1\]: expected a query of the run, got "q9"; leave it out$'):
        RUN.slice(["q1", "q9"])
    with pytest.raises(InvalidInputError, match=r'^queries\[0\]: expected a query of the qrels, got "3"'):
        QRELS.slice(["3"])


def test_a_cut_keeps_the_first_documents() -> None:
    assert RUN.cut(1).to_dict() == {"3": {"a": 0.1}, "q1": {"a": 0.9}, "q2": {"c": 0.7}}
    with pytest.raises(InvalidInputError, match=r"^depth: expected at least 0, got -1"):
        RUN.cut(-1)


def test_parts_come_together_again() -> None:
    parts = [RUN.slice([query]) for query in ("q2", "q1", "3")]
    whole = Run.merge(parts)
    assert whole.to_dict() == RUN.to_dict()
    assert evaluate(QRELS, whole, ["AP"]).per_query == evaluate(QRELS, RUN, ["AP"]).per_query
    assert Qrels.merge([QRELS.slice(["q2"]), QRELS.slice(["q1"])]).to_dict() == QRELS.to_dict()
    assert Run.merge([]).to_dict() == {}


def test_a_document_twice_is_an_error_or_a_policy() -> None:
    other = Run.from_dict({"q1": {"b": 1.5}})
    with pytest.raises(DuplicateIdError, match=r"^run\['q1'\]\['b'\]: expected each document once"):
        Run.merge([RUN, other])
    assert Run.merge([RUN, other], "keep_first").to_dict()["q1"] == {"a": 0.9, "b": 0.5}
    assert list(Run.merge([RUN, other], "keep_last").to_dict()["q1"].items()) == [("b", 1.5), ("a", 0.9)]
    grades = Qrels.from_dict({"q1": {"a": 3}})
    with pytest.raises(DuplicateIdError, match=r"^qrels\['q1'\]\['a'\]: expected each document once"):
        Qrels.merge([QRELS, grades])
    assert Qrels.merge([QRELS, grades], "keep_last").to_dict()["q1"] == {"a": 3, "c": 0}
    policy: Any = "sum"
    with pytest.raises(InvalidInputError, match=r'^duplicates: expected one of "refuse", "keep_first", "keep_last"'):
        Run.merge([RUN], policy)


def test_only_tables_are_merged() -> None:
    wrong: Any = [RUN, {"q1": {"a": 1.0}}]
    with pytest.raises(DtypeError, match=r"^runs\[1\]: expected a Run, got dict; read it with"):
        Run.merge(wrong)
    with pytest.raises(DtypeError, match=r"^qrels\[0\]: expected a Qrels, got rank_eval.Run"):
        Qrels.merge(wrong)
