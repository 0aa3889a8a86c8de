"""``rank_fusion.optimize``: values as rank-eval has them, every point of the grid, and honest warnings."""

import math
import random
import re
import warnings
from pathlib import Path
from typing import Any

import pytest

import rank_eval
from rank_fusion import InsignificantGainWarning, InvalidInputError, RankError, fuse, fuse_runs, optimize

Run = dict[str, dict[str, float]]


def collection(runs: int = 3, queries: int = 25) -> tuple[list[Run], dict[str, dict[str, int]]]:
    draw = random.Random(8)  # noqa: S311 - no secret
    qrels = {f"q{q}": {f"d{d}": max(0, draw.randrange(-3, 4)) for d in range(20)} for q in range(queries)}
    made: list[Run] = [
        {
            query: {
                doc: grade + draw.random() * 6 / (place + 1) for doc, grade in grades.items() if draw.random() < 0.8
            }
            for query, grades in qrels.items()
        }
        for place in range(runs)
    ]
    return made, qrels


def quiet(*args: Any, **options: Any) -> Any:  # noqa: ANN401
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InsignificantGainWarning)
        return optimize(*args, **options)


@pytest.mark.parametrize(
    ("measure", "theirs"),
    [
        ("nDCG@10", lambda fused, judged: rank_eval.ndcg_at_k(fused, judged, 10)),
        ("AP@10", lambda fused, judged: rank_eval.average_precision_at_k(fused, judged, 10)),
        ("RR@10", lambda fused, judged: rank_eval.reciprocal_rank_at_k(fused, judged, 10)),
        ("R@5", lambda fused, judged: rank_eval.recall_at_k(fused, judged, 5)),
        ("P@5", lambda fused, judged: rank_eval.precision_at_k(fused, judged, 5)),
        ("Success@1", lambda fused, judged: rank_eval.success_at_k(fused, judged, 1)),
    ],
)
def test_values_are_those_of_rank_eval(measure: str, theirs: Any) -> None:  # noqa: ANN401
    runs, qrels = collection()
    found = quiet(runs, qrels, measure=measure, methods=["combsum", "combmnz", "rrf", "borda"], step=0.25, folds=0)
    # CombSUM, CombMNZ, RRF and Borda with 15 divisions each, and the baseline.
    assert len(found.trials) == 61
    for trial in found.trials[::7]:
        values = [
            theirs(
                fuse([run[query] for run in runs], trial.method, norm=trial.norm, weights=trial.weights), qrels[query]
            )
            for query in sorted(qrels)
        ]
        assert trial.mean == pytest.approx(math.fsum(values) / len(values), abs=1e-12)
    by_function = quiet(
        runs, measure=lambda query, fused: theirs(fused, qrels[query]), methods=["combsum", "rrf"], step=0.25, folds=0
    )
    means = {(trial.method, tuple(trial.weights)): trial.mean for trial in found.trials}
    assert len(by_function.trials) == 31
    for trial in by_function.trials:
        assert trial.mean == pytest.approx(means[trial.method, tuple(trial.weights)], abs=1e-12)


def test_the_best_is_the_best_and_is_validated() -> None:
    runs, qrels = collection(4, queries=60)
    # One that is upside down: taking it out is no chance.
    runs.append({query: {doc: -score for doc, score in ranking.items()} for query, ranking in runs[0].items()})
    found = optimize(runs, qrels, measure="AP", folds=5)
    assert len(found.trials) == 1 + 1001
    assert found.best.mean == max(trial.mean for trial in found.trials)
    assert found.baseline == found.trials[0]
    assert found.baseline.weights == [1.0] * 5
    assert found.warning is None
    assert found.p_value < 0.05
    validation = found.validation
    assert validation is not None
    assert sorted(query for fold in validation.folds for query in fold.queries) == sorted(qrels)
    assert validation.mean == pytest.approx(math.fsum(validation.values.values()) / len(qrels))
    assert validation.interval[0] < validation.mean < validation.interval[1]
    # The best weights, used: the same value.
    fused = fuse_runs(runs, found.best.method, norm=found.best.norm, weights=found.best.weights)
    theirs = rank_eval.evaluate(qrels, fused, ["AP"]).means["AP"]
    assert theirs == pytest.approx(found.best.mean, abs=1e-9)


def test_searches() -> None:
    runs, qrels = collection(4)
    grid = quiet(runs, qrels, folds=0, norms=["min_max", "z_score"])
    for options in ({"search": "coordinate"}, {"search": "random", "trials": 50, "seed": 3}):
        found = quiet(runs, qrels, folds=0, norms=["min_max", "z_score"], **options)
        assert found == quiet(runs, qrels, folds=0, norms=["min_max", "z_score"], **options)
        assert len(found.trials) < len(grid.trials)
        assert found.baseline.mean <= found.best.mean <= grid.best.mean
    ks = quiet(runs, qrels, methods=[f"rrf(k={k})" for k in (1, 10, 60)], step=None, folds=3)
    assert [trial.method for trial in ks.trials] == ["rrf(k=1)", "rrf(k=10)", "rrf(k=60)"]
    assert {trial.norm for trial in ks.trials} == {None}


