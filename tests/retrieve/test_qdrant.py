"""``rank_retrieve.qdrant`` against local storage, compared with numpy."""

import inspect
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Never

import numpy as np
import pytest
from numpy.typing import NDArray
from qdrant_client import QdrantClient, models

import rank_retrieve
from rank_retrieve import qdrant

Matrix = NDArray[np.float32]
DOCUMENTS = 60
DIM = 8
IDS: list[int | str] = [f"d{number}" for number in range(DOCUMENTS)]


def best_first(scores: dict[int | str, float]) -> list[tuple[int | str, float]]:
    return sorted(scores.items(), key=lambda pair: (-pair[1], str(pair[0])))


def agree(got: list[tuple[int | str, float]], expected: list[tuple[int | str, float]]) -> None:
    assert [document for document, _ in got] == [document for document, _ in expected]
    np.testing.assert_allclose([score for _, score in got], [score for _, score in expected], rtol=1e-5, atol=1e-5)


class Collection:
    """Random documents, and what the searches should find among them."""

    def __init__(self) -> None:
        random = np.random.default_rng(7)
        self.dense: Matrix = random.standard_normal((DOCUMENTS, DIM), dtype=np.float32)
        self.sparse = [
            (random.choice(40, size=6, replace=False), random.random(6, dtype=np.float32)) for _ in range(DOCUMENTS)
        ]
        self.tokens: list[Matrix] = [
            random.standard_normal((int(random.integers(1, 6)), DIM), dtype=np.float32) for _ in range(DOCUMENTS)
        ]
        self.query: Matrix = random.standard_normal(DIM, dtype=np.float32)
        self.query_sparse = (np.array([3, 17, 29, 5]), np.array([1.0, 0.5, 2.0, 0.25], dtype=np.float32))
        self.query_tokens: Matrix = random.standard_normal((3, DIM), dtype=np.float32)

    def write(self, client: QdrantClient) -> None:
        qdrant.create_collection(client, "documents", dim=DIM, sparse=True, multivector_dim=DIM)
        qdrant.upsert(
            client,
            "documents",
            IDS,
            dense=self.dense,
            sparse=self.sparse,
            multivectors=self.tokens,
            payloads=[{"year": 1900 + number} for number in range(DOCUMENTS)],
            batch_size=7,
        )

    def by_cosine(self) -> list[tuple[int | str, float]]:
        lengths = np.linalg.norm(self.dense, axis=1) * np.linalg.norm(self.query)
        return best_first(dict(zip(IDS, (self.dense @ self.query / lengths).tolist(), strict=True)))

    def by_overlap(self) -> list[tuple[int | str, float]]:
        query = dict(zip(*(half.tolist() for half in self.query_sparse), strict=True))
        scores: dict[int | str, float] = {}
        for document, (indices, values) in zip(IDS, self.sparse, strict=True):
            products = [query[i] * v for i, v in zip(indices.tolist(), values.tolist(), strict=True) if i in query]
            if products:
                scores[document] = sum(products)
        return best_first(scores)

    def by_maxsim(self) -> list[tuple[int | str, float]]:
        scores = [float((self.query_tokens @ tokens.T).max(axis=1).sum()) for tokens in self.tokens]
        return best_first(dict(zip(IDS, scores, strict=True)))


@pytest.fixture
def client() -> Iterator[QdrantClient]:
    client = QdrantClient(":memory:")
    yield client
    client.close()


@pytest.fixture
def collection(client: QdrantClient) -> Collection:
    collection = Collection()
    collection.write(client)
    return collection


@pytest.mark.parametrize("k", [0, 1, 10, 1000])
def test_searches_equal_numpy(client: QdrantClient, collection: Collection, k: int) -> None:
    agree(qdrant.search_dense(client, "documents", collection.query, k), collection.by_cosine()[:k])
    agree(qdrant.search_sparse(client, "documents", *collection.query_sparse, k), collection.by_overlap()[:k])
    agree(qdrant.search_multivector(client, "documents", collection.query_tokens, k), collection.by_maxsim()[:k])


