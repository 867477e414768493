"""The commands: one function for each, and `main`, which runs the command that was typed.

A command imports what it needs when it runs, so that it does not wait for what another one needs.
"""

import argparse
import contextlib
import functools
import json
import sys
from collections import Counter
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
    from ..transcripts.lines import Lines
    from .files import Files

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
    words = ("computed" if options.command == "compute" else "verified", "did not verify")
    status, last = OK, 0
    count: Counter[str] = Counter()
    with contextlib.ExitStack() as stack:
        lines, files = stack.enter_context(_lines(options.files, in_thread=at_once))
        place = "line {}".format if files is None else files.place
        try:
            executor = stack.enter_context(bulk.workers(options.jobs)) if at_once else None
        except ValueError as error:  # Windows can wait for no more than 61 processes.
            raise UnusableError(f"--jobs {options.jobs} are too many here: {error}") from error
        shown = stack.enter_context(progress.shown(files))
        answers = bulk.answers(
            lines, options.command, executor=executor, ahead=2 * (options.jobs or 1)
        )
        stack.enter_context(contextlib.closing(answers))
        try:
            for answer in answers:
                if not answer.good:
                    status = FAILED
                write_line(answer.text)
                # Only with --jobs and of files, where there are many. A program that writes a
                # transcript and waits may never read standard error, which would fill up.
                is_reported = options.jobs is not None or files is not None
                if is_reported and answer.problem is not None:
                    shown.complain(f"{place(answer.number)}: {answer.problem}")
                shown.advance()
                last = answer.number
                count[_outcome(answer.good, answer.problem, *words)] += 1
        except RuntimeError:
            # It may be a BrokenExecutor. Its own name would load `concurrent.futures` for nothing.
            if executor is None:
                raise
            shown.complain(f"a worker died; every answer up to {place(last)} is written")
            return UNUSABLE
    if options.jobs is not None or _wants_count(options.files):
        complain(_counted(count, *words))
    return status


def _explain(options: argparse.Namespace) -> int:
    """Read records, one a line, and write what is wrong with each."""
    from ..diagnosis.explained import explained

    words = ("right", "wrong")
    status = OK
    count: Counter[str] = Counter()
    with _lines(options.files) as (lines, files):
        for found in explained(lines):
            if not found.good:
                status = FAILED
            if options.json:
                write_line(found.json(show_secrets=options.show_secrets))
            else:
                place = None if files is None else files.place(found.number)
                write_line(found.text(show_secrets=options.show_secrets, place=place))
            count[_outcome(found.good, found.error, *words)] += 1
    if _wants_count(options.files):
        complain(_counted(count, *words))
    return status


@contextlib.contextmanager
def _lines(
    paths: Sequence[str], *, in_thread: bool = False
) -> Iterator[tuple["Lines", "Files | None"]]:
    """Yield the lines of files, or of standard input if none is named; and the files."""
    if not paths:
        with input_lines(in_thread=in_thread) as lines:
            yield lines, None
        return
    from . import files

    with files.opened(paths, in_thread=in_thread) as opened:
        yield opened, opened


_FAILED: Final = "failed"


def _outcome(good: bool, problem: object, right: str, wrong: str) -> str:
    """Return the word for an answer, of these for one that is right and one that is wrong."""
    return _FAILED if problem is not None else right if good else wrong


def _wants_count(paths: Sequence[str]) -> bool:
    """Whether to count at the end, though --jobs does not say that there are many.

    A program that writes to standard input may not expect anything on standard error.
    """
    return bool(paths) or (sys.stderr is not None and sys.stderr.isatty())


def _counted(count: Mapping[str, int], right: str, wrong: str) -> str:
    """Return how many answers had which outcome.

    >>> _counted({"verified": 288, "failed": 3}, "verified", "did not verify")
    '288 verified, 3 failed'
    """
    others = [f"{count[word]:,} {word}" for word in (wrong, _FAILED) if count.get(word)]
    return ", ".join([f"{count.get(right, 0):,} {right}", *others])


def _device(options: argparse.Namespace) -> int:
    from ..proof.device import new_device

    try:
        device, config = new_device(options.group_key, options.device_key)
    except ValueError as error:
        raise UnusableError(error) from error
    print(json.dumps({"device_password": device.device_password, **config}))
    return OK


def _engine(options: argparse.Namespace) -> int:
    """Name the engine in use, and describe all of them on standard error; or all that as JSON."""
    import warnings

    from ..proof import modexp

    used = modexp.engine().name
    rows: list[dict[str, object]] = []
    for name in modexp.NAMES:
        try:
            # What is loaded only to be described has nothing to say itself.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                row = _described(modexp.load(name))
        except ImportError as error:
            row = {"name": name, "missing": str(error)}
        rows.append({**row, "for_many": False, "used": name == used})
    # It is used in addition to the one above, and not instead of it.
    try:
        many = modexp.load_for_many()
    except ImportError as error:
        row = {"name": "ipp_crypto", "missing": str(error)}
    else:
        row = {**_described(many), "lanes": many.lanes}
    rows.append({**row, "for_many": True, "used": "missing" not in row})
    if options.json:
        print(json.dumps({"engine": used, "engines": rows}))
        return OK
    print(used)
    for row in rows:
        tell(f"{'*' if row['used'] else ' '} {row['name']:14}  {_for_people(row)}")
    return OK


def _described(engine: "Engine | EngineForMany") -> dict[str, object]:
    return {
        "name": engine.name,
        "implementation": engine.implementation,
        "constant_time": engine.constant_time,
        "releases_gil": engine.releases_gil,
    }


def _for_people(row: Mapping[str, object]) -> str:
    if "missing" in row:
        return f"{'for many at a time: ' * bool(row['for_many'])}not usable: {row['missing']}"
    time = "constant time" if row["constant_time"] else "variable time"
    gil = "releases the GIL" if row["releases_gil"] else "holds the GIL"
    at_once = f", for {row['lanes']} at a time" if "lanes" in row else ""
    return f"{time}, {gil:16}  {row['implementation']}{at_once}"


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
    flags = {name: vars(options)[name] for name in SETTINGS if name in options}
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


def _completion(options: argparse.Namespace) -> int:
    from . import completion

    print(completion.script(options.shell), end="")
    return OK


def _demo(options: argparse.Namespace) -> int:
    from . import demo

    return OK if demo.run(values=options.values) else FAILED


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
    "completion": _completion,
    "demo": _demo,
}
