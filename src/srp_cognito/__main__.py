"""The command line: ``srp-cognito``, or ``python -m srp_cognito``.

The law: public names only, so that whatever it does, a program can do. Secrets never come in as
arguments, which every user of the machine can read. Standard output holds the answer and nothing
else; what is meant for people goes to standard error.
"""

import argparse
import contextlib
import errno
import functools
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO, Final, TextIO

from . import __version__
from .exceptions import SRPError
from .proof import modexp

if TYPE_CHECKING:
    from .transcripts.bulk import Work

__all__ = ["main"]

OK, FAILED, UNUSABLE = 0, 1, 2

FLOWS: Final = ("USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH")
"""`sign_in.Flow`, written out here, so that the other commands do not wait for the conversation."""

EXIT_STATUS: Final = (
    "Exit status: 0 all good, 1 some line failed or did not verify, or the sign-in was refused, 2 "
    "the input could not be read, the output not written, or the command line is wrong."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    options = _parser().parse_args(_join_keys(sys.argv[1:] if arguments is None else arguments))
    if sys.stdout is None:
        return _unusable("standard output cannot be written: it is closed")
    try:
        with _blocking(sys.stdout):
            status: int = options.run(options)
            sys.stdout.flush()
    except _UnreadableInputError as error:
        return _unusable(f"standard input cannot be read: {error}")
    except OSError as error:
        if arguments is None:
            _point_elsewhere(sys.stdout)
        # A reader that went away, as `head` does, need not be told.
        return UNUSABLE if isinstance(error, BrokenPipeError) else _unusable(str(error))
    except KeyboardInterrupt:
        return 130  # What a shell reports for a program that Ctrl-C ended.
    finally:
        if arguments is None and sys.stderr is not None:
            try:
                sys.stderr.flush()
            except OSError:  # Nobody reads it, which changes nothing.
                _point_elsewhere(sys.stderr)
    return status


def _point_elsewhere(stream: TextIO) -> None:
    """Make nothing of what a stream still holds and cannot write.

    Python flushes the streams at exit, and would complain, or make the exit status 120
    (docs.python.org, "Note on SIGPIPE").
    """
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextlib.contextmanager
def _blocking(stream: TextIO) -> Iterator[None]:
    """Wait for the stream where it is not ready, instead of losing what does not fit.

    A parent that runs an event loop may hand down a pipe that does not block, which Python's
    streams take for the end of the input. It is left behind as it was.
    """
    descriptor = None
    # A stand-in has no descriptor; an old Windows cannot tell.
    with contextlib.suppress(AttributeError, OSError, ValueError):
        if not os.get_blocking(stream.fileno()):
            os.set_blocking(stream.fileno(), True)
            descriptor = stream.fileno()
    try:
        yield
    finally:
        if descriptor is not None:
            os.set_blocking(descriptor, False)


def _unusable(message: str) -> int:
    _tell(f"srp-cognito: {message}")
    return UNUSABLE


def _tell(message: str) -> None:
    """Write to standard error for a person, who may not be there."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(message, file=sys.stderr, flush=True)


class _UnreadableInputError(Exception):
    """Standard input is closed, or fails while it is read."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="srp-cognito",
        description="The cryptography of Amazon Cognito sign-in.",
        epilog="A transcript is one recorded exchange as a JSON object, one a line; "
        "docs/transcripts.md in the project describes it.",
    )
    parser.add_argument("--version", action="version", version=f"srp-cognito {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    for name, run, summary in (
        ("compute", _compute, "compute every value of each transcript on standard input"),
        ("verify", _verify, "check the signature of each transcript on standard input"),
        ("explain", _explain, "say why signatures were refused: which mistake makes them"),
        ("device", _device, "make a new device's password and its DeviceSecretVerifierConfig"),
        ("engine", _engine, "name the engine that exponentiates here"),
        ("bench", _bench, "measure an exchange on this machine, on each engine"),
        ("login", _login, "sign in to a user pool, and print the tokens as JSON"),
        ("serve", _serve, "run a user pool that really checks, for tests without AWS"),
        ("demo", _demo, "watch a login being computed and checked"),
    ):
        # Without abbreviations, since `_join_keys` knows the options by their whole names.
        command = commands.add_parser(
            name, help=summary, description=summary, epilog=EXIT_STATUS, allow_abbrev=False
        )
        command.set_defaults(run=run)
        _OPTIONS.get(name, lambda _: None)(command)
    return parser


