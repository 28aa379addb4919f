"""`python -m tests.bench [NAME …]`: every measurement, or those that are named."""

from __future__ import annotations

import argparse

from tests.bench import arena, chart_cost, jobs, kinds, start, store, visitors
from tests.fetch import bench as fetching
from tests.server import bench_serving as serving
from tests.server.limiters import bench_limiters as limiters

SECTIONS = {
    "start": ("Time to a working Fetch button", start.main),
    "chart": ("One more attempt on the page", chart_cost.main),
    "fetch": ("Fetch and show, against plain requests", fetching.main),
    "kinds": ("A reply of 1 MB of each kind: until it is shown, and the memory of a kernel", kinds.main),
    "visitors": ("Public mode: ten visitors, by themselves and beside a hostile one", lambda: visitors.main([])),
    "serve": ("/NASA under Waitress, against a bare send_file", serving.main),
    "limiters": ("Decisions a second, and the memory of a million clients", limiters.main),
    "store": ("A store of a million attempts: to open the panel, to resume a probe", store.main),
    "arena": ("The strategies against services whose truth is known", lambda: arena.main(["--per-family", "12"])),
    "jobs": ("To learn a pace while a job is done, against what people use", lambda: jobs.main([])),
}


def main() -> None:
    """Run the sections in order and print what they measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(SECTIONS)}; all unless given")
    names = parser.parse_args().names
    if unknown := set(names) - set(SECTIONS):
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}: choose from {', '.join(SECTIONS)}")
    for name in names or SECTIONS:
        title, run = SECTIONS[name]
        print(title, flush=True)
        run()


if __name__ == "__main__":
    main()
