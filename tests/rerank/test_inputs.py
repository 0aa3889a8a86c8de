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
    InvalidInputError,
    ShapeError,
    colbert_alignments,
    colbert_rank,
    maxsim,
    maxsim_batch,
    maxsim_matrix,
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
