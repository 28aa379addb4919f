"""What lies on Earth as an outline: GeoJSON (RFC 7946), KML and KMZ (OGC 12-007), GPX 1.1. No map is asked for."""

from __future__ import annotations

import io
import json
import math
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from widgets.model.quantity import as_value

from .tree import xml_read
from .values import read_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from xml.etree.ElementTree import Element

Point = tuple[float, float]

MOST_POINTS = 20_000
_MOST_SHAPES = 5000
_MOST_OF_KML = 50_000_000


@dataclass(frozen=True, slots=True)
class Outline:
    """Shapes in degrees of longitude and latitude, thinned to what can be drawn.

    Attributes:
        points: Single places.
        lines: Places that are joined.
        areas: Rings; a hole is one of its own.
        words: How many of each there are, and what they reach, for people.
        bounds: West, south, east, north; None where there is no place.
    """

    points: tuple[Point, ...]
    lines: tuple[tuple[Point, ...], ...]
    areas: tuple[tuple[Point, ...], ...]
    words: str
    bounds: tuple[float, float, float, float] | None


@dataclass(slots=True)
class _Shapes:
    points: list[Point] = field(default_factory=list)
    lines: list[list[Point]] = field(default_factory=list)
    areas: list[list[Point]] = field(default_factory=list)
    rings: int = 0

    def outline(self) -> Outline:
        """Return the shapes, of many places every n-th."""
        every = [*self.points, *(place for shape in (*self.lines, *self.areas) for place in shape)]
        step = max(1, math.ceil(len(every) / MOST_POINTS))
        counts = [
            f"{count:,} {noun}{'' if count == 1 else 's'}"
            for count, noun in ((len(self.points), "point"), (len(self.lines), "line"), (len(self.areas), "ring"))
            if count
        ]
        bounds = None
        if every:
            across, up = [place[0] for place in every], [place[1] for place in every]
            bounds = (min(across), min(up), max(across), max(up))
            counts.append("from {0} to {2} across and from {1} to {3} up".format(*map(as_value, bounds)))
        shown = sum(map(len, (self.lines, self.areas)))
        more = [f"every {step} places one is drawn"] if step > 1 else []
        more += [f"the first {_MOST_SHAPES:,} shapes are drawn"] if shown > _MOST_SHAPES else []
        lines, areas = self.lines[:_MOST_SHAPES], self.areas[:_MOST_SHAPES]
        return Outline(
            tuple(self.points[::step]),
            tuple(_thinned(each, step) for each in lines),
            tuple(_thinned(each, step) for each in areas),
            "; ".join([", ".join(counts) or "no places", *more]),
            bounds,
        )


def geojson_outline(text: str) -> Outline:
    """Return the geometries of GeoJSON, of one value or of several; raise `Unreadable` where it is no JSON."""
    shapes = _Shapes()
    stack = _values(text)
    while stack:
        value = stack.pop()
        if not isinstance(value, dict):
            continue
        stack += [each for name in ("features", "geometries") for each in reversed(_list(value.get(name)))]
        stack += [value["geometry"]] if "geometry" in value else []
        _geometry(shapes, str(value.get("type")), value.get("coordinates"))
    return shapes.outline()


def _values(text: str) -> list[Any]:
    """Return the value of JSON, or its values, the last one first."""
    try:
        return [json.loads(text)]  # By far the faster way, and mostly enough.
    except ValueError:
        found = read_values(text)
        return list(reversed(found.value)) if found.many else [found.value]


def kml_outline(text: str) -> Outline:
    """Return the placemarks of KML; raise `Unreadable` where it is not well-formed."""
    shapes = _Shapes()
    for element in xml_read(text)[0].iter():
        name = _name(element)
        if name == "Track":
            shapes.lines.append(list(_places((each.text or "").split() for each in element if _name(each) == "coord")))
        elif name in {"Point", "LineString", "LinearRing"}:
            text = next((each.text or "" for each in element if _name(each) == "coordinates"), "")
            _put(shapes, name, list(_places(place.split(",") for place in text.split())))
    return shapes.outline()


def kmz_text(data: bytes) -> bytes:
    """Return the KML of a KMZ archive; raise `ValueError` where there is none."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = next((each for each in archive.namelist() if each.lower().endswith(".kml")), None)
        if name is None:
            raise ValueError("there is no KML in it")
        with archive.open(name) as file:
            body = file.read(_MOST_OF_KML + 1)
    if len(body) > _MOST_OF_KML:
        raise ValueError(f"its KML unfolds to more than {_MOST_OF_KML // 1_000_000} MB")
    return body


def gpx_outline(text: str) -> Outline:
    """Return the tracks, routes and waypoints of GPX; raise `Unreadable` where it is not well-formed."""
    shapes = _Shapes()
    for element in xml_read(text)[0].iter():
        match _name(element):
            case "wpt":
                shapes.points += _places([(element.get("lon", ""), element.get("lat", ""))])
            case "trkseg" | "rte":
                inside = (each for each in element if _name(each) in {"trkpt", "rtept"})
                shapes.lines.append(list(_places((each.get("lon", ""), each.get("lat", "")) for each in inside)))
    return shapes.outline()


def _geometry(shapes: _Shapes, kind: str, coordinates: Any) -> None:
    """Add a geometry; one that is not as RFC 7946 has it adds the places that it has."""
    match kind:
        case "Point":
            shapes.points += _places([coordinates])
        case "MultiPoint":
            shapes.points += _places(_list(coordinates))
        case "LineString":
            shapes.lines.append(list(_places(_list(coordinates))))
        case "MultiLineString":
            shapes.lines += [list(_places(_list(line))) for line in _list(coordinates)]
        case "Polygon":
            shapes.areas += [list(_places(_list(ring))) for ring in _list(coordinates)]
        case "MultiPolygon":
            shapes.areas += [list(_places(_list(ring))) for area in _list(coordinates) for ring in _list(area)]


def _put(shapes: _Shapes, name: str, places: list[Point]) -> None:
    if name == "Point":
        shapes.points += places
    else:
        (shapes.lines if name == "LineString" else shapes.areas).append(places)


def _places(pairs: Iterable[Any]) -> Iterator[Point]:
    for pair in pairs:
        try:
            across, up = float(pair[0]), float(pair[1])
        except (TypeError, ValueError, IndexError, KeyError, OverflowError):
            continue
        if math.isfinite(across) and math.isfinite(up):
            yield across, up


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _thinned(places: list[Point], step: int) -> tuple[Point, ...]:
    return tuple(places[::step]) if step == 1 or not places else (*places[::step], places[-1])


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
