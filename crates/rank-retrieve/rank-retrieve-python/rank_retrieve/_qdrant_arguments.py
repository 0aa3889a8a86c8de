"""Checks of what is to be sent to Qdrant. ``argument`` and ``at`` name the value in error messages."""

from __future__ import annotations

import operator
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from rank_retrieve._errors import DtypeError, DuplicateIdError, InvalidInputError, ShapeError

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

ID_KEY: Final = "rank_id"
"""The payload key that holds a document's ``str`` id."""

Id: TypeAlias = int | str
SparseVector: TypeAlias = tuple[ArrayLike, ArrayLike]

_LARGEST_ID = 2**64 - 1


class ScoredPoint(Protocol):
    """A hit, such as Qdrant's own."""

    @property
    def id(self) -> Any: ...  # noqa: ANN401 - int, str or UUID, as the client likes
    @property
    def score(self) -> float: ...
    @property
    def payload(self) -> Mapping[str, Any] | None: ...


def type_name(value: object) -> str:
    """The type of a value as its user would name it."""
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def count(argument: str, value: int, least: int) -> int:
    """Read an integer of at least ``least``."""
    try:
        # A bool is an int to Python, and a mistake here.
        number = operator.index("" if isinstance(value, bool) else value)  # type: ignore[arg-type]
    except TypeError:
        raise DtypeError(f"{argument}: expected an int, got {type_name(value)}; convert it") from None
    if number < least:
        raise InvalidInputError(f"{argument}: expected at least {least}, got {number}; pass a larger number")
    return number


def flag(argument: str, value: object) -> bool:
    """Read a bool, NumPy's included."""
    if not isinstance(value, (bool, np.bool_)):
        raise DtypeError(f"{argument}: expected True or False, got {type_name(value)}; pass one of them")
    return bool(value)


def text(argument: str, value: object) -> str:
    """Read a text that UTF-8 can hold."""
    if not isinstance(value, str):
        raise DtypeError(f"{argument}: expected a str, got {type_name(value)}; convert it")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidInputError(
            f"{argument}: expected a text of Unicode characters, got one with a lone surrogate at {error.start}; "
            "decode it anew, with errors='replace' or from another encoding"
        ) from None
    return value


