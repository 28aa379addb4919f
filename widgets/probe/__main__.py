"""`python -m widgets.probe URL`: the same probe in a terminal."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, NoReturn

from widgets.http.address import Guard
from widgets.http.fields import headers_of
from widgets.http.secrets import Scrubber, credential_of, masked_address, secrets_in
from widgets.model.attempt import Attempt, Budget, Goal, Outcome, Step, Verdict
from widgets.model.quantity import as_rest, as_wait, counted, wait_number
from widgets.model.refused import CountsAsRefused

from .asker import METHODS, Asker
from .identify import NONE_SEEN, doubts
from .panel.verdict_card import cost, duration
from .run import by_your_word, follow
from .settings import Settings
from .strategies import STRATEGIES

if TYPE_CHECKING:
    from collections.abc import Sequence

CERTAIN, FAILED, BAD_USE, UNSURE = 0, 1, 2, 3
"""What the program ends with: a wait that was shown; could not; bad use; no wait, or none that was shown."""
SHOWN = frozenset({"certified", "estimated", "stated"})
"""The kinds of verdict whose wait is a result, not a guess."""
SIGNS = {Outcome.ACCEPTED: "+", Outcome.REFUSED: "x", Outcome.FAILED: "?"}
WIDTH = 20
STATUS = "counts as refused, besides what is found to be; may be repeated"
MARGIN = (
    "careful recommends so many times what it tested, 1.0 to 1.5: fewer requests, if refusals fall at least "
    "exponentially with waiting; default %(default)s"
)
ABOUT = (
    "Find out how long to wait between requests to URL. Nothing of it is kept: a probe of the dashboard keeps its "
    "attempts and the wait that it finds, this one prints them."
)
NOT_KEPT = (
    "Nothing of this is kept. To have it obeyed: from widgets.pace import PaceStore; "
    "PaceStore().keep({url!r}, wait={wait}{caller})"
)
WITH_KEY = ", credential=KEY"
"""Where the service knows its caller: the pace is kept for that one, whose key is never printed."""
FIELDS = {
    "refusal_rate": "--refusal-rate",
    "confidence": "--confidence",
    "margin": "--margin",
    "requests": "--max-requests",
    "refusals": "--max-refusals",
    "seconds": "--max-seconds",
    "left": "--max-share-left",
}
"""What sets each field that a message may begin with: a person has typed the one and never seen the other."""
ENDS = (
    "It ends with 0 where a wait was found (with identify: a limiter), with 1 where nothing was answered that says "
    "something of pace, with 2 for bad use, and with 3 where no wait was found, or only a guess."
)
LEFT = "of what the service says is left of an hourly or longer quota, default %(default)s"


def main(argv: Sequence[str] | None = None) -> int:
    """Probe as the arguments say; returns the exit status."""
    arguments = parser().parse_args(argv)
    try:
        goal = Goal(arguments.refusal_rate, arguments.confidence)
        budget = Budget(arguments.max_requests, arguments.max_refusals, arguments.max_seconds, arguments.max_share_left)
        headers = headers_of(arguments.header)
        refused = counted_as_refused(arguments)
        settings = Settings(arguments.strategy, goal, budget, margin=arguments.margin)
        plan = settings.plan()
        hide = Scrubber((secrets_in(arguments.url, headers),))
        ask = Asker(
            arguments.url, method=arguments.method, headers=headers, guard=Guard(), hide=hide.headers, refused=refused
        )
    except ValueError as error:
        parser().error(by_option(str(error)))
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    caller = bool(credential_of(arguments.url, headers))
    watch = Silent() if arguments.json else Terminal(budget, masked_address(arguments.url), keyed=caller)
    try:
        with ask:
            verdict = by_your_word(follow(plan, ask, watch=watch, stop=stop, strategy=arguments.strategy), refused)
        watch.end(verdict, settings.on_trial, arguments.strategy)
        if arguments.json:
            print(json.dumps(plain(verdict, watch.attempts, hide), indent=2, allow_nan=False), flush=True)
    except OSError as error:  # of the output: what goes wrong on the network is an attempt that failed
        return unwritten(error)
    named = any(each.name != NONE_SEEN for each in verdict.limiter or ())
    identified = arguments.strategy == "identify" and named
    if verdict.kind in SHOWN or identified:
        return CERTAIN
    return UNSURE if any(attempt.outcome is not Outcome.FAILED for attempt in watch.attempts) else FAILED


def by_option(sentence: str) -> str:
    """A message about a field as one about the option that sets it.

    >>> by_option("requests must be more than 0, got 0")
    '--max-requests must be more than 0, got 0'
    """
    field, space, rest = sentence.partition(" ")
    return FIELDS.get(field, field) + space + rest


def unwritten(error: OSError) -> int:
    """Say that the output could not be written, unless its reader has merely had enough; returns the exit status."""
    # What is still in the buffer would be tried again, and fail again, when Python ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not isinstance(error, BrokenPipeError):
        print(f"python -m widgets.probe: the output could not be written: {error.strerror}.", file=sys.stderr)
    return FAILED


def counted_as_refused(arguments: argparse.Namespace) -> CountsAsRefused:
    """What the person counts as refused.

    Raises:
        ValueError: When a status is none, or a text or a path is given and empty, as by a variable of a shell that is
            not set: nothing would count by it.
    """
    texts = {"--refused-text": arguments.refused_text, "--refused-path": arguments.refused_path}
    for option, text in texts.items():
        if text is not None and not text.strip():
            raise ValueError(f"{option} is empty, and nothing would count by it: write what it is, or leave it out.")
    return CountsAsRefused(frozenset(arguments.refused_status), *(text or "" for text in texts.values()))


class Parser(argparse.ArgumentParser):
    """One line that says what is wrong, and where to read what is right."""

    def error(self, message: str) -> NoReturn:
        """End with exit status 2."""
        self.exit(BAD_USE, f"{self.prog}: {message}\nTry --help.\n")


def parser() -> Parser:
    """What the program takes."""
    made = Parser(prog="python -m widgets.probe", description=ABOUT, epilog=ENDS)
    made.add_argument("url", metavar="URL", help="an http or https address")
    made.add_argument("--strategy", choices=list(STRATEGIES), default="careful", help="default: careful")
    made.add_argument("--refusal-rate", type=float, default=0.05, metavar="SHARE", help="tolerated, default 0.05")
    made.add_argument("--confidence", type=float, default=0.95, metavar="SHARE", help="default 0.95")
    made.add_argument("--margin", type=float, default=1.0, metavar="TIMES", help=MARGIN)
    least = Budget()
    made.add_argument("--max-requests", type=int, default=least.requests, metavar="N", help="default %(default)s")
    made.add_argument("--max-refusals", type=int, default=least.refusals, metavar="N", help="default %(default)s")
    made.add_argument("--max-seconds", type=float, default=least.seconds, metavar="S", help="default %(default)s")
    made.add_argument("--max-share-left", type=float, default=least.left, metavar="SHARE", help=LEFT)
    made.add_argument("--method", choices=METHODS, default="GET", help="default GET")
    made.add_argument("--header", action="append", default=[], metavar="'NAME: VALUE'", help="sent with each request")
    made.add_argument("--refused-status", action="append", type=int, default=[], metavar="STATUS", help=STATUS)
    made.add_argument("--refused-text", metavar="TEXT", help="an answer whose body holds it is refused")
    made.add_argument("--refused-path", metavar="JMESPATH", help="one whose JSON body fulfils it is refused")
    made.add_argument("--json", action="store_true", help="print the verdict and the attempts as JSON, nothing else")
    return made


def plain(verdict: Verdict, attempts: Sequence[Attempt], hide: Scrubber) -> dict[str, Any]:
    """The verdict and the attempts as JSON has them; numbers that JSON has not are null.

    Answers may say back the secrets of a request: `hide` takes them out.
    """
    named = replace(verdict, limiter=[str(each) for each in verdict.limiter or ()])
    known = json.loads(json.dumps(asdict(named)), parse_constant=lambda _: None)
    rows = [asdict(shown(attempt, hide)) | {"outcome": attempt.outcome.value} for attempt in attempts]
    return {**known, "attempts": json.loads(json.dumps(rows), parse_constant=lambda _: None)}


def shown(attempt: Attempt, hide: Scrubber) -> Attempt:
    """The attempt without secrets, its headers as a plain dict."""
    error, excerpt = hide.text(attempt.error), hide.text(attempt.excerpt)
    return replace(attempt, headers=dict(attempt.headers), error=error, excerpt=excerpt)


class Silent:
    """A spectator that only remembers."""

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []

    def on_step(self, step: Step) -> None:
        """Nothing."""

    def on_tick(self, remaining: float) -> None:
        """Nothing."""

    def on_asking(self, number: int) -> None:
        """Nothing."""

    def on_attempt(self, attempt: Attempt) -> None:
        """Remember it."""
        self.attempts.append(attempt)

    def end(self, verdict: Verdict, goal: Goal, strategy: str) -> None:
        """Nothing."""


class Terminal(Silent):
    """A line per attempt, and below them, where the output is a terminal, a bar of what is spent and the countdown."""

    def __init__(self, budget: Budget, url: str = "", *, keyed: bool = False) -> None:
        super().__init__()
        self._budget, self._url, self._step = budget, url, Step(0.0, "hello")
        self._caller = WITH_KEY if keyed else ""
        self._live = sys.stdout.isatty()

    def on_step(self, step: Step) -> None:
        """Remember what is waited for."""
        self._step = step

    def on_tick(self, remaining: float) -> None:
        """Show the countdown."""
        if self._live:
            self._under(f"{self._bar()} {self._step.phase}: next request in {as_rest(remaining)}")

    def on_attempt(self, attempt: Attempt) -> None:
        """Print the line of an attempt."""
        super().on_attempt(attempt)
        wait = "first" if attempt.wait is None else as_wait(attempt.wait)
        status = "no answer" if attempt.status is None else str(attempt.status)
        why = f" ({attempt.error})" if attempt.error else ""
        self._under("")
        sign = SIGNS[attempt.outcome]
        print(f"{attempt.number:>5}  {attempt.started:>9.2f} s  wait {wait:>12}  {sign} {status}{why}", flush=True)

    def end(self, verdict: Verdict, goal: Goal, strategy: str) -> None:
        """Print the verdict."""
        self._under("")
        wait = "no wait" if verdict.wait is None else as_wait(verdict.wait)
        wait += ", a guess and no result" if verdict.wait and verdict.kind == "inconclusive" else ""
        print(f"\n{verdict.kind}: {wait}\n{verdict.statement}\nCost: {cost(verdict, goal)}")
        if verdict.limiter:
            note = doubts(verdict.limiter, strategy)
            print(f"Which limiter it may be{f' ({note})' if note else ''}:", *verdict.limiter, sep="\n  ")
        kept = NOT_KEPT if verdict.wait and verdict.kind in SHOWN else NOT_KEPT.partition(" To have")[0]
        print(kept.format(url=self._url, wait=wait_number(verdict.wait or 0.0), caller=self._caller))

    def _bar(self) -> str:
        sent, refused = len(self.attempts), sum(each.outcome is Outcome.REFUSED for each in self.attempts)
        seconds = self.attempts[-1].started if self.attempts else 0.0
        shares = (sent / self._budget.requests, refused / self._budget.refusals, seconds / self._budget.seconds)
        full = round(min(1.0, max(shares)) * WIDTH)
        return f"[{'#' * full}{'.' * (WIDTH - full)}] {counted(sent, 'request')}, {duration(seconds)};"

    def _under(self, text: str) -> None:
        """Write below the lines, over what stood there."""
        if self._live:
            print(f"\r\033[K{text}", end="", flush=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    sys.exit(main())
