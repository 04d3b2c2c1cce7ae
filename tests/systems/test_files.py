"""Mailboxes and folders: what is about a person is found however mail hides it, and each file changes whole."""

from __future__ import annotations

import base64
import mailbox
import quopri
import time
from email.message import EmailMessage
from pathlib import Path

import fsspec  # pyright: ignore[reportMissingTypeStubs]
import pytest

from houvast.systems import Away, Needles, Unfit, connector
from houvast.systems import files as room
from houvast.systems.files import Folder
from houvast.systems.model import Secret, System

ONE, OTHER = "iemand@voorbeeld.example", "ander.iemand@voorbeeld.example"
NEEDLES = Needles(("customer", "17"), {"email": (ONE,)})


def folder(where: Path | str, form: str = "mail", erasure: str = "delete") -> Folder:
    found = connector(
        System("mails", "files", {}, Secret(str(where)), form=form, holds=("question",), erasure=erasure), Path("/")
    )
    assert isinstance(found, Folder)
    return found


def mail(sender: str, text: str = "Hello", *, subject: str = "Hi", attached: str = "") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "desk@lakana.example", subject
    message.set_content(text)
    if attached:
        message.add_attachment(attached.encode(), maintype="text", subtype="csv", filename="list.csv")
    return message


def _messages(file: Path) -> list[bytes]:
    box = mailbox.mbox(file)
    try:
        return [bytes(message) for message in box]
    finally:
        box.close()


def quoted() -> bytes:
    body = quopri.encodestring(("é " * 20 + ONE).encode())
    return (
        b"From: a@voorbeeld.example\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        + body
    )


HIDDEN = {
    "its sender": bytes(mail(ONE)),
    "its text": bytes(mail(OTHER, f"Tell {ONE.upper()}, please")),
    "an encoded subject": b"Subject: =?utf-8?b?" + base64.b64encode(f"Für {ONE}".encode()) + b"?=\n\nHi",
    "a quoted text": quoted(),
    "an attachment": bytes(mail(OTHER, attached=f"name,email\nX,{ONE}\n")),
    "a charset that nobody knows": b"Content-Type: text/plain; charset=klingon\nContent-Transfer-Encoding: base64\n\n"
    + base64.encodebytes(ONE.encode()),
}


@pytest.mark.parametrize("where", HIDDEN)
def test_a_message_is_found_erased_and_searched_for_wherever_the_address_stands(tmp_path: Path, where: str) -> None:
    (tmp_path / "1.eml").write_bytes(HIDDEN[where])
    (tmp_path / "2.eml").write_bytes(bytes(mail(OTHER)))
    there = folder(tmp_path)
    assert there.remaining(NEEDLES).count == 1
    (part,) = there.read(NEEDLES)
    assert [row[0] for row in part.rows] == ["1.eml"]
    counts = there.erase(NEEDLES)
    assert (counts.found, counts.changed) == (1, 1)
    assert [one.name for one in tmp_path.iterdir()] == ["2.eml"]
    assert there.remaining(NEEDLES).count == 0
    assert there.erase(NEEDLES).changed == 0


def test_a_mail_that_is_made_to_be_slow_holds_up_no_erasure(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(b"\n\n" + b"a" * 400_000 + b" " + (b"b" * 76 + b"\n") * 4_000 + b"!")
    begun = time.process_time()
    assert folder(tmp_path).remaining(NEEDLES).count == 0
    assert time.process_time() - begun < 5


def test_of_an_mbox_the_messages_of_the_person_go_and_the_others_stay_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "inbox.mbox"
    box = mailbox.mbox(file)
    for sender in (ONE, OTHER, ONE, "derde@voorbeeld.example"):
        box.add(mail(sender, "One\n\n>From here on\nTwo"))
    box.close()
    file.chmod(0o640)
    kept = [one for one in _messages(file) if f"From: {ONE}".encode() not in one]
    assert len(kept) == 2
    counts = folder(tmp_path, "mbox").erase(NEEDLES)
    assert (counts.found, counts.changed) == (2, 2)
    assert _messages(file) == kept
    assert file.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["inbox.mbox"]


def test_killed_before_the_new_file_takes_the_place_of_the_old_nothing_is_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "inbox.mbox"
    box = mailbox.mbox(file)
    box.add(mail(ONE))
    box.add(mail(OTHER))
    box.close()
    before = file.read_bytes()

    def fails(_file: int) -> None:
        raise OSError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(room.os, "fsync", fails)
        with pytest.raises(Away):
            folder(tmp_path, "mbox").erase(NEEDLES)
    assert file.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["inbox.mbox"]
    assert folder(tmp_path, "mbox").erase(NEEDLES).changed == 1


def test_values_are_taken_out_of_a_text_that_stays(tmp_path: Path) -> None:
    (tmp_path / "app.log").write_bytes(f"12:00 {ONE} came in\n12:01 {OTHER} came in\n\xff".encode("latin-1"))
    there = folder(tmp_path, "text", "redact")
    assert there.erase(NEEDLES).changed == 1
    assert (tmp_path / "app.log").read_bytes() == f"12:00 [erased] came in\n12:01 {OTHER} came in\n\xff".encode(
        "latin-1"
    )
    assert there.remaining(NEEDLES).count == 0


def test_what_a_law_keeps_is_counted_as_kept(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(bytes(mail(ONE)))
    there = folder(tmp_path, erasure="keep")
    counts = there.erase(NEEDLES)
    assert (counts.found, counts.changed, counts.kept) == (1, 0, 1)
    left = there.remaining(NEEDLES)
    assert (left.count, sum(left.kept.values())) == (0, 1)


def test_a_store_that_is_reached_by_url_is_changed_too() -> None:
    store = fsspec.filesystem("memory")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    store.pipe_file("/systems-test/1.eml", bytes(mail(ONE)))  # pyright: ignore[reportUnknownMemberType]
    store.pipe_file("/systems-test/2.eml", bytes(mail(OTHER)))  # pyright: ignore[reportUnknownMemberType]
    there = folder("memory://systems-test")
    assert there.erase(NEEDLES).changed == 1
    assert there.remaining(NEEDLES).count == 0
    assert store.find("/systems-test") == ["/systems-test/2.eml"]  # pyright: ignore[reportUnknownMemberType]


def test_a_link_that_leads_away_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside.eml"
    outside.write_bytes(bytes(mail(ONE)))
    inside = tmp_path / "in"
    inside.mkdir()
    (inside / "1.eml").symlink_to(outside)
    with pytest.raises(Unfit, match="A link lies among the files"):
        folder(inside).erase(NEEDLES)
    assert outside.exists()


def test_a_folder_that_is_not_there_is_away(tmp_path: Path) -> None:
    with pytest.raises(Away):
        folder(tmp_path / "nowhere").look()
