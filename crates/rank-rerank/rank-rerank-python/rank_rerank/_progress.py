"""Progress bars, where they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rank_rerank._errors import BackendError

if TYPE_CHECKING:
    from tqdm import tqdm


def bar(total: int) -> tqdm[Any]:
    """A bar of ``total`` documents on the standard error stream.

    Raises:
        BackendError: tqdm is not installed.
    """
    try:
        from tqdm import tqdm  # noqa: PLC0415 - only who wants a bar needs it
    except ImportError as missing:
        raise BackendError("tqdm: expected an installation, got none; run pip install tqdm") from missing
    return tqdm(total=total, unit="doc")
