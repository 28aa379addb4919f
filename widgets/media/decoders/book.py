"""EPUB (EPUB 3.3): its title, its chapters in the order of reading, and one as a page with its pictures inside."""

from __future__ import annotations

import base64
import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from .text import inert_page

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from widgets.media.reply import Inert

MOST_CHAPTERS = 1000
_MOST_OF_FILE = 5_000_000
_MOST_OF_PICTURES = 3_000_000
_PICTURES = {"png": "png", "jpg": "jpeg", "jpeg": "jpeg", "gif": "gif", "webp": "webp", "svg": "svg+xml"}
_SOURCE = re.compile(r"""((?:src|xlink:href)\s*=\s*)(["'])([^"']{1,500})\2""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Book:
    """What a book says of itself: names and values, and the title and file of each chapter."""

    notes: tuple[tuple[str, str], ...]
    chapters: tuple[tuple[str, str], ...]


def book_facts(data: bytes) -> Book:
    """Return the title and the chapters of a book; raise `ValueError` where it is none."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        place, package = _package(archive)
        manifest = {item.get("id", ""): item for item in _all(package, "item")}
        files = [
            _joined(place, manifest[each.get("idref", "")].get("href", ""))
            for each in _all(package, "itemref")[:MOST_CHAPTERS]
            if each.get("idref", "") in manifest
        ]
        titles = _titles(archive, place, list(manifest.values()))
        metadata = next(iter(_all(package, "metadata")), None)
        notes = [
            (child.tag.rpartition("}")[2], " ".join((child.text or "").split())[:300])
            for child in (metadata if metadata is not None else ())
            if isinstance(child.tag, str) and "purl.org/dc" in child.tag and child.text
        ]
    chapters = tuple((titles.get(file, posixpath.basename(file))[:100], file) for file in files)
    if not chapters:
        raise ValueError("it has no chapters")
    return Book(tuple(notes[:40]), chapters)


def book_chapter(data: bytes, file: str) -> tuple[Inert, str]:
    """Return a chapter as a page with its pictures inside, and what was left out, in words."""
    left, missing = _MOST_OF_PICTURES, 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        page = _read(archive, file).decode("utf-8-sig", "replace")

        def inlined(found: re.Match[str]) -> str:
            nonlocal left, missing
            name = _joined(file, found[3])
            kind = _PICTURES.get(name.rpartition(".")[2].lower())
            if kind is None or found[3].startswith("data:"):
                return found[0]
            try:
                body = _read(archive, name, left)
            except (KeyError, ValueError):
                missing += 1
                return found[0]
            left -= len(body)
            return f'{found[1]}"data:image/{kind};base64,{base64.b64encode(body).decode("ascii")}"'

        made = _SOURCE.sub(inlined, page)
    words = f"{missing} picture{' is' if missing == 1 else 's are'} missing or too large" if missing else ""
    return inert_page(re.sub(r"^\s*<\?xml[^>]*\?>", "", made)), words


def _package(archive: zipfile.ZipFile) -> tuple[str, Element]:
    container = _xml(_read(archive, "META-INF/container.xml"))
    place = next((root.get("full-path", "") for root in _all(container, "rootfile")), "")
    return place, _xml(_read(archive, place))


def _titles(archive: zipfile.ZipFile, place: str, items: list[Element]) -> dict[str, str]:
    """Return the titles of files, from the navigation of EPUB 3 or of EPUB 2."""
    titles: dict[str, str] = {}
    for item in items:
        is_nav = "nav" in item.get("properties", "").split()
        if not is_nav and item.get("media-type") != "application/x-dtbncx+xml":
            continue
        name = _joined(place, item.get("href", ""))
        try:
            tree = _xml(_read(archive, name))
        except (KeyError, ValueError):
            continue
        for point in _all(tree, "a" if is_nav else "navPoint"):
            target = point.get("href") if is_nav else next((each.get("src") for each in _all(point, "content")), "")
            words = " ".join("".join(point.itertext() if is_nav else _first_text(point)).split())
            titles.setdefault(_joined(name, (target or "").partition("#")[0]), words)
    return titles


def _first_text(point: Element) -> str:
    return next((each.text or "" for each in _all(point, "text")), "")


def _all(tree: Element, name: str) -> list[Element]:
    return [each for each in tree.iter() if isinstance(each.tag, str) and each.tag.rpartition("}")[2] == name]


def _joined(base: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(address.partition("#")[0])))


def _xml(body: bytes) -> Element:
    try:
        found: Element = ElementTree.fromstring(body, forbid_dtd=False)
    except (ElementTree.ParseError, DefusedXmlException) as error:
        raise ValueError(f"a part of it is no XML that can be read: {error}") from error
    return found


def _read(archive: zipfile.ZipFile, name: str, most: int = _MOST_OF_FILE) -> bytes:
    with archive.open(name) as file:
        body = file.read(most + 1)
    if len(body) > most:
        raise ValueError(f"{name[:100]} unfolds to more than {most:,} bytes")
    return body
