"""The scores of other systems, by running them."""

from __future__ import annotations

import random
from typing import Literal

import bm25s
import numpy as np
import pytest
import tantivy

from rank_retrieve import Bm25Index

RANDOM = random.Random(7)  # noqa: S311 - words, not secrets
WORDS = [f"w{number}" for number in range(60)]
DOCUMENTS = [[WORDS[min(int(RANDOM.expovariate(0.08)), 59)] for _ in range(RANDOM.randint(1, 90))] for _ in range(200)]
QUERIES = [RANDOM.sample(WORDS, RANDOM.randint(1, 5)) for _ in range(40)]


def filled(index: Bm25Index) -> Bm25Index:
    for number, terms in enumerate(DOCUMENTS):
        index.add_document(number, terms)
    return index


@pytest.mark.parametrize("method", ["lucene", "robertson", "atire", "bm25l", "bm25+"])
def test_bm25s(method: Literal["lucene", "robertson", "atire", "bm25l", "bm25+"]) -> None:
    theirs = bm25s.BM25(method=method)
    theirs.index(DOCUMENTS, show_progress=False)
    index = filled(Bm25Index(formula=method))
    default = filled(Bm25Index(score_compat="bm25s"))
    for query in QUERIES:
        scores = np.asarray(theirs.get_scores(query))
        ours = dict(index.retrieve(query, k=1000))
        # It gives documents without a term of the query a score as well.
        for number, score in ours.items():
            assert score == pytest.approx(float(scores[int(number)]), rel=1e-5)
        for number, terms in enumerate(DOCUMENTS):
            assert number in ours or not set(terms) & set(query) or scores[number] == 0
        if method == "lucene":
            assert dict(default.retrieve(query, k=1000)) == ours


def test_tantivy_and_lucene() -> None:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="whitespace")
    builder.add_integer_field("number", stored=True)
    theirs = tantivy.Index(builder.build())
    writer = theirs.writer(heap_size=20_000_000, num_threads=1)
    for number, terms in enumerate(DOCUMENTS):
        writer.add_document(tantivy.Document(text=" ".join(terms), number=number))
    writer.commit()
    writer.wait_merging_threads()
    theirs.reload()
    searcher = theirs.searcher()
    index = filled(Bm25Index(score_compat="tantivy"))
    lucene = filled(Bm25Index(score_compat="lucene"))
    for query in QUERIES:
        hits = searcher.search(theirs.parse_query(" ".join(query), ["text"]), 1000).hits
        scores = {searcher.doc(address)["number"][0]: score for score, address in hits}
        assert dict(index.retrieve(query, k=1000)) == pytest.approx(scores, rel=1e-5)
        # Lucene left out the factor k1 + 1.
        assert dict(lucene.retrieve(query, k=1000)) == pytest.approx(
            {number: score / 2.2 for number, score in scores.items()}, rel=1e-5
        )
