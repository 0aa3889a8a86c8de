"""The command `rank-eval` beside trec_eval: options that are wrong, files that are wrong, and the subcommands."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import rank_eval

CASES = Path(__file__).parent / "goldens/cases"
COMMAND = [sys.executable, "-m", "rank_eval"]
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def rank_eval_command(*arguments: object, stdin: bytes = b"") -> tuple[int, str, str]:
    done = subprocess.run([*COMMAND, *map(str, arguments)], input=stdin, capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_help_and_version() -> None:
    code, out, err = rank_eval_command("-h")
    assert (code, err) == (0, "")
    assert out.startswith("rank-eval [options] QRELS RUN\n")
    for subcommand in ["compare", "report", "convert", "validate"]:
        code, out, err = rank_eval_command(subcommand, "--help")
        assert (code, err) == (0, "")
        assert f"rank-eval {subcommand} [" in out or f"rank-eval {subcommand} FILE" in out
    code, out, err = rank_eval_command("--version")
    assert (code, err) == (0, "")
    assert out.startswith("rank-eval 0.")


def test_the_console_script_is_the_same_command() -> None:
    script = Path(sys.executable).with_name("rank-eval")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, rank_eval_command("--version")[1])


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("", 1, "expected two files, the judgments and the run, got 0; see rank-eval -h"),
        ("a", 1, "expected two files, the judgments and the run, got 1; see rank-eval -h"),
        ("-y a b", 1, "-y: expected an option that is known, got another; see rank-eval -h"),
        ("-m nothing a b", 1, "-m: expected one of official, set, all_trec, prefs, all_prefs, qrels_jg, runid, "),
        ("-m ndgc_cut.5 a b", 1, '-m: expected one of ndcg_cut, got "ndgc_cut"; write for example -m ndcg_cut.10'),
        ("-m RBP(p=2) a b", 1, 'measure: expected p to be a number above 0 and below 1, got "RBP(p=2)"; write for '),
        ("-m nDCG@0 a b", 1, 'measure: expected a positive whole number as cut-off, got "nDCG@0"; write for example '),
        (
            "-m prefs_simp a b",
            1,
            '-m: expected a measure of what -R says, got "prefs_simp"; give -R prefs or -R qrels_',
        ),
        ("-m map_avgjg a b", 1, '-m: expected a measure of what -R says, got "map_avgjg"; give -R qrels_jg and such a'),
        ("-R prefs -m map a b", 1, '-m: expected a measure of what -R says, got "map"; give -R qrels and such a file'),
        ("-m rbp a b", 1, '-m: expected a measure of version 9 of trec_eval, got "rbp", which came with version 10; '),
        ("-m map.5 a b", 1, '-m: expected map without parameters, got "map.5"; leave out what follows the period'),
        ("-m all_trec.5 a b", 1, '-m: expected all_trec without parameters, got "all_trec.5"; leave out what '),
        ("-m P.0 a b", 1, '-m: expected different ranks from 1 behind "P.", got "0"; separate several by commas'),
        ("-m P.5,5 a b", 1, '-m: expected different ranks from 1 behind "P.", got "5,5"; separate several by commas'),
        ("-m relstring.x a b", 1, '-m: expected a number of documents behind "relstring.", got "x"; '),
        ("-m P.5 missing.qrels b", 2, 'missing.qrels: expected a file to read, got the error "No such file or '),
        ("validate", 1, "expected a file to validate, got none; see rank-eval validate -h"),
        ("compare", 1, "expected the judgments and two runs or more, got no file; see rank-eval compare -h"),
        ("compare - - a", 1, "expected one file from the standard input, got more; name the others"),
        ("compare --test x a b", 1, "--test: expected one of paired_t, randomization, wilcoxon, sign, tukey_hsd, "),
        ("compare --format x a b", 1, "--format: expected one of text, markdown, latex, html, json, csv, got "),
        ("compare --alpha x a b", 1, '--alpha: expected a number, got "x"; write for example --alpha 1'),
        ("compare --title x a b", 1, "--title: expected with the other of compare and report, got it here; leave it"),
        ("compare -m nothing a b", 1, "measure: expected one of nDCG, P, R, "),
        ("compare -m ndgc@5 a b", 1, "measure: expected one of nDCG, DCG, IDCG, SDCG, "),
        ("compare a b", 1, "runs: expected 2 or more, got 1; add what they are compared with"),
        ("report --pairs a b", 1, "--pairs: expected with the other of compare and report, got it here; leave it out"),
        ("convert a", 1, "expected two files, from and to, got 1; see rank-eval convert -h"),
        ("convert a b.json", 1, "b.json: expected a name that ends in .jsonl, .tsv or as a file of TREC, got .json; "),
        ("convert missing.run b", 2, 'missing.run: expected a file to read, got the error "No such file or directory'),
        ("validate missing.run", 2, 'missing.run: expected a file to read, got the error "No such file or directory'),
    ],
)
def test_what_is_wrong(arguments: str, code: int, message: str) -> None:
    got_code, out, err = rank_eval_command(*arguments.split())
    assert (got_code, out) == (code, "")
    assert err.startswith(f"rank-eval: {message}")
    assert err.count("\n") == 1


def test_a_file_that_is_no_run(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.write_text("q01 Q0 a 1 0.5\n")
    code, out, err = rank_eval_command("-m", "P.5", CASES / "plain.qrels", run)
    assert (code, out) == (2, "")
    assert err.startswith(f"rank-eval: {run}:1: expected 6 columns")


def test_nothing_in_common(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.write_text("other Q0 a 1 0.5 t\n")
    code, out, err = rank_eval_command("-m", "P.5", CASES / "plain.qrels", run)
    assert (code, out) == (7, "")
    expected = (
        "expected at least one query that the qrels judge, got 1 query, which is not among the 4 judged; check that "
    )
    assert err.startswith(f"rank-eval: {run}: {expected}")
    code, out, err = rank_eval_command("compare", CASES / "plain.qrels", CASES / "plain.run", run)
    assert (code, out) == (7, "")
    assert err.startswith(f'rank-eval: runs["run"]: {expected}')
    run.write_text("")
    _, _, err = rank_eval_command("-m", "P.5", CASES / "plain.qrels", run)
    assert err.endswith("got a run without queries; check what it was read from\n")
    code, _, err = rank_eval_command("-m", "P.5", run, CASES / "plain.run")
    assert code == 7
    assert err.endswith("got qrels without queries; check what they were read from\n")


def test_what_trec_eval_lacks_is_printed_behind_its_own() -> None:
    qrels, run = CASES / "ties.qrels", CASES / "ties.run"
    names = ["nDCG@5", "RBP(p=0.5,max_rel=4)", "precision@5-l2", "precision@3", "NumRelRet", "gm_bpref"]
    code, out, err = rank_eval_command("-q", "-m", "ERR@3", *(f"-m{name}" for name in names), "-m", "map", qrels, run)
    assert (code, err) == (0, "")
    evaluation = rank_eval.evaluate(qrels, run, ["map", "gm_bpref", "ERR@3", *names[:-1]], missing="skip", compat="9")
    lines = [line.split("\t") for line in out.splitlines()]
    assert [line[0].rstrip() for line in lines if line[1] == "all"] == list(evaluation)
    for name, query, value in lines:
        measure = name.rstrip()
        exact = evaluation[measure] if query == "all" else evaluation.per_query[measure][query]
        assert value == (f"{exact:.0f}" if measure == "NumRelRet" else f"{exact:6.4f}")
    assert rank_eval_command("-m", "ndcg_cut_5", "-m", "ndcg_cut_5", qrels, run)[1].count("\n") == 1


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_the_standard_input(compress: type[bytes]) -> None:
    qrels, run = CASES / "plain.qrels", CASES / "plain.run"
    expected = rank_eval_command("-q", "-m", "P.5", "-m", "runid", qrels, run)
    assert expected[0] == 0
    assert rank_eval_command("-q", "-m", "P.5", "-m", "runid", qrels, "-", stdin=compress(run.read_bytes())) == expected
    assert rank_eval_command("-q", "-m", "P.5", "-m", "runid", "-", run, stdin=compress(qrels.read_bytes())) == expected


@posix_only
def test_a_reader_that_has_seen_enough() -> None:
    command = [*COMMAND, "-q", "-m", "P", str(CASES / "plain.qrels"), str(CASES / "plain.run")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        # Nobody reads; the output is shorter than a pipe holds, so it is closed before it is written.
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) in {-signal.SIGPIPE, 141}


@posix_only
def test_ctrl_c_ends_it() -> None:
    with subprocess.Popen([*COMMAND, "validate", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stderr
        process.stdin.write(b"q Q0 a 1 0.5 t\n")
        process.stdin.flush()
        # Until it waits for more, in the handler's reach: the handler is set before anything is read.
        while b"rank_eval.abi3.so" not in maps(process.pid):
            time.sleep(0.01)
        time.sleep(0.2)
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(60) == -signal.SIGINT
        assert process.stderr.read() == b""


def maps(process: int) -> bytes:
    path = Path(f"/proc/{process}/maps")
    return path.read_bytes() if path.exists() else b"rank_eval.abi3.so"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Judgments of 12 queries; runs with the relevant document first, second, and first but for four queries."""
    folder = tmp_path_factory.mktemp("runs")
    names = ["qrels.txt", "first.run", "second.run.gz", "third.txt"]
    lines = ["q{} 0 a 1\n", "q{0} Q0 a 1 2.0 t\nq{0} Q0 b 2 1.0 t\n", "q{0} Q0 b 1 2.0 t\nq{0} Q0 a 2 1.0 t\n"]
    texts = ["".join(line.format(query) for query in range(12)) for line in lines]
    texts.append("".join(f"q{query} Q0 a 1 1.0 t\n" for query in range(12) if query % 3))
    for name, text in zip(names, texts, strict=True):
        content = text.encode()
        (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return [folder / name for name in names]


def test_compare_prints_a_table(runs: list[Path]) -> None:
    code, out, err = rank_eval_command("compare", "-m", "RR P@1", "--digits=2", *runs)
    assert (code, err) == (0, "")
    rows = [line.split() for line in out.splitlines()]
    assert rows[0] == ["run", "RR", "P@1"]
    assert [row[1] for row in rows[1:4]] == ["first", "second", "third"]
    # 1, 1/2, and 1 for 8 of 12 queries.
    assert [row[2][:4] for row in rows[1:4]] == ["1.00", "0.50", "0.67"]


def test_compare_in_other_formats(runs: list[Path], tmp_path: Path) -> None:
    def output(*options: object) -> str:
        code, out, err = rank_eval_command("compare", "-m", "recip_rank", *options, *runs)
        assert (code, err) == (0, "")
        return out

    compared = json.loads(output("--format", "json", "--baseline", "second", "--test", "sign", "--correction", "none"))
    assert "second" in json.dumps(compared)
    lines = output("--format=csv", "--missing=skip").splitlines()
    assert lines[0].startswith("measure,first,second,")
    assert lines[1].split(",")[:5] == ["RR", "first", "second", "1.0", "0.5"]
    # Over the queries that no run lacks, the third run is as good as the first.
    assert lines[2].split(",")[:5] == ["RR", "first", "third", "1.0", "1.0"]
    assert output("--format=markdown", "--pairs").startswith("|")
    assert "\\begin{tabular}" in output("--format=latex")
    assert "<table" in output("--format=html")
    assert output("--output", tmp_path / "table.txt") == ""
    assert (tmp_path / "table.txt").read_text() == output()


def test_compare_reads_one_run_from_the_standard_input(runs: list[Path]) -> None:
    qrels, first, second, _ = runs
    code, out, _ = rank_eval_command(
        "compare", "-m", "RR", "--format", "csv", qrels, first, "-", stdin=second.read_bytes()
    )
    assert code == 0
    assert out.splitlines()[1].split(",")[:5] == ["RR", "first", "-", "1.0", "0.5"]


def test_runs_of_the_same_name_are_called_by_their_paths(runs: list[Path], tmp_path: Path) -> None:
    qrels, first = runs[:2]
    other = tmp_path / "first.txt"
    other.write_bytes(first.read_bytes())
    code, out, _ = rank_eval_command("compare", "-m", "RR", "--format", "csv", qrels, first, other)
    assert code == 0
    assert out.splitlines()[1].split(",")[1:3] == [str(first), str(other)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--baseline x", 'baseline: expected one of first, second, got "x"; name one of the runs'),
        ("--alpha 2", "alpha: expected a number between 0 and 1, got 2; 0.05 is the usual choice"),
        ("--test tukey_hsd --correction holm", "correction: expected none with "),
        (
            "--test randomization --permutations 0",
            "permutations: expected at least 1, got 0; 10000 is the usual choice",
        ),
        ("-m StRecall@5", "measure: expected one of plain judgments, got StRecall@5, which needs subtopics; "),
        ("--order expected -m ERR@5", "order: expected a measure whose expected value is known, got ERR@5; "),
    ],
)
def test_options_that_do_not_fit(runs: list[Path], arguments: str, message: str) -> None:
    code, out, err = rank_eval_command("compare", *arguments.split(), *runs[:3])
    assert (code, out) == (1, "")
    assert err.startswith(f"rank-eval: {message}")


