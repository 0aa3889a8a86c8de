from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar, final

import numpy as np
from numpy.typing import NDArray

_Id = TypeVar("_Id", bound=int | str)
_AnyId: TypeAlias = int | str
_Dtype: TypeAlias = Literal["float32", "float16", "bfloat16", "int8", "binary"]
_Stored: TypeAlias = Literal["float32", "float16", "bfloat16", "int8", "binary", "residual1", "residual2", "residual4"]
_Pooling: TypeAlias = Literal[
    "hierarchical",
    "greedy",
    "sequential",
    "adaptive",
    "sentence_transformers",
    "pylate",
    "pylate_1_3_4",
    "colbert",
    "colpali",
]
# float16, or the bits of bfloat16, or codes, or sign bits: see maxsim_batch.
_Tokens: TypeAlias = (
    NDArray[np.float32] | NDArray[np.float16] | NDArray[np.uint16] | NDArray[np.int8] | NDArray[np.uint8]
)

@final
class Alignment:
    """A token of a query and the token of a document that it found; see :func:`colbert_alignments`."""

    @property
    def query_token(self) -> int:
        """The token of the query, counted from 0."""

    @property
    def doc_token(self) -> int:
        """The token of the document with the largest similarity, counted from 0; of equals, to rounding, the first."""

    @property
    def similarity(self) -> float:
        """That similarity: the dot product or cosine that the score adds up."""

    @property
    def contribution(self) -> float:
        """What it adds to the score: the similarity times the weight of the query token."""

    @property
    def share(self) -> float:
        """The contribution divided by the score, so that all add up to 1; NaN for a score of 0."""

    def __eq__(self, value: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class AlignmentStats:
    """What the similarities of alignments come to; see :func:`alignment_stats`."""

    @property
    def min(self) -> float:
        """The least similarity."""

    @property
    def max(self) -> float:
        """The largest similarity."""

    @property
    def mean(self) -> float:
        """Their mean."""

    @property
    def sum(self) -> float:
        """Their sum: MaxSim, where tokens have no weights."""

    @property
    def count(self) -> int:
        """How many there are."""

    def __eq__(self, value: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class ContextualScore:
    """What is known of a candidate; see :func:`rerank_contextual`."""

    @property
    def score(self) -> float:
        """The mean of the posterior: ``(relevant + 1) / (judged + 2)``."""

    @property
    def relevant(self) -> int:
        """In how many batches it was found relevant."""

    @property
    def judged(self) -> int:
        """In how many batches it was."""

    def __eq__(self, value: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class Explanation:
    """A score, taken apart; see :func:`colbert_explain`."""

    @property
    def score(self) -> float:
        """The score of the document."""

    @property
    def alignments(self) -> list[Alignment]:
        """One for each token of the query, in their order."""

    def __eq__(self, value: object, /) -> bool: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

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

    def refine(
        self,
        query: str,
        candidates: Iterable[tuple[_Id, str, float]],
        alpha: float = 0.5,
        *,
        k: int | None = None,
        normalize: bool = True,
        progress: bool = False,
    ) -> list[tuple[_Id, float]]:
        """The candidates of a first stage by ``alpha`` times its score plus ``1 - alpha`` times that of the model.

        Args:
            query: The query.
            candidates: ``(id, text, score)`` triples in any order.
            alpha: The weight of the first stage, from 0, the model alone, to 1, the first stage alone.
            k: How many to return; by default all.
            normalize: Whether both are first brought to the range 0 to 1, ``(s - min) / (max - min)`` over the
                candidates; scores that are all equal become 1.
            progress: Whether to show a progress bar, which needs tqdm.

        Returns:
            The candidates with the blended score, by score descending, then by id ascending.

        Raises:
            DtypeError: Something else than ``(id, text, score)`` triples.
            DuplicateIdError: A candidate twice.
            InvalidInputError: A score that is not finite, ``alpha`` out of range, and as :meth:`score`.
            BackendError, MissingPackageError: As :meth:`score_batch`.

        Example:
            >>> encoder.refine("stack arrays", [("d1", "Sort.", 9.0), ("d2", "Join arrays.", 8.0)])  # doctest: +SKIP
            [('d1', 0.5), ('d2', 0.5)]
        """

@final
class PlaidIndex:
    """An index of documents of many tokens, in the manner of PLAID.

    Tokens are kept as residual codes, ``dim * bits / 8 + 8`` bytes each; see :class:`ResidualCodec`. A search looks
    into the ``nprobe`` nearest centroids of each query token; a document's first score is the sum over query tokens of
    the best product with one of its centroids there, or of the last that was looked into. The best ``candidates`` are
    scored by their codes, which are not decoded. What is found can be scored again by its tokens, exactly.

    Other threads run meanwhile, and may search; while documents are added they wait.

    Args:
        codec: What tokens are encoded with. :meth:`build` trains one.

    Source:
        Santhanam, Khattab, Potts, Zaharia: PLAID: An Efficient Engine for Late Interaction Retrieval (CIKM 2022);
        Scheerer, Zaharia, Potts, Alonso, Khattab: WARP: An Efficient Engine for Multi-Vector Retrieval (SIGIR 2025).

    Example:
        >>> documents = [np.array([[1, 0], [0, 1]], dtype=np.float32), np.array([[0.6, -0.8]], dtype=np.float32)]
        >>> index = PlaidIndex.build(["a", "b"], documents, centroids=3)
        >>> found = index.search(np.array([[0, 1]], dtype=np.float32), k=2)
        >>> [(id, round(score, 2)) for id, score in found]
        [('a', 1.0), ('b', -0.8)]
    """

    def __new__(cls, codec: ResidualCodec) -> PlaidIndex: ...
    @staticmethod
    def build(
        ids: Iterable[int | str],
        values: _Tokens | Iterable[_Tokens],
        offsets: NDArray[np.int64] | None = None,
        *,
        scales: NDArray[np.float32] | Iterable[NDArray[np.float32]] | None = None,
        mask: NDArray[np.bool_] | None = None,
        bits: int = 4,
        centroids: int | None = None,
        iterations: int = 8,
        tokens_per_centroid: int = 64,
        seed: int = 42,
        threads: int = 1,
        progress: bool = False,
    ) -> PlaidIndex:
        """Trains a codec on the documents, or a sample of them, and adds them all.

        Args:
            ids: An id for each document, ``str`` or ``int``.
            values: The tokens of all documents, of any dtype and layout that :func:`maxsim_batch` takes.
            offsets: As in :func:`maxsim_batch`.
            scales: As in :func:`maxsim_batch`.
            mask: As in :func:`maxsim_batch`.
            bits: The bits of a component: 1, 2 or 4.
            centroids: How many centroids; None for a power of two near eight times the square root of the number of
                tokens.
            iterations: Rounds of k-means.
            tokens_per_centroid: The most tokens that a centroid is trained on.
            seed: Where chance begins; the index is the same for the same seed and any number of threads.
            threads: How many threads share the work; 0 for as many as the machine has.
            progress: Whether to show a progress bar, which needs tqdm.

        Raises:
            ShapeError: Not an id for each document, a document without tokens; as :func:`maxsim_batch`.
            DuplicateIdError: An id twice.
            InvalidInputError: A number out of its range; as :func:`maxsim_batch`.
            DtypeError: As :func:`maxsim_batch`; an id that is neither ``str`` nor ``int``.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> index = PlaidIndex.build([7], [np.array([[1, 0]], dtype=np.float32)], centroids=1, bits=2)
            >>> len(index), 7 in index
            (1, True)
        """

    @staticmethod
    def open(path: str | PathLike[str]) -> PlaidIndex:
        """Opens a saved index. All of the file is read once and checked; then the codes stay in it, mapped.

        The file must not be written to while the index is there; it may be replaced, as :meth:`save` does, or removed.

        Args:
            path: The file.

        Raises:
            FileNotFoundError: No such file.
            OSError: A file that cannot be read.
            InvalidInputError: A file of another kind or version, truncated or damaged.

        Example:
            >>> PlaidIndex.build([7], [np.array([[1, 0]], dtype=np.float32)], centroids=1).save("index.plaid")
            >>> PlaidIndex.open("index.plaid").ids()
            [7]
        """

    def save(self, path: str | PathLike[str]) -> None:
        """Saves the index, without deleted documents. The file appears under its name when it is complete.

        Args:
            path: The file; one that is there is replaced.

        Raises:
            OSError: A file that cannot be written.

        Example:
            >>> PlaidIndex.build([7], [np.array([[1, 0]], dtype=np.float32)], centroids=1).save("index.plaid")
        """

    def add(
        self,
        ids: Iterable[int | str],
        values: _Tokens | Iterable[_Tokens],
        offsets: NDArray[np.int64] | None = None,
        *,
        scales: NDArray[np.float32] | Iterable[NDArray[np.float32]] | None = None,
        mask: NDArray[np.bool_] | None = None,
        threads: int = 1,
        progress: bool = False,
    ) -> None:
        """Adds documents, with the centroids that there are.

        If anything is wrong, nothing is added. The first addition to an index that was opened reads its codes into
        memory.

        Args:
            ids: An id for each document, ``str`` or ``int``, that the index does not hold.
            values: The tokens of all documents, as in :meth:`build`.
            offsets: As in :func:`maxsim_batch`.
            scales: As in :func:`maxsim_batch`.
            mask: As in :func:`maxsim_batch`.
            threads: How many threads share the work; 0 for as many as the machine has.
            progress: Whether to show a progress bar, which needs tqdm.

        Raises:
            ShapeError, DuplicateIdError, InvalidInputError, DtypeError, MissingPackageError: As :meth:`build`.

        Example:
            >>> index = PlaidIndex.build([7], [np.array([[1, 0]], dtype=np.float32)], centroids=1)
            >>> index.add([8], [np.array([[0, 1], [1, 0]], dtype=np.float32)])
            >>> len(index)
            2
        """

    def delete(self, ids: Iterable[int | str]) -> None:
        """Deletes documents: no search finds them any more.

        Their codes take their room until the index is saved and opened again.

        Args:
            ids: The ids, each once. If one is unknown, nothing is deleted.

        Raises:
            InvalidInputError: An id that the index does not hold, or twice.
            DtypeError: An id that is neither ``str`` nor ``int``.

        Example:
            >>> index = PlaidIndex.build([7], [np.array([[1, 0]], dtype=np.float32)], centroids=1)
            >>> index.delete([7])
            >>> len(index)
            0
        """

    def search(
        self, query_tokens: NDArray[np.float32], k: int = 10, *, nprobe: int = 32, candidates: int = 4096
    ) -> list[tuple[int | str, float]]:
        """The best documents that the index finds.

        Args:
            query_tokens: float32 of shape ``(tokens, dim)``, C-contiguous.
            k: How many.
            nprobe: How many of the nearest centroids of each query token are looked into.
            candidates: How many documents are scored by their codes, at least ``k``.

        Returns:
            Ids and the MaxSim of decoded tokens, by score descending, then by id ascending. Less than ``k`` where the
            centroids that are looked into hold fewer.

        Raises:
            ShapeError: No tokens, another ``dim``, other dimensions or strides.
            InvalidInputError: A component that is NaN or infinite; ``nprobe`` 0; a score beyond the range of float32.
            DtypeError: Another dtype than float32.

        Example:
            >>> index = PlaidIndex.build([7], [np.array([[1, 0]], dtype=np.float32)], centroids=1)
            >>> index.search(np.array([[2, 0]], dtype=np.float32))
            [(7, 2.0)]
        """

    def search_rescored(
        self,
        query_tokens: NDArray[np.float32],
        store: TokenStore,
        k: int = 10,
        *,
        nprobe: int = 32,
        candidates: int = 4096,
        rescored: int = 256,
    ) -> list[tuple[int | str, float]]:
        """:meth:`search`, after which the best are scored again by their tokens, exactly.

        Args:
            query_tokens: float32 of shape ``(tokens, dim)``, C-contiguous.
            store: The tokens of the documents, under the same ids, of any dtype.
            k: How many.
            nprobe: As in :meth:`search`.
            candidates: As in :meth:`search`.
            rescored: How many of the best by their codes are scored by their tokens, at least ``k``.

        Returns:
            Ids and MaxSim of the tokens in ``store``, by score descending, then by id ascending.

        Raises:
            ShapeError, DtypeError: As :meth:`search`.
            InvalidInputError: As :meth:`search`; a document that is found and that ``store`` does not hold.

        Example:
            >>> tokens = [np.array([[0.6, 0.8], [1, 0]], dtype=np.float32), np.array([[0.8, -0.6]], dtype=np.float32)]
            >>> index, store = PlaidIndex.build([7, 8], tokens, centroids=1, bits=1), TokenStore(2)
            >>> store.extend([7, 8], tokens)
            >>> index.search_rescored(np.array([[1, 0]], dtype=np.float32), store, k=1)
            [(7, 1.0)]
        """

    def search_batch(
        self,
        queries: Iterable[NDArray[np.float32]],
        k: int = 10,
        *,
        nprobe: int = 32,
        candidates: int = 4096,
        store: TokenStore | None = None,
        rescored: int = 256,
        threads: int = 1,
        progress: bool = False,
    ) -> list[list[tuple[int | str, float]]]:
        """:meth:`search`, or with a store :meth:`search_rescored`, for many queries, which threads share.

        Args:
            queries: The tokens of each query, float32 of shape ``(tokens, dim)``.
            k: How many documents for each.
            nprobe: As in :meth:`search`.
            candidates: As in :meth:`search`.
            store: As in :meth:`search_rescored`.
            rescored: As in :meth:`search_rescored`; without a store of no use.
            threads: How many threads; 0 for as many as the machine has.
            progress: Whether to show a progress bar, which needs tqdm.

        Returns:
            What :meth:`search` or :meth:`search_rescored` returns, for each query.

        Raises:
            ShapeError, InvalidInputError, DtypeError: As :meth:`search_rescored`.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> index = PlaidIndex.build([7], [np.array([[1, 0]], dtype=np.float32)], centroids=1)
            >>> index.search_batch([np.array([[2, 0]], dtype=np.float32), np.array([[0, 1]], dtype=np.float32)])
            [[(7, 2.0)], [(7, 0.0)]]
        """

    @property
    def codec(self) -> ResidualCodec:
        """What tokens are encoded with."""

    @property
    def dim(self) -> int:
        """The components of a token."""

    def ids(self) -> list[int | str]:
        """The ids, in the order in which documents were added.

        Example:
            >>> PlaidIndex.build(["a"], [np.array([[1, 0]], dtype=np.float32)], centroids=1).ids()
            ['a']
        """

    def __len__(self) -> int: ...
    def __contains__(self, id: int | str, /) -> bool: ...  # noqa: A002

@final
class ResidualCodec:
    """Tokens as their nearest centroid and what is left to it in 1, 2 or 4 bits a component, as in ColBERTv2.

    A token is scaled to norm 1; its residual falls, component by component, into one of ``2 ** bits`` buckets, which
    held as many residuals each in training, and each of which stands for the mean of these. Decoded tokens are scaled
    to the norm that the token had: for tokens of norm 1 that is the normalization that ColBERTv2 does when it decodes.

    Source:
        Santhanam, Khattab, Saad-Falcon, Potts, Zaharia: ColBERTv2: Effective and Efficient Retrieval via Lightweight
        Late Interaction (NAACL 2022).

    Example:
        >>> tokens = np.array([[1, 0], [0, 1], [0.6, 0.8], [0.8, 0.6]], dtype=np.float32)
        >>> codec = ResidualCodec.train(tokens, centroids=2)
        >>> centroids, codes, scales = codec.encode(tokens)
        >>> codes.shape  # two components of four bits
        (4, 1)
        >>> bool(np.abs(codec.decode(centroids, codes, scales) - tokens).max() < 0.05)
        True
    """

    @staticmethod
    def train(
        tokens: NDArray[np.float32],
        *,
        bits: int = 4,
        centroids: int | None = None,
        expected_tokens: int | None = None,
        iterations: int = 8,
        tokens_per_centroid: int = 64,
        seed: int = 42,
        threads: int = 1,
        progress: bool = False,
    ) -> ResidualCodec:
        """Trains centroids, by k-means of directions, and buckets.

        Args:
            tokens: float32 of shape ``(tokens, dim)``, C-contiguous; those of a collection, or a sample.
            bits: The bits of a component: 1, 2 or 4.
            centroids: How many centroids; None for a power of two near eight times the square root of the number of
                tokens, and at most a quarter of ``tokens``.
            expected_tokens: The tokens of the collection, if ``tokens`` are a sample.
            iterations: Rounds of k-means.
            tokens_per_centroid: The most tokens that a centroid is trained on; of more, a sample is.
            seed: Where chance begins; the codec is the same for the same seed and any number of threads.
            threads: How many threads share the work; 0 for as many as the machine has.
            progress: Whether to show a progress bar, which needs tqdm.

        Raises:
            ShapeError: No tokens, other dimensions or strides.
            InvalidInputError: A number out of its range, a component that is NaN or infinite.
            DtypeError: Another dtype than float32.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> codec = ResidualCodec.train(np.eye(4, dtype=np.float32), centroids=4, bits=2)
            >>> codec.centroids.shape, codec.bucket_weights.shape
            ((4, 4), (4,))
        """

    @property
    def dim(self) -> int:
        """The components of a token."""

    @property
    def bits(self) -> int:
        """The bits of a component."""

    @property
    def centroids(self) -> NDArray[np.float32]:
        """The centroids, of norm 1: float32 of shape ``(centroids, dim)``, a copy."""

    @property
    def bucket_weights(self) -> NDArray[np.float32]:
        """What each code stands for: float32 of shape ``(2 ** bits,)``, ascending."""

    @property
    def bucket_cutoffs(self) -> NDArray[np.float32]:
        """Where buckets end: float32 of shape ``(2 ** bits - 1,)``, ascending."""

    def encode(
        self, tokens: NDArray[np.float32], *, threads: int = 1
    ) -> tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.float32]]:
        """The codes of tokens.

        Args:
            tokens: float32 of shape ``(tokens, dim)``, C-contiguous.
            threads: How many threads share the work; 0 for as many as the machine has.

        Returns:
            The centroid of each token, uint32 of shape ``(tokens,)``; its codes, uint8 of shape ``(tokens, bytes)``,
            where component ``plane * bytes + at`` lies in byte ``at`` from bit ``plane * bits`` on; and by what the sum
            of centroid and residual is multiplied, float32 of shape ``(tokens,)``.

        Raises:
            ShapeError: Another ``dim``, other dimensions or strides.
            InvalidInputError: A component that is NaN or infinite.
            DtypeError: Another dtype than float32.

        Example:
            >>> codec = ResidualCodec.train(np.eye(4, dtype=np.float32), centroids=4, bits=1)
            >>> centroids, codes, scales = codec.encode(np.eye(4, dtype=np.float32))
            >>> sorted(centroids.tolist())
            [0, 1, 2, 3]
        """

    def decode(
        self, centroids: NDArray[np.uint32], codes: NDArray[np.uint8], scales: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """The tokens that codes stand for.

        Args:
            centroids: As :meth:`encode` returned them.
            codes: As :meth:`encode` returned them.
            scales: As :meth:`encode` returned them.

        Returns:
            float32 of shape ``(tokens, dim)``.

        Raises:
            InvalidInputError: Lengths that do not agree, a centroid that there is not, a scale that is not finite.
            ShapeError: Other dimensions or strides.
            DtypeError: Other dtypes.

        Example:
            >>> tokens = np.eye(4, dtype=np.float32)
            >>> codec = ResidualCodec.train(tokens, centroids=4)
            >>> bool(np.allclose(codec.decode(*codec.encode(tokens)), tokens))
            True
        """

    def maxsim(
        self,
        query_tokens: NDArray[np.float32],
        centroids: NDArray[np.uint32],
        codes: NDArray[np.uint8],
        scales: NDArray[np.float32],
        offsets: NDArray[np.int64],
    ) -> NDArray[np.float32]:
        """MaxSim of a query and documents of codes, which are not decoded.

        Products with centroids are made once, those with residuals of eight-bit codes of the query: a score is that of
        the decoded tokens but for about a thousandth of the residuals' part.

        Args:
            query_tokens: float32 of shape ``(tokens, dim)``, C-contiguous.
            centroids: As :meth:`encode` returned them.
            codes: As :meth:`encode` returned them.
            scales: As :meth:`encode` returned them.
            offsets: int64 of shape ``(documents + 1,)``, the token at which each document begins, then their number.

        Returns:
            float32 of shape ``(documents,)``.

        Raises:
            ShapeError: A query or document without tokens, another ``dim``, other dimensions or strides.
            InvalidInputError: As :meth:`decode`; wrong ``offsets``; a component that is NaN or infinite.
            DtypeError: Other dtypes.

        Example:
            >>> tokens = np.eye(4, dtype=np.float32)
            >>> codec = ResidualCodec.train(tokens, centroids=4)
            >>> codec.maxsim(tokens[:2], *codec.encode(tokens), np.array([0, 1, 4])).round(3).tolist()
            [1.0, 1.0]
        """

@final
class TokenStore:
    """The token vectors of a collection under the ids of its documents.

    Documents are added, replaced and deleted one by one or many at once, saved, and opened by mapping the file, which
    takes no memory for tokens that are not read. They have an order, that in which they were added; one that is
    replaced keeps its place. Whatever was done to a store, it scores to the same bits, and saves to the same bytes,
    as one that was built of its documents at once. Any number of threads may read a store at once; one that changes
    it waits for them.

    Args:
        dim: The number of components of each token, at least 1.
        dtype: As what they are stored: ``"float32"``, ``"float16"``, ``"bfloat16"``, ``"int8"`` with a scale for each
            token, as :func:`quantize_int8` makes them, or ``"binary"``, the sign bits that :func:`quantize_binary`
            makes. For residual codes see :meth:`with_codec`.

    Raises:
        ShapeError: A ``dim`` of 0; for ``"binary"`` one that is not a multiple of 8.
        InvalidInputError: Another ``dtype``.

    Example:
        >>> store = TokenStore(2, "float16")
        >>> store.append("d1", np.array([[1, 0]], dtype=np.float32))
        >>> store.append("d2", np.array([[1, 0], [0, 0.5]], dtype=np.float32))
        >>> store
        TokenStore(documents=2, dim=2, dtype="float16")
        >>> store.rank(np.array([[1, 0], [0, 1]], dtype=np.float32))
        [('d2', 1.5), ('d1', 1.0)]
    """

    def __new__(cls, dim: int, dtype: _Dtype = "float32") -> TokenStore: ...
    @staticmethod
    def with_codec(codec: ResidualCodec) -> TokenStore:
        """A store without documents, whose tokens are kept as residual codes, ``dim * bits / 8 + 8`` bytes each.

        They are scored as :meth:`ResidualCodec.maxsim` scores them, without being decoded; by cosine they are decoded.

        Args:
            codec: What tokens are encoded with.

        Example:
            >>> codec = ResidualCodec.train(np.eye(4, dtype=np.float32), bits=2, centroids=4)
            >>> store = TokenStore.with_codec(codec)
            >>> store.append("d1", np.eye(4, dtype=np.float32)[1:3])
            >>> store
            TokenStore(documents=1, dim=4, dtype="residual2")
            >>> store.rank(np.eye(4, dtype=np.float32)[:2])
            [('d1', 1.0)]
        """

    @staticmethod
    def open(path: str | PathLike[str], *, verify: bool = False) -> TokenStore:
        """Opens a file that :meth:`save` wrote. Tokens are mapped, and read from the file when they are scored.

        All that the tokens' places rest on is checked. Nobody may write into the file or cut it while it is open; to
        save a store to the path that it was opened from is allowed where the system lets open files be replaced.

        Args:
            path: The file.
            verify: Whether to read the whole file first and compare all of it with its checksums.

        Raises:
            FileNotFoundError: No such file; another ``OSError`` for one that cannot be read.
            InvalidInputError: A damaged or truncated file, or one of another kind.

        Example:
            >>> store = TokenStore(1)
            >>> store.append(7, np.ones((2, 1), dtype=np.float32))
            >>> store.save("tokens")
            >>> TokenStore.open("tokens").ids()
            [7]
        """

    @staticmethod
    def from_arrow(
        table: object,
        dtype: _Dtype | None = None,
        *,
        id_column: str = "id",
        tokens_column: str = "tokens",
        scales_column: str = "scales",
    ) -> TokenStore:
        """A store of the documents of a table: pyarrow, polars, and all that speak Arrow's PyCapsule protocol.

        Args:
            table: A table, a data frame or a stream of record batches.
            dtype: As what to store the tokens: as they are by default, or, for those of float32, another.
            id_column: The column of ids, strings or ints.
            tokens_column: The column of tokens: for each document a list of tokens, each a list of ``dim`` values of
                float32, float16, uint16 (the bits of bfloat16) or int8, or of ``dim / 8`` values of uint8 (sign bits);
                fixed-size lists are read fastest.
            scales_column: For int8 the column of scales: for each document a list of float32, one for each token.

        Raises:
            DtypeError: A column of another type.
            InvalidInputError: A missing column, a null, no document at all.
            ShapeError: Tokens of unequal dims, a document without tokens.
            DuplicateIdError: An id twice.

        Example:
            >>> import pyarrow
            >>> kind = pyarrow.list_(pyarrow.list_(pyarrow.float32(), 2))
            >>> tokens = pyarrow.array([[[1, 0]], [[1, 0], [0, 0.5]]], kind)
            >>> table = pyarrow.table({"id": ["d1", "d2"], "tokens": tokens})
            >>> store = TokenStore.from_arrow(table)
            >>> store.tokens
            3
            >>> pyarrow.table(store).to_pylist() == table.to_pylist()
            True
        """

    def append(self, id: _AnyId, tokens: object, *, scales: NDArray[np.float32] | None = None) -> None:  # noqa: A002
        """Adds a document at the end.

        Args:
            id: A new id, ``str`` or ``int``.
            tokens: Array of shape ``(tokens, dim)``, C-contiguous: float32, rounded to the dtype of the store; or of
                that dtype, kept as it is. NumPy, torch or Arrow, as :func:`maxsim_batch` takes them.
            scales: For int8 tokens float32 of shape ``(tokens,)``.

        Raises:
            DuplicateIdError: An id that the store holds.
            ShapeError: No tokens, another dim, other dimensions or strides.
            InvalidInputError: A component that is NaN, infinite or beyond the range of the dtype.
            DtypeError: Another dtype than float32 or that of the store.

        Example:
            >>> store = TokenStore(2, "bfloat16")
            >>> store.append(1, np.array([[1 + 2**-8, -3]], dtype=np.float32))
            >>> store.get(1)
            array([[ 1., -3.]], dtype=float32)
        """

    def extend(
        self,
        ids: Iterable[_AnyId],
        values: object,
        offsets: NDArray[np.int64] | None = None,
        *,
        scales: NDArray[np.float32] | Sequence[NDArray[np.float32]] | None = None,
        mask: NDArray[np.bool_] | None = None,
    ) -> None:
        """Adds documents at the end: all of them, or, if one is wrong, none.

        Args:
            ids: New ids, one for each document.
            values: Their tokens, flat with ``offsets``, padded with ``mask``, or a list of arrays, as
                :func:`maxsim_batch` takes them; float32, or of the dtype of the store.
            offsets: int64 of shape ``(documents + 1,)``: the row at which each document begins, then the number of
                rows.
            scales: For int8 the scale of each token.
            mask: bool of shape ``(documents, tokens)``: what is a token.

        Raises:
            DuplicateIdError, ShapeError, InvalidInputError, DtypeError: As :meth:`append`.

        Example:
            >>> store = TokenStore(2)
            >>> values = np.array([[1, 0], [0, 1], [1, 1]], dtype=np.float32)
            >>> store.extend(["a", "b"], values, np.array([0, 2, 3]))
            >>> len(store), store.tokens
            (2, 3)
        """

    def extend_from(self, documents: Iterable[tuple[_AnyId, object]], *, progress: bool = False) -> None:
        """Adds documents from an iterator, some hundreds at a time: those before a wrong one, or before Ctrl-C, stay.

        Args:
            documents: ``(id, tokens)`` pairs, tokens as for :meth:`append`, but not int8.
            progress: Whether to show a progress bar, which needs tqdm.

        Raises:
            DuplicateIdError, ShapeError, InvalidInputError, DtypeError: As :meth:`append`.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> store = TokenStore(1)
            >>> store.extend_from((number, np.full((1, 1), number, dtype=np.float32)) for number in range(3))
            >>> store.ids()
            [0, 1, 2]
        """

    def replace(self, id: _AnyId, tokens: object, *, scales: NDArray[np.float32] | None = None) -> None:  # noqa: A002
        """Gives a document other tokens; it keeps its place in the order. Arguments as for :meth:`append`.

        Raises:
            InvalidInputError: An id that the store does not hold, and as :meth:`append`.
            ShapeError, DtypeError: As :meth:`append`.

        Example:
            >>> store = TokenStore(1)
            >>> store.append("a", np.array([[1]], dtype=np.float32))
            >>> store.replace("a", np.array([[2], [3]], dtype=np.float32))
            >>> store.get("a").tolist()
            [[2.0], [3.0]]
        """

    def replace_all(
        self,
        ids: Iterable[_AnyId],
        values: object,
        offsets: NDArray[np.int64] | None = None,
        *,
        scales: NDArray[np.float32] | Sequence[NDArray[np.float32]] | None = None,
        mask: NDArray[np.bool_] | None = None,
    ) -> None:
        """Gives documents other tokens: all of them, or, if one is wrong, none. Arguments as for :meth:`extend`.

        Raises:
            InvalidInputError: An id that the store does not hold, and as :meth:`append`.
            DuplicateIdError: An id twice.
            ShapeError, DtypeError: As :meth:`append`.
        """

    def prefix(self, head_dims: int) -> TokenStore:
        """A store of the first ``head_dims`` components of each token, under the same ids and of the same dtype.

        Raises:
            InvalidInputError: ``head_dims`` out of range.

        Example:
            >>> store = TokenStore(3)
            >>> store.append("a", np.array([[1, 2, 3]], dtype=np.float32))
            >>> store.prefix(2).get("a")
            array([[1., 2.]], dtype=float32)
        """

    def delete(self, ids: Iterable[_AnyId]) -> None:
        """Takes documents out: all of them, or, if one is not there, none. :meth:`compact` gives memory back.

        Raises:
            InvalidInputError: An id that the store does not hold, or twice.
            DtypeError: A single ``str``, or something that is no id.

        Example:
            >>> store = TokenStore(1)
            >>> store.extend([1, 2], [np.ones((1, 1), dtype=np.float32)] * 2)
            >>> store.delete([1])
            >>> 1 in store, 2 in store
            (False, True)
        """

    def compact(self) -> None:
        """Brings all documents into memory, gives back what deleted ones held, and lets go of a mapped file."""

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the store to a file, under a temporary name that is then changed: ``path`` is the old file or the new.

        Raises:
            OSError: A file that cannot be written.

        Example:
            >>> TokenStore(3).save("empty")
            >>> len(TokenStore.open("empty", verify=True))
            0
        """

    def ids(self) -> list[int | str]:
        """The ids of the documents, in their order."""

    def get(self, id: _AnyId) -> NDArray[np.float32]:  # noqa: A002
        """The tokens of a document, float32 of shape ``(tokens, dim)``: what is stored, widened.

        Raises:
            InvalidInputError: An id that the store does not hold.
        """

    @property
    def dim(self) -> int:
        """The number of components of each token."""

    @property
    def dtype(self) -> _Stored:
        """As what components are stored."""

    @property
    def codec(self) -> ResidualCodec | None:
        """The codec of residual codes, if tokens are stored so."""

    @property
    def tokens(self) -> int:
        """The number of tokens of all documents."""

    @property
    def nbytes(self) -> int:
        """The bytes that components and scales take, in memory or in the file, those of deleted documents included."""

    @property
    def is_mapped(self) -> bool:
        """Whether tokens are read from a mapped file."""

    def __len__(self) -> int: ...
    def __contains__(self, id: _AnyId, /) -> bool: ...  # noqa: A002
    def score(
        self,
        query_tokens: NDArray[np.float32],
        ids: Iterable[_AnyId] | None = None,
        *,
        weights: NDArray[np.float32] | None = None,
        cosine: bool = False,
        precision: Literal["bf16"] | None = None,
        threads: int = 1,
    ) -> NDArray[np.float32]:
        """MaxSim of a query and documents.

        Args:
            query_tokens: float32 of shape ``(tokens, dim)``, C-contiguous.
            ids: Which documents, in this order; by default all, in the order of :meth:`ids`.
            weights: As for :func:`maxsim_batch`.
            cosine: As for :func:`maxsim_batch`.
            precision: As for :func:`maxsim_batch`.
            threads: As for :func:`maxsim_batch`.

        Returns:
            float32 of shape ``(documents,)``.

        Raises:
            InvalidInputError: An id that the store does not hold, a score beyond the range of float32, ``precision``
                where the store is not float32, wrong ``weights``.
            ShapeError: No query tokens, another dim, other dimensions or strides.
            DtypeError: Another dtype than float32.

        Example:
            >>> store = TokenStore(2)
            >>> store.append("a", np.array([[3, 4]], dtype=np.float32))
            >>> store.score(np.array([[1, 0]], dtype=np.float32), cosine=True)
            array([0.6], dtype=float32)
        """

    def rank(
        self,
        query_tokens: NDArray[np.float32],
        ids: Iterable[_AnyId] | None = None,
        *,
        weights: NDArray[np.float32] | None = None,
        cosine: bool = False,
        precision: Literal["bf16"] | None = None,
        threads: int = 1,
        progress: bool = False,
    ) -> list[tuple[Any, float]]:
        """Ranks all documents, or a first stage's candidates, by MaxSim.

        Args:
            query_tokens: float32 of shape ``(tokens, dim)``, C-contiguous.
            ids: Which documents; by default all.
            weights: As for :func:`maxsim_batch`.
            cosine: As for :func:`maxsim_batch`.
            precision: As for :func:`maxsim_batch`.
            threads: As for :func:`maxsim_batch`.
            progress: Whether to show a progress bar, which needs tqdm.

        Returns:
            Every document with its score, by score descending, then by id ascending.

        Raises:
            InvalidInputError, ShapeError, DtypeError: As :meth:`score`.
            DuplicateIdError: An id twice.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> store = TokenStore(1)
            >>> store.extend("abc", [np.array([[number]], dtype=np.float32) for number in (1, 3, 2)])
            Traceback (most recent call last):
            rank_rerank._errors.DtypeError: ids: expected a list of ids, got str; pass a list
            >>> store.extend(list("abc"), [np.array([[number]], dtype=np.float32) for number in (1, 3, 2)])
            >>> store.rank(np.ones((1, 1), dtype=np.float32), ["a", "c"])
            [('c', 2.0), ('a', 1.0)]
        """

    def rank_with_top_k(
        self,
        query_tokens: NDArray[np.float32],
        k: int,
        ids: Iterable[_AnyId] | None = None,
        *,
        weights: NDArray[np.float32] | None = None,
        cosine: bool = False,
        precision: Literal["bf16"] | None = None,
        threads: int = 1,
        progress: bool = False,
    ) -> list[tuple[Any, float]]:
        """The first ``k`` of :meth:`rank`; only these are sorted.

        Raises:
            InvalidInputError: ``k`` below 0, and as :meth:`rank`.
            ShapeError, DtypeError, DuplicateIdError, MissingPackageError: As :meth:`rank`.

        Example:
            >>> store = TokenStore(1)
            >>> store.extend([1, 2, 3], [np.array([[number]], dtype=np.float32) for number in (1, 3, 2)])
            >>> store.rank_with_top_k(np.ones((1, 1), dtype=np.float32), 2)
            [(2, 3.0), (3, 2.0)]
        """

    def rank_batch(
        self,
        queries: Sequence[NDArray[np.float32]],
        k: int | None = None,
        *,
        cosine: bool = False,
        precision: Literal["bf16"] | None = None,
        threads: int = 1,
        progress: bool = False,
    ) -> list[list[tuple[Any, float]]]:
        """Ranks all documents for many queries: a document is read once for all of them.

        Args:
            queries: A list of float32 of shape ``(tokens, dim)``.
            k: How many documents for each query; by default all.
            cosine: As for :func:`maxsim_batch`.
            precision: As for :func:`maxsim_batch`.
            threads: As for :func:`maxsim_batch`.
            progress: Whether to show a progress bar, which needs tqdm.

        Returns:
            For each query its ranked list, as :meth:`rank_with_top_k`.

        Raises:
            InvalidInputError, ShapeError, DtypeError, MissingPackageError: As :meth:`rank_with_top_k`.

        Example:
            >>> store = TokenStore(2)
            >>> store.extend([1, 2], [np.array([[1, 0]], dtype=np.float32), np.array([[0, 2]], dtype=np.float32)])
            >>> store.rank_batch([np.array([[1, 0]], dtype=np.float32), np.array([[0, 1]], dtype=np.float32)], 1)
            [[(1, 1.0)], [(2, 2.0)]]
        """

    def refine(
        self,
        candidates: Iterable[tuple[_AnyId, float]] | Mapping[Any, float],
        query_tokens: NDArray[np.float32],
        alpha: float = 0.5,
        *,
        k: int | None = None,
        normalize: bool = True,
        weights: NDArray[np.float32] | None = None,
        cosine: bool = False,
        precision: Literal["bf16"] | None = None,
        threads: int = 1,
    ) -> list[tuple[Any, float]]:
        """The candidates of a first stage by their score there and MaxSim; as :func:`colbert_refine`.

        Raises:
            InvalidInputError: A candidate that the store does not hold, and as :func:`colbert_refine`.
            ShapeError, DtypeError, DuplicateIdError: As :func:`colbert_refine`.

        Example:
            >>> store = TokenStore(1)
            >>> store.extend(["a", "b"], [np.array([[1]], dtype=np.float32), np.array([[3]], dtype=np.float32)])
            >>> store.refine([("a", 9.0), ("b", 8.0)], np.ones((1, 1), dtype=np.float32), alpha=0.25)
            [('b', 0.75), ('a', 0.25)]
        """

    def alignments(
        self,
        query_tokens: NDArray[np.float32],
        id: _AnyId,  # noqa: A002
        *,
        weights: NDArray[np.float32] | None = None,
        cosine: bool = False,
        precision: Literal["bf16"] | None = None,
    ) -> list[Alignment]:
        """What the score of a document is made of; as :func:`colbert_alignments`.

        Raises:
            InvalidInputError: An id that the store does not hold, and as :meth:`score`.
            ShapeError, DtypeError: As :meth:`score`.

        Example:
            >>> store = TokenStore(1, "int8")
            >>> store.append("a", np.array([[1], [2]], dtype=np.float32))
            >>> [found.doc_token for found in store.alignments(np.array([[3], [-1]], dtype=np.float32), "a")]
            [1, 0]
        """

    def explain(
        self,
        query_tokens: NDArray[np.float32],
        id: _AnyId,  # noqa: A002
        *,
        weights: NDArray[np.float32] | None = None,
        cosine: bool = False,
        precision: Literal["bf16"] | None = None,
    ) -> Explanation:
        """The score of a document with what it is made of; as :func:`colbert_explain`.

        Raises:
            InvalidInputError: An id that the store does not hold, and as :meth:`score`.
            ShapeError, DtypeError: As :meth:`score`.

        Example:
            >>> store = TokenStore(1)
            >>> store.append("a", np.array([[1], [2]], dtype=np.float32))
            >>> store.explain(np.array([[3], [-1]], dtype=np.float32), "a").score
            5.0
        """

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The store as Arrow record batches, of the columns that :meth:`from_arrow` reads.

        Raises:
            InvalidInputError: Residual codes, for which Arrow has no type; ids of both types.
        """

def alignment_stats(alignments: Iterable[Alignment]) -> AlignmentStats | None:
    """The least, the largest, the mean and the sum of the similarities of alignments; None if there are none.

    Args:
        alignments: As :func:`colbert_alignments` returns them.

    Raises:
        DtypeError: Something else than a list of alignments.

    Example:
        >>> query = np.array([[1, 0], [0, 1]], dtype=np.float32)
        >>> found = colbert_alignments(query, np.array([[0.25, 0], [0, 0.75]], dtype=np.float32))
        >>> alignment_stats(found)
        AlignmentStats(min=0.25, max=0.75, mean=0.5, sum=1.0, count=2)
    """

def alignments_for_doc_tokens(alignments: Iterable[Alignment], tokens: Iterable[int]) -> list[Alignment]:
    """The alignments that found some tokens of the document, in their order.

    Args:
        alignments: As :func:`colbert_alignments` returns them.
        tokens: The tokens, counted from 0.

    Raises:
        DtypeError: Something else than a list of alignments, or of ints.
        InvalidInputError: A negative number.

    Example:
        >>> query = np.array([[1, 0], [0, 1]], dtype=np.float32)
        >>> found = colbert_alignments(query, np.array([[0.25, 0], [0, 0.75]], dtype=np.float32))
        >>> [alignment.query_token for alignment in alignments_for_doc_tokens(found, [1])]
        [1]
    """

def alignments_for_query_tokens(alignments: Iterable[Alignment], tokens: Iterable[int]) -> list[Alignment]:
    """The alignments of some tokens of the query, in their order.

    Args:
        alignments: As :func:`colbert_alignments` returns them.
        tokens: The tokens, counted from 0.

    Raises:
        DtypeError: Something else than a list of alignments, or of ints.
        InvalidInputError: A negative number.
    """

def attention_weights(attention: NDArray[np.float32]) -> NDArray[np.float32]:
    """The attention that each token of a query receives, as its weight: the mean over all rows, divided by its mean.

    Args:
        attention: float32 of shape ``(rows, tokens)``, at least 0: what each position of each head attends to. All rows
            of all heads of a layer (``attention.reshape(-1, tokens)``), or only those of ``[CLS]``.

    Returns:
        float32 of shape ``(tokens,)`` of mean 1, for ``weights`` of :func:`maxsim_batch`.

    Raises:
        InvalidInputError: No tokens or rows, a value that is negative or not finite, or all 0.
        ShapeError: Other dimensions or strides.
        DtypeError: Another dtype than float32.

    Source:
        Attention received as importance: Clark, Khandelwal, Levy, Manning: What does BERT look at? (2019). As weights
        of query tokens there is no evaluation that this package knows of: measure it.

    Example:
        >>> attention_weights(np.array([[0.75, 0, 0.25], [0.25, 0.25, 0.5]], dtype=np.float32))
        array([1.5  , 0.375, 1.125], dtype=float32)
    """

def bm25_weights(
    document_frequencies: Iterable[int], query_frequencies: Iterable[int], documents: int, k3: float = 1.2
) -> NDArray[np.float32]:
    """The query's side of BM25 as weights: the inverse document frequency times ``(k3 + 1) * tf / (k3 + tf)``.

    For a query whose repeated terms were made one token; tokens that stand each for themselves count without it.

    Args:
        document_frequencies: As for :func:`idf_weights`.
        query_frequencies: How often each term is in the query, at least once.
        documents: As for :func:`idf_weights`.
        k3: How soon repetition stops to count, at least 0; at 0 it does not count at all.

    Returns:
        float32 of shape ``(tokens,)``, divided by their mean, for ``weights`` of :func:`maxsim_batch`.

    Raises:
        InvalidInputError: As :func:`idf_weights`; another number of query frequencies, one of 0, ``k3`` out of range.
        DtypeError: As :func:`idf_weights`.

    Source:
        Robertson et al.: Okapi at TREC-3 (1994), which names it k3.

    Example:
        >>> bm25_weights([5, 5], [1, 4], documents=100, k3=2)
        array([0.6666667, 1.3333334], dtype=float32)
    """

def colbert_alignments(
    query_tokens: NDArray[np.float32],
    doc_tokens: _Tokens,
    *,
    scales: NDArray[np.float32] | None = None,
    weights: NDArray[np.float32] | None = None,
    cosine: bool = False,
    precision: Literal["bf16"] | None = None,
) -> list[Alignment]:
    """For each token of the query the token of the document that it found, and what that adds to the score.

    The contributions, added up in their order and rounded to float32, are the score that :func:`maxsim_batch` gives, to
    the bit.

    Args:
        query_tokens: float32 of shape ``(tokens, dim)``, C-contiguous.
        doc_tokens: The tokens of one document, of shape ``(tokens, dim)``, of any dtype of :func:`maxsim_batch`.
        scales: For int8 float32 of shape ``(tokens,)``.
        weights: As for :func:`maxsim_batch`.
        cosine: As for :func:`maxsim_batch`.
        precision: As for :func:`maxsim_batch`.

    Returns:
        One for each token of the query, in their order.

    Raises:
        ShapeError, InvalidInputError, DtypeError: As :func:`maxsim_batch`.

    Source:
        As for ``maxsim``.

    Example:
        >>> query = np.array([[1, 0], [0, 1]], dtype=np.float32)
        >>> colbert_alignments(query, np.array([[0, 0.5], [1.5, -1]], dtype=np.float32))[0]
        Alignment(query_token=0, doc_token=1, similarity=1.5, contribution=1.5, share=0.75)
    """

def colbert_explain(
    query_tokens: NDArray[np.float32],
    doc_tokens: _Tokens,
    *,
    scales: NDArray[np.float32] | None = None,
    weights: NDArray[np.float32] | None = None,
    cosine: bool = False,
    precision: Literal["bf16"] | None = None,
) -> Explanation:
    """The score of a document with what it is made of: the alignments of :func:`colbert_alignments`.

    Args:
        query_tokens: As for :func:`colbert_alignments`.
        doc_tokens: As for :func:`colbert_alignments`.
        scales: As for :func:`colbert_alignments`.
        weights: As for :func:`colbert_alignments`.
        cosine: As for :func:`colbert_alignments`.
        precision: As for :func:`colbert_alignments`.

    Returns:
        The score, that of :func:`maxsim_batch` to the bit, and the alignments.

    Raises:
        ShapeError, InvalidInputError, DtypeError: As :func:`colbert_alignments`.

    Example:
        >>> query = np.array([[1, 0], [0, 1]], dtype=np.float32)
        >>> explanation = colbert_explain(query, np.array([[0, 0.5], [1.5, -1]], dtype=np.float32))
        >>> explanation
        Explanation(score=2.0, alignments=[2 of them])
        >>> words = ["fast", "car"], ["auto", "quick"]
        >>> [(words[0][a.query_token], words[1][a.doc_token], a.contribution) for a in explanation.alignments]
        [('fast', 'quick', 1.5), ('car', 'auto', 0.5)]
    """

def colbert_highlight(alignments: Iterable[Alignment], min_similarity: float) -> list[int]:
    """The tokens of a document that a query found with a similarity of at least ``min_similarity``: what to highlight.

    Args:
        alignments: As :func:`colbert_alignments` returns them.
        min_similarity: The least similarity.

    Returns:
        The tokens' numbers, ascending, each once.

    Raises:
        DtypeError: Something else than a list of alignments.

    Example:
        >>> query = np.array([[1, 0], [0, 1]], dtype=np.float32)
        >>> found = colbert_alignments(query, np.array([[0, 0.5], [0.75, 0]], dtype=np.float32))
        >>> colbert_highlight(found, 0.6)
        [1]
    """

def colbert_rank(
    query_tokens: NDArray[np.float32],
    candidates: Iterable[tuple[_Id, _Tokens]] | Mapping[_Id, _Tokens],
    *,
    weights: NDArray[np.float32] | None = None,
    cosine: bool = False,
    precision: Literal["bf16"] | None = None,
    threads: int = 1,
) -> list[tuple[_Id, float]]:
    """Reranks candidates by MaxSim: for each query token the largest dot product with any token, added up.

    Arrays are read in place, with the GIL released.

    Args:
        query_tokens: float32 of shape ``(tokens, dim)``, C-contiguous; of unit norm where the model is ColBERT.
        candidates: Pairs of an id, ``str`` or ``int``, and the document's tokens, of shape ``(tokens, dim)`` and of
            float32, float16 or bfloat16 (or its bits, uint16); or a dict of id to tokens. NumPy arrays, torch
            tensors on the CPU, Arrow arrays.
        weights: As for :func:`maxsim_batch`.
        cosine: As for :func:`maxsim_batch`.
        precision: As for :func:`maxsim_batch`.
        threads: As for :func:`maxsim_batch`.

    Returns:
        Every candidate with its score, by score descending, then by id ascending. Scores of unit vectors lie within
        ± the number of query tokens.

    Raises:
        ShapeError: A query or document without tokens, unequal dims, other dimensions or strides.
        InvalidInputError: A component that is NaN or infinite, a score beyond the range of float32, wrong
            ``weights`` or ``precision``.
        DuplicateIdError: An id twice.
        DtypeError: Another dtype, or something that is not a pair.

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

def colbert_rank_batch(
    queries: Sequence[NDArray[np.float32]],
    candidates: Iterable[tuple[_Id, _Tokens]] | Mapping[_Id, _Tokens],
    k: int | None = None,
    *,
    cosine: bool = False,
    precision: Literal["bf16"] | None = None,
    threads: int = 1,
    progress: bool = False,
) -> list[list[tuple[_Id, float]]]:
    """Reranks the same candidates for many queries: a document is read once for all of them.

    Args:
        queries: A list of float32 of shape ``(tokens, dim)``.
        candidates: As for :func:`colbert_rank`.
        k: How many candidates for each query; by default all.
        cosine: As for :func:`maxsim_batch`.
        precision: As for :func:`maxsim_batch`.
        threads: As for :func:`maxsim_batch`.
        progress: Whether to show a progress bar, which needs tqdm.

    Returns:
        For each query its ranked list, as :func:`colbert_rank`.

    Raises:
        ShapeError, InvalidInputError, DuplicateIdError, DtypeError: As :func:`colbert_rank`.
        MissingPackageError: ``progress`` without tqdm.

    Example:
        >>> queries = [np.array([[1, 0]], dtype=np.float32), np.array([[0, 1]], dtype=np.float32)]
        >>> documents = {"a": np.array([[3, 0]], dtype=np.float32), "b": np.array([[1, 1]], dtype=np.float32)}
        >>> colbert_rank_batch(queries, documents, 1)
        [[('a', 3.0)], [('b', 1.0)]]
    """

def colbert_rank_with_top_k(
    query_tokens: NDArray[np.float32],
    candidates: Iterable[tuple[_Id, _Tokens]] | Mapping[_Id, _Tokens],
    k: int,
    *,
    weights: NDArray[np.float32] | None = None,
    cosine: bool = False,
    precision: Literal["bf16"] | None = None,
    threads: int = 1,
) -> list[tuple[_Id, float]]:
    """The first ``k`` of :func:`colbert_rank`: none if ``k`` is 0, all if there are no more.

    Raises:
        InvalidInputError: ``k`` below 0, and as :func:`colbert_rank`.
        ShapeError, DuplicateIdError, DtypeError: As :func:`colbert_rank`.

    Example:
        >>> query = np.array([[1, 0]], dtype=np.float32)
        >>> documents = {1: np.array([[3, 0]], dtype=np.float32), 2: np.array([[4, 1]], dtype=np.float32)}
        >>> colbert_rank_with_top_k(query, documents, 1)
        [(2, 4.0)]
    """

def colbert_refine(
    candidates: Iterable[tuple[_Id, float]] | Mapping[_Id, float],
    query_tokens: NDArray[np.float32],
    docs: Iterable[tuple[_Id, _Tokens]] | Mapping[_Id, _Tokens],
    alpha: float = 0.5,
    *,
    k: int | None = None,
    normalize: bool = True,
    weights: NDArray[np.float32] | None = None,
    cosine: bool = False,
    precision: Literal["bf16"] | None = None,
    threads: int = 1,
) -> list[tuple[_Id, float]]:
    """The candidates of a first stage by ``alpha`` times its score plus ``1 - alpha`` times that of MaxSim.

    Args:
        candidates: ``(id, score)`` pairs in any order, or a dict of id to score.
        query_tokens: float32 of shape ``(tokens, dim)``, C-contiguous.
        docs: The tokens of all candidates, as the candidates of :func:`colbert_rank`; others are not looked at.
        alpha: The weight of the first stage, from 0, MaxSim alone, to 1, the first stage alone.
        k: How many to return; by default all.
        normalize: Whether both are first brought to the range 0 to 1, ``(s - min) / (max - min)`` over the candidates;
            scores that are all equal become 1.
        weights: As for :func:`maxsim_batch`.
        cosine: As for :func:`maxsim_batch`.
        precision: As for :func:`maxsim_batch`.
        threads: As for :func:`maxsim_batch`.

    Returns:
        The candidates with the blended score, by score descending, then by id ascending.

    Raises:
        InvalidInputError: A candidate without tokens, a score that is not finite, ``alpha`` out of range, and as
            :func:`colbert_rank`.
        ShapeError, DuplicateIdError, DtypeError: As :func:`colbert_rank`.

    Example:
        >>> docs = {"a": np.array([[1, 0]], dtype=np.float32), "b": np.array([[0.5, 1]], dtype=np.float32)}
        >>> query = np.array([[1, 0]], dtype=np.float32)
        >>> colbert_refine([("a", 1.0), ("b", 3.0)], query, docs, alpha=0.25)
        [('a', 0.75), ('b', 0.25)]
    """

def cosine(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """The cosine of the angle between two vectors, in [-1, 1]; 0 if one is all zeros, and so has no direction.

    Args:
        a: float32 of shape ``(dim,)``, C-contiguous.
        b: float32 of shape ``(dim,)``, C-contiguous.

    Raises:
        ShapeError: Unequal dims, other dimensions or strides.
        InvalidInputError: A component that is NaN or infinite.
        DtypeError: Another dtype than float32.

    Example:
        >>> a, b = np.array([[3, 4], [1, 0]], dtype=np.float32)
        >>> round(cosine(a, b), 6)
        0.6
    """

def dequantize_int8(codes: NDArray[np.int8], scales: NDArray[np.float32]) -> NDArray[np.float32]:
    """What :func:`quantize_int8` left of tokens: each code times the scale of its token.

    Args:
        codes: int8 of shape ``(tokens, dim)``, C-contiguous.
        scales: float32 of shape ``(tokens,)``.

    Returns:
        float32 of shape ``(tokens, dim)``.

    Raises:
        InvalidInputError: Not a scale for each token, or one that is not finite.
        ShapeError: Other dimensions or strides, or tokens without components.
        DtypeError: Other dtypes.

    Example:
        >>> dequantize_int8(*quantize_int8(np.array([[64, -127], [0, 0]], dtype=np.float32)))
        array([[  64., -127.],
               [   0.,    0.]], dtype=float32)
    """

def dot(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """The dot product of two vectors, added up in float32; NaN and infinities go through as arithmetic has it.

    Args:
        a: float32 of shape ``(dim,)``, C-contiguous.
        b: float32 of shape ``(dim,)``, C-contiguous.

    Raises:
        ShapeError: Unequal dims, other dimensions or strides.
        DtypeError: Another dtype than float32.

    Example:
        >>> dot(np.array([1, 2, 3], dtype=np.float32), np.array([4, 5, 6], dtype=np.float32))
        32.0
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

def extract_snippet_indices(
    alignments: Iterable[Alignment], document_length: int, context: int, max_tokens: int
) -> list[int]:
    """The tokens of a document to show: those that were found, by similarity, each with ``context`` on either side.

    Args:
        alignments: As :func:`colbert_alignments` returns them.
        document_length: The number of the document's tokens.
        context: How many neighbors are taken on either side, near ones first.
        max_tokens: How many are taken at most.

    Returns:
        The tokens' numbers, ascending, each once.

    Raises:
        DtypeError: Something else than a list of alignments, or than whole numbers.
        InvalidInputError: A negative number.

    Example:
        >>> query = np.array([[1, 0], [0, 1]], dtype=np.float32)
        >>> found = colbert_alignments(query, np.array([[0, 0], [0, 0.5], [0, 0], [0, 0], [1, 0]], dtype=np.float32))
        >>> extract_snippet_indices(found, document_length=5, context=1, max_tokens=3)
        [1, 3, 4]
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

def filter_alignments(alignments: Iterable[Alignment], min_similarity: float) -> list[Alignment]:
    """The alignments of a similarity of at least ``min_similarity``, in their order.

    Args:
        alignments: As :func:`colbert_alignments` returns them.
        min_similarity: The least similarity.

    Raises:
        DtypeError: Something else than a list of alignments, or than a number.
    """

def from_bf16(bits: NDArray[np.uint16]) -> NDArray[np.float32]:
    """The components that the bits of bfloat16 stand for, exactly: the inverse of :func:`to_bf16`.

    Args:
        bits: uint16 of shape ``(tokens, dim)``, C-contiguous, or an array of ``ml_dtypes.bfloat16``.

    Returns:
        float32 of shape ``(tokens, dim)``.

    Raises:
        ShapeError: Other dimensions or strides.
        DtypeError: Another dtype.

    Example:
        >>> from_bf16(to_bf16(np.array([[0.5, -3]], dtype=np.float32)))
        array([[ 0.5, -3. ]], dtype=float32)
    """

def highlight_matches_vecs(
    query_tokens: Sequence[Sequence[float]], doc_tokens: Sequence[Sequence[float]], threshold: float
) -> list[int]:
    """Of nested lists the tokens of the document that were found with a dot product of at least ``threshold``.

    Args:
        query_tokens: A list of tokens, each a list of numbers.
        doc_tokens: A list of tokens, each a list of numbers.
        threshold: The least dot product.

    Raises:
        ShapeError, InvalidInputError, DtypeError: As :func:`maxsim_vecs`.

    Example:
        >>> highlight_matches_vecs([[1, 0], [0, 1]], [[0, 0.5], [0.6, 0.8], [1, 0]], 0.9)
        [2]
    """

def highlight_spans(
    alignments: Iterable[Alignment], offsets: Iterable[tuple[int, int]], min_similarity: float
) -> list[tuple[int, int, float]]:
    """The pieces of the document's text that a query found. Tokens that follow one another make one piece.

    Args:
        alignments: As :func:`colbert_alignments` returns them.
        offsets: Of each token of the document where its piece of the text begins and ends, as the tokenizer has it
            (``return_offsets_mapping``); a token without text, such as ``[CLS]``, is never highlighted.
        min_similarity: The least similarity.

    Returns:
        ``(start, end, similarity)``, ascending, with the largest similarity of the piece's tokens.

    Raises:
        InvalidInputError: Fewer offsets than tokens, or one that ends before it begins.
        DtypeError: Something else than a list of alignments, or of pairs of ints.

    Example:
        >>> query = np.array([[1, 0], [0, 1]], dtype=np.float32)
        >>> document = np.array([[0, 0], [0.75, 0], [0, 0.5]], dtype=np.float32)
        >>> spans = highlight_spans(colbert_alignments(query, document), [(0, 0), (0, 3), (4, 8)], 0.25)
        >>> spans, "New York"[slice(*spans[0][:2])]
        ([(0, 8, 0.75)], 'New York')
    """

def idf_weights(document_frequencies: Iterable[int], documents: int) -> NDArray[np.float32]:
    """Inverse document frequencies as weights of query tokens: ``log(1 + (N - df + 0.5) / (df + 0.5))``.

    They are divided by their mean, so that a score of unit tokens stays within ± the number of query tokens. Tokens
    that are no terms (``[CLS]``, markers, ``[MASK]``) have no document frequency: leave them out here, give them 1.

    Args:
        document_frequencies: Of each query token, in how many documents its term is; 0 for a term that is in none.
        documents: The number of documents, N, at least 1.

    Returns:
        float32 of shape ``(tokens,)`` of mean 1, for ``weights`` of :func:`maxsim_batch`.

    Raises:
        InvalidInputError: A frequency above ``documents``, no documents, a negative number.
        DtypeError: Something else than whole numbers.

    Source:
        The formula: Robertson, Zaragoza: The probabilistic relevance framework: BM25 and beyond (2009), with 1 added
        under the logarithm as Lucene has it. For MaxSim: Archish S et al.: Incorporating token importance in
        multi-vector retrieval (2025).

    Example:
        >>> idf_weights([90, 1], documents=100).round(2)  # "the", "zebra"
        array([0.05, 1.95], dtype=float32)
    """

def matryoshka_rank(
    heads: TokenStore,
    store: TokenStore,
    query_tokens: NDArray[np.float32],
    keep: int,
    k: int | None = None,
    *,
    weights: NDArray[np.float32] | None = None,
    cosine: bool = False,
    precision: Literal["bf16"] | None = None,
    threads: int = 1,
) -> list[tuple[Any, float]]:
    """Two stages: all documents by MaxSim of a prefix of the components, the best of them by MaxSim of all.

    Args:
        heads: The prefixes, as :meth:`TokenStore.prefix` makes them.
        store: All components, of the same documents.
        query_tokens: All components of the query, float32 of shape ``(tokens, dim)``.
        keep: How many documents the first stage keeps.
        k: How many to return; by default all that are kept.
        weights: As for :func:`maxsim_batch`; cosines are those of the prefixes first.
        cosine: As for :func:`maxsim_batch`.
        precision: As for :func:`maxsim_batch`.
        threads: As for :func:`maxsim_batch`.

    Returns:
        ``(id, score)`` pairs, by the score of all components descending, then by id ascending.

    Raises:
        InvalidInputError: ``keep`` or ``k`` below 0, a document that ``store`` does not hold, and as
            :meth:`TokenStore.score`.
        ShapeError, DtypeError: As :meth:`TokenStore.score`.

    Source:
        Kusupati et al.: Matryoshka representation learning (NeurIPS 2022).

    Example:
        >>> store = TokenStore(2)
        >>> tokens = [np.array([token], dtype=np.float32) for token in ([0.75, 0], [0.5, 0.5], [0, 2])]
        >>> store.extend(["a", "b", "c"], tokens)
        >>> matryoshka_rank(store.prefix(1), store, np.ones((1, 2), dtype=np.float32), keep=2)
        [('b', 1.0), ('a', 0.75)]
    """

def matryoshka_refine(
    candidates: Iterable[tuple[_Id, float]] | Mapping[_Id, float],
    query: NDArray[np.float32],
    docs: Iterable[tuple[_Id, NDArray[np.float32]]] | Mapping[_Id, NDArray[np.float32]],
    head_dims: int,
    alpha: float = 0.5,
) -> list[tuple[_Id, float]]:
    """Candidates found by the first components of single vectors, refined by the cosine of those behind them.

    Args:
        candidates: ``(id, score)`` pairs in any order, or a dict of id to score: cosines of the first components.
        query: All components, float32 of shape ``(dim,)``.
        docs: The vectors of all candidates, float32 of shape ``(dim,)``: pairs or a dict; others are not looked at.
        head_dims: How many components are the first, fewer than all.
        alpha: The weight of the candidate's score; the rest is that of the cosine.

    Returns:
        The candidates with ``alpha * score + (1 - alpha) * cosine``, descending, then by id ascending.

    Raises:
        InvalidInputError: A candidate without vector, a component that is not finite, a part of zeros, ``head_dims`` or
            ``alpha`` out of range.
        ShapeError: Vectors of unequal dims.
        DtypeError: Another dtype than float32.
        DuplicateIdError: A candidate twice.

    Source:
        Kusupati et al.: Matryoshka representation learning (NeurIPS 2022).

    Example:
        >>> docs = {"a": np.array([1, 0, 1], dtype=np.float32), "b": np.array([0.5, 3, 0], dtype=np.float32)}
        >>> matryoshka_refine([("a", 1.0), ("b", 0.5)], np.array([1, 1, 0], dtype=np.float32), docs, head_dims=1)
        [('b', 0.75), ('a', 0.5)]
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

def maxsim_alignments_cosine_vecs(
    query_tokens: Sequence[Sequence[float]], doc_tokens: Sequence[Sequence[float]]
) -> list[tuple[int, int, float]]:
    """:func:`maxsim_alignments_vecs` by cosine.

    Args:
        query_tokens: A list of tokens, each a list of numbers.
        doc_tokens: A list of tokens, each a list of numbers.

    Raises:
        ShapeError, InvalidInputError, DtypeError: As :func:`maxsim_cosine_vecs`.
    """

def maxsim_alignments_vecs(
    query_tokens: Sequence[Sequence[float]], doc_tokens: Sequence[Sequence[float]]
) -> list[tuple[int, int, float]]:
    """For each token of the query its number, that of the token of the document that it found, and their dot product.

    :func:`colbert_alignments` reads arrays, which is faster, and says more.

    Args:
        query_tokens: A list of tokens, each a list of numbers.
        doc_tokens: A list of tokens, each a list of numbers.

    Raises:
        ShapeError, InvalidInputError, DtypeError: As :func:`maxsim_vecs`.

    Example:
        >>> maxsim_alignments_vecs([[1, 0], [0, 1]], [[0, 0.5], [3, -1]])
        [(0, 1, 3.0), (1, 0, 0.5)]
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

    Arrays are read in place, with the GIL released; Ctrl-C is answered within some milliseconds. NumPy
    arrays, ``ml_dtypes.bfloat16`` among them, torch tensors on the CPU, and all that speak DLPack or have a buffer
    are read without a copy; so are Arrow arrays: FixedSizeList of ``dim`` values for tokens, and a List of these for
    documents.

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

def maxsim_cosine_vecs(query_tokens: Sequence[Sequence[float]], doc_tokens: Sequence[Sequence[float]]) -> float:
    """:func:`maxsim_cosine` of nested lists.

    Args:
        query_tokens: A list of tokens, each a list of numbers.
        doc_tokens: A list of tokens, each a list of numbers.

    Raises:
        ShapeError, InvalidInputError, DtypeError: As :func:`maxsim_vecs`; a token that is all zeros is an
            InvalidInputError.
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

def maxsim_vecs(query_tokens: Sequence[Sequence[float]], doc_tokens: Sequence[Sequence[float]]) -> float:
    """:func:`maxsim` of nested lists. Arrays are read in place, which is many times faster.

    Args:
        query_tokens: A list of tokens, each a list of numbers.
        doc_tokens: A list of tokens, each a list of numbers.

    Raises:
        ShapeError: No tokens, or unequal dims.
        InvalidInputError: Tokens of unequal length, a component that is not finite or beyond float32.
        DtypeError: Something else than lists of numbers.

    Example:
        >>> maxsim_vecs([[1, 0], [0, 1]], [[3, 1], [2, 5]])
        8.0
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

def norm(vector: NDArray[np.float32]) -> float:
    """The Euclidean norm of a vector.

    Args:
        vector: float32 of shape ``(dim,)``, C-contiguous.

    Raises:
        ShapeError: Other dimensions or strides.
        DtypeError: Another dtype than float32.

    Example:
        >>> norm(np.array([3, 4], dtype=np.float32))
        5.0
    """

def normalize(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """A vector divided by its Euclidean norm.

    Args:
        vector: float32 of shape ``(dim,)``, C-contiguous.

    Raises:
        InvalidInputError: A vector of zeros or without components, which has no direction; a component that is NaN or
            infinite.
        ShapeError: Other dimensions or strides.
        DtypeError: Another dtype than float32.

    Example:
        >>> normalize(np.array([3, 4], dtype=np.float32))
        array([0.6, 0.8], dtype=float32)
    """

def normalize_maxsim(score: float, query_length: float) -> float:
    """MaxSim divided by the number of query tokens: for unit tokens within ±1, whatever the length of the query.

    It does not depend on what else is ranked, so that a threshold holds for all queries.

    Args:
        score: A score.
        query_length: The number of the query's tokens, or the sum of their weights.

    Raises:
        InvalidInputError: A score that is NaN or infinite, or a length that is not above 0.
        DtypeError: Something else than numbers.

    Example:
        >>> normalize_maxsim(24.0, 32)
        0.75
    """

def normalize_maxsim_batch(scores: NDArray[np.float32], query_length: float) -> NDArray[np.float32]:
    """:func:`normalize_maxsim` of many scores of one query.

    Args:
        scores: float32 of shape ``(n,)``, C-contiguous.
        query_length: As for :func:`normalize_maxsim`.

    Raises:
        InvalidInputError: As :func:`normalize_maxsim`.
        ShapeError: Other dimensions or strides.
        DtypeError: Another dtype than float32.
    """

def normalize_or_zero(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """:func:`normalize`, but a vector of zeros stays as it is.

    Args:
        vector: float32 of shape ``(dim,)``, C-contiguous.

    Raises:
        InvalidInputError: A component that is NaN or infinite.
        ShapeError: Other dimensions or strides.
        DtypeError: Another dtype than float32.
    """

def normalize_scores(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores brought to the range 0 to 1, ``(s - min) / (max - min)``; scores that are all equal become 1.

    Args:
        scores: float32 of shape ``(n,)``, C-contiguous.

    Raises:
        InvalidInputError: A score that is NaN or infinite.
        ShapeError: Other dimensions or strides.
        DtypeError: Another dtype than float32.

    Example:
        >>> normalize_scores(np.array([3, -1, 1], dtype=np.float32))
        array([1. , 0. , 0.5], dtype=float32)
    """

def patches_to_regions(
    patches: Sequence[int], width: int, height: int, per_side: int
) -> list[tuple[int, int, int, int]]:
    """Where patches of an image lie that a vision model cuts into ``per_side`` by ``per_side``, row by row.

    Args:
        patches: The numbers of patches, as :func:`colbert_highlight` returns them.
        width: The width of the image in pixels.
        height: Its height.
        per_side: The patches in a row, and the rows.

    Returns:
        ``(x, y, width, height)`` of each in pixels.

    Raises:
        InvalidInputError: A patch beyond the image.

    Example:
        >>> patches_to_regions([5], 640, 480, 4)
        [(160, 120, 160, 120)]
    """

def pool_tokens(
    tokens: NDArray[np.float32],
    factor: float = 2.0,
    *,
    method: _Pooling = "hierarchical",
    protected: int | None = None,
    normalize: bool | None = None,
    max_distance: float | None = None,
) -> NDArray[np.float32]:
    """Fewer tokens for a document: tokens that are alike become one, their mean.

    Methods: ``"hierarchical"``, Ward's clusters with one less the dot product as the distance; ``"greedy"``, the two
    clusters whose means have the largest cosine joined over and over; ``"sequential"``, runs of ``factor`` tokens;
    ``"adaptive"``, Ward's clusters up to ``max_distance``, as many as the document needs. As others do it, to the
    cluster: ``"sentence_transformers"`` (``HierarchicalTokenPooling``), ``"pylate"`` (after 1.3.4),
    ``"pylate_1_3_4"`` (up to that), ``"colbert"``, ``"colpali"``; the last three take the matrix of distances for
    one of observations.

    Args:
        tokens: float32 of shape ``(tokens, dim)``, of unit norm where distances are of cosines.
        factor: How many times fewer tokens, at least 1: their number divided by it, rounded down, at least one.
        method: See above.
        protected: How many tokens at the beginning are kept as they are. By default none; 1 as sentence-transformers
            and PyLate have it.
        normalize: Whether all tokens are divided by their norms after. By default they are, but not as PyLate and
            ColBERT have it.
        max_distance: For ``"adaptive"``: the distance up to which clusters are joined; 0.5 joins two tokens of a cosine
            of 0.5.

    Returns:
        float32 of shape ``(clusters, dim)``: protected tokens, then clusters as SciPy numbers them, greedy ones by
        their first token; protected tokens last as PyLate 1.3.4 and ColBERT have it.

    Raises:
        InvalidInputError: Another ``method``, ``factor`` or ``max_distance`` out of range, a component that is
            not finite.
        ShapeError: No tokens, other dimensions or strides.
        DtypeError: Another dtype than float32.

    Source:
        Clavié, Chaffin, Adams: Reducing the footprint of multi-vector retrieval with minimal performance impact via
        token pooling (2024); Ward: Hierarchical grouping to optimize an objective function (1963).

    Example:
        >>> tokens = np.array([[1, 0], [0, 1], [1, 0], [0, 1]], dtype=np.float32)
        >>> pool_tokens(tokens)
        array([[1., 0.],
               [0., 1.]], dtype=float32)
    """

def pool_tokens_batch(
    values: NDArray[np.float32] | Sequence[NDArray[np.float32]],
    offsets: NDArray[np.int64] | None = None,
    factor: float = 2.0,
    *,
    mask: NDArray[np.bool_] | None = None,
    method: _Pooling = "hierarchical",
    protected: int | None = None,
    normalize: bool | None = None,
    max_distance: float | None = None,
    progress: bool = False,
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """:func:`pool_tokens` of many documents.

    Args:
        values: float32, flat with ``offsets``, padded with ``mask``, or a list of arrays, as :func:`maxsim_batch`
            takes it.
        offsets: int64 of shape ``(documents + 1,)``.
        factor: As for :func:`pool_tokens`.
        method: As for :func:`pool_tokens`.
        protected: As for :func:`pool_tokens`.
        normalize: As for :func:`pool_tokens`.
        max_distance: As for :func:`pool_tokens`.
        mask: bool of shape ``(documents, tokens)``.
        progress: Whether to show a progress bar, which needs tqdm.

    Returns:
        The tokens of all documents, float32 of shape ``(tokens, dim)``, and their offsets, int64.

    Raises:
        InvalidInputError, ShapeError, DtypeError: As :func:`pool_tokens`.
        MissingPackageError: ``progress`` without tqdm.

    Example:
        >>> values = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0, 1]], dtype=np.float32)
        >>> pool_tokens_batch(values, np.array([0, 3, 5]))
        (array([[0.8944272, 0.4472136],
               [0.       , 1.       ]], dtype=float32), array([0, 1, 2]))
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

def rerank_contextual(
    candidates: Iterable[_Id],
    judge: Callable[[list[_Id]], Iterable[bool]],
    *,
    batch_size: int = 10,
    exploration_rounds: int = 25,
    total_rounds: int = 100,
    seed: int = 0,
) -> list[tuple[_Id, ContextualScore]]:
    """Ranks candidates by how often a judge finds them relevant, in batches chosen for that (TS-SetRank).

    For judges that read several documents at once, such as a language model with a setwise prompt, and judge a document
    differently in other company. The belief about a candidate is a Beta distribution that starts as Beta(1, 1) and
    counts judgments. Batches are drawn evenly at first; then each is of the candidates whose draws from their beliefs
    are the greatest (Thompson sampling). Within a batch the order is by chance.

    Args:
        candidates: Ids, in any order.
        judge: Is given the ids of a batch and returns a bool for each; it is called ``total_rounds`` times.
        batch_size: The documents of a batch; all if there are no more.
        exploration_rounds: How many batches are drawn evenly.
        total_rounds: How many batches are judged, those included.
        seed: The same seed gives the same batches, where judgments are the same.

    Returns:
        All candidates, by the mean of the belief descending, then in the order in which they came.

    Raises:
        DuplicateIdError: A candidate twice.
        InvalidInputError: ``batch_size`` 0, more exploration than rounds, another number of judgments than documents.
        DtypeError: A judgment that is no bool, a judge that is no function. What the judge raises goes through.

    Source:
        Huang, Madala, Niu, Hockenmaier, Zhang: Contextual relevance and adaptive sampling for LLM-based document
        reranking (2025).

    Example:
        >>> def above_the_mean(batch):
        ...     return [document >= np.mean(batch) for document in batch]
        >>> ranked = rerank_contextual(range(30), above_the_mean)
        >>> all(document >= 20 for document, score in ranked[:5])
        True
    """

def softmax_scores(scores: NDArray[np.float32], temperature: float = 1.0) -> NDArray[np.float32]:
    """Scores as shares of 1: ``exp(s / temperature)``, divided by the sum of all.

    Shares depend on what else is ranked: they are no probabilities of relevance.

    Args:
        scores: float32 of shape ``(n,)``, C-contiguous.
        temperature: Above 0; less is steeper.

    Raises:
        InvalidInputError: A score that is NaN or infinite, or ``temperature`` out of range.
        ShapeError: Other dimensions or strides.
        DtypeError: Another dtype than float32.

    Example:
        >>> softmax_scores(np.array([7, 7], dtype=np.float32))
        array([0.5, 0.5], dtype=float32)
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

def token_clusters(
    tokens: NDArray[np.float32],
    factor: float = 2.0,
    *,
    method: _Pooling = "hierarchical",
    protected: int | None = None,
    max_distance: float | None = None,
) -> NDArray[np.int64]:
    """Which row of :func:`pool_tokens` each token becomes part of. Arguments and errors are the same.

    Returns:
        int64 of shape ``(tokens,)``.

    Raises:
        InvalidInputError, ShapeError, DtypeError: As :func:`pool_tokens`.

    Example:
        >>> tokens = np.array([[1, 0], [0, 1], [1, 0], [0, 1]], dtype=np.float32)
        >>> token_clusters(tokens, protected=1, factor=1.5)
        array([0, 1, 2, 1])
    """

def top_k_alignments(alignments: Iterable[Alignment], k: int) -> list[Alignment]:
    """The ``k`` alignments of the largest similarity, largest first; of equals, that of the first query token.

    Args:
        alignments: As :func:`colbert_alignments` returns them.
        k: How many; all if there are no more.

    Raises:
        DtypeError: Something else than a list of alignments.
        InvalidInputError: ``k`` below 0.

    Example:
        >>> query = np.array([[1, 0], [0, 1]], dtype=np.float32)
        >>> found = colbert_alignments(query, np.array([[0.25, 0], [0, 0.75]], dtype=np.float32))
        >>> [alignment.query_token for alignment in top_k_alignments(found, 1)]
        [1]
    """

def top_k_indices(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """The positions of the ``k`` greatest scores, greatest first; equal scores by position.

    Args:
        scores: float32 of shape ``(n,)``, C-contiguous.
        k: How many; all if there are no more.

    Raises:
        InvalidInputError: A score that is NaN, or ``k`` below 0.
        ShapeError: Other dimensions or strides.
        DtypeError: Another dtype than float32.

    Example:
        >>> top_k_indices(np.array([0.5, 2, 1, 2], dtype=np.float32), 3)
        array([1, 3, 2])
    """
