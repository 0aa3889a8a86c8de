"""First-stage retrieval: BM25, learned sparse vectors, exact dense search, HNSW and Qdrant.

Qdrant is in the module ``rank_retrieve.qdrant``, which needs ``pip install rank-retrieve[qdrant]``.
"""

from rank_retrieve._errors import (
    BackendError,
    DtypeError,
    DuplicateIdError,
    InvalidInputError,
    MissingPackageError,
    RankError,
    ShapeError,
)
from rank_retrieve._rank_retrieve import (
    ENGLISH_STOP_WORDS,
    Analyzer,
    Bm25Index,
    DenseIndex,
    DimensionShare,
    ExactDenseIndex,
    Explanation,
    Field,
    FieldShare,
    Filter,
    Matches,
    Scoring,
    SparseExplanation,
    SparseIndex,
    TermShare,
    field,
    languages,
    stop_words,
)

__all__ = [
    "ENGLISH_STOP_WORDS",
    "Analyzer",
    "BackendError",
    "Bm25Index",
    "DenseIndex",
    "DimensionShare",
    "DtypeError",
    "DuplicateIdError",
    "ExactDenseIndex",
    "Explanation",
    "Field",
    "FieldShare",
    "Filter",
    "InvalidInputError",
    "Matches",
    "MissingPackageError",
    "RankError",
    "Scoring",
    "ShapeError",
    "SparseExplanation",
    "SparseIndex",
    "TermShare",
    "field",
    "languages",
    "stop_words",
]
