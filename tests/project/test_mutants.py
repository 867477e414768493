"""mutants.py: each mutant still fits the code, so that `make mutants` breaks what it says.

Whether the tests notice them is what `make mutants` finds out.
"""

from pathlib import Path

import pytest
from mutants import MUTANTS, PACKAGE, ROOT, Mutant, broken


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.file}: {mutant.effect}")
def test_every_mutant_fits_once_and_is_still_python(mutant: Mutant) -> None:
    path = ROOT / PACKAGE / mutant.file
    text = broken(mutant, path.read_text("utf-8"))
    compile(text, str(path), "exec")
    for name in mutant.tests.split():
        assert (Path(__file__).parents[1] / f"{name}.py").is_file()
