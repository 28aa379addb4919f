"""The paces that are kept and the turns that are taken at them: what a store holds of each, and what changes it. IO."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, literal, select, update
from sqlalchemy import func as sql

from widgets.model.pace import Pace, Target, facts_of, verdict_of
from widgets.pace import slowdown

from .schema import paces, turns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Row

    from widgets.pace.clock import Clock

    from .engine import Database

LONGEST = 1e9
"""Seconds: an infinite Retry-After is stored as 30 years."""


@dataclass(frozen=True, slots=True)
class Turns:
    """What the store knows of the requests to one target.

    Attributes:
        wait: Seconds between the starts of two requests, as it is now.
        sends: How many requests were begun; grows with each.
        open: Whether the last one was begun and not yet recorded as sent.
        clock: The id of the clock of `sent`.
        sent: When the last request had been sent, seconds on that clock.
        holds: How often the service said when to come back.
        held_clock: The id of the clock of `held`.
        held: When it last said so.
        hold: For how many seconds from then on nothing may be sent.
    """

    wait: float
    sends: int = 0
    open: bool = False
    clock: str = ""
    sent: float = 0.0
    holds: int = 0
    held_clock: str = ""
    held: float = 0.0
    hold: float = 0.0


class Paces:
    """The rows of the paces and of their turns."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def keep(self, pace: Pace) -> None:
        """Put the pace in the place of an earlier one. Its first turn comes one wait from now.

        What found the wait may have sent its last request a moment ago, and knows nothing of turns.
        """
        target, clock = pace.target, self._clock
        row = {name: getattr(pace, name) for name in ("wait", "kind", "found", "promise", "recheck_after", "probe")}
        row |= asdict(target) | {"target": target.key}
        row |= {"evidence": json.dumps(facts_of(pace.evidence)) if pace.evidence else None}
        row |= {"accepted": 0, "refused": 0, "slowed": 0, "last_refused": None, "doubtful_since": None}
        row |= {"factor": 1.0, "alarm": 0.0}
        with self._database.write() as connection:
            self._database.upsert(connection, paces, row)
            stamp = {"sends": 1, "open": 0, "sent_clock": clock.id, "sent": clock.now()}
            empty = {"holds": 0, "held_clock": "", "held": 0.0, "hold": 0.0}
            self._database.upsert(connection, turns, {"target": target.key} | stamp | empty, keep=True)
            # A request that is open now has the lock, and is not ours to record.
            connection.execute(
                update(turns)
                .where(turns.c.target == target.key, turns.c.open == 0)
                .values(sends=turns.c.sends + 1, sent_clock=clock.id, sent=stamp["sent"])
            )

    def take_in(self, found: Iterable[Pace]) -> int:
        """Keep paces that another store found, each where none as new is kept here; gives how many were."""
        known = {pace.target.key: pace.found for pace in self.every()}
        newer = [pace for pace in found if pace.found > known.get(pace.target.key, float("-inf"))]
        for pace in newer:
            self.keep(pace)
        return len(newer)

    def find(self, target: Target) -> Pace | None:
        """The pace for exactly this target, else the one that is kept for anybody."""
        keys = [target.key, Target(target.origin, target.path, target.method).key]
        with self._database.read() as connection:
            rows = {row.target: row for row in connection.execute(select(paces).where(paces.c.target.in_(keys)))}
        return next((_pace(rows[key]) for key in keys if key in rows), None)

    def every(self) -> list[Pace]:
        """Every pace, the newest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(paces).order_by(paces.c.found.desc(), paces.c.target)).all()
        return [_pace(row) for row in rows]

    def renew(self, key: str, how: str) -> None:
        """Date the pace anew, and take its doubts away; see `PaceStore.renew`."""
        with self._database.write() as connection:
            facts = connection.scalar(select(paces.c.evidence).where(paces.c.target == key))
            fresh: dict[str, Any] = {"found": self._clock.today(), "factor": 1.0, "alarm": 0.0, "slowed": 0}
            fresh["doubtful_since"] = None
            if facts:
                evidence = json.loads(facts)
                evidence["statement"] = (
                    f"{how} Found earlier: {evidence['statement'].rpartition(' Found earlier: ')[2]}"
                )
                fresh["evidence"] = json.dumps(evidence)
            connection.execute(update(paces).where(paces.c.target == key).values(**fresh))

    def forget(self, target: Target) -> None:
        """Remove the pace; what is known of its turns stays, for the next pace of that target."""
        with self._database.write() as connection:
            connection.execute(delete(paces).where(paces.c.target == target.key))

    def turns(self, key: str) -> Turns | None:
        """What is known of the requests to a target, or `None` where no pace is kept for it."""
        joined = select(turns, paces.c.wait, paces.c.factor).join(paces, paces.c.target == turns.c.target)
        with self._database.read() as connection:
            row = connection.execute(joined.where(turns.c.target == key)).first()
        if row is None:
            return None
        stamps = (row.sends, bool(row.open), row.sent_clock, row.sent, row.holds, row.held_clock, row.held, row.hold)
        return Turns(row.wait * max(1.0, row.factor), *stamps)

    def open_turn(self, key: str) -> None:
        """Record that a request is about to be sent; only the holder of the lock may."""
        with self._database.write_one() as connection:
            connection.execute(update(turns).where(turns.c.target == key).values(sends=turns.c.sends + 1, open=1))

    def close_turn(self, key: str) -> None:
        """Record that it had been sent by now."""
        sent = {"open": 0, "sent_clock": self._clock.id, "sent": self._clock.now()}
        with self._database.write_one() as connection:
            connection.execute(update(turns).where(turns.c.target == key).values(**sent))

    def note(self, key: str, *, refused: bool, hold: float | None) -> None:
        """Count an answer, slow down or ease off, and keep away for `hold` seconds; see `slowdown`.

        One statement does the arithmetic of `slowdown.Standing.after` in the store itself, since answers come to
        several processes at once.
        """
        clock = self._clock
        with self._database.write(durable=False) as connection:
            promise = connection.scalar(select(paces.c.promise).where(paces.c.target == key))
            if promise is None:
                return
            counted = _after(promise, clock.today(), refused=refused)
            connection.execute(update(paces).where(paces.c.target == key).values(**counted))
            if hold is not None:
                held = {"held_clock": clock.id, "held": clock.now(), "hold": min(hold, LONGEST)}
                connection.execute(update(turns).where(turns.c.target == key).values(holds=turns.c.holds + 1, **held))


def _after(promise: float, now: float, *, refused: bool) -> dict[str, Any]:
    how = slowdown.rule(promise)
    stretched = paces.c.factor * (slowdown.UP if refused else how.down)
    factor = case((stretched > slowdown.MOST, slowdown.MOST), (stretched < 1.0, 1.0), else_=stretched)
    ratio = how.refused if refused else how.accepted
    alarm = case((paces.c.alarm > slowdown.CEILING, slowdown.CEILING), else_=(paces.c.alarm + 1.0) * ratio)
    slowed = case((factor > 1.0, paces.c.slowed + 1), else_=0)
    doubtful = (alarm >= slowdown.ALARM) | (slowed >= slowdown.STUCK)
    since = sql.coalesce(paces.c.doubtful_since, case((doubtful, literal(now)), else_=None))
    counts = {"refused": paces.c.refused + 1, "last_refused": now} if refused else {"accepted": paces.c.accepted + 1}
    return counts | {"factor": factor, "alarm": alarm, "slowed": slowed, "doubtful_since": since}


def _pace(row: Row[Any]) -> Pace:
    return Pace(
        target=Target(row.origin, row.path, row.method, row.credential),
        wait=row.wait,
        kind=row.kind,
        found=row.found,
        promise=row.promise,
        recheck_after=row.recheck_after,
        evidence=verdict_of(json.loads(row.evidence)) if row.evidence else None,
        probe=row.probe,
        accepted=row.accepted,
        refused=row.refused,
        last_refused=row.last_refused,
        factor=row.factor,
        doubtful_since=row.doubtful_since,
    )
