from __future__ import annotations

import base64
import io
import re
import zlib
from typing import TYPE_CHECKING, Any, Literal

import h5py
import netCDF4
import numpy as np
import pytest
from PIL import Image

from widgets.media import child
from widgets.media.decoders import store_facts
from widgets.media.reply import Unreadable
from widgets.media.viewers.drawn import Chosen
from widgets.media.viewers.table import TableView

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.media.conftest import Shows

HDF5, NETCDF = "application/x-hdf5", "application/x-netcdf"
RAMP = np.tile(np.arange(60.0), (40, 1))


def hdf(fill: Callable[[Any], object]) -> bytes:
    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        fill(file)
    return out.getvalue()


Kind = Literal["NETCDF4", "NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA"]


def netcdf(kind: Kind = "NETCDF4") -> bytes:
    file = netCDF4.Dataset("made", "w", format=kind, memory=1024)
    for name, length in (("time", 3), ("lat", 40), ("lon", 60)):
        file.createDimension(name, length)
    file.title = "A <b>ramp</b>"
    packed = file.createVariable("t2m", "i2", ("time", "lat", "lon"), fill_value=-999)
    packed.scale_factor, packed.add_offset, packed.units = 0.5, 200.0, "K"
    packed[:] = np.stack([200 + RAMP + 100 * hour for hour in range(3)])
    packed[:, :, 0] = np.ma.masked
    file.createVariable("lat", "f4", ("lat",))[:] = np.linspace(-90, 90, 40)
    return bytes(file.close())


def choose(seen: Any, **wanted: Any) -> str:
    chosen = seen.one(Chosen)
    for name, value in wanted.items():
        chosen.choices[name].value = value
    chosen.join(20)
    return str(seen.html)


def picture_in(html: str) -> Image.Image:
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    return Image.open(io.BytesIO(base64.b64decode(found[-1])))


@pytest.mark.parametrize("kind", ["NETCDF4", "NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA"])
def test_a_netcdf_variable_is_drawn_unpacked_with_its_unit_and_its_missing_values(kind: Kind, shows: Shows) -> None:
    seen = shows(netcdf(kind), NETCDF)
    assert seen.whole.verdict.agreed
    assert "netCDF-4, which is HDF5" in seen.html if kind == "NETCDF4" else "netCDF-3" in seen.html
    assert "A &lt;b&gt;ramp&lt;/b&gt;" in seen.html
    assert "time 3 × lat 40 × lon 60" in seen.html
    html = choose(seen, plane=2, stretch="range")
    assert "plane 2 of 3" in html
    assert "black is 301 and white 359" in html
    assert "unpacked by scale_factor and add_offset; in K" in html
    assert "missing values are transparent" in html
    picture = picture_in(html)
    assert [picture.getpixel((place, 20)) for place in (0, 1, 31, 59)] == [(0, 0), (0, 255), (132, 255), (255, 255)]


def test_another_variable_is_a_line(shows: Shows) -> None:
    seen = shows(netcdf(), NETCDF)
    html = choose(seen, path="/lat")
    assert "float32, 40 values, from -90 to 90" in html
    assert "ww-hidden" in seen.one(Chosen).choices["plane"]._dom_classes


@pytest.mark.parametrize("declared", ["application/x-hdf", "application/hdf5", "application/netcdf", HDF5, NETCDF])
def test_netcdf_4_and_hdf5_do_not_quarrel_about_their_names(declared: str, shows: Shows) -> None:
    verdict = shows(netcdf(), declared).whole.verdict
    assert verdict.agreed
    assert "and the bytes agree; shown as a tree of arrays" in verdict.why


