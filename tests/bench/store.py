"""What a store of 1,000 targets and 1,000,000 attempts costs: to open it and its panel, and to resume a probe."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from widgets.model.pace import Target
from widgets.pace import PaceStore
from widgets.pace.panel import PacesPanel

if TYPE_CHECKING:
    from collections.abc import Callable

SETTINGS = json.dumps({"strategy": "careful"})
HEADERS = json.dumps({"Content-Type": "application/json"})


def target(number: int) -> Target:
    return Target.of(f"https://api.example.org/{number}")


def filled(store: PaceStore, targets: int, attempts: int) -> PaceStore:
    """A pace and a stored probe of so many attempts for each target; the last probe broke off."""
    from widgets.pace.store.schema import attempts as attempts_  # noqa: PLC0415 - loads SQLAlchemy
    from widgets.pace.store.schema import paces, probes  # noqa: PLC0415 - as above

    def rows(number: int) -> list[dict[str, object]]:
        constant = {"probe": f"{number:032x}", "step_wait": 1.0, "low": None, "high": 2.0, "wait": 1.0, "spacing": 1.0}
        constant |= {"latency": 0.1, "phase": "verify", "status": 200, "headers": HEADERS, "error": "", "answered": 1}
        return [constant | {"number": each, "started": float(each)} for each in range(1, attempts + 1)]

    with store.database.write() as connection:
        for number in range(targets):
            mine = target(number)
            named = {"origin": mine.origin, "path": mine.path, "method": "GET", "credential": "", "target": mine.key}
            probe = f"{number:032x}"
            kept = {"wait": 1.0, "found": 1.8e9 + number, "promise": 0.05, "recheck_after": 1e6, "kind": "certified"}
            served = {"accepted": 9, "refused": 0, "slowed": 0, "factor": 1.0, "alarm": 0.0, "probe": probe}
            connection.execute(paces.insert(), [named | kept | served])
            ended = None if number == targets - 1 else 1.8e9 + number
            facts = {"id": probe, "url": mine.url, "settings": SETTINGS, "began": 1.8e9 + number, "finished": ended}
            connection.execute(probes.insert(), [named | facts])
            connection.execute(attempts_.insert(), rows(number))
    return store


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def opened(store: PaceStore) -> None:
    """Open the panel, and wait until it shows what is kept."""
    panel = PacesPanel(store)
    panel.refresh()
    panel.join()


def main(targets: int = 1000, attempts: int = 1000, turns: int = 9) -> None:
    """Print what was measured: the small store and the large one in turns, so that a busy machine slows both alike."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        # Ten attempts in all, and a thousand targets with a thousand each.
        sizes = ((1, 10), (targets, attempts))
        stores = [
            stack.enter_context(filled(PaceStore(f"sqlite:///{Path(folder) / str(count)}"), count, each))
            for count, each in sizes
        ]
        for store in stores:
            opened(store)  # what is loaded and compiled once is no part of it
        fresh = [[seconds(partial(begun, store.url)) for store in stores] for _ in range(turns)]
        panel = [[seconds(partial(opened, store)) for store in stores] for _ in range(turns)]
        for said, both in (("opened and asked for a pace", fresh), ("opened in the panel", panel)):
            few, many = (statistics.median(times) for times in zip(*both, strict=True))
            ratio = statistics.median(after / before for before, after in both)
            print(
                f"  {said}: {few * 1000:.1f} ms with 10 attempts, {many * 1000:.1f} ms with "
                f"{targets * attempts:,}; ratio {ratio:.2f} of {turns} pairs (goal 1.2)",
                flush=True,
            )
        resumed = statistics.median(seconds(lambda: stores[1].resume(f"{targets - 1:032x}")) for _ in range(turns))
        print(f"  a probe of {attempts:,} attempts resumed in {resumed:.3f} s")


def begun(url: str) -> None:
    """Open a store as a session does, and look for a pace."""
    with PaceStore(url) as store:
        store.pace("https://other.example.org/")


if __name__ == "__main__":
    main()
