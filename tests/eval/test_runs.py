"""Whole runs: against trec_eval, as files and dicts, and what is refused."""

import gzip
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

import rank_eval
from rank_eval import DtypeError, DuplicateIdError, InvalidInputError, Qrels, RankError, Run, ShapeError

# pytrec_eval's names, with the names that ask it for them.
TREC = {
    "ndcg": "ndcg",
    "map": "map",
    "recip_rank": "recip_rank",
    **{
        f"{name}_{k}": f"{name}.1,2,5,10"
        for name in ("ndcg_cut", "map_cut", "P", "recall", "success")
        for k in (1, 2, 5, 10)
    },
}

queries = st.sampled_from(["1", "2", "10", "q", "é"])
documents = st.text("abAB1é", min_size=1, max_size=3)
# Few values, so that most are ties; all are exact in float32, in which trec_eval 9 compares.
scores = st.integers(-3, 3).map(lambda score: score / 4)
runs = st.dictionaries(queries, st.dictionaries(documents, scores, min_size=1, max_size=25), min_size=1)
# trec_eval 9 does not return from a query that has negative grades alone.
judgments = st.dictionaries(documents, st.integers(-1, 3), min_size=1, max_size=15).filter(
    lambda g: max(g.values()) >= 0
)
qrels = st.dictionaries(queries, judgments, min_size=1)


