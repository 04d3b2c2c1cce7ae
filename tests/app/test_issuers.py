"""What the settings say of where else people sign in, and what becomes of mistakes in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from houvast.app.examine import examine
from houvast.app.issuers import Issuer, is_safe
from houvast.app.oidc import describe
from houvast.app.places import sample_project
from houvast.app.settings import load_settings
from houvast.errors import FileErrors, HouvastError, UsageError

ONE = {
    "name": "acme",
    "issuer": "https://id.example/o",
    "client": "houvast",
    "secret_file": "acme.secret",
    "label": "{nl: Acme, en: Acme}",
}


def written(folder: Path, **more: str) -> Path:
    """Settings with one issuer; keys that are "" are left out."""
    lines = [f"    {key}: {value}" for key, value in {**ONE, **more}.items() if value]
    (folder / "settings.yaml").write_text("\n".join(["oidc:", "  -", *lines, ""]))
    return folder


def test_by_itself_an_address_links_nobody_and_a_sign_in_is_no_surer_than_a_code(tmp_path: Path) -> None:
    (found,) = load_settings(written(tmp_path)).issuers
    assert (found.by_mail, found.level, found.acr) == (False, 2, ())
    (found,) = load_settings(written(tmp_path, match="email", level="3", acr="[urn:high]")).issuers
    assert (found.by_mail, found.level, found.acr, found.label["nl"]) == (True, 3, ("urn:high",), "Acme")


@pytest.mark.parametrize(
    ("more", "line", "words"),
    [
        ({"issuer": "http://id.example"}, 4, "is no issuer"),
        ({"issuer": "https://me:hush@id.example"}, 4, "is no issuer"),
        ({"issuer": "https://id.example/?a=b"}, 4, "is no issuer"),
        ({"issuer": ""}, 3, "has no `issuer`"),
        ({"name": "Acme Inc"}, 3, "cannot stand in an address"),
        ({"client": ""}, 3, "has no `client`"),
        ({"secret": "hush"}, 8, "A secret stands in this file"),
        ({"label": "{nl: Acme}"}, 7, "has no `en`"),
        ({"match": "phone"}, 8, "says nothing that is known"),
        ({"level": "4"}, 8, "says nothing that is known"),
        ({"level": "3"}, 8, "go together"),
        ({"acr": "[high]"}, 8, "go together"),
        ({"scope": "all"}, 8, "is not a word"),
    ],
    ids=str,
)
def test_a_mistake_is_said_with_its_place(tmp_path: Path, more: dict[str, str], line: int, words: str) -> None:
    with pytest.raises(FileErrors) as error:
        load_settings(written(tmp_path, **more))
    assert f"settings.yaml:{line}:" in str(error.value)
    assert words in str(error.value)
    assert "hush" not in str(error.value)


def test_what_the_documents_show_is_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "identity.md").read_text()
    (shown,) = re.findall(r"^```yaml\n(oidc:.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "settings.yaml").write_text(shown)
    assert [(one.name, one.level) for one in load_settings(tmp_path).issuers] == [("acme", 3)]


def test_an_issuer_stands_there_once(tmp_path: Path) -> None:
    folder = written(tmp_path)
    file = folder / "settings.yaml"
    file.write_text(file.read_text() + file.read_text().removeprefix("oidc:\n"))
    with pytest.raises(FileErrors, match="twice"):
        load_settings(folder)


def test_a_check_of_the_project_finds_what_is_wrong_there(tmp_path: Path) -> None:
    for file in sample_project().iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    assert examine(tmp_path).findings == ()
    written(tmp_path, level="4")
    assert [(one.code, one.place.line) for one in examine(tmp_path).findings] == [("word-unknown", 8)]


def test_our_secret_is_in_the_environment_or_in_a_file_that_nobody_else_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = load_settings(written(tmp_path)).issuers
    with pytest.raises(UsageError, match="cannot be read"):
        found.secret()
    file = tmp_path / "acme.secret"
    file.write_text("hush\n")
    file.chmod(0o644)
    with pytest.raises(UsageError, match="Others may read"):
        found.secret()
    file.chmod(0o600)
    assert found.secret() == "hush"
    monkeypatch.setenv("HOUVAST_OIDC_ACME_SECRET", "other")
    assert found.secret() == "other"
    monkeypatch.delenv("HOUVAST_OIDC_ACME_SECRET")
    (found,) = load_settings(written(tmp_path, secret_file="")).issuers
    with pytest.raises(UsageError, match="Nobody gave"):
        found.secret()


def test_what_can_be_asked_is_https_or_this_machine() -> None:
    good = ("https://id.example", "https://id.example:8443/a?b=c", "http://localhost:1/o", "http://[::1]:2")
    bad = ("", "http://id.example", "ftp://id.example", "https://", "https://a@id.example", "https://id.example#x",
           "https://id.example:99999", "https://id.example/\n", "https://id.example/<", "javascript:alert(1)",
           "http://localhost.evil.example", "https://ïd.example", "https://id.example:0", "https://[")  # fmt: skip
    assert [one for one in good if not is_safe(one)] == []
    assert [one for one in bad if is_safe(one)] == []


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri", "authorization_endpoint"])
def test_an_issuer_elsewhere_leads_nobody_to_a_server_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    asked: list[str] = []
    said = {one: f"https://id.example/{one}" for one in ("authorization_endpoint", "token_endpoint", "jwks_uri")}

    def answer(_: Issuer, url: str) -> dict[str, object]:
        asked.append(url)
        return {"issuer": "https://id.example", **said, name: "http://127.0.0.1:9/inside"}

    monkeypatch.setattr("houvast.app.oidc._json", answer)
    with pytest.raises(HouvastError, match="over https"):
        describe(Issuer("id", "https://id.example", "houvast", {}))
    assert len(asked) == 1
