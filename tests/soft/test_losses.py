"""``rank_soft.Loss``: values, gradients, what it refuses. The numbers of Rax are compared in Rust."""

import re
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
import torch
from scipy.stats import kendalltau

from rank_soft import DtypeError, InvalidInputError, Loss, RankError, ShapeError, gumbel_noise, ordinal_loss

SCORES = np.array([[0.31, -1.22, 0.91], [2.04, -0.42, 0.76]])
LABELS = np.array([[1.0, 0.0, 3.0], [0.0, 2.0, 1.0]])

NAMES = Loss.NAMES
# A black box has no derivative, and the product of SmoothI none on purpose.
SMOOTH = [name for name in NAMES if not name.startswith(("black_box", "smoothi"))]


@pytest.mark.parametrize("name", SMOOTH)
def test_gradients_agree_with_differences(name: str) -> None:
    loss = Loss(name, temperature=0.8)
    several: list[dict[str, Any]] = [
        {},
        {"mask": np.array([[1, 1, 1], [1, 0, 1]], dtype=bool)},
        {"weights": 1 + LABELS},
    ]
    for extras in several:
        value, gradient = loss(SCORES, LABELS, **extras)
        assert isinstance(value, float)
        assert gradient.shape == SCORES.shape
        for place in np.ndindex(SCORES.shape):
            step = np.zeros_like(SCORES)
            step[place] = 1e-6
            difference = (loss(SCORES + step, LABELS, **extras)[0] - loss(SCORES - step, LABELS, **extras)[0]) / 2e-6
            assert abs(gradient[place] - difference) < 1e-6


def test_reductions_offsets_threads_and_dtypes_agree() -> None:
    for name in NAMES:
        # Noise is that of the place in the whole array.
        loss = Loss(name, samples=0)
        rows, slopes = loss(SCORES, LABELS, reduction="none")
        assert rows.shape == (2,)
        single = [loss(score, label) for score, label in zip(SCORES, LABELS, strict=True)]
        np.testing.assert_array_equal(rows, [value for value, _ in single])
        np.testing.assert_array_equal(slopes, [gradient for _, gradient in single])
        whole, gradient = loss(SCORES, LABELS, threads=2)
        offsets = np.array([0, 3, 6])
        ragged, ragged_gradient = loss(SCORES.ravel(), LABELS.ravel(), offsets=offsets)
        assert whole == ragged
        np.testing.assert_array_equal(gradient.ravel(), ragged_gradient)
        for dtype in (np.float32, np.float16):
            scores: Any = SCORES.astype(dtype)
            narrow, narrow_gradient = loss(scores, LABELS.astype(dtype))
            assert narrow_gradient.dtype == dtype
            wide, wide_gradient = loss(scores.astype(float), LABELS)
            # Exponentials are as exact as the numbers of the type need.
            assert narrow == pytest.approx(wide, rel=1e-9)
            np.testing.assert_allclose(narrow_gradient, wide_gradient.astype(dtype), rtol=float(np.finfo(dtype).eps))


def test_options() -> None:
    value = Loss("softmax", labels="normalized")(SCORES, LABELS)[0]
    assert value != Loss("softmax")(SCORES, LABELS)[0]
    assert Loss("softmax", labels="softmax")(SCORES, LABELS)[0] == Loss("list_net")(SCORES, LABELS)[0]
    hinge = Loss("pairwise_hinge", pair_weight="lambda_rank", times_length=False)(SCORES, LABELS)[0]
    assert hinge == pytest.approx(Loss("pairwise_hinge", pair_weight="lambda_rank")(SCORES, LABELS)[0] / 3)
    assert Loss("soft_ndcg")(SCORES, LABELS)[0] == Loss("approx_ndcg", method="l2")(SCORES, LABELS)[0]


def test_presets() -> None:
    for name in ("lambda_rank", "lambda_loss_1", "lambda_loss_2", "lambda_loss_2_plus_plus"):
        spelled = Loss(
            name, normalize=True, times_length=False, base_2=True, top_pairs=True, all_pairs=name == "lambda_loss_1"
        )
        preset = Loss(name, preset="allrank")
        assert preset(SCORES, LABELS)[0] == spelled(SCORES, LABELS)[0]
        assert Loss(name, preset="allrank", base_2=False)(SCORES, LABELS)[0] != preset(SCORES, LABELS)[0]
    tf = Loss("approx_ndcg", preset="tf_ranking")
    assert tf(SCORES, LABELS)[0] == Loss("approx_ndcg", temperature=0.1)(SCORES, LABELS)[0]
    again = Loss("approx_ndcg", preset="tf_ranking", temperature=1.0)
    assert again(SCORES, LABELS)[0] == Loss("approx_ndcg")(SCORES, LABELS)[0]
    # Pairs over items: six of them, of which as many pairs are valid.
    assert Loss("rank_net", preset="tf_ranking")(SCORES, LABELS)[0] == Loss("rank_net")(SCORES, LABELS)[0]
    few = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    mean = Loss("rank_net", preset="tf_ranking")(SCORES, few)[0]
    assert mean == pytest.approx(Loss("rank_net")(SCORES, few)[0] * 2 / 6)


