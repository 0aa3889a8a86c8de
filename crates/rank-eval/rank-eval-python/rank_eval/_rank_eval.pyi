import os
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, Mapping, Sequence, ValuesView
from typing import Any, Literal, Protocol, Self, SupportsFloat, SupportsIndex, TypeAlias, TypeVar, final

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
from numpy.typing import NDArray

_Id = TypeVar("_Id", bound=int | str)

class _Scored(Protocol):
    """A scored document, such as Qdrant's ``ScoredPoint``."""

    @property
    def id(self) -> int | str: ...
    @property
    def score(self) -> float: ...

class _ArrowStream(Protocol):
    """A table of pyarrow, polars, pandas or any other library that speaks Arrow."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...

class _ArrowArray(Protocol):
    """A single record batch."""

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]: ...

class _ScoreRow(Protocol):
    """A row of a run, such as ``ir_measures.ScoredDoc``."""

    @property
    def query_id(self) -> str: ...
    @property
    def doc_id(self) -> str: ...
    @property
    def score(self) -> float: ...

class _GradeRow(Protocol):
    """A row of qrels, such as ``ir_measures.Qrel``."""

    @property
    def query_id(self) -> str: ...
    @property
    def doc_id(self) -> str: ...
    @property
    def relevance(self) -> int: ...

class _RanxTable(Protocol):
    """``ranx.Run`` or ``ranx.Qrels``."""

    def to_dict(self) -> Any: ...  # noqa: ANN401 - dicts of another library

class _Tensor(Protocol):
    """A tensor in the memory of the processor, such as ``torch.Tensor``."""

    def __dlpack__(self) -> object: ...

_Table: TypeAlias = _ArrowStream | _ArrowArray
_ScoreRows: TypeAlias = Iterable[_ScoreRow] | Iterable[tuple[str | int, str | int, SupportsFloat]]
_GradeRows: TypeAlias = Iterable[_GradeRow] | Iterable[tuple[str | int, str | int, SupportsIndex]]
_Order: TypeAlias = Literal["docid_desc", "docid_asc", "stable", "expected", "best", "worst"]
_Version: TypeAlias = Literal["9", "9.0.8", "10"]
_RankedList: TypeAlias = Iterable[tuple[_Id, SupportsFloat]] | Mapping[_Id, SupportsFloat] | Iterable[_Scored]
_Judgments: TypeAlias = Mapping[_Id, SupportsIndex] | Iterable[_Id]
_Path: TypeAlias = str | os.PathLike[str]
_RunDict: TypeAlias = Mapping[str, _RankedList[str]] | Mapping[int, _RankedList[int]]
_QrelsDict: TypeAlias = Mapping[str, Mapping[str, SupportsIndex]] | Mapping[int, Mapping[int, SupportsIndex]]
_AnyRun: TypeAlias = Run | _RunDict | _Table | _ScoreRows | _RanxTable | _Path
_AnyQrels: TypeAlias = Qrels | _QrelsDict | _Table | _GradeRows | _RanxTable | _Path
_Sample: TypeAlias = Iterable[SupportsFloat] | Mapping[str, SupportsFloat]
_Samples: TypeAlias = Mapping[str, _Sample] | Iterable[_Sample]
_Test: TypeAlias = Literal["paired_t", "randomization", "wilcoxon", "sign", "tukey_hsd", "randomized_tukey_hsd"]
_Correction: TypeAlias = Literal["none", "bonferroni", "holm", "benjamini-hochberg"]

def ndcg_at_k(reranked: _RankedList[_Id], ground_truth: _Judgments[_Id], k: int = 10) -> float:
    """Normalized discounted cumulative gain at ``k``.

    The gain of the first ``k`` documents, discounted by their rank, over that of the best possible order. The document
    at rank ``i``, the first being 1, gains its grade divided by ``log2(i + 1)``.

    Args:
        reranked: A ranked list, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or a
            dict of id to score. The order counts; scores are checked against it.
        ground_truth: The judgments of the query: a dict of id to grade, or a set or list of the relevant ids. Grades of
            at least 1 are relevant; other documents, judged or not, are not.
        k: The depth, at least 1; beyond the end of the list, all of it counts.

    Returns:
        The value, in [0, 1]; 0 if no document is relevant. The best order is of all judged documents, ranked or not:
        ``ndcg_cut`` of trec_eval.

    Raises:
        InvalidInputError: A NaN, a list that is not sorted by its scores, or ``k`` below 1.
        DuplicateIdError: A document twice in the list or the ground truth.
        DtypeError: Something that is not a ranked list, or a grade that is not an int.

    Source:
        Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques (ACM TOIS 2002).

    Example:
        >>> round(ndcg_at_k([("a", 2.0), ("b", 1.0)], {"b": 1}), 4)  # 1 / log2(3)
        0.6309
    """

def precision_at_k(reranked: _RankedList[_Id], ground_truth: _Judgments[_Id], k: int = 10) -> float:
    """Precision: the share of the first ``k`` documents that are relevant.

    Args:
        reranked: A ranked list, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or a
            dict of id to score. The order counts; scores are checked against it.
        ground_truth: The judgments of the query: a dict of id to grade, or a set or list of the relevant ids. Grades of
            at least 1 are relevant; other documents, judged or not, are not.
        k: The depth, at least 1; beyond the end of the list, all of it counts.

    Returns:
        The value, in [0, 1]. The divisor stays ``k`` for a shorter list: ``P`` of trec_eval.

    Raises:
        InvalidInputError: A NaN, a list that is not sorted by its scores, or ``k`` below 1.
        DuplicateIdError: A document twice in the list or the ground truth.
        DtypeError: Something that is not a ranked list, or a grade that is not an int.

    Source:
        Cleverdon: The Cranfield tests on index language devices (Aslib Proceedings 1967).

    Example:
        >>> precision_at_k([("a", 2.0), ("b", 1.0)], {"b"}, k=4)
        0.25
    """

def recall_at_k(reranked: _RankedList[_Id], ground_truth: _Judgments[_Id], k: int = 10) -> float:
    """Recall: the share of the relevant documents that are among the first ``k``.

    Args:
        reranked: A ranked list, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or a
            dict of id to score. The order counts; scores are checked against it.
        ground_truth: The judgments of the query: a dict of id to grade, or a set or list of the relevant ids. Grades of
            at least 1 are relevant; other documents, judged or not, are not.
        k: The depth, at least 1; beyond the end of the list, all of it counts.

    Returns:
        The value, in [0, 1]; 0 if no document is relevant. Relevant documents count, ranked or not: ``recall`` of
        trec_eval.

    Raises:
        InvalidInputError: A NaN, a list that is not sorted by its scores, or ``k`` below 1.
        DuplicateIdError: A document twice in the list or the ground truth.
        DtypeError: Something that is not a ranked list, or a grade that is not an int.

    Source:
        Cleverdon: The Cranfield tests on index language devices (Aslib Proceedings 1967).

    Example:
        >>> recall_at_k([("a", 2.0), ("b", 1.0)], {"b", "c"})
        0.5
    """

def success_at_k(reranked: _RankedList[_Id], ground_truth: _Judgments[_Id], k: int = 10) -> float:
    """Success, also called hit rate: 1 if there is a relevant document among the first ``k``, else 0.

    Args:
        reranked: A ranked list, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or a
            dict of id to score. The order counts; scores are checked against it.
        ground_truth: The judgments of the query: a dict of id to grade, or a set or list of the relevant ids. Grades of
            at least 1 are relevant; other documents, judged or not, are not.
        k: The depth, at least 1; beyond the end of the list, all of it counts.

    Returns:
        0.0 or 1.0: ``success`` of trec_eval.

    Raises:
        InvalidInputError: A NaN, a list that is not sorted by its scores, or ``k`` below 1.
        DuplicateIdError: A document twice in the list or the ground truth.
        DtypeError: Something that is not a ranked list, or a grade that is not an int.

    Source:
        trec_eval, measure ``success``; National Institute of Standards and Technology.

    Example:
        >>> success_at_k([("a", 2.0), ("b", 1.0)], {"b"}, k=1)
        0.0
    """

def reciprocal_rank_at_k(reranked: _RankedList[_Id], ground_truth: _Judgments[_Id], k: int = 10) -> float:
    """Reciprocal rank: 1 / rank of the first relevant document, 0 if there is none among the first ``k``.

    Args:
        reranked: A ranked list, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or a
            dict of id to score. The order counts; scores are checked against it.
        ground_truth: The judgments of the query: a dict of id to grade, or a set or list of the relevant ids. Grades of
            at least 1 are relevant; other documents, judged or not, are not.
        k: The depth, at least 1; beyond the end of the list, all of it counts.

    Returns:
        The value, in [0, 1]. Its mean over queries is the mean reciprocal rank (MRR).

    Raises:
        InvalidInputError: A NaN, a list that is not sorted by its scores, or ``k`` below 1.
        DuplicateIdError: A document twice in the list or the ground truth.
        DtypeError: Something that is not a ranked list, or a grade that is not an int.

    Source:
        Kantor, Voorhees: The TREC-5 confusion track (Information Retrieval 2000).

    Example:
        >>> reciprocal_rank_at_k([("a", 2.0), ("b", 1.0)], {"b"})
        0.5
    """

def average_precision_at_k(reranked: _RankedList[_Id], ground_truth: _Judgments[_Id], k: int = 10) -> float:
    """Average precision at ``k``.

    The precision at each relevant document among the first ``k``, summed, over the number of relevant documents.

    Args:
        reranked: A ranked list, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or a
            dict of id to score. The order counts; scores are checked against it.
        ground_truth: The judgments of the query: a dict of id to grade, or a set or list of the relevant ids. Grades of
            at least 1 are relevant; other documents, judged or not, are not.
        k: The depth, at least 1; beyond the end of the list, all of it counts.

    Returns:
        The value, in [0, 1]; 0 if no document is relevant. The divisor counts all relevant documents, ranked or not:
        ``map_cut`` of trec_eval.

    Raises:
        InvalidInputError: A NaN, a list that is not sorted by its scores, or ``k`` below 1.
        DuplicateIdError: A document twice in the list or the ground truth.
        DtypeError: Something that is not a ranked list, or a grade that is not an int.

    Source:
        Harman: Overview of the first text retrieval conference (TREC-1, 1993).

    Example:
        >>> average_precision_at_k([("a", 2.0), ("b", 1.0)], {"a", "c"})
        0.5
    """

@final
class Run:
    """The ranked lists of many queries.

    Queries are in ascending order of id; a query's documents are ordered by score descending, then by document id
    descending, as trec_eval does. Scores are compared as float64; version 9 of trec_eval and pytrec_eval round them to
    float32 first. Ids are text; an ``int`` is taken as its digits.
    """

    @classmethod
    def from_dict(cls, run: _RunDict, *, progress: bool = False) -> Run:
        """The run of a dict.

        Args:
            run: A dict of query id to a dict of document id to score, or to any other ranked list.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            InvalidInputError: A NaN.
            DuplicateIdError: A document twice for one query.
            DtypeError: A value of another type.

        Example:
            >>> Run.from_dict({"q1": {"a": 0.5, "b": 0.5, "c": 0.9}}).to_dict()
            {'q1': {'c': 0.9, 'b': 0.5, 'a': 0.5}}
        """

    @classmethod
    def from_rows(cls, rows: _ScoreRows, *, progress: bool = False) -> Run:
        """The run of rows of query, document and score, in any order.

        Args:
            rows: Objects with ``query_id``, ``doc_id`` and ``score``, such as ``ir_measures.ScoredDoc``, or tuples of
                these three.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            InvalidInputError: A NaN.
            DuplicateIdError: A document twice for one query.
            DtypeError: A value of another type.

        Example:
            >>> Run.from_rows([("q1", "a", 0.5), ("q1", "b", 0.9)]).to_dict()
            {'q1': {'b': 0.9, 'a': 0.5}}
        """

    @classmethod
    def from_columns(
        cls,
        query_ids: NDArray[Any],
        doc_ids: NDArray[Any],
        scores: NDArray[np.float32 | np.float64],
        *,
        progress: bool = False,
    ) -> Run:
        """The run of columns of NumPy, one row for each document, in any order. The columns are read in place.

        Args:
            query_ids: A C-contiguous array of shape ``(rows,)``: int64, int32, ``U``, ``S`` (UTF-8), ``StringDType`` or
                objects of type str or int. It costs less if the rows of a query stand together.
            doc_ids: The same for documents.
            scores: float32 or float64, of the same shape.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            ShapeError: Arrays of different lengths, of other dimensions or not C-contiguous.
            DtypeError: An array of another dtype.
            InvalidInputError: A NaN, or bytes that are no UTF-8.
            DuplicateIdError: A document twice for one query.

        Example:
            >>> Run.from_columns(np.array([7, 7]), np.array(["a", "b"]), np.array([0.5, 0.9])).to_dict()
            {'7': {'b': 0.9, 'a': 0.5}}
        """

    @classmethod
    def from_arrays(
        cls,
        query_ids: NDArray[Any],
        offsets: NDArray[np.int64],
        doc_ids: NDArray[Any],
        scores: NDArray[np.float32 | np.float64],
        *,
        progress: bool = False,
    ) -> Run:
        """The run of ragged arrays: the documents of all queries one after the other. They are read in place.

        Args:
            query_ids: The id of each query, shape ``(queries,)``, dtypes as in ``from_columns``.
            offsets: int64 of shape ``(queries + 1,)``: the documents of query ``i`` are those from ``offsets[i]`` to
                ``offsets[i + 1]``.
            doc_ids: The id of each document, shape ``(rows,)``, as in ``from_columns``.
            scores: float32 or float64, shape ``(rows,)``.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            RankError: As ``from_columns``; ``InvalidInputError`` for offsets that do not ascend from 0 to ``rows``.

        Example:
            >>> queries, offsets = np.array(["q1", "q2"]), np.array([0, 2, 3])
            >>> Run.from_arrays(queries, offsets, np.array([1, 2, 1]), np.array([0.5, 0.9, 0.1])).to_dict()
            {'q1': {'2': 0.9, '1': 0.5}, 'q2': {'1': 0.1}}
        """

    def cut(self, depth: int) -> Run:
        """The run of the first ``depth`` documents of each query.

        Args:
            depth: How many.

        Raises:
            InvalidInputError: A negative number.

        Example:
            >>> Run.from_dict({"q1": {"a": 0.5, "b": 0.9}}).cut(1).to_dict()
            {'q1': {'b': 0.9}}
        """

    def slice(self, queries: Iterable[int | str] | Callable[[str], bool]) -> Run:
        """The run of these queries alone. No row is copied.

        Args:
            queries: The ids of queries that the run has, or a function that says of an id whether it stays.

        Raises:
            InvalidInputError: A query that the run lacks.
            DtypeError: Something that is no id, or a function that returns no bool.

        Example:
            >>> run = Run.from_dict({"q1": {"a": 0.5}, "q2": {"b": 0.9}})
            >>> run.slice(["q2"]).to_dict()
            {'q2': {'b': 0.9}}
            >>> run.slice(lambda query: query < "q2").queries
            ['q1']
        """

    def filter(
        self, documents: Iterable[int | str] | Callable[[str, str, float], bool], *, progress: bool = False
    ) -> Run:
        """The run of these documents alone. A query may be left without documents.

        So a residual collection is made, which lacks what the user has seen: filter run and qrels by the same function.

        Args:
            documents: The ids of documents, which a query need not have; or a function of query, document and score
                that says whether the row stays.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            DtypeError: Something that is no id, or a function that returns no bool.

        Example:
            >>> run = Run.from_dict({"q1": {"a": 0.5, "b": 0.9}, "q2": {"b": 0.1}})
            >>> run.filter(["b"]).to_dict()
            {'q1': {'b': 0.9}, 'q2': {'b': 0.1}}
            >>> seen = {"q1": {"b"}, "q2": set()}
            >>> run.filter(lambda query, document, score: document not in seen[query]).to_dict()
            {'q1': {'a': 0.5}, 'q2': {'b': 0.1}}
        """

    @classmethod
    def merge(
        cls,
        runs: Iterable[Run],
        duplicates: Literal["refuse", "keep_first", "keep_last"] = "refuse",
        *,
        progress: bool = False,
    ) -> Run:
        """The run of the queries and documents of all ``runs``: parts of one run, such as those of several shards.

        Args:
            runs: The runs.
            duplicates: What becomes of a document that two of them have for the same query: ``"refuse"``: an error;
                ``"keep_first"``, ``"keep_last"``: the score of the first or the last of them counts.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            DuplicateIdError: A document twice for one query, where that is refused.
            DtypeError: Something that is no ``Run``.
            InvalidInputError: Another policy.

        Example:
            >>> Run.merge([Run.from_dict({"q1": {"a": 0.5}}), Run.from_dict({"q1": {"b": 0.9}})]).to_dict()
            {'q1': {'b': 0.9, 'a': 0.5}}
        """

    @classmethod
    def from_arrow(
        cls,
        table: _Table,
        *,
        query_id: str = "query_id",
        doc_id: str = "doc_id",
        score: str = "score",
        progress: bool = False,
    ) -> Run:
        """The run of a table with a row for each document. Its columns are read in place.

        The table is a ``pyarrow.Table`` or ``RecordBatch``, a ``polars.DataFrame``, a ``pandas.DataFrame``, or whatever
        else has ``__arrow_c_stream__`` or ``__arrow_c_array__``. A ``pandas.DataFrame`` is read where pyarrow is not
        installed as well, through NumPy.

        Args:
            table: The rows, in any order, in one chunk or many. Ids are strings of any kind, ints, or categories of
                these; scores are floats, or ints that float64 holds.
            query_id: The name of the column of query ids.
            doc_id: The name of the column of document ids.
            score: The name of the column of scores.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            InvalidInputError: A column that is missing, a null, or a NaN.
            DuplicateIdError: A document twice for one query.
            DtypeError: A column of another type, or something that is no table.

        Example:
            >>> import polars as pl
            >>> table = pl.DataFrame({"query_id": ["q1", "q1"], "doc_id": [7, 8], "score": [0.5, 0.9]})
            >>> Run.from_arrow(table).to_dict()
            {'q1': {'8': 0.9, '7': 0.5}}
        """

    @classmethod
    def read(cls, path: _Path, *, threads: int = 0, progress: bool = False) -> Run:
        """Reads a file, plain, gzip or zstd: lines of ``query Q0 document rank score tag``, in any order.

        Only the scores order the documents; the second column, rank and tag are ignored. Or lines of JSON,
        ``{"query_id": "q1", "doc_id": "d1", "score": 0.5}``. Empty lines and lines that begin with ``#`` are comments.

        Args:
            path: The file; ``-`` is the standard input.
            threads: The number of threads, 0 for as many as the machine has. The run does not depend on it.
            progress: Whether to show a bar of the bytes that are read, which needs the package tqdm.

        Raises:
            OSError: The file cannot be read; ``FileNotFoundError`` if it is not there.
            InvalidInputError: A line without exactly six columns, a score that is no number, or a document that is
                there twice for one query. The message names the line.
        """

    def write(self, path: _Path, tag: str = "rank-rank", *, progress: bool = False) -> None:
        """Writes a TREC file; gzip if the name ends in ``.gz``, zstd if it ends in ``.zst``.

        Scores are printed such that they read back to the same bits. The file appears under its name only when it is
        complete. A query without documents leaves no line.

        Args:
            path: The file.
            tag: The name of the run.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            OSError: The file cannot be written.
            InvalidInputError: A tag or an id that is empty or has white space, or a query id that would be read as a
                comment or as another format.
        """

    def write_jsonl(self, path: _Path, *, progress: bool = False) -> None:
        """Writes lines of JSON, ``{"query_id": "q1", "doc_id": "d1", "score": 0.5}``; compressed as by ``write``.

        Args:
            path: The file.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            OSError: The file cannot be written.
            InvalidInputError: A score that is infinite, which JSON has no word for.
        """

    def to_dict(self) -> dict[str, dict[str, float]]:
        """The run as a dict of query id to a dict of document id to score, both in order."""

    def ranked(self, query: int | str) -> list[tuple[str, float]]:
        """The documents of a query with their scores, best first.

        Raises:
            KeyError: A query that the run lacks.

        Example:
            >>> Run.from_dict({"q1": {"a": 0.5, "b": 0.9}}).ranked("q1")
            [('b', 0.9), ('a', 0.5)]
        """

    @property
    def queries(self) -> list[str]:
        """The query ids, ascending."""

    @property
    def depths(self) -> dict[str, int]:
        """The number of documents of each query."""

    @property
    def document_count(self) -> int:
        """The number of documents of all queries."""

    @property
    def tag(self) -> str | None:
        """The tag of a run that was read in TREC form: the last word of its last line."""

    def to_arrow(self) -> pa.Table:
        """The run as a ``pyarrow.Table`` with the columns ``query_id``, ``doc_id`` and ``score``, in order.

        Raises:
            MissingPackageError: pyarrow is not installed.
        """

    def to_pandas(self) -> pd.DataFrame:
        """The run as a ``pandas.DataFrame`` with the columns ``query_id``, ``doc_id`` and ``score``, in order.

        Raises:
            MissingPackageError: pandas is not installed.
        """

    def to_polars(self) -> pl.DataFrame:
        """The run as a ``polars.DataFrame`` with the columns ``query_id``, ``doc_id`` and ``score``, in order.

        Raises:
            MissingPackageError: polars is not installed.
        """

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The run for any library that speaks Arrow, with the columns of ``to_arrow``."""

    def __len__(self) -> int:
        """The number of queries."""

