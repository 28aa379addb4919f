"""What a person sets before a probe: the address, the strategy; folded away the goal, the budget, the request. UI."""

from __future__ import annotations

from operator import lt
from typing import TYPE_CHECKING

import ipywidgets

from widgets.http.fields import headers_of
from widgets.kit import markup
from widgets.kit.numbers import Number, Span
from widgets.kit.widgetry import bare, box, html, lean, marked, put, visible
from widgets.model.attempt import Budget, Goal
from widgets.model.quantity import as_roughly, as_span, as_wait, rounded_wait
from widgets.model.refused import CountsAsRefused
from widgets.probe.asker import METHODS, agent_of
from widgets.probe.evidence import Expectation, estimate
from widgets.probe.settings import NEEDED, Settings
from widgets.probe.strategies import STRATEGIES
from widgets.probe.strategies.careful import MARGINS, at_tested

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


MOST = Budget(requests=100_000, refusals=10_000, seconds=7 * 86_400)
"""Beyond this it is no longer a probe."""
ORDER = ("quick", "careful", "doubling", "identify")
"""As they are offered: the shortest answer that is worth something first, the notebook's rule third."""
DEFAULT = "quick"
MINUTE = 60
MUCH = 100
"""Times as long as the least: then only the most is worth a word."""
LIKELY = 6.0
"""Seconds: the wait that estimates go by where nothing is known of the address."""
TOOLTIPS = {
    "quick": "An estimate, with a margin",
    "careful": "A certificate: at most so many are refused, this sure",
    "doubling": "The notebook's rule: double the wait until a few succeed",
    "identify": "Which limiter is it?",
}


def offered() -> list[str]:
    """The names of all strategies, the usual ones first."""
    return [*(name for name in ORDER if name in STRATEGIES), *(name for name in STRATEGIES if name not in ORDER)]


