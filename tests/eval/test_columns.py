"""Runs of columns and of ragged arrays of NumPy."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rank_eval import DtypeError, DuplicateIdError, InvalidInputError, Qrels, RankError, Run, ShapeError

QUERIES = np.array(["q1", "q2", "q1"])
DOCUMENTS = np.array(["d1", "d1", "é2"])
SCORES = np.array([0.5, -1.0, 0.75])
RUN = {"q1": {"é2": 0.75, "d1": 0.5}, "q2": {"d1": -1.0}}

KINDS: dict[str, Callable[[list[str]], NDArray[Any]]] = {
    "U": lambda ids: np.array(ids, dtype="U"),
    "wider U": lambda ids: np.array(ids, dtype="U9"),
    "S": lambda ids: np.array([name.encode() for name in ids], dtype="S"),
    "objects": lambda ids: np.array(ids, dtype=object),
    "StringDType": lambda ids: np.array(ids, dtype=np.dtypes.StringDType()),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("score", [np.float32, np.float64])
def test_texts(kind: str, score: type[np.floating[Any]]) -> None:
    convert = KINDS[kind]
    run = Run.from_columns(convert(QUERIES.tolist()), convert(DOCUMENTS.tolist()), SCORES.astype(score))
    assert run.to_dict() == RUN
    ragged = Run.from_arrays(
        convert(["q1", "q2"]), np.array([0, 2, 3]), convert(["d1", "é2", "d1"]), SCORES[[0, 2, 1]].astype(score)
    )
    assert ragged.to_dict() == RUN


@pytest.mark.parametrize("kind", [np.int32, np.int64, object])
def test_ints_are_their_digits(kind: type[Any]) -> None:
    ids = np.array([7, -8, 7], dtype=kind)
    run = Run.from_columns(ids, np.array([1, 2, 3], dtype=kind), SCORES)
    assert run.to_dict() == {"-8": {"2": -1.0}, "7": {"3": 0.75, "1": 0.5}}


lists = st.lists(
    st.tuples(
        st.text("abé€𝄞", min_size=1, max_size=3),
        st.lists(st.tuples(st.text("abé1", min_size=1, max_size=4), st.floats(width=32, allow_nan=False)), max_size=6),
    ),
    max_size=6,
    unique_by=lambda entry: entry[0],
)


@given(lists=lists)
def test_columns_are_dicts(lists: list[tuple[str, list[tuple[str, float]]]]) -> None:
    expected = {query: dict(ranked) for query, ranked in lists}
    rows = [(query, name, score) for query, ranked in expected.items() for name, score in ranked.items()]
    names = np.array([name for _, name, _ in rows], dtype="U4")
    scores = np.array([score for _, _, score in rows], dtype=np.float64)
    offsets = np.cumsum([0, *map(len, expected.values())])
    queries = np.array(list(expected), dtype="U3")
    assert Run.from_arrays(queries, offsets, names, scores).to_dict() == expected
    run = Run.from_columns(np.array([query for query, _, _ in rows], dtype="U3"), names, scores)
    assert run.to_dict() == {query: ranked for query, ranked in expected.items() if ranked}
    table = pa.table({"query_id": [row[0] for row in rows], "doc_id": names.tolist(), "score": scores})
    if rows:
        for frame in (table, table.slice(len(rows) // 2), pl.from_arrow(table)):
            assert Run.from_arrow(frame).to_arrow().num_rows == len(frame)
        assert Run.from_arrow(table).to_dict() == run.to_dict()


def test_the_first_documents() -> None:
    run = Run.from_dict(RUN)
    assert run.cut(1).to_dict() == {"q1": {"é2": 0.75}, "q2": {"d1": -1.0}}
    assert run.cut(0).to_dict() == {"q1": {}, "q2": {}}
    assert run.cut(9).to_dict() == RUN


@pytest.mark.parametrize(
    ("columns", "error", "message"),
    [
        (
            {"scores": SCORES.astype(np.int64)},
            DtypeError,
            "scores: expected float32 or float64, got int64; pass scores.astype(numpy.float64)",
        ),
        ({"scores": [0.5]}, DtypeError, "scores: expected a numpy array, got list; pass numpy.asarray(scores)"),
        (
            {"doc_ids": SCORES},
            DtypeError,
            "doc_ids: expected int64, int32, U, S, StringDType or objects of type str, got float64; convert it",
        ),
        ({"doc_ids": DOCUMENTS.astype(">U2")}, DtypeError, "doc_ids: expected int64, int32, U, S, StringDType or"),
        (
            {"doc_ids": DOCUMENTS[:2]},
            ShapeError,
            "doc_ids: expected 3 values, as many as scores, got 2; pass columns of equal length",
        ),
        ({"query_ids": QUERIES[:2]}, ShapeError, "query_ids: expected 3 values, as many as scores, got 2"),
        (
            {"query_ids": QUERIES.reshape(1, 3)},
            ShapeError,
            "query_ids: expected an array of shape (rows,), got shape [1, 3]; reshape it",
        ),
        (
            {"scores": np.repeat(SCORES, 2)[::2]},
            ShapeError,
            "scores: expected a C-contiguous array, got one with other strides; pass numpy.ascontiguousarray(scores)",
        ),
        (
            {"doc_ids": np.array([b"a", b"\xff", b"c"])},
            InvalidInputError,
            "doc_ids[1]: expected text in Unicode, got other bytes; decode the column",
        ),
        (
            {"doc_ids": np.array(["a", None, "c"], dtype=object)},
            DtypeError,
            "doc_ids[1]: expected an id of type str or int, got NoneType; convert it",
        ),
        ({"scores": np.array([1.0, np.nan, 2.0])}, InvalidInputError, "run['q2']['d1']: expected a score, got NaN"),
        ({"query_ids": np.array(["q", "q", "q"])}, DuplicateIdError, "run['q']['d1']: expected each document once"),
    ],
)
def test_bad_columns(columns: dict[str, Any], error: type[RankError], message: str) -> None:
    given: dict[str, Any] = {"query_ids": QUERIES, "doc_ids": DOCUMENTS, "scores": SCORES, **columns}
    with pytest.raises(error) as caught:
        Run.from_columns(**given)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("offsets", [[0, 1], [0, 2, 2], [1, 2, 3], [0, 4, 3], [0, 1, 2, 3]])
def test_bad_offsets(offsets: list[int]) -> None:
    with pytest.raises(InvalidInputError, match="offsets: expected 3 ascending row numbers from 0 to 3, got"):
        Run.from_arrays(QUERIES[:2], np.array(offsets), DOCUMENTS, SCORES)


IN_PLACE = """
import resource
import numpy as np
import rank_eval

