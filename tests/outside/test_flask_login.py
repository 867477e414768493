"""examples/flask_login.py: people sign in on a web site, and the pool answers over HTTP."""

import gc
import importlib.util
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from in_place_of_aws import CODE, chance
from peers import CLIENT_ID, PASSWORD, POOL_ID

from srp_cognito.testing import SigningKeys, UserPool, serve

ROOT = Path(__file__).parents[2]
PHONE = {"phone_number": "+15551234567"}
SECRET = "sekrit-client-secret"

# The program leaves its connections to the end of the process.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(autouse=True, scope="module")
def _no_connection_is_left() -> Iterator[None]:
    """Collect what the program left while nobody is warned of it."""
    yield
    gc.collect()


class Clock:
    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.time


def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("login", ROOT / "examples" / "flask_login.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Site:
    """The web site, its pool, and what the pool was asked."""

    def __init__(self, signing_keys: SigningKeys, remember_devices: Any) -> None:
        self.clock = Clock()
        self.pool = pool = UserPool(
            POOL_ID,
            now=self.clock,
            token_bytes=chance,
            signing_keys=signing_keys,
            remember_devices=remember_devices,
        )
        pool.add_app_client(CLIENT_ID, SECRET, rotation_grace_seconds=0)
        pool.add_user("alice", PASSWORD)
        pool.add_user("bob", PASSWORD, must_change_password=True, required_attributes=["name"])
        pool.add_user("carol", PASSWORD, attributes=PHONE, mfa=["SMS_MFA"])
        self.log: list[str] = []
        self.serving = serve(pool, log=self.log.append)
        self.url = self.serving.__enter__()
        self.web = program().create_app(POOL_ID, CLIENT_ID, SECRET, url=self.url, now=self.clock)
        self.web.testing = True

    def asked(self, operation: str) -> int:
        return sum(line.split()[0] == operation for line in self.log)

    def browser(self) -> "Browser":
        return Browser(self)


class Browser:
    def __init__(self, site: Site) -> None:
        self.site = site
        self.client = site.web.test_client()

    def get(self, path: str = "/") -> Any:
        return self.client.get(path, base_url="https://localhost")

    def post(self, path: str, **fields: str) -> Any:
        return self.client.post(path, data=fields, base_url="https://localhost")

    def log_in(self, username: str, password: str = PASSWORD, **more: str) -> Any:
        return self.post("/login", username=username, password=password, **more)

    def answer(self, answer: str, **more: str) -> Any:
        step = re.search(r'name=step type=hidden value="(\d+)"', self.get("/answer").text)
        assert step is not None
        return self.post("/answer", step=step[1], answer=answer, **more)

    def is_in(self, username: str = "") -> bool:
        return f"Hello {username}" in self.get().text


@pytest.fixture(params=["never"])
def site(request: pytest.FixtureRequest, signing_keys: SigningKeys) -> Iterator[Site]:
    site = Site(signing_keys, request.param)
    yield site
    site.serving.__exit__(None, None, None)


def test_a_password_is_enough_for_some(site: Site) -> None:
    browser = site.browser()
    assert browser.get().location == "/login"
    assert "Remember this browser" in browser.get("/login").text
    assert browser.log_in("alice").location == "/"
    assert browser.is_in("alice")
    assert not site.browser().is_in()


@pytest.mark.parametrize(
    ("username", "password", "status", "says"),
    [
        ("alice", "battery staple", 401, "Incorrect username or password."),
        ("alice", "", 400, "password is empty"),
        ("", PASSWORD, 400, "username is empty"),
        ("<b>", "battery staple", 401, "Incorrect username or password."),
    ],
)
def test_what_is_refused_is_said_to_the_person(
    site: Site, username: str, password: str, status: int, says: str
) -> None:
    browser = site.browser()
    page = browser.log_in(username, password)
    assert (page.status_code, says in page.text) == (status, True)
    assert not browser.is_in()
    assert browser.log_in("alice").location == "/"


def test_a_code_can_be_corrected_and_typed_as_an_app_shows_it(site: Site) -> None:
    browser = site.browser()
    assert browser.log_in("carol").location == "/answer"
    assert "Code from the text message to +*******4567:" in browser.get("/answer").text
    assert not browser.is_in()
    for wrong, says in (("000000", "CodeMismatchException"), ("", "code is empty")):
        page = browser.answer(wrong)
        assert (page.status_code, says in page.text) == (400, True)
    assert browser.answer(f" {CODE[:3]} {CODE[3:]}").location == "/"
    assert browser.is_in("carol")
    assert browser.get("/answer").location == "/"


def test_a_new_password_needs_a_value_for_each_attribute(site: Site) -> None:
    browser = site.browser()
    browser.log_in("bob")
    page = browser.answer("a new one", name="")
    assert (page.status_code, "must have values for name" in page.text) == (400, True)
    assert 'type="password"' in page.text
    assert browser.answer("a new one", name="Bob").location == "/"
    assert browser.is_in("bob")
    assert site.browser().log_in("bob", "a new one").location == "/"


def test_a_sign_in_that_took_too_long_begins_again(site: Site) -> None:
    browser = site.browser()
    browser.log_in("carol")
    site.clock.time += timedelta(minutes=4)
    page = browser.answer(CODE)
    assert (page.status_code, "session is expired" in page.text) == (401, True)
    assert browser.get("/answer").location == "/login"


def test_an_answer_to_an_earlier_question_is_not_sent(site: Site) -> None:
    browser = site.browser()
    browser.log_in("carol")
    sent = len(site.log)
    assert browser.post("/answer", step="0", answer=CODE).location == "/answer"
    assert len(site.log) == sent
    assert browser.answer(CODE).location == "/"
    assert browser.post("/answer", step="1", answer=CODE).location == "/"


def test_a_double_click_signs_in_once(site: Site) -> None:
    """Two requests with the same cookies at a time: the second finds the tokens of the first."""
    browser = site.browser()
    browser.log_in("carol")
    cookie = browser.client.get_cookie("session")
    assert cookie is not None
    places: list[str] = []

    def post() -> None:
        again = site.browser()
        again.client.set_cookie("session", cookie.value, secure=True)
        places.append(again.post("/answer", step="1", answer=CODE).location)

    threads = [threading.Thread(target=post) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert places == ["/", "/"]
    assert browser.is_in("carol")


def test_the_name_of_the_login_is_new_with_each_password(site: Site) -> None:
    """Else whoever plants a cookie in a browser is signed in with it."""
    browser = site.browser()
    names = []
    for _ in range(2):
        browser.log_in("alice")
        with browser.client.session_transaction(base_url="https://localhost") as session:
            names.append(session["login"])
    assert names[0] != names[1]


def test_tokens_are_refreshed_once_however_many_ask(site: Site) -> None:
    browser = site.browser()
    browser.log_in("alice")
    assert browser.is_in("alice")
    assert site.asked("GetTokensFromRefreshToken") == 0
    site.clock.time += timedelta(hours=1)
    cookie = browser.client.get_cookie("session")
    assert cookie is not None
    seen: list[bool] = []

    def visit() -> None:
        again = site.browser()
        again.client.set_cookie("session", cookie.value, secure=True)
        seen.append(again.is_in("alice"))

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True] * 4
    assert site.asked("GetTokensFromRefreshToken") == 1


def test_who_is_disabled_is_out_at_the_next_refresh(site: Site) -> None:
    browser = site.browser()
    browser.log_in("alice")
    site.pool.change_user("alice", is_enabled=False)
    site.clock.time += timedelta(hours=1)
    assert browser.get().location == "/login"
    assert browser.get().location == "/login"


def test_nobody_is_out_because_the_service_does_not_answer(site: Site) -> None:
    browser = site.browser()
    browser.log_in("carol")
    other = site.browser()
    other.log_in("alice")
    site.serving.__exit__(None, None, None)
    page = browser.answer(CODE)
    assert (page.status_code, "name=answer" in page.text) == (400, True)
    site.clock.time += timedelta(hours=1)
    assert other.get().status_code == 503
    assert site.browser().log_in("alice").status_code == 401
    site.serving = serve(site.pool)
    site.serving.__enter__()


def test_whoever_logs_out_is_out_and_the_refresh_token_is_revoked(site: Site) -> None:
    browser = site.browser()
    browser.log_in("alice")
    assert browser.post("/logout").location == "/login"
    assert not browser.is_in()
    assert site.asked("RevokeToken") == 1
    assert browser.post("/logout").location == "/login"


@pytest.mark.parametrize("site", ["always", "opt-in"], indirect=True)
def test_a_browser_that_is_remembered_needs_no_code(site: Site) -> None:
    browser = site.browser()
    browser.log_in("carol", remember="on")
    assert browser.answer(CODE).location == "/"
    browser.post("/logout")
    assert browser.log_in("carol").location == "/"
    assert site.browser().log_in("carol").location == "/answer"
    site.clock.time += timedelta(hours=1)
    assert browser.is_in("carol")  # A refresh names the device.


@pytest.mark.parametrize("site", ["always", "opt-in"], indirect=True)
def test_a_browser_that_shall_not_be_remembered_asks_again_and_can_refresh(site: Site) -> None:
    browser = site.browser()
    browser.log_in("carol")
    browser.answer(CODE)
    site.clock.time += timedelta(hours=1)
    assert browser.is_in("carol")
    browser.post("/logout")
    assert browser.log_in("carol").location == "/answer"


@pytest.mark.parametrize("site", ["always"], indirect=True)
def test_a_device_that_the_pool_has_forgotten_is_replaced(site: Site) -> None:
    browser = site.browser()
    browser.log_in("carol", remember="on")
    browser.answer(CODE)
    site.pool._directory._users["carol"].devices.clear()
    assert browser.log_in("carol").location == "/answer"
    assert browser.answer(CODE).location == "/"
    assert browser.log_in("carol").location == "/"


def test_the_page_shows_the_program_that_runs() -> None:
    page = (ROOT / "docs" / "sign-in-from-flask.md").read_text("utf-8")
    text = (ROOT / "examples" / "flask_login.py").read_text("utf-8")
    assert f"```python\n{text}```\n" in page


def test_the_pool_answers_below_a_flask_program(signing_keys: SigningKeys) -> None:
    """As the page on tests has it."""
    page = (ROOT / "docs" / "test-without-aws.md").read_text("utf-8")
    names: dict[str, Any] = {"__name__": __name__}
    _, beginning, rest = page.partition("from flask import Flask\n")
    exec(beginning + rest.partition("```")[0], names)
    reply = names["flask_app"].test_client().post("/cognito/", data=b"{}")
    assert reply.status_code == 400
    assert names["flask_app"].test_client().get("/").status_code == 404