def test_a_run_is_compared_once(runs: list[Path]) -> None:
    code, _, err = rank_eval_command("compare", *runs[:2], runs[1])
    assert code == 1
    assert err == f'rank-eval: runs: expected each name once, got "{runs[1]}" again; rename one of the two\n'


def test_queries_that_a_run_lacks_are_told(tmp_path: Path) -> None:
    qrels, run = CASES / "plain.qrels", CASES / "plain.run"
    lacking = tmp_path / "lacking.run"
    lines = run.read_text().splitlines(keepends=True)
    lacking.write_text("".join(line for line in lines if not line.startswith(("q01", "q02"))))
    _, out, _ = rank_eval_command("compare", qrels, run, lacking)
    assert "\nJudged queries that a run lacks count 0: lacking 2.\n" in out
    _, out, _ = rank_eval_command("compare", "--missing", "skip", qrels, run, lacking)
    assert "\n2 queries. " in out
    assert "\nJudged queries that a run lacks are left out, 2 in all: lacking 2.\n" in out
    _, out, _ = rank_eval_command("compare", "--format", "json", qrels, run, lacking)
    assert json.loads(out)["missing"] == {"plain": [], "lacking": ["q01", "q02"]}


def test_one_run_cannot_be_compared(runs: list[Path]) -> None:
    code, out, err = rank_eval_command("compare", *runs[:2])
    assert (code, out) == (1, "")
    assert err.startswith("rank-eval: runs: expected 2 or more, got 1")


