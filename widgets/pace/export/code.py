"""Code and configuration with a pace in it. PURE: text only; rounding always goes toward the slower pace.

The address is written as a literal of each language, so that nothing in it can be anything else.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from widgets.pace.export.facts import comment, one_line
from widgets.pace.export.python import httpx_alone, httpx_stamina, httpx_tenacity, requests_ratelimiter, urllib3_retry

from . import through_door
from .facts import milliseconds, seconds, too_slow, whole_rate

if TYPE_CHECKING:
    from collections.abc import Callable

    from widgets.model.pace import Pace


def curl(pace: Pace) -> str:
    """A shell command: curl 7.84 or newer, one request after the other."""
    if too_slow(pace.wait):
        return f"{comment(pace)}\n# curl --rate cannot say less than one a day: run it from a timer instead.\n"
    rate, unit = whole_rate(pace.wait)
    method = "--head " if pace.target.method == "HEAD" else ""
    address = shlex.quote(pace.target.url)
    return f"""{comment(pace)}
# --rate takes whole numbers and serial requests only: add addresses at the end, never --parallel.
curl --globoff --rate {rate}/{unit} {method}{address} {address}
"""


def scrapy(pace: Pace) -> str:
    """Settings of Scrapy."""
    return f"""{comment(pace)}
DOWNLOAD_DELAY = {seconds(pace.wait)}
RANDOMIZE_DOWNLOAD_DELAY = False  # else it draws 0.5 to 1.5 times the delay
CONCURRENT_REQUESTS_PER_DOMAIN = 1
AUTOTHROTTLE_ENABLED = False
RETRY_HTTP_CODES = [429, 503]
"""


def k6(pace: Pace) -> str:
    """A script of k6; its rate is a whole number, so the unit of time is stretched instead."""
    address = json.dumps(pace.target.url).replace("<", "\\u003c")
    return f"""{comment(pace, "//")}
import http from "k6/http";

export const options = {{
  scenarios: {{
    paced: {{
      executor: "constant-arrival-rate",
      rate: 1,
      timeUnit: "{milliseconds(pace.wait)}ms",
      duration: "10m",
      preAllocatedVUs: 1,
      maxVUs: 10,
    }},
  }},
}};

export default function () {{
  http.request({json.dumps(pace.target.method)}, {address});
}}
"""


def httr2(pace: Pace) -> str:
    """R: httr2. From 1.1 on its throttle is a bucket: one of a single request; before, a rate spaced the requests."""
    wait = seconds(pace.wait)
    return f"""{comment(pace)}
library(httr2)

throttle <- if (packageVersion("httr2") >= "1.1.0") {{
  \\(request) req_throttle(request, capacity = 1, fill_time_s = {wait})
}} else {{
  \\(request) req_throttle(request, rate = 1 / {wait})
}}

response <- request({json.dumps(pace.target.url, ensure_ascii=False)}) |>
  req_method({json.dumps(pace.target.method)}) |>
  throttle() |>
  req_retry(max_tries = 5, is_transient = \\(resp) resp_status(resp) %in% c(429, 503)) |>
  req_perform()
"""


def paced_session(pace: Pace, store: str = "") -> str:
    """This project's own session, which obeys whatever is kept, over all threads, processes and machines."""
    beyond = f"\n# {one_line(pace.beyond)}" if pace.beyond else ""
    whole, hidden = repr(store) if store else "", ""
    if "***" in store:
        hidden = (
            f"# Set WAITWISE_STORE to the store of the page, {one_line(store)}, with its password: it holds the pace.\n"
        )
        whole = ""
    return f"""{comment(pace)}{beyond}
from widgets.pace import PacedSession, PaceStore

{hidden}session = PacedSession(PaceStore({whole}))
session.get({pace.target.url!r})
"""


CODE: dict[str, tuple[str, Callable[..., str]]] = {
    "PacedSession": ("paced.py", paced_session),
    "requests + requests-ratelimiter": ("paced.py", requests_ratelimiter),
    "requests + urllib3 Retry": ("paced.py", urllib3_retry),
    "httpx + stamina": ("paced.py", httpx_stamina),
    "httpx + tenacity": ("paced.py", httpx_tenacity),
    "httpx": ("paced.py", httpx_alone),
    "curl": ("paced.sh", curl),
    "Scrapy": ("settings.py", scrapy),
    "k6": ("paced.js", k6),
    "R httr2": ("paced.R", httr2),
    "curl through the door": ("door.sh", through_door.curl),
    "R httr2 through the door": ("door.R", through_door.httr2),
    "JavaScript through the door": ("door.mjs", through_door.javascript),
}
"""For each tool the name of the file, and what writes it."""
SHARING = frozenset({"PacedSession", *(name for name in CODE if name.endswith("through the door"))})
"""What obeys whatever is kept, and must therefore open the same store."""


def code_for(name: str, pace: Pace, store: str = "") -> str:
    """The code for one tool.

    Args:
        name: Of the tool.
        pace: That it shall keep.
        store: The address of the store that holds the pace, as `PaceStore.address` says it.
    """
    write = CODE[name][1]
    return write(pace, store) if name in SHARING else write(pace)
