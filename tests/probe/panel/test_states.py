"""What the page says in each state, as a table."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from widgets.model.attempt import Attempt, Budget, Goal, Step, Verdict
from widgets.probe.panel.hero import Hero, columns, said
from widgets.probe.panel.states import (
    Ended,
    Guessing,
    Idle,
    Known,
    Running,
    Scored,
    Stranger,
    Tally,
    Trouble,
    Unfinished,
    face,
)
from widgets.probe.recorder import BrokenOff
from widgets.probe.run import Kept
from widgets.probe.settings import Settings

GOAL, BUDGET = Goal(), Budget()
FOUND = Verdict("certified", 6.5134, 6.5134, 0.049, 0.95, 63, 0, 74, 424.0, 385.0, 385.0, "Waiting 6.52 s … is safe.")
ESTIMATED = replace(FOUND, kind="estimated", wait=6.9087, tested=6.2806, accepted=8, refusal_bound=0.31, requests=11)
STOPPED = replace(
    FOUND, kind="inconclusive", wait=0.7912, tested=None, requests=27, statement="Stopped by you after 27 …"
)
TALLY = Tally(74, 70, 4, 0, 424.0, 6.1, 6.5134)
KEPT = Kept("Kept: Fetch obeys it from now on.")


@dataclass(frozen=True)
class Rule:
    """A candidate for the service's rule."""

    name: str
    support: float
    explained: int = 27
    attempts: int = 27
    parameters: tuple[str, ...] = ()


def failing(status: int | None, error: str = "", count: int = 1) -> Tally:
    return Tally.of(Attempt(n, None, None, n * 0.1, 0.01, status, error=error) for n in range(1, count + 1))


def ended(verdict: Verdict, strategy: str = "careful", tally: Tally = TALLY, **more: object) -> Ended:
    return Ended(verdict, strategy, GOAL, tally, **more)  # type: ignore[arg-type]


IDENTIFIED = replace(STOPPED, limiter=(Rule("minimum gap", 0.995), Rule("token bucket", 0.001)))
RUN = Running("careful", GOAL, BUDGET, TALLY, Step(6.5, "search", 5.2, 9.0))

TABLE: dict[str, tuple[Known, str, str, str, str, tuple[str, ...]]] = {
    "idle": (Idle(), "idle", "Safe wait", "Not measured yet", "One request at a time", ()),
    "searching": (RUN, "run", "Searching", "5.2 – 9", "", ()),
    "trial": (replace(RUN, trial=(6.5134, 38, 63)), "run", "On trial: 38 of 63 in a row", "6.52", "", ()),
    "certified": (
        ended(FOUND, kept=KEPT),
        "good",
        "Certified safe wait",
        "6.52",
        "**At most 5 % are refused, 95 % sure.** Kept: Fetch obeys it from now on.",
        ("code", "copy"),
    ),
    "estimated": (
        ended(ESTIMATED, "quick", can_grow=True),
        "warn",
        "Estimated wait",
        "6.91",
        "**Seems safe if there is no rare long tail.** 10 % is added as a margin.",
        ("certain", "code"),
    ),
    "weaker than kept": (
        ended(ESTIMATED, "quick", kept=Kept(instead="The certified 6.52 s", replace=str), can_grow=True),
        "warn",
        "Estimated wait",
        "6.91",
        "**The certified 6.52 s stays in use.**",
        ("replace", "certain"),
    ),
    "stopped": (
        ended(STOPPED, can_grow=True),
        "idle",
        "Stopped by you",
        "No answer yet",
        "About 0.792 s is a guess from 27 requests, not a result.",
        ("go on",),
    ),
    "budget spent": (
        ended(replace(STOPPED, statement="The budget of 27 requests is spent. …"), can_grow=True),
        "idle",
        "The budget is spent",
        "No answer yet",
        "About 0.792 s is a guess",
        ("go on",),
    ),
    "identified": (
        ended(IDENTIFIED, "identify"),
        "run",
        "Which limiter it is",
        "Minimum gap",
        "**Explains 27 of 27 answers;** no other rule that was tried has 1 % support.",
        ("certain", "rules"),
    ),
    "identify where nothing was refused": (
        ended(replace(STOPPED, kind="no limit seen", limiter=(Rule("none seen", 1.0),)), "identify"),
        "idle",
        "Not limited so far",
        "70 requests in 7 min 4 s, none refused",
        "That is no promise",
        ("more",),
    ),
    "nothing to pace": (
        ended(replace(STOPPED, wait=None, limiter=(Rule("none seen", 1.0),), statement="…"), "identify", failing(404)),
        "bad",
        "Nothing to pace",
        "404 Not Found at this address",
        "One request was made. Check the address for typing errors.",
        ("fetch",),
    ),
    "no answer": (
        ended(replace(STOPPED, wait=None, statement="…"), "identify", failing(None, "nothing listens there")),
        "bad",
        "No answer",
        "Nothing listens there",
        "One request was made.",
        ("again",),
    ),
    "gone while a probe runs": (
        replace(RUN, tally=failing(None, "connection refused", 3)),
        "bad",
        "No answer that counts to the last 3 requests",
        "Connection refused",
        "This says nothing about pace. The probe ends after 5 in a row.",
        (),
    ),
    "stranger": (
        Stranger("api.example.org", BUDGET),
        "warn",
        "api.example.org is not yours",
        "May it be asked up to 1,500 times?",
        "In at most 1 h, ending at 60 refusals. Read its terms first.",
        ("allow", "refuse"),
    ),
    "broke off": (
        Unfinished(BrokenOff("x", Settings("careful", GOAL, BUDGET), 111, "18 min")),
        "warn",
        "Unfinished, from 18 min ago",
        "Go on from its 111 attempts?",
        "A careful probe of this address broke off.",
        ("resume", "anew"),
    ),
    "looking on": (
        replace(RUN, trial=(6.5134, 38, 63), onlooker=True),
        "run",
        "Looking on: another page probes this address",
        "6.52",
        "",
        (),
    ),
    "error": (
        Trouble("'abc' is no address: write it whole."),
        "bad",
        "Not probed",
        "'abc' is no address",
        "Write it whole.",
        (),
    ),
    "puzzle": (
        Guessing("1-2024", ended(replace(ESTIMATED, wait=1.6009))),
        "warn",
        "Puzzle 1-2024",
        "1.61",
        "**Guess once;** then the truth is drawn into the chart.",
        (),
    ),
    "solved": (
        Scored("Puzzle 1-2024, solved", 87, "**Minimum gap: 1.45 s.**", good=True, columns=()),
        "good",
        "Puzzle 1-2024, solved",
        "87",
        "**Minimum gap: 1.45 s.**",
        ("puzzle", "link"),
    ),
}


