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
from rank_rerank._rank_rerank import (
    OrtCrossEncoder,
    colbert_rank,
    maxsim,
    maxsim_batch,
    maxsim_cosine,
    maxsim_matrix,
    maxsim_top_k,
    quantize_int8,
    to_bf16,
)

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
    "maxsim_matrix",
    "maxsim_top_k",
    "quantize_int8",
    "to_bf16",
]
