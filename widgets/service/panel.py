"""The Service panel: choose what the bundled service does, and see the truth after a probe. UI."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import ipywidgets

from widgets.kit import markup
from widgets.kit.fold import Fold
from widgets.kit.widgetry import visible

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

    from .score import Cost
    from .truth import Puzzle

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
    ) -> None:
        self._service = Service(base, headers)
        self._use, self._reveal, self._probed, self._guess, self._cost = use, reveal, probed, guess, cost
        self._errand = Errand()
        self._puzzle: Puzzle | None = None
        self.message = markup.line()
        self._body = ipywidgets.VBox([self.message])
        self.fold = Fold("Choose its rule, play a puzzle, see the truth", self._body, self._unfold)
        what = (
            f"Only for the bundled service at {self._service.base}: it plays the unknown service, and knows the truth "
            "about itself. No other service tells that."
        )
        intro = ipywidgets.HTML(f'<p class="ww-hint">{markup.plain(what)}</p>')
        super().__init__([markup.heading("Service"), intro, self.fold])
        self.add_class("ww-panel").add_class("ww-service")

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

    def show_truth(self) -> None:
        """Draw the truth over what the last probe found; of a puzzle only once a guess is committed."""
        self._errand.start(self.truth_line, "Asking the service for the truth", self._take_truth)

    def commit(self) -> None:
        """Commit the guess about the puzzle, and show what it was worth."""
        self._errand.start(self.truth_line, "Committing the guess", self._take_score)

    def reset(self) -> None:
        """Have the service forget everyone who asked it, and say what that was."""
        self._errand.start(self.truth_line, "Asking the service to forget everyone", self._take_reset)

    def _unfold(self) -> None:
        if len(self._body.children) == 1:
            self._errand.start(self.message, "Asking the service what it can do", self._furnish)

    def _furnish(self) -> str:
        offer = self._service.offer()
        use_button = _button("Use it", "Put this rule's address into the probe", self.use_rule)
        puzzle_button = _button("New puzzle", "Have a rule hidden, and put its address into the probe", self.new_puzzle)
        reveal_button = _button("Reveal", "Show what the probed rule really does", self.show_truth)
        reset_button = _button("Reset the service", "Make it forget everyone who asked it", self.reset)
        commit_button = _button("Commit the guess", "Once: the truth is shown then", self.commit)
        self.rules, self.puzzles = RuleForm(offer, use_button), PuzzleForm(puzzle_button)
        self.guesses, self.truth = GuessForm(commit_button), ipywidgets.HTML()
        self.rule_line, self.puzzle_line, self.truth_line = markup.line(), markup.line(), markup.line()
        self._body.children = [
            *(markup.heading("A rule", 3), self.rules, self.rule_line),
            *(markup.heading("A puzzle", 3), self.puzzles, self.puzzle_line),
            *(markup.heading("The truth, after a probe", 3), _row(reveal_button, reset_button)),
            *(self.guesses, self.truth_line, self.truth, self.message),
        ]
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
        return f"Now press Probe, then come back for the truth. The probe's address is {address}"

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
                self.truth.value = truth_card(truth, found, score)
                return "Drawn over what the probe found, in its view of acceptance."
        asked = (
            f"The last probe asked {address}, of which the service tells no truth" if address else "Nothing was probed"
        )
        raise ServiceError(f"{asked}: choose a rule or a puzzle above, and probe it first.")

    def _take_score(self) -> str:
        if self._puzzle is None:
            raise ServiceError("There is no puzzle to guess: make one above, probe it, and press Reveal.")
        return self._show_puzzle(self._service.commit(self._puzzle.id, *self.guesses.guess))

    def _take_reset(self) -> str:
        rules, sessions = self._service.reset()
        # The game that a guess belongs to is gone.
        self._puzzle = None
        visible(self.guesses, on=False)
        return forgotten(rules, sessions)

    def _show_puzzle(self, puzzle: Puzzle) -> str:
        if puzzle.truth is None:
            self._puzzle = puzzle
            self.guesses.ask(puzzle.kinds, self._guess())
            return f"What hides behind puzzle {puzzle.id}? You can guess once; then the truth is shown."
        self._forget()
        self._reveal(puzzle.truth.curve, puzzle.truth.wait)
        self.truth.value = truth_card(puzzle.truth, puzzle.guess, puzzle.score)
        return f"Puzzle {puzzle.id} is solved; the truth is drawn in the probe's view of acceptance."

    def _forget(self) -> None:
        """Take away what stands there of an earlier truth or guess."""
        self._puzzle = None
        self.truth.value = ""
        visible(self.guesses, on=False)


def _button(words: str, tooltip: str, act: Callable[[], None]) -> ipywidgets.Button:
    button = ipywidgets.Button(description=words, tooltip=tooltip)
    button.on_click(lambda _: act())
    return button


def _row(*buttons: ipywidgets.Button) -> ipywidgets.Box:
    return ipywidgets.Box(buttons).add_class("ww-buttons")
