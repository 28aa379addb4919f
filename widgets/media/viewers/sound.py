"""Sound and film: with controls, seekable, never starting by themselves."""

from __future__ import annotations

import ipywidgets

from widgets.media.blob import Shown
from widgets.media.registry import renderer

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


@renderer(*_SOUNDS, kind="sound")
def show_sound(reply: Shown) -> ipywidgets.Widget:
    """Play a sound; the browser gets the bytes themselves, so that it can seek."""
    kind = _SOUNDS.get(reply.media_type, "wav")
    player = ipywidgets.Audio(value=bytes(reply.body), format=kind, autoplay=False, loop=False, controls=True)
    return player.add_class("ww-player")


@renderer(*_FILMS, kind="a film")
def show_film(reply: Shown) -> ipywidgets.Widget:
    """Play a film."""
    kind = _FILMS.get(reply.media_type, "mp4")
    player = ipywidgets.Video(value=bytes(reply.body), format=kind, autoplay=False, loop=False, controls=True)
    return player.add_class("ww-player")
