"""MaxSim on one thread, rank-rerank beside others: one query and many, documents of one length and of many.

A query of 32 tokens, 1,000 documents of 300 tokens, or of 50 to 500, dim 128, as float32, bfloat16, int8 and sign bits.
The contenders take turns, so that a noisy moment hits all of them. Time is that of the processor, which other programs
disturb less than the clock on the wall; the least counts, and the median is shown beside it. Answers are checked
against float64 first, those of sign bits against float64 on the signs. Rates are shown as a share of what the machine's
instructions can do out of registers, and bytes a second as a share of what it can read in order, both measured in the
same run by ``cargo bench`` where there is cargo. ``--quick`` is a tenth of the documents and queries.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
os.environ.setdefault("RAYON_NUM_THREADS", "1")

import argparse
import importlib.util
import itertools
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

import rank_rerank

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Scores = NDArray[np.float32]
    Contenders = dict[str, Callable[[], Any]]


def optional(name: str) -> Any:  # noqa: ANN401
    """A rival, where it is installed."""
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


maxsim_cpu, numkong, ml_dtypes = optional("maxsim_cpu"), optional("numkong"), optional("ml_dtypes")

QUERY_TOKENS, DIM, BLOCK = 32, 128, 8


def unit(rng: np.random.Generator, rows: int) -> NDArray[np.float32]:
    """Topics and noise about them, of norm 1, as tokens of texts are."""
    topics = np.random.default_rng(0).standard_normal((512, DIM))
    vectors = topics[rng.integers(0, 512, rows)] + rng.standard_normal((rows, DIM))
    directions: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return directions


@dataclass
class Documents:
    """The tokens of documents in all the types, and where each begins."""

    values: NDArray[np.float32]
    offsets: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Makes the other types."""
        self.bf16 = rank_rerank.to_bf16(self.values)
        self.codes, self.scales = rank_rerank.quantize_int8(self.values)
        self.bits = rank_rerank.quantize_binary(self.values)
        self.tensor = torch.from_numpy(self.values)
        self.tensor_bf16 = self.tensor.bfloat16()
        self.tensor_int8 = torch.from_numpy(self.codes)
        self.pairs = [(int(start), int(end)) for start, end in itertools.pairwise(self.offsets)]
        self.parts = [self.values[start:end] for start, end in self.pairs]
        self.arrays = [part.copy() for part in self.parts]
        lengths = np.diff(self.offsets)
        self.length = int(lengths[0]) if (lengths == lengths[0]).all() else 0

    def exact(self, queries: NDArray[np.float32], *, signs: bool = False) -> NDArray[np.float64]:
        """The scores of queries, or those of the documents' signs, in float64."""
        wide = queries.reshape(-1, DIM).T.astype(np.float64)
        scores = []
        for part in self.parts:
            tokens = np.where(part > 0, 1.0, -1.0) if signs else part.astype(np.float64)
            scores.append((tokens @ wide).max(axis=0).reshape(len(queries), -1).sum(axis=1))
        return np.stack(scores, axis=1)

    def numkong(self) -> list[Any]:
        """The documents as NumKong packs them."""
        return [numkong.maxsim_pack(self.bf16[a:b].view(ml_dtypes.bfloat16), dtype="bf16") for a, b in self.pairs]

    @property
    def bytes(self) -> dict[str, int]:
        """What is read of each type."""
        size = self.values.size
        return {
            "f32": 4 * size,
            "bf16": 2 * size,
            "int8": size + 4 * len(self.scales),
            "binary": size // 8,
            "signs": size // 8,
        }

    def blocks(self, product: Callable[[int, int], Any]) -> Scores:
        """Scores from products of some documents at a time, all of one length."""
        scores = []
        for first in range(0, len(self.pairs), BLOCK):
            start, end = first * self.length, min(first + BLOCK, len(self.pairs)) * self.length
            scores.append(product(start, end))
        return np.concatenate([np.asarray(part) for part in scores])


