"""The Paces panel: what is known of each target, and what can be done with it. UI.

The store is asked in a job, never in a callback, and for the first time when somebody wants to see it. What a row,
its code, a probe that broke off or a service to stay away from needs on the page is made when there is one.
"""

from __future__ import annotations

import threading
from functools import cached_property, partial
from typing import TYPE_CHECKING, Protocol, TypeAlias

import ipywidgets

from widgets.kit import Failed, Finished, Idle, Job, Running, State, in_words, markup
from widgets.kit.widgetry import box, html, lean, put
from widgets.pace.errors import PaceError

from .export import Exports
from .formatting import MORE, MOST, card, heading, lessons_told, name, paces_table, without_charts
from .interrupted import Interrupted
from .scope import Holds, Scope
from .snapshot import Chosen, Snapshot, read
from .transfer import Transfer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from widgets.model.pace import JobPlan, Pace, Past, StoredProbe
    from widgets.pace.store import PaceStore
    from widgets.pace.store.paces import Held

    from .transfer import Task


AFTER = 0.5
"""Seconds after the end of a hold at which it is looked whether it has ended."""

Action: TypeAlias = "Callable[[Pace], None]"
EMPTY = (
    "No pace is kept yet. What a probe finds is kept here, and obeyed: Fetch counts down to its turn, and your scripts "
    "can too."
)


def _nothing(_: Chosen) -> None:
    """What is done with a probe that nobody asked for."""


def _saved(_: Chosen) -> None:
    """What is done with one that is to be saved: its links stand there as soon as its attempts are known."""


class Planning(Protocol):
    """A widget that says how long a job takes."""

    def offer(self, plan: Callable[[int], JobPlan] | None) -> None:
        """Plan by that pace from now on."""

    def reveal(self, *, on: bool) -> None:
        """Show it."""


