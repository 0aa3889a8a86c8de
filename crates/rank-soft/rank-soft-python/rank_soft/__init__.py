"""Differentiable sorting and ranking with exact gradients."""

from rank_soft._errors import DtypeError, InvalidInputError, MissingPackageError, RankError, ShapeError
from rank_soft._rank_soft import (
    Loss,
    Operator,
    State,
    soft_max,
    soft_median,
    soft_min,
    soft_quantile,
    soft_rank,
    soft_rank_vjp,
    soft_sort,
    soft_sort_vjp,
    soft_top_k,
    soft_top_k_mask,
    spearman_loss,
    spearman_loss_grad,
)

__all__ = [
    "DtypeError",
    "InvalidInputError",
    "Loss",
    "MissingPackageError",
    "Operator",
    "RankError",
    "ShapeError",
    "State",
    "soft_max",
    "soft_median",
    "soft_min",
    "soft_quantile",
    "soft_rank",
    "soft_rank_vjp",
    "soft_sort",
    "soft_sort_vjp",
    "soft_top_k",
    "soft_top_k_mask",
    "spearman_loss",
    "spearman_loss_grad",
]
