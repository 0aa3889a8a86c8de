"""Reading a LETOR file on one thread, rank-soft beside scikit-learn's ``load_svmlight_file``.

A file as of MSLR-WEB: items of 136 features with six digits, a tenth of them 0, 120 items a query. The contenders take
turns; time is that of the processor, the median counts. Numbers are compared in the same run. rank-soft gives a dense
float32 matrix, scikit-learn a sparse one, float32 as well. ``--quick`` is a tenth of the items.
"""

from __future__ import annotations

import argparse
import importlib
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import rank_soft

if TYPE_CHECKING:
    from collections.abc import Callable

# It has no types.
load_svmlight_file: Any = importlib.import_module("sklearn.datasets").load_svmlight_file

FEATURES = 136
ITEMS_OF_A_QUERY = 120


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the items")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    queries = 25 if arguments.quick else 250
    items = queries * ITEMS_OF_A_QUERY
    rng = np.random.default_rng(0)
    features = (10 ** rng.uniform(-3, 3, (items, FEATURES)) * (rng.random((items, FEATURES)) > 0.1)).round(6)
    labels = rng.integers(0, 5, items)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        with path.open("w") as file:
            for number, (label, row) in enumerate(zip(labels, features, strict=True)):
                pairs = " ".join(f"{at + 1}:{value:.7g}" for at, value in enumerate(row) if value)
                file.write(f"{label} qid:{number // ITEMS_OF_A_QUERY} {pairs}\n")
        size = path.stat().st_size / 1e6
        runs: dict[str, Callable[[], Any]] = {
            "rank_soft": lambda: rank_soft.read_letor(path, columns=FEATURES),
            "scikit-learn": lambda: load_svmlight_file(
                str(path), n_features=FEATURES, dtype=np.float32, query_id=True, zero_based=False
            ),
        }
        ours, theirs = runs["rank_soft"](), runs["scikit-learn"]()
        # scikit-learn reads numbers as float64 and rounds them once more.
        np.testing.assert_allclose(ours[0], theirs[0].toarray(), rtol=2e-7)
        assert (ours[1] == theirs[1]).all()
        assert (np.repeat(np.arange(queries), np.diff(ours[2])) == theirs[2]).all()
        times: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(arguments.rounds):
            for name, run in runs.items():
                start = time.process_time()
                run()
                times[name].append(time.process_time() - start)
    middle = {name: float(np.median(seconds)) for name, seconds in times.items()}
    print(f"{items} items, {size:.0f} MB{'':14}{'ms':>8}{'MB/s':>8}{'times ours':>12}")
    for name, seconds in middle.items():
        print(f"{name:30}{1e3 * seconds:8.0f}{size / seconds:8.0f}{seconds / middle['rank_soft']:12.2f}")


if __name__ == "__main__":
    main()