def _add_jobs_option(command: argparse.ArgumentParser) -> None:
    workers = "threads" if modexp.engine().releases_gil else "processes"
    command.add_argument(
        "--jobs",
        type=_read_jobs,
        metavar="N",
        help="work on N cores, and tell on standard error the number of each line that cannot be"
        " computed; in threads where the engine releases the GIL, in processes where it does not"
        f" (here: {workers})",
    )


def _read_jobs(text: str) -> int:
    from .transcripts.bulk import MAX_JOBS

    # int() alone would also take "1_0", "+1" and other scripts' digits.
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= MAX_JOBS):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MAX_JOBS}")
    return int(text)


def _add_device_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--group-key", required=True, metavar="K", help="DeviceGroupKey")
    command.add_argument("--device-key", required=True, metavar="D", help="DeviceKey")


def _add_explain_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="one JSON object a line, for tools")
    command.add_argument(
        "--show-secrets",
        action="store_true",
        help="show the password, x, S and the key, too, which are hidden otherwise",
    )


def _add_bench_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print the numbers as JSON, for tools")


def _add_login_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--pool-id", required=True, metavar="P", help="the whole user pool id")
    command.add_argument("--client-id", required=True, metavar="C", help="the app client's id")
    command.add_argument("--username", required=True, metavar="U", help="user name or alias")
    command.add_argument(
        "--password-from",
        metavar="SOURCE",
        help="prompt, fd:N (the first line of a file descriptor) or env:NAME; prompt if left out",
    )
    command.add_argument(
        "--client-secret-from",
        metavar="SOURCE",
        help="likewise, for an app client that has a secret",
    )
    command.add_argument(
        "--flow",
        choices=FLOWS,
        default="USER_SRP_AUTH",
        help="how to begin; all but USER_SRP_AUTH ask for a password only where it is needed",
    )
    command.add_argument(
        "--device-file",
        metavar="FILE",
        help="where the remembered device is kept, readable by you alone; made if it is not there",
    )
    command.add_argument(
        "--endpoint-url", metavar="URL", help="another endpoint than the pool's region has"
    )


def _add_serve_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--port", type=_port, default=0, metavar="N", help="the port of 127.0.0.1; 0 for a free one"
    )
    command.add_argument(
        "--config", metavar="FILE", help="a TOML file with app clients, users, MFA and devices"
    )
    command.add_argument(
        "--own-issuer",
        action="store_true",
        help="name this endpoint as the issuer of the tokens, in the place of AWS's",
    )
    command.add_argument(
        "--explain",
        action="store_true",
        help="KEEP PASSWORDS, and tell on standard error which mistake made each claim that is"
        " refused",
    )
    # One that is left out is not among the options then: `_serve` tells so what does not go with
    # --config, and `settings_of_flags` has the defaults.
    without = command.add_argument_group("without a file", argument_default=argparse.SUPPRESS)
    without.add_argument("--pool-id", metavar="P", help="eu-west-1_Example if left out")
    without.add_argument("--client-id", metavar="C", help="1example23456789 if left out")
    without.add_argument(
        "--client-secret", action="store_true", help="give the app client a secret, and print it"
    )
    without.add_argument(
        "--user",
        action="append",
        metavar="NAME",
        help="add a user, and print the password that was made; alice if left out",
    )
    without.add_argument(
        "--totp", action="store_true", help="give users an authenticator app, and print its secret"
    )
    without.add_argument(
        "--remember-devices", choices=("never", "always", "opt-in"), help="never if left out"
    )


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


_WITHOUT_FILE: Final = ("pool_id", "client_id", "client_secret", "user", "totp", "remember_devices")

_OPTIONS: Final = {
    "bench": _add_bench_options,
    "compute": _add_jobs_option,
    "verify": _add_jobs_option,
    "device": _add_device_options,
    "explain": _add_explain_options,
    "login": _add_login_options,
    "serve": _add_serve_options,
}


