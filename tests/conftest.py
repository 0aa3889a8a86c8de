"""What holds for all tests."""

import signal

from hypothesis import settings

# Examples take as long as the machine is busy: time is no reason to fail.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# A shell ignores Ctrl-C for what it starts in the background, and so would the tests of it and the programs they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
