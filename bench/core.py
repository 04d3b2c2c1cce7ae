"""python -m bench.core: what the core weighs, in an environment with Houvast and no extra in it."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from bench.report import RESULTS, commit

ROOT = Path(__file__).parents[1]
_TOOLS = ("pip", "setuptools", "wheel", "pkg_resources", "_distutils_hack", "distutils-precedence")


def measure() -> dict[str, object]:
    """Install the core into a new environment, and weigh it without the tools that installed it."""
    with tempfile.TemporaryDirectory(prefix="houvast-core-") as folder:
        home = Path(folder) / "venv"
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        install = [home / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", ROOT]
        subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
        subprocess.run([home / "bin" / "houvast", "--help"], check=True, stdout=subprocess.DEVNULL)
        parts = {part.name: _bytes(part) for part in next(home.glob("lib/python*/site-packages")).iterdir()}
    ours = {name: size for name, size in parts.items() if not name.startswith(_TOOLS)}
    direct = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return {
        "python": platform.python_version(),
        "commit": commit(),
        "direct_dependencies": len(direct),
        "packages": sum(name.endswith(".dist-info") for name in ours),
        "megabytes": round(sum(ours.values()) / 1e6, 1),
        "largest": {name: round(size / 1e6, 1) for name, size in sorted(ours.items(), key=lambda one: -one[1])[:6]},
        "bars": {"direct_dependencies": 12, "megabytes": 100},
    }


def _bytes(part: Path) -> int:
    files = part.rglob("*") if part.is_dir() else [part]
    return sum(file.stat().st_size for file in files if file.is_file())


if __name__ == "__main__":
    (RESULTS / "core.json").write_text(json.dumps(measure(), indent=2) + "\n")
    print((RESULTS / "core.json").read_text())
