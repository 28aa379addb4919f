"""A process that stores attempts until it is ended: `python -m tests.history.power STORE ACKNOWLEDGED`.

For each that is stored it writes a line to ACKNOWLEDGED, which lies where no power is cut.
"""

from __future__ import annotations

import os
import sys
from itertools import count

from widgets.pace import PaceStore
from widgets.probe import Attempt, Step


def main(place: str, acknowledged: str) -> None:
    out = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    with PaceStore(place) as store:
        log = store.begin("http://a.example/", {})
        for number in count(1):
            step = Step(1.0, "search")
            log.asking(step, number)
            log.add(step, Attempt(number, 1.0, 1.0, float(number), 0.1, 200))
            os.write(out, f"{log.id} {number}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
