"""Places for visitors: how many, what the one beyond them is told, and what an operator sees."""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from logging import getLogger
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import tornado.httpserver
import tornado.testing
import tornado.web
import tornado.websocket
from jupyter_server.base.websocket import WebSocketMixin
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.ioloop import IOLoop
from traitlets.config import Config

from widgets.kernels import health, visitors
from widgets.kernels.connection import CONNECTION, NUDGED, HeardConnection, OneTimer, hear_kernels, time_once
from widgets.kernels.visitors import MB, SettingsError, VisitorKernels, free_memory, full_page, places, places_or_exit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.mark.parametrize(("said", "free", "expected"), [("", 12_500 * MB, 100), ("", 10**12, 200), ("7", 0, 7)])
def test_places_are_as_many_as_said_or_as_there_is_memory_for(said: str, free: int, expected: int) -> None:
    assert places({"WAITWISE_VISITORS": said}, free) == expected


@pytest.mark.parametrize("said", ["0", "-1", "many", "1.5"])
def test_a_number_of_places_that_is_none_is_refused_by_name(said: str) -> None:
    with pytest.raises(SettingsError, match="WAITWISE_VISITORS must be a whole number from 1 on, got"):
        places({"WAITWISE_VISITORS": said}, 0)


@pytest.mark.parametrize(
    ("name", "said"), [*(("WAITWISE_VISITORS", said) for said in ("0", "-1", "x", "1.5")), ("WAITWISE_MODE", "publik")]
)
def test_a_server_with_a_setting_that_cannot_be_used_ends_with_one_line(name: str, said: str) -> None:
    with pytest.raises(SystemExit) as ended:
        places_or_exit({name: said}, 0)
    assert str(ended.value).startswith(f"{name} must be ")
    assert str(ended.value).endswith(f"got {said!r}.")
    assert "\n" not in str(ended.value)
    assert places_or_exit({"WAITWISE_VISITORS": "3", "WAITWISE_MODE": "public"}, 0) == 3


