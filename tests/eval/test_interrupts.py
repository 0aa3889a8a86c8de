"""Ctrl-C ends long work soon, and bars show it: a process of its own is sent the signal."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest

import rank_eval
from rank_eval import MissingPackageError, Qrels, Run

windows = pytest.mark.skipif(sys.platform == "win32", reason="signals differ")

QUERIES, DEPTH = 400, 500

# Calls that would take minutes each.
LONG = {
    "from_dict": "Run.from_dict({str(query): ranked for query in range(100_000)})",
    "from_rows": "Run.from_rows(itertools.repeat(('q', 'a', 1.0)))",
    "qrels_from_rows": "Qrels.from_rows(itertools.repeat(('q', 'a', 1)))",
    "evaluate": "rank_eval.evaluate(qrels, run, measures)",
    "browse_run": "rank_eval.browse_run(qrels, run, 'INST@1000000')",
    "ties": "rank_eval.ties(qrels, run, measures)",
    "compare": "rank_eval.compare(qrels, {'a': run, 'b': run}, measures)",
    "compare_permutations": "rank_eval.compare(qrels, {'a': run, 'b': other}, ['AP'], test='randomization', "
    "permutations=1 << 34)",
    "randomization_test": "rank_eval.randomization_test(a, b, permutations=1 << 34)",
    "bootstrap_interval": "rank_eval.bootstrap_interval(a, b, resamples=100_000_000)",
    "randomized_tukey_hsd": "rank_eval.randomized_tukey_hsd([a, b, a + b], permutations=100_000_000)",
}
SETUP = """
    import itertools
    import numpy as np
    import rank_eval
    from rank_eval import Qrels, Run

    rng = np.random.default_rng(1)
    queries, documents = np.repeat(np.arange(4000), 500), np.tile(np.arange(500), 4000)
    scores, grades = rng.random(2_000_000), rng.integers(0, 3, 2_000_000)
    run, qrels = Run.from_columns(queries, documents, scores), Qrels.from_columns(queries, documents, grades)
    other = Run.from_columns(queries, documents, -scores)
    ranked = {str(document): document / 1000 for document in range(1000)}
    a, b = rng.random(2_000), rng.random(2_000)
    measures = [f"AP@{k}" for k in range(1, 20_000)]
