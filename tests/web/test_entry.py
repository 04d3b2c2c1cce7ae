"""How staff come in, and how everybody else does not."""

from __future__ import annotations

import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from houvast.database import connect, run_query
from houvast.errors import UsageError
from tests.web.asking import PASSWORD, Answer, Reader, code_of
from tests.web.conftest import Enter, Kept

DESK = ("/desk/", "/desk/promises/", "/desk/promises/C10/", "/desk/uses/", "/desk/checks/", "/desk/drift/",
        "/desk/runs/", "/desk/mail/", "/desk/source/policy/", "/desk/source/map/", "/desk/look/")  # fmt: skip
ALL = ("/desk/", "/desk/promises/", "/desk/promises/C10/", "/desk/uses/", "/desk/look/")


def _sign_in(reader: Reader, name: str, password: str = PASSWORD) -> Answer:
    reader.get("/sign-in/")
    return reader.post("/sign-in/", {"login": name, "password": password})


@pytest.mark.parametrize("path", [*DESK, "/staff/ways/", "/staff/sessions/", "/staff/set-up/", "/staff/password/"])
def test_nobody_sees_the_desk_without_signing_in(reader: Reader, path: str) -> None:
    said = reader.get(path)
    assert said.status == 302
    assert said.headers["Location"].startswith("/sign-in/?next=")


