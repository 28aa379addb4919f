"""Public mode with many visitors and one who does harm: what the others wait for a fetch, with it and without. IO.

`python -m tests.bench.hostile [--visitors 10] [--seconds 20]`. A visitor is a page's kernel and its websocket, without
a browser, which would take more of the machine than what is measured. The hostile one opens widgets of a megabyte as
fast as its socket takes them, and comes again whenever its kernel was ended.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import re
import statistics
import struct
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

from tests.browser.conftest import voila
from tests.conftest import serve

MEGABYTE = 1_000_000
PATIENCE = 60.0
CONTROL = "jupyter.widget.control"


class Visitor:
    """One page: its kernel, its socket, and the widgets that it was sent."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self._socket = socket
        self._session = uuid.uuid4().hex
        self.button = self.address = ""

    @classmethod
    async def come(cls, url: str) -> Visitor:
        """Open the page, and its socket."""
        page = await AsyncHTTPClient().fetch(url, request_timeout=PATIENCE * 2)
        found = re.search(r'"kernelId": *"([0-9a-f-]{36})"', page.body.decode())
        assert found is not None, page.body[:300]
        address = f"{url.replace('http', 'ws', 1)}api/kernels/{found[1]}/channels"
        request = HTTPRequest(address, headers={"Origin": url.rstrip("/")})
        return cls(await websocket_connect(request, max_message_size=200 * MEGABYTE))

    async def send(self, kind: str, version: str = "2.1.0", **content: Any) -> None:
        """Send a message to the kernel."""
        head = {"msg_id": uuid.uuid4().hex, "session": self._session, "username": "", "version": "5.3"}
        message = {"header": head | {"msg_type": kind}, "parent_header": {}, "content": content}
        await self._socket.write_message(
            json.dumps(message | {"metadata": {"version": version}, "channel": "shell", "buffers": []})
        )

    async def hear(self) -> dict[str, Any]:
        """Return the next message of the kernel."""
        heard = await asyncio.wait_for(self._socket.read_message(), PATIENCE)
        if heard is None:
            raise WebSocketClosedError
        if isinstance(heard, bytes):  # Behind a number of offsets stands the message, then its buffers.
            (count,) = struct.unpack_from(">I", heard)
            places = struct.unpack_from(f">{count}I", heard, 4)
            heard = heard[places[0] : places[1] if count > 1 else None].decode()
        message: dict[str, Any] = json.loads(heard)
        return message

    async def learn(self) -> None:
        """Find the address and the button among the widgets of the page."""
        control = uuid.uuid4().hex
        await self.send("comm_open", "1.0.0", comm_id=control, target_name=CONTROL, data={})
        await self.send("comm_msg", comm_id=control, data={"method": "request_states"})
        while not self.button:
            data = (await self.hear())["content"].get("data", {})
            for name, widget in data.get("states", {}).items() if isinstance(data, dict) else ():
                state = widget["state"]
                if state.get("_model_name") == "ComboboxModel" and state.get("description") == "Address to fetch":
                    self.address = name
                elif state.get("_model_name") == "ButtonModel" and state.get("description") == "Fetch":
                    self.button = name

    async def fetch(self, url: str) -> float:
        """Fetch an address as a click does; gives the seconds until its facts are on the page."""
        value = {"method": "update", "state": {"value": url}, "buffer_paths": []}
        await self.send("comm_msg", comm_id=self.address, data=value)
        began = time.monotonic()
        await self.send("comm_msg", comm_id=self.button, data={"method": "custom", "content": {"event": "click"}})
        asked = False
        while True:
            data = (await self.hear())["content"].get("data", {})
            said = str(data.get("state", {}).get("value", "")) if isinstance(data, dict) else ""
            asked = asked or "Asking" in said
            if asked and "200 OK" in said:
                return time.monotonic() - began

    def leave(self) -> None:
        """Close the socket."""
        self._socket.close()


