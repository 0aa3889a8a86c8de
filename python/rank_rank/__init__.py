"""The ranking layer of search and RAG: the pipeline and the command line over the five packages.

``rank-rank demo`` runs it on NumPy's own documentation; ``rank-rank search`` asks the index that this leaves.
"""

from rank_rank.beir import read_beir
from rank_rank.collection import Collection, Document
from rank_rank.demo import DemoOptions, run_demo
from rank_rank.encoder import Encoder
from rank_rank.errors import (
    CollectionError,
    EncoderError,
    IndexFolderError,
    InvalidInputError,
    MissingPackageError,
    RankError,
)
from rank_rank.lsa import LsaEncoder
from rank_rank.numpy_docs import numpy_collection
from rank_rank.pipeline import STAGES, Depths, Pipeline, StageRun
from rank_rank.report import MEASURES, Report, StageReport, evaluate
from rank_rank.sentence_encoder import SentenceEncoder

__all__ = [
    "MEASURES",
    "STAGES",
    "Collection",
    "CollectionError",
    "DemoOptions",
    "Depths",
    "Document",
    "Encoder",
    "EncoderError",
    "IndexFolderError",
    "InvalidInputError",
    "LsaEncoder",
    "MissingPackageError",
    "Pipeline",
    "RankError",
    "Report",
    "SentenceEncoder",
    "StageReport",
    "StageRun",
    "evaluate",
    "numpy_collection",
    "read_beir",
    "run_demo",
]
