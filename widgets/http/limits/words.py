"""What an answer says of pace in words, in its body or beside it, whatever its status. Pure; nothing here raises.

A status is a convention that many services do not keep: they refuse with 400, 401, 403, or with 200 and a sentence. A
sentence that says 'too many requests' is no guess. Of a page only its headings are read for one, and of an answer of
2xx only what it says of itself, since what is served may speak of rate limits as well.
"""

from __future__ import annotations

import html
import re
from base64 import b64decode
from contextlib import suppress
from typing import TYPE_CHECKING

from . import abroad, english, lengths, objects, pages, phrases, times
from .challenges import asks, barred
from .envelope import of_itself, unescaped
from .lengths import LENGTH, NUMBER, UNIT
from .midnights import until_midnight
from .pages import readable
from .refusal import in_a_field
from .subjects import is_address, is_of_another

if TYPE_CHECKING:
    from collections.abc import Iterator

READ = 2000
"""Characters of a body that are read for words."""

SHOWN = 60
"""Characters of what it says that are repeated."""

SAYS, ASKS = "it says ", "it asks for a "
"""How the reasons begin that are the service's own, and not somebody's word for it."""

TOO_LARGE = frozenset({413, 414, 431, 507})
"""They speak of limits, too: of one request's size, or of room."""

ACCEPTED = 202
"""Work on it goes on (RFC 9110, 15.3.3): with a time to come back, nothing is served yet."""

_LATER = re.compile(r"(?:try|check|ask|come) (?:again|back)\b", re.IGNORECASE)
"""How it is said that it goes on."""

OF_ANOTHER_KIND = frozenset({401, 403, 404})
"""They have reasons of their own, beside which a limit may be mentioned."""

FAULTS = 500
"""From here on the service has a fault, and nobody is kept out."""

BEFORE, BEHIND = 30, 24
"""Characters that may stand before and behind the words of a line, or headings, that are nothing but a refusal."""

_WINDOW = re.compile(
    r"\b(?P<named>minutely|hourly|daily|weekly|monthly)\b"
    r"|(?:\b(?:per|an?|each|every|(?:this|the current|(?:in|within|over|during) (?:the )?(?:last|past))) "
    r"|(?<=\w) ?/ ?)(?P<one>min(?:ute)?|hour|day|week|month)\b"
    r"|\b(?:per|every|within|over|last|past) (?:an? |the )?(?P<many>\d{1,4}) ?-?"
    r"(?P<unit>sec(?:ond)?|min(?:ute)?|hour|day|h|s)s?\b"
    r"|\b(?:for|of) (?P<today>today|the day)\b",
    re.IGNORECASE,
)
"""How a quota's time is named; not the second, of which nobody has to be told."""

_NAMED = re.compile(
    r"(?:(?<!max)(?<!max[\s_-])retry|(?<!a)wait|(?<![^\W_])try|back[\s_-]?off|cool[\s_-]?down|resets?[\s_-]?in"
    r"|throttle(?=[\s_-]?(?:delay|after|in|time|for|sec|ms|milli|min)"
    rf"|\"?\s?[:=]\s?(?:{{\s?\"seconds\"|\"?{NUMBER} ?{UNIT}\b)))[\s_-]?(?:delay|after"
    r"|again[\s_-]?in|in|time|for|seconds)?[\s_-]?(?:in[\s_-]?)?"
    r"(?P<unit>ms|milli\w*|secs?|seconds|min\w*)?\"?\s*(?:[:=]|>)\s*(?:{\s*\"seconds\"\s*:\s*)?"
    rf"\"?(?P<length>{LENGTH})",
    re.IGNORECASE,
)
_NEXT = (
    r"(?:(?:allowed|available|possible|try|come[_-]?back)[_-]?again"
    r"|next[_-]?(?:allowed|available|request|slot|attempt|call|try|query|fetch|poll)(?:[_-]?(?:allowed|available))?"
    r"|(?:blocked|banned|throttled|limited)[_-]?(?:until|for)|cool[_-]?down[_-]?(?:until|ends?|remaining|left|expires)"
    r"|resum(?:e|es|ed)(?=[_-]?(?:at|in|after)))"
    r"[_-]?(?:at|in|after|on|time)?[_-]?"
)
"""How the part is named that says when the next request is served."""

