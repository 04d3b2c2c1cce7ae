"""`houvast check-form`: whether a form asks what the policy knows, before anybody fills it in."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from houvast.app import find_project, forms
from houvast.cli import printing
from houvast.cli.options import example, json_option
from houvast.errors import UsageError

REFUSED = 1


@click.command("check-form")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--purpose", metavar="PURPOSE", help="What the form is for; by default what the file says.")
@click.option("--project", type=click.Path(path_type=Path), help="The folder with the policy; by default this one.")
@json_option
@example("houvast check-form sign-up.html --purpose account")
def check_form(file: Path, purpose: str | None, project: Path | None, as_json: bool) -> None:
    """Check the fields of a form against policy and map.

    A file in HTML, or in JSON as the API takes it. Exit code 1 when a field is not declared, not for this purpose, or
    required where the policy says it may be left empty.
    """
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{file} is no text that can be read.", todo="Give a file in UTF-8.") from None
    found = find_project(project)
    answers = [one for form in forms.read(text, purpose or "") for one in forms.check(found, form)]
    if as_json:
        printing.as_json([asdict(one) for one in answers])
    else:
        for one in answers:
            said = f"{one.category or 'not personal'}{', ' + one.necessity if one.necessity else ''}"
            click.echo(
                f"  {one.name}: {said}"
                if one.accepted
                else f"✗ {one.name}: {one.why} (promise {one.promise}); {one.todo}"
            )
    if not all(one.accepted for one in answers):
        raise click.exceptions.Exit(REFUSED)
