"""The quotas that a service's refusals name in words, as '60 requests per hour'. Pure.

They are its own words for its rule, and may be those of another plan, or of a page's help: they are told to the person,
and a guess is made of them where a probe ends too early; no pace is kept for them alone.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from widgets.http.limits import abroad
from widgets.http.limits.envelope import unescaped
from widgets.http.limits.words import window_in
from widgets.model.attempt import Outcome
from widgets.model.quantity import as_wait
from widgets.probe.evidence import told

from .untimed import DAY, per

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.attempt import Attempt

Named = tuple[float, float]
"""So many requests in so many seconds."""

READ = 2000
"""Characters of a body that are read."""

MOST = 3
"""So many different quotas are named at most; more of them are a table of plans."""

KEPT_OUT = 600.0
"""Seconds after words that name a quota until something is accepted: longer than most bans for a burst."""

TESTED = 0.98
"""A wait from this part of what is named on was tested with it."""

FEWEST = 7
"""So many accepted in a row at the named pace are worth a word, where they were not enough for a verdict."""

_COUNT = r"(?<![\w.,/$€£-])(?P<count>\d{1,3}(?:,\d{3})+|\d{1,7})"
_THING = r"(?:(?:api|free|http|search)[ _-])?(?:requests?|reqs?|calls?|quer(?:y|ies)|hits|lookups|downloads)"
_PER = r"(?:(?:are )?allowed )?(?:per|an?|every|each|in|within|over)(?: an?| the)? "
_UNIT = r"(?P<unit>s(?:ec(?:ond)?)?|m(?:in(?:ute)?)?|h(?:(?:ou)?r)?|d(?:ay)?|week|month)s?\b"
_MANY = r"(?:(?P<many>\d{1,4}) ?-?)?"
_QUOTA = re.compile(rf'(?!(?<=")1/\w+/\{{){_COUNT} ?(?:{_THING} ?(?:/ ?|{_PER}){_MANY}|/ ?|per ){_UNIT}', re.IGNORECASE)
_LIMIT_OF = re.compile(
    rf"\b(?P<unit>second|minute|hour|dai|week|month)ly (?:{_THING} |credits? )?(?:limit|quota|allowance) (?:of|is|:) ?"
    rf"{_COUNT} (?:{_THING}|credits?)\b",
    re.IGNORECASE,
)
"""'The hourly limit of 1000 credits': what is counted has to be told, since a daily limit may be one of bytes."""
_EXCEEDED = re.compile(
    rf"\blimit (?:of )?['\"(\[]?{_COUNT}['\")\]]? (?:{_THING} )?(?:was |has been |is )?(?:exceeded|reached) "
    r"(?:with ?in|in|per|over|during)(?: an?| the)?(?: last| past)? ['\"(\[]?"
    rf"(?:(?P<many>\d{{1,4}})['\")\]]? ?-?)?{_UNIT}",
    re.IGNORECASE,
)
"""'Max rate limit 100 exceeded within 20 secs'."""
_MEASURED = re.compile(rf'"quota_unit" ?: ?"1/{_UNIT}', re.IGNORECASE)
_AMOUNT = re.compile(r'"quota_limit_value" ?: ?"(?P<count>\d{1,9})"', re.IGNORECASE)
"""Google's `"quota_unit": "1/min/{project}"` is what is counted, and not how many of it: the value stands beside it."""
_DAYS = re.compile(r"\b(?:tomorrow|today|(?:day|week|month)(?:ly)?[ -](?:limit|quota))\b", re.IGNORECASE)
"""A day or longer, where no window is named in so many words: 'Please try again tomorrow'."""
_SPENT = re.compile(
    r"exceed|exhaust|reached|\bhit\b|used up|\bspent\b|too many|no more"
    r"|\b(?:again|until|till|back|resets?|resumes?|renewed)\b(?!.*\blater\b).{0,20}\btomorrow\b",
    re.IGNORECASE,
)
"""What a clause has to say beside it: 'Upgrade today for higher limits' says of no quota that it is spent."""
_OF_ITS_NAME = re.compile(
    r'"(?:\w{1,20}_)?(?:limit|quota|policy)_?(?:name|id|type)" ?: ?"(?P<name>[^"]{1,80})"', re.IGNORECASE
)
"""A part that names which of several limits it is that refuses: `"limit_name": "page_monthly_limit"`."""
_LIMIT = re.compile(r"limit|quota|request|\bcalls?\b|quer(?:y|ies)|exceed|throttl|exhaust", re.IGNORECASE)
_SHORTER = re.compile(r"\b(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|hourly)\b", re.IGNORECASE)
_NAMED = re.compile(r"day|daily|week|month", re.IGNORECASE)
_MONEY = re.compile(r"[$€£]")
_CLAUSE = re.compile(r"[.!?;:<>{}\[\]()\"\n]+|,\s|\s[-–—]\s")
_JOINED = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
"""Where the words of a name meet, as in `dailyLimitExceeded` and `DAY_QUOTA_EXCEEDED`."""
MORE = 2
"""So many times what was served: a day's quota of more than that is hardly the one that was spent."""
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0, "month": 2_592_000.0}


