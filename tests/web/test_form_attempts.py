"""C06, which test_attempts.py shows to be held: broken when what keeps forms to what they declare is taken away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from houvast.app import Project, forms
from houvast.app.tracing import places_of
from houvast.client import Form
from houvast.database import connect, run
from houvast.proof import Attempt
from houvast.web.form_attempts import EXTRA, is_kept_to
from tests.web.asking import Reader
from tests.web.conftest import Give, Kept
from tests.web.programs import Program


def _failed(attempts: Iterable[Attempt]) -> str:
    return " / ".join(one.name for one in attempts if not one.passed)


def _tried(kept: Kept) -> str:
    return _failed(is_kept_to(kept.target.project, lambda: kept.pages, lambda values: places_of(kept.target, values)))


def test_a_gate_that_lets_everything_through_breaks_it(
    kept: Kept, forgetful: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Form, "accepts", lambda self, data: None)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    assert "a form with fields more does not reach the application" in _tried(kept)


def test_a_check_that_knows_every_field_breaks_it(kept: Kept, forgetful: None, monkeypatch: pytest.MonkeyPatch) -> None:
    was = forms.check

    def everything(project: Project, form: Form) -> tuple[forms.FieldAnswer, ...]:
        return tuple(replace(one, accepted=True) for one in was(project, form))

    monkeypatch.setattr(forms, "check", everything)
    found = _tried(kept)
    assert "the form of order with bsn" in found
    assert "takes none of it in" in found
    assert "which the policy says is optional" in found


def test_what_is_stored_all_the_same_breaks_it(kept: Kept, forgetful: None) -> None:
    with connect(kept.target.url) as admin:
        run(admin, "CREATE TABLE public.stray (form jsonb)")
        try:
            admin.execute("INSERT INTO public.stray VALUES (jsonb_build_object('bsn', %s::text))", (EXTRA["bsn"],))
            assert "nowhere in the database" in _tried(kept)
        finally:
            run(admin, "DROP TABLE public.stray")


def test_an_api_that_takes_more_than_it_describes_breaks_it(kept: Kept, forgetful: None) -> None:
    def lenient(environ: dict[str, object], begin: object) -> Sequence[bytes]:
        environ = {**environ, "PATH_INFO": "/health", "REQUEST_METHOD": "GET"}
        return list(kept.pages(environ, begin))  # pyright: ignore[reportArgumentType]

    found = _failed(is_kept_to(kept.target.project, lambda: lenient, lambda values: 0))  # pyright: ignore[reportArgumentType]
    assert "our own form with fields more" in found
    assert "what is in the database is found" in found


def test_an_application_has_its_form_checked_by_the_api(kept: Kept, give: Give) -> None:
    program = give("forms", login="shop")
    email = {"name": "email", "column": "contact.email", "required": True}
    status, said = program.ask("POST", "/api/forms/check", {"purpose": "order", "fields": [email]})
    assert (status, said["accepted"], said["fields"][0]["necessity"]) == (200, True, "required")
    fields = [email, {"name": "bsn"}, {"name": "phone", "column": "contact.phone", "required": True}]
    said = program.ask("POST", "/api/forms/check", {"purpose": "order", "fields": fields})[1]
    assert (said["accepted"], [one["accepted"] for one in said["fields"]]) == (False, [True, False, False])
    assert program.ask("POST", "/api/forms/check", {"purpose": "nothing", "fields": [email]})[0] == 409
    assert Program(Reader(kept.pages), "").ask("POST", "/api/forms/check", {})[0] == 401
