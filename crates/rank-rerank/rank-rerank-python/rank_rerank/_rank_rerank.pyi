from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Literal, TypeAlias, TypeVar, final

import numpy as np
from numpy.typing import NDArray

_Id = TypeVar("_Id", bound=int | str)
# float16, or the bits of bfloat16, or codes, or sign bits: see maxsim_batch.
_Tokens: TypeAlias = (
    NDArray[np.float32] | NDArray[np.float16] | NDArray[np.uint16] | NDArray[np.int8] | NDArray[np.uint8]
)

@final
class FixedDimensionalEncoder:
    """MUVERA: a query and a document of many tokens as one vector each, whose dot product approximates their MaxSim.

    So any index of vectors retrieves documents of many tokens; what it finds is scored again, by :func:`maxsim_batch`.
    In each repetition random hyperplanes divide the space into ``2 ** simhash_bits`` cells. A query's tokens are added
    up in each cell, a document's averaged; a cell without a token of the document takes the first token of the nearest
    cell that has one, by the Hamming distance of their numbers. Components of cells are made fewer by random signs,
    those of the whole by a count sketch. The dot product of two encodings is near to MaxSim times ``repetitions``.

    Queries and documents must be encoded with the same arguments. On one machine the same seed gives the same bits;
    hyperplanes and signs are the same on all.

    Args:
        dim: The components of a token.
        simhash_bits: Hyperplanes of a repetition, at most 16.
        projection_dim: Components that are left of a cell, at most ``dim``; None for all.
        repetitions: Independent divisions of the space.
        final_dim: Components that are left of the whole encoding; None for all.
        fill_empty: Whether empty cells of documents are filled.
        seed: Where chance begins.

    Raises:
        InvalidInputError: A number out of its range.
        ShapeError: ``dim`` 0.

    Source:
        Dhulipala, Hadian, Jayaram, Lee, Mirrokni: MUVERA: Multi-Vector Retrieval via Fixed Dimensional Encodings
        (NeurIPS 2024).

    Example:
        >>> encoder = FixedDimensionalEncoder(2, simhash_bits=2, projection_dim=None, repetitions=10)
        >>> query = encoder.encode_query(np.array([[1, 0], [0, 1]], dtype=np.float32))
        >>> document = encoder.encode_document(np.array([[0.5, 0.25]], dtype=np.float32))
        >>> encoder.score(query, document)  # of one token all cells are the same: 0.5 + 0.25
        0.75
    """

    def __new__(
        cls,
        dim: int,
        *,
        simhash_bits: int = 5,
        projection_dim: int | None = 16,
        repetitions: int = 20,
        final_dim: int | None = None,
        fill_empty: bool = True,
        seed: int = 42,
    ) -> FixedDimensionalEncoder: ...
    @staticmethod
    def from_arrays(
        hyperplanes: NDArray[np.float32],
        projections: NDArray[np.float32] | None = None,
        *,
        final_dim: int | None = None,
        fill_empty: bool = True,
        seed: int = 42,
    ) -> FixedDimensionalEncoder:
        """An encoder of given hyperplanes and projections, such as those of encodings that are stored already.

        With those of fastembed's ``Muvera`` the encodings are the same but for rounding:
        ``np.stack([hash.simhash_vectors for hash in muvera.simhash_projections])`` and
        ``muvera.dim_reduction_projections``, as float32.

        Args:
            hyperplanes: float32 of shape ``(repetitions, dim, simhash_bits)``, C-contiguous.
            projections: float32 of shape ``(repetitions, dim, projection_dim)``, C-contiguous, of 1 and -1; None for
                none. As many as ``dim`` are none.
            final_dim: Components that are left of the whole encoding; None for all.
            fill_empty: Whether empty cells of documents are filled.
            seed: Where the chance of ``final_dim`` begins.

        Raises:
            ShapeError: Other dimensions or strides.
            InvalidInputError: A number out of its range, a component that is NaN or infinite.
            DtypeError: Another dtype than float32.

        Example:
            >>> FixedDimensionalEncoder.from_arrays(np.eye(2, dtype=np.float32)[None]).encoded_dim
            8
        """

    @property
    def dim(self) -> int:
        """The components of a token."""

    @property
    def encoded_dim(self) -> int:
        """The components of an encoding."""

    def encode_query(self, query_tokens: NDArray[np.float32]) -> NDArray[np.float32]:
        """The encoding of one query.

        Args:
            query_tokens: float32 of shape ``(tokens, dim)``, C-contiguous.

        Returns:
            float32 of shape ``(encoded_dim,)``.

        Raises:
            ShapeError: No tokens, another ``dim``, other dimensions or strides.
            InvalidInputError: A component that is NaN or infinite, or an encoding beyond the range of float32.
            DtypeError: Another dtype than float32.

        Example:
            >>> encoder = FixedDimensionalEncoder(2, simhash_bits=0, projection_dim=None, repetitions=1)
            >>> encoder.encode_query(np.array([[1, 0], [2, 1]], dtype=np.float32))  # the sum
            array([3., 1.], dtype=float32)
        """

    def encode_document(self, doc_tokens: NDArray[np.float32]) -> NDArray[np.float32]:
        """The encoding of one document.

        Args:
            doc_tokens: float32 of shape ``(tokens, dim)``, C-contiguous.

        Returns:
            float32 of shape ``(encoded_dim,)``.

        Raises:
            ShapeError, InvalidInputError, DtypeError: As :meth:`encode_query`.

        Example:
            >>> encoder = FixedDimensionalEncoder(2, simhash_bits=0, projection_dim=None, repetitions=1)
            >>> encoder.encode_document(np.array([[1, 0], [2, 1]], dtype=np.float32))  # the mean
            array([1.5, 0.5], dtype=float32)
        """

    def encode_queries(
        self,
        values: _Tokens | Iterable[_Tokens],
        offsets: NDArray[np.int64] | None = None,
        *,
        scales: NDArray[np.float32] | Iterable[NDArray[np.float32]] | None = None,
        mask: NDArray[np.bool_] | None = None,
        threads: int = 1,
        progress: bool = False,
    ) -> NDArray[np.float32]:
        """The encodings of many queries, with the GIL released.

        Args:
            values: The tokens of all queries, of any dtype and layout that :func:`maxsim_batch` takes documents in.
            offsets: As in :func:`maxsim_batch`.
            scales: As in :func:`maxsim_batch`.
            mask: As in :func:`maxsim_batch`.
            threads: How many threads share the queries; 0 for as many as the machine has.
            progress: Whether to show a progress bar, which needs tqdm.

        Returns:
            float32 of shape ``(queries, encoded_dim)``, the same for any number of threads.

        Raises:
            ShapeError, InvalidInputError, DtypeError: As :func:`maxsim_batch`; a query without tokens.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> encoder = FixedDimensionalEncoder(2, simhash_bits=0, projection_dim=None, repetitions=1)
            >>> encoder.encode_queries(np.array([[1, 0], [2, 1]], dtype=np.float32), np.array([0, 1, 2]))
            array([[1., 0.],
                   [2., 1.]], dtype=float32)
        """

    def encode_documents(
        self,
        values: _Tokens | Iterable[_Tokens],
        offsets: NDArray[np.int64] | None = None,
        *,
        scales: NDArray[np.float32] | Iterable[NDArray[np.float32]] | None = None,
        mask: NDArray[np.bool_] | None = None,
        threads: int = 1,
        progress: bool = False,
    ) -> NDArray[np.float32]:
        """The encodings of many documents, with the GIL released.

        Args:
            values: The tokens of all documents, of any dtype and layout that :func:`maxsim_batch` takes.
            offsets: As in :func:`maxsim_batch`.
            scales: As in :func:`maxsim_batch`.
            mask: As in :func:`maxsim_batch`.
            threads: How many threads share the documents; 0 for as many as the machine has.
            progress: Whether to show a progress bar, which needs tqdm.

        Returns:
            float32 of shape ``(documents, encoded_dim)``, the same for any number of threads.

        Raises:
            ShapeError, InvalidInputError, DtypeError: As :func:`maxsim_batch`; a document without tokens.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> encoder = FixedDimensionalEncoder(2, simhash_bits=0, projection_dim=None, repetitions=1)
            >>> encoder.encode_documents([np.array([[1, 0], [2, 1]], dtype=np.float32)])
            array([[1.5, 0.5]], dtype=float32)
        """

    def score(self, query_encoding: NDArray[np.float32], doc_encoding: NDArray[np.float32]) -> float:
        """What two encodings say of the MaxSim of query and document: their dot product divided by ``repetitions``.

        Args:
            query_encoding: float32 of shape ``(encoded_dim,)``.
            doc_encoding: float32 of shape ``(encoded_dim,)``.

        Raises:
            ShapeError: Another number of components, other dimensions or strides.
            DtypeError: Another dtype than float32.

        Example:
            >>> encoder = FixedDimensionalEncoder(2, simhash_bits=0, projection_dim=None, repetitions=2)
            >>> encoder.score(np.ones(4, dtype=np.float32), np.ones(4, dtype=np.float32))
            2.0
        """

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

