"""Libraries that rule a field of their own and are loaded in the limited process only, when something needs them."""

from __future__ import annotations

import importlib
import os
from typing import Any

_ALONE = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_IO_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
"""Each thread of a library, and each pool of its own, takes room that the limit counts and nothing uses."""


class MissingLibraryError(ValueError):
    """A library is not installed; the message says how it comes to be."""


def extra(module: str, package: str = "") -> Any:
    """Return a module of a library that need not be installed.

    It is loaded at the first call and kept: only the process that decodes ever holds it.

    Args:
        module: As it is imported, such as `"astropy.io.fits"`.
        package: As it is installed, where that is another name.

    Raises:
        MissingLibraryError: It is not installed.
    """
    for name, value in _ALONE.items():
        os.environ.setdefault(name, value)
    try:
        return importlib.import_module(module)
    except ImportError as error:
        wanted = package or module.partition(".")[0]
        raise MissingLibraryError(
            f"showing it needs {wanted}, which is not installed here; pip install 'waitwise[science]' brings it"
        ) from error
