"""The sample company, its policy applied and partly proven, and its pages in this process."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from houvast.app import Target, desk, keep, load_project
from houvast.app.proving import prove
from houvast.database import connect, run
from houvast.database.server import FAST_AND_UNSAFE, Server, temporary
from houvast.sample import create
from houvast.web import Site
from houvast.web.serve import Application, application
from tests.web.asking import Reader

POLICY = Path(__file__).parents[2] / "policies" / "lakana"
PROVEN = ("C07", "C10", "C14", "C30")


@dataclass(frozen=True)
class Kept:
    """The target that keeps the policy, its server, and the site with its pages."""

    target: Target
    server: Server
    site: Site
    pages: Application


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Generator[Kept]:
    """Some promises proven, the others not; Django knows one database in a process, so this is for all tests."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(POLICY, folder / "policy")
    with temporary(settings=FAST_AND_UNSAFE) as server:
        with connect(server.url()) as admin:
            run(admin, "CREATE DATABASE lakana")
        create(server.url("lakana"), people=60)
        target = Target(load_project(folder / "policy"), server.url("lakana"))
        keep.apply(target)
        desk.prepare(target.url)
        prove(target, PROVEN)
        site = Site(target.project.folder, target.url_of(desk.WEB_LOGIN), "http://localhost:8000", folder / "keys")
        yield Kept(target, server, site, application(site))


@pytest.fixture
def reader(kept: Kept) -> Reader:
    """Somebody who asks for pages, without a browser."""
    return Reader(kept.pages)
