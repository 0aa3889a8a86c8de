"""Export of rerankers to ONNX: cross-encoders for ``OrtCrossEncoder``, ColBERT encoders for token vectors.

Needs PyTorch and more: ``pip install "rank-rerank[export]"``.
"""

from __future__ import annotations

import copy
import importlib
import inspect
import json
import os
import tempfile
import warnings
from pathlib import Path
from typing import Any, TypeAlias

from rank_rerank._errors import BackendError, DtypeError, InvalidInputError

try:
    import onnx  # noqa: F401 - torch.onnx imports it late
    import tokenizers
    import torch
    import transformers
    from safetensors import safe_open
    from torch import Tensor, nn

    onnxruntime = importlib.import_module("onnxruntime")
except ImportError as _missing:
    raise ImportError(
        f'{_missing.name}: expected an installation, got none; run pip install "rank-rerank[export]"',
        name=_missing.name,
    ) from _missing

# transformers and tokenizers have no types.
_Untyped: TypeAlias = Any

_OPSET = 17
# Of one file: the format's own limit.
_LARGEST = 2**31
# The length at which the graph is recorded; it then takes every length.
_TRACED = 8


def export_cross_encoder(
    model: str | os.PathLike[str] | nn.Module | tuple[nn.Module, Any],
    path: str | os.PathLike[str],
    max_length: int = 512,
) -> Path:
    """Writes a cross-encoder to ``path`` and its ``tokenizer.json`` beside it, ready for ``OrtCrossEncoder``.

    The inputs are ``input_ids``, ``attention_mask`` and, if the model has token types, ``token_type_ids``, each int64
    of shape ``(batch, length)``; the output ``logits`` is float32 of shape ``(batch, 1)``. Batch and length are free.
    What was written is compared with the model on a padded batch before it takes its name.

    Args:
        model: A name on the Hugging Face hub, a local folder, a ``(model, tokenizer)`` pair of transformers, or a
            ``sentence_transformers.CrossEncoder``. One label; a fast tokenizer. A loaded model is not changed.
        path: The file to write, in an existing folder. An older file is replaced.
        max_length: Tokens of a pair, special tokens included; at most what the model has positions for.

    Returns:
        The path that was written.

    Raises:
        InvalidInputError: A model with several labels or without a trained head, a tokenizer of another model or
            without a template for pairs, too large a ``max_length``, a ``tokenizer.json`` that another model in the
            folder needs.
        DtypeError: Something that is not a model.
        FileNotFoundError: The folder of ``path``, or a model folder, does not exist.
        BackendError: The exported model computes something else than the original.

    Source:
        Nogueira and Cho: Passage Re-ranking with BERT (2019).

    Example:
        >>> export_cross_encoder("cross-encoder/ms-marco-MiniLM-L-6-v2", "model.onnx")  # doctest: +SKIP
        PosixPath('model.onnx')
    """
    network, tokenizer = _cross_encoder(model)
    labels = getattr(getattr(network, "config", None), "num_labels", None)
    if labels != 1:
        raise InvalidInputError(f"model: expected a classifier with one label, got {labels}; use a reranking model")
    if _fast(tokenizer).num_special_tokens_to_add(is_pair=True) == 0:
        raise InvalidInputError(
            "model: expected a tokenizer that joins two texts with special tokens, got one that adds none; "
            "set its post-processor"
        )
    return _export(_Logits(network, _input_names(network, tokenizer)), tokenizer, Path(path), max_length)


