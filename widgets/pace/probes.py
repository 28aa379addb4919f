"""The rows of probes and attempts. Loads SQLAlchemy: import it late."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import func as sql
from sqlalchemy import select, update

from widgets.model.pace import Evidence, Target

from .lease import lost
from .leases import stands
from .log import Entry, StoredProbe
from .schema import attempts, probes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Connection, Row

    from widgets.model.attempt import Attempt, Step, Verdict

    from .database import Database
    from .lease import Lease


def begin(database: Database, probe: StoredProbe, lease: Lease | None) -> None:
    """Store a new probe."""
    row = {"id": probe.id, "target": probe.target.key, "url": probe.url, "settings": json.dumps(dict(probe.settings))}
    with database.write() as connection:
        fenced(connection, lease)
        connection.execute(probes.insert().values(**row, **asdict(probe.target), began=probe.began))


def get(database: Database, probe: str) -> StoredProbe:
    """One probe; raises `KeyError` when there is none."""
    with database.read() as connection:
        row = connection.execute(select(probes).where(probes.c.id == probe)).first()
    if row is None:
        raise KeyError(probe)
    return _probe(row)


def unfinished(database: Database, target: Target | None) -> list[StoredProbe]:
    """Those without a verdict, the newest first."""
    query = select(probes).where(probes.c.finished.is_(None)).order_by(probes.c.began.desc())
    with database.read() as connection:
        rows = connection.execute(query if target is None else query.where(probes.c.target == target.key)).all()
    return [_probe(row) for row in rows]


def broken_off(database: Database, running: Collection[str], most: int) -> list[tuple[StoredProbe, int]]:
    """Of the newest without a verdict those that measured something, with how often; `running` ones are left out."""
    newest = select(probes).where(probes.c.finished.is_(None), probes.c.id.not_in(list(running)))
    found = newest.order_by(probes.c.began.desc()).limit(most).subquery()
    asked = select(attempts.c.probe, sql.count().label("made")).where(attempts.c.answered == 1)
    counts = asked.where(attempts.c.probe.in_(select(found.c.id))).group_by(attempts.c.probe).subquery()
    query = select(found, counts.c.made).join(counts, counts.c.probe == found.c.id).order_by(found.c.began.desc())
    with database.read() as connection:
        return [(_probe(row), int(row.made)) for row in connection.execute(query)]


def history(database: Database, target: Target, most: int) -> list[tuple[float, Evidence]]:
    """The newest verdicts of a target with the moment of each, the newest last."""
    query = select(probes.c.finished, probes.c.verdict).where(
        probes.c.target == target.key, probes.c.verdict.is_not(None)
    )
    with database.read() as connection:
        rows = connection.execute(query.order_by(probes.c.finished.desc()).limit(most)).all()
    return [(row.finished, Evidence.read(json.loads(row.verdict))) for row in reversed(rows)]


def count(database: Database, probe: str) -> int:
    """How many answered attempts a probe has."""
    query = select(sql.count()).select_from(attempts).where(attempts.c.probe == probe, attempts.c.answered == 1)
    with database.read() as connection:
        return int(connection.scalar(query) or 0)


def entries(database: Database, probe: str, after: int = 0) -> list[Entry]:
    """The answered attempts of one probe, in order."""
    query = select(attempts).where(attempts.c.probe == probe, attempts.c.number > after, attempts.c.answered == 1)
    with database.read() as connection:
        rows = connection.execute(query.order_by(attempts.c.number)).all()
    return [_entry(row) for row in rows]


def asking(database: Database, probe: str, step: Step, number: int, started: float, lease: Lease | None) -> None:
    """Store a request that is about to be sent."""
    asked = {"wait": step.wait if number > 1 else None, "started": started, "answered": 0}
    with database.write(durable=False) as connection:
        fenced(connection, lease)
        database.upsert(connection, attempts, {"probe": probe, "number": number} | _step(step) | asked)


def add(
    database: Database, probe: str, step: Step, attempt: Attempt, headers: str, error: str, lease: Lease | None
) -> None:
    """Store an attempt."""
    names = ("number", "wait", "spacing", "started", "latency", "status")
    row = {name: getattr(attempt, name) for name in names}
    row |= {"probe": probe, "headers": headers, "error": error, "answered": 1}
    with database.write() as connection:
        fenced(connection, lease)
        database.upsert(connection, attempts, row | _step(step))


def give_up(database: Database, probe: str, lease: Lease | None, why: str) -> None:
    """Turn a request whose answer was not stored any more into an attempt that failed."""
    with database.write() as connection:
        fenced(connection, lease)
        asked = attempts.c.probe == probe
        row = connection.execute(select(attempts).where(asked, attempts.c.answered == 0)).first()
        if row is None:
            return
        earlier = select(sql.max(attempts.c.started)).where(asked, attempts.c.answered == 1)
        before = connection.scalar(earlier)
        failed: dict[str, Any] = {"latency": 0.0, "headers": "{}", "error": why, "answered": 1}
        # It was announced shortly before it was due, and not sent before then.
        started = row.started if before is None else max(row.started, before + row.step_wait)
        failed |= {"started": started, "spacing": None if before is None else started - before}
        connection.execute(update(attempts).where(asked, attempts.c.number == row.number).values(**failed))


def finish(database: Database, probe: str, verdict: Verdict, now: float, lease: Lease | None) -> None:
    """Store the verdict."""
    facts = json.dumps(asdict(Evidence.of(verdict)))
    with database.write() as connection:
        fenced(connection, lease)
        connection.execute(update(probes).where(probes.c.id == probe).values(verdict=facts, finished=now))


def fenced(connection: Connection, lease: Lease | None) -> None:
    """Let nothing be stored under a lease that somebody else has taken since.

    Raises:
        LeaseLost: When it was.
    """
    if lease is not None and not stands(connection, lease.target.key, lease.fence):
        raise lost(lease.target)


def reopen(database: Database, probe: str, settings: Mapping[str, Any], lease: Lease | None) -> None:
    """Take the verdict away again: the probe goes on, with other settings."""
    with database.write() as connection:
        fenced(connection, lease)
        fresh = {"settings": json.dumps(dict(settings)), "verdict": None, "finished": None}
        connection.execute(update(probes).where(probes.c.id == probe).values(**fresh))


def close(database: Database, target: Target, now: float, lease: Lease | None) -> None:
    """Close every probe of the target that has no verdict; their attempts stay."""
    with database.write() as connection:
        fenced(connection, lease)
        theirs = (probes.c.target == target.key) & probes.c.finished.is_(None)
        connection.execute(update(probes).where(theirs).values(finished=now))


def _step(step: Step) -> dict[str, Any]:
    return {"step_wait": step.wait, "phase": step.phase, "low": step.low, "high": step.high}


def _probe(row: Row[Any]) -> StoredProbe:
    return StoredProbe(
        id=row.id,
        target=Target(row.origin, row.path, row.method, row.credential),
        url=row.url,
        settings=json.loads(row.settings),
        began=row.began,
        finished=row.finished,
        verdict=Evidence.read(json.loads(row.verdict)) if row.verdict else None,
    )


def _entry(row: Row[Any]) -> Entry:
    facts = {name: getattr(row, name) for name in Entry.__dataclass_fields__ if name != "headers"}
    return Entry(**facts, headers=json.loads(row.headers))
