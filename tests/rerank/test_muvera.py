"""Fixed-dimensional encodings: fastembed's, their definition, and retrieval by them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rank_rerank import (
    DtypeError,
    FixedDimensionalEncoder,
    InvalidInputError,
    ShapeError,
    maxsim_batch,
    quantize_int8,
    to_bf16,
)
from rank_retrieve import ExactDenseIndex


def unit(rng: np.random.Generator, count: int, dim: int) -> np.ndarray:
    rows = rng.standard_normal((count, dim))
    directions: np.ndarray = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return directions


# What process_document and process_query of fastembed.postprocess.Muvera(4, k_sim=2, dim_proj=2, r_reps=2,
# random_seed=42) of fastembed 0.9.1 make of the tokens of the test, in units of HALF.
HALF = 0.70710678
DOCUMENT = [0, 1, -5, 4, 0, 1, 0, -3, -4, 4, 3, -3, -4, 4, -1, 1]
QUERY = [0, 1, -5, 4, 0, 0, 0, -3, -4, 4, 3, -3, 0, 0, -1, 1]


def test_fastembed() -> None:
    # As fastembed draws them.
    generator = np.random.default_rng(42)
    hyperplanes = np.stack([generator.normal(size=(4, 2)) for _ in range(2)]).astype(np.float32)
    projections = generator.choice([-1, 1], size=(2, 4, 2)).astype(np.float32)
    encoder = FixedDimensionalEncoder.from_arrays(hyperplanes, projections)
    tokens = (np.arange(12).reshape(3, 4) % 5 - 1.5).astype(np.float32)
    np.testing.assert_allclose(encoder.encode_document(tokens), np.array(DOCUMENT) * HALF, atol=1e-6)
    np.testing.assert_allclose(encoder.encode_query(tokens), np.array(QUERY) * HALF, atol=1e-6)


@given(st.integers(0, 2**32 - 1), st.integers(0, 4), st.lists(st.integers(1, 20), min_size=1, max_size=5))
def test_batches_are_made_of_single_ones(start: int, threads: int, lengths: list[int]) -> None:
    rng = np.random.default_rng(start)
    encoder = FixedDimensionalEncoder(24, simhash_bits=3, projection_dim=8, repetitions=2, seed=start)
    documents = [unit(rng, length, 24) for length in lengths]
    expected = np.stack([encoder.encode_document(document) for document in documents])
    flat, offsets = np.concatenate(documents), np.concatenate([[0], np.cumsum(lengths)])
    np.testing.assert_array_equal(encoder.encode_documents(flat, offsets, threads=threads), expected)
    np.testing.assert_array_equal(encoder.encode_documents(documents, threads=threads), expected)
    expected = np.stack([encoder.encode_query(document) for document in documents])
    np.testing.assert_array_equal(encoder.encode_queries(flat, offsets, threads=threads), expected)
    # Documents of other types are those that their values stand for.
    halves = [document.astype(np.float16) for document in documents]
    wide = [document.astype(np.float32) for document in halves]
    np.testing.assert_array_equal(encoder.encode_documents(halves), encoder.encode_documents(wide))
    bits = [to_bf16(document) for document in documents]
    wide = [(document.astype(np.uint32) << 16).view(np.float32) for document in bits]
    np.testing.assert_array_equal(encoder.encode_documents(bits), encoder.encode_documents(wide))
    codes, scales = zip(*(quantize_int8(document) for document in documents), strict=True)
    wide = [code.astype(np.float32) * scale[:, None] for code, scale in zip(codes, scales, strict=True)]
    np.testing.assert_array_equal(encoder.encode_documents(codes, scales=scales), encoder.encode_documents(wide))


def test_an_index_of_vectors_retrieves_documents_of_tokens() -> None:
    rng = np.random.default_rng(7)
    topics = unit(rng, 200, 64)
    lengths = rng.integers(10, 40, 600)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    # A document speaks of a few topics, a query of those of one document.
    of_documents = rng.integers(0, 200, (600, 8))
    picked = np.concatenate([rng.choice(row, length) for row, length in zip(of_documents, lengths, strict=True)])
    values = topics[picked] + 0.06 * rng.standard_normal((offsets[-1], 64))
    values = (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)
    encoder = FixedDimensionalEncoder(64)
    index = ExactDenseIndex(encoder.encoded_dim, "dot")
    index.add_batch(range(600), encoder.encode_documents(values, offsets))
    found = exact_found = 0
    for _ in range(20):
        document = rng.integers(0, 600)
        rows = rng.integers(offsets[document], offsets[document + 1], 16)
        query = values[rows] + (0.05 * rng.standard_normal((16, 64))).astype(np.float32)
        exact = maxsim_batch(query, values, offsets)
        best = set(np.argsort(-exact, kind="stable")[:10].tolist())
        candidates = [int(position) for position, _ in index.search(encoder.encode_query(query), k=100)]
        rescored = sorted(candidates, key=lambda position: (-exact[position], position))[:10]
        found += len(best & set(rescored))
        exact_found += rescored[0] == exact.argmax()
    assert exact_found == 20
    # Measured: 0.95; a choice of 100 of 600 at random would come to 0.17.
    assert found / 200 > 0.9


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="simhash_bits: expected at most 16, got 20"):
        FixedDimensionalEncoder(32, simhash_bits=20)
    with pytest.raises(InvalidInputError, match="projection_dim: expected from 1 to the tokens' dim 8, got 16"):
        FixedDimensionalEncoder(8)
    with pytest.raises(ShapeError, match="got dim 0"):
        FixedDimensionalEncoder(0)
    planes = np.ones((2, 4, 3), dtype=np.float32)
    with pytest.raises(ShapeError, match=r"projections: expected shape \(2, 4, projection_dim\)"):
        FixedDimensionalEncoder.from_arrays(planes, np.ones((1, 4, 3), dtype=np.float32))
    with pytest.raises(DtypeError, match="hyperplanes: expected float32, got float64"):
        FixedDimensionalEncoder.from_arrays(planes.astype(np.float64))
    encoder = FixedDimensionalEncoder(4, projection_dim=None)
    with pytest.raises(ShapeError, match="query_tokens: expected dim 4, got 3"):
        encoder.encode_query(np.ones((2, 3), dtype=np.float32))
    with pytest.raises(ShapeError, match="expected at least one token"):
        encoder.encode_document(np.ones((0, 4), dtype=np.float32))
    with pytest.raises(ShapeError, match="document 1"):
        encoder.encode_documents(np.ones((2, 4), dtype=np.float32), np.array([0, 2, 2]))
    with pytest.raises(InvalidInputError, match=r"document 0.*finite"):
        encoder.encode_documents(np.full((2, 4), np.nan, dtype=np.float32), np.array([0, 2]))
    with pytest.raises(ShapeError, match="a: expected dim"):
        encoder.score(np.ones(3, dtype=np.float32), np.ones(3, dtype=np.float32))
    assert encoder.encode_documents(np.ones((0, 4), dtype=np.float32), np.array([0])).shape == (0, encoder.encoded_dim)