def test_more_options() -> None:
    def value(name: str, **options: Any) -> float:  # noqa: ANN401
        return float(Loss(name, **options)(SCORES, LABELS)[0])

    assert value("lambda_rank", gain="linear") != value("lambda_rank")
    assert value("lambda_loss_2_plus_plus", mu=0.0) == pytest.approx(value("lambda_rank"))
    assert value("smoothi_ndcg", delta=0.5) != value("smoothi_ndcg")
    assert value("pirank", straight_through=True) != value("pirank")
    tied = np.zeros_like(SCORES)
    first, average = (Loss("lambda_rank", ties=ties)(tied, LABELS)[0] for ties in ("first", "average"))
    assert first > average == 0
    noisy = SCORES + 0.3 * gumbel_noise(SCORES.shape, 4)
    assert value("approx_ndcg", samples=1, noise=0.3, seed=4) == Loss("approx_ndcg")(noisy, LABELS)[0]
    assert value("spearman", method="kl") != value("spearman")
    assert value("gumbel_ndcg") == value("approx_ndcg", samples=8) != value("gumbel_ndcg", samples=0)
    assert value("smoothi_ndcg", gain="power") != value("smoothi_ndcg")
    precise = value("rank_net", pair_weight="precision", top=1)
    assert 0 < precise < value("rank_net", pair_weight="label")
    assert value("rank_net", pair_weight="neighbors") == value("yeti", samples=0)
    assert Loss("rank_net")(SCORES, LABELS, progress=True)[0] == value("rank_net")


def test_black_box_losses() -> None:
    scores, labels = np.array([0.0, 1.0]), np.array([1.0, 0.0])
    # Ranks 2 and 1; the slope of -1 / rank is 1 / 4, which 8 times over puts the first one first.
    value, gradient = Loss("black_box_ap", reach=8.0)(scores, labels)
    assert (value, gradient.tolist()) == (-0.5, [-0.125, 0.125])
    right = np.array([1.0, 0.9])
    assert [Loss("black_box_mrr", margin=margin)(right, labels)[0] for margin in (None, 0.2)] == [-1.0, -0.5]
    assert Loss("black_box_recall")(scores, labels)[0] == pytest.approx(np.log1p(np.log(2)))


def test_tau_b() -> None:
    scores, labels = np.array([1.0, 0.0, 0.0, 2.0]), np.array([1.0, 0.0, 1.0, 2.0])
    value, _ = Loss("kendall_tau_b", temperature=1e-3)(scores, labels)
    assert 1 - value == pytest.approx(kendalltau(scores, labels).statistic)


