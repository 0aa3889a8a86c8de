"""The collection made of NumPy's documentation."""

import re

import numpy as np
import pytest

from rank_rank import Collection, numpy_collection
from rank_rank.numpydoc import split_sections, summary


@pytest.fixture(scope="module")
def numpy_docs() -> Collection:
    return numpy_collection()


def test_documents(numpy_docs: Collection) -> None:
    documents = {document.id: document for document in numpy_docs.documents}
    assert len(documents) == len(numpy_docs.documents) > 700
    for name in (
        "numpy.stack",
        "numpy.add",
        "numpy.linalg.svd",
        "numpy.fft.fft",
        "numpy.random.choice",
        "numpy.ma.masked_where",
    ):
        assert name in documents
    assert documents["numpy.stack"].summary == "Join a sequence of arrays along a new axis."
    assert np.stack.__doc__ is not None
    assert documents["numpy.stack"].summary not in documents["numpy.stack"].text
    assert "Parameters" in documents["numpy.stack"].text


def test_an_alias_is_no_second_document(numpy_docs: Collection) -> None:
    documents = {document.id for document in numpy_docs.documents}
    assert "numpy.absolute" in documents
    assert "numpy.abs" not in documents
    assert "numpy.vstack" in documents
    assert "numpy.row_stack" not in documents  # older, and with the same docstring
    assert "numpy.strings.add" not in documents  # numpy.add itself


def test_no_document_holds_what_would_give_the_answers_away(numpy_docs: Collection) -> None:
    for document in numpy_docs.documents:
        sections = split_sections(document.text)
        assert "See Also" not in [heading for heading, _ in sections]
        assert document.summary == "" or not summary(document.text).startswith(document.summary + " ")


def test_queries(numpy_docs: Collection) -> None:
    texts = {text: key for key, text in numpy_docs.queries.items()}
    assert len(texts) == len(numpy_docs.queries) > 200
    # numpy.expand_dims says this of numpy.squeeze.
    key = texts["The inverse operation, removing singleton dimensions"]
    assert numpy_docs.qrels[key] == {"numpy.squeeze": 1}
    # numpy.argsort says this of numpy.lexsort, over a line break or not.
    assert numpy_docs.qrels[texts["Indirect stable sort with multiple keys."]] == {"numpy.lexsort": 1}
    # One text for several functions: one query, all of them relevant.
    assert max(map(len, numpy_docs.qrels.values())) > 1


def test_no_query_is_the_summary_of_its_answer(numpy_docs: Collection) -> None:
    summaries = {document.id: document.summary.removesuffix(".") for document in numpy_docs.documents}
    for key, text in numpy_docs.queries.items():
        for document in numpy_docs.qrels[key]:
            assert text.removesuffix(".") != summaries[document]


def test_the_notes_add_up(numpy_docs: Collection) -> None:
    assert f"{len(numpy_docs.documents)} documents" in numpy_docs.notes[0]
    found, elsewhere, itself, copies, remain = map(int, re.findall(r"\d+", numpy_docs.notes[1]))
    assert found == elsewhere + itself + copies + remain
    assert min(elsewhere, itself, copies) > 0
    judged = sum(map(len, numpy_docs.qrels.values()))
    assert len(numpy_docs.queries) <= judged <= remain
    assert f"{len(numpy_docs.queries)} queries" in numpy_docs.notes[2]


def test_the_same_every_time(numpy_docs: Collection) -> None:
    assert numpy_collection() == numpy_docs
