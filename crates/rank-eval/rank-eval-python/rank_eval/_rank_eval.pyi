import os
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, Sequence, ValuesView
from typing import Literal, Protocol, SupportsFloat, SupportsIndex, TypeAlias, TypeVar, final

import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]

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

_Table: TypeAlias = _ArrowStream | _ArrowArray
_RankedList: TypeAlias = Iterable[tuple[_Id, SupportsFloat]] | Mapping[_Id, SupportsFloat] | Iterable[_Scored]
_Judgments: TypeAlias = Mapping[_Id, SupportsIndex] | Iterable[_Id]
_Path: TypeAlias = str | os.PathLike[str]
_RunDict: TypeAlias = Mapping[str, _RankedList[str]] | Mapping[int, _RankedList[int]]
_QrelsDict: TypeAlias = Mapping[str, Mapping[str, SupportsIndex]] | Mapping[int, Mapping[int, SupportsIndex]]
_Sample: TypeAlias = Iterable[SupportsFloat] | Mapping[str, SupportsFloat]

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
    def from_dict(cls, run: _RunDict) -> Run:
        """The run of a dict.

        Args:
            run: A dict of query id to a dict of document id to score, or to any other ranked list.

        Raises:
            InvalidInputError: A NaN.
            DuplicateIdError: A document twice for one query.
            DtypeError: A value of another type.

        Example:
            >>> Run.from_dict({"q1": {"a": 0.5, "b": 0.5, "c": 0.9}}).to_dict()
            {'q1': {'c': 0.9, 'b': 0.5, 'a': 0.5}}
        """

    @classmethod
    def from_arrow(
        cls, table: _Table, *, query_id: str = "query_id", doc_id: str = "doc_id", score: str = "score"
    ) -> Run:
        """The run of a table with a row for each document. Its columns are read in place.

        The table is a ``pyarrow.Table`` or ``RecordBatch``, a ``polars.DataFrame``, a ``pandas.DataFrame``, or whatever
        else has ``__arrow_c_stream__`` or ``__arrow_c_array__``.

        Args:
            table: The rows, in any order, in one chunk or many. Ids are strings of any kind, ints, or categories of
                these; scores are floats, or ints that float64 holds.
            query_id: The name of the column of query ids.
            doc_id: The name of the column of document ids.
            score: The name of the column of scores.

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
    def read(cls, path: _Path) -> Run:
        """Reads a TREC file, plain or gzip: lines of ``query Q0 document rank score tag``, in any order.

        Only the scores order the documents; the second column, rank and tag are ignored.

        Args:
            path: The file.

        Raises:
            OSError: The file cannot be read; ``FileNotFoundError`` if it is not there.
            InvalidInputError: A line without exactly six columns, a score that is no number, or a document that is
                there twice for one query. The message names the line.
        """

    def write(self, path: _Path, tag: str = "rank-rank") -> None:
        """Writes a TREC file; gzip if the name ends in ``.gz``.

        Scores are printed such that they read back to the same bits. The file appears under its name only when it is
        complete. A query without documents leaves no line.

        Args:
            path: The file.
            tag: The name of the run.

        Raises:
            OSError: The file cannot be written.
            InvalidInputError: A tag or an id that is empty or has white space.
        """

    def to_dict(self) -> dict[str, dict[str, float]]:
        """The run as a dict of query id to a dict of document id to score, both in order."""

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
    def from_dict(cls, qrels: _QrelsDict) -> Qrels:
        """The qrels of a dict.

        Args:
            qrels: A dict of query id to a dict of document id to grade, an ``int``.

        Raises:
            DuplicateIdError: A document twice for one query, as ``1`` and ``"1"``.
            DtypeError: A value of another type.

        Example:
            >>> len(Qrels.from_dict({"q1": {"a": 1, "b": 0}}))
            1
        """

    @classmethod
    def from_arrow(
        cls, table: _Table, *, query_id: str = "query_id", doc_id: str = "doc_id", grade: str | None = None
    ) -> Qrels:
        """The qrels of a table with a row for each judgment. See ``Run.from_arrow``.

        Args:
            table: The rows, in any order, in one chunk or many. Ids as in ``Run.from_arrow``; grades are ints or
                booleans.
            query_id: The name of the column of query ids.
            doc_id: The name of the column of document ids.
            grade: The name of the column of grades; ``"relevance"`` or ``"grade"``, whichever is there, if ``None``.

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
    def read(cls, path: _Path) -> Qrels:
        """Reads qrels, plain or gzip, in TREC or BEIR form.

        TREC: lines of ``query iteration document grade``. BEIR: tab-separated, with the first line
        ``query-id corpus-id score``.

        Args:
            path: The file.

        Raises:
            OSError: The file cannot be read; ``FileNotFoundError`` if it is not there.
            InvalidInputError: A line with another number of columns, a grade that is no whole number, or a document
                that is judged twice for one query. The message names the line.
        """

    def to_dict(self) -> dict[str, dict[str, int]]:
        """The qrels as a dict of query id to a dict of document id to grade."""

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
    qrels: Qrels | _QrelsDict | _Table | _Path,
    run: Run | _RunDict | _Table | _Path,
    measures: Sequence[str],
    missing: Literal["zero", "skip"] = "zero",
) -> Evaluation:
    """Evaluates a run. A judged query that the run lacks counts 0, unless ``missing`` is ``"skip"``.

    Measures are named in the dialects of ir_measures, trec_eval and ranx, in any letter case: ``nDCG@10``,
    ``ndcg_cut_10``, ``ndcg@10``; ``P@10``, ``P_10``, ``precision@10``; ``R@10``, ``recall_10``; ``Success@10``,
    ``success_10``, ``hit_rate@10``; ``RR@10``, ``MRR@10``, ``recip_rank``; ``AP@10``, ``map_cut_10``, ``map@10``,
    ``map``.

    Args:
        qrels: The judgments: ``Qrels``, what ``Qrels.from_dict`` or ``Qrels.from_arrow`` takes, or a path.
        run: The run: ``Run``, what ``Run.from_dict`` or ``Run.from_arrow`` takes, or a path.
        measures: Names of measures.
        missing: ``"zero"``: a judged query that the run lacks counts 0 in every measure, as with ``trec_eval -c``.
            ``"skip"``: means are over the other queries, as with pytrec_eval.

    Returns:
        The values of each query and their means, named as in ``measures``.

    Raises:
        InvalidInputError: A measure that is not known, or no query in common.
        RankError: As ``Run.from_dict``, ``Run.read``, ``Qrels.from_dict`` and ``Qrels.read``.
        OSError: As ``Run.read`` and ``Qrels.read``.

    Source:
        The values are those of trec_eval 9 with ``-c`` (National Institute of Standards and Technology).

    Example:
        >>> evaluate({"q1": {"a": 1}, "q2": {"b": 1}}, {"q1": {"a": 0.9}}, ["RR@10"]).means
        {'RR@10': 0.5}
    """

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