@pytest.mark.parametrize("rrf_k", [0, 1, 60])
def test_hybrid_is_the_papers_fusion(client: QdrantClient, collection: Collection, rrf_k: int) -> None:
    lists = [collection.by_cosine()[:20], collection.by_overlap()[:20], collection.by_maxsim()[:20]]
    totals: dict[int | str, float] = {}
    for ranked in lists:
        for rank, (document, _) in enumerate(ranked, start=1):
            totals[document] = totals.get(document, 0.0) + 1 / (rrf_k + rank)
    fused = qdrant.search_hybrid(
        client,
        "documents",
        dense=collection.query,
        sparse=collection.query_sparse,
        tokens=collection.query_tokens,
        prefetch=20,
        rrf_k=rrf_k,
        k=1000,
    )
    assert {document for document, _ in fused} == set(totals)
    for document, score in fused:
        assert score == pytest.approx(totals[document], rel=1e-6)
    assert fused == sorted(fused, key=lambda pair: (-pair[1], str(pair[0])))


def test_hybrid_of_one_list_keeps_its_order(client: QdrantClient, collection: Collection) -> None:
    fused = qdrant.search_hybrid(client, "documents", tokens=collection.query_tokens, k=30)
    expected = [(document, 1 / (60 + rank)) for rank, (document, _) in enumerate(collection.by_maxsim()[:30], start=1)]
    agree(fused, expected)
    assert qdrant.search_hybrid(client, "documents", dense=collection.query, k=0) == []


def test_the_retriever_answers_as_the_guide_asks(client: QdrantClient, collection: Collection) -> None:
    qdrant_client = qdrant.QdrantRetriever(client, "documents")
    query_embedding = collection.query
    dense = qdrant_client.search(query_embedding, limit=100)
    agree(dense, collection.by_cosine())
    agree(qdrant_client.search(query_embedding, limit=3), collection.by_cosine()[:3])
    assert repr(qdrant_client) == "QdrantRetriever('documents', using='dense')"


def test_a_folder_keeps_the_collection(tmp_path: Path) -> None:
    first = QdrantClient(path=str(tmp_path / "storage"))
    collection = Collection()
    collection.write(first)
    first.close()
    second = QdrantClient(path=str(tmp_path / "storage"))
    agree(qdrant.search_dense(second, "documents", collection.query, 10), collection.by_cosine()[:10])
    agree(qdrant.search_multivector(second, "documents", collection.query_tokens, 10), collection.by_maxsim()[:10])
    second.close()


def test_payloads_keep_what_was_given_and_the_id(client: QdrantClient, collection: Collection) -> None:
    assert collection.dense.shape == (DOCUMENTS, DIM)
    point = client.retrieve("documents", [str(uuid.uuid5(uuid.NAMESPACE_URL, "d3"))])[0]
    assert point.payload == {"year": 1903, "rank_id": "d3"}


def test_integer_ids_are_the_points(client: QdrantClient) -> None:
    qdrant.create_collection(client, "numbers", dim=1, distance="dot")
    qdrant.upsert(client, "numbers", [np.int64(9), 10, 2**63], dense=[[1], [1], [2]])  # type: ignore[list-item]
    assert qdrant.search_dense(client, "numbers", [1.0]) == [(2**63, 2.0), (9, 1.0), (10, 1.0)]
    assert client.retrieve("numbers", [9])[0].payload == {}


def test_writing_again_replaces(client: QdrantClient) -> None:
    qdrant.create_collection(client, "again", dim=1, distance="dot")
    qdrant.upsert(client, "again", ["a", "b"], dense=[[1.0], [2.0]])
    qdrant.upsert(client, "again", ["a"], dense=[[3.0]])
    qdrant.upsert(client, "again", [], dense=[])
    assert qdrant.search_dense(client, "again", [1.0]) == [("a", 3.0), ("b", 2.0)]


