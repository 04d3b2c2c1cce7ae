"""What holds verifies, and says with which key; what does not hold is refused, with the place."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from houvast.evidence import verify
from houvast.evidence.canonical import canonical
from houvast.evidence.checkpoint import Checkpoint, signed
from houvast.evidence.problems import EvidenceError
from houvast.evidence.tiles import LONGEST
from houvast.evidence.verify import Invalid, Verified, leaf_hash, report, verify_file
from tests.evidence import making
from tests.evidence.making import KEY, LOG, OTHER, SECONDS, WITNESS, WITNESS_KEY

PROGRAM = Path(verify.__file__)


@pytest.fixture(scope="module")
def log() -> making.Log:
    return making.log(5, 300, 700)


@pytest.fixture
def receipt(log: making.Log, tmp_path: Path) -> Path:
    path = tmp_path / "receipt.json"
    path.write_text(log.receipt(301, note=log.note(cosigned=True)))
    return path


@pytest.fixture
def whole(log: making.Log, tmp_path: Path) -> Path:
    return log.export(tmp_path / "whole.zip", note=log.note(cosigned=True))


def why(path: Path, key: str | None = KEY, since: Path | None = None, witnesses: tuple[str, ...] = ()) -> str:
    with pytest.raises(Invalid) as refusal:
        verify_file(path, key, since, witnesses)
    return str(refusal.value)


def edited(path: Path, old: str, new: str) -> Path:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


def test_a_receipt_verifies_with_what_it_opens(receipt: Path) -> None:
    found = verify_file(receipt, KEY)
    assert (found.kind, found.size, found.start, found.stop) == ("receipt", 700, 301, 302)
    assert found.checked_key
    assert found.opened == making.values(301)
    assert found.entry == json.loads(making.entry(301))


def test_a_receipt_of_every_entry_verifies(log: making.Log, tmp_path: Path) -> None:
    for index in (0, 1, 4, 255, 256, 511, 512, 698, 699):
        path = tmp_path / "receipt.json"
        path.write_text(log.receipt(index))
        assert verify_file(path, KEY).start == index


def test_a_whole_export_verifies(whole: Path) -> None:
    found = verify_file(whole, KEY)
    assert (found.kind, found.start, found.stop, found.size) == ("export", 0, 700, 700)
    assert found.kinds == {"promise_held": 234, "use_opened": 466}


@pytest.mark.parametrize(("start", "stop"), [(0, 1), (100, 300), (255, 257), (512, 700), (699, 700), (300, 300)])
def test_a_range_verifies_in_whole_bundles(log: making.Log, tmp_path: Path, start: int, stop: int) -> None:
    found = verify_file(log.export(tmp_path / "part.zip", start=start, stop=stop), KEY)
    first = start - start % 256
    last = first if start == stop else min(700, (stop + 255) // 256 * 256)
    assert (found.start, found.stop, sum(found.kinds.values())) == (first, last, last - first)


def test_a_range_of_a_log_with_three_levels_verifies(tmp_path: Path) -> None:
    log = making.Log().grow(*(making.entry(i % 1000) for i in range(65_800)))
    found = verify_file(log.export(tmp_path / "part.zip", start=300, stop=400), KEY)
    assert (found.start, found.stop) == (256, 512)
    names = making.unzipped(tmp_path / "part.zip")
    assert {name for name in names if name.startswith("tile/")} == {
        "tile/0/001", "tile/1/000", "tile/0/257.p/8", "tile/1/001.p/1", "tile/2/000.p/1", "tile/entries/001",
    }  # fmt: skip


def test_an_empty_log_verifies(tmp_path: Path) -> None:
    assert verify_file(making.Log().grow().export(tmp_path / "empty.zip"), KEY).size == 0


def test_a_bare_checkpoint_verifies_with_a_key_only(log: making.Log, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    path.write_text(log.note())
    assert verify_file(path, KEY).kind == "checkpoint"
    assert "give it (--key)" in why(path, None)


def test_without_a_key_of_ones_own_that_is_said(receipt: Path, whole: Path) -> None:
    for path in (receipt, whole):
        found = verify_file(path)
        assert not found.checked_key
        assert f"NOT CHECKED AGAINST A KEY OF YOURS. The key inside was used: {KEY}" in report(found)
        assert "NOT CHECKED" not in report(verify_file(path, KEY))


def test_an_empty_key_is_none(receipt: Path) -> None:
    assert not verify_file(receipt, "").checked_key


def test_another_key_than_that_of_the_log_is_refused(receipt: Path, whole: Path) -> None:
    for path in (receipt, whole):
        assert "another log made this" in why(path, OTHER.verifier.to_text())


def test_a_log_signed_with_another_key_of_the_same_name_is_refused(receipt: Path) -> None:
    note = signed(Checkpoint(LOG.name, 700, bytes(32)), OTHER)
    content = json.loads(receipt.read_text())
    content["proof"] = content["proof"].partition("\n\n")[0] + "\n\n" + note
    receipt.write_bytes(canonical(content))
    assert "none of the keys" in why(receipt)


def test_a_witness_who_cosigned_is_named_with_the_time(receipt: Path, whole: Path) -> None:
    for path in (receipt, whole):
        found = verify_file(path, KEY, witnesses=[WITNESS_KEY])
        assert {name: int(time.timestamp()) for name, time in found.witnesses.items()} == {WITNESS.name: SECONDS}
        assert "Cosigned by witness.example at 2026-09-21" in report(found)
        assert verify_file(path, KEY).unknown == 1


def test_a_witness_who_did_not_cosign_is_missed(log: making.Log, tmp_path: Path) -> None:
    assert "witness.example has not signed" in why(log.export(tmp_path / "x.zip"), witnesses=(WITNESS_KEY,))


def test_a_key_of_a_log_is_no_witness_and_a_witness_no_log(receipt: Path) -> None:
    assert "has not signed" in why(receipt, witnesses=(KEY,))
    edited(receipt, KEY, WITNESS_KEY)
    assert "has not signed" in why(receipt, None)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("support", "suppprt", "not in the log"),
        ('"receipt/1"', '"receipt/2"', "no receipt of version 1"),
        ("index 301", "index 302", "not in the log"),
        ("index 301", "index 0301", "no receipt of version 1"),
        ("customer:0", "customer:1", "not what the entry sealed"),
        ('"subject":{"salt"', '"sub":{"salt"', "not what the entry sealed"),
        ('"key":', '"kay":', "exactly these members"),
        ('"opened":{', '"opened":{"a":1,', "a salt and a value"),
        ('{"entry":', '{"houvast":"receipt/1","entry":', "a name twice"),
        ('{"entry":', '{ "entry":', "one way of writing"),
        ("\\n700\\n", "\\n701\\n", "false or damaged"),
    ],
)
def test_a_changed_receipt_is_refused(receipt: Path, old: str, new: str, said: str) -> None:
    assert said in why(edited(receipt, old, new))


@pytest.mark.parametrize(
    "changed",
    [{"v": 2}, {"kind": "Use opened"}, {"time": "2026-11-25T10:00:01Z"}, {"nonce": "x"}, {"promise": "C 1"},
     {"more": 1}, {"body": []}, {"sealed": {"subject": "short"}}, {"sealed": {"subject": 1}}],
)  # fmt: skip
def test_an_entry_of_another_shape_is_refused_though_signed(changed: dict[str, object], tmp_path: Path) -> None:
    log = making.Log().grow(making.entry(0), making.entry(1, changed=changed))
    assert "entry 1" in why(log.export(tmp_path / "x.zip"))


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[" * 60_000, b"\xff", b'{"a":1,"a":2}', b"x" * LONGEST, making.entry(1).replace(b":", b": ", 1),
     making.entry(1).replace(b'"person"', b"1.0"), making.entry(1).replace(b'"person"', b"9007199254740992"),
     making.entry(1).replace(b"support", b"supp\\u006frt"), making.entry(1).replace(b'"person"', b'"\\ud800"'),
     making.entry(1).replace(b'"person"', b"NaN"), making.entry(1).replace(b'"login"', '"logîn"'.encode())],
)  # fmt: skip
def test_an_entry_that_could_be_read_in_two_ways_is_refused_though_signed(data: bytes, tmp_path: Path) -> None:
    log = making.Log().grow(making.entry(0), data)
    assert "entry 1" in why(log.export(tmp_path / "x.zip"))


def test_a_receipt_of_an_entry_that_no_bundle_can_hold_is_refused(tmp_path: Path) -> None:
    data = making.entry(0, changed={"body": {"a": "x" * 65_400}})
    note = signed(Checkpoint(LOG.name, 1, leaf_hash(data)), LOG)
    proof = f"c2sp.org/tlog-proof@v1\nindex 0\n\n{note}"
    text = {"houvast": "receipt/1", "entry": data.decode(), "opened": dict[str, object](), "key": KEY, "proof": proof}
    (path := tmp_path / "receipt").write_bytes(canonical(text))
    assert "no entry of version 1" in why(path)


def test_a_receipt_for_what_is_not_in_the_log_is_not_made(log: making.Log) -> None:
    with pytest.raises(EvidenceError, match="not in the log"):
        log.receipt(301, note=log.note(300))
    damaged = making.Log(log.store, [*log.entries[:301], b"other", *log.entries[302:]], log.root, log.notes)
    with pytest.raises(EvidenceError, match="not in the log"):
        damaged.receipt(301)


def test_an_export_beyond_the_log_is_not_made(log: making.Log, tmp_path: Path) -> None:
    for start, stop in ((-1, 5), (5, 4), (0, 701)):
        with pytest.raises(EvidenceError, match="no range"):
            log.export(tmp_path / "x.zip", start=start, stop=stop)


def test_an_export_that_fails_leaves_no_file(log: making.Log, tmp_path: Path) -> None:
    files = {path: data for path, data in log.store.files.items() if path != "tile/0/001"}
    with pytest.raises(EvidenceError, match="tile/0/001"):
        making.Log(making.Memory(files), log.entries, log.root, log.notes).export(tmp_path / "x.zip")
    assert list(tmp_path.iterdir()) == []


def test_an_export_of_the_same_log_is_the_same_file(log: making.Log, tmp_path: Path) -> None:
    assert log.export(tmp_path / "a.zip").read_bytes() == log.export(tmp_path / "b.zip").read_bytes()


def test_an_export_of_an_older_checkpoint_verifies_though_the_log_grew(log: making.Log, tmp_path: Path) -> None:
    assert verify_file(log.export(tmp_path / "x.zip", note=log.note(300)), KEY).size == 300


def older(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "older"
    path.write_text(content)
    return path


def test_an_older_checkpoint_receipt_or_export_is_continued(log: making.Log, tmp_path: Path, whole: Path) -> None:
    small = log.export(tmp_path / "small.zip", note=log.note(300))
    for old in (older(tmp_path, log.note(5)), small, whole):
        assert verify_file(whole, KEY, old).since in (5, 300, 700)
    assert verify_file(whole, KEY, older(tmp_path, log.receipt(2, note=log.note(300)))).since == 300


def test_a_receipt_is_checked_against_an_export_that_is_newer(log: making.Log, tmp_path: Path, whole: Path) -> None:
    path = tmp_path / "receipt.json"
    path.write_text(log.receipt(2, note=log.note(5)))
    assert verify_file(path, KEY, whole).since == 700


def test_a_log_that_was_rolled_back_is_refused(log: making.Log, tmp_path: Path, whole: Path) -> None:
    back = log.export(tmp_path / "back.zip", note=log.note(300))
    assert "rolled back: it had 700 entries, and now 300" in why(back, since=whole)
    assert "rolled back" in why(back, since=older(tmp_path, log.note()))


def test_a_log_that_has_forked_is_refused(log: making.Log, tmp_path: Path, whole: Path) -> None:
    fork = making.log(5).grow(making.entry(99)).grow(*map(making.entry, range(6, 800)))
    assert verify_file(fork.export(tmp_path / "fork.zip"), KEY).size == 800
    for old in (older(tmp_path, log.note(300)), whole):
        assert "forked" in why(tmp_path / "fork.zip", since=old)
    same = making.log(5).grow(making.entry(99)).grow(*map(making.entry, range(6, 700)))
    assert "forked" in why(same.export(tmp_path / "same.zip"), since=whole)
    path = tmp_path / "receipt.json"
    path.write_text(fork.receipt(2, note=fork.note(6)))
    assert "forked" in why(path, since=whole)


def test_what_cannot_be_told_is_not_passed(log: making.Log, tmp_path: Path, receipt: Path) -> None:
    part = log.export(tmp_path / "part.zip", start=600)
    assert "ask for an export that begins at entry 300" in why(part, since=older(tmp_path, log.note(300)))
    assert "cannot be told without an export" in why(receipt, since=older(tmp_path, log.note(300)))
    assert verify_file(log.export(tmp_path / "part.zip", start=300), KEY, older(tmp_path, log.note(300))).since == 300


def test_an_older_file_of_another_log_is_refused(log: making.Log, tmp_path: Path, whole: Path) -> None:
    other = signed(Checkpoint(LOG.name, 5, bytes(32)), OTHER)
    assert "none of the keys" in why(whole, since=older(tmp_path, other))


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04rest", b"{", b"\xff\xfe", b"x" * (1 << 21), b"hello\n"])
def test_what_is_no_evidence_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x").write_bytes(data)
    assert why(tmp_path / "x")


def run(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The program alone, in a folder where nothing of Houvast can be imported."""
    alone = folder / "verify.py"
    alone.write_bytes(PROGRAM.read_bytes())
    command = [sys.executable, "-I", str(alone), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def test_the_program_alone_says_the_same(receipt: Path, whole: Path, tmp_path: Path) -> None:
    for path in (receipt, whole):
        done = run(tmp_path, path, "--key", KEY, "--witness", WITNESS_KEY)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == report(verify_file(path, KEY, witnesses=[WITNESS_KEY])) + "\n"
    (tmp_path / "key").write_text(f"{KEY}\n")
    assert run(tmp_path, receipt, "--key", tmp_path / "key").returncode == 0
    done = run(tmp_path, edited(receipt, "support", "suppprt"), "--key", KEY)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "INVALID proof: this entry is not in the log that was signed\n"
    assert run(tmp_path, tmp_path / "nothing").returncode == 2


def test_the_program_says_which_package_it_misses(receipt: Path, tmp_path: Path) -> None:
    child = f"import runpy, sys; sys.modules['cryptography'] = None; sys.argv = ['verify.py', {str(receipt)!r}]; "
    command = [sys.executable, "-I", "-c", f"{child}runpy.run_path({str(PROGRAM)!r}, run_name='__main__')"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "This needs Python's package cryptography: pip install cryptography\n"


def test_what_a_file_holds_cannot_command_a_terminal(log: making.Log, tmp_path: Path) -> None:
    files = making.unzipped(log.export(tmp_path / "x.zip", start=600)) | {"tile/\x1b[2J\u202e": b"x"}
    (path := tmp_path / "y.zip").write_bytes(making.zipped(files))
    assert why(path) == "tile/\\u001b[2J\\u202e: does not belong in this export"
    loud = making.Log().grow(making.entry(0, changed={"body": {"a": "\x9b2J"}}))
    (path := tmp_path / "receipt").write_text(loud.receipt(0))
    assert "\x9b" not in report(verify_file(path, KEY))


def test_a_zip_file_packed_in_another_way_is_refused(log: making.Log, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_LZMA) as archive:
        for name, data in making.unzipped(log.export(tmp_path / "y.zip")).items():
            archive.writestr(name, data)
    assert "packed in another way" in why(tmp_path / "x.zip")


def test_the_program_alone_imports_nothing_of_houvast() -> None:
    assert "houvast" not in "".join(line for line in PROGRAM.read_text().splitlines() if "import" in line)


def test_a_report_says_what_was_found(receipt: Path) -> None:
    found = report(verify_file(receipt, KEY))
    assert found.startswith("VALID receipt of the log houvast/example: 700 entries")
    assert 'opened subject: "customer:0"' in found
    assert isinstance(verify_file(receipt, KEY), Verified)
