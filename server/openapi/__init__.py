"""The service described as OpenAPI 3.1, from its own routes and rules; a page of it for people."""

from __future__ import annotations

from .routes import openapi_routes

__all__ = ["openapi_routes"]
