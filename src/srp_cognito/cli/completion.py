"""The command `completion`: a script with which a shell completes this command line.

It is made from the parser, so it knows what can be typed, and a TAB starts no process. The scripts
need nothing but the shell; seen with bash 5.2, zsh 5.9 and fish 3.6.
"""

import argparse
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from .options import make_parser

__all__ = ["script"]


class _Argument(NamedTuple):
    """An option, or what a command takes without one."""

    flags: tuple[str, ...]
    """Its spellings; empty if it is typed without one."""
    help: str
    value: str | None
    """What is typed after it, such as ``FILE``; None if that is nothing."""
    choices: tuple[str, ...]
    """All that the value may be; empty if it may be anything."""
    again: bool
    """Whether it may be typed again."""

    @property
    def is_file(self) -> bool:
        return self.value == "FILE"


class _Command(NamedTuple):
    name: str
    help: str
    options: tuple[_Argument, ...]
    operand: _Argument | None
    """What it takes without an option."""


def script(shell: str) -> str:
    """Return the script for ``bash``, ``zsh`` or ``fish``."""
    parser = make_parser()
    # argparse offers no other way to ask a parser what it reads.
    (subparsers,) = (
        action
        for action in parser._actions  # noqa: SLF001
        if isinstance(action, argparse._SubParsersAction)  # noqa: SLF001
    )
    summaries = {each.dest: each.help for each in subparsers._choices_actions}  # noqa: SLF001
    commands = [
        _command(name, str(summaries[name]), command)
        for name, command in subparsers.choices.items()
    ]
    general = _command("", "", parser)
    return "".join(f"{line}\n" for line in _WRITERS[shell](general, commands))


def _command(name: str, summary: str, parser: argparse.ArgumentParser) -> _Command:
    arguments = [
        _Argument(
            tuple(action.option_strings),
            # Its first part: in a list there is a line for each.
            str(action.help).partition(";")[0],
            None if action.nargs == 0 else str(action.metavar or action.dest.upper()),
            tuple(action.choices or ()),
            isinstance(action, argparse._AppendAction) or action.nargs == "*",  # noqa: SLF001
        )
        for action in parser._actions  # noqa: SLF001
        if not isinstance(action, argparse._SubParsersAction)  # noqa: SLF001
    ]
    operands = [each for each in arguments if not each.flags]
    options = tuple(each for each in arguments if each.flags)
    return _Command(name, summary, options, operands[0] if operands else None)


_BASH: Final = """\
# bash completion for srp-cognito
_srp_cognito() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command= files= word words=
    # bash makes three words of --flow=USER_AUTH.
    if [ "$current" = = ]; then
        current=
    elif [ "$before" = = ]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for word in "${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
        case $word in
            -*) ;;
            *) command=$word; break ;;
        esac
    done
    case "$command $before" in
        @VALUES@
        *)
            case "$command $current" in
                @WORDS@
            esac
            ;;
    esac
    if [ -n "$files" ]; then
        COMPREPLY=()
        return
    fi
    # Only where a file may follow, bash completes the names of files; before bash 4 always.
    compopt +o default 2>/dev/null
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _srp_cognito srp-cognito"""


def _bash(general: _Command, commands: Sequence[_Command]) -> Iterator[str]:
    def flags(command: _Command) -> str:
        of_options = (flag for option in command.options for flag in option.flags)
        return " ".join(flag for flag in of_options if flag.startswith("--"))

    def value(argument: _Argument) -> str:
        return "files=1" if argument.is_file else f"words='{' '.join(argument.choices)}'"

    def values() -> Iterator[str]:
        for command in commands:
            for option in command.options:
                if option.value is not None:
                    patterns = (f"'{command.name} {flag}'" for flag in option.flags)
                    yield f"{' | '.join(patterns)}) {value(option)} ;;"

    def words() -> Iterator[str]:
        yield f"' -'*) words='{flags(general)}' ;;"
        yield f"' '*) words='{' '.join(command.name for command in commands)}' ;;"
        for command in commands:
            beginning = ""
            if command.operand is not None:
                yield f"'{command.name} '[!-]* | '{command.name} ') {value(command.operand)} ;;"
                beginning = "-"
            yield f"'{command.name} {beginning}'*) words='{flags(command)}' ;;"

    return _filled(_BASH, {"@VALUES@": values(), "@WORDS@": words()})


