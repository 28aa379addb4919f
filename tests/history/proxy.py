"""A line between a worker and PostgreSQL that can be cut, or fall silent."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from contextlib import suppress


class Line:
    """Passes bytes on from a port of its own to a Unix socket."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._flowing = asyncio.Event()
        self._open = True
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait()

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._flowing.set()
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open:
            writer.transport.abort()
            return
        try:
            back, forth = await asyncio.open_unix_connection(self._path)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, forth}
        with suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(self._pass(reader, forth), self._pass(back, writer))
        for each in (writer, forth):
            self._writers.discard(each)
            each.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._flowing.wait()
            writer.write(data)
            await writer.drain()
        raise ConnectionResetError

    def cut(self) -> None:
        """End every connection at once, without a word, and let none begin."""
        self._loop.call_soon_threadsafe(self._cut)

    def _cut(self) -> None:
        self._open = False
        for writer in list(self._writers):
            sock = writer.get_extra_info("socket")
            if sock.family == socket.AF_INET:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    def mend(self) -> None:
        """Let connections begin, and bytes flow."""

        def mend() -> None:
            self._open = True
            self._flowing.set()

        self._loop.call_soon_threadsafe(mend)

    def silence(self) -> None:
        """Let nothing pass any more; connections stay."""
        self._loop.call_soon_threadsafe(self._flowing.clear)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
