"""The transport of httpx, against a service on a real socket in virtual time."""

from __future__ import annotations

import asyncio
import threading
from itertools import pairwise
from typing import TYPE_CHECKING

import httpx
import pytest
from werkzeug.wrappers import Request, Response

from server.limiters import MinimumGap
from tests.conftest import served
from tests.pace.slow import slow
from widgets.pace import PaceStore
from widgets.pace.httpx import AsyncPacedTransport, NotSent, PacedTransport

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pace.slow import Slow


def test_a_client_of_httpx_learns_and_then_is_refused_nothing(tmp_path: Path) -> None:
    with (
        slow(MinimumGap(2.0, 0.0), tmp_path) as service,
        httpx.Client(transport=PacedTransport(service.store, learn="quick")) as client,
        httpx.Client(transport=PacedTransport(service.store)) as obeying,
    ):
        assert {client.get(f"{service.url}/page/{number}").status_code for number in range(30)} == {200}
        pace = service.store.pace(service.url)
        assert pace
        assert 2.0 <= pace.wait <= 2.7
        learned = len(service.asked)
        for _ in range(10):
            obeying.get(service.url)
        assert {status for _, _, status in service.asked[learned:]} == {200}
        assert all(later[0] - sooner[0] >= pace.wait for sooner, later in pairwise(service.asked[learned:]))


def test_what_is_not_due_is_not_sent(tmp_path: Path) -> None:
    with (
        slow(MinimumGap(2.0, 0.0), tmp_path) as service,
        httpx.Client(transport=PacedTransport(service.store, patience=5.0)) as client,
    ):
        service.store.keep(service.url, 60)
        with pytest.raises(NotSent, match="nothing was sent"):
            client.get(service.url)
        assert service.asked == []


def test_requests_that_an_event_loop_begins_together_are_sent_one_at_a_time_and_learn(tmp_path: Path) -> None:
    async def job(service: Slow) -> list[int]:
        transport = AsyncPacedTransport(service.store, learn="quick")
        async with httpx.AsyncClient(transport=transport, timeout=60) as client:
            asked = (client.get(f"{service.url}/page/{number}") for number in range(40))
            return [response.status_code for response in await asyncio.gather(*asked)]

    with slow(MinimumGap(2.0, 0.0), tmp_path) as service:
        assert asyncio.run(job(service)) == [200] * 40
        pace = service.store.pace(service.url)
        assert pace
        assert 2.0 <= pace.wait <= 2.7


def test_a_pace_is_kept_in_an_event_loop(tmp_path: Path) -> None:
    async def job(service: Slow) -> None:
        async with httpx.AsyncClient(transport=AsyncPacedTransport(service.store)) as client:
            await asyncio.gather(*(client.get(service.url) for _ in range(5)))
            for _ in range(2):
                assert (await client.get(service.url)).text == "/"

    with slow(MinimumGap(2.0, 0.0), tmp_path) as service:
        service.store.keep(service.url, 3.0)
        asyncio.run(job(service))
        assert len(service.asked) == 7
        assert min(later[0] - sooner[0] for sooner, later in pairwise(service.asked)) >= 3.0


def test_what_is_not_due_is_not_sent_by_an_event_loop_either_and_the_next_is(tmp_path: Path) -> None:
    async def job(service: Slow) -> None:
        transport = AsyncPacedTransport(service.store, patience=5.0)
        async with httpx.AsyncClient(transport=transport) as client:
            with pytest.raises(NotSent, match="nothing was sent"):
                await client.get(service.url)
            service.clock.advance(60)
            assert (await client.get(service.url)).status_code == 200

    with slow(MinimumGap(2.0, 0.0), tmp_path) as service:
        service.store.keep(service.url, 60)
        asyncio.run(job(service))
        assert len(service.asked) == 1


def test_a_request_that_is_given_up_leaves_its_turn_to_the_next(tmp_path: Path) -> None:
    async def job(store: PaceStore, url: str) -> None:
        async with httpx.AsyncClient(transport=AsyncPacedTransport(store, learn="quick")) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await client.get(f"{url}/never")
            assert (await client.get(url)).status_code == 200

    held = threading.Event()

    @Request.application
    def app(request: Request) -> Response:
        if request.path == "/never":
            held.wait(10)
        return Response("page")

    with served(app) as url, PaceStore(f"sqlite:///{tmp_path}/p.sqlite") as store:
        try:
            asyncio.run(job(store, url))
        finally:
            held.set()
