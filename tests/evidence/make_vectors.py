"""Writes the shared vectors: files, good and tampered, with what every verifier must say of them.

    python -m tests.evidence.make_vectors

They are made once, and again only when the format changes: what is in `vectors/` stays a file that somebody may hold.
"""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from houvast.evidence import receipt, verify
from houvast.evidence.canonical import canonical
from houvast.evidence.checkpoint import Checkpoint, signed
from houvast.evidence.verify import Verified, verify_file
from tests.evidence import making
from tests.evidence.making import KEY, LOG, OTHER, WITNESS_KEY

FOLDER = Path(__file__).parent / "vectors"
Case = dict[str, Any]


def verdict(found: Verified) -> Case:
    """What a verifier says, in JSON."""
    plain = (
        "kind",
        "origin",
        "size",
        "root",
        "key",
        "checked_key",
        "unknown",
        "start",
        "stop",
        "kinds",
        "opened",
        "since",
    )
    times = {name: f"{time:%Y-%m-%dT%H:%M:%SZ}" for name, time in found.witnesses.items()}
    return {name: getattr(found, name) for name in plain} | {"witnesses": times}


def case(name: str, data: bytes, *, good: bool, key: str | None = KEY, since: bytes | None = None,
         witnesses: Sequence[str] = ()) -> Case:  # fmt: skip
    """A case with its verdict (None: refused); good: what it must come to, whatever the verifier says."""
    made = {"name": name, "file": _packed(data), "key": key, "since": _packed(since), "witnesses": list(witnesses)}
    found = None
    if good:
        with tempfile.TemporaryDirectory() as folder:
            (file := Path(folder, "file")).write_bytes(data)
            (old := Path(folder, "old")).write_bytes(since or b"")
            found = verdict(verify_file(file, key, old if since is not None else None, witnesses))
    return made | {"verdict": found}


def _packed(data: bytes | None) -> Case | None:
    if data is None:
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = None
    return {"base64": base64.b64encode(data).decode()} if text is None or "\x00" in text else {"text": text}


def _edit(text: str, *pairs: tuple[str, str]) -> bytes:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()


def _sealing(entry: Mapping[str, Any], *members: str) -> bytes:
    """An entry with members twice, as JSON text allows and this format does not."""
    return canonical(dict(entry))[:-1] + "".join(f",{one}" for one in members).encode() + b"}"


