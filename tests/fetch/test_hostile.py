"""Every fault ends in a typed error or a marked reply, in time, and without eating the memory."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from widgets.fetch import Fetcher, FetchError, Reply

from .faults import ERROR, FAULTS, PART, WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE, DEADLINE, CAP = 0.4, 0.8, 20_000_000
MEGABYTE = 1_000_000


def peak_memory() -> int:
    """Bytes that this process has held at most since `forget_peak`."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def forget_peak() -> int:
    """Start the peak from what is held now, and return that."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak_memory()


def outcome_of(url: str) -> tuple[str, object]:
    try:
        reply = Fetcher(patience=PATIENCE, deadline=DEADLINE, cap=CAP).fetch(url, headers={"X-Secret": "s3cret"})
    except FetchError as error:
        return ERROR, error
    return (WHOLE if reply.complete else PART), reply


@pytest.mark.parametrize("name", FAULTS)
def test_a_service_that_answers_with(name: str, service: Callable[..., Any]) -> None:
    talk, allowed = FAULTS[name]
    one = service(talk)
    before = forget_peak()
    started = time.monotonic()
    outcome, came = outcome_of(f"{one.url}/")
    took = time.monotonic() - started
    grown = peak_memory() - before
    assert outcome in allowed, f"{outcome}: {came!r}"
    assert took < DEADLINE + 20  # a moment of ours; the rest is what a busy machine may take
    assert grown < 64 * MEGABYTE
    if isinstance(came, Reply):
        assert len(came.body) <= CAP
        assert came.facts
        assert came.complete or len(came.why_incomplete) > 10
    else:
        assert len(str(came)) > 30


def test_there_are_faults_enough() -> None:
    assert len(FAULTS) >= 35


def test_https_at_a_port_that_speaks_http_is_an_error(service: Callable[..., Any]) -> None:
    one = service(FAULTS["silence"][0])
    with pytest.raises(FetchError):
        Fetcher(patience=PATIENCE, deadline=DEADLINE).fetch(one.url.replace("http", "https"))
