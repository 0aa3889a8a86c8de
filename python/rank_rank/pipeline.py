"""The pipeline: BM25 and dense retrieval, fused, the best of it reranked."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ParamSpec, cast

import numpy as np
from qdrant_client import QdrantClient
from tqdm import tqdm

import rank_fusion
import rank_rerank
import rank_retrieve
from rank_rank.collection import Document
from rank_rank.encoder import Encoder, Vectors
from rank_rank.errors import InvalidInputError
from rank_retrieve import qdrant

RankedList = list[tuple[str, float]]
STAGES = ("BM25", "dense", "RRF", "MaxSim")
_COLLECTION = "documents"
_Arguments = ParamSpec("_Arguments")


@dataclass(frozen=True, slots=True)
class Depths:
    """How far the stages look.

    Attributes:
        retrieve: How many documents each first stage finds, and fusion keeps.
        fusion_k: The constant of reciprocal rank fusion.
        rerank: How many of the fused documents are reranked; the others stay beneath them in their order.
    """

    retrieve: int = 100
    fusion_k: float = 60
    rerank: int = 20


@dataclass(slots=True)
class StageRun:
    """What one stage answered.

    Attributes:
        stage: One of ``STAGES``.
        lists: The ranked list of each query id.
        seconds: The time that the stage itself took, over all queries.
    """

    stage: str
    lists: dict[str, RankedList] = field(default_factory=dict)
    seconds: float = 0.0


class Pipeline:
    """Four stages over one set of documents.

    BM25 over terms and dense retrieval over an encoder's vectors in Qdrant each find documents, reciprocal rank fusion
    merges the two lists, and MaxSim over the encoder's token vectors reranks the top.

    Args:
        documents: What is searched.
        encoder: Gives the vectors.
        client: A Qdrant that holds the vectors, as ``build`` left it.
        depths: How far the stages look.
        progress: Shows progress bars.

    Source:
        Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond (2009); Cormack, Clarke, Büttcher:
        Reciprocal Rank Fusion outperforms Condorcet (SIGIR 2009); Khattab, Zaharia: ColBERT (SIGIR 2020), MaxSim.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        encoder: Encoder,
        client: QdrantClient,
        depths: Depths = Depths(),
        progress: bool = False,
    ) -> None:
        self._encoder = encoder
        self._client = client
        self._depths = depths
        self._texts = {document.id: document.contents for document in documents}
        self._tokens: dict[str, Vectors] = {}
        self._bm25 = rank_retrieve.Bm25Index()
        self._bm25.add_texts(list(self._texts), list(self._texts.values()), progress=progress)

    @classmethod
    def build(
        cls,
        documents: Sequence[Document],
        encoder: Encoder,
        client: QdrantClient,
        depths: Depths = Depths(),
        progress: bool = False,
    ) -> "Pipeline":
        """Encodes the documents, puts their vectors into Qdrant and indexes their terms.

        Args:
            documents: What is searched.
            encoder: Gives the vectors.
            client: A Qdrant, embedded or a server, without a collection named "documents".
            depths: How far the stages look.
            progress: Shows progress bars.

        Returns:
            The pipeline.
        """
        vectors = encoder.encode([document.contents for document in documents], progress=progress)
        # A zero vector has no direction: such a document is near to nothing, and cannot be found by its vector.
        known: list[int] = np.flatnonzero(vectors.any(axis=1)).tolist()
        # Of unit vectors the dot product is the cosine. Asked for the cosine, the embedded Qdrant would normalize its
        # vectors again at each query, and the last bits of a score would depend on the queries before.
        qdrant.create_collection(client, _COLLECTION, dim=encoder.dim, distance="dot")
        qdrant.upsert(
            client, _COLLECTION, [documents[row].id for row in known], dense=vectors[known], progress=progress
        )
        return cls(documents, encoder, client, depths, progress)

    def search(self, query: str, k: int = 10, stage: str = "MaxSim") -> RankedList:
        """Answers one query.

        Args:
            query: Any text.
            k: How many documents at most.
            stage: One of ``STAGES``: the one whose list is wanted; those that it does not need do not run.

        Returns:
            Document ids with the stage's scores, best first.

        Raises:
            InvalidInputError: A stage that does not exist.
        """
        if stage not in STAGES:
            raise InvalidInputError(f"stage: expected one of {', '.join(STAGES)}, got {stage!r}; choose one of them")
        if stage == "BM25":
            return self._sparse(query)[:k]
        if stage == "dense":
            return self._dense(query)[:k]
        fused = self._fuse([self._sparse(query), self._dense(query)])
        return (fused if stage == "RRF" else self._rerank(query, fused))[:k]

    def run(self, queries: Mapping[str, str], progress: bool = False) -> list[StageRun]:
        """Runs every stage over many queries.

        Args:
            queries: Query id to text.
            progress: Shows progress bars.

        Returns:
            A run for each stage. The time of the dense stage includes encoding the query; the time of the reranker
            includes encoding the query's tokens, but not the documents', which an index holds.
        """
        sparse, dense, fused, reranked = runs = [StageRun(stage) for stage in STAGES]
        for key, text in tqdm(queries.items(), "retrieve", disable=not progress, leave=False):
            sparse.lists[key] = _timed(sparse, self._sparse, text)
            dense.lists[key] = _timed(dense, self._dense, text)
            fused.lists[key] = _timed(fused, self._fuse, [sparse.lists[key], dense.lists[key]])
        self._hold_tokens([doc for key in queries for doc, _ in fused.lists[key][: self._depths.rerank]], progress)
        for key, text in tqdm(queries.items(), "rerank", disable=not progress, leave=False):
            reranked.lists[key] = _timed(reranked, self._rerank, text, fused.lists[key])
        return runs

    def _sparse(self, query: str) -> RankedList:
        # Ids come back as they were given: strings.
        return cast("RankedList", self._bm25.search(query, k=self._depths.retrieve))

    def _dense(self, query: str) -> RankedList:
        vector = self._encoder.encode_query(query)
        if not vector.any():  # nothing of the query is known
            return []
        return cast("RankedList", qdrant.search_dense(self._client, _COLLECTION, vector, k=self._depths.retrieve))

    def _fuse(self, lists: list[RankedList]) -> RankedList:
        return rank_fusion.reciprocal_rank_fusion(lists, k=self._depths.fusion_k)[: self._depths.retrieve]

    def _rerank(self, query: str, fused: RankedList) -> RankedList:
        head, tail = fused[: self._depths.rerank], fused[self._depths.rerank :]
        query_tokens = self._encoder.query_token_vectors(query)
        if not head or not len(query_tokens):
            return fused
        self._hold_tokens([doc for doc, _ in head], progress=False)
        reranked = rank_rerank.colbert_rank(query_tokens, [(doc, self._tokens[doc]) for doc, _ in head])
        # The tail's fusion scores, moved as a whole beneath the head's: a run is sorted by its scores.
        shift = reranked[-1][1] - 1 - tail[0][1] if tail else 0.0
        return reranked + [(doc, score + shift) for doc, score in tail]

    def _hold_tokens(self, docs: Sequence[str], progress: bool) -> None:
        missing = [doc for doc in dict.fromkeys(docs) if doc not in self._tokens]
        if missing:
            vectors = self._encoder.token_vectors([self._texts[doc] for doc in missing], progress=progress)
            self._tokens.update(zip(missing, vectors, strict=True))


def _timed(
    run: StageRun, work: Callable[_Arguments, RankedList], *args: _Arguments.args, **kwargs: _Arguments.kwargs
) -> RankedList:
    start = time.perf_counter()
    result = work(*args, **kwargs)
    run.seconds += time.perf_counter() - start
    return result
