"""Rank fusion: merging ranked lists."""

from rank_fusion._errors import (
    DtypeError,
    DuplicateIdError,
    InvalidInputError,
    MissingPackageError,
    RankError,
    ShapeError,
)
from rank_fusion._rank_fusion import reciprocal_rank_fusion

__all__ = [
    "DtypeError",
    "DuplicateIdError",
    "InvalidInputError",
    "MissingPackageError",
    "RankError",
    "ShapeError",
    "reciprocal_rank_fusion",
]
