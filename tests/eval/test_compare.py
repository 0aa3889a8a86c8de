"""Comparisons of runs: what is tested, how it is corrected, and how it is printed."""

import csv
import io
import itertools
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rank_eval
from rank_eval import DtypeError, InvalidInputError, RankError, compare

Run = dict[str, dict[str, float]]
QRELS = {f"q{number:02}": {f"d{document}": document % 3 for document in range(12)} for number in range(40)}


def noisy(noise: float, seed: int) -> Run:
    """A run that knows the grades, more or less."""
    generator = np.random.default_rng(seed)
    return {
        query: {document: grade + noise * float(generator.standard_normal()) for document, grade in documents.items()}
        for query, documents in QRELS.items()
    }


RUNS = {"fine": noisy(0.4, 1), "fair": noisy(0.8, 2), "poor": noisy(3.0, 3), "bad": noisy(4.0, 4)}
MEASURES = ["nDCG@5", "map"]


@pytest.fixture(scope="module")
def comparison() -> rank_eval.Comparison:
    return compare(QRELS, RUNS, MEASURES)


def test_pairs_are_those_of_the_tests(comparison: rank_eval.Comparison) -> None:
    values = {name: rank_eval.evaluate(QRELS, run, MEASURES) for name, run in RUNS.items()}
    assert comparison.runs == list(RUNS)
    assert comparison.queries == sorted(QRELS)
    assert comparison.left_out == []
    for measure in MEASURES:
        assert comparison.means[measure] == {name: value.means[measure] for name, value in values.items()}
        pairs = comparison.pairs[measure]
        assert [(pair.first, pair.second) for pair in pairs] == list(itertools.combinations(RUNS, 2))
        for pair in pairs:
            a, b = values[pair.first].per_query[measure], values[pair.second].per_query[measure]
            effect, signs = rank_eval.effect_sizes(a, b), rank_eval.sign_test(a, b)
            assert pair.p_value == rank_eval.paired_t_test(a, b).p_value
            assert repr(pair.mean_difference) == repr(effect.mean_difference)
            assert repr(pair.cohen_d_z) == repr(effect.cohen_d_z)
            assert (pair.wins, pair.ties, pair.losses) == (signs.wins, signs.ties, signs.losses)
        holm = rank_eval.adjusted_p_values([pair.p_value for pair in pairs])
        assert [pair.adjusted_p_value for pair in pairs] == holm


@pytest.mark.parametrize("test", ["randomization", "wilcoxon", "sign", "tukey_hsd", "randomized_tukey_hsd"])
def test_other_tests(test: str) -> None:
    comparison = compare(QRELS, RUNS, ["map"], test=test, permutations=500, seed=3)  # type: ignore[arg-type]
    values = {name: rank_eval.evaluate(QRELS, run, ["map"]).per_query["map"] for name, run in RUNS.items()}
    at_once = {}
    if test == "tukey_hsd":
        at_once = {(pair.first, pair.second): pair.p_value for pair in rank_eval.tukey_hsd(values).pairs}
    if test == "randomized_tukey_hsd":
        pairs = rank_eval.randomized_tukey_hsd(values, permutations=500, seed=3).pairs
        at_once = {(pair.first, pair.second): pair.p_value for pair in pairs}
    for pair in comparison.pairs["map"]:
        a, b = values[pair.first], values[pair.second]
        if at_once:
            assert pair.adjusted_p_value == pair.p_value == at_once[(pair.first, pair.second)]
        elif test == "randomization":
            assert pair.p_value == rank_eval.randomization_test(a, b, permutations=500, seed=3).p_value
        elif test == "wilcoxon":
            assert pair.p_value == rank_eval.wilcoxon_test(a, b).p_value
        else:
            assert pair.p_value == rank_eval.sign_test(a, b).p_value


