"""Each column is declared once; docs/input.md is generated from it."""

from pathlib import Path

import pytest

from data.dictionary import markdown, renewed
from data.schema import TABLES

ROOT = Path(__file__).parent.parent


def test_the_guide_holds_the_dictionary_of_the_schema() -> None:
    guide = (ROOT / "docs" / "input.md").read_text(encoding="utf-8")
    assert renewed(guide) == guide, "run: python -m data.dictionary docs/input.md"


def test_every_column_is_in_the_dictionary() -> None:
    text = markdown()
    for table in TABLES.values():
        for column in table.columns:
            assert f"| {column.name}" in text
            assert column.meaning


def test_a_file_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="data dictionary"):
        renewed("# no markers here\n")


def test_text_around_the_dictionary_is_kept() -> None:
    text = "before\n<!-- data dictionary -->\nstale text\n<!-- /data dictionary -->after\n"
    assert renewed(text).startswith("before\n<!-- data dictionary -->\n")
    assert renewed(text).endswith("<!-- /data dictionary -->after\n")
    assert "stale text" not in renewed(text)
