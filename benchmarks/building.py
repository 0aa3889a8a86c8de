"""Indexes built: beside bm25s and tantivy, in a file in bounded memory, and by commits of what changed.

Documents are drawn from a Zipf distribution over 200,000 words, 60 to one, split at spaces. Each way runs in a process
of its own: time is that of the processor, on one thread, memory the greatest that the process had above what it had
before. Beside the rivals the texts are a list that is there before; else they are made as they are asked for, which
takes the time that is shown. The files of both ways are compared byte by byte. ``--documents 20000`` is a small run.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bm25s
import numpy as np
import tantivy
from bm25s.tokenization import Tokenizer

from rank_retrieve import Analyzer, Bm25Index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORDS, LENGTH, TOGETHER = 200_000, 60, 2_000
PLAIN = Analyzer(tokenizer="whitespace", stop_words=[], stemmer=False)


def documents(count: int, seed: int = 0) -> Iterator[tuple[int, str]]:
    """Ids and texts, the same each time."""
    rng = np.random.default_rng(seed)
    share = np.cumsum(1 / np.arange(1, WORDS + 1))
    share /= share[-1]
    for first in range(0, count, TOGETHER):
        rows = np.searchsorted(share, rng.random((min(TOGETHER, count - first), LENGTH)))
        for at, row in enumerate(rows.tolist()):
            yield first + at, " ".join(map("w{}".format, row))


def peak() -> float:
    """The greatest memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(work: Callable[[], Any]) -> float:
    """Seconds of the processor."""
    start = time.process_time()
    work()
    return time.process_time() - start


def ready(count: int, path: str, _limit: int) -> tuple[float, float]:
    """An index of a list of texts, ready to search; saved, when the clock has stopped."""
    texts = [text for _, text in documents(count)]
    index = Bm25Index(analyzer=PLAIN)
    before = peak()

    def work() -> None:
        index.add_texts(range(count), texts)
        index.prepare()

    seconds, memory = timed(work), peak() - before
    index.save(path)
    return seconds, memory


def by_bm25s(count: int, path: str, _limit: int) -> tuple[float, float]:
    """The same of bm25s."""
    texts = [text for _, text in documents(count)]
    tokenizer = Tokenizer(lower=False, splitter=str.split, stopwords=[], stemmer=None)
    index = bm25s.BM25(method="lucene", backend="numba")
    before = peak()

    def work() -> None:
        tokens = tokenizer.tokenize(texts, return_as="tuple", show_progress=False)
        index.index(tokens, show_progress=False)

    seconds, memory = timed(work), peak() - before
    index.save(path)
    return seconds, memory


def by_tantivy(count: int, path: str, _limit: int) -> tuple[float, float]:
    """The same of tantivy, which writes it to a folder."""
    texts = [text for _, text in documents(count)]
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", stored=False, tokenizer_name="whitespace", index_option="freq")
    Path(path).mkdir()
    index = tantivy.Index(builder.build(), path=path)
    before = peak()

    def work() -> None:
        writer = index.writer(heap_size=1_000_000_000, num_threads=1)
        for text in texts:
            document = tantivy.Document()
            document.add_text("body", text)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    return timed(work), peak() - before


def beside_rivals(count: int, folder: Path) -> None:
    """What building takes, and opening what was built."""
    spawn = multiprocessing.get_context("spawn")
    openings: dict[str, Callable[[str], Any]] = {
        "rank-retrieve": Bm25Index.load,
        "bm25s": lambda path: bm25s.BM25.load(path, mmap=True),
        "tantivy": lambda path: tantivy.Index.open(path).searcher(),
    }
    for name, work in [("rank-retrieve", ready), ("bm25s", by_bm25s), ("tantivy", by_tantivy)]:
        runs = []
        for run in range(3):
            path = str(folder / f"{name} {run}")
            with spawn.Pool(1) as pool:
                runs.append(pool.apply(work, (count, path, 0)))
        seconds, memory = (statistics.median(column) for column in zip(*runs, strict=True))
        opened = []
        for _ in range(21):
            start = time.process_time()
            index = openings[name](path)
            opened.append((time.process_time() - start) * 1000)
            del index
        files = [Path(path), *Path(path).rglob("*")]
        size = sum(file.stat().st_size for file in files if file.is_file()) / 2**20
        print(
            f"{count:,} documents, {name:13}: {seconds:.2f} s, {memory:.0f} MB at most, "
            f"{size:.0f} MB on the disk, opened in {statistics.median(opened):.2f} ms"
        )


