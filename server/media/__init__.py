"""The bundled resources and their catalogue; `python -m server.media.make` makes those that are not NASA's files."""

from __future__ import annotations
