"""The index on disk: what a search needs, in a folder that is either whole or not there."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from qdrant_client import QdrantClient

from rank_rank.collection import Document
from rank_rank.encoder import Encoder
from rank_rank.errors import IndexFolderError
from rank_rank.lsa import LsaEncoder
from rank_rank.pipeline import Depths, Pipeline
from rank_rank.sentence_encoder import SentenceEncoder

_FORMAT = 1
_MANIFEST = "index/manifest.json"
_DOCUMENTS = "index/documents.jsonl"
_ENCODER = "index/encoder.npz"
_QDRANT = "index/qdrant"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index is.

    Attributes:
        collection: The collection's name.
        encoder: The encoder's name.
        stage: The stage that answers best there, as the demo measured.
        format: The version of the folder's layout.
    """

    collection: str
    encoder: str
    stage: str
    format: int = _FORMAT


@contextmanager
def new_folder(path: str | Path) -> Iterator[Path]:
    """A folder that appears under its name when all is written, in place of an older one; on any error, not at all.

    Args:
        path: The folder. One that is there must be of this package or empty; nothing else is ever replaced.

    Yields:
        A temporary folder beside it, to write into.

    Raises:
        IndexFolderError: A file, or a folder that holds other things.
    """
    path = Path(path)
    _check_replaceable(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        partial.chmod(0o755)  # mkdtemp's folder is for its owner alone
        yield partial
        _replace(path, partial)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def open_client(folder: str | Path) -> QdrantClient:
    """Opens the Qdrant that is embedded in an index.

    Args:
        folder: The folder of the index.

    Returns:
        The client; to be closed.

    Raises:
        IndexFolderError: Another process has it open.
    """
    try:
        return QdrantClient(path=str(Path(folder) / _QDRANT))
    except RuntimeError as error:
        if "already accessed" not in str(error):
            raise
        raise IndexFolderError(
            f"index: expected {folder} to be free, got one that another process has open; wait for it to end"
        ) from None


def save_index(folder: Path, manifest: Manifest, documents: tuple[Document, ...], encoder: Encoder) -> None:
    """Writes what ``open_index`` reads, beside the vectors that are there already.

    Args:
        folder: The folder of the index.
        manifest: What it is.
        documents: All of them.
        encoder: The one that made the vectors; a model is kept by its name.
    """
    with (folder / _DOCUMENTS).open("w", encoding="utf-8", newline="\n") as file:
        for document in documents:
            file.write(json.dumps(asdict(document), ensure_ascii=False) + "\n")
    if isinstance(encoder, LsaEncoder):
        encoder.save(folder / _ENCODER)
    (folder / _MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")


@contextmanager
def open_index(folder: str | Path) -> Iterator[tuple[Manifest, dict[str, Document], Pipeline]]:
    """Opens an index that the demo wrote.

    Args:
        folder: Its folder.

    Yields:
        What it is, its documents by id, and the pipeline over them.

    Raises:
        FileNotFoundError: No such folder.
        IndexFolderError: A folder without an index, or one of another version.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"index: expected a folder, got {folder}, which is none; run rank-rank demo first")
    manifest = _read_manifest(folder)
    with (folder / _DOCUMENTS).open(encoding="utf-8") as file:
        documents = {document.id: document for document in (Document(**json.loads(line)) for line in file)}
    saved = folder / _ENCODER
    encoder: Encoder = LsaEncoder.load(saved) if saved.is_file() else SentenceEncoder(manifest.encoder)
    client = open_client(folder)
    try:
        yield manifest, documents, Pipeline(list(documents.values()), encoder, client, Depths())
    finally:
        client.close()


def _read_manifest(folder: Path) -> Manifest:
    advice = "name the output folder of rank-rank demo"
    try:
        content = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        found = content["format"]
        if found != _FORMAT:
            raise IndexFolderError(
                f"index: expected format {_FORMAT}, got {found} in {folder}; run rank-rank demo again"
            )
        return Manifest(**content)
    except FileNotFoundError:
        raise IndexFolderError(f"index: expected an index, got {folder} without {_MANIFEST}; {advice}") from None
    except (ValueError, TypeError, KeyError) as error:
        if isinstance(error, IndexFolderError):
            raise
        raise IndexFolderError(f"index: expected a manifest, got {folder / _MANIFEST} ({error}); {advice}") from None


def _check_replaceable(path: Path) -> None:
    if path.is_dir() and ((path / _MANIFEST).is_file() or not any(path.iterdir())):
        return
    if path.exists():
        raise IndexFolderError(
            f"output: expected a new folder or one that rank-rank wrote, got {path}, which holds other things; "
            "name another"
        )


def _replace(path: Path, partial: Path) -> None:
    """Puts the new folder in the old one's place; if that is cut short, the old one is there again."""
    if not path.exists():
        partial.rename(path)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        path.rename(aside / path.name)
        partial.rename(path)
    except BaseException:
        if not path.exists():
            (aside / path.name).rename(path)
        raise
    finally:
        if path.exists():
            shutil.rmtree(aside, ignore_errors=True)