def test_groups_attributes_records_and_texts_of_hdf5_are_shown(shows: Shows) -> None:
    def fill(file: Any) -> None:
        group = file.create_group("run 1")
        group.attrs["instrument"] = "MAG"
        group["events"] = np.array([(1, 2.5, b"on"), (2, 0.1, b"off")], [("n", "i4"), ("x", "f8"), ("state", "S3")])
        group["names"] = ["alpha", "beta"]
        group["one"] = 42
        group["pixels"] = np.arange(6, dtype=np.uint8).reshape(2, 3)

    seen = shows(hdf(fill), HDF5)
    for words in ("<strong>@instrument</strong> <code", "records of n, x, state, 2", "text, 2", "int64, one value"):
        assert words in seen.html
    choose(seen, path="/run 1/events")
    assert '<td class="ww-number">2.5</td><td class="ww-text">on</td>' in seen.one(TableView)._grid.value
    choose(seen, path="/run 1/names")
    assert ">beta</td>" in seen.one(TableView)._grid.value
    assert "<p>/run 1/one: 42</p>" in choose(seen, path="/run 1/one")


def test_nothing_that_lies_outside_of_the_file_is_read(tmp_path: Path, shows: Shows) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"the secret words")
    other = tmp_path / "other.h5"
    other.write_bytes(hdf(lambda file: file.create_dataset("inside", data=np.arange(5))))

    def fill(file: Any) -> None:
        file["link"] = h5py.ExternalLink(str(other), "/inside")
        file["soft"] = h5py.SoftLink("/link")
        file.create_dataset("stored", (16,), "u1", external=[(str(secret), 0, 16)])
        layout = h5py.VirtualLayout((5,), "i8")
        layout[:] = h5py.VirtualSource(str(other), "inside", (5,))
        file.create_virtual_dataset("virtual", layout)

    seen = shows(hdf(fill), HDF5)
    assert seen.html.count("not followed") == 2
    assert [option for _, option in seen.one(Chosen).choices["path"].options] == ["/stored", "/virtual"]
    for path in ("/virtual", "/stored"):
        html = choose(seen, path=path)
        assert "This is not shown: it cannot be decoded: its values lie in other files, and none is opened." in html
        assert "<img" not in html


def test_a_large_array_is_thinned(shows: Shows) -> None:
    def fill(file: Any) -> None:
        large = file.create_dataset("large", (6000, 6000), "u2", chunks=(1000, 1000), compression="gzip")
        large[:, 5999] = 9

    html = shows(hdf(fill), HDF5).html
    assert "every 6th value along each axis, which these numbers mean" in html


def chunk_of_100_gb(file: Any) -> None:
    """One chunk may have 4 GB at most, by the format: rows of them, each claimed and none there."""
    file.create_dataset("bomb", (50_000, 2_000_000), "u1", chunks=(2000, 2_000_000), compression="gzip")


def deflated_chunk(file: Any) -> None:
    bomb = file.create_dataset("bomb", (19_000, 10_000), "u1", chunks=(19_000, 10_000), compression="gzip")
    packer = zlib.compressobj(1)
    bomb.id.write_direct_chunk(
        (0, 0), b"".join([packer.compress(bytes(1 << 20)) for _ in range(1000)] + [packer.flush()])
    )


def wide(file: Any) -> None:
    file.create_dataset("bomb", (1 << 40, 1 << 20), "f8", chunks=(64, 64))


def circle(file: Any) -> None:
    file["a/b/c"] = [1, 2]
    file["a/b/again"] = file["a"]


@pytest.mark.parametrize("bomb", [chunk_of_100_gb, deflated_chunk, wide, circle])
def test_a_bomb_of_hdf5_costs_its_decoder_only(
    bomb: Callable[[Any], object], shows: Shows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "SECONDS", 3.0)
    html = shows(hdf(bomb), HDF5).html
    assert "This is not shown: " in html or bomb is circle
    assert len(html) < 5_000_000


@pytest.mark.parametrize("cut", [0.02, 0.1, 0.3])
def test_a_file_that_broke_off_is_bytes_with_the_reason(cut: float, shows: Shows) -> None:
    body = netcdf()
    html = shows(body[: int(len(body) * cut)], NETCDF).html
    assert "Shown as bytes: it cannot be decoded: " in html


def saved(**arrays: Any) -> bytes:
    out = io.BytesIO()
    if list(arrays) == ["only"]:
        np.save(out, arrays["only"])
    else:
        np.savez_compressed(out, **arrays)
    return out.getvalue()


