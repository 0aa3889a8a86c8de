import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol, SupportsFloat, SupportsIndex, TypeAlias, TypeVar, final, overload

import numpy as np
from numpy.typing import NDArray

from rank_fusion._results import Explanation, Optimized

_Id = TypeVar("_Id", bound=int | str)
_Query = TypeVar("_Query", bound=int | str)

class _Scored(Protocol):
    """A scored document, such as Qdrant's ``ScoredPoint``."""

    @property
    def id(self) -> int | str: ...
    @property
    def score(self) -> float: ...

class _ArrowStream(Protocol):
    """A table of pyarrow, polars, pandas, a ``rank_eval.Run`` or anything else that speaks Arrow."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...

class _Judged(Protocol):
    """Judgments that become a dict, such as ``rank_eval.Qrels``."""

    def to_dict(self) -> Mapping[str, Mapping[str, int]]: ...

_List: TypeAlias = Iterable[tuple[_Id, SupportsFloat]] | Mapping[_Id, SupportsFloat] | Iterable[_Scored]
_Lists: TypeAlias = Sequence[_List[_Id]]
_Path: TypeAlias = str | os.PathLike[str]
_RunDict: TypeAlias = (
    Mapping[str, _List[str]] | Mapping[str, _List[int]] | Mapping[int, _List[str]] | Mapping[int, _List[int]]
)
_Arrays: TypeAlias = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]
_Fused: TypeAlias = tuple[NDArray[Any], NDArray[Any], NDArray[np.float64]]
_Run: TypeAlias = _RunDict | _Arrays | _ArrowStream | _Path
_Qrels: TypeAlias = (
    Mapping[str, Mapping[str, SupportsIndex]]
    | Mapping[str, Mapping[int, SupportsIndex]]
    | Mapping[int, Mapping[str, SupportsIndex]]
    | Mapping[int, Mapping[int, SupportsIndex]]
    | _Judged
    | _Path
)
_Method: TypeAlias = str | Trained
_Order: TypeAlias = Literal["checked", "sorted", "given"]
_Duplicates: TypeAlias = Literal["refused", "best"]

def reciprocal_rank_fusion(
    lists: _Lists[_Id], k: float = 60.0, *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Reciprocal rank fusion: each list gives a document ``1 / (k + rank)``; the gifts are added.

    A document that a list lacks gets nothing from it. With weights a list gives ``weight / (k + rank)``.

    Args:
        lists: Ranked lists, best document first, rank 1 being the best: ``(id, score)`` pairs, objects with ``id`` and
            ``score``, or dicts of id to score. Only the order counts; scores are checked against it.
        k: At least 0; the paper's value is 60. Larger values flatten the difference between ranks.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Cormack, Clarke, Büttcher: Reciprocal Rank Fusion outperforms Condorcet and individual rank learning methods
        (SIGIR 2009).

    Example:
        >>> reciprocal_rank_fusion([[("a", 12.0), ("b", 9.5)], [("b", 0.8)]], k=0)
        [('b', 1.5), ('a', 1.0)]
        >>> reciprocal_rank_fusion([[("a", 12.0), ("b", 9.5)], [("b", 0.8)]], k=0, weights=[1, 2], top_k=1)
        [('b', 2.5)]
    """

