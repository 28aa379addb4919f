"""The attempts of a probe as files: CSV, JSON, Parquet, and HAR 1.2. PURE.

Bodies are not kept, and secrets were hidden before anything was stored.
HAR 1.2: http://www.softwareishard.com/blog/har-12-spec/
"""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from widgets.model.attempt import Attempt, Step
    from widgets.model.pace import Past, StoredProbe

COLUMNS = (
    *("number", "phase", "wait", "spacing", "started", "latency", "status", "outcome", "error"),
    *("step_wait", "low", "high", "headers"),
)
"""Seconds throughout; `headers` is an object in JSON, and JSON text elsewhere.

`outcome` is `accepted`, `refused`, `failed` or `set aside`: good by its status, and no evidence.
"""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
VERSION = "0.1"


def rows(past: Past) -> list[dict[str, Any]]:
    """One row per attempt, with the columns above."""
    return [_row(step, attempt) for step, attempt in past]


def defused(cell: object) -> object:
    """A text that a spreadsheet would run as a formula, with an apostrophe before it (OWASP, CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip().startswith(FORMULA) else cell


def to_csv(past: Past) -> str:
    """CSV (RFC 4180), one row per attempt; empty where there is no value."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([defused(cell) for cell in _flat(row).values()] for row in rows(past))
    return out.getvalue()


def to_json(past: Past) -> str:
    """A JSON array with one object per attempt."""
    return json.dumps(rows(past), indent=1, allow_nan=False)


def to_parquet(past: Past) -> bytes:
    """Parquet, one row per attempt.

    Raises:
        ModuleNotFoundError: Without pyarrow, with what to install.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and slow to load
        from pyarrow import parquet  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("Parquet needs pyarrow: pip install 'waitwise[parquet]'.") from error
    kinds = {"number": pa.int64(), "status": pa.int64()} | dict.fromkeys(
        ("phase", "outcome", "error", "headers"), pa.string()
    )
    schema = pa.schema([(name, kinds.get(name, pa.float64())) for name in COLUMNS])
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist([_flat(row) for row in rows(past)], schema), out)
    return out.getvalue()


def to_har(probe: StoredProbe, past: Past) -> str:
    """The whole probe as HAR 1.2 in JSON; the step, the outcome and the reason of a failure are `_waitwise` fields.

    What a lesson asked is not kept: its requests have the method and the path `*`, and a comment that says so.
    """
    log = {
        "version": "1.2",
        "creator": {"name": "Waitwise", "version": VERSION},
        "pages": [],
        "entries": [_har_entry(probe, step, attempt) for step, attempt in past],
        "comment": probe.verdict.statement if probe.verdict else "This probe has no verdict.",
    }
    return json.dumps({"log": log}, indent=1, allow_nan=False)


def _row(step: Step, attempt: Attempt) -> dict[str, Any]:
    asked = {"phase": step.phase, "step_wait": step.wait, "low": step.low, "high": step.high}
    known = asked | {"outcome": attempt.word, "headers": dict(attempt.headers)}
    return {name: known[name] if name in known else getattr(attempt, name) for name in COLUMNS}


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"headers": json.dumps(row["headers"])}


def _har_entry(probe: StoredProbe, step: Step, attempt: Attempt) -> dict[str, Any]:
    spent = attempt.latency * 1000
    return {
        "startedDateTime": datetime.fromtimestamp(probe.began + attempt.started, UTC).isoformat(
            timespec="milliseconds"
        ),
        "time": spent,
        "request": _har_request(probe),
        "response": _har_response(attempt),
        "cache": {},
        "timings": {"blocked": -1, "dns": -1, "connect": -1, "send": 0, "wait": spent, "receive": 0, "ssl": -1},
        "_waitwise": {
            "phase": step.phase,
            "wait": attempt.wait,
            "spacing": attempt.spacing,
            "outcome": attempt.word,
            "error": attempt.error,
        },
    }


def _har_request(probe: StoredProbe) -> dict[str, Any]:
    url = f"{probe.target.origin}/*" if probe.lesson else probe.url
    query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    said = "What was asked is not kept of a pace that was learned from wanted requests."
    return {
        "method": probe.target.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "queryString": [{"name": name, "value": value} for name, value in query],
        "headersSize": -1,
        "bodySize": 0,
    } | ({"comment": said} if probe.lesson else {})


def _har_response(attempt: Attempt) -> dict[str, Any]:
    """Status 0 is what browsers write where no answer came."""
    status = attempt.status or 0
    fields = {name.lower(): value for name, value in attempt.headers.items()}
    return {
        "status": status,
        "statusText": HTTPStatus(status).phrase if status in set(HTTPStatus) else "",
        "httpVersion": "HTTP/1.1" if status else "",
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in attempt.headers.items()],
        "content": {"size": 0, "mimeType": fields.get("content-type", "")},
        "redirectURL": fields.get("location", ""),
        "headersSize": -1,
        "bodySize": -1,
    }
