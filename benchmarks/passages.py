"""Real text that every machine has: the documentation and the comments of installed Python packages.

Passages of 60 words from docstrings and comments of Python sources, and from all text files, of the site-packages, the
standard library, and ``/usr/share/doc``. What comes out depends on what is installed, and on nothing else.
"""

from __future__ import annotations

import re
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = 60
PLAIN = {".md", ".rst", ".txt"}
SOURCE = {".py", ".pyi"}
PROSE = re.compile(r'"""(.*?)"""|^[ \t]*#+(.*?)$', re.DOTALL | re.MULTILINE)
WORD = re.compile(r"\w+")


def files() -> Iterator[Path]:
    """All files with text, in an order of their own."""
    packages = {Path(path).resolve() for path in sys.path if Path(path).name == "site-packages"}
    library = Path(sysconfig.get_path("stdlib"))
    for root in [*sorted(packages), library, Path("/usr/share/doc")]:
        for path in sorted(root.rglob("*")):
            again = root == library and "site-packages" in path.parts
            if path.suffix in PLAIN | SOURCE and path.is_file() and not again:
                yield path


def passages(count: int) -> list[str]:
    """As many passages as asked for, each once, evenly from all that there are, or all if they are fewer."""
    found: dict[str, None] = {}
    for path in files():
        text = path.read_text(errors="ignore")
        if path.suffix in SOURCE:
            text = "\n".join(docstring or comment for docstring, comment in PROSE.findall(text))
        words = WORD.findall(text.lower())
        for start in range(0, len(words) - WORDS + 1, WORDS):
            found[" ".join(words[start : start + WORDS])] = None
    texts = list(found)
    if len(texts) > count:
        chosen = np.sort(np.random.default_rng(7).choice(len(texts), count, replace=False))
        texts = [texts[number] for number in chosen]
    return texts
