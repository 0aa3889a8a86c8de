"""BM25, through the installed wheel."""

from __future__ import annotations

import math
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rank_retrieve import (
    Analyzer,
    Bm25Index,
    DtypeError,
    DuplicateIdError,
    InvalidInputError,
    MissingPackageError,
    ShapeError,
)

if TYPE_CHECKING:
    from pathlib import Path

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
    ids, scores = index.search_batch(["jumping foxes", ["lazi"], ""], k=2)
    assert ids.tolist() == [["d1", None], ["d2", "d1"], [None, None]]
    assert scores.dtype == np.float32
    assert scores[1].tolist() == [score for _, score in index.search("lazy")]
    assert np.isneginf(scores[0, 1])
    assert np.isneginf(scores[2]).all()


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
    with pytest.raises(InvalidInputError, match=r"^k: expected at least 0, got -1; "):
        index.search("fox", k=-1)
    with pytest.raises(DtypeError, match=r"^k: expected a whole number, got float; "):
        index.search("fox", k=1.5)  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"^k: expected a whole number, got bool; "):
        index.retrieve(["fox"], k=True)
    with pytest.raises(DtypeError, match=r"^terms: expected a list of str, got str; "):
        index.retrieve("fox")
    with pytest.raises(DtypeError, match=r"^terms\[1\]: expected a str, got int; "):
        index.add_document("a", ["fox", 1])  # type: ignore[list-item]
    with pytest.raises(DtypeError, match=r"^id: expected an id of type str or int, got float; "):
        index.add_text(1.5, "fox")  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match=r"^ids: expected as many as texts, got 1 for 2; "):
        index.add_texts(["a"], ["fox", "hen"])
    with pytest.raises(InvalidInputError, match=r"^mu: expected a finite number above 0, got 0; "):
        Bm25Index(mu=0)
    with pytest.raises(InvalidInputError, match=r"^delta: expected a finite number of at least 0, got -1; "):
        Bm25Index(delta=-1)
    with pytest.raises(InvalidInputError, match=r"^smoothing: expected a number above 0, at most 1, got 2; "):
        Bm25Index(smoothing=2)
    with pytest.raises(InvalidInputError, match=r'^formula: expected one of lucene, .*, got "bm26"; '):
        Bm25Index(formula="bm26")  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match=r'^score_compat: expected one of lucene, tantivy, bm25s, got "solr"; '):
        Bm25Index(score_compat="solr")  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match=r"^b: expected a number from 0 to 1, got 2; "):
        index.retrieve(["fox"], b=2)
    with pytest.raises(DtypeError, match=r"^queries\[1\]: expected a list of str, got int; "):
        index.search_batch(["fox", 1])  # type: ignore[list-item]
    with pytest.raises(DtypeError, match=r"^queries\[0\]: expected words of type str, got int; "):
        index.retrieve_batch([[1]])  # type: ignore[list-item]
    with pytest.raises(ShapeError, match=r"^documents: expected as many as ids, got fewer than 2; "):
        index.add_documents([1, 2], [])
    with pytest.raises(ShapeError, match=r"^documents: expected as many as ids, got more than 1; "):
        index.add_documents([1], [["fox"], ["hen"]])
    with pytest.raises(TypeError, match="analyzer"):
        Bm25Index(analyzer="english")  # type: ignore[arg-type]
    assert len(index) == 0


def test_batches_are_arrays_of_the_lists_that_single_calls_give() -> None:
    index = Bm25Index()
    documents = [[f"w{i % 7}", f"w{i % 11}", f"w{i % 13}"] for i in range(300)]
    index.add_documents(range(300), iter(documents))
    queries = [["w0", "w3"], ["w12"], [], ["unknown"]] * 80
    ids, scores = index.retrieve_batch(queries, k=20)
    assert ids.dtype == np.int64
    assert ids.shape == scores.shape == (320, 20)
    for row, query in enumerate(queries[:4]):
        hits = index.retrieve(query, k=20)
        assert ids[row, : len(hits)].tolist() == [key for key, _ in hits]
        assert scores[row, : len(hits)].tolist() == [score for _, score in hits]
        assert (ids[row, len(hits) :] == -1).all()
    for threads in (2, 5):
        again = index.retrieve_batch(queries, k=20, threads=threads, progress=True)
        assert np.array_equal(again[0], ids)
        assert np.array_equal(again[1], scores)
    assert index.retrieve_batch([], k=3)[0].shape == (0, 3)
    assert index.retrieve_batch([["w0"]], k=0)[0].shape == (1, 0)
    assert index.retrieve_batch(queries, k=0)[0].shape == (320, 0)
    assert index.retrieve_batch([["w0"]], k=1000)[0].shape == (1, 300)


