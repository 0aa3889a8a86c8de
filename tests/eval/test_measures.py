"""The measures over one ranked list: forms of input, values checked by hand, and what is refused."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import rank_eval
from rank_eval import DtypeError, DuplicateIdError, InvalidInputError, RankError

LIST = [("a", 3.0), ("b", 2.0), ("c", 1.0)]
GRADES = {"a": 0, "b": 1, "c": 2, "d": 1}


def test_values_by_hand() -> None:
    ideal = 2 + 1 / np.log2(3) + 1 / 2
    assert rank_eval.ndcg_at_k(LIST, GRADES) == pytest.approx((1 / np.log2(3) + 2 / 2) / ideal, abs=1e-15)
    assert rank_eval.precision_at_k(LIST, GRADES, k=4) == 0.5
    assert rank_eval.recall_at_k(LIST, GRADES, k=2) == 1 / 3
    assert rank_eval.success_at_k(LIST, GRADES, k=1) == 0.0
    assert rank_eval.reciprocal_rank_at_k(LIST, GRADES) == 0.5
    assert rank_eval.average_precision_at_k(LIST, GRADES) == pytest.approx((1 / 2 + 2 / 3) / 3, abs=1e-15)


def test_the_guides_call() -> None:
    assert rank_eval.ndcg_at_k(LIST, {"a": 3}, k=10) == 1.0


def test_forms_of_a_list_and_of_judgments() -> None:
    @dataclass
    class Point:
        id: int
        score: float

    expected = rank_eval.ndcg_at_k(LIST, GRADES)
    assert rank_eval.ndcg_at_k(dict(reversed(LIST)), GRADES) == expected
    scores = [(name, np.float32(score)) for name, score in LIST]
    assert rank_eval.ndcg_at_k(scores, {name: np.int64(grade) for name, grade in GRADES.items()}) == expected
    assert rank_eval.recall_at_k([Point(7, 0.9), Point(8, 0.1)], {8, 9}) == 0.5
    relevant: Any = [np.int64(8), 9]
    assert rank_eval.recall_at_k([Point(7, 0.9), Point(8, 0.1)], relevant) == 0.5
    assert rank_eval.ndcg_at_k([], GRADES) == 0.0
    assert rank_eval.ndcg_at_k(LIST, {}) == 0.0


@pytest.mark.parametrize(
    ("reranked", "truth", "k", "error", "message"),
    [
        ([("a", float("nan"))], {}, 1, InvalidInputError, "reranked[0]: expected a score, got NaN"),
        ([("a", 1.0), ("b", 2.0)], {}, 1, InvalidInputError, "reranked[1]: expected scores in descending order"),
        ([("a", 1.0), ("a", 1.0)], {}, 1, DuplicateIdError, "reranked[1]: expected each document once"),
        (LIST, ["a", "a"], 1, DuplicateIdError, "ground_truth[1]: expected each document once"),
        (LIST, {}, 0, InvalidInputError, "k: expected at least 1, got 0"),
        (LIST, {}, -1, InvalidInputError, "k: expected at least 1, got -1"),
        (LIST, {"a": 1.0}, 1, DtypeError, "ground_truth['a']: expected a grade of type int, got float"),
        (LIST, {"a": 2**70}, 1, InvalidInputError, "ground_truth['a']: expected an int of 64 bits"),
        (LIST, "abc", 1, DtypeError, "ground_truth: expected a list of ids, got str"),
        (LIST, {1.5: 1}, 1, DtypeError, "ground_truth[1.5]: expected an id of type str or int, got float"),
        ("abc", {}, 1, DtypeError, "reranked: expected a ranked list"),
        (["abc"], {}, 1, DtypeError, "reranked[0]: expected an (id, score) pair, got str"),
    ],
)
def test_refusals(reranked: object, truth: object, k: int, error: type[RankError], message: str) -> None:
    with pytest.raises(error) as caught:
        rank_eval.ndcg_at_k(reranked, truth, k=k)  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)
