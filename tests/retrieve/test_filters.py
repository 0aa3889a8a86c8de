"""Stored fields, filters, counts and text fields, through the installed wheel."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from rank_retrieve import (
    Bm25Index,
    DenseIndex,
    DtypeError,
    ExactDenseIndex,
    Filter,
    InvalidInputError,
    ShapeError,
    SparseIndex,
    field,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DOCUMENT = st.fixed_dictionaries(
    {
        "terms": st.lists(st.sampled_from("abcd"), max_size=5),
        "year": st.none() | st.integers(-3, 3),
        "tags": st.lists(st.sampled_from("pqr"), max_size=2, unique=True),
    }
)


@given(st.lists(DOCUMENT, min_size=1, max_size=12), st.integers(-3, 3), st.integers(0, 12))
def test_filtered_search_is_the_search_of_all_without_the_others(
    documents: list[dict[str, Any]], bound: int, k: int
) -> None:
    index = Bm25Index(fields={"year": "int", "tags": "keyword"})
    for number, document in enumerate(documents):
        index.add_document(number, document["terms"], {"year": document["year"], "tags": document["tags"]})
    conditions: dict[str, tuple[Any, Callable[[dict[str, Any]], bool] | None]] = {
        "at least": (field("year") >= bound, lambda d: d["year"] is not None and d["year"] >= bound),
        "not at least": (~(field("year") >= bound), lambda d: not (d["year"] is not None and d["year"] >= bound)),
        "unequal": (field("year") != bound, lambda d: d["year"] is not None and d["year"] != bound),
        "between": (
            field("year").between(bound, 2, closed="left"),
            lambda d: d["year"] is not None and bound <= d["year"] < 2,
        ),
        "tags": (field("tags").isin(["p", "x"]), lambda d: "p" in d["tags"]),
        "both": (
            (field("tags") == "q") & (field("year") < bound),
            lambda d: "q" in d["tags"] and d["year"] is not None and d["year"] < bound,
        ),
        "either": (field("tags").exists() | (field("year") == 0), lambda d: bool(d["tags"]) or d["year"] == 0),
        "ids": ([0, 2, 99], None),
    }
    query = ["a", "b"]
    for condition, test in conditions.values():
        passing = [n for n, d in enumerate(documents) if (test(d) if test else n in (0, 2))]
        assert index.ids(condition) == passing
        mask = index.mask(condition)
        assert np.flatnonzero(mask).tolist() == passing
        expected = [hit for hit in index.retrieve(query, k=100) if hit[0] in passing][:k]
        places = Filter.positions(np.array(passing, dtype=np.int64))
        compiled = index.compile(condition)
        for same in (condition, mask, places, set(passing), Filter.mask(mask), Filter.ids(passing), compiled):
            assert index.retrieve(query, k=k, filter=same) == expected
        assert index.ids(~compiled | compiled) == list(range(len(documents)))
        ids, scores = index.search_batch([query, ["d"]], k=k, filter=condition)
        assert [(i, s) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0] == expected
        assert index.retrieve_weighted({"a": 1, "b": 1}, k=k, filter=condition) == expected
        matching = [n for n in passing if set(query) & set(documents[n]["terms"])]
        assert index.count(query, condition) == len(matching)
        tags = Counter(tag for n in matching for tag in documents[n]["tags"])
        assert index.matches(query, condition).facets("tags") == sorted(tags.items(), key=lambda t: (-t[1], t[0]))


def test_values_of_all_types_come_back(tmp_path: Path) -> None:
    index = Bm25Index(fields={"on": "date"})
    east = timezone(timedelta(hours=2))
    index.add_text(
        "d1",
        "A red fox",
        fields={"on": "2024-02-29T12:00:00+02:00", "n": np.int64(3), "x": np.float32(0.5), "t": "a", "m": ("b", "a")},
    )
    index.add_text("d2", "Foxes", fields={"on": date(2024, 3, 1), "x": 2, "n": None})
    index.add_text("d3", "Foxes", fields={"on": np.datetime64("2024-03-01T00:00:01")})
    noon = datetime(2024, 2, 29, 10, tzinfo=UTC)
    assert index.fields("d1") == {"on": noon, "n": 3, "x": 0.5, "t": "a", "m": ["b", "a"]}
    assert index.field_types() == {"m": "keyword", "n": "int", "on": "date", "t": "keyword", "x": "float"}
    assert index.ids(field("on") == datetime(2024, 2, 29, 12, tzinfo=east)) == ["d1"]
    assert index.ids(field("on") > "2024-03-01") == ["d3"]
    assert index.ids(field("on") <= datetime(2024, 3, 1)) == ["d1", "d2"]  # noqa: DTZ001 - that is UTC
    assert index.ids(field("x").isin([2, 0.5])) == ["d1", "d2"]
    months = index.matches().histogram("on", "month")
    assert months == [(datetime(2024, 2, 1, tzinfo=UTC), 1), (datetime(2024, 3, 1, tzinfo=UTC), 2)]
    days = index.matches("foxes").histogram("on", timedelta(days=1))
    assert days == [(datetime(2024, 2, 29, tzinfo=UTC), 1), (datetime(2024, 3, 1, tzinfo=UTC), 2)]
    assert index.matches().histogram("on", "year") == [(datetime(2024, 1, 1, tzinfo=UTC), 3)]
    assert index.matches().histogram("x", 1) == [(0.0, 1), (2.0, 1)]
    assert index.matches().ranges("on", [(None, "2024-03-01"), ("2024-03-01", None), (None, None)]) == [1, 2, 3]
    index.set_field("n", ["d2", "d3"], np.array([7, 8]))
    assert index.set_fields("d1", {"n": None, "t": "z"})
    assert not index.set_fields("d9", {"n": 1})
    assert index.update_text("d2", "A fox again", fields={"x": 4.0})
    assert index.fields("d2") == {"on": datetime(2024, 3, 1, tzinfo=UTC), "n": 7, "x": 4.0}
    assert index.fields("d9") is None
    assert index.ids() == ["d1", "d3", "d2"]
    index.save(tmp_path / "index")
    index = Bm25Index.load(tmp_path / "index")
    assert index.fields("d1") == {"on": noon, "x": 0.5, "t": "z", "m": ["b", "a"]}
    assert index.ids(field("n") >= 7) == ["d3", "d2"]
    matches = index.matches("fox")
    assert index.remove("d2")
    assert len(matches) == 3
    assert matches.facets("n") == [(7, 1), (8, 1)]
    assert index.matches("fox").facets("n", n=5) == [(8, 1)]


def test_what_cannot_be_stored_or_compared_is_named() -> None:
    index = Bm25Index()
    index.add_text(1, "A fox", fields={"year": 2019})
    with pytest.raises(InvalidInputError, match=r'^fields\["year"\]: expected a value of type int, got float 2.5; '):
        index.add_text(2, "A fox", fields={"year": 2.5})
    with pytest.raises(DtypeError, match=r'^fields\["year"\]: expected an int, float, str, .* got bool; '):
        index.add_text(2, "A fox", fields={"year": True})
    with pytest.raises(DtypeError, match=r'^fields\["year"\]: expected an int, float, str, .* got list; '):
        index.add_text(2, "A fox", fields={"year": [1]})  # type: ignore[list-item]
    with pytest.raises(DtypeError, match=r"^fields: expected a dict of field to value, got list; "):
        index.add_text(2, "A fox", fields=[1])  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"^fields: expected names of type str, got int; "):
        index.add_text(2, "A fox", fields={1: 1})  # type: ignore[dict-item]
    with pytest.raises(
        InvalidInputError, match=r'^fields\["year"\]: expected an int of 64 bits, got 18446744073709551616'
    ):
        index.set_fields(1, {"year": 2**64})
    with pytest.raises(InvalidInputError, match=r'^date: expected an ISO 8601 date or time .* got "10:00:00"; '):
        index.set_fields(1, {"on": datetime(2024, 1, 1, 10, tzinfo=UTC).time()})  # type: ignore[dict-item]
    with pytest.raises(InvalidInputError, match=r"^fields: expected one of the types int, float, keyword, date, got "):
        Bm25Index(fields={"on": "time"})  # type: ignore[dict-item]
    with pytest.raises(ShapeError, match=r"^values: expected as many as ids, got fewer; "):
        index.set_field("year", [1, 2], [1])
    with pytest.raises(ShapeError, match=r"^values: expected as many as ids, got more; "):
        index.set_field("year", [1], [1, 2])
    with pytest.raises(InvalidInputError, match=r"^ids\[0\]: expected a document of the index, got 5; "):
        index.set_field("year", [5], [1])
    assert len(index) == 1
    assert index.fields(1) == {"year": 2019}


def test_a_change_is_noticed_by_filters_that_were_used_before() -> None:
    index = Bm25Index()
    index.add_texts([1, 2, 9], ["A fox", "Foxes", "Hens"])
    index.set_field("year", [1, 2], [2019, 2020])
    recent = field("year") >= 2020
    assert [key for key, _ in index.search("fox", filter=recent)] == [2]
    compiled = index.compile(recent)
    assert repr(compiled) == "1 documents"
    assert [key for key, _ in index.more_like_this(1, filter=compiled)] == [2]
    assert index.more_like_this(1, filter=[1]) == []
    changes: list[tuple[Callable[[], object], list[int]]] = [
        (lambda: index.set_fields(1, {"year": 2021}), [1, 2]),
        (lambda: index.add_text(3, "A fox cub", {"year": 2022}), [1, 2, 3]),
        (lambda: index.set_field("year", [2], [None]), [1, 3]),
        (lambda: index.update_text(3, "Hens"), [1]),
        (lambda: index.remove(1), []),
    ]
    for change, expected in changes:
        change()
        assert sorted(key for key, _ in index.search("fox", filter=recent)) == expected
        with pytest.raises(
            InvalidInputError, match=r"^filter: expected one that was compiled by this index as it is, "
        ):
            index.search("fox", filter=compiled)
        compiled = index.compile(recent)
        assert sorted(key for key, _ in index.search("fox", filter=compiled)) == expected
    other = Bm25Index()
    other.add_text(1, "A fox")
    with pytest.raises(InvalidInputError, match=r"^filter: expected one that was compiled by this index as it is, "):
        other.search("fox", filter=~compiled)


def test_conditions_that_do_not_fit_are_named() -> None:
    index = Bm25Index()
    index.add_text(1, "A fox", fields={"year": 2019})
    with pytest.raises(InvalidInputError, match=r'^filter: expected a stored field, one of \["year"\], got "yaer"; '):
        index.search("fox", filter=field("yaer") == 1)
    with pytest.raises(InvalidInputError, match=r'^fields\["year"\]: expected a value of type int, got keyword "x"; '):
        index.search_batch(["fox"], filter=field("year") == "x")
    with pytest.raises(DtypeError, match=r"^filter: expected a condition, got a field; "):
        index.search("fox", filter=field("year"))  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"^filter: expected a Filter, an array of bool or a list of ids, got str; "):
        index.search("fox", filter="year")
    with pytest.raises(DtypeError, match=r"^filter: expected an array of bool, got one of int64; "):
        index.search("fox", filter=np.array([1]))
    with pytest.raises(InvalidInputError, match=r"^mask: expected 1 booleans, one for each document, got 2; "):
        index.search("fox", filter=np.array([True, False]))
    with pytest.raises(InvalidInputError, match=r"^positions: expected numbers of 0 to 1, exclusive, got 1; "):
        index.search("fox", filter=Filter.positions(np.array([1])))
    with pytest.raises(InvalidInputError, match=r"^positions: expected numbers of at least 0, got -1; "):
        Filter.positions(np.array([-1]))
    with pytest.raises(DtypeError, match=r"^filter: expected filters combined by &, | and ~, got a truth test; "):
        assert field("year") == 1
    with pytest.raises(InvalidInputError, match=r'^closed: expected "both", "left", "right" or "neither", got "x"; '):
        field("year").between(1, 2, closed="x")  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r'^field\("year"\): expected an int, float, str, .* got NoneType; '):
        field("year") < None  # type: ignore[operator]  # noqa: B015
    matches = index.matches("fox")
    with pytest.raises(InvalidInputError, match=r"^filter: expected a stored field, one of "):
        matches.facets("yaer")
    with pytest.raises(InvalidInputError, match=r'^interval: expected "month" or "year", got "week"; '):
        matches.histogram("year", "week")  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match=r"^interval: expected a finite width above 0, got 0; "):
        matches.histogram("year", 0)
    with pytest.raises(DtypeError, match=r"^interval: expected a number, a timedelta, "):
        matches.histogram("year", None)  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"^ranges\[0\]: expected a tuple of two, got int; "):
        matches.ranges("year", [1])  # type: ignore[list-item]


def test_sparse_vectors_are_filtered(tmp_path: Path) -> None:
    index = SparseIndex(fields={"year": "int"})
    index.add([1, 2], sp.csr_array(np.array([[1.0, 0], [2.0, 0]], np.float32)))
    index.set_field("year", [1, 2], [2019, 2021])
    index.add([3], sp.csr_array(np.array([[0, 3.0]], np.float32)))
    index.save(tmp_path / "index")
    index = SparseIndex.load(tmp_path / "index")
    query = sp.csr_array(np.array([[1.0, 1.0]], np.float32))
    ids, scores = index.search_batch(query, k=3, filter=~(field("year") == 2021))
    assert ids.tolist() == [[3, 1, -1]]
    assert scores[0, :2].tolist() == [3.0, 1.0]
    assert index.count(query, field("year").exists()) == 2
    later = index.compile(~(field("year") == 2021))
    assert index.search_batch(query, k=3, filter=later)[0].tolist() == [[3, 1, -1]]
    many = sp.csr_array(np.repeat([[1.0, 1.0]], 40, axis=0).astype(np.float32))
    assert index.search_batch(many, k=3, filter=later, threads=2)[0].tolist() == [[3, 1, -1]] * 40
    assert index.matches(query).ranges("year", [(None, 2020)]) == [1]
    assert index.mask([2]).tolist() == [False, True, False]
    assert index.fields(3) == {}
    with pytest.raises(ShapeError, match=r"^query: expected one row, got 2; "):
        index.matches(sp.csr_array(np.eye(2, dtype=np.float32)))
    named = SparseIndex()
    named.add_named("d1", {"fox": 1.0}, fields={"city": "Bonn"})
    named.add_named("d2", {"fox": 2.0})
    assert named.search_named({"fox": 1.0}, filter=field("city") == "Bonn") == [("d1", 1.0)]
    assert named.matches({"fox": 1.0}).facets("city") == [("Bonn", 1)]
    named.declare_field("year", "int")
    assert named.field_types() == {"city": "keyword", "year": "int"}
    assert named.set_fields("d2", {"year": 1})
    assert named.ids(field("year") == 1) == ["d2"]


def test_exact_dense_search_is_filtered() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.standard_normal((200, 8)).astype(np.float32)
    index = ExactDenseIndex(8)
    index.add_batch(range(200), vectors)
    mask = rng.random(200) < 0.3
    every = index.search(vectors[0], k=200)
    kept = [hit for hit in every if mask[int(hit[0])]][:5]
    assert index.search(vectors[0], k=5, filter=mask) == kept
    assert index.search_batch(vectors[:1], k=5, filter=~Filter.mask(~mask)) == [kept]
    assert index.search(vectors[0], k=5, filter=[7, 500]) == [hit for hit in every if hit[0] == 7]
    with pytest.raises(InvalidInputError, match=r"^filter: expected a stored field, one of \[\], got "):
        index.search(vectors[0], filter=field("year") == 1)


@pytest.mark.parametrize("metric", ["cosine", "dot"])
def test_approximate_dense_search_is_filtered(metric: Literal["cosine", "dot"]) -> None:
    rng = np.random.default_rng(2)
    vectors = rng.standard_normal((3000, 8)).astype(np.float32)
    index, exact = DenseIndex(8, metric), ExactDenseIndex(8, metric)
    for each in (index, exact):
        each.add_batch(range(3000), vectors)
    for share in (0.0, 0.001, 0.02, 0.5, 0.9):
        mask = rng.random(3000) < share
        found = common = 0
        for vector in vectors[:40]:
            expected = exact.search(vector, k=20, filter=mask)
            got = index.search(vector, k=20, filter=mask)
            assert len(got) == len(expected)
            assert all(mask[int(key)] for key, _ in got)
            best = dict(expected)
            for key, similarity in got:
                assert similarity == pytest.approx(best.get(key, similarity), abs=1e-5)
            found, common = found + len(best), common + len(best.keys() & dict(got).keys())
        # Few are compared one by one.
        assert common == found if share < 0.1 else common > 0.95 * found
        assert index.search_batch(vectors[:1], k=20, filter=index.compile(mask)) == [
            index.search(vectors[0], k=20, filter=mask)
        ]
    [(key, similarity)] = index.search(vectors[0], k=5, filter=[7, 5000])
    assert key == 7
    assert similarity == pytest.approx(dict(exact.search(vectors[0], k=3000))[7], abs=1e-5)
    with pytest.raises(InvalidInputError, match=r"^filter: expected a stored field, one of \[\], got "):
        index.search(vectors[0], filter=field("year") == 1)
    with pytest.raises(InvalidInputError, match=r"^mask: expected 3000 booleans, "):
        index.search(vectors[0], filter=np.array([True]))


def test_text_fields_rank_by_bm25f(tmp_path: Path) -> None:
    index = Bm25Index(text_fields={"title": 2.0, "body": 1.0}, field_b={"title": 0.3})
    index.add_text("d1", {"title": "Red fox", "body": "a fox and a hen"}, fields={"year": 2020})
    index.add_document("d2", {"body": ["hen", "hen", "red"]})
    index.add_text("d3", {"title": "hens"})
    n, holding, k1 = 3, 1, 1.5
    idf = math.log(1 + (n - holding + 0.5) / (holding + 0.5))
    title = 2.0 * 1 / (1 - 0.3 + 0.3 * 2 / (3 / 3))
    body = 1.0 * 1 / (1 - 0.75 + 0.75 * 2 / (5 / 3))
    expected = idf * (title + body) / (k1 + title + body)
    [(key, score)] = index.search("fox")
    assert key == "d1"
    assert score == pytest.approx(expected, rel=1e-6)
    share = index.explain("d1", ["fox"]).terms[0]
    assert [(part.field, part.frequency, part.length) for part in share.fields] == [("title", 1, 2), ("body", 1, 2)]
    assert [part.part for part in share.fields] == pytest.approx([title, body])
    assert "title" in repr(share.fields[0])
    titles = {"body": 0.0}
    assert [key for key, _ in index.search("hen", field_weights=titles)] == ["d3"]
    assert index.search_batch(["hen"], field_weights=titles)[0][0].tolist()[0] == "d3"
    assert index.explain("d3", ["hen"], field_weights={"title": 5}).terms[0].fields[0].part > 2
    index.save(tmp_path / "index")
    loaded = Bm25Index.load(tmp_path / "index")
    assert loaded.search("fox hen", filter=field("year").exists()) == index.search("fox hen", k=1)
    assert loaded.update_text("d1", {"body": "cows"})
    assert loaded.fields("d1") == {"year": 2020}
    assert loaded.update_document("d1", {"body": ["cow"]}, {"year": 2021})
    assert loaded.fields("d1") == {"year": 2021}
    assert loaded.search("fox") == []
    with pytest.raises(InvalidInputError, match=r'^text_fields: expected one of \["title", "body"\], got "titel"; '):
        index.add_text("d4", {"titel": "fox"})
    with pytest.raises(InvalidInputError, match=r"^text_fields: expected a text, or terms, by field, got one without"):
        index.add_text("d4", "fox")
    with pytest.raises(DtypeError, match=r'^text\["title"\]: expected a str, got int; '):
        index.add_text("d4", {"title": 1})  # type: ignore[dict-item]
    with pytest.raises(DtypeError, match=r"^text: expected a str, got int; "):
        index.add_text("d4", 1)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match=r"^text_fields: expected finite weights of at least 0, got -1; "):
        index.search("fox", field_weights={"title": -1})
    with pytest.raises(DtypeError, match=r'^field_weights\["title"\]: expected a number, got str; '):
        index.search("fox", field_weights={"title": "x"})  # type: ignore[dict-item]
    with pytest.raises(InvalidInputError, match=r'^field_b: expected one of the text_fields, got "x"; '):
        Bm25Index(text_fields={"title": 1}, field_b={"x": 0.5})
    with pytest.raises(InvalidInputError, match=r"^field_b: expected text_fields beside it, got none; "):
        Bm25Index(field_b={"x": 0.5})
    with pytest.raises(InvalidInputError, match=r"^text_fields: expected a formula of BM25 for an index with text f"):
        Bm25Index(formula="dirichlet", text_fields={"title": 1}).search("fox")
