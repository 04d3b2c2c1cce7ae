"""A witness cosigns what only grew, refuses all else, and never forgets what it cosigned, wherever it is killed."""

from __future__ import annotations

import json
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from houvast.errors import HouvastError
from houvast.evidence import Checkpoint
from houvast.evidence.checkpoint import signed
from houvast.evidence.note import Signer, open_note
from houvast.evidence.tiles import Tiles
from houvast.evidence.tree import consistency
from houvast.evidence.verify import verify_file
from houvast.evidence.witness import MOST, SIZE, Answer, answer, request
from houvast.evidence.witness_memory import Memory, alone, signer_of
from tests.evidence import making
from tests.evidence.witnessing import post, prepared, running, serving

LOG, WITNESS = making.LOG, making.WITNESS
SIZES = (3, 20, 300)


@pytest.fixture(scope="module")
def log() -> making.Log:
    return making.log(*SIZES)


def _asking(log: making.Log, old: int, new: int) -> bytes:
    proof = consistency(old, new, Tiles(log.store, new).read)
    return request(old, proof, log.note(new))


def _answer(data: bytes, kept: str = "", logs: tuple[Signer, ...] = (LOG,)) -> Answer:
    notes = {LOG.name: kept} if kept else {}
    return answer(data, [one.verifier for one in logs], notes, WITNESS, making.SECONDS)


def _other(size: int, root: bytes = bytes(32)) -> str:
    """A checkpoint of the same log, truly signed, with another history."""
    return signed(Checkpoint(LOG.name, size, root), LOG)


def test_growth_is_cosigned_from_any_size_to_any_other(log: making.Log) -> None:
    for old, new in [(0, 3), (0, 300), (3, 20), (3, 300), (20, 300), (20, 20), (300, 300)]:
        found = _answer(_asking(log, old, new), log.note(old) if old else "")
        assert (found.status, found.keep, found.origin) == (200, log.note(new), LOG.name)
        opened = open_note(log.note(new) + found.body, [LOG.verifier, WITNESS.verifier])
        assert WITNESS.verifier in opened.signed_by


def test_another_size_than_the_one_cosigned_last_is_told_that_one(log: making.Log) -> None:
    for old, kept in [(0, 20), (3, 20), (300, 20), (20, 0)]:
        found = _answer(_asking(log, old, 300), log.note(kept) if kept else "")
        assert (found.status, found.body, found.sort, found.keep) == (409, f"{kept}\n", SIZE, "")


def test_a_rollback_cannot_be_asked_for(log: making.Log) -> None:
    smaller = log.note(3)
    assert _answer(request(20, [], smaller), log.note(20)).status == 400
    assert _answer(request(3, [], smaller), log.note(20)).body == "20\n"
    assert _answer(request(0, [], smaller), log.note(20)).body == "20\n"


def test_the_same_size_with_another_root_is_refused(log: making.Log) -> None:
    found = _answer(request(20, [], _other(20)), log.note(20))
    assert (found.status, found.keep) == (409, "")
    assert _answer(request(0, [], _other(0))).status == 409


def test_a_fork_is_refused_whatever_its_proof(log: making.Log) -> None:
    proof = consistency(20, 300, Tiles(log.store, 300).read)
    for tried in (proof, proof[:-1], proof[::-1], [*proof, bytes(32)], []):
        assert _answer(request(20, tried, _other(300)), log.note(20)).status == 422
    assert _answer(request(0, [bytes(32)], log.note(20))).status == 422
    assert _answer(request(20, proof[1:], log.note(300)), log.note(20)).status == 422


def test_an_unknown_log_and_an_unknown_key_are_told_apart(log: making.Log) -> None:
    data = _asking(log, 0, 20)
    assert _answer(data, logs=()).status == 404
    assert _answer(data, logs=(making.OTHER,)).status == 403
    assert _answer(data.replace(b"\n20\n", b"\n21\n")).status == 403
    assert _answer(data, logs=(making.OTHER, LOG)).status == 200


