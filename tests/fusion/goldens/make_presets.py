"""Writes presets.json: what LlamaIndex, LangChain and Haystack themselves make of a few lists.

In a fresh environment, so that the tests need none of them:

    python -m venv /tmp/rivals
    /tmp/rivals/bin/pip install llama-index-core==0.14.25 langchain-classic==1.0.8 haystack-ai==3.4.0
    /tmp/rivals/bin/python tests/fusion/goldens/make_presets.py > tests/fusion/goldens/presets.json
"""

import json
import sys
from importlib.metadata import version
from typing import Any

import numpy as np
from haystack import Document
from haystack.components.joiners import DocumentJoiner
from langchain_classic.retrievers import EnsembleRetriever
from langchain_core.documents import Document as LangChainDocument
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

Lists = list[list[tuple[str, float]]]


def cases() -> dict[str, tuple[Lists, list[float] | None]]:
    generator = np.random.default_rng(4)

    def ranked(length: int, low: float, high: float) -> list[tuple[str, float]]:
        ids = [f"d{number}" for number in generator.permutation(30)[:length]]
        return list(zip(ids, np.sort(generator.uniform(low, high, length))[::-1].tolist(), strict=True))

    return {
        "two": ([[("a", 12.0), ("b", 9.5), ("c", 3.0)], [("b", 0.8), ("d", 0.7)]], None),
        "three": ([ranked(20, 0.0, 30.0), ranked(15, 0.2, 0.9), ranked(10, -4.0, 4.0)], None),
        "weighted": ([ranked(20, 0.0, 30.0), ranked(15, 0.2, 0.9)], [0.3, 0.7]),
        "unnormalized weights": ([ranked(12, 0.0, 30.0), ranked(8, 0.2, 0.9)], [1.0, 3.0]),
        "one document": ([[("a", 12.0), ("b", 9.5)], [("b", 42.0)]], None),
        "equal scores": ([[("a", 12.0), ("b", 9.5)], [("c", 2.0), ("b", 2.0)]], None),
        "equal scores below zero": ([[("a", 12.0), ("b", 9.5)], [("c", -2.0), ("b", -2.0)]], None),
        "an empty list": ([[("a", 12.0), ("b", 9.5)], []], None),
    }


class Given(BaseRetriever):  # type: ignore[misc]
    """A retriever of a list that is known."""

    def __init__(self, ranked: list[tuple[str, float]]) -> None:
        super().__init__()
        self.ranked = ranked

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:  # noqa: ARG002
        return [NodeWithScore(node=TextNode(id_=name, text=name), score=score) for name, score in self.ranked]


def llamaindex(lists: Lists, weights: list[float] | None, mode: str) -> dict[str, float]:
    retriever = QueryFusionRetriever(
        [Given(ranked) for ranked in lists],
        llm=MockLLM(),
        mode=mode,
        num_queries=1,
        use_async=False,
        similarity_top_k=1000,
        retriever_weights=weights,
    )
    return {found.node.node_id: found.score for found in retriever.retrieve("a query")}


def haystack(lists: Lists, weights: list[float] | None, mode: str) -> dict[str, float]:
    documents = [[Document(id=name, content=name, score=score) for name, score in ranked] for ranked in lists]
    joined = DocumentJoiner(join_mode=mode, weights=weights).run(documents=documents)
    return {document.id: document.score for document in joined["documents"]}


def langchain(lists: Lists, weights: list[float] | None) -> list[str]:
    # The ensemble returns no scores: only its order can be compared.
    weights = weights or [1 / len(lists)] * len(lists)
    ensemble = EnsembleRetriever.model_construct(retrievers=[], weights=weights, c=60, id_key=None)
    documents = [[LangChainDocument(page_content=name) for name, _ in ranked] for ranked in lists]
    return [document.page_content for document in ensemble.weighted_reciprocal_rank(documents)]


def main() -> None:
    results = []
    for name, (lists, weights) in cases().items():
        expected: dict[str, Any] = {
            "llamaindex": llamaindex(lists, weights, "reciprocal_rerank"),
            "llamaindex_relative_score": llamaindex(lists, weights, "relative_score"),
            "llamaindex_dist_based_score": llamaindex(lists, weights, "dist_based_score"),
            "llamaindex_simple": llamaindex(lists, weights, "simple"),
            "haystack": haystack(lists, weights, "reciprocal_rank_fusion"),
            "haystack_merge": haystack(lists, weights, "merge"),
            "haystack_concatenate": haystack(lists, weights, "concatenate"),
            "haystack_dbsf": haystack(lists, weights, "distribution_based_rank_fusion"),
            "langchain": langchain(lists, weights),
        }
        results.append({"case": name, "lists": lists, "weights": weights, "expected": expected})
    packages = ("llama-index-core", "langchain-classic", "haystack-ai")
    json.dump({"versions": {name: version(name) for name in packages}, "cases": results}, sys.stdout)


if __name__ == "__main__":
    main()
