"""Write the test vectors: the files in v1/ except the schema, FLAGS.md and EXAMPLE.md.

    python vectors/generate.py            write all files
    python vectors/generate.py --check    compare with the files; if one differs, say where, exit 1
    python vectors/generate.py --search   find the rare shapes again and print PINNED

``generator/`` computes everything with ``tests/oracle.py``, which shares no code with the library.
botocore writes the headers and bodies of the requests, by AWS's newest model (`make newest`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# The oracle and the newest model are there. Python itself adds this file's own folder, which has
# generator/.
sys.path.insert(0, str(HERE.parent / "tests"))

from generator.files import files
from generator.shapes import PINNED, search


def on_disk() -> tuple[dict[str, str], bytes]:
    """The ids that were published before, and the schema, which is written by hand."""
    try:
        before = json.loads((HERE / "v1" / "ids.json").read_text("utf-8"))["ids"]
    except FileNotFoundError:
        before = {}
    return before, (HERE / "v1" / "schema.json").read_bytes()


def differences(wanted: Any, found: Any, where: str = "") -> Iterator[str]:
    """Yield one line for each place where two JSON values differ."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name in sorted(wanted.keys() | found.keys()):
            here = f"{where}.{name}"
            if name not in found:
                yield f"{here}: missing on disk"
            elif name not in wanted:
                yield f"{here}: on disk only"
            else:
                yield from differences(wanted[name], found[name], here)
    elif isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            yield f"{where}: {len(wanted)} entries generated, {len(found)} on disk"
        for index, (one, other) in enumerate(zip(wanted, found, strict=False)):
            name = one.get("id", index) if isinstance(one, dict) else index
            yield from differences(one, other, f"{where}[{name}]")
    elif wanted != found:
        yield f"{where}: generated {json.dumps(wanted)[:60]}, on disk {json.dumps(found)[:60]}"


def check(name: str, octets: bytes) -> bool:
    """Report whether the file on disk is what would be written, and if not, where it differs."""
    try:
        found = (HERE / name).read_bytes()
    except OSError as error:
        print(f"{name}: cannot be read: {error}")
        return False
    if found == octets:
        print(f"{name}: as generated")
        return True
    print(f"{name}: differs from what generate.py writes")
    try:
        lines = list(differences(json.loads(octets), json.loads(found)))
    except ValueError as error:
        lines = [f"it cannot be compared as JSON: {error}"]
    for line in (lines or ["the values agree, but the text does not"])[:20]:
        print(f"  {line}")
    if len(lines) > 20:
        print(f"  and {len(lines) - 20} more")
    return False


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="compare, write nothing")
    choice.add_argument("--search", action="store_true", help="find the rare shapes again")
    arguments = parser.parse_args()
    if arguments.search:
        found = search()
        print("PINNED is as found" if found == PINNED else "PINNED differs from what was found")
        return 0 if found == PINNED else 1
    good = True
    for name, octets in files(*on_disk()).items():
        if arguments.check:
            good = check(name, octets) and good
        else:
            (HERE / name).write_bytes(octets)
            print(f"{name}: written")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