class RequestFields(ipywidgets.Box):
    """Goal, budget and request; made when somebody wants to see them."""

    def __init__(self, likely: float) -> None:
        least = Budget()
        self.needed = _whole(4, NEEDED[1], "Successes", NEEDED[0])
        self.refusal_rate = _number(5, 0.1, 90, "Refused, % at most")
        self.confidence = _number(95, 50, 99.99, "Confidence, %")
        self.requests = _whole(least.requests, MOST.requests, "Requests")
        self.refusals = _whole(least.refusals, MOST.refusals, "Refusals")
        self.minutes = _number(least.seconds / 60, 0.05, MOST.seconds / 60, "Minutes")
        self.left = _number(least.left * 100, 1, 100, "Of a quota's rest, % at most")
        self.left.tooltip = (
            "A service may say how much is left of a quota of an hour or longer: a probe spends so much of it at most"
        )
        self.guess = _number(likely, 0.0001, 86_400, "Likely wait, s (for the times)")
        self.guess.tooltip = (
            "Steers no probe: what each strategy will take, which stands beside its name, and with each margin, is "
            "estimated from it. A wait that is known of the address is filled in"
        )
        self.method = lean(ipywidgets.Dropdown, options=METHODS, description="Method")
        self.header_lines = lean(
            ipywidgets.Textarea, description="Headers", placeholder="X-Api-Key: …", rows=2, continuous_update=False
        )
        self.header_lines.add_class("ww-wide")
        self.agent = html(css="ww-hint ww-wide")
        self.margin = lean(
            ipywidgets.Dropdown, options=[("none", 1.0)], value=1.0, description="Margin on what is tested"
        )
        self.refused_statuses = _text("Refused: statuses", "403, 420")
        self.refused_text = _text("Refused: text in the body", "call frequency")
        self.refused_path = _text("Refused: JMESPath of the body", "error.code == 'LIMIT'")
        self.unusable, self.wrong = html(css="ww-hint ww-wide ww-wrong"), html(css="ww-hint ww-wide ww-wrong")
        counts = html("What counts as refused, besides what a probe finds out by itself:", css="ww-hint ww-wide")
        goal = [self.refusal_rate, self.confidence, self.needed, self.margin]
        budget = [self.requests, self.refusals, self.minutes, self.left]
        rule = [counts, self.refused_statuses, self.refused_text, self.refused_path, self.wrong]
        asked = [self.method, self.header_lines, self.agent]
        super().__init__([*goal, *budget, self.guess, self.unusable, *rule, *asked], _dom_classes=["ww-over"])
        for field in (self.refused_statuses, self.refused_text, self.refused_path):
            field.observe(lambda _: self._judge(), "value")
        self.header_lines.observe(lambda _: self._introduce(), "value")
        self._introduce()

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the request.

        Raises:
            ValueError: When a line is no header, or repeats another.
        """
        return headers_of(line for line in str(self.header_lines.value).splitlines() if line.strip())

    @property
    def refused(self) -> CountsAsRefused:
        """What counts as refused.

        Raises:
            ValueError: When a status is none, or the JMESPath.
        """
        return CountsAsRefused.of(
            str(self.refused_statuses.value), str(self.refused_text.value), str(self.refused_path.value)
        )

    def offer_margins(self, times: Mapping[float, str]) -> None:
        """Say how long a probe takes with each margin, in words."""
        named = [(f"{_margin(each)}{words}", each) for each, words in times.items()]
        if list(self.margin.options) != named:
            chosen = self.margin.value
            with self.margin.hold_sync():
                self.margin.options = named
                self.margin.value = chosen

    def say(self, error: ValueError | None = None) -> None:
        """Say below the numbers which of them cannot be used, and why."""
        put(self.unusable, "" if error is None else alert(error))

    def _judge(self) -> None:
        """What is wrong with what counts as refused stands beside it."""
        try:
            words = self.refused.words
            put(self.wrong, markup.plain(f"{words[0].upper()}{words[1:]}: counted as refused.") if words else "")
        except ValueError as error:
            put(self.wrong, alert(error))

    def _introduce(self) -> None:
        """Say by what name the requests are made, which the headers may change."""
        try:
            put(self.agent, f"Each request says: <code>{markup.plain(agent_of(self.headers) or 'no name')}</code>")
        except ValueError as error:
            put(self.agent, alert(error))


class ProbeForm(ipywidgets.VBox):
    """The settings of a probe; each is checked again when it is read, since any message can come from a browser.

    Args:
        addresses: Offered in the address field; the first is filled in.
        button: Stands beside the address.
    """

    def __init__(self, addresses: Sequence[str], button: ipywidgets.Button) -> None:
        self.address = lean(
            ipywidgets.Combobox,
            value=addresses[0] if addresses else "",
            options=list(addresses),
            ensure_option=False,
            description="Address to probe",
            placeholder="http://127.0.0.1:5009/Slow-NASA",
            css="ww-address ww-wordless",
        )
        self.method_sign = html("GET", css="ww-method")
        self.unfold = lean(
            ipywidgets.ToggleButton, description="Goal, budget, request", icon="sliders", css="ww-quiet ww-opens"
        )
        self.unfold.tooltip = "What a probe is to show, what it may spend, and what it sends"
        self.strategy = lean(ipywidgets.ToggleButtons, options=list(offered()), value=DEFAULT, css="ww-segments")
        self.hint = html(css="ww-estimate")
        self.likely = LIKELY
        self._guessed = self._telling = False
        self.changed: list[Callable[[], None]] = []
        self._fields: RequestFields | None = None
        self._naming = False
        self._place = box(css="ww-place")
        self._held: str | None = None
        self._own: str | None = None
        self._button = button
        head = box([markup.heading("Probe", beside="How often may I ask?"), self.unfold], "ww-head")
        row = box([self.address, self.method_sign, button], "ww-command")
        # The fields come after the button that opens them, as the focus goes, and not after what they lie over.
        super().__init__([head, row, self._place, box([self.strategy, self.hint], "ww-strategy")], layout=bare())
        self.address.observe(lambda _: self._hold(), "value")
        self.unfold.observe(lambda change: self._turn(opened=bool(change["new"])), "value")
        self.strategy.observe(lambda _: None if self._naming else self._chosen(), "value")
        self.strategy.tooltips = [TOOLTIPS.get(name, name) for name in offered()]
        self._estimate()

    @property
    def fields(self) -> RequestFields:
        """What is folded away; made when it is asked for."""
        if self._fields is None:
            self._fields = made = RequestFields(self.likely)
            visible(made, on=bool(self.unfold.value))
            shares = (made.refusal_rate, made.confidence, made.margin)
            for field in (*shares, made.requests, made.refusals, made.minutes, made.left, made.guess):
                field.observe(lambda _: self._chosen(), "value")
            made.guess.observe(lambda _: self._guess(), "value")
            made.method.observe(lambda change: put(self.method_sign, markup.plain(change["new"])), "value")
            made.needed.observe(lambda _: self._chosen(), "value")
            for text in (made.refused_statuses, made.refused_text, made.refused_path, made.header_lines):
                text.observe(lambda _: self._told(), "value")
            self._place.children = [made]
            self._show_fields()
            self._estimate()
        return self._fields

    @property
    def goal(self) -> Goal:
        """What the wait must achieve.

        Raises:
            ValueError: When a share is none.
        """
        if self._fields is None:
            return Goal()
        return Goal(self._fields.refusal_rate.number / 100, self._fields.confidence.number / 100)

    @property
    def budget(self) -> Budget:
        """What may be spent.

        Raises:
            ValueError: When it is nothing, or more than a probe may ever spend.
        """
        if self._fields is None:
            return Budget()
        fields = self._fields
        requests, refusals = int(fields.requests.number), int(fields.refusals.number)
        return Budget(requests, refusals, fields.minutes.number * 60, fields.left.number / 100)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the request; they are kept in memory only, and appear in no attempt.

        Raises:
            ValueError: When a line is no header.
        """
        return {} if self._fields is None else self._fields.headers

    @property
    def settings(self) -> Settings:
        """All of it, as it stands now.

        Raises:
            ValueError: When a setting is out of range.
        """
        fields = self._fields
        strategy = str(self.strategy.value)
        if fields is None:
            return Settings(strategy, self.goal, self.budget)
        fields.guess.number  # noqa: B018 - it steers no probe, and yet what is said to be unusable is to be mended first
        return Settings(
            strategy,
            self.goal,
            self.budget,
            int(fields.needed.number),
            str(fields.method.value),
            self.headers,
            refused=fields.refused,
            margin=float(fields.margin.value),
        )

    def expect(self, wait: float | None, *, quiet: bool = False) -> None:
        """Go by a wait that is likely at this address, in seconds, where one is known; the person's guess stays.

        With `quiet` what stands beside the strategy stays too: of a probe that has ended it says when.
        """
        likely, said = rounded_wait(wait) if wait else LIKELY, str(self.hint.value)
        if likely != self.likely and not self._guessed:
            self.likely = likely
            if self._fields is not None:
                self._telling = True
                self._fields.guess.value = likely
                self._telling = False
            self._estimate()
            if quiet:
                put(self.hint, said)

    def doubt(self) -> None:
        """What the person guessed was about another address."""
        self._guessed = False

    def run(self, settings: Settings | None) -> None:
        """Show the address and the strategy that run, neither of which can be changed meanwhile; `None` at the end."""
        self._held = None if settings is None else str(self.address.value)
        marked(self.address, "ww-held", on=settings is not None)
        if settings is not None and self.unfold.value:
            self.unfold.value = False  # it lies over what happens now
            self._button.focus()  # which may have been in one of its fields
        if settings is not None and settings.strategy in STRATEGIES:
            self.strategy.value = settings.strategy
        if settings is None and self._own is not None:
            self._mark(self._own)
            self._own = None
        self.strategy.disabled = settings is not None
        if self._fields is not None:
            for field in self._fields.children:
                if field.has_trait("disabled"):
                    field.disabled = settings is not None

    def look_on(self, settings: Settings) -> None:
        """Show the strategy of another page's probe as the one that runs; at the end one's own is chosen again."""
        self.tell("another page runs", settings.strategy.capitalize())
        if settings.strategy in STRATEGIES:
            self._own = self._own or str(self.strategy.value)
            self._mark(settings.strategy)

    def _mark(self, strategy: str) -> None:
        """Show a strategy as chosen that nobody has chosen here: what stands beside it stays."""
        self._naming = True
        self.strategy.value = strategy
        self._naming = False
        self._show_fields()

    def _hold(self) -> None:
        """Put back the address that is probed: a field that is disabled would lose the focus of who pressed Enter."""
        if self._held is not None and self.address.value != self._held:
            self.address.value = self._held

    def tell(self, first: str, second: str = "") -> None:
        """Two lines beside the strategy."""
        put(self.hint, f"<p>{markup.rich(first)}</p><p>{markup.rich(second)}</p>")

    def estimate(self) -> None:
        """Say beside the strategy what it will mostly cost, where something else was said of a probe before."""
        self._estimate()

    def _guess(self) -> None:
        self._guessed = self._guessed or not self._telling

    def _turn(self, *, opened: bool) -> None:
        visible(self.fields, on=opened)

    def _chosen(self) -> None:
        self._show_fields()
        self._estimate()
        self._told()

    def _told(self) -> None:
        for told in self.changed:
            told()

    def _show_fields(self) -> None:
        plain = self.strategy.value == "doubling"
        if self._fields is not None:
            for widget, shown in (
                (self._fields.needed, plain),
                (self._fields.refusal_rate, not plain),
                (self._fields.confidence, not plain),
                (self._fields.margin, self.strategy.value == "careful"),
            ):
                visible(widget, on=shown or not usable(widget))

    def _estimate(self) -> None:
        """What each strategy will mostly take, and what the chosen one will mostly cost."""
        chosen, fields = str(self.strategy.value), self._fields
        try:
            wait = self.likely if fields is None else fields.guess.number
            self.likely = wait
            goal, budget = self.goal, self.budget
            cost = {name: estimate(name, goal, budget, wait) for name in STRATEGIES}
            if fields is not None:
                each = {margin: estimate("careful", at_tested(goal, margin), budget, wait) for margin in MARGINS}
                fields.offer_margins({margin: between(*found) for margin, found in each.items()})
                cost["careful"] = each[float(fields.margin.value)]
                fields.needed.number  # noqa: B018 - it is looked at, and said, with the others
                fields.say()
        except ValueError as error:
            self.tell("A number cannot be used:", "see Goal, budget, request.")
            if fields is not None:
                fields.say(error)
            return
        self._name({name: f"{name.capitalize()}\n{between(*each)}" for name, each in cost.items()})
        least, most = cost[chosen]
        if all(
            map(lt, (least.requests, least.refusals, least.seconds), (budget.requests, budget.refusals, budget.seconds))
        ):
            first = f"mostly {least.requests:,} to {most.requests:,} requests,"
            self.tell(first, f"up to {most.refusals} of them refused")
        else:
            self.tell("the budget will hardly do", f"with a wait of {as_wait(wait)}")
        self.hint.tooltip = (
            f"If the wait turns out to be about {as_wait(wait)}: {as_span(least.seconds)} to {as_span(most.seconds)}. "
            "Of ten probes of simulated services one took less, and one more"
        )

    def _name(self, names: dict[str, str]) -> None:
        options = [(names.get(name, name), name) for name in offered()]
        if list(self.strategy.options) != options:
            chosen = self.strategy.value
            self._naming = True  # what is chosen here was not chosen by a person
            with self.strategy.hold_sync():
                self.strategy.options = options
                self.strategy.value = chosen
            self._naming = False