def export_colbert_encoder(
    model: str | os.PathLike[str] | tuple[nn.Module, Any] | tuple[nn.Module, nn.Linear, Any],
    path: str | os.PathLike[str],
    max_length: int = 512,
) -> Path:
    """Writes a ColBERT encoder, one unit vector for each token, to ``path`` and its ``tokenizer.json`` beside it.

    The encoder's last hidden states go through the linear projection of the checkpoint and are divided by their
    Euclidean norm. Inputs as in :func:`export_cross_encoder`; the output ``token_embeddings`` is float32 of shape
    ``(batch, length, dim)``, 128 being the usual ``dim``.

    The graph is the same for queries and documents. What tells them apart is a marker that the caller puts after
    ``[CLS]``: in ColBERT's own checkpoints ``[unused0]`` stands for ``[Q]`` and ``[unused1]`` for ``[D]``. Queries are
    then filled up with ``[MASK]`` to 32 tokens, whose vectors count; of a padded document the rows where
    ``attention_mask`` is 0 are to be dropped.

    Args:
        model: A name on the Hugging Face hub or a local folder whose checkpoint holds ``linear.weight``, as
            ``colbert-ir/colbertv2.0`` does; or ``(encoder, projection, tokenizer)``; or ``(model, tokenizer)`` with a
            transformers model that has the projection as ``linear``. A loaded model is not changed.
        path: The file to write, in an existing folder. An older file is replaced.
        max_length: Tokens of a text, special tokens and marker included.

    Returns:
        The path that was written.

    Raises:
        InvalidInputError: A checkpoint without projection, a projection of another width, and as
            :func:`export_cross_encoder`.
        DtypeError: Something that is not a model.
        FileNotFoundError: The folder of ``path``, or a model folder, does not exist.
        BackendError: The exported model computes something else than the original.

    Source:
        Khattab and Zaharia: ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over
        BERT (SIGIR 2020).

    Example:
        >>> export_colbert_encoder("colbert-ir/colbertv2.0", "colbert_encoder.onnx")  # doctest: +SKIP
        PosixPath('colbert_encoder.onnx')
    """
    encoder, projection, tokenizer = _colbert(model)
    hidden = getattr(getattr(encoder, "config", None), "hidden_size", projection.in_features)
    if projection.in_features != hidden:
        raise InvalidInputError(
            f"model: expected a projection of {hidden} components, got {projection.in_features}; "
            "pass the projection that was trained with this encoder"
        )
    return _export(
        _TokenEmbeddings(encoder, projection, _input_names(encoder, tokenizer)), tokenizer, Path(path), max_length
    )


class _Graph(nn.Module):
    """What is exported: tensors in, in the order of ``inputs``, one tensor out."""

    output: str

    def __init__(self, network: nn.Module, inputs: list[str]) -> None:
        super().__init__()
        self.network: _Untyped = network
        self.inputs = inputs

    def first_output(self, tensors: tuple[Tensor, ...]) -> Tensor:
        result: Tensor = self.network(**dict(zip(self.inputs, tensors, strict=True)), return_dict=False)[0]
        return result


class _Logits(_Graph):
    output = "logits"

    def forward(self, *tensors: Tensor) -> Tensor:
        return self.first_output(tensors)


class _TokenEmbeddings(_Graph):
    output = "token_embeddings"

    def __init__(self, network: nn.Module, projection: nn.Linear, inputs: list[str]) -> None:
        super().__init__(network, inputs)
        self.projection = projection

    def forward(self, *tensors: Tensor) -> Tensor:
        return nn.functional.normalize(self.projection(self.first_output(tensors)), dim=-1)


def _cross_encoder(model: _Untyped) -> tuple[nn.Module, Any]:
    if isinstance(model, str | os.PathLike):
        return _pretrained(transformers.AutoModelForSequenceClassification, _existing(model))
    if isinstance(model, tuple) and len(model) == 2 and isinstance(model[0], nn.Module):  # noqa: PLR2004
        return model
    # A CrossEncoder of sentence-transformers.
    inner = getattr(model, "model", None)
    if isinstance(inner, nn.Module) and hasattr(model, "tokenizer"):
        return inner, model.tokenizer
    raise DtypeError(
        f"model: expected a model's name or folder, a CrossEncoder or (model, tokenizer), got {_described(model)}; "
        "pass the tokenizer with a loaded model"
    )


def _colbert(model: _Untyped) -> tuple[nn.Module, nn.Linear, Any]:
    if isinstance(model, str | os.PathLike):
        name = _existing(model)
        projection = _projection(name)
        encoder, tokenizer = _pretrained(transformers.AutoModel, name)
        return encoder, projection, tokenizer
    if isinstance(model, tuple) and all(isinstance(part, nn.Module) for part in model[:-1]):
        match model:
            case (encoder, nn.Linear() as projection, tokenizer):
                return encoder, projection, tokenizer
            case (whole, tokenizer) if isinstance(getattr(whole, "linear", None), nn.Linear):
                inner = getattr(whole, "base_model", None)
                if isinstance(inner, nn.Module) and inner is not whole:
                    return inner, whole.linear, tokenizer
    raise DtypeError(
        "model: expected a model's name or folder, (encoder, projection, tokenizer), or (model, tokenizer) with the "
        f"projection as model.linear, got {_described(model)}; pass the three parts"
    )


