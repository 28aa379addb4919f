"""What an object of JSON says of itself, where it has nothing else to give. Pure; nothing here raises.

Its names tell an error or a note from data: a payment, a job or a catalogue of errors may hold the same words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEEP = 4
"""How deep the words of an error lie in its object."""

WRAPPED = 6
"""The same where each part is a list besides, as what was XML once."""

CATALOGUE = 3
"""So many errors are a list of them, and no answer to one request."""

_ABOUT = re.compile(
    r"(?:.*(?:error|err|fault|message|msg|code|info\w*|reason|status|note|retry|request_?id|doc\w*|extension|desc)s?"
    r"|(?:codigo|mensag\w*|mensaje|descri[pc]\w*|erreur|errore?|erro|fehler|meldung|nachricht|mesaj|hata|blad|komunikat"
    r"|opis|estado|statut)(?:_?\w+)?"  # in Spanish, Portuguese, French, Italian, German, Turkish, Polish
    r"|@attributes|title|type|details?|(?:\w+_)?description|success|ok|id|jsonrpc|version|(?:error_)?response|path|instance|domain"
    r"|(?:\w+_)?time(?:stamp)?|elapsed|duration|took"
    r"|request|(?:request_)?params|rate_?limits?|paging|pagination|ttl|issue|resource_type|help|url|link|severity"
    r"|category|api_?key|count|limit|remark|cause|violated_policies|parameters?|meta(?:data)?)"
)
"""The names under which an answer speaks of itself, in small letters with `_` between words."""

_FAILURE = re.compile(
    r"(?:is_?)?(?:errors?|err|faults?|exception|retcode|error_?(?:message|msg|code|type|response|text|string)"
    r"|err_?(?:msg|code|no)|erreur|errore|erro|fehler)"
)
"""Those that only something that failed has."""

_INSTEAD = frozenset({"note", "information"})
"""How an object begins that is given instead of data."""

_SUCCESS = frozenset({"success", "ok", "response", "succeeded"})
_STATE = frozenset({"status", "state", "stat", "result", "message"})
_STATUS = frozenset({"status", "stat", "state"})
"""Those that say of the answer whether it went well, and may do so with a plain no: a result may be one as well."""

_FAILED = frozenset({"error", "fail", "failed", "failure", "notok", "err", "0"})
_WELL = frozenset({"ok", "success", "200", "1", "true"})
_NOTHING = frozenset({"", "0", "00000", "200", "none", "null", "ok", "success", "false", "no"})
_PAGES = frozenset({
    "page", "pages", "total", "per_page", "next", "items", "user", "author", "attempts", "progress", "amount",
    "currency", "event", "action", "level", "logger", "service", "image", "created_at", "updated_at", "started_at",
    "finished_at", "published",
})  # fmt: skip
"""What belongs to data: a list of which this is a page, somebody who said it, a job, a payment or a log that has it."""

_ASKED = frozenset({"service"})
"""What of it may name what was asked, where it has parts."""

_INSTEAD_OF_DATA = frozenset({"response_data"})
"""What stands where data would be, of an answer that failed; it says nothing of the answer itself."""

_REPEATED = frozenset({"parameter", "parameters", "params", "request"})
"""Where a result stands beside what was asked."""

_HEADS = frozenset({"header", "head"})
"""Where some say whether it went well, with a code."""

_CODES = frozenset({
    "code", "cod", "status_code", "ret_code", "status", "estado", "codigo", "response_status", "response_code",
    "http_status", "http_code",
})  # fmt: skip
_ENTRY = frozenset({"name", "phrase", "reason_phrase", "spec", "spec_title", "spec_href", "rfc"})
"""What a list of statuses says of one, beside its number."""

_IDENTITY = frozenset({"id", "sid", "uuid", "message_id", "job_id", "order_id", "task_id", "run_id"})
_LIFE = frozenset({
    "queued", "pending", "sent", "delivered", "undelivered", "bounced", "running", "processing", "finished",
    "completed", "cancelled", "canceled", "aborted", "scheduled", "retrying", "expired",
})  # fmt: skip
"""What becomes of a thing, and never of an answer."""

_ERRORS_OF = frozenset({"error", "errors", "details", "extensions"})

_TOO_MANY = 429
TOO_MANY, FLAGGED = "too many requests", "throttled"
"""What that code means, and a flag, in words that are read like those of the answer itself."""
_ERRORS = 400
"""A code from here on is one of HTTP's errors, or of the service's own."""

_THROTTLED = re.compile(r"(?:is_?)?(?:throttled?|rate_?limited)")
"""A flag that says it."""

_MEANS = re.compile(r"status_(?:message|msg|text|desc\w*)")
"""What says what a state means that is a number."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Said(NamedTuple):
    """What an answer says of itself, and whether it says besides that it failed: then what it says loosely is meant."""

    text: str
    fails: bool


