"""One attack of the corpus in `attacks/*.sql`: a header that says what it tries and what must come of it, and statements.

    -- attack: COPY of the rows themselves
    -- tries: COPY TO reads a table past its row policies.
    -- family: copy
    -- promises: C01 C05
    -- as: every
    -- must: show nothing
    -- refusals: 42501
    -- control: the same
    -- session a
    COPY (SELECT @cell@ FROM @table@ WHERE @row@) TO STDOUT;

Names between two @ are filled in for each login that tries it (`fitting.py`). Nothing else may stand in a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from houvast.document import Findings
from houvast.errors import Place

HERE = Path(__file__).resolve()


class Login(StrEnum):
    """As which kind of login an attack is tried."""

    USE = "use"  # with a use open for a purpose
    ROLE = "role"  # in the role of a purpose of its own, without a use
    BARE = "no use"  # a login that may open uses, and has not
    NOBODY = "nobody"  # a login to which the map gives no purpose
    PEOPLE = "people"  # the login of the pages for people


class Must(StrEnum):
    """What has to come of an attack."""

    NOTHING = "show nothing"  # no answer, error or notice holds the value of the row
    ALIKE = "tell nothing"  # moreover the last answer is that for a row that does not exist
    UNCHANGED = "change nothing"  # moreover the last statement writes no row
    REFUSED = "be refused"  # moreover the last statement is refused with one of `refusals`
    SHOWN = "show it"  # a residual: PostgreSQL lets it be seen
    TOLD = "tell it"  # a residual: the last answer differs from that for a row that does not exist
    ALLOWED = "be allowed"  # a residual: the last statement works


OPEN: frozenset[Must] = frozenset({Must.SHOWN, Must.TOLD, Must.ALLOWED})
"""What only a residual may do."""
ADMINISTRATOR, FRESH, OTHER = "administrator", "fresh", "other"
"""Sessions: `fresh` is of the same login, `other` of another one, and neither opens anything first."""
OBJECTION, FROM_HERE = "the person objects", "from here"
MARKS = (OBJECTION, FROM_HERE)
"""What was seen before counts for nothing, and the row is one that could be seen until then."""
SAME, READ = "the same", "a read"
POOLS = ("no", "session", "transaction", "transaction, reset always")
FAMILIES = (
    "copy", "cursors", "explain", "leaky functions", "errors", "objects of others", "forms", "search path", "look-alikes",
    "prepared statements", "pooling", "truncate", "references", "merge", "on conflict", "returning", "sequences",
    "large objects", "statistics", "differencing", "roles", "settings", "advisory locks", "notifications",
    "logical decoding", "to oneself", "key oracles", "snapshots", "two phases", "parallel plans", "deadlocks",
    "shadowing", "event triggers", "security labels", "ownership",
)  # fmt: skip
NAMES = frozenset({
    "table", "base", "cell", "row", "row_v", "key", "columns", "values", "schema", "reader", "views", "owner", "other",
    "login", "login_name", "purpose", "open", "use", "token", "secret", "schema_name", "table_name", "column_name", "kind",
    "person", "database", "second", "application", "other_schema", "answer", "row_json",
})  # fmt: skip
"""What may stand between two @; `answer` is what the statement before answered first."""
_HEADER = ("attack", "tries", "family", "promises", "as", "must", "refusals", "control")
_MORE = ("residual", "pooled", "from", "until")
_FIELD = re.compile(r"^-- ([a-z]+): (\S.*)$")
_SESSION = re.compile(
    r"^-- (?:session (a|b|fresh|other|administrator)(, meanwhile| leaves)?|(the person objects|from here)|(prepare)|(clean)|(control))$"
)
_NAME = re.compile(r"@([a-z_]+)@")
_STATE = re.compile(r"^[0-9A-Z]{5}$")


@dataclass(frozen=True)
class Step:
    """One statement of one session; without a text it ends. `meanwhile`: the others go on while it waits."""

    session: str
    text: str
    meanwhile: bool = False


@dataclass(frozen=True)
class Attack:
    """One file. `control`: statements that show the visible row; none when the attack itself must show that one."""

    file: str
    title: str
    tries: str
    family: str
    promises: frozenset[str]
    logins: tuple[Login, ...]
    must: Must
    refusals: frozenset[str]
    steps: tuple[Step, ...]
    control: tuple[Step, ...] = ()
    same: bool = False
    prepare: tuple[str, ...] = ()
    clean: tuple[str, ...] = ()
    residual: str = ""
    pooled: str = "no"
    since: int = 15
    until: int = 99

    @property
    def objects(self) -> bool:
        """Whether the person says no on the way."""
        return any(step.session == OBJECTION for step in self.steps)

    @property
    def later(self) -> bool:
        """Whether what was seen until a mark counts for nothing."""
        return any(step.session in MARKS for step in self.steps)

    @property
    def quiet(self) -> bool:
        """Whether it can be tried on a database that people work with: nothing is prepared and nobody waits."""
        strange = any(step.meanwhile or step.session == ADMINISTRATOR for step in self.steps)
        return not (self.prepare or self.clean or strange) and self.pooled == "no"


def folder() -> Path:
    """Where the attacks lie: in the package, or at the root of the sources."""
    installed = HERE.parents[1] / "attacks"
    return installed if installed.exists() else HERE.parents[3] / "attacks"


def read_attacks(place: Path | None = None) -> tuple[Attack, ...]:
    """Every attack, by file name.

    Raises:
        FileErrors: a file says something that is not in the form above; every mistake is told.
    """
    findings = Findings()
    found = [
        read_attack(path.name, path.read_text(encoding="utf-8"), findings)
        for path in sorted((place or folder()).glob("*.sql"))
    ]
    findings.stop_if_any()
    return tuple(attack for attack in found if attack)


def read_attack(file: str, text: str, findings: Findings) -> Attack | None:
    """One attack; None, with findings, when the file is not in the form."""
    lines = text.splitlines()
    head: dict[str, str] = {}
    for number, line in enumerate(lines):
        field = _FIELD.match(line)
        if field is None:
            break
        if field[1] in head:
            findings.add("attack", Place(file, number + 1, 1), f"`{field[1]}` stands there twice.")
        head[field[1]] = field[2]
    before = len(findings.all())
    _check_head(file, head, findings)
    if len(findings.all()) > before:
        return None
    body = _body(file, lines, head, findings)
    if len(findings.all()) > before:
        return None
    return _attack(file, head, body)


def _check_head(file: str, head: Mapping[str, str], findings: Findings) -> None:
    def wrong(message: str, todo: str = "") -> None:
        findings.add("attack", Place(file, 1, 1), message, todo)

    if tuple(head)[: len(_HEADER)] != _HEADER or not set(head) <= {*_HEADER, *_MORE}:
        wrong(
            "The header is not whole.",
            f"write, in this order: {', '.join(_HEADER)}; then, if needed: {', '.join(_MORE)}.",
        )
        return
    kinds = {kind.value for kind in Login}
    checks = {
        "family": head["family"] in FAMILIES,
        "as": head["as"] == "every" or set(head["as"].split(", ")) <= kinds,
        "must": head["must"] in set(Must),
        "refusals": head["refusals"] == "none" or all(map(_STATE.match, head["refusals"].split(" "))),
        "control": head["control"] in (SAME, READ, "below"),
        "pooled": head.get("pooled", "no") in POOLS,
        "promises": all(re.match(r"^[A-Z][A-Za-z0-9]*$", one) for one in head["promises"].split(" ")),
    }  # fmt: skip
    for name, right in checks.items():
        if not right:
            wrong(f"`{name}: {head.get(name)}` is not known.")
    if head["must"] in {one.value for one in OPEN} and "residual" not in head:
        wrong("What is seen, told or allowed must name its residual.", "add `-- residual: NAME` of docs/residuals.md.")


Body = dict[str, list[Step]]


def _body(file: str, lines: Sequence[str], head: Mapping[str, str], findings: Findings) -> Body:
    """The statements of each part: "attack", "prepare", "clean", "control"."""
    body: Body = {"attack": [], "prepare": [], "clean": [], "control": []}
    part: str = "attack"
    session, meanwhile, gathered = "", False, ""
    for number, line in enumerate(lines[len(head) :], start=len(head) + 1):
        place = Place(file, number, 1)
        opening = _SESSION.match(line)
        if opening and not gathered:
            if opening[3] or opening[2] == " leaves":
                body[part].append(Step(opening[3] or opening[1], ""))
            part = opening[4] or opening[5] or opening[6] or ("control" if part == "control" else "attack")
            session = opening[1] or {"attack": "", "control": "a"}.get(part, ADMINISTRATOR)
            meanwhile = opening[2] == ", meanwhile"
            continue
        if line.startswith("--") or not line.strip() or not session:
            findings.add("attack", place, "Neither a statement of a session nor a mark that begins one.")
            continue
        gathered += ("\n" if gathered else "") + line
        if line.endswith(";") and gathered.count("$$") % 2 == 0:
            body[part].append(Step(session, gathered.removesuffix(";"), meanwhile))
            gathered = ""
        strange = set(_NAME.findall(line)) - NAMES
        if strange:
            findings.add("attack", place, f"Nothing is filled in for @{min(strange)}@.")
    if gathered:
        findings.add("attack", Place(file, len(lines), 1), "The last statement does not end with a semicolon.")
    if not body["attack"]:
        findings.add("attack", Place(file, 1, 1), "It does nothing.")
    if (head["control"] == "below") != bool(body["control"]):
        findings.add(
            "attack", Place(file, 1, 1), "The control is `below`, and nowhere else, when its statements stand there."
        )
    return body


def _attack(file: str, head: Mapping[str, str], body: Body) -> Attack:
    states = "" if head["refusals"] == "none" else head["refusals"]
    return Attack(
        file, head["attack"], head["tries"], head["family"], frozenset(head["promises"].split(" ")),
        tuple(Login) if head["as"] == "every" else tuple(map(Login, head["as"].split(", "))),
        Must(head["must"]), frozenset(states.split()), tuple(body["attack"]), tuple(body["control"]),
        head["control"] == SAME, tuple(_texts(body["prepare"])), tuple(_texts(body["clean"])),
        head.get("residual", ""), head.get("pooled", "no"), int(head.get("from", 15)), int(head.get("until", 99)),
    )  # fmt: skip


def _texts(steps: Sequence[Step]) -> Iterator[str]:
    return (step.text for step in steps)
