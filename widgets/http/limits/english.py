"""Refusals because of pace in English, by what a clause says. Pure; nothing here raises.

A clause refuses where it says three things in any order: what was asked (requests, calls, lookups), of how much (a
limit, a number, so many a minute), and that this is over (exceeded, reached, used up). What is asked once, as in 'the
request exceeds the limit', counts only right before how much there may be of it: 'request limit', 'daily quota'. Names
of codes are split into their words first, so that `apiCallQuotaExceeded` and `REQUEST_LIMIT_REACHED` are read alike.

Phrases that need no such sum, as 'too many requests' or 'slow down', are in `phrases`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from . import phrases

if TYPE_CHECKING:
    from collections.abc import Iterator


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


ASKED = _set(
    "requests calls queries hits lookups invocations searches visits downloads screenshots generations conversions"
    " translations scans prompts runs operations credits times qps rps tps rpm tpm rpd"
)
"""What is asked for many times: it counts wherever it stands in the clause."""

MANY = (ASKED - {"times"}) | _set("request call connection connections visit attempt attempts operation")
"""Of what there may be too many."""

CONCURRENT = _set("concurrent simultaneous parallel inflight")
AT_ONCE = _set("streams downloads searches crawls scans fetches")
"""Of what there may be too many at once."""

ONCE = _set(
    "request call query api usage access rate hit hits lookup search invocation throughput throttle throttling burst"
    " freq frequency concurrency concurrent traffic qps rps tps rpm tpm hourly daily weekly monthly minute hour day"
    " second polling requests calls queries credits credit points crawl scan fetch read write download generation"
    " extraction screenshot activity"
)
"""What is asked, or over what time: it counts before how much there may be of it."""

MUCH = _set(
    "limit limits quota quotas cap caps capped threshold thresholds allowance allotment allocation rate rates number"
    " count amount maximum max volume freq frequency frequencies budget pace ceiling qps allowed permitted included"
    " allotted"
)
"""Of how much."""

ITSELF = _set("quota quotas qps budget")
"""What is of requests where nothing else is named."""

SPENT = re.compile(
    r"(?:exceed|exhaust|surpass|overr[au]n|deplet|violat|breach)\w*|excedeed|reach(?:ed|es|ing)?|hit|met|passed"
    r"|consumed|spent|over|above|beyond|overlimit|maxed|gone|drained"
)
"""That it is over."""

TWO = re.compile(
    r"out of|(?:run|went|gone) over|(?:its|your|their) (?:full|entire|whole)|too (?:high|large|often|frequent|fast)"
)
"""The same in two words."""

NONE = re.compile(r"used (?:up|all)|(?:run|ran) out")
"""The same, and of how much: all of it."""

LINKS = _set("of on for in")
"""Between an amount and what it is one of."""

WHOSE = _set("account key ip address token client user app")
"""Whose limit it may be: it names no other kind than how much is asked."""

TIMES = _set("second seconds sec minute minutes min hour hours day days week month s")
WITHIN = {word: _set("time rate") for word in ("frame", "window", "interval", "period")}
PER = _set("/ per a an each every within")

GLUE = _set("the a an your our its this that of allowed maximum free total more new any all")
"""What may stand between an amount and what it is one of."""

OTHER = re.compile(
    r"(?:size|bod(?:y|ies)|length|bytes?|[kmg]i?b|char(?:acter)?s?|headers?|payload|depth|nest\w*|memory|disk|storage"
    r"|mailbox|inodes?|timeouts?|timed|deadline|rows?|columns?|fields?|stack|recursion|iterations?|heap|threads?"
    r"|attachments?|uploads?|seats?|members?|participants?|passengers?|coupons?|vouchers?|discounts?|loyalty|bonus"
    r"|reward|login|logins|password|pin|otp|images?|students?|webhooks?|parameters?|arguments?|weight|speed"
    r"|temperature|noise|emission|batch\w*|dimensions?|resolution|leave|functions?|import|redirects?|certificates?"
    r"|vehicles?)"
)
"""What has limits and numbers of its own."""

COUNTS = _set("number count amount volume")
YEAR = re.compile(r"(?:19|20)\d\d")
"""What a count may be compared with: 'more than the number of 2015'."""

USED = _set("been used exhausted consumed")
"""What is done to what one had, and not by it, as by 'daily searches reached a record'."""

RATES = _set("heart bit dose flow error failure frame interest exchange sample refresh growth tax")
"""What has a rate of its own."""

_A_LABEL = re.compile(r"(?:error|failure)(?= ?:)", re.IGNORECASE)
"""What only begins a line: 'Error: rate limit exceeded' speaks of no rate of errors."""

PERIODIC = _set("hourly daily weekly monthly")
"""Of how much, where it stands before what is asked many times: 'your daily searches'."""

NOT = _set("not cannot never nor without")
"""Before what would be over: a rule, and no refusal."""

_HINT = re.compile(
    r"exceed|exhaust|surpass|overr[au]n|deplet|violat|breach|excedeed|reach|hit|met\b|passed|consumed|spent|over|above"
    r"|beyond|maxed|gone|drained|used|out.of|r[ua]n.out|too",
    re.IGNORECASE,
)
_PART = re.compile(r"APIs?|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+(?:[.,:]\d+)*|/|[\"<>|\n;!?…]|\.(?=\s|$)")
_STOP = frozenset('"<>|\n;!?….')
_WORD = (
    r"(?:rate|requests?|query|queries|calls?|api|usage|daily|hourly|monthly|limits?|quota|exceed(?:ed|s)?|exhausted"
    r"|reached|over|user|app|max|count|hits?|too|many|attempts?|connections?)"
)
_JOINED = re.compile(rf"{_WORD}{{2,8}}")
_PIECE = re.compile(_WORD)
_QPS = re.compile(r"\A[a-z]+qps\Z")
"""Queries a second of some kind (`CUQPS`, AMap)."""

_ANYTHING = re.compile(r"[\s\S]*")
NEAR = 4
"""Words before what is over in which it may be denied, and words behind an amount in which its kind is named."""


class _Word(NamedTuple):
    """A word in small letters, and where it stands."""

    text: str
    start: int
    end: int


def found(text: str) -> Iterator[re.Match[str]]:
    """What refuses in a text, in its order: set phrases, and clauses that say it.

    >>> [match[0] for match in found('{"reason": "apiCallQuotaExceeded"}')]
    ['apiCallQuotaExceeded']
    >>> [match[0] for match in found("You have passed the number of lookups that your plan allows")]
    ['passed the number of lookups']
    >>> [match[0] for match in found("The request exceeds the maximum number of rows. The limit must not exceed 9 calls")]
    []
    """  # noqa: E501 - an example is one line
    return iter(sorted([*_clauses(text), *phrases.PACE.finditer(text)], key=lambda each: each.start()))


def _clauses(text: str) -> Iterator[re.Match[str]]:
    """The clauses that say it, from the first of their words that does to the last."""
    if not _HINT.search(text):
        return
    clause: list[_Word] = []
    for word in [*_words(text), _Word(".", len(text), len(text))]:
        if word.text not in _STOP:
            clause.append(word)
            continue
        if (said := _said(clause)) and (match := _ANYTHING.match(text, _name(text, said[0]), said[1])):
            yield match
        clause = []


def _name(text: str, start: int) -> int:
    """Where the name begins in whose middle a word may stand."""
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    return start


def _words(text: str) -> Iterator[_Word]:
    """The words of a text, those of names apart."""
    for part in _PART.finditer(text):
        word, start = _QPS.sub("qps", part[0].lower()), part.start()
        if _A_LABEL.match(text, start):
            word += ":"
        if len(word) > 6 and _JOINED.fullmatch(word):  # noqa: PLR2004 - no two words are shorter
            yield from (_Word(piece[0], start + piece.start(), start + piece.end()) for piece in _PIECE.finditer(word))
        else:
            yield _Word(word, start, part.end())


def _said(clause: list[_Word]) -> tuple[int, int] | None:
    """From where to where a clause says that too much was asked; `None` where it does not."""
    words = [word.text for word in clause]
    if many := _too_many(words):
        return clause[many[0]].start, clause[many[1]].end
    over = _over(words)
    if not over or any(OTHER.fullmatch(word) for word in words):
        return None
    says = _counted(words)
    if not says:
        return None
    says.update(over[0] if over[0][0] < min(says) else next((each for each in over if each[0] > min(says)), over[0]))
    return clause[min(says)].start, clause[max(says)].end


def _counted(words: list[str]) -> set[int]:
    """Where a clause names an amount of what is asked; empty where it does not."""
    much = [i for i, word in enumerate(words) if word in MUCH and not _of_another(words, i)]
    timed = [
        i for i, word in enumerate(words) if i and words[i - 1] in (PER if word in TIMES else WITHIN.get(word, ()))
    ]
    says = {i for i in much if words[i] in ITSELF or (timed and words[i].startswith("limit"))}
    for i in much:
        kinds = [j for j in range(max(i - 3, 0), i) if words[j] in (ONCE if j == i - 1 else PERIODIC)]
        owned = ONCE | WHOSE if words[i] in {"limit", "limits"} else ONCE
        named = [j for j in range(i + 2, min(i + 2 + NEAR, len(words))) if words[i + 1] in LINKS and words[j] in owned]
        says.update([i, *kinds[:1]] if kinds else [i, named[0]] if named else [])
    asked = [i for i, word in enumerate(words) if word in ASKED or (timed and word == "tokens")]
    spans = [*much, *timed, *(i for i in range(1, len(words)) if NONE.fullmatch(f"{words[i - 1]} {words[i]}"))]
    if not USED.isdisjoint(words) or SPENT.fullmatch(words[-1]):
        spans += [i for i, word in enumerate(words) if word in PERIODIC]
    return says or ({*spans, *asked} if spans and asked else set())


def _too_many(words: list[str]) -> tuple[int, int] | None:
    """From where to where it says 'too many api calls', which names all three at once."""
    for i in range(len(words) - 2):
        if words[i : i + 2] == ["too", "many"]:
            named = words[i + 2 : i + 5]
            many = MANY | AT_ONCE if not CONCURRENT.isdisjoint(named) else MANY
            if (last := next((j for j, word in enumerate(named) if word in many), None)) is not None:
                return (i, i + 2 + last) if LINKS.isdisjoint(named[:last]) else None
    return None


def _over(words: list[str]) -> list[tuple[int, ...]]:
    """The words that say that it is over, one or two at a time, and do not deny it."""
    said: list[tuple[int, ...]] = []
    for i, word in enumerate(words):
        denied = words[max(i - 1, 0) : i] == ["must"] or not NOT.isdisjoint(words[max(i - NEAR, 0) : i])
        share = words[i : i + 2] == ["hit", "rate"] and not {*words[i + 2 : i + 3]} & {"limit", "limits"}
        if not (denied or share):
            if i and (TWO.fullmatch(f"{words[i - 1]} {word}") or NONE.fullmatch(f"{words[i - 1]} {word}")):
                said.append((i - 1, i))
            elif SPENT.fullmatch(word):
                said.append((i,))
    return said


def _of_another(words: list[str], i: int) -> bool:
    """Whether the amount there is one of something else than what was asked: 'the maximum number of rows'."""
    if "rate" in words[max(i - 1, 0) : i + 1] and not RATES.isdisjoint(words[max(i - 2, 0) : i]):
        return True
    if words[i] in ITSELF or words[i + 1 : i + 2] != ["of"]:
        return False
    behind = [word for word in words[i + 2 : i + 2 + NEAR] if word not in GLUE]
    if words[i] in COUNTS and len(behind) == 1 and YEAR.fullmatch(behind[0]):
        return True
    if not behind or behind[0] in WHOSE:
        return False
    return not any(word in ASKED | ONCE | MUCH or word[:1].isdigit() for word in behind)
