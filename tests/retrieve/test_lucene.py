"""Scores of Lucene's similarities, as ``goldens/LuceneScores.java`` printed them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rank_retrieve import Analyzer, Bm25Index, InvalidInputError, Scoring

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "goldens" / "lucene.json").read_text())


def expect(hits: list[tuple[int | str, float]], golden: list[tuple[int, float]]) -> None:
    """Of ``hits``, all that there are, the best are those of Lucene, whose near ties may be in another order."""
    # What Lucene scores 0 matches there, and not here.
    best = [(number, score) for number, score in golden if score > 0]
    assert [score for _, score in hits[: len(golden)]] == pytest.approx([score for _, score in best], rel=1e-5)
    ours = dict(hits)
    assert [ours[number] for number, _ in best] == pytest.approx([score for _, score in best], rel=1e-5)


@pytest.fixture(scope="module")
def index() -> Bm25Index:
    filled = Bm25Index(score_compat="lucene")
    for number, counts in enumerate(GOLDEN["documents"]):
        filled.add_document(number, [word for word, count in counts.items() for _ in range(count)])
    return filled


@pytest.mark.parametrize("name", GOLDEN["scores"])
def test_similarities(index: Bm25Index, name: str) -> None:
    formula, *numbers = name.split()
    parameters = [float(number) for number in numbers]
    if formula == "bm25":
        k1, b = parameters or (1.2, 0.75)
        scoring = Scoring(k1=k1, b=b, byte_lengths=True)
        made = Bm25Index(k1, b, score_compat="lucene")
    elif formula == "tfidf":
        scoring = Scoring.compatible("lucene", "tfidf")
        made = Bm25Index(formula="tfidf", score_compat="lucene")
    elif formula == "dirichlet":
        scoring = Scoring("lucene-dirichlet", k1=1.2, mu=parameters[0], byte_lengths=True)
        made = Bm25Index(formula="dirichlet", mu=parameters[0], score_compat="lucene")
    else:
        scoring = Scoring("lucene-jelinek-mercer", k1=1.2, smoothing=parameters[0], byte_lengths=True)
        made = Bm25Index(formula="jelinek-mercer", smoothing=parameters[0], score_compat="lucene")
    assert made.scoring == scoring
    for query, golden in zip(GOLDEN["queries"], GOLDEN["scores"][name], strict=True):
        expect(index.retrieve(query.split(), scoring=scoring), golden)


def test_text() -> None:
    analyzer = Analyzer(stop_words=[], stemmer=False)
    index = Bm25Index(analyzer=analyzer, score_compat="lucene")
    index.add_texts(range(len(GOLDEN["texts"])), GOLDEN["texts"])
    for query, golden in zip(GOLDEN["text queries"], GOLDEN["text scores"], strict=True):
        expect(index.search(query), golden)


def test_a_formula_that_the_other_system_lacks() -> None:
    with pytest.raises(
        InvalidInputError, match=r'^formula: expected one of lucene, tfidf, .* for the scores of lucene, got "bm25l"; '
    ):
        Bm25Index(formula="bm25l", score_compat="lucene")
    with pytest.raises(
        InvalidInputError, match=r'^formula: expected one of lucene for the scores of tantivy, got "tfi'
    ):
        Scoring.compatible("tantivy", "tfidf")
    with pytest.raises(InvalidInputError, match=r'^formula: expected one of .* for the scores of bm25s, got "dirichl'):
        Scoring.compatible("bm25s", "dirichlet")