def quotas_in(text: str) -> list[Named]:
    """The quotas that a text names, in its order.

    >>> quotas_in("You have exceeded the limit of 60 requests per hour."), quotas_in("Rate limit: 1,000/day")
    ([(60.0, 3600.0)], [(1000.0, 86400.0)])
    >>> quotas_in("Our standard API call frequency is 5 calls per minute and 500 calls per day.")
    [(5.0, 60.0), (500.0, 86400.0)]
    >>> quotas_in("300 requests every 5 minutes"), quotas_in("Try again in 5 minutes, or 30 seconds, on 11/27 or 1/2 d")
    ([(300.0, 300.0)], [])
    >>> quotas_in("Max rate limit '100' exceeded with in '20' secs"), quotas_in("limit 10 exceeded in the past minute")
    ([(100.0, 20.0)], [(10.0, 60.0)])
    >>> quotas_in('"quota_limit_value": "60", "quota_unit": "1/min/{project}"'), quotas_in('"unit": "1/d/{project}"')
    ([(60.0, 60.0)], [])
    >>> quotas_in("limit 1/min/{user}")
    [(1.0, 60.0)]
    >>> quotas_in("the hourly limit of 1000 credits for demo has been exceeded"), quotas_in("Daily limit of 500 MB")
    ([(1000.0, 3600.0)], [])
    """
    words, found = " ".join(text[:READ].split()), []
    for match in (*_QUOTA.finditer(words), *_EXCEEDED.finditer(words)):
        seconds = _seconds(match["unit"]) * float(match["many"] or 1)
        found.append((float(match["count"].replace(",", "")), seconds))
    found += [(float(each["count"].replace(",", "")), _seconds(each["unit"])) for each in _LIMIT_OF.finditer(words)]
    units, amounts = list(_MEASURED.finditer(words)), list(_AMOUNT.finditer(words))
    if len(units) == len(amounts) == 1:
        found.append((float(amounts[0]["count"]), _seconds(units[0]["unit"])))
    return [each for each in dict.fromkeys(found) if all(each)]


def _seconds(unit: str) -> float:
    return _SECONDS["month" if unit.lower() == "month" else unit[0].lower()]


def counted_over(text: str, served: int) -> float | None:
    """Seconds over which what a refusal speaks of is counted, after so many were served; `None` where it does not say.

    A day or longer is taken only where a clause says that such a quota is spent, or puts off until tomorrow, or where
    no more a day are named than may have been served; and where no shorter time is named beside it.

    >>> counted_over("60 requests per minute", 9), counted_over("DAY_QUOTA_EXCEEDED", 9), counted_over("Rate", 9)
    (60.0, 86400.0, None)
    >>> counted_over('{"error": "Too many requests", "limit_name": "page_monthly_limit"}', 0)
    2592000.0
    >>> counted_over("Upgrade today for higher limits!", 9), counted_over("Daily or hourly limit exceeded", 9)
    (None, None)
    >>> counted_over("The limit is 25 requests per day", 30), counted_over("The limit is 1000 requests per day", 30)
    (86400.0, None)
    """
    over = window_in(text)
    if over is not None and over < DAY:
        return over
    clauses = _CLAUSE.split(_JOINED.sub(" ", text[:READ]))
    quotas = quotas_in(text)
    shorter = (each for each in clauses if _LIMIT.search(each) and _SHORTER.search(each))
    if any(window < DAY for _, window in quotas) or any(shorter):
        return None
    few = [window for count, window in quotas if not served or count <= MORE * served]
    # What says in other languages that something is spent is not listed here: a day's name has to do.
    elsewhere = None if _NAMED.search(text) else abroad.window_in(unescaped(text[:READ]))
    names = (window_in(_JOINED.sub(" ", match["name"])) for match in _OF_ITS_NAME.finditer(text[:READ]))
    found = [*few, *map(_day_spent, clauses), *names, elsewhere]
    return min(filter(None, found), default=None)