def _join_keys(arguments: Sequence[str]) -> list[str]:
    """Join an option and its key with "=", because a DeviceGroupKey may begin with "-".

    argparse would take such a key for an option.

    >>> _join_keys(["device", "--group-key", "-v7w9UcY6"])
    ['device', '--group-key=-v7w9UcY6']
    """
    joined: list[str] = []
    remaining = iter(arguments)
    for argument in remaining:
        if argument in ("--group-key", "--device-key"):
            value = next(remaining, None)
            joined.append(argument if value is None else f"{argument}={value}")
        else:
            joined.append(argument)
    return joined


def _compute(options: argparse.Namespace) -> int:
    return _each_line("compute", options.jobs)


def _verify(options: argparse.Namespace) -> int:
    return _each_line("verify", options.jobs)


def _each_line(work: "Work", jobs: int | None) -> int:
    """Read transcripts from standard input, one a line, and write one answer a line, in order."""
    # Imported here, so that the other commands do not wait for it.
    from .cli import progress
    from .transcripts import bulk

    if sys.stdin is None:
        raise _UnreadableInputError("it is closed")
    status, last = OK, 0
    with contextlib.ExitStack() as stack:
        executor = None
        if jobs is not None and jobs > 1:
            executor = stack.enter_context(bulk.workers(jobs))
        stack.enter_context(_blocking(sys.stdin))
        shown = stack.enter_context(progress.shown(_tell))
        lines = _lines() if executor is None else _lines(_own_stream())
        found = bulk.answers(lines, work, executor=executor, ahead=2 * (jobs or 1))
        stack.enter_context(contextlib.closing(found))
        try:
            for answer in found:
                if not answer.good:
                    status = FAILED
                # In one piece, so that an interrupt leaves no half of a line, and flushed, for a
                # program that writes a transcript and waits for its answer.
                sys.stdout.write(f"{answer.text}\n")
                sys.stdout.flush()
                # Only where --jobs says that there are many: a program that writes a transcript and
                # waits may never read standard error, which would be full one day.
                if jobs is not None and answer.problem is not None:
                    shown.tell(f"srp-cognito: line {answer.number}: {answer.problem}")
                shown.advance()
                last = answer.number
        except RuntimeError:
            # BrokenExecutor is one. Its own name would load the pools where none is used.
            if executor is None:
                raise
            shown.tell(f"srp-cognito: a worker died; every answer up to line {last} is written")
            return UNUSABLE
    return status


def _explain(options: argparse.Namespace) -> int:
    """Read records from standard input, one a line, and say of each what is wrong with it."""
    # Imported here, so that the other commands do not wait for it.
    from .diagnosis.explained import explained

    if sys.stdin is None:
        raise _UnreadableInputError("it is closed")
    status = OK
    with _blocking(sys.stdin):
        for found in explained(_lines()):
            if not found.good:
                status = FAILED
            tell = found.json if options.json else found.text
            sys.stdout.write(f"{tell(show_secrets=options.show_secrets)}\n")
            sys.stdout.flush()
    return status


def _lines(stream: BinaryIO | None = None) -> Iterator[bytes]:
    """Yield the lines; of one that is too long, a byte more than is allowed."""
    from .transcripts.lines import MAX_LINE

    stream = sys.stdin.buffer if stream is None else stream
    try:
        while line := stream.readline(MAX_LINE + 1):
            yield line
            if len(line) > MAX_LINE:
                while line and not line.endswith(b"\n"):
                    line = stream.readline(MAX_LINE)
    except OSError as error:
        raise _UnreadableInputError(error) from error


def _own_stream() -> BinaryIO:
    """Return standard input with a buffer of its own, to be read in a thread.

    Python cannot close `sys.stdin` at its end while a thread waits in it, and aborts.
    """
    try:
        return open(sys.stdin.fileno(), "rb", closefd=False)
    except (OSError, ValueError):
        return sys.stdin.buffer  # A stand-in has no descriptor.


def _device(options: argparse.Namespace) -> int:
    from .proof.device import new_device

    try:
        device, config = new_device(options.group_key, options.device_key)
    except ValueError as error:
        return _unusable(str(error))
    print(json.dumps({"device_password": device.device_password, **config}))
    return OK


def _engine(_: argparse.Namespace) -> int:
    used = modexp.engine()
    print(used.name)
    for name in modexp.NAMES:
        try:
            engine = modexp.load(name)
        except ImportError as error:
            what = f"not usable: {error}"
        else:
            time = "constant time" if engine.constant_time else "variable time"
            gil = "releases the GIL" if engine.releases_gil else "holds the GIL"
            what = f"{time}, {gil:16}  {engine.implementation}"
        _tell(f"{'*' if name == used.name else ' '} {name:14}  {what}")
    return OK


