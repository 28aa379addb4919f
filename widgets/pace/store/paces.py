"""The paces that are kept and the turns that are taken at them: what a store holds of each, and what changes it. IO."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Double, and_, bindparam, case, delete, false, not_, or_, select, true, update
from sqlalchemy import func as sql

from widgets.model.pace import DAY, RECHECK_AFTER, Pace, Target, facts_of, verdict_of
from widgets.pace import shortening, slowdown, use

from .engine import EARLY, Prepared
from .faults import of_row
from .queue import GIVE_UP, GONE, NOBODY, STANDING
from .schema import MIGRATIONS, meta, newer, paces, turns, waiters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Row

    from widgets.pace.clock import Clock

    from .engine import Database
    from .queue import Place

LONGEST = 1e9
"""Seconds: an infinite Retry-After is stored as 30 years."""
OBEYED = DAY
"""Seconds for which a service is obeyed that says to stay away; for longer only by the word of a person."""


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
        key: Of the pace, or of the whole service where no pace is kept.
        paced: Whether a pace is kept; else only a hold is.
        fits: Whether it is kept for what is asked; else it is the slowest of the service, which governs the rest.
        ahead: How many wait for it that came before the one who looks.
        waiting: How many wait for it in all.
        eldest: How many requests had been begun when the first of these came.
        queued: Whether the place of the one who looks is there.
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
    key: str = ""
    paced: bool = True
    fits: bool = True
    ahead: int = 0
    waiting: int = 0
    eldest: int = 0
    queued: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A service that said to stay away.

    Attributes:
        key: Of the pace or the service.
        name: What is held.
        left: Seconds for which nothing is sent yet; where another machine was told, at most.
        asked: Seconds for which the service said to stay away, from then on.
        hold: Seconds of these that are obeyed.
    """

    key: str
    name: str
    left: float
    asked: float
    hold: float


FRESH: dict[str, Any] = {"factor": 1.0, "alarm": 0.0, "alarm_high": 0.0, "alarm_low": 0.0, "in_row": 0} | {
    "held": 0,
    "broke": 0,
    "run": 0,
    "longest": 0,
    "used_from": None,
    "used_to": None,
}
"""What the use of a pace has shown, before the first request."""
BEFORE = (
    *("wait", "kind", "evidence", "found", "recheck_after", "burst", "held", "broke", "longest"),
    *("used_from", "used_to", "alarm", "alarm_high", "alarm_low"),
)
"""What is known of a pace, and comes back with it where a shorter one was tried in vain."""
NO_TURN: dict[str, Any] = {"sends": 0, "open": 0, "sent_clock": "", "sent": 0.0} | {
    "holds": 0,
    "held_clock": "",
    "held": 0.0,
    "hold": 0.0,
    "asked": 0.0,
    "origin": "",
}
"""A row of turns before the first one."""


_OURS = and_(paces.c.origin == bindparam("origin"), paces.c.credential == bindparam("credential"))
_EXACT = and_(paces.c.scope == "path", paces.c.path == bindparam("path"), paces.c.method == bindparam("method"))
_GOVERNS: tuple[Any, ...] = (
    paces.c.target.label("pace"),
    paces.c.scope,
    paces.c.wait,
    paces.c.factor,
    *STANDING,
    turns,
)
_HELD_HERE = turns.c.target == sql.coalesce(paces.c.target, bindparam("service"))
_SERVICE = turns.alias("service")
_TOLD = tuple(_SERVICE.c[name].label(f"service_{name}") for name in ("holds", "held_clock", "held", "hold"))
"""What the whole service was told, beside each pace."""