def receipts() -> Iterator[Case]:
    log = making.log(1, 13)
    good = log.receipt(7)
    cosigned = log.receipt(7, note=log.note(cosigned=True))
    yield case("a receipt that opens what was sealed", good.encode(), good=True)
    yield case("a receipt that opens nothing", log.receipt(7, opened=False).encode(), good=True)
    yield case("a receipt of an entry about nobody", log.receipt(12).encode(), good=True)
    yield case(
        "a receipt of the first of one entry, without a proof line",
        log.receipt(0, note=log.note(1)).encode(),
        good=True,
    )
    yield case("the key inside, when no other is given", good.encode(), good=True, key=None)
    yield case("a witness who was asked for", cosigned.encode(), good=True, witnesses=[WITNESS_KEY])
    yield case("a witness nobody asked for", cosigned.encode(), good=True)
    yield case("the same checkpoint as before", good.encode(), good=True, since=log.note().encode())
    yield case("a bare checkpoint", log.note().encode(), good=True)
    yield case("a key with a newline at its end", good.encode(), good=True, key=KEY + "\n")
    yield case("values of every kind", _every_kind(), good=True)

    changes = {
        "an entry with another login": [("support", "suppors")],
        "a time one minute later": [("00:07:00Z", "00:08:00Z")],
        "a value that was not sealed": [("customer:0", "customer:1")],
        "a reason that was not sealed": [("vraag", "klacht")],
        "another salt": [('"salt":"', '"salt":"A')],
        "a field that was not sealed": [('"reason":{"salt"', '"region":{"salt"')],
        "another index": [("index 7", "index 6")],
        "an index with a zero before it": [("index 7", "index 07")],
        "an index beyond the log": [("index 7", "index 23")],
        "a proof of another kind": [("tlog-proof@v1", "tlog-proof@v2")],
        "another size": [("\\n13\\n", "\\n14\\n")],
        "another origin": [("\\nhouvast/example\\n", "\\nhouvast/exampel\\n")],
        "another format": [("receipt/1", "receipt/2")],
        "a member more": [('"proof":', '"other":1,"proof":')],
        "a member less": [(f'"key":"{KEY}",', "")],
        "a member twice": [('{"entry":', '{"entry":"","entry":')],
        "a space in the JSON": [('{"entry":', '{ "entry":')],
        "an escape where none is needed": [("customer", "cust\\u006fmer")],
        "a key whose hash is in capitals": [("13a58ad2", "13A58AD2")],
        "newlines of another system": [("\\n", "\\r\\n")],
    }
    for name, pairs in changes.items():
        yield case(name, _edit(good, *pairs), good=False)
    lines = json.loads(good)["proof"].split("\n")
    first = lines[2]
    for name, changed in {
        "a proof line less": lines[:2] + lines[3:],
        "a proof line more": [*lines[:3], first, *lines[3:]],
        "proof lines swapped": [*lines[:2], lines[3], lines[2], *lines[4:]],
        "a proof line changed": [*lines[:2], ("B" if first[0] == "A" else "A") + first[1:], *lines[3:]],
        "base64 with bits that say nothing": [*lines[:2], first[:-2] + chr(ord(first[-2]) + 1) + "=", *lines[3:]],
        "no signature": [*lines[:-2], ""],
        "a signature changed": [
            *lines[:-2],
            lines[-2][:30] + ("x" if lines[-2][30] != "x" else "y") + lines[-2][31:],
            "",
        ],
        "a signature without its last newline": lines[:-1],
        "a control character in a name": [*lines[:-1], "— wit\x1bness AAAA", ""],
        "a signature by nobody we know": [*lines[:-2], lines[-2].replace("houvast/example", "houvast/exampel"), ""],
    }.items():
        yield case(name, canonical(json.loads(good) | {"proof": "\n".join(changed)}), good=False)
    content = json.loads(good)
    salt = content["opened"]["subject"]["salt"]
    content["opened"]["subject"]["salt"] = salt[:-1] + chr(ord(salt[-1]) + 1)
    yield case("a salt with bits that say nothing", canonical(content), good=False)
    yield case("another key than the one inside", good.encode(), good=False, key=OTHER.verifier.to_text())
    yield case("another key, inside too", _edit(good, (KEY, OTHER.verifier.to_text())), good=False, key=None)
    yield case("a key that is none", good.encode(), good=False, key="houvast/example")
    yield case("a damaged key", good.encode(), good=False, key=KEY[:-1] + "A")
    yield case("a key of a witness in place of the log's", _edit(good, (KEY, WITNESS_KEY)), good=False, key=None)
    yield case("a witness who did not cosign", good.encode(), good=False, witnesses=[WITNESS_KEY])
    yield case("the log as its own witness", good.encode(), good=False, witnesses=[KEY])
    late = log.note(cosigned=True).splitlines()[-1]
    false = log.note() + late[:30] + ("A" if late[30] != "A" else "B") + late[31:] + "\n"
    proof = json.loads(good)["proof"].partition("\n\n")[0] + "\n\n" + false
    changed = canonical(json.loads(good) | {"proof": proof})
    yield case("a cosignature that is false", changed, good=False, witnesses=[WITNESS_KEY])
    yield case("a false cosignature of a witness nobody asked for", changed, good=True)
    yield case("a bare checkpoint without a key", log.note().encode(), good=False, key=None)
    yield case(
        "a longer log than before, which a receipt cannot show", good.encode(), good=False, since=log.note(1).encode()
    )
    fork = signed(Checkpoint(LOG.name, 13, bytes(32)), LOG)
    yield case("another log of the same size than before", good.encode(), good=False, since=fork.encode())
    yield case("nothing", b"", good=False)
    yield case("a mark before the text", b"\xef\xbb\xbf" + good.encode(), good=False)
    yield from _signed_but_wrong()


def _every_kind() -> bytes:
    """A log with one entry that seals values of every kind of JSON."""
    values: dict[str, object] = {
        "none": None, "yes": True, "number": -9007199254740991, "text": "\u0000\u001f\"\\/\u007f\u2028é😀",
        "list": [1, [], {}], "record": {"b": 1, "a": {"c": "x"}},
    }  # fmt: skip
    salts = {name: making.salt(0, name) for name in values}
    sealed = {name: verify.commitment(salts[name], value) for name, value in values.items()}
    log = making.Log().grow(making.entry(0, changed={"sealed": sealed}))
    opened = {name: (salts[name], value) for name, value in values.items()}
    return receipt.make(log.entries[0], 0, log.note(), LOG.verifier, lambda level, index: log.root, opened).encode()


