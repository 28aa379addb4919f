"""Sounds and films that browsers play, made here: about a second of silence, or of one colour."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

from PIL import Image

SIZE = (64, 48)


def mp3(frames: int = 40) -> bytes:
    """Return MPEG-1 layer III: 128 kbit/s, 44.1 kHz, each frame of nothing."""
    return (b"\xff\xfb\x90\x00" + b"\0" * 413) * frames


def flac(frames: int = 10) -> bytes:
    """Return FLAC (RFC 9639): 44.1 kHz, mono, 16 bits, each frame one constant."""
    facts = (44_100 << 44) | (15 << 36) | (4096 * frames)
    head = struct.pack(">HH6xQ16x", 4096, 4096, facts)
    out = b"fLaC\x80" + len(head).to_bytes(3) + head
    for number in range(frames):
        start = bytes([0xFF, 0xF8, 0xC0, 0x08, number])
        frame = start + bytes([checksum(start, 0x07, 8)]) + b"\0\0\0"
        out += frame + checksum(frame, 0x8005, 16).to_bytes(2)
    return out


def opus(packets: int = 50) -> bytes:
    """Return Opus in Ogg (RFC 7845): 20 ms of silence in each packet."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 5) + b"tests" + struct.pack("<I", 0)
    return _ogg(2, 0, 0, [head]) + _ogg(0, 0, 1, [tags]) + _ogg(4, 960 * packets, 2, [b"\xf8\xff\xfe"] * packets)


def m4a(frames: int = 43) -> bytes:
    """Return AAC in MP4: 44.1 kHz, mono, silence."""
    silence = b"\x00\xc8\x00\x80\x23\x80"
    decoder = b"\x40\x15" + b"\0" * 11 + b"\x05\x02\x12\x08"
    inner = b"\0\1\0\x04" + bytes([len(decoder)]) + decoder + b"\x06\x01\x02"
    elementary = _box(b"esds", b"\0\0\0\0\x03" + bytes([len(inner)]) + inner)
    entry = _box(b"mp4a", struct.pack(">6xH8xHH4xI", 1, 1, 16, 44_100 << 16) + elementary)
    return _mp4(b"M4A ", _Track(b"soun", entry, [silence] * frames, 1024, 44_100))


def mp4(frames: int = 10) -> bytes:
    """Return AV1 in MP4, ten pictures a second; the coded picture is the one inside an AVIF file."""
    still = _still("AVIF")
    at = still.index(b"av1C") - 4
    settings = still[at : at + int.from_bytes(still[at : at + 4])]
    at = still.index(b"mdat") - 4
    coded = still[at + 8 : at + int.from_bytes(still[at : at + 4])]
    about = struct.pack(">6xH16xHHII4xH32xHh", 1, *SIZE, 72 << 16, 72 << 16, 1, 24, -1)
    return _mp4(b"isom", _Track(b"vide", _box(b"av01", about + settings), [coded] * frames, 100, 1000))


def webm(frames: int = 10) -> bytes:
    """Return VP8 in WebM, ten pictures a second; the coded picture is the one inside a lossy WebP file."""
    still = _still("WEBP")
    at = still.index(b"VP8 ")
    coded = still[at + 8 : at + 8 + int.from_bytes(still[at + 4 : at + 8], "little")]
    width, height = SIZE
    picture = _ebml(0xE0, _ebml(0xB0, bytes([width])) + _ebml(0xBA, bytes([height])))
    track = _ebml(0xD7, b"\1") + _ebml(0x73C5, b"\1") + _ebml(0x83, b"\1") + _ebml(0x86, b"V_VP8") + picture
    about = _ebml(0x2AD7B1, (1_000_000).to_bytes(3)) + _ebml(0x4489, struct.pack(">d", 100.0 * frames))
    blocks = b"".join(_ebml(0xA3, struct.pack(">BhB", 0x81, 100 * at, 0x80) + coded) for at in range(frames))
    segment = _ebml(0x1549A966, about) + _ebml(0x1654AE6B, _ebml(0xAE, track))
    segment += _ebml(0x1F43B675, _ebml(0xE7, b"\0") + blocks)
    return _ebml(0x1A45DFA3, _ebml(0x4282, b"webm")) + _ebml(0x18538067, segment)


