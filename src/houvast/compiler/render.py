"""Branches -> SQL conditions for row policies and views."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from houvast.compiler.branches import NAMED, Branch, Formula, Given, Needs, TermKey
from houvast.compiler.columns import CLOSED, flag, hidden
from houvast.compiler.guard import base_bits, mask
from houvast.compiler.shape import CircumstanceTable, Layout, Reader, Shape
from houvast.compiler.token import Token
from houvast.compiler.words import SCHEMA, ident, literal, relation
from houvast.datamap.model import OTHERS, Where
from houvast.policy.model import Period
from houvast.policy.world import BOOK_YEAR_END


def first_in_time(event: str, period: Period, zone: str, kind: str) -> str:
    """SQL of the first day, or moment of it, on which an event has not yet ended after `period`: a date for a
    column of that kind, else an instant. `event`: as `Term.counted` has it."""
    name, _, begins = event.partition("@")
    now = "pg_catalog.statement_timestamp()"
    of_book_year = str(name == BOOK_YEAR_END and not begins).lower()
    asked = f"{now}, {period.years}, {period.months}, {period.days}, {literal(zone)}, {of_book_year}"
    if not begins:
        return f"{SCHEMA}.{'first_day' if kind == 'date' else 'first_moment'}({asked})"
    day = _book_year(f"{SCHEMA}.first_day({asked})", int(begins))
    return day if kind == "date" else f"({day}::timestamp AT TIME ZONE {literal(zone)})"


def _book_year(day: str, begins: int) -> str:
    """SQL of the last beginning of a book year before a day: what happened since then is of that book year or a later
    one, and every book year before it has been over for as long as the term lasts."""
    shift = f"pg_catalog.make_interval(months => {begins - 1})"
    return f"(pg_catalog.date_trunc('year', ({day} - 1) - {shift}) + {shift})::date"


class Renderer:
    """Renders conditions for one purpose on one table."""

    def __init__(
        self,
        layout: Layout,
        shape: Shape,
        token: Token,
        bits: Mapping[str, int],
        zone: str,
        effective: Sequence[tuple[int, datetime]],
        now: datetime,
        numbers: Mapping[str, int] | None = None,
    ) -> None:
        """`numbers`: of every purpose by its name; none, where no row is of the purpose that wrote it."""
        self.layout = layout
        self.shape = shape
        self.token = token
        self.bits = bits
        self.zone = zone
        self.effective = effective
        self.now = now
        self.numbers = numbers or {}

    def opened(self, branch: Branch) -> str:
        """SQL: a use is open and the branch's segment is now. What has begun is not asked again."""
        now = "pg_catalog.statement_timestamp()"
        parts = [self.token.open]
        if branch.starts > self.now:
            parts.append(f"{now} >= {literal(branch.starts.isoformat())}::timestamptz")
        if branch.ends:
            parts.append(f"{now} < {literal(branch.ends.isoformat())}::timestamptz")
        return " AND ".join(parts)

    def _guard(self, branch: Branch) -> str:
        wanted = mask(branch, self.bits)
        bases = base_bits(branch, self.bits)
        if not wanted and not bases:
            return f"(SELECT {self.opened(branch)})"
        tests = [self._has_bits(wanted | base, self.opened(branch)) for base in bases or (0,)]
        return tests[0] if len(tests) == 1 else "(" + " OR ".join(tests) + ")"

    def _has_bits(self, wanted: int, opened: str) -> str:
        """SQL: a use is open and the row has all these bits. In forms of which PostgreSQL expects that most
        rows pass (one bit) or half of them (CASE); of `= -1` it expects one in 200, and plans pages badly."""
        guard = self.shape.column("hv_guard")
        if wanted.bit_count() == 1:
            return f"{guard} & (SELECT CASE WHEN {opened} THEN {wanted}::bigint ELSE 0 END) <> 0"
        mask_or_none = f"(SELECT CASE WHEN {opened} THEN {~wanted}::bigint ELSE 0 END)"
        return f"CASE WHEN ({guard} | {mask_or_none}) = '-1'::bigint THEN true ELSE false END"

    def _time(self, alias: str) -> str:
        now = "pg_catalog.statement_timestamp()"
        return f"{alias}.starts <= {now} AND {alias}.ends > {now}"

    def _open_case(self, table: CircumstanceTable, column: str, value: str) -> str:
        where = table.circumstance.where
        also = (
            f" AND {self._time('c')}" if where.starts or where.ends else ""
        )  # else it is always -infinity to infinity
        if column == "person" and table.circumstance.opened_by == OTHERS:
            also += f" AND {of_others('c', self.token.login)}"
        return f"(SELECT true FROM {table.sql} c WHERE c.{column} = {value}{also} LIMIT 1)"

    def _circumstance(self, name: str, person: str) -> str:
        shape = self.shape
        if name.startswith(NAMED):
            return self._is_case(name.removeprefix(NAMED))
        table = self.layout.circumstances.get(name)
        if name == "request.open":
            return (f"(SELECT true FROM {SCHEMA}.request q WHERE q.kind = {literal(shape.kind)}"
                    f" AND q.key = {person}::text AND q.closed_at IS NULL LIMIT 1)")  # fmt: skip
        if name == "hold.open":
            return self._hold(of_case=True)
        if table is None:
            return "false"
        own = next((c for c in shape.own_circumstances if c.name == name), None)
        if own is not None:
            row = where_sql(own.where, shape.column)
            return f"({row} OR {self._open_case(table, 'case_key', shape.column(shape.key))})"
        if name in shape.cases:
            return self._open_case(table, "case_key", shape.column(shape.cases[name]))
        if table.circumstance.kind != shape.kind or not person:
            return "false"
        return self._open_case(table, "person", person)

    def _formulas(self, formulas: Iterable[Formula], *, owned: bool = True, named: bool = False) -> list[str]:
        """SQL: one present owner, whom the use names when it must, is in the circumstances."""
        shape = self.shape
        person = shape.column(shape.owner_column) if shape.owner_column else "o.person" if shape.shared else ""

        def formula(found: Formula) -> str:
            ways = [" AND ".join(self._circumstance(name, person) for name in way) for way in found]
            return "(" + (" OR ".join(f"({way})" for way in ways) or "false") + ")"

        texts = [formula(f) for f in sorted(formulas)]
        if named and shape.shared:
            texts.append(f"o.person = (SELECT ({self._asked()})::{shape.person_type})")
        if not texts or not shape.shared or not owned:
            return texts
        inner = " AND ".join(texts)
        return [f"(SELECT true FROM {shape.owners_table} o WHERE o.row_key = {shape.column(shape.shared_by)}"
                f" AND o.present AND {inner} LIMIT 1)"]  # fmt: skip

    def _closed_at(self) -> str:
        return self.shape.column(self.shape.closed_column or CLOSED)

    def _event(self, name: str) -> tuple[str, str, bool] | None:
        """(expression, type, may be null) of an event's date, None when the row has no such event."""
        shape = self.shape
        if name == "account.closed":
            if shape.has_account:
                closed = self._closed_at()
                if shape.may_lack_owner and "collected" in shape.events:
                    closed = f"coalesce({closed}, {self._instant(*shape.events['collected'])})"
                return closed, "timestamp with time zone", True
            name = "collected"
        name = name.partition("@")[0]
        if name not in shape.events:
            return None
        column, kind = shape.events[name]
        live = shape.relation.columns.get(column)
        return shape.column(column), kind, not (live and live.not_null)

    def _instant(self, column: str, kind: str) -> str:
        """SQL: a column with a date as an instant."""
        value = self.shape.column(column)
        if kind == "date":
            value = f"{value}::timestamp"
        return value if kind == "timestamp with time zone" else f"({value} AT TIME ZONE {literal(self.zone)})"

    def _in_time(self, term: TermKey) -> str:
        """SQL: the term has not ended."""
        event, period = term
        found = self._event(event)
        if found is None:
            return "false"
        value, kind, nullable = found
        if kind == "timestamp without time zone":
            value = f"({value} AT TIME ZONE {literal(self.zone)})"
        test = f"{value} >= (SELECT {first_in_time(event, period, self.zone, kind)})"
        if event == "account.closed" and self.shape.has_account and self.shape.may_lack_owner:
            return f"({self.shape.column('hv_guard')} & 1 <> 0 OR coalesce({test}, true))"
        return f"({value} IS NULL OR {test})" if nullable else test

    def has_ended(self, term: TermKey) -> str:
        """SQL: the term has ended."""
        if self._event(term[0]) is None:
            return "false"  # nobody can tell when it ends
        return f"NOT coalesce({self._in_time(term)}, true)"

    def _asked(self, kind: str = "") -> str:
        """SQL: the key of the person whom the use names, when it is of this kind; of this table's when no other is given."""
        named, prefix = self.token.part(4), f"{kind or self.shape.kind}:"
        return f"CASE WHEN {named} ^@ {literal(prefix)} THEN pg_catalog.substr({named}, {len(prefix) + 1}) END"

    def _is_person(self, request: str = "") -> str:
        """SQL: the row is of the person whom the use names; `request`: and if this holds and a request of theirs is open.
        All that does not differ from row to row is in one sub-select, which PostgreSQL asks once."""
        shape = self.shape
        kind = shape.owner_type if shape.owner_column else shape.person_type
        asked = f"(SELECT ({self._asked()})::{kind})"
        if request:
            asked = self._requested(shape.kind, kind, request)
        if shape.owner_column:
            return f"{shape.column(shape.owner_column)} = {asked}"
        if shape.shared:
            return (f"(SELECT true FROM {shape.owners_table} o WHERE o.row_key = {shape.column(shape.shared_by)}"
                    f" AND o.person = {asked} LIMIT 1)")  # fmt: skip
        return "false"

    def _requested(self, kind: str, type_: str, opened: str) -> str:
        """SQL: the key of the person of this kind whom the use names, if this holds and a request of theirs is open."""
        return (f"(SELECT q.key::{type_} FROM {SCHEMA}.request q WHERE {opened} AND q.kind = {literal(kind)}"
                f" AND q.key = {self._asked(kind)} AND q.closed_at IS NULL LIMIT 1)")  # fmt: skip

    def read_by(self, reader: Reader, branch: Branch) -> str:
        """SQL: the person whom the use names, and who has a request open, may have the row in their copy by this way."""
        shape = self.shape
        parent = self.layout.shapes[reader.above] if reader.above else None
        asked = self._requested(reader.way.kind, parent.person_type if parent else "text" if reader.way.through else reader.type,
                                self.opened(branch))  # fmt: skip
        if parent:
            return (f"(SELECT true FROM {parent.owners_table} o WHERE o.row_key = {shape.column(reader.column)}"
                    f" AND o.person = {asked} LIMIT 1)")  # fmt: skip
        if reader.way.through:
            return (f"(SELECT true FROM {relation(SCHEMA, shape.readers_name)} x WHERE x.row_key = {shape.column(shape.key)}"
                    f" AND x.kind = {literal(reader.way.kind)} AND x.person = {asked} LIMIT 1)")  # fmt: skip
        return f"{shape.column(reader.column)} = {asked}"

    def _is_case(self, circumstance: str) -> str:
        """SQL: the row's case in this circumstance is the one that the use names."""
        shape = self.shape
        own = any(c.name == circumstance for c in shape.own_circumstances)
        column = shape.key if own else shape.cases.get(circumstance, "")
        return f"{shape.column(column)}::text = (SELECT nullif({self.token.part(5)}, ''))" if column else "false"

    def _hold(self, *, of_case: bool) -> str:
        shape = self.shape
        if not shape.key:
            return "false"
        asked = f" AND h.case_key = (SELECT nullif({self.token.part(5)}, ''))" if of_case else ""
        return (f"EXISTS (SELECT FROM {SCHEMA}.hold h WHERE h.relation = {literal(shape.name)}"
                f" AND h.row_key = {shape.column(shape.key)}::text{asked})")  # fmt: skip

    def _unheld(self) -> str:
        """SQL: no dispute holds the row. Asked of each row only when one holds any row of its table."""
        if not self.shape.key:
            return "NOT false"
        any_row = f"SELECT FROM {SCHEMA}.hold h WHERE h.relation = {literal(self.shape.name)}"
        return f"((SELECT NOT EXISTS ({any_row})) OR NOT {self._hold(of_case=False)})"

    def given(self, pairs: Iterable[Given], column: str = "") -> list[str]:
        """SQL: the row's (or value's) purpose is this one."""
        texts: list[str] = []
        source = column or self.shape.table.given_for
        for _, purposes in sorted(pairs):
            if not source:
                texts.append("false")
                continue
            stored = self.shape.table.given_values
            values = [v for v, p in stored.items() if p in purposes] if stored else list(purposes)
            if not values:
                texts.append("false")
                continue
            listed = ", ".join(literal(v) for v in values)
            texts.append(f"{self.shape.column(source)}::text IN ({listed})")
        return texts

    def branch(self, branch: Branch, given_column: str = "") -> str:
        """SQL of one alternative."""
        needs = branch.needs
        parts = [self._guard(branch)]
        among_present = needs.person and not needs.request
        by_request = bool(needs.person and needs.request and self.shape.kind)
        if by_request:
            opened = f"(SELECT {self.opened(branch)})"
            parts = [*(part for part in parts if part != opened), self._is_person(self.opened(branch))]
        elif needs.person and self.shape.kind and not (among_present and self.shape.shared):
            parts.append(self._is_person())
        if needs.held:
            parts.append(self._hold(of_case=True))
        if self.shape.kind:
            parts += self.given(needs.given, given_column)
        implied = needs.alive and self.shape.has_account and bool(self.shape.kind)  # open: not closed yet
        terms = [t for t in needs.terms if not (implied and t[0] == "account.closed")]
        parts += [self._in_time(t) for t in sorted(terms, key=str)]
        if self.shape.kind:
            parts += self._formulas(needs.circumstances, named=among_present)
        parts += [self.has_ended(t) for t in sorted(needs.ended, key=str)]
        if needs.unheld:
            parts.append(self._unheld())
        if needs.request and not by_request:
            parts.append(f"(SELECT EXISTS (SELECT FROM {SCHEMA}.request q WHERE q.kind = {literal(self.shape.kind)}"
                         f" AND q.key = {self._asked()} AND q.closed_at IS NULL))")  # fmt: skip
        if needs.alone and self.shape.shared:
            parts.append(f"NOT EXISTS (SELECT FROM {self.shape.owners_table} o WHERE o.row_key = {self.shape.column(self.shape.shared_by)}"
                         f" AND o.present AND o.person::text <> ({self._asked()}))")  # fmt: skip
        if self.shape.may_lack_owner and self._lone(needs):
            parts.append(f"{self.shape.column('hv_writer')} IS NULL")
        return " AND ".join(dict.fromkeys(parts))

    def unowned(self, branch: Branch) -> str:
        """SQL of the same alternative for a row that never had an owner, as the purpose that wrote it sees it."""
        shape, needs = self.shape, branch.needs
        collected = shape.events.get("collected")
        if self._lone(needs):
            return self._lone_unowned(branch)
        impossible = needs.person or needs.alone or needs.request or not collected
        asks_consent = any(all(f.startswith(("consented", "own_customer")) for f in c) for c in needs.clauses)
        if impossible or asks_consent or collected is None:
            return ""
        own = {c.name for c in shape.own_circumstances} | set(shape.cases)
        ways = [tuple(way for way in formula if set(way) <= own) for formula in needs.circumstances]
        if not all(ways):
            return ""
        column = shape.column(collected[0])
        parts = [f"{shape.column('hv_writer')} {self._writers(needs)}", f"(SELECT {self.opened(branch)})"]
        if branch.since:
            start = next(v for v in self.effective if v[0] == branch.since)[1]
            parts.append(f"{column} >= {literal(start.isoformat())}::timestamptz")
        parts += self.given(needs.given)
        parts += [self._in_time(("collected", period)) for _, period in sorted(needs.terms, key=str)]
        parts += self._formulas(ways, owned=False)
        if needs.held:
            parts.append(self._hold(of_case=True))
        parts += [f"NOT {self._in_time(('collected', period))}" for _, period in sorted(needs.ended, key=str)]
        if needs.unheld:
            parts.append(self._unheld())
        return " AND ".join(dict.fromkeys(parts))

    def _writers(self, needs: Needs) -> str:
        """SQL of being this purpose's number, or that of a name that it had before."""
        wrote = sorted({self.token.number, *(self.numbers[name] for name in needs.writers & self.numbers.keys())})
        return f"= {wrote[0]}" if len(wrote) == 1 else f"IN ({', '.join(map(str, wrote))})"

    def _lone(self, needs: Needs) -> bool:
        """Whether this is erasing what nobody owns yet, which no purpose but retention and migration does."""
        return needs.unheld and not (needs.terms or needs.person or needs.held) and "collected" in self.shape.events

    def _lone_unowned(self, branch: Branch) -> str:
        """SQL of erasing a row that never had an owner: every term counts from collection."""
        parts = [f"{self.shape.column('hv_writer')} IS NOT NULL", f"(SELECT {self.opened(branch)})"]
        parts += [f"NOT {self._in_time(('collected', period))}" for _, period in sorted(branch.needs.ended, key=str)]
        return " AND ".join([*dict.fromkeys(parts), self._unheld()])

    def any_of(self, found: Sequence[Branch], given_column: str = "") -> str:
        """SQL: one of the alternatives holds. None = false."""
        if not found:
            return "false"
        texts = list(dict.fromkeys(self.branch(b, given_column) for b in found))
        if self.shape.may_lack_owner:
            texts += [t for t in dict.fromkeys(self.unowned(b) for b in found) if t]
        return texts[0] if len(texts) == 1 else " OR ".join(f"({text})" for text in texts)

    def uncontested(self, column: str) -> str:
        """SQL: nobody contests this value, nor one that it is made of."""
        return " AND ".join(f"{self.shape.column(hidden(c))} IS NULL" for c in self.shape.contested_with(column))

    def unhidden(self, column: str) -> str:
        """SQL: nobody contests this value, and it is not flagged, nor one that it is made of."""
        flagged = (f"{self.shape.column(flag(c))} IS NOT TRUE" for c in self.shape.shielded_with(column))
        return " AND ".join(filter(None, (self.uncontested(column), *flagged)))


def of_others(alias: str, login: str) -> str:
    """SQL: a case counts for this login, because it did not open it, or nobody knows who did."""
    return f"{alias}.maker IS DISTINCT FROM {login}"


def where_sql(where: Where, column: Callable[[str], str] = ident) -> str:
    """The condition of a circumstance or stand on a row; `column` quotes a column's name."""
    name = column
    parts: list[str] = []
    for key, values in where.conditions.items():
        quoted = name(key)
        if not values:
            parts.append(f"{quoted} IS NULL")
        elif values == ("not null",):
            parts.append(f"{quoted} IS NOT NULL")
        else:
            parts.append(f"{quoted}::text IN ({', '.join(literal(v) for v in values)})")
    now = "pg_catalog.statement_timestamp()"
    if where.starts:
        parts.append(f"coalesce({name(where.starts)} <= {now}, true)")
    if where.ends:
        parts.append(f"coalesce({name(where.ends)} > {now}, true)")
    return "(" + (" AND ".join(parts) or "true") + ")"
