"""Code that asks through the door, for languages that cannot take a turn of their own. PURE: text only.

The address of the door is read from WAITWISE_DOOR, since its token is no matter for a file.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from .facts import comment, one_line

if TYPE_CHECKING:
    from widgets.model.pace import Pace

OPEN = "Open the door first, python -m widgets.pace.door, and put the address that it prints into WAITWISE_DOOR."
UNSET = (
    "WAITWISE_DOOR is not set. Open the door, python -m widgets.pace.door, and put the address that it prints there."
)
SHUT = "The door does not answer. Is it open, and WAITWISE_DOOR what it printed last?"


def _same(store: str, mark: str = "#") -> str:
    """Which store the door must open, where that is not the usual one."""
    return (
        f"\n{mark} It must open the store that holds this pace: --store {one_line(shlex.quote(store))}" if store else ""
    )


def curl(pace: Pace, store: str = "") -> str:
    """A shell command."""
    method = "--head " if pace.target.method == "HEAD" else f"--request {shlex.quote(pace.target.method)} "
    method = "" if pace.target.method == "GET" else method
    return f"""{comment(pace)}
# {OPEN}{_same(store)}
curl --globoff {method}"${{WAITWISE_DOOR:?{UNSET.partition(" ")[2]}}}"{shlex.quote(pace.target.url)}
"""


def httr2(pace: Pace, store: str = "") -> str:
    """R: httr2."""
    return f"""{comment(pace)}
# {OPEN}{_same(store)}
library(httr2)

door <- Sys.getenv("WAITWISE_DOOR")
if (!nzchar(door)) stop({json.dumps(UNSET)})
response <- request(paste0(door, {json.dumps(pace.target.url, ensure_ascii=False)})) |>
  req_method({json.dumps(pace.target.method)}) |>
  req_perform()
"""


def javascript(pace: Pace, store: str = "") -> str:
    """JavaScript: a module for node, whose fetch needs no library."""
    address = json.dumps(pace.target.url).replace("<", "\\u003c")
    return f"""{comment(pace, "//")}
// {OPEN}{_same(store, "//")}
const door = process.env.WAITWISE_DOOR;
if (!door) throw new Error({json.dumps(UNSET)});
const response = await fetch(door + {address}, {{
  method: {json.dumps(pace.target.method)},
}}).catch((cause) => {{
  throw new Error({json.dumps(SHUT)}, {{ cause }});
}});
"""
