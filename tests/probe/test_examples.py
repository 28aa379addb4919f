"""The examples in the docstrings of the probe are true, and so is what is said of its constants."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import widgets.probe
from widgets.probe import strategies

MODULES = [
    found.name
    for found in pkgutil.walk_packages(widgets.probe.__path__, "widgets.probe.")
    if not found.name.endswith("__main__")
]
THEORY = Path(strategies.__file__).with_name("theory.md").read_text("utf-8")
CONSTANTS = re.findall(r"^\| `(\w+)\.(\w+)` \| ([\d.]+) \|", THEORY, re.MULTILINE)


@pytest.mark.parametrize("name", MODULES)
def test_every_example_is_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [each for name in MODULES for each in finder.find(importlib.import_module(name)) if each.examples]
    assert len(found) >= 10


@pytest.mark.parametrize(("module", "name", "value"), CONSTANTS)
def test_the_theory_names_constants_as_they_are(module: str, name: str, value: str) -> None:
    room = "identify" if (Path(strategies.__file__).parents[1] / "identify" / f"{module}.py").exists() else "strategies"
    found = importlib.import_module(f"widgets.probe.{room}.{module}")
    assert getattr(found, name) == float(value)


def test_the_theory_names_many_of_them_and_files_that_exist() -> None:
    assert len(CONSTANTS) >= 16
    here = Path(strategies.__file__).parent
    for named in re.findall(r"\(`([\w/]+\.py)`\)", THEORY):
        assert (here / named).exists() or (here.parent / named).exists(), named
