"""A small collection, as objects and as a folder in BEIR's layout."""

import json
from pathlib import Path

import pytest

from rank_rank import Collection, Document

ANIMALS = ("heron", "otter", "badger", "falcon", "salmon", "beetle", "lizard", "marten")
PLACES = ("river", "forest", "meadow", "cliff", "marsh")


@pytest.fixture
def collection() -> Collection:
    """Forty documents, an animal at a place each, and a query for every animal."""
    documents = tuple(
        Document(
            f"{animal}-{place}",
            f"The {animal}",
            f"A {animal} lives near the {place}. It {'hunts' if place in PLACES[:2] else 'sleeps'} by the {place} "
            f"and the other {ANIMALS[(number + 1) % len(ANIMALS)]} watches.",
        )
        for number, animal in enumerate(ANIMALS)
        for place in PLACES
    )
    queries = {f"q-{animal}": f"where does the {animal} live" for animal in ANIMALS}
    qrels = {
        f"q-{animal}": {f"{animal}-{place}": 2 if place == "river" else 1 for place in PLACES} for animal in ANIMALS
    }
    return Collection("animals", documents, queries, qrels)


@pytest.fixture
def folder(tmp_path: Path, collection: Collection) -> Path:
    """The same collection on disk."""
    path = tmp_path / "animals"
    path.mkdir()
    documents = [{"_id": d.id, "title": d.title, "text": d.text} for d in collection.documents]
    queries = [{"_id": key, "text": text} for key, text in collection.queries.items()]
    write_lines(path / "corpus.jsonl", [json.dumps(record) for record in documents])
    write_lines(path / "queries.jsonl", [json.dumps(record) for record in queries])
    judgements = [f"{q} 0 {d} {r}" for q, judged in collection.qrels.items() for d, r in judged.items()]
    write_lines(path / "qrels.txt", judgements)
    return path


def write_lines(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
