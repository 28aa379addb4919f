"""Kernels forked from one parent: what they share (nothing that matters), and how they live and end."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from tests.kernels.conftest import choose, kernel
from widgets.kernels import fork_server
from widgets.kernels.fork_server import ForkedKernel, ForkServer
from widgets.kernels.preloaded import not_ready

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
LOOK = """
import os, random, secrets, ssl, uuid
from server import embedded, running
from widgets.pace import PaceStore
embedded._started_by_a_person = lambda: None  # whoever has one on this machine shares it, and it is no kernel's own
store = PaceStore()
list(store.paces())
links = []
for number in os.listdir("/proc/self/fd"):
    try:
        links.append(os.readlink(f"/proc/self/fd/{number}"))
    except FileNotFoundError:  # that of the folder itself, or of another thread that has closed it since
        pass
result = {
    "random": random.getrandbits(64), "secrets": secrets.token_hex(8), "ssl": ssl.RAND_bytes(8).hex(),
    "uuid1": str(uuid.uuid1()), "uuid4": str(uuid.uuid4()), "key": get_ipython().kernel.session.key.hex(),
    "port": str(running()),
}
shared = [link for link in links if link.startswith(("socket:", "pipe:"))]
result = {"own": result, "links": shared, "secret": os.environ.get("OF_ONE"), "mine": os.environ["MINE"]}
"""


def links_of(pid: int) -> set[str]:
    links = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # a running process opens and closes files while its folder is read
            links |= {str(each.readlink())} if each.name not in {"0", "1", "2"} else set()
    return links


def state_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def is_there(pid: int) -> bool:
    return state_of(pid) not in {"", "Z"}


def until(told: Callable[[], object], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not told() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(told())


def test_two_forked_kernels_share_no_random_state_no_secret_no_handle_no_store_and_no_port(forking: ForkServer) -> None:
    async def look() -> tuple[list[dict[str, Any]], list[set[str]]]:
        async with AsyncExitStack() as stack:
            first = await stack.enter_async_context(kernel(MINE="1", OF_ONE="of the first"))
            second = await stack.enter_async_context(kernel(MINE="2"))
            assert [type(each.process) for each in (first, second)] == [ForkedKernel, ForkedKernel]
            said = [await each.run(LOOK) for each in (first, second)]
            return said, [links_of(each) for each in (first.process.pid, second.process.pid, forking.pid or 0)]

    (one, other), links = asyncio.run(look())
    assert [name for name in one["own"] if one["own"][name] == other["own"][name]] == []
    assert (one["secret"], other["secret"], one["mine"], other["mine"]) == ("of the first", None, "1", "2")
    named = [
        {link for link in each if link.startswith(("socket:", "pipe:", "/")) and "/dev/" not in link} for each in links
    ]
    # A store's file is opened by each on its own; only what was inherited could be the same socket or pipe.
    pairs = [(a & b) for a, b in ((named[0], named[1]), (named[0], named[2]), (named[1], named[2]))]
    assert [[link for link in pair if not link.startswith("/")] for pair in pairs] == [[], [], []]
    assert not [link for link in named[2] if link.startswith("/")], "the parent has files open"


def test_a_kernel_that_is_killed_leaves_the_others(forking: ForkServer) -> None:
    async def kill() -> tuple[int | None, int]:
        async with kernel(MINE="1") as first, kernel(MINE="2") as second:
            os.kill(first.process.pid, signal.SIGKILL)
            assert until(lambda: first.process.poll() is not None)
            return first.process.returncode, await second.run("result = 6 * 7")

    assert asyncio.run(kill()) == (-9, 42)


def test_without_their_parent_kernels_go_on_and_new_ones_start(monkeypatch: pytest.MonkeyPatch) -> None:
    server = ForkServer()
    choose(monkeypatch, server)

    async def kill() -> list[Any]:
        async with kernel() as first:
            before = server.pid
            assert before is not None
            os.kill(before, signal.SIGKILL)
            assert until(lambda: not is_there(before))
            async with kernel() as second:
                assert server.pid != before
                said = [await first.run("result = 1"), await second.run("result = 2"), type(second.process).__name__]
            # Its own end cannot be told by the parent any more.
            os.kill(first.process.pid, signal.SIGKILL)
            assert until(lambda: first.process.poll() is not None)
            return said

    try:
        assert asyncio.run(kill()) == [1, 2, "ForkedKernel"]
    finally:
        server.close()


def test_an_interrupt_reaches_a_forked_kernel_and_a_restart_forks_it_anew(forking: ForkServer) -> None:
    async def interrupt() -> tuple[str, bool, int]:
        async with kernel() as running:
            message = running.client.execute("import time; print(1, flush=True); time.sleep(600)")
            while running.client.iopub_channel and (
                (await running.client.get_iopub_msg(timeout=30))["content"].get("text") is None
            ):
                pass
            await running.manager.interrupt_kernel()
            reply = await running.client._async_recv_reply(message, timeout=30)
            before = running.process.pid
            await running.manager.restart_kernel(now=True)
            await running.client.wait_for_ready(timeout=60)
            return reply["content"]["ename"], running.process.pid != before, await running.run("result = 3")

    assert asyncio.run(interrupt()) == ("KeyboardInterrupt", True, 3)


def test_code_that_changed_is_loaded_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("widgets", "server"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("media", "__pycache__"))
    (tmp_path / "widgets" / "media").symlink_to(ROOT / "widgets" / "media")
    (tmp_path / "server" / "media").symlink_to(ROOT / "server" / "media")
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.chdir(tmp_path)
    server = ForkServer(folder=str(tmp_path))
    choose(monkeypatch, server)
    asked = "import server.ports; result = [server.ports.VERSION, server.ports.__file__]"

    async def change() -> list[Any]:
        async with kernel() as first:
            before = await first.run(asked)
            ports = tmp_path / "server" / "ports.py"
            ports.write_text(re.sub(r'VERSION: Final = ".*"', 'VERSION: Final = "new"', ports.read_text()))
            async with kernel() as second:
                return [before, await second.run(asked), type(second.process).__name__, await first.run("result = 1")]

    try:
        before, after, kind, still = asyncio.run(change())
    finally:
        server.close()
    assert before[1] == after[1] == str(tmp_path / "server" / "ports.py")
    assert before[0] != after[0] == "new"
    assert (kind, still) == ("ForkedKernel", 1)


@pytest.mark.parametrize("fault", ["no such program", "other code", "other path"])
def test_where_no_kernel_can_be_forked_an_ordinary_one_starts_and_the_log_says_why(
    fault: str,
    forking: ForkServer,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    environ = {}
    if fault == "no such program":
        monkeypatch.setattr(fork_server, "PROGRAM", "no.such.program")
        server = ForkServer(os.environ | {"PYTHONWARNINGS": "ignore"})
        request.addfinalizer(server.close)
        choose(monkeypatch, server)
    elif fault == "other code":
        (tmp_path / "widgets").mkdir()
        (tmp_path / "widgets" / "__init__.py").write_text("")
        monkeypatch.chdir(tmp_path)
    else:
        environ["PYTHONPATH"] = str(tmp_path)

    async def start() -> str:
        async with kernel(**environ) as running:
            assert await running.run("result = 1") == 1
            return type(running.process).__name__

    assert asyncio.run(start()) == "Popen"
    assert "started in the ordinary way, not forked" in caplog.text


def test_a_server_that_is_killed_leaves_no_kernel_and_no_parent() -> None:
    program = (
        "import asyncio, os, sys\n"
        "from widgets.kernels.fork_server import ForkServer\n"
        "from widgets.kernels.preloaded import Request\n"
        "async def main():\n"
        "    server = ForkServer()\n"
        "    kernel = await server.kernel(Request(['-f', sys.argv[1]], dict(os.environ), os.getcwd()))\n"
        "    print(server.pid, kernel.pid, flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    command = [sys.executable, "-c", program, "/tmp/no-such-connection.json"]  # noqa: S108 - it is never made
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        parent, forked = map(int, server.stdout.readline().split())
        assert is_there(parent)
        assert is_there(forked)
        server.kill()
        assert until(lambda: not is_there(parent) and not is_there(forked))


def test_a_process_with_a_socket_a_zmq_context_or_a_widget_is_not_forked(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from widgets.kernels.preloaded import not_ready\n"
        "known = {{0, 1, 2}}\n"
        "assert not_ready(known) == '', not_ready(known)\n"
        "{fault}\n"
        "print(not_ready(known))\n"
    )
    faults = {
        "import socket; held = socket.socket()": "open files: socket:",
        f"held = open({str(tmp_path / 'held')!r}, 'w')": "open files: ",
        "import zmq; zmq.Context.instance()": "a ZMQ context",
        "import ipywidgets; ipywidgets.IntSlider()": "widgets",
    }
    for fault, why in faults.items():
        command = [sys.executable, "-W", "ignore", "-c", program.format(fault=fault)]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert why in said.stdout, fault
    assert not_ready([]) != ""


def test_the_parent_has_loaded_what_a_page_needs(forking: ForkServer) -> None:
    build = "import sys; had = set(sys.modules)\nfrom server import running\nfrom widgets import Dashboard\n"
    build += "page = Dashboard(running())\nresult = sorted(set(sys.modules) - had)"

    async def look() -> list[str]:
        async with kernel() as running:
            loaded: list[str] = await running.run(build)
            return loaded

    assert [name for name in asyncio.run(look()) if not name.startswith("encodings.")] == []


def test_a_kernel_says_how_it_ended_and_keeps_its_number_until_that_was_heard(forking: ForkServer) -> None:
    async def end() -> tuple[int | None, bool]:
        async with kernel() as running:
            pid = running.process.pid
            running.client.execute("import os; os._exit(3)")
            assert await asyncio.to_thread(until, lambda: state_of(pid) == "Z")
            assert until(lambda: running.process.poll() is not None)
            return running.process.returncode, until(lambda: state_of(pid) == "")

    assert asyncio.run(end()) == (3, True)


def test_a_forked_kernel_is_to_its_code_what_one_started_as_ever_is(
    forking: ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = """
