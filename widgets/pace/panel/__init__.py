"""The Paces panel: what is known of each target, and what can be done with it. UI.

The store is asked in a job, never in a callback, and for the first time when somebody wants to see it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import ipywidgets

from widgets.kit import Failed, Finished, Idle, Job, Running, State, markup
from widgets.kit.widgetry import lean, visible
from widgets.pace.errors import PaceError

from .export import Exports
from .formatting import MOST, card, name, paces_table
from .interrupted import Interrupted
from .scope import Holds, Scope
from .snapshot import Snapshot, read
from .transfer import Transfer

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from widgets.model.pace import Pace, Past, StoredProbe
    from widgets.pace.store import PaceStore
    from widgets.pace.store.paces import Held

    from .transfer import Task


Action: TypeAlias = "Callable[[Pace], None]"


class PacesPanel(ipywidgets.VBox):
    """Every pace that is kept, with its evidence and how it has served.

    Args:
        store: Where they are.
        use: Called with a pace that a person wants to use: the app opens its address.
        recheck: Called with a pace that a person wants measured again.
        resume: Called with a probe that was interrupted and shall go on.
        show: Called with a stored probe that a person wants to see in the charts again, and its attempts.
    """

    def __init__(
        self,
        store: PaceStore,
        *,
        use: Action | None = None,
        recheck: Action | None = None,
        resume: Callable[[StoredProbe], None] | None = None,
        show: Callable[[StoredProbe, Past], None] | None = None,
    ) -> None:
        self._store, self._resume, self._open = store, resume, show
        self._known = Snapshot()
        self._task: Task | None = None
        self._showing = False
        self.find = lean(ipywidgets.Text, description="Find", placeholder="part of an address", continuous_update=False)
        self.refresh_button = _button("Show", "Read what is kept")
        self.table = lean(ipywidgets.HTML)
        self.choice = lean(ipywidgets.Dropdown, description="Pace").add_class("ww-address")
        self.use_button = _button("Use", "Fetch its address at this pace")
        self.recheck_button = _button("Re-check", "Measure again, from what is known")
        self.show_button = _button("Show the probe", "See its attempts in the charts again")
        self.forget_button = _button("Forget", "Forget this pace; its probes stay")
        self.message = markup.line("Paces are read when you ask for them.")
        self.card, self.exports, self.scope = lean(ipywidgets.HTML), Exports(), Scope(self._rescope)
        buttons = self._buttons({self.use_button: use, self.recheck_button: recheck, self.show_button: show})
        self._one = lean(ipywidgets.VBox, [self.choice, buttons, self.card, self.scope, self.exports])
        self.interrupted, self.transfer = Interrupted(self._go_on, self._discard), Transfer(store, self._later)
        self._job: Job[Snapshot] = Job(self._work, self._paint)
        head = lean(ipywidgets.Box, [self.find, self.refresh_button]).add_class("ww-form")
        self.held = Holds(self._lift, self._obey)
        below = [self.message, self.held, self.table, self._one, self.interrupted, self.transfer]
        super().__init__([markup.heading("Paces"), head, *below])
        self.add_class("ww-panel").add_class("ww-paces")
        self._show()
        self.refresh_button.on_click(lambda _: self.refresh())
        self.find.observe(lambda _: self._show(), "value")
        self.choice.observe(lambda _: None if self._showing else self.refresh(), "value")
        self.use_button.on_click(lambda _: self._act(use))
        self.recheck_button.on_click(lambda _: self._act(recheck))
        self.forget_button.on_click(lambda _: self.forget())
        self.show_button.on_click(lambda _: self.show())

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
        self._later(partial(self._store.forget, pace))

    def show(self) -> None:
        """Show the probe of the chosen pace in the charts."""
        chosen = self._known.chosen
        if chosen is None or self._open is None:
            return
        if chosen.probe is None:
            markup.say(self.message, "The probe that found this pace is not stored: its charts are gone.")
        else:
            self._do(partial(self._open, chosen.probe, chosen.attempts))

    def join(self, timeout: float | None = None) -> None:
        """Wait until the store has been read."""
        self._job.join(timeout)

    def _go_on(self, probe: StoredProbe) -> None:
        if self._resume is not None:
            self._do(partial(self._resume, probe))

    def _discard(self, probe: StoredProbe) -> None:
        self._later(partial(self._store.probes.close, probe.target))

    def _rescope(self, pace: Pace, scope: str) -> None:
        self._later(partial(self._store.rescope, pace, scope))

    def _lift(self, held: Held) -> None:
        self._later(partial(self._store.lift, held))

    def _obey(self, held: Held) -> None:
        self._later(partial(self._store.obey, held))

    def _later(self, task: Task) -> None:
        """Do something in the job before the store is read again; what it says, if anything, is shown."""
        if not self._job.running:
            self._task = task
            self._job.start()

    def _do(self, act: Callable[[], None]) -> None:
        """What cannot be done becomes a sentence."""
        try:
            act()
        except ValueError as error:
            markup.say(self.message, str(error), tone="bad", role="alert")

    def _work(self, _: threading.Event) -> Snapshot:
        task, self._task = self._task, None
        said = task() if task is not None else None
        return read(self._store, self.choice.value, said or "")

    def _paint(self, state: State[Snapshot]) -> None:
        match state:
            case Running():
                markup.say(self.message, "Reading what is kept …", tone="busy")
            case Failed(PaceError() | ValueError() as error):
                markup.say(self.message, str(error), tone="bad", role="alert")
            case Failed(error):
                markup.say(self.message, f"The store could not be read: {error}.", tone="bad", role="alert")
            case Finished(known):
                self._known = known
                self.refresh_button.description = "Refresh"
                count = f"{len(known.paces):,} pace{'' if len(known.paces) == 1 else 's'} kept."
                words = count if known.paces else "No pace is kept yet: probe an address, and keep it."
                markup.say(self.message, f"{known.said} {words}".strip())
                self._show()
            case Idle():
                pass

    def _show(self) -> None:
        now, wanted = self._store.clock.today(), str(self.find.value).strip().lower()
        known, chosen = self._known, self._known.chosen
        found = [pace for pace in known.paces if wanted in name(pace).lower()]
        self.table.value = paces_table(found, now)
        self.forget_button.description = "Forget"
        listed = found[:MOST] if chosen is None or chosen.pace in found[:MOST] else [chosen.pace, *found[:MOST]]
        self._showing = True  # what is chosen here was not chosen by a person
        self.choice.options = [(name(pace), pace.key) for pace in listed]
        self.choice.value = None if chosen is None else chosen.pace.key
        self._showing = False
        self.interrupted.put(known.interrupted, now)
        self.held.put(known.held)
        visible(self._one, on=chosen is not None)
        visible(self.interrupted, on=bool(known.interrupted) and self._resume is not None)
        if chosen is not None:
            self.scope.put(chosen.pace)
            self.card.value = card(chosen.pace, now, chosen.waits)
            self.exports.show(chosen.pace, chosen.probe, chosen.attempts)

    def _act(self, action: Action | None) -> None:
        pace = self._chosen()
        if pace is not None and action is not None:
            self._do(partial(action, pace))

    def _chosen(self) -> Pace | None:
        return next((pace for pace in self._known.paces if pace.key == self.choice.value), None)

    def _buttons(self, actions: dict[ipywidgets.Button, object]) -> ipywidgets.Box:
        offered = [button for button, action in actions.items() if action is not None]
        return lean(ipywidgets.Box, [*offered, self.forget_button]).add_class("ww-buttons")


def _button(description: str, tooltip: str) -> ipywidgets.Button:
    return lean(ipywidgets.Button, description=description, tooltip=tooltip)
