"""A page's connection to its kernel: it has heard the kernel before the page may speak, and goes when the page goes."""

from __future__ import annotations

import asyncio
import weakref
from contextvars import Context
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.utils import url_path_join
from tornado.routing import PathMatches, Rule

NUDGED = "nudged"
CONNECTION = "kernel_websocket_connection_class"


class HeardConnection(ZMQChannelsWebsocketConnection):
    """Waits for the kernel's broadcasts even where the kernel is said to be busy.

    Jupyter's own waits for one broadcast before a page may speak, since what a kernel broadcasts before the page is
    subscribed is lost; but not where the kernel is busy, since its answer would come late, and its subscription before
    it. A page that connects as soon as its notebook has run finds its kernel idle and still said to be busy: the answer
    to its first question, which widgets there are, may come before the subscription, and the page stays empty. A kernel
    that is really busy answers in its control thread.

    What Jupyter starts here runs in contexts of their own. A timer keeps the context in which it was started, with the
    request that is in it, until its time has come, a minute later, though it was stopped long ago.
    """

    async def prepare(self) -> None:
        """Wait until the kernel has said which protocol it speaks.

        Jupyter's own starts a timer of a minute for that which it never stops, and which would keep the connection, and
        with it all that belongs to a page, as long: it is given a weak reference.
        """
        preparing = ZMQChannelsWebsocketConnection.prepare(weakref.proxy(self))
        await Context().run(asyncio.ensure_future, preparing)

    def nudge(self) -> asyncio.Future[None]:
        """Return what is resolved when the kernel has been heard."""
        manager: Any = self.kernel_manager
        state = getattr(manager, "execution_state", None)
        if state == "busy":
            manager.execution_state = NUDGED
        try:
            return Context().run(super().nudge)
        finally:
            if state == "busy":
                manager.execution_state = state


class OneTimer:
    """A socket of Jupyter's that is asked for signs of life by Jupyter alone.

    `ws_ping_interval` and `ws_ping_timeout` are milliseconds, and Jupyter takes a connection for lost after the second
    of them. Its handlers give both to tornado too, as its `ping_interval` and `ping_timeout`, which are seconds there:
    it would ask once in hours, and warns in every log that the timeout is longer than the interval. No two numbers
    are right for both, since Jupyter would lose connections that live where its timeout were no longer.
    """

    def get_websocket_protocol(self) -> Any:
        """The protocol, without a timer of tornado's."""
        protocol = super().get_websocket_protocol()  # type: ignore[misc]  # of the handler that it is mixed into
        if protocol is not None:
            protocol.params.ping_interval = protocol.params.ping_timeout = None
        return protocol


def time_once(server: Any) -> None:
    """Have the pages of a Voila server asked for signs of life by one timer, before its rule for their connections."""
    from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler  # noqa: PLC0415 - for Voila alone

    handler = type("KernelSocket", (OneTimer, VoilaKernelWebsocketHandler), {})
    path = url_path_join(server.server_url, r"/api/kernels/(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)/channels")
    server.app.default_router.rules.insert(0, Rule(PathMatches(path), handler))


def hear_kernels(server: Any) -> None:
    """Have a Voila server's pages wait until they hear their kernels; one that was chosen is left alone."""
    settings = server.app.settings
    if settings.get(CONNECTION) is ZMQChannelsWebsocketConnection:
        settings[CONNECTION] = HeardConnection
