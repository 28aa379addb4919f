"""What the use of a pace shows: a pace in use is on trial all the time. PURE.

Each request that is sent at exactly the pace is evidence. While more than the promised share are refused, given the
past, the e-value below does not grow on average, so that it ever reaches 20 with a probability of at most 5 % (Ville
1939; Shafer 2021, 'Testing by betting', JRSS A 184): it may be looked at after each request, over days and machines.
One that came later than the pace and was served says nothing; one that was refused all the same counts against it,
since a longer wait is not refused more often.
"""

from __future__ import annotations

from datetime import UTC, datetime

from widgets.model.attempt import Verdict
from widgets.model.quantity import as_span, as_wait, percent_number

STAKES = {0.0: 0.86, 0.2: 0.08, 0.5: 0.06}
"""What is staked on which refusal rate, in parts of the promise."""
CONFIDENCE = 0.95
LATE = 1.05
JITTER = 0.005
"""A request that comes so much later than the pace, as a factor and in seconds besides, is still at the pace."""
MAY_RISE = ("estimated", "stated")
"""The kinds that use makes stronger."""


def e_value(accepted: int, refused: int, promise: float) -> float:
    """The evidence of so many requests at exactly the pace that no more than the promise are refused.

    >>> e_value(60, 0, 0.05) < 20 <= e_value(61, 0, 0.05)
    True
    >>> e_value(61, 1, 0.05) < 1 < 20 <= e_value(230, 1, 0.05)
    True
    """
    return sum(
        stake * ((1 - part * promise) / (1 - promise)) ** min(accepted, 10_000) * part**refused
        for part, stake in STAKES.items()
    )


def enough(accepted: int, refused: int, promise: float) -> bool:
    """Whether that certifies the pace."""
    return e_value(accepted, refused, promise) >= 1 / (1 - CONFIDENCE)


def certificate(
    wait: float, accepted: int, refused: int, longest: int, since: float, until: float, promise: float
) -> Verdict:
    """What the use of a pace has shown.

    Args:
        wait: Seconds.
        accepted: Requests at exactly the pace that were served.
        refused: Requests that were refused.
        longest: Requests in the longest row without a longer pause.
        since: Of the first of them, epoch seconds.
        until: Of the last.
        promise: The share that may be refused.

    >>> print(certificate(6.52, 61, 0, 40, 1764028800, 1764201600, 0.05).statement)
    Certified by 61 sends between 25 and 27 November 2025, each 6.52 s after the one before: none was refused. While \
more than 5 % are refused, given the past, so many are served with a probability of 5 % at most. The longest row \
without a pause had 40 sends over 4 min 14 s: bursts of 40 or more, and quotas over longer times, are not excluded.
    """
    span = max(0, longest - 1) * wait
    met = "none was refused" if not refused else f"{refused} of them {'was' if refused == 1 else 'were'} refused"
    total = accepted + refused
    return Verdict(
        kind="certified",
        wait=wait,
        tested=wait,
        refusal_bound=promise,
        confidence=CONFIDENCE,
        accepted=accepted,
        refused=refused,
        requests=total,
        seconds=max(0.0, until - since),
        span=span,
        horizon=span / 1.1,
        statement=(
            f"Certified by {total} sends {days(since, until)}, each {as_wait(wait)} after the one before: {met}. "
            f"While more than {percent_number(promise, 3)} % are refused, given the past, so many are served with a "
            f"probability of {percent_number(1 - CONFIDENCE, 3)} % at most. The longest row without a pause had "
            f"{longest} sends over {as_span(span)}: bursts of {longest} or more, and quotas over longer times, are not "
            "excluded."
        ),
    )


def days(since: float, until: float) -> str:
    """The days from one moment to another, UTC.

    >>> days(1764028800, 1764028900), days(1763942400, 1764806400)
    ('on 25 November 2025', 'between 24 November and 4 December 2025')
    """
    first, last = (datetime.fromtimestamp(moment, UTC) for moment in (since, until))
    whole = f"{last.day} {last:%B %Y}"
    if first.date() == last.date():
        return f"on {whole}"
    form = (
        "" if (first.year, first.month) == (last.year, last.month) else " %B" if first.year == last.year else " %B %Y"
    )
    return f"between {first.day}{first.strftime(form)} and {whole}"
