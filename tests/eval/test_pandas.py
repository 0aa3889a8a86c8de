"""Data frames of pandas, with pyarrow and without: the same tables, and errors that say as much."""

import subprocess
import sys
import textwrap

import pytest

PROGRAM = """
    import sys

    if sys.argv[1] == "without":
        sys.modules["pyarrow"] = None
    import numpy as np
    import pandas as pd
    import rank_eval
    from rank_eval import Qrels, Run

    queries, documents = ["q2", "q1", "q1"], ["a", "b", "\\u00e9"]
    frames = [
        pd.DataFrame({"query_id": queries, "doc_id": documents, "score": [0.5, 0.25, 1.0]}),
        pd.DataFrame({"query_id": [7, 8, 7], "doc_id": np.array([1, 2, 3], dtype="int32"), "score": [1, 2, 3]}),
        pd.DataFrame({"query_id": pd.Categorical(queries), "doc_id": documents, "score": np.float32([0.5, 0.25, 1.0])}),
        pd.DataFrame({"query_id": np.array(queries, dtype=object), "doc_id": documents, "score": [0.5, 0.25, 1.0]}),
        pd.DataFrame({"query_id": queries, "doc_id": documents, "score": [0.5, 0.25, 1.0]})[::2],
        pd.DataFrame({"query_id": [], "doc_id": [], "score": []}).astype({"query_id": str, "doc_id": str}),
        pd.DataFrame(np.array([[1, 2, 3], [1, 3, 4]]), columns=["query_id", "doc_id", "score"]),
    ]
    for frame in frames:
        run = Run.from_arrow(frame)
        print(run.to_dict(), run.to_pandas().to_dict("list"))
        judged = frame.assign(score=(frame["score"] > 0.3).astype(int)).rename(columns={"score": "relevance"})
        qrels = Qrels.from_arrow(judged)
        print(qrels.to_dict(), qrels.to_pandas().to_dict("list"))
        print(Qrels.from_arrow(judged.rename(columns={"relevance": "grade"})).to_dict())
        print(Qrels.from_arrow(judged.assign(relevance=judged["relevance"] > 0)).to_dict())
        if len(frame):
            print(rank_eval.evaluate(judged, frame, ["RR"]).to_pandas().to_dict("list"))

    good = frames[0]
    bad = [
        (Run, good.drop(columns="doc_id")),
        (Run, pd.concat([good, good[["score"]]], axis=1)),
        (Run, good.assign(doc_id=["a", None, "b"])),
        (Run, good.assign(score=[0.5, float("nan"), 1.0])),
        (Run, good.assign(query_id="q", doc_id="a")),
        (Run, good.assign(score=[1, 2, 1 << 60])),
        (Run, good.assign(score=["x", "y", "z"])),
        (Run, good.assign(doc_id=[0.5, 1.5, 2.5])),
        (Qrels, good.assign(relevance=1, grade=1)),
        (Qrels, good.assign(relevance=[0.5, 1.0, 2.0])),
        (Qrels, good),
    ]
    for table, frame in bad:
        try:
            table.from_arrow(frame)
        except (ValueError, TypeError) as error:
            print("a wrong value" if isinstance(error, ValueError) else "a wrong type")
            print(error, file=sys.stderr)
        else:
            print("no error", frame)
"""


def test_frames_are_the_same_with_pyarrow_and_without() -> None:
    pytest.importorskip("pyarrow")
    answers = []
    for which in ("with", "without"):
        command = [sys.executable, "-c", textwrap.dedent(PROGRAM), which]
        answers.append(subprocess.run(command, check=True, capture_output=True, text=True))
    assert answers[0].stdout == answers[1].stdout
    assert "no error" not in answers[0].stdout
    assert answers[0].stdout.count("a wrong value") == 8
    assert answers[0].stdout.count("a wrong type") == 3
    assert 'run["doc_id"][1]: expected a value, got null; drop the row or fill it in' in answers[1].stderr
