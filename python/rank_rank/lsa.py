"""Latent semantic analysis: an encoder that is computed from the documents themselves."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse
import scipy.sparse.linalg
from tqdm import tqdm

import rank_retrieve
from rank_rank.encoder import Vectors
from rank_rank.errors import InvalidInputError

_Matrix = npt.NDArray[np.float64]
# Below this share of the largest singular value (or of a text's weight) a number is rounding error.
_NOTHING = 1e-7
# Up to here the dense decomposition takes no time, and copes with any rank; the iteration wants one above its dim.
_DENSE_LIMIT = 256


class LsaEncoder:
    """An encoder made by a truncated singular value decomposition of the tf-idf matrix of documents and terms.

    Terms are the default ``rank_retrieve.Analyzer``'s. The weight of a term in a text is
    ``(1 + ln tf) ln((N + 1) / df)``; rows have unit length. With ``X ~ U S V'``, a text with weights x is ``x V``, at
    unit length; a term is its row of ``V S``, at unit length.

    A token's vector is its term's vector plus its text's, at unit length: the text is the context that says which of
    its senses a term has. There is one token for each distinct known term. A query's token vectors are scaled by the
    terms' weights, so that MaxSim counts a rare term for more.

    Args:
        terms: In ascending order.
        idf: float64, shape (terms,).
        directions: float64, shape (terms, dim): V.
        singular_values: float64, shape (dim,): the diagonal of S.

    Source:
        Deerwester, Dumais, Furnas, Landauer, Harshman: Indexing by Latent Semantic Analysis (JASIS 1990).

    Example:
        >>> encoder = LsaEncoder.fit(["tea leaves", "tea pot", "iron bar"], dim=2)
        >>> vectors = encoder.encode(["leaves", "pot", "iron"])
        >>> [round(abs(float(vectors[0] @ other)), 3) for other in vectors[1:]]
        [1.0, 0.0]
    """

    name = "LSA"

    def __init__(self, terms: Sequence[str], idf: _Matrix, directions: _Matrix, singular_values: _Matrix) -> None:
        self._analyzer = rank_retrieve.Analyzer()
        self._terms = list(terms)
        self._column = {term: column for column, term in enumerate(self._terms)}
        self._idf = idf
        self._directions = directions
        self._singular_values = singular_values
        self._term_vectors = _unit(directions * singular_values)

    @classmethod
    def fit(cls, texts: Sequence[str], dim: int = 128, progress: bool = False) -> "LsaEncoder":
        """Computes the encoder from the documents that it is to encode.

        The same texts give the same bytes.

        Args:
            texts: The documents.
            dim: At least 1: how many dimensions to keep. Where the documents have fewer, all.
            progress: Shows a progress bar.

        Returns:
            The encoder.

        Raises:
            InvalidInputError: A ``dim`` below 1, or no term in any text.
        """
        if dim < 1:
            raise InvalidInputError(f"dim: expected at least 1, got {dim}; 128 is usual")
        analyzer = rank_retrieve.Analyzer()
        counts = [Counter(analyzer.analyze(text)) for text in tqdm(texts, "terms", disable=not progress, leave=False)]
        frequency = Counter(term for count in counts for term in count)
        if not frequency:
            raise InvalidInputError("texts: expected words, got none in any text; index texts that have some")
        terms = sorted(frequency)
        idf = np.array([np.log((len(texts) + 1) / frequency[term]) for term in terms])
        matrix = _weights(counts, {term: column for column, term in enumerate(terms)}, idf)
        directions, singular_values = truncated_svd(matrix, dim)
        return cls(terms, idf, directions, singular_values)

    @property
    def dim(self) -> int:
        """The length of a text's vector."""
        return int(self._directions.shape[1])

    @property
    def singular_values(self) -> _Matrix:
        """float64, shape (dim,), descending."""
        return self._singular_values.copy()

    def encode(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        """Encodes texts.

        Args:
            texts: Any number.
            progress: Shows a progress bar.

        Returns:
            float32, shape (texts, dim), unit rows; zeros for a text of which no term is known.
        """
        shown = tqdm(texts, "vectors", disable=not progress, leave=False)
        return self._encode([Counter(self._analyzer.analyze(text)) for text in shown])

    def encode_query(self, text: str) -> Vectors:
        """Encodes a query, as any text.

        Args:
            text: The query.

        Returns:
            float32, shape (dim,), of unit length, or zeros where no term is known.
        """
        vector: Vectors = self.encode([text])[0]
        return vector

    def token_vectors(self, texts: Sequence[str], progress: bool = False) -> list[Vectors]:
        """Encodes the tokens of texts: the distinct known terms, in the order of their first use.

        Args:
            texts: Any number.
            progress: Shows a progress bar.

        Returns:
            For each text float32, shape (tokens, dim), unit rows.
        """
        return [self._tokens(text)[0] for text in tqdm(texts, "tokens", disable=not progress, leave=False)]

    def query_token_vectors(self, text: str) -> Vectors:
        """Encodes the tokens of a query.

        Args:
            text: The query.

        Returns:
            float32, shape (tokens, dim); the length of a row is the weight of its term.
        """
        vectors, weights = self._tokens(text)
        scaled: Vectors = (vectors * weights[:, np.newaxis]).astype(np.float32)
        return scaled

    def save(self, path: str | Path) -> None:
        """Writes the encoder.

        Args:
            path: An ``.npz`` file; one that is there is replaced.
        """
        with Path(path).open("wb") as file:
            np.savez(
                file,
                terms=np.frombuffer("\n".join(self._terms).encode(), dtype=np.uint8),
                idf=self._idf,
                directions=self._directions,
                singular_values=self._singular_values,
            )

    @classmethod
    def load(cls, path: str | Path) -> "LsaEncoder":
        """Reads an encoder that was saved.

        Args:
            path: Its file.

        Returns:
            The encoder.

        Raises:
            FileNotFoundError: No such file.
        """
        with np.load(path, allow_pickle=False) as arrays:
            terms = arrays["terms"].tobytes().decode().split("\n")
            return cls(terms, arrays["idf"], arrays["directions"], arrays["singular_values"])

    def _encode(self, counts: Sequence[Counter[str]]) -> Vectors:
        weights = _weights(counts, self._column, self._idf)
        vectors: Vectors = _unit(weights @ self._directions).astype(np.float32)
        return vectors

    def _tokens(self, text: str) -> tuple[Vectors, _Matrix]:
        """The token vectors of a text and the weights of their terms."""
        count = Counter(term for term in self._analyzer.analyze(text) if term in self._column)
        columns = [self._column[term] for term in count]
        weights = self._idf[columns] * (1 + np.log(list(count.values()))) if columns else np.zeros(0)
        vectors: Vectors = _unit(self._term_vectors[columns] + self._encode([count])).astype(np.float32)
        return vectors, weights


def truncated_svd(matrix: scipy.sparse.csr_array, dim: int) -> tuple[_Matrix, _Matrix]:
    """The leading right singular vectors and singular values of a sparse matrix.

    The sign of a vector is free; here its entry of largest magnitude, the first of them, is positive.

    Args:
        matrix: float64, shape (rows, columns).
        dim: How many to find; fewer where the rank of the matrix is less.

    Returns:
        The vectors as columns, float64, shape (columns, found), and the values, float64, shape (found,), descending.

    Example:
        >>> vectors, values = truncated_svd(scipy.sparse.csr_array([[3.0, 0.0], [0.0, -2.0]]), 2)
        >>> vectors.tolist(), values.tolist()
        ([[1.0, 0.0], [0.0, 1.0]], [3.0, 2.0])
    """
    if min(matrix.shape) <= max(_DENSE_LIMIT, dim):
        _, values, rows = np.linalg.svd(matrix.toarray(), full_matrices=False)
    else:
        # A fixed start: ARPACK would draw a random one, and the last bits would differ from run to run.
        start = np.random.default_rng(0).standard_normal(min(matrix.shape))
        _, values, rows = scipy.sparse.linalg.svds(matrix, k=dim, v0=start, solver="arpack")
        order = np.argsort(-values, kind="stable")
        values, rows = values[order], rows[order]
    values, rows = values[:dim], rows[:dim]
    found = values > _NOTHING * values[0]
    values, rows = values[found], rows[found]
    largest = np.argmax(np.abs(rows), axis=1)
    signs = np.where(rows[np.arange(len(rows)), largest] < 0, -1.0, 1.0)
    return np.ascontiguousarray((rows * signs[:, np.newaxis]).T), values


def _weights(counts: Sequence[Counter[str]], column: dict[str, int], idf: _Matrix) -> scipy.sparse.csr_array:
    """The tf-idf matrix of texts and known terms, with unit rows."""
    known = [[(column[term], times) for term, times in count.items() if term in column] for count in counts]
    offsets = np.cumsum([0, *map(len, known)])
    columns = np.array([c for row in known for c, _ in row], dtype=np.int64)
    values = (1 + np.log([float(times) for row in known for _, times in row])) * idf[columns]
    matrix = scipy.sparse.csr_array((values, columns, offsets), shape=(len(counts), len(idf)))
    norms = np.sqrt(np.asarray((matrix * matrix).sum(axis=1)).ravel())
    matrix.data /= np.repeat(np.where(norms > 0, norms, 1.0), np.diff(offsets))
    return matrix


def _unit(rows: _Matrix) -> _Matrix:
    """Rows at unit length; what is left of a row by rounding alone becomes zeros."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    known = norms > _NOTHING
    unit: _Matrix = np.where(known, rows, 0.0) / np.where(known, norms, 1.0)
    return unit
