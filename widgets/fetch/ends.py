"""What a fetch may take at most: time, silence, bytes; as a person sets it, and as a mode allows it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from widgets.http.errors import FieldError
from widgets.model.quantity import as_size, as_wait

if TYPE_CHECKING:
    from collections.abc import Mapping

    from widgets.http.address import Mode

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Ends:
    """Where a fetch ends, whatever the service does.

    Attributes:
        seconds: From the first request to the last byte.
        silence: Seconds without a byte.
        size: Decoded bytes of a body that are kept.
    """

    seconds: float = 60.0
    silence: float = 10.0
    size: int = 100 * MEGABYTE

    def check(self, most: Ends) -> None:
        """Raise `FieldError` where more is wanted than `most`.

        >>> Ends(seconds=90).check(Ends())
        Traceback (most recent call last):
            ...
        widgets.http.errors.FieldError: A time limit of 90 s is more than the 60 s that are allowed here. Lower it.
        """
        for name, wanted, allowed in (
            ("time limit", as_wait(self.seconds), as_wait(most.seconds) if self.seconds > most.seconds else ""),
            ("silence", as_wait(self.silence), as_wait(most.silence) if self.silence > most.silence else ""),
            ("size limit", as_size(self.size), as_size(most.size) if self.size > most.size else ""),
        ):
            if allowed:
                raise FieldError(f"A {name} of {wanted} is more than the {allowed} that are allowed here. Lower it.")


MOST: Mapping[Mode, Ends] = {
    "local": Ends(seconds=3600, silence=600, size=4000 * MEGABYTE),
    "public": Ends(),  # visitors share the machine
}
"""The most that may be wanted."""


def ends_of(seconds: str = "", silence: str = "", megabytes: str = "") -> Ends:
    """Return what three fields say; an empty one says nothing.

    >>> ends_of(seconds="120", megabytes="0.5")
    Ends(seconds=120.0, silence=10.0, size=500000)

    Raises:
        FieldError: One of them is no number above 0; the message names it.
    """
    plain = Ends()
    return Ends(
        _number(seconds, "time limit", "seconds", plain.seconds),
        _number(silence, "longest silence", "seconds", plain.silence),
        max(1, round(_number(megabytes, "size limit", "MB", plain.size / MEGABYTE) * MEGABYTE)),
    )


def _number(text: str, name: str, unit: str, otherwise: float) -> float:
    if not text.strip():
        return otherwise
    try:
        number = float(text.strip())
    except ValueError:
        number = 0.0
    if not 0 < number < 1e9:  # noqa: PLR2004 - not NaN either, and nothing that overflows
        raise FieldError(
            f"The {name} {text.strip()[:20]!r} is no number of {unit} above 0. "
            f"Write one, or leave the field empty for {otherwise:g}."
        )
    return number
