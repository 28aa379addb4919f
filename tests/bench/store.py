"""What a store of 1,000 targets and 1,000,000 attempts costs: to open the panel of paces, and to resume a probe."""

from __future__ import annotations

import json
import tempfile
import time
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


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """The best of some runs."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def opened(store: PaceStore) -> None:
    """Open the panel, and wait until it shows what is kept."""
    panel = PacesPanel(store)
    panel.refresh()
    panel.join()


def main(targets: int = 1000, attempts: int = 1000) -> None:
    """Print what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for count in (10, targets):
            with filled(PaceStore(f"sqlite:///{Path(folder) / str(count)}"), count, attempts) as store:
                found[count] = seconds(lambda store=store: opened(store))  # type: ignore[misc]
                broken = f"{count - 1:032x}"
                resumed = seconds(lambda store=store, broken=broken: store.resume(broken))  # type: ignore[misc]
                print(
                    f"  {count:5,} targets, {count * attempts:9,} attempts: panel open in {found[count]:.3f} s, "
                    f"a probe of {len(store.resume(broken).known):,} attempts resumed in {resumed:.3f} s",
                    flush=True,
                )
        print(f"  the panel opens {found[targets] - found[10]:+.3f} s later than with ten targets")


if __name__ == "__main__":
    main()
