"""The last replies, and those that are to be kept. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from widgets.model.reply import Reply

KEPT = 8
"""Replies that are kept without being pinned; large bodies lie in files, so that they cost little memory."""

MOST_PINNED = 20


@dataclass(frozen=True, slots=True)
class Card:
    """A reply with its number, counted from 1, and whether it is kept for good."""

    number: int
    reply: Reply
    pinned: bool = False

    @property
    def title(self) -> str:
        """Number and facts in one line."""
        return f"{self.number}. {self.reply.facts}"


@dataclass(frozen=True, slots=True)
class History:
    """Cards in order, the newest last.

    >>> from widgets.model.reply import Reply
    >>> [card.title for card in History().add(Reply("http://x/", 204)).cards]
    ['1. 204 · no type declared · 0 bytes · 0 ms']
    """

    cards: tuple[Card, ...] = ()
    count: int = 0

    def add(self, reply: Reply) -> History:
        """Return the history with another reply; the oldest that is not pinned goes when there are too many."""
        cards = [*self.cards, Card(self.count + 1, reply)]
        loose = [card for card in cards if not card.pinned]
        gone = loose[: max(0, len(loose) - KEPT)]
        return History(tuple(card for card in cards if card not in gone), self.count + 1)

    def pin(self, number: int, *, on: bool = True) -> History:
        """Return the history with a card pinned or let go; there are at most 20 pinned ones."""
        if on and sum(card.pinned for card in self.cards) >= MOST_PINNED:
            return self
        return replace(
            self, cards=tuple(replace(card, pinned=on) if card.number == number else card for card in self.cards)
        )

    def card(self, number: int) -> Card | None:
        """Return the card with a number, or None when it is gone."""
        return next((card for card in self.cards if card.number == number), None)
