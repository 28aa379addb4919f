"""Pictures: Pillow reads the head; pixels are only decoded where browsers do not show them, or not as they are."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from widgets.media.reply import Unreadable
from widgets.media.sniff import is_avif

from .arrays import Array, Drawn, Picture, Stretch, drawn
from .extra import extra

MOST_PIXELS = 40_000_000
"""Width × height × frames that are left to the browser; more would take its memory as well, and is reduced."""

MOST_FRAMES = 2000
_DEEP = frozenset({"I;16", "I;16B", "I;16L", "I;16N", "I", "F"})
_LONGEST_SIDE = 1600
_LARGE = 4000
_MOST_DECODED = 300_000_000
_HEIF = frozenset(b"ftyp" + brand for brand in (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"))
_TURNED = frozenset({"JPEG", "MPO", "PNG", "WEBP", "AVIF"})
"""Formats that browsers turn as the camera says; Pillow turns TIFF and HEIF itself, and JPEG XL says it otherwise."""

_ON_ITS_SIDE = frozenset({5, 6, 7, 8})
"""Orientations in which the first row of pixels is an edge to the left or to the right (TIFF 6.0, Orientation)."""

_JXL = (b"\xff\x0a", b"\0\0\0\x0cJXL ")
_PORTABLE_MAP = re.compile(rb"P[2356](?:(?:\s|#[^\n]*\n)+\d+){2}(?:\s|#[^\n]*\n)+(\d+)\s")

_PLACE = ExifTags.IFD.GPSInfo
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a picture's head says.

    Attributes:
        kind: Pillow's name of the format, such as `"JPEG"`.
        width: In pixels.
        height: In pixels.
        frames: More than one when it moves, or has pages; counted up to `MOST_FRAMES`.
        mode: Pillow's name of the pixel format, such as `"RGB"`.
        called: What the format is called by people, such as `"JPEG 2000"`.
        samples: What its pixels hold, such as `"8-bit grey"`.
        notes: EXIF tags as name and value; where it was taken is left out.
        whole: Whether nothing was seen to be missing at its end.
        damaged: Whether some of it cannot be decoded though its end is there.
        rare: Whether it is coded in a way that browsers do not draw, though its kind is one that they do.
        turned: Whether it lies on its side as it is stored, and browsers turn it: width and height change places then.
    """

    kind: str
    width: int
    height: int
    frames: int = 1
    mode: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    whole: bool = True
    damaged: bool = False
    rare: bool = False
    turned: bool = False
    called: str = ""
    samples: str = ""

    @property
    def pixels(self) -> int:
        """Of all frames together."""
        return self.width * self.height * self.frames

    @property
    def deep(self) -> bool:
        """Whether a sample holds more than a screen shows, so that it must be stretched."""
        return self.mode in _DEEP


def picture_facts(data: bytes) -> PictureFacts:
    """Return what the head of a picture says.

    Raises:
        Unreadable: It is a kind of PNG or JPEG that neither browsers nor Pillow draw.
    """
    if data[12:16] == b"CgBI":
        raise Unreadable("it is a PNG as Apple packs it for its own devices (CgBI), which most browsers do not draw")
    try:
        opened = _opened(data)
    except UnidentifiedImageError as error:
        bits = _process(data)[1] if data[:2] == b"\xff\xd8" else 0
        if bits <= _BITS_OF_A_SCREEN:
            raise Unreadable("no picture that can be drawn here is found in it") from error
        raise Unreadable(f"it is a JPEG of {bits} bits a sample, which browsers do not draw") from error
    with opened as picture:
        frames, whole, damaged = _frames(picture), True, False
        # What a PNG has of it may stand behind its pixels, all of which Pillow would decode.
        small = picture.format != "PNG" or picture.width * picture.height <= MOST_PIXELS
        try:
            exif = picture.getexif() if small else {}
        except OSError:  # What came of it is drawn all the same, by browsers too.
            exif, damaged = {}, data.rfind(b"IEND") > data.rfind(b"IDAT")
            whole = damaged
        if picture.format == "TIFF":  # There they say how the file is built as well: `raster_facts` has what is told.
            exif = {}
        notes = [
            (ExifTags.TAGS.get(number, str(number)), str(value)[:_LONGEST])
            for number, value in exif.items()
            if number != _PLACE and not isinstance(value, bytes)
        ]
        if picture.format in ("JPEG", "MPO"):  # Behind the last beginning of pixels stands the end.
            whole = whole and data.rfind(b"\xff\xd9") > data.rfind(b"\xff\xda")
        return PictureFacts(
            picture.format or "?",
            picture.width,
            picture.height,
            frames,
            picture.mode,
            tuple(notes[:40]),
            whole,
            damaged,
            rare=picture.format == "JPEG" and _process(data)[0] not in _DRAWN,
            turned=picture.format in _TURNED
            and picture.mode not in _DEEP
            and exif.get(ExifTags.Base.Orientation) in _ON_ITS_SIDE,
            called=_PORTABLE.get(data[:2]) or _CALLED.get(picture.format or "", picture.format or "a picture"),
            samples=samples(picture.mode, _bits(picture, data)),
        )


