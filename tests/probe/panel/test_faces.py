"""What the page says in each state, as a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate

import pytest

from widgets.model.attempt import Attempt, Budget, Goal, Step, Verdict
from widgets.model.quantity import wait_number
from widgets.probe.asker import USER_AGENT
from widgets.probe.evidence import on_trial
from widgets.probe.panel.faces import face
from widgets.probe.panel.hero import Hero, columns, said
from widgets.probe.panel.live_view import LiveView
from widgets.probe.panel.probe_panel import ProbePanel
from widgets.probe.panel.states import (
    Ended,
    Guessing,
    Idle,
    Known,
    Running,
    Scored,
    Stranger,
    Trouble,
    Unfinished,
)
from widgets.probe.panel.tally import Column, Tally
from widgets.probe.panel.verdict_card import badge
from widgets.probe.recorder import BrokenOff, Stopped
from widgets.probe.run import Kept
from widgets.probe.settings import Settings
from widgets.probe.strategies.manners import LOCKED_OUT
from widgets.probe.strategies.trial import Trial

GOAL, BUDGET = Goal(), Budget()
FOUND = Verdict("certified", 6.5134, 6.5134, 0.049, 0.95, 63, 0, 74, 424.0, 385.0, 385.0, "Waiting 6.52 s … is safe.")
ESTIMATED = replace(FOUND, kind="estimated", wait=6.9087, tested=6.2806, accepted=8, refusal_bound=0.31, requests=11)
STOPPED = replace(
    FOUND, kind="inconclusive", wait=0.7912, tested=None, requests=27, statement="Stopped by you after 27 …"
)
SPENT = "The budget of 27 requests is spent. Allow more requests to go on. The best guess so far …"
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
    "idle where a wait is known": (
        Idle(before=6.5134),
        "idle",
        "Safe wait",
        "Not probed on this page",
        "**6.52 s is known from before.** A probe measures it anew.",
        (),
    ),
    "idle where a wait is known and was probed on this page": (
        Idle(before=6.5134, probed=True),
        "idle",
        "Safe wait",
        "Not probed again yet",
        "**6.52 s is known from before.** A probe measures it anew.",
        (),
    ),
    "idle where a probe was stopped": (
        Idle(before=6.5134, earlier=Stopped("x", Settings("careful", GOAL, BUDGET), 27, "27 November, 07:31")),
        "idle",
        "Safe wait",
        "Not probed on this page",
        "A careful probe was stopped on 27 November, 07:31, after 27 attempts. **6.52 s is known from before.**",
        ("resume",),
    ),
    "idle where a probe broke off": (
        Idle(earlier=BrokenOff("x", Settings("quick", GOAL, BUDGET), 12, "27 November, 07:31")),
        "idle",
        "Safe wait",
        "Not measured to the end",
        "A quick probe was not finished: 12 attempts, the last on 27 November, 07:31.",
        ("resume",),
    ),
    "idle where another page probed a moment ago, be it to go on with an earlier one": (
        Idle(before=6.5134, elsewhere="identify"),
        "idle",
        "Safe wait",
        "Not probed on this page",
        "An identify probe was under way on another page; while it is, **Probe** only looks on.",
        (),
    ),
    "looking on before an attempt was read": (
        replace(RUN, tally=Tally(), step=None, onlooker=True),
        "run",
        "Looking on: another page probes this address",
        "None of its attempts was read yet",
        "",
        ("end",),
    ),
    "searching": (RUN, "run", "Searching", "5.2 – 9", "", ()),
    "looking again at a wait, which is no bound of it": (
        replace(RUN, strategy="recheck", step=Step(6.5, "verify", 6.5)),
        "run",
        "Looking again",
        "6.5",
        "",
        (),
    ),
    "searching, where nothing was accepted yet": (
        replace(RUN, step=Step(6.5, "search"), tally=replace(TALLY, requests=3, accepted=0, refused=3)),
        "run",
        "Searching",
        "Refused so far",
        "",
        (),
    ),
    "searching, nothing refused yet": (
        replace(RUN, step=Step(0.34, "search", None, 1.0), tally=replace(TALLY, refused=0)),
        "run",
        "Searching",
        "1",
        "",
        (),
    ),
    "a shorter wait is tried": (
        replace(RUN, step=Step(4.1, "verify", 1.2, 2.0, 6.5134)),
        "run",
        "Searching",
        "6.52",
        "",
        (),
    ),
    "a shorter wait is on trial": (
        replace(RUN, step=Step(4.1, "verify", 1.2, 2.0, 6.5134), trial=(4.1, 38, 63)),
        "run",
        "On trial: 38 of 63 in a row",
        "4.1",
        "",
        (),
    ),
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
        ("go on", "again"),
    ),
    "budget spent": (
        ended(replace(STOPPED, statement=SPENT), can_grow=True),
        "idle",
        "The budget is spent",
        "No answer yet",
        "About 0.792 s is a guess from 27 requests. Allow more requests to go on.",
        ("go on", "again"),
    ),
    "identified": (
        ended(IDENTIFIED, "identify"),
        "run",
        "Which limiter it is",
        "Minimum gap",
        "**Explains 27 of 27 answers;** no other rule that was tried has 1 % support.",
        ("certain", "rules"),
    ),
    "identify that a person stopped": (
        ended(IDENTIFIED, "identify", can_grow=True),
        "run",
        "Which limiter it is",
        "Minimum gap",
        "**Explains 27 of 27 answers;**",
        ("go on", "again"),
    ),
    "identify where nothing was refused": (
        ended(replace(STOPPED, kind="no limit seen", limiter=(Rule("none seen", 1.0),)), "identify"),
        "idle",
        "Not limited so far",
        "70 requests accepted, 4 refused",
        "Most of them quickly. That is no promise",
        ("more",),
    ),
    "nothing to pace": (
        ended(
            replace(STOPPED, wait=None, requests=1, limiter=(Rule("none seen", 1.0),), statement="…"),
            "identify",
            failing(404),
        ),
        "bad",
        "Nothing to pace",
        "404 Not Found at this address",
        "One request was made. Check the address for typing errors.",
        ("fetch",),
    ),
    "no answer": (
        ended(
            replace(STOPPED, wait=None, requests=1, statement="…"), "identify", failing(None, "nothing listens there")
        ),
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
        "This says nothing about pace. The probe ends after 5 in a row at most.",
        (),
    ),
    "another body while a probe runs": (
        replace(RUN, tally=replace(TALLY, silent=2, status=200)),
        "bad",
        "No answer that counts to the last 2 requests",
        "200 OK, unlike those before",
        f"It may be a way to refuse: the probe rests longer after each, and ends after {LOCKED_OUT} in a row.",
        (),
    ),
    "stranger": (
        Stranger("api.example.org", BUDGET, USER_AGENT),
        "warn",
        "api.example.org is not this machine",
        "May it be asked up to 1,500 times?",
        "In at most 1 h, ending at 60 refusals. Read its terms first.",
        ("allow", "refuse"),
    ),
    "broke off": (
        Unfinished(BrokenOff("x", Settings("careful", GOAL, BUDGET), 111, "27 November, 07:31")),
        "warn",
        "Unfinished, last request on 27 November, 07:31",
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
        ("end",),
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


@pytest.mark.parametrize(
    ("low", "high", "kept", "told"),
    [
        (None, 1.0, None, "1 s was accepted, no refusal yet"),
        (1.0003, None, None, "> 1 s, so far"),
        (5.2, 9.0, None, "5.2 – 9 s, between refused and accepted"),
        (5.2, 9.0, 12.0, "12 s held long enough; a shorter wait is tried"),
    ],
)
def test_a_search_tells_what_was_seen_and_not_what_it_leaves_possible(
    low: float | None, high: float | None, kept: float | None, told: str
) -> None:
    """A burst is served however short its waits are: what was accepted is no bound of what is sustained."""
    tally = replace(TALLY, refused=1 if low else 0)
    face_ = face(replace(RUN, step=Step(6.5, "search", low, high, kept), tally=tally))
    assert f"{face_.large} {face_.unit}" == told


def test_the_ends_of_a_search_have_the_numbers_of_the_column_below() -> None:
    """A request that came a little after its wait was refused at that wait."""
    step, tally = Step(2.3, "search", 1.7341, 3.0121), replace(TALLY, refused_at=1.7325, accepted_at=3.001)
    face_ = face(replace(RUN, step=step, tally=tally))
    assert face_.large == "1.74 – 3.01"
    assert face_.columns[0].lines == ("Refused at 1.74 s, accepted at 3.01 s.",)


@pytest.mark.parametrize("state", TABLE)
def test_each_state_has_its_words_its_tone_and_its_buttons(state: str) -> None:
    known, tone, label, large, sentence, actions = TABLE[state]
    shown = face(known)
    assert (shown.tone, shown.label, shown.large, shown.actions) == (tone, label, large, actions)
    assert shown.sentence.startswith(sentence)


def test_a_button_is_loud_where_it_is_what_is_usually_done_next_and_quiet_beside_another_that_is() -> None:
    quiet = {state for state, (known, *_) in TABLE.items() if face(known).actions and not face(known).loud}
    assert quiet == {
        "identify where nothing was refused",
        "nothing to pace",
        "looking on",
        "looking on before an attempt was read",
        "idle where a probe was stopped",
        "idle where a probe broke off",
    }
    hero = Hero(lambda _: None)
    for state, style in (("looking on", ""), ("certified", "primary"), ("looking on", "")):
        hero.show(face(TABLE[state][0]))
        assert hero.first.button_style == style


def test_a_column_that_says_much_is_set_smaller_so_that_all_of_it_is_seen() -> None:
    assert 'class="ww-long"' in columns((Column("Shown", ("word " * 20,)),))
    assert 'class="ww-long"' not in columns((Column("Shown", ("**59 of 59** accepted at 6.52 s, over 6 min 25 s.",)),))


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
    assert at_once == {
        "nothing to pace",
        "no answer",
        "another body while a probe runs",
        "stranger",
        "broke off",
        "error",
    }


@pytest.mark.parametrize("known", [ended(FOUND), ended(ESTIMATED, "quick"), Stranger("<b>x</b>", BUDGET, "<b>y</b>")])
def test_all_that_is_painted_is_escaped(known: Known) -> None:
    shown = face(known)
    assert "<b>x</b>" not in said(shown)
    assert "<b>y</b>" not in columns(shown.columns)
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


def told(known: Known) -> str:
    """All words of a state."""
    shown = face(known)
    lines = [line for column in shown.columns for line in column.lines]
    meters = [words for column in shown.columns for words, *_ in column.meters]
    return " | ".join([shown.label, shown.large, shown.sentence, *lines, *meters])


def test_consent_names_the_agent_that_is_really_sent() -> None:
    assert "Each request says who asks: Waitwise/" in told(Stranger("api.example.org", BUDGET, USER_AGENT))
    assert "Each request says who asks: curl/8.5" in told(Stranger("api.example.org", BUDGET, "curl/8.5"))
    assert "No request says who asks." in told(Stranger("api.example.org", BUDGET, ""))


@pytest.mark.parametrize(("bound", "words"), [(0.999, "99.9 %"), (0.9961, "99.6 %"), (1.0, "100 %"), (0.527, "53 %")])
def test_a_bound_is_written_without_an_exponent_and_is_all_only_where_it_is(bound: float, words: str) -> None:
    assert f"They show at most {words} refused." in told(ended(replace(ESTIMATED, refusal_bound=bound), "quick"))


def test_requests_without_a_wait_are_counted_and_are_not_nothing() -> None:
    rapid = Tally.of(Attempt(n, 0.0 if n > 1 else None, None, 0.1 * n, 0.01, 200) for n in range(1, 13))
    assert "12 accepted, 0 refused." in told(ended(STOPPED, tally=rapid))
    assert "othing yet" not in told(ended(STOPPED, tally=rapid))


def test_one_wait_at_which_one_was_refused_and_another_accepted_is_said_once() -> None:
    both = replace(TALLY, refused_at=0.1468, accepted_at=0.147)
    assert "Both refused and accepted at 0.147 s." in told(ended(STOPPED, tally=both))


def test_a_request_that_stop_cut_short_is_part_of_the_cost() -> None:
    verdict = replace(STOPPED, requests=4, wait=None, statement="Stopped by you after 4 requests …")
    assert "**4 requests**" in told(ended(verdict, tally=failing(200, count=3)))
    assert "4 requests were made." in told(ended(verdict, tally=failing(500, count=3)))


def test_a_wait_that_is_only_stated_shows_no_counts() -> None:
    stated = replace(FOUND, kind="stated", accepted=0, refused=0, tested=None, span=0.0, horizon=0.0)
    assert "No request was counted at this pace." in told(ended(stated))
    assert "0 of 0" not in told(ended(stated))
    assert "over more than 0 s" not in told(ended(stated))


def test_a_recheck_says_still_holds_only_where_it_does() -> None:
    holds = replace(ESTIMATED, statement="A wait of 6.3 s still holds: 8 of 8 were accepted. …")
    raised = replace(ESTIMATED, statement="A wait of 5.0 s no longer holds; 6.3 s does: 8 of 8 were accepted. …")
    assert face(ended(holds, "recheck")).label == "Still holds"
    assert face(ended(raised, "recheck")).label == "The kept wait holds no longer"
    assert face(ended(raised, "recheck")).tone == "warn"


def test_the_least_that_a_certificate_costs_is_no_more_than_the_goal_needs() -> None:
    assert "6 min 24 s is the least possible" in told(ended(FOUND)), "59 requests, each after 6.5134 s"
    assert "6 min 24 s is the least possible" in told(ended(replace(FOUND, span=900.0, accepted=138)))


def test_a_certificate_with_a_margin_names_its_assumption_in_the_headline() -> None:
    margin = replace(
        FOUND, wait=7.165, statement="If refusals fall at least exponentially with waiting, then waiting …"
    )
    shown = face(Ended(margin, "careful", GOAL, TALLY, on_trial=Goal(0.0656)))
    assert shown.sentence.startswith(
        "**At most 5 % are refused, 95 % sure, if refusals fall at least exponentially with waiting.**"
    )
    assert "4 min 53 s is the least possible" in told(Ended(margin, "careful", GOAL, TALLY, on_trial=Goal(0.0656)))


def test_advice_claims_no_more_of_an_answer_than_its_status_says() -> None:
    def advice(status: int) -> str:
        return face(ended(replace(STOPPED, requests=5, statement="…"), tally=failing(status, count=5))).sentence

    assert "when the service works" in advice(500)
    assert "give that one" in advice(302)
    assert "shut this client out" in advice(418)


def test_a_service_that_served_before_may_refuse_by_what_it_answers_now() -> None:
    served = replace(failing(403, count=3), accepted=20)
    assert "It may be a way to refuse" in told(replace(RUN, tally=served))
    assert "ends after 9 in a row" in told(replace(RUN, tally=served))


def test_what_was_found_to_be_a_refusal_is_said_where_the_counts_stand() -> None:
    learned = replace(TALLY, learned=("403",))
    for known in (replace(RUN, tally=learned), ended(FOUND, tally=learned), ended(STOPPED, tally=learned)):
        assert "**403** counts as refused." in told(known)


def test_a_wait_that_was_kept_as_exactly_as_requests_are_sent_has_one_number() -> None:
    late = replace(ESTIMATED, wait=0.2048, tested=0.20515)
    assert "at 0.205 s" in told(ended(late, strategy="doubling"))
    slower = replace(late, tested=0.25)
    assert "at 0.25 s" in told(ended(slower, strategy="doubling"))


def test_an_offer_to_go_on_names_the_goal_that_it_goes_on_with_where_the_fields_say_another_one() -> None:
    loose, goal = Settings("careful", Goal(0.2, 0.9), BUDGET), "Its goal: at most 20 % refused, 90 % sure."
    assert goal in told(Unfinished(BrokenOff("x", loose, 11, "27 November, 07:31"), goal=GOAL))
    assert goal in told(Idle(goal=GOAL, earlier=Stopped("x", loose, 11, "27 November, 07:31")))
    for same in (
        Unfinished(BrokenOff("x", loose, 11, "27 November, 07:31"), goal=Goal(0.2, 0.9)),
        Unfinished(BrokenOff("x", loose, 11, "27 November, 07:31")),
    ):
        assert "Its goal" not in told(same)


def test_who_looks_on_is_told_which_limiter_it_is_as_on_the_page_that_asks() -> None:
    asked = replace(IDENTIFIED, statement="Most likely: minimum gap (support 0.995).")
    live = LiveView()
    live.go(Settings("quick", GOAL, BUDGET))
    live.look_on()
    live.recall(Step(0.0, "hello"), Attempt(1, None, None, 0.0, 0.01, 200))
    live.finish(asked)
    assert live.face.label == "Which limiter it is"
    assert live.face.large == "Minimum gap"
    live.go(Settings("quick", GOAL, BUDGET))
    live.finish(IDENTIFIED)
    assert live.face.label == "Stopped by you", "a quick probe of this page asked something else"


def test_who_looks_on_is_not_told_by_the_strategy_that_is_chosen_on_his_own_page() -> None:
    live = LiveView()
    for onlooker, words in ((True, "it is not certified"), (False, "8 accepted in a row")):
        live.go(Settings("doubling", GOAL, BUDGET))
        if onlooker:
            live.look_on()
        live.recall(Step(0.0, "hello"), Attempt(1, None, None, 0.0, 0.01, 200))
        live.finish(ESTIMATED)
        assert words in live.face.sentence


def test_who_looks_on_is_shown_what_the_strategy_that_runs_does_and_not_his_own() -> None:
    """A careful probe is looked on at by a page whose own choice is quick; its settings are known a little later."""
    panel = ProbePanel(["http://127.0.0.1:9/x"])
    live = panel.live
    known: list[Settings] = []
    live.others = lambda: known[-1] if known else None
    live.go(Settings("quick", GOAL, BUDGET))
    live.look_on()
    for n in range(1, 6):
        live.on_step(Step(2.0, "verify" if n > 1 else "hello"))
        live.on_attempt(Attempt(n, 2.0 if n > 1 else None, 2.0, 2.0 * n, 0.01, 200))
    live._repaint()
    assert live.face.unit == "s on trial: 4 in a row"
    assert live.face.sentence == "", "that a few more decide is said of quick only"
    known.append(Settings("careful", Goal(0.1, 0.9), BUDGET))
    _, _, needed = on_trial(live.attempts, Goal(0.1, 0.9)) or (0.0, 0, 0)
    assert needed < 40, "fewer than for this page's own goal"
    live._repaint()
    assert live.face.unit == f"s on trial: 4 of {needed} in a row"
    assert live.face.share == pytest.approx(4 / needed)
    assert "at most 10 % refused" in live.face.columns[0].lines[0]
    assert panel.form.strategy.value == "careful"
    panel.form.run(None)
    assert panel.form.strategy.value == "quick", "one's own choice is there again"


def asked_of(*waits: tuple[float | None, int], late: float = 0.004) -> list[Attempt]:
    """Attempts after those waits, a little late, with those statuses."""
    times = accumulate((wait or 0.0) + late for wait, _ in waits)
    return [
        Attempt(n, wait, None if wait is None else wait + late, at, 0.01, status)
        for n, ((wait, status), at) in enumerate(zip(waits, times, strict=True), 1)
    ]


@pytest.mark.parametrize(
    ("step", "waits", "large", "below"),
    [
        (Step(3.0, "recover", 1.0, 3.004), [(1.74, 429)], "1.74 – 3.01", "refused at 1.74 s"),
        (Step(3.0, "recover", 1.0), [(3.0, 200)], "1 – 3", "accepted at 3 s"),
        (Step(2.0, "search", 1.0, 9.0), [(2.0, 200)], "1 – 2", "accepted at 2 s"),
        (Step(1.74, "search", 1.0, 1.7), [(1.74, 429)], "> 1.74", "refused at 1.74 s"),
        (Step(3.0, "recover", 1.0), [(1.0, 429), (3.0, 429)], "> 1", "refused at 1 s"),
        (Step(1.0, "search"), [(1.0, 200)], "1", "accepted at 1 s"),
        (Step(1.0, "search"), [(1.0, 429)], "> 1", "refused at 1 s"),
        (Step(2.0, "search", 1.0, 9.0), [(2.0, 500)], "1 – 9", ""),
        (Step(8.0, "recover", 1.0), [(1.0, 429), (2.0, 500), (8.0, 429)], "> 1", "refused at 1 s"),
    ],
)
def test_who_looks_on_is_shown_the_range_that_follows_from_the_last_answer(
    step: Step, waits: list[tuple[float, int]], large: str, below: str
) -> None:
    """The step that is known there was chosen before that answer came."""
    tally = Tally.of(asked_of((None, 200), *waits))
    shown = face(replace(RUN, step=step, tally=tally, onlooker=True))
    assert shown.large == large
    assert below in shown.columns[0].lines[0].lower()


def test_what_came_much_later_than_it_was_asked_for_shows_who_looks_on_no_longer_wait() -> None:
    """'1 – 3600 s, between refused and accepted' was shown of 3 s, asked again after an hour."""
    attempts = asked_of((None, 200), (1.0, 429), (3.0, 200))
    attempts[2] = replace(attempts[2], spacing=3600.0, started=3602.0)
    shown = face(replace(RUN, step=Step(3.0, "recover", 1.0), tally=Tally.of(attempts), onlooker=True))
    assert shown.large == "> 1"


def test_who_looks_on_after_the_first_answer_is_not_told_that_it_is_asked_for() -> None:
    shown = face(replace(RUN, step=Step(0.0, "hello"), tally=Tally.of(asked_of((None, 200))), onlooker=True))
    assert shown.large == "No refusal yet"


def test_a_longer_wait_that_was_refused_too_is_told_beside_the_range() -> None:
    """Amid refusals it shows no pace by itself: it may be what a ban or a quota does; and it was refused."""
    step = Step(9.0, "recover", 1.004)
    tally = Tally.of(asked_of((None, 200), (1.0, 429)))
    assert face(replace(RUN, step=step, tally=tally)).sentence == ""
    tally = Tally.of(asked_of((None, 200), (1.0, 429), (3.0, 429)))
    for onlooker in (False, True):
        shown = face(replace(RUN, step=step, tally=tally, onlooker=onlooker))
        assert (shown.large, shown.unit) == ("> 1", "s, so far")
        assert shown.sentence.startswith("**3 s was refused too,**")
    longest = Step(6.0, "search", 3.0)  # of the strategy that takes each refusal for a pace
    assert face(replace(RUN, step=longest, tally=tally)).sentence == ""
    accepted = Tally.of(asked_of((None, 200), (1.0, 429), (3.0, 429), (9.0, 200)))
    assert face(replace(RUN, step=Step(5.2, "search", 1.004, 9.004), tally=accepted)).sentence == ""


def test_what_was_refused_has_one_number_where_it_shows_a_little_less_than_was_asked_for() -> None:
    """A run's pace is that of its answers, and not to the millisecond the wait that was asked for."""
    tally = Tally.of(asked_of((None, 200), (7.01, 200), (5.2919, 429), late=0.0))
    shown = face(replace(RUN, step=Step(6.1, "search", 5.2894, 7.01), tally=tally))
    assert shown.large == "5.3 – 7.01"
    assert "refused at 5.3 s" in shown.columns[0].lines[0].lower()


