"""Answers that ask whether there is a person, in place of serving. Pure; nothing here raises.

Firewalls give a riddle to whom they take for a machine, mostly since it asks quickly: with 403, 429, 503, and with 200.
Some say so in a field of their own; the others only in the page, or in the JSON that a page's script would show. An
answer that failed anyway is read for it throughout. One that is good by its status asks only where it says so in its
heading and below it once more, or where it has nothing else to say, since people write about riddles too.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from . import envelope, pages

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELDS = {
    "cf-mitigated": re.compile(r"challenge", re.IGNORECASE),
    "x-amzn-waf-action": re.compile(r"challenge|captcha", re.IGNORECASE),
}
"""Fields in which a service says that it asks."""

_ASKED = re.compile(
    r"not (?:a )?(?:ro)?bots?\b|you (?:were|are) a (?:ro)?bot\b|(?:are|is|by|you're) (?:a )?human"
    r"|(?:verify|confirm|prove)\w* (?:that )?you(?: are|'re)\b"
    r"|press (?:&|&amp;|and) hold|unusual traffic"
    r"|enable (?:js|java ?script)\b[^.<]{0,20}\b(?:and (?:cookies|disable)|to continue)"
    r"|checking (?:if the site|your browser|the site connection)"
    r"|request unsuccessful\W+\w+ incident id"
    r"|kein(?:e[nm]?)? roboter|no (?:soy|eres|es) un robot|pas un robot"
    r"|n[aã]o (?:é|sou) um rob[oô]|non (?:sei|sono) un robot"
    r"|网络环境[^。]{0,4}异常[^。]{0,30}验证|存在异常(?:访问|流量)请求|点击[^。]{0,8}验证按钮"
    r"|не робот|nie jest(?:em|e[sś])? robotem|robot olmad|不是机器人|ロボットではありません|로봇이 아닙니다",
    re.IGNORECASE,
)
"""How it is asked."""

_GIVEN = re.compile(r"(?:solve|complete|enter|pass|type)\b[^.<]{0,40}captcha|[a-z]captcha", re.IGNORECASE)
"""A riddle that is given, and not only spoken of."""

_DOCUMENTS = re.compile(r'"(?:doc|help|link|more)[^"]{0,30}" *: *"[^"]*"')
"""Where an error is explained."""

_HEADED = re.compile(
    r"just a moment|one moment,? please|not (?:a )?(?:ro)?bots?\b|attention required|robot check"
    r"|security (?:check|verification)|human verification"
    r"|(?:are|if) you (?:are )?(?:not )?(?:a )?(?:robot|human)|(?:verify|prove|confirm)\w* (?:that )?you"
    r"|\A\W*(?:re)?captcha\W*\Z|captcha (?:required|check|page|challenge|verification)"
    r"|pardon our interruption|access (?:to this page has been )?denied"
    r"|one more step|\Asorry\W*\Z|checking your browser"
    r"|kein(?:e[nm]?)? roboter|un robot\b|um rob[oô]\b|не робот|robotem\b|机器人|ロボット|로봇|安全验证|人机验证"
    r"|bot (?:check|verification|detection)|validation request|ddos[\s-]guard",
    re.IGNORECASE,
)
"""How a page of it is headed."""

_VERIFIED = re.compile(r"\W*\w{0,6}(?:安全验证|人机验证)\W*")
"""The whole heading of such a page in Chinese, which says no more."""

_RIDDLE = re.compile(r"captcha", re.IGNORECASE)

_SUSPECTED = re.compile(r"detected unusual traffic|存在异常(?:访问|流量)|ロボットによる|비정상적인 접근", re.IGNORECASE)
_A_FORM = re.compile(r"<(?:form|input|iframe)\b", re.IGNORECASE)
_TO_SOLVE = re.compile(r"captcha|验证码|認証コード|보안문자|자동입력", re.IGNORECASE)
"""Who is suspected, and has something to solve in a form, is asked whatever the heading says."""

NOTHING_THERE = frozenset({404, 410})
"""Pages of these say what a page may say."""

ACCEPTED = 202
"""A page of it serves nothing, whatever its heading says."""

BRIEF = 1500
"""Characters: a body without a heading that asks is no longer."""

HEADING = 80
"""Characters of a heading that says nothing else."""


def asks(status: int, body: str, headers: Mapping[str, str]) -> str:
    """For what an answer asks that only a browser passes, `captcha` or `challenge`; empty where it does not ask.

    >>> asks(403, '{"url": "https://geo.example/captcha/?id=1"}', {}), asks(405, "", {"x-amzn-waf-action": "challenge"})
    ('captcha', 'challenge (x-amzn-waf-action)')
    >>> asks(200, "<html><title>Robot Check</title><p>We need to make sure you're not a robot.</p></html>", {})
    'challenge'
    >>> asks(200, "<html><title>Are you a robot?</title><p>A quiz for children.</p></html>", {})
    ''

    Args:
        status: Of the answer.
        body: How it begins.
        headers: By their names in lower case.
    """
    for name, word in _FIELDS.items():
        if found := word.search(headers.get(name, "")):
            return f"{found[0].lower()} ({name})"
    if status in NOTHING_THERE:
        return ""
    paged = pages.is_page(body)
    body = html.unescape(body) if paged else body
    if status >= 400:  # noqa: PLR2004 - RFC 9110's classes
        headed = "<script" in body and paged and any(_HEADED.search(each) for each in pages.headings(body))
        shown = _DOCUMENTS.sub("", body)
        return _named(shown) if headed or _ASKED.search(shown) or _RIDDLE.search(shown) else ""
    if status == ACCEPTED and paged:
        return _named(body) if _ASKED.search(body) else ""
    if not paged or not (_VERIFIED.search(body) or _ASKED.search(body) or _GIVEN.search(body)):
        told = envelope.of_itself(body)
        return _named(told.text) if told.fails and _RIDDLE.search(told.text) else ""
    return _page_asks(body)


def _page_asks(body: str) -> str:
    """The same of a page that is good by its status."""
    headings = pages.headings(body)
    if "<script" in body and any(_VERIFIED.fullmatch(each) for each in headings):
        return "challenge"
    title = next((each for each in headings if _HEADED.search(each) and len(each) <= HEADING), "")
    if len(body) <= BRIEF and _SUSPECTED.search(body) and _A_FORM.search(body) and _TO_SOLVE.search(body):
        return "captcha"
    if headings and not title:
        return ""
    # What asks stands below the heading: a page that is only headed so is about something else.
    below = body.replace(title, "", 1) if title else body
    given = _ASKED.search(below) or _GIVEN.search(below)
    return _named(body) if given and (title or len(body) <= BRIEF) else ""


def _named(text: str) -> str:
    return "captcha" if _RIDDLE.search(text) else "challenge"


_BARRED = re.compile(
    r"(?=.{0,60}\Z).*\b(?:(?:request|access|url|page|connection|visit)\W+(?:was |has been |is |temporarily )?"
    r"(?:rejected|denied|blocked|refused|forbidden)\b.*|(?:you have been|you are) blocked\W*|\W*blocked\W*)",
    re.IGNORECASE,
)
_INCIDENT = re.compile(
    r"\b(?:(?:support|incident|event|reference|request|ray|block|attack|case|transaction)[ -]?(?:id|number|no|ref)?"
    r"|ref)(?: is)? ?[:#]+ ?(?=[\w.-]*\d)[\w.-]{6,}",
    re.IGNORECASE,
)
"""What a firewall gives so that its owner can be asked about it."""

_TAG = re.compile(r"<[^>]{0,500}>")


def barred(body: str) -> str:
    """The heading of a firewall's page, which keeps somebody out and asks nothing; empty where it is none.

    >>> barred("<html><title>Request Rejected</title><body>Your support ID is: 6284519330</body></html>")
    'Request Rejected'
    >>> barred("<html><title>Request Rejected</title><body>How editors answer.</body></html>")
    ''
    """
    if len(body) > BRIEF or not pages.is_page(body):
        return ""
    text = " ".join(_TAG.sub(" ", body).split())
    return next((each for each in pages.headings(body) if _BARRED.fullmatch(each) and _INCIDENT.search(text)), "")
