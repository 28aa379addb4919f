"""The dialects in which services state their limits, in the order in which they are read. Add another one here.

Each takes the fields and gives what they state in its form: `ietf` those of the drafts, `named` those of rate limits
whose names are built alike, `allowances` those of what is left under other names, `forms` the others. Pure; nothing
here raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import allowances, forms, ietf, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .quotas import Fields, Stated

DIALECTS: tuple[Callable[[Fields], Iterator[Stated]], ...] = (
    ietf.policy,
    ietf.state,
    named.rate_limits,
    forms.basecamp,
    forms.riot,
    forms.hubspot,
    forms.azure,
    forms.etsy,
    forms.bybit,
    forms.parts,
    forms.levels,
    forms.replenished,
    forms.replenishing,
    forms.upbit,
    forms.eventbrite,
    forms.app_store,
    forms.auth0,
    forms.ip_api,
    forms.sentry,
    allowances.counted,
    forms.percents,
    forms.salesforce,
)
