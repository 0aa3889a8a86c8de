"""Every public name of every wheel is documented, and what the documentation shows is what happens."""

import doctest
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ["rank_eval", "rank_fusion", "rank_rerank", "rank_retrieve", "rank_soft"]
READMES = [
    ROOT / "README.md",
    *(ROOT / f"crates/{name}/{name}-python/README.md" for name in (package.replace("_", "-") for package in PACKAGES)),
]


def documented(package: str) -> Iterator[tuple[str, object]]:
    module = importlib.import_module(package)
    for name in module.__all__:
        item = getattr(module, name)
        yield name, item
        if inspect.isclass(item) and not issubclass(item, Exception):
            for method in vars(item):
                if not method.startswith("_"):
                    yield f"{name}.{method}", getattr(item, method)


ITEMS = [(package, name, item) for package in PACKAGES for name, item in documented(package)]


@pytest.mark.parametrize(("package", "name", "item"), ITEMS, ids=[f"{package}.{name}" for package, name, _ in ITEMS])
def test_docstrings(package: str, name: str, item: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = inspect.getdoc(item)
    assert text, name
    names = {**vars(importlib.import_module(package)), "np": np}
    example = doctest.DocTestParser().get_doctest(text, names, name, None, None)
    assert doctest.DocTestRunner(verbose=False).run(example).failed == 0


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_shows_examples(package: str) -> None:
    assert importlib.import_module(package).__doc__
    assert any(">>>" in (inspect.getdoc(item) or "") for owner, _, item in ITEMS if owner == package)


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.parent.name)
def test_readmes(readme: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", readme.read_text(), flags=re.DOTALL | re.MULTILINE)
    assert blocks
    # A block may go on where the one before it ended.
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(readme), "exec"), names)  # noqa: S102 - our own README
