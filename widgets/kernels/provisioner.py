"""A kernel provisioner that forks kernels of this Python from a parent that is ready, and starts others as ever.

Jupyter knows it by the entry point `waitwise-fork` of the group `jupyter_client.kernel_provisioners`. It is chosen by
configuration alone (`kit/page/voila.json`, installed as `etc/jupyter/voila.json`), so that JupyterLab's kernels are
started as ever.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from .fork_server import ForkedKernel, ForkServer, ForkServerError
from .preloaded import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_client.connect import KernelConnectionInfo

_LAUNCHER = "ipykernel_launcher"
_server = ForkServer()


def fork_server() -> ForkServer:
    """The one parent from which this process has its kernels forked."""
    return _server


def argv_of(command: Sequence[str]) -> list[str] | None:
    """What follows the launcher in the command for a kernel of this Python; `None` for any other kernel.

    >>> import sys
    >>> argv_of([sys.executable, "-m", "ipykernel_launcher", "-f", "kernel-1.json"])
    ['-f', 'kernel-1.json']
    >>> argv_of(["R", "--slave", "-e", "IRkernel::main()"])
    """
    program, *rest = command or [""]
    if program != sys.executable or _LAUNCHER not in rest:
        return None
    at = rest.index(_LAUNCHER)
    return rest[at + 1 :] if rest[:at] in (["-m"], ["-Xfrozen_modules=off", "-m"]) else None


class ForkProvisioner(LocalProvisioner):
    """Forks a kernel where it can, and says in the log why where it cannot."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel, or start it as `LocalProvisioner` does."""
        argv = argv_of(cmd)
        if argv is None:
            return await super().launch_kernel(cmd, **kwargs)
        try:
            await self._fork(argv, **kwargs)
        except (ForkServerError, OSError) as error:
            self.log.warning("Kernel %s is started in the ordinary way, not forked: %s.", self.kernel_id, error)
            return await super().launch_kernel(cmd, **kwargs)
        return self.connection_info

    async def _fork(self, argv: list[str], *, env: dict[str, str], cwd: str | None = None, **_: Any) -> None:
        environ = env | {"JPY_PARENT_PID": str(os.getpid())}
        self.process: Any = await fork_server().kernel(Request(argv, environ, str(cwd or Path.cwd())))
        self.pid = self.pgid = self.process.pid
        self.cwd = cwd or Path.cwd()


__all__ = ["ForkProvisioner", "ForkedKernel", "argv_of", "fork_server"]
