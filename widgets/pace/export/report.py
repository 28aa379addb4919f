"""A probe as one HTML file to hand to a colleague or to attach to a ticket. PURE.

It opens offline: nothing in it is fetched, its policy forbids every script, and every text from elsewhere is one line
and escaped. The chart is drawn here, so that a report needs no program.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from widgets.model.attempt import Outcome
from widgets.model.quantity import as_count, as_percent, as_span, as_wait, wait_number

from .facts import day, evidence, one_line

if TYPE_CHECKING:
    from jinja2 import Template

    from widgets.model.attempt import Attempt, Step
    from widgets.model.pace import Pace, Past, StoredProbe

METHOD = (
    "Each attempt is one request; its spacing is the time between its start and that of the request before it, on a "
    "monotonic clock. Accepted is an answer of 2xx, and 304 to a conditional request; refused is 429, 503, any other "
    "answer that says when to come back or that nothing is left of a limit, and what the verdict or the settings above "
    "say counted as refused besides; set aside is what is good by its status and may be a refusal; "
    "anything else failed. What was set aside and what failed says nothing about pace. "
    "Requests never overlap. Only requests that were made to verify "
    "a wait, each after exactly that wait, count as evidence for it."
)
COLUMNS = (
    *("attempt", "phase", "asked wait (s)", "spacing (s)", "started (s)", "latency (s)"),
    *("status", "outcome", "error"),
)
WIDTH, HEIGHT = 860, 320
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 20, 45
LEAST = 1e-4
"""Seconds: what is drawn for a spacing of nothing on a logarithmic axis."""


def to_report(probe: StoredProbe, past: Past, pace: Pace | None = None) -> str:
    """The whole report: the verdict, the chart, the method, what is known in use, and every attempt."""
    verdict = probe.verdict
    wait = verdict.wait if verdict else None
    refused = sum(attempt.outcome is Outcome.REFUSED for _, attempt in past)
    asked = f"{probe.target.method} {probe.url}"
    # What else a lesson is stored with is of its clock, by which it goes on: nobody else's business.
    settings = {"strategy": probe.settings.get("strategy")} if probe.lesson else probe.settings
    facts = [
        ("Address", f"whatever was wanted of {probe.target.origin}" if probe.lesson else asked),
        ("Measured", f"{day(probe.began)} (UTC)"),
        ("Settings", settings_said(settings)),
        ("Requests", f"{len(past)}, {refused} of them refused"),
    ]
    if verdict:
        sure, most = as_percent(verdict.confidence, 4), as_percent(verdict.refusal_bound, 3)
        facts.append(("Sure to", f"{sure}: at most {most} refused"))
        facts.append(("Not looked at", f"any cycle longer than {as_span(verdict.horizon)}"))
    return _template().render(
        title=f"Waitwise: {probe.target.origin if probe.lesson else probe.url}",
        wait="no wait" if wait is None else as_wait(wait),
        kind=verdict.kind if verdict else "unfinished",
        said=verdict.statement if verdict else "This probe has no verdict yet.",
        facts=facts,
        chart=attempts_chart(past, wait),
        method=METHOD,
        pace=evidence(pace) if pace else [],
        used=f"In use since: {pace.accepted} accepted, {pace.refused} refused." if pace else "",
        columns=COLUMNS,
        rows=[_row(step, attempt) for step, attempt in past],
    )


def settings_said(settings: Mapping[str, object]) -> str:
    """What was asked for, as a person would say it; what is nothing was not.

    >>> settings_said({"strategy": "careful", "max_seconds": 3600, "method": "GET", "headers": {}, "wait": 0.0})
    'strategy careful, max seconds 3600, method GET'
    >>> settings_said({"strategy": "quick", "budget": {"requests": 1500, "left": 0.5}, "needed": 4})
    "strategy quick, budget (requests 1500, share of a stated quota's rest 0.5)"
    """
    strategy = settings.get("strategy")
    told = {name: value for name, value in settings.items() if name not in _OF or _OF[name] == strategy}
    shown = ((_NAMES.get(name) or name.replace("_", " "), _plainly(value)) for name, value in told.items())
    return ", ".join(f"{name} {value}" for name, value in shown if value)


_NAMES = {"left": "share of a stated quota's rest", "needed": "successes in a row"}
_OF = {"needed": "doubling", "margin": "careful"}
"""Of which strategy a setting is: the others are stored with it, and pay it no heed."""


def _plainly(value: object) -> str:
    match value:
        case Mapping():
            return f"({inner})" if (inner := settings_said(value)) else ""
        case bool() | int() | float() | str():
            return str(value) if value else ""
        case None:
            return ""
        case _:
            return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _row(step: Step, attempt: Attempt) -> tuple[object, ...]:
    asked = "–" if attempt.wait is None else wait_number(attempt.wait)
    times = (attempt.spacing, attempt.started, attempt.latency)
    shown = ("–" if value is None else as_count(float(f"{value:.6g}")) for value in times)
    return (
        *(attempt.number, step.phase, asked, *shown),
        *(attempt.status or "none", attempt.word, attempt.error),
    )


def _finalize(value: object) -> object:
    """Every text of the template on one line; it is escaped after this."""
    return value if isinstance(value, Markup) else one_line(str(value))


@cache
def _template() -> Template:
    from jinja2 import Environment  # noqa: PLC0415 - a tenth of what a page imports, for whoever saves a report

    environment = Environment(autoescape=True, finalize=_finalize, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(Path(__file__).with_name("report.html.j2").read_text("utf-8"))


def attempts_chart(past: Past, wait: float | None) -> Markup:
    """Spacing (logarithmic) over the number of the attempt, with the page's signs: dots, diamonds, crosses."""
    drawn = [(each.number, max(LEAST, each.spacing), each) for _, each in past if each.spacing is not None]
    values = [spacing for _, spacing, _ in drawn] + ([wait] if wait else [])
    if not drawn:
        return Markup('<p class="none">Too few attempts for a chart.</p>')
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values) * 1.01))
    last = max(number for number, _, _ in drawn)

    def across(number: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * number / (last + 1)

    def down(spacing: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - math.log10(spacing)) / max(1, high - low)

    def rule(name: str, spacing: float) -> Markup:
        y = f"{down(spacing):.1f}"
        return Markup('<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(name, LEFT, WIDTH - RIGHT, y, y)

    label = Markup('<text x="{}" y="{:.1f}" text-anchor="end">{}</text>')
    lines = [
        rule("grid", 10.0**power) + label.format(LEFT - 8, down(10.0**power) + 4, as_wait(10.0**power))
        for power in range(low, high + 1)
    ]
    if wait:
        lines.append(rule("wait", wait))
    lines += [_mark(across(number), down(spacing), each) for number, spacing, each in drawn]
    title = f"Spacing of {len(drawn)} attempts, by number"
    return Markup(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}'
        '<text x="{}" y="{}" text-anchor="middle">attempt (1 to {})</text></svg>'
    ).format(WIDTH, HEIGHT, title, title, Markup("").join(lines), (WIDTH + LEFT) / 2, HEIGHT - 8, last)


def _mark(x: float, y: float, attempt: Attempt) -> Markup:
    match attempt.outcome:
        case Outcome.ACCEPTED:
            return Markup('<circle class="accepted" cx="{:.1f}" cy="{:.1f}" r="3.5"/>').format(x, y)
        case Outcome.REFUSED:
            return Markup('<path class="refused" d="M{:.1f} {:.1f}l4.5 4.5l-4.5 4.5l-4.5 -4.5z"/>').format(x, y - 4.5)
        case _:
            return Markup('<path class="failed" d="M{:.1f} {:.1f}l7 7m0-7l-7 7"/>').format(x - 3.5, y - 3.5)
