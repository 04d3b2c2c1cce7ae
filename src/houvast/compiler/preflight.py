"""What must be so before anything is applied; each refusal says what to do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet

from houvast.compiler.application import guarded_below
from houvast.compiler.relations import families
from houvast.compiler.words import KEEPER, SCHEMA, reader_role, total_role, view_role
from houvast.database.catalogue import Catalogue
from houvast.datamap.model import TOTALS, DataMap, Login, Table
from houvast.errors import DatabaseRefusal, FileErrors, Finding
from houvast.policy.model import Action, Policy, PurposeKind

PASS_ALL = (
    "pg_read_all_data",
    "pg_write_all_data",
    "pg_read_server_files",
    "pg_write_server_files",
    "pg_execute_server_program",
)
"""PostgreSQL's own roles that read or write past what was granted."""


def preflight(
    catalogue: Catalogue, versions: Sequence[Policy], datamap: DataMap, *, made: Collection[str] = ()
) -> None:
    """Raise for a database, logins or application objects with which the policy could be got round.

    `made`: names of the pieces that an earlier apply made here.

    Raises:
        DatabaseRefusal: the server is too old.
        FileErrors: the map names or leaves out something; every finding is listed.
    """
    if catalogue.version < 150000:
        raise DatabaseRefusal(
            f"This is PostgreSQL {catalogue.version // 10000}; Houvast needs 15 or newer.",
            todo="upgrade the server; version 15 brought views that read with their caller's rights.",
        )
    findings = [*_logins(catalogue, datamap), *_objects(catalogue, datamap), *_summaries(catalogue, versions, datamap), *_names(catalogue, versions, datamap, made),
                *_policies(catalogue, datamap, made), *families(catalogue, datamap)]  # fmt: skip
    if findings:
        raise FileErrors(tuple(findings))


def _logins(catalogue: Catalogue, datamap: DataMap) -> list[Finding]:
    findings: list[Finding] = []
    owners = {r.owner for n, r in catalogue.relations.items() if n in datamap.tables}
    for login in datamap.logins.values():
        role = catalogue.roles.get(login.name)
        if role is None:
            findings.append(Finding("no-login", login.place, f"The server has no role `{login.name}`.",
                                    "create it, or take it out of `logins:`."))  # fmt: skip
            continue
        if not login.purposes:
            continue
        findings += _login(
            catalogue, login, owners - {datamap.migration_login} | owners & _beyond(catalogue, login.name)
        )
    for name in sorted(owners - {datamap.migration_login}):
        findings.append(Finding("owner", datamap.place, f"Tables of the map belong to `{name}`, not to the migration login.",
                                f"set `migration_login: {name}`, or change the tables' owner."))  # fmt: skip
    return findings


def _beyond(catalogue: Catalogue, name: str) -> set[str]:
    """Every other role that this one may become."""
    found, stack = set[str](), [name]
    while stack:
        member = stack.pop()
        new = {role for role, of in catalogue.members if of == member} - found
        found |= new
        stack += new
    return found - {name}


def _login(catalogue: Catalogue, login: Login, owners: AbstractSet[str]) -> list[Finding]:
    """What lets one login pass every rule, by itself or as a member of a role."""
    for name in (login.name, *sorted(_beyond(catalogue, login.name))):
        role = catalogue.roles.get(name)
        way = "" if name == login.name else f" (as a member of `{name}`)"
        if name in PASS_ALL or (role and (role.superuser or role.bypass)):
            word = "a superuser" if role and role.superuser else "BYPASSRLS" if role else "past every grant"
            return [Finding("bypasses", login.place, f"Login `{login.name}` is {word}{way}: no policy holds it.",
                            "give the application a login without that attribute.", "C01")]  # fmt: skip
        if name in owners:
            return [Finding(
                "owns-tables", login.place, f"Login `{login.name}`{way} owns tables of the map, so it can switch every rule off.",
                "let migrations run as the owner and the application as another login.", "C01")]  # fmt: skip
    return []


