"""What the documentation names exists: files, the names in them, and tests."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from server import headers
from server.embedded import HOST
from widgets.model.pace import Target

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "SECURITY.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FILE = re.compile(r"`((?:widgets|server|tests|docs)/[\w./*-]*?)(?:::?(\w+(?:\.\w+)*))?`")
"""`widgets/http/address.py`, `widgets/http/address.py:Guard.check`, or `tests/http/test_address.py::test_…`."""


@cache
def names_in(path: Path) -> set[str]:
    """Functions, classes, constants, and methods as `Class.method`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.ClassDef(name=name, body=body):
                found.add(name)
                found |= {f"{name}.{part.name}" for part in body if isinstance(part, ast.FunctionDef)}
            case ast.FunctionDef(name=name):
                found.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_what_a_page_names_exists(page: Path) -> None:
    for file, name in FILE.findall(page.read_text("utf-8")):
        found = list(ROOT.glob(file.rstrip("/")))
        assert found, f"{page.name} names {file}, which is not there"
        assert not name or name in names_in(found[0]), f"{page.name} names {name} in {file}, which has no such name"


def test_a_script_in_the_readme_asks_the_service_by_the_name_that_a_probe_of_the_page_found_its_pace_for() -> None:
    scripts = re.findall("```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    asked = [url for script in scripts for url in re.findall(r"""["'](https?://[^"']+)["']""", script)]
    assert {Target.of(url).origin for url in asked} == {f"http://{HOST}:5009"}


def test_the_readme_counts_the_honest_dialects_of_the_service() -> None:
    """Besides saying nothing, some are wrong on purpose, which the module that holds them says."""
    silent, wrong = {"none"}, re.search(r"^- (.*): wrong on purpose", headers.__doc__ or "", re.MULTILINE)
    assert wrong
    honest = set(headers.DIALECTS) - silent - set(re.findall("`(.*?)`", wrong[1]))
    assert f"any of {len(honest)} header dialects" in (ROOT / "README.md").read_text("utf-8")


def test_a_name_that_is_not_there_would_be_found() -> None:
    assert FILE.findall("`tests/test_docs.py::test_x` and `widgets/app.py:Dashboard.nothing`, `server/`") == [
        ("tests/test_docs.py", "test_x"),
        ("widgets/app.py", "Dashboard.nothing"),
        ("server/", ""),
    ]
    assert "names_in" in names_in(Path(__file__))
    assert "Dashboard" in names_in(ROOT / "widgets/app.py")
    assert "Dashboard.nothing" not in names_in(ROOT / "widgets/app.py")
