"""Pictures: Pillow reads the head; pixels are only decoded for formats that browsers do not show."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import ExifTags, Image

MOST_PIXELS = 40_000_000
"""Width × height × frames; more would take a browser's memory as well."""

_PLACE = ExifTags.IFD.GPSInfo
_LONGEST = 200
_MOST_FRAMES = 2000


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a picture's head says.

    Attributes:
        kind: Pillow's name of the format, such as `"JPEG"`.
        width: In pixels.
        height: In pixels.
        frames: More than one when it moves, or has pages.
        mode: Pillow's name of the pixel format, such as `"RGB"`.
        notes: EXIF tags as name and value; where it was taken is left out.
    """

    kind: str
    width: int
    height: int
    frames: int = 1
    mode: str = ""
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def pixels(self) -> int:
        """Of all frames together."""
        return self.width * self.height * self.frames


def picture_facts(data: bytes) -> PictureFacts:
    """Return what the head of a picture says; raise `ValueError` when it is too large to be shown."""
    with _opened(data) as picture:
        _refuse(picture.width, picture.height, 1)
        frames = _frames(picture)
        _refuse(picture.width, picture.height, frames)
        exif = picture.getexif()
        notes = [
            (ExifTags.TAGS.get(number, str(number)), str(value)[:_LONGEST])
            for number, value in exif.items()
            if number != _PLACE and not isinstance(value, bytes)
        ]
        return PictureFacts(
            picture.format or "?", picture.width, picture.height, frames, picture.mode, tuple(notes[:40])
        )


def picture_as_png(data: bytes) -> bytes:
    """Return the first frame as PNG, at most 1600 pixels wide and high."""
    with _opened(data) as picture:
        _refuse(picture.width, picture.height, 1)
        picture.thumbnail((1600, 1600))
        out = io.BytesIO()
        wanted = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
        picture.convert(wanted).save(out, "PNG", compress_level=1)
        return out.getvalue()


def _opened(data: bytes) -> Image.Image:
    # The limit below is ours, and it stops: Pillow's own only warns at first.
    Image.MAX_IMAGE_PIXELS = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Image.open(io.BytesIO(data))


def _frames(picture: Image.Image) -> int:
    """Return how many frames there are, counting no further than would be refused anyway."""
    if not getattr(picture, "is_animated", False) and picture.format != "TIFF":
        return 1
    count = 0
    try:
        while count <= _MOST_FRAMES:
            picture.seek(count)
            count += 1
    except EOFError:
        pass  # This is how Pillow says that there are no more.
    picture.seek(0)
    return max(count, 1)


def _refuse(width: int, height: int, frames: int) -> None:
    if width * height * frames > MOST_PIXELS:
        times = f" × {frames} frames" if frames > 1 else ""
        raise ValueError(
            f"{width} × {height}{times} is more than the {MOST_PIXELS // 1_000_000} million pixels that are shown"
        )
