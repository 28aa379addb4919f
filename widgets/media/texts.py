"""As what a text is known by how it begins: pages, drawings, data, playlists. Pure."""

from __future__ import annotations

import re

POINTER = "a pointer of Git LFS"
PLAYLIST = "a playlist"
_OF_A_PAGE = """
a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body br
button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed
fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image
img input ins isindex kbd keygen label legend li link listing main map mark marquee math menu menuitem meta meter nav
nobr noframes noscript object ol optgroup option output p param picture plaintext pre progress q rb rp rt rtc ruby s
samp script search section select slot small source span strike strong style sub summary sup table tbody td template
textarea tfoot th thead time title tr track tt u ul var video wbr xmp
"""
"""Elements of HTML, also of older ones: pieces of pages declare the names of templates and of what they quote."""

_ELEMENTS = "|".join([*_OF_A_PAGE.split(), *_OF_A_PAGE.upper().split()])

TEXTS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile(
            r"(?i)#EXTM3U\b|\[playlist\]|<asx[\s>]|\[Reference\]\s*Ref1=|(?:rtspu?|pnm|mms[tu]?)://\S+\s*(?:\n|$)"
        ),
        "text/plain",
        PLAYLIST,
    ),
    (re.compile(r"version https://git-lfs\.github\.com/spec/v\d\s"), "text/plain", POINTER),
    (
        re.compile(
            r"(?:<\?xml[^>]*>)?\s*(?:<!--(?:(?!-->).)*+-->\s*|<!DOCTYPE svg[^>]*>\s*)*+<svg[\s>]",
            re.IGNORECASE | re.DOTALL,
        ),
        "image/svg+xml",
        "SVG",
    ),
    (
        re.compile(
            r"(?:<\?xml[^>]*>\s*(?=<!doctype html|<html|<!--))?(?:<!--(?:(?!-->).)*+-->\s*)*+"
            r"(?:<!doctype html|<html|<head|<body|<h1|<div|<p[\s>]|<table|<script|<title)",
            re.IGNORECASE | re.DOTALL,
        ),
        "text/html",
        "HTML",
    ),
    *(
        (
            re.compile(rf"(?:<\?xml[^>]*>)?\s*(?:<!--(?:(?!-->).)*+-->\s*)*+<(?:\w+:)?{name}[\s>]", re.DOTALL),
            media_type,
            words,
        )
        for name, media_type, words in (
            ("kml", "application/vnd.google-earth.kml+xml", "KML"),
            ("gpx", "application/gpx+xml", "GPX"),
            ("VOTABLE", "application/x-votable+xml", "VOTable"),
        )
    ),
    *(
        (
            re.compile(rf"<\?xml\s[^>]*>\s*(?:<!(?:--(?:(?!-->).)*+--|[^>-]*)>\s*)*+<{name}[\s>]", re.DOTALL),
            media_type,
            words,
        )
        for name, media_type, words in (
            ("rss", "application/rss+xml", "RSS"),
            ("feed", "application/atom+xml", "Atom"),
        )
    ),
    (re.compile(r"<rss\s"), "application/rss+xml", "RSS"),
    (re.compile(r"(?i)<\?xml\s"), "application/xml", "XML"),
    (
        re.compile(
            rf"<(?!(?:{_ELEMENTS}|[a-z]\w*-[\w-]*)\s)[A-Za-z_][\w.-]{{0,80}}(?::[\w.-]{{1,80}})?"
            r"""(?!\s[^<>]{0,2000}?\bxmlns=["']http://www\.w3\.org/1999/xhtml)\s[^<>]{0,2000}?\bxmlns[:=]"""
        ),
        "application/xml",
        "XML",
    ),
    (
        re.compile(
            r'\{(?:[^{}]{0,300}?"type"\s*:\s*"(?:FeatureCollection|Feature)"'
            r'|\s*"features"\s*:\s*\[\s*\{(?=.{0,2000}?"geometry"\s*:).{0,2000}?"type"\s*:\s*"Feature")',
            re.DOTALL,
        ),
        "application/geo+json",
        "GeoJSON",
    ),
    (re.compile(r'(?:\{\s*(?:"|\})|\[\s*(?:[\[{"\d\]-]|true|false|null))'), "application/json", "JSON"),
)
"""How a text begins, media type, name; the first that fits decides."""
