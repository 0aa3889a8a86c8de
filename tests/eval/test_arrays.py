"""Arrays of scores and grades, and accumulators: against runs whose ids are the numbers of columns."""

import pickle
import subprocess
import sys
from typing import Any, Literal, TypeAlias

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

import rank_eval
from rank_eval import Accumulator, DtypeError, InvalidInputError, RankError, ShapeError, evaluate_arrays

Order: TypeAlias = Literal["docid_desc", "docid_asc", "stable", "expected", "best", "worst"]
ORDERS: list[Order] = ["docid_desc", "docid_asc", "stable", "expected", "best", "worst"]
MEASURES = ["nDCG@3", "AP", "RR", "P@2", "R@4"]
SCORES = np.array([[0.9, 0.1, 0.5], [0.2, 0.8, 0.3]], dtype=np.float32)
RELEVANCE = np.array([[0, 0, 1], [0, 1, 0]])


def by_run(
    scores: NDArray[Any], relevance: NDArray[Any], mask: NDArray[np.bool_], order: Order
) -> dict[str, list[float]]:
    rows = range(len(scores))
    columns = range(scores.shape[1])
    run = {f"{i:03}": {f"{j:03}": float(scores[i, j]) for j in columns if mask[i, j]} for i in rows}
    qrels = {f"{i:03}": {f"{j:03}": int(relevance[i, j]) for j in columns if mask[i, j]} for i in rows}
    evaluation = rank_eval.evaluate(qrels, run, MEASURES, order=order)
    return {measure: list(values.values()) for measure, values in evaluation.per_query.items()}


shapes = st.tuples(st.integers(1, 4), st.integers(1, 8))


@given(data=st.data(), shape=shapes, order=st.sampled_from(ORDERS))
def test_arrays_are_runs(data: st.DataObject, shape: tuple[int, int], order: Order) -> None:
    kind = data.draw(st.sampled_from([np.float32, np.float64]))
    scores = data.draw(hnp.arrays(kind, shape, elements=st.sampled_from([-1.0, 0.0, 0.5, 2.0])))
    relevance = data.draw(hnp.arrays(np.int64, shape, elements=st.integers(0, 3)))
    mask = data.draw(hnp.arrays(np.bool_, shape))
    expected = by_run(scores, relevance, mask, order)
    for grades in (relevance, relevance.astype(np.uint8), relevance.astype(np.float32)):
        evaluation = evaluate_arrays(scores, grades, MEASURES, mask, order=order)
        assert {name: evaluation.column(name).tolist() for name in MEASURES} == expected
    assert evaluation.queries == [str(row) for row in range(shape[0])]
    tensors = [torch.from_numpy(array) for array in (scores, relevance, mask)]
    tensors[0].requires_grad_()
    of_tensors = evaluate_arrays(tensors[0], tensors[1], MEASURES, tensors[2], order=order)
    assert of_tensors.means == evaluation.means


@pytest.mark.parametrize(
    "kind", ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "float32", "float64"]
)
def test_every_kind_of_grade(kind: str) -> None:
    evaluation = evaluate_arrays(SCORES, RELEVANCE.astype(kind), ["RR"])
    assert evaluation.column("RR").tolist() == [0.5, 1.0]


def test_equal_scores() -> None:
    scores, relevance = np.zeros((1, 4)), np.array([[1, 0, 0, 0]])
    value = {order: evaluate_arrays(scores, relevance, ["RR"], order=order)["RR"] for order in ORDERS}
    assert value.pop("expected") == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4, abs=1e-15)
    assert value == {"docid_desc": 0.25, "docid_asc": 1.0, "stable": 1.0, "best": 1.0, "worst": 0.25}


IN_PLACE = """
import resource
import numpy as np
import rank_eval

scores = np.random.default_rng(1).random((2_000, 2_000))
relevance = (scores > 0.9).astype(np.int64)
rank_eval.evaluate_arrays(scores[:10], relevance[:10], ["RR", "nDCG@10"])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rank_eval.evaluate_arrays(scores, relevance, ["RR", "nDCG@10"])
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024, scores.nbytes)
"""


