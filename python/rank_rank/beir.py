"""Collections in the layout of BEIR (Thakur et al. 2021): a folder of JSON lines and judgements."""

import json
from collections.abc import Iterator
from pathlib import Path

from rank_rank.collection import Collection, Document
from rank_rank.errors import CollectionError

_TREC_COLUMNS = 4
_TSV_COLUMNS = 3
_SHOWN = 60


def read_beir(folder: str | Path) -> Collection:
    """Reads a collection from a folder.

    Args:
        folder: Holds ``corpus.jsonl`` (``{"_id", "title", "text"}`` a line, the title optional), ``queries.jsonl``
            (``{"_id", "text"}``) and the judgements: ``qrels.txt`` in TREC form (``query 0 document relevance``) or
            ``qrels/test.tsv`` in BEIR's (``query TAB document TAB relevance`` under a header).

    Returns:
        The collection, with those of its queries that have a relevant document.

    Raises:
        FileNotFoundError: A folder or file that is not there.
        CollectionError: A line that is not UTF-8 or malformed, an id that is there twice, a judgement of an unknown
            query; the message begins with file and line.

    Source:
        Thakur et al.: BEIR: A Heterogenous Benchmark for Zero-shot Evaluation of Information Retrieval Models
        (NeurIPS 2021 Datasets and Benchmarks).
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(
            f"data: expected a folder, got {folder}, which is none; name one that holds corpus.jsonl"
        )
    documents = tuple(
        Document(id=key, title=_text(record, "title", place, default=""), text=_text(record, "text", place))
        for place, key, record in _records(folder / "corpus.jsonl")
    )
    queries = {key: _text(record, "text", place) for place, key, record in _records(folder / "queries.jsonl")}
    qrels = _qrels(folder, queries)
    judged = {query: text for query, text in queries.items() if any(r > 0 for r in qrels.get(query, {}).values())}
    return Collection(folder.resolve().name, documents, judged, qrels, _notes(documents, queries, judged, qrels))


def _notes(
    documents: tuple[Document, ...], queries: dict[str, str], judged: dict[str, str], qrels: dict[str, dict[str, int]]
) -> tuple[str, ...]:
    notes = []
    if len(judged) < len(queries):
        notes.append(
            f"{len(queries) - len(judged)} of {len(queries)} queries have no relevant document and are left out."
        )
    known = {document.id for document in documents}
    unknown = sum(d not in known for query in judged for d, relevance in qrels[query].items() if relevance > 0)
    if unknown:
        notes.append(f"{unknown} relevant documents of the judgements are not in the corpus; they count as not found.")
    empty = sum(not document.contents for document in documents)
    if empty:
        notes.append(f"{empty} documents are empty; nothing can find them.")
    return tuple(notes)


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Each line that is not empty, with its place as an error names it."""
    if not path.is_file():
        raise FileNotFoundError(
            f"{path}: expected a file, got none; a collection is corpus.jsonl, queries.jsonl, qrels.txt"
        )
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            place = f"{path}:{number}"
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise CollectionError(
                    f"{place}: expected UTF-8, got byte 0x{line[error.start]:02x} in column {error.start + 1}; "
                    "convert the file"
                ) from None
            if text.strip():
                yield place, text


def _records(path: Path) -> Iterator[tuple[str, str, dict[str, object]]]:
    """The JSON objects of a file, each with its place and its id."""
    first: dict[str, str] = {}
    for place, line in _lines(path):
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise CollectionError(
                f"{place}: expected a JSON object, got {line[:_SHOWN]!r} ({error.msg}, column {error.colno}); "
                "correct or remove the line"
            ) from None
        if not isinstance(record, dict):
            raise CollectionError(
                f"{place}: expected a JSON object, got {line[:_SHOWN]!r}; write one object on each line"
            )
        key = _text(record, "_id", place)
        if not key or any(character.isspace() for character in key):
            raise CollectionError(f"{place}: expected an _id without white space, got {key!r}; rename it")
        if key in first:
            raise CollectionError(f"{place}: expected a new _id, got {key!r} of {first[key]} again; remove one of them")
        first[key] = place
        yield place, key, record


def _text(record: dict[str, object], field: str, place: str, default: str | None = None) -> str:
    value = record.get(field, default)
    if not isinstance(value, str):
        got = f"{value!r}"[:_SHOWN] if field in record else "none"
        raise CollectionError(f'{place}: expected a string in "{field}", got {got}; correct or remove the line')
    return value


def _qrels(folder: Path, queries: dict[str, str]) -> dict[str, dict[str, int]]:
    trec, tsv = folder / "qrels.txt", folder / "qrels" / "test.tsv"
    if not trec.is_file() and not tsv.is_file():
        raise FileNotFoundError(f"{folder}: expected qrels.txt or qrels/test.tsv, got neither; add the judgements")
    qrels: dict[str, dict[str, int]] = {}
    for place, query, document, relevance in _trec(trec) if trec.is_file() else _tsv(tsv):
        if query not in queries:
            raise CollectionError(
                f"{place}: expected a query of queries.jsonl, got {query!r}; add it or remove the line"
            )
        if document in qrels.setdefault(query, {}):
            raise CollectionError(
                f"{place}: expected one judgement of a query and a document, got {query!r} and {document!r} again; "
                "remove one of them"
            )
        qrels[query][document] = relevance
    return qrels


def _trec(path: Path) -> Iterator[tuple[str, str, str, int]]:
    for place, line in _lines(path):
        columns = line.split()
        if len(columns) != _TREC_COLUMNS:
            raise CollectionError(
                f'{place}: expected "query 0 document relevance", got {line[:_SHOWN]!r}; correct or remove the line'
            )
        query, _, document, relevance = columns
        yield place, query, document, _relevance(relevance, place)


def _tsv(path: Path) -> Iterator[tuple[str, str, str, int]]:
    for number, (place, line) in enumerate(_lines(path)):
        columns = line.split("\t")
        if len(columns) != _TSV_COLUMNS:
            raise CollectionError(
                f"{place}: expected query, document and relevance between tabs, got {line[:_SHOWN]!r}; "
                "correct or remove the line"
            )
        if number == 0 and columns[0] == "query-id":
            continue
        query, document, relevance = columns
        yield place, query, document, _relevance(relevance, place)


def _relevance(text: str, place: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise CollectionError(f"{place}: expected a whole number as relevance, got {text!r}; correct it") from None
