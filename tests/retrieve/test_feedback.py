"""Weighted queries, explanations and feedback, through the installed wheel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rank_retrieve import Bm25Index, DtypeError, Explanation, InvalidInputError

WORDS = st.lists(st.sampled_from("abcde"), max_size=8)


def filled() -> Bm25Index:
    index = Bm25Index()
    for key, terms in {"d1": "fox fox den", "d2": "fox cub cub cub", "d3": "hen", "d4": "hen den"}.items():
        index.add_document(key, terms.split())
    return index


@given(st.lists(WORDS, min_size=1, max_size=8), WORDS)
def test_weights_are_repetitions_and_explanations_add_up(documents: list[list[str]], query: list[str]) -> None:
    index = Bm25Index()
    for key, terms in enumerate(documents):
        index.add_document(key, terms)
    hits = dict(index.retrieve(query))
    weights = {term: query.count(term) for term in query}
    assert dict(index.retrieve_weighted(weights)) == hits
    assert dict(index.retrieve_weighted([(term, 1.0) for term in query])) == hits
    for key, terms in enumerate(documents):
        why = index.explain(key, query)
        assert isinstance(why, Explanation)
        assert why.score == hits.get(key, 0)
        assert (why.length, why.offset) == (len(terms), 0)
        assert sum(share.contribution for share in why.terms) == pytest.approx(why.score, rel=1e-5)
        for share in why.terms:
            assert share.weight == query.count(share.term)
            assert share.frequency == terms.count(share.term)
            assert share.documents == sum(share.term in terms for terms in documents)
        assert index.explain(key, weights).score == why.score


def test_feedback_finds_what_the_query_does_not_name() -> None:
    index = filled()
    first = index.retrieve(["cub"])
    for method in ("rm3", "rocchio", "bo1"):
        query = index.expand(["cub"], first, method)
        assert query[0][0] == "cub"
        assert [key for key, _ in index.retrieve_weighted(query)] == ["d2", "d1"]
    assert index.expand(["cub"], first, original=1.0) == [("cub", 1.0)]
    assert [term for term, _ in index.expand(["hen"], first, new_terms=1)] == ["cub", "hen"]
    assert index.expand(["hen"], first, "rocchio", original=0, beta=0.0) == []
    assert [key for key, _ in index.more_like_this("d1")] == ["d2", "d4"]
    assert index.key_terms("d2", 1)[0][0] == "cub"
    assert repr(index.explain("d1", ["den"]).terms[0]).startswith('TermShare("den", weight=1, frequency=1, documents=2')
    assert repr(index.explain("d1", ["den"])).startswith("Explanation(score=")


def test_what_cannot_be_used_is_refused() -> None:
    index = filled()
    with pytest.raises(InvalidInputError, match=r"^terms\[0\]: expected a finite weight of at least 0, got -1; "):
        index.retrieve_weighted({"fox": -1})
    with pytest.raises(DtypeError, match=r"^terms: expected terms of type str, got 3; "):
        index.retrieve_weighted([(3, 1.0)])  # type: ignore[list-item]
    with pytest.raises(DtypeError, match=r"^terms"):
        index.explain("d1", "fox")
    for call in (index.key_terms, index.more_like_this):
        with pytest.raises(InvalidInputError, match=r'^id: expected a document of the index, got "?d9"?; '):
            call("d9")
    with pytest.raises(InvalidInputError, match=r"^id: expected a document of the index, got "):
        index.explain("d9", ["fox"])
    with pytest.raises(InvalidInputError, match=r"^relevant\[1\]: expected a document of the index, got "):
        index.expand(["fox"], [("d1", 1.0), ("d9", 1.0)])
    with pytest.raises(InvalidInputError, match=r"^relevant: expected finite scores above 0"):
        index.expand(["fox"], [("d1", 0.0)])
    with pytest.raises(InvalidInputError, match=r'^method: expected "rm3", "rocchio" or "bo1", got "prf"; '):
        index.expand(["fox"], [], "prf")  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match=r"^original: expected a number from 0 to 1, got 2; "):
        index.expand(["fox"], [], original=2)
    with pytest.raises(InvalidInputError, match=r"^new_terms: "):
        index.expand(["fox"], [], new_terms=-1)
