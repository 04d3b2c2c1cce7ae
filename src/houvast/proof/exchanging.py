# ruff: noqa: S608 - values pass through literal
"""Attempts on diagnostic data: sent unasked or unstated, accepted unscreened, opened too soon or by another, kept too long.

Each is made by the administrator, who may write any table, in a transaction that is undone; destruction on a store that
is made in a temporary folder.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from houvast.compiler.exchanging import helping, statement
from houvast.compiler.words import literal
from houvast.errors import HouvastError
from houvast.policy.regime import regime
from houvast.proof.handling import REFUSED, Handling
from houvast.proof.probe import ALLOWED
from houvast.proof.report import Attempt

if TYPE_CHECKING:
    from houvast.diagnostics import Vault
    from houvast.diagnostics.model import Content

_FOLLOW = "'hv made up'"
_X = "(SELECT max(id) FROM houvast.exchange)"
_BUNDLE = "(SELECT max(id) FROM houvast.bundle)"
_CODE = "(SELECT code FROM houvast.bundle ORDER BY id DESC LIMIT 1)"
_STAFF = ("INSERT INTO houvast.staff (name, role) VALUES ('hvsupport', 'support'), ('hvhelper', 'support'), ('hvofficer', 'officer'),"
          " ('hvother', 'officer'), ('hvfirm', 'subcontractor'), ('hvreseller', 'finance') ON CONFLICT (name) DO UPDATE SET role = excluded.role, ended_at = NULL")  # fmt: skip
_USED = f"UPDATE houvast.exchange SET follow = sha256(convert_to({_FOLLOW}, 'UTF8')) WHERE id = {_X}"
_SENDS = f"SELECT houvast.exchange_send({_FOLLOW}, 7, 'log')"
_PLACE = "'000000000000-0a0b0c0d'"
_PART = f"SELECT houvast.exchange_part({_FOLLOW}, {_CODE}, 0, 7, {_PLACE})"
_SUBMITS = f"SELECT houvast.exchange_decide({_FOLLOW}, {_CODE}, 'submit')"
_LOOKS = f"SELECT houvast.exchange_look({_FOLLOW}, {_CODE}, 1)"
_ACCEPTS = f"SELECT houvast.exchange_judge({_BUNDLE}, true, '', 'hvsupport')"
_CLOSES = f"SELECT houvast.exchange_close({_X}, 'hvsupport')"


class _Made:
    """The steps from what is asked to what is opened, one on the other."""

    def __init__(self, handling: Handling) -> None:
        said = statement(handling.policy, "en")
        self.purpose = literal(helping(handling.policy)[0])
        self.asked = (_STAFF, self.ask(), _USED)
        self.state = f"SELECT houvast.exchange_state({_FOLLOW}, 'en', {literal(said.statement_sha256)}, {literal(said.warnings_sha256)})"
        self.stated = (*self.asked, self.state)
        self.sent = (*self.stated, _SENDS, _PART)
        self.clean = (*self.sent, *screened())
        self.submitted = (*self.clean, _SUBMITS)
        self.accepted = (*self.submitted, _ACCEPTS)
        self.granted = (*self.accepted, grant("hvhelper"))

    def ask(self, wants: str = "the log", until: str = "7 days", purpose: str = "") -> str:
        """Asking for something."""
        return (f"SELECT houvast.exchange_ask('made up', {literal(wants)}, 'it stops', now() + {literal(until)}::interval,"
                f" {purpose or self.purpose}, 'en', true, 'hvsupport')")  # fmt: skip


def screened(outcome: str = "clean", size: int = 7, found: int = 0) -> tuple[str, str]:
    """What the worker writes down."""
    kinds = '{"email": 1}' if found else "{}"
    member = '"file": 1, "path": "made up.log", "bytes": 7, "marks": [], "not_screened": ""'
    members = f'[{{{member}, "kinds": {kinds}}}]'
    return (f"INSERT INTO houvast.bundle_screening (bundle, detectors, outcome, bytes, found, kinds, members) VALUES ({_BUNDLE}, 'made up',"
            f" {literal(outcome)}, {size}, {found}, {literal(kinds)}, {literal(members)})", f"UPDATE houvast.bundle SET state = 'screened' WHERE id = {_BUNDLE}")  # fmt: skip


def grant(who: str) -> str:
    """Letting somebody open it."""
    return f"SELECT houvast.exchange_grant({_X}, {literal(who)}, true, 'hvofficer')"


def opens(who: str = "hvhelper", why: str = "to find the cause") -> str:
    """Opening it."""
    return f"SELECT houvast.exchange_open({_BUNDLE}, {literal(why)}, {literal(who)})"


def granted_problem(handling: Handling) -> tuple[str, ...]:
    """A problem of a customer, granted to one of support who is called hvhelper."""
    return (*_Made(handling).asked, grant("hvhelper"))


def _tried(handling: Handling, sort: str, tried: Sequence[tuple[str, Sequence[str], str]]) -> Iterator[Attempt]:
    for name, steps, expected in tried:
        yield handling.attempt(name, steps, sort, expected)


def asking(h: Handling) -> Iterator[Attempt]:
    """To ask without an end or for something else, to use a link twice, to send unasked (C39)."""
    m = _Made(h)
    once = "DO $$ DECLARE t text := (SELECT houvast.exchange_link({}, 'hvsupport')); BEGIN {} END $$"
    begin = "IF houvast.exchange_begin(t) IS NULL THEN PERFORM houvast.says_no('the link was used', 'C39', ''); END IF;"
    aged = "UPDATE houvast.exchange_link SET until = now() - interval '1 second';"
    yield from _tried(h, "asking", [
        ("diagnostic data are asked for one problem, and sent", m.sent, ALLOWED),
        ("a link is used", (_STAFF, m.ask(), once.format(_X, begin)), ALLOWED),
        ("a link is used twice", (_STAFF, m.ask(), once.format(_X, begin + begin)), REFUSED),
        ("a link is used after three days", (_STAFF, m.ask(), once.format(_X, aged + begin)), REFUSED),
        ("data are asked without an end", (_STAFF, m.ask(until="1 year")), REFUSED),
        ("data are asked for another purpose", (_STAFF, m.ask(purpose="'marketing'")), REFUSED),
        ("data are asked in words that name somebody", (_STAFF, m.ask("the mail of made.up@lakana.example")), REFUSED),
        ("data are sent with a code that nobody has", (*m.stated, _SENDS.replace("made up", "other")), REFUSED),
        ("data are sent after the problem was closed", (*m.stated, _CLOSES, _SENDS), REFUSED),
        ("what was asked is changed", (*m.asked, f"UPDATE houvast.exchange SET wants = 'everything' WHERE id = {_X}"), REFUSED),
    ])  # fmt: skip
    full = _SENDS.replace("7", "53687091200")
    often = (f"DO $$ BEGIN FOR n IN 1..{{}} LOOP PERFORM houvast.exchange_send({_FOLLOW}, 7, 'log');"
             f" UPDATE houvast.bundle SET state = 'withdrawn' WHERE id = {_BUNDLE}; END LOOP; END $$")  # fmt: skip
    yield from _tried(h, "asking", [
        ("one file of 50 GB is sent", (*m.stated, full), ALLOWED),
        ("50 GB are sent beside what is here", (*m.stated, _SENDS, full), REFUSED),
        ("two hundred files are begun, one after the other", (*m.stated, often.format(200)), ALLOWED),
        ("more than two hundred files are begun", (*m.stated, often.format(201)), REFUSED),
        ("a piece lies in the place of another bundle", (*m.stated, _SENDS, _PART.replace(_PLACE, "'../other'")), REFUSED),
    ])  # fmt: skip
    for name, part, taken in (("a piece that is the last one counts", _PART, "True"),
                              ("a piece of one byte that is not the last one does not count", _PART.replace("0, 7", "0, 1"), "False")):  # fmt: skip
        yield h.asked(name, (*m.stated, _SENDS), part, taken, "asking")
    kept = f"SELECT count(*) FROM houvast.exchange_link WHERE digest = convert_to({_FOLLOW}, 'UTF8') OR length(digest) <> 32"
    yield h.asked("of a link only a hash is kept", m.asked, kept, "0", "asking")


def stating(h: Handling) -> Iterator[Attempt]:
    """To send without the statement, with another text, or to change what was stated (C43)."""
    m = _Made(h)
    other = f"SELECT houvast.exchange_state({_FOLLOW}, 'en', repeat('0', 64), repeat('0', 64))"
    yield from _tried(h, "statement", [
        ("data are sent after the statement", m.sent, ALLOWED),
        ("data are sent without the statement", (*m.asked, _SENDS), REFUSED),
        ("data are sent with a statement in other words", (*m.asked, other, _SENDS), REFUSED),
        ("a statement is changed", (*m.stated, "UPDATE houvast.exchange_statement SET language = 'nl'"), REFUSED),
        ("a statement is thrown away", (*m.stated, "DELETE FROM houvast.exchange_statement"), REFUSED),
        ("the statement stands in for the screening", (*m.sent, _SUBMITS), REFUSED),
    ])  # fmt: skip
    again = f"SELECT count(*) FROM houvast.exchange_statement WHERE exchange = {_X}"
    yield h.asked("a statement that is made again is written down once", (*m.stated, m.state), again, "1", "statement")
    told = ("SET LOCAL houvast.filling = ''", *m.stated)
    yield h.asked("a statement is told with the hash of its text", told, "SELECT count(*) FROM houvast.event WHERE kind ="
                  f" 'exchange_stated' AND body ->> 'statement_sha256' = {literal(statement(h.policy, 'en').statement_sha256)}"
                  " AND xmin = pg_current_xact_id()::xid", "1", "statement")  # fmt: skip


def screening(h: Handling) -> Iterator[Attempt]:
    """To have accepted what holds somebody, or was not looked into whole (C44)."""
    m = _Made(h)
    accept = f"UPDATE houvast.bundle SET state = 'accepted', accepted_by = 'x' WHERE id = {_BUNDLE}"
    forged = (
        f"UPDATE houvast.bundle_screening SET outcome = 'clean', found = 0, kinds = '{{}}' WHERE bundle = {_BUNDLE}"
    )
    yield from _tried(h, "screening", [
        ("what is clean is handed in", m.submitted, ALLOWED),
        ("what holds somebody is handed in", (*m.sent, *screened("findings", found=1), _SUBMITS), REFUSED),
        ("what could not be looked into is handed in", (*m.sent, *screened("not_screened"), _SUBMITS), REFUSED),
        ("what was looked into by half is handed in", (*m.sent, *screened(size=6), _SUBMITS), REFUSED),
        ("what nobody looked into is handed in", (*m.sent, _SUBMITS), REFUSED),
        ("it is called looked into without", (*m.sent, f"UPDATE houvast.bundle SET state = 'screened' WHERE id = {_BUNDLE}"), REFUSED),
        ("what was found is called clean afterwards", (*m.sent, *screened("findings", found=1), forged), REFUSED),
        ("what is clean with findings is written down", (*m.sent, screened("clean", found=1)[0]), REFUSED),
        ("what holds somebody is accepted past the functions", (*m.sent, *screened("findings", found=1), accept), REFUSED),
        *_lookings(m),
    ])  # fmt: skip
    columns = ("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'houvast' AND table_name IN ('bundle_screening', 'bundle_look')"
               " AND column_name ~ '(value|text|content|words|line)'")  # fmt: skip
    yield h.asked("no value that was found has a place to be kept", (), columns, "0", "screening")
    told = ("SET LOCAL houvast.filling = ''", *m.sent, *screened("findings", found=1), _LOOKS)
    yield h.asked("a look of the customer is told, without a line", told, "SELECT count(*) FROM houvast.event WHERE kind = 'bundle_looked'"
                  " AND body = '{\"file\": 1}' AND xmin = pg_current_xact_id()::xid", "1", "screening")  # fmt: skip


def _lookings(m: _Made) -> list[tuple[str, tuple[str, ...], str]]:
    """To look at lines of a bundle unrecorded, of what is not there, or of what somebody else sent (C44)."""
    looks, other = (
        f"SELECT houvast.exchange_look({_FOLLOW}, {_CODE}, 1)",
        f"SELECT houvast.exchange_look('{'0' * 64}', {_CODE}, 1)",
    )
    reads = f"SELECT houvast.exchange_looked({_FOLLOW}, (SELECT max(id) FROM houvast.bundle_look))"
    committed = ("SET LOCAL session_replication_role = replica", "UPDATE houvast.bundle_look SET xid = '0'",
                 "SET LOCAL session_replication_role = origin")  # fmt: skip
    holding = (*m.sent, *screened("findings", found=1))
    return [
        ("its customer looks at what was found", (*holding, looks), ALLOWED),
        ("its customer looks before it was looked into", (*m.sent, looks), REFUSED),
        ("its customer looks at a file in which nothing was found", (*m.clean, looks), REFUSED),
        ("somebody looks with another code", (*holding, other), REFUSED),
        ("somebody looks after it was withdrawn", (*holding, f"UPDATE houvast.bundle SET state = 'withdrawn' WHERE id = {_BUNDLE}", looks), REFUSED),
        ("lines are read in the transaction that records it", (*holding, looks, reads), REFUSED),
        ("lines are read once a look is recorded", (*holding, looks, *committed, reads), ALLOWED),
        ("lines are read twice for one look", (*holding, looks, *committed, reads, reads), REFUSED),
        ("lines are read after the problem was closed", (*holding, looks, *committed, _CLOSES, reads), REFUSED),
        ("a look is taken off the record", (*holding, looks, "DELETE FROM houvast.bundle_look"), REFUSED),
        ("a look is put at another moment", (*holding, looks, "UPDATE houvast.bundle_look SET at = now() - interval '1 day'"), REFUSED),
    ]  # fmt: skip


def accepting(h: Handling) -> Iterator[Attempt]:
    """To open a bundle before it is accepted, after its problem, for another one, or unrecorded (C46)."""
    m = _Made(h)
    early, taken = grant("hvhelper"), grant("hvhelper").replace("true", "false")
    reads = "SELECT houvast.exchange_read((SELECT max(use) FROM houvast.bundle_opening), 'hvhelper')"
    skips = f"UPDATE houvast.bundle SET state = 'accepted', accepted_by = 'x' WHERE id = {_BUNDLE}"
    refuses = f"SELECT houvast.exchange_judge({_BUNDLE}, false, 'of another day', 'hvsupport')"
    committed = ("SET LOCAL session_replication_role = replica", "UPDATE houvast.use SET xid = '0' WHERE id = (SELECT max(use) FROM houvast.bundle_opening)",
                 "SET LOCAL session_replication_role = origin")  # fmt: skip
    moved, returns = _USED.replace("made up", "other"), f"SELECT houvast.exchange_choose({_FOLLOW}, 'return')"
    yield from _tried(h, "acceptance", [
        ("an accepted bundle is opened for its problem", (*m.granted, opens()), ALLOWED),
        ("a bundle in quarantine is opened", (*m.sent, early, opens()), REFUSED),
        ("a bundle that was looked into is opened", (*m.clean, early, opens()), REFUSED),
        ("a bundle that was handed in is opened", (*m.submitted, early, opens()), REFUSED),
        ("a bundle skips from quarantine to accepted", (*m.sent, skips), REFUSED),
        ("a bundle is opened after its problem was closed", (*m.granted, _CLOSES, opens()), REFUSED),
        ("a bundle is opened without a reason", (*m.granted, opens(why="")), REFUSED),
        ("a bundle is read in the transaction that records it", (*m.granted, opens(), reads), REFUSED),
        ("a bundle is read once its opening is recorded", (*m.granted, opens(), *committed, reads), ALLOWED),
        ("a recorded opening is read after the problem was closed", (*m.granted, opens(), *committed, _CLOSES, reads), REFUSED),
        ("a recorded opening is read by whom it was taken back from", (*m.granted, opens(), *committed, taken, reads), REFUSED),
        ("a bundle is refused with a reason", (*m.submitted, refuses), ALLOWED),
        ("the reason of a refusal is changed", (*m.submitted, refuses, refuses.replace("another", "no")), REFUSED),
        ("an opening is taken off the record", (*m.granted, opens(), "DELETE FROM houvast.bundle_opening"), REFUSED),
        ("the reason of an opening is changed", (*m.granted, opens(), "UPDATE houvast.bundle_opening SET reason = 'x'"), REFUSED),
        ("another link is used before anything was sent", (*m.stated, moved), ALLOWED),
        ("another link is used while something that was sent is here", (*m.sent, moved), REFUSED),
        ("a bundle goes to another problem", (*m.accepted, m.ask(), f"UPDATE houvast.bundle SET exchange = {_X}"), REFUSED),
    ])  # fmt: skip
    back = f"SELECT count(*) FROM houvast.exchange_return({_FOLLOW}, {_CODE})"
    for name, steps, rows in (
        ("what was accepted is taken back after the end", (*m.accepted, returns, _CLOSES), "1"),
        ("a bundle in quarantine cannot be taken back, and so be read", (*m.sent, returns), "0"),
        ("an accepted bundle cannot be taken back, and so be read, before the end", (*m.accepted, returns), "0"),
    ):
        yield h.asked(name, steps, back, rows, "acceptance")
    tables = "'exchange', 'bundle', 'bundle_part', 'bundle_screening', 'bundle_opening', 'bundle_look', 'exchange_grant', 'exchange_statement', 'exchange_link'"
    readers = (f"SELECT count(*) FROM pg_roles r, pg_class c WHERE r.rolcanlogin AND NOT r.rolsuper AND c.relnamespace = 'houvast'::regnamespace"
               f" AND c.relname IN ({tables}) AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')")  # fmt: skip
    yield h.asked("no login reads or writes where bundles are kept", (), readers, "0", "acceptance")
    told = ("SET LOCAL houvast.filling = ''", *m.granted, opens())
    yield h.asked("an opening is told, and the customer sees it", told, "SELECT count(*) FROM houvast.event e WHERE kind = 'bundle_opened' AND xmin ="
                  f" pg_current_xact_id()::xid AND jsonb_array_length(houvast.exchange_follow({_FOLLOW}) -> 'openings') = 1", "1", "acceptance")  # fmt: skip


def helping_(h: Handling) -> Iterator[Attempt]:
    """To let help who is not approved, not announced, in another country, of another sort, or for another problem (C42, C47)."""
    m = _Made(h)

    newest = "(SELECT max(id) FROM houvast.subcontractor)"
    today = f"(clock_timestamp() AT TIME ZONE {literal(regime(h.policy.regime).timezone)})::date"

    def record(announced: str, country: str = "DE", tool: str = "eea", until: int = 365) -> str:
        return (f"SELECT houvast.exchange_record('Made Up BV', {literal(country)}, {literal(tool)}, current_date - 400, current_date + {until},"
                f" {announced}, 'hvofficer')")  # fmt: skip

    def firm(
        country: str = "DE", tool: str = "eea", announced: int = 31, until: int = 365, approved: bool = True
    ) -> tuple[str, ...]:
        then = ("SET LOCAL session_replication_role = replica", f"UPDATE houvast.subcontractor SET announced_on = current_date - {announced} WHERE id = {newest}",
                "SET LOCAL session_replication_role = origin")  # fmt: skip
        yes = ("INSERT INTO houvast.confirmed (what, who) SELECT 'subcontractor ' || max(id), 'hvother' FROM houvast.subcontractor",
               f"UPDATE houvast.subcontractor SET approved_by = 'hvother', approved_at = now() WHERE id = {newest}")  # fmt: skip
        works = f"UPDATE houvast.staff SET subcontractor = {newest}, country = {literal(country)} WHERE name = 'hvfirm'"
        return (
            *m.accepted,
            record("NULL", country, tool, until),
            *then,
            *(yes if approved else ()),
            works,
            grant("hvfirm"),
        )

    ended = "UPDATE houvast.subcontractor SET ended_at = now()"
    unasked = ("UPDATE houvast.subcontractor SET approved_by = 'hvother', approved_at = now()",)
    elsewhere = "UPDATE houvast.staff SET country = 'US' WHERE name = 'hvhelper'"
    yield from _tried(h, "helper", [
        ("one of support helps whom it was granted", (*m.granted, opens()), ALLOWED),
        ("an approved subcontractor helps whom it was granted", (*firm(), opens("hvfirm")), ALLOWED),
        ("a subcontractor helps that nobody approved", firm(approved=False), REFUSED),
        ("a subcontractor helps that was announced yesterday", firm(announced=1), REFUSED),
        ("a subcontractor is announced today", (_STAFF, record(today)), ALLOWED),
        ("a subcontractor is recorded as announced a month ago", (_STAFF, record(f"{today} - 31")), REFUSED),
        ("an announcement is dated back afterwards", (_STAFF, record(today), f"UPDATE houvast.subcontractor SET announced_on = {today} - 31 WHERE id = {newest}"), REFUSED),
        ("a subcontractor helps from a country that its tool does not cover", firm("US"), REFUSED),
        ("a subcontractor helps with a tool that is over", firm(until=-1), REFUSED),
        ("a subcontractor that was ended opens a bundle", (*firm(), ended, opens("hvfirm")), REFUSED),
        ("a subcontractor is approved without a code", (*firm(approved=False)[:-1], *unasked), REFUSED),
        ("one of our own helps from a country that nothing covers", (*m.accepted, elsewhere, grant("hvhelper")), REFUSED),
        ("somebody opens a bundle whom nobody let", (*m.accepted, opens()), REFUSED),
        ("somebody opens it who was let for another problem", (*m.asked, grant("hvhelper"), f"UPDATE houvast.exchange SET follow = NULL WHERE id = {_X}", *m.accepted[1:], opens()), REFUSED),
        ("a reseller is let in", (*m.accepted, grant("hvreseller")), REFUSED),
        ("somebody opens it from whom it was taken back", (*m.granted, grant("hvhelper").replace("true", "false"), opens()), REFUSED),
        ("a grant is changed to another person", (*m.granted, "UPDATE houvast.exchange_grant SET staff ="
         " (SELECT id FROM houvast.staff WHERE name = 'hvreseller')"), REFUSED),
    ])  # fmt: skip
    yield h.asked("the customer sees of which subcontractor and country who opened it was", (*firm(), opens("hvfirm")),
                  f"SELECT houvast.exchange_follow({_FOLLOW}) -> 'openings' -> 0 ->> 'country'", "DE", "helper")  # fmt: skip


def learning(h: Handling) -> Iterator[Attempt]:
    """To learn from what was not opened, more than facts, or with what is of somebody (C41)."""
    m = _Made(h)

    def learns(error: str = "TimeoutError in step 4", who: str = "hvhelper", product: str = "Made Up") -> str:
        return (
            f"SELECT houvast.exchange_learn({_BUNDLE}, {literal(product)}, '4.2', {literal(error)}, 1, {literal(who)})"
        )

    opened = (*m.granted, opens())
    yield from _tried(h, "fact", [
        ("a fact about an error is taken by who opened it", (*opened, learns()), ALLOWED),
        ("a fact is taken by somebody who did not open it", (*opened, learns(who="hvsupport")), REFUSED),
        ("a fact is taken out of what was not accepted", (*m.sent, learns()), REFUSED),
        ("a fact holds an address", (*opened, learns("no mailbox made.up@lakana.example")), REFUSED),
        ("a fact holds a sentence with line ends", (*opened, learns("Error\nand a whole log")), REFUSED),
        ("a bundle is asked to improve products", (_STAFF, m.ask(purpose="'improve_product'")), REFUSED),
    ])  # fmt: skip
    told = ("SET LOCAL houvast.filling = ''", *opened, learns())
    yield h.asked("the log says in the open how often an error came, and none of its words", told, "SELECT count(*) FROM houvast.event WHERE"
                  " kind = 'error_fact_taken' AND body = '{\"times\": 1}' AND xmin = pg_current_xact_id()::xid", "1", "fact")  # fmt: skip
    refers = ("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'houvast' AND table_name = 'error_fact'"
              " AND column_name NOT IN ('id', 'product', 'version', 'error', 'times', 'month')")  # fmt: skip
    yield h.asked("a fact does not say of which bundle, problem or customer it is", (), refers, "0", "fact")


def costing(h: Handling) -> Iterator[Attempt]:
    """To record something of a consumer, an amount, or more than facts; to make a right depend on it (C45)."""
    m = _Made(h)
    firm = tuple(step.replace("'en', true,", "'en', false,") for step in m.sent)
    found, tells = screened("findings", found=1), f"SELECT houvast.exchange_incident({_BUNDLE}, {{}}, 'hvofficer')"
    facts = tells.format("'An address in line 3'")
    yield from _tried(h, "incident", [
        ("facts of an incident at a company are recorded", (*firm, *found, facts), ALLOWED),
        ("an incident of a consumer is recorded", (*m.sent, *found, facts), REFUSED),
        ("an incident is recorded where nothing was found", (*firm, *screened(), facts), REFUSED),
        ("an incident names somebody", (*firm, *found, tells.format("'It was made.up@lakana.example'")), REFUSED),
        ("the facts of an incident are changed", (*firm, *found, facts, "UPDATE houvast.exchange_incident SET facts = 'more'"), REFUSED),
        ("a right is used while an incident stands open", (*firm, *found, facts, *h.review()), ALLOWED),
    ])  # fmt: skip
    amounts = ("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'houvast' AND table_name IN ('exchange', 'exchange_incident')"
               " AND column_name ~ '(amount|cost|price|paid|charge|euro)'")  # fmt: skip
    yield h.asked("there is no place for an amount", (), amounts, "0", "incident")


def ending(h: Handling) -> Iterator[Attempt]:
    """To certify what is still there, to forget a bundle before its key, to open again what was closed (C48)."""
    m = _Made(h)
    chosen = (f"SELECT houvast.exchange_choose({_FOLLOW}, 'destroy')", _CLOSES)
    gone = f"UPDATE houvast.bundle SET state = 'destroyed' WHERE id = {_BUNDLE}"
    key = f"UPDATE houvast.bundle SET key_gone_at = now() WHERE id = {_BUNDLE}"
    certify = f"UPDATE houvast.exchange SET certificate = '{{}}', ended_at = now() WHERE id = {_X}"
    again = f"UPDATE houvast.exchange SET closed_at = NULL WHERE id = {_X}"
    longer = f"UPDATE houvast.exchange SET due_at = due_at + interval '1 year' WHERE id = {_X}"
    yield from _tried(h, "ending", [
        ("everything is destroyed and certified", (*m.accepted, *chosen, gone, key, certify), ALLOWED),
        ("it is certified before the key is destroyed", (*m.accepted, *chosen, gone, certify), REFUSED),
        ("it is certified while the problem is open", (*m.accepted, gone, key, certify), REFUSED),
        ("a key is called destroyed of a bundle that is in use", (*m.accepted, key), REFUSED),
        ("a closed problem is opened again", (*m.accepted, _CLOSES, again), REFUSED),
        ("a destroyed bundle comes back", (*m.accepted, *chosen, gone, f"UPDATE houvast.bundle SET state = 'accepted' WHERE id = {_BUNDLE}"), REFUSED),
        ("a bundle is forgotten instead of destroyed", (*m.accepted, f"DELETE FROM houvast.bundle WHERE id = {_BUNDLE}"), REFUSED),
        ("a certificate is changed", (*m.accepted, *chosen, gone, key, certify, certify.replace("{}", "[]")), REFUSED),
    ])  # fmt: skip
    state = f"SELECT state FROM houvast.bundle WHERE id = {_BUNDLE}"
    closed = (f"SELECT (closed_at IS NOT NULL AND NOT EXISTS (SELECT FROM houvast.exchange_grant g WHERE g.exchange = x.id AND g.ended_at IS NULL))::text"
              f" FROM houvast.exchange x WHERE id = {_X}")  # fmt: skip
    for name, steps, ago, question, wanted in (
        ("what was accepted stays while its problem is open", m.accepted, "1 day", state, "accepted"),
        ("what was not accepted goes after the day until which it was asked", m.submitted, "1 day", state, "withdrawn"),
        ("a problem that nobody closes is closed", m.granted, "20 years", closed, "true"),
    ):
        yield h.asked(name, (*steps, *_overdue(ago)), question, wanted, "ending")
    stays = f"SELECT (due_at > closed_at + interval '1 year')::text FROM houvast.exchange WHERE id = {_X}"
    yield h.asked("the day on which it goes is not put off", (*m.accepted, _CLOSES, longer), stays, "false", "ending")
    yield from _destroyed()


def _overdue(ago: str) -> tuple[str, ...]:
    """As if the day until which it was asked were so long ago; then what the worker does each round."""
    return ("SET LOCAL session_replication_role = replica", f"UPDATE houvast.exchange SET until = now() - interval {literal(ago)} WHERE id = {_X}",
            "SET LOCAL session_replication_role = origin", "SELECT houvast.sweep_exchanges()")  # fmt: skip


def _destroyed() -> Iterator[Attempt]:
    """Sealing, destroying and reading on a store of its own, with the same code that works on real ones."""
    try:
        import cryptography as _  # noqa: F401
    except ImportError:
        return  # without the extra nothing can be sent at all
    from houvast.diagnostics import Keyring, Vault
    from houvast.diagnostics.model import Content
    from houvast.evidence import open_store

    code, data = UUID(int=4711), b"a made-up log\n" * 1000
    with tempfile.TemporaryDirectory(prefix="houvast-prove-") as folder:
        place = Path(folder)
        vault = Vault(open_store(place / "store"), Keyring(place / "keys"))
        vault.keys.make(code)
        content = Content(code, "log", len(data), tuple(vault.put_all(code, [data])))
        kept = {file: file.read_bytes() for file in (place / "store").rglob("*") if file.is_file()}
        plain = any(b"made-up" in piece for piece in kept.values())
        yield _said(
            "a bundle that is stored can be read with its key", "read", _read(vault, content, data), control=True
        )
        yield _said("what lies in the store says nothing by itself", "nothing", "something" if plain else "nothing")
        vault.destroy(code)
        for file, piece in kept.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(piece)
        yield _said("a copy of the store from before, with the keys of after", "not read", _read(vault, content, data))


def _read(vault: Vault, content: Content, data: bytes) -> str:
    try:
        return "read" if b"".join(vault.read(content)) == data else "something else"
    except HouvastError:
        return "not read"


def _said(name: str, expected: str, seen: str, *, control: bool = False) -> Attempt:
    return Attempt(name, "administrator", "a store in a temporary folder", control, expected, seen, "ending")


SORTS: dict[str, Callable[[Handling], Iterator[Attempt]]] = {
    "asking": asking, "statement": stating, "screening": screening, "acceptance": accepting, "helper": helping_,
    "fact": learning, "incident": costing, "ending": ending,
}  # fmt: skip
"""Sort of attempts -> what makes them."""
