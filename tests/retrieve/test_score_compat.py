"""The scores of other systems, by running them."""

from __future__ import annotations

import random
from typing import Literal

import bm25s
import numpy as np
import pytest
import tantivy

from rank_retrieve import Bm25Index, InvalidInputError, Scoring

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


def test_a_query_may_have_another_scoring() -> None:
    index = filled(Bm25Index())
    assert index.scoring == Scoring()
    for scoring, other in [
        (Scoring("bm25+", k1=0.9, delta=1.0), Bm25Index(0.9, formula="bm25+", delta=1.0)),
        (Scoring("dirichlet", mu=300.0), Bm25Index(formula="dirichlet", mu=300.0)),
        (Scoring("jelinek-mercer", smoothing=0.4), Bm25Index(formula="jelinek-mercer", smoothing=0.4)),
        (Scoring.compatible("tantivy"), Bm25Index(score_compat="tantivy")),
        (Scoring(k1=1.2, byte_lengths=True), Bm25Index(score_compat="lucene")),
    ]:
        filled(other)
        assert other.scoring == scoring
        query = QUERIES[3]
        expected = other.retrieve(query, k=20)
        assert index.retrieve(query, k=20, scoring=scoring) == expected
        assert index.search(" ".join(query), k=20, scoring=scoring) == expected
        assert index.retrieve_weighted(dict.fromkeys(query, 1.0), k=20, scoring=scoring) == expected
        for ids, _ in (
            index.retrieve_batch([query], 20, scoring=scoring),
            index.search_batch([query], 20, scoring=scoring),
        ):
            assert ids[0].tolist() == [key for key, _ in expected]
        assert index.explain(expected[0][0], query, scoring=scoring).score == expected[0][1]
        assert index.more_like_this(3, scoring=scoring) == other.more_like_this(3)
        assert index.expand(query, expected[:3], scoring=scoring) == other.expand(query, expected[:3])
        index.prepare(scoring)
        assert index.retrieve(query, k=20, scoring=scoring) == expected
    query = QUERIES[0]
    assert index.retrieve(query, scoring=Scoring(k1=0.9, b=0.4)) == index.retrieve(query, k1=0.9, b=0.4)
    twice = {key: score * 2.5 for key, score in index.retrieve(query)}
    assert dict(index.retrieve(query, scoring=Scoring(numerator=True))) == pytest.approx(twice, rel=1e-6)


def test_a_scoring_shows_what_it_is() -> None:
    scoring = Scoring("bm25l", delta=0.25)
    assert scoring == eval(repr(scoring))  # noqa: S307 - it is ours
    assert (scoring.formula, scoring.k1, scoring.b, scoring.delta) == ("bm25l", 1.5, 0.75, 0.25)
    assert (scoring.mu, scoring.smoothing, scoring.numerator, scoring.byte_lengths) == (1000.0, 0.1, False, False)
    assert scoring != Scoring("bm25l")
    with pytest.raises(InvalidInputError, match=r"^smoothing: expected a number above 0, at most 1, got 0; "):
        Scoring(smoothing=0)
    with pytest.raises(InvalidInputError, match=r'^score_compat: expected one of lucene, tantivy, bm25s, got "solr"; '):
        Scoring.compatible("solr")  # type: ignore[arg-type]
