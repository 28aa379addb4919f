"""The service that is asked, and what the kernel saw of it: a process of its own.

`python -m tests.history.receiver FOLDER PORTS HOLD_EVERY [PORT]...` opens PORTS ports on 127.0.0.1, prints them and
where its moments come from as JSON, answers every request, and writes what came to FOLDER/sends. At those that are
named by their place it answers each HOLD_EVERY-th request with a 429 that says to stay away for a second, written to
FOLDER/holds. It ends with its input.

The moments are those at which the sender's packets went out of its own system call, by a capture on the loopback
device (AF_PACKET with SO_TIMESTAMPNS, as tcpdump does it); where that is not allowed, those at which the receiving
socket got them, stamped by the kernel too.
"""

from __future__ import annotations

import ctypes
import json
import re
import selectors
import socket
import struct
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence

SO_TIMESTAMPNS = 35
SO_ATTACH_FILTER = 26
SOL_PACKET, PACKET_STATISTICS = 263, 6
ETH_P_ALL = 3
"""What goes out is shown to those only who want to see everything."""
HOLD = 1.0
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
REFUSED = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
REQUEST = re.compile(rb"GET /history\?life=(\d+)&number=(\d+) HTTP/1\.1\r\n")
OUTGOING = 4
"""Each packet on loopback is seen twice: as it goes out, and as it comes in."""


class Program(ctypes.Structure):
    """`struct sock_fprog` of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def packets(low: int, high: int) -> socket.socket:
    """A capture of TCP packets that go out to these ports."""
    lines = (
        (0x30, 0, 0, 9),  # the protocol: TCP?
        (0x15, 0, 7, 6),
        (0xB1, 0, 0, 0),  # the length of the IP header
        (0x48, 0, 0, 2),  # the port
        (0x35, 0, 4, low),
        (0x25, 3, 0, high),
        (0x28, 0, 0, 0xFFFFF000 + 4),  # SKF_AD_PKTTYPE
        (0x15, 0, 1, OUTGOING),
        (0x06, 0, 0, 0x40000),
        (0x06, 0, 0, 0),
    )
    code = b"".join(struct.pack("HBBI", *line) for line in lines)
    buffer = ctypes.create_string_buffer(code)
    program = Program(len(lines), ctypes.addressof(buffer))
    found = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    found.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, bytes(program))
    found.setsockopt(socket.SOL_SOCKET, 33, 64 * 2**20)  # SO_RCVBUFFORCE: nothing may be dropped
    found.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    found.bind(("lo", ETH_P_ALL))
    found.setblocking(False)
    return found


def stamp_of(notes: Sequence[tuple[int, int, bytes]]) -> int | None:
    """The kernel's stamp among the ancillary data, in nanoseconds."""
    for level, kind, value in notes:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            seconds, nanos = struct.unpack("qq", value[:16])
            return int(seconds * 10**9 + nanos)
    return None


class Receiver:
    """Answers, and writes down."""

    def __init__(self, folder: Path, ports: int, hold_every: int, holding: Sequence[int]) -> None:
        self._selector = selectors.DefaultSelector()
        self._hold_every, self._holding, self._counts = hold_every, set(holding), dict[int, int]()
        self._sends: TextIO = (folder / "sends").open("w", buffering=1)
        self._holds: TextIO = (folder / "holds").open("w", buffering=1)
        self._folder = folder
        listeners = [socket.create_server(("127.0.0.1", 0), backlog=256) for _ in range(ports)]
        self.ports = [each.getsockname()[1] for each in listeners]
        self._seen: set[tuple[int, int]] = set()
        try:
            self._capture: socket.socket | None = packets(min(self.ports), max(self.ports))
            self._selector.register(self._capture, selectors.EVENT_READ)
            self.source = "capture on the loopback device, stamped by the kernel"
        except OSError:
            self._capture = None
            self.source = "receiving socket, stamped by the kernel"
        for each in listeners:
            each.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            self._selector.register(each, selectors.EVENT_READ, each.getsockname()[1])
        self._selector.register(sys.stdin, selectors.EVENT_READ)

    def serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is sys.stdin:
                    self._end()
                    return
                assert isinstance(key.fileobj, socket.socket)
                if key.fileobj is self._capture:
                    self._captured()
                elif key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    self._selector.register(key.fileobj.accept()[0], selectors.EVENT_READ, key.data)
                else:
                    self._answer(key.fileobj, key.data)

    def _captured(self) -> None:
        assert self._capture
        while True:
            try:
                packet, notes, _, _ = self._capture.recvmsg(65536, 256)
            except BlockingIOError:
                return
            ip = (packet[0] & 15) * 4
            source, port, sequence = struct.unpack_from(">HHI", packet, ip)
            data = packet[ip + (packet[ip + 12] >> 4) * 4 :]
            match = REQUEST.match(data)
            # A segment that the kernel sends again is no other request.
            if match and port in self.ports and (source, sequence) not in self._seen:
                self._seen.add((source, sequence))
                if len(self._seen) > 10**5:
                    self._seen.clear()
                self._write(stamp_of(notes) or 0, port, match)

    def _answer(self, sock: socket.socket, port: int) -> None:
        try:
            data, notes, _, _ = sock.recvmsg(65536, 256)
            match = REQUEST.match(data)
            if match:
                if self._capture is None:
                    self._write(stamp_of(notes) or time.time_ns(), port, match)
                sock.sendall(self._answer_to(port, match))
                return
        except OSError:
            pass  # the worker was killed
        self._selector.unregister(sock)
        sock.close()

    def _answer_to(self, port: int, match: re.Match[bytes]) -> bytes:
        count = self._counts[port] = self._counts.get(port, 0) + 1
        target = self.ports.index(port)
        if target not in self._holding or count % self._hold_every:
            return OK
        self._holds.write(f"{time.time_ns()} {target} {int(match[1])} {int(match[2])} {HOLD}\n")
        return REFUSED

    def _write(self, moment: int, port: int, match: re.Match[bytes]) -> None:
        self._sends.write(f"{moment} {self.ports.index(port)} {int(match[1])} {int(match[2])}\n")

    def _end(self) -> None:
        dropped = 0
        if self._capture is not None:
            self._captured()
            _, dropped = struct.unpack("II", self._capture.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        for file in (self._sends, self._holds):
            file.close()
        (self._folder / "capture").write_text(json.dumps({"source": self.source, "dropped": dropped}))


def main(folder: str, ports: str, hold_every: str, *holding: str) -> None:
    receiver = Receiver(Path(folder), int(ports), int(hold_every), [int(each) for each in holding])
    sys.stdout.write(json.dumps({"ports": receiver.ports, "source": receiver.source}) + "\n")
    sys.stdout.flush()
    receiver.serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
