"""A second policy, that of a sports club."""

from pathlib import Path

CLUB = Path(__file__).parents[2] / "policies" / "club"
SCHEMA = Path(__file__).parent / "schema.sql"
