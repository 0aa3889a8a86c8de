"""Rankers in NumPy: what they learn, when they stop, what they are in files, and what is refused."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from rank_soft import InvalidInputError, Loss, MissingPackageError, Ranker, RankError, ShapeError

Items = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]
COLUMNS = 4


def collection(queries: int, seed: int, quality: Callable[[Any], Any]) -> Items:
    """Queries of 4 to 8 items, with columns of very different ranges."""
    rng = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(4 + np.arange(queries) % 5)])
    features = rng.standard_normal((offsets[-1], COLUMNS)) * [1, 1e3, 1e-3, 0] + [0, 0, 5, 7]
    grade = quality(features)
    return (
        features.astype(np.float32),
        np.where(grade > 0.5, 2, grade > -0.5).astype(np.float32),
        offsets,
    )


def linear(queries: int, seed: int) -> Items:
    return collection(queries, seed, lambda x: x[:, 0] - 1e-3 * x[:, 1])


def product(queries: int, seed: int) -> Items:
    return collection(queries, seed, lambda x: 1e-3 * x[:, 0] * x[:, 1])


@pytest.mark.parametrize("loss", ["lambda_rank", "softmax", "approx_ndcg", Loss("rank_net", sigma=2.0)])
def test_a_linear_ranker_learns_what_is_linear(loss: str | Loss) -> None:
    history = Ranker(COLUMNS, seed=3).fit(
        *linear(60, 1), loss=loss, held_out=linear(30, 2), rate=0.05, epochs=30, progress=True
    )
    assert history.values[history.best] > 0.99


def test_a_network_learns_the_rest() -> None:
    def value(hidden: list[int]) -> float:
        history = Ranker(COLUMNS, hidden).fit(*product(80, 1), held_out=product(30, 2), rate=0.02, epochs=60)
        return history.values[history.best]

    assert value([16]) > value([]) + 0.05


def test_gradients_are_those_of_torch() -> None:
    """The first steps are those of torch's AdamW on torch's layers, with the gradient of the loss to the scores."""
    features, labels, offsets = linear(6, 4)
    ranker = Ranker(COLUMNS, [5, 3], seed=7)
    state: list[torch.Tensor] = [
        torch.tensor(part, requires_grad=True)
        for layer in ranker._network.layers  # noqa: SLF001 - to begin with the same weights
        for part in layer
    ]
    history = ranker.fit(features, labels, offsets, loss="rank_net", batch=6, epochs=3, rate=0.01, weight_decay=0.1)
    mean, deviation = (part.astype(np.float32) for part in (features.mean(0, float), features.std(0, float)))
    inputs = torch.tensor((features - mean) / np.where(deviation > 0, deviation, 1))
    optimizer = torch.optim.AdamW(state, lr=0.01, weight_decay=0.1)
    for loss in history.losses:
        values = inputs
        for number in range(3):
            values = values @ state[2 * number].T + state[2 * number + 1]
            values = values.relu() if number < 2 else values
        scores = values[:, 0]
        value, slopes = Loss("rank_net")(scores.detach().numpy().copy(), labels, offsets=offsets)
        assert value == pytest.approx(loss, rel=1e-5)
        optimizer.zero_grad()
        torch.autograd.backward((scores * torch.tensor(slopes)).sum())
        optimizer.step()
    # The last bias moves all scores at once, so that its gradient is but rounding, which AdamW makes a step of.
    parts = [part for layer in ranker._network.layers for part in layer][:-1]  # noqa: SLF001
    for part, wanted in zip(parts, state, strict=False):
        np.testing.assert_allclose(part, wanted.detach().numpy(), atol=2e-5)


def test_the_start_is_that_of_the_rust_crate() -> None:
    """Numbers of ``rank_soft::ranker::Ranker::mlp(2, &[4], 7)``, whose test has them too."""
    (weight, bias), (last, _) = Ranker(2, [4], seed=7)._network.layers  # noqa: SLF001
    np.testing.assert_allclose(weight[0], FIRST, rtol=1e-6)
    np.testing.assert_allclose(last[0, :2], LAST, rtol=1e-6)
    assert not bias.any()


FIRST, LAST = [1.5594047, 1.3152742], [0.10939453, -0.0908205]


def test_the_same_seed_is_the_same_ranker() -> None:
    features, labels, offsets = product(40, 1)

    def scores(seed: int, order: int) -> list[float]:
        ranker = Ranker(COLUMNS, [8, 4], seed=seed)
        ranker.fit(features, labels, offsets, epochs=5, seed=order)
        return cast("list[float]", ranker.score(features).tolist())

    assert scores(3, 4) == scores(3, 4)
    assert scores(3, 4) != scores(4, 4)
    assert scores(3, 4) != scores(3, 5)


def test_the_best_epoch_is_kept() -> None:
    ranker = Ranker(COLUMNS, [8], seed=3)
    unseen = linear(12, 2)
    history = ranker.fit(*linear(20, 1), held_out=unseen, measure="AP", rate=0.1, patience=3, weight_decay=0.01)
    assert history.stopped
    assert history.best + 4 == len(history.values) == len(history.losses) < 100
    assert history.best == int(np.argmax(history.values))
    again = ranker.fit(*linear(20, 1), held_out=unseen, measure="AP", rate=1e-30, epochs=1)
    assert again.values == [history.values[history.best]]


def test_an_interrupted_training_keeps_the_best() -> None:
    features, labels, offsets = linear(10, 1)
    whole, stopped = Ranker(COLUMNS, seed=3), Ranker(COLUMNS, seed=3)
    whole.fit(features, labels, offsets, epochs=1, batch=4)
    calls = 0

    class Interrupted:
        def __call__(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
            nonlocal calls
            calls += 1
            if calls == 5:
                raise KeyboardInterrupt
            return Loss("lambda_rank")(*arguments, **options)

    with pytest.raises(KeyboardInterrupt):
        stopped.fit(features, labels, offsets, epochs=9, batch=4, loss=cast("Any", Interrupted()))
    assert stopped.score(features).tolist() == whole.score(features).tolist()


def test_files_keep_a_ranker_to_the_bit(tmp_path: Path) -> None:
    path = tmp_path / "ranker.safetensors"
    features, labels, offsets = linear(10, 1)
    ranker = Ranker(COLUMNS, [6, 3])
    ranker.fit(features, labels, offsets, epochs=2)
    ranker.save(path)
    loaded = Ranker.load(path)
    assert (loaded.columns, loaded.hidden) == (COLUMNS, [6, 3])
    assert loaded.score(features).tolist() == ranker.score(features).tolist()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    for one in (ranker, loaded):
        one.fit(features, labels, offsets, epochs=1)
    assert loaded.score(features).tolist() == ranker.score(features).tolist()


def numbers(*values: float, shape: tuple[int, ...] | None = None) -> NDArray[np.float32]:
    return np.array(values, np.float32).reshape(shape or len(values))


WHOLE = {
    "mean": numbers(0, 0),
    "deviation": numbers(1, 1),
    "layers.0.weight": numbers(1, 2, shape=(1, 2)),
    "layers.0.bias": numbers(0.5),
}


def test_files_of_others(tmp_path: Path) -> None:
    path = tmp_path / "ranker.safetensors"
    save_file(WHOLE, path)
    assert Ranker.load(path).score(numbers(1, 10, shape=(1, 2))).tolist() == [21.5]
    with pytest.raises(FileNotFoundError):
        Ranker.load(tmp_path / "missing")
    path.write_bytes(b"no tensors")
    with pytest.raises(InvalidInputError, match="expected the file of a ranker, got"):
        Ranker.load(path)
    for name, tensor, message in (
        ("mean", numbers(np.nan, 0), "mean with a number that is not finite"),
        ("deviation", numbers(1, 0), "mean and deviation that do not fit together"),
        ("deviation", numbers(1), "mean and deviation that do not fit together"),
        ("mean", np.zeros(2), "mean of float64 in shape [2]"),
        ("layers.0.weight", numbers(1, shape=(1, 1)), "layer 0 in shape [1, 1] after 2 numbers"),
        ("layers.1.weight", numbers(1, 1, shape=(2, 1)), "no tensor layers.1.bias"),
    ):
        save_file({**WHOLE, name: tensor}, path)
        with pytest.raises(InvalidInputError, match=re.escape(message)):
            Ranker.load(path)
    wide = {"layers.0.weight": numbers(1, 1, 1, 1, shape=(2, 2)), "layers.0.bias": numbers(1, 1)}
    save_file({**WHOLE, **wide}, path)
    with pytest.raises(InvalidInputError, match="a last layer of 2 numbers"):
        Ranker.load(path)


def test_files_of_rust_are_read() -> None:
    """What Rust and Python save, each reads of the other, with the same scores: ``crates/rank-soft/tests/ranker.rs``.

    The file of Python: ``ranker = Ranker(4, [5, 3]); ranker.fit(*product(40, 1), epochs=3); ranker.save(...)``.
    """
    data = Path(__file__).parents[2] / "crates/rank-soft/tests/data"
    items = numbers(1, -500, 5, 7, 0, 250, 5.001, 7, -1.5, 900, 4.999, 7, shape=(3, 4))
    for name, want in (("rust", RUST), ("python", PYTHON)):
        scores = Ranker.load(data / f"ranker-{name}.safetensors").score(items)
        np.testing.assert_allclose(scores, want, rtol=1e-4)


RUST, PYTHON = [-0.173953, -0.027855, 0.205277], [-0.057445, -0.020981, -0.308783]


def test_queries_without_items_and_without_judgments_are_passed_over() -> None:
    items = numbers(1, 2, 3, shape=(3, 1)), numbers(0, 0, 1), np.array([0, 0, 2, 2, 3])
    history = Ranker(1).fit(*items, held_out=items, epochs=2, batch=1)
    assert np.isfinite(history.losses + history.values).all()
    none = np.zeros((0, 1), np.float32), np.zeros(0, np.float32), np.array([0])
    assert Ranker(1).fit(*none, held_out=none, epochs=2).losses == [0.0, 0.0]
    assert Ranker(1).fit(*items, epochs=0).losses == []


ITEMS = linear(6, 1)
BAD: list[tuple[Callable[[], object], type[RankError], str]] = [
    (lambda: Ranker(0), InvalidInputError, "columns: expected at least 1, got 0; pass another"),
    (lambda: Ranker(2, [0]), InvalidInputError, "hidden: expected at least 1, got 0; pass another"),
    (lambda: Ranker(2, seed=-1), InvalidInputError, "seed: expected a number from 0 to 2 ** 64 - 1, got -1"),
    (lambda: Ranker(3).score(ITEMS[0]), ShapeError, "features: expected shape (items, 3), got (34, 4)"),
    (lambda: Ranker(1).score(numbers(np.inf, shape=(1, 1))), InvalidInputError, "features[0][0]: expected a finite"),
    (lambda: Ranker(4).fit(*ITEMS, loss="best"), InvalidInputError, "name: expected the name of a loss"),
    (lambda: Ranker(4).fit(*ITEMS, epochs=-1), InvalidInputError, "epochs: expected at least 0, got -1"),
    (lambda: Ranker(4).fit(*ITEMS, batch=0), InvalidInputError, "batch: expected at least 1, got 0"),
    (lambda: Ranker(4).fit(*ITEMS, patience=0), InvalidInputError, "patience: expected at least 1, got 0"),
    (lambda: Ranker(4).fit(*ITEMS, rate=0), InvalidInputError, "rate: expected a positive number, got 0"),
    (lambda: Ranker(4).fit(*ITEMS, weight_decay=-1), InvalidInputError, "weight_decay: expected a number of at least"),
    (lambda: Ranker(4, [4]).fit(*ITEMS, rate=1e30), InvalidInputError, "rate: expected one that keeps scores finite"),
    (lambda: Ranker(4).fit(*ITEMS, held_out=ITEMS, measure="best"), InvalidInputError, "best"),
    (lambda: Ranker(4).fit(ITEMS[0], ITEMS[1][:-1], ITEMS[2]), ShapeError, "labels: expected shape (34,)"),
    (lambda: Ranker(4).fit(*ITEMS[:2], ITEMS[2][:-1]), InvalidInputError, "offsets: expected ascending positions"),
    (lambda: Ranker(4).fit(ITEMS[0], ITEMS[1] * np.nan, ITEMS[2]), InvalidInputError, "labels[0]: expected a finite"),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD, ids=[message for _, _, message in BAD])
def test_bad_input(call: Callable[[], object], error: type[RankError], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        call()


@pytest.mark.parametrize(
    ("package", "call"),
    [
        ("rank_eval", lambda: Ranker(4).fit(*ITEMS, held_out=ITEMS)),
        ("tqdm", lambda: Ranker(4).fit(*ITEMS, progress=True)),
        ("safetensors.numpy", lambda: Ranker(4).save("ranker")),
    ],
)
def test_without_a_package(package: str, call: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingPackageError, match="got none"):
        call()
