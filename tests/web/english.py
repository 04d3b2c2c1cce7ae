"""Every phrase that a check can put into a finding, read from the source itself; holes are «»."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

HOUVAST = Path(__file__).parents[2] / "src" / "houvast"
ROOMS = ("policy", "datamap", "document.py", "reading.py")
NOT_OF_A_PROJECT = ("policy/regime.py", "policy/starter", "datamap/proposing", "policy/plain.py", "policy/words.py")
"""Where mistakes are ours, or told by another command alone."""
CALLS = {
    # call -> which of its arguments people read, by place or name
    "Finding": (2, 3), "wrong": (2, 3), "wrong_at": (2, 3), "add": (2, 3), "stop": (2, 3), "Contradiction": (2, 3, 5),
    "_pair": (2, 3, 5),
}  # fmt: skip
ANSWERS = {"did_you_mean", "_reason", "wrong", "_kind", "_controller", "_bases", "_terms", "_necessity", "_title"}
"""Functions whose answers stand in a finding."""
TABLES = {"CONTROLLER", "_WHEN"}
"""Tables whose values stand in a finding."""


def phrases() -> set[str]:
    """All of them."""
    files = [
        file
        for room in ROOMS
        for file in ([HOUVAST / room] if room.endswith(".py") else (HOUVAST / room).rglob("*.py"))
    ]
    ours = [file for file in files if not str(file.relative_to(HOUVAST)).startswith(NOT_OF_A_PROJECT)]
    return {
        phrase for file in ours for phrase in _of(ast.parse(file.read_text("utf-8"))) if any(map(str.isalpha, phrase))
    }


def _of(module: ast.Module) -> Iterator[str]:
    yield from (phrase for node in ast.walk(module) for phrase in _table(node))
    for scope in ast.walk(module):
        if isinstance(scope, ast.FunctionDef):
            for node in ast.walk(scope):
                if isinstance(node, ast.Call):
                    yield from _called(node, scope)
                elif isinstance(node, ast.Return) and node.value and scope.name in ANSWERS:
                    yield from _texts(node.value, scope)


def _table(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if isinstance(target, ast.Name) and target.id in TABLES:
            for value in node.value.values:
                first = value.elts[0] if isinstance(value, ast.Tuple) else value
                yield from [str(first.value)] if isinstance(first, ast.Constant) else []


def _called(call: ast.Call, scope: ast.FunctionDef) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    for place in CALLS.get(name, ()):
        if len(call.args) > place:
            yield from _texts(call.args[place], scope)


def _texts(node: ast.AST, scope: ast.FunctionDef) -> Iterator[str]:
    """What an expression can say."""
    if isinstance(node, ast.IfExp):
        yield from (*_texts(node.body, scope), *_texts(node.orelse, scope))
    elif isinstance(node, ast.Tuple):
        yield from (phrase for one in node.elts for phrase in _texts(one, scope))
    elif isinstance(node, ast.Name):
        for line in ast.walk(scope):
            if isinstance(line, ast.Assign) and any(isinstance(t, ast.Name) and t.id == node.id for t in line.targets):
                yield from _texts(line.value, scope)
    elif isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
        yield _template(node)
        for hole in ast.walk(node):
            if isinstance(hole, ast.FormattedValue):
                yield from _in_hole(hole.value, scope)


def _in_hole(node: ast.AST, scope: ast.FunctionDef) -> Iterator[str]:
    """What a hole says by itself: a choice of words, or a name that was given words before."""
    if isinstance(node, ast.IfExp | ast.Name):
        yield from (phrase for phrase in _texts(node, scope) if " " in phrase.strip())


def _template(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_template, node.values))
    if isinstance(node, ast.BinOp):
        return _template(node.left) + _template(node.right)
    return "«»"
