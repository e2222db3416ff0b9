"""Pages that stand alone: one HTML file without scripts, fonts or requests, with plots drawn as SVG."""

from registry.reports.page import run_page

__all__ = ["run_page"]
