"""What the words of an answer are said of, where it is not the answer itself: an address, a trial, a token, an invoice.

Pure; nothing here raises.
"""

from __future__ import annotations

import re

_LINK = re.compile(
    r"(?P<said>\"(?:@?type|(?:\w{1,20}_)?(?:error|code|reason)\w{0,12})\" ?: ?\""
    r"|<(?:type|code|reason|error\w{0,12})>)?"
    r"(?:https?:\\?/\\?/(?![^\s\"'<>]*problem-types#)[^\s\"'<>)\]]+"
    r"|(?(said)|(?:(?<=[\s\"'(])|\A))/[\w.~%-]+(?:/[\w.~%-]*)*)",
    re.IGNORECASE,
)
"""Where something is explained, and what was asked for; as the type of an error it says which one it is (RFC 9457)."""

_AS_REASON = re.compile(r"[?&#](?:\w{1,20}_)?(?:error|code|reason)\w{0,12}=\Z", re.IGNORECASE)
"""In an address what is said of the answer: `/login?error=too_many_requests`."""


def is_address(found: re.Match[str], body: str) -> bool:
    """Whether words are found in an address of what explains an answer, or in a path: there they are not said of it.

    >>> at = re.compile("rate-limit|throttled")
    >>> [is_address(at.search(text), text) for text in ("See https://x.example/rate-limiting", "Cannot GET /v1/throttled")]
    [True, True]
    >>> [is_address(at.search(text), text) for text in ("throttled, see https://x.example", '{"type": "/rate-limited"}')]
    [False, False]

    Args:
        found: Where.
        body: The answer in which each address has its name; as what was read of it may have no more.
    """  # noqa: E501 - an example is one line
    links = (link for link in _LINK.finditer(found.string) if link.start() <= found.start())
    within = next((link for link in links if found.end() <= link.end()), None)
    if within is None or _AS_REASON.search(found.string, within.start(), found.start()):
        return False
    return not any(link["said"] and found[0] in link[0] for link in _LINK.finditer(body))


_THINGS = (
    r"(?:trial|token|key|plan|subscription|licen[cs]e|session|password|certificate|card|offer|sale|billing|invoice"
    r"|payment|contract|membership|cookie|support|version|v\d{1,3}|beta|promotion|campaign|term)s?"
)
_OF_A_THING = re.compile(
    rf"\b{_THINGS}(?: \w+){{0,2}}\W{{0,2}}\Z|\"\w*{_THINGS}[_-]?\Z|\"(?!tokens)\w*{_THINGS}\" ?: ?{{[^{{}}]*\Z",
    re.IGNORECASE,
)
_OF_A_BAN = re.compile(
    r"(?:\b|_)(?:ban|block|lock(?:out)?|limit\w*|cool\w*|penalty|restriction|throttl\w*|suspension|quota|window)"
    r"(?![^\W_])[^.;\"]{0,30}\Z"
    r"|\b(?:banned|blocked|locked|limited|restricted|suspended|throttled)\b(?!\" ?: ?(?:false|0|null))[^.{}]{0,30}\Z",
    re.IGNORECASE,
)
"""What is said of a ban; a thing that is kept out is so until that ends, also behind a semicolon."""
_TOKENS = re.compile(r"\btokens(?: \w+){0,2}\W{0,2}\Z", re.IGNORECASE)
"""Which a service for language models counts, and renews."""
_NEXT_OTHER = re.compile(
    r"next[\s_-]?(?:billing|invoice|payment|charge|renewal|page|release|version|main)", re.IGNORECASE
)
_UNTIL_OTHER = re.compile(
    r"(?<!not )\b(?:valid|kept|stored|retained|supported|active|paid|open)\W{1,3}\Z", re.IGNORECASE
)
_AFTER_OTHER = re.compile(
    r"(?<!be )(?<!requests )(?<!calls )"
    r"\b(?:made|created|issued|registered|joined|signed up|published|posted|updated|modified)[\W_]{1,3}\Z|[?&]\Z",
    re.IGNORECASE,
)
"""What is so from a moment on, and is no time to come back; and a part of an address."""
_NEAR = 60
"""Characters before it in which is named what it is said of."""


def is_of_another(text: str, start: int) -> bool:
    """Whether what begins there, as 'expires in 12 days', is said of a trial, a token or an invoice, and of no refusal.

    >>> told = "Too many requests. Your trial expires in 12 days."
    >>> is_of_another(told, told.index("expires")), is_of_another("The ban expires in 12 days.", 8)
    (True, False)
    """
    before, head = text[max(0, start - _NEAR) : start], text[start : start + _NEAR].lower()
    if head.startswith(("expire", "end", "renew")):
        renewed = head.startswith("renew") and _TOKENS.search(before)
        return bool(_OF_A_THING.search(before)) and not (renewed or _OF_A_BAN.search(before))
    if head.startswith("until"):
        return _UNTIL_OTHER.search(before) is not None and not _OF_A_BAN.search(before)
    if head.startswith("after"):
        return _AFTER_OTHER.search(before) is not None
    return head.startswith("next") and _NEXT_OTHER.match(head) is not None
