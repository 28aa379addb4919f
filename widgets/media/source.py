"""A body on its way to a decoder: bytes, or the file that holds them, which is not copied."""

from __future__ import annotations

import io
import os
from multiprocessing.reduction import DupFd
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from .reply import Blob


class InFile:
    """A body in a file; a decoder reads it through a file number of its own, however large it is.

    It is made for one call of `in_child`, and not to be kept.
    """

    def __init__(self, number: int, size: int) -> None:
        self._number: Any = DupFd(number)
        self._size = size

    def __len__(self) -> int:
        return self._size

    def opened(self) -> io.BufferedReader:
        """Return it as a file; once, in the process of the decoder."""
        return io.BufferedReader(_ByPlace(self._number.detach(), self._size), 1 << 16)


class _ByPlace(io.RawIOBase):
    """Reads without moving the place of the file, which others share."""

    def __init__(self, number: int, size: int) -> None:
        self._number = number
        self._size = size
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._place = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: Any) -> int:
        data = os.pread(self._number, max(0, min(len(buffer), self._size - self._place)), self._place)
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            os.close(self._number)
        super().close()


Source: TypeAlias = "bytes | InFile"


def source_of(body: Blob) -> Source:
    """Return a body as a decoder gets it.

    >>> source_of(b"abc")
    b'abc'
    """
    number = getattr(body, "file_number", None)
    return bytes(body) if number is None else InFile(number, len(body))


def opened(source: Source) -> io.BufferedIOBase:
    """Return a body as a file, in the process of the decoder."""
    return io.BytesIO(source) if isinstance(source, bytes) else source.opened()
