"""A pace as words and rows. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.kit import markup

from .export.facts import day
from .trend import trend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.pace import Pace

    from .log import StoredProbe

COLUMNS = ("wait", "kind", "age", "answered in use", "last refusal", "standing", "target")
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
MOST = 50
"""Rows that are shown at a time; the others are found by typing."""


def ago(seconds: float) -> str:
    """An age as people say it."""
    for length, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= length:
            return f"{seconds / length:.0f} {name}"
    return f"{max(0.0, seconds):.0f} s"


def standing(pace: Pace, now: float) -> str:
    """Whether a pace can be relied on, in a few words."""
    if pace.doubtful_since is not None:
        words = f"doubtful since {day(pace.doubtful_since)}: re-check"
    elif pace.wants_recheck(now):
        words = "old: re-check"
    else:
        words = "good"
    return f"{words}; slowed to {pace.wait_now:.4g} s" if pace.factor > 1 else words


def name(pace: Pace) -> str:
    """What a pace is called in a list; two callers of one address are told apart by their fingerprints."""
    caller = f" as {pace.target.credential[:6]}" if pace.target.credential else ""
    return f"{pace.target.method} {pace.target.url}{caller}"


def paces_table(paces: Sequence[Pace], now: float) -> str:
    """The HTML of what is known, the newest first, and of how many there are besides."""
    rows = [
        (
            f"{pace.wait:.4g} s",
            pace.kind,
            ago(pace.age(now)),
            f"{pace.accepted:,} accepted, {pace.refused:,} refused",
            "–" if pace.last_refused is None else f"{ago(now - pace.last_refused)} ago",
            standing(pace, now),
            name(pace),
        )
        for pace in paces[:MOST]
    ]
    more = f" (the newest {MOST} of {len(paces):,}; type to find others)" if len(paces) > MOST else ""
    return markup.table(f"Paces that are kept{more}", COLUMNS, rows) if rows else ""


def card(pace: Pace, now: float, waits: Sequence[tuple[float, float]] = ()) -> str:
    """The HTML of one pace: the wait, large; what it stands on; how it has served; the waits that probes found."""
    tone = "ww-warn" if pace.wants_recheck(now) else "ww-good"
    said = pace.evidence.statement if pace.evidence else "Set by hand: nothing was measured."
    served = f"{pace.accepted:,} accepted and {pace.refused:,} refused since it is in use; {standing(pace, now)}."
    return (
        f'<section class="ww-card {tone}" aria-label="Pace"><p class="ww-badge">{markup.plain(pace.kind)}</p>'
        f'<p class="ww-wait">{pace.wait:.5g} s</p><p>{markup.plain(said)}</p>'
        f'<p class="ww-cost">Found {day(pace.found)}, {ago(pace.age(now))} ago. {markup.plain(served)}</p>'
        f"{trend(waits)}</section>"
    )


def probe_name(probe: StoredProbe, count: int, now: float) -> str:
    """What a probe that broke off after `count` attempts is called in a list."""
    attempts = f"{count:,} attempt{'' if count == 1 else 's'}"
    method = "" if probe.target.method == "GET" else f"{probe.target.method} "
    return f"{method}{probe.url}, {attempts}, begun {ago(now - probe.began)} ago"