@pytest.mark.parametrize("late", [0.0, 0.0006, 0.3])
def test_a_wait_has_the_number_on_trial_that_its_verdict_will_have(late: float) -> None:
    """Requests come a little late: what was asked for as 7.1198 s was tried at 7.1204 s, and that is certified."""
    live = LiveView()
    live.go(Settings("careful", GOAL, BUDGET))
    attempts = asked_of((None, 200), *[(7.1198, 200)] * 6, late=late)
    for attempt in attempts:
        live.on_step(Step(7.1198, "verify", 6.0, 7.1198))
        live.on_attempt(attempt)
    live._show_running()
    on_trial_ = live.face
    wait = Trial(7.1198, evidence=attempts[1:]).tested
    live.finish(replace(FOUND, wait=wait, tested=wait))
    assert on_trial_.large == live.face.large == wait_number(wait)
    assert f"at {live.face.large} s" in on_trial_.columns[0].lines[0]
    assert f"at {live.face.large} s" in live.face.columns[0].lines[0]


def test_who_is_to_be_left_alone_is_not_to_be_asked_again_by_the_loudest_button() -> None:
    statement = "The service asks to be left alone for 16 h 32 min (as its body says), over the budget. Come …"
    spent = replace(STOPPED, wait=None, requests=1, statement=statement)
    shown = face(ended(spent, "quick", Tally.of([Attempt(1, None, None, 0.0, 0.048, 429)])))
    assert shown.large == "Refused: 429 Too Many Requests", "it was answered"
    assert shown.sentence == statement.removesuffix(" Come …"), "as the strategy says it"
    assert not shown.loud
    assert shown.columns[1].lines[0] == "a pace at which it serves"
    other = face(ended(replace(spent, statement="Something else. And more."), "quick", Tally()))
    assert (other.loud, other.sentence) == (True, "Something else.")