async def harm(url: str, first: Visitor, over: asyncio.Event) -> dict[str, int]:
    """Open widgets of a megabyte, one after the other; return what that came to."""
    got, visitor = {"pages": 1, "kernels lost": 0, "widgets sent": 0}, first
    state = {"_model_module": "@jupyter-widgets/controls", "_model_name": "TextModel", "value": "x" * MEGABYTE}
    state |= {"_model_module_version": "2.0.0", "_view_module": "@jupyter-widgets/controls", "_view_name": "TextView"}
    while not over.is_set():
        try:
            for number in itertools.count():
                if over.is_set():
                    visitor.leave()
                    break
                data = {"state": state, "buffer_paths": []}
                await asyncio.wait_for(
                    visitor.send("comm_open", comm_id=f"{number:032x}", target_name="jupyter.widget", data=data), 5
                )
                got["widgets sent"] += 1
        except (WebSocketClosedError, HTTPClientError, TimeoutError, OSError):
            got["kernels lost"] += 1
            visitor = await Visitor.come(url)
            got["pages"] += 1
    return got


async def fetches(visitor: Visitor, address: str, seconds: float) -> list[float]:
    """Fetch once a second for a while."""
    end, took = time.monotonic() + seconds, []
    while time.monotonic() < end:
        took.append(await visitor.fetch(address))
        await asyncio.sleep(max(0.0, 1 - took[-1]))
    return took


async def memory(pid: int, over: asyncio.Event) -> tuple[int, int]:
    """Return the most MB that the server and its kernels had together, and that a single kernel had."""
    most = largest = 0
    while not over.is_set():
        sizes = []
        for each in psutil.Process(pid).children(recursive=True):
            try:
                sizes.append(each.memory_info().rss)
            except psutil.Error:
                continue  # it ended while we looked
        most, largest = max(most, sum(sizes)), max(largest, *sizes, 0)
        await asyncio.sleep(0.2)
    return most // MEGABYTE, largest // MEGABYTE


async def measured(url: str, pid: int, service: str, count: int, seconds: float) -> None:
    """Print the figures of both spells."""
    visitors: list[Visitor] = []
    for _ in range(count):
        visitors.append(await Visitor.come(url))
        await visitors[-1].learn()
    address = f"{service}/NASA?type=text/plain"
    for visitor in visitors:
        await visitor.fetch(address)
    for hostile in (False, True):
        over = asyncio.Event()
        first = await Visitor.come(url) if hostile else None  # Its page is there before anybody counts.
        watching = asyncio.create_task(memory(pid, over))
        harming = asyncio.create_task(harm(url, first, over)) if first else None
        spells = await asyncio.gather(*(fetches(each, address, seconds) for each in visitors), return_exceptions=True)
        over.set()
        most, largest = await watching
        took = sorted(second for spell in spells if isinstance(spell, list) for second in spell)
        lost = sum(not isinstance(spell, list) for spell in spells)
        who = "with a hostile one" if hostile else "by themselves     "
        say(
            f"{who}: {len(took)} fetches of {count} visitors, median {statistics.median(took):.2f} s, "
            f"nine of ten within {took[int(len(took) * 0.9)]:.2f} s, worst {took[-1]:.2f} s; {lost} visitors failed; "
            f"kernels together {most} MB at most, the largest {largest} MB"
        )
        if harming is not None:
            say("what the hostile one got: " + ", ".join(f"{count} {name}" for name, count in (await harming).items()))


def say(line: str) -> None:
    """Write one line."""
    sys.stdout.write(f"  {line}\n")
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.hostile", description=__doc__)
    parser.add_argument("--visitors", type=int, default=10, help="who do nothing but fetch (10)")
    parser.add_argument("--seconds", type=float, default=20, help="of each of the two spells (20)")
    given = parser.parse_args(arguments if arguments is not None else sys.argv[1:])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        service = stack.enter_context(serve())
        running = stack.enter_context(voila(folder, WAITWISE_SERVICE=service, WAITWISE_MODE="public"))
        asyncio.run(measured(running.url, running.pid, service, given.visitors, given.seconds))


if __name__ == "__main__":
    main()
