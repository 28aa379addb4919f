"""A page's connection to its kernel that has heard the kernel before the page may speak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

if TYPE_CHECKING:
    import asyncio

NUDGED = "nudged"
CONNECTION = "kernel_websocket_connection_class"


class HeardConnection(ZMQChannelsWebsocketConnection):
    """Waits for the kernel's broadcasts even where the kernel is said to be busy.

    Jupyter's own waits for one broadcast before a page may speak, since what a kernel broadcasts before the page is
    subscribed is lost; but not where the kernel is busy, since its answer would come late, and its subscription before
    it. A page that connects as soon as its notebook has run finds its kernel idle and still said to be busy: the answer
    to its first question, which widgets there are, may come before the subscription, and the page stays empty. A kernel
    that is really busy answers in its control thread.
    """

    def nudge(self) -> asyncio.Future[None]:
        """Return what is resolved when the kernel has been heard."""
        manager: Any = self.kernel_manager
        state = getattr(manager, "execution_state", None)
        if state != "busy":
            return super().nudge()
        manager.execution_state = NUDGED
        try:
            return super().nudge()
        finally:
            manager.execution_state = state


def hear_kernels(server: Any) -> None:
    """Have a Voila server's pages wait until they hear their kernels; one that was chosen is left alone."""
    settings = server.app.settings
    if settings.get(CONNECTION) is ZMQChannelsWebsocketConnection:
        settings[CONNECTION] = HeardConnection
