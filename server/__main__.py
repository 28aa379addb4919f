"""`python -m server`: serve from the command line."""

from __future__ import annotations

import argparse
import logging
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from . import create_app
from .ports import USUAL, PortError, claim
from .serving import serve_many, threaded_server
from .settings import SettingsError

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from flask import Flask

_HIGHEST = 65535
_UNUSABLE = 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, where argparse would print the whole usage before it."""
        self.exit(_UNUSABLE, f"{self.prog}: {message} (--help lists the options)\n")


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= _HIGHEST):
        raise argparse.ArgumentTypeError(f"a port is a whole number from 0 to {_HIGHEST}, got {text!r}")
    return int(text)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = _Parser(prog="python -m server", description="A service that refuses by rules which only it knows.")
    parser.add_argument(
        "--port", type=_port, default=USUAL, help="port to serve on; 0 takes any free one (%(default)s)"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (%(default)s)")
    parser.add_argument("--media", metavar="DIR", help="folder of your own, with or without a catalogue.toml")
    parser.add_argument("--seed", type=int, metavar="N", help="make every random draw repeatable")
    parser.add_argument("--profile", metavar="FILE", help="TOML file with rules under names of your own")
    parser.add_argument("--state", metavar="FILE", help="SQLite file in which puzzles outlive the service")
    parser.add_argument("--serve", action="store_true", help="serve many clients, under Waitress")
    parser.add_argument("--time-scale", type=float, metavar="X", help="factor on all times; 0.02 is 50 times faster")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until interrupted.

    Returns:
        The exit code: 0 after an interrupt, 2 when the service could not start.
    """
    arguments = _arguments(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    given = {
        "MEDIA": arguments.media,
        "SEED": arguments.seed,
        "TIME_SCALE": arguments.time_scale,
        "PROFILE": arguments.profile,
        "STATE": arguments.state,
    }
    try:
        app = create_app({name: value for name, value in given.items() if value is not None})
        listener = claim(arguments.host, arguments.port)
        _serve(app, listener, many=arguments.serve)
    except SettingsError as error:
        return _fail(error.format_message())
    except PortError as error:
        return _fail(str(error))
    return 0


def _serve(app: Flask, listener: socket.socket, *, many: bool) -> None:
    host, port = listener.getsockname()[:2]
    name = f"[{host}]" if ":" in host else host
    sys.stderr.write(f"Waitwise service on http://{name}:{port} (Ctrl+C ends it)\n")
    with suppress(KeyboardInterrupt):
        if many:
            serve_many(app, listener)
        else:
            threaded_server(app, listener).serve_forever()


def _fail(message: str) -> int:
    sys.stderr.write(f"python -m server: {message}\n")
    return _UNUSABLE


if __name__ == "__main__":
    sys.exit(main())
