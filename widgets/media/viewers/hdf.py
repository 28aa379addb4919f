"""HDF5, netCDF and arrays of NumPy: a tree, and an array of one's choice as a picture, a line or a table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import ipywidgets

from widgets.media.child import in_child
from widgets.media.decoders import Store, Variable, npy_facts, npy_variable, store_facts, store_variable
from widgets.media.registry import renderer
from widgets.media.sandbox import show, tag
from widgets.media.viewers.drawn import Chosen, count_again, drawing, number_choice, stretch_choice
from widgets.media.viewers.tree import tree_box

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from widgets.media.decoders.arrays import Drawn
    from widgets.media.reply import Reply


@renderer("application/x-npy", "application/x-npz", kind="arrays of NumPy")
def show_npy(reply: Reply) -> ipywidgets.Widget:
    """Show the arrays that NumPy saved."""
    data = bytes(reply.body)
    return _shown(data, in_child(npy_facts, data), npy_variable)


@renderer(
    "application/x-hdf5",
    "application/x-netcdf",
    "application/netcdf",
    "application/x-netcdf4",
    "application/x-hdf",
    "application/hdf5",
    "application/x-hdf-5",
    "application/vnd.hdfgroup.hdf5",
    kind="a tree of arrays",
)
def show_store(reply: Reply) -> ipywidgets.Widget:
    """Show what is inside, and draw the largest array."""
    data = bytes(reply.body)
    return _shown(data, in_child(store_facts, data), store_variable)


def _shown(data: bytes, store: Store, draw: Callable[..., Drawn]) -> ipywidgets.Widget:
    count = len(store.variables) + store.more
    words = f"{store.kind}, {count:,} array{'' if count == 1 else 's'}"
    words += f", the first {len(store.variables):,} can be chosen" if store.more else ""
    shown = [show(tag("p", words, class_="ww-facts"), tree_box(store.tree, f"{store.kind} as a tree"))]
    return ipywidgets.VBox([*shown, *([_chosen(data, store, draw)] if store.variables else [])])


def _chosen(data: bytes, store: Store, draw: Callable[..., Drawn]) -> ipywidgets.Widget:
    best = max(store.variables, key=_interest)
    variables = {variable.path: variable for variable in store.variables}
    chooser = ipywidgets.Dropdown(
        options=[(f"{path}, {variable.kind}"[:100], path) for path, variable in variables.items()],
        value=best.path,
        description="Array",
    )
    choices = {"path": chooser, "plane": number_choice(best.planes, "Plane"), "stretch": stretch_choice()}

    def again(name: str, choosers: Mapping[str, Any]) -> None:
        if name == "path":
            count_again(choosers["plane"], variables[chooser.value].planes, "Plane")

    return Chosen(choices, partial(_drawn, data, variables, draw), again)


def _interest(variable: Variable) -> tuple[int, int]:
    """Numbers of two axes and more come first, the largest plane of them."""
    size = 1
    for length in variable.shape[-2:]:
        size *= length
    numeric = variable.kind.startswith(("int", "uint", "float"))
    return (min(len(variable.shape), 2) if numeric and size else 0, size)


def _drawn(
    data: bytes, variables: Mapping[str, Variable], draw: Callable[..., Drawn], *, path: str, plane: int, stretch: str
) -> ipywidgets.Widget:
    found = in_child(draw, data, path, plane, stretch)
    planes = variables[path].planes
    return drawing(found, path, f"{path}, plane {plane:,} of {planes:,}" if planes > 1 else path)
