"""The collection that every machine has: NumPy's own documentation.

A document is the docstring of a public function, without its summary and without its "See Also" section. A query is
what the "See Also" section of *another* function says of it. Summaries are left out because many of those descriptions
are copies of them, "See Also" sections because they hold the queries word for word.
"""

import importlib
import inspect
import types
import warnings
from collections.abc import Iterator

import numpy as np

from rank_rank.collection import Collection, Document
from rank_rank.numpydoc import see_also, summary, without_summary

# The public modules, most common first: a function that several of them offer is called by the first one's name.
_MODULES = (
    "numpy",
    "numpy.linalg",
    "numpy.fft",
    "numpy.random",
    "numpy.strings",
    "numpy.char",
    "numpy.polynomial",
    "numpy.polynomial.polynomial",
    "numpy.polynomial.chebyshev",
    "numpy.polynomial.hermite",
    "numpy.polynomial.hermite_e",
    "numpy.polynomial.laguerre",
    "numpy.polynomial.legendre",
    "numpy.polynomial.polyutils",
    "numpy.emath",
    "numpy.ma",
    "numpy.ma.mrecords",
    "numpy.rec",
    "numpy.ctypeslib",
    "numpy.testing",
    "numpy.lib",
    "numpy.lib.array_utils",
    "numpy.lib.format",
    "numpy.lib.introspect",
    "numpy.lib.npyio",
    "numpy.lib.recfunctions",
    "numpy.lib.scimath",
    "numpy.lib.stride_tricks",
    "numpy.f2py",
)


def numpy_collection() -> Collection:
    """Makes the collection from the NumPy that is installed.

    Functions that share a docstring to the letter (``numpy.abs`` and ``numpy.absolute``, ``numpy.char.upper`` and
    ``numpy.strings.upper``) are one document. A description that is the described function's own summary to the letter,
    but for line breaks and a final full stop, is dropped. The same description of several functions is one query with
    several relevant documents.

    Returns:
        The collection. Its notes say how many descriptions there were, how many of them were dropped and why.
    """
    docstrings, names = _functions()
    summaries = {name: summary(docstring) for name, docstring in docstrings.items()}
    relevant: dict[str, list[str]] = {}
    found = elsewhere = itself = copies = 0
    for describing, docstring in docstrings.items():
        for entry in see_also(docstring):
            if not entry.description:
                continue
            for name in entry.names:
                found += 1
                described = _resolve(name, describing, names)
                if described is None:
                    elsewhere += 1
                elif described == describing:
                    itself += 1
                elif _letters(entry.description) == _letters(summaries[described]):
                    copies += 1
                else:
                    relevant.setdefault(entry.description, []).append(described)
    remain = sum(map(len, relevant.values()))
    queries = {f"q{number}": text for number, text in enumerate(relevant, start=1)}
    return Collection(
        name=f"NumPy {np.__version__} documentation",
        documents=tuple(
            Document(name, "", without_summary(docstring, drop=("See Also",)), summaries[name])
            for name, docstring in docstrings.items()
        ),
        queries=queries,
        qrels={key: dict.fromkeys(relevant[text], 1) for key, text in queries.items()},
        notes=(
            (
                f"{len(docstrings)} documents: docstrings of public functions, without their summaries and without "
                'their "See Also" sections, which hold the queries.'
            ),
            (
                f'{found} descriptions in "See Also" sections; dropped: {elsewhere} of what is no public function of '
                f"NumPy (classes, methods, other libraries), {itself} of the describing function itself, {copies} that "
                f"are the described function's own summary to the letter; {remain} remain."
            ),
            f"{len(queries)} queries, the distinct texts among those {remain}.",
        ),
    )


def _functions() -> tuple[dict[str, str], dict[str, str]]:
    """The docstring of each function by its name, and the name by all names under which it is public."""
    docstrings: dict[str, str] = {}
    names: dict[str, str] = {}
    first: dict[str, str] = {}
    for module_name in _MODULES:
        module = _module(module_name)
        if module is None:  # younger than this NumPy
            continue
        public = dict(_public(module))
        for name, docstring in public.items():
            full = f"{module_name}.{name}"
            if docstring not in first:
                first[docstring] = full
                docstrings[full] = docstring
            names[full] = first[docstring]
    return docstrings, names


def _module(name: str) -> types.ModuleType | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            parent, _, attribute = name.rpartition(".")
            return getattr(importlib.import_module(parent), attribute, None)  # numpy.emath


def _public(module: types.ModuleType) -> Iterator[tuple[str, str]]:
    """Names and docstrings of a module's public functions.

    Own names come before other names, and names that the docstring's examples call before those that they do not.
    """
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    functions = []
    for name in names:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            function = getattr(module, name, None)
        if not callable(function) or inspect.isclass(function):
            continue
        docstring = inspect.getdoc(function)
        if docstring and docstring.strip():
            alias = getattr(function, "__name__", "") != name
            functions.append((alias, -docstring.count(f".{name}("), name, docstring))
    for *_, name, docstring in sorted(functions):
        yield name, docstring


def _resolve(name: str, describing: str, names: dict[str, str]) -> str | None:
    """The function that a name means where it is written: in its module, else in the ones around that."""
    name = f"numpy.{name.removeprefix('np.')}" if name.startswith("np.") else name
    module = describing.rpartition(".")[0]
    while module:
        if f"{module}.{name}" in names:
            return names[f"{module}.{name}"]
        module = module.rpartition(".")[0]
    return names.get(name)


def _letters(text: str) -> str:
    return " ".join(text.split()).removesuffix(".")
