"""The sequencer has witnesses cosign; one that is away costs next to nothing, one that refuses is heard."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from houvast.database import Connection
from houvast.errors import UsageError
from houvast.evidence import Signer, rows
from houvast.evidence.cosigning import Away, Cosigned, Cosigner, QuorumMissing, Refused, Witness, ask, cosigned
from houvast.evidence.posting import check_url
from houvast.evidence.sequence import mend
from houvast.evidence.tiles import Tiles
from tests.compiler.asking import rows as ask_database
from tests.evidence import making
from tests.evidence.logbook import Logbook
from tests.evidence.witnessing import post, prepared, running, serving, stranger


@pytest.fixture
def log(url: str, admin: Connection, tmp_path: Path) -> Logbook:
    """A log of nothing yet."""
    return Logbook(url, admin, tmp_path / "store")


@pytest.fixture
def silent() -> Generator[str]:
    """An address that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def _round(log: Logbook, cosigner: Cosigner, count: int = 5) -> str:
    """Something happens and is published; the note."""
    log.tell(count)
    log.integrate(cosign=cosigner)
    return log.store.get("checkpoint").decode()


def _gone(folder: Path, log: Logbook) -> Witness:
    """A witness that has stopped."""
    with serving(folder, [log.signer.verifier]) as witness:
        return witness


def test_two_witnesses_cosign_every_checkpoint_from_the_size_that_each_holds(log: Logbook, tmp_path: Path) -> None:
    keys = [log.signer.verifier]
    with serving(tmp_path / "a", keys, name="a.example") as a, serving(tmp_path / "b", keys, name="b.example") as b:
        first = _round(log, Cosigner(log.store, [a]))
        cosigner = Cosigner(log.store, [a, b], quorum=2)
        for count in (300, 1):
            note = _round(log, cosigner, count)
            assert all(cosigned(note, one.key) for one in (a, b))
        assert (cosigned(first, b.key), cosigner.lacks()) == (None, False)
    assert rows.last_checkpoints(log.admin)[0].note == note


def test_of_two_witnesses_one_is_away_and_the_other_cosigns(log: Logbook, tmp_path: Path) -> None:
    away = _gone(tmp_path / "b", log)
    with serving(tmp_path / "a", [log.signer.verifier]) as here:
        cosigner = Cosigner(log.store, [away, here])
        note = _round(log, cosigner)
        assert (bool(cosigned(note, here.key)), cosigned(note, away.key)) == (True, None)
        assert isinstance(cosigner.outcomes[away], Away)
        assert cosigner.lacks()
        assert cosigner.away_for(away) > 0 == cosigner.away_for(here)


def test_a_witness_that_comes_back_cosigns_what_was_published_without_it(log: Logbook, tmp_path: Path) -> None:
    away = _gone(tmp_path / "w", log)
    cosigner = Cosigner(log.store, [away])
    _round(log, cosigner)
    with serving(tmp_path / "w", [log.signer.verifier]) as back:
        cosigner = Cosigner(log.store, [back])
        log.integrate(cosign=cosigner)
        note = log.store.get("checkpoint").decode()
        assert cosigned(note, back.key)
        log.integrate(cosign=cosigner)
        assert log.store.get("checkpoint").decode() == note


def test_a_silent_witness_is_waited_for_once(log: Logbook, silent: str) -> None:
    witness = Witness(silent, stranger())
    cosigner = Cosigner(log.store, [witness], patience=0.5)
    _round(log, cosigner)
    called = {thread for thread in threading.enumerate() if thread.name == "cosigning"}
    for _ in range(3):
        _round(log, cosigner)
    assert {thread for thread in threading.enumerate() if thread.name == "cosigning"} == called
    assert cosigner.outcomes[witness] == Away("it did not answer in time")


def test_a_quorum_that_is_missing_holds_the_checkpoint_back_and_loses_nothing(log: Logbook, tmp_path: Path) -> None:
    away = _gone(tmp_path / "w", log)
    cosigner = Cosigner(log.store, [away], quorum=1)
    told: list[str] = []
    for _ in range(3):
        log.tell(5)
        told += log.nonces()
        with pytest.raises(QuorumMissing, match=r"0 of the 1 .*Connection refused"):
            log.integrate(cosign=cosigner)
    assert not (log.folder / "checkpoint").exists()
    with serving(tmp_path / "w", [log.signer.verifier]) as back:
        note = _round(log, Cosigner(log.store, [back], quorum=1), 1)
        told.append(ask_database(log.admin, "SELECT nonce FROM houvast.entry ORDER BY index DESC LIMIT 1")[0][0].hex)
        assert cosigned(note, back.key)
    log.check(told)


def test_a_log_that_was_rolled_back_is_refused_and_still_published(log: Logbook, tmp_path: Path) -> None:
    with serving(tmp_path / "w", [log.signer.verifier]) as witness:
        _round(log, Cosigner(log.store, [witness]), 20)
        ask_database(log.admin, "TRUNCATE houvast.entry, houvast.checkpoint")
        shutil.rmtree(log.folder)
        cosigner = Cosigner(log.store, [witness])
        note = _round(log, cosigner, 5)
        assert cosigned(note, witness.key) is None
        outcome = cosigner.outcomes[witness]
        assert isinstance(outcome, Refused)
        assert "20 entries of this log before, and now there are 5" in outcome.why


