"""Retrieve, fuse, rerank, evaluate: the whole pipeline on ten sentences, in memory.

The encoder is the simplest that works without a model: each word has one fixed random direction, a text is the mean of
its words. Put a real encoder in its place and nothing else changes.
"""

import zlib

import numpy as np
from numpy.typing import NDArray
from qdrant_client import QdrantClient

import rank_eval
import rank_fusion
import rank_rerank
import rank_retrieve
from rank_retrieve import qdrant

DOCUMENTS = {
    "bm25": "bm25 scores a document by its rare query words and its length",
    "inverted": "an inverted index lists the documents of each word",
    "dense": "dense retrieval compares one embedding of the query with one of each document",
    "hnsw": "a graph of near neighbours finds close embeddings without looking at all",
    "rrf": "reciprocal rank fusion adds one over the rank of a document in each list",
    "colbert": "late interaction keeps an embedding for each word and sums the best matches",
    "cross": "a cross encoder reads query and document together and scores the pair",
    "ndcg": "ndcg discounts the gain of a relevant document by the logarithm of its rank",
    "softrank": "a soft rank has a gradient so that a scorer can be trained on it",
    "stemmer": "a stemmer cuts a word to its stem",
}
QUERY = "how does fusion use the rank of a document"
DIM = 64


def word_vector(word: str) -> NDArray[np.float32]:
    """The fixed direction of a word."""
    direction = np.random.default_rng(zlib.crc32(word.encode())).normal(size=DIM)
    return (direction / np.linalg.norm(direction)).astype(np.float32)


analyzer = rank_retrieve.Analyzer()
tokens = {
    name: np.stack([word_vector(word) for word in analyzer.analyze(text)])
    for name, text in {**DOCUMENTS, "query": QUERY}.items()
}
query_terms = analyzer.analyze(QUERY)
query_tokens = tokens.pop("query")
query_embedding = query_tokens.mean(axis=0)

client = QdrantClient(":memory:")
qdrant.create_collection(client, "documents", dim=DIM)
qdrant.upsert(client, "documents", list(DOCUMENTS), dense=np.stack([tokens[name].mean(axis=0) for name in DOCUMENTS]))
qdrant_client = qdrant.QdrantRetriever(client, "documents")

# 1. Sparse retrieval
bm25 = rank_retrieve.Bm25Index()
for name, text in DOCUMENTS.items():
    bm25.add_document(name, analyzer.analyze(text))
sparse = bm25.retrieve(query_terms, k=100)

# 2. Dense retrieval
dense = qdrant_client.search(query_embedding, limit=100)

# 3. Rank fusion
fused = rank_fusion.reciprocal_rank_fusion([sparse, dense], k=60)

# 4. Rerank
candidates = [(name, tokens[str(name)]) for name, _ in fused[:5]]
reranked = rank_rerank.colbert_rank(query_tokens, candidates)

# 5. Evaluate
ground_truth = {"rrf": 2, "ndcg": 1}
ndcg = rank_eval.ndcg_at_k(reranked, ground_truth, k=10)

for stage, ranking in [("sparse", sparse), ("dense", dense), ("fused", fused), ("reranked", reranked)]:
    print(f"{stage:9}", " ".join(f"{name}={score:.3f}" for name, score in ranking[:4]))
print(f"nDCG@10 of the reranked list: {ndcg:.3f}")
