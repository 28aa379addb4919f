"""A reply on the page: the view, the verdict beneath it, a choice to show it as something else, and to save it."""

from __future__ import annotations

import hashlib
import logging
import mimetypes
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import ipywidgets

from widgets.kit import Failed, Finished, Idle, Job, Running, State

from .charset import decode
from .registry import View, kind_of, offers, view
from .reply import Piece, Reply
from .sandbox import Markup, change, save_link, show, tag
from .sniff import HEAD, sniff
from .verdict import Verdict, judge

if TYPE_CHECKING:
    import threading

    from .reply import Blob, Reply


logger = logging.getLogger(__name__)

AT_ONCE = 300_000
"""Bytes up to which the link holds the body at once; more would double what every fetch sends to the browser."""

_PIECE = 1 << 20
_LONGEST_NAME = 100
_ENDINGS = {"audio/wav": ".wav", "application/fits": ".fits", "text/csv": ".csv", "application/x-ndjson": ".ndjson"}

_AUTOMATIC = ""
_CHARSETS = (
    *("utf-8", "utf-16le", "utf-16be", "windows-1252", "iso-8859-15", "windows-1250", "iso-8859-2", "windows-1251"),
    *("koi8-r", "koi8-u", "ibm866", "iso-8859-5", "windows-1253", "windows-1254", "windows-1255", "windows-1256"),
    *("windows-1257", "windows-874", "shift_jis", "euc-jp", "iso-2022-jp", "gb18030", "big5", "euc-kr"),
)


def render(reply: Reply, *, shown_as: str = "") -> ipywidgets.Widget:
    """Return a widget that shows `reply` and runs nothing of it; never raises.

    >>> view = render(Piece("http://a.example/b", b"<b>plain</b> words", "text/plain"))
    >>> view.verdict.why
    'Declared text/plain, and the bytes agree; shown as text.'

    What cannot be shown is shown as bytes, with the reason. Beneath it stand what the reply is declared to be and what
    its bytes say, with a choice to show it as something else, its SHA-256, and a link that saves it.

    Args:
        reply: What came.
        shown_as: A media type: only the view as that type then, whatever the reply is declared to be.
    """
    try:
        return viewed(reply, shown_as) if shown_as else MediaView(reply)
    except Exception:
        logger.exception("A reply could not be shown, not even as bytes")
        return show(tag("p", "This reply cannot be shown."))


@dataclass(frozen=True, slots=True)
class _Way:
    """As what a reply is wanted: a media type, and a charset other than the declared one."""

    media_type: str
    charset: str = _AUTOMATIC


class MediaView(View):
    """Shows a reply; another choice of type or charset is shown without fetching again."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self.verdict = judge(
            reply.media_type, sniff(reply.body[:HEAD], reply.charset, cut=len(reply.body) > HEAD), kind_of
        )
        self._digest = sha256(reply.body)  # First, as it may fail: no widget is made then.
        self._wanted = _Way(self.verdict.shown)
        self._job: Job[tuple[_Way, ipywidgets.Widget]] = Job(self._work, self._paint)
        self._view = ipywidgets.VBox([viewed(reply, self.verdict.shown)])
        self.strip = show(_strip(reply, self.verdict, self._digest), css="ww-verdict")
        self.choice = ipywidgets.Dropdown(options=[*_offered(self.verdict), *offers()], description="Show as")
        charsets = [("as above", _AUTOMATIC), *((name, name) for name in _CHARSETS)]
        self.charset = ipywidgets.Dropdown(options=charsets, description="Charset")
        self.as_declared = ipywidgets.Button(description="Show as declared", tooltip=f"Show as {reply.media_type}")
        ways = [self.choice]
        ways += [self.charset] if _is_text(self.verdict) else []
        ways += [] if self.verdict.agreed else [self.as_declared]
        row = ipywidgets.Box([*ways, Save(reply, self.verdict.shown)], _dom_classes=["ww-form", "ww-ways"])
        self._view.add_class("ww-shown")
        super().__init__([self._view, self.strip, row], _dom_classes=["ww-media"])
        for choice in (self.choice, self.charset):
            choice.observe(lambda _: self.show_as(self.choice.value or self.verdict.shown, self.charset.value), "value")
        self.as_declared.on_click(lambda _: self.show_as(reply.media_type, self.charset.value))

    @property
    def mismatch(self) -> bool:
        """Whether the bytes are not what they are declared to be."""
        return not self.verdict.agreed

    @property
    def chips(self) -> tuple[tuple[str, str], ...]:
        """What is worth saying beside the status, as words and tone; agreement is a quiet word."""
        declared, verdict = self._reply.media_type, self.verdict
        if not verdict.agreed:
            return ((f"said {declared or 'nothing'}, is {verdict.found.name or 'something else'}", "warn"),)
        return (
            (f"**{declared or verdict.found.media_type or 'no type'}**" + (" bytes agree" if declared else ""), ""),
        )

    def show_as(self, media_type: str, charset: str = _AUTOMATIC) -> None:
        """Show the reply as another type, read by another charset; a type without a viewer shows bytes."""
        self._wanted = _Way(media_type, charset)
        self._job.start()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the other view is there, at most `timeout` seconds."""
        self._job.join(timeout)

    def _work(self, _: threading.Event) -> tuple[_Way, ipywidgets.Widget]:
        """Make the other view, away from the thread that answers clicks."""
        wanted = self._wanted
        return wanted, viewed(_read_by(self._reply, wanted.charset), wanted.media_type)

    def _paint(self, state: State[tuple[_Way, ipywidgets.Widget]]) -> None:
        match state:
            case Idle() | Running():
                pass
            case Finished((wanted, made)):
                self.swap(self._view, made)
                if self.is_closed:
                    return
                change(self.strip, _strip(_read_by(self._reply, wanted.charset), self.verdict, self._digest))
                if wanted != self._wanted:  # Another choice was made meanwhile.
                    self._job.start()
            case Failed(error):
                self.swap(self._view, show(tag("p", f"The view failed: {error}.", class_="ww-reason")))


