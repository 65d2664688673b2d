"""The house stands: imports only point down, no room is too big, no function too long."""

import ast
import graphlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "data": {"data"},
    "forecast": {"forecast", "data"},
    "optimize": {"optimize", "data"},
    "scenarios": {"scenarios", "forecast", "optimize", "data"},
    "restock": {"restock", "scenarios", "forecast", "optimize", "data"},
}
ROOMS = sorted(path for folder in MAY_IMPORT for path in (ROOT / folder).rglob("*.py"))
LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 400, 60


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class _WhatLoads(ast.NodeTransformer):
    """Leaves what runs when a module is loaded: no function's body, nothing that only the type checker imports."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:  # noqa: ARG002 (the visitor's protocol)
        return None

    def visit_If(self, node: ast.If) -> ast.AST | None:
        return None if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING" else node


def _imports(path: Path, only_loading: bool = False) -> set[str]:
    """What the file imports from the house: wherever in the file it does, or only when it is loaded."""
    tree: ast.AST = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(_WhatLoads().visit(tree) if only_loading else tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where they point"
            found |= {str(node.module)} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] in MAY_IMPORT}


def test_there_are_rooms_in_every_layer() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in ROOMS} == set(MAY_IMPORT)


@pytest.mark.parametrize("path", ROOMS, ids=_name)
def test_imports_only_point_down(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0]
    assert {name.split(".")[0] for name in _imports(path)} <= MAY_IMPORT[layer]


def test_no_import_circle() -> None:
    names = {_name(path) for path in ROOMS}
    graph = {_name(path): _imports(path, only_loading=True) & names - {_name(path)} for path in ROOMS}
    list(graphlib.TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("path", sorted([*ROOMS, *(ROOT / "benchmarks").glob("*.py")]), ids=_name)
def test_files_and_functions_hold_one_thought(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") < LINES_OF_A_FILE
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {
        f.name: f.end_lineno - f.lineno + 1 for f in functions if (f.end_lineno or 0) - f.lineno >= LINES_OF_A_FUNCTION
    }
    assert not long