def randomization_test(a: _Sample, b: _Sample, permutations: int = 10_000, seed: int = 0) -> RandomizationTest:
    """Fisher's randomization test for paired samples, two-sided.

    If both runs were the same, each pair might as well have come out the other way round; the p-value is the share of
    such arrangements whose mean difference is at least as far from 0 as the observed one. Up to 20 pairs, all are
    counted. Beyond, ``permutations`` are drawn, the same on every machine, and ``p = (c + 1) / (permutations + 1)``.

    Args:
        a: The values of one run, as in ``paired_t_test``. At least 1.
        b: Those of the other run.
        permutations: The number of arrangements to draw, at least 1.
        seed: From which they are drawn, an integer of 64 bits, not negative.

    Returns:
        The p-value and how it came about.

    Raises:
        ShapeError: Samples of different lengths or queries.
        InvalidInputError: No pair, no permutation, a NaN or an infinite value.
        DtypeError: Something else than numbers.

    Source:
        Fisher: The design of experiments (1935); Smucker, Allan, Carterette: A comparison of statistical significance
        tests for information retrieval evaluation (CIKM 2007).

    Example:
        >>> randomization_test([1.0, 1.0, 1.0], [0.0, 0.0, 0.0]).p_value  # +++ and --- of 8
        0.25
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
