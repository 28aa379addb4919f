"""What can be set about a service, checked once, with the errors that a person meets when something is wrong.

    SettingsError            a setting, or the command line, cannot be used
    └── CatalogueError       the media folder or its catalogue.toml cannot be used (catalogue.py)

Both are Flask's own `NoAppException`, so that `flask run` shows them as one line and not as a traceback.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask.cli import NoAppException

if TYPE_CHECKING:
    from collections.abc import Mapping

BUNDLED: Final = Path(__file__).parent / "media"
LARGEST_BODY: Final = 64 * 1024
"""Bytes of a request's body: a guess at a puzzle is the longest there is."""


class SettingsError(NoAppException):
    """A setting cannot be used; the message names it, says what was given and what is expected."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one service.

    Attributes:
        media: Folder with the resources and, if it has one, their catalogue.toml (`MEDIA`).
        seed: Of every random draw; `None` draws a fresh one (`SEED`).
        time_scale: Factor on every time of the limiters: 0.02 makes /Slow-NASA 50 times faster (`TIME_SCALE`).
        profile: TOML file with rules under names of one's own (`PROFILE`), see `server.lab.rules`.
        state: SQLite file in which what learners did with puzzles outlives the service (`STATE`); none unless given.
        lab: Whether the teacher's view exists (`LAB`). It answers this machine only, and where strangers may use this
            machine's dashboard (`MODE` is "public") that is no protection: there it is off unless asked for.
        embedded: Whether the service lives inside another program, such as a kernel (`EMBEDDED`).
    """

    media: Path = BUNDLED
    seed: int | None = None
    time_scale: float = 1.0
    profile: Path | None = None
    state: Path | None = None
    lab: bool = True
    embedded: bool = False

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Settings:
        """Read and check the settings of a Flask configuration.

        Raises:
            SettingsError: If one cannot be used.
        """
        return cls(
            media=Path(str(config.get("MEDIA") or BUNDLED)),
            seed=_seed(config.get("SEED")),
            time_scale=_time_scale(config.get("TIME_SCALE")),
            profile=Path(str(config["PROFILE"])) if config.get("PROFILE") else None,
            state=Path(str(config["STATE"])) if config.get("STATE") else None,
            lab=bool(config.get("LAB", not _is_public(config.get("MODE")))),
            embedded=bool(config.get("EMBEDDED")),
        )


def _is_public(value: object) -> bool:
    word = "" if value is None else str(value).strip().lower()
    if word not in {"", "local", "public"}:
        raise SettingsError(f"The mode (WAITWISE_MODE) must be public or local, or unset, got {value!r}.")
    return word == "public"


def _seed(value: object) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise SettingsError(f"The seed (WAITWISE_SEED, --seed) must be a whole number, got {value!r}.")
    return value


def _time_scale(value: object) -> float:
    if value is None or value == "":
        return 1.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not (math.isfinite(value) and value > 0):
        raise SettingsError(
            f"The time scale (WAITWISE_TIME_SCALE, --time-scale) must be a number above 0, got {value!r}. "
            "1 keeps every time; 0.02 divides each by 50."
        )
    return float(value)
