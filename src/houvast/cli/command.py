"""The command with all its parts."""

from __future__ import annotations

from importlib.metadata import version

import click

from houvast.cli import (
    agent,
    breach,
    check,
    check_form,
    complain,
    database,
    demo,
    evidence,
    exchange,
    hold,
    mapping,
    notice,
    person,
    postgres,
    proof,
    request_identity,
    restored,
    scan,
    serve,
    staff,
    start,
    systems,
    token,
    worker,
)
from houvast.cli.grouping import Group


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("houvast"), prog_name="houvast")
def houvast() -> None:
    """A privacy policy you can run: published, kept by the database, proven sentence by sentence.

    Without a policy.yaml in this folder, commands work on the demo. Exit codes: 0 done, 1 a finding or
    refusal, 2 wrong usage.
    """


for part in (
    demo.demo,
    start.init,
    postgres.postgres,
    mapping.map_,
    check.check,
    check_form.check_form,
    notice.notice,
    database.plan,
    database.apply,
    database.unapply,
    database.drift,
    database.explain,
    proof.prove,
    person.person,
    request_identity.request,
    complain.complain,
    hold.hold,
    breach.breach,
    exchange.exchange,
    serve.serve,
    worker.worker,
    evidence.evidence,
    scan.scan,
    systems.systems,
    restored.restored,
    staff.staff,
    token.token,
    agent.agent,
    demo.psql,
):
    houvast.add_command(part)
