"""BM25 over 200,000 documents: rank-retrieve beside bm25s with numba, tantivy, and PISA where it is installed.

Two corpora are made here: one over a Zipf vocabulary of 100,000, of log-normal length, about 59 words that are
independent of each other, the worst case for pruning; and passages of 60 words of the documentation that lies on the
machine (``passages.py``). Queries are 3 to 8 words of a document, or rare words. With ``--text``, a file of one
document a line takes their place, and queries are words of a line.

One thread, k1 1.2, b 0.75, words split at spaces. The contenders take turns; times are seconds of the processor,
medians, and memory is what a process of its own adds at its peak; ``u8`` is ours with impacts in a byte. A query's time
covers the call from Python to its native answer. Answers are checked in the same run against the exact scores of all
documents; PISA has another idf, so that its answers are its own.

PISA is in a wheel for CPython 3.11 on Linux, which asks for PyTerrier and for a library that Debian has dropped; the
extension module needs only the latter: ``pip install --no-deps pyterrier-pisa==0.4.9 tbb==2020.3.254``. It runs
MaxScore, exact and with impacts of 8 bits.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import gc
import importlib.metadata
import importlib.util
import itertools
import multiprocessing
import os
import re
import resource
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import bm25s
import numpy as np
import tantivy
from bm25s.tokenization import Tokenizer
from passages import passages  # type: ignore[import-not-found, unused-ignore]

from rank_retrieve import Bm25Index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from numpy.typing import NDArray

K1, B = 1.2, 0.75
Queries = list[list[str]]


def zipf(documents: int, queries: int) -> tuple[list[str], dict[str, Queries]]:
    """Documents over a Zipf-Mandelbrot vocabulary, and queries of frequent and of rare words."""
    rng = np.random.default_rng(7)
    vocabulary = 100_000
    share = 1 / (np.arange(vocabulary) + 1 + 2.7)
    cumulative = np.cumsum(share / share.sum())

    def draw(count: int) -> NDArray[np.int64]:
        return np.minimum(np.searchsorted(cumulative, rng.random(count)), vocabulary - 1)

    lengths = np.clip(rng.lognormal(np.log(54), 0.45, documents).astype(int), 5, 400)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    words = draw(ends[-1])
    texts = [" ".join(f"w{i}" for i in words[a:b]) for a, b in itertools.pairwise(ends)]
    natural, rare = [], []
    for _ in range(queries):
        number = rng.integers(documents)
        unique = np.unique(words[ends[number] : ends[number + 1]])
        natural.append([f"w{i}" for i in rng.choice(unique, min(len(unique), int(rng.integers(3, 9))), replace=False)])
        seldom = np.unique(draw(200))
        rare.append([f"w{i}" for i in rng.choice(seldom[seldom > 100], rng.integers(3, 9), replace=False)])
    return texts, {"natural": natural, "rare": rare}


def near(texts: list[str], queries: int) -> dict[str, Queries]:
    """Queries of words that stand near each other in a text."""
    rng = np.random.default_rng(7)
    found: Queries = []
    while len(found) < queries:
        words = texts[rng.integers(len(texts))].split()
        start = rng.integers(max(len(words) - 9, 1))
        query = list(dict.fromkeys(word for word in words[start : start + 12] if len(word) > 2))
        if len(query) >= 3:
            found.append(query[: rng.integers(3, 9)])
    return {"natural": found}


def ours(texts: list[str], impacts: Literal["f32", "u8"] = "f32") -> Bm25Index:
    """An index that is ready to search."""
    index = Bm25Index(k1=K1, b=B, impacts=impacts)
    index.add_documents(range(len(texts)), (text.split() for text in texts))
    index.prepare()
    return index


def bm25s_index(texts: list[str]) -> bm25s.BM25:
    """The same of bm25s."""
    tokenizer = Tokenizer(lower=False, splitter=str.split, stopwords=[], stemmer=None)
    tokens = tokenizer.tokenize(texts, return_as="tuple", show_progress=False)
    index = bm25s.BM25(k1=K1, b=B, method="lucene", backend="numba")
    index.index(tokens, show_progress=False)
    return index


def tantivy_index(texts: list[str], folder: str) -> Callable[[list[str], int], object]:
    """A search of tantivy's."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", stored=False, tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    index = tantivy.Index(schema, path=folder)
    writer = index.writer(heap_size=1_000_000_000, num_threads=1)
    for text in texts:
        document = tantivy.Document()
        document.add_text("body", text)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    searcher = tantivy.Index.open(folder).searcher()

    def search(query: list[str], k: int) -> object:
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "body", word, index_option="freq"))
            for word in query
        ]
        return searcher.search(tantivy.Query.boolean_query(terms), k, count=False).hits

    return search


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Lets nothing be printed, by whatever language."""
    kept = [os.dup(1), os.dup(2)]
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        for number, original in enumerate(kept, start=1):
            os.dup2(original, number)
            os.close(original)


def located(package: str, name: str) -> Path:
    """A file of an installed package."""
    files = importlib.metadata.files(package) or []
    return Path(str(next(file.locate() for file in files if re.fullmatch(name, file.name))))


def pisa_searches(texts: list[str], folder: Path) -> dict[str, Callable[[Queries, int], object]]:
    """Searches of PISA's MaxScore, exact and with impacts of 8 bits; none where it is not installed."""
    try:
        library, module = located("tbb", r"libtbb\.so\.2"), located("pyterrier_pisa", r"_pisathon\..*\.so")
    except (importlib.metadata.PackageNotFoundError, StopIteration):
        return {}
    ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
    spec = importlib.util.spec_from_file_location("_pisathon", module)
    assert spec is not None
    assert spec.loader is not None
    pisa = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pisa)
    source = folder / "pisa.txt"
    source.write_text("".join(f"{number} {text}\n" for number, text in enumerate(texts)))
    index = folder / "pisa"
    index.mkdir()
    searches: dict[str, Callable[[Queries, int], object]] = {}
    with quiet():
        pisa.index(str(source), str(index), "", 100_000, 1)
        for name, quantize in (("pisa", 0), ("pisa8", 1)):
            context = pisa.RetrievalContext()
            pisa.prepare_index(
                context, str(index), "block_simdbp", "bm25", "", quantize=quantize, stop_fname="", bm25_k1=K1, bm25_b=B
            )

            def search(queries: Queries, k: int, context: object = context) -> object:
                size = len(queries) * k
                rows, ranks = np.empty(size, np.int32), np.empty(size, np.int32)
                documents, scores = np.empty(size, object), np.empty(size, np.float32)
                found: int = pisa.retrieve(
                    context,
                    "maxscore",
                    [(number, " ".join(query)) for number, query in enumerate(queries)],
                    k=k,
                    threads=1,
                    query_weighted=0,
                    pretokenised=False,
                    result_qidxs=rows,
                    result_docnos=documents,
                    result_ranks=ranks,
                    result_scores=scores,
                )
                assert found > 0
                return documents

            searches[name] = search
    return searches


