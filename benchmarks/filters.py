"""Filtered BM25 over 200,000 documents: rank-retrieve beside tantivy, and beside filtering afterwards.

The corpus and the queries are those of ``bm25.py``. Each document has a number of 0 to 9,999; the filter is a range of
it, which lets a share of the documents pass: in no relation to the text, or, with ``--adverse``, the longest documents,
which rank below the others. tantivy has it as a fast field, in a boolean query beside the words. Filtering afterwards
retrieves twice as many as needed on average, and again with ten times as many as long as too few are left.

One thread, k1 1.2, b 0.75. The contenders take turns; times are seconds of the processor, medians. Ours are timed in a
batch, and one query at a time; the filter is evaluated for the first of them. Answers are checked in the
same run: ours against the search of all, to the bit; of tantivy, which rounds lengths, how many of the best are ours.
"""

from __future__ import annotations

import argparse
import tempfile
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import tantivy
from bm25 import each, ours, race, zipf  # type: ignore[import-not-found]

from rank_retrieve import field

if TYPE_CHECKING:
    from collections.abc import Callable

    from bm25 import Queries
    from numpy.typing import NDArray

    from rank_retrieve import Bm25Index

SHARES = [0.001, 0.01, 0.1, 0.5, 0.99]
PLACES = 10_000


def tantivy_index(texts: list[str], places: list[int], folder: str) -> Callable[[list[str], int, int], list[int]]:
    """A search of tantivy's for words, the first k of a place below another."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field("place", fast=True, indexed=True)
    builder.add_integer_field("number", fast=True)
    schema = builder.build()
    index = tantivy.Index(schema, path=folder)
    writer = index.writer(heap_size=1_000_000_000, num_threads=1)
    for number, (text, place) in enumerate(zip(texts, places, strict=True)):
        document = tantivy.Document()
        document.add_text("body", text)
        document.add_integer("place", place)
        document.add_integer("number", number)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    searcher = tantivy.Index.open(folder).searcher()
    assert searcher.num_segments == 1

    def search(query: list[str], k: int, below: int) -> list[int]:
        words = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "body", word, index_option="freq"))
            for word in query
        ]
        passing = tantivy.Query.range_query(
            schema, "place", tantivy.FieldType.Integer, 0, below, include_lower=True, include_upper=False
        )
        parts = [
            (tantivy.Occur.Must, tantivy.Query.boolean_query(words)),
            (tantivy.Occur.Must, tantivy.Query.const_score_query(passing, 0.0)),
        ]
        hits = searcher.search(tantivy.Query.boolean_query(parts), k, count=False).hits
        return [address.doc for _, address in hits]

    return search


def afterwards(index: Bm25Index, queries: Queries, k: int, passes: NDArray[np.bool_]) -> None:
    """Filters what an unfiltered search found, and searches again if too few are left."""
    wanted = int(2 * k / max(passes.mean(), 1e-9)) + 1
    left = queries
    while left:
        ids, _ = index.retrieve_batch(left, min(wanted, len(index)))
        found = ((ids >= 0) & passes[ids]).sum(axis=1)
        short = (found < k) & (ids[:, -1] >= 0) & (wanted < len(index))
        left = [query for query, more in zip(left, short, strict=True) if more]
        wanted *= 10


def check(index: Bm25Index, queries: Queries, k: int, passes: NDArray[np.bool_], below: int) -> None:
    """The filtered answer is the unfiltered one without what does not pass."""
    all_ids, all_scores = index.retrieve_batch(queries, len(index))
    ids, scores = index.retrieve_batch(queries, k, filter=field("place") < below)
    for row in range(len(queries)):
        kept = (all_ids[row] >= 0) & passes[all_ids[row]]
        expected = all_ids[row][kept][:k]
        assert np.array_equal(ids[row, : len(expected)], expected)
        assert np.array_equal(scores[row, : len(expected)], all_scores[row][kept][:k])
        assert (ids[row, len(expected) :] == -1).all()


def main() -> None:
    """Prints a line for each share."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--adverse", action="store_true", help="what passes ranks below what does not")
    parser.add_argument("--quick", action="store_true", help="a tenth of all")
    args = parser.parse_args()
    if args.quick:
        args.documents, args.queries, args.repeats = args.documents // 10, args.queries // 10, 3
    texts, kinds = zipf(args.documents, args.queries)
    queries = kinds["natural"]
    if args.adverse:
        order = np.argsort([-len(text.split()) for text in texts], kind="stable")
        places = np.empty(len(texts), np.int64)
        places[order] = np.arange(len(texts)) * PLACES // len(texts)
    else:
        places = np.random.default_rng(3).integers(PLACES, size=len(texts))
    print(f"{len(texts)} documents, {len(queries)} queries; one thread, queries per second of the processor, medians")
    index = ours(texts)
    index.set_field("place", range(len(texts)), places)
    with tempfile.TemporaryDirectory() as folder:
        search = tantivy_index(texts, places.tolist(), folder)
        for k in (10, 1000):
            alone = race({"unfiltered": partial(index.retrieve_batch, queries, k)}, args.repeats)["unfiltered"]
            print(f"k {k:>4}  unfiltered {len(queries) * alone:7.0f}/s")
            for share in SHARES:
                below = int(share * PLACES)
                passes = places < below
                condition = field("place") < below
                check(index, queries[:10], k, passes, below)

                def one(query: list[str], k: int, condition: object = condition) -> object:
                    return index.retrieve(query, k, filter=condition)

                def rival(query: list[str], k: int, below: int = below) -> object:
                    return search(query, k, below)

                contenders: dict[str, Callable[[], object]] = {
                    "ours": partial(index.retrieve_batch, queries, k, filter=condition),
                    "one by one": partial(each, one, queries, k),
                    "tantivy": partial(each, rival, queries, k),
                }
                if 2 * k / share < len(texts):
                    contenders["afterwards"] = partial(afterwards, index, queries, k, passes)
                rates = race(contenders, args.repeats)
                common = size = 0
                for query in queries[:50]:
                    best = {hit[0] for hit in index.retrieve(query, k, filter=condition)}
                    theirs = set(search(query, k, below))
                    assert passes[list(theirs)].all()
                    assert len(theirs) == len(best)
                    common, size = common + len(best & theirs), size + len(best)
                line = "   ".join(f"{name} {len(queries) * rate:7.0f}/s" for name, rate in rates.items())
                ratios = [f"{rates['ours'] / rates[name]:.2f} x {name}" for name in contenders if name != "ours"]
                print(f"  {share:<5}  {line}   {', '.join(ratios)}; {100 * common / max(size, 1):.1f} % alike")


if __name__ == "__main__":
    main()
