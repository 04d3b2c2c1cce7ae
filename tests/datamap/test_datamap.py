"""A data map: what its file becomes, and each mistake at its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from houvast.datamap import check, load_datamap, remarks
from houvast.datamap.model import Owner, Where
from houvast.errors import FileErrors
from houvast.policy import load_versions
from tests.datamap.small import DATAMAP, findings, write
from tests.policy.small import FILES

COLUMNS = "    columns: {body: question}"
MANY = ", ".join(f"c{n}: {{category: question, contestable: yes}}" for n in range(15))
MISTAKES = {
    "a mistyped key": ("key-unknown", "    erasure: anonymise", "    §erazure: anonymise"),
    "a mistyped word": ("word-unknown", "views: {overview: invoker}", "views: {overview: §invoke}"),
    "a function of an unknown kind": ("word-unknown", '"touch()": keep', '"touch()": §kept'),
    "a materialised view of persons": ("word-unknown", "sales: not personal", "sales: §invoker"),
    "an erasure that is none": ("word-unknown", "erasure: anonymise", "erasure: §shred"),
    "an erasure without columns": (
        "erasure-unclear",
        "erasure: anonymise\n    blank: [address]",
        "erasure: §anonymise",
    ),
    "columns to blank for nothing": (
        "erasure-unclear",
        "erasure: anonymise\n    blank: [address]",
        "blank: §[address]",
    ),
    "a table of the wrong word": ("word-unknown", "product: not personal", "product: §no personal"),
    "a table that is both": ("table-unclear", COLUMNS, COLUMNS + "\n    personal: §no"),
    "a column of nothing": ("column-unclear", "name: contact}", "name: §[]}"),
    "a column that is both": ("column-unclear", "name: contact}", "name: §[contact, not personal]}"),
    "no database": ("value-empty", "database: small", "database: §''"),
    "a prefix with a capital": ("role-prefix", "migration_login:", "role_prefix: §HV\nmigration_login:"),
    "a circumstance of nobody": (
        "person-unclear",
        "{table: ticket, person: {customer: account_id},",
        "§{table: ticket,",
    ),
    "a condition on a list of nothing": ("where-unclear", "status: [new, paid]", "status: §[]"),
    "a condition with null in a list": ("where-unclear", "status: [new, paid]", "status: §[new, null]"),
    "a condition on nothing": ("where-unclear", "{closed_at: null}", "{closed_at:§ }"),
    "a condition on the words not null": ("where-unclear", "{closed_at: null}", "{closed_at: §'not null'}"),
    "an owner as a word": ("owner-unclear", "owner: {customer: ticket_id.account_id}", "owner: §customer"),
    "a link without its column": (
        "owner-unclear",
        "owner: {customer: account_id, through: member, of: household_id, left: left_at}",
        "owner: §{customer: account_id, through: member}",
    ),
    "links that count, without a link table": (
        "owner-unclear",
        "      - {customer: account_id}",
        "      - §{customer: account_id, where: {role: author}}",
    ),
    "a stand-in in a link": (
        "owner-unclear",
        "left: left_at}",
        "left: left_at, stand_in: §0}",
    ),
    "a reader as a word": (
        "owner-unclear",
        "owner: {customer: ticket_id.account_id}",
        "owner: {customer: ticket_id.account_id}\n    accessed_by: §customer",
    ),
    "owners of two kinds": (
        "owner-kinds",
        "owner: {customer: ticket_id.account_id}",
        "owner: [{customer: ticket_id.account_id}, {visitor: §visitor_id}]",
    ),
    "a reader that is no subject": (
        "subject-unknown",
        "owner: {customer: ticket_id.account_id}",
        "owner: {customer: ticket_id.account_id}\n    accessed_by: {costumer: §reader_id}",
    ),
    "a hidden column that is not there": (
        "owner-column-nowhere",
        "owner: {customer: ticket_id.account_id}",
        "owner: {customer: ticket_id.account_id, hides: [§remark]}",
    ),
    "a reader who takes something along": (
        "access-unclear",
        "owner: {customer: ticket_id.account_id}",
        "owner: {customer: ticket_id.account_id}\n    accessed_by: {customer: §reader_id, stand_in: 0}",
    ),
    "an unknown policy": ("policy-unknown", "policy: small-privacy", "policy: §smal-privacy"),
    "a subject that the policy does not know": (
        "kind-unknown",
        "  customer: {table: account",
        "  client: §{table: account",
    ),
    "an owner that is no subject": (
        "subject-unknown",
        "{customer: ticket_id.account_id}",
        "{costumer: §ticket_id.account_id}",
    ),
    "a circumstance of an unknown subject": (
        "subject-unknown",
        "{table: ticket, person: {customer: account_id}",
        "{table: ticket, person: {client: §account_id}",
    ),
    "an unknown category": ("category-unknown", "body: question", "body: §qestion"),
    "an unknown category among several": ("category-unknown", "[question, contact]", "[question, §contract]"),
    "an unknown category of a described column": (
        "category-unknown",
        "{category: contact, cont",
        "{category: §kontact, cont",
    ),
    "an unknown purpose of a login": ("purpose-unknown", "desk: [answer]", "desk: [answer, §marketting]"),
    "an unknown purpose of a stand": ("purpose-unknown", "purpose: marketing", "purpose: §news"),
    "an unknown writer": ("purpose-unknown", "writers: [billing]", "writers: [§bill]"),
    "an unknown case": ("circumstance-unknown", "case: {ticket.open: id}", "case: {tiket.open: §id}"),
    "a mistyped event": ("event-unknown", "{ticket.closed: closed_at}", "{ticket.close: §closed_at}"),
    "an unknown stand": ("stand-unknown", "stand: consented", "stand: §agreed"),
    "rows of nobody": (
        "owner-missing",
        "  ticket_message:\n    owner: {customer: ticket_id.account_id}\n    columns",
        "  ticket_message:\n    §columns",
    ),
    "rows of nobody and somebody": ("owner-unclear", COLUMNS, COLUMNS + "\n    ownerless: §yes"),
    "an owner by way of itself": (
        "owner-cyclic",
        "{customer: ticket_id.account_id}",
        "{customer: §ticket_id.ticket_message_id.account_id}",
    ),
    "an owner through itself": (
        "owner-cyclic",
        "      - {customer: account_id}",
        "      - {customer: §id, through: household, of: member_id}",
    ),
    "an event that nobody dates": (
        "event-missing",
        COLUMNS + "\n    events: {ticket.closed: ticket_id.closed_at}",
        COLUMNS + "\n    events: §{collected: created_at}",
    ),
    "an identifier in a table that is not there": (
        "identifier-nowhere",
        "created_at, closed: closed_at}",
        "created_at, closed: closed_at, identifiers: {email: §contacts.email}}",
    ),
    "an identifier in a column that is not there": (
        "identifier-nowhere",
        "created_at, closed: closed_at}",
        "created_at, closed: closed_at, identifiers: {email: §ticket.mail}}",
    ),
    "an identifier that is not personal": (
        "identifier-nowhere",
        "created_at, closed: closed_at}",
        "created_at, closed: closed_at, identifiers: {number: §account.id}}",
    ),
    "an identifier in a row that several people share": (
        "identifier-shared",
        "created_at, closed: closed_at}",
        "created_at, closed: closed_at, identifiers: {email: §household.address}}",
    ),
    "an identifier two steps away": (
        "identifier-shared",
        "created_at, closed: closed_at}",
        "created_at, closed: closed_at, identifiers: {email: §ticket_message.body}}",
    ),
    "letters that go nowhere": (
        "reach-missing",
        "created_at, closed: closed_at}",
        "created_at, closed: closed_at, identifiers: {phone: ticket.email}, reach: §email}",
    ),
    "letters by telephone": (
        "word-unknown",
        "created_at, closed: closed_at}",
        "created_at, closed: closed_at, identifiers: {phone: ticket.email}, reach: §phone}",
    ),
    "a sort of identifier that nobody knows": (
        "identifier-unclear",
        "created_at, closed: closed_at}",
        "created_at, closed: closed_at, identifiers: {§mail: ticket.email}}",
    ),
    "an identifier without a column": (
        "identifier-unclear",
        "created_at, closed: closed_at}",
        "created_at, closed: closed_at, identifiers: {email: §ticket}}",
    ),
    "sixteen contested columns": (
        "contestable-many",
        COLUMNS,
        f"    columns: {{{MANY}, §c15: {{category: question, contestable: yes}}}}",
    ),
    "a circumstance that nobody defines": (
        "circumstance-missing",
        "circumstances:\n  ticket.open",
        "circumstances:\n  §tickets.open",
    ),
}


@pytest.mark.parametrize(("code", "old", "new"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_data_map_is_found_at_its_place(tmp_path: Path, code: str, old: str, new: str) -> None:
    place = write(tmp_path, old, new)
    found = [one for one in findings(tmp_path) if one.code == code]
    assert place in {(one.place.line, one.place.column) for one in found}, findings(tmp_path)
    assert all(one.todo for one in found)


def test_a_correct_map_has_no_findings(tmp_path: Path) -> None:
    write(tmp_path)
    assert findings(tmp_path) == ()


def test_a_column_holds_a_field_of_its_category(tmp_path: Path) -> None:
    fields = ("  question: {of", "  question: {fields: [message], of")
    write(tmp_path, "columns: {body: question}", "columns: {body: {category: question, holds: message}}", policy=fields)
    assert findings(tmp_path) == ()
    spoilt = "columns: {body: {category: question, holds: §mesage}}"
    place = write(tmp_path, "columns: {body: question}", spoilt, policy=fields)
    (found,) = findings(tmp_path)
    assert (found.code, (found.place.line, found.place.column)) == ("field-unknown", place)
    assert "`message`" in found.todo


def test_given_data_need_a_column_that_says_what_for(tmp_path: Path) -> None:
    given = ("  question: {of", "  question: {given_for: required, of")
    write(tmp_path, policy=given)
    assert [one.code for one in findings(tmp_path)] == ["given-for-missing"] * 3
    place = write(tmp_path, "columns: {body: question}", "columns: {§body: question}", policy=given)
    assert place in {(one.place.line, one.place.column) for one in findings(tmp_path)}


@pytest.mark.parametrize(
    "new",
    [
        "columns: {body: {category: question, given_for: goal}}",
        "columns: {body: question}\n    given_for: goal",
    ],
)
def test_a_table_or_a_column_says_what_for(tmp_path: Path, new: str) -> None:
    write(
        tmp_path,
        "columns: {body: question}",
        new,
        ("  question: {of", "  question: {given_for: required, of"),
    )
    assert not [one for one in findings(tmp_path) if "ticket_message" in one.message]


def test_what_was_given_is_for_a_purpose_of_the_policy(tmp_path: Path) -> None:
    line, column = write(
        tmp_path, "columns: {body: question}", "columns: {body: question}\n    given_values: {x: §nothing}"
    )
    assert [(one.code, one.place.line, one.place.column) for one in findings(tmp_path)] == [
        ("purpose-unknown", line, column)
    ]


def test_one_person_at_a_time_needs_a_login_of_its_own(tmp_path: Path) -> None:
    one = ("  answer: {label", "  answer: {one: person, label")
    place = write(tmp_path, "office: [answer, billing]", "office: [§answer, billing]", one)
    found = findings(tmp_path)
    assert [(x.code, (x.place.line, x.place.column)) for x in found] == [("login-mixed", place)]


def test_two_purposes_of_one_at_a_time_may_share_a_login(tmp_path: Path) -> None:
    write(tmp_path, policy=("purposes:\n  answer: {label", "purposes:\n  answer: {one: person, label"))
    text = (tmp_path / "policy.yaml").read_text().replace("billing: {label", "billing: {one: case, label")
    (tmp_path / "policy.yaml").write_text(text)
    assert findings(tmp_path) == ()


def test_a_circumstance_of_data_that_lie_elsewhere_is_not_asked_for(tmp_path: Path) -> None:
    write(tmp_path)
    policy = (tmp_path / "policy.yaml").read_text()
    more = "  visit: {of: [customer], label: {nl: a, en: b}, promise: C01}\npurposes:"
    policy = policy.replace("purposes:", more, 1)
    use = "  - {id: U9, use: visit, for: answer, basis: contract, while: incident.open, promise: C01}\nnevers:"
    (tmp_path / "policy.yaml").write_text(policy.replace("nevers:", use))
    assert findings(tmp_path) == ()


def test_houvast_has_circumstances_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, policy=("while: ticket.open", "while: request.open and hold.open"))
    assert findings(tmp_path) == ()


def test_a_name_in_an_older_version_is_known(tmp_path: Path) -> None:
    write(tmp_path)
    newer = tmp_path / "versions" / "2"
    newer.mkdir(parents=True)
    text = FILES["policy.yaml"].replace("version: 1\n", "version: 2\n").replace("2018-05-25", "2020-05-25")
    text = text.replace("  question: {of", "  asked: {of").replace("[contact, question]", "contact")
    (newer / "policy.yaml").write_text(text)
    for name in ("text.nl.md", "text.en.md"):
        (newer / name).write_text(FILES[name])
    versions = load_versions(tmp_path)
    assert len(versions) == 2
    assert check(load_datamap(tmp_path / "datamap.yaml"), versions) == ()


def test_a_purpose_that_writes_its_own_circumstance_is_remarked(tmp_path: Path) -> None:
    write(tmp_path, policy=("while: ticket.open", "while: ticket.open, actions: [read, insert]"))
    datamap, versions = load_datamap(tmp_path / "datamap.yaml"), load_versions(tmp_path)
    assert (check(datamap, versions), remarks(datamap, versions)) == ((), ())  # its own cases open nobody to it
    limited = ("while: ticket.open", "while: ticket.open, actions: [read, insert]")
    place = write(tmp_path, "where: {closed_at: null}}", "where: {closed_at: null}, opened_by: §anybody}", limited)
    found = findings(tmp_path)
    assert [(one.code, (one.place.line, one.place.column)) for one in found] == [("circumstance-unlimited", place)]
    text = (tmp_path / "policy.yaml").read_text()
    text = text.replace("  answer: {label", "  answer: {volume: {people: 20, per: day}, label", 1)
    (tmp_path / "policy.yaml").write_text(text)
    datamap, versions = load_datamap(tmp_path / "datamap.yaml"), load_versions(tmp_path)
    assert check(datamap, versions) == ()
    assert [(one.code, one.place.line) for one in remarks(datamap, versions)] == [("circumstance-own", 8)]


def test_conditions_tell_null_from_the_word(tmp_path: Path) -> None:
    write(tmp_path)
    found = load_datamap(tmp_path / "datamap.yaml").circumstances
    assert found["ticket.open"].where == Where({"closed_at": ()})
    assert found["order.open"].where == Where({"status": ("new", "paid")})
    assert found["invoice.open"].where == Where({"paid": ("null",)}, ends="due_at")


def test_not_null_is_a_condition_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, "{closed_at: null}", "{closed_at: not null}")
    where = load_datamap(tmp_path / "datamap.yaml").circumstances["ticket.open"].where
    assert where.conditions == {"closed_at": ("not null",)}


def test_owners_are_paths_or_links(tmp_path: Path) -> None:
    write(tmp_path)
    tables = load_datamap(tmp_path / "datamap.yaml").tables
    assert tables["ticket_message"].owners == (
        Owner("customer", ("ticket_id", "account_id"), place=tables["ticket_message"].owners[0].place),
    )
    shared = tables["household"].owners[0]
    assert (shared.path, shared.through, shared.of, shared.left) == (
        ("account_id",),
        "member",
        "household_id",
        "left_at",
    )


def test_a_column_knows_its_categories(tmp_path: Path) -> None:
    write(tmp_path)
    columns = load_datamap(tmp_path / "datamap.yaml").tables["ticket"].columns
    assert [(one.name, one.categories, one.contestable) for one in columns.values()] == [
        ("id", (), False),
        ("subject", ("question",), False),
        ("email", ("contact",), True),
        ("search", ("question", "contact"), False),
    ]


def test_a_table_without_personal_data_says_who_writes_it(tmp_path: Path) -> None:
    write(tmp_path)
    tables = load_datamap(tmp_path / "datamap.yaml").tables
    assert (tables["product"].personal, tables["price"].personal, tables["price"].writers) == (
        False,
        False,
        ("billing",),
    )


def test_a_login_may_have_no_purpose(tmp_path: Path) -> None:
    write(tmp_path)
    assert load_datamap(tmp_path / "datamap.yaml").logins["analytics"].purposes == ()


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The small data map with a few pieces put in, taken out or written over."""
    text = DATAMAP
    pieces = st.sampled_from([*"\n :[]{}',", ": ", "- ", "[]", "{}", "''", "null", "no", "customer", "a.b"])
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.just("") | pieces) + text[at + draw(st.integers(0, 8)) :]
    return text


