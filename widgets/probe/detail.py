"""One attempt, whole: what was asked and what came, headers included. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.kit import markup

from .limits import Limits, read_limits
from .table import COLUMNS, cells

if TYPE_CHECKING:
    from .attempt import Attempt, Step


def attempt_detail(step: Step, attempt: Attempt) -> str:
    """The HTML that a click on a point shows."""
    facts = [*list(zip(COLUMNS, cells(attempt), strict=True)), ("phase", step.phase)]
    if step.high is not None:
        facts.append(("bracket (s)", f"{step.low or 0:.4g} to {step.high:.4g}"))
    facts += stated(read_limits(attempt.headers, 0.0))
    parts = [markup.table(f"Attempt {attempt.number}", ("what", "value"), facts)]
    if attempt.headers:
        parts.append(markup.table("Headers of the answer", ("name", "value"), attempt.headers.items()))
    return f'<div class="ww-detail">{"".join(parts)}</div>'


def stated(limits: Limits) -> list[tuple[str, str]]:
    """What the headers say of limits, as it was read."""
    found = []
    if limits.retry_after is not None:
        found.append(("Retry-After", f"{limits.retry_after:.6g} s"))
    for policy in limits.policies:
        window = "an unknown window" if policy.window is None else f"{policy.window:.6g} s"
        found.append(("stated limit", f"{policy.quota:.6g} {policy.unit} in {window} {policy.name}".rstrip()))
    if limits.remaining is not None:
        found.append(("remaining", f"{limits.remaining:.6g}"))
    if limits.reset is not None:
        found.append(("reset", f"in {limits.reset:.6g} s, read as {limits.reading}"))
    return found
