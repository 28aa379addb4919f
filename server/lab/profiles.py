"""Rules under names of one's own, from a TOML file: the services of a lesson.

[weather]                  # served at /slow/weather
limiter = "token-bucket"   # a name of LIMITERS; every other key is a parameter, as in an address
rate = 0.5
burst = 10
dialect = "github"
status = 429
scope = "shared"
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, Final

from server.limiters import LIMITERS
from server.settings import SettingsError

from .choice import ChoiceError, choose

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .choice import Choice

_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_profiles(path: Path) -> dict[str, Choice]:
    """The choices of a profile file, by name.

    Raises:
        SettingsError: If the file or an entry cannot be used; the message names it.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"The profile file (WAITWISE_PROFILE, --profile) {path} cannot be read: {error}."
        ) from error
    return {name: _profile(f"{path}, [{name}]", name, table) for name, table in tables.items()}


def _profile(where: str, name: str, table: Any) -> Choice:
    if not isinstance(table, dict) or "limiter" not in table:
        raise SettingsError(f"{where}: write a table with limiter = one of {', '.join(LIMITERS)}.")
    if not _NAME.fullmatch(name) or name in LIMITERS:
        raise SettingsError(f"{where}: a name is made of a-z, 0-9 and single dashes, and is not that of a rule.")
    given = dict(_texts(table))
    try:
        return choose(given.pop("limiter"), given)
    except ChoiceError as error:
        raise SettingsError(f"{where}: {error}") from error


def _texts(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Each value as an address would say it; a table `rule` within gives `rule.…`, its own `limiter` being `rule`."""
    texts: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            texts += _texts(value, f"{prefix}{key}.")
        elif prefix and key == "limiter":
            texts.append((prefix.rstrip("."), str(value)))
        else:
            texts.append((f"{prefix}{key}", str(value)))
    return texts
