"""The paces that are kept, and everything that they stand on. IO.

SQLAlchemy takes a fifth of a second to load, so it is loaded with the first use of a store: by `PaceStore.opened`, and
nowhere else. The modules of this package import it as usual; whoever is outside asks a `PaceStore`.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import platformdirs
import requests

from widgets.http.secrets import credential_of, fingerprint, secrets_in
from widgets.model.pace import BY_HAND, DAY, RECHECK_AFTER, Pace, Target
from widgets.pace.clock import MachineClock
from widgets.pace.slowdown import PROMISE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from widgets.model.attempt import Verdict
    from widgets.pace.clock import Clock

    from .engine import Database
    from .lease import Lease, Leases
    from .paces import Paces
    from .probes import ProbeLog, Probes
    from .send_lock import SendLock

VARIABLE = "WAITWISE_STORE"


def default_url() -> str:
    """What `WAITWISE_STORE` says, else a file of SQLite in this user's data folder."""
    return os.environ.get(VARIABLE) or f"sqlite:///{platformdirs.user_data_path('waitwise') / 'paces.sqlite'}"


@dataclass(frozen=True)
class Opened:
    """A store that is open: its tables, each with what can be done with its rows."""

    database: Database
    paces: Paces
    probes: Probes
    leases: Leases
    lock: Callable[[str], SendLock]


class PaceStore:
    """Paces, probes and turns, shared by every thread, process and machine that opens the same store.

    Every method may raise `StoreError`, whose message says what is wrong with the store and what to do.

    Args:
        url: An SQLAlchemy URL; unless given, `WAITWISE_STORE`, else SQLite in the user's data folder. SQLite serves
            one machine, PostgreSQL (`postgresql+psycopg://…`) several.
        clock: The machine's own unless given.
    """

    def __init__(self, url: str | None = None, *, clock: Clock | None = None) -> None:
        self.url = url or default_url()
        self.clock = clock or MachineClock()
        self._opened: Opened | None = None
        self._lock = threading.Lock()

    @property
    def opened(self) -> Opened:
        """The store, opened on first use."""
        with self._lock:
            if self._opened is None:
                from . import engine, lease, paces, probes, send_lock  # noqa: PLC0415 - loads SQLAlchemy: only here

                database = engine.Database(self.url)
                leases = lease.Leases(database, self.clock)
                rows = probes.Probes(database, self.clock, leases)
                lock = partial(send_lock.lock_of, database)
                self._opened = Opened(database, paces.Paces(database, self.clock), rows, leases, lock)
            return self._opened

    @property
    def database(self) -> Database:
        """What the rows are read from and written to."""
        return self.opened.database

    @property
    def kept(self) -> Paces:
        """The rows of the paces and of their turns."""
        return self.opened.paces

    @property
    def probes(self) -> Probes:
        """The probes that are stored, to read."""
        return self.opened.probes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close what is open; the store opens again when it is used again."""
        with self._lock:
            if self._opened is not None:
                self._opened.database.close()
                self._opened = None

    def target(self, url: str, method: str = "GET", credential: str = "") -> Target:
        """The target of an address, with the fingerprint of `credential` or of what the address itself carries.

        Raises:
            ValueError: When it is no http or https address.
        """
        secret = credential or credential_of(url)
        try:
            normal = requests.Request("GET", url).prepare().url or ""
        except requests.RequestException as error:
            raise ValueError("a pace is kept for an http or https address: write it whole, https://…") from error
        return Target.of(normal, method, fingerprint(secret, self.database.key) if secret else "")

    def keep(
        self,
        url: str,
        wait: float,
        verdict: Verdict | None = None,
        method: str = "GET",
        credential: str = "",
        *,
        refusal_rate: float = PROMISE,
        probe: str = "",
    ) -> Pace:
        """Keep a pace for the target of `url`, in place of an earlier one; from now on it is obeyed.

        Args:
            url: The address; its query is no part of the target.
            wait: Seconds between the starts of two requests.
            verdict: What the wait stands on; none where it is set by hand.
            method: Of the requests.
            credential: The secret by which the service knows the caller (see `credential_of`). Only its fingerprint
                is kept.
            refusal_rate: The share of refused requests that the pace promises not to exceed.
            probe: The id of the stored probe that found it.

        Raises:
            ValueError: When the address, the wait or the refusal rate is none.
        """
        # REFACTOR-EMPTY

        kind = verdict.kind if verdict else BY_HAND
        pace = Pace(
            target=self.target(url, method, credential),
            wait=float(wait),
            kind=kind,
            found=self.clock.today(),
            promise=refusal_rate,
            recheck_after=RECHECK_AFTER.get(kind, DAY),
            evidence=replace(verdict, limiter=None) if verdict else None,
            probe=probe,
        )
        self.kept.keep(pace)
        return pace

    def pace(self, url: str, method: str = "GET", credential: str = "") -> Pace | None:
        """The pace for the target of `url`, or `None`. One kept for anybody serves a caller who has none of its own."""
        return self.pace_of(self.target(url, method, credential))

    def pace_of(self, target: Target) -> Pace | None:
        """The pace for a target; see `pace`."""
        # REFACTOR-EMPTY

        return self.kept.find(target)

    def paces(self) -> list[Pace]:
        """Every pace, the newest first."""
        # REFACTOR-EMPTY

        return self.kept.every()

    def renew(self, target: Target, how: str) -> None:
        """Date a pace anew after a re-check that found it to hold; `how` is a sentence that is kept with it."""
        # REFACTOR-EMPTY

        self.kept.renew(target.key, how)

    def forget(self, target: Target) -> None:
        """Forget a pace: its target is asked freely from now on. Its probes stay."""
        # REFACTOR-EMPTY

        self.kept.forget(target)

    def begin(
        self,
        url: str,
        settings: Mapping[str, Any],
        *,
        method: str = "GET",
        credential: str = "",
        secrets: Sequence[str] = (),
        lease: Lease | None = None,
    ) -> ProbeLog:
        """Begin the log of a probe.

        Args:
            url: The address; secrets in it are hidden in what is stored.
            settings: What a resumed probe must know (strategy, goal, budget): plain values, without secrets.
            method: Of the requests.
            credential: The secret by which the service knows the caller.
            secrets: Other texts that may appear in nothing that is stored (see `credential.secrets_in`).
            lease: Checked with every entry, so that a prober who lost its target stops.
        """
        target = self.target(url, method, credential)
        hidden = (credential, secrets_in(url), *secrets)
        return self.probes.begin(target, url, json.dumps(dict(settings)), hidden, lease)

    def resume(self, probe: str, *, secrets: Sequence[str] = (), lease: Lease | None = None) -> ProbeLog:
        """Go on with the log of a probe that broke off; see `Probes.resume`."""
        return self.probes.resume(probe, secrets, lease)

    def lease(self, target: Target, holder: str, *, seconds: float = 15.0) -> Lease:
        """Take the right to probe a target; see `Lease`.

        Raises:
            AlreadyProbed: When somebody else has it.
        """
        return self.opened.leases.take(target, holder, seconds)

    def send_lock(self, key: str) -> SendLock:
        """The lock of a target that no two senders hold at a time, and that the death of its holder releases."""
        return self.opened.lock(key)