def test_ties_are_ordered_by_id(client: QdrantClient) -> None:
    qdrant.create_collection(client, "ties", dim=1, distance="dot")
    qdrant.upsert(client, "ties", ["d10", 7, "d9", 3, "a"], dense=np.ones((5, 1), dtype=np.float32))
    assert [document for document, _ in qdrant.search_dense(client, "ties", [1.0])] == [3, 7, "a", "d10", "d9"]


def test_progress_counts_documents(client: QdrantClient, capfd: pytest.CaptureFixture[str]) -> None:
    qdrant.create_collection(client, "bar", dim=1)
    qdrant.upsert(client, "bar", list(range(10)), dense=np.ones((10, 1)), batch_size=4, progress=True)
    assert "10/10" in capfd.readouterr().err


def test_collections_of_other_making(client: QdrantClient) -> None:
    client.create_collection("foreign", vectors_config=models.VectorParams(size=1, distance=models.Distance.DOT))
    name = str(uuid.uuid4())
    points = [
        models.PointStruct(id=1, vector=[1.0], payload={"doc": "first", "same": 0}),
        models.PointStruct(id=name, vector=[2.0], payload={"doc": "second", "same": 0}),
    ]
    client.upsert("foreign", points)
    assert qdrant.search_dense(client, "foreign", [1.0], using=None) == [(name, 2.0), (1, 1.0)]
    retriever = qdrant.QdrantRetriever(client, "foreign", using=None, id_key="doc")
    assert retriever.search([1.0]) == [("second", 2.0), ("first", 1.0)]
    with pytest.raises(rank_retrieve.DuplicateIdError, match=r"points\[1\]: expected each document once, got that of"):
        qdrant.search_dense(client, "foreign", [1.0], using=None, id_key="same")
    with pytest.raises(rank_retrieve.InvalidInputError, match=r"points\[0\]: expected a payload with the key 'author'"):
        qdrant.search_dense(client, "foreign", [1.0], using=None, id_key="author")


def test_ranked_list_takes_responses_and_points(client: QdrantClient, collection: Collection) -> None:
    response = client.query_points(
        "documents", query=collection.query.tolist(), using=qdrant.DENSE, limit=5, with_payload=[qdrant.ID_KEY]
    )
    agree(qdrant.ranked_list(response), collection.by_cosine()[:5])
    agree(qdrant.ranked_list(response.points), collection.by_cosine()[:5])
    assert qdrant.ranked_list([]) == []


def hit(document: object, score: object) -> Any:  # noqa: ANN401
    return SimpleNamespace(id=document, score=score, payload=None)


@pytest.mark.parametrize(
    ("points", "error", "message"),
    [
        ([hit(1, 1.0), hit(2, float("nan"))], "InvalidInputError", r"points\[1\]: expected a score, got NaN; look for"),
        ([hit(1, 1.0), hit(2, 2.0)], "InvalidInputError", r"points\[1\]: expected scores in descending order, got 2.0"),
        (
            [hit(1, 1.0), hit(1, 1.0)],
            "DuplicateIdError",
            r"points\[1\]: expected each document once, got that of posit",
        ),
        ([hit(1.5, 1.0)], "DtypeError", r"points\[0\]: expected an id of type str or int, got float; convert it"),
        ([("a", 1.0)], "DtypeError", r"points\[0\]: expected a scored point, got tuple; pass query_points"),
        (7, "DtypeError", r"points: expected scored points, got int; pass what query_points returned"),
        ("points", "DtypeError", r"points: expected scored points, got str; pass what query_points returned"),
    ],
)
def test_bad_answers_are_refused_by_place(points: Any, error: str, message: str) -> None:  # noqa: ANN401
    with pytest.raises(getattr(rank_retrieve, error), match=message):
        qdrant.ranked_list(points)