def _offered(verdict: Verdict) -> list[tuple[str, str]]:
    """What fits first: the type as which it is shown now."""
    return [(kind_of(verdict.shown) or "bytes", _AUTOMATIC)]


def viewed(reply: Reply, media_type: str) -> ipywidgets.Widget:
    """Return the view of a reply as one type, with the reason where it shows bytes instead."""
    widget, why = view(reply, media_type)
    reason = [show(tag("p", f"Shown as bytes: {why}.", class_="ww-reason"))] if why else []
    return ipywidgets.VBox([widget, *reason], _dom_classes=["ww-media"])


def _read_by(reply: Reply, charset: str) -> Reply:
    """Return the reply as if it had declared `charset`."""
    if not charset:
        return reply
    depth = reply.depth if isinstance(reply, Piece) else 0
    return Piece(reply.url, reply.body, reply.media_type, charset, reply.description, depth)


def _is_text(verdict: Verdict) -> bool:
    return verdict.shown.startswith("text/") or verdict.found.media_type.startswith("text/")


def _strip(reply: Reply, verdict: Verdict, digest: str) -> Markup:
    lines = [tag("p", verdict.why)]
    if _is_text(verdict):
        decoded = decode(reply.body[:HEAD], reply.charset, cut=len(reply.body) > HEAD)
        lines.append(tag("p", f"Charset {decoded.used} ({decoded.why})."))
    lines.append(tag("p", f"{len(reply.body):,} bytes, SHA-256 ", tag("code", digest)))
    # One line, since what is worth more stands among the facts of the reply; all of it at a click.
    short = tag("summary", f"SHA-256 {digest[:8]}…{digest[-6:]}")
    return tag("details", short, *lines, class_="ww-facts" if verdict.agreed else "ww-facts ww-differs")


class Save(View):
    """A link that saves the body; a large body is put into it only when asked for."""

    def __init__(self, reply: Reply, media_type: str) -> None:
        self._reply = reply
        self._name = file_name(reply.url, media_type)
        super().__init__(_dom_classes=["ww-save"])
        if len(reply.body) <= AT_ONCE:
            self.prepare()
        else:
            button = ipywidgets.Button(description="Save …", tooltip=f"Prepare {self._name} for saving")
            button.on_click(lambda _: self.prepare())
            self.children = (button,)

    def prepare(self) -> None:
        """Put the link in place."""
        label = f"Save {self._name}"
        self.swap(self, show(save_link(label, self._name, self._reply.body)))


def sha256(body: Blob) -> str:
    """Return the SHA-256 of a body in hexadecimal; it is read a piece at a time."""
    digest = hashlib.sha256()
    for start in range(0, len(body), _PIECE):
        digest.update(body[start : start + _PIECE])
    return digest.hexdigest()


def file_name(url: str, media_type: str) -> str:
    """Return a harmless file name from the last part of an address, with an ending that fits the type."""
    try:
        last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    except ValueError:
        last = ""
    name = re.sub(r"[^\w.-]+", "_", last, flags=re.ASCII).strip("._-")[:_LONGEST_NAME] or "reply"
    ending = _ENDINGS.get(media_type) or mimetypes.guess_extension(media_type) or ".bin"
    return name if "." in name else name + ending
