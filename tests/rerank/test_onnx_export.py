"""Exported models against PyTorch: small models of random weights, wide enough that scores differ."""

import importlib
import sys
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import onnxruntime
import pytest
import sentence_transformers
import torch
import transformers

from rank_rerank import BackendError, DtypeError, InvalidInputError, OrtCrossEncoder, onnx_export
from rank_rerank.onnx_export import export_colbert_encoder, export_cross_encoder

# transformers has no types.
Untyped: TypeAlias = Any

FIXTURES = Path(__file__).parents[2] / "crates/rank-rerank/tests/fixtures"
QUERY = "how do i stack arrays"
DOCS = ["join a sequence of arrays along a new axis", "sort an array in place", "the sum of elements . " * 30, ""]
SIZES = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "initializer_range": 0.5,
    "max_position_embeddings": 66,
}


def words() -> Untyped:
    return transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(FIXTURES / "tokenizer.json"),
        model_input_names=["input_ids", "attention_mask", "token_type_ids"],
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    )


def cross_encoder(kind: str = "Bert", labels: int = 1) -> Untyped:
    torch.manual_seed(3)
    config = getattr(transformers, f"{kind}Config")(
        **SIZES, vocab_size=len(words()), num_labels=labels, pad_token_id=0, bos_token_id=2, eos_token_id=3
    )
    return getattr(transformers, f"{kind}ForSequenceClassification")(config).eval()


def pytorch_scores(model: Untyped, max_length: int) -> list[float]:
    tokenizer = words()
    scores = []
    for doc in DOCS:
        pair = tokenizer([QUERY], [doc], truncation=True, max_length=max_length, return_tensors="pt")
        with torch.no_grad():
            scores.append(model(**pair).logits.item())
    return scores


@pytest.mark.parametrize("kind", ["Bert", "Roberta", "Electra"])
def test_cross_encoder_scores_are_those_of_pytorch(kind: str, tmp_path: Path) -> None:
    model = cross_encoder(kind)
    assert export_cross_encoder((model, words()), tmp_path / "model.onnx", max_length=64) == tmp_path / "model.onnx"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.onnx", "tokenizer.json"]
    encoder = OrtCrossEncoder.from_file(tmp_path / "model.onnx", max_length=64)
    expected = pytorch_scores(model, 64)
    assert np.ptp(expected) > 0.05
    np.testing.assert_allclose(encoder.score_batch(QUERY, DOCS), expected, atol=1e-4)


def test_cross_encoder_from_a_folder(tmp_path: Path) -> None:
    model = cross_encoder()
    folder = tmp_path / "saved"
    model.save_pretrained(folder)
    words().save_pretrained(folder)
    for source in (folder, str(folder)):
        export_cross_encoder(source, tmp_path / "model.onnx", max_length=64)
        encoder = OrtCrossEncoder.from_file(tmp_path / "model.onnx", max_length=64)
        np.testing.assert_allclose(encoder.score_batch(QUERY, DOCS), pytorch_scores(model, 64), atol=1e-4)


def test_cross_encoder_of_sentence_transformers(tmp_path: Path) -> None:
    cross_encoder().save_pretrained(tmp_path / "saved")
    words().save_pretrained(tmp_path / "saved")
    reference = sentence_transformers.CrossEncoder(str(tmp_path / "saved"), max_length=64, device="cpu")
    export_cross_encoder(reference, tmp_path / "model.onnx", max_length=64)
    encoder = OrtCrossEncoder.from_file(tmp_path / "model.onnx", max_length=64)
    expected = reference.predict([(QUERY, doc) for doc in DOCS], activation_fn=torch.nn.Identity())
    np.testing.assert_allclose(encoder.score_batch(QUERY, DOCS), expected, atol=1e-4)


def test_a_loaded_model_is_not_changed(tmp_path: Path) -> None:
    model = cross_encoder().train().to(torch.bfloat16)
    attention = model.config._attn_implementation  # noqa: SLF001 - there is no other way to read it
    export_cross_encoder((model, words()), tmp_path / "model.onnx", max_length=64)
    assert model.training
    assert model.dtype == torch.bfloat16
    assert model.config._attn_implementation == attention != "eager"  # noqa: SLF001


