"""Plain frozen messages that several rooms use: what was asked, what came, what was learned, what is kept.

No clock, no network, no store, no widget.
"""
