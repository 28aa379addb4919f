"""The real limiters that are probed, each with the steady wait that its manual's rule gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.limiters import FixedWindow, SlidingCounter, SlidingLog, TokenBucket

from .servers import of_node, of_python, of_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class Setup:
    """One configuration of one implementation.

    Attributes:
        name: Of the implementation, and what is special.
        start: Starts it, and gives its address.
        truth: The steady wait in seconds, by the share of refusals that is tolerated.
    """

    name: str
    start: Callable[[str], AbstractContextManager[str]]
    truth: Callable[[float], float]


FIXED = FixedWindow(10, 2, aligned=False).steady_wait
"""Ten requests in two seconds that begin with a request."""

CLOCK = FixedWindow(10, 2).steady_wait
LOG = SlidingLog(10, 2).steady_wait
ALL = SlidingLog(10, 2, count_refused=True).steady_wait
COUNTER = SlidingCounter(10, 2).steady_wait
BUCKET = TokenBucket(5, 8).steady_wait


def exactly(wait: float) -> Callable[[float], float]:
    """Of rules where each refusal leads to more of them, or that refuse every request that comes too soon."""
    return lambda _: wait


EACH = exactly(0.2)

NODE = {
    "express-rate-limit, legacy headers": FIXED,
    "express-rate-limit, draft 6": FIXED,
    "express-rate-limit, draft 7": FIXED,
    "express-rate-limit, draft 8": FIXED,
    "express-rate-limit, no headers": FIXED,
    "express-rate-limit, failed free": FIXED,
    "express-slow-down and a limit": FIXED,
    "rate-limiter-flexible, memory": FIXED,
    "rate-limiter-flexible, no headers": FIXED,
    "rate-limiter-flexible, block": EACH,
    "rate-limiter-flexible, block, no headers": EACH,
    # Six in a second need one of the burst; seven need two, and it has five in four seconds: more than 5 % refused.
    "rate-limiter-flexible, burst": exactly(1 / 6),
    "@fastify/rate-limit": FIXED,
    "@fastify/rate-limit, continueExceeding": EACH,
    "@fastify/rate-limit, ban": FIXED,
    "hono-rate-limiter": FIXED,
    "hono-rate-limiter, draft 7": FIXED,
    "koa-ratelimit": FIXED,
    "koa2-ratelimit": FIXED,
    "@nestjs/throttler": EACH,
    "@nestjs/throttler, block of 6 s": EACH,
    "bottleneck, reservoir": CLOCK,
    "bottleneck, minTime": EACH,
    "limiter": FIXED,
    "express-throttle": BUCKET,
    "express-brute": EACH,
    "hapi-rate-limit": FIXED,
    "restify": BUCKET,
}

PYTHON = {
    "Flask-Limiter, fixed window": FIXED,
    "Flask-Limiter, moving window": LOG,
    "Flask-Limiter, sliding counter": COUNTER,
    "Flask-Limiter, no headers": LOG,
    "slowapi": FIXED,
    "fastapi-limiter": LOG,
    "pyrate-limiter": LOG,
    "limits, fixed window": FIXED,
    "limits, sliding counter": COUNTER,
    "throttled, GCRA": BUCKET,
    "throttled, token bucket": BUCKET,
    "throttled, leaking bucket": BUCKET,
    "throttled, fixed window": CLOCK,
    "throttled, sliding window": COUNTER,
    "aiolimiter": TokenBucket(5, 10).steady_wait,
    "token-bucket": BUCKET,
    "django-ratelimit": CLOCK,
    "Django REST framework": SlidingLog(5, 1).steady_wait,
    "quart-rate-limiter": TokenBucket(5, 10).steady_wait,
    "Litestar": FixedWindow(5, 1, aligned=False).steady_wait,
}

SET = {
    "nginx": EACH,
    "nginx, 429": EACH,
    "nginx, burst": TokenBucket(5, 7).steady_wait,
    "nginx, delay": TokenBucket(5, 7).steady_wait,
    "nginx, two zones": TokenBucket(5, 21).steady_wait,
    # Five in each second of the clock; one more shuts out for three seconds, begun anew by each request meanwhile.
    "Apache mod_evasive": EACH,
    # Ten events in the whole seconds from the first one's on, three of them, whether served or refused.
    "Apache mod_qos": exactly(0.3),
    "HAProxy, rate": EACH,
    "HAProxy, ban": EACH,
    "Varnish vsthrottle": TokenBucket(5, 10).steady_wait,
    "Varnish vsthrottle, block": EACH,
    "Envoy, bucket": BUCKET,
    "Envoy, refill": CLOCK,
    "Traefik": BUCKET,
}

SETUPS = (
    *(Setup(name, of_settings, truth) for name, truth in SET.items()),
    *(Setup(name, of_node, truth) for name, truth in NODE.items()),
    *(Setup(name, of_python, truth) for name, truth in PYTHON.items()),
)
