"""The club's database and map, in which tables and columns have names that break what is not quoted."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

from houvast.compiler.words import ident
from houvast.database import connect, run
from tests.club import CLUB, SCHEMA

TABLES = {
    "member": 'lid "1" 🐢',
    "health_note": "select",
    "fee": "con'tributie; DROP TABLE team --",
    "consent": "%s toestemming %(a)s",
    "team_member": " Speler\\n ",
    "shop_order": "o" * 60 + "ö",
}
COLUMNS = {
    "full_name": "volle naam van 't lid",
    "email": 'e-mail "thuis"',
    "phone": "100 % tel",
    "address": "from",
    "note": "$$ 🐢 $body$",
    "payer": "/* wie */",
    "member_id": "LID id",
    "number": "\\",
    "given_by": "user",
    "item": "NULL",
}


def make(url: str, project: Path) -> None:
    """Make the club's database with these names, and a project that is of it. The roles are there already."""
    with connect(url) as admin:
        made = re.sub(r"CREATE ROLE \w+ LOGIN;\n", "", SCHEMA.read_text("utf-8"))
        run(admin, made)
        held = admin.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND column_name = ANY (%s)", [list(COLUMNS)]
        ).fetchall()  # fmt: skip
        for table, column in held:
            run(admin, f"ALTER TABLE {ident(table)} RENAME {ident(column)} TO {ident(COLUMNS[column])}")
        for old, new in TABLES.items():
            run(admin, f"ALTER TABLE {ident(old)} RENAME TO {ident(new)}")
    project.mkdir()
    for file in CLUB.iterdir():
        (project / file.name).write_bytes(file.read_bytes())
    database = url.rpartition("/")[2].partition("?")[0]
    (project / "datamap.yaml").write_text(_map((CLUB / "datamap.yaml").read_text("utf-8"), database), "utf-8")


def _map(text: str, database: str) -> str:
    text = text.replace("database: club", f"database: {database}\nrole_prefix: odd")
    text = re.sub(r": (\w+)\.(email|phone)\b", _identifier, text)
    for old, new in TABLES.items():
        text = re.sub(rf"(?<=table: ){old}(?=,|\n)|(?<=\n  ){old}(?=:\n    owner)", partial(_said, new), text)
    for old, new in COLUMNS.items():
        before = rf"(?<=[{{ ]){old}(?=: (\{{category|member|not|health|fee|shop))"
        owner = rf"(?<=\{{member: ){old}(?=\}})"
        text = re.sub(rf"{before}|{owner}|(?<=canary: \{{){old}(?=:)", partial(_said, new), text)
    return text


def _said(new: str, _found: re.Match[str]) -> str:
    return json.dumps(new, ensure_ascii=False)


def _identifier(found: re.Match[str]) -> str:
    return ": " + json.dumps(f"{TABLES.get(found[1], found[1])}.{COLUMNS[found[2]]}", ensure_ascii=False)
