"""The sample company, whose support asks customers for diagnostic data."""

# pyright: reportPrivateUsage=false, reportUnusedImport=false
from __future__ import annotations

from pathlib import Path

import pytest

from houvast.app.exchange import Exchange
from houvast.diagnostics import Keyring, Vault
from houvast.evidence import open_store
from tests.diagnostics.help_desk import HelpDesk
from tests.rights.conftest import _template, office  # noqa: F401 (fixtures)
from tests.rights.office import Office


@pytest.fixture
def help_desk(office: Office, tmp_path: Path) -> HelpDesk:  # noqa: F811 (a fixture)
    """Support, two officers and a store of its own."""
    vault = Vault(open_store(tmp_path / "store"), Keyring(tmp_path / "keys"))
    return HelpDesk.at(office, Exchange(office.target.project.versions[-1], vault), tmp_path)
