"""What a policy file becomes, and how its versions follow each other."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from houvast.errors import FileErrors
from houvast.policy import load_policy, load_versions
from houvast.policy.model import Action, Basis, Period, Policy, PurposeKind
from houvast.policy.periods import after, ever_longer, parse_period
from tests.policy.small import POLICY, write


@pytest.fixture
def small(tmp_path: Path) -> Policy:
    write(tmp_path)
    return load_policy(tmp_path / "policy.yaml")


def version(folder: Path, number: int, effective: str, name: str = "small-privacy") -> None:
    write(folder / "versions" / str(number), old="version: 1\n", new=f"version: {number}\n")
    file = folder / "versions" / str(number) / "policy.yaml"
    text = file.read_text().replace("2018-05-25T00:00:00+02:00", effective).replace("small-privacy", name)
    file.write_text(text)


def codes(folder: Path) -> list[str]:
    with pytest.raises(FileErrors) as caught:
        load_versions(folder)
    return [one.code for one in caught.value.findings]


def test_languages_are_texts_even_when_one_is_norwegian(tmp_path: Path) -> None:
    write(tmp_path, old="languages: [nl, en]", new="languages: [nl, no]")
    assert load_policy(tmp_path / "policy.yaml").languages == ("nl", "no")


def test_the_effective_instant_is_aware(small: Policy) -> None:
    assert small.effective == datetime(2018, 5, 24, 22, tzinfo=UTC)


def test_while_is_read_as_ways_of_conditions(tmp_path: Path) -> None:
    write(tmp_path, old="order.open or invoice.open", new="order.open or invoice.open and account.active")
    use = load_policy(tmp_path / "policy.yaml").use("contact", "billing")
    assert use
    assert use.while_ == (("order.open",), ("invoice.open", "account.active"))


def test_a_use_has_its_values(small: Policy) -> None:
    use = small.use("contact", "marketing")
    assert use
    assert (use.id, use.basis, use.actions) == ("U3", (Basis.CONSENT, Basis.OWN_CUSTOMER), (Action.READ,))
    assert small.use("question", "billing") is None


def test_a_rule_knows_where_each_of_its_values_stands(small: Policy) -> None:
    use = small.use("question", "answer")
    assert use
    assert use.places["use.question"] == use.places["use.1"]
    line = POLICY.splitlines()[use.place.line - 1]
    assert line[use.places["use.question"].column - 1 :].startswith("question]")


def test_a_duty_keeps_its_parameters_as_texts(tmp_path: Path) -> None:
    write(
        tmp_path,
        old="  log: {promise: A01}",
        new="  log: {attempts: 5, classes: [a, b], x_ours: anything, promise: [A01, G05]}",
    )
    duty = load_policy(tmp_path / "policy.yaml").duties[-1]
    assert (duty.section, duty.name, duty.promises) == ("safeguards", "log", ("A01", "G05"))
    assert duty.parameters == {"attempts": "5", "classes": ("a", "b"), "x_ours": ("anything",)}


def test_a_duty_of_the_law_is_called_so(tmp_path: Path) -> None:
    write(tmp_path, old="  log: {promise: A01}", new="  log: {law: AVG 33, label: {nl: a, en: b}}")
    duty = load_policy(tmp_path / "policy.yaml").duties[-1]
    assert (duty.added, duty.law) == ("law", ("AVG 33",))


def test_a_system_purpose_has_its_kind(tmp_path: Path) -> None:
    write(tmp_path, old="answer: {label", new="answer: {kind: dispute, one: case, label")
    purpose = load_policy(tmp_path / "policy.yaml").purposes["answer"]
    assert (purpose.kind, purpose.one) == (PurposeKind.DISPUTE, "case")


def test_versions_come_oldest_first(tmp_path: Path) -> None:
    write(tmp_path)
    version(tmp_path, 3, "2021-01-01T00:00:00+01:00")
    version(tmp_path, 2, "2020-01-01T00:00:00+01:00")
    assert [policy.version for policy in load_versions(tmp_path)] == [1, 2, 3]


def test_a_later_version_takes_effect_later(tmp_path: Path) -> None:
    write(tmp_path)
    version(tmp_path, 2, "2018-05-25T00:00:00+02:00")
    assert codes(tmp_path) == ["effective-order"]


def test_a_version_lies_in_the_folder_of_its_number(tmp_path: Path) -> None:
    write(tmp_path)
    version(tmp_path, 2, "2020-01-01T00:00:00+01:00")
    (tmp_path / "versions" / "2").rename(tmp_path / "versions" / "3")
    assert codes(tmp_path) == ["version-folder"]


def test_a_number_is_given_once(tmp_path: Path) -> None:
    write(tmp_path)
    version(tmp_path, 1, "2020-01-01T00:00:00+01:00")
    assert codes(tmp_path) == ["version-twice"]


def test_versions_are_of_one_policy(tmp_path: Path) -> None:
    write(tmp_path)
    version(tmp_path, 2, "2020-01-01T00:00:00+01:00", name="other-privacy")
    assert codes(tmp_path) == ["policy-name"]


def test_mistakes_in_all_versions_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, old="marketing: yes", new="marketing: si")
    version(tmp_path, 2, "tomorrow")
    assert sorted(codes(tmp_path)) == ["effective-unclear", "word-unknown"]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("P1Y6M10D", Period(1, 6, 10)),
        ("P2W", Period(0, 0, 14)),
        ("P0D", Period()),
        ("P24M", Period(0, 24, 0)),
    ],
)
def test_a_period_is_read(text: str, period: Period) -> None:
    assert parse_period(text) == period


@pytest.mark.parametrize("text", ["", "P", "1Y", "PT1H", "P1.5Y", "-P1D", "P1D6M", "p1d", "P\u0661D", "P1234567D"])
def test_what_is_no_calendar_period_is_none(text: str) -> None:
    assert parse_period(text) is None


def test_the_end_of_a_month_is_kept() -> None:
    start = datetime(2024, 1, 31, tzinfo=UTC).date()
    assert after(start, Period(0, 1, 0)).isoformat() == "2024-02-29"
    assert after(start, Period(1, 1, 1)).isoformat() == "2025-03-01"


@pytest.mark.parametrize(
    ("one", "other", "longer"),
    [
        ("P28D", "P1M", False),
        ("P29D", "P1M", True),
        ("P1M", "P1M", False),
        ("P365D", "P1Y", False),
        ("P7Y", "P84M", False),
    ],
)
def test_a_period_is_longer_when_it_ever_ends_later(one: str, other: str, longer: bool) -> None:
    first, second = parse_period(one), parse_period(other)
    assert first
    assert second
    assert (ever_longer(first, second) is not None) is longer
