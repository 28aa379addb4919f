"""Parts that panels share."""

from __future__ import annotations

from .job import Failed, Finished, Idle, Job, Running, State, in_words

__all__ = ["Failed", "Finished", "Idle", "Job", "Running", "State", "in_words"]