_IN_A_PART = re.compile(
    r"[\"<](?:\w{1,20}[_-])?(?:(?:retry[_-]?(?:after|in|delay)|back[_-]?off)[_-]?(?:ms|milli\w*|secs?|seconds|time)?"
    rf"|(?:throttle|wait)[_-]?(?:ms|milli\w*|secs?|seconds|time|for)|{_NEXT}(?:ms|milli\w*|secs?|seconds|minutes)?)"
    r"\"?\s*[:>]\s*\"?(?=\d*[1-9])",
    re.IGNORECASE,
)
"""A part of a failed answer that says when to come back, as a field may: it refuses as that does."""
_AT_NEXT = re.compile(
    rf"[\"<](?:\w{{1,20}}[_-])?{_NEXT}(?P<unit>ms|milli\w*|secs?|seconds|min\w*)?\"?\s*[:>]\s*\"?(?P<length>{LENGTH})",
    re.IGNORECASE,
)
_APART = re.compile(
    rf"(?:at least|a minimum of|not? less than) (?P<length>{LENGTH}|(?:an?|one) (?:second|minute))"
    r" (?:(?:[^\W_]+ ){0,2}?between|apart)",
    re.IGNORECASE,
)
"""How far apart requests have to be: so long after a refused one the next may come."""
_ONE = r"(?:an?|one) (?:second|minute|hour|day|week)\b"
_BEFORE_IT = (
    r"(?:below (?:\w+ ){1,4}for|again|(?:come|try|check|be) back|wait"
    r"|available(?!\s+for)|(?:(?<=un)|(?<=not ))available|unblocked|blocked|banned"
    r"|retry(?: (?:the|this|your) (?:request|call|operation)(?= (?:in|after) ))?"
    rf"|suspended|restricted|throttled|rate[- ]limited for (?:another|the next)(?= {NUMBER} ?{UNIT}\b)"
    r"|resets?|expires?"
    r"|replenished|renewed|lasts|(?:(?<=will )|(?<=can )|(?<=may )|(?<=bans )|(?<=blocks ))last"
    r"|timed out(?=\s+for)|(?:take a )break"
    r"|(?<!made )(?<!sent )(?<![ituv]ed )(?:another|an? new|the next|your next)"  # what was made is no time to come
    rf" (?:request|call|query|attempt)(?= (?:in|after) {NUMBER} ?{UNIT}\b)"
    rf"|(?:back off|pause|hold off|slow down)(?= for (?:at least |about )?{NUMBER} ?{UNIT}\b)"
    r"|(?:request|do|use|send|call) (?:this|that|it|another|one)|time to (?:availability|reset|retry|wait)[:=]?"
    r"|remaining (?:period|time) of)\s+"
    r"(?:again\s+)?"
    rf"(?:in\s+|after\s+|for\s+(?:the next\s+)?)?(?:about\s+|approximately\s+|at least\s+)?"
)
"""How it is said that a time follows after which to come back."""
_TOLD = re.compile(
    rf"{_BEFORE_IT}"
    rf"(?:['~]|(?:(?<=in )|(?<=for )|(?<=after ))\[(?={NUMBER}(?:\] ?{UNIT}\b| ?{UNIT}\])))?"
    rf"(?P<length>{lengths.HALVES}|{LENGTH}|{_ONE})(?! ago\b)"
    rf"(?:['\]] ?(?P<unit>{UNIT})\b)?",
    re.IGNORECASE,
)
_TOLD_VAGUELY = re.compile(
    rf"(?:{_BEFORE_IT}|\b(?:pause|hold off|slow down|give it)\s+(?:for\s+)?(?:at least\s+)?)"
    rf"(?P<length>{lengths.VAGUE})(?! ago\b)",
    re.IGNORECASE,
)
_PARTS = (
    rf"(?:{NUMBER} ?[-\u2013\u2014] ?)?{NUMBER} ?{UNIT}(?![^\W\d])(?:[ ,]{{0,2}}(?:and )?{NUMBER} ?{UNIT}(?![^\W\d]))*"
)
"""A length of time with all of its units: of `1 hour 20 minutes until the reset` the last one is no time to wait."""
_CLAUSE = r"(?:\A|[;!?\"'()>|] ?|[.,:\u2013\u2014-] |\b(?:exceeded|reached|and|but|then|so) )"
"""Where something begins to be said."""
_UNTIL = re.compile(
    rf"(?:{_CLAUSE}|\b(?:wait|allow|about|approximately|roughly|around|another|only|still|least|be|is|are|have|has"
    rf"|needs?|takes?|up to|\d to|pause) )(?P<length>{_PARTS}) (?:until|before|to) (?:the |your |our )?"
    r"(?:next (?:request|call|window|slot|attempt|try|retry)\b|(?:(?:rate |request )?(?:limit|quota|window) )?resets?\b"
    r"(?! (?:your|the|my|an?|this|it|that)\b)|you (?:can|may) (?:try|retry|request|call|ask|send|continue)\b)",
    re.IGNORECASE,
)
"""The time before something; in how long so many requests were made, or may be, is told in such words as well."""
_OVER = re.compile(
    rf"{_CLAUSE}(?:the |your |our |this |its |an? (?=new )|one |all )?"
    r"(?:(?:rate|requests?|usage|api|calls?|ip|temporary|current|daily|hourly|weekly|monthly|account|free)[- ]){0,3}"
    r"(?:(?:ban|block|lock(?:out)?|cool-?down|limit|quota|penalty|throttl(?:e|ing)|restrictions?|suspension|time-?out"
    r"|window|(?:ban|block|cool-?down|penalty|waiting|quota|limit) period)"
    r" (?:(?:will )?(?:ends?|lifts?|clears?)"
    r"|(?:(?:is|are|will be) )?(?:automatically )?(?:over|lifted|cleared|removed))(?: automatically)?"
    r"|(?:it|bucket|quota|limit|allowance|tokens?|credits|requests|calls|points)"
    r" (?:(?:will )?(?:refills?|replenish(?:es)?)|(?:(?:is|are|will be) )?refilled)"
    r"|(?:quota|limit|allowance|tokens|credits|requests|calls|points) (?:(?:will )?renews?|(?:is|are|will be) restored)"
    r"|(?:service|access|requests|calls|traffic|api) (?:(?:will )?resumes?|(?:is|are|will be) (?:resumed|restored))"
    r"|(?:access|account|ip|api) (?:(?:will )?unlocks?|(?:(?:is|are|will be) )?unlocked)"
    r"|(?:window|(?:next|new) (?:window|period|cycle|quota)) (?:will )?(?:opens?|starts?|begins?)(?= in))"
    r" (?:in|after) (?:about |approximately |at least )?"
    rf"(?P<length>{lengths.HALVES}|{_PARTS}|{_ONE})(?! (?:ago|of (?!inactiv))\b)",
    re.IGNORECASE,
)
"""How it is said that all is well again. Subscriptions renew, offers end and levels unlock too, and a ban may be lifted
that nobody is under: so it has to be said of what refuses, and of the one that there is."""
_UNDER = re.compile(
    r"(?:under an? (?:ban|block|penalty|cool-?down) of "
    rf"|(?:wait|pause|delay|cool-?down) of (?={NUMBER} ?{UNIT} (?:is|was) (?:required|needed)))(?P<length>{LENGTH})",
    re.IGNORECASE,
)
"""How long one has to stay away now; a ban that more of the same would lead to is another one."""
_LEFT = re.compile(
    rf"\"(?:(?:\w{{1,20}}_)?(?:(?P<unit>seconds|secs|minutes|milli\w*|ms)|time)_?(?:left|remaining|(?:until"
    rf"|to|before)_?(?:wait|reset|retry|next|unblock)\w{{0,20}})"
    rf"|(?:remaining|left)_?(?:in_?)?(?P<unit_>seconds|secs|minutes|milli\w*|ms|time)"
    rf"|rate_?limit\w{{0,20}}\"\s*:\s*{{[^{{}}]{{0,100}}\"(?:seconds|secs))\"\s*:\s*\"?(?P<length>{LENGTH})",
    re.IGNORECASE,
)
"""The time left, by its name."""
_MOMENT = re.compile(
    r"(?:reset|retry|until|again|after|expires?|ends?|next)(?:[^\W\d]|[\s-]){0,20}\"?\s*[:=>]?\s*\"?"
    r"(?P<moment>(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"
    r"|\d{4}-[A-Z][a-z]{2}-\d\d [\d:]{8}[+-]\d{4}|[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d{4} [\d:]{8} GMT[+-]\d{4}"
    r"|\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d[\d:.]*(?:Z| ?[+-]\d\d:?\d\d| UTC)?|\d{10}(?:\.\d+)?|\d{13})\b",
    re.IGNORECASE,
)


