"""One service for all tests of the room; each test finds it fresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from tests.conftest import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

SCALE = 0.02


@pytest.fixture(scope="session")
def lasting_service() -> Iterator[str]:
    with serve(TIME_SCALE=SCALE, SEED=1) as url:
        yield url


@pytest.fixture
def base(lasting_service: str) -> str:
    """The service's base URL, all state forgotten."""
    assert requests.post(f"{lasting_service}/lab/reset", timeout=5).status_code == 200
    return lasting_service
