"""Where ONNX Runtime's library is. It is found without importing onnxruntime, which would load a second one."""

import os
from importlib.util import find_spec
from pathlib import Path

from rank_rerank._errors import BackendError

_NAMES = ("libonnxruntime.so.*", "libonnxruntime.*dylib", "onnxruntime.dll")


def library() -> str:
    """The library at ``ORT_DYLIB_PATH``, or that of the installed onnxruntime.

    Raises:
        BackendError: Neither is there.
    """
    chosen = os.environ.get("ORT_DYLIB_PATH")
    if chosen:
        return chosen
    spec = find_spec("onnxruntime")
    for folder in (spec and spec.submodule_search_locations) or []:
        for name in _NAMES:
            found = sorted(Path(folder, "capi").glob(name))
            if found:
                return str(found[-1].resolve())
    raise BackendError(
        'onnxruntime: expected an installation, got none; run pip install "rank-rerank[onnx]", '
        "or set ORT_DYLIB_PATH to ONNX Runtime's library"
    )
