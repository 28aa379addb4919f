"""Program text cut into what is told apart by colour (Pygments), the links of a page, and Markdown as a page."""

from __future__ import annotations

import re
import time
from functools import lru_cache
from html.parser import HTMLParser
from itertools import groupby

import mistune
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]  # Pygments ships no types
from pygments.token import (  # type: ignore[import-untyped]
    Comment,
    Generic,
    Keyword,
    Name,
    Number,
    Operator,
    String,
)

from widgets.media.reply import Inert

MOST_LINKS = 500
_LONGEST = 300
_SECONDS = 1.0
"""Of computing: 30,000 characters of any program take a tenth of it."""
_KINDS = (
    (Comment, "comment"),
    (Keyword, "keyword"),
    (Operator.Word, "keyword"),
    (String, "string"),
    (Number, "number"),
    (Name.Tag, "name"),
    (Name.Attribute, "name"),
    (Name.Class, "name"),
    (Name.Decorator, "name"),
    (Name.Function, "name"),
    (Name.Property, "name"),
    (Generic.Inserted, "string"),
    (Generic.Deleted, "keyword"),
    (Generic.Subheading, "number"),
)


def coloured(text: str, language: str) -> tuple[tuple[str, str], ...]:
    r"""Return the text in pieces, each with `comment`, `keyword`, `string`, `number`, `name`, or an empty string.

    Args:
        text: With `\n` between its lines; the pieces, one after the other, are the same text again. Where a lexer looks
            through all of it anew for each sign, as some do for ampersands, what comes after a second stays plain.
        language: A name that Pygments knows, such as `"python"`.

    Raises:
        pygments.util.ClassNotFound: There is no such language.
        ValueError: The lexer lost or added something.
    """
    begun, read, done = time.process_time(), [], 0
    for _, token, piece in get_lexer_by_name(language).get_tokens_unprocessed(text):
        read.append((_kind(token), piece))
        done += len(piece)
        if time.process_time() - begun > _SECONDS:
            read.append(("", text[done:]))
            break
    pieces = tuple(("".join(piece for _, piece in run), kind) for kind, run in groupby(read, key=lambda one: one[0]))
    if "".join(piece for piece, _ in pieces) != text:
        raise ValueError(f"the {language} lexer changed the text")
    return pieces


@lru_cache(1000)
def _kind(token: object) -> str:
    return next((kind for parent, kind in _KINDS if token in parent), "")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._address: str | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._address = dict(attrs).get("href")
            self._words = []
        elif tag in ("frame", "iframe") and (source := dict(attrs).get("src")) and len(self.found) < MOST_LINKS:
            self.found.append((f"(in a frame) {dict(attrs).get('title') or ''}".strip()[:_LONGEST], source[:_LONGEST]))

    def handle_data(self, data: str) -> None:
        if self._address is not None:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._address is not None and len(self.found) < MOST_LINKS:
            words = " ".join("".join(self._words).split())
            self.found.append((words[:_LONGEST], self._address[:_LONGEST]))
            self._address = None


def links(text: str) -> list[tuple[str, str]]:
    """Return the words and the address of each link of a page."""
    parser = _Links()
    parser.feed(text)
    parser.close()
    return parser.found


def markdown_page(text: str) -> Inert:
    """Return Markdown as an HTML document, inert like any page."""
    turn = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "task_lists"])
    return inert_page(str(turn(text)))


def inert_page(text: str) -> Inert:
    """Return a page as it looks, without anything that could open a connection, by itself or on a click.

    Links have no address: it is told beside the page. Frames, objects, what refreshes or prefetches, and any picture
    that is not in the page itself are left out. A content security policy does not do all of that: a browser connects
    to the host of a frame before the policy stops the request, and a link that is followed leaves the policy behind.

    >>> inert_page('<body><a href="http://x.example/">words</a><iframe src="http://x.example/"></iframe>')
    '<!doctype html><a>words</a>'
    """
    import nh3  # noqa: PLC0415 - only the process that decodes ever holds it

    cleaned = nh3.clean(
        _NO_SCRIPT.sub("", text),  # Its inside is for browsers without scripts or frames, as this one is.
        tags=_TAGS,
        clean_content_tags=_SILENT,
        attributes={"*": _ATTRIBUTES},
        attribute_filter=_only_inside,
        generic_attribute_prefixes={"aria-"},
        url_schemes={"data"},
        link_rel=None,
    )
    return Inert(f"<!doctype html>{cleaned}")


def _only_inside(_: str, name: str, value: str) -> str | None:
    """Keep an address only where it holds the bytes themselves."""
    return value if name not in _ADDRESSES or value.lstrip().lower().startswith("data:") else None


_NO_SCRIPT = re.compile(r"</?(?:noscript|noframes|frameset|frame)\b[^>]*>", re.IGNORECASE)
_ADDRESSES = frozenset({"src", "poster"})
_ATTRIBUTE_NAMES = """
abbr align alt axis bgcolor border cellpadding cellspacing char charoff charset checked class clear color cols colspan
compact controls coords datetime dir disabled face frame headers height high hspace id label lang low max maxlength
media min multiple name noshade nowrap open optimum placeholder poster readonly reversed role rows rowspan rules scope
selected shape size span src start style summary tabindex title translate type valign value vspace width wrap

cx cy d dominant-baseline dx dy fill fill-opacity fill-rule font-family font-size font-style font-weight fx fy
gradientTransform gradientUnits offset opacity points preserveAspectRatio r rotate rx ry stop-color stop-opacity stroke
stroke-dasharray stroke-linecap stroke-linejoin stroke-opacity stroke-width text-anchor textLength transform viewBox x
x1 x2 xmlns y y1 y2

accent accentunder columnalign display displaystyle fence largeop linethickness lspace mathvariant maxsize minsize
movablelimits rspace scriptlevel separator stretchy symmetric
"""
"""Of pages, and of the drawings and formulas in them; none but `_ADDRESSES` is an address."""

_TAG_NAMES = """
a abbr acronym address article aside audio b bdi bdo big blockquote br button caption center cite code col colgroup
data datalist dd del details dfn dir div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header
hgroup hr i img input ins kbd label legend li main mark menu meter nav ol optgroup option output p picture pre progress
q rp rt ruby s samp section select small span strike strong style sub summary sup table tbody td textarea tfoot th
thead time title tr tt u ul var video wbr

circle defs desc ellipse g line linearGradient path polygon polyline radialGradient rect stop svg text tspan

math merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub
msubsup msup mtable mtd mtext mtr munder munderover none semantics
"""
"""Of pages, and of the drawings and formulas in them: of a formula the cleaner keeps no words without their tags."""

_ATTRIBUTES = set(_ATTRIBUTE_NAMES.split())
_TAGS = set(_TAG_NAMES.split())
_SILENT = {
    *("applet", "embed", "frame", "frameset", "iframe", "noembed", "noframes", "object", "script", "template"),
    *("annotation", "annotation-xml"),  # A formula again, as TeX: browsers do not paint it.
}
"""What is left out with all inside; of anything else that is not in `_TAGS` the inside stays."""
