"""Agreement between rankings, against SciPy where it has it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import rank_eval
from rank_eval import DuplicateIdError, InvalidInputError, ShapeError

pairs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=20)


@given(pairs)
def test_correlations_equal_scipy(values: list[tuple[int, int]]) -> None:
    a, b = np.array(values, dtype=np.float64).T
    if len(set(a)) == 1 or len(set(b)) == 1:
        assert np.isnan(rank_eval.kendall_tau(a, b))
        assert np.isnan(rank_eval.spearman_rho(a, b))
        return
    assert rank_eval.kendall_tau(a, b) == pytest.approx(stats.kendalltau(a, b).statistic, abs=1e-12)
    assert rank_eval.spearman_rho(a, b) == pytest.approx(stats.spearmanr(a, b).statistic, abs=1e-12)


@given(st.permutations(range(7)))
def test_tau_ap_by_its_definition(estimated: list[int]) -> None:
    order = sorted(range(7), key=lambda item: -estimated[item])
    right = [sum(other < order[rank] for other in order[:rank]) / rank for rank in range(1, 7)]
    reference = {str(item): float(-item) for item in range(7)}
    value = rank_eval.tau_ap(reference, {str(item): float(estimated[item]) for item in range(7)})
    assert value == pytest.approx(2 / 6 * sum(right) - 1, abs=1e-12)


def test_lists() -> None:
    rbo = rank_eval.rank_biased_overlap([1, 2], [1, 3], p=0.5)
    assert rbo.extrapolated == pytest.approx(0.75)
    assert repr(rbo).startswith("RankBiasedOverlap(extrapolated=0.7")
    assert rbo.min < rbo.extrapolated < rbo.min + rbo.residual
    assert rank_eval.overlap(["a", "b"], ["b", "c"], k=1) == 0.0
    assert rank_eval.kendall_tau_of_lists(["a", "b"], ["b", "a"]) == -1.0
    assert rank_eval.kendall_tau([1.0, 2.0, 2.0], [1.0, 2.0, 3.0], variant="a") == pytest.approx(2 / 3)


def test_refusals() -> None:
    with pytest.raises(InvalidInputError, match="p: expected a number between 0 and 1"):
        rank_eval.rank_biased_overlap(["a"], ["a"], p=0.0)
    with pytest.raises(DuplicateIdError, match=r"b\[1\]: expected each id once"):
        rank_eval.rank_biased_overlap(["a"], ["a", "a"])
    with pytest.raises(InvalidInputError, match="k: expected at least 1"):
        rank_eval.overlap(["a"], ["a"], k=0)
    with pytest.raises(InvalidInputError, match="variant: expected"):
        rank_eval.kendall_tau([1.0, 2.0], [1.0, 2.0], variant="c")  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="b: expected 2 values"):
        rank_eval.spearman_rho([1.0, 2.0], [1.0])
    with pytest.raises(InvalidInputError, match="of which no two are equal"):
        rank_eval.tau_ap([1.0, 1.0], [1.0, 2.0])