@final
class Qrels:
    """The judgments of many queries. Ids are text; an ``int`` is taken as its digits."""

    @classmethod
    def from_dict(cls, qrels: _QrelsDict, *, progress: bool = False) -> Qrels:
        """The qrels of a dict.

        Args:
            qrels: A dict of query id to a dict of document id to grade, an ``int``.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            DuplicateIdError: A document twice for one query, as ``1`` and ``"1"``.
            DtypeError: A value of another type.

        Example:
            >>> len(Qrels.from_dict({"q1": {"a": 1, "b": 0}}))
            1
        """

    @classmethod
    def from_rows(cls, rows: _GradeRows, *, progress: bool = False) -> Qrels:
        """The qrels of rows of query, document and grade, in any order.

        Args:
            rows: Objects with ``query_id``, ``doc_id`` and ``relevance``, such as ``ir_measures.Qrel`` and the qrels of
                ``ir_datasets``, or tuples of these three.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            DuplicateIdError: A document twice for one query.
            DtypeError: A value of another type.

        Example:
            >>> Qrels.from_rows([("q1", "a", 1), ("q2", "b", 0)]).to_dict()
            {'q1': {'a': 1}, 'q2': {'b': 0}}
        """

    @classmethod
    def from_columns(
        cls, query_ids: NDArray[Any], doc_ids: NDArray[Any], grades: NDArray[Any], *, progress: bool = False
    ) -> Qrels:
        """The qrels of columns of NumPy, one row for each judgment, in any order.

        Args:
            query_ids: Ids, as in ``Run.from_columns``.
            doc_ids: The same for documents.
            grades: C-contiguous, shape ``(rows,)``: int64, which is read in place, or any other integers that int64
                holds, or booleans.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            ShapeError: Arrays of different lengths, of other dimensions or not C-contiguous.
            DtypeError: An array of another dtype.
            InvalidInputError: Bytes that are no UTF-8.
            DuplicateIdError: A document twice for one query.

        Example:
            >>> Qrels.from_columns(np.array([7, 7]), np.array(["a", "b"]), np.array([1, 0])).to_dict()
            {'7': {'a': 1, 'b': 0}}
        """

    @classmethod
    def from_arrays(
        cls,
        query_ids: NDArray[Any],
        offsets: NDArray[np.int64],
        doc_ids: NDArray[Any],
        grades: NDArray[Any],
        *,
        progress: bool = False,
    ) -> Qrels:
        """The qrels of ragged arrays: the judgments of all queries one after the other.

        Args:
            query_ids: The id of each query, as in ``Run.from_arrays``.
            offsets: int64 of shape ``(queries + 1,)``: the judgments of query ``i`` are those from ``offsets[i]`` to
                ``offsets[i + 1]``.
            doc_ids: The id of each document, shape ``(rows,)``.
            grades: The grade of each, as in ``from_columns``.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            RankError: As ``from_columns``; ``InvalidInputError`` for offsets that do not ascend from 0 to ``rows``.

        Example:
            >>> queries, offsets = np.array(["q1", "q2"]), np.array([0, 2, 3])
            >>> Qrels.from_arrays(queries, offsets, np.array([1, 2, 1]), np.array([True, False, True])).to_dict()
            {'q1': {'1': 1, '2': 0}, 'q2': {'1': 1}}
        """

    @classmethod
    def from_arrow(
        cls,
        table: _Table,
        *,
        query_id: str = "query_id",
        doc_id: str = "doc_id",
        grade: str | None = None,
        progress: bool = False,
    ) -> Qrels:
        """The qrels of a table with a row for each judgment. See ``Run.from_arrow``.

        Args:
            table: The rows, in any order, in one chunk or many. Ids as in ``Run.from_arrow``; grades are ints or
                booleans.
            query_id: The name of the column of query ids.
            doc_id: The name of the column of document ids.
            grade: The name of the column of grades; ``"relevance"`` or ``"grade"``, whichever is there, if ``None``.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            InvalidInputError: A column that is missing, both ``"relevance"`` and ``"grade"``, or a null.
            DuplicateIdError: A document twice for one query.
            DtypeError: A column of another type, or something that is no table.

        Example:
            >>> import pyarrow as pa
            >>> table = pa.table({"query_id": ["q1"], "doc_id": ["a"], "relevance": [1]})
            >>> Qrels.from_arrow(table).to_dict()
            {'q1': {'a': 1}}
        """

    @classmethod
    def read(cls, path: _Path, *, threads: int = 0, progress: bool = False) -> Qrels:
        """Reads qrels, plain, gzip or zstd, in TREC or BEIR form, or lines of JSON.

        TREC: lines of ``query iteration document grade``. BEIR: tab-separated, with the first line
        ``query-id corpus-id score``. JSON: ``{"query_id": "q1", "doc_id": "d1", "score": 1}``.

        Args:
            path: The file; ``-`` is the standard input.
            threads: As in ``Run.read``.
            progress: As in ``Run.read``.

        Raises:
            OSError: The file cannot be read; ``FileNotFoundError`` if it is not there.
            InvalidInputError: A line with another number of columns, a grade that is no whole number, or a document
                that is judged twice for one query. The message names the line.
        """

    def slice(self, queries: Iterable[int | str] | Callable[[str], bool]) -> Qrels:
        """The judgments of these queries alone. No row is copied.

        Args:
            queries: The ids of queries that the qrels have, or a function that says of an id whether it stays.

        Raises:
            InvalidInputError: A query that the qrels lack.
            DtypeError: Something that is no id, or a function that returns no bool.

        Example:
            >>> Qrels.from_dict({"q1": {"a": 1}, "q2": {"b": 2}}).slice(["q2"]).to_dict()
            {'q2': {'b': 2}}
        """

    def filter(
        self, documents: Iterable[int | str] | Callable[[str, str, int], bool], *, progress: bool = False
    ) -> Qrels:
        """The judgments of these documents alone. A query may be left without judgments, and still counts.

        Args:
            documents: The ids of documents, which a query need not have; or a function of query, document and grade
                that says whether the judgment stays.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            DtypeError: Something that is no id, or a function that returns no bool.

        Example:
            >>> qrels = Qrels.from_dict({"q1": {"a": 1, "b": 0}})
            >>> qrels.filter(lambda query, document, grade: grade > 0).to_dict()
            {'q1': {'a': 1}}
        """

    @classmethod
    def merge(
        cls,
        qrels: Iterable[Qrels],
        duplicates: Literal["refuse", "keep_first", "keep_last"] = "refuse",
        *,
        progress: bool = False,
    ) -> Qrels:
        """The judgments of all ``qrels``.

        Args:
            qrels: The judgments to bring together.
            duplicates: What becomes of a document that two of them judge for the same query: ``"refuse"``: an error;
                ``"keep_first"``, ``"keep_last"``: the grade of the first or the last of them counts.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            DuplicateIdError: A document twice for one query, where that is refused.
            DtypeError: Something that is no ``Qrels``.
            InvalidInputError: Another policy.

        Example:
            >>> parts = [Qrels.from_dict({"q1": {"a": 1}}), Qrels.from_dict({"q1": {"a": 2}})]
            >>> Qrels.merge(parts, "keep_last").to_dict()
            {'q1': {'a': 2}}
        """

    def write(self, path: _Path, *, progress: bool = False) -> None:
        """Writes a TREC file, queries and documents in order; gzip if the name ends in ``.gz``, zstd for ``.zst``.

        The file appears under its name only when it is complete. A query without judgments leaves no line.

        Args:
            path: The file.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            OSError: The file cannot be written.
            InvalidInputError: An id that is empty or has white space, or a query id that would be read as a comment or
                as another format.
        """

    def write_beir(self, path: _Path, *, progress: bool = False) -> None:
        """Writes a file in BEIR form: a line of names, then query, document and grade, separated by tabs.

        Args:
            path: The file, compressed as by ``write``.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            OSError: The file cannot be written.
            InvalidInputError: An id that is empty, or has a tab or an end of line.
        """

    def write_jsonl(self, path: _Path, *, progress: bool = False) -> None:
        """Writes lines of JSON, ``{"query_id": "q1", "doc_id": "d1", "score": 1}``.

        Args:
            path: The file, compressed as by ``write``.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            OSError: The file cannot be written.
        """

    def to_dict(self) -> dict[str, dict[str, int]]:
        """The qrels as a dict of query id to a dict of document id to grade."""

    def judged(self, query: int | str) -> dict[str, int]:
        """The grade of each judged document of a query, by id.

        Raises:
            KeyError: A query that is not judged.

        Example:
            >>> Qrels.from_dict({"q1": {"b": 1, "a": 0}}).judged("q1")
            {'a': 0, 'b': 1}
        """

    @property
    def queries(self) -> list[str]:
        """The query ids, ascending."""

    @property
    def judgment_count(self) -> int:
        """The number of judgments of all queries."""

    def to_arrow(self) -> pa.Table:
        """The qrels as a ``pyarrow.Table`` with the columns ``query_id``, ``doc_id`` and ``relevance``.

        Raises:
            MissingPackageError: pyarrow is not installed.
        """

    def to_pandas(self) -> pd.DataFrame:
        """The qrels as a ``pandas.DataFrame`` with the columns ``query_id``, ``doc_id`` and ``relevance``.

        Raises:
            MissingPackageError: pandas is not installed.
        """

    def to_polars(self) -> pl.DataFrame:
        """The qrels as a ``polars.DataFrame`` with the columns ``query_id``, ``doc_id`` and ``relevance``.

        Raises:
            MissingPackageError: polars is not installed.
        """

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The qrels for any library that speaks Arrow, with the columns of ``to_arrow``."""

    def __len__(self) -> int:
        """The number of queries."""

@final
class Evaluation:
    """The values of measures for each query of a run, and their means: a mapping of measure to mean.

    Measures are named as they were asked for.

    Example:
        >>> evaluation = evaluate({"q1": {"a": 1}, "q2": {"b": 1}}, {"q1": {"a": 0.9}, "q2": {"c": 0.5}}, ["RR"])
        >>> evaluation["RR"], dict(evaluation)
        (0.5, {'RR': 0.5})
        >>> evaluation.to_dict()
        {'q1': {'RR': 1.0}, 'q2': {'RR': 0.0}}
    """

    @property
    def means(self) -> dict[str, float]:
        """The mean of each measure over ``queries``."""

    @property
    def per_query(self) -> dict[str, dict[str, float]]:
        """For each measure, the value of each of ``queries``."""

    @property
    def queries(self) -> list[str]:
        """The queries that count, ascending by id."""

    @property
    def missing(self) -> list[str]:
        """The judged queries that the run lacks, whether they count or not."""

    @property
    def unjudged(self) -> list[str]:
        """The queries of the run that are not judged. They never count."""

    def column(self, measure: str) -> NDArray[np.float64]:
        """The value of each of ``queries``, in their order, as a float64 array of shape ``(queries,)``.

        Raises:
            KeyError: A measure that was not asked for.
        """

    def to_dict(self) -> dict[str, dict[str, float]]:
        """For each of ``queries``, the value of each measure: the form of pytrec_eval."""

    def to_arrow(self) -> pa.Table:
        """The values as a ``pyarrow.Table`` with a row for each of ``queries``: ``query_id``, then the measures.

        Raises:
            MissingPackageError: pyarrow is not installed.
        """

    def to_pandas(self) -> pd.DataFrame:
        """The values as a ``pandas.DataFrame`` with a row for each of ``queries``: ``query_id``, then the measures.

        Raises:
            MissingPackageError: pandas is not installed.
        """

    def to_polars(self) -> pl.DataFrame:
        """The values as a ``polars.DataFrame`` with a row for each of ``queries``: ``query_id``, then the measures.

        Raises:
            MissingPackageError: polars is not installed.
        """

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The values for any library that speaks Arrow, with the columns of ``to_arrow``."""

    def __getitem__(self, measure: str, /) -> float:
        """The mean of a measure."""

    def __iter__(self) -> Iterator[str]:
        """The names of the measures."""

    def __len__(self) -> int:
        """The number of measures."""

    def __contains__(self, measure: object, /) -> bool: ...
    def keys(self) -> KeysView[str]:
        """The names of the measures."""

    def values(self) -> ValuesView[float]:
        """The means."""

    def items(self) -> ItemsView[str, float]:
        """The names of the measures, each with its mean."""

