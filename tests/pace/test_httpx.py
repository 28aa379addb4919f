"""The transport of httpx, against a service on a real socket in virtual time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import httpx
import pytest

from server.limiters import MinimumGap
from tests.pace.slow import slow
from widgets.pace.httpx import NotSent, PacedTransport

if TYPE_CHECKING:
    from pathlib import Path


def test_a_client_of_httpx_learns_and_then_is_refused_nothing(tmp_path: Path) -> None:
    with (
        slow(MinimumGap(2.0, 0.0), tmp_path) as service,
        httpx.Client(transport=PacedTransport(service.store, learn="quick")) as client,
    ):
        assert {client.get(f"{service.url}/page/{number}").status_code for number in range(30)} == {200}
        pace = service.store.pace(service.url)
        assert pace
        assert 2.0 <= pace.wait <= 2.7
        learned = len(service.asked)
        for _ in range(10):
            client.get(service.url)
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
