"""Refuses code that could put something of a reply into HTML: `python tests/media/safety_lint.py widgets`.

Only the modules in `BUILDERS` may make HTML out of what they are given, because they escape it. Everywhere else a
widget or a display function that runs markup takes literals, and f-strings whose every part is escaped in place.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BUILDERS = ("widgets/media/sandbox.py", "widgets/kit/markup.py")
RUNNERS = frozenset({"HTML", "HTMLMath", "Markdown", "SVG", "Javascript", "Latex", "display", "Markup"})
ESCAPERS = frozenset(
    {"plain", "escaped", "tag", "table", "download", "save_link", "loopback_link", "show", "frame", "stylesheet"}
)


def complaints(source: str, name: str) -> Iterator[str]:
    """Yield a line for each place in `source` that could let text of a reply run."""
    if name.replace("\\", "/").endswith(BUILDERS):
        return
    tree = ast.parse(source, name)
    harmless = Harmless(tree)
    for node in ast.walk(tree):
        where = f"{name}:{getattr(node, 'lineno', 0)}"
        match node:
            case ast.Call() if (called := _name(node.func)) in RUNNERS:
                given = [*node.args, *(key.value for key in node.keywords if key.arg in ("value", "data", None))]
                if not all(map(harmless, given)):
                    yield f"{where}: {called}() is given something that is not escaped in place"
            case ast.Assign(targets=[*_, ast.Attribute(attr="value")], value=value):
                if _holds_markup(value) and not harmless(value):
                    yield f"{where}: markup with something in it that is not escaped in place"
            case ast.keyword(arg="description_allow_html"):
                yield f"{where}: description_allow_html lets a description run"
            case ast.ImportFrom(module=str(module)) if module.startswith("IPython"):
                yield f"{where}: IPython's display functions run what they are given"


def _name(function: ast.expr) -> str:
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


class Harmless:
    """Whether an expression is made of literals, numbers and escaped parts alone.

    A name is as harmless as everything that the file ever gives to that name; what comes in as an argument is not.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._given: dict[str, list[ast.expr]] = {}
        stores: list[str] = []
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._given.setdefault(name, []).append(value)
                case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                    stores.append(name)
        self._foreign = {name for name in stores if stores.count(name) > len(self._given.get(name, []))}

    def __call__(self, value: ast.expr) -> bool:
        match value:
            case ast.Constant():
                parts: list[ast.expr] = []
            case ast.JoinedStr(values=parts):
                pass
            case ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=str(spec))])) if (
                spec[-1] in "dfge%"
            ):
                parts = []  # Such a format raises for anything but a number.
            case ast.FormattedValue(value=inner):
                parts = [inner]
            case ast.BinOp(left=left, op=ast.Add(), right=right) | ast.IfExp(body=left, orelse=right):
                parts = [left, right]
            case ast.Subscript(value=ast.Dict(values=parts)):
                pass
            case ast.Name(id=name) if name in self._given and name not in self._foreign:
                # Popped while it is looked into: a name that is given to itself ends there.
                parts = self._given.pop(name)
                found = all(map(self, parts))
                self._given[name] = parts
                return found
            case ast.Call(func=function):
                return _name(function) in ESCAPERS
            case _:
                return False
        return all(map(self, parts))


def _holds_markup(value: ast.expr) -> bool:
    return any(isinstance(part, ast.Constant) and "<" in str(part.value) for part in ast.walk(value))


def main(folders: list[str]) -> int:
    """Print every complaint about the Python files below `folders`; return 1 when there are any."""
    files = sorted(file for folder in folders for file in Path(folder).rglob("*.py"))
    found = [line for file in files for line in complaints(file.read_text("utf-8"), file.as_posix())]
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
