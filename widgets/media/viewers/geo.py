"""GeoJSON, KML, KMZ and GPX: their outline, drawn here without a map from elsewhere, and what is in them as a tree."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import ipywidgets

from widgets.media.child import DecoderError, in_child
from widgets.media.decoders import Outline, geojson_outline, gpx_outline, kml_outline, kmz_text
from widgets.media.registry import renderer
from widgets.media.reply import Piece
from widgets.media.sandbox import Markup, data_address, show, tag
from widgets.media.viewers.archive import show_zip
from widgets.media.viewers.text import read_text
from widgets.media.viewers.tree import show_json, show_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from widgets.media.decoders.outline import Point
    from widgets.media.reply import Reply

_WIDTH, _HEIGHT, _MARGIN = 500.0, 400.0, 10.0
_LONGEST = 20_000_000


@renderer("application/geo+json", "application/vnd.geo+json", kind="an outline and a tree")
def show_geojson(reply: Reply) -> ipywidgets.Widget:
    """Show the geometries, and all of it as a tree."""
    decoded, _ = read_text(reply, _LONGEST)
    return ipywidgets.VBox([_drawn(reply, lambda: in_child(geojson_outline, decoded.text)), show_json(reply)])


@renderer("application/vnd.google-earth.kml+xml", kind="an outline of placemarks and a tree")
def show_kml(reply: Reply) -> ipywidgets.Widget:
    """Show the placemarks, and all of it as a tree."""
    return ipywidgets.VBox([_drawn(reply, lambda: in_child(kml_outline, _text(reply))), show_xml(reply)])


@renderer("application/vnd.google-earth.kmz", kind="an outline and a list")
def show_kmz(reply: Reply) -> ipywidgets.Widget:
    """Show the placemarks of the KML inside, it as a tree, and what else is in the archive."""
    try:
        text = in_child(kmz_text, bytes(reply.body))
    except DecoderError as error:
        why = show(tag("p", f"No outline: {error}.", class_="ww-reason"))
        return ipywidgets.VBox([why, show_zip(reply)])
    depth = reply.depth if isinstance(reply, Piece) else 0
    kml = Piece("doc.kml", text, "application/vnd.google-earth.kml+xml", "", reply.description, depth)
    return ipywidgets.VBox([show_kml(kml), show_zip(reply)])


@renderer("application/gpx+xml", kind="an outline of tracks and a tree")
def show_gpx(reply: Reply) -> ipywidgets.Widget:
    """Show the tracks, and all of it as a tree."""
    return ipywidgets.VBox([_drawn(reply, lambda: in_child(gpx_outline, _text(reply))), show_xml(reply)])


def _text(reply: Reply) -> str:
    """Return all of XML as text: what it says of its charset is heeded here, and no parser knows them all."""
    return read_text(reply, len(reply.body))[0].text


def _drawn(reply: Reply, outline: Callable[[], Outline]) -> ipywidgets.Widget:
    try:
        found = outline()
    except DecoderError as error:
        return show(tag("p", f"No outline: {error}.", class_="ww-reason"))
    return show(picture_of(found, reply.description or "Outline"), tag("p", found.words, class_="ww-facts"))


def picture_of(outline: Outline, name: str) -> Markup:
    """Return an outline as a drawing, north up; a degree across is as long as it is in the middle of the drawing."""
    if outline.bounds is None:
        return tag("p", "There is no place to draw.")
    west, south, east, north = outline.bounds
    middle = (south + north) / 2
    narrow = math.cos(math.radians(middle)) if abs(middle) < 85 else 1.0  # noqa: PLR2004 - near a pole no such drawing is right
    scale = min(_WIDTH / ((east - west) * narrow or 1e-9), _HEIGHT / ((north - south) or 1e-9), 1e9)
    width, height = (east - west) * narrow * scale + 2 * _MARGIN, (north - south) * scale + 2 * _MARGIN

    def path(places: Iterable[Point], end: str) -> str:
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in map(place, places)) + end

    def place(at: Point) -> Point:
        return (at[0] - west) * narrow * scale + _MARGIN, (north - at[1]) * scale + _MARGIN

    areas = "".join(path(each, "Z") for each in outline.areas if each)
    lines = "".join(path(each, "") for each in outline.lines if each)
    dots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in map(place, outline.points))
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {height:.1f}" width="{max(width, 60):.0f}" '
        f'height="{max(height, 60):.0f}" fill="none" stroke="#1976d2" stroke-width="1.5">'
        f'<path d="{areas}" fill="#1976d2" fill-opacity="0.2" fill-rule="evenodd"/><path d="{lines}"/>'
        f'<path d="{dots}" stroke-width="6" stroke-linecap="round"/></svg>'
    )
    return tag(
        "img", src=data_address(drawing.encode(), "image/svg+xml"), alt=f"{name}: {outline.words}", class_="ww-plot"
    )
