"""An interrupt ends a program with a sentence, also while it is loading."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from widgets.interrupts import PROGRAMS, program

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[1]

AT_AN_IMPORT = """
import os, signal, sys

class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["INTERRUPT_AT"]:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupted())
"""
"""Python loads a module of this name before anything else."""


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGINT for another process")
@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("widgets.probe", "widgets.probe"),
        ("widgets.probe", "ipywidgets"),
        ("widgets.probe", "widgets.probe.panel.hero"),
        ("widgets.probe", "widgets.probe.__main__"),
        ("widgets.pace.door", "widgets.pace"),
        ("widgets.pace.door", "widgets.pace.door.server"),
        ("widgets.pace.door", "widgets.pace.store.engine"),
    ],
)
def test_an_interrupt_while_a_program_loads_ends_it_with_a_sentence(name: str, module: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(AT_AN_IMPORT)
    done = subprocess.run(
        [sys.executable, "-m", name, *(["http://127.0.0.1:9/"] if name == "widgets.probe" else ["--port", "0"])],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]), "INTERRUPT_AT": module},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == f"python -m {name}: stopped by you before it began.\n"


def test_every_program_that_people_start_is_known() -> None:
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "widgets").rglob("__main__.py")}
    assert set(PROGRAMS) == found


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (["python", "-m", "widgets.kernels.preloaded", "3"], ["-m", "3"]),
        (["python", "-m", "widgets.probe", "http://a/"], ["/widgets/probe/__main__.py", "http://a/"]),
        (["python", "-m", "other", "widgets.probe"], ["-m", "widgets.probe"]),
        (["python", "-c", "import widgets", "widgets.probe"], ["-c", "widgets.probe"]),
        (["python", "widgets.probe"], ["widgets.probe"]),
        ([], []),
    ],
)
def test_whoever_else_loads_us_keeps_the_interrupts_it_has(command: Sequence[str], arguments: Sequence[str]) -> None:
    assert program(command, arguments) == ""