NOTHING = Said("", fails=False)


def told_by(told: Any, depth: int = 0) -> Said:
    """What JSON says of itself, that lies so deep in what an answer says; nothing where it is data.

    >>> told_by({"ok": False, "error": "ratelimited"}), told_by({"message": "Too many requests", "user": "Ann"})
    (Said(text='ratelimited', fails=True), Said(text='', fails=False))
    """
    if isinstance(told, list):
        return _listed(told, depth)
    if not isinstance(told, dict):
        return NOTHING
    known = {_snake(name): each for name, each in told.items()}
    full = {name: each for name, each in known.items() if not _empty(each)}
    if isinstance(full.get("result"), dict):
        full = {name: each for name, each in full.items() if name not in _REPEATED}
    failed = [name for name, each in full.items() if _failure(name, each)]
    fails = bool(failed) or _outcome(full) or _beside(full)
    if _is_a_job(full, failed) or _is_an_entry(full):
        return NOTHING
    if not fails and len(full) == 1 and depth < DEEP:
        (name, each), *_ = full.items()
        if isinstance(each, dict):
            inner = told_by(each, depth + 1)
            # A payment, or a job, may have failed: only what has an error of its own is one, whatever it is wrapped in.
            keys = {_snake(key) for key in each}
            failing = name == "result" or keys - _REPEATED == {"result"} or any(map(_FAILURE.fullmatch, keys))
            headed = name in _HEADS and any("code" in key for key in keys)
            meant = _ABOUT.fullmatch(name) or headed or (inner.fails and failing)
            return inner if meant else NOTHING
    well = not fails and any(name in _SUCCESS | _STATE and str(each).lower() in _WELL for name, each in full.items())
    if well or not all(_of_itself(name, each, fails=fails, inside=depth > 0) for name, each in full.items()):
        return NOTHING
    words = [word for name, each in full.items() if name not in _INSTEAD_OF_DATA for word in _words(each, name)]
    return Said("; ".join(words), fails=fails or next(iter(full), "") in _INSTEAD)


def _is_a_job(full: Mapping[str, Any], failed: list[str]) -> bool:
    """Whether it is something that has a state, as a job has, and not the answer itself."""
    lives = any(str(full.get(name)).lower() in _LIFE for name in ("status", "state")) and bool(_IDENTITY & set(full))
    stands = "id" in full and set(failed) <= _STATE and not {"message", "msg"} & set(full)
    return bool(failed) and (lives or stands)


def _is_an_entry(full: Mapping[str, Any]) -> bool:
    """Whether it is one of a list of statuses: a refusal has no name beside its number."""
    return bool(_ENTRY & set(full)) and any(_number(each) == _TOO_MANY for each in full.values())


def _snake(name: Any) -> str:
    """A name in small letters, with `_` between its words."""
    return _CAMEL.sub("_", str(name)).lower().replace("-", "_").replace(" ", "_")


def _beside(full: Mapping[str, Any]) -> bool:
    """Whether its state is a number of its own, beside what that means: `"status": 12, "status_message": …`."""
    number = _number(full.get("status")) or 0
    well = number in {0, 1} or 200 <= number < _ERRORS  # noqa: PLR2004 - RFC 9110's classes
    return not well and any(map(_MEANS.fullmatch, full))


def _outcome(full: Mapping[str, Any]) -> bool:
    """Whether it is an outcome of FHIR, whose issues are errors."""
    return "resource_type" in full and isinstance(full.get("issue"), list)


def _listed(told: list[Any], depth: int) -> Said:
    """The same of a list: `["error", 11010, "ratelimit: error"]` (Bitfinex), or one object that failed (Salesforce)."""
    if told and isinstance(told[0], str) and told[0].lower() == "error":
        return Said(" ".join(_words(told)), fails=True)
    batch = len(told) > 1 and all(isinstance(one, dict) and "jsonrpc" in one and one.get("error") for one in told)
    one = told_by(told[0], depth) if (len(told) == 1 and isinstance(told[0], dict)) or batch else NOTHING
    return one if one.fails and ("id" not in told[0] or "jsonrpc" in told[0]) else NOTHING


