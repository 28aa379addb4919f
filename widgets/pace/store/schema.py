"""The tables of the store, and how an older store becomes a newer one.

Each migration is applied once, in order, in one transaction; nothing is ever dropped. Moments are epoch seconds except
where a column `…_clock` stands beside them: those are seconds on that monotonic clock.
"""

from __future__ import annotations

import secrets

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Double,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    inspect,
    select,
    text,
    update,
)

from widgets.pace.errors import StoreNotOurs

FORMAT = "waitwise"
tables = MetaData()

meta = Table("ww_meta", tables, Column("name", String, primary_key=True), Column("value", Text))

paces = Table(
    "ww_paces",
    tables,
    Column("target", String, primary_key=True),
    *(Column(name, Text) for name in ("origin", "path", "method", "credential", "scope", "kind", "evidence", "probe")),
    *(Column(name, Double) for name in ("wait", "found", "promise", "recheck_after")),
    *(Column(name, BigInteger) for name in ("accepted", "refused", "slowed")),
    *(Column(name, Double) for name in ("last_refused", "doubtful_since", "factor", "alarm")),
    *(Column(name, Double) for name in ("alarm_high", "alarm_low", "used_from", "used_to")),
    *(Column(name, BigInteger) for name in ("in_row", "held", "broke", "run", "longest", "burst")),
    *(Column(name, Text) for name in ("trying", "before")),
)

turns = Table(
    "ww_turns",
    tables,
    Column("target", String, primary_key=True),
    Column("sends", BigInteger),
    Column("open", Integer),
    Column("sent_clock", Text),
    Column("sent", Double),
    Column("holds", BigInteger),
    Column("held_clock", Text),
    Column("held", Double),
    Column("hold", Double),
    Column("asked", Double),
    Column("origin", Text),
)

probes = Table(
    "ww_probes",
    tables,
    Column("id", String, primary_key=True),
    Column("target", String),
    *(Column(name, Text) for name in ("url", "origin", "path", "method", "credential", "settings", "verdict")),
    Column("began", Double),
    Column("finished", Double),
)