class PacesPanel(ipywidgets.VBox):
    """Every pace that is kept, with its evidence and how it has served.

    Args:
        store: Where they are.
        use: Called with a pace that a person wants to use: the app opens its address.
        recheck: Called with a pace that a person wants measured again.
        resume: Called with a probe that was interrupted and shall go on.
        show: Called with a stored probe that a person wants to see in the charts again, and its attempts.
        count: Gives the attempts of a stored probe with what each counts as by its verdict, for what is saved.
        planner: Makes a widget that says how long so many requests take at the chosen pace.
    """

    def __init__(
        self,
        store: PaceStore,
        *,
        use: Action | None = None,
        recheck: Action | None = None,
        resume: Callable[[StoredProbe], None] | None = None,
        show: Callable[[StoredProbe, Past], None] | None = None,
        count: Callable[[StoredProbe, Past], Past] = lambda _, past: past,
        planner: Callable[[], Planning] | None = None,
    ) -> None:
        self._store, self._resume, self._open, self._make_planner = store, resume, show, planner
        self._use, self._recheck, self._count = use, recheck, count
        self._known = Snapshot()
        self._tasks: list[Task] = []
        self._free: threading.Timer | None = None
        self._changed = False
        self._picked: str | None = None
        self._wanted, self._words, self._most = "", "", MOST
        self._whole = ""
        self._then: Callable[[Chosen], None] = _nothing
        self._showing = self._quiet = self._hushed = self._failed = False
        self.on_count: Callable[[int], None] = lambda _: None
        self.on_forget: Action = lambda _: None
        self.on_discard: Callable[[StoredProbe], None] = lambda _: None
        self._title = markup.heading("Paces")
        self.message = markup.line("Paces are read when you ask for them.")
        self.transfer = Transfer(store, self._later)
        self._job: Job[Snapshot] = Job(self._work, self._paint)
        self._parts: list[ipywidgets.Widget] = [self._title, self.message, self.transfer]
        super().__init__(self._parts)
        self.add_class("ww-panel").add_class("ww-paces")

    @cached_property
    def find(self) -> ipywidgets.Text:
        """Leaves those whose name holds what is typed."""
        made = lean(ipywidgets.Text, description="Find", placeholder="part of an address", continuous_update=False)
        made.observe(lambda _: self._look_for(), "value")
        return made

    @cached_property
    def table(self) -> ipywidgets.HTML:
        """The rows, for reading."""
        return html()

    @cached_property
    def choice(self) -> ipywidgets.ToggleButtons:
        """A button over each row, which chooses it."""
        made = lean(ipywidgets.ToggleButtons, description="Pace", css="ww-over-rows ww-wordless")
        made.observe(lambda change: self._pick(change["new"]), "value")
        return made

    @cached_property
    def _list(self) -> ipywidgets.Box:
        rows = box([self.table, self.choice], "ww-rows")
        return box([box([self.find, self.refresh_button, self.transfer], "ww-form"), rows], "ww-list")

    @cached_property
    def more_button(self) -> ipywidgets.Button:
        """Lists more of them; there where there are more."""
        return self._button(f"Show {MORE} more", "List older paces too", self.show_more)

    @cached_property
    def refresh_button(self) -> ipywidgets.Button:
        """Reads what other pages and programs have kept meanwhile."""
        return self._button("Refresh", "Read what is kept", self.refresh)

    @cached_property
    def use_button(self) -> ipywidgets.Button:
        """Fetches at the pace."""
        return self._button("Fetch with it", "Fetch its address at this pace", lambda: self._act(self._use))

    @cached_property
    def recheck_button(self) -> ipywidgets.Button:
        """Looks whether the pace still holds."""
        return self._button("Re-check", "Measure again, from what is known", lambda: self._act(self._recheck))

    @cached_property
    def show_button(self) -> ipywidgets.Button:
        """Shows the probe that found the pace."""
        return self._button("Show the probe", "See its attempts in the charts again", self.show)

    @cached_property
    def forget_button(self) -> ipywidgets.Button:
        """Forgets the pace at its second click."""
        return self._button("Forget", "Forget this pace; its probes stay", self.forget)

    @cached_property
    def card(self) -> ipywidgets.HTML:
        """What the chosen pace stands on, and how it has served."""
        return html()

    @cached_property
    def exports(self) -> Exports:
        """Code with the pace in it, and files."""
        return Exports(lambda: self._with_attempts(_saved), self._store.address, self._count)

    @cached_property
    def scope(self) -> Scope:
        """What the pace governs."""
        return Scope(self._rescope)

    @cached_property
    def _named(self) -> ipywidgets.HTML:
        return html(css="ww-heading")

    @cached_property
    def _one(self) -> ipywidgets.Box:
        given = ((self._use, "use_button"), (self._recheck, "recheck_button"), (self._open, "show_button"))
        offered = [getattr(self, button) for action, button in given if action is not None]
        buttons = box([*offered, self.forget_button], "ww-buttons")
        head = box([self._named, buttons], "ww-buttons ww-between")
        planner = [] if self.planner is None else [self.planner]
        return box([head, self.exports, *planner, self.scope, self.card], "ww-one")

    @cached_property
    def planner(self) -> Planning | None:
        """Says how long so many requests take at the chosen pace."""
        return None if self._make_planner is None else self._make_planner()

    @cached_property
    def interrupted(self) -> Interrupted:
        """The probes that broke off."""
        return Interrupted(self._go_on, self._discard)

    @cached_property
    def lessons(self) -> ipywidgets.HTML:
        """How far the lessons have come that have not ended."""
        return html()

    @cached_property
    def held(self) -> Holds:
        """The services that said to stay away."""
        return Holds(self._lift, self._obey)

    def look_at(self, url: str) -> None:
        """Show the pace that governs an address, as soon as the store has been read; returns at once."""
        self._wanted = url
        self.refresh()

    def refresh(self) -> None:
        """Read the store again, once more where it is being read; returns at once."""
        self._changed = True  # before it is looked whether it is being read: else the end of that would not see it
        self._job.start()

    def look_again(self) -> None:
        """The same, without a word of it: what is listed has changed while nobody asked, and nothing shall move."""
        self._changed = True
        if not self._job.running:
            self._quiet = True
            self._job.start()

    def show_more(self) -> None:
        """List more paces; returns at once."""
        self._most += MORE
        self.refresh()

    def _look_for(self) -> None:
        """List what has another name."""
        self._words, self._most = str(self.find.value).strip().lower(), MOST
        self.refresh()

    def forget(self) -> None:
        """Forget the chosen pace, after a second click."""
        pace = self._chosen()
        if pace is None:
            return
        if self.forget_button.description == "Forget":
            self.forget_button.description = "Really forget"
            return
        self._later(partial(self._forget, pace))

    def _forget(self, pace: Pace) -> None:
        self._store.forget(pace)
        self.on_forget(pace)

    def show(self) -> None:
        """Show the probe of the chosen pace in the charts."""
        chosen = self._known.chosen
        if chosen is None or self._open is None:
            return
        if chosen.probe is None:
            markup.say(self.message, without_charts(chosen.pace))
        else:
            self._with_attempts(self._show_probe)

    def _show_probe(self, chosen: Chosen) -> None:
        if self._open is not None and chosen.probe is not None and chosen.attempts is not None:
            self._do(partial(self._open, chosen.probe, chosen.attempts))

    def _with_attempts(self, then: Callable[[Chosen], None]) -> None:
        """Read the attempts of the probe of the chosen pace, and do something with them."""
        chosen = self._known.chosen
        if chosen is None or chosen.attempts is not None:
            if chosen is not None:
                then(chosen)
            return
        self._whole, self._then = chosen.pace.key, then
        self.refresh()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the store has been read, and again where something changed meanwhile; `timeout` for each."""
        self._job.join(timeout)

    def _go_on(self, probe: StoredProbe) -> None:
        if self._resume is not None:
            self._do(partial(self._resume, probe))

    def _discard(self, probe: StoredProbe) -> None:
        def discard() -> None:
            self._store.probes.close(probe.target)
            self.on_discard(probe)

        self._later(discard)

    def _rescope(self, pace: Pace, scope: str) -> None:
        self._later(partial(self._store.rescope, pace, scope))

    def _lift(self, held: Held) -> None:
        self._later(partial(self._store.lift, held))

    def _obey(self, held: Held) -> None:
        self._later(partial(self._store.obey, held))

    def _later(self, task: Task) -> None:
        """Do something in the job before the store is read again; what it says, if anything, is shown."""
        self._tasks.append(task)
        self.refresh()

    def _do(self, act: Callable[[], None]) -> None:
        """What cannot be done becomes a sentence."""
        try:
            act()
        except ValueError as error:
            markup.say(self.message, str(error), tone="bad", role="alert")

    def _work(self, _: threading.Event) -> Snapshot:
        task = self._tasks.pop(0) if self._tasks else None
        if self._tasks:  # said before it is done, since what waits behind it waits for no other reason
            self._changed = True
        said = task() if task is not None else None
        wanted, self._wanted = self._wanted, ""
        if wanted and (pace := self._store.pace(wanted)) is not None:
            self._picked = pace.key
        picked = self._picked
        known = read(self._store, picked, said or "", self._words, self._most, whole=self._whole)
        if known.chosen is not None and self._picked == picked:  # nobody has chosen another one meanwhile
            self._picked = known.chosen.pace.key
        return known

    def _paint(self, state: State[Snapshot]) -> None:
        match state:
            case Running():
                self._changed = False  # it is read from here on, whatever becomes of that
                self._hushed, self._quiet = self._quiet and not self._failed, False
                if not self._hushed:
                    markup.say(self.message, "Reading what is kept …", tone="busy")
                return
            case Failed(error):
                self._then = _nothing
                said = isinstance(error, PaceError | ValueError)
                words = str(error) if said else f"The store could not be read: {in_words(error)}."
                markup.say(self.message, words, tone="bad", role="alert")
            case Finished(known):
                self._finish(known)
            case Idle():
                pass
        self._failed = isinstance(state, Failed)
        if self._changed:  # while the store was read
            self.look_again()

    def _finish(self, known: Snapshot) -> None:
        words, before = "" if known.count else EMPTY, self._known.count
        if known.said or not self._hushed or bool(before) != bool(known.count):
            markup.say(self.message, f"{known.said} {words}".strip())
        self._known = known
        self._show()
        self.on_count(known.count)
        self._go_on_with(known.chosen)

    def _go_on_with(self, chosen: Chosen | None) -> None:
        """Do what waits for the attempts of a probe; where they were asked for late they are read again."""
        if self._then is _nothing or chosen is None or chosen.pace.key != self._whole or chosen.probe is None:
            self._then = _nothing
        elif chosen.attempts is not None:
            then, self._then = self._then, _nothing
            then(chosen)

    def _show(self) -> None:
        now, known, chosen = self._store.clock.today(), self._known, self._known.chosen
        parts: list[ipywidgets.Widget] = [self._title, self.message]
        self._look_again_when_free(known.held)
        if known.held or "held" in self.__dict__:
            self.held.put(known.held, now)
            parts.append(self.held)
        if known.interrupted and self._resume is not None:
            self.interrupted.put(known.interrupted, now, known.unfinished)
            parts.append(self.interrupted)
        if known.learning or "lessons" in self.__dict__:
            put(self.lessons, lessons_told(known.learning, known.lessons))
            parts.append(self.lessons)
        if chosen is not None:
            self._list_all(now)
            self._show_one(now, chosen)
            parts += [self._list, self._one]
        else:
            parts.append(self.transfer)
            if "table" in self.__dict__:
                put(self.table, "")
        self.transfer.put(known.count)
        if parts != self._parts:
            self._parts = parts
            self.children = parts

    def _look_again_when_free(self, held: Sequence[Held]) -> None:
        """What is held no more is not to stand there as if it were."""
        if self._free is not None:
            self._free.cancel()
        self._free = None
        if held:
            self._free = threading.Timer(min(each.left for each in held) + AFTER, self.look_again)
            self._free.daemon = True
            self._free.start()

    def _list_all(self, now: float) -> None:
        listed, chosen = self._known.paces, self._known.chosen
        put(self.table, paces_table(listed, now, self._known.found))
        more = [self.more_button] if self._known.found > len(listed) else []
        head, rows = self._list.children[:2]
        if self._list.children[2:] != tuple(more):
            self._list.children = (head, rows, *more)
        self._showing = True  # what is chosen here was not chosen by a person
        self.choice.options = [(name(pace), pace.key) for pace in listed]
        self.choice.value = chosen.pace.key if chosen is not None and chosen.pace in listed else None
        self._showing = False

    def _show_one(self, now: float, chosen: Chosen) -> None:
        self.forget_button.description = "Forget"
        put(self._named, heading(chosen.pace))
        self.scope.put(chosen.pace)
        if self.planner is not None:
            self.planner.offer(chosen.pace.plan)
            self.planner.reveal(on=True)
        put(self.card, card(chosen.pace, now, chosen.waits))
        self.exports.show(chosen.pace, chosen.probe, chosen.attempts)

    def _pick(self, key: str | None) -> None:
        if not self._showing and key is not None:
            self._picked = key
            self.refresh()

    def _act(self, action: Action | None) -> None:
        pace = self._chosen()
        if pace is not None and action is not None:
            self._do(partial(action, pace))

    def _chosen(self) -> Pace | None:
        return self._known.chosen.pace if self._known.chosen is not None else None

    def _button(self, description: str, tooltip: str, act: Callable[[], None]) -> ipywidgets.Button:
        made = lean(ipywidgets.Button, description=description, tooltip=tooltip)
        made.on_click(lambda _: act())
        return made
