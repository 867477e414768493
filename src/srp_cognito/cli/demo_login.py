"""The first part of the tour: a login as a person sees it, and the Python that does it.

It fits 60 columns. What is shown is what was done just now: what was sent and what came back, and
the text of the function that did it.
"""

import inspect
import json
import textwrap
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from ..calls.call import AnyCall, Call
from ..conversation.sign_in import SignIn
from ..conversation.tokens import Tokens
from ..documentation import page
from ..exceptions import ServiceError
from ..proof.app_client import AppClient

__all__ = ["APP", "PASSWORD", "POOL_ID", "WRONG_PASSWORD", "show", "sign_in"]

POOL_ID: Final = "eu-west-1_Example"
APP: Final = AppClient("1example23456789", "sekrit-client-secret")
PASSWORD: Final = "correct horse"
WRONG_PASSWORD: Final = "battery staple"

Send: TypeAlias = Callable[[AnyCall], Mapping[str, object]]

STEPS: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    ("The program sends InitiateAuth", {"USERNAME": "", "SRP_A": "a random number"}),
    (
        "The pool answers, and asks for a proof",
        {"SALT": "for the hash", "SRP_B": "a random number", "SECRET_BLOCK": "to return"},
    ),
    (
        "The program sends RespondToAuthChallenge",
        {"TIMESTAMP": "", "PASSWORD_CLAIM_SIGNATURE": "the proof"},
    ),
    ("The pool answers, and Alice is signed in", {"AccessToken": "", "ExpiresIn": "seconds"}),
)
"""What is said of each call and of each reply; and which of its members, and what they are."""


def sign_in(username: str, password: str, send: Send) -> Tokens:
    """Do what the pool asks for; return the tokens."""
    sign_in = SignIn(POOL_ID, username, password, app=APP)
    step = sign_in.start()
    while not isinstance(step, Tokens):
        if not isinstance(step, Call):
            # It is a question, such as for a code.
            step = step.answer(input(f"{step.prompt} "))
        step = sign_in.reply(send(step))
    return step


def show() -> bool:
    """Sign in with the right and with a wrong password, and show how.

    Returns:
        Whether it went as it should.

    Raises:
        ImportError: the pool needs what is not installed, or cannot be had here.
    """
    from ..testing import UserPool

    pool = UserPool(POOL_ID)
    pool.add_app_client(APP.client_id, APP.client_secret)
    pool.add_user("alice", PASSWORD)
    messages: list[Mapping[str, object]] = []

    def send(call: AnyCall) -> Mapping[str, object]:
        reply = pool.send(call)
        messages.extend((call.arguments, reply))
        return reply

    print("Alice signs in to a user pool. She types\n")
    _row("user name", "alice")
    _row("password", PASSWORD)
    tokens = sign_in("alice", PASSWORD, send)
    for message, (says, members) in zip(messages, STEPS, strict=True):
        print(f"\n{says}\n")
        _members(message, members)
    is_secret = PASSWORD not in json.dumps(messages)
    print(
        f'\n"{PASSWORD}" is {"in none" if is_secret else "IN ONE"} of these messages. The proof is'
    )
    print("a signature with a key for which both random numbers and")
    print("the password are needed. The pool has a number that checks")
    print("it, and no password.")
    good = is_secret and tokens.username == "alice"
    print(f'\nWith "{WRONG_PASSWORD}" the pool answers at the end\n')
    try:
        sign_in("alice", WRONG_PASSWORD, send)
    except ServiceError as error:
        print(f"  {error.type}: {error.message}")
    else:
        good = False
        print("  the same as before: please report this")
    print(f"\nThe Python that did both\n\n{textwrap.indent(_python(), '  ')}")
    print("SignIn, Call and Tokens come from srp_cognito. `send`")
    print("makes a call and returns the reply: here it is a pool in")
    print(f"memory, and for AWS it is in\n  {page('sign-in-programs')}")
    return good


def _python() -> str:
    try:
        return inspect.getsource(sign_in)
    except (OSError, TypeError):  # A compiled function is not what inspect expects.
        return "SKIPPED: the source is not here, as in a bundle\n"


def _members(message: Mapping[str, object], shown: Mapping[str, str]) -> None:
    for name, value in message.items():
        if isinstance(value, Mapping):
            _members(value, shown)
        elif name in shown:
            _row(name, str(value), shown[name])


def _row(name: str, value: str, meaning: str = "") -> None:
    """Print a value, without its middle if it is long."""
    if len(value) > 28:
        value = f"{value[:6]}...{value[-6:]}"
    print(f"  {name:24}  {value:15} {meaning}".rstrip())
