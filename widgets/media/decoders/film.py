"""What a sound or a film is coded in, by its container, and whether browsers play that. Pure; nothing is decoded."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Plays = Literal["yes", "some", "no"]

_MOST = 400_000
_WAVE: dict[int, tuple[str, Plays]] = {
    1: ("PCM", "yes"),
    2: ("Microsoft ADPCM", "no"),
    3: ("floating point", "yes"),
    6: ("A-law", "yes"),
    7: ("µ-law", "yes"),
    0x11: ("IMA ADPCM", "no"),
    0x31: ("GSM 6.10", "no"),
    0x45: ("G.726 ADPCM", "no"),
    0x50: ("MPEG Layer 2", "no"),
    0x55: ("MP3", "some"),
    0x161: ("Windows Media Audio", "no"),
    0x2000: ("AC-3", "no"),
}
_BOXED: dict[bytes, tuple[str, Plays]] = {
    **dict.fromkeys((b"avc1", b"avc3"), ("H.264", "yes")),
    **dict.fromkeys((b"hvc1", b"hev1", b"dvh1", b"dvhe"), ("HEVC (H.265)", "some")),
    b"vp08": ("VP8", "yes"),
    b"vp09": ("VP9", "yes"),
    b"av01": ("AV1", "yes"),
    b"mp4v": ("MPEG-4 Part 2", "no"),
    b"s263": ("H.263", "no"),
    b"jpeg": ("Motion JPEG", "no"),
    b"mjpa": ("Motion JPEG", "no"),
    **dict.fromkeys((b"apch", b"apcn", b"apcs", b"apco", b"ap4h"), ("ProRes", "no")),
    b"mp4a": ("AAC", "yes"),
    b"Opus": ("Opus", "yes"),
    b"fLaC": ("FLAC", "yes"),
    b"alac": ("Apple Lossless", "some"),
    b"ac-3": ("AC-3", "some"),
    b"ec-3": ("E-AC-3", "some"),
    b"samr": ("AMR", "no"),
    b"sawb": ("AMR-WB", "no"),
    b".mp3": ("MP3", "yes"),
    **dict.fromkeys((b"sowt", b"twos", b"lpcm"), ("PCM", "some")),
}
_OGG: tuple[tuple[bytes, str, Plays], ...] = (
    (b"\x80theora", "Theora", "no"),
    (b"BBCD\0", "Dirac", "no"),
    (b"OVP80", "VP8", "yes"),
    (b"\x01vorbis", "Vorbis", "yes"),
    (b"OpusHead", "Opus", "yes"),
    (b"\x7fFLAC", "FLAC", "yes"),
    (b"Speex   ", "Speex", "no"),
)
_MATROSKA: dict[bytes, tuple[str, Plays]] = {
    b"V_MPEGH/ISO/HEVC": ("HEVC (H.265)", "some"),
    b"V_MPEG4/ISO/AVC": ("H.264", "some"),
    b"V_MPEG4/ISO/ASP": ("MPEG-4 Part 2", "no"),
    b"V_MPEG2": ("MPEG-2", "no"),
    b"V_THEORA": ("Theora", "no"),
    b"V_VP8": ("VP8", "yes"),
    b"V_VP9": ("VP9", "yes"),
    b"V_AV1": ("AV1", "yes"),
    b"V_MS/VFW": ("a Windows codec", "no"),
    b"A_OPUS": ("Opus", "yes"),
    b"A_VORBIS": ("Vorbis", "yes"),
    b"A_AAC": ("AAC", "some"),
    b"A_AC3": ("AC-3", "no"),
    b"A_EAC3": ("E-AC-3", "no"),
    b"A_DTS": ("DTS", "no"),
    b"A_FLAC": ("FLAC", "some"),
    b"A_MPEG/L3": ("MP3", "some"),
}
_ALONE: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"RIFF....AVI ", re.DOTALL), "AVI"),
    (re.compile(rb"FLV\x01"), "Flash Video"),
    (re.compile(rb"FORM....AIF[FC]", re.DOTALL), "AIFF"),
    (re.compile(rb"MThd"), "MIDI, notes without a sound of their own"),
    (re.compile(rb"#!AMR"), "AMR"),
    (re.compile(rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11"), "Windows Media"),
    (re.compile(rb"\0\0\x01[\xba\xb3]"), "MPEG-1 or MPEG-2"),
    (re.compile(rb"G.{187}G", re.DOTALL), "an MPEG transport stream"),
    (re.compile(rb"\.snd"), "Sun audio"),
    (re.compile(rb"MAC "), "Monkey's Audio"),
    (re.compile(rb"caff\0\x01"), "Core Audio of Apple"),
)
_FRAMES = re.compile(rb"ID3|\xff[\xe0-\xff]|\x1f\x43\xb6\x75")
"""How MPEG sound and AAC begin, which have no container; and a piece of WebM from within a stream."""

_JOINED = re.compile(rb"(?s)\xff([\xe2\xe3\xf1-\xf3\xf9-\xfd]).{24,2000}?\xff\1.{24,2000}?\xff\1")
_BEFORE = 8192
"""Bytes: a listener joins a stream of frames in the midst of one, and some fill up the beginning."""


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """What a container says.

    Attributes:
        container: For people, such as `"Ogg"`; empty where it is not known.
        codecs: The name of each codec, and whether browsers play it: all, some or none.
        seconds: How long it is; 0 where that is not said.
        size: Width and height in pixels; zeros where there is no picture, or that is not said.
        film: Whether it has pictures.
        frames: Whether it has no container, and begins as MPEG sound and AAC do, which need none.
        unknown: Whether it was looked at and begins like nothing that is known here.
    """

    container: str = ""
    codecs: tuple[tuple[str, Plays], ...] = ()
    seconds: float = 0.0
    size: tuple[int, int] = (0, 0)
    film: bool = False
    frames: bool = False
    unknown: bool = False

    @property
    def plays(self) -> Plays:
        """Whether all, some or no browsers play it; what is not known may play."""
        found = {plays for _, plays in self.codecs}
        return "no" if "no" in found else "some" if "some" in found else "yes"


def film_facts(data: bytes) -> FilmFacts:
    """Return what the container of a sound or a film says."""
    for read in (_wave, _boxed, _ogg, _matroska, _flac):
        if (facts := read(data)) is not None:
            return facts
    for pattern, container in _ALONE:
        if pattern.match(data):
            return FilmFacts(container, ((container, "some" if data[:4] == b"caff" else "no"),))
    frames = _FRAMES.match(data) is not None
    return FilmFacts(frames=frames, unknown=not frames and not _JOINED.search(data, 0, _BEFORE))


def _wave(data: bytes) -> FilmFacts | None:
    if data[:4] in (b"RF64", b"BW64") and data[8:12] == b"WAVE":
        name = f"{data[:4].decode('ascii')} (WAV for more than 4 GB)"
        return FilmFacts(name, ((name, "some"),))
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return None
    place = data.find(b"fmt ", 12, 4096)
    if place < 0 or place + 24 > len(data):
        return FilmFacts("WAV")
    tag, _, _, speed = struct.unpack_from("<HHII", data, place + 8)
    if tag == 0xFFFE and place + 34 <= len(data):  # noqa: PLR2004 - the true one is in the extension
        tag = struct.unpack_from("<H", data, place + 32)[0]
    sound = data.find(b"data", place)
    size = min(struct.unpack_from("<I", data, sound + 4)[0], len(data)) if 0 < sound <= len(data) - 8 else 0
    return FilmFacts("WAV", (_WAVE.get(tag, (f"format {tag:#06x}", "some")),), size / speed if speed else 0.0)


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, first byte and end of the boxes of ISO 14496-12."""
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1 and start + 16 <= end:
            size, head = struct.unpack_from(">Q", data, start + 8)[0], 16
        size = size or end - start
        if size < head:
            return
        yield kind, start + head, min(start + size, end)
        start += size


