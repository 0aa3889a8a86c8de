"""Ctrl-C ends long work, and leaves what it worked on as it was."""

from __future__ import annotations

import subprocess
import sys

# Work that takes many minutes, each with a Ctrl-C soon after it began.
WORK = """
import _thread
import signal
import threading
import numpy as np
from rank_rerank import PlaidIndex, ResidualCodec, colbert_rank_batch, maxsim_batch, maxsim_matrix, pool_tokens_batch
from rank_rerank import FixedDimensionalEncoder, TokenStore

# A shell that starts a program in the background has it ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
rng = np.random.default_rng(0)
tokens = rng.standard_normal((300, 64), dtype=np.float32)
many = [tokens] * 50_000
codec = ResidualCodec.train(tokens, centroids=100)
index = PlaidIndex(codec)
index.add(["kept"], [tokens])
store = TokenStore(64)
store.append("kept", tokens)
flat = np.tile(tokens, (3_000, 1))
offsets = np.arange(0, len(flat) + 1, 300)
ids = range(len(many))
encoder = FixedDimensionalEncoder(64, simhash_bits=8, final_dim=64)
cases = {
    "train": lambda: ResidualCodec.train(tokens, centroids=100, iterations=10**8),
    "build": lambda: PlaidIndex.build([1], [tokens], centroids=100, iterations=10**8, threads=2),
    "add": lambda: index.add(ids, many),
    "search_batch": lambda: index.search_batch([tokens[:1]] * 10**6, threads=2),
    "encode": lambda: [codec.encode(flat) for _ in range(10**6)],
    "pool": lambda: pool_tokens_batch(many),
    "batch": lambda: [maxsim_batch(tokens, flat, offsets) for _ in range(10**6)],
    "matrix": lambda: maxsim_matrix([tokens] * 100, many),
    "rank_batch": lambda: colbert_rank_batch([tokens] * 100, list(enumerate(many))),
    "muvera": lambda: encoder.encode_documents(many, threads=2),
}
for name, work in cases.items():
    timer = threading.Timer(0.2, _thread.interrupt_main)
    timer.start()
    try:
        work()
    except KeyboardInterrupt:
        timer.cancel()
    else:
        raise SystemExit(f"{name} came to an end")
assert index.ids() == ["kept"] and len(index.search(tokens[:4], 3)) == 1
print("done")
"""


def test_ctrl_c_ends_all_that_takes_long() -> None:
    # In a process of its own, which can be given up.
    done = subprocess.run([sys.executable, "-c", WORK], capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout == "done\n", done.stderr
