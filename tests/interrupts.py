"""An interrupt, such as Ctrl-C, before each bytecode of a function."""

import _ctypes
import dis
import itertools
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# What CPython puts where a ``try`` begins, and, from 3.14 on, where a condition holds.
NOTHING = ("NOP", "NOT_TAKEN", "SETUP_FINALLY")
NEVER_BEFORE = {dis.opmap[name] for name in NOTHING if name in dis.opmap}

# PyPy's ctypes is written in Python, so an interrupt may come within a call of C.
OF_CTYPES = str(Path(getattr(_ctypes, "__file__", "built-in")).parent)


class Interrupt(BaseException):
    """As Ctrl-C, and nobody else raises it."""


def interrupted_everywhere(path: str, work: Callable[[], object]) -> Iterator[None]:
    """Do the work again and again, with an interrupt before one bytecode more each time.

    That is wherever PyPy takes a signal, and more than where CPython does: neither takes one before
    a bytecode that does nothing.
    """
    for number in itertools.count():
        if _do(work, number, lambda name: name == path) <= number:
            return
        yield


def interrupted_at_the_end(work: Callable[[], object], *paths: str) -> Iterator[None]:
    """The same among the last bytecodes that these files and PyPy's ctypes spend on the work."""

    def is_counted(name: str) -> bool:
        return name in paths or name.startswith(OF_CTYPES)

    work()
    total = _do(work, sys.maxsize, is_counted)
    # PyPy's ctypes takes some 300 for a call.
    first = max(0, total - 600)
    for number in range(first, total, max(1, (total - first) // 75)):
        _do(work, number, is_counted)
        yield


def _do(work: Callable[[], object], number: int, is_counted: Callable[[str], bool]) -> int:
    """Interrupt the work before a bytecode, and return how many were counted until then."""
    counted = 0

    def trace(frame: types.FrameType, event: str, _: object) -> Any:
        nonlocal counted
        # What is raised while an object is deleted ends there.
        if not is_counted(frame.f_code.co_filename) or frame.f_code.co_name == "__del__":
            return None
        frame.f_trace_opcodes = True
        operation = frame.f_code.co_code[frame.f_lasti]
        if event == "opcode" and operation not in NEVER_BEFORE and counted <= number:
            counted += 1
            if counted > number:
                raise Interrupt
        return trace

    before = sys.gettrace()
    # Python 3.12 reports bytecodes only if some frame wanted them before.
    sys._getframe().f_trace_opcodes = True
    sys.settrace(trace)
    try:
        work()
    except Interrupt:
        pass
    finally:
        sys.settrace(before)
    return counted
