"""Requests per second of /NASA for a picture under Waitress, against a bare Flask `send_file` of the same file."""

from __future__ import annotations

import http.client
import logging
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

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
REQUESTS = 400
CLIENTS = 4
ROUNDS = 5
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
    with claim("127.0.0.1", 0) as listener:
        server = waitress.create_server(app, sockets=[listener], threads=THREADS)
        port = int(listener.getsockname()[1])
        threading.Thread(target=server.run, daemon=True).start()
        yield port
        server.close()


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


def main() -> None:
    """Print both rates, the best of rounds that take turns, and their ratio."""
    logging.disable(logging.WARNING)
    with waiting(create_app()) as ours, waiting(bare()) as theirs:
        rounds = [(requests_per_second(ours), requests_per_second(theirs)) for _ in range(ROUNDS)]
    nasa, sent = (max(rates) for rates in zip(*rounds, strict=True))
    sys.stdout.write(
        f"/NASA of {PICTURE} under Waitress: {nasa:.0f} requests/s; bare send_file: {sent:.0f}; "
        f"ratio {nasa / sent:.2f} (goal at least {GOAL})\n"
    )


if __name__ == "__main__":
    main()
