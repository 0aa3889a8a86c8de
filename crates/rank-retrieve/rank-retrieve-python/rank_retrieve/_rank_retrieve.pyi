# ruff: noqa: A002 - a document's `id` is what it is called everywhere

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from os import PathLike
from typing import Any, ClassVar, Literal, Protocol, TypeAlias, final, type_check_only

import numpy as np
from numpy.typing import NDArray

ENGLISH_STOP_WORDS: tuple[str, ...]

@type_check_only
class _Csr(Protocol):
    @property
    def format(self) -> object: ...
    @property
    def data(self) -> object: ...
    @property
    def indices(self) -> object: ...
    @property
    def indptr(self) -> object: ...

_Value: TypeAlias = int | float | str | list[str] | tuple[str, ...] | set[str] | date | np.generic
_Fields: TypeAlias = Mapping[str, _Value | None]
_Types: TypeAlias = Mapping[str, Literal["int", "float", "keyword", "date"]]
_Filter: TypeAlias = Filter | NDArray[np.bool_] | Iterable[int | str]

@type_check_only
class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...  # noqa: ANN401

@type_check_only
class _ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: Any = None) -> Any: ...  # noqa: ANN401

_Content: TypeAlias = str | Iterable[str] | Mapping[str, str] | Mapping[str, Iterable[str]]
_Documents: TypeAlias = (
    str
    | PathLike[str]
    | _ArrowStream
    | _ArrowArray
    | Iterable[tuple[int | str, _Content]]
    | Iterable[tuple[int | str, _Content, _Fields | None]]
    | Iterable[Mapping[str, Any]]
)

_Array: TypeAlias = NDArray[Any]
_Formula: TypeAlias = Literal[
    "lucene",
    "robertson",
    "atire",
    "bm25l",
    "bm25+",
    "tfidf",
    "dirichlet",
    "jelinek-mercer",
    "lucene-tfidf",
    "lucene-dirichlet",
    "lucene-jelinek-mercer",
]
_Vectors: TypeAlias = (
    str
    | PathLike[str]
    | _ArrowStream
    | _ArrowArray
    | Iterable[tuple[int | str, Mapping[str, float] | str]]
    | Iterable[tuple[int | str, Mapping[str, float] | str, _Fields | None]]
    | Iterable[tuple[Iterable[int | str], _Csr | tuple[_Array, _Array, _Array]]]
    | Iterable[Mapping[str, Any]]
)

@final
class Analyzer:
    """What becomes of a text before it is indexed or searched: words, lower case, accents, stop words, Snowball stems.

    Words are those of Unicode Standard Annex 29, so punctuation is dropped, ``can't`` and ``3.14`` are one word.
    Chinese, Japanese and Korean writing becomes pairs of neighboring characters. Texts that Unicode holds to be the
    same (composed and decomposed letters) have the same terms. Stop words are compared after accents and before
    stemming.

    Analyzers are equal if their settings are; they can be pickled, if a tokenizer of yours can.

    Args:
        language: The English name of a language, one of ``rank_retrieve.languages()``.
        stop_words: Words to leave out, whatever their case. ``None`` is ``rank_retrieve.stop_words(language)``, which
            includes words like "not"; ``[]`` is none.
        stemmer: Whether words are reduced to their stems, if the language has a stemmer; or the name of another
            language, whose stemmer is to be used.
        tokenizer: ``"words"`` as above; ``"whitespace"`` for what stands between white space; ``"identifiers"`` for
            source code and part numbers: names as they stand (``std::fs``, ``R123-78``, ``C++``) and the parts of
            those that have parts; or a function from a ``str`` to a list of ``str``, the same at all times. A function
            is known by its module and name, ``module.qualname``, and by what it makes of a text with words of many
            kinds, when settings are compared or saved.
        ngrams: ``(least, most)`` for runs of so many characters of each word, in place of words.
        lowercase: Whether case is leveled. Stemmers and stop words know lower case only.
        fold_accents: Whether accents are dropped, so that ``cafe`` finds ``café``.

    Raises:
        InvalidInputError: An unknown language or tokenizer, a language without a stemmer as ``stemmer``, n-grams
            without characters or beside another tokenizer.
        DtypeError: Stop words that are not a list of ``str``, another type of ``stemmer`` or ``tokenizer``.

    Source:
        Porter: Snowball, a language for stemming algorithms (2001).

    Example:
        >>> Analyzer().analyze("The flows of the Gases")
        ['flow', 'gase']
        >>> Analyzer(tokenizer="identifiers", stop_words=[], stemmer=False).analyze("readFile()")
        ['readfile', 'read', 'file']
        >>> Analyzer("french", fold_accents=True).analyze("Les élèves") == Analyzer("french").analyze("eleves")
        True
    """

    def __new__(
        cls,
        language: str = "english",
        stop_words: Iterable[str] | None = None,
        stemmer: bool | str = True,
        *,
        tokenizer: Literal["words", "whitespace", "identifiers"] | Callable[[str], Iterable[str]] = "words",
        ngrams: tuple[int, int] | None = None,
        lowercase: bool = True,
        fold_accents: bool = False,
    ) -> Analyzer: ...
    def analyze(self, text: str) -> list[str]:
        """Gives the terms of a text, in its order, repeated words repeated.

        Args:
            text: Any text.

        Returns:
            The terms.

        Raises:
            Exception: Whatever a tokenizer of yours raises.
            DtypeError: A tokenizer of yours that gives something else than words.

        Example:
            >>> Analyzer("german").analyze("Die Häuser")
            ['haus']
        """

    def to_json(self) -> str:
        """Gives the settings as JSON: the same settings are the same text.

        Returns:
            The settings. Of a tokenizer of yours, only its name is in them, and a number for what it makes of a text.

        Example:
            >>> Analyzer("german").to_json() == Analyzer("german", stemmer="german").to_json()
            True
        """

    @staticmethod
    def from_json(settings: str, tokenizer: Callable[[str], Iterable[str]] | None = None) -> Analyzer:
        """Makes the analyzer of saved settings.

        Args:
            settings: What ``to_json`` gave.
            tokenizer: The tokenizer of yours that the settings name, if they name one.

        Returns:
            The analyzer.

        Raises:
            InvalidInputError: Other settings, those of another version, or a tokenizer that is not the named one.
            DtypeError: A tokenizer that cannot be called.

        Example:
            >>> Analyzer.from_json(Analyzer("german").to_json()) == Analyzer("german")
            True
        """

    def __eq__(self, value: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Callable[..., Analyzer], tuple[str, Callable[[str], Iterable[str]] | None]]: ...

def languages() -> tuple[str, ...]:
    """Gives the languages that have a Snowball stemmer, a stop list, or both.

    Returns:
        Their English names in lower case.

    Example:
        >>> "german" in languages()
        True
    """

def stop_words(language: str) -> tuple[str, ...]:
    """Gives the stop list of a language.

    English has ``ENGLISH_STOP_WORDS``, the list of the Snowball project; other languages have NLTK's list, or else that
    of the collection stopwords-iso, which tends to be longer. Read a list before using it: all of them hold words that
    negate.

    Args:
        language: The English name of a language, one of ``languages()``.

    Returns:
        Its function words; empty for a language without a list.

    Raises:
        InvalidInputError: An unknown language.

    Example:
        >>> "nicht" in stop_words("german")
        True
    """