def test_ordinal_loss() -> None:
    logits = np.array([[[0.3, -1.0], [2.0, 0.4], [-0.2, -3.0]]])
    labels, mask = np.array([[1.0, 2.0, 0.0]]), np.array([[True, True, False]])
    targets = torch.tensor([[[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]], dtype=torch.float64)
    tensor = torch.tensor(logits, requires_grad=True)
    each = torch.nn.functional.binary_cross_entropy_with_logits(tensor, targets, reduction="none").sum(-1)
    value, gradient = ordinal_loss(logits, labels, mask=mask)
    mean = each[torch.from_numpy(mask)].mean()
    assert value == pytest.approx(mean.item())
    torch.autograd.backward(mean)
    assert tensor.grad is not None
    np.testing.assert_allclose(gradient, tensor.grad.numpy(), atol=1e-15)
    rows, _ = ordinal_loss(logits, labels, reduction="none")
    np.testing.assert_allclose(rows, each.detach().numpy(), rtol=1e-14)
    narrow = ordinal_loss(logits.astype(np.float32), labels.astype(np.float32), reduction="sum")
    assert narrow[0] == pytest.approx(each.sum().item(), rel=1e-6)
    assert narrow[1].dtype == np.float32


BAD: list[tuple[Callable[[], Any], type[RankError], str]] = [
    (lambda: Loss("best"), InvalidInputError, "name: expected the name of a loss, such as"),
    (lambda: Loss("rank_net", sigma=0.0), InvalidInputError, "sigma: expected a positive number, got 0"),
    (lambda: Loss("rank_net", pair_weight="most"), InvalidInputError, 'pair_weight: expected one of "none",'),
    (
        lambda: Loss("softmax", labels=cast("Any", "all")),
        InvalidInputError,
        'labels: expected one of "raw", "normalized", "softmax"',
    ),
    (lambda: Loss("lambda_rank", gain=cast("Any", "cubic")), InvalidInputError, 'gain: expected one of "exponential",'),
    (
        lambda: Loss("lambda_rank", ties=cast("Any", "last")),
        InvalidInputError,
        'ties: expected one of "first", "average"',
    ),
    (
        lambda: Loss("rank_net", preset=cast("Any", "own")),
        InvalidInputError,
        'preset: expected one of "rax", "allrank",',
    ),
    (lambda: Loss("smoothi_ndcg", delta=1.0), InvalidInputError, "delta: expected a number of at least 0 and below 1"),
    (lambda: Loss("black_box_ap", reach=0.0), InvalidInputError, "reach: expected a positive number, got 0"),
    (lambda: Loss("black_box_precision"), InvalidInputError, "name: expected the name of a loss"),
    (lambda: Loss("rank_net", mu=-1.0), InvalidInputError, "mu: expected a number of at least 0, got -1"),
    (lambda: Loss("rank_net", straight_through=True), InvalidInputError, "straight_through: expected false but for"),
    (lambda: Loss("pirank", method="l2"), InvalidInputError, "method: expected a matrix for PiRank"),
    (lambda: Loss("rank_net", method="l2"), InvalidInputError, "method: expected none but for a metric of ranks"),
    (
        lambda: Loss("softmax", sigma=2.0),
        InvalidInputError,
        "sigma: expected nothing but what it is at the start, as only logistic and soft 0-1 pairs use it, got 2; leave",
    ),
    (lambda: Loss("softmax", pair_weight="ndcg"), InvalidInputError, "pair_weight: expected nothing but what it is at"),
    (lambda: Loss("black_box_ap", temperature=0.5), InvalidInputError, "temperature: expected nothing but what it is"),
    (lambda: Loss("rank_net", top=3), InvalidInputError, "top: expected nothing but what it is at the start, as only"),
    (lambda: Loss("rank_net", noise=0.5), InvalidInputError, "noise: expected nothing but what it is at the start"),
    (lambda: Loss("rank_net", smooth_fraction=1.5), InvalidInputError, "smooth_fraction: expected a number from 0 to"),
    (lambda: Loss("rank_net", temperature=np.nan), InvalidInputError, "temperature: expected a positive number, got"),
    (lambda: Loss("rank_net", sigma=np.inf), InvalidInputError, "sigma: expected a positive number, got inf"),
    (
        lambda: ordinal_loss(SCORES, LABELS),
        ShapeError,
        "labels: expected shape [2], which logits without its last axis",
    ),
    (lambda: ordinal_loss(SCORES, LABELS[:, 0].copy(), mask=np.ones(3, bool)), ShapeError, "mask: expected shape [2]"),
    (lambda: ordinal_loss(np.array(1.0), LABELS), ShapeError, "logits: expected an array of at least one dimension"),
    (lambda: ordinal_loss(np.zeros((2, 0)), np.zeros(2)), InvalidInputError, "grades: expected at least 1, got 0"),
    (lambda: Loss("ndcg"), InvalidInputError, "name: expected the name of a loss"),
    (lambda: Loss("approx_ndcg", method=cast("Any", "none")), InvalidInputError, 'method: expected "l2", "kl"'),
    (lambda: Loss("rank_net")(SCORES, LABELS[0]), ShapeError, "labels: expected shape [2, 3], which scores has"),
    (lambda: Loss("rank_net")(SCORES, LABELS, mask=np.ones(3, bool)), ShapeError, "mask: expected shape [2, 3]"),
    (lambda: Loss("rank_net")(SCORES, LABELS, weights=LABELS[0]), ShapeError, "weights: expected shape [2, 3]"),
    (lambda: Loss("rank_net")(SCORES, LABELS, weights=LABELS), InvalidInputError, "weights: expected positive numbers"),
    (lambda: Loss("rank_net")(SCORES * np.nan, LABELS), InvalidInputError, "scores[0]: expected a number"),
    (lambda: Loss("rank_net")(SCORES, LABELS.astype(np.float32)), DtypeError, "labels: expected float64, got float32"),
    (lambda: Loss("rank_net")(SCORES.T, LABELS.T), ShapeError, "scores: expected a C-contiguous array"),
    (
        lambda: Loss("rank_net")(np.array(1.0), LABELS),
        ShapeError,
        "scores: expected an array of at least one dimension",
    ),
    (
        lambda: Loss("rank_net")(SCORES, LABELS, offsets=np.array([0, 6])),
        ShapeError,
        "scores: expected an array of shape (numbers,) beside offsets, got shape [2, 3]; flatten it",
    ),
    (
        lambda: Loss("rank_net")(SCORES, LABELS, reduction=cast("Any", "max")),
        InvalidInputError,
        'reduction: expected one of "mean", "sum", "none", got "max"; pass one',
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD, ids=[message for _, _, message in BAD])
def test_bad_input(call: Callable[[], object], error: type[RankError], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        call()
