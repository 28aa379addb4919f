"""Certify a wait."""
from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.probe.attempt import Attempt, Outcome
from widgets.probe.evidence import Wealth

from ._conduct import Conduct, ProbeEndedError
from ._search import Search

if TYPE_CHECKING:
    from widgets.probe.attempt import Budget, Goal, Strategy

UNBET = 4
RATIO = 1.15
RAPID = 150


def careful(goal: Goal, budget: Budget) -> Strategy:
    return _careful(Conduct(goal, budget))


def _careful(conduct: Conduct) -> Strategy:
    search = Search(conduct, RATIO, RAPID)
    wait = None
    try:
        limited = yield from search.descend()
        if not limited:
            return conduct.verdict("no limit seen", conduct.attempts[-1].spacing, "No limit seen")
        wealth = Wealth(conduct.goal)
        wait = yield from search.locate()
        raises = 0
        ledger = search.ledger
        while True:
            evidence: list[Attempt] = []
            clean = 0
            straight = 0
            begun = conduct.attempts[-1].started
            while not (wealth.enough and _covers(conduct, ledger, wait, evidence)):
                attempt = yield from search.ask(wait, "verify")
                if attempt.outcome is Outcome.ACCEPTED:
                    clean += 1; straight += 1
                    evidence.append(attempt)
                    if clean > UNBET:
                        wealth.accept()
                else:
                    if clean > UNBET:
                        evidence.append(attempt)
                        wealth.refuse()
                    if straight < 40 or ledger.blocked > 1:
                        break
                    straight = 0
            else:
                return conduct.verdict("certified", wait, f"{raises} raises", evidence=evidence, tested=wait, horizon=ledger.horizon)
            raises += 1
            wealth.move()
            if ledger.blocked > 1:
                yield from search.recover()
            new = search.guess() if ledger.cycles else None
            step = 1 + max(0.04, min(0.3, 0.6 / (clean + 1)))
            high = ledger.high
            if high and high > wait * 1.001 and high < wait * 1.5: 
                wait = high if high > wait * step else wait * step
            else:
                wait *= step
            if new and new * 1.02 > wait and clean >= 4:
                wait = new * 1.02
    except ProbeEndedError as end:
        return conduct.inconclusive(end, wait)


def _covers(conduct, ledger, wait, evidence):
    if not evidence:
        return False
    n = sum(a.outcome is Outcome.ACCEPTED for a in evidence)
    span = conduct.attempts[-1].started - evidence[0].started
    m_all = max((c.accepted for c in ledger.cycles), default=0)
    m_min = min((c.accepted for c in ledger.cycles if c.accepted), default=0)
    return n >= 2 * m_min + 2 and (span >= 1.1 * ledger.horizon or n >= 2 * m_all + 2)
