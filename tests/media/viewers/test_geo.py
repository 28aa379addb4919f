from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from widgets.media import child

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.media.conftest import Shows

GEOJSON, KML = "application/geo+json", "application/vnd.google-earth.kml+xml"
KMZ, GPX = "application/vnd.google-earth.kmz", "application/gpx+xml"
SQUARE = [[[10.0, -1.0], [12.0, -1.0], [12.0, 1.0], [10.0, 1.0], [10.0, -1.0]]]
FEATURES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "<b>square"},
            "geometry": {"type": "Polygon", "coordinates": SQUARE},
        },
        {"type": "Feature", "geometry": {"type": "MultiPoint", "coordinates": [[10, 0], [11, 0, 99]]}},
        {
            "type": "Feature",
            "geometry": {
                "type": "GeometryCollection",
                "geometries": [{"type": "LineString", "coordinates": SQUARE[0]}],
            },
        },
        {"type": "Feature", "geometry": None},
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": ["x", None]}},
    ],
}
PLACES = (
    '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>'
    "<Placemark><name>one</name><Point><coordinates>10,0,5</coordinates></Point></Placemark>"
    "<Placemark><LineString><coordinates>10,-1 12,-1\n 12,1</coordinates></LineString></Placemark>"
    "<Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>10,-1 12,-1 12,1 10,-1</coordinates></LinearRing>"
    "</outerBoundaryIs></Polygon></Placemark>"
    "<Placemark><gx:Track><gx:coord>10 0 0</gx:coord><gx:coord>11 1 0</gx:coord></gx:Track></Placemark>"
    "</Document></kml>"
)
TRACKS = (
    '<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1"><wpt lat="0" lon="10"/>'
    '<rte><rtept lat="-1" lon="10"/><rtept lat="1" lon="12"/></rte>'
    '<trk><trkseg><trkpt lat="0" lon="11"/><trkpt lat="0.5" lon="11.5"/></trkseg></trk></gpx>'
)


def kmz(text: bytes, name: str = "doc.kml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(name, text)
        archive.writestr("files/icon.png", b"")
    return out.getvalue()


def drawing(seen: Any) -> str:
    found = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', seen.html)
    assert found, seen.html[:300]
    return base64.b64decode(found[1]).decode()


REACH = "from 10 to 12 across and from -1 to 1 up"
KINDS = {
    "GeoJSON": (GEOJSON, json.dumps(FEATURES).encode(), f"2 points, 1 line, 1 ring, {REACH}"),
    "KML": (KML, PLACES.encode(), f"1 point, 2 lines, 1 ring, {REACH}"),
    "KMZ": (KMZ, kmz(PLACES.encode()), f"1 point, 2 lines, 1 ring, {REACH}"),
    "GPX": (GPX, TRACKS.encode(), f"1 point, 2 lines, {REACH}"),
}


@pytest.mark.parametrize("name", KINDS)
def test_what_lies_on_earth_is_drawn_as_an_outline_above_its_tree(name: str, shows: Shows) -> None:
    media_type, body, words = KINDS[name]
    seen = shows(body, media_type)
    assert seen.whole.verdict.agreed
    assert words in seen.html
    assert f'alt="Outline: {words}"' in seen.html
    assert "ww-tree" in seen.html
    assert 'width="420" height="420"' in drawing(seen)


@pytest.mark.parametrize("name", ["KML", "KMZ", "GPX"])
def test_it_is_known_by_its_first_bytes(name: str, shows: Shows) -> None:
    media_type, body, _ = KINDS[name]
    assert shows(body, "application/octet-stream").whole.verdict.shown == media_type


def test_a_square_lies_where_it_is_with_north_up(shows: Shows) -> None:
    line = {"type": "LineString", "coordinates": [[10, -1], [12, 1]]}
    assert '<path d="M10.0 410.0L410.0 10.0"/>' in drawing(shows(json.dumps(line).encode(), GEOJSON))


def test_what_is_in_a_kmz_besides_can_be_reached(shows: Shows) -> None:
    assert "files/icon.png" in shows(kmz(PLACES.encode()), KMZ).html


def test_one_place_is_a_dot_and_none_is_said(shows: Shows) -> None:
    assert "M10.0 10.0h0" in drawing(shows(b'{"type": "Point", "coordinates": [5, 5]}', GEOJSON))
    assert "There is no place to draw." in shows(b'{"type": "FeatureCollection", "features": []}', GEOJSON).html


def test_numbers_that_no_drawing_has_room_for_are_left_out(shows: Shows) -> None:
    places = '{"type": "MultiPoint", "coordinates": [[1e400, 0], [NaN, 1], [5, 5], [1e308, -1e308], [-1e308, 1e308]]}'
    assert "3 points" in shows(places.encode(), GEOJSON).html


BOMBS: dict[str, tuple[str, Callable[[], str]]] = {
    "many places": (
        GEOJSON,
        lambda: json.dumps({"type": "LineString", "coordinates": [[n % 360, 5] for n in range(10**6)]}),
    ),
    "many shapes": (
        GEOJSON,
        lambda: '{"type": "MultiLineString", "coordinates": [' + "[[1,2],[3,4]]," * 300_000 + "[]]}",
    ),
    "deep": (GEOJSON, lambda: '{"type": "Feature", "geometry": ' * 50_000 + "1" + "}" * 50_000),
    "a billion laughs": (
        KML,
        lambda: '<!DOCTYPE k [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + PLACES.replace("one", "&b;"),
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_of_an_outline_costs_its_decoder_only(name: str, shows: Shows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "SECONDS", 8.0)
    media_type, make = BOMBS[name]
    html = shows(make().encode(), media_type).html
    assert "Shown as" in html or "ww-tree" in html
    assert len(html) < 5_000_000


def test_a_kmz_that_unfolds_without_end_is_bytes_with_the_reason(shows: Shows) -> None:
    html = shows(kmz(b" " * 60_000_000), KMZ).html
    assert "its KML unfolds to more than 50 MB" in html
