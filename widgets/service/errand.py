"""One question to the service at a time, in a thread, and what came of it on the line below the button. UI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.kit import Failed, Finished, Idle, Job, Running, State, in_words, markup

from .client import ServiceError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    import ipywidgets


class Errand:
    """Runs one errand; another one that is started meanwhile is not run."""

    def __init__(self) -> None:
        self._job: Job[str] = Job(self._run, self._paint)
        self._line = markup.line()
        self._doing = ""
        self._work: Callable[[], str] = str

    def start(self, line: ipywidgets.HTML, doing: str, work: Callable[[], str]) -> None:
        """Run `work` in a thread; `line` says what is `doing`, then what `work` returned, or why it failed."""
        if not self._job.running:
            self._line, self._doing, self._work = line, doing, work
            self._job.start()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the errand has ended, at most `timeout` seconds."""
        self._job.join(timeout)

    def _run(self, _: threading.Event) -> str:
        return self._work()

    def _paint(self, state: State[str]) -> None:
        match state:
            case Running():
                markup.say(self._line, self._doing, tone="busy")
            case Finished(words):
                markup.say(self._line, words)
            case Failed(ServiceError() | ValueError() as error):
                markup.say(self._line, str(error), tone="bad", role="alert")
            case Failed(error):
                words = f"This part of the page failed, {in_words(error)}. The rest goes on; try again."
                markup.say(self._line, words, tone="bad", role="alert")
            case Idle():
                pass
