"""The resources that a service offers: what catalogue.toml says, or what can be guessed of a folder without one."""

from __future__ import annotations

import logging
import mimetypes
import os
import re
import stat
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from .settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Python says audio/x-wav and image/fits, and does not know the rest; RFC 2361, RFC 4047, RFC 7763, RFC 7946, RFC 8259.
_OURS: Final = {
    ".wav": "audio/wav",
    ".fits": "application/fits",
    ".fit": "application/fits",
    ".fts": "application/fits",
    ".md": "text/markdown",
    ".geojson": "application/geo+json",
    ".jsonl": "application/x-ndjson",
    ".ndjson": "application/x-ndjson",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".webp": "image/webp",
    ".avif": "image/avif",
}
_PACKED: Final = {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}
# Python's own table only: what /etc/mime.types says differs from machine to machine.
_PYTHONS: Final = mimetypes.MimeTypes(filenames=())


def guess_media_type(path: Path) -> str:
    """The media type that the name of `path` suggests; texts get `charset=utf-8` where the bytes are UTF-8."""
    plain, packing = _PYTHONS.guess_type(path.name)
    if packing is not None:
        return _PACKED.get(packing, "application/octet-stream")
    media_type = _OURS.get(path.suffix.lower(), plain or "application/octet-stream")
    if media_type.startswith("text/") and _is_utf8(path):
        return f"{media_type}; charset=utf-8"
    return media_type


def _is_utf8(path: Path) -> bool:
    try:
        path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return True


CATALOGUE: Final = "catalogue.toml"
_KEYS: Final = ("file", "type", "description", "credit", "origin")
_NEEDED: Final = ("file", "type")
_MEDIA_TYPE: Final = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(\s*;\s*[\w-]+=[\w.:-]+)*", re.ASCII)
_log = logging.getLogger(__name__)


class CatalogueError(SettingsError):
    """The media folder or its catalogue cannot be used; the message names the folder and the entry."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that the service can send.

    Attributes:
        name: Its path inside the media folder, with `/`, and its address below /NASA.
        folder: The media folder.
        media_type: The full Content-Type, charset included.
        description: What it shows, for X-Description; may hold any character.
        credit: Whom to thank.
        origin: 'NASA', or who made it from what.
    """

    name: str
    folder: Path
    media_type: str
    description: str = ""
    credit: str = ""
    origin: str = ""

    @property
    def essence(self) -> str:
        """The media type without parameters, in lower case."""
        return self.media_type.partition(";")[0].strip().lower()

    def fits(self, wanted: str) -> bool:
        """Whether `wanted` ('image', 'image/*' or 'image/png') covers this resource."""
        kind = wanted.strip().lower().removesuffix("/*")
        return kind in {self.essence, self.essence.partition("/")[0]}

    def locate(self) -> tuple[str, os.stat_result]:
        """The path of the file, with every link followed, and its state.

        Raises:
            FileNotFoundError: If it is no file, or lies outside the media folder.
        """
        # Each request asks, since a file may have become a link. pathlib takes three times as long as os.path, and
        # following links ten times as long as seeing that there is none.
        folder = _real_folder(self.folder)
        path = os.path.join(folder, self.name)  # noqa: PTH118
        if not os.path.dirname(self.name) and stat.S_ISREG((state := os.lstat(path)).st_mode):  # noqa: PTH120
            return path, state
        path = os.path.realpath(path)
        if not path.startswith(folder + os.sep) or not os.path.isfile(path):  # noqa: PTH113
            raise FileNotFoundError(f"{self.name} is not a file inside the media folder")
        return path, os.stat(path)  # noqa: PTH116


@lru_cache(maxsize=64)
def _real_folder(folder: Path) -> str:
    return os.path.realpath(folder)


class Catalogue:
    """The resources of one service, in the order of the catalogue."""

    def __init__(self, resources: list[Resource]) -> None:
        self._resources = {resource.name: resource for resource in resources}

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._resources.values())

    def __len__(self) -> int:
        return len(self._resources)

    def get(self, name: str) -> Resource | None:
        """The resource of that name."""
        return self._resources.get(name)

    def fitting(self, wanted: list[str]) -> list[Resource]:
        """The resources that one of the `wanted` types covers; all of them when none is named."""
        kinds = [kind for kind in wanted if kind.strip()]
        return [resource for resource in self if not kinds or any(map(resource.fits, kinds))]

    def media_types(self) -> list[str]:
        """The media types on offer, without parameters, each once, sorted."""
        return sorted({resource.essence for resource in self})


def read_catalogue(folder: Path) -> Catalogue:
    """Read catalogue.toml of `folder`; without one, take the files of the folder and guess their types.

    Raises:
        CatalogueError: If the folder holds nothing to serve, or an entry cannot be used.
    """
    if not folder.is_dir():
        raise CatalogueError(f"The media folder (WAITWISE_MEDIA, --media) {folder} is not a folder.")
    described = folder / CATALOGUE
    resources = _read(described) if described.is_file() else _guess(folder)
    if not resources:
        raise CatalogueError(
            f"The media folder {folder} holds nothing to serve. Put files there, or name another folder."
        )
    return Catalogue(resources)


def _read(described: Path) -> list[Resource]:
    try:
        table = tomllib.loads(described.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"{described} cannot be read: {error}.") from error
    entries = table.get("resource", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CatalogueError(f"{described}: write each resource as a table [[resource]].")
    resources = [_entry(described, number, entry) for number, entry in enumerate(entries, start=1)]
    names = [resource.name for resource in resources]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CatalogueError(f"{described}: {twice[0]!r} has two entries; keep one.")
    return resources


def _entry(described: Path, number: int, entry: Mapping[str, Any]) -> Resource:
    where = f"{described}, entry {number} ({entry.get('file', 'without a file')!r})"
    if missing := [key for key in _NEEDED if key not in entry]:
        raise CatalogueError(f"{where}: {missing[0]!r} is missing.")
    if unknown := [key for key in entry if key not in _KEYS]:
        raise CatalogueError(f"{where}: {unknown[0]!r} is not known; the keys are {', '.join(_KEYS)}.")
    if wrong := [key for key, value in entry.items() if not isinstance(value, str)]:
        raise CatalogueError(f"{where}: {wrong[0]!r} must be a text, got {entry[wrong[0]]!r}.")
    if not _MEDIA_TYPE.fullmatch(entry["type"]):
        raise CatalogueError(f"{where}: {entry['type']!r} is not a media type such as 'image/png'.")
    resource = Resource(
        name=PurePosixPath(entry["file"]).as_posix(),
        folder=described.parent,
        media_type=entry["type"],
        description=entry.get("description", ""),
        credit=entry.get("credit", ""),
        origin=entry.get("origin", ""),
    )
    try:
        resource.locate()
    except (OSError, ValueError) as error:
        raise CatalogueError(f"{where}: there is no such file inside {described.parent}.") from error
    return resource


def _guess(folder: Path) -> list[Resource]:
    resources = [
        Resource(name=path.name, folder=folder, media_type=guess_media_type(path), description=path.name)
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".") and path.resolve().is_relative_to(folder.resolve())
    ]
    _log.warning(
        "%s has no %s: %d file(s) are served under their names, with types guessed from them.",
        folder,
        CATALOGUE,
        len(resources),
    )
    return resources
