"""Secrets of a request, taken out of the answers that echo them before anybody sees these. Joins probe and pace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.http.secrets import Scrubber, secrets_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def hider(url: str, headers: Mapping[str, str]) -> Callable[[Mapping[str, str]], dict[str, str]]:
    """What hides the secrets of a request to `url` with `headers` in the headers of its answers."""
    return Scrubber((secrets_in(url, headers),)).headers
