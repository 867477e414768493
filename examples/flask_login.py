"""Sign in on a web site, with Flask: docs/sign-in-from-flask.md says how to start it."""

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

import httpx
from flask import Flask, abort, redirect, render_template_string, request, session, url_for
from werkzeug.wrappers import Response

from srp_cognito import (
    AnyCall,
    AppClient,
    Call,
    Device,
    DeviceRefused,
    DeviceRegistration,
    InputError,
    Question,
    Refresh,
    SignIn,
    SRPError,
    Tokens,
    checked_reply,
    endpoint,
    http_reply,
    operations,
    questions,
)

LOGIN_PAGE = """<!doctype html><title>Sign in</title><p role=alert>{{ error }}</p>
<form method=post>
<label>Name <input name=username autocomplete=username></label>
<label>Password <input name=password type=password autocomplete=current-password></label>
<label><input name=remember type=checkbox> Remember this browser</label>
<button>Sign in</button></form>"""

ANSWER_PAGE = """<!doctype html><title>Sign in</title><p role=alert>{{ error }}</p>
<form method=post><input name=step type=hidden value="{{ step }}">
<label>{{ question.prompt }} <input name=answer type="{{ kind }}" autocomplete=off></label>
{% for name in fields %}<label>{{ name }} <input name="{{ name }}"></label>{% endfor %}
<button>Continue</button></form>"""

HOME_PAGE = """<!doctype html><title>Home</title><p>Hello {{ username }}</p>
<form method=post action="{{ url_for('log_out') }}"><button>Log out</button></form>"""

FAILURES = (SRPError, httpx.HTTPError)
REFUSED = ("NotAuthorizedException", "RefreshTokenReuseException")


@dataclass
class Login:
    """What the server keeps of a sign-in. All but the lock can be a row in your database."""

    typed: str
    remember: bool
    device: str | None  # What the sign-in was begun with.
    paused: str | None = None
    step: int = 0
    tokens: str | None = None
    good_until: datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


