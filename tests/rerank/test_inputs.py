"""Arrays of NumPy, torch, DLPack, buffers and Arrow: read without a copy, or refused with the cure."""

from __future__ import annotations

import array
import tracemalloc
from typing import Any

import ml_dtypes
import numpy as np
import pyarrow as pa
import pytest
import torch

from rank_rerank import (
    DtypeError,
    FixedDimensionalEncoder,
    InvalidInputError,
    PlaidIndex,
    ResidualCodec,
    ShapeError,
    TokenStore,
    colbert_alignments,
    colbert_rank,
    dpp,
    facility_location,
    matryoshka_refine,
    max_sum,
    maxsim,
    maxsim_batch,
    maxsim_matrix,
    maxsim_top_k,
    mmr,
    patches_to_regions,
    pool_tokens,
    quantize_binary,
    quantize_int8,
    to_bf16,
)

RNG = np.random.default_rng(5)
QUERY = RNG.standard_normal((4, 8)).astype(np.float32)
VALUES = RNG.standard_normal((9, 8)).astype(np.float32)
OFFSETS = np.array([0, 2, 5, 9])
EXPECTED = maxsim_batch(QUERY, VALUES, OFFSETS)


class Dlpack:
    """Speaks DLPack and nothing else."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def __dlpack__(self, **keywords: Any) -> object:  # noqa: ANN401
        return self.values.__dlpack__(**keywords)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.values.__dlpack_device__()


class Interface:
    """Speaks NumPy's array interface."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values
        self.__array_interface__ = values.__array_interface__


def arrow(values: np.ndarray, kind: Any = None) -> pa.Array:  # noqa: ANN401
    flat = pa.array(values.ravel(), kind)
    return pa.FixedSizeListArray.from_arrays(flat, values.shape[1])


@pytest.mark.parametrize("kind", [torch.from_numpy, Dlpack, Interface, memoryview, arrow])
def test_every_library(kind: Any) -> None:  # noqa: ANN401
    query, values = kind(QUERY), kind(VALUES)
    np.testing.assert_array_equal(maxsim_batch(query, values, OFFSETS), EXPECTED)
    assert maxsim(query, kind(VALUES[:2].copy())) == EXPECTED[0]
    parts = [kind(VALUES[start:end].copy()) for start, end in ((0, 2), (2, 5), (5, 9))]
    np.testing.assert_array_equal(maxsim_batch(QUERY, parts), EXPECTED)
    np.testing.assert_array_equal(maxsim_matrix([query], parts)[0], EXPECTED)
    assert dict(colbert_rank(query, list(enumerate(parts)))) == dict(enumerate(EXPECTED.tolist()))
    list_of_nine = [(number, 1.0) for number in range(9)]
    for select in (mmr, dpp, max_sum, facility_location):
        assert select(list_of_nine, values) == select(list_of_nine, VALUES)
    np.testing.assert_array_equal(pool_tokens(values), pool_tokens(VALUES))


@pytest.mark.parametrize("kind", [torch.from_numpy, Dlpack, Interface, memoryview])
def test_what_is_made_of_arrays(kind: Any) -> None:  # noqa: ANN401
    values = kind(VALUES)
    np.testing.assert_array_equal(quantize_binary(values), quantize_binary(VALUES))
    np.testing.assert_array_equal(quantize_int8(values)[0], quantize_int8(VALUES)[0])
    np.testing.assert_array_equal(to_bf16(values), to_bf16(VALUES))
    codec = ResidualCodec.train(values, centroids=4)
    codes = codec.encode(values)
    np.testing.assert_array_equal(codes[1], codec.encode(VALUES)[1])
    centroids, packed, scales = (kind(part) for part in codes)
    np.testing.assert_array_equal(codec.decode(centroids, packed, scales), codec.decode(*codes))
    scores = codec.maxsim(kind(QUERY), centroids, packed, scales, kind(OFFSETS))
    np.testing.assert_array_equal(scores, codec.maxsim(QUERY, *codes, OFFSETS))
    encoder = FixedDimensionalEncoder(8, projection_dim=4)
    query, document = encoder.encode_query(kind(QUERY)), encoder.encode_document(values)
    assert encoder.score(kind(query), kind(document)) == encoder.score(query, document)
    first = [("a", 1.0)]
    assert matryoshka_refine(first, kind(QUERY[0]), {"a": kind(VALUES[0])}, 4) == matryoshka_refine(
        first, QUERY[0], {"a": VALUES[0]}, 4
    )


