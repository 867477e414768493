"""The package as a whole: what it imports, how its layers lie, and its doctests."""

import ast
import doctest
import importlib
import importlib.util
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import srp_cognito

MODULES = sorted(
    module.name for module in pkgutil.walk_packages(srp_cognito.__path__, "srp_cognito.")
)
SOURCE = Path(srp_cognito.__file__).parent

# Each may import from those that stand before it, and from its own row.
LAYERS = [
    {"exceptions", "modexp"},
    {"wire", "srp", "single_use"},
    {"identity", "public_values", "app_client", "timestamps", "replies"},
    {"calls"},
    {"context"},
    {"challenges", "device", "user_context"},
    {"initiate_auth", "operations"},
    {"client", "server"},
    {"tokens", "questions", "transcript"},
    {"sign_in", "bulk"},
    {"diagnosis"},
    {"testing", "login", "device_file", "progress"},
    {"demo", "bench"},
    {"__main__"},
]


def test_importing_all_of_the_library_loads_no_io() -> None:
    code = (
        "import sys; before = set(sys.modules); from srp_cognito import *;"
        "print('\\n'.join(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "srp_cognito.srp" in loaded
    unwanted = {"argparse", "http", "socket", "ssl", "urllib.request", "asyncio", "boto3"}
    unwanted |= {"botocore", "jwt", "srp_cognito.demo", "srp_cognito.__main__"}
    unwanted |= {"srp_cognito.testing", "srp_cognito.login", "srp_cognito.device_file"}
    unwanted |= {"srp_cognito.bulk", "srp_cognito.progress", "multiprocessing", "tqdm"}
    unwanted |= {"concurrent.futures"}
    unwanted |= {"srp_cognito.bench", "srp_cognito.diagnosis"}
    assert not loaded & unwanted


def test_importing_the_library_loads_nothing_before_it_is_asked_for() -> None:
    """And then what it needs, and no more: a SECRET_HASH needs neither engine nor conversation."""
    code = (
        "import sys, srp_cognito;"
        "print(*sorted(name for name in sys.modules if name.startswith('srp_cognito')));"
        "srp_cognito.secret_hash; print(*sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, second = (line.split() for line in done.stdout.splitlines())
    assert first == ["srp_cognito"]
    assert "srp_cognito.app_client" in second
    assert not {"srp_cognito.modexp", "srp_cognito.sign_in", "cryptography"} & set(second)


def test_each_public_name_has_one_home_and_the_types_know_the_same() -> None:
    """What a type checker reads and what runs are written apart, so they are held together here."""
    tree = ast.parse((SOURCE / "__init__.py").read_text("utf-8"))
    (typed,) = (node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in typed.body if isinstance(node, ast.ImportFrom)]
    homes = {alias.name: node.module for node in imports for alias in node.names}
    modules = {name for name, home in homes.items() if home is None}
    assert homes == {**srp_cognito._HOMES, **dict.fromkeys(modules)}
    assert set(srp_cognito.__all__) == set(homes)
    for name in srp_cognito.__all__:
        value = getattr(srp_cognito, name)
        if name not in modules:
            home = importlib.import_module(f"srp_cognito.{homes[name]}")
            assert value is getattr(home, name)
    assert set(srp_cognito.__all__) <= set(dir(srp_cognito))
    # A name that is a module as well would mean the one or the other, whichever came first.
    assert not (set(srp_cognito.__all__) - modules) & {name.split(".")[1] for name in MODULES}


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'srp_cognito' has no attribute 'SRPClint'"):
        srp_cognito.SRPClint  # noqa: B018, since asking is what is tested.


@pytest.mark.parametrize("name", MODULES)
def test_imports_run_one_way(name: str) -> None:
    room = name.split(".")[1]
    own = next(i for i, layer in enumerate(LAYERS) if room in layer)
    allowed = set().union(*LAYERS[: own + 1])
    if room in ("client", "server"):
        allowed -= {"client", "server"}  # Neither side may know the other.
    module = importlib.import_module(name)
    assert module.__file__ is not None
    for node in ast.walk(ast.parse(Path(module.__file__).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("srp_cognito") for alias in node.names), name
        if not isinstance(node, ast.ImportFrom):
            continue
        assert not (node.module or "").startswith("srp_cognito"), f"{name}: import relatively"
        if room == "modexp":
            assert node.level < 2, f"{name} imports from above the engines"
        if node.level == 0:
            continue
        package = name if hasattr(module, "__path__") else name.rpartition(".")[0]
        home = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
        for alias in node.names:
            imported = (home if home != "srp_cognito" else f"{home}.{alias.name}").split(".")[1]
            if imported != room:
                assert imported in allowed | {"__version__"}, f"{name} imports {imported}"


@pytest.mark.parametrize("name", ["srp_cognito", *MODULES])
def test_the_examples_in_the_docstrings_are_true(name: str) -> None:
    module = importlib.import_module(name)
    results = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert results.failed == 0
    if name in ("srp_cognito", "srp_cognito.srp", "srp_cognito.app_client"):
        assert results.attempted > 0


@pytest.mark.parametrize("name", ["srp_cognito", *MODULES])
def test_every_module_says_what_it_is_and_every_public_name_exists(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    for public in module.__all__:
        assert hasattr(module, public), public


def test_no_assert_guards_input() -> None:
    for path in SOURCE.rglob("*.py"):
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        assert not any(isinstance(node, ast.Assert) for node in nodes), path


def test_no_environment_variable_is_read() -> None:
    """One that chose the engine would be a way to downgrade.

    But for `login`, which reads the one whose name its caller gives.
    """
    for path in set(SOURCE.rglob("*.py")) - {SOURCE / "login.py"}:
        text = path.read_text("utf-8")
        assert "environ" not in text.replace("environment", ""), path
        assert "getenv" not in text, path


def test_the_package_is_marked_as_typed() -> None:
    assert (SOURCE / "py.typed").is_file()
