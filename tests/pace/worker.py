"""One of many processes that ask the same target: `python -m tests.pace.worker STORE URL SENDS [STEP]`.

It prints a line per answer. STEP is added to the wall clock after a third of the sends.
"""

from __future__ import annotations

import sys
import time

from widgets.pace import PacedSession, PaceStore


def main(store: str, url: str, sends: int, step: float = 0.0) -> None:
    real = time.time
    with PacedSession(PaceStore(store)) as session:
        for number in range(sends):
            if number == sends // 3 and step:
                time.time = lambda: real() + step
            session.get(url).raise_for_status()
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]) if len(sys.argv) > 4 else 0.0)
