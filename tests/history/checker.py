"""Reads the history of a run, and says what in it breaks a promise. PURE.

All moments are nanoseconds of one clock: those of sends come from the kernel, those of what a worker knows are only
used where a hundredth of a second does not matter.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SECOND = 10**9
CALM = "calm"
UNTOLD = 1000
"""Added to the status of an answer that the store could not be told."""
FAIR = 2.0
"""Nobody waits for more than so many times its share of the turns."""


class Send(NamedTuple):
    """One request on the wire."""

    moment: int
    target: int
    life: int
    number: int


class Asked(NamedTuple):
    """One request as the worker knows it: when it began to wait, when it had the answer, and which (0 for none).

    `looked` is when it last looked at the store before it sent.
    """

    target: int
    life: int
    number: int
    began: int
    ended: int
    status: int
    looked: int = 0


class Hold(NamedTuple):
    """A refusal that said for how long to stay away."""

    moment: int
    target: int
    life: int
    number: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Target:
    """What was asked: its name, the store that its turns are in, its pace, and how many wait for it at a time."""

    name: str
    store: str
    wait: float
    waiters: int


@dataclass(frozen=True, slots=True)
class Episode:
    """A part of the run in which one kind of fault was injected, so many times; `note` says why where it was not."""

    fault: str
    store: str
    begin: int
    end: int
    injected: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """All of a run.

    Attributes:
        turns: For each target how many turns its store has counted since the run began; none where it was not asked.
    """

    targets: Sequence[Target]
    sends: Sequence[Send]
    asked: Sequence[Asked] = ()
    holds: Sequence[Hold] = ()
    episodes: Sequence[Episode] = ()
    turns: Mapping[int, int] = field(default_factory=dict)


class Early(NamedTuple):
    """Two sends that lie closer together than the pace, in seconds."""

    target: int
    gap: float
    wait: float
    first: Send
    second: Send


class Broken(NamedTuple):
    """A send within a hold that was known, so many seconds after the refusal."""

    hold: Hold
    send: Send
    after: float


class Passed(NamedTuple):
    """A request that was passed over by more than its share of others while nothing was wrong."""

    asked: Asked
    others: int
    waiters: int


@dataclass(frozen=True, slots=True)
class Row:
    """What one kind of fault did to one store's targets.

    Attributes:
        ideal: Sends that the paces would have allowed.
        worst: The longest that an answered request waited for its turn, in seconds.
        narrowest: The least room between two sends beyond the pace, in seconds.
    """

    fault: str
    store: str
    injected: int
    seconds: float
    sends: int
    ideal: float
    early: int
    worst: float
    narrowest: float
    note: str

    @property
    def share(self) -> float:
        """Of the ideal throughput."""
        return self.sends / self.ideal if self.ideal else 0.0


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found.

    Attributes:
        early: Sends that came too soon.
        twice: Requests that were on the wire more than once.
        uncounted: By target, sends that the store has not counted as turns.
        unsent: Answered requests that were never seen on the wire: the capture has missed them.
        broken: Sends within a hold.
        passed: Unfair waits in calm times.
        lost: By target, turns that were counted and never sent: each costs one pace.
        unknown_holds: Holds that nobody else could know of: the worker ended, or the store could not be told.
    """

    early: Sequence[Early] = ()
    twice: Sequence[Send] = ()
    uncounted: Mapping[int, int] = field(default_factory=dict)
    unsent: Sequence[Asked] = ()
    broken: Sequence[Broken] = ()
    passed: Sequence[Passed] = ()
    lost: Mapping[int, int] = field(default_factory=dict)
    unknown_holds: int = 0
    rows: Sequence[Row] = ()

    @property
    def sound(self) -> bool:
        """Whether every promise was kept; fairness is judged apart, since it is no matter of safety."""
        return not (self.early or self.twice or self.uncounted or self.unsent or self.broken)


def check(history: History) -> Findings:
    """Read a history."""
    sends = sorted(history.sends)
    of = {number: [send for send in sends if send.target == number] for number in range(len(history.targets))}
    early = [each for number, theirs in of.items() for each in too_soon(history.targets[number].wait, theirs)]
    wire = {(send.target, send.life, send.number): send for send in sends}
    times = Counter((send.target, send.life, send.number) for send in sends)
    counted = {number: history.turns[number] - len(of[number]) for number in of if number in history.turns}
    broken, unknown = holds_broken(history, of)
    return Findings(
        early=early,
        twice=[wire[key] for key, count in times.items() if count > 1],
        uncounted={number: -more for number, more in counted.items() if more < 0},
        unsent=[each for each in history.asked if each.status and each[:3] not in wire],
        broken=broken,
        passed=passed_over(history, of, wire),
        lost={number: more for number, more in counted.items() if more > 0},
        unknown_holds=unknown,
        rows=rows(history, of, wire, early),
    )