@final
class Bm25Index:
    """An inverted index that ranks by BM25, or by another formula of the same counts.

    For N documents, of which df hold the term t, a document d of ``|d|`` terms that holds t tf times, and the mean
    length avgdl, the score is the sum over the terms of the query of ``ln(1 + (N - df + 0.5) / (df + 0.5)) * tf /
    (tf + k1 * (1 - b + b * |d| / avgdl))``: the form of Lucene since version 8. Some systems multiply by k1 + 1, which
    changes every score by the same factor. Lengths are exact. A term that the query repeats counts each time.

    Other formulas, with B = 1 - b + b * ``|d|`` / avgdl: ``"robertson"``, idf ``ln((N - df + 0.5) / (df + 0.5))``, at
    least 0; ``"atire"``, ``ln(N / df) * (k1 + 1) * tf / (tf + k1 * B)``; ``"bm25l"``, ``ln((N + 1) / (df + 0.5)) *
    (k1 + 1) * (c + delta) / (k1 + c + delta)`` with c = tf / B; ``"bm25+"``, ``ln((N + 1) / df) * ((k1 + 1) * tf /
    (tf + k1 * B) + delta)``, both also for terms that a document lacks; ``"tfidf"``, ``(1 + ln tf) * ln(N / df)``; and
    the query's likelihood, p the share of the term among all: ``"dirichlet"``, the sum of ``ln(1 + tf / (mu * p))``
    plus, for each term, ``ln(mu / (|d| + mu))``, which may be negative; ``"jelinek-mercer"``, the sum of ``ln(1 +
    (1 - smoothing) * tf / (smoothing * |d| * p))``. Lucene has its own of the last three: ``"lucene-tfidf"``,
    ``sqrt(tf / |d|) * (1 + ln((N + 1) / (df + 1)))``; and with q = (f + 1) / (c + 1) in the place of p, for a term
    that is f times among the c of all, ``"lucene-dirichlet"``, of the terms that the document holds the sum of what
    is above 0 of ``ln(1 + tf / (mu * q)) + ln(mu / (|d| + mu))``, and ``"lucene-jelinek-mercer"``.

    Documents may come and go: ids and scores, to the bit, are those of a new index of the same documents. After a
    change, the first queries compute what they need, until it pays to compute it for all terms.

    Ids are ``str`` or ``int``. An index can be filled and searched from many threads.

    Args:
        k1: How slowly a repeated term saturates: at least 0; 0 counts presence only. ``None`` is 1.5, and 1.2 with
            ``score_compat`` ``"lucene"`` or ``"tantivy"``.
        b: How much long documents are held back: from 0, not at all, to 1, in full.
        analyzer: What ``add_text`` and ``search`` send texts through; ``None`` is ``Analyzer()``.
        formula: Its name; ``None`` is ``"lucene"``.
        delta: Of BM25L and BM25+: at least 0.
        mu: Of Dirichlet's smoothing: above 0.
        smoothing: Of Jelinek's and Mercer's smoothing, the weight of the collection: above 0, to 1.
        score_compat: Whose scores to give, to five digits: ``"lucene"``, ``"tantivy"`` (both with lengths in a byte,
            tantivy times k1 + 1) or ``"bm25s"``. With it, ``formula`` is one that the system has, in the form that it
            has there: of Lucene also ``"tfidf"``, ``"dirichlet"`` and ``"jelinek-mercer"``, of bm25s all of BM25's.
        fields: Types of stored fields, ``"int"``, ``"float"``, ``"keyword"`` or ``"date"``. A field that is not named
            here has the type of its first value, until no document has one; a date is then a ``datetime``, since a
            ``str`` is a keyword.
        text_fields: For documents of several texts, such as title and body: names and weights of at least 0, at most
            8. Documents are then a ``dict`` by field, and rank by BM25F: ``T / (k1 + T)`` takes the place of ``tf /
            (tf + k1 * B)``, where T is the sum over the fields of ``weight * tf / B``, each with its own lengths. A
            document that holds a term only in fields of weight 0 does not match by it. For formulas of BM25.
        field_b: Another ``b`` for some of them.
        impacts: In what the index keeps what a term adds to a score: ``"f32"``, or ``"u8"``, a byte, with which a
            posting takes 4 bytes in place of 7, in memory and in a file. A term then adds a whole number of steps, of
            which its best document has 255: rounded to the nearest, and at least one. A score is off by half a step of
            each term at most, less than the sum of ``idf / 510`` (times k1 + 1 where the formula has it); by a step
            where a term adds less than half of one. Of these scores the index promises what it promises of others: the
            best are found exactly, and their bits do not depend on how it came to be. Parameters can still be chosen
            at each query.

    Raises:
        InvalidInputError: A parameter out of its range, or an unknown name.
        DtypeError: Fields, weights or names of another type.

    Source:
        Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond (2009); the variant: Kamphuis, de
        Vries, Boytsov, Lin: Which BM25 Do You Mean? (ECIR 2020); BM25F: Robertson, Zaragoza, Taylor: Simple BM25
        Extension to Multiple Weighted Fields (CIKM 2004), with a b for each field as in section 3.6 of the first.

    Example:
        >>> index = Bm25Index(k1=0)
        >>> index.add_text("d1", "A red fox")
        >>> index.add_text("d2", "Red hens")
        >>> [(id, round(score, 4)) for id, score in index.search("the foxes")]
        [('d1', 0.6931)]

        Title and body, T = 3 * 1 + 1 * 1: ln 2 * 4 / (1.5 + 4).

        >>> index = Bm25Index(b=0, text_fields={"title": 3, "body": 1})
        >>> index.add_text("d1", {"title": "Foxes", "body": "A red fox"})
        >>> index.add_text("d2", {"body": "Hens"})
        >>> [(id, round(score, 4)) for id, score in index.search("fox")]
        [('d1', 0.5041)]

        Impacts in a byte: ln(1 + 0.5 / 2.5) / (1 + 1.5 * (0.25 + 0.75 * 2 / 3.5)) is 255 steps of "fox", and the longer
        document has 173.

        >>> index = Bm25Index(impacts="u8")
        >>> index.add_document("d1", ["red", "fox"])
        >>> index.add_document("d2", ["red", "red", "fox", "den", "den"])
        >>> [(id, round(score, 4)) for id, score in index.retrieve(["fox"])]
        [('d1', 0.0904), ('d2', 0.0613)]
    """

    def __new__(
        cls,
        k1: float | None = None,
        b: float = 0.75,
        analyzer: Analyzer | None = None,
        *,
        formula: _Formula | None = None,
        delta: float = 0.5,
        mu: float = 1000.0,
        smoothing: float = 0.1,
        score_compat: Literal["lucene", "tantivy", "bm25s"] | None = None,
        fields: _Types | None = None,
        text_fields: Mapping[str, float] | None = None,
        field_b: Mapping[str, float] | None = None,
        impacts: Literal["f32", "u8"] = "f32",
    ) -> Bm25Index: ...
    def add_document(
        self, id: int | str, terms: Iterable[str] | Mapping[str, Iterable[str]], fields: _Fields | None = None
    ) -> None:
        """Adds a document that is terms already; the analyzer does not see them.

        Args:
            id: Its id, ``str`` or ``int``.
            terms: Its terms; there may be none; of an index with text fields, a dict of them by field.
            fields: Values to be stored with it, by field: ``int``, ``float``, ``str``, several ``str``, ``date`` or
                ``datetime`` (UTC if it has no zone), for ``filter=`` and ``matches``. ``None`` is no value.

        Raises:
            InvalidInputError: A text field or a value that does not fit its field; the index is as it was.
            DuplicateIdError: The index holds a document of this id; it is as it was.
            DtypeError: An id or a term of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.add_document(7, ["red", "fox"])
            >>> 7 in index, len(index)
            (True, 1)
        """

    def add_text(self, id: int | str, text: str | Mapping[str, str], fields: _Fields | None = None) -> None:
        """Adds a text, through the analyzer.

        Args:
            id: Its id, ``str`` or ``int``.
            text: Any text; of an index with text fields, a dict of them by field.
            fields: Values to be stored with it, by field: ``int``, ``float``, ``str``, several ``str``, ``date`` or
                ``datetime`` (UTC if it has no zone), for ``filter=`` and ``matches``. ``None`` is no value.

        Raises:
            InvalidInputError: A text field or a value that does not fit its field; the index is as it was.
            DuplicateIdError: The index holds a document of this id; it is as it was.
            DtypeError: An id of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.add_text("d1", "A red fox", fields={"year": 2021, "tags": ["red", "wild"]})
            >>> index.fields("d1")
            {'tags': ['red', 'wild'], 'year': 2021}
        """

    def add_documents(
        self,
        ids: Iterable[int | str],
        documents: Iterable[Iterable[str] | Mapping[str, Iterable[str]]],
        progress: bool = False,
        *,
        fields: Iterable[_Fields | None] | None = None,
    ) -> None:
        """Adds documents that are terms already; the analyzer does not see them.

        Ids are checked before anything is added. Ctrl-C stops between documents; those before stay.

        Args:
            ids: An id a document, ``str`` or ``int``.
            documents: As many lists of terms; of an index with text fields, dicts of them by field. An iterator is read
                as the documents are added.
            progress: Whether to show a bar, which needs the package tqdm.
            fields: What is stored with each document, as of ``add_document``; an iterator is read as they are added.

        Raises:
            ShapeError: Not as many ids as documents or fields. Of lists, nothing is added then; of iterators, what came
                before the end is, and the message says how many.
            InvalidInputError: A text field or a value that does not fit its field; documents before it stay.
            DuplicateIdError: An id twice, or one that the index holds.
            DtypeError: An id, a term or a value of another type; documents before it stay.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> index = Bm25Index()
            >>> index.add_documents(range(2), (text.split() for text in ["a red fox", "red hens"]))
            >>> len(index)
            2
        """

    def add_tokens(
        self,
        ids: Iterable[int | str],
        tokens: NDArray[np.int32],
        offsets: NDArray[np.int64],
        vocabulary: Iterable[str],
        progress: bool = False,
    ) -> None:
        """Adds documents whose terms are numbers in a vocabulary, as tokenizers give them. No copy of the tokens.

        All is checked before anything is added. Ctrl-C stops between documents; those before stay.

        Args:
            ids: An id a document, ``str`` or ``int``.
            tokens: int32, shape (tokens,), C-contiguous: the terms of all documents, as places in the vocabulary.
            offsets: int64, shape (documents + 1,): where each document begins; the last is the number of tokens.
            vocabulary: The terms.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            ShapeError: Another shape, or not as many ids as documents.
            InvalidInputError: Offsets that do not ascend from 0 to the number of tokens, or a token that is not in the
                vocabulary.
            DuplicateIdError: An id twice, or one that the index holds.
            DtypeError: An array of another dtype, an id or a term of another type.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> index = Bm25Index()
            >>> index.add_tokens(["d1", "d2"], np.array([0, 1, 1], np.int32), np.array([0, 2, 3]), ["red", "fox"])
            >>> [id for id, _ in index.retrieve(["red"])]
            ['d1']
        """

    def extend(
        self,
        documents: _Documents,
        *,
        id: str = "_id",
        text: str | Iterable[str] | None = None,
        fields: str | Iterable[str] | None = None,
        threads: int = 1,
        progress: bool = False,
    ) -> int:
        """Adds documents as they come, some thousand at a time.

        All of a stream is never in memory. Texts of Arrow tables are read in place. Ctrl-C stops between documents.

        Args:
            documents: Pairs of an id and a text, which goes through the analyzer, or of an id and a list of terms (of
                an index with text fields, dicts of these by field), or triples with a dict of what is to be stored; or
                dicts; or anything that speaks Arrow (a table, data frame or record batch reader of pyarrow, polars,
                pandas and others); or the path of a file: Parquet if it ends in ``.parquet``, which needs pyarrow, else
                JSON, an object to a line, plain or compressed by gzip or zstd.
            id: The key, column or field of the id, ``str`` or ``int``.
            text: Those of the text; several are joined by a space. What is missing or null is left out, but one must be
                there. ``None`` is title and text, as in BEIR's ``corpus.jsonl``; of an index with text fields, it is
                these, each for itself.
            fields: Those of what is stored with each document: ints, floats, texts, lists of texts; of dicts and Arrow
                also dates. What is missing or null is not stored; a column of Arrow must be there.
            threads: How many texts are analyzed at the same time. It changes no bit.
            progress: Whether to show a bar, which needs the package tqdm.

        Returns:
            How many documents were added.

        Raises:
            InvalidInputError: A document without id or text, a value that does not fit its field, or what is no JSON or
                Parquet; the message names the position or the line. All documents before it are in the index, none
                after it.
            DuplicateIdError: An id twice, or one that the index holds; likewise.
            DtypeError: A document, id or text of another type; likewise.
            OSError: A file cannot be read.
            MissingPackageError: ``progress`` without tqdm, Parquet without pyarrow.

        Example:
            >>> index = Bm25Index()
            >>> index.extend((f"d{n}", text) for n, text in enumerate(["A red fox", "Red hens"]))
            2
            >>> index.extend([{"key": 7, "body": "Foxes"}], id="key", text="body")
            1
            >>> [id for id, score in index.search("fox")]
            [7, 'd0']

            With titles that count twice, and the year stored:

            >>> index = Bm25Index(text_fields={"title": 2, "body": 1})
            >>> documents = [{"_id": 1, "title": "Foxes", "body": "Red ones", "year": 2020}]
            >>> index.extend(documents, fields="year"), index.fields(1)
            (1, {'year': 2020})
        """

    def build(
        self,
        path: str | PathLike[str],
        documents: _Documents,
        *,
        memory_limit: int = 268435456,
        id: str = "_id",
        text: str | Iterable[str] | None = None,
        fields: str | Iterable[str] | None = None,
        threads: int = 1,
        progress: bool = False,
    ) -> Bm25Index:
        """Builds an index in a file, of any number of documents in bounded memory.

        The file is, to the byte, what ``save`` of the same documents would write; this index must be empty and gives
        its settings: analyzer, formula, text fields, types of stored fields. Postings beyond the limit are sorted
        into temporary files beside ``path``, which are gone in the end, whatever happens. In memory is also each term,
        once.

        Args:
            path: The file. It is replaced as a whole or not at all.
            documents: As for ``extend``.
            memory_limit: In bytes: of postings, hashes of ids, and terms, unless the terms alone need more.
            id: As for ``extend``.
            text: As for ``extend``.
            fields: As for ``extend``. What is stored is in memory, some 8 bytes for each field of a document.
            threads: As for ``extend``.
            progress: Whether to show bars, which need the package tqdm.

        Returns:
            The index of the file, opened in place.

        Raises:
            InvalidInputError: This index has documents; or as ``extend``. ``path`` is then as it was.
            DuplicateIdError: An id twice, which is found at the end.
            DtypeError: As ``extend``.
            OSError: A file cannot be read or written, or the disk is full.
            MissingPackageError: As ``extend``.

        Example:
            >>> import tempfile
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     index = Bm25Index(k1=0.9).build(f"{folder}/index", [(1, "A red fox"), (2, "Red hens")])
            ...     [id for id, score in index.search("foxes")]
            [1]
        """

    def remove(self, id: int | str) -> bool:
        """Takes a document out.

        When half of the documents are such that were taken out, the index is written anew without them.

        Args:
            id: Its id, ``str`` or ``int``.

        Returns:
            Whether it was there.

        Raises:
            DtypeError: An id of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.add_text(1, "A red fox")
            >>> index.remove(1), index.remove(1), len(index)
            (True, False, 0)
        """

    def update_document(
        self, id: int | str, terms: Iterable[str] | Mapping[str, Iterable[str]], fields: _Fields | None = None
    ) -> bool:
        """Puts terms in the place of the document of this id, or adds them if there is none.

        Args:
            id: Its id, ``str`` or ``int``.
            terms: Its terms; there may be none; of an index with text fields, a dict of them by field.
            fields: As of ``add_text``. What is stored already and not named here stays.

        Returns:
            Whether there was one.

        Raises:
            InvalidInputError: A text field or a value that does not fit its field; the index is as it was.
            DtypeError: An id or a term of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.add_document(1, ["fox"])
            >>> index.update_document(1, ["hen"])
            True
            >>> index.retrieve(["fox"])
            []
        """

    def update_text(self, id: int | str, text: str | Mapping[str, str], fields: _Fields | None = None) -> bool:
        """Puts a text, through the analyzer, in the place of the document of this id, or adds it if there is none.

        Args:
            id: Its id, ``str`` or ``int``.
            text: Any text; of an index with text fields, a dict of them by field.
            fields: As of ``add_text``. What is stored already and not named here stays.

        Returns:
            Whether there was one.

        Raises:
            InvalidInputError: A text field or a value that does not fit its field; the index is as it was.
            DtypeError: An id of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.update_text(1, "A red fox")
            False
        """

    def declare_field(self, field: str, kind: Literal["int", "float", "keyword", "date"]) -> None:
        """Makes a stored field of a type, for all that comes.

        Args:
            field: Its name.
            kind: Its type; ``str`` values of a ``"date"`` are read as ISO 8601.

        Raises:
            InvalidInputError: It has another type already, or there is no such type.

        Example:
            >>> index = Bm25Index()
            >>> index.declare_field("published", "date")
            >>> index.field_types()
            {'published': 'date'}
        """

    def set_fields(self, id: int | str, fields: _Fields) -> bool:
        """Stores values with a document; those of fields that are not named stay.

        Args:
            id: Its id, ``str`` or ``int``.
            fields: Values by field, as of ``fields``; ``None`` takes a value away.

        Returns:
            Whether there is such a document.

        Raises:
            InvalidInputError: A value that does not fit its field: nothing is stored then.
            DtypeError: A value or an id of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.add_text(1, "A red fox")
            >>> index.set_fields(1, {"year": 2021}), index.fields(1)
            (True, {'year': 2021})
        """

    def set_field(self, field: str, ids: Iterable[int | str], values: Iterable[_Value | None]) -> None:
        """Stores a value of one field with each of many documents.

        Args:
            field: Its name.
            ids: Ids, ``str`` or ``int``.
            values: As many values; ``None`` takes a value away.

        Raises:
            ShapeError: Not as many values as ids.
            InvalidInputError: A value that does not fit the field, or an id that the index does not hold; the values
                before it stay.
            DtypeError: A value or an id of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.add_text(1, "A red fox")
            >>> index.set_field("year", [1], np.array([2021]))
            >>> index.fields(1)
            {'year': 2021}
        """

    def fields(self, id: int | str) -> dict[str, int | float | str | list[str] | date] | None:
        """Gives the values stored with a document.

        Args:
            id: Its id, ``str`` or ``int``.

        Returns:
            Values by field, dates as ``datetime`` in UTC; ``None`` if there is no such document.

        Raises:
            DtypeError: An id of another type.

        Example:
            >>> Bm25Index().fields(1) is None
            True
        """

    def field_types(self) -> dict[str, str]:
        """Gives the stored fields and their types: ``"int"``, ``"float"``, ``"keyword"`` or ``"date"``.

        Returns:
            Types by field.

        Example:
            >>> Bm25Index(fields={"year": "int"}).field_types()
            {'year': 'int'}
        """

    def ids(self, filter: _Filter | None = None) -> list[int | str]:
        """Gives the ids of the documents, in the order in which they were added.

        An updated document was added when it was updated.

        Args:
            filter: Which documents, as of a search.

        Returns:
            The ids.

        Raises:
            InvalidInputError: A filter that does not fit the index.
            DtypeError: A filter of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.add_text(1, "A red fox")
            >>> index.ids()
            [1]
        """

    def compile(self, filter: _Filter) -> Filter:
        """Evaluates a filter once, to be used many times, alone or within other filters.

        The last 16 filters are kept in any case, so that a filter that is asked again is not evaluated again.

        Args:
            filter: Which documents, as of a search.

        Returns:
            A filter that passes the same documents, until the index changes: then it is an error to use it, as it is
            with another index.

        Raises:
            InvalidInputError: A filter that does not fit the index.
            DtypeError: A filter of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.add_texts([1, 2, 3], ["A red fox", "Foxes", "Hens"])
            >>> allowed = index.compile([1, 3])
            >>> allowed, [id for id, _ in index.search("fox", filter=allowed)]
            (2 documents, [1])
        """

    def mask(self, filter: _Filter) -> NDArray[np.bool_]:
        """Evaluates a filter: the result is a filter too, for as long as no document comes or goes.

        Args:
            filter: Which documents, as of a search.

        Returns:
            Whether each document passes, bool, shape (documents,), in the order of ``ids()``.

        Raises:
            InvalidInputError: A filter that does not fit the index.
            DtypeError: A filter of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.add_text(1, "A red fox")
            >>> index.mask([2]).tolist()
            [False]
        """

    def matches(self, query: str | Iterable[str] | None = None, filter: _Filter | None = None) -> Matches:
        """Finds all documents that match, to count what they have stored.

        A document matches that holds at least one term of the query, and passes the filter.

        Args:
            query: A text, which goes through the analyzer, or terms, which are taken as they are; ``None`` is all
                documents.
            filter: Which documents, as of a search.

        Returns:
            What matches. A later change of the index does not show in it.

        Raises:
            InvalidInputError: A filter that does not fit the index.
            DtypeError: A query or a filter of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.add_text(1, "A red fox", fields={"city": "Bonn"})
            >>> index.add_text(2, "A fox cub", fields={"city": "Bonn"})
            >>> index.add_text(3, "Foxes", fields={"city": "Aachen"})
            >>> index.matches("fox").facets("city")
            [('Bonn', 2), ('Aachen', 1)]
        """

    def count(self, query: str | Iterable[str] | None = None, filter: _Filter | None = None) -> int:
        """Counts the documents that match: ``len(index.matches(query, filter))``.

        Args:
            query: As of ``matches``.
            filter: As of ``matches``.

        Returns:
            How many.

        Raises:
            InvalidInputError: A filter that does not fit the index.
            DtypeError: A query or a filter of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.add_texts([1, 2], ["A red fox", "Hens"])
            >>> index.count("foxes"), index.count(filter=[2])
            (1, 1)
        """

    def merge(self, progress: bool = False) -> None:
        """Writes the index anew without what was taken out. Nothing that is found changes.

        On Ctrl-C the index is as it was.

        Args:
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> index = Bm25Index()
            >>> index.add_text(1, "A red fox")
            >>> index.merge()
        """

    def terms(self, id: int | str) -> list[tuple[str, int]] | None:
        """Gives the terms of a document.

        Args:
            id: Its id, ``str`` or ``int``.

        Returns:
            ``(term, count)`` pairs in alphabetical order, or ``None`` if there is no such document.

        Raises:
            DtypeError: An id of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.add_text(1, "A red fox, red")
            >>> index.terms(1)
            [('fox', 1), ('red', 2)]
        """

    def save(self, path: str | PathLike[str], progress: bool = False) -> None:
        """Writes the index, its analyzer and parameters included, to one file.

        The file is replaced as a whole or not at all, whenever the process ends, or Ctrl-C stops it. Whoever has the
        old one loaded goes on with it.

        Args:
            path: The file.
            progress: Whether to show bars, for impacts and for the file, which need the package tqdm.

        Raises:
            OSError: The file cannot be written; ``FileNotFoundError`` if its folder is missing.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> import pathlib, tempfile
            >>> index = Bm25Index()
            >>> index.add_text("d1", "A red fox")
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     index.save(pathlib.Path(folder) / "index.bm25")
            ...     [id for id, _ in Bm25Index.load(f"{folder}/index.bm25").search("foxes")]
            ['d1']
        """

    def commit(self, folder: str | PathLike[str], progress: bool = False) -> None:
        """Writes what changed since the last time into a folder, which ``load`` opens as it opens a file.

        What the folder has already is not written again: full windows of 16,384 documents, and whatever else is the
        same; nor is what the first searches after ``load`` compute. The folder is the index before or after, whenever
        the process ends, or Ctrl-C stops it. Whoever has the old one loaded goes on with it.

        Args:
            folder: The folder, which is made if it is missing. One writer at a time.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            OSError: A file cannot be written; ``FileNotFoundError`` if the folder that it is in is missing,
                ``BlockingIOError`` if another writer is at work.
            InvalidInputError: The folder has a damaged index, or another's.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> import tempfile
            >>> index = Bm25Index()
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     for id, text in enumerate(["A red fox", "Red hens"]):
            ...         index.add_text(id, text)
            ...         index.commit(f"{folder}/index")
            ...     len(Bm25Index.load(f"{folder}/index"))
            2
        """

    @staticmethod
    def load(path: str | PathLike[str], tokenizer: Callable[[str], Iterable[str]] | None = None) -> Bm25Index:
        """Opens an index that ``save`` wrote, in place: postings are read when they are searched.

        The first search looks the whole file through for damage. The file may be replaced meanwhile, not changed.

        Args:
            path: The file that ``save`` wrote, or the folder of ``commit``.
            tokenizer: The function, if the index's analyzer was made with one.

        Returns:
            The index.

        Raises:
            OSError: The file cannot be read; ``FileNotFoundError`` if it is missing.
            InvalidInputError: A damaged, truncated or foreign file, here or at the first use; another tokenizer.

        Example:
            See ``save``.
        """

    @property
    def scoring(self) -> Scoring:
        """How documents are scored, if a call does not say otherwise."""

    @property
    def impacts(self) -> Literal["f32", "u8"]:
        """In what the index keeps what a term adds to a score."""

    def prepare(self, scoring: Scoring | None = None, progress: bool = False) -> None:
        """Computes at once what the first queries would compute piece by piece.

        After Ctrl-C they compute it.

        Args:
            scoring: Another scoring than the index's, if queries are to have it.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            InvalidInputError: A scoring that does not go with the index, or a damaged file that it was loaded from.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> index = Bm25Index()
            >>> index.add_text(1, "A red fox")
            >>> index.prepare()
        """

    def add_texts(
        self,
        ids: Iterable[int | str],
        texts: Iterable[str | Mapping[str, str]],
        progress: bool = False,
        *,
        fields: Iterable[_Fields | None] | None = None,
        threads: int = 1,
    ) -> None:
        """Adds many texts, through the analyzer.

        Ids are checked before anything is added. Ctrl-C stops between documents; those before stay.

        Args:
            ids: An id a text, ``str`` or ``int``.
            texts: As many texts; of an index with text fields, dicts of them by field. An iterator is read as the texts
                are added.
            progress: Whether to show a bar, which needs the package tqdm.
            fields: What is stored with each document, as of ``add_text``; an iterator is read as they are added.
            threads: How many texts are analyzed at the same time. It changes no bit.

        Raises:
            ShapeError: Not as many ids as texts or fields. Of lists, nothing is added then; of iterators, what came
                before the end is, and the message says how many.
            InvalidInputError: A text field or a value that does not fit its field; documents before it stay.
            DuplicateIdError: An id twice, or one that the index holds.
            DtypeError: An id, a text or a value of another type; documents before it stay.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> index = Bm25Index()
            >>> index.add_texts(["d1", "d2"], ["A red fox", "Red hens"])
            >>> len(index)
            2
        """

    def retrieve(
        self,
        terms: Iterable[str],
        k: int = 100,
        *,
        k1: float | None = None,
        b: float | None = None,
        filter: _Filter | None = None,
        field_weights: Mapping[str, float] | None = None,
        scoring: Scoring | None = None,
    ) -> list[tuple[int | str, float]]:
        """Finds the ``k`` documents of the highest scores for terms that are taken as they are.

        Args:
            terms: The terms of the query; a repeated one counts each time.
            k: How many documents.
            k1: Another than the index's, for this call.
            b: Another than the index's, for this call.
            filter: Which documents may be found: a condition made with ``field``, an array of bool with an entry for
                each document in the order of ``ids()``, or ids. Scores are those of the whole index.
            field_weights: Other weights of text fields than the index's, for this call.
            scoring: Another scoring than the index's, for this call.

        Returns:
            ``(id, score)`` pairs by score descending, then by id ascending. Only documents that hold a term are in it,
            with positive scores: fewer than ``k``, or none, if there are no more.

        Raises:
            InvalidInputError: A negative ``k``, or ``k1`` or ``b`` out of its range.
            DtypeError: Terms that are not a list of ``str``, or a ``k`` that is not an ``int``.

        Example:
            >>> index = Bm25Index(k1=0)
            >>> index.add_document("d1", ["red", "fox"])
            >>> index.add_document("d2", ["red", "hen"])
            >>> [(id, round(score, 4)) for id, score in index.retrieve(["fox"], k=100)]
            [('d1', 0.6931)]
            >>> index.set_fields("d2", {"year": 2021})
            True
            >>> [id for id, score in index.retrieve(["red"], filter=field("year") > 2020)]
            ['d2']
        """

    def search(
        self,
        text: str,
        k: int = 100,
        *,
        k1: float | None = None,
        b: float | None = None,
        filter: _Filter | None = None,
        field_weights: Mapping[str, float] | None = None,
        scoring: Scoring | None = None,
    ) -> list[tuple[int | str, float]]:
        """Finds the ``k`` documents of the highest scores for a text, which goes through the analyzer.

        Args:
            text: Any text.
            k: How many documents.
            k1: Another than the index's, for this call.
            b: Another than the index's, for this call.
            filter: Which documents may be found: a condition made with ``field``, an array of bool with an entry for
                each document in the order of ``ids()``, or ids. Scores are those of the whole index.
            field_weights: Other weights of text fields than the index's, for this call.
            scoring: Another scoring than the index's, for this call.

        Returns:
            As ``retrieve``.

        Raises:
            InvalidInputError: A negative ``k``, or ``k1`` or ``b`` out of its range.
            DtypeError: A ``k`` that is not an ``int``.

        Example:
            >>> index = Bm25Index()
            >>> index.add_text("d1", "A red fox")
            >>> index.search("hens")
            []
        """

    def search_batch(
        self,
        queries: Iterable[str | Iterable[str]],
        k: int = 100,
        progress: bool = False,
        *,
        threads: int = 1,
        k1: float | None = None,
        b: float | None = None,
        filter: _Filter | None = None,
        field_weights: Mapping[str, float] | None = None,
        scoring: Scoring | None = None,
    ) -> tuple[NDArray[Any], NDArray[np.float32]]:
        """Searches for many texts.

        Args:
            queries: Texts, which go through the analyzer, or lists of terms, which are taken as they are.
            k: How many documents for each.
            progress: Whether to show a bar, which needs the package tqdm.
            threads: How many queries are answered at the same time. It changes no bit.
            k1: Another than the index's, for this call.
            b: Another than the index's, for this call.
            filter: Which documents may be found: a condition made with ``field``, an array of bool with an entry for
                each document in the order of ``ids()``, or ids. Scores are those of the whole index.
            field_weights: Other weights of text fields than the index's, for this call.
            scoring: Another scoring than the index's, for this call.

        Returns:
            Ids and scores, of shape (queries, min(k, len(index))), each row as ``retrieve`` gives it. Ids are int64, or
            objects if an id of the index was ever a ``str``. Rows of fewer hits end with the id -1, or ``None``, and
            the score negative infinity, float32 as all are.

        Raises:
            InvalidInputError: A negative ``k``, or ``k1`` or ``b`` out of its range.
            DtypeError: Queries of another type, or a ``k`` that is not an ``int``.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> index = Bm25Index()
            >>> index.add_texts([7, 9], ["A red fox", "Red hens"])
            >>> ids, scores = index.search_batch(["Foxes", ["cow"]])
            >>> ids.tolist(), (scores > 0).tolist()
            ([[7, -1], [-1, -1]], [[True, False], [False, False]])
        """

    def retrieve_batch(
        self,
        queries: Iterable[Iterable[str]],
        k: int = 100,
        progress: bool = False,
        *,
        threads: int = 1,
        k1: float | None = None,
        b: float | None = None,
        filter: _Filter | None = None,
        field_weights: Mapping[str, float] | None = None,
        scoring: Scoring | None = None,
    ) -> tuple[NDArray[Any], NDArray[np.float32]]:
        """Retrieves for many lists of terms, which are taken as they are.

        Args:
            queries: Lists of terms.
            k: How many documents for each.
            progress: Whether to show a bar, which needs the package tqdm.
            threads: How many queries are answered at the same time. It changes no bit.
            k1: Another than the index's, for this call.
            b: Another than the index's, for this call.
            filter: Which documents may be found: a condition made with ``field``, an array of bool with an entry for
                each document in the order of ``ids()``, or ids. Scores are those of the whole index.
            field_weights: Other weights of text fields than the index's, for this call.
            scoring: Another scoring than the index's, for this call.

        Returns:
            Ids and scores, of shape (queries, min(k, len(index))), each row as ``retrieve`` gives it. Ids are int64, or
            objects if an id of the index was ever a ``str``. Rows of fewer hits end with the id -1, or ``None``, and
            the score negative infinity, float32 as all are.

        Raises:
            InvalidInputError: A negative ``k``, or ``k1`` or ``b`` out of its range.
            DtypeError: Queries that are not lists of ``str``, or a ``k`` that is not an ``int``.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> index = Bm25Index()
            >>> index.add_texts([7, 9], ["A red fox", "Red hens"])
            >>> ids, scores = index.retrieve_batch([["fox"], ["cow"]])
            >>> ids.tolist(), (scores > 0).tolist()
            ([[7, -1], [-1, -1]], [[True, False], [False, False]])
        """

    def retrieve_weighted(
        self,
        terms: Mapping[str, float] | Iterable[tuple[str, float]],
        k: int = 100,
        *,
        k1: float | None = None,
        b: float | None = None,
        filter: _Filter | None = None,
        field_weights: Mapping[str, float] | None = None,
        scoring: Scoring | None = None,
    ) -> list[tuple[int | str, float]]:
        """Finds the ``k`` documents of the highest scores for terms with weights (boosts).

        A term counts as often as its weight says. Weights of a repeated term add up.

        Args:
            terms: Terms, taken as they are, and their weights of at least 0: a dict or pairs.
            k: How many documents.
            k1: Another than the index's, for this call.
            b: Another than the index's, for this call.
            filter: Which documents may be found: a condition made with ``field``, an array of bool with an entry for
                each document in the order of ``ids()``, or ids. Scores are those of the whole index.
            field_weights: Other weights of text fields than the index's, for this call.
            scoring: Another scoring than the index's, for this call.

        Returns:
            As ``retrieve``.

        Raises:
            InvalidInputError: A negative weight or one that is not finite, a negative ``k``, ``k1`` or ``b`` out of
                its range.
            DtypeError: Terms or weights of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.add_texts([1, 2], ["a red fox", "a red hen"])
            >>> [id for id, score in index.retrieve_weighted({"fox": 1, "hen": 2.5})]
            [2, 1]
        """

    def explain(
        self,
        id: int | str,
        terms: Mapping[str, float] | Iterable[str],
        *,
        k1: float | None = None,
        b: float | None = None,
        field_weights: Mapping[str, float] | None = None,
        scoring: Scoring | None = None,
    ) -> Explanation:
        """Tells why a document has its score.

        Args:
            id: The document.
            terms: The terms of the query, taken as they are, or a dict of term to weight. Of a text:
                ``analyzer.analyze(text)``.
            k1: Another than the index's, for this call.
            b: Another than the index's, for this call.
            field_weights: Other weights of text fields than the index's, for this call.
            scoring: Another scoring than the index's, for this call.

        Returns:
            The score, term by term.

        Raises:
            InvalidInputError: An id that the index does not hold, or what ``retrieve_weighted`` refuses.
            DtypeError: An id or terms of another type.

        Example:
            >>> index = Bm25Index(k1=0)
            >>> index.add_texts([1, 2], ["a red fox", "a red hen"])
            >>> share = index.explain(1, ["fox"]).terms[0]
            >>> share.term, share.documents, round(share.contribution, 4)
            ('fox', 1, 0.6931)
        """

    def expand(
        self,
        terms: Iterable[str],
        relevant: Iterable[tuple[int | str, float]],
        method: Literal["rm3", "rocchio", "bo1"] = "rm3",
        *,
        new_terms: int = 10,
        original: float | None = None,
        beta: float = 0.75,
        scoring: Scoring | None = None,
    ) -> list[tuple[str, float]]:
        """Expands a query by the terms of documents that are held to be relevant, such as the first of a search.

        RM3: ``original * share in the query + (1 - original) * R(t)``, where R is the mean over the documents of the
        term's share in each, a document weighing as its score (for likelihoods, as the exponential of it). Rocchio:
        ``original * q(t) + beta * mean of d(t)``, with counts as vectors of length 1. Bo1: ``q(t) / max q + w(t) / max
        w``, ``w(t) = tf * log2((1 + P) / P) + log2(1 + P)``, P how often the collection has the term, divided by the
        number of documents. What comes of the documents is cut to the ``new_terms`` greatest weights.

        These are the formulas of the papers. Anserini's RM3 and Rocchio look only at terms of 2 to 20 letters and
        digits that a tenth of the documents hold at most, and at the most frequent of each document; its Rocchio also
        brings the mean of the documents to length 1. Terrier leaves terms out that only one of the documents holds.

        Args:
            terms: The terms of the query; those that the index does not know are left out.
            relevant: ``(id, score)`` pairs, a ranked list or its beginning.
            method: ``"rm3"``, ``"rocchio"`` or ``"bo1"``.
            new_terms: How many terms of the documents are used.
            original: The weight of the query; ``None`` is 0.5 for RM3, from 0 to 1, and 1 for Rocchio.
            beta: The weight of the documents, for Rocchio.
            scoring: What the scores of ``relevant`` come from, if not from the index's own scoring.

        Returns:
            ``(term, weight)`` pairs by weight descending, then alphabetically, for ``retrieve_weighted``.

        Raises:
            InvalidInputError: An id that the index does not hold, a parameter out of its range, a score that RM3
                cannot use.
            DtypeError: Arguments of another type.

        Source:
            Lavrenko, Croft: Relevance-Based Language Models (SIGIR 2001); Abdul-Jaleel et al.: UMass at TREC 2004;
            Rocchio: Relevance Feedback in Information Retrieval (1971); Amati: Probability Models for Information
            Retrieval based on Divergence from Randomness (2003).

        Example:
            >>> index = Bm25Index()
            >>> index.add_document(1, ["fox", "den"])
            >>> index.add_document(2, ["den", "cub"])
            >>> query = index.expand(["fox"], index.retrieve(["fox"], k=1))
            >>> query
            [('fox', 0.75), ('den', 0.25)]
            >>> [id for id, score in index.retrieve_weighted(query)]
            [1, 2]
        """

    def key_terms(self, id: int | str, terms: int = 25) -> list[tuple[str, float]]:
        """Gives the terms that tell a document apart, by ``tf * ln(N / df)``.

        Args:
            id: The document.
            terms: How many.

        Returns:
            ``(term, weight)`` pairs by weight descending, then alphabetically; those of weight 0 are left out.

        Raises:
            InvalidInputError: An id that the index does not hold.
            DtypeError: An id of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.add_texts([1, 2], ["a red fox", "a red hen"])
            >>> [term for term, weight in index.key_terms(1)]
            ['fox']
        """

    def more_like_this(
        self,
        id: int | str,
        k: int = 100,
        terms: int = 25,
        *,
        filter: _Filter | None = None,
        scoring: Scoring | None = None,
    ) -> list[tuple[int | str, float]]:
        """Finds the documents of the highest scores for the ``key_terms`` of a document, without itself.

        Args:
            id: The document.
            k: How many documents.
            terms: How many terms make the query.
            filter: Which documents may be found, as of a search; the document itself need not pass.
            scoring: Another scoring than the index's, for this call.

        Returns:
            As ``retrieve``.

        Raises:
            InvalidInputError: An id that the index does not hold, a negative ``k`` or ``terms``, a filter that does not
                fit the index.
            DtypeError: An id of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.add_texts([1, 2, 3], ["a red fox", "fox cubs", "a hen"])
            >>> [id for id, score in index.more_like_this(1)]
            [2]
        """

    def __len__(self) -> int: ...
    def __contains__(self, id: int | str, /) -> bool: ...

