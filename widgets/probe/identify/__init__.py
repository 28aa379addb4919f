"""Which limiter is it? The rules that remain consistent with the attempts, each with its support. Pure."""

from __future__ import annotations

from .calibration import ANOTHER
from .features import readable
from .fit import NONE_SEEN, Candidate, Parameter, doubts, identify, judged, said
from .rules import Rule
from .steady import Belief, believed

__all__ = [
    "ANOTHER",
    "NONE_SEEN",
    "Belief",
    "Candidate",
    "Parameter",
    "Rule",
    "believed",
    "doubts",
    "identify",
    "judged",
    "readable",
    "said",
]
