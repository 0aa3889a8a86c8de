"""Vectors of a sparse index given back, explained, made queries, and read from tables, through the installed wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.sparse as sp

from rank_retrieve import DtypeError, InvalidInputError, ShapeError, SparseExplanation, SparseIndex, field

if TYPE_CHECKING:
    from pathlib import Path

NAMED: list[tuple[str, dict[str, float]]] = [("d1", {"fox": 2.0, "den": 0.5}), ("d2", {}), ("d3", {"fox": 1.0})]
NUMBERED: list[tuple[str, dict[int, float]]] = [("d1", {7: 2.0, 9: 0.5}), ("d2", {}), ("d3", {9: 3.0})]


def tables(vectors: list[Any], key: pa.DataType) -> list[pa.Table]:
    ids = [document for document, _ in vectors]
    pairs = [list(vector.items()) for _, vector in vectors]
    maps = pa.array(pairs, pa.map_(key, pa.float32()))
    structs = pa.list_(pa.struct([("dimension", key), ("weight", pa.float64())]))
    lists = pa.array([[{"dimension": d, "weight": w} for d, w in row] for row in pairs], structs)
    years = pa.array([2019, None, 2021])
    made = [
        pa.table({"id": ids, "vector": column, "year": years})
        for column in (maps, lists, lists.cast(pa.large_list(structs.value_type)))
    ]
    parts = pa.array([{"indices": [d for d, _ in row], "values": [w for _, w in row]} for row in pairs],
                     pa.struct([("indices", pa.list_(key)), ("values", pa.list_(pa.float32()))]))  # fmt: skip
    return [*made, pa.table({"id": ids, "vector": parts, "year": years})]


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("kind", ["names", "numbers"])
def test_tables_are_read_in_all_their_forms(number: int, kind: str, tmp_path: Path) -> None:
    vectors: list[Any] = NAMED if kind == "names" else NUMBERED
    table = tables(vectors, pa.string() if kind == "names" else pa.int64())[number]
    pq.write_table(table, tmp_path / "vectors.parquet")
    before = pa.table({"id": ["no"], "vector": table["vector"][:1], "year": pa.array([1])})
    sources: list[Any] = [table, table.to_reader(max_chunksize=2), tmp_path / "vectors.parquet",
                          pa.concat_tables([before, table]).slice(1)]  # fmt: skip
    for source in sources:
        index = SparseIndex()
        assert index.extend(source, fields="year") == 3
        assert [(key, index.vector(key)) for key in index.ids()] == vectors
        assert index.ids(field("year") >= 2019) == ["d1", "d3"]
    built = SparseIndex.build(tmp_path / "index", table, fields=["year"])
    assert [(key, built.vector(key)) for key in built.ids()] == vectors
    assert built.ids(field("year") >= 2019) == ["d1", "d3"]


def test_tables_of_pieces_and_of_other_libraries() -> None:
    table = pa.table({"key": [1, 2], "text": ["fox fox den", "hen"]})
    sources: list[Any] = [table, pytest.importorskip("polars").from_arrow(table), table.to_pandas()]
    for source in sources:
        index = SparseIndex()
        assert index.extend(source, id="key", vector="text") == 2
        assert index.vector(1) == {"den": 1.0, "fox": 2.0}


def maps(rows: list[Any], key: pa.DataType) -> pa.Array:
    return pa.array(rows, pa.map_(key, pa.float32()))


UNEVEN = pa.array([{"indices": [1], "values": [1.0]}, {"indices": [1, 2], "values": [1.0]}])
RANGE = r"^documents\[1\]: dimensions: expected numbers of 0 to 16777216, exclusive, got "
WRONG: list[tuple[Any, type[Exception], str]] = [
    (pa.array([1.0, 2.0]), DtypeError, r"^documents\[\"vector\"\]: expected a column of maps from dimension"),
    (pa.array([{"a": 1}, {"a": 2}]), DtypeError, r"^documents\[\"vector\"\]: expected a column of maps"),
    (maps([[("a", 1.0)], None], pa.string()), InvalidInputError, r"^documents\[\"vector\"\]\[1\]: expected a value"),
    (
        maps([[("a", 1.0)], [("b", None)]], pa.string()),
        InvalidInputError,
        r"^documents\[\"vector\"\]\[1\]: expected a vector without nulls, got a null; ",
    ),
    (UNEVEN, InvalidInputError, r"^documents\[\"vector\"\]\[1\]: expected as many values as indices, got 2 and 1; "),
    (
        maps([[("a", 1.0)], [("b", -1.0)]], pa.string()),
        InvalidInputError,
        r"^documents\[1\]: weights: expected finite numbers of at least 0, got -1; ",
    ),
    (maps([[(7, 1.0)], [(2**40, 1.0)]], pa.int64()), InvalidInputError, RANGE + "1099511627776"),
    (maps([[(7, 1.0)], [(-3, 1.0)]], pa.int64()), InvalidInputError, RANGE + "-3 at 0"),
]


@pytest.mark.parametrize(("column", "error", "message"), WRONG)
def test_columns_that_are_no_vectors_are_refused(column: Any, error: type[Exception], message: str) -> None:  # noqa: ANN401
    index = SparseIndex()
    with pytest.raises(error, match=message):
        index.extend(pa.table({"id": ["d1", "d2"], "vector": column}))
    # Documents before a bad one stay.
    assert index.ids() == (["d1"] if message.startswith(r"^documents\[1\]") else [])


def test_vectors_explain_themselves() -> None:
    index = SparseIndex()
    index.extend(NAMED)
    why = index.explain("d1", {"fox": 3.0, "hen": 1.0, "den": 2.0})
    assert isinstance(why, SparseExplanation)
    assert why.score == dict(index.search_named({"fox": 3.0, "den": 2.0}))["d1"] == 7.0
    shares = [(share.dimension, share.weight, share.value, share.documents) for share in why.dimensions]
    assert shares == [("den", 2.0, 0.5, 1), ("fox", 3.0, 2.0, 2)]
    assert [share.contribution for share in why.dimensions] == [1.0, 6.0]
    assert repr(why) == "SparseExplanation(score=7, 2 dimensions)"
    assert repr(why.dimensions[1]) == "DimensionShare('fox', weight=3, value=2, documents=2, contribution=6)"
    assert index.explain("d2", "fox").score == 0
    numbers = SparseIndex()
    numbers.add([1], sp.csr_array(np.array([[0.0, 1.5]], np.float32)))
    share = numbers.explain(1, sp.csr_array(np.array([[1.0, 2.0]], np.float32))).dimensions[0]
    assert (share.dimension, share.contribution) == (1, 3.0)
    assert (numbers.vector(1), numbers.vector(2)) == ({1: 1.5}, None)
    with pytest.raises(InvalidInputError, match=r"^id: expected a document of the index, got 7; "):
        numbers.explain(7, sp.csr_array(np.ones((1, 2), np.float32)))
    with pytest.raises(ShapeError, match=r"^query: expected one row, got 2; "):
        numbers.explain(1, sp.csr_array(np.ones((2, 2), np.float32)))
    with pytest.raises(InvalidInputError, match=r"^dimensions: expected numbers, as the index has, got names; "):
        numbers.explain(1, "fox")


def test_vectors_find_their_like() -> None:
    index = SparseIndex()
    index.extend(NAMED)
    index.add_named("d4", {"den": 4.0}, {"year": 1})
    assert index.more_like_this("d1") == [("d3", 2.0), ("d4", 2.0)]
    assert index.more_like_this("d1", dimensions=1) == [("d3", 2.0)]
    assert index.more_like_this("d1", k=1, filter=["d4"]) == [("d4", 2.0)]
    assert index.more_like_this("d2") == []
    with pytest.raises(InvalidInputError, match=r'^id: expected a document of the index, got "d9"; '):
        index.more_like_this("d9")
    with pytest.raises(InvalidInputError, match=r"^dimensions: expected at least 0, got "):
        index.more_like_this("d1", dimensions=-1)


def test_batches_of_names() -> None:
    index = SparseIndex()
    index.extend(NAMED)
    queries: list[Any] = [{"fox": 1.0}, "den den", {}] * 20
    ids, scores = index.search_batch(queries, k=2, threads=2)
    for row, query in enumerate(queries):
        hits = index.search_named(query, k=2)
        assert [(key, score) for key, score in zip(ids[row], scores[row], strict=True) if key is not None] == hits
    assert index.search_batch([], k=2)[0].shape == (0, 2)
    only = index.search_batch(["fox"], filter=["d3"])[0]
    assert only.tolist() == [["d3", None, None]]
    bad: Any = [7]
    with pytest.raises(
        DtypeError, match=r"^queries\[0\]: expected a dict of str to weight, or a text of pieces, got int"
    ):
        index.search_batch(bad)
    with pytest.raises(
        DtypeError, match=r"^queries: expected a CSR matrix, or a list of dicts or texts of pieces, got "
    ):
        index.search_batch("fox")