_FLOOD = re.compile(r"\bflood_(?:[a-z]{1,12}_)?wait_", re.IGNORECASE)
_HALF_AN_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{0,3})?\Z", re.IGNORECASE)


def is_down(status: int | None, body: str) -> bool:
    """Whether an answer says that its service is being maintained, and not that somebody asked too much.

    >>> is_down(503, "<h1>Down for maintenance</h1>"), is_down(503, "Due to maintenance or capacity problems.")
    (True, False)
    """
    at_fault = status is not None and status >= 500  # noqa: PLR2004 - RFC 9110's class
    return at_fault and not refuses(status, body).startswith(SAYS) and pages.maintained(body)


def refuses(status: int | None, body: str, headers: dict[str, str] | None = None) -> str:
    """Why an answer is a refusal in so many words, whatever its status; empty where it does not say so.

    >>> refuses(400, '{"error_message": "too many requests from this IP, more available in 63 seconds"}')
    "it says 'too many requests'"
    >>> refuses(200, '{"success": false, "errors": [{"message": "Max rate limit 100 exceeded with in 20 secs"}]}')
    "it says 'rate limit 100 exceeded'"
    >>> refuses(202, '{"status": "queued"}', {"retry-after": "5"}), refuses(200, "[]", {"retry-after": "5"})
    ("it says 'Retry-After: 5'", '')
    >>> refuses(200, '{"type": "quote", "text": "Slow down and enjoy life."}')
    ''
    >>> refuses(200, '{"data": [1, 2, 3]}'), refuses(404, "<html><body><a href='/limits'>Rate limits</a></body></html>")
    ('', '')

    Args:
        status: Of the answer; `None` where none came.
        body: How its body begins, all of it where it is short.
        headers: By their names in lower case.
    """
    if status is None or 300 <= status < 400 or status in TOO_LARGE:  # noqa: PLR2004 - RFC 9110's class
        return ""
    fields = headers or {}
    if status >= 400:  # noqa: PLR2004
        body = unescaped(body[:READ])
    if what := asks(status, body[:READ], fields):
        thing, _, name = what.partition(" ")
        return f"{ASKS}{thing} that only a browser passes{name and f' {name}'}"
    if said := _beside(status, body[:READ], fields):
        return said
    if status >= 400:  # noqa: PLR2004
        text = readable(body[:READ], failed=True)
        match = _in_an_error(status, text, body[:READ]) or _IN_A_PART.search(text)
    else:
        match = _in_a_note(body[:READ], fields.get("content-type", ""))
    return f"{SAYS}{_as_sent(_shown(match.string, match), body)!r}" if match else ""


