"""The command with all its parts."""

from __future__ import annotations

from importlib.metadata import version

import click

from houvast.cli.grouping import Group, Parts

PARTS = Parts(
    {
        "demo": "houvast.cli.demo:demo",
        "init": "houvast.cli.start:init",
        "postgres": "houvast.cli.postgres:postgres",
        "map": "houvast.cli.mapping:map_",
        "check": "houvast.cli.check:check",
        "check-form": "houvast.cli.check_form:check_form",
        "notice": "houvast.cli.notice:notice",
        "plan": "houvast.cli.database:plan",
        "apply": "houvast.cli.database:apply",
        "unapply": "houvast.cli.database:unapply",
        "drift": "houvast.cli.database:drift",
        "explain": "houvast.cli.database:explain",
        "prove": "houvast.cli.proof:prove",
        "person": "houvast.cli.person:person",
        "request": "houvast.cli.request_identity:request",
        "complain": "houvast.cli.complain:complain",
        "hold": "houvast.cli.hold:hold",
        "breach": "houvast.cli.breach:breach",
        "serve": "houvast.cli.serve:serve",
        "worker": "houvast.cli.worker:worker",
        "evidence": "houvast.cli.evidence:evidence",
        "scan": "houvast.cli.scan:scan",
        "exchange": "houvast.cli.exchange:exchange",
        "controls": "houvast.cli.controls:controls",
        "visits": "houvast.cli.visits:visits_",
        "access": "houvast.cli.access:access",
        "emergency": "houvast.cli.emergency:emergency",
        "incident": "houvast.cli.incident:incident",
        "flagged": "houvast.cli.flagged:flagged",
        "systems": "houvast.cli.systems:systems",
        "backup": "houvast.cli.backup:backup",
        "restore": "houvast.cli.backup:restore",
        "restored": "houvast.cli.restored:restored",
        "staff": "houvast.cli.staff:staff",
        "token": "houvast.cli.token:token",
        "agent": "houvast.cli.agent:agent",
        "psql": "houvast.cli.demo:psql",
    }
)


@click.group(
    cls=Group, commands=PARTS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(version("houvast"), prog_name="houvast")
def houvast() -> None:
    """A privacy policy you can run: published, kept by the database, proven sentence by sentence.

    Without a policy.yaml in this folder, commands work on the demo. Exit codes: 0 done, 1 a finding or
    refusal, 2 wrong usage.
    """
