"""By what name this program asks, and who answers for it. PURE but for the environment.

Who sees requests in a log that were not expected looks there for somebody to write to: fetches and probes say it alike.
"""

from __future__ import annotations

import os
import re

NAME = "Waitwise/0.1"
CONTACT = "WAITWISE_CONTACT"
"""The environment variable that says where the owner of a service can complain, such as `mailto:me@example.org`."""


def contact() -> str:
    """Return who answers for this program, as its environment says, or an empty string."""
    return os.environ.get(CONTACT, "").strip()


def user_agent(who: str, purpose: str = "") -> str:
    """Return the name of this program, with what it does and who answers for it as a comment (RFC 9110, 10.1.5).

    >>> user_agent("mailto:me@example.org"), user_agent("")
    ('Waitwise/0.1 (mailto:me@example.org)', 'Waitwise/0.1')
    >>> user_agent("mailto:me@example.org", "finds a pace"), user_agent("", "finds a pace")
    ('Waitwise/0.1 (finds a pace; mailto:me@example.org)', 'Waitwise/0.1 (finds a pace)')
    """
    comment = "; ".join(filter(None, (purpose, re.sub(r"[^ !-'*-\[\]-~]", "", who))))
    return f"{NAME} ({comment})" if comment else NAME