def test_of_one_answer_no_quota_is_said_that_was_not_shown() -> None:
    """'A quota over more than 0.048 s' says nothing."""
    row = [Attempt(n, 0.1 if n > 1 else None, 0.1, 30.0 * (n - 1), 0.048, 200) for n in (1, 2)]
    for count, words in ((1, "a quota longer than the probe itself"), (2, "a quota over more than 30 s")):
        tally = Tally.of(row[:count])
        for known in (replace(RUN, tally=tally), Trouble("It: ended.", tally=tally), ended(STOPPED, tally=tally)):
            assert face(known).columns[1].lines[0] == words


def test_what_was_spent_of_a_probe_that_broke_off_is_not_made_up() -> None:
    asked = Unfinished(BrokenOff("x", Settings("careful", GOAL, BUDGET), 111, "27 November, 07:31"))
    assert "111 of 1,500" in told(asked)
    assert "0 of 60" not in told(asked)


def test_a_quota_that_was_not_met_is_counted_from_the_last_time_in_which_nobody_probed() -> None:
    row = [Attempt(n, 0.1 if n > 1 else None, 0.1, 0.1 * n, 0.01, 200) for n in range(1, 11)]
    late = [Attempt(n, 0.1, 3600.0 if n == 11 else 0.1, 3600 + 0.1 * n, 0.01, 200) for n in range(11, 15)]
    unlimited = replace(STOPPED, kind="no limit seen", statement="No limit seen …")
    assert "a quota of more than 4" in told(ended(unlimited, tally=Tally.of([*row, *late])))