def only_documents(count: int, _path: str, _limit: int) -> tuple[float, float]:
    """What making the texts takes."""
    before = peak()
    return timed(lambda: sum(1 for _ in documents(count))), peak() - before


def in_memory(count: int, path: str, _limit: int) -> tuple[float, float]:
    """An index in memory, and then saved."""
    before = peak()

    def work() -> None:
        index = Bm25Index(analyzer=PLAIN)
        index.extend(documents(count))
        index.save(path)

    return timed(work), peak() - before


def in_a_file(count: int, path: str, limit: int) -> tuple[float, float]:
    """An index in a file."""
    before = peak()
    return timed(lambda: Bm25Index(analyzer=PLAIN).build(path, documents(count), memory_limit=limit)), peak() - before


def commits(count: int, folder: Path) -> None:
    """What a change costs to write."""
    index = Bm25Index(analyzer=PLAIN)
    index.extend(documents(count))
    index.commit(folder / "folder")
    saves, changes, written = [], [], []
    for more in range(5):
        index.extend((count + 1_000 * more + n, text) for n, text in documents(1_000, more + 1))
        old = {path.name for path in (folder / "folder").iterdir()}
        start = time.process_time(), time.perf_counter()
        index.commit(folder / "folder")
        changes.append((time.process_time() - start[0], time.perf_counter() - start[1]))
        new = [path for path in (folder / "folder").iterdir() if path.name not in old or path.name == "manifest"]
        written.append(sum(path.stat().st_size for path in new) / 1e6)
        start = time.process_time(), time.perf_counter()
        index.save(folder / "file")
        saves.append((time.process_time() - start[0], time.perf_counter() - start[1]))
        loaded = Bm25Index.load(folder / "folder").search("w1 w20 w300", k=100)
        assert loaded == Bm25Index.load(folder / "file").search("w1 w20 w300", k=100)
    for name, times, size in [
        ("save", saves, (folder / "file").stat().st_size / 1e6),
        ("commit", changes, statistics.median(written)),
    ]:
        cpu, wall = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"1,000 more documents, {name:6}: {cpu:.3f} s of the processor, {wall:.3f} s, {size:.1f} MB written")


def main() -> None:
    """Prints what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--limit", type=int, default=64, help="MB")
    parser.add_argument("--larger", type=int, default=4, help="times as many documents, in a file alone; 0 for none")
    arguments = parser.parse_args()
    count, limit = arguments.documents, arguments.limit << 20
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        beside_rivals(count, folder)
        runs = [
            ("texts alone", only_documents, count),
            ("in memory", in_memory, count),
            ("in a file", in_a_file, count),
        ]
        if arguments.larger:
            runs.append(("in a file", in_a_file, count * arguments.larger))
        for number, (title, work, rows) in enumerate(runs):
            path = folder / str(number)
            with spawn.Pool(1) as pool:
                seconds, memory = pool.apply(work, (rows, str(path), limit))
            size = path.stat().st_size / 2**20 if path.exists() else 0
            print(f"{rows:,} documents, {title:11}: {seconds:.1f} s, {memory:.0f} MB at most, file {size:.0f} MB")
        assert (folder / "1").read_bytes() == (folder / "2").read_bytes()
        print("the files are the same")
        commits(count, folder)


if __name__ == "__main__":
    main()
