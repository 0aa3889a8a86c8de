"""The report as a picture."""

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt

from rank_rank.report import MEASURES, Report

# The palette of Okabe and Ito: distinct to every kind of colour vision.
_COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7")
_GREY = "#555555"
_GROUP = 0.84


def save_chart(report: Report, path: str | Path) -> None:
    """Draws quality and time of the stages.

    Args:
        report: What was measured.
        path: A PNG file; one that is there is replaced.
    """
    style = {"font.size": 10, "axes.spines.top": False, "axes.spines.right": False, "axes.titleweight": "bold"}
    with mpl.rc_context(style):
        figure, (quality, cost) = plt.subplots(
            1, 2, figsize=(11, 4.6), width_ratios=(3, 1.15), layout="constrained", dpi=150
        )
        width = _GROUP / len(report.stages)
        for number, stage in enumerate(report.stages):
            positions = [group - _GROUP / 2 + (number + 0.5) * width for group in range(len(MEASURES))]
            heights = [stage.means[measure] for measure in MEASURES]
            bars = quality.bar(
                positions, heights, width * 0.94, color=_COLORS[number % len(_COLORS)], label=stage.stage
            )
            quality.bar_label(bars, [f"{height:.3f}" for height in heights], padding=2, fontsize=8, color=_GREY)
        quality.set_title("Quality", loc="left")
        quality.set_xticks(range(len(MEASURES)), MEASURES)
        quality.set_ylim(0, 1.12)  # room for the legend above the highest bar
        quality.set_yticks([tick / 5 for tick in range(6)])
        quality.set_ylabel(f"mean over {report.queries} queries")
        quality.tick_params(axis="x", length=0)
        quality.grid(axis="y", color="#E5E5E5")
        quality.set_axisbelow(True)
        quality.legend(ncols=len(report.stages), frameon=False, loc="upper left")

        names = [stage.stage for stage in report.stages]
        times = [stage.milliseconds for stage in report.stages]
        bars = cost.barh(names, times, color=_COLORS[: len(names)])
        cost.bar_label(bars, [f"{time:.2f}" for time in times], padding=3, fontsize=8, color=_GREY)
        cost.set_title("Time of each stage", loc="left")
        cost.set_xlabel("ms per query")
        cost.invert_yaxis()
        cost.margins(x=0.2)
        cost.tick_params(axis="y", length=0)

        figure.suptitle(report.title, fontsize=12)
        figure.savefig(path, format="png")
        plt.close(figure)
