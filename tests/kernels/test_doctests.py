"""The examples under the public names say what is so."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize("name", ["preloaded", "provisioner", "visitors", "health", "memory"])
def test_the_examples_run(name: str) -> None:
    found = doctest.testmod(importlib.import_module(f"widgets.kernels.{name}"))
    assert found.attempted > 0
    assert found.failed == 0