class Colbert(torch.nn.Module):
    def __init__(self, hidden: int = 16) -> None:
        super().__init__()
        torch.manual_seed(5)
        config = transformers.BertConfig(**SIZES, vocab_size=len(words()))
        self.bert = transformers.BertModel(config).eval()
        self.linear = torch.nn.Linear(hidden, 128, bias=False)

    @property
    def base_model(self) -> Untyped:
        return self.bert

    def vectors(self, batch: Untyped) -> Untyped:
        with torch.no_grad():
            hidden = self.bert(**batch).last_hidden_state
            return torch.nn.functional.normalize(self.linear(hidden), dim=-1).numpy()


def colbert_agrees(model: Colbert, path: Path) -> None:
    batch = words()(DOCS, padding=True, truncation=True, max_length=64, return_tensors="pt")
    session = onnxruntime.InferenceSession(str(path))
    assert [each.name for each in session.get_inputs()] == ["input_ids", "attention_mask", "token_type_ids"]
    inputs = {name: tensor.numpy() for name, tensor in batch.items()}
    (got,) = session.run(["token_embeddings"], inputs)
    assert got.shape == (*batch["input_ids"].shape, 128)
    np.testing.assert_allclose(np.linalg.norm(got, axis=-1), 1, atol=1e-5)
    np.testing.assert_allclose(got, model.vectors(batch), atol=1e-4)


def test_colbert_encoder_of_loaded_parts(tmp_path: Path) -> None:
    model = Colbert()
    export_colbert_encoder((model.bert, model.linear, words()), tmp_path / "parts.onnx", max_length=64)
    colbert_agrees(model, tmp_path / "parts.onnx")
    assert (tmp_path / "tokenizer.json").exists()
    export_colbert_encoder((model, words()), tmp_path / "whole.onnx", max_length=64)
    colbert_agrees(model, tmp_path / "whole.onnx")


@pytest.mark.parametrize("layout", ["safetensors", "bin", "1_Dense"])
def test_colbert_encoder_from_a_folder(layout: str, tmp_path: Path) -> None:
    model = Colbert()
    folder = tmp_path / "saved"
    words().save_pretrained(folder)
    model.bert.save_pretrained(folder)
    weights = {f"bert.{name}": tensor for name, tensor in model.bert.state_dict().items()}
    projection = {"linear.weight": model.linear.weight.detach()}
    if layout == "safetensors":
        save_safetensors(weights | projection, folder / "model.safetensors")
    elif layout == "bin":
        (folder / "model.safetensors").unlink()
        torch.save(weights | projection, folder / "pytorch_model.bin")
    else:
        (folder / "1_Dense").mkdir()
        save_safetensors(projection, folder / "1_Dense/model.safetensors")
    export_colbert_encoder(folder, tmp_path / "colbert.onnx", max_length=64)
    colbert_agrees(model, tmp_path / "colbert.onnx")


def save_safetensors(tensors: dict[str, torch.Tensor], path: Path) -> None:
    importlib.import_module("safetensors.torch").save_file(tensors, path, metadata={"format": "pt"})


def test_models_that_are_no_cross_encoders(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    with pytest.raises(
        InvalidInputError, match=r"^model: expected a classifier with one label, got 2; use a reranking"
    ):
        export_cross_encoder((cross_encoder(labels=2), words()), path)
    Colbert().bert.save_pretrained(tmp_path)
    with pytest.raises(
        InvalidInputError, match=r"^model: expected trained weights for classifier.bias, classifier.weig"
    ):
        export_cross_encoder(tmp_path, path)
    with pytest.raises(DtypeError, match=r"^model: expected a model's name or folder, .*, got int; pass the tokenizer"):
        export_cross_encoder(3, path)  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"got transformers\..*BertForSequenceClassification; pass the tokenizer"):
        export_cross_encoder(cross_encoder(), path)
    with pytest.raises(FileNotFoundError, match=r"^model: expected a folder, got .*nowhere, which does not exist"):
        export_cross_encoder(tmp_path / "nowhere", path)