def _as_sent(said: str, body: str) -> str:
    """What it says; where that is how its code or its flag is read, and no word of it, those as they were sent."""
    form = {objects.TOO_MANY: phrases.CODED, objects.FLAGGED: phrases.FLAGGED}.get(said)
    if form is None or said in " ".join(pages.words(unescaped(body[:READ])).lower().split()):
        return said
    sent = form.search(body)
    if sent is None:
        return "429" if said == objects.TOO_MANY and "429" in body else said
    return _printable(sent[0])


def _in_an_error(status: int, text: str, body: str) -> re.Match[str] | None:
    """Where an answer that failed anyway says that it was because of pace."""
    if phrases.DECLINED.search(text):
        return None
    one = bool(phrases.OF_ONE.search(text))
    login = status < FAULTS and phrases.ATTEMPT.search(text) and phrases.LOGIN.search(text)
    for match in _unaddressed(text, body):
        general = phrases.GENERAL.fullmatch(match[0]) and not phrases.MET.search(text[: match.start()])
        if general and status in OF_ANOTHER_KIND and phrases.CREDENTIALS.search(text):
            continue
        if login and phrases.OF_A_LOGIN.match(match[0]):
            continue
        if phrases.A_FIELD.search(text[: match.start()]):
            continue
        held = phrases.OF_SPACE.search(text[: match.start()]) or phrases.OF_ROOM.search(text, match.start())
        held = held or (phrases.A_QUOTA.match(match[0]) and phrases.OF_A_STORE_OF_THINGS.search(text))
        paid = _of_money(match[0], text) or ("connection" in match[0] and phrases.OF_A_STORE.search(text))
        if not (held or paid or (one and phrases.SIZED.match(match[0]))):
            return match
    return abroad.refuses_loosely(text) or _only_a_limit(status, text) or phrases.CODED.search(text)


