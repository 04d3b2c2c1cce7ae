"""A small, correct data map for the small policy, and a way to spoil one line of it (`§` marks the place)."""

from __future__ import annotations

from pathlib import Path

from houvast.datamap import check, load_datamap
from houvast.errors import FileErrors, Finding
from houvast.policy import load_versions
from tests.policy.small import MARK
from tests.policy.small import write as write_policy

DATAMAP = """\
map: small
database: small
policy: small-privacy
migration_login: small_owner
subjects:
  customer: {table: account, key: id, since: created_at, closed: closed_at}
circumstances:
  ticket.open: {table: ticket, person: {customer: account_id}, where: {closed_at: null}}
  order.open: {table: purchase, person: {customer: account_id}, where: {status: [new, paid]}}
  invoice.open: {table: purchase, person: {customer: account_id}, where: {paid: "null"}, ends: due_at}
stands:
  - {stand: consented, purpose: marketing, table: member, person: {customer: account_id}}
tables:
  account:
    columns: {id: not personal, name: contact}
  ticket:
    owner: {customer: account_id}
    columns:
      id: not personal
      subject: question
      email: {category: contact, contestable: yes}
      search: {categories: [question, contact]}
    case: {ticket.open: id}
    events: {ticket.closed: closed_at}
  ticket_message:
    owner: {customer: ticket_id.account_id}
    columns: {body: question}
    events: {ticket.closed: ticket_id.closed_at}
  household:
    owner: {customer: account_id, through: member, of: household_id, left: left_at}
    columns: {address: contact}
    erasure: anonymise
    blank: [address]
  member:
    owner:
      - {customer: account_id}
  product: not personal
  price: {personal: no, writers: [billing]}
logins:
  desk: [answer]
  office: [answer, billing]
  analytics: []
views: {overview: invoker}
functions: {"touch()": keep}
materialised: {sales: not personal}
"""


def write(folder: Path, old: str = "", new: str = "", policy: tuple[str, str] = ("", "")) -> tuple[int, int]:
    """Write the small policy and map, each with one part replaced; gives line and column of the mark."""
    write_policy(folder, old=policy[0], new=policy[1])
    if old:
        assert DATAMAP.count(old) == 1, f"{old!r} is not there once"
    before, mark, after = (DATAMAP.replace(old, new) if old else DATAMAP).partition(MARK)
    (folder / "datamap.yaml").write_text(before + after, "utf-8")
    return (before.count("\n") + 1, len(before) - before.rfind("\n")) if mark else (0, 0)


def findings(folder: Path) -> tuple[Finding, ...]:
    """What loading the project in a folder and checking its map finds."""
    try:
        return check(load_datamap(folder / "datamap.yaml"), load_versions(folder))
    except FileErrors as errors:
        return errors.findings
