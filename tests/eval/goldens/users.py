"""Writes the golden values of cwl-eval, `python users.py` (pip install cwl-eval==1.0.12): users.json.

Gains and costs are made up here. A gain of None is a document without a judgment. Each entry has what cwl-eval computes
with such documents at their worst and at their best: expected utility, total utility, cost, total cost and items.
"""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import numpy as np
from cwl.ruler.measures.cwl_ap import APCWLMetric
from cwl.ruler.measures.cwl_bpm import BPMCWLMetric, BPMDCWLMetric
from cwl.ruler.measures.cwl_dcg import NDCGCWLMetric
from cwl.ruler.measures.cwl_ift import IFTGoalCWLMetric, IFTGoalRateCWLMetric, IFTRateCWLMetric
from cwl.ruler.measures.cwl_insq import INSQCWLMetric
from cwl.ruler.measures.cwl_inst import INSTCWLMetric
from cwl.ruler.measures.cwl_nerr import (
    NERReq8CWLMetric,
    NERReq9CWLMetric,
    NERReq10CWLMetric,
    NERReq11CWLMetric,
)
from cwl.ruler.measures.cwl_npv import NPVCWLMetric
from cwl.ruler.measures.cwl_precision import PrecisionCWLMetric
from cwl.ruler.measures.cwl_rbp import RBPCWLMetric
from cwl.ruler.measures.cwl_rr import RRCWLMetric
from cwl.ruler.measures.cwl_tbg import TBGCWLMetric
from cwl.ruler.measures.cwl_umeasure import UMeasureCWLMetric
from cwl.ruler.ranking import Ranking

# Its dynamic model moves the goal where it means to move the budget: with hc = 0 it does not matter.
METRICS = {
    "INST(T=1)": INSTCWLMetric(1.0),
    "INST(T=3)": INSTCWLMetric(3.0),
    "INSQ(T=2)": INSQCWLMetric(2.0),
    "BPM(T=1,K=10)": BPMCWLMetric(1.0, 10),
    "BPM(T=2.5,K=30)": BPMCWLMetric(2.5, 30),
    "BPMD(T=2,K=20,hb=0.5,hc=0,med=0.5)": BPMDCWLMetric(2.0, 20, 0.5, 0.0, 0.5),
    "NERR8@10": NERReq8CWLMetric(10),
    "NERR9@10": NERReq9CWLMetric(10),
    "NERR10(p=0.9)": NERReq10CWLMetric(0.9),
    "NERR11(T=2)": NERReq11CWLMetric(2.0),
    "IFT(T=2,b1=0.9,R1=1,model='goal')": IFTGoalCWLMetric(2.0, 0.9, 1.0),
    "IFT(A=0.2,b2=0.9,R2=2,model='rate')": IFTRateCWLMetric(0.2, 0.9, 2.0),
    "IFT(T=2,b1=0.9,R1=1,A=0.2,b2=0.9,R2=2)": IFTGoalRateCWLMetric(2.0, 0.9, 1.0, 0.2, 0.9, 2.0),
    "NPV(rate=0.1)": NPVCWLMetric(0.1),
    "TBG(half_life=22)": TBGCWLMetric(22),
    "UMeasure(L=300)": UMeasureCWLMetric(300),
    "P@5": PrecisionCWLMetric(5),
    "RBP(p=0.8)": RBPCWLMetric(0.8),
    "RR": RRCWLMetric(),
    "SDCG(max_rel=1)@10": NDCGCWLMetric(10),
    # Its TrAP is no user: weights that may rise, and of another sum than 1.
    "AP": APCWLMetric(),
    "TrAP": APCWLMetric(),
}


def case(seed: int, length: int, *, has_costs: bool) -> tuple[list[float | None], list[float]]:
    draw = random.Random(seed)  # noqa: S311 - nothing secret
    gains = [None if draw.random() < 0.3 else int(draw.random() * 5) / 4 for _ in range(length)]
    return gains, [1.0 + int(draw.random() * 9) for _ in range(length)] if has_costs else []


def main() -> None:
    cases = []
    for seed, length, has_costs in [(1, 0, False), (2, 1, False), (3, 12, False), (4, 12, True), (5, 40, True)]:
        gains, costs = case(seed, length, has_costs=has_costs)
        known = [math.nan if gain is None else gain for gain in gains]
        paid = costs or [1.0] * length
        users = {}
        for name, metric in METRICS.items():
            bounds = []
            for worst in (True, False):
                ranking = Ranking("q", np.array(known), np.array(paid))
                metric.measure(ranking)
                utility, total, cost, total_cost, items = metric._do_score(ranking, worst)  # noqa: SLF001
                bounds.append([float(value) for value in (utility, total, cost, total_cost, items)])
            users[name] = bounds
        cases.append({"gains": gains, "costs": costs, "users": users})
    lines = ",\n".join(json.dumps(case) for case in cases)
    (Path(__file__).parent / "users.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
