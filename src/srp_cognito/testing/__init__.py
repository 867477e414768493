"""A user pool that really checks, in memory and over HTTP, for tests of a login without AWS.

It does the sign-in operations of a user pool, and no more of Cognito than that. It is not for real
users: it forgets everything when the process ends. It needs PyJWT and waitress, which the extra
``testing`` installs, and for passkeys `fido2`, which the extra ``passkeys`` installs.
`authenticator` is a device that makes and uses passkeys in tests.

>>> from srp_cognito import SignIn
>>> from srp_cognito.testing import UserPool
>>> pool = UserPool("eu-west-1_Example")
>>> app = pool.add_app_client("1example23456789", "sekrit-client-secret")
>>> pool.add_user("alice", "correct horse")

>>> sign_in = SignIn(pool.pool_id, "alice", "correct horse", app=app)
>>> step = sign_in.reply(pool.send(sign_in.start()))
>>> sign_in.reply(pool.send(step)).token_type
'Bearer'

`serve` answers over HTTP, for clients of any kind and language. In the test suite of a program,
``pytest_plugins = ["srp_cognito.testing.fixtures"]`` in conftest.py makes both a fixture.
`wsgi_app` is the pool for clients and frameworks that take a WSGI application.

The rules of this folder. Whatever a client sends is read by the functions of `wire` and ends in a
reply or in `Refused`, with the service's own type and message where they are known. How much the
pool remembers of what a client sends is bounded. The cryptography is that of `proof`, PyJWT,
`cryptography` and `fido2`. The pool takes time and chance from `Sources` alone, except for SRP's
own secrets and the signing keys. Only `explain` imports `diagnosis`, and only a pool that explains
loads it. Only `fido` imports `fido2`, and only a pool with passkeys loads it.
"""

from .http import serve
from .issuer import SigningKeys
from .metadata import SentMetadata
from .pool import RememberDevices, UserPool
from .refused import Refused
from .totp import totp_code
from .users import CustomChallenge, Message
from .wsgi import wsgi_app

__all__ = [
    "CustomChallenge",
    "Message",
    "Refused",
    "RememberDevices",
    "SentMetadata",
    "SigningKeys",
    "UserPool",
    "serve",
    "totp_code",
    "wsgi_app",
]
