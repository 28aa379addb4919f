"""Paces as a file that another store can read. PURE.

A fingerprint is keyed with the key of its store, so a pace of a caller with a credential means something in that store
only; the file says which one it comes from, by a name that tells nothing of the key.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from widgets.model.pace import Pace, Target, facts_of, verdict_of

from .facts import day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from widgets.model.attempt import Verdict


FORMAT = "waitwise paces"
LARGEST = 5_000_000
"""Characters of a file; a thousand paces take less than one million."""
LONGEST = 4000
"""Characters of any text in it."""
NUMBERS = ("wait", "found", "promise", "recheck_after")
IMPORTED = "Imported "
SAVE = "Save all"
"""The button that makes such a file."""


def name_of(key: bytes) -> str:
    """By which a store with that key knows its own paces again."""
    return hashlib.blake2b(key, person=b"waitwise store", digest_size=8).hexdigest()


def to_file(paces: Iterable[Pace], store: str) -> str:
    """The file: what was found and on what it stands; not how it has served, which is each store's own."""
    rows = [
        asdict(pace.target)
        | {name: getattr(pace, name) for name in (*NUMBERS, "kind", "scope")}
        | {"evidence": facts_of(pace.evidence) if pace.evidence else None}
        for pace in paces
    ]
    return json.dumps({"format": FORMAT, "version": 1, "store": store, "paces": rows}, indent=1, allow_nan=False)


def from_file(text: str, store: str, now: float) -> tuple[list[Pace], int]:
    """The paces of a file, and how many were passed over since their caller is known to another store only.

    Args:
        text: Of the file.
        store: The name of the store that reads it.
        now: Epoch seconds; a pace from the future counts as found now.

    Raises:
        ValueError: When it is no such file, or a pace in it is none; the message says which and why.
    """
    if len(text) > LARGEST:
        raise ValueError(f"A file of paces has at most {LARGEST:,} characters; this one has {len(text):,}.")
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ValueError(f"That is no JSON{where}: choose a file that was saved with {SAVE!r}.") from error
    if not isinstance(whole, dict) or whole.get("format") != FORMAT or not isinstance(whole.get("paces"), list):
        raise ValueError(f"That file holds no paces of Waitwise: choose one that was saved with {SAVE!r}.")
    read = [_read(row, number, now) for number, row in enumerate(whole["paces"], 1)]
    known = [pace for pace in read if not pace.target.credential or whole.get("store") == store]
    return known, len(read) - len(known)


def _read(row: Any, number: int, now: float) -> Pace:
    try:
        texts = {name: _text(row[name]) for name in ("origin", "path", "method", "credential", "kind")}
        wait, found, promise, recheck_after = (_number(row[name]) for name in NUMBERS)
        kind = texts.pop("kind")
        target = Target.of(texts["origin"] + texts["path"], texts["method"], texts["credential"])
        evidence = None if row["evidence"] is None else _evidence(row["evidence"], now)
        # A file of an earlier version knows of no scopes: a pace was of one path.
        scope = _text(row.get("scope", "path"))
        return Pace(target, wait, kind, min(now, max(0.0, found)), promise, recheck_after, evidence, scope=scope)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        why = {KeyError: f"{error} is missing", ValueError: str(error)}.get(type(error), "it is no record of a pace")
        raise ValueError(f"Pace number {number} of that file cannot be read: {why}; none was imported.") from error


def _evidence(facts: Any, now: float) -> Verdict:
    read = verdict_of(facts)
    for name, value in facts_of(read).items():
        if name in {"kind", "statement"}:
            _text(value)
        elif not (value is None and name in {"wait", "tested"}):
            _number(value)
    if read.statement.startswith(IMPORTED):
        return read
    return replace(read, statement=f"{IMPORTED}{day(now)}, not measured here. {read.statement}")


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise ValueError(f"expected a text of at most {LONGEST} characters, got {str(value)[:40]!r}")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"expected a number, got {str(value)[:40]!r}")
    return float(value)
