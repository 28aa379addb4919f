"""Every rule by which the service refuses, on a clock that is passed in: pure objects, see `Limiter`.

`LIMITERS` names each one as an address or a profile does; `Clients` keeps one rule for each of many clients.
"""

from __future__ import annotations

from .bucket import TokenBucket
from .clients import Clients
from .concurrency import Concurrency
from .counter import SlidingCounter
from .decision import Decision, Limiter, Policy
from .drifting import Drifting
from .failing import RandomFailures
from .gap import MinimumGap
from .leaky import LeakyBucket
from .log import SlidingLog
from .penalty import PenaltyBox
from .quota import DailyQuota
from .shared import Shared
from .steady import fresh
from .unlimited import Unlimited
from .window import FixedWindow

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