rows = 2_000_000
documents = np.char.add("D", np.arange(rows).astype("U7")).astype("U40")
queries, scores = np.arange(rows) // 1_000, np.arange(rows, dtype=np.float64)
rank_eval.Run.from_columns(queries[:10], documents[:10], scores[:10])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
run = rank_eval.Run.from_columns(queries, documents, scores)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024, documents.nbytes)
"""


def test_columns_are_read_in_place() -> None:
    done = subprocess.run([sys.executable, "-c", IN_PLACE], check=True, capture_output=True, text=True)
    grown, size = map(int, done.stdout.split())
    assert size == 320_000_000
    # The run itself is 50 megabytes; what `U40` takes is never there twice.
    assert grown < size / 2


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.int8, np.uint8, np.uint32, np.bool_])
def test_judgments_of_columns(kind: type[Any]) -> None:
    grades = np.array([1, 0, 1]).astype(kind)
    expected = {"q1": {"a": 1, "b": 0}, "q2": {"a": 1}}
    queries, documents = np.array(["q1", "q1", "q2"]), np.array(["a", "b", "a"])
    assert Qrels.from_columns(queries, documents, grades).to_dict() == expected
    assert Qrels.from_arrays(np.array(["q1", "q2"]), np.array([0, 2, 3]), documents, grades).to_dict() == expected
    assert Qrels.from_columns(queries[:0], documents[:0], grades[:0]).to_dict() == {}


@pytest.mark.parametrize(
    ("columns", "error", "message"),
    [
        (
            {"grades": SCORES},
            DtypeError,
            "grades: expected integers or booleans that int64 holds, got float64; pass grades.astype(numpy.int64)",
        ),
        ({"grades": np.array([1, 2, 3], dtype=np.uint64)}, DtypeError, "grades: expected integers or booleans that"),
        ({"grades": [1, 2, 3]}, DtypeError, "grades: expected a numpy array, got list"),
        ({"doc_ids": DOCUMENTS[:2]}, ShapeError, "doc_ids: expected 3 values, as many as grades, got 2"),
        ({"query_ids": QUERIES[:2]}, ShapeError, "query_ids: expected 3 values, as many as grades, got 2"),
        ({"query_ids": np.array(["q", "q", "q"])}, DuplicateIdError, "qrels['q']['d1']: expected each document once"),
    ],
)
def test_bad_columns_of_judgments(columns: dict[str, Any], error: type[RankError], message: str) -> None:
    given: dict[str, Any] = {"query_ids": QUERIES, "doc_ids": DOCUMENTS, "grades": np.array([1, 0, 2]), **columns}
    with pytest.raises(error) as caught:
        Qrels.from_columns(**given)
    assert str(caught.value).startswith(message)
