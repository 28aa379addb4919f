"""The first answers of a probe: whether there is anything to pace, and what else to do about them. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from widgets.http.limits import words
from widgets.http.limits.words import ASKS
from widgets.model.attempt import Outcome
from widgets.probe.evidence import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from widgets.model.attempt import Attempt


DOOR = 60.0
"""Seconds of the one rest after a first answer that may be a ban from earlier."""

WORDS = 200
"""Characters of the service's own words that are repeated."""

FREQUENT = 2
"""So many kinds of failures are named."""

NAMED = 3
"""Words of an account that are named at most."""

NEAR = 30
"""Characters within which a word ends at which they are cut."""

UNREADABLE = 0.05
"""A larger part of characters that stand for no text, and it is none."""

CLIENT_ERRORS = range(400, 500)

ADVICE = {
    400: "it does not understand the request. Check the address and its query",
    401: "it wants credentials. Give an API key or a token in the headers",
    403: "it forbids this address, or has shut this client out for what came before this probe. Check the key and what "
    "it may do, or come back later",
    404: "nothing is at this address, or nothing for this client. Check it for typing errors; if it has worked before, "
    "it may have shut this client out for what came before this probe: come back later",
    405: "this address does not answer this method. Try GET instead of HEAD, or the other way round",
    407: "a proxy wants credentials. Check the proxy's settings",
    410: "what was at this address is gone. Look for its new place",
    418: "it may have shut this client out, for what came before this probe. Come back later",
    429: "it may have shut this client out, for what came before this probe. Come back later",
}
AT_ONCE = frozenset({400, 401, 404, 405, 407, 410, 414, 415, 431})
"""Statuses that no rest changes; any other 4xx as the first answer may be a ban from earlier."""

NOT_FOUND = 404
"""Without a word it may be one as well: proxies answer so to whom they shut out, and pages that are missing say so."""


class Door(NamedTuple):
    """What the first answers show.

    Attributes:
        rest: Seconds to rest before the next request; 0 where none is needed.
        end: Why the probe ends, as sentences; empty where it goes on.
        moved: What is to be said of where the address leads, from now on; `None` where nothing is new.
    """

    rest: float = 0.0
    end: str = ""
    moved: str | None = None


def at_the_door(attempts: Sequence[Attempt]) -> Door:
    """What is to be done about the last of these, a failure, where nothing has been served.

    A redirect within the host is followed by whoever asks: then the next answer comes from there. Where the same
    redirect comes again it leads elsewhere, and another host is another service.

    >>> from widgets.model.attempt import Attempt
    >>> at_the_door([Attempt(1, None, None, 0.0, 0.1, 418)])
    Door(rest=60.0, end='', moved=None)
    >>> at_the_door([Attempt(1, None, None, 0.0, 0.1, 404, excerpt="Nope")]).end[:80]
    'The service answers 404: nothing is at this address, or nothing for this client.'
    """
    attempt = attempts[-1]
    location = _location(attempt)
    if location and all(map(_location, attempts)):
        if len(attempts) > 1 and _location(attempts[-2]) == location:
            elsewhere = (
                f"The service answers {attempt.status} and sends this on to {location}, on another host or by "
                "another way than can be followed. Give that address."
            )
            return Door(end=elsewhere, moved="")
        return Door(moved=f" The address redirects to {location}, which was asked instead.")
    before = [each for each in attempts[:-1] if not _location(each)]
    if attempt.status is None:
        why = f"No answer came ({attempt.error or 'no reason known'}), so there is nothing to pace. "
        return Door() if before else Door(end=f"{why}Check the address and the network.")
    if attempt.status not in CLIENT_ERRORS or any(each.status != attempt.status for each in before):
        return Door()
    if not before and (attempt.status not in AT_ONCE or (attempt.status == NOT_FOUND and not _explained(attempt))):
        return Door(DOOR)
    advice = ADVICE.get(attempt.status, "it rejects this request at any pace. Check the request")
    again = f", and again after {told(attempt.spacing or 0.0)} s of rest" if before else ""
    return Door(end=f"The service answers {attempt.status}{again}: {advice}.{own_words(attempt)}")


def _explained(attempt: Attempt) -> bool:
    """Whether an answer has a body, or would have one if it were no answer to HEAD."""
    length = next((text for name, text in attempt.headers.items() if name.lower() == "content-length"), "0")
    return bool(attempt.size or attempt.excerpt.strip() or length != "0")


