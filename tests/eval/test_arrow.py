"""Runs and qrels from the tables of other libraries, and back."""

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rank_eval
from rank_eval import DtypeError, DuplicateIdError, InvalidInputError, MissingPackageError, Qrels, RankError, Run

RUN = {"q1": {"d2": 0.75, "d1": 0.5}, "q2": {"d1": -1.0}}
QRELS = {"q1": {"d1": 2, "d2": 0}, "q2": {"d1": 1}}
ROWS: dict[str, list[Any]] = {
    "query_id": ["q1", "q2", "q1"],
    "doc_id": ["d1", "d1", "d2"],
    "score": [0.5, -1.0, 0.75],
}
JUDGMENTS: dict[str, list[Any]] = {
    "query_id": ["q1", "q1", "q2"],
    "doc_id": ["d1", "d2", "d1"],
    "relevance": [2, 0, 1],
}


def typed(kind: pa.DataType, score: pa.DataType | None = None) -> pa.Table:
    ids = {name: pa.array(ROWS[name]).cast(kind) for name in ("query_id", "doc_id")}
    return pa.table({**ids, "score": pa.array(ROWS["score"], score or pa.float64())})


class OnlyArray:
    """A record batch that is no stream."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self.batch = batch

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        capsules: tuple[object, object] = self.batch.__arrow_c_array__(requested_schema)
        return capsules


TABLES = {
    "pyarrow": pa.table(ROWS),
    "record batch": pa.record_batch(ROWS),
    "only an array": OnlyArray(pa.record_batch(ROWS)),
    "reader": pa.table(ROWS),
    "chunks": pa.concat_tables([pa.table(ROWS).slice(0, 1), pa.table(ROWS).slice(1, 0), pa.table(ROWS).slice(1)]),
    "polars": pl.DataFrame(ROWS),
    "polars categories": pl.DataFrame(ROWS, schema_overrides={"query_id": pl.Categorical, "doc_id": pl.Categorical}),
    "pandas": pd.DataFrame(ROWS),
    "pandas objects": pd.DataFrame(ROWS).astype({"query_id": object, "doc_id": object}),
    "pandas categories": pd.DataFrame(ROWS).astype({"query_id": "category", "doc_id": "category"}),
    "pandas with another index": pd.DataFrame(ROWS, index=[7, 5, 3]),
    "large strings": typed(pa.large_string()),
    "string views": typed(pa.string_view()),
    "float32": typed(pa.string(), pa.float32()),
    "float16": typed(pa.string(), pa.float16()),
    **{
        f"dictionary of {key}": typed(pa.dictionary(key, pa.string()))
        for key in (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())
    },
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_runs(table: pa.Table) -> None:
    run = Run.from_arrow(table)
    assert run.to_dict() == RUN
    assert [list(ranked) for ranked in run.to_dict().values()] == [["d2", "d1"], ["d1"]]
    assert rank_eval.evaluate(QRELS, table, ["RR"]).per_query == {"RR": {"q1": 0.5, "q2": 1.0}}


def test_streams_are_read_to_their_end() -> None:
    batches = pa.table(ROWS).to_batches(max_chunksize=2)
    assert len(batches) == 2
    reader = pa.RecordBatchReader.from_batches(batches[0].schema, iter(batches))
    assert Run.from_arrow(reader).to_dict() == RUN


def test_a_stream_that_fails() -> None:
    batch = pa.record_batch(ROWS)

    def batches() -> Iterator[pa.RecordBatch]:
        yield batch
        message = "the disk is gone"
        raise OSError(message)

    reader = pa.RecordBatchReader.from_batches(batch.schema, batches())
    with pytest.raises(InvalidInputError, match=r"run: expected an Arrow stream, got the error .*the disk is gone"):
        Run.from_arrow(reader)


@pytest.mark.parametrize("kind", [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint32(), pa.uint64()])
def test_ids_of_ints_are_their_digits(kind: pa.DataType) -> None:
    ids = pa.array([1, 2, 120], kind)
    table = pa.table({"query_id": ids, "doc_id": ids, "score": [1.0, 2.0, 3.0]})
    assert Run.from_arrow(table).to_dict() == {"1": {"1": 1.0}, "120": {"120": 3.0}, "2": {"2": 2.0}}
    dictionary = table.set_column(1, "doc_id", ids.dictionary_encode())
    assert Run.from_arrow(dictionary).to_dict() == Run.from_arrow(table).to_dict()
    grades = pa.table({"query_id": ids, "doc_id": ids, "grade": ids})
    assert Qrels.from_arrow(grades).to_dict() == {"1": {"1": 1}, "120": {"120": 120}, "2": {"2": 2}}
    scores = pa.table({"query_id": ids, "doc_id": ids, "score": ids})
    assert Run.from_arrow(scores).to_dict()["120"] == {"120": 120.0}


def test_names_of_columns() -> None:
    renamed = pa.table(ROWS).rename_columns(["q", "d", "s"])
    assert Run.from_arrow(renamed, query_id="q", doc_id="d", score="s").to_dict() == RUN
    judged = pa.table(JUDGMENTS)
    assert Qrels.from_arrow(judged).to_dict() == QRELS
    assert Qrels.from_arrow(judged.rename_columns(["query_id", "doc_id", "grade"])).to_dict() == QRELS
    named = judged.rename_columns(["q", "d", "g"])
    assert Qrels.from_arrow(named, query_id="q", doc_id="d", grade="g").to_dict() == QRELS
    flags = judged.set_column(2, "relevance", pa.array([True, False, True]))
    assert Qrels.from_arrow(flags).to_dict() == {"q1": {"d1": 1, "d2": 0}, "q2": {"d1": 1}}
    assert rank_eval.evaluate(pl.DataFrame(JUDGMENTS), pd.DataFrame(ROWS), ["RR"])["RR"] == 0.75


def test_tables_without_rows() -> None:
    for table in (pa.table(ROWS).slice(0, 0), pd.DataFrame({name: [] for name in ROWS}), pl.DataFrame(ROWS).clear()):
        assert len(Run.from_arrow(table)) == 0
    empty = Run.from_dict({})
    for frame in (empty.to_pandas(), empty.to_polars(), empty.to_arrow().to_pandas()):
        assert list(frame.columns) == ["query_id", "doc_id", "score"]
        assert len(frame) == 0


def changed(**columns: object) -> pa.Table:
    return pa.table({**ROWS, **columns})


@pytest.mark.parametrize(
    ("table", "error", "message"),
    [
        (
            pa.table({"qid": ["q"], "doc_id": ["d"], "score": [1.0]}),
            InvalidInputError,
            'run: expected a column named "query_id", got ["qid", "doc_id", "score"]; rename the column or pass its',
        ),
        (
            pa.table([["q"], ["q"], ["d"], [1.0]], ["query_id", "query_id", "doc_id", "score"]),
            InvalidInputError,
            'run: expected one column named "query_id", got several; drop all but one',
        ),
        (
            changed(doc_id=["d1", "d2", None]),
            InvalidInputError,
            'run["doc_id"][2]: expected a value, got null; drop the row or fill it in',
        ),
        (
            changed(doc_id=pa.array(["d1", "d2", None]).dictionary_encode()),
            InvalidInputError,
            'run["doc_id"][2]: expected a value, got null; drop the row or fill it in',
        ),
        (
            pa.concat_tables([changed(), changed(score=[0.5, None, 0.5])]),
            InvalidInputError,
            'run["score"][4]: expected a value, got null; drop the row or fill it in',
        ),
        (
            changed(score=["1", "2", "3"]),
            DtypeError,
            'run["score"]: expected a column of floats or ints, got Utf8; cast the column',
        ),
        (
            changed(score=[True, True, True]),
            DtypeError,
            'run["score"]: expected a column of floats or ints, got Boolean',
        ),
        (
            changed(doc_id=[0.5, 1.5, 2.5]),
            DtypeError,
            'run["doc_id"]: expected a column of strings or ints, got Float64; cast the column',
        ),
        (changed(doc_id=[True, False, True]), DtypeError, 'run["doc_id"]: expected a column of strings or ints'),
        (
            changed(doc_id=pa.array([1, 2, 2**64 - 1], pa.uint64())),
            InvalidInputError,
            'run["doc_id"][2]: expected an int of 64 bits with sign, got 18446744073709551615; cast the column',
        ),
        (
            changed(score=[1, 2**53 + 1, 3]),
            InvalidInputError,
            'run["score"][1]: expected an int that float64 holds, got 9007199254740993; cast the column',
        ),
        (changed(score=[0.5, float("nan"), 1.0]), InvalidInputError, "run['q2']['d1']: expected a score, got NaN"),
        (changed(query_id=["q", "q", "q"]), DuplicateIdError, "run['q']['d1']: expected each document once"),
        (pa.array([1, 2]), DtypeError, "run: expected an Arrow table, got pyarrow.lib.Int64Array; pass a table"),
        (pa.chunked_array([[1]]), DtypeError, "run: expected an Arrow table, got pyarrow.lib.ChunkedArray"),
    ],
)
def test_bad_runs(table: pa.Table, error: type[RankError], message: str) -> None:
    with pytest.raises(error) as caught:
        Run.from_arrow(table)
    assert str(caught.value).startswith(message)
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("table", "error", "message"),
    [
        (
            pa.table({**JUDGMENTS, "relevance": [0.5, 1.0, 2.0]}),
            DtypeError,
            'qrels["relevance"]: expected a column of ints, got Float64; cast the column',
        ),
        (
            pa.table({**JUDGMENTS, "grade": [1, 2, 3]}),
            InvalidInputError,
            'qrels: expected a column named "relevance" or "grade", got both; pass grade="relevance" or grade="grade"',
        ),
        (
            pa.table({"query_id": ["q"], "doc_id": ["d"]}),
            InvalidInputError,
            'qrels: expected a column named "relevance", got ["query_id", "doc_id"]; rename the column',
        ),
        (
            pa.table({**JUDGMENTS, "query_id": ["q", "q", "q"], "doc_id": ["a", "b", "a"]}),
            DuplicateIdError,
            "qrels['q']['a']: expected each document once",
        ),
    ],
)
def test_bad_qrels(table: pa.Table, error: type[RankError], message: str) -> None:
    with pytest.raises(error) as caught:
        Qrels.from_arrow(table)
    assert str(caught.value).startswith(message)


def test_what_is_no_table() -> None:
    with pytest.raises(DtypeError, match="run: expected an Arrow table, got dict; pass a table, a data frame or a"):
        Run.from_arrow({"q": {}})  # type: ignore[arg-type]


names = st.text(min_size=1, max_size=4)
runs = st.dictionaries(names, st.dictionaries(names, st.floats(allow_nan=False), min_size=1), max_size=5)


@given(run=runs)
def test_tables_round_trip(run: dict[str, dict[str, float]]) -> None:
    table = Run.from_dict(run)
    for frame in (table.to_arrow(), table.to_polars(), table.to_pandas(), pa.table(table), pl.DataFrame(table), table):
        again = Run.from_arrow(frame)
        assert again.to_dict() == run
        # The order too.
        assert again.to_arrow().equals(table.to_arrow())


@given(qrels=st.dictionaries(names, st.dictionaries(names, st.integers(-(2**63), 2**63 - 1), min_size=1), max_size=5))
def test_judgments_round_trip(qrels: dict[str, dict[str, int]]) -> None:
    table = Qrels.from_dict(qrels)
    for frame in (table.to_arrow(), table.to_polars(), table.to_pandas(), table):
        assert Qrels.from_arrow(frame).to_dict() == qrels


def test_frames() -> None:
    run = Run.from_dict(RUN)
    rows = {"query_id": ["q1", "q1", "q2"], "doc_id": ["d2", "d1", "d1"], "score": [0.75, 0.5, -1.0]}
    assert run.to_arrow().to_pydict() == rows
    assert run.to_polars().to_dict(as_series=False) == rows
    frame = run.to_pandas()
    assert frame.to_dict("list") == rows
    assert frame.dtypes["score"] == np.float64
    judged = Qrels.from_dict(QRELS).to_pandas()
    assert judged.to_dict("list") == JUDGMENTS
    assert judged.dtypes["relevance"] == np.int64


def test_values_of_queries_as_frames() -> None:
    evaluation = rank_eval.evaluate(QRELS, RUN, ["RR", "P@1"])
    rows = {"query_id": ["q1", "q2"], "RR": [0.5, 1.0], "P@1": [0.0, 1.0]}
    assert evaluation.to_arrow().to_pydict() == rows
    assert evaluation.to_polars().to_dict(as_series=False) == rows
    assert evaluation.to_pandas().to_dict("list") == rows
    assert evaluation.to_dict() == {"q1": {"RR": 0.5, "P@1": 0.0}, "q2": {"RR": 1.0, "P@1": 1.0}}


def test_an_evaluation_is_a_mapping_of_means() -> None:
    evaluation = rank_eval.evaluate(QRELS, RUN, ["RR", "P@1", "RR"])
    assert dict(evaluation) == evaluation.means == {"RR": 0.75, "P@1": 0.5}
    assert len(evaluation) == 2
    assert list(evaluation) == list(evaluation.keys()) == ["RR", "P@1"]
    assert list(evaluation.values()) == [0.75, 0.5]
    assert list(evaluation.items()) == [("RR", 0.75), ("P@1", 0.5)]
    assert "RR" in evaluation
    assert "AP" not in evaluation
    assert 7 not in evaluation
    with pytest.raises(KeyError, match="AP"):
        evaluation["AP"]


@pytest.mark.parametrize("library", ["pyarrow", "polars", "pandas"])
def test_libraries_that_are_not_installed(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    method = "to_arrow" if library == "pyarrow" else f"to_{library}"
    message = f"{method}: expected the package {library}, got none; pip install {library}"
    evaluation = rank_eval.evaluate(QRELS, RUN, ["RR"])
    for table in (Run.from_dict(RUN), Qrels.from_dict(QRELS), evaluation):
        with pytest.raises(MissingPackageError) as caught:
            getattr(table, method)()
        assert str(caught.value) == message


def test_a_plan_is_no_table() -> None:
    lazy: Any = pl.LazyFrame({"query_id": ["q"], "doc_id": ["a"], "score": [1.0]})
    with pytest.raises(DtypeError, match=r"^run: expected a table, got polars\..*LazyFrame; pass run\.collect\(\)$"):
        rank_eval.evaluate({"q": {"a": 1}}, lazy, ["AP"])