def test_numbers_in_a_vocabulary_are_terms() -> None:
    index = Bm25Index()
    tokens = np.array([0, 1, 1, 2], np.int32)
    offsets = np.array([0, 2, 4])
    index.add_tokens([1, 2], tokens, offsets, ["red", "fox", "hen"])
    other = Bm25Index()
    other.add_documents([1, 2], [["red", "fox"], ["fox", "hen"]])
    assert index.retrieve(["fox", "hen"]) == other.retrieve(["fox", "hen"])
    with pytest.raises(InvalidInputError, match=r"^tokens: expected numbers of 0 to 2, exclusive, got 2 at 3; "):
        index.add_tokens([3, 4], tokens, offsets, ["red", "fox"])
    with pytest.raises(InvalidInputError, match=r"^offsets: expected ascending row numbers from 0 to 4, got "):
        index.add_tokens([3, 4], tokens, offsets[::-1].copy(), ["red", "fox", "hen"])
    with pytest.raises(DtypeError, match=r"^tokens: expected int32, got int64; "):
        index.add_tokens([3, 4], tokens.astype(np.int64), offsets, ["red"])
    with pytest.raises(ShapeError, match=r"^ids: expected as many as documents, got 1 for 2; "):
        index.add_tokens([3], tokens, offsets, ["red", "fox", "hen"])
    assert len(index) == 2


def test_documents_come_and_go() -> None:
    index, fresh = Bm25Index(), Bm25Index()
    for key in range(50):
        index.add_document(key, [f"w{key % 3}", f"w{key % 5}", "x"])
    for key in range(0, 50, 2):
        assert index.remove(key)
        assert not index.remove(key)
    assert index.update_document(7, ["w1", "y"])
    assert not index.update_text(99, "Foxes")
    for key in range(1, 50, 2):
        fresh.add_document(key, ["w1", "y"] if key == 7 else [f"w{key % 3}", f"w{key % 5}", "x"])
    fresh.add_text(99, "Foxes")
    query = ["w1", "x", "y", "fox"]
    assert index.retrieve(query) == fresh.retrieve(query)
    index.prepare()
    assert index.retrieve(query) == fresh.retrieve(query)
    index.merge()
    assert index.retrieve(query) == fresh.retrieve(query)
    assert len(index) == len(fresh) == 26
    assert 2 not in index


def test_formulas_are_those_of_their_papers() -> None:
    documents = {1: ["a", "a", "b"], 2: ["b", "c"], 3: ["c", "c", "c", "d"]}
    n, mean, k1, b, delta, mu, smoothing = 3, 3.0, 1.2, 0.6, 0.7, 50.0, 0.3

    def expected(formula: str) -> dict[int, float]:
        scores = {}
        for key, terms in documents.items():
            score, found = 0.0, False
            for term in ["a", "c"]:
                tf, df = terms.count(term), sum(term in other for other in documents.values())
                share = sum(other.count(term) for other in documents.values()) / 9
                norm = 1 - b + b * len(terms) / mean
                found |= tf > 0
                score += {
                    "robertson": max(math.log((n - df + 0.5) / (df + 0.5)), 0) * tf / (tf + k1 * norm),
                    "atire": math.log(n / df) * (k1 + 1) * tf / (tf + k1 * norm),
                    "bm25l": math.log((n + 1) / (df + 0.5)) * (k1 + 1) * (tf / norm + delta) / (k1 + tf / norm + delta),
                    "bm25+": math.log((n + 1) / df) * ((k1 + 1) * tf / (tf + k1 * norm) + delta),
                    "tfidf": math.log(n / df) * (1 + math.log(tf) if tf else 0),
                    "dirichlet": math.log(1 + tf / (mu * share)) + math.log(mu / (len(terms) + mu)),
                    "jelinek-mercer": math.log(1 + (1 - smoothing) * tf / (smoothing * len(terms) * share)),
                }[formula]
            if found and (score > 0 or formula == "dirichlet"):
                scores[key] = score
        return scores

    for formula in ("robertson", "atire", "bm25l", "bm25+", "tfidf", "dirichlet", "jelinek-mercer"):
        index = Bm25Index(k1, b, formula=formula, delta=delta, mu=mu, smoothing=smoothing)
        for key, terms in documents.items():
            index.add_document(key, terms)
        hits = dict(index.retrieve(["a", "c"]))
        assert hits == {key: pytest.approx(score, rel=1e-5) for key, score in expected(formula).items()}, formula