def _existing(model: str | os.PathLike[str]) -> str:
    name = os.fspath(model)
    if not isinstance(model, str) and not Path(name).is_dir():
        raise FileNotFoundError(f"model: expected a folder, got {name}, which does not exist; check the path")
    return name


def _pretrained(kind: _Untyped, name: str) -> tuple[nn.Module, Any]:
    network, report = kind.from_pretrained(
        name, attn_implementation="eager", dtype=torch.float32, output_loading_info=True
    )
    # Pooling feeds heads only; a head without trained weights would be a random one.
    untrained = sorted(
        key for key in report["missing_keys"] if kind is not transformers.AutoModel or "pooler" not in key
    )
    if untrained:
        raise InvalidInputError(
            f"model: expected trained weights for {', '.join(untrained)}, got none in {name}; use a reranking model"
        )
    return network, transformers.AutoTokenizer.from_pretrained(name)


def _projection(name: str) -> nn.Linear:
    """The linear layer of a ColBERT checkpoint, in ColBERT's own layout or that of sentence-transformers."""
    for folder in ("", "1_Dense/"):
        for file in ("model.safetensors", "pytorch_model.bin"):
            found = transformers.utils.cached_file(name, folder + file, _raise_exceptions_for_missing_entries=False)
            if found is None:
                continue
            weight, bias = _tensors(found, ["linear.weight", "linear.bias"])
            if weight is None:
                continue
            linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
            linear.load_state_dict({"weight": weight} if bias is None else {"weight": weight, "bias": bias})
            return linear
    raise InvalidInputError(
        f"model: expected a ColBERT checkpoint with linear.weight, got none in {name}; use a ColBERT model, "
        "or pass (encoder, projection, tokenizer)"
    )


def _tensors(file: str, names: list[str]) -> list[Tensor | None]:
    if file.endswith(".safetensors"):
        with safe_open(file, framework="pt") as stored:
            present = set(stored.keys())
            return [stored.get_tensor(name) if name in present else None for name in names]
    state = torch.load(file, map_location="cpu", weights_only=True)
    return [state.get(name) for name in names]


def _input_names(network: nn.Module, tokenizer: _Untyped) -> list[str]:
    names = ["input_ids", "attention_mask"]
    kinds = getattr(getattr(network, "config", None), "type_vocab_size", 2)
    taken = inspect.signature(network.forward).parameters
    if "token_type_ids" in taken and "token_type_ids" in tokenizer.model_input_names and kinds > 1:
        names.append("token_type_ids")
    return names


def _fast(tokenizer: _Untyped) -> _Untyped:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise InvalidInputError(
            f"model: expected a fast tokenizer of transformers, got {_described(tokenizer)}; "
            "load it with AutoTokenizer.from_pretrained"
        )
    return backend


def _export(graph: _Graph, tokenizer: _Untyped, path: Path, max_length: int) -> Path:
    if not path.parent.is_dir():
        raise FileNotFoundError(f"path: expected an existing folder, got {path.parent}; create it")
    vocabulary = _vocabulary(graph.network, tokenizer)
    saved = _saved_tokenizer(tokenizer, max_length)
    beside = path.with_name("tokenizer.json")
    _keep_others(beside, saved, path)
    # The caller's model stays on its device, in its mode and precision.
    graph = copy.deepcopy(graph).to("cpu").float().eval()
    if sum(weights.numel() * weights.element_size() for weights in graph.parameters()) >= _LARGEST:
        raise InvalidInputError("model: expected less than 2 GiB of weights in float32, got more; use a smaller model")
    if hasattr(graph.network, "set_attn_implementation"):
        graph.network.set_attn_implementation("eager")
    pad = tokenizer.pad_token_id or 0
    expected, checked = _expected(graph, max_length, vocabulary, pad)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        written = Path(folder, "model.onnx")
        _write(graph, _batch(graph, min(_TRACED, max_length), vocabulary, pad), written)
        _compare(written, graph, checked, expected)
        named = Path(folder, "tokenizer.json")
        named.write_text(saved, encoding="utf-8")
        named.replace(beside)
        written.replace(path)
    return path


