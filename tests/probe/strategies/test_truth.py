"""No sentence of a verdict is false: each kind of clause is checked against the log of a world that knows."""

from __future__ import annotations

import re
from functools import partial
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.bench.arena_families import FAMILIES
from tests.bench.arena_wild import WILD
from tests.probe.worlds import BODIES, JSON, Bucket, Clocked, Gap, Late, Spells, Turns, Window, World, drive_world
from widgets.model.attempt import Budget

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.probe.worlds import Said
    from widgets.model.attempt import Attempt, Verdict

NUMBER = r"([\d,.]+?)"
TIMES = r"(never|once|twice|\d+ times)"


def number(text: str) -> float:
    """What a clause counts, in figures or in words."""
    words = {"never": 0, "one": 1, "once": 1, "twice": 2}
    return float(words.get(text, text.replace(",", "").removesuffix(" times")))


class Told:
    """One verdict, with what the world knows of it."""

    def __init__(self, world: World, verdict: Verdict, attempts: list[Attempt]) -> None:
        self.verdict, self.attempts, self.log = verdict, attempts, world.log
        self.served = sum(served for _, served, _ in world.log)
        self.said = world.said
        self.faults = sum(status == 500 for *_, status in world.log)
        self.seconds = world.log[-1][0] - world.log[0][0]

    def row_at_the_end(self) -> int:
        """Requests at the end of the log that were not served."""
        return next((i for i, (_, served, _) in enumerate(reversed(self.log)) if served), len(self.log))

    def run_at_the_end(self) -> int:
        """Requests that were served in a row before those."""
        before = self.log[: len(self.log) - self.row_at_the_end()]
        refusals = [i for i, (_, served, status) in enumerate(before) if not served and status != 500]
        return sum(served for _, served, _ in before[refusals[-1] + 1 if refusals else 0 :])

    def run_began(self) -> float:
        """When that run began."""
        before = self.log[: len(self.log) - self.row_at_the_end()]
        refusals = [i for i, (_, served, status) in enumerate(before) if not served and status != 500]
        return before[refusals[-1] + 1 if refusals else 0][0]

    def began(self) -> int:
        """How often requests were refused after served ones."""
        answered = [served for _, served, status in self.log if status != 500]
        return sum(before and not after for before, after in pairwise(answered))

    def spells(self) -> int:
        """Rows of requests that were refused, with or without an accepted one before the first."""
        answered = [True, *(served for _, served, status in self.log if status != 500)]
        return sum(before and not after for before, after in pairwise(answered))

    def at(self, wait: float) -> int:
        """Requests that were served about `wait` after the one before."""
        pairs = pairwise(self.log)
        return sum(later[1] and 0.97 * wait <= later[0] - sooner[0] <= 1.2 * wait + 0.02 for sooner, later in pairs)

    def refused_at(self, wait: float) -> int:
        """Requests that were refused about `wait` after the one before, or later for a fault in between."""
        answered = [(at, served) for at, served, status in self.log if status != 500]
        pairs = pairwise(answered)
        return sum(not later[1] and 0.97 * wait <= later[0] - sooner[0] <= 2.2 * wait + 0.02 for sooner, later in pairs)


def close(a: float, b: float) -> bool:
    return a == pytest.approx(b, rel=0.02, abs=0.2)


