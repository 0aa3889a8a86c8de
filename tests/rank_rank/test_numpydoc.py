"""The parts of a numpydoc docstring."""

import inspect

import numpy as np
import pytest

from rank_rank.numpydoc import SeeAlso, see_also, split_sections, summary, without_summary

HEAD = "Does it.\n\nSee Also\n--------\n"


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("sort : Sorts.", [(("sort",), "Sorts.")]),
        ("sort: Sorts.", [(("sort",), "Sorts.")]),
        ("sort  : Sorts.", [(("sort",), "Sorts.")]),
        ("sort", [(("sort",), "")]),
        ("a, b , c", [(("a", "b", "c"), "")]),
        ("a, b : Both.", [(("a", "b"), "Both.")]),
        ("a,\nb", [(("a",), ""), (("b",), "")]),
        ("sort :\n    Sorts\n    well.", [(("sort",), "Sorts well.")]),
        (
            "sort : Sorts,\n       and well.\nargsort : Indices.",
            [(("sort",), "Sorts, and well."), (("argsort",), "Indices.")],
        ),
        ("sort : Sorts.\n\nargsort", [(("sort",), "Sorts."), (("argsort",), "")]),
        ("numpy.linalg.svd : Decomposes.", [(("numpy.linalg.svd",), "Decomposes.")]),
        (":func:`sort` : Sorts.", [(("sort",), "Sorts.")]),
        (":py:func:`~numpy.sort` : Sorts.", [(("numpy.sort",), "Sorts.")]),
        ("`sort` : Sorts.", [(("sort",), "Sorts.")]),
        ("sort() : Sorts.", [(("sort",), "Sorts.")]),
        ("f : Same as a : b.", [(("f",), "Same as a : b.")]),
        (":ref:`how-to-partition`", []),
        (":ref:`how-to-partition`\n    more of it\nsort : Sorts.", [(("sort",), "Sorts.")]),
        ("Some sentence that is no entry.\nsort : Sorts.", [(("sort",), "Sorts.")]),
        ("", []),
    ],
)
def test_entries(section: str, expected: list[tuple[tuple[str, ...], str]]) -> None:
    assert see_also(HEAD + section) == [SeeAlso(*entry) for entry in expected]
    assert see_also(HEAD + section + "\n\nNotes\n-----\nother : No entry.") == [SeeAlso(*entry) for entry in expected]


def test_no_section() -> None:
    assert see_also("Does it.\n\nsee : also") == []


def test_summary() -> None:
    assert summary("Does it\nwell.\n\nAnd more.") == "Does it well."
    assert summary("f(x, /[, out])\n\nDoes it.") == "Does it."
    assert summary("f(x)\nf(x, y)\n\nDoes it.") == "Does it."
    assert summary("\nDoes it.\nParameters\n----------\nx") == "Does it."
    assert summary("Add (or not) things (slowly)") == "Add (or not) things (slowly)"
    assert summary("") == ""
    assert summary("Notes\n-----\nNone.") == ""


def test_without_summary() -> None:
    docstring = "f(x)\n\nDoes it.\n\nMore.\n\nSee Also\n--------\ng : G.\n\nNotes\n-----\nFast."
    assert without_summary(docstring) == "f(x)\n\n\nMore.\n\nSee Also\n--------\ng : G.\n\nNotes\n-----\nFast."
    assert without_summary(docstring, drop=("See Also",)) == "f(x)\n\n\nMore.\n\nNotes\n-----\nFast."


def test_a_rule_is_no_heading() -> None:
    assert split_sections("a\n\n-----\nb") == [("", ["a", "", "-----", "b"])]
    assert split_sections("table\n  x\n  ---\n  1") == [("", ["table", "  x", "  ---", "  1"])]


def test_a_real_docstring() -> None:
    docstring = inspect.getdoc(np.hstack) or ""
    assert summary(docstring) == "Stack arrays in sequence horizontally (column wise)."
    entries = {entry.names: entry.description for entry in see_also(docstring)}
    assert entries["concatenate",] == "Join a sequence of arrays along an existing axis."
    assert entries["hsplit",] == "Split an array into multiple sub-arrays horizontally (column-wise)."
    rest = without_summary(docstring, drop=("See Also",))
    assert "sequence horizontally" not in rest
    assert "existing axis" not in rest
    assert "Parameters" in rest
    assert "Examples" in rest
