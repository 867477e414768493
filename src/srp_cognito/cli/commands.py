"""The commands: one function for each, and `main`, which runs the command that was typed.

A command imports what it needs when it runs, so that it does not wait for what another one needs.
"""

import argparse
import contextlib
import functools
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from .options import SETTINGS, parse
from .streams import (
    FAILED,
    OK,
    UNUSABLE,
    UnusableError,
    complain,
    input_lines,
    run,
    tell,
    write_line,
)

if TYPE_CHECKING:
    from ..proof.modexp import Engine, EngineForMany

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Args:
        arguments: what follows the program's name; this process's own arguments if left out.
    """
    options = parse(sys.argv[1:] if arguments is None else arguments)
    command = functools.partial(_COMMANDS[options.command], options)
    return run(command, owns_process=arguments is None)


def _answer(options: argparse.Namespace) -> int:
    """Compute or verify transcripts, one a line, and write one answer a line, in order."""
    from ..transcripts import bulk
    from . import progress

    at_once = options.jobs is not None and options.jobs > 1
    status, last = OK, 0
    with contextlib.ExitStack() as stack:
        lines = stack.enter_context(input_lines(in_thread=at_once))
        try:
            executor = stack.enter_context(bulk.workers(options.jobs)) if at_once else None
        except ValueError as error:  # Windows can wait for no more than 61 processes.
            raise UnusableError(f"--jobs {options.jobs} are too many here: {error}") from error
        shown = stack.enter_context(progress.shown())
        answers = bulk.answers(
            lines, options.command, executor=executor, ahead=2 * (options.jobs or 1)
        )
        stack.enter_context(contextlib.closing(answers))
        try:
            for answer in answers:
                if not answer.good:
                    status = FAILED
                write_line(answer.text)
                # Only with --jobs, which is for many transcripts. A program that writes a
                # transcript and waits may never read standard error, which would fill up.
                if options.jobs is not None and answer.problem is not None:
                    shown.complain(f"line {answer.number}: {answer.problem}")
                shown.advance()
                last = answer.number
        except RuntimeError:
            # It may be a BrokenExecutor. Its own name would load `concurrent.futures` for nothing.
            if executor is None:
                raise
            shown.complain(f"a worker died; every answer up to line {last} is written")
            return UNUSABLE
    return status


def _explain(options: argparse.Namespace) -> int:
    """Read records, one a line, and write what is wrong with each."""
    from ..diagnosis.explained import explained

    status = OK
    with input_lines() as lines:
        for found in explained(lines):
            if not found.good:
                status = FAILED
            write = found.json if options.json else found.text
            write_line(write(show_secrets=options.show_secrets))
    return status


def _device(options: argparse.Namespace) -> int:
    from ..proof.device import new_device

    try:
        device, config = new_device(options.group_key, options.device_key)
    except ValueError as error:
        raise UnusableError(error) from error
    print(json.dumps({"device_password": device.device_password, **config}))
    return OK


def _engine(_: argparse.Namespace) -> int:
    """Name the engine in use, and describe all of them on standard error."""
    from ..proof import modexp

    used = modexp.engine().name
    print(used)
    for name in modexp.NAMES:
        try:
            engine = modexp.load(name)
        except ImportError as error:
            description = f"not usable: {error}"
        else:
            description = _described(engine)
        tell(f"{'*' if name == used else ' '} {name:14}  {description}")
    # It is used in addition to the one above, and not instead of it.
    try:
        many = modexp.load_for_many()
    except ImportError as error:
        tell(f"  ipp_crypto      for many at a time: not usable: {error}")
    else:
        tell(f"* {many.name:14}  {_described(many)}, for {many.lanes} at a time")
    return OK


def _described(engine: "Engine | EngineForMany") -> str:
    time = "constant time" if engine.constant_time else "variable time"
    gil = "releases the GIL" if engine.releases_gil else "holds the GIL"
    return f"{time}, {gil:16}  {engine.implementation}"


def _bench(options: argparse.Namespace) -> int:
    from . import bench

    is_watched = sys.stderr is not None and sys.stderr.isatty()

    def show(rounds: int, seconds: float) -> None:
        if is_watched:
            tell(f"\r{rounds} rounds, {seconds:.0f} of {bench.SECONDS:.0f} s ", end="")

    try:
        report = bench.run(progress=show)
    except bench.DifferentError as error:
        complain(error)
        return FAILED
    if is_watched:
        tell("")
    print(json.dumps(report.to_json()) if options.json else "\n".join(report.lines()))
    return OK


def _login(options: argparse.Namespace) -> int:
    from . import login

    return _with_options(login.run, options)


def _refresh(options: argparse.Namespace) -> int:
    from . import refresh

    return _with_options(refresh.run, options)


def _with_options(run: Callable[..., int], options: argparse.Namespace) -> int:
    """Call a function whose arguments are what was typed."""
    given = {name: value for name, value in vars(options).items() if name != "command"}
    try:
        return run(**given)
    except ValueError as error:
        raise UnusableError(error) from error


def _conformance(options: argparse.Namespace) -> int:
    with _saying_what_to_install():
        from . import conformance
    return _with_options(conformance.run, options)


@contextlib.contextmanager
def _saying_what_to_install() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        # The pool itself says more of most: PyPI's "jwt" is another project than PyJWT.
        missing = f"the pool needs {error.name}: pip install 'srp-cognito[testing]'"
        raise UnusableError(error if "pip install" in str(error) else missing) from error
    except ImportError as error:
        # What is installed cannot be loaded, as a part of `cryptography` for another processor.
        raise UnusableError(f"the pool cannot be loaded: {error}") from error


def _serve(options: argparse.Namespace) -> int:
    with _saying_what_to_install():
        from . import serve

    path = options.config
    flags = {name: value for name, value in vars(options).items() if name in SETTINGS}
    if path is not None and flags:
        typed = ", ".join(f"--{name.replace('_', '-')}" for name in flags)
        raise UnusableError(f"--config cannot be combined with {typed}: put that into the file")
    try:
        serve.run(
            serve.settings_of_flags(**flags) if path is None else serve.settings_of_file(path),
            port=options.port,
            own_issuer=options.own_issuer,
            explains=options.explain,
            shows_secrets=path is None,
            host=options.host,
        )
    except (ImportError, ValueError) as error:
        raise UnusableError(error if path is None else f"{path}: {error}") from error
    return OK


def _demo(_: argparse.Namespace) -> int:
    from . import demo

    return OK if demo.run() else FAILED


_COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "compute": _answer,
    "verify": _answer,
    "explain": _explain,
    "device": _device,
    "engine": _engine,
    "bench": _bench,
    "login": _login,
    "refresh": _refresh,
    "conformance": _conformance,
    "serve": _serve,
    "demo": _demo,
}
