"""Sign test, Wilcoxon, intervals, effect sizes, variance, Tukey and corrections, against SciPy or NumPy."""

import itertools
import warnings

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import special, stats

import rank_eval
from rank_eval import DtypeError, InvalidInputError, RankError, ShapeError

Samples = npt.NDArray[np.float64]

# Without rounding, and with many ties.
eighths = st.integers(0, 8).map(lambda value: value / 8)
pairs = st.lists(st.tuples(eighths, eighths), min_size=2, max_size=80)


def table(runs: int, queries: int, seed: int = 1) -> Samples:
    generator = np.random.default_rng(seed)
    effects = 0.03 * np.arange(runs)[:, None]
    return generator.random(queries) + effects + 0.2 * generator.standard_normal((runs, queries))


@given(pairs=pairs)
def test_sign_test_equals_scipy(pairs: list[tuple[float, float]]) -> None:
    a, b = np.array(pairs).T
    ours = rank_eval.sign_test(a, b)
    wins, losses = int((a > b).sum()), int((a < b).sum())
    assert (ours.wins, ours.ties, ours.losses) == (wins, len(pairs) - wins - losses, losses)
    expected = stats.binomtest(wins, wins + losses).pvalue if wins + losses else 1.0
    assert ours.p_value == pytest.approx(expected, rel=1e-10)


def test_sign_test_of_near_ties() -> None:
    a, b = [0.5, 0.5 + 1e-12, 0.5 - 1e-12, 0.6], [0.5, 0.5, 0.5, 0.5]
    test = rank_eval.sign_test(a, b)
    assert (test.wins, test.ties, test.losses) == (1, 3, 0)
    exact = rank_eval.sign_test(a, b, tolerance=0.0)
    assert (exact.wins, exact.ties, exact.losses) == (2, 1, 1)


@given(pairs=pairs, zeros=st.sampled_from(["drop", "pratt", "split"]), continuity=st.booleans())
def test_wilcoxon_approximation_equals_scipy(pairs: list[tuple[float, float]], zeros: str, continuity: bool) -> None:
    a, b = np.array(pairs).T
    assume(not np.array_equal(a, b))
    ours = rank_eval.wilcoxon_test(a, b, zeros=zeros, method="normal", continuity=continuity)  # type: ignore[arg-type]
    method = {"drop": "wilcox", "pratt": "pratt", "split": "zsplit"}[zeros]
    # Next to the mean, SciPy's correction for continuity goes past it.
    assume(not continuity or abs(ours.positive - ours.negative) >= 1)
    theirs = stats.wilcoxon(a, b, zero_method=method, correction=continuity, method="asymptotic")  # type: ignore[call-overload]
    assert ours.statistic == theirs.statistic
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-9)
    assert not ours.exact


@pytest.mark.parametrize("n", [1, 2, 5, 20, 50])
def test_wilcoxon_equals_scipy_without_ties(n: int) -> None:
    generator = np.random.default_rng(n)
    a, b = generator.random(n) + 0.1, generator.random(n)
    ours, theirs = rank_eval.wilcoxon_test(a, b), stats.wilcoxon(a, b, method="exact")
    assert ours.exact
    assert ours.statistic == theirs.statistic
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-12)


@given(
    pairs=st.lists(st.tuples(eighths, eighths), min_size=1, max_size=9),
    zeros=st.sampled_from(["drop", "pratt", "split"]),
)
def test_wilcoxon_counts_all_arrangements_of_ties(pairs: list[tuple[float, float]], zeros: str) -> None:
    a, b = np.array(pairs).T
    differences = a - b
    if zeros == "drop":
        differences = differences[differences != 0]
    ranks = stats.rankdata(np.abs(differences)) if len(differences) else np.zeros(0)
    ranks = ranks[differences != 0]
    signs = np.sign(differences[differences != 0])
    observed = abs((signs * ranks).sum())
    sums = [abs((np.array(signs) * ranks).sum()) for signs in itertools.product([-1, 1], repeat=len(ranks))]
    expected = sum(value >= observed - 1e-9 for value in sums) / len(sums)
    ours = rank_eval.wilcoxon_test(a, b, zeros=zeros)  # type: ignore[arg-type]
    assert ours.p_value == pytest.approx(expected, rel=1e-12)
    assert ours.pairs == len(ranks)


