"""Runs the history check: `python -m tests.history [--sends N] [--phase SECONDS] [--report FOLDER]`."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

from tests.history.report import to_html, to_text
from tests.history.run import Plan, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.history", description=__doc__)
    parser.add_argument("--sends", type=int, default=1_000_000, help="go on until there were so many (1,000,000)")
    parser.add_argument("--seconds", type=float, default=math.inf, help="end with the round in which so many pass")
    parser.add_argument("--phase", type=float, default=20.0, help="seconds for each kind of fault in a round (20)")
    parser.add_argument("--threads", type=int, default=1, help="waiters of each of the three workers for a target (1)")
    parser.add_argument("--paces", type=float, nargs="+", default=list(Plan.paces), help="of the targets, in seconds")
    parser.add_argument("--stores", nargs="+", default=list(Plan.stores), choices=list(Plan.stores))
    parser.add_argument("--faults", nargs="*", default=(), help="only these, by name")
    parser.add_argument("--seed", type=int, default=1, help="of what happens when (1)")
    parser.add_argument("--report", type=Path, default=Path("history"), help="a folder for the report (history)")
    given = parser.parse_args()
    plan = Plan(
        sends=given.sends,
        seconds=given.seconds,
        phase=given.phase,
        paces=tuple(given.paces),
        threads=given.threads,
        stores=given.stores,
        faults=given.faults,
        seed=given.seed,
    )
    outcome = run(plan)
    given.report.mkdir(parents=True, exist_ok=True)
    (given.report / "history.txt").write_text(to_text(outcome))
    (given.report / "history.html").write_text(to_html(outcome))
    print(to_text(outcome))
    print(f"Kept as {given.report}/history.html and history.txt.")
    return 0 if outcome.findings.sound else 1


if __name__ == "__main__":
    sys.exit(main())