@pytest.mark.parametrize("state", TABLE)
def test_each_state_has_its_words_its_tone_and_its_buttons(state: str) -> None:
    known, tone, label, large, sentence, actions = TABLE[state]
    shown = face(known)
    assert (shown.tone, shown.label, shown.large, shown.actions) == (tone, label, large, actions)
    assert shown.sentence.startswith(sentence)


@pytest.mark.parametrize("state", [state for state in TABLE if state not in {"puzzle", "solved"}])
def test_each_state_says_what_is_shown_what_is_not_and_what_it_costs(state: str) -> None:
    shown = face(TABLE[state][0])
    assert len(shown.columns) == 3
    assert len(shown.columns[1].lines) <= 2
    assert all(len(each.lines) <= 3 for each in shown.columns)


def test_a_wait_that_was_not_shown_is_never_set_as_a_large_number() -> None:
    large = {state for state, (known, *_) in TABLE.items() if face(known).unit.startswith("s between")}
    assert large == {"certified", "estimated", "weaker than kept"}
    assert face(TABLE["stopped"][0]).unit == ""


def test_errors_and_questions_are_announced_at_once_and_the_rest_in_its_turn() -> None:
    at_once = {state for state, (known, *_) in TABLE.items() if face(known).alert}
    assert at_once == {"nothing to pace", "no answer", "stranger", "broke off", "error"}


@pytest.mark.parametrize("known", [ended(FOUND), ended(ESTIMATED, "quick"), Stranger("<b>x</b>", BUDGET)])
def test_all_that_is_painted_is_escaped(known: Known) -> None:
    shown = face(known)
    assert "<b>x</b>" not in said(shown)
    assert "**" not in said(shown) + columns(shown.columns)


def test_one_wait_is_one_number_and_never_shorter_than_what_was_shown() -> None:
    assert face(ended(FOUND)).large == "6.52"
    assert "at 6.52 s" in face(ended(FOUND)).columns[0].lines[0]


def test_only_buttons_that_are_there_act() -> None:
    pressed: list[str] = []
    hero = Hero(pressed.append)
    hero.first.click()
    hero.show(face(TABLE["estimated"][0]))
    hero.first.click()
    hero.second.click()
    hero.show(face(Idle()))
    hero.second.click()
    assert pressed == ["certain", "code"]


def test_time_in_which_nobody_probed_is_not_spent() -> None:
    first = Attempt(1, None, None, 0.0, 0.1, 200)
    late = Attempt(2, 6.0, 3606.0, 3606.0, 0.1, 200)
    assert Tally.of([first, late]).seconds == pytest.approx(6.1)
