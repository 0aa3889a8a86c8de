"""What cannot be used is refused by the argument's name."""

import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rank_retrieve import (
    Analyzer,
    Bm25Index,
    DenseIndex,
    DtypeError,
    ExactDenseIndex,
    InvalidInputError,
    Matches,
    Scoring,
    SparseIndex,
    field,
    qdrant,
    stop_words,
)

LONE = "a\ud800"
HUGE: Any = 2**2000
WRONG: Any = object()

Call = Callable[[Any], object]


def bm25() -> Bm25Index:
    index = Bm25Index(fields={"year": "int"})
    index.add_text("a", "one two", {"year": 1})
    return index


def sparse() -> SparseIndex:
    index = SparseIndex()
    index.add_named("a", {"one": 1.0})
    return index


def matches() -> Matches:
    return bm25().matches()


ONE = np.ones((1, 2), dtype=np.float32)

NUMBERS: list[tuple[str, Call]] = [
    ("k1", lambda value: Bm25Index(k1=value)),
    ("b", lambda value: Bm25Index(b=value)),
    ("delta", lambda value: Bm25Index(delta=value)),
    ("mu", lambda value: Bm25Index(mu=value)),
    ("smoothing", lambda value: Bm25Index(smoothing=value)),
    ("k1", lambda value: Scoring(k1=value)),
    ("b", lambda value: Scoring(b=value)),
    ("delta", lambda value: Scoring(delta=value)),
    ("mu", lambda value: Scoring(mu=value)),
    ("smoothing", lambda value: Scoring(smoothing=value)),
    ("k1", lambda value: bm25().search("one", k1=value)),
    ("b", lambda value: bm25().retrieve(["one"], b=value)),
    ("b", lambda value: bm25().explain("a", ["one"], b=value)),
    ("k1", lambda value: bm25().search_batch(["one"], k1=value)),
    ("beta", lambda value: bm25().expand(["one"], [("a", 1.0)], beta=value)),
    ("original", lambda value: bm25().expand(["one"], [("a", 1.0)], original=value)),
    ("max_weight", lambda value: SparseIndex(max_weight=value)),
    (r"weights\['a'\]", lambda value: SparseIndex().add_named(1, {"a": value})),
    (r"weights\['a'\]", lambda value: sparse().search_named({"a": value})),
    (r"queries\[0\]\['a'\]", lambda value: sparse().search_batch([{"a": value}])),
    (r"query\['a'\]", lambda value: sparse().explain("a", {"a": value})),
    (r'text_fields\["title"\]', lambda value: Bm25Index(text_fields={"title": value})),
]

COUNTS: list[tuple[str, Call]] = [
    ("k", lambda value: bm25().search("one", value)),
    ("k", lambda value: sparse().search_named({"a": 1.0}, value)),
    ("k", lambda value: ExactDenseIndex(2).search(ONE[0], value)),
    ("threads", lambda value: bm25().search_batch(["one"], threads=value)),
    ("dim", DenseIndex),
    ("connectivity", lambda value: DenseIndex(2, connectivity=value)),
    ("n", lambda value: matches().facets("year", value)),
    (r"ngrams\[1\]", lambda value: Analyzer(ngrams=(1, value))),
]

FLAGS: list[tuple[str, Call]] = [
    ("progress", lambda value: bm25().add_texts([], [], progress=value)),
    ("progress", lambda value: bm25().merge(progress=value)),
    ("progress", lambda value: bm25().prepare(progress=value)),
    ("progress", lambda value: bm25().search_batch(["one"], progress=value)),
    ("progress", lambda value: sparse().prepare(progress=value)),
    ("progress", lambda value: sparse().search_batch([{"one": 1.0}], progress=value)),
    ("progress", lambda value: DenseIndex(2).add_batch([1], ONE, progress=value)),
    ("progress", lambda value: ExactDenseIndex(2).search_batch(ONE, progress=value)),
    ("numerator", lambda value: Scoring(numerator=value)),
    ("byte_lengths", lambda value: Scoring(byte_lengths=value)),
    ("lowercase", lambda value: Analyzer(lowercase=value)),
    ("fold_accents", lambda value: Analyzer(fold_accents=value)),
]

PATHS: list[tuple[str, Call]] = [
    ("path", lambda value: bm25().save(value)),
    ("path", Bm25Index.load),
    ("folder", lambda value: bm25().commit(value)),
    ("path", lambda value: bm25().build(value, [])),
    ("path", lambda value: sparse().save(value)),
    ("path", SparseIndex.load),
    ("folder", lambda value: sparse().commit(value)),
    ("path", lambda value: SparseIndex.build(value, [])),
    ("path", lambda value: DenseIndex(2).save(value)),
    ("path", DenseIndex.load),
]

