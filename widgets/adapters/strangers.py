"""Manners in public mode, where visitors who do not know each other ask strangers. Joins fetch, probe and pace.

Per stranger, over all visitors: at most one request a second, no request before an honest Retry-After has passed, and
one probe at a time. What is shared is a store of turns; nothing in it is shown to anybody.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from widgets.http.address import own
from widgets.pace import PaceStore
from widgets.pace.errors import AlreadyProbed, StoreError
from widgets.pace.store import default_url
from widgets.probe.recorder import Hindrance, Unwritten

from .obeying import StoreTurn, StoreTurns, unread

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from widgets.model.attempt import Step, Verdict
    from widgets.model.pace import Past, Target
    from widgets.pace.store.lease import Lease
    from widgets.probe.recorder import Opened
    from widgets.probe.settings import Settings

POLITE = 1.0
"""Seconds between two requests to a stranger when visitors unknown to us do the asking."""
LEASE = 8.0
"""Seconds for which a target stays with a prober that is not heard of any more."""

SHARED, WAS_SHARED = (
    f"Another page {probes} this too: both may count as one. An X-API-Key of your own mostly helps."
    for probes in ("probes", "probed")
)
"""As long as the line below the chart has room for. Some rules of the service are one for all, whatever their keys."""


def public_store() -> PaceStore:
    """Where visitors share their turns: what `WAITWISE_STORE` says, else a file beside the paces of the owner."""
    return PaceStore(default_url("public.sqlite"))


class StrangersTurns(StoreTurns):
    """Gives the turns of all visitors, whatever key they send: one sequence of requests for each stranger.

    Args:
        store: Where the turns are shared.
        friends: Host and port pairs that may be asked at any pace: the bundled service.
    """

    def __init__(self, store: PaceStore, friends: Collection[tuple[str, int]] = ()) -> None:
        super().__init__(store)
        self._store, self._friends = store, friends
        self._met: set[str] = set()

    def __call__(self, method: str, url: str, headers: Mapping[str, str], *, anyway: bool = False) -> StoreTurn | None:
        """The turn of a request; nobody may insist on sending out of turn."""
        del headers, anyway
        try:
            if own(url) in self._friends:
                return None
            origin = self._store.target(url).origin
            if origin not in self._met:
                kept = self._store.pace(origin)
                if kept is None or kept.wait < POLITE:
                    self._store.keep(origin, POLITE)
                self._met.add(origin)
            return super().__call__(method, origin, {})
        except StoreError as error:
            raise unread(error) from error
        except ValueError:
            return None  # no http address: fetching says so better


@dataclass(slots=True)
class Beside(Unwritten):
    """The journal of a probe beside which others may be made.

    Attributes:
        come: Says whether another one has begun since this one did.
    """

    come: Callable[[], bool] = lambda: False

    def asking(self, step: Step, number: int) -> None:
        """Look who else is there."""
        del step, number
        if not self.trouble and self.come():
            self.trouble = SHARED

    def finish(self, verdict: Verdict) -> None:
        """Look once more: what came meanwhile may have been refused because of another's requests."""
        del verdict
        if self.trouble or self.come():
            self.trouble = WAS_SHARED


class StrangersProbes:
    """Lets one visitor at a time probe a stranger; attempts are not written anywhere.

    Args:
        store: Where the leases are.
        friends: Host and port pairs that any number may probe: the bundled service.
    """

    def __init__(self, store: PaceStore, friends: Collection[tuple[str, int]] = ()) -> None:
        self._store, self._friends = store, friends

    @contextmanager
    def open(
        self, url: str, settings: Settings, *, probe: str = "", anew: bool = False, known: Past = (), since: float = 0.0
    ) -> Iterator[Opened]:
        """Begin a probe, or say why not; see `widgets.probe.recorder.Journals`."""
        del probe, anew
        with ExitStack() as stack:
            opened: Opened
            if own(url) in self._friends:
                opened = self._beside(stack, url, settings, Beside(known, since))
            else:
                opened = Unwritten(known, since)
                try:
                    target = self._store.target(self._store.target(url).origin)
                    stack.enter_context(self._store.lease(target, "another visitor", seconds=LEASE))
                except AlreadyProbed:
                    opened = Hindrance(
                        "Another visitor of this page probes that service now, and one probe at a time is polite. "
                        "Try again when it has ended."
                    )
                except StoreError as error:
                    opened = Hindrance(
                        f"Nothing was sent: it cannot be seen whether another visitor probes that service. {error}"
                    )
            yield opened

    def _beside(self, stack: ExitStack, url: str, settings: Settings, journal: Beside) -> Beside:
        """The journal, which says so where another page probes that address of a friend with the same key.

        Each page takes the first lease of that address that is free, and counts how often any of them was taken. All
        visitors of one server have its network address, by which the service tells its clients apart, unless they send
        an X-API-Key. It counts the requests by each rule apart, of which the query is a part.
        """
        key = next((text for name, text in settings.headers.items() if name.lower() == "x-api-key"), "")
        try:
            target = self._store.target(url, credential=key.strip())
            target = replace(target, path=f"{target.path}?{urlsplit(url).query}")
            leases, ours = self._store.opened.leases, f"{target.key}/"
            lease = stack.enter_context(self._free(target))
            lease.follow(f"{ours}{lease.target.key}")
            before = leases.taken(ours)
            if any(each.startswith(ours) for each in leases.running() - {f"{ours}{lease.target.key}"}):
                journal.trouble = SHARED

            def come() -> bool:
                try:
                    return leases.taken(ours) != before
                except StoreError:
                    return False

            journal.come = come
        except StoreError:
            pass  # a friend is probed all the same; it is only not known who else does
        return journal

    def _free(self, target: Target) -> Lease:
        """The first lease of so many at one target that nobody has."""
        number = 0
        while True:
            try:
                return self._store.lease(replace(target, path=f"{target.path}#{number}"), "another page", seconds=LEASE)
            except AlreadyProbed:
                number += 1

    def earlier(self, url: str, settings: Settings) -> None:
        """None: visitors do not know each other."""
        del url, settings