_FIRST_BOXES = frozenset(b"ftyp moov styp wide moof sidx mdat free skip emsg prft".split())
"""Segments of a stream begin with one of the later ones."""


def _boxed(data: bytes) -> FilmFacts | None:
    if data[4:8] not in _FIRST_BOXES:
        return None
    codecs: dict[tuple[str, Plays], None] = {}
    seconds, size = 0.0, (0, 0)
    waiting = [(0, len(data))]
    while waiting:
        for kind, first, end in _boxes(data, *waiting.pop()):
            if kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
                waiting.append((first, end))
            elif kind == b"mvhd" and first + 32 <= end:
                seconds = _length(data, first)
            elif kind == b"tkhd" and end - first >= 80:  # noqa: PLR2004 - where width and height stand (8.3.2)
                wide, high = struct.unpack_from(">II", data, end - 8)
                size = (wide >> 16, high >> 16) if wide and high else size
            elif kind == b"stsd":
                for name, _, _ in _boxes(data, first + 8, end):
                    words = name.decode("ascii", "replace")
                    if name not in (b"tx3g", b"text", b"tmcd", b"rtp ", b"mett", b"wvtt", b"stpp"):
                        codecs[_BOXED.get(name, (words, "some"))] = None
    brand = "QuickTime" if data[8:12] == b"qt  " else "3GPP" if data[8:10] == b"3g" else "MPEG-4"
    return FilmFacts(brand, tuple(codecs), seconds, size, film=size != (0, 0))


def _length(data: bytes, first: int) -> float:
    if data[first]:
        scale, count = struct.unpack_from(">IQ", data, first + 20)
    else:
        scale, count = struct.unpack_from(">II", data, first + 12)
    return float(count / scale) if scale else 0.0


def _ogg(data: bytes) -> FilmFacts | None:
    if data[:4] != b"OggS":
        return None
    head = data[:_MOST]
    codecs = tuple((name, plays) for sign, name, plays in _OGG if sign in head[:8192])
    place = head.find(b"\x80theora")
    size = (0, 0)
    if 0 <= place <= len(head) - 20:
        size = (int.from_bytes(head[place + 14 : place + 17]), int.from_bytes(head[place + 17 : place + 20]))
    return FilmFacts("Ogg", codecs, 0.0, size, film=any(name in ("Theora", "Dirac", "VP8") for name, _ in codecs))


def _matroska(data: bytes) -> FilmFacts | None:
    if data[:4] != b"\x1a\x45\xdf\xa3":
        return None
    head = data[:_MOST]
    codecs = tuple(dict.fromkeys(said for sign, said in _MATROSKA.items() if sign in head))
    if b"webm" in head[:100]:
        return FilmFacts("WebM", codecs, film=b"V_" in head)
    return FilmFacts("Matroska", (("Matroska", "some"), *codecs), film=b"V_" in head)


def _flac(data: bytes) -> FilmFacts | None:
    """Read STREAMINFO (RFC 9639, section 8.2): 20 bits of samples a second, 8 of others, 36 of how many there are."""
    if data[:4] != b"fLaC":
        return None
    numbers = int.from_bytes(data[18:26]) if len(data) >= _STREAMINFO and data[4] & 127 == 0 else 0
    rate, count = numbers >> 44, numbers & 0xFFFFFFFFF
    return FilmFacts("FLAC", (("FLAC", "yes"),), count / rate if rate else 0.0)


_STREAMINFO = 26
"""Bytes up to the end of its numbers; it is the first block of metadata, and its kind is 0."""
