"""Forked kernels, driven as Voila drives them."""

from __future__ import annotations

import json
import os
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from widgets.kernels import provisioner
from widgets.kernels.fork_server import ForkServer
from widgets.kernels.visitors import OURS, register

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from jupyter_client.asynchronous.client import AsyncKernelClient


@pytest.fixture(autouse=True)
def loops_of_their_own(no_loop: None) -> None:
    """Each test runs kernels in a loop that it starts."""


@pytest.fixture(scope="session")
def shared_server() -> Iterator[ForkServer]:
    """One parent for all tests that leave it alive."""
    server = ForkServer(os.environ | {"PYTHONWARNINGS": "ignore"})
    server.start()
    yield server
    server.close()


@pytest.fixture
def forking(shared_server: ForkServer, monkeypatch: pytest.MonkeyPatch) -> ForkServer:
    """Kernels are forked from the shared parent."""
    choose(monkeypatch, shared_server)
    return shared_server


def choose(monkeypatch: pytest.MonkeyPatch, server: ForkServer) -> None:
    factory = KernelProvisionerFactory.instance()
    register(factory)
    monkeypatch.setattr(factory, "default_provisioner_name", OURS)
    monkeypatch.setattr(provisioner, "_server", server)


@dataclass
class Running:
    """A kernel and a client of it."""

    manager: AsyncKernelManager
    client: AsyncKernelClient

    @property
    def process(self) -> Any:
        return self.manager.provisioner.process  # type: ignore[union-attr]

    async def run(self, code: str) -> Any:
        """What `result` is after the code ran."""
        reply = await self.client.execute(
            f"import json\n{code}", reply=True, timeout=60, user_expressions={"result": "json.dumps(result)"}
        )
        assert reply["content"]["status"] == "ok", reply["content"]
        return json.loads(eval(reply["content"]["user_expressions"]["result"]["data"]["text/plain"]))  # noqa: S307


@asynccontextmanager
async def kernel(**environ: str) -> AsyncIterator[Running]:
    """A kernel that is ready."""
    manager = AsyncKernelManager()
    await manager.start_kernel(env=os.environ | environ)
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        yield Running(manager, client)
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
