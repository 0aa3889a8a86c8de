"""Indexes of streams and files of documents, in memory and in a file: always those of documents one by one."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rank_retrieve import (
    Analyzer,
    Bm25Index,
    DtypeError,
    DuplicateIdError,
    InvalidInputError,
    SparseIndex,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DOCUMENTS = [("d1", "Foxes", "Red ones."), ("d2", None, "Hens"), ("ö", "", "foxes and hens"), ("d4", "The", None)]
TEXTS = {key: " ".join(part for part in parts if part is not None) for key, *parts in DOCUMENTS}
DICTS = [{"_id": key, "title": title, "text": text, "more": 1} for key, title, text in DOCUMENTS]


def saved(index: Bm25Index, folder: Path) -> bytes:
    index.save(folder / "saved")
    return (folder / "saved").read_bytes()


@pytest.fixture
def expected(tmp_path: Path) -> bytes:
    index = Bm25Index(k1=0.9)
    for key, text in TEXTS.items():
        index.add_text(key, text)
    return saved(index, tmp_path)


def lines() -> bytes:
    return "\n\n".join(json.dumps(document) for document in DICTS).encode()


def sources(folder: Path) -> Iterator[Any]:
    yield DICTS
    yield iter(DICTS)
    yield TEXTS.items()
    yield [[key, text] for key, text in TEXTS.items()]
    yield [(key, Analyzer().analyze(text)) if key == "d2" else (key, text) for key, text in TEXTS.items()]
    table = pa.Table.from_pylist(DICTS)
    yield table
    yield pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=2))
    yield table.to_batches()[0]
    yield pytest.importorskip("polars").from_arrow(table)
    views = [("_id", pa.string_view()), ("title", pa.dictionary(pa.int8(), pa.string())), ("text", pa.large_string())]
    yield table.select(["_id", "title", "text"]).cast(pa.schema(views))
    for name, content in [("plain.jsonl", lines()), ("gzip.jsonl.gz", gzip.compress(lines()))]:
        (folder / name).write_bytes(content)
        yield folder / name
        yield str(folder / name)
    pq.write_table(table, folder / "corpus.parquet", row_group_size=3)
    yield folder / "corpus.parquet"


@pytest.mark.parametrize("number", range(15))
@pytest.mark.parametrize("threads", [1, 3])
def test_all_sources_make_the_same_index(number: int, threads: int, tmp_path: Path, expected: bytes) -> None:
    index = Bm25Index(k1=0.9)
    assert index.extend(list(sources(tmp_path))[number], threads=threads) == len(DOCUMENTS)
    assert saved(index, tmp_path) == expected
    source = list(sources(tmp_path))[number]
    built = Bm25Index(k1=0.9).build(tmp_path / "built", source, memory_limit=0, threads=threads, progress=True)
    assert (tmp_path / "built").read_bytes() == expected
    assert built.search("foxes") == index.search("foxes")
    assert sorted(key for key, _ in built.search("foxes")) == ["d1", "ö"]


def test_there_are_fifteen_sources(tmp_path: Path) -> None:
    assert len(list(sources(tmp_path))) == 15


@given(texts=st.lists(st.text(alphabet="abö ", max_size=12), max_size=8))
def test_any_texts_in_json_lines(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("texts")
    rows = [{"n": n, "body": text} for n, text in enumerate(texts)]
    (folder / "corpus").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    index, plain = Bm25Index(), Bm25Index()
    assert index.extend(folder / "corpus", id="n", text="body") == len(texts)
    plain.extend(rows, id="n", text=["body"])
    assert saved(index, folder) == saved(plain, folder)
    ids, _ = index.search_batch(["a"], k=3)
    assert ids.dtype == "int64"


BAD: list[tuple[Any, type[Exception], str]] = [
    ([("a", "fox"), ("b", 7)], DtypeError, r"documents\[1\]: expected a list of str, got int"),
    ([("a", "fox"), (None, "b")], DtypeError, r"documents\[1\]\[0\]: expected an id of type str or int, got NoneType"),
    (
        [("a", "fox"), "bc"],
        DtypeError,
        r"documents\[1\]: expected \(id, text\), \(id, terms\), either with .* or a dict, got str",
    ),
    ([("a", "fox"), ("a", "hen")], DuplicateIdError, r"documents\[1\]: id: expected a new document id, got that of"),
    ([("a", "fox"), ("a", ["hen"])], DuplicateIdError, r"documents\[1\]: id: expected a new document id"),
    ([("a", "fox"), {"text": "b"}], InvalidInputError, r"documents\[1\]: expected a key '_id'|\"_id\", got none"),
    ([("a", "fox"), {"_id": "b"}], InvalidInputError, r"documents\[1\]: expected a text in title or text, got none"),
    ([("a", "fox"), {"_id": "b", "text": 1}], DtypeError, r'documents\[1\]\["text"\]: expected a str, got int'),
    (pa.table({"_id": ["a", "b"], "text": ["fox", None]}), InvalidInputError, r"documents\[1\]: expected a text in"),
    (pa.table({"_id": ["a", "a"], "text": ["fox", ""]}), DuplicateIdError, r"documents\[1\]: id: expected a new"),
]


@pytest.mark.parametrize(("documents", "error", "message"), BAD)
def test_what_came_before_a_bad_document_stays(
    documents: Any,  # noqa: ANN401
    error: type[Exception],
    message: str,
    tmp_path: Path,
) -> None:
    index = Bm25Index()
    with pytest.raises(error, match=message):
        index.extend(documents)
    assert len(index) == 1
    assert "a" in index
    (tmp_path / "index").write_text("what was there")
    with pytest.raises(error):
        Bm25Index().build(tmp_path / "index", documents)
    assert [path.name for path in tmp_path.iterdir()] == ["index"]
    assert (tmp_path / "index").read_text() == "what was there"


def test_what_is_no_source_is_refused(tmp_path: Path) -> None:
    index = Bm25Index()
    with pytest.raises(DtypeError, match="documents: expected a path, an Arrow table, or an iterable"):
        index.extend(7)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        index.extend(tmp_path / "no.jsonl")
    with pytest.raises(FileNotFoundError):
        index.extend(tmp_path / "no.parquet")
    (tmp_path / "bad.parquet").write_bytes(b"no")
    with pytest.raises(InvalidInputError, match=r"bad.parquet: expected a Parquet file, got the error"):
        index.extend(tmp_path / "bad.parquet")
    (tmp_path / "bad.jsonl").write_text('{"_id": 1, "text": "fox"}\n\n{"_id": 2}\n')
    with pytest.raises(InvalidInputError, match=r"bad.jsonl, line 3: title or text: expected a text, got none; "):
        index.extend(tmp_path / "bad.jsonl")
    assert len(index) == 1
    with pytest.raises(
        InvalidInputError, match=r"documents: expected a column named \"text\", got \[\"_id\", \"body\"\]"
    ):
        index.extend(pa.table({"_id": [1], "body": ["fox"]}))
    with pytest.raises(DtypeError, match=r"documents\[\"text\"\]: expected a column of strings, got Int64"):
        index.extend(pa.table({"_id": [1], "text": [7]}))
    with pytest.raises(InvalidInputError, match="text: expected the name of a field, got none"):
        index.extend([], text=[])
    with pytest.raises(InvalidInputError, match=r"index: expected one without documents, .* got 1; "):
        index.build(tmp_path / "index", [])
    with pytest.raises(InvalidInputError, match="text: expected none for an index with the text fields title, got"):
        Bm25Index(text_fields={"title": 2.0}).extend([], text="body")
    with pytest.raises(FileNotFoundError):
        Bm25Index().build(tmp_path / "no" / "index", [])

    def failing() -> Iterator[tuple[int, str]]:
        yield 7, "fox"
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        index.extend(failing())
    assert 7 in index


def run(program: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_leaves_no_file(tmp_path: Path) -> None:
    program = run(
        """
        import itertools
        from rank_retrieve import Bm25Index

        def texts():
            for n in itertools.count():
                if n == 20_000:
                    print("go", flush=True)
                yield n, f"fox {n % 1000}"

        Bm25Index().build("index", texts(), memory_limit=0)
        """,
        tmp_path,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "go\n"
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=60)
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_a_full_disk_is_an_error_and_leaves_no_file(tmp_path: Path) -> None:
    program = run(
        """
        import resource, signal
        from rank_retrieve import Bm25Index

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            Bm25Index().build("index", ((n, f"fox {n}") for n in range(20_000)), memory_limit=0)
        except OSError as error:
            print(error.filename)
        """,
        tmp_path,
    )
    output, errors = program.communicate(timeout=60)
    assert errors == ""
    assert "index" in output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")
def test_memory_is_bounded(tmp_path: Path) -> None:
    program = run(
        """
        import os, random
        from rank_retrieve import Bm25Index

        def peak():
            with open("/proc/self/status") as status:
                return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024

        random.seed(1)
        words = [f"w{n}" for n in range(2_000)]

        def documents():
            for n in range(33_000):
                yield n, random.choices(words, k=150)

        Bm25Index().extend([(1, "a fox")])
        before = peak()
        index = Bm25Index().build("index", documents(), memory_limit=8 << 20)
        print(peak() - before, os.path.getsize("index") / 2**20)
        """,
        tmp_path,
    )
    output, errors = program.communicate(timeout=120)
    assert errors == ""
    memory, size = map(float, output.split())
    assert size > 30
    assert memory < 25


VECTORS = [("a", {"fox": 3.0, "##es": 1.0}), ("b", {"hen": 2.0})]


@pytest.mark.parametrize("form", ["pairs", "pieces", "dicts", "file"])
def test_vectors_of_names_come_in_several_forms(form: str, tmp_path: Path) -> None:
    dicts = [{"id": key, "contents": "", "vector": weights} for key, weights in VECTORS]
    (tmp_path / "vectors.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, dicts)).encode()))
    pieces = [("a", "fox ##es fox fox"), ("b", " hen hen ")]
    source: Any = {"pairs": VECTORS, "pieces": pieces, "dicts": iter(dicts), "file": tmp_path / "vectors.jsonl.gz"}[
        form
    ]
    index, plain = SparseIndex(), SparseIndex()
    assert index.extend(source) == 2
    for key, weights in VECTORS:
        plain.add_named(key, weights)
    assert index.search_named("fox ##es fox") == plain.search_named({"fox": 2, "##es": 1}) == [("a", 7.0)]
    if form != "dicts":
        built = SparseIndex.build(tmp_path / "built", source, memory_limit=0, threads=2, progress=True)
        assert built.search_named("hen") == [("b", 2.0)]
        index.save(tmp_path / "saved")
        assert (tmp_path / "built").read_bytes() == (tmp_path / "saved").read_bytes()


@pytest.mark.parametrize(
    ("documents", "error", "message"),
    [
        (
            [("a", "fox"), ("b", 7)],
            DtypeError,
            r"documents\[1\]\[1\]: expected a dict of str to weight, or a text of pieces",
        ),
        ([("a", "fox"), ("b", {"x": "y"})], DtypeError, r"documents\[1\]\[1\]\['x'\]: expected a number"),
        ([("a", "fox"), ("b", {"x": -1})], InvalidInputError, r"documents\[1\]: weights: expected finite numbers"),
        ([("a", "fox"), ("a", {})], DuplicateIdError, r"documents\[1\]: id: expected a new document id"),
        ([("a", "fox"), {"id": "b"}], InvalidInputError, r"documents\[1\]: expected a key \"vector\", got none"),
        (
            [("a", "fox"), 7],
            DtypeError,
            r"documents\[1\]: expected \(id, weights\), \(ids, matrix\) or a dict, got int",
        ),
    ],
)
def test_vectors_before_a_bad_one_stay(
    documents: Any,  # noqa: ANN401
    error: type[Exception],
    message: str,
    tmp_path: Path,
) -> None:
    index = SparseIndex()
    with pytest.raises(error, match=message):
        index.extend(documents)
    assert len(index) == 1
    with pytest.raises(error):
        SparseIndex.build(tmp_path / "index", documents)
    assert list(tmp_path.iterdir()) == []


def test_the_arrays_of_a_csr_matrix_will_do() -> None:
    index = SparseIndex()
    index.add([1, 2], (np.array([2.0, 0.5, 3.0], np.float32), np.array([0, 1, 1], np.int32), np.array([0, 2, 3])))
    ids, scores = index.search_batch((np.array([1, 2], np.float32), np.array([0, 1], np.int32), np.array([0, 2])), k=2)
    assert (ids.tolist(), scores.tolist()) == ([[2, 1]], [[6.0, 3.0]])
    with pytest.raises(DtypeError, match=r"queries\[0\]: expected float32, got float64"):
        index.search_batch((np.array([1.0]), np.array([0], np.int32), np.array([0, 1])))


@pytest.mark.skipif(os.name == "nt", reason="locks of POSIX")
def test_a_folder_has_one_writer(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    index = SparseIndex()
    index.extend(VECTORS)
    index.commit(tmp_path / "index")
    with (tmp_path / "index" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BlockingIOError, match="expected a place that nobody else writes to"):
            index.commit(tmp_path / "index")
    index.commit(tmp_path / "index")
    assert SparseIndex.load(tmp_path / "index").search_named("hen") == [("b", 2.0)]
