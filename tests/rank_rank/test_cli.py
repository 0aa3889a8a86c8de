"""The command line: usage, and each error as one line on stderr."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rank_rank.cli import main


def fails(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 1
    captured = capsys.readouterr()
    last = captured.err.splitlines()[-1]
    assert last.startswith("rank-rank: ")
    assert "Traceback" not in captured.err
    return last.removeprefix("rank-rank: ")


def test_a_malformed_collection(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = folder / "corpus.jsonl"
    corpus.write_text(corpus.read_text() + "oops\n")
    message = fails(capsys, "demo", "--data", str(folder), "--output", str(tmp_path / "out"))
    assert message.startswith(f"{corpus}:41: expected a JSON object, got 'oops'")
    assert list(tmp_path.iterdir()) == [folder]


def test_an_unreadable_collection(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "corpus.jsonl").unlink()
    (folder / "corpus.jsonl").mkdir()
    message = fails(capsys, "demo", "--data", str(folder), "--output", str(tmp_path / "out"))
    assert message.startswith(f"{folder / 'corpus.jsonl'}: expected a file, got none")
    message = fails(capsys, "demo", "--data", str(tmp_path / "absent"), "--output", str(tmp_path / "out"))
    assert message.startswith(f"data: expected a folder, got {tmp_path / 'absent'}")
    assert list(tmp_path.iterdir()) == [folder]


def test_an_output_that_is_not_ours(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = fails(capsys, "demo", "--output", str(folder))
    assert message.startswith(f"output: expected a new folder or one that rank-rank wrote, got {folder}")


def test_an_encoder_that_is_none(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, model = str(tmp_path / "out"), str(tmp_path / "model")
    Path(model).mkdir()
    message = fails(capsys, "demo", "--data", str(folder), "--output", out, "--encoder", model)
    assert message.startswith(f"encoder: expected a sentence-transformers model, got {model!r} (")
    assert message.endswith("give a model's name or the folder it is in")


def test_no_sentence_transformers(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    message = fails(capsys, "demo", "--data", str(folder), "--output", str(tmp_path / "out"), "--encoder", "any")
    assert message == (
        "encoder: expected sentence-transformers to be installed, got none; pip install 'rank-rank[encoder]'"
    )


def test_search_without_an_index(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = fails(capsys, "search", "tea", "--index", str(tmp_path / "absent"))
    assert message.startswith("index: expected a folder, got ")
    message = fails(capsys, "search", "tea", "--index", str(tmp_path))
    assert message.startswith("index: expected an index, got ")
    assert fails(capsys, "search", " ", "--index", str(tmp_path)) == "query: expected words, got none; ask something"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["demo", "--speed"],
        ["search"],
        ["search", "tea", "-k", "0"],
        ["search", "tea", "--stage", "magic"],
    ],
)
def test_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_code:
        main(arguments)
    assert exit_code.value.code == 2
    assert capsys.readouterr().err.startswith("usage: rank-rank")


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    for option, expected in (
        ("--version", r"rank-rank \d+\.\d+\.\d+\n"),
        ("--help", r"usage: rank-rank .*130 interrupted\.\n"),
    ):
        with pytest.raises(SystemExit) as exit_code:
            main([option])
        assert exit_code.value.code == 0
        assert re.fullmatch(expected, capsys.readouterr().out, re.DOTALL)


def test_a_reader_that_has_seen_enough(folder: Path, tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("rank-rank")
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.run(
        [program, "demo", "--data", folder, "--quiet"], cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert (process.returncode, process.stderr) == (1, b"")
