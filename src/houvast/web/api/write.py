"""Writes the description of the API, as docs/openapi.json has it: `python -m houvast.web.api.write`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from houvast.app.places import sample_project
from houvast.web.settings import configure
from houvast.web.site import Site


def description() -> str:
    """The description, made without a database."""
    with tempfile.TemporaryDirectory() as folder:
        configure(Site(sample_project(), "postgresql:///nothing", "http://localhost:8000", Path(folder)))
        from houvast.web.api.urls import description as made

        return made()


if __name__ == "__main__":
    sys.stdout.write(description())
