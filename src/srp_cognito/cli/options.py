"""What can be typed: every command with its options, and what `--help` says about them."""

import argparse
import ipaddress
import itertools
import re
import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import Final, NoReturn

from .. import __version__
from ..documentation import SITE, page
from ..proof import modexp

__all__ = ["FLOWS", "SETTINGS", "make_parser", "parse"]

EXIT_STATUS: Final = (
    "Exit status: 0 if all is well; 1 if a line failed or did not verify, or the sign-in was"
    " refused; 2 if the command line is wrong, the input cannot be read or the output cannot be"
    " written; 3 if the sign-in succeeded, but the device could not be registered or saved."
)

FLOWS: Final = ("USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH", "USER_PASSWORD_AUTH")
"""`steps.Flow` without AWS credentials, written out so that the other commands do not load the
conversation."""

REFRESHES: Final = ("GetTokensFromRefreshToken", "InitiateAuth")
"""The operations of `Refresh`."""

COSTS: Final = ("waits", "uses-up", "locks-out")
"""`behaviour.Cost` without what is free."""

SETTINGS: Final = ("pool_id", "client_id", "client_secret", "user", "totp", "remember_devices")
"""The options of `serve` for which a file has keys."""


SHELLS: Final = ("bash", "zsh", "fish")

TAKES_FILES: Final = ("compute", "verify", "explain")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what was typed; `command` is the name of the command.

    Raises:
        SystemExit: help was asked for (0), or the command line is wrong (2), which it also is if
            it is empty: then the help is shown.
    """
    parser = make_parser()
    if not arguments:
        parser.refuse(parser.format_help)
    return parser.parse_args(_files_last(_join_keys(arguments)))


class _Parser(argparse.ArgumentParser):
    """A parser whose errors go to standard error alone, and have colour at a terminal alone.

    From Python 3.14 on argparse colours what it writes, unless NO_COLOR or TERM says otherwise. It
    asks whether standard output is a terminal, also for what goes to standard error. And where
    standard error is closed, it writes the usage to standard output.
    """

    def error(self, message: str) -> NoReturn:
        self.refuse(lambda: f"{self.format_usage()}{self.prog}: error: {message}\n")

    def refuse(self, text: Callable[[], str]) -> NoReturn:
        if sys.stderr is None or not sys.stderr.isatty():
            self.color = False
        self.exit(2, text())


def make_parser() -> _Parser:
    """Return what reads a command line."""
    parser = _Parser(
        prog="srp-cognito",
        description="The cryptography of Amazon Cognito sign-in.",
        epilog="A transcript is a recorded exchange as a JSON object, one object a line:\n"
        f"  {page('transcripts')}\n\nDocumentation: {SITE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,  # It does not break addresses.
    )
    parser.add_argument("-V", "--version", action="version", version=f"srp-cognito {__version__}")
    commands = parser.add_subparsers(
        dest="command", title="commands", required=True, metavar="COMMAND"
    )
    for name, summary, add_options in _COMMANDS:
        address = page(_PAGES.get(name, "transcripts"))
        # Without abbreviations, since `_join_keys` knows the options by their whole names.
        command = commands.add_parser(
            name,
            help=summary,
            description=summary,
            epilog=f"{textwrap.fill(EXIT_STATUS, 78)}\n\nDocumentation: {address}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        add_options(command)
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


def _files_last(arguments: Sequence[str]) -> list[str]:
    """Move files behind the options, since argparse takes them from one place only.

    >>> _files_last(["verify", "a.jsonl", "--jobs", "2", "b.jsonl", "--", "-c.jsonl"])
    ['verify', '--jobs', '2', '--', 'a.jsonl', 'b.jsonl', '-c.jsonl']
    """
    if not arguments or arguments[0] not in TAKES_FILES:
        return list(arguments)
    options: list[str] = []
    files: list[str] = []
    remaining = iter(arguments[1:])
    for argument in remaining:
        if argument == "--":
            files += remaining
        elif argument == "-" or not argument.startswith("-"):
            files.append(argument)
        else:
            options.append(argument)
            if argument == "--jobs":
                options += itertools.islice(remaining, 1)
    return [arguments[0], *options, *(("--", *files) if files else ())]


def _files(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="read these files, one after the other, instead of standard input; - is standard"
        " input",
    )


def _jobs(command: argparse.ArgumentParser) -> None:
    _files(command)
    workers = "threads" if modexp.engine().releases_gil else "processes"
    command.add_argument(
        "--jobs",
        type=_number_of_jobs,
        metavar="N",
        help="work on N cores, and report on standard error the number of each line that cannot be"
        " computed; in threads if the engine releases the GIL, in processes if it does not (here:"
        f" {workers})",
    )


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--json", action="store_true", help="print JSON, one object a line, for programs"
    )


def _explain(command: argparse.ArgumentParser) -> None:
    _files(command)
    _json(command)
    command.add_argument(
        "--show-secrets",
        action="store_true",
        help="show the password, x, S and the key, which are hidden otherwise",
    )


def _device(command: argparse.ArgumentParser) -> None:
    command.add_argument("--group-key", required=True, metavar="K", help="DeviceGroupKey")
    command.add_argument("--device-key", required=True, metavar="D", help="DeviceKey")


def _app_client(command: argparse.ArgumentParser) -> None:
    command.add_argument("--pool-id", required=True, metavar="P", help="the whole user pool id")
    command.add_argument("--client-id", required=True, metavar="C", help="the app client's id")
    command.add_argument(
        "--client-secret-from",
        metavar="SOURCE",
        help="prompt, fd:N or env:NAME, for an app client that has a secret",
    )
    command.add_argument(
        "--endpoint-url",
        metavar="URL",
        help="where to call; AWS in the pool's region if left out",
    )


def _login(command: argparse.ArgumentParser) -> None:
    _app_client(command)
    command.add_argument("--username", required=True, metavar="U", help="user name or alias")
    command.add_argument(
        "--password-from",
        metavar="SOURCE",
        help="prompt (the default), fd:N for the first line of a file descriptor, or env:NAME",
    )
    command.add_argument(
        "--flow",
        choices=FLOWS,
        default="USER_SRP_AUTH",
        help="how to begin; USER_SRP_AUTH (the default) proves the password; USER_AUTH and"
        " CUSTOM_AUTH ask for it only if it is needed; USER_PASSWORD_AUTH sends the password"
        " itself, which the service then sees",
    )
    command.add_argument(
        "--device-file",
        metavar="FILE",
        help="remember this device, so that it needs no code the next time, and store its secret"
        " here, readable by you alone; where the pool leaves that to you, you are asked at the"
        " terminal, and without one the device is remembered; without this option no device is"
        " registered",
    )


def _refresh(command: argparse.ArgumentParser) -> None:
    _app_client(command)
    command.add_argument(
        "--operation",
        choices=REFRESHES,
        default=REFRESHES[0],
        help="the call to make; GetTokensFromRefreshToken (the default) serves every app client of"
        " AWS, and InitiateAuth is for emulators that do not know it",
    )


def _conformance(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--pool",
        metavar="FILE",
        help="try the pool that this TOML file describes, and not this"
        " library's own; a password that the file leaves out is asked for",
    )
    command.add_argument(
        "--endpoint-url",
        metavar="URL",
        help="with --pool, where to call; AWS in the pool's region if left out",
    )
    command.add_argument(
        "--over-http",
        action="store_true",
        help="without --pool, call this library's own pool over HTTP, and not in memory",
    )
    command.add_argument(
        "--only",
        action="append",
        metavar="PATTERN",
        help="try the behaviours whose names match, such as 'claims/*'",
    )
    command.add_argument(
        "--also",
        action="append",
        choices=COSTS,
        help="also try behaviours that wait some minutes, that use up a user in some state, or"
        " that lock a user out for a while",
    )
    command.add_argument(
        "--codes",
        action="store_true",
        help="with --pool, ask at the terminal for each code that is sent",
    )
    command.add_argument(
        "--rate",
        type=_rate,
        default=2,
        metavar="N",
        help="with --pool, make at most N calls a second (2 if left out)",
    )
    command.add_argument(
        "--most-calls",
        type=_most_calls,
        default=2000,
        metavar="N",
        help="with --pool, begin nothing more after N calls (2000 if left out)",
    )
    command.add_argument(
        "--json",
        metavar="FILE",
        help="write the report, or with --list the list, to this file as JSON; - is standard"
        " output, and what is for people then goes to standard error",
    )
    command.add_argument(
        "--markdown",
        metavar="FILE",
        help="write the report to this file, to be put into an issue; - as above",
    )
    command.add_argument(
        "--list",
        dest="list_only",
        action="store_true",
        help="list the behaviours and what is expected; try none",
    )


def _serve(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--port",
        type=_port,
        default=0,
        metavar="N",
        help="the port; any free port if left out",
    )
    command.add_argument(
        "--host",
        type=_address,
        default="127.0.0.1",
        metavar="IP",
        help="the address to listen at; 127.0.0.1 if left out. With 0.0.0.0, for containers,"
        " WHOEVER REACHES THIS MACHINE CAN CALL",
    )
    command.add_argument(
        "--config", metavar="FILE", help="a TOML file with app clients, users, MFA and devices"
    )
    command.add_argument(
        "--own-issuer",
        action="store_true",
        help="name this endpoint as the issuer of the tokens, instead of AWS",
    )
    command.add_argument(
        "--explain",
        action="store_true",
        help="KEEP PASSWORDS, and report on standard error which mistake made each claim that is"
        " refused",
    )
    # An option that is left out is absent, so that --config can refuse those that were typed. The
    # defaults are those of `serve.settings_of_flags`.
    without = command.add_argument_group("without a file", argument_default=argparse.SUPPRESS)
    without.add_argument("--pool-id", metavar="P", help="eu-west-1_Example if left out")
    without.add_argument("--client-id", metavar="C", help="1example23456789 if left out")
    without.add_argument(
        "--client-secret",
        action="store_true",
        help="give the app client a random secret, and print it",
    )
    without.add_argument(
        "--user",
        action="append",
        metavar="NAME",
        help="add a user, and print the random password; alice if left out",
    )
    without.add_argument(
        "--totp", action="store_true", help="give users an authenticator app, and print its secret"
    )
    without.add_argument(
        "--remember-devices", choices=("never", "always", "opt-in"), help="never if left out"
    )


def _completion(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "shell",
        choices=SHELLS,
        metavar="SHELL",
        help="bash, zsh or fish; your shell completes this command line once it has read what is"
        ' printed, such as with eval "$(srp-cognito completion bash)" in its own file of settings',
    )


def _demo(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--values",
        action="store_true",
        help="show every value of some sign-ins as well, and what it means",
    )


_COMMANDS: Final[tuple[tuple[str, str, Callable[[argparse.ArgumentParser], None]], ...]] = (
    ("compute", "compute every value of each transcript in files or on standard input", _jobs),
    ("verify", "check the signature of each transcript in files or on standard input", _jobs),
    ("explain", "say why each signature in files or on standard input was refused", _explain),
    ("device", "make a new device's password and its DeviceSecretVerifierConfig", _device),
    ("engine", "name the engine that exponentiates on this machine", _json),
    ("bench", "measure an exchange on this machine, with each engine", _json),
    ("login", "sign in to a user pool, and print the tokens as JSON", _login),
    ("refresh", "get new tokens for those on standard input, as login printed them", _refresh),
    ("conformance", "try on a user pool what is known of the service's behaviour", _conformance),
    ("serve", "run a user pool that really checks, for tests without AWS", _serve),
    ("completion", "print what lets your shell complete this command line", _completion),
    ("demo", "watch a sign-in, the Python that does it, and how it is computed", _demo),
)

_PAGES: Final = {
    "explain": "my-signature-is-refused",
    "engine": "performance",
    "bench": "performance",
    "login": "command-line",
    "refresh": "command-line",
    "conformance": "conformance",
    "serve": "test-without-aws",
    "completion": "command-line",
    "demo": "command-line",
}
"""The page of the documentation for a command. The others read or write transcripts."""


def _number_of_jobs(text: str) -> int:
    from ..transcripts.bulk import MAX_JOBS

    return _number(text, 1, MAX_JOBS)


def _rate(text: str) -> int:
    return _number(text, 1, 100)


def _most_calls(text: str) -> int:
    return _number(text, 1, 100_000)


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise argparse.ArgumentTypeError("must be an IP address") from None


def _port(text: str) -> int:
    return _number(text, 0, 65535)


def _number(text: str, lowest: int, highest: int) -> int:
    # int() alone would also take "1_0", "+1" and other scripts' digits.
    if not re.fullmatch(r"[0-9]{1,9}", text) or not lowest <= int(text) <= highest:
        raise argparse.ArgumentTypeError(f"must be a whole number from {lowest} to {highest}")
    return int(text)