"""


def interrupted(program: str, folder: Path) -> str:
    """The error of a program that is sent SIGINT while it works; it has to end by it."""
    command = [sys.executable, "-c", textwrap.dedent(program), str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "working\n", process.communicate()[1]
        # Somewhere in the midst of the work.
        wait = threading.Event()
        wait.wait(0.3)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode in (1, -signal.SIGINT), error
    return error


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    queries, documents = np.repeat(np.arange(QUERIES), DEPTH), np.tile(np.arange(DEPTH), QUERIES)
    Run.from_columns(queries, documents, np.linspace(0, 1, QUERIES * DEPTH)).write(folder / "run.trec")
    Qrels.from_columns(queries, documents, documents % 3).write(folder / "qrels.trec")
    return folder


@windows
@pytest.mark.parametrize("name", LONG)
def test_ctrl_c_ends_what_would_take_minutes(name: str, tmp_path: Path) -> None:
    program = textwrap.dedent(SETUP) + f"\nprint('working', flush=True)\n{LONG[name]}\n"
    assert "KeyboardInterrupt" in interrupted(program, tmp_path)


# Calls that take seconds each, again and again: memory would not hold what takes minutes.
AGAIN = {
    "write": "run.write(path, progress=False)",
    "write_gzip": "qrels.write_beir(path + '.gz')",
    "write_jsonl": "run.write_jsonl(path)",
    "merge": "Run.merge([run, other], 'keep_first')",
    "filter": "run.filter(chosen)",
    "filter_by_function": "qrels.filter(lambda query, document, grade: True)",
}


@windows
@pytest.mark.parametrize("name", AGAIN)
def test_ctrl_c_ends_what_takes_seconds(name: str, tmp_path: Path) -> None:
    program = textwrap.dedent(SETUP) + textwrap.dedent(f"""
        import sys
        path, chosen = sys.argv[1] + "/out", [str(document) for document in range(250)]
        print("working", flush=True)
        while True:
            {AGAIN[name]}
    """)
    assert "KeyboardInterrupt" in interrupted(program, tmp_path)
    assert not list(tmp_path.glob(".*.tmp"))


@windows
def test_ctrl_c_ends_one_long_read(tmp_path: Path) -> None:
    # A file that is written for as long as it is read.
    pipe = tmp_path / "run.trec"
    os.mkfifo(pipe)
    program = "import sys, rank_eval\nprint('working', flush=True)\nrank_eval.Run.read(sys.argv[1] + '/run.trec')"
    stopped = threading.Event()

    def write() -> None:
        try:
            with pipe.open("w") as out:
                number = 0
                while not stopped.is_set():
                    out.writelines(f"q{number} Q0 d{row} 1 {row} t\n" for row in range(1000))
                    number += 1
        except BrokenPipeError:
            stopped.set()

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    try:
        assert "KeyboardInterrupt" in interrupted(program, tmp_path)
    finally:
        stopped.set()
    writer.join(30)


def test_bars_show_what_is_done(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def shown() -> str:
        return capfd.readouterr().err

    size = (folder / "run.trec").stat().st_size
    run = Run.read(folder / "run.trec", progress=True)
    error = shown()
    assert "run.trec: 100%" in error
    assert f"{size / 1e6:.2f}M/{size / 1e6:.2f}M" in error
    qrels = Qrels.read(folder / "qrels.trec", progress=True)
    assert "qrels.trec: 100%" in shown()
    rank_eval.evaluate(qrels, run, ["AP"], progress=True)
    assert "evaluation: 100%" in (error := shown())
    assert f"{QUERIES}/{QUERIES}" in error
    rank_eval.evaluate(folder / "qrels.trec", folder / "run.trec", ["AP"], progress=True)
    error = shown()
    assert all(f"{name}: 100%" in error for name in ("run.trec", "qrels.trec", "evaluation"))
    rank_eval.ties(qrels, run, ["AP"], progress=True)
    assert f"{5 * QUERIES}/{5 * QUERIES}" in shown()
    rank_eval.compare(qrels, {"a": run, "b": run}, ["AP", "RR"], progress=True)
    assert "comparison: 100%" in (error := shown())
    assert "2/2" in error

    Run.from_dict({"q1": {"a": 1.0}, "q2": {}}, progress=True)
    assert "run: 100%" in (error := shown())
    assert "2/2" in error
    Qrels.from_dict({"q1": {"a": 1}}, progress=True)
    assert "1/1" in shown()
    Run.from_rows([("q1", "a", 1.0)] * 1, progress=True)
    assert "1/1" in shown()
    # Of rows that come one by one, nobody knows how many.
    Qrels.from_rows(iter([("q1", "a", 1), ("q1", "b", 1)]), progress=True)
    assert "qrels: 2 rows" in shown()
    columns = np.array([1, 1, 2]), np.array([1, 2, 3])
    Run.from_columns(*columns, np.zeros(3), progress=True)
    assert "3/3" in shown()
    Qrels.from_columns(*columns, np.ones(3, dtype=np.int64), progress=True)
    assert "3/3" in shown()
    Run.from_arrays(np.array([1, 2]), np.array([0, 2, 3]), columns[1], np.zeros(3), progress=True)
    assert "3/3" in shown()
    Qrels.from_arrays(np.array([1, 2]), np.array([0, 2, 3]), columns[1], np.ones(3, dtype=bool), progress=True)
    assert "3/3" in shown()
    Run.from_arrow(Run.from_dict({"q": {"a": 1.0}}), progress=True)
    assert "1/1" in shown()
    Qrels.from_arrow(Qrels.from_dict({"q": {"a": 1}}), progress=True)
    assert "1/1" in shown()

    Run.read(folder / "run.trec")
    rank_eval.evaluate(qrels, run, ["AP"])
    run.write(folder / "out")
    run.filter(lambda *_row: True)
    assert shown() == ""


def test_bars_show_what_is_written_and_chosen(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def shown() -> str:
        return capfd.readouterr().err

    run, qrels = Run.read(folder / "run.trec"), Qrels.read(folder / "qrels.trec")
    rows = f"{QUERIES * DEPTH}/{QUERIES * DEPTH}"
    run.write(folder / "out", progress=True)
    assert "out: 100%" in (error := shown())
    assert rows in error
    for write in (qrels.write, qrels.write_beir, qrels.write_jsonl, run.write_jsonl):
        write(folder / "out.zst", progress=True)
        assert rows in shown()
    assert run.filter(["0"], progress=True).document_count == QUERIES
    assert rows in shown()
    assert qrels.filter(lambda _query, _document, grade: grade > 1, progress=True).judgment_count > 0
    assert rows in shown()
    Run.merge([run, run], "keep_last", progress=True)
    assert f"{2 * QUERIES * DEPTH}/{2 * QUERIES * DEPTH}" in shown()
    Qrels.merge([qrels], progress=True)
    assert rows in shown()


def test_a_bar_without_tqdm_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(MissingPackageError, match="pip install tqdm"):
        Run.read(folder / "run.trec", progress=True)
    with pytest.raises(MissingPackageError, match="pip install tqdm"):
        rank_eval.evaluate({"q": {"a": 1}}, {"q": {"a": 1.0}}, ["AP"], progress=True)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the number of processors cannot be chosen")
def test_statistics_do_not_depend_on_the_number_of_processors() -> None:
    program = """
        import os, sys
        import numpy as np
        import rank_eval

        if sys.argv[1] == "one":
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        rng = np.random.default_rng(5)
        a, b, c = rng.random((3, 20_000))
        print(rank_eval.randomization_test(a, b, permutations=50_000))
        print(rank_eval.bootstrap_interval(a, b, resamples=2_000))
        print(rank_eval.randomized_tukey_hsd([a, b, c], permutations=500))
        queries, documents = np.repeat(np.arange(400), 100), np.tile(np.arange(100), 400)
        run = rank_eval.Run.from_columns(queries, documents, rng.random(40_000))
        qrels = rank_eval.Qrels.from_columns(queries, documents, documents % 7)
        print(rank_eval.evaluate(qrels, run, ["nDCG@10", "AP"]).per_query)
        print(rank_eval.ties(qrels, run.cut(50), ["AP"]))
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    one, all_ = (subprocess.run([*command, which], check=True, capture_output=True) for which in ("one", "all"))
    assert b"p_value" in one.stdout
    assert one.stdout == all_.stdout
