"""Break the library on purpose, one line at a time, and see that a test notices.

Run by `make mutants`, some minutes; not part of `make test`, which only checks that each mutant
still fits the code. Each entry says what its bug would do to users. A mutant that survives is a
test that is missing.
"""

import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path("src") / "srp_cognito"


class Mutant(NamedTuple):
    """One broken line, and the test modules of which one must fail."""

    file: str
    old: str
    new: str
    effect: str
    tests: str


SRP = "test_srp"
SIDES = "test_client test_server"
CLIENT = "test_client"
SERVER = "test_server"
WIRE = "test_wire test_client"
ENGINES = "test_modexp"
COMMAND = "test_command_line"

MUTANTS = [
    # The formulas.
    Mutant(
        "srp.py",
        "number if number >= 0 else ~number",
        "abs(number)",
        "negative salts at a power of 256 are hashed with a byte too many",
        SRP,
    ),
    Mutant(
        "srp.py",
        "magnitude.bit_length() // 8 + 1",
        "385",
        "fixed width: right but for one login in some hundred",
        SRP,
    ),
    Mutant(
        "srp.py",
        "_sha256(pad(N), pad(g))",
        '_sha256(pad(N), g.to_bytes(384, "big"))',
        "k as RFC 5054 has it: no login works",
        SRP,
    ),
    Mutant(
        "srp.py",
        "return _sha256(pad(A), pad(B))",
        "return _sha256(pad(B), pad(A))",
        "u of B and A: no login works",
        SRP,
    ),
    Mutant(
        "srp.py",
        "(k * v + power(g, b)) % N",
        "k * v % N + power(g, b)",
        "B of N and more: half of all challenges are refused",
        SRP,
    ),
    Mutant(
        "srp.py",
        "salt=pad(u)",
        'salt=u.to_bytes(32, "big")',
        "one login in 512 fails, and half of all others",
        SRP,
    ),
    Mutant(
        "srp.py",
        'b"".join((identity, b":", password))',
        'b"".join((identity, password))',
        "the colon missing: no login works",
        SRP,
    ),
    Mutant(
        "srp.py",
        "length=16",
        "length=32",
        "a key of 32 bytes: no login works",
        SRP,
    ),
    Mutant(
        "srp.py",
        "power(A * power(v, u) % N, b)",
        "power(power(v, u), b)",
        "A does not matter: the server's S is another",
        SRP,
    ),
    # What must hold of a peer's values.
    Mutant(
        "public_values.py",
        "0 < number < srp.N",
        "0 < number <= srp.N",
        "A = N logs in without a password",
        SIDES,
    ),
    Mutant(
        "public_values.py",
        "0 < number < srp.N",
        "number % srp.N",
        "values beyond N pass",
        SIDES,
    ),
    Mutant(
        "public_values.py",
        "0 < number < srp.N",
        "1 < number < srp.N",
        "a value that the rule allows is refused",
        "test_vectors",
    ),
    Mutant(
        "public_values.py",
        "if u == 0:",
        "if u < 0:",
        "u = 0 takes the password out of S",
        SIDES,
    ),
    # The wire.
    Mutant(
        "wire.py",
        "_HEX.fullmatch(text)",
        "_HEX.match(text)",
        "a crash on text that only begins as hex",
        WIRE,
    ),
    Mutant(
        "wire.py",
        'r"-?[0-9A-Fa-f]+", re.ASCII',
        'r"[0-9A-Fa-f]+", re.ASCII',
        "a crash on the negative salts of old users",
        WIRE,
    ),
    Mutant(
        "wire.py",
        "if len(value) > MAX_TEXT:",
        "if len(value) < 0:",
        "megabytes are worked on",
        WIRE,
    ),
    Mutant(
        "wire.py",
        "if _encode(value) is None:",
        "if value is None:",
        "a lone surrogate from the peer is a crash later",
        WIRE,
    ),
    Mutant(
        "wire.py",
        '.replace("-", "+").replace("_", "/")',
        "",
        "another claim than AWS's clients make for moto's blocks",
        WIRE,
    ),
    Mutant(
        "wire.py",
        "if len(letters) % 4 == 1:",
        "if len(letters) % 4 == 5:",
        "a crash on a block of 4n + 1 letters",
        WIRE,
    ),
    Mutant(
        "wire.py",
        "if text != text.strip():",
        "if not text.strip():",
        "a line end in a pool id makes every password wrong",
        "test_identity",
    ),
    # Single use.
    Mutant(
        "single_use.py",
        "self._values.pop()",
        "self._values[0]",
        "an exchange can be used again",
        CLIENT,
    ),
    Mutant(
        "single_use.py",
        'raise TypeError("an exchange cannot be copied',
        'return object, ()  # "an exchange can be copied',
        "an exchange can be copied, and both be used",
        CLIENT,
    ),
    # Identity, app client, timestamp.
    Mutant(
        "identity.py",
        'pool_id.partition("_")',
        'pool_id.rpartition("_")',
        "another pool name",
        "test_identity",
    ),
    Mutant(
        "app_client.py",
        'utf8(username, "username") + utf8(client_id, "client_id")',
        'utf8(client_id, "client_id") + utf8(username, "username")',
        "no client with a secret signs in",
        "test_app_client",
    ),
    Mutant(
        "app_client.py",
        'if not hmac.compare_digest(sent.encode("utf-8"), expected.encode("ascii")):',
        "if len(sent) != len(expected):",
        "the server takes any SECRET_HASH",
        "test_app_client",
    ),
    Mutant(
        "timestamps.py",
        "{utc.day}",
        "{utc.day:02}",
        "no login works in the first nine days of a month",
        "test_timestamps",
    ),
    Mutant(
        "timestamps.py",
        "now.astimezone(timezone.utc)",
        "now",
        "local time is signed as UTC",
        "test_timestamps",
    ),
    Mutant(
        "timestamps.py",
        "now.utcoffset() is None",
        "now.tzinfo is None",
        "a zone without an offset is taken for local time",
        "test_timestamps",
    ),
    Mutant(
        "timestamps.py",
        "moment is None or timestamp(moment) != text",
        "moment is None",
        "a wrong weekday passes",
        "test_timestamps",
    ),
    Mutant(
        "timestamps.py",
        "abs(now - moment) > skew",
        "now - moment > skew",
        "claims from the future pass",
        "test_timestamps",
    ),
    # The client.
    Mutant(
        "client.py",
        "a, password = self._secrets.take()",
        "a, password = self._secrets._values[0]",
        "the exponent is used again",
        CLIENT,
    ),
    Mutant(
        "client.py",
        "        self._username = username\n        S =",
        "        S =",
        "the device step hashes the alias",
        CLIENT,
    ),
    Mutant(
        "client.py",
        '            "USERNAME": username,\n            # The text',
        '            "USERNAME": self._group,\n            # The text',
        "USERNAME is another than the challenge's",
        CLIENT,
    ),
    Mutant(
        "client.py",
        '"PASSWORD_CLAIM_SECRET_BLOCK": secret_block,',
        '"PASSWORD_CLAIM_SECRET_BLOCK": write_base64(decoded_block),',
        "the block goes back changed",
        CLIENT,
    ),
    Mutant(
        "client.py",
        "if asked != challenge_name:",
        "if not asked:",
        "an MFA challenge is answered as a password's",
        CLIENT,
    ),
    Mutant(
        "client.py",
        'signed_at.encode("ascii"))',
        'timestamp(datetime.now(timezone.utc)).encode("ascii"))',
        "another text is signed than sent",
        CLIENT,
    ),
    Mutant(
        "client.py",
        "        session = _read_session(reply)\n        parameters",
        "        session = None\n        parameters",
        "Session is lost",
        CLIENT,
    ),
    Mutant(
        "client.py",
        "device_key is None or device_key != self._device_key",
        "device_key is None",
        "another device's challenge is answered",
        CLIENT,
    ),
    Mutant(
        "srp.py",
        "SECRET_EXPONENT_BITS: Final = 256",
        "SECRET_EXPONENT_BITS: Final = 128",
        "exponents that can be found",
        CLIENT,
    ),
    # The server.
    Mutant(
        "server.py",
        "pending = self._pending.take()",
        "pending = self._pending._values[0]",
        "guesses without end at one challenge",
        SERVER,
    ),
    Mutant(
        "server.py",
        "        self._unchallenged.take()\n",
        "",
        "several challenges of one exchange",
        SERVER,
    ),
    Mutant(
        "server.py",
        "SECRET_BLOCK_BYTES: Final = 32",
        "SECRET_BLOCK_BYTES: Final = 4",
        "blocks that repeat",
        SERVER,
    ),
    Mutant(
        "server.py",
        "timedelta(minutes=2)",
        "timedelta(minutes=4)",
        "older claims pass than the docs say",
        SERVER,
    ),
    Mutant(
        "server.py",
        "check_timestamp(signed_at, now, skew)",
        "check_timestamp(signed_at, now, SKEW)",
        "the caller's window is not used",
        SERVER,
    ),
    Mutant(
        "server.py",
        "if block != write_base64(pending.secret_block):",
        "if not block:",
        "a claim for another challenge is looked at",
        SERVER,
    ),
    Mutant(
        "server.py",
        'claim.encode("utf-8"), write_base64(expected).encode("ascii")',
        'claim.encode("utf-8")[:42], write_base64(expected).encode("ascii")[:42]',
        "a claim has several spellings",
        SERVER,
    ),
    Mutant(
        "server.py",
        "            self._app.check_secret_hash(answer)\n",
        "            pass\n",
        "SECRET_HASH is not asked for in the answer",
        SERVER,
    ),
    Mutant(
        "server.py",
        "            self._check_device_key(answer)\n",
        "            pass\n",
        "a claim for another device is looked at",
        SERVER,
    ),
    Mutant(
        "server.py",
        "    if number < 0:\n",
        "    if number is None:\n",
        "a device with an unpadded verifier registers, and never signs in",
        SERVER,
    ),
    # Devices.
    Mutant(
        "device.py",
        "write_base64(srp.pad(verifier))",
        'write_base64(verifier.to_bytes(384, "big"))',
        "half of all devices cannot register",
        "test_device",
    ),
    Mutant(
        "device.py",
        "device_password: str = field(repr=False)",
        "device_password: str",
        "a device's password in a log",
        "test_device",
    ),
    # Transcripts and the command line.
    Mutant(
        "transcript.py",
        '    _agree("SRP_A", recorded, A)\n',
        "",
        "a transcript that contradicts itself is answered",
        "test_transcript",
    ),
    Mutant(
        "transcript.py",
        '        return "<Values of an exchange>"',
        "        return super().__repr__()",
        "S and the key in a log",
        "test_transcript",
    ),
    Mutant(
        "__main__.py",
        "status = status if good else FAILED",
        "status = OK if good else FAILED",
        "a failure before the last line is forgotten",
        COMMAND,
    ),
    Mutant(
        "__main__.py",
        "print(text, flush=True)",
        "print(text)",
        "a program that waits for its answer hangs",
        COMMAND,
    ),
    Mutant(
        "__main__.py",
        'if argument in ("--group-key", "--device-key"):',
        'if argument == "--group-key":',
        "a device key that begins with a dash is refused",
        COMMAND,
    ),
    Mutant(
        "__main__.py",
        "os.set_blocking(stream.fileno(), True)",
        "pass",
        "a slow writer's input is lost, with exit status 0",
        COMMAND,
    ),
    # The engines.
    Mutant(
        "modexp/libcrypto.py",
        "library.BN_mod_exp_mont_consttime",
        "library.BN_mod_exp_mont",
        "variable time on secrets",
        ENGINES,
    ),
    Mutant(
        "modexp/libcrypto.py",
        "library.BN_clear_free",
        "library.BN_free",
        "secrets stay in freed memory",
        ENGINES,
    ),
    Mutant(
        "modexp/libcrypto.py",
        "            self._clear_free(exponent_number)\n",
        "",
        "a leak, of secrets",
        ENGINES,
    ),
    Mutant(
        "modexp/diffie_hellman.py",
        "        if exponent % _Q == 0:\n",
        "        if exponent % _Q == 1:\n",
        "a Rust panic",
        ENGINES,
    ),
    Mutant(
        "modexp/diffie_hellman.py",
        'warnings.filterwarnings("ignore", module=__name__.replace(".", r"\\.") + "$")',
        'warnings.simplefilter("ignore")',
        "somebody else's warning is lost",
        ENGINES,
    ),
    Mutant(
        "modexp/diffie_hellman.py",
        "with warnings.catch_warnings():",
        "if True:",
        "the program's warning filters are changed",
        ENGINES,
    ),
    Mutant(
        "modexp/plain.py",
        "constant_time=False",
        "constant_time=True",
        "a promise that is not kept",
        ENGINES,
    ),
    Mutant(
        "modexp/__init__.py",
        'and type(error).__name__ != "PanicException":',
        "and True:",
        "a panic while an engine is proven ends the program",
        ENGINES,
    ),
    Mutant(
        "modexp/__init__.py",
        "if digest != _KNOWN_ANSWER_SHA256:",
        "if not digest:",
        "an engine that computes something wrong is used",
        ENGINES,
    ),
    Mutant(
        "modexp/__init__.py",
        "if not isinstance(error, Exception) and",
        "if False and",
        "a time-out during the import is swallowed, and a weaker engine used",
        ENGINES,
    ),
    Mutant(
        "client.py",
        'read_nonempty(parameters.get("USERNAME"), "USERNAME")',
        'read_text(parameters.get("USERNAME"), "USERNAME")',
        "an empty name is a crash at the device's step",
        CLIENT,
    ),
]


