"""Print the row of Pyodide for the table of docs/platforms.md, and put it there.

    node tests/platforms/pyodide_node.mjs WHEEL tests/platforms/pyodide_row.py PYTHON [SUITE]

PYTHON is the reference, an interpreter of this machine with the library on libcrypto.
"""

import json
import sys
from pathlib import Path

from js import exchangeOn
from row import put, row

interpreter, *suite = sys.argv[1:]
made = row(
    "Pyodide under Node",
    suite=suite[0] if suite else None,
    note="a sign-in with fetch, too; it has no libcrypto, and npm alone no cryptography",
    reference=(exchangeOn(interpreter)[0], lambda: exchangeOn(interpreter)[1]),
)
print(json.dumps(made))
put(made, Path(__file__).with_name("results.json"))
