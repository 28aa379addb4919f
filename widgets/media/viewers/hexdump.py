"""Any bytes: offsets, hexadecimal, and what is readable of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.media.registry import renderer
from widgets.media.sandbox import change, show, tag
from widgets.media.verdict import BYTES

if TYPE_CHECKING:
    from widgets.media.blob import Blob, Shown

_ROW = 16
_PAGE = 4096


@renderer(BYTES, kind="bytes")
def show_bytes(reply: Shown) -> ipywidgets.Widget:
    """Show bytes a page of 4,096 at a time."""
    pages = max(1, -(-len(reply.body) // _PAGE))
    dump = show(css="ww-hex")
    chooser = ipywidgets.BoundedIntText(value=1, min=1, max=pages, description=f"Page of {pages:,}")

    def turn(_: object = None) -> None:
        first = (chooser.value - 1) * _PAGE
        rows = "\n".join(hex_rows(reply.body, first, _PAGE)) or "There are no bytes."
        change(
            dump,
            tag("pre", rows, class_="ww-pre", tabindex="0", role="region", aria_label="Bytes in hexadecimal"),
        )

    turn()
    chooser.observe(turn, "value")
    return ipywidgets.VBox([chooser, dump] if pages > 1 else [dump])


def hex_rows(body: Blob, first: int, count: int) -> list[str]:
    """Return rows of 16 bytes: offset, hexadecimal, and ASCII with a dot for the rest."""
    data = body[first : first + count]
    rows = []
    for start in range(0, len(data), _ROW):
        row = data[start : start + _ROW]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)  # noqa: PLR2004 - printable ASCII
        rows.append(f"{first + start:08x}  {row.hex(' ', 1):<47}  {letters}")
    return rows
