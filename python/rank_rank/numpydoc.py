"""The parts of a docstring in the format of numpydoc that the demo's collection is made from."""

import re
from typing import NamedTuple

_UNDERLINE = re.compile(r"[-=]{3,}\s*")
_ITEM = r"(?::\w+(?::\w+)?:)?`?~?(?P<name>[A-Za-z_][\w.]*)(?:\(\))?`?"
_NAMES = re.compile(rf"{_ITEM.replace('?P<name>', '')}(?:\s*,\s*{_ITEM.replace('?P<name>', '')})*")
_NAME = re.compile(_ITEM)
# "name : description", "name: description", or "name :" with the description on the lines beneath.
_ENTRY = re.compile(rf"(?P<names>{_NAMES.pattern})\s*(?:,\s*)?(?::(?:\s+(?P<description>\S.*))?)?\s*")
_SIGNATURE = re.compile(r"[\w.]+\(.*\)(\s*->.*)?")


class SeeAlso(NamedTuple):
    """An entry of a "See Also" section.

    Attributes:
        names: The functions, as written.
        description: What is said of them, on one line; empty where nothing is.
    """

    names: tuple[str, ...]
    description: str


def split_sections(docstring: str) -> list[tuple[str, list[str]]]:
    r"""Cuts a docstring at its section headings.

    Args:
        docstring: As ``inspect.getdoc`` gives it: without common indentation.

    Returns:
        Heading and lines of each section in order; the first, without a heading, is what stands before all.

    Example:
        >>> split_sections("Adds.\n\nNotes\n-----\nFast.")
        [('', ['Adds.', '']), ('Notes', ['Fast.'])]
    """
    lines = docstring.split("\n")
    sections: list[tuple[str, list[str]]] = [("", [])]
    position = 0
    while position < len(lines):
        heading = lines[position]
        underlined = position + 1 < len(lines) and _UNDERLINE.fullmatch(lines[position + 1])
        if heading.strip() and not heading.startswith(" ") and underlined:
            sections.append((heading.strip(), []))
            position += 2
        else:
            sections[-1][1].append(heading)
            position += 1
    return sections


def summary(docstring: str) -> str:
    r"""The summary of a docstring, on one line: its first paragraph, after a signature if there is one.

    Args:
        docstring: As ``inspect.getdoc`` gives it.

    Returns:
        The summary, empty where there is none.

    Example:
        >>> summary("add(a, b)\n\nAdds two\nnumbers.\n\nSlowly.")
        'Adds two numbers.'
    """
    lines = split_sections(docstring)[0][1]
    start, end = _summary_lines(lines)
    return " ".join(" ".join(lines[start:end]).split())


def without_summary(docstring: str, drop: tuple[str, ...] = ()) -> str:
    r"""A docstring without its summary, and without some of its sections.

    Args:
        docstring: As ``inspect.getdoc`` gives it.
        drop: Headings of the sections to leave out.

    Returns:
        The rest, with its line breaks.

    Example:
        >>> without_summary("Adds.\n\nExact.\n\nSee Also\n--------\nsub : Subtracts.", drop=("See Also",))
        'Exact.'
    """
    sections = split_sections(docstring)
    lines = sections[0][1]
    start, end = _summary_lines(lines)
    kept = lines[:start] + lines[end:]
    for heading, body in sections[1:]:
        if heading not in drop:
            kept += [heading, "-" * len(heading), *body]
    return "\n".join(kept).strip()


def see_also(docstring: str) -> list[SeeAlso]:
    r"""The entries of the "See Also" section.

    An entry is ``name``, ``name, name`` or ``name : description``; indented lines beneath it go on with its
    description. Lines that are none of these, such as links to a page, are passed over.

    Args:
        docstring: As ``inspect.getdoc`` gives it.

    Returns:
        The entries in order; none where there is no such section.

    Source:
        The numpydoc docstring guide, section "See Also".

    Example:
        >>> see_also("Adds.\n\nSee Also\n--------\nsub, div\nmul : Multiplies\n    numbers.")
        [SeeAlso(names=('sub', 'div'), description=''), SeeAlso(names=('mul',), description='Multiplies numbers.')]
    """
    entries: list[tuple[tuple[str, ...], list[str]]] = []
    for heading, lines in split_sections(docstring):
        if heading != "See Also":
            continue
        goes_on = False
        for line in lines:
            if not line.strip():
                continue
            if line.startswith(" ") and entries:
                if goes_on:
                    entries[-1][1].append(line.strip())
                continue
            entry = _ENTRY.fullmatch(line.strip())
            goes_on = entry is not None
            if entry:
                names = tuple(match["name"].rstrip(".") for match in _NAME.finditer(entry["names"]))
                entries.append((names, [entry["description"] or ""]))
    return [SeeAlso(names, " ".join(" ".join(parts).split())) for names, parts in entries]


def _summary_lines(lines: list[str]) -> tuple[int, int]:
    """First and last (exclusive) line of the summary in the part of a docstring before all headings."""
    start = _skip_blank(lines, 0)
    while start < len(lines) and _SIGNATURE.fullmatch(_paragraph(lines, start)):
        start = _skip_blank(lines, start + _paragraph_length(lines, start))
    return start, start + _paragraph_length(lines, start)


def _skip_blank(lines: list[str], position: int) -> int:
    while position < len(lines) and not lines[position].strip():
        position += 1
    return position


def _paragraph_length(lines: list[str], start: int) -> int:
    length = 0
    while start + length < len(lines) and lines[start + length].strip():
        length += 1
    return length


def _paragraph(lines: list[str], start: int) -> str:
    return " ".join(line.strip() for line in lines[start : start + _paragraph_length(lines, start)])
