"""What a verdict says in words: what was seen, what follows, and what was not tested."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from statistics import median
from typing import TYPE_CHECKING

from widgets.http.limits import read
from widgets.http.limits.resets import DATED, WHOLE
from widgets.model.attempt import OTHER_PATHS, Outcome
from widgets.model.quantity import as_percent, as_wait
from widgets.probe.evidence import refusal_bound, told

from .bodies import hollow
from .door import went_wrong
from .gains import Gains
from .manners import ProbeEndedError
from .pauses import ON_TIME, pause_after
from .search import ABOVE, LATE_COUNTS
from .slowing import SLOWED
from .stated import LONGEST
from .suspects import unsettled
from .untimed import per, usual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.attempt import Attempt, Goal, Verdict

    from .manners import Manners
    from .trial import Trial


LONG, FEW = 1.0, 3
"""Seconds by which an answer is slow, and so many of them are no accident."""

_AFTER = ", ".join(f"{each:g}" for each in LATE_COUNTS)
LATER = f", and {len(LATE_COUNTS)} more after {_AFTER} s, for a count that comes late"


_A_LITTLE = 0.005
"""The least share of a wait that is said to have been added: less comes of its rounding."""


def shown(count: int, tries: int, goal: Goal) -> str:
    """What so many answers in a row show by themselves, where they were the first such row in so many tries.

    >>> from widgets.model.attempt import Goal
    >>> shown(4, 1, Goal())
    '4 successes in a row show only that at most 53 % are refused at 95 % confidence'
    """
    confidence = as_percent(goal.confidence, 4)
    alone = as_percent(refusal_bound(count, 0, goal.confidence))
    words = f"{count} successes in a row show only that at most {alone} are refused at {confidence} confidence"
    if tries == 1:
        return words
    bound = as_percent(refusal_bound(count, 0, goal.confidence, tries))
    if bound == alone:
        return f"over all that was tried until they came, {words}"
    return (
        f"{count} successes in a row would show that at most {alone} are refused at {confidence} confidence, had "
        f"they been the only try; over all that was tried until they came, they show only that at most {bound} are"
    )


def certified(manners: Manners, trial: Trial, wait: float, *, by_rules: bool = False) -> str:
    """The sentence of a certificate, and why it is of a longer wait than was tested, where it is.

    It says so where it would be longer but for the rules that `identify` compares.
    """
    goal = manners.goal
    more = wait / trial.tested - 1
    longer = f", and {as_percent(more)} was added, since {SAVED}" if more >= _A_LITTLE else ""
    rules = f" {NOTHING_MORE}" if by_rules else ""
    return (
        f"Waiting {as_wait(wait)} between requests, at most {as_percent(goal.refusal_rate, 4)} are refused, "
        f"with {as_percent(goal.confidence, 4)} confidence: {_seen(trial)}{longer}.{rules} This assumes that at a "
        "pace which breaks it each request is refused with at least that chance, whatever came before, and that longer "
        "waits are refused no more often. "
        f"{_not_excluded(manners, trial)}"
    )


def doubted(manners: Manners, trial: Trial, wait: float, caveats: str) -> str:
    """The sentence where the numbers would do for a certificate, and something else was seen."""
    return (
        f"Waiting {as_wait(wait)} between requests seems safe, since {_seen(trial)}; but it is not "
        f"certified. {caveats} {_not_excluded(manners, trial)}"
    )


def by_its_word(manners: Manners, trial: Trial | None, end: str) -> Verdict:
    """The verdict where the service's own word is what is known: tried as far as `trial` goes, and why no further.

    Raises:
        ValueError: When it has stated nothing.
    """
    stated, evidence = manners.stated, trial.evidence if trial else []
    if stated is None:
        raise ValueError("the service has stated no pace")
    words = f"The service states {manners.stated_words}: {as_wait(stated.wait)} between requests."
    if trial is None or not evidence:
        return manners.verdict("stated", stated.wait, f"{words} No request was counted at that pace. {end}".rstrip())
    # Told times are taken by the letter. A window that was seen through at that pace would have met one request more.
    quota = manners.spending.quota
    most = min(stated.most, trial.tested * (1 + 1 / quota)) if 0 < quota < len(evidence) else stated.most
    wait = max(trial.tested, most)
    longer = (
        f"It tells times in whole seconds, and so {as_wait(wait)} is what is recommended. At that wait itself nothing "
        "was tested. "
        if wait > trial.tested * ON_TIME
        else ""
    )
    return manners.verdict(
        "stated",
        wait,
        f"{words} {_seen(trial)}. {longer}{end}{' ' * bool(end)}{_not_excluded(manners, trial)}",
        evidence=evidence,
        tested=trial.tested,
        horizon=trial.horizon,
    )


def stated(manners: Manners, trial: Trial, wait: float) -> str:
    """The sentence where the service itself states a slower pace than the one that was tested."""
    return (
        f"Waiting {as_wait(wait)} between requests is what the service itself states: its quota sustains no "
        f"faster pace. That was not tested, so it is not certified: {_seen(trial)}, which lasts until the quota is "
        f"spent. {_not_excluded(manners, trial)}"
    )


def estimated(manners: Manners, trial: Trial, wait: float, burst: int = 0, *, leaning: bool = False) -> str:
    """The sentence of an estimate; `burst` is for how many saved requests the margin stands, 0 where for none.

    It says so where it is `leaning` on the rules that `identify` compares.
    """
    n = len(trial.evidence)
    saved = f", so that it holds where {burst} requests had been saved up before" if burst else ""
    rules = f" {LEANING}" if leaning else ""
    return (
        f"Waiting {as_wait(wait)} between requests seems safe, if there is no rare long tail: "
        f"{_seen(trial)}, and {as_percent(wait / trial.tested - 1)} was added as a margin{saved}. Without it "
        f"{shown(n, trial.tries, manners.goal)}.{rules} {_not_excluded(manners, trial)}"
    )


COMPARED = (
    "because the rules that are compared (gaps, buckets, windows, a bucket beside a window, and bans), weighed by how "
    "well they fit what was seen, would need a longer wait in fewer than one of"
)

LEANING = (
    "That is too few to outlast all that may have been saved up, or a whole cycle of the service: it is taken as "
    f"enough {COMPARED} 200 cases."
)

SAVED = "some may have been served from what was saved up"

NOTHING_MORE = f"Nothing more was added, though {SAVED}, {COMPARED} 1,000 cases."


def fastest(attempts: Sequence[Attempt]) -> float:
    """The spacing, in seconds, of the quick requests: the median of all."""
    return median(attempt.spacing or 0.0 for attempt in attempts[1:] or attempts)


def no_limit(manners: Manners) -> Verdict:
    """The verdict where nothing was refused."""
    attempts = manners.unbroken
    made = sum(attempt.number >= manners.suspects.bodies.begun for attempt in attempts)
    if 2 * made < len(attempts):
        return manners.inconclusive(
            ProbeEndedError(
                f"Only the last {made} of {len(attempts)} answers hold what was asked for: those before said that it "
                "was being made (202). Probe again now that it is."
            )
        )
    waits = tuple(attempt.wait for attempt in attempts if attempt.outcome is Outcome.ACCEPTED)
    late = waits[-len(LATE_COUNTS) :] == LATE_COUNTS
    n, seconds = len(attempts), attempts[-1].started - attempts[0].started
    pace = fastest(attempts)
    refused = sum(attempt.outcome is Outcome.REFUSED for attempt in attempts)
    failures = [attempt for attempt in attempts if attempt.outcome is Outcome.FAILED]
    failed = len(failures)
    were = f"all of {n} requests in {told(seconds)} s were accepted"
    if failed or refused:
        how = went_wrong(failures) if failed else "failed"
        were = f"{n - failed - refused} of {n} requests in {told(seconds)} s were accepted, {failed} {how}"
        were += (
            f", and {refused} refused before anything was accepted"
            if refused
            else ", no answer refused in so many words"
        )
    if (instead := _nothing_shown(manners, f"{were[0].upper()}{were[1:]}")) is not None:
        return instead
    seen = "No limit seen"
    if manners.counted:
        # What is stated is a limit, though nothing was refused; whether it was renewed or never spent was not seen.
        seen = (
            f"The service counts down a quota of {told(manners.counted, 6)} requests, and once it had accepted one it "
            "refused none in the time of this probe"
        )
    elif manners.named:
        seen = (
            f"The service states a limit of {told(manners.named, 6)} requests, and not over which time; in the time of "
            "this probe it refused none once it had accepted one"
        )
    statement = (
        f"{seen}: {were}, most of them as fast as answers came, each {told(pace)} s"
        f"{LATER if late else ''}. Not excluded: a limit on requests that come quicker than that, several at once; "
        f"one on bursts of more than {n} requests, or a quota of more than {n} requests over any window; one that "
        f"counts a request only later, or in several places; and nothing longer than {told(seconds)} s was looked at."
        f"{unsettled(manners.suspects, attempts)}"
    )
    if not (manners.counted or manners.named):
        return manners.verdict("no limit seen", pace, statement, tested=pace)
    return _counted(manners, statement, pace)


def _nothing_shown(manners: Manners, were: str) -> Verdict | None:
    """Where what was accepted shows nothing, since it was empty, or held up, or its quota is still being spent."""
    attempts = manners.unbroken
    good = sum(attempt.outcome is Outcome.ACCEPTED for attempt in attempts)
    if empty := hollow(attempts):
        return manners.inconclusive(
            ProbeEndedError(
                f"Of {good} answers that are good by their status {empty} were empty or began with an "
                "error, and the others did not: which of them serve is not known, and so neither is any limit. Say "
                "which answers are refusals, and probe again."
            )
        )
    if manners.muddled(attempts):
        return manners.inconclusive(
            ProbeEndedError(
                f"{were}, and whether the pace brought that about was not seen: say which answers are refusals, or try "
                "again when the service works."
            )
        )
    if manners.untimed.binds:
        return manners.inconclusive(ProbeEndedError(f"{were}, but a quota is stated."))
    if held := _held_up(attempts):
        many, long, first = held
        each = (attempts[-1].started - attempts[0].started) / len(attempts)
        return manners.inconclusive(
            ProbeEndedError(
                f"{were}, but {many} answers took some {told(long)} s (the "
                f"median), and the first one {told(first)} s: the service may hold up those that ask as "
                f"fast as answers come. On the whole it gave one answer each {told(each)} s."
            ),
            each,
        )
    return None


def _counted(manners: Manners, statement: str, pace: float) -> Verdict:
    """The verdict where a quota is counted, or named, of which not all was spent."""
    attempts = manners.unbroken
    quick = [
        attempt
        for attempt in attempts[1:]
        if attempt.outcome is Outcome.ACCEPTED and (attempt.spacing or 0.0) <= pace * ON_TIME
    ]
    kept = _with_its_pauses(attempts)
    if kept and kept[1] > pace * ON_TIME:
        times, each = kept
        statement += (
            f" {times} times it said that nothing was left, and was left alone until it said that there was more: with "
            f"these pauses it served one request each {told(each)} s, and that pace itself was not tested."
        )
        return manners.verdict("stated", max(pace, each * ABOVE), statement, evidence=quick, tested=pace)
    row, resets = Gains(), list[float]()
    for attempt in attempts:
        limits = read(attempt.status, attempt.headers, now=0.0)
        row.hear(attempt, limits)
        thousandth = manners.resets.milliseconds and limits.reading == "seconds left"
        if limits.reset and (end := limits.reset / (1000 if thousandth else 1)) < LONGEST:
            resets.append(end)
    window, seen = _there_again(manners, resets, attempts, pace)
    gains = None if row.unsure and manners.spending.within else row.each
    quota = manners.counted or manners.named
    sustained = window * manners.cost.each / max(quota, 1.0)
    if gains is None and sustained > pace * ON_TIME:
        statement += (
            f" {seen}: taken as {told(quota, 6)} {per(window)}, that is {told(sustained)} s between requests, which "
            "was not tested."
        )
        return manners.verdict("stated", sustained * ABOVE, statement, evidence=quick, tested=pace)
    if gains is None or gains <= pace * ON_TIME:
        return manners.verdict("stated", pace, statement, evidence=quick, tested=pace)
    adds = f"adds one request to it each {told(gains)} s"
    if row.unsure:
        statement += (
            " At this pace the count falls by less than was served, and why was not seen: either not every request "
            f"counts, or the service {adds}. That is the longer wait of the two, and was not tested."
        )
    else:
        statement += (
            f" At this pace the count falls, while the service {adds}: that is what it sustains, and was not tested."
        )
    return manners.verdict("stated", gains * ABOVE, statement, evidence=quick, tested=pace)


def _there_again(
    manners: Manners, resets: Sequence[float], attempts: Sequence[Attempt], pace: float
) -> tuple[float, str]:
    """Seconds over which the quota is counted, as far as was seen, and the sentence on it; 0 where nothing was.

    `resets` are the times until its end that the `attempts` told, of which the quick ones came at this `pace`.
    """
    within, untimed = manners.spending.within, manners.untimed
    if within:
        return _usual(within), f"All of it is there again within {told(within)} s, as it says"
    if resets:
        window = _told_of(resets, attempts[-1].started - attempts[0].started)
        return window, f"Its answers tell of an end in {told(max(resets))} s at most"
    return _renewed(manners, attempts, pace) if untimed.renewed else (0.0, "")


def _renewed(manners: Manners, attempts: Sequence[Attempt], pace: float) -> tuple[float, str]:
    """The same by what was left with each of these answers alone, of which the quick ones came at this pace."""
    untimed, quota = manners.untimed, manners.counted / manners.cost.each
    window = max(_usual(untimed.within), untimed.within) if untimed.within else inf
    served, took = in_a_row(attempts, pace)
    # A window that sustains less touches two that follow each other at most, and a bucket is gained in what it refills.
    most = took * quota / (served - quota) if served > 2 * quota > 0 else inf
    back = untimed.refill * quota or inf
    if most < min(back, window, untimed.lasts):
        return most, f"It served {served} requests in a row in {told(took)} s, {served / quota:.1f} times all of it"
    if back < inf:
        seconds, gained = untimed.gained
        came = f"Of it {told(gained)} came back in {told(seconds)} s while it was asked"
        return back, f"{came}, the first of them perhaps gained before"
    if untimed.lasts < inf:
        return min(untimed.lasts, window), f"All of it was there again within {told(untimed.lasts)} s"
    if not untimed.within:  # it rose with the second answer already: that says nothing of how long it lasts
        return 0.0, ""
    return window, f"It was seen to be renewed, in {told(untimed.within)} s or longer"


def in_a_row(attempts: Sequence[Attempt], pace: float) -> tuple[int, float]:
    """How many were accepted in a row, each no later than this pace of so many seconds, and the seconds they took.

    >>> from widgets.model.attempt import Attempt
    >>> row = [Attempt(i, 0.0, 1.0, float(at), 0.1, 200) for i, at in enumerate((0, 9, 10, 11, 12, 20, 21))]
    >>> in_a_row(row, 1.0)
    (4, 3.0)
    """
    runs: list[list[Attempt]] = [[]]
    for each in attempts:
        if each.outcome is not Outcome.ACCEPTED or (runs[-1] and each.started - runs[-1][-1].started > pace * ON_TIME):
            runs.append([])
        if each.outcome is Outcome.ACCEPTED:
            runs[-1].append(each)
    longest = max(runs, key=len)
    return len(longest), longest[-1].started - longest[0].started if longest else 0.0


def _told_of(resets: Sequence[float], seconds: float) -> float:
    """The window that the answers of so many seconds tell of, each by the time until its end.

    Where it was renewed meanwhile, or all of them tell the same, that is all of it. Else it was begun before.

    >>> _told_of([3.0, 1.0, 4.0, 2.0], 8.0), _told_of([30.0, 30.0], 8.0), _told_of([1700.0, 1692.0], 8.0)
    (4.0, 30.0, 3600.0)
    """
    longest, window = max(resets), _usual(max(resets))
    renewed = any(after > before + WHOLE for before, after in pairwise(resets))
    alike = longest - min(resets) <= min(DATED, seconds / 2)
    return longest if (renewed or alike) and abs(window - longest) > DATED else window or longest


def _usual(seconds: float) -> float:
    """The usual window that is meant by so many seconds."""
    return usual(seconds - DATED)


def _with_its_pauses(attempts: Sequence[Attempt]) -> tuple[int, float] | None:
    """How often a served answer asked for a pause that was kept, and the seconds for each request with these pauses.

    From the end of the first such pause to that of the last; `None` where there were fewer than two.
    """
    ends = [
        i
        for i, (before, each) in enumerate(pairwise(attempts), 1)
        if before.outcome is Outcome.ACCEPTED
        and 0 < pause_after(before) <= min((each.spacing or 0.0) + WHOLE, 2 * (each.spacing or 0.0))
    ]
    if len(ends) < 2:  # noqa: PLR2004 - a whole time lies between two
        return None
    return len(ends), (attempts[ends[-1]].started - attempts[ends[0]].started) / (ends[-1] - ends[0])


def _held_up(attempts: Sequence[Attempt]) -> tuple[int, float, float] | None:
    """How many answers were so slow that most of the time was spent on them, how slow, and the first one's time."""
    took = [each.latency for each in attempts if each.outcome is Outcome.ACCEPTED]
    slow = [each for each in took if each > max(SLOWED * took[0], took[0] + LONG)]
    held = len(slow) >= FEW and sum(slow) > sum(took) / 2
    return (len(slow), median(slow), took[0]) if held else None