WORDED: dict[str, tuple[tuple[tuple[int, str], ...], str]] = {
    "its own words": (
        ((200, "it says 'Too many requests'"),),
        "Refused: **200** that says 'Too many requests'.",
    ),
    "a text of the person's": (
        ((200, "its body holds 'calm', which counts as refused"),),
        "Refused: **200** whose body holds 'calm'.",
    ),
    "many words": (
        ((200, "it says 'Our standard call frequency is 5 calls per minute and 500'"),),
        "Refused: **200** that says 'Our standard call frequency …",
    ),
    "a status of the person's": (((403, "403 counts as refused"),), "**403 counts as refused** by your word."),
    "several": (
        ((200, "it says 'Too many requests'"), (400, "it says 'slow down'")),
        "Refused by what they say: **200**, **400**.",
    ),
}


@pytest.mark.parametrize("case", WORDED)
def test_an_answer_that_is_refused_by_its_words_is_explained_in_short(case: str) -> None:
    answers, sentence = WORDED[case]
    made = [Attempt(n, 1.0, 1.0, float(n), 0.01, status, error=why) for n, (status, why) in enumerate(answers * 2, 1)]
    tally = Tally.of([*made, Attempt(9, 1.0, 1.0, 9.0, 0.01, 429), Attempt(10, 1.0, 1.0, 10.0, 0.01, None, error="x")])
    for known in (
        replace(RUN, tally=replace(tally, silent=0)),
        ended(FOUND, tally=tally),
        ended(STOPPED, tally=tally),
        ended(IDENTIFIED, "identify", tally=tally),
    ):
        assert sentence in face(known).columns[0].lines


