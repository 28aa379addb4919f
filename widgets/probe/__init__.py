"""How often may I ask? Strategies that find a safe wait, the evidence for it, and the panel that shows both."""

from __future__ import annotations

from widgets.model.attempt import Attempt, Budget, Goal, Outcome, Step, Strategy, Verdict
from widgets.model.refused import CountsAsRefused

from .panel.planner import Planner
from .panel.probe_panel import ProbePanel
from .recorder import Watch
from .run import follow, probe
from .strategies import STRATEGIES

__all__ = [
    "STRATEGIES",
    "Attempt",
    "Budget",
    "CountsAsRefused",
    "Goal",
    "Outcome",
    "Planner",
    "ProbePanel",
    "Step",
    "Strategy",
    "Verdict",
    "Watch",
    "follow",
    "probe",
]
