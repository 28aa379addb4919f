"""`python -m server.media.make [FOLDER]`: write the made resources, by default over the bundled ones."""

from __future__ import annotations

import sys
from pathlib import Path

from . import make_all

if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1]
    for path in make_all(folder):
        sys.stdout.write(f"{path.name}: {path.stat().st_size} bytes\n")
