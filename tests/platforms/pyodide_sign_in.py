"""Sign in to a pool over HTTP from Pyodide, with the program of the page in examples/browser/.

    node tests/platforms/pyodide_node.mjs WHEEL tests/platforms/pyodide_sign_in.py \
        POOL_ID CLIENT_ID URL USERNAME PASSWORD [ANSWER ...]

Prints as JSON what the person was asked, and whose tokens came. It runs only there.
"""

import json
import sys
from pathlib import Path

program = (Path(__file__).parents[2] / "examples" / "browser" / "sign_in.py").read_text("utf-8")
exec(compile(program, "sign_in.py", "exec"))


async def main(
    pool_id: str, client_id: str, url: str, username: str, password: str, *answers: str
) -> None:
    asked: list[str] = []

    async def ask(question: str) -> str:
        asked.append(question)
        return answers[len(asked) - 1]

    tokens = await sign_in(pool_id, client_id, username, password, ask, url)  # noqa: F821
    print(json.dumps([*asked, tokens.username]))


main(*sys.argv[1:])  # The value of a program is awaited there.
