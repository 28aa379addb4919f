"""Asks the bundled service about itself: what it offers, its puzzles, its truth. IO.

Every way in which that can fail leaves here as a `ServiceError`.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from widgets.http.connection import Deadline
from widgets.http.errors import BrokenOffError, FetchError
from widgets.http.message import Headers, Request
from widgets.http.transport import Transport

from .offer import Offer, read_offer
from .truth import Puzzle, Truth, read_puzzle, read_truth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeVar

    T = TypeVar("T")

TIMEOUT = 5.0
"""Seconds for a whole answer; the longest truth takes the service about one."""
MOST = 1_000_000
"""Bytes of an answer that are read."""
OURS = {"X-API-Key": "waitwise service panel"}
"""With a key of its own a question about an address costs the learner nothing."""
ADDRESS = "/?&=%:,.+-_~"
"""Signs that stay as they are in a path with its query."""


class ServiceError(Exception):
    """The service did not do what was asked. The message says what happened, why, and what to do."""


class Service:
    """The bundled service.

    Args:
        base: Its base URL.
        headers: Returns the headers of the learner's own requests: an X-API-Key among them says who plays.
    """

    def __init__(self, base: str, headers: Callable[[], Mapping[str, str]] = dict) -> None:
        self.base = base.rstrip("/")
        self._headers = headers

    def offer(self) -> Offer:
        """What can be chosen."""
        return self._read(read_offer, *self._ask("GET", "/slow"))

    def check(self, path: str) -> None:
        """Ask once whether a path below /slow can be used, as a client of our own and for one byte."""
        status, told = self._ask("GET", path, headers={**OURS, "Range": "bytes=0-0"})
        if status in (400, 404):
            raise ServiceError(self._refusal(status, told))

    def truth(self, path: str) -> Truth:
        """What the rule really does whose truth is at `path`."""
        status, told = self._ask("GET", path)
        if status == 404 and "available" not in (told or {}):  # noqa: PLR2004 - not found
            raise ServiceError(
                f"The service at {self.base} keeps the truth about its rules to itself: it runs without its teacher's "
                "view, as in public mode. A puzzle can be revealed there all the same."
            )
        return self._read(read_truth, status, told)

    def reset(self) -> tuple[int, int]:
        """Make the service forget everyone who asked it; gives of how many rules and of how many games with puzzles."""
        status, told = self._ask("POST", "/lab/reset")
        if status == 404:  # noqa: PLR2004 - not found
            raise ServiceError(
                f"The service at {self.base} cannot be reset from here: it runs without its teacher's view, as in "
                "public mode. Wait until its limits have recovered, or send another X-API-Key."
            )
        return self._read(_read_forgotten, status, told)

    def new_puzzle(self, level: int, seed: int | None) -> Puzzle:
        """Make the puzzle of that level and seed; without a seed the service draws one."""
        wanted = {"level": level} if seed is None else {"level": level, "seed": seed}
        return self._read(read_puzzle, *self._ask("POST", "/lab/puzzles", wanted, self._who()))

    def puzzle(self, identifier: str) -> Puzzle:
        """A puzzle, and where the learner stands with it."""
        return self._read(read_puzzle, *self._ask("GET", f"/puzzle/{identifier}/about", headers=self._who()))

    def commit(self, identifier: str, kind: str, wait: float) -> Puzzle:
        """Commit the learner's guess, which can be done once."""
        guess = {"kind": kind, "wait": wait}
        return self._read(read_puzzle, *self._ask("POST", f"/puzzle/{identifier}/guess", guess, self._who()))

    def _who(self) -> dict[str, str]:
        return {name: value for name, value in self._headers().items() if name.lower() == "x-api-key"}

    def _read(self, read: Callable[[Any], T], status: int, told: Any) -> T:
        if status not in (200, 201):
            raise ServiceError(self._refusal(status, told))
        try:
            return read(told)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ServiceError(self._stranger()) from error

    def _refusal(self, status: int, told: Any) -> str:
        detail = told.get("detail") if isinstance(told, dict) else None
        return str(detail) if detail else f"{self._stranger()} It answered {status}."

    def _stranger(self) -> str:
        return f"What answers at {self.base} is not the bundled service of this version. Start it anew, and reload."

    def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """The status, and the JSON of the answer; `None` where it is none."""
        sent = {"Accept": "application/json", **(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/json"
        content = b"" if body is None else json.dumps(body).encode()
        request = Request(method, quote(self.base + path, ADDRESS), Headers(sent.items()), content)
        data = bytearray()
        try:
            with Deadline(TIMEOUT) as deadline, Transport() as transport, transport.send(request, deadline) as reply:
                with suppress(BrokenOffError):  # what came of it is no JSON then
                    while len(data) <= MOST and (piece := reply.read1(MOST)):
                        data += piece
                if deadline.reason:
                    raise TimeoutError
        except (FetchError, OSError) as error:
            why = error.brief if isinstance(error, FetchError) else "its answer broke off"
            raise ServiceError(
                f"The service at {self.base} does not answer ({why}). "
                "Is it still running? Start it again and repeat this."
            ) from error
        try:
            return reply.hop.status, json.loads(data) if len(data) <= MOST else None
        except ValueError:
            return reply.hop.status, None


def _read_forgotten(told: Any) -> tuple[int, int]:
    return int(told["forgotten"]["rules"]), int(told["forgotten"]["sessions"])
