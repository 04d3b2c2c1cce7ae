"""Where things lie: the demo's data, and the project of the sample company."""

from __future__ import annotations

import os
from pathlib import Path

POLICY_FILE = "policy.yaml"
MAP_FILE = "datamap.yaml"
_PACKAGE = Path(__file__).resolve().parents[1]


def home() -> Path:
    """Where Houvast keeps what it makes: HOUVAST_HOME, or `houvast` among the user's data."""
    chosen = os.environ.get("HOUVAST_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    shared = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(shared).expanduser().absolute() / "houvast"


def demo_data() -> Path:
    """The data folder of the demo's database server."""
    return home() / "demo"


def own_data() -> Path:
    """The data folder of the server that `houvast postgres` starts."""
    return home() / "own"


def sample_project() -> Path:
    """The project folder of the sample company: in the installed package, or in the checkout."""
    installed = _PACKAGE / "policies" / "lakana"
    return installed if installed.exists() else _PACKAGE.parents[1] / "policies" / "lakana"


def is_project(folder: Path) -> bool:
    """Whether a policy lies in this folder."""
    return (folder / POLICY_FILE).exists()


PAGES = "http://localhost:8000"
"""Where the pages are when nobody has started them elsewhere."""


def pages_origin() -> str:
    """How browsers last reached the pages, without a path; `houvast serve` writes it down."""
    last = home() / "web" / "origin"
    return (last.read_text().strip() if last.exists() else PAGES).rstrip("/")