def evaluate(
    qrels: _AnyQrels,
    run: _AnyRun,
    measures: Sequence[str],
    missing: Literal["zero", "skip"] = "zero",
    *,
    order: _Order = "docid_desc",
    judged_only: bool = False,
    level: int = 1,
    depth: int | None = None,
    collection: int | None = None,
    compat: _Version | None = None,
    threads: int = 0,
    progress: bool = False,
) -> Evaluation:
    """Evaluates a run. A judged query that the run lacks counts 0, unless ``missing`` is ``"skip"``.

    Measures are named in the dialects of ir_measures, trec_eval and ranx, in any letter case: ``nDCG@10``,
    ``ndcg_cut_10``, ``ndcg@10``; ``AP(rel=2)``, ``map-l2``; ``RBP(p=0.8)``; ``set_F.2``. :class:`Measure` says what a
    name means.

    Args:
        qrels: The judgments: ``Qrels``, what ``Qrels.from_dict``, ``Qrels.from_arrow`` or ``Qrels.from_rows`` takes, a
            ``ranx.Qrels``, or a path.
        run: The run: ``Run``, what ``Run.from_dict``, ``Run.from_arrow`` or ``Run.from_rows`` takes, a ``ranx.Run``, or
            a path.
        measures: Names of measures.
        missing: ``"zero"``: a judged query that the run lacks counts 0 in every measure, as with ``trec_eval -c``.
            ``"skip"``: means are over the other queries, as with pytrec_eval.
        order: The order of documents of equal score, for every measure. ``"docid_desc"``: by id descending, as in
            trec_eval; ``"docid_asc"``: ascending; ``"stable"``: as they came in; ``"expected"``: the mean over all
            orders, in closed form; ``"best"`` and ``"worst"``: by grade.
        judged_only: Whether documents that are not judged are taken out of the rankings first: ``trec_eval -J``.
        level: The least grade that is relevant: ``trec_eval -l``. Measures of graded gains do not look at it.
        depth: The number of documents of a ranking that count: ``trec_eval -M``.
        collection: The number of documents in the collection: ``trec_eval -N``.
        compat: The version of trec_eval to agree with: ``"9"`` rounds scores to float32 before it compares them;
            ``"10"`` rounds a share of the relevant documents to the nearest number. ``None``: scores as they are,
            formulas of version 9.
        threads: The number of threads, 0 for as many as the machine has. No value depends on it.
        progress: Whether to show bars of what is read and evaluated, which needs the package tqdm.

    Returns:
        The values of each query and their means, named as in ``measures``.

    Raises:
        InvalidInputError: A measure or an option that is not known, no query in common, or ``order="expected"`` with a
            measure that has no closed form.
        RankError: As ``Run.from_dict``, ``Run.from_arrow``, ``Run.read`` and those of ``Qrels``.
        OSError: As ``Run.read`` and ``Qrels.read``.

    Source:
        The values are those of trec_eval 9 with ``-c`` (National Institute of Standards and Technology).

    Example:
        >>> evaluate({"q1": {"a": 1}, "q2": {"b": 1}}, {"q1": {"a": 0.9}}, ["RR@10"]).means
        {'RR@10': 0.5}
        >>> evaluate({"q1": {"a": 1}}, {"q1": {"a": 0.5, "b": 0.5}}, ["RR"], order="expected").means  # (1 + 1/2) / 2
        {'RR': 0.75}
    """

@final
class Tie:
    """A query whose value of a measure depends on the order of documents of equal score."""

    @property
    def query(self) -> str:
        """Which query."""

    @property
    def measure(self) -> str:
        """Which measure, as it was asked for."""

    @property
    def value(self) -> float:
        """The value in the order that was asked for."""

    @property
    def least(self) -> float:
        """The least value."""

    @property
    def greatest(self) -> float:
        """The greatest value."""

def ties(
    qrels: _AnyQrels,
    run: _AnyRun,
    measures: Sequence[str],
    missing: Literal["zero", "skip"] = "zero",
    *,
    order: _Order = "docid_desc",
    judged_only: bool = False,
    level: int = 1,
    depth: int | None = None,
    collection: int | None = None,
    compat: _Version | None = None,
    threads: int = 0,
    progress: bool = False,
) -> list[Tie]:
    """The queries whose value depends on the order of documents of equal score, by measure, then by query.

    The value is computed in ``order``, and in the orders ``"best"``, ``"worst"``, ``"docid_desc"`` and ``"docid_asc"``;
    where orders differ, the query is there, with the least and the greatest value of them. For measures that gain by
    each relevant document that moves up, these are the bounds of all orders.

    Args:
        qrels: The judgments, as in ``evaluate``.
        run: The run, as in ``evaluate``.
        measures: Names of measures.
        missing: As in ``evaluate``.
        order: The order that ``Tie.value`` is of.
        judged_only: As in ``evaluate``.
        level: As in ``evaluate``.
        depth: As in ``evaluate``.
        collection: As in ``evaluate``.
        compat: As in ``evaluate``.
        threads: As in ``evaluate``.
        progress: As in ``evaluate``.

    Returns:
        A ``Tie`` for each query and measure whose value depends on the order.

    Raises:
        InvalidInputError: As ``evaluate``.
        RankError: As ``evaluate``.
        OSError: As ``evaluate``.

    Example:
        >>> qrels = {"q1": {"a": 1}, "q2": {"a": 1}}
        >>> ties(qrels, {"q1": {"a": 0.5, "b": 0.5}, "q2": {"a": 0.5, "b": 0.4}}, ["RR"])
        [Tie("q1", "RR", value=0.5, least=0.5, greatest=1.0)]
    """

def evaluate_arrays(
    scores: NDArray[np.floating[Any]] | _Tensor,
    relevance: NDArray[np.number[Any] | np.bool_] | _Tensor,
    measures: Sequence[str],
    mask: NDArray[np.bool_] | _Tensor | None = None,
    *,
    order: _Order = "docid_desc",
    judged_only: bool = False,
    level: int = 1,
    depth: int | None = None,
    collection: int | None = None,
    compat: _Version | None = None,
    threads: int = 0,
) -> Evaluation:
    """Evaluates the scores that a model gave to the documents of each query. The arrays are read in place.

    All documents of a row that the mask lets through are ranked, by score descending. Of equal scores, the **later**
    column comes first: columns are taken as ids, ordered as trec_eval orders them, and a model that gives the same
    score to all does not gain from positives that stand first. ``order="stable"`` or ``"docid_asc"`` puts the earlier
    column first.

    Args:
        scores: A C-contiguous array or CPU tensor of shape ``(queries, docs)``, float32 or float64. Infinite scores are
            scores.
        relevance: The grades, of the same shape: ints, booleans, or floats that are whole numbers. A grade below 0 is
            that of a document that is not judged.
        measures: Names of measures, as in ``evaluate``.
        mask: Booleans of the same shape: ``True`` for the entries that count, ``False`` for padding. ``None``: all
            count.
        order: The order of documents of equal score, as in ``evaluate``, by the numbers of their columns.
        judged_only: As in ``evaluate``.
        level: As in ``evaluate``.
        depth: As in ``evaluate``.
        collection: As in ``evaluate``.
        compat: As in ``evaluate``.
        threads: As in ``evaluate``.

    Returns:
        The values of each row and their means. The rows are named by their numbers, in order.

    Raises:
        ShapeError: Arrays of other dimensions, of different shapes or not C-contiguous.
        DtypeError: An array of another dtype, or a tensor that is not in the memory of the processor.
        InvalidInputError: A NaN, a grade that is no whole number, and what ``evaluate`` refuses.

    Example:
        >>> scores = np.array([[0.9, 0.1, 0.5], [0.2, 0.8, 0.3]], dtype=np.float32)
        >>> relevance = np.array([[0, 0, 1], [0, 1, 0]])
        >>> evaluate_arrays(scores, relevance, ["RR"]).column("RR")
        array([0.5, 1. ])
    """

@final
class Accumulator:
    """The values of measures for all queries seen so far: for training and validation loops.

    It can be pickled, so that those of several processes can be merged.

    Args:
        measures: Names of measures, as in ``evaluate``.
        order: The order of equal scores in arrays, as in ``evaluate_arrays``. A ranked list is in order already.
        judged_only: As in ``evaluate``.
        level: As in ``evaluate``.
        depth: As in ``evaluate``.
        collection: As in ``evaluate``.
        compat: As in ``evaluate``.
        threads: As in ``evaluate``.

    Raises:
        InvalidInputError: A measure or an option that is not known.

    Example:
        >>> accumulator = Accumulator(["RR"])
        >>> accumulator.add_arrays(np.array([[0.1, 0.9]]), np.array([[1, 0]]))
        >>> accumulator.add([("a", 0.9), ("b", 0.1)], {"a": 1})
        >>> accumulator.means, len(accumulator)
        ({'RR': 0.75}, 2)
    """

    def __new__(
        cls,
        measures: Sequence[str],
        *,
        order: _Order = "docid_desc",
        judged_only: bool = False,
        level: int = 1,
        depth: int | None = None,
        collection: int | None = None,
        compat: _Version | None = None,
        threads: int = 0,
    ) -> Self: ...
    def add(self, reranked: _RankedList[_Id], ground_truth: _Judgments[_Id]) -> None:
        """Adds a query.

        Args:
            reranked: A ranked list, as in ``ndcg_at_k``: its order counts.
            ground_truth: The judgments of the query, as in ``ndcg_at_k``.

        Raises:
            RankError: As ``ndcg_at_k``; nothing is added then.
        """

    def add_batch(self, reranked: Sequence[_RankedList[_Id]], ground_truth: Sequence[_Judgments[_Id]]) -> None:
        """Adds several queries.

        Args:
            reranked: A ranked list for each query.
            ground_truth: The judgments of each query, in the same order.

        Raises:
            ShapeError: Batches of different lengths.
            RankError: As ``ndcg_at_k``, with the number of the query; nothing is added then.

        Example:
            >>> accumulator = Accumulator(["P@1"])
            >>> accumulator.add_batch([[("a", 2.0)], [("b", 1.0)]], [{"a"}, {"a"}])
            >>> accumulator.means
            {'P@1': 0.5}
        """

    def add_arrays(
        self,
        scores: NDArray[np.floating[Any]] | _Tensor,
        relevance: NDArray[np.number[Any] | np.bool_] | _Tensor,
        mask: NDArray[np.bool_] | _Tensor | None = None,
    ) -> None:
        """Adds the queries of arrays.

        Args:
            scores: As in ``evaluate_arrays``.
            relevance: As in ``evaluate_arrays``.
            mask: As in ``evaluate_arrays``.

        Raises:
            RankError: As ``evaluate_arrays``; nothing is added then.
        """

    def merge(self, other: Accumulator) -> None:
        """Adds the queries of another accumulator, such as that of another process.

        Args:
            other: An accumulator of the same measures and options.

        Raises:
            InvalidInputError: Other measures or options.
        """

    def reset(self) -> None:
        """Forgets all queries."""

    @property
    def means(self) -> dict[str, float]:
        """The mean of each measure over the queries so far; NaN if there are none."""

    def evaluation(self) -> Evaluation:
        """The values of each query, named by the numbers in which they came, and their means."""

    def __len__(self) -> int:
        """The number of queries so far."""

    def __getnewargs_ex__(self) -> tuple[tuple[list[str]], dict[str, Any]]: ...
    def __getstate__(self) -> list[list[float]]: ...
    def __setstate__(self, state: list[list[float]]) -> None: ...

