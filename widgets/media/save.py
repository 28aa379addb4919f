"""Saving a body exactly as it came, from a page that cannot reach the kernel's files."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import ipywidgets

from .sandbox import save_link, show

if TYPE_CHECKING:
    from .blob import Blob, Shown

AT_ONCE = 300_000
"""Bytes up to which the link holds the body at once; more would double what every fetch sends to the browser."""

_PIECE = 1 << 20
_LONGEST_NAME = 100
_ENDINGS = {"audio/wav": ".wav", "application/fits": ".fits", "text/csv": ".csv", "application/x-ndjson": ".ndjson"}


class Save(ipywidgets.Box):
    """A link that saves the body; a large body is put into it only when asked for."""

    def __init__(self, reply: Shown, media_type: str) -> None:
        self._reply = reply
        self._name = file_name(reply.url, media_type)
        super().__init__(_dom_classes=["ww-save"])
        if len(reply.body) <= AT_ONCE:
            self.prepare()
        else:
            button = ipywidgets.Button(description="Save …", tooltip=f"Prepare {self._name} for saving")
            button.on_click(lambda _: self.prepare())
            self.children = (button,)

    def prepare(self) -> None:
        """Put the link in place."""
        old = self.children
        label = f"Save {self._name} ({len(self._reply.body):,} bytes)"
        self.children = (show(save_link(label, self._name, self._reply.body)),)
        for widget in old:
            widget.close()


def sha256(body: Blob) -> str:
    """Return the SHA-256 of a body in hexadecimal; it is read a piece at a time."""
    digest = hashlib.sha256()
    for start in range(0, len(body), _PIECE):
        digest.update(body[start : start + _PIECE])
    return digest.hexdigest()


def file_name(url: str, media_type: str) -> str:
    """Return a harmless file name from the last part of an address, with an ending that fits the type."""
    try:
        last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    except ValueError:
        last = ""
    name = re.sub(r"[^\w.-]+", "_", last, flags=re.ASCII).strip("._-")[:_LONGEST_NAME] or "reply"
    ending = _ENDINGS.get(media_type) or mimetypes.guess_extension(media_type) or ".bin"
    return name if "." in name else name + ending