def dpp(
    candidates: Iterable[tuple[_Id, float]],
    embeddings: NDArray[np.float32],
    alpha: float = 1.0,
    k: int = 10,
    *,
    metric: Literal["cosine", "precomputed"] = "cosine",
) -> list[tuple[_Id, float]]:
    """Greedy selection from a determinantal point process: the most relevant that span the largest volume.

    With the kernel ``L(i, j) = exp(alpha * relevance(i)) * similarity(i, j) * exp(alpha * relevance(j))``, each next
    one is that by which the determinant of the selected grows most; the gain is the logarithm of that factor,
    ``2 * alpha * relevance + log(residual)``. The selection ends before ``k`` where all that is left lies in the span
    of the selected.
    Precomputed similarities must be those of unit vectors.

    Args:
        candidates: Pairs of an id, ``str`` or ``int``, and a score, its relevance; in any order.
        embeddings: float32 of shape ``(candidates, dim)``, C-contiguous, a row for each candidate; or, with ``metric``
            ``"precomputed"``, of shape ``(candidates, candidates)``: the similarity of each to each.
        alpha: The weight of relevance, at least 0; 0 for diversity alone.
        k: How many to select; beyond the number of candidates, all.
        metric: ``"cosine"`` of the embeddings, 0 with a vector of zeros; or ``"precomputed"``.

    Returns:
        The selected ids in the order of selection, each with its gain. Of equal gains the candidate that comes first is
        taken.

    Raises:
        ShapeError: Another number of rows than of candidates, other dimensions or strides.
        InvalidInputError: A score or a component that is NaN or infinite, ``alpha`` or ``k`` out of range, another
            ``metric``.
        DuplicateIdError: An id twice.
        DtypeError: Another dtype than float32, a dict of candidates, or something that is not a pair.

    Source:
        Chen, Zhang, Zhou: Fast greedy MAP inference for determinantal point process to improve recommendation diversity
        (NeurIPS 2018).

    Example:
        >>> embeddings = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
        >>> candidates = [("a", 1.0), ("b", 0.75), ("c", 0.5)]
        >>> dpp(candidates, embeddings)
        [('a', 2.0), ('c', 1.0)]
    """