def test_report_writes_a_page(runs: list[Path], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert rank_eval_command("report", "--output", page, "--title", "Three <runs>", "-m", "RR", *runs) == (0, "", "")
    assert "<h1>Three &lt;runs&gt;</h1>" in page.read_text()
    code, out, err = rank_eval_command("report", *runs)
    assert (code, out) == (1, "")
    assert err == "rank-eval: --output: expected the name of the page, got none; add --output report.html\n"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def read(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()


@pytest.mark.parametrize("names", [["a.run"], ["a.run.gz", "b.jsonl", "c.jsonl.zst", "d.txt.zst"]])
def test_a_run_is_the_same_after_conversion(tmp_path: Path, names: list[str]) -> None:
    last: object = CASES / "plain.run"
    for name in names:
        assert rank_eval_command("convert", "--tag", "plain", last, tmp_path / name) == (0, "", "")
        last = tmp_path / name
    code, out, err = rank_eval_command("convert", "--tag=plain", "-", "-", stdin=Path(str(last)).read_bytes())
    assert (code, err) == (0, "")
    rows = [line.split() for line in (CASES / "plain.run").read_text().splitlines()]
    converted = [line.split() for line in out.splitlines()]
    by_rank = sorted(rows, key=lambda row: (row[0], -float(row[4])))
    assert [(row[0], row[2], float(row[4]), row[5]) for row in converted] == [
        (row[0], row[2], float(row[4]), row[5]) for row in by_rank
    ]
    ranks: dict[str, list[int]] = {}
    for row in converted:
        ranks.setdefault(row[0], []).append(int(row[3]))
    assert all(ranked == list(range(1, len(ranked) + 1)) for ranked in ranks.values())


def test_the_tag_of_a_converted_run(tmp_path: Path) -> None:
    run, lines = tmp_path / "run", tmp_path / "run.jsonl"
    run.write_text("q Q0 a 1 0.5 first\nq Q0 b 2 0.25 last\n")
    assert rank_eval_command("convert", run, "-")[1] == "q Q0 a 1 0.5 last\nq Q0 b 2 0.25 last\n"
    assert rank_eval_command("convert", run, lines) == (0, "", "")
    assert rank_eval_command("convert", lines, "-")[1] == "q Q0 a 1 0.5 rank-eval\nq Q0 b 2 0.25 rank-eval\n"


def test_judgments_are_the_same_after_conversion(tmp_path: Path) -> None:
    qrels = tmp_path / "qrels"
    qrels.write_text("q1 0 a 1\nq1 0 b -2\nq2 0 a 0\n")
    assert rank_eval_command("convert", qrels, tmp_path / "test.tsv.gz") == (0, "", "")
    assert read(tmp_path / "test.tsv.gz") == "query-id\tcorpus-id\tscore\nq1\ta\t1\nq1\tb\t-2\nq2\ta\t0\n"
    assert rank_eval_command("convert", tmp_path / "test.tsv.gz", tmp_path / "qrels.jsonl") == (0, "", "")
    assert rank_eval_command("convert", "--qrels", tmp_path / "qrels.jsonl", "-") == (0, qrels.read_text(), "")


def test_what_cannot_be_converted(tmp_path: Path) -> None:
    run = CASES / "plain.run"
    code, _, err = rank_eval_command("convert", run, tmp_path / "run.tsv")
    assert code == 1
    assert err.startswith(
        f"rank-eval: {tmp_path}/run.tsv: expected a name for TREC or JSON, got one for BEIR, which has "
    )
    code, _, err = rank_eval_command("convert", "--tag", "t", CASES / "plain.qrels", tmp_path / "qrels")
    assert (code, err.split(": ", 1)[1]) == (
        1,
        "--tag: expected with a run, got it with judgments, which have none; leave it out\n",
    )
    assert rank_eval_command("convert", "--tag", "my tag", run, tmp_path / "run")[0] == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("format_", "line", "expected"),
    [
        (
            "prefs",
            "q1 anna d1 1.0",
            'expected "query group list document level", the level from 0, got "q1 anna d1 1.0"',
        ),
        (
            "prefs",
            "q1 anna l d1 -1",
            'expected "query group list document level", the level from 0, got "q1 anna l d1 -',
        ),
        ("qrels_prefs", "q1 anna d1 x", 'expected "query group document level", the level from 0, got "q1 anna d1 x"'),
        ("qrels_jg", "q1 anna d1 0.5", 'expected "query group document grade", got "q1 anna d1 0.5"; repair the line'),
    ],
)
def test_judgments_of_groups_that_are_none(tmp_path: Path, format_: str, line: str, expected: str) -> None:
    qrels = tmp_path / "qrels"
    qrels.write_text(f"# a comment\n{line}\n")
    code, out, err = rank_eval_command("-R", format_, "-m", "num_q", qrels, CASES / "plain.run")
    assert (code, out) == (2, "")
    assert err.startswith(f"rank-eval: {qrels}:2: {expected}")


def test_preferences_that_contradict_each_other(tmp_path: Path) -> None:
    qrels = tmp_path / "prefs"
    qrels.write_text("q01 anna l1 a 2\nq01 anna l1 b 1\nq01 anna l2 a 1\nq01 anna l2 b 2\n")
    code, out, err = rank_eval_command("-R", "prefs", "-m", "prefs", qrels, CASES / "plain.run")
    assert (code, out) == (2, "")
    assert err.startswith('rank-eval: query "q01", group "anna": expected preferences that agree, got a document both ')


def test_z_scores_that_are_none(tmp_path: Path) -> None:
    scores = tmp_path / "scores"
    scores.write_text("q01 map 0.25\n")
    code, _, err = rank_eval_command("-Z", scores, "-m", "map", CASES / "plain.qrels", CASES / "plain.run")
    assert code == 2
    expected = 'expected a query, a measure, a mean and a standard deviation, got "q01 map 0.25"; repair the line'
    assert err == f"rank-eval: {scores}:1: {expected}\n"


def test_validate_finds_nothing_in_a_good_run() -> None:
    code, out, err = rank_eval_command("validate", CASES / "plain.qrels")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"note: {CASES}/plain.qrels: grades 0 (30), 1 (19), 2 (7), 3 (9)",
        f"{CASES}/plain.qrels: 65 judgments for 4 queries, 0 findings",
    ]