def test_a_gain_by_chance_is_told() -> None:
    runs, qrels = collection(1)
    with pytest.warns(InsignificantGainWarning, match="not significant"):
        found = optimize([runs[0], runs[0]], qrels)
    # All weights give the same: the nearest to equal ones are taken.
    assert found.best.weights == [0.5, 0.5]
    assert found.warning is not None
    assert found.p_value == 1.0


def test_judgments_of_any_form(tmp_path: Path) -> None:
    runs, qrels = collection(2)
    file = tmp_path / "qrels.txt"
    file.write_text("".join(f"{q} 0 {d} {g}\n" for q, grades in qrels.items() for d, g in grades.items()))
    expected = quiet(runs, qrels)
    assert quiet(runs, file) == expected
    assert quiet(runs, rank_eval.Qrels.from_dict(qrels)) == expected
    assert quiet(runs, qrels, progress=False, measure="ndcg@10") == expected


def test_a_function_that_raises() -> None:
    runs, qrels = collection(2)

    def fails(query: str, _fused: list[tuple[str, float]]) -> float:
        raise KeyError(query)

    with pytest.raises(KeyError, match="q"):
        optimize(runs, measure=fails)
    with pytest.raises(InvalidInputError, match="measure: expected a number, got NaN"):
        optimize(runs, qrels, measure=lambda _query, _fused: math.nan)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"step": 0.3}, "step: expected a number of which some make 1, got 0.3"),
        ({"step": 0.0}, "step: expected a number of which some make 1, got 0"),
        ({"step": 1e-7}, "search: expected at most 1000000 trials"),
        ({"search": "x"}, "search: expected one of grid, coordinate, random"),
        ({"measure": "x"}, "measure: expected one of nDCG, nDCG@k"),
        ({"measure": 3}, "measure: expected a name or a function, got int"),
        ({"folds": 1}, "folds: expected 0, or from 2 to the number of queries (25), got 1"),
        ({"methods": []}, "methods: expected something to try"),
        ({"qrels": None}, "qrels: expected judgments for nDCG@10, got none"),
        ({"qrels": {}}, "qrels: expected at least one query, got none"),
        ({"qrels": {"q1": {"d": 1.5}}}, "qrels['q1']['d']: expected an int as grade, got float"),
        ({"runs": []}, "lists: expected at least one ranked list"),
    ],
)
def test_bad_input(options: dict[str, Any], message: str) -> None:
    runs, qrels = collection(2)
    with pytest.raises((ValueError, TypeError), match=re.escape(message)) as raised:
        optimize(**({"runs": runs, "qrels": qrels} | options))
    assert isinstance(raised.value, RankError)


@pytest.mark.parametrize("search", ["grid", "coordinate", "random"])
def test_the_number_of_threads_changes_nothing(search: str) -> None:
    runs, qrels = collection()
    found = [quiet(runs, qrels, search=search, trials=30, threads=threads) for threads in (None, 1, 3)]
    assert found[0] == found[1] == found[2]
    with pytest.raises(InvalidInputError, match="threads"):
        optimize(runs, qrels, threads=0)


def test_a_function_is_called_from_several_threads() -> None:
    runs, qrels = collection()

    def first(query: str, ranking: list[tuple[str, float]]) -> float:
        return float(qrels[query].get(ranking[0][0], 0))

    found = [quiet(runs, measure=first, threads=threads, step=0.5) for threads in (1, 2)]
    assert found[0] == found[1]


@pytest.mark.parametrize(("search", "total"), [("grid", 67), ("random", 31), ("coordinate", None)])
def test_the_bar_ends_at_its_end(search: str, total: int | None, capsys: pytest.CaptureFixture[str]) -> None:
    runs, qrels = collection()
    found = quiet(runs, qrels, search=search, trials=30, progress=True)
    last = capsys.readouterr().err.rstrip().rsplit("\r", 1)[-1]
    made = len(found.trials)
    # A climb ends where nothing is better: the bar then knows that this was its end.
    assert made == total if total else made < 67
    assert last.startswith("100%")
    assert f"{made}/{made}" in last


def test_a_preset_is_optimized() -> None:
    runs, qrels = collection()
    found = quiet(runs, qrels, compat="qdrant_dbsf", folds=0)
    assert found.best.norm == "three_sigma_sample"
    assert found.best.method == "combsum"
    values = fuse_runs(runs, compat="qdrant_dbsf", weights=found.best.weights)
    assert found.best.mean == pytest.approx(rank_eval.evaluate(qrels, values, ["nDCG@10"]).means["nDCG@10"], abs=1e-12)
