"""The command ``rank-fusion``."""

import signal
import sys

from rank_fusion._rank_fusion import run_command


def main() -> None:
    """Runs the command with the arguments of the process."""
    # The work is done outside of Python, which could answer Ctrl-C only afterwards.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(run_command(sys.argv[1:]))
