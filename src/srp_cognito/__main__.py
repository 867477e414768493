"""The command line: ``srp-cognito``, or ``python -m srp_cognito``.

The law: public names only, so that whatever it does, a program can do. Secrets never come in as
arguments, which every user of the machine can read; they come in on standard input. Standard
output holds the answer and nothing else; what is meant for people goes to standard error.
"""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TextIO

from . import __version__, modexp, transcript
from .device import new_device
from .exceptions import MalformedParameter, PeerError, SignatureMismatch

__all__ = ["main"]

MAX_LINE: Final = 16 << 20
"""A longer line is refused unread. The largest transcript that the library reads is smaller, even
with every character written as two escapes."""

OK, FAILED, UNUSABLE = 0, 1, 2

EXIT_STATUS: Final = (
    "Exit status: 0 all good, 1 some line failed or did not verify, 2 the input could not be read, "
    "the output not written, or the command line is wrong."
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
            # Python would complain again when it flushes standard output at exit, so that is
            # pointed elsewhere (docs.python.org, "Note on SIGPIPE").
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        # A reader that went away, as `head` does, need not be told.
        return UNUSABLE if isinstance(error, BrokenPipeError) else _unusable(str(error))
    except KeyboardInterrupt:
        return 130  # What a shell reports for a program that Ctrl-C ended.
    return status


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
        ("device", _device, "make a new device's password and its DeviceSecretVerifierConfig"),
        ("engine", _engine, "name the engine that exponentiates here"),
        ("demo", _demo, "watch a login being computed and checked"),
    ):
        # Without abbreviations, since `_join_keys` knows the options by their whole names.
        command = commands.add_parser(
            name, help=summary, description=summary, epilog=EXIT_STATUS, allow_abbrev=False
        )
        command.set_defaults(run=run)
        if name == "device":
            command.add_argument("--group-key", required=True, metavar="K", help="DeviceGroupKey")
            command.add_argument("--device-key", required=True, metavar="D", help="DeviceKey")
    return parser


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


def _compute(_: argparse.Namespace) -> int:
    def work(record: Mapping[str, object]) -> tuple[dict[str, object], bool]:
        return dict(transcript.compute(record).to_json()), True

    return _each_line(work)


def _verify(_: argparse.Namespace) -> int:
    def work(record: Mapping[str, object]) -> tuple[dict[str, object], bool]:
        try:
            transcript.verify(record)
        except SignatureMismatch as error:
            return {"ok": False, "reason": str(error)}, False
        return {"ok": True}, True

    return _each_line(work)


def _each_line(
    work: Callable[[Mapping[str, object]], tuple[dict[str, object], bool]],
) -> int:
    """Read transcripts from standard input, one a line, and write one answer a line, in order."""
    status = OK
    for line in _lines():
        answer: dict[str, object] = {}
        try:
            record = _parse(line)
            if "id" in record:
                answer["id"] = record["id"]
            values, good = work(record)
            answer.update(values)
        except PeerError as error:
            good = False
            answer["error"] = _describe(error)
        try:
            text = json.dumps(answer, allow_nan=False)
        except (ValueError, RecursionError):
            good = False
            refused = MalformedParameter("id", "is no JSON value that can be copied through")
            text = json.dumps({"error": _describe(refused)})
        status = status if good else FAILED
        # Flushed line by line, for a program that writes a transcript and waits for its answer.
        print(text, flush=True)
    return status


def _describe(error: PeerError) -> dict[str, str]:
    return {"type": type(error).__name__, "name": error.name, "message": str(error)}


def _lines() -> Iterator[bytes | None]:
    """Yield the lines that are not blank; None for one that is too long, which is skipped."""
    if sys.stdin is None:
        raise _UnreadableInputError("it is closed")
    stream = sys.stdin.buffer
    try:
        with _blocking(sys.stdin):
            while line := stream.readline(MAX_LINE + 1):
                if len(line) > MAX_LINE:
                    while line and not line.endswith(b"\n"):
                        line = stream.readline(MAX_LINE)
                    yield None
                elif line.strip():
                    yield line
    except OSError as error:
        raise _UnreadableInputError(error) from error


def _parse(line: bytes | None) -> Mapping[str, object]:
    if line is None:
        raise MalformedParameter("transcript", f"has more than {MAX_LINE} bytes")
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        # The parser's own message can quote the line, and so a password.
        record = None
    if not isinstance(record, dict):
        raise MalformedParameter("transcript", "is not a JSON object in UTF-8")
    return record


def _device(options: argparse.Namespace) -> int:
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


def _demo(_: argparse.Namespace) -> int:
    # Imported here, so that the other commands do not wait for it.
    from . import demo

    return OK if demo.run() else FAILED


if __name__ == "__main__":
    sys.exit(main())
