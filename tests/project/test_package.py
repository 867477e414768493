"""The package as a whole: the order of its wings, what is public, what it loads, its doctests."""

import ast
import doctest
import importlib
import importlib.util
import json
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import srp_cognito

ROOT = Path(__file__).parents[2]
SOURCE = Path(srp_cognito.__file__).parent
MODULES = sorted(
    module.name for module in pkgutil.walk_packages(srp_cognito.__path__, "srp_cognito.")
)

# The order of the wings: each may import from those that its row names, and from itself.
# CONTRIBUTING.md draws the same table.
WINGS = {
    "documentation": set[str](),
    "exceptions": set[str](),
    "wire": {"exceptions"},
    "given": {"exceptions", "wire"},
    "proof": {"exceptions", "wire", "given"},
    "public_values": {"proof"},
    "calls": {"exceptions", "wire", "given", "proof"},
    "transcripts": {"exceptions", "wire", "given", "proof"},
    "conversation": {"exceptions", "wire", "given", "proof", "calls"},
    "diagnosis": {"documentation", "exceptions", "wire", "given", "proof", "transcripts"},
    "testing": {"exceptions", "wire", "given", "proof", "calls"},
    "conformance": {
        *("exceptions", "wire", "given", "proof", "calls", "conversation", "testing"),
        "__version__",
    },
    "cli": {
        *("exceptions", "wire", "given", "proof", "calls", "transcripts", "conversation"),
        *("diagnosis", "testing", "conformance", "documentation", "__version__"),
    },
    "__main__": {"cli"},
}

# The one module that imports more than its wing may. Only `UserPool(explain=...)` loads it.
IMPORTS_MORE = {"srp_cognito.testing.explain": {"diagnosis"}}

# Where a program may import from. What else there is may change.
PUBLIC = {
    "srp_cognito": {
        *("Admin", "Answers", "AnyCall", "AppClient", "Call", "Claim", "Context", "Device"),
        *("DeviceRefused", "DeviceRegistration", "DeviceSecretVerifierConfig", "Engine"),
        *("FirstFactor", "Flow", "Identity", "IllegalParameter", "InitiateAuthArguments"),
        *("InputError", "MalformedParameter", "NewDevice", "PeerError", "Refresh", "StepUp"),
        *("Question", "RespondToAuthChallengeArguments", "SRPClient", "SRPError", "SRPServer"),
        *("ServiceError", "SignIn", "SignatureMismatch", "StateError", "Step", "Tokens"),
        *("UnsupportedChallenge", "Verifier", "checked_reply", "encoded_data", "endpoint"),
        *(
            "engine",
            "http_reply",
            "initiate_auth",
            "new_device",
            "operations",
            "pool_name",
            "questions",
            "secret_hash",
        ),
        *("srp", "timestamp"),
    },
    "srp_cognito.calls": {
        *("AccountArguments", "AdminInitiateAuthArguments", "AdminRespondToAuthChallengeArguments"),
        *("AnalyticsMetadata", "AnyCall", "AssociateSoftwareTokenArguments", "AuthFlow", "Call"),
        *("ChallengeName", "ConfirmDeviceArguments", "ConfirmForgotPasswordArguments"),
        *("ConfirmSignUpArguments", "ContextData", "ContextMembers"),
        *("GetTokensFromRefreshTokenArguments", "RevokeTokenArguments"),
        *("DeviceSecretVerifierConfig", "HttpHeader", "InitiateAuthArguments"),
        *("RespondToAuthChallengeArguments", "SignUpArguments", "UpdateDeviceStatusArguments"),
        *("UserAttribute", "UserContextData", "VerifySoftwareTokenArguments", "endpoint"),
    },
    "srp_cognito.diagnosis": {
        *("Diagnosis", "Named", "Row", "diagnose", "diagnose_registration"),
        *("diagnose_secret_hash", "diagnose_timestamp"),
    },
    "srp_cognito.public_values": {"checked_u", "read_public_value"},
    "srp_cognito.testing": {
        *("CustomChallenge", "Message", "Refused", "RememberDevices", "UserPool", "serve"),
        *("SigningKeys", "totp_code", "wsgi_app"),
    },
    "srp_cognito.testing.authenticator": {"Authenticator"},
    "srp_cognito.testing.fixtures": {"cognito_pool", "cognito_signing_keys", "cognito_url"},
    "srp_cognito.transcripts": {"Answer", "Values", "Work", "answers", "compute", "verify"},
    "srp_cognito.wire": {"read_base64_leniently", "read_hex", "write_base64", "write_hex"},
}


