"""docs/what_if.md: its tables are printed from what is declared, its examples are read and run."""

import re
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from scenarios.fields import FIELDS
from scenarios.finance_measures import BY_NAME
from scenarios.guide import renewed
from scenarios.patch import parsed, read_scenario

DOCS = Path(__file__).parent.parent / "docs"
GUIDE = (DOCS / "what_if.md").read_text(encoding="utf-8")


def test_the_guide_holds_every_field_and_measure() -> None:
    assert renewed(GUIDE) == GUIDE, "run: python -m scenarios.guide docs/what_if.md"
    for name in [*FIELDS, *BY_NAME]:
        assert f"| {name} |" in GUIDE


def test_the_guides_scenario_file_is_one() -> None:
    text = re.search(r"## A scenario file\n\n((?:    .*\n|\n)+)", GUIDE)
    assert text
    scenario = parsed(tomllib.loads(re.sub("(?m)^    ", "", text[1])), "late_jackets.toml")
    assert scenario.name == "late jackets"
    assert scenario.override[0].field == "late_days"
    shorter = read_scenario(DOCS / "late_jackets.toml").override[0]
    assert shorter == scenario.override[0].model_copy(update={"first": None, "last": None})


def test_a_guide_without_its_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="measures"):
        renewed(GUIDE.replace("<!-- measures -->", ""))


def test_the_notebook_runs_from_beginning_to_end(tmp_path: Path) -> None:
    notebook = nbformat.read(DOCS / "what_if.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in shown if output.output_type == "error"]
    assert (tmp_path / "compared" / "compare.xlsx").is_file()
