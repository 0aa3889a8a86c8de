"""Writes the golden outputs of trec_eval: `python make.py TREC_EVAL_9 TREC_EVAL_10`.

The two programs are built from the tags v9.0.8 (which calls itself 9.0.7) and v10.0-rc3 of
https://github.com/usnistgov/trec_eval. The cases are made up here; nothing is taken from a test collection. The first
line of each output is the command that printed the rest, run in this folder.
"""

from __future__ import annotations

import random
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent

EVERY_PARAMETER = (
    "-q -m ndcg_cut.3,1,20 -m iprec_at_recall.0.25,.5,.777 -m ndcg.1=3.5,2=9,3=10 -m Rprec_mult.0.5,1.5 -m set_F.0.5 "
    "-m relative_P.3 -m success.2 -m map_cut.7 -m recall.4 -m relstring.20 -m 11pt_avg.0.2,0.5,0.8 "
    "-m utility.2,-0.5,-1,0 -m G.1=2,2=5 -m ndcg_rel.1=2,3=7 -m Rndcg.2=4 -m yaap -m P.1,2"
)

MORE_PREFERENCES = (
    "-m prefs_simp_ret -m prefs_pair_ret -m prefs_avgjg_ret -m prefs_simp_imp -m prefs_pair_imp -m prefs_avgjg_imp"
)

# For each case, the options it is evaluated with by either version, and by version 9 alone.
COMMANDS: dict[str, tuple[list[str], list[str]]] = {
    "plain": (
        ["-q -m all_trec", "", "-m set -q", EVERY_PARAMETER],
        [
            "-q -J -m all_trec",
            "-q -l2 -m all_trec",
            "-qM5 -m all_trec",
            "-n -q -m map -m P.5,10",
            "-m yaap -m num_nonrel_judged_ret",
            "-N 1000 -m utility.1,-1,0,0.125",
            "-qcJ -l 3 -M 7 -m official -m ndcg",
            "--query_eval_wanted --measure=recip_rank --nosummary",
            "-m all_trec -m P.2 -m P.3",
            "-Z cases/plain.zscores -q -m map -m P.5,10 -m num_ret -m gm_map -m num_q -m runid",
            "-q -m set_F.2",
        ],
    ),
    "ties": (["-q -m all_trec", "-M 3 -m all_trec"], ["-q -J -m official", "-q -l 2 -m official -m ndcg"]),
    "near_ties": (["-q -m all_trec"], []),
    "missing_topics": (
        ["-c -m all_trec"],
        [
            "-q -m official",
            "-q -c -m official",
            "-c -J -m all_trec -l 2",
            "-Z cases/missing_topics.zscores -c -q -m map -m gm_map -m gm_bpref -m num_ret -m P.5",
        ],
    ),
    "missing_topics_only": (["-q -c -m all_trec"], []),
    "negative_grades": (["-q -m all_trec"], ["-J -q -m all_trec", "-l 2 -m all_trec", "-l 0 -m P -m map -m bpref"]),
    "many_grades": (["-q -m all_trec", EVERY_PARAMETER], ["-l 4 -m all_trec", "-l 4 -m all_trec -J -q"]),
    "sparse": (["-q -m all_trec"], ["-l 2 -q -m official", "-q -c -m official"]),
    "deep": (["-m all_trec"], ["-q -m Rprec_mult -m iprec_at_recall", "-M 100 -m all_trec"]),
    "untidy": (["-q -m official"], []),
    "comments": ([], []),
    "preferences": (
        [f"-R prefs -q -m prefs {MORE_PREFERENCES}", "-R prefs -q -c -m all_prefs"],
        ["-R prefs -q -M 6 -m prefs -m prefs_pair_ret", "-R prefs -c -m prefs", "-R prefs -q -M 4 -m all_prefs"],
    ),
    "preference_groups": (
        [f"-R qrels_prefs -q -m prefs {MORE_PREFERENCES}", "-R qrels_prefs -q -c -m all_prefs"],
        ["-R qrels_prefs -q -M 3 -m all_prefs"],
    ),
    "judge_groups": (
        ["-R qrels_jg -q -m qrels_jg"],
        ["-R qrels_jg -J -q -l 2 -m qrels_jg", "-R qrels_jg -m P_avgjg.3"],
    ),
}

