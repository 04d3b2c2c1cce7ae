"""Notes are signed as C2SP says, and none but the given keys is believed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from houvast.errors import UsageError
from houvast.evidence.checkpoint import Checkpoint, opened, signed
from houvast.evidence.note import COSIGNATURE, Signer, Verifier, open_note, sign
from houvast.evidence.problems import EvidenceError
from houvast.evidence.verify import Invalid

TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
"""The example that the Go project publishes for its notes."""


@pytest.fixture
def log() -> Signer:
    return Signer("houvast/example", bytes(range(32)))


@pytest.fixture
def witness() -> Signer:
    return Signer("witness.example", bytes(range(32, 64)), COSIGNATURE)


def test_the_published_key_signs_the_published_note() -> None:
    signer = Signer.from_text(SECRET)
    assert (signer.to_text(), signer.verifier.to_text()) == (SECRET, PUBLIC)
    assert sign(TEXT, signer) == f"{TEXT}\n{LINE}"


def test_the_published_note_opens_with_the_published_key() -> None:
    found = open_note(f"{TEXT}\n{LINE}", [Verifier.from_text(PUBLIC)])
    assert found.text == TEXT
    assert list(found.signed_by) == [Verifier.from_text(PUBLIC)]


def test_a_new_key_comes_back_from_its_text() -> None:
    for kind in (1, COSIGNATURE):
        made = Signer.generate("houvast/new", kind)
        assert Signer.from_text(made.to_text() + "\n") == made
        assert Verifier.from_text(made.verifier.to_text() + "\n") == made.verifier


def test_a_key_does_not_show_its_secret(log: Signer) -> None:
    assert log.seed.hex()[:8] not in repr(log)
    assert "seed" not in repr(log)


@pytest.mark.parametrize(
    "text", ["", "PRIVATE+KEY+", SECRET[:-1], SECRET.replace("c74", "c75"), SECRET.replace("Pe", "P ")]
)
def test_a_damaged_secret_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        Signer.from_text(text)
    assert "gUoUAt" not in str(refusal.value)
    assert len(text) < 20 or text not in str(refusal.value)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak"])
def test_a_name_with_spaces_or_pluses_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        Signer.generate(name)


@pytest.mark.parametrize("place", range(len(PUBLIC)))
def test_every_changed_bit_of_a_public_key_is_seen(place: int) -> None:
    for bit in range(8):
        changed = bytearray(PUBLIC.encode())
        changed[place] ^= 1 << bit
        with pytest.raises((Invalid, UnicodeDecodeError)):
            Verifier.from_text(changed.decode())


def test_every_changed_bit_of_a_note_is_seen(log: Signer, witness: Signer) -> None:
    text = Checkpoint(log.name, 7, bytes(32)).text()
    note = (sign(text, log) + witness.line(text, 1_700_000_000)).encode()
    for place in range(8 * len(note)):
        changed = bytearray(note)
        changed[place // 8] ^= 1 << place % 8
        try:
            found = open_note(changed.decode(), [log.verifier, witness.verifier])
        except (Invalid, UnicodeDecodeError):
            continue
        assert len(found.signed_by) == 1
        assert found.unknown == 1


def test_a_cosignature_says_when(log: Signer, witness: Signer) -> None:
    note = sign(TEXT, log) + witness.line(TEXT, 1_700_000_000)
    found = open_note(note, [log.verifier, witness.verifier])
    assert found.signed_by == {log.verifier: None, witness.verifier: datetime.fromtimestamp(1_700_000_000, UTC)}


def test_a_signature_of_a_stranger_is_passed_over_and_counted(log: Signer, witness: Signer) -> None:
    found = open_note(sign(TEXT, log) + witness.line(TEXT, 1), [log.verifier])
    assert (list(found.signed_by), found.unknown) == ([log.verifier], 1)


def test_a_note_that_only_strangers_signed_is_refused(log: Signer, witness: Signer) -> None:
    with pytest.raises(Invalid, match="none of the keys"):
        open_note(sign(TEXT, log), [witness.verifier])


def test_a_false_signature_of_a_known_key_spoils_the_note(log: Signer) -> None:
    with pytest.raises(Invalid, match="false"):
        open_note(sign(TEXT, log).replace("problem", "poem"), [log.verifier])


def test_a_signature_of_one_kind_does_not_pass_as_the_other(log: Signer, witness: Signer) -> None:
    with pytest.raises(ValueError, match="with the time"):
        witness.line(TEXT)
    with pytest.raises(ValueError, match="without"):
        log.line(TEXT, 5)


@pytest.mark.parametrize("text", ["", "no newline", "tab\there\n", "bell\x07\n"])
def test_a_text_that_is_none_is_not_signed(text: str, log: Signer) -> None:
    with pytest.raises(ValueError, match="control characters"):
        sign(text, log)


def test_a_checkpoint_comes_back_from_its_note(log: Signer) -> None:
    checkpoint = Checkpoint(log.name, 20852163, bytes(range(32)))
    assert opened(signed(checkpoint, log), log.verifier) == checkpoint


def test_a_checkpoint_of_another_log_is_refused(log: Signer) -> None:
    with pytest.raises(EvidenceError, match="houvast/other"):
        signed(Checkpoint("houvast/other", 1, bytes(32)), log)
    with pytest.raises(EvidenceError, match="not signed by"):
        opened(sign(Checkpoint("houvast/other", 1, bytes(32)).text(), log), log.verifier)


@pytest.mark.parametrize(
    "text", ["a\n01\n{0}\n", "a\n1\n{0}", "a\n1\n{0}\nmore\n", "\n1\n{0}\n", "a\n-1\n{0}\n", "a\n1\nAAAA\n"]
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="no checkpoint"):
        Checkpoint.parse(text.format("A" * 43 + "="))
