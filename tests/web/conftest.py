"""The sample company, its policy applied and partly proven, and its pages in this process."""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from houvast.app import Target, desk, keep, load_project, own_data, tokens
from houvast.app.evidence import Log
from houvast.app.proving import prove
from houvast.app.staffing import enrol
from houvast.app.tracing import places_of
from houvast.database import Connection, connect, run
from houvast.database.server import Server
from houvast.evidence import rows
from houvast.proof import Report
from houvast.web import Site
from houvast.web.attempts import extras
from houvast.web.prepare import prepare
from houvast.web.serve import Application, application
from houvast.web.settings import configure, hang_up
from tests.company import company
from tests.web.asking import PASSWORD, Reader, code_of, secret_in
from tests.web.browsing import DESKTOP, Visitor
from tests.web.programs import Program

# Playwright runs an event loop in the thread of the tests; what Django does beside it is not asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=60_000)  # how fast something is, a busy machine does not say
POLICY = Path(__file__).parents[2] / "policies" / "lakana"
SOMEBODY = ("customer", "471100")
"""Somebody whom an entry of the log is about."""
_ELSEWHERE = IPv4Address("100.64.0.0")
"""Addresses that a provider gives to many at once (RFC 6598), of which each reader has one."""
_numbers = count(1)
PROVEN = ("C07", "C10", "C14", "C30")
OF_PAGES = ("C06", "C54", "G08", "G17", "G19")
"""Proven too: what is tried on the pages themselves."""


@dataclass(frozen=True)
class Kept:
    """The target that keeps the policy, its server, the site with its pages, and a proof of some promises."""

    target: Target
    server: Server
    site: Site
    pages: Application
    report: Report


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Generator[Kept]:
    """Some promises proven, the others not; Django knows one database in a process, so this is for all tests."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(POLICY, folder / "policy")
    (folder / "policy" / "systems.yaml").unlink()  # those of the demo are not here
    (folder / "policy" / "settings.yaml").write_text(
        f"evidence: {{store: {folder}/log, key: {folder}/evidence.key}}\n"
        f"diagnostics: {{store: {folder}/bundles, keys: {folder}/bundle-keys}}\n"
    )
    with (folder / "policy" / "visits.yaml").open("a") as declared:
        declared.write(f"store: {folder}/visits\n")
    with company() as server:
        target = Target(load_project(folder / "policy"), server.url("lakana"))
        with connect(target.url) as admin:
            run(admin, "TRUNCATE houvast.event")  # the log begins with what the pages' project tells
        keep.apply(target)
        site = Site(target.project.folder, target.url_of(desk.WEB_LOGIN), "http://localhost:8000", folder / "keys",
                    people=target.url_of(own_data.LOGIN))  # fmt: skip
        prepare(site, target.url)
        report = prove(
            target, (*PROVEN, *OF_PAGES), extra=extras(site, lambda: None, partial(places_of, target))
        )  # together, as most of the work of a proof is to begin it
        with connect(target.url) as admin:
            rows.tell(admin, "use_closed", {"purpose": "answer", "login": "support"}, promise="C02", person=SOMEBODY)
            Log.of(target).integrate(admin)
        with quick_passwords():
            yield Kept(target, server, site, application(site), report)
        hang_up(site)


@contextmanager
def quick_passwords() -> Generator[None]:
    """Passwords that these tests make are hashed as always, with a thousandth of the work."""
    from django.contrib.auth.hashers import ScryptPasswordHasher

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScryptPasswordHasher, "work_factor", 2**4)
        yield


@contextmanager
def serving(kept: Kept, home: str) -> Generator[str]:
    """`houvast serve` on this database, as a program of its own; its address."""
    where = ["--project", str(kept.site.folder), "--database", kept.target.url]
    program = subprocess.Popen(
        [sys.executable, "-m", "houvast.cli", "serve", "--port", "0", *where],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "HOUVAST_HOME": home, "PYTHONUNBUFFERED": "1"},
    )
    assert program.stdout
    ready, _, _ = select.select([program.stdout], [], [], 60)
    line = program.stdout.readline() if ready else ""
    try:
        yield re.findall(r"http://localhost:\d+", line)[0]
    finally:
        program.terminate()
        program.wait(20)
        program.stdout.close()


@pytest.fixture(scope="session")
def served(kept: Kept) -> Generator[str]:
    """The pages of a program of its own; its address."""
    with tempfile.TemporaryDirectory(prefix="houvast-") as home, serving(kept, home) as address:
        yield address


@pytest.fixture(autouse=True)
def _ours(request: pytest.FixtureRequest) -> None:
    """Tests of the command have sites of their own in this process; Django is told of ours again.

    Beside Playwright's event loop Django keeps other connections than without it, and some tests stop the server:
    each connection is looked at before it is used again, as at the start of a request.
    """
    if "kept" in request.fixturenames:
        configure(request.getfixturevalue("kept").site)
        from django.db import close_old_connections

        close_old_connections()


@pytest.fixture
def reader(kept: Kept) -> Reader:
    """Somebody who asks for pages, without a browser, from where nobody else came."""
    return Reader(kept.pages, address=str(_ELSEWHERE + next(_numbers)))


@pytest.fixture
def forgetful(kept: Kept) -> None:
    """Nobody has tried to sign in yet."""
    with connect(kept.target.url) as admin:
        run(admin, "TRUNCATE houvast_desk.tried")


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser, served: str) -> Iterator[Visit]:
    """Visitors with a fresh browser each; none of them may ask anything of another host."""
    made: list[Visitor] = []

    def come(viewport: dict[str, int] = DESKTOP, scheme: str = "light", **more: Any) -> Visitor:
        context = browser.new_context(viewport=viewport, color_scheme=scheme, **more)  # pyright: ignore[reportArgumentType]
        context.set_default_timeout(60_000)
        made.append(Visitor.of(served, context))
        return made[-1]

    yield come
    for one in made:
        one.context.close()
    assert [address for one in made for address in one.strange] == []


Staff = Callable[..., Visitor]


@pytest.fixture
def staff(kept: Kept, visit: Visit, forgetful: None) -> Staff:
    """Somebody of the staff with a role and a browser of their own, signed in by a link that lets in.

    How they sign in otherwise, the journeys show.
    """

    def come(name: str, role: str = "officer", **how: Any) -> Visitor:
        from houvast.web.invitations import invite

        with connect(kept.target.url) as admin:
            enrol(admin, name, role)
        visitor = visit(**how)
        visitor.go(urlsplit(invite(kept.site, name, role, enters=True)).path)
        visitor.page.click("main button.btn")
        visitor.page.wait_for_url("**/desk/**")
        return visitor

    return come


@pytest.fixture
def admin(kept: Kept) -> Generator[Connection]:
    """The administrator's session."""
    with connect(kept.target.url) as connection:
        yield connection


