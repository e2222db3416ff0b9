"""The pages that people read; no script, no foreign host, nothing inline."""

from registry.site.routes import site_routes

__all__ = ["site_routes"]
