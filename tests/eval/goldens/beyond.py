"""Writes what other tools say of measures beside those of a run: beyond.json.

    pip download --no-deps -d wheels mteb==2.26.24 recmetrics==0.1.5 quantecon==0.11.4
    for wheel in wheels/*.whl; do unzip -q $wheel -d tools; done
    git clone https://github.com/kunaldahiya/pyxclib && git -C pyxclib checkout 5d130862 && cp -r pyxclib/xclib tools
    python beyond.py tools path/to/trec_eval

With NumPy, SciPy, pandas, scikit-learn, numba, matplotlib and pytrec_eval; of the tools only the files that compute are
loaded. The trec_eval is version 9.0.8 to which its own nDCG_p is made known, which its list of measures leaves out:

    sed -i 's/^extern TREC_MEAS te_meas_ndcg;/&\\nextern TREC_MEAS te_meas_ndcg_p;/' measures.c
    sed -i 's/^    &te_meas_ndcg,/&\\n    \\&te_meas_ndcg_p,/' measures.c
    sed -i 's/m_ndcg\\.c /m_ndcg.c m_ndcg_p.c /' Makefile && make trec_eval
"""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

TOOLS, TREC_EVAL = Path(sys.argv[1]), sys.argv[2]
HERE = Path(__file__).parent


def load(path: str) -> Any:  # noqa: ANN401 - a module without types
    spec = importlib.util.spec_from_file_location(Path(path).stem, TOOLS / path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# What these files import from packages that they are part of, and do not need here.
for name, names in {
    "mteb": [],
    "mteb.types": ["RetrievalEvaluationResult"],
    "xclib": [],
    "xclib.utils": [],
    "xclib.utils._sparse": ["_rank", "read_file", "read_file_safe", "_topk"],
}.items():
    sys.modules[name] = types.ModuleType(name)
    for attribute in names:
        setattr(sys.modules[name], attribute, None)
sys.modules["xclib.utils"].__path__ = [str(TOOLS / "xclib/utils")]

mteb = load("mteb/_evaluators/retrieval_metrics.py")
recmetrics = load("recmetrics/metrics.py")
quantecon = load("quantecon/_inequality.py")
xclib = load("xclib/evaluation/xc_metrics.py")

draw = random.Random(1)  # noqa: S311


def abstention() -> list[dict[str, Any]]:
    cases = []
    for queries, levels in [(5, 100), (20, 100), (50, 6), (37, 3)]:
        confidences = [draw.randint(0, levels) / 8 for _ in range(queries)]
        values = [draw.randint(0, levels) / levels for _ in range(queries)]
        value = float(mteb.nauc(np.array(confidences), np.array(values)))
        cases.append({"confidences": confidences, "values": values, "nauc": value})
    return cases


def confidence() -> list[dict[str, Any]]:
    lists = [[draw.uniform(-2, 9) for _ in range(length)] for length in (1, 2, 30)]
    return [{"scores": scores, **mteb.confidence_scores(scores)} for scores in lists]


def ranking(length: int) -> dict[str, float]:
    return {f"d{number}": float(draw.randint(0, 9)) for number in draw.sample(range(15), length)}


def p_mrr() -> list[dict[str, Any]]:
    cases = []
    for queries in (1, 6):
        names = [f"q{number}" for number in range(queries)]
        original = {name: ranking(draw.randint(1, 12)) for name in names}
        changed = {name: ranking(draw.randint(1, 12)) for name in names}
        documents = {name: [f"d{number}" for number in draw.sample(range(15), draw.randint(1, 5))] for name in names}
        value = mteb.calculate_pmrr(
            {f"{name}-og": ranked for name, ranked in original.items()},
            {f"{name}-changed": ranked for name, ranked in changed.items()},
            documents,
        )
        cases.append({"original": original, "changed": changed, "documents": documents, "p_mrr": float(value)})
    return cases


def worst() -> dict[str, Any]:
    forms = [f"{query}_q{form}" for query in range(12) for form in (1, 2)]
    ndcg = {form: draw.random() for form in forms}
    first = {form: float(draw.random() < 0.7) for form in forms}
    scores = {form: {"ndcg_cut_10": ndcg[form], "recall_1": first[form]} for form in forms}
    return {
        "ndcg": ndcg,
        "first": first,
        "robustness": mteb.robustness_at_10(forms, {}, scores),
        "paired_accuracy": mteb.paired_accuracy(forms, {}, scores),
    }


def recommendation() -> dict[str, Any]:
    items = [f"i{number:02}" for number in range(30)]
    lists = {f"u{number}": draw.sample(items[: 12 + number], 5) for number in range(9)}
    popularity = {item: draw.randint(1, 50) for item in items}
    novelty, by_user = recmetrics.novelty(list(lists.values()), popularity, 50, 5)
    shown = [item for ranked in lists.values() for item in ranked]
    return {
        "lists": lists,
        "catalog": items,
        "popularity": popularity,
        "novelty": dict(zip(lists, map(float, by_user), strict=True)),
        "mean_novelty": float(novelty),
        "coverage_percent": recmetrics.prediction_coverage(list(lists.values()), items),
        "gini": float(quantecon.gini_coefficient(np.array([shown.count(item) for item in items], dtype=float))),
    }


def propensity() -> list[dict[str, Any]]:
    cases = []
    for a, b, k in [(0.55, 1.5, 3), (0.5, 0.4, 5), (0.6, 2.6, 1)]:
        counts = [draw.randint(0, 60) for _ in range(20)]
        labeled = sp.csr_matrix([[float(instance < count) for count in counts] for instance in range(100)])
        weights = xclib.compute_inv_propesity(labeled, a, b)
        scores = np.array([draw.sample(range(100), 20)], dtype=np.float64)
        relevant = np.array([[float(draw.random() < 0.4) for _ in counts]])
        values = [
            compute(scores, sp.csr_matrix(relevant), weights, k=k)[-1] for compute in (xclib.psprecision, xclib.psndcg)
        ]
        cases.append(
            {
                "a": a,
                "b": b,
                "k": k,
                "counts": counts,
                "scores": scores[0].tolist(),
                "relevant": relevant[0].tolist(),
                "precision": float(values[0]),
                "ndcg": float(values[1]),
            }
        )
    return cases


def ndcg_p() -> list[dict[str, Any]]:
    cases = []
    for case in ("plain", "ties", "many_grades", "negative_grades"):
        # Gains less than 1 apart it takes for equal when it looks for the best order.
        for measure in ("ndcg_p", "ndcg_p.1=4,2=9"):
            files = [str(HERE / "cases" / f"{case}.{kind}") for kind in ("qrels", "run")]
            command = [TREC_EVAL, "-q", "-m", measure, *files]
            lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
            values = {query: float(value) for _, query, value in map(str.split, lines)}
            cases.append({"case": case, "measure": measure, "values": values})
    return cases


parts = [abstention, confidence, p_mrr, worst, recommendation, propensity, ndcg_p]
(HERE / "beyond.json").write_text(json.dumps({part.__name__: part() for part in parts}, indent=1) + "\n")