@final
class PairedTTest:
    """The result of ``paired_t_test``."""

    @property
    def statistic(self) -> float:
        """The t statistic; positive if ``a`` has the larger mean."""

    @property
    def p_value(self) -> float:
        """The two-sided p-value."""

    @property
    def degrees_of_freedom(self) -> int:
        """One less than the number of pairs."""

    @property
    def mean_difference(self) -> float:
        """The mean of ``a - b``."""

@final
class RandomizationTest:
    """The result of ``randomization_test``."""

    @property
    def p_value(self) -> float:
        """The two-sided p-value, above 0."""

    @property
    def permutations(self) -> int:
        """The number of arrangements looked at, besides the observed one if they were drawn."""

    @property
    def exact(self) -> bool:
        """Whether these were all arrangements, so that nothing was drawn."""

    @property
    def mean_difference(self) -> float:
        """The mean of ``a - b``."""

def paired_t_test(a: _Sample, b: _Sample) -> PairedTTest:
    """Student's t-test for paired samples, two-sided.

    Args:
        a: The values of one run: numbers in the order of the queries, or a dict of query id to number, such as one of
            ``Evaluation.per_query``. At least 2.
        b: Those of the other run, in the same form. Dicts are paired by key, others by position.

    Returns:
        The statistic and its p-value. Where all differences are equal, the statistic is 0 with a p-value of 1 for
        differences of 0, and infinite with a p-value of 0 for others.

    Raises:
        ShapeError: Samples of different lengths or queries.
        InvalidInputError: Fewer than 2 pairs, a NaN or an infinite value.
        DtypeError: Something else than numbers.

    Source:
        Student: The probable error of a mean (Biometrika 1908); for retrieval, Smucker, Allan, Carterette: A comparison
        of statistical significance tests for information retrieval evaluation (CIKM 2007).

    Example:
        >>> paired_t_test([1.0, 4.0], [0.0, 1.0]).statistic  # mean 2, variance 2, n 2
        2.0
    """

def randomization_test(
    a: _Sample, b: _Sample, permutations: int = 10_000, seed: int = 0, progress: bool = False
) -> RandomizationTest:
    """Fisher's randomization test for paired samples, two-sided.

    If both runs were the same, each pair might as well have come out the other way round; the p-value is the share of
    such arrangements whose mean difference is at least as far from 0 as the observed one. Up to 20 pairs, all are
    counted. Beyond, ``permutations`` are drawn, the same on every machine, and ``p = (c + 1) / (permutations + 1)``.

    Args:
        a: The values of one run, as in ``paired_t_test``. At least 1.
        b: Those of the other run.
        permutations: The number of arrangements to draw, at least 1.
        seed: From which they are drawn, an integer of 64 bits, not negative.
        progress: Whether to show a bar, which needs the package tqdm.

    Returns:
        The p-value and how it came about.

    Raises:
        ShapeError: Samples of different lengths or queries.
        InvalidInputError: No pair, no permutation, a NaN or an infinite value.
        DtypeError: Something else than numbers.
        MissingPackageError: ``progress`` without tqdm.

    Source:
        Fisher: The design of experiments (1935); Smucker, Allan, Carterette: A comparison of statistical significance
        tests for information retrieval evaluation (CIKM 2007).

    Example:
        >>> randomization_test([1.0, 1.0, 1.0], [0.0, 0.0, 0.0]).p_value  # +++ and --- of 8
        0.25
    """

@final
class Estimate:
    """A value and its confidence interval."""

    @property
    def value(self) -> float:
        """The value."""

    @property
    def low(self) -> float:
        """The lower end of the interval."""

    @property
    def high(self) -> float:
        """The upper end of the interval."""

@final
class SignTest:
    """The result of ``sign_test``."""

    @property
    def p_value(self) -> float:
        """The two-sided p-value."""

    @property
    def wins(self) -> int:
        """How often ``a`` is larger."""

    @property
    def ties(self) -> int:
        """How often the two are equal, within the tolerance."""

    @property
    def losses(self) -> int:
        """How often ``b`` is larger."""

def sign_test(a: _Sample, b: _Sample, tolerance: float = 1e-9) -> SignTest:
    """The sign test for paired samples, two-sided.

    How likely wins and losses at least this uneven are, if both were equally likely; ties do not count.

    Args:
        a: The values of one run, as in ``paired_t_test``. At least 1.
        b: Those of the other run.
        tolerance: Values no further apart are a tie; 0 compares exactly.

    Returns:
        The p-value, 1 without any win or loss, and the counts.

    Raises:
        ShapeError: Samples of different lengths or queries.
        InvalidInputError: No pair, a NaN, an infinite value or a negative tolerance.
        DtypeError: Something else than numbers.

    Source:
        Arbuthnot: An argument for divine providence (1710); van Rijsbergen: Information retrieval (1979).

    Example:
        >>> test = sign_test([0.5, 0.6, 0.7, 0.8], [0.1, 0.2, 0.3, 0.8])
        >>> test.wins, test.ties, test.losses
        (3, 1, 0)
        >>> round(test.p_value, 12)  # +++ and --- of 8
        0.25
    """

@final
class WilcoxonTest:
    """The result of ``wilcoxon_test``."""

    @property
    def statistic(self) -> float:
        """The smaller of the two rank sums."""

    @property
    def p_value(self) -> float:
        """The two-sided p-value."""

    @property
    def positive(self) -> float:
        """The sum of the ranks of the differences above 0."""

    @property
    def negative(self) -> float:
        """The sum of the ranks of the differences below 0."""

    @property
    def pairs(self) -> int:
        """The number of differences that are not 0."""

    @property
    def exact(self) -> bool:
        """Whether all arrangements were counted."""

def wilcoxon_test(
    a: _Sample,
    b: _Sample,
    zeros: Literal["drop", "pratt", "split"] = "drop",
    method: Literal["auto", "exact", "normal"] = "auto",
    continuity: bool = False,
) -> WilcoxonTest:
    """Wilcoxon's signed-rank test for paired samples, two-sided.

    The differences are ranked by magnitude, the ranks of equal ones averaged; the statistic is the smaller of the sums
    of ranks of either sign. Differences no further apart than rounding explains, 1e-12 of the largest value, are equal.

    Args:
        a: The values of one run, as in ``paired_t_test``. At least 1.
        b: Those of the other run.
        zeros: What becomes of differences of 0. ``"drop"``: left out before ranking, Wilcoxon's own way. ``"pratt"``:
            ranked, and their ranks left out. ``"split"``: ranked, and their ranks split between both sums.
        method: ``"exact"``: from all arrangements of signs over the ranks at hand, ties included, up to 2000 pairs.
            ``"normal"``: the normal approximation, corrected for ties. ``"auto"``: exact up to 50 differences that are
            not 0; SciPy approximates from 14 pairs on if there are ties.
        continuity: Whether the normal approximation moves the statistic by 1/2 towards its mean.

    Returns:
        The rank sums and the p-value, 1 if all differences are 0.

    Raises:
        ShapeError: Samples of different lengths or queries.
        InvalidInputError: No pair, a NaN, an infinite value, or more than 2000 pairs for ``"exact"``.
        DtypeError: Something else than numbers.

    Source:
        Wilcoxon: Individual comparisons by ranking methods (Biometrics Bulletin 1945); Pratt: Remarks on zeros and ties
        in the Wilcoxon signed rank procedures (JASA 1959).

    Example:
        >>> test = wilcoxon_test([1.0, 2.0, 0.0, 4.0], [0.0, 0.0, 3.0, 0.0])  # 1, 2, -3, 4
        >>> test.positive, test.negative
        (7.0, 3.0)
        >>> test.p_value  # sums of 0, 1, 2, 3 in 1, 1, 1, 2 of 16 ways, on either side
        0.625
    """

def bootstrap_interval(
    a: _Sample,
    b: _Sample | None = None,
    level: float = 0.95,
    method: Literal["bca", "percentile"] = "bca",
    resamples: int = 10_000,
    seed: int = 0,
    progress: bool = False,
) -> Estimate:
    """A bootstrap confidence interval of the mean of ``a``, or of the mean difference ``a - b``.

    Queries are drawn with replacement, the same on every machine; quantiles of the means of these resamples, linearly
    interpolated, bound the interval.

    Args:
        a: The values of one run, as in ``paired_t_test``. At least 2.
        b: Those of another run.
        level: The probability that the interval is to cover the true mean.
        method: ``"bca"``: quantiles corrected for bias and skew, the acceleration by the jackknife. ``"percentile"``:
            the quantiles of the level itself.
        resamples: The number of resamples, at least 1.
        seed: From which they are drawn, an integer of 64 bits, not negative.
        progress: Whether to show a bar, which needs the package tqdm.

    Returns:
        The mean and its interval; if all values are equal, the interval is that value.

    Raises:
        ShapeError: Samples of different lengths or queries.
        InvalidInputError: Fewer than 2 values, a NaN, an infinite value, a level outside 0 and 1, or no resample.
        DtypeError: Something else than numbers.
        MissingPackageError: ``progress`` without tqdm.

    Source:
        Efron: Better bootstrap confidence intervals (JASA 1987); for retrieval, Sakai: Evaluating evaluation metrics
        based on the bootstrap (SIGIR 2006).

    Example:
        >>> gain = bootstrap_interval([0.5, 0.7, 0.6, 0.9], [0.4, 0.5, 0.3, 0.5])  # .1, .2, .3, .4
        >>> round(gain.value, 12)
        0.25
        >>> 0.1 <= gain.low < gain.value < gain.high <= 0.4
        True
    """

@final
class EffectSizes:
    """The result of ``effect_sizes``."""

    @property
    def mean_difference(self) -> Estimate:
        """The mean of ``a - b``; half the length of its interval is the margin of error."""

    @property
    def cohen_d_z(self) -> Estimate:
        """Cohen's d of the differences: their mean over their standard deviation.

        Infinite without variance, 0 for differences of 0.
        """

    @property
    def hedges_g(self) -> Estimate:
        """Hedges' g: d without the bias of small samples."""

    @property
    def cliffs_delta(self) -> Estimate:
        """Cliff's delta: how much more often a value of ``a`` is above one of ``b`` than below it.

        Over all pairs of queries; in [-1, 1].
        """

def effect_sizes(a: _Sample, b: _Sample, level: float = 0.95) -> EffectSizes:
    """How large the difference of two runs is, with confidence intervals.

    With ``d = a - b``, their mean ``m`` and sample variance ``v``: the mean difference ``m`` with the margin
    ``t(n - 1) sqrt(v / n)``; Cohen's ``d_z = m / sqrt(v)`` with the interval of noncentral t distributions; Hedges'
    ``g``, which is ``d_z`` times ``gamma((n - 1) / 2) / (sqrt((n - 1) / 2) gamma((n - 2) / 2))``; and Cliff's delta
    with the interval of DeLong's variance over the pairs.

    Args:
        a: The values of one run, as in ``paired_t_test``. At least 2.
        b: Those of the other run.
        level: The probability that an interval is to cover the true value.

    Returns:
        The effect sizes.

    Raises:
        ShapeError: Samples of different lengths or queries.
        InvalidInputError: Fewer than 2 pairs, a NaN, an infinite value, or a level outside 0 and 1.
        DtypeError: Something else than numbers.

    Source:
        Cohen: Statistical power analysis (1988); Hedges: Distribution theory for Glass's estimator of effect size
        (1981); Cumming, Finch: A primer on confidence intervals that are based on noncentral distributions (2001);
        Cliff: Dominance statistics (1993).

    Example:
        >>> effect = effect_sizes([1.0, 4.0], [0.0, 1.0])  # differences of 1 and 3
        >>> effect.mean_difference.value
        2.0
        >>> round(effect.cohen_d_z.value, 4)  # 2 / sqrt(2)
        1.4142
        >>> effect.cliffs_delta.value  # of four pairs three are wins, one a tie
        0.75
    """

@final
class TwoWayAnova:
    """The result of ``two_way_anova``."""

    @property
    def runs_sum_of_squares(self) -> float:
        """The variation between runs."""

    @property
    def queries_sum_of_squares(self) -> float:
        """The variation between queries."""

    @property
    def residual_sum_of_squares(self) -> float:
        """What neither explains."""

    @property
    def runs_degrees_of_freedom(self) -> int:
        """One less than the number of runs."""

    @property
    def queries_degrees_of_freedom(self) -> int:
        """One less than the number of queries."""

    @property
    def residual_degrees_of_freedom(self) -> int:
        """The product of the other two."""

    @property
    def runs_f(self) -> float:
        """The mean square of the runs over that of the residual."""

    @property
    def runs_p_value(self) -> float:
        """The probability of an F at least as large, if all runs were equal."""

    @property
    def queries_f(self) -> float:
        """The mean square of the queries over that of the residual."""

    @property
    def queries_p_value(self) -> float:
        """The probability of an F at least as large, if all queries were equal."""

def two_way_anova(samples: _Samples) -> TwoWayAnova:
    """Two-way analysis of variance without replication.

    How the variation of runs over queries divides into runs, queries and the rest, and how likely an F ratio at least
    this large is, if the runs were equal. With two runs, F is the square of the paired t.

    Args:
        samples: The values of at least 2 runs: a dict of name to sample, or a list of samples; a sample as in
            ``paired_t_test``.

    Returns:
        Sums of squares, degrees of freedom, F ratios and p-values. Without a residual F is infinite with a p-value of
        0; without variation of its own kind, 0 with a p-value of 1.

    Raises:
        ShapeError: Samples of different lengths or queries.
        InvalidInputError: Fewer than 2 runs or 2 queries, a NaN, an infinite value.
        DtypeError: Something else than numbers.

    Source:
        Fisher: Statistical methods for research workers (1925); for retrieval, Sakai: Laboratory experiments in
        information retrieval (2018).

    Example:
        >>> anova = two_way_anova([[0.0, 4.0], [4.0, 4.0]])  # means of runs 2 and 4, of queries 2 and 4
        >>> anova.runs_sum_of_squares, anova.queries_sum_of_squares, anova.residual_sum_of_squares
        (4.0, 4.0, 4.0)
        >>> round(anova.runs_p_value, 12)
        0.5
    """

@final
class TukeyPair:
    """What ``tukey_hsd`` says of two runs."""

    @property
    def first(self) -> str | int:
        """The name of the first run, or its position in a list."""

    @property
    def second(self) -> str | int:
        """That of the second run."""

    @property
    def mean_difference(self) -> float:
        """The mean of the first less that of the second."""

    @property
    def low(self) -> float:
        """The lower end of the simultaneous confidence interval of the mean difference."""

    @property
    def high(self) -> float:
        """The upper end."""

    @property
    def statistic(self) -> float:
        """The studentized range."""

    @property
    def p_value(self) -> float:
        """The two-sided p-value, already corrected for the number of runs."""

