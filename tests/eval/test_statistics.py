"""Tests of significance against SciPy and a random generator written out in Python."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

import rank_eval
from rank_eval import DtypeError, InvalidInputError, RankError, ShapeError, paired_t_test, randomization_test

Samples = npt.NDArray[np.float64]

tenths = st.integers(0, 10).map(lambda value: value / 10)
pairs = st.lists(st.tuples(tenths, tenths), min_size=2, max_size=60)
# Without rounding: SciPy measures it by the observed difference, which may itself be nothing else.
eighths = st.integers(0, 8).map(lambda value: value / 8)
few = st.lists(st.tuples(eighths, eighths), min_size=2, max_size=9)


@given(pairs=pairs)
def test_t_test_equals_scipy(pairs: list[tuple[float, float]]) -> None:
    a, b = np.array(pairs).T
    assume(np.ptp(a - b) > 1e-9)
    ours, theirs = paired_t_test(a, b), stats.ttest_rel(a, b)
    assert ours.statistic == pytest.approx(theirs.statistic, rel=1e-10, abs=1e-12)
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-9)
    assert ours.degrees_of_freedom == len(pairs) - 1
    assert ours.mean_difference == pytest.approx((a - b).mean(), abs=1e-15)


@pytest.mark.parametrize("n", [2, 3, 50, 1000, 10_000, 200_000])
@pytest.mark.parametrize("shift", [0.0, 0.01, 0.1, 1.0])
def test_t_test_equals_scipy_for_many_queries(n: int, shift: float) -> None:
    generator = np.random.default_rng(n)
    a, b = generator.random(n) + shift, generator.random(n)
    ours, theirs = paired_t_test(a, b), stats.ttest_rel(a, b)
    assert ours.statistic == pytest.approx(theirs.statistic, rel=1e-9)
    # Far out in the tail the last digits of the statistic weigh more.
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-7, abs=1e-300)


def absolute_mean_difference(a: Samples, b: Samples, axis: int) -> Samples:
    difference: Samples = np.abs(np.mean(a - b, axis=axis))
    return difference


@given(pairs=few)
def test_few_pairs_are_counted_as_scipy_counts(pairs: list[tuple[float, float]]) -> None:
    a, b = np.array(pairs).T
    ours = randomization_test(a, b)
    # SciPy counts all arrangements if there are no more than it may draw.
    theirs = stats.permutation_test(
        [a, b], absolute_mean_difference, permutation_type="samples", n_resamples=10_000, alternative="greater"
    )
    assert ours.exact
    assert ours.permutations == 2 ** len(pairs)
    assert ours.p_value == pytest.approx(theirs.pvalue, abs=1e-15)


def split_mix(seed: int, count: int) -> list[int]:
    """Steele, Lea and Flood's generator, as they wrote it."""
    mask = 2**64 - 1
    numbers = []
    for _ in range(count):
        seed = (seed + 0x9E3779B97F4A7C15) & mask
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        numbers.append(z ^ (z >> 31))
    return numbers


@pytest.mark.parametrize("n", [21, 64, 65, 130])
@pytest.mark.parametrize("seed", [0, 42, 2**64 - 1])
def test_many_pairs_are_drawn_as_documented(n: int, seed: int) -> None:
    generator = np.random.default_rng(n)
    a, b = generator.random(n) + 0.03, generator.random(n)
    differences = a - b
    words = -(-n // 64)
    numbers = split_mix(seed, 500 * words)
    extreme = 0
    for permutation in range(500):
        bits = sum(number << (64 * word) for word, number in enumerate(numbers[permutation * words :][:words]))
        signs = np.array([-1 if (bits >> position) & 1 else 1 for position in range(n)])
        extreme += abs((signs * differences).sum()) >= abs(differences.sum())
    ours = randomization_test(a, b, permutations=500, seed=seed)
    assert not ours.exact
    assert ours.permutations == 500
    assert ours.p_value == (extreme + 1) / 501


def test_drawn_p_values_are_near_those_of_the_t_test() -> None:
    generator = np.random.default_rng(5)
    a, b = generator.random(200) + 0.03, generator.random(200)
    assert randomization_test(a, b).p_value == pytest.approx(paired_t_test(a, b).p_value, abs=0.02)


def test_dicts_are_paired_by_query() -> None:
    a = {"q1": 0.5, "q2": 1.0, "q3": 0.25}
    b = {"q3": 0.5, "q1": 0.25, "q2": 0.0}
    expected = paired_t_test([0.5, 1.0, 0.25], [0.25, 0.0, 0.5])
    assert repr(paired_t_test(a, b)) == repr(expected)
    assert randomization_test(a, b).p_value == randomization_test([0.5, 1.0, 0.25], [0.25, 0.0, 0.5]).p_value


def test_sums_that_differ_by_rounding_are_equal() -> None:
    # 0.4 - 0.3 is not 0.1 in floating point, but the two differences are meant to cancel.
    assert randomization_test([0.0, 0.4], [0.1, 0.3]).p_value == 1.0


def test_equal_differences() -> None:
    same = paired_t_test([0.1, 0.2], [0.1, 0.2])
    assert (same.statistic, same.p_value) == (0.0, 1.0)
    better = paired_t_test([1.0, 1.0], [0.0, 0.0])
    assert (better.statistic, better.p_value) == (float("inf"), 0.0)
    assert randomization_test([0.1] * 30, [0.1] * 30).p_value == 1.0
    assert repr(randomization_test([1.0], [0.0])) == (
        "RandomizationTest(p_value=1.0, permutations=2, exact=True, mean_difference=1.0)"
    )


@pytest.mark.parametrize(
    ("a", "b", "error", "message"),
    [
        ([1.0, 2.0], [1.0], ShapeError, "b: expected 2 values, one for each of a, got 1"),
        ([], [], InvalidInputError, "a: expected 2 or more values, got 0"),
        ([1.0, float("nan")], [1.0, 2.0], InvalidInputError, "a[1]: expected a finite value, got NaN"),
        ([1.0, "x"], [1.0, 2.0], DtypeError, "a[1]: expected a number, got str"),
        ("ab", "ab", DtypeError, "a: expected a sequence of numbers or a dict of query id to number, got str"),
        (1.0, 1.0, DtypeError, "a: expected a sequence of numbers or a dict of query id to number, got float"),
        ({"q": 1.0}, [1.0], DtypeError, "a: expected a sequence of numbers or a dict of query id to number, got dict"),
        ({"q": 1.0}, {"r": 1.0}, ShapeError, "b: expected the same queries as a, got none named 'q'"),
        ({"q": 1.0}, {"q": 1.0, "r": 1.0}, ShapeError, "b: expected the same queries as a, 1 of them, got 2"),
        ({"q": None}, {"q": 1.0}, DtypeError, "a['q']: expected a number, got NoneType"),
    ],
)
def test_bad_samples(a: object, b: object, error: type[RankError], message: str) -> None:
    with pytest.raises(error) as caught:
        paired_t_test(a, b)  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)


def test_no_permutations() -> None:
    with pytest.raises(InvalidInputError, match="permutations: expected at least 1, got 0; 10000 is the usual choice"):
        rank_eval.randomization_test([1.0], [1.0], permutations=0)
