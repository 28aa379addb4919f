"""The probes that broke off: a list, and what can be done with the chosen one. UI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import markup
from widgets.kit.widgetry import bare, html, lean, put, visible

from .formatting import asked_by, probe_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from widgets.model.pace import StoredProbe


class Interrupted(ipywidgets.VBox):
    """Offers to go on with a probe whose page, kernel or machine went away.

    Args:
        resume: Called with the chosen probe.
        discard: Called with the chosen probe, which shall not be offered any more.
    """

    def __init__(self, resume: Callable[[StoredProbe], None], discard: Callable[[StoredProbe], None]) -> None:
        self._probes: dict[str, StoredProbe] = {}
        self.choice = lean(ipywidgets.Dropdown, description="Unfinished").add_class("ww-address")
        self.resume_button = lean(ipywidgets.Button, description="Go on", tooltip="Go on from the stored attempts")
        self.discard_button = lean(
            ipywidgets.Button, description="Discard", tooltip="Do not offer it any more; its attempts stay"
        )
        buttons = lean(ipywidgets.Box, [self.resume_button, self.discard_button]).add_class("ww-buttons")
        self.said = html()
        super().__init__([self.choice, self.said, buttons], layout=bare(), _dom_classes=["ww-told"])
        self.choice.observe(lambda _: self._name_whole(), "value")
        self.resume_button.on_click(lambda _: self._act(resume))
        self.discard_button.on_click(lambda _: self._act(discard))

    def put(self, probes: Sequence[tuple[StoredProbe, int]], now: float, count: int) -> None:
        """Show these of `count` in all, each with the number of its attempts; what was chosen stays so."""
        said = f"The newest {len(probes):,} of {count:,}" if count > len(probes) else ""
        put(self.said, markup.plain(said))
        visible(self.said, on=bool(said))
        picked = self.choice.value
        self._probes = {probe.id: probe for probe, _ in probes}
        self.choice.options = [(probe_name(probe, count, now), probe.id) for probe, count in probes]
        self.choice.value = picked if picked in self._probes else next(iter(self._probes), None)

    def _name_whole(self) -> None:
        """All of the address, for which a line may have no room."""
        chosen = self._probes.get(self.choice.value)
        self.choice.tooltip = "" if chosen is None else asked_by(chosen)

    def _act(self, act: Callable[[StoredProbe], None]) -> None:
        # Any message can come from a browser: a probe that is none is passed over.
        if (probe := self._probes.get(self.choice.value)) is not None:
            act(probe)