def test_who_goes_on_by_another_strategy_than_before_is_told() -> None:
    spent = replace(STOPPED, statement=SPENT)
    assert face(ended(spent, "quick", can_grow=True)).names == ("Go on carefully", "Start anew")
    assert face(ended(spent, "careful", can_grow=True)).names == ("Go on", "Start anew")
    assert face(ended(STOPPED, "quick", can_grow=True)).names == ("Go on", "Start anew")
    assert face(ended(STOPPED, "quick")).actions == ("again",)
    assert face(ended(IDENTIFIED, "identify", can_grow=True)).names == ("Go on", "Start anew")
    whole = replace(IDENTIFIED, statement="Most likely: minimum gap.")
    assert face(ended(whole, "identify", can_grow=True)).actions == ("certain", "rules")


def test_a_stated_wait_that_was_not_tried_is_not_said_to_have_been() -> None:
    word = replace(FOUND, kind="stated", wait=4320.0, tested=None, accepted=0, refused=0)
    assert face(ended(word)).sentence == "**It is the service's own word,** not tried here."
    assert "tried a few times" in face(ended(replace(word, accepted=4))).sentence
    longer = face(ended(replace(word, accepted=4, wait=1.25, tested=0.62)))
    assert (longer.label, longer.large) == ("Wait from what the service states", "1.25")
    assert badge(replace(word, accepted=4, wait=1.25, tested=0.62))[1] == "From what the service states"
    assert longer.sentence == "**It follows from the service's own word;** what was tried is 0.62 s."
    assert "tried a few times" in face(ended(replace(word, accepted=4, wait=1.25, tested=1.25))).sentence


