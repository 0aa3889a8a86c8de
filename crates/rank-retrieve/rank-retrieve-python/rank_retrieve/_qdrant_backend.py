"""The Python packages underneath, and what they raise."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rank_retrieve._errors import BackendError, MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from qdrant_client import QdrantClient


def qdrant_models() -> ModuleType:
    """Import the models of qdrant-client."""
    try:
        from qdrant_client import models  # noqa: PLC0415 - needed by this module alone
    except ImportError as missing:
        raise MissingPackageError(
            'qdrant_client: expected the package qdrant-client, got none; run pip install "rank-retrieve[qdrant]"'
        ) from missing
    return models


@contextmanager
def backend(client: QdrantClient, collection: str, call: str) -> Iterator[None]:
    """Turn what any of the client's transports raises into one error that says what to do."""
    from qdrant_client.common.client_exceptions import QdrantException  # noqa: PLC0415
    from qdrant_client.http.exceptions import ApiException, ResponseHandlingException  # noqa: PLC0415

    try:
        yield
    except ResponseHandlingException as error:
        raise _unreachable(client, error.source) from error
    except (ApiException, QdrantException) as error:
        raise _refused(collection, call, str(error)) from error
    except (ValueError, TypeError, KeyError, RuntimeError, AssertionError) as error:
        # Local storage has no exceptions of its own.
        raise _refused(collection, call, str(error)) from error
    except Exception as error:
        status = getattr(error, "code", None)
        code = getattr(status() if callable(status) else None, "name", None)
        if code is None:
            raise
        details = str(getattr(error, "details", lambda: "")())
        if code in {"UNAVAILABLE", "DEADLINE_EXCEEDED"}:
            raise _unreachable(client, details) from error
        raise _refused(collection, call, f"{code}: {details}") from error


def _unreachable(client: QdrantClient, reason: object) -> BackendError:
    inner = getattr(client, "_client", client)
    url = getattr(inner, "rest_uri", "its address")
    return BackendError(
        f"client: expected a Qdrant server at {url}, got no answer ({reason}); start one, for example with "
        "`docker run -p 6333:6333 -p 6334:6334 qdrant/qdrant`, or correct the address; "
        'QdrantClient(":memory:") needs no server'
    )


def _refused(collection: str, call: str, reason: str) -> BackendError:
    reason = " ".join(reason.split())
    return BackendError(
        f"collection {collection!r}: expected an answer to {call}, got a refusal ({reason}); "
        "compare the collection's vectors with what was passed, and create it if it is missing"
    )


@contextmanager
def bar(total: int, *, shown: bool) -> Iterator[Any]:
    """Show progress, or not."""
    if not shown:
        yield None
        return
    try:
        from tqdm.auto import tqdm  # noqa: PLC0415 - needed by progress alone
    except ImportError as missing:
        raise MissingPackageError(
            "tqdm: expected the package tqdm, got none; run pip install tqdm or pass progress=False"
        ) from missing
    with tqdm(total=total, unit="doc") as bar:
        yield bar
