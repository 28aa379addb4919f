"""The dashboard: the only file that knows every room, and joins them with plain values and callables."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import ipywidgets

from widgets.fetch import Fetcher, FetchPanel
from widgets.kit import ceiling, markup
from widgets.kit.mode import Mode, ModeError, mode
from widgets.kit.presence import Presence
from widgets.kit.widgetry import box, html, lean, marked
from widgets.media import render
from widgets.media.thumb import thumb
from widgets.pace import PaceStore
from widgets.pace.panel import PacesPanel
from widgets.probe import Budget, Goal, Planner, ProbePanel
from widgets.probe.panel.states import Guessing, Scored
from widgets.probe.run import Kept
from widgets.probe.settings import Settings
from widgets.service import ServicePanel
from widgets.service.truth import Puzzle, place

from .adapters import (
    POLITE,
    HeldTurns,
    Linked,
    StoreJournals,
    StoreLessons,
    StoreTurns,
    StrangersProbes,
    StrangersTurns,
    address_of,
    as_counted,
    check_caller,
    cost_of,
    expected,
    keeper,
    lost_to,
    probed_elsewhere,
    public_store,
    scored_of,
    settings_of,
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
CHEAP = Budget(requests=30, refusals=9, seconds=6 * 3600)
"""What looking again at a pace may spend; mostly it takes nine requests."""
WORDLESS = 5.0
"""Seconds after which a page that has not said that it stands is taken to stand."""
AGAIN = 12.0
"""Seconds after which it is seen that nobody goes on with the probe of a page that was closed just before: so long, and
a little, its target stays with a prober that is heard of no more (`adapters.writing.LEASE`)."""
MODES: dict[Mode, str] = {
    "local": "any address may be asked",
    "public": "besides the bundled service only public addresses on ports 80 and 443, at most once a second",
}
SAMPLES = {
    "Picture": "image/jpeg",
    "Sound": "audio",
    "Film": "video",
    "PDF": "application/pdf",
    "Table": "text/csv",
    "Page": "text/html",
    "FITS": "application/fits",
    "JSON": "application/json",
    "Text": "text/plain",
}
"""What the bundled service sends, by a name that people know."""
PLACES = ("Fetch", "Probe", "Paces", "Lab")
"""What a phone shows, one at a time."""
MARK = (
    '<span class="ww-mark"><svg width="18" height="10" viewBox="0 0 18 10" aria-hidden="true"><circle cx="3.2" cy="5" '
    'r="2.7"/><path d="M7.6 5h2.8" stroke-width="1.6" stroke-linecap="round"/><circle cx="14.8" cy="5" r="2.7"/></svg>'
    "</span>"
)


class Dashboard(ipywidgets.VBox):
    """Fetch and Probe over one service side by side, and below them the paces, the attempts and the lab.

    Args:
        service: The base URL of the service that is offered first, or what finds it; other addresses can be typed.
        theme: `"light"`, `"dark"`, or `None` to follow Voila's `?theme=`, and where that is not given the system.

    Where a setting of this machine cannot be used, or no service be found, the dashboard says that and nothing else.

    Raises:
        Exception: What finds the service raised it, in public mode: a visitor is told nothing of this machine.
    """

    def __init__(self, service: str | Callable[[], str], theme: str | None = None) -> None:
        try:
            now = mode()
        except ModeError as error:
            self._say_only(error, theme)
            return
        try:
            service = service if isinstance(service, str) else service()
        except Exception as error:
            if now == "public":
                raise
            self._say_only(error, theme)
            return
        self._make(service, now, theme)

    def _make(self, service: str, now: Mode, theme: str | None) -> None:
        """Make every room, and join them."""
        base = service.rstrip("/")
        if now == "public" and in_voila():  # a kernel that serves one visitor's page
            ceiling.watch(ceiling.Ceiling())
        plain, slow = f"{base}/NASA", f"{base}/Slow-NASA"
        guard = Guard(now, [own(base)])
        # In public mode visitors do not know each other: what one asked is nothing that another may see.
        store = PaceStore() if now == "local" else None
        linked = Linked(voila_query())

        def shows(reply: Reply, *, shown_as: str = "") -> ipywidgets.Widget:
            return linked.shown(render(reply, shown_as=shown_as))

        shared = store or public_store()
        turns = StoreTurns(shared) if store else StrangersTurns(shared, [own(base)])
        samples = [(name, f"{plain}?type={kind}") for name, kind in SAMPLES.items()]
        self.fetch = FetchPanel(
            Fetcher(now, [own(base)]),
            shows,
            addresses=[plain, slow],
            turns=turns,
            samples=samples,
            thumb=thumb,
            lessons=StoreLessons(store, told=self._learned) if store else None,
            may_insist=store is not None,
            check=guard.check,
        )
        self.probe = self._probe_panel(base, guard, store, shared, turns)
        self.paces = self._paces(store) if store else None
        self.service = ServicePanel(
            base,
            self._probe_at,
            self._reveal,
            tell=lambda puzzle, truth, found, score: self._tell(puzzle, scored_of(puzzle, truth, found, score)),
            probed=lambda: self.probe.url,
            guess=lambda: self.probe.live.found,
            cost=lambda: cost_of(self.probe.live.attempts),
            headers=lambda: self.probe.form.headers,
        )
        linked.join(self.fetch, self.probe)
        self.lower = self._lower()
        self.presence = Presence()
        self.probe.live.on_look = self.presence.look
        self.nav = lean(ipywidgets.ToggleButtons, options=places(kept=bool(store)), value="Fetch", css="ww-nav")
        self.nav.icons = ("download", "heartbeat", "clock-o", "flask")
        self.theme = lean(ipywidgets.ToggleButton, icon="adjust", css="ww-icon")
        self.theme.tooltip = "Turn light into dark, and dark into light"
        started = getattr(service, "started_here", None)
        bar = box([brand(), header(base, now, started_here=started), linked.button, self.theme], "ww-bar")
        super().__init__(
            [
                styles(),
                bar,
                box([self.fetch, self.probe], "ww-panels"),
                box([self.lower], "ww-panel ww-lower"),
                self.nav,
                self.presence,
            ],
            _dom_classes=["ww-dashboard", f"ww-{theme or voila_theme()}", "ww-at-fetch"],
        )
        marked(self, "ww-voila", on=in_voila())
        if in_voila():  # whose template listens to the keys
            self.fetch.name_keys()
            self.probe.name_keys()
        self.theme.observe(lambda change: marked(self, "ww-turned", on=bool(change["new"])), "value")
        self.nav.observe(lambda change: self._go_to(str(change["new"])), "value")
        self.lower.observe(lambda _: self._open_lower(), "selected_index")
        self._open_lower()
        self.probe.acts |= {"fetch": lambda: self._fetch_at(self.probe.url), "rules": self._show_record}
        self.fetch.on_probe = self._probe_at
        self.probe.on_end.append(self._ended)
        self.probe.on_end.append(lambda: self._count(self.probe.live.record, "Attempts", len(self.probe.live.attempts)))
        self.probe.acts["puzzle"] = self.service.next_puzzle
        if self.paces is not None:
            self._join_paces(self.paces)
        if in_voila():  # what opens the store and loads the chart waits until the buttons work
            self._open_later()
        else:
            self._opened()

    def _join_paces(self, paces: PacesPanel) -> None:
        """What is kept changes with what is probed and fetched, and what is said there with what is kept."""
        marked(self, "ww-kept", on=True)
        self.probe.acts["code"] = self._show_code
        self.fetch.on_counted = paces.look_again
        paces.on_forget = lambda pace: self.probe.forgotten(pace.target.origin)
        paces.on_discard = lambda _: self.probe.look_ahead(quiet=True)
        # What is listed as unfinished is perhaps gone on with, and what was looked on at has kept a pace.
        self.probe.on_begin.append(paces.look_again)
        self.probe.on_begin.append(lambda: marked(self, "ww-kept", on=self.probe.stored))
        self.probe.on_end.append(paces.look_again)
        paces.on_count = lambda count: self._count(paces, "Paces", count)

    def _probe_panel(
        self, base: str, guard: Guard, store: PaceStore | None, shared: PaceStore, turns: StoreTurns
    ) -> ProbePanel:
        """The probes of this page; in local mode, where there is a `store`, they are written and obey who is held."""
        held = HeldTurns(store, turns, self._say_held) if store else None
        return ProbePanel(
            [f"{base}/Slow-NASA", f"{base}/NASA"],
            guard=guard,
            hide=hider,
            floor=lambda url: POLITE if store is None and own(url) != own(base) else 0.0,
            turns=held or turns,
            journals=StoreJournals(store, held.begin) if store and held else StrangersProbes(shared, [own(base)]),
            keep=self._keeper(store) if store else lambda *_: Kept(),
            expect=lambda url, headers: expected(store, url, headers, self.fetch.reply),
            others=(lambda url, settings: probed_elsewhere(store, url, settings)) if store else lambda *_: None,
            lost=(lambda error, url, settings: lost_to(store, error, url, settings)) if store else lambda *_: "",
        )

    def _say_held(self, sentence: str) -> None:
        """A probe waits for what others were told, or does so no more."""
        self.probe.hold(sentence)

    def _say_only(self, error: Exception, theme: str | None) -> None:
        """Say why there is nothing else."""
        again = ' <a href="">Try again</a>' if in_voila() else ""
        said = f'<p role="alert">The dashboard could not be made. {markup.plain(error)}{again}</p>'
        super().__init__(
            [styles(), box([brand()], "ww-bar"), box([html(said)], "ww-panel")],
            _dom_classes=["ww-dashboard", f"ww-{theme or voila_theme()}", "ww-at-fetch"],
        )
        marked(self, "ww-voila", on=in_voila())

    def _open_later(self) -> None:
        """Go on when the page stands; where it does not say so (without our template), after a while."""
        once = threading.Lock()

        def go_on() -> None:
            if once.acquire(blocking=False):
                self._opened()

        self.presence.on_there = lambda: threading.Thread(target=go_on, daemon=True).start()
        try:
            # Where messages are handled, and not beside them: a page that asks which widgets there are while a thread
            # makes some gets no answer, and stays empty.
            asyncio.get_running_loop().call_later(WORDLESS, go_on)
        except RuntimeError:  # nobody's messages are handled here
            anyway = threading.Timer(WORDLESS, go_on)
            anyway.daemon = True
            anyway.start()

    def _opened(self) -> None:
        """The page stands: now what takes longer."""
        self.probe.live.chart.wake()
        if self.paces is not None:
            self.probe.look_ahead()
            self.paces.refresh()
            again = threading.Timer(AGAIN, self.paces.look_again)
            again.daemon = True
            again.start()

    def _lower(self) -> ipywidgets.Tab:
        """The tabs below: what is kept, what was asked, what can be played with."""
        record = self.probe.live.record
        rooms = [("Paces", self.paces), ("Attempts", record), ("Lab: rules, puzzles, the truth", self.service)]
        shown = [(title, room) for title, room in rooms if room is not None]
        return lean(
            ipywidgets.Tab, children=[room for _, room in shown], titles=[title for title, _ in shown], selected_index=0
        )

    def _count(self, room: ipywidgets.Widget | None, title: str, count: int) -> None:
        """Say in the title of a tab how much it holds."""
        if room in self.lower.children:
            self.lower.set_title(self.lower.children.index(room), f"{title} {count:,}" if count else title)

    def _open(self, room: ipywidgets.Widget | None) -> None:
        """Open a tab below."""
        if room in self.lower.children:
            self.lower.selected_index = self.lower.children.index(room)

    def _open_lower(self) -> None:
        index = self.lower.selected_index
        opened = None if index is None else self.lower.children[index]
        self.probe.live.table.watch(on=opened is self.probe.live.record)
        if opened is self.service:
            self.service.unfold()

    def _go_to(self, place: str) -> None:
        """On a phone one card is shown at a time."""
        at = {"Fetch": "ww-at-fetch", "Probe": "ww-at-probe"}.get(place, "ww-at-lower")
        for name in ("ww-at-fetch", "ww-at-probe", "ww-at-lower"):
            marked(self, name, on=name == at)
        if at == "ww-at-lower":
            self._open(self.service if place == "Lab" else self.paces or self.probe.live.record)

    def _show_code(self) -> None:
        """Show the code with the wait that was found."""
        self._open(self.paces)
        if self.paces is not None:
            self.paces.look_at(self.probe.url)
        self.nav.value = "Paces"

    def _show_record(self) -> None:
        """Show the whole statement, and every attempt."""
        self.nav.value = "Paces"
        self._open(self.probe.live.record)

    def _reveal(self, curve: Sequence[tuple[float, float]], steady_wait: float) -> None:
        """Draw the truth over what the present probe found."""
        self.probe.live.reveal(curve, steady_wait)

    def _keeper(self, store: PaceStore) -> Callable[[str, Settings, Verdict, str], Kept]:
        """Keeps what a probe found, and shows it among the paces."""
        keep = keeper(store)

        def kept(url: str, settings: Settings, verdict: Verdict, probe: str) -> Kept:
            said = keep(url, settings, verdict, probe)
            if self.paces is not None:
                self.paces.look_at(url)
            return said

        return kept

    def _learned(self) -> None:
        """Fetches have taught a pace: the probe that may follow goes by it."""
        if self.paces is not None:
            self.paces.refresh()
        self.probe.look_ahead(quiet=True)

    def _paces(self, store: PaceStore) -> PacesPanel:
        """The paces that are kept, with what this page can do with them."""
        return PacesPanel(
            store,
            use=lambda pace: self._fetch_at(address_of(store, pace)),
            recheck=lambda pace: self._recheck(store, pace),
            resume=self._resume,
            show=self._show,
            count=as_counted,
            planner=Planner,
        )

    def _resume(self, probe: StoredProbe) -> None:
        """Go on with a probe that broke off."""
        self.probe.resume(probe.url, Settings.of_plain(probe.settings, self.probe.form.headers), probe.id)

    def _show(self, probe: StoredProbe, past: Past) -> None:
        """Show a stored probe in the charts again."""
        settings = settings_of(probe)
        self.probe.show(probe.url, settings, past, probe.verdict, alone=probe.lesson)

    def _fetch_at(self, address: str) -> None:
        """Fetch an address, where it can be seen."""
        self.nav.value = "Fetch"
        self.fetch.address.value = address
        self.fetch.fetch()

    def _probe_at(self, address: str) -> None:
        """Probe an address, where it can be seen."""
        self.nav.value = "Probe"
        self.probe.form.address.value = address
        self.probe.probe()

    def _recheck(self, store: PaceStore, pace: Pace) -> None:
        """Ask a few times at a pace whether it still holds."""
        address, method, headers = address_of(store, pace), pace.target.method, self.probe.form.headers
        check_caller(store, pace.target, address, headers)
        settings = Settings("recheck", Goal(pace.promise), CHEAP, method=method, headers=headers, wait=pace.wait)
        self.probe.recheck(address, settings)

    def _tell(self, puzzle: Puzzle | None, scored: Scored | None) -> None:
        """A puzzle is to be guessed, or a truth was shown: it stands where the verdict stood."""
        live = self.probe.live
        if scored is not None:
            live.slot.children = ()
            live.show(scored)
        elif puzzle is not None:
            live.show(Guessing(puzzle.id, live.ended))
            live.slot.children = [self.service.guesses]

    def _ended(self) -> None:
        """A puzzle that was probed can be guessed."""
        found = place(self.service.base, self.probe.url)
        if found is not None and found[0] == "puzzle" and self.probe.live.ended is not None:
            self.service.show_truth()


def styles() -> ipywidgets.HTML:
    """The stylesheets of all rooms."""
    here = Path(__file__).parent
    return markup.stylesheet(*((here / name).read_text("utf-8") for name in STYLESHEETS))


def brand() -> ipywidgets.HTML:
    """The mark, the name, and what it is for."""
    words = '<h1>Waitwise</h1><span class="ww-tagline">Fetch anything. Wait wisely.</span>'
    return html(f"<div>{MARK}{words}</div>", css="ww-brand")


def header(service: str, now: Mode, *, started_here: bool | None) -> ipywidgets.HTML:
    """Which service is in use, where it came from, and who may be asked."""
    origin = {True: "bundled, started with this page", False: "bundled, found running", None: "given"}[started_here]
    name, colon, port = (urlsplit(service).netloc or service).rpartition(":")
    host = f'<span class="ww-host">{markup.plain(name)}</span>{colon}{markup.plain(port)}'
    return html(
        f'<div class="ww-header"><span class="ww-chip" title="{markup.plain(service)}"><span class="ww-dot"></span>'
        f'<strong>{host}</strong> <span class="ww-more">{origin}</span></span><span class="ww-chip" '
        f'title="{markup.plain(MODES[now])}">{markup.icon("lock")} <strong>{markup.plain(now.capitalize())}</strong> '
        f'<span class="ww-more">{markup.plain(MODES[now])}</span></span></div>'
    )


def places(*, kept: bool) -> list[tuple[str, str]]:
    """What a phone can show, by its name; where no paces are kept their place holds the attempts."""
    return [("Attempts" if place == "Paces" and not kept else place, place) for place in PLACES]


def in_voila() -> bool:
    """Whether Voila serves this page."""
    return "VOILA_REQUEST_URL" in os.environ


def voila_query() -> str:
    """The query of the page's address, as Voila passes it to the kernel; empty outside Voila."""
    return os.environ.get("QUERY_STRING", "") if in_voila() else ""


def voila_theme() -> str:
    """The theme that Voila was asked for; the system's where it was asked for none, and Jupyter's outside Voila."""
    asked = parse_qs(voila_query()).get("theme", ["system"])[0]
    return "jupyter" if not in_voila() else asked if asked in {"light", "dark"} else "system"
