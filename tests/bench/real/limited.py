"""One service behind one real limiter: `python limited.py NAME PORT`, run by the bench where the packages are.

Ten requests in two seconds where a limiter counts, one each 0.2 s where it has a rate; nothing of ours is imported.
"""

# mypy: ignore-errors
# ruff: noqa: ANN001, ANN202, PLC0415

from __future__ import annotations

import sys
from types import ModuleType

LIMIT, WINDOW = 10, 2
RATE, BURST = LIMIT / WINDOW, 8


def flask_limiter(strategy: str, *, headers: bool = True, port: int) -> None:
    from flask import Flask
    from flask_limiter import Limiter

    app = Flask(__name__)
    limiter = Limiter(lambda: "all", app=app, storage_uri="memory://", strategy=strategy, headers_enabled=headers)
    app.add_url_rule("/", view_func=limiter.limit(f"{LIMIT} per {WINDOW} second")(lambda: "served"))
    app.run("127.0.0.1", port, threaded=True)


def flask(refuse: object, *, port: int) -> None:
    """Answers 429 where `refuse()` says so."""
    from flask import Flask

    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: ("Too Many Requests", 429) if refuse() else "served")
    app.run("127.0.0.1", port, threaded=True)


def asgi(app: object, port: int) -> None:
    import uvicorn

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


def slowapi(*, port: int) -> None:
    from fastapi import FastAPI, Request, Response
    from slowapi import Limiter, _rate_limit_exceeded_handler
    from slowapi.errors import RateLimitExceeded

    limiter = Limiter(key_func=lambda: "all", headers_enabled=True)
    app = FastAPI()
    app.state.limiter = limiter
    app.add_exception_handler(RateLimitExceeded, _rate_limit_exceeded_handler)

    async def served(request, response) -> str:
        return "served"

    served.__annotations__ = {"request": Request, "response": Response}
    app.get("/")(limiter.limit(f"{LIMIT} per {WINDOW} second")(served))
    asgi(app, port)


def fastapi_limiter(*, port: int) -> None:
    from fastapi import Depends, FastAPI
    from fastapi_limiter.depends import RateLimiter
    from pyrate_limiter import Limiter, Rate

    app = FastAPI()
    limit = Depends(RateLimiter(limiter=Limiter(Rate(LIMIT, 1000 * WINDOW))))
    app.get("/", dependencies=[limit])(lambda: "served")
    asgi(app, port)


def pyrate_limiter(*, port: int) -> None:
    from pyrate_limiter import Limiter, Rate

    limiter = Limiter(Rate(LIMIT, 1000 * WINDOW))
    flask(lambda: not limiter.try_acquire("all", blocking=False), port=port)


def limits(strategy: str, *, port: int) -> None:
    from limits import RateLimitItemPerSecond, storage, strategies

    item = RateLimitItemPerSecond(LIMIT, WINDOW)
    limiter = getattr(strategies, strategy)(storage.MemoryStorage())
    flask(lambda: not limiter.hit(item), port=port)


def throttled(algorithm: str, *, port: int) -> None:
    from datetime import timedelta

    from throttled import Throttled, per_duration

    throttle = Throttled(
        key="all", using=algorithm, quota=per_duration(timedelta(seconds=WINDOW), limit=LIMIT, burst=BURST)
    )
    flask(lambda: throttle.limit().limited, port=port)


def aiolimiter(*, port: int) -> None:
    from aiolimiter import AsyncLimiter
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    limiter = AsyncLimiter(LIMIT, WINDOW)

    async def page(_request):
        if not limiter.has_capacity():
            return PlainTextResponse("Too Many Requests", 429)
        await limiter.acquire()
        return PlainTextResponse("served")

    asgi(Starlette(routes=[Route("/", page)]), port)


def token_bucket(*, port: int) -> None:
    from token_bucket import Limiter, MemoryStorage

    limiter = Limiter(RATE, BURST, MemoryStorage())
    flask(lambda: not limiter.consume("all"), port=port)


PAGES = ModuleType("pages")
"""Where Django looks for its pages."""