def test_an_invitation_works_once_and_leads_to_a_second_factor(kept: Kept, forgetful: None) -> None:
    from houvast.web.invitations import invite

    link = urlsplit(invite(kept.site, "once", "officer")).path
    first, second = Reader(kept.pages), Reader(kept.pages)
    assert first.get(link).status == second.get(link).status == 200
    said = first.post(link, {})
    assert said.headers.get("Location") == "/staff/set-up/", said.text
    assert second.post(link, {}).status == 410
    assert first.get("/desk/").headers["Location"] == "/staff/set-up/"
    first.get("/staff/password/")
    first.post("/staff/password/", {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert first.get("/desk/").headers["Location"] == "/staff/set-up/"


def test_of_two_at_once_one_gets_in(kept: Kept, forgetful: None) -> None:
    from houvast.web.invitations import accept, invite

    token = invite(kept.site, "both", "officer").split("/")[-2]
    found: list[object] = []

    def come() -> None:
        from django.db import connection

        found.append(accept(kept.site, token))
        kept.site.hang_up()
        connection.close()

    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one is not None for one in found) == 1


def test_a_password_alone_is_not_enough_and_a_code_completes_it(kept: Kept, enter: Enter) -> None:
    reader = enter("coded", "officer")
    secret = secret_of(kept, "coded")
    reader.get("/sign-out/")
    reader.post("/sign-out/", {})
    assert reader.get("/desk/").status == 302
    assert _sign_in(reader, "coded").headers["Location"] == "/sign-in/code/"
    assert reader.get("/desk/").status == 302
    reader.get("/sign-in/code/")
    assert "Kijk dit na" in reader.post("/sign-in/code/", {"code": "000000"}).text
    assert reader.post("/sign-in/code/", {"code": code_of(secret)}).headers["Location"] == "/desk/"


def secret_of(kept: Kept, name: str) -> str:
    from allauth.mfa.adapter import get_adapter  # pyright: ignore[reportMissingTypeStubs]

    with connect(kept.target.url) as admin:
        (data,) = run_query(
            admin,
            "SELECT a.data->>'secret' FROM houvast_desk.mfa_authenticator a JOIN houvast_desk.auth_user u"
            " ON u.id = a.user_id WHERE u.username = %s AND a.type = 'totp'",
            (name,),
        )[0]
    plain = get_adapter().decrypt(data)
    assert plain not in data
    return plain


@pytest.mark.parametrize("role", ["officer", "support", "finance", "auditor"])
def test_a_role_sees_its_pages_and_no_others(enter: Enter, role: str) -> None:
    reader = enter(f"one-{role}", role)
    for path in DESK:
        allowed = path in ALL or role in ("officer", "auditor")
        assert reader.get(path).status == (200 if allowed else 403), path
    menu = reader.get("/desk/").text
    assert ('href="/desk/drift/"' in menu) == (role in ("officer", "auditor"))


def test_a_session_is_ended_by_its_own_user_alone(enter: Enter) -> None:
    mine, theirs = enter("mine", "officer"), enter("theirs", "officer")
    number = re.findall(r'name="session" value="(\d+)"', theirs.get("/staff/sessions/").text)[0]
    mine.get("/staff/sessions/")
    assert mine.post("/staff/sessions/", {"session": number}).status == 404
    assert mine.post("/staff/sessions/", {"session": "one"}).status == 404
    assert theirs.get("/desk/").status == 200
    assert theirs.post("/staff/sessions/", {"session": number}).headers["Location"] == "/sign-in/"
    assert theirs.get("/desk/").status == 302


def test_a_form_without_its_token_or_with_another_sessions_changes_nothing(enter: Enter) -> None:
    reader, other = enter("forms", "officer"), enter("other", "officer")
    other.get("/staff/sessions/")
    for token in ("", "x" * 64):
        said = reader.post("/sign-out/", {"csrfmiddlewaretoken": token})
        assert said.status == 403
        assert "Dit formulier geldt niet meer" in said.text
    reader.cookies.pop("houvast-form", None)
    assert reader.post("/sign-out/", {"csrfmiddlewaretoken": other.cookies["houvast-form"]}).status == 403
    assert reader.get("/desk/").status == 200


def test_sending_a_form_twice_does_no_harm(enter: Enter) -> None:
    reader = enter("twice", "officer")
    reader.get("/sign-out/")
    first = reader.post("/sign-out/", {})
    assert first.status == 302
    assert reader.post("/sign-out/", {}).status in (302, 403)
    assert reader.get("/desk/").status == 302


def test_nobody_can_sign_themselves_up(reader: Reader) -> None:
    for path in ("/sign-up/", "/signup/", "/accounts/signup/", "/password/reset/"):
        assert reader.get(path).status == 404


@contextmanager
def _counted(kept: Kept) -> Generator[list[str]]:
    """The statements that Django sends meanwhile."""
    from django.db import connection

    sent: list[str] = []

    def note(execute: object, sql: str, *rest: object) -> object:
        sent.append(sql)
        return execute(sql, *rest)  # type: ignore[operator]  # pyright: ignore[reportCallIssue]

    with connection.execute_wrapper(note):  # pyright: ignore[reportArgumentType]
        yield sent


def test_a_known_and_an_unknown_name_get_the_same_answer_for_the_same_work(
    kept: Kept, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth import hashers

    enter("known", "officer")
    hashed: list[int] = []
    scrypt = hashers.ScryptPasswordHasher.encode

    def counting(self: hashers.ScryptPasswordHasher, password: str, salt: str, *rest: int) -> str:
        hashed.append(1)
        return scrypt(self, password, salt, *rest)

    monkeypatch.setattr(hashers.ScryptPasswordHasher, "encode", counting)
    answers: dict[str, tuple[int, str, list[str], int]] = {}
    for name in ("known", "nobody"):
        reader = Reader(kept.pages)
        reader.get("/sign-in/")
        hashed.clear()
        with _counted(kept) as sent:
            said = reader.post("/sign-in/", {"login": name, "password": "wrong but long enough"})
        text = re.sub(r'value="[^"]*"', "", said.text)
        answers[name] = (said.status, text, list(sent), len(hashed))
    assert answers["known"] == answers["nobody"]
    assert answers["known"][3] == 1


def test_tries_are_counted_at_once_and_stopped_for_every_name_alike(kept: Kept, forgetful: None) -> None:
    for name in ("known", "nobody-at-all"):
        reader = Reader(kept.pages, address=f"192.0.2.{len(name)}")
        statuses = [_sign_in(reader, name, "wrong but long enough").status for _ in range(7)]
        assert statuses == [200] * 5 + [429] * 2


def test_tries_at_the_same_moment_do_not_pass_together(kept: Kept, forgetful: None) -> None:
    from houvast.web.limits import count

    counts: list[int] = []
    barrier = threading.Barrier(8)

    def attempt() -> None:
        with connect(kept.site.url) as desk:
            barrier.wait()
            counts.append(count(desk, [b"one caller"])[b"one caller"])

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == list(range(1, 9))


def test_a_dismissed_member_is_out_at_once(enter: Enter) -> None:
    from houvast.web.invitations import dismiss, members

    reader = enter("leaves", "officer")
    assert reader.get("/desk/").status == 200
    dismiss("leaves")
    assert reader.get("/desk/").status == 302
    assert "leaves" not in [one.name for one in members()]
    with pytest.raises(UsageError, match="nobody called"):
        dismiss("leaves")


def test_every_view_of_the_desk_is_guarded_by_the_one_decorator(kept: Kept) -> None:
    from houvast.web import urls
    from houvast.web.roles import guarded

    assert {one.callback.__name__ for one in urls.staff} == set(guarded)  # pyright: ignore
