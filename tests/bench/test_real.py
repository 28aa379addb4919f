from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.bench.real import servers
from tests.bench.real.__main__ import Found, summary, tried
from tests.bench.real.servers import SETTINGS, MissingError, program
from tests.bench.real.setups import NODE, PYTHON, SET, SETUPS

HERE = Path(servers.__file__).parent


def test_every_setup_has_a_server_and_every_server_a_true_wait() -> None:
    mjs = re.search(r"const servers = \{(.*)^\};", (HERE / "limited.mjs").read_text(), re.DOTALL | re.MULTILINE)
    assert mjs is not None
    assert re.findall(r'^  "?([^"\n]+?)"?: (?:async )?\(\)', mjs[1], re.MULTILINE) == list(NODE)
    table = next(
        node.value
        for node in ast.parse((HERE / "limited.py").read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
    )
    assert [ast.literal_eval(key) for key in table.keys if key] == list(PYTHON)
    assert list(SETTINGS) == list(SET)


def test_every_true_wait_lies_near_a_fifth_of_a_second() -> None:
    assert len(SETUPS) >= 60
    for setup in SETUPS:
        assert 0.15 < setup.truth(0.05) <= setup.truth(0.0) <= 0.3, setup.name


def test_what_is_not_installed_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "CACHE", tmp_path)
    with pytest.raises(MissingError, match="--install"):
        program("no-such-server")
    lines = [tried(setup, "quick", 0) for setup in (SETUPS[len(SET)], SETUPS[-1])]
    assert all(isinstance(line, str) and "--install" in line for line in lines)


def test_the_summary_names_what_is_too_short_and_what_is_too_long() -> None:
    def found(name: str, wait: float) -> Found:
        return Found(name, "certified", wait, 0.2, 80, 3, 20.0, 20, 0, "", [], [])

    text = summary("careful", [found("right", 0.21), found("short", 0.15), found("long", 0.5)])
    assert "shorter than the truth: short" in text
    assert "more than twice the truth: long 2.50" in text
    assert "wait/truth p50 1.05" in text