Rows = list[tuple[str, str, float]]


def build(
    seed: int,
    topics: list[str],
    shape: tuple[int, float],
    grade: Callable[[random.Random], int],
    score: Callable[[random.Random, int], float],
) -> tuple[list[tuple[str, str, int]], Rows]:
    """Judgments and rows; of the judged documents, one in four is not ranked."""
    # `random()` alone is the same in every version of Python.
    draw = random.Random(seed)  # noqa: S311 - nothing secret
    depth, judged = shape
    qrels: list[tuple[str, str, int]] = []
    rows: Rows = []
    for topic in topics:
        for number in range(depth):
            document = f"d{int(draw.random() * 10)}{number:03}"
            is_judged = draw.random() < judged
            if is_judged:
                qrels.append((topic, document, grade(draw)))
            if not is_judged or draw.random() < 0.75:
                rows.append((topic, document, score(draw, number)))
    return qrels, rows


def grades(*shares: tuple[int, float]) -> Callable[[random.Random], int]:
    def grade(draw: random.Random) -> int:
        left = draw.random()
        for value, share in shares:
            left -= share
            if left < 0:
                return value
        return 0

    return grade


def names(count: int) -> list[str]:
    return [f"q{number:02}" for number in range(1, count + 1)]


def distinct(draw: random.Random, number: int) -> float:
    return round(draw.random() * 30 - 10, 3) + number * 1e-5


def write(case: str, qrels: list[tuple[str, str, int]], rows: Rows) -> None:
    folder = HERE / "cases"
    folder.mkdir(exist_ok=True)
    lines = [f"{topic} 0 {document} {grade}\n" for topic, document, grade in qrels]
    (folder / f"{case}.qrels").write_text("".join(lines))
    lines = [f"{topic} Q0 {document} {rank} {score!r} {case}\n" for rank, (topic, document, score) in enumerate(rows)]
    (folder / f"{case}.run").write_text("".join(lines))


def write_cases() -> None:
    usual = grades((1, 0.25), (2, 0.15), (3, 0.1))
    z_scores = [f"{topic} map 0.25 0.125\n{topic} P_5 0.2 0\n{topic} num_ret 18 2\n" for topic in ("q01", "q02", "q04")]
    (HERE / "cases").mkdir(exist_ok=True)
    (HERE / "cases/plain.zscores").write_text("".join(z_scores))
    write("plain", *build(1, names(4), (24, 0.6), usual, distinct))
    z_scores = [f"{topic} gm_map -3.5 0.5\n{topic} gm_bpref -1.5 0.25\n" for topic in ("q03", "q05", "q06")]
    (HERE / "cases/missing_topics.zscores").write_text("".join(z_scores))
    write("ties", *build(2, names(4), (24, 0.6), usual, lambda draw, _: float(int(draw.random() * 4))))

    def near_tie(draw: random.Random, _: int) -> float:
        return 1.0 + int(draw.random() * 3) * 2.0**-23 + int(draw.random() * 9) * 2.0**-30

    write("near_ties", *build(3, names(3), (20, 0.7), usual, near_tie))

    qrels, rows = build(4, names(8), (16, 0.6), usual, distinct)
    qrels = [row for row in qrels if row[0] not in {"q02", "q07"}]
    rows = [row for row in rows if row[0] not in {"q01", "q04", "q08"}]
    write("missing_topics", qrels, rows)
    write("missing_topics_only", *[[row for row in part if row[0] in {"q01", "q03"}] for part in (qrels, rows)])  # type: ignore[arg-type]

    below = grades((-1, 0.25), (-2, 0.1), (1, 0.2), (2, 0.15))
    write("negative_grades", *build(5, names(4), (24, 0.75), below, distinct))
    many = grades((1, 0.1), (2, 0.1), (3, 0.1), (4, 0.1), (5, 0.1), (7, 0.1), (12, 0.1))
    write("many_grades", *build(6, names(3), (30, 0.7), many, distinct))

    # No relevant document judged; none ranked; one document; nothing judged that is ranked; no non-relevant judged.
    qrels = [("q01", "a", 0), ("q01", "b", 0), ("q02", "a", 1), ("q02", "b", 0), ("q03", "a", 1)]
    qrels += [("q04", "x", 2), ("q05", "a", 1), ("q05", "b", 1), ("q06", "a", 1), ("q06", "b", 2), ("q06", "c", 0)]
    rows = [("q01", "a", 2.0), ("q01", "b", 1.0), ("q02", "b", 2.0), ("q02", "c", 1.0), ("q03", "a", 1.0)]
    rows += [("q04", "a", 1.0), ("q04", "b", 0.5), ("q05", "a", 3.0), ("q05", "c", 2.0), ("q05", "b", 1.0)]
    rows += [("q06", "c", 9.0), ("q06", "b", -1.0), ("q06", "a", -2.0)]
    write("sparse", qrels, rows)

    write("deep", *build(7, names(2), (260, 0.5), usual, distinct))

    qrels, rows = build(8, names(2), (8, 0.8), usual, distinct)
    lines = [f"  {topic}\t0   {document} \t{grade}  \n" for topic, document, grade in qrels]
    (HERE / "cases/untidy.qrels").write_text("".join(lines))
    lines = [f" {topic}  Q0\t{document} 0 {score:+e} untidy\n\n" for topic, document, score in rows]
    (HERE / "cases/untidy.run").write_text("".join(lines).rstrip("\n"))
    lines = [f"# judgments\n{topic} 0 {document} {grade}\n" for topic, document, grade in qrels]
    (HERE / "cases/comments.qrels").write_text("".join(lines))
    lines = [f"# rows\n{topic} Q0 {document} 0 {score!r} comments\n" for topic, document, score in rows]
    (HERE / "cases/comments.run").write_text("".join(lines))


