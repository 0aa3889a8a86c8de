"""Text fields and stored fields of streams: as of documents one by one, in memory and in a file."""

from __future__ import annotations

import json
import signal
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rank_retrieve import Bm25Index, DtypeError, InvalidInputError, ShapeError, field

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = datetime(2020, 2, 3, 4, 5, 6, 7, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {"_id": 1, "title": "Foxes", "body": "Red ones", "year": 2020, "price": 0.5, "tags": ["a", "b"], "day": DAY},
    {"_id": 2, "title": None, "body": "A red fox", "year": None, "price": None, "tags": ["b"], "day": None},
    {"_id": 3, "title": "Hens", "body": "", "year": 2021, "price": 1.5, "tags": None, "day": DAY},
]
STORED = ["year", "price", "tags", "day"]
TYPES: Any = {"year": "int", "day": "date"}


def new(text_fields: bool) -> Bm25Index:
    return Bm25Index(fields=TYPES, text_fields={"title": 2.0, "body": 1.0} if text_fields else None)


def values(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in STORED if row[name] is not None}


def saved(index: Bm25Index, folder: Path) -> bytes:
    index.save(folder / "saved")
    return (folder / "saved").read_bytes()


def contents(text_fields: bool) -> Iterator[Any]:
    for row in ROWS:
        parts = {name: row[name] for name in ("title", "body") if row[name] is not None}
        yield parts if text_fields else " ".join(parts.values())


def sources(folder: Path, text_fields: bool) -> Iterator[Any]:
    triples = [(row["_id"], text, values(row)) for row, text in zip(ROWS, contents(text_fields), strict=True)]
    yield triples
    yield [list(triple) for triple in triples]
    yield ROWS
    table = pa.Table.from_pylist(ROWS)
    yield table
    large = pa.large_list(pa.string_view())
    moments = pa.timestamp("ns", "UTC")
    schema = pa.schema([("_id", pa.int8()), ("title", pa.string()), ("body", pa.string()), ("year", pa.uint16())])
    schema = schema.append(pa.field("price", pa.float32())).append(pa.field("tags", large))
    yield table.cast(schema.append(pa.field("day", moments)))
    pq.write_table(table, folder / "corpus.parquet")
    yield folder / "corpus.parquet"
    lines = "\n".join(json.dumps(row, default=lambda moment: moment.isoformat()) for row in ROWS)
    (folder / "corpus.jsonl").write_text(lines)
    yield folder / "corpus.jsonl"


@pytest.mark.parametrize("number", range(7))
@pytest.mark.parametrize("text_fields", [False, True])
def test_all_sources_store_the_same(number: int, text_fields: bool, tmp_path: Path) -> None:
    expected = new(text_fields)
    expected.extend(next(sources(tmp_path, text_fields)))
    source = list(sources(tmp_path, text_fields))[number]
    options: Any = {"fields": STORED} if text_fields else {"fields": STORED, "text": ["title", "body"]}
    index = new(text_fields)
    assert index.extend(source, **options) == len(ROWS)
    assert saved(index, tmp_path) == saved(expected, tmp_path)
    source = list(sources(tmp_path, text_fields))[number]
    built = new(text_fields).build(tmp_path / "built", source, memory_limit=0, **options)
    assert (tmp_path / "built").read_bytes() == saved(expected, tmp_path)
    assert built.field_types() == {"day": "date", "price": "float", "tags": "keyword", "year": "int"}
    one = new(text_fields)
    for row, text in zip(ROWS, contents(text_fields), strict=True):
        one.add_text(row["_id"], text, fields=values(row))
    for row in ROWS:
        assert built.fields(row["_id"]) == one.fields(row["_id"])
    late = field("day") >= date(2020, 1, 1)
    assert built.search("foxes", filter=late) == one.search("foxes", filter=late) != []
    assert built.search("fox hens") == one.search("fox hens")


