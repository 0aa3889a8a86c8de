"""Evaluation of rankings: nDCG, AP, RR and kin, as trec_eval defines them."""

from rank_eval._errors import (
    DtypeError,
    DuplicateIdError,
    InvalidInputError,
    MissingPackageError,
    RankError,
    ShapeError,
)
from rank_eval._rank_eval import (
    Evaluation,
    PairedTTest,
    Qrels,
    RandomizationTest,
    Run,
    average_precision_at_k,
    evaluate,
    ndcg_at_k,
    paired_t_test,
    precision_at_k,
    randomization_test,
    recall_at_k,
    reciprocal_rank_at_k,
    success_at_k,
)

__all__ = [
    "DtypeError",
    "DuplicateIdError",
    "Evaluation",
    "InvalidInputError",
    "MissingPackageError",
    "PairedTTest",
    "Qrels",
    "RandomizationTest",
    "RankError",
    "Run",
    "ShapeError",
    "average_precision_at_k",
    "evaluate",
    "ndcg_at_k",
    "paired_t_test",
    "precision_at_k",
    "randomization_test",
    "recall_at_k",
    "reciprocal_rank_at_k",
    "success_at_k",
]