def checksum(data: bytes, polynomial: int, bits: int) -> int:
    """Return a cyclic redundancy check, highest bit first, starting at 0."""
    value, mask = 0, (1 << bits) - 1
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = (value << 1) ^ (polynomial if value >> (bits - 1) else 0)
            value &= mask
    return value


def _still(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", SIZE, "teal").save(out, kind)
    return out.getvalue()


def _ogg(flags: int, granule: int, number: int, packets: list[bytes]) -> bytes:
    lengths = bytes(len(packet) for packet in packets)
    head = struct.pack("<4sBBqII", b"OggS", 0, flags, granule, 1, number)
    rest = bytes([len(lengths)]) + lengths + b"".join(packets)
    return head + checksum(head + b"\0\0\0\0" + rest, 0x04C11DB7, 32).to_bytes(4, "little") + rest


def _ebml(name: int, content: bytes) -> bytes:
    size = (len(content) | 1 << 56).to_bytes(8)
    return name.to_bytes(-(-name.bit_length() // 8)) + size + content


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


@dataclass(frozen=True)
class _Track:
    kind: bytes
    entry: bytes
    samples: list[bytes]
    each: int
    scale: int

    @property
    def whole(self) -> int:
        return self.each * len(self.samples)


_MATRIX = struct.pack(">9I", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


def _mp4(brand: bytes, track: _Track) -> bytes:
    """Return an ISO base media file (ISO/IEC 14496-12) of one track whose samples are all whole."""
    first = _box(b"ftyp", brand + b"\0\0\0\0" + brand + b"isom")
    film = _film(track, 0)
    return first + _film(track, len(first) + len(film) + 8) + _box(b"mdat", b"".join(track.samples))


def _film(track: _Track, place: int) -> bytes:
    about = struct.pack(">12xIIIH10x", track.scale, track.whole, 1 << 16, 1 << 8) + _MATRIX + b"\0" * 24 + b"\0\0\0\2"
    shape = struct.pack(">IIII4xI8xHHHxx", 3, 0, 0, 1, track.whole, 0, 0, 1 << 8) + _MATRIX
    width, height = SIZE if track.kind == b"vide" else (0, 0)
    shape += struct.pack(">II", width << 16, height << 16)
    time = struct.pack(">12xIIHH", track.scale, track.whole, 0x55C4, 0)
    handler = struct.pack(">8x4s12xx", track.kind)
    media = _box(b"mdhd", time) + _box(b"hdlr", handler) + _box(b"minf", _inside(track, place))
    return _box(b"moov", _box(b"mvhd", about) + _box(b"trak", _box(b"tkhd", shape) + _box(b"mdia", media)))


def _inside(track: _Track, place: int) -> bytes:
    count = len(track.samples)
    head = _box(b"smhd", b"\0" * 8) if track.kind == b"soun" else _box(b"vmhd", b"\0\0\0\1" + b"\0" * 8)
    here = _box(b"dinf", _box(b"dref", struct.pack(">4xI", 1) + _box(b"url ", b"\0\0\0\1")))
    table = _box(b"stsd", struct.pack(">4xI", 1) + track.entry)
    table += _box(b"stts", struct.pack(">4xIII", 1, count, track.each))
    table += _box(b"stsc", struct.pack(">4xIIII", 1, 1, count, 1))
    table += _box(b"stsz", struct.pack(f">4xII{count}I", 0, count, *map(len, track.samples)))
    table += _box(b"stco", struct.pack(">4xII", 1, place))
    return head + here + _box(b"stbl", table)
