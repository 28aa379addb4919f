"""XML: a tree; entities are not resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.media.child import in_child
from widgets.media.decoders import xml_tree
from widgets.media.registry import renderer
from widgets.media.sandbox import show
from widgets.media.viewers.text import source_of
from widgets.media.viewers.tree import tree_box

if TYPE_CHECKING:
    import ipywidgets

    from widgets.media.blob import Shown


@renderer("application/xml", "text/xml", "*/*+xml", kind="a tree of elements")
def show_xml(reply: Shown) -> ipywidgets.Widget:
    """Show XML as a tree, and its source below."""
    return show(tree_box(in_child(xml_tree, bytes(reply.body)), "XML as a tree"), source_of(reply))
