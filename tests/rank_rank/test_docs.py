"""The examples in the docstrings."""

import doctest
import importlib
import pkgutil

import pytest

import rank_rank

MODULES = [f"rank_rank.{module.name}" for module in pkgutil.iter_modules(rank_rank.__path__)]
WITH_EXAMPLES = {"rank_rank.collection", "rank_rank.lsa", "rank_rank.numpydoc"}


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    results = doctest.testmod(importlib.import_module(name))
    assert results.failed == 0
    assert (results.attempted > 0) == (name in WITH_EXAMPLES)


def test_every_public_name_is_documented() -> None:
    for name in rank_rank.__all__:
        assert getattr(rank_rank, name).__doc__
