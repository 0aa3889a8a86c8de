"""Each program under ``examples/`` ends well, prints something and warns of nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, path], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert not done.stderr


def test_there_are_examples() -> None:
    assert EXAMPLES


@pytest.mark.skipif("RANK_DATA_DIR" not in os.environ, reason="RANK_DATA_DIR is not set")
def test_a_trained_reranker_is_better_than_bm25() -> None:
    path = Path(__file__).parents[2] / "examples" / "train_reranker.py"
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True, timeout=300)
    name, *verdicts = done.stdout.splitlines()[0].split(":")[0], *done.stdout.splitlines()[2:]
    assert name == "cranfield"
    assert len(verdicts) == 2
    assert all(line.endswith("significantly better") for line in verdicts)