def imports_of(name: str) -> set[str]:
    """Return the modules of the library that a module imports from, by their whole names."""
    module = importlib.import_module(name)
    package = name if hasattr(module, "__path__") else name.rpartition(".")[0]
    assert module.__file__ is not None
    found = set()
    for node in ast.walk(ast.parse(Path(module.__file__).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("srp_cognito") for alias in node.names), name
        if isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith("srp_cognito"), f"{name}: import relatively"
            if node.level:
                home = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
                found |= {f"{home}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("name", MODULES)
def test_a_wing_imports_only_from_those_before_it(name: str) -> None:
    wing = name.split(".")[1]
    allowed = {wing} | WINGS[wing] | IMPORTS_MORE.get(name, set())
    for imported in imports_of(name):
        assert imported.split(".")[1] in allowed, f"{name} imports {imported}"


def test_the_wings_stand_in_one_order() -> None:
    before: set[str] = {"__version__"}
    for wing, allowed in WINGS.items():
        assert allowed <= before, wing
        before.add(wing)
    assert before - {"__version__"} == {name.split(".")[1] for name in MODULES}


def test_contributing_draws_the_same_table() -> None:
    rows = re.findall(
        r"^\| `(\w+)/?` \|.*\|(.*)\|$", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE
    )
    drawn = {wing: set(re.findall(r"`(\w+)`", imports)) for wing, imports in rows}
    assert list(drawn) == list(WINGS)
    assert drawn.pop("cli") == set()  # "all of the above"
    assert WINGS["cli"] >= set(WINGS) - {"cli", "__main__", "public_values"}
    assert drawn == {wing: WINGS[wing] - {"__version__"} for wing in drawn}


def test_no_two_modules_import_each_other() -> None:
    graph = {name: imports_of(name) for name in MODULES if not name.endswith(".testing.fixtures")}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path[path.index(name) :], name))
        if name in done:
            return
        for imported in graph.get(name, ()):
            target = imported if imported in graph else imported.rpartition(".")[0]
            # A folder's face imports its files; they do not import it.
            if target != name and not name.startswith(f"{target}."):
                visit(target, (*path, name))
        done.add(name)

    for name in graph:
        visit(name, ())


def test_the_mathematics_stands_alone() -> None:
    """A whole proof loads `proof`, the three files below it, and nothing else of the library."""
    code = (
        "import sys; from srp_cognito.proof import SRPServer, Verifier;"
        "print(*(name for name in sys.modules if name.startswith('srp_cognito.')))"
    )
    loaded = {name.split(".")[1] for name in run(code).split()}
    assert loaded == {"exceptions", "wire", "given", "proof"}


@pytest.mark.usefixtures("pool_elsewhere")
def test_a_pool_that_explains_nothing_loads_no_diagnosis() -> None:
    code = (
        "import sys; from srp_cognito.testing import UserPool; UserPool();"
        "print(*sorted(sys.modules))"
    )
    loaded = run(code).split()
    assert "srp_cognito.testing.pool" in loaded
    assert not [name for name in loaded if name.startswith("srp_cognito.diagnosis")]


@pytest.mark.usefixtures("pool_elsewhere")
def test_a_pool_without_passkeys_needs_no_fido2() -> None:
    code = (
        "import sys; sys.modules['fido2'] = None; from srp_cognito.testing import UserPool;"
        "UserPool(); print(*sorted(sys.modules))"
    )
    loaded = run(code).split()
    assert "srp_cognito.testing.passkeys" in loaded
    assert not [name for name in loaded if name.endswith((".fido", ".relying_party"))]


def test_the_two_sides_of_a_proof_do_not_know_each_other() -> None:
    assert "srp_cognito.proof.server" not in str(imports_of("srp_cognito.proof.client"))
    assert "srp_cognito.proof.client" not in str(imports_of("srp_cognito.proof.server"))


def test_importing_all_of_the_library_loads_no_io() -> None:
    # PyPy's hashlib loads socket.
    code = (
        "import hashlib, sys; before = set(sys.modules); from srp_cognito import *;"
        "print('\\n'.join(set(sys.modules) - before))"
    )
    loaded = set(run(code).split())
    assert "srp_cognito.proof.srp" in loaded
    unwanted = {"argparse", "http", "socket", "ssl", "urllib.request", "asyncio", "boto3"}
    unwanted |= {"botocore", "jwt", "multiprocessing", "tqdm", "concurrent.futures"}
    unwanted |= {
        f"srp_cognito.{wing}"
        for wing in ("cli", "conformance", "diagnosis", "testing", "transcripts")
    }
    assert not loaded & unwanted


def test_importing_the_library_loads_nothing_before_it_is_asked_for() -> None:
    """And then the wing of the name, and no more: a SECRET_HASH needs no conversation."""
    code = (
        "import sys, srp_cognito;"
        "print(*sorted(name for name in sys.modules if name.startswith('srp_cognito')));"
        "srp_cognito.secret_hash; print(*sorted(sys.modules))"
    )
    first, second = (line.split() for line in run(code).splitlines())
    assert first == ["srp_cognito"]
    assert "srp_cognito.proof.app_client" in second
    assert not {"srp_cognito.calls", "srp_cognito.conversation", "cryptography"} & set(second)


@pytest.mark.parametrize("home", PUBLIC)
def test_what_is_public_is_there_under_its_path(home: str) -> None:
    module = importlib.import_module(home)
    assert PUBLIC[home] <= set(module.__all__)
    assert len(module.__all__) == len(set(module.__all__))
    for name in PUBLIC[home]:
        assert hasattr(module, name), name
    assert set(module.__all__) <= set(dir(module))


