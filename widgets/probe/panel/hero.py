"""The one place for what happens now: a ground, a label, large words, a sentence, two buttons; below it three columns.

It only paints: what is said in which state `faces` decides. Nothing here changes its height. UI.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import markup
from widgets.kit.widgetry import bare, box, html, lean, marked, put, visible
from widgets.model.quantity import as_rest

from .faces import face
from .planner import Planner
from .states import Idle

if TYPE_CHECKING:
    from collections.abc import Callable

    from widgets.model.pace import JobPlan

    from .states import Action, Face
    from .tally import Column

BUTTONS: dict[Action, tuple[str, str]] = {
    "certain": ("Make it certain", "arrow-right"),
    "code": ("Get the code", "code"),
    "go on": ("Go on", "play"),
    "more": ("Ask more", "arrow-right"),
    "fetch": ("Fetch it", "arrow-right"),
    "allow": ("Probe this host", "play"),
    "refuse": ("Do not", "ban"),
    "resume": ("Go on", "play"),
    "anew": ("Start anew", "refresh"),
    "replace": ("Use it instead", "check"),
    "rules": ("Other rules", "eye"),
    "again": ("Try again", "refresh"),
    "puzzle": ("Next puzzle", "arrow-right"),
    "end": ("End that probe", "stop"),
}
"""What each button says, and its sign; `copy` and `link` are no buttons of the kernel, but of the page."""
BELOW = frozenset({"code", "rules"})
"""What these show stands below the cards: the page's template brings it into sight."""
COPIES = {"copy": "Copy result", "link": "Class link"}
LONG = 90
"""Characters from which a column is set smaller, so that all of it is seen."""
TONES = ("idle", "run", "good", "warn", "bad")


class Hero(ipywidgets.VBox):
    """What happens now.

    Args:
        act: Told which button was pressed.

    Attributes:
        can: Whether somebody does something at that button; it is not shown where nobody does.
    """

    def __init__(self, act: Callable[[Action], None]) -> None:
        self.face = face(Idle())
        self.can: Callable[[Action], bool] = lambda _: True
        self.said, self.timer, self.columns = html(css="ww-said"), html(css="ww-timer"), html(css="ww-columns")
        self.first = lean(ipywidgets.Button, button_style="primary")
        self.second = lean(ipywidgets.Button)
        self.copy = html()
        self.copied = self._place = ""
        self._actions: list[Action | None] = [None, None]
        for place, button in enumerate((self.first, self.second)):
            button.on_click(lambda _, place=place: self._press(act, place))
        self.buttons = box([self.first, self.second, self.copy], "ww-acts")
        self.planner: Planner | None = None
        self._ground = box([self.said, self.timer, self.buttons], "ww-hero")
        super().__init__([self._ground, self.columns], layout=bare(), _dom_classes=["ww-now"])
        self.show(self.face)

    def show(self, shown: Face, copied: str = "") -> None:
        """Paint a state; `copied` is what its Copy button copies."""
        self.face, self.copied = shown, copied or self.copied
        for tone in TONES:
            marked(self._ground, f"ww-{tone}", on=tone == shown.tone)
        put(self.said, said(shown, self._place))
        put(self.columns, columns(shown.columns))
        self._dress(shown)
        if self.planner is not None:
            self.planner.reveal(on=shown.plans)
        if not shown.next and not shown.below:
            put(self.timer, "")

    def plan(self, plan: Callable[[int], JobPlan] | None, beside: float | None = None) -> None:
        """Let jobs be planned by that pace, `beside` the wait that is shown, in seconds; `None` where there is none."""
        if self.planner is None and plan is not None:
            self.planner = Planner()
            self._ground.children = [self.said, self.timer, self.planner, self.buttons]
        if self.planner is not None:
            self.planner.offer(plan, beside)

    def attribute(self, place: str) -> None:
        """Say of which address it is what is said; nothing where that stands above it."""
        if place != self._place:
            self._place = place
            put(self.said, said(self.face, place))

    def tick(self, remaining: float) -> None:
        """Say how many seconds remain until the next request; none while it is under way."""
        shown = self.face
        # A timer is silent for screen readers unless it is asked: four changes a second would drown everything else.
        rest = as_rest(remaining) if remaining > 0 else "now"
        label = shown.next if remaining > 0 else "asking"
        above = f"<span>{markup.plain(label)}</span><b>{rest}</b>" if shown.next else ""
        put(self.timer, f'<div role="timer">{above}<span>{markup.rich(shown.below)}</span></div>')

    def _dress(self, shown: Face) -> None:
        place, copies = 0, ""
        self.first.button_style = "primary" if shown.loud else ""
        for number, action in enumerate(shown.actions):
            if action in COPIES:
                copies += markup.copy_button(COPIES[action], self.copied)
                continue
            if not self.can(action):
                continue
            button = (self.first, self.second)[place]
            words, icon = BUTTONS[action]
            named = shown.names[number] if number < len(shown.names) else words
            button.description, button.icon = named, icon
            button.tooltip = named
            marked(button, "ww-goes-below", on=action in BELOW)
            self._actions[place] = action
            place += 1
        self._actions[place:] = [None] * (2 - place)
        visible(self.first, on=place > 0)
        visible(self.second, on=place > 1)
        put(self.copy, copies)
        visible(self.copy, on=bool(copies))
        visible(self.buttons, on=place > 0 or bool(copies))

    def _press(self, act: Callable[[Action], None], place: int) -> None:
        # Any message can come from a browser, also of a button that is not there.
        action = self._actions[place]
        if action is not None:
            act(action)