@final
class TukeyHsd:
    """The result of ``tukey_hsd``."""

    @property
    def pairs(self) -> list[TukeyPair]:
        """Each pair of runs."""

    @property
    def degrees_of_freedom(self) -> int:
        """Those of the residual."""

    @property
    def residual_mean_square(self) -> float:
        """The variance that neither run nor query explains."""

def tukey_hsd(samples: _Samples, level: float = 0.95) -> TukeyHsd:
    """Tukey's honestly significant difference of all pairs of runs, with queries as blocks.

    ``q = |mean difference| / sqrt(E / n)`` with the mean square ``E`` of the residual of ``two_way_anova``. The one-way
    test, which several tools offer under this name, ignores that all runs answer the same queries.

    Args:
        samples: The values of at least 2 runs: a dict of name to sample, or a list of samples; a sample as in
            ``paired_t_test``.
        level: The probability with which all intervals cover together.

    Returns:
        The p-values, already corrected for the number of runs, and simultaneous intervals.

    Raises:
        ShapeError: Samples of different lengths or queries.
        InvalidInputError: Fewer than 2 runs or 2 queries, a NaN, an infinite value, or a level outside 0 and 1.
        DtypeError: Something else than numbers.

    Source:
        Tukey: The problem of multiple comparisons (1953); for retrieval, Carterette: Multiple testing in statistical
        analysis of systems-based information retrieval experiments (TOIS 2012).

    Example:
        >>> a, b = [0.5, 0.7, 0.6], [0.4, 0.4, 0.5]
        >>> pair = tukey_hsd({"a": a, "b": b}).pairs[0]
        >>> pair.first, pair.second
        ('a', 'b')
        >>> abs(pair.p_value - paired_t_test(a, b).p_value) < 1e-9  # with two runs
        True
    """

@final
class RandomizedTukeyPair:
    """What ``randomized_tukey_hsd`` says of two runs."""

    @property
    def first(self) -> str | int:
        """The name of the first run, or its position in a list."""

    @property
    def second(self) -> str | int:
        """That of the second run."""

    @property
    def mean_difference(self) -> float:
        """The mean of the first less that of the second."""

    @property
    def p_value(self) -> float:
        """The two-sided p-value, already corrected for the number of runs; above 0."""

@final
class RandomizedTukeyHsd:
    """The result of ``randomized_tukey_hsd``."""

    @property
    def pairs(self) -> list[RandomizedTukeyPair]:
        """Each pair of runs."""

    @property
    def permutations(self) -> int:
        """The number of permutations drawn."""

def randomized_tukey_hsd(
    samples: _Samples, permutations: int = 10_000, seed: int = 0, progress: bool = False
) -> RandomizedTukeyHsd:
    """The randomized test of Tukey's honestly significant difference, of all pairs of runs.

    If all runs were equal, the values of a query might as well have come to the runs in any other order; the p-value of
    a pair is the share of such arrangements whose largest difference of means is at least as large as that of the pair.
    ``permutations`` are drawn, the same on every machine, and ``p = (c + 1) / (permutations + 1)``.

    Args:
        samples: The values of at least 2 runs: a dict of name to sample, or a list of samples; a sample as in
            ``paired_t_test``.
        permutations: The number of arrangements to draw, at least 1.
        seed: From which they are drawn, an integer of 64 bits, not negative.
        progress: Whether to show a bar, which needs the package tqdm.

    Returns:
        The p-values, already corrected for the number of runs.

    Raises:
        ShapeError: Samples of different lengths or queries.
        InvalidInputError: Fewer than 2 runs or 1 query, a NaN, an infinite value, or no permutation.
        DtypeError: Something else than numbers.
        MissingPackageError: ``progress`` without tqdm.

    Source:
        Carterette: Multiple testing in statistical analysis of systems-based information retrieval experiments (TOIS
        2012).

    Example:
        >>> test = randomized_tukey_hsd([[0.9] * 30, [0.7] * 30, [0.5] * 30], permutations=999)
        >>> [pair.p_value for pair in test.pairs]  # all queries agree: no arrangement drawn comes near
        [0.001, 0.001, 0.001]
    """

def adjusted_p_values(p_values: Iterable[SupportsFloat], correction: _Correction = "holm") -> list[float]:
    """P-values, corrected for their number; a finding is significant if its corrected p-value is at most alpha.

    Args:
        p_values: The p-values of several tests, in any order.
        correction: ``"bonferroni"``: each times their number. ``"holm"``: the i-th smallest of m, from 0, times
            ``m - i``, and none below a smaller one; bounds the probability of any false finding as Bonferroni's does,
            and is never weaker. ``"benjamini-hochberg"``: the i-th smallest, from 1, times ``m / i``, and none above a
            larger one; bounds the expected share of false findings. ``"none"``: as they are.

    Returns:
        The corrected p-values, each at most 1, in the order they came in.

    Raises:
        InvalidInputError: A value outside [0, 1], or an unknown correction.
        DtypeError: Something else than numbers.

    Source:
        Dunn: Multiple comparisons among means (JASA 1961); Holm: A simple sequentially rejective multiple test
        procedure (1979); Benjamini, Hochberg: Controlling the false discovery rate (JRSS B 1995).

    Example:
        >>> adjusted_p_values([0.25, 0.125, 0.5])  # 2 of .25, 3 of .125, 1 of .5
        [0.5, 0.375, 0.5]
    """

def t_test_power(effect_size: float, topics: int, alpha: float = 0.05) -> float:
    """The power of the paired t-test: the probability that it finds a true difference significant.

    Args:
        effect_size: The true mean difference over the true standard deviation of the differences, Cohen's d_z.
        topics: The number of topics, at least 2.
        alpha: The p-value that counts as significant.

    Returns:
        The probability, in [0, 1].

    Raises:
        InvalidInputError: Fewer than 2 topics, an effect size that is not finite, or an alpha outside 0 and 1.

    Source:
        Cohen: Statistical power analysis for the behavioral sciences (1988); for retrieval, Webber, Moffat, Zobel:
        Statistical power in retrieval experimentation (CIKM 2008).

    Example:
        >>> round(t_test_power(0.5, 34), 3)  # as in Cohen's table
        0.808
    """

def topic_set_size(effect_size: float, power: float = 0.8, alpha: float = 0.05) -> int:
    """The least number of topics with which the paired t-test finds such a difference with probability ``power``.

    Args:
        effect_size: The smallest difference worth finding over the standard deviation of the differences.
        power: The probability of finding it.
        alpha: The p-value that counts as significant.

    Returns:
        The number of topics.

    Raises:
        InvalidInputError: A probability outside 0 and 1, an effect size of 0 or not finite, or one so small that 16
            million topics do not suffice.

    Source:
        Sakai: Topic set size design (Information Retrieval Journal 2016).

    Example:
        >>> topic_set_size(0.5)
        34
    """

@final
class Measure:
    """A measure with its parameters, such as nDCG@10 or RBP(p=0.8).

    Read from the names of ir_measures (``nDCG@10``, ``AP(rel=2)``, ``nDCG(dcg='exp-log2')@10``,
    ``nDCG(gains={1:3,2:9})``, ``P(rel=2,judged_only=True)@10``), of trec_eval (``ndcg_cut_10``, ``ndcg.1=3,2=9``,
    ``iprec_at_recall_0.10``) and of ranx (``ndcg@10``, ``map-l2``, ``rbp.95``), in any letter case; ``str`` gives the
    first form. There are:

    * of relevant documents: ``P``, ``R``, ``RelP`` (capped recall), ``F``, ``Success``, ``RR``, ``AP``, ``Rprec``,
      ``Rprec_mult``, ``IPrec``, ``11pt_avg``, ``Bpref``, ``infAP``, ``gm_map``, ``gm_bpref``, ``yaap``, ``binG``,
      ``Accuracy`` (AUROC), ``FallOut``, ``ContextPrecision``;
    * of grades: ``nDCG``, ``nDCG_p``, ``DCG``, ``IDCG``, ``SDCG``, ``ERR``, ``RBP``, ``RBPResidual``, ``Compat``,
      ``OPA``, ``G``, ``ndcg_rel``, ``Rndcg``;
    * of users who stop somewhere (C/W/L): ``INST``, ``INSQ``, ``BPM``, ``BPMD``, ``NERR8`` to ``NERR11``, ``IFT``,
      ``NPV``, ``TBG``, ``UMeasure``; ``browse`` tells more of them;
    * of sets and counts: ``SetP``, ``SetR``, ``SetF``, ``SetAP``, ``utility``, ``NumQ``, ``NumRet``, ``NumRel``,
      ``NumRelRet``, ``num_nonrel_judged_ret``, ``Judged``, ``Unjudged``, ``Hole``;
    * of diversity, over ``SubtopicQrels``: ``alpha_nDCG``, ``alpha_DCG``, ``ERR_IA``, ``nERR_IA``, ``NRBP``, ``nNRBP``,
      ``AP_IA``, ``P_IA``, ``StRecall``;
    * of ``Preferences``: ``prefs_simp``, ``prefs_pair``, ``prefs_avgjg``, their forms ``_ret`` and ``_imp``,
      ``prefs_avgjg_Rnonrel``, ``prefs_avgjg_Rnonrel_ret``, and the counts ``prefs_num_prefs_poss``,
      ``prefs_num_prefs_ful``, ``prefs_num_prefs_ful_ret``.

    ``describe`` tells what is computed.

    Args:
        name: The name.

    Raises:
        InvalidInputError: A name, a cut-off or a parameter that is not known; the message says what is.

    Source:
        The documentation of the Rust crate has the formula and the source of each measure.

    Example:
        >>> measure = Measure("ndcg_cut_10")
        >>> str(measure), measure.name_in("trec_eval"), measure == Measure("ndcg@10")
        ('nDCG@10', 'ndcg_cut_10', True)
    """

    def __new__(cls, name: str) -> Measure: ...
    @staticmethod
    def parse_many(names: str) -> list[Measure]:
        """The measures that a text names, separated by white space.

        Args:
            names: Names of measures, the nicknames ``official``, ``set`` and ``all_trec`` of trec_eval, its names with
                several cut-offs (``P.5,10``), and its names that stand for a list of them (``P``, ``recall``,
                ``ndcg_cut``, ``map_cut``, ``relative_P``, ``success``, ``iprec_at_recall``, ``Rprec_mult``).

        Returns:
            The measures, in the order of trec_eval.

        Raises:
            InvalidInputError: A name that is not known.

        Example:
            >>> [str(measure) for measure in Measure.parse_many("success nDCG@10")]
            ['Success@1', 'Success@5', 'Success@10', 'nDCG@10']
        """

    @property
    def cutoff(self) -> int | None:
        """The number of ranks that count; None if all do."""

    @property
    def needs_subtopics(self) -> bool:
        """Whether it is computed from ``SubtopicQrels``."""

    @property
    def needs_preferences(self) -> bool:
        """Whether it is computed from ``Preferences``."""

    def name_in(self, dialect: Literal["ir_measures", "trec_eval", "ranx"]) -> str | None:
        """The name in the dialect of a tool.

        Args:
            dialect: The tool.

        Returns:
            The name; None if the tool has no such measure, or cannot say its parameters there.

        Raises:
            InvalidInputError: Another dialect.

        Example:
            >>> Measure("AP(rel=2)").name_in("ranx")
            'map-l2'
        """

    def describe(self) -> str:
        """What is computed, in words: the formula, the parameters, and what counts as relevant.

        Example:
            >>> print(Measure("P(rel=2)@5").describe().split(";")[0])
            P(rel=2)@5: share of the first k documents that are relevant, k = 5
        """

    def value_of(self, reranked: _RankedList[_Id], ground_truth: _Judgments[_Id]) -> float:
        """The value of one ranked list.

        Args:
            reranked: A ranked list, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or a
                dict of id to score. The order counts; scores are checked against it.
            ground_truth: The judgments of the query: a dict of id to grade, or a set or list of the relevant ids.

        Returns:
            The value.

        Raises:
            InvalidInputError: A NaN, a list that is not sorted by its scores, a grade above the measure's scale, or a
                measure that needs subtopics.
            DuplicateIdError: A document twice in the list or the ground truth.
            DtypeError: Something that is not a ranked list, or a grade that is not an int.

        Example:
            >>> round(Measure("RBP(p=0.8)").value_of([("a", 2.0), ("b", 1.0)], {"a"}), 4)
            0.2
        """

    def aggregate(self, values: Sequence[float]) -> float:
        """The value over all queries from those of each.

        It is the mean, for counts the sum, and for ``gm_map`` and ``gm_bpref``, whose values are logarithms, the
        exponential of the mean.

        Args:
            values: The values of the queries.

        Returns:
            The value; NaN for the mean of nothing.

        Example:
            >>> Measure("NumRelRet").aggregate([3.0, 1.0])
            4.0
        """

    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class SubtopicQrels:
    """Judgments of documents for the subtopics of queries, for measures of diversity."""

    @staticmethod
    def from_rows(rows: Iterable[tuple[str, str, str, int]]) -> SubtopicQrels:
        """Judgments out of rows, in any order.

        Args:
            rows: Query, subtopic, document and grade of each judgment.

        Returns:
            The judgments.

        Raises:
            DuplicateIdError: A document that is judged twice for a subtopic.
            DtypeError: Another kind of row.

        Example:
            >>> SubtopicQrels.from_rows([("q", "1", "a", 1), ("q", "2", "b", 1)])
            SubtopicQrels(1 queries)
        """

    @staticmethod
    def read(path: _Path) -> SubtopicQrels:
        """Reads a file of lines ``query subtopic document grade``, plain, gzip or zstd.

        Args:
            path: The file.

        Returns:
            The judgments.

        Raises:
            FileNotFoundError: No such file.
            InvalidInputError: A line that is not of this form; the message has its number.
            DuplicateIdError: A document that is judged twice for a subtopic.
        """

    @property
    def queries(self) -> list[str]:
        """The judged queries, ascending by id."""

    def subtopics(self, query: str) -> list[str] | None:
        """The subtopics of a query, ascending by id; None if it is not judged.

        Args:
            query: The query.

        Returns:
            The subtopics.
        """

    def __len__(self) -> int: ...

