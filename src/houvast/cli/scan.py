"""The command that looks for personal data: in files before they are sent, and in the database."""

from __future__ import annotations

from pathlib import Path

import click

from houvast.cli.options import example, json_option, target_options
from houvast.screening.kinds import Kind

_KINDS = click.Choice([str(kind) for kind in Kind])
_EXAMPLE = """\
houvast scan
houvast scan support.tar.gz
houvast scan support.tar.gz --redact clean.tar.gz --html report.html
houvast scan logs --keep host_name --keep ip_address --json"""


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--redact", metavar="OUT", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
              help="Write it again without what was found; to what was found, stand-ins.")  # fmt: skip
@click.option("--html", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
              help="Write a report as a page, for their owner: it shows the lines around it.")  # fmt: skip
@click.option("--lang", type=click.Choice(["nl", "en"]), default="en", show_default=True, help="Of that page.")
@click.option("--keep", type=_KINDS, multiple=True, metavar="KIND", help="Do not look for this kind: what may stay.")
@click.option("--keywords", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Words of your own to look for, one a line. From -: up to an empty line.")  # fmt: skip
@click.option("--key", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Your key: with the same key a value always has the same stand-in. Made if need be.")  # fmt: skip
@click.option("--table", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write which stand-in is what, sealed for --seal-to.")  # fmt: skip
@click.option("--seal-to", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Your public key (X25519, PEM), for --table.")  # fmt: skip
@click.option("--open-with", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Your private key: print what --table has, and scan nothing.")  # fmt: skip
@click.option("--name", metavar="NAME", help="What to call it in the report, when PATH is - (standard input).")
@click.option("--only", metavar="N", type=click.IntRange(min=1),
              help="Show lines of the Nth file of the report alone, kinds in the place of values.")  # fmt: skip
@click.option("--json-to", metavar="FD", type=click.IntRange(min=2), help="The report for programs to this descriptor.")
@click.option("--rows", type=click.IntRange(min=1), metavar="N",
              help="Of the database: most that are read of a table; 200,000 by default.")  # fmt: skip
@target_options
@json_option
@example(_EXAMPLE)
def scan(
    path: Path | None, project: Path | None, database: str | None, rows: int | None, as_json: bool, **files: object
) -> None:
    """Look for personal data in files before you send them, or in the database.

    With PATH, a file, a folder or - for standard input: everything in it is looked through, also archives in archives,
    and what is hidden in Base64 and in escapes. Nothing leaves this machine, and no database is needed. A report says
    where which kind of personal data stands. Exit code 1 when there is some, 3 when there is none but something could
    not be screened, 4 when what --redact wrote may not be used.

    Without PATH, the database: columns and tables that the data map does not list, and e-mail addresses, phone
    numbers, citizen service and account numbers, addresses and dates of birth in free text and in columns that the map
    calls not personal. A finding names the table, the column, the kind and how many, never a value. Exit code 1 when
    there is one, 3 when there is none and a table could not be read.
    """
    given = {name: value for name, value in files.items() if value and name != "lang"}
    if files.pop("open_with", None):
        from houvast.cli.scan_files import print_table

        print_table(_file(given, "table"), _file(given, "open_with"))
        return
    if path is None:
        if given:
            raise click.UsageError(f"--{min(given).replace('_', '-')} is of files: name a PATH.")
        from houvast.cli.scan_database import scan_database

        scan_database(project, database, rows, as_json=as_json)
        return
    if project or database or rows:
        raise click.UsageError("--project, --database and --rows are of the database: leave PATH out.")
    if only := files.pop("only", None):
        if set(given) - {"only", "name"}:
            raise click.UsageError("--only shows lines, and goes with --name and --json alone.")
        from houvast.cli.scan_lines import print_lines

        print_lines(path, int(str(only)), str(files["name"] or ""), as_json=as_json)
        return
    from houvast.cli.scan_files import Wanted, scan_files

    if bool(files["table"]) != bool(files["seal_to"]):
        raise click.UsageError("--table and --seal-to go together: the table is only ever written for your key.")
    if (files["table"] or files["key"]) and not files["redact"]:
        raise click.UsageError("--key and --table are of what --redact writes: say where.")
    raise click.exceptions.Exit(scan_files(path, Wanted(as_json=as_json, **files)))  # type: ignore[arg-type]


def _file(given: dict[str, object], name: str) -> Path:
    found = given.get(name)
    if not isinstance(found, Path):
        raise click.UsageError(f"Name the file: --{name}.")
    return found