def single(documents: Documents, query: NDArray[np.float32]) -> dict[str, Contenders]:
    """The contenders for one query, by type."""
    tensor = torch.from_numpy(query)
    half, length = tensor.bfloat16(), documents.length
    values, offsets = documents.values, documents.offsets
    codes, query_scales = rank_rerank.quantize_int8(query)
    code_query = torch.from_numpy(np.ascontiguousarray(codes.T))
    scales = torch.from_numpy(documents.scales)[:, None]

    def numpy_blocks(start: int, end: int) -> Scores:
        best: Scores = (values[start:end] @ query.T).reshape(-1, length, QUERY_TOKENS).max(axis=1).sum(axis=1)
        return best

    def torch_blocks(start: int, end: int) -> torch.Tensor:
        return (documents.tensor[start:end] @ tensor.T).view(-1, length, QUERY_TOKENS).amax(1).sum(1)

    def torch_half(start: int, end: int) -> torch.Tensor:
        products = documents.tensor_bf16[start:end] @ half.T
        return products.view(-1, length, QUERY_TOKENS).amax(1).float().sum(1)

    def torch_int8(start: int, end: int) -> torch.Tensor:
        products = torch._int_mm(documents.tensor_int8[start:end], code_query)  # noqa: SLF001
        best = (products * scales[start:end]).view(-1, length, QUERY_TOKENS).amax(1)
        return (best * torch.from_numpy(query_scales)).sum(1)

    def torch_each(stored: torch.Tensor, asked: torch.Tensor) -> Scores:
        return torch.stack([(stored[a:b] @ asked.T).amax(0).float().sum() for a, b in documents.pairs]).numpy()

    query_bits = np.packbits(query > 0, axis=1).view(np.uint64)
    words = documents.bits.view(np.uint64)

    def numpy_bits() -> Scores:
        differing = [
            np.bitwise_count(words[a:b, None] ^ query_bits).sum(axis=2, dtype=np.uint8).min(axis=0).astype(np.float32)
            for a, b in documents.pairs
        ]
        scores: Scores = (DIM - 2 * np.stack(differing)).sum(axis=1)
        return scores

    binary: Contenders = {"rank_rerank, sign bits": lambda: rank_rerank.maxsim_batch(query, documents.bits, offsets)}
    signs: Contenders = {
        "rank_rerank, signs alone": lambda: rank_rerank.maxsim_batch(query, documents.bits, offsets, precision="signs"),
        "numpy bitwise_count": numpy_bits,
    }
    f32: Contenders = {
        "rank_rerank, flat": lambda: rank_rerank.maxsim_batch(query, values, offsets),
        "rank_rerank, list of views": lambda: rank_rerank.maxsim_batch(query, documents.parts),
        "rank_rerank, list of arrays": lambda: rank_rerank.maxsim_batch(query, documents.arrays),
        "torch, per document": lambda: torch_each(documents.tensor, tensor),
    }
    bf16: Contenders = {
        "rank_rerank, bf16": lambda: rank_rerank.maxsim_batch(query, documents.bf16, offsets),
        "rank_rerank, f32 as bf16": lambda: rank_rerank.maxsim_batch(query, values, offsets, precision="bf16"),
        "torch bf16, per document": lambda: torch_each(documents.tensor_bf16, half),
    }
    int8: Contenders = {
        "rank_rerank, int8": lambda: rank_rerank.maxsim_batch(query, documents.codes, offsets, scales=documents.scales)
    }
    if length:
        f32["numpy, blocks of 8"] = lambda: documents.blocks(numpy_blocks)
        f32["torch, blocks of 8"] = lambda: documents.blocks(torch_blocks)
        bf16["torch bf16, blocks of 8"] = lambda: documents.blocks(torch_half)
        int8["torch _int_mm, blocks of 8"] = lambda: documents.blocks(torch_int8)
    if maxsim_cpu is not None:
        f32["maxsim-cpu"] = lambda: maxsim_cpu.maxsim_scores_variable(query, documents.parts)
    if numkong is not None and ml_dtypes is not None:
        ours = numkong.maxsim_pack(query.astype(ml_dtypes.bfloat16), dtype="bf16")
        theirs = documents.numkong()
        bf16["numkong bf16, prepacked"] = lambda: (
            QUERY_TOKENS - np.array([numkong.maxsim_packed(ours, packed) for packed in theirs])
        )
    return {"f32": f32, "bf16": bf16, "int8": int8, "binary": binary, "signs": signs}