def test_what_has_no_room_beside_the_answer_is_said_below_the_chart() -> None:
    said = "Kept for this path alone, beside the pace of http://127.0.0.1:5009, all of it."
    live = LiveView()
    live.go(Settings("quick", GOAL, BUDGET))
    live.recall(Step(0.0, "hello"), Attempt(1, None, None, 0.0, 0.01, 200))
    live.finish(ESTIMATED, Kept(said))
    assert live.face.sentence.endswith("10 % is added as a margin. Kept for this path alone.")
    assert said in live.replay.note.value
    live.finish(
        ESTIMATED, Kept("The pace could not be stored: The disk is full. Make room for the paces, then keep it.")
    )
    assert live.face.sentence.endswith("The pace could not be stored.")
    assert "Make room" in live.replay.note.value
    live.finish(ESTIMATED, KEPT)
    assert live.face.sentence.endswith(KEPT.said)


def test_beside_a_reason_for_refusals_the_evidence_is_said_shortly_enough_to_be_read_whole() -> None:
    tally = replace(TALLY, worded=((200, "it says 'Too many requests'"),))
    for verdict in (FOUND, ESTIMATED):
        lines = face(ended(verdict, "quick", tally=tally)).columns[0].lines
        assert sum(len(line.replace("**", "")) // 33 + 1 for line in lines) <= 4, "lines of 33 characters"


def test_what_a_service_says_is_left_is_said_while_a_probe_rests_for_it() -> None:
    tally = Tally.of([Attempt(1, None, None, 0.0, 0.01, 200, {"X-RateLimit-Remaining": "21"})])
    lines = face(replace(RUN, tally=tally, step=Step(60.0, "search", None, 0.007))).columns[0].lines
    assert lines[0] == "The service says that **21** are left."


def test_the_evidence_is_what_counts_and_not_all_that_was_accepted_after_that_wait() -> None:
    assert "**63 of 63** that count were accepted at 6.52 s" in face(ended(FOUND)).columns[0].lines[0]
    assert "**8 of 8** that count were accepted at 6.29 s" in face(ended(ESTIMATED, "quick")).columns[0].lines[0]
    assert "**8 of 8** that count were accepted at 6.29 s" in face(ended(ESTIMATED, "doubling")).columns[0].lines[0]


def test_while_a_shorter_wait_is_tried_the_one_that_held_is_named() -> None:
    shown = face(replace(RUN, trial=(2.0, 12, 63), step=Step(2.0, "verify", 1.0, 4.0, kept=4.0))).columns[0].lines
    assert shown[0] == "**4 s held** long enough; a shorter wait is on trial."
    assert shown[1].startswith("**12 in a row** accepted at 2 s.")


BANNED = asked_of((None, 200), (1.0, 200), (0.35, 403), (0.35, 403), (1.0, 403), (9.0, 403), (27.0, 200), late=0.0)
"""Haste is answered with 403 for a while, which a rest ends."""


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ([403], "1 failed (403)"),
        ([403, 403], "2 failed (403)"),
        ([403, None, 500], "3 failed (403, no answer, …)"),
    ],
)
@pytest.mark.parametrize("step", [Step(0.35, "search"), Step(0.35, "search", None, 1.0)])
def test_no_refusal_yet_is_not_said_where_what_failed_may_be_refusals(
    step: Step, statuses: list[int | None], words: str
) -> None:
    """'No refusal yet' stood over ten answers of 403 by which a service shut somebody out."""
    row = [Attempt(n, 1.0, 1.0, float(n), 0.01, status) for n, status in enumerate([200, *statuses, 200], 1)]
    for onlooker in (False, True):
        known = replace(RUN, step=step, tally=Tally.of(row), onlooker=onlooker)
        assert "o refusal yet" not in told(known) + face(known).unit
        assert words in face(known).large + face(known).unit
        assert "may be" in face(known).sentence
        assert any(words in line and "may be" in line for line in face(known).columns[0].lines)
        assert "0 of 60" in told(known), "a count of refusals is one of refusals"


