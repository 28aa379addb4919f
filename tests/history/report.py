"""What a run has shown, as text and as a page."""

from __future__ import annotations

import platform
from itertools import pairwise
from typing import TYPE_CHECKING

from jinja2 import Environment

if TYPE_CHECKING:
    from tests.history.run import Outcome

HEADINGS = (
    "fault",
    "store",
    "injected",
    "seconds",
    "sends",
    "early",
    "of ideal",
    "of calm",
    "worst wait",
    "least room",
)

PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Waitwise: history check</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1a1a1a; }
table { border-collapse: collapse; margin: 1rem 0; } th, td { padding: .25rem .75rem; border-bottom: 1px solid #ccc; }
th { text-align: left; } td.n { text-align: right; font-variant-numeric: tabular-nums; }
.good { color: #0a6b2d; } .bad { color: #a30000; font-weight: bold; } footer { color: #555; }
</style></head><body>
<h1>History check: <span class="{{ 'good' if sound else 'bad' }}">{{ verdict }}</span></h1>
{% for line in facts %}<p>{{ line }}</p>
{% endfor %}
<table><caption>Each kind of fault</caption><thead><tr>{% for each in headings %}<th scope="col">{{ each }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in rows %}<tr>{% for cell in row %}<td{% if loop.index > 2 %} class="n"{% endif %}>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</tbody></table>
<table><caption>Each target</caption><thead><tr><th scope="col">target</th><th scope="col">sends</th>
<th scope="col">least gap</th><th scope="col">turns lost</th></tr></thead><tbody>
{% for row in targets %}<tr>{% for cell in row %}<td{% if loop.index > 1 %} class="n"{% endif %}>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</tbody></table>
<footer>{{ machine }}</footer></body></html>
""")  # noqa: E501 - the rows of a table


def verdict(outcome: Outcome) -> str:
    """One line on the promise."""
    found = outcome.findings
    if found.sound:
        return f"{len(outcome.history.sends):,} sends, 0 early"
    return (
        f"BROKEN: {len(found.early)} early sends, {len(found.twice)} sent twice, {sum(found.uncounted.values())} not "
        f"counted, {len(found.broken)} within a hold, {len(found.unsent)} not captured"
    )


def facts(outcome: Outcome) -> list[str]:
    """What must be known to believe the table."""
    found, history = outcome.findings, outcome.history
    lines = [
        (
            f"{len(history.sends):,} sends in {outcome.seconds:,.0f} s. Their moments: {outcome.source}; "
            f"{outcome.dropped} packets were missed. That clock ran within {outcome.drift * 1e6:.1f} parts in a "
            "million of the machine's monotonic clock."
        ),
        (
            f"Early sends: {len(found.early)}. Sent twice: {len(found.twice)}. Sent without a turn that the store "
            f"knows: {sum(found.uncounted.values())}. Answered and not captured: {len(found.unsent)}."
        ),
        (
            f"Retry-After: {len(history.holds):,} refusals said to stay away for a second; {len(found.broken)} sends "
            f"came all the same; {found.unknown_holds} refusals "
            "were known to one process only, which ended or could not tell the store."
        ),
        f"Turns that were counted and never sent: {sum(found.lost.values())}; each costs one pace.",
        (
            f"Waits in calm times beyond twice the fair share: {len(found.passed)} of {len(history.asked):,} requests"
            + (f", the longest {max(each.others for each in found.passed)} others." if found.passed else ".")
        ),
    ]
    lines += [
        f"{target} {each.gap:.6f} s after the request before, where {each.wait:g} s is the pace: process "
        f"{each.first.life}, then {each.second.life}."
        for each in found.early[:20]
        for target in [history.targets[each.target].name]
    ]
    return lines


def table(outcome: Outcome) -> list[tuple[str, ...]]:
    """A row for each kind of fault, as text."""
    calm = {row.store: row.share for row in outcome.findings.rows if row.fault == "calm"}
    return [
        (
            row.fault,
            row.store,
            row.note or f"{row.injected:,}",
            f"{row.seconds:,.0f}",
            f"{row.sends:,}",
            f"{row.early}",
            f"{row.share:.0%}",
            f"{row.share / calm[row.store]:.0%}" if calm.get(row.store) else "",
            f"{row.worst:.2f} s",
            f"{row.narrowest * 1000:.2f} ms",
        )
        for row in outcome.findings.rows
    ]


def targets(outcome: Outcome) -> list[tuple[str, ...]]:
    """A row for each target."""
    history, found = outcome.history, list[tuple[str, ...]]()
    for number, target in enumerate(history.targets):
        moments = sorted(send.moment for send in history.sends if send.target == number)
        gaps = [after - before for before, after in pairwise(moments)]
        least = f"{min(gaps) / 1e9:.6f} s" if gaps else ""
        found.append((target.name, f"{len(moments):,}", least, f"{outcome.findings.lost.get(number, 0):,}"))
    return found


def to_text(outcome: Outcome) -> str:
    """The report for a terminal."""
    lines = [f"History check: {verdict(outcome)}", *facts(outcome), "", *_aligned([HEADINGS, *table(outcome)]), ""]
    lines += _aligned([("target", "sends", "least gap", "turns lost"), *targets(outcome)])
    return "\n".join(lines) + "\n"


def to_html(outcome: Outcome) -> str:
    """The report as a page of its own."""
    return PAGE.render(
        sound=outcome.findings.sound,
        verdict=verdict(outcome),
        facts=facts(outcome),
        headings=HEADINGS,
        rows=table(outcome),
        targets=targets(outcome),
        machine=f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
    )


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