def many(documents: Documents, queries: NDArray[np.float32]) -> dict[str, Contenders]:
    """The contenders for many queries at once, by type."""
    tensor = torch.from_numpy(queries.reshape(-1, DIM))
    half = tensor.bfloat16()

    def torch_each(stored: torch.Tensor, asked: torch.Tensor) -> Scores:
        rows = [
            (stored[a:b] @ asked.T).amax(0).view(len(queries), QUERY_TOKENS).float().sum(1) for a, b in documents.pairs
        ]
        return torch.stack(rows, dim=1).numpy()

    offsets = documents.offsets
    contenders: dict[str, Contenders] = {
        "f32": {
            "rank_rerank, matrix": lambda: rank_rerank.maxsim_matrix(queries, documents.values, offsets),
            "torch, per document": lambda: torch_each(documents.tensor, tensor),
        },
        "bf16": {
            "rank_rerank, bf16": lambda: rank_rerank.maxsim_matrix(queries, documents.bf16, offsets),
            "torch bf16, per document": lambda: torch_each(documents.tensor_bf16, half),
        },
        "int8": {
            "rank_rerank, int8": lambda: rank_rerank.maxsim_matrix(
                queries, documents.codes, offsets, scales=documents.scales
            )
        },
        "binary": {"rank_rerank, sign bits": lambda: rank_rerank.maxsim_matrix(queries, documents.bits, offsets)},
        "signs": {
            "rank_rerank, signs alone": lambda: rank_rerank.maxsim_matrix(
                queries, documents.bits, offsets, precision="signs"
            )
        },
    }
    if numkong is not None and ml_dtypes is not None:
        brain = [numkong.maxsim_pack(query.astype(ml_dtypes.bfloat16), dtype="bf16") for query in queries]
        packed = documents.numkong()
        contenders["bf16"]["numkong bf16, prepacked"] = lambda: (
            QUERY_TOKENS
            - np.array([[numkong.maxsim_packed(query, document) for document in packed] for query in brain])
        )
    if maxsim_cpu is not None:
        contenders["f32"]["maxsim-cpu, a loop"] = lambda: np.stack(
            [maxsim_cpu.maxsim_scores_variable(query, documents.parts) for query in queries]
        )
    return contenders


# Short documents of these tokens are the hardest.
BOUNDS = {"f32": 1e-6, "bf16": 7e-4, "int8": 2e-3, "binary": 2e-3, "signs": 1e-6}
INSTRUCTIONS = {
    "f32": "f32 FMA, 512 bits",
    "bf16": "VDPBF16PS, 512 bits",
    "int8": "VPDPBUSD, 512 bits",
    "binary": "VPDPBUSD, 512 bits",
}


def limits() -> dict[str, float]:
    """What the machine can do: instructions out of registers and reads in order, in 10⁹ a second; µs of small calls.

    Nothing without cargo.
    """
    cargo = shutil.which("cargo")
    if cargo is None:
        return {}
    command = [cargo, "bench", "--quiet", "-p", "rank-kernels", "--bench", "limits", "--", "--limits"]
    root = Path(__file__).parent.parent
    output = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    print(output)
    found = re.findall(r"^(.*\S) +([\d.]+) (?:G/s|GB/s|us)$", output, re.MULTILINE)
    return {re.sub(" +", " ", name): float(rate) for name, rate in found}


def reading(rates: dict[str, float], size: int) -> float | None:
    """Of the reads that were measured, the rate of that nearest in size."""
    reads = {int(name.split()[2]) << 10: rate for name, rate in rates.items() if name.startswith("read of")}
    return reads[min(reads, key=lambda other: abs(np.log(other / size)))] if reads else None


