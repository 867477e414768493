"""A run of the tests where something cannot be installed: `pytest --without cryptography`.

What imports a module of that name, in this process, is then skipped with the reason. Without the
option a module that is missing is an error, so that nothing is skipped where all can be installed.
"""

import importlib.util
from collections.abc import Generator
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--without",
        action="append",
        default=[],
        metavar="MODULE",
        help="this module cannot be installed here: skip what imports it",
    )


def pytest_configure(config: pytest.Config) -> None:
    for name in config.getoption("--without"):
        if importlib.util.find_spec(name) is not None:
            raise pytest.UsageError(f"--without {name}: it is installed here")


def pytest_report_header(config: pytest.Config) -> list[str]:
    names = config.getoption("--without")
    return [f"without {', '.join(names)}: what imports them is skipped"] if names else []


def missing(error: BaseException | None, names: list[str]) -> str | None:
    """Return which of the modules an error, or what caused it, says is missing."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name in names:
            return error.name
        error = error.__cause__ or error.__context__
    return None


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return skipped(report, getattr(report, "call", None), collector)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    return skipped(report, call, item)


def skipped(
    report: Any, call: pytest.CallInfo[Any] | None, node: pytest.Item | pytest.Collector
) -> Any:
    """Return the report, as one of a skip if a module is missing that cannot be installed."""
    error = call and call.excinfo and call.excinfo.value
    name = missing(error or None, node.config.getoption("--without"))
    if name is not None:
        report.outcome = "skipped"
        report.longrepr = (str(node.path), 0, f"Skipped: {name} cannot be installed here")
    return report
