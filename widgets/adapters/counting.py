"""A stored probe, in the words of the room of paces: its attempts, as the probe's room counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.probe.counting import Counting

if TYPE_CHECKING:
    from widgets.model.pace import Past, StoredProbe


def as_counted(probe: StoredProbe, past: Past) -> Past:
    """Its attempts as its verdict counts them: the store keeps what was answered, not what that was found to mean.

    >>> from widgets.model.attempt import Attempt, Step
    >>> from widgets.model.pace import StoredProbe, Target
    >>> url = "http://localhost/x"
    >>> row = [*[200] * 8, 403, 403, *[200] * 8, 403, 403]
    >>> past = [(Step(1.0, "search"), Attempt(i, 1.0, 1.0, float(i), 0.1, status)) for i, status in enumerate(row, 1)]
    >>> past[8][1].word, as_counted(StoredProbe("1", Target.of(url), url, {}, 0.0, None, None), past)[8][1].word
    ('failed', 'refused')
    """
    counting = Counting()
    for _, attempt in past:
        counting.add(attempt)
    if probe.verdict is not None:
        counting.conclude(probe.verdict.statement)
    return [(step, attempt) for (step, _), attempt in zip(past, counting.attempts, strict=True)]
