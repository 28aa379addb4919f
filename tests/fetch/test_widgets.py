"""A widget inherits some 150 names; hiding one of them breaks it where nobody looks, so none of ours does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from widgets.fetch import FetchPanel
from widgets.fetch.panel.history_panel import HistoryPanel
from widgets.fetch.panel.reply_view import ReplyView
from widgets.fetch.panel.request_form import RequestForm
from widgets.media import MediaView
from widgets.media.saving import Save
from widgets.media.viewers.archive import Pieces
from widgets.media.viewers.pdf import PdfView
from widgets.media.viewers.table import TableView

from .test_panel import PAGE, panel

if TYPE_CHECKING:
    import ipywidgets

OURS = [FetchPanel, RequestForm, ReplyView, HistoryPanel, Save, MediaView, PdfView, Pieces, TableView]


@pytest.mark.parametrize("kind", OURS)
def test_no_widget_hides_a_name_of_ipywidgets(kind: type[ipywidgets.Widget]) -> None:
    base = kind.__mro__[1]
    # What the metaclass of traitlets adds to any subclass is not ours.
    added_anyway = set(vars(type("Plain", (base,), {})))
    assert set(vars(kind)) & set(dir(base)) - added_anyway <= {"__init__"}


def test_every_widget_of_the_panel_can_be_shown_as_text() -> None:
    one = panel(lambda *_: PAGE)
    for widget in (one, one.form, one.view, one.history):
        assert type(widget).__name__ in repr(widget)
