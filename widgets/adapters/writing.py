"""Probes that are written into the store of paces as they go. Joins probe and pace."""

from __future__ import annotations

import os
import platform
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from widgets.http.secrets import credential_of, secrets_in
from widgets.pace.errors import AlreadyProbed, StoreError
from widgets.pace.panel.formatting import moment
from widgets.probe.counting import was_stopped
from widgets.probe.recorder import BrokenOff, Elsewhere, Hindrance, Stopped, Unwritten
from widgets.probe.settings import Settings

from .journal import StoreJournal
from .keeping import KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from widgets.model.pace import Past, Target
    from widgets.pace import PaceStore
    from widgets.probe import Verdict
    from widgets.probe.recorder import Opened


LEASE = 8.0
"""Seconds for which a target stays with a prober that is not heard of any more."""

AT_ONCE = 60.0
"""Seconds: a probe that is asked for begins within a minute, or says why not; nobody watches a countdown for longer."""


class StoreJournals:
    """Opens journals in a store; one prober per target at a time.

    Args:
        store: Where they are written.
        begin: Told the target of each probe that is about to begin, and the seconds that it may wait before its first
            request; says why it may not begin, in a sentence, or nothing.
    """

    def __init__(self, store: PaceStore, begin: Callable[[Target, float], str] = lambda *_: "") -> None:
        self._store, self._begin = store, begin
        self._me = f"another page on {platform.node() or 'this machine'} (process {os.getpid()})"

    @contextmanager
    def open(
        self, url: str, settings: Settings, *, probe: str = "", anew: bool = False, known: Past = (), since: float = 0.0
    ) -> Iterator[Opened]:
        """Open the journal of a probe, or say why not; see `widgets.probe.recorder.Journals`.

        Where the store cannot be used the probe is made all the same, and the page says that it is not written.
        """
        with ExitStack() as stack:
            try:
                opened = self._open(stack, url, settings, probe, anew=anew, unwritten=bool(known) and not probe)
            except StoreError as error:
                opened = None
                trouble = f"This probe is not stored as it goes: {error}"
            else:
                trouble = ""
            yield opened or Unwritten(known, since, trouble)

    def earlier(self, url: str, settings: Settings) -> BrokenOff | Stopped | None:
        """A probe of that target that has not come to its end, and that can be gone on with.

        `None` while somebody makes one, and too where the store cannot be read: whoever probes then is told.
        """
        store = self._store
        try:
            target = store.target(url, settings.method, credential_of(url, settings.headers))
            if store.probes.running(target):
                return None
            if unfinished := broken_off(store, target, settings):
                return unfinished
            found = store.probes.newest(target)
            if found is None or found.finished is None or found.verdict is None or not was_stopped(found.verdict):
                return None
            earlier = Settings.of_plain(found.settings, settings.headers)
            count = store.probes.count(found.id) if found.verdict.accepted + found.verdict.refused else 0
        except (StoreError, ValueError):
            return None
        when = moment(found.finished, store.clock.today())
        return Stopped(found.id, earlier, count, when) if count else None

    def _open(
        self, stack: ExitStack, url: str, settings: Settings, probe: str, *, anew: bool, unwritten: bool
    ) -> Opened | None:
        secret, store = credential_of(url, settings.headers), self._store
        target = store.target(url, settings.method, secret)
        if probe and store.probes.get(probe).target != target:
            return Hindrance(KEY)
        try:
            lease = stack.enter_context(store.lease(target, self._me, seconds=LEASE))
        except AlreadyProbed as error:
            feed = StoreFeed(store, target, error.probe, settings)
            return Elsewhere(error.holder, feed, lambda: store.end_probe(target))
        if not probe and not anew and not unwritten and (found := broken_off(store, target, settings)):
            return found
        # One that goes on was begun knowing what it may have to wait for.
        most = settings.budget.seconds if probe or unwritten else min(AT_ONCE, settings.budget.seconds)
        if why := self._begin(target, most):
            return Hindrance(why)
        if unwritten:  # its first attempts are in no store, so that the rest would stand alone
            return None
        secrets = (secrets_in(url, settings.headers),)
        if probe:
            if store.probes.get(probe).finished is not None:
                store.probes.reopen(probe, settings.plain(), lease)
            log = store.resume(probe, secrets=secrets, lease=lease)
        else:
            store.probes.close(target, lease)
            log = store.begin(
                url, settings.plain(), method=settings.method, credential=secret, secrets=secrets, lease=lease
            )
        return StoreJournal(log)


class StoreFeed:
    """A probe that somebody else writes into the store."""

    def __init__(self, store: PaceStore, target: Target, probe: str, settings: Settings) -> None:
        self._store, self._target, self._probe, self._settings = store, target, probe, settings

    def more(self, after: int) -> Past:
        """What came after attempt number `after`."""
        return self._store.probes.attempts(self._id(), after) if self._id() else ()

    def verdict(self) -> Verdict | None:
        """What it ended in; told when its prober has let the target go, for by then the wait is kept that it found."""
        probe, running = self._id(), self._store.probes.running(self._target)
        return self._store.probes.get(probe).verdict if probe and not (running and running[1] == probe) else None

    def broken_off(self) -> BrokenOff | None:
        """What can be gone on with, where its prober is heard of no more."""
        if self._store.probes.running(self._target) or self.verdict():
            return None
        return broken_off(self._store, self._target, self._settings)

    def _id(self) -> str:
        """Of the probe, which the other prober may name only after it has the target."""
        if not self._probe and (running := self._store.probes.running(self._target)):
            self._probe = running[1]
        return self._probe


def broken_off(store: PaceStore, target: Target, settings: Settings) -> BrokenOff | None:
    """The newest probe of a target that has no verdict, where something was measured and can be gone on with."""
    for stored in store.probes.unfinished(target):
        try:
            earlier = Settings.of_plain(stored.settings, settings.headers)
        except ValueError:
            continue
        if count := store.probes.count(stored.id):
            return BrokenOff(stored.id, earlier, count, moment(store.probes.last_request(stored), store.clock.today()))
    return None
