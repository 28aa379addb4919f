"""Lets `voila dashboard.ipynb` find `widgets` where the project itself is not installed; `voila.json` has the rest."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
