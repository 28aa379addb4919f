"""How long a wait is likely at an address: by the pace that is kept, or by what the service said. Joins the rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from widgets.http.limits import read
from widgets.http.secrets import credential_of
from widgets.pace.errors import PaceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from widgets.model.reply import Reply
    from widgets.pace import PaceStore


def expected(store: PaceStore | None, url: str, headers: Mapping[str, str], reply: Reply | None) -> float | None:
    """Seconds between two requests to `url` that are likely; `None` where nothing is known.

    Args:
        store: Where paces are kept, if they are.
        url: The address.
        headers: That are sent with it.
        reply: The last one that was fetched, from wherever.
    """
    if store is not None:
        try:
            pace = store.pace(url, credential=credential_of(url, headers))
        except (PaceError, ValueError):
            pace = None
        if pace is not None and pace.wait > 0:
            return pace.wait
    if reply is None or urlsplit(reply.url)[:2] != urlsplit(url)[:2]:
        return None
    return read(reply.status, reply.headers, 0.0).sustained or None
