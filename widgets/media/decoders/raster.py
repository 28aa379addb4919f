"""TIFF by tifffile: numbers of any depth, many channels and pages, and where on Earth it lies (GeoTIFF).

It is read strip by strip, or tile by tile, and thinned at once: a picture of a gigapixel takes no more memory than one
of its strips and what is shown.
"""

from __future__ import annotations

import io
import logging
import math
from dataclasses import dataclass
from typing import Any

from widgets.model.quantity import as_value

from .arrays import LONGEST_SIDE, Array, Drawn, Picture, Stretch, nth, picture
from .extra import extra

MOST_PAGES = 200
COLOUR = 0
"""As the number of a channel: the first three as red, green and blue."""

_LONGEST = 200
_PHOTOMETRIC = {0: "white is zero", 1: "black is zero", 2: "RGB", 3: "palette", 5: "CMYK", 6: "YCbCr", 8: "CIELAB"}
_FOR_PILLOW = frozenset({3, 5, 6, 8})
_NO_DATA = 42113


@dataclass(frozen=True, slots=True)
class RasterFacts:
    """What the first page of a TIFF is.

    Attributes:
        pages: How many pages there are, counted up to `MOST_PAGES`.
        width: In pixels.
        height: In pixels.
        channels: Samples of a pixel.
        coloured: Whether the first three are red, green and blue.
        shallow: Whether a sample has no more bits than a screen shows.
        indirect: Whether its samples are no greys and no red, green and blue: a palette, inks.
        words: For people.
        notes: Where it lies, and what else its tags say.
    """

    pages: int
    width: int
    height: int
    channels: int
    coloured: bool
    shallow: bool
    indirect: bool
    words: str
    notes: tuple[tuple[str, str], ...] = ()


def raster_facts(data: bytes) -> RasterFacts:
    """Return what a TIFF is."""
    with _opened(data) as file:
        page = file.pages[0]
        photometric = int(page.photometric)
        shallow = page.dtype is not None and page.dtype.kind in "bu" and page.dtype.itemsize == 1
        height, width, channels = int(page.imagelength), int(page.imagewidth), int(page.samplesperpixel)
        pages = _pages(file)
        words = [
            f"TIFF, {width:,} × {height:,} pixels",
            f"{channels} channel{'' if channels == 1 else 's'} of {page.dtype or 'an unknown type'}",
            _PHOTOMETRIC.get(photometric, f"photometric interpretation {photometric}"),
            f"compression {getattr(page.compression, 'name', page.compression)}".lower(),
            *([f"{pages if pages < MOST_PAGES else f'at least {pages}'} pages"] if pages > 1 else []),
        ]
        coloured = photometric == 2 and channels > 2  # noqa: PLR2004 - TIFF's number for RGB, of which there are three
        indirect = photometric in _FOR_PILLOW
        return RasterFacts(pages, width, height, channels, coloured, shallow, indirect, ", ".join(words), _notes(page))


def raster_picture(data: bytes, page: int = 1, channel: int = COLOUR, stretch: Stretch = "percentile") -> Drawn:
    """Return one channel of a page, or its first three as colours, stretched.

    Args:
        data: The file.
        page: From 1.
        channel: From 1, or `COLOUR`.
        stretch: Between which values it goes from black to white.

    Raises:
        ValueError: There is no such page or channel, or none of its strips can be read.
    """
    np = extra("numpy")
    with _opened(data) as file:
        of = file.pages[page - 1]
        wanted = (0, 1, 2) if channel == COLOUR else (channel - 1,)
        if max(wanted) >= of.samplesperpixel:
            raise ValueError(f"page {page} has no channel {max(wanted) + 1}")
        values, step, why = _thinned(of, wanted)
        if of.dtype.kind == "c":
            values = np.abs(values)
        tag = of.tags.get(_NO_DATA)
        if tag is not None:
            values = np.ma.masked_equal(values, of.nodata)
        if int(of.photometric) == 0 and values.dtype.kind in "bu":  # White is zero, as in a fax.
            values = ~values if values.dtype.kind == "b" else np.iinfo(values.dtype).max - values
        found = picture(values if len(wanted) > 1 else values[:, :, 0], stretch)
    words = [f"absolute values of {of.dtype}: {found.words}" if of.dtype.kind == "c" else found.words]
    if step > 1:
        size = f"{of.imagewidth:,} × {of.imagelength:,}"
        words.append(f"reduced from {size}: every {nth(step)} row and column, which these numbers mean")
    return Picture(found.png, "; ".join([*words, *([why] if why else [])]))


