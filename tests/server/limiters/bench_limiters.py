"""Decisions per second of every limiter, and the memory that a million clients take. `main` prints both."""

from __future__ import annotations

import subprocess
import sys
from resource import RUSAGE_SELF, getrusage
from time import perf_counter

from server.limiters import LIMITERS, Clients

DECISIONS = 200_000
CLIENTS = 1_000_000
GOAL_MB = 200
SOME = ("minimum-gap", "token-bucket", "daily-quota", "sliding-log")


def decisions_per_second(slug: str, decisions: int = DECISIONS) -> float:
    """Ask one limiter again and again, at the pace of which it refuses half."""
    limiter = LIMITERS[slug]()
    wait = limiter.steady_wait(0.5)
    start = perf_counter()
    for number in range(decisions):
        limiter.ask(number * wait)
    return decisions / (perf_counter() - start)


def many_clients(slug: str, clients: int = CLIENTS) -> tuple[float, int, float]:
    """Let so many clients ask once each, in a process of their own.

    Returns:
        Requests per second, clients remembered, and the megabytes by which the process grew at most.
    """
    command = [sys.executable, "-m", "tests.server.limiters.bench_limiters", slug, str(clients)]
    rate, remembered, grown = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(rate), int(remembered), float(grown)


def in_this_process(slug: str, clients: int) -> None:
    """Print what `many_clients` reads."""
    before = peak_megabytes()
    store = Clients(LIMITERS[slug](), clients)
    start = perf_counter()
    for number in range(clients):
        store.ask(f"client-{number}", number / 1000)
    seconds = perf_counter() - start
    say(f"{clients / seconds} {len(store)} {peak_megabytes() - before}")


def peak_megabytes() -> float:
    """The largest resident size of this process so far: kilobytes to Linux, bytes to macOS."""
    return getrusage(RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def say(line: str) -> None:
    """Print one line of the report."""
    print(line, flush=True)  # noqa: T201 - the purpose of a benchmark


def main() -> None:
    """Print both tables."""
    say(f"{'limiter':<18}{'decisions/s':>14}")
    for slug in LIMITERS:
        say(f"{slug:<18}{decisions_per_second(slug):>14,.0f}")
    say(f"\n{CLIENTS:,} clients, one request each (goal: {GOAL_MB} MB at most)")
    say(f"{'limiter':<18}{'requests/s':>14}{'remembered':>14}{'peak MB':>10}")
    for slug in SOME:
        rate, remembered, grown = many_clients(slug)
        say(f"{slug:<18}{rate:>14,.0f}{remembered:>14,}{grown:>10.0f}")


if __name__ == "__main__":
    in_this_process(sys.argv[1], int(sys.argv[2])) if sys.argv[1:] else main()