def test_arrays_are_read_in_place() -> None:
    done = subprocess.run([sys.executable, "-c", IN_PLACE], check=True, capture_output=True, text=True)
    grown, size = map(int, done.stdout.split())
    assert size == 32_000_000
    assert grown < size / 8


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            {"scores": SCORES[0]},
            ShapeError,
            "scores: expected an array of shape (queries, docs), got shape [3]; reshape it",
        ),
        (
            {"relevance": RELEVANCE[:1]},
            ShapeError,
            "relevance: expected the shape of scores, [2, 3], got [1, 3]; pass an entry for each score",
        ),
        ({"mask": np.ones((2, 2), dtype=bool)}, ShapeError, "mask: expected the shape of scores, [2, 3], got [2, 2]"),
        (
            {"scores": np.asfortranarray(SCORES)},
            ShapeError,
            "scores: expected a C-contiguous array, got one with other strides; pass numpy.ascontiguousarray(scores)",
        ),
        (
            {"scores": SCORES.astype(np.int64)},
            DtypeError,
            "scores: expected float32 or float64, got int64; pass scores.astype(numpy.float32)",
        ),
        (
            {"relevance": RELEVANCE.astype(np.complex64)},
            DtypeError,
            "relevance: expected ints, booleans or floats, got complex64; pass relevance.astype(numpy.int64)",
        ),
        ({"mask": RELEVANCE}, DtypeError, "mask: expected bool, got int64; True is for the entries that count"),
        (
            {"scores": SCORES.tolist()},
            DtypeError,
            "scores: expected a numpy array or a CPU tensor, got list; pass numpy.asarray(scores)",
        ),
        (
            {"scores": torch.from_numpy(SCORES).bfloat16()},
            DtypeError,
            "scores: expected a numpy array or a CPU tensor, got torch.Tensor with the error",
        ),
        (
            {"scores": np.where(RELEVANCE == 1, np.nan, 0.5)},
            InvalidInputError,
            "scores[0][2]: expected a score, got NaN; mask the entry or repair its score",
        ),
        (
            {"relevance": RELEVANCE / 2},
            InvalidInputError,
            "relevance[0][2]: expected a whole number as grade, got 0.5; round it or scale it up",
        ),
        ({"order": "random"}, InvalidInputError, 'order: expected "docid_desc", "docid_asc", "stable", "expected"'),
        ({"depth": 0}, InvalidInputError, "depth: expected at least 1, got 0; pass None for whole rankings"),
        ({"compat": "8"}, InvalidInputError, 'compat: expected "9", "10" or None, got "8"; name the version'),
        ({"measures": ["bogus"]}, InvalidInputError, "measure: expected one of"),
    ],
)
def test_what_is_refused(arguments: dict[str, Any], error: type[RankError], message: str) -> None:
    given: dict[str, Any] = {"scores": SCORES, "relevance": RELEVANCE, "measures": ["RR"], **arguments}
    with pytest.raises(error) as caught:
        evaluate_arrays(**given)
    assert str(caught.value).startswith(message)
    assert type(caught.value) is error


def test_an_accumulator_in_a_loop() -> None:
    accumulator = Accumulator(["RR", "P@1"])
    assert len(accumulator) == 0
    assert all(np.isnan(mean) for mean in accumulator.means.values())
    accumulator.add_arrays(SCORES, RELEVANCE)
    accumulator.add_batch([[("a", 2.0), ("b", 1.0)], {"a": 1.0}], [{"b": 1}, {"a"}])
    accumulator.add([(7, 2.0)], {7: 2})
    assert len(accumulator) == 5
    assert accumulator.evaluation().column("RR").tolist() == [0.5, 1.0, 0.5, 1.0, 1.0]
    assert accumulator.means == {"RR": 0.8, "P@1": 0.6}
    assert accumulator.evaluation().queries == ["0", "1", "2", "3", "4"]
    assert repr(accumulator) == "Accumulator(RR=0.8000, P@1=0.6000; 5 queries)"
    accumulator.reset()
    assert len(accumulator) == 0


def test_accumulators_of_several_processes() -> None:
    whole, other = Accumulator(["RR"], level=2, order="best"), Accumulator(["RR"], level=2, order="best")
    other.add_arrays(np.zeros((1, 3)), np.array([[1, 2, 0]]))
    copy = pickle.loads(pickle.dumps(other))  # noqa: S301 - our own
    assert copy.means == other.means == {"RR": 1.0}
    whole.merge(copy)
    whole.merge(other)
    assert whole.means == {"RR": 1.0}
    assert len(whole) == 2
    copy.add_arrays(np.zeros((1, 2)), np.array([[1, 2]]))
    assert copy.evaluation().column("RR").tolist() == [1.0, 1.0]
    with pytest.raises(InvalidInputError, match="other: expected the measures RR with the same options, got P@1 or"):
        whole.merge(Accumulator(["P@1"]))
    with pytest.raises(InvalidInputError, match="other: expected another accumulator, got this one"):
        whole.merge(whole)


def test_a_bad_batch_adds_nothing() -> None:
    accumulator = Accumulator(["RR"])
    for batch, judged, error, message in (
        ([[("a", 1.0)], [("a", float("nan"))]], [{"a"}, {"a"}], InvalidInputError, "query 1: reranked[0]: expected a"),
        ([[("a", 1.0)], [("a", "x")]], [{"a"}, {"a"}], DtypeError, "reranked[1][0]: expected a number as score"),
        ([[("a", 1.0)]], [], ShapeError, "ground_truth: expected 1 judgments, one for each ranked list, got 0; pass"),
    ):
        with pytest.raises(error) as caught:
            accumulator.add_batch(batch, judged)  # type: ignore[arg-type]
        assert str(caught.value).startswith(message)
    assert len(accumulator) == 0
