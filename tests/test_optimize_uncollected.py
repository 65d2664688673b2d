"""The search for cycles is put off while objects are made, and then goes on as before, whatever happens."""

import gc

import pytest

from optimize.uncollected import uncollected


@pytest.mark.parametrize("was", [True, False])
def test_it_goes_on_as_before(was: bool) -> None:
    enabled = gc.isenabled()
    try:
        (gc.enable if was else gc.disable)()
        with uncollected():
            assert not gc.isenabled()
        with pytest.raises(ValueError, match="within"), uncollected():
            raise ValueError("within")
        assert gc.isenabled() is was
    finally:
        (gc.enable if enabled else gc.disable)()
