"""A local gateway for what is not Python: whatever is asked through it keeps the paces of the store.

`python -m widgets.pace.door` opens it; curl, R, JavaScript and any other program put its address before the one that
they want: `http://127.0.0.1:8899/TOKEN/https://api.example.org/items?page=2`. The turn is taken from the same store as
that of a `PacedSession`, so that all of them together keep one pace.
"""

from __future__ import annotations

from .gate import Gate
from .server import Door, door

__all__ = ["Door", "Gate", "door"]
