"""Retrieval from Qdrant, over any ``QdrantClient``: ``":memory:"``, a folder, a server or a cluster.

Needs ``pip install "rank-retrieve[qdrant]"``.

**Ids.** Qdrant numbers its points or names them by UUID; documents have names of any form. An ``int`` id is the id of
its point. A ``str`` id is kept in the payload of its point, under the key ``ID_KEY``, and its point has the UUID
``uuid.uuid5(uuid.NAMESPACE_URL, id)``. The Rust crate does the same, so that either reads what the other wrote. A point
without that key is known by its own id.

**Vectors.** A point has up to three named vectors: ``DENSE``, ``SPARSE`` and ``TOKENS``, one vector a token, compared
by MaxSim. Collections of other making have other names: pass ``using``.

**Ties.** Among documents of equal score Qdrant promises no order. What it returns is sorted here; which of several
documents that tie for the last places are returned, remains its choice.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

import numpy as np

from rank_retrieve._errors import (
    DtypeError,
    DuplicateIdError,
    InvalidInputError,
    ShapeError,
)
from rank_retrieve._qdrant_arguments import (
    ID_KEY,
    Id,
    ScoredPoint,
    SparseVector,
    checked_ids,
    checked_payloads,
    count,
    flag,
    id_of,
    matrix,
    one_vector,
    pair,
    point_id,
    sparse_rows,
    sparse_vector,
    text,
    token_rows,
    type_name,
)
from rank_retrieve._qdrant_backend import backend, bar, qdrant_models

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from qdrant_client import QdrantClient

__all__ = [
    "DENSE",
    "ID_KEY",
    "SPARSE",
    "TOKENS",
    "QdrantRetriever",
    "create_collection",
    "ranked_list",
    "search_dense",
    "search_hybrid",
    "search_multivector",
    "search_sparse",
    "upsert",
]

DENSE: Final = "dense"
"""The name of the dense vector."""
SPARSE: Final = "sparse"
"""The name of the sparse vector."""
TOKENS: Final = "tokens"
"""The name of the token vectors."""

RankedList: TypeAlias = list[tuple[Id, float]]


class Response(Protocol):
    """What ``query_points`` returns."""

    @property
    def points(self) -> Sequence[ScoredPoint]: ...


def create_collection(
    client: QdrantClient,
    collection: str,
    *,
    dim: int | None = None,
    distance: str = "cosine",
    sparse: bool = False,
    multivector_dim: int | None = None,
    dense_name: str = DENSE,
    sparse_name: str = SPARSE,
    tokens_name: str = TOKENS,
) -> None:
    """Make a collection with any of dense, sparse and token vectors.

    Args:
        client: The client of a server or of local storage.
        collection: The name of the collection, which must not exist.
        dim: The components of the dense vector; ``None`` for no dense vector.
        distance: ``"cosine"`` or ``"dot"``, for the dense vector. Token vectors are compared by the inner product.
        sparse: Whether documents have a sparse vector, compared by the inner product.
        multivector_dim: The components of each token vector; ``None`` for no token vectors.
        dense_name: The name of the dense vector.
        sparse_name: The name of the sparse vector.
        tokens_name: The name of the token vectors.

    Raises:
        InvalidInputError: No vector, another distance, or a dimension below 1.
        BackendError: The collection exists, or the server cannot be reached.

    Example:
        >>> from qdrant_client import QdrantClient
        >>> client = QdrantClient(":memory:")
        >>> create_collection(client, "documents", dim=2)
        >>> upsert(client, "documents", ["a", "b"], dense=[[1.0, 0.0], [0.6, 0.8]])
        >>> [(id, round(score, 6)) for id, score in search_dense(client, "documents", [2.0, 0.0], k=10)]
        [('a', 1.0), ('b', 0.6)]
    """
    models = qdrant_models()
    distances = {"cosine": models.Distance.COSINE, "dot": models.Distance.DOT}
    sparse = flag("sparse", sparse)
    collection = text("collection", collection)
    if text("distance", distance) not in distances:
        raise InvalidInputError(
            f'distance: expected "cosine" or "dot", got {distance!r}; of the others lower is better'
        )
    if dim is None and multivector_dim is None and not sparse:
        raise InvalidInputError("dim: expected at least one kind of vector, got none; pass dim, sparse or both")
    vectors: dict[str, Any] = {}
    if dim is not None:
        vectors[dense_name] = models.VectorParams(size=count("dim", dim, 1), distance=distances[distance])
    if multivector_dim is not None:
        vectors[tokens_name] = models.VectorParams(
            size=count("multivector_dim", multivector_dim, 1),
            distance=models.Distance.DOT,
            multivector_config=models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM),
        )
    sparse_vectors = {sparse_name: models.SparseVectorParams()} if sparse else None
    with backend(client, collection, "create_collection"):
        client.create_collection(collection, vectors_config=vectors, sparse_vectors_config=sparse_vectors)


def upsert(
    client: QdrantClient,
    collection: str,
    ids: Sequence[Id],
    *,
    dense: ArrayLike | None = None,
    sparse: Sequence[SparseVector] | None = None,
    multivectors: Sequence[ArrayLike] | None = None,
    payloads: Sequence[Mapping[str, Any]] | None = None,
    batch_size: int = 256,
    progress: bool = False,
    dense_name: str = DENSE,
    sparse_name: str = SPARSE,
    tokens_name: str = TOKENS,
) -> None:
    """Write documents, over those of the same id, and return when a search can find them.

    All is checked before the first document is sent. Ctrl-C leaves what was sent, and writing all again
    is safe.

    Args:
        client: The client of a server or of local storage.
        collection: The name of the collection.
        ids: One ``str`` or ``int`` from 0 to 2^64 - 1 a document, each once.
        dense: Numbers of shape ``(documents, dim)``; sent as float32.
        sparse: For each document ``(indices, values)``: integers of 32 bits, each once, and as many numbers.
        multivectors: For each document numbers of shape ``(tokens, dim)``.
        payloads: For each document what else its point carries, for filters and for showing.
        batch_size: Documents a request.
        progress: Whether to show a bar; needs ``tqdm``.
        dense_name: The name of the dense vector.
        sparse_name: The name of the sparse vector.
        tokens_name: The name of the token vectors.

    Raises:
        DuplicateIdError: An id is there twice.
        ShapeError: Not as many vectors as ids, or a vector of another dimension than the first.
        DtypeError: Ids, vectors or payloads of another type.
        InvalidInputError: A NaN or an infinity, no vectors, or a payload with the key ``ID_KEY``.
        BackendError: The server refused, or cannot be reached.
        MissingPackageError: ``progress`` without ``tqdm``.

    Example:
        >>> from qdrant_client import QdrantClient
        >>> client = QdrantClient(":memory:")
        >>> create_collection(client, "documents", sparse=True)
        >>> upsert(client, "documents", [1, 2], sparse=[([3, 7], [2.0, 0.5]), ([9], [1.0])])
        >>> search_sparse(client, "documents", [7, 3], [2.0, 1.0], k=10)
        [(1, 3.0)]
    """
    models = qdrant_models()
    collection = text("collection", collection)
    batch_size = count("batch_size", batch_size, 1)
    progress = flag("progress", progress)
    checked = checked_ids(ids)
    vectors: list[dict[str, Any]] = [{} for _ in checked]
    for name, rows in (
        (dense_name, None if dense is None else list(matrix("dense", dense, rows=len(checked)))),
        (sparse_name, None if sparse is None else sparse_rows(models, sparse, len(checked))),
        (tokens_name, None if multivectors is None else token_rows(multivectors, len(checked))),
    ):
        for kept, row in zip(vectors, rows or (), strict=False):
            kept[name] = row.tolist() if isinstance(row, np.ndarray) else row
    if dense is None and sparse is None and multivectors is None:
        raise InvalidInputError("dense: expected at least one kind of vector, got none; pass dense, sparse or both")
    kept_payloads = checked_payloads(payloads, checked)
    with bar(len(checked), shown=progress) as shown:
        for start in range(0, len(checked), batch_size):
            points = [
                models.PointStruct(id=point_id(checked[at]), vector=vectors[at], payload=kept_payloads[at])
                for at in range(start, min(start + batch_size, len(checked)))
            ]
            with backend(client, collection, "upsert"):
                client.upsert(collection, points=points, wait=True)
            if shown is not None:
                shown.update(len(points))


def search_dense(
    client: QdrantClient,
    collection: str,
    vector: ArrayLike,
    k: int = 100,
    *,
    using: str | None = DENSE,
    id_key: str | None = None,
) -> RankedList:
    """Find the best ``k`` documents by the dense vector.

    Args:
        client: The client of a server or of local storage.
        collection: The name of the collection.
        vector: Numbers of shape ``(dim,)``, of the model that made the documents' vectors.
        k: 0 gives an empty list; more than there are gives all.
        using: The name of the vector; ``None`` for Qdrant's unnamed one.
        id_key: As for ``ranked_list``.

    Returns:
        ``(id, score)`` by score descending, then by id ascending; the score is the cosine or the inner product, as the
        collection was made.

    Raises:
        ShapeError: Not one dimension, or no components.
        DtypeError: Not numbers.
        InvalidInputError: A NaN or an infinity, before anything is sent; a negative ``k``.
        BackendError: The server refused, for example another dimension, or cannot be reached.
    """
    return _search(
        client, collection, one_vector("vector", vector).tolist(), k=k, using=using, id_key=id_key, call="search_dense"
    )


def search_sparse(
    client: QdrantClient,
    collection: str,
    indices: ArrayLike,
    values: ArrayLike,
    k: int = 100,
    *,
    using: str = SPARSE,
    id_key: str | None = None,
) -> RankedList:
    """Find the best ``k`` documents by the inner product of sparse vectors.

    Args:
        client: The client of a server or of local storage.
        collection: The name of the collection.
        indices: Integers from 0 to 2^32 - 1 of shape ``(entries,)``, each once, in any order.
        values: As many numbers.
        k: 0 gives an empty list; more than there are gives all.
        using: The name of the vector.
        id_key: As for ``ranked_list``.

    Returns:
        ``(id, score)`` by score descending, then by id ascending. Documents that share no index are not found.

    Raises:
        ShapeError: Not one dimension, or not as many values as indices.
        DtypeError: Not integers, or not numbers.
        InvalidInputError: A NaN or an infinity, an index twice or out of range; a negative ``k``.
        BackendError: The server refused, or cannot be reached.
    """
    query = sparse_vector(qdrant_models(), "", indices, values)
    return _search(client, collection, query, k=k, using=using, id_key=id_key, call="search_sparse")


def search_multivector(
    client: QdrantClient,
    collection: str,
    tokens: ArrayLike,
    k: int = 100,
    *,
    using: str | None = TOKENS,
    id_key: str | None = None,
) -> RankedList:
    """Find the best ``k`` documents by MaxSim.

    For each query token the largest inner product with a token of the document is taken; these are summed.

    Args:
        client: The client of a server or of local storage.
        collection: The name of the collection.
        tokens: Numbers of shape ``(tokens, dim)``, at least one token.
        k: 0 gives an empty list; more than there are gives all.
        using: The name of the vectors; ``None`` for Qdrant's unnamed one.
        id_key: As for ``ranked_list``.

    Returns:
        ``(id, score)`` by score descending, then by id ascending.

    Raises:
        ShapeError: Not two dimensions, or nothing in one.
        DtypeError: Not numbers.
        InvalidInputError: A NaN or an infinity; a negative ``k``.
        BackendError: The server refused, or cannot be reached.

    Source:
        Khattab, Zaharia: ColBERT, Efficient and Effective Passage Search via Contextualized Late Interaction over BERT
        (SIGIR 2020).
    """
    query = matrix("tokens", tokens).tolist()
    if not query:
        raise ShapeError("tokens: expected at least one token, got none; pass one")
    return _search(client, collection, query, k=k, using=using, id_key=id_key, call="search_multivector")


def search_hybrid(
    client: QdrantClient,
    collection: str,
    *,
    dense: ArrayLike | None = None,
    sparse: SparseVector | None = None,
    tokens: ArrayLike | None = None,
    k: int = 100,
    prefetch: int | None = None,
    rrf_k: int = 60,
    dense_name: str | None = DENSE,
    sparse_name: str = SPARSE,
    tokens_name: str | None = TOKENS,
    id_key: str | None = None,
) -> RankedList:
    """Find the best ``k`` documents by reciprocal rank fusion, on the server, of the lists that are asked for.

    A list gives ``1 / (rrf_k + rank)`` to the document of this rank, ranks starting at 1, as in the paper. Qdrant
    counts ranks from 0, so that its own constant, which is sent, is one more. Ties inside the lists that are fused are
    the server's to break: for an order that can be reproduced fetch the lists and fuse them with ``rank_fusion``. Needs
    a server of version 1.16 or later.

    Args:
        client: The client of a server or of local storage.
        collection: The name of the collection.
        dense: The query of ``search_dense``, if its list takes part.
        sparse: ``(indices, values)``, the query of ``search_sparse``, if its list takes part.
        tokens: The query of ``search_multivector``, if its list takes part.
        k: 0 gives an empty list; more than there are gives all that the lists hold.
        prefetch: The length of each list that is fused; by default the greater of 100 and ``k``.
        rrf_k: The rank constant of the paper, an integer of at least 0.
        dense_name: The name of the dense vector.
        sparse_name: The name of the sparse vector.
        tokens_name: The name of the token vectors.
        id_key: As for ``ranked_list``.

    Returns:
        ``(id, score)`` by score descending, then by id ascending.

    Raises:
        InvalidInputError: No query, a NaN or an infinity, or an option out of range.
        ShapeError: As for the searches that take part.
        DtypeError: As for the searches that take part.
        BackendError: The server refused, or cannot be reached.

    Source:
        Cormack, Clarke, Büttcher: Reciprocal Rank Fusion outperforms Condorcet and individual rank learning methods
        (SIGIR 2009).
    """
    models = qdrant_models()
    k = count("k", k, 0)
    length = max(k, 100) if prefetch is None else count("prefetch", prefetch, 1)
    fusion = models.RrfQuery(rrf=models.Rrf(k=count("rrf_k", rrf_k, 0) + 1))
    lists: list[Any] = []
    if dense is not None:
        query: Any = one_vector("dense", dense).tolist()
        lists.append(models.Prefetch(query=query, using=dense_name, limit=length))
    if sparse is not None:
        query = sparse_vector(models, "sparse ", *pair("sparse", sparse))
        lists.append(models.Prefetch(query=query, using=sparse_name, limit=length))
    if tokens is not None:
        query = matrix("tokens", tokens).tolist()
        if not query:
            raise ShapeError("tokens: expected at least one token, got none; pass one")
        lists.append(models.Prefetch(query=query, using=tokens_name, limit=length))
    if not lists:
        raise InvalidInputError("dense: expected at least one query, got none; pass dense, sparse or both")
    return _search(client, collection, fusion, k=k, using=None, id_key=id_key, call="search_hybrid", prefetch=lists)


def ranked_list(points: Response | Iterable[ScoredPoint], *, id_key: str | None = None) -> RankedList:
    """Make a ranked list of what ``query_points`` returned, or of its ``points``.

    Args:
        points: Scored points in the order of the server, best first. Their payload is needed where ids are ``str``:
            ``with_payload=[ID_KEY]``.
        id_key: The payload key of the ids, which every point must have. ``None``: ``ID_KEY`` where a point has it, else
            the point's own id.

    Returns:
        ``(id, score)`` by score descending, then by id ascending, integers before strings.

    Raises:
        InvalidInputError: A NaN, scores that ascend (distances), a point without ``id_key``.
        DuplicateIdError: Two points of one id.
        DtypeError: What holds no scored points, or an id that is neither ``int`` nor ``str``.

    Example:
        >>> from qdrant_client.models import ScoredPoint
        >>> hits = [ScoredPoint(id=7, version=0, score=0.5), ScoredPoint(id=3, version=0, score=0.5)]
        >>> ranked_list(hits)
        [(3, 0.5), (7, 0.5)]
    """
    hits = getattr(points, "points", points)
    if not isinstance(hits, Iterable) or isinstance(hits, (str, bytes, Mapping)):
        raise DtypeError(f"points: expected scored points, got {type_name(points)}; pass what query_points returned")
    ranked: RankedList = []
    places: dict[Id, int] = {}
    previous = math.inf
    for position, hit in enumerate(hits):
        at = f"points[{position}]"
        try:
            score = float(hit.score)
        except (AttributeError, TypeError, ValueError):
            raise DtypeError(
                f"{at}: expected a scored point, got {type_name(hit)}; pass query_points(...).points"
            ) from None
        if math.isnan(score):
            raise InvalidInputError(f"{at}: expected a score, got NaN; look for damaged vectors in the collection")
        if score > previous:
            raise InvalidInputError(
                f"{at}: expected scores in descending order, got {score} after {previous}; "
                "use a collection of the distance cosine or dot: of the others lower is better"
            )
        previous = score
        found = id_of(hit, at, id_key)
        first = places.setdefault(found, position)
        if first != position:
            raise DuplicateIdError(
                f"{at}: expected each document once, got that of position {first} again; "
                "use a payload key that tells the points apart"
            )
        ranked.append((found, score))
    ranked.sort(key=lambda pair: (-pair[1], isinstance(pair[0], str), pair[0]))
    return ranked


class QdrantRetriever:
    """One collection of a client, to be searched like any other index.

    Args:
        client: The client of a server or of local storage.
        collection: The name of the collection.
        using: The name of the dense vector; ``None`` for Qdrant's unnamed one.
        id_key: As for ``ranked_list``.

    Example:
        >>> from qdrant_client import QdrantClient
        >>> client = QdrantClient(":memory:")
        >>> create_collection(client, "documents", dim=1, distance="dot")
        >>> upsert(client, "documents", ["a", "b"], dense=[[1.0], [2.0]])
        >>> QdrantRetriever(client, "documents").search([1.0], limit=1)
        [('b', 2.0)]
    """

    def __init__(
        self, client: QdrantClient, collection: str, *, using: str | None = DENSE, id_key: str | None = None
    ) -> None:
        self.client = client
        self.collection = collection
        self.using = using
        self.id_key = id_key

    def search(self, query_embedding: ArrayLike, limit: int = 100) -> RankedList:
        """Find the best ``limit`` documents by the dense vector: ``search_dense`` on this collection.

        Args:
            query_embedding: Numbers of shape ``(dim,)``.
            limit: The ``k`` of ``search_dense``.

        Returns:
            ``(id, score)`` by score descending, then by id ascending.

        Raises:
            ShapeError: As for ``search_dense``.
            DtypeError: As for ``search_dense``.
            InvalidInputError: As for ``search_dense``.
            BackendError: As for ``search_dense``.
        """
        return search_dense(self.client, self.collection, query_embedding, limit, using=self.using, id_key=self.id_key)

    def __repr__(self) -> str:
        return f"QdrantRetriever({self.collection!r}, using={self.using!r})"


def _search(
    client: QdrantClient,
    collection: str,
    query: Any,  # noqa: ANN401 - the client's own union
    *,
    k: int,
    using: str | None,
    id_key: str | None,
    call: str,
    prefetch: list[Any] | None = None,
) -> RankedList:
    collection = text("collection", collection)
    using = None if using is None else text("using", using)
    id_key = None if id_key is None else text("id_key", id_key)
    k = count("k", k, 0)
    if k == 0:
        return []
    with backend(client, collection, call):
        response = client.query_points(
            collection,
            query=query,
            using=using,
            prefetch=prefetch,
            limit=k,
            with_payload=[ID_KEY if id_key is None else id_key],
        )
    return ranked_list(response, id_key=id_key)
