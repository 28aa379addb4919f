"""The pace that a probe found: kept, asked again, and by the same caller. Joins probe and pace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.http.secrets import HIDDEN, credential_of
from widgets.model.pace import STRENGTH
from widgets.pace.errors import PaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from widgets.model.pace import Pace, Target
    from widgets.pace import PaceStore
    from widgets.probe import Verdict
    from widgets.probe.settings import Settings


KEY = (
    "That was asked with a key or a password, which is never stored. Enter it again under Headers in the Probe panel "
    "(or whole in the address), and try again."
)


def address_of(store: PaceStore, pace: Pace) -> str:
    """The address at which a pace was found, with its query where that holds no secret."""
    try:
        url = store.probes.get(pace.probe).url
    except KeyError:
        return pace.target.url
    return pace.target.url if HIDDEN in url else url


def check_caller(store: PaceStore, target: Target, url: str, headers: Mapping[str, str]) -> None:
    """Make sure that a target is asked by the caller that it belongs to.

    Raises:
        ValueError: When the key is not the same; the message says where to give it.
    """
    if store.target(url, target.method, credential_of(url, headers)) != target:
        raise ValueError(KEY)


def keeper(store: PaceStore) -> Callable[[str, Settings, Verdict, str], str]:
    """Keeps the wait of a verdict that shows one; the sentence says what became of it."""

    def keep(url: str, settings: Settings, verdict: Verdict, probe: str) -> str:
        if verdict.kind not in STRENGTH or not verdict.wait:
            return ""
        secret = credential_of(url, settings.headers)
        try:
            pace = store.pace(url, settings.method, secret)
            if settings.strategy == "recheck" and pace and pace.wait == settings.wait == verdict.tested:
                store.renew(pace, verdict.statement)
                return "The pace is renewed: see Paces below."
            rate = settings.goal.refusal_rate
            kept = store.keep(url, verdict.wait, verdict, settings.method, secret, refusal_rate=rate, probe=probe)
            if kept.kind != verdict.kind:
                return (
                    f"A stronger pace stays in force: {kept.wait:.4g} s, {kept.kind}. Forget it under Paces below, and "
                    "probe again, to keep this one."
                )
        except (PaceError, ValueError) as error:
            return f"The pace could not be kept: {error}"
        return "The pace is kept: see Paces below."

    return keep
