"""What identifies a caller to a service, and how it is kept out of everything that is written. PURE.

A limit belongs to a caller, so a pace does too; but only a fingerprint of the credential is ever kept.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import (
    SplitResult,
    parse_qsl,
    quote,
    quote_plus,
    unquote,
    unquote_plus,
    urlencode,
    urlsplit,
    urlunsplit,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


_PAIR = re.compile(r"(?<=[?&;#])([^=&;#?]*)=([^&;#]*)")
_USERINFO = re.compile(
    r"^([a-z+.-]+://|(?=[^/?#@]*:))(?:[^/?#\s]*|[^/?#@\s:\[]*:(?!\d*(?:[/?#]|$))\S*)@", re.IGNORECASE
)
"""Up to the last @ before the path, as browsers read it; also where a password has a slash in it, and is no port.
Without a scheme only what has a colon: no e-mail address."""

HIDDEN = "***"
"""What stands where a secret was."""

SECRET_NAME = re.compile(
    r"(^|[-_.])(api[-_]?key|app[-_]?key|subscription[-_]?key|key|token|access[-_]?token|auth|authorization|secret|"
    r"client[-_]?secret|password|passwd|pwd|sig|signature|session|sid|jwt|credentials?|code)([-_]?id)?$",
    re.IGNORECASE,
)
"""Names of headers and of query parameters whose value is a secret, with or without a prefix (`X-`, `aws_`)."""

COOKIES = frozenset({"cookie", "set-cookie", "set-cookie2"})
NO_NAMES = COOKIES | {"proxy-authorization"}
"""Secrets by which the service does not know its caller: cookies change with every visit, a proxy keeps its own."""
SHORTEST_COOKIE = 6
"""Characters: a shorter value of a cookie (`theme=dark`) is no secret, and hiding it would garble what is written."""
SCHEME = re.compile(r"^(bearer|token|basic|apikey|key)\s+", re.IGNORECASE)

HARMLESS = frozenset({
    "accept", "accept-encoding", "accept-language", "cache-control", "dnt", "if-match", "if-modified-since",
    "if-none-match", "if-range", "if-unmodified-since", "pragma", "prefer", "priority", "range", "save-data",
    "upgrade-insecure-requests", "user-agent", "want-content-digest", "want-digest", "want-repr-digest",
    "x-requested-with",
})  # fmt: skip
"""Headers that say what is wanted, and never who asks: they go along to another origin."""


def is_secret_name(name: str) -> bool:
    """Whether a header or a query parameter of that name carries a secret.

    >>> [name for name in ("X-Api-Key", "aws_signature", "Accept", "Monkey") if is_secret_name(name)]
    ['X-Api-Key', 'aws_signature']
    """
    return name.lower() in COOKIES or bool(SECRET_NAME.search(name))


def goes_along(name: str) -> bool:
    """Whether a header of the caller may go to another origin, to which a redirect leads.

    What is not known to be harmless may be a secret under a name that nobody could foresee.
    """
    return name.lower() in HARMLESS


def masked(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Headers with the values of secrets hidden, as they may be shown.

    >>> masked([("Accept", "*/*"), ("Ocp-Apim-Subscription-Key", "abc")])
    [('Accept', '*/*'), ('Ocp-Apim-Subscription-Key', '***')]
    """
    return [(name, HIDDEN if is_secret_name(name) else value) for name, value in headers]


def credential_of(url: str, headers: Mapping[str, str] | None = None) -> str:
    """The secrets by which a request identifies its caller, one a line; empty where it is anonymous.

    `X-Api-Key: abc`, `Authorization: Bearer abc` and `?api_key=abc` all give `abc`; basic authentication and
    `user:password@` in the address both give `user:password`. Where the address holds a password, that is what is sent
    and not the header `Authorization` (so does requests), and so that header is no part of the name.
    """
    own = userinfo(url)
    named = {name.lower(): value for name, value in (headers or {}).items() if is_secret_name(name)}
    found = [
        _bare(value) for name, value in named.items() if name not in NO_NAMES and not (own and name == "authorization")
    ]
    return _lines([*found, *_query(url), own])


def secrets_in(url: str, headers: Mapping[str, str] | None = None) -> str:
    """Every secret of an address and of headers, sent or not, one a line: what may be in nothing that is written."""
    named = {name.lower(): value for name, value in (headers or {}).items() if is_secret_name(name)}
    cookies = [pair.partition("=")[2].strip() for name in COOKIES for pair in named.get(name, "").split(";")]
    cookies = [value for value in cookies if len(value) >= SHORTEST_COOKIE]
    alone = unquote(_split(url).netloc.rpartition("@")[0])  # `token@host`: not sent, and a secret
    return _lines([*named.values(), *map(_bare, named.values()), *cookies, *_query(url), userinfo(url), alone])