def test_a_log_may_add_lines_and_signatures_that_the_witness_does_not_know() -> None:
    text = Checkpoint(LOG.name, 20, bytes(32)).text() + "something more\n"
    note = f"{text}\n{LOG.line(text)}{making.OTHER.line(text)}"
    found = _answer(request(0, [], note))
    assert found.status == 200
    assert WITNESS.verifier in open_note(note + found.body, [WITNESS.verifier]).signed_by


BAD = [b"", b"old 0\n", b"old 00\n\n%s", b"old -1\n\n%s", b"old 1e3\n\n%s", b"old 9999999999999999\n\n%s",
       b"new 0\n\n%s", b"old 0\n%s", b"old 0\r\n\r\n%s", b"old 0\nx\n\n%s",
       b"old 0\n" + b"A" * 44 + b"\n\n%s", b"\xff\xfe"]  # fmt: skip


@pytest.mark.parametrize("data", BAD)
def test_what_is_no_request_is_answered_with_400(log: making.Log, data: bytes) -> None:
    found = _answer(data.replace(b"%s", log.note(20).encode()))
    assert (found.status, found.keep) == (400, "")


def test_more_hashes_than_a_proof_can_have_are_no_request(log: making.Log) -> None:
    assert _answer(request(0, [bytes(32)] * 64, log.note(20))).status == 400


def test_what_it_cosigned_is_kept_over_a_restart_for_several_logs(log: making.Log, tmp_path: Path) -> None:
    other = Signer.generate("houvast/other")
    theirs = signed(Checkpoint(other.name, 7, bytes(32)), other)
    keys = [LOG.verifier, other.verifier]
    with serving(tmp_path, keys) as witness:
        assert post(witness.url, _asking(log, 0, 20))[0] == 200
        assert post(witness.url, request(0, [], theirs))[0] == 200
    with serving(tmp_path, keys) as witness:
        assert post(witness.url, _asking(log, 0, 300))[:2] == (409, "20\n")
        assert post(witness.url, request(0, [], theirs)) == (409, "7\n", SIZE)
        assert post(witness.url, _asking(log, 20, 300))[0] == 200
    assert json.loads((tmp_path / "state").read_text()) == {LOG.name: log.note(300), other.name: theirs}


def test_its_cosignature_makes_a_checkpoint_that_the_verifier_accepts(log: making.Log, tmp_path: Path) -> None:
    with serving(tmp_path, [LOG.verifier]) as witness:
        status, line, _ = post(witness.url, _asking(log, 0, 300))
    assert status == 200
    whole = log.export(tmp_path / "log.zip", note=log.note(300) + line)
    key = witness.key.to_text()
    assert list(verify_file(whole, making.KEY, witnesses=[key]).witnesses) == [witness.key.name]


@pytest.mark.parametrize(("step", "held"), [("checked", 20), ("kept", 300)])
def test_killed_before_or_after_it_keeps_it_goes_on_where_it_was(
    log: making.Log, tmp_path: Path, step: str, held: int
) -> None:
    with serving(tmp_path, [LOG.verifier]) as witness:
        assert post(witness.url, _asking(log, 0, 20))[0] == 200
    with running(tmp_path, step, LOG.verifier) as (witness, program):
        with pytest.raises(ConnectionError):
            post(witness.url, _asking(log, 20, 300))
        assert program.wait(20) == -9
    with serving(tmp_path, [LOG.verifier]) as witness:
        assert post(witness.url, _asking(log, 0, 300))[:2] == (409, f"{held}\n")
        assert post(witness.url, request(held, [], _other(300)))[0] in (409, 422)
        assert post(witness.url, _asking(log, held, 300))[0] == 200


def test_of_two_histories_that_are_asked_for_at_once_one_is_cosigned(log: making.Log, tmp_path: Path) -> None:
    refused: list[str] = []
    asked = [request(0, [], _other(300, bytes([number]) * 32)) for number in range(20)]
    with serving(tmp_path, [LOG.verifier], say=refused.append) as witness, ThreadPoolExecutor(20) as pool:
        found = [one[0] for one in pool.map(partial(post, witness.url), asked)]
    assert sorted(found) == [200] + [409] * 19
    assert len(refused) == 19


