from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

_Id = TypeVar("_Id", bound=int | str)

class _Scored(Protocol):
    """A scored document, such as Qdrant's ``ScoredPoint``."""

    @property
    def id(self) -> int | str: ...
    @property
    def score(self) -> float: ...

def reciprocal_rank_fusion(
    lists: Sequence[Iterable[tuple[_Id, float]] | Mapping[_Id, float] | Iterable[_Scored]], k: float = 60.0
) -> list[tuple[_Id, float]]:
    """Reciprocal rank fusion: each list gives a document ``1 / (k + rank)``; the gifts are added.

    Args:
        lists: Ranked lists, best document first, rank 1 being the best: ``(id, score)`` pairs, objects with ``id`` and
            ``score``, or dicts of id to score. Only the order counts; scores are checked against it. A list may be
            empty.
        k: At least 0; the paper's value is 60. Larger values flatten the difference between ranks.

    Returns:
        Every document of every list with its score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: No list, a NaN, a list that is not sorted by its scores, or a negative ``k``.
        DuplicateIdError: A document twice in one list.
        DtypeError: Something that is not a ranked list.

    Source:
        Cormack, Clarke, Büttcher: Reciprocal Rank Fusion outperforms Condorcet and individual rank learning methods
        (SIGIR 2009).

    Example:
        >>> reciprocal_rank_fusion([[("a", 12.0), ("b", 9.5)], [("b", 0.8)]], k=0)
        [('b', 1.5), ('a', 1.0)]
    """
