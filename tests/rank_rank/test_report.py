"""The report: its numbers, its sentences, its table, its picture."""

from pathlib import Path

import pytest

from rank_rank import MEASURES, Collection, Document, Report, StageReport, StageRun, evaluate
from rank_rank.chart import save_chart
from rank_rank.table import format_report, format_table


def collection_of(count: int) -> Collection:
    documents = tuple(Document(f"d{number}", "", "text") for number in range(count))
    queries = {f"q{number}": "text" for number in range(count)}
    return Collection("numbers", documents, queries, {f"q{number}": {f"d{number}": 1} for number in range(count)})


def answers(stage: str, rank: int, count: int) -> StageRun:
    """The relevant document at the same rank for every query."""
    lists = {}
    for number in range(count):
        others = [f"d{other}" for other in range(count) if other != number]
        order = [*others[: rank - 1], f"d{number}", *others[rank - 1 :]]
        lists[f"q{number}"] = [(name, float(-position)) for position, name in enumerate(order)]
    return StageRun(stage, lists, seconds=0.5)


def test_numbers_and_findings() -> None:
    count = 20
    runs = [
        answers("BM25", 3, count),
        answers("dense", 11, count),
        answers("RRF", 1, count),
        answers("MaxSim", 1, count),
    ]
    report = evaluate(collection_of(count), runs, "LSA")
    assert report.title == "numbers, encoder LSA"
    assert report.queries == count
    # Rank 3: 1 / log2(4), 1 / 3. Rank 11 is beyond both cutoffs.
    assert [stage.means["nDCG@10"] for stage in report.stages] == pytest.approx([0.5, 0, 1, 1])
    assert [stage.means["MRR@10"] for stage in report.stages] == pytest.approx([1 / 3, 0, 1, 1])
    assert [stage.means["recall@100"] for stage in report.stages] == pytest.approx([1, 1, 1, 1])
    assert [stage.milliseconds for stage in report.stages] == [25.0] * 4
    assert report.stages[0].p_value is None
    assert all(stage.p_value is not None and stage.p_value < 0.01 for stage in report.stages[1:])
    assert report.best.stage == "RRF"  # the cheaper of the two
    assert [finding.split(" (")[0] for finding in report.findings] == [
        "dense does not help here: it is worse than BM25",
        "RRF is better than BM25",
        "MaxSim is better than BM25",
        "MaxSim does not help here: its difference to RRF may be chance",
        "RRF does not help here: its difference to BM25 may be chance",
    ]
    assert report.findings[0].endswith(").")
    assert "nDCG@10 -0.5000, p = 0.00" in report.findings[0]


def test_the_best_is_better_beyond_chance() -> None:
    def stage(name: str, value: float, p_value: float | None) -> StageReport:
        return StageReport(name, dict.fromkeys(MEASURES, value), 1.0, p_value)

    first = stage("BM25", 0.5, None)
    lucky, worse, better = stage("dense", 0.9, 0.05), stage("RRF", 0.1, 0.001), stage("MaxSim", 0.6, 0.049)
    assert Report("", 9, (first, lucky, worse), ()).best == first
    assert Report("", 9, (first, lucky, worse, better), ()).best == better


def small_report() -> Report:
    stages = (
        StageReport("BM25", dict.fromkeys(MEASURES, 0.5), 1.234, None),
        StageReport("dense", dict.fromkeys(MEASURES, 0.25), 12.0, 0.0321),
    )
    return Report("numbers, encoder LSA", 20, stages, ("dense does not help here.",))


def test_table() -> None:
    assert format_table(small_report()).splitlines() == [
        "| stage | nDCG@10 | MRR@10 | recall@100 | ms/query | p against BM25 |",
        "| ----- | ------: | -----: | ---------: | -------: | -------------: |",
        "| BM25  |  0.5000 | 0.5000 |     0.5000 |     1.23 |                |",
        "| dense |  0.2500 | 0.2500 |     0.2500 |    12.00 |         0.0321 |",
    ]


def test_page() -> None:
    page = format_report(small_report(), collection_of(20))
    assert page.startswith("# numbers, encoder LSA\n\n| stage")
    assert "Means over 20 queries." in page
    assert page.endswith("- dense does not help here.\n")


def test_chart(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        save_chart(small_report(), tmp_path / name)
    picture = (tmp_path / "a.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(picture[start : start + 4], "big") for start in (16, 20))
    assert width > height > 400
    assert picture == (tmp_path / "b.png").read_bytes()
