"""A log gets another key: both sign once, nothing is lost on the way, and who has either key can tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from houvast.database import Connection
from houvast.evidence import Signer
from houvast.evidence.comparing import KeyChanged
from houvast.evidence.cosigning import Cosigner, cosigned
from houvast.evidence.key_file import read_key, write_key
from houvast.evidence.problems import EvidenceError
from houvast.evidence.rotating import hand_over, is_handed_over, next_key
from houvast.evidence.verify import Invalid, Verified, verify_file
from tests.evidence.logbook import NAME, Logbook
from tests.evidence.making import unzipped
from tests.evidence.witnessing import serving


class Killed(Exception):
    """The program ends here."""


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """The file with the log's key."""
    write_key(path := tmp_path / "keys" / "evidence.key", Signer.generate(NAME))
    return path


@pytest.fixture
def log(url: str, admin: Connection, tmp_path: Path, key: Path) -> Logbook:
    """A log with 300 entries, published with that key; the next one is made."""
    made = Logbook(url, admin, tmp_path / "store", read_key(key))
    made.tell(300)
    made.integrate()
    next_key(key, NAME)
    return made


def export(log: Logbook, path: Path) -> Path:
    from houvast.evidence.export import write

    write(log.store, log.store.get("checkpoint").decode(), log.signer.verifier, path)
    return path


def text(signer: Signer) -> str:
    return signer.verifier.to_text()


def test_both_keys_sign_once_and_then_the_new_one_alone(log: Logbook, key: Path, tmp_path: Path) -> None:
    told, old, new = [], log.signer, next_key(key, NAME)
    before = export(log, tmp_path / "before.zip")
    assert hand_over(log.admin, log.store, key) == 300
    assert (read_key(key), read_key(key.with_name(f"{key.name}.{old.verifier.id.hex()}"))) == (new, old)
    assert not key.with_name(f"{key.name}.next").exists()
    assert log.store.get("key").decode() == f"{text(new)}\n"
    handover = log.folder / "handover" / "300"
    one, other = (verify_file(handover, text(signer)) for signer in (old, new))
    assert (one.root, one.unknown) == (other.root, other.unknown) == (verify_file(before, text(old)).root, 1)

    log.signer = new
    log.tell(20)
    told = log.nonces()
    assert log.integrate().size == 320
    assert len(told) == 20
    after = export(log, tmp_path / "after.zip")
    assert unzipped(after)["key"].decode() == f"{text(new)}\n"
    found = verify_file(after, text(new), handover)
    assert (found.size, found.since, found.unknown) == (320, 300, 0)
    with pytest.raises(Invalid, match="key"):
        verify_file(after, text(old))
    assert isinstance(verify_file(before, text(old)), Verified)  # what was handed out before is as true as it was


@pytest.mark.parametrize("step", ["signed by both", "public key"])
def test_broken_off_it_is_finished_by_running_it_again(log: Logbook, key: Path, step: str) -> None:
    old, new = log.signer, next_key(key, NAME)

    def end(name: str) -> None:
        if name == step:
            raise Killed

    with pytest.raises(Killed):
        hand_over(log.admin, log.store, key, pause=end)
    assert read_key(key) == old
    assert is_handed_over(log.store, key) == (step == "public key")
    note = log.store.get("checkpoint")
    if step == "public key":
        with pytest.raises(KeyChanged, match="rotate --now"):
            log.integrate()
    else:
        log.tell(5)
        assert log.integrate().size == 305  # it goes on with the old key
    hand_over(log.admin, log.store, key)
    assert read_key(key) == new
    assert (log.store.get("checkpoint") == note) == (step == "public key")  # signed once
    log.signer = new
    log.tell(3)
    assert log.integrate().taken == 3


def test_who_still_holds_the_old_key_publishes_nothing_with_it(log: Logbook, key: Path) -> None:
    hand_over(log.admin, log.store, key)
    log.tell(3)
    told, note = log.nonces(), log.store.get("checkpoint")
    with pytest.raises(KeyChanged, match="is another than that of the key in use"):
        log.integrate()
    assert (log.nonces(), log.store.get("checkpoint")) == (told, note)


def test_what_is_not_published_is_not_handed_over(log: Logbook, key: Path) -> None:
    before = log.store.get("checkpoint")
    (log.folder / "checkpoint").unlink()
    with pytest.raises(EvidenceError, match="Not all of this log is published yet"):
        hand_over(log.admin, log.store, key)
    assert read_key(key) == log.signer
    (log.folder / "checkpoint").write_bytes(before)
    assert hand_over(log.admin, log.store, key) == 300


def test_a_witness_cosigns_the_hand_over_and_goes_on_with_the_new_key_once_it_was_told(
    log: Logbook, key: Path, tmp_path: Path
) -> None:
    old, new = log.signer, next_key(key, NAME)
    with serving(tmp_path / "w", [old.verifier]) as witness:
        hand_over(log.admin, log.store, key, cosign=Cosigner(log.store, (witness,)))
        assert cosigned((log.folder / "handover" / "300").read_text(), witness.key)
        log.signer = new
        log.tell(2)
        log.integrate(cosign=Cosigner(log.store, (witness,)))
        assert not cosigned(log.store.get("checkpoint").decode(), witness.key)
    with serving(tmp_path / "w", [old.verifier, new.verifier]) as witness:
        log.tell(2)
        log.integrate(cosign=Cosigner(log.store, (witness,)))
        assert cosigned(log.store.get("checkpoint").decode(), witness.key)
