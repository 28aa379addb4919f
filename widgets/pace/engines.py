"""The engines of SQLite and PostgreSQL, as this room uses them. Loads SQLAlchemy: import it late.

SQLite runs in WAL mode, so that readers never wait. Every writing transaction begins with BEGIN IMMEDIATE: one that
began as a reader could not become a writer while another writes, whatever the busy timeout.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError

from .errors import StoreNotOurs

if TYPE_CHECKING:
    import sqlite3

IDLE = 1.0
"""Seconds without use after which a connection to PostgreSQL may have been cut without a word."""
WAIT_FOR_LOCK = 0.25
"""Seconds for which PostgreSQL is asked to wait for a sender's lock; whoever stops a paced request feels no more."""
BUSY_SECONDS = 5.0
"""A writer holds the store for milliseconds; whoever needs longer has been stopped."""
SQLITE_MAGIC = b"SQLite format 3\0"


def prepare_file(path: Path) -> None:
    """Make the folder of a store, and look whether the file may be one before SQLite touches it."""
    if str(path).startswith("file:"):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size:
        with path.open("rb") as file:
            if file.read(len(SQLITE_MAGIC)) != SQLITE_MAGIC:
                raise StoreNotOurs(
                    f"{path} is no store of Waitwise, and is left as it is. Set WAITWISE_STORE to another file."
                )


def make_postgresql(url: URL, lock_timeout: float = 0.0) -> Engine:
    """An engine whose connections are asked for a sign of life when they have not been used for a moment.

    `pool_pre_ping` would ask before each use: a third of all messages of a paced request.

    Args:
        url: Of the database.
        lock_timeout: Seconds for which a statement waits for a lock, at most; 0 for any time.
    """
    engine = create_engine(url, connect_args={"connect_timeout": 5})

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: object) -> None:
        if lock_timeout:
            connection.execute(f"SET lock_timeout = {round(lock_timeout * 1000)}")
            connection.commit()

    @event.listens_for(engine, "checkin")
    def checkin(_: object, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def checkout(connection: Any, record: Any, _: object) -> None:
        now = time.monotonic()
        if now - record.info.get("used", now) < IDLE:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool makes a new one

    return engine


def make_sqlite(url: URL) -> Engine:
    """An engine of SQLite, whose transactions begin as this module says.

    Raises:
        StoreNotOurs: When the file is no database.
    """
    prepare_file(Path(url.database or ""))
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # the driver begins no transaction of its own

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("ww")
        # FULL waits for the disk at each commit (milliseconds), NORMAL for nothing; both survive kill -9.
        connection.exec_driver_sql(f"PRAGMA synchronous={'NORMAL' if mode == 'quick' else 'FULL'}")
        connection.exec_driver_sql("BEGIN" if mode == "read" else "BEGIN IMMEDIATE")

    # Whether it is WAL is written in the file itself.
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        connection.rollback()
        raw.execute("PRAGMA journal_mode=WAL")
    return engine
