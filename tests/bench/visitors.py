"""Many visitors of one server: memory for each, time until all can work, and what is left when they have gone. IO.

`python -m tests.bench.visitors [--visitors 40] [--stock] [--fetch] [--cycles 10]`. A visitor is a page that is asked
for, its websocket, the models of its widgets, and a click on Fetch that its kernel answers: all that a browser asks of
the server but the files of the page, which it keeps. With `--fetch` something is fetched and shown, for which a page
starts its limited decoders; without, the click says that an address is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import tempfile
import time
import uuid
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_server.services.kernels.connection.base import deserialize_binary_message
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.bench.start import stock
from tests.browser.conftest import Voila, children_of, voila
from tests.conftest import serve
from widgets.kernels.health import memory_of
from widgets.kernels.memory import SETTLES

MB = 1_000_000
PATIENCE = 120.0
CONTROL = "jupyter.widget.control"


@dataclass
class Visitor:
    """Somebody whose page works."""

    url: str
    kernel: str
    xsrf: str
    socket: WebSocketClientConnection
    took: float

    async def leave(self) -> None:
        """Close the page, as a browser does: it asks for the end of its kernel, and then its connection closes."""
        headers = {"Cookie": f"_xsrf={self.xsrf}", "X-XSRFToken": self.xsrf}
        address = f"{self.url}voila/api/shutdown/{self.kernel}"
        request = HTTPRequest(address, "POST", headers, "", request_timeout=PATIENCE)
        ending = asyncio.ensure_future(AsyncHTTPClient().fetch(request))
        await asyncio.sleep(0.05)
        self.socket.close()
        await ending


async def page_of(url: str) -> HTTPResponse:
    """The page, whatever its status."""
    request = HTTPRequest(url, request_timeout=PATIENCE, connect_timeout=PATIENCE)
    return await AsyncHTTPClient().fetch(request, raise_error=False)


async def visit(url: str, *, fetch: bool) -> Visitor:
    """Open the page, ask for its widgets, click on Fetch, and wait for the answer."""
    began = time.perf_counter()
    page = await page_of(url)
    if page.code != 200:
        raise RuntimeError(f"the page answered {page.code}")
    text = page.body.decode()
    kernel = re.search(r'"?kernelId"?\s*[:=]\s*"?([0-9a-f-]{36})', text) or re.search(r"([0-9a-f-]{36})", text)
    assert kernel is not None, text[:2000]
    xsrf = next(each for each in page.headers.get_list("Set-Cookie") if each.startswith("_xsrf="))
    address = f"{url.replace('http', 'ws', 1)}api/kernels/{kernel[1]}/channels?session_id={uuid.uuid4().hex}"
    socket = await websocket_connect(address, connect_timeout=PATIENCE, max_message_size=1 << 28)
    states = await models(socket)
    for key, each in states.items() if not fetch else ():
        if "/NASA" in str(each["state"].get("value")) and each["model_name"] in {"TextModel", "ComboboxModel"}:
            send(socket, "comm_msg", {"comm_id": key, "data": {"method": "update", "state": {"value": ""}}})
    button = next(key for key, each in states.items() if each["state"].get("description") == "Fetch")
    send(socket, "comm_msg", {"comm_id": button, "data": {"method": "custom", "content": {"event": "click"}}})
    await heard(socket, lambda message: message["header"]["msg_type"] == "comm_msg")
    return Visitor(url, kernel[1], xsrf.partition("=")[2].partition(";")[0], socket, time.perf_counter() - began)


async def models(socket: WebSocketClientConnection) -> dict[str, Any]:
    """The states of all widgets, as a page asks for them."""
    comm = uuid.uuid4().hex
    opening = {"comm_id": comm, "target_name": CONTROL, "data": {}}
    send(socket, "comm_open", opening, metadata={"version": "1.0.0"})
    send(socket, "comm_msg", {"comm_id": comm, "data": {"method": "request_states"}})
    message = await heard(socket, lambda each: "states" in each["content"].get("data", {}))
    states: dict[str, Any] = message["content"]["data"]["states"]
    return states


def send(socket: WebSocketClientConnection, kind: str, content: object, metadata: object = None) -> None:
    """Send a message of Jupyter's protocol."""
    header = {"msg_id": uuid.uuid4().hex, "username": "", "session": "", "msg_type": kind, "version": "5.3", "date": ""}
    message = {
        "channel": "shell",
        "header": header,
        "parent_header": {},
        "metadata": metadata or {},
        "content": content,
    }
    socket.write_message(json.dumps(message | {"buffers": []}))