def evaluate_subtopics(
    qrels: SubtopicQrels,
    run: _AnyRun,
    measures: Sequence[str],
    missing: Literal["zero", "skip"] = "zero",
    *,
    order: Literal["docid_desc", "docid_asc", "stable"] = "docid_desc",
    judged_only: bool = False,
    level: int = 1,
    depth: int | None = None,
    compat: _Version | None = None,
) -> Evaluation:
    """Evaluates a run by measures of diversity.

    Args:
        qrels: The judgments.
        run: The run, as for ``evaluate``.
        measures: Names of measures: ``alpha_nDCG@10``, ``alpha_DCG@10``, ``ERR_IA@10``, ``nERR_IA@10``, ``NRBP``,
            ``nNRBP``, ``AP_IA``, ``P_IA@10``, ``StRecall@10``. ``alpha`` and ``beta`` are 0.5 unless given.
        missing: ``"zero"`` counts a judged query that the run lacks 0, ``"skip"`` leaves it out.
        order: The order of documents of equal score, as for ``evaluate``; a document has a grade for each subtopic and
            none for the query, so there is no expected, best or worst order.
        judged_only: Whether documents that are not judged are taken out first.
        level: The least grade that is relevant.
        depth: The number of documents of a ranking that count; None for all.
        compat: ``"9"`` rounds scores to float32, as version 9 of trec_eval does.

    Returns:
        The values, and their means.

    Raises:
        InvalidInputError: A measure that is not one of diversity, an order that is none of these, or no query in
            common.

    Source:
        Clarke et al.: Novelty and diversity in information retrieval evaluation (SIGIR 2008), as ndeval has it.

    Example:
        >>> qrels = SubtopicQrels.from_rows([("q", "1", "a", 1), ("q", "2", "b", 1)])
        >>> evaluate_subtopics(qrels, {"q": {"a": 1.0}}, ["StRecall@10"]).means
        {'StRecall@10': 0.5}
    """

@final
class RankBiasedOverlap:
    """Rank-biased overlap of two lists, and what is not known of it because they end."""

    @property
    def extrapolated(self) -> float:
        """The value if the lists go on to agree as far as they did: the one to report."""

    @property
    def min(self) -> float:
        """The least that it can be, whatever follows."""

    @property
    def residual(self) -> float:
        """How much more than ``min`` it can be."""

def rank_biased_overlap(a: Iterable[_Id], b: Iterable[_Id], p: float = 0.9) -> RankBiasedOverlap:
    """Rank-biased overlap of two rankings, in which the top counts more than the rest.

    Args:
        a: Ids, best first.
        b: Ids, best first; neither the length nor the ids need be those of ``a``.
        p: How much a depth weighs of the one above it, above 0 and below 1. With 0.9 the first ten ranks have 86 % of
            the weight.

    Returns:
        The value, in [0, 1], and its bounds.

    Raises:
        InvalidInputError: ``p`` outside its range.
        DuplicateIdError: An id twice in a list.
        DtypeError: Something that is not a list of ids.

    Source:
        Webber, Moffat, Zobel: A similarity measure for indefinite rankings (ACM TOIS 2010).

    Example:
        >>> round(rank_biased_overlap(["a", "b"], ["a", "c"], p=0.5).extrapolated, 4)  # 0.5 + 0.25 / 2 + 0.25 / 2
        0.75
    """

def overlap(a: Iterable[_Id], b: Iterable[_Id], k: int = 10) -> float:
    """The share of the first ``k`` ids of two rankings that both have.

    Args:
        a: Ids, best first.
        b: Ids, best first.
        k: The depth, at least 1; if both are shorter, the length of the longer one.

    Returns:
        The value, in [0, 1].

    Raises:
        InvalidInputError: ``k`` below 1.
        DuplicateIdError: An id twice in a list.
        DtypeError: Something that is not a list of ids.

    Example:
        >>> overlap(["a", "b", "c"], ["c", "a", "d"], k=2)
        0.5
    """

def kendall_tau_of_lists(a: Iterable[_Id], b: Iterable[_Id]) -> float:
    """Kendall's tau_b of two rankings, over the ids of both; those that a list lacks are tied behind its end.

    Args:
        a: Ids, best first.
        b: Ids, best first.

    Returns:
        The value, in [-1, 1]; NaN if there are fewer than two ids, or a list has none.

    Raises:
        DuplicateIdError: An id twice in a list.
        DtypeError: Something that is not a list of ids.

    Source:
        Fagin, Kumar, Sivakumar: Comparing top k lists (2003).

    Example:
        >>> round(kendall_tau_of_lists(["a", "b", "c"], ["a", "c", "b"]), 4)  # two pairs of three
        0.3333
    """

def kendall_tau(a: _Sample, b: _Sample, variant: Literal["a", "b"] = "b") -> float:
    """Kendall's tau of paired values, such as the means of the same systems by two measures.

    Args:
        a: Values, or a dict of them.
        b: Values, paired by position, or a dict of them, paired by key.
        variant: ``"a"`` divides by all pairs, ``"b"`` leaves out those that are tied.

    Returns:
        The value, in [-1, 1]; NaN for ``"b"`` if all values of a sample are equal.

    Raises:
        ShapeError: Samples that are not paired.
        InvalidInputError: Fewer than two pairs, a value that is not finite, or another variant.
        DtypeError: Something that is not a number.

    Source:
        Kendall: A new measure of rank correlation (Biometrika 1938).

    Example:
        >>> round(kendall_tau([0.1, 0.2, 0.3], [0.1, 0.3, 0.2]), 4)  # two pairs of three
        0.3333
    """

def spearman_rho(a: _Sample, b: _Sample) -> float:
    """Spearman's rho of paired values: the correlation of their ranks, of which tied values share the mean.

    Args:
        a: Values, or a dict of them.
        b: Values, paired by position, or a dict of them, paired by key.

    Returns:
        The value, in [-1, 1]; NaN if all values of a sample are equal.

    Raises:
        ShapeError: Samples that are not paired.
        InvalidInputError: Fewer than two pairs, or a value that is not finite.
        DtypeError: Something that is not a number.

    Source:
        Spearman: The proof and measurement of association between two things (American Journal of Psychology 1904).

    Example:
        >>> round(spearman_rho([0.1, 0.2, 0.3], [0.1, 0.3, 0.2]), 4)  # 1 - 6 x 2 / 24
        0.5
    """

def tau_ap(reference: _Sample, estimated: _Sample) -> float:
    """The AP rank correlation: how far ``estimated`` has the order of ``reference``, where errors at the top cost more.

    Args:
        reference: Values, or a dict of them.
        estimated: Values, paired by position, or a dict of them, paired by key.

    Returns:
        The value, in [-1, 1]. It is not symmetric.

    Raises:
        ShapeError: Samples that are not paired.
        InvalidInputError: Fewer than two pairs, a value that is not finite, or two values that are equal.
        DtypeError: Something that is not a number.

    Source:
        Yilmaz, Aslam, Robertson: A new rank correlation coefficient for information retrieval (SIGIR 2008).

    Example:
        >>> tau_ap([0.3, 0.2, 0.1], [0.3, 0.1, 0.2])  # of 1 and of 1/2, at ranks 2 and 3
        0.5
    """

def run_command(arguments: Sequence[str]) -> int:
    """Runs the command ``rank-eval`` over the standard input and output of the process, and returns its exit code.

    What ``python -m rank_eval`` does; its options are printed by ``rank-eval -h``. The output does not go through
    ``sys.stdout``.

    Args:
        arguments: The command line behind the name of the program.

    Returns:
        0 done; 1 a wrong command line, or findings of ``validate``; 2 a file that cannot be read, written or
        understood; 7 no query that is both judged and ranked; 141 nobody reads the output.
    """

@final
class Coverage:
    """How far judgments reach into a run, as a measure sees it."""

    @property
    def condensed(self) -> float:
        """The value over condensed lists, from which documents that are not judged are taken out."""

    @property
    def residual(self) -> float | None:
        """The most that the ranked documents that are not judged could add to the value.

        ``None`` for a measure that is divided by what is judged, and so has no such bound.
        """

    @property
    def judged(self) -> float:
        """The share of the documents that the measure looks at that are judged: ``Judged@k``."""

def coverage(
    qrels: _AnyQrels,
    run: _AnyRun,
    measures: Sequence[str],
    missing: Literal["zero", "skip"] = "zero",
    *,
    order: _Order = "docid_desc",
    level: int = 1,
    depth: int | None = None,
    collection: int | None = None,
    compat: _Version | None = None,
    threads: int = 0,
    progress: bool = False,
) -> dict[str, Coverage]:
    """How far the judgments reach into a run: the value over condensed lists, the residual, and the share judged.

    If runs were not pooled for the judgments, their values say less the more of them is not judged. The residual takes
    each ranked document without a judgment to be of the highest grade there is: in the qrels, by the level of
    relevance, or by the ``max_rel`` that the measure is given. It is defined for P, Success, RR, RBP, ERR, DCG, SDCG,
    SetP and NumRelRet, which cannot fall by it, and for measures of users (INST, BPM and others, see ``browse``), for
    which it is what cwl-eval calls so: best value less worst.

    Args:
        qrels: The judgments, as in ``evaluate``.
        run: The run, as in ``evaluate``.
        measures: Names of measures.
        missing: As in ``evaluate``.
        order: As in ``evaluate``.
        level: As in ``evaluate``.
        depth: As in ``evaluate``.
        collection: As in ``evaluate``.
        compat: As in ``evaluate``.
        threads: As in ``evaluate``.
        progress: As in ``evaluate``.

    Returns:
        A ``Coverage`` for each measure, over the queries that count in ``evaluate``.

    Raises:
        InvalidInputError: As ``evaluate``.
        RankError: As ``evaluate``.
        OSError: As ``evaluate``.

    Source:
        Sakai: Alternatives to bpref (SIGIR 2007); Moffat, Zobel: Rank-biased precision for measurement of retrieval
        effectiveness (ACM TOIS 2008).

    Example:
        >>> reach = coverage({"q": {"a": 1, "b": 0}}, {"q": {"x": 3.0, "a": 2.0, "b": 1.0}}, ["P@2", "AP"])
        >>> reach["P@2"]  # x, a are looked at; x could be relevant
        Coverage(condensed=0.5, residual=0.5, judged=0.5)
        >>> reach["AP"].condensed, reach["AP"].residual
        (1.0, None)
    """

@final
class ComparedPair:
    """What a comparison says of two runs in one measure."""

    @property
    def first(self) -> str:
        """The name of the first run."""

    @property
    def second(self) -> str:
        """That of the second run; the baseline, if there is one."""

    @property
    def mean_difference(self) -> Estimate:
        """The mean of the first less that of the second, with the t interval of this pair alone."""

    @property
    def cohen_d_z(self) -> Estimate:
        """Cohen's d of the differences, with its interval."""

    @property
    def p_value(self) -> float:
        """The two-sided p-value of the test."""

    @property
    def adjusted_p_value(self) -> float:
        """The same, corrected for the number of pairs."""

    @property
    def wins(self) -> int:
        """The number of queries in which the first is better."""

    @property
    def ties(self) -> int:
        """The number of queries in which they are equal, within the tolerance."""

    @property
    def losses(self) -> int:
        """The number of queries in which the second is better."""

@final
class Comparison:
    """Runs compared in some measures, which are named as they were asked for. Printed, it is its ``to_text()``."""

    @property
    def runs(self) -> list[str]:
        """The names of the runs."""

    @property
    def queries(self) -> list[str]:
        """The queries that count, ascending by id."""

    @property
    def left_out(self) -> list[str]:
        """The judged queries that do not count because a run lacks them; none but with ``missing="skip"``."""

    @property
    def missing(self) -> dict[str, list[str]]:
        """For each run, the judged queries that it lacks, whether they count or not."""

    @property
    def means(self) -> dict[str, dict[str, float]]:
        """For each measure, the mean of each run."""

    @property
    def pairs(self) -> dict[str, list[ComparedPair]]:
        """For each measure, the pairs that were tested."""

    @property
    def coverage(self) -> dict[str, dict[str, Coverage]]:
        """For each measure, how far the judgments reach into each run."""

    def beaten(self, measure: str, run: str) -> list[str]:
        """The runs that a run beats significantly.

        Args:
            measure: One of the measures.
            run: The name of a run.

        Raises:
            InvalidInputError: A measure or a run that was not compared.
        """

    def to_text(self, digits: int = 3, pairs: bool = False, coverage: bool = False) -> str:
        """The table for a terminal: behind each mean, the letters of the runs that it beats significantly.

        Args:
            digits: Digits after the point.
            pairs: Whether the pairs follow, with intervals, p-values, effect sizes, wins, ties and losses.
            coverage: Whether a table follows of how far the judgments reach.
        """

    def to_markdown(self, digits: int = 3, pairs: bool = False, coverage: bool = False) -> str:
        """The table in Markdown; the best mean of a measure is bold.

        Args:
            digits: Digits after the point.
            pairs: Whether the pairs follow.
            coverage: Whether a table follows of how far the judgments reach.
        """

    def to_latex(self, digits: int = 3, pairs: bool = False, coverage: bool = False) -> str:
        """The table in LaTeX, with the rules of the package booktabs; the best mean of a measure is bold.

        Args:
            digits: Digits after the point.
            pairs: Whether the pairs follow.
            coverage: Whether a table follows of how far the judgments reach.
        """

    def to_html(self, digits: int = 3, pairs: bool = False, coverage: bool = False) -> str:
        """The table in HTML, as notebooks show it; the best mean of a measure is bold.

        Args:
            digits: Digits after the point.
            pairs: Whether the pairs follow.
            coverage: Whether a table follows of how far the judgments reach.
        """

    def to_json(self) -> str:
        """Everything in JSON: options, queries, values, means and pairs. What is infinite is null."""

    def to_csv(self) -> str:
        """The pairs in CSV, a line for each pair of runs in each measure, all digits kept."""

    def _repr_html_(self) -> str: ...

def compare(
    qrels: _AnyQrels,
    runs: Mapping[str, _AnyRun],
    measures: Sequence[str],
    *,
    test: _Test = "paired_t",
    correction: _Correction | None = None,
    baseline: str | None = None,
    alpha: float = 0.05,
    tolerance: float = 1e-9,
    permutations: int = 10_000,
    seed: int = 0,
    missing: Literal["zero", "skip"] = "zero",
    order: _Order = "docid_desc",
    judged_only: bool = False,
    level: int = 1,
    depth: int | None = None,
    collection: int | None = None,
    compat: _Version | None = None,
    threads: int = 0,
    progress: bool = False,
) -> Comparison:
    """Compares runs: evaluates each, and tests whether the differences of pairs of runs are more than luck.

    Args:
        qrels: The judgments, as in ``evaluate``.
        runs: A dict of name to run, at least 2; a run as in ``evaluate``.
        measures: Names of measures, at least 1.
        test: Of one pair: ``"paired_t"``, ``"randomization"``, ``"wilcoxon"`` or ``"sign"``. Of all runs at once:
            ``"tukey_hsd"`` or ``"randomized_tukey_hsd"``.
        correction: How the p-values of one measure are corrected for their number, see ``adjusted_p_values``; ``None``
            for ``"holm"``, or for none with the tests of all runs at once, which correct themselves.
        baseline: The run with which all others are compared; without one, all pairs are.
        alpha: The corrected p-value up to which a difference is significant; ``1 - alpha`` is the level of intervals.
        tolerance: Values no further apart are a tie.
        permutations: The number of arrangements that randomized tests draw.
        seed: From which they are drawn, an integer of 64 bits, not negative.
        missing: As in ``evaluate``; with ``"skip"`` only the queries count that no run lacks.
        order: As in ``evaluate``.
        judged_only: As in ``evaluate``.
        level: As in ``evaluate``.
        depth: As in ``evaluate``.
        collection: As in ``evaluate``.
        compat: As in ``evaluate``.
        threads: As in ``evaluate``.
        progress: Whether to show a bar, which needs the package tqdm.

    Returns:
        Means, differences with intervals, p-values, effect sizes, wins, ties and losses.

    Raises:
        InvalidInputError: Fewer than 2 runs, no measure, an unknown measure, test, correction or baseline, a measure
            without a value for a query, a correction of a test that corrects itself, or what the test refuses.
        RankError: As ``evaluate``.
        DtypeError: ``runs`` is no dict of str to run.
        MissingPackageError: ``progress`` without tqdm.

    Example:
        >>> qrels = {f"q{number}": {"a": 1} for number in range(8)}
        >>> good = {query: {"a": 2.0, "b": 1.0} for query in qrels}
        >>> poor = {query: {"a": 1.0, "b": 2.0} for query in qrels}
        >>> comparison = compare(qrels, {"good": good, "poor": poor}, ["RR", "Success@1"])
        >>> pair = comparison.pairs["RR"][0]
        >>> pair.wins, pair.ties, pair.losses
        (8, 0, 0)
        >>> comparison.beaten("RR", "good")
        ['poor']
        >>> print(comparison.to_markdown(digits=2).splitlines()[2])
        | a | good | **1.00**<sup>b</sup> | **1.00**<sup>b</sup> |
    """

