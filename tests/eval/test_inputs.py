"""Runs and qrels from dicts, rows and the objects of other tools."""

from collections import OrderedDict, defaultdict
from types import MappingProxyType
from typing import Any, NamedTuple

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rank_eval
from rank_eval import DtypeError, DuplicateIdError, InvalidInputError, Qrels, RankError, Run

RUN = {"q1": {"d2": 0.75, "d1": 0.5}, "q2": {"d1": -1.0}}
QRELS = {"q1": {"d1": 2, "d2": 0}, "q2": {"d1": 1}}


class Id(str):
    """No exact str."""

    __slots__ = ()


class Ranked(dict[Any, Any]):
    """No exact dict."""


names = st.text(min_size=1, max_size=3)


@given(
    run=st.dictionaries(names, st.dictionaries(names, st.integers(-3, 3), min_size=1, max_size=8), max_size=4),
    data=st.data(),
)
def test_dicts_of_any_kind_are_alike(run: dict[str, dict[str, int]], data: st.DataObject) -> None:
    kinds = st.sampled_from([float, int, str, bool])
    expected = {query: {name: float(score) for name, score in ranked.items()} for query, ranked in run.items()}

    def key(name: str) -> str:
        return Id(name) if data.draw(st.booleans()) else name

    def value(score: int) -> object:
        return float(score) if data.draw(kinds) is float else score

    mixed = {key(q): {key(d): value(score) for d, score in ranked.items()} for q, ranked in run.items()}
    shape = data.draw(st.sampled_from([dict, Ranked, OrderedDict, MappingProxyType]))
    assert Run.from_dict(shape({q: shape(ranked) for q, ranked in mixed.items()})).to_dict() == expected
    graded = {key(q): {key(d): score for d, score in ranked.items()} for q, ranked in run.items()}
    assert Qrels.from_dict(shape({q: shape(judged) for q, judged in graded.items()})).to_dict() == run


def test_a_value_of_another_kind_in_the_midst() -> None:
    run: Any = {"q": {"a": 1.0, "b": 2, "c": np.float32(3.0), "d": 4.0, 5: True}}
    assert Run.from_dict(run).to_dict() == {"q": {"d": 4.0, "c": 3.0, "b": 2.0, "a": 1.0, "5": 1.0}}
    judged: Any = {"q": {"a": 1, "b": np.int8(2), 7: True, "c": 3}}
    assert Qrels.from_dict(judged).to_dict() == {"q": {"7": 1, "a": 1, "b": 2, "c": 3}}


def test_ints_beyond_floats() -> None:
    with pytest.raises(
        (InvalidInputError, DtypeError), match=r"run\['q'\]\['a'\]: expected a number as score, got int"
    ):
        Run.from_dict({"q": {"a": 10**400}})
    with pytest.raises(InvalidInputError, match=r"qrels\['q'\]\['b'\]: expected an int of 64 bits"):
        Qrels.from_dict({"q": {"a": 1, "b": 2**64}})


def test_text_that_is_no_unicode() -> None:
    with pytest.raises(UnicodeEncodeError):
        Run.from_dict({"q": {"\ud800": 1.0}})


class FromRanx:
    """A table of ranx, whose own take a minute to compile."""

    __module__ = "ranx.data_structures.run"

    def __init__(self, table: dict[str, Any]) -> None:
        self.table = table

    def to_dict(self) -> dict[str, Any]:
        return defaultdict(dict, self.table)


def test_ranx() -> None:
    evaluation = rank_eval.evaluate(FromRanx(QRELS), FromRanx(RUN), ["nDCG@10", "AP"])
    assert evaluation.to_dict() == rank_eval.evaluate(QRELS, RUN, ["nDCG@10", "AP"]).to_dict()


def test_rows() -> None:
    scored = [ir_measures.ScoredDoc(q, d, score) for q, ranked in RUN.items() for d, score in ranked.items()]
    judged = [ir_measures.Qrel(q, d, grade) for q, grades in QRELS.items() for d, grade in grades.items()]
    assert Run.from_rows(scored).to_dict() == RUN
    assert Qrels.from_rows(iter(judged)).to_dict() == QRELS
    assert Run.from_rows([(row.query_id, row.doc_id, row.score) for row in scored]).to_dict() == RUN
    assert Qrels.from_rows([(row.query_id, row.doc_id, row.relevance) for row in judged]).to_dict() == QRELS
    values = rank_eval.evaluate(iter(judged), scored, ["nDCG@10"])
    assert values["nDCG@10"] == pytest.approx(
        ir_measures.calc_aggregate([ir_measures.nDCG @ 10], judged, scored)[ir_measures.nDCG @ 10]
    )
    assert Run.from_rows([]).to_dict() == {}


class TrecSubQrel(NamedTuple):
    """As in ir_datasets."""

    query_id: str
    doc_id: str
    relevance: int
    subtopic_id: str


def test_rows_with_more_fields() -> None:
    assert Qrels.from_rows([TrecSubQrel("q", "d", 1, "s")]).to_dict() == {"q": {"d": 1}}


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([1], DtypeError, "run[0]: expected an object with query_id, doc_id and score, or a tuple of these, got int"),
        ([("q", "d")], DtypeError, "run[0]: expected an object with query_id, doc_id and score"),
        ([("q", "d", 1.0), ("q", 0.5, 1.0)], DtypeError, "run[1]: expected an id of type str or int, got float"),
        ([("q", "d", "x")], DtypeError, "run[0]: expected a number as score, got str"),
        ([("q", "d", float("nan"))], InvalidInputError, "run['q']['d']: expected a score, got NaN"),
        ([("q", "d", 1.0), ("q", "d", 2.0)], DuplicateIdError, "run['q']['d']: expected each document once"),
        (7, DtypeError, "run: expected rows of query, document and score, got int"),
        ("rows", DtypeError, "run: expected rows of query, document and score, got str"),
    ],
)
def test_bad_rows(rows: list[Any], error: type[RankError], message: str) -> None:
    with pytest.raises(error) as caught:
        Run.from_rows(rows)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ({}, 0.5),
        ({"order": "docid_asc"}, 0.5),
        ({"order": "stable"}, 1.0),
        ({"order": "best"}, 1.0),
        ({"order": "worst"}, 1 / 3),
        ({"order": "expected"}, (1 + 1 / 2 + 1 / 3) / 3),
        ({"level": 2}, 0.0),
        ({"depth": 1}, 0.0),
        ({"judged_only": True}, 1.0),
        ({"threads": 2}, 0.5),
    ],
)
def test_options(options: dict[str, Any], value: float) -> None:
    run = {"q": {"b": 0.5, "c": 0.5, "a": 0.5}}
    assert rank_eval.evaluate({"q": {"b": 1}}, run, ["RR"], **options)["RR"] == pytest.approx(value, abs=1e-15)


def test_versions_of_trec_eval() -> None:
    run, judged = {"q": {"b": 1.0, "a": 1.00000001}}, {"q": {"a": 1}}
    assert [rank_eval.evaluate(judged, run, ["RR"], compat=compat)["RR"] for compat in (None, "9", "10")] == [1, 0.5, 1]