def _signed_but_wrong() -> Iterator[Case]:
    """Entries that the log itself signed, and that are not as entries are: no reader may take them in its own way."""
    plain = json.loads(making.entry(1))
    wrong = {
        "an entry of another version": canonical(plain | {"v": 2}),
        "an entry with a member more": canonical(plain | {"more": 1}),
        "an entry with a member twice": _sealing(plain, '"v":1'),
        "an entry with a space": canonical(plain).replace(b":", b": ", 1),
        "an entry with a fraction": canonical(plain).replace(b'"person"', b"1.5"),
        "an entry with a whole number as a fraction": canonical(plain).replace(b'"person"', b"1.0"),
        "an entry with a number as a power": canonical(plain).replace(b'"person"', b"1e2"),
        "an entry with minus zero": canonical(plain).replace(b'"person"', b"-0"),
        "an entry with a number that is too large": canonical(plain).replace(b'"person"', b"9007199254740992"),
        "an entry with half a character": canonical(plain).replace(b'"person"', b'"\\ud800"'),
        "an entry with a needless escape": canonical(plain).replace(b"support", b"supp\\u006frt"),
        "an entry with a name that is not ASCII": canonical(plain).replace(b'"login"', '"logîn"'.encode()),
        "an entry with seconds": canonical(plain | {"time": "2026-11-25T00:01:02Z"}),
        "an entry with a list as its body": canonical(plain | {"body": [1]}),
        "an entry with a commitment that is too short": canonical(plain | {"sealed": {"subject": "short"}}),
    }
    for name, entry in wrong.items():
        log = making.Log().grow(entry)
        text: Case = {"houvast": "receipt/1", "entry": entry.decode(), "opened": {}, "key": KEY}
        proof = f"c2sp.org/tlog-proof@v1\nindex 0\n\n{log.note()}"
        yield case(name, canonical(text | {"proof": proof}), good=False)


def exports() -> Iterator[Case]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _exports(Path(folder))


