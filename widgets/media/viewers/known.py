"""Kinds that are known and not drawn, as GRIB and DICOM. What their heads say, their bytes, and what reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.media.called import same
from widgets.media.child import DecoderError
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
    "application/x-bufr": "BUFR: observations of the weather. It is not drawn here; ecCodes and pybufrkit read it.",
    "application/vnd.apache.orc": "ORC: a table by columns. It is not drawn here; pyarrow reads it.",
    "application/x-stata-dta": "Data of Stata. They are not drawn here; pandas and pyreadstat read them.",
    "application/x-spss-sav": "Data of SPSS. They are not drawn here; pyreadstat reads them.",
    "application/x-sas-xport": "A transport file of SAS. It is not drawn here; pandas and pyreadstat read it.",
    "application/x-sas-data": "Data of SAS. They are not drawn here; pandas and pyreadstat read them.",
    "application/x-r-data": "Data of R. They are not drawn here; R and pyreadr read them.",
    "application/vnd.ga4gh.bam": "BAM: sequences that are aligned. It is not drawn here; pysam and samtools read it.",
    "application/vnd.ga4gh.cram": "CRAM: sequences that are aligned. It is not drawn here; pysam and samtools read it.",
    "application/vnd.ga4gh.bcf": "BCF: variants of genes. It is not drawn here; pysam and bcftools read it.",
    "application/vnd.las": "LAS: a cloud of points. It is not drawn here; laspy and PDAL read it.",
    "application/flatgeobuf": "FlatGeobuf: places and shapes. It is not drawn here; GDAL and geopandas read it.",
    "application/vnd.pmtiles": "PMTiles: tiles of a map. It is not drawn here; the library pmtiles reads it.",
    "application/x-nifti": "NIfTI: a scan of a body. It is not drawn here; nibabel reads it.",
    "application/x-esri-shape": "A part of a shapefile: its shapes, or the index of them. It is not drawn here; GDAL "
    "and pyshp read it with the other parts.",
    "model/gltf-binary": "Binary glTF: a scene of three dimensions. It is not drawn here; trimesh and Blender read it.",
    "image/x-exr": "OpenEXR: a picture of a wide range of light. It is not drawn here; OpenCV and Blender read it.",
    "image/vnd.djvu": "DjVu: scanned pages. It is not drawn here; DjVuLibre reads it.",
    "image/x-xcf": "A picture of GIMP with its layers. It is not drawn here; GIMP reads it.",
    "image/vnd.dwg": "A drawing of AutoCAD. It is not drawn here; LibreDWG reads it.",
    "image/wmf": "A metafile of Windows: a drawing. It is not drawn here; LibreOffice reads it.",
    "image/emf": "An enhanced metafile of Windows: a drawing. It is not drawn here; LibreOffice reads it.",
    "image/bpg": "BPG: a picture. It is not drawn here; libbpg reads it.",
    "image/ktx2": "KTX: a texture for graphics cards. It is not drawn here; KTX-Software reads it.",
    "image/ktx": "KTX: a texture for graphics cards. It is not drawn here; KTX-Software reads it.",
}
_OTHER_NAMES = (
    *("application/vnd.apache.avro", "application/x-stata", "application/x-sas7bdat"),
    *("application/x-rdata", "image/x-djvu", "image/x-emf", "image/x-wmf", "image/x-dwg"),
)


@renderer(*_OTHERS, *_OTHER_NAMES, kind="data of a known kind, which is not drawn")
def show_known(reply: Reply) -> ipywidgets.Widget:
    """Say what it is, and what reads it."""
    head = reply.body[:HEAD]
    found, declared = sniff(head).media_type, same(reply.media_type)
    words = _OTHERS.get(found) or _OTHERS.get(declared)
    # Some data have older forms that begin otherwise. Pictures of these kinds have not.
    if words is None or (found not in _OTHERS and declared.startswith("image/")):
        raise DecoderError("it does not begin as such data do")
    if found not in _OTHERS:
        words += " So it is declared: its first bytes do not tell it."
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