def facility_location(
    candidates: Iterable[tuple[_Id, float]],
    embeddings: NDArray[np.float32],
    lambda_mult: float = 0.5,
    k: int = 10,
    *,
    metric: Literal["cosine", "precomputed"] = "cosine",
) -> list[tuple[_Id, float]]:
    """Facility location: the few that represent all candidates best.

    Maximizes ``lambda_mult`` times the sum of the selected's relevance plus ``1 - lambda_mult`` times the sum, over all
    candidates, of the largest similarity to a selected one, negative ones counted as 0. Keeps ``4 * n * n`` bytes of
    similarities.

    Args:
        candidates: Pairs of an id, ``str`` or ``int``, and a score, its relevance; in any order.
        embeddings: float32 of shape ``(candidates, dim)``, C-contiguous, a row for each candidate; or, with ``metric``
            ``"precomputed"``, of shape ``(candidates, candidates)``: the similarity of each to each.
        lambda_mult: The weight of relevance, from 0, diversity alone, to 1, relevance alone.
        k: How many to select; beyond the number of candidates, all.
        metric: ``"cosine"`` of the embeddings, 0 with a vector of zeros; or ``"precomputed"``.

    Returns:
        The selected ids in the order of selection, each with its gain. Of equal gains the candidate that comes first is
        taken.

    Raises:
        ShapeError: Another number of rows than of candidates, other dimensions or strides.
        InvalidInputError: A score or a component that is NaN or infinite, ``lambda_mult`` or ``k`` out of range,
            another ``metric``.
        DuplicateIdError: An id twice.
        DtypeError: Another dtype than float32, a dict of candidates, or something that is not a pair.

    Source:
        Nemhauser, Wolsey, Fisher: An analysis of approximations for maximizing submodular set functions (1978); Minoux:
        Accelerated greedy algorithms for maximizing submodular set functions (1978).

    Example:
        >>> embeddings = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
        >>> candidates = [("a", 1.0), ("b", 0.75), ("c", 0.5)]
        >>> facility_location(candidates, embeddings, lambda_mult=0.0, k=2)
        [('a', 2.0), ('c', 1.0)]
    """

