"""A user pool that really checks, in memory and over HTTP, for tests of a login without AWS.

It does the sign-in operations of a user pool with `SRPServer`, and no more of Cognito than that. It
is no place for real users: it forgets everything when the process ends. Nothing else of the library
imports it; it needs PyJWT, which the extra ``testing`` installs.

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
"""

from .http import serve
from .pool import RememberDevices, UserPool
from .refused import Refused
from .totp import totp_code
from .users import CustomChallenge, Message

__all__ = [
    "CustomChallenge",
    "Message",
    "Refused",
    "RememberDevices",
    "UserPool",
    "serve",
    "totp_code",
]
