"""What a person may add to a request: method, query, headers, and who they are; folded away until it is wanted."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from urllib.parse import quote

import ipywidgets

from widgets.fetch.ends import MEGABYTE, Ends, ends_of
from widgets.http.errors import FieldError
from widgets.http.fields import added, headers_of
from widgets.kit import markup
from widgets.kit.widgetry import bare, html, lean, put, visible

Method: TypeAlias = Literal["GET", "HEAD"]
Login: TypeAlias = Literal["none", "bearer", "basic", "API key"]

METHODS: tuple[Method, ...] = ("GET", "HEAD")
LOGINS: tuple[Login, ...] = ("none", "bearer", "basic", "API key")

_MOST_LINES = 50
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class RequestFields:
    """What is asked beyond the address.

    Attributes:
        method: GET or HEAD: this is a dashboard that looks, it changes nothing.
        query: Lines of `name=value`, added to the address.
        headers: Lines of `Name: value`.
        login: How the person shows who they are.
        name: The user's name for basic, the header's name for an API key.
        key: The token, password or key; kept in memory only.
        seconds: After which the fetch ends; empty for what is usual, as the next two.
        silence: Seconds without a byte after which it ends.
        megabytes: Of the body that are kept.
    """

    method: str = "GET"
    query: str = ""
    headers: str = ""
    login: str = "none"
    name: str = ""
    key: str = field(default="", repr=False)
    seconds: str = ""
    silence: str = ""
    megabytes: str = ""

    def url(self, address: str) -> str:
        """Return the address with the query added."""
        pairs = [line.partition("=")[::2] for line in _lines(self.query, "query")]
        if not pairs:
            return address
        added = "&".join(f"{quote(name.strip(), safe='')}={quote(value.strip(), safe='')}" for name, value in pairs)
        # No parser here: whatever is wrong with the address is said by who asks it.
        asked, mark, fragment = address.partition("#")
        joint = "" if asked.endswith(("?", "&")) else "&" if "?" in asked else "?"
        return f"{asked}{joint}{added}{mark}{fragment}"

    def checked_method(self) -> str:
        """Return the method; raise `FieldError` for any other than GET and HEAD."""
        if self.method not in METHODS:
            raise FieldError(f"The method {self.method[:20]!r} is not asked here: choose GET or HEAD.")
        return self.method

    def ends(self) -> Ends:
        """Return where the fetch ends; raise `FieldError` where a field is no number."""
        return ends_of(self.seconds, self.silence, self.megabytes)

    def all_headers(self) -> dict[str, str]:
        """Return the headers to send, the login's among them; raise `FieldError` where one cannot be sent."""
        found, login = headers_of(_lines(self.headers, "headers")), self._login_headers()
        if own := next((name for name in found if name.lower() == "accept-encoding"), None):
            raise FieldError(f"The header {own} says what can be decoded, which the dashboard knows: leave it out.")
        both = next((name for name in found if name.lower() in {each.lower() for each in login}), None)
        if both is not None:
            raise FieldError(
                f"The header {both} is given by the login too, and one would be lost: leave one of them out."
            )
        return found | login

    def _login_headers(self) -> dict[str, str]:
        if self.login == "none" or not self.key:
            return {}
        match self.login:
            case "bearer":
                return dict([added("Authorization", f"Bearer {self.key.strip()}")])
            case "basic":
                pair = base64.b64encode(f"{self.name}:{self.key}".encode()).decode("ascii")
                return {"Authorization": f"Basic {pair}"}
            case "API key":
                return dict([added(self.name.strip() or "X-Api-Key", self.key.strip())])
            case _:
                raise FieldError(f"The login {self.login[:20]!r} is not known: choose one of {', '.join(LOGINS)}.")


def _lines(text: str, what: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > _MOST_LINES or len(text) > _LONGEST * _MOST_LINES:
        raise FieldError(f"The {what} have more than {_MOST_LINES} lines: leave some out.")
    return lines


_NOTE = "Headers and login are not sent on to another host to which a redirect leads."


class RequestForm(ipywidgets.Box):
    """Method, query, headers and login; `fields` is what they say now. Secrets stay in the memory of the kernel.

    The fields are made when somebody wants to see them, and lie over the card.
    """

    def __init__(self) -> None:
        self.unfold = lean(
            ipywidgets.ToggleButton, description="Method, headers, login", icon="sliders", css="ww-quiet ww-opens"
        )
        self.unfold.tooltip = "What is sent with the request, and where it ends"
        self.method_sign = html("GET", css="ww-method")
        super().__init__([], layout=bare(), _dom_classes=["ww-over", "ww-editor"])
        visible(self, on=False)
        self.unfold.observe(lambda change: self._turn(opened=bool(change["new"])), "value")

    def _turn(self, *, opened: bool) -> None:
        if not self.children:
            self._make()
        visible(self, on=opened)

    def _make(self) -> None:
        self.method = lean(ipywidgets.Dropdown, options=METHODS, description="Method")
        self.query = lean(ipywidgets.Textarea, description="Query", placeholder="type=image", rows=2, css="ww-wide")
        self.headers = lean(
            ipywidgets.Textarea, description="Headers", placeholder="Accept: application/json", rows=2, css="ww-wide"
        )
        self.login = lean(ipywidgets.Dropdown, options=LOGINS, description="Login")
        self.name = lean(ipywidgets.Text, description="Name", placeholder="user, or header of the key")
        self.secret = lean(ipywidgets.Password, description="Secret", placeholder="kept in memory only")
        plain = Ends()
        self.seconds, self.silence, self.megabytes = (
            lean(ipywidgets.Text, description=name, placeholder=f"{usual:g}", css="ww-number")
            for name, usual in (
                ("Time limit, s", plain.seconds),
                ("Longest silence, s", plain.silence),
                ("Size limit, MB", plain.size / MEGABYTE),
            )
        )
        self.note = html(markup.plain(_NOTE), css="ww-hint ww-wide")
        visible(self.name, on=False)
        visible(self.secret, on=False)
        self.login.observe(lambda change: self._login(change["new"]), "value")
        self.method.observe(lambda change: put(self.method_sign, markup.plain(change["new"])), "value")
        limits = [self.seconds, self.silence, self.megabytes]
        self.children = [self.method, self.login, self.name, self.secret, self.query, self.headers, *limits, self.note]

    def say(self, wrong: str = "") -> None:
        """Say what is wrong with a field where it stands, since the form lies over what the panel says."""
        if self.children:
            put(
                self.note,
                f'<p class="ww-reason" role="alert">{markup.plain(wrong)}</p>' if wrong else markup.plain(_NOTE),
            )

    def _login(self, login: str) -> None:
        visible(self.name, on=login in ("basic", "API key"))
        visible(self.secret, on=login != "none")

    @property
    def fields(self) -> RequestFields:
        """What the fields say now."""
        if not self.children:
            return RequestFields()
        return RequestFields(
            method=self.method.value,
            query=self.query.value,
            headers=self.headers.value,
            login=self.login.value,
            name=self.name.value,
            key=self.secret.value,
            seconds=self.seconds.value,
            silence=self.silence.value,
            megabytes=self.megabytes.value,
        )
