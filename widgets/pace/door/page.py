"""The page that shows what is paced, what is held, and what waits. PURE, but for reading the store."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jinja2 import Environment

from widgets.http.message import Headers
from widgets.model.quantity import as_rest, as_span, as_wait

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.pace.store import PaceStore

HEADERS = Headers([
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
])  # fmt: skip

PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Waitwise: the door</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1a1a1a; }
table { border-collapse: collapse; } caption { text-align: left; font-weight: bold; padding-top: 1rem; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #ccc; }
</style></head><body><main>
<h1>The door is open</h1>
<p>Put <code>{{ base }}</code> before an address, and it is asked at its pace.</p>
{% for caption, columns, rows, empty in tables %}
{% if rows %}
<table><caption>{{ caption }}</caption>
<thead><tr>{% for each in columns %}<th scope="col">{{ each }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table>
{% else %}
<p>{{ empty }}</p>
{% endif %}
{% endfor %}
</main></body></html>
""")


def status(store: PaceStore, base: str, waiting: Sequence[tuple[str, str, float]]) -> str:
    """The page.

    Args:
        store: Whose paces are kept.
        base: What is put before an address.
        waiting: Method, address without secrets, and since when (monotonic seconds) of each request that waits.

    Raises:
        StoreError: When the store cannot be used.
    """
    paces = [
        (pace.governs, as_wait(pace.wait_now), pace.kind, f"{pace.accepted:,}", f"{pace.refused:,}")
        for pace in store.paces()
    ]
    held = [(each.name, as_rest(each.left)) for each in store.held()]
    now = time.monotonic()
    waits = [(method, url, as_span(round(now - since))) for method, url, since in waiting]
    return PAGE.render(
        base=base,
        tables=[
            ("Paced", ("what", "one each", "found how", "accepted", "refused"), paces, "No pace is kept yet."),
            ("Held, because the service said so", ("what", "for"), held, "Nothing is held."),
            ("Waiting here", ("method", "address", "since"), waits, "No request waits here."),
        ],
    )
