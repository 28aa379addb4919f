"""One store, opened: SQLite or PostgreSQL through SQLAlchemy, with their errors as ours (`faults`). IO.

SQLite runs in WAL mode, so that readers never wait. Every writing transaction begins with BEGIN IMMEDIATE: one that
began as a reader could not become a writer while another writes, whatever the busy timeout. Who writes waits for those
who write now, for as long as one after the other of them comes to an end: only one who stands still is in the way.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError

from widgets.pace.errors import (
    StoreLocked,
    StoreNotOurs,
    StoreUnreachable,
)

from .faults import kind_of, told, translated
from .schema import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import ClauseElement, CursorResult

IDLE = 1.0
"""Seconds without use after which a connection to PostgreSQL may have been cut without a word."""
WAIT_FOR_LOCK = 0.25
"""Seconds for which PostgreSQL is asked to wait for a sender's lock; whoever stops a paced request feels no more."""
BUSY_SECONDS = 5.0
"""A writer holds the store for milliseconds; whoever needs longer has been stopped."""
CROWDED_SECONDS = 60.0
"""Of so many writers that one never had its chance."""
ASK_AGAIN = 8
"""Milliseconds for which SQLite asks by itself: after one, two more and five more."""
SQLITE_MAGIC = b"SQLite format 3\0"


