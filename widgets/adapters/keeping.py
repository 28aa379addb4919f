"""The pace that a probe found: kept, asked again, and by the same caller. Joins probe and pace."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from widgets.http.secrets import HIDDEN, credential_of
from widgets.model.pace import STRENGTH
from widgets.model.quantity import as_wait, rounded_wait
from widgets.pace.errors import PaceError
from widgets.probe.run import Kept

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


def stronger(pace: Pace | None, verdict: Verdict) -> bool:
    """Whether a pace that is kept must not give way to a verdict without the person's word.

    It stands on more, or on as much and is longer in the digits that are said: a wait is never shortened, nor made less
    sure, by itself.
    """
    if pace is None or not verdict.wait:
        return False
    kept, new = STRENGTH.get(pace.kind, 0), STRENGTH.get(verdict.kind, 0)
    return kept > new or (kept == new and rounded_wait(pace.wait) > rounded_wait(verdict.wait))


def keeper(store: PaceStore) -> Callable[[str, Settings, Verdict, str], Kept]:
    """Keeps the wait of a verdict that shows one; says what became of it."""

    def keep(url: str, settings: Settings, verdict: Verdict, probe: str) -> Kept:
        kept = kept_by(url, settings, verdict, probe)
        try:
            pace = store.pace(url, settings.method, credential_of(url, settings.headers))
        except (PaceError, ValueError):
            return kept
        return replace(kept, plan=pace.plan) if pace else kept

    def kept_by(url: str, settings: Settings, verdict: Verdict, probe: str) -> Kept:
        if verdict.kind not in STRENGTH or not verdict.wait:
            return Kept()
        secret = credential_of(url, settings.headers)

        def anyway(scope: str) -> str:
            rate, wait, method = settings.goal.refusal_rate, verdict.wait or 0.0, settings.method
            store.keep(url, wait, verdict, method, secret, refusal_rate=rate, probe=probe, scope=scope, replace=True)
            return "Kept: Fetch obeys it from now on."

        try:
            pace = store.pace(url, settings.method, secret)
            if settings.strategy == "recheck" and pace and pace.wait == settings.wait == verdict.tested:
                store.renew(pace, verdict.statement)
                return Kept("The pace is renewed.")
            scope = scope_of(pace, store.target(url, settings.method, secret), verdict)
            if pace is not None and scope == pace.scope and stronger(pace, verdict):
                return Kept(instead=f"The {pace.kind} {as_wait(pace.wait)}", replace=partial(anyway, scope))
            said = anyway(scope)
            if pace is not None and scope == "path" != pace.scope:
                return Kept(f"Kept for this path alone, beside the pace of {pace.governs}.")
            return Kept(said)
        except (PaceError, ValueError) as error:
            return Kept(f"The pace could not be stored: {error}")

    return keep


def scope_of(pace: Pace | None, target: Target, verdict: Verdict) -> str:
    """What a new pace shall govern, where another governs its target already.

    A path of a service says of the others only that none may be asked more quickly: what was found at one path
    replaces the pace of the whole service where it is slower and stands on as much; else it is for that path.
    """
    if pace is None or pace.target.credential != target.credential:
        return "origin"
    if pace.target == target and target.within_reach(pace.scope):  # not so where an earlier version kept it
        return pace.scope
    stronger = STRENGTH.get(pace.kind, 0) > STRENGTH[verdict.kind]
    slower = verdict.wait is not None and verdict.wait >= pace.wait
    return "origin" if pace.scope == "origin" and slower and not stronger else "path"