def userinfo(url: str) -> str:
    """`user:password` of an address; empty where it holds no password, since then nothing of it is sent."""
    user, colon, password = _split(url).netloc.rpartition("@")[0].partition(":")
    return f"{unquote(user)}:{unquote(password)}" if colon and (user or password) else ""


def without_userinfo(url: str) -> str:
    """The address without user and password: the one under which the headers alone say who asks."""
    parts = _split(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


@lru_cache(maxsize=256)
def fingerprint(secret: str, key: bytes) -> str:
    """A one-way, keyed name of a secret: 16 hexadecimal digits, empty for no secret.

    scrypt (RFC 7914), salted with the store's own key and costly enough (about 10 ms) that a weak password cannot be
    guessed in bulk from a store that leaked.
    """
    return hashlib.scrypt(secret.encode(), salt=key, n=2**12, r=8, p=1, dklen=8).hex() if secret else ""


def without_secrets(url: str) -> str:
    """The address without user, password and fragment, and with every secret in its query hidden.

    >>> without_secrets("http://me:word@x.example/a?api_key=abc&page=2#top")
    'http://x.example/a?api_key=***&page=2'
    """
    parts = _split(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if any(is_secret_name(name) for name, _ in pairs):
        query = urlencode([(name, HIDDEN if is_secret_name(name) else value) for name, value in pairs], safe="*")
    else:
        query = parts.query
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))


def masked_address(url: str) -> str:
    """An address as it may be shown: as it is, but for the secrets in it.

    >>> masked_address("http://me:word@x.example/a?page=2&api_key=abc#top")
    'http://***@x.example/a?page=2&api_key=***#top'
    """
    url = _USERINFO.sub(rf"\g<1>{HIDDEN}@", url, count=1)
    return _PAIR.sub(lambda pair: f"{pair[1]}={HIDDEN}" if is_secret_name(unquote_plus(pair[1])) else pair[0], url)


class Scrubber:
    """Takes known secrets out of texts, in each form in which a service may echo them.

    Args:
        secrets: As `credential_of` gives them, several to a text; they are kept in memory only.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        whole = {secret for text in secrets for secret in text.splitlines() if secret}
        parts = {part for secret in whole for part in secret.split(":", 1)[1:] if part}
        plain = whole | parts
        forms = {form for secret in plain for form in (secret, quote(secret, safe=""), quote_plus(secret))}
        forms |= {base64.b64encode(data).decode() for secret in whole for data in _bytes(secret)}
        # The longest first: a secret that begins another must not leave the rest of it standing.
        self._forms = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        """`text` with every secret hidden."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers without those whose name says that they carry a secret, and without secrets in the others."""
        return {name: self.text(value) for name, value in headers.items() if not is_secret_name(name)}


def hider(url: str, headers: Mapping[str, str]) -> Callable[[Mapping[str, str]], dict[str, str]]:
    """What hides the secrets of a request in the headers of its answers, which may say them back.

    >>> hide = hider("http://x.example/?token=abcdef", {"X-Api-Key": "sesame"})
    >>> hide({"X-Echo": "sesame and abcdef", "X-Session": "new", "ETag": "1"})
    {'X-Echo': '*** and ***', 'ETag': '1'}
    """
    return Scrubber((secrets_in(url, headers),)).headers


def _bare(value: str) -> str:
    """The secret of a header, without the scheme; `user:password` where it is basic authentication."""
    scheme = SCHEME.match(value)
    secret = value[scheme.end() :].strip() if scheme else value.strip()
    if scheme and scheme[1].lower() == "basic":
        try:
            # As requests encodes those of an address, so that both have one name whatever letters they are of.
            return base64.b64decode(secret, validate=True).decode("latin-1")
        except binascii.Error:
            return secret
    return secret


def _query(url: str) -> list[str]:
    return [value for name, value in parse_qsl(_split(url).query) if is_secret_name(name)]


def _split(url: str) -> SplitResult:
    """The parts of an address; one that is none has a path only, which is never asked."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", masked_address(url), "", "")


def _lines(secrets: Iterable[str]) -> str:
    return "\n".join(sorted({secret for secret in secrets if secret}))


def _bytes(secret: str) -> set[bytes]:
    """A secret in each encoding in which basic authentication is sent."""
    return {secret.encode(), secret.encode("latin-1", "replace")}
