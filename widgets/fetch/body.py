"""A body that is too large for memory, in a temporary file that has no name."""

from __future__ import annotations

import tempfile
import threading
import weakref
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from widgets.model.reply import Blob

IN_MEMORY = 8_000_000


class Body:
    """Bytes that are appended by one thread and read by others.

    Up to `in_memory` bytes are kept in memory, more in a temporary file, which vanishes with the object. The file never
    lies under the served folder, and has no name by which a browser or another program could open it.
    """

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._head = bytearray()
        self._file: IO[bytes] | None = None
        self._size = 0
        self._lock = threading.Lock()

    def append(self, piece: bytes) -> None:
        """Add bytes at the end."""
        with self._lock:
            if self._file is None and self._size + len(piece) > self._in_memory:
                self._file = _nameless_file(self)
                self._file.write(self._head)
                self._head.clear()
            if self._file is None:
                self._head += piece
            else:
                self._file.seek(self._size)
                self._file.write(piece)
            self._size += len(piece)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice, /) -> bytes:
        start, stop, step = part.indices(self._size)
        if step != 1:
            raise ValueError(f"a body is read in order, got step {step}")
        with self._lock:
            if self._file is None:
                return bytes(self._head[start:stop])
            self._file.seek(start)
            return self._file.read(max(0, stop - start))

    def __bytes__(self) -> bytes:
        return self[:]

    def settled(self) -> Blob:
        """Return the body as it will stay: plain `bytes` when they are in memory anyway."""
        return bytes(self) if self._file is None else self


def _nameless_file(owner: Body) -> IO[bytes]:
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the body
    weakref.finalize(owner, file.close)
    return file