def _vocabulary(network: _Untyped, tokenizer: _Untyped) -> int:
    known: int = network.get_input_embeddings().num_embeddings
    made = _fast(tokenizer).get_vocab_size()
    if made > known:
        raise InvalidInputError(
            f"model: expected a tokenizer of at most {known} tokens, got one of {made}; pass the model's own tokenizer"
        )
    return known


def _saved_tokenizer(tokenizer: _Untyped, max_length: int) -> str:
    backend = tokenizers.Tokenizer.from_str(_fast(tokenizer).to_str())
    special = backend.num_special_tokens_to_add(is_pair=True)
    if max_length <= special:
        raise InvalidInputError(f"max_length: expected more than {special} special tokens, got {max_length}; raise it")
    backend.enable_truncation(max_length)
    if tokenizer.pad_token is not None:
        backend.enable_padding(pad_id=tokenizer.pad_token_id, pad_token=tokenizer.pad_token)
    text: str = backend.to_str(pretty=True)
    return text


def _keep_others(beside: Path, saved: str, path: Path) -> None:
    """Refuses to replace the tokenizer of another model in the same folder by a different one."""
    others = sorted(other.name for other in path.parent.glob("*.onnx") if other.name != path.name)
    if not others or not beside.exists():
        return
    length = ("truncation", "padding")
    there, new = (
        {key: value for key, value in json.loads(text).items() if key not in length}
        for text in (beside.read_text(encoding="utf-8"), saved)
    )
    if there != new:
        raise InvalidInputError(
            f"path: expected a folder without another model's tokenizer.json, got that of {others[0]}; "
            "export to a folder of its own"
        )


def _batch(graph: _Graph, length: int, vocabulary: int, pad: int) -> tuple[Tensor, ...]:
    """Two rows, the second half padding."""
    other = 1 if pad == 0 else 0
    ids = torch.arange(2 * length).reshape(2, length) % vocabulary
    ids[ids == pad] = other
    mask = torch.ones_like(ids)
    mask[1, length // 2 :] = 0
    ids[mask == 0] = pad
    types = torch.zeros_like(ids)
    types[:, length // 3 :] = 1
    return (ids, mask, types)[: len(graph.inputs)]


def _expected(graph: _Graph, max_length: int, vocabulary: int, pad: int) -> tuple[Tensor, tuple[Tensor, ...]]:
    batch = _batch(graph, max_length, vocabulary, pad)
    with torch.no_grad():
        try:
            output: Tensor = graph(*batch)
        except (IndexError, RuntimeError) as failed:
            raise InvalidInputError(
                f"max_length: expected a length that the model can read, got {max_length} ({failed}); lower it"
            ) from failed
    return output, batch


def _write(graph: _Graph, batch: tuple[Tensor, ...], path: Path) -> None:
    free = {name: {0: "batch", 1: "length"} for name in graph.inputs}
    free[graph.output] = {0: "batch"} if graph.output == _Logits.output else {0: "batch", 1: "length"}
    with warnings.catch_warnings():
        # What the exporter warns of, the comparison afterwards answers.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph,
            batch,
            os.fspath(path),
            input_names=graph.inputs,
            output_names=[graph.output],
            dynamic_axes=free,
            opset_version=_OPSET,
            dynamo=False,
        )


def _compare(path: Path, graph: _Graph, batch: tuple[Tensor, ...], expected: Tensor) -> None:
    session = onnxruntime.InferenceSession(os.fspath(path), providers=["CPUExecutionProvider"])
    inputs = {name: tensor.numpy() for name, tensor in zip(graph.inputs, batch, strict=True)}
    got = torch.from_numpy(session.run([graph.output], inputs)[0])
    if got.shape != expected.shape or not torch.allclose(got, expected, rtol=1e-3, atol=1e-4):
        apart = (got - expected).abs().max().item() if got.shape == expected.shape else tuple(got.shape)
        raise BackendError(
            f"model: expected the exported model to agree with PyTorch, got a difference of {apart}; "
            "this architecture cannot be exported"
        )


def _described(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
