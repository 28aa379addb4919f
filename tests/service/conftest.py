"""One service for all tests of the room; each test finds it fresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from tests.conftest import serve
from widgets.service import Cost, ServicePanel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SCALE = 0.02


@pytest.fixture(scope="session")
def lasting_service() -> Iterator[str]:
    with serve(TIME_SCALE=SCALE, SEED=1) as url:
        yield url


@pytest.fixture
def base(lasting_service: str) -> str:
    """The service's base URL, all state forgotten."""
    assert requests.post(f"{lasting_service}/lab/reset", timeout=20).status_code == 200
    return lasting_service


class Probe:
    """What the panel is given of a probe: an address to set, a chart to draw on, what was found."""

    def __init__(self) -> None:
        self.address = ""
        self.found: tuple[str, float] | None = None
        self.cost = Cost(requests=30, refused=4, early=0)
        self.drawn: list[tuple[Sequence[tuple[float, float]], float]] = []

    def use(self, address: str) -> None:
        self.address = address

    def reveal(self, curve: Sequence[tuple[float, float]], steady_wait: float) -> None:
        self.drawn.append((curve, steady_wait))


@pytest.fixture
def probe() -> Probe:
    return Probe()


@pytest.fixture
def panel(probe: Probe, base: str) -> ServicePanel:
    return unfolded(made(base, probe))


def made(base: str, probe: Probe) -> ServicePanel:
    return ServicePanel(
        *(base, probe.use, probe.reveal),
        probed=lambda: probe.address,
        guess=lambda: probe.found,
        cost=lambda: probe.cost,
    )


def unfolded(panel: ServicePanel) -> ServicePanel:
    panel.fold.toggle.value = True
    panel.join(30)
    return panel


def done(panel: ServicePanel, act: Callable[[], None]) -> None:
    act()
    panel.join(30)