def _opened(data: bytes) -> Any:
    tifffile = extra("tifffile")
    logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # What is wrong with a file is shown, not logged.
    return tifffile.TiffFile(io.BytesIO(data))


def _pages(file: Any) -> int:
    for number in range(1, MOST_PAGES):
        try:
            file.pages[number]
        except (IndexError, ValueError, RuntimeError):
            return number
    return MOST_PAGES


def _thinned(page: Any, wanted: tuple[int, ...]) -> tuple[Array, int, str]:
    """Return every n-th pixel of some channels, n, and what could not be read, in words."""
    np = extra("numpy")
    height, width = int(page.imagelength), int(page.imagewidth)
    if min(height, width) < 1 or page.dtype is None:
        raise ValueError("it has no pixels of a known type")
    step = max(1, math.ceil(max(height, width) / LONGEST_SIDE))
    out = np.ma.masked_all((-(-height // step), -(-width // step), len(wanted)), page.dtype)
    why, seen = "", False
    try:
        for decoded, index, shape in page.segments(maxworkers=1):
            if decoded is not None and not index[1]:  # Of a volume, the first plane.
                seen = _put(out, decoded[0, : shape[1], : shape[2]], index, wanted, step) or seen
    except MemoryError:
        raise
    except Exception as error:  # What came before the fault is shown.
        if not seen:
            raise
        why = f"the rest cannot be read: {' '.join(str(error).split())[:100] or type(error).__name__}"
    return out, step, why


def _put(out: Array, part: Array, index: tuple[int, ...], wanted: tuple[int, ...], step: int) -> bool:
    """Put every n-th pixel of a strip or tile to its place; return whether any was there."""
    separate, _, top, left, _ = index
    first_row, first_column = -top % step, -left % step
    part = part[first_row::step, first_column::step]
    row, column = (top + first_row) // step, (left + first_column) // step
    place = out[row : row + part.shape[0], column : column + part.shape[1]]
    for number, channel in enumerate(wanted):
        # Channels lie beside each other in a pixel, or each in strips of its own.
        of = 0 if separate == channel and part.shape[2] == 1 else channel if not separate else part.shape[2]
        if of < part.shape[2]:
            place[:, :, number] = part[: place.shape[0], : place.shape[1], of]
    return bool(part.size)


def _notes(page: Any) -> tuple[tuple[str, str], ...]:
    try:
        geo = dict(page.geotiff_tags or {})
    except Exception:  # noqa: BLE001 - a picture with broken tags is a picture
        geo = {}
    notes = [(str(name), _plain(value)) for name, value in geo.items()]
    scale, tie = geo.get("ModelPixelScale"), geo.get("ModelTiepoint")
    if scale and tie and len(scale) > 1 and len(tie) > 4:  # noqa: PLR2004 - a tie point has six numbers
        west, north = tie[3] - tie[0] * scale[0], tie[4] + tie[1] * scale[1]
        east, south = west + page.imagewidth * scale[0], north - page.imagelength * scale[1]
        ends = (as_value(each, 9) for each in (west, east, south, north))
        notes.insert(0, ("Reaches", "from {} to {} across and from {} to {} upwards".format(*ends)))
    for name in ("ImageDescription", "DateTime", "Software", "Artist", "Copyright", "GDAL_METADATA", "GDAL_NODATA"):
        tag = page.tags.get(name)
        if tag is not None:
            notes.append((name, _plain(tag.value)))
    return tuple(notes[:60])


def _plain(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(getattr(value, "name", value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
