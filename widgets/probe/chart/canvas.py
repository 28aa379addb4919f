"""The widget that a chart is drawn on. UI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import traitlets
from ipecharts import EChartsRawWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from .theme import Option


class Canvas(EChartsRawWidget):
    """The widget of ipecharts, less its search for widgets within the option: ours holds numbers, thousands of them.

    Its `option` is the whole of what is drawn, at some time; `change` sends what changed since. Each view begins with
    the option, and says so when it does: then the option is made whole again.
    """

    option = traitlets.Dict().tag(sync=True)
    on_view: Callable[[], None] = staticmethod(lambda: None)

    def change(self, part: Option) -> None:
        """Merge a part into what every view shows, by the one action of ECharts that takes an option."""
        self.dispatchAction({"type": "changeMagicType", "newOption": part})

    def _handle_widget_init(self) -> None:
        super()._handle_widget_init()
        self.on_view()
