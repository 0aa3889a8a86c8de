"""Preferences, groups of judges and z-scores from Python, against the goldens of trec_eval."""

from pathlib import Path

import pytest

import rank_eval
from rank_eval import (
    DtypeError,
    DuplicateIdError,
    GroupedQrels,
    InvalidInputError,
    Measure,
    Preferences,
    ZScores,
)

GOLDENS = Path(__file__).parent / "goldens"
CASES = GOLDENS / "cases"


def golden(name: str) -> dict[str, dict[str, float]]:
    """Measure to query to value."""
    values: dict[str, dict[str, float]] = {}
    for line in (GOLDENS / "v9" / name).read_text().splitlines()[1:]:
        measure, query, value = line.split()
        if measure not in {"runid", "num_q"}:
            values.setdefault(measure, {})[query] = float(value)
    return values


@pytest.mark.parametrize(
    ("case", "format_", "output"),
    [("preferences", "prefs", "preferences_2.txt"), ("preference_groups", "qrels_prefs", "preference_groups_2.txt")],
)
def test_preferences_are_those_of_trec_eval(case: str, format_: str, output: str) -> None:
    preferences = Preferences.read(CASES / f"{case}.qrels", format_)  # type: ignore[arg-type]
    assert len(preferences) == 4
    assert preferences.queries == ["q01", "q02", "q03", "q04"]
    assert preferences.groups("q01") == ["anna", "boris", "clara"]
    assert preferences.groups("nothing") is None
    names = [str(measure) for measure in Measure.parse_many("all_prefs")]
    assert all(Measure(name).needs_preferences for name in names)
    theirs = golden(output)
    assert set(names) == set(theirs)
    ours = rank_eval.evaluate_preferences(preferences, CASES / f"{case}.run", names, "skip", compat="9")
    assert ours.missing == ["q03"]
    for name in names:
        for query, value in ours.per_query[name].items():
            assert value == pytest.approx(theirs[name][query], abs=5.1e-5), (name, query)
    complete = rank_eval.evaluate_preferences(preferences, CASES / f"{case}.run", ["prefs_simp"])
    assert complete["prefs_simp"] == pytest.approx(theirs["prefs_simp"]["all"], abs=5.1e-5)


def test_groups_are_those_of_trec_eval() -> None:
    qrels = GroupedQrels.read(CASES / "judge_groups.qrels")
    assert qrels.groups == ["anna", "boris", "clara"]
    assert qrels.queries == ["q01", "q02", "q03", "q04"]
    theirs = golden("judge_groups_1.txt")
    ours = rank_eval.evaluate_groups(qrels, CASES / "judge_groups.run", ["map", "P_5"], "skip", compat="9")
    for name, other in (("map", "map_avgjg"), ("P_5", "P_avgjg_5")):
        assert ours[name] == pytest.approx(theirs[other]["all"], abs=5.1e-5)
        for query, value in ours.per_query[name].items():
            assert value == pytest.approx(theirs[other][query], abs=5.1e-5)
    assert repr(qrels) == "GroupedQrels(3 groups, 4 queries)"


def test_z_scores() -> None:
    scores = ZScores.read(CASES / "plain.zscores")
    assert scores.of("q01", "map", 0.5) == 2.0
    assert scores.of("q01", "P_5", 0.2) == 0.0
    assert scores.of("q01", "P_5", 0.4) is None
    assert scores.of("q99", "map", 0.5) is None


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match='group "g": expected preferences that agree'):
        Preferences.from_rows([("q", "g", "l", "a", 1.0), ("q", "g", "l", "a", 2.0)])
    with pytest.raises(InvalidInputError, match=r"rows\[0\]: expected a finite level of at least 0, got -1"):
        Preferences.from_rows([("q", "g", "l", "a", -1.0)])
    with pytest.raises(DtypeError, match=r"rows\[0\]: expected a tuple of query, group, list and document of type str"):
        Preferences.from_rows([("q", "g", "a", 1.0)])  # type: ignore[list-item]
    with pytest.raises(InvalidInputError, match='format: expected "prefs" or "qrels_prefs", got "x"'):
        Preferences.read("x", "x")  # type: ignore[arg-type]
    with pytest.raises(DuplicateIdError):
        GroupedQrels.from_rows([("q", "g", "a", 1), ("q", "g", "a", 1)])
    with pytest.raises(DtypeError, match=r"rows\[0\]: expected a tuple of query, group and document of type str"):
        GroupedQrels.from_rows([("q", "g", "a", 0.5)])  # type: ignore[list-item]
    preferences = Preferences.from_rows([("q", "g", "l", "a", 1.0), ("q", "g", "l", "b", 0.0)])
    assert repr(preferences) == "Preferences(1 queries)"
    with pytest.raises(InvalidInputError, match="measure: expected one over preferences, such as prefs_simp, got AP"):
        rank_eval.evaluate_preferences(preferences, {"q": {"a": 1.0}}, ["AP"])
    with pytest.raises(
        InvalidInputError, match="measure: expected one of plain judgments, got prefs_simp, which needs"
    ):
        rank_eval.evaluate({"q": {"a": 1}}, {"q": {"a": 1.0}}, ["prefs_simp"])
    (tmp_path / "z").write_text("q map 1\n")
    with pytest.raises(InvalidInputError, match="z:1: expected a query, a measure, a mean and a standard deviation"):
        ZScores.read(tmp_path / "z")
