"""The report as text."""

from rank_rank.collection import Collection
from rank_rank.report import MEASURES, Report

_HEADINGS = ("stage", *MEASURES, "ms/query", "p against {first}")
_CAPTION = (
    "Means over {queries} queries. ms/query: each stage alone, on this machine; dense and MaxSim include encoding the "
    "query. p: nDCG@10 against {first}, two-sided randomization test over the queries, not corrected for their number."
)


def format_table(report: Report) -> str:
    """The table of the stages.

    Args:
        report: What was measured.

    Returns:
        Lines of aligned columns; they are a table in Markdown too.
    """
    rows = [tuple(heading.format(first=report.stages[0].stage) for heading in _HEADINGS)]
    for stage in report.stages:
        measures = (f"{stage.means[measure]:.4f}" for measure in MEASURES)
        p_value = "" if stage.p_value is None else f"{stage.p_value:.4f}"
        rows.append((stage.stage, *measures, f"{stage.milliseconds:.2f}", p_value))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join([lines[0], _line(tuple(rule), widths), *lines[1:]])


def format_report(report: Report, collection: Collection) -> str:
    """Everything that a reader of the results should know.

    Args:
        report: What was measured.
        collection: On what.

    Returns:
        A page in Markdown that reads well in a terminal.
    """
    caption = _CAPTION.format(queries=report.queries, first=report.stages[0].stage)
    parts = [
        f"# {report.title}",
        "\n".join(f"- {note}" for note in collection.notes),
        format_table(report),
        caption,
        "\n".join(f"- {finding}" for finding in report.findings),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return f"| {first[0]:<{first[1]}} | " + " | ".join(f"{cell:>{width}}" for cell, width in others) + " |"