def too_soon(wait: float, sends: Sequence[Send]) -> Iterable[Early]:
    """The pairs of sends to one target that lie closer together than its pace."""
    least = round(wait * SECOND)
    for first, second in pairwise(sends):
        if second.moment - first.moment < least:
            yield Early(first.target, (second.moment - first.moment) / SECOND, wait, first, second)


def holds_broken(history: History, of: Mapping[int, Sequence[Send]]) -> tuple[list[Broken], int]:
    """Sends after a hold had become known and before it was over; and how many holds never became known."""
    told = {each[:3]: each.ended for each in history.asked if 0 < each.status < UNTOLD}
    looked = {each[:3]: each.looked for each in history.asked}
    broken, unknown = [], 0
    for hold in history.holds:
        known = told.get(hold[1:4])
        if known is None:
            unknown += 1
            continue
        theirs = of[hold.target]
        begin, end = _span(theirs, known, round(hold.moment + hold.seconds * SECOND))
        # Who had looked before it was known was on its turn already.
        late = [send for send in theirs[begin:end] if looked.get(send[1:], known + 1) > known]
        broken += [Broken(hold, send, (send.moment - hold.moment) / SECOND) for send in late]
    return broken, unknown


def passed_over(
    history: History, of: Mapping[int, Sequence[Send]], wire: Mapping[tuple[int, int, int], Send]
) -> list[Passed]:
    """Requests that waited, in calm times only, while more than twice their share of others was sent."""
    found = []
    for asked in history.asked:
        target = history.targets[asked.target]
        send = wire.get(asked[:3])
        calm = any(
            each.fault == CALM and each.store == target.store and each.begin <= asked.began and asked.ended <= each.end
            for each in history.episodes
        )
        if send is None or not calm:
            continue
        others = _between(of[asked.target], asked.began, send.moment)
        if others > FAIR * target.waiters:
            found.append(Passed(asked, others, target.waiters))
    return found


def rows(
    history: History,
    of: Mapping[int, Sequence[Send]],
    wire: Mapping[tuple[int, int, int], Send],
    early: Sequence[Early],
) -> list[Row]:
    """What each kind of fault did, in the order of their first coming."""
    kinds: dict[tuple[str, str], list[Episode]] = {}
    for episode in history.episodes:
        kinds.setdefault((episode.fault, episode.store), []).append(episode)
    return [_row(history, of, wire, early, episodes) for episodes in kinds.values()]


def _row(
    history: History,
    of: Mapping[int, Sequence[Send]],
    wire: Mapping[tuple[int, int, int], Send],
    early: Sequence[Early],
    episodes: Sequence[Episode],
) -> Row:
    store = episodes[0].store
    mine = {number: target for number, target in enumerate(history.targets) if target.store == store}
    inside = [
        (number, of[number][slice(*_span(of[number], each.begin, each.end))]) for number in mine for each in episodes
    ]
    room = [
        (second.moment - first.moment) / SECOND - mine[number].wait
        for number, theirs in inside
        for first, second in pairwise(theirs)
    ]
    seconds = sum(each.end - each.begin for each in episodes) / SECOND
    waits = [
        (wire[each[:3]].moment - each.began) / SECOND
        for each in history.asked
        if each.target in mine
        and each[:3] in wire
        and any(one.begin <= wire[each[:3]].moment < one.end for one in episodes)
    ]
    return Row(
        fault=episodes[0].fault,
        store=store,
        injected=sum(each.injected for each in episodes),
        seconds=seconds,
        sends=sum(len(theirs) for _, theirs in inside),
        ideal=sum(seconds / target.wait for target in mine.values()),
        early=sum(
            each.target in mine and any(one.begin <= each.second.moment < one.end for one in episodes)
            for each in early
        ),
        worst=max(waits, default=0.0),
        narrowest=min(room, default=0.0),
        note="; ".join(dict.fromkeys(each.note for each in episodes if each.note)),
    )  # fmt: skip


def _span(sends: Sequence[Send], begin: int, end: int) -> tuple[int, int]:
    return bisect_left(sends, begin, key=_moment), bisect_left(sends, end, key=_moment)


def _between(sends: Sequence[Send], begin: int, end: int) -> int:
    first, last = bisect_right(sends, begin, key=_moment), bisect_left(sends, end, key=_moment)
    return max(0, last - first)


def _moment(send: Send) -> int:
    return send.moment