@given(text=mutated())
def test_a_spoiled_map_loads_or_raises_file_errors(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("spoiled") / "datamap.yaml"
    file.write_text(text, "utf-8")
    try:
        datamap = load_datamap(file)
    except FileErrors as errors:
        places = [one.place for one in errors.findings]
    else:
        places = [datamap.place]
    assert places
    assert all(place.line >= 1 and place.column >= 1 for place in places)


BILLING = "{id: U2, use: contact, for: billing, basis: contract,"


@pytest.mark.parametrize(
    ("use", "total", "code"),
    [
        ("form: aggregate,", "homes: {for: biling, by: address}", "purpose-unknown"),
        ("form: aggregate,", "homes: {for: billing, by: adress}", "column-unknown"),
        ("form: aggregate,", "member: {for: billing, by: address}", "total-unclear"),
        ("form: masked,", "homes: {for: billing, by: address}", "total-unused"),
        ("form: aggregate,", "homes: {for: billing}", "key-missing"),
    ],
)
def test_totals_fit_what_lies_here(tmp_path: Path, use: str, total: str, code: str) -> None:
    new = f"erasure: anonymise\n    totals: {{{total}}}"
    write(tmp_path, "erasure: anonymise", new, policy=(BILLING, f"{BILLING} {use}"))
    assert code in {one.code for one in findings(tmp_path)}


def test_a_key_keeps_its_form(tmp_path: Path) -> None:
    new = "id: contact, name: contact"
    write(tmp_path, "id: not personal, name: contact", new, policy=(BILLING, f"{BILLING} form: masked,"))
    assert "form-on-key" in {one.code for one in findings(tmp_path)}


def test_a_login_that_sees_data_under_pseudonyms_sees_them_in_no_other_way(tmp_path: Path) -> None:
    billing = "{id: U2, use: contact, for: billing, basis: contract,"
    write(
        tmp_path, "analytics: []", "analytics: [billing, answer]", policy=(billing, f"{billing} form: pseudonymised,")
    )
    assert "login-links" in {one.code for one in findings(tmp_path)}