def _exports(folder: Path) -> Iterator[Case]:
    def export(log: making.Log, **options: Any) -> dict[str, bytes]:
        files = making.unzipped(log.export(folder / "x.zip", **options))
        return files | {"README.txt": b"read me\n", "verify.py": b"# a copy of the verifier\n"}

    large, small = making.log(270), making.log(5, 9)
    yield case("a whole log", log_bytes(large, folder), good=True)
    yield case("a part of a log", making.zipped(export(large, start=256, stop=258)), good=True)
    yield case("a part with nothing in it", making.zipped(export(large, start=100, stop=100)), good=True)
    yield case("a log without entries", making.zipped(export(making.Log().grow())), good=True)
    whole = export(small)
    yield case("a small log", making.zipped(whole), good=True)
    tokens = {"timestamps/5.tsr": b"token", "timestamps/9.tsr": b"token"}
    yield case("a log with timestamps, which are for others to check", making.zipped(whole | tokens), good=True)
    yield case("a small log, with the key inside", making.zipped(whole), good=True, key=None)
    yield case(
        "a log that a witness saw",
        making.zipped(export(small, note=small.note(cosigned=True))),
        good=True,
        witnesses=[WITNESS_KEY],
    )
    yield case(
        "a log that continues an older checkpoint", making.zipped(whole), good=True, since=small.note(5).encode()
    )
    yield case(
        "a log that continues an older receipt",
        making.zipped(whole),
        good=True,
        since=small.receipt(4, note=small.note(5)).encode(),
    )
    yield case(
        "a log that continues an older export",
        making.zipped(whole),
        good=True,
        since=making.zipped(export(small, note=small.note(5))),
    )
    yield case(
        "a receipt that goes with a newer export",
        small.receipt(4, note=small.note(5)).encode(),
        good=True,
        since=making.zipped(whole),
    )

    bundle, tile = "tile/entries/000.p/9", "tile/0/000.p/9"
    entries = [len(one).to_bytes(2, "big") + one for one in small.entries]
    other = signed(Checkpoint(LOG.name, 9, bytes(32)), LOG).encode()
    theirs = signed(Checkpoint(LOG.name, 9, small.root), OTHER).encode()
    none = b'{"from":0,"size":9,"to":0}\n'
    changes: dict[str, Callable[[dict[str, bytes]], dict[str, bytes]]] = {
        "an entry changed": lambda files: files | {bundle: files[bundle].replace(b"support", b"suppors", 1)},
        "two entries swapped": lambda files: files | {bundle: b"".join([entries[1], entries[0], *entries[2:]])},
        "an entry taken out": lambda files: files | {bundle: b"".join(entries[:4] + entries[5:])},
        "the last entry taken out": lambda files: files | {bundle: b"".join(entries[:-1])},
        "an entry put in": lambda files: files | {bundle: b"".join([*entries, entries[0]])},
        "entries cut off": lambda files: files | {bundle: files[bundle][:-1]},
        "a hash changed": lambda files: files | {tile: bytes([files[tile][0] ^ 1]) + files[tile][1:]},
        "hashes cut off": lambda files: files | {tile: files[tile][:-32]},
        "no hashes": lambda files: {name: data for name, data in files.items() if name != tile},
        "no entries": lambda files: {name: data for name, data in files.items() if name != bundle},
        "no checkpoint": lambda files: {name: data for name, data in files.items() if name != "checkpoint"},
        "no read me": lambda files: {name: data for name, data in files.items() if name != "README.txt"},
        "a file more": lambda files: files | {"tile/0/001.p/1": bytes(32)},
        "a timestamp of more entries than there are": lambda files: files | {"timestamps/10.tsr": b"token"},
        "a timestamp with another name": lambda files: files | {"timestamps/09.tsr": b"token"},
        "a range that is smaller than what is there": lambda files: files | {"range.json": none},
        "a range beyond the log": lambda files: files | {"range.json": b'{"from":0,"size":9,"to":10}\n'},
        "a range of another log": lambda files: files | {"range.json": b'{"from":0,"size":8,"to":8}\n'},
        "a range with a space": lambda files: files | {"range.json": b'{"from":0, "size":9,"to":9}\n'},
        "a checkpoint of another log": lambda files: files | {"checkpoint": other},
        "a checkpoint of a smaller log": lambda files: files | {"checkpoint": small.note(5).encode()},
        "a checkpoint that another key signed": lambda files: files | {"checkpoint": theirs},
        "another key inside": lambda files: files | {"key": OTHER.verifier.to_text().encode()},
    }  # fmt: skip
    for name, change in changes.items():
        yield case(name, making.zipped(change(whole)), good=False)
    yield case("something before the first file", b"PK" + making.zipped(whole), good=False)
    zipped = making.zipped(whole)
    yield case("a file cut off", zipped[:-30], good=False)
    at = zipped.index(b'"login"')
    yield case("a byte changed in the file", zipped[:at] + b"X" + zipped[at + 1 :], good=False)
    yield case("no witness", zipped, good=False, witnesses=[WITNESS_KEY])
    yield case("a log that was rolled back", making.zipped(export(small, note=small.note(5))), good=False, since=zipped)
    fork = making.log(4).grow(making.entry(77)).grow(*map(making.entry, range(5, 20)))
    yield case("a log that has forked", making.zipped(export(fork)), good=False, since=zipped)
    yield case(
        "a receipt of a log that has forked", fork.receipt(2, note=fork.note(5)).encode(), good=False, since=zipped
    )
    part = making.zipped(export(large, start=260))
    wide = making.log(9, 270, 600)
    yield case(
        "a part that does not show what was before",
        making.zipped(export(wide, start=520)),
        good=False,
        since=wide.note(9).encode(),
    )
    yield case("a part that shows what was before", part, good=True, since=making.log(257).note().encode())
    yield case(
        "an older file of another key",
        zipped,
        good=False,
        since=signed(Checkpoint(LOG.name, 5, bytes(32)), OTHER).encode(),
    )


def log_bytes(log: making.Log, folder: Path) -> bytes:
    """The export as it is made, packed, with its README and verifier."""
    return log.export(folder / "whole.zip").read_bytes()


def main() -> None:
    for name, cases in (("receipts", receipts()), ("exports", exports())):
        made = json.dumps(list(cases), indent=1, ensure_ascii=False, sort_keys=True)
        (FOLDER / f"{name}.json").write_text(made + "\n")


if __name__ == "__main__":
    main()
