"""The command, as a user runs it: the demo and the search, twice the same, interrupted, on NumPy's documentation."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("rank-rank")
RUNS = ("bm25.run", "dense.run", "rrf.run", "maxsim.run")


def rank_rank(
    *arguments: str | Path, cwd: Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *arguments],
        cwd=cwd,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )


def test_demo_and_search(folder: Path, tmp_path: Path) -> None:
    demo = rank_rank("demo", "--data", folder, cwd=tmp_path)
    assert (demo.returncode, "Traceback" in demo.stderr) == (0, False)
    output = tmp_path / "rank-rank-demo"
    report = (output / "report.md").read_text()
    assert report in demo.stdout
    for stage in ("BM25", "dense", "RRF", "MaxSim"):
        assert re.search(
            rf"^\| {stage} +\| +[01]\.\d{{4}} \| [01]\.\d{{4}} \| +[01]\.\d{{4}} \| +\d+\.\d\d \|", report, re.MULTILINE
        )
    assert "index of 40 documents ..." in demo.stderr
    assert sorted(path.name for path in output.iterdir()) == ["chart.png", "index", "qrels.txt", "report.md", "runs"]
    assert (output / "chart.png").stat().st_size > 10_000
    assert (output / "qrels.txt").read_text() == (folder / "qrels.txt").read_text()
    for name in RUNS:
        lines = [line.split() for line in (output / "runs" / name).read_text().splitlines()]
        assert {len(line) for line in lines} == {6}
        assert {line[0] for line in lines} == {f"q-{animal}" for animal in ("heron", "otter", "badger", "falcon")} | {
            f"q-{animal}" for animal in ("salmon", "beetle", "lizard", "marten")
        }

    search = rank_rank("search", "otters of the marsh", "-k", "3", cwd=tmp_path)
    assert search.returncode == 0
    heading, *answers = search.stdout.splitlines()
    assert re.fullmatch(
        r"animals, by (BM25|dense|RRF|MaxSim), which the demo found best there; others by --stage", heading
    )
    assert len(answers) == 3
    assert re.fullmatch(r" *-?\d+\.\d{4}  otter-marsh +The otter", answers[0])

    chosen = rank_rank("search", "otters of the marsh", "--stage", "dense", "--index", output, cwd=folder)
    assert chosen.stdout.startswith("animals, by dense\n")
    assert len(chosen.stdout.splitlines()) == 11

    nothing = rank_rank("search", "xyzzy", cwd=tmp_path)
    assert (nothing.returncode, nothing.stdout.splitlines()[1:]) == (0, ["No document has a word of this query."])


def test_twice_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for seed in ("1", "2"):
        demo = rank_rank(
            "demo", "--data", folder, "--output", tmp_path / seed, cwd=tmp_path, environment={"PYTHONHASHSEED": seed}
        )
        assert demo.returncode == 0
    for name in (*(f"runs/{run}" for run in RUNS), "qrels.txt", "index/documents.jsonl", "index/encoder.npz"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes(), name


def test_quiet(folder: Path, tmp_path: Path) -> None:
    demo = rank_rank("demo", "--data", folder, "--quiet", cwd=tmp_path)
    assert (demo.returncode, demo.stderr) == (0, "")
    assert "| MaxSim" in demo.stdout


def test_on_numpys_documentation(tmp_path: Path) -> None:
    start = time.perf_counter()
    demo = rank_rank("demo", cwd=tmp_path)
    seconds = time.perf_counter() - start
    assert demo.returncode == 0
    assert re.search(r"\d+ documents: docstrings of public functions", demo.stdout)
    assert re.search(r"summary to the letter; \d+ remain\.", demo.stdout)
    bm25 = re.search(r"^\| BM25 +\| +(0\.\d{4})", demo.stdout, re.MULTILINE)
    assert bm25
    assert float(bm25[1]) > 0.3
    assert seconds < 120

    search = rank_rank("search", "how do I stack arrays", cwd=tmp_path)
    assert search.returncode == 0
    answers = search.stdout.splitlines()[1:]
    assert len(answers) == 10
    # Score, function, summary.
    assert re.fullmatch(
        r" *\d+\.\d{4}  numpy\.column_stack +Stack 1-D arrays as columns into a 2-D array\.", answers[0]
    )
    assert sum("stack" in line for line in answers) >= 3


@pytest.mark.parametrize("before", [False, True])
def test_interrupted(tmp_path: Path, before: bool) -> None:
    output = tmp_path / "out"
    if before:
        (output / "index").mkdir(parents=True)
        (output / "index" / "manifest.json").write_text("of an earlier run")
    process = subprocess.Popen([PROGRAM, "demo", "--output", output], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("index of "):
            break
    process.send_signal(signal.SIGINT)
    rest = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 130
    assert rest == "rank-rank: interrupted; nothing was written\n"
    if before:
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == [output / "index" / "manifest.json"]
        assert (output / "index" / "manifest.json").read_text() == "of an earlier run"
    else:
        assert list(tmp_path.iterdir()) == []
