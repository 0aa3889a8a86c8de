"""Dicts are read where they lie if they are plain, and otherwise as any mapping; the answer is the same."""

import re
import sys
import threading
from collections import OrderedDict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

import rank_fusion as rf

PLAIN = {"a": 3.0, "ö": 2.5, "漢字": 2.0, "😀": 1.5, "": 1.0, "z" * 300: 0.5}
OTHER = {"😀": 9.0, "b": 8.0, "ö": 7.0}
LONE = "\ud800x"
METHODS = ["rrf", "combmnz", "condorcet"]


class Text(str):
    """A text with a type of its own."""

    __slots__ = ()


class Number(float):
    """A number with a type of its own."""


def copies(ranking: Mapping[str, float]) -> dict[str, float]:
    """The same texts in other objects."""
    return {"".join(list(name)): score for name, score in ranking.items()}


FORMS: list[Any] = [
    copies,
    OrderedDict,
    MappingProxyType,
    lambda ranking: {Text(name): score for name, score in ranking.items()},
    lambda ranking: {name: Number(score) for name, score in ranking.items()},
    lambda ranking: {name: np.float64(score) for name, score in ranking.items()},
    lambda ranking: list(ranking.items()),
    lambda ranking: dict(reversed(ranking.items())),
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("form", FORMS)
def test_forms_of_a_list(form: Any, method: str) -> None:  # noqa: ANN401
    expected = dict(rf.fuse([list(PLAIN.items()), list(OTHER.items())], method))
    for first, second in ((PLAIN, OTHER), (form(PLAIN), OTHER), (PLAIN, form(OTHER)), (form(PLAIN), form(OTHER))):
        for depth in (None, 100):
            assert rf.fuse_runs([{"q": first}, {"q": second}], method, depth=depth) == {"q": expected}


@pytest.mark.parametrize("odd", [{7: 1.0}, {"b": 1}, {7: 2, "c": 1.0}])
def test_what_is_not_plain_among_what_is(odd: dict[Any, Any]) -> None:
    # The entries before it are read in place, and then once more with it.
    many = {f"d{number}": 1000.0 - number for number in range(300)} | odd
    expected = dict(rf.fuse([list(many.items()), list(OTHER.items())]))
    assert rf.fuse_runs([{"q": many}, {"q": OTHER}])["q"] == expected
    assert rf.fuse_runs([{"q": OTHER}, {"q": many}])["q"] == expected


@pytest.mark.parametrize("length", [0, 1, 127, 128, 129, 256, 1000])
def test_any_length(length: int) -> None:
    ranking = {f"d{number:04d}": float(length - number) for number in range(length)}
    assert rf.fuse_runs([{"q": ranking}])["q"] == {name: 1 / (61 + place) for place, name in enumerate(ranking)}


def test_the_answer_has_the_ids_that_came_in_and_no_more_references() -> None:
    run = {"q": copies({f"document {number}": float(-number) for number in range(500)})}
    other = {"q": copies(run["q"])}
    before = [sys.getrefcount(name) for name in run["q"]]
    scores = [sys.getrefcount(score) for score in run["q"].values()]
    fused = rf.fuse_runs([run, other])
    assert all(ours is theirs for ours, theirs in zip(fused["q"], run["q"], strict=True))
    del fused
    assert [sys.getrefcount(name) for name in run["q"]] == before
    assert [sys.getrefcount(score) for score in run["q"].values()] == scores


@pytest.mark.parametrize("method", ["rrf", "copeland"])
def test_dicts_that_another_thread_changes(method: str) -> None:
    runs = [{f"q{query}": {f"d{number}": float(-number) for number in range(60)} for query in range(60)}] * 2
    done = threading.Event()

    def change() -> None:
        turn = 0
        while not done.is_set():
            for ranking in runs[0].values():
                ranking.pop(next(iter(ranking)))
                ranking[f"new {turn}"] = -1000.0 - turn
            turn += 1

    other = threading.Thread(target=change)
    other.start()
    try:
        for threads in (1, 2) * 3:
            fused = rf.fuse_runs(runs, method, threads=threads)
            assert all(len(ranking) >= 59 for ranking in fused.values())
    finally:
        done.set()
        other.join()


LONES: list[tuple[str, Any]] = [
    ("runs[0][\"q\"]['\\ud800x']", lambda: rf.fuse_runs([{"q": {LONE: 1.0}}])),
    ("runs[0][\"q\"]['\\ud800x']", lambda: rf.fuse_runs([{"q": {"a": 2.0, LONE: 1}}])),
    ("runs[0]['\\ud800x']", lambda: rf.fuse_runs([{LONE: {"a": 1.0}}])),
    ('runs[0]["q"][1]', lambda: rf.fuse_runs([{"q": [("a", 2.0), (LONE, 1.0)]}])),
    ("runs[0][1][0]", lambda: rf.fuse_runs([(np.array(["q"]), np.array([LONE]), np.array([1.0]))])),
    ("runs[0][0][0]", lambda: rf.fuse_runs([(np.array([LONE]), np.array(["a"]), np.array([1.0]))])),
    ("lists[0][1]", lambda: rf.fuse([[("a", 2.0), (LONE, 1.0)]])),
    ("lists[0]['\\ud800x']", lambda: rf.explain([{LONE: 1.0}])),
    ("lists[1][0]", lambda: rf.StreamingFusion(2).set(1, [(LONE, 1.0)])),
    ("lists[0][0]", lambda: rf.Pages(2).update([[(LONE, 1.0)]])),
    ("ranking[0]", lambda: rf.normalize([(LONE, 1.0)])),
    ("qrels['q']['\\ud800x']", lambda: rf.optimize([{"q": {"a": 1.0}}], {"q": {LONE: 1}})),
    ("qrels['\\ud800x']", lambda: rf.optimize([{"q": {"a": 1.0}}], {LONE: {"a": 1}})),
    ("norm", lambda: rf.combsum([[("a", 1.0)]], norm=LONE)),
    ("compat", lambda: rf.fuse([[("a", 1.0)]], compat=LONE)),
    ("method", lambda: rf.fuse([[("a", 1.0)]], LONE)),
    ("measure", lambda: rf.optimize([{"q": {"a": 1.0}}], {"q": {"a": 1}}, measure=LONE)),
    ("methods[1]", lambda: rf.optimize([{"q": {"a": 1.0}}], {"q": {"a": 1}}, methods=["rrf", LONE])),
]


@pytest.mark.parametrize(("place", "call"), LONES)
def test_lone_surrogates_are_refused_by_name(place: str, call: Any) -> None:  # noqa: ANN401
    with pytest.raises(rf.InvalidInputError, match=f"^{re.escape(place)}: expected a text of Unicode characters, got"):
        call()


@pytest.mark.parametrize(
    ("place", "call"),
    [
        ("norm", lambda: rf.combsum([[("a", 1.0)]], norm=3)),  # type: ignore[arg-type]
        ("missing", lambda: rf.fuse([[("a", 1.0)]], missing=None)),  # type: ignore[arg-type]
        ("order", lambda: rf.fuse([[("a", 1.0)]], order=b"given")),  # type: ignore[arg-type]
        ("duplicates", lambda: rf.fuse([[("a", 1.0)]], duplicates=1)),  # type: ignore[arg-type]
        ("compat", lambda: rf.fuse([[("a", 1.0)]], compat=1)),  # type: ignore[arg-type]
        ("search", lambda: rf.optimize([{"q": {"a": 1.0}}], {}, search=1)),  # type: ignore[arg-type]
        ("cuts", lambda: rf.Trained.train("segfuse", [{"q": {"a": 1.0}}], {}, cuts=1)),  # type: ignore[arg-type]
        ("method", lambda: rf.Trained.train(1, [{"q": {"a": 1.0}}], {})),  # type: ignore[arg-type]
    ],
)
def test_names_are_texts(place: str, call: Any) -> None:  # noqa: ANN401
    with pytest.raises(rf.DtypeError, match=f"^{place}: expected a str, got (int|NoneType|bytes); convert it"):
        call()
