"""What tests of the viewers share: rendering, and looking at what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets
import pytest

from widgets.media import MediaView, Piece, render

from . import files

Shows = Callable[..., "Seen"]


class Seen:
    """A rendered widget, and what a person would find in it."""

    def __init__(self, widget: ipywidgets.Widget) -> None:
        self.widget = widget

    def __iter__(self) -> Iterator[ipywidgets.Widget]:
        return walk(self.widget)

    @property
    def html(self) -> str:
        """All markup of the view, in order, without what stands beneath it."""
        view = self.widget.children[0] if isinstance(self.widget, MediaView) else self.widget
        return "\n".join(widget.value for widget in walk(view) if isinstance(widget, ipywidgets.HTML))

    @property
    def whole(self) -> MediaView:
        """The whole, where there is more than the view."""
        assert isinstance(self.widget, MediaView)
        return self.widget

    def one(self, kind: type[Any]) -> Any:
        """Return the first widget of a kind."""
        return next(widget for widget in self if isinstance(widget, kind))


def walk(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Yield a widget and all inside it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def growth(work: Callable[[int], object], size: int) -> float:
    """How many times as long it takes with four times as much: some 4 in proportion, 16 with its square.

    Processor time against processor time, so that it matters little how fast the machine is and what else it does.
    """

    def taken(size: int) -> float:
        begun = time.process_time()
        work(size)
        return time.process_time() - begun

    return min(taken(4 * size) for _ in range(3)) / min(taken(size) for _ in range(3))


LINEAR = 9
"""Growth beyond which work is not in proportion."""


@pytest.fixture
def shows() -> Shows:
    """Render bytes under a declared type."""

    def show(body: bytes, media_type: str, *, charset: str = "", description: str = "", shown_as: str = "") -> Seen:
        reply = Piece("http://x.example/file", body, media_type, charset, description)
        return Seen(render(reply, shown_as=shown_as))

    return show


@pytest.fixture(scope="session")
def picture() -> Callable[..., bytes]:
    """Make a picture in a format of Pillow."""
    return files.picture


@pytest.fixture(scope="session")
def sound() -> bytes:
    """One second of silence as WAV, 8,000 samples of one byte."""
    return files.sound()


@pytest.fixture(scope="session")
def document() -> bytes:
    """A PDF of three pages, each of which says its number."""
    return files.document()


@pytest.fixture(scope="session")
def fits() -> bytes:
    """A FITS file with a picture of 4 × 3 short integers and an empty extension."""
    return files.fits()