def said(shown: Face, place: str = "") -> str:
    """The HTML of the left half; `place` is the address that it is about, where another one stands above it."""
    sign = markup.icon(shown.icon) + " " if shown.icon else ""
    role = 'role="alert" aria-live="assertive"' if shown.alert else 'role="status" aria-live="polite"'
    unit = f" <small>{markup.plain(shown.unit)}</small>" if shown.unit else ""
    if shown.unit:
        large = f'<p class="ww-wait"><span>{markup.plain(shown.large)}</span>{unit}</p>'
    else:
        large = f'<p class="ww-words" title="{markup.plain(shown.large)}">{markup.rich(shown.large)}</p>'
    if shown.share is not None:
        done = f"{shown.share * 100:.1f}%"
        label = f"{shown.share * 100:.0f} % of the trial"
        rest = f'<span class="ww-meter" role="img" aria-label="{label}"><b style="width:{done}"></b></span>'
    else:
        whole = markup.plain(shown.sentence.replace("**", ""))
        rest = f'<p class="ww-sentence" title="{whole}">{markup.rich(shown.sentence)}</p>'
    label = markup.plain(f"{shown.label} · {place}" if place else shown.label)
    return f'<div {role}><p class="ww-badge" title="{label}">{sign}{label}</p>{large}{rest}</div>'


def columns(shown: tuple[Column, ...]) -> str:
    """The HTML of the three columns."""
    return f'<div class="ww-three">{"".join(map(_column, shown))}</div>' if shown else ""


def _column(column: Column) -> str:
    if column.meters:
        body = "".join(
            f'<div class="ww-spent"><span>{markup.rich(words)}</span><span>{markup.plain(unit)}</span>'
            f'<u><b style="width:{share * 100:.1f}%"></b></u></div>'
            for words, unit, share in column.meters
        )
    elif column.bullets:
        body = f"<ul>{''.join(f'<li>{markup.rich(each)}</li>' for each in column.lines)}</ul>"
    else:
        body = "".join(f"<p>{markup.rich(each)}</p>" for each in column.lines)
    css = ' class="ww-long"' if sum(map(len, column.lines)) > LONG else ""
    return f"<section{css}><h3>{markup.plain(column.title)}</h3><div>{body}</div></section>"