@pytest.mark.parametrize("declared", ["application/x-npy", "application/octet-stream", ""])
def test_an_array_of_numpy_is_drawn(declared: str, shows: Shows) -> None:
    seen = shows(saved(only=np.stack([RAMP, RAMP + 1000])), declared)
    assert "NumPy array, 1 array" in seen.html
    assert "float64, 2 × 40 × 60" in seen.html
    assert "plane 2 of 2: float64, 60 × 40; black is 1000 and white 1059" in choose(seen, plane=2)


@pytest.mark.parametrize("declared", ["application/x-npz", "application/zip", ""])
def test_an_archive_of_numpy_offers_its_arrays(declared: str, shows: Shows) -> None:
    body = saved(ramp=RAMP, line=np.arange(5), words=np.array(["a", "b"]))
    seen = shows(body, declared, shown_as="application/x-npz" if "zip" in declared else "")
    assert "NumPy archive, 3 arrays" in seen.html
    assert "int64, 5 values, from 0 to 4" in choose(seen, path="line")


class Running:
    """What a pickle would run."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (print, ("this ran",))


def test_objects_in_an_array_are_never_loaded(shows: Shows, capfd: pytest.CaptureFixture[str]) -> None:
    html = shows(saved(only=np.array([Running()], object)), "application/x-npy").html
    assert "This is not shown: it cannot be decoded: Object arrays cannot be loaded" in html
    assert "this ran" not in capfd.readouterr().out


@pytest.mark.parametrize("shape", ["(1099511627776,)", "(4, 1099511627776)", "(-1,)", "9" * 3000])
def test_an_array_that_claims_no_end_costs_its_decoder_only(shape: str, shows: Shows) -> None:
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    body = b"\x93NUMPY\1\0" + len(head).to_bytes(2, "little") + head + bytes(64)
    html = shows(body, "application/x-npy").html
    assert "This is not shown: " in html or "Shown as bytes: " in html


def test_a_packed_array_of_a_gigabyte_costs_its_decoder_only(shows: Shows) -> None:
    html = shows(saved(bomb=np.zeros(1 << 27), other=np.zeros(1)), "application/x-npz").html
    assert "needed more than 512 MB" in html


def small(folder: Path, kind: Kind, notes: int) -> bytes:
    file = netCDF4.Dataset(folder / "small.nc", "w", format=kind)
    file.createDimension("time", None)
    series = file.createVariable("temperature", "i2", ("time",))
    for number in range(notes):
        series.setncattr(f"note{number}", "words that say what it is")
    series[:] = [5, 6, 7]
    file.close()
    return (folder / "small.nc").read_bytes()


@pytest.mark.parametrize("notes", [0, 1, 3, 10, 40, 200])
@pytest.mark.parametrize("kind", ["NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA"])
def test_a_file_that_is_hardly_more_than_its_head_is_read(kind: Kind, notes: int, tmp_path: Path, shows: Shows) -> None:
    html = shows(small(tmp_path, kind, notes), NETCDF).html
    assert "temperature: int16, 3 values, from 5 to 7" in html
    assert "Shown as bytes" not in html


@pytest.mark.parametrize("notes", [0, 3, 40])
def test_values_that_never_came_are_not_made_up(notes: int, tmp_path: Path, shows: Shows) -> None:
    html = shows(small(tmp_path, "NETCDF3_CLASSIC", notes)[:-3], NETCDF).html
    assert "3 values" not in html
    assert re.search("ends before the last of these values|cannot be decoded", html)


@pytest.mark.parametrize("notes", [0, 3, 40])
def test_of_a_head_that_breaks_off_nothing_is_made_up(notes: int, tmp_path: Path) -> None:
    whole = small(tmp_path, "NETCDF3_CLASSIC", notes)
    known, refused = store_facts(whole), 0
    for end in range(4, min(len(whole), 400), 61 if notes else 17):  # each takes up to a second
        try:
            assert store_facts(whole[:end]) == known
        except OSError:  # as the library says it
            continue
        except Unreadable as error:
            assert str(error) == "it ends within its head"  # noqa: PT017 - or it is all there
            refused += 1
    assert refused or notes
