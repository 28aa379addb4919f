"""Who waits for a turn, in the order of their coming. IO.

It only says who asks next for the lock of a target. Whether a request may be sent is never asked of it: a queue that is
lost, or wrong, makes turns unfair, and none early.

The order is that of the number of requests that had been begun when one came, which is the same on all machines. Who
finds nobody else waiting takes no place, so that one who sends alone writes nothing here.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, insert, or_, select
from sqlalchemy import func as sql

from .engine import EARLY, Prepared
from .schema import paces, waiters

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from widgets.pace.clock import Clock

    from .engine import Database

LAST = 2**62
"""Who has not looked yet came after all that wait."""
NOBODY: dict[str, Any] = {"came": -1, "place": ""}
"""What is bound where nobody wants to know who waits."""


@dataclass(slots=True)
class Place:
    """The place of one who wants a turn.

    Attributes:
        id: Of the place.
        holder: The process.
        came: How many requests had been begun when one came; `None` until that is known.
        taken: Whether it has been stored.
    """

    id: str
    holder: str
    came: int | None = None
    taken: bool = False

    @property
    def bound(self) -> dict[str, Any]:
        """What it binds in the statements here."""
        return {"came": LAST if self.came is None else self.came, "place": self.id}


_OLDER = or_(
    waiters.c.came < bindparam("came"),
    and_(waiters.c.came == bindparam("came"), waiters.c.id < bindparam("place")),
)
_HERE = waiters.c.target == paces.c.target
STANDING: tuple[ColumnElement[Any], ...] = (
    select(sql.count()).where(_HERE, _OLDER).correlate(paces).scalar_subquery().label("ahead"),
    select(sql.count()).where(_HERE).correlate(paces).scalar_subquery().label("waiting"),
    select(sql.min(waiters.c.came)).where(_HERE).correlate(paces).scalar_subquery().label("eldest"),
    select(sql.count()).where(waiters.c.id == bindparam("place")).scalar_subquery().label("queued"),
)
"""Beside a pace: how many wait for it that came before, how many wait in all, when the first of them came, and whether
one's own place is there."""
_OF_KEY = waiters.c.target == bindparam("key")
_ELDEST = (
    select(waiters.c.holder).where(_OF_KEY, _OLDER).order_by(waiters.c.came, waiters.c.id).limit(1).scalar_subquery()
)
GONE = delete(waiters).where(waiters.c.id == bindparam("place"))
_TAKEN = insert(waiters).values(
    id=bindparam("place"), target=bindparam("key"), came=bindparam("came"), holder=bindparam("holder")
)
TAKE, TAKE_EARLY = Prepared(_TAKEN), Prepared(_TAKEN.returning(EARLY))
GIVE_UP, GIVE_UP_EARLY = Prepared(GONE), Prepared(GONE.returning(EARLY))
"""A place that is lost makes turns unfair, and none early."""
PASS_OVER = delete(waiters).where(_OF_KEY, _OLDER, waiters.c.holder == _ELDEST)


class Queue:
    """The rows of those who wait."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def place(self) -> Place:
        """A place for one more, which is not taken yet."""
        return Place(secrets.token_hex(8), f"{self._clock.id} {os.getpid()}")

    def join(self, key: str, place: Place) -> None:
        """Take the place; again, where somebody has passed it over."""
        place.taken = True
        bound = place.bound | {"key": key, "holder": place.holder}
        with self._database.write_one() as connection:
            (TAKE if self._database.sqlite else TAKE_EARLY).on(connection, bound)

    def leave(self, place: Place) -> None:
        """Give the place up."""
        with self._database.write_one() as connection:
            (GIVE_UP if self._database.sqlite else GIVE_UP_EARLY).on(connection, {"place": place.id})

    def pass_over(self, key: str, place: Place) -> None:
        """Let nobody wait any more for the process that has come first, and does not take its turn."""
        with self._database.write_one() as connection:
            connection.execute(PASS_OVER, {"key": key} | place.bound)
