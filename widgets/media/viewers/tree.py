"""Trees: nested lists that open and close without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.media.sandbox import Markup, Text, tag

if TYPE_CHECKING:
    from widgets.media.decoders import Branch

_OPEN_DEPTH = 2


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