def test_wilcoxon_takes_rounding_for_ties() -> None:
    # 0.4 - 0.3 and 0.3 - 0.2 and 0.2 - 0.1 are one and the same on paper.
    test = rank_eval.wilcoxon_test([0.4, 0.3, 0.1, 0.1 + 0.2], [0.3, 0.2, 0.2, 0.3])
    assert (test.positive, test.negative, test.pairs) == (4.0, 2.0, 3)


def split_mix(seed: int, count: int) -> npt.NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        numbers: npt.NDArray[np.uint64] = z ^ (z >> np.uint64(31))
        return numbers


def resampled_means(values: Samples, resamples: int, seed: int) -> Samples:
    n = len(values)
    draws = [int(word) * n >> 64 for word in split_mix(seed, n * resamples)]
    means: Samples = values[np.array(draws)].reshape(resamples, n).mean(axis=1)
    return means


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_bootstrap_by_hand(seed: int, level: float) -> None:
    generator = np.random.default_rng(3)
    values = generator.gamma(1.0, size=30)
    means = resampled_means(values, 500, seed)
    tails = np.array([(1 - level) / 2, 1 - (1 - level) / 2])
    percentile = rank_eval.bootstrap_interval(values, level=level, method="percentile", resamples=500, seed=seed)
    assert (percentile.low, percentile.high) == pytest.approx(tuple(np.quantile(means, tails)), rel=1e-12)
    bias = special.ndtri((means < values.mean()).mean())
    u = values - values.mean()
    acceleration = (u**3).sum() / (6 * (u**2).sum() ** 1.5)
    z = bias + special.ndtri(tails)
    expected = np.quantile(means, special.ndtr(bias + z / (1 - acceleration * z)))
    bca = rank_eval.bootstrap_interval(values, level=level, resamples=500, seed=seed)
    assert bca.value == pytest.approx(values.mean(), rel=1e-14)
    assert (bca.low, bca.high) == pytest.approx(tuple(expected), rel=1e-9)


@pytest.mark.parametrize("method", ["bca", "percentile"])
def test_bootstrap_is_near_scipys(method: str) -> None:
    a, b = table(2, 60)
    ours = rank_eval.bootstrap_interval(a, b, method=method)  # type: ignore[arg-type]
    theirs = stats.bootstrap((a - b,), np.mean, method=method, rng=1).confidence_interval  # type: ignore[call-overload]
    width = theirs.high - theirs.low
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.04 * width)


def test_bootstrap_of_equal_values() -> None:
    interval = rank_eval.bootstrap_interval([0.5, 0.75], [0.25, 0.5])
    assert repr(interval) == "Estimate(value=0.25, low=0.25, high=0.25)"
    few = rank_eval.bootstrap_interval([0.0, 1.0], resamples=1)
    assert few.low <= few.high


@given(pairs=pairs, level=st.sampled_from([0.8, 0.95, 0.99]))
def test_effect_sizes(pairs: list[tuple[float, float]], level: float) -> None:
    a, b = np.array(pairs).T
    differences = a - b
    assume(np.ptp(differences) > 0)
    n = len(differences)
    effect = rank_eval.effect_sizes(a, b, level=level)
    interval = stats.ttest_rel(a, b).confidence_interval(level)
    assert effect.mean_difference.value == pytest.approx(differences.mean(), abs=1e-15)
    assert effect.mean_difference.low == pytest.approx(interval.low, rel=1e-8, abs=1e-12)
    assert effect.mean_difference.high == pytest.approx(interval.high, rel=1e-8, abs=1e-12)
    d = differences.mean() / differences.std(ddof=1)
    assert effect.cohen_d_z.value == pytest.approx(d, rel=1e-12, abs=1e-15)
    t = d * np.sqrt(n)
    if abs(t) < 25:  # beyond, SciPy's noncentral t loses its digits
        tail = (1 - level) / 2
        low = stats.nct.cdf(t, n - 1, effect.cohen_d_z.low * np.sqrt(n))
        high = stats.nct.cdf(t, n - 1, effect.cohen_d_z.high * np.sqrt(n))
        assert (low, high) == pytest.approx((1 - tail, tail), abs=1e-8)
    if n > 2:
        unbiased = special.gamma((n - 1) / 2) / (np.sqrt((n - 1) / 2) * special.gamma((n - 2) / 2))
        assert effect.hedges_g.value == pytest.approx(unbiased * d, rel=1e-10, abs=1e-15)
        assert effect.hedges_g.low == pytest.approx(unbiased * effect.cohen_d_z.low, rel=1e-10, abs=1e-15)
    dominance = np.sign(a[:, None] - b[None, :])
    delta = dominance.mean()
    assert effect.cliffs_delta.value == pytest.approx(delta, abs=1e-14)
    sums = dominance.mean(axis=1) + dominance.mean(axis=0)
    margin = stats.t.ppf((1 + level) / 2, n - 1) * sums.std(ddof=1) / np.sqrt(n)
    assert effect.cliffs_delta.low == pytest.approx(max(delta - margin, -1), abs=1e-9)
    assert effect.cliffs_delta.high == pytest.approx(min(delta + margin, 1), abs=1e-9)