def _seen(trial: Trial) -> str:
    """'63 of 63 that count were accepted at 6.84 s over 424 s': what came late, or said nothing of pace, does not."""
    accepted = sum(attempt.outcome is Outcome.ACCEPTED for attempt in trial.evidence)
    counted = f"{accepted} of {len(trial.evidence)} that count"
    return f"{counted} were accepted at {as_wait(trial.tested)} over {told(trial.span)} s"


def _not_excluded(manners: Manners, trial: Trial) -> str:
    """What the evidence does not exclude; a part of every verdict that recommends a wait."""
    accepted = sum(attempt.outcome is Outcome.ACCEPTED for attempt in manners.attempts)
    n, seconds, longest = len(trial.evidence), manners.seconds, trial.horizon
    chance = trial.chance(manners.attempts).met
    spells = f"refusals in spells that come whatever the pace, of which so few are met in {chance}; " if chance else ""
    return (
        f"Not excluded: a quota over a cycle longer than {told(longest)} s, as one of more than {accepted} requests a "
        f"day (so many were accepted in the {told(seconds)} s of this probe); a slower quota behind this one, which "
        f"sustains only a fraction f of this pace, unless its burst is below {n}·(1 - f) requests; {spells}and a "
        "limit that changes later, by the hour or with what other clients ask, so watch it in use. It holds for this "
        f"User-Agent, key and network address; {OTHER_PATHS}."
    )
