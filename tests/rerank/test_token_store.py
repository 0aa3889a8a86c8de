"""Token stores: histories, files, threads, Arrow."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rank_rerank import (
    DtypeError,
    DuplicateIdError,
    InvalidInputError,
    ResidualCodec,
    ShapeError,
    TokenStore,
    colbert_rank,
    colbert_refine,
    matryoshka_rank,
    matryoshka_refine,
    maxsim_batch,
    quantize_binary,
    quantize_int8,
    to_bf16,
)

if TYPE_CHECKING:
    from pathlib import Path

DTYPES: list[Any] = ["float32", "float16", "bfloat16", "int8", "binary"]
RNG = np.random.default_rng(3)
QUERY = RNG.standard_normal((5, 16)).astype(np.float32)


def documents(count: int, start: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(start)
    return [rng.standard_normal((int(length), 16)).astype(np.float32) for length in rng.integers(1, 9, count)]


def filled(dtype: Any = "float32", count: int = 40) -> TokenStore:  # noqa: ANN401
    store = TokenStore(16, dtype)
    store.extend([f"d{number}" for number in range(count)], documents(count))
    return store


@given(st.lists(st.tuples(st.sampled_from("ardcs"), st.integers(0, 9), st.integers(0, 99)), max_size=25), st.data())
@settings(max_examples=40)
def test_any_history_is_a_fresh_build(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    dtype = data.draw(st.sampled_from(DTYPES))
    path = tmp_path_factory.mktemp("store") / "tokens"
    store, model = TokenStore(16, dtype), dict[int, np.ndarray]()
    for step, number, start in steps:
        tokens = documents(1, start)[0]
        match step:
            case "a" if number not in model:
                store.append(number, tokens)
                model[number] = tokens
            case "r" if number in model:
                store.replace(number, tokens)
                model[number] = tokens
            case "d" if number in model:
                store.delete([number])
                del model[number]
            case "c":
                store.compact()
            case "s":
                store.save(path)
                store = TokenStore.open(path, verify=True)
                assert store.is_mapped
    fresh = TokenStore(16, dtype)
    fresh.extend(model, list(model.values()))
    assert store.ids() == list(model)
    assert len(store) == len(model)
    np.testing.assert_array_equal(store.score(QUERY), fresh.score(QUERY))
    assert store.rank(QUERY, threads=2) == fresh.rank(QUERY)


@pytest.mark.parametrize("dtype", DTYPES)
def test_scores_are_those_of_the_arrays(dtype: Any) -> None:  # noqa: ANN401
    store, arrays = filled(dtype), documents(40)
    values, offsets = np.concatenate(arrays), np.cumsum([0, *map(len, arrays)])
    weights = np.linspace(-1, 2, 5).astype(np.float32)
    kinds: dict[str, tuple[Any, dict[str, Any]]] = {
        "float32": (values, {}),
        "float16": (values.astype(np.float16), {}),
        "bfloat16": (to_bf16(values), {}),
        "binary": (quantize_binary(values), {}),
    }
    codes, scales = quantize_int8(values)
    kinds["int8"] = (codes, {"scales": scales})
    for options in ({}, {"cosine": True}, {"weights": weights, "threads": 3}):
        expected = maxsim_batch(QUERY, kinds[dtype][0], offsets, **kinds[dtype][1], **options)
        np.testing.assert_array_equal(store.score(QUERY, **options), expected)
    # Put in as it is stored, it is the same.
    same = TokenStore(16, dtype)
    same.extend(store.ids(), kinds[dtype][0], offsets, **kinds[dtype][1])
    np.testing.assert_array_equal(same.score(QUERY), store.score(QUERY))
    assert same.nbytes == store.nbytes
    assert (store.dim, store.dtype, store.tokens) == (16, dtype, len(values))
    assert repr(store) == f'TokenStore(documents=40, dim=16, dtype="{dtype}")'
    stored = np.where(arrays[7] > 0, 1, -1) if dtype == "binary" else arrays[7]
    np.testing.assert_allclose(store.get("d7"), stored, atol=0.05)


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_residual_codes(bits: int, tmp_path: Path) -> None:
    arrays = documents(40)
    values, offsets = np.concatenate(arrays), np.cumsum([0, *map(len, arrays)])
    codec = ResidualCodec.train(values, bits=bits, centroids=16)
    store = TokenStore.with_codec(codec)
    store.extend([f"d{number}" for number in range(40)], arrays)
    scores = codec.maxsim(QUERY, *codec.encode(values), offsets)
    np.testing.assert_array_equal(store.score(QUERY), scores)
    np.testing.assert_array_equal(store.get("d7"), codec.decode(*codec.encode(arrays[7])))
    assert store.nbytes == len(values) * (16 * bits // 8 + 8)
    assert repr(store) == f'TokenStore(documents=40, dim=16, dtype="residual{bits}")'
    decoded = [store.get(document) for document in store.ids()]
    cosines = maxsim_batch(QUERY, decoded, cosine=True)
    np.testing.assert_array_equal(store.score(QUERY, cosine=True, threads=2), cosines)
    found = store.alignments(QUERY, "d9")
    assert np.float32(sum(each.contribution for each in found)) == store.score(QUERY, ["d9"])[0]

    store.save(tmp_path / "tokens")
    opened = TokenStore.open(tmp_path / "tokens", verify=True)
    assert opened.is_mapped
    np.testing.assert_array_equal(opened.score(QUERY, threads=3), scores)
    assert opened.rank_batch([QUERY, QUERY[:2].copy()], 5)[0] == store.rank_with_top_k(QUERY, 5)
    opened.delete(["d0"])
    opened.append("x", arrays[0])
    np.testing.assert_array_equal(opened.score(QUERY), [*scores[1:], scores[0]])
    assert opened.codec is not None
    np.testing.assert_array_equal(opened.codec.centroids, codec.centroids)
    assert filled().codec is None
    with pytest.raises(InvalidInputError, match=f'dtype: expected components or sign bits, .*got "residual{bits}"'):
        pa.table(store)
    with pytest.raises(InvalidInputError, match="head_dims: expected no prefix of residual codes"):
        store.prefix(8)


def test_ranking_and_refinement() -> None:
    store, arrays = filled(), dict(zip((f"d{number}" for number in range(40)), documents(40), strict=True))
    ranked = colbert_rank(QUERY, arrays)
    assert store.rank(QUERY, progress=True) == ranked
    assert store.rank_with_top_k(QUERY, 7) == ranked[:7]
    assert store.rank_with_top_k(QUERY, 0) == []
    some = ["d3", "d30", "d12"]
    assert store.rank(QUERY, some) == colbert_rank(QUERY, [(name, arrays[name]) for name in some])
    assert store.rank_with_top_k(QUERY, 1, some) == store.rank(QUERY, some)[:1]
    batch = store.rank_batch([QUERY, QUERY[:2].copy()], 5)
    assert batch == [ranked[:5], store.rank_with_top_k(QUERY[:2].copy(), 5)]
    candidates = {"d1": 3.0, "d2": 1.0, "d3": 2.5}
    assert store.refine(candidates, QUERY, 0.3) == colbert_refine(candidates, QUERY, arrays, 0.3)
    found = store.alignments(QUERY, "d9")
    assert np.float32(sum(each.contribution for each in found)) == store.score(QUERY, ["d9"])[0]

    heads = store.prefix(4)
    kept = [name for name, _ in heads.rank_with_top_k(QUERY[:, :4].copy(), 10)]
    assert matryoshka_rank(heads, store, QUERY, 10, 3) == store.rank_with_top_k(QUERY, 3, kept)
    assert matryoshka_refine([("a", 0.5)], np.ones(2, np.float32), {"a": np.ones(2, np.float32)}, 1) == [("a", 0.75)]


def test_readers_and_a_writer() -> None:
    store = filled()
    expected = store.score(QUERY, ["d1", "d2"])
    right: list[bool] = []

    def read() -> None:
        right.extend(np.array_equal(store.score(QUERY, ["d1", "d2"]), expected) for _ in range(50))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(50):
        store.append(number, documents(1)[0])
        store.delete([number])
    store.compact()
    for thread in threads:
        thread.join()
    assert right == [True] * 150
    assert len(store) == 40


def test_iterators() -> None:
    store = TokenStore(16)
    store.extend_from(((number, tokens) for number, tokens in enumerate(documents(600))), progress=True)
    assert store.ids() == list(range(600))
    with pytest.raises(DuplicateIdError, match=r"ids\[1\]: expected ids that are new"):
        store.extend_from([(600, documents(1)[0]), (3, documents(1)[0])])
    with pytest.raises(DtypeError, match=r"documents\[0\]: expected an \(id, tokens\) pair, got int"):
        store.extend_from([1])  # type: ignore[list-item]


@pytest.mark.parametrize("dtype", DTYPES)
def test_arrow_and_back(dtype: Any) -> None:  # noqa: ANN401
    store = filled(dtype, 1500)
    table = pa.table(store)
    assert table.num_rows == 1500
    assert table.column_names == ["id", "tokens"] + ["scales"] * (dtype == "int8")
    again = TokenStore.from_arrow(table)
    assert again.dtype == dtype
    assert again.ids() == store.ids()
    np.testing.assert_array_equal(again.score(QUERY), store.score(QUERY))
    # A slice, whose offsets do not begin at 0.
    part = TokenStore.from_arrow(table.slice(1000, 100))
    np.testing.assert_array_equal(part.score(QUERY), store.score(QUERY)[1000:1100])


def test_other_tables() -> None:
    arrays = documents(3)
    lists = [array.tolist() for array in arrays]
    loose = pa.table({"n": [1, 2, 3], "t": pa.array(lists, pa.large_list(pa.list_(pa.float32())))})
    store = TokenStore.from_arrow(loose, "float16", id_column="n", tokens_column="t")
    assert store.ids() == [1, 2, 3]
    assert store.dtype == "float16"
    frame = pl.DataFrame(
        {"id": ["a", "b", "c"], "tokens": lists},
        schema={"id": pl.String, "tokens": pl.List(pl.Array(pl.Float32, 16))},
    )
    np.testing.assert_array_equal(TokenStore.from_arrow(frame).get("c"), arrays[2])

    with pytest.raises(InvalidInputError, match='table: expected a column named "id"'):
        TokenStore.from_arrow(loose)
    with pytest.raises(DtypeError, match=r"expected tokens as FixedSizeList of float32.*got List"):
        TokenStore.from_arrow(pa.table({"id": [1], "tokens": [[[1.0]]]}))
    with pytest.raises(DtypeError, match="expected a list of tokens for each document"):
        TokenStore.from_arrow(pa.table({"id": [1], "tokens": [1.0]}))
    ragged = pa.array([[[1.0], [1.0, 2.0]]], pa.list_(pa.list_(pa.float32())))
    with pytest.raises(ShapeError, match="expected 1 components in each token, got 2 in token 1"):
        TokenStore.from_arrow(pa.table({"id": [1], "tokens": ragged}))
    null = pa.array([[[1.0, None]]], pa.list_(pa.list_(pa.float32(), 2)))
    with pytest.raises(InvalidInputError, match="expected a value everywhere, got null at position 1"):
        TokenStore.from_arrow(pa.table({"id": [1], "tokens": null}))
    with pytest.raises(InvalidInputError, match="expected at least one document"):
        TokenStore.from_arrow(loose.slice(0, 0), id_column="n", tokens_column="t")
    codes = pa.table({"id": [1], "tokens": pa.array([[[1]]], pa.list_(pa.list_(pa.int8(), 1)))})
    with pytest.raises(InvalidInputError, match='expected a column "scales" beside int8 tokens'):
        TokenStore.from_arrow(codes)
    wrong = codes.append_column("scales", pa.array([[1.0]]))
    with pytest.raises(DtypeError, match="expected a list of float32 for each document"):
        TokenStore.from_arrow(wrong)
    mixed = TokenStore(16)
    mixed.extend([1, "a"], documents(2))
    with pytest.raises(InvalidInputError, match="ids: expected all str or all int"):
        pa.table(mixed)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    filled("int8").save(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["tokens"]
    whole = path.read_bytes()
    with pytest.raises(FileNotFoundError, match="path: expected a file that can be read"):
        TokenStore.open(tmp_path / "missing")
    with pytest.raises(OSError, match="path: expected"):
        TokenStore.open(tmp_path)
    for damaged in (b"", whole[:100], whole[:-1], b"x" + whole[1:], whole + b"x"):
        path.write_bytes(damaged)
        with pytest.raises(InvalidInputError, match="expected a file that TokenStore saved"):
            TokenStore.open(path)
    # A value: only reading all of them tells.
    flipped = bytearray(whole)
    flipped[200] ^= 1
    path.write_bytes(flipped)
    assert len(TokenStore.open(path)) == 40
    with pytest.raises(InvalidInputError, match="a damaged file; save the store again"):
        TokenStore.open(path, verify=True)
    with pytest.raises(FileNotFoundError):
        filled().save(tmp_path / "no" / "such")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: TokenStore(0), ShapeError, "expected tokens of at least one component"),
        (lambda: TokenStore(12, "binary"), ShapeError, "tokens: expected a dim that is a multiple of 8"),
        (
            lambda: filled("binary").prefix(12),
            InvalidInputError,
            "head_dims: expected a multiple of 8 components of 16, got 12",
        ),
        (lambda: TokenStore(2, "float64"), InvalidInputError, 'dtype: expected "float32", .*got "float64"'),  # type: ignore[arg-type]
        (lambda: filled().append("d1", QUERY), DuplicateIdError, r"ids\[0\]: expected ids that are new"),
        (lambda: filled().append("x", QUERY[:, :3].copy()), ShapeError, "tokens: expected dim 16, got 3"),
        (lambda: filled().append("x", QUERY[:0]), ShapeError, "tokens: expected at least one token"),
        (lambda: filled().append("x", QUERY * np.float32(np.nan)), InvalidInputError, "tokens: expected finite"),
        (
            lambda: filled("float16").append("x", QUERY * np.float32(1e9)),
            InvalidInputError,
            "tokens: expected scores within",
        ),
        (lambda: filled().append("x", QUERY.astype(np.float64)), DtypeError, "tokens: expected float32, float16"),
        (
            lambda: filled().append("x", QUERY.astype(np.float16)),
            DtypeError,
            "tokens: expected tokens of f32 or f32, got f16",
        ),
        (lambda: filled().append(1.5, QUERY), DtypeError, "id: expected an id of type str or int, got float"),  # type: ignore[arg-type]
        (lambda: filled().replace("x", QUERY), InvalidInputError, r"ids\[0\]: expected ids that the store holds"),
        (lambda: filled().replace_all(["d1", "d1"], [QUERY, QUERY]), DuplicateIdError, r"ids\[1\]"),
        (lambda: filled().extend(["x"], [QUERY, QUERY]), ShapeError, "ids: expected 2, one for each document, got 1"),
        (lambda: filled().delete("d1"), DtypeError, "ids: expected a list of ids, got str"),
        (lambda: filled().delete(["x"]), InvalidInputError, r"ids\[0\]: expected ids that the store holds"),
        (lambda: filled().get("x"), InvalidInputError, 'id: expected an id that the store holds, got "x"'),
        (lambda: filled().alignments(QUERY, 9), InvalidInputError, "id: expected an id that the store holds, got 9"),
        (lambda: filled().score(QUERY, ["x"]), InvalidInputError, r"ids\[0\]: expected ids that the store holds"),
        (lambda: filled().rank(QUERY, ["d1", "d1"]), DuplicateIdError, "expected each id once"),
        (lambda: filled().rank_with_top_k(QUERY, -1), InvalidInputError, "k: expected at least 0, got -1"),
        (lambda: filled("int8").score(QUERY, precision="bf16"), InvalidInputError, "precision: expected none"),
        (lambda: filled().refine([("x", 1.0)], QUERY), InvalidInputError, r"candidates\[0\]: expected tokens for each"),
        (lambda: filled().refine([("d1", 1.0)], QUERY, 2.0), InvalidInputError, "alpha: expected a weight from 0"),
        (
            lambda: filled().prefix(17),
            InvalidInputError,
            "head_dims: expected 1 or more, up to all components of 16, got 17",
        ),
        (
            lambda: matryoshka_rank(filled().prefix(2), filled(), QUERY, -1),
            InvalidInputError,
            "keep: expected at least 0",
        ),
        (
            lambda: matryoshka_refine([("a", 1.0)], np.ones(2, np.float32), [np.ones(2, np.float32)], 1),  # type: ignore[list-item]
            DtypeError,
            r"docs\[0\]: expected an \(id, vector\) pair",
        ),
    ],
)
def test_refusals(call: Any, error: type[Exception], message: str) -> None:  # noqa: ANN401
    with pytest.raises(error, match=message):
        call()