def broken(mutant: Mutant, source: str) -> str:
    """Return the file's text with the mutant in it; ValueError if it does not fit exactly once."""
    if source.count(mutant.old) != 1:
        raise ValueError(f"{mutant.file}: {source.count(mutant.old)} times {mutant.old!r}")
    return source.replace(mutant.old, mutant.new)


def survives(mutant: Mutant) -> bool:
    """Run the mutant's tests on a copy of the project; True if none of them fails."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        left_out = shutil.ignore_patterns(".*", "__pycache__", "dist")
        shutil.copytree(ROOT, project, ignore=left_out)
        path = project / PACKAGE / mutant.file
        path.write_text(broken(mutant, path.read_text("utf-8")), "utf-8")
        tests = [f"tests/{name}.py" for name in mutant.tests.split()]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-k", "not hundred_thousand", *tests],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(project / "src")},
            capture_output=True,
            check=False,
        )
        # 1: a test failed. 2 and 4: the library could not even be imported.
        if done.returncode not in (0, 1, 2, 4):
            raise RuntimeError(f"pytest ended with {done.returncode}: {done.stdout.decode()}")
        return done.returncode == 0


def main() -> int:
    survivors = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for number, (mutant, survived) in enumerate(
            zip(MUTANTS, pool.map(survives, MUTANTS), strict=True), start=1
        ):
            survivors += survived
            verdict = "SURVIVED" if survived else "noticed"
            print(f"{number:3}/{len(MUTANTS)}  {verdict:9}{mutant.file:24} {mutant.effect}")
    print(f"{len(MUTANTS) - survivors} passed, {survivors} failed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