def test_effect_sizes_next_to_without_variance() -> None:
    # A t statistic of about 1e13: the interval is that of the estimated standard deviation alone.
    effect = rank_eval.effect_sizes([0.1, 0.2, 0.3 + 1e-14], [0.0, 0.1, 0.2])
    ratio = np.sqrt(stats.chi2.ppf([0.025, 0.975], 2) / 2)
    low, value, high = effect.cohen_d_z.low, effect.cohen_d_z.value, effect.cohen_d_z.high
    assert (low / value, high / value) == pytest.approx(tuple(ratio), rel=1e-6)


def test_effect_sizes_without_variance() -> None:
    effect = rank_eval.effect_sizes([1.0, 1.0, 1.0], [0.5, 0.5, 0.5])
    assert repr(effect.mean_difference) == "Estimate(value=0.5, low=0.5, high=0.5)"
    assert effect.cohen_d_z.value == float("inf")
    assert effect.cliffs_delta.value == 1.0
    same = rank_eval.effect_sizes([1.0, 0.5], [1.0, 0.5])
    assert (same.cohen_d_z.value, same.hedges_g.value) == (0.0, 0.0)


@pytest.mark.parametrize(("runs", "queries"), [(2, 2), (2, 50), (3, 10), (8, 200), (30, 40)])
def test_anova_by_least_squares(runs: int, queries: int) -> None:
    samples = table(runs, queries)
    anova = rank_eval.two_way_anova(samples)

    def residual(*factors: npt.NDArray[np.int64]) -> float:
        columns = [np.ones((samples.size, 1)), *(np.eye(int(factor.max()) + 1)[factor] for factor in factors)]
        design = np.hstack(columns)
        fitted = design @ np.linalg.lstsq(design, samples.ravel(), rcond=None)[0]
        return float(((samples.ravel() - fitted) ** 2).sum())

    run, query = (factor.ravel() for factor in np.indices(samples.shape))
    full = residual(run, query)
    assert anova.residual_sum_of_squares == pytest.approx(full, rel=1e-9)
    assert anova.runs_sum_of_squares == pytest.approx(residual(query) - full, rel=1e-7)
    assert anova.queries_sum_of_squares == pytest.approx(residual(run) - full, rel=1e-7)
    freedom = (runs - 1) * (queries - 1)
    assert (anova.runs_degrees_of_freedom, anova.queries_degrees_of_freedom) == (runs - 1, queries - 1)
    assert anova.residual_degrees_of_freedom == freedom
    assert anova.runs_p_value == pytest.approx(stats.f.sf(anova.runs_f, runs - 1, freedom), rel=1e-9)
    assert anova.queries_p_value == pytest.approx(stats.f.sf(anova.queries_f, queries - 1, freedom), rel=1e-9)
    if runs == 2:
        t = rank_eval.paired_t_test(*samples)
        assert anova.runs_f == pytest.approx(t.statistic**2, rel=1e-9)
        assert anova.runs_p_value == pytest.approx(t.p_value, rel=1e-9)


def test_anova_without_variation() -> None:
    nothing = rank_eval.two_way_anova([[0.1, 0.1], [0.1, 0.1]])
    assert (nothing.runs_f, nothing.runs_p_value, nothing.queries_p_value) == (0.0, 1.0, 1.0)
    parallel = rank_eval.two_way_anova([[0.1, 0.7], [0.2, 0.8]])
    assert (parallel.runs_f, parallel.runs_p_value) == (float("inf"), 0.0)