def _django(**more: object) -> None:
    from django.conf import settings

    sys.modules["pages"] = PAGES
    settings.configure(
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="pages",
        SECRET_KEY="none",  # noqa: S106 - nothing is signed
        MIDDLEWARE=[],
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        SILENCED_SYSTEM_CHECKS=["django_ratelimit.E003", "django_ratelimit.W001"],
        **more,
    )
    import django

    django.setup()


def _wsgi(port: int) -> None:
    from django.core.wsgi import get_wsgi_application
    from werkzeug.serving import run_simple

    run_simple("127.0.0.1", port, get_wsgi_application(), threaded=True)


def django_ratelimit(*, port: int) -> None:
    _django()
    from django.http import HttpResponse
    from django.urls import path
    from django_ratelimit.decorators import ratelimit

    limited = ratelimit(key="ip", rate=f"{LIMIT}/{WINDOW}s", block=True)(lambda _: HttpResponse("served"))
    PAGES.urlpatterns = [path("", limited)]
    _wsgi(port)


def rest_framework(*, port: int) -> None:
    _django(REST_FRAMEWORK={"UNAUTHENTICATED_USER": None, "DEFAULT_AUTHENTICATION_CLASSES": []})
    from django.urls import path
    from rest_framework.response import Response
    from rest_framework.throttling import AnonRateThrottle
    from rest_framework.views import APIView

    class Throttle(AnonRateThrottle):
        rate = "5/second"

    class Page(APIView):
        throttle_classes = (Throttle,)

        def get(self, _request):
            return Response("served")

    PAGES.urlpatterns = [path("", Page.as_view())]
    _wsgi(port)


def quart(*, port: int) -> None:
    from datetime import timedelta

    from quart import Quart
    from quart_rate_limiter import RateLimiter, rate_limit

    app = Quart(__name__)
    RateLimiter(app)

    @app.get("/")
    @rate_limit(LIMIT, timedelta(seconds=WINDOW))
    async def page() -> str:
        return "served"

    asgi(app, port)


def litestar(*, port: int) -> None:
    from litestar import Litestar, get
    from litestar.middleware.rate_limit import RateLimitConfig

    @get("/")
    async def page() -> str:
        return "served"

    asgi(Litestar([page], middleware=[RateLimitConfig(rate_limit=("second", 5)).middleware]), port)


SERVERS = {
    "Flask-Limiter, fixed window": lambda port: flask_limiter("fixed-window", port=port),
    "Flask-Limiter, moving window": lambda port: flask_limiter("moving-window", port=port),
    "Flask-Limiter, sliding counter": lambda port: flask_limiter("sliding-window-counter", port=port),
    "Flask-Limiter, no headers": lambda port: flask_limiter("moving-window", headers=False, port=port),
    "slowapi": lambda port: slowapi(port=port),
    "fastapi-limiter": lambda port: fastapi_limiter(port=port),
    "pyrate-limiter": lambda port: pyrate_limiter(port=port),
    "limits, fixed window": lambda port: limits("FixedWindowRateLimiter", port=port),
    "limits, sliding counter": lambda port: limits("SlidingWindowCounterRateLimiter", port=port),
    "throttled, GCRA": lambda port: throttled("gcra", port=port),
    "throttled, token bucket": lambda port: throttled("token_bucket", port=port),
    "throttled, leaking bucket": lambda port: throttled("leaking_bucket", port=port),
    "throttled, fixed window": lambda port: throttled("fixed_window", port=port),
    "throttled, sliding window": lambda port: throttled("sliding_window", port=port),
    "aiolimiter": lambda port: aiolimiter(port=port),
    "token-bucket": lambda port: token_bucket(port=port),
    "django-ratelimit": lambda port: django_ratelimit(port=port),
    "Django REST framework": lambda port: rest_framework(port=port),
    "quart-rate-limiter": lambda port: quart(port=port),
    "Litestar": lambda port: litestar(port=port),
}

if __name__ == "__main__":
    SERVERS[sys.argv[1]](int(sys.argv[2]))