def max_sum(
    candidates: Iterable[tuple[_Id, float]],
    embeddings: NDArray[np.float32],
    lambda_mult: float = 0.5,
    k: int = 10,
    *,
    metric: Literal["cosine", "precomputed"] = "cosine",
) -> list[tuple[_Id, float]]:
    """Max-sum diversification: relevance and the sum of distances between the selected.

    Maximizes ``lambda_mult`` times the sum of relevance plus ``(1 - lambda_mult) * 2 / (k - 1)`` times the sum over
    pairs of ``1 - similarity``. Each next one is that with the largest gain, its relevance counted by half: at least
    half as good as the best set where distances obey the triangle inequality.

    Args:
        candidates: Pairs of an id, ``str`` or ``int``, and a score, its relevance; in any order.
        embeddings: float32 of shape ``(candidates, dim)``, C-contiguous, a row for each candidate; or, with ``metric``
            ``"precomputed"``, of shape ``(candidates, candidates)``: the similarity of each to each.
        lambda_mult: The weight of relevance, from 0, diversity alone, to 1, relevance alone.
        k: How many to select; beyond the number of candidates, all.
        metric: ``"cosine"`` of the embeddings, 0 with a vector of zeros; or ``"precomputed"``.

    Returns:
        The selected ids in the order of selection, each with its gain. Of equal gains the candidate that comes first is
        taken.

    Raises:
        ShapeError: Another number of rows than of candidates, other dimensions or strides.
        InvalidInputError: A score or a component that is NaN or infinite, ``lambda_mult`` or ``k`` out of range,
            another ``metric``.
        DuplicateIdError: An id twice.
        DtypeError: Another dtype than float32, a dict of candidates, or something that is not a pair.

    Source:
        Gollapudi, Sharma: An axiomatic approach for result diversification (WWW 2009); Borodin, Lee, Ye: Max-sum
        diversification, monotone submodular functions and dynamic updates (PODS 2012).

    Example:
        >>> embeddings = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
        >>> candidates = [("a", 1.0), ("b", 0.75), ("c", 0.5)]
        >>> max_sum(candidates, embeddings, k=2)
        [('a', 0.25), ('c', 1.125)]
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
    values: _Tokens | Sequence[_Tokens],
    offsets: NDArray[np.int64] | None = None,
    *,
    scales: NDArray[np.float32] | Sequence[NDArray[np.float32]] | None = None,
    mask: NDArray[np.bool_] | None = None,
    weights: NDArray[np.float32] | None = None,
    cosine: bool = False,
    precision: Literal["bf16", "signs"] | None = None,
    threads: int = 1,
) -> NDArray[np.float32]:
    """MaxSim of a query and many documents.

    Arrays are read in place, with the GIL released; Ctrl-C is answered within some milliseconds. A torch tensor of
    bfloat16 on the CPU is passed, without a copy, as ``tensor.view(torch.uint16).numpy()``; one of another dtype as
    ``tensor.numpy()``.

    The query is rounded, or quantized, as the documents are; for documents of sign bits, whose components are ±1, it is
    quantized to int8. Scores of unit tokens change by about 5e-4 of their value with bfloat16, and by 1e-3 with int8;
    sums are of single precision, those of int8 codes and of sign bits exact.

    Args:
        query_tokens: float32 of shape ``(tokens, dim)``, C-contiguous.
        values: The tokens of all documents, C-contiguous: of shape ``(tokens, dim)`` with ``offsets``; of shape
            ``(documents, tokens, dim)`` with ``mask``; or a list of arrays of shape ``(tokens, dim)``, one for each
            document, with neither. float32, float16, the bits of bfloat16 as uint16, int8 with ``scales``, or sign bits
            as uint8 with ``dim / 8`` for ``dim``, see :func:`quantize_binary`.
        offsets: int64 of shape ``(documents + 1,)``: the row of ``values`` at which each document begins, then the
            number of rows.
        scales: float32 of shape ``(tokens,)``, with ``mask`` ``(documents, tokens)``, or a list of them: by what the
            int8 codes of each token are multiplied, before the maximum is taken. See :func:`quantize_int8`.
        mask: bool of shape ``(documents, tokens)``: what is a token, and what is padding, which never wins.
        weights: float32 of shape ``(query tokens,)``: by what the maximum of each query token is multiplied before
            they are added up; by default 1.
        cosine: Whether tokens are divided by their Euclidean norms first.
        precision: ``"bf16"`` rounds float32 documents to bfloat16 on the way, ``"signs"`` takes the query's signs alone
            for documents of sign bits, both for speed; by default documents are scored as they are stored.
        threads: How many threads share the documents; 0: as many as the machine has. They end with the call. Scores are
            the same bits for any number.

    Returns:
        float32 of shape ``(documents,)``: the scores, in the order of the documents.

    Raises:
        ShapeError: A query or document without tokens, unequal dims, other dimensions or strides.
        InvalidInputError: A component that is NaN or infinite, a score beyond the range of float32, offsets that do not
            ascend from 0 to the number of rows, int8 without scales or scales without int8, mask beside offsets,
            another ``precision``, or weights that are not one finite number for each query token.
        DtypeError: Another dtype, or offsets that are not int64.

    Source:
        As for ``maxsim``.

    Example:
        >>> query = np.array([[1, 0], [0, 1]], dtype=np.float32)
        >>> values = np.array([[3, 1], [2, 5], [-1, 0]], dtype=np.float32)
        >>> maxsim_batch(query, values, np.array([0, 2, 3]))
        array([ 8., -1.], dtype=float32)
        >>> maxsim_batch(query, [values[:2], values[2:]])
        array([ 8., -1.], dtype=float32)
        >>> mask = np.array([[True, True, False]])
        >>> maxsim_batch(query, values[None], mask=mask, weights=np.array([1, 0.5], dtype=np.float32))
        array([5.5], dtype=float32)
        >>> codes, scales = quantize_int8(values)
        >>> maxsim_batch(query, codes, np.array([0, 2, 3]), scales=scales).round(1)
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

