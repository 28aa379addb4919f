"""What the browser has been told of a chart, and what it must be told next. Pure.

ECharts merges an option into the one before: a series that is not named stays, and one that goes must be said to be
empty. Nothing is sent that is there already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .theme import Option

MARKS = ("markLine", "markArea")


class Screen:
    """The option as every view holds it when it has taken in all that was sent.

    Attributes:
        replaced: Whether the last update is to be sent as a whole.
        fresh: Whether the whole that was sent last is what is shown.
    """

    def __init__(self) -> None:
        self._frame: Option = {}
        self._series: dict[str, Option] = {}
        self._growing: dict[str, object] = {}
        self.replaced = self.fresh = False

    def update(self, source: object, grown: Iterable[Option], steady: Iterable[Option], frame: Option) -> Option:
        """Take in what is to be shown, and return the part of it that the browser does not have.

        Args:
            source: Of what grows: its series stay as they are until they come again; those of another one go.
            grown: The series of it that changed.
            steady: All the other series.
            frame: The rest of the option.
        """
        now: dict[str, Option] = {}
        for series in grown:
            now[series["id"]] = series
            self._growing[series["id"]] = source
        kept = {ident for ident, of in self._growing.items() if of is source}
        now |= {series["id"]: series for series in steady}
        gone = [ident for ident in self._series if ident not in now and ident not in kept]
        now |= {ident: _emptied(self._series[ident]) for ident in gone}
        part: list[Option] = []
        for ident, series in now.items():
            told_of = self._series.get(ident)
            if told_of is None and series == _emptied(series):
                continue  # each series costs the browser time, even an empty one
            if told_of != series:
                # A view that does not know the series yet has to know at least what kind it is.
                news = series if told_of is None else {"id": ident, "type": series["type"], **_news(told_of, series)}
                part.append(news)
                self._series[ident] = series
        axes_only = {**frame, "xAxis": None} == {**self._frame, "xAxis": None}
        told: Option = {"series": part} if part else {}
        # A marker is looked at anew only where its kind is named.
        told |= {kind: {} for kind in MARKS if any(kind in series for series in part)}
        if frame.get("xAxis") != self._frame.get("xAxis"):
            told["xAxis"] = frame["xAxis"]
        self._frame = frame
        self.replaced = not axes_only
        self.fresh = self.fresh and not told
        return told

    def renewed(self) -> Option:
        """All of it, to be sent."""
        self.fresh = True
        return self.whole()

    def whole(self) -> Option:
        """All of it, in an option of its own."""
        return {**self._frame, "series": list(self._series.values())}


def _emptied(series: Option) -> Option:
    marks = {kind: {**series[kind], "data": []} for kind in MARKS if kind in series}
    return {**series, "data": [], **marks}


def _news(old: Option, new: Option) -> Option:
    """What differs; options within options are merged too."""
    return {
        key: _news(old[key], value) if isinstance(value, dict) and isinstance(old.get(key), dict) else value
        for key, value in new.items()
        if old.get(key) != value
    }
