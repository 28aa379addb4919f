"""What a pace governs, and which services said to stay away: to see, and to change. UI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import markup
from widgets.kit.widgetry import bare, lean, visible
from widgets.model.pace import DAY

from .formatting import ago, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from widgets.model.pace import Pace
    from widgets.pace.store.paces import Held


class Scope(ipywidgets.Box):
    """The choice of what a pace governs.

    Args:
        change: Called with the pace and its new scope.
    """

    def __init__(self, change: Callable[[Pace, str], None]) -> None:
        self._change, self._showing = change, False
        self._pace: Pace | None = None
        self.choice = lean(ipywidgets.Dropdown, description="Governs").add_class("ww-address")
        super().__init__([self.choice], layout=bare())
        self.add_class("ww-buttons")
        self.choice.observe(lambda _: self._picked(), "value")

    def put(self, pace: Pace) -> None:
        """Show what this pace governs, and what it might."""
        self._pace, self._showing = pace, True
        self.choice.options = choices(pace)
        self.choice.value = pace.scope
        self._showing = False

    def _picked(self) -> None:
        scope = self.choice.value
        # Any message can come from a browser: what was not offered is passed over.
        if self._pace is None or self._showing or scope == self._pace.scope:
            return
        if scope in [offered for _, offered in choices(self._pace)]:
            self._change(self._pace, scope)


def choices(pace: Pace) -> list[tuple[str, str]]:
    """What a pace may govern, the widest first, each in words and as a scope."""
    target = pace.target
    above = [(f"{target.origin}{prefix} and all below it", prefix) for prefix in reversed(target.prefixes)]
    offered = [(f"{target.origin}, all of it", "origin"), *above, (f"{target.method} {target.url}", "path")]
    return offered if pace.scope in [scope for _, scope in offered] else [*offered, (pace.governs, pace.scope)]


class Holds(ipywidgets.VBox):
    """The services that said to stay away: obeyed for a day at most, for longer by a person's word.

    Args:
        lift: Called with what shall be asked again at once.
        obey: Called with what shall be held for the whole time.
    """

    def __init__(self, lift: Callable[[Held], None], obey: Callable[[Held], None]) -> None:
        self._held: dict[str, Held] = {}
        self._now = 0.0
        self.choice = lean(ipywidgets.Dropdown, description="Held").add_class("ww-address")
        self.said = lean(ipywidgets.HTML)
        self.lift_button = lean(
            ipywidgets.Button, description="Lift", tooltip="Ask again before the time that was said"
        )
        self.obey_button = lean(
            ipywidgets.Button, description="Obey", tooltip="Stay away for the whole time that was said"
        )
        buttons = lean(ipywidgets.Box, [self.lift_button, self.obey_button]).add_class("ww-buttons")
        super().__init__([self.choice, self.said, buttons], layout=bare(), _dom_classes=["ww-told"])
        visible(self, on=False)
        self.choice.observe(lambda _: self._say(), "value")
        self.lift_button.on_click(lambda _: self._act(lift))
        self.obey_button.on_click(lambda _: self._act(obey))

    def put(self, held: Sequence[Held], now: float) -> None:
        """Show these, as they are now; what was chosen stays so."""
        picked, self._now = self.choice.value, now
        self._held = {each.key: each for each in held}
        self.choice.options = [(each.name, each.key) for each in held]
        self.choice.value = picked if picked in self._held else next(iter(self._held), None)
        visible(self, on=bool(held))
        self._say()

    def _say(self) -> None:
        held = self._held.get(self.choice.value)
        self.said.value = f"<p>{markup.plain(sentence(held, self._now))}</p>" if held else ""
        visible(self.obey_button, on=held is not None and held.asked > held.hold)

    def _act(self, act: Callable[[Held], None]) -> None:
        if (held := self._held.get(self.choice.value)) is not None:
            act(held)


def sentence(held: Held, now: float) -> str:
    """What a service said, and what becomes of it; `now` in epoch seconds, when that was read."""
    until = moment(now + held.left, now, exact=True)
    if held.asked > held.hold and held.hold >= DAY:
        return (
            f"The service said to stay away for {ago(held.asked)}; nothing is sent before {until}. More than a day is "
            "obeyed only if you say so: it may be a slip."
        )
    # For how long it said is in `until`; 'a few minutes' says no number, of which one could be told.
    return f"The service said to stay away; nothing is sent before {until}."
