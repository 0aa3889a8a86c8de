"""Trains a reranker on a real collection, and says by cross-validation whether it is better than BM25.

``RANK_DATA_DIR=... python examples/train_reranker.py [collection]``: a folder with ``corpus.jsonl``,
``queries.jsonl`` and ``qrels.txt`` in the layout of BEIR, ``cranfield`` if none is named.

The candidates of a query are its hundred best documents by BM25. Features are scores of BM25, of the text and of the
title, the cosine of dense vectors, MaxSim of token vectors, the share of the query's words that are there, all over the
query's range, and lengths. Five times a linear ranker and a small network learn by LambdaRank from three fifths of the
queries, stop by nDCG@10 on a fourth and rerank the last, so that each query is reranked by what has not seen it.
Encoders are latent semantic analysis, which needs no model.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import rank_eval
import rank_rerank
import rank_retrieve
from rank_rank.lsa import LsaEncoder
from rank_soft import Loss, Ranker

FOLDS = 5
CANDIDATES = 100
ALPHA = 0.05
Floats = NDArray[np.float32]


def lines(path: Path) -> list[dict[str, str]]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def judgments_of(folder: Path) -> dict[str, dict[str, int]]:
    """The grades of each query's judged documents."""
    grades: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.txt").read_text(encoding="utf-8").splitlines():
        query, _, name, grade = line.split()
        grades.setdefault(query, {})[name] = int(grade)
    return grades


def features_of(folder: Path, judged: dict[str, dict[str, int]]) -> tuple[list[str], list[list[str]], list[Floats]]:
    """Judged queries, their candidates, best by BM25 first, and the features of these."""
    corpus = lines(folder / "corpus.jsonl")
    texts = [f"{row['title']} {row['text']}" for row in corpus]
    analyzer = rank_retrieve.Analyzer()
    terms = [analyzer.analyze(text) for text in texts]
    whole, titles = rank_retrieve.Bm25Index(), rank_retrieve.Bm25Index()
    for row, words in zip(corpus, terms, strict=True):
        whole.add_document(row["_id"], words)
        titles.add_document(row["_id"], analyzer.analyze(row["title"]))
    number = {row["_id"]: at for at, row in enumerate(corpus)}
    encoder = LsaEncoder.fit(texts, dim=128)
    dense, tokens = encoder.encode(texts), encoder.token_vectors(texts)
    queries: list[str] = []
    candidates: list[list[str]] = []
    features: list[Floats] = []
    for row in lines(folder / "queries.jsonl"):
        query = analyzer.analyze(row["text"])
        hits = whole.retrieve(query, k=CANDIDATES) if row["_id"] in judged else []
        if not hits:
            continue
        at = [number[str(name)] for name, _ in hits]
        by_title = dict(titles.retrieve(query, k=len(corpus)))
        scores = np.array(
            [
                [score for _, score in hits],
                [by_title.get(name, 0.0) for name, _ in hits],
                dense[at] @ encoder.encode_query(row["text"]),
                rank_rerank.maxsim_batch(encoder.query_token_vectors(row["text"]), [tokens[i] for i in at]),
                [len(set(query) & set(terms[i])) / len(set(query)) for i in at],
            ],
            dtype=np.float32,
        )
        least, most = scores.min(axis=1, keepdims=True), scores.max(axis=1, keepdims=True)
        lengths = np.log1p([[len(terms[i]) for i in at], [len(query)] * len(at)])
        scores = np.concatenate([(scores - least) / np.maximum(most - least, 1e-6), lengths])
        queries.append(row["_id"])
        candidates.append([str(name) for name, _ in hits])
        features.append(np.ascontiguousarray(scores.T, dtype=np.float32))
    return queries, candidates, features


def main() -> None:
    """Trains, and prints."""
    data = os.environ.get("RANK_DATA_DIR")
    if data is None:
        print("RANK_DATA_DIR: expected a folder of collections in the layout of BEIR, got none; set it to run this")
        return
    folder = Path(data) / (sys.argv[1] if len(sys.argv) > 1 else "cranfield")
    judgments = judgments_of(folder)
    queries, candidates, features = features_of(folder, judgments)
    labels = [
        np.array([max(judgments[query].get(name, 0), 0) for name in names], np.float32)
        for query, names in zip(queries, candidates, strict=True)
    ]

    def part(chosen: NDArray[np.int64]) -> tuple[Floats, Floats, NDArray[np.int64]]:
        offsets = np.concatenate([[0], np.cumsum([len(labels[query]) for query in chosen])])
        return np.concatenate([features[i] for i in chosen]), np.concatenate([labels[i] for i in chosen]), offsets

    first = {
        query: {name: -float(place) for place, name in enumerate(names)}
        for query, names in zip(queries, candidates, strict=True)
    }
    runs: dict[str, dict[str, dict[str, float]]] = {"BM25": first, "linear": {}, "network": {}}
    folds = np.array_split(np.random.default_rng(0).permutation(len(queries)), FOLDS)
    for number, unseen in enumerate(folds):
        held_out = folds[(number + 1) % FOLDS]
        seen = np.setdiff1d(np.arange(len(queries)), np.concatenate([unseen, held_out]))
        for name, hidden in (("linear", []), ("network", [16])):
            ranker = Ranker(features[0].shape[1], hidden, seed=number)
            loss = Loss("lambda_rank", normalize=True)
            ranker.fit(*part(seen), loss=loss, held_out=part(held_out), rate=0.01, epochs=60, seed=number)
            for i in unseen:
                scores = ranker.score(features[i]).tolist()
                runs[name][queries[i]] = dict(zip(candidates[i], scores, strict=True))

    comparison = rank_eval.compare(judgments, runs, ["nDCG@10"], test="randomization", baseline="BM25")
    print(f"{folder.name}: {len(queries)} queries, {CANDIDATES} candidates each, {FOLDS} folds")
    print(f"BM25     nDCG@10 {comparison.means['nDCG@10']['BM25']:.4f}")
    for pair in comparison.pairs["nDCG@10"]:
        name, difference = (pair.first, 1) if pair.second == "BM25" else (pair.second, -1)
        verdict = "no significant change"
        if pair.adjusted_p_value <= ALPHA:
            verdict = "significantly better" if difference * pair.mean_difference.value > 0 else "significantly worse"
        print(f"{name:8} nDCG@10 {comparison.means['nDCG@10'][name]:.4f}  p = {pair.adjusted_p_value:.4f}: {verdict}")


if __name__ == "__main__":
    main()