TEXTS: list[tuple[str, Call]] = [
    ("text", lambda value: bm25().search(value)),
    ("text", lambda value: Bm25Index().add_text(1, value)),
    (r"texts\[0\]", lambda value: Bm25Index().add_texts([1], [value])),
    (r"terms\[0\]", lambda value: Bm25Index().add_document(1, [value])),
    (r"terms\[0\]", lambda value: bm25().retrieve([value])),
    ("text", lambda value: Analyzer().analyze(value)),
    ("language", Analyzer),
    ("language", stop_words),
    ("formula", Scoring),
    ("formula", lambda value: Bm25Index(formula=value)),
    ("system", Scoring.compatible),
    ("score_compat", lambda value: Bm25Index(score_compat=value)),
    ("impacts", lambda value: Bm25Index(impacts=value)),
    ("impacts", lambda value: SparseIndex(impacts=value)),
    ("method", lambda value: bm25().expand(["one"], [("a", 1.0)], value)),
    ("metric", lambda value: DenseIndex(2, value)),
    ("metric", lambda value: ExactDenseIndex(2, value)),
    ("precision", lambda value: DenseIndex(2, precision=value)),
    ("field", lambda value: bm25().declare_field(value, "int")),
    ("kind", lambda value: bm25().declare_field("x", value)),
    ("field", lambda value: sparse().set_field(value, ["a"], [1])),
    ("field", lambda value: matches().facets(value)),
    ("field", lambda value: matches().ranges(value, [(1, 2)])),
    ("field", lambda value: matches().histogram(value, 1)),
    ("name", field),
    ("closed", lambda value: field("year").between(1, 2, value)),
    ("id", lambda value: bm25().extend([], id=value)),
    ("vector", lambda value: sparse().extend([], vector=value)),
]

SURROGATES: list[tuple[str, Call]] = [
    ("id", lambda value: Bm25Index().add_text(value, "one")),
    (r"ids\[0\]", lambda value: Bm25Index().add_texts([value], ["one"])),
    ("id", lambda value: SparseIndex().add_named(value, {"a": 1.0})),
    ("id", lambda value: DenseIndex(2).add(value, ONE[0])),
    (r"ids\[0\]", lambda value: ExactDenseIndex(2).add_batch([value], ONE)),
    (r"queries\[1\]", lambda value: bm25().search_batch(["one", value])),
    (r"queries\[1\]", lambda value: bm25().search_batch(["one", ["one", value]])),
    (r"queries\[0\]", lambda value: bm25().retrieve_batch([[value]])),
    ("query", lambda value: bm25().count(value)),
    ("weights", lambda value: SparseIndex().add_named(1, value)),
    (r"weights\[.*\]", lambda value: SparseIndex().add_named(1, {value: 1.0})),
    ("weights", lambda value: sparse().search_named(value)),
    (r"queries\[0\]", lambda value: sparse().search_batch([value])),
    (r'fields\["tag"\]', lambda value: Bm25Index().add_text(1, "one", {"tag": value})),
    (r'fields\["tag"\]', lambda value: Bm25Index().add_text(1, "one", {"tag": ["x", value]})),
    ("fields: names", lambda value: Bm25Index().add_text(1, "one", {value: 1})),
    (r'field\("tag"\)', lambda value: field("tag") == value),
    (r"values\[0\]", lambda value: field("tag").isin([value])),
    ("low", lambda value: field("tag").between(value, "z")),
    (r"filter\[0\]", lambda value: bm25().search("one", filter=[value])),
    ("interval", lambda value: matches().histogram("year", value)),
    ("stemmer", lambda value: Analyzer(stemmer=value)),
]


@pytest.mark.parametrize(("argument", "call"), NUMBERS)
def test_numbers(argument: str, call: Call) -> None:
    for wrong, name in [("1", "str"), ([1.0], "list"), (True, "bool"), (WRONG, "object")]:
        with pytest.raises(DtypeError, match=rf"^{argument}: expected a number, got {name}; convert it"):
            call(wrong)
    with pytest.raises(InvalidInputError, match=rf"^{argument}: expected a number that a float holds, got "):
        call(HUGE)


