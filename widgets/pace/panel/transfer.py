"""Save all paces to a file, and take in those of another store. UI."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import markup
from widgets.kit.widgetry import bare, lean, visible
from widgets.model.quantity import counted
from widgets.pace.export.transfer import SAVE, from_file, name_of, to_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from widgets.pace.store import PaceStore

    Task = Callable[[], str | None]
    """What is done in the job of the panel; gives a sentence where there is something to say."""


FILE = "waitwise-paces.json"


class Transfer(ipywidgets.Box):
    """The buttons to save and to import.

    Args:
        store: Whose paces.
        do: Runs what may take a while, and shows its sentence.
    """

    children: tuple[ipywidgets.Widget, ...]

    def __init__(self, store: PaceStore, do: Callable[[Task], None]) -> None:
        self._store, self._do = store, do
        self.upload = lean(
            ipywidgets.FileUpload,
            accept=".json",
            description="Import",
            tooltip="Paces from a file of another store",
        )
        self.upload.add_class("ww-upload")
        super().__init__([self.upload], layout=bare(), _dom_classes=["ww-transfer"])
        self.upload.observe(lambda _: self._take(), "value")

    @cached_property
    def save_button(self) -> ipywidgets.Button:
        """Makes the link; there once there is something to save."""
        words = "To a file that another store can import; it holds no secret"
        made = lean(ipywidgets.Button, description=SAVE, tooltip=words)
        made.on_click(lambda _: self._do(self._save))
        return made

    @cached_property
    def link(self) -> ipywidgets.HTML:
        """Saves the file that was made."""
        return lean(ipywidgets.HTML)

    def put(self, count: int) -> None:
        """There are so many paces that can be saved."""
        if count and len(self.children) == 1:
            self.children = (self.upload, self.save_button, self.link)
        if len(self.children) > 1:
            visible(self.save_button, on=count > 0)

    def _save(self) -> str:
        paces = self._store.paces()
        text = to_file(paces, name_of(self._store.database.key))
        self.link.value = markup.download(f"Save {FILE}", FILE, "application/json", text)
        return f"{counted(len(paces), 'pace')} ready to be saved."

    def _take(self) -> None:
        if not self.upload.value:
            return
        content = bytes(self.upload.value[0]["content"])
        self.upload.value = ()  # so that the same file can be chosen again
        self._do(lambda: self._import(content))

    def _import(self, content: bytes) -> str:
        found, foreign = from_file(
            content.decode("utf-8", "replace"), name_of(self._store.database.key), self._store.clock.today()
        )
        taken = self._store.kept.take_in(found)
        words = f"{counted(taken, 'pace')} imported."
        if older := len(found) - taken:
            words += f" {counted(older, 'pace')} passed over: what is kept here is as new."
        if foreign:
            words += (
                f" {counted(foreign, 'pace')} passed over: the keys of their callers are known to another store only."
            )
        return words
