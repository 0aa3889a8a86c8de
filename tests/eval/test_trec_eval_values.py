"""Values of every measure of trec_eval beside those of pytrec_eval, which is its version 9.0.8, to the last digits."""

import gzip
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st

import rank_eval

DATA = Path(os.environ.get("RANK_DATA_DIR", "data")) / "trec-dl21"
RUNS = sorted(DATA.glob("runs/*.gz"))
# The name of a run and a text have no value.
MEASURES = sorted(pytrec_eval.supported_measures - {"num_q", "relstring", "runid"})

Grades = dict[str, dict[str, int]]
Scores = dict[str, dict[str, float]]


def differences(
    qrels: Grades, run: Scores, *, level: int = 1, judged_only: bool = False
) -> list[tuple[str, str, float, float]]:
    """Query, measure and both values, where they differ by more than 1e-12."""
    evaluator = pytrec_eval.RelevanceEvaluator(
        qrels, MEASURES, relevance_level=level, judged_docs_only_flag=judged_only
    )
    expected = evaluator.evaluate(run)
    names = sorted(next(iter(expected.values())))
    ours = rank_eval.evaluate(qrels, run, names, "skip", compat="9", level=level, judged_only=judged_only).per_query
    assert all(set(ours[name]) == set(expected) for name in names)
    return [
        (query, name, ours[name][query], value)
        for query, values in expected.items()
        for name, value in values.items()
        # Where no document is left, interpolated precision is 0 in ours and NaN in trec_eval.
        if not (math.isnan(value) and ours[name][query] == 0) and not abs(ours[name][query] - value) <= 1e-12
    ]


# Scores that are equal, or equal as float32 only; grades of documents that were pooled and not judged, too.
SCORES = st.sampled_from([0.0, -0.0, 0.1, 0.1 + 1e-10, 0.1 - 1e-9, 1.0, 1.00000001, 16777217.0, 16777216.0, -2.5, 1e30])
DOCUMENTS = [f"d{number}" for number in range(12)]
QUERIES = ["q1", "q10", "q2"]


def judgments() -> st.SearchStrategy[dict[str, int]]:
    # trec_eval reads memory that it has not set where no grade is at least 0.
    grades = st.dictionaries(st.sampled_from(DOCUMENTS), st.integers(-2, 4), min_size=1)
    return grades.filter(lambda grades: max(grades.values()) >= 0)


@given(
    qrels=st.dictionaries(st.sampled_from(QUERIES), judgments(), min_size=3),
    run=st.dictionaries(
        st.sampled_from(QUERIES), st.dictionaries(st.sampled_from(DOCUMENTS), SCORES, min_size=1), min_size=1
    ),
    level=st.integers(1, 3),
    judged_only=st.booleans(),
)
@settings(max_examples=400)
def test_runs_with_many_ties(qrels: Grades, run: Scores, level: int, judged_only: bool) -> None:
    assert differences(qrels, run, level=level, judged_only=judged_only) == []


@pytest.mark.skipif(not RUNS, reason="set RANK_DATA_DIR")
@pytest.mark.parametrize("path", RUNS, ids=lambda path: path.stem)
def test_real_runs(path: Path) -> None:
    with (DATA / "qrels.txt").open() as file:
        qrels = pytrec_eval.parse_qrel(file)
    with gzip.open(path, "rt") as file:
        run = pytrec_eval.parse_run(file)
    assert differences(qrels, run) == []
    assert differences(qrels, run, level=2, judged_only=True) == []


@pytest.mark.skipif(not RUNS or "RANK_TREC_EVAL" not in os.environ, reason="set RANK_DATA_DIR and RANK_TREC_EVAL")
@pytest.mark.parametrize("path", RUNS, ids=lambda path: path.stem)
@pytest.mark.parametrize("options", [["-q", "-m", "all_trec"], ["-q", "-c", "-J", "-l2", "-M50", "-m", "all_trec"]])
def test_the_output_for_real_runs(path: Path, options: list[str], tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.write_bytes(gzip.decompress(path.read_bytes()))
    arguments = [*options, str(DATA / "qrels.txt"), str(run)]
    expected = subprocess.run([os.environ["RANK_TREC_EVAL"], *arguments], capture_output=True, text=True, check=True)
    done = subprocess.run([sys.executable, "-m", "rank_eval", *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == expected.stdout.splitlines()