def inverse_root_rank(
    lists: _Lists[_Id], k: float = 0.0, *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Inverse root rank: ``sum(1 / sqrt(k + r))`` for ranks ``r`` from 1.

    It falls more slowly with the rank than reciprocal ranks do.

    Args:
        lists: Ranked lists, best document first, rank 1 being the best: ``(id, score)`` pairs, objects with ``id`` and
            ``score``, or dicts of id to score. Only the order counts; scores are checked against it.
        k: At least 0. What ``rankops`` calls ``isr`` counts ranks from 0: its ``k`` is this one and 1.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        The package ``rankops``, there as ``isr``, which is another method elsewhere: see ``isr``.

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> inverse_root_rank([sparse, dense])[:2]
        [('b', 1.7071067811865475), ('a', 1.0)]
    """

def isr(
    lists: _Lists[_Id], *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Inverse square rank: ``n * sum(1 / r**2)`` for a document of ``n`` lists at ranks ``r`` from 1.

    Args:
        lists: Ranked lists, best document first, rank 1 being the best: ``(id, score)`` pairs, objects with ``id`` and
            ``score``, or dicts of id to score. Only the order counts; scores are checked against it.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Mourão, Martins, Magalhães: Multimodal Medical Information Retrieval with Unsupervised Rank Fusion (2015).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> isr([sparse, dense])
        [('b', 2.5), ('a', 1.0), ('d', 0.25), ('c', 0.1111111111111111)]
    """

def log_isr(
    lists: _Lists[_Id], *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Logarithmic inverse square rank: ``log(n) * sum(1 / r**2)`` for a document of ``n`` lists at ranks ``r``.

    A document of one list scores 0, whatever its rank: see ``logn_isr``.

    Args:
        lists: Ranked lists, best document first, rank 1 being the best: ``(id, score)`` pairs, objects with ``id`` and
            ``score``, or dicts of id to score. Only the order counts; scores are checked against it.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Mourão, Martins, Magalhães: Multimodal Medical Information Retrieval with Unsupervised Rank Fusion (2015).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> [id for id, score in log_isr([sparse, dense], top_k=1)]
        ['b']
    """

def logn_isr(
    lists: _Lists[_Id], sigma: float = 0.01, *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Logarithmic inverse square rank with a constant: ``log(n + sigma) * sum(1 / r**2)``.

    With 0.01 as ``sigma`` a document of one list still has a score.

    Args:
        lists: Ranked lists, best document first, rank 1 being the best: ``(id, score)`` pairs, objects with ``id`` and
            ``score``, or dicts of id to score. Only the order counts; scores are checked against it.
        sigma: From 0 to 1.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Mourão, Martins, Magalhães: Multimodal Medical Information Retrieval with Unsupervised Rank Fusion (2015).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> [id for id, score in logn_isr([sparse, dense], sigma=0.1, top_k=2)]
        ['b', 'a']
    """

def rbc(
    lists: _Lists[_Id], phi: float = 0.8, *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Rank-biased centroid: ``sum((1 - phi) * phi**(r - 1))`` for ranks ``r`` from 1.

    Args:
        lists: Ranked lists, best document first, rank 1 being the best: ``(id, score)`` pairs, objects with ``id`` and
            ``score``, or dicts of id to score. Only the order counts; scores are checked against it.
        phi: How likely the reader goes on to the next rank: at least 0 and below 1.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Bailey, Moffat, Scholer, Thomas: Retrieval Consistency in the Presence of Query Variations (SIGIR 2017).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> rbc([sparse, dense], phi=0.5)
        [('b', 0.75), ('a', 0.5), ('d', 0.25), ('c', 0.125)]
    """

def borda(
    lists: _Lists[_Id], *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Borda count: among ``N`` documents of all lists, rank ``r`` gives ``N - r + 1`` points.

    The documents that a list of length ``L`` lacks share what is left of its points, ``(N - L + 1) / 2`` each.

    Args:
        lists: Ranked lists, best document first, rank 1 being the best: ``(id, score)`` pairs, objects with ``id`` and
            ``score``, or dicts of id to score. Only the order counts; scores are checked against it.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Aslam, Montague: Models for Metasearch (SIGIR 2001).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> borda([sparse, dense])
        [('b', 7.0), ('a', 5.5), ('d', 4.0), ('c', 3.5)]
    """

def borda_of_list(
    lists: _Lists[_Id], *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Borda count by the length of each list: in a list of length ``L`` rank ``r`` gives ``L - r + 1`` points.

    A document that the list lacks gets nothing from it. Longer lists count more; ``borda`` gives each list as many
    points as there are documents in all.

    Args:
        lists: Ranked lists, best document first, rank 1 being the best: ``(id, score)`` pairs, objects with ``id`` and
            ``score``, or dicts of id to score. Only the order counts; scores are checked against it.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        The package ``rankops``, there as ``borda``.

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> borda_of_list([sparse, dense])
        [('b', 4.0), ('a', 3.0), ('c', 1.0), ('d', 1.0)]
    """

def median_rank(
    lists: _Lists[_Id], *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Median rank: minus the median of a document's ranks, so that the best has the greatest score.

    A document that a list lacks has the rank after the end of the longest list. With weights it is the weighted median.

    Args:
        lists: Ranked lists, best document first, rank 1 being the best: ``(id, score)`` pairs, objects with ``id`` and
            ``score``, or dicts of id to score. Only the order counts; scores are checked against it.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Fagin, Kumar, Sivakumar: Efficient Similarity Search and Classification via Rank Aggregation (SIGMOD 2003).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> median_rank([sparse, dense])
        [('b', -1.5), ('a', -2.5), ('d', -3.0), ('c', -3.5)]
    """

def condorcet(
    lists: _Lists[_Id], *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Condorcet fusion: who beats another by majority comes first, as far as majorities do not run in a circle.

    Circles are entered in the order of ``copeland``, then each document moves up while a majority prefers it to the one
    before it: the winner of all pairs is first, and the answer is the same for any order of the input. The score is the
    number of places up to the last, 1 for the last. A list prefers a document that it holds to one that it lacks, and
    says nothing of two that it lacks. Takes time quadratic in the number of documents.

    Args:
        lists: Ranked lists, best document first, rank 1 being the best: ``(id, score)`` pairs, objects with ``id`` and
            ``score``, or dicts of id to score. Only the order counts; scores are checked against it.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Montague, Aslam: Condorcet Fusion for Improved Retrieval (CIKM 2002).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> condorcet([sparse, dense])
        [('b', 4.0), ('a', 3.0), ('d', 2.0), ('c', 1.0)]
    """

def copeland(
    lists: _Lists[_Id], *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Copeland: how many documents a majority ranks below a document, less how many it ranks above.

    A list prefers a document that it holds to one that it lacks, and says nothing of two that it lacks. Takes time
    quadratic in the number of documents.

    Args:
        lists: Ranked lists, best document first, rank 1 being the best: ``(id, score)`` pairs, objects with ``id`` and
            ``score``, or dicts of id to score. Only the order counts; scores are checked against it.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Copeland: A Reasonable Social Welfare Function (1951).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> copeland([sparse, dense])
        [('b', 2.0), ('a', 1.0), ('d', -1.0), ('c', -2.0)]
    """

def kemeny(
    lists: _Lists[_Id], *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Kemeny's order: the one that contradicts the lists in the fewest pairs of documents.

    Exact for up to 12 documents whose majorities run in circles; a larger circle is improved from the order of
    ``condorcet`` by moving single documents, and never worse. The score is the number of places up to the last, 1 for
    the last. A list prefers a document that it holds to one that it lacks, and says nothing of two that it lacks. Takes
    time quadratic in the number of documents.

    Args:
        lists: Ranked lists, best document first, rank 1 being the best: ``(id, score)`` pairs, objects with ``id`` and
            ``score``, or dicts of id to score. Only the order counts; scores are checked against it.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Kemeny: Mathematics without Numbers (1959).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> kemeny([sparse, dense])
        [('b', 4.0), ('a', 3.0), ('d', 2.0), ('c', 1.0)]
    """

def combsum(
    lists: _Lists[_Id], norm: str = "min_max", *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """CombSUM: the normalized scores of a document are added.

    A document that a list lacks gets nothing from it.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        norm: How scores become comparable, list by list: ``min_max``, ``z_score``, ``sum``, ``max``, ``l2``, ``rank``
            or another of ``fuse``.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Fox, Shaw: Combination of Multiple Searches (TREC-2, 1993).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> combsum([sparse, dense])
        [('b', 1.5), ('a', 1.0), ('c', 0.0), ('d', 0.0)]
    """

def combmnz(
    lists: _Lists[_Id], norm: str = "min_max", *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """CombMNZ: the sum of the normalized scores times the number of lists that hold the document.

    The last document of a list is counted, though its normalized score may be 0.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        norm: How scores become comparable, list by list: ``min_max``, ``z_score``, ``sum``, ``max``, ``l2``, ``rank``
            or another of ``fuse``.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Fox, Shaw: Combination of Multiple Searches (TREC-2, 1993).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> combmnz([sparse, dense])
        [('b', 3.0), ('a', 1.0), ('c', 0.0), ('d', 0.0)]
    """

def combgmnz(
    lists: _Lists[_Id],
    gamma: float = 1.0,
    norm: str = "min_max",
    *,
    weights: Sequence[float] | None = None,
    top_k: int | None = None,
) -> list[tuple[_Id, float]]:
    """CombGMNZ: the sum of the normalized scores times a power of the number of lists that hold the document.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        gamma: The power, at least 0: 0 is CombSUM, 1 is CombMNZ.
        norm: How scores become comparable, list by list: ``min_max``, ``z_score``, ``sum``, ``max``, ``l2``, ``rank``
            or another of ``fuse``.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Lee: Analyses of Multiple Evidence Combination (SIGIR 1997).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> combgmnz([sparse, dense], gamma=2.0)
        [('b', 6.0), ('a', 1.0), ('c', 0.0), ('d', 0.0)]
    """

def combanz(
    lists: _Lists[_Id], norm: str = "min_max", *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """CombANZ: the mean of the normalized scores over the lists that hold the document.

    With weights it is the weighted mean.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        norm: How scores become comparable, list by list: ``min_max``, ``z_score``, ``sum``, ``max``, ``l2``, ``rank``
            or another of ``fuse``.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Fox, Shaw: Combination of Multiple Searches (TREC-2, 1993).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> combanz([sparse, dense])
        [('a', 1.0), ('b', 0.75), ('c', 0.0), ('d', 0.0)]
    """

def combmax(
    lists: _Lists[_Id], norm: str = "min_max", *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """CombMAX: the greatest of the normalized scores of a document.

    With weights it is the greatest of weight times score.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        norm: How scores become comparable, list by list: ``min_max``, ``z_score``, ``sum``, ``max``, ``l2``, ``rank``
            or another of ``fuse``.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Fox, Shaw: Combination of Multiple Searches (TREC-2, 1993).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> combmax([sparse, dense])
        [('a', 1.0), ('b', 1.0), ('c', 0.0), ('d', 0.0)]
    """

def combmin(
    lists: _Lists[_Id], norm: str = "min_max", *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """CombMIN: the least of the normalized scores of a document, over the lists that hold it.

    A document of one list can pass one that several lists found; ``fuse(..., missing="zero")`` keeps it back.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        norm: How scores become comparable, list by list: ``min_max``, ``z_score``, ``sum``, ``max``, ``l2``, ``rank``
            or another of ``fuse``.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Fox, Shaw: Combination of Multiple Searches (TREC-2, 1993).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> combmin([sparse, dense])
        [('a', 1.0), ('b', 0.5), ('c', 0.0), ('d', 0.0)]
    """

def combmed(
    lists: _Lists[_Id], norm: str = "min_max", *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """CombMED: the median of the normalized scores of a document, over the lists that hold it.

    Of an even number, the mean of the two in the middle; with weights the weighted median.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        norm: How scores become comparable, list by list: ``min_max``, ``z_score``, ``sum``, ``max``, ``l2``, ``rank``
            or another of ``fuse``.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Fox, Shaw: Combination of Multiple Searches (TREC-2, 1993).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> combmed([sparse, dense])
        [('a', 1.0), ('b', 0.75), ('c', 0.0), ('d', 0.0)]
    """

def weighted_mnz(
    lists: _Lists[_Id], norm: str = "min_max", *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Weighted MNZ: the weights of the lists that hold the document, added, times the sum of its scores.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        norm: How scores become comparable, list by list: ``min_max``, ``z_score``, ``sum``, ``max``, ``l2``, ``rank``
            or another of ``fuse``.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Wu, Crestani: Data Fusion with Estimated Weights (CIKM 2002).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> weighted_mnz([sparse, dense])
        [('b', 3.0), ('a', 1.0), ('c', 0.0), ('d', 0.0)]
    """

def mixed(
    lists: _Lists[_Id], norm: str = "min_max", *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Mixed: the weighted sum times the square root of the number of lists that hold the document.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        norm: How scores become comparable, list by list: ``min_max``, ``z_score``, ``sum``, ``max``, ``l2``, ``rank``
            or another of ``fuse``.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Wu, Crestani: Data Fusion with Estimated Weights (CIKM 2002).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> mixed([sparse, dense], top_k=2, weights=[1.0, 0.0])
        [('a', 1.0), ('b', 0.5)]
    """

def geometric_mean(
    lists: _Lists[_Id], norm: str = "min_max", *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """The weighted geometric mean of a document's normalized scores over the lists that hold it.

    A score of 0 or less makes it 0: so it is for the last document of a min-max list.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        norm: How scores become comparable, list by list: ``min_max``, ``z_score``, ``sum``, ``max``, ``l2``, ``rank``
            or another of ``fuse``.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        The weighted mean of that name, as in OpenSearch.

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> [id for id, score in geometric_mean([sparse, dense], "identity")]
        ['a', 'b', 'c', 'd']
    """

def harmonic_mean(
    lists: _Lists[_Id], norm: str = "min_max", *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """The weighted harmonic mean of a document's normalized scores over the lists that hold it.

    A score of 0 or less makes it 0: so it is for the last document of a min-max list.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        norm: How scores become comparable, list by list: ``min_max``, ``z_score``, ``sum``, ``max``, ``l2``, ``rank``
            or another of ``fuse``.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        The weighted mean of that name, as in OpenSearch.

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> harmonic_mean([sparse, dense], "identity", weights=[1.0, 0.0])
        [('a', 3.0), ('b', 2.0), ('c', 1.0), ('d', 0.0)]
    """

def nearest_to_best(
    lists: _Lists[_Id], norm: str = "min_max", *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Minus the distance of a document's scores in all lists from the best score of each list.

    A document that a list lacks has the normalized score 0 there. Weights multiply the squared differences.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        norm: How scores become comparable, list by list: ``min_max``, ``z_score``, ``sum``, ``max``, ``l2``, ``rank``
            or another of ``fuse``.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Palotti, Scells, Zuccon: TrecTools (SIGIR 2019), as vector-space fusion.

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> nearest_to_best([sparse, dense], top_k=2)
        [('b', -0.5), ('a', -1.0)]
    """

def dbsf(
    lists: _Lists[_Id], *, weights: Sequence[float] | None = None, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Distribution-based score fusion: ``sum((s - (mean - 3 * deviation)) / (6 * deviation))``.

    The deviation is the population's, nothing is cut off, a list of equal scores gives 0.5. What Qdrant, LlamaIndex and
    Haystack make of it are presets: ``fuse(..., compat="qdrant_dbsf")``.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Mazzeschi: Distribution-Based Score Fusion (2023).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> [id for id, score in dbsf([sparse, dense])]
        ['b', 'a', 'd', 'c']
    """

def standardized(
    lists: _Lists[_Id],
    low: float = -3.0,
    high: float = 3.0,
    *,
    weights: Sequence[float] | None = None,
    top_k: int | None = None,
) -> list[tuple[_Id, float]]:
    """Standard scores, cut off and added: ``sum(clip((s - mean) / deviation, low, high))``.

    A missing document has the value 0, the mean, and so passes one that a list holds below its mean: ``dbsf`` and other
    policies for ``missing`` do not have that.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        low: The least value.
        high: The greatest value.
        weights: A weight per list, at least 0; 1 each by default.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Montague, Aslam: Relevance Score Normalization for Metasearch (CIKM 2001), with CombSUM.

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> [id for id, score in standardized([sparse, dense])]
        ['a', 'b', 'd', 'c']
    """

def weighted_sum(
    lists: _Lists[_Id], weights: Sequence[float], norm: str = "min_max", *, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """The weighted sum, or convex combination, of the normalized scores.

    A document that a list lacks gets nothing from it. Weights that add up to 1 are usual and not required.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        weights: A weight per list, at least 0.
        norm: How scores become comparable, list by list: ``min_max``, ``z_score``, ``sum``, ``max``, ``l2``, ``rank``
            or another of ``fuse``.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Vogt, Cottrell: Fusion via a Linear Combination of Scores (Information Retrieval 1999); Bruch, Gai, Ingber: An
        Analysis of Fusion Functions for Hybrid Retrieval (TOIS 2023).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> weighted_sum([sparse, dense], [0.5, 0.5])
        [('b', 0.75), ('a', 0.5), ('c', 0.0), ('d', 0.0)]
    """

def additive_multi_task(
    lists: _Lists[_Id], weights: Sequence[float], norm: str = "min_max", *, top_k: int | None = None
) -> list[tuple[_Id, float]]:
    """Additive multi-task fusion: the normalized scores of several tasks, weighted and added.

    It is ``weighted_sum`` of lists that come from one model's tasks, such as clicks and purchases.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        weights: A weight per list, at least 0.
        norm: How scores become comparable, list by list: ``min_max``, ``z_score``, ``sum``, ``max``, ``l2``, ``rank``
            or another of ``fuse``.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        The additive scoring of ResFlow (Residual Multi-Task Learner for Applied Ranking, KDD 2024).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> additive_multi_task([sparse, dense], [2.0, 1.0])
        [('a', 2.0), ('b', 2.0), ('c', 0.0), ('d', 0.0)]
    """

def relative_score(lists: _Lists[_Id], alpha: float = 0.75, *, top_k: int | None = None) -> list[tuple[_Id, float]]:
    """Relative score fusion of keywords and vectors: min-max normalized, weighted with ``1 - alpha`` and ``alpha``.

    For two lists: the first of keywords, the second of vectors.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score.
        alpha: The weight of the second list, from 0 to 1.
        top_k: Return no more documents than this; all by default.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Source:
        Weaviate's documentation of hybrid search (``relativeScoreFusion``).

    Example:
        >>> sparse, dense = [("a", 3.0), ("b", 2.0), ("c", 1.0)], [("b", 0.9), ("d", 0.4)]
        >>> relative_score([sparse, dense], alpha=0.5)
        [('b', 0.75), ('a', 0.5), ('c', 0.0), ('d', 0.0)]
    """

def fuse(
    lists: _Lists[_Id],
    method: _Method | None = None,
    *,
    norm: str | None = None,
    constant: str | float | None = None,
    floor: float | None = None,
    scale: float | None = None,
    weights: Sequence[float] | None = None,
    missing: str = "published",
    order: _Order = "checked",
    duplicates: _Duplicates = "refused",
    depth: int | None = None,
    top_k: int | None = None,
    compat: str | None = None,
) -> list[tuple[_Id, float]]:
    """Fuses the ranked lists of one query by any method, with every choice said.

    Args:
        lists: Ranked lists, best document first: ``(id, score)`` pairs, objects with ``id`` and ``score``, or dicts of
            id to score. A list may be empty.
        method: ``rrf`` (the default), ``inverse_root_rank``, ``isr``, ``log_isr``, ``logn_isr``, ``rbc``, ``borda``,
            ``borda_of_list``, ``median_rank``, ``condorcet``, ``copeland``, ``kemeny``, ``combsum``, ``combmnz``,
            ``combgmnz``, ``combanz``, ``combmax``, ``combmin``, ``combmed``, ``weighted_sum``, ``weighted_mnz``,
            ``mixed``, ``geometric_mean``, ``harmonic_mean``, ``nearest_to_best``, ``dbsf``, ``standardized``,
            ``relative_score`` or ``qdrant_rrf``, parameters in parentheses: ``rrf(k=10)``, ``rbc(phi=0.9)``; or a
            trained method.
        norm: How the scores of a list become comparable, for methods by score: ``min_max`` (the default),
            ``min_max_inverted``, ``identity``, ``max``, ``sum``, ``min_sum``, ``absolute_sum``, ``z_score``,
            ``z_score_sample``, ``z_score_opensearch``, ``z_score(-3, 3)``, ``three_sigma``, ``three_sigma_sample``,
            ``l2``, ``rank``, ``borda``, ``sigmoid``, ``arctan``, ``quantile``, ``percentile(1, 99)``, or
            ``bounds(low, high)`` with bounds that are known: one pair for all lists or a pair for each, with ``_`` for
            a bound that is the list's own; ``min_max_opensearch(clip 0, apply 1)`` likewise for what OpenSearch calls
            lower and upper bounds, ``ignore`` being the list's own.
        constant: What documents of a list are worth whose scores are all equal: ``usual`` (as the normalization says),
            ``sign`` (1 above 0, else 0), ``raw`` (the score as it is) or a number; by default as the preset says.
        floor: What normalized scores of 0 or less become; by default they stay.
        scale: What all scores are multiplied by; 1 by default.
        weights: A weight per list, at least 0; 1 each by default. Below 0 for ``compat="cosmosdb"`` alone.
        missing: What a list says of a document that it lacks: ``published`` (as the method's paper says), ``zero``,
            ``skip``, ``list_min``, ``below_min(margin)``, ``worst_rank`` or ``value(number)``.
        order: ``checked``: the order is the rank, and a list that is not sorted by its scores is an error; ``sorted``:
            it is sorted by score descending, then by id ascending; ``given``: the order is the rank, whatever the
            scores.
        duplicates: ``refused``, or ``best``: of a document that is there twice, the better place counts.
        depth: Read no more than this many documents of each list.
        top_k: Return no more documents than this.
        compat: The name of a preset instead of a method: what a search engine or framework computes, see ``presets``.

    Returns:
        The documents with their scores, by score descending, then by id ascending; ascending for presets that say so.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted, an unknown name, a parameter out of its range.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.
        ShapeError: More or fewer weights than lists.

    Example:
        >>> sparse, dense = [("a", 12.0), ("b", 9.0)], [("b", 0.8), ("c", 0.4)]
        >>> fuse([sparse, dense], "combsum", norm="max", weights=[0.5, 0.5])
        [('b', 0.875), ('a', 0.5), ('c', 0.25)]
        >>> fuse([sparse, dense], compat="qdrant", top_k=1)
        [('b', 0.8333333333333333)]
    """

@overload
def fuse_runs(
    runs: Sequence[Mapping[_Query, _List[_Id]]],
    method: _Method | None = None,
    *,
    norm: str | None = None,
    constant: str | float | None = None,
    floor: float | None = None,
    scale: float | None = None,
    weights: Sequence[float] | None = None,
    missing: str = "published",
    order: _Order = "sorted",
    duplicates: _Duplicates = "refused",
    depth: int | None = None,
    top_k: int | None = None,
    compat: str | None = None,
    threads: int | None = None,
    progress: bool = False,
) -> dict[_Query, dict[_Id, float]]:
    """Fuses whole runs, query by query, in one call. A query that a run lacks is an empty list there.

    Args:
        runs: One per retriever: a dict of query to ranked list (a dict of id to score, or pairs); a tuple of three
            arrays, the query id, the document id and the score of each row (ints stay ints, and int64 and float64 are
            read in place); an Arrow table with the columns ``query_id``, ``doc_id`` and ``score``, such as a
            ``rank_eval.Run``; or the path of a TREC run, gzipped or not.
        method: As in ``fuse``.
        norm: As in ``fuse``.
        constant: As in ``fuse``.
        floor: As in ``fuse``.
        scale: As in ``fuse``.
        weights: As in ``fuse``.
        missing: As in ``fuse``.
        order: As in ``fuse``; rows are sorted unless this says that they are in order.
        duplicates: As in ``fuse``.
        depth: As in ``fuse``.
        top_k: As in ``fuse``, for each query.
        compat: As in ``fuse``.
        threads: How many threads to use. By default as many as there are cores, and one where dicts are read, unless
            the method compares pairs of documents. The answer is the same bits for any number.
        progress: Shows a bar on standard error; needs tqdm.

    Returns:
        For dicts a dict of query to dict of id to score, for arrays as the first run three arrays, else a ``FusedRun``;
        queries in ascending order, each with its best document first.

    Raises:
        InvalidInputError: As ``fuse``; the message names the query.
        DuplicateIdError: A document twice for one query.
        DtypeError: Something that is not a run.
        ShapeError: Arrays of unlike lengths; more or fewer weights than runs.
        MissingPackageError: Arrays without NumPy, ``progress`` without tqdm.
        FileNotFoundError: No such file.

    Example:
        >>> sparse = {"q1": {"a": 12.0, "b": 9.0}, "q2": {"c": 1.0}}
        >>> dense = {"q1": {"b": 0.8}}
        >>> fuse_runs([sparse, dense], "rrf(k=0)")
        {'q1': {'b': 1.5, 'a': 1.0}, 'q2': {'c': 1.0}}
        >>> rows = (np.array([1, 1]), np.array([7, 8]), np.array([0.9, 0.7]))
        >>> fuse_runs([rows, rows], "combsum", top_k=1)
        (array([1]), array([7]), array([2.]))
    """

@overload
def fuse_runs(
    runs: Sequence[_Arrays],
    method: _Method | None = None,
    *,
    norm: str | None = None,
    constant: str | float | None = None,
    floor: float | None = None,
    scale: float | None = None,
    weights: Sequence[float] | None = None,
    missing: str = "published",
    order: _Order = "sorted",
    duplicates: _Duplicates = "refused",
    depth: int | None = None,
    top_k: int | None = None,
    compat: str | None = None,
    threads: int | None = None,
    progress: bool = False,
) -> _Fused: ...
@overload
def fuse_runs(
    runs: Sequence[_ArrowStream | _Path],
    method: _Method | None = None,
    *,
    norm: str | None = None,
    constant: str | float | None = None,
    floor: float | None = None,
    scale: float | None = None,
    weights: Sequence[float] | None = None,
    missing: str = "published",
    order: _Order = "sorted",
    duplicates: _Duplicates = "refused",
    depth: int | None = None,
    top_k: int | None = None,
    compat: str | None = None,
    threads: int | None = None,
    progress: bool = False,
) -> FusedRun: ...
@overload
def fuse_runs(
    runs: Sequence[_Run],
    method: _Method | None = None,
    *,
    norm: str | None = None,
    constant: str | float | None = None,
    floor: float | None = None,
    scale: float | None = None,
    weights: Sequence[float] | None = None,
    missing: str = "published",
    order: _Order = "sorted",
    duplicates: _Duplicates = "refused",
    depth: int | None = None,
    top_k: int | None = None,
    compat: str | None = None,
    threads: int | None = None,
    progress: bool = False,
) -> dict[Any, dict[Any, float]] | _Fused | FusedRun: ...
def explain(
    lists: _Lists[_Id],
    method: _Method | None = None,
    *,
    norm: str | None = None,
    constant: str | float | None = None,
    floor: float | None = None,
    scale: float | None = None,
    weights: Sequence[float] | None = None,
    missing: str = "published",
    order: _Order = "checked",
    duplicates: _Duplicates = "refused",
    depth: int | None = None,
    top_k: int | None = None,
    compat: str | None = None,
) -> Explanation:
    """Why a fused list is as it is: what each list gave to each document, and what would be without it.

    Contributions add up to the score for every method; ``is_sum`` says whether the score is by definition that sum.

    Args:
        lists: As in ``fuse``.
        method: As in ``fuse``.
        norm: As in ``fuse``.
        constant: As in ``fuse``.
        floor: As in ``fuse``.
        scale: As in ``fuse``.
        weights: As in ``fuse``.
        missing: As in ``fuse``.
        order: As in ``fuse``.
        duplicates: As in ``fuse``.
        depth: As in ``fuse``.
        top_k: As in ``fuse``; what a removed list changes is told of these results.
        compat: As in ``fuse``.

    Returns:
        An ``Explanation``: ``results``, ``lists``, ``overlap`` and ``is_sum``.

    Raises:
        InvalidInputError: As ``fuse``.
        DuplicateIdError: As ``fuse``.
        DtypeError: As ``fuse``.
        ShapeError: As ``fuse``.

    Example:
        >>> why = explain([[("a", 12.0), ("b", 9.0)], [("b", 0.8)]], "rrf(k=0)")
        >>> best = why.results[0]
        >>> best.id, best.score, [part.contribution for part in best.parts]
        ('b', 1.5, [0.5, 1.0])
        >>> best.rank_without
        (1, 2)
    """

def optimize(
    runs: Sequence[_Run],
    qrels: _Qrels | None = None,
    *,
    measure: str | Callable[[Any, list[tuple[Any, float]]], float] = "nDCG@10",
    methods: Sequence[str] | None = None,
    norms: Sequence[str] | None = None,
    step: float | None = 0.1,
    search: Literal["grid", "coordinate", "random"] = "grid",
    trials: int = 1000,
    folds: int = 5,
    seed: int = 0,
    constant: str | float | None = None,
    floor: float | None = None,
    scale: float | None = None,
    missing: str = "published",
    duplicates: _Duplicates = "refused",
    depth: int | None = None,
    top_k: int | None = None,
    compat: str | None = None,
    threads: int | None = None,
    progress: bool = False,
) -> Optimized:
    """Finds the weights, the method and the normalization that serve the judged queries best.

    The baseline is the first method and normalization with equal weights. Among trials whose means are equal to 1e-12,
    the one with weights nearest to equal ones is the best. Warns (``InsignificantGainWarning``) if the gain over the
    baseline is not significant at 5 %: by a randomization test on queries that had no part in the choice, if there are
    folds.

    Args:
        runs: As in ``fuse_runs``.
        qrels: The judgments: a dict of query to dict of id to grade, ``rank_eval.Qrels``, or the path of a TREC file.
            Not needed if ``measure`` is a function.
        measure: ``nDCG@k``, ``nDCG``, ``AP``, ``AP@k``, ``RR``, ``RR@k``, ``R@k``, ``P@k`` or ``Success@k``, with the
            values of rank-eval for the fused list as it is; or a function of a query id and its fused list, which
            returns a number: the greater, the better.
        methods: What to try, ``combsum`` or the preset's method if nothing is said; for the best ``k``, one per ``k``:
            ``[f"rrf(k={k})" for k in range(10, 110, 10)]``. ``dbsf`` and its like are ``combsum`` with
            one of ``norms``.
        norms: The normalizations to try with the methods by score; ``min_max`` or the preset's if nothing is said.
        step: Weights are multiples of this and add up to 1: with 0.1, 66 divisions among three runs, 1,001 among five.
            ``None`` leaves weights equal.
        search: ``grid``: every combination. ``coordinate``: one thing at a time, weight being shifted in ever smaller
            steps, until nothing is better. ``random``: ``trials`` combinations, each once.
        trials: How many, for ``random``.
        folds: Of cross-validation: the search is made for each part of the queries on the others. 0 for none.
        seed: Of the dealing into folds, of the random search and of the tests.
        constant: As in ``fuse``.
        floor: As in ``fuse``.
        scale: As in ``fuse``.
        missing: As in ``fuse``.
        duplicates: As in ``fuse``.
        depth: As in ``fuse``.
        top_k: As in ``fuse``.
        compat: The preset whose weights are searched.
        threads: How many threads to use, as many as there are cores by default. The answer is the same for any number.
        progress: Shows a bar on standard error; needs tqdm.

    Returns:
        An ``Optimized``: the best trial, the baseline, all trials, the validation, and a warning if there is one.

    Raises:
        InvalidInputError: As ``fuse_runs``; no judgments; a grid of more than a million trials.
        DtypeError: Something that is not a run, judgments or a measure.
        MissingPackageError: Arrays without NumPy, ``progress`` without tqdm.
        FileNotFoundError: No such file.

    Example:
        >>> good = {"q1": {"a": 3.0, "b": 1.0, "c": 0.0}, "q2": {"e": 3.0, "d": 1.0, "f": 0.0}}
        >>> bad = {"q1": {"b": 3.0, "c": 2.0, "a": 0.0}, "q2": {"d": 3.0, "f": 2.0, "e": 0.0}}
        >>> qrels = {"q1": {"a": 1}, "q2": {"e": 1}}
        >>> import warnings
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")  # two queries prove nothing
        ...     found = optimize([good, bad], qrels, measure="RR", folds=0)
        >>> found.best.weights, found.best.mean, len(found.trials)
        ([0.7, 0.3], 1.0, 12)
    """

def presets() -> dict[str, str]:
    """The presets of search engines and frameworks for ``compat``, each with its formula.

    Returns:
        A dict of name to formula: ``r`` is a position from 0, ``rank`` one from 1, ``m`` the number of lists.

    Example:
        >>> "elastic" in presets() and "qdrant" in presets()
        True
    """

def normalize(ranking: _List[_Id], norm: str = "min_max") -> list[tuple[_Id, float]]:
    """The normalized scores of one list.

    Args:
        ranking: A ranked list, best document first.
        norm: As in ``fuse``.

    Returns:
        The documents in their order, with their normalized scores.

    Raises:
        InvalidInputError: A NaN or an infinite score, a list that is not sorted, an unknown name.
        DuplicateIdError: A document twice.
        DtypeError: Something that is not a ranked list.

    Example:
        >>> normalize([("a", 12.0), ("b", 9.0), ("c", 6.0)])
        [('a', 1.0), ('b', 0.5), ('c', 0.0)]
    """

def run_command(arguments: Sequence[str]) -> int:
    """Runs the command ``rank-fusion`` and returns its exit code.

    Args:
        arguments: Those behind the name of the program.

    Returns:
        0 if all went well, 1 for a wrong command line, 2 for a file that cannot be used.
    """

@final
class FusedRun:
    """A fused run in columns, as ``fuse_runs`` returns it. It is an Arrow table, too: ``pyarrow.table(run)``.

    Example:
        >>> rows = {"q1": {"a": 2.0}}, (np.array(["q1"]), np.array(["b"]), np.array([1.0]))
        >>> fuse_runs(rows[::-1])[1]
        array(['a', 'b'], dtype='<U1')
    """

    def to_dict(self) -> dict[Any, dict[Any, float]]:
        """The run as a dict of query to dict of id to score, best first."""
    def to_arrays(self) -> _Fused:
        """The run as three arrays: the query id, the document id and the score of each row.

        Raises:
            MissingPackageError: NumPy is not installed.
        """
    def write(self, path: _Path, tag: str = "rank-fusion") -> None:
        """Writes the run as a TREC file, gzipped if the name ends in ``.gz``; it appears when it is complete.

        Args:
            path: The file.
            tag: The last field of each line.

        Raises:
            OSError: The file cannot be written.
        """
    def __len__(self) -> int: ...
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...

@final
class StreamingFusion:
    """Fuses lists as they arrive; the order of arrival does not matter, for every list has its place.

    Args:
        lists: How many lists there will be.
        method: As in ``fuse``, and so are the others.
        norm: As in ``fuse``.
        constant: As in ``fuse``.
        floor: As in ``fuse``.
        scale: As in ``fuse``.
        weights: As in ``fuse``.
        missing: As in ``fuse``.
        duplicates: As in ``fuse``.
        depth: As in ``fuse``.
        top_k: As in ``fuse``.
        compat: As in ``fuse``.

    Raises:
        InvalidInputError: As ``fuse``.
        ShapeError: More or fewer weights than lists.

    Example:
        >>> stream = StreamingFusion(2, "rrf(k=0)")
        >>> stream.set(1, [("b", 0.5)])
        >>> stream.fused(), stream.waiting()
        ([('b', 1.0)], [0])
        >>> stream.set(0, [("a", 9.0), ("b", 8.0)])
        >>> stream.fused()
        [('b', 1.5), ('a', 1.0)]
    """

    def __new__(
        cls,
        lists: int,
        method: _Method | None = None,
        *,
        norm: str | None = None,
        constant: str | float | None = None,
        floor: float | None = None,
        scale: float | None = None,
        weights: Sequence[float] | None = None,
        missing: str = "published",
        duplicates: _Duplicates = "refused",
        depth: int | None = None,
        top_k: int | None = None,
        compat: str | None = None,
    ) -> StreamingFusion: ...
    def set(self, place: int, ranking: _List[Any]) -> None:
        """Says what the list at ``place`` is, or what it has become.

        Args:
            place: Which list, from 0.
            ranking: A ranked list, best document first.

        Raises:
            InvalidInputError: No such place, a NaN, or a list that is not sorted by its scores.
            DuplicateIdError: A document twice.
            DtypeError: Something that is not a ranked list.
        """
    def fused(self) -> list[tuple[Any, float]]:
        """The fused list of the lists that have come, each with its weight; empty as long as there is none."""
    def waiting(self) -> list[int]:
        """The places whose lists have not come yet."""

@final
class Pages:
    """Pages of a fused list that keep their promise while the lists beneath it are read deeper.

    A page that was shown stays as it was, and no document is shown twice or skipped: the next page holds the best of
    what was not shown yet, as the lists are then.

    Args:
        size: How many documents a page has.
        method: As in ``fuse``, and so are the others.
        norm: As in ``fuse``.
        constant: As in ``fuse``.
        floor: As in ``fuse``.
        scale: As in ``fuse``.
        weights: As in ``fuse``.
        missing: As in ``fuse``.
        duplicates: As in ``fuse``.
        depth: As in ``fuse``.
        compat: As in ``fuse``.

    Raises:
        InvalidInputError: A size of 0, and as ``fuse``.

    Example:
        >>> pages = Pages(2)
        >>> sparse, dense = [("a", 9.0), ("b", 8.0), ("c", 7.0), ("d", 6.0)], [("e", 0.9), ("d", 0.8), ("c", 0.7)]
        >>> pages.update([sparse[:1], dense[:1]])
        >>> [id for id, score in pages.page(0)]
        ['a', 'e']
        >>> pages.update([sparse, dense])
        >>> [id for id, score in pages.page(1) + pages.page(2)]
        ['d', 'c', 'b']
    """

    def __new__(
        cls,
        size: int,
        method: _Method | None = None,
        *,
        norm: str | None = None,
        constant: str | float | None = None,
        floor: float | None = None,
        scale: float | None = None,
        weights: Sequence[float] | None = None,
        missing: str = "published",
        duplicates: _Duplicates = "refused",
        depth: int | None = None,
        compat: str | None = None,
    ) -> Pages: ...
    def update(self, lists: _Lists[Any]) -> None:
        """Says what the lists are now: the same ones, read deeper, as a rule.

        Args:
            lists: As in ``fuse``.

        Raises:
            InvalidInputError: As ``fuse``.
            DuplicateIdError: As ``fuse``.
            DtypeError: As ``fuse``.
        """
    def page(self, number: int) -> list[tuple[Any, float]]:
        """A page, and with it all before it. The last one may be short, and is filled up once the lists are longer.

        Args:
            number: Which page, from 0.

        Returns:
            The documents with their scores at the time they were shown first.

        Raises:
            InvalidInputError: A page beyond the end of the lists as they are now.
        """
    @property
    def shown(self) -> int:
        """How many documents were shown."""

@final
class Trained:
    """A method that learned from judged queries how far each list, or each part of it, can be trusted.

    It is a ``method`` for ``fuse`` and its kin, at any depth, also beyond what it was trained on.

    Example:
        >>> runs = [{"q": {"x": 2.0, "y": 1.0}}, {"q": {"y": 9.0, "x": 8.0}}]
        >>> mapfuse = Trained.train("mapfuse", runs, {"q": {"x": 1}})
        >>> fuse([[("v", 2.0), ("w", 1.0)], [("w", 9.0)]], mapfuse)
        [('v', 1.0), ('w', 1.0)]
    """

    @staticmethod
    def train(
        method: str,
        runs: Sequence[_Run],
        qrels: _Qrels,
        *,
        segments: int = 25,
        window: int = 5,
        cuts: Literal["published", "ranx"] = "published",
    ) -> Trained:
        """Trains a method on the judged queries of some runs.

        Args:
            method: ``bayesfuse``, ``mapfuse``, ``posfuse``, ``probfuse``, ``segfuse`` or ``slidefuse``.
            runs: As in ``fuse_runs``; the lists that are fused later come in the same order.
            qrels: As in ``optimize``. Grades of at least 1 are relevant.
            segments: Into how many segments ProbFuse cuts a list.
            window: How many ranks on either side SlideFuse looks at.
            cuts: Where the segments of SegFuse end: as published, or as ranx reads the series.

        Raises:
            InvalidInputError: No judged query with a relevant document, an unknown name, a parameter out of its range.
            DtypeError: Something that is not a run or judgments.

        Source:
            BayesFuse: Aslam, Montague (SIGIR 2001). MAPFuse, PosFuse: Lillis et al. (2010). ProbFuse: Lillis et al.
            (SIGIR 2006). SegFuse: Shokouhi (ECIR 2007). SlideFuse: Lillis et al. (ECIR 2008).
        """
    @staticmethod
    def load(path: _Path) -> Trained:
        """Reads what ``save`` wrote; the same bits.

        Args:
            path: The file.

        Raises:
            FileNotFoundError: No such file.
            InvalidInputError: A file that is no trained method.
        """
    def save(self, path: _Path) -> None:
        """Writes what was learned to a text file.

        Args:
            path: The file.

        Raises:
            OSError: The file cannot be written.
        """
    @property
    def name(self) -> str:
        """The method's name."""
    @property
    def tables(self) -> list[list[float]]:
        """What was learned, a table per list: probabilities, log-odds or an average precision."""
