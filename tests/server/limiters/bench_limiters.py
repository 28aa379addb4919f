"""Decisions per second of every limiter, and the memory of a million clients. Prints; `make bench` calls `main`."""

from __future__ import annotations

import gc
import tracemalloc
from time import perf_counter

from server.limiters import LIMITERS
from server.limiters.clients import Clients

DECISIONS = 200_000
CLIENTS = 1_000_000
GOAL_MB = 200


def decisions_per_second(slug: str, decisions: int = DECISIONS) -> float:
    """Ask one limiter over and over, at a pace that it half refuses."""
    limiter = LIMITERS[slug]()
    wait = limiter.steady_wait(0.5) or 1.0
    start = perf_counter()
    for number in range(decisions):
        limiter.ask(number * wait)
    return decisions / (perf_counter() - start)


def megabytes(slug: str, clients: int = CLIENTS) -> tuple[int, float, float]:
    """Let so many clients ask once each: how many are remembered, in how many megabytes, at how many per second."""
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    store = Clients(LIMITERS[slug](), clients)
    start = perf_counter()
    for number in range(clients):
        store.ask(f"client-{number}", number / 1000)
    seconds = perf_counter() - start
    used = (tracemalloc.get_traced_memory()[0] - before) / 1e6
    tracemalloc.stop()
    return len(store), used, clients / seconds


def main() -> None:
    """Print both tables."""
    print(f"{'limiter':<18}{'decisions/s':>14}")  # noqa: T201 - its purpose
    for slug in LIMITERS:
        print(f"{slug:<18}{decisions_per_second(slug):>14,.0f}")  # noqa: T201 - its purpose
