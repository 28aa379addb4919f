"""One prober per target: a lease with an expiry and a fencing number. IO.

A lease can be outlived: a prober that was stopped wakes up and believes that it still holds it. So each lease has a
number that only grows, and whatever is stored under an older number is refused (Kleppmann 2016, 'How to do distributed
locking'). The worst that is left is one request of a stopped prober that was already on its way.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from .errors import AlreadyProbed, LeaseLost, StoreError

if TYPE_CHECKING:
    from widgets.model.pace import Target

    from .store import PaceStore


class Lease:
    """The right to probe a target. As a context manager it renews itself, and is given back at the end.

    Attributes:
        target: What may be probed.
        holder: What the prober calls itself.
        fence: The number of this lease; a later lease has a higher one.
    """

    def __init__(self, store: PaceStore, target: Target, holder: str, fence: int, seconds: float) -> None:
        self.target, self.holder, self.fence = target, holder, fence
        self._store, self._seconds = store, seconds
        self._renewed = store.clock.now()
        self._ended = threading.Event()
        self._keeper: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        # A store that fails now must not cost the verdict: what is not given back runs out by itself.
        with suppress(StoreError):
            self.release()

    def renew(self) -> None:
        """Hold it for its whole time again.

        Raises:
            LeaseLost: When somebody else has taken it.
        """
        from . import leases  # noqa: PLC0415 - loads SQLAlchemy

        now = self._store.clock.now()
        if not leases.renew(self._store, self.target.key, self.fence, self._seconds):
            raise lost(self.target)
        self._renewed = now

    def check(self) -> None:
        """Make sure that it is still ours; call it before each request.

        Raises:
            LeaseLost: When somebody else has taken it.
        """
        if self._store.clock.now() - self._renewed >= self._seconds / 3:
            self.renew()

    def follow(self, probe: str) -> None:
        """Say which probe runs under it, so that others can follow it."""
        from . import leases  # noqa: PLC0415 - loads SQLAlchemy

        leases.follow(self._store, self.target.key, self.fence, probe)

    def release(self) -> None:
        """Give it back; one that was lost stays with whoever has it."""
        from . import leases  # noqa: PLC0415 - loads SQLAlchemy

        self._ended.set()
        if self._keeper is not None:
            self._keeper.join()
            self._keeper = None
        leases.release(self._store, self.target.key, self.fence)

    def _keep(self) -> None:
        while not self._ended.wait(self._seconds / 3):
            try:
                self.renew()
            except LeaseLost:
                return
            except StoreError:
                continue  # told to the prober itself, by the next entry that it cannot store


def take_lease(store: PaceStore, target: Target, holder: str, seconds: float) -> Lease:
    """Take the right to probe a target for so many seconds.

    Raises:
        AlreadyProbed: When somebody else has it; the error names the holder and its probe.
    """
    from . import leases  # noqa: PLC0415 - loads SQLAlchemy

    taken: Any = leases.take(store, target.key, holder, seconds)
    if isinstance(taken, int):
        return Lease(store, target, holder, taken, seconds)
    raise AlreadyProbed(
        f"{taken.holder} probes {target.url} already. Follow that probe, or wait until it has ended.",
        taken.holder,
        taken.probe,
    )


def lost(target: Target) -> LeaseLost:
    """The error of a prober that must stop."""
    return LeaseLost(
        f"Another prober has taken over {target.url}, since this one had not been heard of. This one stops; "
        "what it stored is there to go on from."
    )
