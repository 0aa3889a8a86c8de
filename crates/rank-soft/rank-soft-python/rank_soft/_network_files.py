"""Networks in safetensors files, as the Rust crate writes them."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rank_soft._errors import InvalidInputError, MissingPackageError
from rank_soft._network import Network

if TYPE_CHECKING:
    from numpy.typing import NDArray

    _Floats: TypeAlias = NDArray[np.float32]


def write(network: Network, path: str | os.PathLike[str]) -> None:
    """Write a file, beside itself first."""
    tensors = {"mean": network.mean, "deviation": network.deviation}
    for number, (weight, bias) in enumerate(network.layers):
        tensors |= {f"layers.{number}.weight": weight, f"layers.{number}.bias": bias}
    whole = _safetensors().save({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()})
    path = Path(path)
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(whole)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


class _Tensors:
    """What a file holds."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        safetensors, whole = _safetensors(), Path(path).read_bytes()
        self.path = os.fspath(path)
        try:
            self.tensors: dict[str, _Floats] = safetensors.load(whole)
        except Exception as error:  # noqa: BLE001 - its own class is not public
            raise self.wrong(str(error)) from None

    def wrong(self, got: str) -> InvalidInputError:
        return InvalidInputError(f"{self.path}: expected the file of a ranker, got {got}; save one with Ranker.save")

    def take(self, name: str, dimensions: int) -> _Floats:
        if name not in self.tensors:
            raise self.wrong(f"no tensor {name}")
        tensor = self.tensors[name]
        if tensor.dtype != np.float32 or tensor.ndim != dimensions:
            raise self.wrong(f"{name} of {tensor.dtype} in shape {list(tensor.shape)}")
        if not np.isfinite(tensor).all():
            raise self.wrong(f"{name} with a number that is not finite")
        return tensor


def read(path: str | os.PathLike[str]) -> Network:
    """Read a file of ``write``."""
    tensors = _Tensors(path)
    mean, deviation = tensors.take("mean", 1), tensors.take("deviation", 1)
    if len(mean) != len(deviation) or not len(mean) or (deviation <= 0).any():
        raise tensors.wrong("mean and deviation that do not fit together")
    layers: list[tuple[_Floats, _Floats]] = []
    width = len(mean)
    while not layers or f"layers.{len(layers)}.weight" in tensors.tensors:
        number = len(layers)
        weight, bias = tensors.take(f"layers.{number}.weight", 2), tensors.take(f"layers.{number}.bias", 1)
        if weight.shape[1] != width or bias.shape != weight.shape[:1] or not len(bias):
            raise tensors.wrong(f"layer {number} in shape {list(weight.shape)} after {width} numbers")
        width = len(bias)
        layers.append((weight, bias))
    if width != 1:
        raise tensors.wrong(f"a last layer of {width} numbers")
    return Network(mean, deviation, layers)


def _safetensors() -> Any:  # noqa: ANN401 - a module
    try:
        return importlib.import_module("safetensors.numpy")
    except ImportError:
        raise MissingPackageError(
            "safetensors: expected the package safetensors, got none; run pip install safetensors"
        ) from None
