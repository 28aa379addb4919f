"""Arrays as NumPy saves them (NEP 1): `.npy` and `.npz`. Pickled objects are never loaded: that would run them."""

from __future__ import annotations

import io
import zipfile
from typing import IO, Any

from .arrays import Drawn, Stretch, drawn, place_of
from .extra import extra
from .hdf import MOST_VARIABLES, Store, Variable, described
from .tree import Branch

_SINGLE = "array"


def npy_facts(data: bytes) -> Store:
    """Return the arrays of a file, from their heads alone."""
    if data[:2] != b"PK":
        variable = _head(io.BytesIO(data), _SINGLE)
        return Store("NumPy array", _branch(variable), (variable,))
    variables = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".npy")]
        for name in names[:MOST_VARIABLES]:
            with archive.open(name) as file:
                variables.append(_head(file, name.removesuffix(".npy")))
    tree = Branch("", f"{len(names):,} arrays", "group", 0, tuple(map(_branch, variables)), len(names) - len(variables))
    return Store("NumPy archive", tree, tuple(variables), len(names) - len(variables))


def npy_variable(data: bytes, path: str, plane: int = 1, stretch: Stretch = "percentile") -> Drawn:
    """Return one plane of an array; raise `ValueError` where it holds Python objects."""
    np = extra("numpy")
    if data[:2] != b"PK":
        values = np.load(io.BytesIO(data), allow_pickle=False)
    else:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(f"{path}.npy") as file:
            values = np.lib.format.read_array(file, allow_pickle=False)
    return drawn(values[place_of(values.shape, plane)] if values.ndim else values, stretch)


def _head(file: IO[bytes], name: str) -> Variable:
    form: Any = extra("numpy").lib.format
    version = form.read_magic(file)
    read = form.read_array_header_1_0 if version == (1, 0) else form.read_array_header_2_0
    shape, _, dtype = read(file)
    kind = f"records of {', '.join(dtype.names[:10])}" if dtype.names else str(dtype.name)
    return Variable(name, tuple(shape), kind)


def _branch(variable: Variable) -> Branch:
    return Branch(variable.path, described(variable.kind, variable.shape), "array")