@pytest.mark.parametrize(("argument", "call"), COUNTS)
def test_counts(argument: str, call: Call) -> None:
    for wrong, name in [("1", "str"), (1.0, "float"), (True, "bool")]:
        with pytest.raises(DtypeError, match=rf"^{argument}: expected a whole number, got {name}; convert it"):
            call(wrong)
    with pytest.raises(InvalidInputError, match=rf"^{argument}: expected a number of 64 bits, got 2001 bits; "):
        call(HUGE)
    with pytest.raises(InvalidInputError, match=rf"^{argument}: expected at least 0, got -1; "):
        call(-1)


@pytest.mark.parametrize(("argument", "call"), FLAGS)
def test_flags(argument: str, call: Call) -> None:
    for wrong, name in [("x", "str"), (1, "int"), (None, "NoneType")]:
        with pytest.raises(DtypeError, match=rf"^{argument}: expected True or False, got {name}; "):
            call(wrong)
    call(np.False_)


@pytest.mark.parametrize(("argument", "call"), PATHS)
def test_paths(argument: str, call: Call) -> None:
    for wrong, name in [(5, "int"), (WRONG, "object"), (None, "NoneType")]:
        with pytest.raises(
            DtypeError, match=rf"^{argument}: expected a path, got {name}; pass a str or a pathlib.Path"
        ):
            call(wrong)
    with pytest.raises(InvalidInputError, match=rf"^{argument}: expected a path that the file system can hold"):
        call(LONE)


@pytest.mark.parametrize(("argument", "call"), TEXTS)
def test_texts(argument: str, call: Call) -> None:
    for wrong, name in [(5, "int"), (b"one", "bytes"), (WRONG, "object")]:
        with pytest.raises(DtypeError, match=rf"^{argument}: expected a str, got {name}; convert it"):
            call(wrong)
    with pytest.raises(InvalidInputError, match=rf"^{argument}: .*got one with a lone surrogate at 1; decode it anew"):
        call(LONE)


@pytest.mark.parametrize(("argument", "call"), SURROGATES)
def test_surrogates(argument: str, call: Call) -> None:
    with pytest.raises(InvalidInputError, match=rf"^{argument}: ?.*got one with a lone surrogate at 1; decode it anew"):
        call(LONE)


def test_objects() -> None:
    wrong: Any = "lucene"
    with pytest.raises(DtypeError, match=r"^scoring: expected a Scoring, got str; "):
        bm25().search("one", scoring=wrong)
    with pytest.raises(DtypeError, match=r"^analyzer: expected an Analyzer, got str; "):
        Bm25Index(analyzer=wrong)
    with pytest.raises(DtypeError, match=r"^ngrams: expected a tuple of two ints, got int; "):
        Analyzer(ngrams=3)  # type: ignore[arg-type]


def test_nothing_is_added_of_what_is_refused(tmp_path: pathlib.Path) -> None:
    index = sparse()
    with pytest.raises(InvalidInputError, match=r"^weights\['b'\]: "):
        index.add_named(2, {"a": 1.0, "b": HUGE})
    assert index.ids() == ["a"]
    index.save(tmp_path / "index")
    assert SparseIndex.load(tmp_path / "index").ids() == ["a"]


def test_qdrant() -> None:
    client = pytest.importorskip("qdrant_client").QdrantClient(":memory:")
    wrong: Any = "x"
    with pytest.raises(DtypeError, match=r"^sparse: expected True or False, got str; "):
        qdrant.create_collection(client, "documents", sparse=wrong)
    with pytest.raises(DtypeError, match=r"^distance: expected a str, got list; "):
        qdrant.create_collection(client, "documents", dim=2, distance=[])  # type: ignore[arg-type]
    qdrant.create_collection(client, "documents", dim=2)
    with pytest.raises(DtypeError, match=r"^progress: expected True or False, got str; "):
        qdrant.upsert(client, "documents", [1], dense=ONE, progress=wrong)
    with pytest.raises(InvalidInputError, match=r"^ids\[0\]: .*got one with a lone surrogate at 1; "):
        qdrant.upsert(client, "documents", [LONE], dense=ONE)
    with pytest.raises(DtypeError, match=r"^payloads: expected a list of dicts, got int; "):
        qdrant.upsert(client, "documents", [1], dense=ONE, payloads=5)  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"^collection: expected a str, got int; "):
        qdrant.search_dense(client, 5, [1.0, 2.0])  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match=r"^using: .*got one with a lone surrogate at 1; "):
        qdrant.search_dense(client, "documents", [1.0, 2.0], using=LONE)
    with pytest.raises(DtypeError, match=r"^k: expected an int, got str; "):
        qdrant.search_dense(client, "documents", [1.0, 2.0], k=wrong)
