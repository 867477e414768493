"""Whether a device that was registered can ever sign in, and if not, which mistake was made.

The service takes any verifier that is not negative, a wrong one too (ConfirmDevice), and the
mistake shows at the next sign-in only. With the device's password it can be seen at once.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Final, NamedTuple, cast

from ..exceptions import MalformedParameter
from ..proof import srp
from ..wire import base64_leniently, read_optional_text, read_text, write_base64
from .catalogue.mistake import Mistake
from .exchange import Exchange
from .report import Diagnosis, Named, Row
from .search import MESSAGE_STEPS, X_STEPS, Suspect, go_together, hypotheses
from .steps import Evaluation, Steps, right_steps

__all__ = ["REGISTRATION_MISTAKES", "diagnose_registration"]

SIGNED: Final = (
    "PasswordVerifier and Salt are base64 of the bytes that Java's BigInteger.toByteArray() writes:"
    " one 00 byte in front exactly where the top bit would be set."
)


_NO_SIGN: Final = Mistake(
    "registered-no-sign",
    "The value lacks the 00 byte before its top bit, so that it is negative.",
    SIGNED,
    unnoticed="Where its top bit is not set: each of the two values in half of all registrations.",
    seen=("https://github.com/aws/aws-sdk-net-extensions-cognito/pull/46",),
)
_HEX: Final = Mistake(
    "registered-hex", "The value is written in hexadecimal, and not in base64.", SIGNED
)
_HEX_BASE64: Final = Mistake(
    "registered-base64-of-hex",
    "The value's hexadecimal text is encoded in base64, and not its bytes.",
    SIGNED,
)
_URL_SAFE: Final = Mistake(
    "registered-url-safe",
    "The value is written in the URL-safe alphabet, or without = at its end.",
    SIGNED,
    unnoticed="Where it has neither + nor /, and needs no =.",
)
_LITTLE: Final = Mistake(
    "registered-little-endian",
    "The value's bytes are in reverse order.",
    "Write the most significant byte first.",
)
_NOT_V: Final = Mistake(
    "registered-x",
    "x was registered, and not the verifier.",
    "Register v = g^x mod N. x is as good as the password: make a new one.",
)
_SALT_BASE64: Final = Mistake(
    "registered-salt-text",
    "The base64 text of the salt was hashed into x, and not its bytes.",
    "Hash the very bytes that are sent as Salt.",
)

REGISTRATION_MISTAKES: Final = (
    *(_NO_SIGN, _HEX, _HEX_BASE64, _URL_SAFE, _LITTLE, _NOT_V, _SALT_BASE64),
)


class _Reading(NamedTuple):
    """A way to read a value that was registered, with the mistake by which it was written so."""

    number: int
    mistake: Mistake | None


def diagnose_registration(record: Mapping[str, object]) -> Diagnosis:
    """Say whether a device with this DeviceSecretVerifierConfig can sign in.

    Args:
        record: an object with ``PasswordVerifier`` and ``Salt`` as they were sent to ConfirmDevice,
            and ``device_group_key``, ``device_key`` and ``device_password``; what
            ``srp-cognito device`` prints is one, with the two keys. What may have been mixed up:
            ``pool_id``, ``user_id``, ``username`` and ``password``.

    Raises:
        MalformedParameter: a field that decides is missing, or one cannot be read.
    """
    texts = {name: read_text(record.get(name), name) for name in ("PasswordVerifier", "Salt")}
    exchange = _exchange(record)
    verifiers = list(_readings(texts["PasswordVerifier"], "PasswordVerifier"))
    salts = list(_readings(texts["Salt"], "Salt"))
    found, salt, tried = _Search(exchange, verifiers, salts, texts["Salt"]).run()
    is_right = found == [()]
    explanations = tuple(found)
    x = cast("int", Evaluation(exchange).x(right_steps(replace(exchange, salt=salt))))
    return Diagnosis(
        subject="DeviceSecretVerifierConfig",
        verdict="right" if is_right else "mistake" if explanations else "unknown",
        explanations=() if is_right else explanations,
        rows=(
            Row("Salt", write_base64(srp.pad(salt)), texts["Salt"]),
            Row("PasswordVerifier", write_base64(srp.pad(srp.v(x))), texts["PasswordVerifier"]),
        ),
        tried=tried,
        advice=_advice(is_right=is_right, is_known=bool(explanations)),
    )


def _advice(*, is_right: bool, is_known: bool) -> tuple[str, ...]:
    if is_right:
        return ("A device with this password can sign in.",)
    told = "No device can sign in with this; register it anew (ConfirmDevice)."
    if is_known:
        return (told,)
    return (
        told,
        "Ruled out, alone and in pairs: every mistake of the catalogue that can show here.",
        "Most likely now: another device password, or keys of another device.",
    )


class _Found(NamedTuple):
    """What was found."""

    explanations: list[tuple[Named, ...]]
    salt: int
    """The salt of the first of them."""
    tried: int


class _Search:
    """Looks for the way in which both values come of the password."""

    def __init__(
        self,
        exchange: Exchange,
        verifiers: list[_Reading],
        salts: list[_Reading],
        salt_text: str,
    ) -> None:
        self._exchange = exchange
        self._verifiers = verifiers
        self._salts = salts
        self._salt_text = salt_text

    def run(self) -> _Found:
        """Look for all explanations with the fewest mistakes."""
        ways = [(salt, *self._ways_to_x(salt.number)) for salt in self._salts]
        found: dict[tuple[str, ...], tuple[tuple[Named, ...], int]] = {}
        tried = 0
        for number in range(3):
            for salt, suspects, evaluation, right in ways:
                for chosen in combinations(suspects, number):
                    if number == 2 and not go_together(*chosen):
                        continue
                    tried += 1
                    steps = right.changed(*(suspect.steps for suspect in chosen))
                    for named in self._matching(salt, chosen, cast("int", evaluation.x(steps))):
                        found.setdefault(tuple(each.says for each in named), (named, salt.number))
            if found:
                break
        fewest = min((len(named) for named, _ in found.values()), default=0)
        best = [pair for pair in found.values() if len(pair[0]) == fewest]
        salt_of_best = best[0][1] if best else self._salts[0].number
        return _Found([named for named, _ in best], salt_of_best, tried)

    def _ways_to_x(self, salt: int) -> tuple[list[Suspect], Evaluation, Steps]:
        exchange = replace(self._exchange, salt=salt, salt_text=f"{abs(salt):x}")
        suspects = [Suspect(_SALT_BASE64, "", {"salt": self._salt_text.encode()})]
        # What touches more than x and the message, such as k, is named only if nothing else is.
        found = sorted(
            hypotheses(exchange), key=lambda each: not each.steps.keys() <= X_STEPS | MESSAGE_STEPS
        )
        for suspect in found:
            steps = {name: step for name, step in suspect.steps.items() if name in X_STEPS}
            # What a mistake does to the signature does not matter here.
            if steps and all(steps != other.steps for other in suspects):
                suspects.append(suspect._replace(steps=steps))
        return suspects, Evaluation(exchange), right_steps(exchange)

    def _matching(
        self, salt: _Reading, suspects: tuple[Suspect, ...], x: int
    ) -> Iterator[tuple[Named, ...]]:
        """Yield the mistakes with which the verifier that was registered comes of this x."""
        of_x = [Named(suspect.mistake, suspect.says) for suspect in suspects]
        of_salt = [] if salt.mistake is None else [_named(salt.mistake, "Salt")]
        v = srp.v(x)
        for reading in self._verifiers:
            for number, extra in ((v, []), (x, [_named(_NOT_V, "PasswordVerifier")])):
                if reading.number == number:
                    of_v = (
                        []
                        if reading.mistake is None
                        else [_named(reading.mistake, "PasswordVerifier")]
                    )
                    yield (*of_x, *_once([*of_salt, *of_v]), *extra)


def _once(named: list[Named]) -> list[Named]:
    """The same mistake in both values is one mistake."""
    if len(named) == 2 and named[0].mistake is named[1].mistake:
        return [Named(named[0].mistake, f"{named[0].mistake.says[:-1]} (both values).")]
    return named


def _named(mistake: Mistake, name: str) -> Named:
    return Named(mistake, f"{mistake.says[:-1]} ({name}).")


def _readings(text: str, name: str) -> Iterator[_Reading]:
    """Yield the ways in which a value can be read, the most likely one first."""
    octets = base64_leniently(text)
    if not octets:
        raise MalformedParameter(name, "is not base64, and nothing can be made of it")
    number = int.from_bytes(octets, "big", signed=True)
    is_spelled_right = write_base64(octets) == text
    if number < 0:
        # The service refuses it, so it is nobody's salt and nobody's verifier.
        yield _Reading(int.from_bytes(octets, "big"), _NO_SIGN)
    else:
        yield _Reading(number, None if is_spelled_right else _URL_SAFE)
    if re.fullmatch(r"[0-9A-Fa-f]+", text, re.ASCII):
        yield _Reading(int(text, 16), _HEX)
    inner = octets.decode("latin-1")
    if re.fullmatch(r"[0-9A-Fa-f]+", inner, re.ASCII):
        yield _Reading(int(inner, 16), _HEX_BASE64)
    yield _Reading(int.from_bytes(octets, "little"), _LITTLE)


def _exchange(record: Mapping[str, object]) -> Exchange:
    return Exchange(
        is_device=True,
        group=read_text(record.get("device_group_key"), "device_group_key"),
        member=read_text(record.get("device_key"), "device_key"),
        password=read_text(record.get("device_password"), "device_password"),
        salt_text="",
        salt=0,
        A=1,
        B=1,
        a=None,
        b=None,
        v=None,
        block_text="",
        block=b"",
        timestamp="",
        moment=None,
        signature=None,
        pool_id=read_optional_text(record.get("pool_id"), "pool_id"),
        user_id=read_optional_text(record.get("user_id"), "user_id"),
        user_password=read_optional_text(record.get("password"), "password"),
        alias=read_optional_text(record.get("username"), "username"),
    )
