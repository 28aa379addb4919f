"""Opens the door: `python -m widgets.pace.door [--port 8899]`."""

from __future__ import annotations

import argparse
import os
from contextlib import suppress
from math import inf
from typing import NoReturn
from urllib.parse import urlsplit

from widgets import interrupts
from widgets.http.address import Guard
from widgets.pace import PaceStore
from widgets.pace.errors import StoreError
from widgets.pace.store import VARIABLE as STORE

from .server import PATIENCE, PORT, Door

VARIABLE = "WAITWISE_DOOR_TOKEN"
HIGHEST = 65_535


class Parser(argparse.ArgumentParser):
    """One line that says what is wrong, and where to read what is right."""

    def error(self, message: str) -> NoReturn:
        """End with exit status 2."""
        self.exit(2, f"{self.prog}: {message}\nTry --help.\n")


def port_of(text: str) -> int:
    """A port; raises what the parser makes a line of."""
    if not (text.isdecimal() and int(text) <= HIGHEST):
        raise argparse.ArgumentTypeError(f"a port is a whole number from 0 to {HIGHEST}, got {text!r}")
    return int(text)


def seconds_of(text: str) -> float:
    """A time; raises what the parser makes a line of."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < inf:
        raise argparse.ArgumentTypeError(f"write a number of seconds, 0 or more, got {text!r}")
    return seconds


def origin_of(text: str) -> str:
    """An origin as browsers write it; raises what the parser makes a line of."""
    try:
        parts = urlsplit(text)
        whole = parts.scheme and parts.hostname and f"{parts.scheme}://{parts.netloc}".lower() == text.lower()
        known = bool(whole and "@" not in text and parts.port != 0)
    except ValueError:
        known = False
    if not known and text != "null":
        raise argparse.ArgumentTypeError(f"write an origin such as http://localhost:3000, got {text!r}")
    return text.lower()


def store_of(url: str | None) -> PaceStore:
    """The store at that address, or the usual one; it is opened later.

    Raises:
        StoreError: When it is no address; the sentence names whatever says so.
    """
    from widgets.pace.store.engine import parse  # noqa: PLC0415 - loads SQLAlchemy: not for --help

    try:
        store = PaceStore(url)
        parse(store.url)
    except StoreError as error:
        raise StoreError(str(error) if url is None else str(error).replace(STORE, "--store")) from error
    return store


def main() -> None:
    """Serve until Ctrl+C."""
    parser = Parser(
        prog="python -m widgets.pace.door",
        description="A local gateway: what is asked through it keeps the paces that Waitwise knows.",
        epilog=f"The token is a new one each time, unless the environment variable {VARIABLE} holds one.",
    )
    parser.add_argument("--port", type=port_of, default=PORT, help=f"where it listens on 127.0.0.1 ({PORT})")
    parser.add_argument("--store", help="the SQLAlchemy URL of the store; yours unless given")
    parser.add_argument("--no-token", action="store_true", help="leave the token out: every program here may ask")
    parser.add_argument("--public", action="store_true", help="ask public addresses only, on ports 80 and 443")
    parser.add_argument(
        "--origin", type=origin_of, action="append", default=[], help="of pages that may ask from a browser"
    )
    parser.add_argument(
        "--patience", type=seconds_of, default=PATIENCE, help=f"seconds to wait for a turn ({PATIENCE:g})"
    )
    given = parser.parse_args()
    token = "" if given.no_token else os.environ.get(VARIABLE) or None
    guard = Guard("public" if given.public else "local")
    try:
        store = store_of(given.store)
    except StoreError as error:
        parser.error(str(error))
    try:
        door = Door(store, given.port, token, guard=guard, origins=given.origin, patience=given.patience)
    except OSError as error:
        parser.exit(1, f"The door cannot be opened on port {given.port}: {error.strerror}. Choose another --port.\n")
    with door, suppress(KeyboardInterrupt):
        interrupts.as_exceptions()
        print(f"The door is open. See what is paced: {door.gate.base}")
        print(f"For code that is copied from Paces: export WAITWISE_DOOR='{door.gate.base}'")
        print(f"Put it before an address: curl '{door.gate.base}https://api.example.org/items?page=2'", flush=True)
        door.serve_forever()


if __name__ == "__main__":
    main()
