"""One probe, written into the store as it goes. Joins probe and pace."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from widgets.pace.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from widgets.pace.store.probes import ProbeLog
    from widgets.probe import Attempt, Step, Verdict


class StoreJournal:
    """One probe in the store. When the store fails the probe goes on, and the page says so.

    It goes on only as long as nobody else is known to have taken its target: a store that comes back may serve another
    page first, and so the lease is asked for again before each request.
    """

    def __init__(self, log: ProbeLog) -> None:
        self._log = log
        self.id, self.since, self.trouble = log.id, log.since, ""
        self.known = log.known

    def asking(self, step: Step, number: int) -> None:
        """Write that a request is about to be sent; raises `LeaseLost` when it must not be."""
        if self.trouble:
            with suppress(StoreError):  # said already
                self._log.check()
        self._write(lambda: self._log.asking(step, number))

    def add(self, step: Step, attempt: Attempt) -> None:
        """Write an attempt; raises `LeaseLost` when somebody else probes now."""
        self._write(lambda: self._log.add(step, attempt))

    def finish(self, verdict: Verdict) -> None:
        """Write the verdict."""
        self._write(lambda: self._log.finish(verdict))

    def _write(self, write: Callable[[], None]) -> None:
        if self.trouble:
            return
        try:
            write()
        except StoreError as error:
            self.trouble = f"The rest of this probe is not stored: {error}"