def test_validate_finds_everything(tmp_path: Path) -> None:
    run, qrels = tmp_path / "run.gz", tmp_path / "qrels"
    run.write_bytes(
        gzip.compress(
            b"# a comment\n"
            b"q1 Q0 a 1 0.5 t\n"
            b"q1 Q0 b 2 0.75 t\n"
            b"q1 Q0 a 3 0.25 t\n"
            b"q1 Q0 c 3 0.25 t\n"
            b"q1 Q0 d x 0.125 t\n"
            b"q1 Q0 e 4 nan t\n"
            b"q1 Q0 f 5 high t\n"
            b"q1 Q0 g 6\n"
            b"q2 Q0 a 1 1.00000001 u\n"
            b"q2 Q0 b 2 1.0 u\n"
        )
    )
    qrels.write_text("q1 0 a 1\nq1 0 a 2\nq1 0 b one\nq1 0 c\nq3 0 a -1\n")
    code, out, err = rank_eval_command("validate", run, qrels)
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        f"{run}:3: expected at rank 2 no higher score than 0.5 of line 2, got 0.75; only scores count",
        f'{run}:4: expected each document once, got "a" of line 2 again; drop one',
        f"{run}:5: expected each rank once per query, got 3 of line 4 again; number them",
        f'{run}:6: expected a whole number as rank, got "x"; repair it',
        f'{run}:7: expected a finite number as score, got "nan"; repair it',
        f'{run}:8: expected a finite number as score, got "high"; repair it',
        f"{run}:9: expected 6 columns, got 4; repair the line",
        f"note: {run}: 1 query with equal scores; document ids break the ties, not ranks",
        (
            f"note: {run}: 1 query with different scores that are equal as float32, "
            "and so are ties for trec_eval 9 and pytrec_eval"
        ),
        f"note: {run}: several tags: t (7), u (2)",
        f"{run}: 8 documents for 2 queries, 7 findings",
        f'{qrels}:2: expected each document once, got "a" of line 1 again; drop one',
        f'{qrels}:3: expected a whole number as grade, got "one"; repair it',
        f"{qrels}:4: expected 4 columns, got 3; repair the line",
        f"note: {qrels}: grades -1 (1), 1 (1), 2 (1)",
        f"note: {qrels}: 1 grade below 0: pooled, and not judged",
        f'note: {qrels}: query "q3" has no document of grade 1 or more; most measures are 0 there',
        f"{qrels}: 3 judgments for 2 queries, 3 findings",
        f'{run}: expected query "q3", which {qrels} judges, got no line of it; it counts 0, or not at all',
        f'{run}: expected judged queries, got "q2", which {qrels} does not judge; it never counts',
    ]