def usable(field: ipywidgets.Widget) -> bool:
    """Whether nothing is wrong with what stands in a field: what is wrong is never hidden."""
    try:
        return not isinstance(field, Number) or field.number is not None
    except ValueError:
        return False


def alert(error: ValueError) -> str:
    """The HTML of what is wrong with a field."""
    return f'<span role="alert">{markup.icon("exclamation-triangle")} {markup.plain(str(error))}</span>'


def briefly(seconds: float) -> str:
    """A length of time that has room on a button.

    >>> briefly(33.4), briefly(156.0), briefly(417.0)
    ('33 s', '3 min', '7 min')
    """
    return as_roughly(seconds) if seconds < MINUTE else as_roughly(max(1, round(seconds / MINUTE)) * MINUTE)


def between(least: Expectation, most: Expectation) -> str:
    """How long a probe will mostly take, as there is room for on a button.

    >>> def spread(*seconds: float) -> str:
    ...     return between(*(Expectation(each, 0, 1) for each in seconds))
    >>> spread(93, 1710), spread(9, 40), spread(8, 90), spread(0.2, 43)
    ('2–28 min', '9–40 s', '8 s–2 min', '≤ 43 s')
    """
    if least.seconds < most.seconds / MUCH:
        return f"≤ {briefly(most.seconds)}"
    low, high = briefly(least.seconds), briefly(most.seconds)
    if MINUTE / 2 <= least.seconds < MINUTE <= most.seconds:
        low = briefly(MINUTE)
    (number, unit), (_, same) = low.rsplit(maxsplit=1), high.rsplit(maxsplit=1)
    return low if low == high else f"{number}–{high}" if unit == same else f"{low}–{high}"


def _margin(times: float) -> str:
    """`20 %: `, for what stands before the time that a margin takes."""
    return "none: " if times == 1 else f"{(times - 1) * 100:.0f} %: "


def _text(description: str, placeholder: str) -> ipywidgets.Text:
    return lean(ipywidgets.Text, description=description, placeholder=placeholder, continuous_update=False)


def _number(value: float, least: float, most: float, description: str) -> Number:
    return lean(Number, value, Span(least, most), description=description)


def _whole(value: int, most: int, description: str, least: int = 1) -> Number:
    return lean(Number, value, Span(least, most, whole=True), description=description)
