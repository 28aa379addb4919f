"""The transport of httpx, against a service on a real socket in virtual time."""

from __future__ import annotations

import asyncio
import gzip
import threading
from itertools import pairwise
from typing import TYPE_CHECKING

import httpx
import pytest
from werkzeug.wrappers import Request, Response

from server.limiters import MinimumGap
from tests.conftest import served
from tests.pace.slow import slow
from tests.pace.target import logging_target
from widgets.pace import PaceStore
from widgets.pace.httpx import AsyncPacedTransport, NotSent, PacedTransport
from widgets.pace.limiter.session import LOOKED_AT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.pace.slow import Slow

pytestmark = pytest.mark.usefixtures("no_loop")


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
    async def job(store: PaceStore, url: str) -> None:
        async with httpx.AsyncClient(transport=AsyncPacedTransport(store)) as client:
            await asyncio.gather(*(client.get(url) for _ in range(5)))
            for _ in range(2):
                assert (await client.get(url)).status_code == 200

    with logging_target() as target, PaceStore(f"sqlite:///{tmp_path}/p.sqlite") as store:
        store.keep(target.url, 0.1)
        asyncio.run(job(store, target.url))
        assert len(target.arrivals) == 7
        assert min(target.gaps) >= 0.1


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


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_of_200_that_says_no_teaches_either_client_and_is_not_given_back(
    tmp_path: Path, *, packed: bool
) -> None:
    def told(_: Request, code: int) -> Response | None:
        said = b'{"error": "Too many requests"}'
        coded = {"Content-Encoding": "gzip"} if packed else {}
        return None if code == 200 else Response(gzip.compress(said) if packed else said, 200, coded)

    async def job(service: Slow) -> list[str]:
        async with httpx.AsyncClient(transport=AsyncPacedTransport(service.store, learn="quick")) as client:
            return [(await client.get(f"{service.url}/{number}")).text for number in range(8, 30)]

    with (
        slow(MinimumGap(2.0, 0.0), tmp_path, answer=told) as service,
        httpx.Client(transport=PacedTransport(service.store, learn="quick")) as client,
    ):
        first = [client.get(f"{service.url}/{number}") for number in range(8)]
        assert [response.text for response in first] == [f"/{number}" for number in range(8)]
        assert all(response.elapsed.total_seconds() > 0 for response in first)
        assert asyncio.run(job(service)) == [f"/{number}" for number in range(8, 30)]
        assert service.store.pace(service.url)


@pytest.mark.parametrize("length", [7, 100_000])
def test_a_refused_request_that_is_not_due_again_gives_its_refusal_back_or_says_that_it_was_sent(
    tmp_path: Path, length: int
) -> None:
    def away(_: Request, __: int) -> Response:
        return Response(b"x" * length, 429, {"Retry-After": "3600"})

    async def job(service: Slow) -> httpx.Response:
        transport = AsyncPacedTransport(service.store, learn="quick", patience=60)
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.get(service.url)

    def both(service: Slow) -> Iterator[Callable[[], httpx.Response]]:
        with httpx.Client(transport=PacedTransport(service.store, learn="quick", patience=60)) as client:
            yield lambda: client.get(service.url)
        service.clock.advance(3600)
        yield lambda: asyncio.run(job(service))

    with slow(MinimumGap(0.0, 0.0), tmp_path, answer=away) as service:
        for count, get in enumerate(both(service), 1):
            if length < LOOKED_AT:
                assert (refused := get()).status_code == 429
                assert refused.content == b"x" * length
            else:
                with pytest.raises(NotSent, match=r"It was sent before, and not served.*it was not sent again"):
                    get()
            assert len(service.asked) == count


def test_a_long_answer_is_streamed(tmp_path: Path) -> None:
    def long(_: Request, __: int) -> Response:
        return Response(b"x" * 100_000)

    with (
        slow(MinimumGap(0.001, 0.0), tmp_path, answer=long) as service,
        httpx.Client(transport=PacedTransport(service.store)) as client,
        client.stream("GET", service.url) as response,
    ):
        assert not response.is_stream_consumed
        assert sum(len(piece) for piece in response.iter_bytes()) == 100_000