class NothingSent:
    """A client that fails the test when it is used."""

    def __getattr__(self, name: str) -> Never:
        pytest.fail(f"{name} was called")


NAN = float("nan")
BAD_CALLS: list[tuple[Callable[[Any], object], str, str]] = [
    (lambda c: qdrant.create_collection(c, "x"), "InvalidInputError", "dim: expected at least one kind of vector"),
    (
        lambda c: qdrant.create_collection(c, "x", dim=2, distance="euclid"),
        "InvalidInputError",
        'distance: expected "cosine" or "dot", got \'euclid\'',
    ),
    (lambda c: qdrant.create_collection(c, "x", dim=0), "InvalidInputError", "dim: expected at least 1, got 0"),
    (
        lambda c: qdrant.create_collection(c, "x", multivector_dim=True),
        "DtypeError",
        "multivector_dim: expected an int, got bool",
    ),
    (lambda c: qdrant.upsert(c, "x", ["a"]), "InvalidInputError", "dense: expected at least one kind of vector"),
    (
        lambda c: qdrant.upsert(c, "x", ["a", "b", "a"], dense=np.ones((3, 1))),
        "DuplicateIdError",
        r"ids\[2\]: expected each document once, got that of position 0 again",
    ),
    (lambda c: qdrant.upsert(c, "x", "ab", dense=[[1]]), "DtypeError", "ids: expected a list of ids, got str"),
    (
        lambda c: qdrant.upsert(c, "x", [1.5], dense=[[1]]),  # type: ignore[list-item]
        "DtypeError",
        r"ids\[0\]: expected an id of type str or int, got float",
    ),
    (
        lambda c: qdrant.upsert(c, "x", [True], dense=[[1]]),
        "DtypeError",
        r"ids\[0\]: expected an id of type str or int, got bool",
    ),
    (
        lambda c: qdrant.upsert(c, "x", [-1], dense=[[1]]),
        "InvalidInputError",
        r"ids\[0\]: expected an int from 0 to 2\^64 - 1, got -1; use a str",
    ),
    (
        lambda c: qdrant.upsert(c, "x", ["a", "b"], dense=[[1.0]]),
        "ShapeError",
        "dense: expected 2 entries, one for each id, got 1",
    ),
    (
        lambda c: qdrant.upsert(c, "x", ["a", "b"], dense=[[1.0], [1.0, 2.0]]),
        "ShapeError",
        r"dense: expected shape \(documents, dim\), got rows of different length",
    ),
    (
        lambda c: qdrant.upsert(c, "x", ["a"], dense=[1.0]),
        "ShapeError",
        r"dense: expected shape \(documents, dim\), got \(1,\)",
    ),
    (
        lambda c: qdrant.upsert(c, "x", ["a", "b"], dense=[[1.0, 2.0], [1.0, NAN]]),
        "InvalidInputError",
        r"dense\[1\]\[1\]: expected a finite number of float32, got nan",
    ),
    (
        lambda c: qdrant.upsert(c, "x", ["a"], dense=[[1e300]]),
        "InvalidInputError",
        r"dense\[0\]\[0\]: expected a finite number of float32, got 1e\+300",
    ),
    (
        lambda c: qdrant.upsert(c, "x", ["a"], dense=[["one"]]),
        "DtypeError",
        "dense: expected numbers, got dtype <U3",
    ),
    (
        lambda c: qdrant.upsert(c, "x", ["a"], sparse=[([1, 1], [1.0, 2.0])]),
        "InvalidInputError",
        r"sparse\[0\] indices\[1\]: expected each index once, got 1 again",
    ),
    (
        lambda c: qdrant.upsert(c, "x", ["a"], sparse=[[1.0]]),  # type: ignore[list-item]
        "DtypeError",
        r"sparse\[0\]: expected \(indices, values\), got list",
    ),
    (
        lambda c: qdrant.upsert(c, "x", ["a", "b"], multivectors=[np.ones((2, 3)), np.ones((2, 4))]),
        "ShapeError",
        r"multivectors\[1\]: expected 3 components, got 4",
    ),
    (
        lambda c: qdrant.upsert(c, "x", ["a"], multivectors=[np.ones((0, 3))]),
        "ShapeError",
        r"multivectors\[0\]: expected at least one token, got none",
    ),
    (
        lambda c: qdrant.upsert(c, "x", ["a"], dense=[[1]], payloads=[{"rank_id": 1}]),
        "InvalidInputError",
        r'payloads\[0\]: expected a payload without the key "rank_id"',
    ),
    (
        lambda c: qdrant.upsert(c, "x", ["a"], dense=[[1]], payloads=[7]),  # type: ignore[list-item]
        "DtypeError",
        r"payloads\[0\]: expected a dict, got int",
    ),
    (
        lambda c: qdrant.upsert(c, "x", ["a"], dense=[[1]], payloads=[]),
        "ShapeError",
        "payloads: expected 1 entries, one for each id, got 0",
    ),
    (
        lambda c: qdrant.upsert(c, "x", ["a"], dense=[[1]], batch_size=0),
        "InvalidInputError",
        "batch_size: expected at least 1, got 0",
    ),
    (
        lambda c: qdrant.search_dense(c, "x", [1.0, NAN]),
        "InvalidInputError",
        r"vector\[1\]: expected a finite number of float32, got nan; repair or drop the vector",
    ),
    (lambda c: qdrant.search_dense(c, "x", []), "ShapeError", "vector: expected at least one component"),
    (lambda c: qdrant.search_dense(c, "x", [[1.0]]), "ShapeError", r"vector: expected shape \(dim,\), got \(1, 1\)"),
    (lambda c: qdrant.search_dense(c, "x", [1.0], k=-1), "InvalidInputError", "k: expected at least 0, got -1"),
    (
        lambda c: qdrant.search_dense(c, "x", [1.0], k=1.5),  # type: ignore[arg-type]
        "DtypeError",
        "k: expected an int, got float",
    ),
    (
        lambda c: qdrant.search_sparse(c, "x", [1, 2], [1.0]),
        "ShapeError",
        "values: expected 2 values, one for each index, got 1",
    ),
    (lambda c: qdrant.search_sparse(c, "x", [[1]], [1.0]), "ShapeError", r"indices: expected shape \(entries,\)"),
    (
        lambda c: qdrant.search_sparse(c, "x", [1.5], [1.0]),
        "DtypeError",
        "indices: expected integers, got dtype float64",
    ),
    (
        lambda c: qdrant.search_sparse(c, "x", [0, 2**32], [1.0, 1.0]),
        "InvalidInputError",
        r"indices\[1\]: expected an integer from 0 to 4294967295, got 4294967296",
    ),
    (
        lambda c: qdrant.search_sparse(c, "x", [1], [NAN]),
        "InvalidInputError",
        r"values\[0\]: expected a finite number",
    ),
    (lambda c: qdrant.search_multivector(c, "x", []), "ShapeError", "tokens: expected at least one token, got none"),
    (
        lambda c: qdrant.search_multivector(c, "x", [[1.0], [NAN]]),
        "InvalidInputError",
        r"tokens\[1\]\[0\]: expected a finite number",
    ),
    (lambda c: qdrant.search_hybrid(c, "x"), "InvalidInputError", "dense: expected at least one query, got none"),
    (
        lambda c: qdrant.search_hybrid(c, "x", tokens=[]),
        "ShapeError",
        "tokens: expected at least one token, got none",
    ),
    (
        lambda c: qdrant.search_hybrid(c, "x", dense=[1.0], prefetch=0),
        "InvalidInputError",
        "prefetch: expected at least 1, got 0",
    ),
    (
        lambda c: qdrant.search_hybrid(c, "x", dense=[1.0], rrf_k=-1),
        "InvalidInputError",
        "rrf_k: expected at least 0, got -1",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD_CALLS)
def test_what_cannot_be_sent_is_refused_before_it_is(call: Callable[[Any], object], error: str, message: str) -> None:
    with pytest.raises(getattr(rank_retrieve, error), match=f"^{message}"):
        call(NothingSent())


def test_a_refusal_is_passed_on_with_its_words(client: QdrantClient, collection: Collection) -> None:
    with pytest.raises(
        rank_retrieve.BackendError, match=r"collection 'none': expected an answer to search_dense, got a"
    ):
        qdrant.search_dense(client, "none", collection.query)
    with pytest.raises(rank_retrieve.BackendError, match="Collection none not found"):
        qdrant.upsert(client, "none", ["a"], dense=[[1.0]])
    with pytest.raises(rank_retrieve.BackendError, match="already exists"):
        qdrant.create_collection(client, "documents", dim=2)
    with pytest.raises(rank_retrieve.BackendError, match=r"expected an answer to search_dense, got a refusal \(.*8"):
        qdrant.search_dense(client, "documents", [1.0, 2.0])


@pytest.mark.parametrize("grpc", [False, True])
def test_an_unreachable_server_is_named(*, grpc: bool) -> None:
    remote = QdrantClient(url="http://127.0.0.1:1", grpc_port=1, prefer_grpc=grpc, timeout=5, check_compatibility=False)
    with pytest.raises(rank_retrieve.BackendError, match=r"expected a Qdrant server at http://127.0.0.1:1.*docker run"):
        qdrant.search_dense(remote, "documents", [1.0])
    with pytest.raises(RuntimeError, match="got no answer"):
        qdrant.create_collection(remote, "documents", dim=1)
    remote.close()


def test_ctrl_c_leaves_what_was_sent(client: QdrantClient, monkeypatch: pytest.MonkeyPatch) -> None:
    qdrant.create_collection(client, "stopped", dim=1, distance="dot")
    send = client.upsert
    sent = 0

    def interrupted(*args: Any, **kwargs: Any) -> object:  # noqa: ANN401
        nonlocal sent
        sent += 1
        if sent == 3:
            raise KeyboardInterrupt
        return send(*args, **kwargs)

    monkeypatch.setattr(client, "upsert", interrupted)
    with pytest.raises(KeyboardInterrupt):
        qdrant.upsert(client, "stopped", list(range(10)), dense=np.ones((10, 1)), batch_size=4)
    assert client.count("stopped").count == 8
    monkeypatch.undo()
    qdrant.upsert(client, "stopped", list(range(10)), dense=np.ones((10, 1)), batch_size=4)
    assert client.count("stopped").count == 10


@pytest.mark.parametrize(
    ("package", "call", "message"),
    [
        ("qdrant_client", "create_collection(None, 'x', dim=1)", 'pip install "rank-retrieve[qdrant]"'),
        ("tqdm", "upsert(None, 'x', ['a'], dense=[[1.0]], progress=True)", "pip install tqdm"),
    ],
)
def test_a_missing_package_is_named_with_its_command(package: str, call: str, message: str) -> None:
    script = f"""
        import sys
        sys.modules[{package!r}] = sys.modules[{package + ".auto"!r}] = None
        from rank_retrieve import qdrant
        try:
            qdrant.{call}
        except ImportError as error:
            print(error)
    """
    output = subprocess.run(
        [sys.executable, "-c", inspect.cleandoc(script)], capture_output=True, text=True, check=True
    )
    assert message in output.stdout


def test_the_examples_of_the_documentation() -> None:
    import doctest  # noqa: PLC0415

    result = doctest.testmod(qdrant)
    assert result.attempted > 10
    assert result.failed == 0