@final
class Scoring:
    """How documents are scored: a formula with its parameters. Parameters that a formula does not have are left alone.

    The formulas are those of ``Bm25Index``.

    Args:
        formula: Its name.
        k1: How slowly a repeated term saturates: at least 0; 0 counts presence only.
        b: How much long documents are held back: from 0, not at all, to 1, in full.
        delta: Of BM25L and BM25+: at least 0.
        mu: Of Dirichlet's smoothing: above 0.
        smoothing: Of Jelinek's and Mercer's smoothing, the weight of the collection: above 0, to 1.
        numerator: Whether Lucene's and Robertson's forms are multiplied by ``k1 + 1``, as older systems do.
        byte_lengths: Whether lengths are rounded to the 256 that Lucene and tantivy keep in a byte.

    Raises:
        InvalidInputError: A parameter out of its range, or an unknown name.

    Example:
        Of three documents, one holds the term, twice, and is half as long again as the mean: B = 0.25 + 0.75 * 3 / 2.

        >>> from math import log
        >>> index = Bm25Index()
        >>> index.add_document("d1", ["fox", "fox", "den"])
        >>> index.add_document("d2", ["hen"])
        >>> index.add_document("d3", ["owl", "cub"])
        >>> part = 2 / (2 + 1.5 * 1.375)
        >>> by_hand = {
        ...     "lucene": log(1 + 2.5 / 1.5) * part,
        ...     "robertson": log(2.5 / 1.5) * part,
        ...     "atire": log(3 / 1) * 2.5 * part,
        ...     "bm25l": log(4 / 1.5) * 2.5 * (2 / 1.375 + 0.5) / (1.5 + 2 / 1.375 + 0.5),
        ...     "bm25+": log(4 / 1) * (2.5 * part + 0.5),
        ...     "tfidf": (1 + log(2)) * log(3 / 1),
        ...     "dirichlet": log(1 + 2 / (1000 * 2 / 6)) + log(1000 / (3 + 1000)),
        ...     "jelinek-mercer": log(1 + 0.9 * 2 / (0.1 * 3 * 2 / 6)),
        ...     "lucene-tfidf": (2 / 3) ** 0.5 * (1 + log(4 / 2)),
        ...     "lucene-dirichlet": log(1 + 2 / (1000 * 3 / 7)) + log(1000 / (3 + 1000)),
        ...     "lucene-jelinek-mercer": log(1 + 0.9 * 2 / (0.1 * 3 * 3 / 7)),
        ... }
        >>> for formula, expected in by_hand.items():
        ...     [(id, score)] = index.retrieve(["fox"], scoring=Scoring(formula))
        ...     assert abs(score - expected) < 1e-6, formula
    """

    def __new__(
        cls,
        formula: _Formula = "lucene",
        *,
        k1: float = 1.5,
        b: float = 0.75,
        delta: float = 0.5,
        mu: float = 1000.0,
        smoothing: float = 0.1,
        numerator: bool = False,
        byte_lengths: bool = False,
    ) -> Scoring: ...
    @staticmethod
    def compatible(system: Literal["lucene", "tantivy", "bm25s"], formula: _Formula = "lucene") -> Scoring:
        """Gives the scoring whose scores are those of another system, to five digits.

        Documents without terms count here, as they do in tantivy and bm25s; Lucene knows nothing of them.

        Args:
            system: ``"lucene"`` and ``"tantivy"`` have k1 1.2 and lengths in a byte, tantivy times k1 + 1;
                ``"bm25s"`` its defaults, k1 1.5 and exact lengths.
            formula: One that the system has: of Lucene also ``"tfidf"``, ``"dirichlet"`` and ``"jelinek-mercer"``, in
                its own forms; of bm25s all of BM25's.

        Returns:
            The scoring.

        Raises:
            InvalidInputError: Another name, or a formula that the system lacks.

        Example:
            >>> Scoring.compatible("lucene") == Scoring(k1=1.2, byte_lengths=True)
            True
            >>> Scoring.compatible("lucene", "tfidf").formula
            'lucene-tfidf'
        """

    @property
    def formula(self) -> str:
        """The name of the formula."""

    @property
    def k1(self) -> float:
        """How slowly a repeated term saturates."""

    @property
    def b(self) -> float:
        """How much long documents are held back."""

    @property
    def delta(self) -> float:
        """Of BM25L and BM25+."""

    @property
    def mu(self) -> float:
        """Of Dirichlet's smoothing."""

    @property
    def smoothing(self) -> float:
        """Of Jelinek's and Mercer's smoothing."""

    @property
    def numerator(self) -> bool:
        """Whether scores are multiplied by ``k1 + 1``."""

    @property
    def byte_lengths(self) -> bool:
        """Whether lengths are rounded to a byte."""

    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class Explanation:
    """The score of a document for a query, term by term: see ``Bm25Index.explain``.

    The contributions of the terms and ``offset`` add up to the score, to rounding, if the document holds any of them.
    """

    @property
    def score(self) -> float:
        """The score that a search gives, to the bit; 0 for a document without a term of the query."""
    @property
    def terms(self) -> list[TermShare]:
        """The terms of the query that the index knows, in alphabetical order."""
    @property
    def offset(self) -> float:
        """What the length of the document adds, which ``formula="dirichlet"`` knows; else 0."""
    @property
    def length(self) -> int:
        """How many terms the document has."""

