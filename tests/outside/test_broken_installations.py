"""What an engine needs may be broken, half there or too old: the next one is used, and it is said.

Each place is a process of its own, with modules that stand in for what is installed there. The
engine that is used computes a recorded exchange, so that nothing is wrong but what is said.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from recorded import CLIENT, OUTPUT

from srp_cognito.proof import modexp

HERE: Final = modexp.engine().name
# Stand-ins for how an interpreter reaches libcrypto. They come before the library is imported.
NO_CTYPES = "sys.modules['_ctypes'] = None"
NO_LIBRARY = """
import ctypes
class Refusing(ctypes.CDLL):
    def __init__(self, name, *given, **named):
        if name is None or "crypto" in name or "_hashlib" in name or "openssl" in name:
            raise OSError(f"{name}: cannot be opened:\\n\\ttried here\\n\\ttried there")
        super().__init__(name, *given, **named)
ctypes.CDLL = Refusing
"""
NO_SYMBOL = """
import ctypes
class Refusing(ctypes.CDLL):
    def __getattr__(self, name):
        if name == "BN_mod_exp_mont_consttime":
            raise AttributeError(f"{self._name}: undefined symbol: {name}")
        return super().__getattr__(name)
ctypes.CDLL = Refusing
"""
BROKEN_CTYPES = """
import types
sys.modules["ctypes"] = types.ModuleType("ctypes")
"""

# Stand-ins for cryptography: what its folder holds.
DH = "cryptography/hazmat/primitives/asymmetric/dh.py"
DH_MODULE = "cryptography.hazmat.primitives.asymmetric.dh"
NO_CLASS = "has no attribute 'DHPrivateNumbers'"
PACKAGE = {
    f"cryptography/{folder}__init__.py": ""
    for folder in ("", "hazmat/", "hazmat/primitives/", "hazmat/primitives/asymmetric/")
}
NUMBERS = """
class DHParameterNumbers:
    def __init__(self, p, g): self.p = p
class DHPublicNumbers:
    def __init__(self, y, parameters): self.y, self.p = y, parameters.p
    def public_key(self): return self
class DHPrivateNumbers:
    def __init__(self, x, public): self.x = x
    def private_key(self): return self
    def exchange(self, public):