def trec_eval(judged: dict[str, dict[str, int]], run: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    per_query = pytrec_eval.RelevanceEvaluator(judged, set(TREC.values())).evaluate(run)
    return {name: {query: values[name] for query, values in per_query.items()} for name in TREC}


def assert_equal(ours: dict[str, dict[str, float]], theirs: dict[str, dict[str, float]]) -> None:
    assert ours.keys() == theirs.keys()
    for name, values in theirs.items():
        assert ours[name] == pytest.approx(values, abs=1e-12, rel=0), name


@given(judged=qrels, run=runs)
def test_equals_trec_eval(judged: dict[str, dict[str, int]], run: dict[str, dict[str, float]]) -> None:
    common = judged.keys() & run.keys()
    if not common:
        with pytest.raises(InvalidInputError, match="run: expected at least one query that the qrels judge"):
            rank_eval.evaluate(judged, run, list(TREC))
        return
    skipped = rank_eval.evaluate(judged, run, list(TREC), missing="skip")
    assert_equal(skipped.per_query, trec_eval(judged, run))
    assert skipped.queries == sorted(common)
    zero = rank_eval.evaluate(judged, run, list(TREC))
    assert zero.queries == sorted(judged)
    assert zero.missing == skipped.missing == sorted(judged.keys() - run.keys())
    assert zero.unjudged == skipped.unjudged == sorted(run.keys() - judged.keys())
    for name, mean in zero.means.items():
        total = sum(skipped.per_query[name].values())
        assert mean == pytest.approx(total / len(judged), abs=1e-12)


def test_negative_grades_alone_are_not_relevant() -> None:
    evaluation = rank_eval.evaluate({"q": {"a": -1}}, {"q": {"a": 1.0}}, list(TREC))
    assert set(evaluation.means.values()) == {0.0}


TRACK = Path(os.environ.get("RANK_DATA_DIR", "/nonexistent")) / "trec-dl21"
needs_track = pytest.mark.skipif(not TRACK.exists(), reason="RANK_DATA_DIR is not set")


@needs_track
def test_bm25_of_the_deep_learning_track() -> None:
    evaluation = rank_eval.evaluate(TRACK / "qrels.txt", str(TRACK / "runs" / "p_bm25.gz"), ["nDCG@10"])
    assert round(evaluation.means["nDCG@10"], 4) == 0.4458  # the official figure
    assert len(evaluation.queries) == 53


def narrowed(run: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    return {query: {name: float(np.float32(score)) for name, score in ranked.items()} for query, ranked in run.items()}


@needs_track
@pytest.mark.parametrize("path", sorted(TRACK.glob("runs/*.gz")), ids=lambda path: path.stem)
def test_the_deep_learning_track_equals_trec_eval(path: Path) -> None:
    judged = Qrels.read(TRACK / "qrels.txt")
    # trec_eval 9 rounds scores to float32 before it compares them.
    run = narrowed(Run.read(path).to_dict())
    ours = rank_eval.evaluate(judged, run, list(TREC), missing="skip")
    assert len(ours.queries) == 53
    assert_equal(ours.per_query, trec_eval(judged.to_dict(), run))


@given(run=runs)
def test_dicts_round_trip_in_order(run: dict[str, dict[str, float]]) -> None:
    table = Run.from_dict(run)
    back = table.to_dict()
    assert back == run
    assert len(table) == len(run)
    assert list(back) == sorted(run, key=str.encode)
    for ranked in back.values():
        pairs = [(score, name.encode()) for name, score in ranked.items()]
        assert pairs == sorted(pairs, reverse=True)


def test_files_round_trip(tmp_path: Path) -> None:
    run = {"q2": {"a": 0.1 + 0.2, "b": 1e-300, "c": -1e300}, "q1": {"d": float(np.float32(0.1))}}
    table = Run.from_dict(run)
    for name in ("run.txt", "run.txt.gz"):
        table.write(tmp_path / name)
        assert Run.read(tmp_path / name).to_dict() == run
        assert Run.read(str(tmp_path / name)).to_dict() == run
    text = (tmp_path / "run.txt").read_text()
    assert text.splitlines()[0] == "q1 Q0 d 1 0.10000000149011612 rank-rank"
    with gzip.open(tmp_path / "run.txt.gz", "rt") as unpacked:
        assert unpacked.read() == text
    table.write(tmp_path / "run.txt", tag="other")
    assert (tmp_path / "run.txt").read_text() == text.replace("rank-rank", "other")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.txt", "run.txt.gz"]


def test_qrels_files(tmp_path: Path) -> None:
    (tmp_path / "trec").write_text("q1 0 a 2\nq1 0 b -1\n")
    (tmp_path / "beir.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta\t2\nq1\tb\t-1\n")
    for name in ("trec", "beir.tsv"):
        assert Qrels.read(tmp_path / name).to_dict() == {"q1": {"a": 2, "b": -1}}
    assert len(Qrels.read(tmp_path / "trec")) == 1


def test_numpy_scalars_ints_and_lists() -> None:
    judged: Any = {1: {7: np.int64(1), 8: np.uint8(0)}}
    run: Any = {np.int64(1): {7: np.float32(0.5), 8: np.float64(0.75)}}
    assert rank_eval.evaluate(judged, run, ["RR"]).per_query == {"RR": {"1": 0.5}}
    assert Run.from_dict({"q": [("a", 1), ("b", 2)]}).to_dict() == {"q": {"b": 2.0, "a": 1.0}}
    assert Run.from_dict({"q": {}}).to_dict() == {"q": {}}


def test_measures_are_named_as_asked() -> None:
    names = ["ndcg_cut_10", "nDCG@10", "ndcg@10", "P.5", "MRR@10"]
    evaluation = rank_eval.evaluate({"q": {"a": 1}}, {"q": {"a": 1.0}}, names)
    assert list(evaluation.means) == names
    assert repr(evaluation) == (
        "Evaluation(ndcg_cut_10=1.0000, nDCG@10=1.0000, ndcg@10=1.0000, P.5=0.2000, MRR@10=1.0000; "
        "1 queries, 0 missing, 0 unjudged)"
    )
    assert repr(Run.from_dict({"q": {"a": 1.0}})) == "Run(1 queries, 1 documents)"
    assert repr(Qrels.from_dict({"q": {"a": 1}})) == "Qrels(1 queries, 1 judgments)"


NAN = float("nan")


@pytest.mark.parametrize(
    ("run", "error", "message"),
    [
        ({"q1": {"d3": NAN}}, InvalidInputError, "run['q1']['d3']: expected a score, got NaN; drop the document"),
        ({"q1": {"d3": "x"}}, DtypeError, "run['q1']['d3']: expected a number as score, got str"),
        ({"q1": {2.5: 1.0}}, DtypeError, "run['q1'][2.5]: expected an id of type str or int, got float"),
        ({None: {"d": 1.0}}, DtypeError, "run[None]: expected an id of type str or int, got NoneType"),
        ({"q1": {"1": 1.0, 1: 1.0}}, DuplicateIdError, "run['q1']['1']: expected each document once"),
        ({"q1": [("d", 1.0), ("d", 1.0)]}, DuplicateIdError, "run['q1']['d']: expected each document once"),
        ({"q1": 7}, DtypeError, "run['q1']: expected a ranked list"),
        (7, DtypeError, "run: expected a dict of query id to a dict of document id to score, got int"),
    ],
)
def test_bad_runs(run: object, error: type[RankError], message: str) -> None:
    with pytest.raises(error) as caught:
        rank_eval.evaluate({"q1": {"d": 1}}, run, ["P@1"])  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("qrels", "error", "message"),
    [
        ({"q1": {"d3": 0.5}}, DtypeError, "qrels['q1']['d3']: expected a grade of type int, got float"),
        ({"q1": {"1": 1, 1: 1}}, DuplicateIdError, "qrels['q1']['1']: expected each document once"),
        ({"q1": ["d"]}, DtypeError, "qrels['q1']: expected a dict of document id to grade, got list"),
        (7, DtypeError, "qrels: expected a dict of query id to a dict of document id to grade, got int"),
    ],
)
def test_bad_qrels(qrels: object, error: type[RankError], message: str) -> None:
    with pytest.raises(error) as caught:
        rank_eval.evaluate(qrels, {"q1": {"d": 1.0}}, ["P@1"])  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            {"measures": ["bogus@3"]},
            InvalidInputError,
            "measure: expected one of nDCG, P, R, Success, RR, AP, ",
        ),
        ({"measures": ["P"]}, InvalidInputError, 'measure: expected a positive whole number as cut-off, got "P"'),
        ({"measures": "nDCG@10"}, DtypeError, "measures: expected a list of str, got str"),
        ({"missing": "drop"}, InvalidInputError, 'missing: expected "zero" or "skip", got "drop"'),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], error: type[RankError], message: str) -> None:
    with pytest.raises(error) as caught:
        rank_eval.evaluate({"q": {"d": 1}}, {"q": {"d": 1.0}}, **{"measures": ["P@1"], **arguments})
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q Q0 a 1 1.0 t\nq Q0 b 2\n", ":2: expected 6 columns, got 4; a line of a run is"),
        ("q Q0 a 1 high t\n", ':1: expected a score in column 5, got "high"; a line of a run is'),
        ("q Q0 a 1 nan t\n", ':1: expected a score in column 5, got "nan"; a line of a run is'),
        ("q Q0 a 1 2 t\nq Q0 a 1 1 t\n", ':2: expected each document once per query, got document "a" of query "q"'),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "run.txt"
    path.write_text(text)
    with pytest.raises(InvalidInputError) as caught:
        Run.read(path)
    assert str(caught.value).startswith(f"{path}{message}")


