"""Real models: an encoder over the sentence-transformers library."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rank_rank.encoder import Vectors
from rank_rank.errors import EncoderError, MissingPackageError


class SentenceEncoder:
    """An encoder over a sentence-transformers model: its sentence embeddings, and its token embeddings for MaxSim.

    Args:
        name: A model's name on the hub, or its folder.

    Raises:
        MissingPackageError: sentence-transformers is not installed.
        EncoderError: The model cannot be loaded.

    Source:
        Reimers, Gurevych: Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks (EMNLP 2019).
    """

    def __init__(self, name: str) -> None:
        try:
            import sentence_transformers  # noqa: PLC0415 - an optional package, and seconds to import
        except ImportError:
            raise MissingPackageError(
                "encoder: expected sentence-transformers to be installed, got none; pip install 'rank-rank[encoder]'"
            ) from None
        try:
            self._model: Any = sentence_transformers.SentenceTransformer(name)
        except Exception as error:  # hub, file and format errors of four libraries, which have no common base
            raise EncoderError(
                f"encoder: expected a sentence-transformers model, got {name!r} ({_first_line(error)}); "
                "give a model's name or the folder it is in"
            ) from error
        self.name = name
        self.dim = int(self.encode(["dimension"]).shape[1])

    def encode(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        """Encodes documents.

        Args:
            texts: Any number.
            progress: Shows a progress bar.

        Returns:
            float32, shape (texts, dim), unit rows.
        """
        return _unit(self._model.encode_document(list(texts), show_progress_bar=progress, convert_to_numpy=True))

    def encode_query(self, text: str) -> Vectors:
        """Encodes a query, with the prompt that the model has for queries.

        Args:
            text: The query.

        Returns:
            float32, shape (dim,), of unit length.
        """
        vector: Vectors = _unit(self._model.encode_query([text], show_progress_bar=False, convert_to_numpy=True))[0]
        return vector

    def token_vectors(self, texts: Sequence[str], progress: bool = False) -> list[Vectors]:
        """Encodes the tokens of documents, special tokens included.

        Args:
            texts: Any number.
            progress: Shows a progress bar.

        Returns:
            For each text float32, shape (tokens, token dim), unit rows.

        Raises:
            EncoderError: A model without token embeddings.
        """
        return self._tokens(self._model.encode_document, texts, progress)

    def query_token_vectors(self, text: str) -> Vectors:
        """Encodes the tokens of a query.

        Args:
            text: The query.

        Returns:
            float32, shape (tokens, token dim), unit rows: every token has the weight 1.

        Raises:
            EncoderError: A model without token embeddings.
        """
        return self._tokens(self._model.encode_query, [text], progress=False)[0]

    def _tokens(self, encode: Any, texts: Sequence[str], progress: bool) -> list[Vectors]:  # noqa: ANN401 - no types there
        try:
            embeddings = encode(list(texts), output_value="token_embeddings", show_progress_bar=progress)
            return [_unit(tokens.cpu().numpy()) for tokens in embeddings]
        except (KeyError, AttributeError, ValueError) as error:
            raise EncoderError(
                f"encoder: expected a model with token embeddings, got {self.name!r} ({_first_line(error)}); "
                "MaxSim needs a transformer model"
            ) from error


def _unit(rows: Any) -> Vectors:  # noqa: ANN401 - what the model gives
    vectors: Vectors = np.ascontiguousarray(rows, dtype=np.float32)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
    return unit


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
