"""By which words formats are called in the names of their types, which are many more than those that are registered.

A service that says `application/x-rar-compressed`, `audio/x-mp3` or `application/font-woff` says the truth in words of
its own, or of a time before the type was registered: no quarrel is to be made of that. Pure.
"""

from __future__ import annotations

import re

_TABLE = """
image/jpeg jpg jpeg jpe jfif pjpeg image/jpg image/pjpeg
image/png png apng image/apng image/x-png
image/gif gif
image/webp webp
image/tiff tif tiff geotiff cog dng nef cr2 arw dcraw
image/x-icon ico icon image/vnd.microsoft.icon
image/bmp bmp dib image/x-ms-bmp
image/vnd.adobe.photoshop psd photoshop
image/jp2 jp2 jpx jpeg2000 jpf
image/jxl jxl
image/avif avif
image/heic heic heif image/heif
image/heif heif heic
audio/mpeg mp3 mpeg mpg mpeg3 mpa audio/mp3
audio/aac aac adts audio/aacp audio/x-aac audio/x-hx-aac-adts
audio/wav wav wave audio/x-wav audio/wave audio/vnd.wave
audio/aiff aiff aif aifc
audio/midi midi mid
audio/flac flac audio/x-flac
audio/ogg ogg oga vorbis opus speex application/ogg video/ogg
audio/mp4 mp4 m4a m4b mp4a audio/x-m4a audio/m4a
audio/amr amr
video/mp4 mp4 m4v mpeg4 mp4v
video/quicktime quicktime mov qt
video/webm webm matroska mkv mka audio/webm video/x-matroska
video/ogg ogg ogv theora
video/x-msvideo avi msvideo
video/mpeg mpeg mpg mp2p mpeg2
video/x-flv flv
application/pdf pdf pdfa acrobat illustrator application/x-pdf
application/postscript postscript ps eps
application/rtf rtf
application/zip zip nupkg nuget wheel whl egg war ear xpi cbz application/x-zip-compressed
application/gzip gzip gz tgz gunzip application/x-gzip
application/x-bzip2 bzip2 bzip bz2
application/x-xz xz
application/zstd zstd zst zstandard application/x-zstd
application/x-tar tar ustar
application/vnd.rar rar cbr
application/x-7z-compressed 7z 7zip
application/fits fits image/fits application/x-fits image/x-fits
application/x-hdf5 hdf hdf5 h5 netcdf4 keras application/x-netcdf application/netcdf application/x-netcdf4
    application/x-hdf application/hdf5 application/x-hdf-5 application/vnd.hdfgroup.hdf5
application/x-hdf4 hdf hdf4
application/x-netcdf netcdf netcdf3 nc
application/vnd.apache.parquet parquet application/parquet application/x-parquet
application/vnd.apache.arrow.file arrow feather -stream application/x-feather
application/x-feather feather
application/x-npy npy numpy
application/avro avro avro/binary application/vnd.apache.avro
application/x-bufr bufr
application/vnd.apache.orc orc
application/x-stata-dta stata dta application/x-stata
application/x-spss-sav spss sav
application/x-sas-xport xport xpt sas
application/x-sas-data sas7bdat sas application/x-sas7bdat
application/x-r-data rdata rda rds application/x-rdata
application/vnd.ga4gh.bam bam
application/vnd.ga4gh.cram cram
application/vnd.ga4gh.bcf bcf
application/vnd.las las laz laszip
application/flatgeobuf flatgeobuf fgb
application/vnd.pmtiles pmtiles
application/x-nifti nifti nii
application/x-esri-shape shp shapefile shape
model/gltf-binary gltf glb
image/x-exr exr openexr
image/vnd.djvu djvu image/x-djvu
image/x-xcf xcf
image/vnd.dwg dwg acad autocad image/x-dwg
image/wmf wmf metafile msmetafile image/x-wmf
image/emf emf metafile msmetafile image/x-emf
image/bpg bpg
image/ktx2 ktx2 ktx
image/ktx ktx
video/mp2t mp2t ts tts mpegts mpeg mpg
application/vnd.sqlite3 sqlite sqlite3 mbtiles gpkg geopackage application/x-sqlite3 application/geopackage+sqlite3
application/x-grib grib grib1 grib2 grb application/grib application/x-grib2 application/wmo-grib
application/dicom dicom dcm
application/cbor cbor
application/x-ole-storage ole cfb cdfv2 hwp
application/vnd.ms-outlook outlook msg
application/x-msi msi
application/msword msword word doc
application/vnd.ms-excel excel msexcel xls
application/vnd.ms-powerpoint powerpoint mspowerpoint ppt
application/x-elf elf executable sharedlib -portable -dos -ms -microsoft -windows
application/vnd.microsoft.portable-executable executable dosexec exe
application/java-vm class
application/wasm wasm
application/vnd.tcpdump.pcap pcap cap
font/woff woff
font/woff2 woff2
font/ttf ttf truetype sfnt
font/otf otf opentype sfnt
application/xml text/xml
application/json text/json
image/j2c image/x-jp2-codestream
image/x-portable-pixmap image/x-portable-anymap image/x-pnm
application/x-votable+xml text/x-votable+xml
application/geo+json application/vnd.geo+json
application/x-matlab-data application/matlab application/x-matlab application/x-mat
"""
"""Media type, then words of which one stands in its names, behind a hyphen words of names of its neighbours, and whole
names that mean the same wherever they stand: NetCDF-4 is HDF5 and Feather 2 is Arrow, and each is served as the other.
"""

_ROWS = [(row[0], row[1:]) for row in map(str.split, _TABLE.replace("\n    ", " ").strip().splitlines())]
_WORDS = {media_type: frozenset(word for word in words if "/" not in word) for media_type, words in _ROWS}
_CALLED = {media_type: words for media_type, words in _WORDS.items() if words}
_SAME = {name: media_type for media_type, words in _ROWS for name in words if "/" in name}
_PERCEIVED = frozenset({"audio", "font", "image", "message", "model", "multipart", "text", "video"})
_BOTH = ({"audio", "video"},)
"""Families whose formats share their containers."""

_WRITTEN = frozenset({"json", "xml", "yaml", "csv", "text", "html"})
"""Words by which a type is said to be written out: what is found by its bytes is not (DICOM, and DICOM in JSON)."""


def is_called(declared: str, media_type: str) -> bool:
    """Whether a declared type is another name of what was found.

    >>> is_called("application/x-rar-compressed", "application/vnd.rar"), is_called("image/gif", "image/png")
    (True, False)
    >>> is_called("video/mpeg", "audio/mpeg"), is_called("audio/x-matroska", "video/webm")
    (False, True)
    """
    one, _, name = declared.partition("/")
    other = media_type.partition("/")[0]
    words = _CALLED.get(media_type, frozenset())
    if one in _PERCEIVED and other in _PERCEIVED and one != other and not (words & _SHARED and {one, other} in _BOTH):
        return False
    said = frozenset(re.split(r"[^a-z0-9]+", name.lower()))
    others = {f"-{each}" for each in said}
    return bool(words & said) and not (said & _WRITTEN or words & others)


_SHARED = frozenset({"matroska", "ogg", "mp4"})


def same(media_type: str) -> str:
    """The plain name of a type that goes by several.

    >>> same("audio/x-wav"), same("text/csv")
    ('audio/wav', 'text/csv')
    """
    return _SAME.get(media_type, media_type)
