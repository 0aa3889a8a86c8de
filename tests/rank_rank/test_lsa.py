"""Latent semantic analysis against a dense decomposition, and to the byte."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from rank_rank import Collection, InvalidInputError, LsaEncoder
from rank_rank.lsa import truncated_svd
from rank_retrieve import Analyzer


def texts_of(collection: Collection) -> list[str]:
    return [document.contents for document in collection.documents]


@pytest.mark.parametrize(("rows", "columns"), [(40, 300), (300, 40), (400, 500)])
def test_svd_equals_the_dense_one(rows: int, columns: int) -> None:
    generator = np.random.default_rng(1)
    dense = np.where(generator.random((rows, columns)) < 0.05, generator.random((rows, columns)), 0)
    vectors, values = truncated_svd(scipy.sparse.csr_array(dense), 12)
    _, expected_values, expected_rows = np.linalg.svd(dense, full_matrices=False)
    np.testing.assert_allclose(values, expected_values[:12], rtol=1e-9)
    # Up to sign the vectors are unique, the values being distinct.
    np.testing.assert_allclose(np.abs(np.sum(vectors.T * expected_rows[:12], axis=1)), 1, rtol=1e-9)
    largest = np.abs(vectors).argmax(axis=0)
    assert (vectors[largest, range(12)] > 0).all()


def test_svd_of_a_lower_rank() -> None:
    rows = np.random.default_rng(2).random((20, 3)) @ np.random.default_rng(3).random((3, 30))
    vectors, values = truncated_svd(scipy.sparse.csr_array(rows), 10)
    assert vectors.shape == (30, 3)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(values, np.linalg.svd(rows, compute_uv=False)[:3], rtol=1e-12)


def test_vectors_equal_the_formula(collection: Collection) -> None:
    texts = texts_of(collection)
    terms = [Analyzer().analyze(text) for text in texts]
    names = sorted({term for row in terms for term in row})
    frequency = np.array([sum(name in row for row in terms) for name in names])
    tf = np.array([[row.count(name) for name in names] for row in terms], dtype=float)
    idf = np.log((len(texts) + 1) / frequency)
    weights = np.where(tf > 0, 1 + np.log(np.maximum(tf, 1)), 0) * idf
    weights /= np.linalg.norm(weights, axis=1, keepdims=True)
    _, values, rows = np.linalg.svd(weights, full_matrices=False)

    encoder = LsaEncoder.fit(texts, dim=5)
    expected = weights @ rows[:5].T
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    vectors = encoder.encode(texts)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(texts), 5)
    np.testing.assert_allclose(encoder.singular_values, values[:5], rtol=1e-9)
    np.testing.assert_allclose(vectors @ vectors.T, expected @ expected.T, atol=1e-5)
    np.testing.assert_array_equal(encoder.encode_query(texts[3]), vectors[3])


def test_tokens(collection: Collection) -> None:
    texts = texts_of(collection)
    encoder = LsaEncoder.fit(texts, dim=8)
    (tokens,) = encoder.token_vectors(["otter heron otter unheard"])
    assert tokens.dtype == np.float32
    assert tokens.shape == (2, 8)
    np.testing.assert_allclose(np.linalg.norm(tokens, axis=1), 1, rtol=1e-5)
    query = encoder.query_token_vectors("otter heron otter unheard")
    otter, heron = np.linalg.norm(query, axis=1)
    # As many documents name the one as the other; twice in the query is 1 + ln 2.
    assert otter / heron == pytest.approx(1 + np.log(2), rel=1e-5)
    np.testing.assert_allclose(query / [[otter], [heron]], tokens, atol=1e-6)
    # The same word in another text is another vector: it has another context.
    (alone,) = encoder.token_vectors(["otter"])
    assert float(alone[0] @ tokens[0]) < 0.999


def test_what_is_not_known_is_zero(collection: Collection) -> None:
    encoder = LsaEncoder.fit(texts_of(collection), dim=8)
    assert not encoder.encode_query("unheard of").any()
    assert not encoder.encode([""]).any()
    assert encoder.query_token_vectors("").shape == (0, 8)
    assert encoder.token_vectors(["", "otter"])[0].shape == (0, 8)
    assert encoder.encode([]).shape == (0, 8)


def test_fewer_dimensions_than_asked_for() -> None:
    encoder = LsaEncoder.fit(["tea leaves", "iron bar"], dim=128)
    assert encoder.dim == 2
    assert encoder.encode(["tea"]).shape == (1, 2)


def test_saved_and_loaded(tmp_path: Path, collection: Collection) -> None:
    encoder = LsaEncoder.fit(texts_of(collection), dim=8)
    encoder.save(tmp_path / "encoder.npz")
    loaded = LsaEncoder.load(tmp_path / "encoder.npz")
    np.testing.assert_array_equal(loaded.encode(["otter by the river"]), encoder.encode(["otter by the river"]))
    np.testing.assert_array_equal(loaded.query_token_vectors("otter"), encoder.query_token_vectors("otter"))
    with pytest.raises(FileNotFoundError):
        LsaEncoder.load(tmp_path / "absent.npz")


def test_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    # More documents than the dense decomposition takes, so that the iterative one is what runs.
    code = (
        "import sys; from rank_rank import LsaEncoder, numpy_collection\n"
        "texts = [d.contents for d in numpy_collection().documents]\n"
        "LsaEncoder.fit(texts, dim=16).save(sys.argv[1])"
    )
    for number in (1, 2):
        command = [sys.executable, "-c", code, str(tmp_path / f"{number}.npz")]
        subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": str(number)})
    assert (tmp_path / "1.npz").read_bytes() == (tmp_path / "2.npz").read_bytes()


@pytest.mark.parametrize(
    ("texts", "dim", "message"),
    [
        (["tea"], 0, "dim: expected at least 1, got 0; 128 is usual"),
        ([], 4, "texts: expected words, got none in any text; index texts that have some"),
        (["", "?!"], 4, "texts: expected words, got none in any text; index texts that have some"),
    ],
)
def test_bad_input(texts: list[str], dim: int, message: str) -> None:
    with pytest.raises(InvalidInputError, match=f"^{re.escape(message)}$"):
        LsaEncoder.fit(texts, dim)
