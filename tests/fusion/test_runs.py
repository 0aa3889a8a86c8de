"""``rank_fusion.fuse_runs``: every form of a run, one answer."""

import gzip
import os
import re
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rank_eval
from rank_fusion import (
    DtypeError,
    DuplicateIdError,
    FusedRun,
    InvalidInputError,
    RankError,
    ShapeError,
    fuse,
    fuse_runs,
)

METHODS = ["rrf", "combmnz", "borda", "condorcet", "median_rank", "dbsf"]
Run = dict[str, dict[str, float]]

documents = st.dictionaries(st.sampled_from("abcdefghé"), st.integers(0, 6).map(float), max_size=8)
runs = st.lists(st.dictionaries(st.sampled_from(["q1", "q2", "q10"]), documents, max_size=3), min_size=1, max_size=4)


def fused_one_by_one(runs: list[Run], method: str) -> Run:
    queries = sorted({query for run in runs for query in run})
    return {query: dict(fuse([run.get(query, {}) for run in runs], method)) for query in queries}


def ordered(run: Mapping[Any, Mapping[Any, float]]) -> list[tuple[Any, list[tuple[Any, float]]]]:
    return [(query, list(ranking.items())) for query, ranking in run.items()]


def rows(run: Run) -> tuple[Any, Any, Any]:
    triples = [(query, doc, score) for query, ranking in run.items() for doc, score in ranking.items()]
    names = [query for query, _, _ in triples], [doc for _, doc, _ in triples]
    return np.array(names[0], dtype="U3"), np.array(names[1], dtype="U3"), np.array([row[2] for row in triples])


@settings(max_examples=60)
@given(runs=runs)
def test_dicts_are_their_queries_one_by_one(runs: list[Run]) -> None:
    for method in METHODS:
        expected = fused_one_by_one(runs, method)
        for threads in (None, 1, 3):
            assert ordered(fuse_runs(runs, method, threads=threads)) == ordered(expected)


@settings(max_examples=40)
@given(runs=runs, random=st.randoms())
def test_the_order_of_the_input_does_not_matter(runs: list[Run], random: Any) -> None:  # noqa: ANN401
    shuffled = []
    for run in runs:
        queries = list(run)
        random.shuffle(queries)
        shuffled.append({query: dict(random.sample(list(run[query].items()), len(run[query]))) for query in queries})
    for method in METHODS:
        assert ordered(fuse_runs(shuffled, method)) == ordered(fuse_runs(runs, method))


@settings(max_examples=30)
@given(runs=runs)
def test_every_form_of_a_run_gives_the_same(runs: list[Run]) -> None:
    # A query without documents has no rows.
    runs = [{query: ranking for query, ranking in run.items() if ranking} for run in runs]
    arrays = [rows(run) for run in runs]
    tables = [pa.table(dict(zip(("query_id", "doc_id", "score"), columns, strict=True))) for columns in arrays]
    frames = [pl.DataFrame({"query_id": q, "doc_id": d, "score": s}) for q, d, s in arrays]
    for method in METHODS:
        expected = fuse_runs(runs, method)
        queries, docs, scores = fuse_runs(arrays, method, threads=2)
        flat = [(query, doc, score) for query, ranking in expected.items() for doc, score in ranking.items()]
        assert list(zip(queries, docs, scores, strict=True)) == flat
        for form in (tables, frames, [rank_eval.Run.from_dict(run) for run in runs], [*tables[:1], *runs[1:]]):
            fused = fuse_runs(form, method)
            assert isinstance(fused, FusedRun)
            assert ordered(fused.to_dict()) == ordered(expected)
            assert len(fused) == len(expected)


def test_a_fused_run_goes_on() -> None:
    table = pa.table({"query_id": ["q1", "q1"], "doc_id": ["a", "b"], "score": [2.0, 1.0]})
    fused = fuse_runs([table, table], "combsum")
    assert pa.table(fused).to_pydict() == {"query_id": ["q1", "q1"], "doc_id": ["a", "b"], "score": [2.0, 0.0]}
    assert [list(column) for column in fused.to_arrays()] == [["q1", "q1"], ["a", "b"], [2.0, 0.0]]
    assert rank_eval.evaluate({"q1": {"a": 1}}, fused.to_dict(), ["RR"]).means == {"RR": 1.0}
    assert repr(fused) == "FusedRun(1 queries, 2 rows)"
    ints = pa.table({"query_id": [7], "doc_id": [8], "score": [1]})
    assert pa.table(fuse_runs([ints])).schema.types == [pa.int64(), pa.int64(), pa.float64()]
    with pytest.raises(DtypeError, match="doc_id: expected ids of one type"):
        pa.table(fuse_runs([ints, {7: {"x": 1.0}}]))


