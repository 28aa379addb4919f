"""The dashboard: the only file that knows every room, and joins them with plain values and callables."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs

import ipywidgets

from widgets.fetch import Fetcher, FetchPanel
from widgets.kit import markup
from widgets.media import render
from widgets.probe import ProbePanel

STYLESHEETS = ("kit/kit.css", "fetch/fetch.css", "media/media.css", "probe/probe.css")


class Dashboard(ipywidgets.VBox):
    """Fetch and Probe over one service.

    Args:
        service: The base URL of the service that is offered first; other addresses can be typed.
        theme: `"light"`, `"dark"`, or `None` to follow Voila's `?theme=`.
    """

    def __init__(self, service: str, theme: str | None = None) -> None:
        base = service.rstrip("/")
        plain, slow = f"{base}/NASA", f"{base}/Slow-NASA"
        self.fetch = FetchPanel(Fetcher(), render, addresses=[plain, slow])
        self.probe = ProbePanel([slow, plain], theme=theme or voila_theme())
        panels = ipywidgets.Box([self.fetch, self.probe])
        panels.add_class("ww-panels")
        here = Path(__file__).parent
        super().__init__(
            [
                markup.stylesheet(*((here / name).read_text("utf-8") for name in STYLESHEETS)),
                header(base, started_here=getattr(service, "started_here", None)),
                panels,
            ]
        )
        self.add_class("ww-dashboard")


def header(service: str, *, started_here: bool | None) -> ipywidgets.HTML:
    """The line that says which service is in use, where it came from, and who may be asked."""
    origin = {True: "started with this page", False: "found running", None: "given"}[started_here]
    return ipywidgets.HTML(
        '<div class="ww-header"><span>Service '
        f'<strong>{markup.plain(service)}</strong> <span class="ww-chip">{origin}</span></span>'
        "<span>Mode <strong>local</strong>: any http or https address may be asked</span></div>"
    )


def voila_theme() -> str:
    """The theme that Voila was asked for, from the query that it passes to the kernel; "auto" outside Voila."""
    if "VOILA_REQUEST_URL" not in os.environ:
        return "auto"
    return parse_qs(os.environ.get("QUERY_STRING", "")).get("theme", ["light"])[0]