def test_what_cannot_be_kept_is_not_cosigned(log: making.Log, tmp_path: Path) -> None:
    said: list[str] = []
    with serving(tmp_path / "w", [LOG.verifier], say=said.append) as witness:
        (tmp_path / "w" / "state").unlink()
        (tmp_path / "w" / "state").mkdir()
        status, body, _ = post(witness.url, _asking(log, 0, 20))
        assert (status, "—" in body) == (500, False)
        (tmp_path / "w" / "state").rmdir()
        assert post(witness.url, _asking(log, 0, 3))[0] == 200
    assert "could not be written" in said[0]


def test_what_is_too_long_or_no_post_or_elsewhere_is_refused(log: making.Log, tmp_path: Path) -> None:
    with serving(tmp_path, [LOG.verifier]) as witness:
        assert post(witness.url, bytes(MOST + 1))[0] == 413
        assert post(witness.url, b"", "/elsewhere")[0] == 404
        host, _, port = witness.url.removeprefix("http://").partition(":")
        for lines, status in [
            (b"GET / HTTP/1.1\r\n\r\n", b" 405 "),
            (b"POST /add-checkpoint HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b" 411 "),
            (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b" 411 "),
            (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 9999999999\r\n\r\n", b" 413 "),
        ]:
            with socket.create_connection((host, int(port)), 10) as raw:
                raw.sendall(lines)
                assert status in raw.recv(4096)
        with socket.create_connection((host, int(port)), 10) as raw:  # it hangs up in the middle of its request
            raw.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 100\r\n\r\nold 0\n")
        assert post(witness.url, _asking(log, 0, 20))[0] == 200


def test_key_and_state_are_made_together_and_one_without_the_other_is_refused(tmp_path: Path) -> None:
    key, state = tmp_path / "key", tmp_path / "state"
    with pytest.raises(HouvastError, match="--name"):
        signer_of(key, state)
    assert not state.exists()
    signer = prepared(tmp_path)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert signer_of(key, state)[0] == signer
    state.rename(tmp_path / "away")
    with pytest.raises(HouvastError, match=r"what it cosigned .* is not"):
        signer_of(key, state)
    (tmp_path / "away").rename(state)
    Memory(state).keep(LOG.name, _other(5))
    key.rename(tmp_path / "gone")
    with pytest.raises(HouvastError, match="was begun with it"):
        signer_of(key, state, "new.example")
    (tmp_path / "gone").rename(key)
    key.chmod(0o644)
    with pytest.raises(HouvastError, match="Others can read"):
        signer_of(key, state)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"houvast/example": 1}', '{"houvast/example": "x"}', "\x00"])
def test_a_damaged_state_is_refused(tmp_path: Path, text: str) -> None:
    prepared(tmp_path)
    (tmp_path / "state").write_text(text)
    with pytest.raises(HouvastError, match="damaged"):
        signer_of(tmp_path / "key", tmp_path / "state")


def test_a_note_of_another_log_in_the_state_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").write_text(json.dumps({"houvast/other": _other(5)}))
    with pytest.raises(HouvastError, match="damaged"):
        Memory(tmp_path / "state")


def test_a_logs_key_is_no_witness(tmp_path: Path) -> None:
    prepared(tmp_path)
    (tmp_path / "key").write_text(LOG.to_text())
    with pytest.raises(HouvastError, match="key of a log"):
        signer_of(tmp_path / "key", tmp_path / "state")


def test_two_witnesses_do_not_work_with_one_state(tmp_path: Path) -> None:
    with (
        alone(tmp_path / "state"),
        pytest.raises(HouvastError, match="Another witness"),
        alone(tmp_path / "state"),
    ):
        pass
    with alone(tmp_path / "state"):
        pass
