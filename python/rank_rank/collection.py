"""A collection: documents, queries, and which documents answer which query."""

from collections.abc import Mapping
from dataclasses import dataclass

from rank_rank.errors import CollectionError


@dataclass(frozen=True, slots=True)
class Document:
    """A document.

    Attributes:
        id: Unique in its collection, without white space (a TREC run separates its columns by it).
        title: May be empty.
        text: May be empty.
        summary: What a search result shows; it is not indexed.
    """

    id: str
    title: str
    text: str
    summary: str = ""

    @property
    def contents(self) -> str:
        """What is indexed: title and text."""
        return f"{self.title} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, queries and judgements.

    Attributes:
        name: What reports call it.
        documents: In the order of their source.
        queries: Query id to text; each has at least one relevant document.
        qrels: Query id to document id to relevance; above 0 is relevant.
        notes: What a reader of the results must know of how the collection was made, a sentence each.

    Raises:
        CollectionError: No document, no query, or a query that no relevant document is known of.

    Example:
        >>> tea = Document("tea", "Tea", "Leaves in hot water.")
        >>> collection = Collection("drinks", (tea,), {"q": "hot leaves"}, {"q": {"tea": 1}})
        >>> collection.documents[0].contents
        'Tea Leaves in hot water.'
    """

    name: str
    documents: tuple[Document, ...]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.documents:
            raise CollectionError(f"{self.name}: expected documents, got none; a collection needs at least one")
        if not self.queries:
            raise CollectionError(
                f"{self.name}: expected a query with a relevant document, got none; "
                "without one there is nothing to measure"
            )
        for query in self.queries:
            if not any(relevance > 0 for relevance in self.qrels.get(query, {}).values()):
                raise CollectionError(
                    f"{self.name}: expected a relevant document for query {query!r}, got none; leave the query out"
                )