def _day_spent(clause: str) -> float | None:
    """Seconds of a day or longer whose quota a clause says to be spent; `None` where it says no such thing."""
    if not _SPENT.search(clause) or _MONEY.search(clause):
        return None
    return window_in(clause) or (DAY if _DAYS.search(clause) else None)


def of_days(attempts: Sequence[Attempt]) -> list[Attempt]:
    """The refusals in a row, up to the last answer, that speak of a quota of a day or longer.

    None where something was served after one that spoke so before: then it is not what they refuse for.

    >>> from widgets.model.attempt import Attempt
    >>> row = [Attempt(i, None, 1.0, i, 0.1, 429, excerpt="Daily quota exceeded") for i in (1, 2)]
    >>> served = Attempt(0, None, None, 0.0, 0.1, 200)
    >>> len(of_days([served, *row])), of_days([row[0], served, row[1]]), of_days([*row, served])
    (2, [], [])
    """
    if not attempts or attempts[-1].outcome is not Outcome.REFUSED:
        return []
    served = sum(each.outcome is Outcome.ACCEPTED for each in attempts)

    def speaks(each: Attempt) -> bool:
        return each.outcome is Outcome.REFUSED and (counted_over(each.excerpt, served) or 0.0) >= DAY

    if not speaks(attempts[-1]):
        return []
    row = list(takewhile(lambda each: each.outcome is not Outcome.ACCEPTED, reversed(attempts)))
    before = attempts[: len(attempts) - len(row)]
    return [] if any(map(speaks, before)) else [*filter(speaks, reversed(row))]


def named(attempts: Sequence[Attempt]) -> list[Named]:
    """The quotas that the last refusal which names any names, and those of other windows that earlier ones name.

    None where it names too many, and those of the last one alone where all of them are. Of one window the last counts.

    >>> from widgets.model.attempt import Attempt
    >>> texts = "60 requests per minute", "900 requests per hour", "1000 requests per hour", "60 requests per minute"
    >>> named([Attempt(i, None, None, i, 0.1, 429, excerpt=text) for i, text in enumerate(texts, 1)])
    [(60.0, 60.0), (1000.0, 3600.0)]
    """
    texts = dict.fromkeys(each.excerpt for each in reversed(attempts) if each.outcome is Outcome.REFUSED)
    rows = [quotas for text in texts if (quotas := quotas_in(text))]
    last = rows[0] if rows else []
    found = list(last)
    for quotas in rows[1:]:
        found += [each for each in quotas if all(each[1] != window for _, window in found)]
    return [] if len(last) > MOST else found if len(found) <= MOST else last


def possible(attempts: Sequence[Attempt]) -> list[Named]:
    """Those of them that what was served does not contradict: windows by the clock serve a quota twice at most.

    >>> from widgets.model.attempt import Attempt
    >>> row = [Attempt(i, None, None, i, 0.1, 200) for i in range(30)]
    >>> row.append(Attempt(30, None, None, 30, 0.1, 429, excerpt="Free: 10 requests per minute. Pro: 30 requests/min"))
    >>> possible(row)
    [(30.0, 60.0)]
    """
    served = [each.started for each in attempts if each.outcome is Outcome.ACCEPTED]

    def contradicted(count: float, window: float) -> bool:
        more = int(2 * count) + 1
        return any(last - first < window for first, last in zip(served, served[more:], strict=False))

    return [each for each in named(attempts) if not contradicted(*each)]


