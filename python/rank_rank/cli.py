"""The command line.

Exit codes: 0, all is well; 1, an error, which the last line on stderr states; 2, a command that cannot be understood;
130, interrupted with Ctrl-C, nothing half-written left behind.
"""

import argparse
import importlib.metadata
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import rank_eval
import rank_fusion
import rank_rerank
import rank_retrieve
from rank_rank.demo import DemoOptions, run_demo
from rank_rank.errors import RankError
from rank_rank.pipeline import STAGES
from rank_rank.search import print_answers

_FOLDER = Path("rank-rank-demo")
_FAILED = 1
_INTERRUPTED = 130
_EXPECTED = (
    RankError,
    rank_retrieve.RankError,
    rank_fusion.RankError,
    rank_rerank.RankError,
    rank_eval.RankError,
    OSError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command.

    Args:
        arguments: What follows the program's name; None for those of the process.

    Returns:
        The exit code.
    """
    options = _parser().parse_args(arguments)
    try:
        if options.command == "demo":
            run_demo(DemoOptions(options.output, options.data, options.encoder, options.quiet))
        else:
            print_answers(options.query, options.index, options.k, options.stage)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("rank-rank: interrupted; nothing was written", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    except _EXPECTED as error:
        print(f"rank-rank: {' '.join(str(error).split())}", file=sys.stderr)
        return _FAILED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rank-rank",
        description="The ranking layer of search: retrieve, fuse, rerank, evaluate.",
        epilog="Exit codes: 0 success, 1 error, 2 usage, 130 interrupted.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {importlib.metadata.version('rank-rank')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    demo = commands.add_parser("demo", help="run the whole pipeline on a collection and measure each stage")
    demo.add_argument("--data", type=Path, metavar="DIR", help="a collection in BEIR's layout (NumPy's documentation)")
    demo.add_argument("--encoder", metavar="NAME", help="a sentence-transformers model or its folder (an LSA encoder)")
    demo.add_argument("--output", type=Path, metavar="DIR", default=_FOLDER, help="where to write (%(default)s)")
    demo.add_argument("--quiet", action="store_true", help="show no progress")
    search = commands.add_parser("search", help="answer a query from the index that the demo wrote")
    search.add_argument("query", metavar="QUERY")
    search.add_argument("--index", type=Path, metavar="DIR", default=_FOLDER, help="the demo's output (%(default)s)")
    search.add_argument("-k", type=_count, default=10, help="how many answers (%(default)s)")
    search.add_argument(
        "--stage", type=_stage, choices=STAGES, help="whose answers (of the one that the demo found best)"
    )
    return parser


def _stage(text: str) -> str:
    return {stage.lower(): stage for stage in STAGES}.get(text.lower(), text)


def _count(text: str) -> int:
    try:
        count = int(text)
    except ValueError:
        count = 0
    if count < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, got {text!r}")
    return count
