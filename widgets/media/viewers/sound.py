"""Sound and film: with controls, seekable, never starting by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.media.child import DecoderError, in_child
from widgets.media.decoders import FilmFacts, film_facts, sound_facts
from widgets.media.registry import renderer
from widgets.media.sandbox import Markup, data_address, show, tag
from widgets.media.sniff import HEAD, sniff
from widgets.media.verdict import SAMPLES

if TYPE_CHECKING:
    from widgets.media.reply import Reply

_SOUNDS = {
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
    "audio/vnd.wave": "wav",
    "audio/mpeg": "mpeg",
    "audio/mp3": "mpeg",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
    "audio/x-flac": "flac",
    "audio/mp4": "mp4",
    "audio/x-m4a": "mp4",
    "audio/aac": "aac",
    "audio/webm": "webm",
}
_FILMS = {"video/mp4": "mp4", "video/webm": "webm", "video/ogg": "ogg", "video/quicktime": "mp4"}
_MOST_IN_MARKUP = 16_000_000
"""Bytes that are played from a data: address. More would be held several times over; Firefox takes 32 MB at most."""


@renderer(*_SOUNDS, "audio/*", kind="sound")
def show_sound(reply: Reply) -> ipywidgets.Widget:
    """Play a sound; the browser gets the bytes themselves, so that it can seek. What it cannot play is said."""
    data = bytes(reply.body)
    found = sniff(data[:HEAD]).media_type
    # Tags of MP3 stand before other sounds as well: there what is declared counts more.
    said = (reply.media_type, found) if found == "audio/mpeg" else (found, reply.media_type)
    kind = "wav" if data[8:12] == b"WAVE" else next((_SOUNDS[each] for each in said if each in _SOUNDS), "mpeg")
    facts = _facts(data)
    if facts.film:
        return show_film(reply)
    if not facts.container and not facts.frames and reply.media_type in SAMPLES:
        facts = FilmFacts("no container", (("samples without a head", "no"),))
    return _player("audio", data, kind, facts, reply.description or "Sound")


def _facts(data: bytes) -> FilmFacts:
    """Return what the container says; nothing where it is broken, since it may play all the same."""
    try:
        return in_child(film_facts, data)
    except DecoderError:
        return FilmFacts()


def _player(name: str, data: bytes, kind: str, facts: FilmFacts, words: str) -> ipywidgets.Widget:
    """Return a player where one may play it, and what the container says."""
    below = [show(_words(facts))] if facts.container else []
    if facts.unknown:
        below = [show(tag("p", _UNKNOWN, class_="ww-reason"))]
    if facts.plays == "no":
        return ipywidgets.VBox(below)
    if len(data) <= _MOST_IN_MARKUP:
        player: ipywidgets.Widget = _named(name, data, kind, words)
    else:
        make = ipywidgets.Audio if name == "audio" else ipywidgets.Video
        player = make(value=data, format=kind, autoplay=False, loop=False, controls=True, _dom_classes=["ww-player"])
    return ipywidgets.VBox([player, *below, *([_outline(data)] if kind == "wav" else [])])


_UNKNOWN = (
    "It begins like no sound and no film that is known here, and the browser may find none in it: where it stays dead, "
    "save it."
)


_BARE = "Its codec was not found, and the browser may find nothing to play: where it stays dead, save it."


def _words(facts: FilmFacts) -> Markup:
    """Return what a container says; and why nothing plays, where it does not."""
    said = [facts.container, *(name for name, _ in facts.codecs if name != facts.container)]
    said += [f"{facts.size[0]} × {facts.size[1]} pixels"] if facts.size[0] else []
    said += [f"{facts.seconds:.1f} s"] if facts.seconds else []
    unplayed = [name for name, plays in facts.codecs if plays == facts.plays]
    warning = {
        "no": f"Browsers do not play {' and '.join(unplayed)}: save it, and open it in another program.",
        "some": f"Not every browser plays {' and '.join(unplayed)}: where it stays dead here, save it.",
        "yes": "",
    }[facts.plays]
    if not facts.codecs:
        warning = _BARE
    reason = tag("p", warning, class_="ww-reason") if warning else ""
    return tag("div", reason, tag("p", ", ".join(said), class_="ww-facts"))


def _named(name: str, data: bytes, kind: str, words: str) -> ipywidgets.HTML:
    """Return a player that tells a screen reader what it plays, which the players of ipywidgets cannot."""
    source = data_address(data, f"{name}/{kind}")
    return show(tag(name, src=source, controls=True, aria_label=words, class_="ww-player"))


def _outline(data: bytes) -> ipywidgets.HTML:
    """Return the wave form of a WAV file, and what its head says."""
    try:
        facts = in_child(sound_facts, data)
    except DecoderError as error:
        return show(tag("p", f"No wave form: {error}.", class_="ww-facts"))
    voices = {1: "mono", 2: "stereo"}.get(facts.channels, f"{facts.channels} channels")
    floating = " floating point" if facts.floating else ""
    words = f"WAV, {facts.seconds:.1f} s, {facts.rate:,} samples a second, {facts.bits} bits{floating}, {voices}"
    picture = wave_form(facts.peaks) if facts.peaks else ""
    return show(picture, tag("p", words, class_="ww-facts"))


def wave_form(peaks: tuple[float, ...]) -> Markup:
    """Return peaks from 0 to 1 as a drawing of one bar each."""
    bars = "".join(f"M{place} {50 - 48 * peak:.1f}V{50 + 48 * peak:.1f}" for place, peak in enumerate(peaks))
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(peaks)} 100" preserveAspectRatio="none" '
        f'width="500" height="60"><path d="{bars}" stroke="#1976d2"/></svg>'
    )
    return tag("img", src=data_address(drawing.encode(), "image/svg+xml"), alt="Wave form", class_="ww-wave")


@renderer(*_FILMS, "video/*", kind="a film")
def show_film(reply: Reply) -> ipywidgets.Widget:
    """Play a film; what browsers cannot play is said."""
    data = bytes(reply.body)
    facts = _facts(data)
    kind = _FILMS.get(sniff(data[:HEAD]).media_type) or _FILMS.get(reply.media_type, "mp4")
    return _player("video", data, kind, facts, reply.description or "Film")