def test_torch_types() -> None:
    tensor: Any = torch.from_numpy(VALUES)
    offsets: Any = torch.from_numpy(OFFSETS)
    rounded = maxsim_batch(QUERY, to_bf16(VALUES), OFFSETS)
    np.testing.assert_array_equal(maxsim_batch(QUERY, tensor.bfloat16(), offsets), rounded)
    np.testing.assert_array_equal(maxsim_batch(QUERY, VALUES.astype(ml_dtypes.bfloat16), OFFSETS), rounded)
    half = maxsim_batch(QUERY, VALUES.astype(np.float16), OFFSETS)
    np.testing.assert_array_equal(maxsim_batch(QUERY, tensor.half(), OFFSETS), half)
    codes, scales = quantize_int8(VALUES)
    eight = maxsim_batch(QUERY, codes, OFFSETS, scales=scales)
    eight_bits: Any = torch.from_numpy(codes)
    keywords: dict[str, Any] = {"scales": torch.from_numpy(scales)}
    np.testing.assert_array_equal(maxsim_batch(QUERY, eight_bits, OFFSETS, **keywords), eight)
    weights = torch.ones(4)
    keywords = {"weights": weights, "mask": torch.ones((3, 3), dtype=torch.bool)}
    parameter: Any = torch.nn.Parameter(tensor.reshape(3, 3, 8))
    padded = maxsim_batch(QUERY, parameter, **keywords)
    np.testing.assert_array_equal(padded, maxsim_batch(QUERY, VALUES, np.array([0, 3, 6, 9])))
    with pytest.raises(DtypeError, match=r"query_tokens: expected float32, got float64; pass query_tokens\.astype"):
        maxsim(torch.from_numpy(QUERY).double(), VALUES)  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="query_tokens: expected a C-contiguous array"):
        maxsim(torch.from_numpy(QUERY).T, VALUES)  # type: ignore[arg-type]
    with pytest.raises(
        DtypeError, match=r"doc_tokens: expected a tensor on the CPU, got one on meta; pass doc_tokens\.cpu"
    ):
        maxsim(QUERY, torch.ones((2, 8), device="meta"))  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match="doc_tokens: expected a dense tensor"):
        maxsim(QUERY, torch.ones((2, 8)).to_sparse())  # type: ignore[arg-type]


def test_arrow_types() -> None:
    lists = pa.LargeListArray.from_arrays(OFFSETS, arrow(VALUES))
    np.testing.assert_array_equal(maxsim_batch(QUERY, lists), EXPECTED)
    np.testing.assert_array_equal(maxsim_batch(QUERY, lists.slice(1)), EXPECTED[1:])
    chunks = pa.chunked_array([lists.slice(2, 1), lists.slice(0, 1)])
    np.testing.assert_array_equal(maxsim_batch(QUERY, chunks), EXPECTED[[2, 0]])
    loose = pa.array([VALUES[:2].tolist()], pa.list_(pa.list_(pa.float32())))
    np.testing.assert_array_equal(maxsim_batch(QUERY, loose), EXPECTED[:1])
    assert maxsim(arrow(QUERY).slice(1), VALUES) == maxsim(QUERY[1:].copy(), VALUES)
    bits = maxsim_batch(QUERY, to_bf16(VALUES), OFFSETS)
    np.testing.assert_array_equal(maxsim_batch(QUERY, arrow(to_bf16(VALUES)), OFFSETS), bits)
    half = VALUES.astype(np.float16)
    np.testing.assert_array_equal(maxsim_batch(QUERY, arrow(half), OFFSETS), maxsim_batch(QUERY, half, OFFSETS))
    codes, scales = quantize_int8(VALUES)
    eight = maxsim_batch(QUERY, codes, OFFSETS, scales=scales)
    np.testing.assert_array_equal(maxsim_batch(QUERY, arrow(codes), OFFSETS, scales=scales), eight)
    with pytest.raises(DtypeError, match="query_tokens: expected float32, got another type"):
        maxsim(arrow(half), VALUES)
    with pytest.raises(DtypeError, match="doc_tokens: expected tokens as FixedSizeList of float32"):
        maxsim(QUERY, pa.array([1.0]))
    with pytest.raises(ShapeError, match="doc_tokens: expected an array in one piece, got 2 chunks"):
        maxsim(QUERY, pa.chunked_array([arrow(VALUES), arrow(VALUES)]))
    with pytest.raises(DtypeError, match="values: expected a list of tokens for each document"):
        maxsim_batch(QUERY, pa.array(["a"]))
    with pytest.raises(InvalidInputError, match="values: expected a value everywhere, got null"):
        maxsim_batch(QUERY, pa.array([None], lists.type))