def test_bad_qrels_lines_are_named(tmp_path: Path) -> None:
    path = tmp_path / "qrels.txt"
    path.write_text("q 0 a 1\nq 0 b one\n")
    with pytest.raises(InvalidInputError) as caught:
        Qrels.read(path)
    assert str(caught.value).startswith(f'{path}:2: expected a whole number as grade in the last column, got "one"; ')


def test_files_that_are_not_there(tmp_path: Path) -> None:
    missing = tmp_path / "missing.txt"
    with pytest.raises(FileNotFoundError) as caught:
        Run.read(missing)
    assert caught.value.filename == str(missing)
    with pytest.raises(FileNotFoundError):
        rank_eval.evaluate(missing, {"q": {"d": 1.0}}, ["P@1"])
    with pytest.raises(IsADirectoryError):
        Qrels.read(tmp_path)
    with pytest.raises(FileNotFoundError):
        Run.from_dict({}).write(tmp_path / "no" / "run.txt")
    (tmp_path / "broken.gz").write_bytes(gzip.compress(b"q Q0 a 1 1 t\n" * 100)[:-12])
    with pytest.raises(InvalidInputError, match=r"broken\.gz: expected whole gzip data, got the error"):
        Run.read(tmp_path / "broken.gz")


def test_words_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "run.txt"
    with pytest.raises(InvalidInputError, match='tag: expected a word without white space, got "my run"; rename it'):
        Run.from_dict({"q": {"a": 1.0}}).write(path, tag="my run")
    with pytest.raises(InvalidInputError, match='document id: expected a word without white space, got "a b"'):
        Run.from_dict({"q": {"a b": 1.0}}).write(path)
    with pytest.raises(
        InvalidInputError, match="query id: expected a word that does not begin as JSON, or as a file that"
    ):
        rank_eval.Qrels.from_dict({"{q": {"a": 1}}).write(path)
    assert not path.exists()


def test_errors_are_the_builtins_too() -> None:
    assert issubclass(InvalidInputError, ValueError)
    assert issubclass(DuplicateIdError, InvalidInputError)
    assert issubclass(ShapeError, InvalidInputError)
    assert issubclass(DtypeError, TypeError)


def test_a_dict_that_changes_while_it_is_read() -> None:
    scores: dict[str, Any] = {}

    class Score:
        def __float__(self) -> float:
            scores.clear()
            return 0.5

    scores.update({"d1": Score(), "d2": 0.25})
    assert Run.from_dict({"q1": scores}).to_dict() == {"q1": {"d1": 0.5, "d2": 0.25}}
