"""The examples in the docstrings run."""

from __future__ import annotations

import doctest
import importlib

import pytest

PUBLIC = {"widgets.pace.store": ["PaceStore"], "widgets.pace.limiter.session": ["PacedSession"]}


@pytest.mark.parametrize("name", PUBLIC)
def test_the_examples_of_a_module_run(name: str) -> None:
    results = doctest.testmod(importlib.import_module(name))
    assert results.attempted
    assert results.failed == 0


@pytest.mark.parametrize(("module", "public"), [(module, name) for module, names in PUBLIC.items() for name in names])
def test_every_public_name_has_an_example(module: str, public: str) -> None:
    found = doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(module))
    assert [each for each in found if each.name.endswith(public) and each.examples]
