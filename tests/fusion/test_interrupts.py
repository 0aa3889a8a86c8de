"""Ctrl-C ends what takes long, soon."""

import signal
import subprocess
import sys
import threading

import pytest

windows = pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to a process alone")

PROGRAM = """
import random, sys
import numpy as np
import rank_fusion

draw = random.Random(3)
runs = [
    {f"q{i}": {f"d{draw.randrange(10_000)}": draw.random() for _ in range(250)} for i in range(64)} for _ in range(3)
]
if sys.argv[1] == "columns":
    runs = [
        tuple(np.array(column) for column in zip(*[(q, d, s) for q in run for d, s in run[q].items()]))
        for run in runs
    ]
print("working", flush=True)
while True:
    rank_fusion.fuse_runs(runs, "kemeny", threads=2)
"""


@windows
@pytest.mark.parametrize("form", ["dicts", "columns"])
def test_ctrl_c(form: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, form], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "working\n", process.communicate()[1]
        threading.Event().wait(0.3)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode in (1, -signal.SIGINT), error
    assert "KeyboardInterrupt" in error
