"""The command ``rank-eval``, also ``python -m rank_eval``."""

from __future__ import annotations

import signal
import sys

from rank_eval._rank_eval import run_command


def main() -> int:
    """Runs the command line of this process and returns its exit code."""
    # As in any other command: Ctrl-C ends it at once, and so does a reader that has seen enough (`| head`).
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    return run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