def _objects(catalogue: Catalogue, datamap: DataMap) -> list[Finding]:
    findings: list[Finding] = []
    guarded = [n for n, t in datamap.tables.items() if t.personal]
    own = (view_role(datamap.role_prefix, ""), total_role(datamap.role_prefix, ""))
    ours = {
        SCHEMA,
        *(s.schema for s in catalogue.relations.values() if s.owner.startswith(own)),
    }
    for live in catalogue.relations.values():
        if live.kind not in ("v", "m") or live.schema in ours or not guarded_below(live, catalogue, guarded):
            continue
        section = "views" if live.kind == "v" else "materialised"
        known = datamap.views if live.kind == "v" else datamap.materialised
        if live.name not in known:
            words = (
                "`invoker` or `closed`"
                if live.kind == "v"
                else "`closed`, or totals of people for some purposes: `{for: [PURPOSE], form: aggregate}`"
            )
            kind = "view" if live.kind == "v" else "materialised view"
            findings.append(Finding("unmentioned", datamap.place, f"The {kind} `{live.name}` reads personal data past every rule.",
                                    f"say under `{section}:` what becomes of it: {words}.", "C01"))  # fmt: skip
    for name, function in catalogue.functions.items():
        if (
            function.definer
            and function.schema not in ours
            and not function.owner.startswith((*own, KEEPER))
            and name not in datamap.functions
        ):
            findings.append(Finding(
                "unmentioned", datamap.place, f"The function `{name}` runs with the rights of `{function.owner}`, past every rule.",
                "say under `functions:` what becomes of it: `invoker`, `closed` or `keep` (touches no personal data).", "C01"))  # fmt: skip
    return findings


def _summaries(catalogue: Catalogue, versions: Sequence[Policy], datamap: DataMap) -> list[Finding]:
    """Materialised views that keep personal data past every rule are for purposes that the policy gives these data."""
    findings: list[Finding] = []
    guarded = [n for n, t in datamap.tables.items() if t.personal]
    place = datamap.places.get("materialised", datamap.place)
    for name, becomes in datamap.materialised.items():
        live = catalogue.relations.get(name)
        below = guarded_below(live, catalogue, guarded) if live and becomes != "closed" else set[str]()
        if below and becomes != TOTALS:
            findings.append(Finding(
                "materialised-open", place, f"The materialised view `{name}` reads `{min(below)}`, whose rows are people's, and every purpose could read it.",
                f"say who may, where it holds totals of people alone: `{name}: {{for: [PURPOSE], form: {TOTALS}}}`; or `closed`.", "C01"))  # fmt: skip
        for purpose in datamap.totals_for.get(name, ()):
            without = [table for table in sorted(below) if not _may_read(versions[-1], purpose, datamap.tables[table])]
            if without:
                findings.append(Finding(
                    "materialised-unused", place, f"The materialised view `{name}` is for `{purpose}`, to which the policy gives nothing of `{without[0]}`.",
                    "take the purpose out, or let a use give it these data, in whatever form.", "C05"))  # fmt: skip
    return findings


def _may_read(policy: Policy, purpose: str, table: Table) -> bool:
    """Whether a use gives the purpose some of what lies in a table, in whatever form."""
    held = {name for column in table.columns.values() for name in column.categories}
    uses = (use for use in policy.uses if purpose in use.purposes and Action.READ in use.actions)
    return any(held & set(use.categories) for use in uses)


def _names(catalogue: Catalogue, versions: Sequence[Policy], datamap: DataMap, made: Collection[str]) -> list[Finding]:
    findings: list[Finding] = []
    purposes = {p.name: p for v in versions for p in v.purposes.values() if p.kind is not PurposeKind.MIGRATION}
    for name, purpose in purposes.items():
        if name in catalogue.schemas and f"schema {name}" not in made:
            findings.append(Finding("schema-taken", purpose.place, f"The database already has a schema `{name}`.",
                                    "rename the purpose: its views live in a schema of that name."))  # fmt: skip
        for role in (one(datamap.role_prefix, name) for one in (reader_role, view_role, total_role)):
            if role in catalogue.roles and f"role {role}" not in made:
                findings.append(Finding("role-taken", purpose.place, f"The server already has a role `{role}`.",
                                        "set another `role_prefix:` in the map: roles are shared by all databases of a server."))  # fmt: skip
    if SCHEMA in catalogue.schemas and f"schema {SCHEMA}" not in made:
        findings.append(Finding("schema-taken", datamap.place, f"The database already has a schema `{SCHEMA}` that is not ours.",
                                f"rename that schema: Houvast keeps what it knows in `{SCHEMA}`."))  # fmt: skip
    return findings


def _policies(catalogue: Catalogue, datamap: DataMap, made: Collection[str]) -> list[Finding]:
    findings: list[Finding] = []
    for table in datamap.tables.values():
        live = catalogue.relations.get(table.name)
        for name in live.policies if live and table.personal else ():
            if f"policy {name} on {table.name}" not in made:
                findings.append(Finding(
                    "own-policy", table.place, f"Table `{table.name}` has a row policy `{name}` of its own, which lets rows past every rule.",
                    "drop it, or make it RESTRICTIVE: PostgreSQL shows a row when any of the others lets it through.", "C01"))  # fmt: skip
    return findings
