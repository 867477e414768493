"""The proof of a password: claims that are wrong, late, misspelled or sent twice."""

from typing import Final

from ..behaviour import behaviour, documented, measured
from ..expected import Asks, Refuses, Seen, SignsIn
from ..trial import Trial

MINISTACK: Final = "https://github.com/ministackorg/ministack/pull/1758"
INCORRECT: Final = Refuses("NotAuthorizedException", "Incorrect username or password.")


@behaviour(
    SignsIn(),
    documented("Amazon Cognito developer guide, Authentication flows", "USER_SRP_AUTH"),
)
def right(trial: Trial) -> Seen:
    """A right claim signs a user in who has no second factor."""
    return trial.prove()


@behaviour(
    Asks(
        "PASSWORD_VERIFIER",
        ("SALT", "SECRET_BLOCK", "SRP_B", "USERNAME", "USER_ID_FOR_SRP"),
        session=False,
    ),
    measured(MINISTACK, "the table of a real pool's replies"),
)
def challenge(trial: Trial) -> Seen:
    """USER_SRP_AUTH with SRP_A is answered with PASSWORD_VERIFIER, without a Session."""
    return trial.open(trial.client())


@behaviour(INCORRECT, measured(MINISTACK, "a wrong password"))
def wrong_password(trial: Trial) -> Seen:
    """A claim that was made with another password is refused."""
    client = trial.client(password="Battery-Staple-2")
    return trial.claim(client, trial.open(client))
