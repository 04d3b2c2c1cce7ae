"""The log that anyone can check: publish it, hand it out, verify it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from houvast.app import find_target, handing_out
from houvast.app.evidence import Log
from houvast.app.target import Target
from houvast.cli import printing
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options
from houvast.cli.progress import phase
from houvast.cli.verifying import verify
from houvast.cli.witness import say_witnesses, witness, witnesses
from houvast.errors import UsageError
from houvast.evidence.cosigning import Cosigned
from houvast.evidence.problems import EvidenceError
from houvast.evidence.receipt_page import receipt_page

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(cls=Group)
@example("houvast evidence export --out log.zip\nhouvast evidence verify log.zip")
def evidence() -> None:
    """The log that anyone can check, with one public key.

    What happens with personal data is written into it, signed, and never changed. The worker publishes it.
    """


@evidence.command()
@target_options
@json_option
@example("houvast evidence status")
def status(project: Path | None, database: str | None, as_json: bool) -> None:
    """How the log stands: what waits, what is published, where it lies."""
    log, found = handing_out.standing(find_target(project, database))
    if found is None:
        raise EvidenceError("This database has no log.", todo="Apply the policy: houvast apply")
    said: dict[str, Any] = {
        "origin": log.origin, "store": log.where, "key": str(log.key), "waiting": found.waiting,
        "entries": found.entries, "published": found.size, "oldest": found.oldest and found.oldest.isoformat(),
        "checkpoint": found.made_at and found.made_at.isoformat(), "quorum": log.quorum, "witnesses": witnesses(log),
    }  # fmt: skip
    if as_json:
        printing.as_json(said)
        return
    click.echo(f"Log {log.origin}, in {log.where}.")
    when = f", the last at {found.made_at:%Y-%m-%d %H:%M:%S} UTC" if found.made_at else ""
    click.echo(f"{printing.count(found.size, 'entry', 'entries')} published{when}.")
    say_witnesses(log)
    left = found.waiting + found.entries - found.size
    click.echo(f"{printing.count(left, 'event')} waiting." if left else "Nothing waits.")


@evidence.command()
@target_options
@json_option
@example("houvast evidence integrate")
def integrate(project: Path | None, database: str | None, as_json: bool) -> None:
    """Publish now what waits; the worker does so by itself.

    What a killed program left is finished. Entries that the store has and the database has not, because that was
    restored from a backup, are taken over from the store.
    """
    target = find_target(project, database)
    log = Log.of(target)
    with target.connect() as connection:
        done = log.integrate(connection)
    for one, outcome in log.cosigner.outcomes.items():
        if not isinstance(outcome, Cosigned):
            click.echo(f"Witness {one.key.name} has not cosigned: {outcome.why}.", err=True)
    if log.stamper and log.stamper.failure:
        click.echo(log.stamper.failure.message, err=True)
    if as_json:
        printing.as_json(asdict(done))
        return
    if done.set_back:
        click.echo(f"The clock of the database was set back by {printing.count(done.set_back, 'minute')}.", err=True)
    if done.adopted:
        click.echo(f"{printing.count(done.adopted, 'entry', 'entries')} taken over from the store, without openings.")
    click.echo(
        f"{printing.count(done.taken, 'event')} taken; the log has {printing.count(done.size, 'entry', 'entries')}."
    )


@evidence.command()
@target_options
@json_option
@example("houvast evidence mend")
def mend(project: Path | None, database: str | None, as_json: bool) -> None:
    """Write the store anew from the database, where files are missing or damaged."""
    target = find_target(project, database)
    with target.connect() as connection:
        written = Log.of(target).mend(connection)
    if as_json:
        printing.as_json({"written": written})
    else:
        click.echo(f"{printing.count(written, 'file')} written anew." if written else "Nothing was missing or damaged.")


@evidence.command()
@click.option("--now", is_flag=True, help="Let the new key sign from now on.")
@target_options
@json_option
@example("houvast evidence rotate\nhouvast evidence rotate --now")
def rotate(now: bool, project: Path | None, database: str | None, as_json: bool) -> None:
    """Give the log another key: first make it, then let it sign.

    Without `--now` the new key is made and its public half shown, to be given to witnesses and published. With it the
    newest checkpoint is signed by both keys and kept in the store under handover/, and the new key signs from then on.
    """
    target = find_target(project, database)
    log = Log.of(target)
    with target.connect() as connection:
        old, new, size = log.rotate(connection) if now else (*log.prepare_rotation(connection), None)
    if as_json:
        printing.as_json({"old": old.to_text(), "new": new.to_text(), "handed_over_at": size})
        return
    click.echo(f"Old key: {old.to_text()}\nNew key: {new.to_text()}")
    if size is None:
        click.echo("Give the new one to your witnesses (--log), and publish it. Then: houvast evidence rotate --now")
        return
    click.echo(
        f"The new key signs from now on. Both signed the log of {printing.count(size, 'entry', 'entries')}: file"
        f" handover/{size} in {log.where}. Keep a copy of {log.key}."
    )


@evidence.command()
@click.option("--out", type=FILE, required=True, metavar="FILE", help="The file to write, a zip.")
@click.option(
    "--from", "start", default="", metavar="FROM", help="The first entry, by its number, or by a date or instant."
)
@click.option("--to", "stop", default="", metavar="TO", help="The entry after the last, in the same ways.")
@target_options
@json_option
@example(
    "houvast evidence export --out log.zip\nhouvast evidence export --out year.zip --from 2026-01-01 --to 2027-01-01"
)
def export(out: Path, start: str, stop: str, project: Path | None, database: str | None, as_json: bool) -> None:
    """Write the log into a file that anyone can verify offline.

    The whole log, or a part of it with its proofs, rounded to 256 entries. The public key and a verifier are inside.
    """
    target = find_target(project, database)
    with phase("Writing the log") as tell:
        first, last = handing_out.export(target, out, start, stop, lambda done, total: tell("files", done, total))
    log = Log.of(target)
    if as_json:
        printing.as_json({"file": str(out), "from": first, "to": last, "witnesses": witnesses(log)})
        return
    count = printing.count(last - first, "entry", "entries")
    click.echo(f"{count}, from {first:,} up to {last:,}, in {out}. To check it: houvast evidence verify {out}")
    say_witnesses(log)


@evidence.command()
@click.argument("person", metavar="KIND:KEY")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DIR",
              help="The folder to write them to.")  # fmt: skip
@click.option(
    "--entry", "entries", type=click.IntRange(0), multiple=True, metavar="N", help="Only this entry, by number."
)
@click.option("--lang", type=click.Choice(["nl", "en"]), default="nl", show_default=True, help="Of the page.")
@target_options
@json_option
@example("houvast evidence receipt customer:17 --out receipts")
def receipt(
    person: str,
    out: Path,
    entries: tuple[int, ...],
    lang: str,
    project: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Write the receipts of a person: one file for each entry about them, and a page to print.

    They hold what the entries keep sealed: hand them to that person alone.
    """
    target = find_target(project, database)
    made, waiting = handing_out.receipts(target, person, frozenset(entries))
    if not made:
        raise EvidenceError(
            "The log has no published entry about this person.",
            todo="What waits is published by: houvast evidence integrate" if waiting else "",
        )
    files = _write(target, out, made, lang)
    if as_json:
        printing.as_json({"files": [str(file) for file in files], "receipts": len(made), "waiting": waiting})
        return
    click.echo(f"{printing.count(len(made), 'receipt')} and a page to print in {out}.")
    if waiting:
        click.echo(f"{printing.count(waiting, 'entry', 'entries')} not published yet.")


def _write(target: Target, out: Path, made: tuple[handing_out.Receipt, ...], language: str) -> list[Path]:
    texts = {f"receipt-{one.index}.json": one.text for one in made}
    page = receipt_page(tuple(texts.items()), Log.of(target).origin, language)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in {**texts, "receipts.html": page}.items():
            (out / name).write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{error.filename or out} cannot be written: {error.strerror}.") from error
    return [out / name for name in (*texts, "receipts.html")]


evidence.add_command(verify)
evidence.add_command(witness)
