"""Why a PASSWORD_CLAIM_SIGNATURE was refused."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from ..wire import write_base64
from .exchange import THEIRS, Exchange, read_exchange
from .limits import LONG_EXPONENT
from .report import Diagnosis, Row
from .search import Cause, Result, has_long_exponent, search
from .shapes import tell_apart
from .steps import Steps, right_steps

__all__ = ["diagnose"]

MOST_NAMED: Final = 5
"""How many explanations are named if nothing distinguishes them. More would help nobody."""

OF_FIELDS: Final = {
    "username": "what the person typed",
    "sub": "the user's sub",
    "client_id": "the app client's id",
    "user_id": "the user's id inside the pool",
    "password": "the user's password",
    "pool_id": "the user pool's id",
}

MORE: Final = (
    "This explains the first of their values that differs, but not the later ones: there is another"
    " mistake. Fix this one first, and try again."
)

LIKELY: Final = (
    "Most likely now: another password, an a that does not belong to SRP_A, or SALT, SRP_B and"
    " SECRET_BLOCK of another challenge. It may also be three mistakes, or an unknown one."
)


def diagnose(transcript: Mapping[str, object]) -> Diagnosis:
    """Say why the signature of an exchange was refused.

    Args:
        transcript: a transcript with ``signature``, as docs/transcripts.md describes it.
            Additional fields are ``username`` (what the person typed), ``sub`` and ``client_id``;
            for a device also ``pool_id``, ``user_id`` and ``password``; and ``theirs``, an object
            of intermediate values of the other code in hex (``k``, ``x``, ``u``, ``s``, ``key``,
            ``message``), with which ``signature`` may be left out.

    Raises:
        MalformedParameter: a field that is needed is missing, or one cannot be read.
        IllegalParameter: a value must be refused, or contradicts another field.

    >>> diagnosis = diagnose({
    ...     "kind": "user", "pool_id": "eu-west-1_myPool", "user_id": "test", "password": "test",
    ...     "a": "499602d2", "srp_b": "499602d2", "salt": "499602d2",
    ...     "secret_block": "c2VjcmV0c3NlY3Jlc3Rzc2VjcmV0cw==",
    ...     "timestamp": "Tue Jul 10 11:01:00 UTC 2018",
    ...     "signature": "tdvQu/Li/qWl8Nni0aFPs+MwY4rvKZm0kSMrGIMSUHk=",
    ... })
    >>> diagnosis.verdict
    'right'
    """
    exchange = read_exchange(transcript)
    result = search(exchange)
    first = None if result.causes else _up_to_first_difference(exchange, result)
    if first is not None:
        beginning = search(first)
        result = beginning if beginning.causes else result
    # The explanation that changes the fewest steps is the most likely one, and is named first.
    named = sorted(result.causes, key=_size)[:MOST_NAMED]
    return Diagnosis(
        subject=(
            "PASSWORD_CLAIM_SIGNATURE"
            if exchange.signature
            else f"theirs: {', '.join(exchange.theirs)}"
        ),
        verdict="right" if result.is_right else "mistake" if named else "unknown",
        explanations=tuple(
            tuple(suspect.named for suspect in cause.suspects) for cause in named if cause.suspects
        ),
        rows=tuple(_rows(exchange, result, named[0] if named else None)),
        tried=result.tried,
        advice=(
            *((MORE,) if first is not None and named else ()),
            *_advice(exchange, result),
        ),
        tell_apart=tell_apart(exchange, named) if len(named) > 1 else None,
    )


def _size(cause: Cause) -> int:
    return sum(len(suspect.steps) for suspect in cause.suspects)


def _up_to_first_difference(exchange: Exchange, result: Result) -> Exchange | None:
    """Return the exchange up to the first of their values that differs, if others follow it.

    If nothing explains everything that was seen, something may explain what went wrong first.
    """
    if result.right is None:
        return None
    upto: dict[str, int | bytes] = {}
    for name in THEIRS:
        if name in exchange.theirs:
            upto[name] = exchange.theirs[name]
            if exchange.theirs[name] != getattr(result.right, name):
                is_all = len(upto) == len(exchange.theirs) and exchange.signature is None
                return None if is_all else replace(exchange, signature=None, theirs=upto)
    return None


def _advice(exchange: Exchange, result: Result) -> Iterator[str]:
    if result.is_right:
        yield (
            "If the service refuses it all the same, check the rest of the call: USERNAME and"
            " SECRET_HASH, the Session, whether SECRET_BLOCK is returned unchanged, and the clock,"
            " which the field received shows."
        )
        return
    if len(result.causes) > MOST_NAMED:
        yield f"{len(result.causes) - MOST_NAMED} more explanations make the same signature."
    if result.causes:
        return
    yield (
        "Ruled out, alone and in pairs: every mistake of the catalogue that can show here. A"
        " password that was changed on its way is ruled out alone, and in pairs with mistakes"
        " after S."
    )
    if has_long_exponent(exchange):
        yield (
            f"Not tried, because a has more than {LONG_EXPONENT:,} bits: two mistakes that both"
            " change S. With a shorter a they are."
        )
    if result.is_undecided:
        yield (
            "From the server's side it cannot be seen what a client computes from a wrong x or k."
            " The client's secret, a, would decide, and so would `srp-cognito serve --explain`."
        )
    if exchange.a is None and exchange.password is None:
        yield "Without the password, x cannot be checked. The password and a would decide."
    for name in result.lacking:
        yield f"Not tried, because {name} is missing: {OF_FIELDS[name]}, used by mistake."
    yield LIKELY


def _rows(exchange: Exchange, result: Result, cause: Cause | None) -> Iterator[Row]:
    """The values in the protocol's order: the right ones, and those of the other code."""
    right, wrong = right_steps(exchange), None if cause is None else cause.steps
    expected, came = result.right, None if cause is None else cause.values
    theirs = exchange.theirs
    yield _number("k", right.k, theirs.get("k", wrong and wrong.k))
    if right.password is not None:
        yield _text("identity in x", _identity(right), wrong and _identity(wrong))
        yield _text("password", right.password, wrong and wrong.password, secret=True)
        yield _octets("salt in x", right.salt, wrong and wrong.salt)
    if expected is not None and expected.x is not None:
        yield _number("x", expected.x, theirs.get("x", came and came.x), secret=True)
    yield _number("A", exchange.A)
    B = exchange.B
    if B:
        yield _number("B", B)
        yield _octets(
            "A, B in u",
            right.public_values(exchange.A, B),
            wrong and wrong.public_values(exchange.A, B),
        )
    if expected is not None:
        yield _number("u", expected.u, theirs.get("u", came and came.u))
        yield _octets(
            "u in the key", right.u_octets(expected.u), came and wrong and wrong.u_octets(came.u)
        )
        yield _number("S", expected.s, theirs.get("s", came and came.s), secret=True)
        yield _octets(
            "S in the key",
            right.s_octets(expected.s),
            came and wrong and wrong.s_octets(came.s),
            secret=True,
        )
        yield _octets("key", expected.key, theirs.get("key", came and came.key), secret=True)
    if exchange.block_text:
        yield from _signed_rows(exchange, result, cause)