def test_validate_reads_beir(tmp_path: Path) -> None:
    qrels = tmp_path / "test.tsv"
    qrels.write_text("query-id\tcorpus-id\tscore\n1\ta b\t1\n1\tc\n")
    code, out, _ = rank_eval_command("validate", qrels)
    assert code == 1
    assert out.splitlines() == [
        f"{qrels}:3: expected 3 columns, separated by tabs, got 2; repair the line",
        f"note: {qrels}: grades 1 (1)",
        f"{qrels}: 1 judgment for 1 query, 1 finding",
    ]


def test_validate_reads_text_of_its_formats(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.write_bytes(b"q1 Q0 a 1 0.5 t\nq1 Q0 b\xff 2 0.25 t\n")
    code, out, _ = rank_eval_command("validate", run)
    assert code == 1
    assert out.splitlines() == [
        f"{run}:2: expected UTF-8, got other bytes; convert the file to UTF-8",
        f"{run}: 1 document for 1 query, 1 finding",
    ]
    run.write_text('{"query_id": "q1", "doc_id": "d1", "score": 0.5}\n')
    code, out, err = rank_eval_command("validate", run)
    assert (code, out) == (2, "")
    expected = "expected lines of TREC or BEIR, got JSON; run rank-eval convert first, which checks it"
    assert err == f"rank-eval: {run}: {expected}\n"


def test_validate_says_when_there_is_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("\n")
    code, out, _ = rank_eval_command("validate", empty)
    assert (code, out) == (1, f"{empty}:1: expected lines, got none; check the file\n{empty}: nothing, 1 finding\n")
