"""What tests of strategies share: attempts without a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.model.attempt import Attempt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from widgets.model.attempt import Step, Strategy, Verdict

    Answer = tuple[int | None, float, Mapping[str, str]]


def drive(plan: Strategy, answer: Callable[[float], Answer]) -> tuple[list[Step], list[Attempt], Verdict]:
    """Drive a plan against `answer(started) -> (status, latency, headers)`; gives steps, attempts and the verdict."""
    steps, attempts = [next(plan)], list[Attempt]()
    while True:
        step = steps[-1]
        last = attempts[-1] if attempts else None
        started = last.started + max(step.wait, last.latency) if last else 0.0
        status, latency, headers = answer(started)
        attempt = Attempt(
            number=len(attempts) + 1,
            wait=step.wait if last else None,
            spacing=started - last.started if last else None,
            started=started,
            latency=latency,
            status=status,
            headers=headers,
            error="" if status else "connection reset",
        )
        attempts.append(attempt)
        try:
            steps.append(plan.send(attempt))
        except StopIteration as end:
            return steps, attempts, end.value


def scripted(*statuses: int | None, latency: float = 0.01, **headers: str) -> Callable[[float], Answer]:
    """Answers from a list; the last one for ever. `Retry_After="3"` gives a refusal that header."""
    left = list(statuses)

    def answer(_: float) -> Answer:
        status = left.pop(0) if len(left) > 1 else left[0]
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return status, latency, named if status in (429, 503) else {}

    return answer