def maxsim_matrix(
    queries: Iterable[NDArray[np.float32]],
    values: _Tokens | Sequence[_Tokens],
    offsets: NDArray[np.int64] | None = None,
    *,
    scales: NDArray[np.float32] | Sequence[NDArray[np.float32]] | None = None,
    mask: NDArray[np.bool_] | None = None,
    cosine: bool = False,
    precision: Literal["bf16", "signs"] | None = None,
    threads: int = 1,
) -> NDArray[np.float32]:
    """MaxSim of many queries and many documents: each document meets all queries while it is in the cache.

    Scores are those of :func:`maxsim_batch`, to the bit.

    Args:
        queries: float32 of shape ``(tokens, dim)`` each, C-contiguous; a list of them, or an array of shape
            ``(queries, tokens, dim)``.
        values: The tokens of all documents, C-contiguous: of shape ``(tokens, dim)`` with ``offsets``; of shape
            ``(documents, tokens, dim)`` with ``mask``; or a list of arrays of shape ``(tokens, dim)``, one for each
            document, with neither. float32, float16, the bits of bfloat16 as uint16, int8 with ``scales``, or sign bits
            as uint8 with ``dim / 8`` for ``dim``, see :func:`quantize_binary`.
        offsets: int64 of shape ``(documents + 1,)``: the row of ``values`` at which each document begins, then the
            number of rows.
        scales: float32 of shape ``(tokens,)``, with ``mask`` ``(documents, tokens)``, or a list of them: by what the
            int8 codes of each token are multiplied, before the maximum is taken. See :func:`quantize_int8`.
        mask: bool of shape ``(documents, tokens)``: what is a token, and what is padding, which never wins.
        cosine: Whether tokens are divided by their Euclidean norms first.
        precision: ``"bf16"`` rounds float32 documents to bfloat16 on the way, ``"signs"`` takes the query's signs alone
            for documents of sign bits, both for speed; by default documents are scored as they are stored.
        threads: How many threads share the documents; 0: as many as the machine has. They end with the call. Scores are
            the same bits for any number.

    Returns:
        float32 of shape ``(queries, documents)``.

    Raises:
        ShapeError: A query or document without tokens, unequal dims, other dimensions or strides.
        InvalidInputError: A component that is NaN or infinite, a score beyond the range of float32, offsets that do not
            ascend from 0 to the number of rows, int8 without scales or scales without int8, mask beside offsets,
            another ``precision``.
        DtypeError: Another dtype, or offsets that are not int64.

    Source:
        As for ``maxsim``.

    Example:
        >>> queries = [np.array([[1, 0]], dtype=np.float32), np.array([[0, 1], [1, 1]], dtype=np.float32)]
        >>> values = np.array([[3, 1], [2, 5], [-1, 0]], dtype=np.float32)
        >>> maxsim_matrix(queries, values, np.array([0, 2, 3]))
        array([[ 3., -1.],
               [12., -1.]], dtype=float32)
    """