def prepare_file(path: Path) -> None:
    """Make the folder and the file of a store for this user alone; look whether the file may be one at all."""
    if str(path).startswith("file:"):
        return
    new = [each for each in (path.parent, *path.parent.parents) if not each.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    # A folder that was there belongs to others too, unless it is the one that only this program uses.
    for folder in new or [each for each in (path.parent,) if each == platformdirs.user_data_path("waitwise")]:
        folder.chmod(0o700)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        return
    if path.stat().st_size:
        with path.open("rb") as file:
            if file.read(len(SQLITE_MAGIC)) != SQLITE_MAGIC:
                raise StoreNotOurs(
                    f"{path} is no store of Waitwise, and is left as it is. Set WAITWISE_STORE to another file."
                )


def keep_private(path: Path) -> None:
    """Let nobody else read a store that an earlier version made, nor what SQLite writes beside it."""
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with suppress(OSError):  # another user's: it is theirs to say
            if each.stat().st_mode & 0o077:
                each.chmod(0o600)


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
        if mode == "read":
            return  # each statement is a transaction of its own
        raw: Any = connection.connection.driver_connection
        # FULL waits for the disk at each commit (milliseconds), NORMAL for nothing; both survive kill -9.
        synchronous = "NORMAL" if mode == "quick" else "FULL"
        if connection.info.get("synchronous") != synchronous:
            raw.execute(f"PRAGMA synchronous={synchronous}")
            connection.info["synchronous"] = synchronous
        begin_writing(raw)

    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        connection.rollback()
        write_ahead(raw)
    return engine


def write_ahead(raw: sqlite3.Connection) -> None:
    """Have the file's journal written ahead of it (WAL): it is written in the file itself, by whoever comes first.

    Of two who come at once SQLite refuses one without waiting, since each would wait for the other.

    Raises:
        sqlite3.OperationalError: When another one has held the file for `BUSY_SECONDS`.
    """
    began = time.monotonic()
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if kind_of(error) is not StoreLocked or time.monotonic() > began + BUSY_SECONDS:
                raise
            time.sleep(ASK_AGAIN / 1000)
        else:
            return


def begin_writing(raw: sqlite3.Connection) -> None:
    """Become the one who writes.

    SQLite's own way to wait for another asks ever more seldom, so that one of many has its chance late or never.

    Raises:
        sqlite3.OperationalError: When another one has been writing for `BUSY_SECONDS`, or others for `CROWDED_SECONDS`.
    """
    began = since = time.monotonic()
    written: int | None = None
    raw.execute(f"PRAGMA busy_timeout = {ASK_AGAIN}")
    try:
        while True:
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                now, before = time.monotonic(), written
                written = others_written(raw)
                if written != before:
                    since = now
                if kind_of(error) is not StoreLocked or now > min(since + BUSY_SECONDS, began + CROWDED_SECONDS):
                    raise
            else:
                return
    finally:
        raw.execute(f"PRAGMA busy_timeout = {round(BUSY_SECONDS * 1000)}")


def others_written(raw: sqlite3.Connection) -> int:
    """A number that changes with each commit of somebody else."""
    [version] = raw.execute("PRAGMA data_version").fetchone()
    return int(version)


EARLY = func.set_config("synchronous_commit", "off", True)  # noqa: FBT003 - of this transaction alone
"""Returned by a lone writing statement of PostgreSQL: all see it at once, and it is on the disk a moment later.

Only for what may be lost when the server itself crashes, and makes no request early then.
"""


class Prepared:
    """A statement of each request, put into words once: that takes several times as long as to run it.

    Args:
        statement: All that it binds are plain texts and numbers, and what it gives needs no processing.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._words: dict[str, tuple[str, dict[str, Any], bool, tuple[str, ...]]] = {}

    def on(self, connection: Connection, bound: Mapping[str, Any]) -> CursorResult[Any]:
        """Run it; `bound` may hold more than it needs."""
        words = self._words.get(connection.dialect.name)
        if words is None:
            compiled: Any = self._statement.compile(dialect=connection.dialect)
            names = compiled.positiontup or tuple(compiled.params)
            in_order = {name: compiled.params[name] for name in names}
            words = self._words[connection.dialect.name] = (str(compiled), in_order, bool(compiled.positional), names)
        text, given, positional, names = words
        if positional:
            return connection.exec_driver_sql(text, tuple(bound.get(name, given[name]) for name in names))
        return connection.exec_driver_sql(text, {name: bound.get(name, given[name]) for name in names})


class Database:
    """Reads and writes of one store, with every foreign error translated.

    Args:
        url: An SQLAlchemy URL of SQLite or PostgreSQL.

    Raises:
        StoreError: When the store cannot be opened, or is none of ours.
    """

    def __init__(self, url: str) -> None:
        self._url = parse(url)
        self.sqlite = self._url.get_backend_name() == "sqlite"
        self.name = (self._url.database if self.sqlite else self._url.render_as_string(hide_password=True)) or ""
        self._pid, self._writing = os.getpid(), threading.Lock()
        with translated(self.name):
            self._engine = make_sqlite(self._url) if self.sqlite else make_postgresql(self._url)
            # A lock is waited for on a connection of its own, where no statement waits for anything else.
            self._locking = self._engine if self.sqlite else make_postgresql(self._url, WAIT_FOR_LOCK)
        # PostgreSQL shows each statement its own moment anyway: a transaction would be two more messages.
        alone: dict[str, Any] = {} if self.sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._reading = self._engine.execution_options(ww="read", **alone)
        self._quick = self._engine.execution_options(ww="quick")
        self._single = self._engine.execution_options(ww="quick", **alone)
        try:
            with self.write() as connection:
                self.key = migrate(connection, self.name, sqlite=self.sqlite)
            # One name for one store, by whatever address it is reached.
            self._id = sha256(self.key).hexdigest()[:16]
            if self.sqlite:
                keep_private(Path(self.name))
        except BaseException:
            self.close()
            raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection whose statements each see one moment of the store."""
        with translated(self.name), self._own(self._reading).connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        """A transaction that is committed at the end.

        Args:
            durable: Whether it must survive a power cut too; it always survives the death of the process.
        """
        with self._writer(), self._own(self._engine if durable else self._quick).begin() as connection:
            yield connection

    @contextmanager
    def write_one(self) -> Iterator[Connection]:
        """A connection for one writing statement, which is its own transaction; not durable in the sense of `write`."""
        with self._writer(), self._own(self._single).begin() as connection:
            yield connection

    @contextmanager
    def _writer(self) -> Iterator[None]:
        """Of the threads of this process one writes to SQLite at a time: a lock wakes the next one at once."""
        self._own(self._engine)
        lock = self._writing
        with translated(self.name):
            if not self.sqlite:
                yield
                return
            if not lock.acquire(timeout=CROWDED_SECONDS):
                raise told(StoreLocked, self.name)
            try:
                yield
            finally:
                lock.release()

    def upsert(self, connection: Connection, table: Any, row: dict[str, Any], *, keep: bool = False) -> None:
        """Insert a row; where its key is there already, replace the rest of it, or leave it as it is (`keep`)."""
        dialect: Any = sqlite if self.sqlite else postgresql
        statement = dialect.insert(table).values(**row)
        keys = [column.name for column in table.primary_key]
        rest = {name: statement.excluded[name] for name in row if name not in keys}
        clash = statement.on_conflict_do_nothing if keep else statement.on_conflict_do_update
        connection.execute(clash(index_elements=keys) if keep else clash(index_elements=keys, set_=rest))

    @property
    def folder(self) -> Path:
        """For the locks of the senders of this machine: beside the file of SQLite, else in the user's data folder."""
        if self.sqlite:
            return Path(f"{self._url.database}-turns")
        return platformdirs.user_data_path("waitwise") / "turns" / self._id

    @property
    def locking(self) -> Engine:
        """Of PostgreSQL, for locks of its own sessions."""
        return self._own(self._locking)

    def close(self) -> None:
        """Close every connection."""
        for engine in (self._engine, self._locking):
            engine.dispose()

    def _own(self, engine: Engine) -> Engine:
        """The engine, without connections that a fork has left to two processes."""
        if self._pid != os.getpid():
            for each in (self._engine, self._locking):
                each.dispose(close=False)
            self._pid, self._writing = os.getpid(), threading.Lock()
        return engine


WRITE = "write sqlite:////home/me/paces.sqlite or postgresql+psycopg://USER@HOST/DATABASE"


def parse(url: str) -> URL:
    """Read an SQLAlchemy URL.

    Raises:
        StoreUnreachable: When it is none, or names another kind of database.
    """
    if not url.strip():
        raise StoreUnreachable(f"The address of the store is empty: {WRITE}, or leave WAITWISE_STORE unset.")
    try:
        parsed = make_url(url)
        kind = parsed.get_backend_name()
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        # It is not repeated where it may hold a password.
        path = "" if "://" in url or "@" in url else f" For the file {url}: sqlite:///{Path(url).absolute()}."
        raise StoreUnreachable(
            f"The address of the store (WAITWISE_STORE) cannot be understood: {WRITE}.{path}"
        ) from error
    if kind == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StoreUnreachable(f"A store in memory keeps nothing: {WRITE} (WAITWISE_STORE).")
    if kind not in {"sqlite", "postgresql"}:
        raise StoreUnreachable(f"The store can be SQLite or PostgreSQL, not {kind} (WAITWISE_STORE).")
    return parsed
