"""What learners have done with their puzzles, in a file: a service that is started again still knows it.

The rules of puzzles follow from their names and begin anew; what would be lost is what each learner's finding out has
cost, and the guess that can be made only once. SQLite, with one connection: whoever calls holds the lock.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from server.settings import SettingsError

from .score import Cost, Guess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS played (
    puzzle TEXT NOT NULL, client TEXT NOT NULL, requests INTEGER NOT NULL, refused INTEGER NOT NULL,
    early INTEGER NOT NULL, kind TEXT, wait REAL, PRIMARY KEY (puzzle, client)
)
"""


class Ledger:
    """Keeps costs and guesses; the oldest first when they are read.

    >>> import tempfile
    >>> from pathlib import Path
    >>> file = Path(tempfile.mkdtemp()) / "played.sqlite"
    >>> first = Ledger(file)
    >>> first.keep("1-7", "ada", Cost(requests=3), Guess("minimum-gap", 0.5))
    >>> first.close()
    >>> list(Ledger(file).played())
    [('1-7', 'ada', Cost(requests=3, refused=0, early=0), Guess(kind='minimum-gap', wait=0.5))]

    Args:
        file: Where; it is made where it is not.

    Raises:
        SettingsError: The file cannot be used.
    """

    def __init__(self, file: Path) -> None:
        try:
            self._database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
            # So a commit waits for no disk: the end of the process loses nothing, that of the machine some seconds.
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute(_TABLE)
        except sqlite3.Error as error:
            raise SettingsError(f"The state (WAITWISE_STATE, --state) cannot be kept in {file}: {error}.") from error

    def played(self) -> Iterator[tuple[str, str, Cost, Guess | None]]:
        """Each puzzle's name and learner, with the cost and the guess."""
        with closing(self._database.execute("SELECT * FROM played ORDER BY rowid")) as rows:
            for puzzle, client, requests, refused, early, kind, wait in rows:
                yield puzzle, client, Cost(requests, refused, early), None if kind is None else Guess(kind, wait)

    def keep(self, puzzle: str, client: str, cost: Cost, guess: Guess | None) -> None:
        """Write where a learner stands."""
        known = (guess.kind, guess.wait) if guess is not None else (None, None)
        row = (puzzle, client, cost.requests, cost.refused, cost.early, *known)
        self._database.execute("INSERT OR REPLACE INTO played VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def forget(self, puzzle: str, client: str) -> None:
        """Forget one learner's puzzle."""
        self._database.execute("DELETE FROM played WHERE puzzle = ? AND client = ?", (puzzle, client))

    def clear(self) -> None:
        """Forget all."""
        self._database.execute("DELETE FROM played")

    def close(self) -> None:
        """Close the file."""
        self._database.close()