def own_words(attempt: Attempt) -> str:
    """The service's own words, their first characters without anything that could act on a page or a terminal.

    Where many of the bytes are no text, there are no words. What is cut ends at a word where there is one near.

    >>> from widgets.model.attempt import Attempt
    >>> own_words(Attempt(1, None, None, 0.0, 0.1, 429, excerpt="Come back " * 30))[-23:]
    "Come back Come back …'."
    """
    begin, rest = attempt.excerpt[:WORDS], attempt.excerpt[WORDS:]
    text = " ".join("".join(c if c.isprintable() else " " for c in begin).split())
    if rest.strip():
        whole = text if begin[-1:].isspace() or rest[0].isspace() else text.rpartition(" ")[0]
        text = f"{whole if len(whole) > len(text) - NEAR else text} …"
    return f" Its own words: {text!r}." if text and begin.count("\ufffd") <= UNREADABLE * len(begin) else ""


def asks_for_a_person(attempt: Attempt) -> bool:
    """Whether an answer is a riddle, which no waiting solves."""
    return attempt.outcome is Outcome.REFUSED and attempt.error.startswith(ASKS)


def is_down(attempt: Attempt) -> bool:
    """Whether an answer says that the service is being maintained."""
    return words.is_down(attempt.status, attempt.excerpt)


def other_reason(attempt: Attempt) -> str:
    """What a refusal says of itself that is no quota, as a clause; empty where it does not."""
    if asks_for_a_person(attempt):
        return (
            "it asks whether a person is there, and waiting did not end that. Answer it in a browser, and ask more "
            "slowly then, or ask the operator."
        )
    if is_down(attempt):
        return "it says that it is being maintained, and if that is so, this refusal has nothing to do with the pace."
    return ""


def never_served(attempt: Attempt) -> tuple[str, str]:
    """Why this may refuse where nothing was ever accepted, as a clause, and what to do about it, as a sentence.

    >>> from widgets.model.attempt import Attempt
    >>> never_served(Attempt(1, None, None, 0.0, 0.1, 429, excerpt="Check your plan and billing details"))[1]
    'It speaks of "plan" and "billing", which waiting alone may not change: check them, or come back later.'
    >>> never_served(Attempt(1, None, None, 0.0, 0.1, 429))[1]
    'Check the key, the plan or its bill, and the network address that you ask from, or come back later.'
    """
    if reason := other_reason(attempt):
        return reason, "Come back later."
    why = (
        "the service may have shut this client out for what came before this probe, or refuses for another reason than "
        "pace."
    )
    return why, account(attempt) or (
        "Check the key, the plan or its bill, and the network address that you ask from, or come back later."
    )


def account(attempt: Attempt) -> str:
    """What to do where a refusal speaks of an account, as a sentence; empty where it does not."""
    named = [f'"{each}"' for each in words.of_an_account(attempt.excerpt)][:NAMED]
    if not named:
        return ""
    them = " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))
    it = "them" if len(named) > 1 else "it"
    return f"It speaks of {them}, which waiting alone may not change: check {it}, or come back later."


def what(attempt: Attempt) -> str:
    """What an answer was, in a few words."""
    if attempt.status is None:
        return attempt.error or "no answer"
    return f"{attempt.status}: {attempt.error}" if attempt.error else str(attempt.status)


def went_wrong(failed: Sequence[Attempt]) -> str:
    """How these failed, in words: of which statuses they were, the most frequent two of them.

    >>> from widgets.model.attempt import Attempt
    >>> row = [Attempt(i, 1.0, 1.0, i, 0.1, s) for i, s in enumerate((500, 500, 502, 500, None, 502))]
    >>> went_wrong(row[:2]), went_wrong(row[4:5])
    ('failed with 500', 'failed without an answer')
    >>> went_wrong(row[:3]), went_wrong(row)
    ('failed (2 with 500, 1 with 502)', 'failed (most often 3 with 500, 2 with 502)')
    """
    how = "failed or were answered otherwise" if any(each.judged is Outcome.FAILED for each in failed) else "failed"
    kinds = Counter("without an answer" if each.status is None else f"with {each.status}" for each in failed)
    if len(kinds) == 1 and how == "failed":
        return f"{how} {next(iter(kinds))}"
    most = "most often " if len(kinds) > FREQUENT else ""
    return f"{how} ({most}{', '.join(f'{n} {kind}' for kind, n in kinds.most_common(FREQUENT))})"


def _location(attempt: Attempt) -> str:
    """Where an answer redirects to; empty where it does not."""
    if attempt.status is None or not 300 <= attempt.status < 400 or attempt.outcome is not Outcome.FAILED:  # noqa: PLR2004
        return ""
    return next((value for name, value in attempt.headers.items() if name.lower() == "location"), "")
