"""Every measure against pytrec_eval and ir_measures, on random runs with many ties and on real ones."""

import math
import os
from pathlib import Path

import ir_measures
import numpy as np
import pytest
import pytrec_eval
from hypothesis import given, settings
from hypothesis import strategies as st

import rank_eval
from rank_eval import Measure

SINGLE = (
    "num_q num_ret num_rel num_rel_ret map gm_map Rprec bpref recip_rank infAP gm_bpref utility 11pt_avg binG G ndcg "
    "ndcg_rel Rndcg set_P set_relative_P set_recall set_map set_F num_nonrel_judged_ret"
)
FAMILIES = "iprec_at_recall P recall Rprec_mult ndcg_cut map_cut relative_P success"
NAMES = [measure.name_in("trec_eval") or "" for measure in Measure.parse_many(f"{SINGLE} {FAMILIES}")]
REQUEST = set(SINGLE.split()) | set(FAMILIES.split())

Qrels = dict[str, dict[str, int]]
Run = dict[str, dict[str, float]]


@st.composite
def topics(draw: st.DrawFn) -> tuple[Qrels, Run]:
    """One topic: few scores, so that most documents are tied, and grades of which some say "pooled, not judged"."""
    documents = [f"d{number}" for number in range(draw(st.integers(1, 25)))]
    grades = draw(st.dictionaries(st.sampled_from(documents), st.integers(-2, 4)))
    # pytrec_eval does not return from a topic whose grades are all negative.
    grades[draw(st.sampled_from(documents))] = draw(st.integers(0, 2))
    scores = st.integers(0, draw(st.sampled_from([0, 2, 1000]))).map(float)
    ranked = draw(st.dictionaries(st.sampled_from(documents), scores, min_size=1))
    return {"q": grades}, {"q": ranked}


@settings(max_examples=300)
@given(topics())
def test_all_measures_of_pytrec_eval(topic: tuple[Qrels, Run]) -> None:
    qrels, run = topic
    theirs = pytrec_eval.RelevanceEvaluator(qrels, REQUEST).evaluate(run)["q"]
    ours = rank_eval.evaluate(qrels, run, NAMES).per_query
    for name in NAMES:
        # 0 / 0 where no document gains anything: a value of 0 here.
        if not math.isnan(theirs[name]):
            assert ours[name]["q"] == pytest.approx(theirs[name], abs=1e-12), name


@settings(max_examples=150)
@given(topics(), st.integers(1, 3))
def test_levels_of_pytrec_eval(topic: tuple[Qrels, Run], level: int) -> None:
    qrels, run = topic
    request = {"map", "recip_rank", "P", "recall", "Rprec", "bpref", "infAP", "set_F", "success", "num_rel_ret"}
    theirs = pytrec_eval.RelevanceEvaluator(qrels, request, relevance_level=level).evaluate(run)["q"]
    names = {"AP": "map", "RR": "recip_rank", "P@10": "P_10", "R@5": "recall_5", "Rprec": "Rprec", "Bpref": "bpref"}
    names |= {"infAP": "infAP", "SetF": "set_F", "Success@1": "success_1", "NumRelRet": "num_rel_ret"}
    for ours, name in names.items():
        head, _, cutoff = ours.partition("@")
        measure = f"{head}(rel={level})" + (f"@{cutoff}" if cutoff else "")
        value = rank_eval.evaluate(qrels, run, [measure]).per_query[measure]["q"]
        assert value == pytest.approx(theirs[name], abs=1e-12), measure


@settings(max_examples=150)
@given(topics())
def test_measures_of_ir_measures(topic: tuple[Qrels, Run]) -> None:
    qrels, run = topic
    # Positive and distinct scores: its own measures break ties by ascending id, and rank what is not retrieved at 0.
    order = sorted(run["q"], key=lambda document: (run["q"][document], document), reverse=True)
    run = {"q": {document: float(len(order) - place) for place, document in enumerate(order)}}
    qrels = {"q": {document: max(grade, 0) for document, grade in qrels["q"].items()}}
    names = ["Compat", "Compat(p=0.8)", "Compat(normalize=False)", "Judged@5", "Judged", "nDCG(gains={0:1,2:5})@5"]
    names += ["P(judged_only=True)@5", "AP(judged_only=True)", "nDCG(judged_only=True)@5", "NumRet(rel=2)"]
    names += ["IPrec@0.5", "SetP(relative=True)", "Rprec(rel=2)", "infAP(rel=2)"]
    if any(grade > 0 and document in run["q"] for document, grade in qrels["q"].items()):
        relevant = sum(grade > 0 and document in run["q"] for document, grade in qrels["q"].items())
        names += ["Accuracy"] if relevant < len(order) else []
    for name in names:
        measure = ir_measures.parse_measure(name)
        assert str(Measure(str(measure))) == str(Measure(name))
        value = rank_eval.evaluate(qrels, run, [name]).per_query[name]["q"]
        theirs = next(iter(measure.iter_calc(qrels, run))).value
        assert value == pytest.approx(theirs, abs=1e-12), name
    # Its beta is the square of that of van Rijsbergen, which is ours.
    theirs = next(iter(ir_measures.parse_measure("SetF(beta=4.0)").iter_calc(qrels, run))).value
    value = rank_eval.evaluate(qrels, run, ["SetF(beta=2)"]).means["SetF(beta=2)"]
    assert value == pytest.approx(theirs, abs=1e-12)


@pytest.mark.skipif("RANK_DATA_DIR" not in os.environ, reason="RANK_DATA_DIR is not set")
def test_the_22_runs_of_the_deep_learning_track_of_2021() -> None:
    folder = Path(os.environ["RANK_DATA_DIR"]) / "trec-dl21"
    with (folder / "qrels.txt").open() as file:
        qrels = pytrec_eval.parse_qrel(file)
    evaluator = pytrec_eval.RelevanceEvaluator(qrels, REQUEST)
    runs = sorted((folder / "runs").glob("*.gz"))
    assert len(runs) == 22
    for path in runs:
        run = rank_eval.Run.read(path).to_dict()
        # pytrec_eval compares scores of 32 bits.
        rounded = {
            query: {document: float(np.float32(score)) for document, score in ranked.items()}
            for query, ranked in run.items()
            if query in qrels
        }
        theirs = evaluator.evaluate(rounded)
        ours = rank_eval.evaluate(qrels, rounded, NAMES, missing="skip").per_query
        for name in NAMES:
            for query, values in theirs.items():
                assert ours[name][query] == pytest.approx(values[name], abs=1e-12), (path.name, name, query)
