"""`python -m tests.bench [NAME …]`: every measurement, or those that are named."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tests.bench import arena, chart_cost, class_load, hostile, jobs, kinds, sends, start, store, visitors
from tests.fetch import bench as fetching
from tests.server import bench_serving as serving
from tests.server.limiters import bench_limiters as limiters

if TYPE_CHECKING:
    from collections.abc import Callable

SECTIONS: dict[str, tuple[str, Callable[[], object]]] = {
    "start": ("Time to a working Fetch button", start.main),
    "visitors": ("Ten visitors at once (python -m tests.bench.visitors has more)", visitors.main),
    "class": ("Three hundred learners at one service", class_load.main),
    "chart": ("One more attempt on the page", chart_cost.main),
    "fetch": ("Fetch and show, against plain requests", fetching.main),
    "kinds": ("A reply of 1 MB of each kind: until it is shown, and the memory of a kernel", kinds.main),
    "hostile": ("Public mode: ten visitors, by themselves and beside a hostile one", lambda: hostile.main([])),
    "serve": ("/NASA under Waitress, against a bare send_file", serving.main),
    "limiters": ("Decisions a second, and the memory of a million clients", limiters.main),
    "store": ("A store of a million attempts: to open the panel, to resume a probe", store.main),
    "sends": ("Sends a second through one store of paces, and that none is early", sends.main),
    "arena": ("The strategies against services whose truth is known", lambda: arena.main(["--per-family", "12"])),
    "jobs": ("To learn a pace while a job is done, against what people use", lambda: jobs.main([])),
}


def main() -> None:
    """Run the sections in order and print what they measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(SECTIONS)}; all unless given")
    parser.add_argument("--steps", action="store_true", help="print every step of `start`")
    chosen = parser.parse_args()
    names = chosen.names
    if unknown := set(names) - set(SECTIONS):
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}: choose from {', '.join(SECTIONS)}")
    for name in names or SECTIONS:
        title, run = SECTIONS[name]
        print(title, flush=True)
        if name == "start" and chosen.steps:
            start.main(steps=True)
        else:
            run()


if __name__ == "__main__":
    main()
