"""The bundled media: what they are, and that the made ones can be made again."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import pypdf
import pytest

from server.catalogue import read_catalogue
from server.media.make import MADE
from server.settings import BUNDLED

if TYPE_CHECKING:
    from collections.abc import Callable

SIGNATURES = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/gif": b"GIF8",
    "image/svg+xml": b"<svg",
    "audio/wav": b"RIFF",
    "application/pdf": b"%PDF-",
    "application/fits": b"SIMPLE  =",
    "application/json": b"{",
    "text/html": b"<!doctype html>",
}


@pytest.mark.parametrize(("name", "make"), MADE.items(), ids=list(MADE))
def test_what_is_committed_is_what_the_script_makes(name: str, make: Callable[[], bytes]) -> None:
    assert make() == (BUNDLED / name).read_bytes(), "run `python -m server.media.make` and commit the results"


def test_all_media_together_are_below_five_megabytes() -> None:
    assert sum(path.stat().st_size for path in BUNDLED.rglob("*") if path.suffix != ".pyc") < 5_000_000


def test_every_file_is_in_the_catalogue_and_every_entry_is_credited() -> None:
    catalogue = read_catalogue(BUNDLED)
    files = {path.name for path in BUNDLED.iterdir() if path.is_file()}
    assert {each.name for each in catalogue} == files - {"catalogue.toml", "CREDITS.md", "__init__.py"}
    notice = (BUNDLED / "CREDITS.md").read_text("utf-8")
    for each in catalogue:
        assert each.description
        assert each.credit
        assert each.origin in {"NASA", "Made by this project from NASA data"}
        assert f"| {each.name} | {each.essence} |" in notice


def test_the_bytes_are_what_the_catalogue_says() -> None:
    for each in read_catalogue(BUNDLED):
        head = Path(each.locate()[0]).read_bytes()[:16]
        assert head.startswith(SIGNATURES.get(each.essence, b"")), each.name
        assert each.essence != "video/mp4" or head[4:8] == b"ftyp"


def test_the_notice_of_cfitsio_goes_with_it() -> None:
    notice = " ".join((BUNDLED / "CREDITS.md").read_text("utf-8").split())
    assert "No copyright is claimed in the United States under Title 17, U.S. Code." in notice


def test_the_fact_sheet_has_three_pages_a_picture_bookmarks_and_no_restless_date() -> None:
    with pypdf.PdfReader(BUNDLED / "hubble_fact_sheet.pdf") as sheet:
        assert len(sheet.pages) == 3
        assert len(sheet.pages[0].images) == 1
        assert [str(entry["/Title"]) for entry in sheet.outline if not isinstance(entry, list)][:2] == [
            "Hubble Space Telescope",
            "The telescope",
        ]
        text = "".join(page.extract_text() for page in sheet.pages)
        assert "STS-125" in text
        assert "28.5°" in text
        assert sheet.metadata is not None
        assert sheet.metadata.creation_date is not None
        assert sheet.metadata.creation_date.year == 2024


def test_the_landing_sites_are_nine_on_mars() -> None:
    document = json.loads((BUNDLED / "mars_landing_sites.json").read_bytes())
    assert document["body"] == "Mars"
    assert [site["landed"] for site in document["sites"]] == sorted(site["landed"] for site in document["sites"])
    assert len(document["sites"]) == 9
    assert all(-90 <= site["latitude"] <= 90 and -180 <= site["longitude"] <= 180 for site in document["sites"])


def test_the_planets_obey_kepler() -> None:
    with (BUNDLED / "planets.csv").open(encoding="utf-8", newline="") as sheet:
        rows = list(csv.DictReader(sheet))
    assert len(rows) == 8
    for row in rows:
        years = float(row["period_days"]) / 365.25
        assert years**2 == pytest.approx(float(row["semi_major_axis_au"]) ** 3, rel=0.01)


def test_the_orbits_are_to_scale() -> None:
    drawing = ET.fromstring((BUNDLED / "planet_orbits.svg").read_bytes())  # noqa: S314 - our own file
    ellipses = list(drawing.iter("{http://www.w3.org/2000/svg}ellipse"))
    assert len(ellipses) == 8
    mercury, _, earth, mars, jupiter, _, _, neptune = (float(each.attrib["rx"]) for each in ellipses)
    assert mars / earth == pytest.approx(1.524, rel=0.001)
    assert earth / mercury == pytest.approx(1 / 0.3871, rel=0.001)
    assert neptune / jupiter == pytest.approx(30.07 / 5.203, rel=0.001)
