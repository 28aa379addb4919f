"""Take a pace along: code, HAR, CSV, JSON, Parquet, a report."""

from __future__ import annotations

from widgets.pace.export.code import CODE, code_for
from widgets.pace.export.report import to_report

from .attempts import to_csv, to_har, to_json, to_parquet

__all__ = ["CODE", "code_for", "to_csv", "to_har", "to_json", "to_parquet", "to_report"]
