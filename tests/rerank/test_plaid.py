"""The residual codec and the index of documents of many tokens, against NumPy and against scoring every document."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rank_rerank import (
    DtypeError,
    DuplicateIdError,
    InvalidInputError,
    PlaidIndex,
    ResidualCodec,
    ShapeError,
    TokenStore,
    maxsim_batch,
    to_bf16,
)


def clustered(rng: np.random.Generator, count: int, dim: int) -> np.ndarray:
    topics = np.random.default_rng(0).standard_normal((40, dim))
    rows = topics[rng.integers(0, 40, count)] + 0.5 * rng.standard_normal((count, dim))
    directions: np.ndarray = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return directions


def unpacked(codes: np.ndarray, bits: int, dim: int) -> np.ndarray:
    planes = [(codes >> (plane * bits)) & ((1 << bits) - 1) for plane in range(8 // bits)]
    return np.concatenate(planes, axis=1)[:, :dim]


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 4]), st.integers(2, 70))
def test_codes_decode_to_what_they_stand_for(start: int, bits: int, dim: int) -> None:
    rng = np.random.default_rng(start)
    codec = ResidualCodec.train(clustered(rng, 100, dim), bits=bits, centroids=10, seed=start)
    assert (codec.dim, codec.bits, codec.centroids.shape) == (dim, bits, (10, dim))
    tokens = clustered(rng, 30, dim) * rng.uniform(0.5, 2, (30, 1)).astype(np.float32)
    centroids, codes, scales = codec.encode(tokens, threads=2)
    products = tokens @ codec.centroids.T
    np.testing.assert_allclose(products[np.arange(30), centroids], products.max(axis=1), atol=1e-5)
    weights = codec.bucket_weights[unpacked(codes, bits, dim)]
    directions = codec.centroids[centroids] + weights
    decoded = codec.decode(centroids, codes, scales)
    np.testing.assert_allclose(decoded, directions * scales[:, None], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(decoded, axis=1), np.linalg.norm(tokens, axis=1), rtol=1e-4)
    query, offsets = clustered(rng, 5, dim), np.array([0, 1, 12, 30])
    scores = codec.maxsim(query, centroids, codes, scales, offsets)
    np.testing.assert_allclose(scores, maxsim_batch(query, decoded, offsets), atol=0.03)


def test_more_bits_are_nearer() -> None:
    rng = np.random.default_rng(1)
    tokens = clustered(rng, 4000, 64)
    errors = []
    for bits in (1, 2, 4):
        codec = ResidualCodec.train(tokens, bits=bits, centroids=64)
        errors.append(np.linalg.norm(codec.decode(*codec.encode(tokens)) - tokens, axis=1).mean())
    assert errors == sorted(errors, reverse=True)
    assert errors[2] < 0.1 < errors[0]


@pytest.fixture(scope="module")
def collection() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    lengths = rng.integers(5, 30, 400)
    return clustered(rng, int(lengths.sum()), 32), np.concatenate([[0], np.cumsum(lengths)])


def test_search_against_every_document(collection: tuple[np.ndarray, np.ndarray]) -> None:
    values, offsets = collection
    index = PlaidIndex.build([f"d{number}" for number in range(400)], values, offsets, threads=2)
    rng = np.random.default_rng(3)
    queries = [values[rng.integers(0, len(values), 8)] for _ in range(10)]
    found = index.search_batch(queries, 10, nprobe=16, candidates=200, threads=2)
    same = 0
    for query, ranked in zip(queries, found, strict=True):
        assert ranked == index.search(query, 10, nprobe=16, candidates=200)
        exact = maxsim_batch(query, values, offsets)
        best = {f"d{number}" for number in np.argsort(-exact, kind="stable")[:10]}
        same += len(best & {document for document, _ in ranked})
        for document, score in ranked:
            assert abs(score - exact[int(str(document)[1:])]) < 0.2
    assert same >= 85
    bits = PlaidIndex.build(range(400), to_bf16(values), offsets, seed=7)
    assert bits.search(queries[0], 1)[0][1] == pytest.approx(found[0][0][1], abs=0.2)


def test_the_best_by_their_codes_are_scored_by_their_tokens(collection: tuple[np.ndarray, np.ndarray]) -> None:
    values, offsets = collection
    ids = [f"d{number}" for number in range(400)]
    index = PlaidIndex.build(ids, values, offsets, bits=1)
    store = TokenStore(32)
    store.extend(ids, values, offsets)
    rng = np.random.default_rng(5)
    queries = [values[rng.integers(0, len(values), 8)] for _ in range(6)]
    found = index.search_batch(queries, 10, nprobe=64, candidates=300, store=store, rescored=200, threads=2)
    by_codes, by_tokens = 0, 0
    for query, ranked in zip(queries, found, strict=True):
        assert ranked == index.search_rescored(query, store, 10, nprobe=64, candidates=300, rescored=200)
        exact = maxsim_batch(query, values, offsets)
        for document, score in ranked:
            assert score == exact[int(str(document)[1:])]
        best = {f"d{number}" for number in np.argsort(-exact, kind="stable")[:10]}
        by_tokens += len(best & {document for document, _ in ranked})
        by_codes += len(best & {document for document, _ in index.search(query, 10, nprobe=64, candidates=300)})
    assert by_codes < by_tokens >= 55
    few = index.search_rescored(queries[0], store, 10, rescored=0)
    assert {document for document, _ in few} == {document for document, _ in index.search(queries[0], 10)}
    store.delete([found[0][0][0]])
    with pytest.raises(InvalidInputError, match=r"ids\[\d+\]"):
        index.search_rescored(queries[0], store)


def test_documents_come_and_go_and_files_keep_them(collection: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    values, _ = collection
    codec = ResidualCodec.train(values)
    index = PlaidIndex(codec)
    assert index.search(values[:3]) == []
    index.add(["a", 1], [values[:5], values[5:9]])
    index.add([2], [values[9:12]])
    assert (len(index), index.dim, index.ids()) == (3, 32, ["a", 1, 2])
    index.delete([1])
    assert 1 not in index
    assert "a" in index
    path = tmp_path / "index"
    index.save(path)
    opened = PlaidIndex.open(path)
    assert opened.ids() == ["a", 2]
    assert opened.search(values[9:11]) == index.search(values[9:11])
    assert opened.search(values[9:11])[0][0] == 2
    np.testing.assert_array_equal(opened.codec.centroids, codec.centroids)
    opened.add([1], [values[5:9]])
    assert {found for found, _ in opened.search(values[9:11], nprobe=10_000)} == {"a", 1, 2}

    damaged = bytearray(path.read_bytes())
    damaged[100] ^= 1
    path.write_bytes(bytes(damaged))
    with pytest.raises(InvalidInputError, match=r"got .*index, a damaged or truncated file; save the index again"):
        PlaidIndex.open(path)
    with pytest.raises(FileNotFoundError):
        PlaidIndex.open(tmp_path / "none")


def test_what_cannot_be_is_refused(collection: tuple[np.ndarray, np.ndarray]) -> None:
    values, offsets = collection
    with pytest.raises(InvalidInputError, match="bits: expected 1, 2 or 4, got 3"):
        ResidualCodec.train(values, bits=3)
    with pytest.raises(ShapeError, match="tokens: expected at least one token"):
        ResidualCodec.train(values[:0])
    codec = ResidualCodec.train(values, centroids=8)
    centroids, codes, scales = codec.encode(values[:4])
    with pytest.raises(ShapeError, match="tokens: expected dim 32, got 31"):
        codec.encode(np.ones((2, 31), dtype=np.float32))
    with pytest.raises(InvalidInputError, match="centroids: expected numbers below 8, got 9"):
        codec.decode(centroids * 0 + 9, codes, scales)
    with pytest.raises(DtypeError, match="codes: expected uint8"):
        codec.decode(centroids, codes.astype(np.int64), scales)
    with pytest.raises(ShapeError, match="document 0"):
        codec.maxsim(values[:1], centroids, codes, scales, np.array([0, 0, 4]))
    index = PlaidIndex(codec)
    with pytest.raises(ShapeError, match="ids: expected 400, one for each document, got 2"):
        index.add([1, 2], values, offsets)
    with pytest.raises(DuplicateIdError, match=r"ids\[1\]"):
        index.add([1, 1], [values[:3], values[:3]])
    assert len(index) == 0
    with pytest.raises(InvalidInputError, match=r"ids\[0\]: expected ids that the store holds"):
        index.delete([1])
    with pytest.raises(InvalidInputError, match="nprobe: expected at least 1, got 0"):
        index.search(values[:1], nprobe=0)
    with pytest.raises(ShapeError, match="expected dim 32, got 2"):
        index.search(np.ones((1, 2), dtype=np.float32))
    with pytest.raises(DtypeError, match="expected an id of type str or int"):
        index.add([1.5], [values[:3]])  # type: ignore[list-item]
