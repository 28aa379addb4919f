"""Certify a wait."""
from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.probe.attempt import Attempt, Outcome
from widgets.probe.evidence import Wealth

from ._conduct import Conduct, ProbeEndedError
from ._search import Search

if TYPE_CHECKING:
    from widgets.probe.attempt import Budget, Goal, Strategy

UNBET = 1
UNBET_LATER = 5
RATIO = 1.15
RAPID = 150
RMIN=.02
HELD=25
LOST=.1
TOLERATED=2
RBIG=.07
SURE=.92
UNSURE=.5


def careful(goal: Goal, budget: Budget) -> Strategy:
    return _careful(Conduct(goal, budget))


def _careful(conduct: Conduct) -> Strategy:
    search = Search(conduct, RATIO, RAPID)
    wait = None
    try:
        pace = yield from search.descend()
        if pace is not None:
            if search.ledger.run >= RAPID:
                return conduct.verdict("no limit seen", conduct.attempts[-1].spacing, "No limit seen")
            wait = pace * 1.02
        else:
            wait = yield from search.locate()
        wealth = Wealth(conduct.goal)
        ledger = search.ledger
        sure = not ledger.bursty and wait == ledger.high
        small = False
        held = raises = 0
        evidence: list[Attempt] = []
        clean = 0
        while not (wealth.enough and _covers(conduct, search, wait, evidence)):
            attempt = yield from search.ask(wait, "verify")
            if attempt.outcome is Outcome.ACCEPTED:
                clean += 1
                if attempt.spacing > wait * 1.02 and not conduct.stated(conduct.attempts[-2]):
                    if attempt.spacing > attempt.latency *1.5:
                        continue
                    wait = attempt.spacing * 1.02
                    wealth.fold()
                    evidence = []
                    continue
                if attempt.spacing > wait * 1.02:
                    continue
                evidence.append(attempt)
                if wealth.stakes:
                    wealth.accept()
                elif small or clean >= (UNBET if sure else UNBET_LATER):
                    wealth.stake(SURE if sure or small else UNSURE)
                continue
            bet = bool(wealth.stakes)
            if bet:
                wealth.refuse()
            if clean >= HELD:
                held += 1
                if held > TOLERATED and wealth.value > LOST:
                    evidence.append(attempt)
                    clean = 0
                    continue
                wait *= 1 + (RBIG if held > TOLERATED else max(RMIN, .7 / clean))
                small = True
                sure = False
            else:
                high = ledger.high
                sure = bool(not ledger.bursty and high and wait * (1+RMIN) <= high < wait * 1.4)
                wait = high if sure else wait * (1 + search.raise_(clean))
                small = False
            raises += 1
            wealth.fold()
            evidence = []
            clean = 0
            # the next request comes at the raised wait at once; refused again, the service is shut
            yield from search.ask(wait, "verify")
            if ledger.blocked:
                yield from search.recover()
            elif ledger.cycles[-1].spent:
                search.learn()
            else:
                continue
            if ledger.cycles[-1].spent or ledger.bursty:
                wait = yield from search.locate()
                small = False
                sure = False
        n=len(evidence)
        if search.burst:
            s=search.burst
            wait*=n/(n-s)
        return conduct.verdict("certified", wait, f"{raises} raises", evidence=evidence, tested=wait, horizon=ledger.horizon)
    except ProbeEndedError as end:
        return conduct.inconclusive(end, wait)


def _covers(conduct, search, wait, evidence):
    if not evidence:
        return False
    ledger=search.ledger
    n = len(evidence)
    span = conduct.attempts[-1].started - evidence[0].started
    m_all = max((c.accepted for c in ledger.cycles), default=0)
    m_spent = min((c.accepted for c in ledger.cycles if c.spent), default=0)
    m_min = min((c.accepted for c in ledger.cycles if c.accepted), default=0)
    if n < 6 * search.burst or (ledger.bursty and not search.confirmed and n < min(12 * m_spent, max(100, 3 * m_spent))):
        return False
    return n >= 2 * m_min + 2 and (span >= 1.1 * ledger.horizon or n >= 2 * m_all + 2)
