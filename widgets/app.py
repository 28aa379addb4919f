"""The dashboard: the only file that knows every room, and joins them with plain values and callables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import ipywidgets

from widgets.fetch import Fetcher, FetchPanel
from widgets.kit import ceiling, markup
from widgets.kit.mode import Mode, mode
from widgets.media import render
from widgets.pace import PaceStore
from widgets.pace.panel import PacesPanel
from widgets.probe import Budget, Goal, ProbePanel
from widgets.probe.settings import Settings
from widgets.service import ServicePanel

from .adapters import (
    Linked,
    StoreJournals,
    StoreTurns,
    address_of,
    check_caller,
    cost_of,
    keeper,
)
from .http.address import Guard, own
from .http.secrets import hider

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from widgets.probe import Verdict

    from .model.pace import Pace, Past, StoredProbe
    from .model.reply import Reply

STYLESHEETS = (
    "kit/kit.css",
    "fetch/fetch.css",
    "media/media.css",
    "probe/probe.css",
    "pace/pace.css",
    "service/service.css",
)
POLITE = 1.0
"""Seconds between two requests to a stranger when visitors unknown to us do the asking."""
CHEAP = Budget(requests=30, refusals=9, seconds=6 * 3600)
"""What looking again at a pace may spend; mostly it takes nine requests."""
MODES: dict[Mode, str] = {
    "local": "any http or https address may be asked",
    "public": "only public addresses are asked, on ports 80 and 443, at most once a second",
}


class Dashboard(ipywidgets.VBox):
    """Fetch and Probe over one service, and below them what can be set about it where it is the bundled one.

    Args:
        service: The base URL of the service that is offered first; other addresses can be typed.
        theme: `"light"`, `"dark"`, or `None` to follow Voila's `?theme=`.
    """

    def __init__(self, service: str, theme: str | None = None) -> None:
        base, now = service.rstrip("/"), mode()
        if now == "public" and "VOILA_REQUEST_URL" in os.environ:  # a kernel that serves one visitor's page
            ceiling.watch(ceiling.Ceiling())
        plain, slow = f"{base}/NASA", f"{base}/Slow-NASA"
        guard = Guard(now, [own(base)])
        # In public mode visitors do not know each other: what one asked is nothing that another may see.
        store = PaceStore() if now == "local" else None
        linked = Linked(voila_query())

        def shows(reply: Reply, *, shown_as: str = "") -> ipywidgets.Widget:
            return linked.shown(render(reply, shown_as=shown_as))

        turns = StoreTurns(store) if store else None
        self.fetch = FetchPanel(Fetcher(now, [own(base)]), shows, addresses=[plain, slow], turns=turns)
        self.probe = ProbePanel(
            [slow, plain],
            theme=theme or voila_theme(),
            guard=guard,
            hide=hider,
            floor=lambda url: POLITE if now == "public" and own(url) != own(base) else 0.0,
            journals=StoreJournals(store) if store else None,
            keep=self._keeper(store) if store else lambda *_: "",
        )
        self.paces = self._paces(store) if store else None
        self.service = ServicePanel(
            base,
            self._use,
            self._reveal,
            probed=lambda: self.probe.url,
            guess=lambda: self.probe.live.found,
            cost=lambda: cost_of(self.probe.live.attempts),
            headers=lambda: self.probe.form.headers,
        )
        linked.join(self.fetch, self.probe)
        here = Path(__file__).parent
        super().__init__(
            [
                markup.stylesheet(*((here / name).read_text("utf-8") for name in STYLESHEETS)),
                ipywidgets.Box(
                    [header(base, now, started_here=getattr(service, "started_here", None)), linked.button]
                ).add_class("ww-head"),
                ipywidgets.Box([self.fetch, self.probe]).add_class("ww-panels"),
                *([self.paces] if self.paces else []),
                self.service,
            ]
        )
        self.add_class("ww-dashboard")

    def _reveal(self, curve: Sequence[tuple[float, float]], steady_wait: float) -> None:
        """Draw the truth over what the present probe found."""
        self.probe.live.chart.reveal(curve, steady_wait)

    def _keeper(self, store: PaceStore) -> Callable[[str, Settings, Verdict, str], str]:
        """Keeps what a probe found, and shows it among the paces."""
        keep = keeper(store)

        def kept(url: str, settings: Settings, verdict: Verdict, probe: str) -> str:
            said = keep(url, settings, verdict, probe)
            if self.paces is not None:
                self.paces.refresh()
            return said

        return kept

    def _paces(self, store: PaceStore) -> PacesPanel:
        """The paces that are kept, with what this page can do with them."""
        return PacesPanel(
            store,
            use=lambda pace: self._fetch_at(address_of(store, pace)),
            recheck=lambda pace: self._recheck(store, pace),
            resume=self._resume,
            show=self._show,
        )

    def _resume(self, probe: StoredProbe) -> None:
        """Go on with a probe that broke off."""
        self.probe.resume(probe.url, Settings.of_plain(probe.settings, self.probe.form.headers), probe.id)

    def _show(self, probe: StoredProbe, past: Past) -> None:
        """Show a stored probe in the charts again."""
        settings = Settings.of_plain(probe.settings)
        self.probe.show(probe.url, settings, past, probe.verdict)

    def _fetch_at(self, address: str) -> None:
        """Offer an address to be fetched next."""
        self.fetch.address.value = address

    def _recheck(self, store: PaceStore, pace: Pace) -> None:
        """Ask a few times at a pace whether it still holds."""
        address, method, headers = address_of(store, pace), pace.target.method, self.probe.form.headers
        check_caller(store, pace.target, address, headers)
        settings = Settings("recheck", Goal(pace.promise), CHEAP, method=method, headers=headers, wait=pace.wait)
        self.probe.recheck(address, settings)

    def _use(self, address: str) -> None:
        """Offer an address to be probed next."""
        self.probe.form.address.value = address


def header(service: str, now: Mode, *, started_here: bool | None) -> ipywidgets.HTML:
    """The line that says which service is in use, where it came from, and who may be asked."""
    origin = {True: "started with this page", False: "found running", None: "given"}[started_here]
    return ipywidgets.HTML(
        '<div class="ww-header"><span>Service '
        f'<strong>{markup.plain(service)}</strong> <span class="ww-chip">{origin}</span></span>'
        f"<span>Mode <strong>{markup.plain(now)}</strong>: {markup.plain(MODES[now])}</span></div>"
    )


def voila_query() -> str:
    """The query of the page's address, as Voila passes it to the kernel; empty outside Voila."""
    return os.environ.get("QUERY_STRING", "") if "VOILA_REQUEST_URL" in os.environ else ""


def voila_theme() -> str:
    """The theme that Voila was asked for; "auto" outside Voila."""
    return parse_qs(voila_query()).get("theme", ["light"])[0] if "VOILA_REQUEST_URL" in os.environ else "auto"
