"""The IETF's fields of rate limits, in the forms of all its drafts. Pure; nothing here raises."""

from __future__ import annotations

import re
from collections import UserString
from decimal import Decimal
from typing import TYPE_CHECKING

from .quotas import REQUESTS, Fields, Stated, counted_in, entries, members, whole
from .times import EPOCH
from .values import rates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

_TWICE_NAMED = re.compile(r'"[^"]*" *; *"(?P<name>[^"]*)"(?P<rest>(?: *; *[a-z]+=[0-9]+)+)')


def policy(fields: Fields) -> Iterator[Stated]:
    """`RateLimit-Policy`, draft -08 on: `"burst";q=100;w=60`; in -07 the quota was the member: `100;w=60`.

    Some write under that name what no draft has: `100 requests per minute`.
    """
    for name, text in fields.items():
        if name.endswith("ratelimit-policy"):  # a draft of it may have a prefix: `Beta-RateLimit-Policy`
            yield from _policies(text)
        if name.endswith(("ratelimit-policy", "rate-limit-policy")):
            yield from (Stated(quota, window) for quota, window in rates(text))


def _policies(text: str) -> Iterator[Stated]:
    note = ""
    if twice := _TWICE_NAMED.fullmatch(text):  # as Hugging Face writes it
        text = f'"{twice["name"]}"{twice["rest"]}'
        note = "RateLimit-Policy is malformed: it names its policy twice, and the second name was taken."
    for value, parameters in members(text):
        named = isinstance(value, (str, UserString))
        quota = whole(parameters.get("q")) if named else whole(value)
        if quota == 0:
            continue  # Brave: a plan without a limit over this time
        what = _counted(parameters)
        yield Stated(
            quota, whole(parameters.get("w"), least=1), str(value) if named else "", what, note=note
        )  # fmt: skip


def _counted(parameters: Mapping[str, Any]) -> str:
    """What a policy counts: drafts and services call it `requests` or `request`, and its parameter `qu`; some, `u`.

    Under so short a name stand other things as well, as whose quota it is.
    """
    unit, short = (parameters.get(name) for name in ("qu", "u"))
    if isinstance(unit, (str, UserString)):
        return str(unit).lower() if str(unit).lower() != "request" else REQUESTS
    return counted_in(str(short).lower()) if isinstance(short, (str, UserString)) else REQUESTS


def state(fields: Fields) -> Iterator[Stated]:
    """`RateLimit`, draft -08 on: `"burst";r=50;t=30`; in -07 a dictionary: `limit=100, remaining=50, reset=30`."""
    for name, text in fields.items():
        if not name.endswith("ratelimit"):
            continue
        policies = [each for other, said in fields.items() if other == f"{name}-policy" for each in members(said)]
        units = {str(policy): _counted(parameters) for policy, parameters in policies}
        windows = {str(policy): whole(parameters.get("w"), least=1) for policy, parameters in policies}
        for policy, parameters in members(text):
            what = units.get(str(policy), REQUESTS)  # requests, too, where those under way are counted
            yield Stated(
                window=windows.get(str(policy)),
                name=str(policy) if isinstance(policy, (str, UserString)) else "",
                unit=REQUESTS if what.endswith(REQUESTS) else what,
                remaining=whole(parameters.get("r")),
                reset=_end(parameters.get("t")),
            )
        if older := entries(text if "," in text else text.replace(";", ",")):
            quota, remaining = (whole(older.get(part)) for part in ("limit", "remaining"))
            yield Stated(quota, remaining=remaining, reset=_end(older.get("reset")))


def _end(value: Any) -> str | float | None:
    """Seconds left: also in fractions, though no draft has them; a moment, as GitLab counts, is still to be judged."""
    if isinstance(value, Decimal) and value >= 0:
        return float(value) if value < EPOCH else str(value)
    left = whole(value)
    return left if left is None or left < EPOCH else str(left)
