"""What a reply wants of the person who asked: a login, another method, that they go on elsewhere. PURE."""

from __future__ import annotations

import re
from html import unescape
from http import HTTPStatus
from typing import TYPE_CHECKING

from widgets.http.message import readable
from widgets.model.quantity import counted

if TYPE_CHECKING:
    from widgets.model.reply import Reply

_HEAD = 4096
"""Bytes of a page in which it is looked for where it would go on."""

_SHOWN = 200
_FORM = "under “Method, headers, login”"
_SCHEME = re.compile(r"(?:^|,)\s*([A-Za-z][A-Za-z0-9-]{1,30})(?=\s*(?:$|,)|\s+[^=\s,])")
_PARAMETER = re.compile(r'\b(realm|error_description)\s*=\s*"((?:[^"\\]|\\.){1,200})"', re.IGNORECASE)
_LOGINS = {
    "basic": "a name and a password",
    "bearer": "a token",
}
_WHOLE = re.compile(r"bytes \*/(\d{1,15})", re.ASCII | re.IGNORECASE)
_REFRESH = re.compile(r"""\s*([0-9]{1,6})(?:\.[0-9]*)?\s*[;,]\s*(?:url\s*=)?\s*["']?([^"'>]{1,2000})""", re.IGNORECASE)
_META = re.compile(r"<meta\b[^>]{0,200}\bhttp-equiv\s*=\s*[\"']?refresh\b[^>]{0,2200}", re.IGNORECASE)
_CONTENT = re.compile(r"""\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_REDIRECTS = (301, 302, 303, 307, 308)
_PAGES = ("text/html", "application/xhtml+xml")


def hint(reply: Reply) -> str:
    """What a person can do about a reply, in a sentence or two; empty where there is nothing.

    >>> from widgets.http.message import Headers
    >>> from widgets.model.reply import Reply
    >>> hint(Reply("http://x.example/", 405, headers=Headers([("Allow", "POST")])))
    'It answers only POST here, and this page sends only GET and HEAD.'
    """
    match reply.status:
        case HTTPStatus.UNAUTHORIZED:
            return _login(reply.headers.get("WWW-Authenticate"))
        case HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            return "A proxy on the way wants a login, which this page cannot give."
        case HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:
            return "The network itself wants a login first: open any page in your browser, and give it there."
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return _methods(reply.headers.get("Allow"))
        case HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return _length(reply.headers.get("Content-Range"))
        case _:
            return _onward(reply)


def _login(challenge: str) -> str:
    """What a service wants that asks who is there (RFC 9110, section 11.6.1)."""
    schemes = list(dict.fromkeys(_SCHEME.findall(challenge)))
    found: dict[str, str] = {}
    for name, value in _PARAMETER.findall(challenge):
        found.setdefault(name.lower(), readable(value)[:_SHOWN])
    wanted = [_LOGINS[each.lower()] for each in schemes if each.lower() in _LOGINS]
    where = f" for “{found['realm']}”" if found.get("realm") else ""
    if wanted:
        said = f"It wants {' or '.join(wanted)}{where}: to be given {_FORM}."
    elif schemes:
        said = f"It wants a login by {' or '.join(schemes[:5])}{where}, which this page cannot give."
    else:
        said = f"It wants a login, and does not say of which kind; those that this page can give are {_FORM}."
    return f"{said} It says: {found['error_description']}" if found.get("error_description") else said


def _methods(allowed: str) -> str:
    """What a service answers where it does not answer what was asked."""
    names = [each for each in re.split(r"[,\s]+", allowed) if re.fullmatch(r"[A-Za-z]{1,20}", each)][:9]
    if not names:
        return ""
    if {"GET", "HEAD"} & {name.upper() for name in names}:
        return f"It answers {' and '.join(names)} here."
    return f"It answers only {' and '.join(names)} here, and this page sends only GET and HEAD."


def _length(said: str) -> str:
    """How long the whole is of which another part was asked for (RFC 9110, section 15.5.17)."""
    found = _WHOLE.fullmatch((said or "").strip())
    return f"It has no such part: the whole is {counted(int(found[1]), 'byte')} long." if found else ""


def _onward(reply: Reply) -> str:
    """Where browsers would go on by themselves from a page that says so; or that a redirect does not say where."""
    said = reply.headers.get("Refresh")
    if not said and reply.media_type in _PAGES:
        meta = _META.search(bytes(reply.body[:_HEAD]).decode("latin-1"))
        content = _CONTENT.search(meta[0]) if meta else None
        said = unescape(next(filter(None, content.groups()), "")) if content else ""
    found = _REFRESH.match(said)
    target = readable(found[2])[:_SHOWN] if found else ""
    if not found or not target:
        nowhere = reply.status in _REDIRECTS and not reply.headers.get("Location")
        return "It says to go on elsewhere, and not where." if nowhere else ""
    return f"It asks browsers to go on to {target} after {int(found[1])} s, which is not done here."
