"""What a reply of 1 MB of each kind takes until it is shown, and what a kernel holds before anything was fetched."""

from __future__ import annotations

import base64
import json
import os
import statistics
import subprocess
import sys
import time
from typing import Any

from tests.media.wear import resident
from widgets.kit.widgetry import close
from widgets.media import Piece, render

MEGABYTE = 1_000_000
RUNS = 3
EMPTY = "from tests.bench.kinds import empty; empty()"
SHOWN = "from tests.bench.kinds import measure; measure()"
IN_THE_CHILD = ("numpy", "astropy", "h5py", "netCDF4", "pyarrow", "tifffile", "python_calamine", "mammoth", "msgpack")
"""Libraries that only decoders need: a kernel that has one of them has imported it for nothing."""


def examples() -> dict[str, tuple[str, bytes]]:
    """Return a reply of about 1 MB of each kind, with its media type."""
    # Here, since whoever measures the empty kernel must not import what makes them.
    import msgpack  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415
    import yaml  # noqa: PLC0415

    from tests.media import files  # noqa: PLC0415
    from tests.media.viewers import (  # noqa: PLC0415
        test_columns,
        test_database,
        test_geo,
        test_hdf,
        test_office,
        test_raster,
        test_votable,
    )

    ramp = np.tile(np.arange(700, dtype=np.uint16), (700, 1))
    records = [{"name": f"planet {number}", "radius": number / 7, "seen": True} for number in range(18_000)]
    places = [{"type": "Point", "coordinates": [number % 360 - 180, number % 170 - 85]} for number in range(20_000)]
    noise = os.urandom(750_000)

    def hdf(file: Any) -> None:
        file["ramp"] = ramp

    rows = "".join(f"planet {number},{number / 7},{number}\n" for number in range(34_000))
    many = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 50000)"
    return {
        "HDF5": (test_hdf.HDF5, test_hdf.hdf(hdf)),
        "netCDF": (test_hdf.NETCDF, test_hdf.netcdf() + bytes(MEGABYTE)),
        "NumPy": ("application/x-npz", test_hdf.saved(ramp=ramp)),
        "GeoTIFF of 16 bits": ("image/tiff", test_raster.tiff(ramp)),
        "Parquet": (test_columns.PARQUET, test_columns.parquet(test_columns.table(60_000))),
        "Excel workbook": (test_office.XLSX, test_office.workbook(38_000)),
        "Word document": (test_office.DOCX, test_office.document(files.picture())),
        "EPUB": (test_office.EPUB, test_office.book()),
        "SQLite": (
            test_database.SQLITE,
            test_database.database("CREATE TABLE t (n, w)", f"INSERT INTO t {many} SELECT x, 'word ' || x FROM n"),  # noqa: S608 - literals
        ),
        "MessagePack": ("application/msgpack", msgpack.packb(records)),
        "YAML, of 0.4 MB": ("application/yaml", yaml.dump(records[:7000]).encode()),
        "GeoJSON": (
            test_geo.GEOJSON,
            json.dumps({"type": "GeometryCollection", "geometries": places}).encode(),
        ),
        "KMZ": (test_geo.KMZ, test_geo.kmz(test_geo.PLACES.encode())),
        "VOTable": (test_votable.VOTABLE, test_votable.made(9000)),
        "FITS": ("application/fits", files.fits() + bytes(2880 * 347)),
        "JSON": ("application/json", json.dumps(records).encode()),
        "JSON with what is coded inside": (
            "application/json",
            json.dumps({"photo": base64.b64encode(files.picture() + noise).decode()}).encode(),
        ),
        "CSV": ("text/csv", f"name,radius,number\n{rows}".encode()),
        "text": ("text/plain", rows.encode()),
        "bytes": ("application/octet-stream", os.urandom(MEGABYTE)),
    }


def measure() -> None:
    """Print what each kind takes, the first time and then."""
    for name, (media_type, body) in examples().items():
        took = []
        for _ in range(RUNS + 1):
            began = time.perf_counter()
            view = render(Piece("http://x.example/file", body, media_type))
            took.append((time.perf_counter() - began) * 1000)
            why = getattr(view, "_shown_now").why  # noqa: B009 - what is timed must be the view, not its failure
            close(view)
        failed = f"   NOT SHOWN: {why}" if why else ""
        say(
            f"{name:<32} {len(body) / MEGABYTE:5.2f} MB   {statistics.median(took[1:]):7.0f} ms, "
            f"the first time {took[0]:6.0f} ms{failed}"
        )


def empty() -> None:
    """Print what a kernel holds before anything was fetched."""
    from widgets import Dashboard  # noqa: PLC0415 - what it loads is what is measured

    page = Dashboard("http://127.0.0.1:9")
    found = [name for name in IN_THE_CHILD if name in sys.modules]
    say(f"a kernel before anything is fetched: {resident() / MEGABYTE:.0f} MB; decoders' libraries in it: {found or 0}")
    page.close()


def say(line: str) -> None:
    """Write one line."""
    sys.stdout.write(f"  {line}\n")
    sys.stdout.flush()


def main() -> None:
    """Print the figures; each part in a process of its own, whose main module decoders need not import again."""
    for code in (EMPTY, SHOWN):
        subprocess.run([sys.executable, "-c", code], check=True)


if __name__ == "__main__":
    main()