def test_files(tmp_path: Path) -> None:
    (tmp_path / "a.run").write_text("q1 Q0 a 1 2.0 x\nq1 Q0 b 2 1.0 x\n\n")
    (tmp_path / "b.run.gz").write_bytes(gzip.compress(b"q1 Q0 b 1 0.5 y\nq2 Q0 c 1 0.5 y\n"))
    fused = fuse_runs([str(tmp_path / "a.run"), tmp_path / "b.run.gz"], "rrf(k=0)")
    assert fused.to_dict() == {"q1": {"b": 1.5, "a": 1.0}, "q2": {"c": 1.0}}
    fused.write(tmp_path / "f.run", tag="me")
    assert (tmp_path / "f.run").read_text() == "q1 Q0 b 1 1.5 me\nq1 Q0 a 2 1 me\nq2 Q0 c 1 1 me\n"
    fused.write(tmp_path / "f.run.gz")
    assert gzip.decompress((tmp_path / "f.run.gz").read_bytes()).startswith(b"q1 Q0 b 1 1.5 rank-fusion\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.run", "b.run.gz", "f.run", "f.run.gz"]
    with pytest.raises(FileNotFoundError, match=r"none\.run"):
        fuse_runs([tmp_path / "none.run"])
    with pytest.raises(OSError, match="expected a file that can be written"):
        fused.write(tmp_path / "no" / "f.run")
    (tmp_path / "bad.run").write_text("q1 Q0 a 1 2.0\n")
    with pytest.raises(InvalidInputError, match=r"bad\.run:1: expected six fields"):
        fuse_runs([tmp_path / "bad.run"])


def test_ints_stay_ints() -> None:
    columns = np.array([2, 2, 1]), np.array([30, 4, 4]), np.array([0.5, 0.5, 1.0])
    queries, docs, scores = fuse_runs([columns], "combsum", norm="identity")
    assert (queries.dtype, docs.dtype, scores.dtype) == (np.int64, np.int64, np.float64)
    assert (queries.tolist(), docs.tolist(), scores.tolist()) == ([1, 2, 2], [4, 4, 30], [1.0, 0.5, 0.5])
    narrow = columns[0].astype(np.uint8), columns[1].astype(np.int32)[::1], columns[2].astype(np.float32)
    assert [column.tolist() for column in fuse_runs([narrow, columns])][:2] == [[1, 2, 2], [4, 4, 30]]
    numbered: dict[int, dict[int, float]] = {1: {2: 1.0}, 10: {3: 1}}
    assert fuse_runs([numbered]) == {1: {2: 1 / 61}, 10: {3: 1 / 61}}
    both: Any = {"q": {3: 1.0, "3": 1.0, 20: 1.0}}
    mixed = fuse_runs([both])
    assert list(mixed["q"]) == [3, 20, "3"]


def test_equal_strings_are_one_document() -> None:
    one, other = (bytes([100, 111, 99]).decode() for _ in range(2))
    assert one is not other
    assert fuse_runs([{"q": {one: 1.0}}, {"q": {other: 1.0}}], "rrf(k=0)") == {"q": {"doc": 2.0}}


def test_what_takes_python_to_read() -> None:
    class Name(str):
        __slots__ = ()

    class Point:
        def __init__(self, name: str, score: float) -> None:
            self.id, self.score = name, score

    expected = {"q": {"a": 1.0, "b": 0.5}}
    forms: list[Any] = [
        {Name("q"): {Name("a"): np.float32(2), "b": np.int64(1)}},
        {"q": OrderedDict([("b", 1), ("a", 2)])},
        OrderedDict(q=[("a", 2.0), ("b", 1.0)]),
        {"q": [Point("a", 2.0), Point("b", 1.0)]},
        {"q": iter([["a", 2], ["b", 1]])},
    ]
    for form in forms:
        fused = fuse_runs([form], "rrf(k=0)")
        assert ordered(fused) == ordered(expected)
        assert type(next(iter(fused["q"]))) is str


def test_order_and_duplicates() -> None:
    run = {"q": [("a", 1.0), ("b", 2.0)]}
    assert list(fuse_runs([run])["q"]) == ["b", "a"]
    assert list(fuse_runs([run], order="given")["q"]) == ["a", "b"]
    with pytest.raises(
        InvalidInputError, match=re.escape('query "q", lists[0][1]: expected scores in descending order')
    ):
        fuse_runs([run], order="checked")
    twice = {"q": [("a", 3.0), ("b", 2.0), ("a", 1.0)]}
    assert fuse_runs([twice], "rrf(k=0)", duplicates="best") == {"q": {"a": 1.0, "b": 0.5}}
    assert fuse_runs([twice], "rrf(k=0)", duplicates="best", depth=1, top_k=5) == {"q": {"a": 1.0}}