@final
class TermShare:
    """A term of an ``Explanation``."""

    @property
    def term(self) -> str:
        """The term."""
    @property
    def weight(self) -> float:
        """Its weight in the query: how often it is there."""
    @property
    def frequency(self) -> int:
        """How often it is in the document."""
    @property
    def documents(self) -> int:
        """In how many documents it is."""
    @property
    def contribution(self) -> float:
        """What it adds to the score."""
    @property
    def fields(self) -> list[FieldShare]:
        """Of an index with text fields, where in the document it is: each field, in their order."""

@final
class FieldShare:
    """A term of a ``TermShare`` in one text field of the document."""

    @property
    def field(self) -> str:
        """The field."""
    @property
    def frequency(self) -> int:
        """How often the term is in it."""
    @property
    def length(self) -> int:
        """How many terms it has."""
    @property
    def part(self) -> float:
        """``weight * tf / B``: what it adds to the frequency T that saturates as ``T / (k1 + T)``."""

@final
class SparseExplanation:
    """The score of a document for a vector, dimension by dimension: see ``SparseIndex.explain``.

    The contributions of the dimensions add up to the score, to rounding.
    """

    @property
    def score(self) -> float:
        """The score that a search gives, to the bit; 0 for a document that shares no dimension with the query."""
    @property
    def dimensions(self) -> list[DimensionShare]:
        """The dimensions of the query that documents have, ascending."""

