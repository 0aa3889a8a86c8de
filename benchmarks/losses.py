"""Ranking losses with their gradients on one thread, rank-soft beside Rax under ``jax.jit`` and a torch restatement.

Lists of 1,000 items of five grades, 128 at a time, as float32: value and gradient. The contenders take turns; time is
that of the processor, the median counts. Values are compared in the same run. Rax's metrics do not run on a current
JAX, which lacks ``jax.util.wraps``: it is given back before Rax is imported. Two losses are restated in torch, as
allRank has them. ``--quick`` is a tenth of the items.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import argparse
import importlib
import importlib.util
import time
import types
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

import rank_soft

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

torch.set_num_threads(1)


def rax_and_jax() -> tuple[Any, Any]:
    """Both, or neither."""
    if not importlib.util.find_spec("rax"):
        return None, None
    jax = importlib.import_module("jax")
    if not hasattr(jax, "util"):
        setattr(jax, "util", types.SimpleNamespace(wraps=lambda *_, **__: lambda function: function))  # noqa: B010
    return importlib.import_module("rax"), jax


RAX, JAX = rax_and_jax()


def rax_losses() -> dict[str, Callable[..., Any]]:
    """Those of Rax, by our names."""
    if RAX is None:
        return {}

    def lambda_rank(scores: Any, labels: Any) -> Any:  # noqa: ANN401
        return RAX.pairwise_logistic_loss(scores, labels, lambdaweight_fn=RAX.dcg_lambdaweight)

    return {
        "rank_net": RAX.pairwise_logistic_loss,
        "lambda_rank": lambda_rank,
        "softmax": RAX.softmax_loss,
        "list_mle": RAX.listmle_loss,
        "unique_softmax": RAX.unique_softmax_loss,
        "approx_ndcg": RAX.approx_t12n(RAX.ndcg_metric),
        "approx_mrr": RAX.approx_t12n(RAX.mrr_metric),
    }


def torch_rank_net(scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean over pairs of different labels, as allRank's."""
    wins = labels[:, :, None] > labels[:, None, :]
    differences = (scores[:, :, None] - scores[:, None, :])[wins]
    return torch.nn.functional.binary_cross_entropy_with_logits(differences, torch.ones_like(differences))


def torch_approx_ndcg(scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Minus nDCG of sigmoid ranks, alpha 1, as allRank's."""
    ranks = 0.5 + torch.sigmoid(scores[:, None, :] - scores[:, :, None]).sum(-1)
    gains = 2**labels - 1
    discounts = torch.log2(2 + torch.arange(labels.shape[1], dtype=scores.dtype))
    ideal = (gains.sort(descending=True).values / discounts).sum(-1)
    return -((gains / torch.log2(1 + ranks)).sum(-1) / ideal).mean()


TORCH = {"rank_net": torch_rank_net, "approx_ndcg": torch_approx_ndcg}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the items")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    batch, count = (128, 100) if arguments.quick else (128, 1_000)
    rng = np.random.default_rng(0)
    scores = rng.standard_normal((batch, count), dtype=np.float32)
    labels = rng.choice(5, size=scores.shape, p=[0.5, 0.2, 0.15, 0.1, 0.05]).astype(np.float32)
    theirs = rax_losses()
    print(f"{batch} x {count}{'':22}{'ms':>10}{'times ours':>12}{'value':>14}")
    for name in theirs or TORCH:
        loss = rank_soft.Loss(name)
        runs: dict[str, Callable[[], float]] = {"rank_soft": lambda loss=loss: loss(scores, labels)[0]}  # type: ignore[misc]
        if name in theirs:
            compiled = JAX.jit(JAX.value_and_grad(theirs[name]))
            arrays = JAX.numpy.asarray(scores), JAX.numpy.asarray(labels)
            runs["Rax"] = lambda compiled=compiled, arrays=arrays: float(  # type: ignore[misc]
                JAX.block_until_ready(compiled(*arrays))[0]
            )
        if name in TORCH:

            def restated(name: str = name) -> float:
                tensor = torch.from_numpy(scores).requires_grad_()
                value = TORCH[name](tensor, torch.from_numpy(labels))
                torch.autograd.backward(value)
                return value.item()

            runs["torch"] = restated
        values = {key: run() for key, run in runs.items()}
        for key, value in values.items():
            assert abs(value - values["rank_soft"]) < 1e-3 * abs(value), (name, key, value, values["rank_soft"])
        times: dict[str, list[float]] = {key: [] for key in runs}
        for _ in range(arguments.rounds):
            for key, run in runs.items():
                start = time.process_time()
                run()
                times[key].append(time.process_time() - start)
        ours = float(np.median(times["rank_soft"]))
        for key, seconds in times.items():
            middle = float(np.median(seconds))
            print(f"{name + ', ' + key:34}{1e3 * middle:10.2f}{middle / ours:12.2f}{values[key]:14.6f}")


if __name__ == "__main__":
    main()
