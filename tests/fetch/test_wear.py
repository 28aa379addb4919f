"""Nothing wears out: what hundreds of fetches of every bundled type leave behind."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.mark.long
def test_after_300_fetches_of_every_bundled_type_all_is_as_it_was() -> None:
    command = [sys.executable, "-m", "tests.fetch.wear", "300"]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=1200)
    grown = json.loads(told.stdout)["grown"]
    assert grown["widgets"] == 0
    assert grown["files"] <= 4  # Two decoders, each with its pipe, may have been replaced meanwhile.
    assert grown["threads"] <= 1
    assert grown["resident"] < 30_000_000