def measure(
    title: str,
    groups: dict[str, Contenders],
    exact: dict[str, NDArray[np.float64]],
    *,
    work: float,
    sizes: dict[str, int],
    rounds: int,
    rates: dict[str, float],
) -> dict[str, float]:
    """Checks, measures and prints; returns the least seconds."""
    contenders = {(kind, name): run for kind, group in groups.items() for name, run in group.items()}
    errors = {key: float(np.abs(run() / exact.get(key[0], exact["f32"]) - 1).max()) for key, run in contenders.items()}
    for (kind, name), error in errors.items():
        assert not name.startswith("rank_rerank") or error < BOUNDS[kind], (name, error)
    times: dict[tuple[str, str], list[float]] = {key: [] for key in contenders}
    for _ in range(rounds):
        for key, run in contenders.items():
            start = time.process_time()
            run()
            times[key].append(time.process_time() - start)
    print(
        f"{title:36}{'least ms':>10}{'median':>10}{'G/s':>8}{'of limit':>10}{'GB/s':>8}{'of reads':>10}"
        f"{'times ours':>12}{'error':>10}"
    )
    least = {}
    for (kind, name), seconds in times.items():
        first = min(times[kind, next(iter(groups[kind]))])
        limit = rates.get(INSTRUCTIONS.get(kind, ""))
        share = f"{work / min(seconds) / 1e9 / limit:10.0%}" if limit else f"{'':10}"
        read, limit = sizes[kind] / min(seconds) / 1e9, reading(rates, sizes[kind])
        share += f"{read:8.1f}" + (f"{read / limit:10.0%}" if limit else f"{'':10}")
        least[name] = min(seconds)
        print(
            f"{name:36}{1e3 * min(seconds):10.2f}{1e3 * float(np.median(seconds)):10.2f}"
            f"{work / min(seconds) / 1e9:8.0f}{share}{min(seconds) / first:12.2f}{errors[kind, name]:10.1e}"
        )
    print()
    return least


def truth(documents: Documents, queries: NDArray[np.float32]) -> dict[str, NDArray[np.float64]]:
    """The scores in float64: of the documents, of their signs, and of all signs."""
    signs = np.where(queries > 0, np.float32(1), np.float32(-1))
    return {
        "f32": documents.exact(queries),
        "binary": documents.exact(queries, signs=True),
        "signs": documents.exact(signs, signs=True),
    }


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the documents and queries")
    quick = parser.parse_args().quick
    torch.set_num_threads(1)
    rng = np.random.default_rng(1)
    count, query_count, rounds = (100, 10, 5) if quick else (1_000, 100, 9)
    queries = unit(rng, query_count * QUERY_TOKENS).reshape(query_count, QUERY_TOKENS, DIM)
    rates = limits()
    per_token = {}
    for name, lengths in (("uniform", np.full(count, 300)), ("ragged", rng.integers(50, 501, count))):
        documents = Documents(unit(rng, int(lengths.sum())), np.concatenate([[0], np.cumsum(lengths)]))
        work = 2.0 * QUERY_TOKENS * documents.values.size
        exact = truth(documents, queries[:1])
        sizes = documents.bytes
        one = {kind: scores[0] for kind, scores in exact.items()}
        title = f"one query, {name}"
        least = measure(title, single(documents, queries[0]), one, work=work, sizes=sizes, rounds=rounds, rates=rates)
        per_token[name] = {
            kind: least[kind] / len(documents.values) for kind in least if kind.startswith("rank_rerank")
        }
        if name == "uniform":
            exact, title = truth(documents, queries), f"{query_count} queries"
            work *= query_count
            measure(title, many(documents, queries), exact, work=work, sizes=sizes, rounds=3, rates=rates)
    for kind, seconds in per_token["ragged"].items():
        print(
            f"{kind}: a token of ragged documents takes {seconds / per_token['uniform'][kind]:.3f} of a uniform one's"
        )

    for name, query, document in (
        ("next to nothing", queries[0][:1, :4].copy(), np.ones((1, 4), np.float32)),
        ("one token", queries[0], unit(rng, 1)),
        ("one document", queries[0], unit(rng, 300)),
    ):
        call = 1e6 * cost(query, document)
        beyond = ""
        if rates:
            scored, both = rates[f"scoring {name}"], rates[f"packing and scoring {name}"]
            beyond = f", {call - scored:.1f} beyond scoring in Rust, {call - both:.1f} beyond packing and scoring"
        print(f"a call on {name}: {call:.1f} µs{beyond}")


def cost(query: NDArray[np.float32], document: NDArray[np.float32]) -> float:
    """The seconds that a call with one document takes."""
    times = []
    offsets = np.array([0, len(document)])
    for _ in range(50):
        start = time.process_time()
        for _ in range(100):
            rank_rerank.maxsim_batch(query, document, offsets)
        times.append((time.process_time() - start) / 100)
    return min(times)


if __name__ == "__main__":
    main()
