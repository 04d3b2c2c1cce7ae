"""Times and mail addresses, and what becomes of mistakes in them."""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime
from pathlib import Path

import pytest

from houvast.app.mailing import check_server
from houvast.app.places import sample_project
from houvast.app.settings import DEFAULT_TIMES, Evidence, load_settings
from houvast.errors import FileErrors, UsageError
from tests.evidence import making

ONE = f"{{url: http://a, key: {making.WITNESS_KEY}}}"


def _load(folder: Path, text: str) -> str:
    (folder / "settings.yaml").write_text(text)
    with pytest.raises(FileErrors) as error:
        load_settings(folder)
    return str(error.value)


def test_without_a_file_the_defaults_hold_and_nothing_is_mailed(tmp_path: Path) -> None:
    found = load_settings(tmp_path)
    assert found.times == DEFAULT_TIMES
    assert found.mail is None


def test_witnesses_are_read_with_how_many_must_sign(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text(f"evidence: {{witnesses: [{ONE}], quorum: 1}}")
    found = load_settings(tmp_path).evidence
    assert found.quorum == 1
    assert [(one.url, one.key) for one in found.witnesses] == [("http://a", making.WITNESS.verifier)]


def test_the_mailbox_is_read_with_a_password_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings.yaml").write_text(
        "inbox: {server: 'imaps://privacy@b.example', password_file: secret, days: 5}"
    )
    monkeypatch.setenv("HOUVAST_IMAP_PASSWORD", "hush")
    found = load_settings(tmp_path).inbox
    assert found
    assert (found.mailbox, found.days, found.password_file) == ("INBOX", 5, str(tmp_path / "secret"))
    assert found.password == "hush"
    assert "hush" not in repr(found)


def test_no_password_in_an_address_is_said_aloud(tmp_path: Path) -> None:
    assert "hush" not in _load(tmp_path, "inbox: {server: 'pop3://a:hush@b.example'}")


def test_the_environment_names_the_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUVAST_SMTP_URL", "smtp://127.0.0.1:2525")
    found = load_settings(sample_project())
    assert found.mail
    assert (found.mail.to, found.mail.server) == (("privacy@lakana.example",), "smtp://127.0.0.1:2525")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("worker: {sweep: never}", "`sweep`"),
        ("mail: {from: houvast@lakana.example}", "does not say to whom"),
        ("mail: {to: [somebody], from: houvast@lakana.example}", "`somebody` is no mail address"),
        ("mail: {to: [a@b.example], from: 'x <a@b.example>'}", "is no mail address"),
        ("mail: {to: [a@b.example]}", "has no `from`"),
        ("mail: {to: [a@b.example], from: a@b.example, language: de}", "`language: de`"),
        ("post: {}", "`post`"),
        ("inbox: {}", "has no `server`"),
        ("inbox: {server: 'pop3://a@b.example'}", "no mail server that can be read from"),
        ("inbox: {server: 'imaps://b.example'}", "no mail server that can be read from"),
        ("inbox: {server: 'imaps://a:hush@b.example'}", "A password stands in this file"),
        ("inbox: {server: 'imap://a@b.example'}", "Without encryption"),
        ("inbox: {server: 'imaps://a@b.example', days: 40}", "`days: 40`"),
        ("inbox: {server: 'imaps://a@b.example', password: hush}", "`password`"),
        ("evidence: {origin: 'two words'}", "`two words` cannot be the name of a log"),
        ("evidence: {folder: log}", "`folder`"),
        ("evidence: {quorum: 1}", "`quorum: 1` cannot be reached"),
        ("evidence: {witnesses: [{url: ftp://a, key: x}]}", "is no address to ask"),
        ("evidence: {witnesses: [{url: http://a, key: x}]}", "is no verifier key"),
        (f"evidence: {{witnesses: [{{url: http://a, key: {making.KEY}}}]}}", "is the key of a log"),
        (f"evidence: {{witnesses: [{ONE}, {ONE}]}}", "Two witnesses have this name"),
        ("evidence: {witnesses: [{url: http://a}]}", "has no `key`"),
        ("diagnostics: {store: b, keys: b}\n", "in the store that they open"),
        ("diagnostics: {keys: .}\n", "`keys` holds the project itself"),
        ("diagnostics: {store: ..}\n", "`store` holds the project itself"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    message = _load(tmp_path, text)
    assert said in message
    assert "settings.yaml:1:" in message


def test_the_log_lies_where_the_file_says_seen_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text(
        "evidence: {store: log, key: keys/evidence.key, origin: lakana.example/log}"
    )
    found = load_settings(tmp_path).evidence
    assert found == Evidence("lakana.example/log", str(tmp_path / "log"), str(tmp_path / "keys" / "evidence.key"))
    (tmp_path / "settings.yaml").write_text("evidence: {store: 's3://bucket/log'}")
    assert load_settings(tmp_path).evidence == Evidence("", "s3://bucket/log", "")


@pytest.mark.parametrize(
    "url", ["", "mail.example", "http://mail.example", "smtp://", "smtp://host:port", "smtp://h:99999"]
)
def test_a_mail_server_that_cannot_be_understood_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="cannot be understood"):
        check_server(url)


def test_servers_for_browsers_are_ours_and_a_password_ends_with_the_session(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("looking: {servers: ['turn:t.example:3478'], secret_file: turn.secret}")
    relays = load_settings(tmp_path).relays
    until = datetime(2026, 11, 26, 12, tzinfo=UTC)
    with pytest.raises(UsageError, match="cannot be read"):
        relays.given(until)
    secret = tmp_path / "turn.secret"
    secret.write_text("hush\n")
    secret.chmod(0o644)
    with pytest.raises(UsageError, match="Others may read"):
        relays.given(until)
    secret.chmod(0o600)
    (given,) = relays.given(until)
    assert given == {"urls": ("turn:t.example:3478",), "username": "1795694400", "credential": given["credential"]}
    expected = hmac.new(b"hush", b"1795694400", "sha1").digest()
    assert base64.b64decode(str(given["credential"])) == expected
    assert load_settings(sample_project()).relays.given(until) == ()


@pytest.mark.parametrize(
    ("looking", "why"),
    [("{servers: ['https://t.example']}", "no server by which"), ("{servers: ['turn:t.example']}", "needs a secret")],
)
def test_a_server_that_is_none_or_open_to_everybody_is_refused(tmp_path: Path, looking: str, why: str) -> None:
    assert why in _load(tmp_path, f"looking: {looking}")
