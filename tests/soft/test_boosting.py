"""LambdaMART for LightGBM and XGBoost: the gradients of the losses, the trees of the libraries, what is refused."""

import doctest
import importlib
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rank_soft import InvalidInputError, Loss, ShapeError, boosting, lambda_gradients, mean_ndcg

RANDOM = np.random.default_rng(0)
# Some beyond the truncation of both.
SIZES = RANDOM.integers(3, 60, size=40)
OFFSETS = np.concatenate([[0], np.cumsum(SIZES)])
FEATURES = RANDOM.normal(size=(OFFSETS[-1], 5))
QUALITY = FEATURES[:, 0] + np.abs(FEATURES[:, 1]) + 0.3 * RANDOM.normal(size=len(FEATURES))
LABELS = np.clip(np.round(QUALITY), 0, 3)


def test_gradients_are_those_of_the_loss() -> None:
    loss = Loss("lambda_rank", normalize=True, times_length=False, sigma=1.3)
    _, want = loss(QUALITY, LABELS, offsets=OFFSETS, reduction="sum")
    gradients, hessians = lambda_gradients(QUALITY, LABELS, OFFSETS, sigma=1.3, threads=2)
    np.testing.assert_allclose(gradients, want, atol=1e-13)
    assert (hessians >= 0).all()
    step = 1e-4
    # The weights of pairs hold still while ranks do: second derivatives are those of the gradients.
    moved, at = QUALITY.copy(), OFFSETS[1]
    moved[at] += step
    above, _ = lambda_gradients(moved, LABELS, OFFSETS, sigma=1.3)
    np.testing.assert_allclose((above[at] - gradients[at]) / step, hessians[at], atol=1e-3)
    weights = np.arange(1.0, len(LABELS) + 1)
    weighted, _ = lambda_gradients(QUALITY, LABELS, OFFSETS, sigma=1.3, weights=weights)
    np.testing.assert_allclose(weighted, weights * gradients)


def test_lightgbm_grows_the_trees_of_its_own_objective() -> None:
    lightgbm: Any = importlib.import_module("lightgbm")
    common = {"verbosity": -1, "num_leaves": 7, "learning_rate": 0.1, "min_data_in_leaf": 5, "deterministic": True}
    common |= {"num_threads": 1, "boost_from_average": False}

    def train(objective: Any, evals: dict[str, Any]) -> Any:  # noqa: ANN401
        data = lightgbm.Dataset(FEATURES, LABELS, group=SIZES)
        return lightgbm.train(
            common | {"objective": objective, "metric": "ndcg", "eval_at": [10]},
            data,
            num_boost_round=20,
            valid_sets=[data],
            feval=boosting.lightgbm_metric(10),
            callbacks=[lightgbm.record_evaluation(evals)],
        )

    evals: dict[str, Any] = {}
    ours, theirs = train(boosting.lightgbm_objective(), evals), train("lambdarank", {})
    # LightGBM takes its sigmoids from a table.
    np.testing.assert_allclose(ours.predict(FEATURES), theirs.predict(FEATURES), atol=1e-4)
    ndcg = evals["training"]["ndcg@10"]
    assert ndcg[-1] > 0.9
    assert ndcg[-1] == pytest.approx(mean_ndcg(ours.predict(FEATURES), LABELS, OFFSETS, top=10))


@pytest.mark.parametrize("weighted", [False, True])
def test_xgboost_grows_the_trees_of_its_own_objective(*, weighted: bool) -> None:
    xgboost: Any = pytest.importorskip("xgboost")
    data = xgboost.DMatrix(FEATURES, LABELS)
    data.set_group(SIZES)
    if weighted:
        data.set_weight(RANDOM.uniform(0.5, 3, size=len(SIZES)))
    common = {"max_depth": 3, "eta": 0.1, "nthread": 1, "base_score": 0.0}
    ours = xgboost.train(
        common | {"disable_default_eval_metric": True}, data, num_boost_round=20, obj=boosting.xgboost_objective()
    )
    theirs = xgboost.train(common | {"objective": "rank:ndcg"}, data, num_boost_round=20)
    scores = theirs.predict(data, output_margin=True)
    assert np.ptp(scores) > 1
    np.testing.assert_allclose(ours.predict(data, output_margin=True), scores, atol=1e-5)


def test_xgboost_learns() -> None:
    xgboost: Any = pytest.importorskip("xgboost")
    data = xgboost.DMatrix(FEATURES, LABELS)
    data.set_group(SIZES)
    evals: dict[str, Any] = {}
    booster = xgboost.train(
        {"max_depth": 3, "eta": 0.1, "nthread": 1, "disable_default_eval_metric": True, "base_score": 0.0},
        data,
        num_boost_round=20,
        obj=boosting.xgboost_objective(),
        custom_metric=boosting.xgboost_metric(10),
        evals=[(data, "training")],
        evals_result=evals,
        verbose_eval=False,
    )
    ndcg = evals["training"]["ndcg@10"]
    assert ndcg[-1] > 0.9
    scores = booster.predict(data, output_margin=True).astype(np.float64)
    assert ndcg[-1] == pytest.approx(mean_ndcg(scores, LABELS, OFFSETS, top=10), abs=1e-6)


def test_weights_of_queries() -> None:
    group = np.array([0, 2, 4], dtype=np.uint32)
    labels, weights = np.array([1.0, 0.0, 1.0, 0.0]), np.array([1.0, 3.0])
    matrix = SimpleNamespace(get_label=lambda: labels, get_uint_info=lambda _: group, get_weight=lambda: weights)
    gradients, hessians = boosting.xgboost_objective()(np.zeros(4), matrix)
    np.testing.assert_allclose(gradients[2:], 3 * gradients[:2])
    np.testing.assert_allclose(hessians[2:], 3 * hessians[:2])


def test_errors() -> None:
    matrix = SimpleNamespace(get_uint_info=lambda _: np.zeros(0, dtype=np.uint32))
    with pytest.raises(InvalidInputError, match=r"data: expected a xgboost\.DMatrix with groups, got none"):
        boosting.xgboost_objective()(np.zeros(2), matrix)
    dataset = SimpleNamespace(get_group=lambda: None)
    with pytest.raises(InvalidInputError, match=r"data: expected a lightgbm\.Dataset with groups, got none"):
        boosting.lightgbm_metric()(np.zeros(2), dataset)
    with pytest.raises(InvalidInputError, match='like: expected "lightgbm", "xgboost" or None, got "catboost"'):
        lambda_gradients(QUALITY, LABELS, OFFSETS, like="catboost")  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="sigma: expected a positive number"):
        lambda_gradients(QUALITY, LABELS, OFFSETS, sigma=0.0)
    with pytest.raises(ShapeError, match=r"scores: expected shape \(items,\)"):
        mean_ndcg(FEATURES, LABELS, OFFSETS)
    with pytest.raises(ShapeError, match="labels: expected shape"):
        mean_ndcg(QUALITY, LABELS[1:], OFFSETS)
    with pytest.raises(InvalidInputError, match="offsets: expected ascending"):
        mean_ndcg(QUALITY, LABELS, OFFSETS[:-1])


def test_examples() -> None:
    result = doctest.testmod(boosting)
    assert result.failed == 0
    assert result.attempted > 0
    for name in boosting.__all__:
        assert ">>>" in (getattr(boosting, name).__doc__ or ""), name
