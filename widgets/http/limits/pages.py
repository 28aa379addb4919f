"""What a page says in its headings, and whether it says that something went wrong. Pure; nothing here raises."""

from __future__ import annotations

import html
import re

BRIEF = 1000
"""Characters: a page, a text or XML that refuses in words is no longer, and says nothing else."""

_PAGE = re.compile(r"<!doctype html|<html\b|<head\b|<body\b", re.IGNORECASE)
_HEADING = re.compile(r"<(title|h1|h2)\b[^>]*>([\s\S]{0,300}?)</\1", re.IGNORECASE)
_TITLE = re.compile(r"<(title|h1)\b[^>]*>([\s\S]{0,300}?)</\1", re.IGNORECASE)
_TAG = re.compile(r"<[^>]{0,500}>")
_FAILED_PAGE = re.compile(
    r"\W*(?:error\W+)?[45]\d\d\W*(?:\Z|[-–|:]|error|too|service|slow|forbidden|bad|internal|gateway)", re.IGNORECASE
)
"""How the heading of a page begins that is one of an error, whatever its status."""

_EXPLAINED = re.compile(r"\bstatus code\b[^.<]{0,40}\b(?:indicates|means|is sent|is returned)", re.IGNORECASE)
"""What a page says that is about a status and has another."""

_ERROR = "error|fehler|erreur|errore?|erro|ошибка|błąd|hata|错误|エラー|오류"
_AN_ERROR = re.compile(
    rf"\W*(?:(?:request|access|service) (?:rejected|denied|blocked|unavailable)|forbidden|{_ERROR})\W*",
    re.IGNORECASE,
)
"""The heading of a page that says what went wrong below it."""

_MARKED = re.compile(
    rf"<(strong|b|h[1-6]|font|p|div)\b[^>]{{0,100}}>\W*(?:{_ERROR})\W*</\1>",
    re.IGNORECASE,
)
"""The same below another heading."""

_LINK = re.compile(r"<(?:a|nav|script)\b", re.IGNORECASE)
_OF_LIMITS = re.compile(
    r"<title\b[^>]{0,100}>\W*(?:rate[ -]limit(?:s|ed|ing)?\b(?! (?:docs|guide|for|in|on)\b)"
    r"|(?:access|you are|ip|request)s?(?: temporarily)? (?:blocked|banned|limited|restricted)\W*<)",
    re.IGNORECASE,
)
"""The title of a page that failed, and is about nothing else."""

_MAINTAINED = re.compile(
    r"\b(?:under|for|in|due to|during|scheduled|planned|routine|emergency|system|server|site|ongoing|undergoing)"
    r" (?:an? |the |our )?(?:(?:scheduled|planned|routine|emergency|system|server|site|database|urgent|ongoing|short"
    r"|essential|regular|technical|unscheduled|unplanned) ){0,2}maintenance\b"
    r"|\bmaintenance (?:mode|in progress|work|window|break)|\bbeing maintained\b|\bWartungs(?:arbeiten|modus)\b"
    r"|\b(?:in|wegen|gerade) Wartung\b|\b(?:en|por) mantenimiento\b|\b(?:em|para) manutenç[aã]o|\bin manutenzione\b"
    r"|メンテナンス|维护|(?:техническ|ся )\w{0,6} ?обслуживани",
    re.IGNORECASE,
)
_NOT_NOW = re.compile(
    r"\b(?:or|no|not|if|avoid|outside|next|upcoming|may|might|could|capacity|overload\w*|see|check|subscribe|page"
    r"|status|car|hours|tips)\b|\bmaintenance\W{1,2}(?:\d|is (?:on|every)\b|every\b)",
    re.IGNORECASE,
)
"""Where it is one of several reasons, is yet to come, or is told of elsewhere."""

_ASIDE = re.compile(
    r"<(?P<aside>nav|footer|aside|script|style|a)\b[^>]*>[\s\S]*?(?:</(?P=aside)>|\Z)|<!--[\s\S]*?(?:-->|\Z)",
    re.IGNORECASE,
)
"""What a page does not say of itself: menus, what stands at its foot, and what leads elsewhere."""

_SENTENCE = re.compile(r"[.!?](?:\s|\Z)|[;\n]|</?(?:p|h\d|title|div|li|br)\b[^>]*>", re.IGNORECASE)
"""Where a sentence ends, or a part of a page."""


def is_page(text: str) -> bool:
    """Whether this is how a page begins."""
    return bool(_PAGE.search(text[:500]) or _TITLE.search(text[:500]))


def headings(text: str) -> list[str]:
    """The title of a page and its first headings."""
    return [" ".join(found[2].split()) for found in _TITLE.finditer(text)]


def readable(text: str, *, failed: bool = False) -> str:
    """Of a page its headings, else all of it; of one that `failed` and leads nowhere, since it is brief, all as well.

    >>> readable("<html><title>Slow down</title><nav>Rate limits</nav>"), readable("Slow down")
    ('Slow down', 'Slow down')
    """
    if not _PAGE.search(text[:500]):
        return text
    if failed and len(text) <= BRIEF and (not _LINK.search(text) or _OF_LIMITS.search(text)):
        return words(text)
    return html.unescape(" ".join(match[2] for match in _HEADING.finditer(text)))


def told_by(page: str) -> tuple[str, bool] | None:
    """What a page says, and whether it says that it failed; `None` where this is no page.

    Its headings, none where it is about a status, else all of it where what went wrong stands below them.

    >>> told_by("<html><title>Slow down</title>"), told_by("<html><h1>503 - Slow down</h1>"), told_by("Slow down")
    (('Slow down', False), ('503 - Slow down', True), None)
    >>> told_by("<html><title>Error</title><p>Slow down</p>")
    ('Error Slow down', True)
    """
    if not _PAGE.search(page[:500]):
        return None
    heading = readable(page)
    if _AN_ERROR.fullmatch(heading) or (_MARKED.search(page) and not _LINK.search(page)):
        return words(page), True
    return ("", False) if _EXPLAINED.search(page) else (heading, bool(_FAILED_PAGE.match(heading)))


def maintained(page: str) -> bool:
    """Whether a page or a text says that its service is being maintained, and not only speaks of it.

    >>> maintained("<h1>Down for maintenance</h1>"), maintained("Due to maintenance or capacity problems.")
    (True, False)
    """
    sentences = _SENTENCE.split(_ASIDE.sub("\n", page))
    return any(_MAINTAINED.search(each) and not _NOT_NOW.search(_TAG.sub(" ", each)) for each in sentences)


def words(page: str) -> str:
    """All that is written on a page, or a part of one.

    >>> words("<p>Slow<br>down &amp; wait</p>")
    'Slow down & wait'
    """
    return html.unescape(" ".join(_TAG.sub(" ", page).split()))
