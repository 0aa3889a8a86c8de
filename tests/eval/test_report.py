"""The page about runs: one file that needs nothing else, with all its parts."""

import gzip
import html.parser
import os
import re
from pathlib import Path

import numpy as np
import pytest

import rank_eval

QRELS = {f"q{number:02}": {f"d{document}": document % 3 for document in range(12)} for number in range(30)}


def noisy(noise: float, seed: int, digits: int = 6) -> dict[str, dict[str, float]]:
    generator = np.random.default_rng(seed)
    return {
        query: {
            document: round(grade + noise * float(generator.standard_normal()), digits)
            for document, grade in documents.items()
        }
        for query, documents in QRELS.items()
    }


class Checker(html.parser.HTMLParser):
    """Whether all tags are closed in order, and nothing is loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "link", "img", "iframe", "object"}
        assert not {"src", "href", "xlink:href"} & {name for name, _ in attrs}
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"path", "rect"}
        assert attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check(page: str) -> None:
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []
    assert "NaN" not in page
    assert "inf" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert "url(" not in page
    assert "http" not in page


def test_report(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    runs = {"fine": noisy(0.4, 1), "coarse <1>": noisy(1.0, 2, 0), "poor": noisy(3.0, 3)}
    comparison = rank_eval.report(path, QRELS, runs, ["nDCG@5", "AP"], title="A & B", progress=False)
    page = path.read_text(encoding="utf-8")
    check(page)
    assert page.startswith("<!DOCTYPE html>")
    assert "<title>A &amp; B</title>" in page
    assert "coarse &lt;1&gt;" in page
    headings = re.findall("<h2>(.*?)</h2>", page)
    assert headings == [
        "Means",
        "Differences and tests",
        "Query by query: nDCG@5",
        "Query by query: AP",
        "Distribution of values",
        "Precision and recall",
        "How far the judgments reach",
        "Ties that matter",
    ]
    assert f"<b>{comparison.means['nDCG@5']['fine']:.4f}</b>" in page
    assert "prefers-color-scheme: dark" in page
    # A bar for each query that is better or worse, a chart for each of two runs and measures.
    bars = sum(pair.wins + pair.losses for pairs in comparison.pairs.values() for pair in pairs if pair.first == "fine")
    assert len(re.findall('<rect class="(?:up|down)"', page)) == bars
    assert "The largest spreads" in page
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]


def test_the_same_runs_give_the_same_page(tmp_path: Path) -> None:
    runs = {"x": noisy(0.4, 1), "y": noisy(0.8, 2)}
    pages = []
    for name in ("one.html", "two.html"):
        rank_eval.report(tmp_path / name, QRELS, runs, ["AP"], test="randomization", permutations=200, baseline="y")
        pages.append((tmp_path / name).read_bytes())
    assert pages[0] == pages[1]
    rank_eval.report(
        tmp_path / "three.html.gz", QRELS, runs, ["AP"], test="randomization", permutations=200, baseline="y"
    )
    assert gzip.decompress((tmp_path / "three.html.gz").read_bytes()) == pages[0]


def test_nothing_to_tell(tmp_path: Path) -> None:
    run = noisy(0.4, 1)
    rank_eval.report(tmp_path / "same.html", QRELS, {"x": run, "y": run}, ["Success@12"])
    page = (tmp_path / "same.html").read_text(encoding="utf-8")
    check(page)
    assert "No query has another value: 30 ties." in page
    assert "No value depends on the order of documents of equal score." in page


def test_many_queries(tmp_path: Path) -> None:
    qrels = {f"q{number}": {"a": 1} for number in range(1500)}
    generator = np.random.default_rng(1)
    runs = {name: {query: {"a": float(generator.random()), "b": 0.5} for query in qrels} for name in ("x", "y")}
    rank_eval.report(tmp_path / "many.html", qrels, runs, ["RR"])
    page = (tmp_path / "many.html").read_text(encoding="utf-8")
    check(page)
    assert '<rect class="up"' not in page
    assert len(page) < 100_000


def test_errors(tmp_path: Path) -> None:
    runs = {"x": noisy(0.4, 1), "y": noisy(0.8, 2)}
    with pytest.raises(FileNotFoundError):
        rank_eval.report(tmp_path / "no" / "report.html", QRELS, runs, ["AP"])
    with pytest.raises(rank_eval.InvalidInputError, match="baseline: expected one of x, y"):
        rank_eval.report(tmp_path / "report.html", QRELS, runs, ["AP"], baseline="z")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif("RANK_DATA_DIR" not in os.environ, reason="needs the collections of RANK_DATA_DIR")
def test_real_runs(tmp_path: Path) -> None:
    folder = Path(os.environ["RANK_DATA_DIR"]) / "trec-dl21"
    files = sorted(path for path in (folder / "runs").iterdir() if path.is_file())
    runs = {path.name.split(".")[0]: path for path in files}
    rank_eval.report(tmp_path / "report.html", folder / "qrels.txt", runs, ["nDCG@10", "AP(rel=2)"])
    check((tmp_path / "report.html").read_text(encoding="utf-8"))
