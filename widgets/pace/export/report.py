"""A probe as one HTML file to hand to a colleague or to attach to a ticket. PURE.

It opens offline: nothing in it is fetched, its policy forbids every script, and every text from elsewhere is escaped.
"""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING

from .chart import attempts_chart, outcome
from .facts import day, evidence, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.pace import Pace
    from widgets.pace.log import Entry, StoredProbe

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = """
:root { color-scheme: light dark; --ink: #1c1c1c; --page: #fff; --line: #ddd; --soft: #6b6b6b;
  --good: #12805f; --bad: #c0341d; --wait: #1565c0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --page: #181a1b; --line: #3d4144; --soft: #a3a3a3;
  --good: #4cc79f; --bad: #ff8a70; --wait: #79b8ff; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 900px; margin: 24px auto; padding: 0 16px;
  color: var(--ink); background: var(--page); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.wait-now { font-size: 2.2rem; font-weight: 650; margin: 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 0.85rem; }
th, td { text-align: left; padding: 3px 8px; border-bottom: 1px solid var(--line); }
td:last-child { overflow-wrap: anywhere; min-width: 10em; } h1, p, li { overflow-wrap: anywhere; }
.wide { overflow-x: auto; } svg { width: 100%; min-width: 560px; height: auto; font-size: 12px; }
svg text { fill: var(--ink); } .grid { stroke: var(--line); }
.wait { stroke: var(--wait); stroke-dasharray: 6 4; stroke-width: 1.5; }
.accepted { fill: var(--good); } .refused { stroke: var(--bad); stroke-width: 2; fill: none; }
.failed { fill: none; stroke: var(--soft); stroke-width: 1.5; }
"""
METHOD = (
    "Each attempt is one request; its spacing is the time between its start and that of the request before it, on a "
    "monotonic clock. Accepted is an answer of 2xx or 3xx, refused is 429, 503 or a 403 that carries a spent limit; "
    "anything else failed and says nothing about pace. Requests never overlap. Only requests that were made to verify "
    "a wait, each after exactly that wait, count as evidence for it."
)
COLUMNS = (
    "attempt",
    "phase",
    "asked wait (s)",
    "spacing (s)",
    "started (s)",
    "latency (s)",
    "status",
    "outcome",
    "error",
)


def to_report(probe: StoredProbe, entries: Sequence[Entry], pace: Pace | None = None) -> str:
    """The whole report: the verdict, the chart, the method, what is known in use, and every attempt."""
    verdict = probe.verdict
    wait = verdict.wait if verdict else None
    said = verdict.statement if verdict else "This probe has no verdict yet."
    title = f"Waitwise: {one_line(probe.url)}"
    facts = [
        ("Address", f"{probe.target.method} {probe.url}"),
        ("Measured", f"{day(probe.began)} (UTC)"),
        ("Settings", json.dumps(dict(probe.settings))),
        ("Requests", f"{len(entries)}, {sum(outcome(entry) == 'refused' for entry in entries)} of them refused"),
    ]
    if verdict:
        facts.append(("Confidence", f"{verdict.confidence:.3g}: at most {verdict.refusal_bound:.2%} refused"))
        facts.append(("Horizon", f"{verdict.horizon:.4g} s"))
    body = [
        f"<h1>{_text(title)}</h1>",
        f'<p class="wait-now">{"no wait" if wait is None else f"{wait:.5g} s"}</p>',
        f"<p><strong>{_text(verdict.kind if verdict else 'unfinished')}</strong>. {_text(said)}</p>",
        _table(("", ""), facts),
        "<h2>Attempts</h2>",
        _wide("Chart", attempts_chart(entries, wait)),
        "<p>Dots were accepted, crosses refused, rings failed; the dashed line is the wait.</p>",
        f"<h2>Method</h2><p>{_text(METHOD)}</p>",
    ]
    if pace:
        lines = "".join(f"<li>{_text(line)}</li>" for line in evidence(pace))
        used = f"In use since: {pace.accepted} accepted, {pace.refused} refused."
        body.append(f"<h2>The pace that is kept</h2><ul>{lines}<li>{_text(used)}</li></ul>")
    body += ["<h2>Data</h2>", _wide("Data", _table(COLUMNS, [_row(entry) for entry in entries]))]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width"><title>{_text(title)}</title><style>{STYLE}</style></head>'
        f"<body>{''.join(body)}</body></html>"
    )


def _row(entry: Entry) -> tuple[object, ...]:
    times = (entry.wait, entry.spacing, entry.started, entry.latency)
    shown = ("–" if value is None else f"{value:.6g}" for value in times)
    return (entry.number, entry.phase, *shown, entry.status or "none", outcome(entry), entry.error)


def _wide(name: str, part: str) -> str:
    """What is scrolled sideways on a narrow screen, by keyboard too."""
    return f'<div class="wide" role="region" aria-label="{name}" tabindex="0">{part}</div>'


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    head = "".join(f'<th scope="col">{_text(name)}</th>' for name in columns) if any(columns) else ""
    cells = ("".join(f"<td>{_text(cell)}</td>" for cell in row) for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in cells)}</tbody></table>"


def _text(text: object) -> str:
    return html.escape(one_line(str(text)), quote=True)