def create_app(
    pool_id: str,
    client_id: str,
    client_secret: str | None = None,
    *,
    url: str | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Flask:
    web = Flask(__name__)
    web.secret_key = secrets.token_bytes(32)  # With more than one process, the same for all.
    web.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="Lax")
    cognito, http = AppClient(client_id, client_secret), httpx.Client(timeout=30)
    logins: dict[str, Login] = {}  # With more than one process, in your database.
    devices: dict[tuple[str, str], str] = {}  # The same. They outlive the logins.

    def send(call: AnyCall) -> Mapping[str, object] | Exception:
        try:
            reply = http.post(url or endpoint(pool_id), content=call.body, headers=call.headers)
            return http_reply(reply.status_code, reply.headers, reply.content)
        except httpx.HTTPError as error:
            return error

    def proceed(login: Login, sign_in: SignIn, step: AnyCall | Question | Tokens) -> Response:
        """Send what can be sent, and keep what comes then: a question, or the tokens."""
        browser = (session["browser"], login.typed)
        while isinstance(step, Call):
            try:
                step = sign_in.reply(send(step), now=now())
            except DeviceRefused:
                devices.pop(browser, None)
                step = sign_in.without_device()  # After a pause that is a StateError.
        if isinstance(step, Question):
            login.paused, login.step = sign_in.pause(), login.step + 1
            return redirect(url_for("answer"))
        if step.new_device is not None:  # Without it the pool refuses to refresh.
            registration = DeviceRegistration(step, device_name="web browser")
            step = registration.reply(send(registration.start()))
            if registration.needs_confirmation and login.remember:
                step = registration.reply(send(registration.remember()))
        devices.pop(browser, None)
        if step.device is not None and login.remember:
            devices[browser] = step.device.to_json()
        login.paused = None
        keep(login, step)
        return redirect(url_for("home"))

    def keep(login: Login, tokens: Tokens) -> None:
        login.tokens = tokens.to_json()
        login.good_until = now() + timedelta(seconds=(tokens.expires_in or 0) - 60)

    def forget() -> None:
        logins.pop(session.pop("login", ""), None)

    def failed(error: Exception) -> tuple[str, int]:
        """Return the page to begin again. What the service said is for the person, too."""
        web.logger.warning("The sign-in failed: %r", error)
        status = 400 if isinstance(error, InputError) else 401
        return render_template_string(LOGIN_PAGE, error=error), status

    @web.route("/login", methods=["GET", "POST"])
    def password() -> Response | tuple[str, int]:
        if request.method == "GET":
            return render_template_string(LOGIN_PAGE), 200
        session.permanent = True
        session.setdefault("browser", secrets.token_urlsafe())
        typed = request.form.get("username", "")
        kept = devices.get((session["browser"], typed))
        device = None if kept is None else Device.from_json(kept)
        login = Login(typed, remember=kept is not None or "remember" in request.form, device=kept)
        try:
            sign_in = SignIn(
                pool_id, typed, request.form.get("password", ""), app=cognito, device=device
            )
            response = proceed(login, sign_in, sign_in.start())
        except FAILURES as error:
            return failed(error)
        forget()
        session["login"] = secrets.token_urlsafe()  # A new one, which nobody else can know.
        logins[session["login"]] = login
        return response

    @web.route("/answer", methods=["GET", "POST"])
    def answer() -> Response | tuple[str, int]:
        login = logins.get(session.get("login", ""))
        if login is None:
            return redirect(url_for("password"))
        with login.lock:  # A double click is two requests at a time.
            if login.paused is None:
                return redirect(url_for("home"))
            device = None if login.device is None else Device.from_json(login.device)
            sign_in = SignIn.resume(login.paused, app=cognito, device=device)
            question, error = cast("Question", sign_in.question), None
            if request.method == "POST":
                if request.form.get("step") != str(login.step):
                    return redirect(url_for("answer"))  # It was for a question before this one.
                try:
                    return proceed(login, sign_in, answered(question))
                except FAILURES as caught:
                    is_over = getattr(caught, "type", None) == "NotAuthorizedException"
                    if is_over or sign_in.question is None:
                        forget()
                        return failed(caught)
                    error = caught  # The question can be answered again, from the same text.
            kind = "password" if isinstance(question, questions.NewPassword) else "text"
            shown = {"question": question, "fields": fields(question), "kind": kind}
            page = render_template_string(ANSWER_PAGE, step=login.step, error=error, **shown)
            return page, 200 if error is None else 400

    def fields(question: Question) -> tuple[str, ...]:
        if isinstance(question, questions.NewPassword):
            return question.required_attributes
        return ("email",) if isinstance(question, questions.MFASetup) else ()

    def answered(question: Question) -> AnyCall:
        typed = request.form.get("answer", "")
        match question:
            case questions.NewPassword(required_attributes=names):
                return question.answer(typed, {name: request.form.get(name, "") for name in names})
            case questions.MFASetup():
                return question.answer(typed, email=request.form.get("email") or None)
            case questions.Code() | questions.SoftwareTokenSetup():
                return question.answer("".join(typed.split()))  # Apps show "845 757".
            case _:
                return question.answer(typed)

    @web.get("/")
    def home() -> Response | str:
        login = logins.get(session.get("login", ""))
        if login is None or login.tokens is None:
            return redirect(url_for("password"))
        with login.lock:  # Two requests must not refresh with the same token.
            tokens = Tokens.from_json(login.tokens)
            if login.good_until is None or now() > login.good_until:
                refresh = Refresh(tokens, app=cognito)
                try:
                    tokens = refresh.reply(send(refresh.start()))
                except FAILURES as error:
                    if getattr(error, "type", None) not in REFUSED:
                        abort(503)
                    forget()
                    return redirect(url_for("password"))
                keep(login, tokens)
        return render_template_string(HOME_PAGE, username=tokens.username)

    @web.post("/logout")
    def log_out() -> Response:
        login = logins.get(session.get("login", ""))
        forget()  # First: the person is logged out whatever the service says.
        if login and login.tokens and (token := Tokens.from_json(login.tokens).refresh_token):
            call = operations.revoke_token(cognito, token)
            try:
                checked_reply(call, send(call))
            except FAILURES as error:
                web.logger.warning("The refresh token is not revoked: %r", error)
        return redirect(url_for("password"))

    return web
