"""A link that restores what stands in the fields: never a secret, and nothing is asked when it is opened."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from traitlets import TraitError

from widgets.http.secrets import is_secret_name, without_secrets
from widgets.kit import markup
from widgets.kit.widgetry import html
from widgets.media import MediaView
from widgets.probe import STRATEGIES, Goal

if TYPE_CHECKING:
    import ipywidgets

    from widgets.fetch import FetchPanel
    from widgets.probe import ProbePanel


DEFAULTS = {"refusal_rate": 5.0, "confidence": 95.0}
"""Percent, as the fields have them before anybody has set them."""
LONGEST = 2000
"""Characters of a value; a longer one in a link is passed over."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link holds, as it stands in its query; an empty field is not in it.

    Attributes:
        fetch: The address in the Fetch panel.
        probe: The address in the Probe panel.
        strategy: A name in `STRATEGIES`.
        refused: The goal: percent of the requests that may be refused.
        confidence: The goal: percent.
        view: The media type as which the first reply is shown.
    """

    fetch: str = ""
    probe: str = ""
    strategy: str = ""
    refused: str = ""
    confidence: str = ""
    view: str = ""

    @classmethod
    def read(cls, query: str) -> Self:
        """What a query holds; what it does not hold, or should not, is passed over."""
        found = {name: values[-1] for name, values in parse_qs(query[: 8 * LONGEST]).items()}
        known = {field.name: found.get(field.name, "") for field in fields(cls)}
        kept = {name: value for name, value in known.items() if len(value) <= LONGEST and value.isprintable()}
        for name in ("fetch", "probe"):
            kept[name] = _plain_address(kept.get(name, ""))
        if kept.get("strategy") not in STRATEGIES:
            kept["strategy"] = ""
        return cls(**kept)

    def query(self) -> str:
        """The query of the link; secrets in the addresses are left out."""
        said = asdict(self) | {"fetch": _plain_address(self.fetch), "probe": _plain_address(self.probe)}
        return urlencode({name: value for name, value in said.items() if value})


def _plain_address(address: str) -> str:
    """An http or https address without user, password, fragment and secret parameters; nothing where it is none."""
    try:
        parts = urlsplit(without_secrets(address.strip()))
    except ValueError:  # `http://[` and its like: what a field or a link may well hold
        return ""
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return ""
    plain = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
    kept = [(name, value) for name, value in plain if not is_secret_name(name)]
    query = parts.query if kept == plain else urlencode(kept)
    return urlunsplit(parts._replace(query=query))


class Linked:
    """Puts what a link holds into the panels, and writes the link of what stands there now.

    Args:
        query: Of the address at which the page was opened.

    Attributes:
        button: Copies the link; empty where there is no page to link to.
    """

    def __init__(self, query: str) -> None:
        self._opened = Link.read(query)
        self._view = self._opened.view
        self._stage: MediaView | None = None
        self.button = html(css="ww-copy-link")

    def shown(self, stage: ipywidgets.Widget) -> ipywidgets.Widget:
        """The view of a reply, shown as the link says where it is the first."""
        if isinstance(stage, MediaView):
            self._stage = stage
            stage.choice.observe(lambda _: self._write(), "value")
            if self._view and self._view in {value for _, value in stage.choice.options}:
                stage.choice.value = self._view
            self._view = ""
        return stage

    def join(self, fetch: FetchPanel, probe: ProbePanel) -> None:
        """Fill the fields, and follow what becomes of them."""
        self._fetch, self._probe = fetch, probe
        link, form = self._opened, probe.form
        for value, widget in ((link.fetch, fetch.address), (link.probe, form.address), (link.strategy, form.strategy)):
            if value:
                widget.value = value
        for value, name in ((link.refused, "refusal_rate"), (link.confidence, "confidence")):
            try:
                if value and float(value) != DEFAULTS[name]:
                    getattr(form.fields, name).value = float(value)
            except (ValueError, TraitError):
                continue  # none, or nonsense: the field keeps its own
        for widget in (fetch.address, form.address):
            widget.observe(lambda _: self._write(), "value")
        form.changed.append(self._write)
        self._write()

    def _now(self) -> Link:
        form = self._probe.form
        try:
            goal = form.goal
        except ValueError:  # nonsense in a field is nothing that a link could hold
            goal = Goal()
        return Link(
            fetch=str(self._fetch.address.value),
            probe=str(form.address.value),
            strategy=str(form.strategy.value),
            refused=f"{goal.refusal_rate * 100:g}",
            confidence=f"{goal.confidence * 100:g}",
            view=str(self._stage.choice.value) if self._stage is not None else self._view,
        )

    def _write(self) -> None:
        page = os.environ.get("VOILA_REQUEST_URL", "")
        try:
            parts = urlsplit(page)
        except ValueError:
            return
        if not page:
            return  # in a notebook there is no page to link to
        theme = "".join(urlencode({"theme": each}) for each in parse_qs(parts.query).get("theme", [])[-1:])
        query = "&".join(filter(None, (theme, self._now().query())))
        self.button.value = markup.copy_button("Copy link", urlunsplit(parts._replace(query=query, fragment="")))
