"""What an answer of 2xx says of itself, where it serves nothing. Pure; nothing here raises.

Data may speak of limits as well: a monitor's metrics of throttled processors, an issue with the title 'Rate limit
exceeded', a catalogue of errors. So that they stay data, only those answers are read for words that have nothing else
to give: a JSON object with an error or with nothing but a note, a line of text, XML of an error, a page that is one
heading.
"""

from __future__ import annotations

import json
import re

from . import objects, pages
from .objects import NOTHING, Said
from .pages import BRIEF

LINE = 200
"""Characters of a text that refuses in words: it is one line."""

MORE = 2
"""So many lines may come after one that says what went wrong: where there is more to be had, or what to do."""

_PADDED = re.compile(
    r"\s*(?:\)\]\}'[^\n]*\n|for ?\(;;\);|while ?\(1\);|[\w.$]{1,60}\()?(?P<json>[\[{][\s\S]*[\]}])\)?;?\s*"
)
"""JSON, or what pages wrap around it: JSONP, and a prefix that no script can run."""

_STREAM = re.compile(r"(?:(?:event|id|retry)?:[^\n]{0,200}\n|\s)*data: ?(?P<json>\{[^\n]*\})\s*(?:\n|\Z)")
"""The first event of a stream (`text/event-stream`)."""

_XML_ERROR = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<[\w:-]{1,40}[^>]{0,200}>\s*)?<(?:[\w.-]{1,20}:)?\w{0,20}(?:error|fault"
    r"|exception)\w{0,20}\b"
    r"|[\s\S]{0,300}<(?:[\w.-]{1,20}:)?err(?:or)?_?(?:msg|message|code)\b|[\s\S]{0,300}<err\s[^>]{0,80}code="
    r"|[\s\S]{0,300}<status\s[^>]{0,40}(?:message|code|msg)="
    r"|(?![\s\S]{0,600}<(?:title|item|entry)\b)[\s\S]{0,600}>\s*(?:error|erro|rejei[cç][aã]o|rechazo|fehler|erreur"
    r"|ошибка) ?[:(-]",
    re.IGNORECASE,
)
_XML_WITHIN = re.compile(
    r"<(?:[\w.-]{1,20}:)?(?:error|err|fault|exception)s?(?:\s[^>]{0,300}[^>\s])?>(?!\s*(?:0|false|none|null)?\s*</)"
    r"|<(?:[\w.-]{1,20}:)?(?:error|fault|exception)\s[^>]{1,300}/>",
    re.IGNORECASE,
)
"""The part of an error that is not empty, however deep it lies, as within an envelope of SOAP."""

_XML_DIAGNOSED = re.compile(
    r"(?!.*<(?:[\w.-]{1,20}:)?record[\s>])(?=.*(?:info:srw/diagnostic/|/zing/srw/diagnostic/|/search-ws/diagnostic\b))",
    re.IGNORECASE | re.DOTALL,
)
"""What SRU, by which catalogues of libraries are searched, says instead of records (SRU 1.2 and 2.0, diagnostics)."""

_XML = re.compile(r"\s*<(?:\?xml|[\w:.-]{1,40}[\s/>])", re.IGNORECASE)
_AN_ERROR_LINE = re.compile(
    r"\W*(?:error|fehler|erreur|errore?|erro|ошибка|错误|エラー|오류)\b *(?:!|:|=|-)", re.IGNORECASE
)
"""How a line begins that says what went wrong."""

_ALONE = re.compile(r"\w+ ?[!:：](?!\W*\d+\b)")
_RECORD = re.compile(r"\s*(?:[^\w\s\"'(<]|\d|[\w .-]{1,30}[:=,|\t]|.*\?\s*$)|how\b", re.IGNORECASE)
"""An error with lines behind it is no data where it stands alone: no list, table, log, heading, or question."""

_ESCAPED = re.compile(r"\\u((?!d[89a-f]|00[01])[0-9a-f]{4})", re.IGNORECASE)
"""A letter by its number, and no half of one nor a control."""


def unescaped(text: str) -> str:
    r"""A beginning of JSON with its letters instead of their numbers, as many services write all but those of English.

    >>> unescaped(r'{"msg": "\u8bf7\u6c42"}')
    '{"msg": "请求"}'
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def of_itself(body: str, media_type: str = "") -> Said:
    r"""What an answer of 2xx says of itself, where it has nothing else to give; empty where it is data.

    >>> of_itself('{"ok": false, "error": "ratelimited"}')
    Said(text='ratelimited', fails=True)
    >>> of_itself('{"detail": "Throttled"}'), of_itself('{"message": "Too many requests", "user": "Ann"}')
    (Said(text='Throttled', fails=False), Said(text='', fails=False))
    >>> of_itself("Rate exceeded."), of_itself("code,name\n429,Too Many Requests")
    (Said(text='Rate exceeded.', fails=False), Said(text='', fails=False))
    >>> of_itself("Error: You have run over your hourly request allocation.\nThen upgrade.").fails
    True

    Args:
        body: How it begins, all of it where it is short.
        media_type: As the answer names it; empty where that is not known.
    """
    if padded := _PADDED.fullmatch(body):
        try:
            told = json.loads(padded["json"])
        except (ValueError, RecursionError):
            return NOTHING
        return objects.told_by(told)
    if media_type == "text/event-stream":
        return _of_a_stream(body)
    return NOTHING if len(body) > BRIEF else _of_a_text(body, media_type)


def _of_a_text(body: str, media_type: str) -> Said:
    """The same of a page, of XML and of a line."""
    if (page := pages.told_by(body)) is not None:
        return Said(*page)
    if _XML.match(body):
        wrong = _XML_ERROR.match(body) or _XML_WITHIN.search(body) or _XML_DIAGNOSED.match(body)
        return Said(body, fails=True) if wrong else NOTHING
    plain = media_type in {"", "text/plain", "text/html"} or "json" in media_type
    first, *more = body.strip().split("\n")
    failed = bool(_AN_ERROR_LINE.match(first))
    told = failed and len(more) <= MORE and bool(_ALONE.match(first)) and not any(map(_RECORD.match, more))
    if not plain or len(body) > LINE or (more and not told):
        return NOTHING
    return Said(first.strip(), fails=failed)


def _of_a_stream(body: str) -> Said:
    """The same of a stream of events, which may begin with an error."""
    first = _STREAM.match(body)
    try:
        said = objects.told_by(json.loads(first["json"])) if first else NOTHING
    except (ValueError, RecursionError):
        return NOTHING
    return said if said.fails else NOTHING
