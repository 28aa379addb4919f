"""What the charts show, as ECharts options. Pure.

Only numbers and this package's own words may enter an option: ipecharts turns any string that begins with
`__ipecharts_jsfn__::` into a function in the browser, so a text that a service chose must never get there.
"""

from __future__ import annotations

from .acceptance import Truth, acceptance, described_shares
from .attempts import Row, attempts_view, described

__all__ = ["Row", "Truth", "acceptance", "attempts_view", "described", "described_shares"]
