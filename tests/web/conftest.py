"""The sample company, its policy applied and partly proven, and its pages in this process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from houvast.app import Target, desk, keep, load_project
from houvast.app.proving import prove
from houvast.database import connect, run
from houvast.database.server import FAST_AND_UNSAFE, Server, temporary
from houvast.sample import create
from houvast.web import Site
from houvast.web.prepare import prepare
from houvast.web.serve import Application, application
from houvast.web.settings import configure
from tests.web.asking import PASSWORD, Reader, code_of, secret_in

# Playwright runs an event loop in the thread of the tests; what Django does beside it is not asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
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
        site = Site(target.project.folder, target.url_of(desk.WEB_LOGIN), "http://localhost:8000", folder / "keys")
        prepare(site, target.url)
        prove(target, PROVEN)
        yield Kept(target, server, site, application(site))


@pytest.fixture(autouse=True)
def _ours(request: pytest.FixtureRequest) -> None:
    """Tests of the command have sites of their own in this process; Django is told of ours again."""
    if "kept" in request.fixturenames:
        configure(request.getfixturevalue("kept").site)


@pytest.fixture
def reader(kept: Kept) -> Reader:
    """Somebody who asks for pages, without a browser."""
    return Reader(kept.pages)


@pytest.fixture
def forgetful(kept: Kept) -> None:
    """Nobody has tried to sign in yet."""
    with connect(kept.target.url) as admin:
        run(admin, "TRUNCATE houvast_desk.tried")


Enter = Callable[..., Reader]


@pytest.fixture
def enter(kept: Kept, forgetful: None) -> Enter:
    """Somebody new of the staff with a role, signed in with a password and a code."""

    def come(name: str, role: str) -> Reader:
        from houvast.web.invitations import invite

        reader = Reader(kept.pages)
        link = urlsplit(invite(kept.site, name, role)).path
        reader.get(link)
        assert reader.post(link, {}).headers["Location"] == "/staff/set-up/"
        reader.get("/staff/password/")
        reader.post("/staff/password/", {"new_password1": PASSWORD, "new_password2": PASSWORD})
        code = code_of(secret_in(reader.get("/staff/ways/code/").text))
        assert reader.post("/staff/ways/code/", {"code": code}).status == 302
        return reader

    return come
