"""Which limiter is it? The rules that remain consistent with the attempts, each with its support. Pure."""

from __future__ import annotations

from .fit import Candidate, Parameter, identify, said
from .rules import Rule

__all__ = ["Candidate", "Parameter", "Rule", "identify", "said"]
