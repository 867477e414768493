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


SRP = "proof/test_srp"
SIDES = "proof/test_client proof/test_server"
CLIENT = "proof/test_client"
REQUESTS = "calls/test_srp_client"
SERVER = "proof/test_server"
WIRE = "test_wire proof/test_client"
ENGINES = "proof/modexp/test_modexp"
COMMAND = "cli/test_command_line"
SIGN_IN = "conversation/test_sign_in conversation/test_steps conversation/test_conversation"
QUESTIONS = "conversation/test_questions"
POOL = (
    "testing/test_challenges testing/test_account testing/test_codes testing/test_directory"
    " testing/test_issuer testing/test_pool testing/test_refused testing/test_sessions"
    " testing/test_totp testing/test_users"
)
DIAGNOSIS = (
    "diagnosis/test_report diagnosis/test_exchange diagnosis/test_explained diagnosis/test_steps"
    " diagnosis/test_claim diagnosis/test_search"
)
EXPLAINS = "testing/test_explain"

MUTANTS = [
    # The formulas.
    Mutant(
        "proof/srp.py",
        "number if number >= 0 else ~number",
        "abs(number)",
        "negative salts at a power of 256 are hashed with a byte too many",
        SRP,
    ),
    Mutant(
        "proof/srp.py",
        "magnitude.bit_length() // 8 + 1",
        "385",
        "fixed width: right but for one login in some hundred",
        SRP,
    ),
    Mutant(
        "proof/srp.py",
        "_sha256(pad(N), pad(g))",
        '_sha256(pad(N), g.to_bytes(384, "big"))',
        "k as RFC 5054 has it: no login works",
        SRP,
    ),
    Mutant(
        "proof/srp.py",
        "return _sha256(pad(A), pad(B))",
        "return _sha256(pad(B), pad(A))",
        "u of B and A: no login works",
        SRP,
    ),
    Mutant(
        "proof/srp.py",
        "(k * v + power(g, b)) % N",
        "k * v % N + power(g, b)",
        "B of N and more: half of all challenges are refused",
        SRP,
    ),
    Mutant(
        "proof/srp.py",
        "hmac.digest(pad(u), pad(S)",
        'hmac.digest(u.to_bytes(32, "big"), pad(S)',
        "one login in 512 fails, and half of all others",
        SRP,
    ),
    Mutant(
        "proof/srp.py",
        'b"".join((identity, b":", password))',
        'b"".join((identity, password))',
        "the colon missing: no login works",
        SRP,
    ),
    Mutant(
        "proof/srp.py",
        '"sha256")[:16]',
        '"sha256")',
        "a key of 32 bytes: no login works",
        SRP,
    ),
    Mutant(
        "proof/srp.py",
        "power(A * power(v, u) % N, b)",
        "power(power(v, u), b)",
        "A does not matter: the server's S is another",
        SRP,
    ),
    # What must hold of a peer's values.
    Mutant(
        "proof/public_values.py",
        "0 < number < srp.N",
        "0 < number <= srp.N",
        "A = N logs in without a password",
        SIDES,
    ),
    Mutant(
        "proof/public_values.py",
        "0 < number < srp.N",
        "number % srp.N",
        "values beyond N pass",
        SIDES,
    ),
    Mutant(
        "proof/public_values.py",
        "0 < number < srp.N",
        "1 < number < srp.N",
        "a value that the rule allows is refused",
        "outside/test_vectors",
    ),
    Mutant(
        "proof/public_values.py",
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
        "if as_utf8(value) is None:",
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
        "given.py",
        "if nonempty(text, what) != text.strip():",
        "if not nonempty(text, what).strip():",
        "a line end in a pool id makes every password wrong",
        "proof/test_identity",
    ),
    # Single use.
    Mutant(
        "proof/single_use.py",
        "self._values.pop()",
        "self._values[0]",
        "an exchange can be used again",
        CLIENT,
    ),
    Mutant(
        "proof/single_use.py",
        'raise TypeError("an exchange cannot be copied',
        'return object, ()  # "an exchange can be copied',
        "an exchange can be copied, and both be used",
        CLIENT,
    ),
    # Identity, app client, timestamp.
    Mutant(
        "proof/identity.py",
        'pool_id.partition("_")',
        'pool_id.rpartition("_")',
        "another pool name",
        "proof/test_identity",
    ),
    Mutant(
        "proof/app_client.py",
        'utf8(username, "username") + utf8(client_id, "client_id")',
        'utf8(client_id, "client_id") + utf8(username, "username")',
        "no client with a secret signs in",
        "proof/test_app_client",
    ),
    Mutant(
        "proof/app_client.py",
        'if not hmac.compare_digest(sent.encode("utf-8"), expected.encode("ascii")):',
        "if len(sent) != len(expected):",
        "the server takes any SECRET_HASH",
        "proof/test_app_client",
    ),
    Mutant(
        "proof/timestamps.py",
        "{utc.day}",
        "{utc.day:02}",
        "no login works in the first nine days of a month",
        "proof/test_timestamps",
    ),
    Mutant(
        "proof/timestamps.py",
        "now.astimezone(timezone.utc)",
        "now",
        "local time is signed as UTC",
        "proof/test_timestamps",
    ),
    Mutant(
        "proof/timestamps.py",
        "now.utcoffset() is None",
        "now.tzinfo is None",
        "a zone without an offset is taken for local time",
        "proof/test_timestamps",
    ),
    Mutant(
        "proof/timestamps.py",
        "moment is None or timestamp(moment) != text",
        "moment is None",
        "a wrong weekday passes",
        "proof/test_timestamps",
    ),
    Mutant(
        "proof/timestamps.py",
        "abs(now - moment) > skew",
        "now - moment > skew",
        "claims from the future pass",
        "proof/test_timestamps",
    ),
    # The client.
    Mutant(
        "proof/client.py",
        "a, password = self._secrets.take()",
        "a, password = self._secrets._values[0]",
        "the exponent is used again",
        CLIENT,
    ),
    Mutant(
        "proof/client.py",
        "        self._username = username\n        S =",
        "        S =",
        "the device step hashes the alias",
        CLIENT,
    ),
    Mutant(
        "calls/challenges.py",
        'carried = {"USERNAME": self.username, **responses}',
        'carried = {"USERNAME": self.app.client_id, **responses}',
        "USERNAME is another than the challenge's",
        REQUESTS,
    ),
    Mutant(
        "proof/client.py",
        "Claim(write_base64(signature), secret_block, signed_at)",
        "Claim(write_base64(signature), write_base64(decoded_block), signed_at)",
        "the block goes back changed",
        CLIENT,
    ),
    Mutant(
        "calls/srp_client.py",
        "if challenge.name != challenge_name:",
        "if not challenge.name:",
        "an MFA challenge is answered as a password's",
        REQUESTS,
    ),
    Mutant(
        "proof/client.py",
        'signed_at.encode("ascii"))',
        'timestamp(datetime.now(timezone.utc)).encode("ascii"))',
        "another text is signed than sent",
        CLIENT,
    ),
    Mutant(
        "calls/srp_client.py",
        "answers = self._answers(challenge.session)",
        "answers = self._answers(None)",
        "Session is lost",
        REQUESTS,
    ),
    Mutant(
        "proof/client.py",
        'device_key is not None and read_text(device_key, "DEVICE_KEY") != self._member',
        'device_key is not None and read_text(device_key, "DEVICE_KEY") == ""',
        "another device's challenge is answered",
        CLIENT,
    ),
    Mutant(
        "proof/srp.py",
        "SECRET_EXPONENT_BITS: Final = 256",
        "SECRET_EXPONENT_BITS: Final = 128",
        "exponents that can be found",
        CLIENT,
    ),
    # The server.
    Mutant(
        "proof/server.py",
        "pending = self._pending.take()",
        "pending = self._pending._values[0]",
        "guesses without end at one challenge",
        SERVER,
    ),
    Mutant(
        "proof/server.py",
        "        self._unchallenged.take()\n",
        "",
        "several challenges of one exchange",
        SERVER,
    ),
    Mutant(
        "proof/server.py",
        "SECRET_BLOCK_BYTES: Final = 32",
        "SECRET_BLOCK_BYTES: Final = 4",
        "blocks that repeat",
        SERVER,
    ),
    Mutant(
        "proof/server.py",
        "timedelta(minutes=2)",
        "timedelta(minutes=4)",
        "older claims pass than the docs say",
        SERVER,
    ),
    Mutant(
        "proof/server.py",
        "check_timestamp(signed_at, now, skew)",
        "check_timestamp(signed_at, now, SKEW)",
        "the caller's window is not used",
        SERVER,
    ),
    Mutant(
        "proof/server.py",
        "if block != write_base64(pending.secret_block):",
        "if not block:",
        "a claim for another challenge is looked at",
        SERVER,
    ),
    Mutant(
        "proof/server.py",
        'claim.encode("utf-8"), write_base64(expected).encode("ascii")',
        'claim.encode("utf-8")[:42], write_base64(expected).encode("ascii")[:42]',
        "a claim has several spellings",
        SERVER,
    ),
    Mutant(
        "proof/server.py",
        "            self._app.check_secret_hash(answer)\n",
        "            pass\n",
        "SECRET_HASH is not asked for in the answer",
        SERVER,
    ),
    Mutant(
        "proof/server.py",
        "            self._check_device_key(answer)\n",
        "            pass\n",
        "a claim for another device is looked at",
        SERVER,
    ),
    Mutant(
        "proof/server.py",
        "    if number < 0:\n",
        "    if number is None:\n",
        "a device with an unpadded verifier registers, and never signs in",
        SERVER,
    ),
    # Devices.
    Mutant(
        "proof/device.py",
        "write_base64(srp.pad(verifier))",
        'write_base64(verifier.to_bytes(384, "big"))',
        "half of all devices cannot register",
        "proof/test_device",
    ),
    Mutant(
        "proof/device.py",
        "device_password: str = field(repr=False)",
        "device_password: str",
        "a device's password in a log",
        "proof/test_device",
    ),
    # Transcripts and the command line.
    Mutant(
        "transcripts/record.py",
        "        if recorded not in (None, A):\n",
        "        if False:\n",
        "a transcript that contradicts itself is answered",
        "transcripts/test_record",
    ),
    Mutant(
        "transcripts/transcript.py",
        '        return "<Values of an exchange>"',
        "        return super().__repr__()",
        "S and the key in a log",
        "transcripts/test_transcript",
    ),
    Mutant(
        "cli/commands.py",
        "if not answer.good:\n                    status = FAILED",
        "status = OK if answer.good else FAILED",
        "a failure before the last line is forgotten",
        COMMAND,
    ),
    Mutant(
        "cli/streams.py",
        'sys.stdout.write(f"{line}\\n")\n    sys.stdout.flush()',
        'sys.stdout.write(f"{line}\\n")',
        "a program that waits for its answer hangs",
        COMMAND,
    ),
    Mutant(
        "cli/options.py",
        'if argument in ("--group-key", "--device-key"):',
        'if argument == "--group-key":',
        "a device key that begins with a dash is refused",
        "cli/test_options",
    ),
    Mutant(
        "cli/streams.py",
        "os.set_blocking(stream.fileno(), True)",
        "pass",
        "a slow writer's input is lost, with exit status 0",
        "cli/test_streams",
    ),
    # The engines.
    Mutant(
        "proof/modexp/libcrypto.py",
        "library.BN_mod_exp_mont_consttime",
        "library.BN_mod_exp_mont",
        "variable time on secrets",
        ENGINES,
    ),
    Mutant(
        "proof/modexp/libcrypto.py",
        "library.BN_clear_free",
        "library.BN_free",
        "secrets stay in freed memory",
        ENGINES,
    ),
    Mutant(
        "proof/modexp/libcrypto.py",
        "            self._clear_free(exponent_number)\n",
        "",
        "a leak, of secrets",
        ENGINES,
    ),
    Mutant(
        "proof/modexp/diffie_hellman.py",
        "        if exponent % _Q == 0:\n",
        "        if exponent % _Q == 1:\n",
        "a Rust panic",
        ENGINES,
    ),
    Mutant(
        "proof/modexp/diffie_hellman.py",
        'warnings.filterwarnings("ignore", module=__name__.replace(".", r"\\.") + "$")',
        'warnings.simplefilter("ignore")',
        "somebody else's warning is lost",
        ENGINES,
    ),
    Mutant(
        "proof/modexp/diffie_hellman.py",
        "with warnings.catch_warnings():",
        "if True:",
        "the program's warning filters are changed",
        ENGINES,
    ),
    Mutant(
        "proof/modexp/plain.py",
        "constant_time=False",
        "constant_time=True",
        "a promise that is not kept",
        ENGINES,
    ),
    Mutant(
        "proof/modexp/__init__.py",
        'and type(error).__name__ != "PanicException":',
        "and True:",
        "a panic while an engine is proven ends the program",
        ENGINES,
    ),
    Mutant(
        "proof/modexp/__init__.py",
        "if digest != _KNOWN_ANSWER_SHA256:",
        "if not digest:",
        "an engine that computes something wrong is used",
        ENGINES,
    ),
    Mutant(
        "proof/modexp/__init__.py",
        "if not isinstance(error, Exception) and",
        "if False and",
        "a time-out during the import is swallowed, and a weaker engine used",
        ENGINES,
    ),
    Mutant(
        "proof/client.py",
        'username = read_nonempty(username, "USERNAME")',
        'username = read_text(username, "USERNAME")',
        "an empty name is a crash at the device's step",
        CLIENT,
    ),
    # Calls.
    Mutant(
        "calls/call.py",
        "return json.dumps(self.arguments)",
        "return json.dumps(self.arguments, sort_keys=True)",
        "another body than botocore's: a recorded or signed request does not match",
        "calls/test_call calls/test_initiate_auth",
    ),
    Mutant(
        "calls/call.py",
        'return f"Call({self.operation!r})"',
        'return f"Call({self.operation!r}, {self.arguments!r})"',
        "passwords, codes and tokens in a log",
        "calls/test_call",
    ),
    Mutant(
        "calls/call.py",
        "if not _REGION.fullmatch(region):",
        "if not _REGION.match(region):",
        "a pool id sends passwords to another host",
        "calls/test_call",
    ),
    Mutant(
        "calls/call.py",
        'r"[a-z]{2,8}(?:-[a-z]{1,12}){1,3}-\\d{1,2}", re.ASCII',
        'r"[a-z]{2,8}(?:-[a-z]{1,12}){1,3}-\\d{1,2}"',
        "a host with digits of another script",
        "calls/test_call",
    ),
    Mutant(
        "calls/call.py",
        '    ("us-isob-", "sc2s.sgov.gov"),\n',
        "",
        "no sign-in in a partition",
        "calls/test_call",
    ),
    Mutant(
        "calls/arguments.py",
        '    "WEB_AUTHN",\n]\n"""The challenges',
        ']\n"""The challenges',
        "strict types refuse an answer that the service takes",
        "calls/test_arguments calls/test_challenges",
    ),
    Mutant(
        "calls/arguments.py",
        "    ServerPath: str\n",
        "    ServerPath: int\n",
        "strict types refuse what boto3 takes",
        "calls/test_arguments",
    ),
    # What goes along.
    Mutant(
        "calls/context.py",
        'arguments["ClientMetadata"] = dict(self.client_metadata)',
        'arguments["ClientMetadata"] = self.client_metadata',
        "a call that is changed changes the next one",
        "calls/test_context",
    ),
    Mutant(
        "calls/context.py",
        "encoded_data: str | None = field(default=None, repr=False)",
        "encoded_data: str | None = None",
        "what is told about a person's device in a log",
        "calls/test_context",
    ),
    Mutant(
        "calls/context.py",
        "            if user:\n                raise ValueError(",
        "            if user is None:\n                raise ValueError(",
        "threat protection sees every user at the server's own address",
        "calls/test_context",
    ),
    Mutant(
        "calls/context.py",
        'if "IpAddress" not in user:',
        "if user is None:",
        "a KeyError in the place of a sentence",
        "calls/test_context",
    ),
    Mutant(
        "calls/context.py",
        'members.pop("UserContextData", {})',
        'members.get("UserContextData", {})',
        "AdminInitiateAuth is refused by boto3 for a member that it does not have",
        "calls/test_context",
    ),
    Mutant(
        "calls/context.py",
        '.operation not in ("InitiateAuth", "RespondToAuthChallenge"):',
        '.operation == "":',
        "AdminForgotPassword, which does not exist, is called",
        "calls/test_context",
    ),
    Mutant(
        "given.py",
        'utf8(value, f"{what}[{name!r}]")',
        'utf8(value, f"{what}[{name!r}] = {value!r}")',
        "a user's attribute in an error message",
        "calls/test_context calls/test_challenges",
    ),
    # Answers.
    Mutant(
        "calls/challenges.py",
        '"ChallengeResponses": self.app.with_secret_hash(carried),',
        '"ChallengeResponses": carried,',
        "no client with a secret answers a challenge",
        "calls/test_challenges",
    ),
    Mutant(
        "calls/challenges.py",
        '            carried["DEVICE_KEY"] = self.device_key\n',
        "            pass\n",
        "a remembered device is asked for a second factor each time",
        "calls/test_challenges",
    ),
    Mutant(
        "calls/challenges.py",
        '{"SMS_OTP_CODE": given_code(code)}',
        '{"SMS_MFA_CODE": given_code(code)}',
        "no sign-in with a code by text message",
        "calls/test_challenges",
    ),
    Mutant(
        "calls/challenges.py",
        "            responses[USER_ATTRIBUTES + name] = value",
        "            responses[name] = value",
        "required attributes are lost, and the new password refused",
        "calls/test_challenges",
    ),
    Mutant(
        "calls/challenges.py",
        "if name.startswith(USER_ATTRIBUTES):",
        "if name == USER_ATTRIBUTES:",
        "an attribute goes out with the prefix twice",
        "calls/test_challenges",
    ),
    Mutant(
        "calls/challenges.py",
        "if value is not None and choice != its_choice:",
        "if value is not None and not choice:",
        "a password is sent with a choice that does not need it",
        "calls/test_challenges",
    ),
    Mutant(
        "calls/challenges.py",
        'if value is None and choice == its_choice != "WEB_AUTHN":',
        "if value is None and choice == its_choice:",
        "the options for a passkey cannot be asked for",
        "calls/test_challenges",
    ),
    Mutant(
        "calls/challenges.py",
        "if self.session is not None:\n            arguments",
        "if self.session:\n            arguments",
        "an empty Session is left out",
        "calls/test_challenges",
    ),
    Mutant(
        "calls/challenges.py",
        "session: str | None = field(default=None, repr=False, kw_only=True)",
        "session: str | None = field(default=None, kw_only=True)",
        "a Session in a log",
        "calls/test_challenges",
    ),
    # Beginnings.
    Mutant(
        "calls/initiate_auth.py",
        '{"CHALLENGE_NAME": "SRP_A", "SRP_A": nonempty(srp_a, "srp_a")}',
        '{"SRP_A": nonempty(srp_a, "srp_a")}',
        "a custom sign-in skips the password",
        "calls/test_initiate_auth",
    ),
    Mutant(
        "calls/initiate_auth.py",
        'hashed = app.secret_hash(nonempty(username, "username"))',
        "hashed = app.secret_hash(refresh_token)",
        "no client with a secret gets new tokens",
        "calls/test_initiate_auth",
    ),
    Mutant(
        "calls/initiate_auth.py",
        "if preferred_challenge != its_challenge:",
        "if preferred_challenge is None:",
        "a password is sent beside another challenge",
        "calls/test_initiate_auth",
    ),
    # The operations around.
    Mutant(
        "calls/operations.py",
        'arguments["SecretHash"] = hashed',
        'arguments["SecretHash"] = app.client_secret or hashed',
        "the client secret itself goes out",
        "calls/test_operations",
    ),
    Mutant(
        "calls/operations.py",
        '"remembered" if given_bool(remembered, "remembered")',
        '"remembered" if not given_bool(remembered, "remembered")',
        "devices are forgotten that should be remembered",
        "calls/test_operations",
    ),
    Mutant(
        "calls/operations.py",
        "if (access_token is None) is (session is None):",
        "if access_token is None and session is None:",
        "an access token goes out beside a Session",
        "calls/test_operations",
    ),
    # EncodedData.
    Mutant(
        "calls/user_context.py",
        'f"{VERSION}{payload}".encode()',
        "payload.encode()",
        "threat protection takes no word of it",
        "calls/test_user_context",
    ),
    Mutant(
        "calls/user_context.py",
        "ensure_ascii=False, ",
        "",
        "another text than Android's for a name with an umlaut",
        "calls/test_user_context",
    ),
    # Replies and tokens.
    Mutant(
        "calls/replies.py",
        '_CHALLENGE_NAME.fullmatch(challenge_name) else "something else"',
        '_CHALLENGE_NAME.match(challenge_name) else "something else"',
        "whatever a confused peer sent stands in a message",
        "calls/test_replies",
    ),
    Mutant(
        "calls/replies.py",
        'source.get("message", source.get("Message"))',
        'source.get("message")',
        "an error of boto3's comes without the service's words",
        "calls/test_replies",
    ),
    Mutant(
        "calls/replies.py",
        "isinstance(seconds, bool) or not",
        "not",
        "a lifetime of True",
        "calls/test_replies",
    ),
    Mutant(
        "conversation/tokens.py",
        "username=_username_in(result.access_token) or username,",
        "username=username,",
        "a refresh with the alias, which is refused",
        "conversation/test_tokens",
    ),
    Mutant(
        "conversation/tokens.py",
        "access_token: str = field(repr=False)",
        "access_token: str",
        "an access token in a log",
        "conversation/test_tokens",
    ),
    Mutant(
        "conversation/tokens.py",
        "except UnicodeDecodeError:",
        "except UnicodeEncodeError:",
        "a crash on a token that is no JWT",
        "conversation/test_tokens",
    ),
    # Devices that are kept, and what is read of the peer's JSON.
    Mutant(
        "proof/device.py",
        "or not all(isinstance(value, str) for value in values.values())",
        "or not all(values.values())",
        "a device with the password None, as text, that never signs in",
        "proof/test_device",
    ),
    Mutant(
        "wire.py",
        "except (ValueError, RecursionError):",
        "except ValueError:",
        "a crash on brackets without end",
        "test_wire",
    ),
    Mutant(
        "given.py",
        'return identifier(code, "code")',
        'return nonempty(code, "code")',
        "a code that was pasted with its line end is refused by the service",
        "test_wire calls/test_challenges",
    ),
    Mutant(
        "exceptions.py",
        'return f"UnsupportedChallenge({self.problem!r})"',
        'return f"UnsupportedChallenge({self.problem!r}, {self.reply!r})"',
        "a Session in a log",
        "test_exceptions",
    ),
    Mutant(
        "exceptions.py",
        "{printable(self.message)}",
        "{self.message}",
        "a message without end in a log",
        "test_exceptions",
    ),
    # Only once the fixes of fixes.patch are in.
    Mutant(
        "exceptions.py",
        "return type(self), (self.challenge_name, self.problem)",
        "return super().__reduce__()",
        "a Session in a pickle",
        "test_exceptions",
    ),
    Mutant(
        "calls/call.py",
        "|(?<=[A-Z])(?=[A-Z][a-z])",
        "",
        "an AttributeError for boto3's set_user_mfa_preference",
        "calls/test_call",
    ),
    Mutant(
        "calls/replies.py",
        '.partition(":")[0].rpartition("#")[2]',
        '.rpartition("#")[2].partition(":")[0]',
        "an error's type is taken from an address",
        "calls/test_replies",
    ),
    Mutant(
        "conversation/tokens.py",
        "isinstance(username, str) and as_utf8(username) is not None",
        "isinstance(username, str)",
        "a name that the caller is blamed for at the next refresh",
        "conversation/test_tokens",
    ),
    Mutant(
        "calls/challenges.py",
        '            expect(self.context, Context, "context")\n',
        "            pass\n",
        "a wrong context is told only when a person has typed the code",
        "calls/test_challenges",
    ),
    Mutant(
        "calls/context.py",
        "copy.deepcopy(dict(call.arguments))",
        "dict(call.arguments)",
        "scrubbing one call empties another",
        "calls/test_context",
    ),
    # The conversation.
    Mutant(
        "calls/replies.py",
        "{name: asking.reply[name] for name in _ASKING if name in asking.reply}",
        "dict(asking.reply)",
        "a sign-in cannot be set aside with boto3, or takes along what is not its own",
        "calls/test_replies",
    ),
    Mutant(
        "conversation/steps.py",
        "if name in self.answered:",
        "if not name:",
        "who poses as the pool gets a proof each time it asks",
        SIGN_IN,
    ),
    Mutant(
        "conversation/steps.py",
        'if password is None or (name == "PASSWORD" and self.preferred_challenge != "PASSWORD"):',
        "if password is None:",
        "who poses as the pool gets the password by asking for it",
        SIGN_IN,
    ),
    Mutant(
        "conversation/steps.py",
        "username=username, session=challenge.session",
        "username=username, session=state.session or challenge.session",
        "an old Session is sent",
        SIGN_IN,
    ),
    Mutant(
        "conversation/steps.py",
        "tokens = replace(tokens, device=None)",
        "tokens = replace(tokens)",
        "a device is kept that was never registered",
        SIGN_IN,
    ),
    Mutant(
        "conversation/steps.py",
        'and "device" in refusal.message.lower()',
        "and refusal.message",
        "a wrong client id is taken for a forgotten device",
        SIGN_IN,
    ),
    Mutant(
        "conversation/steps.py",
        "self.begin(State(self.typed, state.password, None))",
        "self.begin(State(state.username, state.password, None))",
        "the second attempt begins with another name than the first",
        SIGN_IN,
    ),
    Mutant(
        "calls/replies.py",
        'reply.get("UserConfirmationNecessary") is True',
        'reply.get("UserConfirmationNecessary") is not None',
        "UpdateDeviceStatus is called where nobody is asked",
        "calls/test_replies",
    ),
    Mutant(
        "conversation/steps.py",
        "        if state.tokens is not None:",
        "        if state.is_over:",
        "the tokens are lost if the device cannot be registered",
        SIGN_IN,
    ),
    Mutant(
        "conversation/sign_in.py",
        "if state.question is None or state.question._turn is not self:",
        "if state.question is None:",
        "an old question is answered in the place of the one that is asked",
        SIGN_IN,
    ),
    Mutant(
        "conversation/sign_in.py",
        "new = replace(new, question=old.question, offered=password)",
        "new = replace(new, offered=password)",
        "a mistyped code ends the sign-in",
        SIGN_IN,
    ),
    Mutant(
        "conversation/sign_in.py",
        "if self._state is not old:",
        "if self._state is None:",
        "a thread that comes late brings back an exchange that was used",
        SIGN_IN,
    ),
    Mutant(
        "conversation/steps.py",
        "            and self.flow is not None\n",
        "",
        "a resumed sign-in begins again without the password",
        SIGN_IN,
    ),
    Mutant(
        "conversation/steps.py",
        "return self.sending(state, associate_software_token(session=session))",
        "return self.sending(state, associate_software_token(session=state.username))",
        "no authenticator app can be set up on the way",
        SIGN_IN,
    ),
    Mutant(
        "conversation/steps.py",
        'exchange=exchange, answered=self.answered | {"PASSWORD_SRP"}',
        "exchange=exchange",
        "who poses as the pool gets a second proof by asking for one",
        SIGN_IN,
    ),
    Mutant(
        "conversation/steps.py",
        "return self.sending(replace(state, exchange=None), answers.password_verifier(claim))",
        "return self.sending(state, answers.password_verifier(claim))",
        "the password stays in memory with an exchange that is done",
        SIGN_IN,
    ),
    Mutant(
        "conversation/steps.py",
        "state = replace(state, password=state.offered, offered=None)",
        "state = replace(state, offered=None)",
        "beginning again after a new password, the old one is tried",
        SIGN_IN,
    ),
    Mutant(
        "conversation/questions.py",
        "each.removeprefix(USER_ATTRIBUTES) for each in required",
        "each for each in required",
        "no required attribute can be given a value",
        QUESTIONS,
    ),
    Mutant(
        "conversation/sign_in.py",
        "        self._advance(state, new)\n        return step",
        "        return step",
        "the sign-in does not go on",
        SIGN_IN,
    ),
    Mutant(
        "given.py",
        "if choice not in choices:",
        "if not choice:",
        "a factor is chosen that the user does not have",
        QUESTIONS,
    ),
    Mutant(
        "exceptions.py",
        'letter if letter.isprintable() else "?"',
        "letter",
        "a peer writes commands to the terminal",
        QUESTIONS,
    ),
    Mutant(
        "conversation/questions.py",
        "[name for name in self.required_attributes if name not in (attributes or {})]",
        "[]",
        "a required attribute is forgotten, and the service refuses the new password",
        QUESTIONS,
    ),
    Mutant(
        "conversation/tokens.py",
        "_username_in(result.access_token) or username",
        "username",
        "a refresh token cannot be used after a sign-in with an alias",
        SIGN_IN,
    ),
    # The table of the plain engine.
    Mutant(
        "proof/modexp/plain.py",
        "high[columns[column + HALF]]",
        "high[columns[column]]",
        "on such an interpreter no login works from the fifth on",
        ENGINES,
    ),
    Mutant(
        "proof/modexp/plain.py",
        "if _comb(tables, exponent) == result:",
        "if tables:",
        "a table that came out wrong is used",
        ENGINES,
    ),
    Mutant(
        "proof/modexp/plain.py",
        "exponent.bit_length() > ROWS * COLUMNS",
        "exponent.bit_length() > ROWS * COLUMNS + 1",
        "the highest bit of a longer exponent is lost",
        ENGINES,
    ),
    Mutant(
        "proof/modexp/plain.py",
        "self._uses > USES_BEFORE",
        "self._uses > 0",
        "whoever signs in once pays for a table",
        ENGINES,
    ),
    # The user pool of testing/.
    Mutant(
        "testing/directory.py",
        "        if received:\n",
        "        if not parameters:\n",
        "an app client without a secret takes a SECRET_HASH, as none does at AWS",
        POOL,
    ),
    Mutant(
        "testing/refused.py",
        "if not pattern.fullmatch(text):",
        "if not pattern:",
        "a pool id in the place of the client id is told otherwise than at AWS",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "step.attempt.user.username\n        if given_to != (name, app, username):",
        "username\n        if given_to != (name, app, username):",
        "another user's Session signs in",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "given_to = step.challenge_name, step.attempt.app",
        "given_to = name, step.attempt.app",
        "the code of one challenge is taken for another's answer",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "step.challenge_name, step.attempt.app, step",
        "step.challenge_name, app, step",
        "another app client ends the sign-in",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "        self._check_secret_hash(app, parameters)\n",
        "",
        "the first call needs no SECRET_HASH",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "        self._check_secret_hash(app, answer)\n",
        "",
        "an answer needs no SECRET_HASH, which AWS refuses",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "        self._verify(server, answer)\n        return self._proven",
        "        return self._proven",
        "any password signs in",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "        self._verify(server, answer)\n        return self._signed_in",
        "        return self._signed_in",
        "any device signs in",
        POOL,
    ),
    Mutant(
        "proof/server.py",
        "if not hmac.compare_digest("
        'made.to_bytes(WIDTH, "big"), verifier.v.to_bytes(WIDTH, "big")):',
        "if made == 0:",
        "any password that is sent signs in",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "if preferred in choices:",
        "if preferred is not None:",
        "a factor is preferred that the user does not have",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "if choice not in choices:",
        "if not choices:",
        "a factor is chosen that was not offered",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        'if error.name != "TIMESTAMP":',
        "if error.name:",
        "a padded day is told otherwise than a wrong password",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "            check_claim_form(answer)\n",
        "            pass\n",
        "a claim that cannot be one uses the challenge up",
        POOL,
    ),
    Mutant(
        "testing/refused.py",
        "[A-Z][a-z]{2} +\\d{1,2} (?!24)",
        "[A-Z][a-z]{2} \\d{1,2} (?!24)",
        "a day with a space in front is told as unreadable, which it is not at AWS",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "            user.device_verifier(attempt.device_key)\n",
        "            pass\n",
        "a forgotten device is taken for none, and the client keeps it",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "        user.attributes.update(given)\n",
        "",
        "the attributes that come with a new password are lost",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "missing = [name for name in user.missing_attributes if name not in given]",
        "missing = []",
        "a required attribute need not come",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "        user.must_change_password = False\n",
        "",
        "the new password must be changed for ever",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        ".is_remembered:",
        ".verifier:",
        "a device that is not remembered stands in for the code",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "        if len(user.factors) > 1:",
        "        if len(user.factors) > 2:",
        "nobody is asked which of two factors to use",
        POOL,
    ),
    Mutant(
        "testing/codes.py",
        'if not hmac.compare_digest(typed.encode("utf-8"), message.code.encode("ascii")):',
        "if not typed:",
        "any code is taken",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "            self._sessions.put(step, step.made, step.session)\n            raise\n",
        "            raise\n",
        "a mistyped code ends the sign-in",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "self._sessions.put(step, step.made, step.session)\n            raise",
        "self._sessions.put(step, self._sources.now(), step.session)\n            raise",
        "mistyped codes buy time for more guesses",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "return self._code(attempt, user.factors[0], self._signed_in)",
        "return self._code(attempt, user.factors[0], self._proven)",
        "a code as second factor is asked for ever",
        POOL,
    ),
    Mutant(
        "testing/codes.py",
        "            if step <= user.last_totp_step:",
        "            if step < user.last_totp_step:",
        "the code of an authenticator app counts twice",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        'if not hmac.compare_digest(given, utf8(asked.answer, "answer")):',
        "if not given:",
        "any answer to a custom challenge is right",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "return self._custom_challenge(attempt, number + 1)",
        "return self._signed_in(attempt)",
        "the second custom challenge is left out",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "        if attempt.is_custom:\n            return self._custom_challenge(attempt, 0)\n",
        "",
        "CUSTOM_AUTH ends after the password",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "if self._remember_devices and device_key is None:",
        "if self._remember_devices:",
        "a known device is offered to register again",
        POOL,
    ),
    Mutant(
        "testing/users.py",
        "        for key in offered[:-MOST_OFFERED]:",
        "        for key in offered[:0]:",
        "sign-ins that register no device cost memory",
        POOL,
    ),
    Mutant(
        "testing/codes.py",
        "        self._deliver(message)\n",
        "",
        "no code arrives",
        POOL,
    ),
    Mutant(
        "testing/challenges.py",
        "            names.append(_without_session",
        "            (_without_session",
        "a device that sends no Session, as pycognito's, does not sign in",
        POOL,
    ),
    Mutant(
        "testing/account.py",
        '        if claims["client_id"] != app.client_id:\n            raise invalid_token\n',
        "",
        "a refresh token is good for another app client",
        POOL,
    ),
    Mutant(
        "testing/account.py",
        "device_key or device is None or device.verifier is None:",
        "device_key:",
        "the refresh token of a forgotten device goes on working",
        POOL,
    ),
    Mutant(
        "testing/account.py",
        'claims["device_key"] != device_key or device is None',
        "device is None",
        "a refresh without DEVICE_KEY works, as it does not at AWS",
        POOL,
    ),
    Mutant(
        "testing/account.py",
        "        if secret and not hmac.compare_digest(sent, secret):",
        "        if secret and not sent:",
        "any client secret renews tokens",
        POOL,
    ),
    Mutant(
        "testing/account.py",
        '        if claims["origin_jti"] != user.origin_jti:\n',
        "        if not claims:\n",
        "tokens go on working after GlobalSignOut",
        POOL,
    ),
    Mutant(
        "testing/account.py",
        "        if device.verifier is not None:\n",
        "        if device.verifier is None:\n",
        "no device can be registered",
        POOL,
    ),
    Mutant(
        "testing/account.py",
        '            if "negative" in error.problem:\n',
        "            if error.problem:\n",
        "an unusable verifier is told to be negative",
        POOL,
    ),
    Mutant(
        "testing/account.py",
        "        device.is_remembered = not self._asks_user\n",
        "        device.is_remembered = True\n",
        "no user is asked whether to remember the device",
        POOL,
    ),
    Mutant(
        "testing/account.py",
        "        user.devices.pop(device_key, None)\n",
        "",
        "a forgotten device goes on working",
        POOL,
    ),
    Mutant(
        "testing/account.py",
        '        check_secret_hash(app, {**parameters, "USERNAME": user.username})\n',
        "",
        "a refresh needs no SECRET_HASH",
        POOL,
    ),
    Mutant(
        "proof/server.py",
        'digest = hmac.digest(salt_key, utf8(username, "username"), "sha256")',
        "digest = secrets.token_bytes(32)",
        "a user who does not exist is told by the salt, which changes",
        POOL,
    ),
    Mutant(
        "testing/directory.py",
        "        if username is not None:\n",
        "        if username == name:\n",
        "nobody signs in with an alias",
        POOL,
    ),
    Mutant(
        "testing/directory.py",
        "            if name in self._names:\n",
        "            if name in self._users:\n",
        "two users have one alias, and one of them cannot sign in",
        POOL,
    ),
    Mutant(
        "testing/issuer.py",
        'if claims.get("token_use") != use:',
        "if not claims:",
        "an id token or a refresh token opens what an access token does",
        POOL,
    ),
    Mutant(
        "testing/issuer.py",
        'if claims["exp"] <= self._sources.now().timestamp():',
        'if claims["exp"] == 0:',
        "tokens never end",
        POOL,
    ),
    Mutant(
        "testing/issuer.py",
        'algorithms=["RS256"],\n                issuer=self.issuer,',
        'algorithms=["RS256"],',
        "a token of another pool that has the key is taken",
        POOL,
    ),
    Mutant(
        "testing/sessions.py",
        "        if entry.until <= now:\n",
        "        if entry.until < now:\n",
        "a Session lasts longer than its time",
        POOL,
    ),
    Mutant(
        "testing/sessions.py",
        "while len(self._waiting) > MOST or",
        "while",
        "sign-ins that are never ended cost memory",
        POOL,
    ),
    Mutant(
        "testing/sessions.py",
        "while len(self._taken) > MOST:",
        "while not self._taken:",
        "sign-ins that are ended cost memory",
        POOL,
    ),
    Mutant(
        "testing/sessions.py",
        "if self._waiting.get(each) is entry:",
        "if each in self._waiting:",
        "of two sign-ins with one device at a time, one fails",
        POOL,
    ),
    Mutant(
        "testing/totp.py",
        "for step in (current, current - 1, current + 1):",
        "for step in (current,):",
        "a clock that is some seconds off is no good",
        POOL,
    ),
    Mutant(
        "testing/totp.py",
        "for step in (current, current - 1, current + 1):",
        "for step in range(current - 5, current + 6):",
        "codes count for minutes",
        POOL,
    ),
    Mutant(
        "testing/users.py",
        'coded = {"EMAIL": "EMAIL_OTP", "SMS": "SMS_OTP"} if not self.factors else {}',
        'coded = {"EMAIL": "EMAIL_OTP", "SMS": "SMS_OTP"}',
        "a user with two factors signs in with one",
        POOL,
    ),
    Mutant(
        "testing/users.py",
        'return f"{name[:1]}***@{domain[:1]}***"',
        "return destination",
        "whoever begins a sign-in learns the mail address",
        POOL,
    ),
    Mutant(
        "testing/pool.py",
        "        self.sent.append(message)\n",
        "",
        "a test does not find the code that was sent",
        POOL,
    ),
    Mutant(
        "testing/pool.py",
        '        given_choice(remember_devices, get_args(RememberDevices), "remember_devices")\n',
        "",
        'a misspelled setting is taken for "always"',
        POOL,
    ),
    # Why a signature was refused.
    Mutant(
        "diagnosis/search.py",
        "if self._seen is None or back.sign(key, back.message) == self._seen:",
        "if self._seen is None or back.sign(key, back.message)[:1] == self._seen[:1]:",
        "people are blamed for mistakes that they did not make",
        DIAGNOSIS,
    ),
    Mutant(
        "diagnosis/search.py",
        "        for number in range(3):\n",
        "        for number in range(2):\n",
        "two mistakes together are not found",
        DIAGNOSIS,
    ),
    Mutant(
        "diagnosis/steps.py",
        "if steps.formula.of_server is None or not self.makes_b(steps):",
        "if steps.formula.of_server is None:",
        "the server's side blames an x that it cannot know",
        DIAGNOSIS + " testing/test_explain",
    ),
    Mutant(
        "diagnosis/search.py",
        "exchange.password is None and not steps.keys()",
        "False and not steps.keys()",
        "without a password, mistakes in x are counted as tried",
        DIAGNOSIS,
    ),
    Mutant(
        "diagnosis/search.py",
        "if name in theirs and theirs[name] != compute(steps):",
        "if False:",
        "values of the other code are not looked at",
        DIAGNOSIS,
    ),
    Mutant(
        "diagnosis/search.py",
        'return key if theirs.get("key", key) == key else None',
        "return key",
        "the other code's key is not looked at",
        DIAGNOSIS,
    ),
    Mutant(
        "diagnosis/search.py",
        'if self._theirs.get("message", back.message) != back.message:',
        "if False:",
        "the other code's message is not looked at",
        DIAGNOSIS,
    ),
    Mutant(
        "diagnosis/exchange.py",
        'return "(cannot be read)" if moment is None else canonical(moment)',
        "return self.timestamp",
        "a TIMESTAMP that the pool spells otherwise is called right",
        DIAGNOSIS,
    ),
    Mutant(
        "diagnosis/steps.py",
        "exponent if exponent < srp.N else exponent % (srp.N - 1)",
        "exponent if exponent < srp.N else exponent % srp.N",
        "a client with a long a is told something else",
        DIAGNOSIS,
    ),
    Mutant(
        "diagnosis/claim.py",
        "named = sorted(result.causes, key=_size)[:MOST_NAMED]",
        "named = list(result.causes)",
        "a report of pages",
        DIAGNOSIS,
    ),
    Mutant(
        "diagnosis/claim.py",
        "tell_apart=tell_apart(exchange, named) if len(named) > 1 else None,",
        "tell_apart=None,",
        "nobody knows which login would decide",
        DIAGNOSIS,
    ),
    Mutant(
        "diagnosis/claim.py",
        'yield _number("x", expected.x, theirs.get("x", came and came.x), secret=True)',
        'yield _number("x", expected.x, theirs.get("x", came and came.x))',
        "x, which is as good as the password, is shown",
        DIAGNOSIS,
    ),
    Mutant(
        "diagnosis/claim.py",
        'yield _octets("key", expected.key, theirs.get("key", came and came.key), secret=True)',
        'yield _octets("key", expected.key, theirs.get("key", came and came.key))',
        "the key is shown",
        DIAGNOSIS,
    ),
    Mutant(
        "diagnosis/report.py",
        "is_hidden = self.is_secret and not show_secrets\n        return {",
        "is_hidden = False\n        return {",
        "secrets in JSON",
        DIAGNOSIS,
    ),
    Mutant(
        "diagnosis/report.py",
        'letter if letter.isprintable() else "?" for letter in text',
        "letter for letter in text",
        "what a peer sent commands the terminal",
        DIAGNOSIS,
    ),
    Mutant(
        "diagnosis/explained.py",
        "return self.error is None and all(",
        "return True or all(",
        "the exit status says that all is right",
        DIAGNOSIS,
    ),
    Mutant(
        "diagnosis/catalogue/registration.py",
        'int.from_bytes(self.octets, "big", signed=True)',
        'int.from_bytes(self.octets, "big")',
        "a value that lacks its sign byte is called right",
        "diagnosis/test_registration",
    ),
    Mutant(
        "diagnosis/secret_hash.py",
        "is_secret=right.secret in (expected, came),",
        'is_secret=part == "secret",',
        "the client secret is shown where it was put in a wrong place",
        "diagnosis/test_secret_hash",
    ),
    Mutant(
        "testing/explain.py",
        "if error is None and is_trial:",
        "if False:",
        "a client with a mistake signs in, since the pool made the same",
        EXPLAINS,
    ),
    Mutant(
        "testing/explain.py",
        "if trials.logins % ORDINARY == 0 or not trials.waiting:",
        "if not trials.waiting:",
        "a client that does it right is locked out for dozens of logins",
        EXPLAINS,
    ),
    Mutant(
        "testing/explain.py",
        '        self._trials.pop(str(record["user_id"]), None)\n',
        "",
        "a mistyped password costs dozens of logins",
        EXPLAINS,
    ),
    Mutant(
        "testing/pool.py",
        "        self._hooks.password_set(username, password)\n",
        "",
        "a pool that explains knows no password",
        EXPLAINS,
    ),
    Mutant(
        "testing/refused.py",
        " (?!24)\\d{1,2}:",
        " \\d{1,2}:",
        "an hour 24 is called a wrong password, which AWS does not do",
        POOL,
    ),
    # The command line that signs in, and the device that it keeps.
    Mutant(
        "cli/login.py",
        'not (url.lower().startswith("https:") or _is_loopback(url))',
        "False",
        "a sign-in goes over the network in the clear",
        "cli/test_login",
    ),
    Mutant(
        "cli/login.py",
        "build_opener(proxies, _AnyStatus)",
        "build_opener(proxies)",
        "refusals cannot be read, and redirections are followed",
        "cli/test_login",
    ),
    Mutant(
        "cli/login.py",
        "if not _has_terminal():",
        "if True:",
        "a password that is typed can be seen",
        "cli/test_login",
    ),
    Mutant(
        "cli/device_file.py",
        "& 0o077",
        "& 0o007",
        "a device's password that a group can read is used",
        "cli/test_device_file",
    ),
    Mutant(
        "cli/device_file.py",
        '(saved.get("pool_id"), saved.get("username")) != (pool_id, username)',
        'saved.get("username") != username',
        "a device of another pool is sent",
        "cli/test_device_file",
    ),
    # Many transcripts.
    Mutant(
        "transcripts/lines.py",
        "MAX_LINE: Final = 4 << 20",
        "MAX_LINE: Final = 64 << 20",
        "one line takes more memory than all others together",
        "cli/test_jobs cli/test_command_line",
    ),
    Mutant(
        "transcripts/bulk.py",
        "return self._stopped or (len(self.waiting) < self._chunk and self.size < _CHUNK_BYTES)",
        "return True",
        "a file of a million lines is read into memory",
        "cli/test_jobs transcripts/test_bulk",
    ),
    Mutant(
        "transcripts/bulk.py",
        "signal.signal(signal.SIGINT, signal.SIG_IGN)",
        "pass",
        "Ctrl-C prints the tracebacks of all workers",
        "cli/test_jobs transcripts/test_bulk",
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
        left_out = shutil.ignore_patterns(".*", "__pycache__", "dist", "node_modules")
        shutil.copytree(ROOT, project, ignore=left_out)
        path = project / PACKAGE / mutant.file
        path.write_text(broken(mutant, path.read_text("utf-8")), "utf-8")
        tests = [f"tests/{name}.py" for name in mutant.tests.split()]
        # Some minutes' worth of searches, of which the quick tests hold a part.
        quick = ["-m", "not slow"] if mutant.tests.startswith("diagnosis/") else []
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-x",
                "-q",
                "-k",
                "not hundred_thousand",
                *quick,
                *tests,
            ],
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
