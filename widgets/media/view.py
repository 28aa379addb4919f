"""A reply on the page: the view, the verdict beneath it, a choice to show it as something else, and to save it."""

from __future__ import annotations

import hashlib
import logging
import re
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import Failed, Finished, Idle, Job, Running, State, in_words
from widgets.kit.widgetry import bare, box, lean
from widgets.model.quantity import counted

from .beyond import LOCKED, looked_into
from .charset import Chosen, decode_beginning, stated_in
from .names import decoded_name, ending_of, file_name, received_name, type_named
from .registry import Shown, View, kind_of, offers, view
from .reply import Reply, Tail, reread
from .sandbox import Markup, change, show, tag
from .saving import Save
from .sniff import HEAD, sniff, uncoded
from .verdict import AGREE, BYTES, SAYS_NOTHING, Verdict, is_binary, is_textual, judge

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from .reply import Blob, Reply


logger = logging.getLogger(__name__)

_PIECE = 1 << 20
_AUTOMATIC = ""
_CHARSETS = (
    *("utf-8", "utf-16le", "utf-16be", "windows-1252", "iso-8859-15", "windows-1250", "iso-8859-2", "windows-1251"),
    *("koi8-r", "koi8-u", "ibm866", "iso-8859-5", "windows-1253", "windows-1254", "windows-1255", "windows-1256"),
    *("windows-1257", "windows-1258", "windows-874", "macintosh", "x-mac-cyrillic", "cp437", "cp850", "cp852"),
    *("shift_jis", "euc-jp", "iso-2022-jp", "gb18030", "big5", "euc-kr"),
)