def test_parameters_can_be_those_of_the_call() -> None:
    index, other = Bm25Index(), Bm25Index(k1=0.9, b=0.4)
    for each in (index, other):
        each.add_texts([1, 2], ["a red fox, a fox", "hens and foxes"])
    assert index.search("fox", k1=0.9, b=0.4) == other.search("fox") != index.search("fox")
    assert np.array_equal(index.search_batch(["fox"], k1=0.9, b=0.4)[1], other.search_batch(["fox"])[1])


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

    def add_for_long() -> None:
        for _ in range(100):
            start = len(index)
            index.add_texts(range(start, start + len(texts)), texts)

    threading.Timer(0.6, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        add_for_long()
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


def test_a_saved_index_is_mapped_changed_and_saved_again(tmp_path: Path) -> None:
    index = Bm25Index(k1=0.9, formula="bm25+", analyzer=Analyzer(stemmer=False))
    index.add_texts(["a", 2], ["red foxes", "red hens"])
    index.save(tmp_path / "index")
    loaded = Bm25Index.load(tmp_path / "index")
    assert loaded.search("red foxes") == index.search("red foxes")
    assert loaded.search("fox") == []
    assert loaded.search_batch(["foxes"], k=1)[0].tolist() == [["a"]]
    for each in (index, loaded):
        each.add_text(3, "blue foxes")
        assert each.remove("a")
    assert loaded.search("blue foxes") == index.search("blue foxes")
    loaded.save(str(tmp_path / "index"))
    assert Bm25Index.load(tmp_path / "index").search("blue foxes") == index.search("blue foxes")
    assert loaded.terms(3) == [("blue", 1), ("foxes", 1)]
    assert loaded.terms("a") is None
    with pytest.raises(FileNotFoundError):
        Bm25Index.load(tmp_path / "none")
    (tmp_path / "other").write_bytes(b"something else")
    with pytest.raises(InvalidInputError, match="expected a saved index, got a file of another kind; "):
        Bm25Index.load(tmp_path / "other")
    whole = (tmp_path / "index").read_bytes()
    (tmp_path / "damaged").write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    with pytest.raises(InvalidInputError, match="expected a saved index, got a damaged or truncated file; "):
        Bm25Index.load(tmp_path / "damaged").search("foxes")


WRITER = """
import sys
from rank_retrieve import Bm25Index
index = Bm25Index()
for number in range(1_000_000):
    index.add_document(number, ["all", f"w{number % 50}"])
    if number % 10 == 9:
        index.save(sys.argv[1])
        print(number + 1, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_a_writer_that_is_killed_leaves_the_last_saved_state(tmp_path: Path) -> None:
    path = tmp_path / "index"
    rng = random.Random(5)  # noqa: S311 - moments, not secrets
    for _ in range(4):
        path.unlink(missing_ok=True)
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            saved = int(writer.stdout.readline())
            time.sleep(rng.uniform(0, 0.2))
            writer.kill()
            saved = max([saved, *(int(line) for line in writer.stdout if line.endswith("\n"))])
        index = Bm25Index.load(path)
        assert len(index) >= saved
        assert len(index) % 10 == 0
        fresh = Bm25Index()
        for number in range(len(index)):
            fresh.add_document(number, ["all", f"w{number % 50}"])
        assert index.retrieve(["all", "w7"]) == fresh.retrieve(["all", "w7"])
