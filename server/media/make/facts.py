"""The facts behind the made resources, from NASA's published figures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class Planet:
    """One planet: mean distance in AU, eccentricity, period in days, mean radius in km."""

    name: str
    distance: float
    eccentricity: float
    period: float
    radius: float
    colour: str

    def place(self, days: float) -> tuple[float, float]:
        """Position in AU, `days` after perihelion; the Sun at the origin, the perihelion on the positive x axis.

        By Kepler's equation M = E - e·sin E, solved by Newton's method.
        """
        mean = 2 * math.pi * days / self.period
        anomaly = mean
        for _ in range(20):
            anomaly -= (anomaly - self.eccentricity * math.sin(anomaly) - mean) / (
                1 - self.eccentricity * math.cos(anomaly)
            )
        return (
            self.distance * (math.cos(anomaly) - self.eccentricity),
            self.distance * math.sqrt(1 - self.eccentricity**2) * math.sin(anomaly),
        )


PLANETS: Final = (
    Planet("Mercury", 0.38710, 0.20564, 87.97, 2439.7, "#b9b4ac"),
    Planet("Venus", 0.72334, 0.00678, 224.70, 6051.8, "#e8c98a"),
    Planet("Earth", 1.00000, 0.01671, 365.26, 6371.0, "#6fb1ff"),
    Planet("Mars", 1.52371, 0.09339, 686.98, 3389.5, "#ff8a66"),
    Planet("Jupiter", 5.20289, 0.04839, 4332.8, 69911.0, "#e3b991"),
    Planet("Saturn", 9.53668, 0.05386, 10755.9, 58232.0, "#f0d9a0"),
    Planet("Uranus", 19.18916, 0.04726, 30687.0, 25362.0, "#9fe3e6"),
    Planet("Neptune", 30.06992, 0.00859, 60190.0, 24622.0, "#7f9dff"),
)


@dataclass(frozen=True, slots=True)
class Landing:
    """One landing on Mars: degrees north, degrees east, date."""

    name: str
    latitude: float
    longitude: float
    landed: date
    kind: str


# The coordinates of the older three differ by some tenths of a degree between frames: they are given to 0.1.
LANDINGS: Final = (
    Landing("Viking 1", 22.3, -47.9, date(1976, 7, 20), "lander"),
    Landing("Viking 2", 47.6, 134.3, date(1976, 9, 3), "lander"),
    Landing("Pathfinder", 19.1, -33.2, date(1997, 7, 4), "lander and rover"),
    Landing("Spirit", -14.568, 175.473, date(2004, 1, 4), "rover"),
    Landing("Opportunity", -1.946, -5.527, date(2004, 1, 25), "rover"),
    Landing("Phoenix", 68.219, -125.749, date(2008, 5, 25), "lander"),
    Landing("Curiosity", -4.590, 137.442, date(2012, 8, 6), "rover"),
    Landing("InSight", 4.502, 135.623, date(2018, 11, 26), "lander"),
    Landing("Perseverance", 18.445, 77.451, date(2021, 2, 18), "rover"),
)

HUBBLE: Final = (
    ("Launched", "24 April 1990, on Space Shuttle Discovery (STS-31)"),
    ("Deployed", "25 April 1990"),
    ("Primary mirror", "2.4 m across"),
    ("Length", "13.2 m"),
    ("Mass at launch", "about 11,110 kg"),
    ("Inclination of the orbit", "28.5° to the equator"),
    ("One orbit", "about 95 minutes"),
)


@dataclass(frozen=True, slots=True)
class Servicing:
    """One servicing mission to Hubble; `flown` is good to the month."""

    mission: str
    flown: date
    work: str


SERVICING: Final = (
    Servicing(
        "STS-61", date(1993, 12, 1), "Corrective optics for the mirror, a new wide-field camera, new solar arrays"
    ),
    Servicing("STS-82", date(1997, 2, 1), "An imaging spectrograph and a first infrared camera"),
    Servicing("STS-103", date(1999, 12, 1), "Six new gyroscopes, a new computer, a new guidance sensor"),
    Servicing("STS-109", date(2002, 3, 1), "The Advanced Camera for Surveys, new rigid solar arrays"),
    Servicing(
        "STS-125", date(2009, 5, 1), "Wide Field Camera 3, the Cosmic Origins Spectrograph, two repairs in space"
    ),
)

# Oxygen in grams. The rate is the highest reached, in grams an hour; purity in per cent, at least.
MOXIE: Final = {
    "mass_kg": 17.1,
    "power_w": 300,
    "celsius": 800,
    "runs": 16,
    "first_run": date(2021, 4, 20),
    "first_oxygen": 5.4,
    "last_run": date(2023, 8, 7),
    "last_oxygen": 9.8,
    "all_oxygen": 122,
    "highest_rate": 12,
    "purity": 98,
}