import gc, logging, os, signal, sys, threading, warnings
import ipywidgets
ip = get_ipython()
own = {"JPY_SESSION_NAME", "MPLBACKEND", "PYDEVD_USE_FRAME_EVAL"}  # what the kernel or debugpy sets when it is loaded
result = {
    "targets": sorted(ip.kernel.comm_manager.targets),
    "path": sys.path,
    "cwd": os.getcwd(),
    "environ": {name: value for name, value in sorted(os.environ.items()) if name not in own},
    "signals": [str(signal.getsignal(each)) for each in range(1, 32)],
    "blocked": sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, []))),
    "streams": [type(sys.stdout).__name__, type(sys.stderr).__name__, os.readlink("/proc/self/fd/0").partition(":")[0]],
    "main": [sys.modules["__main__"].__name__, sys.modules["__main__"] is ip.user_module],
    "leads": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
    "gc": [gc.isenabled(), gc.get_threshold()],
    "logging": logging.getLogger().level,
    "spawns": __import__("multiprocessing").get_context("forkserver").Process.__name__,
}
"""

    async def looked() -> dict[str, Any]:
        async with kernel(MINE="1") as running:
            said: dict[str, Any] = await running.run(look)
            return said

    forked = asyncio.run(looked())
    monkeypatch.setattr(KernelProvisionerFactory.instance(), "default_provisioner_name", "local-provisioner")
    ordinary = asyncio.run(looked())
    differ = {name: (forked[name], ordinary[name]) for name in forked if forked[name] != ordinary[name]}
    one, other = forked["environ"], ordinary["environ"]
    assert {name: (one.get(name), other.get(name)) for name in one | other if one.get(name) != other.get(name)} == {}
    assert set(differ) == {"streams"}
    assert forked["streams"][:2] == ordinary["streams"][:2]
    assert forked["targets"] == ["jupyter.widget", "jupyter.widget.control"]


def test_no_socket_by_which_kernels_are_asked_for_has_a_name(forking: ForkServer) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as own:
        own.bind("")
        named = Path("/proc/net/unix").read_text()
    control = forking._control
    assert control is not None
    assert control.getsockname() == ""
    assert f"{os.fstat(control.fileno()).st_ino}" in named