@final
class DimensionShare:
    """A dimension of a ``SparseExplanation``."""

    @property
    def dimension(self) -> int | str:
        """Its number or name."""
    @property
    def weight(self) -> float:
        """Its weight in the query."""
    @property
    def value(self) -> float:
        """Its weight in the document, as the index keeps it; 0 if the document does not have it."""
    @property
    def documents(self) -> int:
        """How many documents have it."""
    @property
    def contribution(self) -> float:
        """What it adds to the score."""

@final
class Field:
    """A stored field, to be compared: see ``field``.

    ``==``, ``!=``, ``<``, ``<=``, ``>`` and ``>=`` with a value give a ``Filter``.
    """

    @property
    def name(self) -> str:
        """Its name."""

    def isin(self, values: Iterable[_Value]) -> Filter:
        """Where a value is one of these.

        Args:
            values: Values of the type of the field.

        Returns:
            The condition.

        Raises:
            DtypeError: Values of another type.

        Example:
            >>> field("city").isin(["Bonn", "Aachen"])
            city in [keyword "Bonn", keyword "Aachen"]
        """

    def between(
        self, low: _Value, high: _Value, closed: Literal["both", "left", "right", "neither"] = "both"
    ) -> Filter:
        """Where a value is in a range.

        Args:
            low: From here on.
            high: To here.
            closed: Which of the ends are in the range.

        Returns:
            The condition.

        Raises:
            InvalidInputError: Another ``closed``.
            DtypeError: Values of another type.

        Example:
            >>> field("year").between(1990, 2000, closed="left")
            int 1990 <= year < int 2000
        """

    def exists(self) -> Filter:
        """Where there is a value.

        Returns:
            The condition.

        Example:
            >>> ~field("year").exists()
            ~(year exists)
        """

    def __eq__(self, value: object, /) -> Filter: ...  # type: ignore[override]
    def __ne__(self, value: object, /) -> Filter: ...  # type: ignore[override]
    def __lt__(self, value: _Value, /) -> Filter: ...
    def __le__(self, value: _Value, /) -> Filter: ...
    def __gt__(self, value: _Value, /) -> Filter: ...
    def __ge__(self, value: _Value, /) -> Filter: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

def field(name: str) -> Field:
    """Names a stored field, to make a condition of it.

    A document whose field has no value fulfils no comparison, not ``!=`` either; ``~`` is the complement among the
    documents of the index. Of several keywords, one that fulfils the comparison is enough (for ``!=``, none may equal
    the value). Keywords are compared by their code points. A value must be of the type of the field: an ``int`` is
    taken for a ``float`` if it is exact, a ``str`` in ISO 8601 for a date.

    Args:
        name: The name of the field.

    Returns:
        The field.

    Example:
        >>> index = Bm25Index()
        >>> index.add_text(1, "fox", fields={"year": 2019, "tags": ["red", "old"]})
        >>> index.add_text(2, "fox", fields={"year": 2021})
        >>> index.add_text(3, "fox")
        >>> index.ids(field("year") >= 2020), index.ids(~(field("year") >= 2020))
        ([2], [1, 3])
        >>> index.ids((field("tags") == "red") | (field("year") > 2020))
        [1, 2]
    """

@final
class Filter:
    """A condition that documents fulfil or not, combined by ``&``, ``|`` and ``~``: see ``field``.

    Comparisons bind weaker than these: put each in parentheses.

    Example:
        >>> (field("year") >= 2020) & ~Filter.ids([3, 4])
        (int 2020 <= year) & (~(2 ids))
    """

    @staticmethod
    def ids(ids: Iterable[int | str]) -> Filter:
        """The documents of these ids; ids that the index does not hold are none.

        Args:
            ids: Ids, ``str`` or ``int``.

        Returns:
            The condition.

        Raises:
            DtypeError: Ids of another type.

        Example:
            >>> Filter.ids(["d1", "d2"])
            2 ids
        """

    @staticmethod
    def mask(mask: NDArray[np.bool_]) -> Filter:
        """The documents of which an array says yes.

        Args:
            mask: bool, shape (documents,), in the order of ``ids()`` of the index.

        Returns:
            The condition.

        Raises:
            ShapeError: Another shape.
            DtypeError: Another dtype.

        Example:
            >>> Filter.mask(np.array([True, False]))
            a mask of 2
        """

    @staticmethod
    def positions(positions: NDArray[np.int64]) -> Filter:
        """The documents at these places.

        Args:
            positions: int64, shape (n,): places in ``ids()`` of the index.

        Returns:
            The condition.

        Raises:
            ShapeError: Another shape.
            InvalidInputError: A negative place.
            DtypeError: Another dtype.

        Example:
            >>> Filter.positions(np.array([0, 7]))
            2 positions
        """

    def __and__(self, value: Filter, /) -> Filter: ...
    def __or__(self, value: Filter, /) -> Filter: ...
    def __invert__(self) -> Filter: ...
    def __bool__(self) -> bool: ...

@final
class Matches:
    """The documents that match a query, to be counted: see ``Bm25Index.matches``. ``len`` is how many they are."""

    def facets(self, field: str, n: int = 10) -> list[tuple[Any, int]]:
        """Counts the values of a field.

        A document of several keywords counts for each, one without a value for none.

        Args:
            field: A stored field.
            n: How many values.

        Returns:
            ``(value, count)`` pairs by count descending, then by value ascending.

        Raises:
            InvalidInputError: A field that is not stored, or a negative ``n``.
            DtypeError: An ``n`` that is not an ``int``.

        Example:
            >>> index = Bm25Index()
            >>> index.add_text(1, "A red fox", fields={"tags": ["wild", "red"]})
            >>> index.add_text(2, "A fox cub", fields={"tags": ["wild"]})
            >>> index.matches("fox").facets("tags", n=2)
            [('wild', 2), ('red', 1)]
        """

    def ranges(self, field: str, ranges: Iterable[tuple[_Value | None, _Value | None]]) -> list[int]:
        """Counts the documents with a value in each range.

        Args:
            field: A stored field.
            ranges: ``(low, high)`` tuples: ``low`` is in the range, ``high`` is not, ``None`` is no end. They may
                overlap.

        Returns:
            A count for each.

        Raises:
            InvalidInputError: A field that is not stored, or an end that does not fit it.
            DtypeError: Ranges of another type.

        Example:
            >>> index = Bm25Index()
            >>> index.add_text(1, "fox", fields={"year": 1999})
            >>> index.add_text(2, "fox", fields={"year": 2000})
            >>> index.matches("fox").ranges("year", [(None, 2000), (2000, 2010)])
            [1, 1]
        """

    def histogram(self, field: str, interval: float | timedelta | Literal["month", "year"]) -> list[tuple[Any, int]]:
        """Counts the documents with a value in each interval of one width.

        Args:
            field: A stored field of numbers or dates.
            interval: The width: a number for numbers, for dates a ``timedelta`` (counted from 1970 in UTC), or
                ``"month"`` or ``"year"`` of the calendar.

        Returns:
            ``(start, count)`` pairs, ascending; intervals without a document are left out.

        Raises:
            InvalidInputError: A field that is not stored or has other values, or a width that is not above 0.
            DtypeError: Another type of interval.

        Example:
            >>> index = Bm25Index()
            >>> for id, year in enumerate([1994, 1999, 2003]):
            ...     index.add_text(id, "fox", fields={"year": year})
            >>> index.matches("fox").histogram("year", 10)
            [(1990, 2), (2000, 1)]
        """

    def __len__(self) -> int: ...

