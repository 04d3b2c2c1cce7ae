"""A backup that is restored brings people back who were erased since; they are known by a digest, and erased again."""

from __future__ import annotations

from dataclasses import replace

from houvast.app import restoring
from houvast.app.erasing import erase
from houvast.app.remembering import store_of
from houvast.database import connect, run
from tests.systems.conftest import Firm


def test_who_was_erased_since_the_backup_is_erased_again_and_nobody_else(firm: Firm) -> None:
    one = firm.free()
    email = firm.known(one)
    url = firm.target.url
    name = firm.target.project.datamap.database
    admin = url.replace(f"/{name}?", "/postgres?")
    firm.office.admin.close()
    with connect(admin) as server:
        run(server, f"CREATE DATABASE backup_of TEMPLATE {name} STRATEGY file_copy")
    erase(firm.target, f"customer:{one}", verified_by="code")
    assert restoring.back(firm.target) == ()
    backup = replace(
        firm.target,
        url=url.replace(f"/{name}?", "/backup_of?"),
        project=replace(firm.target.project, datamap=replace(firm.target.project.datamap, database="backup_of")),
    )
    store_of(backup).put("erased", store_of(firm.target).get("erased"))
    try:
        assert restoring.back(backup) == (("customer", str(one)),)
        with connect(backup.url) as there:
            assert there.execute("SELECT count(*) FROM contact WHERE email = %s", (email,)).fetchone() == (1,)
        assert restoring.erase_again(backup).people == 1
        assert restoring.back(backup) == ()
        with connect(backup.url) as there:
            assert there.execute("SELECT count(*) FROM contact WHERE email = %s", (email,)).fetchone() == (0,)
            assert there.execute("SELECT count(*) FROM contact").fetchone() != (0,)
    finally:
        with connect(admin) as server:
            run(server, "DROP DATABASE backup_of WITH (FORCE)")
    assert email not in store_of(firm.target).get("erased").decode()
    assert str(one) not in [line.split(" ")[0] for line in store_of(firm.target).get("erased").decode().splitlines()]
