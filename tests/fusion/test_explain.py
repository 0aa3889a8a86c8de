"""``rank_fusion.explain``, ``StreamingFusion``, ``Pages``, ``Trained``, ``normalize`` and the command."""

import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rank_fusion import (
    DtypeError,
    DuplicateIdError,
    InvalidInputError,
    Pages,
    ShapeError,
    StreamingFusion,
    Trained,
    explain,
    fuse,
    normalize,
    presets,
)

METHODS = [
    "rrf",
    "isr",
    "rbc",
    "borda",
    "median_rank",
    "condorcet",
    "copeland",
    "kemeny",
    "combsum",
    "combmnz",
    "combmed",
]


def some_lists(draw: random.Random) -> list[list[tuple[str, float]]]:
    return [
        [(doc, float(10 - place)) for place, doc in enumerate(draw.sample("abcdefghij", draw.randrange(1, 8)))]
        for _ in range(3)
    ]


def test_contributions_add_up() -> None:
    draw = random.Random(2)  # noqa: S311 - no secret
    for _ in range(20):
        lists = some_lists(draw)
        for method in METHODS:
            why = explain(lists, method, top_k=4)
            assert [(result.id, result.score) for result in why.results] == fuse(lists, method, top_k=4)
            for result in why.results:
                assert sum(part.contribution for part in result.parts) == pytest.approx(result.score, abs=1e-9)
                for place, part in enumerate(result.parts):
                    ids = [doc for doc, _ in lists[place]]
                    assert part.rank == (ids.index(result.id) + 1 if result.id in ids else None)
                    assert (part.score is None) == (part.value is None) == (part.rank is None)
            for place, report in enumerate(why.lists):
                rest = [ranking for other, ranking in enumerate(lists) if other != place]
                without = [doc for doc, _ in fuse(rest, method, top_k=4)]
                before = [result.id for result in why.results]
                assert report.lost_without == [doc for doc in before if doc not in without]
                assert report.gained_without == [doc for doc in without if doc not in before]
    assert explain(lists, "rrf").is_sum
    assert not explain(lists, "combmed").is_sum
    assert explain([lists[0], lists[0]]).overlap == [[1.0, 1.0], [1.0, 1.0]]
    with pytest.raises(ShapeError, match="weights: expected one for each of 3 lists"):
        explain(lists, weights=[1.0])


def test_a_stream_ends_as_a_fusion() -> None:
    draw = random.Random(3)  # noqa: S311 - no secret
    lists = some_lists(draw)
    for method in METHODS:
        stream = StreamingFusion(3, method, weights=[1, 2, 3])
        assert stream.fused() == []
        for place in draw.sample(range(3), 3):
            stream.set(place, lists[place])
        assert stream.fused() == fuse(lists, method, weights=[1, 2, 3])
        assert stream.waiting() == []
    with pytest.raises(InvalidInputError, match="place: expected a number below 3, got 3"):
        stream.set(3, [])
    with pytest.raises(DuplicateIdError, match=re.escape("lists[1][1]: expected each document once")):
        stream.set(1, [("a", 1.0), ("a", 1.0)])
    with pytest.raises(DtypeError, match=re.escape("lists[1][0]: expected an (id, score) pair")):
        stream.set(1, [3])  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="weights"):
        StreamingFusion(2, weights=[1])


def test_pages_repeat_and_skip_nothing() -> None:
    draw = random.Random(4)  # noqa: S311 - no secret
    lists = [[(doc, float(-place)) for place, doc in enumerate(draw.sample(range(100), 40))] for _ in range(3)]
    pages = Pages(7, "rrf(k=1)")
    shown: list[list[tuple[int, float]]] = []
    for depth in (5, 12, 20, 40):
        pages.update([ranking[:depth] for ranking in lists])
        assert [pages.page(number) for number in range(len(shown))] == shown
        shown.append(pages.page(len(shown)))
    assert pages.shown == 28
    union = {doc for ranking in lists for doc, _ in ranking}
    shown += [pages.page(number) for number in range(4, -(-len(union) // 7))]
    ids = [doc for page in shown for doc, _ in page]
    assert len(ids) == len(union)
    assert set(ids) == union
    with pytest.raises(InvalidInputError, match="page: expected a number below"):
        pages.page(100)
    with pytest.raises(InvalidInputError, match="size: expected at least 1"):
        Pages(0)


@pytest.mark.parametrize("method", ["bayesfuse", "mapfuse", "posfuse", "probfuse", "segfuse", "slidefuse"])
def test_trained_methods_are_kept(method: str, tmp_path: Path) -> None:
    draw = random.Random(5)  # noqa: S311 - no secret
    runs: list[Any] = [
        {f"q{query}": {doc: draw.random() for doc in "abcdefgh"} for query in range(10)} for _ in range(2)
    ]
    qrels = {f"q{query}": {doc: draw.randrange(2) for doc in "abcd"} for query in range(10)}
    trained = Trained.train(method, runs, qrels, segments=3, window=1)
    assert (trained.name, len(trained.tables), repr(trained)) == (method, 2, f"Trained({method}, 2 lists)")
    trained.save(tmp_path / "model.txt")
    again = Trained.load(tmp_path / "model.txt")
    assert again.tables == trained.tables
    lists = [run["q0"] for run in runs]
    assert fuse(lists, again) == fuse(lists, trained)
    why = explain(lists, trained)
    assert why.is_sum
    assert [sum(part.contribution for part in result.parts) for result in why.results] == pytest.approx(
        [score for _, score in fuse(lists, trained)]
    )
    stream = StreamingFusion(2, trained)
    stream.set(1, lists[1])
    assert {doc for doc, _ in stream.fused()} == set(lists[1])
    with pytest.raises(FileNotFoundError):
        Trained.load(tmp_path / "none.txt")


def test_training_that_cannot_be() -> None:
    run: list[Any] = [{"q": {"a": 1.0}}]
    for method, qrels, options, message in (
        ("x", {"q": {"a": 1}}, {}, "method: expected one of bayesfuse"),
        ("mapfuse", {"q": {"a": 0}}, {}, "training: expected at least one query"),
        ("segfuse", {"q": {"a": 1}}, {"cuts": "x"}, "cuts: expected one of published, ranx"),
        ("probfuse", {"q": {"a": 1}}, {"segments": 0}, "segments: expected"),
    ):
        with pytest.raises(InvalidInputError, match=re.escape(message)):
            Trained.train(method, run, qrels, **options)


def test_normalize_and_presets() -> None:
    assert normalize({"a": 1.0, "b": 3.0}, "sum") == [("b", 1.0), ("a", 0.0)]
    with pytest.raises(InvalidInputError, match="expected a finite score, got inf"):
        normalize([("a", float("inf"))])
    for name in presets():
        assert fuse([[("a", 2.0)], [("b", 3.0)]], compat=name)


def test_the_command(tmp_path: Path) -> None:
    file = tmp_path / "a.run"
    file.write_text("q1 Q0 x 1 2.0 a\n")
    command = [str(Path(sys.executable).parent / "rank-fusion"), "rrf", str(file), "--k", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "q1 Q0 x 1 1 rank-fusion\n"
    wrong = subprocess.run([*command, "--nonsense", "1"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 1
    assert wrong.stderr.startswith("rank-fusion: --nonsense: expected one of")
