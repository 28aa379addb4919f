"""A pace as words and rows. PURE.

How the wait of a target has changed from probe to probe: a sentence, and a line that stands beside it. PURE.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from widgets.kit import markup
from widgets.model.attempt import Outcome
from widgets.model.pace import BY_HAND, STRENGTH
from widgets.model.quantity import as_percent, as_wait, counted
from widgets.pace.export.facts import day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.attempt import Verdict
    from widgets.model.pace import Pace, Past, StoredProbe


COLUMNS = ("Wait", "For", "Evidence", "In use")
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
MOST = 12
"""Rows that are shown at first, more than have room; a thousand would take as long to make as all else together."""
MORE = 50
"""Rows that a click adds."""


def ago(seconds: float) -> str:
    """An age as people say it."""
    for length, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= length:
            return f"{seconds / length:,.0f} {name}"
    return f"{max(0.0, seconds):.0f} s"


def moment(when: float, now: float, *, exact: bool = False) -> str:
    """A moment on the clock of this machine: `27 November, 21:05`; with its year where that is another one.

    An age would be wrong a little later, and what is on the page is not read again for that.

    Args:
        when: Epoch seconds.
        now: Epoch seconds.
        exact: Whether to the second.
    """
    there, here = time.localtime(when), time.localtime(now)
    form = ("%-d %B" if there[0] == here[0] else "%-d %B %Y") + (", %H:%M:%S" if exact else ", %H:%M")
    return time.strftime(form, there)


def standing(pace: Pace, now: float) -> str:
    """Whether a pace can be relied on, in a few words."""
    if pace.doubtful_since is not None:
        words = f"doubtful since {day(pace.doubtful_since)}: re-check"
    elif pace.wants_recheck(now):
        words = "old: re-check"
    else:
        words = "" if pace.factor > 1 else "good"
    slowed = f"slowed to {as_wait(pace.wait_now)} by refusals" if pace.factor > 1 else ""
    return "; ".join(each for each in (words, slowed) if each)


def name(pace: Pace) -> str:
    """What a pace is called in a list; two callers of one address are told apart by their fingerprints."""
    caller = f" as {pace.target.credential[:6]}" if pace.target.credential else ""
    found = "" if pace.scope == "path" else f", {_came(pace)} at {pace.target.path}"
    return f"{pace.governs}{caller}{found}"


def paces_table(paces: Sequence[Pace], now: float, count: int = 0) -> str:
    """The HTML of what is listed, the newest first, and of how many there are in all; all rows have one height."""
    if not paces:
        return ""
    many = count > len(paces)
    more = f": the newest {len(paces):,} of {count:,}; type to find others" if many else ""
    head = "".join(f'<th scope="col">{column}</th>' for column in COLUMNS)
    rows = "".join(_row(pace, now) for pace in paces)
    return (
        f'<table class="ww-table"><caption{"" if many else " class=ww-unseen"}>Paces that are kept{more}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _came(pace: Pace) -> str:
    return "set" if pace.kind == BY_HAND else "found"


def _row(pace: Pace, now: float) -> str:
    target, whole = pace.target, markup.plain(name(pace))
    caller = f" · as {target.credential[:6]}" if target.credential else ""
    where = "" if pace.scope == "path" else f" · {_came(pace)} at {target.path}"
    served = _served(pace)
    since = f"slowed to {as_wait(pace.wait_now)}" if pace.factor > 1 else f"{_came(pace)} {moment(pace.found, now)}"
    return (
        f'<tr><td><b class="ww-wait">{as_wait(pace.wait)}</b></td>'
        f'<td title="{whole}"><b>{markup.plain(briefly(pace))}</b>'
        f"<span>{markup.plain(f'{target.method}{where}{caller}')}</span></td>"
        f"<td>{_chip(pace, now)}</td><td><b>{markup.plain(served)}</b><span>{markup.plain(since)}</span></td></tr>"
    )


def _served(pace: Pace) -> str:
    if not pace.accepted and not pace.refused:
        return "none accepted or refused yet"
    return f"{pace.accepted:,} accepted, " + (f"{pace.refused:,} refused" if pace.refused else "none refused")


def _chip(pace: Pace, now: float) -> str:
    if pace.doubtful_since is not None:
        return markup.chip("doubtful", tone="warn", sign="refresh")
    if pace.wants_recheck(now):
        return markup.chip("re-check", tone="warn", sign="refresh")
    if pace.factor > 1:
        return markup.chip("slowed", tone="warn", sign="hourglass-half")
    certain = pace.kind == "certified"
    return markup.chip(pace.kind, tone="good" if certain else "", sign="check" if certain else "")


def briefly(pace: Pace) -> str:
    """What a pace governs, without what every address has."""
    return pace.governs.removeprefix(f"{pace.target.method} ").partition("://")[2] or pace.governs


def heading(pace: Pace) -> str:
    """The HTML of the title above the code."""
    return (
        f'<h3 title="{markup.plain(name(pace))}">{as_wait(pace.wait)} <span>{markup.plain(briefly(pace))}</span></h3>'
    )


def card(pace: Pace, now: float, waits: Sequence[tuple[float, float]] = ()) -> str:
    """The HTML of what a pace stands on: how it has served, what probes found, the whole statement at a click."""
    said = pace.evidence.statement if pace.evidence else "Set by hand: nothing was measured."
    good = standing(pace, now)
    served = f"{_served(pace).capitalize()}." if good == "good" else f"{_served(pace).capitalize()}; {good}."
    when = f"{'' if pace.kind == BY_HAND else 'found '}{moment(pace.found, now)}"
    said_of = f"{pace.kind.capitalize()}, {when}. {served} {pace.beyond}".strip()
    return (
        f'<section class="ww-pace-facts" aria-label="Pace"><p>{markup.plain(said_of)}</p>{trend(waits)}'
        f"<details><summary>What it stands on</summary><p>{markup.plain(said)}</p></details></section>"
    )


def without_charts(pace: Pace) -> str:
    """Why there is no probe to show: one that is no longer stored, or none that ever was."""
    if pace.probe:
        return "The probe that found this pace is not stored: its charts are gone."
    how = "It was set by hand" if pace.kind == BY_HAND else "No probe is kept with this pace"
    return f"{how}: there are no charts of it."


def probe_name(probe: StoredProbe, count: int, now: float) -> str:
    """What a probe that was interrupted after `count` attempts is called in a list, where there is room for a line."""
    return f"{shortened(asked_by(probe))}, {counted(count, 'attempt')}, begun {moment(probe.began, now)}"


def lesson(probe: StoredProbe, past: Past) -> str:
    """How far a lesson from wanted requests has come, in a sentence; how many more it takes nobody knows."""
    step = past[-1][0] if past else None
    refused = sum(attempt.outcome is Outcome.REFUSED for _, attempt in past)
    said = f"{counted(len(past), 'request')} so far, {f'{refused:,}' if refused else 'none'} of them refused"
    if step is not None and step.phase == "verify":
        said += f"; {as_wait(step.wait)} is on trial"
    elif step is not None and step.low and step.high:
        said += f"; {as_wait(step.low)} to {as_wait(step.high)} is still possible"
    elif apart := [attempt.spacing for _, attempt in past if attempt.spacing]:
        said += f"; the closest two came {as_wait(min(apart))} apart"  # who never hurries is never refused
    caller = f" as {probe.target.credential[:6]}" if probe.target.credential else ""
    return f"Being learned from what is asked anyway: the pace of {probe.target.origin}{caller}. {said}."


def lessons_told(told: Sequence[tuple[StoredProbe, Past]], count: int) -> str:
    """The HTML of the newest lessons that have not ended, and of how many there are beside them, of `count` in all."""
    said = [lesson(*each) for each in told]
    if more := count - len(told):
        said.append(f"… and {more:,} more, begun before {'that' if len(told) == 1 else 'these'}.")
    return "".join(f"<p>{markup.plain(each)}</p>" for each in said)


def asked_by(probe: StoredProbe) -> str:
    """What a probe asks: its address, with its method where that is no GET."""
    return probe.url if probe.target.method == "GET" else f"{probe.target.method} {probe.url}"


def shortened(address: str, most: int = 56) -> str:
    """An address in at most so many characters, without its middle: the host and the end tell it from others.

    >>> shortened("http://a.example/items"), shortened("http://a.example/items?page=1&size=100&sort=name", 32)
    ('http://a.example/items', 'http://a.example/ite…0&sort=name')
    """
    end = most * 3 // 8 - 1
    return address if len(address) <= most else f"{address[: most - end - 1]}…{address[-end:]}"


FOUND = frozenset(STRENGTH)
"""The kinds of verdict that say how long to wait."""
WIDTH, HEIGHT, EDGE = 96.0, 20.0, 2.0
"""Of the line, in pixels."""
SAME = 0.1
"""Two probes of one unchanged service differ by less than this share."""
NAMED = 4
"""Earlier waits that are named."""


def waits_of(history: Sequence[tuple[float, Verdict]]) -> list[tuple[float, float]]:
    """The moment and the wait of each verdict that found one."""
    return [(when, found.wait) for when, found in history if found.kind in FOUND and found.wait]


def trend(waits: Sequence[tuple[float, float]]) -> str:
    """The HTML of how the wait has changed; empty for fewer than two probes.

    Args:
        waits: Epoch seconds and seconds, the newest last.
    """
    if len(waits) < 2:  # noqa: PLR2004 - one point is no trend
        return ""
    named = ", ".join(f"{as_wait(wait)} ({day(when)})" for when, wait in waits[-1 - NAMED :])
    words = f"Found by {len(waits)} probes, {_change(waits[0][1], waits[-1][1])}: {named}."
    return f'<p class="ww-trend">{_line([wait for _, wait in waits])} {markup.plain(words)}</p>'


def _change(first: float, last: float) -> str:
    change = last / first - 1
    if abs(change) < SAME:
        return "steady"
    return f"{'slower' if change > 0 else 'faster'} by {as_percent(abs(change))} since the first"


def _line(waits: Sequence[float]) -> str:
    # From zero up: a few per cent between two probes are no mountain.
    across, down = (WIDTH - 2 * EDGE) / (len(waits) - 1), (HEIGHT - 2 * EDGE) / max(waits)
    points = " ".join(f"{EDGE + i * across:.1f},{HEIGHT - EDGE - wait * down:.1f}" for i, wait in enumerate(waits))
    return (
        f'<svg class="ww-spark" width="{WIDTH:.0f}" height="{HEIGHT:.0f}" aria-hidden="true">'
        f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="1.5"/></svg>'
    )
