"""What the pipeline asks of an encoder."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors: one for a whole text, and one for each of its tokens."""

    @property
    def name(self) -> str:
        """What reports call it."""
        ...

    @property
    def dim(self) -> int:
        """The length of a text's vector."""
        ...

    def encode(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        """Encodes documents.

        Args:
            texts: Any number.
            progress: Shows a progress bar.

        Returns:
            float32, shape (texts, dim), unit rows; a row of zeros is a text of which nothing is known.
        """
        ...

    def encode_query(self, text: str) -> Vectors:
        """Encodes a query.

        Args:
            text: The query.

        Returns:
            float32, shape (dim,), of unit length, or zeros where nothing of the text is known.
        """
        ...

    def token_vectors(self, texts: Sequence[str], progress: bool = False) -> list[Vectors]:
        """Encodes the tokens of documents.

        Args:
            texts: Any number.
            progress: Shows a progress bar.

        Returns:
            For each text float32, shape (tokens, token dim), unit rows.
        """
        ...

    def query_token_vectors(self, text: str) -> Vectors:
        """Encodes the tokens of a query.

        Args:
            text: The query.

        Returns:
            float32, shape (tokens, token dim); the length of a row is the weight of its token.
        """
        ...