@pytest.mark.parametrize(("runs", "queries"), [(2, 2), (2, 30), (3, 4), (5, 50), (10, 200), (22, 53), (40, 5)])
def test_blocked_tukey_equals_scipys_distribution(runs: int, queries: int) -> None:
    samples = table(runs, queries)
    test = rank_eval.tukey_hsd({f"run {number}": sample for number, sample in enumerate(samples)})
    anova = rank_eval.two_way_anova(samples)
    freedom = anova.residual_degrees_of_freedom
    error = np.sqrt(anova.residual_sum_of_squares / freedom / queries)
    assert test.degrees_of_freedom == freedom
    assert len(test.pairs) == runs * (runs - 1) // 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        margin = error * stats.studentized_range.ppf(0.95, runs, freedom)
        for pair in test.pairs[:5] + test.pairs[-5:]:
            first, second = (int(str(name).split()[1]) for name in (pair.first, pair.second))
            difference = samples[first].mean() - samples[second].mean()
            assert pair.mean_difference == pytest.approx(difference, abs=1e-14)
            assert pair.statistic == pytest.approx(abs(difference) / error, rel=1e-10)
            expected = stats.studentized_range.sf(pair.statistic, runs, freedom)
            assert pair.p_value == pytest.approx(expected, rel=1e-7, abs=1e-11)
            assert (pair.low, pair.high) == pytest.approx((difference - margin, difference + margin), rel=1e-7)


@pytest.mark.parametrize("queries", [2, 3, 10, 100, 5000])
@pytest.mark.parametrize("shift", [0.0, 0.02, 0.5])
def test_tukey_of_two_runs_is_the_t_test(queries: int, shift: float) -> None:
    a, b = table(2, queries)
    a = a + shift
    pair = rank_eval.tukey_hsd([a, b]).pairs[0]
    t = rank_eval.paired_t_test(a, b)
    assert (pair.first, pair.second) == (0, 1)
    # The tail is summed itself: small p-values keep their digits.
    assert pair.p_value == pytest.approx(t.p_value, rel=1e-8, abs=1e-300)
    interval = stats.ttest_rel(a, b).confidence_interval(0.95)
    assert (pair.low, pair.high) == pytest.approx((interval.low, interval.high), rel=1e-8)


def test_randomized_tukey_by_hand() -> None:
    """Shuffled by Fisher and Yates as documented, in Python."""
    samples = table(4, 6)
    runs, queries = samples.shape
    words = iter(split_mix(9, 300 * queries).tolist())
    ranges = []
    for _ in range(300):
        sums = np.zeros(runs)
        for query in range(queries):
            row, word = samples[:, query].tolist(), next(words)
            for place in range(runs - 1, 0, -1):
                other, word = word * (place + 1) >> 64, word * (place + 1) & (2**64 - 1)
                row[place], row[other] = row[other], row[place]
            sums += row
        ranges.append(np.ptp(sums))
    test = rank_eval.randomized_tukey_hsd(list(samples), permutations=300, seed=9)
    assert test.permutations == 300
    for pair in test.pairs:
        limit = abs(samples[pair.first].sum() - samples[pair.second].sum()) - 1e-12  # type: ignore[index]
        assert pair.p_value == (sum(value >= limit for value in ranges) + 1) / 301


def test_randomized_tukey_is_near_its_relatives() -> None:
    samples = table(3, 80)
    ours = rank_eval.randomized_tukey_hsd(samples)
    blocked = rank_eval.tukey_hsd(samples)
    assert [pair.p_value for pair in ours.pairs] == pytest.approx([pair.p_value for pair in blocked.pairs], abs=0.02)
    # With two runs it is the sign-flip test.
    two = rank_eval.randomized_tukey_hsd(samples[:2]).pairs[0].p_value
    assert two == pytest.approx(rank_eval.randomization_test(samples[0], samples[1]).p_value, abs=0.02)
    many = rank_eval.randomized_tukey_hsd(table(25, 20), permutations=50)
    assert len(many.pairs) == 300