def as_it_says(attempts: Sequence[Attempt], tested: float | None) -> str:
    """The sentence on what its refusals name; empty where they name nothing.

    >>> from widgets.model.attempt import Attempt
    >>> row = [Attempt(1, None, None, 0.0, 0.1, 429, excerpt="60 requests per hour are allowed")]
    >>> as_it_says(row, None), as_it_says(row, 61.0)[-24:]
    (' Its refusals name 60 an hour (60 s between requests), which was not tested.', '(60 s between requests).')
    >>> row += [Attempt(i, 61.0, 61.0, i * 61.0, 0.1, 200) for i in range(2, 9)]
    >>> as_it_says(row, None)[-57:]
    '; the last 7 requests, at such a pace, were all accepted.'
    """
    quotas = named(attempts)
    if not quotas:
        return ""
    names = [f"{told(count, 6)} {per(window)} ({as_wait(window / count)} between requests)" for count, window in quotas]
    longest = max(window / count for count, window in quotas)
    if (tested or 0.0) >= TESTED * longest:
        return f" Its refusals name {' and '.join(names)}."
    held = sum(1 for _ in takewhile(lambda each: _served_after(each, TESTED * longest), reversed(attempts)))
    if held >= FEWEST:
        return f" Its refusals name {' and '.join(names)}; the last {held} requests, at such a pace, were all accepted."
    which = "which" if len(quotas) == 1 else "the slowest of which"
    return f" Its refusals name {' and '.join(names)}, {which} was not tested."


def _served_after(attempt: Attempt, wait: float) -> bool:
    return attempt.outcome is Outcome.ACCEPTED and (attempt.spacing or 0.0) >= wait


def guessed(attempts: Sequence[Attempt]) -> float:
    """Seconds between requests by the quota that is named first; 0 where none is."""
    quotas = named(attempts)
    return quotas[0][1] / quotas[0][0] if quotas else 0.0


def kept_out(attempts: Sequence[Attempt], wait: float | None) -> tuple[float, str]:
    """What refuses a wait as a recommendation: refusals named a slower pace, and kept the client out as long as it may.

    Their words alone may be those of another plan. Where nothing was accepted for more than minutes after them, and
    less than they allow has been since, that quota was spent, as far as can be known, and what was quick was its next.

    Returns:
        The seconds between requests by that quota, and why; 0 and nothing where there is none.

    >>> from widgets.model.attempt import Attempt
    >>> words = "the hourly limit of 1000 credits has been exceeded"
    >>> times = (0.0, 200), (0.1, 429), (1000.0, 429), (3000.0, 200), (3000.1, 200)
    >>> row = [Attempt(i, 1.0, 1.0, t, 0.1, s, excerpt=words * (s == 429)) for i, (t, s) in enumerate(times, 1)]
    >>> kept_out(row, 0.1)[0], kept_out(row[:4], 3.6)[0], kept_out(row[:2], 0.1)[0]
    (3.6, 0.0, 0.0)
    """
    quota, began, known = None, 0.0, 0.0
    for each in attempts:
        if each.outcome is Outcome.REFUSED and (quotas := quotas_in(each.excerpt)):
            began = began if quota else each.started
            quota, known = max(quotas, key=lambda each: each[1]), each.started
        elif each.outcome is Outcome.ACCEPTED and quota:
            if KEPT_OUT < each.started - began <= quota[1]:
                break
            quota = None
    else:
        return 0.0, ""
    count, window = quota
    since = sum(later.outcome is Outcome.ACCEPTED and later.number >= each.number for later in attempts)
    if wait is None or wait >= TESTED * window / count or since >= count:
        return 0.0, ""
    return window / count, (
        f"After a refusal that names {told(count, 6)} {per(window)} nothing was "
        f"accepted for {told(known - began)} to {told(each.started - began)} s, as where that quota is spent, and the "
        f"{since} accepted since then are fewer than it allows: that they came quicker does not show that it lasts."
    )
