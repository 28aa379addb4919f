"""The small editor of a request, folded away until it is wanted."""

from __future__ import annotations

import ipywidgets

from widgets.kit import markup
from widgets.kit.widgetry import visible

from .asking import LOGINS, METHODS, Asking


class RequestEditor(ipywidgets.VBox):
    """Method, query, headers and login; `asking` is what they say now. Secrets stay in the memory of the kernel."""

    def __init__(self) -> None:
        self.unfold = ipywidgets.ToggleButton(description="Request …", tooltip="Method, query, headers and login")
        self.method = ipywidgets.Dropdown(options=METHODS, description="Method")
        self.query = ipywidgets.Textarea(description="Query", placeholder="type=image")
        self.headers = ipywidgets.Textarea(description="Headers", placeholder="Accept: application/json")
        self.login = ipywidgets.Dropdown(options=LOGINS, description="Login")
        self.name = ipywidgets.Text(description="Name", placeholder="user, or header of the key")
        self.secret = ipywidgets.Password(description="Secret", placeholder="kept in memory only")
        note = markup.line("Headers and login are not sent on to another host to which a redirect leads.", role="note")
        fields = [self.method, self.query, self.headers, self.login, self.name, self.secret, note]
        self._form = ipywidgets.VBox(fields).add_class("ww-editor")
        visible(self._form, on=False)
        visible(self.name, on=False)
        visible(self.secret, on=False)
        super().__init__([self.unfold, self._form])
        self.unfold.observe(lambda change: visible(self._form, on=bool(change["new"])), "value")
        self.login.observe(lambda change: self._login(change["new"]), "value")

    def _login(self, login: str) -> None:
        visible(self.name, on=login in ("basic", "API key"))
        visible(self.secret, on=login != "none")

    @property
    def asking(self) -> Asking:
        """What the fields say now."""
        return Asking(
            method=self.method.value,
            query=self.query.value,
            headers=self.headers.value,
            login=self.login.value,
            name=self.name.value,
            key=self.secret.value,
        )
