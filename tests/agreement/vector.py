"""A world kept as JSON: the policy's versions, the map and a scene; dates move along with the calendar."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Final, cast

from houvast.database.server import Server
from houvast.policy import model, world
from tests.agreement import scenes
from tests.agreement.compare import Comparison
from tests.agreement.example import play
from tests.agreement.scenes import HERE

FOLDER: Final = Path(__file__).parent / "vectors"
KINDS: Final = {
    kind.__name__: kind
    for kind in (
        model.Policy,
        model.Use,
        model.Never,
        model.Term,
        model.Period,
        model.Purpose,
        model.Category,
        world.Person,
        scenes.Item,
        scenes.Scene,
        model.Action,
        model.Basis,
        model.PurposeKind,
        model.Form,
    )
}
SEQUENCES: Final = {"tuple": tuple, "list": list, "frozenset": frozenset}
SKIPPED: Final = ("place", "places")


def encode(value: Any) -> Any:
    """A value as JSON that `decode` reads."""
    if isinstance(value, Enum):
        return {"is": type(value).__name__, "value": value.value}
    if is_dataclass(value):
        told = {f.name: encode(getattr(value, f.name)) for f in fields(value) if f.name not in SKIPPED}
        return {"is": type(value).__name__, **told}
    if isinstance(value, datetime):
        at = value.astimezone(UTC) if value.tzinfo else value
        return {"is": "instant" if value.tzinfo else "clock", "at": at.isoformat()}
    if isinstance(value, date):
        return {"is": "day", "at": value.isoformat()}
    if isinstance(value, (tuple, list, frozenset)):
        found = [encode(one) for one in cast("tuple[Any]", value)]
        return {
            "is": type(cast("object", value)).__name__,
            "of": sorted(found, key=repr) if isinstance(value, frozenset) else found,
        }
    if isinstance(value, dict):
        return {
            "is": "dict",
            "of": [[encode(k), encode(v)] for k, v in cast("dict[Any, Any]", value).items()],
        }
    return value


def decode(told: Any, shift: timedelta) -> Any:
    """The value again, its dates moved by `shift`."""
    if not isinstance(told, dict):
        return told
    raw = cast("dict[str, Any]", told)
    kind = raw["is"]
    if kind in ("instant", "clock"):
        at = datetime.fromisoformat(raw["at"])
        return at.astimezone(HERE) + shift if kind == "instant" else at + shift
    if kind == "day":
        return date.fromisoformat(raw["at"]) + shift
    if kind in SEQUENCES:
        return cast("Any", SEQUENCES[kind])(decode(v, shift) for v in raw["of"])
    if kind == "dict":
        return {decode(k, shift): decode(v, shift) for k, v in raw["of"]}
    made = KINDS[kind]
    if issubclass(made, Enum):
        return made(raw["value"])
    return made(**{name: decode(v, shift) for name, v in raw.items() if name != "is"})


def keep(found: Comparison, name: str) -> Path:
    """Write the first difference's scene with its policy, to be replayed for ever."""
    scene = found.differences[0].scene
    told = {
        "at": datetime.now(UTC).date().isoformat(),
        "about": str(found.differences[0]).splitlines()[:3],
        "versions": encode(tuple(found.versions)),
        "tables": list(found.tables),
        "direct": sorted(found.direct),
        "scene": encode(scene),
    }
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(told) + "\n", "utf-8")
    return path


def replay(server: Server, path: Path) -> Comparison:
    """Set the kept world up again, as if it were found today, and compare."""
    told = json.loads(path.read_text("utf-8"))
    shift = datetime.now(UTC).date() - date.fromisoformat(told["at"])
    scene = decode(told["scene"], shift)
    return play(
        server,
        decode(told["versions"], shift),
        tuple(told["tables"]),
        frozenset(told["direct"]),
        [scene],
        every=True,
    )
