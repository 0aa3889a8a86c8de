"""OrtCrossEncoder against the scores of PyTorch, and everything that can be wrong with its arguments."""

import _thread
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rank_rerank
from rank_rerank import (
    BackendError,
    DtypeError,
    DuplicateIdError,
    InvalidInputError,
    MissingPackageError,
    OrtCrossEncoder,
)

FIXTURES = Path(__file__).parents[2] / "crates/rank-rerank/tests/fixtures"
EXPECTED = json.loads((FIXTURES / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def encoder() -> OrtCrossEncoder:
    return OrtCrossEncoder.from_file(FIXTURES / "model.onnx", max_length=EXPECTED["max_length"])


@pytest.fixture(scope="module")
def length() -> OrtCrossEncoder:
    """A model whose score is the number of tokens."""
    return OrtCrossEncoder.from_file(FIXTURES / "length.onnx", max_length=2000)


def test_scores_are_those_of_pytorch(encoder: OrtCrossEncoder) -> None:
    scores = encoder.score_batch(EXPECTED["query"], EXPECTED["docs"])
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, EXPECTED["scores"], atol=1e-5)
    for doc, expected in zip(EXPECTED["docs"], EXPECTED["scores"], strict=True):
        score = encoder.score(EXPECTED["query"], doc)
        assert type(score) is float
        assert score == pytest.approx(expected, abs=1e-5)


def test_no_documents(encoder: OrtCrossEncoder) -> None:
    assert encoder.score_batch("query", []).shape == (0,)
    assert encoder.rerank("query", []) == []


def test_paths_and_threads() -> None:
    encoder = OrtCrossEncoder.from_file(
        str(FIXTURES / "model.onnx"), tokenizer_path=str(FIXTURES / "tokenizer.json"), max_length=48, threads=1
    )
    scores = encoder.score_batch(EXPECTED["query"], EXPECTED["docs"])
    np.testing.assert_allclose(scores, EXPECTED["scores"], atol=1e-5)


def test_long_documents_are_cut(encoder: OrtCrossEncoder) -> None:
    cut, longer = encoder.score_batch("axis", ["sort " * 100, "sort " * 5000])
    assert cut == pytest.approx(longer, abs=1e-5)


def test_results_keep_the_order_of_documents(length: OrtCrossEncoder) -> None:
    words = [number * 37 % 1500 for number in range(120)]
    scores = length.score_batch("axis", ["sort " * number for number in words])
    assert scores.tolist() == [number + 4 for number in words]


def test_rerank(length: OrtCrossEncoder) -> None:
    texts = ["sort", "sort an array", "sort"]
    assert length.rerank("axis", zip(["c", "b", "a"], texts, strict=True)) == [("b", 7.0), ("a", 5.0), ("c", 5.0)]
    assert length.rerank("axis", zip([10, 9, 2], texts, strict=True)) == [(9, 7.0), (2, 5.0), (10, 5.0)]


def test_refine(length: OrtCrossEncoder) -> None:
    # Logits of 5, 7 and 6; of the first stage 1, 0 and 0.5.
    candidates = [("a", "sort", 900.0), ("b", "sort an array", 100.0), ("c", "sort axis", 500.0)]
    assert length.refine("axis", candidates, alpha=0.25) == [("b", 0.75), ("c", 0.5), ("a", 0.25)]
    assert length.refine("axis", map(list, candidates), 1, k=1) == [("a", 1.0)]  # type: ignore[arg-type]
    raw = length.refine("axis", candidates, 0, normalize=False)
    assert raw == [("b", 7.0), ("c", 6.0), ("a", 5.0)]
    assert length.refine("axis", []) == []
    wrong: Any = length.refine
    refused: list[tuple[Any, type[Exception], str]] = [
        (
            lambda: wrong("axis", [("a", "sort")]),
            DtypeError,
            r"candidates\[0\]: expected an \(id, text",
        ),
        (lambda: wrong("axis", [("a", 1, 2)]), DtypeError, r"candidates\[0\]: expected a str as text, got int"),
        (lambda: wrong("axis", [("a", "b", "c")]), DtypeError, r"candidates\[0\]: expected a number as score"),
        (lambda: wrong("axis", [("a", "b", np.nan)]), InvalidInputError, r"candidates\[0\]: expected a finite"),
        (lambda: wrong("axis", [*candidates, *candidates]), DuplicateIdError, r"candidates\[3\]"),
        (lambda: wrong("axis", candidates, 2), InvalidInputError, "alpha: expected a weight from 0"),
        (lambda: wrong("axis", candidates, "1"), DtypeError, "alpha: expected a number, got str"),
        (lambda: wrong("axis", candidates, k=-1), InvalidInputError, "k: expected at least 0, got -1"),
    ]
    for call, error, message in refused:
        with pytest.raises(error, match=message):
            call()


def test_progress(length: OrtCrossEncoder, capsys: pytest.CaptureFixture[str]) -> None:
    quiet = length.score_batch("axis", ["sort"] * 30)
    assert capsys.readouterr().err == ""
    np.testing.assert_array_equal(length.score_batch("axis", ["sort"] * 30, progress=True), quiet)
    assert "30/30" in capsys.readouterr().err
    length.rerank("axis", [(1, "sort")], progress=True)
    assert "1/1" in capsys.readouterr().err


def test_progress_needs_tqdm(length: OrtCrossEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(
        MissingPackageError, match=r"^progress: expected the package tqdm, got none; pip install tqdm, or pass"
    ):
        length.score_batch("axis", ["sort"], progress=True)


def test_other_threads_run_meanwhile(length: OrtCrossEncoder) -> None:
    done = threading.Event()

    def score() -> None:
        length.score_batch("axis", ["sort " * 400] * 500)
        done.set()

    thread = threading.Thread(target=score)
    thread.start()
    turns = 0
    while not done.is_set():
        time.sleep(0.001)
        turns += 1
    thread.join()
    assert turns > 10


def test_ctrl_c(length: OrtCrossEncoder) -> None:
    docs = ["sort " * 400] * 50_000
    timer = threading.Timer(0.5, _thread.interrupt_main)
    timer.start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        length.score_batch("axis", docs)
    assert time.monotonic() - start < 5
    assert length.score("axis", "sort") == 5


def test_files_that_are_not_there(tmp_path: Path) -> None:
    missing = tmp_path / "model.onnx"
    with pytest.raises(FileNotFoundError, match=f"^model_path: expected a readable file, got {missing}: .*check"):
        OrtCrossEncoder.from_file(missing)
    shutil.copy(FIXTURES / "model.onnx", missing)
    with pytest.raises(
        FileNotFoundError, match=r"got no path and no .*tokenizer.json; save the model's tokenizer there"
    ):
        OrtCrossEncoder.from_file(missing)
    with pytest.raises(FileNotFoundError, match=r"^tokenizer_path: expected a readable file, got .*other.json"):
        OrtCrossEncoder.from_file(missing, tokenizer_path=tmp_path / "other.json")


def test_files_of_another_kind(tmp_path: Path) -> None:
    junk = tmp_path / "junk.onnx"
    junk.write_bytes(b"no model")
    with pytest.raises(InvalidInputError, match=r"^model_path: expected an ONNX model, got .*junk.onnx: .*export"):
        OrtCrossEncoder.from_file(junk, FIXTURES / "tokenizer.json")
    whole = (FIXTURES / "model.onnx").read_bytes()
    junk.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InvalidInputError, match=r"^model_path: expected an ONNX model, got .*junk.onnx: "):
        OrtCrossEncoder.from_file(junk, FIXTURES / "tokenizer.json")
    with pytest.raises(InvalidInputError, match=r"^tokenizer_path: expected a tokenizer.json, got .*junk.onnx: "):
        OrtCrossEncoder.from_file(FIXTURES / "model.onnx", junk)
    tokenizer = json.loads((FIXTURES / "tokenizer.json").read_text(encoding="utf-8"))
    junk.write_text(json.dumps(tokenizer | {"post_processor": None}), encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"expected a template that joins two texts .* got one of 0 tokens"):
        OrtCrossEncoder.from_file(FIXTURES / "model.onnx", junk)


def test_models_that_are_no_cross_encoders() -> None:
    with pytest.raises(
        InvalidInputError, match=r"expected int64 inputs input_ids.*, got input_ids: .*, mask: .*export"
    ):
        OrtCrossEncoder.from_file(FIXTURES / "wrong_input.onnx")
    with pytest.raises(InvalidInputError, match=r"float32 output of shape \(batch, 1\).*, got logits: .*one label"):
        OrtCrossEncoder.from_file(FIXTURES / "two_labels.onnx")


def test_numbers_that_are_too_small() -> None:
    with pytest.raises(InvalidInputError, match=r"^max_length: expected at least 8 tokens, got 7; 512 is usual$"):
        OrtCrossEncoder.from_file(FIXTURES / "model.onnx", max_length=7)
    with pytest.raises(InvalidInputError) as raised:
        OrtCrossEncoder.from_file(FIXTURES / "model.onnx", max_length=-1)
    assert str(raised.value) == "max_length: expected at least 0, got -1; pass no negative number"
    with pytest.raises(InvalidInputError) as raised:
        OrtCrossEncoder.from_file(FIXTURES / "model.onnx", threads=-2)
    assert str(raised.value) == "threads: expected at least 0, got -2; pass no negative number"


def test_pairs_beyond_the_positions_of_the_model() -> None:
    encoder = OrtCrossEncoder.from_file(FIXTURES / "model.onnx", max_length=512)
    with pytest.raises(BackendError, match=r"^docs: expected pairs that the model can read, got .*check max_length"):
        encoder.score("axis", "sort " * 100)


def test_scores_that_are_not_numbers() -> None:
    encoder = OrtCrossEncoder.from_file(FIXTURES / "nan.onnx")
    with pytest.raises(InvalidInputError, match=r"^scores\[0\]: expected a number, got NaN; repair the model$"):
        encoder.score_batch("axis", ["sort"])


def test_arguments_of_the_wrong_type(length: OrtCrossEncoder) -> None:
    with pytest.raises(DtypeError, match=r"^docs: expected a list of str, got str"):
        length.score_batch("axis", "sort")  # the mistake is the test
    with pytest.raises(DtypeError, match=r"^docs\[1\]: expected a str, got int; convert it$"):
        length.score_batch("axis", ["sort", 1])  # type: ignore[list-item]
    with pytest.raises(DtypeError, match=r"^candidates: expected \(id, text\) pairs, got str"):
        length.rerank("axis", "ab")  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"^candidates: expected \(id, text\) pairs, got int"):
        length.rerank("axis", 3)  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"^candidates\[0\]: expected \(id, text\) pairs, got int"):
        length.rerank("axis", [3])  # type: ignore[arg-type]
    with pytest.raises(DtypeError, match=r"^candidates\[0\]: expected a str as text, got NoneType; convert it$"):
        length.rerank("axis", [("a", None)])  # type: ignore[list-item]
    with pytest.raises(DtypeError, match=r"^candidates\[0\]: expected an id of type str or int, got float"):
        length.rerank("axis", [(0.5, "text")])  # type: ignore[type-var]
    with pytest.raises(DuplicateIdError, match=r"^candidates\[1\]: expected each id once, got that of candidate 0"):
        length.rerank("axis", [("a", "sort"), ("a", "array")])


