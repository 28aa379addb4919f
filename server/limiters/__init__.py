"""Every rule by which the service refuses, on a clock that is passed in: pure objects, see `Limiter`.

`LIMITERS` names each one as an address or a profile does; `Clients` keeps one rule for each of many clients.
"""

from __future__ import annotations

from .buckets import LeakyBucket, PenaltyBox, TokenBucket
from .clients import Clients
from .compound import RandomFailures, Shared
from .concurrency import Concurrency
from .contract import Decision, Limiter, Policy
from .gaps import Drifting, MinimumGap, Unlimited
from .steady import fresh
from .windows import DailyQuota, FixedWindow, SlidingCounter, SlidingLog

__all__ = [
    "LIMITERS",
    "Clients",
    "Concurrency",
    "DailyQuota",
    "Decision",
    "Drifting",
    "FixedWindow",
    "LeakyBucket",
    "Limiter",
    "MinimumGap",
    "PenaltyBox",
    "Policy",
    "RandomFailures",
    "Shared",
    "SlidingCounter",
    "SlidingLog",
    "TokenBucket",
    "Unlimited",
    "fresh",
]

LIMITERS: dict[str, type[Limiter]] = {
    "minimum-gap": MinimumGap,
    "token-bucket": TokenBucket,
    "leaky-bucket": LeakyBucket,
    "fixed-window": FixedWindow,
    "sliding-log": SlidingLog,
    "sliding-counter": SlidingCounter,
    "concurrency": Concurrency,
    "daily-quota": DailyQuota,
    "penalty-box": PenaltyBox,
    "shared": Shared,
    "drifting": Drifting,
    "random-failures": RandomFailures,
    "none": Unlimited,
}