@final
class SparseIndex:
    """An index of sparse vectors, as SPLADE and its kin make them, that ranks by the inner product: exact.

    The engine is that of ``Bm25Index``, with weights in the place of impacts. Only documents that share a dimension
    with the query are found. Ids are ``str`` or ``int``. An index can be filled and searched from many threads.
    Dimensions are numbers or names; the two do not go together in one index.

    Args:
        fields: Types of stored fields, as of ``Bm25Index``.
        impacts: In what the index keeps weights: ``"f32"``, or ``"u8"``, a byte, with which a posting takes 3 bytes in
            place of 6, in memory and in a file. Weights are then whole numbers of at most 255, such as Anserini and
            its kin make, and lose nothing; others are refused, unless there is a ``max_weight``.
        max_weight: The greatest weight that documents may have, from 1e-30 to 1e30, for ``"u8"``: weights are rounded
            to the nearest of the steps of ``max_weight / 255``, and to one at least. A score is off by ``max_weight /
            510`` for each unit of weight in the query that meets the document; by twice that where a weight is less
            than half a step. Weights of queries stay as they are.

    Raises:
        InvalidInputError: An unknown type or form, or a ``max_weight`` that is none or was not asked for.
        DtypeError: Names or types that are not ``str``.

    Source:
        Formal, Piwowarski, Clinchant: SPLADE (SIGIR 2021); Mackenzie, Trotman, Lin: Wacky Weights in Learned Sparse
        Representations (2021).

    Example:
        >>> from scipy.sparse import csr_array
        >>> index = SparseIndex()
        >>> index.add([1, 2], csr_array(np.array([[2.0, 0.5], [0.0, 3.0]], np.float32)))
        >>> ids, scores = index.search_batch(csr_array(np.array([[1.0, 2.0]], np.float32)), k=2)
        >>> ids.tolist(), scores.tolist()
        ([[2, 1]], [[6.0, 3.0]])

        A byte for a weight: 1.2345 becomes 123 steps of 2.55 / 255.

        >>> index = SparseIndex(impacts="u8", max_weight=2.55)
        >>> index.add_named("d1", {"fox": 1.2345})
        >>> [(id, round(score, 4)) for id, score in index.search_named({"fox": 1.0})]
        [('d1', 1.23)]
    """

    def __new__(
        cls, *, fields: _Types | None = None, impacts: Literal["f32", "u8"] = "f32", max_weight: float | None = None
    ) -> SparseIndex: ...
    def add(
        self, ids: Iterable[int | str], vectors: _Csr | tuple[_Array, _Array, _Array], progress: bool = False
    ) -> None:
        """Adds the rows of a CSR matrix of SciPy. No copy of it is made.

        Ctrl-C stops between documents; those before stay.

        Args:
            ids: An id a row, ``str`` or ``int``.
            vectors: A ``scipy.sparse`` matrix or array in CSR form, or its arrays ``(data, indices, indptr)``: data
                float32 of at least 0, indices int32 below 2 ** 24, each once in a row.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            ShapeError: Not as many ids as rows.
            InvalidInputError: A value that is negative or not finite, or does not go into a byte; a dimension twice in
                a row; or an index whose dimensions have names.
            DuplicateIdError: An id twice, or one that the index holds.
            DtypeError: Another type, or arrays of another dtype.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> from scipy.sparse import csr_array
            >>> index = SparseIndex()
            >>> index.add(["d1"], csr_array(np.array([[0.0, 1.5]], np.float32)))
        """

    def add_named(self, id: int | str, weights: Mapping[str, float] | str, fields: _Fields | None = None) -> None:
        """Adds a document of named dimensions, as the ``vector`` of a line of Anserini's JSON.

        Args:
            id: Its id, ``str`` or ``int``.
            weights: The weight of each name, at least 0; or a text that repeats each piece by its weight, such as
                ``"fox fox ##es"``.
            fields: Values to be stored with it, by field: ``int``, ``float``, ``str``, several ``str``, ``date`` or
                ``datetime`` (UTC if it has no zone), for ``filter=`` and ``matches``. ``None`` is no value.

        Raises:
            InvalidInputError: A weight that is negative or not finite, or does not go into a byte; a value that does
                not fit its field; or an index whose dimensions are numbers.
            DuplicateIdError: The index holds a document of this id; it is as it was.
            DtypeError: An id, a name or a weight of another type.

        Example:
            >>> index = SparseIndex()
            >>> index.add_named("d1", {"fox": 2.0, "##es": 0.5})
        """

    def extend(
        self,
        documents: _Vectors,
        *,
        id: str = "id",
        vector: str = "vector",
        fields: str | Iterable[str] | None = None,
        threads: int = 1,
        progress: bool = False,
    ) -> int:
        """Adds vectors as they come, some thousand at a time.

        Args:
            documents: Pairs of an id and weights as for ``add_named``, or triples with a dict of what is to be stored;
                or dicts that have all; or the path of a file of Anserini's JSON, ``{"id": ..., "vector": {token:
                weight}}``, an object to a line, plain or compressed by gzip or zstd; or, of numbered dimensions, pairs
                of ids and a matrix as for ``add``; or an Arrow table or stream (pyarrow, polars, pandas), or the path
                of a file ``*.parquet``, which needs pyarrow: its vectors are maps from dimension to weight, lists of
                structs of the two, structs of the lists ``indices`` and ``values``, or texts of pieces.
            id: The key or column of the id, ``str`` or ``int``.
            vector: The key or column of the weights.
            fields: Those of what is stored with each document: ints, floats, texts, lists of texts; of dicts also
                dates. What is missing or null is not stored.
            threads: How many lines of a file are parsed at the same time.
            progress: Whether to show a bar, which needs the package tqdm.

        Returns:
            How many documents were added.

        Raises:
            InvalidInputError: A key that is missing, a weight that is negative or not finite, numbered dimensions
                beside named ones, or what is no JSON; the message names the position or the line. All documents before
                it are in the index, none after it.
            DuplicateIdError: An id twice, or one that the index holds; likewise.
            DtypeError: A document, id or weight of another type; likewise.
            OSError: A file cannot be read.
            MissingPackageError: ``progress`` without tqdm, Parquet without pyarrow.

        Example:
            >>> index = SparseIndex()
            >>> index.extend([("d1", {"fox": 2.0}), ("d2", "fox fox fox")])
            2
            >>> index.search_named("fox")
            [('d2', 3.0), ('d1', 2.0)]

            A table of numbered dimensions.

            >>> import pyarrow
            >>> vectors = [{"indices": [7, 9], "values": [2.0, 0.5]}, {"indices": [9], "values": [3.0]}]
            >>> index = SparseIndex()
            >>> index.extend(pyarrow.table({"id": ["d1", "d2"], "vector": vectors}))
            2
            >>> index.vector("d1")
            {7: 2.0, 9: 0.5}
        """

    @staticmethod
    def build(
        path: str | PathLike[str],
        documents: _Vectors,
        *,
        memory_limit: int = 268435456,
        id: str = "id",
        vector: str = "vector",
        fields: str | Iterable[str] | None = None,
        threads: int = 1,
        progress: bool = False,
        impacts: Literal["f32", "u8"] = "f32",
        max_weight: float | None = None,
    ) -> SparseIndex:
        """Builds an index in a file, of any number of documents in bounded memory, as ``Bm25Index.build`` does.

        Args:
            path: The file. It is replaced as a whole or not at all.
            documents: As for ``extend``.
            memory_limit: In bytes: of postings, hashes of ids, and names, unless the names alone need more.
            id: As for ``extend``.
            vector: As for ``extend``.
            fields: As for ``extend``. What is stored is in memory.
            threads: As for ``extend``.
            progress: Whether to show bars, which need the package tqdm.
            impacts: As for the class.
            max_weight: As for the class.

        Returns:
            The index of the file, opened in place.

        Raises:
            InvalidInputError: As ``extend``, and as the class. ``path`` is then as it was.
            DuplicateIdError: An id twice, which is found at the end.
            DtypeError: As ``extend``.
            OSError: A file cannot be read or written, or the disk is full.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> import tempfile
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     index = SparseIndex.build(f"{folder}/index", [(1, {"fox": 2.0})])
            ...     index.search_named({"fox": 0.5})
            [(1, 1.0)]
        """

    def remove(self, id: int | str) -> bool:
        """Takes a document out.

        Args:
            id: Its id, ``str`` or ``int``.

        Returns:
            Whether it was there.

        Raises:
            DtypeError: An id of another type.

        Example:
            >>> SparseIndex().remove(1)
            False
        """

    def update(
        self, ids: Iterable[int | str], vectors: _Csr | tuple[_Array, _Array, _Array], progress: bool = False
    ) -> int:
        """Puts rows in the place of the documents of these ids, or adds those that are not there.

        What is stored with them stays. Ctrl-C stops between documents; those before are in place.

        Args:
            ids: An id a row, ``str`` or ``int``.
            vectors: As for ``add``.
            progress: Whether to show a bar, which needs the package tqdm.

        Returns:
            How many were there.

        Raises:
            ShapeError: Not as many ids as rows.
            InvalidInputError: As ``add``; the index is as it was.
            DuplicateIdError: An id twice.
            DtypeError: Another type, or arrays of another dtype.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> from scipy.sparse import csr_array
            >>> index = SparseIndex()
            >>> index.update(["d1"], csr_array(np.array([[0.0, 1.5]], np.float32)))
            0
        """

    def update_named(self, id: int | str, weights: Mapping[str, float] | str, fields: _Fields | None = None) -> bool:
        """Puts a vector in the place of the document of this id, or adds it if there is none.

        Args:
            id: Its id, ``str`` or ``int``.
            weights: As for ``add_named``.
            fields: As for ``add_named``. What is stored already and not named here stays.

        Returns:
            Whether there was one.

        Raises:
            InvalidInputError: As ``add_named``; the index is as it was.
            DtypeError: An id, a name or a weight of another type.

        Example:
            >>> index = SparseIndex()
            >>> index.add_named(1, {"fox": 2.0})
            >>> index.update_named(1, {"hen": 1.0}), index.search_named({"fox": 1.0})
            (True, [])
        """

    def merge(self, progress: bool = False) -> None:
        """Writes the index anew without what was taken out. Nothing that is found changes.

        On Ctrl-C the index is as it was.

        Args:
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> index = SparseIndex()
            >>> index.add_named(1, {"fox": 2.0})
            >>> index.merge()
        """

    def search_batch(
        self,
        queries: _Csr | tuple[_Array, _Array, _Array] | Iterable[Mapping[str, float] | str],
        k: int = 100,
        progress: bool = False,
        *,
        threads: int = 1,
        filter: _Filter | None = None,
    ) -> tuple[NDArray[Any], NDArray[np.float32]]:
        """Finds the ``k`` documents of the greatest inner products for each query.

        Args:
            queries: The rows of a CSR matrix, as the vectors of ``add``; or, of named dimensions, weights as for
                ``search_named``.
            k: How many documents for each.
            progress: Whether to show a bar, which needs the package tqdm.
            threads: How many queries are answered at the same time. It changes no bit.
            filter: Which documents may be found, as of ``Bm25Index.retrieve``.

        Returns:
            Ids and scores, of shape (queries, min(k, len(index))), by score descending, then by id ascending. Ids are
            int64, or objects if an id of the index was ever a ``str``. Rows of fewer hits end with the id -1, or
            ``None``, and the score negative infinity, float32 as all are.

        Raises:
            InvalidInputError: As ``add``, or a negative ``k``.
            DtypeError: As ``add``, or a ``k`` that is not an ``int``.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> index = SparseIndex()
            >>> index.add_named("d1", {"fox": 2.0})
            >>> index.add_named("d2", {"fox": 1.0, "den": 3.0})
            >>> ids, scores = index.search_batch([{"fox": 0.5}, "den den"], k=2)
            >>> ids.tolist(), scores.tolist()
            ([['d1', 'd2'], ['d2', None]], [[1.0, 0.5], [6.0, -inf]])
        """

    def search_named(
        self, weights: Mapping[str, float] | str, k: int = 100, *, filter: _Filter | None = None
    ) -> list[tuple[int | str, float]]:
        """Finds the ``k`` documents of the greatest inner products for named dimensions.

        Args:
            weights: The weight of each name, at least 0, or a text of pieces as for ``add_named``.
            k: How many documents.
            filter: Which documents may be found, as of ``Bm25Index.retrieve``.

        Returns:
            ``(id, score)`` pairs by score descending, then by id ascending.

        Raises:
            InvalidInputError: A weight that is negative or not finite, or a negative ``k``.
            DtypeError: A name or a weight of another type, or a ``k`` that is not an ``int``.

        Example:
            >>> index = SparseIndex()
            >>> index.add_named("d1", {"fox": 2.0, "##es": 0.5})
            >>> index.search_named({"fox": 3.0, "hen": 1.0})
            [('d1', 6.0)]
        """

    def declare_field(self, field: str, kind: Literal["int", "float", "keyword", "date"]) -> None:
        """Makes a stored field of a type, for all that comes.

        Args:
            field: Its name.
            kind: Its type; ``str`` values of a ``"date"`` are read as ISO 8601.

        Raises:
            InvalidInputError: It has another type already, or there is no such type.

        Example:
            >>> index = SparseIndex()
            >>> index.declare_field("published", "date")
            >>> index.field_types()
            {'published': 'date'}
        """

    def set_fields(self, id: int | str, fields: _Fields) -> bool:
        """Stores values with a document; those of fields that are not named stay.

        Args:
            id: Its id, ``str`` or ``int``.
            fields: Values by field, as of ``fields``; ``None`` takes a value away.

        Returns:
            Whether there is such a document.

        Raises:
            InvalidInputError: A value that does not fit its field: nothing is stored then.
            DtypeError: A value or an id of another type.

        Example:
            >>> index = SparseIndex()
            >>> index.add_named(1, {"fox": 2.0})
            >>> index.set_fields(1, {"year": 2021}), index.fields(1)
            (True, {'year': 2021})
        """

    def set_field(self, field: str, ids: Iterable[int | str], values: Iterable[_Value | None]) -> None:
        """Stores a value of one field with each of many documents.

        Args:
            field: Its name.
            ids: Ids, ``str`` or ``int``.
            values: As many values; ``None`` takes a value away.

        Raises:
            ShapeError: Not as many values as ids.
            InvalidInputError: A value that does not fit the field, or an id that the index does not hold; the values
                before it stay.
            DtypeError: A value or an id of another type.

        Example:
            >>> index = SparseIndex()
            >>> index.add_named(1, {"fox": 2.0})
            >>> index.set_field("year", [1], np.array([2021]))
            >>> index.fields(1)
            {'year': 2021}
        """

    def fields(self, id: int | str) -> dict[str, int | float | str | list[str] | date] | None:
        """Gives the values stored with a document.

        Args:
            id: Its id, ``str`` or ``int``.

        Returns:
            Values by field, dates as ``datetime`` in UTC; ``None`` if there is no such document.

        Raises:
            DtypeError: An id of another type.

        Example:
            >>> SparseIndex().fields(1) is None
            True
        """

    def field_types(self) -> dict[str, str]:
        """Gives the stored fields and their types: ``"int"``, ``"float"``, ``"keyword"`` or ``"date"``.

        Returns:
            Types by field.

        Example:
            >>> SparseIndex(fields={"year": "int"}).field_types()
            {'year': 'int'}
        """

    def ids(self, filter: _Filter | None = None) -> list[int | str]:
        """Gives the ids of the documents, in the order in which they were added.

        An updated document was added when it was updated.

        Args:
            filter: Which documents, as of a search.

        Returns:
            The ids.

        Raises:
            InvalidInputError: A filter that does not fit the index.
            DtypeError: A filter of another type.

        Example:
            >>> index = SparseIndex()
            >>> index.add_named(1, {"fox": 2.0})
            >>> index.ids()
            [1]
        """

    def compile(self, filter: _Filter) -> Filter:
        """Evaluates a filter once, to be used many times, alone or within other filters.

        The last 16 filters are kept in any case, so that a filter that is asked again is not evaluated again.

        Args:
            filter: Which documents, as of a search.

        Returns:
            A filter that passes the same documents, until the index changes: then it is an error to use it, as it is
            with another index.

        Raises:
            InvalidInputError: A filter that does not fit the index.
            DtypeError: A filter of another type.

        Example:
            >>> index = SparseIndex()
            >>> index.add_named("d1", {"fox": 1.0})
            >>> index.search_named({"fox": 1.0}, filter=~index.compile(["d1"]))
            []
        """

    def mask(self, filter: _Filter) -> NDArray[np.bool_]:
        """Evaluates a filter: the result is a filter too, for as long as no document comes or goes.

        Args:
            filter: Which documents, as of a search.

        Returns:
            Whether each document passes, bool, shape (documents,), in the order of ``ids()``.

        Raises:
            InvalidInputError: A filter that does not fit the index.
            DtypeError: A filter of another type.

        Example:
            >>> index = SparseIndex()
            >>> index.add_named(1, {"fox": 2.0})
            >>> index.mask([2]).tolist()
            [False]
        """

    def matches(self, query: Mapping[str, float] | str | _Csr | None = None, filter: _Filter | None = None) -> Matches:
        """Finds all documents that match, to count what they have stored.

        A document matches that shares a dimension with the query, and passes the filter.

        Args:
            query: The weight of each name, a text of pieces, or a CSR matrix of one row; ``None`` is all documents.
            filter: Which documents, as of a search.

        Returns:
            What matches. A later change of the index does not show in it.

        Raises:
            ShapeError: Not one row.
            InvalidInputError: A filter that does not fit the index.
            DtypeError: A query or a filter of another type.

        Example:
            >>> index = SparseIndex()
            >>> index.add_named(1, {"fox": 2.0}, fields={"city": "Bonn"})
            >>> index.matches({"fox": 1.0}).facets("city")
            [('Bonn', 1)]
        """

    def count(self, query: Mapping[str, float] | str | _Csr | None = None, filter: _Filter | None = None) -> int:
        """Counts the documents that match: ``len(index.matches(query, filter))``.

        Args:
            query: As of ``matches``.
            filter: As of ``matches``.

        Returns:
            How many.

        Raises:
            ShapeError: Not one row.
            InvalidInputError: A filter that does not fit the index.
            DtypeError: A query or a filter of another type.

        Example:
            >>> index = SparseIndex()
            >>> index.add_named(1, {"fox": 2.0})
            >>> index.count({"hen": 1.0}), index.count()
            (0, 1)
        """

    @property
    def impacts(self) -> Literal["f32", "u8"]:
        """In what the index keeps weights."""

    @property
    def max_weight(self) -> float | None:
        """The greatest weight that documents may have, where weights are rounded."""

    def vector(self, id: int | str) -> dict[str, float] | dict[int, float] | None:
        """Gives the vector of a document, as the index keeps it.

        Args:
            id: Its id, ``str`` or ``int``.

        Returns:
            Weights by name or number, ascending; ``None`` if there is no such document.

        Raises:
            DtypeError: An id of another type.

        Example:
            >>> index = SparseIndex()
            >>> index.add_named(1, {"fox": 2.0, "##es": 0.5})
            >>> index.vector(1)
            {'##es': 0.5, 'fox': 2.0}
        """

    def explain(self, id: int | str, query: Mapping[str, float] | str | _Csr) -> SparseExplanation:
        """Says why a document has its score.

        Args:
            id: Its id, ``str`` or ``int``.
            query: The weight of each name, a text of pieces, or a CSR matrix of one row.

        Returns:
            The score, and what each dimension adds to it.

        Raises:
            ShapeError: Not one row.
            InvalidInputError: An id that the index does not hold, or a query as for ``search_named`` or
                ``search_batch``.
            DtypeError: An id or a query of another type.

        Example:
            >>> index = SparseIndex()
            >>> index.add_named(1, {"fox": 2.0, "den": 0.5})
            >>> why = index.explain(1, {"fox": 3.0, "den": 1.0})
            >>> why.score, [(share.dimension, share.value, share.contribution) for share in why.dimensions]
            (6.5, [('den', 0.5, 0.5), ('fox', 2.0, 6.0)])
        """

    def more_like_this(
        self, id: int | str, k: int = 100, dimensions: int | None = None, *, filter: _Filter | None = None
    ) -> list[tuple[int | str, float]]:
        """Finds the ``k`` documents of the greatest inner products with the vector of a document, without itself.

        Args:
            id: Its id, ``str`` or ``int``.
            k: How many documents.
            dimensions: How many dimensions of the vector count, those of the greatest weights; ``None`` is all.
            filter: Which documents may be found, as of ``Bm25Index.retrieve``.

        Returns:
            ``(id, score)`` pairs by score descending, then by id ascending.

        Raises:
            InvalidInputError: An id that the index does not hold, or a negative number.
            DtypeError: An id or a number of another type.

        Example:
            >>> index = SparseIndex()
            >>> index.extend([(1, {"fox": 2.0, "den": 0.5}), (2, {"fox": 1.0}), (3, {"den": 1.0})])
            3
            >>> index.more_like_this(1), index.more_like_this(1, dimensions=1)
            ([(2, 2.0), (3, 0.5)], [(2, 2.0)])
        """

    def prepare(self, progress: bool = False) -> None:
        """Computes at once what the first queries would compute piece by piece.

        After Ctrl-C they compute it.

        Args:
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            InvalidInputError: A damaged file that the index was loaded from.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> index = SparseIndex()
            >>> index.add_named(1, {"fox": 2.0})
            >>> index.prepare()
        """

    def save(self, path: str | PathLike[str], progress: bool = False) -> None:
        """Writes the index to one file, which is replaced as a whole or not at all, also on Ctrl-C.

        Args:
            path: The file.
            progress: Whether to show bars, for impacts and for the file, which need the package tqdm.

        Raises:
            OSError: The file cannot be written; ``FileNotFoundError`` if its folder is missing.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            See ``Bm25Index.save``.
        """

    def commit(self, folder: str | PathLike[str], progress: bool = False) -> None:
        """Writes what changed since the last time into a folder, which ``load`` opens as it opens a file.

        On Ctrl-C the folder is the index before.

        Args:
            folder: The folder, which is made if it is missing. One writer at a time.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            OSError: A file cannot be written; ``BlockingIOError`` if another writer is at work.
            InvalidInputError: The folder has a damaged index, or another's.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            See ``Bm25Index.commit``.
        """

    @staticmethod
    def load(path: str | PathLike[str]) -> SparseIndex:
        """Opens an index that ``save`` wrote, in place. The first search looks the whole file through for damage.

        Args:
            path: The file.

        Returns:
            The index.

        Raises:
            OSError: The file cannot be read; ``FileNotFoundError`` if it is missing.
            InvalidInputError: A damaged, truncated or foreign file, here or at the first use.

        Example:
            See ``Bm25Index.save``.
        """

    def __len__(self) -> int: ...
    def __contains__(self, id: int | str, /) -> bool: ...

