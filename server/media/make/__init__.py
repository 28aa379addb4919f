"""Make the resources that this project derives from NASA's facts, byte for byte the same each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .hubble import hubble_fact_sheet
from .pages import landing_sites, moxie_article, orbits_drawing, planets_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MADE: Final[dict[str, Callable[[], bytes]]] = {
    "hubble_fact_sheet.pdf": hubble_fact_sheet,
    "moxie_oxygen_from_mars.html": lambda: moxie_article().encode(),
    "mars_landing_sites.json": lambda: landing_sites().encode(),
    "planet_orbits.svg": lambda: orbits_drawing().encode(),
    "planets.csv": lambda: planets_table().encode(),
}


def make_all(folder: Path) -> list[Path]:
    """Write every made resource into `folder`, and say which files they are."""
    made = []
    for name, make in MADE.items():
        path = folder / name
        path.write_bytes(make())
        made.append(path)
    return made
