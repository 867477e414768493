"""A pool under test that answers what a test says, and remembers what it was asked."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from srp_cognito import AnyCall, AppClient
from srp_cognito.conformance import Person, Setting, Unavailable
from srp_cognito.conformance.trial import NoReply

NOW = datetime(2026, 9, 5, 7, 0, 9, tzinfo=UTC)

SETTING = Setting(
    "eu-west-1_Example",
    {"plain": AppClient("1example23456789"), "secret": AppClient("3example23456789", "sekrit")},
    {"plain": Person("alice", "correct horse", alias="alice@example.com")},
    frozenset({"no-devices"}),
)

Answer = Mapping[str, object] | Exception


class StandIn:
    """Answers with one of the given replies after the other; the last one again and again."""

    def __init__(self, *answers: Answer | Callable[[AnyCall], Answer], setting: Setting = SETTING):
        self.setting = setting
        self.calls: list[AnyCall] = []
        self.waited = 0.0
        self._answers = list(answers)

    def send(self, call: AnyCall) -> Mapping[str, object]:
        self.calls.append(call)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if callable(answer):
            answer = answer(call)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def post(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, object]:
        raise NoReply("it hung up")

    def get(self, path: str) -> Mapping[str, object]:
        return {"path": path}

    def code(self, person: Person) -> str:
        return "123456"

    def totp_code(self, person: Person) -> str:
        raise Unavailable("there is no secret")

    def wait(self, seconds: float) -> None:
        self.waited += seconds

    def now(self) -> datetime:
        return NOW

    @contextmanager
    def open(self, needs: frozenset[str]) -> Iterator["StandIn"]:
        yield self