@cache
def _fitting(scopes: int) -> Prepared:
    """The paces that fit what is asked, in one of so many scopes, with their turns, or the turns of the whole service.

    In each row is the version of the store: whoever goes on with one that was changed since it was opened would misread
    it.
    """
    fits = or_(_EXACT, paces.c.scope.in_([bindparam(f"scope{number}") for number in range(scopes)]))
    known = meta.outerjoin(paces, and_(_OURS, fits)).outerjoin(turns, _HELD_HERE)
    known = known.outerjoin(_SERVICE, _SERVICE.c.target == bindparam("service"))
    return Prepared(select(meta.c.value, *_GOVERNS, *_TOLD).select_from(known).where(meta.c.name == "version"))


SLOWEST = Prepared(
    select(*_GOVERNS)
    .join(turns, turns.c.target == paces.c.target)
    .where(_OURS)
    .order_by((paces.c.wait * paces.c.factor).desc())
    .limit(1)
)
PROMISE_OF = Prepared(
    select(paces.c.promise, paces.c.kind, paces.c.wait, paces.c.trying).where(paces.c.target == bindparam("key"))
)
ONE = select(paces).where(paces.c.target == bindparam("key"))
_LATER = (turns.c.sent_clock == bindparam("clock")) & (turns.c.sent > bindparam("now", type_=Double))
SENT = {
    "sent_clock": bindparam("clock"),
    "sent": case((_LATER, turns.c.sent), else_=bindparam("now", type_=Double)),
}
"""The stamp of this moment, or a later one that was recorded meanwhile on the same clock."""
# Statements that are made for each request are put together once: that takes longer than to run them.


