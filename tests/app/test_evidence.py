"""What runs tell the log, where the log lies, its key, and what is handed out of it."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from houvast.app import desk, handing_out, keep
from houvast.app.evidence import Log
from houvast.app.project import Project
from houvast.app.recording import recording
from houvast.app.settings import Evidence, Settings
from houvast.app.target import Target
from houvast.compiler import registry
from houvast.compiler import unapply as take_back
from houvast.database import Connection
from houvast.errors import DatabaseRefusal, HouvastError, Place, UsageError
from houvast.evidence import Signer, Tiles, rows
from houvast.evidence.checkpoint import opened
from houvast.evidence.entry import parse
from houvast.evidence.problems import EvidenceError
from houvast.evidence.receipt_page import receipt_page
from houvast.evidence.verify import verify_file
from tests.compiler import small
from tests.compiler.asking import make_small
from tests.compiler.asking import rows as ask

GRANT = {"change": "new", "kind": "grant", "identity": "public.contact", "detail": "SELECT to clerk", "promise": "C02"}
OTHER = {**GRANT, "detail": "SELECT to boss"}


@pytest.fixture
def target(fresh_database: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    """The small company and its policy, which is not applied yet."""
    monkeypatch.setenv("HOUVAST_HOME", str(tmp_path / "home"))
    url = fresh_database()
    for name in ("policy.yaml", "datamap.yaml"):
        (tmp_path / name).write_text(f"{name} of the small company")
    policy = replace(small.policy(), place=Place(str(tmp_path / "policy.yaml"), 1, 1))
    return Target(Project((policy,), small.datamap(make_small(url)), tmp_path), url)


@pytest.fixture
def kept(target: Target) -> Target:
    """The same, with the policy applied."""
    keep.apply(target)
    return target


def _told(connection: Connection) -> list[tuple[str, str, dict[str, Any]]]:
    """Everything that waits, and takes it away."""
    found = [(one.kind, one.promise, dict(one.body)) for one in rows.waiting(connection, 1000)]
    connection.execute("TRUNCATE houvast.event")
    return found


def _published(target: Target) -> list[str]:
    """The kinds of what lies in the store."""
    log = Log.of(target)
    size = opened(log.note(), log.verifier()).size
    return [parse(leaf).kind for leaf in Tiles(log.store, size).entries(0, size)]


def test_an_apply_is_told_with_the_digests_of_its_files_and_once(kept: Target) -> None:
    with kept.connect() as admin:
        assert _told(admin) == [("policy_applied", "", {
            "policy": "small", "version": 1, "profile": "fast",
            "policy_sha256": hashlib.sha256(b"policy.yaml of the small company").hexdigest(),
            "map_sha256": hashlib.sha256(b"datamap.yaml of the small company").hexdigest(),
        })]  # fmt: skip
        keep.apply(kept)
        assert _told(admin) == []


def test_an_apply_that_breaks_off_is_not_told_until_it_is_finished(target: Target) -> None:
    def stop(what: str, _done: int, _total: int) -> None:
        if what.startswith("policy "):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep.apply(target, progress=stop)
    with target.connect() as admin:
        assert rows.standing(admin).waiting == 0
        keep.apply(target)
        assert [kind for kind, _, _ in _told(admin)] == ["policy_applied"]


def _run(target: Target, kind: desk.Kind, result: dict[str, Any]) -> None:
    with recording(target.url, kind, partial=kind == "prove") as found:
        found.finding(result)


def test_each_promise_that_was_tried_is_told_also_when_only_some_were(kept: Target) -> None:
    tried = [{"passed": True}, {"passed": False}]
    outcomes = {"C01": "held", "C02": "broken", "C03": "not_yet_kept"}
    proofs = [{"id": name, "outcome": outcome, "attempts": tried} for name, outcome in outcomes.items()]
    with kept.connect() as admin:
        _told(admin)
        _run(kept, "prove", {"promises": proofs})
        body = {"attempts": 2, "passed": 1}
        assert _told(admin) == [
            ("promise_held", "C01", body), ("promise_broken", "C02", body), ("promise_not_yet_kept", "C03", body),
        ]  # fmt: skip


def test_drift_is_told_when_it_is_another_than_before(kept: Target) -> None:
    with kept.connect() as admin:
        _told(admin)
        found: list[tuple[list[Any], list[str]]] = [
            ([], []), ([GRANT], ["drift_found"]), ([GRANT], []), ([OTHER], ["drift_found"]),
            ([GRANT, OTHER], ["drift_found"]), ([], ["drift_mended"]), ([], []),
        ]  # fmt: skip
        for drift, told in found:
            _run(kept, "drift", {"drift": drift})
            assert [kind for kind, _, _ in _told(admin)] == told


def test_a_run_that_failed_tells_nothing_and_hides_nothing(kept: Target) -> None:
    with kept.connect() as admin:
        _run(kept, "drift", {"drift": [GRANT]})
        _told(admin)
        with pytest.raises(HouvastError), recording(kept.url, "drift"):
            raise HouvastError("broken off")
        _run(kept, "drift", {"drift": [GRANT]})
        assert _told(admin) == []


def test_the_log_is_told_also_where_no_desk_can_be_made(kept: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.remove(kept.url)

    def refuse(_url: str) -> None:
        raise DatabaseRefusal("not here")

    monkeypatch.setattr(desk, "prepare", refuse)
    with kept.connect() as admin:
        _told(admin)
        _run(kept, "drift", {"drift": [GRANT]})
        assert [kind for kind, _, _ in _told(admin)] == ["drift_found"]


def test_taking_the_policy_back_publishes_what_waits_and_applying_again_goes_on(kept: Target) -> None:
    with kept.connect() as admin:
        rows.tell(admin, "drift_mended", {})
    keep.unapply(kept)
    assert _published(kept) == ["policy_applied", "drift_mended"]
    keep.apply(kept)
    with kept.connect() as admin:
        done = Log.of(kept).integrate(admin)
    assert (done.size, done.adopted, done.taken) == (3, 2, 1)
    assert _published(kept) == ["policy_applied", "drift_mended", "policy_applied"]


def test_a_policy_whose_log_cannot_be_published_is_not_taken_back(kept: Target) -> None:
    with kept.connect() as admin:
        Log.of(kept).integrate(admin)
        rows.tell(admin, "drift_mended", {})
        Log.of(kept).key.unlink()
        with pytest.raises(EvidenceError, match="was begun with it"):
            keep.unapply(kept)
        assert registry.installed(admin)
        assert keep.drift(kept) == ()
        with pytest.raises(DatabaseRefusal, match="in no store yet"):
            take_back(admin)
        assert keep.drift(kept) == ()
    assert keep.unapply(kept, losing_events=True) > 100


def test_a_crash_after_the_last_publication_loses_and_doubles_nothing(kept: Target) -> None:
    log = Log.of(kept)
    with kept.connect() as admin:

        def publish_and_crash() -> None:
            rows.tell(admin, "drift_mended", {})
            log.integrate(admin)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            take_back(admin, publish=publish_and_crash)
    with kept.connect() as admin:
        assert rows.standing(admin).waiting == 1  # what was told before the crash; the other was never committed
        done = log.integrate(admin)
    assert (done.size, done.adopted, done.taken) == (2, 2, 0)
    assert _published(kept) == ["policy_applied", "drift_mended"]


def test_the_key_is_made_once_and_is_its_owners_alone(kept: Target) -> None:
    log, found = Log.of(kept), list[Signer]()

    def make() -> None:
        with kept.connect() as admin:
            found.append(log.signer(admin))

    threads = [Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert stat.S_IMODE(log.key.stat().st_mode) == 0o600
    assert found[0].name == "houvast/small"
    assert [path.name for path in log.key.parent.iterdir()] == ["evidence.key"]


def test_a_key_that_is_not_right_is_told_and_nothing_is_lost(kept: Target) -> None:
    log = Log.of(kept)
    with kept.connect() as admin:
        log.integrate(admin)
        rows.tell(admin, "drift_mended", {})
        ours = log.key.read_text()
        log.key.chmod(0o640)
        with pytest.raises(EvidenceError, match="Others can read"):
            log.integrate(admin)
        log.key.chmod(0o600)
        for text, said in (
            (Signer.generate("houvast/other").to_text(), "houvast/other"),
            ("nothing", "no signing key"),
        ):
            log.key.write_text(text)
            with pytest.raises(HouvastError, match=said):
                log.integrate(admin)
        log.key.write_text(Signer.generate("houvast/small").to_text())
        with pytest.raises(EvidenceError, match="not signed by the key"):
            log.integrate(admin)
        log.key.write_text(ours)
        assert log.integrate(admin).size == 2


def test_the_place_of_the_log_is_the_projects_to_choose(target: Target, tmp_path: Path) -> None:
    ours = tmp_path / "home" / "evidence" / target.project.datamap.database
    assert Log.of(target) == Log("houvast/small", str(ours / "log"), ours / "evidence.key")
    chosen = Settings(evidence=Evidence("lakana.example/log", "s3://bucket/log", "/etc/houvast.key"))
    assert Log.of(target, chosen) == Log("lakana.example/log", "s3://bucket/log", Path("/etc/houvast.key"))


def _use(admin: Connection, key: str, number: int) -> None:
    rows.tell(admin, "use_opened", {"purpose": "answer", "login": "small_support", "one": "person"}, promise="C10",
              sealed={"use": number, "reason": f"ticket <{number}>", "client": "192.0.2.7"},
              person=("customer", key))  # fmt: skip


def test_a_person_gets_a_receipt_for_each_entry_about_them_and_no_other(kept: Target, tmp_path: Path) -> None:
    with kept.connect() as admin:
        _use(admin, "1", 11)
        _use(admin, "2", 12)
        _use(admin, "1", 13)
        Log.of(kept).integrate(admin)
        _use(admin, "1", 14)
    made, waiting = handing_out.receipts(kept, "customer:1")
    assert waiting == 0  # the last one is no entry yet
    assert [one.opened["use"] for one in made] == [11, 13]
    for one in made:
        file = tmp_path / f"{one.index}.json"
        file.write_text(one.text)
        found = verify_file(file, key=Log.of(kept).verifier().to_text())
        assert found.checked_key
        assert found.opened == {  # and not the address at which one of the staff worked
            "subject": "customer:1",
            "use": one.opened["use"],
            "reason": f"ticket <{one.opened['use']}>",
        }
    assert [one.index for one in handing_out.receipts(kept, "1", frozenset({3}))[0]] == [3]
    assert handing_out.receipts(kept, "customer:99") == ((), 0)
    with pytest.raises(UsageError, match="no person"):
        handing_out.receipts(kept, "shop:1")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_receipts_come_with_a_page_that_says_what_they_are(kept: Target, language: str) -> None:
    with kept.connect() as admin:
        _use(admin, "1", 11)
        Log.of(kept).integrate(admin)
    (one,) = handing_out.receipts(kept, "1")[0]
    page = receipt_page([("receipt-1.json", one.text)], "houvast/small", language)
    proof = json.loads(one.text)["proof"]
    assert "ticket &lt;11&gt;" in page
    assert "ticket <11>" not in page
    assert "customer:1" in page
    assert all(line in page for line in proof.split("\n") if "&" not in line and "<" not in line)
    assert "verify.py receipt-1.json" in page
    assert "http" not in page.replace("http-equiv", "")


def test_an_export_verifies_and_goes_on_from_an_older_one(kept: Target, tmp_path: Path) -> None:
    old, new = tmp_path / "old.zip", tmp_path / "new.zip"
    with pytest.raises(EvidenceError, match="Nothing of this log was published"):
        handing_out.export(kept, old)
    with kept.connect() as admin:
        Log.of(kept).integrate(admin)
        assert handing_out.export(kept, old) == (0, 1)
        ask(admin, "SELECT houvast.tell('drift_found', '', '{\"differences\": 2}') FROM generate_series(1, 300)")
        Log.of(kept).integrate(admin)
    assert handing_out.export(kept, new, "5", "250") == (0, 256)
    found = verify_file(new, since=old)
    assert (found.size, found.start, found.stop, found.since) == (301, 0, 256, 1)
    assert dict(found.kinds) == {"policy_applied": 1, "drift_found": 255}


def test_an_export_holds_what_happened_between_two_moments(kept: Target, tmp_path: Path) -> None:
    file = tmp_path / "log.zip"
    with kept.connect() as admin:
        for day in ("2026-11-24", "2026-11-25", "2026-11-26"):
            ask(admin, "INSERT INTO houvast.event (kind, body, at) SELECT 'drift_mended', '{}',"
                       " %s::timestamptz + n * interval '1 second' FROM generate_series(1, 300) n", day)  # fmt: skip
        ask(admin, "DELETE FROM houvast.event WHERE kind = 'policy_applied'")
        Log.of(kept).integrate(admin)
    assert handing_out.export(kept, file, "2026-11-25", "2026-11-26") == (256, 768)
    assert handing_out.export(kept, file, "2026-11-26") == (512, 900)
    assert handing_out.export(kept, file, "", "2026-11-24") == (0, 0)
    assert handing_out.export(kept, file, "2027-01-01") == (900 - 900 % 256, 900 - 900 % 256)
    assert verify_file(file).size == 900
    with pytest.raises(UsageError, match="is not a date"):
        handing_out.export(kept, file, "yesterday")
