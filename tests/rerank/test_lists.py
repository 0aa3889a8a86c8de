"""Lists of arrays: whatever memory they are in, they score as one array with offsets does."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from rank_rerank import (
    DtypeError,
    ShapeError,
    TokenStore,
    colbert_rank,
    maxsim_batch,
    quantize_binary,
    quantize_int8,
    to_bf16,
)

RNG = np.random.default_rng(11)
OFFSETS = np.array([0, 3, 3 + 40, 3 + 40 + 1, 60])
PARTS = [slice(start, end) for start, end in itertools.pairwise(OFFSETS)]
QUERY = RNG.standard_normal((5, 16)).astype(np.float32)
VALUES = RNG.standard_normal((60, 16)).astype(np.float32)

KINDS: dict[str, Any] = {
    "float32": VALUES,
    "float16": VALUES.astype(np.float16),
    "bfloat16": to_bf16(VALUES),
    "int8": quantize_int8(VALUES)[0],
    "binary": quantize_binary(VALUES),
}


def inside(values: np.ndarray, skip: int = 1) -> np.ndarray:
    """The same values within the memory of a larger array of one dimension."""
    memory = np.empty(values.size + skip, dtype=values.dtype)
    memory[skip:] = values.ravel()
    return memory[skip:].reshape(values.shape)


@pytest.mark.parametrize("kind", KINDS)
def test_every_memory(kind: str) -> None:
    values = KINDS[kind]
    scales = quantize_int8(VALUES)[1] if kind == "int8" else None
    expected = maxsim_batch(QUERY, values, OFFSETS, scales=scales)
    again, flat = values.copy(), inside(values)
    read_only = values.copy()
    read_only.flags.writeable = False
    buffer = np.frombuffer(values.tobytes(), dtype=values.dtype).reshape(values.shape)
    lists: dict[str, list[np.ndarray]] = {
        "views": [values[part] for part in PARTS],
        "copies": [values[part].copy() for part in PARTS],
        "views of what owns no memory": [flat[part] for part in PARTS],
        "views of bytes": [buffer[part] for part in PARTS],
        "read only": [read_only[part] for part in PARTS],
        "views of two in turns": [(values, again)[at % 2][part] for at, part in enumerate(PARTS)],
        "views and copies": [values[part].copy() if at % 2 else values[part] for at, part in enumerate(PARTS)],
        "copies and views": [values[part] if at % 2 else values[part].copy() for at, part in enumerate(PARTS)],
        "views of their own": [inside(values[part], at) for at, part in enumerate(PARTS)],
    }
    lists_of_scales: list[list[np.ndarray] | None] = [None]
    if scales is not None:
        lists_of_scales = [[scales[part] for part in PARTS], [scales[part].copy() for part in PARTS]]
    for name, parts in lists.items():
        for factors in lists_of_scales:
            np.testing.assert_array_equal(maxsim_batch(QUERY, parts, scales=factors), expected, err_msg=name)
            # Any order, and one array many times.
            turned = None if factors is None else factors[::-1]
            np.testing.assert_array_equal(maxsim_batch(QUERY, parts[::-1], scales=turned), expected[::-1], err_msg=name)
            many = None if factors is None else factors[:1] * 3
            np.testing.assert_array_equal(maxsim_batch(QUERY, parts[:1] * 3, scales=many), expected[[0, 0, 0]])


def test_overlapping_views() -> None:
    parts = [VALUES[start : start + 7] for start in (0, 3, 1, 53, 0)]
    expected = [maxsim_batch(QUERY, [part.copy()])[0] for part in parts]
    np.testing.assert_array_equal(maxsim_batch(QUERY, parts), expected)


def test_dtypes_in_turns() -> None:
    """Each is read as what it is; what cannot be scored together is refused, not mistaken."""
    words = to_bf16(VALUES)
    store = TokenStore(16)
    with pytest.raises(DtypeError, match=r"document 1\): expected .*got bf16"):
        store.extend([1, 2], [VALUES[:2], words[:2]])
    # The same memory, seen as two dtypes.
    codes = VALUES.view(np.float16)
    mixed: list[Any] = [[VALUES[:3], codes[:3, :].copy()], [VALUES[:3], codes[:3]]]
    for parts in mixed:
        with pytest.raises(ShapeError, match=r"document 1\): expected dim 16, got 32"):
            maxsim_batch(QUERY, parts)


@pytest.mark.parametrize("first", [VALUES[:2], VALUES[:2].copy()], ids=["view", "copy"])
def test_refusals_have_their_place(first: np.ndarray) -> None:
    wrong: list[tuple[Any, type[Exception], str]] = [
        (VALUES[:6:2], ShapeError, r"values\[1\]: expected a C-contiguous array"),
        (VALUES[:4].T, ShapeError, r"values\[1\]: expected a C-contiguous array"),
        (VALUES[0], ShapeError, r"values\[1\]: expected an array of shape \(tokens, dim\)"),
        (VALUES[:2].astype(np.float64), DtypeError, r"values\[1\]: expected float32, .*got float64"),
        (VALUES[:2].astype(">f4"), DtypeError, r"values\[1\]: expected float32, .*got >f4"),
        (
            np.frombuffer(b"\0" + VALUES[:2].tobytes(), np.uint8)[1:].view(np.float32).reshape(2, 16),
            ShapeError,
            "aligned",
        ),
        ("tokens", DtypeError, r"values\[1\]: expected a numpy array"),
    ]
    for value, error, message in wrong:
        with pytest.raises(error, match=message):
            maxsim_batch(QUERY, [first, value])


def test_pairs_and_stores() -> None:
    expected = maxsim_batch(QUERY, VALUES, OFFSETS)
    pairs = [(at, VALUES[part]) for at, part in enumerate(PARTS)]
    assert dict(colbert_rank(QUERY, pairs)) == dict(enumerate(expected))
    store = TokenStore(16)
    store.extend_from(iter(pairs))
    assert dict(store.rank(QUERY)) == dict(enumerate(expected))


def test_a_list_keeps_no_array() -> None:
    """What was read is given back: it can be written to, and its memory goes."""
    values = VALUES.copy()
    maxsim_batch(QUERY, [values[part] for part in PARTS])
    values[:] = 0
    values.resize((1, 16), refcheck=True)
    assert values.shape == (1, 16)
