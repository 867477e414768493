"""The cryptography of Amazon Cognito sign-in: both sides of it, without I/O.

A user's whole login, the client on one side and the checking side on the other:

>>> from srp_cognito import AppClient, SRPClient, SRPServer, Verifier
>>> app = AppClient("1example23456789", "sekrit-client-secret")
>>> stored = Verifier.for_user("eu-west-1_Example", "alice", "correct horse")
>>> server = SRPServer(stored, app=app)

>>> client = SRPClient.for_user("eu-west-1_Example", "alice", "correct horse", app=app)
>>> challenge = server.challenge(client.start()["AuthParameters"])
>>> reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}
>>> server.verify(client.respond(reply)["ChallengeResponses"])

With a wrong password the last line raises:

>>> server = SRPServer(stored, app=app)
>>> client = SRPClient.for_user("eu-west-1_Example", "alice", "battery staple", app=app)
>>> challenge = server.challenge(client.start()["AuthParameters"])
>>> reply = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": challenge}
>>> server.verify(client.respond(reply)["ChallengeResponses"])
Traceback (most recent call last):
    ...
srp_cognito.exceptions.SignatureMismatch: the claim is not the one that this password makes

The whole sign-in, with every challenge that can come, is a conversation (see `sign_in`):

>>> from srp_cognito import Call, SignIn, Tokens
>>> sign_in = SignIn("eu-west-1_Example", "alice", "correct horse", app=app)
>>> sign_in.start()
Call('InitiateAuth')

Where things are: `proof` is the mathematics, `calls` the requests, `conversation` the whole sign-
in, `transcripts` recorded exchanges, `diagnosis` why a signature was refused, `testing` a user pool
that checks, `cli` the command line. `exceptions` has the errors, `wire` reads what a peer sent, and
`given` what the caller passed in. The public names are those of the first three wings' faces and of
`exceptions`.
"""

from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

__version__ = "0.1.0"

# Importing everything costs five times as much as this file alone, so a wing is imported when one
# of its names is first asked for (PEP 562). ``from srp_cognito import ...`` at the top of a program
# imports at once, as always; a program that forks while other threads run should do so, since a
# fork in the middle of another thread's import leaves the child without it.
if TYPE_CHECKING:
    from .calls import *
    from .conversation import *
    from .exceptions import *
    from .proof import *
else:

    def _faces() -> Iterator[ModuleType]:
        """Yield what has public names, from the bottom up; each is imported when its turn comes."""
        # The imports are literal, so that tools that read a program's imports find them (Nuitka,
        # PyInstaller). They are absolute, since `from . import proof` would first ask
        # `__getattr__` for a public name "proof".
        import srp_cognito.exceptions

        yield srp_cognito.exceptions
        import srp_cognito.proof

        yield srp_cognito.proof
        import srp_cognito.calls

        yield srp_cognito.calls
        import srp_cognito.conversation

        yield srp_cognito.conversation

    def __getattr__(name: str) -> object:
        if name == "__all__":
            return list(dict.fromkeys(public for face in _faces() for public in face.__all__))
        if not name.startswith("_"):
            for face in _faces():
                if name in face.__all__:
                    return globals().setdefault(name, getattr(face, name))
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__getattr__("__all__")})