@pytest.fixture
def link(kept: Kept, forgetful: None) -> Callable[[str], str]:
    """A one-time link for an officer, as a path."""
    from houvast.web.invitations import invite

    def give(name: str) -> str:
        with connect(kept.target.url) as admin:
            enrol(admin, name)
        return urlsplit(invite(kept.site, name, "officer")).path

    return give


Enter = Callable[..., Reader]


@pytest.fixture
def enter(kept: Kept, forgetful: None) -> Enter:
    """Somebody new of the staff with a role, signed in with a password and a code."""

    def come(name: str, role: str, pages: Application | None = None) -> Reader:
        from houvast.web.invitations import invite

        reader = Reader(pages or kept.pages)
        with connect(kept.target.url) as admin:
            enrol(admin, name, role)
        link = urlsplit(invite(kept.site, name, role)).path
        reader.get(link)
        assert reader.post(link, {}).headers["Location"] == "/staff/set-up/"
        reader.get("/staff/password/")
        reader.post("/staff/password/", {"new_password1": PASSWORD, "new_password2": PASSWORD})
        code = code_of(secret_in(reader.get("/staff/ways/code/").text))
        assert reader.post("/staff/ways/code/", {"code": code}).status == 302
        return reader

    return come


Give = Callable[..., Program]


@pytest.fixture
def give(kept: Kept, forgetful: None) -> Generator[Give]:
    """Programs with tokens of their own, which are revoked afterwards."""
    made: list[str] = []

    def come(*scopes: str, login: str = "", role: str = "", of: str = "") -> Program:
        made.append(f"test {len(made)}")
        of = of or (f"staff{len(made)}" if role else "")
        if of:
            with connect(kept.target.url) as admin:
                enrol(admin, of, role)
        token = tokens.add(kept.target, made[-1], scopes, login=login, staff=of, days=1)
        return Program(Reader(kept.pages), token)

    yield come
    for name in made:
        if any(one.name == name and one.revoked_at is None for one in tokens.known(kept.target)):
            tokens.revoke(kept.target, name)
