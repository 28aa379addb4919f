"""What may be known of a probe, and what the page can show of it: the data only, `faces` leads from one to the other.

PURE.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from widgets.model.attempt import Budget, Goal, Step, Verdict
from widgets.probe.run import Kept

from .tally import Column, Tally

if TYPE_CHECKING:
    from widgets.probe.recorder import BrokenOff, Stopped

Tone: TypeAlias = Literal["idle", "run", "good", "warn", "bad"]
Action: TypeAlias = Literal[
    "certain", "code", "copy", "go on", "more", "fetch", "allow", "refuse", "resume", "anew", "replace", "rules",
    "again", "puzzle", "link", "end",
]  # fmt: skip
ANSWERED = "Most likely: "
"""With this begins the statement of who asked which limiter it is, and of nobody else."""
NONE_SEEN, ANOTHER = "none seen", "another rule"
"""As `identify` names what is no rule that it knows."""


@dataclass(frozen=True, slots=True)
class Face:
    """What the page shows of a state.

    Attributes:
        tone: Of the ground.
        icon: Before the label.
        label: What state it is.
        large: The answer, or the question.
        unit: What the number is of; a large text without one is set as words.
        sentence: The line below, in which `**` sets bold.
        share: How far a trial has come, 0 to 1, in place of the sentence.
        next: Above the countdown, where one runs.
        below: Below it.
        actions: At most two buttons.
        loud: Whether the first of them is: what is usually done next.
        names: Of the buttons, where they are not the usual ones.
        columns: Shown, not shown, cost.
        alert: Whether it is to be announced at once.
        plans: Whether a job can be planned by what was found.
    """

    tone: Tone
    icon: str
    label: str
    large: str
    unit: str = ""
    sentence: str = ""
    share: float | None = None
    next: str = ""
    below: str = ""
    actions: tuple[Action, ...] = ()
    loud: bool = True
    names: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    alert: bool = False
    plans: bool = False


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is asked.

    Attributes:
        strategy: Which one is chosen.
        goal: What it is to show.
        budget: What it may spend.
        before: Seconds of the wait that is known from before: kept, stated by the service, or found on this page;
            `None` where none is.
        earlier: A probe of the address that has not come to its end, made on this page or on another one.
        elsewhere: The strategy of the probe that another page was making when that was looked for; empty without one.
        probed: Whether attempts on the address were shown on this page before.
    """

    strategy: str = "quick"
    goal: Goal = field(default_factory=Goal)
    budget: Budget = field(default_factory=Budget)
    before: float | None = None
    earlier: BrokenOff | Stopped | None = None
    elsewhere: str = ""
    probed: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """A probe is under way.

    Attributes:
        strategy: Its name.
        goal: What it is to show.
        budget: What it may spend.
        tally: Of its attempts.
        step: What is done next.
        trial: The wait that is on trial, how many were accepted in a row, and how many are needed where that is known.
        onlooker: Whether another page makes it.
    """

    strategy: str
    goal: Goal
    budget: Budget
    tally: Tally
    step: Step | None = None
    trial: tuple[float, int, int | None] | None = None
    onlooker: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """A probe has ended."""

    verdict: Verdict
    strategy: str
    goal: Goal
    tally: Tally
    kept: Kept = field(default_factory=Kept)
    can_grow: bool = False
    on_trial: Goal | None = None
    """What was to be shown of the wait that was tested, where a margin was to do the rest."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """May this host be asked, by this name?"""

    host: str
    budget: Budget
    agent: str


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An earlier probe has no verdict: shall it go on? `goal` is that of the fields, which may be another one."""

    found: BrokenOff
    tally: Tally = field(default_factory=Tally)
    goal: Goal | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """The probe cannot be made, or broke off, and why."""

    sentence: str
    label: str = "Not probed"
    tally: Tally = field(default_factory=Tally)
    tone: Tone = "bad"


@dataclass(frozen=True, slots=True)
class Guessing:
    """A puzzle was probed; what is it?"""

    puzzle: str
    ended: Ended | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """A puzzle, or a rule whose truth was shown.

    Attributes:
        title: `Puzzle 1-2024, solved`.
        points: Of 100; `None` where nothing was judged.
        sentence: In which `**` sets bold.
        good: Whether the wait that was found is safe.
        columns: Rule, wait, manners.
        puzzle: Whether it was one.
    """

    title: str
    points: int | None
    sentence: str
    good: bool
    columns: tuple[Column, ...]
    puzzle: bool = True


Known: TypeAlias = Idle | Running | Ended | Stranger | Unfinished | Trouble | Guessing | Scored


def identified(verdict: Verdict, strategy: str) -> bool:
    """Whether the question was which limiter it is, and there is an answer: without a refusal there is none."""
    names = [str(getattr(each, "name", "")) for each in verdict.limiter or ()]
    return strategy == "identify" and bool(names) and names[0] not in {NONE_SEEN, ""}