def test_tokenizers_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    with pytest.raises(InvalidInputError, match=r"^model: expected a fast tokenizer of transformers, got object; load"):
        export_cross_encoder((cross_encoder(), object()), path)
    bare = words()
    bare.backend_tokenizer.post_processor = importlib.import_module("tokenizers").processors.ByteLevel()
    with pytest.raises(
        InvalidInputError, match=r"^model: expected a tokenizer that joins two texts with special tokens"
    ):
        export_cross_encoder((cross_encoder(), bare), path)
    larger = words()
    larger.add_tokens(["more"])
    with pytest.raises(InvalidInputError, match=r"expected a tokenizer of at most (\d+) tokens, got one of \d+; pass"):
        export_cross_encoder((cross_encoder(), larger), path)


def test_lengths_that_cannot_be_had(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"^max_length: expected a length that the model can read, got 67 \("):
        export_cross_encoder((cross_encoder(), words()), tmp_path / "model.onnx", max_length=67)
    with pytest.raises(InvalidInputError, match=r"^max_length: expected more than 3 special tokens, got 3; raise it$"):
        export_cross_encoder((cross_encoder(), words()), tmp_path / "model.onnx", max_length=3)
    assert list(tmp_path.iterdir()) == []


def test_models_that_are_no_colbert_encoders(tmp_path: Path) -> None:
    path = tmp_path / "colbert.onnx"
    model = Colbert()
    model.bert.save_pretrained(tmp_path)
    with pytest.raises(
        InvalidInputError, match=r"^model: expected a ColBERT checkpoint with linear.weight, got none in "
    ):
        export_colbert_encoder(tmp_path, path)
    with pytest.raises(InvalidInputError, match=r"^model: expected a projection of 16 components, got 8; pass the"):
        export_colbert_encoder((model.bert, Colbert(hidden=8).linear, words()), path)
    with pytest.raises(DtypeError, match=r"with the projection as model.linear, got tuple; pass the three parts$"):
        export_colbert_encoder((model.bert, words()), path)


def test_the_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"^path: expected an existing folder, got .*nowhere; create it$"):
        export_cross_encoder((cross_encoder(), words()), tmp_path / "nowhere/model.onnx")


def test_the_tokenizer_of_another_model_stays(tmp_path: Path) -> None:
    export_cross_encoder((cross_encoder(), words()), tmp_path / "first.onnx", max_length=64)
    other = words()
    other.backend_tokenizer.normalizer = None
    with pytest.raises(InvalidInputError, match=r"^path: expected a folder without another .* got that of first.onnx"):
        export_cross_encoder((cross_encoder(), other), tmp_path / "second.onnx", max_length=64)
    export_cross_encoder((cross_encoder(), other), tmp_path / "first.onnx", max_length=32)
    export_cross_encoder((cross_encoder(), other), tmp_path / "second.onnx", max_length=64)


def test_what_computes_something_else_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.onnx"
    path.write_text("older")
    write = onnx_export._write  # noqa: SLF001

    def spoil(graph: Untyped, *arguments: Untyped) -> None:
        torch.nn.init.ones_(graph.network.classifier.weight)
        write(graph, *arguments)
        torch.nn.init.zeros_(graph.network.classifier.weight)

    monkeypatch.setattr(onnx_export, "_write", spoil)
    with pytest.raises(
        BackendError, match=r"^model: expected the exported model to agree with PyTorch, got a difference"
    ):
        export_cross_encoder((cross_encoder(), words()), path, max_length=64)
    assert path.read_text() == "older"
    assert [each.name for each in tmp_path.iterdir()] == ["model.onnx"]


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "rank_rerank.onnx_export")
    with pytest.raises(ImportError, match=r'^torch: expected an installation, got none; .*"rank-rerank\[export\]"$'):
        importlib.import_module("rank_rerank.onnx_export")