@given(p_values=st.lists(st.floats(0, 1), max_size=30))
def test_corrections(p_values: list[float]) -> None:
    p = np.array(p_values)
    m = len(p)
    assert rank_eval.adjusted_p_values(p, "none") == p_values
    assert rank_eval.adjusted_p_values(p, "bonferroni") == pytest.approx(list(np.minimum(m * p, 1)))
    if m:
        expected = stats.false_discovery_control(p, method="bh")
        assert rank_eval.adjusted_p_values(p, "benjamini-hochberg") == pytest.approx(list(expected), rel=1e-12)
    order = np.argsort(p, kind="stable")
    holm = np.empty(m)
    holm[order] = np.minimum(np.maximum.accumulate(p[order] * (m - np.arange(m))), 1) if m else []
    assert rank_eval.adjusted_p_values(p) == pytest.approx(list(holm))


@pytest.mark.parametrize("topics", [2, 5, 25, 50, 1000])
@pytest.mark.parametrize("effect", [0.05, 0.2, 0.5, -0.8])
def test_power_equals_scipys_noncentral_t(topics: int, effect: float) -> None:
    critical = stats.t.isf(0.025, topics - 1)
    shift = effect * np.sqrt(topics)
    expected = stats.nct.sf(critical, topics - 1, shift) + stats.nct.cdf(-critical, topics - 1, shift)
    assert rank_eval.t_test_power(effect, topics) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("effect", [0.1, 0.3, 0.5, 2.0, -0.4])
@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
def test_topic_set_size_is_the_least(effect: float, power: float) -> None:
    topics = rank_eval.topic_set_size(effect, power)
    assert rank_eval.t_test_power(effect, topics) >= power
    assert topics == 2 or rank_eval.t_test_power(effect, topics - 1) < power


def test_samples_are_paired_by_query() -> None:
    dicts = {"x": {"q1": 0.5, "q2": 1.0, "q3": 0.2}, "y": {"q3": 0.5, "q1": 0.25, "q2": 0.0}}
    lists = [[0.5, 1.0, 0.2], [0.25, 0.0, 0.5]]
    assert repr(rank_eval.two_way_anova(dicts)) == repr(rank_eval.two_way_anova(lists))
    pair = rank_eval.tukey_hsd(dicts).pairs[0]
    assert (pair.first, pair.second) == ("x", "y")
    assert repr(rank_eval.bootstrap_interval(dicts["x"])) == repr(rank_eval.bootstrap_interval(lists[0]))


Q, R = {"q": 1.0, "r": 0.5}, {"q": 1.0, "s": 0.5}