def test_baseline() -> None:
    against = compare(QRELS, RUNS, MEASURES, baseline="fair", correction="bonferroni")
    pairs = against.pairs["map"]
    assert [(pair.first, pair.second) for pair in pairs] == [("fine", "fair"), ("poor", "fair"), ("bad", "fair")]
    assert [pair.adjusted_p_value for pair in pairs] == [min(3 * pair.p_value, 1) for pair in pairs]
    # Against the baseline, whichever comes first.
    tukey = compare(QRELS, RUNS, ["map"], baseline="fair", test="tukey_hsd").pairs["map"]
    all_pairs = compare(QRELS, RUNS, ["map"], test="tukey_hsd").pairs["map"]
    assert [pair.p_value for pair in tukey] == [all_pairs[0].p_value, all_pairs[3].p_value, all_pairs[4].p_value]


def test_letters(comparison: rank_eval.Comparison) -> None:
    assert comparison.beaten("map", "fine") == ["fair", "poor", "bad"]
    assert comparison.beaten("map", "fair") == ["poor", "bad"]
    assert comparison.beaten("map", "bad") == []
    for measure, run in itertools.product(MEASURES, RUNS):
        expected = {
            loser
            for pair in comparison.pairs[measure]
            for winner, loser, sign in [(pair.first, pair.second, 1), (pair.second, pair.first, -1)]
            if winner == run and pair.adjusted_p_value <= 0.05 and sign * pair.mean_difference.value > 0
        }
        assert set(comparison.beaten(measure, run)) == expected


def test_more_runs_than_letters() -> None:
    runs = {f"run{number}": noisy(0.1 if number == 0 else 6.0, number) for number in range(28)}
    comparison = compare(QRELS, runs, ["map"], test="tukey_hsd")
    text = comparison.to_text()
    assert len(comparison.beaten("map", "run0")) == 27
    rows = {line.split()[1]: line.split() for line in text.splitlines()[1:29]}
    assert rows["run16"][0] == "r"  # no q
    assert rows["run25"][0] == "aa"
    assert rows["run0"][2].endswith("˒ᵃᵃ˒ᵃᵇ˒ᵃᶜ")


@pytest.mark.parametrize("pairs", [False, True])
def test_tables(comparison: rank_eval.Comparison, pairs: bool) -> None:
    text = comparison.to_text(pairs=pairs)
    head, *rows = text.splitlines()
    assert head.split() == ["run", "nDCG@5", "AP"]
    mean = f"{comparison.means['map']['fine']:.3f}"
    assert rows[0].split()[:2] == ["a", "fine"]
    assert rows[0].endswith(f"{mean}ᵇᶜᵈ")
    assert "40 queries" in text
    assert "paired t-test of all pairs, Holm's correction, p <= 0.05" in text
    assert ("95 % interval" in text) == pairs
    markdown = comparison.to_markdown(pairs=pairs)
    assert f"**{mean}**<sup>bcd</sup> |" in markdown
    latex = comparison.to_latex(pairs=pairs)
    assert f"\\textbf{{{mean}}}$^{{\\mathrm{{bcd}}}}$ \\\\" in latex
    assert latex.count("\\begin{tabular}") == (3 if pairs else 1)
    html = comparison.to_html(pairs=pairs)
    assert f'<td class="number"><b>{mean}</b><sup style=' in html
    assert ">bcd</sup></td>" in html
    assert str(comparison) == comparison.to_text()
    assert comparison._repr_html_() == comparison.to_html()
    assert repr(comparison) == "Comparison(4 runs, 40 queries, nDCG@5, map)"
    assert (
        comparison.to_text(digits=1).splitlines()[1].split()[2].startswith(f"{comparison.means['nDCG@5']['fine']:.1f}")
    )


def test_names_are_escaped() -> None:
    runs = {"a<b>&_1": RUNS["fine"], 'x|y,"z"\\': RUNS["fair"]}
    comparison = compare(QRELS, runs, ["map"])
    assert "a&lt;b&gt;&amp;_1" in comparison.to_html()
    assert "a$<$b$>$\\&\\_1" in comparison.to_latex()
    assert 'x\\|y,"z"\\\\' in comparison.to_markdown()
    row = next(csv.DictReader(io.StringIO(comparison.to_csv())))
    assert (row["first"], row["second"]) == tuple(runs)
    assert json.loads(comparison.to_json())["runs"] == list(runs)


