"""Ctrl-C ends long work, and leaves what it worked on as it was."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.sparse as sp

from rank_retrieve import Bm25Index, SparseIndex

if TYPE_CHECKING:
    from pathlib import Path

# Work that takes a second or more, each with a Ctrl-C soon after it began.
WORK = """
import _thread
import os
import signal
import threading
import numpy as np
from rank_retrieve import Bm25Index, Scoring, SparseIndex

# A shell that starts a program in the background has it ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
rng = np.random.default_rng(0)
documents, length = 120_000, 150
tokens = (30_000 * rng.random(documents * length) ** 3).astype(np.int32)
offsets = np.arange(0, len(tokens) + 1, length)
vocabulary = [f"w{number}" for number in range(30_000)]
index = Bm25Index()
index.add_tokens(range(documents), tokens, offsets, vocabulary)
index.remove(7)
sparse = SparseIndex()
terms = np.tile(np.arange(length, dtype=np.int32), documents)
matrix = (np.ones(len(terms), np.float32), terms, offsets)
sparse.add(range(documents), matrix)
sparse.remove(7)
index.save("small")
sparse.save("sparse")
before = os.path.getsize("small"), os.path.getsize("sparse")
index.update_document(8, ["changed"])
cases = {
    "prepare": lambda: index.prepare(Scoring(k1=0.1)),
    "save": lambda: index.save("small"),
    "merge": lambda: index.merge(),
    "add_tokens": lambda: Bm25Index().add_tokens(range(documents), tokens, offsets, vocabulary),
    "sparse merge": lambda: sparse.merge(),
    "sparse add": lambda: SparseIndex().add(range(documents), matrix),
    "sparse update": lambda: sparse.update(range(documents), matrix),
}
for name, work in cases.items():
    timer = threading.Timer(0.03, _thread.interrupt_main)
    timer.start()
    try:
        work()
    except KeyboardInterrupt:
        timer.cancel()
    else:
        raise SystemExit(f"{name} came to an end")
assert len(index) == documents - 1
assert (os.path.getsize("small"), os.path.getsize("sparse")) == before
assert sorted(os.listdir()) == ["small", "sparse"]
assert 7 not in Bm25Index.load("small")
print("done")
"""


def test_ctrl_c_ends_all_that_takes_long(tmp_path: Path) -> None:
    # In a process of its own, which can be given up.
    done = subprocess.run(
        [sys.executable, "-c", WORK], capture_output=True, text=True, check=False, timeout=300, cwd=tmp_path
    )
    assert done.stdout == "done\n", done.stderr


def test_all_of_it_has_a_bar(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    offsets = np.arange(2_501)
    tokens = np.zeros(2_500, np.int32)
    matrix = sp.csr_array(np.ones((2_500, 1), np.float32))
    index, sparse = Bm25Index(), SparseIndex()
    index.add_tokens(range(2_500), tokens, offsets, ["fox"], progress=True)
    sparse.add(range(2_500), matrix, progress=True)
    assert sparse.update(range(2_500), matrix, progress=True) == 2_500
    assert capfd.readouterr().err.count("2500/2500") >= 3
    index.prepare(progress=True)
    sparse.prepare(progress=True)
    index.save(tmp_path / "index", progress=True)
    sparse.save(tmp_path / "sparse", progress=True)
    index.commit(tmp_path / "commits", progress=True)
    sparse.commit(tmp_path / "sparse commits", progress=True)
    index.remove(3)
    index.merge(progress=True)
    sparse.merge(progress=True)
    shown = capfd.readouterr().err
    for name, times in {"impacts": 4, "save": 2, "commit": 2, "merge": 2}.items():
        ends = [line for line in shown.replace("\r", "\n").split("\n") if line.startswith(f"{name}: 100%")]
        assert len(ends) >= times, (name, shown)
    assert len(Bm25Index.load(tmp_path / "commits")) == len(SparseIndex.load(tmp_path / "sparse")) == 2_500
