"""The reader of BEIR folders, and what it says of files that are not right."""

import re
from pathlib import Path

import pytest

from rank_rank import Collection, CollectionError, Document, read_beir


def add_line(path: Path, line: str | bytes) -> int:
    """Adds a line, and returns its number."""
    content = path.read_bytes()
    path.write_bytes(content + (line if isinstance(line, bytes) else line.encode()) + b"\n")
    return content.count(b"\n") + 1


def test_reads_what_was_written(folder: Path, collection: Collection) -> None:
    assert read_beir(folder) == collection
    assert read_beir(str(folder)) == collection


def test_judgements_in_both_forms(folder: Path, collection: Collection) -> None:
    (folder / "qrels.txt").unlink()
    (folder / "qrels").mkdir()
    lines = ["query-id\tcorpus-id\tscore"]
    lines += [f"{q}\t{d}\t{r}" for q, judged in collection.qrels.items() for d, r in judged.items()]
    (folder / "qrels" / "test.tsv").write_text("\n".join(lines))
    assert read_beir(folder) == collection


def test_blank_lines_byte_order_mark_and_absent_title(folder: Path) -> None:
    corpus = folder / "corpus.jsonl"
    corpus.write_bytes(b"\xef\xbb\xbf" + corpus.read_bytes().replace(b"\n", b"\r\n\r\n"))
    add_line(corpus, '{"_id": "untitled", "text": "Näheres später"}')
    assert read_beir(folder).documents[-1] == Document("untitled", "", "Näheres später")


def test_notes(folder: Path) -> None:
    add_line(folder / "queries.jsonl", '{"_id": "q-lost", "text": "lost"}')
    add_line(folder / "corpus.jsonl", '{"_id": "silent", "text": ""}')
    add_line(folder / "qrels.txt", "q-otter 0 absent 1")
    collection = read_beir(folder)
    assert "q-lost" not in collection.queries
    assert collection.notes == (
        "1 of 9 queries have no relevant document and are left out.",
        "1 relevant documents of the judgements are not in the corpus; they count as not found.",
        "1 documents are empty; nothing can find them.",
    )


@pytest.mark.parametrize(
    ("file", "line", "message"),
    [
        (
            "corpus.jsonl",
            "{",
            "expected a JSON object, got '{' (Expecting property name enclosed in double quotes, column 2)",
        ),
        ("corpus.jsonl", '["a"]', "expected a JSON object, got '[\"a\"]'; write one object on each line"),
        ("corpus.jsonl", '{"text": "a"}', 'expected a string in "_id", got none; correct or remove the line'),
        ("corpus.jsonl", '{"_id": 7, "text": "a"}', 'expected a string in "_id", got 7; correct or remove the line'),
        ("corpus.jsonl", '{"_id": "a"}', 'expected a string in "text", got none; correct or remove the line'),
        ("corpus.jsonl", '{"_id": "a", "text": "", "title": null}', 'expected a string in "title", got None; correct'),
        ("corpus.jsonl", '{"_id": "a b", "text": ""}', "expected an _id without white space, got 'a b'; rename it"),
        ("corpus.jsonl", '{"_id": "", "text": ""}', "expected an _id without white space, got ''; rename it"),
        (
            "corpus.jsonl",
            b'{"_id": "a", "text": "\xff"}',
            "expected UTF-8, got byte 0xff in column 23; convert the file",
        ),
        ("queries.jsonl", '{"_id": "a"}', 'expected a string in "text", got none; correct or remove the line'),
        ("qrels.txt", "q-otter heron-cliff 1", "expected \"query 0 document relevance\", got 'q-otter heron-cliff 1'"),
        ("qrels.txt", "q-otter 0 heron-cliff much", "expected a whole number as relevance, got 'much'; correct it"),
        (
            "qrels.txt",
            "q-moose 0 heron-cliff 1",
            "expected a query of queries.jsonl, got 'q-moose'; add it or remove the line",
        ),
        ("qrels.txt", "q-otter 0 otter-cliff 1", "expected one judgement of a query and a document, got 'q-otter' and"),
    ],
)
def test_a_bad_line_is_named(folder: Path, file: str, line: str | bytes, message: str) -> None:
    number = add_line(folder / file, line)
    with pytest.raises(CollectionError, match=f"^{re.escape(f'{folder / file}:{number}: {message}')}"):
        read_beir(folder)


def test_a_document_twice(folder: Path) -> None:
    corpus = folder / "corpus.jsonl"
    number = add_line(corpus, '{"_id": "heron-river", "text": ""}')
    message = f"{corpus}:{number}: expected a new _id, got 'heron-river' of {corpus}:1 again; remove one of them"
    with pytest.raises(CollectionError, match=re.escape(message)):
        read_beir(folder)


def test_a_bad_line_of_a_tsv(folder: Path) -> None:
    (folder / "qrels.txt").unlink()
    (folder / "qrels").mkdir()
    path = folder / "qrels" / "test.tsv"
    path.write_text("query-id\tcorpus-id\tscore\nq-otter heron-cliff 1\n")
    message = f"{path}:2: expected query, document and relevance between tabs, got 'q-otter heron-cliff 1'"
    with pytest.raises(CollectionError, match=re.escape(message)):
        read_beir(folder)


@pytest.mark.parametrize("file", ["corpus.jsonl", "queries.jsonl"])
def test_a_file_that_is_missing(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(FileNotFoundError, match=re.escape(f"{folder / file}: expected a file, got none")):
        read_beir(folder)


def test_judgements_that_are_missing(folder: Path) -> None:
    (folder / "qrels.txt").unlink()
    with pytest.raises(
        FileNotFoundError, match=r"expected qrels.txt or qrels/test.tsv, got neither; add the judgements"
    ):
        read_beir(folder)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"^data: expected a folder, got .*nowhere, which is none; name one"):
        read_beir(tmp_path / "nowhere")


def test_nothing_to_measure(folder: Path) -> None:
    (folder / "qrels.txt").write_text("q-otter 0 otter-cliff 0\n")
    with pytest.raises(
        CollectionError, match=r"^animals: expected a query with a relevant document, got none; without one"
    ):
        read_beir(folder)
    (folder / "corpus.jsonl").write_text("\n")
    with pytest.raises(
        CollectionError, match=r"^animals: expected documents, got none; a collection needs at least one"
    ):
        read_beir(folder)


def test_a_query_without_an_answer(collection: Collection) -> None:
    with pytest.raises(
        CollectionError, match=r"^x: expected a relevant document for query 'a', got none; leave the query"
    ):
        Collection("x", collection.documents, {"a": "b"}, {"a": {"heron-cliff": 0}})