def test_the_public_names_are_those_of_the_faces_and_each_means_one_thing() -> None:
    faces = [srp_cognito.exceptions, srp_cognito.proof, srp_cognito.calls, srp_cognito.conversation]
    names = [name for face in faces for name in face.__all__]
    assert srp_cognito.__all__ == list(dict.fromkeys(names))
    for face in faces:
        for name in face.__all__:
            assert getattr(srp_cognito, name) is getattr(face, name)
    # A name that is a wing as well would mean the one or the other, whichever came first.
    assert not set(srp_cognito.__all__) & set(WINGS)


def test_what_the_documents_import_is_public() -> None:
    for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        found = re.findall(
            r"^(?:>>> )?from (srp_cognito[\w.]*) import (\([^)]*\)|.*)$",
            document.read_text("utf-8"),
            re.MULTILINE,
        )
        for home, names in found:
            assert home in PUBLIC, f"{document.name} imports from {home}"
            for name in re.findall(r"\w+", names):
                assert name in PUBLIC[home], f"{document.name} imports {name} from {home}"


@pytest.mark.slow
def test_type_checkers_see_the_public_names_and_no_others(tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="mypy is not installed here; `make check` has it")
    program = tmp_path / "program.py"
    names = sorted(PUBLIC["srp_cognito"])
    program.write_text(
        f"from srp_cognito import {', '.join(names)}\nfrom srp_cognito import SRPClint\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--output=json", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    (error,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert "SRPClint" in error["message"]


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'srp_cognito' has no attribute 'SRPClint'"):
        srp_cognito.SRPClint  # noqa: B018, since asking is what is tested.


@pytest.mark.parametrize("name", ["srp_cognito", *MODULES])
def test_the_examples_in_the_docstrings_are_true(name: str) -> None:
    module = importlib.import_module(name)
    results = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert results.failed == 0
    if name in ("srp_cognito", "srp_cognito.proof.srp", "srp_cognito.proof.app_client"):
        assert results.attempted > 0


@pytest.mark.parametrize("name", ["srp_cognito", *MODULES])
def test_every_module_says_what_it_is_and_every_public_name_exists(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    if ".conformance.behaviours." in name:  # Its folder's face collects what such a file defines.
        return
    for public in module.__all__:
        assert hasattr(module, public), public


def test_no_assert_guards_input() -> None:
    for path in SOURCE.rglob("*.py"):
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        assert not any(isinstance(node, ast.Assert) for node in nodes), path


def test_no_environment_variable_is_read() -> None:
    """One that chose the engine would be a way to downgrade.

    But for the commands that sign in: they read the one that their caller names for a secret, and
    AWS_CA_BUNDLE, as AWS's tools do.
    """
    commands = {SOURCE / "cli" / "secret_sources.py", SOURCE / "cli" / "network.py"}
    for path in set(SOURCE.rglob("*.py")) - commands:
        text = path.read_text("utf-8")
        assert "environ" not in text.replace("environment", ""), path
        assert "getenv" not in text, path


def test_the_package_is_marked_as_typed() -> None:
    assert (SOURCE / "py.typed").is_file()


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("system", "machine", "interpreter", "is_installed"),
    [
        ("linux", "x86_64", "cpython", True),
        ("linux", "aarch64", "cpython", False),
        ("linux", "x86_64", "pypy", False),
        ("darwin", "x86_64", "cpython", False),
        ("darwin", "arm64", "cpython", False),
        ("win32", "AMD64", "cpython", False),
    ],
)
def test_the_extra_bulk_installs_nothing_where_its_wheels_do_not_exist(
    system: str, machine: str, interpreter: str, is_installed: bool
) -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    parsed = tomllib.loads(project)
    wanted = parsed["project"]["optional-dependencies"]["bulk"]
    environment = {
        "sys_platform": system,
        "platform_machine": machine,
        "implementation_name": interpreter,
    }
    requirements = [Requirement(each) for each in wanted]
    assert [each.name for each in requirements] == ["ipp-crypto", "intel-cmplr-lib-rt"]
    for requirement in requirements:
        assert requirement.marker is not None
        assert requirement.marker.evaluate(environment) == is_installed


@pytest.mark.parametrize(
    ("system", "interpreter", "is_installed"),
    [
        ("linux", "CPython", True),
        ("darwin", "CPython", True),
        ("win32", "CPython", True),
        ("linux", "PyPy", False),
        ("win32", "PyPy", False),
        ("linux", "GraalVM", False),
        ("emscripten", "CPython", False),
        ("wasi", "CPython", False),
        ("ios", "CPython", False),
        ("android", "CPython", False),
    ],
)
def test_cryptography_is_installed_only_where_it_has_wheels(
    system: str, interpreter: str, is_installed: bool
) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (wanted,) = project["project"]["dependencies"]
    requirement = Requirement(wanted)
    assert requirement.name == "cryptography"
    assert requirement.marker is not None
    environment = {"sys_platform": system, "platform_python_implementation": interpreter}
    assert requirement.marker.evaluate(environment) == is_installed