def _unaddressed(text: str, body: str) -> Iterator[re.Match[str]]:
    """What refuses in a text that was read of a body, but for the addresses there."""
    return (each for each in english.found(text) if not is_address(each, body))


def _beside(status: int, body: str, fields: dict[str, str]) -> str:
    """The same as far as its fields say so, and of an answer that is only taken in."""
    if status == ACCEPTED and (later := fields.get("retry-after", "").strip()):
        return f"{SAYS}{_printable(f'Retry-After: {later}')!r}"
    if status == ACCEPTED and (queued := _LATER.search(body)):
        return f"{SAYS}{_shown(body, queued)!r}"
    if said := in_a_field(status, fields):
        return f"{SAYS}{_printable(said[0])!r} ({said[1]})"
    spent = fields.get("content-type", "").startswith("application/grpc-web") and _trailed(body)
    return f"{SAYS}'grpc-status: 8'" if spent else ""


def _trailed(body: str) -> bool:
    """Whether the trailers of gRPC, which its form for the web sends in the body, say that a limit is spent.

    Real trailers come behind a body of HTTP/1.1 and are thrown away by Python's client.
    """
    if _BASE64.match(body):
        with suppress(ValueError):
            coded = body.strip()[:READ]
            body = b64decode(coded[: len(coded) // 4 * 4]).decode("latin-1")
    return bool(_SPENT.search(body[:READ]))


_BASE64 = re.compile(r"gA[A-Za-z0-9+/]{4}")
"""How a frame of trailers begins in base64."""

_SPENT = re.compile(r"(?:^|[\r\n\W]|[\x80\x81]\x00\x00[\x00-\xff]{2})grpc-status: ?8\s", re.IGNORECASE)
"""The first trailer stands behind the length of its frame, the last byte of which may be a letter."""


_FORBIDDEN = 403


def _only_a_limit(status: int, text: str) -> re.Match[str] | None:
    """Where it says that a limit is over, and not which; what was wrong with a request has limits of its own."""
    if status == _FORBIDDEN and (later := phrases.LATER.fullmatch(text)):
        return later
    kept_out = status in {401, 403} or status >= 500  # noqa: PLR2004 - RFC 9110's class
    return phrases.ONLY_A_LIMIT.search(text) if kept_out and not phrases.OF_MONEY.search(text) else None


def _of_money(said: str, text: str) -> bool:
    """Whether what is over, or why somebody is kept out, is a matter of money."""
    if phrases.A_DAY.search(said) and phrases.OF_MONEY.search(text):
        return True
    if phrases.A_BUDGET.search(said):
        return not phrases.OF_A_QUERY.search(text)
    return said.lower().startswith("temporar") and bool(phrases.UNPAID.search(text))


_ALL = re.compile(r"[\s\S]+")


def _in_a_note(body: str, content_type: str) -> re.Match[str] | None:
    """What an answer of 2xx says of itself, and where it says that it refuses."""
    if heading := barred(body):
        return _ALL.match(heading)
    text, fails = of_itself(body, content_type.partition(";")[0].strip().lower())
    if not fails and any(phrases.ABOUT_IT.match(each) for each in text.split("; ")):
        return None  # an article that explains it
    one = bool(phrases.OF_ONE.search(text))
    found = (
        each
        for each in _unaddressed(text, body)
        if not (phrases.OF_SPACE.search(text[: each.start()]) or (one and phrases.SIZED.match(each[0])))
        and not _of_money(each[0], text)
    )
    match = next((each for each in found if fails or not phrases.LOOSELY.match(each[0])), None)
    if match and not (fails or body.lstrip().startswith(("{", "[")) or _whole(text, match)):
        return None
    sold = phrases.FOR_MORE.search(text)
    mild = (phrases.MILDLY.search(text) if fails or sold else None) or (phrases.SOLD.search(text) if sold else None)
    if match or mild:
        return match or mild
    clause = abroad.refuses_loosely(text) if fails else None if abroad.is_about_it(text) else abroad.refuses(text)
    if clause and not (fails or body.lstrip().startswith(("{", "["))):
        clause = clause if len(clause[0]) <= SHOWN and _whole(text, clause) else None
    return clause or (_IN_A_PART.search(body) if fails else None)


def _whole(text: str, match: re.Match[str]) -> bool:
    """Whether a line, or a heading, says nothing but this, and is not about it."""
    before, after = text[: match.start()], text[match.end() :]
    if len(before) > BEFORE or phrases.ABOUT_IT.search(before) or before.endswith("_"):
        return False  # a name in the middle of which it stands is one of a metric
    return len(after) <= BEHIND or after[0] in ".!" or bool(phrases.PLEA.search(after))


def come_back_in(body: str, clock: float | None = None) -> float | None:
    """Seconds after which to come back, as the body of a refusal says; `None` where it does not.

    >>> come_back_in('{"details": [{"retryDelay": "38.2s"}]}'), come_back_in("Please try again in 500ms.")
    (38.2, 0.5)
    >>> come_back_in("Please try again in 1m12.5s. Visit us"), come_back_in("banned for 2 hours")
    (72.5, 7200.0)
    >>> come_back_in('{"parameters": {"retry_after": 41}}'), come_back_in("Expected available in 51 seconds.")
    (41.0, 51.0)
    >>> come_back_in("420: A wait of 2838 seconds is required"), come_back_in("You are under a ban of 10 minutes.")
    (2838.0, 600.0)
    >>> come_back_in("Repeated abuse leads to a ban of 7 days. Please wait 10 seconds.")
    10.0
    >>> come_back_in('{"code": 429}'), come_back_in('{"reset_at": "1970-01-01T00:02:00Z"}', clock=90.0)
    (None, 30.0)
    >>> come_back_in("Daily limit reached. It resets at midnight UTC.", clock=86_400.0 * 20_000 - 90)
    90.0

    Args:
        body: How it begins.
        clock: When it was sent, epoch seconds; without it no moment is read.
    """
    text = _FLOOD.sub("wait ", html.unescape(" ".join(unescaped(body[:READ]).split())))
    named = _NAMED.search(text)
    forms = (_AT_NEXT, _TOLD, _LEFT, _APART, _UNDER, _UNTIL, _OVER)
    told = None if named else next((found for form in forms if (found := _first(form, text))), None)
    moment = _first(_MOMENT, text)
    if (match := named or told) and (
        moment is None or not moment.start("moment") <= match.start("length") < moment.end()
    ):
        units = match.groupdict()
        return lengths.seconds(match["length"], units.get("unit") or units.get("unit_") or "s", clock)
    if moment is None and clock is not None and (midnight := until_midnight(text, clock)) is not None:
        return midnight
    if moment is None or clock is None:
        return abroad.come_back_in(text) if moment is None else None
    left = times.stay_away(moment["moment"], clock)
    return left.seconds if left and 0 <= left.seconds <= times.LONGEST else None


def of_an_account(body: str) -> list[str]:
    """The words of a refusal that speak of a bill, a plan, credits or a key, in its order; of a page its headings'.

    >>> of_an_account('{"code": "insufficient_quota", "message": "Check your plan and billing details. Your plan ..."}')
    ['plan', 'billing']
    >>> of_an_account("billing_hard_limit_reached"), of_an_account("Too many requests; planned maintenance")
    (['billing'], [])
    """
    text = readable(unescaped(body[:READ]), failed=True)
    return list(dict.fromkeys(match[0].lower() for match in phrases.OF_AN_ACCOUNT.finditer(text)))


def wait_vaguely(body: str) -> tuple[float, str]:
    """The least seconds after which to come back, where a body names only their unit, and those words of it.

    It is nothing that the service said: who tells of it repeats the words. 0 and nothing where there are none, and
    where `come_back_in` reads a time.

    >>> wait_vaguely("Please wait a few minutes before you try again."), wait_vaguely("Try again in 2 minutes.")
    ((60.0, 'a few minutes'), (0.0, ''))
    >>> wait_vaguely("Blocked a few minutes ago"), wait_vaguely("Come back in a couple of hours")
    ((0.0, ''), (3600.0, 'a couple of hours'))
    >>> wait_vaguely("Bitte versuchen Sie es in einigen Minuten erneut.")
    (60.0, 'einigen Minuten')
    """
    text = " ".join(unescaped(body[:READ]).split())
    found = _first(_TOLD_VAGUELY, text)
    if come_back_in(body) is not None:
        return 0.0, ""
    if found is None:
        return abroad.wait_vaguely(text)
    return lengths.at_least(found["length"]), found["length"].lower()


def _first(form: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Where it is first found, and not said of something else, nor of what is over."""
    found = (each for each in form.finditer(text) if not _AGO.match(text, each.end()))
    return next((each for each in found if not is_of_another(text, each.start())), None)


_AGO = re.compile(rf"(?: ?(?:and )?(?:{NUMBER} ?)?{UNIT}\b){{0,4}} ago\b", re.IGNORECASE)
"""What is left of a length of time, and that it is over: of `20 s ago` the number alone is found."""


def pause_in(body: str) -> float | None:
    """Seconds of the pause that an answer asks for in its body though it serves; `None` where it asks for none.

    Stack Exchange writes `backoff` beside what is left of the quota. A part of another name, or alone, is data.

    >>> pause_in('{"items": [1], "has_more": false, "backoff": 10, "quota_max": 300, "quota_remaining": 9}')
    10.0
    >>> pause_in('{"backoff": 10, "retries": 3}'), pause_in('{"items": [], "quota_remaining": 9}')
    (None, None)
    """
    found = _BACKOFF.search(body) if '"quota_remaining"' in body else None
    return float(found[1]) if found else None


_BACKOFF = re.compile(r'"backoff" *: *([1-9]\d{0,4})\b')


def window_in(body: str) -> float | None:
    """Seconds over which what a refusal speaks of is counted, where its words name one; `None` where they do not.

    >>> window_in('{"error": "Daily quota exceeded."}'), window_in("60 requests per minute"), window_in("Rate exceeded")
    (86400.0, 60.0, None)
    >>> window_in("4/day"), window_in("300 requests every 5 minutes"), window_in("límite de peticiones por hora")
    (86400.0, 300.0, 3600.0)
    """
    text = readable(" ".join(unescaped(body[:READ]).split()), failed=True)
    found = _WINDOW.search(text)
    if found is None:
        return abroad.window_in(text)
    if found["today"]:
        return times.DAY
    seconds = times.unit(found["named"] or found["one"] or found["unit"])
    return None if seconds is None else seconds * float(found["many"] or 1)


def _shown(text: str, match: re.Match[str]) -> str:
    """What was found, to the end of its last word, without anything that could act on a page or a terminal."""
    end = next((i for i in range(match.end(), len(text)) if not text[i].isalnum()), len(text))
    return _printable(text[match.start() : end])


def _printable(text: str) -> str:
    words = " ".join("".join(c if c.isprintable() else " " for c in text[: 2 * SHOWN]).split())
    if len(words) <= SHOWN:
        return words
    whole = words[: SHOWN - 1].rpartition(" ")[0]
    if len(whole) < SHOWN // 2:  # some languages know no spaces, and some words no end
        whole = _HALF_AN_ESCAPE.sub("", words[: SHOWN - 2])
    return f"{whole} …"