def _signed_rows(exchange: Exchange, result: Result, cause: Cause | None) -> Iterator[Row]:
    """The values after the key: what is signed, and the signature."""
    right, wrong = right_steps(exchange), None if cause is None else cause.steps
    expected, came = result.right, None if cause is None else cause.values
    for name, part in (
        ("group key" if exchange.is_device else "pool name", "group"),
        ("device key" if exchange.is_device else "user id", "member"),
    ):
        yield _text(name, getattr(right, part), wrong and getattr(wrong, part))
    yield _octets("SECRET_BLOCK", right.block, wrong and wrong.block)
    yield _text("TIMESTAMP", right.timestamp, wrong and wrong.timestamp)
    if expected is not None:
        theirs = exchange.theirs.get("message", came and came.message)
        yield _octets("message", expected.message, theirs)
        yield Row("signature", write_base64(expected.signature), exchange.signature)


def _identity(steps: Steps) -> bytes:
    return b"".join((steps.group_in_x, steps.between, steps.member_in_x, steps.colon))


def _number(name: str, expected: int, came: object = None, *, secret: bool = False) -> Row:
    return Row(name, f"{expected:x}", f"{came:x}" if isinstance(came, int) else None, secret)


def _octets(name: str, expected: bytes, came: object = None, *, secret: bool = False) -> Row:
    return Row(name, expected.hex(), came.hex() if isinstance(came, bytes) else None, secret)


def _text(name: str, expected: bytes, came: object = None, *, secret: bool = False) -> Row:
    """A value that is text, unless a mistake makes other bytes of it."""
    text = came.decode("utf-8", "replace") if isinstance(came, bytes) else None
    return Row(name, expected.decode(), text, secret)
