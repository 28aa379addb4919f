"""Whether an answer refuses because of pace, and in which fields it says when to come back. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import abroad, english

if TYPE_CHECKING:
    from collections.abc import Mapping

ALWAYS = frozenset({420, 429, 430, 503, 509, 529, 999})
"""429 and 503 (RFC 6585, RFC 9110); the others are answers of single services, which mean nothing else by them."""

_COME_BACK = re.compile(
    r"(?P<main>retry-after)|[a-z0-9.-]*(?:retry-?(?:after|at|in|delay|pushback)|throttle-wait|back-?off|rate-?limit-(?:delay|retry)"
    r"|(?:rate-?limited|throttled|blocked|banned)-?(?:for|until))"
    r"(?P<milliseconds>-ms|-milliseconds)?(-seconds)?"
    r"|(?:[a-z0-9-]*rate-?limit-)?retry-?after-[a-z0-9-]+"
    r"|(?:x-)?(?:next-(?:allowed-)?request(?:-in|-at|-time)?|ban-(?:expires|ends)(?:-at|-in)?)"
)
THROTTLED = {
    "x-amzn-errortype": re.compile(r"throttl|toomanyrequests|requestlimitexceeded|slowdown", re.IGNORECASE),
    "x-mashery-error-code": re.compile(r"over_(?:qps|rate)", re.IGNORECASE),
    "grpc-status": re.compile(r"\A0?8\Z"),
    "mediawiki-api-error": re.compile(r"maxlag|ratelimited", re.IGNORECASE),
    "x-ms-bm-ws-info": re.compile(r"\A1\Z"),
    "x-eresult": re.compile(r"\A84\Z"),
}
"""Fields that say it in words, whatever the status."""

_SAYS_WHY = re.compile(
    r"(?:[a-z0-9-]*-)?(?:[a-z]*errors?(?:-?(?:type|code|message))?|reason|problem|status|message|code)"
)
_WHY = re.compile(
    r"throttl|too[\s_-]?many[\s_-]?requests|rate[\s_-]?limit(?:ed|[\s_-]?(?:exceed|reach)\w*)|quota"
    r"|requests?[\s_-]?limit[\s_-]?exceed\w*|slow[\s_-]?down",
    re.IGNORECASE,
)
_SENTENCE = 4
"""So many words are no code any more: 'Parameter throttle has to be positive'."""

_READ = 500
"""Characters of a sentence in a field that are read."""

_NONE_LEFT = re.compile(
    r"insufficient[\s_-]?(?:tokens for )?quota|not enough quota|\bno (?:more )?quota (?:left|remaining|available|for)\b"
    r"|\bquota\W{1,3}0 (?:left|remaining|available)|\bremaining quota(?: is|:| =) ?0(?![.\d])"
    r"|\b(?P<all>\d{1,12}) ?(?:of|/) ?(?P=all) (?:of (?:the )?quota )?used\b"
    r"|\bthrottl\w* (?:is |was |has )?(?:active|in effect|reached|rejected|denied|refused|blocked)\b"
    r"|\b(?:rejected|denied|refused|blocked) (?:by|due to|because of) (?:\w{1,12} )?(?:quota|throttl)",
    re.IGNORECASE,
)
"""What refuses without a word that it is over: a quota of which nothing is left, or for whose sake it was done."""

_UNAVAILABLE = re.compile(r"\A14\Z")


def in_a_field(status: int, fields: Mapping[str, str]) -> tuple[str, str] | None:
    """The word that refuses in a field of its own, and the field's name; `None` where there is none.

    Any field that says why an answer failed is read, and of an answer that did not fail by its status only those that
    are known to say it then. gRPC's answers have a status of their own: 8 is a spent limit, and 14 refuses where it
    says when to come back.

    >>> in_a_field(400, {"x-clienterror": "ThrottledRequest"}), in_a_field(200, {"grpc-status": "8"})
    (('Throttl', 'x-clienterror'), ('8', 'grpc-status'))
    >>> in_a_field(200, {"grpc-status": "14", "grpc-retry-pushback-ms": "1500"}), in_a_field(200, {"grpc-status": "14"})
    (('14', 'grpc-status'), None)

    Args:
        status: Of the answer.
        fields: Header values by their names in lower case.
    """
    for name, word in THROTTLED.items():
        if found := word.search(fields.get(name, "")):
            return found[0], name
    if _UNAVAILABLE.search(fields.get("grpc-status", "")) and fields.get("grpc-retry-pushback-ms", "-").isdigit():
        return "14", "grpc-status"
    if status >= 400:  # noqa: PLR2004 - RFC 9110's classes
        for name, text in fields.items():
            if _SAYS_WHY.fullmatch(name) and (found := _WHY.search(text)) and _refuses(text):
                return found[0], name
    return None


def _refuses(text: str) -> bool:
    """Whether what speaks of a limit says that it is over: a code does; a sentence may say that none was found."""
    if len(text.split()) < _SENTENCE:
        return True
    said = text[:_READ]
    return any((next(english.found(said), None), abroad.refuses_loosely(said), _NONE_LEFT.search(said)))


def is_refusal(status: int | None, fields: Mapping[str, str], *, spent: bool, asked_away: bool) -> bool:
    """Whether an answer is a refusal: by its status, in words, or as a failure with a spent limit or a time to return.

    >>> is_refusal(429, {}, spent=False, asked_away=False), is_refusal(404, {}, spent=False, asked_away=True)
    (True, True)

    Args:
        status: Of the answer; `None` where none came, which is no refusal.
        fields: Header values by their names in lower case.
        spent: Whether it says that nothing is left.
        asked_away: Whether it says when to come back.
    """
    if status is None:
        return False
    if status in ALWAYS or in_a_field(status, fields):
        return True
    # A redirect, and the answer to a conditional request, may carry both without refusing anything.
    return status >= 400 and (spent or asked_away)  # noqa: PLR2004 - RFC 9110's classes


def come_back(fields: Mapping[str, str]) -> list[tuple[str, bool]]:
    """The texts that say when to come back, and whether they are in milliseconds.

    `Retry-After` in milliseconds is more exact than the one in seconds, which wins over those of other names.

    A `Backoff` is asked for beside an answer that is served; the others come with a refusal, or say nothing then.

    >>> come_back({"retry-after": "3", "retry-after-ms": "2500", "x-ratelimit-retryafter": "9"})
    [('2500', True), ('3', False), ('9', False)]
    """
    found = []
    for name, text in fields.items():
        if match := _COME_BACK.fullmatch(name):
            milliseconds = bool(match["milliseconds"]) or name.startswith("x-lognex-")  # MoySklad counts in them
            found.append((0 if milliseconds else 1 if match["main"] else 2, text, milliseconds))
    return [(text, milliseconds) for _, text, milliseconds in sorted(found, key=lambda each: each[0])]