def test_a_redirect_at_the_door_is_no_refusal() -> None:
    row = [Attempt(n, None, None, float(n), 0.01, status) for n, status in enumerate([302, 200], 1)]
    assert face(replace(RUN, step=Step(1.0, "search"), tally=Tally.of(row))).large == "No refusal yet"


def test_what_slow_requests_have_shown_to_be_refusals_counts_as_such_while_the_probe_runs() -> None:
    """'0.356 - 1 s, between refused and accepted' stood beside '0 refused, 8 failed'."""
    live = LiveView()
    live.go(Settings("quick", GOAL, BUDGET))
    for attempt in BANNED:
        live.on_step(Step(attempt.wait or 0.0, "search"))
        live.on_attempt(attempt)
    assert (live.tally.refused, live.tally.failed) == (0, 4)
    live.on_step(Step(0.6, "search", 0.35, 1.0))
    live._show_running()
    assert (live.tally.refused, live.tally.failed) == (4, 0)
    assert live.face.large == "0.35 – 1"
    assert live.face.columns[0].lines == ("Refused at 0.35 s, accepted at 1 s.", "**403** counts as refused.")


def test_which_of_several_kinds_of_failure_a_probe_takes_for_refusals_is_not_guessed() -> None:
    live = LiveView()
    live.go(Settings("quick", GOAL, BUDGET))
    for attempt in asked_of((None, 200), (1.0, 200), (0.35, 403), (1.0, 200), (1.0, 500), (1.0, 200)):
        live.on_step(Step(attempt.wait or 0.0, "search"))
        live.on_attempt(attempt)
    live.on_step(Step(0.6, "search", 0.35, 1.0))
    live._show_running()
    assert live.tally.refused == 0
    assert live.face.sentence == "2 failed (403, 500): the probe takes some of them for refusals."


MAINTAINED = "<h1>We will be back soon</h1><p>Scheduled maintenance</p>"


@pytest.mark.parametrize(
    ("status", "excerpt", "error", "why"),
    [
        (503, MAINTAINED, "", "503: it says that it is being maintained; the pace may not be why"),
        (500, MAINTAINED, "", "500: it says that it is being maintained; the pace may not be why"),
        (429, "Daily quota exceeded", "", "429: it speaks of a quota over a day"),
        (403, "", "it asks for a captcha", "403: it asks whether a person is there, which no waiting answers"),
        (401, "", "", "401: it wants credentials"),
        (503, "Unavailable due to maintenance or capacity problems.", "", ""),
        (429, "60 requests per minute", "", ""),
    ],
)
def test_another_reason_than_pace_that_the_last_answer_gives_is_said_at_once(
    status: int, excerpt: str, error: str, why: str
) -> None:
    """For two minutes '> 0.283 s, so far' was all that was said of a service that was being maintained."""
    served = [Attempt(1, None, None, 0.0, 0.01, 200), Attempt(2, 1.0, 1.0, 1.0, 0.01, 200)]
    other = [Attempt(n, 1.0, 1.0, float(n), 0.01, status, error=error, excerpt=excerpt) for n in (3, 4, 5)]
    for count in (1, 2, 3):
        for onlooker in (False, True):
            for strategy in ("quick", "recheck"):
                tally = Tally.of([*served, *other[:count]])
                known = replace(RUN, step=Step(3.0, "recover", 0.28), tally=tally, onlooker=onlooker, strategy=strategy)
                if why:
                    assert face(known).sentence.startswith(f"**{why}.**")
                else:
                    assert "**5" not in face(known).sentence
    again = Tally.of([*served, *other, Attempt(6, 9.0, 9.0, 14.0, 0.01, 200)])
    assert not why or why not in face(replace(RUN, tally=again)).sentence, "it serves again"


