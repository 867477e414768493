"""Log in in several isolated interpreters of one process at once, each with a GIL of its own.

    python tests/platforms/subinterpreters.py

It needs CPython 3.13, whose ctypes and hashlib may be loaded in them. `cryptography` may not ("does
not support loading in subinterpreters", seen with 49 and 50), so the engine must not need it, and
the pool is not to be had there. (CPython 3.12.1 refuses ctypes as well, so the engine there is
`plain`; and after `import hashlib` alone it ends with "free(): invalid pointer".)
"""

import sys
import threading
from pathlib import Path

from srp_cognito import engine

INTERPRETERS = 4
LOGINS = 10

PROGRAM = f"""
import sys
sys.path[:0] = {[*sys.path, str(Path(__file__).parent)]!r}
from sign_in import PASSWORD, POOL_ID, Verifier, engine, log_in
if engine().name != {engine().name!r}:
    raise RuntimeError("the engine here is " + engine().name)
stored = Verifier.for_user(POOL_ID, "alice", PASSWORD)
for _ in range({LOGINS}):
    log_in(stored, PASSWORD)
"""


class Isolated:
    """An interpreter of its own; concurrent.interpreters has them from Python 3.14 on."""

    def __init__(self) -> None:
        self._id = _interpreters.create()
        self.problem: str | None = None

    def run(self) -> None:
        failed = _interpreters.exec(self._id, PROGRAM)
        if failed is not None:
            self.problem = failed.formatted

    def close(self) -> None:
        _interpreters.destroy(self._id)


def main() -> None:
    interpreters = [Isolated() for _ in range(INTERPRETERS)]
    threads = [threading.Thread(target=each.run) for each in interpreters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in interpreters:
        each.close()
        if each.problem is not None:
            sys.exit(f"an isolated interpreter failed: {each.problem}")
    count = INTERPRETERS * LOGINS
    print(f"{count} logins in {INTERPRETERS} isolated interpreters, on the engine {engine().name}")


if __name__ == "__main__":
    try:
        import _interpreters
    except ImportError:
        print("NOT FOUND: isolated interpreters that may load ctypes, as from CPython 3.13 on")
        sys.exit(77)
    main()
