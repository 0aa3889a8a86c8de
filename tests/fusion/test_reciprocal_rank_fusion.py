"""``rank_fusion.reciprocal_rank_fusion`` against a plain dict, and what it refuses."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rank_fusion import DtypeError, DuplicateIdError, InvalidInputError, RankError, reciprocal_rank_fusion

ids = st.one_of(st.integers(-5, 30), st.text(max_size=2))
lists = st.lists(st.lists(ids, unique=True, max_size=15), min_size=1, max_size=5)


def scored(names: list[int | str]) -> list[tuple[int | str, float]]:
    return [(name, -float(position // 2)) for position, name in enumerate(names)]


@given(names=lists, k=st.floats(0, 1000))
def test_equals_a_dict(names: list[list[int | str]], k: float) -> None:
    totals: dict[int | str, float] = {}
    for ranking in names:
        for rank, name in enumerate(ranking, start=1):
            totals[name] = totals.get(name, 0.0) + 1 / (k + rank)
    fused = reciprocal_rank_fusion([scored(ranking) for ranking in names], k=k)
    # Sums are made in an order that does not depend on that of the lists, so the last bit may differ.
    assert dict(fused) == pytest.approx(totals, rel=1e-14)
    # Integers before strings, strings by code point.
    assert fused == sorted(fused, key=lambda item: (-item[1], isinstance(item[0], str), item[0]))
    assert fused == reciprocal_rank_fusion([scored(ranking) for ranking in reversed(names)], k=k)


def test_rank_starts_at_one() -> None:
    assert reciprocal_rank_fusion([[("a", 9.0)]]) == [("a", 1 / 61)]
    assert reciprocal_rank_fusion([[("a", 9.0), ("b", 1.0)]], k=0) == [("a", 1.0), ("b", 0.5)]


def test_what_counts_as_a_ranked_list() -> None:
    @dataclass
    class Point:
        id: int | str
        score: float

    pairs: list[tuple[int | str, float]] = [("a", 2.0), ("b", 1.0)]
    expected = reciprocal_rank_fusion([pairs])
    assert reciprocal_rank_fusion([{"b": 1.0, "a": 2.0}]) == expected
    assert reciprocal_rank_fusion([[Point("a", 2.0), Point("b", 1.0)]]) == expected
    assert reciprocal_rank_fusion([iter(pairs)]) == expected
    assert reciprocal_rank_fusion(([list(pair) for pair in pairs],)) == expected  # type: ignore[arg-type]
    numpy_pairs: Any = [[(np.int64(3), np.float32(1))]]
    assert reciprocal_rank_fusion(numpy_pairs) == [(3, 1 / 61)]


def test_empty_lists() -> None:
    assert reciprocal_rank_fusion([[], [("a", 1.0)]]) == [("a", 1 / 61)]
    assert reciprocal_rank_fusion([[]]) == []


@pytest.mark.parametrize(
    ("lists", "k", "error", "message"),
    [
        ([], 60, InvalidInputError, "lists: expected at least one ranked list, got none"),
        ([[("a", float("nan"))]], 60, InvalidInputError, "lists[0][0]: expected a score, got NaN"),
        ([[], [("a", 1), ("b", 2)]], 60, InvalidInputError, "lists[1][1]: expected scores in descending order, got 2"),
        ([[("a", 1), ("a", 1)]], 60, DuplicateIdError, "lists[0][1]: expected each document once"),
        ([[("a", 1)]], -1, InvalidInputError, "k: expected a finite number of at least 0, got -1"),
        ("ab", 60, DtypeError, "lists: expected a list of ranked lists, got str"),
        (None, 60, DtypeError, "lists: expected a list of ranked lists, got NoneType"),
        ({"a": 1}, 60, DtypeError, "lists: expected a list of ranked lists, got dict"),
        (["ab"], 60, DtypeError, "lists[0]: expected a ranked list of (id, score) pairs, got str"),
        ([["a"]], 60, DtypeError, "lists[0][0]: expected an (id, score) pair, got str"),
        ([[("a", "x")]], 60, DtypeError, "lists[0][0]: expected a number as score, got str"),
        ([[(1.5, 1)]], 60, DtypeError, "lists[0][0]: expected an id of type str or int, got float"),
        ([[(True, 1)]], 60, DtypeError, "lists[0][0]: expected an id of type str or int, got bool"),
        ([[(2**70, 1)]], 60, InvalidInputError, "lists[0][0]: expected an int of 64 bits"),
    ],
)
def test_bad_input(lists: list[list[tuple[str, float]]], k: float, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)) as raised:
        reciprocal_rank_fusion(lists, k=k)
    assert isinstance(raised.value, RankError)
    assert isinstance(raised.value, (ValueError, TypeError))
