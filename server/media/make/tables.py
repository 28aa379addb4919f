"""The landing sites on Mars as JSON, the planets as CSV."""

from __future__ import annotations

import csv
import io
import json

from .facts import LANDINGS, PLANETS


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
