from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import TypeVar, final

import numpy as np
from numpy.typing import NDArray

_Id = TypeVar("_Id", bound=int | str)

@final
class OrtCrossEncoder:
    """A cross-encoder in an ONNX file: reads query and document together and gives one score for the pair.

    ONNX Runtime comes from the installed ``onnxruntime`` package (``pip install "rank-rerank[onnx]"``) or from the
    library at ``ORT_DYLIB_PATH``, and is loaded at the first encoder. A score is the model's raw logit; models that
    were trained for probabilities give them through the sigmoid, ``1 / (1 + exp(-score))``.

    Pairs are tokenized by the model's own tokenizer and scored in batches of like length. Other threads run meanwhile;
    those that share an encoder take turns.

    Source:
        Nogueira and Cho: Passage Re-ranking with BERT (2019).
    """

    @staticmethod
    def from_file(
        model_path: str | PathLike[str],
        tokenizer_path: str | PathLike[str] | None = None,
        max_length: int = 512,
        threads: int = 0,
    ) -> OrtCrossEncoder:
        """Loads a model, such as :func:`rank_rerank.onnx_export.export_cross_encoder` writes.

        Args:
            model_path: The ONNX file. Its inputs are ``input_ids``, ``attention_mask`` and, if it has it,
                ``token_type_ids``, int64 of shape ``(batch, length)``; its output, called ``logits`` if there are
                several, is float32 of shape ``(batch, 1)`` or ``(batch,)``.
            tokenizer_path: The model's ``tokenizer.json``; by default the one beside the model.
            max_length: The most tokens of a pair, special tokens included, at least 8. Of a longer pair the longer
                text loses its end, as with ``truncation=True`` in transformers.
            threads: Threads that share the work of a batch; 0 lets ONNX Runtime choose.

        Raises:
            FileNotFoundError: No such model or tokenizer.
            BackendError: ONNX Runtime is not installed or cannot be loaded.
            InvalidInputError: A file of another kind, a model with other inputs or outputs, a tokenizer that puts
                nothing between two texts, or a ``max_length`` below 8.

        Example:
            >>> encoder = OrtCrossEncoder.from_file("model.onnx")  # doctest: +SKIP
        """

    def score(self, query: str, doc: str) -> float:
        """The logit of one pair; higher is more relevant.

        Raises:
            InvalidInputError: The model gives a NaN, or the tokenizer has no token for a text.
            BackendError: ONNX Runtime fails, as it does for pairs of more tokens than the model has positions.

        Example:
            >>> encoder.score("stack arrays", "Join arrays along a new axis.")  # doctest: +SKIP
            5.3
        """

    def score_batch(self, query: str, docs: Iterable[str], progress: bool = False) -> NDArray[np.float32]:
        """The logit of each document.

        Args:
            query: The query.
            docs: The documents' texts; there may be none.
            progress: Whether to show a progress bar, which needs tqdm.

        Returns:
            float32 of shape ``(docs,)``, in the order of ``docs``. A score does not depend on the other documents
            beyond rounding (1e-5), unless the model is quantized with scales that are computed for a batch.

        Raises:
            DtypeError: ``docs`` is a single str, or holds something else than str.
            InvalidInputError: As :meth:`score`.
            BackendError: As :meth:`score`.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> encoder.score_batch("stack arrays", ["Join arrays.", "Sort."])  # doctest: +SKIP
            array([ 4.1, -7.9], dtype=float32)
        """

    def rerank(
        self, query: str, candidates: Iterable[tuple[_Id, str]], progress: bool = False
    ) -> list[tuple[_Id, float]]:
        """Scores each candidate's text and ranks the candidates.

        Args:
            query: The query.
            candidates: ``(id, text)`` pairs in any order.
            progress: Whether to show a progress bar, which needs tqdm.

        Returns:
            Every candidate as ``(id, logit)``, by logit descending, then by id ascending.

        Raises:
            DtypeError: Something else than ``(id, text)`` pairs.
            DuplicateIdError: A candidate twice.
            InvalidInputError: As :meth:`score`.
            BackendError, MissingPackageError: As :meth:`score_batch`.

        Example:
            >>> encoder.rerank("stack arrays", [("d1", "Sort."), ("d2", "Join arrays.")])  # doctest: +SKIP
            [('d2', 4.1), ('d1', -7.9)]
        """