@pytest.mark.parametrize(
    ("name", "arguments", "error", "message"),
    [
        ("sign_test", ([1.0], [0.5], -1.0), InvalidInputError, "tolerance: expected a finite number of at least 0"),
        ("sign_test", ([], []), InvalidInputError, "a: expected 1 or more values, got 0"),
        ("wilcoxon_test", ([1.0], [0.5], "keep"), InvalidInputError, 'zeros: expected one of "drop", "pratt", "split"'),
        ("wilcoxon_test", ([1.0], [0.5], "drop", "x"), InvalidInputError, 'method: expected one of "auto", "exact"'),
        (
            "wilcoxon_test",
            (range(1, 2002), [0.0] * 2001, "drop", "exact"),
            InvalidInputError,
            "a: expected at most 2000 values that differ from b for an exact p-value, got 2001",
        ),
        ("bootstrap_interval", ([1.0],), InvalidInputError, "a: expected 2 or more values, got 1"),
        ("bootstrap_interval", ([1.0, float("nan")],), InvalidInputError, "a[1]: expected a finite value, got NaN"),
        ("bootstrap_interval", ([1.0, 0.5], None, 1.0), InvalidInputError, "level: expected a number between 0 and 1"),
        ("bootstrap_interval", ([1.0, 0.5], None, 0.9, "x"), InvalidInputError, 'method: expected one of "bca"'),
        ("bootstrap_interval", ([1.0, 0.5], None, 0.9, "bca", 0), InvalidInputError, "resamples: expected at least 1"),
        ("effect_sizes", ([1.0, 0.5], [0.0, 0.0], float("nan")), InvalidInputError, "level: expected a number between"),
        ("two_way_anova", ([[1.0, 0.5]],), InvalidInputError, "runs: expected 2 or more, got 1"),
        ("two_way_anova", ([[1.0], [0.5]],), InvalidInputError, "a: expected 2 or more values, got 1"),
        (
            "two_way_anova",
            ([[1.0, 0.5], [1.0]],),
            ShapeError,
            "samples[1]: expected 2 values, one for each of samples[0]",
        ),
        (
            "two_way_anova",
            ([[1.0, 0.5], [1.0, float("inf")]],),
            InvalidInputError,
            "samples[1][1]: expected a finite value below 1e100, got inf",
        ),
        (
            "two_way_anova",
            ("ab",),
            DtypeError,
            "samples: expected a dict of name to sample or a list of samples, got str",
        ),
        ("two_way_anova", (1,), DtypeError, "samples: expected a dict of name to sample or a list of samples, got int"),
        (
            "two_way_anova",
            ([Q, R],),
            ShapeError,
            "samples[1]: expected the 2 queries of the first sample, got 1 of them",
        ),
        (
            "two_way_anova",
            ({"x": Q, "y": [1.0, 2.0]},),
            DtypeError,
            "samples['y']: expected a dict of query id to number",
        ),
        ("tukey_hsd", ([Q, Q], 0.0), InvalidInputError, "level: expected a number between 0 and 1, got 0"),
        ("randomized_tukey_hsd", ([Q, Q], 0), InvalidInputError, "permutations: expected at least 1, got 0"),
        ("adjusted_p_values", ([0.5, 1.5],), InvalidInputError, "p_values[1]: expected a number from 0 to 1, got 1.5"),
        ("adjusted_p_values", ([0.5], "sidak"), InvalidInputError, 'correction: expected one of "none", "bonferroni"'),
        ("t_test_power", (0.5, 1), InvalidInputError, "a: expected 2 or more values, got 1"),
        ("t_test_power", (float("inf"), 10), InvalidInputError, "effect_size: expected a finite number"),
        ("t_test_power", (0.5, 10, 0.0), InvalidInputError, "alpha: expected a number between 0 and 1, got 0; 0.05"),
        ("topic_set_size", (0.0,), InvalidInputError, "effect_size: expected a finite number"),
        ("topic_set_size", (1e-9,), InvalidInputError, "effect_size: expected a finite number"),
        ("topic_set_size", (0.5, 2.0), InvalidInputError, "power: expected a number between 0 and 1, got 2; 0.8"),
    ],
)
def test_errors(name: str, arguments: tuple[object, ...], error: type[RankError], message: str) -> None:
    with pytest.raises(error) as caught:
        getattr(rank_eval, name)(*arguments)
    assert str(caught.value).startswith(message)


# Table 5.1 of Sakai's textbook on the evaluation of information access, and what it computes, as elinor's documentation
# quotes both.
SAKAI = [
    [0.7, 0.3, 0.2, 0.6, 0.4, 0.4, 0.0, 0.7, 0.1, 0.3, 0.5, 0.4, 0.0, 0.6, 0.5, 0.3, 0.1, 0.5, 0.2, 0.1],
    [0.5, 0.1, 0.0, 0.2, 0.4, 0.3, 0.0, 0.5, 0.3, 0.3, 0.4, 0.4, 0.1, 0.4, 0.2, 0.1, 0.1, 0.6, 0.3, 0.2],
    [0.0, 0.0, 0.2, 0.1, 0.3, 0.3, 0.1, 0.2, 0.4, 0.4, 0.4, 0.3, 0.3, 0.2, 0.2, 0.2, 0.1, 0.5, 0.4, 0.3],
]


def test_the_textbooks_numbers() -> None:
    t = rank_eval.paired_t_test(SAKAI[0], SAKAI[1])
    assert (t.mean_difference, t.statistic, t.p_value) == pytest.approx((0.075, 2.116, 0.048), abs=5e-4)
    effect = rank_eval.effect_sizes(SAKAI[0], SAKAI[1])
    assert effect.cohen_d_z.value == pytest.approx(0.473, abs=5e-4)
    margin = (effect.mean_difference.high - effect.mean_difference.low) / 2
    assert margin == pytest.approx(0.0742, abs=5e-5)
    anova = rank_eval.two_way_anova(SAKAI)
    squares = (anova.runs_sum_of_squares, anova.queries_sum_of_squares, anova.residual_sum_of_squares)
    assert squares == pytest.approx((0.1083, 1.0293, 0.8317), abs=5e-5)
    assert (anova.runs_f, anova.runs_p_value, anova.queries_p_value) == pytest.approx((2.475, 0.098, 0.009), abs=5e-4)
    assert rank_eval.tukey_hsd(SAKAI).residual_mean_square == pytest.approx(0.0219, abs=5e-5)