def _bench(options: argparse.Namespace) -> int:
    # Imported here, so that the other commands do not wait for it.
    from .cli import bench

    shows = sys.stderr is not None and sys.stderr.isatty()

    def progress(rounds: int, seconds: float) -> None:
        if shows:
            with contextlib.suppress(OSError):
                sys.stderr.write(f"\r{rounds} rounds, {seconds:.0f} of {bench.SECONDS:.0f} s ")
                sys.stderr.flush()

    try:
        report = bench.run(progress=progress)
    except bench.DifferentError as error:
        _tell(f"srp-cognito: {error}")
        return FAILED
    if shows:
        _tell("")
    print(json.dumps(report.to_json()) if options.json else "\n".join(report.lines()))
    return OK


def _login(options: argparse.Namespace) -> int:
    # Imported here, so that the other commands do not wait for an HTTP client.
    from pathlib import Path

    from .calls.call import endpoint
    from .cli import login
    from .cli.device_file import DeviceFileError, keep_device, kept_device
    from .conversation.sign_in import SignIn
    from .proof.app_client import AppClient

    path = None if options.device_file is None else Path(options.device_file)
    url, source = options.endpoint_url, options.password_from
    if source is None and options.flow == "USER_SRP_AUTH":
        source = "prompt"
    try:
        url = login.check_url(endpoint(options.pool_id) if url is None else url)
        device = None if path is None else kept_device(path, options.pool_id, options.username)
        secret = login.read_secret(options.client_secret_from, "client secret")
        app = AppClient(options.client_id, secret)
        password = login.read_secret(source, "password")
        answer = functools.partial(login.answer_at_terminal, has_password=password is not None)
        sign_in = SignIn(
            options.pool_id,
            options.username,
            password,
            app=app,
            flow=options.flow,
            device=device,
            remember_device=path is not None,
            device_name=login.device_name(),
        )
        tokens = login.sign_in_over_http(sign_in, url, answer)
    except SRPError as error:
        _tell(f"srp-cognito: {error}")
        return FAILED
    except (login.LoginError, DeviceFileError, ValueError) as error:
        return _unusable(str(error))
    status = OK
    if tokens.device_error is not None:
        _tell(f"srp-cognito: the device is not remembered: {tokens.device_error}")
    try:
        if path is not None:
            keep_device(path, options.pool_id, options.username, tokens.device)
    except DeviceFileError as error:
        status = _unusable(str(error))
    members = {
        "AccessToken": tokens.access_token,
        "IdToken": tokens.id_token,
        "RefreshToken": tokens.refresh_token,
        "ExpiresIn": tokens.expires_in,
        "TokenType": tokens.token_type,
        "Username": tokens.username,
    }
    print(json.dumps(members))
    return status


def _serve(options: argparse.Namespace) -> int:
    try:
        from .cli import serve
    except ModuleNotFoundError as error:
        return _unusable(f"the pool needs {error.name}: pip install 'srp-cognito[testing]'")
    path = options.config
    flags = {name: value for name, value in vars(options).items() if name in _WITHOUT_FILE}
    if path is not None and flags:
        given = ", ".join(f"--{name.replace('_', '-')}" for name in flags)
        return _unusable(f"--config does not go with {given}: put that into the file, too")
    try:
        serve.run(
            serve.settings_of_flags(**flags) if path is None else serve.settings_of_file(path),
            port=options.port,
            own_issuer=options.own_issuer,
            explains=options.explain,
            tells_secrets=path is None,
        )
    except ValueError as error:
        return _unusable(str(error) if path is None else f"{path}: {error}")
    except OSError as error:
        # The others are about the file, or about standard output.
        if error.errno not in (errno.EADDRINUSE, errno.EACCES) or error.filename is not None:
            raise
        return _unusable(f"the port {options.port} cannot be used: {error}")
    return OK


def _demo(_: argparse.Namespace) -> int:
    # Imported here, so that the other commands do not wait for it.
    from .cli import demo

    return OK if demo.run() else FAILED


if __name__ == "__main__":
    sys.exit(main())