async def heard(socket: WebSocketClientConnection, wanted: Any) -> dict[str, Any]:
    """The next message that is wanted."""
    while True:
        message = await asyncio.wait_for(socket.read_message(), PATIENCE)
        if message is None:
            raise RuntimeError("the kernel's connection was closed")
        said: dict[str, Any] = _decoded(message) if isinstance(message, bytes) else json.loads(message)
        if wanted(said):
            return said


def _decoded(message: bytes) -> dict[str, Any]:
    found: dict[str, Any] = deserialize_binary_message(message)  # type: ignore[no-untyped-call]
    return found


def tree(pid: int) -> list[int]:
    """A process with all that came from it."""
    return [pid, *(each for child in children_of(pid) for each in tree(child))]


def memory(server: Voila) -> tuple[int, int]:
    """Bytes (PSS) of the server with all its processes, and how many processes that are."""
    processes = tree(server.pid)
    return sum(map(memory_of, processes)), len(processes)


def handles(pid: int) -> int:
    """How many files, sockets and the like a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def cycle(server: Voila, many: int, *, fetch: bool, beyond: bool) -> None:
    """Have visitors come at once, look, and leave."""
    before, processes = memory(server)
    visitors = await asyncio.gather(*(visit(server.url, fetch=fetch) for _ in range(many)))
    there, _ = memory(server)
    took = sorted(each.took for each in visitors)
    told = (await page_of(server.url)).code if beyond else 0
    began = time.perf_counter()
    await asyncio.gather(*(each.leave() for each in visitors))
    while memory(server)[1] > processes and time.perf_counter() - began < PATIENCE:  # noqa: ASYNC110 - processes end
        await asyncio.sleep(0.2)
    gone = time.perf_counter() - began
    await asyncio.sleep(2 * SETTLES)  # The server gives back what they needed.
    after, left = memory(server)
    print(
        f"  {many:>3} at once: all work after {took[-1]:6.2f} s (half {took[len(took) // 2]:5.2f}); "
        f"{there / MB:6.0f} MB in all, {(there - before) / many / MB:5.1f} MB each"
        + (f"; one more is told {told}" if beyond else "")
        + f"; gone after {gone:5.1f} s: {after / MB:5.0f} MB ({(after - before) / MB:+.0f}), "
        f"of them the server {memory_of(server.pid) / MB:.0f}, with {handles(server.pid)} handles, "
        f"{left - processes:+d} processes",
        flush=True,
    )


def main(many: int = 10, cycles: int = 1, *, forked: bool = True, fetch: bool = False) -> None:
    """Print what visitors cost."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        service = stack.enter_context(serve(TIME_SCALE=0.02))
        flags = () if forked else stock()
        server = stack.enter_context(voila(folder, flags=flags, WAITWISE_SERVICE=service, WAITWISE_VISITORS=str(many)))
        time.sleep(3)  # The parent loads.
        AsyncHTTPClient.configure(None, max_clients=many + 8)
        print(
            f"  kernels {'forked' if forked else 'started as ever'}; {memory(server)[0] / MB:.0f} MB without visitors"
        )

        async def run() -> None:
            for number in range(cycles):
                await cycle(server, many, fetch=fetch, beyond=number == 0)

        asyncio.run(run())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.visitors", description=__doc__)
    parser.add_argument("--visitors", type=int, default=10)
    parser.add_argument("--cycles", type=int, default=1)
    parser.add_argument("--stock", action="store_true", help="start each kernel as ever")
    parser.add_argument("--fetch", action="store_true", help="fetch something, and show it")
    chosen = parser.parse_args()
    main(chosen.visitors, chosen.cycles, forked=not chosen.stock, fetch=chosen.fetch)