@pytest.mark.parametrize(
    ("runs", "options", "error", "message"),
    [
        ([], {}, InvalidInputError, "lists: expected at least one ranked list, got none"),
        ({"q": {}}, {}, DtypeError, "runs: expected a list of runs, got dict"),
        ([3], {}, DtypeError, "runs[0]: expected a dict of query to ranked list, a tuple of three arrays"),
        ([{"q": {"a": float("nan")}}], {}, InvalidInputError, 'query "q", lists[0][0]: expected a score, got NaN'),
        ([{"q": {"a": "x"}}], {}, DtypeError, "runs[0][\"q\"]['a']: expected a number as score, got str"),
        ([{"q": {1.5: 1.0}}], {}, DtypeError, 'runs[0]["q"][1.5]: expected an id of type str or int, got float'),
        ([{None: {}}], {}, DtypeError, "runs[0][None]: expected an id of type str or int, got NoneType"),
        ([{"q": [("a", 1), ("a", 1)]}], {}, DuplicateIdError, 'query "q", lists[0][1]: expected each document once'),
        (
            [{"q": {"a": float("inf")}}],
            {"method": "combsum"},
            InvalidInputError,
            'query "q", lists[0][0]: expected a finite',
        ),
        ([{}], {"threads": 0}, InvalidInputError, "threads: expected at least 1"),
        ([{}], {"method": "x"}, InvalidInputError, "method: expected one of rrf"),
        ([{}], {"method": 3}, DtypeError, "method: expected a name or a Trained method, got int"),
        ([{}], {"norm": "x"}, InvalidInputError, "normalization: expected one of"),
        ([{}], {"order": "x"}, InvalidInputError, "order: expected one of checked, sorted, given, got"),
        ([{}], {"duplicates": "x"}, InvalidInputError, "duplicates: expected one of refused, best, got"),
        ([{}], {"missing": "x"}, InvalidInputError, "missing: expected one of published"),
        ([{}], {"compat": "x"}, InvalidInputError, "compat: expected one of"),
        ([{}], {"compat": "elastic", "method": "rrf"}, InvalidInputError, "compat: expected no method beside it"),
        ([{}], {"weights": [1, 2]}, ShapeError, "weights: expected one for each of 1 lists, got 2"),
        (
            [(np.array([1]), np.array([1, 2]), np.array([1.0]))],
            {},
            ShapeError,
            "runs[0]: expected three arrays of one length",
        ),
        ([(np.array([1]), np.array([1]), np.array(["x"]))], {}, DtypeError, "runs[0][2]: expected an array of numbers"),
        ([(np.array([1]), np.array([1.5]), np.array([1.0]))], {}, DtypeError, "runs[0][1][0]: expected an id"),
        (
            [(np.array([1], "u8"), np.array([1]), np.array([1.0]))],
            {},
            DtypeError,
            "runs[0][0]: expected ids that int64 holds",
        ),
        ([pl.DataFrame({"query_id": ["q"]})], {}, InvalidInputError, 'runs[0]: expected a column named "doc_id"'),
    ],
)
def test_bad_input(runs: Any, options: dict[str, Any], error: type[Exception], message: str) -> None:  # noqa: ANN401
    with pytest.raises(error, match=re.escape(message)) as raised:
        fuse_runs(runs, **options)
    assert isinstance(raised.value, RankError)


def test_progress(capsys: pytest.CaptureFixture[str]) -> None:
    run = {f"q{i}": {"a": 1.0} for i in range(20)}
    fuse_runs([run], progress=True)
    assert "20/20" in capsys.readouterr().err
    fuse_runs([rows(run)], progress=True)
    assert "20/20" in capsys.readouterr().err


PROGRAM = """
import hashlib, random
from rank_fusion import fuse_runs
draw = random.Random(4)
ranking = lambda: {f"d{draw.randrange(60)}": float(draw.randrange(9)) for _ in range(40)}
runs = [{f"q{q}": ranking() for q in range(30)} for _ in range(3)]
text = "".join(repr(fuse_runs(runs, method)) for method in METHODS)
print(hashlib.sha256(text.encode()).hexdigest())
"""


def test_the_hash_seed_does_not_matter() -> None:
    program = PROGRAM.replace("METHODS", repr(METHODS))
    digests = {
        subprocess.run(
            [sys.executable, "-c", program], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(digests) == 1


def test_without_numpy() -> None:
    # Lists and dicts need nothing but Python; columns say what they need.
    code = """
import sys
sys.modules["numpy"] = None
import rank_fusion
assert rank_fusion.fuse_runs([{"q": {"a": 1.0}}]) == {"q": {"a": 1 / 61}}
assert rank_fusion.optimize([{"q": {"a": 1.0}}], {"q": {"a": 1}}, measure="RR", folds=0).best.mean == 1.0
run = rank_fusion.fuse_runs([sys.argv[1]])
assert run.to_dict() == {"q": {"a": 1 / 61}}
for arrays in (run.to_arrays, lambda: rank_fusion.fuse_runs([([1], [2], [0.5])])):
    try:
        arrays()
    except rank_fusion.MissingPackageError as error:
        print(error)
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, "/dev/stdin"],
        input="q Q0 a 1 0.5 tag\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    said = "{}: expected the package numpy, got none; pip install numpy\n"
    assert (done.returncode, done.stdout) == (0, said.format("to_arrays") + said.format("runs[0]")), done.stderr
