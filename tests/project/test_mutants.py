"""mutants/ and automutate.diff: each still fits the code, so that a run breaks what it says.

Whether the tests notice is what `make mutants` and `make automutants` find out.
"""

from pathlib import Path

import automutate
import mutate
import pytest
import trials
from operators import changes

FILES = sorted(mutate.MUTANTS.rglob("*.diff"))


@pytest.mark.parametrize(
    "path", FILES, ids=lambda path: path.relative_to(mutate.MUTANTS).with_suffix("").as_posix()
)
def test_every_mutant_fits_once_and_is_still_python(path: Path) -> None:
    mutant = mutate.read(path)
    compile(mutate.broken(mutant), mutant.file, "exec")
    for tests in mutant.tests:
        assert (trials.ROOT / tests).is_file(), tests


def test_every_survivor_that_is_excused_is_still_made_and_has_a_reason() -> None:
    made = {mutant.key for mutant in automutate.all_mutants()}
    for key, reason in automutate.the_list().items():
        assert key in made, key
        assert reason, key


@pytest.mark.parametrize(
    ("source", "broken"),
    [
        ("a < b", {"a <= b"}),
        ("a is not b", {"a is b"}),
        ("a not in b", {"a in b"}),
        ("(a) + (b)", {"(a) - (b)"}),
        ("a and b", {"a or b"}),
        ("not a", {"a"}),
        ("a += b", {"a -= b", "pass"}),
        ("a.b = c", {"pass"}),
        ("7", set()),
        ("f(7)", {"f(8)", "f(6)", "pass"}),
        ("f(a=b, c=d)", {"f(c=d)", "f(a=b)", "pass"}),
        ("f(a, b=True)", {"f(a)", "f(a, b=False)", "pass"}),
        ("f('a', '')", {"f(\"\", '')", "f('a', \"XX\")", "pass"}),
        ("f(b'a', f'{a}')", {"f(b\"\", f'{a}')", "f(b'a', \"\")", "pass"}),
        ("def f():\n  return a", {"  return None"}),
        ("def f():\n  return None", set()),
        ("def f(a: 'A') -> 'B':\n  'text'\n  raise a", {"  pass"}),
        ("@a\ndef f():\n  del b", {"", "  pass"}),
        ("if a:\n  a()", {"if not (a):", "  pass"}),
        ("while a > b:\n  break", {"while a >= b:", "while not (a > b):", "  pass"}),
        ("[a for a in b if c]", {"[a for a in b if not (c)]", "pass"}),
        ("with a:\n  del b", {"if True:", "  pass"}),
        ("x = hmac.compare_digest(a, b)", {"x = (a == b)"}),
        ("x = secrets.randbits(n)", {"x = 1"}),
        ("__all__ = ['a']", set()),
    ],
)
def test_each_operator_makes_its_change(source: str, broken: set[str]) -> None:
    made = [change.text for change in changes(source)]
    for text in made:
        compile(text, "mutant", "exec")
    lines = source.split("\n")
    changed = {
        next((new for new, old in zip(text.split("\n"), lines, strict=True) if new != old), "")
        for text in made
    }
    assert changed - {"pass"} == broken - {"pass"}
