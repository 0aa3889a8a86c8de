"""Parts of runs and qrels, and several made one."""

from pathlib import Path
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


def test_a_function_says_which_queries_stay() -> None:
    assert RUN.slice(lambda query: query.startswith("q")).queries == ["q1", "q2"]
    assert QRELS.slice(lambda query: query == "q2").to_dict() == {"q2": {"c": 2}}
    with pytest.raises(ZeroDivisionError):
        RUN.slice(lambda query: bool(1 // (len(query) - len(query))))
    wrong: Any = len
    with pytest.raises(DtypeError, match=r"^queries: expected a function that returns a bool, got int from it"):
        RUN.slice(wrong)


def test_documents_stay_by_id_or_by_function() -> None:
    assert RUN.filter(["a", "z"]).to_dict() == {"3": {"a": 0.1}, "q1": {"a": 0.9}, "q2": {}}
    assert RUN.filter(lambda query, document, score: (query, document) != ("q1", "a") and score > 0.2).to_dict() == {
        "3": {},
        "q1": {"b": 0.5},
        "q2": {"c": 0.7},
    }
    assert QRELS.filter({"c"}).to_dict() == {"q1": {"c": 0}, "q2": {"c": 2}}
    assert QRELS.filter(lambda *row: row[2] > 1).to_dict() == {"q1": {}, "q2": {"c": 2}}
    numbered = Run.from_dict({1: {2: 0.5, 3: 0.25}})
    assert numbered.filter([3]).to_dict() == {"1": {"3": 0.25}}
    asked: list[tuple[str, str, float]] = []

    def refuse(query: str, document: str, score: float) -> bool:
        asked.append((query, document, score))
        raise LookupError(document)

    with pytest.raises(LookupError, match="a"):
        RUN.filter(refuse)
    assert len(asked) == 1  # nothing is asked after an error
    wrong: Any = "ab"
    with pytest.raises(DtypeError, match=r"^documents: expected a function or a list of ids, got str"):
        RUN.filter(wrong)
    wrong = [1.5]
    with pytest.raises(DtypeError, match=r"^documents\[0\]: expected an id of type str or int, got float"):
        QRELS.filter(wrong)


def test_what_was_seen_leaves_run_and_qrels() -> None:
    qrels, run = {"q": {"a": 1, "b": 1}}, {"q": {"a": 0.9, "c": 0.8, "b": 0.7}}
    judged, ranked = Qrels.from_dict(qrels), Run.from_dict(run)
    unseen = evaluate(
        judged.filter(lambda *row: row[1] != "a"),
        ranked.filter(lambda *row: row[1] != "a"),
        ["RR", "R@2"],
    )
    assert unseen.means == {"RR": 0.5, "R@2": 1.0}


def test_what_tables_tell() -> None:
    assert (RUN.queries, RUN.document_count, RUN.depths) == (["3", "q1", "q2"], 4, {"3": 1, "q1": 2, "q2": 1})
    assert RUN.ranked("q1") == [("a", 0.9), ("b", 0.5)]
    assert RUN.ranked(3) == [("a", 0.1)]
    assert (QRELS.queries, QRELS.judgment_count, QRELS.judged("q1")) == (["q1", "q2"], 3, {"a": 1, "c": 0})
    assert RUN.tag is None
    with pytest.raises(KeyError, match="q9"):
        RUN.ranked("q9")
    with pytest.raises(KeyError, match="q9"):
        QRELS.judged("q9")


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_everything_that_is_written_is_read(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"table{ending}"
    RUN.write(path, tag="ours")
    read = Run.read(path)
    assert (read.to_dict(), read.tag) == (RUN.to_dict(), "ours")
    RUN.write_jsonl(path)
    assert Run.read(path).to_dict() == RUN.to_dict()
    for write in (QRELS.write, QRELS.write_beir, QRELS.write_jsonl):
        write(path)
        assert Qrels.read(path).to_dict() == QRELS.to_dict()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="inf"):
        Run.from_dict({"q": {"a": float("inf")}}).write_jsonl(tmp_path / "run")
    with pytest.raises(InvalidInputError, match='document id: expected a word without white space, got "a b"'):
        Qrels.from_dict({"q": {"a b": 1}}).write(tmp_path / "qrels")
    with pytest.raises(InvalidInputError, match="document id"):
        Qrels.from_dict({"q": {"a\tb": 1}}).write_beir(tmp_path / "qrels")
    for write in (RUN.write, RUN.write_jsonl, QRELS.write, QRELS.write_beir, QRELS.write_jsonl):
        with pytest.raises(FileNotFoundError):
            write(tmp_path / "no folder" / "file")
    assert list(tmp_path.iterdir()) == []
