"""Ways in which a service can answer badly, each by its name, on a raw socket."""

from __future__ import annotations

import gzip
import socket
import struct
import time
import zlib
from collections.abc import Callable, Iterable
from itertools import repeat
from typing import TypeAlias

Talk: TypeAlias = Callable[[socket.socket, bytes], None]

OK = b"HTTP/1.1 200 OK\r\n"
PLAIN = OK + b"Content-Type: text/plain\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
FOUND = b"HTTP/1.1 302 Found\r\nLocation: /\r\n"
MOVED = b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"

# What may come of a fault.
ERROR, PART, WHOLE = "an error", "a marked part", "a whole reply"

FAULTS: dict[str, tuple[Talk, frozenset[str]]] = {}
"""By name: what the service does, and what may come of it."""


def fault(name: str, *outcomes: str) -> Callable[[Talk], Talk]:
    """Register a fault."""

    def register(talk: Talk) -> Talk:
        FAULTS[name] = (talk, frozenset(outcomes))
        return talk

    return register


def says(*pieces: bytes) -> Talk:
    """Say these bytes and hang up."""
    return lambda connection, _: connection.sendall(b"".join(pieces))


def says_and_waits(*pieces: bytes) -> Talk:
    """Say these bytes and wait until the client hangs up."""

    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"".join(pieces))
        connection.recv(1)

    return talk


def says_for_ever(head: bytes, pieces: Iterable[bytes], pause: float = 0.0) -> Talk:
    """Say a head, and then pieces until the client hangs up."""

    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head)
        for piece in pieces:
            connection.sendall(piece)
            if pause:
                time.sleep(pause)

    return talk


def sized(head: bytes, body: bytes, length: object = None) -> bytes:
    """Return an answer with a Content-Length, true or not."""
    return head + f"Content-Length: {len(body) if length is None else length}\r\n\r\n".encode() + body


