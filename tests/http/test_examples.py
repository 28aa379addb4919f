"""The examples in the docstrings of these rooms are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import widgets.fetch
import widgets.http
import widgets.model

MODULES = [
    found.name
    for room in (widgets.http, widgets.model, widgets.fetch)
    for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}.")
]


@pytest.mark.parametrize("name", MODULES)
def test_every_example_is_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [each for name in MODULES for each in finder.find(importlib.import_module(name)) if each.examples]
    assert len(found) >= 10