def test_onnxruntime_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ORT_DYLIB_PATH", raising=False)
    monkeypatch.setattr("rank_rerank._ort.find_spec", lambda _name: None)
    with pytest.raises(BackendError, match=r'run pip install "rank-rerank\[onnx\]", or set ORT_DYLIB_PATH'):
        OrtCrossEncoder.from_file(FIXTURES / "model.onnx")


def test_library_of_another_kind(tmp_path: Path) -> None:
    """In a process of its own: what is loaded stays."""
    library = tmp_path / "libonnxruntime.so"
    library.write_text("no library")
    program = (
        "import sys, rank_rerank\n"
        "try:\n"
        "    rank_rerank.OrtCrossEncoder.from_file(sys.argv[1])\n"
        "except rank_rerank.BackendError as error:\n"
        "    print(error)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, FIXTURES / "model.onnx"],
        env={**os.environ, "ORT_DYLIB_PATH": str(library)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.startswith("ORT_DYLIB_PATH: expected the library of ONNX Runtime 1.24 or newer, got ")
    assert "pip install --upgrade onnxruntime" in ended.stdout


def test_onnxruntime_is_not_imported() -> None:
    program = (
        "import sys, rank_rerank\n"
        "encoder = rank_rerank.OrtCrossEncoder.from_file(sys.argv[1], max_length=48)\n"
        "print(encoder.score('axis', 'sort'), 'onnxruntime' in sys.modules)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, FIXTURES / "length.onnx"], capture_output=True, text=True, check=True
    )
    assert (ended.stdout, ended.stderr) == ("5.0 False\n", "")


def test_the_class_is_exported() -> None:
    assert rank_rerank.OrtCrossEncoder.__module__ == "rank_rerank"
