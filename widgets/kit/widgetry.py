"""Small deeds on widgets, and widgets that cost the browser one model instead of three."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import ipywidgets
from ipywidgets.widgets import widget as registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

W = TypeVar("W", bound=ipywidgets.DOMWidget)


class Instances(dict[str, ipywidgets.Widget]):
    """All widgets by their id, in place of ipywidgets' own plain `dict`.

    A page that opens asks for the states of all of them, and ipywidgets goes through its `dict` to answer. Where a
    thread made or closed a widget meanwhile that raised, the answer never came, and the page stayed empty.
    """

    def values(self) -> Iterator[ipywidgets.Widget]:  # type: ignore[override]
        """Those there are now, whatever is made meanwhile; one that is closed before its turn is left out."""
        return (each for key, each in self.copy().items() if key in self)


registry._instances = Instances(registry._instances)  # noqa: SLF001 - the registry has no public name

_shared: dict[str, ipywidgets.Widget] = {}
"""One empty layout, and one empty style of each kind: all that this project says of looks stands in its stylesheets."""


def lean(kind: type[W], *args: object, css: str = "", **traits: Any) -> W:
    """Make a widget that shares its layout and its style with all others, which are made once.

    ipywidgets sends a layout and a style of its own with each widget, so that a page opens with three times the
    models it needs.

    >>> one, other = lean(ipywidgets.HTML, "a"), lean(ipywidgets.HTML, "b", css="ww-line ww-note")
    >>> one.layout is other.layout, one.style is other.style, other._dom_classes
    (True, True, ('ww-line', 'ww-note'))
    """
    traits["layout"] = bare()
    style = getattr(kind.class_traits().get("style"), "klass", None)
    if isinstance(style, type) and issubclass(style, ipywidgets.Widget):
        traits["style"] = _once(style.__name__, style)
    if css:
        traits["_dom_classes"] = css.split()
    made: W = kind(*args, **traits)
    return made


def bare() -> ipywidgets.Layout:
    """The one empty layout, for a widget that is made by a class of its own."""
    return _once("layout", ipywidgets.Layout)


def box(children: Iterable[ipywidgets.Widget] = (), css: str = "") -> ipywidgets.Box:
    """A lean box; the stylesheet says how its children stand."""
    return lean(ipywidgets.Box, list(children), css=css)


def html(value: str = "", css: str = "") -> ipywidgets.HTML:
    """Lean HTML, from text that is escaped (see `markup`)."""
    return lean(ipywidgets.HTML, value, css=css)


def put(widget: ipywidgets.HTML, value: str) -> None:
    """Set what is shown, where it changed: what is the same need not travel."""
    if widget.value != value:
        widget.value = value


def _once(name: str, kind: type[ipywidgets.Widget]) -> ipywidgets.Widget:
    known = _shared.get(name)
    if known is None or known.comm is None:  # whoever closes all widgets closes these too
        known = _shared[name] = kind()
    return known


def marked(widget: ipywidgets.DOMWidget, name: str, *, on: bool) -> None:
    """Give a widget a class, or take it away."""
    if on:
        widget.add_class(name)
    else:
        widget.remove_class(name)


def visible(widget: ipywidgets.DOMWidget, *, on: bool) -> None:
    """Show a widget or take it off the page, for screen readers too."""
    marked(widget, "ww-hidden", on=not on)


def close(widget: ipywidgets.Widget) -> None:
    """Close a widget with all inside: a closed box leaves its children, and their bytes, in kernel and browser."""
    for child in getattr(widget, "children", ()):
        close(child)
    for part in ("layout", "style"):
        inner = getattr(widget, part, None)
        if isinstance(inner, ipywidgets.Widget) and inner not in _shared.values():
            inner.close()
    widget.close()