def test_the_memory_of_a_container_counts_where_it_is_less_than_the_machines(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("300000000\n")
    (tmp_path / "memory.current").write_text("100000000\n")
    assert free_memory(tmp_path) == 200_000_000
    (tmp_path / "memory.max").write_text("max\n")
    assert free_memory(tmp_path) > 0
    assert free_memory(tmp_path / "none") > 0


@dataclass
class Configuration:
    prelaunch_hook: Any = None


@dataclass
class Server:
    """What of Voila the manager uses."""

    voila_configuration: Configuration = field(default_factory=Configuration)
    server_url: str = "/"
    port: int = 0
    app: Any = None


class Kernels(VisitorKernels):
    """The manager without processes."""

    def __init__(self, server: Server, places: int) -> None:
        super(VisitorKernels, self).__init__()
        self.server = server
        self.places, self.waiting, self._alone, self._before = places, visitors.Waiting(), {}, None
        self._met: set[str] = set()
        self._starting: set[str] = set()
        self.ended: list[str] = []

    async def shutdown_kernel(  # type: ignore[override]  # it is one in jupyter_server too
        self, kernel_id: str, *arguments: Any, **options: Any
    ) -> None:
        self.ended.append(kernel_id)


class Page(tornado.web.RequestHandler):
    def initialize(self, kernels: Kernels) -> None:
        self.kernels = kernels

    def get(self) -> None:
        self.kernels.admit(self, notebook=None, cwd="")
        self.finish("let in")


@contextmanager
def served(kernels: Kernels, token: str) -> Iterator[str]:
    """A server with the pages and the operator's."""
    listener, port = tornado.testing.bind_unused_port()
    ready, loops = threading.Event(), []

    async def run() -> None:
        app = tornado.web.Application(
            [("/health", health.HealthHandler, {"kernels": kernels, "token": token}), ("/", Page, {"kernels": kernels})]
        )
        server = tornado.httpserver.HTTPServer(app)
        server.add_sockets([listener])
        stopped = asyncio.Event()
        loops.append((IOLoop.current(), stopped))
        ready.set()
        await stopped.wait()
        server.stop()
        await server.close_all_connections()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    ready.wait(30)
    yield f"http://127.0.0.1:{port}"
    loop, stopped = loops[0]
    loop.add_callback(stopped.set)
    thread.join(30)


def get(url: str, **headers: str) -> tuple[int, dict[str, str], str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()


def test_the_one_beyond_the_places_is_told_when_to_come_back_and_gets_in_when_somebody_has_left() -> None:
    kernels = Kernels(Server(), places=2)
    with served(kernels, "t") as url:
        assert [get(url)[0] for _ in range(4)] == [200, 200, 503, 503]
        _, headers, text = get(url)
        assert 60 <= int(headers["Retry-After"]) < 90
        assert f'content="{headers["Retry-After"]}"' in text
        assert "room for 2 pages at once" in text
        kernels.waiting.remove()
        assert [get(url)[0] for _ in range(2)] == [200, 503]


def test_what_is_said_of_the_places_is_english_for_one_too() -> None:
    assert "room for 1 page at once" in full_page(1, 60)
    assert "<b>60 seconds</b> after it has come" in full_page(1, 60), "which stays true while it is read"


def test_a_page_that_never_started_a_kernel_gives_its_place_back() -> None:
    now = [0.0]
    waiting = visitors.Waiting(clock=lambda: now[0])
    waiting.add()
    now[0] = visitors.LATE - 1
    waiting.add()
    assert waiting.count() == 2
    now[0] = visitors.LATE + 1
    assert waiting.count() == 1


def test_a_kernel_that_starts_takes_one_place_from_when_its_page_comes_until_it_is_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kernels, counted = Kernels(Server(), places=2), []

    async def start(self: Kernels, *, kernel_id: str, **_: Any) -> str:
        counted.append(self.visitors)
        self._kernels[kernel_id] = SimpleNamespace()
        counted.append(self.visitors)
        return kernel_id

    monkeypatch.setattr(AsyncMappingKernelManager, "start_kernel", start)
    kernels.waiting.add()
    counted.append(kernels.visitors)
    asyncio.run(kernels.start_kernel())
    assert [*counted, kernels.visitors] == [1, 1, 1, 1]

    async def fail(self: Kernels, **_: Any) -> str:
        raise OSError("no kernel")

    monkeypatch.setattr(AsyncMappingKernelManager, "start_kernel", fail)
    kernels.waiting.add()
    with pytest.raises(OSError, match="no kernel"):
        asyncio.run(kernels.start_kernel())
    assert kernels.visitors == 1


def test_only_who_has_the_token_sees_who_is_here() -> None:
    with served(Kernels(Server(), places=3), "right") as url:
        assert get(f"{url}/health")[0] == 403
        assert get(f"{url}/health?token=wrong")[0] == 403
        assert get(f"{url}/health?token=%C3%A9")[0] == 403
        status, _, text = get(f"{url}/health?token=right")
        assert (status, "0 of 3" in text) == (200, True)
        _, headers, text = get(f"{url}/health", Authorization="token right", Accept="application/json")
    told = json.loads(text)
    assert (told["visitors"], told["places"], told["at_work"]) == (0, 3, 0)
    assert told["memory_server"] > 1_000_000
    assert headers["Cache-Control"] == "no-store"


def test_a_kernel_without_a_page_ends_though_it_is_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    looked_at: list[str] = []

    async def looked(self: object, kernel_id: str) -> None:
        looked_at.append(kernel_id)

    monkeypatch.setattr(AsyncMappingKernelManager, "cull_kernel_if_idle", looked)
    kernels = Kernels(Server(), places=3)
    kernels._kernel_connections["k"] = 0

    def look(at: float, *, connections: int) -> list[str]:
        now[0] = at
        kernels._kernel_connections["k"] = connections
        asyncio.run(kernels.cull_kernel_if_idle("k"))
        return kernels.ended

    assert look(0, connections=0) == []
    assert look(visitors.ARRIVING - 1, connections=0) == [], "a browser may be slow to have all of a page"
    assert look(visitors.ARRIVING, connections=1) == []
    left = visitors.ARRIVING + 10
    assert look(left, connections=0) == []
    assert look(left + visitors.LONELY - 1, connections=0) == []
    assert looked_at == ["k"], "only a kernel with a page is left to Jupyter's own rule"
    assert look(left + visitors.LONELY, connections=0) == ["k"]


def test_a_kernel_whose_page_never_came_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    kernels = Kernels(Server(), places=3)
    asyncio.run(kernels.cull_kernel_if_idle("k"))
    now[0] = visitors.ARRIVING
    asyncio.run(kernels.cull_kernel_if_idle("k"))
    assert kernels.ended == ["k"]
    asyncio.run(kernels.cull_kernels())
    assert kernels._alone == {}, "what is no more is forgotten"


def test_the_log_names_the_operators_page_once_and_no_token_that_was_chosen(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Application:
        default_router = type("Router", (), {"rules": []})()

    server = Server(app=Application(), port=8866)
    kernels: Any = type("Manager", (), {"parent": server, "log": getLogger("test")})()
    with caplog.at_level("INFO"):
        monkeypatch.setenv("WAITWISE_OPERATOR_TOKEN", "of-mine")
        health.serve_health(kernels)
        assert "of-mine" not in caplog.text
        assert server.app.default_router.rules[0].target_kwargs["token"] == "of-mine"  # noqa: S105 - made up
        monkeypatch.delenv("WAITWISE_OPERATOR_TOKEN")
        health.serve_health(kernels)
    made = server.app.default_router.rules[0].target_kwargs["token"]
    assert len(made) > 30
    assert made in caplog.text


def test_kernels_need_no_port_that_another_connection_could_take_meanwhile() -> None:
    assert VisitorKernels().config.KernelManager.transport == "ipc"
    chosen = Config({"KernelManager": {"transport": "tcp"}})
    assert VisitorKernels(config=chosen).config.KernelManager.transport == "tcp", "who says so has it"


class Said(HeardConnection):
    """A connection to a kernel of which something is said."""

    kernel_manager = None


@pytest.mark.parametrize("state", ["busy", "idle"])
def test_a_page_may_speak_when_it_has_heard_its_kernel_though_that_is_said_to_be_busy(
    monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    """Jupyter's own connection does not wait where it reads 'busy', and what the kernel answers at once is lost."""
    kernel = SimpleNamespace(execution_state=state)
    monkeypatch.setattr(Said, "kernel_manager", kernel)
    read: list[str] = []
    monkeypatch.setattr(
        ZMQChannelsWebsocketConnection, "nudge", lambda self: read.append(self.kernel_manager.execution_state)
    )
    Said.nudge(Said.__new__(Said))
    assert read == [NUDGED if state == "busy" else "idle"]
    assert kernel.execution_state == state, "and what is known of the kernel stays"


def test_the_connections_of_a_server_are_ours_unless_others_were_chosen() -> None:
    for chosen, there in ((ZMQChannelsWebsocketConnection, HeardConnection), (Said, Said)):
        settings = {CONNECTION: chosen}
        hear_kernels(SimpleNamespace(app=SimpleNamespace(settings=settings)))
        assert settings[CONNECTION] is there


@pytest.mark.parametrize(("up", "words"), [(148.0, "2 min 28 s"), (3.0, "3 s"), (90_000.0, "25 h")])
def test_the_operator_reads_how_long_the_server_runs_as_people_say_it(up: float, words: str) -> None:
    page = health.health_page(health.Health(1, 4, 0, 1, up, 0, 0, 0))
    assert f"<td>Running for</td><td>{words}</td>" in page


class Socket(WebSocketMixin, tornado.websocket.WebSocketHandler):
    """As Jupyter's are, without a kernel."""

    log = getLogger("tests.socket")

    def prepare(self) -> None:
        """Anybody may come."""


class OurSocket(OneTimer, Socket):
    """As ours are."""


@pytest.mark.parametrize(("handler", "interval", "warned"), [(Socket, 20, 1), (OurSocket, 21, 0)])
def test_a_page_is_asked_for_signs_of_life_by_one_timer_in_milliseconds(
    handler: type[Socket], interval: int, warned: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def look() -> None:
        heard = asyncio.Event()
        settings: dict[str, Any] = {"ws_ping_interval": interval, "ws_ping_timeout": 60_000}
        listener, port = tornado.testing.bind_unused_port()
        server = tornado.httpserver.HTTPServer(tornado.web.Application([("/", handler)], **settings))
        server.add_socket(listener)
        page = await tornado.websocket.websocket_connect(f"ws://127.0.0.1:{port}/")
        page.on_ping = lambda data: heard.set()  # type: ignore[method-assign]
        await asyncio.wait_for(heard.wait(), 30)
        page.close()
        assert await page.read_message() is None
        server.stop()
        await server.close_all_connections()

    asyncio.run(look())
    assert sum("cannot be longer" in record.getMessage() for record in caplog.records) == warned


def test_the_sockets_of_a_voila_server_are_the_ones_with_one_timer() -> None:
    rules: list[Any] = ["those of Voila"]
    time_once(SimpleNamespace(server_url="/", app=SimpleNamespace(default_router=SimpleNamespace(rules=rules))))
    assert issubclass(rules[0].target, OneTimer)
    assert rules[0].matcher.regex.fullmatch("/api/kernels/9714d17b-7239-4429-b8e3-f438d701d65c/channels")
