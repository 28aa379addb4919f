"""What attempts prove, and what a proof costs. Pure: counts and times in, probabilities and seconds out."""

from __future__ import annotations

from .cost import BETS, Expectation, estimate, on_trial, remaining
from .e_process import EProcess
from .intervals import interval, refusal_bound, straight_needed, told

__all__ = [
    "BETS",
    "EProcess",
    "Expectation",
    "estimate",
    "interval",
    "on_trial",
    "refusal_bound",
    "remaining",
    "straight_needed",
    "told",
]