def exact(texts: list[str], queries: Queries) -> list[NDArray[np.float64]]:
    """For each query, the score of every document."""
    wanted = {word for query in queries for word in query}
    postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
    lengths = np.empty(len(texts))
    for number, text in enumerate(texts):
        words = text.split()
        lengths[number] = len(words)
        for word, count in Counter(word for word in words if word in wanted).items():
            postings[word].append((number, count))
    norms = K1 * (1 - B + B * lengths / lengths.mean())
    all_scores = []
    for query in queries:
        scores = np.zeros(len(texts))
        for word in query:
            if word in postings:
                ids, counts = np.array(postings[word]).T
                idf = np.log(1 + (len(texts) - len(ids) + 0.5) / (len(ids) + 0.5))
                scores[ids] += idf * counts / (counts + norms[ids])
        all_scores.append(scores)
    return all_scores


def check(index: Bm25Index, texts: list[str], queries: Queries, k: int) -> None:
    """Every answer is among the exact best, in their order, up to the rounding of float32."""
    ids, scores = index.retrieve_batch(queries, k)
    for row, expected in enumerate(exact(texts, queries)):
        size = min(k, int((expected > 0).sum()))
        best = np.sort(expected)[::-1][:size]
        assert np.allclose(scores[row, :size], best, rtol=2e-6)
        assert np.allclose(expected[ids[row, :size]], best, rtol=2e-6)
        assert len(set(ids[row, :size].tolist())) == size


def check_steps(index: Bm25Index, narrow: Bm25Index, queries: Queries) -> None:
    """The answers in whole steps are those of all documents."""
    for query in queries:
        sums: dict[object, float] = defaultdict(float)
        for term in set(query):
            impacts = index.retrieve([term], k=len(index))
            width = impacts[0][1] / 255 if impacts else 1.0
            for document, impact in impacts:
                sums[document] += query.count(term) * width * max(1, int(impact / width + 0.5))
        found = narrow.retrieve(query, k=1000)
        best = np.sort(np.fromiter(sums.values(), float))[::-1][: len(found)]
        # A quotient may be half a step in one precision and less in the other.
        assert np.allclose([score for _, score in found], best, rtol=1e-3)
        assert len(found) == min(1000, len(sums))


def timed(call: Callable[[], object]) -> float:
    """Seconds of the processor."""
    gc.collect()
    start = time.process_time()
    call()
    return time.process_time() - start


