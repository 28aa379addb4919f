"""Choose a rule of the service, its parameters, and how it refuses. UI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from widgets.kit import markup
from widgets.kit.widgetry import close, visible

from .offer import TRUTHS, Offer, Parameter, path_of

if TYPE_CHECKING:
    from collections.abc import Iterable

WITHIN = "rule"
"""The parameter that names the rule within a rule; that one's parameters stand below this name."""
FIRST = "token-bucket"


class RuleForm(ipywidgets.VBox):
    """The fields are made from what the service says of each rule; each is checked when it is read.

    Args:
        offer: What can be chosen.
        button: Stands at the end of the row.
    """

    def __init__(self, offer: Offer, button: ipywidgets.Button) -> None:
        self._offer = offer
        rules = [rule.name for rule in offer.rules]
        options = [*rules, *((f"profile {name}", name) for name in offer.profiles)]
        options = [each if isinstance(each, tuple) else (each, each) for each in options]
        self.rule = ipywidgets.Dropdown(
            options=options, value=FIRST if FIRST in rules else options[0][1], description="Rule"
        )
        self.within = ipywidgets.Dropdown(options=offer.simple, description="Rule within")
        self.dialect = ipywidgets.Dropdown(options=offer.dialects, description="States its limit as")
        self.status = ipywidgets.Dropdown(options=offer.statuses, description="Refuses with")
        self.scope = ipywidgets.Dropdown(options=offer.scopes, description="Counts for")
        self.fields: dict[str, ipywidgets.ValueWidget] = {}
        self._parameters: dict[str, Parameter] = {}
        self._grid = ipywidgets.Box().add_class("ww-form")
        self._sentence, self._hints = ipywidgets.HTML(), ipywidgets.HTML()
        self._stance = ipywidgets.Box([self.dialect, self.status, self.scope]).add_class("ww-form")
        choice = ipywidgets.Box([self.rule, self.within]).add_class("ww-form")
        buttons = ipywidgets.Box([button]).add_class("ww-buttons")
        super().__init__([choice, self._sentence, self._grid, self._hints, self._stance, buttons])
        self.rule.observe(lambda _: self._choose(), "value")
        self.within.observe(lambda _: self._lay_out(), "value")
        self._choose()

    @property
    def path(self) -> str:
        """The path and query of the rule as set; what equals its default is left out.

        Raises:
            ValueError: When a field holds no value of its type.
        """
        name = str(self.rule.value)
        if name in self._offer.profiles:
            return path_of(name, {})
        given = {}
        rule = self._offer.rule(name)
        if rule.within and self.within.value != rule.within:
            given[WITHIN] = str(self.within.value)
        for key, parameter in self._parameters.items():
            value = parameter.read(str(self.fields[key].value))
            if value != parameter.preset:
                given[key] = value
        for key, field in (("dialect", self.dialect), ("status", self.status), ("scope", self.scope)):
            if field.value != field.options[0]:
                given[key] = str(field.value)
        return path_of(name, given)

    def _choose(self) -> None:
        name = str(self.rule.value)
        own = name not in self._offer.profiles
        within = self._offer.rule(name).within if own else ""
        visible(self._stance, on=own)
        visible(self.within, on=bool(within))
        if within and self.within.value != within:
            self.within.value = within  # which lays out the fields
        else:
            self._lay_out()

    def _lay_out(self) -> None:
        name = str(self.rule.value)
        old = self._grid.children
        if name in self._offer.profiles:
            words, self._parameters = "A rule as the service's own profile has it; it takes no parameters.", {}
        else:
            rule = self._offer.rule(name)
            words = f"With the defaults: {rule.sentence}"
            inner = self._offer.rule(str(self.within.value)).parameters if rule.within else ()
            self._parameters = {each.name: each for each in rule.parameters}
            self._parameters |= {f"{WITHIN}.{each.name}": each for each in inner}
        self.fields = {key: _field(key, each) for key, each in self._parameters.items()}
        self._grid.children = tuple(self.fields.values())
        for field in old:
            close(field)
        self._sentence.value = f'<p class="ww-hint">{markup.plain(words)}</p>'
        self._hints.value = _hints(self._parameters.items())


def _field(key: str, parameter: Parameter) -> ipywidgets.ValueWidget:
    if parameter.type == "boolean":
        return ipywidgets.Dropdown(options=TRUTHS, value=parameter.preset, description=key)
    return ipywidgets.Text(value=parameter.preset, description=key, tooltip=parameter.description).add_class("ww-value")


def _hints(parameters: Iterable[tuple[str, Parameter]]) -> str:
    rows = "".join(
        f"<li><code>{markup.plain(key)}</code> {markup.plain(each.description)}</li>" for key, each in parameters
    )
    return (
        f'<details class="ww-hint"><summary>What the parameters mean</summary><ul>{rows}</ul></details>' if rows else ""
    )
