"""Answers to one query from an index that the demo wrote."""

import shutil
import textwrap
from pathlib import Path

from rank_rank.collection import Document
from rank_rank.errors import InvalidInputError
from rank_rank.index_store import open_index


def print_answers(query: str, index: Path, k: int = 10, stage: str | None = None) -> None:
    """Searches and prints: score, document, and what it is about.

    Args:
        query: Any text.
        index: The output folder of the demo.
        k: How many answers at most.
        stage: The stage whose list is wanted; None for the one that was best on the collection's own queries.

    Raises:
        FileNotFoundError: No such folder.
        IndexFolderError: A folder without an index.
        InvalidInputError: An empty query, or a stage that does not exist.
    """
    if not query.strip():
        raise InvalidInputError("query: expected words, got none; ask something")
    with open_index(index) as (manifest, documents, pipeline):
        chosen = stage or manifest.stage
        answers = pipeline.search(query, k, chosen)
        why = "" if stage else ", which the demo found best there; others by --stage"
        print(f"{manifest.collection}, by {chosen}{why}")
        if not answers:
            print("No document has a word of this query.")
        names = max((len(document) for document, _ in answers), default=0)
        for document, score in answers:
            print(f"{score:9.4f}  {document:<{names}}  {_about(documents[document], names)}")


def _about(document: Document, used: int) -> str:
    """A line of what the document is about, cut to the width of the terminal."""
    room = max(40, shutil.get_terminal_size((120, 24)).columns - used - 13)
    return textwrap.shorten(document.summary or document.title or document.text, room, placeholder=" ...")