def each(search: Callable[[list[str], int], object], queries: Queries, k: int) -> None:
    """One query after the other."""
    for query in queries:
        search(query, k)


def race(contenders: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Calls per second of the processor: the medians of turns."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for contender in contenders.values():
        contender()
    for _ in range(repeats):
        for name, contender in contenders.items():
            times[name].append(timed(contender))
    return {name: 1 / statistics.median(taken) for name, taken in times.items()}


def peak(build: Callable[[list[str]], object], texts: list[str], report: Connection) -> None:
    """Sends the seconds and the MB that building adds, in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    index = build(texts)
    report.send((time.process_time() - start, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024))
    del index


def built(build: Callable[[list[str]], object], texts: list[str]) -> tuple[float, float]:
    """What `peak` sends."""
    ours_end, its_end = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=peak, args=(build, texts, its_end))
    process.start()
    seconds, megabytes = ours_end.recv()
    process.join()
    return seconds, megabytes


def measure(name: str, texts: list[str], kinds: dict[str, Queries], repeats: int) -> None:
    """Prints a line for each measurement of a corpus."""
    words = sum(text.count(" ") + 1 for text in texts) / len(texts)
    print(f"{name}: {len(texts)} documents of {words:.1f} words")
    (our_seconds, our_size), (seconds, size) = built(ours, texts), built(bm25s_index, texts)
    narrow_seconds, narrow_size = built(partial(ours, impacts="u8"), texts)
    print(f"build       ours {our_seconds:6.2f} s {our_size:6.0f} MB   bm25s {seconds:6.2f} s {size:6.0f} MB   "
          f"{seconds / our_seconds:.2f} x, {our_size / size:.2f} of the memory")  # fmt: skip
    print(f"            with impacts in a byte {narrow_seconds:6.2f} s {narrow_size:6.0f} MB")
    index, narrow, rival = ours(texts), ours(texts, "u8"), bm25s_index(texts)
    rival.activate_numba_scorer()
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        (folder / "tantivy").mkdir()
        search = tantivy_index(texts, str(folder / "tantivy"))
        pisa = pisa_searches(texts, folder)
        index.save(folder / "index")
        opened = [timed(lambda: Bm25Index.load(folder / "index")) for _ in range(repeats)]
        megabytes = (folder / "index").stat().st_size / 1e6
        narrow.save(folder / "narrow")
        narrow_megabytes = (folder / "narrow").stat().st_size / 1e6
        print(f"open        ours {1e3 * statistics.median(opened):6.2f} ms, {megabytes:.0f} MB on the disk, "
              f"{narrow_megabytes:.0f} MB with impacts in a byte")  # fmt: skip
        for kind, queries in kinds.items():
            check(index, texts, queries[:50], 10)
            check(index, texts, queries[:20], 1000)
            check_steps(index, narrow, queries[:20])
            for k in (10, 1000):
                contenders: dict[str, Callable[[], object]] = {
                    "ours": partial(index.retrieve_batch, queries, k),
                    "u8": partial(narrow.retrieve_batch, queries, k),
                    "bm25s": partial(rival.retrieve, queries, k=k, show_progress=False, n_threads=0, return_as="tuple"),
                    "tantivy": partial(each, search, queries, k),
                }
                contenders |= {name: partial(search, queries, k) for name, search in pisa.items()}
                rates = race(contenders, repeats)
                line = "   ".join(f"{name} {len(queries) * rate:7.0f}/s" for name, rate in rates.items())
                others = ", ".join(f"{rates['ours'] / rates[name]:.2f} x {name}" for name in list(rates)[1:])
                print(f"{kind:<8} {k:>4}  {line}   {others}", flush=True)


def main() -> None:
    """Prints a line for each measurement."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--corpus", choices=("zipf", "passages", "both"), default="both")
    parser.add_argument("--text", type=Path, help="a file of one document a line, instead of these corpora")
    parser.add_argument("--quick", action="store_true", help="a tenth of all")
    args = parser.parse_args()
    if args.quick:
        args.documents, args.queries, args.repeats = args.documents // 10, args.queries // 10, 3
    print(f"{args.queries} queries; one thread, seconds of the processor, medians")
    if args.text:
        texts = args.text.read_text().rstrip("\n").split("\n")
        measure(args.text.name, texts, near(texts, args.queries), args.repeats)
        return
    if args.corpus != "passages":
        measure("zipf", *zipf(args.documents, args.queries), args.repeats)
    if args.corpus != "zipf":
        texts = passages(args.documents)
        measure("passages", texts, near(texts, args.queries), args.repeats)


if __name__ == "__main__":
    main()
