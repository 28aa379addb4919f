"""The unknown, overloaded service: an HTTP service that refuses by rules which only it knows.

`create_app()` makes the Flask application (`FLASK_APP=server flask run --port 5009` finds it); `running()` says where a
service answers, and starts one inside this process when none does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .embedded import running

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

__all__ = ["create_app", "running"]


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Make one service, with a catalogue, limiters and random draws of its own.

    Args:
        config: Settings by name (see `server.settings.Settings`); each wins over the environment's `WAITWISE_<NAME>`.

    Raises:
        SettingsError: If a setting or the media catalogue cannot be used; the message names it.

    Example:
        >>> from server import create_app
        >>> client = create_app({"SEED": 1}).test_client()
        >>> client.get("/health").get_json()["service"]
        'waitwise'
        >>> [client.get("/slow/token-bucket?burst=2&status=429").status_code for _ in range(3)]
        [200, 200, 429]
    """
    # `running()` may find a service that a person started: then Flask, 0.1 s of import, is never needed.
    from .factory import build  # noqa: PLC0415

    return build(config or {})
