"""What a person sets before a probe: the address, the strategy, the goal, the budget, the request. UI."""

from __future__ import annotations

from operator import lt
from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import markup
from widgets.kit.fold import Fold
from widgets.kit.widgetry import visible
from widgets.model.attempt import Budget, Goal
from widgets.probe.asker import METHODS, USER_AGENT, header_of
from widgets.probe.evidence import estimate
from widgets.probe.settings import NEEDED, Settings
from widgets.probe.strategies import STRATEGIES

from .verdict_card import counted, duration

if TYPE_CHECKING:
    from collections.abc import Sequence


MOST = Budget(requests=100_000, refusals=10_000, seconds=7 * 86_400)
"""Beyond this it is no longer a probe."""
LABELS = {
    "doubling": "doubling: until a few succeed",
    "quick": "quick: an estimate",
    "careful": "careful: a certificate",
    "identify": "identify: which limiter is it?",
}


class ProbeForm(ipywidgets.VBox):
    """The settings of a probe; each is checked again when it is read, since any message can come from a browser."""

    def __init__(self, addresses: Sequence[str], *buttons: ipywidgets.Button) -> None:
        self.address = ipywidgets.Combobox(
            value=addresses[0] if addresses else "",
            options=list(addresses),
            ensure_option=False,
            description="Address",
            placeholder="http://localhost:5009/Slow-NASA",
        ).add_class("ww-address")
        named = [(LABELS.get(name, name), name) for name in STRATEGIES]
        self.strategy = ipywidgets.Dropdown(options=named, value="doubling", description="Strategy")
        self.needed = ipywidgets.BoundedIntText(value=4, min=NEEDED[0], max=NEEDED[1], description="Successes")
        self.refusal_rate = ipywidgets.BoundedFloatText(value=5, min=0.1, max=90, description="Refused, % at most")
        self.confidence = ipywidgets.BoundedFloatText(value=95, min=50, max=99.99, description="Confidence, %")
        least = Budget()
        self.requests = _whole(least.requests, MOST.requests, "Requests")
        self.refusals = _whole(least.refusals, MOST.refusals, "Refusals")
        self.minutes = ipywidgets.BoundedFloatText(
            value=least.seconds / 60, min=0.05, max=MOST.seconds / 60, description="Minutes"
        )
        self.method = ipywidgets.Dropdown(options=METHODS, description="Method")
        self.header_lines = ipywidgets.Textarea(
            description="Headers", placeholder="X-Api-Key: …", rows=2, continuous_update=False
        ).add_class("ww-headers")
        self.guess = ipywidgets.BoundedFloatText(value=6, min=0.0001, max=86_400, description="Likely wait, s")
        self._estimate, self._origin = ipywidgets.HTML().add_class("ww-hint"), markup.line()
        self._goal_fields = _row(self.refusal_rate, self.confidence)
        more = Fold("Budget and request", self._more())
        choice = _row(self.address, self.strategy, self.needed, self._goal_fields, _buttons(*buttons))
        super().__init__([choice, self._origin, self._estimate, more])
        self.strategy.observe(lambda _: self._show_fields(), "value")
        costs = (self.strategy, self.refusal_rate, self.confidence, self.requests, self.refusals, self.minutes)
        for field in (*costs, self.guess):
            field.observe(lambda _: self._show_estimate(), "value")
        self._show_fields()

    @property
    def goal(self) -> Goal:
        """What the wait must achieve.

        Raises:
            ValueError: When a share is none.
        """
        return Goal(float(self.refusal_rate.value) / 100, float(self.confidence.value) / 100)

    @property
    def budget(self) -> Budget:
        """What may be spent.

        Raises:
            ValueError: When it is nothing, or more than a probe may ever spend.
        """
        wanted = Budget(int(self.requests.value), int(self.refusals.value), float(self.minutes.value) * 60)
        for name in ("requests", "refusals", "seconds"):
            if not getattr(wanted, name) <= getattr(MOST, name):
                raise ValueError(
                    f"A probe spends at most {getattr(MOST, name):,} {name}, not {getattr(wanted, name):,}."
                )
        return wanted

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the request; they are kept in memory only, and appear in no attempt.

        Raises:
            ValueError: When a line is no header.
        """
        lines = [line for line in str(self.header_lines.value).splitlines() if line.strip()]
        return dict(map(header_of, lines))

    @property
    def settings(self) -> Settings:
        """All of it, as it stands now.

        Raises:
            ValueError: When a setting is out of range.
        """
        return Settings(
            str(self.strategy.value),
            self.goal,
            self.budget,
            int(self.needed.value),
            str(self.method.value),
            self.headers,
        )

    def going_on(self, settings: Settings, attempts: int) -> None:
        """Say from how many attempts the present probe goes on, and how: the fields are for the next one."""
        budget = settings.budget
        words = (
            f"This probe goes on with {settings.strategy} from {counted(attempts, 'attempt')}; budget "
            f"{counted(budget.requests, 'request')}, {counted(budget.refusals, 'refusal')} and "
            f"{duration(budget.seconds)}, {'it' if attempts == 1 else 'these'} included."
        )
        markup.say(self._origin, words if attempts else "", tone="busy")

    def _more(self) -> ipywidgets.VBox:
        said = ipywidgets.HTML(f'<p class="ww-hint">Each request says: <code>{markup.plain(USER_AGENT)}</code></p>')
        return ipywidgets.VBox(
            [_row(self.requests, self.refusals, self.minutes, self.guess), _row(self.method, self.header_lines), said]
        )

    def _show_fields(self) -> None:
        plain = self.strategy.value == "doubling"
        for widget, shown in ((self.needed, plain), (self._goal_fields, not plain)):
            visible(widget, on=shown)
        self._show_estimate()

    def _show_estimate(self) -> None:
        """What the probe will probably cost, before it is started."""
        try:
            wait = float(self.guess.value)
            likely = estimate(str(self.strategy.value), self.goal, self.budget, wait)
        except ValueError as error:
            words = str(error)
        else:
            words = (
                f"If the wait turns out to be about {duration(wait)}, this takes about {duration(likely.seconds)} and "
                f"{counted(likely.requests, 'request')}, of which about {likely.refusals} will be refused."
            )
            spends = (likely.requests, likely.refusals, likely.seconds)
            if not all(map(lt, spends, (self.budget.requests, self.budget.refusals, self.budget.seconds))):
                words = f"The budget will hardly do: with a wait of about {duration(wait)} it is spent before the end."
        self._estimate.value = f"<p>{markup.plain(words)}</p>"


def _whole(value: int, most: int, description: str) -> ipywidgets.BoundedIntText:
    return ipywidgets.BoundedIntText(value=value, min=1, max=most, description=description)


def _row(*children: ipywidgets.Widget) -> ipywidgets.Box:
    return ipywidgets.Box(children).add_class("ww-form")


def _buttons(*children: ipywidgets.Button) -> ipywidgets.Box:
    return ipywidgets.Box(children).add_class("ww-buttons")
