"""An interrupt, such as Ctrl-C, before each bytecode of a function."""

import dis
import itertools
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

# What CPython puts where a ``try`` begins, and, from 3.14 on, where a condition holds.
NOTHING = ("NOP", "NOT_TAKEN", "SETUP_FINALLY")
NEVER_BEFORE = {dis.opmap[name] for name in NOTHING if name in dis.opmap}


class Interrupt(BaseException):
    """As Ctrl-C, and nobody else raises it."""


def interrupted_everywhere(path: str, work: Callable[[], object]) -> Iterator[bool]:
    """Do the work again and again, with an interrupt before one bytecode more each time.

    That is wherever PyPy takes a signal, and more than where CPython does: neither takes one before
    a bytecode that does nothing.
    """
    for number in itertools.count():
        left, hit = number, False

        def trace(frame: types.FrameType, event: str, _: object) -> Any:
            nonlocal left, hit
            if frame.f_code.co_filename != path:
                return None
            frame.f_trace_opcodes = True
            operation = frame.f_code.co_code[frame.f_lasti]
            if event == "opcode" and operation not in NEVER_BEFORE and not hit:
                left -= 1
                if left < 0:
                    hit = True
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
        if not hit:
            return
        yield hit