@pytest.mark.parametrize("text_fields", [False, True])
def test_lists_of_texts_and_terms_have_fields_too(text_fields: bool, tmp_path: Path) -> None:
    ids = [row["_id"] for row in ROWS]
    texts = list(contents(text_fields))
    stored = [values(row) for row in ROWS]
    expected = new(text_fields)
    expected.extend(zip(ids, texts, stored, strict=True))
    for threads in (1, 3):
        index = new(text_fields)
        index.add_texts(ids, iter(texts), fields=iter(stored), threads=threads)
        assert saved(index, tmp_path) == saved(expected, tmp_path)
    terms: Any = [
        {name: text.split() for name, text in parts.items()} if text_fields else parts.split() for parts in texts
    ]
    index, one = new(text_fields), new(text_fields)
    index.add_documents(ids, terms, fields=[stored[0], None, stored[2]])
    streamed = new(text_fields)
    streamed.extend([(ids[0], terms[0], stored[0]), (ids[1], terms[1]), (ids[2], terms[2], stored[2])])
    for key, document, given in zip(ids, terms, [stored[0], {}, stored[2]], strict=True):
        one.add_document(key, document, fields=given)
    assert index.retrieve(["Foxes", "Hens"]) == one.retrieve(["Foxes", "Hens"]) == streamed.retrieve(["Foxes", "Hens"])
    assert (
        [index.fields(key) for key in ids] == [one.fields(key) for key in ids] == [streamed.fields(key) for key in ids]
    )


BAD: list[tuple[dict[str, Any], Any, type[Exception], str]] = [
    (
        {},
        [(1, "fox", {"year": 1}), (2, "fox", {"year": "x"})],
        InvalidInputError,
        r"documents\[1\]: fields\[\"year\"\]",
    ),
    (
        {"fields": "year"},
        [{"_id": 1, "text": "fox"}, {"_id": 2, "text": "fox", "year": True}],
        DtypeError,
        r"\[\"year\"\]",
    ),
    ({"fields": "no"}, pa.table({"_id": [1], "text": ["fox"]}), InvalidInputError, r"a column named \"no\""),
    (
        {"fields": "x"},
        pa.table({"_id": [1], "text": ["a"], "x": [True]}),
        DtypeError,
        r"documents\[\"x\"\]: expected a col",
    ),
    (
        {"fields": "x"},
        pa.table({"_id": [1], "text": ["a"], "x": pa.array([1], pa.timestamp("ns"))}),
        InvalidInputError,
        "a time of whole microseconds",
    ),
    ({"fields": "x"}, pa.table({"_id": [1], "text": ["a"], "x": [["a", None]]}), InvalidInputError, "without nulls"),
    ({"fields": "x"}, pa.table({"_id": [1], "text": ["a"], "x": [[1]]}), DtypeError, "lists of strings"),
]


@pytest.mark.parametrize(("options", "documents", "error", "message"), BAD)
def test_what_cannot_be_stored_is_refused(
    options: dict[str, Any],
    documents: Any,  # noqa: ANN401
    error: type[Exception],
    message: str,
    tmp_path: Path,
) -> None:
    index = Bm25Index()
    with pytest.raises(error, match=message):
        index.extend(documents, **options)
    with pytest.raises(error, match=message):
        Bm25Index().build(tmp_path / "index", documents, **options)
    assert list(tmp_path.iterdir()) == []