attempts = Table(
    "ww_attempts",
    tables,
    Column("probe", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    *(Column(name, Double) for name in ("step_wait", "low", "high", "wait", "spacing", "started", "latency")),
    Column("phase", Text),
    Column("status", Integer),
    Column("headers", Text),
    Column("error", Text),
    Column("answered", Integer),
    Column("media_type", Text),
    Column("size", BigInteger),
    Column("absent", Double),
)

leases = Table(
    "ww_leases",
    tables,
    Column("target", String, primary_key=True),
    Column("fence", BigInteger),
    Column("holder", Text),
    Column("probe", Text),
    Column("clock", Text),
    Column("expires", Double),
)

waiters = Table(
    "ww_waiters",
    tables,
    Column("id", String, primary_key=True),
    Column("target", String),
    Column("came", BigInteger),
    Column("holder", Text),
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE ww_paces (target VARCHAR PRIMARY KEY, origin TEXT NOT NULL, path TEXT NOT NULL,
        method TEXT NOT NULL, credential TEXT NOT NULL, kind TEXT NOT NULL, evidence TEXT, probe TEXT NOT NULL,
        wait DOUBLE PRECISION NOT NULL, found DOUBLE PRECISION NOT NULL, promise DOUBLE PRECISION NOT NULL,
        recheck_after DOUBLE PRECISION NOT NULL)""",
        """CREATE TABLE ww_probes (id VARCHAR PRIMARY KEY, target VARCHAR NOT NULL, url TEXT NOT NULL,
        origin TEXT NOT NULL, path TEXT NOT NULL, method TEXT NOT NULL, credential TEXT NOT NULL,
        settings TEXT NOT NULL, verdict TEXT, began DOUBLE PRECISION NOT NULL, finished DOUBLE PRECISION)""",
        "CREATE INDEX ww_probes_of ON ww_probes (target, began)",
        """CREATE TABLE ww_attempts (probe VARCHAR NOT NULL, number INTEGER NOT NULL,
        step_wait DOUBLE PRECISION NOT NULL, phase TEXT NOT NULL, low DOUBLE PRECISION, high DOUBLE PRECISION,
        wait DOUBLE PRECISION, spacing DOUBLE PRECISION, started DOUBLE PRECISION NOT NULL,
        latency DOUBLE PRECISION, status INTEGER, headers TEXT, error TEXT, answered INTEGER NOT NULL,
        PRIMARY KEY (probe, number))""",
    ),
    (
        """CREATE TABLE ww_turns (target VARCHAR PRIMARY KEY, sends BIGINT NOT NULL, open INTEGER NOT NULL,
        sent_clock TEXT NOT NULL, sent DOUBLE PRECISION NOT NULL, holds BIGINT NOT NULL, held_clock TEXT NOT NULL,
        held DOUBLE PRECISION NOT NULL, hold DOUBLE PRECISION NOT NULL)""",
        """CREATE TABLE ww_leases (target VARCHAR PRIMARY KEY, fence BIGINT NOT NULL, holder TEXT NOT NULL,
        probe TEXT NOT NULL, clock TEXT NOT NULL, expires DOUBLE PRECISION NOT NULL)""",
        "ALTER TABLE ww_paces ADD COLUMN accepted BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE ww_paces ADD COLUMN refused BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE ww_paces ADD COLUMN slowed BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE ww_paces ADD COLUMN last_refused DOUBLE PRECISION",
        "ALTER TABLE ww_paces ADD COLUMN doubtful_since DOUBLE PRECISION",
        "ALTER TABLE ww_paces ADD COLUMN factor DOUBLE PRECISION NOT NULL DEFAULT 1",
        "ALTER TABLE ww_paces ADD COLUMN alarm DOUBLE PRECISION NOT NULL DEFAULT 0",
    ),
    (
        # A pace was of one path and method. One that is alone at its origin has the scope of today from now on; of
        # several each keeps its own. Their keys stay, so that one who opened the older store meets the same turns.
        "ALTER TABLE ww_paces ADD COLUMN scope TEXT NOT NULL DEFAULT 'path'",
        "CREATE INDEX ww_paces_of ON ww_paces (origin, credential)",
        """UPDATE ww_paces SET scope = 'origin' WHERE (SELECT count(*) FROM ww_paces AS other
        WHERE other.origin = ww_paces.origin AND other.credential = ww_paces.credential) = 1""",
        "ALTER TABLE ww_turns ADD COLUMN asked DOUBLE PRECISION NOT NULL DEFAULT 0",
        "ALTER TABLE ww_turns ADD COLUMN origin TEXT NOT NULL DEFAULT ''",
        # A store of the first version had no turns; the first one comes a whole pace after it was seen.
        """INSERT INTO ww_turns (target, sends, open, sent_clock, sent, holds, held_clock, held, hold)
        SELECT target, 1, 0, 'an earlier version', 0, 0, '', 0, 0 FROM ww_paces
        WHERE target NOT IN (SELECT target FROM ww_turns)""",
        "ALTER TABLE ww_attempts ADD COLUMN media_type TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE ww_attempts ADD COLUMN size BIGINT NOT NULL DEFAULT 0",
    ),
    (
        # What the use of a pace shows is counted from now on; of the use before only the sums were kept.
        *(
            f"ALTER TABLE ww_paces ADD COLUMN {name} {kind}"
            for names, kind in (
                (("alarm_high", "alarm_low"), "DOUBLE PRECISION NOT NULL DEFAULT 0"),
                (("used_from", "used_to"), "DOUBLE PRECISION"),
                (("in_row", "held", "broke", "run", "longest"), "BIGINT NOT NULL DEFAULT 0"),
                (("burst",), "BIGINT NOT NULL DEFAULT 1"),
            )
            for name in names
        ),
    ),
    (
        """CREATE TABLE ww_waiters (id VARCHAR PRIMARY KEY, target VARCHAR NOT NULL, came BIGINT NOT NULL,
        holder TEXT NOT NULL)""",
        "CREATE INDEX ww_waiters_of ON ww_waiters (target, came)",
    ),
    (
        # A learnt pace is tried shorter as it is used: how, and what it was before.
        "ALTER TABLE ww_paces ADD COLUMN trying TEXT",
        "ALTER TABLE ww_paces ADD COLUMN before TEXT",
    ),
    # Time in which nobody probed is noted from now on; of the attempts before it is told by how late they came.
    ("ALTER TABLE ww_attempts ADD COLUMN absent DOUBLE PRECISION",),
)
"""Each entry makes the next version. One that was released is never edited: another is added."""

OPENING = 0x57616974
"""The advisory lock under which tables are made, so that of several first visitors one makes them."""


def migrate(connection: Connection, name: str, *, sqlite: bool) -> bytes:
    """Bring the store to this version, from any older one or from nothing; gives its key for fingerprints.

    Raises:
        StoreNotOurs: When it holds something else, or is of a newer version.
    """
    if not sqlite:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({OPENING})"))
    there = set(inspect(connection).get_table_names())
    if "ww_meta" not in there:
        if sqlite and there:
            raise StoreNotOurs(f"{name} is a database of another program. Set WAITWISE_STORE to another file.")
        meta.create(connection)
        facts = {"format": FORMAT, "version": "0", "key": secrets.token_hex(16)}
        connection.execute(meta.insert(), [{"name": key, "value": value} for key, value in facts.items()])
    facts = {row.name: row.value for row in connection.execute(select(meta))}
    version, newest = int(facts.get("version", -1)), len(MIGRATIONS)
    if facts.get("format") != FORMAT or not 0 <= version <= newest:
        raise newer(name, version)
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            connection.execute(text(statement))
    if version < newest:
        connection.execute(update(meta).where(meta.c.name == "version").values(value=str(newest)))
    return bytes.fromhex(facts["key"])


def newer(name: str, version: int) -> StoreNotOurs:
    """The error of one who meets a store that a newer version has changed."""
    return StoreNotOurs(
        f"{name} was written by a newer Waitwise (version {version}, here {len(MIGRATIONS)}). Update this one."
    )
