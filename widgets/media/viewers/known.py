"""Kinds that are known and not drawn, as GRIB and DICOM. What their heads say, their bytes, and what reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.media.registry import renderer
from widgets.media.sandbox import show, tag
from widgets.media.sniff import HEAD, sniff
from widgets.media.viewers.text import show_bytes

if TYPE_CHECKING:
    from widgets.media.reply import Blob, Reply

_MOST_MESSAGES = 10_000


@renderer(
    "application/x-grib",
    "application/grib",
    "application/x-grib2",
    "application/wmo-grib",
    kind="GRIB, which is not drawn",
)
def show_grib(reply: Reply) -> ipywidgets.Widget:
    """Say what GRIB is, and how many messages it holds."""
    edition, messages = grib_messages(reply.body)
    many = f"{'at least ' if messages == _MOST_MESSAGES else ''}{messages:,} message{'' if messages == 1 else 's'}"
    words = (
        f"GRIB edition {edition}, {many}: fields of a weather model. It is not drawn here; ecCodes and cfgrib read it."
    )
    return ipywidgets.VBox([show(tag("p", words, class_="ww-facts")), show_bytes(reply)])


@renderer("application/dicom", kind="DICOM, which is not drawn")
def show_dicom(reply: Reply) -> ipywidgets.Widget:
    """Say what DICOM is."""
    words = "DICOM: a medical picture with what is known of the patient. It is not drawn here; pydicom reads it."
    return ipywidgets.VBox([show(tag("p", words, class_="ww-facts")), show_bytes(reply)])


_OTHERS = {
    "application/x-cdf": "CDF: measurements of space and their times. It is not drawn here; cdflib reads it.",
    "application/x-hdf4": "HDF 4, which is another format than HDF 5. It is not drawn here; pyhdf reads it.",
    "application/x-asdf": "ASDF: a tree of YAML and arrays of numbers. It is not drawn here; asdf reads it.",
    "application/x-spice-kernel": "A kernel of SPICE: where bodies and spacecraft are. It is not drawn here; SpiceyPy "
    "reads it.",
    "application/x-matlab-data": "Data of MATLAB. It is not drawn here; scipy.io.loadmat reads it.",
    "application/avro": "Avro: rows and their schema. It is not drawn here; fastavro reads it.",
}


@renderer(*_OTHERS, kind="data of a known kind, which is not drawn")
def show_known(reply: Reply) -> ipywidgets.Widget:
    """Say what it is, and what reads it."""
    head = reply.body[:HEAD]
    words = _OTHERS.get(reply.media_type) or _OTHERS.get(sniff(head).media_type)
    if words is None:
        raise ValueError("it does not begin as such data do")
    return ipywidgets.VBox([show(tag("p", words, class_="ww-facts")), show_bytes(reply)])


def grib_messages(body: Blob) -> tuple[int, int]:
    """Return the edition of GRIB, and how many whole messages there are behind each other.

    Raises:
        ValueError: It does not begin as a message does.
    """
    if body[:4] != b"GRIB" or body[7:8] not in {b"\1", b"\2"}:
        raise ValueError("it does not begin as a GRIB message does")
    edition, offset, count = body[7:8][0], 0, 0
    while body[offset : offset + 4] == b"GRIB" and count < _MOST_MESSAGES:
        head = body[offset : offset + 16]
        length = int.from_bytes(head[4:7] if head[7:8] == b"\1" else head[8:16], "big")
        if length < len(b"GRIB7777") or offset + length > len(body):
            break
        offset, count = offset + length, count + 1
    return edition, count