def render(reply: Reply, *, shown_as: str = "") -> ipywidgets.Widget:
    """Return a widget that shows `reply` and runs nothing of it; never raises.

    >>> from widgets.media import Piece
    >>> view = render(Piece("http://a.example/b", b"<b>plain</b> words", "text/plain"))
    >>> view.verdict.why
    'Declared text/plain, and the bytes agree; shown as text.'

    What its viewer cannot show is shown as text where it is text, else as bytes, with the reason. Beneath it stand what
    the reply is declared to be and what its bytes say, what is shown now, with a choice to show it as something else,
    its SHA-256, and a link that saves it.

    Args:
        reply: What came.
        shown_as: A media type: only the view as that type then, whatever the reply is declared to be.
    """
    try:
        return _boxed(view(reply, shown_as)) if shown_as else MediaView(reply)
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
        head = reply.body[:HEAD]
        # As declared, else as it says itself: text in UTF-16 looks like anything but text to those who are not told.
        charset = reply.charset or stated_in(head, reply.media_type)
        found = sniff(head, charset, declared=reply.media_type, cut=len(reply.body) > HEAD)
        found = looked_into(found, reply.body, reply.media_type)
        self._inner = b"" if is_textual(reply.media_type) else uncoded(reply.body)
        if self._inner:
            found = replace(sniff(self._inner[:HEAD], declared=reply.media_type), coded=True)
        hinted = type_named(file_name(reply, "")) or type_named(_bare(reply.media_type))
        self.verdict = judge(reply.media_type, found, kind_of, hinted)
        received: Blob | None = getattr(reply, "received", None)
        coding = _header(reply, "content-encoding")
        # Beside the rest: of a large body it takes as long as to draw it. What may fail comes before any widget.
        taken = beside(sha256, reply.body) if received is None else done(sha256(reply.body))
        self._digests = [("decoded" if received is not None else "", reply.body, taken)]
        if received is not None:
            self._digests.append(("as received", received, done(sha256(received))))
        self._wanted = _Way(self.verdict.shown)
        self._job: Job[tuple[_Way, Shown]] = Job(self._work, self._paint)
        nothing = self._nothing = why_empty(reply)
        self._shown_now = (
            Shown(show(tag("p", nothing, class_="ww-facts")), nothing) if nothing else self._shown(self._wanted)
        )
        if self.verdict.shown == BYTES and is_textual(self.verdict.declared) and not nothing:
            self._shown_now = replace(self._shown_now, why=f"declared {reply.media_type}, but the bytes are no text")
        if found.name == LOCKED:
            self._shown_now = replace(self._shown_now, why="it is locked with a password")
        self._fails, self._strict = bool(self._shown_now.why), self._shown_now.strict
        self._view = lean(ipywidgets.VBox, [_boxed(self._shown_now)])
        said = "" if nothing else _strip(reply, self.verdict, self._digests, self._shown_now, self.verdict.shown)
        self.strip = show(said, css="ww-verdict")
        kinds = sorted((bare_kind(kind), media_type) for kind, media_type in offers())
        self.choice = lean(ipywidgets.Dropdown, options=[*_offered(self.verdict), *kinds], description="Show as")
        charsets = [("automatic", _AUTOMATIC), *((name, name) for name in _CHARSETS)]
        self.charset = lean(ipywidgets.Dropdown, options=charsets, description="Charset")
        self.as_declared = lean(
            ipywidgets.Button, description="Show as declared", tooltip=f"Show as {reply.media_type}"
        )
        ways = [self.choice]
        named = self.verdict.shown in {"application/zip", "application/x-tar"}  # Names have a charset too.
        ways += [self.charset] if named or _may_be_text(self.verdict) else []
        ways += [self.as_declared] if self.mismatch else []
        name = file_name(reply, _named_by(self.verdict))
        packed = found.media_type if found.strong else ""
        plain = decoded_name(name, coding, packed) if received is not None else name
        self._saves = [Save(reply.body, plain, "decoded" if received is not None else "")]
        if received is not None:
            self._saves.append(Save(received, received_name(name, coding, packed), "as received"))
        if self._inner:
            self._saves = [Save(self._inner, name, "decoded"), Save(reply.body, f"{name}.b64", "as received")]
        row = box([*ways, *self._saves], "ww-form ww-ways")
        self._view.add_class("ww-shown")
        super().__init__(
            [self._view] if nothing else [self._view, self.strip, row],
            layout=bare(),
            _dom_classes=["ww-media"],
        )
        for choice in (self.choice, self.charset):
            choice.observe(lambda _: self.show_as(self.choice.value or self._fitting(), self.charset.value), "value")
        self.as_declared.on_click(lambda _: self.show_as(reply.media_type, self.charset.value))

    @property
    def mismatch(self) -> bool:
        """Whether the bytes are not what they are declared to be, and are shown otherwise."""
        return not self.verdict.agreed and self.verdict.shown != self.verdict.declared

    @property
    def chips(self) -> tuple[tuple[str, str], ...]:
        """What is worth saying beside the status, as words and tone; agreement is a quiet word."""
        declared, verdict = brief_type(self._reply.media_type), self.verdict
        if self._nothing:
            return ((self._nothing.rstrip("."), ""),)
        if verdict.agreed and self._fails:
            return ((f"said {declared or 'nothing'}, shown as {self._shown_now.kind}", "warn"),)
        name = f"{'base64 of ' if verdict.found.coded else ''}{verdict.found.name or 'something else'}"
        if not verdict.agreed:
            return ((f"said {declared or 'nothing'}, is {name}", "warn"),)
        agree = verdict.said.endswith(AGREE)
        if agree and self._strict:
            return ((f"**{declared}** bytes agree", ""),)
        is_told = not agree and verdict.told and verdict.found.media_type and verdict.found.name
        return ((f"**{declared or 'no type'}**" + (f", is {name}" if is_told else ""), ""),)

    def _fitting(self) -> str:
        """Return what fits best: where only the chosen charset makes it text, that is what it is."""
        if self.charset.value and self.verdict.shown == BYTES and not self.verdict.found.media_type:
            return self._reply.media_type if is_textual(self._reply.media_type) else "text/plain"
        return self.verdict.shown

    def show_as(self, media_type: str, charset: str = _AUTOMATIC) -> None:
        """Show the reply as another type, read by another charset; what cannot be shown so is text, or bytes."""
        self._wanted = _Way(media_type, charset)
        self._job.start()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the other view is there, at most `timeout` seconds."""
        self._job.join(timeout)

    def _shown(self, wanted: _Way) -> Shown:
        reply = self._reply
        if wanted.charset:
            reply = reread(reply, charset=Chosen(wanted.charset))
        if self._inner and wanted.media_type == self.verdict.shown:
            reply = reread(reply, body=self._inner)
        offset = self.verdict.found.offset
        if offset and wanted.media_type == self.verdict.shown:
            reply = reread(reply, body=Tail(reply.body, offset))
        shown, found = view(reply, wanted.media_type), self.verdict.found
        named = found.strong and found.media_type and found.name != LOCKED
        if wanted.media_type != BYTES or self.verdict.shown != BYTES or not named:
            return shown
        words = f"{found.name[:1].upper()}{found.name[1:]}: it is not drawn here; these are its bytes."
        return replace(shown, widget=lean(ipywidgets.VBox, [show(tag("p", words, class_="ww-facts")), shown.widget]))

    def _work(self, _: threading.Event) -> tuple[_Way, Shown]:
        """Make the other view, away from the thread that answers clicks."""
        wanted = self._wanted
        return wanted, self._shown(wanted)

    def _paint(self, state: State[tuple[_Way, Shown]]) -> None:
        match state:
            case Idle() | Running():
                pass
            case Finished((wanted, shown)):
                self._shown_now = shown
                misread = wanted.charset and shown.why
                if wanted.media_type == self.verdict.shown and self.verdict.found.name != LOCKED and not misread:
                    self._fails = bool(shown.why)  # What else a person chooses tells nothing of the reply.
                self.swap(self._view, _boxed(shown))
                if self.is_closed:
                    return
                reply = reread(self._reply, charset=Chosen(wanted.charset)) if wanted.charset else self._reply
                change(self.strip, _strip(reply, self.verdict, self._digests, shown, wanted.media_type))
                if wanted != self._wanted:  # Another choice was made meanwhile.
                    self._job.start()
            case Failed(error):
                self.swap(self._view, show(tag("p", f"The view failed: {in_words(error)}.", class_="ww-reason")))


def _offered(verdict: Verdict) -> list[tuple[str, str]]:
    """What fits first: the type as which it is shown now."""
    return [(bare_kind(kind_of(verdict.shown) or "bytes"), _AUTOMATIC)]


def brief_type(media_type: str) -> str:
    """A media type where there is little room; of a long one the family and the end, which tells most.

    >>> brief_type("text/csv"), brief_type("application/vnd.oasis.opendocument.presentation-template")
    ('text/csv', 'application/…presentation-template')
    """
    if len(media_type) <= _LONGEST_TYPE:
        return media_type
    family, slash, name = media_type.partition("/")
    if not slash:
        return f"{media_type[: _LONGEST_TYPE - 1]}…"
    end = name[-_LONGEST_TYPE + min(len(family), _LONGEST_TYPE // 2) :]
    return f"{family[: _LONGEST_TYPE // 2]}/…{re.split('[.+-]', end, maxsplit=1)[-1]}"


_LONGEST_TYPE = 42
"""Characters of a media type beside which the size of a reply still has room on the first screen."""


def bare_kind(kind: str) -> str:
    """A kind as a list names it, in which each would begin alike.

    >>> bare_kind("a table"), bare_kind("an archive"), bare_kind("pages")
    ('table', 'archive', 'pages')
    """
    return kind.removeprefix("a ").removeprefix("an ")


def _boxed(shown: Shown) -> ipywidgets.Widget:
    """Return a view with the reason where it shows text or bytes instead of what was wanted, above what it explains."""
    words = f"Shown as {shown.kind}: {shown.why}."
    reason = [show(tag("p", words, class_="ww-reason"))] if shown.why else []
    return lean(ipywidgets.VBox, [*reason, shown.widget], css="ww-media")


def why_empty(reply: Reply) -> str:
    """Return why there is nothing to show, or an empty string where there is something."""
    if len(reply.body):
        return ""
    status = getattr(reply, "status", 200)
    if getattr(getattr(reply, "request", None), "method", "") == "HEAD":
        return "HEAD asks for the headers alone: there is no body."
    if not getattr(reply, "complete", True):
        return "Nothing of the body came."
    return {204: "204: no body.", 205: "205: no body.", 304: "304: no body, since what was kept is still right."}.get(
        status, "The body is empty."
    )


def _header(reply: Reply, name: str) -> str:
    return ", ".join(value for field, value in getattr(reply, "headers", ()) if field.lower() == name)


def _bare(media_type: str) -> str:
    """Return what some declare in place of a type, such as `csv`, as the ending of a name; empty for a type."""
    return "" if "/" in media_type else f".{media_type}"


def _named_by(verdict: Verdict) -> str:
    """Return the type by which the name of the saved file ends."""
    if verdict.declared in SAYS_NOTHING:
        return verdict.found.media_type or BYTES
    if verdict.agreed:  # A name that tells as much as can be told, and no text's for what is none.
        poor = (".bin", ".txt") if verdict.found.strong and not is_textual(verdict.found.media_type) else (".bin",)
        found = verdict.found.media_type if verdict.found.strong or verdict.shown == BYTES else ""
        named = (verdict.declared, verdict.shown, found)
        return next((each for each in named if each and ending_of(each) not in poor), verdict.declared)
    found = verdict.found.media_type if verdict.found.strong else ""
    return (found or verdict.declared) if verdict.shown == BYTES else verdict.shown


def _may_be_text(verdict: Verdict) -> bool:
    """Whether a charset may be chosen; also where it only looks as if there was no text."""
    found = verdict.found
    if is_binary(verdict.declared) and verdict.shown == verdict.declared:
        return False
    return is_textual(verdict.shown) or bool(found.charset) or (is_textual(verdict.declared) and not found.media_type)


def _strip(
    reply: Reply, verdict: Verdict, digests: list[tuple[str, Blob, Future[str]]], shown: Shown, wanted: str
) -> Markup:
    why = verdict.why if shown.kind == kind_of(verdict.shown) else f"{verdict.said}; shown as {shown.kind}."
    if not shown.strict:
        why = why.replace(AGREE, "; strict readers refuse the bytes")
    failed = (
        shown.why and wanted == verdict.shown and verdict.found.name != LOCKED
    )  # No other choice of a person's did.
    if failed and wanted == reply.media_type and verdict.agreed:  # The first bytes alone do not make it so.
        why = f"Declared {reply.media_type}, but it could not be read as that; shown as {shown.kind}."
    lines = [tag("p", why)]
    several = getattr(reply, "media_types", ())
    if len(several) > 1:
        lines.append(tag("p", f"{len(several)} types are declared, {' and '.join(several)}; the last one counts."))
    if _may_be_text(verdict) and shown.kind != kind_of(BYTES):
        decoded = decode_beginning(reply.body, reply.charset, reply.media_type)
        lines.append(tag("p", f"Charset {decoded.used} ({decoded.why})."))
    for words, body, digest in digests:
        lines.append(
            tag("p", f"{counted(len(body), 'byte')}{words and ' ' + words}, SHA-256 ", tag("code", digest.result()))
        )
    # One line, since what is worth more stands among the facts of the reply; all of it at a click.
    first = digests[0][2].result()
    short = tag("summary", f"SHA-256 {first[:8]}…{first[-6:]}")
    agreed = verdict.agreed and len(several) <= 1 and not shown.why
    return tag("details", short, *lines, class_="ww-facts" if agreed else "ww-facts ww-differs")


def beside(work: Callable[[Blob], str], body: Blob) -> Future[str]:
    """Work on a body in a thread of its own where it is large enough for that to gain anything.

    >>> beside(sha256, b"").result()[:8]
    'e3b0c442'
    """
    if len(body) < _PIECE:
        return done(work(body))
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="digest")
    promised = pool.submit(work, body)
    pool.shutdown(wait=False)  # The thread ends with the work.
    return promised


def done(value: str) -> Future[str]:
    """A value that is there already."""
    kept: Future[str] = Future()
    kept.set_result(value)
    return kept


def sha256(body: Blob) -> str:
    """Return the SHA-256 of a body in hexadecimal; it is read a piece at a time."""
    digest = hashlib.sha256()
    for start in range(0, len(body), _PIECE):
        digest.update(body[start : start + _PIECE])
    return digest.hexdigest()