_ZSH: Final = """\
#compdef srp-cognito
# zsh completion for srp-cognito
_srp-cognito() {
    local curcontext="$curcontext" state line
    local -A opt_args
    local -a commands
    commands=(
        @COMMANDS@
    )
    _arguments -C \\
        @GENERAL@
        '1:command:->command' '*::argument:->arguments' && return
    case $state in
        command) _describe -t commands command commands ;;
        arguments)
            case $words[1] in
                @ARGUMENTS@
            esac
            ;;
    esac
}
# zsh runs this as a function if it finds the file in $fpath. Otherwise a shell reads it.
if [ "$funcstack[1]" = _srp-cognito ]; then
    _srp-cognito "$@"
else
    compdef _srp-cognito srp-cognito
fi"""


def _zsh(general: _Command, commands: Sequence[_Command]) -> Iterator[str]:
    def quoted(text: str) -> str:
        return "'{}'".format(text.replace("'", "'\\''"))

    def value(argument: _Argument) -> str:
        action = f"({' '.join(argument.choices)})" if argument.choices else " "
        return f":{argument.value}:{'_files' if argument.is_file else action}"

    def specs(command: _Command) -> Iterator[str]:
        for option in command.options:
            says = re.sub(r"([\\\[\]])", r"\\\1", option.help)
            taken = f"[{says}]" if option.value is None else f"=[{says}]{value(option)}"
            for flag in option.flags:
                yield quoted(f"{'*' * option.again}{flag}{taken}")
        if command.operand is not None:
            yield quoted(f"{'*' if command.operand.again else '1'}{value(command.operand)}")

    def arguments() -> Iterator[str]:
        for command in commands:
            yield f"{command.name})"
            yield "    _arguments \\"
            yield from (f"        {spec} \\" for spec in specs(command))
            yield "        && return"
            yield "    ;;"

    parts = {
        "@COMMANDS@": (quoted(f"{command.name}:{command.help}") for command in commands),
        "@GENERAL@": (f"{spec} \\" for spec in specs(general)),
        "@ARGUMENTS@": arguments(),
    }
    return _filled(_ZSH, parts)


def _fish(general: _Command, commands: Sequence[_Command]) -> Iterator[str]:
    def quoted(text: str) -> str:
        return "'{}'".format(re.sub(r"([\\'])", r"\\\1", text))

    def value(argument: _Argument) -> str:
        if argument.is_file:
            return " -r -F"
        offered = f" -a {quoted(' '.join(argument.choices))}" * bool(argument.choices)
        return f" -x{offered}"

    def lines(command: _Command, condition: str) -> Iterator[str]:
        begin = f"complete -c srp-cognito -n {quoted(condition)}"
        for option in command.options:
            for flag in option.flags:
                name = f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}"
                taken = "" if option.value is None else value(option)
                yield f"{begin} {name}{taken} -d {quoted(option.help)}"
        if command.operand is not None:
            operand = value(command.operand).replace(" -r", "").replace(" -x", " -f")
            yield f"{begin}{operand}"

    yield "# fish completion for srp-cognito"
    yield "complete -c srp-cognito -f"
    yield from lines(general, "__fish_use_subcommand")
    for command in commands:
        yield (
            "complete -c srp-cognito -n __fish_use_subcommand"
            f" -a {command.name} -d {quoted(command.help)}"
        )
    for command in commands:
        yield from lines(command, f"__fish_seen_subcommand_from {command.name}")


def _filled(template: str, parts: Mapping[str, Iterator[str]]) -> Iterator[str]:
    """Yield the lines of a template, with lines in place of those that name a part."""
    for line in template.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        part = parts.get(line.strip())
        yield from (line,) if part is None else (f"{indent}{each}" for each in part)


_WRITERS: Final[Mapping[str, Callable[[_Command, Sequence[_Command]], Iterator[str]]]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
}