_CALLED = {
    "JPEG2000": "JPEG 2000",
    "JXL": "JPEG XL",
    "MPO": "JPEG of several pictures (MPO)",
    "WEBP": "WebP",
    "DIB": "BMP without its head",
}
"""How people call some formats, by Pillow's name; the other names are theirs."""

_PORTABLE = {
    **dict.fromkeys((b"P1", b"P4"), "PBM"),
    **dict.fromkeys((b"P2", b"P5"), "PGM"),
    **dict.fromkeys((b"P3", b"P6"), "PPM"),
    **dict.fromkeys((b"Pf", b"PF"), "PFM"),
}
"""Which of the portable maps one is, by how it begins: for Pillow all are one format."""

_COLOURS = {
    "CMYK": "colour in four inks (CMYK)",
    "YCbCr": "colour as brightness and hues (YCbCr)",
    "LAB": "colour as people see it (CIELAB)",
    "HSV": "colour as hue, saturation and value",
}


def samples(mode: str, bits: int = 0) -> str:
    """What the pixels of Pillow's `mode` hold, in words; `bits` a sample in the file, 0 where that is not known.

    Pillow reads samples of many depths into one mode, so that the mode alone does not tell the depth.

    >>> samples("L", 8), samples("I;16", 12), samples("F"), samples("P", 4)
    ('8-bit grey', '12-bit grey', 'grey as floating-point numbers', 'a palette of up to 16 colours')
    >>> samples("RGBA", 16)
    'colour, 16 bits a channel, with transparency'
    """
    clear = ", with transparency" if mode.endswith(("A", "a")) else ""
    deep = f"{bits}-bit " if bits else ""
    match mode:
        case "1":
            return "black and white"
        case "F":
            return "grey as floating-point numbers"
        case "P" | "PA":
            return f"a palette of up to {2 ** min(bits or 8, 8)} colours{clear}"
        case "RGB" | "RGBA" | "RGBa" | "RGBX":
            return f"colour{f', {bits} bits a channel' if bits else ''}{clear}"
        case _ if mode in _COLOURS:
            return _COLOURS[mode]
        case _:  # grey, all of whose modes begin with L or I
            return f"{deep}grey{clear}"


def _bits(picture: Image.Image, data: bytes) -> int:
    """Return the bits of a sample as the file says them; 0 where that is not looked at."""
    match picture.format:
        case "PNG":
            return data[24] if data[12:16] == b"IHDR" else 0
        case "JPEG" | "MPO":
            return _process(data)[1]
        case "JPEG2000":
            return (_precision(data) & 0x7F) + 1
        case "TIFF":
            found = getattr(picture, "tag_v2", {}).get(_BITS_PER_SAMPLE, (1,))
            return int(found[0] if isinstance(found, tuple) else found)
        case "PPM":
            head = _PORTABLE_MAP.match(data)
            return int(head[1]).bit_length() if head else 0
        case _:
            return 0


_BITS_PER_SAMPLE = 258
_BITS_OF_A_SCREEN = 8
_DRAWN = frozenset({0xC0, 0xC1, 0xC2, 0})


