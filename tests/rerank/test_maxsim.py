from __future__ import annotations

import os
import subprocess
import sys
import threading
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rank_rerank
from rank_rerank import (
    DtypeError,
    DuplicateIdError,
    InvalidInputError,
    ShapeError,
    colbert_rank,
    maxsim_batch,
    maxsim_cosine,
)
from rank_rerank import maxsim as maxsim_of

if TYPE_CHECKING:
    from collections.abc import Callable


def oracle(query: np.ndarray, document: np.ndarray) -> float:
    return float((query.astype(np.float64) @ document.astype(np.float64).T).max(axis=1).sum())


def tokens(rng: np.random.Generator, count: int, dim: int) -> np.ndarray:
    return rng.standard_normal((count, dim)).astype(np.float32)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 40),
    st.lists(st.integers(1, 40), max_size=8),
    st.integers(1, 140),
)
def test_all_forms_equal_the_oracle(start: int, query_length: int, lengths: list[int], dim: int) -> None:
    rng = np.random.default_rng(start)
    query = tokens(rng, query_length, dim)
    documents = [tokens(rng, length, dim) for length in lengths]
    expected = [oracle(query, document) for document in documents]
    offsets = np.cumsum([0, *lengths], dtype=np.int64)
    values = np.concatenate(documents) if documents else np.zeros((0, dim), dtype=np.float32)

    flat = maxsim_batch(query, values, offsets)
    assert flat.dtype == np.float32
    assert flat.shape == (len(lengths),)
    np.testing.assert_allclose(flat, expected, rtol=1e-5, atol=1e-4 * query_length)
    np.testing.assert_array_equal(maxsim_batch(query, documents), flat)
    assert [maxsim_of(query, document) for document in documents] == flat.tolist()

    ranked = sorted(enumerate(flat.tolist()), key=lambda pair: (-pair[1], pair[0]))
    assert colbert_rank(query, list(enumerate(documents))) == ranked
    assert colbert_rank(query, dict(enumerate(documents))) == ranked
    lists: list[Any] = [list(pair) for pair in enumerate(documents)]
    assert colbert_rank(query, lists) == ranked


def test_cosine() -> None:
    rng = np.random.default_rng(7)
    query, document = tokens(rng, 5, 12), tokens(rng, 9, 12)
    expected = oracle(
        query / np.linalg.norm(query, axis=1, keepdims=True), document / np.linalg.norm(document, axis=1, keepdims=True)
    )
    assert maxsim_cosine(query, document) == pytest.approx(expected, rel=1e-6)


def test_ties_are_broken_by_id() -> None:
    one = np.ones((1, 2), dtype=np.float32)
    mixed: list[tuple[Any, np.ndarray]] = [("b", one), (10, one), ("a", one), (9, one), ("c", one * 2)]
    ranked = colbert_rank(one, mixed)
    assert ranked == [("c", 4.0), (9, 2.0), (10, 2.0), ("a", 2.0), ("b", 2.0)]


def test_nothing_to_rank() -> None:
    one = np.ones((1, 2), dtype=np.float32)
    assert colbert_rank(one, []) == []
    assert maxsim_batch(one, []).shape == (0,)
    assert maxsim_batch(one, np.zeros((0, 2), dtype=np.float32), np.zeros(1, dtype=np.int64)).shape == (0,)


GOOD = np.ones((2, 3), dtype=np.float32)
BAD_TOKENS = [
    ([[1.0]], DtypeError, "{}: expected a numpy array of float32, got list; pass numpy.asarray"),
    (GOOD.astype(np.float64), DtypeError, "{0}: expected float32, got float64; pass {0}.astype(numpy.float32)"),
    (GOOD[0], ShapeError, "{}: expected an array of shape (tokens, dim), got shape [3]; reshape it"),
    (np.asfortranarray(GOOD), ShapeError, "{}: expected a C-contiguous array, got one with other strides; pass"),
    (np.ones((2, 6), dtype=np.float32)[:, ::2], ShapeError, "{}: expected a C-contiguous array, got one with other"),
    (GOOD[:0], ShapeError, "{}: expected at least one token, got none; leave out what has no tokens"),
    (GOOD[:, :0].copy(), ShapeError, "{}: expected tokens of at least one component, got dim 0; pass the encoder's"),
    (
        np.array([[1, 1, 1], [1, np.nan, 1]], dtype=np.float32),
        InvalidInputError,
        "{}: expected finite components, got NaN in token 1; repair the encoder's output",
    ),
    (
        np.array([[-np.inf, 1, 1]], dtype=np.float32),
        InvalidInputError,
        "{}: expected finite components, got -inf in token 0; repair the encoder's output",
    ),
]


@pytest.mark.parametrize(("bad", "error", "message"), BAD_TOKENS)
def test_bad_tokens_are_refused_by_name(bad: np.ndarray, error: type[Exception], message: str) -> None:
    def refusal(*arguments: object, function: Callable[..., object]) -> str:
        with pytest.raises(error) as caught:
            function(*arguments)
        return str(caught.value)

    for function in (maxsim_of, maxsim_cosine):
        assert refusal(bad, GOOD, function=function).startswith(message.format("query_tokens"))
        assert refusal(GOOD, bad, function=function).startswith(message.format("doc_tokens"))
    assert refusal(bad, [("a", GOOD)], function=colbert_rank).startswith(message.format("query_tokens"))
    candidates = [("a", GOOD), ("b", bad)]
    assert refusal(bad, [GOOD], function=maxsim_batch).startswith(message.format("query_tokens"))
    listed = refusal(GOOD, [GOOD, bad], function=maxsim_batch)
    message = message.replace(
        "float32, got", "float32, float16, uint16 (bfloat16 bits), int8 or uint8 (sign bits), got"
    )
    # Documents may be of more types than queries.
    assert refusal(GOOD, candidates, function=colbert_rank).startswith(message.format("candidates[1]"))
    assert listed.startswith((message.format("values[1]"), message.format("values (document 1)")))


