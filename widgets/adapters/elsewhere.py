"""What the store says of a probe of the same address that another page makes, or has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.http.secrets import credential_of
from widgets.pace.errors import LeaseLost, StoreError
from widgets.probe.settings import Settings

if TYPE_CHECKING:
    from widgets.pace import PaceStore


def probed_elsewhere(store: PaceStore, url: str, settings: Settings) -> Settings | None:
    """What the probe of `url` that is being made now was started with; `None` where none is, or it cannot be read."""
    try:
        running = store.probes.running(store.target(url, settings.method, credential_of(url, settings.headers)))
        return Settings.of_plain(store.probes.get(running[1]).settings) if running and running[1] else None
    except (StoreError, ValueError, KeyError):
        return None


def lost_to(store: PaceStore, error: BaseException, url: str, settings: Settings) -> str:
    """Who ended a probe of `url` from elsewhere, in few words; empty where something else did.

    Whoever has lost an address to another prober sees that one at it; without one somebody has only ended the probe.
    """
    if not isinstance(error, LeaseLost):
        return ""
    try:
        target = store.target(url, settings.method, credential_of(url, settings.headers))
        if store.probes.running(target):
            return "Another page goes on with this address"
        newest = store.probes.newest(target)
    except (StoreError, ValueError):
        return ""
    return "Another page took this address over" if newest and newest.finished else "It was ended from another page"
