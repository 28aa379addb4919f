"""The article, the drawing and the tables: MOXIE as HTML, the orbits as SVG, landing sites as JSON, planets as CSV."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .facts import LANDINGS, MOXIE, PLANETS, Planet

if TYPE_CHECKING:
    from collections.abc import Sequence


def moxie_article() -> str:
    """The page: no script, nothing fetched from elsewhere, light and dark; its words stand in moxie.html.j2."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["day"] = lambda day: f"{day.day} {day:%B %Y}"
    return environment.get_template("moxie.html.j2").render(MOXIE)


_RADIUS = 170.0
_DAYS = {"inner": 100.0, "outer": 5000.0}

_STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; fill: #e8ecf5; }
.title { font-size: 22px; font-weight: 600; }
.panel { font-size: 15px; font-weight: 600; }
.note { fill: #a9b4ca; font-size: 12px; }
.orbit { fill: none; stroke-width: 1.25; opacity: .85; }
.label { paint-order: stroke; stroke: #0d1220; stroke-width: 3px; stroke-linejoin: round; }
"""


def orbits_drawing() -> str:
    """Two panels, each to its own scale: Mercury to Mars, Jupiter to Neptune; on a dark ground of its own."""
    inner = _panel("Inner planets", PLANETS[:4], _DAYS["inner"], unit=0.5)
    outer = _panel("Outer planets", PLANETS[4:], _DAYS["outer"], unit=10.0)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 560" width="860" height="560" role="img"
 aria-labelledby="t d">
<title id="t">The orbits of the planets, to scale</title>
<desc id="d">Two panels with the Sun in the middle of each. Left: the orbits of Mercury, Venus, Earth and Mars.
Right: those of Jupiter, Saturn, Uranus and Neptune, drawn about twenty times smaller.
A dot shows where each planet is, the same time after its perihelion.</desc>
<style>{_STYLE}</style>
<rect width="860" height="560" rx="14" fill="#0d1220"/>
<text class="title" x="30" y="44">The orbits of the planets, to scale</text>
<g transform="translate(225 290)">{inner}</g>
<g transform="translate(635 290)">{outer}</g>
<text class="note" x="30" y="506">Every ellipse is drawn with its perihelion to the right; in space they \
point in different directions. Sun and planets are not to scale.</text>
<text class="note" x="30" y="524">Dots by Kepler’s equation M = E − e·sin E, {_DAYS["inner"]:.0f} days (left) and \
{_DAYS["outer"]:,.0f} days (right) after perihelion.</text>
<text class="note" x="30" y="542">Data: NASA/JPL. Drawing: the Waitwise project.</text>
</svg>
"""


def _panel(title: str, planets: Sequence[Planet], days: float, unit: float) -> str:
    """One panel around the Sun at (0, 0); `unit` is the length of its scale bar in AU."""
    farthest = max(each.distance * (1 + each.eccentricity) for each in planets)
    scale = _RADIUS / farthest
    bar = unit * scale
    parts = [
        f'\n<text class="panel" x="-195" y="-200">{title}</text>',
        '<circle r="5" fill="#ffd75e"><title>Sun</title></circle>',
        f'<path d="M {195 - bar:.1f} -196 v -5 h {bar:.1f} v 5" fill="none" stroke="#a9b4ca"/>',
        f'<text class="note" x="195" y="-208" text-anchor="end">{unit:g} AU</text>',
    ]
    parts += [_orbit(each, scale, days) for each in planets]
    parts += [_label(each, scale, days) for each in planets]
    return "\n".join(parts)


def _orbit(planet: Planet, scale: float, days: float) -> str:
    major = planet.distance * scale
    minor = major * math.sqrt(1 - planet.eccentricity**2)
    x, y = planet.place(days)
    return (
        f'<ellipse class="orbit" cx="{-major * planet.eccentricity:.2f}" cy="0" rx="{major:.2f}" ry="{minor:.2f}" '
        f'stroke="{planet.colour}"/>'
        f'<circle cx="{x * scale:.2f}" cy="{-y * scale:.2f}" r="4.5" fill="{planet.colour}"/>'
    )


def _label(planet: Planet, scale: float, days: float) -> str:
    x, y = planet.place(days)
    left = x < 0
    return (
        f'<text class="label" x="{x * scale + (-9 if left else 9):.2f}" y="{-y * scale + 4:.2f}" '
        f'text-anchor="{"end" if left else "start"}">{planet.name}</text>'
    )


def landing_sites() -> str:
    """The landing sites: an object with `sites`, each with latitude and east longitude in degrees, in order of date.

    Not GeoJSON, which is for the Earth only (RFC 7946, section 4).
    """
    document = {
        "body": "Mars",
        "title": "Where NASA's landers and rovers stand on Mars",
        "coordinates": {
            "latitude": "degrees north",
            "longitude": "degrees east",
            "note": "Viking 1, Viking 2 and Pathfinder to 0.1 degree: their coordinates differ between frames.",
        },
        "credit": "NASA",
        "sites": [
            {
                "name": each.name,
                "latitude": each.latitude,
                "longitude": each.longitude,
                "landed": each.landed.isoformat(),
                "kind": each.kind,
            }
            for each in LANDINGS
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def planets_table() -> str:
    """The planets: one row each, header first, lines ending in CR LF as RFC 4180 has them."""
    sheet = io.StringIO(newline="")
    write = csv.writer(sheet).writerow
    write(["planet", "semi_major_axis_au", "eccentricity", "period_days", "mean_radius_km"])
    for each in PLANETS:
        write([each.name, f"{each.distance:.5f}", f"{each.eccentricity:.5f}", f"{each.period:g}", f"{each.radius:.1f}"])
    return sheet.getvalue()