def report(
    path: _Path,
    qrels: _AnyQrels,
    runs: Mapping[str, _AnyRun],
    measures: Sequence[str],
    *,
    title: str = "Comparison of runs",
    test: _Test = "paired_t",
    correction: _Correction | None = None,
    baseline: str | None = None,
    alpha: float = 0.05,
    tolerance: float = 1e-9,
    permutations: int = 10_000,
    seed: int = 0,
    missing: Literal["zero", "skip"] = "zero",
    order: _Order = "docid_desc",
    judged_only: bool = False,
    level: int = 1,
    depth: int | None = None,
    collection: int | None = None,
    compat: _Version | None = None,
    threads: int = 0,
    progress: bool = False,
) -> Comparison:
    """Compares runs and writes a page about them: one HTML file that needs nothing else, for light and dark screens.

    It holds the means with letters of significance, all pairs, the differences of each run to the baseline (or to the
    first run) query by query and the queries that changed most, the distribution of values, the interpolated precision
    at eleven levels of recall, how far the judgments reach, and the queries whose value depends on the order of tied
    documents. The same runs give
    the same page. The file appears under its name only when it is complete.

    Args:
        path: The file; gzip if the name ends in ``.gz``.
        qrels: The judgments, as in ``evaluate``.
        runs: A dict of name to run, at least 2; a run as in ``evaluate``.
        measures: Names of measures, at least 1.
        title: The headline.
        test: Of one pair: ``"paired_t"``, ``"randomization"``, ``"wilcoxon"`` or ``"sign"``. Of all runs at once:
            ``"tukey_hsd"`` or ``"randomized_tukey_hsd"``.
        correction: How the p-values of one measure are corrected for their number, see ``adjusted_p_values``; ``None``
            for ``"holm"``, or for none with the tests of all runs at once, which correct themselves.
        baseline: The run with which all others are compared; without one, all pairs are.
        alpha: The corrected p-value up to which a difference is significant; ``1 - alpha`` is the level of intervals.
        tolerance: Values no further apart are a tie.
        permutations: The number of arrangements that randomized tests draw.
        seed: From which they are drawn, an integer of 64 bits, not negative.
        missing: As in ``evaluate``; with ``"skip"`` only the queries count that no run lacks.
        order: As in ``evaluate``.
        judged_only: As in ``evaluate``.
        level: As in ``evaluate``.
        depth: As in ``evaluate``.
        collection: As in ``evaluate``.
        compat: As in ``evaluate``.
        threads: As in ``evaluate``.
        progress: Whether to show a bar, which needs the package tqdm.

    Returns:
        The comparison.

    Raises:
        OSError: The file cannot be written.
        RankError: As ``compare``.
        DtypeError: As ``compare``.
        MissingPackageError: ``progress`` without tqdm.

    Example:
        >>> qrels = {f"q{number}": {"a": 1} for number in range(8)}
        >>> good = {query: {"a": 2.0, "b": 1.0} for query in qrels}
        >>> poor = {query: {"a": 1.0, "b": 2.0} for query in qrels}
        >>> report("report.html", qrels, {"good": good, "poor": poor}, ["RR"])
        Comparison(2 runs, 8 queries, RR)
    """

def precision_recall_curve(reranked: _RankedList[_Id], ground_truth: _Judgments[_Id]) -> list[tuple[float, float]]:
    """The recall and the precision of a ranked list at each relevant document, from the top.

    Args:
        reranked: A ranked list, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or a
            dict of id to score.
        ground_truth: The judgments of the query: a dict of id to grade, or a set or list of the relevant ids. Grades of
            at least 1 are relevant.

    Returns:
        Pairs of recall and precision, both in [0, 1], recall ascending; none if no relevant document is ranked.

    Raises:
        InvalidInputError: A NaN, or a list that is not sorted by its scores.
        DuplicateIdError: A document twice in the list or the ground truth.
        DtypeError: Something that is not a ranked list, or a grade that is not an int.

    Source:
        Cleverdon: The Cranfield tests on index language devices (Aslib Proceedings 1967).

    Example:
        >>> precision_recall_curve([("a", 3.0), ("b", 2.0), ("c", 1.0)], {"a", "c", "d", "e"})
        [(0.25, 1.0), (0.5, 0.6666666666666666)]
    """

@final
class Browsing:
    """What a user is expected to gain and to spend on a ranking."""

    @property
    def utility(self) -> float:
        """The gain per document that is looked at, in [0, 1]: the value of the measure."""

    @property
    def total_utility(self) -> float:
        """The gain of all documents that are looked at."""

    @property
    def cost(self) -> float:
        """The cost per document that is looked at."""

    @property
    def total_cost(self) -> float:
        """The cost of all documents that are looked at."""

    @property
    def items(self) -> float:
        """The number of documents that are looked at."""

@final
class BrowsingBounds:
    """What a user is expected to gain and to spend, with what is not judged at its worst and at its best."""

    @property
    def worst(self) -> Browsing:
        """Documents that are not judged, and ranks without a document, gain 0."""

    @property
    def best(self) -> Browsing:
        """They gain 1. Its difference to ``worst`` is what cwl-eval calls the residual."""

def browse(
    measure: str, gains: Iterable[SupportsFloat | None], costs: Iterable[SupportsFloat] | None = None
) -> BrowsingBounds:
    """Follows the user of a C/W/L measure down one ranking.

    The user goes on from rank i to the next with the probability C(i), in which measures of this kind differ; hence a
    document is looked at with probability C(1) x ... x C(i - 1), and of all looks a share W(i) falls on rank i. The
    utility is the sum of W(i) x gain(i).

    Args:
        measure: ``INST``, ``INSQ``, ``BPM``, ``BPMD``, ``NERR8`` to ``NERR11``, ``IFT``, ``NPV``, ``TBG``,
            ``UMeasure``, ``P``, ``RBP``, ``RR``, ``SDCG`` or ``AP`` (whose user gains ``TrAP``, since only what is
            ranked can be looked at), with parameters. Its cut-off is the most documents that are looked at, 1000 unless
            given.
        gains: For each rank a gain in [0, 1], or None for a document without a judgment.
        costs: For each rank a cost above 0, such as seconds or characters; without them, and behind their end, each
            rank costs 1. ``BPM``, ``IFT``, ``TBG`` and ``UMeasure`` look at them.

    Returns:
        What is expected, with documents that are not judged at their worst and at their best.

    Raises:
        InvalidInputError: A measure without a user, a gain or a cost outside its range.
        ShapeError: Gains and costs of different lengths.
        DtypeError: Something that is not a sequence of numbers.

    Source:
        Moffat, Bailey, Scholer, Thomas: Incorporating user expectations and behavior into the measurement of search
        effectiveness (ACM TOIS 2017); Azzopardi, Thomas, Moffat: cwl_eval (SIGIR 2019).

    Example:
        >>> user = browse("P@2", [1.0, None, 1.0], costs=[3.0, 5.0, 2.0])  # looks at two documents
        >>> user.worst
        Browsing(utility=0.5, total_utility=1.0, cost=4.0, total_cost=8.0, items=2.0)
        >>> user.best.utility
        1.0
    """

def browse_run(
    qrels: _AnyQrels,
    run: _AnyRun,
    measure: str,
    costs: Mapping[str, SupportsFloat] | Mapping[int, SupportsFloat] | None = None,
) -> dict[str, BrowsingBounds]:
    """Follows the user of a C/W/L measure down each ranking of a run, see ``browse``.

    Args:
        qrels: The judgments, as for ``evaluate``. A relevant document gains 1; with ``max_rel`` in the measure, and
            ``min_rel``, a document gains the share of that scale which its grade is.
        run: The run, as for ``evaluate``.
        measure: A C/W/L measure, as for ``browse``.
        costs: The cost of each ranked document by its id; without it each costs 1.

    Returns:
        What is expected of each query that is both judged and ranked, in ascending order of id.

    Raises:
        InvalidInputError: As ``browse``; a ranked document without a cost, a grade above ``max_rel``, or no query in
            common.

    Source:
        Moffat, Bailey, Scholer, Thomas: Incorporating user expectations and behavior into the measurement of search
        effectiveness (ACM TOIS 2017).

    Example:
        >>> qrels, run = {"q": {"b": 1}}, {"q": {"a": 2.0, "b": 1.0}}
        >>> users = browse_run(qrels, run, "TBG(half_life=10)", costs={"a": 20.0, "b": 5.0})
        >>> users["q"].worst.total_utility  # b is met after two half-lives
        0.25
    """

def root_mean_square_error(original: _Sample, reproduced: _Sample) -> float:
    """The root of the mean squared difference of a run's values and those of its reproduction, query by query.

    Args:
        original: The values of the run: a sequence, or a dict of query id to value.
        reproduced: Those of the reproduction, for the same queries.

    Returns:
        The error, at least 0, in the unit of the values.

    Raises:
        ShapeError: Samples of different lengths or queries.
        InvalidInputError: No value, or one that is not finite.
        DtypeError: Something that is not a sample.

    Source:
        Breuer et al.: How to measure the reproducibility of system-oriented IR experiments (SIGIR 2020).

    Example:
        >>> root_mean_square_error([0.5, 1.0], [0.0, 0.5])
        0.5
    """

def effect_ratio(
    original_baseline: _Sample, original_advanced: _Sample, repeated_baseline: _Sample, repeated_advanced: _Sample
) -> float:
    """How much of an improvement was found again: the mean improvement of a repeated experiment over the original's.

    The two experiments may have different queries, as when one is replicated on another collection.

    Args:
        original_baseline: The values of the original's baseline.
        original_advanced: The values of its advanced run, for the same queries.
        repeated_baseline: The values of the repetition's baseline.
        repeated_advanced: The values of its advanced run, for the same queries.

    Returns:
        1 if it is as large, below 0 if it turned round; inf or nan if the original had none.

    Raises:
        ShapeError: Samples of one experiment of different lengths or queries.
        InvalidInputError: No value, or one that is not finite.
        DtypeError: Something that is not a sample.

    Source:
        Breuer et al.: How to measure the reproducibility of system-oriented IR experiments (SIGIR 2020).

    Example:
        >>> effect_ratio([0.25, 0.25], [0.75, 0.75], [0.5], [0.75])
        0.5
    """

def delta_relative_improvement(
    original_baseline: _Sample, original_advanced: _Sample, repeated_baseline: _Sample, repeated_advanced: _Sample
) -> float:
    """The relative improvement of an original experiment less that of its repetition.

    The relative improvement is that of the mean over the mean of the baseline.

    Args:
        original_baseline: The values of the original's baseline.
        original_advanced: The values of its advanced run, for the same queries.
        repeated_baseline: The values of the repetition's baseline.
        repeated_advanced: The values of its advanced run, for the same queries.

    Returns:
        0 if they are the same, above 0 if the repetition improves less; inf or nan if a baseline has a mean of 0.

    Raises:
        ShapeError: Samples of one experiment of different lengths or queries.
        InvalidInputError: No value, or one that is not finite.
        DtypeError: Something that is not a sample.

    Source:
        Breuer et al.: How to measure the reproducibility of system-oriented IR experiments (SIGIR 2020).

    Example:
        >>> delta_relative_improvement([0.25, 0.25], [0.75, 0.75], [0.5], [0.75])  # by 200 %, by 50 %
        1.5
    """

def confidence(scores: Iterable[SupportsFloat], kind: Literal["max", "deviation", "lead"] = "max") -> float:
    """The confidence of a ranking, from its scores in any order.

    Args:
        scores: The scores.
        kind: ``"max"``, the highest score; ``"deviation"``, the standard deviation, with the number of scores as the
            divisor; ``"lead"``, the difference of the two highest scores, 0 if there is one.

    Returns:
        The confidence, in the unit of the scores.

    Raises:
        InvalidInputError: No score, one that is not finite, or another kind.
        DtypeError: Something that is not a sequence of numbers.

    Source:
        Gisserot-Boukhlef et al.: Towards trustworthy reranking, a simple yet effective abstention mechanism (TMLR
        2024).

    Example:
        >>> confidence([0.5, 3.0, 1.0], "lead")
        2.0
    """

def abstention_nauc(confidences: _Sample, values: _Sample, rates: Iterable[SupportsFloat] | None = None) -> float:
    """How well confidence says which queries to abstain from: nAUC of MTEB.

    The area under the curve of the mean value of the queries that are left without the least confident ones, less that
    of the mean of all, over what it would be with the values themselves as confidence. Queries of equal confidence
    share their mean, so that their order says nothing.

    Args:
        confidences: For each query the confidence of its ranking.
        values: For each query the value of a measure.
        rates: The shares of queries to abstain from, ascending, at least two, in [0, 1); 0, 0.1, ... 0.9 without.

    Returns:
        1 if confidence is as good as the values, 0 if no better than chance, below 0 if it misleads; nan if all values
        are equal.

    Raises:
        ShapeError: Samples of different lengths or queries.
        InvalidInputError: No value, one that is not finite, or other rates.
        DtypeError: Something that is not a sample.

    Source:
        Gisserot-Boukhlef et al.: Towards trustworthy reranking, a simple yet effective abstention mechanism (TMLR
        2024).

    Example:
        >>> abstention_nauc([4.0, 3.0, 2.0, 1.0], [0.0, 0.0, 1.0, 1.0], rates=[0.0, 0.5])
        -1.0
    """

