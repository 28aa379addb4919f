"""The paces that are kept, and everything that they stand on. IO.

SQLAlchemy takes a fifth of a second to load, so it is loaded with the first use of a store: by `PaceStore.opened`, and
nowhere else. The modules of this package import it as usual; whoever is outside asks a `PaceStore`.
"""

from __future__ import annotations

import dataclasses
import json
import os
import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import platformdirs

from widgets.http.secrets import credential_of, fingerprint, secrets_in
from widgets.model.pace import BY_HAND, DAY, RECHECK_AFTER, Pace, Target, burst_of
from widgets.pace.clock import MachineClock
from widgets.pace.slowdown import PROMISE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from widgets.model.attempt import Verdict
    from widgets.pace.clock import Clock
    from widgets.pace.shortening import Trying

    from .engine import Database
    from .lease import Lease, Leases
    from .paces import Held, Paces
    from .probes import ProbeLog, Probes
    from .queue import Queue
    from .send_lock import SendLock

VARIABLE = "WAITWISE_STORE"


def default_url(name: str = "paces.sqlite") -> str:
    """What `WAITWISE_STORE` says, else a file of SQLite of that name in this user's data folder.

    Where it says nothing, as `WAITWISE_STORE=$FORGOTTEN` does, that is no address: whoever sets it shares a store with
    others, and another one knows none of their paces.
    """
    said = os.environ.get(VARIABLE)
    return usual_url(name) if said is None else said


def usual_url(name: str = "paces.sqlite") -> str:
    """A file of SQLite of that name in this user's data folder."""
    return f"sqlite:///{platformdirs.user_data_path('waitwise') / name}"


@dataclass(frozen=True)
class Opened:
    """A store that is open: its tables, each with what can be done with its rows."""

    database: Database
    paces: Paces
    probes: Probes
    leases: Leases
    queue: Queue
    lock: Callable[[Sequence[str]], SendLock]