def write_groups() -> None:
    """What several judges say of the same documents."""
    draw = random.Random(9)  # noqa: S311 - nothing secret
    lines: dict[str, list[str]] = {"preferences": [], "preference_groups": [], "judge_groups": []}
    run = []
    for topic in names(4):
        documents = [f"d{number}" for number in range(9)]
        run += [
            f"{topic} Q0 {document} 0 {int(draw.random() * 6)} groups\n"
            for document in documents
            if draw.random() < 0.7
        ]
        for group in ["anna", "boris", "clara"]:
            # One opinion for each, so that no list contradicts another.
            levels = {document: int(draw.random() * 4) for document in documents}
            for place in range(1 + int(draw.random() * 2)):
                some = [document for document in documents if draw.random() < 0.6]
                lines["preferences"] += [
                    f"{topic} {group} list{place} {document} {levels[document]}.0\n" for document in some
                ]
            some = [document for document in documents if draw.random() < 0.6]
            rows = [f"{topic} {group} {document} {levels[document]}\n" for document in some]
            lines["preference_groups"] += rows
            lines["judge_groups"] += rows
    for case, text in lines.items():
        (HERE / f"cases/{case}.qrels").write_text("".join(text))
        (HERE / f"cases/{case}.run").write_text("".join(row for row in run if not row.startswith("q03")))


def write_outputs(program: str, version: int) -> None:
    folder = HERE / f"v{version}"
    folder.mkdir(exist_ok=True)
    for case, (common, only_9) in COMMANDS.items():
        for number, options in enumerate(common + (only_9 if version == 9 else []), 1):
            lacks_topics = case.startswith("missing_topics") or case in {
                "preferences",
                "preference_groups",
                "judge_groups",
            }
            if version == 10 and lacks_topics and "-c" not in options:
                continue
            arguments = [*shlex.split(options), f"cases/{case}.qrels", f"cases/{case}.run"]
            result = subprocess.run([program, *arguments], cwd=HERE, capture_output=True, text=True, check=False)
            if result.returncode != 0:
                raise SystemExit(f"{program} {shlex.join(arguments)}: {result.returncode} {result.stderr}")
            text = f"# trec_eval {shlex.join(arguments)}\n{result.stdout}"
            (folder / f"{case}_{number}.txt").write_text(text)


if __name__ == "__main__":
    write_cases()
    write_groups()
    write_outputs(sys.argv[1], 9)
    write_outputs(sys.argv[2], 10)
