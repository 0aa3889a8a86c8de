"""The code of ``docs/guide.md``: Python blocks are run, Rust blocks must stand in the Rust tests beside this file."""

import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from qdrant_client import QdrantClient
from safetensors.torch import save_file

import rank_rerank
import rank_retrieve
from rank_retrieve import qdrant

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guide.md").read_text()
FIXTURES = ROOT / "crates/rank-rerank/tests/fixtures"
TINY = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, flags=re.DOTALL | re.MULTILINE)


def python_block(containing: str) -> str:
    (block,) = [block for block in blocks("python") if containing in block]
    return block


def run(block: str, **names: object) -> dict[str, Any]:
    namespace: dict[str, Any] = dict(names)
    exec(compile(block, "docs/guide.md", "exec"), namespace)  # noqa: S102 - this is what the test is for
    return namespace


def tokenizer() -> Any:  # noqa: ANN401 - transformers has no types
    return transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(FIXTURES / "tokenizer.json"), pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]"
    )


def test_every_block_is_accounted_for() -> None:
    assert {language: len(blocks(language)) for language in ("toml", "python", "rust")} == {
        "toml": 2,
        "python": 3,
        "rust": 8,
    }
    rows = re.findall(r"^\| .* \| `(tests/guide/[^`]*)`(?:, `(\w+)`)?", GUIDE, flags=re.MULTILINE)
    assert len(rows) == 13
    for path, name in rows:
        file, _, function = path.partition("::")
        assert f"{name or function}(" in (ROOT / file).read_text(), path


@pytest.mark.parametrize("block", blocks("rust"))
def test_rust_blocks_stand_in_their_tests(block: str) -> None:
    def code(text: str) -> list[str]:
        return [re.sub(r"\s+", " ", line).strip() for line in text.splitlines() if line.strip()]

    tests = [code(path.read_text()) for path in sorted((ROOT / "tests/guide/rust").glob("*.rs"))]

    def stands_in(lines: list[str]) -> bool:
        # Imports are sorted in the tests, and lines of the test's own stand between those of the block.
        statements = [line for line in code(block) if not line.startswith("use ")]
        imports = [line for line in code(block) if line.startswith("use ")]
        rest = iter(lines)
        return all(line in lines for line in imports) and all(line in rest for line in statements)

    assert any(stands_in(lines) for lines in tests), block


@pytest.mark.parametrize("block", blocks("toml"))
def test_the_versions_of_the_guide(block: str) -> None:
    workspace = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["dependencies"]
    for name, wanted in tomllib.loads(block)["dependencies"].items():
        version = wanted if isinstance(wanted, str) else wanted["version"]
        assert workspace[name]["version"].startswith(version), name
        if isinstance(wanted, dict):
            manifest = tomllib.loads((ROOT / "crates" / name / "Cargo.toml").read_text())
            assert set(wanted["features"]) <= set(manifest["features"])


def test_cross_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)
    names = run(python_block("OrtCrossEncoder"))
    scores = [names["encoder"].score("query text", doc) for doc in ("doc1", "doc2", "doc3")]
    np.testing.assert_allclose(names["scores"], scores, atol=1e-5)
    assert isinstance(names["score"], float)


def test_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # There is no hub in a test: a folder of the model's name takes its place, and the block stays as it is.
    words = tokenizer()
    config = transformers.BertConfig(**TINY, vocab_size=len(words), num_labels=1)
    torch.manual_seed(0)
    reranker = tmp_path / "cross-encoder/ms-marco-MiniLM-L-6-v2"
    model = transformers.BertForSequenceClassification(config).eval()
    model.save_pretrained(reranker)
    words.save_pretrained(reranker)
    encoder = tmp_path / "colbert-ir/colbertv2.0"
    bert = transformers.BertModel(config).eval()
    bert.save_pretrained(encoder)
    words.save_pretrained(encoder)
    weights = {f"bert.{name}": tensor for name, tensor in bert.state_dict().items()}
    save_file(
        weights | {"linear.weight": torch.randn(128, 16)}, encoder / "model.safetensors", metadata={"format": "pt"}
    )

    monkeypatch.chdir(tmp_path)
    run(python_block("export_cross_encoder"))
    assert (tmp_path / "colbert_encoder.onnx").stat().st_size > 0
    ours = rank_rerank.OrtCrossEncoder.from_file("model.onnx", max_length=512)
    pair = words("how do i sort", "sort an array", return_tensors="pt")
    with torch.no_grad():
        assert ours.score("how do i sort", "sort an array") == pytest.approx(model(**pair).logits.item(), abs=1e-4)


def test_end_to_end() -> None:
    texts = {"stack": "join arrays along a new axis", "split": "split an array", "sort": "a sorted copy"}
    analyzer = rank_retrieve.Analyzer()
    random = np.random.default_rng(0)
    directions: dict[str, Any] = {}

    def vectors(text: str) -> Any:  # noqa: ANN401 - an array
        terms = analyzer.analyze(text)
        for term in terms:
            directions.setdefault(term, random.normal(size=32).astype(np.float32))
        return np.stack([directions[term] / np.linalg.norm(directions[term]) for term in terms])

    tokens = {name: vectors(text) for name, text in texts.items()}
    query_terms = analyzer.analyze("join arrays along an axis")
    query_tokens = vectors("join arrays along an axis")
    client = QdrantClient(":memory:")
    qdrant.create_collection(client, "documents", dim=32)
    dense = np.stack([matrix.mean(axis=0) for matrix in tokens.values()])
    qdrant.upsert(client, "documents", list(texts), dense=dense)

    added = "# ... add documents\n"
    block = python_block("rank_retrieve.Bm25Index()")
    assert added in block
    names = run(
        block.replace(added, "for name, text in texts.items():\n    bm25.add_text(name, text)\n"),
        texts=texts,
        query_terms=query_terms,
        query_tokens=query_tokens,
        query_embedding=query_tokens.mean(axis=0),
        qdrant_client=qdrant.QdrantRetriever(client, "documents"),
        candidates=list(tokens.items()),
        ground_truth={"stack": 1},
    )
    assert names["sparse"][0][0] == names["dense"][0][0] == names["fused"][0][0] == names["reranked"][0][0] == "stack"
    assert names["ndcg"] == 1.0
