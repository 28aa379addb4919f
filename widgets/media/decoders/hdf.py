"""HDF5 and netCDF: what is inside as a tree with its attributes, and any variable as a picture, a line or a table.

HDF5 can name other files: external links, external storage, virtual datasets. None is followed, nor is a soft link,
which could lead through one: a reply must not read what lies on this machine. h5py reads HDF5, and with it netCDF-4;
the netCDF library reads the classic formats (CDF-1, -2 and -5).
"""

from __future__ import annotations

import contextlib
import io
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from widgets.media.reply import Unreadable
from widgets.model.quantity import counted

from .arrays import Array, Drawn, Line, Picture, Stretch, Words, cell, drawn, nth, place_of, planes_of
from .extra import extra
from .tree import Branch

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_NODES = 3000
MOST_VARIABLES = 1000
_MOST_MEMBERS = 300
_MOST_ATTRIBUTES = 50
_DEEPEST = 20
_LONGEST = 1000
_MOST_AT_ONCE = 8_000_000
"""Values of a plane that are read whole; of a larger one every n-th row and column is."""

_MOST_IN_CHUNK = 200_000_000
_THINNED = 1000
_MOST_PADDED = 1_000_000
_LEAST_PADDED = 4096
_HOUSEKEEPING = frozenset(
    {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Dimid", "_Netcdf4Coordinates", "_NCProperties"}
)


@dataclass(frozen=True, slots=True)
class Variable:
    """An array in a file: where it is, how long its axes are, and what it holds, such as `"float32"`."""

    path: str
    shape: tuple[int, ...]
    kind: str

    @property
    def planes(self) -> int:
        """How many planes it has; none that is drawn where an axis is empty."""
        return planes_of(self.shape)


@dataclass(frozen=True, slots=True)
class Store:
    """What a file of arrays holds."""

    kind: str
    tree: Branch
    variables: tuple[Variable, ...]
    more: int = 0


def store_facts(data: bytes) -> Store:
    """Return the tree of an HDF5 or netCDF file, and its arrays."""
    if data[:3] == b"CDF":
        with _classic(data) as file:  # It is read twice where it is small: see there.
            found = _classic_facts(file)
        if len(data) <= _MOST_PADDED and _otherwise(data) != found:
            raise Unreadable("it ends within its head")
        return found
    with _hdf(data) as file:
        walk = _Walk()
        tree = walk.group("/", file, "", 0)
        kind = "netCDF-4, which is HDF5" if "_NCProperties" in file.attrs else "HDF5"
        return Store(kind, tree, tuple(walk.variables[:MOST_VARIABLES]), max(0, len(walk.variables) - MOST_VARIABLES))


def store_variable(data: bytes, path: str, plane: int = 1, stretch: Stretch = "percentile") -> Drawn:
    """Return one plane of an array as a picture, one of a single axis as a line, anything else as a table or words.

    Its values are unpacked as the conventions for climate and forecast metadata say (scale_factor, add_offset,
    _FillValue, missing_value), which is said.
    """
    if data[:3] == b"CDF":
        with _classic(data) as file:  # It is read twice where it is small: see there.
            variable = file.variables[path]
            attributes = {name: variable.getncattr(name) for name in variable.ncattrs()}
            values, step = _plane(tuple(variable.shape), plane, variable.__getitem__)
        if len(data) <= _MOST_PADDED:
            with _classic(data, b"\x55") as file:
                again, _ = _plane(tuple(variable.shape), plane, file.variables[path].__getitem__)
            if extra("numpy").ma.getdata(values).tobytes() != extra("numpy").ma.getdata(again).tobytes():
                raise Unreadable("it ends before the last of these values")
        packed = [name for name in ("scale_factor", "add_offset") if name in attributes]
        words = [f"unpacked by {' and '.join(packed)}"] if packed else []
    else:
        with _hdf(data) as file:
            dataset = _found(file, path)
            attributes = _attributes(dataset)
            _refuse(dataset)
            values, step = _plane(tuple(dataset.shape or ()), plane, dataset.__getitem__)
            values, words = _unpacked(values, attributes)
    units = cell(attributes["units"]) if "units" in attributes else ""
    found = drawn(values, stretch)
    words += [f"in {units}"] if units else []
    words += [f"every {nth(step)} value along each axis, which these numbers mean"] if step > 1 else []
    if isinstance(found, Picture | Line) and words:
        return replace(found, words="; ".join([found.words, *words]))
    return Words(f"{found.text} {units}") if isinstance(found, Words) and units else found


def _hdf(data: bytes) -> Any:
    return extra("h5py").File(io.BytesIO(data), "r")


def _classic(data: bytes, behind: bytes = b"\0") -> Any:
    """Open a classic file.

    The library reads a head in pieces of its own, and of what lies in memory none that goes beyond the end: it refuses
    a file that is hardly more than its head. So it is given more than there is; what depends on `behind` never came.
    """
    netcdf = extra("netCDF4")
    try:
        return contextlib.closing(netcdf.Dataset("reply", memory=data))
    except PermissionError:
        if len(data) > _MOST_PADDED:
            raise
    return contextlib.closing(netcdf.Dataset("reply", memory=data + behind * (len(data) + _LEAST_PADDED)))


def _otherwise(data: bytes) -> Store | None:
    """Return what a classic file holds where other bytes stand behind it; None where it cannot be read then."""
    try:
        with _classic(data, b"\x55") as file:
            return _classic_facts(file)
    except (OSError, RuntimeError, ValueError, KeyError, AttributeError):  # as the library says it, by what it met
        return None


class _Walk:
    """Goes down the hard links of an HDF5 file, and no further than is shown."""

    def __init__(self) -> None:
        self.variables: list[Variable] = []
        self._left = MOST_NODES
        self._h5py = extra("h5py")

    def group(self, label: str, group: Any, path: str, depth: int) -> Branch:
        self._left -= 1
        names, children = sorted(group), _attribute_branches(group)
        seen = 0
        for name in names[:_MOST_MEMBERS]:
            if self._left <= 0 or depth >= _DEEPEST:
                break
            seen += 1
            children.append(self._member(group, name, f"{path}/{name}", depth + 1))
        words = f"group of {len(names):,} member{'' if len(names) == 1 else 's'}"
        return Branch(label, words, "group", 0, tuple(children), len(names) - seen)

    def _member(self, group: Any, name: str, path: str, depth: int) -> Branch:
        self._left -= 1
        link = group.get(name, getlink=True)
        if not isinstance(link, self._h5py.HardLink):
            target = f"{getattr(link, 'filename', '')} {getattr(link, 'path', '')}".strip()
            return Branch(name, f"a link to {target[:200]}, not followed", "link")
        try:
            member = group[name]
        except Exception as error:  # noqa: BLE001 - one broken member does not hide the others
            return Branch(name, f"cannot be read: {' '.join(str(error).split())[:200]}", "broken")
        if isinstance(member, self._h5py.Group):
            return self.group(name, member, path, depth)
        if not isinstance(member, self._h5py.Dataset):
            return Branch(name, "a named type", "type")
        return self._dataset(name, member, path)

    def _dataset(self, name: str, dataset: Any, path: str) -> Branch:
        shape = tuple(dataset.shape or ())
        kind = _kind(dataset.dtype)
        words = described(kind, shape, _axes(dataset))
        if dataset.shape is None:
            words = f"{kind}, empty"
        else:
            self.variables.append(Variable(path, shape, kind))
        words += f", chunks of {' × '.join(map(str, dataset.chunks))}" if dataset.chunks else ""
        words += f", compressed by {dataset.compression}" if dataset.compression else ""
        children = _attribute_branches(dataset)
        return Branch(name, words, "array", 0, tuple(children))


def described(kind: str, shape: tuple[int, ...], axes: tuple[str, ...] = ()) -> str:
    """Return what an array holds and how long its axes are, in words."""
    named = axes if any(axes) else ("",) * len(shape)
    lengths = " × ".join(f"{axis} {length:,}".strip() for axis, length in zip(named, shape, strict=False))
    return f"{kind}, {lengths}" if lengths else f"{kind}, one value"


def _axes(dataset: Any) -> tuple[str, ...]:
    """Return the names of the axes, where they have some."""
    with contextlib.suppress(Exception):  # A broken scale costs the names only.
        return tuple(
            str(axis.label or (axis[0].name.rpartition("/")[2] if len(axis) else ""))[:80] for axis in dataset.dims
        )
    return ()


def _kind(dtype: Any) -> str:
    h5py = extra("h5py")
    if h5py.check_string_dtype(dtype) is not None:
        return "text"
    if dtype.names:
        return f"records of {', '.join(dtype.names[:10])}{' …' if len(dtype.names) > 10 else ''}"  # noqa: PLR2004 - as above
    return "object" if dtype.kind == "O" else str(dtype.name)


def _attributes(thing: Any) -> dict[str, Any]:
    found = {}
    for name in list(thing.attrs)[:_MOST_ATTRIBUTES]:
        try:
            found[name] = thing.attrs[name]
        except Exception as error:  # noqa: BLE001 - one broken attribute does not hide the others
            found[name] = f"cannot be read: {' '.join(str(error).split())[:100]}"
    return found


def _attribute_branches(thing: Any) -> list[Branch]:
    return [
        Branch(f"@{name}", cell(value)[:_LONGEST], "attribute")
        for name, value in _attributes(thing).items()
        if name not in _HOUSEKEEPING
    ]


def _found(file: Any, path: str) -> Any:
    """Return a dataset by way of hard links only."""
    h5py, here = extra("h5py"), file
    for name in path.strip("/").split("/"):
        if not isinstance(here, h5py.Group) or not isinstance(here.get(name, getlink=True), h5py.HardLink):
            raise ValueError(f"there is no {path}")  # noqa: TRY004 - it is the path that is wrong
        here = here[name]
    if not isinstance(here, h5py.Dataset):
        raise ValueError(f"{path} is no array")  # noqa: TRY004 - as above
    return here


def _refuse(dataset: Any) -> None:
    """Raise `ValueError` where an array lies in other files, or in pieces that are too large."""
    if dataset.is_virtual or dataset.external:
        raise ValueError("its values lie in other files, and none is opened")
    size = math.prod(dataset.chunks or (0,)) * dataset.dtype.itemsize
    if size > _MOST_IN_CHUNK:
        raise ValueError(f"one of its chunks takes {size / 1e9:,.1f} GB")


def _plane(shape: tuple[int, ...], plane: int, read: Callable[[Any], Array]) -> tuple[Array, int]:
    """Return one plane, and of a large one every n-th value along each axis, with n."""
    if not shape:
        return extra("numpy").ma.asanyarray(read(())), 1
    if min(shape) < 1:
        raise ValueError("one of its axes has no length")
    step = 1
    if math.prod(shape[-2:]) > _MOST_AT_ONCE:
        step = max(1, math.ceil(max(shape[-2:]) / _THINNED))
        if len(shape) == 1:
            step = math.ceil(shape[0] / _MOST_AT_ONCE)
    return read((*place_of(shape, plane), *(slice(None, None, step) for _ in shape[-2:]))), step


def _unpacked(values: Array, attributes: dict[str, Any]) -> tuple[Array, list[str]]:
    np = extra("numpy")
    if getattr(values, "dtype", None) is None or values.dtype.kind not in "iuf":
        return values, []
    for name in ("_FillValue", "missing_value"):
        if name in attributes:
            with contextlib.suppress(TypeError, ValueError):
                values = np.ma.masked_where(np.isin(np.ma.getdata(values), attributes[name]), values)
    scale, offset = (_number(attributes.get(name)) for name in ("scale_factor", "add_offset"))
    if scale is None and offset is None:
        return values, []
    packed = [name for name in ("scale_factor", "add_offset") if _number(attributes.get(name)) is not None]
    unpacked = values * (1.0 if scale is None else scale) + (0.0 if offset is None else offset)
    return unpacked, [f"unpacked by {' and '.join(packed)}"]


def _number(value: Any) -> float | None:
    with contextlib.suppress(TypeError, ValueError):
        return float(extra("numpy").asarray(value).reshape(-1)[0]) if value is not None else None
    return None


def _classic_facts(file: Any) -> Store:
    variables = [
        Variable(name, tuple(variable.shape), str(variable.dtype)) for name, variable in file.variables.items()
    ]
    children = [_note(name, file.getncattr(name)) for name in file.ncattrs()[:_MOST_ATTRIBUTES]]
    for name, variable in list(file.variables.items())[:_MOST_MEMBERS]:
        notes = tuple(_note(each, variable.getncattr(each)) for each in variable.ncattrs()[:_MOST_ATTRIBUTES])
        words = described(str(variable.dtype), tuple(variable.shape), tuple(variable.dimensions))
        children.append(Branch(name, words, "array", 0, notes))
    tree = Branch(
        "/", counted(len(variables), "variable"), "group", 0, tuple(children), max(0, len(variables) - _MOST_MEMBERS)
    )
    kind = f"netCDF-3 ({file.data_model})"
    return Store(kind, tree, tuple(variables[:MOST_VARIABLES]), max(0, len(variables) - MOST_VARIABLES))


def _note(name: str, value: Any) -> Branch:
    return Branch(f"@{name}", cell(value)[:_LONGEST], "attribute")
