"""The adapter of sentence-transformers, on a small BERT with random weights."""

from pathlib import Path

import numpy as np
import pytest
from qdrant_client import QdrantClient

from rank_rank import Collection, EncoderError, Pipeline, SentenceEncoder
from rank_rank.cli import main

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "otter", "heron", "lives", "near", "river", "forest", "."]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch  # noqa: PLC0415 - seconds to import, and only here
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer  # noqa: PLC0415
    from transformers import BertConfig, BertModel, BertTokenizer  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("model")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    BertModel(config).save_pretrained(folder / "bert")
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"), max_seq_length=64)
    pooling = Pooling(16)
    SentenceTransformer(modules=[transformer, pooling], device="cpu").save(str(folder / "sentence"))
    return folder / "sentence"


def test_vectors(model: Path) -> None:
    encoder = SentenceEncoder(str(model))
    assert encoder.dim == 16
    vectors = encoder.encode(["the otter", "the heron lives near the river"])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(encoder.encode_query("the otter"), vectors[0], atol=1e-6)


def test_tokens(model: Path) -> None:
    encoder = SentenceEncoder(str(model))
    short, long = encoder.token_vectors(["the otter", "the heron lives near the river"])
    assert (short.shape, long.shape) == ((4, 16), (8, 16))  # with the two special tokens, without padding
    assert short.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(long, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(encoder.query_token_vectors("the otter"), short, atol=1e-6)


def test_pipeline(model: Path, collection: Collection) -> None:
    encoder = SentenceEncoder(str(model))
    client = QdrantClient(":memory:")
    try:
        pipeline = Pipeline.build(collection.documents, encoder, client)
        runs = pipeline.run(collection.queries)
        assert all(len(ranked) == len(collection.documents) for ranked in runs[3].lists.values())
    finally:
        client.close()


def test_command_line(model: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "out")
    assert main(["demo", "--data", str(folder), "--encoder", str(model), "--output", out, "--quiet"]) == 0
    assert f"# animals, encoder {model}" in capsys.readouterr().out
    assert main(["search", "otter", "--index", out, "--stage", "MaxSim", "-k", "2"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_a_model_without_tokens(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = SentenceEncoder(str(model))

    def no_tokens(*_: object, **__: object) -> None:
        raise KeyError("token_embeddings")

    monkeypatch.setattr("sentence_transformers.SentenceTransformer.encode_document", no_tokens)
    with pytest.raises(
        EncoderError, match=r"^encoder: expected a model with token embeddings, got .*MaxSim needs a transf"
    ):
        encoder.token_vectors(["otter"])