def test_what_is_no_array() -> None:
    for wrong in ("text", 3, None, [[1.0]]):
        with pytest.raises(DtypeError, match="doc_tokens: expected a numpy array"):
            maxsim(QUERY, wrong)  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match=r"doc_tokens: expected an array of shape \(tokens, dim\)"):
        maxsim(QUERY, array.array("f", [1.0]))  # type: ignore[arg-type]

    class Broken:
        def __dlpack__(self, **_: object) -> object:
            raise BufferError("gone")

        def __dlpack_device__(self) -> tuple[int, int]:
            return (1, 0)

    with pytest.raises(
        DtypeError, match=r'doc_tokens: expected an array in memory that NumPy can view.*"BufferError: gone'
    ):
        maxsim(QUERY, Broken())  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"candidates\[0\]: expected float32, float16 or bfloat16, got int8 without"):
        colbert_rank(QUERY, [("a", quantize_int8(VALUES)[0])])
    with pytest.raises(InvalidInputError, match="scales: expected a scale for each token"):
        colbert_alignments(QUERY, quantize_int8(VALUES)[0])


def test_nothing_is_copied() -> None:
    values = np.ones((40_000, 128), dtype=np.float32)
    query = np.ones((4, 128), dtype=np.float32)
    offsets = np.arange(0, 40_001, 100)
    lists = pa.LargeListArray.from_arrays(offsets, arrow(values))
    bf16 = torch.from_numpy(values).bfloat16()
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    try:
        for documents in (torch.from_numpy(values), bf16, Dlpack(values), Interface(values)):
            maxsim_batch(query, documents, offsets)  # type: ignore[arg-type]
        maxsim_batch(query, lists)
        assert tracemalloc.get_traced_memory()[1] < values.nbytes // 20
    finally:
        tracemalloc.stop()
    assert pa.total_allocated_bytes() == before


CODEC = ResidualCodec.train(VALUES, centroids=4)
INDEX = PlaidIndex(CODEC)
INDEX.add(["a", "b", "c"], VALUES, OFFSETS)


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("k", lambda wrong: maxsim_top_k(QUERY, VALUES, OFFSETS, k=wrong)),
        ("k", lambda wrong: INDEX.search(QUERY, wrong)),
        ("nprobe", lambda wrong: INDEX.search(QUERY, nprobe=wrong)),
        ("candidates", lambda wrong: INDEX.search_batch([QUERY], candidates=wrong)),
        ("rescored", lambda wrong: INDEX.search_batch([QUERY], rescored=wrong)),
        ("threads", lambda wrong: maxsim_batch(QUERY, VALUES, OFFSETS, threads=wrong)),
        ("threads", lambda wrong: maxsim_matrix([QUERY], VALUES, OFFSETS, threads=wrong)),
        ("threads", lambda wrong: CODEC.encode(VALUES, threads=wrong)),
        ("bits", lambda wrong: ResidualCodec.train(VALUES, bits=wrong)),
        ("centroids", lambda wrong: PlaidIndex.build(["a"], [VALUES], centroids=wrong)),
        ("iterations", lambda wrong: PlaidIndex.build(["a"], [VALUES], iterations=wrong)),
        ("seed", lambda wrong: ResidualCodec.train(VALUES, seed=wrong)),
        ("dim", TokenStore),
        ("head_dims", lambda wrong: TokenStore(8).prefix(wrong)),
        ("protected", lambda wrong: pool_tokens(VALUES, protected=wrong)),
        ("repetitions", lambda wrong: FixedDimensionalEncoder(8, repetitions=wrong)),
        ("width", lambda wrong: patches_to_regions([0], wrong, 8, 2)),
    ],
)
def test_numbers_of_things(argument: str, call: Any) -> None:  # noqa: ANN401
    with pytest.raises(InvalidInputError, match=f"^{argument}: expected at least 0, got -1; pass no negative number"):
        call(-1)
    with pytest.raises(InvalidInputError, match=f"^{argument}: expected a number of 64 bits, got 2{'0' * 30}"):
        call(2 * 10**30)
    with pytest.raises(DtypeError, match=f"^{argument}: expected a whole number, got str; convert it"):
        call("two")


def test_what_they_are_called() -> None:
    assert repr(CODEC) == "ResidualCodec(dim=8, bits=4, centroids=4)"
    assert repr(INDEX) == "PlaidIndex(documents=3, tokens=9, dim=8)"
