"""Take a pace along: code, HAR, CSV, JSON, Parquet, a report."""

from __future__ import annotations

from .code import CODE
from .har import to_har
from .report import to_report
from .rows import to_csv, to_json, to_parquet

__all__ = ["CODE", "to_csv", "to_har", "to_json", "to_parquet", "to_report"]
