"""/NASA: a random resource, one of a type, or one by its name; /Slow-NASA: the same from an overloaded service."""

from __future__ import annotations

import random
import threading
from collections import Counter
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.http import parse_if_range_header

from .delivery import deliver, etag
from .problems import NoSuchResource

if TYPE_CHECKING:
    from .catalogue import Catalogue, Resource
    from .gate import Gate


class Picker:
    """Draws resources at random, never the same twice in a row where there is a choice.

    Args:
        catalogue: What there is to draw from.
        seed: Of the draws.
    """

    def __init__(self, catalogue: Catalogue, *, seed: int) -> None:
        self._catalogue = catalogue
        self._random = random.Random(seed)  # noqa: S311 - a choice of pictures, not a secret
        self._last: Resource | None = None
        self._lock = threading.Lock()

    def draw(self, wanted: list[str]) -> Resource | None:
        """A resource that one of the `wanted` types covers (any, when none is named), or `None` when none does."""
        fitting = self._catalogue.fitting(wanted)
        if not fitting:
            return None
        with self._lock:
            # A person who clicks again expects to see something happen.
            self._last = self._random.choice([each for each in fitting if each is not self._last] or fitting)
            return self._last


def nasa_routes(catalogue: Catalogue, picker: Picker) -> Blueprint:
    """The routes /NASA and /NASA/<name>."""
    routes = Blueprint("nasa", __name__)

    @routes.get("/NASA")
    def random_resource() -> Response:
        return deliver(choose(catalogue, picker))

    @routes.get("/NASA/<path:name>")
    def named_resource(name: str) -> Response:
        return deliver(find(catalogue, name))

    return routes


def find(catalogue: Catalogue, name: str) -> Resource:
    """The resource of that name.

    Raises:
        NoSuchResource: If there is none; the answer lists what there is.
    """
    resource = catalogue.get(name)
    if resource is None:
        raise NoSuchResource(
            f"There is no resource {name!r}. There are: {', '.join(each.name for each in catalogue)}.",
            available=[each.name for each in catalogue],
        )
    return resource


def choose(catalogue: Catalogue, picker: Picker) -> Resource:
    """The resource that the present request gets: random within the types of its query `type`.

    A range that is tied to a resource by If-Range gets that one: a player seeks in what it plays, not in the next draw.

    Raises:
        NoSuchResource: If no resource is of such a type; the answer lists the types there are.
    """
    # A plus that is typed as it is means a blank in a query, and no type has blanks.
    wanted = [each.strip().replace(" ", "+") for each in request.args.getlist("type")]
    resource = _tied_to_a_range(catalogue.fitting(wanted)) or picker.draw(wanted)
    if resource is not None:
        return resource
    counts = Counter(each.essence for each in catalogue)
    listed = ", ".join(f"{essence} ({count})" for essence, count in sorted(counts.items()))
    raise NoSuchResource(
        f"No resource is of type {' or '.join(map(repr, wanted))}. There are: {listed}.", available=sorted(counts)
    )


def _tied_to_a_range(resources: list[Resource]) -> Resource | None:
    tag = parse_if_range_header(request.headers.get("If-Range")).etag
    return None if tag is None else next((each for each in resources if etag(each) == tag), None)


# No Retry-After: many services give none, and how long to wait is what the visitor is to find out.
OVERLOADED = "The service is overloaded. Please wait longer between requests, and try again."


def slow_nasa_routes(catalogue: Catalogue, picker: Picker, gate: Gate) -> Blueprint:
    """The routes /Slow-NASA and /Slow-NASA/<name>, which one gate guards."""
    routes = Blueprint("slow_nasa", __name__)

    @routes.before_request
    def refuse_when_overloaded() -> None:
        if not gate.ask().accepted:
            raise ServiceUnavailable(OVERLOADED)

    @routes.get("/Slow-NASA")
    def random_resource() -> Response:
        return deliver(choose(catalogue, picker))

    @routes.get("/Slow-NASA/<path:name>")
    def named_resource(name: str) -> Response:
        return deliver(find(catalogue, name))

    return routes
