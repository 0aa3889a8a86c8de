"""The stages, each against what it is defined to be."""

from collections.abc import Iterator

import numpy as np
import pytest
from qdrant_client import QdrantClient

import rank_fusion
import rank_retrieve
from rank_rank import STAGES, Collection, Depths, Document, InvalidInputError, LsaEncoder, Pipeline

QUERY = "where does the otter sleep"


@pytest.fixture
def client() -> Iterator[QdrantClient]:
    client = QdrantClient(":memory:")
    yield client
    client.close()


@pytest.fixture
def encoder(collection: Collection) -> LsaEncoder:
    return LsaEncoder.fit([document.contents for document in collection.documents], dim=16)


def test_each_stage(collection: Collection, encoder: LsaEncoder, client: QdrantClient) -> None:
    pipeline = Pipeline.build(collection.documents, encoder, client, Depths(retrieve=12, rerank=5))
    texts = {document.id: document.contents for document in collection.documents}

    index = rank_retrieve.Bm25Index()
    index.add_texts(list(texts), list(texts.values()))
    sparse = [(str(key), score) for key, score in index.search(QUERY, k=12)]
    assert pipeline.search(QUERY, 12, "BM25") == sparse

    similarities = encoder.encode(list(texts.values())) @ encoder.encode_query(QUERY)
    dense = pipeline.search(QUERY, 12, "dense")
    np.testing.assert_allclose([score for _, score in dense], np.sort(similarities)[::-1][:12], atol=1e-5)
    by_id = dict(zip(texts, similarities, strict=True))
    np.testing.assert_allclose([by_id[key] for key, _ in dense], [score for _, score in dense], atol=1e-5)

    fused = pipeline.search(QUERY, 12, "RRF")
    assert fused == rank_fusion.reciprocal_rank_fusion([sparse, dense], k=60)[:12]

    reranked = pipeline.search(QUERY, 12)
    query = encoder.query_token_vectors(QUERY)
    maxsim = {key: (query @ encoder.token_vectors([texts[key]])[0].T).max(axis=1).sum() for key, _ in fused[:5]}
    assert {key for key, _ in reranked[:5]} == set(maxsim)
    np.testing.assert_allclose([score for _, score in reranked[:5]], sorted(maxsim.values(), reverse=True), rtol=1e-5)
    assert [key for key, _ in reranked[5:]] == [key for key, _ in fused[5:]]
    scores = [score for _, score in reranked]
    assert scores == sorted(scores, reverse=True)
    assert scores[4] > scores[5]


def test_runs_hold_what_search_answers(collection: Collection, encoder: LsaEncoder, client: QdrantClient) -> None:
    pipeline = Pipeline.build(collection.documents, encoder, client)
    runs = pipeline.run(collection.queries)
    assert tuple(run.stage for run in runs) == STAGES
    for run in runs:
        assert run.seconds > 0
        assert list(run.lists) == list(collection.queries)
        for key, text in collection.queries.items():
            assert run.lists[key] == pipeline.search(text, 100, run.stage)


def test_a_query_of_which_nothing_is_known(collection: Collection, encoder: LsaEncoder, client: QdrantClient) -> None:
    pipeline = Pipeline.build(collection.documents, encoder, client)
    for stage in STAGES:
        assert pipeline.search("unheard", 10, stage) == []
    assert [run.lists for run in pipeline.run({"q": "?"})] == [{"q": []}] * 4


def test_a_document_without_words_is_not_found(
    encoder: LsaEncoder, client: QdrantClient, collection: Collection
) -> None:
    documents = (*collection.documents, Document("silent", "", ""), Document("unknown", "", "xyzzy"))
    pipeline = Pipeline.build(documents, encoder, client)
    assert client.count("documents").count == len(collection.documents)
    found = {key for stage in STAGES for key, _ in pipeline.search(QUERY, 1000, stage)}
    assert not found & {"silent", "unknown"}


def test_no_such_stage(collection: Collection, encoder: LsaEncoder, client: QdrantClient) -> None:
    pipeline = Pipeline.build(collection.documents, encoder, client)
    with pytest.raises(
        InvalidInputError, match=r"^stage: expected one of BM25, dense, RRF, MaxSim, got 'magic'; choose"
    ):
        pipeline.search(QUERY, 10, "magic")
