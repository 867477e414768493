"""Whether a registered device can ever sign in, and if not, which mistake was made.

ConfirmDevice accepts any verifier that is not negative, even a wrong one, and the mistake shows
only at the next sign-in. With the device's password it can be seen at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple, cast

from ..proof import srp
from ..transcripts.record import read_field, read_optional
from ..wire import read_base64_leniently, write_base64
from .catalogue.mistake import Mistake
from .catalogue.registration import SALT_TEXT, WRITTEN, Sent, X
from .exchange import Exchange
from .limits import check_limits
from .report import Diagnosis, Named, Row
from .search import MESSAGE_STEPS, X_STEPS, Suspect, distinct, go_together
from .steps import Evaluation, right_steps

__all__ = ["diagnose_registration"]


class _Reading(NamedTuple):
    """A way to read a value, and the mistake with which it was written if that is right."""

    number: int
    mistake: Mistake[Sent] | None


class _Found(NamedTuple):
    """Mistakes that make both values from the password; none if they are right."""

    named: tuple[Named, ...]
    salt: int


def diagnose_registration(record: Mapping[str, object]) -> Diagnosis:
    """Say whether a device with this DeviceSecretVerifierConfig can sign in.

    Args:
        record: an object with ``PasswordVerifier`` and ``Salt`` as they were sent to ConfirmDevice,
            and ``device_group_key``, ``device_key`` and ``device_password``; what
            ``srp-cognito device`` prints, with the two keys added. Optional is what may have been
            mixed up: ``pool_id``, ``user_id``, ``username`` and ``password``.

    Raises:
        MalformedParameter: a field that is needed is missing, or one cannot be read.
    """
    check_limits(record)
    exchange = _read_exchange(record)
    verifier, salt = _read_sent(record, "PasswordVerifier"), _read_sent(record, "Salt")
    found, tried = _search(exchange, verifier, salt)
    is_right = any(not each.named for each in found)
    meant = found[0].salt if found else next(_readings(salt)).number
    v = srp.v(_x(replace(exchange, salt_text=f"{meant:x}")))
    return Diagnosis(
        subject="DeviceSecretVerifierConfig",
        verdict="right" if is_right else "mistake" if found else "unknown",
        explanations=() if is_right else tuple(each.named for each in found),
        rows=(
            Row("Salt", write_base64(srp.pad(meant)), salt.text),
            Row("PasswordVerifier", write_base64(srp.pad(v)), verifier.text),
        ),
        tried=tried,
        advice=tuple(_advice(is_right=is_right, is_known=bool(found))),
    )


def _advice(*, is_right: bool, is_known: bool) -> Iterator[str]:
    if is_right:
        yield "A device with this password can sign in."
        return
    yield "No device can sign in with this. Register it anew (ConfirmDevice)."
    if not is_known:
        yield (
            "Ruled out, alone and in pairs: every mistake of the catalogue that can show here. A"
            " password that was changed on its way is ruled out alone."
        )
        yield "Most likely now: another device password, or the keys of another device."


def _search(exchange: Exchange, verifier: Sent, salt: Sent) -> tuple[list[_Found], int]:
    """Return the explanations with the fewest mistakes, and how many hypotheses were tried."""
    verifiers = list(_readings(verifier))
    ways = []
    for reading in _readings(salt):
        salted = replace(exchange, salt_text=f"{reading.number:x}")
        ways.append((reading, salted, _suspects(salted, salt)))
    found: dict[tuple[str, ...], _Found] = {}
    tried = 0
    for number in range(3):
        for reading, salted, suspects in ways:
            for chosen in combinations(suspects, number):
                if go_together(*chosen):
                    tried += 1
                    x = _x(salted, *chosen)
                    of_x = [suspect.named for suspect in chosen]
                    for of_sent in _matching(x, reading, verifiers):
                        named = (*of_x, *of_sent)
                        says = tuple(each.says for each in named)
                        found.setdefault(says, _Found(named, reading.number))
        if found:
            break
    fewest = min((len(each.named) for each in found.values()), default=0)
    return [each for each in found.values() if len(each.named) == fewest], tried


def _suspects(exchange: Exchange, salt: Sent) -> list[Suspect]:
    """Return the mistakes in x. What else they do does not matter here."""
    suspects = [
        Suspect(SALT_TEXT, change.detail, change.steps) for change in SALT_TEXT.changes(salt)
    ]
    # A mistake that touches more than x and the message, such as k, comes last: of mistakes that
    # do the same to x, the first is named.
    suspected = distinct(exchange)
    for suspect in sorted(suspected, key=lambda e: not e.steps.keys() <= X_STEPS | MESSAGE_STEPS):
        steps = {name: step for name, step in suspect.steps.items() if name in X_STEPS}
        if steps and all(steps != other.steps for other in suspects):
            suspects.append(suspect._replace(steps=steps))
    return suspects


def _x(exchange: Exchange, *suspects: Suspect) -> int:
    steps = right_steps(exchange).changed(*(suspect.steps for suspect in suspects))
    # The password is known, and so is x.
    return cast("int", Evaluation(exchange).x(steps))


def _matching(x: int, salt: _Reading, verifiers: list[_Reading]) -> Iterator[list[Named]]:
    """Yield the mistakes in the two values with which the verifier belongs to this x."""
    v = srp.v(x)
    for verifier in verifiers:
        if verifier.number in (v, x):
            named = []
            if salt.mistake is not None and salt.mistake is verifier.mistake:
                named.append(Suspect(salt.mistake, "both values", {}).named)
            else:
                for reading, name in ((salt, "Salt"), (verifier, "PasswordVerifier")):
                    if reading.mistake is not None:
                        named.append(Suspect(reading.mistake, name, {}).named)
            if verifier.number == x:
                named.append(Suspect(X, "PasswordVerifier", {}).named)
            yield named


def _readings(sent: Sent) -> Iterator[_Reading]:
    """Yield the ways in which a value can be read, the most likely one first."""
    # A negative number is refused by the service, so it is nobody's salt or verifier.
    if sent.number >= 0 and sent.is_base64:
        yield _Reading(sent.number, None)
    for mistake in WRITTEN:
        for change in mistake.changes(sent):
            yield _Reading(cast("int", change.steps["number"]), mistake)


def _read_sent(record: Mapping[str, object], name: str) -> Sent:
    octets = read_base64_leniently(record.get(name), name)
    return Sent(read_field(record, name), octets)


def _read_exchange(record: Mapping[str, object]) -> Exchange:
    return Exchange(
        kind="device",
        group=read_field(record, "device_group_key"),
        member=read_field(record, "device_key"),
        password=read_field(record, "device_password"),
        A=1,  # Any value will do: x does not depend on it.
        pool_id=read_optional(record, "pool_id"),
        user_id=read_optional(record, "user_id"),
        user_password=read_optional(record, "password"),
        username=read_optional(record, "username"),
    )