def maxsim_top_k(
    query_tokens: NDArray[np.float32],
    values: _Tokens | Sequence[_Tokens],
    offsets: NDArray[np.int64] | None = None,
    *,
    k: int,
    scales: NDArray[np.float32] | Sequence[NDArray[np.float32]] | None = None,
    mask: NDArray[np.bool_] | None = None,
    weights: NDArray[np.float32] | None = None,
    cosine: bool = False,
    precision: Literal["bf16", "signs"] | None = None,
    threads: int = 1,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The best documents of a query by MaxSim.

    Args:
        query_tokens: float32 of shape ``(tokens, dim)``, C-contiguous.
        values: The tokens of all documents, C-contiguous: of shape ``(tokens, dim)`` with ``offsets``; of shape
            ``(documents, tokens, dim)`` with ``mask``; or a list of arrays of shape ``(tokens, dim)``, one for each
            document, with neither. float32, float16, the bits of bfloat16 as uint16, int8 with ``scales``, or sign bits
            as uint8 with ``dim / 8`` for ``dim``, see :func:`quantize_binary`.
        offsets: int64 of shape ``(documents + 1,)``: the row of ``values`` at which each document begins, then the
            number of rows.
        scales: float32 of shape ``(tokens,)``, with ``mask`` ``(documents, tokens)``, or a list of them: by what the
            int8 codes of each token are multiplied, before the maximum is taken. See :func:`quantize_int8`.
        mask: bool of shape ``(documents, tokens)``: what is a token, and what is padding, which never wins.
        k: How many documents; all if there are no more.
        weights: float32 of shape ``(query tokens,)``: by what the maximum of each query token is multiplied before
            they are added up; by default 1.
        cosine: Whether tokens are divided by their Euclidean norms first.
        precision: ``"bf16"`` rounds float32 documents to bfloat16 on the way, ``"signs"`` takes the query's signs alone
            for documents of sign bits, both for speed; by default documents are scored as they are stored.
        threads: How many threads share the documents; 0: as many as the machine has. They end with the call. Scores are
            the same bits for any number.

    Returns:
        The positions of the documents, int64, and their scores, float32: by score descending, then by position.

    Raises:
        ShapeError: A query or document without tokens, unequal dims, other dimensions or strides.
        InvalidInputError: A component that is NaN or infinite, a score beyond the range of float32, offsets that do not
            ascend from 0 to the number of rows, int8 without scales or scales without int8, mask beside offsets,
            another ``precision``, or weights that are not one finite number for each query token.
        DtypeError: Another dtype, or offsets that are not int64.

    Source:
        As for ``maxsim``.

    Example:
        >>> query = np.array([[1, 0]], dtype=np.float32)
        >>> values = np.array([[0.5, 0], [1, 0], [0.25, 0]], dtype=np.float32)
        >>> maxsim_top_k(query, values, np.array([0, 1, 2, 3]), k=2)
        (array([1, 0]), array([1. , 0.5], dtype=float32))
    """

def mmr(
    candidates: Iterable[tuple[_Id, float]],
    embeddings: NDArray[np.float32],
    lambda_mult: float = 0.5,
    k: int = 10,
    *,
    metric: Literal["cosine", "precomputed"] = "cosine",
) -> list[tuple[_Id, float]]:
    """Maximal marginal relevance: relevance less the similarity to the nearest that is selected.

    Each next one is that with the largest ``lambda_mult * relevance - (1 - lambda_mult) * similarity to the nearest
    selected``, and the first the most relevant. Relevance is used as it is: bring it to the range of the similarities
    before, or weigh accordingly.

    Args:
        candidates: Pairs of an id, ``str`` or ``int``, and a score, its relevance; in any order.
        embeddings: float32 of shape ``(candidates, dim)``, C-contiguous, a row for each candidate; or, with ``metric``
            ``"precomputed"``, of shape ``(candidates, candidates)``: the similarity of each to each.
        lambda_mult: The weight of relevance, from 0, diversity alone, to 1, relevance alone.
        k: How many to select; beyond the number of candidates, all.
        metric: ``"cosine"`` of the embeddings, 0 with a vector of zeros; or ``"precomputed"``.

    Returns:
        The selected ids in the order of selection, each with its gain. Of equal gains the candidate that comes first is
        taken.

    Raises:
        ShapeError: Another number of rows than of candidates, other dimensions or strides.
        InvalidInputError: A score or a component that is NaN or infinite, ``lambda_mult`` or ``k`` out of range,
            another ``metric``.
        DuplicateIdError: An id twice.
        DtypeError: Another dtype than float32, a dict of candidates, or something that is not a pair.

    Source:
        Carbonell, Goldstein: The use of MMR, diversity-based reranking for reordering documents and producing summaries
        (SIGIR 1998).

    Example:
        >>> embeddings = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
        >>> candidates = [("a", 1.0), ("b", 0.75), ("c", 0.5)]
        >>> mmr(candidates, embeddings, k=2)
        [('a', 0.5), ('c', 0.25)]
    """

def mmr_adaptive(
    candidates: Iterable[tuple[_Id, float]],
    embeddings: NDArray[np.float32],
    lambda_start: float = 1.0,
    lambda_end: float = 0.0,
    k: int = 10,
    *,
    metric: Literal["cosine", "precomputed"] = "cosine",
) -> list[tuple[_Id, float]]:
    """Maximal marginal relevance whose weight moves in equal steps, say from relevance on top to diversity below.

    As :func:`mmr`, with a ``lambda_mult`` of ``lambda_start`` at the first selected and ``lambda_end`` at the ``k``-th.

    Args:
        candidates: Pairs of an id, ``str`` or ``int``, and a score, its relevance; in any order.
        embeddings: float32 of shape ``(candidates, dim)``, C-contiguous, a row for each candidate; or, with ``metric``
            ``"precomputed"``, of shape ``(candidates, candidates)``: the similarity of each to each.
        lambda_start: The weight of relevance at the first, 0 to 1.
        lambda_end: The weight of relevance at the last, 0 to 1.
        k: How many to select; beyond the number of candidates, all.
        metric: ``"cosine"`` of the embeddings, 0 with a vector of zeros; or ``"precomputed"``.

    Returns:
        The selected ids in the order of selection, each with its gain. Of equal gains the candidate that comes first is
        taken.

    Raises:
        ShapeError: Another number of rows than of candidates, other dimensions or strides.
        InvalidInputError: A score or a component that is NaN or infinite, a weight or ``k`` out of range, another
            ``metric``.
        DuplicateIdError: An id twice.
        DtypeError: Another dtype than float32, a dict of candidates, or something that is not a pair.

    Source:
        Carbonell, Goldstein: The use of MMR, diversity-based reranking for reordering documents and producing summaries
        (SIGIR 1998).

    Example:
        >>> embeddings = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
        >>> candidates = [("a", 1.0), ("b", 0.75), ("c", 0.5)]
        >>> mmr_adaptive(candidates, embeddings, k=3)
        [('a', 1.0), ('c', 0.25), ('b', -1.0)]
    """

def mmr_curve(
    candidates: Iterable[tuple[_Id, float]],
    embeddings: NDArray[np.float32],
    lambdas: Sequence[float],
    k: int = 10,
    *,
    metric: Literal["cosine", "precomputed"] = "cosine",
) -> list[tuple[float, float, float]]:
    """What diversity costs: relevance and diversity of what :func:`mmr` selects, for each weight.

    Where the curve bends is the ``lambda_mult`` to take.

    Args:
        candidates: Pairs of an id, ``str`` or ``int``, and a score, its relevance; in any order.
        embeddings: float32 of shape ``(candidates, dim)``, C-contiguous, a row for each candidate; or, with ``metric``
            ``"precomputed"``, of shape ``(candidates, candidates)``: the similarity of each to each.
        lambdas: Weights of relevance, 0 to 1.
        k: How many to select; beyond the number of candidates, all.
        metric: ``"cosine"`` of the embeddings, 0 with a vector of zeros; or ``"precomputed"``.

    Returns:
        For each weight: the weight, the mean relevance of the selected, and the mean of ``1 - similarity`` over their
        pairs, 0 for fewer than two.

    Raises:
        ShapeError: Another number of rows than of candidates, other dimensions or strides.
        InvalidInputError: A score or a component that is NaN or infinite, a weight or ``k`` out of range, another
            ``metric``.
        DuplicateIdError: An id twice.
        DtypeError: Another dtype than float32, a dict of candidates, or something that is not a pair.

    Source:
        Carbonell, Goldstein: The use of MMR, diversity-based reranking for reordering documents and producing summaries
        (SIGIR 1998).

    Example:
        >>> embeddings = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
        >>> candidates = [("a", 1.0), ("b", 0.75), ("c", 0.5)]
        >>> mmr_curve(candidates, embeddings, [1.0, 0.5], k=2)
        [(1.0, 0.875, 0.0), (0.5, 0.75, 1.0)]
    """

def quantize_binary(tokens: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The signs of tokens, a bit each: 1 for what is above zero, in the order of ``numpy.packbits``.

    What is left of a token ranks roughly: score the best again by what they were. A query keeps its magnitudes, unless
    ``precision="signs"`` takes them as well.

    Args:
        tokens: float32 of shape ``(tokens, dim)``, C-contiguous; ``dim`` is a multiple of 8.

    Returns:
        uint8 of shape ``(tokens, dim / 8)``, as :func:`maxsim_batch` takes them: a component is 1 where its bit is set,
        else -1.

    Raises:
        ShapeError: Other dimensions or strides, tokens without components, or a ``dim`` that is not a multiple of 8.
        InvalidInputError: A component that is NaN or infinite.
        DtypeError: Another dtype than float32.

    Example:
        >>> tokens = np.array([[0.5, -1, 0, 2, 0.1, -0.1, -0.2, 3]], dtype=np.float32)
        >>> bits = quantize_binary(tokens)
        >>> bits
        array([[153]], dtype=uint8)
        >>> maxsim_batch(tokens, bits, np.array([0, 1]), precision="signs")
        array([8.], dtype=float32)
    """

def quantize_int8(tokens: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Tokens in eight bits, each by its own largest magnitude.

    Args:
        tokens: float32 of shape ``(tokens, dim)``, C-contiguous.

    Returns:
        Codes, int8 of shape ``(tokens, dim)``, within ±127, rounded to the nearest, ties to even; and scales, float32
        of shape ``(tokens,)``. A component is its code times the scale, to within half a scale or little more: the
        scale is that for which the dot product of the codes with the token itself is exact. A token of zeros has scale
        0.

    Raises:
        ShapeError: Other dimensions or strides, or tokens without components.
        InvalidInputError: A component that is NaN or infinite.
        DtypeError: Another dtype than float32.

    Example:
        >>> codes, scales = quantize_int8(np.array([[64, -127], [0, 0]], dtype=np.float32))
        >>> codes.tolist(), scales.tolist()
        ([[64, -127], [0, 0]], [1.0, 0.0])
    """

def to_bf16(tokens: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Tokens in bfloat16, as the bits that it has: the upper 16 of float32, rounded to the nearest, ties to even.

    ``(bits.astype(np.uint32) << 16).view(np.float32)`` are the rounded components.

    Args:
        tokens: float32 of shape ``(tokens, dim)``, C-contiguous.

    Returns:
        uint16 of shape ``(tokens, dim)``, as :func:`maxsim_batch` takes them.

    Raises:
        ShapeError: Other dimensions or strides.
        InvalidInputError: A component that is NaN or infinite, or would round to infinity.
        DtypeError: Another dtype than float32.

    Example:
        >>> bits = to_bf16(np.array([[1, 1 + 2**-8]], dtype=np.float32))
        >>> [hex(value) for value in bits[0].tolist()]
        ['0x3f80', '0x3f80']
    """