def numbers(argument: str, value: ArrayLike, dimensions: int, shape: str) -> NDArray[np.float32]:
    """Read finite numbers as float32, without a copy where they are that."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        raise ShapeError(
            f"{argument}: expected shape {shape}, got rows of different length; pad or split them"
        ) from None
    if array.dtype.kind not in "fiu" and array.size > 0:
        raise DtypeError(f"{argument}: expected numbers, got dtype {array.dtype}; convert them to float32")
    if array.ndim != dimensions:
        raise ShapeError(f"{argument}: expected shape {shape}, got {array.shape}; reshape it")
    if array.shape[-1] == 0:
        raise ShapeError(f"{argument}: expected at least one component, got shape {array.shape}; pass one")
    with np.errstate(over="ignore"):
        narrow = array.astype(np.float32, copy=False)
    finite = np.isfinite(narrow)
    if not finite.all():
        place = tuple(int(at) for at in np.argwhere(~finite)[0])
        where = "".join(f"[{at}]" for at in place)
        raise InvalidInputError(
            f"{argument}{where}: expected a finite number of float32, got {array[place]}; repair or drop the vector"
        )
    return narrow


def one_vector(argument: str, value: ArrayLike) -> NDArray[np.float32]:
    """Read one vector."""
    return numbers(argument, value, 1, "(dim,)")


def matrix(argument: str, value: ArrayLike, rows: int | None = None) -> NDArray[np.float32]:
    """Read the rows of a matrix: one for each id, or any number of tokens."""
    if isinstance(value, Sequence) and len(value) == 0:
        matrix = np.empty((0, 1), dtype=np.float32)
    else:
        matrix = numbers(argument, value, 2, "(documents, dim)" if rows is not None else "(tokens, dim)")
    if rows is not None:
        as_many(argument, rows, len(matrix))
    return matrix


def listed(argument: str, value: object, what: str) -> None:
    """Refuse what has no length."""
    if isinstance(value, (str, bytes)) or not hasattr(value, "__len__") or not hasattr(value, "__getitem__"):
        raise DtypeError(f"{argument}: expected a list of {what}, got {type_name(value)}; pass one for each id")


def as_many(argument: str, expected: int, got: int) -> None:
    """Compare the number of entries with the number of ids."""
    if expected != got:
        raise ShapeError(f"{argument}: expected {expected} entries, one for each id, got {got}; pass as many")


def pair(argument: str, value: SparseVector) -> tuple[ArrayLike, ArrayLike]:
    """Take the two halves of a sparse vector."""
    try:
        indices, values = value
    except (TypeError, ValueError):
        raise DtypeError(f"{argument}: expected (indices, values), got {type_name(value)}; pass two arrays") from None
    return indices, values


def sparse_vector(models: ModuleType, prefix: str, indices: ArrayLike, values: ArrayLike) -> Any:  # noqa: ANN401
    whole = np.asarray(indices)
    if whole.ndim != 1:
        raise ShapeError(f"{prefix}indices: expected shape (entries,), got {whole.shape}; reshape it")
    if whole.dtype.kind not in "iu" and whole.size > 0:
        raise DtypeError(f"{prefix}indices: expected integers, got dtype {whole.dtype}; convert them")
    wrong = np.flatnonzero((whole < 0) | (whole > 2**32 - 1))
    if wrong.size > 0:
        at = int(wrong[0])
        raise InvalidInputError(
            f"{prefix}indices[{at}]: expected an integer from 0 to 4294967295, got {whole[at]}; number the terms anew"
        )
    if np.size(values) == 0 and whole.size == 0:
        return models.SparseVector(indices=[], values=[])
    weights = numbers(f"{prefix}values", values, 1, "(entries,)")
    if len(weights) != len(whole):
        raise ShapeError(
            f"{prefix}values: expected {len(whole)} values, one for each index, got {len(weights)}; pass as many"
        )
    order = np.argsort(whole, kind="stable")
    twice = np.flatnonzero(np.diff(whole[order]) == 0)
    if twice.size > 0:
        at = int(order[int(twice[0]) + 1])
        raise InvalidInputError(
            f"{prefix}indices[{at}]: expected each index once, got {whole[at]} again; add the values of equal indices"
        )
    return models.SparseVector(indices=whole.tolist(), values=weights.tolist())


def sparse_rows(models: ModuleType, rows: Sequence[SparseVector], count: int) -> list[Any]:
    """Read a sparse vector for each id."""
    listed("sparse", rows, "(indices, values)")
    as_many("sparse", count, len(rows))
    return [sparse_vector(models, f"sparse[{at}] ", *pair(f"sparse[{at}]", row)) for at, row in enumerate(rows)]


def token_rows(rows: Sequence[ArrayLike], count: int) -> list[NDArray[np.float32]]:
    """Read a matrix of token vectors for each id, all of one dimension."""
    listed("multivectors", rows, "matrices")
    as_many("multivectors", count, len(rows))
    matrices = [matrix(f"multivectors[{at}]", row) for at, row in enumerate(rows)]
    for at, tokens in enumerate(matrices):
        if len(tokens) == 0:
            raise ShapeError(f"multivectors[{at}]: expected at least one token, got none; pass one")
        if tokens.shape[1] != matrices[0].shape[1]:
            raise ShapeError(
                f"multivectors[{at}]: expected {matrices[0].shape[1]} components, got {tokens.shape[1]}; "
                "use the same model for all"
            )
    return matrices


def checked_id(at: str, value: object) -> Id:
    """Read one id."""
    if isinstance(value, str):
        return text(at, value)
    try:
        number = operator.index("" if isinstance(value, bool) else value)  # type: ignore[arg-type]
    except TypeError:
        raise DtypeError(f"{at}: expected an id of type str or int, got {type_name(value)}; convert it") from None
    if not 0 <= number <= _LARGEST_ID:
        raise InvalidInputError(f"{at}: expected an int from 0 to 2^64 - 1, got {number}; use a str")
    return number


def checked_ids(ids: Sequence[Id]) -> list[Id]:
    """Read ids, each once."""
    if isinstance(ids, (str, bytes)) or not isinstance(ids, Iterable):
        raise DtypeError(f"ids: expected a list of ids, got {type_name(ids)}; pass one id for each document")
    places: dict[Id, int] = {}
    for position, value in enumerate(ids):
        first = places.setdefault(checked_id(f"ids[{position}]", value), position)
        if first != position:
            raise DuplicateIdError(
                f"ids[{position}]: expected each document once, got that of position {first} again; drop one of the two"
            )
    return list(places)


def point_id(value: Id) -> Id:
    """Name the point of a document."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, value)) if isinstance(value, str) else value


def checked_payloads(payloads: Sequence[Mapping[str, Any]] | None, ids: list[Id]) -> list[dict[str, Any]]:
    """Read a payload for each id, and add the id where its point does not say it."""
    if payloads is not None:
        listed("payloads", payloads, "dicts")
        as_many("payloads", len(ids), len(payloads))
    kept: list[dict[str, Any]] = []
    for at, value in enumerate(ids):
        payload = {} if payloads is None else payloads[at]
        if not isinstance(payload, Mapping):
            raise DtypeError(f"payloads[{at}]: expected a dict, got {type_name(payload)}; pass one for each document")
        if ID_KEY in payload:
            raise InvalidInputError(
                f'payloads[{at}]: expected a payload without the key "{ID_KEY}", got one; rename the key'
            )
        kept.append({**payload, **({ID_KEY: value} if isinstance(value, str) else {})})
    return kept


def id_of(hit: ScoredPoint, at: str, id_key: str | None) -> Id:
    """Read the document id of a hit."""
    payload = getattr(hit, "payload", None) or {}
    if id_key is not None and id_key not in payload:
        raise InvalidInputError(
            f"{at}: expected a payload with the key {id_key!r}, got none; choose a key that every point has"
        )
    found = payload.get(ID_KEY if id_key is None else id_key, hit.id)
    return str(found) if isinstance(found, uuid.UUID) else checked_id(at, found)
