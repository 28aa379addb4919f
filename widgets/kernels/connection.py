"""A page's connection to its kernel: it has heard the kernel before the page may speak, and goes when the page goes."""

from __future__ import annotations

import asyncio
import weakref
from contextvars import Context
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

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


def hear_kernels(server: Any) -> None:
    """Have a Voila server's pages wait until they hear their kernels; one that was chosen is left alone."""
    settings = server.app.settings
    if settings.get(CONNECTION) is ZMQChannelsWebsocketConnection:
        settings[CONNECTION] = HeardConnection