CLAUSES: dict[str, Callable[..., bool]] = {
    rf"{NUMBER} of {NUMBER} that count were accepted at {NUMBER} s over {NUMBER} s": lambda told, a, n, at, over: (
        a <= n <= len(told.log) and a <= told.at(at) and over <= told.seconds + 0.2 and a == told.verdict.accepted
    ),
    rf"all of {NUMBER} requests in {NUMBER} s were accepted": lambda told, n, t: (
        n == told.served == len(told.log) and close(t, told.seconds)
    ),
    rf"{NUMBER} of {NUMBER} requests in {NUMBER} s were accepted, {NUMBER} failed": lambda told, a, n, t, failed: (
        (a, n) == (told.served, len(told.log)) and close(t, told.seconds) and failed <= n - a
    ),
    r"no answer refused in so many words": lambda told: not any(status == 429 for *_, status in told.log),
    rf"says that {NUMBER} of {NUMBER} requests are left": lambda told, left, quota: (
        (f"{left:.0f}", f"{quota:.0f}") == (told.said["X-RateLimit-Remaining"], told.said["X-RateLimit-Limit"])
    ),
    rf"None of {NUMBER} requests in {NUMBER} s was refused": lambda told, n, t: (
        n == len(told.log) == told.served + told.faults and close(t, told.seconds)
    ),
    rf"{NUMBER} requests had been accepted, the last {NUMBER} of them in a row, and then none": lambda told, n, run: (
        n == told.served and told.row_at_the_end() > 0 and run == told.run_at_the_end()
    ),
    rf"It fits {NUMBER} (?:an? \w+|in [\d,.]+ \w+), {NUMBER} s between requests": lambda told, n, wait: (
        (n == told.run_at_the_end() and n * wait >= 0.97 * (told.log[-1][0] - told.run_began()))
        or (n == told.served and n * wait >= 0.97 * told.seconds)
    ),
    rf"{NUMBER} of the {NUMBER} requests made meanwhile failed": lambda told, failed, n: (
        0 < failed <= len(told.log) - told.served and failed < n <= len(told.log)
    ),
    rf"Refusals began {TIMES} in {NUMBER} s of quicker requests, and {TIMES} in {NUMBER} s at this pace or slower": (
        lambda told, a, quick, b, slow: a > 0 and a + b <= told.began() and quick + slow <= told.seconds + 1
    ),
    rf"Refusals came in spells at this pace or slower ones, {NUMBER} of them": lambda told, n: (
        2 <= n <= sum(sooner[1] and not later[1] for sooner, later in pairwise(told.log))
    ),
    rf"Of {NUMBER} requests {NUMBER} \w+ refused, in (one|[\d,]+) spells? of up to {NUMBER} s": (
        lambda told, n, refused, spells, seconds: (
            (n, refused) == (len(told.log), len(told.log) - told.served - told.faults)
            and spells <= told.spells() <= refused
            and seconds <= told.seconds + 0.2
        )
    ),
    rf"after {NUMBER}, all of {NUMBER} were accepted: so": lambda told, _, n: (
        n > 0 and all(served or status == 500 for _, served, status in told.log[-int(n) :])
    ),
    rf"it was refused again, and {NUMBER} s later still": lambda told, _: told.row_at_the_end() > 1,
    rf"{NUMBER} s was refused at once": lambda told, wait: told.refused_at(wait) > 0,
    rf"{NUMBER} s was refused after {NUMBER} requests? at it": lambda told, wait, n: (
        told.refused_at(wait) > 0 and told.at(wait) >= n > 0
    ),
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
        if refusal[0] == 200:  # what a body means is not known
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


DRAWN = range(6)


def drawn(seed: int) -> World:
    """A world drawn from a seed: any rule, any way to refuse it, any words about it."""
    draw = Random(1000 + seed)  # noqa: S311 - a simulation, not a secret
    quota = round(3 * 40 ** draw.random())
    seconds = quota * 0.1 * 60 ** draw.random()
    clocked = Clocked(quota, draw.choice([seconds, 3600.0]), seconds * draw.random())
    rules = {
        "bucket": Bucket(quota, quota / seconds).take,
        "window": Window(quota, seconds).take,
        "clocked": clocked.take,
        "gap": Gap(seconds / quota).take,
        "late": Late(quota, seconds, min(draw.uniform(1, 30), seconds / 2)).take,
        "turns": Turns([Window(quota, seconds) for _ in range(draw.randint(2, 5))]).take,
        "spells": Spells(draw.uniform(0.05, 0.25), draw.uniform(2, 40), seed).take,
        "none": lambda _: True,
    }
    name = draw.choice(sorted(rules))
    signs = {
        **BODIES,
        "429": (429, {}, ""),
        "429 in 5": (429, {"Retry-After": "5"}, ""),
        "429, its body says": (429, JSON, '{"error": {"details": [{"retryDelay": "9.5s"}]}}'),
        "503": (503, {}, "busy"),
        "418": (418, {"Retry-After": "30"}, ""),
    }
    sign = draw.choice(sorted(signs))
    states = {
        "remaining": lambda t: {"X-RateLimit-Limit": f"{quota}", "X-RateLimit-Remaining": f"{clocked.left(t)}"},
        "reset": lambda t: {
            "X-RateLimit-Limit": f"{quota}",
            "X-RateLimit-Remaining": f"{clocked.left(t)}",
            "X-RateLimit-Reset": f"{clocked.reset(t):.0f}",
        },
    }
    told = draw.choice(["", "remaining", "reset"]) if name == "clocked" and signs[sign][0] == 429 else ""
    world = World(f"{seed}: {name}, {sign}, {told}", rules[name], signs[sign], latency=draw.uniform(0.01, 0.3))
    world.ban = draw.choice([0.0, 0.0, 0.0, draw.uniform(5, 300)]) if name != "spells" else 0.0
    world.faults = draw.choice([0.0, 0.0, 0.01])
    world.states = states.get(told)
    return world


def of_family(seed: int) -> World:
    """A world whose rule is drawn from one of the arena's families, and so is the way it refuses."""
    draw = Random(2000 + seed)  # noqa: S311 - a simulation, not a secret
    family = draw.choice([*FAMILIES, *WILD])
    service, clock = family.service(seed)
    began = clock.now()
    signs: dict[str, Said] = {**BODIES, "429": (429, {}, ""), "503 in 7": (503, {"Retry-After": "7"}, "")}
    sign = draw.choice(sorted(signs))
    world = World(f"{seed}: {family.name}, {sign}", lambda t: service.limiter.ask(began + t).accepted, signs[sign])
    world.latency, world.faults = service.latency, draw.choice([0.0, 0.0, 0.01])
    return world


@pytest.mark.parametrize("seed", range(8))
def test_every_clause_is_true_in_the_families_of_the_arena(seed: int) -> None:
    world = of_family(seed)
    verdict, attempts = drive_world(world, ["quick", "careful"][seed % 2], Budget(seconds=7200))
    false = falsehoods(world, verdict, attempts)
    assert not false, f"{world.name}: {false} in {verdict.statement}"


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize("seed", DRAWN)
def test_every_clause_is_true_in_worlds_that_were_drawn(strategy: str, seed: int) -> None:
    world = drawn(seed)
    verdict, attempts = drive_world(world, strategy, Budget(seconds=7200))
    false = falsehoods(world, verdict, attempts)
    assert not false, f"{world.name}: {false} in {verdict.statement}"
    assert not (world.states and verdict.kind == "no limit seen"), verdict.statement


def falsehoods(world: World, verdict: Verdict, attempts: list[Attempt]) -> list[str]:
    """The clauses of a statement that are not true of the log."""
    told = Told(world, verdict, attempts)
    return [
        match[0]
        for clause, holds in CLAUSES.items()
        for match in re.finditer(clause, verdict.statement)
        if not holds(told, *map(number, match.groups()))
    ]


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize(("name", "make"), worlds(), ids=[name for name, _ in worlds()])
def test_every_clause_of_a_statement_is_true_of_the_log(strategy: str, name: str, make: Callable[[], World]) -> None:
    world = make()
    verdict, attempts = drive_world(world, strategy, Budget(seconds=7200))
    told, seen = Told(world, verdict, attempts), 0
    for clause, holds in CLAUSES.items():
        for match in re.finditer(clause, verdict.statement):
            seen += 1
            numbers = list(map(number, match.groups()))
            assert holds(told, *numbers), f"{name}: {match[0]!r} is false ({told.served} of {len(told.log)} served)"
    assert seen, verdict.statement


def test_a_false_clause_is_noticed() -> None:
    world = World("free", lambda _: True, (429, {}, ""))
    verdict, attempts = drive_world(world, "quick")
    told = Told(world, verdict, attempts)
    clause = next(clause for clause in CLAUSES if clause.startswith("all of"))
    assert CLAUSES[clause](told, len(attempts), told.seconds)
    assert not CLAUSES[clause](told, len(attempts) - 1, told.seconds)
