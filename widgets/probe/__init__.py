"""How often may I ask? Strategies that find a safe wait, the evidence for it, and the panel that shows both."""

from __future__ import annotations

from widgets.model.attempt import Attempt, Budget, Goal, Outcome, Step, Strategy, Verdict

from .panel import ProbePanel
from .runner import follow, probe
from .strategies import STRATEGIES
from .watch import Watch

__all__ = [
    "STRATEGIES",
    "Attempt",
    "Budget",
    "Goal",
    "Outcome",
    "ProbePanel",
    "Step",
    "Strategy",
    "Verdict",
    "Watch",
    "follow",
    "probe",
]