@pytest.mark.parametrize("count", [20, 300])
def test_a_log_that_has_forked_is_refused_also_at_the_same_size(log: Logbook, tmp_path: Path, count: int) -> None:
    with serving(tmp_path / "w", [log.signer.verifier]) as witness:
        _round(log, Cosigner(log.store, [witness]), 20)
        ask_database(log.admin, "TRUNCATE houvast.entry, houvast.checkpoint")
        shutil.rmtree(log.folder)
        cosigner = Cosigner(log.store, [witness], quorum=1)
        with pytest.raises(QuorumMissing, match="forked"):
            _round(log, cosigner, count)
        assert isinstance(cosigner.outcomes[witness], Refused)


def test_a_witness_that_does_not_know_the_log_or_its_key_is_away_and_says_so(log: Logbook, tmp_path: Path) -> None:
    for known, status in [([], 404), ([Signer.generate(log.signer.name).verifier], 403)]:
        with serving(tmp_path / "w", known) as witness:
            cosigner = Cosigner(log.store, [witness])
            _round(log, cosigner)
            outcome = cosigner.outcomes[witness]
            assert isinstance(outcome, Away)
            assert outcome.why.startswith(f"it answers {status}:")


def test_what_another_key_signed_is_no_cosignature(log: Logbook, tmp_path: Path) -> None:
    with serving(tmp_path / "w", [log.signer.verifier]) as witness:
        wrong = Witness(witness.url, stranger())
        cosigner = Cosigner(log.store, [wrong])
        note = _round(log, cosigner)
    outcome = cosigner.outcomes[wrong]
    assert isinstance(outcome, Away)
    assert "not signed with the key" in outcome.why
    assert note.count("— ") == 1


def test_a_cosignature_of_an_older_checkpoint_is_not_taken_for_this_one(log: Logbook, tmp_path: Path) -> None:
    witness = Witness("http://unused.example", prepared(tmp_path).verifier)
    signer = prepared(tmp_path)
    made = making.log(3, 20)
    replayed = signer.line(made.note(3).partition("\n\n")[0] + "\n", making.SECONDS).encode()
    outcome, held = ask(witness, made.note(20), Tiles(made.store, 20).read, lambda _: (200, replayed))
    assert (isinstance(outcome, Away), held) == (True, None)
    with serving(tmp_path, [making.LOG.verifier]) as there:
        found, held = ask(there, made.note(20), Tiles(made.store, 20).read, lambda data: _posted(there, data))
        assert (isinstance(found, Cosigned), held) == (True, 20)


def _posted(witness: Witness, data: bytes) -> tuple[int, bytes]:
    status, body, _ = post(witness.url, data)
    return status, body.encode()


ODD = [(200, b""), (200, b"\xff"), (200, b"x\n" * 1000), (409, b"no number\n"), (409, b"7\n"), (409, b"-3\n"),
       (409, b"9" * 400), (500, b""), (302, b"elsewhere")]  # fmt: skip


@pytest.mark.parametrize("answer", ODD)
def test_a_witness_that_answers_oddly_is_away_and_no_alarm(answer: tuple[int, bytes]) -> None:
    made = making.log(3, 20)
    witness = Witness("http://unused.example", stranger())
    outcome, held = ask(witness, made.note(20), Tiles(made.store, 20).read, lambda _: answer)
    assert (isinstance(outcome, Away), held) == (True, None)


@pytest.mark.parametrize("step", ["checked", "kept"])
def test_a_witness_killed_in_the_middle_cosigns_the_next_checkpoint(log: Logbook, tmp_path: Path, step: str) -> None:
    folder, key = tmp_path / "w", log.signer.verifier
    with running(folder, step, key) as (witness, program):
        note = _round(log, Cosigner(log.store, [witness]))
        assert program.wait(20) == -9
        assert cosigned(note, witness.key) is None
    with serving(folder, [key]) as back:
        assert cosigned(_round(log, Cosigner(log.store, [back])), back.key)


@pytest.mark.parametrize("step", ["signed", "cosigned"])
def test_a_sequencer_killed_twice_around_the_witnesses_goes_on(log: Logbook, tmp_path: Path, step: str) -> None:
    told: list[str] = []
    for _ in range(2):
        log.tell(5)
        told += log.nonces()
        assert log.killed(step) == -9
    with serving(tmp_path / "w", [log.signer.verifier]) as witness:
        cosigner = Cosigner(log.store, [witness], quorum=1)
        log.integrate(cosign=cosigner)
        assert cosigned(log.store.get("checkpoint").decode(), witness.key)
    log.check(told)


def test_a_store_that_is_mended_is_cosigned_again_where_a_signature_lacks(log: Logbook, tmp_path: Path) -> None:
    _round(log, Cosigner(log.store, []))
    shutil.rmtree(log.folder)
    with serving(tmp_path / "w", [log.signer.verifier]) as witness:
        assert mend(log.admin, log.store, log.signer, cosign=Cosigner(log.store, [witness])) > 0
        assert cosigned(log.store.get("checkpoint").decode(), witness.key)


def test_witnesses_are_asked_in_no_transaction(log: Logbook, tmp_path: Path) -> None:
    seen: list[str] = []

    def look(note: str) -> str:
        seen.append(log.admin.info.transaction_status.name)
        return note

    log.tell(3)
    log.integrate(cosign=look)
    assert seen == ["IDLE"]
    log.admin.autocommit = False
    with pytest.raises(ValueError, match="commits"):
        log.integrate(cosign=look)


@pytest.mark.parametrize(
    "url", ["", "witness.example", "ftp://x", "http://", "http://a b", "http://u:p@x", "http://x:y"]
)
def test_an_address_that_cannot_be_asked_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="no address"):
        check_url(url)