@final
class ExactDenseIndex:
    """A dense index that compares the query with every vector: exact, and fast enough to some ten thousand vectors.

    Under cosine, vectors are kept scaled to length 1. Ids are ``str`` or ``int``. An index can be filled and searched
    from many threads.

    Args:
        dim: The number of components of each vector.
        metric: ``"cosine"``, from -1 to 1 but for rounding, or ``"dot"``, the inner product.

    Raises:
        InvalidInputError: No components, or an unknown metric.
        DtypeError: A ``dim`` that is not an ``int``.

    Example:
        >>> index = ExactDenseIndex(2)
        >>> index.add("east", np.array([2.0, 0.0], dtype=np.float32))
        >>> index.search(np.array([3.0, 4.0], dtype=np.float32))
        [('east', 0.6000000238418579)]
    """

    def __new__(cls, dim: int, metric: Literal["cosine", "dot"] = "cosine") -> ExactDenseIndex: ...
    @property
    def dim(self) -> int:
        """The number of components of each vector."""

    @property
    def metric(self) -> str:
        """``"cosine"`` or ``"dot"``."""

    def add(self, id: int | str, vector: NDArray[np.float32]) -> None:
        """Adds a document's vector.

        Args:
            id: Its id, ``str`` or ``int``.
            vector: float32, shape (dim,), C-contiguous.

        Raises:
            DuplicateIdError: The index holds a document of this id; it is as it was.
            ShapeError: Another shape.
            InvalidInputError: A NaN or an infinity; only zeros under cosine; a magnitude that could overflow under dot.
            DtypeError: An id of another type, or an array of another dtype.

        Example:
            >>> index = ExactDenseIndex(2)
            >>> index.add("east", np.array([2.0, 0.0], dtype=np.float32))
        """

    def add_batch(self, ids: Iterable[int | str], vectors: NDArray[np.float32], progress: bool = False) -> None:
        """Adds the rows of an array.

        Ids and shape are checked before anything is added. A bad row is an error that names it; the rows before it
        stay, as they do on Ctrl-C.

        Args:
            ids: An id a row, ``str`` or ``int``.
            vectors: float32, shape (n, dim), C-contiguous.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            DuplicateIdError: An id twice, or one that the index holds.
            ShapeError: Another shape, or not as many ids as rows.
            InvalidInputError: As ``add``.
            DtypeError: As ``add``.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> index = ExactDenseIndex(2)
            >>> index.add_batch(["east", "north"], np.eye(2, dtype=np.float32))
            >>> len(index)
            2
        """

    def search(
        self, vector: NDArray[np.float32], k: int = 10, *, filter: _Filter | None = None
    ) -> list[tuple[int | str, float]]:
        """Finds the ``k`` documents most similar to a vector.

        Args:
            vector: float32, shape (dim,), C-contiguous.
            k: How many documents.
            filter: Which documents may be found: ids, an array of bool in the order of adding, or a ``Filter`` of
                these.

        Returns:
            ``(id, similarity)`` pairs by similarity descending, then by id ascending; negative similarities too.

        Raises:
            ShapeError: Another shape.
            InvalidInputError: As ``add``, or a negative ``k``.
            DtypeError: An array of another dtype, or a ``k`` that is not an ``int``.

        Example:
            >>> index = ExactDenseIndex(2, metric="dot")
            >>> index.add_batch(["east", "north"], np.eye(2, dtype=np.float32))
            >>> index.search(np.array([1.0, 2.0], dtype=np.float32), k=1)
            [('north', 2.0)]
        """

    def search_batch(
        self, vectors: NDArray[np.float32], k: int = 10, progress: bool = False, *, filter: _Filter | None = None
    ) -> list[list[tuple[int | str, float]]]:
        """Searches for each row of an array.

        Args:
            vectors: float32, shape (n, dim), C-contiguous.
            k: How many documents for each.
            progress: Whether to show a bar, which needs the package tqdm.
            filter: Which documents may be found: ids, an array of bool in the order of adding, or a ``Filter`` of
                these.

        Returns:
            A ranked list per row, each as ``search`` gives it.

        Raises:
            ShapeError: Another shape.
            InvalidInputError: As ``search``.
            DtypeError: As ``search``.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> index = ExactDenseIndex(2)
            >>> index.add("east", np.array([2.0, 0.0], dtype=np.float32))
            >>> index.search_batch(np.eye(2, dtype=np.float32))
            [[('east', 1.0)], [('east', 0.0)]]
        """

    def compile(self, filter: _Filter) -> Filter:
        """Evaluates a filter once, to be used many times, alone or within other filters.

        The last 16 filters are kept in any case, so that a filter that is asked again is not evaluated again.

        Args:
            filter: Which documents, as of a search.

        Returns:
            A filter that passes the same documents, until the index changes: then it is an error to use it, as it is
            with another index.

        Raises:
            InvalidInputError: A filter that does not fit the index.
            DtypeError: A filter of another type.

        Example:
            >>> index = ExactDenseIndex(2, metric="dot")
            >>> index.add_batch(["east", "north"], np.eye(2, dtype=np.float32))
            >>> index.search(np.array([1.0, 2.0], dtype=np.float32), filter=index.compile(["east"]))
            [('east', 1.0)]
        """

    def __len__(self) -> int: ...
    def __contains__(self, id: int | str, /) -> bool: ...