def zeros(size: int, wbits: int) -> bytes:
    """Return `size` zeros, compressed without ever holding them."""
    machine = zlib.compressobj(1, zlib.DEFLATED, wbits)
    block = b"\0" * 1_000_000
    return b"".join(machine.compress(block) for _ in range(size // len(block))) + machine.flush()


def reset(connection: socket.socket) -> None:
    """Hang up with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


GZIP_BOMB = zeros(300_000_000, 31)
DEFLATE_BOMB = zeros(300_000_000, 15)
GZIPPED = OK + b"Content-Encoding: gzip\r\n"

_SIMPLE: tuple[tuple[str, str, Talk], ...] = (
    ("gzip bomb", PART, says(sized(GZIPPED, GZIP_BOMB))),
    ("deflate bomb", PART, says(sized(OK + b"Content-Encoding: deflate\r\n", DEFLATE_BOMB))),
    ("double gzip bomb", PART, says(sized(OK + b"Content-Encoding: gzip, gzip\r\n", gzip.compress(GZIP_BOMB)))),
    ("gzip of endless empty members", PART, says_for_ever(GZIPPED + b"\r\n", repeat(gzip.compress(b"") * 500))),
    ("gzip header without end", PART, says_for_ever(GZIPPED + b"\r\n\x1f\x8b\x08\x08......", repeat(b"n" * 9999))),
    ("truncated gzip", PART, says(sized(GZIPPED, gzip.compress(bytes(range(256)) * 99)[:-20]))),
    ("gzip with a wrong checksum", WHOLE, says(sized(GZIPPED, gzip.compress(b"words" * 99)[:-8] + b"\0" * 8))),
    ("gzip with rubbish behind it", WHOLE, says(sized(GZIPPED, gzip.compress(b"words") + b"rubbish"))),
    ("not gzip at all", WHOLE, says(sized(GZIPPED, b"words"))),
    ("a coding that nobody asked for", WHOLE, says(sized(OK + b"Content-Encoding: br\r\n", b"\x0b\x02\x80words\x03"))),
    ("a hundred codings", WHOLE, says(sized(OK + b"Content-Encoding: " + b"gzip," * 100 + b"gzip\r\n", b"words"))),
    ("endless body", PART, says_for_ever(PLAIN + b"\r\n", repeat(b"x" * 65_536))),
    ("endless chunks", PART, says_for_ever(CHUNKED, repeat(b"1000\r\n" + b"x" * 4096 + b"\r\n"))),
    ("endless chunks of one byte", PART, says_for_ever(CHUNKED, repeat(b"1\r\nx\r\n" * 100))),
    ("dripping body", PART, says_for_ever(PLAIN + b"\r\n", repeat(b"x"), 0.03)),
    ("dripping chunk size", PART, says_for_ever(CHUNKED, repeat(b"0"), 0.03)),
    ("dripping status line", ERROR, says_for_ever(b"HTTP/1.1 200 ", repeat(b"O"), 0.03)),
    ("dripping header", ERROR, says_for_ever(OK + b"X: ", repeat(b"x"), 0.03)),
    ("dripping headers", ERROR, says_for_ever(OK, repeat(b"X: y\r\n"), 0.03)),
    ("endless 100 Continue", ERROR, says_for_ever(b"", repeat(b"HTTP/1.1 100 Continue\r\n\r\n"), 0.001)),
    ("endless trailers", PART, says_for_ever(CHUNKED + b"1\r\nx\r\n0\r\n", repeat(b"X: y\r\n"), 0.001)),
    ("ten thousand headers", ERROR, says(OK, b"X: y\r\n" * 10_000, b"\r\n")),
    ("a header of 10 MB", ERROR, says(OK, b"X: ", b"y" * 10_000_000, b"\r\n\r\n")),
    ("a header without end", ERROR, says_for_ever(OK + b"X: ", repeat(b"y" * 65_536))),
    ("a status line without end", ERROR, says_for_ever(b"HTTP/1.1 200 ", repeat(b"y" * 65_536))),
    ("silence", ERROR, says_and_waits()),
    ("silence in the body", PART, says_and_waits(PLAIN, b"\r\nx")),
    ("hanging up at once", ERROR, says()),
    ("reset at once", ERROR, lambda connection, _: reset(connection)),
    ("a body that is too short", PART, says(sized(PLAIN, b"words", 1000))),
    ("a body that is too long", WHOLE, says(sized(PLAIN, b"words and more", 5))),
    ("negative length", WHOLE, says(sized(PLAIN, b"words", -5))),
    ("a length that is no number", WHOLE, says(sized(PLAIN, b"words", "many"))),
    ("a length of 10^30", PART, says(sized(PLAIN, b"words", 10**30))),
    ("two lengths that differ", WHOLE, says(PLAIN, b"Content-Length: 3\r\n", sized(b"", b"words"))),
    ("length and chunks", WHOLE, says(OK, b"Content-Length: 3\r\n", CHUNKED[len(OK) :], b"5\r\nwords\r\n0\r\n\r\n")),
    ("a chunk that is too short", PART, says(CHUNKED, b"ff\r\nwords")),
    ("a chunk size that is no number", PART, says(CHUNKED, b"five\r\nwords\r\n0\r\n\r\n")),
    ("a chunk size of 2^64", PART, says(CHUNKED, b"10000000000000000\r\nwords")),
    ("negative chunk size", PART, says(CHUNKED, b"-5\r\nwords\r\n0\r\n\r\n")),
    ("a chunk extension without end", PART, says_for_ever(CHUNKED + b"1;", repeat(b"x" * 65_536))),
    ("no last chunk", PART, says(CHUNKED, b"5\r\nwords\r\n")),
    ("unknown transfer coding", WHOLE, says(OK, b"Transfer-Encoding: pigeon\r\n\r\nwords")),
    ("a body without a head", ERROR, says(b"<html>words</html>")),
    ("another protocol", ERROR, says(b"SSH-2.0-OpenSSH_9.6\r\n")),
    ("random bytes", ERROR, says(bytes(range(256)) * 20)),
    ("an HTTP version from the future", ERROR, says(b"HTTP/9.9 200 OK\r\n\r\nwords")),
    ("status 0", ERROR, says(b"HTTP/1.1 000 Zero\r\n\r\n")),
    ("status -200", ERROR, says(b"HTTP/1.1 -200 Minus\r\n\r\n")),
    ("status abc", ERROR, says(b"HTTP/1.1 abc Words\r\n\r\n")),
    ("status 999", WHOLE, says(sized(b"HTTP/1.1 999 What\r\n", b"words"))),
    ("switching protocols", WHOLE, says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")),
    ("204 with a body", WHOLE, says(sized(b"HTTP/1.1 204 No Content\r\n", b"words"))),
    ("304 with a body", WHOLE, says(sized(b"HTTP/1.1 304 Not Modified\r\n", b"words"))),
    ("NUL in a header", WHOLE, says(sized(OK + b"X-Nul: a\0b\r\n", b"words"))),
    ("bare CR in a header", WHOLE, says(sized(OK + b"X-Cr: a\rSet-Cookie: b\r\n", b"words"))),
    ("a folded header", WHOLE, says(sized(OK + b"X-Fold: a\r\n b\r\n", b"words"))),
    ("a header without a colon", WHOLE, says(sized(OK + b"words words\r\n", b"words"))),
    ("bytes beyond ASCII in headers", WHOLE, says(sized(OK + bytes(range(128, 256)) + b": \xff\xfe\r\n", b"words"))),
    ("a reason beyond ASCII", WHOLE, says(sized(b"HTTP/1.1 200 \xff\xfe\xc3\xa9\r\n", b"words"))),
    ("a charset that raises", WHOLE, says(sized(OK + b"Content-Type: text/plain; charset=undefined\r\n", b"words"))),
    ("a content type that is no type", WHOLE, says(sized(OK + b'Content-Type: ;;="\\;charset\r\n', b"words"))),
    ("a flood of cookies", WHOLE, says(sized(OK + b"Set-Cookie: a=b; domain=.com\r\n" * 90, b"words"))),
    ("redirect in a circle", ERROR, says(MOVED % b"/")),
    ("redirect to nowhere", WHOLE, says(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")),
    ("redirect to ftp", ERROR, says(MOVED % b"ftp://127.0.0.1/")),
    ("redirect to a file", ERROR, says(MOVED % b"file:///etc/passwd")),
    ("redirect to a script", ERROR, says(MOVED % b"javascript:alert(1)")),
    ("redirect to data", ERROR, says(MOVED % b"data:text/html,words")),
    ("redirect to a broken address", ERROR, says(MOVED % b"http://[::1")),
    ("redirect with bytes beyond UTF-8", ERROR, says(MOVED % b"http://\xff\xfe/")),
    ("redirect with a password", ERROR, says(MOVED % b"http://a:b@127.0.0.1/")),
    ("redirect to port 0", ERROR, says(MOVED % b"http://127.0.0.1:0/")),
    ("redirect of 60 kB", ERROR, says(MOVED % (b"/" + b"x" * 60_000))),
    ("redirect with a gzip bomb", ERROR, says(sized(FOUND + GZIPPED[len(OK) :], GZIP_BOMB))),
    ("redirect with an endless body", ERROR, says_for_ever(FOUND + b"\r\n", repeat(b"x" * 65_536))),
)  # fmt: skip

for _name, _outcome, _talk in _SIMPLE:
    fault(_name, _outcome)(_talk)


@fault("reset in the body", PART)
def _reset_in_the_body(connection: socket.socket, _: bytes) -> None:
    connection.sendall(sized(PLAIN, b"words", 1000))
    time.sleep(0.05)  # Else the reset would take the words along.
    reset(connection)


@fault("redirect to ever longer addresses", ERROR)
def _longer_and_longer(connection: socket.socket, head: bytes) -> None:
    connection.sendall(MOVED % (head.split(b" ")[1] + b"/again"))