def test_bad_lines_are_named(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    for value in ["true", "[1]", "{}", "9223372036854775808", '"x"']:
        path.write_text(f'{{"_id": 1, "text": "a", "year": 1}}\n{{"_id": 2, "text": "a", "year": {value}}}\n')
        index = Bm25Index()
        with pytest.raises(InvalidInputError, match=r"corpus.jsonl, line 2: .*year"):
            index.extend(path, fields=["year"])
        assert len(index) == 1


def test_texts_by_field_are_checked() -> None:
    index = new(text_fields=True)
    with pytest.raises(
        InvalidInputError, match=r"documents\[0\]: text_fields: expected a text, or terms, by field, got one"
    ):
        index.extend([(1, "fox")])
    with pytest.raises(InvalidInputError, match=r'text_fields: expected one of \["title", "body"\], got "no"'):
        index.extend([(1, {"no": "fox"})])
    with pytest.raises(DtypeError, match=r"texts\[0\]: expected a str, got list"):
        index.add_texts([1], [{"title": ["fox"]}])  # type: ignore[dict-item]
    with pytest.raises(DtypeError, match=r"documents\[0\]: expected a list of str, got str"):
        index.add_documents([1], [{"title": "fox"}])
    with pytest.raises(InvalidInputError, match="expected a text in title or body, got none"):
        index.extend([{"_id": 1, "text": "fox"}])
    plain = Bm25Index()
    with pytest.raises(ShapeError, match="fields: expected as many as ids, got fewer than 2"):
        plain.add_texts([1, 2], ["a", "b"], fields=[{}])
    assert len(plain) == 0
    with pytest.raises(ShapeError, match="fields: expected as many as ids, got more than 2"):
        plain.add_texts([1, 2], ["a", "b"], fields=iter([{}, {}, {}]))
    with pytest.raises(ShapeError, match="texts: expected as many as ids, got more than 1"):
        plain.add_texts([3], iter(["a", "b"]))
    with pytest.raises(DtypeError, match=r"texts\[0\]: expected a str, got int"):
        plain.add_texts([4], [7])  # type: ignore[list-item]


@pytest.mark.parametrize("threads", [1, 2])
def test_of_iterators_what_came_before_the_end_stays(threads: int) -> None:
    def failing() -> Iterator[str]:
        yield from ["a fox", "foxes"]
        raise LookupError("no more")

    index = Bm25Index()
    with pytest.raises(
        ShapeError, match=r"^texts: expected as many as ids, got 2, fewer than 5; the first 2 are added, "
    ):
        index.add_texts([1, 2, 3, 4, 5], iter(["a fox", "foxes"]), threads=threads)
    assert index.ids() == [1, 2]
    with pytest.raises(
        ShapeError, match=r"^fields: expected as many as ids, got 1, fewer than 2; the first 1 are added, "
    ):
        index.add_texts([6, 7], ["a fox", "foxes"], fields=iter([{}]), threads=threads)
    with pytest.raises(LookupError, match="no more"):
        index.add_texts([8, 9, 10], failing(), threads=threads)
    with pytest.raises(DtypeError, match=r"^texts\[1\]: expected a str, got int"):
        index.add_texts([11, 12, 13], ["a fox", 7, "foxes"], threads=threads)  # type: ignore[list-item]
    with pytest.raises(
        ShapeError, match=r"^texts: expected as many as ids, got more than 1; those with an id are added"
    ):
        index.add_texts([14], iter(["a fox", "foxes"]), threads=threads)
    with pytest.raises(DtypeError, match=r"^documents\[1\]: expected words of type str, got int"):
        index.add_documents([15, 16], [["fox"], [7]])  # type: ignore[list-item]
    assert index.ids() == [1, 2, 6, 8, 9, 11, 14, 15]
    assert len(index.search("fox")) == 8


def test_ctrl_c_leaves_what_was_added() -> None:
    index = Bm25Index()

    def texts() -> Iterator[str]:
        for n in range(100_000):
            if n == 20_000:
                signal.raise_signal(signal.SIGINT)
            yield f"fox {n % 100}"

    with pytest.raises(KeyboardInterrupt):
        index.extend(enumerate(texts()))
    assert len(index) <= 20_000
    assert len(index.search("fox", k=30_000)) == len(index)
    added = len(index)
    with pytest.raises(KeyboardInterrupt):
        index.add_texts(range(200_000, 300_000), texts())
    assert added <= len(index) <= added + 20_000


def test_numbers_of_numpy_are_values() -> None:
    index = Bm25Index()
    index.extend([(1, "fox", {"n": np.int32(7), "x": np.float32(0.5)})])
    assert index.fields(1) == {"n": 7, "x": 0.5}
