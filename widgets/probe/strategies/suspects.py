"""A refusal is found by what it does, and not by a list of statuses. Pure.

A *suspect* is an answer that does not serve, or that looks unlike those that came at rest: another status, a redirect,
no answer at all, a 200 with another body. One may be a fault. Where several come in a row after quick requests, a rest
ends them, and they return with haste, they are refusals: then the whole log is read anew. Where one comes and goes too
quickly for that, a few slow requests without it show the same.
Answers that are good by their status are told apart by `bodies`.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field, replace
from itertools import groupby
from math import ceil, inf, log, log1p
from typing import TYPE_CHECKING, NamedTuple

from widgets.http.limits.pages import BRIEF, is_page
from widgets.http.limits.words import ASKS, SAYS, refuses
from widgets.model.attempt import Outcome
from widgets.probe.evidence import interval, told

from .bodies import PENDING, TROUBLED, Bodies
from .looks import Look, mild

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from widgets.model.attempt import Attempt


_AS_FAILED = 500
"""By this status all that a brief page says is read."""

PAIR = 2
"""Suspects in a row that are no single fault."""

RECENT = 24
DENSE = 8
"""One sign so often among so many answers: it comes and goes too quickly for a row."""

RESTED = 6
"""The same of one that takes long to fail, which is a rest: half of the answers are all that it can be."""

MASKED = 12
"""The same of a sign that came once, and passed for ordinary."""

BY_CHANCE = 0.003
"""With this probability a fault that has nothing to do with the pace stays away from slow requests at one."""

ENOUGH = 30
"""Nor are more of them asked for; of one that takes long to fail, twice as many."""

RARE: float = 1 - float(BY_CHANCE ** (1 / ENOUGH))
"""What is rarer than this part of the answers stays away from so many too often."""

PACES = 8
"""At so many paces one that takes long to fail is asked for in all: it may stay away from each by chance."""

MOST = 0.45
"""A sign of more of the recent answers is worth slow requests at several paces."""

AGAIN = 4
"""So many times the rows that there were when slow requests did not help, and they are made again, slower."""

OWN_REST = 5.0
"""Seconds that an answer takes to fail which is its own rest: a row of such does not come about."""

REGULAR = 4
"""So many times one sign came after equally many good answers."""

NEARLY_REGULAR = 6
"""The same where one more or less makes no difference."""

BODIES = 3
"""The same of bodies, which may differ for reasons of their own."""

TITLED = 4
"""So many pages with one title: it is that of all of them."""

MORE = 10
"""They return with haste where they do so within twice the run that they ended first, and so many requests."""

OUTLAST = 400
"""So many requests at one wait may be made to see that suspects do not return."""

ACCIDENT = 0.05
"""A row is no accident where fewer than so many as long are expected by chance."""

CROWDED = 0.01
"""Nor is any where so many of what began go on to rows only with this probability."""

RESTS = (1.0, 3.0, 9.0, 27.0, 81.0, 243.0)
"""Seconds of rest after suspects in a row, one after the other."""


class _Row(NamedTuple):
    """A row of suspects that a rest ended.

    Attributes:
        before: How many requests had been accepted before it, since the last one that was no accident.
        length: Of how many suspects it was.
        ended: The number of the attempt that ended it.
    """

    before: int
    length: int
    ended: int


@dataclass(slots=True)
class _Sign:
    """One kind of suspect.

    Attributes:
        single: How often it came once, and the next answer was a good one.
        rows: Those of it that a rest ended.
        apart: How many were accepted between two single ones that took long.
        last: How many had been accepted when it came last.
    """

    single: int = 0
    rows: list[_Row] = field(default_factory=list)
    apart: list[int] = field(default_factory=list)
    last: int = 0

    @property
    def rested(self) -> int:
        """How often a rest ended it, also the one that an answer takes that is long to fail."""
        return len(self.rows) + len(self.apart)

    @property
    def regular(self) -> bool:
        """Whether it came after equally many each time: chance does not count, and a limit does.

        Where what is saved up while one fails is no whole number of requests, they differ by one: so do more of them.
        """
        few = self.apart[-REGULAR:]
        nearly = self.apart[-NEARLY_REGULAR:]
        equal = len(few) == REGULAR and max(few) - min(few) <= max(few) // 10 and min(few) >= REGULAR
        return equal or (len(nearly) == NEARLY_REGULAR and max(nearly) - min(nearly) <= 1 and min(nearly) >= REGULAR)


@dataclass(frozen=True, slots=True)
class Unmet:
    """A row of suspects of which it was not seen whether a pace brings it back.

    Attributes:
        sign: Of the row.
        before: How many requests had been accepted before it.
        since: How many were accepted since, at that pace.
        missing: How many more of them would show it.

    >>> str(Unmet("403", 60, 59, 72)).partition(": ")[0]
    '403 came twice or more in a row, after 60 requests had been accepted'
    """

    sign: str
    before: int
    since: int
    missing: int

    def __str__(self) -> str:
        """The sentence on it."""
        came = "No answer came" if self.sign == "no answer" else f"{self.sign} came"
        return (
            f"{came} twice or more in a row, after {self.before} requests had been accepted: whether haste is why was "
            f"not seen, and the {self.since} accepted at this pace since then are too few to say that it does not come "
            f"back, {self.missing} fewer than it would take."
        )


def _says_on_a_page(attempt: Attempt) -> str:
    """Why a brief page that came in place of what is served is a refusal, by all of its words; empty where it is none.

    What is served may be a page about limits, of which the headings alone count: this one is not what is served.

    >>> from widgets.model.attempt import Attempt
    >>> page = "<html><body>Sorry.<br>We have too many requests from you.<br>You are banned for 2 hours.</body></html>"
    >>> _says_on_a_page(Attempt(9, 0.1, 0.1, 0.9, 0.1, 200, excerpt=page))
    "it says 'too many requests'"
    """
    text = attempt.excerpt
    return refuses(_AS_FAILED, text) if is_page(text) and attempt.size <= BRIEF else ""


@dataclass(slots=True)
class Suspects:
    """The suspects of one probe.

    Attributes:
        learned: Those that are refusals, by their signs.
        row: Suspects of one sign in a row, up to now.
        bodies: What those look like that are good by their status.
    """

    learned: set[str] = field(default_factory=set)
    row: int = 0
    bodies: Bodies = field(default_factory=Bodies)
    _recent: deque[str] = field(default_factory=lambda: deque(maxlen=RECENT))
    _doubted: str = ""
    _seen: Counter[str] = field(default_factory=Counter)
    _tried: dict[str, int] = field(default_factory=dict)
    _sign: str = ""
    _run: int = 0
    _took: float = 0.0
    _signs: dict[str, _Sign] = field(default_factory=dict)
    _last: Look = field(default_factory=lambda: Look("", 0, ""))

    def sign(self, attempt: Attempt) -> str:
        """What is unusual in an answer, in words; empty where it is served as at rest, or refused in so many words."""
        match attempt.outcome:
            case _ if attempt.number < self.bodies.begun:
                return ""  # it was being made
            case Outcome.REFUSED:
                return ""
            case Outcome.ACCEPTED:
                return self.bodies.sign(attempt)
            case _ if attempt.status is None:
                return "no answer"
            case _:
                return str(attempt.status)

    def judge(self, attempt: Attempt) -> Attempt:
        """The attempt as it counts by what is known now, entered into the row of suspects that it goes on with."""
        sign = self._told_apart(attempt)
        if why := _says_on_a_page(attempt) if " with " in sign else "":
            attempt, sign = replace(attempt, judged=Outcome.REFUSED, error=why), ""
        noted = sign or self.bodies.passed_over(attempt)
        self._recent.append(noted)
        self._seen[noted] += 1
        if sign in self.learned:
            self._end()
            return replace(attempt, judged=Outcome.REFUSED)
        if not sign:
            if attempt.outcome is Outcome.ACCEPTED:
                if not noted:  # what only passes for ordinary is no measure of it
                    self.bodies.measure(attempt)
                self._good(attempt)
            self._end()
            return attempt
        if sign != self._sign:
            self._end()
        self._sign, self.row, self._last, self._took = sign, self.row + 1, Look.of(attempt), attempt.latency
        return attempt if attempt.outcome is Outcome.FAILED else replace(attempt, judged=Outcome.FAILED)

    def _told_apart(self, attempt: Attempt) -> str:
        """Its sign; empty as well where what was seen so far does not tell bodies apart."""
        self.bodies.meet(attempt)
        sign = self.sign(attempt)
        return self.bodies.told_apart(sign, attempt.spacing or 0.0, self.learned) if " with " in sign else sign

    def convicts(self) -> bool:
        """Whether the row that goes on shows that its sign is a refusal: then it is one from now on."""
        known = self._signs.get(self._sign)
        if known is None or self.row < self._least or self.row < self._no_accident(self._sign):
            return False
        before = max((row.before for row in self._brought_about(self._sign)), default=None)
        if before is None or self._run > 2 * before + MORE:
            return False
        if known.single or not (before >= DENSE or self._sign in self._tried):
            self._doubted = self._sign  # it may be frequent at any pace: slow requests tell
            return False
        self.learned.add(self._sign)
        return True

    @property
    def dense(self) -> str:
        """A sign that is so frequent, or regular, that it is worth a few slow requests; empty where there is none."""
        count = Counter(self._recent)
        often = (sign for sign in sorted(count) if sign and count[sign] >= self._many(sign))
        regular = [sign for sign, known in self._signs.items() if known.regular]
        between = [sign for sign in self._signs if self._seen[sign] >= self._telling and self._of_two_kinds(sign)]
        frequent = [*([self._doubted] if self._doubted else []), *regular, *often, *between]
        return next((sign for sign in frequent if sign not in self.learned and self._untried(sign)), "")

    @property
    def _telling(self) -> float:
        """So often a body of another kind is seen that it hardly stays away from slow requests by chance."""
        return max(DENSE, RARE * sum(self._seen.values()))

    def _many(self, sign: str) -> int:
        if self.bodies.passes(sign):
            return MASKED
        return RESTED if self._known(sign).apart else DENSE

    def _untried(self, sign: str) -> bool:
        """Whether no slow requests were made for it, or rests have ended many more rows of it since."""
        return (
            sign not in self._tried or self.bodies.passes(sign) or self._known(sign).rested >= AGAIN * self._tried[sign]
        )

    def usual(self, sign: str) -> bool:
        """Whether so many of the recent answers have this sign as where a limit is far exceeded, or it is regular."""
        known = self._known(sign)
        # Where each takes long to fail, and so rests by itself, the next one is served: half of them is all there is.
        most = MOST / 2 if known.apart else MOST
        often = self._recent.count(sign) > most * len(self._recent)
        return often or known.regular or sign in self._tried

    def enough(self, sign: str) -> int:
        """So many slow requests without this sign show that it is gone; by chance they hardly come."""
        known, share = self._known(sign), self._seen[sign] / sum(self._seen.values())
        tries = PACES if known.apart else 1
        least = max(DENSE, min(ENOUGH * min(tries, 2), ceil(log(BY_CHANCE / tries) / log1p(-min(share, MOST)))))
        return max(least, known.apart[-1] + PAIR) if known.regular else least

    def _known(self, sign: str) -> _Sign:
        return self._signs.get(sign, _Sign())

    def tried(self, sign: str, *, gone: bool, often: bool = True) -> None:
        """Slow requests were made for a frequent sign, and it was gone at that pace, or not.

        Where it was not so frequent that they were made at all paces, it is looked at again if it becomes so (`often`).
        """
        self._tried[sign] = max(1, self._known(sign).rested)
        ordinary = mild(sign) or self._of_two_kinds(sign)
        if gone:
            self.learned.add(sign)
        elif ordinary:
            self.bodies.excuse(sign, for_good=often)

    def _of_two_kinds(self, sign: str) -> bool:
        """Whether bodies of this sign come between others rather than in rows, and hold something that is no error.

        Where slower requests have them too they are the other of two kinds that one address has.
        """
        known, said = self._known(sign), sign.rpartition(" begins with ")[2].strip("'").lower()
        full = " with " in sign and not sign.endswith("an empty body") and said not in TROUBLED
        return full and known.single > len(known.rows)

    def decided(self, sign: str) -> bool:
        """Whether it is known of a sign that it is a refusal, or that slower requests have it as well."""
        return sign in self.learned or sign in self._tried

    def rejudged(self, attempts: Sequence[Attempt]) -> Iterator[Attempt]:
        """All attempts as they count now."""
        for attempt in attempts:
            plain = replace(attempt, judged=None)
            if attempt.number < self.bodies.begun and plain.status == PENDING and self.learned:
                yield replace(attempt, judged=Outcome.FAILED)  # no evidence of what is served, nor of what is refused
                continue
            usual = self.bodies.excuses and not self.sign(plain)
            acquitted = (self.bodies.varied or usual) and plain.outcome is Outcome.ACCEPTED
            kept = plain if acquitted else attempt
            yield replace(attempt, judged=Outcome.REFUSED) if self.sign(plain) in self.learned else kept

    def acquits(self, attempt: Attempt) -> bool:
        """Whether a suspect that one good answer has followed is known to be as good: it differed in its size alone."""
        return attempt.judged is Outcome.FAILED and self.bodies.knows(attempt)

    def _good(self, attempt: Attempt) -> None:
        self._run += 1
        self.bodies.served += 1
        if self.row and self.row >= self._least:
            known = self._signs.setdefault(self._sign, _Sign())
            known.rows.append(_Row(self._run - 1, self.row, attempt.number))
            self._run = self._run if self.row < self._no_accident(self._sign) else 1
        elif self.row and self._sign not in self._signs and self.bodies.excusable(self._sign):
            self.bodies.pass_over(self._sign, self._last)
        elif self.row:
            known = self._signs.setdefault(self._sign, _Sign())
            known.single += 1
            if self._took >= OWN_REST:
                known.apart.append(self.bodies.served - known.last)
                known.last = self.bodies.served
        self.bodies.keep(attempt)

    def _end(self) -> None:
        self.row, self._sign = 0, ""

    @property
    def settled(self) -> bool:
        """Whether enough was served since the last row for its sign to have come back, if haste brought it about."""
        return not self._before or self._run > 2 * self._before + MORE

    @property
    def repeated(self) -> int:
        """How many were served before a row at most, once as many were again: it may come back now; else 0."""
        return self._before if self._run >= self._before else 0

    @property
    def _before(self) -> int:
        """How many were served before a row of a sign that is not known to be a refusal, at most."""
        unknown = (sign for sign in self._signs if not (sign in self.learned or self._ordinary(sign)))
        return max((row.before for sign in unknown for row in self._brought_about(sign)), default=0)

    def _brought_about(self, sign: str) -> list[_Row]:
        """The rows of a sign, but for those that are no longer than what comes about by accident."""
        known, least = self._signs[sign], self._no_accident(sign)
        return [row for row in known.rows if row.length >= least]

    def _no_accident(self, sign: str) -> float:
        """So many of a sign in a row are a surprise, as often as it began: any, where it does not come by chance."""
        if not self._of_chance(sign):
            return 0.0
        share = self._share(sign)
        return 1 + log(ACCIDENT / self._often(sign)) / log(share) if share < 1 else inf

    def _of_chance(self, sign: str) -> bool:
        """Whether each answer may have it by chance, so that it comes twice running now and then.

        It comes at ease, and in rows no more often than would be by chance (the lower bound of an exact interval).
        """
        rows, often = len(self._signs[sign].rows), self._often(sign)
        if not self._at_ease(sign):
            return False
        return rows <= often * self._share(sign) or interval(rows, often, 1 - 2 * CROWDED)[0] <= self._share(sign)

    def _at_ease(self, sign: str) -> bool:
        """Whether it comes alone more often than in rows, or in slow requests as well."""
        return self._signs[sign].single > len(self._signs[sign].rows) or sign in self._tried

    def _share(self, sign: str) -> float:
        return self._seen[sign] / sum(self._seen.values())

    def _often(self, sign: str) -> int:
        """How often it began."""
        return self._signs[sign].single + len(self._signs[sign].rows)

    def of_both(self, evidence: Sequence[Attempt]) -> str:
        """A sign that comes at ease, and in a row that is no accident; empty where there is none.

        Slow requests, which have it as well, do not tell them apart; and this evidence was too short to bring the row
        back.
        """
        unmet = self.unmet(evidence)
        return unmet.sign if unmet and self._at_ease(unmet.sign) else ""

    def unmet(self, evidence: Sequence[Attempt]) -> Unmet | None:
        """The row of suspects that requests at one pace are too few to bring back; `None` where there is none.

        Of rows of which it is not known what they are, the one before which most were served.
        """
        unknown = (sign for sign in self._signs if not (sign in self.learned or self._ordinary(sign)))
        rows = {sign: met for sign in unknown if (met := self._brought_about(sign))}
        if not rows:
            return None
        sign, before = max(((sign, row.before) for sign in rows for row in rows[sign]), key=lambda each: each[::-1])
        ended = rows[sign][-1].ended
        since = sum(each.number > ended and each.outcome is Outcome.ACCEPTED for each in evidence)
        enough = 2 * before + MORE + 1
        return Unmet(sign, before, since, enough - since) if before and since < enough else None

    def _ordinary(self, sign: str) -> bool:
        return " with " in sign and (self.bodies.varied or self.bodies.passes(sign))

    def rest(self, wait: float) -> float:
        """Seconds until the next request in a row of suspects that began at this `wait`."""
        past = self.row - self._least
        return max(wait, RESTS[min(past, len(RESTS) - 1)]) if past >= 0 else wait

    @property
    def _least(self) -> int:
        """Suspects in a row from which on they are no accident."""
        return BODIES if " with " in self._sign else PAIR


def found(suspects: Suspects, attempts: Sequence[Attempt]) -> str:
    """The sentences on what counts as refused because of what it did; empty where nothing does."""
    said = []
    for sign in sorted(suspects.learned):
        rows = list(_rows(suspects, sign, attempts))
        if not rows:  # all of them were at rest, or look like those
            continue
        quick = max((row[0].spacing or 0.0 for row in rows), default=0.0)
        pause = max((after.spacing or 0.0 for *_, after in rows if after.outcome is Outcome.ACCEPTED), default=0.0)
        count = sum(len(row) - 1 for row in rows)
        name = "A request without an answer" if sign == "no answer" else f"An answer {sign}"
        said.append(
            f" {name} counts as refused: it came {count} times, in rows that each began at most {told(quick)} s after "
            f"the request before, and {told(pause)} s of rest at most ended them.{_sent_on(rows)}"
        )
    return "".join(said)


def _sent_on(rows: Sequence[Sequence[Attempt]]) -> str:
    """Where the first of these answers leads to that is a redirect, as to a page for people; empty where none is.

    What such an address asks for, behind its `?`, is another one each time.
    """
    leads = (value for row in rows for name, value in row[0].headers.items() if name.lower() == "location")
    to = next(leads, "").partition("?")[0]
    return f" It sends on to {to}." if to else ""


def unsettled(suspects: Suspects, attempts: Sequence[Attempt], reason: str = "") -> str:
    """The sentence on answers that came twice in a row or more, and of which it was not seen whether haste is why.

    None on those that the `reason` of the end names already.

    >>> from widgets.model.attempt import Attempt
    >>> row = [Attempt(i + 1, 1.0, 1.0, float(i), 0.1, 403 if i in (1, 2) else 200) for i in range(4)]
    >>> "2 of 4 answers were 403" in unsettled(Suspects(), row), unsettled(Suspects({"403"}), row)
    (True, '')
    """
    signs = [suspects.sign(replace(each, judged=None)) for each in attempts if each.status is not None]
    rows = {sign for sign, row in groupby(signs) if sign and len(list(row)) >= PAIR}
    return "".join(
        f" {signs.count(sign)} of {len(signs)} answers were {sign}, and it was not seen whether that is a way to "
        "refuse: if it is, say so (what counts as refused), and probe again."
        for sign in sorted(rows)
        if not (suspects.decided(sign) or sign in reason)
    )


WORTH = 0.1
"""So many of the accepted answers that are unlike those at rest are worth a word."""


def passed_for_ordinary(suspects: Suspects, attempts: Sequence[Attempt]) -> str:
    """The sentences on answers that are unlike those at rest and count as served; empty where there are few."""
    accepted = sum(each.outcome is Outcome.ACCEPTED for each in attempts)
    return "".join(
        f" {count} of {accepted} accepted answers came {sign.partition(' ')[2]}, and count as served: if such an "
        "answer is a refusal, say so, and probe again."
        for sign, count in sorted(suspects.bodies.ordinary(attempts).items())
        if count >= WORTH * accepted
    )


def in_so_many_words(attempts: Sequence[Attempt]) -> str:
    """The sentences on answers that count as refused because they say so, though their status does not; else empty.

    >>> from widgets.model.attempt import Attempt
    >>> in_so_many_words([Attempt(2, 0.1, 0.1, 0.1, 0.1, 400, error="it says 'Too many requests'")])
    " 1 answer of status 400 counts as refused, since it says 'Too many requests'."
    """
    said = ""
    worded = [each for each in attempts if each.outcome is Outcome.REFUSED and each.error.startswith((SAYS, ASKS))]
    for status in dict.fromkeys(each.status for each in worded):
        of_it = [each for each in worded if each.status == status]
        one = len(of_it) == 1
        said += (
            f" {len(of_it)} {'answer' if one else 'answers'} of status {status} {'counts' if one else 'count'} as "
            f"refused, since {'it' if one else 'the first of them'} {of_it[0].error.removeprefix('it ')}."
        )
    return said


def _rows(suspects: Suspects, sign: str, attempts: Sequence[Attempt]) -> Iterator[list[Attempt]]:
    """The rows of a sign, each with the attempt that followed it; one that goes on at the end counts its last twice."""
    row: list[Attempt] = []
    for attempt in attempts:
        if suspects.sign(replace(attempt, judged=None)) == sign:
            row.append(attempt)
        elif row:
            yield [*row, attempt]
            row = []
    if row:
        yield [*row, row[-1]]
