"""The probes that are stored: every request before it is sent, every answer before the next one. IO.

A probe that was interrupted is resumed by replaying its attempts into a fresh strategy. The step whose answer was not
stored any more is not sent again: it was sent, and counts as an attempt that failed.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import func as sql
from sqlalchemy import select, update

from widgets.http.secrets import Scrubber, without_secrets
from widgets.model.attempt import Attempt, Step
from widgets.model.pace import ANY, StoredProbe, Target, facts_of, verdict_of

from .faults import of_row
from .lease import lost
from .schema import attempts, probes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Row

    from widgets.model.attempt import Verdict
    from widgets.model.pace import Past
    from widgets.pace.clock import Clock

    from .engine import Database
    from .lease import Lease, Leases

LOST = "the answer was lost: the probe broke off before it was stored"
FACTS = tuple(field.name for field in fields(Attempt) if field.name in attempts.c and field.name != "headers")
"""What of an attempt has a column of its own, its headers apart."""


class ProbeLog:
    """Where one probe is written to as it goes.

    Attributes:
        id: Of the probe.
        known: The attempts that were stored when it was begun or resumed, each with its step.
        since: Seconds since the probe began, pauses included.
    """

    def __init__(
        self, rows: Probes, probe: StoredProbe, known: Past, secrets: Sequence[str], lease: Lease | None
    ) -> None:
        self.id, self.known = probe.id, tuple(known)
        self._rows, self._lease = rows, lease
        self._scrubber = Scrubber(secrets)
        last = known[-1][1] if known else None
        # A wall clock that was set back must not let the probe begin in its own future.
        least = last.started + last.latency if last else 0.0
        self.since = max(least, rows.clock.today() - probe.began)
        self._origin = rows.clock.now() - self.since
        if lease is not None:
            lease.follow(self.id)

    def asking(self, step: Step, number: int) -> None:
        """Store that request `number` is about to be sent.

        Raises:
            LeaseLost: When another prober has taken over; then it must not be sent.
        """
        self.check()
        self._rows.asking(self.id, step, number, self._rows.clock.now() - self._origin, self._lease)

    def check(self) -> None:
        """Make sure that the target is still this prober's.

        Raises:
            LeaseLost: When another prober has taken over.
        """
        if self._lease is not None:
            self._lease.check()

    def add(self, step: Step, attempt: Attempt) -> None:
        """Store an attempt; when this returns, not even a power cut can take it away.

        Raises:
            LeaseLost: When another prober has taken over.
        """
        self._rows.add(self.id, step, attempt, self._scrubber, self._lease)

    def finish(self, verdict: Verdict) -> None:
        """Store the verdict; the probe is over."""
        self._rows.finish(self.id, verdict, self._lease)


class Probes:
    """The probes of a store, to write, to read, to close and to open again."""

    def __init__(self, database: Database, clock: Clock, leases: Leases) -> None:
        self._database, self.clock, self._leases = database, clock, leases

    def begin(
        self, target: Target, url: str, settings: str, secrets: Sequence[str] = (), lease: Lease | None = None
    ) -> ProbeLog:
        """Store a new probe; see `PaceStore.begin`."""
        shown, plain = Scrubber(secrets).text(without_secrets(url)), json.loads(settings)
        new = StoredProbe(uuid.uuid4().hex, target, shown, plain, self.clock.today(), None, None)
        row = {"id": new.id, "target": target.key, "url": shown, "settings": settings, "began": new.began}
        with self._database.write() as connection:
            fenced(connection, lease)
            connection.execute(probes.insert().values(**row, **asdict(target)))
        return ProbeLog(self, new, (), secrets, lease)

    def resume(self, probe: str, secrets: Sequence[str] = (), lease: Lease | None = None) -> ProbeLog:
        """Go on with a probe that was interrupted; only its own attempts are loaded.

        Raises:
            KeyError: When there is no such probe.
            ValueError: When it has a verdict already.
        """
        stored = self.get(probe)
        if stored.finished is not None:
            raise ValueError("this probe has its verdict: begin a new one to measure again")
        self.give_up(probe, lease)
        return ProbeLog(self, stored, self.attempts(probe), secrets, lease)

    def get(self, probe: str) -> StoredProbe:
        """One probe.

        Raises:
            KeyError: When there is none of that id.
        """
        with self._database.read() as connection:
            row = connection.execute(select(probes).where(probes.c.id == probe)).first()
        if row is None:
            raise KeyError(probe)
        return _probe(row)

    def newest(self, target: Target) -> StoredProbe | None:
        """The probe of a target that was begun last, whatever it ended in."""
        query = select(probes).where(probes.c.target == target.key).order_by(probes.c.began.desc()).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else _probe(row)

    def unfinished(self, target: Target | None = None) -> list[StoredProbe]:
        """Probes without a verdict, the newest first; those that run now are among them."""
        query = select(probes).where(probes.c.finished.is_(None)).order_by(probes.c.began.desc())
        with self._database.read() as connection:
            rows = connection.execute(query if target is None else query.where(probes.c.target == target.key)).all()
        return [_probe(row) for row in rows]

    def interrupted(self, most: int = 50) -> list[tuple[StoredProbe, int]]:
        """The newest probes that can be gone on with, each with the number of its attempts."""
        newest = select(probes).where(*self._resumable())
        found = newest.order_by(probes.c.began.desc()).limit(most).subquery()
        asked = select(attempts.c.probe, sql.count().label("made")).where(attempts.c.answered == 1)
        counts = asked.where(attempts.c.probe.in_(select(found.c.id))).group_by(attempts.c.probe).subquery()
        query = select(found, counts.c.made).join(counts, counts.c.probe == found.c.id).order_by(found.c.began.desc())
        with self._database.read() as connection:
            return [(_probe(row), int(row.made)) for row in connection.execute(query)]

    def interrupted_count(self) -> int:
        """How many probes can be gone on with."""
        begun = select(attempts.c.probe).where(attempts.c.probe == probes.c.id, attempts.c.answered == 1).exists()
        query = select(sql.count()).select_from(probes).where(*self._resumable(), begun)
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)

    def _resumable(self) -> tuple[ColumnElement[bool], ...]:
        running = list(self._leases.running())
        # What is learned from wanted requests goes on with the next of them: it is no probe that somebody resumes.
        return probes.c.finished.is_(None), probes.c.method != ANY, probes.c.id.not_in(running)

    def learning(self) -> list[StoredProbe]:
        """The lessons from wanted requests that have no verdict yet, the newest first.

        One of which nothing came, as of a service that is down, has taught nothing.
        """
        # Asked of each lesson, of which there are few: by a list of all begun ones a million attempts would be read.
        begun = select(attempts.c.probe).where(attempts.c.probe == probes.c.id, attempts.c.answered == 1).exists()
        query = select(probes).where(probes.c.finished.is_(None), probes.c.method == ANY, begun)
        with self._database.read() as connection:
            return [_probe(row) for row in connection.execute(query.order_by(probes.c.began.desc()))]

    def history(self, target: Target, most: int = 30) -> list[tuple[float, Verdict]]:
        """What the newest probes of a target ended in, and when (epoch seconds), the newest last."""
        query = select(probes.c.finished, probes.c.verdict).where(
            probes.c.target == target.key, probes.c.verdict.is_not(None)
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(probes.c.finished.desc()).limit(most)).all()
        return [_ended(row) for row in reversed(rows)]

    def attempts(self, probe: str, after: int = 0) -> list[tuple[Step, Attempt]]:
        """What was asked and answered, from number `after` + 1 on; a follower asks for the rest each time."""
        query = select(attempts).where(attempts.c.probe == probe, attempts.c.number > after, attempts.c.answered == 1)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(attempts.c.number)).all()
        return [(Step(row.step_wait, row.phase, row.low, row.high), _attempt(row)) for row in rows]

    def count(self, probe: str) -> int:
        """How many answered attempts one probe has."""
        query = select(sql.count()).select_from(attempts).where(attempts.c.probe == probe, attempts.c.answered == 1)
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)

    def last_request(self, probe: StoredProbe) -> float:
        """When the last request of a probe was sent, in epoch seconds; when it began where it has sent none."""
        query = select(sql.max(attempts.c.started)).where(attempts.c.probe == probe.id)
        with self._database.read() as connection:
            return min(self.clock.today(), probe.began + float(connection.scalar(query) or 0.0))

    def running(self, target: Target) -> tuple[str, str] | None:
        """Who probes the target now, and the id of the probe; `None` where nobody does."""
        row = self._leases.holder(target.key)
        return (row.holder, row.probe) if row is not None else None

    def close(self, target: Target, lease: Lease | None = None) -> None:
        """Close every interrupted probe of the target: it is not gone on with, and its attempts stay."""
        with self._database.write() as connection:
            fenced(connection, lease)
            theirs = (probes.c.target == target.key) & probes.c.finished.is_(None)
            connection.execute(update(probes).where(theirs).values(finished=self.clock.today()))

    def reopen(self, probe: str, settings: Mapping[str, Any], lease: Lease | None = None) -> None:
        """Let a probe that has its verdict go on, towards another one, with these settings."""
        with self._database.write() as connection:
            fenced(connection, lease)
            fresh = {"settings": json.dumps(dict(settings)), "verdict": None, "finished": None}
            connection.execute(update(probes).where(probes.c.id == probe).values(**fresh))

    def asking(self, probe: str, step: Step, number: int, started: float, lease: Lease | None) -> None:
        """Store a request that is about to be sent; see `ProbeLog.asking`."""
        asked = {"wait": step.wait if number > 1 else None, "started": started, "answered": 0}
        with self._database.write(durable=False) as connection:
            fenced(connection, lease)
            self._database.upsert(connection, attempts, {"probe": probe, "number": number} | _step(step) | asked)

    def add(self, probe: str, step: Step, attempt: Attempt, scrubber: Scrubber, lease: Lease | None) -> None:
        """Store an attempt; see `ProbeLog.add`."""
        row = {name: getattr(attempt, name) for name in FACTS} | {"error": scrubber.text(attempt.error)}
        row |= {"probe": probe, "headers": json.dumps(scrubber.headers(attempt.headers)), "answered": 1}
        with self._database.write() as connection:
            fenced(connection, lease)
            self._database.upsert(connection, attempts, row | _step(step))

    def finish(self, probe: str, verdict: Verdict, lease: Lease | None) -> None:
        """Store the verdict; see `ProbeLog.finish`."""
        ended = {"verdict": json.dumps(facts_of(verdict)), "finished": self.clock.today()}
        with self._database.write() as connection:
            fenced(connection, lease)
            connection.execute(update(probes).where(probes.c.id == probe).values(**ended))

    def give_up(self, probe: str, lease: Lease | None = None) -> None:
        """Turn a request whose answer was not stored any more into an attempt that failed; nobody else may ask now."""
        left = select(sql.count()).where(attempts.c.probe == probe, attempts.c.answered == 0)
        with self._database.read() as connection:
            if not connection.scalar(left):
                return
        with self._database.write() as connection:
            fenced(connection, lease)
            asked = attempts.c.probe == probe
            row = connection.execute(select(attempts).where(asked, attempts.c.answered == 0)).first()
            if row is None:
                return
            earlier = select(sql.max(attempts.c.started)).where(asked, attempts.c.answered == 1)
            before = connection.scalar(earlier)
            failed: dict[str, Any] = {"latency": 0.0, "headers": "{}", "error": LOST, "answered": 1}
            # It was announced shortly before it was due, and not sent before then.
            started = row.started if before is None else max(row.started, before + row.step_wait)
            failed |= {"started": started, "spacing": None if before is None else started - before}
            connection.execute(update(attempts).where(asked, attempts.c.number == row.number).values(**failed))


def fenced(connection: Connection, lease: Lease | None) -> None:
    """Let nothing be stored under a lease that somebody else has taken since.

    Raises:
        LeaseLost: When it was.
    """
    if lease is not None and not lease.stands(connection):
        raise lost(lease.target)


def _step(step: Step) -> dict[str, Any]:
    return {"step_wait": step.wait, "phase": step.phase, "low": step.low, "high": step.high}


@of_row
def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(**{name: getattr(row, name) for name in FACTS}, headers=json.loads(row.headers))


@of_row
def _ended(row: Row[Any]) -> tuple[float, Verdict]:
    return float(row.finished), verdict_of(json.loads(row.verdict))


@of_row
def _probe(row: Row[Any]) -> StoredProbe:
    return StoredProbe(
        id=row.id,
        target=Target(row.origin, row.path, row.method, row.credential),
        url=row.url,
        settings=json.loads(row.settings),
        began=row.began,
        finished=row.finished,
        verdict=verdict_of(json.loads(row.verdict)) if row.verdict else None,
    )
