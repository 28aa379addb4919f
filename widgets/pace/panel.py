"""The Paces panel: what is known of each target, and what can be done with it. UI.

The store is asked in a job, never in a callback, and for the first time when somebody wants to see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import ipywidgets

from widgets.kit import Failed, Finished, Idle, Job, Running, State, markup

from .errors import PaceError
from .sharing import Sharing
from .shown import MOST, card, name, paces_table, probe_name

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from .log import Entry, StoredProbe
    from .record import Pace
    from .store import PaceStore


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds, as of now."""

    paces: Sequence[Pace]
    unfinished: Sequence[StoredProbe]
    chosen: tuple[Pace, StoredProbe | None, Sequence[Entry]] | None


Action: TypeAlias = "Callable[[Pace], None]"


class PacesPanel(ipywidgets.VBox):
    """Every pace that is kept, with its evidence and how it has served.

    Args:
        store: Where they are.
        use: Called with a pace that a person wants to use: the app opens its address.
        recheck: Called with a pace that a person wants measured again.
        resume: Called with a probe that broke off and shall go on.
        show: Called with a stored probe that a person wants to see in the charts again, and its attempts.
    """

    def __init__(
        self,
        store: PaceStore,
        *,
        use: Action | None = None,
        recheck: Action | None = None,
        resume: Callable[[StoredProbe], None] | None = None,
        show: Callable[[StoredProbe, Sequence[Entry]], None] | None = None,
    ) -> None:
        self._store, self._use, self._recheck, self._resume, self._open = store, use, recheck, resume, show
        self._known = Known((), (), None)
        self._task: Callable[[], None] | None = None
        self._showing = False
        self.find = ipywidgets.Text(description="Find", placeholder="part of an address", continuous_update=False)
        self.refresh_button = _button("Show", "Read what is kept")
        self.table = ipywidgets.HTML()
        self.choice = ipywidgets.Dropdown(description="Pace").add_class("ww-address")
        self.use_button = _button("Use", "Fetch its address at this pace")
        self.recheck_button = _button("Re-check", "Measure again, from what is known")
        self.show_button = _button("Show the probe", "See its attempts in the charts again")
        self.forget_button = _button("Forget", "Forget this pace; its probes stay")
        self.discard_button = _button("Discard", "Do not offer it any more; its attempts stay")
        self.broken = ipywidgets.Dropdown(description="Broke off").add_class("ww-address")
        self.resume_button = _button("Resume", "Go on from the stored attempts")
        self.message = markup.line("Paces are read when you ask for them.")
        self.card, self.sharing = ipywidgets.HTML(), Sharing()
        self._one = ipywidgets.VBox([self.choice, self._buttons(), self.card, self.sharing])
        buttons = ipywidgets.Box([self.resume_button, self.discard_button]).add_class("ww-buttons")
        self._rest = ipywidgets.VBox([self.broken, buttons])
        self._job: Job[Known] = Job(self._work, self._paint)
        head = ipywidgets.Box([self.find, self.refresh_button]).add_class("ww-form")
        super().__init__([markup.heading("Paces"), head, self.message, self.table, self._one, self._rest])
        self.add_class("ww-panel").add_class("ww-paces")
        self._show()
        self.refresh_button.on_click(lambda _: self.refresh())
        self.find.observe(lambda _: self._show(), "value")
        self.choice.observe(lambda _: None if self._showing else self.refresh(), "value")
        self.use_button.on_click(lambda _: self._act(self._use))
        self.recheck_button.on_click(lambda _: self._act(self._recheck))
        self.forget_button.on_click(lambda _: self.forget())
        self.show_button.on_click(lambda _: self.show())
        self.resume_button.on_click(lambda _: self.resume())
        self.discard_button.on_click(lambda _: self.discard())

    def refresh(self) -> None:
        """Read the store again; returns at once."""
        self._job.start()

    def forget(self) -> None:
        """Forget the chosen pace, after a second click."""
        pace = self._chosen()
        if pace is None:
            return
        if self.forget_button.description == "Forget":
            self.forget_button.description = "Really forget"
            return
        self._task = lambda: self._store.forget(pace.target)
        self.refresh()

    def show(self) -> None:
        """Show the probe of the chosen pace in the charts."""
        chosen = self._known.chosen
        if chosen is not None and self._open is not None:
            _, probe, entries = chosen
            if probe is None:
                markup.say(self.message, "The probe that found this pace is not stored: its charts are gone.")
            else:
                self._do(partial(self._open, probe, entries))

    def resume(self) -> None:
        """Go on with the chosen probe that broke off."""
        probe = self._broken()
        if probe is not None and self._resume is not None:
            self._do(partial(self._resume, probe))

    def discard(self) -> None:
        """Offer the chosen probe that broke off no more."""
        probe = self._broken()
        if probe is not None:
            self._task = lambda: self._store.probes.close(probe.target)
            self.refresh()

    def _broken(self) -> StoredProbe | None:
        return next((each for each in self._known.unfinished if each.id == self.broken.value), None)

    def _do(self, act: Callable[[], None]) -> None:
        """What cannot be done becomes a sentence."""
        try:
            act()
        except ValueError as error:
            markup.say(self.message, str(error), tone="bad", role="alert")

    def join(self, timeout: float | None = None) -> None:
        """Wait until the store has been read."""
        self._job.join(timeout)

    def _work(self, _: threading.Event) -> Known:
        task, self._task = self._task, None
        if task is not None:
            task()
        paces = self._store.paces()
        pace = next((each for each in paces if each.target.key == self.choice.value), paces[0] if paces else None)
        chosen = None
        if pace is not None:
            probe = self._store.probes.get(pace.probe) if pace.probe else None
            chosen = (pace, probe, self._store.probes.entries(pace.probe) if probe else ())
        return Known(paces, self._store.probes.unfinished(), chosen)

    def _paint(self, state: State[Known]) -> None:
        match state:
            case Running():
                markup.say(self.message, "Reading what is kept …", tone="busy")
            case Failed(error):
                why = str(error) if isinstance(error, PaceError) else f"The store could not be read: {error}."
                markup.say(self.message, why, tone="bad", role="alert")
            case Finished(known):
                self._known = known
                self.refresh_button.description = "Refresh"
                count = f"{len(known.paces):,} pace{'' if len(known.paces) == 1 else 's'} kept."
                markup.say(
                    self.message, count if known.paces else "No pace is kept yet: probe an address, and keep it."
                )
                self._show()
            case Idle():
                pass

    def _show(self) -> None:
        now, wanted = self._store.clock.today(), str(self.find.value).strip().lower()
        found = [pace for pace in self._known.paces if wanted in name(pace).lower()]
        self.table.value = paces_table(found, now)
        self.forget_button.description = "Forget"
        chosen = self._known.chosen
        listed = found[:MOST] if chosen is None or chosen[0] in found[:MOST] else [chosen[0], *found[:MOST]]
        self._showing = True  # what is chosen here was not chosen by a person
        self.choice.options = [(name(pace), pace.target.key) for pace in listed]
        self.choice.value = None if chosen is None else chosen[0].target.key
        self._showing = False
        waiting, picked = self._known.unfinished, self.broken.value
        self.broken.options = [(probe_name(probe, now), probe.id) for probe in waiting]
        ids = [probe.id for probe in waiting]
        self.broken.value = picked if picked in ids else next(iter(ids), None)
        _visible(self._one, shown=chosen is not None)
        _visible(self._rest, shown=bool(self._known.unfinished) and self._resume is not None)
        if chosen is not None:
            self.card.value = card(chosen[0], now)
            self.sharing.show(*chosen)

    def _act(self, action: Action | None) -> None:
        pace = self._chosen()
        if pace is not None and action is not None:
            self._do(partial(action, pace))

    def _chosen(self) -> Pace | None:
        return next((pace for pace in self._known.paces if pace.target.key == self.choice.value), None)

    def _buttons(self) -> ipywidgets.Box:
        shown = [(self.use_button, self._use), (self.recheck_button, self._recheck)]
        offered = [button for button, action in shown if action is not None]
        if self._open is not None:
            offered.append(self.show_button)
        return ipywidgets.Box([*offered, self.forget_button]).add_class("ww-buttons")


def _button(description: str, tooltip: str) -> ipywidgets.Button:
    return ipywidgets.Button(description=description, tooltip=tooltip)


def _visible(widget: ipywidgets.Widget, *, shown: bool) -> None:
    (widget.remove_class if shown else widget.add_class)("ww-hidden")
