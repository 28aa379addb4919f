"""What a refusal says of its reason, and whether that is one of pace. PURE."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from widgets.http.limits.phrases import CREDENTIALS, UNPAID
from widgets.http.limits.words import ASKS, READ, SAYS, is_down, refuses, wait_vaguely
from widgets.model.quantity import as_roughly

from .hints import hint

if TYPE_CHECKING:
    from widgets.http.limits import Limits
    from widgets.model.reply import Reply

_LOGINS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED})


def told(reply: Reply, limits: Limits) -> tuple[str, bool]:
    """What a refusal says, in a sentence or two, and whether a pace may help.

    >>> from widgets.http.limits import read
    >>> from widgets.model.reply import Reply
    >>> told(Reply("http://x.example/", 503, body=b"<h1>Down for maintenance</h1>"), read(503, {}, 0.0))
    ('The service says that it is being maintained, and not for how long.', False)
    >>> told(Reply("http://x.example/", 503, body=b"later"), read(503, {}, 0.0))
    ('The service refuses. It does not say for how long to wait. Probe can find out how long to wait.', True)
    """
    text = bytes(reply.body[: 4 * READ]).decode(errors="replace")[:READ]
    said = refuses(reply.status, text, {name.lower(): value for name, value in reply.headers})
    spent = limits.remaining is not None and limits.remaining <= 0
    other = "" if spent or said.startswith(SAYS) else _other_reason(reply, said, text)
    _, vaguely = wait_vaguely(text)
    asked = f"It says to come back in “{vaguely}”." if vaguely else ""
    asked = f"It asks to be left alone for {as_roughly(limits.hold)}." if limits.hold else asked
    if other:
        lasts = ", and not for how long." if other.endswith("maintained") and not asked else "."
        return f"{other.removesuffix('.')}{lasts} {asked}".strip(), False
    bill = UNPAID.search(text)
    besides = f" It speaks of “{bill[0].lower()}” too, which waiting may not change." if bill else ""
    asked = asked or "It does not say for how long to wait."
    return f"The service refuses. {asked}{besides} Probe can find out how long to wait.", True


def _other_reason(reply: Reply, said: str, text: str) -> str:
    """What it says that no wait between requests ends; empty where it says nothing of the kind."""
    if said.startswith(ASKS):
        return f"The service refuses: {said}. Open the address in one."
    if is_down(reply.status, text):
        return "The service says that it is being maintained"
    if reply.status in _LOGINS:
        return f"The service refuses. {hint(reply)}"
    return _of_money(reply.status, text)


def _of_money(status: int, text: str) -> str:
    """The same where it is a matter of a payment, or of who is let in at all."""
    if status == HTTPStatus.PAYMENT_REQUIRED:
        return "The service refuses: it wants a payment."
    if bill := UNPAID.search(text):
        return f"The service refuses: it speaks of “{bill[0].lower()}”, which waiting may not change."
    if status == HTTPStatus.FORBIDDEN and CREDENTIALS.search(text):
        return "The service refuses: it speaks of a key, a token, a login or a payment, which comes before any pace."
    return ""
