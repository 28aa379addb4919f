"""What a person counts as refused, besides what is found to be: statuses, a text or a JMESPath in the body. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Self

from .query import Query

STATUSES = range(100, 1000)
"""What a status can be: LinkedIn's 999 is one."""


@dataclass(frozen=True, slots=True)
class CountsAsRefused:
    """What a person counts as refused, besides what is found anyway.

    Attributes:
        statuses: Of answers that are refusals.
        text: That the body of a refusal holds, within its first 64 KB; capitals and small letters are the same.
        path: A JMESPath: true of the body of a refusal, if it is JSON and no longer than 64 KB.

    Raises:
        ValueError: When the path is none, or a status; the message says where.

    >>> CountsAsRefused(text="call frequency").why(200, b'{"Note": "Our call frequency is 5 a minute"}')
    "its body holds 'call frequency', which counts as refused"
    >>> CountsAsRefused(path="error.code == 'LIMIT'").why(200, b'{"error": {"code": "LIMIT"}}')
    "its body fulfils error.code == 'LIMIT', which counts as refused"
    >>> CountsAsRefused(frozenset({403})).why(404, b"")
    ''
    """

    statuses: frozenset[int] = frozenset()
    text: str = ""
    path: str = ""

    def __post_init__(self) -> None:
        for status in self.statuses:
            if status not in STATUSES:
                raise ValueError(f"A status has three digits: {status} is none. Write for example 403, 420.")
        if self.path:
            Query(self.path)

    @classmethod
    def of(cls, statuses: str = "", text: str = "", path: str = "") -> Self:
        """The same, with the statuses as people write them.

        >>> sorted(CountsAsRefused.of("403, 420").statuses)
        [403, 420]

        Raises:
            ValueError: When one is none.
        """
        words = statuses.replace(",", " ").split()
        wrong = next((word for word in words if not (word.isascii() and word.isdigit() and len(word) < 9)), None)  # noqa: PLR2004
        if wrong is not None:
            raise ValueError(f"{wrong[:20]!r} is no status: write numbers of three digits, for example 403, 420.")
        return cls(frozenset(map(int, words)), text.strip(), path.strip())

    @property
    def words(self) -> str:
        """All of it in words; empty where nothing counts.

        >>> CountsAsRefused(frozenset({420, 403}), text="call frequency").words
        "answers 403, answers 420, a body that holds 'call frequency'"
        """
        parts = [f"answers {status}" for status in sorted(self.statuses)]
        parts += [f"a body that holds {self.text!r}"] if self.text else []
        parts += [f"a body that fulfils {self.path}"] if self.path else []
        return ", ".join(parts)

    @property
    def sentence(self) -> str:
        """What a verdict says of it; empty where nothing counts.

        >>> CountsAsRefused(frozenset({403})).sentence
        'By your word these counted as refused too: answers 403.'
        """
        return f"By your word these counted as refused too: {self.words}." if self else ""

    def __bool__(self) -> bool:
        return bool(self.statuses or self.text or self.path)

    def why(self, status: int, body: bytes) -> str:
        """Why an answer counts as refused; empty where it does not."""
        if status in self.statuses:
            return f"{status} counts as refused"
        if self.text and self.text.casefold() in body.decode(errors="replace").casefold():
            return f"its body holds {self.text!r}, which counts as refused"
        if self.path and self._fulfils(body):
            return f"its body fulfils {self.path}, which counts as refused"
        return ""

    def _fulfils(self, body: bytes) -> bool:
        try:
            return bool(Query(self.path).of(json.loads(body)))
        except (ValueError, RecursionError):
            return False  # it is no JSON, or not what the path is about
