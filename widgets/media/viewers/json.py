"""JSON: a tree that opens."""

from __future__ import annotations

import ipywidgets

from widgets.media.blob import Shown
from widgets.media.child import in_child
from widgets.media.decoders import Branch, json_tree, ndjson_tree
from widgets.media.registry import renderer
from widgets.media.sandbox import Markup, Text, show, tag
from widgets.media.viewers.text import read_text, source_of

_LONGEST = 20_000_000
_OPEN_DEPTH = 2


@renderer("application/json", "*/*+json", "text/json", kind="a tree")
def show_json(reply: Shown) -> ipywidgets.Widget:
    """Show JSON as a tree, and its source below."""
    decoded, _ = read_text(reply, _LONGEST)
    return show(tree_box(in_child(json_tree, decoded.text), "JSON as a tree"), source_of(reply))


@renderer("application/x-ndjson", "application/jsonl", "application/json-lines", kind="a tree of lines")
def show_lines(reply: Shown) -> ipywidgets.Widget:
    """Show JSON lines as a tree, and their source below."""
    decoded, _ = read_text(reply, _LONGEST)
    return show(tree_box(in_child(ndjson_tree, decoded.text), "JSON lines as a tree"), source_of(reply))


def tree_box(branch: Branch, name: str) -> Markup:
    """Return a tree in a box that scrolls and can be reached by keyboard."""
    return tag("div", tree(branch), class_="ww-tree", tabindex="0", role="region", aria_label=name)


def tree(branch: Branch, depth: int = 0) -> Markup:
    """Return a branch with all below it; the first levels are open."""
    label: list[Text] = [tag("strong", branch.label), " "] if branch.label else []
    if not branch.children and not branch.more:
        return tag("div", *label, tag("code", branch.value, class_=f"ww-{branch.kind.split()[0]}"), class_="ww-leaf")
    size = tag("small", f"{branch.value}, {branch.size:,} characters")
    below: list[Text] = [tag("li", tree(child, depth + 1)) for child in branch.children]
    if branch.more:
        below.append(tag("li", tag("em", f"and {branch.more:,} more, not shown")))
    return tag("details", tag("summary", *label, size), tag("ul", *below), open=depth < _OPEN_DEPTH)
