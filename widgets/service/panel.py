"""The Service panel: choose what the bundled service does, and see the truth after a probe. UI."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import ipywidgets

from widgets.kit import markup
from widgets.kit.fold import Fold
from widgets.kit.widgetry import box, html, lean, visible

from .client import Service, ServiceError
from .errand import Errand
from .guess_form import GuessForm
from .puzzle_form import PuzzleForm
from .rule_form import RuleForm
from .score import judge
from .truth import place
from .words import forgotten, puzzle_link, truth_card

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .score import Cost, Score
    from .truth import Puzzle, Truth

Tell: TypeAlias = "Callable[[Puzzle | None, Truth | None, tuple[str, float] | None, Score | None], None]"
Reveal: TypeAlias = "Callable[[Sequence[tuple[float, float]], float], None]"


class ServicePanel(ipywidgets.VBox):
    """Closed at first; nothing is asked before it is opened.

    Args:
        base: The base URL of the bundled service.
        use: Told the address that is to be probed next.
        reveal: Told the true curve, pairs of a wait in seconds and the share accepted at it, and the true steady wait.
        probed: Returns the address that was probed last; empty when none was.
        guess: Returns what that probe found, the kind of rule ("" if not known) and the wait in seconds, or `None`.
        cost: Returns what that probe cost the service.
        headers: Returns the headers of the probe's requests: by an X-API-Key the service tells learners apart.
    """

    def __init__(
        self,
        base: str,
        use: Callable[[str], None],
        reveal: Reveal,
        *,
        probed: Callable[[], str],
        guess: Callable[[], tuple[str, float] | None],
        cost: Callable[[], Cost],
        headers: Callable[[], Mapping[str, str]] = dict,
        tell: Tell = lambda *_: None,
    ) -> None:
        self._service = Service(base, headers)
        self._tell, self.base = tell, self._service.base
        self._use, self._reveal, self._probed, self._guess, self._cost = use, reveal, probed, guess, cost
        self._errand = Errand()
        self.truth_line = markup.line()
        self._puzzle: Puzzle | None = None
        self.message = markup.line()
        self._body = lean(ipywidgets.VBox, [self.message])
        self.fold = Fold("Choose its rule, play a puzzle, see the truth", self._body, self._unfold)
        what = (
            f"Only for the bundled service at {self._service.base}: it plays the unknown service, and knows the truth "
            "about itself. No other service tells that."
        )
        intro = lean(ipywidgets.HTML, f'<p class="ww-hint">{markup.plain(what)}</p>')
        super().__init__([markup.heading("Service"), intro, self.fold])
        self.add_class("ww-panel").add_class("ww-service")

    @cached_property
    def guesses(self) -> GuessForm:
        """What hides behind a puzzle; made when there is one."""
        button = _button("Commit the guess", "Once: the truth is shown then", self.commit)
        button.button_style = "primary"
        return GuessForm(button)

    def unfold(self) -> None:
        """Ask the service what it can do, where that was not asked yet."""
        self.fold.toggle.value = True

    def join(self, timeout: float | None = None) -> None:
        """Wait until what was asked of the service is there, at most `timeout` seconds."""
        self._errand.join(timeout)

    def use_rule(self) -> None:
        """Give the chosen rule's address to the probe, once the service has said that it can be used."""
        self._errand.start(self.rule_line, "Asking the service whether it can do that", self._take_rule)

    def new_puzzle(self) -> None:
        """Have the service hide a rule, and give its address to the probe."""
        self._errand.start(self.puzzle_line, "Asking the service for a puzzle", self._take_puzzle)

    def next_puzzle(self) -> None:
        """Another one of the same level, drawn anew."""
        self.unfold()
        self._errand.join(5)
        if len(self._body.children) > 1:
            self.puzzles.seed_text.value = ""
            self.new_puzzle()

    def _write(self, value: str) -> None:
        """Show the truth in words, where this panel has been opened."""
        if (shown := getattr(self, "truth", None)) is not None:
            shown.value = value

    def show_truth(self) -> None:
        """Draw the truth over what the last probe found; of a puzzle only once a guess is committed."""
        self._errand.start(self.truth_line, "Asking the service for the truth", self._take_truth)

    def commit(self) -> None:
        """Commit the guess about the puzzle, and show what it was worth."""
        line = self.truth_line if self._puzzle is None else self.guesses.line
        self._errand.start(line, "Committing the guess", self._take_score)

    def reset(self) -> None:
        """Have the service forget everyone who asked it, and say what that was."""
        self._errand.start(self.truth_line, "Asking the service to forget everyone", self._take_reset)

    def _unfold(self) -> None:
        if len(self._body.children) == 1:
            self._errand.start(self.message, "Asking the service what it can do", self._furnish)

    def _furnish(self) -> str:
        offer = self._service.offer()
        use_button = _button(
            "Probe this rule", "Probe the address at which the service follows this rule", self.use_rule
        )
        puzzle_button = _button("New puzzle", "Have a rule hidden, and probe it", self.new_puzzle)
        puzzle_button.button_style = "primary"
        reveal_button = _button("Reveal the truth", "Show what the probed rule really does", self.show_truth)
        reset_button = _button("Reset the service", "Make it forget everyone who asked it", self.reset)
        self.rules, self.puzzles = RuleForm(offer, use_button), PuzzleForm(puzzle_button)
        self.truth = html()
        self.rule_line, self.puzzle_line = markup.line(), markup.line()
        play = [markup.heading("Play a puzzle", 3), _words(PLAY), self.puzzles, self.puzzle_line]
        rule = [markup.heading("Set a rule", 3), self.rules, self.rule_line]
        truth = [_row(reveal_button, reset_button), self.truth_line, self.truth, self.message]
        self._body.children = [_column(*play, *truth), _column(*rule)]
        self._body.add_class("ww-lab")
        return ""

    def _take_rule(self) -> str:
        path = self.rules.path
        self._service.check(path)
        return self._pass_on(self._service.base + path)

    def _take_puzzle(self) -> str:
        puzzle = self._service.new_puzzle(int(self.puzzles.level.value), self.puzzles.seed)
        self.puzzles.link.value = puzzle_link(self._service.base, puzzle)
        return self._pass_on(f"{self._service.base}/puzzle/{puzzle.id}")

    def _pass_on(self, address: str) -> str:
        self._use(address)
        return f"It is being probed: {address}"

    def _take_truth(self) -> str:
        self._forget()
        address = self._probed()
        match place(self._service.base, address):
            case ("puzzle", identifier):
                return self._show_puzzle(self._service.puzzle(identifier))
            case ("rule", path):
                truth = self._service.truth(path)
                self._reveal(truth.curve, truth.wait)
                found = self._guess()
                score = None if found is None else judge(found[1], truth.wait, self._cost())
                self._tell(None, truth, found, score)
                self._write(truth_card(truth, found, score))
                return "Drawn into the chart of what the probe found."
        asked = (
            f"The last probe asked {address}, of which the service tells no truth" if address else "Nothing was probed"
        )
        raise ServiceError(f"{asked}: choose a rule or a puzzle above, and probe it first.")

    def _take_score(self) -> str:
        if self._puzzle is None:
            raise ServiceError("There is no puzzle to guess: make one above, probe it, and press Reveal the truth.")
        said = self._show_puzzle(self._service.commit(self._puzzle.id, *self.guesses.guess))
        markup.say(self.truth_line, said)  # the form is gone
        return ""

    def _take_reset(self) -> str:
        rules, sessions = self._service.reset()
        # The game that a guess belongs to is gone.
        self._hide_guess()
        return forgotten(rules, sessions)

    def _show_puzzle(self, puzzle: Puzzle) -> str:
        if puzzle.truth is None:
            self._puzzle = puzzle
            self.guesses.ask(puzzle.kinds, self._guess())
            self._tell(puzzle, None, None, None)
            return f"What hides behind puzzle {puzzle.id}? You can guess once; then the truth is shown."
        self._forget()
        self._reveal(puzzle.truth.curve, puzzle.truth.wait)
        self._tell(puzzle, puzzle.truth, puzzle.guess, puzzle.score)
        self._write(truth_card(puzzle.truth, puzzle.guess, puzzle.score))
        return f"Puzzle {puzzle.id} is solved; the truth is drawn into the chart."

    def _forget(self) -> None:
        """Take away what stands there of an earlier truth or guess."""
        self._write("")
        self._hide_guess()

    def _hide_guess(self) -> None:
        self._puzzle = None
        if "guesses" in self.__dict__:
            visible(self.guesses, on=False)


PLAY = (
    "A rule is hidden behind a link. Probe it, guess once, see the truth and your points. "
    "The same seed gives a whole class the same puzzle."
)


def _words(words: str) -> ipywidgets.HTML:
    return html(markup.plain(words), css="ww-hint")


def _column(*children: ipywidgets.Widget) -> ipywidgets.Box:
    return box(children, "ww-column")


def _button(words: str, tooltip: str, act: Callable[[], None]) -> ipywidgets.Button:
    button = lean(ipywidgets.Button, description=words, tooltip=tooltip)
    button.on_click(lambda _: act())
    return button


def _row(*buttons: ipywidgets.Button) -> ipywidgets.Box:
    return lean(ipywidgets.Box, buttons).add_class("ww-buttons")
