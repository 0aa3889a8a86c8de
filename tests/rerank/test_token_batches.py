"""Documents of every dtype and layout, on any number of threads, against NumPy in float64."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rank_rerank import (
    DtypeError,
    InvalidInputError,
    ShapeError,
    maxsim_batch,
    maxsim_cosine,
    maxsim_matrix,
    maxsim_top_k,
    quantize_binary,
    quantize_int8,
    to_bf16,
)


def unit(rng: np.random.Generator, count: int, dim: int) -> np.ndarray:
    rows = rng.standard_normal((count, dim))
    directions: np.ndarray = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return directions


def exact(query: np.ndarray, document: np.ndarray, weights: np.ndarray | None = None) -> float:
    maxima = (query.astype(np.float64) @ document.astype(np.float64).T).max(axis=1)
    return float((maxima if weights is None else maxima * weights).sum())


def stored(kind: str, values: np.ndarray) -> tuple[np.ndarray, dict[str, Any]]:
    if kind == "int8":
        codes, scales = quantize_int8(values)
        return codes, {"scales": scales}
    if kind == "bf16":
        return to_bf16(values), {}
    return values.astype(kind), {}


KINDS = ["float32", "float16", "bf16", "int8"]
TOLERANCE = {"float32": 1e-5, "float16": 2e-3, "bf16": 1e-2, "int8": 2e-2}


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(KINDS),
    st.tuples(st.integers(1, 40), st.integers(1, 140)),
    st.lists(st.integers(1, 40), min_size=1, max_size=8),
    st.integers(0, 4),
)
def test_every_dtype_and_layout(
    start: int, kind: str, shape: tuple[int, int], lengths: list[int], threads: int
) -> None:
    tokens, dim = shape
    rng = np.random.default_rng(start)
    query, documents = unit(rng, tokens, dim), [unit(rng, length, dim) for length in lengths]
    weights = rng.standard_normal(tokens).astype(np.float32)
    offsets = np.cumsum([0, *lengths], dtype=np.int64)
    values, keywords = stored(kind, np.concatenate(documents))

    scores = maxsim_batch(query, values, offsets, weights=weights, **keywords)
    expected = [exact(query, document, weights) for document in documents]
    np.testing.assert_allclose(scores, expected, atol=TOLERANCE[kind] * np.abs(weights).sum())
    again = maxsim_batch(query, values, offsets, weights=weights, threads=threads, **keywords)
    np.testing.assert_array_equal(again, scores)

    # One array for each document.
    parts = [values[start:end] for start, end in itertools.pairwise(offsets)]
    if kind == "int8":
        scales = keywords["scales"]
        split = [scales[start:end] for start, end in itertools.pairwise(offsets)]
        listed = maxsim_batch(query, parts, scales=split, weights=weights)
    else:
        listed = maxsim_batch(query, parts, weights=weights)
    np.testing.assert_array_equal(listed, scores)

    # Padded: behind, before, and in between.
    longest = max(lengths) + 2
    for layout in range(3):
        mask = np.zeros((len(lengths), longest), dtype=np.bool_)
        for row, length in zip(mask, lengths, strict=True):
            where = [np.arange(length), np.arange(longest - length, longest), rng.permutation(longest)[:length]][layout]
            row[where] = True
        padded = np.ones((*mask.shape, dim), dtype=values.dtype)
        padded[mask] = values
        masked = dict(keywords)
        if kind == "int8":
            masked["scales"] = np.ones(mask.shape, dtype=np.float32)
            masked["scales"][mask] = keywords["scales"]
        np.testing.assert_array_equal(maxsim_batch(query, padded, mask=mask, weights=weights, **masked), scores)

    k = len(lengths) // 2 + 1
    order = sorted(range(len(lengths)), key=lambda position: (-scores[position], position))[:k]
    positions, best = maxsim_top_k(query, values, offsets, k=k, weights=weights, threads=threads, **keywords)
    assert positions.tolist() == order
    np.testing.assert_array_equal(best, scores[order])

    queries = [query, unit(rng, 3, dim)]
    matrix = maxsim_matrix(queries, values, offsets, threads=threads, **keywords)
    for row, each in zip(matrix, queries, strict=True):
        np.testing.assert_array_equal(row, maxsim_batch(each, values, offsets, **keywords))


@pytest.mark.parametrize("kind", KINDS)
def test_errors_at_the_size_of_a_reranking(kind: str) -> None:
    """32 query tokens, 20 documents of 300 tokens, dim 128: what the documentation says of rounding."""
    rng = np.random.default_rng(5)
    topics = unit(rng, 64, 128)
    near = topics[rng.integers(0, 64, 6032)] + 0.3 * unit(rng, 6032, 128)
    near = (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)
    query, documents = near[:32], near[32:]
    values, keywords = stored(kind, documents)
    offsets = np.arange(0, 6001, 300, dtype=np.int64)
    scores = maxsim_batch(query, values, offsets, **keywords)
    expected = np.array([exact(query, part) for part in np.split(documents, 20)])
    bound = {"float32": 1e-6, "float16": 3e-4, "bf16": 5e-4, "int8": 1.5e-3}[kind]
    assert np.abs(scores / expected - 1).max() < bound
    if kind == "float32":
        rounded = maxsim_batch(query, values, offsets, precision="bf16")
        assert 0 < np.abs(rounded / expected - 1).max() < 5e-4
        np.testing.assert_array_equal(rounded, maxsim_batch(query, to_bf16(values), offsets))


def test_a_torch_tensor_of_bfloat16_without_a_copy() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(6)
    query, values = unit(rng, 4, 16), unit(rng, 10, 16)
    tensor = torch.from_numpy(values).bfloat16()
    bits = tensor.view(torch.uint16).numpy()
    assert bits.ctypes.data == tensor.data_ptr()
    np.testing.assert_array_equal(bits, to_bf16(values))
    offsets = np.array([0, 10])
    np.testing.assert_array_equal(
        maxsim_batch(query, bits, offsets), maxsim_batch(query, values, offsets, precision="bf16")
    )


@pytest.mark.parametrize("kind", KINDS)
def test_cosine(kind: str) -> None:
    rng = np.random.default_rng(7)
    query, values = (rng.standard_normal((count, 24)).astype(np.float32) for count in (5, 12))
    held, keywords = stored(kind, values)
    scores = maxsim_batch(query, held, np.array([0, 7, 12]), cosine=True, **keywords)
    expected = [maxsim_cosine(query, values[:7]), maxsim_cosine(query, values[7:])]
    np.testing.assert_allclose(scores, expected, atol=5 * TOLERANCE[kind])
    matrix = maxsim_matrix([query], held, np.array([0, 7, 12]), cosine=True, **keywords)
    np.testing.assert_array_equal(matrix[0], scores)


def test_rounding_is_to_the_nearest_even() -> None:
    values = np.array([[1, 1 + 2**-8, 1 + 3 * 2**-8, -1 - 2**-8, 2**-130]], dtype=np.float32)
    wide = (to_bf16(values).astype(np.uint32) << 16).view(np.float32)
    assert wide.tolist() == [[1, 1, 1 + 2**-6, -1, 2**-130]]
    codes, scales = quantize_int8(np.array([[127, 0.5, 1.5, -2.5], [0, 0, 0, 0]], dtype=np.float32))
    assert codes.tolist() == [[127, 0, 2, -2], [0, 0, 0, 0]]
    # 127² + 0.5² + 1.5² + 2.5² over 127² + 2 * 1.5 + 2 * 2.5.
    assert scales.tolist() == pytest.approx([16137.75 / 16137, 0.0], rel=1e-7)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.sampled_from([8, 64, 72, 128]), st.sampled_from([1, 3]))
def test_sign_bits(start: int, tokens: int, dim: int, threads: int) -> None:
    rng = np.random.default_rng(start)
    query, values = (rng.standard_normal((rows, dim)).astype(np.float32) for rows in (tokens, 60))
    bits, offsets = quantize_binary(values), np.array([0, 17, 18, 60])
    np.testing.assert_array_equal(bits, np.packbits(values > 0, axis=1))
    signs = np.where(values > 0, np.float32(1), np.float32(-1))
    # Signs are codes of scale 1, so that the scores are the same bits.
    asymmetric = maxsim_batch(query, bits, offsets, threads=threads)
    ones, codes = np.ones(60, dtype=np.float32), signs.astype(np.int8)
    np.testing.assert_array_equal(asymmetric, maxsim_batch(query, codes, offsets, scales=ones))
    symmetric = maxsim_batch(query, bits, offsets, precision="signs", threads=threads)
    np.testing.assert_array_equal(symmetric, maxsim_batch(np.sign(query), signs, offsets))
    parts = [bits[:17], bits[17:18], bits[18:]]
    np.testing.assert_array_equal(maxsim_batch(query, parts, threads=threads), asymmetric)
    np.testing.assert_array_equal(maxsim_matrix([query, query], bits, offsets)[1], asymmetric)
    positions, scores = maxsim_top_k(query, bits, offsets, k=1)
    assert scores[0] == asymmetric.max() == asymmetric[positions[0]]
    padded, mask = np.zeros((2, 20, dim // 8), dtype=np.uint8), np.zeros((2, 20), dtype=np.bool_)
    mask[0, ::2], mask[1, 3:] = True, True
    padded[0, ::2], padded[1, 3:] = bits[:10], bits[10:27]
    np.testing.assert_array_equal(
        maxsim_batch(query, padded, mask=mask), maxsim_batch(query, bits[:27], np.array([0, 10, 27]))
    )
    rows = [signs[:17], signs[17:18], signs[18:]]
    cosine = maxsim_batch(query, bits, offsets, cosine=True)
    np.testing.assert_allclose(cosine, [maxsim_cosine(query, part) for part in rows], atol=3e-2 * tokens)
    cosine = maxsim_batch(query, bits, offsets, cosine=True, precision="signs")
    expected = [maxsim_cosine(np.sign(query), part) for part in rows]
    np.testing.assert_allclose(cosine, expected, atol=1e-5 * tokens)


QUERY = np.ones((2, 3), dtype=np.float32)
VALUES = np.ones((4, 3), dtype=np.float32)
OFFSETS = np.array([0, 4])
CODES = np.ones((4, 3), dtype=np.int8)
MASK = np.ones((1, 4), dtype=np.bool_)


@pytest.mark.parametrize(
    ("arguments", "keywords", "error", "message"),
    [
        ((VALUES.astype(np.float64), OFFSETS), {}, DtypeError, r"values: expected float32, float16, uint16 .*float64"),
        (([[1.0]], OFFSETS), {}, DtypeError, "values: expected a numpy array of float32"),
        ((CODES, OFFSETS), {}, InvalidInputError, "scales: expected a scale for each token of int8 values, got none"),
        ((VALUES, OFFSETS), {"scales": np.ones(4, np.float32)}, InvalidInputError, "scales: expected none beside"),
        ((CODES, OFFSETS), {"scales": np.ones(3, np.float32)}, InvalidInputError, "scales: expected 4, one for each"),
        ((CODES, OFFSETS), {"scales": np.ones(4)}, DtypeError, "scales: expected float32, got float64"),
        (([CODES], None), {"scales": []}, ShapeError, "scales: expected 1 arrays, one for each document, got 0"),
        (([VALUES, VALUES[:, :2].copy()], None), {}, ShapeError, r"values \(document 1\): expected dim 3, got 2"),
        ((VALUES[None], OFFSETS), {"mask": MASK}, InvalidInputError, "mask: expected no offsets beside it"),
        ((VALUES, None), {"mask": MASK}, ShapeError, r"values: expected an array of shape \(documents, tokens, dim\)"),
        ((VALUES[None], None), {"mask": MASK[:, :3].copy()}, ShapeError, r"mask: expected shape \[1, 4\], .*\[1, 3\]"),
        ((VALUES[None], None), {"mask": np.ones((1, 4))}, DtypeError, "mask: expected bool, got float64"),
        ((VALUES[None], None), {"mask": ~MASK}, ShapeError, r"values \(document 0\): expected at least one token"),
        ((VALUES[:, :0].copy(), OFFSETS), {}, ShapeError, "values: expected tokens of at least one component"),
        (
            (VALUES, OFFSETS),
            {"weights": np.ones(3, np.float32)},
            InvalidInputError,
            "weights: expected 2 finite .*got 3",
        ),
        ((VALUES, OFFSETS), {"weights": np.array([1, np.nan], np.float32)}, InvalidInputError, "weights: .*got NaN"),
        (
            (VALUES, OFFSETS),
            {"precision": "f16"},
            InvalidInputError,
            'precision: expected "bf16", "signs" or None, got',
        ),
        (
            (to_bf16(VALUES), OFFSETS),
            {"precision": "bf16"},
            InvalidInputError,
            "precision: expected none for documents stored as bf16",
        ),
        (
            (VALUES, OFFSETS),
            {"precision": "signs"},
            InvalidInputError,
            "precision: expected none for .* f32, got signs",
        ),
        ((VALUES * 0, OFFSETS), {"cosine": True}, InvalidInputError, "expected tokens with a direction"),
        (
            (VALUES * np.float32(np.nan), OFFSETS),
            {"threads": 2},
            InvalidInputError,
            r"values \(document 0\): expected fin",
        ),
        ((VALUES[:, :2].copy(), OFFSETS), {}, ShapeError, "values: expected dim 3, got 2"),
    ],
)
def test_refusals(arguments: tuple[Any, ...], keywords: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        maxsim_batch(QUERY, *arguments, **keywords)


def test_refusals_of_the_other_functions() -> None:
    with pytest.raises(DtypeError, match=r"queries\[0\]: expected float32, got float64"):
        maxsim_matrix([QUERY.astype(np.float64)], VALUES, OFFSETS)
    with pytest.raises(InvalidInputError, match="tokens: expected finite components, got NaN"):
        quantize_int8(VALUES * np.float32(np.nan))
    with pytest.raises(InvalidInputError, match="tokens: expected finite components, got NaN"):
        quantize_binary(np.full((1, 8), np.nan, dtype=np.float32))
    with pytest.raises(ShapeError, match="tokens: expected a dim that is a multiple of 8 for sign bits, got 3"):
        quantize_binary(VALUES)
    with pytest.raises(ShapeError, match="values: expected dim 3, got 8"):
        maxsim_batch(QUERY, np.zeros((4, 1), dtype=np.uint8), OFFSETS)
    with pytest.raises(InvalidInputError, match="tokens: expected finite components, got inf"):
        to_bf16(VALUES * np.float32(np.inf))
    with pytest.raises(InvalidInputError, match="k: expected at least 0, got -1; pass no negative number"):
        maxsim_top_k(QUERY, VALUES, OFFSETS, k=-1)


def test_nothing_scores_nothing() -> None:
    nothing = np.zeros((0, 3), dtype=np.float32)
    assert maxsim_batch(QUERY, nothing, np.array([0]), threads=2).shape == (0,)
    assert maxsim_matrix([QUERY], nothing, np.array([0])).shape == (1, 0)
    assert maxsim_matrix([], VALUES, OFFSETS).shape == (0, 1)
    assert maxsim_matrix([QUERY], []).shape == (1, 0)
    assert maxsim_matrix(np.stack([QUERY, QUERY]), VALUES, OFFSETS).tolist() == [[6.0], [6.0]]
    assert maxsim_top_k(QUERY, VALUES, OFFSETS, k=0)[0].shape == (0,)


FORKED = """
import os
import numpy as np
from rank_rerank import maxsim_batch
rng = np.random.default_rng(0)
query, tokens = (rng.standard_normal((rows, 16), dtype=np.float32) for rows in (4, 300))
offsets = np.arange(0, 301, 10)
before = maxsim_batch(query, tokens, offsets, threads=3)
child = os.fork()
if not child:
    os._exit(0 if np.array_equal(before, maxsim_batch(query, tokens, offsets, threads=3)) else 3)
assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_threads_survive_a_fork() -> None:
    # In a process of its own: libraries that other tests have loaded forbid forks.
    done = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