def test_unequal_dims_are_refused_by_name() -> None:
    long = np.ones((1, 4), dtype=np.float32)
    calls: list[tuple[str, Callable[[], object]]] = [
        ("doc_tokens", lambda: maxsim_of(GOOD, long)),
        ("doc_tokens", lambda: maxsim_cosine(GOOD, long)),
        ("candidates[1]", lambda: colbert_rank(GOOD, [("a", GOOD), ("b", long)])),
        ("values (document 1)", lambda: maxsim_batch(GOOD, [GOOD, long])),
        ("values", lambda: maxsim_batch(GOOD, long, np.array([0, 1]))),
    ]
    for argument, call in calls:
        with pytest.raises(ShapeError) as caught:
            call()
        expected = f"{argument}: expected dim 3, got 4; encode query and documents with the same model"
        assert str(caught.value) == expected


def test_bad_candidates_are_refused() -> None:
    with pytest.raises(DuplicateIdError, match=r"^candidates\[2\]: expected each id once, got that of candidate 0"):
        colbert_rank(GOOD, [("a", GOOD), ("b", GOOD), ("a", GOOD)])
    with pytest.raises(DtypeError, match=r"^candidates: expected \(id, tokens\) pairs, got str"):
        colbert_rank(GOOD, "ab")  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"^candidates: expected \(id, tokens\) pairs, got int"):
        colbert_rank(GOOD, 3)  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"^candidates\[0\]: expected an \(id, tokens\) pair, got int"):
        colbert_rank(GOOD, [3])  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"^candidates\[0\]: expected an id of type str or int, got float"):
        colbert_rank(GOOD, [(0.5, GOOD)])  # type: ignore[type-var]


def test_bad_batches_are_refused() -> None:
    for offsets in ([0, 1], [1, 2], [0, 3, 2], [0, 2, 3], []):
        with pytest.raises(InvalidInputError, match=r"^offsets: expected ascending row numbers from 0 to 2, got "):
            maxsim_batch(GOOD, GOOD, np.array(offsets, dtype=np.int64))
    with pytest.raises(DtypeError, match=r"^offsets: expected int64, got int32"):
        maxsim_batch(GOOD, GOOD, np.array([0, 2], dtype=np.int32))
    with pytest.raises(ShapeError, match=r"^values \(document 1\): expected at least one token, got none"):
        maxsim_batch(GOOD, GOOD, np.array([0, 1, 1, 2]))
    with pytest.raises(DtypeError, match=r"^values: expected a list of arrays, or an array with offsets, got int"):
        maxsim_batch(GOOD, 3)  # type: ignore[arg-type]
    huge = np.full((1, 3), 1e30, dtype=np.float32)
    with pytest.raises(InvalidInputError, match=r"^values \(document 0\): expected scores within the range of f32"):
        maxsim_batch(huge, [huge])
    zero = np.zeros((1, 3), dtype=np.float32)
    with pytest.raises(InvalidInputError, match=r"^doc_tokens: expected tokens with a direction, got all zeros in tok"):
        maxsim_cosine(GOOD, zero)
    assert maxsim_of(GOOD, zero) == 0.0


def test_documents_are_not_copied() -> None:
    values = np.ones((200_000, 32), dtype=np.float32)
    offsets = np.arange(0, 200_001, 100)
    parts = [values[start : start + 100] for start in offsets[:-1]]
    pairs = list(enumerate(parts))
    query = np.ones((8, 32), dtype=np.float32)
    for call in (
        lambda: maxsim_batch(query, values, offsets),
        lambda: maxsim_batch(query, parts),
        lambda: colbert_rank(query, pairs),
    ):
        tracemalloc.start()
        call()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < values.nbytes / 20


def test_other_threads_run_meanwhile() -> None:
    values = np.ones((400_000, 64), dtype=np.float32)
    offsets = np.arange(0, 400_001, 400)
    query = np.ones((32, 64), dtype=np.float32)
    done = threading.Event()
    turns = 0

    def count() -> None:
        nonlocal turns
        while not done.is_set():
            turns += 1

    other = threading.Thread(target=count)
    other.start()
    before = turns
    maxsim_batch(query, values, offsets)
    during = turns - before
    done.set()
    other.join()
    assert during > 0


@pytest.mark.parametrize("isa", ["scalar", "amx512"])
def test_a_level_can_be_forced_and_is_loud_when_it_cannot_be_had(isa: str) -> None:
    program = (
        "import numpy as np, rank_rerank; one = np.ones((1, 2), dtype=np.float32); print(rank_rerank.maxsim(one, one))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {"RANK_ISA": isa}, capture_output=True, text=True, check=False
    )
    if isa == "scalar":
        assert done.stdout == "2.0\n"
    else:
        assert "BackendError: RANK_ISA: expected one of scalar" in done.stderr


def test_the_classes_are_what_their_users_expect() -> None:
    assert issubclass(ShapeError, ValueError)
    assert issubclass(DuplicateIdError, ValueError)
    assert issubclass(DtypeError, TypeError)
    assert issubclass(rank_rerank.BackendError, RuntimeError)