@final
class DenseIndex:
    """A dense index that finds neighbors through the HNSW graph of the library usearch: approximate.

    Far faster than comparing all from some ten thousand vectors on. Under cosine, vectors are kept scaled to length 1.
    Scores are similarities, 1 minus the distance of usearch. The same calls give the same answers on the same machine.
    Ids are ``str`` or ``int``. An index can be filled and searched from many threads.

    Args:
        dim: The number of components of each vector.
        metric: ``"cosine"``, from -1 to 1 but for rounding, or ``"dot"``, the inner product.
        connectivity: The edges of a document in each layer, M in the paper: 2 to 1024.
        expansion_add: The candidates kept while a document is added, efConstruction in the paper: 1 to 1 000 000.
        expansion_search: The candidates kept while searching, ef in the paper: 1 to 1 000 000; more find more of the
            true neighbors, and take longer.
        precision: ``"f32"``, or ``"f16"``, which halves the memory of the stored vectors and keeps about three decimal
            digits.

    Raises:
        InvalidInputError: No components, an unknown metric or precision, or an option out of its range.
        DtypeError: A number that is not an ``int``.

    Source:
        Malkov, Yashunin: Efficient and robust approximate nearest neighbor search using Hierarchical Navigable Small
        World graphs (2018).

    Example:
        >>> index = DenseIndex(2, metric="dot")
        >>> index.add_batch(["east", "north"], np.eye(2, dtype=np.float32))
        >>> index.search(np.array([0.5, 2.0], dtype=np.float32))
        [('north', 2.0), ('east', 0.5)]
    """

    def __new__(
        cls,
        dim: int,
        metric: Literal["cosine", "dot"] = "cosine",
        *,
        connectivity: int = 16,
        expansion_add: int = 128,
        expansion_search: int = 64,
        precision: Literal["f32", "f16"] = "f32",
    ) -> DenseIndex: ...
    @property
    def dim(self) -> int:
        """The number of components of each vector."""

    @property
    def metric(self) -> str:
        """``"cosine"`` or ``"dot"``."""

    @property
    def expansion_search(self) -> int:
        """The candidates kept while searching, which can be set: 1 to 1 000 000. It is saved with the index."""

    @expansion_search.setter
    def expansion_search(self, value: int) -> None: ...
    def add(self, id: int | str, vector: NDArray[np.float32]) -> None:
        """Adds a document's vector.

        Args:
            id: Its id, ``str`` or ``int``.
            vector: float32, shape (dim,), C-contiguous.

        Raises:
            DuplicateIdError: The index holds a document of this id; it is as it was.
            ShapeError: Another shape.
            InvalidInputError: A NaN or an infinity; only zeros under cosine; a magnitude that could overflow under dot.
            DtypeError: An id of another type, or an array of another dtype.
            BackendError: usearch refuses, as when memory ends.

        Example:
            >>> index = DenseIndex(2)
            >>> index.add("east", np.array([2.0, 0.0], dtype=np.float32))
        """

    def add_batch(self, ids: Iterable[int | str], vectors: NDArray[np.float32], progress: bool = False) -> None:
        """Adds the rows of an array.

        Ids and shape are checked before anything is added. A bad row is an error that names it; the rows before it
        stay, as they do on Ctrl-C.

        Args:
            ids: An id a row, ``str`` or ``int``.
            vectors: float32, shape (n, dim), C-contiguous.
            progress: Whether to show a bar, which needs the package tqdm.

        Raises:
            DuplicateIdError: An id twice, or one that the index holds.
            ShapeError: Another shape, or not as many ids as rows.
            InvalidInputError: As ``add``.
            DtypeError: As ``add``.
            BackendError: As ``add``.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> index = DenseIndex(2)
            >>> index.add_batch(["east", "north"], np.eye(2, dtype=np.float32))
            >>> len(index)
            2
        """

    def search(
        self, vector: NDArray[np.float32], k: int = 10, *, filter: _Filter | None = None
    ) -> list[tuple[int | str, float]]:
        """Finds about the ``k`` documents most similar to a vector: the graph may miss some of them.

        With a filter, ``k`` documents are found if so many pass. If few pass, some 6 % of 100,000, all of these
        are compared: the answer is exact, but for the precision of the vectors. Otherwise the graph is followed
        through all documents, and those that pass are kept. Both give the same similarities up to rounding.

        Args:
            vector: float32, shape (dim,), C-contiguous.
            k: How many documents.
            filter: Which documents may be found: ids, an array of bool in the order of adding, or a ``Filter`` of
                these.

        Returns:
            ``(id, similarity)`` pairs by similarity descending, then by id ascending; negative similarities too.

        Raises:
            ShapeError: Another shape.
            InvalidInputError: As ``add``, or a negative ``k``.
            DtypeError: An array of another dtype, or a ``k`` that is not an ``int``.
            BackendError: As ``add``.

        Example:
            >>> index = DenseIndex(2)
            >>> index.add_batch(["east", "north"], np.eye(2, dtype=np.float32))
            >>> index.search(np.array([0.0, 3.0], dtype=np.float32), k=1)
            [('north', 1.0)]
        """

    def search_batch(
        self, vectors: NDArray[np.float32], k: int = 10, progress: bool = False, *, filter: _Filter | None = None
    ) -> list[list[tuple[int | str, float]]]:
        """Searches for each row of an array.

        Args:
            vectors: float32, shape (n, dim), C-contiguous.
            k: How many documents for each.
            progress: Whether to show a bar, which needs the package tqdm.
            filter: As of ``search``.

        Returns:
            A ranked list per row, each as ``search`` gives it.

        Raises:
            ShapeError: Another shape.
            InvalidInputError: As ``search``.
            DtypeError: As ``search``.
            BackendError: As ``search``.
            MissingPackageError: ``progress`` without tqdm.

        Example:
            >>> index = DenseIndex(2)
            >>> index.add("east", np.array([2.0, 0.0], dtype=np.float32))
            >>> index.search_batch(np.eye(2, dtype=np.float32))
            [[('east', 1.0)], [('east', 0.0)]]
        """

    def compile(self, filter: _Filter) -> Filter:
        """Evaluates a filter once, to be used many times, alone or within other filters.

        The last 16 filters are kept in any case, so that a filter that is asked again is not evaluated again.

        Args:
            filter: Which documents, as of a search.

        Returns:
            A filter that passes the same documents, until the index changes: then it is an error to use it, as it is
            with another index.

        Raises:
            InvalidInputError: A filter that does not fit the index.
            DtypeError: A filter of another type.

        Example:
            >>> index = DenseIndex(2, metric="dot")
            >>> index.add_batch(["east", "north"], np.eye(2, dtype=np.float32))
            >>> index.search(np.array([1.0, 2.0], dtype=np.float32), filter=index.compile(["east"]))
            [('east', 1.0)]
        """

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the index, ids and options included, to one file, which is replaced as a whole or not at all.

        Args:
            path: The file.

        Raises:
            OSError: The file cannot be written; ``FileNotFoundError`` if its folder is missing.
            BackendError: As ``add``.

        Example:
            >>> import pathlib, tempfile
            >>> index = DenseIndex(2)
            >>> index.add("east", np.array([2.0, 0.0], dtype=np.float32))
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     index.save(pathlib.Path(folder) / "index.hnsw")
            ...     "east" in DenseIndex.load(f"{folder}/index.hnsw")
            True
        """

    @staticmethod
    def load(path: str | PathLike[str]) -> DenseIndex:
        """Reads an index that ``save`` wrote. Accidental damage is noticed; a file made to deceive is not.

        Args:
            path: The file.

        Returns:
            The index.

        Raises:
            OSError: The file cannot be read; ``FileNotFoundError`` if it is missing.
            InvalidInputError: A damaged, truncated or foreign file, or ids of another kind.
            BackendError: As ``add``.

        Example:
            See ``save``.
        """

    def __len__(self) -> int: ...
    def __contains__(self, id: int | str, /) -> bool: ...
