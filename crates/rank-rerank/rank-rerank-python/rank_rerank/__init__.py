"""Reranking: MaxSim and ColBERT with SIMD, ONNX cross-encoders."""

from rank_rerank._errors import (
    BackendError,
    DtypeError,
    DuplicateIdError,
    InvalidInputError,
    MissingPackageError,
    RankError,
    ShapeError,
)
from rank_rerank._rank_rerank import OrtCrossEncoder, colbert_rank, maxsim, maxsim_batch, maxsim_cosine

__all__ = [
    "BackendError",
    "DtypeError",
    "DuplicateIdError",
    "InvalidInputError",
    "MissingPackageError",
    "OrtCrossEncoder",
    "RankError",
    "ShapeError",
    "colbert_rank",
    "maxsim",
    "maxsim_batch",
    "maxsim_cosine",
]
