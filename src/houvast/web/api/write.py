"""Writes the description of the API into a folder, for programs and to read: `python -m houvast.web.api.write docs`."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from houvast.app.places import sample_project
from houvast.web.api.page import page
from houvast.web.settings import configure
from houvast.web.site import Site


def description() -> str:
    """The description, made without a database."""
    with tempfile.TemporaryDirectory() as folder:
        configure(Site(sample_project(), "postgresql:///nothing", "http://localhost:8000", Path(folder)))
        from houvast.web.api.urls import description as made

        return made()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    (folder / "openapi.json").write_text(description(), "utf-8")
    (folder / "api-reference.md").write_text(page(json.loads(description())), "utf-8")