def test_exports(comparison: rank_eval.Comparison) -> None:
    data = json.loads(comparison.to_json())
    assert (data["test"], data["correction"], data["alpha"]) == ("paired t-test", "holm", 0.05)
    assert data["queries"] == comparison.queries
    first = data["measures"][1]
    assert first["means"] == comparison.means["map"]
    assert set(first["values"]) == set(comparison.runs)
    assert np.mean(first["values"]["fair"]) == pytest.approx(first["means"]["fair"])
    rows = list(csv.DictReader(io.StringIO(comparison.to_csv())))
    assert len(rows) == 12
    for row, pair in zip(rows[6:], comparison.pairs["map"], strict=True):
        assert row["measure"] == "AP"
        assert float(row["p_value"]) == pair.p_value
        assert float(row["mean_difference"]) == pair.mean_difference.value
        assert int(row["wins"]) == pair.wins


def test_equal_runs() -> None:
    comparison = compare(QRELS, {"x": RUNS["fine"], "y": RUNS["fine"]}, ["map"])
    pair = comparison.pairs["map"][0]
    assert (pair.p_value, pair.ties, pair.mean_difference.value) == (1.0, 40, 0.0)
    assert comparison.beaten("map", "x") == []


def test_missing_queries() -> None:
    partial = {query: documents for query, documents in RUNS["fair"].items() if query > "q04"}
    zero = compare(QRELS, {"x": RUNS["fine"], "y": partial}, ["map"])
    assert len(zero.queries) == 40
    skip = compare(QRELS, {"x": RUNS["fine"], "y": partial}, ["map"], missing="skip")
    assert skip.left_out == ["q00", "q01", "q02", "q03", "q04"]
    assert skip.queries == sorted(partial)
    expected = rank_eval.evaluate({query: QRELS[query] for query in partial}, RUNS["fine"], ["map"]).means["map"]
    assert skip.means["map"]["x"] == pytest.approx(expected)
    missing = {"x": [], "y": ["q00", "q01", "q02", "q03", "q04"]}
    assert zero.missing == skip.missing == missing
    assert "Judged queries that a run lacks are left out, 5 in all: y 5." in skip.to_text()
    assert "Judged queries that a run lacks count 0: y 5." in zero.to_markdown()
    assert "lacks" not in compare(QRELS, RUNS, ["map"]).to_text()


@pytest.mark.parametrize(
    "options",
    [
        {"order": "docid_asc"},
        {"order": "worst", "threads": 1},
        {"judged_only": True},
        {"level": 2},
        {"depth": 3},
        {"collection": 1000},
        {"compat": "10"},
    ],
)
def test_options_of_the_evaluation(options: dict[str, Any], tmp_path: Path) -> None:
    # Many equal scores.
    runs = {
        name: {
            query: {document: float(int(score)) for document, score in ranked.items()} for query, ranked in run.items()
        }
        for name, run in RUNS.items()
    }
    measures = ["AP", "P@5", "utility.1,-1,0,0.01", "11pt_avg"]
    comparison = compare(QRELS, runs, measures, **options)
    page = rank_eval.report(tmp_path / "page.html", QRELS, runs, measures, **options)
    for name, run in runs.items():
        evaluation = rank_eval.evaluate(QRELS, run, measures, **options)
        for measure in measures:
            assert comparison.means[measure][name] == page.means[measure][name] == evaluation[measure]