"""
CRYPTOGRAPHIES: dict[str, tuple[Mapping[str, str], str]] = {
    "not installed": ({}, "No module named 'cryptography'"),
    "half installed": (
        {"cryptography/__init__.py": ""},
        "cryptography has no finite-field Diffie-Hellman exchange",
    ),
    "for another machine": (
        {"cryptography/__init__.py": "raise ImportError('_rust.so: wrong\\n  ELF class')"},
        "_rust.so: wrong ELF class",
    ),
    "for another Python": (
        {"cryptography/__init__.py": "import sys; sys.this_is_gone()"},
        "AttributeError: module 'sys' has no attribute 'this_is_gone'",
    ),
    "cut short": (
        {"cryptography/__init__.py": "__version__ = '50.0.2"},
        "SyntaxError: unterminated string literal (detected at line 1) (__init__.py, line 1)",
    ),
    "that panics": (
        {
            **PACKAGE,
            "cryptography/__init__.py": "__version__ = '50.0.2'",
            DH: (
                "class PanicException(BaseException): pass\n"
                "raise PanicException('Python API call failed')"
            ),
        },
        "PanicException: Python API call failed",
    ),
    "without the exchange": (
        {**PACKAGE, "cryptography/__init__.py": "__version__ = '60.0.0'"},
        "cryptography has no finite-field Diffie-Hellman exchange",
    ),
    "with an empty exchange": (
        {**PACKAGE, "cryptography/__init__.py": "__version__ = '60.0.0'", DH: ""},
        f"cryptography's Diffie-Hellman exchange is gone: module {DH_MODULE!r} {NO_CLASS}",
    ),
    "too old": (
        {
            **PACKAGE,
            "cryptography/__init__.py": "__version__ = '38.0.4'",
            DH: f"{NUMBERS}        raise ValueError('Error computing shared key.')",
        },
        "ValueError: Error computing shared key.",
    ),
    "that is wrong": (
        {
            **PACKAGE,
            "cryptography/__init__.py": "__version__ = '50.0.2'",
            DH: f"{NUMBERS}        return (5).to_bytes(384, 'big')",
        },
        "it computes a wrong known answer",
    ),
}


def run(folder: Path, before: str, *arguments: str, given: str = "") -> tuple[int, str, list[str]]:
    """Run the command with the stand-ins; its status, its output, and the lines of its errors."""
    program = f"import sys\n{before}\nfrom srp_cognito.__main__ import main\nmain()"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
    )
    return done.returncode, done.stdout, done.stderr.splitlines()


def install(folder: Path, files: Mapping[str, str]) -> None:
    """Put a stand-in for cryptography where it is found before the real one."""
    for name, text in (files or {"cryptography/__init__.py": GONE}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


GONE = "raise ModuleNotFoundError(\"No module named 'cryptography'\")"


def engines(folder: Path, before: str = "") -> tuple[str, dict[str, str]]:
    """Return which engine is used, and what is said of each; it computes what is right."""
    status, used, rows = run(folder, before, "engine")
    assert status == 0, rows
    said = {row[2:].split()[0]: row[2:].partition(" ")[2].strip() for row in rows}
    assert list(said) == [*modexp.NAMES, "ipp_crypto"], rows
    status, output, errors = run(folder, before, "compute", given=json.dumps(CLIENT))
    assert (status, errors) == (0, [])
    assert json.loads(output).items() >= {"signature": OUTPUT["signature"]}.items()
    return used.strip(), said


@pytest.mark.parametrize("cryptography", CRYPTOGRAPHIES)
def test_what_is_wrong_with_cryptography_is_one_sentence_and_changes_nothing_else(
    tmp_path: Path, cryptography: str
) -> None:
    files, reason = CRYPTOGRAPHIES[cryptography]
    install(tmp_path, files)
    used, said = engines(tmp_path)
    assert said["diffie_hellman"] == f"not usable: {reason}"
    assert used == (HERE if HERE != "diffie_hellman" else "plain")


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (NO_CTYPES, "import of _ctypes halted; None in sys.modules"),
        (BROKEN_CTYPES, "module 'ctypes' has no attribute 'CDLL'"),
        (NO_LIBRARY, "cannot be opened: tried here tried there"),
        (NO_SYMBOL, "undefined symbol: BN_mod_exp_mont_consttime"),
    ],
    ids=["no ctypes", "broken ctypes", "no library", "no symbol"],
)
@pytest.mark.parametrize("cryptography", [None, "not installed"])
def test_what_is_wrong_with_libcrypto_is_one_line_and_the_next_engine_is_used(
    tmp_path: Path, cryptography: str | None, before: str, reason: str
) -> None:
    if cryptography is not None:
        install(tmp_path, CRYPTOGRAPHIES[cryptography][0])
    used, said = engines(tmp_path, before)
    assert said["libcrypto"].startswith("not usable: ")
    assert reason in said["libcrypto"]
    has_exchange = not said["diffie_hellman"].startswith("not usable")
    assert not (has_exchange and cryptography)
    assert used == ("diffie_hellman" if has_exchange else "plain")


def test_the_reasons_of_all_libcryptos_that_were_tried_are_in_one_line(tmp_path: Path) -> None:
    _, said = engines(tmp_path, NO_LIBRARY)
    reason = "cannot be opened: tried here tried there"
    assert said["libcrypto"].startswith("not usable: no libcrypto can be used: ")
    assert said["libcrypto"].count(reason) >= 1
    assert "\n" not in said["libcrypto"]


def test_what_cryptography_warns_of_is_not_among_the_engines(tmp_path: Path) -> None:
    """`srp-cognito engine` prints a line an engine; the warning is not about the one in use."""
    files = {
        **PACKAGE,
        "cryptography/__init__.py": (
            "__version__ = '50.0.2'\nimport warnings\n"
            "warnings.warn('Python 3.11 is no longer supported', UserWarning)"
        ),
        DH: f"{NUMBERS}        return pow(public.y, self.x, public.p).to_bytes(384, 'big')",
    }
    install(tmp_path, files)
    _, said = engines(tmp_path, "import warnings; warnings.simplefilter('always')")
    assert said["diffie_hellman"].endswith("cryptography 50.0.2's Diffie-Hellman exchange")


SIGN_IN = """
from srp_cognito import SignIn, Tokens, engine
from srp_cognito.testing import UserPool
pool = UserPool("eu-west-1_Example")
app = pool.add_app_client("1example23456789", "sekrit-client-secret")
pool.add_user("alice", "a password of nobody")
sign_in = SignIn("eu-west-1_Example", "alice", "a password of nobody", app=app)
step = sign_in.start()
while not isinstance(step, Tokens):
    step = sign_in.reply(pool.send(step))
print(engine().name, step.username)
"""


GONE_WITH_THE_NEXT_RELEASE = """
import importlib, sys, types
real = importlib.import_module
def import_module(name, package=None):
    if name.endswith(".asymmetric.dh"):
        INSTEAD
    return real(name, package)
importlib.import_module = import_module
"""


@pytest.mark.parametrize("library", ["", NO_LIBRARY], ids=["libcrypto", "no library"])
@pytest.mark.parametrize(
    "instead",
    ["raise ModuleNotFoundError(f'No module named {name!r}')", "return types.ModuleType(name)"],
    ids=["no module", "no class"],
)
def test_without_cryptographys_exchange_the_pool_and_a_sign_in_are_as_they_were(
    instead: str, library: str
) -> None:
    """It is deprecated, and may go with the next release."""
    pytest.importorskip("cryptography")
    before = "import sys\n" + GONE_WITH_THE_NEXT_RELEASE.replace("INSTEAD", instead) + library
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", before + SIGN_IN],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    expected = "libcrypto" if HERE == "libcrypto" and not library else "plain"
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{expected} alice\n", "")