def test_what_is_left_of_a_trial_is_said_only_while_there_is_one() -> None:
    """'About 14 s to go' stood beside 'next request in 79.5 s' of a service that had died."""
    said: list[tuple[str, str]] = []
    live = LiveView(hint=lambda *lines: said.append(lines))
    for phase, status in (("verify", None), ("verify", 429), ("search", 200)):
        live.go(Settings("careful", GOAL, BUDGET))
        for attempt in asked_of((None, 200), *[(2.0, 200)] * 6):
            live.on_step(Step(2.0, "verify"))
            live.on_attempt(attempt)
        live.on_step(Step(2.0, "verify"))
        live._show_running()
        assert said[-1][1].endswith(" to go")
        began = said[-1][0]
        live.on_attempt(Attempt(8, 2.0, 2.0, 14.1, 0.01, status))
        live.on_step(Step(9.0, phase))  # type: ignore[arg-type]
        live._show_running()
        assert said[-1][1] == ""
        assert said[-1][0][:8] == began[:8]


def test_where_replies_take_longer_than_the_wait_one_number_is_said_and_why() -> None:
    """'3.04 s was accepted' stood above 'Accepted at 1 s'."""
    row = [Attempt(n, 1.0 if n > 1 else None, 3.04 if n > 1 else None, 3.04 * (n - 1), 3.01, 200) for n in (1, 2, 3)]
    for onlooker in (False, True):
        shown = face(replace(RUN, step=Step(1.0, "search", None, 3.04), tally=Tally.of(row), onlooker=onlooker))
        assert (shown.large, shown.unit) == ("3.04", "s was accepted, no refusal yet")
        assert shown.columns[0].lines == ("Accepted at 3.04 s: replies take longer than the 1 s asked for.",)
    assert "Accepted at 3.04 s: replies" in told(ended(STOPPED, tally=Tally.of(row)))
    on_trial_ = replace(RUN, tally=Tally.of(row), trial=(3.04, 3, 63))
    assert "accepted at 3.04 s: replies take longer than the 1 s asked for." in told(on_trial_)


@pytest.mark.parametrize(
    ("waits", "words"),
    [
        ([(0.298, 200), (0.349, 200), (0.326, 429)], "Refused at 0.326 s, accepted at 0.349 s."),
        ([(0.326, 429), (0.349, 200), (0.298, 200)], "Refused at 0.326 s, accepted at 0.349 s."),
        ([(0.298, 200), (0.326, 429)], "Refused at 0.326 s; no wait as long was accepted."),
        ([(0.3, 200), (0.3, 429)], "Both refused and accepted at 0.3 s."),
        ([(0.3, 429)], "Refused at 0.3 s."),
    ],
)
def test_the_accepted_wait_that_is_said_is_no_shorter_than_the_refused_one(
    waits: list[tuple[float, int]], words: str
) -> None:
    assert words in told(ended(STOPPED, tally=Tally.of(asked_of((None, 200), *waits, late=0.0))))


def test_the_column_has_the_numbers_of_the_range_and_says_where_no_request_was_refused_at_one() -> None:
    """'0.332 - 0.349' stood above 'Refused at 0.326 s, accepted at 0.298 s'."""
    row = asked_of((None, 200), (0.298, 200), (0.349, 200), (0.326, 429), late=0.006)
    shown = face(replace(RUN, step=Step(0.34, "search", 0.332, 0.355), tally=Tally.of(row)))
    assert shown.large == "0.332 – 0.355"
    assert shown.columns[0].lines == ("Refused at 0.332 s, accepted at 0.355 s.",)
    slower = face(replace(RUN, step=Step(0.34, "search", 0.29, 0.355), tally=Tally.of(row)))
    assert slower.columns[0].lines == ("Refused at a pace of 0.29 s, accepted at 0.355 s.",)


def test_who_doubles_the_wait_is_told_the_last_one_that_was_refused() -> None:
    tally = Tally.of(asked_of((None, 200), (0.1, 429), (0.2, 429), (0.4, 429), late=0.0))
    shown = face(replace(RUN, strategy="doubling", step=Step(0.8, "search", 0.4), tally=tally))
    assert shown.large == "> 0.4"
    assert shown.columns[0].lines == ("Refused at 0.4 s.",)


def test_a_wait_that_is_looked_at_again_is_no_sign_that_a_failure_was_a_refusal() -> None:
    live = LiveView()
    for strategy in ("recheck", ""):
        live.go(Settings("quick", GOAL, BUDGET))
        live.strategy = strategy
        for attempt in asked_of((None, 200), (2.0, 403)):
            live.on_step(Step(2.0, "verify", 2.0))
            live.on_attempt(attempt)
        live.on_step(Step(2.0, "verify", 2.0))
        assert (live.tally.refused, live.tally.failed) == (0, 1)