def test_progress(capfd: pytest.CaptureFixture[str]) -> None:
    compare(QRELS, RUNS, MEASURES, test="randomization", permutations=100, progress=True)
    assert "12/12" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"runs": {"x": RUNS["fine"]}}, InvalidInputError, "runs: expected 2 or more, got 1; add what they"),
        ({"runs": [RUNS["fine"]]}, DtypeError, "runs: expected a dict of name to run, got list; name each run"),
        ({"runs": {1: RUNS["fine"], 2: RUNS["fair"]}}, DtypeError, "runs: expected names of type str, got int"),
        ({"measures": []}, InvalidInputError, "measures: expected at least one measure, got none"),
        ({"measures": ["x"]}, InvalidInputError, "measure: expected"),
        ({"baseline": "x"}, InvalidInputError, 'baseline: expected one of fine, fair, poor, bad, got "x"'),
        ({"test": "x"}, InvalidInputError, 'test: expected one of "paired_t", "randomization"'),
        ({"correction": "x"}, InvalidInputError, 'correction: expected one of "none", "bonferroni"'),
        ({"test": "tukey_hsd", "correction": "holm"}, InvalidInputError, "correction: expected none with Tukey HSD"),
        ({"missing": "x"}, InvalidInputError, 'missing: expected "zero" or "skip", got "x"'),
        ({"alpha": 1.0}, InvalidInputError, "alpha: expected a number between 0 and 1, got 1; 0.05"),
        ({"tolerance": -1.0}, InvalidInputError, "tolerance: expected a finite number of at least 0, got -1"),
        ({"permutations": 0, "test": "randomization"}, InvalidInputError, "permutations: expected at least 1, got 0"),
        ({"qrels": {"x": {"d": 1}}}, InvalidInputError, 'runs["fine"]: expected at least one query that the'),
        ({"order": "x"}, InvalidInputError, 'order: expected "docid_desc", "docid_asc", "stable", "expected", "best"'),
        ({"depth": 0}, InvalidInputError, "depth: expected at least 1, got 0; pass None for whole rankings"),
        ({"compat": "8"}, InvalidInputError, 'compat: expected "9", "10" or None, got "8"; name the version'),
        ({"qrels": {"q00": {"d1": 1}}}, InvalidInputError, "a: expected 2 or more values, got 1"),
    ],
)
def test_errors(change: dict[str, object], error: type[RankError], message: str) -> None:
    arguments: dict[str, object] = {"qrels": QRELS, "runs": RUNS, "measures": MEASURES, **change}
    with pytest.raises(error) as caught:
        compare(**arguments)  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)


@pytest.mark.skipif("RANK_DATA_DIR" not in os.environ, reason="needs the collections of RANK_DATA_DIR")
def test_real_runs() -> None:
    folder = Path(os.environ["RANK_DATA_DIR"]) / "trec-dl21"
    files = sorted(path for path in (folder / "runs").iterdir() if path.is_file())
    runs = {path.name.split(".")[0]: path for path in files}
    assert len(runs) == 22
    comparison = compare(folder / "qrels.txt", runs, ["nDCG@10", "AP(rel=2)"], test="tukey_hsd")
    assert len(comparison.pairs["nDCG@10"]) == 231
    means = comparison.means["nDCG@10"]
    best, worst = max(means, key=means.__getitem__), min(means, key=means.__getitem__)
    assert worst in comparison.beaten("nDCG@10", best)
    assert comparison.beaten("nDCG@10", worst) == []


def test_how_far_judgments_reach() -> None:
    qrels = {"q1": {"a": 1}, "q2": {"a": 1}, "q3": {"a": 1}}
    full = {"q1": {"x": 2.0, "a": 1.0}, "q2": {"a": 1.0}, "q3": {"x": 1.0}}
    part = {query: full[query] for query in ("q1", "q2")}
    comparison = compare(qrels, {"full": full, "part": part}, ["P@1", "AP"], missing="skip")
    found = comparison.coverage["P@1"]["full"]
    assert (found.condensed, found.residual, found.judged) == (1.0, 0.5, 0.5)
    assert comparison.coverage["AP"]["part"].residual is None
    for table in (comparison.to_text, comparison.to_markdown, comparison.to_latex, comparison.to_html):
        assert "residual" in table(coverage=True)
        assert "residual" not in table()
    alone = rank_eval.coverage(qrels, full, ["P@1"], missing="skip")["P@1"]
    assert alone.residual == pytest.approx(2 / 3)
    assert repr(found) == "Coverage(condensed=1.0, residual=0.5, judged=0.5)"
    with pytest.raises(InvalidInputError, match="expected"):
        rank_eval.coverage(qrels, {"q9": {"a": 1.0}}, ["P@1"], missing="skip")
