"""Differentiable sorting and ranking with exact gradients."""

from rank_soft._errors import DtypeError, InvalidInputError, MissingPackageError, RankError, ShapeError
from rank_soft._rank_soft import (
    soft_rank,
    soft_rank_vjp,
    soft_sort,
    soft_sort_vjp,
    spearman_loss,
    spearman_loss_grad,
)

__all__ = [
    "DtypeError",
    "InvalidInputError",
    "MissingPackageError",
    "RankError",
    "ShapeError",
    "soft_rank",
    "soft_rank_vjp",
    "soft_sort",
    "soft_sort_vjp",
    "spearman_loss",
    "spearman_loss_grad",
]
