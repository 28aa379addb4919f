"""The client of the course notebook that this project grew out of, unchanged, against `flask run`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from tests.server.conftest import Start

SCALE = 0.02


@pytest.fixture
def url(start: Start, free_port: int) -> str:
    start(
        ["-m", "flask", "run", "--port", str(free_port)],
        "Running on",
        FLASK_APP="server",
        WAITWISE_TIME_SCALE=str(SCALE),
    )
    return f"http://localhost:{free_port}"


def show(url: str) -> tuple[str, Any]:
    """What the notebook does with an answer: look at Content-Type, print X-Description, show the body."""
    response = requests.get(url + "/NASA")  # noqa: S113 - the notebook sets no timeout
    response.raise_for_status()
    content_type = response.headers["Content-Type"]
    description = response.headers["X-Description"]
    if content_type.startswith("image/"):
        return description, response.content
    if content_type.startswith("audio/"):
        return description, response.content
    if content_type.startswith("text/html"):
        return description, response.text
    if content_type == "application/pdf":
        return description, response.content
    return description, response.content


def find_wait(url: str) -> tuple[float, list[int]]:
    """The notebook's doubling loop: double from 0.0001 s until 4 requests in a row succeed."""
    wait = 0.0001
    successes = 0
    statuses = []
    while successes < 4:
        time.sleep(wait)
        response = requests.get(url + "/Slow-NASA")  # noqa: S113 - the notebook sets no timeout
        statuses.append(response.status_code)
        if response.status_code == 200:
            successes += 1
        else:
            successes = 0
            wait *= 2
    return wait, statuses


def test_fetching_shows_something_with_a_description(url: str) -> None:
    for _ in range(10):
        description, body = show(url)
        assert description
        assert body


def test_the_doubling_loop_ends_above_the_longest_gap(url: str) -> None:
    wait, statuses = find_wait(url)
    assert statuses[-4:] == [200] * 4
    assert set(statuses) == {200, 503}
    # 4 to 6.5 s at full scale: four successes are luck below 6.5, and impossible below 4 less the time of a request.
    assert 2.0 * SCALE < wait < 2 * 6.5 * SCALE
