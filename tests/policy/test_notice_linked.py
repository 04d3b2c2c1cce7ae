"""A notice as JSON-LD: valid, in terms that DPV has, each rule with the sentence it comes from."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from houvast.app.places import sample_project
from houvast.policy import Policy, load_policy, notice
from houvast.policy.notices import as_jsonld
from houvast.policy.notices.dpv import PREFIXES, known_terms, rights, strange_terms
from tests.policy.small import write

jsonld: Any = importlib.import_module("pyld.jsonld")  # it has no types

HERE = "https://notice.example/privacy"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(sample_project() / "policy.yaml")


def triples(policy: Policy, lang: str = "en") -> list[dict[str, Any]]:
    """The RDF of a notice; nothing is fetched: its context is in the file."""
    document = json.loads(as_jsonld(policy, notice(policy, lang)))
    found: Any = jsonld.to_rdf(document, {"base": HERE, "documentLoader": refuse})
    return found["@default"]


def refuse(url: str, _: object) -> None:
    raise AssertionError(f"something is fetched: {url}")


def iris(found: list[dict[str, Any]]) -> Iterator[str]:
    for triple in found:
        yield from (part["value"] for part in triple.values() if part["type"] == "IRI")


def objects(found: list[dict[str, Any]], subject: str, term: str) -> list[str]:
    prefix, _, name = term.partition(":")
    return [
        triple["object"]["value"]
        for triple in found
        if triple["subject"]["value"] == f"{HERE}#{subject}" and triple["predicate"]["value"] == PREFIXES[prefix] + name
    ]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_term_exists_in_dpv(policy: Policy, lang: str) -> None:
    whole = {PREFIXES[term.partition(":")[0]] + term.partition(":")[2] for term in known_terms()}
    used = {iri for iri in iris(triples(policy, lang)) if iri.startswith("https://w3id.org/dpv")}
    assert len(used) > 60
    assert used <= whole


def test_what_is_referred_to_is_there(policy: Policy) -> None:
    found = triples(policy)
    described = {triple["subject"]["value"] for triple in found}
    assert {iri for iri in iris(found) if iri.startswith(HERE)} <= described


def test_no_key_is_lost_when_it_is_read(policy: Policy) -> None:
    def keys(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            for key, child in cast(dict[str, Any], node).items():
                yield key
                yield from keys(child)
        elif isinstance(node, list):
            for child in cast(list[Any], node):
                yield from keys(child)

    document: dict[str, Any] = json.loads(as_jsonld(policy, notice(policy, "en")))
    context = document.pop("@context")
    assert {key for key in keys(document) if key[0] != "@" and ":" not in key} <= set(context)
    assert {key.partition(":")[0] for key in keys(document) if ":" in key} <= set(context)


def test_a_use_names_its_data_purpose_basis_and_sentence(policy: Policy) -> None:
    found = triples(policy)
    assert objects(found, "use-U9", "dpv:hasPurpose") == [f"{HERE}#purpose-answer"]
    assert objects(found, "use-U9", "dpv:hasPersonalData") == [f"{HERE}#data-contact"]
    (basis,) = objects(found, "use-U9", "dpv:hasLegalBasis")
    kinds = [
        t["object"]["value"] for t in found if t["subject"]["value"] == basis and "type" in t["predicate"]["value"]
    ]
    assert kinds == [f"{PREFIXES['eu-gdpr']}A6-1-b"]


def test_terms_are_durations(policy: Policy) -> None:
    found = [triple["object"] for triple in triples(policy)]
    lengths = {one["value"] for one in found if one.get("datatype") == "http://www.w3.org/2001/XMLSchema#duration"}
    assert {"P30D", "P7Y", "P13M"} <= lengths


def test_words_carry_their_language(policy: Policy) -> None:
    found = [triple["object"] for triple in triples(policy, "nl")]
    assert {one.get("language") for one in found if one["value"] == "Naam en contactgegevens"} == {"nl"}


def test_rights_are_articles() -> None:
    assert rights(["AVG 12(3)", "AVG 15", "AVG 7(3)", "UAVG 35(2)", "AVG 21"]) == [
        "eu-gdpr:A15",
        "eu-gdpr:A7-3",
        "eu-gdpr:A21",
    ]


def test_a_term_that_is_not_in_dpv_is_told_and_left_out(tmp_path: Path) -> None:
    write(tmp_path, old="dpv:DirectMarketing", new="dpv:DirectMarketting")
    policy = load_policy(tmp_path / "policy.yaml")
    (told,) = strange_terms(policy)
    assert (told.code, told.todo) == ("dpv-unknown", "Did you mean `dpv:DirectMarketing`?")
    assert "Marketting" not in as_jsonld(policy, notice(policy, "nl"))


def test_the_sample_policy_uses_known_terms_only(policy: Policy) -> None:
    assert list(strange_terms(policy)) == []


def test_hostile_and_right_to_left_words_are_only_words(tmp_path: Path) -> None:
    hostile = '</script><script>alert("x")</script> שלום'
    escaped = hostile.replace('"', '\\"')
    write(tmp_path, old="label: {nl: Naam en adres, en:", new=f'label: {{nl: "{escaped}", en:')
    policy = load_policy(tmp_path / "policy.yaml")
    found = json.loads(as_jsonld(policy, notice(policy, "nl")))
    assert found["dpv:hasPersonalData"][0]["title"] == hostile