class PaceStore:
    """Paces, probes and turns, shared by every thread, process and machine that opens the same store.

    Every method may raise `StoreError`, whose message says what is wrong with the store and what to do.

    Args:
        url: An SQLAlchemy URL; unless given, `WAITWISE_STORE`, else SQLite in the user's data folder. SQLite serves
            one machine, PostgreSQL (`postgresql+psycopg://…`) several.
        clock: The machine's own unless given.

    A pace governs a service and a caller; a narrower one can be kept beside it, and the narrowest that fits governs:

    >>> from tempfile import TemporaryDirectory
    >>> folder = TemporaryDirectory()
    >>> store = PaceStore(f"sqlite:///{folder.name}/paces.sqlite")
    >>> store.keep("https://api.example.org/v1/items?page=2", wait=2.5).governs
    'https://api.example.org, all of it'
    >>> store.keep("https://api.example.org/v1/search", wait=10, scope="path").governs
    'GET https://api.example.org/v1/search'
    >>> [store.pace(f"https://api.example.org/v1/{name}").wait for name in ("items", "search", "unknown")]
    [2.5, 10.0, 2.5]
    >>> store.pace("https://elsewhere.example/") is None
    True

    What cannot be kept is said:

    >>> store.keep("ftp://example.org/", wait=1)
    Traceback (most recent call last):
    ValueError: a pace is kept for an http or https address, not for 'ftp://example.org/'
    >>> store.close()
    >>> folder.cleanup()
    """

    def __init__(self, url: str | None = None, *, clock: Clock | None = None) -> None:
        self.url = default_url() if url is None else url
        self.clock = clock or MachineClock()
        self._opened: Opened | None = None
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        """Where it is, for another program: absolute, with `***` for a password; empty where it is the usual one.

        >>> PaceStore("sqlite:///paces.sqlite").address.endswith("/paces.sqlite")
        True
        >>> PaceStore("postgresql+psycopg://me:hush@db/paces").address
        'postgresql+psycopg://me:***@db/paces'
        """
        if self.url == usual_url():
            return ""
        from sqlalchemy import make_url  # noqa: PLC0415 - as below
        from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

        try:
            url = make_url(self.url)
        except (ArgumentError, ValueError):  # which whoever opens it is told
            return ""
        if url.get_backend_name() == "sqlite" and url.database and not url.database.startswith("file:"):
            url = url.set(database=os.path.abspath(url.database))  # noqa: PTH100 - links are left as they are
        if "password" in url.query:
            url = url.update_query_dict({"password": "***"})
        return url.render_as_string(hide_password=True).replace("%2A%2A%2A", "***")

    @property
    def opened(self) -> Opened:
        """The store, opened on first use."""
        with self._lock:
            if self._opened is None:
                from . import engine, lease, paces, probes, queue, send_lock  # noqa: PLC0415 - loads SQLAlchemy: only here

                database = engine.Database(self.url)
                leases = lease.Leases(database, self.clock)
                rows = probes.Probes(database, self.clock, leases)
                waiting, lock = queue.Queue(database, self.clock), partial(send_lock.lock_of, database)
                self._opened = Opened(database, paces.Paces(database, self.clock), rows, leases, waiting, lock)
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
    def queue(self) -> Queue:
        """Who waits for a turn, in the order of their coming."""
        return self.opened.queue

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
        import requests  # noqa: PLC0415 - a page opens without it

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
        scope: str = "origin",
        replace: bool = False,
        trying: Trying | None = None,
    ) -> Pace:
        """Keep a pace for the service of `url` and a caller; gives the one that is in force, and obeyed from now on.

        One that is `stated` or `estimated` does not take the place of a stronger one (estimated < stated < certified)
        unless a person wants it. One that is set by hand is what a person wants.

        Args:
            url: The address; its query is no part of the target.
            wait: Seconds between the starts of two requests; more than 0.
            verdict: What the wait stands on; none where it is set by hand.
            method: Of the requests.
            credential: The secret by which the service knows the caller (see `credential_of`). Only its fingerprint
                is kept.
            refusal_rate: The share of refused requests that the pace promises not to exceed.
            probe: The id of the stored probe that found it.
            scope: What it governs: the whole `origin`, all paths and methods; the `path` of the address with its
                method; or a prefix of paths such as `/v1`. The narrowest that fits governs a request, which counts
                for the wider ones too.
            replace: Whether it takes the place of a stronger one too.
            trying: How it is tried shorter by those who use it while they learn, and longer; not at all unless given.

        Raises:
            ValueError: When the address, the wait, the refusal rate or the scope is none, and when the scope does not
                govern the address.
        """
        if wait == 0:
            raise ValueError(
                "wait must be more than 0 s, got 0: at no wait nothing is kept back, so there is no pace to keep. Keep "
                "none, or `forget` the one that is kept; for a path beside a slower pace keep a short one, as 0.001."
            )
        kind = verdict.kind if verdict else BY_HAND
        pace = Pace(
            target=self.target(url, method, credential),
            wait=float(wait),
            kind=kind,
            found=self.clock.today(),
            promise=refusal_rate,
            recheck_after=RECHECK_AFTER.get(kind, DAY),
            evidence=dataclasses.replace(verdict, limiter=None) if verdict else None,
            probe=probe,
            scope=self._scope(url, scope),
            burst=burst_of([attempt for _, attempt in self.probes.attempts(probe)], float(wait)) if probe else 1,
        )
        return self.kept.keep(pace, replacing=replace or verdict is None, trying=trying)

    def _scope(self, url: str, scope: str) -> str:
        """A prefix in the spelling of paths; the root is the whole origin.

        Raises:
            ValueError: When it does not lie above the address, so that the pace would not govern what it is kept for.
        """
        if not scope.startswith("/"):
            return scope
        target = self.target(url)
        path = self.target(target.origin + scope).path.rstrip("/") or "origin"
        if not target.within_reach(path):
            above = ", ".join(repr(each) for each in (*target.prefixes, "path", "origin"))
            raise ValueError(
                f"scope {path!r} does not govern {target.path!r}, for which the pace is kept: requests there would not "
                f"obey it. Give an address below {path!r}, or as the scope one of {above}."
            )
        return path

    def pace(self, url: str, method: str = "GET", credential: str = "") -> Pace | None:
        """The pace that governs requests to `url`, or `None`.

        One kept for anybody serves a caller who has none. A path of a known service for which none fits is governed by
        the slowest pace of that service.
        """
        return self.pace_of(self.target(url, method, credential))

    def pace_of(self, target: Target) -> Pace | None:
        """The pace that governs requests to a target; see `pace`."""
        return self.kept.find(target)

    def paces(self) -> list[Pace]:
        """Every pace, the newest first."""
        return self.kept.every()

    def renew(self, pace: Pace, how: str) -> None:
        """Date a pace anew after a re-check that found it to hold; `how` is a sentence that is kept with it."""
        self.kept.renew(pace.key, how)

    def rescope(self, pace: Pace, scope: str) -> None:
        """Let a pace govern more or less than before; see `keep`.

        Raises:
            ValueError: When the scope is none, or another pace has it already.
        """
        self.kept.rescope(pace.key, self._scope(pace.target.url, scope))

    def forget(self, pace: Pace) -> None:
        """Forget a pace, and whatever holds it: what it governed is asked freely from now on. Its probes stay."""
        self.kept.forget(pace.key)

    def held(self) -> list[Held]:
        """The services that said to stay away, as long as they are obeyed.

        A service is obeyed for a day at most; for longer by the word of a person, `obey`.
        """
        return self.kept.held()

    def lift(self, held: Held) -> None:
        """Ask again before the time that the service said."""
        self.kept.lift(held.key)

    def obey(self, held: Held) -> None:
        """Stay away for the whole time that the service said, though it is more than a day."""
        self.kept.obey(held.key)

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

    def end_probe(self, target: Target) -> None:
        """Take the right to probe a target from whoever has it: that probe stops before its next request.

        What it has stored can be gone on with.
        """
        self.opened.leases.revoke(target)

    def send_lock(self, keys: Sequence[str]) -> SendLock:
        """The lock of the paces with these keys; no two senders hold it at a time, and a holder's death releases it."""
        return self.opened.lock(keys)