def _failure(name: str, each: Any) -> bool:
    """Whether this part of an object says that it failed."""
    if _FAILURE.fullmatch(name):
        if isinstance(each, list):
            return 0 < len(each) < CATALOGUE
        return not _coded(each) and str(each).lower() not in _NOTHING
    if name == "messages" and isinstance(each, list):
        return 0 < len(each) < CATALOGUE and all(map(_wrong, each))
    if name in _SUCCESS:
        return each is False or str(each).lower() in {"false"} | _FAILED
    if name in _STATE and isinstance(each, (str, int)):
        return (name in _STATUS and each is False) or str(each).lower() in _FAILED
    number = _number(each) if name in _CODES else None
    named = name in _CODES and isinstance(each, str) and each.lower().startswith(("error", "fail"))
    named = named or (name in _CODES and each == "F")
    return named or (number is not None and (number >= _ERRORS or number < 0))


def _wrong(each: Any) -> bool:
    """Whether a message is one of what went wrong: it has a part that only such a one has, or a code that begins so."""
    if not isinstance(each, dict) or not {_snake(name) for name in each}.isdisjoint(_PAGES | {"id"}):
        return False
    parts = {_snake(name): part for name, part in each.items()}
    return any(
        (_FAILURE.fullmatch(name) and _failure(name, part))
        or (name.endswith("code") and isinstance(part, str) and part.lower().startswith("err"))
        for name, part in parts.items()
    )


def _coded(each: Any) -> bool:
    """Whether it says what several codes mean: their numbers, or words that are no name of what an answer says."""
    if not isinstance(each, dict) or len(each) < 2:  # noqa: PLR2004 - several
        return False
    if all(str(key).isdigit() for key in each):
        return True
    words = all(isinstance(value, str) for value in each.values())
    return words and not any(_ABOUT.fullmatch(_snake(key)) for key in each)


def _empty(each: Any, depth: int = 0) -> bool:
    """Whether nothing is in it."""
    if isinstance(each, dict) and depth < DEEP:
        return all(_empty(inner, depth + 1) for inner in each.values())
    return each in (None, "", [], {})


def _of_itself(name: str, each: Any, *, fails: bool, inside: bool) -> bool:
    """Whether this part of an object is no data; a number is none `inside` of what an answer says of itself."""
    if fails and isinstance(each, dict) and (name in _ASKED | _INSTEAD_OF_DATA or (name == "data" and _fails(each))):
        return True
    if name in _PAGES or _coded(each):
        return False
    if _ABOUT.fullmatch(name):
        texts = isinstance(each, list) and len(each) < CATALOGUE and all(isinstance(one, str) for one in each)
        return fails or texts or not isinstance(each, (list, dict)) or name in _ERRORS_OF
    return not isinstance(each, (list, dict)) and (fails or (inside and not isinstance(each, str)))


def _fails(data: dict[str, Any]) -> bool:
    """Whether what stands where data would be is nothing but an error."""
    return any(_failure(_snake(name), each) for name, each in data.items()) and told_by(data, 1).fails


def _words(each: Any, name: str = "", depth: int = 0) -> Iterator[str]:
    """What it says, without the names under which it says it; of codes only the one that means too many requests."""
    if isinstance(each, str):
        yield each
    elif isinstance(each, dict) and depth < WRAPPED:
        for inner, value in each.items():
            yield from _words(value, str(inner).lower(), depth + 1)
    elif isinstance(each, list) and depth < WRAPPED:
        for value in each[:CATALOGUE]:
            yield from _words(value, name, depth + 1)
    if each is True and _THROTTLED.fullmatch(name):
        yield FLAGGED
    if "co" in name or "status" in name or name in _CODES:
        yield from (f"code 429 {TOO_MANY}" for number in [_number(each)] if number == _TOO_MANY)


def _number(each: Any) -> int | None:
    if isinstance(each, bool) or not isinstance(each, (int, str)):
        return None
    text = str(each)
    figures = text.removeprefix("-")
    return int(text) if figures.isascii() and figures.isdigit() and len(figures) < 9 else None  # noqa: PLR2004 - no code is longer
