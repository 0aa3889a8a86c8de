"""LambdaMART as custom objectives of LightGBM and XGBoost, and nDCG as their metric.

Needs neither of the two: what is returned is a function that they call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rank_soft._errors import InvalidInputError
from rank_soft._rank_soft import lambda_gradients, mean_ndcg

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from numpy.typing import NDArray

    _Array: TypeAlias = NDArray[np.float64]
    _Objective: TypeAlias = Callable[[Any, Any], tuple[_Array, _Array]]

__all__ = ["lightgbm_metric", "lightgbm_objective", "xgboost_metric", "xgboost_objective"]


def lightgbm_objective(*, sigma: float = 1.0, top: int = 30, threads: int = 1) -> _Objective:
    """LambdaMART for LightGBM: pass it as ``params["objective"]`` of ``lightgbm.train``.

    Gradients and second derivatives are those of the built-in ``lambdarank`` with ``boost_from_average=False``, to the
    rounding of the table that it takes its sigmoids from. Gains are ``2 ** label - 1``, its default ``label_gain``.

    Args:
        sigma: The slope of the sigmoid, LightGBM's ``sigmoid``.
        top: Pairs count of which one is among that many best, LightGBM's ``lambdarank_truncation_level``.
        threads: How many threads share the queries; 0: as many as the machine has.

    Returns:
        A function of the scores and of a ``lightgbm.Dataset`` that has groups.

    Raises:
        InvalidInputError: When it is called: a data set without groups, a score that is not finite.

    Source:
        Burges: From RankNet to LambdaRank to LambdaMART (2010); Ke et al.: LightGBM (NeurIPS 2017).

    Example:
        >>> class Dataset:  # stands for lightgbm.Dataset
        ...     def get_label(self): return np.array([1.0, 0.0])
        ...     def get_group(self): return np.array([2])
        ...     def get_weight(self): return None
        >>> gradients, hessians = lightgbm_objective()(np.zeros(2), Dataset())
        >>> bool(gradients[0] < 0 < gradients[1])
        True
    """

    def objective(scores: Any, data: Any) -> tuple[_Array, _Array]:  # noqa: ANN401 - of LightGBM
        labels, offsets, weights = _of_lightgbm(data)
        return lambda_gradients(
            _flat(scores), labels, offsets, weights=weights, like="lightgbm", sigma=sigma, top=top, threads=threads
        )

    return objective


def lightgbm_metric(top: int = 10, *, threads: int = 1) -> Callable[[Any, Any], tuple[str, float, bool]]:
    """Mean nDCG for LightGBM: pass it as ``feval``.

    Args:
        top: How many ranks count.
        threads: As for ``lightgbm_objective``.

    Returns:
        A function that returns the metric's name, its value from 0 to 1, and that higher is better.

    Raises:
        InvalidInputError: When it is called: a data set without groups, a score that is not finite.

    Source:
        Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques (2002).

    Example:
        >>> class Dataset:  # stands for lightgbm.Dataset
        ...     def get_label(self): return np.array([1.0, 0.0])
        ...     def get_group(self): return np.array([2])
        ...     def get_weight(self): return None
        >>> lightgbm_metric(10)(np.array([0.3, 0.1]), Dataset())
        ('ndcg@10', 1.0, True)
    """

    def metric(scores: Any, data: Any) -> tuple[str, float, bool]:  # noqa: ANN401 - of LightGBM
        labels, offsets, _ = _of_lightgbm(data)
        return f"ndcg@{top}", mean_ndcg(_flat(scores), labels, offsets, top=top, threads=threads), True

    return metric


def xgboost_objective(*, sigma: float = 1.0, top: int = 32, threads: int = 1) -> _Objective:
    """LambdaMART for XGBoost: pass it as ``obj`` of ``xgboost.train``, with ``base_score`` 0.

    Gradients and second derivatives are those of the built-in ``rank:ndcg`` with ``lambdarank_pair_method="topk"``, to
    single precision. Labels above 31, random pairs and the removal of position bias are the built-in's alone.

    Args:
        sigma: The slope of the sigmoid.
        top: Pairs count of which one is among that many best, XGBoost's ``lambdarank_num_pair_per_sample``.
        threads: As for ``lightgbm_objective``.

    Returns:
        A function of the scores and of an ``xgboost.DMatrix`` that has groups.

    Raises:
        InvalidInputError: When it is called: a matrix without groups, a score that is not finite.

    Source:
        Burges: From RankNet to LambdaRank to LambdaMART (2010); Chen, Guestrin: XGBoost (KDD 2016).

    Example:
        >>> class DMatrix:  # stands for xgboost.DMatrix
        ...     def get_label(self): return np.array([1.0, 0.0], dtype=np.float32)
        ...     def get_uint_info(self, field): return np.array([0, 2], dtype=np.uint32)
        ...     def get_weight(self): return np.zeros(0)
        >>> gradients, hessians = xgboost_objective()(np.zeros(2), DMatrix())
        >>> bool(gradients[0] < 0 < gradients[1])
        True
    """

    def objective(scores: Any, data: Any) -> tuple[_Array, _Array]:  # noqa: ANN401 - of XGBoost
        labels, offsets, weights = _of_xgboost(data)
        return lambda_gradients(
            _flat(scores), labels, offsets, weights=weights, like="xgboost", sigma=sigma, top=top, threads=threads
        )

    return objective


def xgboost_metric(top: int = 10, *, threads: int = 1) -> Callable[[Any, Any], tuple[str, float]]:
    """Mean nDCG for XGBoost: pass it as ``custom_metric``, with ``maximize=True`` for early stopping.

    Args:
        top: How many ranks count.
        threads: As for ``lightgbm_objective``.

    Returns:
        A function that returns the metric's name and its value from 0 to 1.

    Raises:
        InvalidInputError: When it is called: a matrix without groups, a score that is not finite.

    Source:
        Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques (2002).

    Example:
        >>> class DMatrix:  # stands for xgboost.DMatrix
        ...     def get_label(self): return np.array([1.0, 0.0], dtype=np.float32)
        ...     def get_uint_info(self, field): return np.array([0, 2], dtype=np.uint32)
        ...     def get_weight(self): return np.zeros(0)
        >>> xgboost_metric(10)(np.array([0.3, 0.1]), DMatrix())
        ('ndcg@10', 1.0)
    """

    def metric(scores: Any, data: Any) -> tuple[str, float]:  # noqa: ANN401 - of XGBoost
        labels, offsets, _ = _of_xgboost(data)
        return f"ndcg@{top}", mean_ndcg(_flat(scores), labels, offsets, top=top, threads=threads)

    return metric


def _flat(numbers: Any) -> _Array:  # noqa: ANN401 - of either library
    return np.ascontiguousarray(numbers, dtype=np.float64).reshape(-1)


def _of_lightgbm(data: Any) -> tuple[_Array, NDArray[np.int64], _Array | None]:  # noqa: ANN401
    sizes = data.get_group()
    if sizes is None:
        raise _without_groups("lightgbm.Dataset")
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    weights = data.get_weight()
    return _flat(data.get_label()), offsets, None if weights is None else _flat(weights)


def _of_xgboost(data: Any) -> tuple[_Array, NDArray[np.int64], _Array | None]:  # noqa: ANN401
    offsets = np.asarray(data.get_uint_info("group_ptr")).astype(np.int64)
    if len(offsets) == 0:
        raise _without_groups("xgboost.DMatrix")
    weights = _flat(data.get_weight())
    # XGBoost has a weight for each query, and makes their mean 1.
    shares = np.repeat(weights / weights.mean(), np.diff(offsets)) if len(weights) else None
    return _flat(data.get_label()), offsets, shares


def _without_groups(kind: str) -> InvalidInputError:
    return InvalidInputError(f"data: expected a {kind} with groups, got none; pass group= when it is made")
