"""Who is in the pool: its app clients by id, its users by name and alias.

A user who does not exist is answered like one who does: see `strangers`.
"""

from collections.abc import Iterable, Mapping

from ..exceptions import IllegalParameter, printable
from ..given import nonempty
from ..proof.app_client import AppClient
from .refused import Refused, invalid, not_authorized, read_member
from .sign_ins import SignIns
from .sources import Sources
from .strangers import Strangers
from .users import Lifetimes, User

__all__ = ["Directory", "check_secret_hash"]


class Directory:
    """The users and the app clients of one pool.

    Without `case_sensitive`, the case of names and aliases does not count when they are compared.
    They are kept as they were made, and the challenge gives them so (measured:
    RomanKushyk/investment-tracker, docs/reference/COGNITO-POOL-PARAMS.md).
    """

    def __init__(self, pool_id: str, sources: Sources, *, case_sensitive: bool = True) -> None:
        self._case_sensitive = case_sensitive
        self._strangers = Strangers(pool_id, SignIns(sources.token_bytes))
        self._apps: dict[str, AppClient] = {}
        self._lifetimes: dict[str, Lifetimes] = {}
        self._users: dict[str, User] = {}
        self._names: dict[str, str] = {}
        """Each name and alias as `_key` has it, with the name of its user."""

    def add_app(self, app: AppClient, lifetimes: Lifetimes | None = None) -> None:
        """Let an app client sign users in, with the lifetimes of its tokens."""
        self._lifetimes[app.client_id] = Lifetimes() if lifetimes is None else lifetimes
        self._apps[app.client_id] = app

    def add_user(self, user: User, aliases: Iterable[str]) -> None:
        """Add a user; ValueError if another user has the name or one of the aliases."""
        others = [nonempty(alias, "an alias") for alias in aliases]
        names = [user.username, *others]
        for name in names:
            if self._key(name) in self._names:
                raise ValueError(f"there is a user {name!r} already")
        self._users[user.username] = user
        self._names.update(dict.fromkeys(map(self._key, names), user.username))
        self._strangers.take_after(user, others)

    def changed(self, user: User) -> None:
        """Take note that a user's attributes have changed."""
        self._strangers.take_after(user)

    def app(self, arguments: Mapping[str, object]) -> AppClient:
        """Return the app client that a call names."""
        client_id = read_member(arguments, "ClientId")
        app = self._apps.get(client_id)
        if app is None:
            message = f"User pool client {printable(client_id)} does not exist."
            raise Refused("ResourceNotFoundException", message)
        return app

    def lifetimes(self, app: AppClient) -> Lifetimes:
        """Return how an app client's tokens last."""
        return self._lifetimes[app.client_id]

    def user(self, username: str) -> User:
        """Return the user of this name inside the pool, as a token of the pool holds it."""
        return self._users[username]

    def added(self, username: str) -> User:
        """Return the user of this name inside the pool; ValueError if nobody has it."""
        user = self._users.get(username)
        if user is None:
            raise ValueError(f"there is no user {username!r}")
        return user

    def name_of(self, name: str) -> str:
        """Return the name inside the pool for a name or an alias, also for one that nobody has.

        The case of a name that nobody has is dropped where case does not count.
        """
        key = self._key(name)
        return self._names.get(key, self._strangers.name(key))

    def alias_of(self, username: str) -> str | None:
        """Return an alias of a user, if there is one."""
        own = self._key(username)
        # A copy is made in one piece, whatever other threads do.
        names = self._names.copy()
        of_user = (alias for alias, name in names.items() if name == username)
        return next((alias for alias in of_user if alias != own), None)

    def typed(self, name: str) -> User:
        """Return the user of the name or alias that a person typed.

        For a name that nobody has, this is a stranger whose password nobody knows.
        """
        username = self.name_of(name)
        # It is made for users, too, so that it takes no time more for the others.
        stranger = self._strangers.user(username, self._key(name))
        return self._users.get(username, stranger)

    def _key(self, name: str) -> str:
        """Return a name as it is compared with others."""
        return name if self._case_sensitive else name.lower()


def check_secret_hash(app: AppClient, parameters: Mapping[str, object]) -> None:
    """Refuse a call whose SECRET_HASH is missing, not expected, or not made of its USERNAME."""
    received = parameters.get("SECRET_HASH") is not None
    if app.client_secret is None:
        if received:
            raise invalid(
                f"App client {app.client_id} is not configured for secret but secret hash was"
                " received"
            )
        return
    if not received:
        raise not_authorized(
            f"Client {app.client_id} is configured with secret but SECRET_HASH was not received"
        )
    try:
        app.check_secret_hash(parameters)
    except IllegalParameter:
        raise not_authorized(f"Unable to verify secret hash for client {app.client_id}") from None