def p_mrr(
    original: _AnyRun,
    changed: _AnyRun,
    documents: Mapping[str, Iterable[str]] | Mapping[int, Iterable[int]],
) -> dict[str, float]:
    """How far documents moved that a changed instruction made irrelevant: p-MRR of FollowIR.

    Of a document at ranks ``og`` and ``new``, from 1, ``new / og - 1`` if ``new <= og``, else ``1 - og / new``. One
    that was not ranked is behind the end of the list.

    Args:
        original: The run without the instruction.
        changed: The run with it; queries have the same ids.
        documents: For each query the documents that are no longer relevant.

    Returns:
        For each query the mean over its documents, in (-1, 1), above 0 if they moved down, as they should. p-MRR is the
        mean over the queries.

    Raises:
        InvalidInputError: A query that a run lacks, or no document.
        DtypeError: Something that is not a dict of lists.

    Source:
        Weller et al.: FollowIR, evaluating and teaching information retrieval models to follow instructions (NAACL
        2025).

    Example:
        >>> p_mrr({"q": {"a": 3.0, "b": 2.0}}, {"q": {"a": 2.0, "b": 3.0}}, {"q": ["a"]})  # from rank 1 to rank 2
        {'q': 0.5}
    """

def mean_of_worst(values: Iterable[SupportsFloat], groups: Iterable[int | str]) -> float:
    """The mean over groups of queries of the least value of a group, such as the forms in which a question is put.

    With nDCG@10 this is robustness@10; with Success@1, where both forms of a pair must be right, paired accuracy.

    Args:
        values: For each query the value of a measure.
        groups: For each query what it is a form of.

    Returns:
        The mean, in the unit of the values.

    Raises:
        ShapeError: Values and groups of different lengths.
        InvalidInputError: No value, or one that is not finite.
        DtypeError: Something that is not a sequence of numbers, or of ids.

    Source:
        Oh et al.: InstructIR, a benchmark for instruction following of information retrieval models (2024); Weller,
        Lawrie, Van Durme: NevIR, negation in neural information retrieval (EACL 2024).

    Example:
        >>> mean_of_worst([1.0, 1.0, 0.0, 1.0], ["a", "a", "b", "b"])
        0.5
    """

def catalog_coverage(run: _AnyRun, catalog: int, k: int = 10) -> float:
    """The share of a catalog that is among the first ``k`` of any query.

    Args:
        run: The run, as for ``evaluate``. A query is a user, and a document an item.
        catalog: The number of all items.
        k: The depth, at least 1.

    Returns:
        The share, in [0, 1].

    Raises:
        InvalidInputError: ``k`` below 1, or a catalog smaller than what is shown.

    Source:
        Ge, Delgado-Battenfeld, Jannach: Beyond accuracy, evaluating recommender systems by coverage and serendipity
        (RecSys 2010).

    Example:
        >>> catalog_coverage({"ann": {"x": 2.0, "y": 1.0}, "bob": {"x": 2.0, "z": 1.0}}, catalog=4, k=1)
        0.25
    """

def gini_index(run: _AnyRun, catalog: int, k: int = 10) -> float:
    """How unevenly the items of a catalog are shown.

    Args:
        run: The run, as for ``evaluate``. A query is a user, and a document an item.
        catalog: The number of all items; those that nobody sees count.
        k: The depth, at least 1.

    Returns:
        0 if each item is among the first ``k`` of as many users, near 1 if all users see the same few.

    Raises:
        InvalidInputError: ``k`` below 1, or a catalog smaller than what is shown.

    Source:
        Gini (1912); Fleder, Hosanagar: Blockbuster culture's next rise or fall (Management Science 2009).

    Example:
        >>> gini_index({"ann": {"x": 2.0, "y": 1.0}, "bob": {"x": 2.0, "z": 1.0}}, catalog=2, k=1)
        0.5
    """

def novelty(
    run: _AnyRun,
    popularity: Mapping[str, SupportsIndex] | Mapping[int, SupportsIndex],
    users: int,
    k: int = 10,
) -> dict[str, float]:
    """How little known the first ``k`` items of each user are: their mean self-information.

    Args:
        run: The run, as for ``evaluate``. A query is a user, and a document an item.
        popularity: For each item the number of users that know it, from 1 to ``users``.
        users: The number of users that it was counted among.
        k: The depth, at least 1.

    Returns:
        For each user the mean of ``-log2(popularity / users)``, in bits.

    Raises:
        InvalidInputError: ``k`` below 1, or an item without popularity.
        DtypeError: A popularity that is not an int.

    Source:
        Zhou et al.: Solving the apparent diversity-accuracy dilemma of recommender systems (PNAS 2010).

    Example:
        >>> novelty({"ann": {"hit": 2.0, "rare": 1.0}}, {"hit": 8, "rare": 1}, users=8)  # 0 and 3 bits
        {'ann': 1.5}
    """

def serendipity(
    qrels: _AnyQrels,
    run: _AnyRun,
    obvious: _AnyRun,
    k: int = 10,
) -> dict[str, float]:
    """The share of the first ``k`` items that are relevant and that an obvious system would not have shown.

    Args:
        qrels: What each user likes: grades of at least 1.
        run: The run, as for ``evaluate``.
        obvious: A run such as the most popular items for all; of a user that it lacks nothing is obvious.
        k: The depth, at least 1, and the divisor.

    Returns:
        For each user that is in both qrels and run the share, in [0, 1].

    Raises:
        InvalidInputError: ``k`` below 1, or no user in common.

    Source:
        Ge, Delgado-Battenfeld, Jannach: Beyond accuracy, evaluating recommender systems by coverage and serendipity
        (RecSys 2010).

    Example:
        >>> run = {"ann": {"hit": 2.0, "rare": 1.0}}
        >>> serendipity({"ann": {"hit": 1, "rare": 1}}, run, {"ann": {"hit": 2.0, "other": 1.0}}, k=2)
        {'ann': 0.5}
    """

@final
class PropensityScored:
    """The propensity-scored values of a user."""

    @property
    def precision(self) -> float:
        """PSP@k: relevant items, each over its propensity, over the most that ``k`` items can have."""

    @property
    def ndcg(self) -> float:
        """PSnDCG@k: the same, each over log2(rank + 1) as well."""

def propensity_scored(
    qrels: _AnyQrels,
    run: _AnyRun,
    labels: Mapping[str, SupportsIndex] | Mapping[int, SupportsIndex],
    instances: int,
    k: int = 10,
    *,
    a: float = 0.55,
    b: float = 1.5,
) -> dict[str, PropensityScored]:
    """Precision and nDCG that count what is seldom labeled for more, since its absence says little.

    A relevant item counts 1 / p, with ``p = 1 / (1 + C (n + b) ** -a)``, ``C = (ln(instances) - 1) (b + 1) ** a`` and n
    the number of its labels.

    Args:
        qrels: What is relevant: grades of at least 1.
        run: The run, as for ``evaluate``.
        labels: For each item the number of its labels; one that is not there has none.
        instances: The number of labeled instances, at least 3.
        k: The depth, at least 1.
        a: How fast the propensity rises.
        b: An offset.

    Returns:
        For each user that is in both qrels and run the values, in [0, 1].

    Raises:
        InvalidInputError: ``k`` below 1, fewer than 3 instances, a negative ``a`` or ``b``, or no user in common.
        DtypeError: A number of labels that is not an int.

    Source:
        Jain, Prabhu, Varma: Extreme multi-label loss functions for recommendation, tagging, ranking and other missing
        label applications (KDD 2016).

    Example:
        >>> run = {"u": {"hit": 2.0, "rare": 1.0}}
        >>> values = propensity_scored({"u": {"hit": 1, "rare": 1}}, run, {"hit": 500, "rare": 1}, 1000, k=1)
        >>> round(values["u"].precision, 4)  # the rare one would have counted for more
        0.1911
    """

@final
class Preferences:
    """Judgments that say which of two documents is better: it is preferred to those of a lower level in its list.

    What was said of a query comes from groups of judges, of which each can have judged several lists. The preferences
    of a group agree, and what follows from them counts as well; groups may contradict each other.
    """

    @staticmethod
    def from_rows(rows: Iterable[tuple[str, str, str, str, float]]) -> Preferences:
        """Preferences out of rows.

        Args:
            rows: Tuples of query, group of judges, list within the group, document and level, in any order. A level is
                at least 0, and 0 is not relevant.

        Raises:
            InvalidInputError: A level below 0, or preferences of a group that contradict each other.
            DtypeError: A row of another form.

        Example:
            >>> Preferences.from_rows([("q", "ann", "1", "a", 1.0), ("q", "ann", "1", "b", 0.0)]).groups("q")
            ['ann']
        """

    @staticmethod
    def read(path: _Path, format: Literal["prefs", "qrels_prefs"] = "prefs") -> Preferences:  # noqa: A002 - of a file
        """Reads a file, plain, gzip or zstd.

        Args:
            path: The file. Empty lines, and lines that begin with ``#``, are passed over.
            format: ``"prefs"``, lines of ``query group list document level``, or ``"qrels_prefs"``, lines of ``query
                group document level``: the formats of ``trec_eval -R``.

        Raises:
            FileNotFoundError: No such file; other errors of the system likewise.
            InvalidInputError: A line that is none of these, or preferences of a group that contradict each other.

        Example:
            >>> Preferences.read("missing.prefs")
            Traceback (most recent call last):
                ...
            FileNotFoundError: [Errno 2] No such file or directory: 'missing.prefs'
        """

    @property
    def queries(self) -> list[str]:
        """The queries, ascending by id."""

    def groups(self, query: str) -> list[str] | None:
        """The groups of judges of a query, ascending by name; None for a query that nobody judged."""

    def __len__(self) -> int: ...

def evaluate_preferences(
    preferences: Preferences,
    run: _AnyRun,
    measures: Sequence[str],
    missing: Literal["zero", "skip"] = "zero",
    *,
    depth: int | None = None,
    compat: _Version | None = None,
) -> Evaluation:
    """Evaluates a run by preferences. Documents of equal score stand by id ascending here, as in trec_eval.

    Args:
        preferences: The judgments.
        run: The run, as for ``evaluate``.
        measures: Names of measures: ``prefs_simp``, ``prefs_pair``, ``prefs_avgjg`` and others, see ``Measure``.
        missing: ``"zero"`` takes a judged query that the run lacks as an empty ranking, ``"skip"`` leaves it out.
        depth: The number of documents of a ranking that count; None for all.
        compat: ``"9"`` rounds scores to float32, as version 9 of trec_eval does.

    Returns:
        The values, and their means; the sums of counts.

    Raises:
        InvalidInputError: A measure that is not one of preferences, or no query in common.

    Source:
        Carterette, Bennett, Chickering, Dumais: Here or there, preference judgments for relevance (ECIR 2008).

    Example:
        >>> rows = [("q", "ann", "1", "a", 2.0), ("q", "ann", "1", "b", 1.0), ("q", "ann", "1", "c", 0.0)]
        >>> run = {"q": {"a": 3.0, "c": 2.0, "b": 1.0}}
        >>> evaluate_preferences(Preferences.from_rows(rows), run, ["prefs_num_prefs_ful", "prefs_simp"]).means
        {'prefs_num_prefs_ful': 2.0, 'prefs_simp': 0.6666666666666666}
    """

@final
class GroupedQrels:
    """Qrels of several groups of judges, of which each may judge as it likes."""

    @staticmethod
    def from_rows(rows: Iterable[tuple[str, str, str, int]]) -> GroupedQrels:
        """Qrels out of rows.

        Args:
            rows: Tuples of query, group of judges, document and grade, in any order.

        Raises:
            DuplicateIdError: A document that a group judges twice for a query.
            DtypeError: A row of another form.

        Example:
            >>> GroupedQrels.from_rows([("q", "ann", "a", 1), ("q", "bob", "a", 0)])
            GroupedQrels(2 groups, 1 queries)
        """

    @staticmethod
    def read(path: _Path) -> GroupedQrels:
        """Reads a file of lines ``query group document grade``, plain, gzip or zstd: ``trec_eval -R qrels_jg``.

        Args:
            path: The file. Empty lines, and lines that begin with ``#``, are passed over.

        Raises:
            FileNotFoundError: No such file; other errors of the system likewise.
            InvalidInputError: A line that is not such a one.
            DuplicateIdError: A document that a group judges twice for a query.

        Example:
            >>> GroupedQrels.read("missing.qrels")
            Traceback (most recent call last):
                ...
            FileNotFoundError: [Errno 2] No such file or directory: 'missing.qrels'
        """

    @property
    def groups(self) -> list[str]:
        """The groups of judges, ascending by name."""

    @property
    def queries(self) -> list[str]:
        """The queries that any group judges, ascending by id."""

def evaluate_groups(
    qrels: GroupedQrels,
    run: _AnyRun,
    measures: Sequence[str],
    missing: Literal["zero", "skip"] = "zero",
    *,
    order: _Order = "docid_desc",
    judged_only: bool = False,
    level: int = 1,
    depth: int | None = None,
    collection: int | None = None,
    compat: _Version | None = None,
    threads: int = 0,
) -> Evaluation:
    """Evaluates a run by the judgments of each group, and takes the mean over the groups that judge a query.

    With ``AP``, ``P@k`` and ``Rprec_mult`` these are ``map_avgjg``, ``P_avgjg`` and ``Rprec_mult_avgjg`` of trec_eval.

    Args:
        qrels: The judgments.
        run: The run, as for ``evaluate``.
        measures: Names of measures, as for ``evaluate``.
        missing: ``"zero"`` counts a judged query that the run lacks 0, ``"skip"`` leaves it out.
        order: The order of documents of equal score, as for ``evaluate``.
        judged_only: Whether documents that are not judged are taken out first.
        level: The least grade that is relevant.
        depth: The number of documents of a ranking that count; None for all.
        collection: The number of documents in the collection.
        compat: The version of trec_eval to agree with.
        threads: The number of threads, 0 for as many as the machine has. No value depends on it.

    Returns:
        The values, and their means.

    Raises:
        InvalidInputError: As for ``evaluate``.

    Source:
        trec_eval, National Institute of Standards and Technology.

    Example:
        >>> qrels = GroupedQrels.from_rows([("q", "ann", "a", 1), ("q", "bob", "a", 0), ("q", "bob", "b", 1)])
        >>> evaluate_groups(qrels, {"q": {"a": 2.0, "b": 1.0}}, ["RR"]).means  # 1 for ann, 1/2 for bob
        {'RR': 0.75}
    """

@final
class ZScores:
    """For each query and measure the mean and the standard deviation of a set of runs: ``trec_eval -Z``."""

    @staticmethod
    def read(path: _Path) -> ZScores:
        """Reads a file of lines ``query measure mean deviation``, plain, gzip or zstd.

        Measures have their names of trec_eval, as it prints them.

        Args:
            path: The file. Empty lines, and lines that begin with ``#``, are passed over; of two lines for the same
                query and measure, the last one counts.

        Raises:
            FileNotFoundError: No such file; other errors of the system likewise.
            InvalidInputError: A line that is not such a one.

        Example:
            >>> ZScores.read("missing.zscores")
            Traceback (most recent call last):
                ...
            FileNotFoundError: [Errno 2] No such file or directory: 'missing.zscores'
        """

    def of(self, query: str, measure: str, value: float) -> float | None:
        """How many standard deviations a value is above the mean.

        Args:
            query: The query.
            measure: The measure, by its name in trec_eval.
            value: The value.

        Returns:
            The z-score; None if mean and deviation are not known, or if the deviation is 0 and the value is not the
            mean, where trec_eval prints -1000000.
        """
