"""Arguments of a wrong type or beyond their range are refused by name."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import rank_fusion as rf

LISTS = [[("a", 2.0), ("b", 1.0)], [("b", 0.5)]]
RUNS = [{"q": {"a": 2.0, "b": 1.0}}, {"q": {"b": 0.5}}]
QRELS = {"q": {"a": 1}}
NAN = float("nan")

COUNTS: list[tuple[str, Callable[[Any], Any]]] = [
    ("depth", lambda wrong: rf.fuse(LISTS, depth=wrong)),
    ("top_k", lambda wrong: rf.fuse(LISTS, top_k=wrong)),
    ("top_k", lambda wrong: rf.reciprocal_rank_fusion(LISTS, top_k=wrong)),
    ("top_k", lambda wrong: rf.borda(LISTS, top_k=wrong)),
    ("top_k", lambda wrong: rf.combsum(LISTS, top_k=wrong)),
    ("depth", lambda wrong: rf.fuse_runs(RUNS, depth=wrong)),
    ("threads", lambda wrong: rf.fuse_runs(RUNS, threads=wrong)),
    ("top_k", lambda wrong: rf.explain(LISTS, top_k=wrong)),
    ("lists", rf.StreamingFusion),
    ("place", lambda wrong: rf.StreamingFusion(2).set(wrong, [])),
    ("size", rf.Pages),
    ("number", lambda wrong: rf.Pages(1).page(wrong)),
    ("segments", lambda wrong: rf.Trained.train("probfuse", RUNS, QRELS, segments=wrong)),
    ("window", lambda wrong: rf.Trained.train("slidefuse", RUNS, QRELS, window=wrong)),
    ("folds", lambda wrong: rf.optimize(RUNS, QRELS, folds=wrong)),
    ("seed", lambda wrong: rf.optimize(RUNS, QRELS, seed=wrong)),
    ("trials", lambda wrong: rf.optimize(RUNS, QRELS, trials=wrong)),
]
NUMBERS: list[tuple[str, Callable[[Any], Any]]] = [
    ("k", lambda wrong: rf.reciprocal_rank_fusion(LISTS, k=wrong)),
    ("k", lambda wrong: rf.inverse_root_rank(LISTS, k=wrong)),
    ("sigma", lambda wrong: rf.logn_isr(LISTS, sigma=wrong)),
    ("phi", lambda wrong: rf.rbc(LISTS, phi=wrong)),
    ("gamma", lambda wrong: rf.combgmnz(LISTS, gamma=wrong)),
    ("low", lambda wrong: rf.standardized(LISTS, low=wrong)),
    ("high", lambda wrong: rf.standardized(LISTS, high=wrong)),
    ("alpha", lambda wrong: rf.relative_score(LISTS, alpha=wrong)),
    ("floor", lambda wrong: rf.fuse(LISTS, "combsum", floor=wrong)),
    ("scale", lambda wrong: rf.fuse(LISTS, scale=wrong)),
    ("constant", lambda wrong: rf.fuse(LISTS, "combsum", constant=wrong)),
    ("step", lambda wrong: rf.optimize(RUNS, QRELS, step=wrong)),
    ("weights[1]", lambda wrong: rf.fuse(LISTS, weights=[1, wrong])),
    ("weights[1]", lambda wrong: rf.weighted_sum(LISTS, [1, wrong])),
    ("weights[1]", lambda wrong: rf.StreamingFusion(2, weights=[1, wrong])),
]


@pytest.mark.parametrize(("argument", "call"), COUNTS)
def test_whole_numbers(argument: str, call: Callable[[Any], Any]) -> None:
    with pytest.raises(
        rf.InvalidInputError, match=f"^{argument}: expected at least 0, got -1; pass no negative number"
    ):
        call(-1)
    with pytest.raises(
        rf.InvalidInputError, match=f"^{argument}: expected a number of 64 bits, got {2**70}; pass a sm"
    ):
        call(2**70)
    with pytest.raises(
        rf.InvalidInputError, match=f"^{argument}: expected a number of 64 bits, got 66439 bits; pass a"
    ):
        call(10**20000)
    for wrong, name in ((1.0, "float"), ("1", "str"), (True, "bool"), (np.float32(1), "numpy.float32")):
        with pytest.raises(rf.DtypeError, match=f"^{argument}: expected a whole number, got {name}; convert it"):
            call(wrong)
    with pytest.raises(rf.DtypeError, match=f"^{argument}: expected a whole number, got numpy.bool; convert it"):
        call(np.True_)


@pytest.mark.parametrize(("argument", "call"), NUMBERS)
def test_numbers(argument: str, call: Callable[[Any], Any]) -> None:
    argument = re.escape(argument)
    with pytest.raises(rf.InvalidInputError, match=f"^{argument}: expected .*, got NaN;"):
        call(NAN)
    with pytest.raises(
        rf.InvalidInputError, match=f"^{argument}: expected a number that a float holds, got 66439 bits"
    ):
        call(10**20000)
    for wrong, name in ((True, "bool"), (np.True_, "numpy.bool"), (1j, "complex"), ([], "list")):
        with pytest.raises(rf.DtypeError, match=f"^{argument}: expected a(| name or a) number, got {name}; "):
            call(wrong)


def test_lists_of_numbers() -> None:
    for wrong, name in (("ab", "str"), (3, "int"), (b"ab", "bytes")):
        with pytest.raises(rf.DtypeError, match=f"^weights: expected a list of numbers, got {name}; pass a list"):
            rf.fuse(LISTS, weights=wrong)  # type: ignore[arg-type]
    with pytest.raises(rf.DtypeError, match=r"^weights\[0\]: expected a number, got str; convert it"):
        rf.fuse(LISTS, weights=["1", 2])  # type: ignore[list-item]


def test_numpy_numbers_are_numbers() -> None:
    def fused(weights: Any, depth: Any, top_k: Any) -> list[tuple[str, float]]:  # noqa: ANN401
        return rf.fuse(LISTS, "rrf(k=10)", weights=weights, depth=depth, top_k=top_k)

    assert fused(np.array([1, 2]), np.int64(1), np.uint8(1)) == fused([1, 2], 1, 1) == [("b", 2 / 11)]
    ks: list[Any] = [10, np.float32(10), np.int16(10), np.array(10)]
    for k in ks:
        assert rf.reciprocal_rank_fusion(LISTS, k)[0] == ("b", 1 / 12 + 1 / 11)
