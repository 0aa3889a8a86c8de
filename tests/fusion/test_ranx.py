"""Answers equal ranx's wherever ranx is right; where it is wrong, a test shows how."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rank_fusion

Run = dict[str, dict[str, float]]


def ranx(jobs: list[dict[str, Any]], *, hash_seed: int = 0, **task: object) -> list[Any]:
    """What ranx answers to each job, in a process whose strings hash by ``hash_seed``."""
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONHASHSEED": str(hash_seed)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(Path(__file__).with_name("ranx_answers.py"))],
        input=json.dumps({"jobs": jobs, **task}),
        capture_output=True,
        text=True,
        env=environment,
        check=True,
        timeout=300,
    )
    answers: list[Any] = json.loads(done.stdout)
    return answers


def make_runs() -> list[Run]:
    generator = np.random.default_rng(7)
    lengths = (40, 25, 60)

    def ranking(length: int) -> dict[str, float]:
        documents = [f"d{number}" for number in generator.permutation(80)[:length]]
        scores = np.sort(generator.uniform(-5.0, 20.0, length))[::-1]
        return dict(zip(documents, scores.tolist(), strict=True))

    return [{f"q{query}": ranking(length) for query in range(4)} for length in lengths]


RUNS = make_runs()
QRELS = {f"q{query}": {f"d{number}": 1 for number in range(query, 80, 3)} for query in range(4)}
WEIGHTS = [0.2, 0.3, 0.5]

METHODS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # ranx's job, and ours.
    "rrf": ({"method": "rrf", "params": {"k": 60}}, {"method": "rrf(k=60)"}),
    "isr": ({"method": "isr"}, {"method": "isr"}),
    "log_isr": ({"method": "log_isr"}, {"method": "log_isr"}),
    "logn_isr": ({"method": "logn_isr", "params": {"sigma": 0.01}}, {"method": "logn_isr(sigma=0.01)"}),
    "rbc": ({"method": "rbc", "params": {"phi": 0.8}}, {"method": "rbc(phi=0.8)"}),
    "borda": ({"method": "bordafuse"}, {"method": "borda"}),
    "weighted borda": (
        {"method": "w_bordafuse", "params": {"weights": WEIGHTS}},
        {"method": "borda", "weights": WEIGHTS},
    ),
    "combsum": ({"method": "sum"}, {"method": "combsum"}),
    "combmnz": ({"method": "mnz"}, {"method": "combmnz"}),
    "combanz": ({"method": "anz"}, {"method": "combanz"}),
    "combmax": ({"method": "max"}, {"method": "combmax"}),
    "combmin": ({"method": "min"}, {"method": "combmin"}),
    "combmed": ({"method": "med"}, {"method": "combmed"}),
    "combgmnz": ({"method": "gmnz", "params": {"gamma": 0.4}}, {"method": "combgmnz(gamma=0.4)"}),
    "weighted sum": ({"method": "wsum", "params": {"weights": WEIGHTS}}, {"method": "combsum", "weights": WEIGHTS}),
    "weighted mnz": (
        {"method": "wmnz", "params": {"weights": WEIGHTS}},
        {"method": "weighted_mnz", "weights": WEIGHTS},
    ),
    "mixed": ({"method": "mixed", "params": {"weights": WEIGHTS}}, {"method": "mixed", "weights": WEIGHTS}),
}
NORMS = {
    "identity": None,
    "min_max": "min-max",
    "sum": "sum",
    "max": "max",
    "z_score": "zmuv",
    "rank": "rank",
    "borda": "borda",
}
TRAINED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "bayesfuse": ({}, {}),
    "mapfuse": ({}, {}),
    "posfuse": ({}, {}),
    "probfuse": ({"n_segments": 7}, {"segments": 7}),
    "segfuse": ({}, {"cuts": "ranx"}),
    "slidefuse": ({"w": 6}, {"window": 6}),
}


UNEVEN = [{"q": {"worst": 1.0, "best": 2.0}}, {"q": {"other": 1.0}}]
UNLIKE = [{"q1": {"a": 1.0}}, {"q1": {"a": 1.0}, "q2": {"b": 1.0}}]
ALONE = [{"q": {"a": 3.0, "b": 2.0, "c": 1.0}}, {"q": {"d": 42.0}}]
NEGATIVE = [{"q": {"a": -1.0, "b": -2.0}}, {"q": {"a": 1.0}}]
DEEP = [{"q": {f"d{number:04d}": 2000.0 - number for number in range(1001)}}] * 2
SHALLOW = [{"q": {"d0000": 3.0, "d0001": 2.0, "d0002": 1.0}}] * 2
CIRCLE = [
    {"q": {"d1": 3.0, "d2": 2.0, "d3": 1.0}},
    {"q": {"d4": 3.0, "d5": 2.0, "d6": 1.0}},
    {"q": {"d3": 3.0, "d6": 2.0, "d7": 1.0}},
]


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    jobs = {f"{name} identity": theirs for name, (theirs, _) in METHODS.items()}
    jobs |= {f"combmnz {ours}": {"method": "mnz", "norm": theirs} for ours, theirs in NORMS.items()}
    jobs |= {name: {"method": name, "params": theirs} for name, (theirs, _) in TRAINED.items()}
    rrf = {"method": "rrf", "params": {"k": 60}}
    jobs |= {
        "combsum borda": {"method": "sum", "norm": "borda"},
        "uneven": {**rrf, "runs": UNEVEN, "one by one": True},
        "unlike": {**rrf, "runs": UNLIKE},
        "alone": {"method": "sum", "norm": "min-max", "runs": ALONE},
        "negative": {"method": "sum", "norm": "max", "runs": NEGATIVE},
        "circle": {"method": "condorcet", "runs": CIRCLE},
        "weighted rrf": {"method": "rrf", "params": {"k": 60, "weights": WEIGHTS}},
        "bayesfuse, deep": {"method": "bayesfuse", "runs": DEEP, "qrels": {"q": {"d0000": 1}}},
        "rbc, phi=1": {"method": "rbc", "params": {"phi": 1.0}, "runs": SHALLOW},
        "points": {"points": [[0.1, 2], [0.1, 3], [0.1, 4], [0.1, 5], [0.05, 3]]},
        "equal trials": {"optimize": {"q": {"a": 1}}, "runs": [{"q": {"a": 1.0}}, {"q": {"a": 1.0}}]},
        "compare": {"compare": [[0, 1], [1_000_000, 1_000_000], [1_000_000, 1_000_000]]},
    }
    return dict(zip(jobs, ranx(list(jobs.values()), runs=RUNS, qrels=QRELS), strict=True))


def assert_equal(ours: Run, theirs: Run) -> None:
    assert ours.keys() == theirs.keys()
    for query, ranking in theirs.items():
        assert ours[query].keys() == ranking.keys()
        for document, score in ranking.items():
            assert math.isclose(ours[query][document], score, rel_tol=1e-12, abs_tol=1e-12), (query, document)


@pytest.mark.parametrize("name", METHODS)
def test_methods(answers: dict[str, Any], name: str) -> None:
    fused = rank_fusion.fuse_runs(RUNS, norm="identity", **METHODS[name][1])
    assert_equal(fused, answers[f"{name} identity"])


@pytest.mark.parametrize("norm", [norm for norm in NORMS if norm != "borda"])
def test_norms(answers: dict[str, Any], norm: str) -> None:
    assert_equal(rank_fusion.fuse_runs(RUNS, "combmnz", norm=norm), answers[f"combmnz {norm}"])


def test_borda_norm(answers: dict[str, Any]) -> None:
    # In ranx a list then holds every document, so that n of CombMNZ is the number of lists: CombSUM is comparable.
    assert_equal(rank_fusion.fuse_runs(RUNS, "combsum", norm="borda"), answers["combsum borda"])


@pytest.mark.parametrize("name", TRAINED)
def test_trained(answers: dict[str, Any], name: str) -> None:
    trained = rank_fusion.Trained.train(name, RUNS, QRELS, **TRAINED[name][1])
    fused = rank_fusion.fuse_runs(RUNS, trained, norm="identity")
    assert_equal(fused, answers[name])


# Where ranx is wrong: all that was found, a test each.


def test_ranx_condorcet_follows_the_hash_of_strings(answers: dict[str, Any]) -> None:
    job = {"method": "condorcet", "runs": CIRCLE}
    others = [ranx([job], hash_seed=hash_seed)[0] for hash_seed in (1, 2)]
    orders = {tuple(answer["q"].items()) for answer in (answers["circle"], *others)}
    assert len(orders) > 1
    fused = rank_fusion.condorcet([run["q"] for run in CIRCLE])
    assert fused == rank_fusion.condorcet([run["q"] for run in reversed(CIRCLE)])


def test_ranx_condorcet_breaks_an_order_that_no_list_contradicts(answers: dict[str, Any]) -> None:
    # Only the first list speaks of the two; the others lack both, and count as votes for whichever is compared second.
    assert answers["compare"] == [1, 1], "each is to come after the other"
    fused = rank_fusion.condorcet([[("d2", 2.0), ("d1", 1.0)], [("d3", 1.0)], [("d4", 1.0)]])
    order = [document for document, _ in fused]
    assert order.index("d2") < order.index("d1")


def test_ranx_takes_the_order_of_insertion_for_the_rank(answers: dict[str, Any]) -> None:
    assert answers["uneven"]["q"]["worst"] > answers["uneven"]["q"]["best"]
    ours = rank_fusion.fuse_runs(UNEVEN, "rrf")["q"]
    assert ours["best"] == 1 / 61
    assert ours["worst"] == 1 / 62


def test_ranx_refuses_runs_of_unlike_queries(answers: dict[str, Any]) -> None:
    assert "query ids do not match" in answers["unlike"]["error"]
    assert rank_fusion.fuse_runs(UNLIKE, "rrf") == {"q1": {"a": 2 / 61}, "q2": {"b": 1 / 61}}


def test_ranx_gives_nothing_to_a_document_that_a_list_found_alone(answers: dict[str, Any]) -> None:
    assert answers["alone"]["q"]["d"] == 0.0 == answers["alone"]["q"]["c"]
    assert rank_fusion.fuse_runs(ALONE, "combsum", norm="min_max")["q"]["d"] == 1.0


def test_ranx_stretches_a_negative_maximum(answers: dict[str, Any]) -> None:
    assert answers["negative"]["q"]["b"] == pytest.approx(-2e9)
    assert rank_fusion.fuse_runs(NEGATIVE, "combsum", norm="max")["q"] == {"a": 0.0, "b": -2.0}


def test_ranx_has_no_weights_for_reciprocal_ranks(answers: dict[str, Any]) -> None:
    assert answers["weighted rrf"]["error"].startswith("TypeError")
    first = next(iter(RUNS[2]["q0"]))
    ranks = [(list(run["q0"]).index(first) + 1 if first in run["q0"] else None) for run in RUNS]
    expected = sum(weight / (60 + rank) for weight, rank in zip(WEIGHTS, ranks, strict=True) if rank)
    assert rank_fusion.fuse_runs(RUNS, "rrf", weights=WEIGHTS)["q0"][first] == pytest.approx(expected, rel=1e-15)


def test_ranx_reads_beyond_what_bayesfuse_learned(answers: dict[str, Any]) -> None:
    # Interpreted, it is an IndexError; compiled, numba checks no bounds, and the 1,001st document scores whatever lies
    # behind the array.
    assert answers["bayesfuse, deep"]["error"].startswith("IndexError: index 1000 is out of bounds")
    trained = rank_fusion.Trained.train("bayesfuse", DEEP, {"q": {"d0000": 1}})
    scores = rank_fusion.fuse_runs(DEEP, trained)["q"]
    # Nothing is known of the place: from each list the odds of a document that it lacks.
    assert scores["d1000"] == pytest.approx(2 * math.log(0.001 / 0.999))


def test_ranx_cuts_segfuses_lists_elsewhere(answers: dict[str, Any]) -> None:
    # Shokouhi: segment k has 10 * 2^(k-1) - 5 documents, so that they end at 5, 20, 55; ranx ends them at 5, 15, 35.
    published = rank_fusion.Trained.train("segfuse", RUNS, QRELS)
    fused = rank_fusion.fuse_runs(RUNS, published, norm="identity")
    assert any(
        not math.isclose(score, answers["segfuse"][query][document], rel_tol=1e-6)
        for query, ranking in fused.items()
        for document, score in ranking.items()
    )
    run, qrels = [{"q": {f"d{place:02d}": 100.0 - place for place in range(60)}}], {"q": {"d17": 1}}
    (shares,) = rank_fusion.Trained.train("segfuse", run, qrels).tables
    assert shares[:3] == [0.0, 1 / 15, 0.0]
    (theirs,) = rank_fusion.Trained.train("segfuse", run, qrels, cuts="ranx").tables
    assert theirs[:3] == [0.0, 0.0, 1 / 20]


def test_ranx_tries_a_patience_that_ranks_nothing(answers: dict[str, Any]) -> None:
    # The last point of its grid for rank-biased centroids.
    assert set(answers["rbc, phi=1"]["q"].values()) == {0.0}
    with pytest.raises(rank_fusion.InvalidInputError, match="phi"):
        rank_fusion.rbc([[("a", 1.0)]], phi=1.0)


def test_ranx_leaves_out_weights_whose_floats_miss_1(answers: dict[str, Any]) -> None:
    assert answers["points"] == [11, 62, 256, 860, 225]
    runs: list[Any] = [{"q": {"a": 1.0}}] * 5
    for (step, count), points in zip(
        ((0.1, 2), (0.1, 3), (0.1, 4), (0.1, 5), (0.05, 3)), (11, 66, 286, 1001, 231), strict=True
    ):
        with pytest.warns(rank_fusion.InsignificantGainWarning):
            found = rank_fusion.optimize(runs[:count], {"q": {"a": 1}}, step=step, folds=0)
        # The baseline is a trial of its own.
        assert len(found.trials) == 1 + points


def test_ranx_takes_the_last_of_equal_weights(answers: dict[str, Any]) -> None:
    assert answers["equal trials"] == {"weights": [1.0, 0.0]}
    runs: list[Any] = [{"q": {"a": 1.0}}, {"q": {"a": 1.0}}]
    with pytest.warns(rank_fusion.InsignificantGainWarning):
        found = rank_fusion.optimize(runs, {"q": {"a": 1}}, measure="RR", folds=0)
    assert found.best.weights == [0.5, 0.5]