def colbert_rank(
    query_tokens: NDArray[np.float32],
    candidates: Iterable[tuple[_Id, NDArray[np.float32]]] | Mapping[_Id, NDArray[np.float32]],
) -> list[tuple[_Id, float]]:
    """Reranks candidates by MaxSim: for each query token the largest dot product with any token, added up.

    Arrays are read in place, with the GIL released.

    Args:
        query_tokens: float32 of shape ``(tokens, dim)``, C-contiguous; of unit norm where the model is ColBERT.
        candidates: Pairs of an id, ``str`` or ``int``, and the document's tokens, float32 of shape ``(tokens, dim)``;
            or a dict of id to tokens.

    Returns:
        Every candidate with its score, by score descending, then by id ascending. Scores of unit vectors lie within
        ± the number of query tokens.

    Raises:
        ShapeError: A query or document without tokens, unequal dims, other dimensions or strides.
        InvalidInputError: A component that is NaN or infinite, or a score beyond the range of float32.
        DuplicateIdError: An id twice.
        DtypeError: Another dtype than float32, or something that is not a pair.

    Source:
        Khattab, Zaharia: ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT
        (SIGIR 2020), equation 3.

    Example:
        >>> query = np.array([[1, 0], [0, 1]], dtype=np.float32)
        >>> first = np.array([[1, 0]], dtype=np.float32)
        >>> second = np.array([[1, 0], [0, 0.5]], dtype=np.float32)
        >>> colbert_rank(query, [("first", first), ("second", second)])
        [('second', 1.5), ('first', 1.0)]
    """

def maxsim(query_tokens: NDArray[np.float32], doc_tokens: NDArray[np.float32]) -> float:
    """MaxSim: for each query token the largest dot product with any token of the document, added up.

    Args:
        query_tokens: float32 of shape ``(tokens, dim)``, C-contiguous.
        doc_tokens: float32 of shape ``(tokens, dim)``, C-contiguous.

    Returns:
        The sum of as many dot products as the query has tokens.

    Raises:
        ShapeError: No tokens, unequal dims, other dimensions or strides.
        InvalidInputError: A component that is NaN or infinite, or a score beyond the range of float32.
        DtypeError: Another dtype than float32.

    Source:
        Khattab, Zaharia: ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT
        (SIGIR 2020), equation 3.

    Example:
        >>> query = np.array([[1, 0], [0, 1]], dtype=np.float32)
        >>> maxsim(query, np.array([[3, 1], [2, 5]], dtype=np.float32))
        8.0
    """

def maxsim_batch(
    query_tokens: NDArray[np.float32],
    values: NDArray[np.float32] | Sequence[NDArray[np.float32]],
    offsets: NDArray[np.int64] | None = None,
) -> NDArray[np.float32]:
    """MaxSim of a query and many documents.

    Arrays are read in place, with the GIL released; Ctrl-C is answered within some milliseconds.

    Args:
        query_tokens: float32 of shape ``(tokens, dim)``, C-contiguous.
        values: The tokens of all documents, float32 of shape ``(tokens, dim)``, with ``offsets``; or a list of arrays,
            one for each document, without.
        offsets: int64 of shape ``(documents + 1,)``: the row of ``values`` at which each document begins, then the
            number of rows.

    Returns:
        float32 of shape ``(documents,)``: the scores, in the order of the documents.

    Raises:
        ShapeError: A query or document without tokens, unequal dims, other dimensions or strides.
        InvalidInputError: A component that is NaN or infinite, a score beyond the range of float32, or offsets that
            do not ascend from 0 to the number of rows.
        DtypeError: Another dtype than float32, or offsets that are not int64.

    Source:
        As for ``maxsim``.

    Example:
        >>> query = np.array([[1, 0], [0, 1]], dtype=np.float32)
        >>> values = np.array([[3, 1], [2, 5], [-1, 0]], dtype=np.float32)
        >>> maxsim_batch(query, values, np.array([0, 2, 3]))
        array([ 8., -1.], dtype=float32)
        >>> maxsim_batch(query, [values[:2], values[2:]])
        array([ 8., -1.], dtype=float32)
    """

def maxsim_cosine(query_tokens: NDArray[np.float32], doc_tokens: NDArray[np.float32]) -> float:
    """MaxSim by cosine: each token is divided by its Euclidean norm first.

    Args:
        query_tokens: float32 of shape ``(tokens, dim)``, C-contiguous.
        doc_tokens: float32 of shape ``(tokens, dim)``, C-contiguous.

    Returns:
        A score within ± the number of query tokens.

    Raises:
        ShapeError: No tokens, unequal dims, other dimensions or strides.
        InvalidInputError: A component that is NaN or infinite, or a token of zeros, which has no direction.
        DtypeError: Another dtype than float32.

    Source:
        As for ``maxsim``.

    Example:
        >>> maxsim_cosine(np.array([[0, 7]], dtype=np.float32), np.array([[6, 8], [5, 0]], dtype=np.float32))
        0.800000011920929
    """
