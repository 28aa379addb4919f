"""Ctrl+C while a program of ours (`python -m widgets.…`) is still loading. IO.

A program's packages are loaded before its first own line, for a second and more: what it does about an interrupt cannot
stand in it. An exception would not do either: modules written in C make another one of it, or go on without it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PROGRAMS = ("widgets.probe", "widgets.pace.door")
"""Those that people start. A server of kernels is none: an interrupt of a kernel is an exception in a cell."""

INTERRUPTED = 130
"""The exit status that shells know of an interrupt: 128, and 2 for SIGINT."""


_loading: list[str] = []
"""The program that is being loaded: its name is known for so long only."""


def program(command: Sequence[str], arguments: Sequence[str]) -> str:
    """Which of ours Python is loading, by `sys.orig_argv` and `sys.argv`; empty where it loads none.

    While the packages of a program are looked for, `-m` stands in the place of its file.

    >>> program(["python3", "-um", "widgets.probe", "http://localhost/"], ["-m", "http://localhost/"])
    'widgets.probe'
    >>> program(["python3", "-m", "pytest", "widgets.probe"], ["/lib/pytest.py", "widgets.probe"])
    ''
    """
    if arguments[:1] != ["-m"] or len(command) <= len(arguments):
        return ""
    word = command[-len(arguments)]
    return next((name for name in PROGRAMS if word == name or (word[:1] == "-" and word.endswith(f"m{name}"))), "")


def end_while_loading() -> None:
    """Let an interrupt end one of our programs with a sentence, until it says itself what shall come of one."""
    name = program(sys.orig_argv, sys.argv)
    alone = threading.current_thread() is threading.main_thread()
    if name and alone and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        _loading.append(name)
        signal.signal(signal.SIGINT, _end)


def as_exceptions() -> None:
    """From now on an interrupt is an exception again, for a program that catches it; others' handlers stay."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(*_: object) -> None:
    # Not through a stream, which may be in use where the interrupt came; nothing was begun that would have to be ended.
    try:
        os.write(2, f"python -m {_loading[0]}: stopped by you before it began.\n".encode())
    finally:  # with nobody to read it as well
        os._exit(INTERRUPTED)
