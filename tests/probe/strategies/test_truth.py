"""No sentence of a verdict is false: each kind of clause is checked against the log of a world that knows."""

from __future__ import annotations

import re
from functools import partial
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.probe.worlds import BODIES, Bucket, Window, World, drive_world
from widgets.model.attempt import Budget

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.probe.worlds import Said
    from widgets.model.attempt import Attempt, Verdict

NUMBER = r"([\d,.]+?)"


class Told:
    """One verdict, with what the world knows of it."""

    def __init__(self, world: World, verdict: Verdict, attempts: list[Attempt]) -> None:
        self.verdict, self.attempts, self.log = verdict, attempts, world.log
        self.served = sum(served for _, served, _ in world.log)
        self.faults = sum(status == 500 for *_, status in world.log)
        self.seconds = world.log[-1][0] - world.log[0][0]

    def row_at_the_end(self) -> int:
        """Requests at the end of the log that were not served."""
        return next((i for i, (_, served, _) in enumerate(reversed(self.log)) if served), len(self.log))

    def at(self, wait: float) -> int:
        """Requests that were served about `wait` after the one before."""
        pairs = pairwise(self.log)
        return sum(later[1] and 0.97 * wait <= later[0] - sooner[0] <= 1.2 * wait + 0.02 for sooner, later in pairs)


def close(a: float, b: float) -> bool:
    return a == pytest.approx(b, rel=0.02, abs=0.2)


CLAUSES: dict[str, Callable[..., bool]] = {
    rf"{NUMBER} of {NUMBER} were accepted at {NUMBER} s over {NUMBER} s": lambda told, a, n, at, over: (
        a <= n <= len(told.log) and a <= told.at(at) and over <= told.seconds + 0.2 and a == told.verdict.accepted
    ),
    rf"all of {NUMBER} requests in {NUMBER} s were accepted": lambda told, n, t: (
        n == told.served == len(told.log) and close(t, told.seconds)
    ),
    rf"{NUMBER} of {NUMBER} requests in {NUMBER} s were accepted, {NUMBER} failed": lambda told, a, n, t, failed: (
        (a, n) == (told.served, len(told.log)) and close(t, told.seconds) and failed <= n - a
    ),
    r"none was refused": lambda told: not any(status == 429 for *_, status in told.log),
    r"sends this on to \S+, on another host": lambda told: told.served == 0,
    r"which was asked instead": lambda told: told.served > 0,
    r"were answered otherwise": lambda told: any(status == 200 and not served for _, served, status in told.log),
    rf"\(so many were accepted in the {NUMBER} s of this probe\)": lambda told, t: close(t, told.verdict.seconds),
    rf"more than {NUMBER} requests a day": lambda told, n: n == told.served,
    rf"a quota over a cycle longer than {NUMBER} s": lambda told, horizon: (
        horizon <= told.seconds and close(horizon, told.verdict.horizon)
    ),
    rf"nothing longer than {NUMBER} s was looked at": lambda told, t: close(t, told.seconds),
    rf"{NUMBER} requests? had been accepted, and then none for {NUMBER} s": lambda told, n, t: (
        n == told.served and told.row_at_the_end() > 0 and t <= told.seconds + 1
    ),
    rf"^{NUMBER} requests? \w+ accepted, and then, after one that came {NUMBER} s after the last, {NUMBER} ": (
        lambda told, n, _, row: n == told.served and row <= told.row_at_the_end()
    ),
    rf"^Each of {NUMBER} requests within {NUMBER} s was refused": lambda told, n, _: (
        n == len(told.log) and not told.served
    ),
    rf"counts as refused: it came {NUMBER} times": lambda told, n: n == len(told.log) - told.served - told.faults,
    rf"^{NUMBER} requests in a row failed": lambda told, n: n <= told.row_at_the_end(),
    r"Nothing was accepted for": lambda told: told.served == 0,
}


def _of(
    rule: type[Bucket | Window],
    args: tuple[int, float],
    refusal: Said,
    *,
    first: float = -1.0,
    ban: float = 0.0,
    faults: float = 0.0,
) -> World:
    return World(rule.__name__, rule(*args).take, refusal, first=first, ban=ban, faults=faults)


def worlds() -> list[tuple[str, Callable[[], World]]]:
    """Worlds of all kinds: how a request is refused, by which rule, at the door or not, with faults and bans."""
    made: list[tuple[str, Callable[[], World]]] = []
    signs = {**BODIES, "429": (429, {}, ""), "429 until 5": (429, {"Retry-After": "5"}, ""), "529": (529, {}, "busy")}
    for i, (name, refusal) in enumerate(signs.items()):
        draw = Random(i)  # noqa: S311 - a simulation, not a secret
        quota, rate = draw.randrange(3, 40), draw.uniform(0.3, 8)
        facts = {"first": draw.choice([-1.0, 20.0]), "ban": draw.choice([0.0, 0.0, 30.0])}
        if name == "404" or refusal[0] == 200:  # a typing error is not waited for; what a body means is not known
            facts["first"] = -1.0

        made += [
            (f"{name}, bucket", partial(_of, Bucket, (quota, rate), refusal, **facts)),
            (f"{name}, window", partial(_of, Window, (quota, quota / rate), refusal, faults=0.01)),
        ]
    made += [
        ("no limit", lambda: World("free", lambda _: True, (429, {}, ""))),
        ("no limit, faults", lambda: World("faults", lambda _: True, (429, {}, ""), faults=0.05)),
        ("shut for ever", lambda: World("shut", lambda _: False, (420, {}, "go away"))),
        ("shut after ten", lambda: World("spent", Window(10, 1e9).take, (429, {}, ""))),
        ("firewall", lambda: World("wall", Window(10, 1.0).take, BODIES["no answer"], ban=600)),
    ]
    return made


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize(("name", "make"), worlds(), ids=[name for name, _ in worlds()])
def test_every_clause_of_a_statement_is_true_of_the_log(strategy: str, name: str, make: Callable[[], World]) -> None:
    world = make()
    verdict, attempts = drive_world(world, strategy, Budget(seconds=7200))
    told, seen = Told(world, verdict, attempts), 0
    for clause, holds in CLAUSES.items():
        for match in re.finditer(clause, verdict.statement):
            seen += 1
            numbers = [float(text.replace(",", "")) for text in match.groups()]
            assert holds(told, *numbers), f"{name}: {match[0]!r} is false ({told.served} of {len(told.log)} served)"
    assert seen, verdict.statement


def test_a_false_clause_is_noticed() -> None:
    world = World("free", lambda _: True, (429, {}, ""))
    verdict, attempts = drive_world(world, "quick")
    told = Told(world, verdict, attempts)
    clause = next(clause for clause in CLAUSES if clause.startswith("all of"))
    assert CLAUSES[clause](told, len(attempts), told.seconds)
    assert not CLAUSES[clause](told, len(attempts) - 1, told.seconds)
