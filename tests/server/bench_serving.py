"""Requests per second of /NASA for a picture under Waitress, against a bare Flask `send_file` of the same file."""

from __future__ import annotations

import http.client
import logging
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING, Any

import waitress  # type: ignore[import-untyped] # it ships no types
from flask import Flask, send_file

from server import create_app
from server.ports import claim
from server.serving import THREADS
from server.settings import BUNDLED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Response

PICTURE = "blue_marble_earth.jpg"
REQUESTS = 60
CLIENTS = 2
ROUNDS = 60
GOAL = 0.9


def bare() -> Flask:
    """Make the least that can serve the picture."""
    app = Flask("bare")

    @app.get("/NASA/<name>")
    def picture(name: str) -> Response:
        return send_file(BUNDLED / name)

    return app


@contextmanager
def waiting(app: Flask) -> Iterator[int]:
    """Serve `app` under Waitress as `--serve` does; gives the port."""
    sockets: dict[int, Any] = {}
    with claim("127.0.0.1", 0) as listener:
        server = waitress.create_server(app, sockets=[listener], threads=THREADS, map=sockets)
        port = int(listener.getsockname()[1])
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield port
        # Its loop ends when no socket is left; a socket that is closed while the loop waits on it is a traceback.
        with suppress(OSError):  # a worker that pulls just now has it run at once, and then the trigger is closed
            server.trigger.pull_trigger(lambda: [each.close() for each in list(sockets.values())])
        thread.join(30)


@contextmanager
def written_log() -> Iterator[None]:
    """Have the service write a line for each request, as it does when it serves people, but to nowhere."""
    log = logging.getLogger("server.requests")
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - it is no path of a file
        handler = logging.StreamHandler(nowhere)
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        yield
        log.removeHandler(handler)
        log.setLevel(logging.NOTSET)


def requests_per_second(port: int) -> float:
    """Fetch the picture `REQUESTS` times with `CLIENTS` clients, each on one connection."""

    def fetch(_: int) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        got = 0
        for _ in range(REQUESTS // CLIENTS):
            connection.request("GET", f"/NASA/{PICTURE}")
            got += len(connection.getresponse().read())
        connection.close()
        return got

    start = perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        fetched = sum(pool.map(fetch, range(CLIENTS)))
    if fetched != REQUESTS * (BUNDLED / PICTURE).stat().st_size:
        raise RuntimeError(f"the clients got {fetched} bytes, and not {REQUESTS} whole pictures")
    return REQUESTS / (perf_counter() - start)


def rounds(ours: int, theirs: int) -> Iterator[tuple[float, float]]:
    """Measure both in short turns, now the one first and now the other, so that a busy machine slows both alike."""
    requests_per_second(ours)
    requests_per_second(theirs)
    for number in range(ROUNDS):
        if number % 2:
            yield requests_per_second(ours), requests_per_second(theirs)
        else:
            theirs_now = requests_per_second(theirs)
            yield requests_per_second(ours), theirs_now


def main() -> None:
    """Print the median of both rates, and that of their ratio over the turns."""
    with written_log(), waiting(create_app()) as ours, waiting(bare()) as theirs:
        turns = list(rounds(ours, theirs))
    nasa, sent = (median(rates) for rates in zip(*turns, strict=True))
    ratios = [ours / theirs for ours, theirs in turns]
    low, _, high = quantiles(ratios, n=4)
    sys.stdout.write(
        f"/NASA of {PICTURE} under Waitress, its log written: {nasa:.0f} requests/s; bare send_file: {sent:.0f}; "
        f"medians of {ROUNDS} turns. Ratio {median(ratios):.2f}, half of the turns {low:.2f} to {high:.2f} "
        f"(goal at least {GOAL})\n"
    )


if __name__ == "__main__":
    main()
