"""The README's list of what is shown is that of the registry. To write it anew: `python tests/media/test_readme.py`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
START, END = "<!-- what is shown: begin -->\n", "<!-- what is shown: end -->\n"


def written() -> str:
    """Return the list as it should stand, from a fresh process: tests register viewers of their own."""
    code = (
        "import widgets.media; from widgets.media.registry import known_kinds\n"
        'for kind, types in known_kinds(): print(f\'| {kind} | {", ".join(f"`{each}`" for each in types)} |\')'
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=README.parent)
    return f"| shown as | media types |\n|---|---|\n{done.stdout}"


def test_the_readme_lists_what_is_shown() -> None:
    text = README.read_text(encoding="utf-8")
    assert text.partition(START)[2].partition(END)[0] == written()


if __name__ == "__main__":
    before, _, rest = README.read_text(encoding="utf-8").partition(START)
    README.write_text(before + START + written() + END + rest.partition(END)[2], encoding="utf-8")
