"""The laboratory: every limiter under an address, faults on request, puzzles, and the teacher's view."""

from __future__ import annotations
