"""The command line: ``srp-cognito``, or ``python -m srp_cognito``.

The law: public names only, so that whatever it does, a program can do. Secrets never come in as
arguments, which every user of the machine can read; they come in on standard input. Standard
output holds the answer and nothing else; what is meant for people goes to standard error.

Exit status: 0 all good, 1 some line failed or did not verify, 2 the input could not be read or
the command line is wrong.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from . import __version__, modexp, transcript
from .device import new_device
from .exceptions import MalformedParameter, PeerError, SignatureMismatch

__all__ = ["main"]

MAX_LINE: Final = 1 << 20
"""A longer line is refused unread. The largest transcript that the library reads is smaller."""

OK, FAILED, UNREADABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = _parser()
    options = parser.parse_args(_join_keys(sys.argv[1:] if arguments is None else arguments))
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away, as `head` does. Python would complain again when it flushes
        # standard output at exit, so that is pointed elsewhere (docs.python.org, "signal").
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except _UnreadableInputError as error:
        print(f"srp-cognito: standard input cannot be read: {error}", file=sys.stderr)
        return UNREADABLE
    except KeyboardInterrupt:
        return 130  # What a shell reports for a program that Ctrl-C ended.
    return status


class _UnreadableInputError(Exception):
    """Standard input is closed, a directory, or fails while it is read."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="srp-cognito",
        description="The cryptography of Amazon Cognito sign-in.",
        epilog="A transcript is one recorded exchange as a JSON object; docs/transcripts.md "
        "describes it.",
    )
    parser.add_argument("--version", action="version", version=f"srp-cognito {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    command = commands.add_parser(
        "compute", help="compute every value of each transcript on standard input"
    )
    command.set_defaults(run=lambda _: _each_line(_compute))

    command = commands.add_parser(
        "verify", help="check the signature of each transcript on standard input"
    )
    command.set_defaults(run=lambda _: _each_line(_verify))

    # Without abbreviations, since `_join_keys` knows the options by their whole names.
    command = commands.add_parser(
        "device",
        help="make a new device's password and its DeviceSecretVerifierConfig",
        allow_abbrev=False,
    )
    command.add_argument("--group-key", required=True, metavar="K", help="its DeviceGroupKey")
    command.add_argument("--device-key", required=True, metavar="D", help="its DeviceKey")
    command.set_defaults(run=_device)

    command = commands.add_parser("engine", help="name the engine that exponentiates here")
    command.set_defaults(run=_engine)

    command = commands.add_parser("demo", help="watch a login being computed and checked")
    command.set_defaults(run=_demo)
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


def _compute(record: Mapping[str, object]) -> tuple[dict[str, object], bool]:
    return dict(transcript.compute(record).to_json()), True


def _verify(record: Mapping[str, object]) -> tuple[dict[str, object], bool]:
    try:
        transcript.verify(record)
    except SignatureMismatch as error:
        return {"ok": False, "reason": str(error)}, False
    return {"ok": True}, True


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
        print(f"srp-cognito device: {error}", file=sys.stderr)
        return UNREADABLE
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
        print(f"{'*' if name == used.name else ' '} {name:14}  {what}", file=sys.stderr)
    return OK


def _demo(_: argparse.Namespace) -> int:
    # Imported here, so that the other commands do not wait for it.
    from . import demo

    return OK if demo.run() else FAILED


if __name__ == "__main__":
    sys.exit(main())
