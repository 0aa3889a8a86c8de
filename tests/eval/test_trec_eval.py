"""The output is that of trec_eval, letter by letter; the values are those of pytrec_eval, to the last digits."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

GOLDENS = Path(__file__).parent / "goldens"
COMMAND = [sys.executable, "-m", "rank_eval"]

# What version 10.0-rc3 does wrong: `rbp` reads memory it has not set, `rbp_resid` is 0 where all that was ranked is
# judged, and 0 for a query that the run lacks.
WRONG_IN_10 = ("rbp ", "rbp_resid ")


def lines(text: str, version: int) -> list[str]:
    wrong = WRONG_IN_10 if version == 10 else ()
    return [line for line in text.splitlines(keepends=True) if not line.startswith(wrong or ("\0",))]


@pytest.mark.parametrize("golden", sorted(str(path.relative_to(GOLDENS)) for path in GOLDENS.glob("v*/*.txt")))
def test_the_output_of_trec_eval(golden: str) -> None:
    path = GOLDENS / golden
    version = int(path.parent.name.removeprefix("v"))
    command, expected = path.read_text().split("\n", 1)
    arguments = shlex.split(command.removeprefix("# trec_eval "))
    done = subprocess.run(
        [*COMMAND, *arguments, "--compat", str(version)], cwd=GOLDENS, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert lines(done.stdout, version) == lines(expected, version)


def test_comments_are_skipped() -> None:
    def output(case: str) -> str:
        arguments = [*COMMAND, "-q", "-m", "all_trec", f"cases/{case}.qrels", f"cases/{case}.run"]
        return subprocess.run(arguments, cwd=GOLDENS, capture_output=True, text=True, check=True).stdout

    assert output("comments").replace("comments", "untidy") == output("untidy")
