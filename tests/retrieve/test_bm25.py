"""BM25, through the installed wheel."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rank_retrieve import (
    Bm25Index,
    DtypeError,
    DuplicateIdError,
    InvalidInputError,
    MissingPackageError,
    ShapeError,
)

WORDS = st.lists(st.sampled_from("abcde"), max_size=8)


@given(st.dictionaries(st.integers(), WORDS, max_size=10), WORDS, st.floats(0, 3), st.floats(0, 1))
def test_scores_are_those_of_the_formula(
    documents: dict[int, list[str]], query: list[str], k1: float, b: float
) -> None:
    documents = {key % 1000: terms for key, terms in documents.items()}
    index = Bm25Index(k1=k1, b=b)
    for key, terms in documents.items():
        index.add_document(key, terms)
    mean = sum(map(len, documents.values())) / max(len(documents), 1)
    expected = {}
    for key, terms in documents.items():
        score = 0.0
        for term in query:
            tf = Counter(terms)[term]
            if tf:
                df = sum(term in other for other in documents.values())
                idf = math.log(1 + (len(documents) - df + 0.5) / (df + 0.5))
                score += idf * tf / (tf + k1 * (1 - b + b * len(terms) / mean))
        if score:
            expected[key] = score
    hits = index.retrieve(query, k=100)
    assert {key: pytest.approx(score, rel=1e-6) for key, score in hits} == expected
    assert hits == sorted(hits, key=lambda hit: (-hit[1], hit[0]))
    assert index.retrieve(query, k=3) == hits[:3]


def test_text_goes_in_and_documents_come_out() -> None:
    index = Bm25Index()
    index.add_text("d1", "A red fox jumps over the lazy dog")
    index.add_texts(["d2", 3], ["The hens were lazy, too", "nothing of the kind"])
    assert len(index) == 3
    assert "d1" in index
    assert 3 in index
    assert "3" not in index
    assert [key for key, _ in index.search("jumping FOXES")] == ["d1"]
    assert index.search("lazy", k=0) == []
    assert index.search("whale") == []
    assert index.search_batch(["jumping foxes", "lazy", ""], k=5) == [
        index.search("jumping foxes"),
        index.search("lazy"),
        [],
    ]


def test_ints_come_before_strs_among_equals() -> None:
    index = Bm25Index()
    index.add_texts(["b", 2, "a", 1], ["fox"] * 4)
    assert [key for key, _ in index.search("fox")] == [1, 2, "a", "b"]
    assert [key for key, _ in index.search("fox", k=2)] == [1, 2]


def test_a_duplicate_is_refused_before_anything_is_added() -> None:
    index = Bm25Index()
    index.add_text("a", "fox")
    before = index.search("fox hen")
    with pytest.raises(DuplicateIdError, match=r'^id: expected a new document id, got "a" again; '):
        index.add_text("a", "hen")
    with pytest.raises(DuplicateIdError, match=r'^id: expected a new document id, got "a" again; '):
        index.add_document("a", ["hen"])
    with pytest.raises(DuplicateIdError, match=r'^ids\[1\]: expected a new document id, got "a" again; '):
        index.add_texts(["b", "a"], ["fox", "fox"])
    with pytest.raises(DuplicateIdError, match=r"^ids\[2\]: expected a new document id, got 7 again; "):
        index.add_texts([7, 8, 7], ["fox", "fox", "fox"])
    assert len(index) == 1
    assert index.search("fox hen") == before


def test_bad_arguments_are_named() -> None:
    index = Bm25Index()
    with pytest.raises(InvalidInputError, match=r"^k1: expected a finite number of at least 0, got -1; "):
        Bm25Index(k1=-1)
    with pytest.raises(InvalidInputError, match=r"^b: expected a number from 0 to 1, got NaN; "):
        Bm25Index(b=math.nan)
    with pytest.raises(InvalidInputError, match=r"^k: expected an int of 0 to \d+, got -1; "):
        index.search("fox", k=-1)
    with pytest.raises(DtypeError, match=r"^k: expected an int, got float; "):
        index.search("fox", k=1.5)  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"^k: expected an int, got bool; "):
        index.retrieve(["fox"], k=True)
    with pytest.raises(DtypeError, match=r"^terms: expected a list of str, got str; "):
        index.retrieve("fox")
    with pytest.raises(DtypeError, match=r"^terms\[1\]: expected a str, got int; "):
        index.add_document("a", ["fox", 1])  # type: ignore[list-item]
    with pytest.raises(DtypeError, match=r"^id: expected an id of type str or int, got float; "):
        index.add_text(1.5, "fox")  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match=r"^ids: expected as many as texts, got 1 for 2; "):
        index.add_texts(["a"], ["fox", "hen"])
    with pytest.raises(TypeError, match="analyzer"):
        Bm25Index(analyzer="english")  # type: ignore[arg-type]
    assert len(index) == 0


def test_progress_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    index = Bm25Index()
    index.add_texts(range(600), ["fox"] * 600, progress=True)
    assert "600/600" in capfd.readouterr().err
    index.search_batch(["fox"] * 40, k=1, progress=True)
    assert "40/40" in capfd.readouterr().err
    index.search_batch(["fox"] * 40, k=1)
    assert capfd.readouterr().err == ""


def test_progress_without_tqdm_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(MissingPackageError, match="pip install tqdm") as raised:
        Bm25Index().add_texts([1], ["fox"], progress=True)
    assert isinstance(raised.value, ImportError)


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_ctrl_c_stops_between_pieces_and_leaves_a_good_index() -> None:
    index = Bm25Index()
    texts = ["many red foxes jump over lazy dogs"] * 100_000

    def add_for_ever() -> None:
        while True:
            start = len(index)
            index.add_texts(range(start, start + len(texts)), texts)

    threading.Timer(0.6, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        add_for_ever()
    added = len(index)
    index.add_text("last", "a hen")
    assert [key for key, _ in index.search("hen")] == ["last"]
    assert len(index.search("fox", k=added + 1)) == added


def test_threads_fill_and_search_one_index() -> None:
    index = Bm25Index()

    def work(thread: int) -> int:
        for i in range(200):
            index.add_text(1000 * thread + i, f"fox number {i}")
            index.search("fox number", k=5)
        return thread

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 28
    assert len(index) == 1600
    assert len(index.search("fox", k=5000)) == 1600