class Paces:
    """The rows of the paces and of their turns."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def keep(self, pace: Pace, *, replacing: bool = True, trying: shortening.Trying | None = None) -> Pace:
        """Put the pace in the place of an earlier one of its scope; gives the one that is in force.

        Its first turn comes one wait from now: what found the wait may have sent its last request a moment ago, and
        knows nothing of turns.

        Args:
            pace: To be kept.
            replacing: Whether it may replace a stronger one.
            trying: How it is tried shorter as it is used, and made longer; not at all unless given.
        """
        clock = self._clock
        row = {name: getattr(pace, name) for name in ("wait", "kind", "found", "promise", "recheck_after", "probe")}
        row |= asdict(pace.target) | {"scope": pace.scope}
        row |= {"evidence": json.dumps(facts_of(pace.evidence)) if pace.evidence else None}
        row |= {"accepted": 0, "refused": 0, "slowed": 0, "last_refused": None, "doubtful_since": None}
        row |= FRESH | {"burst": pace.burst, "trying": trying.text if trying else None, "before": None}
        with self._database.write() as connection:
            earlier = connection.execute(select(paces).where(_same(pace.target, pace.scope))).first()
            if earlier is not None and not replacing and pace.weaker_than(known := _pace(earlier)):
                return known
            key = earlier.target if earlier is not None else _free_key(connection, pace)
            self._database.upsert(connection, paces, row | {"target": key})
            stamp = {"sends": 1, "open": 0, "sent_clock": clock.id, "sent": clock.now()}
            self._database.upsert(connection, turns, {"target": key} | NO_TURN | stamp, keep=True)
            # A request that is open now has the lock, and is not ours to record.
            connection.execute(
                update(turns)
                .where(turns.c.target == key, turns.c.open == 0)
                .values(sends=turns.c.sends + 1, sent_clock=clock.id, sent=stamp["sent"])
            )
        return replace(pace, key=key)

    def take_in(self, found: Iterable[Pace]) -> int:
        """Keep paces that another store found, each where none as new or stronger is kept; gives how many were."""
        taken = 0
        for pace in found:
            with self._database.read() as connection:
                row = connection.execute(select(paces).where(_same(pace.target, pace.scope))).first()
            if row is None or (pace.found > row.found and not pace.weaker_than(_pace(row))):
                self.keep(pace)
                taken += 1
        return taken

    def find(self, target: Target) -> Pace | None:
        """The pace that governs requests to a target; see `governing`."""
        found = self.governing(target)
        if not found or not found[0].paced:
            return None
        with self._database.read() as connection:
            row = connection.execute(select(paces).where(paces.c.target == found[0].key)).first()
        return None if row is None else _pace(row)

    def governing(self, target: Target, place: Place | None = None) -> tuple[Turns, ...]:
        """What is known of the requests to a target: the pace that governs it, and then the wider ones.

        The narrowest that fits governs; one that is kept for this caller goes before one for anybody. A path of a
        known service for which none fits is governed by the slowest pace of that service. Nothing may be sent while
        any of them is held. Who waits already is counted for `place` only.

        Raises:
            StoreNotOurs: When a newer version has changed the store since it was opened.
        """
        bound = NOBODY if place is None else place.bound
        with self._database.read() as connection:
            own = self._fitting(connection, target, bound)
            if not target.credential or fits(own):
                return own
            anybody = self._fitting(connection, replace(target, credential=""), bound)
        first, then = (own, anybody) if paced(own) and not fits(anybody) else (anybody, own)
        return first + tuple(each for each in then if not each.paced)

    def _fitting(self, connection: Connection, target: Target, bound: dict[str, Any]) -> tuple[Turns, ...]:
        scopes = {f"scope{number}": scope for number, scope in enumerate(("origin", *target.prefixes))}
        asked = asdict(target) | scopes | {"service": target.service.key} | bound
        rows = _fitting(len(scopes)).on(connection, asked).all()
        if int(rows[0].value) > len(MIGRATIONS):
            raise newer(self._database.name, int(rows[0].value))
        if rows[0].pace is not None:
            narrow = sorted(rows, key=lambda row: (row.scope == "origin", row.scope != "path", -len(row.scope)))
            governing, *wider = (_turns(row) for row in narrow)
            # Of the wider ones only what holds them matters here: their waits are for what they govern.
            found = (governing, *(replace(each, wait=0.0) for each in wider))
        else:
            row = SLOWEST.on(connection, asked).first()
            found = (replace(_turns(row), fits=False),) if row is not None else ()
        return found + _held(target.service.key, rows[0], found)

    def every(self, most: int | None = None) -> list[Pace]:
        """Every pace, the newest first, or so many of them."""
        newest = select(paces).order_by(paces.c.found.desc(), paces.c.target).limit(most)
        with self._database.read() as connection:
            rows = connection.execute(newest).all()
        return [_pace(row) for row in rows]

    def count(self) -> int:
        """How many are kept."""
        with self._database.read() as connection:
            return int(connection.scalar(select(sql.count()).select_from(paces)) or 0)

    def with_key(self, key: str) -> Pace | None:
        """The pace with that key, or `None`."""
        with self._database.read() as connection:
            row = connection.execute(ONE, {"key": key}).first()
        return None if row is None else _pace(row)

    def rescope(self, key: str, scope: str) -> None:
        """Let a pace govern more or less than before.

        Raises:
            ValueError: When another pace has that scope already.
        """
        with self._database.write() as connection:
            row = connection.execute(select(paces).where(paces.c.target == key)).first()
            if row is None:
                return
            pace = replace(_pace(row), scope=scope)
            there = connection.scalar(select(paces.c.target).where(_same(pace.target, scope)))
            if there not in (None, key):
                raise ValueError(f"Another pace is kept for {pace.governs}: forget it first.")
            connection.execute(update(paces).where(paces.c.target == key).values(scope=scope))

    def renew(self, key: str, how: str) -> None:
        """Date the pace anew, and take its doubts away; see `PaceStore.renew`."""
        with self._database.write() as connection:
            facts = connection.scalar(select(paces.c.evidence).where(paces.c.target == key))
            fresh: dict[str, Any] = {"found": self._clock.today(), "slowed": 0, "doubtful_since": None} | FRESH
            if facts:
                evidence = json.loads(facts)
                evidence["statement"] = (
                    f"{how} Found earlier: {evidence['statement'].rpartition(' Found earlier: ')[2]}"
                )
                fresh["evidence"] = json.dumps(evidence)
            connection.execute(update(paces).where(paces.c.target == key).values(**fresh))

    def forget(self, key: str) -> None:
        """Remove the pace, and what holds it; what is known of its turns stays, for the next pace of that key."""
        with self._database.write() as connection:
            connection.execute(delete(paces).where(paces.c.target == key))
            connection.execute(delete(waiters).where(waiters.c.target == key))
            connection.execute(update(turns).where(turns.c.target == key).values(hold=0.0, asked=0.0))

    def open_turn(self, opened: Mapping[str, int], place: Place | None = None) -> bool:
        """Record that a request is about to be sent; only the holder of the locks may.

        Args:
            opened: For each key how many requests will have been begun with this one.
            place: Of the sender, which is given up.

        Returns:
            Whether it was recorded: not where another was begun since, by one who had the locks when ours were lost.
        """
        begun, bound = _opening(len(opened)), _bound(opened, before=1)
        with self._database.write_one() as connection:
            if place is not None and place.taken:
                bound |= {"place": place.id}
                if self._database.sqlite:
                    GIVE_UP.on(connection, bound)
                else:  # one message to the server, and not two
                    begun = _opening(len(opened), leaving=True)
            done = begun.on(connection, bound)
        return done.rowcount == len(opened)

    def close_turn(self, opened: Mapping[str, int]) -> None:
        """Record that it had been sent by now.

        Args:
            opened: For each key how many requests had been begun with this one. Where another was begun since, whoever
                did has recorded this one by then, and what is stored belongs to that other.
        """
        bound = _bound(opened) | {"now": self._clock.now(), "clock": self._clock.id}
        with self._database.write_one() as connection:
            _closing(len(opened), early=not self._database.sqlite).on(connection, bound)

    def stamp(self, keys: Sequence[str]) -> None:
        """Record a request that was sent by now and had no turn; one that is open stays so."""
        bound = {"now": self._clock.now(), "clock": self._clock.id}
        with self._database.write_one() as connection:
            connection.execute(update(turns).where(turns.c.target.in_(keys)).values(**SENT), bound)

    def hold(self, target: Target, seconds: float, known: int = 0) -> None:
        """Keep away from a whole service for so many seconds; see `note` for `known`."""
        key = target.service.key
        with self._database.write(durable=False) as connection:
            self._database.upsert(connection, turns, {"target": key} | NO_TURN | {"origin": target.origin}, keep=True)
            connection.execute(update(turns).where(turns.c.target == key).values(**self._told(seconds, known)))

    def held(self) -> list[Held]:
        """Whatever is held now, the longest first."""
        joined = turns.outerjoin(paces, paces.c.target == turns.c.target)
        query = select(turns, paces).select_from(joined).where(turns.c.hold > 0)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        found = [of_row(self._as_held)(row) for row in rows]
        return sorted((each for each in found if each.left > 0), key=lambda each: -each.left)

    def lift(self, key: str) -> None:
        """Hold it no more."""
        with self._database.write() as connection:
            connection.execute(update(turns).where(turns.c.target == key).values(hold=0.0, asked=0.0))

    def obey(self, key: str) -> None:
        """Hold it for as long as the service said."""
        with self._database.write() as connection:
            connection.execute(update(turns).where(turns.c.target == key).values(hold=turns.c.asked))

    def _told(self, seconds: float, known: int) -> dict[str, Any]:
        """A hold from now on, or an earlier one that ends later.

        Whoever sent had waited for every hold that was known. Another that was told meanwhile is not cut short: whose
        clock dated it sees its end, and on any other it counts from now.
        """
        now, here = self._clock.now(), turns.c.held_clock == self._clock.id
        obeyed, asked = min(seconds, OBEYED), min(seconds, LONGEST)
        dated = and_(here, turns.c.held + turns.c.hold > now + obeyed)
        later = or_(dated, and_(not_(here), turns.c.holds != known, turns.c.hold > obeyed))
        held = {"held_clock": self._clock.id, "held": case((dated, turns.c.held), else_=now)}
        hold = {"hold": case((later, turns.c.hold), else_=obeyed), "asked": case((later, turns.c.asked), else_=asked)}
        return held | hold | {"holds": turns.c.holds + 1}

    def _as_held(self, row: Any) -> Held:
        now = self._clock.now()
        exact = row[turns.c.held_clock] == self._clock.id and row[turns.c.held] <= now
        left = row[turns.c.hold] - (now - row[turns.c.held] if exact else 0.0)
        name = f"{row[turns.c.origin]}, all of it"
        if row[paces.c.target] is not None:
            target = Target(row[paces.c.origin], row[paces.c.path], row[paces.c.method], row[paces.c.credential])
            name = Pace(target, 0.0, "", 0.0, scope=row[paces.c.scope]).governs
        return Held(row[turns.c.target], name, left, row[turns.c.asked] or row[turns.c.hold], row[turns.c.hold])

    def note(
        self,
        key: str,
        *,
        refused: bool | None,
        hold: float | None,
        spacing: float | None = None,
        known: int = 0,
        shortens: bool = False,
    ) -> None:
        """Count an answer, slow down or ease off, and keep away for `hold` seconds; see `slowdown` and `use`.

        One statement does the arithmetic of `slowdown.Standing.after` in the store itself, since answers come to
        several processes at once.

        Args:
            key: Of the pace.
            refused: Whether it was refused; `None` where the answer says nothing about pace.
            hold: Seconds to keep away.
            spacing: Seconds between the request and the one before it, where they are known.
            known: How many holds were known when the request was sent.
            shortens: Whether a learnt pace may be tried shorter now; see `shortening`.
        """
        with self._database.write(durable=False) as connection:
            row = PROMISE_OF.on(connection, {"key": key}).first()
            if row is None:
                return
            if refused is not None:
                told = {"key": key, "now": self._clock.today(), "spacing": -1.0 if spacing is None else spacing}
                told |= {"most": slowdown.most(row.wait)} if refused else {}
                _counted(row.promise, refused=refused).on(connection, told)
                if not refused and spacing is not None and row.kind in use.MAY_RISE:
                    self._promote(connection, key)
                if row.trying is not None:
                    spent = not refused and hold is not None and hold > row.wait
                    self._try(connection, key, refused=refused, spent=spent, shortens=shortens)
            if hold is not None:
                connection.execute(update(turns).where(turns.c.target == key).values(**self._told(hold, known)))

    def _try(self, connection: Connection, key: str, *, refused: bool, spent: bool, shortens: bool) -> None:
        """Try a learnt pace shorter, or take a try back; its answer is counted by now."""
        row = connection.execute(ONE, {"key": key}).one()
        trying, now = shortening.Trying.read(row.trying), self._clock.today()
        after, wait = trying.after(
            row.wait,
            refused=refused,
            on_time=row.run > 0,
            first=refused and row.in_row == 1,
            now=now,
            spent=spent,
            shortens=shortens and row.doubtful_since is None,
            promise=row.promise,
        )
        changed: dict[str, Any] = {} if after == trying else {"trying": after.text}
        if wait != row.wait:
            in_row = {"in_row": 1, "slowed": 1} if refused else {"in_row": 0, "slowed": 0}
            changed |= FRESH | {"before": None, "burst": 1, "doubtful_since": None}
            longer = wait > row.wait
            if longer and row.before and trying.before == wait:
                changed |= json.loads(row.before)
            else:
                straight = trying.straight + 1
                shown = (
                    shortening.lengthened(wait, row.wait, trying, refused=refused)
                    if longer
                    else shortening.tried(wait, row.wait, row.kind, straight)
                )
                changed |= {"kind": shown.kind, "evidence": json.dumps(facts_of(shown)), "found": now}
                changed |= {"recheck_after": RECHECK_AFTER[shown.kind], "wait": wait}
                if not longer:
                    changed["before"] = json.dumps({name: getattr(row, name) for name in BEFORE})
            changed |= {"factor": 1.0, "run": 0} | in_row
        if changed:
            connection.execute(update(paces).where(paces.c.target == key).values(**changed))

    def _promote(self, connection: Connection, key: str) -> None:
        """Call the pace certified where its use has shown so much."""
        row = connection.execute(ONE, {"key": key}).one()
        if not use.enough(row.held, row.broke, row.promise):
            return
        spans = json.loads(row.evidence).get("span", 0.0) if row.evidence else 0.0
        if (row.longest - 1) * row.wait < spans:
            return  # it would speak about a shorter time than what it takes the place of
        shown = use.certificate(row.wait, row.held, row.broke, row.longest, row.used_from, row.used_to, row.promise)
        risen = {"kind": "certified", "evidence": json.dumps(facts_of(shown)), "found": self._clock.today()}
        risen |= {"recheck_after": RECHECK_AFTER["certified"]}
        connection.execute(update(paces).where(paces.c.target == key).values(**risen))


def paced(found: Sequence[Turns]) -> bool:
    """Whether a pace governs."""
    return bool(found) and found[0].paced


def fits(found: Sequence[Turns]) -> bool:
    """Whether one governs that is kept for what is asked."""
    return paced(found) and found[0].fits


def _same(target: Target, scope: str) -> ColumnElement[bool]:
    """The pace that governs exactly the same."""
    same = and_(paces.c.origin == target.origin, paces.c.credential == target.credential, paces.c.scope == scope)
    return and_(same, paces.c.path == target.path, paces.c.method == target.method) if scope == "path" else same


def _free_key(connection: Connection, pace: Pace) -> str:
    """The key of a new pace; one that was given another scope keeps its own."""
    key = pace.target.within(pace.scope).key
    taken = connection.scalar(select(paces.c.target).where(paces.c.target == key))
    return key if taken is None else uuid.uuid4().hex[: len(key)]


@of_row
def _turns(row: Row[Any]) -> Turns:
    held = (row.holds, row.held_clock, float(row.held), float(row.hold))
    stamps = (row.sends, bool(row.open), row.sent_clock, float(row.sent), *held)
    standing = {"ahead": row.ahead, "waiting": row.waiting, "eldest": row.eldest or 0, "queued": bool(row.queued)}
    return Turns(row.wait * max(1.0, row.factor), *stamps, row.pace, **standing)


def _held(service: str, row: Row[Any], found: Sequence[Turns]) -> tuple[Turns, ...]:
    """What the whole service was told while no pace was kept for what was asked."""
    if not row.service_hold or any(each.key == service for each in found):
        return ()
    told = {name: getattr(row, f"service_{name}") for name in ("holds", "held_clock", "held", "hold")}
    return (Turns(0.0, **told, key=service, paced=False),)


def _at(count: int) -> ColumnElement[bool]:
    """The turns with so many keys, each after so many requests; see `_bound`."""
    each = (
        and_(turns.c.target == bindparam(f"key{number}"), turns.c.sends == bindparam(f"sends{number}"))
        for number in range(count)
    )
    return or_(*each)


def _bound(opened: Mapping[str, int], before: int = 0) -> dict[str, Any]:
    keys = {f"key{number}": key for number, key in enumerate(opened)}
    return keys | {f"sends{number}": sends - before for number, sends in enumerate(opened.values())}


@cache
def _opening(count: int, *, leaving: bool = False) -> Prepared:
    """The statement that begins a request at so many paces, and gives up a place in the queue with it."""
    begun = update(turns).where(_at(count), turns.c.open == 0).values(sends=turns.c.sends + 1, open=1)
    return Prepared(begun.add_cte(GONE.cte("gone")) if leaving else begun)


@cache
def _closing(count: int, *, early: bool = False) -> Prepared:
    """The statement that stamps a request at so many paces; with `early` see `EARLY`.

    A stamp that PostgreSQL loses leaves the request open, as one whose sender has died: the next one is later for it.
    """
    closed = update(turns).where(_at(count)).values(open=0, **SENT)
    return Prepared(closed.returning(EARLY) if early else closed)


def _block_left() -> tuple[ColumnElement[bool], ColumnElement[Any]]:
    """Whether an acceptance ends a block of refusals, and the stretch then; see `slowdown.Standing`."""
    row = sql.abs(paces.c.in_row)
    powers = {more: slowdown.grown(more) for more in range(2, slowdown.LONGEST + 1)}
    grown = case(powers, value=row, else_=max(powers.values()))
    before = paces.c.factor / grown
    run = paces.c.slowed - row
    left = and_(row > 1, or_(run > slowdown.SOON, and_(before <= 1.0, run >= 0)))
    return left, case((before < 1.0, 1.0), else_=before) * (slowdown.UP * slowdown.UP)


@cache
def _counted(promise: float, *, refused: bool) -> Prepared:
    """The statement that counts one answer at a pace with that promise."""
    how, now, spacing = slowdown.rule(promise), bindparam("now", type_=Double), bindparam("spacing", type_=Double)
    old, counts = paces.c, or_(paces.c.factor <= 1.0, paces.c.in_row > 0)
    stretched: ColumnElement[Any]
    if refused:
        row = sql.abs(old.in_row)
        stretched = old.factor * case((and_(row > 0, row < slowdown.DOUBLED), slowdown.AGAIN), else_=slowdown.UP)
        left: ColumnElement[bool] = false()
        retried: ColumnElement[bool] = false()
    else:
        left, back = _block_left()
        retried = old.slowed >= slowdown.RETRY
        stretched = old.factor * case((retried, 1 / slowdown.BACK), else_=how.down)
        stretched = case((and_(left, old.factor > back), back), (left, old.factor), else_=stretched)
    # Nothing but a refusal makes a stretch longer; one that another longest one allowed stays.
    most: Any = bindparam("most", type_=Double) if refused else stretched
    factor = case((stretched > most, most), (stretched < 1.0, 1.0), else_=stretched)
    after: dict[str, Any] = {
        "factor": factor,
        "slowed": case((left, 0), (retried, -1), (factor > 1.0, old.slowed + 1), else_=0),
        "in_row": case((counts, old.in_row + 1), else_=old.in_row - 1) if refused else 0,
    }
    alarm: Any = 0.0
    ratios = how.refused if refused else how.accepted
    columns = (old.alarm, old.alarm_high, old.alarm_low)
    for column, ratio, weight, every in zip(columns, ratios, slowdown.WEIGHTS, slowdown.EVERY, strict=True):
        grown = case((column > slowdown.CEILING, slowdown.CEILING), else_=(column + 1.0) * ratio)
        after[column.name] = grown if every else case((counts, grown), else_=column)
        alarm = after[column.name] * weight + alarm
    after["doubtful_since"] = sql.coalesce(old.doubtful_since, case((alarm >= slowdown.ALARM, now), else_=None))
    # An answer at exactly the pace, or a refusal at any: see `use`.
    on_time = and_(old.factor <= 1.0, spacing >= 0.0, spacing <= old.wait * use.LATE + use.JITTER)
    shown = true() if refused else on_time
    run = case((on_time, old.run + 1), else_=0)
    after |= {"run": run, "longest": case((run > old.longest, run), else_=old.longest)}
    after |= {"used_from": sql.coalesce(old.used_from, case((shown, now), else_=None))}
    after |= {"used_to": case((shown, now), else_=old.used_to)}
    if refused:
        after |= {"refused": old.refused + 1, "last_refused": now, "broke": old.broke + 1}
    else:
        after |= {"accepted": old.accepted + 1, "held": case((on_time, old.held + 1), else_=old.held)}
    return Prepared(update(paces).where(old.target == bindparam("key")).values(**after))


@of_row
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
        scope=row.scope,
        key=row.target,
        held=row.held,
        broke=row.broke,
        burst=row.burst,
    )