def _process(data: bytes) -> tuple[int, int]:
    """Return the marker of the coding process of a JPEG (ITU-T T.81, table B.1), and its bits a sample; 0 for none."""
    place = 2
    while place + 4 < len(data) and data[place] == 0xFF:  # noqa: PLR2004 - as every marker begins
        marker = data[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # noqa: PLR2004 - tables, and one to come
            return marker, data[place + 4]
        place += 1 if marker == 0xFF else 2 + int.from_bytes(data[place + 2 : place + 4])  # noqa: PLR2004 - filling
    return 0, 0


def picture_as_png(data: bytes, frame: int = 0) -> Picture:
    """Return a frame, counted from 0, as PNG of at most 1600 pixels wide and high; its words say what was reduced.

    A JPEG is decoded to an eighth of its size at once, and a JPEG 2000 to a lower resolution, so that even large ones
    take little memory; others are decoded whole, where they fit.

    Raises:
        ValueError: It would take too much memory.
    """
    with _opened(data) as picture:
        if frame:
            picture.seek(frame)
        size = picture.size
        _reduce_early(picture)
        picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
        reduced = picture.size != size
        if picture.format in _TURNED:
            ImageOps.exif_transpose(picture, in_place=True)
        out = io.BytesIO()
        wanted = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
        picture.convert(wanted).save(out, "PNG", compress_level=1)
        words = "" if not reduced else f"reduced from {size[0]:,} × {size[1]:,}"
        return Picture(out.getvalue(), words)


def deep_picture(data: bytes, stretch: Stretch = "percentile") -> Drawn:
    """Return a picture of one channel with more than 8 bits, stretched; its words say between which values."""
    np = extra("numpy")
    with _opened(data) as picture:
        _reduce_early(picture)
        values = np.asarray(picture)
        if picture.format == "JPEG2000":
            values = _unshifted(values, data)
        elif picture.format == "PPM" and (head := _PORTABLE_MAP.match(data)) and int(head[1]) not in (0, 65535):
            values = np.rint(values * (int(head[1]) / 65535)).astype(np.uint16)  # Pillow widens them to 16 bits.
        if picture.format == "PPM" and picture.mode != "F":  # Portable float maps are as they are.
            values = values.astype(np.uint16)
        return drawn(values, stretch)


def _unshifted(values: Array, data: bytes) -> Array:
    """Return the samples of JPEG 2000 as they are; Pillow moves them up to 16 bits, and above 0."""
    bits = _precision(data)
    precision = (bits & 0x7F) + 1
    values = values.astype("int32") >> max(0, 16 - precision)
    return values - (1 << (precision - 1)) if bits & 0x80 else values.astype("uint16")


def _precision(data: bytes) -> int:
    """Return how many bits the first component of a JPEG 2000 has, less 1; above 127 where it is signed."""
    place = data.find(b"\xff\x51")  # SIZ (ISO 15444-1, A.5.1): 40 bytes on stands the precision of the first component.
    return data[place + 40] if 0 <= place < len(data) - 40 else 15


def _reduce_early(picture: Image.Image) -> None:
    """Ask for less than all pixels where the format can be decoded so; refuse what would not fit."""
    if picture.format == "JPEG2000" and max(picture.size) > _LARGE:
        picture.reduce = min(5, (max(picture.size) // _LONGEST_SIDE).bit_length() - 1)  # type: ignore[method-assign, assignment]  # Pillow's own way
        return
    if picture.format in {"JPEG", "MPO"} and picture.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE)):
        return
    size = (
        picture.width * picture.height * {"1": 1, "L": 1, "P": 1, "LA": 4, "I;16": 2, "I;16B": 2}.get(picture.mode, 4)
    )
    if size > _MOST_DECODED:
        raise ValueError(
            f"{picture.width} × {picture.height} pixels take {size // 1_000_000} MB, more than the "
            f"{_MOST_DECODED // 1_000_000} MB that a decoder is given for them"
        )


def _opened(data: bytes) -> Image.Image:
    formats = None
    if is_avif(data):
        formats = ("AVIF",)
    elif data[4:12] in _HEIF:
        extra("pillow_heif", "pillow-heif").register_heif_opener()
    elif data.startswith(_JXL):
        extra("pillow_jxl", "pillow-jxl-plugin")  # Importing it is enough.
    # The limit below is ours, and it stops: Pillow's own only warns at first.
    Image.MAX_IMAGE_PIXELS = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Image.open(io.BytesIO(data), formats=formats)


def _frames(picture: Image.Image) -> int:
    """Return how many frames there are, counting no further than `MOST_FRAMES`."""
    if not getattr(picture, "is_animated", False) and picture.format != "TIFF":
        return 1
    count = 0
    try:
        while count < MOST_FRAMES:
            picture.seek(count)
            count += 1
    except EOFError:
        pass  # This is how Pillow says that there are no more.
    except (OSError, SyntaxError, ValueError):
        if (
            picture.format != "TIFF"
        ):  # The pages of a TIFF before a broken one are shown; a browser is given no such film.
            raise
    picture.seek(0)
    return max(count, 1)
